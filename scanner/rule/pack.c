/* pack.c: rule packs to a rule set (matching.md section 6). Strict: unknown keys, missing parts,
 * duplicate ids refuse the whole set; a set without rules is an error. */
#include "rule/pack_inner.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/pack_hint.h"
#include "rule/yaml.h"

#include <stdio.h>
#include <string.h>

enum { MAX_RULES = 100000 };

msh_err msh_loader_refuse(msh_loader *l, const msh_node *at, const char *zh, const char *en)
{
    return msh_yaml_refuse((msh_yaml_at){l->pack.name, at->line, at->column}, zh, en, l->why);
}

msh_err msh_loader_no_memory(msh_loader *l)
{
    return msh_fail(l->why, MSH_E_MEMORY, "内存不足 / out of memory");
}

/* Every member of every map below must have been asked for. Depth is at most that of the reader. */
static msh_err all_seen(msh_loader *l, const msh_node *n)
{
    for (const msh_node *m = n->child; m; m = m->next) {
        if (n->type == MSH_NODE_MAP && !m->seen) {
            char zh[160], en[120];
            msh_hint_unknown(m->key, zh, en);
            return msh_yaml_refuse((msh_yaml_at){l->pack.name, m->key_line, m->key_column}, zh, en,
                                   l->why);
        }
        if (m->type != MSH_NODE_SCALAR)
            MSH_TRY(all_seen(l, m));
    }
    return MSH_OK;
}

msh_err msh_loader_text(msh_loader *l, msh_node *map, const char *key, bool required, msh_view *out)
{
    msh_view v = {NULL, 0};
    MSH_TRY(msh_node_text(l->c, map, key, &v, l->why));
    if (v.len == 0) {
        *out = MSH_VIEW("");
        if (!required)
            return MSH_OK;
        char zh[160], en[120];
        msh_hint_missing(key, zh, en);
        return msh_loader_refuse(l, map, zh, en);
    }
    *out = msh_arena_copy(&l->r->arena, v);
    return out->data ? MSH_OK : msh_loader_no_memory(l);
}

msh_err msh_loader_submap(msh_loader *l, msh_node *rule, const char *key, msh_node **out)
{
    *out = msh_node_get(rule, key);
    if (*out && ((*out)->type != MSH_NODE_MAP || !(*out)->child))
        return msh_loader_refuse(l, *out, "这里应为“键: 值”", "keys and values are expected here");
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

/* --- rules ---------------------------------------------------------------------------------------
 */

/* An id belongs to one rule or pack of all that are loaded; the other place is named. */
static msh_err claim_id(msh_loader *l, msh_node *at, msh_view id)
{
    char place[160];
    void *old = NULL;
    msh_yaml_tail(l->pack.name, place, sizeof place - 24);
    (void)snprintf(place + strlen(place), 24, ":%zu", at->line);
    char *own = msh_arena_string(&l->r->arena, msh_view_str(place));
    if (!own || msh_table_put(l->ids, id, own, &old) != MSH_OK)
        return msh_loader_no_memory(l);
    if (!old)
        return MSH_OK;
    char zh[300], en[260];
    (void)snprintf(zh, sizeof zh, "这个 id 已经在 %s 用过，请换一个", (const char *)old);
    (void)snprintf(en, sizeof en, "this id is used already at %s, choose another",
                   (const char *)old);
    return msh_loader_refuse(l, at, zh, en);
}

static msh_err read_info(msh_loader *l, msh_node *rule, msh_rule *r)
{
    msh_rule_info *info = &r->info;
    MSH_TRY(msh_loader_text(l, rule, "id", true, &info->id));
    if (!is_id(info->id))
        return msh_loader_refuse(
            l, msh_node_get(rule, "id"), "id 只能用小写字母、数字、点、短横，最长 64",
            "an id is lower-case letters, digits, dots and dashes, at most 64");
    MSH_TRY(claim_id(l, msh_node_get(rule, "id"), info->id));
    MSH_TRY(msh_loader_text(l, rule, "name", true, &info->name));
    MSH_TRY(msh_loader_text(l, rule, "name_en", false, &info->name_en));
    MSH_TRY(msh_loader_text(l, rule, "category", true, &info->category));
    MSH_TRY(msh_loader_text(l, rule, "basis", true, &info->basis));
    MSH_TRY(msh_loader_text(l, rule, "basis_en", false, &info->basis_en));
    MSH_TRY(msh_loader_text(l, rule, "explain", true, &info->explain));
    MSH_TRY(msh_loader_text(l, rule, "explain_en", false, &info->explain_en));
    MSH_TRY(msh_loader_text(l, rule, "advice", true, &info->advice));
    MSH_TRY(msh_loader_text(l, rule, "advice_en", false, &info->advice_en));
    MSH_TRY(msh_loader_tier(l, rule, "tier", &info->tier));
    if (!info->tier)
        return msh_loader_refuse(l, rule, "缺少 tier，请写一行 tier: 阻断（或 复核、提示）",
                                 "tier is missing, write tier: BLOCK (or REVIEW, INFO)");
    return MSH_OK;
}

/* A node on one line, as it could stand in a pack. */
static void put_node(msh_buf *out, const msh_node *n)
{
    if (n->type == MSH_NODE_SCALAR) {
        msh_buf_put_view(out, n->value);
        return;
    }
    msh_buf_put_str(out, n->type == MSH_NODE_MAP ? "{" : "[");
    for (const msh_node *m = n->child; m; m = m->next) {
        msh_buf_put_view(out, m->key);
        msh_buf_put_str(out, m->key.len ? ": " : "");
        put_node(out, m);
        msh_buf_put_str(out, m->next ? ", " : "");
    }
    msh_buf_put_str(out, n->type == MSH_NODE_MAP ? "}" : "]");
}

static msh_err keep_find(msh_loader *l, const msh_node *find, msh_rule *r)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 24);
    put_node(&b, find);
    r->info.find = msh_arena_copy(&l->r->arena, msh_buf_view(&b));
    msh_err err = msh_buf_err(&b) == MSH_OK && r->info.find.data ? MSH_OK : msh_loader_no_memory(l);
    msh_buf_dispose(&b);
    return err;
}

