/* escapes_read.c: the recognisers of single escapes: JSON, JavaScript, C, Java, CSS, YAML, troff,
 * TeX, URL (RFC 3986), quoted-printable (RFC 2045 6.7), RTF, HTML and XML references, OOXML
 * _xHHHH_.
 *
 * They look at a bounded number of bytes each; what is not certainly an escape stays as it is. */
#include "text/escapes_read.h"

#include "base/base64.h"
#include "base/view.h"
#include "text/escapes.h"
#include "text/tables.h"

#include <string.h>

static uint8_t byte_at(msh_view in, size_t at)
{
    return at < in.len ? in.data[at] : 0;
}

/* How many hex digits stand at `at`, at most `most`; their value. */
static size_t hex_digits(msh_view in, size_t at, size_t most, uint32_t *value)
{
    size_t n = 0;
    *value = 0;
    for (int v; n < most && at + n < in.len && (v = msh_hex_value(in.data[at + n])) >= 0; n++)
        *value = *value << 4 | (uint32_t)v;
    return n;
}

/* --- the next mark ------------------------------------------------------------------------------
 */

/* % & + = \\ ^ _ */
static const msh_sift_set marks = {
    .low = {[5] = 4, [6] = 4, [0xb] = 4, [0xc] = 32, [0xd] = 8, [0xe] = 32, [0xf] = 32}};

/* What follows a mark decides quickly that most of them begin nothing: attributes are full of '='.
 */
static bool may_begin(msh_view in, size_t at)
{
    uint8_t next = byte_at(in, at + 1);
    switch (in.data[at]) {
    case '%':
        return msh_hex_value(next) >= 0 || next == 'u';
    case '=':
        return msh_hex_value(next) >= 0 || next == ' ' || next == '\r' || next == '\n';
    case '_':
        return (next | 0x20) == 'x';
    case '^':
        return next == '^';
    default:
        return true;
    }
}

/* The first of the marks that were sifted, from `at` on; m->to when there is none. */
static size_t sifted_mark(const msh_escape_marks *m, size_t at)
{
    size_t word = (at - m->from) / 64;
    uint64_t bits = m->bits[word] & ~(uint64_t)0 << (at - m->from) % 64;
    for (size_t base = m->from + word * 64;;) {
        for (; bits; bits &= bits - 1) {
            size_t mark = base + (size_t)__builtin_ctzll(bits);
            if (may_begin(m->in, mark))
                return mark;
        }
        base += 64;
        if (base >= m->to)
            return m->to;
        bits = m->bits[++word];
    }
}

size_t msh_escape_mark(msh_escape_marks *m, size_t at)
{
    while (at < m->in.len) {
        if (at < m->from || at >= m->to) {
            (void)msh_sift(&marks, m->in, at, m->bits);
            m->from = at;
            m->to = m->in.len - at < MSH_SIFT_BYTES ? m->in.len : at + MSH_SIFT_BYTES;
        }
        at = sifted_mark(m, at);
        if (at < m->to)
            return at;
    }
    return m->in.len;
}

/* --- runs of bytes
 * -------------------------------------------------------------------------------- */

/* One byte written as \xNN, \NNN (octal), \'hh, %XX or =XX; its length, 0 when there is none. */
static size_t read_byte(msh_view in, size_t at, uint8_t *byte)
{
    uint32_t v = 0;
    uint8_t mark = byte_at(in, at), c = byte_at(in, at + 1);
    if (mark == '%' || mark == '=') {
        size_t n = hex_digits(in, at + 1, 2, &v);
        *byte = (uint8_t)v;
        return n == 2 ? 3 : 0;
    }
    if (mark != '\\')
        return 0;
    if (c == 'x' || c == 'X' || c == '\'') {
        size_t n = hex_digits(in, at + 2, 2, &v);
        *byte = (uint8_t)v;
        return n == 2 ? 4 : 0;
    }
    size_t n = 0;
    for (; n < 3 && byte_at(in, at + 1 + n) >= '0' && byte_at(in, at + 1 + n) <= '7'; n++)
        v = v << 3 | (uint32_t)(byte_at(in, at + 1 + n) - '0');
    *byte = (uint8_t)v;
    return n == 3 && v < 256 ? 4 : 0;
}

