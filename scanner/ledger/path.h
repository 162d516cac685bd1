/* path.h: which paths may stand in a record and be approved (audit-log.md section 3). */
#ifndef MSH_LEDGER_PATH_H
#define MSH_LEDGER_PATH_H

#include <mishen/types.h>

/* Relative, '/'-separated, valid UTF-8 in NFC (characters that NFC might change are refused); no
 * ".",
 * "..", empty part, control, bidi or format character, no '\'. */
bool msh_path_is_plain(msh_view path);
/* Whether a path is the pattern, begins with it (a pattern that ends in '/'), or fits it with '*'
 * standing for anything but '/'. */
bool msh_path_fits(msh_view path, msh_view pattern);

#endif
