/* virus.h: each item is also shown to a running clamd (clamd(8), INSTREAM); what it finds is a
 * finding, what it cannot say makes the item NOT-INSPECTED. */
#ifndef MSH_SCAN_VIRUS_H
#define MSH_SCAN_VIRUS_H

#include "scan/run.h"

/* "clamd:/path" of a unix socket. MSH_E_OPTION for anything else. */
MSH_MUST_CHECK msh_err msh_virus_check_option(const char *text, msh_error *why);
/* Before the item's verdict is formed. Nothing where no clamd is asked, or nothing was opened. */
void msh_virus_ask(const msh_run *r, msh_entry *e);

#endif
