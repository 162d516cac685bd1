/* zip_build.h: zips of stored members, honest or not, for tests. */
#ifndef MSH_TEST_ZIP_BUILD_H
#define MSH_TEST_ZIP_BUILD_H

#include "base/buf.h"
#include "base/view.h"

typedef struct member {
    const char *name, *data;
    const char *local_name; /* NULL: the same */
    uint16_t flags;
    bool unlisted;
} member;

static inline uint32_t crc_of(const char *data, size_t n)
{
    uint32_t c = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        c ^= (uint8_t)data[i];
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (0xedb88320u & (0u - (c & 1)));
    }
    return ~c;
}

/* What both headers have in common, from the flags to the lengths of names. */
static inline void put_common(msh_buf *z, const member *m, const char *name)
{
    uint32_t n = (uint32_t)strlen(m->data);
    msh_buf_put_u16(z, m->flags);
    msh_buf_put_u16(z, 0);
    msh_buf_put_u32(z, 0);
    msh_buf_put_u32(z, crc_of(m->data, n));
    msh_buf_put_u32(z, n);
    msh_buf_put_u32(z, n);
    msh_buf_put_u16(z, (uint16_t)strlen(name));
    msh_buf_put_u16(z, 0);
}

static inline void build(msh_buf *z, const member *members, size_t n)
{
    uint32_t at[16], listed = 0;
    size_t prefix = z->len;
    for (size_t i = 0; i < n; i++) {
        const char *name = members[i].local_name ? members[i].local_name : members[i].name;
        at[i] = (uint32_t)(z->len - prefix);
        msh_buf_put_u32(z, 0x04034b50);
        msh_buf_put_u16(z, 20);
        put_common(z, &members[i], name);
        msh_buf_put_str(z, name);
        msh_buf_put_str(z, members[i].data);
    }
    uint32_t from = (uint32_t)(z->len - prefix);
    for (size_t i = 0; i < n; i++) {
        if (members[i].unlisted)
            continue;
        listed++;
        msh_buf_put_u32(z, 0x02014b50);
        msh_buf_put_u16(z, 20);
        msh_buf_put_u16(z, 20);
        put_common(z, &members[i], members[i].name);
        msh_buf_put_u16(z, 0);
        msh_buf_put_u16(z, 0);
        msh_buf_put_u16(z, 0);
        msh_buf_put_u32(z, 0);
        msh_buf_put_u32(z, at[i]);
        msh_buf_put_str(z, members[i].name);
    }
    uint32_t size = (uint32_t)(z->len - prefix) - from;
    msh_buf_put_u32(z, 0x06054b50);
    msh_buf_put_u32(z, 0);
    msh_buf_put_u16(z, (uint16_t)listed);
    msh_buf_put_u16(z, (uint16_t)listed);
    msh_buf_put_u32(z, size);
    msh_buf_put_u32(z, from);
    msh_buf_put_u16(z, 0);
}

#endif
