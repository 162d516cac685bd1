/* encoded.c: base64 (RFC 4648 sections 4 and 5, RFC 2045 line breaks) and hex runs inside a text.
 *
 * A run is handed on only when its bytes look like text or begin as a known file does: words,
 * paths and digests are made of the same characters. */
#include "text/escapes.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/sift.h"
#include "base/view.h"
#include "text/encoded_codes.h"
#include "text/encoded_lines.h"
#include "text/tables.h"

#include <string.h>

enum { SHORTEST = 8, LOOK = 4096 };

/* Of each byte its value in base64, both alphabets; 64 for the others. */
static const uint8_t base64[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 62, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0,  1,  2,  3,  4,  5,  6,
    7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 63,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};

static uint8_t base64_value(uint8_t c)
{
    return base64[c];
}

/* --- whether decoded bytes are worth handing on
 * --------------------------------------------------- */

static bool known_head(msh_view v)
{
    static const msh_view heads[] = {
        {(const uint8_t *)"PK\3\4", 4},
        {(const uint8_t *)"%PDF-", 5},
        {(const uint8_t *)"\xd0\xcf\x11\xe0", 4},
        {(const uint8_t *)"\x89PNG", 4},
        {(const uint8_t *)"\xff\xd8\xff", 3},
        {(const uint8_t *)"GIF8", 4},
        {(const uint8_t *)"\x1f\x8b\x08", 3},
        {(const uint8_t *)"Rar!", 4},
        {(const uint8_t *)"7z\xbc\xaf", 4},
        {(const uint8_t *)"BZh", 3},
        {(const uint8_t *)"\xfd"
                          "7zXZ",
         5},
        {(const uint8_t *)"{\\rtf", 5},
        {(const uint8_t *)"\xef\xbb\xbf", 3},
        {(const uint8_t *)"SQLite format 3", 15},
        {(const uint8_t *)"<?xml", 5},
        {(const uint8_t *)"\xff\xfe", 2},
    };
    if (v.len < 16)
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (msh_view_starts(v, heads[i]))
            return true;
    }
    return false;
}

/* Readable in a charset: no control characters, nothing bad, and of what is not ASCII more than
 * half common Chinese; or enough ASCII that it is no accident. */
static bool reads_as(msh_charset cs, msh_view v, bool cut)
{
    size_t other = 0, common = 0, ascii = 0;
    for (size_t at = 0; at < v.len;) {
        msh_char c = msh_charset_next(cs, msh_view_cut(v, at, 4));
        if (c.bad && cut && v.len - at < 4)
            break;
        if (c.bad || c.cp == 0x7f || (c.cp < 0x20 && c.cp != '\n' && c.cp != '\r' && c.cp != '\t'))
            return false;
        at += c.len;
        if (c.cp < 0x80) {
            ascii++;
        } else {
            other++;
            common += msh_tables_common(msh_tables_fold(c.cp)) > 0;
        }
    }
    if (other == 0)
        return ascii >= 8;
    return common * 2 > other && (other >= 2 || ascii >= 4);
}

static bool worth_handing_on(msh_view v)
{
    static const msh_charset charsets[] = {MSH_CS_UTF8, MSH_CS_GB18030, MSH_CS_UTF16LE,
                                           MSH_CS_UTF16BE};
    if (known_head(v))
        return true;
    msh_view head = msh_view_cut(v, 0, LOOK);
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        if (v.len >= 4 && reads_as(charsets[i], head, v.len > LOOK))
            return true;
    }
    return false;
}

/* --- runs
 * ------------------------------------------------------------------------------------------- */

typedef struct run {
    size_t begin, end; /* with line breaks inside, without padding at the end */
    size_t symbols;
    bool all_hex, upper, lower, digit, mark;
} run;

static void note(run *r, uint8_t c)
{
    r->symbols++;
    r->all_hex &= msh_hex_value(c) >= 0;
    r->upper |= c >= 'A' && c <= 'Z';
    r->lower |= c >= 'a' && c <= 'z';
    r->digit |= c >= '0' && c <= '9';
    r->mark |= c == '/' || c == '-' || c == '_';
}

/* After the end of a line that is all run: where the next line of it begins, 0 when there is none.
 * A line belongs to the run when it is encoded characters to its end. */
