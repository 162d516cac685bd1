/* biff.h: what Excel's binary formats share, records of BIFF2 … BIFF8 ([MS-XLS]) and of BIFF12
 * ([MS-XLSB]): strings of a workbook, number formats, a sheet as a table. */
#ifndef MSH_EXTRACT_BIFF_H
#define MSH_EXTRACT_BIFF_H

#include "extract/extract.h"
#include "extract/grid.h"

/* --- strings of a workbook ------------------------------------------------------------------- */

/* Views into one buffer, and which of them a cell shows. */
typedef struct msh_biff_strings {
    msh_buf text;
    uint32_t *at; /* n + 1 offsets */
    uint8_t *used;
    size_t n, cap;
} msh_biff_strings;

void msh_biff_strings_init(msh_biff_strings *s, size_t ceiling);
void msh_biff_strings_dispose(msh_biff_strings *s);
/* Ends the string whose bytes were put into s->text. */
MSH_MUST_CHECK msh_err msh_biff_strings_end(msh_biff_strings *s);
/* Marks it as used; empty when there is none of that number. */
msh_view msh_biff_strings_use(msh_biff_strings *s, uint32_t i);
/* Those that no cell shows: remains of what was deleted, or hidden there. Role hidden. */
MSH_MUST_CHECK msh_err msh_biff_strings_unused(const msh_biff_strings *s, msh_extract *x,
                                               const msh_place *place);

/* --- number formats ----------------------------------------------------------------------------
 */

typedef struct msh_biff_formats {
    msh_view *code; /* by number, in the item's arena */
    size_t n_codes;
    uint16_t *of; /* number of the format by number of the cell style (XF) */
    size_t n_of, cap_of;
    bool from_1904;
} msh_biff_formats;

void msh_biff_formats_dispose(msh_biff_formats *f);
/* code: UTF-8, copied. */
MSH_MUST_CHECK msh_err msh_biff_formats_put(msh_biff_formats *f, msh_arena *arena, uint16_t id,
                                            msh_view code);
/* The next cell style. */
MSH_MUST_CHECK msh_err msh_biff_formats_style(msh_biff_formats *f, uint16_t id);
/* The code that a style leads to. */
msh_view msh_biff_formats_of(const msh_biff_formats *f, uint32_t style);

/* Words in a format: letters in quotes, or any that are neither ASCII nor signs of currencies. */
bool msh_biff_has_words(msh_view code);

/* A stored number in decimal: all digits of a whole one, 15 or, where a double needs them, 17 of
 * others. */
void msh_biff_put_plain(double v, msh_buf *out);
/* A number in 30 bits of integer or of a double ([MS-XLS] 2.5.217). */
double msh_biff_rk(uint32_t rk);
double msh_biff_double(uint64_t bits);
/* "#N/A" of an error code ([MS-XLS] 2.5.10 BErr). */
const char *msh_biff_error(uint8_t code);

/* --- a sheet -------------------------------------------------------------------------------------
 */

enum { MSH_BIFF_COLUMNS = 16384 };

typedef struct msh_biff_sheet {
    msh_grid grid;
    msh_buf shown; /* of the cell at hand */
    /* hidden columns and rows, a bit each */
    uint8_t columns[MSH_BIFF_COLUMNS / 8], *rows;
    uint32_t n_rows, n_ranges;
} msh_biff_sheet;

/* place: sheet and role set. */
void msh_biff_sheet_begin(msh_biff_sheet *s, msh_extract *x, const msh_place *place);
/* Hands on what was gathered. */
MSH_MUST_CHECK msh_err msh_biff_sheet_end(msh_biff_sheet *s);
void msh_biff_sheet_dispose(msh_biff_sheet *s);
/* Rows and columns from 0, the code of the cell's number format. Charges the budget: a string may
 * be shown by any number of cells. */
MSH_MUST_CHECK msh_err msh_biff_sheet_text(msh_biff_sheet *s, uint32_t row, uint32_t col,
                                           msh_view code, msh_view text);
MSH_MUST_CHECK msh_err msh_biff_sheet_number(msh_biff_sheet *s, uint32_t row, uint32_t col,
                                             msh_view code, bool from_1904, double v);
/* A string of a formula at a cell; its comment. */
MSH_MUST_CHECK msh_err msh_biff_sheet_beside(msh_biff_sheet *s, msh_grid_layer layer, uint32_t row,
                                             uint32_t col, msh_view text);
MSH_MUST_CHECK msh_err msh_biff_sheet_hide_row(msh_biff_sheet *s, uint32_t row);
void msh_biff_sheet_hide_columns(msh_biff_sheet *s, uint32_t from, uint32_t to);

/* Adds `text` and ends its line; nothing when it is empty. */
void msh_biff_put_line(msh_buf *out, msh_view text);
/* Emits a buffer with a role and a name in the place; nothing when it is empty. */
MSH_MUST_CHECK msh_err msh_biff_emit(msh_extract *x, const msh_place *place, msh_role role,
                                     const char *name, const msh_buf *text);

#endif
