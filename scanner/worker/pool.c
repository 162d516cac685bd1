/* pool.c: the processes of the room: asked for, fed, timed, ended (architecture.md section 4).
 *
 * A worker reads one job at a time and has a few more in its socket, so that it need not wait. When
 * it dies, the oldest of them is the guilty one; the others go elsewhere without blame. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/channel.h"
#include "worker/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NS_MS = 1000000,
    MOST_FAILURES = 8,
    SPAWN_PAUSE_MS = 50,
    RENEW_MS = 1000,
    HELLO_MS = 30000,
    HASH_BASE_MS = 60000,
    HASH_BYTES_MS = 10000, /* 10 MB/s at least */
    BUFFERED_MOST = 32 << 20,
    TEXTS_AHEAD = 4 << 20,
    PACKETS_AT_ONCE = 64,
    ABSENCE_MS = 200
};

/* --- asking the zygote -------------------------------------------------------------------------
 */

static msh_err ask(msh_parent *r, msh_zygote_op op, uint32_t id, uint32_t number, const int *fds,
                   size_t n_fds, msh_error *why)
{
    msh_zygote_request q = {(uint32_t)op, id, number};
    if (!msh_channel_send(r->zygote, msh_view_of(&q, sizeof q), fds, n_fds, 0))
        return msh_fail_errno(why, MSH_E_CHILD, "zygote");
    return MSH_OK;
}

static msh_err start(msh_parent *r, msh_proc *p, msh_error *why)
{
    int main_ends[2], aux_ends[2] = {-1, -1};
    msh_proc_kind kind = p->kind;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, main_ends) != 0)
        return msh_fail_errno(why, MSH_E_CHILD, "socketpair");
    if (kind == MSH_PROC_WORKER &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, aux_ends) != 0) {
        close(main_ends[0]);
        close(main_ends[1]);
        return msh_fail_errno(why, MSH_E_CHILD, "socketpair");
    }
    *p = (msh_proc){.kind = kind, .id = ++r->next_id, .fd = main_ends[0], .aux = aux_ends[0]};
    p->began_ns = msh_clock_ns();
    p->deadline_ns = p->began_ns + (uint64_t)HELLO_MS * NS_MS;
    int theirs[MSH_CHANNEL_FDS] = {main_ends[1], aux_ends[1]};
    msh_err err = kind == MSH_PROC_WORKER ? ask(r, MSH_ZYGOTE_WORKER, p->id, 0, theirs, 2, why)
                                          : ask(r, MSH_ZYGOTE_HASHER, p->id, 0, theirs, 1, why);
    close(main_ends[1]);
    if (aux_ends[1] >= 0)
        close(aux_ends[1]);
    return err;
}

static void kill_proc(msh_parent *r, msh_proc *p)
{
    if (p->id && !p->killed && !p->exited)
        (void)ask(r, MSH_ZYGOTE_KILL, p->id, 0, NULL, 0, NULL);
    p->killed = true;
}

/* No more jobs: it ends by itself when it has read what it has. */
static void let_go(msh_proc *p)
{
    p->leaving = true;
    if (p->n_queue == 0)
        (void)shutdown(p->fd, SHUT_WR);
}

/* --- timing ------------------------------------------------------------------------------------
 */

/* The job at the head of its queue begins now. */
static void begin_job(msh_parent *r, msh_proc *p, uint64_t now)
{
    if (p->n_queue == 0) {
        p->deadline_ns = 0;
        return;
    }
    msh_slot *s = msh_parent_slot(r, p->queue[0]);
    uint64_t grace = s->again_ms ? MSH_POOL_GRACE_MS / 5 : MSH_POOL_GRACE_MS;
    uint64_t ms = s->again_ms ? s->again_ms : r->limits.time_ms;
    if (p->kind == MSH_PROC_HASHER) {
        ms = HASH_BASE_MS + s->copy->job.size / HASH_BYTES_MS;
        p->deadline_ns = now + ms * NS_MS;
        return;
    }
    ms += grace < ms ? grace : ms;
    if (!s->began_ns)
        s->began_ns = now;
    p->ocr_uses = 0;
    p->deadline_ns = now + ms * NS_MS;
    if (now - p->renewed_ns > (uint64_t)RENEW_MS * NS_MS) {
        (void)ask(r, MSH_ZYGOTE_RENEW, p->id, 0, NULL, 0, NULL);
        p->renewed_ns = now;
    }
}

