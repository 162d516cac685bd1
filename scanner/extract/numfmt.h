/* numfmt.h: numbers of spreadsheets as they are shown.
 *
 * ECMA-376 part 1 §18.8.30–31 (numFmts, number format codes). Not for typography: digits are never
 * cut, dates are yyyy-mm-dd, words of a format stand where they are shown: "机密★"0"年". */
#ifndef MSH_EXTRACT_NUMFMT_H
#define MSH_EXTRACT_NUMFMT_H

#include "base/buf.h"

/* The code of a built-in format that shows a date or a time, "" for the others. */
const char *msh_numfmt_builtin(uint32_t id);
/* All digits of a number as written: 1.1010519900101E+17 becomes 110105199001010000. */
void msh_numfmt_plain(msh_buf *out, msh_view number);
/* Appends what a cell with this number and format shows. Returns true when that is not the number
 * itself, so that it is to be given beside. */
bool msh_numfmt_number(msh_buf *out, msh_view code, msh_view number, bool date1904);
/* The same for text in a cell: "机密★"@"年". True when the format adds words. */
bool msh_numfmt_text(msh_buf *out, msh_view code, msh_view text);
/* A number of 16 digits or more has lost its last ones in a spreadsheet: appends what is shown
 * ("1.10105199001010E+17") and returns true. */
bool msh_numfmt_damaged(msh_buf *out, msh_view number);

#endif
