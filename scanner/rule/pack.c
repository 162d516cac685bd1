/* pack.c: rule packs to a rule set (matching.md section 6). Strict: unknown keys, missing parts,
 * duplicate ids refuse the whole set; a set without rules is an error. */
#include "rule/rules.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"
#include "rule/yaml.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_NEAR = 40, DEFAULT_EXCEPT = 12, MAX_WITHIN = 2000, MAX_RULES = 100000 };

typedef struct loader {
    msh_rules *r;
    msh_compiler *compiler;
    msh_table *ids; /* of rules and "pack:" + id of packs */
    msh_arena tree; /* nodes of one pack */
    const msh_kind_compile *c;
    msh_compile_pack pack;
    msh_error *why;
} loader;

static msh_err refuse(loader *l, const msh_node *at, const char *zh, const char *en)
{
    return msh_yaml_refuse((msh_yaml_at){l->pack.name, at->line, at->column}, zh, en, l->why);
}

static msh_err no_memory(loader *l)
{
    return msh_fail(l->why, MSH_E_MEMORY, "内存不足 / out of memory");
}

/* Every member of every map below must have been asked for. Depth is at most that of the reader. */
static msh_err all_seen(loader *l, const msh_node *n)
{
    for (const msh_node *m = n->child; m; m = m->next) {
        if (n->type == MSH_NODE_MAP && !m->seen) {
            char zh[120];
            (void)snprintf(zh, sizeof zh, "不认识的键 %.*s", (int)m->key.len,
                           (const char *)m->key.data);
            return msh_yaml_refuse((msh_yaml_at){l->pack.name, m->key_line, m->key_column}, zh,
                                   "unknown key", l->why);
        }
        if (m->type != MSH_NODE_SCALAR)
            MSH_TRY(all_seen(l, m));
    }
    return MSH_OK;
}

/* A scalar that lives as long as the rule set. */
static msh_err text(loader *l, msh_node *map, const char *key, bool required, msh_view *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, key, &v, l->why));
    if (v.len == 0) {
        *out = MSH_VIEW("");
        if (!required)
            return MSH_OK;
        char zh[80], en[80];
        (void)snprintf(zh, sizeof zh, "缺少 %s", key);
        (void)snprintf(en, sizeof en, "%s is missing", key);
        return refuse(l, map, zh, en);
    }
    *out = msh_arena_copy(&l->r->arena, v);
    return out->data ? MSH_OK : no_memory(l);
}

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

static msh_err tier(loader *l, msh_node *map, const char *key, msh_tier *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, key, &v, l->why));
    if (v.len && !tier_named(v, out))
        return refuse(l, msh_node_get(map, key), "应为 阻断、复核 或 提示",
                      "BLOCK, REVIEW or INFO is expected");
    return MSH_OK;
}

/* A map that may be absent. */
static msh_err submap(loader *l, msh_node *rule, const char *key, msh_node **out)
{
    *out = msh_node_get(rule, key);
    if (*out && ((*out)->type != MSH_NODE_MAP || !(*out)->child))
        return refuse(l, *out, "这里应为“键: 值”", "keys and values are expected here");
    return MSH_OK;
}

static bool is_id(msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'))
            return false;
    }
    return v.len > 0 && v.len <= 64;
}

/* --- parts of a rule ------------------------------------------------------------------------- */

static msh_err one_position(loader *l, msh_node *n, msh_rule *r, bool *anywhere)
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
    return refuse(l, n, "position 应为 anywhere、head、header-footer、name、meta 或 line",
                  "position is anywhere, head, header-footer, name, meta or line");
}

static msh_err read_where(loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *where, *position;
    MSH_TRY(submap(l, rule, "where", &where));
    if (!where || !(position = msh_node_get(where, "position")))
        return MSH_OK;
    bool anywhere = false;
    if (position->type != MSH_NODE_LIST)
        return one_position(l, position, r, &anywhere);
    for (msh_node *n = position->child; n; n = n->next)
        MSH_TRY(one_position(l, n, r, &anywhere));
    if (!position->child || (anywhere && (r->where & ~(unsigned)MSH_WHERE_LINE)))
        return refuse(l, position, "position 的列表为空或自相矛盾",
                      "an empty or contradictory list of positions");
    return MSH_OK;
}

