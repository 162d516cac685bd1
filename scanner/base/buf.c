/* buf.c: a growing buffer that cannot pass its ceiling. */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void msh_buf_init(msh_buf *b, size_t ceiling)
{
    *b = (msh_buf){.ceiling = ceiling};
}

void msh_buf_dispose(msh_buf *b)
{
    msh_free(b->data);
    *b = (msh_buf){.ceiling = b->ceiling};
}

void msh_buf_reset(msh_buf *b)
{
    b->len = 0;
    b->err = MSH_OK;
}

static bool reserve(msh_buf *b, size_t more)
{
    if (b->err != MSH_OK)
        return false;
    if (more <= b->cap - b->len)
        return true;
    if (b->len > b->ceiling || more > b->ceiling - b->len) {
        b->err = MSH_E_LIMIT_BUFFER;
        return false;
    }
    size_t need = b->len + more;
    size_t cap = b->cap < 256 ? 256 : b->cap + b->cap / 2;
    if (cap < need)
        cap = need;
    if (cap > b->ceiling)
        cap = b->ceiling;
    uint8_t *data = msh_realloc(b->data, cap);
    if (!data) {
        b->err = MSH_E_MEMORY;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

uint8_t *msh_buf_room(msh_buf *b, size_t len)
{
    return reserve(b, len) ? b->data + b->len : NULL;
}

void msh_buf_grew(msh_buf *b, size_t len)
{
    if (b->err == MSH_OK && len <= b->cap - b->len)
        b->len += len;
}

void msh_buf_put(msh_buf *b, const void *data, size_t len)
{
    if (len == 0 || !reserve(b, len))
        return;
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void msh_buf_put_view(msh_buf *b, msh_view v)
{
    msh_buf_put(b, v.data, v.len);
}

void msh_buf_put_str(msh_buf *b, const char *s)
{
    msh_buf_put(b, s, strlen(s));
}

void msh_buf_put_byte(msh_buf *b, uint8_t c)
{
    if (b->err == MSH_OK && b->len < b->cap)
        b->data[b->len++] = c;
    else
        msh_buf_put(b, &c, 1);
}

void msh_buf_put_utf8(msh_buf *b, uint32_t cp)
{
    uint8_t out[4];
    size_t n;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = 0xfffd;
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        n = 1;
    } else if (cp < 0x800) {
        out[0] = (uint8_t)(0xc0 | cp >> 6);
        out[1] = (uint8_t)(0x80 | (cp & 63));
        n = 2;
    } else if (cp < 0x10000) {
        out[0] = (uint8_t)(0xe0 | cp >> 12);
        out[1] = (uint8_t)(0x80 | (cp >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (cp & 63));
        n = 3;
    } else {
        out[0] = (uint8_t)(0xf0 | cp >> 18);
        out[1] = (uint8_t)(0x80 | (cp >> 12 & 63));
        out[2] = (uint8_t)(0x80 | (cp >> 6 & 63));
        out[3] = (uint8_t)(0x80 | (cp & 63));
        n = 4;
    }
    msh_buf_put(b, out, n);
}

void msh_buf_printf(msh_buf *b, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        b->err = MSH_E_LIMIT_BUFFER;
        return;
    }
    if ((size_t)n < sizeof small) {
        msh_buf_put(b, small, (size_t)n);
        return;
    }
    char *room = (char *)msh_buf_room(b, (size_t)n + 1);
    if (!room)
        return;
    va_start(args, format);
    (void)vsnprintf(room, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
}

void msh_buf_put_u16(msh_buf *b, uint16_t v)
{
    uint8_t out[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    msh_buf_put(b, out, 2);
}

void msh_buf_put_u32(msh_buf *b, uint32_t v)
{
    uint8_t out[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    msh_buf_put(b, out, 4);
}

void msh_buf_put_u64(msh_buf *b, uint64_t v)
{
    msh_buf_put_u32(b, (uint32_t)v);
    msh_buf_put_u32(b, (uint32_t)(v >> 32));
}
