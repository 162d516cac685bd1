/* run_read.h: a saved run (NDJSON), read strictly although it is our own. */
#ifndef MSH_CONSOLE_RUN_READ_H
#define MSH_CONSOLE_RUN_READ_H

#include "console/console.h"

typedef struct run_line {
    struct run_line *next;
    const msh_json *j;
} run_line;

typedef struct run_item {
    struct run_item *next;
    const msh_json *j;
    run_line *findings, **findings_end, *outcomes, **outcomes_end;
    size_t n_findings, n_outcomes;
} run_item;

typedef struct run_report {
    msh_arena arena; /* everything else lives here */
    const msh_json *run, *summary;
    run_item *items, **items_end;
    size_t n_items;
} run_report;

/* false when it is no report, or not a whole one. To be disposed of in any case. */
MSH_MUST_CHECK bool run_read(run_report *r, msh_view report);
void run_dispose(run_report *r);

msh_verdict run_verdict(const msh_json *item);
/* Whether an outcome of this name lets an item pass. */
bool run_is_whole(msh_view outcome);
/* What a clerk can do about it. */
console_msg run_advice(msh_view outcome);
/* A number of JSON, 0 when there is none. */
uint32_t run_number(const msh_json *j, const char *key);

#endif
