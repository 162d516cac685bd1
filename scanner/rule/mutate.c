/* mutate.c: whether every part of a rule is held by a test (matching.md section 5): each word, key,
 * exception and alternative is dropped in turn, and the rule's own tests must turn red.
 *
 * A mutant that no longer loads is none: that part cannot be dropped. Parts that say nothing about
 * matching (names, texts, dates) are left alone. */
#include "rule/pack_inner.h"
#include "rule/packtest.h"
#include "rule/regex_parts.h"

#include "base/err.h"
#include "base/view.h"
#include "rule/pack_hint.h"
#include "rule/yaml.h"

#include <stdio.h>
#include <string.h>

typedef struct mutator {
    const msh_pack_source *pack;
    const msh_limits *limits;
    msh_compile_pack reader;
    msh_node *root, *rule;
    msh_view rule_id;
    bool sums; /* the rule counts what the others of its pack find */
    const msh_mutate_to *to;
    msh_arena arena; /* changed patterns */
    msh_error *why;
} mutator;

/* Run the tests of the rule until one turns red. */
static msh_err is_killed(const mutator *m, const msh_rules *r, bool *killed)
{
    msh_packtest tests;
    uint32_t rule = 0;
    while (rule + 1 < r->n_rules && !msh_view_eq(r->rules[rule].info.id, m->rule_id))
        rule++;
    MSH_TRY(msh_packtest_open(&tests, r, m->limits));
    msh_err err = MSH_OK;
    for (size_t k = 0; k < r->rules[rule].info.n_tests && err == MSH_OK && !*killed; k++) {
        msh_rule_test t;
        bool good = false;
        err = msh_packtest_case(&tests, rule, k, &t, &good);
        if (err == MSH_E_LIMIT_REGEX)
            err = MSH_OK;
        *killed = !good;
    }
    msh_packtest_close(&tests);
    return err;
}

/* The rule as the tree has it now. */
static msh_err try_mutant(mutator *m, const char *part, msh_view what, size_t line)
{
    msh_error ignored = {0};
    msh_rules *r = NULL;
    msh_loader l = {.pack = m->reader, .why = &ignored};
    msh_err err = msh_loader_begin(&l, m->limits, 1);
    if (err == MSH_OK)
        err = msh_loader_pack(&l, m->root, m->sums ? NULL : m->rule);
    err = msh_loader_end(&l, err, &r);
    if (err == MSH_E_RULES)
        return MSH_OK;
    bool killed = false;
    if (err == MSH_OK)
        err = is_killed(m, r, &killed);
    msh_rules_free(r);
    if (err != MSH_OK)
        return msh_fail(m->why, err, "内存不足 / out of memory");
    const msh_mutant out = {m->rule_id, part, what, line, killed};
    m->to->tried(m->to->ctx, &out);
    return MSH_OK;
}

/* Without the node at *at. */
static msh_err without(mutator *m, msh_node **at, const char *part)
{
    msh_node *n = *at;
    char name[100];
    bool list = !n->key.len;
    (void)snprintf(name, sizeof name, "%s%s%.*s", part, part[0] && !list ? "." : "",
                   (int)n->key.len, (const char *)n->key.data);
    *at = n->next;
    msh_err err =
        try_mutant(m, name, n->type == MSH_NODE_SCALAR ? n->value : (msh_view){NULL, 0}, n->line);
    *at = n;
    return err;
}

static msh_err without_pieces(mutator *m, msh_node *pattern)
{
    msh_view whole = pattern->value;
    msh_regex_parts parts;
    msh_regex_parts_of(whole, &parts);
    msh_err err = MSH_OK;
    for (size_t i = 0; i < parts.n && err == MSH_OK; i++) {
        const msh_regex_part *p = &parts.part[i];
        uint8_t *text = msh_arena_alloc(&m->arena, whole.len + 1);
        if (!text)
            return msh_fail(m->why, MSH_E_MEMORY, "内存不足 / out of memory");
        memcpy(text, whole.data, p->start);
        memcpy(text + p->start, whole.data + p->end, whole.len - p->end);
        pattern->value = msh_view_of(text, whole.len - (p->end - p->start));
        err = try_mutant(m, "find.pattern", msh_view_cut(whole, p->start, p->end - p->start),
                         pattern->line);
    }
    pattern->value = whole;
    return err;
}

