/* gather.c: counting while items go by. Tables are keyed by chance, folders have a ceiling. */
#include "report/gather.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <stdlib.h>

enum { ARENA_CEILING = 64 << 20, MAX_RULES = 10000, MAX_CATEGORIES = 1000 };

msh_err msh_gather_init(msh_gather *g)
{
    *g = (msh_gather){0};
    msh_arena_init(&g->arena, ARENA_CEILING);
    g->rules = msh_table_new();
    g->categories = msh_table_new();
    g->folders = msh_table_new();
    return g->rules && g->categories && g->folders ? MSH_OK : MSH_E_MEMORY;
}

void msh_gather_dispose(msh_gather *g)
{
    msh_table_free(g->rules, NULL);
    msh_table_free(g->categories, NULL);
    msh_table_free(g->folders, NULL);
    msh_arena_dispose(&g->arena);
    *g = (msh_gather){0};
}

/* --- while items go by ------------------------------------------------------------------------ */

static void count_reason(msh_gather *g, const msh_outcome_note *o)
{
    for (size_t i = 0; i < g->n_reasons; i++)
        if (msh_view_eq_str(o->reason, g->reasons[i].reason)) {
            g->reasons[i].n++;
            return;
        }
    if (g->n_reasons == MSH_GATHER_REASONS || o->reason.len >= sizeof g->reasons[0].reason)
        return;
    msh_reason_count *row = &g->reasons[g->n_reasons++];
    memcpy(row->reason, o->reason.data, o->reason.len);
    row->reason[o->reason.len] = '\0';
    row->outcome = o->outcome;
    row->n = 1;
}

/* The row of a label, made at its first sight; *out is NULL when `most` are there already. */
static msh_err row_of(msh_gather *g, msh_table *t, msh_view label, size_t most, msh_counted **out)
{
    *out = msh_table_get(t, label);
    if (*out || msh_table_count(t) >= most)
        return MSH_OK;
    msh_counted *row = msh_arena_calloc(&g->arena, 1, sizeof *row);
    if (!row)
        return MSH_E_MEMORY;
    row->label = msh_arena_copy(&g->arena, label);
    if (!row->label.data)
        return MSH_E_MEMORY;
    *out = row;
    return msh_table_put(t, label, row, NULL);
}

static msh_err new_rule(msh_gather *g, const msh_finding *f, msh_rule_note **out)
{
    if (msh_table_count(g->rules) >= MAX_RULES)
        return MSH_E_LIMIT_BUFFER;
    msh_rule_note *n = msh_arena_calloc(&g->arena, 1, sizeof *n);
    if (!n)
        return MSH_E_MEMORY;
    const struct {
        msh_view *to;
        msh_view from;
    } words[] = {
        {&n->id, f->rule},
        {&n->name, f->rule_name},
        {&n->name_en, f->rule_name_en},
        {&n->category, f->category},
        {&n->explain, f->explain},
        {&n->explain_en, f->explain_en},
        {&n->advice, f->advice},
        {&n->advice_en, f->advice_en},
        {&n->basis, f->basis},
        {&n->basis_en, f->basis_en},
        {&n->pack, f->pack},
        {&n->pack_version, f->pack_version},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *words[i].to = msh_arena_copy(&g->arena, words[i].from);
        if (!words[i].to->data)
            return MSH_E_MEMORY;
    }
    n->index = msh_table_count(g->rules);
    *out = n;
    return msh_table_put(g->rules, f->rule, n, NULL);
}

static msh_err count_finding(msh_gather *g, const msh_finding *f)
{
    msh_rule_note *n = msh_table_get(g->rules, f->rule);
    size_t tier = (unsigned)f->tier < 4 ? (unsigned)f->tier : 0;
    if (!n)
        MSH_TRY(new_rule(g, f, &n));
    if (f->tier > n->worst)
        n->worst = f->tier;
    n->findings++;
    g->tiers[tier]++;
    bool is_secret = msh_view_eq_str(f->category, "国家秘密");
    g->secret |= is_secret && f->tier >= MSH_TIER_REVIEW;
    g->block |= !is_secret && f->tier == MSH_TIER_BLOCK;
    msh_counted *c;
    MSH_TRY(row_of(g, g->categories, f->category, MAX_CATEGORIES, &c));
    if (c)
        c->n[tier]++;
    return MSH_OK;
}