static msh_err read_within(loader *l, msh_node *map, size_t dflt, size_t *out)
{
    uint64_t within = dflt;
    MSH_TRY(msh_node_uint(l->c, map, "within", (msh_node_range){1, MAX_WITHIN}, &within, l->why));
    *out = (size_t)within;
    return MSH_OK;
}

static msh_err word_list(loader *l, msh_node *map, const char *key, msh_word_list *out)
{
    return msh_node_words(l->c, map, key, &out->words, &out->n, l->why);
}

static msh_err read_context(loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *near, *except;
    MSH_TRY(submap(l, rule, "near", &near));
    MSH_TRY(submap(l, rule, "except", &except));
    if (near) {
        MSH_TRY(word_list(l, near, "any", &r->near));
        if (r->near.n == 0)
            return refuse(l, near, "near 缺少 any", "near needs any");
        MSH_TRY(read_within(l, near, DEFAULT_NEAR, &r->near_within));
    }
    if (except) {
        MSH_TRY(word_list(l, except, "before", &r->before));
        MSH_TRY(word_list(l, except, "after", &r->after));
        MSH_TRY(word_list(l, except, "words", &r->around));
        MSH_TRY(msh_node_bool(l->c, except, "quoted", &r->except_quoted, l->why));
        MSH_TRY(read_within(l, except, DEFAULT_EXCEPT, &r->except_within));
        MSH_TRY(tier(l, except, "tier", &r->except_tier));
    }
    uint64_t count = 0;
    MSH_TRY(msh_node_uint(l->c, rule, "count", (msh_node_range){1, 1000000}, &count, l->why));
    r->count = count;
    MSH_TRY(msh_node_bool(l->c, rule, "distinct", &r->distinct, l->why));
    r->plain = !r->where && !near && !except;
    return MSH_OK;
}

static msh_err read_role(loader *l, msh_node *map, msh_role *out)
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
    return refuse(l, msh_node_get(map, "role"), "没有这种 role", "there is no such role");
}

static msh_err read_case(loader *l, msh_node *map, msh_rule_case *out)
{
    msh_view expect = {NULL, 0};
    *out = (msh_rule_case){.line = map->line, .role = MSH_ROLE_BODY};
    MSH_TRY(text(l, map, "text", true, &out->text));
    MSH_TRY(text(l, map, "at", false, &out->at));
    MSH_TRY(text(l, map, "name", false, &out->name));
    MSH_TRY(read_role(l, map, &out->role));
    MSH_TRY(msh_node_text(l->c, map, "expect", &expect, l->why));
    if (msh_view_eq_str(expect, "none") || msh_view_eq_str(expect, "无"))
        return MSH_OK;
    if (!tier_named(expect, &out->expect))
        return refuse(l, map, "expect 应为 阻断、复核、提示 或 none",
                      "expect is BLOCK, REVIEW, INFO or none");
    return MSH_OK;
}

static msh_err read_cases(loader *l, msh_node *rule, msh_rule *r)
{
    msh_node *list = msh_node_get(rule, "tests");
    if (!list)
        return MSH_OK;
    if (list->type != MSH_NODE_LIST)
        return refuse(l, list, "tests 应为列表", "tests is a list");
    size_t n = 0;
    for (const msh_node *t = list->child; t; t = t->next)
        n++;
    r->cases = msh_arena_calloc(&l->r->arena, n, sizeof *r->cases);
    if (!r->cases)
        return no_memory(l);
    for (msh_node *t = list->child; t; t = t->next) {
        if (t->type != MSH_NODE_MAP)
            return refuse(l, t, "每个测试应为 {text: …, expect: …}",
                          "a test is {text: …, expect: …}");
        MSH_TRY(read_case(l, t, &r->cases[r->info.n_tests++]));
    }
    return MSH_OK;
}

static msh_err claim_id(loader *l, msh_node *at, msh_view id)
{
    void *old = NULL;
    if (msh_table_put(l->ids, id, at, &old) != MSH_OK)
        return no_memory(l);
    return old ? refuse(l, at, "这个 id 已经用过", "this id is used already") : MSH_OK;
}