static void pop_job(msh_parent *r, msh_proc *p, uint64_t now)
{
    const msh_slot *s = msh_parent_slot(r, p->queue[0]);
    p->queued_bytes -= s->copy->job.size;
    p->n_queue--;
    memmove(p->queue, p->queue + 1, p->n_queue * sizeof p->queue[0]);
    begin_job(r, p, now);
}

/* --- jobs that ended ---------------------------------------------------------------------------
 */

static void send_back(msh_parent *r, uint32_t seq)
{
    msh_parent_slot(r, seq)->state = MSH_SLOT_WAITING;
    if ((int32_t)(seq - r->first_waiting) < 0)
        r->first_waiting = seq;
}

/* The first time it gets another chance, alone. */
static bool try_again(msh_parent *r, uint32_t seq, msh_reason reason)
{
    msh_slot *s = msh_parent_slot(r, seq);
    if (s->alone || s->delivered || reason == MSH_REASON_PARSER_FAULT)
        return false;
    s->alone = true;
    s->again_ms = reason == MSH_REASON_LIMIT_TIME ? MSH_POOL_AGAIN_MS : 0;
    if (s->again_ms > r->limits.time_ms)
        s->again_ms = (uint32_t)r->limits.time_ms;
    s->earlier = s->events;
    msh_buf_init(&s->events, SIZE_MAX / 2);
    s->outcomes = s->hits = s->seen_bytes = 0;
    s->text_open = s->finished = false;
    send_back(r, seq);
    return true;
}

static void job_failed(msh_parent *r, msh_proc *p, msh_reason reason, uint64_t now)
{
    uint32_t seq = p->queue[0];
    msh_slot *s = msh_parent_slot(r, seq);
    pop_job(r, p, now);
    if (try_again(r, seq, reason))
        return;
    s->state = MSH_SLOT_READ;
    s->finished = false;
    s->has_reason = true;
    s->reason = reason;
    s->ended_ns = now;
}

static msh_reason reason_of_death(const msh_proc *p)
{
    if (p->faulty)
        return MSH_REASON_PARSER_FAULT;
    if (p->late || (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGXCPU))
        return MSH_REASON_LIMIT_TIME;
    return MSH_REASON_PARSER_CRASHED;
}

static void hash_failed(msh_parent *r, uint32_t seq)
{
    msh_slot *s = msh_parent_slot(r, seq);
    if (s->hash_tries < 2) {
        s->hash_sent = false;
        if ((int32_t)(seq - r->first_unhashed) < 0)
            r->first_unhashed = seq;
        return;
    }
    s->hash_ready = true;
    s->hash_ok = false;
}

/* The process is gone and all it said was heard. */
static msh_err bury(msh_parent *r, msh_proc *p, msh_error *why)
{
    uint64_t now = msh_clock_ns();
    bool was_ready = p->ready;
    if (p->kind == MSH_PROC_WORKER && p->n_queue && !p->troubled)
        job_failed(r, p, reason_of_death(p), now);
    for (size_t i = 0; i < p->n_queue; i++) {
        if (p->kind == MSH_PROC_WORKER)
            send_back(r, p->queue[i]);
        else
            hash_failed(r, p->queue[i]);
    }
    close(p->fd);
    if (p->aux >= 0)
        close(p->aux);
    int status = p->status;
    *p = (msh_proc){.kind = p->kind, .fd = -1, .aux = -1};
    if (was_ready)
        return MSH_OK;
    if (WIFEXITED(status) && WEXITSTATUS(status) == MSH_EXIT_LOCK_FAILED)
        return msh_fail(why, MSH_E_SANDBOX, "a worker could not be locked");
    r->spawn_after_ns = now + (uint64_t)SPAWN_PAUSE_MS * NS_MS;
    if (++r->failures > MOST_FAILURES)
        return msh_fail(why, MSH_E_CHILD, "workers do not start");
    return MSH_OK;
}

