/* compile.c: from the `find:` maps of rules to kinds' states and one set of literals for all rules.
 *
 * A literal wanted by several rules is searched once and handed to each of them. */
#include "rule/rules.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"
#include "rule/yaml.h"

#include <string.h>

typedef struct want {
    uint32_t literal;
    msh_subscriber by;
} want;

struct msh_compiler {
    msh_rules *r;
    msh_table *known; /* literal → its number + 1 */
    msh_view *words;
    size_t n_words, cap_words;
    want *wants;
    size_t n_wants, cap_wants;
    const msh_compile_pack *pack;
    size_t rule;
    msh_kind_compile kind;
};

enum { MAX_WANTS = 4000000 };

static bool grow(void **list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t more = *cap ? *cap * 2 : 256, bytes;
    void *p = msh_mul_size(more, size, &bytes) ? msh_realloc(*list, bytes) : NULL;
    if (!p)
        return false;
    *list = p;
    *cap = more;
    return true;
}

static msh_err literal_number(msh_compiler *c, msh_view word, uint32_t *out)
{
    uintptr_t number = (uintptr_t)msh_table_get(c->known, word);
    if (number == 0) {
        void *list = c->words;
        if (!grow(&list, c->n_words, &c->cap_words, sizeof *c->words))
            return MSH_E_MEMORY;
        c->words = list;
        msh_view copy = msh_arena_copy(&c->r->arena, word);
        if (!copy.data)
            return MSH_E_MEMORY;
        c->words[c->n_words++] = copy;
        number = c->n_words;
        void *old;
        MSH_TRY(msh_table_put(c->known, word, (void *)number, &old));
    }
    *out = (uint32_t)(number - 1);
    return MSH_OK;
}

static msh_err want_literal(void *ctx, msh_view word, uint32_t tag)
{
    msh_compiler *c = ctx;
    if (word.len == 0 || word.len > MSH_LITERAL_MAX || c->n_wants >= MAX_WANTS)
        return MSH_E_RULES;
    void *list = c->wants;
    if (!grow(&list, c->n_wants, &c->cap_wants, sizeof *c->wants))
        return MSH_E_MEMORY;
    c->wants = list;
    uint32_t number;
    MSH_TRY(literal_number(c, word, &number));
    c->wants[c->n_wants++] = (want){number, {(uint32_t)c->rule, tag}};
    c->r->rules[c->rule].wants_literals = true;
    return MSH_OK;
}

static msh_err refuse(void *ctx, const msh_node *at, const char *zh, const char *en, msh_error *why)
{
    const msh_compiler *c = ctx;
    return msh_yaml_refuse((msh_yaml_at){c->pack->name, at->line, at->column}, zh, en, why);
}

static msh_err read_list(void *ctx, msh_view file, msh_buf *out, msh_error *why)
{
    const msh_compiler *c = ctx;
    if (!c->pack->read_list)
        return msh_fail(why, MSH_E_RULES,
                        "%s: 错误：这里不能读取词表文件 / error: no list files here",
                        c->pack->name);
    return c->pack->read_list(c->pack->ctx, c->pack->name, file, out, why);
}

msh_compiler *msh_compiler_new(msh_rules *r)
{
    msh_compiler *c = msh_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->r = r;
    c->known = msh_table_new();
    if (!c->known) {
        msh_free(c);
        return NULL;
    }
    c->kind = (msh_kind_compile){.ctx = c,
                                 .arena = &r->arena,
                                 .limits = &r->limits,
                                 .want_literal = want_literal,
                                 .read_list = read_list,
                                 .refuse = refuse};
    return c;
}

void msh_compiler_free(msh_compiler *c)
{
    if (!c)
        return;
    msh_table_free(c->known, NULL);
    msh_free(c->words);
    msh_free(c->wants);
    msh_free(c);
}

const msh_kind_compile *msh_compiler_begin(msh_compiler *c, const msh_compile_pack *pack,
                                           size_t rule)
{
    c->pack = pack;
    c->rule = rule;
    c->kind.register_key = pack->register_key;
    return &c->kind;
}

