/* helper_ocr_pix.c: pictures for OCR (see helper_ocr.h).
 *
 * Refuses, before it decodes: pictures with more than MOST_PIXELS, or wider or higher than
 * LONGEST. */
#include "worker/helper_ocr.h"

#include "base/view.h"

#include <string.h>

enum {
    MOST_PIXELS = 100000000,
    LONGEST = 32000,
    READABLE = 5000000, /* pixels: larger ones are scaled down to it */
    SMALL = 400,        /* the shorter side: smaller ones are scaled up */
    LARGEST_SCALE = 3,
    MOST_PAGES = 1000,
    FAINT = 6, /* off the background */
    INK = 90
};

static unsigned count_tiff(msh_view bytes)
{
    size_t offset = 0;
    unsigned n = 0;
    do {
        PIX *page = pixReadMemFromMultipageTiff(bytes.data, bytes.len, &offset);
        if (!page)
            break;
        pixDestroy(&page);
        n++;
    } while (offset != 0 && n < MOST_PAGES);
    return n;
}

unsigned msh_pix_count(msh_view bytes, msh_reason *reason, uint64_t *reached)
{
    l_int32 format = 0, w = 0, h = 0;
    *reached = 0;
    *reason = MSH_REASON_IMAGE_CORRUPT;
    if (bytes.len == 0 ||
        pixReadHeaderMem(bytes.data, bytes.len, &format, &w, &h, NULL, NULL, NULL))
        return 0;
    if (w <= 0 || h <= 0)
        return 0;
    if (w > LONGEST || h > LONGEST || (uint64_t)w * (uint64_t)h > MOST_PIXELS) {
        *reason = MSH_REASON_LIMIT_MEMORY;
        *reached = (uint64_t)w * (uint64_t)h;
        return 0;
    }
    if (format == IFF_GIF)
        return msh_gif_count(bytes);
    return L_FORMAT_IS_TIFF(format) ? count_tiff(bytes) : 1;
}

static PIX *decode_gif(msh_view bytes, unsigned i)
{
    msh_buf one;
    msh_buf_init(&one, bytes.len + 1);
    PIX *out = msh_gif_frame(bytes, i, &one) ? pixReadMem(one.data, one.len) : NULL;
    msh_buf_dispose(&one);
    return out;
}

static PIX *decode(msh_view bytes, unsigned i)
{
    if (msh_view_starts(bytes, MSH_VIEW("GIF8")))
        return decode_gif(bytes, i);
    if (i == 0)
        return pixReadMem(bytes.data, bytes.len);
    size_t offset = 0;
    PIX *page = NULL;
    for (unsigned k = 0; k <= i; k++) {
        pixDestroy(&page);
        page = pixReadMemFromMultipageTiff(bytes.data, bytes.len, &offset);
        if (!page || (offset == 0 && k < i))
            break;
    }
    return page;
}

static PIX *scaled(PIX *grey)
{
    double w = pixGetWidth(grey), h = pixGetHeight(grey), shorter = w < h ? w : h, scale = 1;
    if (w * h > READABLE)
        scale = 0.95;
    while (scale * scale * w * h > READABLE * 1.05)
        scale *= 0.9;
    if (shorter < SMALL)
        scale = SMALL / shorter < LARGEST_SCALE ? SMALL / shorter : LARGEST_SCALE;
    if (scale > 0.95 && scale < 1.05)
        return pixClone(grey);
    return pixScale(grey, (l_float32)scale, (l_float32)scale);
}

/* White writing on nothing is seen on a dark page only: what is opaque as black on white. */
static PIX *opacity(PIX *in)
{
    PIX *alpha = pixGetSpp(in) == 4 ? pixGetRGBComponent(in, L_ALPHA_CHANNEL) : NULL;
    if (!alpha)
        return NULL;
    l_int32 all = pixGetWidth(alpha) * pixGetHeight(alpha), clear = 0;
    NUMA *histogram = pixGetGrayHistogram(alpha, 1);
    for (int v = 0, n; histogram && v < 128; v++) {
        numaGetIValue(histogram, v, &n);
        clear += n;
    }
    numaDestroy(&histogram);
    PIX *dark = clear > 0 && clear < all ? pixInvert(NULL, alpha) : NULL;
    PIX *out = dark ? scaled(dark) : NULL;
    pixDestroy(&alpha);
    pixDestroy(&dark);
    return out;
}

