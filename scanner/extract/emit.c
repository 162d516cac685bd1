/* emit.c: handing texts on in windows (matching.md section 1): cut at line ends, with an overlap,
 * each with its place; and bytes in a charset that nobody declared. */
#define _GNU_SOURCE
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum {
    LINE_SEARCH = 65536, /* how far back from the end of a window a line end is looked for */
    SYNC_SEARCH = 4096   /* how far back a byte that surely begins a character is looked for */
};

msh_err msh_report(msh_extract *x, const msh_place *place, msh_reason reason, uint64_t reached)
{
    if (x->stopped != MSH_OK)
        return x->stopped;
    x->handed++;
    x->stopped = x->sink->outcome(x->sink->ctx, reason, place, reached);
    return x->stopped;
}

msh_err msh_emit_window(msh_extract *x, const msh_text *t)
{
    if (x->stopped != MSH_OK)
        return x->stopped;
    MSH_TRY(msh_budget_time(&x->budget));
    x->handed++;
    x->stopped = x->sink->text(x->sink->ctx, t);
    return x->stopped;
}

/* --- where a text may be cut ---------------------------------------------------------------------
 */

unsigned msh_emit_unit(msh_charset cs)
{
    switch (cs) {
    case MSH_CS_UTF16LE:
    case MSH_CS_UTF16BE:
        return 2;
    case MSH_CS_UTF32LE:
    case MSH_CS_UTF32BE:
        return 4;
    default:
        return 1;
    }
}

/* Whether a two-byte unit at `at` is the second half of a surrogate pair. */
static bool low_surrogate(msh_charset cs, msh_view v, size_t at)
{
    uint8_t high = v.data[cs == MSH_CS_UTF16LE ? at + 1 : at];
    return (high & 0xfc) == 0xdc;
}

/* Charsets of one or more bytes whose trail bytes may look like leads: go on from a byte below '0',
 * which is never part of a longer character in any of them. */
static size_t boundary_multibyte(msh_charset cs, msh_view v, size_t at)
{
    size_t from = at, least = at > SYNC_SEARCH ? at - SYNC_SEARCH : 0;
    while (from > least && v.data[from - 1] >= 0x30)
        from--;
    if (from == least)
        from = 0;
    while (from < at) {
        size_t n = msh_charset_next(cs, msh_view_cut(v, from, 8)).len;
        if (n == 0 || from + n > at)
            break;
        from += n;
    }
    return from;
}

size_t msh_emit_boundary(msh_charset cs, msh_view v, size_t at)
{
    unsigned unit = msh_emit_unit(cs);
    if (at >= v.len)
        return v.len;
    at -= at % unit;
    if (unit == 2 && at >= 2 && at + 1 < v.len && low_surrogate(cs, v, at))
        return at - 2;
    if (unit > 1)
        return at;
    switch (cs) {
    case MSH_CS_UTF8:
        for (unsigned back = 0; back < 4 && at > 0 && (v.data[at] & 0xc0) == 0x80; back++)
            at--;
        return at;
    case MSH_CS_GB18030:
    case MSH_CS_BIG5:
    case MSH_CS_SHIFT_JIS:
    case MSH_CS_EUC_KR:
        return boundary_multibyte(cs, v, at);
    default:
        return at;
    }
}

/* Just after the last line end in v from `least` on; 0 when there is none. */
static size_t after_last_line(msh_charset cs, msh_view v, size_t least)
{
    unsigned unit = msh_emit_unit(cs);
    if (unit == 1) {
        const uint8_t *p = memrchr(v.data + least, '\n', v.len - least);
        return p ? (size_t)(p - v.data) + 1 : 0;
    }
    bool big = cs == MSH_CS_UTF16BE || cs == MSH_CS_UTF32BE;
    for (size_t at = v.len - v.len % unit; at >= least + unit; at -= unit) {
        const uint8_t *p = v.data + at - unit;
        uint8_t rest = 0;
        for (unsigned i = 0; i < unit; i++)
            if (i != (big ? unit - 1 : 0))
                rest |= p[i];
        if (rest == 0 && p[big ? unit - 1 : 0] == '\n')
            return at;
    }
    return 0;
}

size_t msh_emit_cut(msh_charset cs, msh_view v, size_t max)
{
    if (v.len <= max)
        return v.len;
    msh_view part = msh_view_cut(v, 0, max);
    size_t cut = after_last_line(cs, part, max > LINE_SEARCH ? max - LINE_SEARCH : 0);
    if (cut == 0)
        cut = msh_emit_boundary(cs, v, max);
    return cut ? cut : max;
}

uint32_t msh_emit_lines(msh_charset cs, msh_view v)
{
    unsigned unit = msh_emit_unit(cs);
    bool big = cs == MSH_CS_UTF16BE || cs == MSH_CS_UTF32BE;
    uint32_t n = 0;
    for (const uint8_t *p = v.data, *end = p + v.len; p && p < end; p++) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p)
            break;
        if (unit == 1) {
            n++;
            continue;
        }
        size_t start = (size_t)(p - v.data) - (big ? unit - 1 : 0);
        if ((size_t)(p - v.data) < (big ? unit - 1u : 0) || start % unit || start + unit > v.len)
            continue;
        uint8_t rest = 0;
        for (unsigned i = 0; i < unit; i++)
            rest |= v.data + start + i == p ? 0 : v.data[start + i];
        n += rest == 0;
    }
    return n;
}

/* --- a text in windows
 * -----------------------------------------------------------------------------
 */