static msh_view folder_of(msh_view path)
{
    size_t end = path.len;
    while (end > 0 && path.data[end - 1] != '/')
        end--;
    return msh_view_cut(path, 0, end);
}

msh_err msh_gather_item(msh_gather *g, const msh_item *item, const msh_finding *findings,
                        size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    msh_view path = item->path_masked ? item->path_shown : item->path;
    for (size_t i = 0; i < n_outcomes; i++)
        if (!msh_outcome_is_whole(outcomes[i].outcome))
            count_reason(g, &outcomes[i]);
    for (size_t i = 0; i < n_findings; i++)
        MSH_TRY(count_finding(g, &findings[i]));
    msh_counted *folder;
    MSH_TRY(row_of(g, g->folders, folder_of(path), MSH_GATHER_FOLDERS, &folder));
    uint64_t *n = folder ? folder->n : g->lost;
    if ((unsigned)item->verdict < 4)
        n[item->verdict]++;
    return MSH_OK;
}

/* --- afterwards ---------------------------------------------------------------------------------
 */

typedef struct collector {
    void **all;
    size_t n;
} collector;

static bool collect(void *ctx, msh_view key, void *value)
{
    collector *c = ctx;
    (void)key;
    c->all[c->n++] = value;
    return true;
}

static msh_err collected(msh_gather *g, const msh_table *t, collector *c)
{
    c->n = 0;
    c->all = msh_arena_calloc(&g->arena, msh_table_count(t) + 1, sizeof *c->all);
    if (!c->all)
        return MSH_E_MEMORY;
    msh_table_each(t, collect, c);
    return MSH_OK;
}

static int by_gravity(const void *a, const void *b)
{
    const msh_rule_note *const *x = a, *const *y = b;
    if ((*x)->worst != (*y)->worst)
        return (*x)->worst > (*y)->worst ? -1 : 1;
    return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

msh_rule_note *msh_gather_rule(const msh_gather *g, msh_view id)
{
    return msh_table_get(g->rules, id);
}

msh_err msh_gather_rules(msh_gather *g, const msh_rule_note ***out, size_t *n)
{
    collector c;
    MSH_TRY(collected(g, g->rules, &c));
    const msh_rule_note **all = msh_arena_calloc(&g->arena, c.n + 1, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < c.n; i++)
        all[i] = c.all[i];
    qsort(all, c.n, sizeof *all, by_gravity);
    *out = all;
    *n = c.n;
    return MSH_OK;
}

/* The greater index weighs more (tiers and verdicts are ordered by weight); ties by label. */
static int by_weight(const void *a, const void *b)
{
    const msh_counted *x = a, *y = b;
    for (size_t i = 4; i-- > 0;)
        if (x->n[i] != y->n[i])
            return x->n[i] > y->n[i] ? -1 : 1;
    return msh_view_cmp(x->label, y->label);
}

static msh_err rows_of(msh_gather *g, const msh_table *t, msh_counted **out, size_t *n)
{
    collector c;
    MSH_TRY(collected(g, t, &c));
    msh_counted *rows = msh_arena_calloc(&g->arena, c.n + 1, sizeof *rows);
    if (!rows)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < c.n; i++)
        rows[i] = *(const msh_counted *)c.all[i];
    *out = rows;
    *n = c.n;
    return MSH_OK;
}

msh_err msh_gather_categories(msh_gather *g, msh_counted **out, size_t *n)
{
    MSH_TRY(rows_of(g, g->categories, out, n));
    qsort(*out, *n, sizeof **out, by_weight);
    return MSH_OK;
}

/* How much all folders begin with alike, to the end of a component. */
static size_t common_folder(const msh_counted *rows, size_t n)
{
    size_t common = n ? rows[0].label.len : 0;
    for (size_t i = 1; i < n; i++) {
        size_t k = 0;
        while (k < common && k < rows[i].label.len &&
               rows[i].label.data[k] == rows[0].label.data[k])
            k++;
        common = k;
    }
    while (common > 0 && rows[0].label.data[common - 1] != '/')
        common--;
    return common;
}

