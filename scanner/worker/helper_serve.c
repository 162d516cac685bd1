/* helper_serve.c: the loop of a helper program (see helper_serve.h).
 *
 * Refuses: frames out of step (ends the program), documents larger than its memory. */
#define _GNU_SOURCE
#include "worker/helper_serve.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/self.h"
#include "base/view.h"
#include "worker/lock_linux.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MS_NS = 1000000, MEMORY = 1 << 30 };
static const uint64_t LARGEST = 512ull << 20;

bool msh_serve_late(const msh_serve_job *job)
{
    uint64_t used = msh_clock_ns() - job->started_ns;
    uint64_t own = used > job->wire->waited_ns ? used - job->wire->waited_ns : 0;
    return job->err != MSH_OK || own / MS_NS >= job->request.time_ms;
}

static void said(msh_serve_job *job, msh_err err)
{
    if (job->err == MSH_OK)
        job->err = err;
}

void msh_serve_outcome(msh_serve_job *job, msh_reason reason, uint32_t page, uint64_t reached)
{
    msh_wire_outcome o = {reason, page, reached};
    if (job->err == MSH_OK)
        said(job, msh_wire_send_outcome(job->wire, &o));
}

void msh_serve_stats(msh_serve_job *job, const msh_wire_stats *stats)
{
    if (job->err == MSH_OK)
        said(job, msh_wire_send_stats(job->wire, stats));
}

void msh_serve_item(msh_serve_job *job, const msh_wire_item *item, msh_view bytes)
{
    msh_wire_item sent = *item;
    if (job->err != MSH_OK)
        return;
    sent.size = bytes.len;
    sent.name = msh_view_cut(sent.name, 0, MSH_WIRE_NAME);
    if (bytes.len > job->request.item_bytes) {
        msh_serve_outcome(job, MSH_REASON_LIMIT_MEMBER_SIZE, item->page, bytes.len);
        return;
    }
    if (bytes.len > job->request.decoded || job->sent > job->request.decoded - bytes.len) {
        msh_serve_outcome(job, MSH_REASON_LIMIT_DECODED, item->page, job->sent);
        return;
    }
    job->sent += bytes.len;
    if (sent.what == MSH_WIRE_TEXT && !msh_view_is_utf8(bytes))
        sent.what = MSH_WIRE_BYTES;
    said(job, msh_wire_send_item(job->wire, &sent, bytes));
}

/* One request with its document, answered. Errors end the program. */
static msh_err serve_one(const msh_serve_program *program, msh_wire *wire)
{
    msh_serve_job job = {.wire = wire};
    msh_wire_frame f;
    msh_buf body;
    MSH_TRY(msh_wire_take(wire, &f));
    if (f.kind != MSH_WIRE_REQUEST)
        return MSH_E_SYNTAX;
    MSH_TRY(msh_wire_read_request(f.payload, &job.request));
    msh_buf_init(&body, job.request.size < LARGEST ? (size_t)job.request.size : LARGEST);
    msh_err err;
    MSH_GUARD(msh_wire_take_data(wire, job.request.size, &body));
    job.bytes = msh_buf_view(&body);
    job.started_ns = msh_clock_ns();
    wire->waited_ns = 0;
    program->document(program->ctx, &job);
    err = job.err != MSH_OK ? job.err : msh_wire_send_done(wire);
out:
    if (body.len)
        msh_wipe(body.data, body.len);
    msh_buf_dispose(&body);
    return err;
}

/* OpenMP reads its limit before main: threads would only take the workers' processors. */
static void one_thread(char **argv)
{
    const char *set = getenv("OMP_THREAD_LIMIT");
    if (set && strcmp(set, "1") == 0)
        return;
    if (setenv("OMP_THREAD_LIMIT", "1", 1) == 0)
        (void)execv("/proc/self/exe", argv);
}

static bool lock(const msh_serve_program *program, int says)
{
#ifdef MSH_SANITIZED
    (void)program;
    (void)says;
    return true;
#else
    struct rlimit r;
    if (getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur == RLIM_INFINITY) {
        r.rlim_cur = MEMORY;
        if (setrlimit(RLIMIT_AS, &r) != 0)
            return false;
    }
    unsigned level = 0;
    msh_error why;
    if (msh_lock_helper(program->folders, program->n_folders, &level, &why) == MSH_OK)
        return true;
    (void)dprintf(says, "%s\n", why.text);
    return false;
#endif
}

/* Libraries warn with words of the document: nobody may hear them. Returns where to say that the
 * lock failed, -1 when that cannot be had. */
static int hush(void)
{
    int says = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, MSH_SERVE_FD + 1);
    int nowhere = msh_self_nowhere();
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        return -1;
    (void)close(nowhere);
    return says;
}

int msh_serve_main(const msh_serve_program *program, int argc, char **argv)
{
    bool locked = argc < 2 || strcmp(argv[1], "--no-lock") != 0;
    one_thread(argv);
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    int says = hush();
    if (says < 0 || !program->start(program->ctx) || (locked && !lock(program, says)))
        return 70;
    (void)close(says);
    msh_wire *wire = msh_alloc(sizeof *wire);
    if (!wire)
        return 70;
    msh_wire_open(wire, MSH_SERVE_FD);
    msh_err err;
    do
        err = serve_one(program, wire);
    while (err == MSH_OK);
    bool ended = err == MSH_E_CHILD && wire->have == wire->at;
    msh_free(wire);
    return ended ? 0 : 1;
}