static msh_err read_info(loader *l, msh_node *rule, msh_rule *r)
{
    msh_rule_info *info = &r->info;
    MSH_TRY(text(l, rule, "id", true, &info->id));
    if (!is_id(info->id))
        return refuse(l, msh_node_get(rule, "id"), "id 只能用小写字母、数字、点、短横，最长 64",
                      "an id is lower-case letters, digits, dots and dashes, at most 64");
    MSH_TRY(claim_id(l, msh_node_get(rule, "id"), info->id));
    MSH_TRY(text(l, rule, "name", true, &info->name));
    MSH_TRY(text(l, rule, "name_en", false, &info->name_en));
    MSH_TRY(text(l, rule, "category", true, &info->category));
    MSH_TRY(text(l, rule, "basis", true, &info->basis));
    MSH_TRY(text(l, rule, "explain", true, &info->explain));
    MSH_TRY(text(l, rule, "explain_en", false, &info->explain_en));
    MSH_TRY(text(l, rule, "advice", true, &info->advice));
    MSH_TRY(text(l, rule, "advice_en", false, &info->advice_en));
    MSH_TRY(tier(l, rule, "tier", &info->tier));
    if (!info->tier)
        return refuse(l, rule, "缺少 tier（阻断、复核 或 提示）",
                      "tier is missing (BLOCK, REVIEW or INFO)");
    return MSH_OK;
}

static msh_err read_rule(loader *l, msh_node *map)
{
    msh_rules *set = l->r;
    if (map->type != MSH_NODE_MAP)
        return refuse(l, map, "每条规则应为“键: 值”", "a rule is keys and values");
    if (set->n_rules >= MAX_RULES)
        return refuse(l, map, "规则过多", "too many rules");
    if (set->n_rules == set->cap_rules) {
        size_t cap = set->cap_rules ? set->cap_rules * 2 : 32;
        msh_rule *list = msh_realloc(set->rules, cap * sizeof *list);
        if (!list)
            return no_memory(l);
        set->rules = list;
        set->cap_rules = cap;
    }
    size_t i = set->n_rules++;
    msh_rule *r = &set->rules[i];
    *r = (msh_rule){.pack = (uint32_t)set->n_packs};
    l->c = msh_compiler_begin(l->compiler, &l->pack, i);
    msh_pack_info *pack = &set->packs[set->n_packs];
    r->info.pack = pack->id;
    r->info.pack_version = pack->version;
    MSH_TRY(read_info(l, map, r));
    MSH_TRY(read_where(l, map, r));
    MSH_TRY(read_context(l, map, r));
    MSH_TRY(read_cases(l, map, r));
    msh_node *find = msh_node_get(map, "find");
    if (!find || find->type != MSH_NODE_MAP)
        return refuse(l, map, "缺少 find", "find is missing");
    MSH_TRY(msh_compile_rule(l->compiler, map, find, l->why));
    pack->n_rules++;
    return all_seen(l, map);
}

/* --- a pack ---------------------------------------------------------------------------------- */

static msh_err read_head(loader *l, msh_node *root)
{
    msh_pack_info *info = &l->r->packs[l->r->n_packs];
    msh_view format = {NULL, 0};
    if (root->type != MSH_NODE_MAP)
        return refuse(l, root, "规则文件应以 format: 1 开头", "a rule file begins with format: 1");
    MSH_TRY(msh_node_text(l->c, root, "format", &format, l->why));
    if (!msh_view_eq_str(format, "1"))
        return refuse(l, root, "规则文件应有 format: 1", "a rule file has format: 1");
    msh_node *pack;
    MSH_TRY(submap(l, root, "pack", &pack));
    if (!pack)
        return refuse(l, root, "缺少 pack", "pack is missing");
    MSH_TRY(text(l, pack, "id", true, &info->id));
    if (!is_id(info->id))
        return refuse(l, msh_node_get(pack, "id"), "id 只能用小写字母、数字、点、短横，最长 64",
                      "an id is lower-case letters, digits, dots and dashes, at most 64");
    MSH_TRY(text(l, pack, "version", true, &info->version));
    MSH_TRY(text(l, pack, "publisher", false, &info->publisher));
    MSH_TRY(text(l, pack, "effective", false, &info->effective));
    uint8_t key[80] = "pack:";
    memcpy(key + 5, info->id.data, info->id.len);
    return claim_id(l, msh_node_get(pack, "id"), msh_view_of(key, info->id.len + 5));
}

