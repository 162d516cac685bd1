/* tally.c: see tally.h. */
#include "rule/tally.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <stdio.h>
#include <string.h>

enum { KEPT_NORMAL = 512, TALLY_MEMORY = 128 << 20 };

bool msh_tally_init(msh_tally *t, const msh_rules *rules, size_t limit)
{
    *t = (msh_tally){.rules = rules, .limit = limit};
    msh_arena_init(&t->arena, TALLY_MEMORY);
    t->known = msh_table_new();
    t->slots = msh_calloc(rules->n_subscribers + 1, sizeof *t->slots);
    t->used_slots = msh_calloc(limit + 8, sizeof *t->used_slots);
    t->totals = msh_calloc(rules->n_rules, sizeof *t->totals);
    t->different = msh_calloc(rules->n_rules, sizeof *t->different);
    return t->known && t->slots && t->used_slots && t->totals && t->different;
}

void msh_tally_dispose(msh_tally *t)
{
    msh_table_free(t->known, NULL);
    msh_free(t->slots);
    msh_free(t->used_slots);
    msh_free(t->totals);
    msh_free(t->different);
    msh_free(t->entries);
    msh_arena_dispose(&t->arena);
}

void msh_tally_begin(msh_tally *t)
{
    msh_arena_reset(&t->arena);
    if (msh_table_count(t->known))
        msh_table_clear(t->known);
    for (size_t i = 0; i < t->n_used_slots; i++)
        t->slots[t->used_slots[i]] = 0;
    t->n_used_slots = 0;
    memset(t->totals, 0, t->rules->n_rules * sizeof *t->totals);
    memset(t->different, 0, t->rules->n_rules * sizeof *t->different);
    t->n = 0;
    t->dropped = 0;
    t->gravest = 0;
}

/* The key of an entry: rule and normalised match; a long one is its head and a hash of the whole.
 */
static msh_view key_of(const msh_occurrence *o, uint8_t key[KEPT_NORMAL + 12])
{
    memcpy(key, &o->rule, 4);
    size_t n = o->normal.len < KEPT_NORMAL ? o->normal.len : KEPT_NORMAL;
    if (n)
        memcpy(key + 4, o->normal.data, n);
    if (o->normal.len <= KEPT_NORMAL)
        return msh_view_of(key, 4 + n);
    uint64_t hash = o->normal.len;
    for (size_t i = 0; i < o->normal.len; i++)
        hash = (hash ^ o->normal.data[i]) * 0x100000001b3u;
    memcpy(key + 4 + n, &hash, 8);
    return msh_view_of(key, 12 + n);
}

static msh_err make_room(msh_tally *t)
{
    if (t->n < t->cap)
        return MSH_OK;
    size_t cap = t->cap ? t->cap * 2 : 64;
    msh_entry **list = msh_realloc(t->entries, cap * sizeof *list);
    if (!list)
        return MSH_E_MEMORY;
    t->entries = list;
    t->cap = cap;
    return MSH_OK;
}

static msh_err new_entry(msh_tally *t, const msh_occurrence *o, msh_view key, msh_entry **out)
{
    *out = NULL;
    t->different[o->rule]++;
    /* A tier that is not in the list yet is let in even when the list is full: three at most. */
    if (t->n >= t->limit && o->tier <= t->gravest) {
        t->dropped++;
        return MSH_OK;
    }
    MSH_TRY(make_room(t));
    msh_entry *e = msh_arena_calloc(&t->arena, 1, sizeof *e);
    if (!e)
        return MSH_E_MEMORY;
    e->rule = o->rule;
    e->last_offset = MSH_NO_POSITION;
    e->normal = msh_arena_copy(&t->arena, msh_view_cut(key, 4, key.len));
    if (!e->normal.data)
        return MSH_E_MEMORY;
    if (o->subscriber != UINT32_MAX) {
        t->slots[o->subscriber] = (uint32_t)t->n + 1;
        t->used_slots[t->n_used_slots++] = o->subscriber;
    } else {
        void *old;
        MSH_TRY(msh_table_put(t->known, key, e, &old));
    }
    t->entries[t->n++] = e;
    *out = e;
    return MSH_OK;
}

