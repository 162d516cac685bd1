/* charset.c: one character at a time from any stateless charset, and decoding with fast paths.
 *
 * GB18030-2005 with the places that GB18030-2022 changed read as the newer edition says (private
 * use code points become the real characters); RFC 3629; RFC 2781; WHATWG Encoding for the choice
 * of Windows supersets (cp936, cp932, cp949). Refuses nothing: what is wrong becomes U+FFFD. */
#include "text/charset.h"

#include "base/lanes.h"
#include "base/view.h"
#include "text/charset_state.h"
#include "text/tables.h"

#include <limits.h>
#include <string.h>

static const msh_char bad_byte = {0xfffd, 1, true};

static msh_char next_utf8(const uint8_t *p, size_t n)
{
    unsigned c = p[0];
    if (c < 0x80)
        return (msh_char){c, 1, false};
    if (c < 0xc2 || c > 0xf4 || n < 2 || (p[1] & 0xc0) != 0x80)
        return bad_byte;
    if (c < 0xe0)
        return (msh_char){(c & 31) << 6 | (p[1] & 63u), 2, false};
    if (n < 3 || (p[2] & 0xc0) != 0x80)
        return bad_byte;
    uint32_t cp = (c & 15) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
    if (c < 0xf0)
        return cp < 0x800 || (cp >= 0xd800 && cp < 0xe000) ? bad_byte : (msh_char){cp, 3, false};
    if (n < 4 || (p[3] & 0xc0) != 0x80)
        return bad_byte;
    cp = (c & 7) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u);
    return cp < 0x10000 || cp > 0x10ffff ? bad_byte : (msh_char){cp, 4, false};
}

static msh_char next_gb18030(const uint8_t *p, size_t n)
{
    unsigned a = p[0];
    if (a < 0x80)
        return (msh_char){a, 1, false};
    if (a == 0x80)
        return (msh_char){0x20ac, 1, false}; /* cp936 */
    if (a == 0xff || n < 2)
        return bad_byte;
    unsigned b = p[1];
    if (b >= 0x40 && b <= 0xfe) {
        uint32_t cp = msh_table_gbk[(a - 0x81) * MSH_GBK_ROW + b - 0x40];
        return cp == MSH_HOLE ? bad_byte : (msh_char){cp, 2, false};
    }
    if (b < 0x30 || b > 0x39 || n < 4 || p[2] < 0x81 || p[2] > 0xfe || p[3] < 0x30 || p[3] > 0x39)
        return bad_byte;
    uint32_t linear = (((a - 0x81) * 10 + b - 0x30) * 126 + p[2] - 0x81) * 10 + p[3] - 0x30;
    uint32_t cp = msh_tables_gb_four(linear);
    return cp == MSH_HOLE ? bad_byte : (msh_char){cp, 4, false};
}

static msh_char next_double(msh_charset cs, const uint8_t *p, size_t n)
{
    unsigned a = p[0];
    if (a < 0x80)
        return (msh_char){a, 1, false};
    if (cs == MSH_CS_SHIFT_JIS && a >= 0xa1 && a <= 0xdf)
        return (msh_char){a - 0xa1 + 0xff61, 1, false};
    if (n < 2)
        return bad_byte;
    uint32_t cp = cs == MSH_CS_BIG5        ? msh_tables_big5(a, p[1])
                  : cs == MSH_CS_SHIFT_JIS ? msh_tables_sjis(a, p[1])
                                           : msh_tables_korean(a, p[1]);
    return cp == MSH_HOLE ? bad_byte : (msh_char){cp, 2, false};
}

/* A lone surrogate is bad over its two bytes, so that what follows keeps its parity. */
static msh_char next_utf16(const uint8_t *p, size_t n, bool big)
{
    if (n < 2)
        return bad_byte;
    uint32_t u = big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
    if (u - 0xd800 >= 0x800)
        return (msh_char){u, 2, false};
    if (u >= 0xdc00 || n < 4)
        return (msh_char){0xfffd, 2, true};
    uint32_t v = big ? (uint32_t)p[2] << 8 | p[3] : (uint32_t)p[3] << 8 | p[2];
    if (v - 0xdc00 >= 0x400)
        return (msh_char){0xfffd, 2, true};
    return (msh_char){0x10000 + ((u - 0xd800) << 10) + (v - 0xdc00), 4, false};
}

static msh_char next_utf32(const uint8_t *p, size_t n, bool big)
{
    if (n < 4)
        return bad_byte;
    uint32_t cp = big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
                      : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
    if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        return (msh_char){0xfffd, 4, true};
    return (msh_char){cp, 4, false};
}

