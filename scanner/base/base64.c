/* base64.c: base64 (RFC 4648 section 4) and lower-case hex, strict. */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void msh_base64_encode(msh_buf *out, msh_view v)
{
    for (size_t i = 0; i < v.len; i += 3) {
        size_t n = v.len - i < 3 ? v.len - i : 3;
        uint32_t x = (uint32_t)v.data[i] << 16;
        if (n > 1)
            x |= (uint32_t)v.data[i + 1] << 8;
        if (n > 2)
            x |= v.data[i + 2];
        char four[4] = {alphabet[x >> 18], alphabet[x >> 12 & 63],
                        n > 1 ? alphabet[x >> 6 & 63] : '=', n > 2 ? alphabet[x & 63] : '='};
        msh_buf_put(out, four, 4);
    }
}

static int value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters with `pad` of them '='; false when they are not canonical. */
static bool quantum(const uint8_t *four, size_t pad, uint32_t *bits)
{
    uint32_t x = 0;
    for (size_t i = 0; i < 4; i++) {
        int v = i < 4 - pad ? value(four[i]) : four[i] == '=' ? 0 : -1;
        if (v < 0)
            return false;
        x = x << 6 | (uint32_t)v;
    }
    *bits = x;
    return (x & (pad == 2 ? 0xffffu : pad == 1 ? 0xffu : 0u)) == 0;
}

msh_err msh_base64_read(msh_view text, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    if (text.len % 4 != 0)
        return MSH_E_SYNTAX;
    for (size_t i = 0; i < text.len; i += 4) {
        const uint8_t *four = text.data + i;
        size_t pad = i + 4 < text.len ? 0 : (size_t)(four[3] == '=') + (four[2] == '=');
        uint32_t x;
        if (!quantum(four, pad, &x))
            return MSH_E_SYNTAX;
        if (cap - *len < 3 - pad)
            return MSH_E_LIMIT_BUFFER;
        for (size_t k = 0; k < 3 - pad; k++)
            out[(*len)++] = (uint8_t)(x >> (16 - 8 * k));
    }
    return MSH_OK;
}

void msh_hex(char *out, msh_view in)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < in.len; i++) {
        out[2 * i] = digits[in.data[i] >> 4];
        out[2 * i + 1] = digits[in.data[i] & 15];
    }
    out[2 * in.len] = '\0';
}

void msh_hex32(const uint8_t bytes[32], char out[65])
{
    msh_hex(out, (msh_view){bytes, 32});
}

static int hex_value(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool msh_hex32_read(msh_view text, uint8_t out[32])
{
    if (text.len != 64)
        return false;
    for (int i = 0; i < 32; i++) {
        int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
