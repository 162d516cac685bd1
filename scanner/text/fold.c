/* fold.c: decoding and folding in one pass, with a checkpoint each KiB of source.
 *
 * One function, step(), folds one character and is the definition; the fast paths beside it only do
 * what step() would do, for runs of characters that need no look: they test a bit of the table of
 * touched characters. Nothing is carried over a checkpoint, so an offset is resolved by folding
 * again from the checkpoint before it, with step() alone. */
#include "text/fold.h"

#include "base/err.h"
#include "base/lanes.h"
#include "base/mem.h"
#include "base/view.h"
#include "text/fold_parts.h"
#include "text/tables.h"

#include <string.h>

enum { STEP_SOURCE = 1024, REPLAY_STEP = 128, TAIL = 16 };

/* One stretch between checkpoints. */
typedef struct run {
    const uint8_t *p, *end;      /* all of the source that is left */
    uint8_t *out, *out_begin;    /* out_begin: backspaces go back no further */
    const uint8_t *enclosed_end; /* where the last enclosed digit ended in the source */
    uint64_t bad;
    msh_charset cs;
    bool bidi;
} run;

static size_t put_utf8(uint8_t *to, uint32_t cp)
{
    if (cp < 0x80) {
        to[0] = (uint8_t)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (uint8_t)(0xc0 | cp >> 6);
        to[1] = (uint8_t)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (uint8_t)(0xe0 | cp >> 12);
        to[1] = (uint8_t)(0x80 | (cp >> 6 & 63));
        to[2] = (uint8_t)(0x80 | (cp & 63));
        return 3;
    }
    to[0] = (uint8_t)(0xf0 | cp >> 18);
    to[1] = (uint8_t)(0x80 | (cp >> 12 & 63));
    to[2] = (uint8_t)(0x80 | (cp >> 6 & 63));
    to[3] = (uint8_t)(0x80 | (cp & 63));
    return 4;
}

static bool is_digit(uint32_t cp)
{
    return cp - '0' < 10;
}

static msh_char peek(const run *r, size_t ahead)
{
    if ((size_t)(r->end - r->p) <= ahead)
        return (msh_char){0, 0, false};
    return msh_charset_next(r->cs, (msh_view){r->p + ahead, (size_t)(r->end - r->p) - ahead});
}

/* A digit in a circle or superscript, r->p already behind it. */
static void put_enclosed(run *r, const uint8_t *began, uint32_t digit)
{
    bool after_digit = r->out > r->out_begin && is_digit(r->out[-1]);
    bool parted = began != r->enclosed_end;
    if (after_digit && parted)
        *r->out++ = ' ';
    *r->out++ = (uint8_t)('0' + digit);
    if (is_digit(peek(r, 0).cp))
        *r->out++ = ' ';
    r->enclosed_end = r->p;
}

/* Take back the last character; its width in columns, 0 when there is none to take. */
static unsigned take_back(run *r)
{
    if (r->out == r->out_begin || r->out[-1] == '\n')
        return 0;
    uint8_t *end = r->out;
    while (--r->out > r->out_begin && (*r->out & 0xc0) == 0x80)
        ;
    return end - r->out >= 3 ? 2 : 1;
}

/* Backspaces: what stands before them is struck over by what follows; an underscore that follows
 * only underlines. r->p is behind the first. */
static void overstrike(run *r)
{
    unsigned columns = 1;
    size_t unit = 1;
    msh_char c = peek(r, 0);
    for (; c.len && c.cp == '\b'; c = peek(r, 0)) {
        unit = c.len;
        r->p += unit;
        columns++;
    }
    if (c.cp == '_' && columns <= 2) {
        for (; columns && c.len && c.cp == '_'; columns--, c = peek(r, 0))
            r->p += c.len;
        return;
    }
    while (columns) {
        unsigned width = take_back(r);
        if (width == 0)
            return;
        columns -= width < columns ? width : columns;
    }
}

/* ESC [ … letter: dropped. r->p is behind the ESC. */
static void skip_terminal_sequence(run *r)
{
    msh_char c = peek(r, 0);
    if (c.cp != '[')
        return;
    size_t n = c.len;
    for (unsigned i = 0; i < 32; i++) {
        c = peek(r, n);
        if (c.len == 0 || c.cp < 0x20 || c.cp > 0x7e)
            return;
        n += c.len;
        if (c.cp >= 0x40) {
            r->p += n;
            return;
        }
    }
}