msh_char msh_charset_next(msh_charset cs, msh_view in)
{
    if (in.len == 0)
        return bad_byte;
    switch (cs) {
    case MSH_CS_UTF8:
        return next_utf8(in.data, in.len);
    case MSH_CS_GB18030:
        return next_gb18030(in.data, in.len);
    case MSH_CS_UTF16LE:
    case MSH_CS_UTF16BE:
        return next_utf16(in.data, in.len, cs == MSH_CS_UTF16BE);
    case MSH_CS_UTF32LE:
    case MSH_CS_UTF32BE:
        return next_utf32(in.data, in.len, cs == MSH_CS_UTF32BE);
    case MSH_CS_BIG5:
    case MSH_CS_SHIFT_JIS:
    case MSH_CS_EUC_KR:
        return next_double(cs, in.data, in.len);
    case MSH_CS_CP1252:
    case MSH_CS_CP1251:
        return (msh_char){msh_tables_single(cs - MSH_CS_CP1252, in.data[0]), 1, false};
    default:
        break;
    }
    unsigned table = cs >= MSH_CS_CP1250 ? (unsigned)(cs - MSH_CS_CP1250) + 2 : UINT_MAX;
    return (msh_char){msh_tables_single(table, in.data[0]), 1, false};
}

uint32_t msh_charset_gbk(const uint8_t two[2])
{
    unsigned a = two[0] - 0x81u, b = two[1] - 0x40u;
    return a < MSH_GBK_LEADS && b < MSH_GBK_ROW ? msh_table_gbk[a * MSH_GBK_ROW + b] : MSH_HOLE;
}

/* --- decoding all of it ----------------------------------------------------------------------- */

/* Whether the bad character at the end of the input may only be one that is cut off. */
static bool may_be_cut(msh_charset cs, const uint8_t *p, size_t n)
{
    switch (cs) {
    case MSH_CS_UTF8:
        if (p[0] < 0xc2 || p[0] > 0xf4 || (n > 1 && (p[1] & 0xc0) != 0x80))
            return false;
        return n < 2 || (p[0] >= 0xe0 && n < 3) || (p[0] >= 0xf0 && n < 4);
    case MSH_CS_GB18030:
        return n < 2 || (n < 4 && p[1] >= 0x30 && p[1] <= 0x39);
    case MSH_CS_UTF16LE:
    case MSH_CS_UTF16BE:
        return n < 4;
    case MSH_CS_UTF32LE:
    case MSH_CS_UTF32BE:
        return n < 4;
    default:
        return n < 2;
    }
}

