/* spot.c: scanning on the spot for approve and gate, and the hashes they take themselves. */
#define _GNU_SOURCE
#include "scan/spot.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/many.h"
#include "scan/open.h"
#include "scan/records.h"
#include "scan/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 256 << 10 };

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* to: where the very bytes that are hashed are written, -1 = nowhere. */
static msh_err digest_all(int fd, int to, unsigned which, msh_spot_hash *out, msh_error *why)
{
    msh_digest *d = NULL;
    uint8_t *room = msh_alloc(STEP);
    msh_err err = room ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "hashing");
    if (err == MSH_OK)
        err = msh_digest_new(which, &d);
    for (int64_t n = STEP; err == MSH_OK && n == STEP;) {
        n = msh_file_pread(fd, room, STEP, out->size);
        if (n < 0)
            err = msh_fail_errno(why, MSH_E_IO, "read");
        else
            err = msh_digest_update(d, msh_view_of(room, (size_t)n));
        if (err == MSH_OK && to >= 0)
            err = msh_file_write_all(to, msh_view_of(room, (size_t)n), why);
        out->size += n > 0 ? (uint64_t)n : 0;
    }
    if (err == MSH_OK)
        err = msh_digest_final(d, out->sha256, out->sm3);
    msh_digest_free(d);
    msh_free(room);
    return err;
}

msh_err msh_spot_read(int fd, msh_spot_hash *out, msh_error *why)
{
    return msh_spot_copy(fd, -1, out, why);
}

/* Around what reads a file: a regular one, and the same one before and after. */
static msh_err check_same(int fd, const struct stat *before, uint64_t size, msh_error *why)
{
    struct stat after;
    if (fstat(fd, &after) != 0 || !same_file(before, &after) || size != (uint64_t)after.st_size)
        return msh_fail(why, MSH_E_CORRUPT, "changed while it was read");
    return MSH_OK;
}

static msh_err copy_of(int fd, int to, unsigned which, msh_spot_hash *out, msh_error *why)
{
    struct stat before;
    *out = (msh_spot_hash){0};
    if (fstat(fd, &before) != 0 || !S_ISREG(before.st_mode))
        return msh_fail(why, MSH_E_UNSUPPORTED, "not a regular file");
    MSH_TRY(digest_all(fd, to, which, out, why));
    return check_same(fd, &before, out->size, why);
}

msh_err msh_spot_copy(int fd, int to, msh_spot_hash *out, msh_error *why)
{
    return copy_of(fd, to, MSH_DIGEST_SHA256 | MSH_DIGEST_SM3, out, why);
}

/* --- some at a time --------------------------------------------------------------------------- */

msh_err msh_spot_batch_init(msh_spot_batch *b, unsigned which, msh_error *why)
{
    *b = (msh_spot_batch){.which = which ? which : MSH_DIGEST_SHA256 | MSH_DIGEST_SM3};
    b->room = msh_alloc((size_t)MSH_SPOT_BATCH * MSH_SPOT_SMALL);
    return b->room ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "hashing");
}

void msh_spot_batch_dispose(msh_spot_batch *b)
{
    msh_free(b->room);
    b->room = NULL;
}

static msh_err read_small(msh_spot_batch *b, int fd, uint64_t *size, msh_error *why)
{
    struct stat before;
    *size = UINT64_MAX;
    if (fstat(fd, &before) != 0 || !S_ISREG(before.st_mode))
        return msh_fail(why, MSH_E_UNSUPPORTED, "not a regular file");
    if (before.st_size >= MSH_SPOT_SMALL)
        return MSH_OK;
    int64_t n = msh_file_pread(fd, b->room + b->n * MSH_SPOT_SMALL, MSH_SPOT_SMALL, 0);
    if (n < 0)
        return msh_fail_errno(why, MSH_E_IO, "read");
    *size = (uint64_t)n;
    return check_same(fd, &before, *size, why);
}

msh_err msh_spot_batch_add(msh_spot_batch *b, int fd, msh_error *why)
{
    uint64_t size;
    msh_spot_hash hash = {0};
    msh_err err = read_small(b, fd, &size, why);
    bool small = err == MSH_OK && size != UINT64_MAX;
    if (small)
        hash.size = size;
    else if (err == MSH_OK)
        err = copy_of(fd, -1, b->which, &hash, why);
    b->files[b->n].hash = hash;
    b->files[b->n].err = err;
    b->files[b->n].is_small = small;
    b->n++;
    return err == MSH_E_MEMORY || err == MSH_E_CRYPTO ? err : MSH_OK;
}

