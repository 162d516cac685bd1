/* saved.h: a run saved as NDJSON, read again: bounded, strict, and told in the calls that a report
 * gets while a scan runs.
 *
 * Hostile input: every number, word and count is checked; items come in order, findings belong to
 * the item before them, the sums of the last line must be those of the lines. Keys and kinds of
 * lines that a later version may add are passed over. */
#ifndef MSH_REPORT_SAVED_H
#define MSH_REPORT_SAVED_H

#include "report/report.h"

/* Up to cap bytes; *got 0 = the end. */
typedef struct msh_saved_from {
    void *ctx;
    msh_err (*read)(void *ctx, uint8_t *to, size_t cap, size_t *got);
} msh_saved_from;

/* Each may be NULL. What they get lives as long as the call, but for the run's, which lives until
 * msh_saved_read returns. An error ends the reading. */
typedef struct msh_saved_to {
    void *ctx;
    msh_err (*begin)(void *ctx, const msh_run_info *run);
    msh_err (*item)(void *ctx, const msh_item *item, const msh_finding *findings, size_t n_findings,
                    const msh_outcome_note *outcomes, size_t n_outcomes);
    msh_err (*end)(void *ctx, const msh_run_summary *summary);
} msh_saved_to;

/* MSH_E_SYNTAX with the line in why->text, MSH_E_SHORT when the run was not finished (no last
 * line), MSH_E_LIMIT_BUFFER for a line of more than 8 MiB; errors of the callbacks. */
MSH_MUST_CHECK msh_err msh_saved_read(const msh_saved_from *from, const msh_saved_to *to,
                                      msh_error *why);

/* Reader and calls for a report form: to->ctx is the msh_report_run. */
msh_saved_to msh_saved_to_form(msh_report_run *r);

#endif
