/* snappy.c: literals and copies (see snappy.h). */
#include "extract/snappy.h"

#include "base/cursor.h"

enum { LITERAL, COPY_1, COPY_2, COPY_4 };

static uint64_t read_varint(msh_cursor *c)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t b = msh_cursor_u8(c);
        n |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return n;
    }
    c->failed = true;
    return 0;
}

/* Length of a literal: in the tag, or in one to four bytes after it. */
static uint64_t literal_length(msh_cursor *c, uint8_t tag)
{
    unsigned n = tag >> 2;
    uint64_t len = 0;
    if (n < 60)
        return n + 1;
    for (unsigned i = 0; i < n - 59; i++)
        len |= (uint64_t)msh_cursor_u8(c) << (8 * i);
    return len + 1;
}

/* A copy may overlap what it makes. */
static bool copy(msh_buf *out, size_t start, uint64_t offset, size_t len)
{
    if (offset == 0 || offset > out->len - start)
        return false;
    uint8_t *to = msh_buf_room(out, len);
    if (!to)
        return false;
    for (size_t i = 0; i < len; i++)
        to[i] = to[(ptrdiff_t)i - (ptrdiff_t)offset];
    msh_buf_grew(out, len);
    return true;
}

static bool one_tag(msh_cursor *c, msh_buf *out, size_t start)
{
    uint8_t tag = msh_cursor_u8(c);
    uint64_t offset;
    size_t len = (tag >> 2) + 1u;
    switch (tag & 3) {
    case LITERAL: {
        msh_view v = msh_cursor_take(c, literal_length(c, tag));
        msh_buf_put(out, v.data, v.len);
        return msh_cursor_ok(c) && msh_buf_err(out) == MSH_OK;
    }
    case COPY_1:
        len = ((tag >> 2) & 7u) + 4u;
        offset = (uint64_t)(tag >> 5) << 8 | msh_cursor_u8(c);
        break;
    case COPY_2:
        offset = msh_cursor_u16le(c);
        break;
    default:
        offset = msh_cursor_u32le(c);
        break;
    }
    return msh_cursor_ok(c) && copy(out, start, offset, len);
}

bool msh_snappy_block(msh_view block, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(block);
    size_t start = out->len;
    uint64_t declared = read_varint(&c);
    while (msh_cursor_ok(&c) && msh_cursor_left(&c) > 0 && out->len - start < declared)
        if (!one_tag(&c, out, start))
            return false;
    return msh_cursor_ok(&c) && out->len - start == declared;
}
