/* open.h: what scan, approve and gate open alike, and in which order. */
#ifndef MSH_SCAN_OPEN_H
#define MSH_SCAN_OPEN_H

#include "scan/run.h"

/* Rules, then the room (processes start before any key is in memory), then state, key and log.
 * Fills r from options; r was zeroed. What was opened is closed by msh_close_run, also after an
 * error; closing twice does no harm. */
MSH_MUST_CHECK msh_err msh_open_run(msh_run *r, const msh_options *options, msh_error *why);
void msh_close_run(msh_run *r);

/* A room without rules and log, for `mishen extract`. */
MSH_MUST_CHECK msh_err msh_open_room(const msh_options *options, const msh_rules *rules, bool texts,
                                     msh_room **out, msh_error *why);

#endif
