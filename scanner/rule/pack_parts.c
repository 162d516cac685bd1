/* pack_parts.c: the parts of a rule but for what it finds: position, company, number, time, medium,
 * law, tests. */
#include "rule/pack_inner.h"

#include "base/err.h"
#include "base/view.h"

#include <string.h>

enum { DEFAULT_NEAR = 40, DEFAULT_EXCEPT = 12, MAX_WITHIN = 600 };

static bool tier_named(msh_view v, msh_tier *out)
{
    static const struct {
        const char *zh, *en;
        msh_tier tier;
    } tiers[] = {{"阻断", "BLOCK", MSH_TIER_BLOCK},
                 {"复核", "REVIEW", MSH_TIER_REVIEW},
                 {"提示", "INFO", MSH_TIER_INFO}};
    for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++)
        if (msh_view_eq_str(v, tiers[i].zh) || msh_view_eq_str(v, tiers[i].en)) {
            *out = tiers[i].tier;
            return true;
        }
    return false;
}

msh_err msh_loader_tier(msh_loader *l, msh_node *map, const char *key, msh_tier *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, key, &v, l->why));
    if (v.len && !tier_named(v, out))
        return msh_loader_refuse(l, msh_node_get(map, key), "应为 阻断、复核 或 提示（三者之一）",
                                 "BLOCK, REVIEW or INFO is expected");
    return MSH_OK;
}

/* --- parts of a rule ------------------------------------------------------------------------- */

static msh_err one_position(msh_loader *l, msh_node *n, msh_rule *r, bool *anywhere)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {
        {"anywhere", 0},          {"head", MSH_WHERE_HEAD}, {"header-footer", MSH_WHERE_EDGE},
        {"name", MSH_WHERE_NAME}, {"meta", MSH_WHERE_META}, {"line", MSH_WHERE_LINE}};
    if (n->type == MSH_NODE_SCALAR)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (msh_view_eq_str(n->value, names[i].name)) {
                r->where |= names[i].bit;
                *anywhere |= names[i].bit == 0;
                return MSH_OK;
            }
    return msh_loader_refuse(l, n,
                             "position 应为 anywhere、head、header-footer、name、meta 或 line",
                             "position is anywhere, head, header-footer, name, meta or line");
}

static msh_err read_where(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *where, *position;
    MSH_TRY(msh_loader_submap(l, rule, "where", &where));
    if (!where || !(position = msh_node_get(where, "position")))
        return MSH_OK;
    bool anywhere = false;
    if (position->type != MSH_NODE_LIST)
        return one_position(l, position, r, &anywhere);
    for (msh_node *n = position->child; n; n = n->next)
        MSH_TRY(one_position(l, n, r, &anywhere));
    if (!position->child || (anywhere && (r->where & ~(unsigned)MSH_WHERE_LINE)))
        return msh_loader_refuse(l, position, "position 的列表为空或自相矛盾",
                                 "an empty or contradictory list of positions");
    return MSH_OK;
}

static msh_err read_within(msh_loader *l, msh_node *map, size_t dflt, size_t *out)
{
    uint64_t within = dflt;
    MSH_TRY(msh_node_uint(l->c, map, "within", (msh_node_range){1, MAX_WITHIN}, &within, l->why));
    *out = (size_t)within;
    return MSH_OK;
}

static msh_err word_list(msh_loader *l, msh_node *map, const char *key, msh_word_list *out)
{
    return msh_node_words(l->c, map, key, &out->words, &out->n, l->why);
}

static msh_err read_context(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *near, *except;
    MSH_TRY(msh_loader_submap(l, rule, "near", &near));
    MSH_TRY(msh_loader_submap(l, rule, "except", &except));
    if (near) {
        MSH_TRY(word_list(l, near, "any", &r->near));
        if (r->near.n == 0)
            return msh_loader_refuse(l, near, "near 缺少 any，请写 near: {any: [附近应有的词]}",
                                     "near needs any: the words that must be near");
        MSH_TRY(read_within(l, near, DEFAULT_NEAR, &r->near_within));
    }
    if (except) {
        MSH_TRY(word_list(l, except, "before", &r->before));
        MSH_TRY(word_list(l, except, "after", &r->after));
        MSH_TRY(word_list(l, except, "words", &r->around));
        MSH_TRY(msh_node_bool(l->c, except, "quoted", &r->except_quoted, l->why));
        MSH_TRY(read_within(l, except, DEFAULT_EXCEPT, &r->except_within));
        MSH_TRY(msh_loader_tier(l, except, "tier", &r->except_tier));
    }
    uint64_t count = 0;
    MSH_TRY(msh_node_uint(l->c, rule, "count", (msh_node_range){1, 1000000}, &count, l->why));
    r->count = count;
    MSH_TRY(msh_node_bool(l->c, rule, "distinct", &r->distinct, l->why));
    r->plain = !r->where && !near && !except;
    return MSH_OK;
}