static void put_control(run *r, uint32_t cp)
{
    switch (cp) {
    case 0:
        break;
    case '\t':
    case '\n':
        *r->out++ = (uint8_t)cp;
        break;
    case '\v':
    case '\f':
        *r->out++ = '\n';
        break;
    case '\r':
        if (peek(r, 0).cp != '\n')
            *r->out++ = '\n';
        break;
    case '\b':
        overstrike(r);
        break;
    case 0x1b:
        skip_terminal_sequence(r);
        break;
    default:
        *r->out++ = ' ';
    }
}

static bool is_bidi(uint32_t cp)
{
    return cp == 0x202b || cp == 0x202d || cp == 0x202e || cp == 0x2067 || cp == 0x2068;
}

static void put_folded(run *r, const uint8_t *began, uint32_t cp)
{
    uint32_t to = msh_tables_fold(cp);
    if (to == 0) {
        r->bidi |= is_bidi(cp);
    } else if (to >= MSH_FOLD_STRING && to < MSH_FOLD_STRING_END) {
        const uint8_t *s = msh_tables_fold_string(to - MSH_FOLD_STRING);
        memcpy(r->out, s, 3);
        r->out += s[3];
    } else if (to >= MSH_FOLD_ENCLOSED && to < MSH_FOLD_STRING) {
        put_enclosed(r, began, to - MSH_FOLD_ENCLOSED);
    } else {
        r->out += put_utf8(r->out, to);
    }
}

/* One character (or backspace run, or terminal sequence). Writes at most 4 bytes. */
static void step(run *r)
{
    const uint8_t *began = r->p;
    msh_char c = msh_charset_next(r->cs, (msh_view){r->p, (size_t)(r->end - r->p)});
    r->p += c.len;
    if (c.bad)
        r->bad++;
    else if (c.cp < 0x20 || c.cp == 0x7f)
        put_control(r, c.cp);
    else
        put_folded(r, began, c.cp);
}

/* --- fast paths --------------------------------------------------------------------------------
 */

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Eight bytes of ASCII with no control character but '\n' and '\t', to small letters; false when
 * they are something else. */
static inline bool ascii_eight(const uint8_t *p, uint8_t *out)
{
    uint64_t v;
    memcpy(&v, p, 8);
    if (v & EACH(0x80))
        return false;
    uint64_t printable = (v + EACH(0x60)) & ~(v + EACH(0x01)) & EACH(0x80);
    if (printable != EACH(0x80)) {
        for (unsigned i = 0; i < 8; i++) {
            if ((p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') || p[i] == 0x7f)
                return false;
        }
    }
    uint64_t capital = (v + EACH(0x80 - 'A')) & ~(v + EACH(0x80 - 'Z' - 1)) & EACH(0x80);
    v |= capital >> 2;
    memcpy(out, &v, 8);
    return true;
}

static inline bool ascii_one(run *r)
{
    uint8_t c = *r->p;
    if (c >= 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
        return false;
    *r->out++ = (uint8_t)((unsigned)c - 'A' < 26 ? c + 32 : c);
    r->p++;
    return true;
}

#if defined(__SSE2__) && !defined(MSH_LANES_PLAIN)
/* The same for sixteen. */
static inline bool ascii_sixteen(const uint8_t *p, uint8_t *out)
{
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* as signed bytes: above 0x1f and no DEL, or a tab or a line end */
    __m128i good = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)),
                                    _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1f)));
    good = _mm_or_si128(good, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\t')),
                                           _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))));
    if (_mm_movemask_epi8(good) != 0xffff)
        return false;
    __m128i capital = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)),
                                    _mm_cmpgt_epi8(_mm_set1_epi8('Z' + 1), v));
    __m128i small = _mm_or_si128(v, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
    _mm_storeu_si128((__m128i *)(void *)out, small);
    return true;
}
#else
static inline bool ascii_sixteen(const uint8_t *p, uint8_t *out)
{
    return ascii_eight(p, out) && ascii_eight(p + 8, out + 8);
}
#endif

/* A run of plain ASCII. */
static inline void fold_ascii(run *r, const uint8_t *stop)
{
    while (stop - r->p >= 16 && ascii_sixteen(r->p, r->out)) {
        r->p += 16;
        r->out += 16;
    }
    while (stop - r->p >= 8 && ascii_eight(r->p, r->out)) {
        r->p += 8;
        r->out += 8;
    }
    while (r->p < stop && ascii_one(r))
        ;
}

