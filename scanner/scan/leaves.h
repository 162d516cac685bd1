/* leaves.h: waivers and statements in force while a scan runs, from the verified log: a finding
 * that is waived stays a finding and says so, but does not count; an item that was not inspected is
 * covered when a person states that they read these very bytes. */
#ifndef MSH_SCAN_LEAVES_H
#define MSH_SCAN_LEAVES_H

#include "scan/item.h"

typedef struct msh_leaves msh_leaves;

/* *out NULL: there are none. A log that does not verify gives none, which is told on standard
 * error: so nothing passes for which there is no evidence. */
MSH_MUST_CHECK msh_err msh_leaves_load(const char *state, msh_lang lang, msh_leaves **out,
                                       msh_error *why);
void msh_leaves_free(msh_leaves *l);
/* Before the verdict is formed. l may be NULL. */
void msh_leaves_apply(const msh_leaves *l, msh_entry *e);

#endif