/* A soft line break of quoted-printable; its length. */
static size_t soft_break(msh_view in, size_t at)
{
    if (byte_at(in, at) != '=')
        return 0;
    size_t end = at + 1;
    while (byte_at(in, end) == ' ' && end - at < 8)
        end++;
    if (byte_at(in, end) == '\r' && byte_at(in, end + 1) == '\n')
        return end + 2 - at;
    return byte_at(in, end) == '\n' ? end + 1 - at : 0;
}

/* GBK: a lead byte that was escaped and its trail, a letter, that was not. */
static bool literal_trail(const msh_escape_bytes *run, uint8_t next)
{
    unsigned high = 0;
    for (size_t i = run->n; i > 0 && run->bytes[i - 1] >= 0x80; i--)
        high++;
    return high % 2 == 1 && next >= 0x40 && next <= 0x7e && next != '\\';
}

void msh_escape_read_bytes(msh_view in, size_t at, msh_escape_bytes *run)
{
    run->n = 0;
    uint8_t mark = byte_at(in, at);
    run->at[0] = at;
    while (run->n < sizeof run->bytes) {
        size_t soft = run->n ? soft_break(in, at) : 0;
        size_t len = read_byte(in, at + soft, &run->bytes[run->n]);
        if (len == 0 || byte_at(in, at + soft) != mark)
            break;
        run->at[run->n++] = at;
        at += soft + len;
    }
    run->at[run->n] = at;
    if (run->n && run->n < sizeof run->bytes && literal_trail(run, byte_at(in, at))) {
        run->bytes[run->n++] = byte_at(in, at);
        run->at[run->n] = at + 1;
    }
}

/* --- single escapes
 * ------------------------------------------------------------------------------- */

static const msh_escape none = {0, 0, 0, false};

static bool is_scalar(uint32_t cp)
{
    return cp <= 0x10ffff && cp - 0xd800 >= 0x800;
}

/* \uXXXX with the second half of a pair, \uuXXXX, \u{X…}, \UXXXXXXXX, %uXXXX. */
static msh_escape read_unicode(msh_view in, size_t at)
{
    size_t p = at + 2;
    uint32_t v, low;
    if (byte_at(in, at + 1) == 'U') {
        size_t n = hex_digits(in, p, 8, &v);
        if (n == 8 && is_scalar(v))
            return (msh_escape){at, 10, v, false};
        return n >= 4 && hex_digits(in, p, 4, &v) == 4 && is_scalar(v)
                   ? (msh_escape){at, 6, v, false}
                   : none;
    }
    if (byte_at(in, p) == '{') {
        size_t n = hex_digits(in, p + 1, 8, &v);
        return n && byte_at(in, p + 1 + n) == '}' && is_scalar(v)
                   ? (msh_escape){at, p + 2 + n - at, v, false}
                   : none;
    }
    while (byte_at(in, p) == 'u' && p - at < 8)
        p++;
    if (hex_digits(in, p, 4, &v) != 4)
        return none;
    p += 4;
    if (v - 0xd800 < 0x400 && byte_at(in, p) == in.data[at] && byte_at(in, p + 1) == 'u' &&
        hex_digits(in, p + 2, 4, &low) == 4 && low - 0xdc00 < 0x400)
        return (msh_escape){at, p + 6 - at, 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00), false};
    return is_scalar(v) ? (msh_escape){at, p - at, v, false} : none;
}

/* RTF: \uN? with a decimal number, negative past 32767. Four digits might be JSON's: they are read
 * as a decimal number where that gives the more common character. */
static msh_escape read_rtf(msh_view in, size_t at)
{
    bool negative = byte_at(in, at + 2) == '-';
    size_t p = at + 2 + negative, digits = 0;
    uint32_t v = 0;
    for (; digits < 6 && byte_at(in, p) >= '0' && byte_at(in, p) <= '9'; digits++, p++)
        v = v * 10 + (byte_at(in, p) - '0');
    if (digits == 0 || v > 65535 || byte_at(in, p) != '?')
        return none;
    uint32_t other;
    if (digits == 4 && hex_digits(in, at + 2, 4, &other) == 4 &&
        msh_tables_common(msh_tables_fold(v)) <= msh_tables_common(msh_tables_fold(other)))
        return none;
    v = negative ? 65536 - v : v;
    return v && is_scalar(v) ? (msh_escape){at, p + 1 - at, v, false} : none;
}

