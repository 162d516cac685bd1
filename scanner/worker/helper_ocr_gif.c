/* helper_ocr_gif.c: frames of moving pictures (see helper_ocr.h).
 *
 * The decoder behind leptonica shows the first frame of a GIF only; a mark may stand in the second.
 * Each frame becomes a GIF of its own. Frames of APNG and WebP are counted, not read. */
#include "worker/helper_ocr.h"

#include "base/cursor.h"
#include "base/view.h"

enum { HEADER = 13, MOST_FRAMES = 1000, EXTENSION = 0x21, IMAGE = 0x2C };

static size_t table_size(uint8_t flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static void skip_blocks(msh_cursor *c)
{
    for (uint8_t n = msh_cursor_u8(c); n; n = msh_cursor_u8(c))
        msh_cursor_skip(c, n);
}

/* Moves to the next image block and past it; its bytes are in *image. */
static bool next_frame(msh_cursor *c, msh_view *image)
{
    for (;;) {
        size_t from = c->at;
        uint8_t kind = msh_cursor_u8(c);
        if (kind == EXTENSION) {
            msh_cursor_skip(c, 1);
            skip_blocks(c);
        } else if (kind == IMAGE) {
            msh_cursor_skip(c, 8);
            msh_cursor_skip(c, table_size(msh_cursor_u8(c)));
            msh_cursor_skip(c, 1);
            skip_blocks(c);
            *image = msh_view_cut(c->in, from, c->at - from);
            return msh_cursor_ok(c);
        } else {
            return false;
        }
        if (!msh_cursor_ok(c))
            return false;
    }
}

static msh_cursor frames_of(msh_view gif, msh_view *head)
{
    msh_cursor c = msh_cursor_of(gif);
    *head = msh_cursor_take(&c, HEADER);
    if (head->len)
        msh_cursor_skip(&c, table_size(head->data[10]));
    *head = msh_view_cut(gif, 0, c.at);
    return c;
}

unsigned msh_gif_count(msh_view gif)
{
    msh_view head, image;
    msh_cursor c = frames_of(gif, &head);
    unsigned n = 0;
    while (n < MOST_FRAMES && next_frame(&c, &image))
        n++;
    return n;
}

bool msh_gif_frame(msh_view gif, unsigned i, msh_buf *out)
{
    msh_view head, image = {0};
    msh_cursor c = frames_of(gif, &head);
    for (unsigned k = 0; k <= i; k++) {
        if (!next_frame(&c, &image))
            return false;
    }
    msh_buf_put_view(out, head);
    msh_buf_put_view(out, image);
    msh_buf_put_byte(out, 0x3B);
    return msh_buf_err(out) == MSH_OK;
}

static unsigned count_chunks(msh_view v, size_t at, bool webp)
{
    unsigned n = 0;
    msh_cursor c = msh_cursor_of(v);
    msh_cursor_seek(&c, at);
    while (msh_cursor_left(&c) >= 8 && n < 2) {
        uint32_t size = webp ? 0 : msh_cursor_u32be(&c);
        msh_view name = msh_cursor_take(&c, 4);
        if (webp)
            size = msh_cursor_u32le(&c);
        n += msh_view_eq_str(name, webp ? "ANMF" : "fdAT");
        msh_cursor_skip(&c, (size_t)size + (webp ? (size & 1) : 4));
    }
    return n;
}

bool msh_pix_moves(msh_view v)
{
    if (msh_view_starts(v, MSH_VIEW("\x89PNG\r\n\x1a\n")))
        return count_chunks(v, 8, false) > 0;
    if (msh_view_starts(v, MSH_VIEW("RIFF")) &&
        msh_view_eq(msh_view_cut(v, 8, 4), MSH_VIEW("WEBP")))
        return count_chunks(v, 12, true) > 1;
    return false;
}
