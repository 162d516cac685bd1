/* csv.h: rows of a CSV (RFC 4180; also parted by tabs), the first few fields of each, as
 * spreadsheets write them: a BOM and a first line sep=; are heeded, ="0012" and '0012 lose what
 * only says "text". */
#ifndef MSH_RULE_CSV_H
#define MSH_RULE_CSV_H

#include "base/buf.h"

enum { MSH_CSV_FIELDS = 3 };

typedef struct msh_csv {
    msh_view in;
    size_t at, line; /* line: of the row last read, from 1 */
    size_t next_line, first_line;
    msh_buf text;
    msh_view fields[MSH_CSV_FIELDS]; /* trimmed, unquoted; live until the next row */
    bool quoted[MSH_CSV_FIELDS];
    uint8_t separator; /* besides the tab */
} msh_csv;

void msh_csv_begin(msh_csv *c, msh_view in);
void msh_csv_dispose(msh_csv *c);
/* false at the end, or when a row is too long (msh_buf_err(&c->text)). */
bool msh_csv_next(msh_csv *c);
/* A cell that a spreadsheet could not compute or has rounded (#N/A, 3.3E+17): its text is lost. */
bool msh_csv_is_damaged(msh_view cell);
/* The row is empty, a comment (#), or a heading in the first line. */
bool msh_csv_is_idle(const msh_csv *c);

#endif
