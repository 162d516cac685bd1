/* kind_list.c: {kind: list, file: words.csv}: a list beside the pack, one word a line, the first
 * column of a CSV (RFC 4180). Lines that begin with # and a heading 词, 词语, 关键词 or word are
 * left out; what folds to nothing is refused with its line. */
#include "rule/words.h"

#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

/* The first field of the row at *at, unquoted into `field`; *at moves behind the row. */
static void first_field(msh_view csv, size_t *at, msh_buf *field)
{
    size_t i = *at;
    bool quoted = i < csv.len && csv.data[i] == '"', first = true;
    bool inside = quoted;
    msh_buf_reset(field);
    for (i += quoted; i < csv.len; i++) {
        uint8_t c = csv.data[i];
        if (inside) {
            if (c == '"' && i + 1 < csv.len && csv.data[i + 1] == '"')
                i++;
            else if (c == '"') {
                inside = false;
                continue;
            }
        } else if (c == '\n') {
            i++;
            break;
        } else if (c == ',' || c == '\t') {
            first = false;
        } else if (c == '"' && i > 0 && (csv.data[i - 1] == ',' || csv.data[i - 1] == '\t')) {
            inside = true;
        }
        if (first)
            msh_buf_put_byte(field, c);
    }
    *at = i;
}

static msh_view trimmed(msh_view v)
{
    while (v.len && (v.data[0] == ' ' || v.data[0] == '\r'))
        v = msh_view_cut(v, 1, v.len);
    while (v.len && (v.data[v.len - 1] == ' ' || v.data[v.len - 1] == '\r'))
        v.len--;
    return v;
}

static bool is_heading(msh_view v)
{
    return msh_view_eq_str(v, "词") || msh_view_eq_str(v, "词语") || msh_view_eq_str(v, "关键词") ||
           msh_view_eq_str(v, "word");
}

static msh_err refuse_line(const msh_kind_compile *c, msh_node *at, size_t line, msh_error *why)
{
    char zh[160], en[120];
    (void)snprintf(zh, sizeof zh, "词表第 %zu 行：词过长，或只含会被忽略的字符", line);
    (void)snprintf(en, sizeof en, "line %zu of the list: too long, or only ignored characters",
                   line);
    return c->refuse(c->ctx, at, zh, en, why);
}

static msh_err read_words(const msh_kind_compile *c, msh_node *at, msh_view csv, msh_words *w,
                          msh_error *why)
{
    msh_buf field;
    msh_buf_init(&field, 65536);
    msh_err err = MSH_OK;
    size_t line = 0;
    if (msh_view_starts(csv, MSH_VIEW("\xef\xbb\xbf")))
        csv = msh_view_cut(csv, 3, csv.len);
    for (size_t i = 0; i < csv.len && err == MSH_OK;) {
        line++;
        first_field(csv, &i, &field);
        msh_view word = trimmed(msh_buf_view(&field));
        if (word.len == 0 || word.data[0] == '#' || (line == 1 && is_heading(word)))
            continue;
        bool usable = false;
        if (msh_buf_err(&field) == MSH_OK)
            err = msh_words_add(c, w, word, &usable);
        if (err == MSH_E_RULES)
            err = c->refuse(c->ctx, at, "词太多", "too many words", why);
        else if (err == MSH_OK && !usable)
            err = refuse_line(c, at, line, why);
    }
    msh_buf_dispose(&field);
    return err;
}

static msh_err compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    msh_view file = {NULL, 0};
    MSH_TRY(msh_node_text(c, find, "file", &file, why));
    if (file.len == 0)
        return c->refuse(c->ctx, find, "list 需要 file：词表文件名",
                         "list needs file: the name of a list", why);
    msh_node *at = msh_node_get(find, "file");
    msh_words *w = msh_words_new(c);
    if (!w)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_buf csv;
    msh_buf_init(&csv, (size_t)c->limits->rule_file);
    msh_err err = c->read_list(c->ctx, file, &csv, why);
    if (err == MSH_OK && !msh_view_is_utf8(msh_buf_view(&csv)))
        err = c->refuse(c->ctx, at, "词表不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8",
                        "the list is not UTF-8 (GBK?), save it as UTF-8", why);
    if (err == MSH_OK)
        err = read_words(c, at, msh_buf_view(&csv), w, why);
    if (err == MSH_OK && w->n == 0)
        err = c->refuse(c->ctx, at, "词表里没有词", "there are no words in the list", why);
    msh_buf_dispose(&csv);
    *state = w;
    return err;
}

extern const msh_kind msh_kind_list;
const msh_kind msh_kind_list = {.name = "list",
                                .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
                                .hits_only = true,
                                .compile = compile,
                                .scan = msh_words_scan};
