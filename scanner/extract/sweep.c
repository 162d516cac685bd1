/* sweep.c: strings in bytes of unknown structure (extraction.md section 1): runs of 8-bit text in
 * UTF-8, GB18030 and Big5, and of UTF-16 in both byte orders at both parities.
 *
 * A run is kept when it reads like text: four ASCII characters or letters, or two hanzi of which
 * half are common and which stand apart from the bytes around. Linear in the input. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/sweep_tables.h"

enum {
    SEGMENT = 65536, /* longer stretches of text are walked in parts */
    POINT_EACH = 32, /* characters between two points of the map */
    LEAST = 4,       /* ASCII characters or letters that make a run */
    LEAST_HANZI = 2,
    LEAST_LETTERS = 6 /* of one script, in units of 16 bits */
};

typedef struct sweeper {
    msh_view in;
    msh_buf text;
    msh_map_point *points;
    size_t n_points, cap_points;
    msh_err err;
} sweeper;

typedef struct stats {
    size_t chars, ascii, letters, hanzi, common, marks;
    unsigned scripts; /* how many, once more than one */
    uint32_t script;
} stats;

/* --- gathering -----------------------------------------------------------------------------------
 */

static void add_point(sweeper *s, size_t in)
{
    if (s->n_points == s->cap_points) {
        size_t cap = s->cap_points ? s->cap_points * 2 : 256, size;
        msh_map_point *grown = NULL;
        if (msh_mul_size(cap, sizeof *grown, &size))
            grown = msh_realloc(s->points, size);
        if (!grown) {
            s->err = MSH_E_MEMORY;
            return;
        }
        s->points = grown;
        s->cap_points = cap;
    }
    s->points[s->n_points++] = (msh_map_point){s->text.len, in};
}

static void add_run(sweeper *s, msh_charset cs, size_t from, size_t to)
{
    add_point(s, from);
    if (cs == MSH_CS_UTF8) {
        msh_buf_put_view(&s->text, msh_view_cut(s->in, from, to - from));
    } else {
        for (size_t at = from, n = 1; at < to && s->err == MSH_OK; n++) {
            msh_char c = msh_charset_next(cs, msh_view_cut(s->in, at, to - at));
            if (n % POINT_EACH == 0)
                add_point(s, at);
            msh_buf_put_utf8(&s->text, c.cp);
            at += c.len ? c.len : 1;
        }
    }
    msh_buf_put_byte(&s->text, '\n');
}

/* --- what reads like text
 * ----------------------------------------------------------------------------
 */

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x3000;
}

/* Signs that stand in marks: stars, brackets, year digits are ASCII. */
static bool is_mark(uint32_t cp)
{
    return (cp >= 0x2605 && cp <= 0x2606) || (cp >= 0x2729 && cp <= 0x2730) || cp == 0x22c6 ||
           cp == 0x2b50;
}

static bool is_letter(uint32_t cp)
{
    return (cp >= 0xc0 && cp < 0x250) || (cp >= 0x370 && cp < 0x600) ||
           (cp >= 0x3040 && cp < 0x3100) || (cp >= 0xac00 && cp < 0xd7a4);
}

static uint32_t script_of(uint32_t cp)
{
    if (cp < 0x370)
        return 1;
    if (cp < 0x3040)
        return cp < 0x400 ? 2 : 3;
    return cp < 0x3100 ? 4 : 5;
}

static bool is_punctuation(uint32_t cp)
{
    return (cp >= 0x2010 && cp < 0x2040) || (cp >= 0x3000 && cp < 0x3040) ||
           (cp >= 0xff01 && cp < 0xff5f) || (cp >= 0x2460 && cp < 0x2500) || cp == 0xb7 ||
           cp == 0xd7 || cp == 0xa0;
}

static bool is_hanzi(uint32_t cp)
{
    return cp >= 0x4e00 && cp < 0xa000;
}

static bool count(stats *n, uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        n->ascii += cp != ' ';
    else if (is_hanzi(cp)) {
        n->hanzi++;
        n->common += msh_sweep_is_common(cp);
    } else if (is_mark(cp))
        n->marks++;
    else if (is_letter(cp)) {
        uint32_t script = script_of(cp);
        n->scripts += n->script != script;
        n->script = script;
        n->letters++;
    } else if (!is_punctuation(cp) && !is_blank(cp))
        return false;
    n->chars++;
    return true;
}

/* Whether a run stands apart: NULs, controls or an end beside it. */
static bool stands_apart(msh_view in, size_t from, size_t to)
{
    return from == 0 || to >= in.len || in.data[from - 1] < 0x20 || in.data[to] < 0x20;
}

static bool reads_like_text(const sweeper *s, const stats *n, size_t from, size_t to)
{
    if (n->ascii >= LEAST || n->letters >= LEAST)
        return true;
    if (n->hanzi < LEAST_HANZI || n->common * 2 < n->hanzi)
        return false;
    return n->chars >= LEAST || n->marks || stands_apart(s->in, from, to);
}