static size_t next_line(msh_view t, size_t at)
{
    size_t begin = at;
    if (begin < t.len && t.data[begin] == '\r')
        begin++;
    if (begin >= t.len || t.data[begin] != '\n')
        return 0;
    begin++;
    while (begin < t.len && (t.data[begin] == ' ' || t.data[begin] == '\t') && begin - at < 16)
        begin++;
    size_t end = begin;
    while (end < t.len && base64_value(t.data[end]) < 64)
        end++;
    if (end == begin)
        return 0;
    while (end < t.len && t.data[end] == '=')
        end++;
    return end >= t.len || t.data[end] == '\n' || t.data[end] == '\r' ? begin : 0;
}

/* The run that begins here. */
static run find_run(msh_view t, size_t begin)
{
    run r = {.begin = begin, .end = begin, .all_hex = true};
    size_t at = begin;
    for (;;) {
        size_t line = at;
        while (at < t.len && base64_value(t.data[at]) < 64)
            note(&r, t.data[at++]);
        r.end = at;
        size_t next = at - line >= 16 ? next_line(t, at) : 0;
        if (next == 0)
            return r;
        at = next;
    }
}

static void decode_base64(msh_view t, msh_buf *out)
{
    uint32_t bits = 0, n = 0;
    for (size_t i = 0; i < t.len; i++) {
        uint8_t v = base64_value(t.data[i]);
        if (v > 63)
            continue;
        bits = bits << 6 | v;
        if (++n % 4 == 0) {
            const uint8_t three[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
            msh_buf_put(out, three, 3);
        }
    }
    if (n % 4 == 2)
        msh_buf_put_byte(out, (uint8_t)(bits >> 4));
    if (n % 4 == 3) {
        msh_buf_put_byte(out, (uint8_t)(bits >> 10));
        msh_buf_put_byte(out, (uint8_t)(bits >> 2));
    }
}

static void decode_hex(msh_view t, msh_buf *out)
{
    int high = -1;
    for (size_t i = 0; i < t.len; i++) {
        int v = msh_hex_value(t.data[i]);
        if (v < 0)
            continue;
        if (high >= 0)
            msh_buf_put_byte(out, (uint8_t)(high << 4 | v));
        high = high >= 0 ? -1 : v;
    }
}

/* RFC 4648 section 6. */
static bool is_base32(msh_view t)
{
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = t.data[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '2' && c <= '7') && c != '\r' && c != '\n')
            return false;
    }
    return true;
}

static void decode_base32(msh_view t, msh_buf *out)
{
    uint32_t bits = 0, n = 0;
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = t.data[i];
        if (c == '\r' || c == '\n')
            continue;
        bits = bits << 5 | (uint32_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
        n += 5;
        if (n >= 8) {
            n -= 8;
            msh_buf_put_byte(out, (uint8_t)(bits >> n));
        }
    }
}

typedef enum coding { BASE64, BASE32, HEX } coding;

typedef struct finder {
    msh_view text;
    msh_buf out;
    size_t lines_tried; /* no dump begins before this */
    msh_err (*found)(void *ctx, msh_view decoded, uint64_t at);
    void *ctx;
} finder;

static msh_err hand_on(finder *f, size_t at)
{
    MSH_TRY(msh_buf_err(&f->out));
    bool worth = worth_handing_on(msh_buf_view(&f->out));
    return worth ? f->found(f->ctx, msh_buf_view(&f->out), at) : MSH_OK;
}

/* Decode and hand on; *done says whether it was worth it. */
static msh_err try_run(finder *f, size_t begin, size_t end, coding how, bool *done)
{
    msh_buf_reset(&f->out);
    msh_view v = msh_view_cut(f->text, begin, end - begin);
    if (how == HEX)
        decode_hex(v, &f->out);
    else if (how == BASE32)
        decode_base32(v, &f->out);
    else
        decode_base64(v, &f->out);
    MSH_TRY(msh_buf_err(&f->out));
    *done = worth_handing_on(msh_buf_view(&f->out));
    return *done ? f->found(f->ctx, msh_buf_view(&f->out), begin) : MSH_OK;
}

