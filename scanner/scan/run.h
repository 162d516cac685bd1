/* run.h: the pipeline of a scan as one object: source → room → entries → log → reports.
 *
 * Entries are delivered in the source's order; an entry is reported only after its records are
 * durable. */
#ifndef MSH_SCAN_RUN_H
#define MSH_SCAN_RUN_H

#include <mishen/scan.h>

#include "base/clock.h"
#include "ledger/log.h"
#include "report/report.h"
#include "scan/item.h"
#include "scan/leaves.h"
#include "scan/people.h"
#include "scan/progress.h"

typedef struct msh_run {
    const msh_options *options;
    msh_rule_set *rules;
    msh_room *room;
    msh_log *log;
    msh_progress *progress; /* NULL = none */
    msh_report_run reports[2];
    size_t n_reports;
    char state[MSH_STATE_PATH];
    msh_leaves *leaves; /* waivers and statements, NULL = none */
    msh_hmac *key;      /* of tokens and fingerprints */
    char id[32];
    char policy[65]; /* digest of what in the options can change a verdict */
    uint64_t config; /* index of the config record */
    msh_tier fail_on;
    const char *purpose; /* the decision that it is made for, "submit", "approve"; NULL = none */
    const char *root;  /* paths beneath it are recorded without it; NULL = as the source has them */
    const char *named; /* the path of the command line that is being read; may be NULL */

    msh_entry *flight_head, *flight_tail; /* given to the room, oldest first */
    msh_entry *ready_head, *ready_tail;   /* records added, waiting for the commit */
    size_t n_ready;
    uint64_t ready_since_ns, next_tag;

    msh_run_summary summary;
    msh_people people;
    bool found; /* an item reached fail_on */
    bool stop;  /* a signal came */

    /* Called for each entry after its records are durable, besides the reports; may be NULL. */
    void (*observe)(void *ctx, const msh_entry *e);
    void *observe_ctx;
} msh_run;

/* Feed everything a source has, as far as slots allow taking results in between. */
MSH_MUST_CHECK msh_err msh_run_source(msh_run *r, msh_source *s, msh_error *why);
/* An item that could not even be found (a missing path). */
MSH_MUST_CHECK msh_err msh_run_missing(msh_run *r, const char *path, msh_error *why);
/* A path of the command line: a folder, a file, "-". One that is not there is an item that was not
 * inspected; the others are still scanned. */
MSH_MUST_CHECK msh_err msh_run_path(msh_run *r, const char *path, msh_error *why);
/* "20261124T200132Z-1a2b3c4d", and the time it was made at. */
MSH_MUST_CHECK msh_err msh_run_make_id(char out[32], char started[MSH_UTC_SIZE]);
/* Into the summary, and r->found. */
void msh_run_count(msh_run *r, const msh_entry *e);
/* The first and the last lines of all reports. */
MSH_MUST_CHECK msh_err msh_run_begin_reports(msh_run *r, const char *started, msh_error *why);
MSH_MUST_CHECK msh_err msh_run_end_reports(msh_run *r, uint64_t began_ns, msh_error *why);
/* Take all open results, commit, report. */
MSH_MUST_CHECK msh_err msh_run_drain(msh_run *r, msh_error *why);
void msh_run_dispose(msh_run *r);

#endif
