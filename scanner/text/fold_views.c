/* fold_views.c: the joined and the reversed view of a folded text. Both are folded UTF-8 in and
 * out; the joined one is resolved by joining again from a checkpoint, the reversed one by the line
 * the offset is in. */
#include "base/err.h"
#include "base/view.h"
#include "text/fold_parts.h"

#include <string.h>

enum { STEP_SOURCE = 1024 };

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool is_letter(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_word(uint8_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c >= 0x80;
}

static bool joins_cp(uint32_t cp)
{
    return (cp >= 0x3400 && cp <= 0x9fff) || cp == 0x3007 || cp == 0x2605 || cp == 0x25cf ||
           cp == 0xb7 || cp == 0x2014 || cp == 0x3014 || cp == 0x3015 || cp == 0x3010 ||
           cp == 0x3011 || (cp >= 0x20000 && cp <= 0x3ffff);
}

/* Marks between which blanks mean nothing either: stars, brackets, and what parts numbers. */
static bool joins_ascii(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '*' || c == '(' || c == ')' || c == ':' || c == '[' ||
           c == ']';
}

/* Whether the character that ends before `at` joins with what follows a blank. */
static bool joins_before(msh_view t, size_t at)
{
    if (at == 0)
        return false;
    uint8_t c = t.data[at - 1];
    if (c < 0x80)
        return joins_ascii(c) || (is_letter(c) && (at < 2 || !is_letter(t.data[at - 2])));
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && (t.data[start] & 0xc0) == 0x80)
        start--;
    return joins_cp(msh_charset_next(MSH_CS_UTF8, msh_view_cut(t, start, at - start)).cp);
}

static bool joins_after(msh_view t, size_t at)
{
    if (at >= t.len)
        return false;
    uint8_t c = t.data[at];
    if (c < 0x80)
        return joins_ascii(c) || (is_letter(c) && (at + 1 == t.len || !is_word(t.data[at + 1])));
    return joins_cp(msh_charset_next(MSH_CS_UTF8, msh_view_cut(t, at, 4)).cp);
}

/* End of the run of blanks that begins at `at`. */
static size_t blank_end(msh_view t, size_t at)
{
    while (at < t.len && is_blank(t.data[at]))
        at++;
    return at;
}

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* The next blank at or after `at`. In UTF-8 no other byte is below 0x21 but controls, which folding
 * has taken out. */
static size_t next_blank(msh_view t, size_t at)
{
    for (uint64_t v; t.len - at >= 8; at += 8) {
        memcpy(&v, t.data + at, 8);
        if ((v - EACH(0x21)) & ~v & EACH(0x80))
            break;
    }
    while (at < t.len && !is_blank(t.data[at]))
        at++;
    return at;
}

/* The run of blanks at `at` ends at *end; true when it is dropped. */
static bool drops(msh_view t, size_t at, size_t *end)
{
    *end = blank_end(t, at);
    return joins_before(t, at) && joins_after(t, *end);
}

static uint64_t replay_joined(const msh_map *m, msh_map_point from, uint64_t out)
{
    const msh_folded *f = m->replay_ctx;
    msh_view t = f->source;
    size_t in = (size_t)from.in;
    uint64_t at = from.out;
    while (in < t.len) {
        size_t blank = next_blank(t, in), end = blank;
        if (out - at < blank - in)
            return in + (out - at);
        at += blank - in;
        bool dropped = blank < t.len && drops(t, blank, &end);
        if (!dropped && out - at < end - blank)
            return blank + (out - at);
        at += dropped ? 0 : end - blank;
        in = end;
    }
    return t.len;
}

msh_err msh_fold_joined(msh_folded *f, const msh_folded *from)
{
    msh_view t = msh_buf_view(&from->text);
    msh_fold_begin(f, t, MSH_CS_UTF8);
    f->bad = from->bad;
    f->bidi = from->bidi;
    if (!msh_buf_room(&f->text, t.len + 16))
        return msh_buf_err(&f->text);
    MSH_TRY(msh_fold_point(f, 0, 0));
    size_t in = 0, mark = STEP_SOURCE;
    while (in < t.len) {
        if (in >= mark) {
            MSH_TRY(msh_fold_point(f, f->text.len, in));
            mark = in + STEP_SOURCE;
        }
        size_t end, blank = next_blank(t, in);
        msh_buf_put(&f->text, t.data + in, blank - in);
        in = blank;
        if (blank == t.len)
            break;
        if (drops(t, blank, &end))
            f->joined++;
        else
            msh_buf_put(&f->text, t.data + blank, end - blank);
        in = end;
    }
    MSH_TRY(msh_buf_err(&f->text));
    MSH_TRY(msh_fold_finish(f, replay_joined));
    f->map.up = &from->map;
    return MSH_OK;
}

/* --- reversed -----------------------------------------------------------------------------------
 */

static size_t line_start(msh_view t, size_t at)
{
    while (at > 0 && t.data[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(msh_view t, size_t at)
{
    const uint8_t *end = at < t.len ? memchr(t.data + at, '\n', t.len - at) : NULL;
    return end ? (size_t)(end - t.data) : t.len;
}

/* A line [a, b) and its mirror have the same bounds and the characters of the same length. */
static uint64_t replay_reversed(const msh_map *m, msh_map_point from, uint64_t out)
{
    const msh_folded *f = m->replay_ctx;
    (void)from;
    if (out >= f->source.len)
        return f->source.len;
    size_t a = line_start(f->source, (size_t)out), b = line_end(f->source, (size_t)out);
    if (out == b)
        return b;
    size_t at = a + (b - 1 - (size_t)out);
    while (at > a && (f->source.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void put_reversed(uint8_t *to, const uint8_t *line, size_t len)
{
    size_t end = len;
    while (end > 0) {
        size_t at = end - 1;
        while (at > 0 && end - at < 4 && (line[at] & 0xc0) == 0x80)
            at--;
        memcpy(to, line + at, end - at);
        to += end - at;
        end = at;
    }
}

msh_err msh_fold_reversed(msh_folded *f, const msh_folded *from)
{
    msh_view t = msh_buf_view(&from->text);
    msh_fold_begin(f, t, MSH_CS_UTF8);
    uint8_t *to = msh_buf_room(&f->text, t.len + 16);
    if (!to)
        return msh_buf_err(&f->text);
    MSH_TRY(msh_fold_point(f, 0, 0));
    for (size_t a = 0; a < t.len;) {
        size_t b = line_end(t, a);
        put_reversed(to + a, t.data + a, b - a);
        if (b < t.len)
            to[b] = '\n';
        a = b + 1;
    }
    msh_buf_grew(&f->text, t.len);
    MSH_TRY(msh_fold_finish(f, replay_reversed));
    f->map.up = &from->map;
    return MSH_OK;
}