static msh_err read_role(msh_loader *l, msh_node *map, msh_role *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, "role", &v, l->why));
    if (v.len == 0)
        return MSH_OK;
    for (int role = 0; role < MSH_ROLE_COUNT; role++)
        if (msh_view_eq_str(v, msh_role_name((msh_role)role))) {
            *out = (msh_role)role;
            return MSH_OK;
        }
    return msh_loader_refuse(l, msh_node_get(map, "role"), "没有这种 role",
                             "there is no such role");
}

/* --- valid, tiers, laws ------------------------------------------------------------------------
 */

uint32_t msh_date_of(msh_view v)
{
    static const unsigned days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t part[3] = {0};
    if (v.len != 10)
        return 0;
    for (size_t i = 0, k = 0; i < 10; i++) {
        uint8_t c = v.data[i];
        if (i == 4 || i == 7) {
            k++;
            if (c != '-')
                return 0;
        } else if (c < '0' || c > '9') {
            return 0;
        } else {
            part[k] = part[k] * 10 + (uint32_t)(c - '0');
        }
    }
    bool leap = part[0] % 4 == 0 && (part[0] % 100 != 0 || part[0] % 400 == 0);
    bool good = part[0] >= 1949 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 &&
                part[2] <= days[part[1] - 1] && !(part[1] == 2 && part[2] == 29 && !leap);
    return good ? part[0] * 10000 + part[1] * 100 + part[2] : 0;
}

static msh_err read_date(msh_loader *l, msh_node *map, const char *key, uint32_t *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, key, &v, l->why));
    if (v.len && !(*out = msh_date_of(v)))
        return msh_loader_refuse(l, msh_node_get(map, key),
                                 "日期应写成 2026-11-01 的形式，并且确有这一天",
                                 "a date is written 2026-11-01 and exists");
    return MSH_OK;
}

static msh_err read_valid(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *valid;
    MSH_TRY(msh_loader_submap(l, rule, "valid", &valid));
    if (!valid)
        return MSH_OK;
    MSH_TRY(read_date(l, valid, "from", &r->info.valid_from));
    MSH_TRY(read_date(l, valid, "to", &r->info.valid_to));
    if (r->info.valid_to && r->info.valid_to < r->info.valid_from)
        return msh_loader_refuse(l, valid, "valid 的 to 早于 from，这条规则永远不会生效",
                                 "valid ends before it begins: the rule is never in force");
    return MSH_OK;
}

static const char *const media[MSH_MEDIA] = {"", "site", "outbox"};

msh_medium msh_medium_named(msh_view name)
{
    for (int i = 1; i < MSH_MEDIA; i++)
        if (msh_view_eq_str(name, media[i]))
            return (msh_medium)i;
    return MSH_MEDIUM_ANY;
}

static msh_err read_tiers(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *tiers;
    MSH_TRY(msh_loader_submap(l, rule, "tiers", &tiers));
    for (int i = 1; tiers && i < MSH_MEDIA; i++)
        MSH_TRY(msh_loader_tier(l, tiers, media[i], &r->info.tiers[i]));
    return MSH_OK;
}

/* One line a reference: 《title》article，url. */
static msh_err one_law(msh_loader *l, msh_node *law, msh_buf *out)
{
    msh_view title = {NULL, 0}, article = {NULL, 0}, url = {NULL, 0};
    if (law->type != MSH_NODE_MAP)
        return msh_loader_refuse(l, law, "每条依据应写成 {title: 名称, article: 第几条}",
                                 "a law is {title: …, article: …}");
    MSH_TRY(msh_loader_text(l, law, "title", true, &title));
    MSH_TRY(msh_loader_text(l, law, "article", false, &article));
    MSH_TRY(msh_loader_text(l, law, "url", false, &url));
    msh_buf_put_str(out, out->len ? "\n《" : "《");
    msh_buf_put_view(out, title);
    msh_buf_put_str(out, "》");
    msh_buf_put_view(out, article);
    if (url.len)
        msh_buf_put_str(out, "  ");
    msh_buf_put_view(out, url);
    return MSH_OK;
}

static msh_err read_laws(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *laws = msh_node_get(rule, "laws");
    if (!laws)
        return MSH_OK;
    if (laws->type != MSH_NODE_LIST || !laws->child)
        return msh_loader_refuse(l, laws, "laws 应为列表：- {title: 名称, article: 第几条}",
                                 "laws is a list of {title: …, article: …}");
    msh_buf text;
    msh_buf_init(&text, 1 << 20);
    msh_err err = MSH_OK;
    for (msh_node *n = laws->child; n && err == MSH_OK; n = n->next)
        err = one_law(l, n, &text);
    if (err == MSH_OK) {
        r->info.laws = msh_arena_copy(&l->r->arena, msh_buf_view(&text));
        if (msh_buf_err(&text) != MSH_OK || !r->info.laws.data)
            err = msh_loader_no_memory(l);
    }
    msh_buf_dispose(&text);
    return err;
}

/* --- tests -------------------------------------------------------------------------------------
 */

