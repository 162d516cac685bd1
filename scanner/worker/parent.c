/* parent.c: the room of processes: slots in the order of giving, results in the same order.
 *
 * The supervisor never reads a document here, and takes what workers say for hostile. */
#define _GNU_SOURCE
#include "worker/parent.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/pack.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LEAST_SLOTS = 32, SLOTS_FOR_ONE = 12, FILES_WANTED = 8192, SKIPS = 4, NS_MS = 1000000 };

#if defined(MSH_SANITIZED)
#define NO_LOCK "none (sanitizer build)"
#elif defined(MSH_COVERED)
#define NO_LOCK "none (coverage build)"
#endif

/* --- the interface -----------------------------------------------------------------------------
 */

static size_t parent_free_slots(const msh_room *room)
{
    const msh_parent *r = (const msh_parent *)(const void *)room;
    return r->cap - r->n;
}

static bool is_hashed(const msh_parent *r, const msh_job *job)
{
    return r->options.digests && job->fd >= 0 && job->size <= r->limits.size;
}

static msh_err parent_give(msh_room *room, const msh_job *job, msh_error *why)
{
    msh_parent *r = (msh_parent *)(void *)room;
    bool fits = r->n < r->cap && job->path.len < UINT32_MAX && job->link.len < UINT32_MAX &&
                job->xattrs.len < UINT32_MAX;
    msh_room_copy *copy = fits ? msh_room_copy_job(job) : NULL;
    msh_slot s = {.copy = copy, .state = MSH_SLOT_WAITING, .hash_ready = !is_hashed(r, job)};
    msh_buf_init(&s.vpath, SIZE_MAX / 2);
    msh_buf_init(&s.events, SIZE_MAX / 2);
    msh_buf_init(&s.earlier, SIZE_MAX / 2);
    if (!copy || msh_child_vpath(&s.vpath, job->path) != MSH_OK) {
        if (job->fd >= 0)
            close(job->fd);
        msh_buf_dispose(&s.vpath);
        msh_free(copy);
        return msh_fail(why, fits ? MSH_E_MEMORY : MSH_E_USAGE, "room");
    }
    *msh_parent_slot(r, r->head + r->n++) = s;
    return msh_pool_dispatch(r, why);
}

static msh_err deliver_ready(msh_parent *r, const msh_room_events *e, size_t *n, msh_error *why)
{
    while (r->n) {
        msh_slot *s = msh_parent_slot(r, r->head);
        msh_err err = MSH_OK;
        if (!msh_results_complete(r, s)) {
            if (!r->options.texts)
                return MSH_OK;
            err = msh_results_stream(r, s, e);
            return err == MSH_OK ? MSH_OK : msh_fail_kept(why, err, "item");
        }
        err = msh_results_deliver(r, s, e);
        msh_slot_drop(r, s);
        r->head++;
        r->n--;
        ++*n;
        if (err != MSH_OK)
            return msh_fail_kept(why, err, "item");
    }
    return MSH_OK;
}

static msh_err parent_take(msh_room *room, const msh_room_events *events, int timeout_ms,
                           size_t *left, msh_error *why)
{
    msh_parent *r = (msh_parent *)(void *)room;
    const uint64_t began = msh_clock_ns();
    size_t delivered = 0;
    *left = r->n;
    /* asked after each job that was given: the kernel need not be asked each time */
    if (timeout_ms == 0 && r->n < r->cap / 2 && ++r->skipped < SKIPS)
        return MSH_OK;
    r->skipped = 0;
    MSH_TRY(deliver_ready(r, events, &delivered, why));
    while (r->n && delivered == 0) {
        int wait = timeout_ms;
        if (timeout_ms > 0) {
            uint64_t gone = (msh_clock_ns() - began) / NS_MS;
            wait = gone < (uint64_t)timeout_ms ? timeout_ms - (int)gone : 0;
        }
        MSH_TRY(msh_pool_dispatch(r, why));
        MSH_TRY(msh_pool_poll(r, wait, why));
        MSH_TRY(msh_pool_dispatch(r, why));
        MSH_TRY(deliver_ready(r, events, &delivered, why));
        if (wait == 0)
            break;
    }
    *left = r->n;
    return MSH_OK;
}