static msh_view first_component(msh_view folder, size_t from)
{
    size_t end = from;
    while (end < folder.len && folder.data[end] != '/')
        end++;
    return msh_view_cut(folder, from, end - from);
}

/* The last row for all that have none of their own; rows holds n and one more. */
static void fold_rest(const msh_gather *g, msh_counted *rows, size_t *n, size_t most)
{
    msh_counted rest = {.label = {NULL, 0}};
    uint64_t lost = 0;
    for (size_t v = 0; v < 4; v++) {
        rest.n[v] = g->lost[v];
        lost += g->lost[v];
    }
    size_t own = lost || *n > most ? most - 1 : most;
    if (*n <= own && !lost)
        return;
    for (size_t i = own; i < *n; i++)
        for (size_t v = 0; v < 4; v++)
            rest.n[v] += rows[i].n[v];
    *n = *n > own ? own : *n;
    rows[(*n)++] = rest;
}

msh_err msh_gather_departments(msh_gather *g, size_t most, msh_counted **out, size_t *n)
{
    msh_counted *folders;
    size_t n_folders;
    *n = 0;
    MSH_TRY(rows_of(g, g->folders, &folders, &n_folders));
    size_t common = common_folder(folders, n_folders);
    msh_table *t = msh_table_new();
    if (!t)
        return MSH_E_MEMORY;
    msh_err err = MSH_OK;
    for (size_t i = 0; i < n_folders && err == MSH_OK; i++) {
        msh_view name = first_component(folders[i].label, common);
        msh_counted *row = NULL;
        err = row_of(g, t, name.len ? name : MSH_VIEW("."), SIZE_MAX, &row);
        for (size_t v = 0; err == MSH_OK && v < 4; v++)
            row->n[v] += folders[i].n[v];
    }
    if (err == MSH_OK && msh_table_count(t) > 1)
        err = rows_of(g, t, out, n);
    msh_table_free(t, NULL);
    if (err != MSH_OK || *n == 0)
        return err;
    qsort(*out, *n, sizeof **out, by_weight);
    fold_rest(g, *out, n, most);
    return MSH_OK;
}

void msh_gather_next(const msh_gather *g, const msh_run_summary *s, bool said[MSG_COUNT])
{
    for (size_t m = 0; m < MSG_COUNT; m++)
        said[m] = false;
    said[MSG_NEXT_SECRET] = g->secret;
    said[MSG_NEXT_BLOCK] = g->block || (!g->secret && s->verdicts[MSH_VERDICT_BLOCK]);
    said[MSG_NEXT_STOPPED] = s->stopped;
    for (size_t i = 0; i < g->n_reasons; i++)
        said[msh_say_advice(msh_view_str(g->reasons[i].reason))] = true;
    if (s->verdicts[MSH_VERDICT_NOT_INSPECTED] && !g->n_reasons)
        said[MSG_NEXT_MISSING] = true;
    said[MSG_NEXT_REVIEW] = s->verdicts[MSH_VERDICT_REVIEW] != 0;
    said[MSG_NEXT_NOTHING] = s->items == 0;
    bool any = false;
    for (size_t m = 0; m < MSG_COUNT; m++)
        any |= said[m];
    said[MSG_NEXT_CLEAN] = !any;
}

/* --- words of a rule
 * ------------------------------------------------------------------------------ */

static msh_view choose(msh_view zh, msh_view en, msh_lang lang)
{
    return lang == MSH_LANG_EN && en.len ? en : zh;
}

msh_view msh_note_name(const msh_rule_note *n, msh_lang lang)
{
    return choose(n->name, n->name_en, lang);
}

msh_view msh_note_explain(const msh_rule_note *n, msh_lang lang)
{
    return choose(n->explain, n->explain_en, lang);
}

msh_view msh_note_advice(const msh_rule_note *n, msh_lang lang)
{
    return choose(n->advice, n->advice_en, lang);
}

msh_view msh_note_basis(const msh_rule_note *n, msh_lang lang)
{
    return choose(n->basis, n->basis_en, lang);
}
