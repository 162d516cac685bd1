/* helper_ocr.h: the parts of mishen-ocr (extraction.md section 2, product.md section 3).
 *
 * helper_ocr.c serves and reads text with tesseract; helper_ocr_pix.c turns bytes into grey
 * pictures and makes the copies that show what the picture as it is does not: faint, turned, set
 * downwards. */
#ifndef MSH_WORKER_HELPER_OCR_H
#define MSH_WORKER_HELPER_OCR_H

#include "worker/helper_serve.h"

#include "base/buf.h"

#include <leptonica/allheaders.h>

/* Number of pictures in a file (pages of a TIFF, else 1); 0 with *reason when it is refused: not a
 * picture, or so large that it is not decoded (*reached = pixels). */
unsigned msh_pix_count(msh_view bytes, msh_reason *reason, uint64_t *reached);
/* Picture i, grey, 8 bits, without transparency, scaled to what can be read; NULL: damaged.
 * *shape: what of it is opaque, black on white; NULL when all or nothing is. */
PIX *msh_pix_read(msh_view bytes, unsigned i, PIX **shape);

/* Frames of a GIF, and frame i as a GIF of its own. */
unsigned msh_gif_count(msh_view gif);
bool msh_gif_frame(msh_view gif, unsigned i, msh_buf *out);
/* A PNG or WebP with further frames, of which only the first is read. */
bool msh_pix_moves(msh_view bytes);

/* What is in a grey picture. */
typedef struct msh_pix_look {
    unsigned background; /* the most frequent grey */
    double faint;        /* pixels a little off the background … */
    double ink;          /* … and far off it, as parts of all */
    bool dark;           /* light writing on a dark ground */
} msh_pix_look;
msh_pix_look msh_pix_look_at(PIX *grey);
/* A copy in which everything but the background is black. */
PIX *msh_pix_faint(PIX *grey, const msh_pix_look *look);
/* Light and dark exchanged. */
PIX *msh_pix_inverted(PIX *grey);
/* Turned clockwise by quarters. */
PIX *msh_pix_turned(PIX *grey, int quarters);
/* Characters that stand one below the other, set side by side; NULL when there is no such column.
 */
PIX *msh_pix_unstacked(PIX *grey);

#endif
