/* report.h: a run to a file. One file a form (rep_NAME.c) and one line in reports.def. */
#ifndef MSH_REPORT_H
#define MSH_REPORT_H

#include <mishen/report.h>

#include "base/buf.h"

/* Where a report's bytes go. An error stops the run (exit 74). */
typedef struct msh_report_out {
    void *ctx;
    msh_err (*write)(void *ctx, msh_view bytes);
} msh_report_out;

typedef struct msh_report_run msh_report_run;

/* The table of functions of a form; `self` is what begin made. Items come in order; findings and
 * outcomes of an item come with it. */
typedef struct msh_report_form {
    const char *name;
    const char *zh, *en;
    bool trend; /* shows earlier runs beside this one */
    msh_err (*begin)(msh_report_run *r, const msh_run_info *run);
    /* findings and outcomes are complete; an item is reported once, after its records are durable
     */
    msh_err (*item)(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                    size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes);
    msh_err (*end)(msh_report_run *r, const msh_run_summary *summary);
    void (*dispose)(msh_report_run *r);
} msh_report_form;

/* An earlier run, for the trend. */
typedef struct msh_report_past {
    char id[32], started[28];
    uint64_t items, verdicts[4];
    bool complete;
} msh_report_past;

typedef struct msh_report_style {
    msh_lang lang;
    bool color;
    unsigned width; /* of the terminal, 0 = 80 */
    bool quiet;     /* nothing when complete and clean, else at most 40 lines */
} msh_report_style;

struct msh_report_run {
    const msh_report_form *form;
    msh_report_out out;
    msh_report_style style;
    const msh_report_past *past; /* oldest first; forms with `trend` alone look at it */
    size_t n_past;
    void *self;
};

/* Form by name ("text", "ndjson"), NULL when there is none. */
const msh_report_form *msh_report_form_named(const char *name);
/* All forms in the order of reports.def; NULL past the end. */
const msh_report_form *msh_report_form_at(size_t i);
/* "text, ndjson, …" for messages; returns out. */
const char *msh_report_form_names(char out[200]);

#endif
