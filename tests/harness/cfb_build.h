/* cfb_build.h: makes compound files ([MS-CFB]) in memory, for tests.
 *
 *     cfb_build b;
 *     cfb_begin(&b);                               512-byte sectors; b.shift = 12 for 4096
 *     int pool = cfb_storage(&b, 0, "ObjectPool"); 0 is the root
 *     cfb_stream(&b, pool, "\003ObjInfo", data, len);
 *     cfb_end(&b);                                 b.file holds the file
 *     … msh_buf_view(&b.file) …
 *     cfb_dispose(&b);
 *
 * Where things stand is left in b (fat_at, dir_at, …) so that a test can damage them. */
#ifndef MSH_TEST_CFB_BUILD_H
#define MSH_TEST_CFB_BUILD_H

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/view.h"
#include "text/charset.h"

enum { CFB_MOST = 256, CFB_END = -2, CFB_FREE = -1 };

typedef struct cfb_node {
    char name[96];
    int parent, kind;
    uint8_t clsid[16];
    msh_buf data;
    uint32_t start;
} cfb_node;

typedef struct cfb_build {
    unsigned shift;
    cfb_node e[CFB_MOST];
    int n;
    msh_buf file;
    uint32_t *fat, *mini_fat;
    uint32_t sectors, minis;
    uint64_t fat_at, dir_at, mini_fat_at, mini_at; /* file positions */
} cfb_build;

static inline int cfb_node_add(cfb_build *b, int parent, const char *name, int kind)
{
    cfb_node *e = &b->e[b->n];
    *e = (cfb_node){.parent = parent, .kind = kind, .start = (uint32_t)CFB_END};
    (void)snprintf(e->name, sizeof e->name, "%s", name);
    msh_buf_init(&e->data, (size_t)1 << 30);
    return b->n++;
}

static inline void cfb_begin(cfb_build *b)
{
    memset(b, 0, sizeof *b);
    b->shift = 9;
    msh_buf_init(&b->file, (size_t)1 << 30);
    cfb_node_add(b, -1, "Root Entry", 5);
}

static inline int cfb_storage(cfb_build *b, int parent, const char *name)
{
    return cfb_node_add(b, parent, name, 1);
}

static inline int cfb_stream(cfb_build *b, int parent, const char *name, const void *data,
                             size_t len)
{
    int i = cfb_node_add(b, parent, name, 2);
    msh_buf_put(&b->e[i].data, data, len);
    return i;
}

static inline void cfb_dispose(cfb_build *b)
{
    for (int i = 0; i < b->n; i++)
        msh_buf_dispose(&b->e[i].data);
    msh_buf_dispose(&b->file);
    msh_free(b->fat);
    msh_free(b->mini_fat);
}

/* --- inner --- */

static inline void cfb_put32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t cfb_build_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void cfb_pad(cfb_build *b, unsigned shift)
{
    while (b->file.len & (((size_t)1 << shift) - 1))
        msh_buf_put_byte(&b->file, 0);
}

/* Bytes as a chain of sectors; gives the first. */
static inline uint32_t cfb_chain(cfb_build *b, msh_view v)
{
    uint32_t first = b->sectors, n = (uint32_t)((v.len + ((size_t)1 << b->shift) - 1) >> b->shift);
    if (n == 0)
        return (uint32_t)CFB_END;
    msh_buf_put_view(&b->file, v);
    cfb_pad(b, b->shift);
    b->fat = msh_realloc(b->fat, (b->sectors + n) * sizeof *b->fat);
    for (uint32_t i = 0; i < n; i++)
        b->fat[b->sectors + i] = i + 1 < n ? b->sectors + i + 1 : (uint32_t)CFB_END;
    b->sectors += n;
    return first;
}

static inline void cfb_minis(cfb_build *b, msh_buf *mini)
{
    for (int i = 1; i < b->n; i++) {
        cfb_node *e = &b->e[i];
        if (e->kind != 2 || e->data.len == 0 || e->data.len >= 4096)
            continue;
        uint32_t n = (uint32_t)((e->data.len + 63) / 64);
        e->start = b->minis;
        b->mini_fat = msh_realloc(b->mini_fat, (b->minis + n) * sizeof *b->mini_fat);
        for (uint32_t k = 0; k < n; k++)
            b->mini_fat[b->minis + k] = k + 1 < n ? b->minis + k + 1 : (uint32_t)CFB_END;
        b->minis += n;
        msh_buf_put_view(mini, msh_buf_view(&e->data));
        while (mini->len % 64)
            msh_buf_put_byte(mini, 0);
    }
}

/* Numbers as little-endian bytes, padded with CFB_FREE to whole sectors. */
static inline void cfb_table(cfb_build *b, const uint32_t *v, uint32_t n, msh_buf *out)
{
    for (uint32_t i = 0; i < n; i++)
        msh_buf_put_u32(out, v[i]);
    while (out->len & (((size_t)1 << b->shift) - 1))
        msh_buf_put_u32(out, (uint32_t)CFB_FREE);
}

