/* grid.h: the cells of one sheet as a table text, with the cell of every piece of it.
 *
 * Shared by the readers of spreadsheets. Cells of a row are parted by tabs, rows by line ends;
 * empty rows are left out. What stands in hidden rows and columns is given again with role hidden;
 * what a cell holds beside what it shows (the number under a format), comments, and columns of
 * short cells (one character a row) are texts of their own with the same cells. */
#ifndef MSH_EXTRACT_GRID_H
#define MSH_EXTRACT_GRID_H

#include "extract/extract.h"

typedef enum msh_grid_layer {
    MSH_GRID_CELLS,
    MSH_GRID_HIDDEN,
    MSH_GRID_BESIDE,
    MSH_GRID_COMMENT,
    MSH_GRID_DOWN, /* made by the grid itself */
    MSH_GRID_LAYERS
} msh_grid_layer;

/* Short cells one below the other, of one column. */
enum { MSH_GRID_COLUMNS = 64, MSH_GRID_DOWN_MOST = 48 };
typedef struct msh_grid_column {
    uint32_t first, last; /* rows; 0: nothing is there */
    uint8_t len;
    uint8_t text[MSH_GRID_DOWN_MOST];
} msh_grid_column;

typedef struct msh_grid_text {
    msh_buf text;
    msh_anchor *anchors;
    size_t n, cap;
    uint32_t row, col; /* of the last cell */
} msh_grid_text;

typedef struct msh_grid {
    msh_extract *x;
    msh_place place; /* of the sheet: vpath, sheet, role of its cells */
    msh_grid_text layers[MSH_GRID_LAYERS];
    msh_grid_column down[MSH_GRID_COLUMNS];
} msh_grid;

/* place is copied; its views must live as long as the grid. Must be disposed. */
void msh_grid_init(msh_grid *g, msh_extract *x, const msh_place *place);
void msh_grid_dispose(msh_grid *g);
/* Puts a text into a cell (from 1). Line ends and tabs inside become blanks in cells, stay in
 * comments. */
MSH_MUST_CHECK msh_err msh_grid_put(msh_grid *g, msh_grid_layer layer, uint32_t row, uint32_t col,
                                    msh_view text);
/* Emits all layers that hold something, and empties them. */
MSH_MUST_CHECK msh_err msh_grid_emit(msh_grid *g);
/* "BC17" (also "$BC$17") to row and column; 0 for what is not said. */
void msh_grid_reference(msh_view ref, uint32_t *row, uint32_t *col);
/* A header or footer without its codes, each of its sections on a line. */
void msh_grid_header(msh_buf *out, msh_view coded);

#endif
