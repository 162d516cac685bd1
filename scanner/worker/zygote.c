/* zygote.c: forks workers, hashers, canaries and helpers on request; reaps them; ends them.
 *
 * It never reads a document and answers only its supervisor. When the supervisor goes, it goes, and
 * everything it made with it. */
#define _GNU_SOURCE
#include "worker/zygote.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/self.h"
#include "base/view.h"
#include "worker/channel.h"
#include "worker/helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKER_FILES = 64, MOST_CHILDREN = 2048, MAIN_FD = 3, AUX_FD = 4, CANARY_LIVED = 42 };

typedef struct entry {
    uint32_t id;
    pid_t pid; /* 0: gone, only helpers are left to reap */
    pid_t helpers[MSH_HELPER_KINDS];
} entry;

typedef struct zygote {
    const msh_zygote_options *options;
    int socket, signals;
    entry *entries;
    size_t n, cap;
} zygote;

/* --- the forked process --------------------------------------------------------------------------
 */

static bool close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, ~0u, 0) == 0)
        return true;
#endif
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return false;
    for (int fd = first; fd < (int)r.rlim_cur; fd++)
        (void)close(fd);
    return true;
}

/* Its sockets become 3 and 4; nothing else stays open, standard streams included. */
static bool keep_sockets(const int fds[MSH_CHANNEL_FDS])
{
    int kept[MSH_CHANNEL_FDS] = {-1, -1};
    for (int i = 0; i < MSH_CHANNEL_FDS; i++) {
        kept[i] = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD_CLOEXEC, 16) : -1;
        if (fds[i] >= 0 && kept[i] < 0)
            return false;
    }
    for (int i = 0; i < MSH_CHANNEL_FDS; i++)
        if (kept[i] >= 0 && dup2(kept[i], MAIN_FD + i) < 0)
            return false;
    for (int fd = 0; fd < 3; fd++)
        (void)close(fd);
    if (kept[1] < 0)
        (void)close(AUX_FD);
    return close_from(AUX_FD + 1);
}

bool msh_zygote_lock(const msh_lock *lock, unsigned *level)
{
    *level = 0;
    return !lock || msh_lock_enter(lock, level, NULL) == MSH_OK;
}

#ifdef MSH_COVERED
extern void __gcov_dump(void);
#endif

/* Ends a process that was forked, without what the supervisor would do at its end. */
static void end_process(int status)
{
#ifdef MSH_COVERED
    __gcov_dump();
#endif
    _exit(status);
}