static inline unsigned untouched3(const uint8_t *p)
{
    uint64_t word = msh_table_fold_touched[(p[0] & 15) << 6 | (p[1] & 63)];
    return !(word >> (p[2] & 63) & 1);
}

static inline bool shaped3(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return (v & 0xf0c0c0) == 0xe08080;
}

/* Eight characters of three bytes that fold to themselves. */
static inline bool eight_plain(const uint8_t *p)
{
    if (!msh_lanes_three(p))
        return false;
    unsigned plain = untouched3(p) & untouched3(p + 3) & untouched3(p + 6) & untouched3(p + 9);
    return plain & untouched3(p + 12) & untouched3(p + 15) & untouched3(p + 18) &
           untouched3(p + 21);
}

/* Characters of three bytes that fold to themselves: eight or four at once, then one at a time. */
static inline void fold_utf8_plain(run *r, const uint8_t *stop)
{
    const uint8_t *p = r->p;
    uint8_t *out = r->out;
    while (stop - p >= 24 && eight_plain(p)) {
        memcpy(out, p, 24);
        p += 24;
        out += 24;
    }
    while (stop - p >= 12 && shaped3(p) && shaped3(p + 3) && shaped3(p + 6) && shaped3(p + 9)) {
        if (!(untouched3(p) & untouched3(p + 3) & untouched3(p + 6) & untouched3(p + 9)))
            break;
        memcpy(out, p, 12);
        p += 12;
        out += 12;
    }
    while (stop - p >= 4 && shaped3(p) && untouched3(p)) {
        memcpy(out, p, 4);
        p += 3;
        out += 3;
    }
    r->p = p;
    r->out = out;
}

/* A touched character of three bytes that becomes one of one or three bytes: punctuation and
 * digits of full width, traditional characters. False when it needs step(). */
static inline bool fold_utf8_touched(run *r)
{
    const uint8_t *p = r->p;
    if (r->end - p < 3 || !shaped3(p))
        return false;
    uint32_t cp = (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
    if (cp < 0x800 || cp - 0xd800 < 0x800)
        return false;
    uint32_t to = untouched3(p) ? cp : msh_tables_fold_touched(cp);
    if (to < 0x20 || to - 0x80 < 0x780 || to - MSH_FOLD_ENCLOSED < 0x800)
        return false;
    r->out += put_utf8(r->out, to);
    r->p += 3;
    return true;
}

static void fold_utf8(run *r, const uint8_t *stop)
{
    while (r->p < stop) {
        if (*r->p < 0x80) {
            const uint8_t *was = r->p;
            fold_ascii(r, stop);
            if (r->p == was)
                step(r);
            continue;
        }
        fold_utf8_plain(r, stop);
        if (r->p < stop && *r->p >= 0x80 && !fold_utf8_touched(r))
            step(r);
    }
}

/* Three bytes, the lowest first; may write a fourth. */
static inline void store(uint8_t *out, uint32_t packed)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(out, &packed, 4);
#else
    out[0] = (uint8_t)packed;
    out[1] = (uint8_t)(packed >> 8);
    out[2] = (uint8_t)(packed >> 16);
#endif
}

/* Two-byte characters that become one of one or three bytes; the length is no branch. */
static inline void fold_gbk_run(run *r, const uint8_t *stop)
{
    const uint8_t *p = r->p;
    uint8_t *out = r->out;
    for (; stop - p >= 2; p += 2) {
        unsigned a = p[0] - 0x81u, b = p[1] - 0x40u;
        if (a >= MSH_GBK_LEADS || b >= MSH_GBK_ROW)
            break;
        uint32_t to = msh_table_gbk_folded[a * MSH_GBK_ROW + b];
        if (to == MSH_HOLE)
            break;
        uint32_t three = 0x8080e0u | to >> 12 | (to << 2 & 0x3f00u) | (to & 63u) << 16;
        uint32_t ascii = (to - 0x80) >> 31; /* 1 or 0 */
        uint32_t packed = three ^ ((three ^ to) & (0 - ascii));
        store(out, packed);
        out += 3 - 2 * ascii;
    }
    r->p = p;
    r->out = out;
}

static void fold_gb18030(run *r, const uint8_t *stop)
{
    while (r->p < stop) {
        const uint8_t *was = r->p;
        if (*r->p < 0x80)
            fold_ascii(r, stop);
        else
            fold_gbk_run(r, stop);
        if (r->p == was)
            step(r);
    }
}

