/* ole_xls.h: workbooks of Excel 2.0 … 2003 and WPS Spreadsheets (BIFF2 … BIFF8, [MS-XLS]).
 *
 * A stream of records: globals first (sheet names, shared strings, formats), then a substream a
 * sheet. All records are walked in order, whatever the sheet list says; what a list does not know
 * is read, too. Records that are not read here are swept, so that nothing is passed over. */
#ifndef MSH_EXTRACT_OLE_XLS_H
#define MSH_EXTRACT_OLE_XLS_H

#include "extract/biff.h"
#include "extract/extract.h"

/* Texts of a stream "Workbook", "Book", or of a whole file of BIFF2 … BIFF4; also of streams with
 * the same records (pivot caches, revision logs). *encrypted: it is, and was reported; nothing else
 * was handed on. Damage becomes an outcome and a sweep of the rest. */
MSH_MUST_CHECK msh_err msh_xls_read(msh_extract *x, const msh_doc *doc, msh_view stream,
                                    bool *encrypted);

/* --- between the files of this reader
 * -------------------------------------------------------------- */

/* A record with its CONTINUE records joined ([MS-XLS] 2.1.4). */
typedef struct msh_xls_rec {
    uint16_t type;
    bool cut;    /* the stream ends inside */
    uint64_t at; /* of its header in the stream */
    msh_view body;
    const uint32_t *cuts; /* where in body a CONTINUE begins */
    size_t n_cuts;
} msh_xls_rec;

typedef struct msh_xls_walk {
    msh_view in;
    size_t at;
    msh_buf joined;
    uint32_t *cuts;
    size_t n_cuts, cap_cuts;
    msh_err err;
} msh_xls_walk;

/* The next record; false at the end, or when memory is short (w->err). */
bool msh_xls_next(msh_xls_walk *w, msh_xls_rec *out);
void msh_xls_walk_dispose(msh_xls_walk *w);

/* A reader of a record that knows where the joints are. Sticky like msh_cursor. */
typedef struct msh_xls_in {
    const msh_xls_rec *r;
    size_t at, cut; /* cut: index of the next joint */
    bool failed;
} msh_xls_in;

msh_xls_in msh_xls_in_of(const msh_xls_rec *r);
uint8_t msh_xls_u8(msh_xls_in *in);
uint16_t msh_xls_u16(msh_xls_in *in);
uint32_t msh_xls_u32(msh_xls_in *in);
uint64_t msh_xls_u64(msh_xls_in *in);
msh_view msh_xls_take(msh_xls_in *in, size_t n); /* flat: joints are not looked at */
size_t msh_xls_left(const msh_xls_in *in);

typedef struct msh_xls_note {
    uint32_t row, col; /* from 0 */
    uint16_t object;
    uint32_t author, author_len; /* in msh_xls.words */
} msh_xls_note;

typedef struct msh_xls_box { /* the text of a drawn object */
    uint16_t object;
    bool noted;
    uint32_t at, len; /* in msh_xls.words */
} msh_xls_box;

typedef struct msh_xls_bound {
    uint32_t at; /* of the sheet's BOF in the stream */
    uint8_t state, kind;
    msh_view name; /* in the arena */
    bool seen;
} msh_xls_bound;

typedef struct msh_xls {
    msh_extract *x;
    const msh_doc *doc;
    msh_view stream;
    unsigned biff;
    msh_charset charset; /* of strings of one byte a character; MSH_CHARSET_COUNT: not declared */
    msh_biff_strings strings;
    msh_biff_formats formats;
    msh_xls_bound *bounds;
    size_t n_bounds, cap_bounds;
    /* of the workbook */
    msh_buf phonetic; /* readings of strings (furigana, pinyin) */
    msh_buf eight;    /* strings of one byte a character that may be in another charset */
    msh_buf unread;   /* bodies of records that are not read here */
    msh_buf meta, attrs, art_group, format_codes, pivot;
    bool damaged, encrypted, by_order_done;
    uint64_t damaged_at; /* from here on the stream is swept */
    unsigned pictures;
    /* of the sheet at hand */
    unsigned depth;
    bool in_sheet, in_chart;
    uint16_t kind; /* of the substream */
    msh_biff_sheet sheet;
    msh_place place;
    msh_buf header, footer, charts, sheet_attrs, art, words;
    msh_xls_note *notes;
    size_t n_notes, cap_notes;
    msh_xls_box *boxes;
    size_t n_boxes, cap_boxes;
    uint16_t last_object;
    struct {
        bool pending;
        uint32_t row, col, style;
    } formula;
} msh_xls;

/* Strings, appended as UTF-8. Of BIFF8: XLUnicodeRichExtendedString and its kin (2.5.293 … 296):
 * `count` characters follow flags; elsewhere `count` bytes. */
void msh_xls_string(msh_xls *w, msh_xls_in *in, size_t count, msh_buf *out, msh_buf *phonetic);
/* With a count of one byte or two in front. */
void msh_xls_string8(msh_xls *w, msh_xls_in *in, msh_buf *out);
void msh_xls_string16(msh_xls *w, msh_xls_in *in, msh_buf *out);
/* Bytes in the workbook's charset. */
void msh_xls_bytes(msh_xls *w, msh_view bytes, msh_buf *out);
/* Keeps a body for the sweep. */
void msh_xls_unread(msh_xls *w, msh_view body);

/* Opens what Excel opens without asking (ole_xls_crypt.c): `filepass` is the body of the record,
 * the next one stands at `from`. *opened: the stream is in `out`, decrypted. */
MSH_MUST_CHECK msh_err msh_xls_unlock(unsigned biff, msh_view filepass, msh_view stream,
                                      size_t from, msh_buf *out, bool *opened);

/* Strings in a formula's tokens (2.5.198), parted by blanks. biff: 5, 8 or 12; `extra`: the
 * constants behind the tokens. false: an unknown token ended the walk. */
bool msh_biff_formula(unsigned biff, msh_view tokens, msh_view extra, msh_charset cs, msh_buf *out);

/* The sheet whose BOF stands there; NULL: the list has none. */
msh_xls_bound *msh_xls_bound_at(const msh_xls *w, uint64_t at);
/* A sheet begins and ends (ole_xls_sheet.c). */
MSH_MUST_CHECK msh_err msh_xls_sheet_begin(msh_xls *w, uint64_t at, uint16_t kind);
MSH_MUST_CHECK msh_err msh_xls_sheet_end(msh_xls *w);

/* Rows of a table by record. */
typedef struct msh_xls_row {
    uint16_t type;
    msh_err (*read)(msh_xls *w, msh_xls_in *in);
} msh_xls_row;
extern const msh_xls_row msh_xls_cell_rows[], msh_xls_text_rows[], msh_xls_book_rows[];

#endif
