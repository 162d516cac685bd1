/* escapes.c: the second view of a text, with its escapes replaced.
 *
 * A first look finds out whether there is an escape worth a view at all; then the text is written
 * again with a point before and after each replaced piece. A replacement is at most as long as what
 * it replaces, but for long runs of UTF-7, that grow by an eighth. Views of views are composed into
 * one map. */
#include "text/escapes.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "text/charset_state.h"
#include "text/escapes_read.h"
#include "text/tables.h"

#include <string.h>

enum { PASSES = 3 };

typedef struct points {
    msh_map_point *at;
    size_t n, cap;
} points;

typedef struct writer {
    msh_view in;
    size_t kept;    /* all of `in` before this is written */
    size_t no_utf7; /* no run of UTF-7 begins before this */
    msh_buf *out;
    points *map;
    bool look_only; /* stop at the first escape worth a view */
    bool worth;
    size_t blank_end; /* where a run of escapes for blanks ended */
    bool blank_left;  /* what stands before that run joins */
    msh_err err;
} writer;

void msh_unescaped_init(msh_unescaped *u, size_t ceiling)
{
    *u = (msh_unescaped){.n_points = 0};
    msh_buf_init(&u->text, ceiling);
}

void msh_unescaped_dispose(msh_unescaped *u)
{
    msh_buf_dispose(&u->text);
    msh_free(u->points);
    u->points = NULL;
    u->n_points = u->cap_points = 0;
    u->map = (msh_map){.up = NULL};
}

static msh_err add_point(points *p, uint64_t out, uint64_t in)
{
    if (p->n && p->at[p->n - 1].out == out) {
        p->at[p->n - 1].in = in;
        return MSH_OK;
    }
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 64, bytes;
        if (!msh_mul_size(cap, sizeof *p->at, &bytes))
            return MSH_E_MEMORY;
        msh_map_point *at = msh_realloc(p->at, bytes);
        if (!at)
            return MSH_E_MEMORY;
        p->at = at;
        p->cap = cap;
    }
    p->at[p->n++] = (msh_map_point){out, in};
    return MSH_OK;
}

/* Everything before `at` goes out as it is. */
static void keep_to(writer *w, size_t at)
{
    if (w->look_only)
        return;
    msh_buf_put(w->out, w->in.data + w->kept, at - w->kept);
    w->kept = at;
}

/* One replaced piece: `cp` (or nothing) for in[from, from + len). */
static void replace(writer *w, size_t from, size_t len, const uint32_t *cp)
{
    if (w->look_only || w->err != MSH_OK)
        return;
    keep_to(w, from);
    w->err = add_point(w->map, w->out->len, from);
    if (cp)
        msh_buf_put_utf8(w->out, *cp);
    w->kept = from + len;
    if (w->err == MSH_OK)
        w->err = add_point(w->map, w->out->len, w->kept);
    if (w->err == MSH_OK)
        w->err = msh_buf_err(w->out);
}

static bool is_alnum(uint32_t cp)
{
    return cp - '0' < 10 || (cp | 0x20) - 'a' < 26;
}

/* --- blanks
 * -------------------------------------------------------------------------------------------- */

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* Marks of markup and the like: a blank beside them parts nothing that the joined view would join.
 */
static bool never_joins(uint8_t c)
{
    return c == '<' || c == '>' || c == '"' || c == '\'' || c == ',' || c == ';' || c == '{' ||
           c == '}' || c == '\n' || c == '\r';
}

/* Whether a blank that was written as in[from, to) stands between characters that belong together.
 * Beside another escape it may. */
static bool parts_word(writer *w, size_t from, size_t to)
{
    if (from == 0 || from != w->blank_end)
        w->blank_left = from > 0 && (from == w->kept || !never_joins(w->in.data[from - 1]));
    w->blank_end = to;
    return w->blank_left && to < w->in.len && !never_joins(w->in.data[to]);
}

/* --- runs of bytes
 * -------------------------------------------------------------------------------- */

static size_t count_bad(msh_charset cs, msh_view bytes, bool open)
{
    size_t bad = 0;
    for (size_t at = 0; at < bytes.len;) {
        msh_char c = msh_charset_next(cs, msh_view_cut(bytes, at, 4));
        if (c.bad && open && at > 0 && bytes.len - at < 4)
            break;
        bad += c.bad;
        at += c.len;
    }
    return bad;
}

/* A run is UTF-8 where it can be, else GBK; where it is neither, what it is more nearly. */
static msh_charset choose(msh_view bytes, bool open)
{
    size_t utf8 = count_bad(MSH_CS_UTF8, bytes, open);
    return utf8 && count_bad(MSH_CS_GB18030, bytes, open) < utf8 ? MSH_CS_GB18030 : MSH_CS_UTF8;
}

