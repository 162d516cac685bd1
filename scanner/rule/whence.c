/* whence.c: from an offset in a view to the byte of the text that was matched.
 *
 * Maps replay the fold from a checkpoint, which is slow where there are many hits. For UTF-8, text
 * that the fold left alone is walked over by comparing, from the last place asked for. */
#include "rule/matcher.h"

#include "base/view.h"
#include "rule/utf8.h"

#include <string.h>

/* First offset at which a and b differ, at most n. */
static size_t same(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i = 0;
    for (uint64_t x, y; n - i >= 8; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            break;
    }
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

/* From a place known in both, over equal bytes at once and others one by one, to `out`. false when
 * the fold did something that this does not understand. */
static bool walk(const msh_folded *f, msh_map_point *at, uint64_t out)
{
    msh_view folded = msh_buf_view(&f->text), source = f->source;
    while (at->out < out) {
        size_t most = (size_t)(out - at->out);
        if (most > source.len - at->in)
            most = (size_t)(source.len - at->in);
        size_t n = same(folded.data + at->out, source.data + at->in, most);
        /* Back to the beginning of the character that differs. */
        while (n > 0 && n < most && (source.data[at->in + n] & 0xc0) == 0x80)
            n--;
        at->out += n;
        at->in += n;
        if (at->out >= out || at->in >= source.len)
            break;
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(source, (size_t)at->in, 8));
        uint32_t cp = c.bad ? 0 : msh_fold_cp(c.cp);
        uint8_t bytes[4];
        unsigned len = cp ? msh_utf8_put(bytes, cp) : 0;
        bool crlf = c.cp == '\r' && at->in + 1 < source.len && source.data[at->in + 1] == '\n';
        if (memcmp(bytes, folded.data + at->out, len) != 0)
            return false;
        at->in += c.len;
        at->out += crlf ? 0 : len;
    }
    return at->out == out;
}

/* Offset in the match text for one in the first folded view: from the last place asked for, or the
 * checkpoint before it. */
static uint64_t folded_source(msh_matcher *m, uint64_t out)
{
    const msh_folded *f = &m->folded;
    if (f->cs != MSH_CS_UTF8 || f->map.up || out > f->text.len)
        return msh_map_source(&f->map, out);
    size_t low = 0, high = f->map.n_points;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (f->map.points[mid].out <= out)
            low = mid;
        else
            high = mid;
    }
    msh_map_point at = {0, 0};
    if (f->map.n_points && f->map.points[low].out <= out)
        at = f->map.points[low];
    if (m->known.out <= out && m->known.out > at.out)
        at = m->known;
    if (!walk(f, &at, out))
        return msh_map_source(&f->map, out);
    m->known = at;
    return at.in;
}

/* A view's offset to the byte of the match text. */
size_t msh_seen_source(msh_matcher *m, const msh_seen *s, size_t at)
{
    uint64_t folded = s->view.to_folded ? msh_map_step(s->view.to_folded, at) : at;
    uint64_t source = s->view.to_source == &m->folded.map
                          ? folded_source(m, folded)
                          : msh_map_source(s->view.to_source, folded);
    size_t len = s->view.from->bytes.len;
    return source < len ? (size_t)source : len;
}

size_t msh_seen_source_end(msh_matcher *m, const msh_seen *s, size_t end)
{
    if (s->view.view != MSH_VIEW_JOINED || end == 0)
        return msh_seen_source(m, s, end);
    /* The end of a hit before a gap is not the end of the gap. */
    msh_seen folded = *s;
    folded.view.to_folded = NULL;
    return msh_seen_source(m, &folded, (size_t)msh_map_step(s->view.to_folded, end - 1) + 1);
}
