/* budget.h: one budget for one root item and everything inside it (safety.md section 2).
 *
 * Every decoder charges what it produced before it hands it on. A charge that passes a limit fails
 * with the limit's error, and keeps failing. */
#ifndef MSH_BASE_BUDGET_H
#define MSH_BASE_BUDGET_H

#include <mishen/options.h>

typedef struct msh_budget {
    const msh_limits *limits;
    uint64_t source;  /* bytes of the item */
    uint64_t decoded; /* bytes produced by decoders so far, over all members */
    uint64_t members;
    uint32_t depth;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = none */
    uint32_t clock_skip;  /* charges until the clock is read again */
    msh_err failed;
} msh_budget;

void msh_budget_begin(msh_budget *b, const msh_limits *limits, uint64_t source_size);
/* n more bytes decoded: MSH_E_LIMIT_DECODED, MSH_E_LIMIT_RATIO (after the first 64 MiB) or
 * MSH_E_LIMIT_TIME. */
MSH_MUST_CHECK msh_err msh_budget_decoded(msh_budget *b, uint64_t n);
/* One more member: MSH_E_LIMIT_MEMBERS. */
MSH_MUST_CHECK msh_err msh_budget_member(msh_budget *b);
/* One level down and up: MSH_E_LIMIT_DEPTH. */
MSH_MUST_CHECK msh_err msh_budget_enter(msh_budget *b);
void msh_budget_leave(msh_budget *b);
/* Reads the clock: MSH_E_LIMIT_TIME. For loops that decode nothing. */
MSH_MUST_CHECK msh_err msh_budget_time(msh_budget *b);

#endif
