/* tiles.h: the hashes of a log's trees in files (audit-log.md section 2): LOG/tree/<L>.bin holds
 * the hashes of tree level 8L one after another, so that bytes [8192 N, 8192 N + 8192) are C2SP
 * tile L/N.
 *
 * A cache: never synced, never trusted. What is read from it counts only after it was checked
 * against a signed root. */
#ifndef MSH_LEDGER_TILES_H
#define MSH_LEDGER_TILES_H

#include "ledger/store.h"
#include "ledger/tree.h"

enum { MSH_TILE_LEVELS = 7, MSH_TILE = 256, MSH_PROOF_MAX = 64 };

typedef struct msh_tiles {
    int fd[MSH_TILE_LEVELS]; /* -1 where there is no file */
    char folder[MSH_LOG_PATH];
    msh_hasher hasher;
} msh_tiles;

/* profile: index of msh_profile_at. Missing files are no error here. */
MSH_MUST_CHECK msh_err msh_tiles_open(msh_tiles *t, const char *dir, size_t profile,
                                      msh_error *why);
void msh_tiles_close(msh_tiles *t);

/* Leaves [from, from + n) into the files, and the higher levels they complete; makes folder and
 * files. MSH_E_SHORT when leaves before `from` are not there, MSH_E_IO, MSH_E_FULL: the caller goes
 * on without a cache. */
MSH_MUST_CHECK msh_err msh_tiles_append(msh_tiles *t, uint64_t from,
                                        const uint8_t (*leaves)[MSH_HASH], size_t n);
MSH_MUST_CHECK msh_err msh_tiles_sync(msh_tiles *t);

/* All of these: MSH_E_SHORT when a hash is not there. */
MSH_MUST_CHECK msh_err msh_tiles_leaf(msh_tiles *t, uint64_t index, uint8_t out[MSH_HASH]);
/* The frontier of the tree of this size. */
MSH_MUST_CHECK msh_err msh_tiles_tree(msh_tiles *t, uint64_t size, msh_tree *out);
/* Proofs (RFC 6962 sections 2.1.1, 2.1.2); index < size, 0 < old <= size. *n hashes. */
MSH_MUST_CHECK msh_err msh_tiles_inclusion(msh_tiles *t, uint64_t index, uint64_t size,
                                           uint8_t (*out)[MSH_HASH], size_t *n);
MSH_MUST_CHECK msh_err msh_tiles_consistency(msh_tiles *t, uint64_t old, uint64_t size,
                                             uint8_t (*out)[MSH_HASH], size_t *n);

#endif
