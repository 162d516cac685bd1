/* ole_art.h: records of OfficeArt drawings ([MS-ODRAW]) and of PowerPoint ([MS-PPT]), which share
 * their headers: walking the tree, texts of shapes, pictures. */
#ifndef MSH_EXTRACT_OLE_ART_H
#define MSH_EXTRACT_OLE_ART_H

#include "base/cursor.h"
#include "extract/extract.h"

/* [MS-ODRAW] 2.2.1 OfficeArtRecordHeader, [MS-PPT] 2.3.1 RecordHeader. */
typedef struct msh_art_rec {
    uint16_t type, instance;
    uint8_t version; /* 15: a container */
    bool cut;        /* longer than what is there: body holds what is there */
    uint64_t at;     /* of the header, from the start of what is walked */
    msh_view body;
} msh_art_rec;

/* The next record; false at the end (fewer than eight bytes). */
bool msh_art_next(msh_cursor *c, msh_art_rec *out);

typedef struct msh_art_visitor {
    void *ctx;
    /* A record. *descend: its body is records, they come next (set to true for containers). */
    msh_err (*enter)(void *ctx, const msh_art_rec *r, bool *descend);
    /* The end of one that was descended into; NULL = of no interest. */
    msh_err (*leave)(void *ctx, const msh_art_rec *r);
} msh_art_visitor;

/* All records in order, at most 32 levels deep. *damaged is set when a record was cut or the tree
 * is deeper. base: added to every `at`. */
MSH_MUST_CHECK msh_err msh_art_walk(msh_view bytes, uint64_t base, const msh_art_visitor *v,
                                    bool *damaged);

/* Texts of a shape's properties (OfficeArtFOPT and its siblings, [MS-ODRAW] 2.2.9 … 2.2.11): text
 * art goes to `text`, names, descriptions, tips, links to `attrs`, UTF-8, a line each. */
void msh_art_properties(const msh_art_rec *fopt, msh_buf *text, msh_buf *attrs);
bool msh_art_is_properties(uint16_t type);

/* UTF-16LE to UTF-8, up to a NUL; paragraph marks and vertical tabs become line ends. */
void msh_art_put_utf16(msh_view utf16, msh_buf *out);

/* A picture (OfficeArtBlip*, [MS-ODRAW] 2.2.23 … 2.2.31) to a child "NAME N.png". */
bool msh_art_is_picture(uint16_t type);
MSH_MUST_CHECK msh_err msh_art_picture(msh_extract *x, const msh_doc *doc, const msh_art_rec *blip,
                                       const char *name, unsigned n);
/* A device-independent bitmap as the file it would be: its header says where the pixels begin. */
void msh_art_put_bmp(msh_buf *out, msh_view dib);
/* All pictures of a store (OfficeArtBStoreContainer and its file entries) or of a stream of them
 * ("Pictures"). *n counts on. What follows no record is swept. */
MSH_MUST_CHECK msh_err msh_art_pictures(msh_extract *x, const msh_doc *doc, msh_view bytes,
                                        const char *name, unsigned *n, bool *damaged);

#endif