static msh_err read_rule(msh_loader *l, msh_node *map)
{
    msh_rules *set = l->r;
    if (map->type != MSH_NODE_MAP)
        return msh_loader_refuse(l, map, "每条规则应为“键: 值”", "a rule is keys and values");
    if (set->n_rules >= MAX_RULES)
        return msh_loader_refuse(l, map, "规则过多", "too many rules");
    if (set->n_rules == set->cap_rules) {
        size_t cap = set->cap_rules ? set->cap_rules * 2 : 32;
        msh_rule *list = msh_realloc(set->rules, cap * sizeof *list);
        if (!list)
            return msh_loader_no_memory(l);
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
    MSH_TRY(msh_loader_parts(l, map, r));
    msh_node *find = msh_node_get(map, "find");
    if (!find || find->type != MSH_NODE_MAP)
        return msh_loader_refuse(l, map, "缺少 find，请写 find: {kind: words, any: [要找的词]}",
                                 "find is missing, write find: {kind: words, any: [the words]}");
    MSH_TRY(keep_find(l, find, r));
    MSH_TRY(msh_compile_rule(l->compiler, map, find, l->why));
    pack->n_rules++;
    return all_seen(l, map);
}

/* --- a pack ---------------------------------------------------------------------------------- */

static msh_err read_head(msh_loader *l, msh_node *root)
{
    msh_pack_info *info = &l->r->packs[l->r->n_packs];
    msh_view format = {NULL, 0};
    if (root->type != MSH_NODE_MAP)
        return msh_loader_refuse(l, root, "规则文件应以 format: 1 开头",
                                 "a rule file begins with format: 1");
    MSH_TRY(msh_node_text(l->c, root, "format", &format, l->why));
    if (!msh_view_eq_str(format, "1"))
        return msh_loader_refuse(l, root, "规则文件应有 format: 1", "a rule file has format: 1");
    msh_node *pack;
    MSH_TRY(msh_loader_submap(l, root, "pack", &pack));
    if (!pack)
        return msh_loader_refuse(l, root, "缺少 pack", "pack is missing");
    MSH_TRY(msh_loader_text(l, pack, "id", true, &info->id));
    if (!is_id(info->id))
        return msh_loader_refuse(
            l, msh_node_get(pack, "id"), "id 只能用小写字母、数字、点、短横，最长 64",
            "an id is lower-case letters, digits, dots and dashes, at most 64");
    MSH_TRY(msh_loader_text(l, pack, "version", true, &info->version));
    MSH_TRY(msh_loader_text(l, pack, "publisher", false, &info->publisher));
    MSH_TRY(msh_loader_text(l, pack, "effective", false, &info->effective));
    uint8_t key[80] = "pack:";
    memcpy(key + 5, info->id.data, info->id.len);
    return claim_id(l, msh_node_get(pack, "id"), msh_view_of(key, info->id.len + 5));
}

msh_err msh_loader_pack(msh_loader *l, msh_node *root, msh_node *only)
{
    l->c = msh_compiler_begin(l->compiler, &l->pack, 0);
    MSH_TRY(read_head(l, root));
    msh_node *rules = msh_node_get(root, "rules");
    if (!rules || rules->type != MSH_NODE_LIST || !rules->child)
        return msh_loader_refuse(l, rules ? rules : root, "没有规则", "there are no rules");
    for (msh_node *n = rules->child; n; n = n->next)
        if (!only || n == only)
            MSH_TRY(read_rule(l, n));
    MSH_TRY(only ? MSH_OK : all_seen(l, root));
    msh_pack_info *info = &l->r->packs[l->r->n_packs];
    info->file = msh_arena_copy(&l->r->arena, msh_view_str(l->pack.name));
    l->r->n_packs++;
    return info->file.data ? MSH_OK : msh_loader_no_memory(l);
}

static msh_err load_one(msh_loader *l, const msh_pack_source *p)
{
    l->pack.name = p->name;
    l->pack.register_key = p->register_key;
    if (p->bytes.len > l->r->limits.rule_file)
        return msh_yaml_refuse((msh_yaml_at){p->name, 1, 1}, "规则文件过大（见 --limit rule-file）",
                               "the rule file is too large (see --limit rule-file)", l->why);
    msh_node *root;
    MSH_TRY(msh_yaml_read(&l->tree, p->name, p->bytes, msh_hint_known, &root, l->why));
    if (!root)
        return msh_yaml_refuse((msh_yaml_at){p->name, 1, 1}, "文件是空的，没有规则",
                               "the file is empty, no rules", l->why);
    MSH_TRY(msh_loader_pack(l, root, NULL));
    msh_arena_reset(&l->tree);
    return MSH_OK;
}

msh_err msh_loader_begin(msh_loader *l, const msh_limits *limits, size_t n_packs)
{
    l->r = msh_calloc(1, sizeof *l->r);
    if (!l->r)
        return msh_loader_no_memory(l);
    msh_arena_init(&l->r->arena, (size_t)1 << 30);
    l->r->limits = *limits;
    l->r->packs = msh_arena_calloc(&l->r->arena, n_packs, sizeof *l->r->packs);
    l->ids = msh_table_new();
    l->compiler = msh_compiler_new(l->r);
    return l->r->packs && l->ids && l->compiler ? MSH_OK : msh_loader_no_memory(l);
}

msh_err msh_loader_end(msh_loader *l, msh_err err, msh_rules **out)
{
    if (err == MSH_OK && l->r->n_rules == 0)
        err =
            msh_fail(l->why, MSH_E_RULES, "错误：没有任何规则 / error: there are no rules at all");
    if (err == MSH_OK)
        err = msh_compile_literals(l->compiler, l->why);
    msh_table_free(l->ids, NULL);
    msh_compiler_free(l->compiler);
    l->ids = NULL;
    l->compiler = NULL;
    *out = l->r;
    l->r = NULL;
    if (err == MSH_OK)
        return MSH_OK;
    msh_rules_free(*out);
    *out = NULL;
    return err;
}

msh_err msh_rules_load(const msh_pack_source *packs, size_t n, const msh_limits *limits,
                       msh_err (*read_list)(void *ctx, const char *pack, msh_view file,
                                            msh_buf *out, msh_error *why),
                       void *ctx, msh_rules **out, msh_error *why)
{
    msh_loader l = {.pack = {.read_list = read_list, .ctx = ctx}, .why = why};
    msh_arena_init(&l.tree, (size_t)1 << 29);
    msh_err err = msh_loader_begin(&l, limits, n);
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        err = load_one(&l, &packs[i]);
    msh_arena_dispose(&l.tree);
    return msh_loader_end(&l, err, out);
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

void msh_rules_use(msh_rules *r, uint32_t today, msh_medium medium)
{
    for (size_t i = 0; i < r->n_rules; i++) {
        msh_rule *rule = &r->rules[i];
        rule->idle = today && (rule->info.valid_from > today ||
                               (rule->info.valid_to && rule->info.valid_to < today));
        rule->info.idle = rule->idle;
        if (rule->kind->day)
            rule->kind->day(rule->state, today);
        if (medium && rule->info.tiers[medium])
            rule->info.tier = rule->info.tiers[medium];
    }
}

void msh_rules_set_digest(msh_rules *r, size_t i, const uint8_t sha256[32])
{
    memcpy(r->packs[i].sha256, sha256, 32);
}
