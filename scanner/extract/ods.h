/* ods.h: tables of OpenDocument spreadsheets (ODF 1.3 part 3 §9) and of SpreadsheetML 2003. */
#ifndef MSH_EXTRACT_ODS_H
#define MSH_EXTRACT_ODS_H

#include "extract/extract.h"

/* Reads content.xml of a spreadsheet, or one in a single XML file: each table a text with its
 * sheet's name and cells, all else by the general reader of ODF. */
MSH_MUST_CHECK msh_err msh_ods_read(msh_extract *x, const msh_doc *doc, const msh_place *place,
                                    msh_view bytes);

#endif
