/* logdir.h: which log folder a command means. */
#ifndef MSH_SCAN_LOGDIR_H
#define MSH_SCAN_LOGDIR_H

#include "ledger/store.h"

#include <mishen/scan.h>

/* dir, or that of the state folder when dir is NULL. */
MSH_MUST_CHECK msh_err msh_log_dir(const msh_options *options, const char *dir,
                                   char out[MSH_LOG_PATH], msh_error *why);
/* One record to the log of the state folder, which is opened, committed and ended for it (its
 * next keys come into use). type NULL: no record, only that; number may be NULL. */
MSH_MUST_CHECK msh_err msh_log_put(const msh_options *options, const char *type, msh_view body,
                                   uint64_t *number, msh_error *why);

#endif
