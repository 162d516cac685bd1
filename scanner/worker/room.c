/* room.c: the one interface over both rooms. */
#define _GNU_SOURCE
#include "worker/room.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/room_impl.h"

msh_err msh_room_open(const msh_room_options *options, msh_room **out, msh_error *why)
{
    *out = NULL;
    return options->inproc ? msh_room_open_inproc(options, out, why)
                           : msh_room_open_processes(options, out, why);
}

size_t msh_room_free_slots(const msh_room *r)
{
    return r->free_slots(r);
}

msh_err msh_room_give(msh_room *r, const msh_job *job, msh_error *why)
{
    return r->give(r, job, why);
}

msh_err msh_room_take(msh_room *r, const msh_room_events *events, int timeout_ms, size_t *left,
                      msh_error *why)
{
    return r->take(r, events, timeout_ms, left, why);
}

size_t msh_room_descriptors(const msh_room *r, int *out, size_t cap)
{
    return r->descriptors ? r->descriptors(r, out, cap) : 0;
}

void msh_room_close(msh_room *r)
{
    if (r)
        r->close(r);
}

const char *msh_room_lock_level(const msh_room *r)
{
    return r->level;
}

static msh_view put_copy(uint8_t **at, msh_view v)
{
    msh_view copy = {*at, v.len};
    if (v.len)
        memcpy(*at, v.data, v.len);
    *at += v.len;
    return copy;
}

msh_room_copy *msh_room_copy_job(const msh_job *job)
{
    size_t size = sizeof(msh_room_copy);
    if (!msh_add_size(size, job->path.len, &size) || !msh_add_size(size, job->link.len, &size) ||
        !msh_add_size(size, job->xattrs.len, &size))
        return NULL;
    msh_room_copy *copy = msh_alloc(size);
    if (!copy)
        return NULL;
    uint8_t *at = copy->bytes;
    copy->job = *job;
    copy->job.path = put_copy(&at, job->path);
    copy->job.link = put_copy(&at, job->link);
    copy->job.xattrs = put_copy(&at, job->xattrs);
    return copy;
}

bool msh_hash_file(msh_digest *d, int fd, uint64_t most, uint8_t *buf, uint8_t sha256[32],
                   uint8_t sm3[32])
{
    if (msh_digest_reset(d) != MSH_OK)
        return false;
    for (uint64_t at = 0; at < most;) {
        size_t want = most - at < MSH_HASH_STEP ? (size_t)(most - at) : MSH_HASH_STEP;
        int64_t n = msh_file_pread(fd, buf, want, at);
        if (n < 0 || msh_digest_update(d, msh_view_of(buf, (size_t)n)) != MSH_OK)
            return false;
        at += (uint64_t)n;
        if ((size_t)n < want)
            break;
    }
    return msh_digest_final(d, sha256, sm3) == MSH_OK;
}
