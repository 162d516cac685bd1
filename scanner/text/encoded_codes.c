/* encoded_codes.c: characters written as numbers, and UTF-8 that was taken for Latin-1.
 *
 * String.fromCharCode(26426, 23494), ChrW(26426) & ChrW(23494), chr(26426).chr(23494),
 * NCHAR(26426): a call by one of these names, then numbers with little between them. Mojibake
 * ("æœºå¯†"): runs of characters of windows-1252 whose bytes are UTF-8. */
#include "text/encoded_codes.h"

#include "base/base64.h"
#include "base/view.h"
#include "text/tables.h"

#include <string.h>

enum { LONGEST_GAP = 24, MOST_CODES = 16384 };

/* --- numbers
 * ------------------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static uint8_t byte_at(msh_view t, size_t at)
{
    return at < t.len ? t.data[at] : 0;
}

/* The name before the bracket at `at` is one of a function that makes characters. */
static bool is_call(msh_view t, size_t at)
{
    static const char *const names[] = {"fromcharcode", "fromcodepoint", "chrw",    "chr",
                                        "nchar",        "unichr",        "unicode", "char"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = strlen(names[i]);
        if (at >= len && msh_view_eq_nocase(msh_view_cut(t, at - len, len), msh_view_str(names[i])))
            return true;
    }
    return false;
}

/* 26426, 0x673a, &H673A; its length, 0 when there is none or it is no character. */
static size_t read_code(msh_view t, size_t at, uint32_t *cp)
{
    uint8_t second = byte_at(t, at + 1) | 0x20;
    bool hex = (byte_at(t, at) == '0' && second == 'x') || (byte_at(t, at) == '&' && second == 'h');
    size_t end = at + (hex ? 2 : 0), from = end;
    uint32_t v = 0;
    for (int d; end - from < 8 && (d = msh_hex_value(byte_at(t, end))) >= 0 && (hex || d < 10);
         end++)
        v = v * (hex ? 16 : 10) + (uint32_t)d;
    *cp = v;
    bool scalar = v < 0x110000 && (v - 0xd800 >= 0x800);
    return end > from && scalar && (v >= 0x20 || v == '\t' || v == '\n' || v == '\r') ? end - at
                                                                                      : 0;
}

/* From the end of one number to the next one: blanks, commas, brackets, names of functions. */
static size_t gap_length(msh_view t, size_t at)
{
    size_t n = 0;
    for (; n < LONGEST_GAP; n++) {
        uint8_t c = byte_at(t, at + n);
        if (is_digit(c) || (c == '&' && (byte_at(t, at + n + 1) | 0x20) == 'h'))
            return n;
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter && (c == 0 || !strchr(" \t\r\n,()+&.|_$", c)))
            return 0;
    }
    return 0;
}

size_t msh_encoded_codes(msh_view t, size_t at, msh_buf *out)
{
    size_t end = at;
    uint32_t cp;
    for (unsigned n = 0; n < MOST_CODES; n++) {
        size_t len = read_code(t, at, &cp);
        if (len == 0)
            break;
        msh_buf_put_utf8(out, cp);
        end = at + len;
        size_t gap = gap_length(t, end);
        if (gap == 0)
            break;
        at = end + gap;
    }
    return end;
}

size_t msh_encoded_call(msh_view t, size_t from)
{
    while (from < t.len) {
        const uint8_t *p = memchr(t.data + from, '(', t.len - from);
        if (!p)
            break;
        size_t at = (size_t)(p - t.data), number = at + 1;
        while (byte_at(t, number) == ' ' || byte_at(t, number) == '[')
            number++;
        bool begins = is_digit(byte_at(t, number)) || byte_at(t, number) == '&';
        if (begins && is_call(t, at))
            return number;
        from = at + 1;
    }
    return t.len;
}

/* --- mojibake
 * ------------------------------------------------------------------------------------------- */

/* The byte of windows-1252 (or ISO-8859-1) that the character at `at` is; -1 when it is none. */
static int latin_byte(msh_view t, size_t at, size_t *len)
{
    uint8_t a = byte_at(t, at), b = byte_at(t, at + 1), c = byte_at(t, at + 2);
    *len = 1;
    if (a < 0x80)
        return a >= 0x20 || a == '\t' ? a : -1;
    *len = 2;
    if ((a == 0xc2 || a == 0xc3) && (b & 0xc0) == 0x80)
        return (a & 3) << 6 | (b & 0x3f);
    uint32_t cp = (a & 0x1fu) << 6 | (b & 0x3fu);
    if ((a & 0xf0) == 0xe0) {
        *len = 3;
        cp = (a & 0x0fu) << 12 | (b & 0x3fu) << 6 | (c & 0x3fu);
    }
    for (unsigned v = 0x80; v < 0xa0; v++)
        if (msh_tables_single(0, v) == cp && cp >= 0xa0)
            return (int)v;
    return -1;
}

/* Whether a character of three bytes begins here: a lead of Chinese and two that follow. */
static bool begins_three(msh_view t, size_t at)
{
    size_t one, two, three;
    int lead = latin_byte(t, at, &one);
    if (lead < 0xe4 || lead > 0xe9)
        return false;
    int second = latin_byte(t, at + one, &two);
    int third = latin_byte(t, at + one + two, &three);
    return second >= 0x80 && second < 0xc0 && third >= 0x80 && third < 0xc0;
}

size_t msh_encoded_mojibake_at(msh_view t, size_t from)
{
    while (from < t.len) {
        const uint8_t *p = memchr(t.data + from, 0xc3, t.len - from);
        if (!p)
            break;
        size_t at = (size_t)(p - t.data);
        uint8_t next = byte_at(t, at + 1); /* the lead by itself: GBK is full of 0xc3 */
        if (next >= 0xa4 && next <= 0xa9 && begins_three(t, at))
            return at;
        from = at + 1;
    }
    return t.len;
}

size_t msh_encoded_mojibake(msh_view t, size_t at, msh_buf *out)
{
    size_t len, n = 0;
    for (int v; at < t.len && n < MOST_CODES && (v = latin_byte(t, at, &len)) >= 0; at += len, n++)
        msh_buf_put_byte(out, (uint8_t)v);
    return at;
}