static size_t parent_descriptors(const msh_room *room, int *out, size_t cap)
{
    return msh_pool_descriptors((const msh_parent *)(const void *)room, out, cap);
}

static void parent_close(msh_room *room)
{
    msh_parent *r = (msh_parent *)(void *)room;
    msh_pool_close(r);
    while (r->n) {
        msh_slot_drop(r, msh_parent_slot(r, r->head++));
        r->n--;
    }
    msh_lock_free(r->lock);
    msh_arena_dispose(&r->scratch);
    msh_buf_dispose(&r->out);
    msh_free(r->packet);
    msh_free(r->slots);
    msh_free(r->procs);
    msh_free(r->libexec);
    msh_free(r);
}

/* --- opening -----------------------------------------------------------------------------------
 */

/* A descriptor for each slot and two for each worker, and those of deep folders. */
static void raise_files(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= FILES_WANTED)
        return;
    r.rlim_cur = r.rlim_max < FILES_WANTED ? r.rlim_max : FILES_WANTED;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}

static unsigned count_jobs(unsigned wanted)
{
    long cpus = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
    if (cpus < 1)
        return 1;
    return cpus > MSH_POOL_MOST_JOBS ? MSH_POOL_MOST_JOBS : (unsigned)cpus;
}

static bool allocate(msh_parent *r, unsigned jobs)
{
    size_t hashers = r->options.digests ? (jobs + 1) / 2 : 0;
    r->jobs = jobs;
    r->n_workers = jobs + 1 + jobs / 4;
    r->n_procs = r->n_workers + hashers;
    r->cap = LEAST_SLOTS;
    while (r->cap < (size_t)jobs * SLOTS_FOR_ONE)
        r->cap *= 2;
    r->procs = msh_calloc(r->n_procs, sizeof *r->procs);
    r->slots = msh_calloc(r->cap, sizeof *r->slots);
    r->packet = msh_alloc(MSH_FRAME_PACKET);
    if (!r->procs || !r->slots || !r->packet)
        return false;
    for (size_t i = 0; i < r->n_procs; i++)
        r->procs[i] = (msh_proc){
            .kind = i < r->n_workers ? MSH_PROC_WORKER : MSH_PROC_HASHER, .fd = -1, .aux = -1};
    if (!r->options.libexec)
        return true;
    size_t len = strlen(r->options.libexec) + 1;
    r->libexec = msh_alloc(len);
    if (r->libexec)
        memcpy(r->libexec, r->options.libexec, len);
    r->options.libexec = r->libexec;
    return r->libexec != NULL;
}

static msh_err make_lock(msh_parent *r, msh_error *why)
{
#if defined(MSH_SANITIZED) || defined(MSH_COVERED)
    /* what sanitizers and coverage counters do is not on the list */
    (void)why;
    r->base.level = NO_LOCK;
    return MSH_OK;
#else
    if (!r->options.sandbox)
        return MSH_OK;
    return msh_lock_new(MSH_LOCK_WORKER, &r->lock, why);
#endif
}

msh_err msh_room_open_processes(const msh_room_options *options, msh_room **out, msh_error *why)
{
    msh_parent *r = msh_calloc(1, sizeof *r);
    if (!r)
        return msh_fail(why, MSH_E_MEMORY, "room");
    r->base = (msh_room){parent_free_slots, parent_give, parent_take,
                         parent_close,      "none",      parent_descriptors};
    r->options = *options;
    r->limits = options->limits;
    r->zygote = -1;
    r->n_rules = options->rules ? msh_rules_count(options->rules) : 0;
    msh_arena_init(&r->scratch, 0);
    msh_buf_init(&r->out, MSH_FRAME_PACKET);
    raise_files();
    msh_err err = allocate(r, count_jobs(options->jobs)) ? make_lock(r, why)
                                                         : msh_fail(why, MSH_E_MEMORY, "room");
    if (err == MSH_OK) {
        r->zygote_options = (msh_zygote_options){&r->options, r->lock};
        err = msh_pool_open(r, why);
    }
    if (err != MSH_OK) {
        parent_close(&r->base);
        return err;
    }
    if (r->lock)
        r->base.level = msh_lock_level_name(r->level);
    *out = &r->base;
    return MSH_OK;
}
