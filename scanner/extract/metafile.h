/* metafile.h: what Windows metafiles share (EMF and WMF): strings that are drawn piece by piece,
 * and bitmaps inside. */
#ifndef MSH_EXTRACT_METAFILE_H
#define MSH_EXTRACT_METAFILE_H

#include "extract/flow.h"

typedef struct msh_metafile {
    msh_extract *x;
    const msh_doc *doc;
    msh_flow text;
    bool began;
    int32_t x_end, y; /* where the last string ended */
    uint64_t strings, bitmaps;
    uint64_t outlines; /* bytes of drawn lines and curves */
    bool glyphs;       /* strings as numbers of glyphs, not characters */
    bool damaged;      /* a record that lies about its contents */
} msh_metafile;

void msh_metafile_begin(msh_metafile *m, msh_extract *x, const msh_doc *doc);
/* A string of UTF-8 that stands at `in` of the file, drawn at (px, py). width: as far as the record
 * says, else 0. Strings of one height are one line; a gap wider than `gap` parts cells. */
typedef struct msh_metafile_string {
    msh_view utf8;
    uint64_t in;
    int32_t px, py, width, gap;
    bool follows; /* drawn where the last one ended, whatever the place says */
} msh_metafile_string;
void msh_metafile_put(msh_metafile *m, const msh_metafile_string *s);
/* A bitmap without its file header: its info header with colours, and its pixels; or both in one
 * (bits empty). A child with a name from its place. Tiny ones are patterns. */
MSH_MUST_CHECK msh_err msh_metafile_bitmap(msh_metafile *m, msh_view header, msh_view bits,
                                           uint64_t in);
/* Hands on the text. Where there is none but much is drawn, it may be text as outlines. */
MSH_MUST_CHECK msh_err msh_metafile_end(msh_metafile *m);

#endif
