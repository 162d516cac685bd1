/* ole_doc.h: between the parts of the Word reader ([MS-DOC]): ole_doc.c (which texts there are),
 * ole_doc_format.c (what formatting says of them), ole_doc_text.c (characters), ole_doc_lists.c. */
#ifndef MSH_EXTRACT_OLE_DOC_H
#define MSH_EXTRACT_OLE_DOC_H

#include "extract/numbering.h"
#include "extract/ole.h"

/* What a run of characters is; file positions in the stream WordDocument, [from, to). */
enum {
    MSH_WORD_HIDDEN = 1,
    MSH_WORD_DELETED = 2,
    MSH_WORD_INSERTED = 4,
    MSH_WORD_SYMBOL = 8, /* stands for another character, of a font for pictures */
    MSH_WORD_SHOWN = 16  /* for pieces: vanish switched off */
};
typedef struct msh_word_run {
    uint32_t from, to;
    uint16_t symbol;
    uint8_t flags;
} msh_word_run;

/* A paragraph. */
typedef struct msh_word_para {
    uint32_t from, to;
    uint16_t style, list; /* istd; ilfo, 0 = as the style says, MSH_WORD_NO_LIST = none */
    uint8_t level;        /* ilvl; MSH_NUMBERING_LEVELS = as the style says */
    bool row_end, in_table;
} msh_word_para;
enum { MSH_WORD_NO_LIST = 0xffff };

/* Characters [cp, end) at `fc` of the stream. */
typedef struct msh_word_piece {
    uint32_t cp, end, fc;
    bool wide;     /* UTF-16, else one byte each */
    uint8_t flags; /* MSH_WORD_ of the whole piece */
} msh_word_piece;

typedef struct msh_word {
    msh_ole *o;
    msh_place place; /* of the stream WordDocument */
    msh_buf main, table;
    msh_view tables; /* the table stream; of old versions: the main one */
    size_t pairs_at; /* of FibRgFcLcb in the main stream */
    unsigned n_pairs;
    bool old;           /* Word 6 and 95 */
    bool old_wide;      /* of these, the ones of the Far East: UTF-16 */
    msh_charset narrow; /* of characters of one byte */
    uint64_t fonts;     /* old: charsets that fonts are made for, a bit each */
    msh_buf piece_room, run_room, para_room;
    msh_numbering *numbering; /* NULL without lists */
} msh_word;

static inline const msh_word_piece *msh_word_pieces(const msh_word *w, size_t *n)
{
    *n = w->piece_room.len / sizeof(msh_word_piece);
    return (const msh_word_piece *)(const void *)w->piece_room.data;
}

/* Pairs of the FIB by number ([MS-DOC] 2.5.6). */
enum {
    MSH_WORD_STYLES = 1,
    MSH_WORD_HEADERS = 11,
    MSH_WORD_CHPX = 12,
    MSH_WORD_PAPX = 13,
    MSH_WORD_CLX = 33,
    MSH_WORD_LISTS = 73,
    MSH_WORD_OVERRIDES = 74
};
/* What the pair points at; empty when it lies. */
msh_view msh_word_pair(const msh_word *w, unsigned i);
/* Where it ends in the table stream and what follows: some structures go on behind. */
msh_view msh_word_behind(const msh_word *w, unsigned i);

/* One property modification of a grpprl; false at its end. [MS-DOC] 2.2.5.1 */
typedef struct msh_word_sprm {
    uint16_t code;
    msh_view operand;
} msh_word_sprm;
bool msh_word_next_sprm(msh_view *grpprl, msh_word_sprm *out);
/* MSH_WORD_ flags that a grpprl of characters sets. */
uint8_t msh_word_flags_of(msh_view grpprl, uint16_t *symbol);
/* List, level, row end of a grpprl of paragraphs. */
void msh_word_para_of(msh_view grpprl, msh_word_para *p);

/* Formatting of all runs and paragraphs. Damaged parts are left out. */
MSH_MUST_CHECK msh_err msh_word_formatting(msh_word *w);
/* NULL when nothing is said of the position. *until: how far that holds. */
const msh_word_run *msh_word_run_at(const msh_word *w, uint32_t fc, uint32_t *until);
const msh_word_para *msh_word_para_at(const msh_word *w, uint32_t fc);

/* Definitions of lists, and lists of styles. */
MSH_MUST_CHECK msh_err msh_word_lists(msh_word *w);
/* The label of a paragraph that begins, counted. */
void msh_word_label(const msh_word *w, const msh_word_para *p, msh_buf *out);

/* Characters [from, to) as texts: as they are shown, and deleted, hidden, field codes beside. */
typedef struct msh_word_part {
    uint32_t from, to;
    msh_role role;
    const char *name; /* "footnote"; NULL for the body */
} msh_word_part;
MSH_MUST_CHECK msh_err msh_word_text(msh_word *w, const msh_word_part *part);
/* Other readings of characters of one byte each. */
MSH_MUST_CHECK msh_err msh_word_readings(msh_word *w, const msh_word_part *part);

#endif
