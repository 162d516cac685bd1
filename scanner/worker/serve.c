/* serve.c: the locked worker: jobs come in, frames go out (frame.h).
 *
 * Everything a library would set up lazily is set up before the lock. Results of an item are capped
 * in number and bytes; the verdict never depends on what is cut: the gravest come first, and each
 * new reason is always said. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/channel.h"
#include "worker/frame.h"
#include "worker/helpers.h"
#include "worker/serve.h"
#include "worker/zygote.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { HELPER_WAIT_MS = 10000, NAMES_MOST = 64 << 20 };

typedef struct worker {
    const msh_room_options *options;
    int socket, helpers;
    msh_child *child;
    uint8_t *packet;
    msh_buf names; /* path, link, xattrs of the job */
    msh_buf base;  /* vpath of the item */
    msh_buf out;   /* frames not yet sent */
    int helper_fds[MSH_HELPER_KINDS];
    uint64_t waited_ns;
    /* of the item */
    uint32_t seq;
    uint64_t bytes; /* sent for it */
    uint64_t outcomes;
    bool eager; /* what is found must not be lost with this process */
    bool seen[MSH_REASON_COUNT];
} worker;

/* --- sending -----------------------------------------------------------------------------------
 */

static msh_err send_bytes(worker *w, size_t len)
{
    uint64_t began = msh_clock_ns();
    bool ok = msh_channel_send(w->socket, msh_view_of(w->out.data, len), NULL, 0, 0);
    w->waited_ns += msh_clock_ns() - began;
    return ok ? MSH_OK : MSH_E_CHILD;
}

static msh_err flush(worker *w)
{
    msh_err err = msh_buf_err(&w->out);
    if (err == MSH_OK && w->out.len)
        err = send_bytes(w, w->out.len);
    msh_buf_reset(&w->out);
    return err;
}

/* The frame begun at `begin` is complete: what stood before it is sent when both are too long. */
static msh_err frame_done(worker *w, size_t begin)
{
    msh_frame_end(&w->out, begin);
    MSH_TRY(msh_buf_err(&w->out));
    size_t len = w->out.len - begin;
    w->bytes += len;
    if (w->out.len <= MSH_FRAME_PACKET)
        return MSH_OK;
    MSH_TRY(send_bytes(w, begin));
    memmove(w->out.data, w->out.data + begin, len);
    w->out.len = len;
    return MSH_OK;
}

static msh_err say(worker *w, msh_frame_type type, uint8_t byte)
{
    size_t begin = msh_frame_begin(&w->out, type, w->seq);
    msh_buf_put_byte(&w->out, byte);
    MSH_TRY(frame_done(w, begin));
    return flush(w);
}

/* --- results -----------------------------------------------------------------------------------
 */

static msh_err on_text(void *ctx, const msh_place *place, msh_view utf8)
{
    worker *w = ctx;
    size_t at = 0;
    do {
        size_t len = utf8.len - at < MSH_FRAME_CHUNK - MSH_FRAME_VPATH
                         ? utf8.len - at
                         : MSH_FRAME_CHUNK - MSH_FRAME_VPATH;
        while (at + len < utf8.len && len > 0 && (utf8.data[at + len] & 0xc0) == 0x80)
            len--;
        size_t begin = msh_frame_begin(&w->out, MSH_FRAME_TEXT, w->seq);
        msh_frame_put_text(&w->out, msh_buf_view(&w->base), place, at + len < utf8.len);
        msh_buf_put(&w->out, utf8.data + at, len);
        MSH_TRY(frame_done(w, begin));
        at += len;
    } while (at < utf8.len);
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    worker *w = ctx;
    if ((unsigned)reason >= MSH_REASON_COUNT)
        reason = MSH_REASON_PARSER_FAULT;
    bool full = w->outcomes >= MSH_SERVE_OUTCOMES || w->bytes > MSH_SERVE_BYTES;
    if (full && w->seen[reason])
        return MSH_OK;
    w->seen[reason] = true;
    w->outcomes++;
    size_t begin = msh_frame_begin(&w->out, MSH_FRAME_OUTCOME, w->seq);
    msh_frame_put_outcome(&w->out, msh_buf_view(&w->base), reason, place, reached);
    MSH_TRY(frame_done(w, begin));
    return w->eager ? flush(w) : MSH_OK;
}

static msh_err on_hit(void *ctx, const msh_hit *hit, bool early)
{
    worker *w = ctx;
    if (w->bytes > MSH_SERVE_BYTES * 2)
        return MSH_OK;
    msh_hit less = *hit;
    if (w->bytes > MSH_SERVE_BYTES)
        less.n_more = 0;
    size_t begin = msh_frame_begin(&w->out, MSH_FRAME_HIT, w->seq);
    msh_frame_put_hit(&w->out, msh_buf_view(&w->base), &less, early);
    MSH_TRY(frame_done(w, begin));
    return early ? flush(w) : MSH_OK;
}

static uint64_t on_waited(void *ctx)
{
    return ((const worker *)ctx)->waited_ns;
}

/* --- helpers -----------------------------------------------------------------------------------
 */

/* The supervisor answers each wish with one packet: a byte, and the socket when there is one. */
static int wait_for_helper(worker *w)
{
    struct pollfd p = {w->helpers, POLLIN, 0};
    uint8_t answer[4];
    int fds[MSH_CHANNEL_FDS];
    if (poll(&p, 1, HELPER_WAIT_MS) <= 0)
        return -1;
    if (msh_channel_receive(w->helpers, answer, sizeof answer, fds, 0) <= 0)
        return -1;
    if (fds[1] >= 0)
        close(fds[1]);
    return fds[0];
}