/* --- giving ------------------------------------------------------------------------------------
 */

static bool send_packet(msh_parent *r, msh_proc *p, int fd)
{
    return msh_buf_err(&r->out) == MSH_OK &&
           msh_channel_send(p->fd, msh_buf_view(&r->out), &fd, fd >= 0 ? 1 : 0, MSG_DONTWAIT);
}

/* Names that do not fit one packet follow in others; the worker is waiting for them, so that the
 * socket empties. */
static bool send_rest(msh_parent *r, msh_proc *p, uint32_t seq, msh_view names, size_t at)
{
    while (at < names.len) {
        msh_view part = msh_view_cut(names, at, MSH_FRAME_CHUNK);
        msh_buf_reset(&r->out);
        size_t begin = msh_frame_begin(&r->out, MSH_FRAME_PART, seq);
        msh_buf_put_view(&r->out, part);
        msh_frame_end(&r->out, begin);
        if (msh_buf_err(&r->out) != MSH_OK ||
            !msh_channel_send(p->fd, msh_buf_view(&r->out), NULL, 0, 0))
            return false;
        at += part.len;
    }
    return true;
}

/* false when the socket is full or broken: later. */
static bool send_job(msh_parent *r, msh_proc *p, uint32_t seq)
{
    msh_slot *s = msh_parent_slot(r, seq);
    const msh_job *job = &s->copy->job;
    msh_frame_job head = {
        .has_fd = job->fd >= 0, .eager = s->alone, .time_ms = s->again_ms, .size = job->size};
    msh_view names = {s->copy->bytes, 0};
    if (p->kind == MSH_PROC_WORKER) {
        head.path_len = (uint32_t)job->path.len;
        head.link_len = (uint32_t)job->link.len;
        head.xattrs_len = (uint32_t)job->xattrs.len;
        names.len = job->path.len + job->link.len + job->xattrs.len;
    }
    msh_view part = msh_view_cut(names, 0, MSH_FRAME_CHUNK);
    msh_buf_reset(&r->out);
    size_t begin = msh_frame_begin(&r->out, MSH_FRAME_JOB, seq);
    msh_frame_put_job(&r->out, &head);
    msh_buf_put_view(&r->out, part);
    msh_frame_end(&r->out, begin);
    if (!send_packet(r, p, job->fd))
        return false;
    p->queue[p->n_queue++] = seq;
    p->queued_bytes += job->size;
    if (p->n_queue == 1)
        begin_job(r, p, msh_clock_ns());
    if (names.len > part.len && !send_rest(r, p, seq, names, part.len))
        kill_proc(r, p);
    return true;
}

static bool takes_more(const msh_proc *p, const msh_slot *s)
{
    if (!p->id || !p->ready || p->leaving || p->killed || p->eof)
        return false;
    if (s->alone)
        return p->n_queue == 0 && p->files == 0;
    if (p->n_queue == 0)
        return true;
    /* a second try stays alone; a job of many names must find the socket empty */
    return p->n_queue < MSH_POOL_QUEUE &&
           s->copy->job.path.len + s->copy->job.xattrs.len < MSH_FRAME_CHUNK / 8 &&
           p->queued_bytes + s->copy->job.size <= MSH_POOL_QUEUE_BYTES;
}

static msh_proc *worker_for(msh_parent *r, const msh_slot *s)
{
    msh_proc *best = NULL;
    for (size_t i = 0; i < r->n_workers; i++) {
        msh_proc *p = &r->procs[i];
        if (!takes_more(p, s) || (best && best->n_queue <= p->n_queue))
            continue;
        if (p->n_queue && msh_parent_slot(r, p->queue[0])->alone)
            continue;
        best = p;
    }
    return best;
}

static bool is_at_work(const msh_proc *p)
{
    return p->id && !p->leaving && !p->killed && !p->eof && !p->exited;
}

/* A second try waits for a fresh worker; when none is coming, an idle one makes room. */
static void make_fresh(msh_parent *r)
{
    msh_proc *idle = NULL;
    for (size_t i = 0; i < r->n_workers; i++) {
        msh_proc *p = &r->procs[i];
        if (is_at_work(p) && !p->ready)
            return;
        if (is_at_work(p) && p->n_queue == 0)
            idle = p;
    }
    if (idle)
        let_go(idle);
}