/* CSS: \673a with up to six digits and one blank after them; only past ASCII. */
static msh_escape read_css(msh_view in, size_t at)
{
    uint32_t v;
    size_t n = hex_digits(in, at + 1, 6, &v);
    if (n < 4 || v < 0x2000 || !is_scalar(v))
        return none;
    uint8_t after = byte_at(in, at + 1 + n);
    bool blank = after == ' ' || after == '\n' || after == '\t';
    return (msh_escape){at, 1 + n + blank, v, false};
}

/* Hex digits at `from` and the byte that closes them; past ASCII only. */
static msh_escape read_named(msh_view in, size_t at, size_t from, uint8_t close)
{
    uint32_t v;
    size_t n = hex_digits(in, from, 6, &v);
    if (n < 4 || v < 0x80 || !is_scalar(v) || (close && byte_at(in, from + n) != close))
        return none;
    return (msh_escape){at, from + n + (close != 0) - at, v, false};
}

/* \N{CJK UNIFIED IDEOGRAPH-673A} and \N{U+673A} (Python, Perl), \[u673A] (groff), \char"673A (TeX);
 * of other names the star. */
static msh_escape read_by_name(msh_view in, size_t at)
{
    static const msh_view ideograph = {(const uint8_t *)"N{CJK UNIFIED IDEOGRAPH-", 24};
    static const msh_view point = {(const uint8_t *)"N{U+", 4};
    static const msh_view star = {(const uint8_t *)"N{BLACK STAR}", 13};
    static const msh_view groff = {(const uint8_t *)"[u", 2};
    static const msh_view tex = {(const uint8_t *)"char\"", 5};
    msh_view v = msh_view_cut(in, at + 1, 32);
    if (msh_view_starts(v, groff))
        return read_named(in, at, at + 3, ']');
    if (msh_view_starts(v, tex))
        return read_named(in, at, at + 6, 0);
    if (msh_view_starts(v, ideograph))
        return read_named(in, at, at + 25, '}');
    if (msh_view_starts(v, point))
        return read_named(in, at, at + 5, '}');
    return msh_view_starts(v, star) ? (msh_escape){at, 14, 0x2605, false} : none;
}

static msh_escape read_backslash(msh_view in, size_t at)
{
    static const char from[] = "ntrabfv/\"'-", to[] = "\n\t\n\a \n\n/\"'-";
    uint8_t c = byte_at(in, at + 1);
    if (c == 'u') {
        msh_escape rtf = read_rtf(in, at);
        if (rtf.len)
            return rtf;
    }
    if (c == 'u' || c == 'U')
        return read_unicode(in, at);
    if (c == 'x' && byte_at(in, at + 2) == '{') {
        uint32_t v;
        size_t n = hex_digits(in, at + 3, 8, &v);
        return n && byte_at(in, at + 3 + n) == '}' && is_scalar(v)
                   ? (msh_escape){at, n + 4, v, false}
                   : none;
    }
    if (c == '&' || c == '\n') /* troff's nothing; a continued line */
        return (msh_escape){at, 2, 0, true};
    if (c == '\r' && byte_at(in, at + 2) == '\n')
        return (msh_escape){at, 3, 0, true};
    msh_escape named = c == 'N' || c == '[' || c == 'c' ? read_by_name(in, at) : none;
    if (named.len)
        return named;
    msh_escape css = read_css(in, at);
    if (css.len)
        return css;
    const char *known = c ? strchr(from, c) : NULL;
    return known ? (msh_escape){at, 2, (uint8_t)to[known - from], false} : none;
}