/* Whether bytes of quoted-printable are some: '=' stands in front of much that is none. */
static bool is_worth(uint8_t mark, uint32_t cp)
{
    return cp >= 0x80 || (mark != '=' && is_alnum(cp));
}

static size_t write_run(writer *w, size_t at, msh_escape_bytes *run)
{
    msh_view bytes = msh_view_of(run->bytes, run->n);
    bool open = run->n == sizeof run->bytes;
    uint8_t mark = w->in.data[at];
    if (run->n && run->at[run->n] - run->at[run->n - 1] == 1) {
        /* a literal trail: only where the rest is no UTF-8 without it */
        msh_view without = msh_view_cut(bytes, 0, run->n - 1);
        if (!count_bad(MSH_CS_UTF8, without, false) || count_bad(MSH_CS_GB18030, bytes, false)) {
            bytes = without;
            run->n--;
        }
    }
    msh_charset cs = choose(bytes, open);
    size_t i = 0;
    while (i < bytes.len) {
        msh_char c = msh_charset_next(cs, msh_view_cut(bytes, i, 4));
        if (c.bad && open && i > 0 && bytes.len - i < 4)
            break; /* cut off by the room for the run: the next run begins here */
        w->worth |= !c.bad && (is_worth(mark, c.cp) || (mark == '%' && c.cp == '%'));
        replace(w, run->at[i], run->at[i + c.len] - run->at[i], &c.cp);
        i += c.len;
    }
    return run->at[i] - at;
}

/* A lone octal byte with hex digits after it is a code point of CSS. */
static bool prefers_css(msh_view in, size_t at, const msh_escape_bytes *run)
{
    return in.data[at] == '\\' && run->n == 1 && run->bytes[0] >= 0x80 &&
           msh_escape_read(in, at, at).len >= 5;
}

/* --- UTF-7
 * ------------------------------------------------------------------------------------------ */

static bool mostly_common(msh_view v)
{
    unsigned chars = 0, common = 0;
    for (size_t i = 0; i < v.len; chars++) {
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(v, i, 4));
        common += msh_tables_common(msh_tables_fold(c.cp)) > 0;
        i += c.len;
    }
    return common * 2 > chars;
}

/* Where the characters of base64 end, `most` at the latest. */
static size_t base64_end(msh_view in, size_t at, size_t most)
{
    while (at < in.len && at < most &&
           (is_alnum(in.data[at]) || in.data[at] == '+' || in.data[at] == '/'))
        at++;
    return at;
}

/* The characters of a run of `len` bytes, each from its share of it: three bytes of UTF-8 come from
 * two or three of base64, so that the run as one piece would end behind itself. */
static msh_err put_run(writer *w, msh_view v, size_t at, size_t len)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < v.len; i++)
        n += (v.data[i] & 0xc0) != 0x80;
    for (size_t i = 0; i < v.len; i++) {
        if ((v.data[i] & 0xc0) != 0x80)
            MSH_TRY(add_point(w->map, w->out->len, at + k++ * len / n));
        msh_buf_put_byte(w->out, v.data[i]);
    }
    return add_point(w->map, w->out->len, at + len);
}

/* A run counts when most of it is common Chinese: base64 is full of plus signs. */
static size_t write_utf7(writer *w, size_t at)
{
    enum { LONGEST = 1 + 8 * 128 };
    uint8_t small[LONGEST * 3 / 2];
    msh_buf text = {.data = small, .cap = sizeof small, .ceiling = sizeof small};
    if (at < w->no_utf7)
        return 0;
    size_t len = msh_charset_utf7_run(msh_view_cut(w->in, at, LONGEST), &text);
    if (len < 4 || msh_buf_err(&text) != MSH_OK || !mostly_common(msh_buf_view(&text))) {
        w->no_utf7 = base64_end(w->in, at + 1, at + LONGEST);
        return 0;
    }
    msh_view v = msh_buf_view(&text);
    w->worth = true;
    if (w->look_only)
        return len;
    keep_to(w, at);
    msh_err err = put_run(w, v, at, len);
    w->kept = at + len;
    w->err = err != MSH_OK ? err : msh_buf_err(w->out);
    return len;
}

/* --- one pass
 * --------------------------------------------------------------------------------------- */

