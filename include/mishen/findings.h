/* findings.h: the life of findings from REVIEW up, read from the verified log: open, assigned,
 * corrected (a later scan of that file shows it no more), waived. */
#ifndef MISHEN_FINDINGS_H
#define MISHEN_FINDINGS_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum msh_finding_state {
    MSH_FINDING_OPEN,
    MSH_FINDING_ASSIGNED,
    MSH_FINDING_CORRECTED,
    MSH_FINDING_WAIVED
} msh_finding_state;

/* Views live as long as the call. */
typedef struct msh_finding_life {
    char fp[33];
    msh_finding_state state;
    msh_tier tier;
    msh_view path, rule, category;   /* path: relative to the root that was scanned */
    msh_view first_seen, last_seen;  /* UTC */
    msh_view assigned_to, due, note; /* of the latest step; may be empty */
} msh_finding_life;
/* In the order they were first found; false ends it. MSH_E_EVIDENCE: the log does not verify. */
MSH_MUST_CHECK msh_err msh_findings_each(const msh_options *options,
                                         bool (*each)(void *ctx, const msh_finding_life *f),
                                         void *ctx, msh_error *why);

/* A step of a finding: assigned to somebody (with `to`), or a note. A record of its own. */
typedef struct msh_finding_step {
    const char *fp, *by; /* who says so */
    const char *to, *due;
    const char *note; /* no document text */
} msh_finding_step;
MSH_MUST_CHECK msh_err msh_findings_step(const msh_options *options, const msh_finding_step *s,
                                         uint64_t *record, msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
