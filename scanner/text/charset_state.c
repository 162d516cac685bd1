/* charset_state.c: HZ (RFC 1843) and UTF-7 (RFC 2152).
 *
 * HZ lines end in ASCII mode even where the closing ~} is missing. UTF-7 takes the optional direct
 * characters as they are. */
#include "text/charset_state.h"

#include "base/view.h"
#include "text/tables.h"

/* One line or run in GB mode from after "~{"; returns how far it went. */
static size_t hz_run(msh_view in, size_t at, msh_buf *out, uint64_t *bad)
{
    while (at + 1 < in.len) {
        unsigned a = in.data[at], b = in.data[at + 1];
        if (a == '\n' || a == '\r')
            return at;
        if (a == '~' && b == '}')
            return at + 2;
        if (a < 0x21 || a > 0x77 || b < 0x21 || b > 0x7e) {
            *bad += 1;
            msh_buf_put_utf8(out, MSH_HOLE);
            at++;
            continue;
        }
        msh_buf_put_utf8(out, msh_table_gbk[(a - 1) * MSH_GBK_ROW + b + 0x40]);
        at += 2;
    }
    return in.len;
}

static size_t hz_decode(msh_view in, bool last, msh_buf *out, uint64_t *bad)
{
    size_t at = 0;
    while (at < in.len && msh_buf_err(out) == MSH_OK) {
        uint8_t c = in.data[at];
        if (c != '~') {
            *bad += c >= 0x80;
            msh_buf_put_utf8(out, c < 0x80 ? c : MSH_HOLE);
            at++;
            continue;
        }
        uint8_t next = at + 1 < in.len ? in.data[at + 1] : 0;
        if (next == '{') {
            static const msh_view close = {(const uint8_t *)"~}", 2};
            if (!last && msh_view_find(in, close, at) == SIZE_MAX)
                break;
            at = hz_run(in, at + 2, out, bad);
        } else if (next == '\n') {
            at += 2;
        } else {
            msh_buf_put_byte(out, '~');
            at += next == '~' ? 2 : 1;
        }
    }
    return at;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t msh_charset_utf7_run(msh_view in, msh_buf *out)
{
    if (in.len < 2 || in.data[0] != '+')
        return 0;
    if (in.data[1] == '-') {
        msh_buf_put_byte(out, '+');
        return 2;
    }
    size_t at = 1, before = out->len;
    uint32_t bits = 0, n_bits = 0, high = 0;
    for (int v; at < in.len && (v = base64_value(in.data[at])) >= 0; at++) {
        bits = (bits << 6 | (uint32_t)v) & 0x3fffff;
        n_bits += 6;
        if (n_bits < 16)
            continue;
        n_bits -= 16;
        uint32_t unit = bits >> n_bits & 0xffff;
        if (unit - 0xd800 < 0x400) {
            high = unit;
        } else if (unit - 0xdc00 < 0x400 && high) {
            msh_buf_put_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
            high = 0;
        } else {
            msh_buf_put_utf8(out, unit);
            high = 0;
        }
    }
    bool clean = n_bits < 6 && (bits & ((1u << n_bits) - 1)) == 0 && !high;
    if (at == 1 || !clean) {
        if (msh_buf_err(out) == MSH_OK)
            out->len = before;
        return 0;
    }
    if (at < in.len && in.data[at] == '-')
        at++;
    return at;
}

static size_t utf7_decode(msh_view in, bool last, msh_buf *out, uint64_t *bad)
{
    size_t at = 0;
    while (at < in.len && msh_buf_err(out) == MSH_OK) {
        uint8_t c = in.data[at];
        if (c == '+') {
            size_t end = at + 1;
            while (end < in.len && base64_value(in.data[end]) >= 0)
                end++;
            if (end == in.len && !last)
                break;
            size_t n = msh_charset_utf7_run(msh_view_cut(in, at, end - at + 1), out);
            at += n;
            if (n)
                continue;
            *bad += 1;
        }
        *bad += c >= 0x80;
        msh_buf_put_utf8(out, c < 0x80 ? c : MSH_HOLE);
        at++;
    }
    return at;
}

void msh_charset_state_decode(msh_charset cs, msh_view in, bool last, msh_buf *out, size_t *used,
                              uint64_t *bad)
{
    *used = cs == MSH_CS_HZ ? hz_decode(in, last, out, bad) : utf7_decode(in, last, out, bad);
}
