/* table.c: open addressing over an insertion-ordered entry list, SipHash-1-3 (sip.h) keyed by
 * getrandom. */
#define _GNU_SOURCE
#include "base/table.h"

#include "base/mem.h"
#include "base/sip.h"
#include "base/view.h"

#include <sys/random.h>

typedef struct entry {
    uint64_t hash;
    uint8_t *key;
    size_t key_len;
    void *value;
} entry;

struct msh_table {
    msh_sip_key sip;
    entry *entries;
    uint32_t *slots; /* index + 1 into entries, 0 = free */
    size_t count, cap, n_slots;
};

msh_table *msh_table_new(void)
{
    msh_table *t = msh_calloc(1, sizeof *t);
    if (!t)
        return NULL;
    uint64_t keys[2] = {0, 0};
    /* Without entropy the table still works; only the protection against chosen keys is weaker. */
    if (getrandom(keys, sizeof keys, GRND_NONBLOCK) != (ssize_t)sizeof keys)
        keys[0] = (uint64_t)(uintptr_t)t;
    t->sip = (msh_sip_key){keys[0], keys[1]};
    return t;
}

void msh_table_clear(msh_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        msh_free(t->entries[i].key);
    t->count = 0;
    if (t->slots)
        memset(t->slots, 0, t->n_slots * sizeof *t->slots);
}

void msh_table_free(msh_table *t, void (*free_value)(void *))
{
    if (!t)
        return;
    for (size_t i = 0; free_value && i < t->count; i++)
        free_value(t->entries[i].value);
    msh_table_clear(t);
    msh_free(t->entries);
    msh_free(t->slots);
    msh_free(t);
}

static uint32_t *find_slot(const msh_table *t, uint64_t hash, msh_view key)
{
    for (size_t i = hash & (t->n_slots - 1);; i = (i + 1) & (t->n_slots - 1)) {
        uint32_t at = t->slots[i];
        if (at == 0)
            return &t->slots[i];
        const entry *e = &t->entries[at - 1];
        if (e->hash == hash && msh_view_eq(msh_view_of(e->key, e->key_len), key))
            return &t->slots[i];
    }
}

static msh_err grow(msh_table *t)
{
    size_t cap = t->cap ? t->cap * 2 : 16;
    if (cap > UINT32_MAX / 4)
        return MSH_E_MEMORY;
    entry *entries = msh_realloc(t->entries, cap * sizeof *entries);
    if (!entries)
        return MSH_E_MEMORY;
    t->entries = entries;
    uint32_t *slots = msh_calloc(cap * 2, sizeof *slots);
    if (!slots)
        return MSH_E_MEMORY;
    msh_free(t->slots);
    t->slots = slots;
    t->cap = cap;
    t->n_slots = cap * 2;
    for (size_t i = 0; i < t->count; i++) {
        const entry *e = &t->entries[i];
        *find_slot(t, e->hash, msh_view_of(e->key, e->key_len)) = (uint32_t)i + 1;
    }
    return MSH_OK;
}

msh_err msh_table_put(msh_table *t, msh_view key, void *value, void **old)
{
    if (old)
        *old = NULL;
    if (t->count == t->cap) {
        msh_err err = grow(t);
        if (err != MSH_OK)
            return err;
    }
    uint64_t hash = msh_sip(t->sip, key);
    uint32_t *slot = find_slot(t, hash, key);
    if (*slot) {
        entry *e = &t->entries[*slot - 1];
        if (old)
            *old = e->value;
        e->value = value;
        return MSH_OK;
    }
    uint8_t *copy = msh_alloc(key.len);
    if (!copy)
        return MSH_E_MEMORY;
    if (key.len)
        memcpy(copy, key.data, key.len);
    t->entries[t->count++] = (entry){hash, copy, key.len, value};
    *slot = (uint32_t)t->count;
    return MSH_OK;
}

void *msh_table_get(const msh_table *t, msh_view key)
{
    if (t->count == 0)
        return NULL;
    uint32_t at = *find_slot(t, msh_sip(t->sip, key), key);
    return at ? t->entries[at - 1].value : NULL;
}

size_t msh_table_count(const msh_table *t)
{
    return t->count;
}

void msh_table_each(const msh_table *t, bool (*visit)(void *ctx, msh_view key, void *value),
                    void *ctx)
{
    for (size_t i = 0; i < t->count; i++) {
        const entry *e = &t->entries[i];
        if (!visit(ctx, msh_view_of(e->key, e->key_len), e->value))
            return;
    }
}
