/* encoded_lines.c: hex dumps and uuencode. A line that is not of the form ends the run; nothing is
 * appended for it. */
#include "text/encoded_lines.h"

#include "base/base64.h"
#include "base/view.h"

#include <string.h>

static uint8_t byte_at(msh_view t, size_t at)
{
    return at < t.len ? t.data[at] : 0;
}

static size_t hex_length(msh_view t, size_t at, size_t most)
{
    size_t n = 0;
    while (n < most && at + n < t.len && msh_hex_value(t.data[at + n]) >= 0)
        n++;
    return n;
}

static size_t blank_length(msh_view t, size_t at)
{
    size_t n = 0;
    while (n < 64 && (byte_at(t, at + n) == ' ' || byte_at(t, at + n) == '\t'))
        n++;
    return n;
}

static size_t after_line(msh_view t, size_t at)
{
    const uint8_t *end = at < t.len ? memchr(t.data + at, '\n', t.len - at) : NULL;
    return end ? (size_t)(end - t.data) + 1 : t.len;
}

/* The groups of one line, from after its offset; how many bytes they are. A wide gap ends them,
 * but for the one in the middle of sixteen. */
static size_t dump_groups(msh_view t, size_t at, uint8_t bytes[32])
{
    size_t n = 0;
    for (;;) {
        size_t digits = hex_length(t, at, 17);
        if (digits == 0 || digits % 2 || digits > 16 || n + digits / 2 > 32)
            return n;
        for (size_t i = 0; i < digits; i += 2)
            bytes[n++] =
                (uint8_t)(msh_hex_value(t.data[at + i]) << 4 | msh_hex_value(t.data[at + i + 1]));
        at += digits;
        size_t gap = blank_length(t, at);
        if (gap == 0 || gap > 2 || (gap == 2 && n != 8))
            return n;
        at += gap;
    }
}

size_t msh_encoded_dump(msh_view t, size_t at, msh_buf *out)
{
    size_t width = 0;
    for (size_t line = at; line < t.len;) {
        size_t digits = hex_length(t, line, 17), p = line + digits;
        uint8_t bytes[32];
        if (digits < 4 || digits > 16)
            return line;
        p += byte_at(t, p) == ':';
        size_t gap = blank_length(t, p);
        size_t n = gap && gap <= 8 ? dump_groups(t, p + gap, bytes) : 0;
        if (n < 2 || (width && n > width))
            return line;
        width = n;
        msh_buf_put(out, bytes, n);
        line = after_line(t, p);
        if (msh_buf_err(out) != MSH_OK)
            return line;
    }
    return t.len;
}

/* Values of the characters of uuencode, ' ' or '`' for zero; of xxencode; 64 for others. */
static uint8_t uu_value(uint8_t c)
{
    return c >= 0x20 && c <= 0x60 ? (c - 0x20) & 63 : 64;
}

static uint8_t xx_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return (uint8_t)(c - '0' + 2);
    if (c >= 'A' && c <= 'Z')
        return (uint8_t)(c - 'A' + 12);
    if (c >= 'a' && c <= 'z')
        return (uint8_t)(c - 'a' + 38);
    return c == '+' ? 0 : c == '-' ? 1 : 64;
}

/* One line: a length and groups of four characters; blanks may be cut off at its end. False when
 * it is none. */
static bool value_line(msh_view t, size_t at, uint8_t (*value)(uint8_t c), msh_buf *out)
{
    size_t n = value(byte_at(t, at)), done = 0;
    if (n > 63 || at >= t.len)
        return false;
    for (size_t p = at + 1; done < n; p += 4) {
        uint32_t bits = 0;
        for (size_t i = 0; i < 4; i++) {
            uint8_t c = byte_at(t, p + i);
            bool past = c == 0 || c == '\n' || c == '\r';
            uint8_t v = past ? 0 : value(c);
            if (v > 63 || (past && i == 0))
                return false;
            bits = bits << 6 | v;
        }
        const uint8_t three[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
        size_t take = n - done < 3 ? n - done : 3;
        msh_buf_put(out, three, take);
        done += take;
        if (p + 4 > t.len && done < n)
            return false;
    }
    return n > 0;
}

static size_t value_lines(msh_view t, size_t line, uint8_t (*value)(uint8_t c), msh_buf *out)
{
    while (line < t.len && msh_buf_err(out) == MSH_OK && value_line(t, line, value, out))
        line = after_line(t, line);
    return line;
}

size_t msh_encoded_uu(msh_view t, size_t at, msh_buf *out)
{
    msh_view head = msh_view_cut(t, at, 11);
    if (!msh_view_starts(head, MSH_VIEW("begin ")) || head.len < 11)
        return at;
    for (size_t i = 6; i < 9; i++) {
        if (head.data[i] < '0' || head.data[i] > '7')
            return at;
    }
    size_t first = after_line(t, at), before = out->len;
    size_t uu = value_lines(t, first, uu_value, out), uu_len = out->len;
    size_t xx = value_lines(t, first, xx_value, out);
    if (xx > uu && msh_buf_err(out) == MSH_OK) { /* the longer run: lines of one may pass as both */
        memmove(out->data + before, out->data + uu_len, out->len - uu_len);
        out->len -= uu_len - before;
        return xx;
    }
    out->len = uu_len;
    return out->len > before ? uu : at;
}