static void give_to_workers(msh_parent *r)
{
    uint32_t end = r->head + r->n;
    bool in_order = true;
    if ((int32_t)(r->first_waiting - r->head) < 0)
        r->first_waiting = r->head;
    for (uint32_t seq = r->first_waiting; seq != end; seq++) {
        msh_slot *s = msh_parent_slot(r, seq);
        if (s->state == MSH_SLOT_WAITING) {
            msh_proc *p = worker_for(r, s);
            if (!p && s->alone) {
                make_fresh(r);
                in_order = false;
                continue;
            }
            if (!p || !send_job(r, p, seq))
                return;
            s->state = MSH_SLOT_SENT;
        }
        if (in_order)
            r->first_waiting = seq + 1;
    }
}

static void give_to_hashers(msh_parent *r)
{
    uint32_t end = r->head + r->n;
    if ((int32_t)(r->first_unhashed - r->head) < 0)
        r->first_unhashed = r->head;
    for (; r->first_unhashed != end; r->first_unhashed++) {
        msh_slot *s = msh_parent_slot(r, r->first_unhashed);
        msh_proc *best = NULL;
        if (s->hash_ready || s->hash_sent)
            continue;
        for (size_t i = r->n_workers; i < r->n_procs; i++) {
            msh_proc *p = &r->procs[i];
            if (p->ready && !p->killed && !p->eof && p->n_queue < MSH_POOL_HASH_QUEUE &&
                (!best || p->queued_bytes < best->queued_bytes))
                best = p;
        }
        if (!best || !send_job(r, best, r->first_unhashed))
            return;
        s->hash_sent = true;
        s->hash_tries++;
    }
}

/* The successor of one that leaves starts while that one still reads what it has. */
static msh_err start_missing(msh_parent *r, msh_error *why)
{
    size_t at_work = 0;
    for (size_t i = 0; i < r->n_workers; i++)
        at_work += is_at_work(&r->procs[i]);
    for (size_t i = 0; i < r->n_procs; i++) {
        bool worker = i < r->n_workers;
        if (r->procs[i].id || (worker && at_work >= r->jobs))
            continue;
        if (r->spawn_after_ns && msh_clock_ns() < r->spawn_after_ns)
            return MSH_OK;
        MSH_TRY(start(r, &r->procs[i], why));
        at_work += worker;
    }
    return MSH_OK;
}

msh_err msh_pool_dispatch(msh_parent *r, msh_error *why)
{
    MSH_TRY(start_missing(r, why));
    give_to_workers(r);
    give_to_hashers(r);
    return MSH_OK;
}

/* --- hearing -----------------------------------------------------------------------------------
 */

static void heard_hello(msh_parent *r, msh_proc *p, const msh_frame *f)
{
    p->ready = f->body.len == 1;
    p->faulty = !p->ready;
    r->failures = 0;
    p->deadline_ns = 0;
    p->renewed_ns = msh_clock_ns();
    if (p->kind == MSH_PROC_WORKER && p->ready)
        r->level = f->body.data[0];
}

static void heard_done(msh_parent *r, msh_proc *p)
{
    uint64_t now = msh_clock_ns();
    msh_slot *s = msh_parent_slot(r, p->queue[0]);
    s->state = MSH_SLOT_READ;
    s->ended_ns = now;
    p->files++;
    p->decoded =
        s->done.decoded > MSH_POOL_DECODED ? MSH_POOL_DECODED : p->decoded + s->done.decoded;
    pop_job(r, p, now);
    if (p->troubled)
        p->leaving = true;
    else if (p->files >= MSH_POOL_FILES || p->decoded >= MSH_POOL_DECODED || p->leaving)
        let_go(p);
}