/* The longest first, so that the lanes end together. */
static size_t sort_small(const msh_spot_batch *b, msh_view in[MSH_SPOT_BATCH],
                         size_t order[MSH_SPOT_BATCH])
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (!b->files[i].is_small)
            continue;
        msh_view v = msh_view_of(b->room + i * MSH_SPOT_SMALL, (size_t)b->files[i].hash.size);
        size_t at = n++;
        for (; at > 0 && in[at - 1].len < v.len; at--) {
            in[at] = in[at - 1];
            order[at] = order[at - 1];
        }
        in[at] = v;
        order[at] = i;
    }
    return n;
}

msh_err msh_spot_batch_finish(msh_spot_batch *b, msh_error *why)
{
    static const unsigned kinds[] = {MSH_DIGEST_SHA256, MSH_DIGEST_SM3};
    msh_view in[MSH_SPOT_BATCH];
    size_t order[MSH_SPOT_BATCH];
    uint8_t out[MSH_SPOT_BATCH][32];
    size_t n = sort_small(b, in, order);
    for (size_t k = 0; k < 2 && n; k++) {
        if (!(b->which & kinds[k]))
            continue;
        msh_err err = msh_digest_many(kinds[k], in, n, out);
        if (err != MSH_OK)
            return msh_fail(why, err, "hashing");
        for (size_t i = 0; i < n; i++) {
            msh_spot_hash *h = &b->files[order[i]].hash;
            memcpy(kinds[k] == MSH_DIGEST_SM3 ? h->sm3 : h->sha256, out[i], 32);
        }
    }
    return MSH_OK;
}

/* --- places ----------------------------------------------------------------------------------- */

msh_err msh_spot_locate(const char *root, const char *given, char full[MSH_SPOT_PATH],
                        const char **rel)
{
    char folder[MSH_SPOT_PATH], real[MSH_SPOT_PATH];
    const char *slash = strrchr(given, '/'), *name = slash ? slash + 1 : given;
    int n = slash ? snprintf(folder, sizeof folder, "%.*s", (int)(slash - given + 1), given)
                  : snprintf(folder, sizeof folder, ".");
    if (n < 0 || n >= (int)sizeof folder || !realpath(folder, real))
        return MSH_E_GONE;
    n = snprintf(full, MSH_SPOT_PATH, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
    if (n < 0 || n >= MSH_SPOT_PATH)
        return MSH_E_OPEN;
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(full, root, len) != 0 || full[len] != '/')
        return MSH_E_USAGE;
    *rel = full + len + 1;
    return MSH_OK;
}

msh_err msh_spot_scan(msh_run *r, const msh_spot_job *job, msh_error *why)
{
    char started[MSH_UTC_SIZE];
    r->fail_on = MSH_TIER_REVIEW;
    r->observe = job->observe;
    r->observe_ctx = job->ctx;
    r->root = job->root;
    r->purpose = job->purpose;
    MSH_TRY(msh_open_run(r, job->options, why));
    MSH_TRY(msh_run_make_id(r->id, started));
    MSH_TRY(job->root ? msh_records_begin(r, &job->root, 1, why)
                      : msh_records_begin(r, job->paths, job->n_paths, why));
    for (size_t i = 0; i < job->n_paths; i++)
        MSH_TRY(msh_run_path(r, job->paths[i], why));
    MSH_TRY(msh_run_drain(r, why));
    r->summary.exit = msh_verdict_exit(r->summary.items, r->summary.complete, r->found);
    return msh_records_end(r, why);
}

int msh_spot_exit(msh_err err)
{
    if (err == MSH_E_SANDBOX)
        return MSH_EXIT_SANDBOX;
    switch (msh_err_class(err)) {
    case 1:
        return MSH_EXIT_USAGE;
    case 2:
        return MSH_EXIT_STATE;
    case 6:
        return MSH_EXIT_EVIDENCE;
    default:
        return MSH_EXIT_NOT_INSPECTED;
    }
}

msh_err msh_spot_print(const msh_buf *text, msh_error *why)
{
    if (msh_buf_err(text) != MSH_OK)
        return msh_fail(why, msh_buf_err(text), "output");
    return msh_file_write_all(STDOUT_FILENO, msh_buf_view(text), why);
}