/* A run that holds / - _ may be a path or a name with an encoded part: the parts by themselves. */
static msh_err try_parts(finder *f, const run *r)
{
    size_t begin = r->begin;
    for (size_t at = r->begin; at <= r->end; at++) {
        uint8_t c = at < r->end ? f->text.data[at] : '/';
        if (c != '/' && c != '-' && c != '_')
            continue;
        bool done;
        if (at - begin >= SHORTEST && at - begin < r->end - r->begin)
            MSH_TRY(try_run(f, begin, at, BASE64, &done));
        begin = at + 1;
    }
    return MSH_OK;
}

/* 0xE69CBA…: a literal of SQL. */
static bool is_number(msh_view t, const run *r)
{
    if (t.data[r->begin] != '0' || (t.data[r->begin + 1] | 0x20) != 'x')
        return false;
    for (size_t i = r->begin + 2; i < r->end; i++)
        if (msh_hex_value(t.data[i]) < 0)
            return false;
    return true;
}

static msh_err look_at(finder *f, const run *r)
{
    bool done = false;
    bool digits_only = r->digit && !r->upper && !r->lower && !r->mark;
    bool number = is_number(f->text, r);
    if ((r->all_hex || number) && r->symbols % 2 == 0 && (!digits_only || r->symbols >= 16))
        MSH_TRY(try_run(f, r->begin + 2 * number, r->end, HEX, &done));
    bool mixed = r->upper + r->lower + r->digit >= 2;
    if (!done && mixed && !r->lower && !r->mark && r->symbols >= 16 &&
        is_base32(msh_view_cut(f->text, r->begin, r->end - r->begin)))
        MSH_TRY(try_run(f, r->begin, r->end, BASE32, &done));
    if (!done && mixed && r->symbols % 4 != 1)
        MSH_TRY(try_run(f, r->begin, r->end, BASE64, &done));
    return !done && mixed && r->mark ? try_parts(f, r) : MSH_OK;
}

/* Bytes as pairs with one blank or colon between them, or with 0x before and a comma behind. Its
 * end, `at` when there are fewer than six pairs. */
static size_t spaced_hex(msh_view t, size_t at)
{
    if (t.len - at < 11 ||
        (base64[t.data[at + 2]] < 64 && t.data[at + 1] != 'x' && t.data[at + 1] != 'X'))
        return at;
    size_t p = at, pairs = 0, end = at;
    for (;;) {
        if (p + 4 <= t.len && t.data[p] == '0' && (t.data[p + 1] | 0x20) == 'x')
            p += 2;
        if (p + 2 > t.len || msh_hex_value(t.data[p]) < 0 || msh_hex_value(t.data[p + 1]) < 0 ||
            (p + 2 < t.len && msh_hex_value(t.data[p + 2]) >= 0))
            break;
        p += 2;
        pairs++;
        end = p;
        while (p < t.len && p - end < 4 && strchr(" :,\r\n", t.data[p]) && t.data[p])
            p++;
        if (p == end)
            break;
    }
    return pairs >= 4 ? end : at;
}

static msh_err look_at_spaced(finder *f, size_t begin, size_t end)
{
    msh_buf_reset(&f->out);
    for (size_t p = begin; p + 1 < end;) {
        int high = msh_hex_value(f->text.data[p]), low = msh_hex_value(f->text.data[p + 1]);
        bool prefix = high == 0 && (f->text.data[p + 1] | 0x20) == 'x';
        if (!prefix && high >= 0 && low >= 0)
            msh_buf_put_byte(&f->out, (uint8_t)(high << 4 | low));
        p += high >= 0 ? 2 : 1;
    }
    return hand_on(f, begin);
}

/* A hex dump or uuencode that begins with the line at `at`; *end is `at` when there is none worth
 * it: then what looks like one may hold runs of another kind, but is not looked at as lines again.
 */
static msh_err look_at_lines(finder *f, size_t at, size_t *end)
{
    *end = at;
    if (at < f->lines_tried || (at > 0 && f->text.data[at - 1] != '\n'))
        return MSH_OK;
    msh_buf_reset(&f->out);
    bool uu = f->text.data[at] == 'b' && f->text.len - at > 6 && f->text.data[at + 5] == ' ';
    f->lines_tried =
        uu ? msh_encoded_uu(f->text, at, &f->out) : msh_encoded_dump(f->text, at, &f->out);
    MSH_TRY(msh_buf_err(&f->out));
    if (f->lines_tried == at || !worth_handing_on(msh_buf_view(&f->out)))
        return MSH_OK;
    *end = f->lines_tried;
    return f->found(f->ctx, msh_buf_view(&f->out), at);
}

