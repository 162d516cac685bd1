/* hasher.c: the process that hashes and never parses (architecture.md section 4).
 *
 * It gets the same descriptors as the workers, so that a worker that has gone over to the enemy has
 * no say in what was hashed. Digests of small files are sent back together. */
#define _GNU_SOURCE
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/channel.h"
#include "worker/frame.h"
#include "worker/room_impl.h"
#include "worker/zygote.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWERS_AT_ONCE = 8192, DIGEST_SIZE = 32 };

typedef struct hasher {
    int socket;
    uint64_t most;
    msh_digest *digest;
    uint8_t *step;
    msh_buf out;
} hasher;

static void put_digest(hasher *h, uint32_t seq, int fd)
{
    uint8_t sums[2 * DIGEST_SIZE] = {0};
    bool ok = fd >= 0 && msh_hash_file(h->digest, fd, h->most, h->step, sums, sums + DIGEST_SIZE);
    size_t begin = msh_frame_begin(&h->out, MSH_FRAME_DIGEST, seq);
    msh_buf_put_byte(&h->out, ok);
    msh_buf_put(&h->out, sums, sizeof sums);
    msh_frame_end(&h->out, begin);
}

static bool flush(hasher *h)
{
    bool ok = h->out.len == 0 || msh_channel_send(h->socket, msh_buf_view(&h->out), NULL, 0, 0);
    msh_buf_reset(&h->out);
    return ok;
}

/* One job; false at the end. Waits only when nothing is owed. */
static bool hash_next(hasher *h)
{
    uint8_t packet[256];
    int fds[MSH_CHANNEL_FDS];
    msh_frame f;
    bool end;
    ssize_t n =
        msh_channel_receive(h->socket, packet, sizeof packet, fds, h->out.len ? MSG_DONTWAIT : 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return flush(h);
    if (n <= 0)
        return false;
    msh_cursor c = msh_cursor_of(msh_view_of(packet, (size_t)n));
    if (!msh_frame_next(&c, &f, &end) || end || f.type != MSH_FRAME_JOB)
        return false;
    put_digest(h, f.seq, fds[0]);
    for (int i = 0; i < MSH_CHANNEL_FDS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (msh_buf_err(&h->out) != MSH_OK)
        return false;
    return h->out.len < ANSWERS_AT_ONCE || flush(h);
}

/* libcrypto initialises itself at its first use: before the lock. */
static bool warm_digest(hasher *h)
{
    uint8_t sums[2 * DIGEST_SIZE];
    return msh_digest_update(h->digest, MSH_VIEW("mishen")) == MSH_OK &&
           msh_digest_final(h->digest, sums, sums + DIGEST_SIZE) == MSH_OK &&
           msh_digest_reset(h->digest) == MSH_OK;
}

int msh_hasher(const msh_room_options *options, int socket, const msh_lock *lock)
{
    hasher h = {.socket = socket, .most = options->limits.size};
    unsigned level;
    msh_buf_init(&h.out, MSH_FRAME_PACKET);
    h.step = msh_alloc(MSH_HASH_STEP);
    if (!h.step || msh_digest_new(options->digests, &h.digest) != MSH_OK || !warm_digest(&h))
        return MSH_EXIT_NO_MEMORY;
    memset(h.step, 0, MSH_HASH_STEP);
    if (!msh_zygote_lock(lock, &level))
        return MSH_EXIT_LOCK_FAILED;
    size_t begin = msh_frame_begin(&h.out, MSH_FRAME_HELLO, 0);
    msh_buf_put_byte(&h.out, (uint8_t)level);
    msh_frame_end(&h.out, begin);
    bool more = flush(&h);
    while (more)
        more = hash_next(&h);
    return 0;
}
