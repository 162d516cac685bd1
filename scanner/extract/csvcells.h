/* csvcells.h: the cells of comma-separated text (RFC 4180), also with semicolons or tabs.
 *
 * Only where each cell begins is found: the text itself is handed on as it is. */
#ifndef MSH_EXTRACT_CSVCELLS_H
#define MSH_EXTRACT_CSVCELLS_H

#include "extract/extract.h"

typedef struct msh_csv_cursor {
    uint32_t row, col;
    uint8_t separator; /* 0: no table */
    bool begins;       /* at the start of a cell */
    bool quoted;       /* inside a quoted cell */
    bool quote;        /* and right behind a quote: the end of it, or the first of two */
    unsigned lines;    /* in it so far */
} msh_csv_cursor;

/* Whether a document is a table by its suffix, and what parts its cells. */
msh_csv_cursor msh_csv_cells_begin(const msh_doc *doc);
/* Goes through bytes of an 8-bit charset from where c stands; c stands behind them then. Fills at
 * most `room` anchors (out may be NULL); returns how many there are in all. */
size_t msh_csv_cells(msh_csv_cursor *c, msh_view bytes, msh_anchor *out, size_t room);

#endif
