/* cursor.h: a bounded, sticky reader. After the first short read every later read gives 0 and an
 * empty view; one check of msh_cursor_ok at the end of a record is enough. */
#ifndef MSH_BASE_CURSOR_H
#define MSH_BASE_CURSOR_H

#include <mishen/types.h>

typedef struct msh_cursor {
    msh_view in;
    size_t at;
    bool failed;
} msh_cursor;

static inline msh_cursor msh_cursor_of(msh_view v)
{
    return (msh_cursor){v, 0, false};
}

static inline bool msh_cursor_ok(const msh_cursor *c)
{
    return !c->failed;
}

static inline size_t msh_cursor_left(const msh_cursor *c)
{
    return c->failed ? 0 : c->in.len - c->at;
}

/* The next n bytes; empty and failed when fewer are left. */
static inline msh_view msh_cursor_take(msh_cursor *c, size_t n)
{
    if (c->failed || n > c->in.len - c->at) {
        c->failed = true;
        return (msh_view){0, 0};
    }
    msh_view v = {c->in.data ? c->in.data + c->at : c->in.data, n};
    c->at += n;
    return v;
}

static inline void msh_cursor_skip(msh_cursor *c, size_t n)
{
    (void)msh_cursor_take(c, n);
}

/* Move to an absolute place; failed when it lies outside. */
static inline void msh_cursor_seek(msh_cursor *c, size_t at)
{
    if (c->failed || at > c->in.len)
        c->failed = true;
    else
        c->at = at;
}

static inline uint8_t msh_cursor_u8(msh_cursor *c)
{
    msh_view v = msh_cursor_take(c, 1);
    return v.len ? v.data[0] : 0;
}

static inline uint16_t msh_cursor_u16le(msh_cursor *c)
{
    msh_view v = msh_cursor_take(c, 2);
    return v.len ? (uint16_t)(v.data[0] | v.data[1] << 8) : 0;
}

static inline uint16_t msh_cursor_u16be(msh_cursor *c)
{
    msh_view v = msh_cursor_take(c, 2);
    return v.len ? (uint16_t)(v.data[0] << 8 | v.data[1]) : 0;
}

static inline uint32_t msh_cursor_u32le(msh_cursor *c)
{
    msh_view v = msh_cursor_take(c, 4);
    return v.len ? (uint32_t)v.data[0] | (uint32_t)v.data[1] << 8 | (uint32_t)v.data[2] << 16 |
                       (uint32_t)v.data[3] << 24
                 : 0;
}

static inline uint32_t msh_cursor_u32be(msh_cursor *c)
{
    msh_view v = msh_cursor_take(c, 4);
    return v.len ? (uint32_t)v.data[3] | (uint32_t)v.data[2] << 8 | (uint32_t)v.data[1] << 16 |
                       (uint32_t)v.data[0] << 24
                 : 0;
}

static inline uint64_t msh_cursor_u64le(msh_cursor *c)
{
    uint64_t low = msh_cursor_u32le(c);
    return low | (uint64_t)msh_cursor_u32le(c) << 32;
}

#endif