static int on_helper(void *ctx, const char *name)
{
    worker *w = ctx;
    int number = msh_helper_number(name);
    if (number < 0)
        return -1;
    bool have = w->helper_fds[number] >= 0;
    if (say(w, have ? MSH_FRAME_HELPER_USED : MSH_FRAME_HELPER_WANTED, (uint8_t)number) != MSH_OK)
        return -1;
    if (!have)
        w->helper_fds[number] = wait_for_helper(w);
    return w->helper_fds[number];
}

static void on_helper_failed(void *ctx, const char *name)
{
    worker *w = ctx;
    int number = msh_helper_number(name);
    if (number < 0 || w->helper_fds[number] < 0)
        return;
    close(w->helper_fds[number]);
    w->helper_fds[number] = -1;
    (void)say(w, MSH_FRAME_HELPER_FAILED, (uint8_t)number);
}

/* --- jobs --------------------------------------------------------------------------------------
 */

typedef struct incoming {
    msh_frame_job head;
    int fd;
    uint64_t expected; /* bytes of names */
} incoming;

/* A packet of the supervisor: the head of a job or more of its names. 0 at the end. */
static int receive_part(worker *w, incoming *in, bool first)
{
    int fds[MSH_CHANNEL_FDS];
    msh_frame f;
    bool end;
    ssize_t n = msh_channel_receive(w->socket, w->packet, MSH_FRAME_PACKET, fds, 0);
    if (n <= 0)
        return 0;
    if (first)
        in->fd = fds[0];
    msh_cursor c = msh_cursor_of(msh_view_of(w->packet, (size_t)n));
    if (!msh_frame_next(&c, &f, &end) || end || f.type != (first ? MSH_FRAME_JOB : MSH_FRAME_PART))
        return -1;
    msh_cursor body = msh_cursor_of(f.body);
    if (first) {
        w->seq = f.seq;
        msh_buf_reset(&w->names);
        if (!msh_frame_get_job(&body, &in->head))
            return -1;
        in->expected = (uint64_t)in->head.path_len + in->head.link_len + in->head.xattrs_len;
    }
    msh_buf_put_view(&w->names, msh_cursor_take(&body, msh_cursor_left(&body)));
    return msh_buf_err(&w->names) == MSH_OK ? 1 : -1;
}

/* 1: a job, 0: the end, -1: nonsense. */
static int receive_job(worker *w, incoming *in)
{
    int r = receive_part(w, in, true);
    while (r == 1 && w->names.len < in->expected)
        r = receive_part(w, in, false);
    return r;
}

static msh_err run_job(worker *w, const incoming *in, bool *trouble)
{
    const msh_child_out out = {.ctx = w,
                               .text = on_text,
                               .outcome = on_outcome,
                               .hit = on_hit,
                               .helper = on_helper,
                               .helper_failed = on_helper_failed,
                               .waited_ns = on_waited};
    msh_view names = msh_buf_view(&w->names);
    const msh_frame_job *h = &in->head;
    const msh_child_job job = {
        .fd = h->has_fd ? in->fd : -1,
        .size = h->size,
        .path = msh_view_cut(names, 0, h->path_len),
        .link = msh_view_cut(names, h->path_len, h->link_len),
        .xattrs = msh_view_cut(names, (size_t)h->path_len + h->link_len, h->xattrs_len),
        .time_ms = h->time_ms,
        .eager = h->eager && w->options->rules};
    msh_child_done done;
    w->eager = h->eager;
    w->bytes = w->outcomes = 0;
    memset(w->seen, 0, sizeof w->seen);
    MSH_TRY(msh_child_vpath(&w->base, job.path));
    MSH_TRY(msh_child_run(w->child, &job, &out, &done));
    size_t begin = msh_frame_begin(&w->out, MSH_FRAME_DONE, w->seq);
    msh_frame_put_done(&w->out, &done);
    MSH_TRY(frame_done(w, begin));
    *trouble = done.trouble;
    return flush(w);
}

static bool prepare(worker *w)
{
    const msh_child_options child = {.rules = w->options->rules,
                                     .limits = &w->options->limits,
                                     .texts = w->options->texts,
                                     .ocr = w->options->ocr,
                                     .explain = w->options->explain,
                                     .lang = w->options->lang};
    msh_buf_init(&w->names, NAMES_MOST);
    msh_buf_init(&w->base, (size_t)NAMES_MOST * 2);
    msh_buf_init(&w->out, (size_t)MSH_FRAME_PACKET * 4);
    for (int i = 0; i < MSH_HELPER_KINDS; i++)
        w->helper_fds[i] = -1;
    w->packet = msh_alloc(MSH_FRAME_PACKET);
    w->child = msh_child_new(&child);
    return w->packet && w->child;
}

int msh_serve(const msh_room_options *options, int socket, int helpers, const msh_lock *lock)
{
    worker w = {.options = options, .socket = socket, .helpers = helpers};
    unsigned level;
    bool trouble = false;
    if (!prepare(&w))
        return MSH_EXIT_NO_MEMORY;
    if (!msh_zygote_lock(lock, &level))
        return MSH_EXIT_LOCK_FAILED;
    if (say(&w, MSH_FRAME_HELLO, (uint8_t)level) != MSH_OK)
        return 0;
    while (!trouble) {
        incoming in = {.fd = -1};
        int r = receive_job(&w, &in);
        if (r <= 0)
            return r < 0;
        msh_err err = run_job(&w, &in, &trouble);
        if (in.fd >= 0)
            close(in.fd);
        if (err != MSH_OK)
            return 1;
    }
    return 0;
}
