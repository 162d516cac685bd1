/* view.h: a release as people see it, from the register: verdicts as of today, deadlines. */
#ifndef MSH_SCAN_VIEW_H
#define MSH_SCAN_VIEW_H

#include "scan/notary.h"

/* *out lives as long as the notary. MSH_E_CONFIG: STATE/holidays is wrong. */
MSH_MUST_CHECK msh_err msh_view_release(const msh_notary *k, const msh_reg_release *r,
                                        msh_release *out, msh_error *why);

#endif
