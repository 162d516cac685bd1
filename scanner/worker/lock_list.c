/* lock_list.c: which system calls a locked process may make (safety.md section 3).
 *
 * Rows under #ifdef are calls that some architectures do not have: the C library there uses the
 * other one of the pair. */
#define _GNU_SOURCE
#include "worker/lock_list.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ALLOW(name)                                                                                \
    {                                                                                              \
        SYS_##name, MSH_LOCK_ALWAYS, 0, 0, 0                                                       \
    }
#define REFUSE(name, code)                                                                         \
    {                                                                                              \
        SYS_##name, MSH_LOCK_REFUSE, 0, 0, code                                                    \
    }
#define ONLY(name, argument, mask, value)                                                          \
    {                                                                                              \
        SYS_##name, MSH_LOCK_BITS_ARE, argument, mask, value                                       \
    }

/* What both kinds need: memory, descriptors they hold, waiting, the clock, the end. */
#define COMMON_ROWS                                                                                \
    ALLOW(read), ALLOW(pread64), ALLOW(lseek), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise),       \
        ALLOW(brk), ALLOW(close), ALLOW(recvmsg), ALLOW(sendmsg), ALLOW(futex),                    \
        ALLOW(clock_gettime), ALLOW(getrandom), ALLOW(rt_sigreturn), ALLOW(exit),                  \
        ALLOW(exit_group), ONLY(mmap, 2, PROT_EXEC, 0)

#ifdef SYS_poll
#define POLL_ROW ALLOW(poll)
#else
#define POLL_ROW ALLOW(ppoll)
#endif

static const msh_lock_row worker_rows[] = {
    COMMON_ROWS,
    POLL_ROW,
#ifdef SYS_fstat
    ALLOW(fstat),
    /* fstat() of newer C libraries: of a descriptor, not of a path */
    ONLY(newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH),
#else
    ONLY(statx, 2, AT_EMPTY_PATH, AT_EMPTY_PATH),
#endif
    /* Standard error is closed; a library that warns is told so instead of being killed. */
    {SYS_write, MSH_LOCK_REFUSE_BITS, 0, 0xffffffffu, 2},
    {SYS_writev, MSH_LOCK_REFUSE_BITS, 0, 0xffffffffu, 2},
};

/* Helpers open fonts, maps of characters and models, and read them; Landlock says which. Flags of
 * openat that write, make or cut a file are killed. */
static const msh_lock_row helper_rows[] = {
    COMMON_ROWS,
#ifdef SYS_poll
    ALLOW(poll),
    ALLOW(access),
    ALLOW(readlink),
    ALLOW(stat),
    ALLOW(lstat),
    ALLOW(time),
#endif
    ALLOW(ppoll),
#ifdef SYS_fstat
    ALLOW(fstat),
    ALLOW(newfstatat),
#endif
    ALLOW(statx),
    ALLOW(statfs),
    ALLOW(fstatfs),
    ONLY(openat, 2, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, 0),
    ALLOW(getdents64),
    ALLOW(faccessat),
    ALLOW(faccessat2),
    ALLOW(readlinkat),
    ALLOW(getcwd),
    ALLOW(write),
    ALLOW(writev),
    ALLOW(readv),
    ALLOW(recvfrom),
    ALLOW(sendto),
    ALLOW(dup),
    ALLOW(fcntl),
    ALLOW(fadvise64),
    REFUSE(ioctl, ENOTTY),
    ONLY(mprotect, 2, PROT_EXEC, 0),
    /* threads of this process, never another process; clone3 cannot be looked into */
    ONLY(clone, 0, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND,
         CLONE_THREAD | CLONE_VM | CLONE_SIGHAND),
    REFUSE(clone3, ENOSYS),
    ALLOW(set_robust_list),
    ALLOW(rseq),
    ALLOW(sched_getaffinity),
    ALLOW(sched_yield),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigaction),
    ALLOW(sigaltstack),
    ALLOW(restart_syscall),
    ALLOW(clock_nanosleep),
    ALLOW(clock_getres),
    ALLOW(nanosleep),
    ALLOW(gettimeofday),
    ALLOW(times),
    ALLOW(getrusage),
    ALLOW(getpid),
    ALLOW(gettid),
    ALLOW(getuid),
    ALLOW(geteuid),
    ALLOW(getgid),
    ALLOW(getegid),
    ALLOW(uname),
    ALLOW(sysinfo),
    ALLOW(getcpu),
    REFUSE(prctl, EPERM),
    REFUSE(prlimit64, EPERM),
    REFUSE(sched_setaffinity, EPERM),
    REFUSE(sched_setscheduler, EPERM),
    REFUSE(memfd_create, EPERM),
    REFUSE(eventfd2, EPERM),
    REFUSE(pipe2, EPERM),
    REFUSE(unlinkat, EPERM),
    REFUSE(mkdirat, EPERM),
};

_Static_assert(sizeof helper_rows / sizeof helper_rows[0] <= MSH_LOCK_MOST_ROWS, "too many rows");

const msh_lock_row *msh_lock_rows(msh_lock_kind kind, size_t *n)
{
    if (kind == MSH_LOCK_HELPER) {
        *n = sizeof helper_rows / sizeof helper_rows[0];
        return helper_rows;
    }
    *n = sizeof worker_rows / sizeof worker_rows[0];
    return worker_rows;
}
