/* hasher.c: the process that hashes and never parses (architecture.md section 4).
 *
 * It gets the same descriptors as the workers, so that a worker that has gone over to the enemy has
 * no say in what was hashed. Small files are hashed side by side and answered together. */
#define _GNU_SOURCE
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/sm3_many.h"
#include "worker/channel.h"
#include "worker/frame.h"
#include "worker/room_impl.h"
#include "worker/zygote.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ANSWERS_AT_ONCE = 8192,
    DIGEST_SIZE = 32,
    SMALL = MSH_HASH_STEP,
    AT_ONCE = 2 * MSH_SM3_LANES, /* small files hashed together */
    WAIT_MS = 4                  /* for more of them, before fewer are hashed */
};

/* A small file, read whole. */
typedef struct small_file {
    uint32_t seq;
    bool ok;
    uint8_t *bytes; /* SMALL of them */
    size_t len;
    uint8_t sha256[DIGEST_SIZE];
} small_file;

typedef struct hasher {
    int socket;
    uint64_t most;
    unsigned which;
    msh_digest *all, *sha256; /* sha256: NULL when it is not asked for */
    small_file small[AT_ONCE];
    size_t n_small;
    msh_buf out;
} hasher;

static void put_digest(hasher *h, uint32_t seq, bool ok, const uint8_t *sha256, const uint8_t *sm3)
{
    size_t begin = msh_frame_begin(&h->out, MSH_FRAME_DIGEST, seq);
    msh_buf_put_byte(&h->out, ok);
    msh_buf_put(&h->out, sha256, DIGEST_SIZE);
    msh_buf_put(&h->out, sm3, DIGEST_SIZE);
    msh_frame_end(&h->out, begin);
}

/* Side by side pays when there are several of about one length: a lane without a message costs as
 * much as one with. */
static bool fills_lanes(const msh_view *in, size_t n)
{
    uint64_t sum = 0, longest = 0;
    for (size_t i = 0; i < n; i++) {
        sum += in[i].len;
        longest = in[i].len > longest ? in[i].len : longest;
    }
    return n > 1 && sum > 2 * longest;
}

/* The longest first, so that the lanes end together. */
static void sm3_of_small(hasher *h, uint8_t sm3[AT_ONCE][DIGEST_SIZE])
{
    msh_view in[AT_ONCE];
    size_t order[AT_ONCE];
    uint8_t sorted[AT_ONCE][DIGEST_SIZE];
    for (size_t i = 0; i < h->n_small; i++) {
        msh_view v = msh_view_of(h->small[i].bytes, h->small[i].len);
        size_t at = i;
        for (; at > 0 && in[at - 1].len < v.len; at--) {
            in[at] = in[at - 1];
            order[at] = order[at - 1];
        }
        in[at] = v;
        order[at] = i;
    }
    bool together = fills_lanes(in, h->n_small);
    if (together)
        msh_sm3_many(in, h->n_small, sorted);
    for (size_t i = 0; i < h->n_small; i++) {
        if (together)
            memcpy(sm3[order[i]], sorted[i], DIGEST_SIZE);
        else if (msh_sm3(in[i], sm3[order[i]]) != MSH_OK)
            h->small[order[i]].ok = false;
    }
}

/* Small files are answered together, in the order in which they came. */
static void finish_small(hasher *h)
{
    uint8_t sm3[AT_ONCE][DIGEST_SIZE] = {{0}};
    if (h->which & MSH_DIGEST_SM3)
        sm3_of_small(h, sm3);
    for (size_t i = 0; i < h->n_small; i++)
        put_digest(h, h->small[i].seq, h->small[i].ok, h->small[i].sha256, sm3[i]);
    h->n_small = 0;
}

static bool hash_sha256(hasher *h, small_file *f)
{
    if (!h->sha256)
        return true;
    return msh_digest_reset(h->sha256) == MSH_OK &&
           msh_digest_update(h->sha256, msh_view_of(f->bytes, f->len)) == MSH_OK &&
           msh_digest_final(h->sha256, f->sha256, NULL) == MSH_OK;
}