/* Units that stand for one character of one or three folded bytes. */
static inline void fold_utf16_run(run *r, const uint8_t *stop, unsigned high)
{
    const uint8_t *p = r->p;
    uint8_t *out = r->out;
    for (; stop - p >= 2; p += 2) {
        uint32_t cp = (uint32_t)p[high] << 8 | p[high ^ 1];
        if (cp - 0x20 < 0x5f) {
            *out++ = (uint8_t)(cp - 'A' < 26 ? cp + 32 : cp);
            continue;
        }
        if (cp < 0x800 || cp - 0xd800 < 0x800)
            break;
        bool touched = msh_table_fold_touched[cp >> 6] >> (cp & 63) & 1;
        uint32_t to = touched ? msh_tables_fold_touched(cp) : cp;
        if (to < 0x20 || to - 0x80 < 0x780 || to - MSH_FOLD_ENCLOSED < 0x800)
            break;
        if (to < 0x80) {
            *out++ = (uint8_t)to;
            continue;
        }
        store(out, 0x8080e0u | to >> 12 | (to << 2 & 0x3f00u) | (to & 63u) << 16);
        out += 3;
    }
    r->p = p;
    r->out = out;
}

static void fold_utf16(run *r, const uint8_t *stop)
{
    while (r->p < stop) {
        const uint8_t *was = r->p;
        if (r->cs == MSH_CS_UTF16LE)
            fold_utf16_run(r, stop, 1);
        else
            fold_utf16_run(r, stop, 0);
        if (r->p < stop || r->p == was)
            step(r);
    }
}

static void fold_other(run *r, const uint8_t *stop)
{
    while (r->p < stop)
        step(r);
}

static void fold_to(run *r, const uint8_t *stop)
{
    if (r->cs == MSH_CS_UTF8)
        fold_utf8(r, stop);
    else if (r->cs == MSH_CS_GB18030)
        fold_gb18030(r, stop);
    else if (r->cs == MSH_CS_UTF16LE || r->cs == MSH_CS_UTF16BE)
        fold_utf16(r, stop);
    else
        fold_other(r, stop);
}

/* --- the whole text -----------------------------------------------------------------------------
 */

msh_err msh_fold_point(msh_folded *f, uint64_t out, uint64_t in)
{
    if (f->n_points == f->cap_points) {
        size_t cap = f->cap_points ? f->cap_points * 2 : 64, bytes;
        if (!msh_mul_size(cap, sizeof *f->points, &bytes))
            return MSH_E_MEMORY;
        msh_map_point *points = msh_realloc(f->points, bytes);
        if (!points)
            return MSH_E_MEMORY;
        f->points = points;
        f->cap_points = cap;
    }
    f->points[f->n_points++] = (msh_map_point){out, in};
    return MSH_OK;
}

void msh_folded_init(msh_folded *f, size_t ceiling)
{
    *f = (msh_folded){.n_points = 0};
    msh_buf_init(&f->text, ceiling);
}

void msh_folded_dispose(msh_folded *f)
{
    msh_buf_dispose(&f->text);
    msh_free(f->points);
    f->points = NULL;
    f->n_points = f->cap_points = 0;
    f->map = (msh_map){.up = NULL};
}

void msh_fold_begin(msh_folded *f, msh_view source, msh_charset cs)
{
    msh_buf_reset(&f->text);
    f->n_points = 0;
    f->source = source;
    f->cs = cs;
    f->bad = f->joined = 0;
    f->bidi = false;
    f->map = (msh_map){.up = NULL};
}

msh_err msh_fold_finish(msh_folded *f, uint64_t (*replay)(const msh_map *, msh_map_point, uint64_t))
{
    uint8_t *tail = msh_buf_room(&f->text, TAIL);
    if (!tail)
        return msh_buf_err(&f->text);
    memset(tail, 0, TAIL);
    f->map =
        (msh_map){.points = f->points, .n_points = f->n_points, .replay = replay, .replay_ctx = f};
    return MSH_OK;
}

/* On to the last place, by `step_bytes` of source, from which folding does not pass `want`. */
static void replay_quickly(run *r, const uint8_t *stop, size_t step_bytes, const uint8_t *until)
{
    while (r->p < stop) {
        run before = *r;
        fold_to(r, (size_t)(stop - r->p) > step_bytes ? r->p + step_bytes : stop);
        if (r->out > until) {
            *r = before;
            return;
        }
    }
}

static bool has_backspace(msh_charset cs, const uint8_t *p, const uint8_t *stop)
{
    if (cs != MSH_CS_UTF16LE && cs != MSH_CS_UTF16BE)
        return memchr(p, '\b', (size_t)(stop - p)) != NULL;
    bool found = false;
    for (; stop - p >= 2; p += 2)
        found |= (p[0] | p[1]) == '\b' && (p[0] == 0 || p[1] == 0);
    return found;
}