static size_t write_single(writer *w, size_t at)
{
    msh_escape e = msh_escape_read(w->in, at, w->kept);
    if (e.len == 0)
        return w->in.data[at] == '+' ? write_utf7(w, at) : 0;
    uint8_t next = e.from + e.len < w->in.len ? w->in.data[e.from + e.len] : 0;
    if (e.drop) /* strings put together, troff's nothing; not line breaks */
        w->worth |= e.from < at || (e.len == 2 && w->in.data[at + 1] == '&');
    else if (w->in.data[at] != '\\' || e.len != 2) /* not \n and the like */
        w->worth |= (is_blank(e.cp) ? parts_word(w, e.from, e.from + e.len) : e.cp >= 0x80) ||
                    is_alnum(e.cp) || (e.cp == '&' && (next == '#' || is_alnum(next))) ||
                    e.cp == '\\';
    replace(w, e.from, e.len, e.drop ? NULL : &e.cp);
    return e.from + e.len - at;
}

static size_t write_escape(writer *w, size_t at)
{
    msh_escape_bytes run;
    uint8_t mark = w->in.data[at];
    if (mark == '\\' || mark == '%' || mark == '=') {
        msh_escape_read_bytes(w->in, at, &run);
        size_t len = run.n && !prefers_css(w->in, at, &run) ? write_run(w, at, &run) : 0;
        if (len)
            return len;
    }
    return write_single(w, at);
}

/* In look_only, w->kept follows what was seen so that nothing is looked at twice. */
static size_t pass(writer *w)
{
    size_t at = w->kept;
    msh_escape_marks marks;
    marks.in = w->in;
    marks.from = marks.to = 0;
    while (w->err == MSH_OK && !(w->look_only && w->worth)) {
        at = msh_escape_mark(&marks, at);
        if (at >= w->in.len)
            break;
        size_t len = write_escape(w, at);
        at += len ? len : 1;
        if (w->look_only && len)
            w->kept = at;
    }
    size_t end = at;
    if (!w->look_only && w->err == MSH_OK) {
        keep_to(w, w->in.len);
        w->err = msh_buf_err(w->out);
    }
    return end;
}

bool msh_unescape_may(msh_view text)
{
    return msh_unescape_find(text, 0) != SIZE_MAX;
}

size_t msh_unescape_find(msh_view text, size_t from)
{
    writer w = {.in = text, .kept = from, .look_only = true};
    size_t end = pass(&w);
    return w.worth ? end : SIZE_MAX;
}

/* --- all passes
 * ------------------------------------------------------------------------------------- */

/* after(before(x)): the points of `after` lead into the text that `before` explains. */
static msh_err compose(const points *before, const points *after, uint64_t len, points *both)
{
    msh_map first = {.points = before->at, .n_points = before->n};
    size_t j = 0;
    both->n = 0;
    for (size_t i = 0; i < after->n; i++) {
        msh_map_point p = after->at[i];
        uint64_t end = i + 1 < after->n ? after->at[i + 1].out : len;
        MSH_TRY(add_point(both, p.out, msh_map_step(&first, p.in)));
        while (j < before->n && before->at[j].out <= p.in)
            j++;
        for (; j < before->n && before->at[j].out < p.in + (end - p.out); j++)
            MSH_TRY(add_point(both, p.out + (before->at[j].out - p.in), before->at[j].in));
    }
    return MSH_OK;
}

static msh_err one_pass(msh_view in, msh_buf *out, points *map)
{
    msh_buf_reset(out);
    map->n = 0;
    MSH_TRY(add_point(map, 0, 0));
    writer w = {.in = in, .out = out, .map = map};
    pass(&w);
    return w.err;
}

/* A pass over the view itself: the view and its points become the ones after it. */
static msh_err again(msh_buf *text, points *map)
{
    msh_buf next;
    points after = {.n = 0}, both = {.n = 0};
    msh_buf_init(&next, text->ceiling);
    msh_err err = one_pass(msh_buf_view(text), &next, &after);
    if (err == MSH_OK)
        err = compose(map, &after, next.len, &both);
    if (err == MSH_OK) {
        msh_buf old_text = *text;
        points old_map = *map;
        *text = next;
        *map = both;
        next = old_text;
        both = old_map;
    }
    msh_buf_dispose(&next);
    msh_free(after.at);
    msh_free(both.at);
    return err;
}

msh_err msh_unescape(msh_unescaped *u, msh_view text, bool *found)
{
    *found = msh_unescape_may(text);
    msh_buf_reset(&u->text);
    u->n_points = 0;
    u->map = (msh_map){.up = NULL};
    if (!*found)
        return MSH_OK;
    points map = {u->points, 0, u->cap_points};
    msh_err err = one_pass(text, &u->text, &map);
    for (unsigned i = 1; err == MSH_OK && i < PASSES && msh_unescape_may(msh_buf_view(&u->text));
         i++)
        err = again(&u->text, &map);
    u->points = map.at;
    u->n_points = map.n;
    u->cap_points = map.cap;
    u->map = (msh_map){.points = map.at, .n_points = map.n};
    return err;
}
