/* proof.h: proofs that others check (C2SP tlog-proof, tlog-witness), from tile files alone. */
#ifndef MSH_LEDGER_PROOF_H
#define MSH_LEDGER_PROOF_H

#include "ledger/tiles.h"

/* Record `index` is in the tree of the last checkpoint:
 *   c2sp.org/tlog-proof@v1 LF index N LF {base64 hash LF} LF {checkpoint}
 * Checked before it is handed out. MSH_E_USAGE when there is no such record yet, MSH_E_SHORT when
 * the tiles do not hold (msh_proof_rebuild), MSH_E_OPEN, MSH_E_EVIDENCE. */
MSH_MUST_CHECK msh_err msh_proof_inclusion(const char *dir, size_t profile, uint64_t index,
                                           msh_buf *out, msh_error *why);
/* The tree of `old` records is a beginning of that of the last checkpoint:
 *   old N LF {base64 hash LF} LF {checkpoint} */
MSH_MUST_CHECK msh_err msh_proof_consistency(const char *dir, size_t profile, uint64_t old,
                                             msh_buf *out, msh_error *why);
/* Makes the tiles anew from the lines, under the log's lock. */
MSH_MUST_CHECK msh_err msh_proof_rebuild(const char *dir, size_t profile, msh_error *why);

/* Reads what the functions above write. */
typedef struct msh_proof {
    bool consistency;
    uint64_t n; /* index, or old size */
    uint8_t hashes[MSH_PROOF_MAX][MSH_HASH];
    size_t n_hashes;
    msh_view checkpoint; /* the note */
} msh_proof;
MSH_MUST_CHECK msh_err msh_proof_read(msh_view v, msh_proof *out);

#endif