static msh_err read_medium(msh_loader *l, msh_node *map, msh_medium *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, "medium", &v, l->why));
    *out = msh_medium_named(v);
    if (v.len && !*out)
        return msh_loader_refuse(l, msh_node_get(map, "medium"), "medium 应为 site 或 outbox",
                                 "medium is site or outbox");
    return MSH_OK;
}

static msh_err read_case(msh_loader *l, msh_node *map, msh_rule_case *out)
{
    msh_view expect = {NULL, 0};
    *out = (msh_rule_case){.line = map->line, .role = MSH_ROLE_BODY};
    MSH_TRY(msh_loader_text(l, map, "text", true, &out->text));
    MSH_TRY(msh_loader_text(l, map, "at", false, &out->at));
    MSH_TRY(msh_loader_text(l, map, "name", false, &out->name));
    MSH_TRY(read_role(l, map, &out->role));
    MSH_TRY(read_medium(l, map, &out->medium));
    MSH_TRY(msh_node_text(l->c, map, "expect", &expect, l->why));
    if (msh_view_eq_str(expect, "none") || msh_view_eq_str(expect, "无"))
        return MSH_OK;
    if (!tier_named(expect, &out->expect))
        return msh_loader_refuse(l, map, "expect 应为 阻断、复核、提示 或 none（不应命中）",
                                 "expect is BLOCK, REVIEW, INFO or none");
    return MSH_OK;
}

/* {} in `text` replaced by a word. */
static msh_err filled(msh_loader *l, msh_view text, msh_view word, msh_view *out)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    for (size_t at = 0; at < text.len;) {
        size_t gap = msh_view_find(text, MSH_VIEW("{}"), at);
        msh_buf_put_view(&b, msh_view_cut(text, at, gap == SIZE_MAX ? text.len : gap - at));
        if (gap == SIZE_MAX)
            break;
        msh_buf_put_view(&b, word);
        at = gap + 2;
    }
    *out = msh_arena_copy(&l->r->arena, msh_buf_view(&b));
    bool good = msh_buf_err(&b) == MSH_OK && out->data;
    msh_buf_dispose(&b);
    return good ? MSH_OK : msh_loader_no_memory(l);
}

/* {each: [甲, 乙], text: "…{}…"}: a test for each word. */
static msh_err read_each(msh_loader *l, msh_node *map, msh_node *each, msh_rule *r)
{
    msh_rule_case one;
    MSH_TRY(read_case(l, map, &one));
    if (each->type != MSH_NODE_LIST || msh_view_find(one.text, MSH_VIEW("{}"), 0) == SIZE_MAX)
        return msh_loader_refuse(l, each, "each 应为词的列表，text 里用 {} 表示放词的地方",
                                 "each is a list of words, {} in text is where they go");
    for (msh_node *w = each->child; w; w = w->next) {
        msh_rule_case *c = &r->cases[r->info.n_tests++];
        *c = one;
        c->line = w->line;
        if (w->type != MSH_NODE_SCALAR)
            return msh_loader_refuse(l, w, "这里应为一个词", "a word is expected here");
        MSH_TRY(filled(l, one.text, w->value, &c->text));
        MSH_TRY(filled(l, one.at, w->value, &c->at));
    }
    return MSH_OK;
}

static size_t count_cases(const msh_node *list)
{
    size_t n = 0;
    for (msh_node *t = list->child; t; t = t->next) {
        const msh_node *each = msh_node_get(t, "each");
        n += !each;
        for (const msh_node *w = each ? each->child : NULL; w; w = w->next)
            n++;
    }
    return n;
}

static msh_err read_cases(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *list = msh_node_get(rule, "tests");
    if (!list)
        return MSH_OK;
    if (list->type != MSH_NODE_LIST)
        return msh_loader_refuse(l, list, "tests 应为列表，每行一个 - {text: …, expect: …}",
                                 "tests is a list of {text: …, expect: …}");
    r->cases = msh_arena_calloc(&l->r->arena, count_cases(list) + 1, sizeof *r->cases);
    if (!r->cases)
        return msh_loader_no_memory(l);
    for (msh_node *t = list->child; t; t = t->next) {
        msh_node *each = msh_node_get(t, "each");
        if (t->type != MSH_NODE_MAP)
            return msh_loader_refuse(l, t, "每个测试应为 {text: …, expect: …}",
                                     "a test is {text: …, expect: …}");
        MSH_TRY(each ? read_each(l, t, each, r) : read_case(l, t, &r->cases[r->info.n_tests++]));
    }
    return MSH_OK;
}

msh_err msh_loader_parts(msh_loader *l, msh_node *rule, msh_rule *r)
{
    MSH_TRY(read_where(l, rule, r));
    MSH_TRY(read_context(l, rule, r));
    MSH_TRY(read_valid(l, rule, r));
    MSH_TRY(read_tiers(l, rule, r));
    MSH_TRY(read_laws(l, rule, r));
    return read_cases(l, rule, r);
}
