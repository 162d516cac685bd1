/* output.h: where reports go: standard output, or a file that appears whole or not at all (0600).
 * Devices and pipes are written to as they are. */
#ifndef MSH_SCAN_OUTPUT_H
#define MSH_SCAN_OUTPUT_H

#include "base/buf.h"
#include "report/report.h"

typedef struct msh_output {
    int fd;
    bool is_file; /* ours, under its temporary name */
    bool is_open; /* a device or pipe that was opened */
    char temp[4096], path[4096];
    msh_error *why;
} msh_output;

/* path NULL = standard output. MSH_E_OPTION: something stands there that is no report (a document,
 * a link, a folder); it is left alone. MSH_E_NAMED: it cannot be made there. MSH_E_FULL. */
MSH_MUST_CHECK msh_err msh_output_open(msh_output *o, const char *path, msh_error *why);
/* For a report: its bytes go to `o`. */
msh_report_out msh_output_sink(msh_output *o);
/* Sync, rename. */
MSH_MUST_CHECK msh_err msh_output_finish(msh_output *o, msh_error *why);
/* After a failure, or after finish: removes what is left. */
void msh_output_dispose(msh_output *o);

/* All of it in one call. */
MSH_MUST_CHECK msh_err msh_output_put(const char *path, msh_view v, msh_error *why);

#endif