msh_err msh_tally_note(msh_tally *t, const msh_occurrence *o, msh_noted *out)
{
    uint64_t count = o->count ? o->count : 1;
    *out = (msh_noted){NULL, false, false};
    t->totals[o->rule] += count;
    uint8_t key[KEPT_NORMAL + 12];
    msh_view k = {NULL, 0};
    msh_entry *e = NULL;
    if (o->subscriber != UINT32_MAX) {
        uint32_t slot = t->slots[o->subscriber];
        e = slot ? t->entries[slot - 1] : NULL;
    } else {
        k = key_of(o, key);
        e = msh_table_get(t->known, k);
    }
    if (!e) {
        if (!k.data)
            k = key_of(o, key);
        MSH_TRY(new_entry(t, o, k, &e));
        out->fresh = e != NULL;
    }
    if (o->tier > t->gravest)
        t->gravest = o->tier;
    if (!e)
        return MSH_OK;
    e->count += count;
    e->graver = e->placed && o->tier > e->tier;
    if (o->tier > e->tier)
        e->tier = o->tier;
    out->entry = e;
    out->wants_place = out->fresh || e->graver || e->n_more < MSH_MORE_PLACES;
    return MSH_OK;
}

msh_err msh_tally_place(msh_tally *t, msh_entry *e, const msh_place *p)
{
    if (!e->placed) {
        e->placed = true;
        e->place = *p;
        return MSH_OK;
    }
    msh_place other = *p;
    if (e->graver) { /* the verdict comes from here: this is the place to be named first */
        other = e->place;
        e->place = *p;
        e->graver = false;
    }
    if (e->n_more == MSH_MORE_PLACES)
        return MSH_OK;
    if (e->n_more == e->cap_more) {
        uint32_t cap = e->cap_more ? MSH_MORE_PLACES : 4;
        msh_place *more = msh_arena_alloc(&t->arena, cap * sizeof *more);
        if (!more)
            return MSH_E_MEMORY;
        if (e->n_more)
            memcpy(more, e->more, e->n_more * sizeof *more);
        e->more = more;
        e->cap_more = cap;
    }
    e->more[e->n_more++] = other;
    return MSH_OK;
}

static bool enough(const msh_tally *t, uint32_t rule)
{
    const msh_rule *r = &t->rules->rules[rule];
    return (r->distinct ? t->different[rule] : t->totals[rule]) >= r->count;
}

/* Rules that count the findings of others (kind_bulk.c): one entry each, at the first of them. */
static msh_err add_sums(msh_tally *t)
{
    size_t n = t->n;
    for (uint32_t i = 0; i < t->rules->n_rules; i++) {
        const msh_rule *r = &t->rules->rules[i];
        const msh_entry *first = NULL;
        uint64_t sum = 0;
        for (size_t k = 0; r->kind->sums && k < n; k++) {
            const msh_entry *e = t->entries[k];
            if (e->tier < MSH_TIER_REVIEW ||
                !r->kind->sums(r->state, t->rules->rules[e->rule].kind))
                continue;
            first = first ? first : e;
            sum++;
        }
        if (!first || sum + t->dropped < r->kind->sums(r->state, NULL))
            continue;
        msh_occurrence o = {i, r->info.tier, r->info.id, sum + t->dropped, UINT32_MAX};
        msh_noted noted;
        MSH_TRY(msh_tally_note(t, &o, &noted));
        if (!noted.entry)
            continue;
        char text[24];
        int len = snprintf(text, sizeof text, "%llu", (unsigned long long)(sum + t->dropped));
        noted.entry->excerpt =
            msh_arena_copy(&t->arena, (msh_view){(const uint8_t *)text, (size_t)len});
        noted.entry->length = first->length;
        MSH_TRY(msh_tally_place(t, noted.entry, &first->place));
        if (!noted.entry->excerpt.data)
            return MSH_E_MEMORY;
    }
    return MSH_OK;
}

msh_err msh_tally_end(msh_tally *t, msh_err (*hit)(void *ctx, const msh_hit *h), void *ctx,
                      uint64_t *total)
{
    size_t told = 0;
    MSH_TRY(add_sums(t));
    *total = t->dropped;
    for (size_t i = 0; i < t->n; i++)
        *total += enough(t, t->entries[i]->rule);
    for (int tier = MSH_TIER_BLOCK; tier >= MSH_TIER_INFO; tier--)
        for (size_t i = 0; i < t->n && told < t->limit; i++) {
            const msh_entry *e = t->entries[i];
            if ((int)e->tier != tier || !enough(t, e->rule))
                continue;
            msh_hit h = {e->rule, e->tier,   e->normal, e->excerpt, e->place,
                         e->more, e->n_more, e->count,  e->length};
            MSH_TRY(hit(ctx, &h));
            told++;
        }
    return MSH_OK;
}
