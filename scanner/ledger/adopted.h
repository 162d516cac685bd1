/* adopted.h: the list of stock that was taken over (存量): what stood on a site on the day on which
 * the gate was switched on. `cksum --strict -c` takes it.
 *
 *   # size: 13 LF SHA256 (path) = hex LF SM3 (path) = hex LF … */
#ifndef MSH_LEDGER_ADOPTED_H
#define MSH_LEDGER_ADOPTED_H

#include "ledger/decision.h"

/* Appends one file. */
void msh_adopted_put(msh_buf *out, const msh_decision_file *f);
/* The files of a list that a decision names by its hashes, from STATE/adopted; their paths live in
 * the arena. MSH_E_EVIDENCE: it is not there, or not that list. */
MSH_MUST_CHECK msh_err msh_adopted_read(const char *state, const msh_decision_list *list,
                                        msh_arena *a,
                                        msh_err (*each)(void *ctx, const msh_decision_file *f),
                                        void *ctx);

#endif