/* How many anchors stand at or before `at`. */
static size_t anchors_until(const msh_text *t, size_t at)
{
    size_t low = 0, high = t->n_anchors;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->anchors[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The anchors in force in the window [from, to): those inside it, and the one before moved to its
 * start. A copy, as a window's begin at 0. */
static msh_err window_anchors(const msh_text *t, size_t from, size_t to, msh_text *w)
{
    size_t first = anchors_until(t, from), end = anchors_until(t, to);
    if (first > 0)
        first--;
    w->n_anchors = end - first;
    if (w->n_anchors == 0)
        return MSH_OK;
    msh_anchor *copy = msh_alloc(w->n_anchors * sizeof *copy);
    if (!copy)
        return MSH_E_MEMORY;
    for (size_t i = first; i < end; i++) {
        copy[i - first] = t->anchors[i];
        copy[i - first].at = t->anchors[i].at > from ? t->anchors[i].at - from : 0;
    }
    w->anchors = copy;
    return MSH_OK;
}

static msh_err one_window(msh_extract *x, const msh_text *t, size_t from, size_t to, msh_text *w)
{
    msh_map shift = {.up = t->map, .base = from};
    w->bytes = msh_view_cut(t->bytes, from, to - from);
    w->flags =
        t->flags | (to < t->bytes.len ? MSH_TEXT_MORE : 0u) | (from > 0 ? MSH_TEXT_CONTINUED : 0u);
    w->map = t->map ? &shift : NULL;
    if (t->place.offset != MSH_NO_POSITION)
        w->place.offset = t->place.offset + from;
    w->anchors = NULL;
    MSH_TRY(window_anchors(t, from, to, w));
    msh_err err = msh_emit_window(x, w);
    msh_free((void *)(uintptr_t)w->anchors);
    return err;
}

msh_err msh_emit_mapped(msh_extract *x, const msh_text *t)
{
    if (t->bytes.len == 0)
        return MSH_OK;
    if (t->bytes.len <= MSH_TEXT_WINDOW)
        return msh_emit_window(x, t);
    msh_text w = *t;
    if (w.place.line == 0)
        w.place.line = 1;
    w.overlap = 0;
    for (size_t from = 0;;) {
        msh_view rest = msh_view_cut(t->bytes, from, t->bytes.len);
        size_t to = from + msh_emit_cut(t->charset, rest, MSH_TEXT_WINDOW);
        MSH_TRY(one_window(x, t, from, to, &w));
        if (to >= t->bytes.len)
            return MSH_OK;
        size_t back = to - from > MSH_TEXT_OVERLAP ? to - from - MSH_TEXT_OVERLAP : 0;
        size_t next = from + msh_emit_boundary(t->charset, rest, back);
        if (next <= from)
            next = to;
        w.place.line += msh_emit_lines(t->charset, msh_view_cut(t->bytes, from, next - from));
        w.overlap = (uint32_t)(to - next);
        from = next;
    }
}

msh_err msh_emit(msh_extract *x, const msh_place *place, msh_view utf8, unsigned flags)
{
    msh_text t = {.bytes = utf8, .charset = MSH_CS_UTF8, .flags = flags, .place = *place};
    if (t.place.line == 0)
        t.place.line = 1;
    return msh_emit_mapped(x, &t);
}

/* --- bytes in an unknown charset
 * ----------------------------------------------------------------------
 */

/* HZ and UTF-7 keep a state from byte to byte, so they are decoded here, as one piece. */
static msh_err emit_stateful(msh_extract *x, const msh_text *t)
{
    msh_buf out;
    size_t used;
    uint64_t bad = 0;
    size_t ceiling = t->bytes.len < SIZE_MAX / 8 ? t->bytes.len * 4 + 64 : SIZE_MAX;
    msh_buf_init(&out, ceiling);
    msh_charset_decode(t->charset, t->bytes, true, &out, &used, &bad);
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK) {
        msh_text u = *t;
        u.bytes = msh_buf_view(&out);
        u.charset = MSH_CS_UTF8;
        err = msh_emit_mapped(x, &u);
    }
    msh_buf_dispose(&out);
    return err;
}

msh_err msh_emit_reading(msh_extract *x, const msh_text *t)
{
    if (t->charset == MSH_CS_HZ || t->charset == MSH_CS_UTF7)
        return emit_stateful(x, t);
    return msh_emit_mapped(x, t);
}

static bool is_ascii(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80 || v.data[i] == 0 || v.data[i] == 0x1b)
            return false;
    return true;
}

msh_err msh_emit_bytes(msh_extract *x, const msh_place *place, msh_view bytes, msh_charset declared,
                       unsigned flags)
{
    msh_text t = {.bytes = bytes, .charset = MSH_CS_UTF8, .flags = flags, .place = *place};
    if (t.place.line == 0)
        t.place.line = 1;
    if (bytes.len == 0)
        return MSH_OK;
    msh_readings r = msh_charset_detect(msh_view_cut(bytes, 0, MSH_HEAD), bytes.len <= MSH_HEAD);
    bool declared_listed = declared == MSH_CHARSET_COUNT;
    for (unsigned i = 0; i < r.n; i++)
        declared_listed |= r.cs[i] == declared;
    if (declared_listed && r.n <= 1 && is_ascii(bytes) && r.n)
        r.certain = true;
    if (r.n > 1 || !declared_listed)
        t.flags |= MSH_TEXT_GUESS;
    if (!declared_listed && !(r.certain && is_ascii(bytes))) {
        t.charset = declared;
        MSH_TRY(msh_emit_reading(x, &t));
    }
    for (unsigned i = 0; i < r.n; i++) {
        t.charset = r.cs[i];
        t.bytes = i == 0 ? msh_view_cut(bytes, r.bom, bytes.len) : bytes;
        MSH_TRY(msh_emit_reading(x, &t));
    }
    if (r.n == 0)
        return msh_sweep(x, place, bytes, place->offset == MSH_NO_POSITION ? 0 : place->offset);
    return MSH_OK;
}
