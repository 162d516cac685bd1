/* xlsb.h: parts of a workbook in binary records (BIFF12, [MS-XLSB]) inside an OOXML package:
 * workbook.bin, sharedStrings.bin, styles.bin, sheets, comments, tables, pivot caches. */
#ifndef MSH_EXTRACT_XLSB_H
#define MSH_EXTRACT_XLSB_H

#include "extract/workbook.h"

/* When a part is to be read: 1 the workbook, 2 what sheets refer to, 0 any time. */
unsigned msh_xlsb_rank(msh_view name);
/* Whether a part is one: by its name and a walk over its records. */
bool msh_xlsb_is(msh_view name, msh_view bytes);
/* Reads a part and emits its texts. What has no meaning here is swept; damage is an outcome and a
 * sweep of the whole. */
MSH_MUST_CHECK msh_err msh_xlsb_read(msh_workbook *w, const msh_doc *doc, const msh_place *place,
                                     msh_view name, msh_view bytes);

#endif
