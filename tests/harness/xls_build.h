/* xls_build.h: makes records of workbooks (BIFF, [MS-XLS]) in memory, for tests and seeds. */
#ifndef MSH_TEST_XLS_BUILD_H
#define MSH_TEST_XLS_BUILD_H

#include "base/buf.h"
#include "base/view.h"
#include "text/charset.h"

/* A record begins; its length is set by rec_end. Gives where it stands. */
static inline size_t rec_begin(msh_buf *b, uint16_t type)
{
    msh_buf_put_u16(b, type);
    msh_buf_put_u16(b, 0);
    return b->len;
}

static inline void rec_end(msh_buf *b, size_t at)
{
    size_t n = b->len - at;
    b->data[at - 2] = (uint8_t)n;
    b->data[at - 1] = (uint8_t)(n >> 8);
}

static inline void rec_bof(msh_buf *b, uint16_t version, uint16_t kind)
{
    size_t r = rec_begin(b, 0x0809);
    msh_buf_put_u16(b, version);
    msh_buf_put_u16(b, kind);
    msh_buf_put(b, "\0\0\0\0\0\0\0\0\0\0\0", version == 0x0600 ? 12 : 4);
    rec_end(b, r);
}

static inline void rec_eof(msh_buf *b)
{
    rec_end(b, rec_begin(b, 0x000a));
}

/* UTF-16LE of a UTF-8 string of the basic plane; gives the number of characters. */
static inline size_t put_utf16(msh_buf *b, const char *s)
{
    msh_view v = msh_view_str(s);
    size_t n = 0;
    for (size_t at = 0; at < v.len; n++) {
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(v, at, 8));
        at += c.len;
        msh_buf_put_u16(b, (uint16_t)c.cp);
    }
    return n;
}

static inline size_t utf16_len(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((uint8_t)*s & 0xc0) != 0x80;
    return n;
}

/* Count of two bytes, flags, characters. */
static inline void put_string16(msh_buf *b, const char *s)
{
    msh_buf_put_u16(b, (uint16_t)utf16_len(s));
    msh_buf_put_byte(b, 1);
    (void)put_utf16(b, s);
}

/* Count of one byte. */
static inline void put_string8(msh_buf *b, const char *s)
{
    msh_buf_put_byte(b, (uint8_t)utf16_len(s));
    msh_buf_put_byte(b, 1);
    (void)put_utf16(b, s);
}

static inline void put_cell(msh_buf *b, uint16_t row, uint16_t col, uint16_t style)
{
    msh_buf_put_u16(b, row);
    msh_buf_put_u16(b, col);
    msh_buf_put_u16(b, style);
}

static inline void rec_label(msh_buf *b, uint16_t row, uint16_t col, const char *s)
{
    size_t r = rec_begin(b, 0x0204);
    put_cell(b, row, col, 0);
    put_string16(b, s);
    rec_end(b, r);
}

static inline void rec_shared(msh_buf *b, uint16_t row, uint16_t col, uint32_t i)
{
    size_t r = rec_begin(b, 0x00fd);
    put_cell(b, row, col, 0);
    msh_buf_put_u32(b, i);
    rec_end(b, r);
}

static inline void rec_number(msh_buf *b, uint16_t row, uint16_t col, uint16_t style, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    size_t r = rec_begin(b, 0x0203);
    put_cell(b, row, col, style);
    msh_buf_put_u64(b, bits);
    rec_end(b, r);
}

/* A sheet's row in the list; gives where its offset stands, see bound_set. */
static inline size_t rec_bound(msh_buf *b, uint8_t state, const char *name)
{
    size_t r = rec_begin(b, 0x0085);
    msh_buf_put_u32(b, 0);
    msh_buf_put_byte(b, state);
    msh_buf_put_byte(b, 0);
    put_string8(b, name);
    rec_end(b, r);
    return r;
}

static inline void bound_set(msh_buf *b, size_t bound)
{
    for (unsigned i = 0; i < 4; i++)
        b->data[bound + i] = (uint8_t)(b->len >> (8 * i));
}

static inline void rec_format(msh_buf *b, uint16_t id, const char *code)
{
    size_t r = rec_begin(b, 0x041e);
    msh_buf_put_u16(b, id);
    put_string16(b, code);
    rec_end(b, r);
    r = rec_begin(b, 0x00e0);
    msh_buf_put_u16(b, 0);
    msh_buf_put_u16(b, id);
    msh_buf_put(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    rec_end(b, r);
}

#endif