static msh_err read_pack(loader *l, msh_node *root)
{
    l->c = msh_compiler_begin(l->compiler, &l->pack, 0);
    MSH_TRY(read_head(l, root));
    msh_node *rules = msh_node_get(root, "rules");
    if (!rules || rules->type != MSH_NODE_LIST || !rules->child)
        return refuse(l, rules ? rules : root, "没有规则", "there are no rules");
    for (msh_node *n = rules->child; n; n = n->next)
        MSH_TRY(read_rule(l, n));
    return all_seen(l, root);
}

static msh_err load_one(loader *l, const msh_pack_source *p)
{
    l->pack.name = p->name;
    if (p->bytes.len > l->r->limits.rule_file)
        return msh_yaml_refuse((msh_yaml_at){p->name, 1, 1}, "规则文件过大（见 --limit rule-file）",
                               "the rule file is too large (see --limit rule-file)", l->why);
    msh_node *root;
    MSH_TRY(msh_yaml_read(&l->tree, p->name, p->bytes, &root, l->why));
    msh_pack_info *info = &l->r->packs[l->r->n_packs];
    info->file = msh_arena_copy(&l->r->arena, msh_view_str(p->name));
    if (!info->file.data)
        return no_memory(l);
    MSH_TRY(read_pack(l, root));
    l->r->n_packs++;
    msh_arena_reset(&l->tree);
    return MSH_OK;
}

static msh_err load(loader *l, const msh_pack_source *packs, size_t n)
{
    l->r->packs = msh_arena_calloc(&l->r->arena, n, sizeof *l->r->packs);
    l->ids = msh_table_new();
    l->compiler = msh_compiler_new(l->r);
    if (!l->r->packs || !l->ids || !l->compiler)
        return no_memory(l);
    for (size_t i = 0; i < n; i++)
        MSH_TRY(load_one(l, &packs[i]));
    if (l->r->n_rules == 0)
        return msh_fail(l->why, MSH_E_RULES,
                        "错误：没有任何规则 / error: there are no rules at all");
    return msh_compile_literals(l->compiler, l->why);
}

msh_err msh_rules_load(const msh_pack_source *packs, size_t n, const msh_limits *limits,
                       msh_err (*read_list)(void *ctx, const char *pack, msh_view file,
                                            msh_buf *out, msh_error *why),
                       void *ctx, msh_rules **out, msh_error *why)
{
    *out = NULL;
    msh_rules *r = msh_calloc(1, sizeof *r);
    if (!r)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_arena_init(&r->arena, (size_t)1 << 30);
    r->limits = *limits;
    loader l = {.r = r, .pack = {.read_list = read_list, .ctx = ctx}, .why = why};
    msh_arena_init(&l.tree, (size_t)1 << 29);
    msh_err err = load(&l, packs, n);
    msh_arena_dispose(&l.tree);
    msh_table_free(l.ids, NULL);
    msh_compiler_free(l.compiler);
    if (err != MSH_OK) {
        msh_rules_free(r);
        return err;
    }
    *out = r;
    return MSH_OK;
}

void msh_rules_free(msh_rules *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_rules; i++)
        if (r->rules[i].state && r->rules[i].kind->dispose)
            r->rules[i].kind->dispose(r->rules[i].state);
    msh_free(r->rules);
    msh_literals_free(r->literals);
    msh_arena_dispose(&r->arena);
    msh_free(r);
}

size_t msh_rules_count(const msh_rules *r)
{
    return r->n_rules;
}

void msh_rules_info(const msh_rules *r, size_t i, msh_rule_info *out)
{
    *out = r->rules[i].info;
}

size_t msh_rules_packs(const msh_rules *r)
{
    return r->n_packs;
}

void msh_rules_pack_info(const msh_rules *r, size_t i, msh_pack_info *out)
{
    *out = r->packs[i];
}

void msh_rules_set_digest(msh_rules *r, size_t i, const uint8_t sha256[32])
{
    memcpy(r->packs[i].sha256, sha256, 32);
}
