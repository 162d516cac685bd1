/* progress.c: one line on standard error, never document content, never into a file by itself. */
#define _GNU_SOURCE
#include "scan/progress.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const uint64_t FIRST_NS = 1000000000, STEP_NS = 250000000;

struct msh_progress {
    msh_progress_mode mode;
    msh_lang lang;
    int signals;
    sigset_t before;
    bool terminal, shown;
    uint64_t began_ns, next_ns;
};

msh_err msh_progress_new(msh_progress_mode mode, msh_lang lang, msh_progress **out)
{
    msh_progress *p = msh_calloc(1, sizeof *p);
    sigset_t set;
    if (!p)
        return MSH_E_MEMORY;
    p->mode = mode;
    p->lang = lang;
    p->terminal = mode == MSH_PROGRESS_AUTO && isatty(STDERR_FILENO) == 1;
    p->began_ns = msh_clock_ns();
    p->next_ns = p->began_ns + FIRST_NS;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    p->signals = -1;
    if (sigprocmask(SIG_BLOCK, &set, &p->before) == 0)
        p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    *out = p;
    return MSH_OK;
}

static void show(msh_progress *p, const msh_run_summary *s, const char *head, const char *tail)
{
    uint64_t ms = (msh_clock_ns() - p->began_ns) / 1000000 + 1;
    bool zh = p->lang == MSH_LANG_ZH;
    if (p->mode == MSH_PROGRESS_JSON) {
        fprintf(stderr,
                "{\"type\":\"progress\",\"items\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ms\":%" PRIu64
                ",\"block\":%" PRIu64 ",\"not_inspected\":%" PRIu64 ",\"review\":%" PRIu64 "}\n",
                s->items, s->bytes, ms, s->verdicts[MSH_VERDICT_BLOCK],
                s->verdicts[MSH_VERDICT_NOT_INSPECTED], s->verdicts[MSH_VERDICT_REVIEW]);
        return;
    }
    fprintf(stderr,
            zh ? "%s已查 %" PRIu64 " 个文件，%" PRIu64 " MiB，%" PRIu64 " MiB/s；阻断 %" PRIu64
                 "，未能检查 %" PRIu64 "，复核 %" PRIu64 "%s"
               : "%s%" PRIu64 " items, %" PRIu64 " MiB, %" PRIu64 " MiB/s; block %" PRIu64
                 ", not inspected %" PRIu64 ", review %" PRIu64 "%s",
            head, s->items, s->bytes >> 20, (s->bytes >> 20) * 1000 / ms,
            s->verdicts[MSH_VERDICT_BLOCK], s->verdicts[MSH_VERDICT_NOT_INSPECTED],
            s->verdicts[MSH_VERDICT_REVIEW], tail);
    fflush(stderr);
}

static void read_signals(msh_progress *p, const msh_run_summary *s, bool *stop)
{
    struct signalfd_siginfo info;
    while (p->signals >= 0 && read(p->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGUSR1)
            show(p, s, p->shown ? "\r\033[K" : "", "\n");
        else
            *stop = true;
    }
}

void msh_progress_tick(msh_progress *p, const msh_run_summary *s, bool *stop)
{
    read_signals(p, s, stop);
    if (!p->terminal && p->mode != MSH_PROGRESS_JSON)
        return;
    uint64_t now = msh_clock_ns();
    if (now < p->next_ns)
        return;
    p->next_ns = now + (p->mode == MSH_PROGRESS_JSON ? FIRST_NS : STEP_NS);
    show(p, s, "\r\033[K", "");
    p->shown = p->terminal;
}

void msh_progress_clear(msh_progress *p)
{
    if (p && p->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        p->shown = false;
    }
}

void msh_progress_free(msh_progress *p)
{
    if (!p)
        return;
    msh_progress_clear(p);
    if (p->signals >= 0)
        close(p->signals);
    (void)sigprocmask(SIG_SETMASK, &p->before, NULL);
    msh_free(p);
}