/* Each try is one that must not be survived. */
static void try_forbidden(uint32_t what)
{
    char *none[] = {NULL};
    switch (what) {
    case 0:
        (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        break;
    case 1:
        (void)socket(AF_INET, SOCK_STREAM, 0);
        break;
    case 2:
        if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0)
            _exit(0);
        break;
    case 3:
        (void)syscall(SYS_execve, "/bin/true", none, none);
        break;
    case 4:
        (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        break;
    case 5:
        (void)kill(1, 0);
        break;
    case 6:
        (void)syscall(SYS_ptrace, 0, 0, 0, 0);
        break;
    default:
        break;
    }
}

static int run_canary(const msh_lock *lock, uint32_t what)
{
    unsigned level;
    if (!msh_zygote_lock(lock, &level))
        return MSH_EXIT_LOCK_FAILED;
    try_forbidden(what);
    return CANARY_LIVED;
}

static int run_process(const zygote *z, const msh_zygote_request *q, const int *fds, pid_t parent)
{
    const msh_room_options *room = z->options->room;
    uint64_t memory = room->limits.memory;
    sigset_t none;
#ifdef MSH_SANITIZED
    memory = 0;
#endif
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (!keep_sockets(fds) || msh_lock_tie(parent, NULL) != MSH_OK ||
        msh_lock_limits(memory, (room->limits.cpu_ms + 999) / 1000, WORKER_FILES, NULL) != MSH_OK)
        return MSH_EXIT_LOCK_FAILED;
    if (q->op == MSH_ZYGOTE_CANARY)
        return run_canary(z->options->lock, q->number);
    if (q->op == MSH_ZYGOTE_HASHER)
        return msh_hasher(room, MAIN_FD, z->options->lock);
    return msh_serve(room, MAIN_FD, AUX_FD, z->options->lock);
}

/* --- requests ----------------------------------------------------------------------------------
 */

static void answer(const zygote *z, uint32_t id, int status, int no_fork)
{
    msh_zygote_answer a = {id, status, no_fork};
    (void)msh_channel_send(z->socket, msh_view_of(&a, sizeof a), NULL, 0, 0);
}

static entry *entry_of(zygote *z, uint32_t id)
{
    for (size_t i = 0; i < z->n; i++)
        if (z->entries[i].id == id && z->entries[i].pid)
            return &z->entries[i];
    return NULL;
}

static void start_process(zygote *z, const msh_zygote_request *q, const int *fds)
{
    if (z->n == z->cap) {
        answer(z, q->id, 0, ENOMEM);
        return;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        end_process(run_process(z, q, fds, parent));
    if (pid < 0)
        answer(z, q->id, 0, errno ? errno : EAGAIN);
    else
        z->entries[z->n++] = (entry){.id = q->id, .pid = pid};
}

static void end_helpers(entry *e)
{
    for (int i = 0; i < MSH_HELPER_KINDS; i++)
        if (e->helpers[i])
            (void)kill(e->helpers[i], SIGKILL);
}

static void start_helper(zygote *z, const msh_zygote_request *q, int socket)
{
    entry *e = entry_of(z, q->id);
    if (!e || q->number >= MSH_HELPER_KINDS || e->helpers[q->number] || socket < 0)
        return;
    pid_t pid = msh_helper_spawn(z->options->room->libexec, q->number, socket,
                                 z->options->room->limits.helper_memory, z->options->lock != NULL);
    e->helpers[q->number] = pid > 0 ? pid : 0;
}

/* Soft limit = what it has used + what an item may use. */
static void renew_cpu(const zygote *z, pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return;
    uint64_t seconds = (z->options->room->limits.cpu_ms + 999) / 1000;
    struct rlimit r = {(rlim_t)used.tv_sec + 1 + seconds, RLIM_INFINITY};
    struct rlimit now;
    if (prlimit(pid, RLIMIT_CPU, NULL, &now) == 0)
        r.rlim_max = now.rlim_max;
    if (r.rlim_cur > r.rlim_max)
        r.rlim_cur = r.rlim_max;
    (void)prlimit(pid, RLIMIT_CPU, &r, NULL);
}

static void serve_request(zygote *z, const msh_zygote_request *q, const int *fds)
{
    entry *e = entry_of(z, q->id);
    switch ((msh_zygote_op)q->op) {
    case MSH_ZYGOTE_WORKER:
    case MSH_ZYGOTE_HASHER:
    case MSH_ZYGOTE_CANARY:
        start_process(z, q, fds);
        break;
    case MSH_ZYGOTE_KILL:
        if (e)
            (void)kill(e->pid, SIGKILL);
        break;
    case MSH_ZYGOTE_RENEW:
        if (e)
            renew_cpu(z, e->pid);
        break;
    case MSH_ZYGOTE_HELPER:
        start_helper(z, q, fds[0]);
        break;
    case MSH_ZYGOTE_UNHELPER:
        if (e && q->number < MSH_HELPER_KINDS && e->helpers[q->number])
            (void)kill(e->helpers[q->number], SIGKILL);
        break;
    }
}

/* --- reaping -----------------------------------------------------------------------------------
 */

static void reaped(zygote *z, pid_t pid, int status)
{
    for (size_t i = 0; i < z->n; i++) {
        entry *e = &z->entries[i];
        bool helpers = false;
        if (e->pid == pid) {
            e->pid = 0;
            end_helpers(e);
            answer(z, e->id, status, 0);
        }
        for (int k = 0; k < MSH_HELPER_KINDS; k++) {
            if (e->helpers[k] == pid)
                e->helpers[k] = 0;
            helpers = helpers || e->helpers[k];
        }
        if (!e->pid && !helpers)
            z->entries[i--] = z->entries[--z->n];
    }
}

static void reap(zygote *z)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    (void)!read(z->signals, &info, sizeof info);
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        reaped(z, pid, status);
}

/* --- its life ----------------------------------------------------------------------------------
 */

/* Signals from a terminal are for the supervisor, which ends the zygote in its own time. */
static bool arrange_signals(zygote *z)
{
    static const int ignored[] = {SIGINT,  SIGQUIT, SIGHUP,  SIGTERM,
                                  SIGPIPE, SIGUSR1, SIGUSR2, SIGWINCH};
    sigset_t mask;
    for (int s = 1; s < 32; s++)
        (void)signal(s, SIG_DFL);
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        (void)signal(ignored[i], SIG_IGN);
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &mask, NULL) != 0)
        return false;
    z->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return z->signals >= 0;
}

/* Standard streams go to /dev/null: whoever reads the supervisor's output must not wait for us. */
static bool arrange_descriptors(int *socket)
{
    int kept = fcntl(*socket, F_DUPFD_CLOEXEC, 16);
    int null = msh_self_nowhere();
    if (kept < 0 || null < 0)
        return false;
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0)
            return false;
    if (dup2(kept, MAIN_FD) < 0 || fcntl(MAIN_FD, F_SETFD, FD_CLOEXEC) != 0)
        return false;
    *socket = MAIN_FD;
    return close_from(MAIN_FD + 1);
}

static int run_zygote(zygote *z, pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
        !arrange_descriptors(&z->socket) || !arrange_signals(z))
        return 1;
    z->cap = MOST_CHILDREN;
    z->entries = msh_calloc(z->cap, sizeof *z->entries);
    if (!z->entries)
        return 1;
    msh_lock_warm();
    msh_child_prepare();
    struct pollfd p[2] = {{z->socket, POLLIN, 0}, {z->signals, POLLIN, 0}};
    for (;;) {
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (p[1].revents)
            reap(z);
        if (!p[0].revents)
            continue;
        msh_zygote_request q;
        int fds[MSH_CHANNEL_FDS];
        ssize_t n = msh_channel_receive(z->socket, &q, sizeof q, fds, 0);
        if (n == sizeof q)
            serve_request(z, &q, fds);
        for (int i = 0; i < MSH_CHANNEL_FDS; i++)
            if (n >= 0 && fds[i] >= 0)
                close(fds[i]);
        if (n <= 0)
            return 0;
    }
}

msh_err msh_zygote_start(const msh_zygote_options *options, int *socket, pid_t *pid, msh_error *why)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "socketpair");
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0) {
        zygote z = {.options = options, .socket = ends[1]};
        end_process(run_zygote(&z, parent));
    }
    close(ends[1]);
    if (*pid < 0) {
        close(ends[0]);
        return msh_fail_errno(why, MSH_E_CHILD, "fork");
    }
    *socket = ends[0];
    return MSH_OK;
}