/* Units of 16 bits: chance makes letters of many scripts side by side, text has those of one. */
static bool reads_like_wide(const sweeper *s, const stats *n, size_t from, size_t to)
{
    if (n->ascii >= LEAST)
        return true;
    if (n->letters >= LEAST_LETTERS && n->letters * 4 >= n->chars * 3 && n->scripts == 1)
        return true;
    return n->hanzi >= LEAST_HANZI && n->letters * 4 <= n->chars && n->common * 2 >= n->hanzi &&
           (n->chars >= LEAST || n->marks || stands_apart(s->in, from, to));
}

/* Hanzi that read like text; what only has ASCII was kept by another walk. */
static bool reads_like_hanzi(const sweeper *s, const stats *n, size_t from, size_t to)
{
    return n->hanzi >= LEAST_HANZI && reads_like_text(s, n, from, to) && n->common * 2 >= n->hanzi;
}

/* --- walks
 * ---------------------------------------------------------------------------------------------
 */

typedef bool keep_fn(const sweeper *s, const stats *n, size_t from, size_t to);

/* The character at `at`; ASCII and units of 16 bits without a call. Surrogates are no text here. */
static inline msh_char char_at(const sweeper *s, msh_charset cs, size_t at, size_t to)
{
    const uint8_t *p = s->in.data + at;
    if (cs == MSH_CS_UTF16LE || cs == MSH_CS_UTF16BE) {
        if (to - at < 2)
            return (msh_char){0, 1, true};
        uint32_t hi = p[cs == MSH_CS_UTF16LE], lo = p[cs == MSH_CS_UTF16BE];
        return (msh_char){hi << 8 | lo, 2, hi >= 0xd8 && hi < 0xe0};
    }
    if (p[0] < 0x80)
        return (msh_char){p[0], 1, false};
    if (cs != MSH_CS_UTF8 && (to - at < 2 || p[1] < 0x40))
        return (msh_char){0, 1, true};
    return msh_charset_next(cs, msh_view_cut(s->in, at, to - at));
}

/* --- lanes --------------------------------------------------------------------------------------
 *
 * All encodings are looked for in one pass: at each byte, whether two likely characters follow one
 * another. Only there a run is walked, so that noise costs next to nothing. */

enum { LANE_UTF8, LANE_GB, LANE_BIG5, LANE_LE, LANE_BE, LANES };

static const struct {
    msh_charset cs;
    keep_fn *keep;
} lanes[LANES] = {
    {MSH_CS_UTF8, reads_like_text},    {MSH_CS_GB18030, reads_like_hanzi},
    {MSH_CS_BIG5, reads_like_hanzi},   {MSH_CS_UTF16LE, reads_like_wide},
    {MSH_CS_UTF16BE, reads_like_wide},
};

typedef struct progress {
    size_t done[LANES][2]; /* up to where a lane was walked, at each parity */
    size_t beyond_ascii;   /* up to where UTF-8 explains the bytes */
} progress;

/* The run that begins at `from`, kept when it reads like text. Gives its end. */
static size_t walk(sweeper *s, unsigned lane, size_t from)
{
    msh_charset cs = lanes[lane].cs;
    size_t at = from, to = s->in.len - from < SEGMENT ? s->in.len : from + SEGMENT;
    stats n = {0};
    while (at < to) {
        msh_char c = char_at(s, cs, at, to);
        if (c.bad || !count(&n, c.cp))
            break;
        at += c.len ? c.len : 1;
    }
    if (n.chars && lanes[lane].keep(s, &n, from, at))
        add_run(s, cs, from, at);
    return at > from ? at : from + 1;
}

