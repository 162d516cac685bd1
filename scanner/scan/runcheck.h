/* runcheck.h: a saved run of the state folder against the signed log, which holds the same items.
 */
#ifndef MSH_SCAN_RUNCHECK_H
#define MSH_SCAN_RUNCHECK_H

#include "report/saved.h"

#include <mishen/scan.h>

/* Reads the run, then the log's records of it. *found false: the log has no end of that run (it was
 * made elsewhere). MSH_E_EVIDENCE when they differ in an item's number, verdict, outcome, findings,
 * size or hashes, or in the sums. The signatures are not checked here: mishen log verify. */
MSH_MUST_CHECK msh_err msh_run_check(const msh_options *options, const msh_saved_from *from,
                                     bool *found, msh_error *why);

#endif
