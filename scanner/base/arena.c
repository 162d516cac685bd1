/* arena.c: bump allocation in blocks that double up to 1 MiB. */
#include "base/arena.h"

#include "base/mem.h"

#include <stddef.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct msh_arena_block {
    msh_arena_block *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char bytes[];
};

void msh_arena_init(msh_arena *a, size_t ceiling)
{
    *a = (msh_arena){.ceiling = ceiling};
}

static msh_arena_block *new_block(msh_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    size_t total;
    if (!msh_add_size(size, sizeof(msh_arena_block), &total))
        return NULL;
    msh_arena_block *b = msh_alloc(total);
    if (!b)
        return NULL;
    b->next = a->head;
    b->size = size;
    b->used = 0;
    a->head = b;
    return b;
}

void *msh_arena_alloc(msh_arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    size_t need;
    if (!msh_add_size(size ? size : 1, align - 1, &need))
        return NULL;
    need &= ~(align - 1);
    if (a->ceiling && (need > a->ceiling || a->used > a->ceiling - need))
        return NULL;
    msh_arena_block *b = a->head;
    if (!b || b->size - b->used < need) {
        b = new_block(a, need);
        if (!b)
            return NULL;
    }
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    return p;
}

void *msh_arena_calloc(msh_arena *a, size_t count, size_t size)
{
    size_t total;
    if (!msh_mul_size(count, size, &total))
        return NULL;
    void *p = msh_arena_alloc(a, total);
    if (p)
        memset(p, 0, total);
    return p;
}

msh_view msh_arena_copy(msh_arena *a, msh_view v)
{
    size_t total;
    uint8_t *p = msh_add_size(v.len, 1, &total) ? msh_arena_alloc(a, total) : NULL;
    if (!p)
        return (msh_view){NULL, 0};
    if (v.len)
        memcpy(p, v.data, v.len);
    p[v.len] = 0;
    return (msh_view){p, v.len};
}

char *msh_arena_string(msh_arena *a, msh_view v)
{
    return (char *)msh_arena_copy(a, v).data;
}

void msh_arena_reset(msh_arena *a)
{
    msh_arena_block *keep = NULL;
    for (msh_arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        if (!keep && b->size <= LARGEST_BLOCK) {
            keep = b;
            continue;
        }
        msh_free(b);
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
    }
    a->head = keep;
    a->used = 0;
}

void msh_arena_dispose(msh_arena *a)
{
    for (msh_arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        msh_free(b);
    }
    *a = (msh_arena){.ceiling = a->ceiling};
}