/* `view:` of a rule or of its find map. */
static msh_err choose_views(msh_compiler *c, msh_node *rule, msh_node *find, msh_error *why)
{
    msh_rule *r = &c->r->rules[c->rule];
    r->views = r->kind->views;
    msh_view name = {NULL, 0};
    MSH_TRY(msh_node_text(&c->kind, find, "view", &name, why));
    MSH_TRY(msh_node_text(&c->kind, rule, "view", &name, why));
    if (name.len == 0)
        return MSH_OK;
    msh_node *at =
        msh_node_get(rule, "view") ? msh_node_get(rule, "view") : msh_node_get(find, "view");
    if (msh_view_eq_str(name, "folded"))
        r->views = 1u << MSH_VIEW_FOLDED;
    else if (msh_view_eq_str(name, "joined"))
        r->views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED;
    else if (msh_view_eq_str(name, "written"))
        r->views = 1u << MSH_VIEW_WRITTEN;
    else
        return refuse(c, at, "view 应为 folded、joined 或 written",
                      "view is folded, joined or written", why);
    return MSH_OK;
}

msh_err msh_compile_rule(msh_compiler *c, msh_node *rule, msh_node *find, msh_error *why)
{
    msh_rules *set = c->r;
    msh_rule *r = &set->rules[c->rule];
    msh_view name = {NULL, 0};
    MSH_TRY(msh_node_text(&c->kind, find, "kind", &name, why));
    if (name.len == 0)
        return refuse(c, find, "find 缺少 kind", "find needs a kind", why);
    r->kind = msh_kind_named(name);
    if (!r->kind)
        return refuse(c, msh_node_get(find, "kind"), "没有这种 kind", "there is no such kind", why);
    r->info.kind = msh_view_str(r->kind->name);
    MSH_TRY(choose_views(c, rule, find, why));
    c->kind.views = r->views;
    MSH_TRY(r->kind->compile(&c->kind, find, &r->state, why));
    set->views |= r->views;
    if (r->kind->item_size) {
        size_t align = _Alignof(max_align_t);
        r->item_offset = set->item_bytes;
        size_t bytes = (r->kind->item_size + align - 1) / align * align;
        if (!msh_add_size(set->item_bytes, bytes, &set->item_bytes))
            return MSH_E_MEMORY;
    }
    return MSH_OK;
}

msh_err msh_compile_literals(msh_compiler *c, msh_error *why)
{
    msh_rules *r = c->r;
    r->n_literals = c->n_words;
    r->n_subscribers = c->n_wants;
    r->literal_text = msh_arena_calloc(&r->arena, c->n_words + 1, sizeof *r->literal_text);
    if (r->literal_text && c->n_words)
        memcpy(r->literal_text, c->words, c->n_words * sizeof *c->words);
    r->subscriber_at = msh_arena_calloc(&r->arena, c->n_words + 1, sizeof *r->subscriber_at);
    r->subscribers = msh_arena_calloc(&r->arena, c->n_wants + 1, sizeof *r->subscribers);
    if (!r->literal_text || !r->subscriber_at || !r->subscribers ||
        msh_literals_build(c->words, c->n_words, &r->literals) != MSH_OK)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    for (size_t i = 0; i < c->n_wants; i++)
        r->subscriber_at[c->wants[i].literal + 1]++;
    for (size_t i = 0; i < c->n_words; i++)
        r->subscriber_at[i + 1] += r->subscriber_at[i];
    uint32_t *next = msh_calloc(c->n_words + 1, sizeof *next);
    if (!next)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    if (c->n_words)
        memcpy(next, r->subscriber_at, c->n_words * sizeof *next);
    for (size_t i = 0; i < c->n_wants; i++)
        r->subscribers[next[c->wants[i].literal]++] = c->wants[i].by;
    msh_free(next);
    return MSH_OK;
}