/* A distance as it is without being said: nothing to drop. */
static bool says_nothing(const msh_node *n, const char *part)
{
    return msh_view_eq_str(n->key, "within") &&
           msh_view_eq_str(n->value, strcmp(part, "near") == 0 ? "40" : "12");
}

/* Members of a list or map, one after the other, and what is inside them. */
static msh_err without_each(mutator *m, msh_node *of, const char *part)
{
    if (of->type == MSH_NODE_SCALAR)
        return MSH_OK;
    for (msh_node **at = &of->child; *at; at = &(*at)->next) {
        msh_node *n = *at;
        char name[100];
        (void)snprintf(name, sizeof name, "%s%s%.*s", part, n->key.len ? "." : "", (int)n->key.len,
                       (const char *)n->key.data);
        if (msh_view_eq_str(n->key, "pattern"))
            MSH_TRY(without_pieces(m, n));
        else if ((of->child->next || of->type == MSH_NODE_MAP) && !says_nothing(n, part))
            MSH_TRY(without(m, at, part));
        MSH_TRY(without_each(m, n, name));
    }
    return MSH_OK;
}

static bool is_part(const msh_node *n)
{
    /* Which text is looked at (view) is no condition. */
    static const char *const parts[] = {"find",  "where",    "near", "except",
                                        "count", "distinct", "tiers"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (msh_view_eq_str(n->key, parts[i]))
            return true;
    return false;
}

static msh_err mutate_rule(mutator *m, msh_node *rule)
{
    m->rule = rule;
    msh_node *id = msh_node_get(rule, "id");
    m->rule_id = id ? id->value : MSH_VIEW("");
    msh_node *kind = msh_node_get(msh_node_get(rule, "find"), "kind");
    const msh_kind *k = kind ? msh_kind_named(kind->value) : NULL;
    m->sums = k && k->sums;
    for (msh_node **at = &rule->child; *at; at = &(*at)->next) {
        msh_node *n = *at;
        if (!is_part(n))
            continue;
        /* A map with one member is dropped with it. */
        bool single = n->type == MSH_NODE_MAP && n->child && !n->child->next;
        if (!msh_view_eq_str(n->key, "find") && !single)
            MSH_TRY(without(m, at, ""));
        char name[48];
        (void)snprintf(name, sizeof name, "%.*s", (int)n->key.len, (const char *)n->key.data);
        if (single && !msh_view_eq_str(n->key, "find"))
            MSH_TRY(without(m, at, ""));
        MSH_TRY(without_each(m, n, name));
    }
    return MSH_OK;
}

static msh_err mutate_pack(mutator *m, msh_arena *tree, msh_view only)
{
    m->reader.name = m->pack->name;
    m->reader.register_key = m->pack->register_key;
    MSH_TRY(msh_yaml_read(tree, m->pack->name, m->pack->bytes, msh_hint_known, &m->root, m->why));
    msh_node *rules = msh_node_get(m->root, "rules");
    for (msh_node *n = rules ? rules->child : NULL; n; n = n->next) {
        msh_node *id = msh_node_get(n, "id");
        if (only.len == 0 || (id && msh_view_eq(id->value, only)))
            MSH_TRY(mutate_rule(m, n));
    }
    return MSH_OK;
}

msh_err msh_rules_mutate(const msh_pack_source *packs, size_t n, const msh_limits *limits,
                         const msh_mutate_to *to, msh_error *why)
{
    mutator m = {.limits = limits,
                 .reader = {.read_list = to->read_list, .ctx = to->list_ctx},
                 .to = to,
                 .why = why};
    msh_arena tree;
    msh_arena_init(&tree, (size_t)1 << 29);
    msh_arena_init(&m.arena, (size_t)1 << 28);
    msh_err err = MSH_OK;
    for (size_t i = 0; i < n && err == MSH_OK; i++) {
        m.pack = &packs[i];
        err = mutate_pack(&m, &tree, to->only);
        msh_arena_reset(&tree);
    }
    msh_arena_dispose(&tree);
    msh_arena_dispose(&m.arena);
    return err;
}
