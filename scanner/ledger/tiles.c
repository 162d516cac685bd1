/* tiles.c: reading and writing tile files. A proof at ten million records reads less than 30 KB. */
#define _GNU_SOURCE
#include "ledger/tiles.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TILE_BITS = 8 };

static msh_err file_name(const msh_tiles *t, unsigned level, char out[MSH_LOG_PATH])
{
    int n = snprintf(out, MSH_LOG_PATH, "%s/%u.bin", t->folder, level);
    return n > 0 && n < MSH_LOG_PATH ? MSH_OK : MSH_E_STATE;
}

msh_err msh_tiles_open(msh_tiles *t, const char *dir, size_t profile, msh_error *why)
{
    char path[MSH_LOG_PATH];
    for (unsigned i = 0; i < MSH_TILE_LEVELS; i++)
        t->fd[i] = -1;
    t->hasher = (msh_hasher){0};
    MSH_TRY(msh_store_path(dir, msh_profile_at(profile)->tree, t->folder, why));
    for (unsigned i = 0; i < MSH_TILE_LEVELS; i++) {
        MSH_TRY(file_name(t, i, path));
        t->fd[i] = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (t->fd[i] < 0) /* somebody else's log: proofs need only reading */
            t->fd[i] = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    return msh_hasher_init(&t->hasher, msh_profile_at(profile)->digest);
}

void msh_tiles_close(msh_tiles *t)
{
    for (unsigned i = 0; i < MSH_TILE_LEVELS; i++) {
        if (t->fd[i] >= 0)
            close(t->fd[i]);
        t->fd[i] = -1;
    }
    msh_hasher_dispose(&t->hasher);
}

/* --- writing ---------------------------------------------------------------------------------- */

static msh_err make_file(msh_tiles *t, unsigned level)
{
    char path[MSH_LOG_PATH];
    if (t->fd[level] >= 0)
        return MSH_OK;
    MSH_TRY(msh_file_make_dirs(t->folder, NULL));
    MSH_TRY(file_name(t, level, path));
    t->fd[level] = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return t->fd[level] < 0 ? MSH_E_IO : MSH_OK;
}

static msh_err write_hashes(msh_tiles *t, unsigned level, uint64_t from,
                            const uint8_t (*hashes)[MSH_HASH], size_t n)
{
    struct stat st;
    size_t len = n * MSH_HASH, at = 0;
    MSH_TRY(make_file(t, level));
    if (fstat(t->fd[level], &st) != 0 || (uint64_t)st.st_size < from * MSH_HASH)
        return MSH_E_SHORT;
    while (at < len) {
        ssize_t r = pwrite(t->fd[level], (const uint8_t *)hashes + at, len - at,
                           (off_t)(from * MSH_HASH + at));
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return errno == ENOSPC ? MSH_E_FULL : MSH_E_IO;
        at += (size_t)r;
    }
    return MSH_OK;
}

static msh_err read_hashes(const msh_tiles *t, unsigned level, uint64_t from,
                           uint8_t (*out)[MSH_HASH], size_t n)
{
    if (level >= MSH_TILE_LEVELS || t->fd[level] < 0 || from > 1ull << 53)
        return MSH_E_SHORT;
    int64_t got = msh_file_pread(t->fd[level], out, n * MSH_HASH, from * MSH_HASH);
    return got < 0 ? MSH_E_IO : (size_t)got == n * MSH_HASH ? MSH_OK : MSH_E_SHORT;
}

/* 2^bits hashes to one, in place. */
static msh_err reduce(const msh_tiles *t, uint8_t (*hashes)[MSH_HASH], unsigned bits)
{
    for (size_t n = (size_t)1 << bits; n > 1; n /= 2)
        MSH_TRY(msh_tree_pairs(t->hasher.which, (const uint8_t(*)[MSH_HASH])hashes, n / 2, hashes));
    return MSH_OK;
}

msh_err msh_tiles_append(msh_tiles *t, uint64_t from, const uint8_t (*leaves)[MSH_HASH], size_t n)
{
    uint8_t room[MSH_TILE][MSH_HASH];
    uint64_t first = from, end = from + n;
    MSH_TRY(write_hashes(t, 0, from, leaves, n));
    for (unsigned level = 1; level < MSH_TILE_LEVELS; level++) {
        first >>= TILE_BITS;
        end >>= TILE_BITS;
        for (uint64_t i = first; i < end; i++) {
            MSH_TRY(read_hashes(t, level - 1, i << TILE_BITS, room, MSH_TILE));
            MSH_TRY(reduce(t, room, TILE_BITS));
            MSH_TRY(write_hashes(t, level, i, (const uint8_t(*)[MSH_HASH])room, 1));
        }
    }
    return MSH_OK;
}

msh_err msh_tiles_sync(msh_tiles *t)
{
    for (unsigned i = 0; i < MSH_TILE_LEVELS; i++)
        if (t->fd[i] >= 0 && fdatasync(t->fd[i]) != 0)
            return MSH_E_IO;
    return t->fd[0] >= 0 ? msh_file_sync_dir(t->folder, NULL) : MSH_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The root of the perfect subtree of 2^level leaves that is the index-th of its kind. */
static msh_err subtree(const msh_tiles *t, unsigned level, uint64_t index, uint8_t out[MSH_HASH])
{
    uint8_t room[MSH_TILE / 2][MSH_HASH];
    unsigned tile = level / TILE_BITS, bits = level % TILE_BITS;
    MSH_TRY(read_hashes(t, tile, index << bits, room, (size_t)1 << bits));
    MSH_TRY(reduce(t, room, bits));
    memcpy(out, room[0], MSH_HASH);
    return MSH_OK;
}

msh_err msh_tiles_leaf(msh_tiles *t, uint64_t index, uint8_t out[MSH_HASH])
{
    return subtree(t, 0, index, out);
}

msh_err msh_tiles_tree(msh_tiles *t, uint64_t size, msh_tree *out)
{
    *out = (msh_tree){.size = size};
    for (unsigned i = 0; i < MSH_TREE_LEVELS; i++)
        if (size >> i & 1)
            MSH_TRY(subtree(t, i, (size >> i) - 1, out->frontier[i]));
    return MSH_OK;
}

/* MTH(D[from:to]); from is a multiple of a power of two that is at least to - from. */
static msh_err range(msh_tiles *t, uint64_t from, uint64_t to, uint8_t out[MSH_HASH])
{
    uint8_t part[MSH_TREE_LEVELS][MSH_HASH];
    size_t n = 0;
    while (from < to) {
        unsigned level = 63u - (unsigned)__builtin_clzll(to - from);
        MSH_TRY(subtree(t, level, from >> level, part[n++]));
        from += 1ull << level;
    }
    memcpy(out, part[n - 1], MSH_HASH);
    for (n--; n > 0; n--)
        MSH_TRY(msh_tree_node(&t->hasher, part[n - 1], out, out));
    return MSH_OK;
}

/* The largest power of two below n, n >= 2. */
static uint64_t split(uint64_t n)
{
    return 1ull << (63u - (unsigned)__builtin_clzll(n - 1));
}

/* Hashes were found from the root down; a proof names them from the leaf up. */
static void reverse(uint8_t (*hashes)[MSH_HASH], size_t n)
{
    uint8_t swap[MSH_HASH];
    for (size_t i = 0; i + 1 < n - i; i++) {
        memcpy(swap, hashes[i], MSH_HASH);
        memcpy(hashes[i], hashes[n - 1 - i], MSH_HASH);
        memcpy(hashes[n - 1 - i], swap, MSH_HASH);
    }
}

msh_err msh_tiles_inclusion(msh_tiles *t, uint64_t index, uint64_t size, uint8_t (*out)[MSH_HASH],
                            size_t *n)
{
    uint64_t from = 0, to = size;
    *n = 0;
    while (to - from > 1) {
        uint64_t middle = from + split(to - from);
        bool left = index < middle;
        MSH_TRY(left ? range(t, middle, to, out[*n]) : range(t, from, middle, out[*n]));
        ++*n;
        from = left ? from : middle;
        to = left ? middle : to;
    }
    reverse(out, *n);
    return MSH_OK;
}

msh_err msh_tiles_consistency(msh_tiles *t, uint64_t old, uint64_t size, uint8_t (*out)[MSH_HASH],
                              size_t *n)
{
    uint64_t from = 0, to = size;
    *n = 0;
    while (old != to) {
        uint64_t middle = from + split(to - from);
        bool left = old <= middle;
        MSH_TRY(left ? range(t, middle, to, out[*n]) : range(t, from, middle, out[*n]));
        ++*n;
        from = left ? from : middle;
        to = left ? middle : to;
    }
    if (from > 0) /* else the old tree is a subtree whose root is known */
        MSH_TRY(range(t, from, to, out[(*n)++]));
    reverse(out, *n);
    return MSH_OK;
}