static bool is_8bit_text(uint8_t c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

/* ASCII before a run belongs to it; to double bytes only what cannot be their second byte. */
static size_t extend_back(const sweeper *s, unsigned lane, size_t at, size_t least)
{
    uint8_t most = lane == LANE_UTF8 ? 0x7e : 0x3f;
    if (lane == LANE_LE || lane == LANE_BE)
        return at;
    while (at > least && s->in.data[at - 1] <= most && is_8bit_text(s->in.data[at - 1]))
        at--;
    return at;
}

static void follow(sweeper *s, progress *p, unsigned lane, size_t at)
{
    size_t *done = &p->done[lane][lane == LANE_UTF8 ? 0 : at % 2];
    if (at < *done || s->err != MSH_OK)
        return;
    if ((lane == LANE_GB || lane == LANE_BIG5) && at < p->beyond_ascii)
        return;
    *done = walk(s, lane, extend_back(s, lane, at, *done));
    if (lane == LANE_UTF8 && s->in.data[at] >= 0x80 && *done > at + 3)
        p->beyond_ascii = *done;
}

static inline unsigned likely(const uint64_t *table, uint32_t pair)
{
    return (unsigned)(table[pair >> 6 & 1023] >> (pair & 63)) & 1;
}

/* Which lanes see two likely characters in four bytes (the first one in the high byte of v). */
static inline unsigned lanes_at(uint32_t v)
{
    uint32_t first = v >> 16, second = v & 0xffff, turned = __builtin_bswap32(v);
    unsigned hits = likely(likely_gbk, first) & likely(likely_gbk, second);
    unsigned big5 = likely(likely_big5, first) & likely(likely_big5, second);
    unsigned be = likely(likely_units, first) & likely(likely_units, second);
    unsigned le = likely(likely_units, turned & 0xffff) & likely(likely_units, turned >> 16);
    unsigned three = (v & 0xf0c0c000) == 0xe0808000;
    unsigned twice = (v & 0xe0c0e0c0) == 0xc080c080;
    return hits << LANE_GB | big5 << LANE_BIG5 | be << LANE_BE | le << LANE_LE |
           (three | twice) << LANE_UTF8;
}

static void sweep_lanes(sweeper *s)
{
    progress p = {0};
    const uint8_t *in = s->in.data;
    size_t len = s->in.len, ascii = 0;
    uint32_t v = 0;
    for (size_t i = 0; i < 3; i++)
        v = v << 8 | (i < len ? in[i] : 0);
    for (size_t i = 0; i < len && s->err == MSH_OK; i++) {
        v = v << 8 | (i + 3 < len ? in[i + 3] : 0);
        ascii = in[i] >= 0x20 && in[i] < 0x7f ? ascii + 1 : 0;
        unsigned hits = lanes_at(v);
        if (ascii >= LEAST && i >= p.done[LANE_UTF8][0])
            follow(s, &p, LANE_UTF8, i + 1 - LEAST);
        for (unsigned lane = 0; hits; lane++, hits >>= 1)
            if (hits & 1)
                follow(s, &p, lane, i);
    }
}

/* --- emitting
 * -------------------------------------------------------------------------------------------
 */

static msh_err flush(sweeper *s, msh_extract *x, const msh_place *place, uint64_t offset)
{
    MSH_TRY(s->err);
    MSH_TRY(msh_buf_err(&s->text));
    if (s->text.len == 0)
        return MSH_OK;
    for (size_t i = 0; i < s->n_points; i++)
        s->points[i].in += offset;
    msh_map map = {.points = s->points, .n_points = s->n_points};
    msh_text t = {.bytes = msh_buf_view(&s->text), .charset = MSH_CS_UTF8, .place = *place};
    t.place.role = MSH_ROLE_RAW;
    t.place.line = 1;
    t.place.offset = offset;
    t.map = &map;
    msh_err err = msh_emit_mapped(x, &t);
    msh_buf_reset(&s->text);
    s->n_points = 0;
    return err;
}

msh_err msh_sweep(msh_extract *x, const msh_place *place, msh_view bytes, uint64_t offset)
{
    sweeper s = {.in = bytes};
    size_t ceiling;
    msh_err err = MSH_OK;
    if (!msh_mul_size(bytes.len, 16, &ceiling))
        return MSH_E_LIMIT_BUFFER;
    msh_buf_init(&s.text, ceiling + 64);
    sweep_lanes(&s);
    MSH_GUARD(flush(&s, x, place, offset));
out:
    msh_buf_dispose(&s.text);
    msh_free(s.points);
    return err;
}

msh_err msh_sweep_input(msh_extract *x, const msh_doc *doc, uint64_t from, uint64_t to)
{
    msh_buf window;
    msh_err err = MSH_OK;
    msh_buf_init(&window, MSH_TEXT_WINDOW);
    uint8_t *room = doc->in->is_whole ? NULL : msh_buf_room(&window, MSH_TEXT_WINDOW);
    if (!doc->in->is_whole && !room)
        return MSH_E_MEMORY;
    while (from < to) {
        size_t want = to - from < MSH_TEXT_WINDOW ? (size_t)(to - from) : MSH_TEXT_WINDOW;
        size_t got = 0;
        msh_view v = {0, 0};
        if (doc->in->is_whole) {
            v = msh_view_cut(doc->in->memory, (size_t)from, want);
        } else {
            MSH_GUARD(msh_input_read(doc->in, from, room, want, &got));
            v = msh_view_of(room, got);
        }
        MSH_GUARD(msh_budget_time(&x->budget));
        MSH_GUARD(msh_sweep(x, &doc->place, v, from));
        if (v.len < want || from + v.len >= to || v.len <= MSH_TEXT_OVERLAP)
            break;
        from += v.len - MSH_TEXT_OVERLAP;
    }
out:
    msh_buf_dispose(&window);
    return err;
}
