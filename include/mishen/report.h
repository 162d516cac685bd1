/* report.h: what a run says about itself at its beginning and at its end. */
#ifndef MISHEN_REPORT_H
#define MISHEN_REPORT_H

#include <mishen/finding.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct msh_pack_ref {
    msh_view id, version;
    uint8_t sha256[32];
} msh_pack_ref;

typedef struct msh_run_info {
    const char *program; /* "mishen 0.1.0" */
    const char *run_id;  /* "20261124T200132Z-1a2b3c4d" */
    const char *started; /* UTC */
    const char *policy;  /* digest of the policy in force, hex */
    const msh_pack_ref *packs;
    size_t n_packs;
    bool sandbox;           /* false: every report says --no-sandbox */
    const char *lock_level; /* "seccomp+landlock" */
} msh_run_info;

typedef struct msh_run_summary {
    uint64_t items, bytes, findings;
    uint64_t verdicts[4]; /* by msh_verdict */
    uint64_t outcomes[MSH_OUTCOME_COUNT];
    /* People named by a number in two items or more, and how many items name the same one;
     * `people_least`: there may be more. */
    uint64_t people_repeated, people_most;
    uint64_t excluded; /* left out by --exclude, not looked at */
    bool people_least;
    uint64_t waived;  /* findings that are waived, counted in findings all the same */
    uint64_t covered; /* of those not inspected: covered by a person's statement */
    bool complete;    /* everything was inspected, or covered */
    bool stopped;     /* by a signal */
    int exit;
    uint64_t ms;
    const char *finished;
    const char *log_origin;
    uint64_t log_size;
    const char *log_root; /* base64, SHA-256 tree */
} msh_run_summary;

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