/* The worker waits for an answer: a byte, and the socket when there is one. */
static void heard_wish(msh_parent *r, msh_proc *p, unsigned number)
{
    int ends[2] = {-1, -1};
    bool there = r->options.ocr || number != (unsigned)msh_helper_number("ocr");
    if (there && msh_helper_exists(r->libexec, number) &&
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
        if (ask(r, MSH_ZYGOTE_HELPER, p->id, number, &ends[1], 1, NULL) != MSH_OK) {
            close(ends[0]);
            ends[0] = -1;
        }
        close(ends[1]);
    }
    (void)msh_channel_send(p->aux, MSH_VIEW("h"), ends, ends[0] >= 0 ? 1 : 0, MSG_DONTWAIT);
    if (ends[0] >= 0)
        close(ends[0]);
}

static bool heard_helper(msh_parent *r, msh_proc *p, const msh_frame *f)
{
    if (f->body.len != 1 || !msh_helper_name(f->body.data[0]))
        return false;
    unsigned number = f->body.data[0];
    if (f->type == MSH_FRAME_HELPER_FAILED) {
        (void)ask(r, MSH_ZYGOTE_UNHELPER, p->id, number, NULL, 0, NULL);
        return true;
    }
    if (f->type == MSH_FRAME_HELPER_WANTED)
        heard_wish(r, p, number);
    if (number == (unsigned)msh_helper_number("ocr") &&
        p->ocr_uses < MSH_CHILD_OCR_USES * r->limits.ocr_pages) {
        uint64_t least = msh_clock_ns() + (MSH_CHILD_OCR_MS + MSH_POOL_GRACE_MS) * (uint64_t)NS_MS;
        p->ocr_uses++;
        p->deadline_ns = p->deadline_ns > least ? p->deadline_ns : least;
    }
    return true;
}

static bool heard_digest(msh_parent *r, msh_proc *p, const msh_frame *f)
{
    msh_cursor c = msh_cursor_of(f->body);
    msh_slot *s = msh_parent_slot(r, f->seq);
    unsigned ok = msh_cursor_u8(&c);
    msh_view sha256 = msh_cursor_take(&c, sizeof s->sha256);
    msh_view sm3 = msh_cursor_take(&c, sizeof s->sm3);
    if (!msh_cursor_ok(&c) || msh_cursor_left(&c) || ok > 1)
        return false;
    memcpy(s->sha256, sha256.data, sha256.len);
    memcpy(s->sm3, sm3.data, sm3.len);
    s->hash_ready = true;
    s->hash_ok = ok;
    pop_job(r, p, msh_clock_ns());
    return true;
}

static bool heard_frame(msh_parent *r, msh_proc *p, const msh_frame *f, msh_view whole)
{
    if (!p->ready) {
        if (f->type != MSH_FRAME_HELLO || f->seq != 0)
            return false;
        heard_hello(r, p, f);
        return p->ready;
    }
    if (p->n_queue == 0 || f->seq != p->queue[0])
        return false;
    if (p->kind == MSH_PROC_HASHER)
        return f->type == MSH_FRAME_DIGEST && heard_digest(r, p, f);
    if (f->type >= MSH_FRAME_HELPER_WANTED && f->type <= MSH_FRAME_HELPER_FAILED)
        return heard_helper(r, p, f);
    if (!msh_results_frame(r, p, msh_parent_slot(r, p->queue[0]), f, whole))
        return false;
    if (f->type == MSH_FRAME_DONE)
        heard_done(r, p);
    return true;
}

static bool heard_packet(msh_parent *r, msh_proc *p, msh_view packet)
{
    msh_cursor c = msh_cursor_of(packet);
    for (;;) {
        msh_frame f;
        bool end;
        size_t from = c.at;
        if (!msh_frame_next(&c, &f, &end))
            return false;
        if (end)
            return true;
        if (!heard_frame(r, p, &f, msh_view_cut(packet, from, c.at - from)))
            return false;
    }
}

/* 1: a packet, 0: none now, -1: the end. A process that ended with jobs unread first gives
 * ECONNRESET, then what it had said. */
static int next_packet(msh_parent *r, msh_proc *p, msh_view *out, bool *too_long)
{
    for (int tries = 0; tries < 2; tries++) {
        ssize_t n = msh_channel_receive(p->fd, r->packet, MSH_FRAME_PACKET, NULL, MSG_DONTWAIT);
        *out = msh_view_of(r->packet, n > 0 ? (size_t)n : 0);
        *too_long = n < 0 && errno == EMSGSIZE;
        if (n > 0 || *too_long)
            return 1;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return 0;
        if (n == 0 || errno != ECONNRESET)
            break;
    }
    return -1;
}

