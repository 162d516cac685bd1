/* reason.h: why something was not wholly read; one table, include/mishen/reasons.def. */
#ifndef MSH_BASE_REASON_H
#define MSH_BASE_REASON_H

#include <mishen/error.h>

typedef enum msh_reason {
#define MSH_REASON(id, name, outcome, zh, en) MSH_REASON_##id,
#include <mishen/reasons.def>
#undef MSH_REASON
    MSH_REASON_COUNT
} msh_reason;

/* "zip.encrypted"; "?" out of range. */
const char *msh_reason_name(msh_reason r);
/* The outcome a reason leads to; UNREADABLE out of range, never a passing one. */
msh_outcome msh_reason_outcome(msh_reason r);
/* The reason to report when a call failed while a document was being read. */
msh_reason msh_reason_of_error(msh_err e);

#endif
