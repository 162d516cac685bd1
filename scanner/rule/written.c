/* written.c: see written.h. Decoded in pieces, so that any offset is found by decoding one piece
 * again. */
#include "rule/written.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <string.h>

enum { PIECE = 4096 };

void msh_written_init(msh_written *w, size_t ceiling)
{
    *w = (msh_written){.n_points = 0};
    msh_buf_init(&w->text, ceiling);
}

void msh_written_dispose(msh_written *w)
{
    msh_buf_dispose(&w->text);
    msh_free(w->points);
    *w = (msh_written){.n_points = 0};
}

static msh_err add_point(msh_written *w, size_t in)
{
    if (w->n_points == w->cap_points) {
        size_t cap = w->cap_points ? w->cap_points * 2 : 64;
        msh_map_point *points = msh_realloc(w->points, cap * sizeof *points);
        if (!points)
            return MSH_E_MEMORY;
        w->points = points;
        w->cap_points = cap;
    }
    w->points[w->n_points++] = (msh_map_point){w->text.len, in};
    return MSH_OK;
}

static size_t utf8_len(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* From a checkpoint, character by character, until the next one would pass out or in. */
static msh_map_point walk(const msh_written *w, msh_map_point from, uint64_t out, uint64_t in)
{
    while (from.in < w->source.len) {
        msh_char c = msh_charset_next(w->cs, msh_view_cut(w->source, (size_t)from.in, 16));
        size_t len = utf8_len(c.bad ? 0xfffd : c.cp);
        if (from.out + len > out || from.in + c.len > in)
            break;
        from.out += len;
        from.in += c.len;
    }
    return from;
}

static uint64_t replay(const msh_map *m, msh_map_point from, uint64_t out)
{
    return walk(m->replay_ctx, from, out, UINT64_MAX).in;
}

msh_err msh_written_make(msh_written *w, msh_view source, msh_charset cs)
{
    static const uint8_t zeros[16];
    msh_buf_reset(&w->text);
    w->n_points = 0;
    w->source = source;
    w->cs = cs;
    w->map = (msh_map){.n_points = 0};
    if (cs == MSH_CS_UTF8 && msh_view_is_utf8(source)) {
        msh_buf_put_view(&w->text, source);
    } else if (cs == MSH_CS_HZ || cs == MSH_CS_UTF7) {
        /* With states: no offset but the beginning is known. */
        size_t used;
        uint64_t bad = 0;
        msh_charset_decode(cs, source, true, &w->text, &used, &bad);
    } else {
        for (size_t at = 0, used, piece; at < source.len; at += used) {
            MSH_TRY(add_point(w, at));
            piece = source.len - at < PIECE ? source.len - at : PIECE;
            bool last = at + piece == source.len;
            uint64_t bad = 0;
            msh_charset_decode(cs, msh_view_cut(source, at, piece), last, &w->text, &used, &bad);
            MSH_TRY(msh_buf_err(&w->text));
            if (used == 0)
                break;
        }
        w->map = (msh_map){
            .points = w->points, .n_points = w->n_points, .replay = replay, .replay_ctx = w};
    }
    size_t len = w->text.len;
    msh_buf_put(&w->text, zeros, sizeof zeros);
    MSH_TRY(msh_buf_err(&w->text));
    w->text.len = len;
    return MSH_OK;
}

size_t msh_written_of_source(const msh_written *w, uint64_t at)
{
    if (w->n_points == 0)
        return at < w->text.len ? (size_t)at : w->text.len;
    size_t low = 0, high = w->n_points;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (w->points[mid].in <= at)
            low = mid;
        else
            high = mid;
    }
    return (size_t)walk(w, w->points[low], UINT64_MAX, at).out;
}