PIX *msh_pix_read(msh_view bytes, unsigned i, PIX **shape)
{
    PIX *in = decode(bytes, i);
    *shape = NULL;
    if (!in)
        return NULL;
    *shape = opacity(in);
    PIX *opaque = pixGetSpp(in) == 4 ? pixRemoveAlpha(in) : pixClone(in);
    PIX *grey = opaque ? pixConvertTo8(opaque, 0) : NULL;
    PIX *out = grey ? scaled(grey) : NULL;
    pixDestroy(&in);
    pixDestroy(&opaque);
    pixDestroy(&grey);
    return out;
}

msh_pix_look msh_pix_look_at(PIX *grey)
{
    msh_pix_look look = {.background = 255};
    NUMA *histogram = pixGetGrayHistogram(grey, 1);
    l_int32 all = 0, most = -1, faint = 0, ink = 0, n[256] = {0};
    for (int v = 0; histogram && v < 256; v++) {
        numaGetIValue(histogram, v, &n[v]);
        all += n[v];
        if (n[v] > most) {
            most = n[v];
            look.background = (unsigned)v;
        }
    }
    numaDestroy(&histogram);
    for (int v = 0; v < 256; v++) {
        int off = v > (int)look.background ? v - (int)look.background : (int)look.background - v;
        faint += off >= FAINT && off < INK ? n[v] : 0;
        ink += off >= INK ? n[v] : 0;
    }
    look.faint = all ? (double)faint / all : 0;
    look.ink = all ? (double)ink / all : 0;
    look.dark = look.background < 128;
    return look;
}

PIX *msh_pix_faint(PIX *grey, const msh_pix_look *look)
{
    PIX *out = pixCopy(NULL, grey);
    if (!out)
        return NULL;
    l_int32 w = pixGetWidth(out), h = pixGetHeight(out), words = pixGetWpl(out);
    l_uint32 *data = pixGetData(out);
    for (l_int32 y = 0; y < h; y++) {
        l_uint32 *row = data + (size_t)y * (size_t)words;
        for (l_int32 x = 0; x < w; x++) {
            int v = GET_DATA_BYTE(row, x), off = v - (int)look->background;
            SET_DATA_BYTE(row, x, off >= FAINT || off <= -FAINT ? 0 : 255);
        }
    }
    return out;
}

PIX *msh_pix_inverted(PIX *grey)
{
    return pixInvert(NULL, grey);
}

PIX *msh_pix_turned(PIX *grey, int quarters)
{
    return pixRotateOrth(grey, quarters);
}

/* --- characters one below the other -------------------------------------------------------------
 */

/* Rows of a column that hold ink, as boxes of one character each. */
static BOXA *stacked_boxes(PIX *ink)
{
    PIX *closed = pixCloseBrick(NULL, ink, 9, 5);
    BOXA *boxes = closed ? pixConnCompBB(closed, 8) : NULL;
    pixDestroy(&closed);
    if (!boxes)
        return NULL;
    BOXA *sorted = boxaSort(boxes, L_SORT_BY_Y, L_SORT_INCREASING, NULL);
    boxaDestroy(&boxes);
    return sorted;
}

/* One column: at least two boxes, about as wide as high, below one another. */
static bool is_column(BOXA *boxes)
{
    l_int32 n = boxaGetCount(boxes), x0 = 0, y0 = 0, w0 = 0, h0 = 0, good = 0;
    if (n < 2 || n > 60)
        return false;
    for (l_int32 i = 0; i < n; i++) {
        l_int32 x, y, w, h;
        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if (i && (x > x0 + w0 || x + w < x0 || y < y0 + h0 / 2))
            continue;
        good++;
        x0 = x;
        y0 = y;
        w0 = w;
        h0 = h;
    }
    return good * 4 >= n * 3;
}

PIX *msh_pix_unstacked(PIX *grey)
{
    PIX *ink = pixThresholdToBinary(grey, 140);
    BOXA *boxes = ink ? stacked_boxes(ink) : NULL;
    PIX *out = NULL;
    if (boxes && is_column(boxes)) {
        l_int32 n = boxaGetCount(boxes), widest = 0, highest = 0, x, y, w, h;
        for (l_int32 i = 0; i < n; i++) {
            boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
            widest = w > widest ? w : widest;
            highest = h > highest ? h : highest;
        }
        l_int32 step = widest + widest / 6 + 2, margin = highest / 2 + 10;
        out = pixCreate(step * n + 2 * margin, highest + 2 * margin, 8);
        if (out)
            (void)pixSetAll(out);
        for (l_int32 i = 0; out && i < n; i++) {
            boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
            (void)pixRasterop(out, margin + step * i, margin + (highest - h) / 2, w, h, PIX_SRC,
                              grey, x, y);
        }
    }
    boxaDestroy(&boxes);
    pixDestroy(&ink);
    return out;
}