/* Where the byte `out` of the folded text came from: folds again from the checkpoint. Backspaces
 * take back what was found: then all of the stretch is looked at. */
static uint64_t replay_fold(const msh_map *m, msh_map_point from, uint64_t out)
{
    const msh_folded *f = m->replay_ctx;
    uint8_t scratch[STEP_SOURCE * 4 + 64];
    if (from.in >= f->source.len)
        return f->source.len;
    const uint8_t *base = f->source.data, *begin_at = base + from.in;
    run r = {.p = begin_at,
             .end = base + f->source.len,
             .out = scratch,
             .out_begin = scratch,
             .cs = f->cs};
    const uint8_t *stop = r.end - r.p > STEP_SOURCE ? r.p + STEP_SOURCE : r.end;
    uint64_t want = out - from.out, found = UINT64_MAX;
    bool taken_back = has_backspace(r.cs, r.p, stop);
    if (!taken_back && want < sizeof scratch) {
        replay_quickly(&r, stop, REPLAY_STEP, scratch + want);
        replay_quickly(&r, stop, REPLAY_STEP / 8, scratch + want);
    }
    while (r.p < stop && (taken_back || found == UINT64_MAX)) {
        const uint8_t *at = r.p;
        size_t before = (size_t)(r.out - scratch);
        step(&r);
        size_t after = (size_t)(r.out - scratch);
        if (after < before && want >= after)
            found = UINT64_MAX; /* taken back */
        if (want >= before && want < after)
            found = (uint64_t)(at - base);
    }
    return found != UINT64_MAX ? found : (uint64_t)(r.p - base);
}

/* Room for what is left of the source at worst, or for one stretch. */
static msh_err fold_stretch(msh_folded *f, run *r)
{
    size_t left = (size_t)(r->end - r->p);
    const uint8_t *stop = left > STEP_SOURCE ? r->p + STEP_SOURCE : r->end;
    r->out_begin = msh_buf_room(&f->text, (size_t)(stop - r->p) * 3 + 16);
    if (!r->out_begin)
        return msh_buf_err(&f->text);
    MSH_TRY(msh_fold_point(f, f->text.len, (uint64_t)(r->p - f->source.data)));
    r->out = r->out_begin;
    r->enclosed_end = NULL;
    fold_to(r, stop);
    msh_buf_grew(&f->text, (size_t)(r->out - r->out_begin));
    return MSH_OK;
}

msh_err msh_fold(msh_folded *f, msh_view source, msh_charset cs)
{
    msh_fold_begin(f, source, cs);
    if (cs == MSH_CS_HZ || cs == MSH_CS_UTF7)
        return MSH_E_USAGE;
    size_t likely = source.len + (cs == MSH_CS_UTF8 ? 0 : source.len / 2) + 64;
    if (likely <= f->text.ceiling && !msh_buf_room(&f->text, likely))
        return msh_buf_err(&f->text);
    run r = {.p = source.data, .end = source.data + source.len, .cs = cs};
    while (r.p < r.end)
        MSH_TRY(fold_stretch(f, &r));
    f->bad = r.bad;
    f->bidi = r.bidi;
    return msh_fold_finish(f, replay_fold);
}

uint32_t msh_fold_cp(uint32_t cp)
{
    uint32_t to = msh_tables_fold(cp);
    if (to >= MSH_FOLD_STRING && to < MSH_FOLD_STRING_END) {
        const uint8_t *s = msh_tables_fold_string(to - MSH_FOLD_STRING);
        return msh_charset_next(MSH_CS_UTF8, (msh_view){s, s[3]}).cp;
    }
    if (to >= MSH_FOLD_ENCLOSED && to < MSH_FOLD_STRING)
        return '0' + to - MSH_FOLD_ENCLOSED;
    return to;
}

bool msh_fold_word(msh_buf *out, msh_view word)
{
    size_t before = out->len;
    run r = {.p = word.data, .end = word.data + word.len, .cs = MSH_CS_UTF8};
    while (r.p < r.end) {
        uint8_t small[16];
        r.out = r.out_begin = small;
        r.enclosed_end = r.p;
        step(&r);
        msh_buf_put(out, small, (size_t)(r.out - small));
    }
    return r.bad == 0 && out->len > before && msh_buf_err(out) == MSH_OK;
}