static size_t ascii_prefix(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *from = p;
    for (uint64_t word; end - p >= 8; p += 8) {
        memcpy(&word, p, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (p < end && *p < 0x80)
        p++;
    return (size_t)(p - from);
}

static size_t gb18030_prefix(msh_view in)
{
    const uint8_t *p = in.data, *end = p + in.len;
    while (p < end) {
        if (*p < 0x80) {
            p += ascii_prefix(p, end);
            continue;
        }
        for (; end - p >= 2; p += 2) {
            unsigned a = p[0] - 0x81u, b = p[1] - 0x40u;
            if (a >= MSH_GBK_LEADS || b >= MSH_GBK_ROW ||
                msh_table_gbk[a * MSH_GBK_ROW + b] == MSH_HOLE)
                break;
        }
        if (p == end || *p < 0x80)
            continue;
        msh_char c = next_gb18030(p, (size_t)(end - p));
        if (c.bad)
            break;
        p += c.len;
    }
    return (size_t)(p - in.data);
}

/* Where UTF-16 has its next surrogate, or its end. */
static size_t plain_units(msh_view in, size_t at, bool big)
{
    for (; in.len - at >= 64; at += 64) {
        uint64_t mask = msh_lanes_within(in.data + at, 0xd8, 0xdf);
        if (mask & (big ? 0x5555555555555555u : 0xaaaaaaaaaaaaaaaau))
            break;
    }
    while (in.len - at >= 2 && (in.data[at + !big] & 0xf8) != 0xd8)
        at += 2;
    return at;
}

size_t msh_charset_prefix(msh_charset cs, msh_view in)
{
    if (cs == MSH_CS_UTF8)
        return msh_view_utf8_prefix(in);
    if (cs == MSH_CS_GB18030)
        return gb18030_prefix(in);
    if (cs == MSH_CS_LATIN1 || cs == MSH_CS_CP1252 || cs == MSH_CS_CP1251 || cs >= MSH_CS_CP1250)
        return in.len;
    size_t at = 0;
    while (at < in.len) {
        if (cs == MSH_CS_UTF16LE || cs == MSH_CS_UTF16BE)
            at = plain_units(in, at, cs == MSH_CS_UTF16BE);
        if (at == in.len)
            break;
        msh_char c = msh_charset_next(cs, (msh_view){in.data + at, in.len - at});
        if (c.bad)
            break;
        at += c.len;
    }
    return at;
}

/* Copies what is plain in the charset: ASCII, and whole characters of UTF-8. */
static size_t copy_plain(msh_charset cs, const uint8_t *p, const uint8_t *end, msh_buf *out)
{
    if (cs >= MSH_CS_UTF16LE && cs <= MSH_CS_UTF32BE)
        return 0;
    const uint8_t *from = p;
    if (cs == MSH_CS_UTF8)
        p += msh_view_utf8_prefix((msh_view){p, (size_t)(end - p)});
    p += ascii_prefix(p, end);
    msh_buf_put(out, from, (size_t)(p - from));
    return (size_t)(p - from);
}

static size_t put_packed(uint8_t *to, uint32_t cp)
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
    to[0] = (uint8_t)(0xe0 | cp >> 12);
    to[1] = (uint8_t)(0x80 | (cp >> 6 & 63));
    to[2] = (uint8_t)(0x80 | (cp & 63));
    return 3;
}

/* A run of two-byte characters of GB18030, up to the first thing that is something else. */
static size_t decode_gbk_run(const uint8_t *p, const uint8_t *end, msh_buf *out)
{
    const uint8_t *from = p;
    while (end - p >= 2 && *p >= 0x80) {
        size_t pairs = (size_t)(end - p) / 2 < 512 ? (size_t)(end - p) / 2 : 512;
        uint8_t *to = msh_buf_room(out, pairs * 3);
        if (!to)
            return (size_t)(p - from);
        uint8_t *start = to;
        size_t i = 0;
        for (; i < pairs; i++, p += 2) {
            unsigned a = p[0] - 0x81u, b = p[1] - 0x40u;
            if (a >= MSH_GBK_LEADS || b >= MSH_GBK_ROW)
                break;
            uint32_t cp = msh_table_gbk[a * MSH_GBK_ROW + b];
            if (cp == MSH_HOLE)
                break;
            to += put_packed(to, cp);
        }
        msh_buf_grew(out, (size_t)(to - start));
        if (i < pairs)
            break;
    }
    return (size_t)(p - from);
}

/* A run of UTF-16 units that are characters by themselves. */
static size_t decode_utf16_run(const uint8_t *p, const uint8_t *end, unsigned high, msh_buf *out)
{
    enum { PART = 1024 };
    const uint8_t *from = p;
    while (end - p >= 2) {
        size_t units = (size_t)(end - p) / 2 < PART ? (size_t)(end - p) / 2 : PART;
        uint8_t *to = msh_buf_room(out, units * 3);
        if (!to)
            break;
        uint8_t *start = to;
        size_t i = 0;
        for (; i < units; i++, p += 2) {
            uint32_t cp = (uint32_t)p[high] << 8 | p[high ^ 1];
            if (cp - 0xd800 < 0x800)
                break;
            to += put_packed(to, cp);
        }
        msh_buf_grew(out, (size_t)(to - start));
        if (i < units)
            break;
    }
    return (size_t)(p - from);
}

void msh_charset_decode(msh_charset cs, msh_view in, bool last, msh_buf *out, size_t *used,
                        uint64_t *bad)
{
    if (cs == MSH_CS_HZ || cs == MSH_CS_UTF7) {
        msh_charset_state_decode(cs, in, last, out, used, bad);
        return;
    }
    *used = 0;
    if (in.len == 0)
        return;
    const uint8_t *p = in.data, *end = p + in.len;
    while (p < end && msh_buf_err(out) == MSH_OK) {
        p += copy_plain(cs, p, end, out);
        if (cs == MSH_CS_GB18030)
            p += decode_gbk_run(p, end, out);
        if (cs == MSH_CS_UTF16LE || cs == MSH_CS_UTF16BE)
            p += decode_utf16_run(p, end, cs == MSH_CS_UTF16LE, out);
        if (p >= end)
            break;
        msh_char c = msh_charset_next(cs, (msh_view){p, (size_t)(end - p)});
        if (c.bad && !last && may_be_cut(cs, p, (size_t)(end - p)))
            break;
        *bad += c.bad;
        msh_buf_put_utf8(out, c.cp);
        p += c.len;
    }
    *used = (size_t)(p - in.data);
}
