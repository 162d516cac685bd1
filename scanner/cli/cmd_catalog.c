/* cmd_catalog.c: mishen catalog: 政府信息公开目录 of the releases, as CSV for office programs or as
 * NDJSON. Read anew from the verified log each time. */
#include "cli/cli.h"

#include <string.h>

typedef struct catalog {
    const cli_args *a;
    bool json, all;
    uint64_t n;
} catalog;

/* A CSV field: quoted, and what an office program would take for a formula made text. */
static void put_csv(msh_view v, bool first)
{
    if (!first)
        putchar(',');
    putchar('"');
    bool formula = v.len && strchr("=+-@\t\r", v.data[0]);
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        formula = formula || (v.len >= 3 && memcmp(v.data, wide[i], 3) == 0);
    if (formula)
        putchar('\'');
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] == '"')
            putchar('"');
        putchar(v.data[i]);
    }
    putchar('"');
}

static void put_json(const char *key, msh_view v, bool first)
{
    printf("%s\"%s\":\"", first ? "" : ",", key);
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] == '"' || v.data[i] == '\\')
            putchar('\\');
        putchar(v.data[i]);
    }
    putchar('"');
}

static msh_view text(const char *s)
{
    return (msh_view){(const uint8_t *)s, strlen(s)};
}

/* The columns of an entry: one list for head, CSV and JSON. */
#define COLUMNS(X)                                                                                 \
    X("index", "索引号", "index number", r->texts.index_no)                                        \
    X("topic", "分类", "subject class", r->texts.topic)                                            \
    X("title", "名称", "title", r->texts.title)                                                    \
    X("docno", "文号", "document number", r->texts.docno)                                          \
    X("unit", "发布机构", "unit", r->texts.unit)                                                   \
    X("formed", "生成日期", "date of formation", r->texts.formed)                                  \
    X("published", "公开日期", "published", day)                                                   \
    X("disclosure", "公开属性", "disclosure", r->texts.disclosure)                                 \
    X("category", "类别", "category", r->texts.category)                                           \
    X("carrier", "载体形式", "carrier", r->texts.carrier)                                          \
    X("channel", "发布渠道", "channel", r->texts.channel)                                          \
    X("release", "信息编号", "release", r->id)                                                     \
    X("state", "状态", "state", state)                                                             \
    X("publish_by", "公开期限", "publish by", text(r->publish_due))                                \
    X("late", "是否逾期", "late", late)

static void put_head(const cli_args *a)
{
    bool first = true;
    fputs("\xef\xbb\xbf", stdout);
#define X(key, zh, en, value)                                                                      \
    put_csv(text(cli_tr(a, zh, en)), first);                                                       \
    first = false;
    COLUMNS(X)
#undef X
    fputs("\r\n", stdout);
}

static bool on_release(void *ctx, const msh_release *r)
{
    catalog *c = ctx;
    bool first = true;
    msh_view day = r->published.len > 10 ? (msh_view){r->published.data, 10} : r->published;
    const msh_view state = text(msh_release_state_text(r->state, c->a->options.lang));
    const msh_view late = text(r->publish_late ? cli_tr(c->a, "是", "yes") : "");
    if (!c->all && r->state != MSH_RELEASE_APPROVED && r->state != MSH_RELEASE_ON_REQUEST)
        return true;
    c->n++;
    if (c->json) {
        putchar('{');
#define X(key, zh, en, value)                                                                      \
    put_json(key, value, first);                                                                   \
    first = false;
        COLUMNS(X)
#undef X
        fputs("}\n", stdout);
        return true;
    }
#define X(key, zh, en, value)                                                                      \
    put_csv(value, first);                                                                         \
    first = false;
    COLUMNS(X)
#undef X
    fputs("\r\n", stdout);
    return true;
}

int cli_cmd_catalog(cli_args *a)
{
    const char *format = cli_option_or(a, "--format", "csv");
    catalog c = {.a = a, .json = strcmp(format, "ndjson") == 0, .all = cli_flag(a, "--all")};
    const msh_release_filter filter = {.category = cli_option(a, "--category")};
    const msh_release_visitor v = {.ctx = &c, .release = on_release};
    msh_error why = {0};
    if (a->n_words || a->has_rest || (!c.json && strcmp(format, "csv") != 0))
        return cli_usage(a, "用法：mishen catalog [--format csv|ndjson] [--category 类别] [--all]",
                         "usage: mishen catalog [--format csv|ndjson] [--category NAME] [--all]");
    if (!c.json)
        put_head(a);
    msh_err err = msh_review_list(&a->options, &filter, &v, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}