/* Letters, digits, + - / _ */
static const msh_sift_set symbols = {
    .low = {168, 248, 248, 248, 248, 248, 248, 248, 248, 248, 240, 84, 80, 84, 80, 116}};

/* Whether nothing can come of a run of `len` symbols: words of markup and numbers are the most. */
static bool is_idle(msh_view t, size_t at, size_t len)
{
    bool hex = msh_hex_value(t.data[at]) >= 0;
    if (len >= SHORTEST || (hex && (at == 0 || t.data[at - 1] == '\n')))
        return false;
    if (len == 1)
        return true;
    bool pair = len == 2 && hex && msh_hex_value(t.data[at + 1]) >= 0;
    return !pair && (t.data[at + 1] | 0x20) != 'x';
}

/* Where symbols stand in the part of the text that is being looked at. */
typedef struct sieve {
    size_t from, to;
    uint64_t bits[MSH_SIFT_WORDS];
} sieve;

/* The first run that is worth a look in the 64 places from `base` on; SIZE_MAX when there is none.
 * One that goes on behind them is. */
static size_t run_in_word(msh_view t, size_t base, uint64_t m)
{
    while (m) {
        unsigned from = (unsigned)__builtin_ctzll(m);
        uint64_t rest = ~(m >> from);
        unsigned len = rest ? (unsigned)__builtin_ctzll(rest) : 64;
        if (from + len >= 64 || !is_idle(t, base + from, len))
            return base + from;
        m &= ~(uint64_t)0 << (from + len);
    }
    return SIZE_MAX;
}

/* The next place where a run begins that is worth a look. */
static size_t next_candidate(msh_view t, size_t at, sieve *s)
{
    while (at < t.len) {
        if (at < s->from || at >= s->to) {
            (void)msh_sift(&symbols, t, at, s->bits);
            s->from = at;
            s->to = t.len - at < MSH_SIFT_BYTES ? t.len : at + MSH_SIFT_BYTES;
        }
        size_t word = (at - s->from) / 64, base = s->from + word * 64;
        uint64_t m = s->bits[word] & ~(uint64_t)0 << (at - base);
        size_t found = m ? run_in_word(t, base, m) : SIZE_MAX;
        if (found != SIZE_MAX)
            return found;
        at = base + 64;
    }
    return t.len;
}

/* Characters as numbers, and mojibake: neither is made of runs of base64. */
static msh_err look_for_codes(finder *f)
{
    for (size_t at = msh_encoded_call(f->text, 0); at < f->text.len;) {
        msh_buf_reset(&f->out);
        size_t end = msh_encoded_codes(f->text, at, &f->out);
        MSH_TRY(hand_on(f, at));
        at = msh_encoded_call(f->text, end);
    }
    for (size_t at = msh_encoded_mojibake_at(f->text, 0); at < f->text.len;) {
        msh_buf_reset(&f->out);
        size_t end = msh_encoded_mojibake(f->text, at, &f->out);
        MSH_TRY(hand_on(f, at));
        at = msh_encoded_mojibake_at(f->text, end);
    }
    return MSH_OK;
}

msh_err msh_find_encoded(msh_view text, size_t ceiling,
                         msh_err (*found)(void *ctx, msh_view decoded, uint64_t at), void *ctx)
{
    finder f = {.text = text, .found = found, .ctx = ctx};
    msh_buf_init(&f.out, ceiling);
    msh_err err = MSH_OK;
    sieve s;
    s.from = s.to = 0;
    for (size_t at = next_candidate(text, 0, &s); at < text.len;
         at = next_candidate(text, at, &s)) {
        size_t lines = at;
        MSH_GUARD(look_at_lines(&f, at, &lines));
        if (lines > at) {
            at = lines;
            continue;
        }
        size_t spaced = spaced_hex(text, at);
        if (spaced > at) {
            MSH_GUARD(look_at_spaced(&f, at, spaced));
            at = spaced;
            continue;
        }
        run r = find_run(text, at);
        if (r.symbols >= SHORTEST)
            MSH_GUARD(look_at(&f, &r));
        at = r.end;
    }
    MSH_GUARD(look_for_codes(&f));
out:
    msh_buf_dispose(&f.out);
    return err;
}
