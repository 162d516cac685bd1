/* batch.c: lines in one piece of memory, with room for the 00 of their leaves. */
#include "ledger/batch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum { ROOM = MSH_BATCH_BYTES + MSH_RECORD_MAX + 1 };

msh_batch *msh_batch_new(void)
{
    msh_batch *b = msh_alloc(sizeof *b);
    uint8_t *room = msh_alloc(ROOM);
    if (!b || !room) {
        msh_free(b);
        msh_free(room);
        return NULL;
    }
    b->room = room;
    msh_batch_reset(b, 0);
    return b;
}

void msh_batch_free(msh_batch *b)
{
    if (b)
        msh_free(b->room);
    msh_free(b);
}

void msh_batch_reset(msh_batch *b, uint64_t first)
{
    b->len = b->n = b->good = 0;
    b->first = first;
    b->err = MSH_OK;
}

bool msh_batch_add(msh_batch *b, msh_view line)
{
    if (b->n == MSH_BATCH || b->len >= MSH_BATCH_BYTES || line.len > MSH_RECORD_MAX)
        return false;
    b->room[b->len] = 0;
    if (line.len)
        memcpy(b->room + b->len + 1, line.data, line.len);
    b->lines[b->n++] = msh_view_of(b->room + b->len + 1, line.len);
    b->len += line.len + 1;
    return true;
}

msh_err msh_batch_hash(msh_batch *b, size_t profile)
{
    return msh_tree_leaves(msh_profile_at(profile)->digest, b->lines, b->n, b->leaves[profile]);
}

void msh_batch_read(msh_batch *b)
{
    for (b->good = 0; b->good < b->n; b->good++) {
        msh_record *r = &b->records[b->good];
        if (msh_record_read(b->lines[b->good], r) != MSH_OK || r->n != b->first + b->good)
            return;
    }
}

static msh_err check_rows(const msh_tree *t, msh_hasher *h, const msh_checkpoints *c, size_t *next,
                          uint64_t *bad)
{
    uint8_t root[MSH_HASH];
    MSH_TRY(msh_tree_root(t, h, root));
    for (; *next < c->n && c->rows[*next].size == t->size; ++*next)
        if (memcmp(root, c->rows[*next].root, sizeof root) != 0) {
            *bad = t->size;
            return MSH_E_EVIDENCE;
        }
    return MSH_OK;
}

msh_err msh_batch_grow(msh_tree *t, msh_hasher *h, const uint8_t (*leaves)[MSH_HASH], size_t n,
                       const msh_checkpoints *c, size_t *next, uint64_t *bad)
{
    for (size_t at = 0; at < n;) {
        size_t k = n - at;
        bool stop = *next < c->n && c->rows[*next].size - t->size <= k;
        if (stop)
            k = (size_t)(c->rows[*next].size - t->size);
        MSH_TRY(msh_tree_append_many(t, h, leaves + at, k));
        at += k;
        if (stop)
            MSH_TRY(check_rows(t, h, c, next, bad));
    }
    return MSH_OK;
}