/* false when it is not small, whatever was said. */
static bool take_small(hasher *h, uint32_t seq, int fd)
{
    small_file *f = &h->small[h->n_small];
    int64_t n = fd >= 0 ? msh_file_pread(fd, f->bytes, SMALL, 0) : -1;
    if (n == SMALL)
        return false;
    f->seq = seq;
    f->len = n > 0 ? (size_t)n : 0;
    f->ok = n >= 0 && (uint64_t)n <= h->most && hash_sha256(h, f);
    h->n_small++;
    return true;
}

static void hash_file(hasher *h, uint32_t seq, int fd)
{
    uint8_t sums[2 * DIGEST_SIZE] = {0};
    if (take_small(h, seq, fd)) {
        if (h->n_small == AT_ONCE)
            finish_small(h);
        return;
    }
    finish_small(h);
    bool ok = msh_hash_file(h->all, fd, h->most, h->small[0].bytes, sums, sums + DIGEST_SIZE);
    put_digest(h, seq, ok, sums, sums + DIGEST_SIZE);
}

static bool flush(hasher *h)
{
    finish_small(h);
    bool ok = h->out.len == 0 || msh_channel_send(h->socket, msh_buf_view(&h->out), NULL, 0, 0);
    msh_buf_reset(&h->out);
    return ok;
}

/* A moment for files that come one after another: hashed one by one they cost far more. */
static bool more_comes(const hasher *h)
{
    struct pollfd p = {h->socket, POLLIN, 0};
    return errno == EAGAIN && poll(&p, 1, WAIT_MS) > 0;
}

/* One job; false at the end. Waits only when nothing is owed, or for a moment. */
static bool hash_next(hasher *h)
{
    uint8_t packet[256];
    int fds[MSH_CHANNEL_FDS];
    msh_frame f;
    bool end, owed = h->out.len || h->n_small;
    ssize_t n = msh_channel_receive(h->socket, packet, sizeof packet, fds, owed ? MSG_DONTWAIT : 0);
    if (n < 0 && owed && more_comes(h))
        n = msh_channel_receive(h->socket, packet, sizeof packet, fds, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return flush(h);
    if (n <= 0)
        return false;
    msh_cursor c = msh_cursor_of(msh_view_of(packet, (size_t)n));
    if (!msh_frame_next(&c, &f, &end) || end || f.type != MSH_FRAME_JOB)
        return false;
    hash_file(h, f.seq, fds[0]);
    for (int i = 0; i < MSH_CHANNEL_FDS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (msh_buf_err(&h->out) != MSH_OK)
        return false;
    return h->out.len < ANSWERS_AT_ONCE || flush(h);
}

static bool make_digest(unsigned which, msh_digest **out)
{
    uint8_t sums[2 * DIGEST_SIZE];
    /* libcrypto initialises itself at its first use: before the lock */
    return msh_digest_new(which, out) == MSH_OK &&
           msh_digest_update(*out, MSH_VIEW("mishen")) == MSH_OK &&
           msh_digest_final(*out, sums, sums + DIGEST_SIZE) == MSH_OK;
}

static bool prepare(hasher *h)
{
    msh_buf_init(&h->out, MSH_FRAME_PACKET);
    for (size_t i = 0; i < AT_ONCE; i++) {
        h->small[i].bytes = msh_alloc(SMALL);
        if (!h->small[i].bytes)
            return false;
    }
    if ((h->which & MSH_DIGEST_SHA256) && !make_digest(MSH_DIGEST_SHA256, &h->sha256))
        return false;
    return make_digest(h->which, &h->all);
}

int msh_hasher(const msh_room_options *options, int socket, const msh_lock *lock)
{
    hasher h = {.socket = socket, .most = options->limits.size, .which = options->digests};
    unsigned level;
    if (!prepare(&h))
        return MSH_EXIT_NO_MEMORY;
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
