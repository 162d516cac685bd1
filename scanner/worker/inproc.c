/* inproc.c: the room without processes: for tests, fuzzing and embedding. Synchronous: a job is
 * done when its results are taken. Nothing protects this process from what it reads. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/child.h"
#include "worker/helpers.h"
#include "worker/room_impl.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 16, NS_MS = 1000000 };

typedef struct helper {
    int fd; /* -1: not started */
    pid_t pid;
} helper;

typedef struct inproc {
    msh_room base;
    msh_room_options options;
    msh_limits limits;
    char *libexec;
    msh_child *child;
    msh_digest *digest;
    uint8_t *step;
    helper helpers[MSH_HELPER_KINDS];
    msh_room_copy *jobs[SLOTS];
    size_t first, n;
    /* while an item is being read */
    const msh_room_events *events;
    uint64_t tag;
} inproc;

/* --- helpers -----------------------------------------------------------------------------------
 */

static void end_helper(helper *h)
{
    if (h->fd < 0)
        return;
    close(h->fd);
    (void)kill(h->pid, SIGKILL);
    (void)waitpid(h->pid, NULL, 0);
    h->fd = -1;
}

static int on_helper(void *ctx, const char *name)
{
    inproc *r = ctx;
    int number = msh_helper_number(name), ends[2];
    if (number < 0)
        return -1;
    helper *h = &r->helpers[number];
    if (h->fd >= 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return h->fd;
    h->pid = msh_helper_spawn(r->libexec, (unsigned)number, ends[1], r->limits.helper_memory,
                              r->options.sandbox);
    close(ends[1]);
    if (h->pid < 0)
        close(ends[0]);
    else
        h->fd = ends[0];
    return h->fd;
}

static void on_helper_failed(void *ctx, const char *name)
{
    inproc *r = ctx;
    int number = msh_helper_number(name);
    if (number >= 0)
        end_helper(&r->helpers[number]);
}

/* --- results -----------------------------------------------------------------------------------
 */

static msh_err on_text(void *ctx, const msh_place *place, msh_view utf8)
{
    inproc *r = ctx;
    return r->events->text ? r->events->text(r->events->ctx, r->tag, place, utf8) : MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    inproc *r = ctx;
    return r->events->outcome ? r->events->outcome(r->events->ctx, r->tag, reason, place, reached)
                              : MSH_OK;
}

static msh_err on_hit(void *ctx, const msh_hit *hit, bool early)
{
    inproc *r = ctx;
    if (early || !r->events->hit)
        return MSH_OK;
    return r->events->hit(r->events->ctx, r->tag, hit);
}

static msh_err hash(inproc *r, const msh_job *job, msh_room_done *done)
{
    if (!r->digest || job->fd < 0 || job->size > r->limits.size)
        return MSH_OK;
    if (!msh_hash_file(r->digest, job->fd, r->limits.size, r->step, done->sha256, done->sm3)) {
        msh_place place = {.vpath = job->path, .offset = MSH_NO_POSITION};
        return on_outcome(r, MSH_REASON_FILE_READ_ERROR, &place, 0);
    }
    done->has_sha256 = r->options.digests & MSH_DIGEST_SHA256;
    done->has_sm3 = r->options.digests & MSH_DIGEST_SM3;
    return MSH_OK;
}

static msh_err run_job(inproc *r, const msh_job *job)
{
    const msh_child_out out = {.ctx = r,
                               .text = on_text,
                               .outcome = on_outcome,
                               .hit = on_hit,
                               .helper = on_helper,
                               .helper_failed = on_helper_failed};
    const msh_child_job child_job = {.fd = job->fd,
                                     .size = job->size,
                                     .path = job->path,
                                     .link = job->link,
                                     .xattrs = job->xattrs};
    uint64_t began = msh_clock_ns();
    msh_child_done child_done;
    msh_room_done done = {.tag = job->tag};
    r->tag = job->tag;
    MSH_TRY(msh_child_run(r->child, &child_job, &out, &child_done));
    MSH_TRY(hash(r, job, &done));
    done.format = msh_view_str(child_done.format);
    done.findings = child_done.findings;
    done.optical = child_done.optical;
    done.optical_page = child_done.optical_page;
    done.ms = (uint32_t)((msh_clock_ns() - began) / NS_MS);
    return r->events->done ? r->events->done(r->events->ctx, &done) : MSH_OK;
}

/* --- the interface -----------------------------------------------------------------------------
 */

static size_t inproc_free_slots(const msh_room *room)
{
    return SLOTS - ((const inproc *)(const void *)room)->n;
}

static msh_err inproc_give(msh_room *room, const msh_job *job, msh_error *why)
{
    inproc *r = (inproc *)(void *)room;
    msh_room_copy *copy = r->n < SLOTS ? msh_room_copy_job(job) : NULL;
    if (!copy) {
        if (job->fd >= 0)
            close(job->fd);
        return msh_fail(why, r->n < SLOTS ? MSH_E_MEMORY : MSH_E_USAGE, "room");
    }
    r->jobs[(r->first + r->n++) % SLOTS] = copy;
    return MSH_OK;
}

static void drop_job(inproc *r)
{
    msh_room_copy *copy = r->jobs[r->first];
    if (copy->job.fd >= 0)
        close(copy->job.fd);
    msh_free(copy);
    r->first = (r->first + 1) % SLOTS;
    r->n--;
}

static msh_err inproc_take(msh_room *room, const msh_room_events *events, int timeout_ms,
                           size_t *left, msh_error *why)
{
    inproc *r = (inproc *)(void *)room;
    msh_err err = MSH_OK;
    (void)timeout_ms;
    if (r->n) {
        r->events = events;
        err = run_job(r, &r->jobs[r->first]->job);
        drop_job(r);
    }
    *left = r->n;
    return err == MSH_OK ? MSH_OK : msh_fail_kept(why, err, "item");
}

static void inproc_close(msh_room *room)
{
    inproc *r = (inproc *)(void *)room;
    while (r->n)
        drop_job(r);
    for (int i = 0; i < MSH_HELPER_KINDS; i++)
        end_helper(&r->helpers[i]);
    msh_child_free(r->child);
    msh_digest_free(r->digest);
    msh_free(r->step);
    msh_free(r->libexec);
    msh_free(r);
}

static bool copy_libexec(inproc *r, const char *libexec)
{
    if (!libexec)
        return true;
    size_t len = strlen(libexec) + 1;
    r->libexec = msh_alloc(len);
    if (r->libexec)
        memcpy(r->libexec, libexec, len);
    return r->libexec != NULL;
}

msh_err msh_room_open_inproc(const msh_room_options *options, msh_room **out, msh_error *why)
{
    msh_err err = MSH_OK;
    inproc *r = msh_calloc(1, sizeof *r);
    if (!r)
        return msh_fail(why, MSH_E_MEMORY, "room");
    r->base = (msh_room){inproc_free_slots, inproc_give, inproc_take, inproc_close, "none", NULL};
    r->options = *options;
    r->limits = options->limits;
    for (int i = 0; i < MSH_HELPER_KINDS; i++)
        r->helpers[i].fd = -1;
    msh_child_options child = {.rules = options->rules,
                               .limits = &r->limits,
                               .texts = options->texts,
                               .ocr = options->ocr,
                               .explain = options->explain,
                               .lang = options->lang};
    r->child = msh_child_new(&child);
    if (options->digests)
        err = msh_digest_new(options->digests, &r->digest);
    if (options->digests && err == MSH_OK)
        r->step = msh_alloc(MSH_HASH_STEP);
    if (err == MSH_OK &&
        (!copy_libexec(r, options->libexec) || !r->child || (options->digests && !r->step)))
        err = MSH_E_MEMORY;
    if (err != MSH_OK) {
        inproc_close(&r->base);
        return msh_fail(why, err, "room");
    }
    *out = &r->base;
    return MSH_OK;
}