static void hear(msh_parent *r, msh_proc *p)
{
    msh_view packet;
    bool too_long;
    for (int i = 0; i < PACKETS_AT_ONCE && !p->eof; i++) {
        int got = next_packet(r, p, &packet, &too_long);
        if (got == 0)
            return;
        p->eof = got < 0;
        if (p->eof || p->faulty)
            continue; /* what a faulty one says is not heard any more */
        if (too_long || !heard_packet(r, p, packet)) {
            p->faulty = true;
            kill_proc(r, p);
        }
    }
}

static msh_err hear_zygote(msh_parent *r, msh_error *why)
{
    for (;;) {
        msh_zygote_answer a;
        ssize_t n = msh_channel_receive(r->zygote, &a, sizeof a, NULL, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return MSH_OK;
        if (n != sizeof a)
            return msh_fail(why, MSH_E_CHILD, "the zygote is gone");
        for (size_t i = 0; i < r->n_procs; i++) {
            msh_proc *p = &r->procs[i];
            if (!p->id || p->id != a.id)
                continue;
            p->exited = true;
            p->status = a.status;
            p->eof = p->eof || a.no_fork;
        }
    }
}

/* --- the loop ----------------------------------------------------------------------------------
 */

/* So much is waiting for an older slot that only that one's worker is heard. */
static bool is_paused(const msh_parent *r, const msh_proc *p)
{
    uint64_t most = r->options.texts ? TEXTS_AHEAD : BUFFERED_MOST;
    if (p->kind != MSH_PROC_WORKER || p->exited || r->buffered < most)
        return false;
    return p->n_queue && p->queue[0] != r->head;
}

static void pause_or_go_on(msh_proc *p, bool paused, uint64_t now)
{
    if (paused && !p->paused_ns)
        p->paused_ns = now;
    if (!paused && p->paused_ns) {
        p->deadline_ns += p->deadline_ns ? now - p->paused_ns : 0;
        p->paused_ns = 0;
    }
}

static int time_left(const msh_parent *r, int timeout_ms, uint64_t now)
{
    uint64_t next = r->spawn_after_ns > now ? r->spawn_after_ns : UINT64_MAX;
    for (size_t i = 0; i < r->n_procs; i++) {
        const msh_proc *p = &r->procs[i];
        if (p->id && p->deadline_ns && !p->killed && !p->paused_ns && p->deadline_ns < next)
            next = p->deadline_ns;
    }
    if (next == UINT64_MAX)
        return timeout_ms;
    uint64_t ms = next > now ? (next - now) / NS_MS + 1 : 0;
    if (timeout_ms >= 0 && ms > (uint64_t)timeout_ms)
        return timeout_ms;
    return ms > 60000 ? 60000 : (int)ms;
}

static void end_late(msh_parent *r, uint64_t now)
{
    for (size_t i = 0; i < r->n_procs; i++) {
        msh_proc *p = &r->procs[i];
        if (!p->id || !p->deadline_ns || p->killed || p->paused_ns || now < p->deadline_ns)
            continue;
        p->late = true;
        kill_proc(r, p);
    }
}

/* Time in which this process was busy elsewhere is no one's fault: workers may have waited for it.
 */
static void forgive_absence(msh_parent *r, uint64_t now)
{
    uint64_t away = r->heard_ns ? now - r->heard_ns : 0;
    if (away < (uint64_t)ABSENCE_MS * NS_MS)
        return;
    for (size_t i = 0; i < r->n_procs; i++)
        if (r->procs[i].deadline_ns && !r->procs[i].paused_ns)
            r->procs[i].deadline_ns += away;
}

size_t msh_pool_descriptors(const msh_parent *r, int *out, size_t cap)
{
    size_t n = 0;
    if (n < cap)
        out[n++] = r->zygote;
    for (size_t i = 0; i < r->n_procs && n < cap; i++)
        if (r->procs[i].id && !r->procs[i].eof && !is_paused(r, &r->procs[i]))
            out[n++] = r->procs[i].fd;
    return n;
}

msh_err msh_pool_poll(msh_parent *r, int timeout_ms, msh_error *why)
{
    struct pollfd polled[1 + 2 * MSH_POOL_MOST_JOBS];
    uint64_t now = msh_clock_ns();
    forgive_absence(r, now);
    polled[0] = (struct pollfd){r->zygote, POLLIN, 0};
    for (size_t i = 0; i < r->n_procs; i++) {
        msh_proc *p = &r->procs[i];
        bool paused = p->id && is_paused(r, p);
        if (p->id)
            pause_or_go_on(p, paused, now);
        polled[1 + i] = (struct pollfd){p->id && !paused && !p->eof ? p->fd : -1, POLLIN, 0};
    }
    int n = poll(polled, 1 + r->n_procs, time_left(r, timeout_ms, now));
    if (n < 0 && errno != EINTR)
        return msh_fail_errno(why, MSH_E_IO, "poll");
    if (n > 0 && polled[0].revents)
        MSH_TRY(hear_zygote(r, why));
    for (size_t i = 0; n > 0 && i < r->n_procs; i++)
        if (polled[1 + i].revents)
            hear(r, &r->procs[i]);
    r->heard_ns = msh_clock_ns();
    end_late(r, r->heard_ns);
    for (size_t i = 0; i < r->n_procs; i++) {
        msh_proc *p = &r->procs[i];
        if (p->id && p->exited && p->eof)
            MSH_TRY(bury(r, p, why));
    }
    return MSH_OK;
}

/* --- opening and closing -----------------------------------------------------------------------
 */

/* Every canary must be killed by the filter for what it tries. */
static msh_err run_canaries(msh_parent *r, msh_error *why)
{
    uint32_t first = r->next_id + 1;
    int left = MSH_CANARY_TRIES;
    for (uint32_t i = 0; i < MSH_CANARY_TRIES; i++)
        MSH_TRY(ask(r, MSH_ZYGOTE_CANARY, ++r->next_id, i, NULL, 0, why));
    while (left > 0) {
        msh_zygote_answer a;
        struct pollfd p = {r->zygote, POLLIN, 0};
        int ready = poll(&p, 1, HELLO_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || msh_channel_receive(r->zygote, &a, sizeof a, NULL, 0) != sizeof a)
            return msh_fail(why, MSH_E_SANDBOX, "the canary does not answer");
        if (a.id < first || a.id >= first + MSH_CANARY_TRIES)
            return msh_fail(why, MSH_E_SANDBOX, "the canary does not answer");
        if (a.no_fork || !WIFSIGNALED(a.status) || WTERMSIG(a.status) != SIGSYS)
            return msh_fail(why, MSH_E_SANDBOX, "the canary survived try %u", a.id - first);
        left--;
    }
    return MSH_OK;
}

static bool someone_is_ready(const msh_parent *r)
{
    for (size_t i = 0; i < r->n_workers; i++)
        if (r->procs[i].ready)
            return true;
    return false;
}

msh_err msh_pool_open(msh_parent *r, msh_error *why)
{
    MSH_TRY(msh_zygote_start(&r->zygote_options, &r->zygote, &r->zygote_pid, why));
    if (r->lock)
        MSH_TRY(run_canaries(r, why));
    while (!someone_is_ready(r)) {
        MSH_TRY(msh_pool_dispatch(r, why));
        MSH_TRY(msh_pool_poll(r, 1000, why));
    }
    return MSH_OK;
}

void msh_pool_close(msh_parent *r)
{
    for (size_t i = 0; i < r->n_procs; i++) {
        msh_proc *p = &r->procs[i];
        if (!p->id)
            continue;
        close(p->fd);
        if (p->aux >= 0)
            close(p->aux);
    }
    if (r->zygote >= 0)
        close(r->zygote); /* it ends, and its processes die with it */
    if (r->zygote_pid > 0)
        while (waitpid(r->zygote_pid, NULL, 0) < 0 && errno == EINTR)
            continue;
}
