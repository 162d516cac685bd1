/* notary.h: where decisions are signed: the verified log with its releases, a person's keys, and
 * the one way from a decision to a record. What may not be is refused before it is logged, by the
 * very rules that the log is read with later. */
#ifndef MSH_SCAN_NOTARY_H
#define MSH_SCAN_NOTARY_H

#include "base/clock.h"
#include "ledger/approved.h"
#include "scan/state.h"

typedef struct msh_notary {
    const msh_options *options;
    char state[MSH_STATE_PATH];
    msh_approved *approved;
    msh_log_verdict log;
    msh_reviewer reviewer;
    const char *name; /* of the reviewer */
    char ts[MSH_UTC_SIZE];
    msh_arena arena;
} msh_notary;

/* Verifies the log. signer NULL: only to read. The caller disposes of it, also after an error.
 * MSH_E_EVIDENCE, MSH_E_PASSWORD, MSH_E_NOBODY. */
MSH_MUST_CHECK msh_err msh_notary_open(msh_notary *k, const msh_options *options,
                                       const msh_signer *signer, msh_error *why);
/* Fills in reviewer, role, deputy, origin and time, signs, judges, logs, applies. what: the act or
 * step whose role is asked for. MSH_E_REFUSED: nothing was logged. */
MSH_MUST_CHECK msh_err msh_notary_sign(msh_notary *k, const msh_decision *d, const char *what,
                                       uint64_t *record, msh_error *why);
void msh_notary_dispose(msh_notary *k);

/* not_after, "" = none so far, becomes no later than the ends of the waivers and statements that an
 * approval of these files rests on; sets each file's covered. besides: whose statements do not
 * count, may be empty. */
void msh_notary_bound(const msh_notary *k, msh_decision_file *files, size_t n, msh_view besides,
                      char not_after[MSH_UTC_SIZE]);
/* A record of the policy in force (keys.c). */
MSH_MUST_CHECK msh_err msh_keys_record_policy(const msh_options *options, const char *state,
                                              msh_error *why);
/* Texts that people gave: UTF-8, at most MSH_DECISION_TEXT bytes. */
MSH_MUST_CHECK msh_err msh_notary_check_texts(const msh_review_texts *t, msh_error *why);
/* "2027-06-30" → the end of that day as records write it. MSH_E_USAGE when it is no date. */
MSH_MUST_CHECK msh_err msh_notary_end_of(const char *date, char out[MSH_UTC_SIZE], msh_error *why);

#endif
