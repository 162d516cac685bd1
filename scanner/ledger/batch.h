/* batch.h: some consecutive lines of a log, hashed and read together: by the writer, by recovery
 * and by the threads of the verifier. */
#ifndef MSH_LEDGER_BATCH_H
#define MSH_LEDGER_BATCH_H

#include "ledger/record.h"
#include "ledger/store.h"
#include "ledger/tree.h"

enum { MSH_BATCH = 1024, MSH_BATCH_BYTES = 512 << 10 };

typedef struct msh_batch {
    uint8_t *room;
    size_t len, n;
    uint64_t first;            /* index of the first line */
    msh_view lines[MSH_BATCH]; /* in room, each behind a byte of room, see msh_tree_leaves */
    msh_record records[MSH_BATCH];
    size_t good; /* lines before the first that is no record with its index */
    uint8_t leaves[MSH_PROFILES][MSH_BATCH][MSH_HASH];
    msh_err err; /* of the thread that worked on it */
} msh_batch;

/* NULL when memory is short. */
msh_batch *msh_batch_new(void);
void msh_batch_free(msh_batch *b);
void msh_batch_reset(msh_batch *b, uint64_t first);
/* Copies a line of at most MSH_RECORD_MAX bytes; false when the batch is full. */
bool msh_batch_add(msh_batch *b, msh_view line);
/* Fills leaves[profile]. */
MSH_MUST_CHECK msh_err msh_batch_hash(msh_batch *b, size_t profile);
/* Fills records and good. */
void msh_batch_read(msh_batch *b);

/* Adds leaves to a tree; wherever the tree has the size of a checkpoint of c (from *next on, which
 * moves on) the roots must be the same: else MSH_E_EVIDENCE and *bad is that size. */
MSH_MUST_CHECK msh_err msh_batch_grow(msh_tree *t, msh_hasher *h, const uint8_t (*leaves)[MSH_HASH],
                                      size_t n, const msh_checkpoints *c, size_t *next,
                                      uint64_t *bad);

#endif
