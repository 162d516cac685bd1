/* sweep.c: strings in bytes of unknown structure (extraction.md section 1): runs of 8-bit text in
 * UTF-8, GB18030 and Big5, and of UTF-16 in both byte orders at both parities.
 *
 * A run is kept when it reads like text: four ASCII characters or letters, or two hanzi of which
 * half are common and which stand apart from the bytes around. Linear in the input. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum {
    SEGMENT = 65536, /* longer stretches of text are walked in parts */
    POINT_EACH = 32, /* characters between two points of the map */
    LEAST = 4,       /* ASCII characters or letters that make a run */
    LEAST_HANZI = 2,
    LEAST_LETTERS = 6, /* of one script, in units of 16 bits */
    MISALIGNED = 5     /* high bytes in a row after which the other parity is tried */
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

/* Runs of decodable characters in [from, to). Gives how many bytes did not decode. */
static size_t walk(sweeper *s, msh_charset cs, size_t from, size_t to, keep_fn *keep)
{
    unsigned unit = msh_emit_unit(cs);
    size_t start = from, bad = 0;
    stats n = {0};
    for (size_t at = from; at < to && s->err == MSH_OK;) {
        msh_char c = char_at(s, cs, at, to);
        size_t len = c.len ? c.len : 1;
        if (!c.bad && count(&n, c.cp)) {
            at += len;
            continue;
        }
        if (n.chars && keep(s, &n, start, at))
            add_run(s, cs, start, at);
        n = (stats){0};
        at += unit > len || c.bad ? unit : len;
        bad += len;
        start = at;
    }
    if (n.chars && s->err == MSH_OK && keep(s, &n, start, to))
        add_run(s, cs, start, to);
    return bad;
}

/* Whether a segment may hold two hanzi of a charset of double bytes: a quick look. */
static bool may_hold_hanzi(const sweeper *s, size_t from, size_t to, uint8_t lead, uint8_t trail)
{
    unsigned pairs = 0;
    for (size_t i = from; i + 1 < to; i++)
        if (s->in.data[i] >= lead && s->in.data[i] <= 0xf9 && s->in.data[i + 1] >= trail &&
            ++pairs >= LEAST_HANZI)
            return true;
    return false;
}

/* GB 2312 runs that begin at the second byte of a wrongly paired one. */
static void walk_misaligned(sweeper *s, size_t from, size_t to)
{
    for (size_t at = from; at < to;) {
        size_t end = at;
        while (end < to && s->in.data[end] >= 0x80)
            end++;
        if (end - at >= MISALIGNED)
            (void)walk(s, MSH_CS_GB18030, at + 1, end, reads_like_hanzi);
        at = end > at ? end : at + 1;
    }
}

static bool is_8bit_text(uint8_t c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

static void segment_8bit(sweeper *s, size_t from, size_t to)
{
    bool high = false;
    for (size_t i = from; i < to && !high; i++)
        high = s->in.data[i] >= 0x80;
    size_t bad = walk(s, MSH_CS_UTF8, from, to, reads_like_text);
    if (!high || bad == 0)
        return;
    if (may_hold_hanzi(s, from, to, 0x81, 0x40))
        (void)walk(s, MSH_CS_GB18030, from, to, reads_like_hanzi);
    if (may_hold_hanzi(s, from, to, 0xa4, 0x40))
        (void)walk(s, MSH_CS_BIG5, from, to, reads_like_hanzi);
    walk_misaligned(s, from, to);
}

static void sweep_8bit(sweeper *s)
{
    for (size_t at = 0; at < s->in.len && s->err == MSH_OK;) {
        size_t end = at;
        while (end < s->in.len && end - at < SEGMENT && is_8bit_text(s->in.data[end]))
            end++;
        if (end - at >= LEAST)
            segment_8bit(s, at, end);
        at = end > at ? end : at + 1;
    }
}

/* What a high byte says of a UTF-16 unit: a quick look before the slow one. */
enum { NONE, LATIN, HANZI, OTHER };

static unsigned unit_class(uint8_t high)
{
    if (high >= 0x4e && high <= 0x9f)
        return HANZI;
    if (high == 0)
        return LATIN;
    bool other = high == 0x30 || high == 0xff || high <= 0x05 || (high >= 0x20 && high <= 0x2b) ||
                 (high >= 0xac && high <= 0xd7);
    return other ? OTHER : NONE;
}

/* The end of a run of units from `at`; *worth says whether it may be text. */
static size_t unit_run(const sweeper *s, const uint8_t *class, size_t at, size_t hi, bool *worth)
{
    size_t end = at, latin = 0, hanzi = 0, common = 0, other = 0;
    for (; end + 1 < s->in.len && end - at < SEGMENT; end += 2) {
        uint8_t high = s->in.data[end + hi], low = s->in.data[end + 1 - hi];
        if (class[high] == NONE || (high == 0 && !is_8bit_text(low)))
            break;
        latin += class[high] == LATIN;
        other += class[high] == OTHER;
        if (class[high] == HANZI) {
            hanzi++;
            common += msh_sweep_is_common((uint32_t)high << 8 | low);
        }
    }
    *worth = latin >= LEAST || other >= LEAST_LETTERS || (hanzi >= LEAST_HANZI && common > 0);
    return end;
}

static void sweep_utf16(sweeper *s, msh_charset cs, size_t parity)
{
    uint8_t class[256];
    size_t hi = cs == MSH_CS_UTF16LE ? 1 : 0;
    for (unsigned i = 0; i < 256; i++)
        class[i] = (uint8_t)unit_class((uint8_t)i);
    for (size_t at = parity; at + 1 < s->in.len && s->err == MSH_OK;) {
        bool worth;
        size_t end = unit_run(s, class, at, hi, &worth);
        if (worth)
            (void)walk(s, cs, at, end, reads_like_wide);
        at = end > at ? end : at + 2;
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
    static const msh_charset wide[2] = {MSH_CS_UTF16LE, MSH_CS_UTF16BE};
    sweeper s = {.in = bytes};
    size_t ceiling;
    msh_err err = MSH_OK;
    if (!msh_mul_size(bytes.len, 16, &ceiling))
        return MSH_E_LIMIT_BUFFER;
    msh_buf_init(&s.text, ceiling + 64);
    sweep_8bit(&s);
    MSH_GUARD(flush(&s, x, place, offset));
    for (size_t i = 0; i < 4; i++)
        sweep_utf16(&s, wide[i / 2], i % 2);
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
