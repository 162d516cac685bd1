/* glyphs.h: text of pages that say where each piece stands, not what belongs together (OFD, XPS).
 *
 * Given in the order of the document and, where it differs, in the order of reading: lines from
 * above, pieces from the left. One piece may be one character. */
#ifndef MSH_EXTRACT_GLYPHS_H
#define MSH_EXTRACT_GLYPHS_H

#include "extract/extract.h"

typedef struct msh_glyph {
    double x, y; /* y grows downwards */
    double size; /* of the font */
    double width;
    uint32_t at, len; /* in text */
    uint32_t line;
} msh_glyph;

typedef struct msh_glyphs {
    msh_buf text;
    msh_glyph *all;
    size_t n, cap;
} msh_glyphs;

void msh_glyphs_init(msh_glyphs *g, size_t ceiling);
void msh_glyphs_dispose(msh_glyphs *g);
/* size ≤ 0: not known. */
MSH_MUST_CHECK msh_err msh_glyphs_put(msh_glyphs *g, double x, double y, double size,
                                      msh_view text);
/* Emits both orders and empties g. */
MSH_MUST_CHECK msh_err msh_glyphs_emit(msh_glyphs *g, msh_extract *x, const msh_place *place);
/* About how wide a text is: Han characters as the font, others half. */
double msh_glyphs_width(msh_view text, double size);
/* Numbers parted by blanks or commas; how many there were, at most max. */
size_t msh_glyphs_numbers(msh_view v, double *out, size_t max);

#endif
