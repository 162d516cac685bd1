/* escape.c: making any bytes safe to show. */
#include "base/escape.h"

#include "base/view.h"

/* One well-formed UTF-8 character at v[at]; returns its length and code point, 0 when the byte is
 * not part of one. */
static size_t next_char(msh_view v, size_t at, uint32_t *cp)
{
    const uint8_t *p = v.data + at;
    size_t left = v.len - at;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (n > left || !msh_view_is_utf8(msh_view_of(p, n)))
        return 0;
    *cp = n == 2   ? (p[0] & 31u) << 6 | (p[1] & 63u)
          : n == 3 ? (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u)
                   : (p[0] & 7u) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u);
    return n;
}

/* Code points that change how the rest is shown, or cannot be seen at all. */
static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static void put_visible(msh_buf *out, uint32_t c)
{
    if (c == '\n')
        msh_buf_put_str(out, "\\n");
    else if (c == '\t')
        msh_buf_put_str(out, "\\t");
    else if (c < 0x80)
        msh_buf_printf(out, "\\x%02x", (unsigned)c);
    else
        msh_buf_printf(out, "\\u{%x}", (unsigned)c);
}

void msh_escape_terminal(msh_buf *out, msh_view in)
{
    for (size_t at = 0; at < in.len;) {
        uint32_t c = 0;
        size_t n = next_char(in, at, &c);
        if (n == 0) {
            msh_buf_printf(out, "\\x%02x", in.data[at]);
            n = 1;
        } else if (is_unprintable(c)) {
            put_visible(out, c);
        } else if (c == '\\') {
            msh_buf_put_str(out, "\\\\");
        } else {
            msh_buf_put(out, in.data + at, n);
        }
        at += n;
    }
}

static void json_char(msh_buf *out, uint32_t c, const uint8_t *bytes, size_t n)
{
    switch (c) {
    case '"':
        msh_buf_put_str(out, "\\\"");
        return;
    case '\\':
        msh_buf_put_str(out, "\\\\");
        return;
    case '\b':
        msh_buf_put_str(out, "\\b");
        return;
    case '\f':
        msh_buf_put_str(out, "\\f");
        return;
    case '\n':
        msh_buf_put_str(out, "\\n");
        return;
    case '\r':
        msh_buf_put_str(out, "\\r");
        return;
    case '\t':
        msh_buf_put_str(out, "\\t");
        return;
    default:
        break;
    }
    if (c == 0) /* our reader takes no U+0000 */
        msh_buf_put_utf8(out, 0xfffd);
    else if (c > 0xffff && is_unprintable(c))
        msh_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
                       (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
    else if (is_unprintable(c))
        msh_buf_printf(out, "\\u%04x", (unsigned)c);
    else
        msh_buf_put(out, bytes, n);
}

/* Where what JSON shows as it is ends: printable ASCII, and U+3000 to U+CFFF of Chinese text. */
static size_t json_plain(msh_view v, size_t at)
{
    while (at < v.len) {
        const uint8_t *p = v.data + at;
        if (p[0] >= 0x20 && p[0] < 0x7f && p[0] != '"' && p[0] != '\\')
            at++;
        else if (p[0] >= 0xe3 && p[0] <= 0xec && v.len - at >= 3 && (p[1] & 0xc0) == 0x80 &&
                 (p[2] & 0xc0) == 0x80)
            at += 3;
        else
            break;
    }
    return at;
}

void msh_escape_json(msh_buf *out, msh_view in)
{
    for (size_t at = 0; at < in.len;) {
        uint32_t c = 0;
        size_t plain = json_plain(in, at);
        msh_buf_put(out, in.data + at, plain - at);
        at = plain;
        if (at == in.len)
            break;
        size_t n = next_char(in, at, &c);
        if (n == 0) {
            msh_buf_put_utf8(out, 0xfffd);
            n = 1;
        } else {
            json_char(out, c, in.data + at, n);
        }
        at += n;
    }
}

void msh_escape_html(msh_buf *out, msh_view in)
{
    for (size_t at = 0; at < in.len;) {
        uint32_t c = 0;
        size_t n = next_char(in, at, &c);
        if (n == 0) {
            msh_buf_printf(out, "\\x%02x", in.data[at]);
            n = 1;
        } else if (c == '&') {
            msh_buf_put_str(out, "&amp;");
        } else if (c == '<') {
            msh_buf_put_str(out, "&lt;");
        } else if (c == '>') {
            msh_buf_put_str(out, "&gt;");
        } else if (c == '"') {
            msh_buf_put_str(out, "&quot;");
        } else if (c == '\'') {
            msh_buf_put_str(out, "&#39;");
        } else if (is_unprintable(c)) {
            put_visible(out, c);
        } else {
            msh_buf_put(out, in.data + at, n);
        }
        at += n;
    }
}

static bool starts_formula(uint32_t c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == 0xff1d ||
           c == 0xff0b || c == 0xff0d || c == 0xff20;
}

void msh_escape_csv(msh_buf *out, msh_view in)
{
    uint32_t first = 0;
    msh_buf_put_byte(out, '"');
    if (in.len && next_char(in, 0, &first) && starts_formula(first))
        msh_buf_put_byte(out, '\'');
    for (size_t at = 0; at < in.len;) {
        uint32_t c = 0;
        size_t n = next_char(in, at, &c);
        if (n == 0) {
            msh_buf_printf(out, "\\x%02x", in.data[at]);
            n = 1;
        } else if (c == '"') {
            msh_buf_put_str(out, "\"\"");
        } else if (is_unprintable(c)) {
            put_visible(out, c);
        } else {
            msh_buf_put(out, in.data + at, n);
        }
        at += n;
    }
    msh_buf_put_byte(out, '"');
}
