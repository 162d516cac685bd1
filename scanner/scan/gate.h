/* gate.h: what gate, manifest and publish share: the approved files of the verified log, and a
 * folder that is wholly as approved. */
#ifndef MSH_SCAN_GATE_H
#define MSH_SCAN_GATE_H

#include "ledger/approved.h"

#include <mishen/scan.h>

/* The approved files of a state folder; MSH_E_EVIDENCE when its log does not verify. The caller
 * frees *out, also after an error. */
MSH_MUST_CHECK msh_err msh_gate_load(const msh_options *options, const char *state,
                                     msh_approved **out, msh_log_verdict *log, msh_error *why);

/* Called, instead of telling so, when the folder may be published: every file in it is approved as
 * it stands. approved knows which of its files are at hand. */
typedef msh_err (*msh_gate_use)(void *ctx, msh_approved *approved, const msh_log_verdict *log,
                                msh_error *why);
/* msh_gate that does something with yes; no is told as msh_gate tells it. use NULL: tells both. */
MSH_MUST_CHECK msh_err msh_gate_then(const msh_options *options, const msh_gate_job *job,
                                     msh_gate_use use, void *ctx, int *exit_code, msh_error *why);

#endif
