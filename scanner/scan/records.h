/* records.h: what a scan writes into the log (audit-log.md section 3). Never document text. */
#ifndef MSH_SCAN_RECORDS_H
#define MSH_SCAN_RECORDS_H

#include "scan/run.h"

/* The parts of the two below, for who has several runs at once: config, committed; scan.begin and
 * scan.end, added to the group. */
MSH_MUST_CHECK msh_err msh_records_config(msh_run *r, msh_error *why);
MSH_MUST_CHECK msh_err msh_records_first(msh_run *r, const char *const *roots, size_t n_roots,
                                         msh_error *why);
MSH_MUST_CHECK msh_err msh_records_last(msh_run *r, msh_error *why);
/* config and scan.begin, committed; fills r->config. roots: the paths as given. */
MSH_MUST_CHECK msh_err msh_records_begin(msh_run *r, const char *const *roots, size_t n_roots,
                                         msh_error *why);
/* The item and its findings from REVIEW up; added to the group, not committed. */
MSH_MUST_CHECK msh_err msh_records_item(msh_run *r, const msh_entry *e, msh_error *why);
/* scan.end, committed. */
MSH_MUST_CHECK msh_err msh_records_end(msh_run *r, msh_error *why);

#endif