uint32_t msh_entity(msh_view name)
{
    if (name.len < 2 || name.data[0] != '#')
        return name.len ? msh_tables_entity(name) : 0;
    bool is_hex = (name.data[1] | 0x20) == 'x';
    uint32_t v = 0;
    size_t at = is_hex ? 2 : 1;
    for (; at < name.len; at++) {
        int digit = msh_hex_value(name.data[at]);
        if (digit < 0 || (!is_hex && digit > 9))
            return 0;
        v = v * (is_hex ? 16 : 10) + (uint32_t)digit;
        if (v > 0x10ffff)
            return 0;
    }
    if (v >= 0x80 && v < 0xa0)
        v = msh_tables_single(0, v);
    return is_scalar(v) ? v : 0;
}

static msh_escape read_reference(msh_view in, size_t at)
{
    enum { LONGEST = 40 };
    bool number = byte_at(in, at + 1) == '#';
    bool is_hex = number && (byte_at(in, at + 2) | 0x20) == 'x';
    size_t end = at + 1 + number + is_hex;
    for (; end < in.len && end - at < LONGEST; end++) {
        uint8_t c = in.data[end];
        int v = msh_hex_value(c);
        bool name = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (number ? v < 0 || (!is_hex && v > 9) : !name)
            break;
    }
    uint32_t cp = msh_entity(msh_view_cut(in, at + 1, end - at - 1));
    bool closed = byte_at(in, end) == ';';
    static const msh_view nbsp = {(const uint8_t *)"&nbsp", 5};
    if (!closed && !number) {
        cp = msh_view_starts(msh_view_cut(in, at, 5), nbsp) ? 0xa0 : 0;
        end = at + 5;
    }
    return cp ? (msh_escape){at, end + closed - at, cp, false} : none;
}

static bool is_quote(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* 'a' + 'b', "a" & "b": from the closing quote to the opening one. */
static msh_escape read_concat(msh_view in, size_t at, size_t kept)
{
    size_t from = at, end = at + 1;
    while (from > kept && at - from < 16 && (in.data[from - 1] == ' ' || in.data[from - 1] == '\n'))
        from--;
    while (end < in.len && end - at < 64 &&
           (in.data[end] == ' ' || in.data[end] == '\n' || in.data[end] == '\r' ||
            in.data[end] == '\t'))
        end++;
    if (from <= kept || !is_quote(in.data[from - 1]) || !is_quote(byte_at(in, end)))
        return none;
    return (msh_escape){from - 1, end + 1 - (from - 1), 0, true};
}

static msh_escape read_plus(msh_view in, size_t at, size_t kept)
{
    uint32_t v;
    bool after_u = at > kept && (in.data[at - 1] | 0x20) == 'u';
    size_t n = after_u ? hex_digits(in, at + 1, 6, &v) : 0;
    if (n >= 4 && is_scalar(v) && v >= 0x80)
        return (msh_escape){at - 1, n + 2, v, false};
    return read_concat(in, at, kept);
}

static msh_escape read_underscore(msh_view in, size_t at)
{
    uint32_t v;
    if ((byte_at(in, at + 1) | 0x20) != 'x' || hex_digits(in, at + 2, 4, &v) != 4 ||
        byte_at(in, at + 6) != '_' || !is_scalar(v) || v == 0)
        return none;
    return (msh_escape){at, 7, v, false};
}

msh_escape msh_escape_read(msh_view in, size_t at, size_t kept)
{
    size_t soft;
    msh_escape e;
    switch (in.data[at]) {
    case '\\':
        return read_backslash(in, at);
    case '%':
        return byte_at(in, at + 1) == 'u' ? read_unicode(in, at) : none;
    case '&':
        e = read_reference(in, at);
        return e.len ? e : read_concat(in, at, kept);
    case '=':
        soft = soft_break(in, at);
        return soft ? (msh_escape){at, soft, 0, true} : none;
    case '+':
        return read_plus(in, at, kept);
    case '_':
        return read_underscore(in, at);
    case '^': /* TeX's ^^^^673a */
        return byte_at(in, at + 1) == '^' && byte_at(in, at + 2) == '^' &&
                       byte_at(in, at + 3) == '^'
                   ? read_named(in, at, at + 4, 0)
                   : none;
    default:
        return none;
    }
}