static inline void cfb_slot(const cfb_build *b, int i, uint8_t *slot)
{
    const cfb_node *e = &b->e[i];
    size_t at = 0, len = strlen(e->name), to = 0;
    while (at < len && to + 2 < 64) {
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_of(e->name + at, len - at));
        slot[to++] = (uint8_t)c.cp;
        slot[to++] = (uint8_t)(c.cp >> 8);
        at += c.len;
    }
    slot[64] = (uint8_t)(to + 2);
    slot[66] = (uint8_t)e->kind;
    slot[67] = 1;
    int child = CFB_FREE, right = CFB_FREE;
    for (int k = b->n - 1; k > 0; k--) {
        if (b->e[k].parent == i)
            child = k;
        if (k > i && b->e[k].parent == e->parent)
            right = k;
    }
    cfb_put32(slot + 68, (uint32_t)CFB_FREE);
    cfb_put32(slot + 72, i ? (uint32_t)right : (uint32_t)CFB_FREE);
    cfb_put32(slot + 76, (uint32_t)child);
    memcpy(slot + 80, e->clsid, 16);
    cfb_put32(slot + 116, e->start);
    cfb_put32(slot + 120, (uint32_t)e->data.len);
}

static inline uint64_t cfb_position(const cfb_build *b, uint32_t sector)
{
    return ((uint64_t)sector + 1) << b->shift;
}

/* The table of sectors, which lists itself, and the list of its own sectors. */
static inline void cfb_fat(cfb_build *b, uint8_t *header)
{
    uint32_t per = 1u << (b->shift - 2), fats = 1, difats = 0;
    while (fats * per < b->sectors + fats + difats) {
        fats++;
        difats = fats > 109 ? (fats - 109 + per - 2) / (per - 1) : 0;
    }
    uint32_t first = b->sectors, all = first + fats + difats;
    b->fat = msh_realloc(b->fat, all * sizeof *b->fat);
    for (uint32_t i = 0; i < fats + difats; i++)
        b->fat[first + i] = i < fats ? 0xfffffffdu : 0xfffffffcu;
    b->fat_at = cfb_position(b, first);
    msh_buf table;
    msh_buf_init(&table, (size_t)1 << 28);
    cfb_table(b, b->fat, all, &table);
    msh_buf_put_view(&b->file, msh_buf_view(&table));
    msh_buf_dispose(&table);
    uint32_t next = 0;
    for (; next < fats && next < 109; next++)
        cfb_put32(header + 76 + 4 * next, first + next);
    for (uint32_t d = 0; d < difats; d++) {
        for (uint32_t i = 0; i + 1 < per; i++, next++)
            msh_buf_put_u32(&b->file, next < fats ? first + next : (uint32_t)CFB_FREE);
        msh_buf_put_u32(&b->file, d + 1 < difats ? first + fats + d + 1 : (uint32_t)CFB_END);
    }
    cfb_put32(header + 44, fats);
    cfb_put32(header + 68, difats ? first + fats : (uint32_t)CFB_END);
    cfb_put32(header + 72, difats);
    b->sectors = all;
}

static inline void cfb_end(cfb_build *b)
{
    uint8_t h[512] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    msh_buf mini, table, dir;
    msh_buf_init(&mini, (size_t)1 << 30);
    msh_buf_init(&table, (size_t)1 << 28);
    msh_buf_init(&dir, (size_t)1 << 28);
    h[24] = 0x3e;
    h[26] = b->shift == 12 ? 4 : 3;
    h[28] = 0xfe;
    h[29] = 0xff;
    h[30] = (uint8_t)b->shift;
    h[32] = 6;
    cfb_put32(h + 56, 4096);
    memset(h + 76, 0xff, 436);
    msh_buf_put(&b->file, h, sizeof h);
    cfb_pad(b, b->shift);
    for (int i = 1; i < b->n; i++)
        if (b->e[i].kind == 2 && b->e[i].data.len >= 4096)
            b->e[i].start = cfb_chain(b, msh_buf_view(&b->e[i].data));
    cfb_minis(b, &mini);
    b->mini_at = cfb_position(b, b->sectors);
    b->e[0].start = cfb_chain(b, msh_buf_view(&mini));
    msh_buf_reset(&b->e[0].data);
    msh_buf_put_view(&b->e[0].data, msh_buf_view(&mini));
    cfb_table(b, b->mini_fat, b->minis, &table);
    b->mini_fat_at = cfb_position(b, b->sectors);
    cfb_put32(h + 64, (uint32_t)(table.len >> b->shift));
    cfb_put32(h + 60, cfb_chain(b, msh_buf_view(&table)));
    for (int i = 0; i < b->n; i++) {
        uint8_t slot[128] = {0};
        cfb_slot(b, i, slot);
        msh_buf_put(&dir, slot, sizeof slot);
    }
    b->dir_at = cfb_position(b, b->sectors);
    cfb_put32(h + 48, cfb_chain(b, msh_buf_view(&dir)));
    cfb_fat(b, h);
    memcpy(b->file.data, h, sizeof h);
    msh_buf_dispose(&mini);
    msh_buf_dispose(&table);
    msh_buf_dispose(&dir);
}

#endif
