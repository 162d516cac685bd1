/* mutate_zip.h: a zip whose members are changed, with lengths, checksums and compression put right
 * (only in the fuzz preset). Compound files inside are not looked at: mutate_cfb.h. */
#ifndef MSH_TEST_MUTATE_ZIP_H
#define MSH_TEST_MUTATE_ZIP_H
#ifdef MSH_FUZZING

#include "base/buf.h"
#include "base/view.h"
#include "mutate.h"

#include <zlib.h>

enum { MUTATE_MEMBERS = 32, MUTATE_MEMBER = 1 << 18 };

typedef struct mutate_member {
    uint8_t *data;
    size_t len;
    msh_view name;
    uint16_t method;
} mutate_member;

static inline uint32_t mutate_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The content behind a local header; false when it is none that can be written anew. */
static inline bool mutate_unpack(msh_view z, size_t at, mutate_member *m, size_t *end)
{
    if (z.len - at < 30 || mutate_u32(z.data + at) != 0x04034b50)
        return false;
    const uint8_t *h = z.data + at;
    size_t name = h[26] + 256u * h[27], extra = h[28] + 256u * h[29], packed = mutate_u32(h + 18);
    size_t from = at + 30 + name + extra;
    if (from > z.len || packed > z.len - from)
        return false;
    m->name = msh_view_of(h + 30, name);
    m->method = (uint16_t)(h[8] + 256u * h[9]);
    m->data = malloc(MUTATE_MEMBER);
    *end = from + packed;
    if (!m->data)
        return false;
    z_stream s = {.next_in = (Bytef *)(uintptr_t)(z.data + from),
                  .avail_in = (uInt)packed,
                  .next_out = m->data,
                  .avail_out = MUTATE_MEMBER};
    if (m->method == 0) {
        m->len = packed < MUTATE_MEMBER ? packed : MUTATE_MEMBER;
        memcpy(m->data, z.data + from, m->len);
    } else if (m->method == 8 && inflateInit2(&s, -15) == Z_OK) {
        (void)inflate(&s, Z_FINISH);
        m->len = s.total_out;
        (void)inflateEnd(&s);
    }
    return m->method == 0 || m->method == 8;
}

static inline void mutate_pack(msh_buf *z, mutate_member *m, msh_buf *directory)
{
    static uint8_t packed[MUTATE_MEMBER + 1024];
    z_stream s = {.next_in = m->data,
                  .avail_in = (uInt)m->len,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    msh_view body = msh_view_of(m->data, m->len);
    if (m->method == 8 && deflateInit2(&s, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK) {
        (void)deflate(&s, Z_FINISH);
        body = msh_view_of(packed, s.total_out);
        (void)deflateEnd(&s);
    }
    msh_buf common;
    msh_buf_init(&common, 64);
    msh_buf_put_u16(&common, 20);
    msh_buf_put_u16(&common, 0);
    msh_buf_put_u16(&common, m->method);
    msh_buf_put_u32(&common, 0);
    msh_buf_put_u32(&common, (uint32_t)crc32(0, m->data, (uInt)m->len));
    msh_buf_put_u32(&common, (uint32_t)body.len);
    msh_buf_put_u32(&common, (uint32_t)m->len);
    msh_buf_put_u16(&common, (uint16_t)m->name.len);
    msh_buf_put_u16(&common, 0);
    msh_buf_put_u32(directory, 0x02014b50);
    msh_buf_put_u16(directory, 20);
    msh_buf_put_view(directory, msh_buf_view(&common));
    for (int i = 0; i < 10; i++)
        msh_buf_put_byte(directory, 0);
    msh_buf_put_u32(directory, (uint32_t)z->len);
    msh_buf_put_view(directory, m->name);
    msh_buf_put_u32(z, 0x04034b50);
    msh_buf_put_view(z, msh_buf_view(&common));
    msh_buf_put_view(z, m->name);
    msh_buf_put_view(z, body);
    msh_buf_dispose(&common);
}

static inline void mutate_zip_end(msh_buf *z, const msh_buf *directory, size_t n)
{
    uint32_t at = (uint32_t)z->len;
    msh_buf_put_view(z, msh_buf_view(directory));
    msh_buf_put_u32(z, 0x06054b50);
    msh_buf_put_u32(z, 0);
    msh_buf_put_u16(z, (uint16_t)n);
    msh_buf_put_u16(z, (uint16_t)n);
    msh_buf_put_u32(z, (uint32_t)directory->len);
    msh_buf_put_u32(z, at);
    msh_buf_put_u16(z, 0);
}

/* The content of one member changed. 0: no zip that could be read. */
static inline size_t mutate_zip(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    mutate_member m[MUTATE_MEMBERS] = {{0}};
    msh_view z = msh_view_of(data, size);
    size_t n = 0, at = 0, out = 0;
    while (n < MUTATE_MEMBERS && mutate_unpack(z, at, &m[n], &at))
        n++;
    msh_buf built, directory;
    msh_buf_init(&built, most + (1 << 20));
    msh_buf_init(&directory, 1 << 20);
    if (n > 0) {
        mutate_member *one = &m[mutate_next(&seed) % n];
        bool markup = one->len && one->data[0] == '<';
        one->len = markup ? mutate_pieces(one->data, one->len, MUTATE_MEMBER, seed, mutate_tag, 0)
                          : LLVMFuzzerMutate(one->data, one->len, MUTATE_MEMBER);
        for (size_t i = 0; i < n; i++)
            mutate_pack(&built, &m[i], &directory);
        mutate_zip_end(&built, &directory, n);
    }
    if (n > 0 && built.len <= most) {
        memcpy(data, built.data, built.len);
        out = built.len;
    }
    for (size_t i = 0; i <= n && i < MUTATE_MEMBERS; i++)
        free(m[i].data);
    msh_buf_dispose(&built);
    msh_buf_dispose(&directory);
    return out;
}

#endif
#endif
