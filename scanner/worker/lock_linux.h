/* lock_linux.h: the lock of processes that read hostile bytes (safety.md section 3).
 *
 * rlimits, no-new-privs, not dumpable, dies with its parent, Landlock with no right, and a seccomp
 * allow-list that kills. The program of the list is made once, checked against the list rule by
 * rule before it is used, and loaded exactly as it was checked. */
#ifndef MSH_WORKER_LOCK_LINUX_H
#define MSH_WORKER_LOCK_LINUX_H

#include <mishen/error.h>

#include <sys/types.h>

typedef enum msh_lock_kind {
    MSH_LOCK_WORKER, /* reads descriptors that are handed to it, answers with sendmsg */
    MSH_LOCK_HELPER  /* may also open files for reading and start threads */
} msh_lock_kind;

/* What was reached; bits. */
enum { MSH_LOCK_SECCOMP = 1, MSH_LOCK_LANDLOCK = 2 };

/* A checked seccomp program; immutable, shared over fork. */
typedef struct msh_lock msh_lock;

/* Make and check the program of a kind. Errors: MSH_E_SANDBOX, MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_lock_new(msh_lock_kind kind, msh_lock **out, msh_error *why);
void msh_lock_free(msh_lock *l);

/* Lazy initialisations of the C library that would open files or ask the kernel for things the list
 * does not hold (time zone, memory size for qsort). Before any lock; sets TZ in this process. */
void msh_lock_warm(void);

/* Limits of the calling process. memory: address space in bytes, 0 = leave; never below what is
 * mapped already plus half of `memory`. The limit of CPU time is the soft one only, so that the
 * parent can renew it. files: RLIMIT_NOFILE. */
MSH_MUST_CHECK msh_err msh_lock_limits(uint64_t memory, uint64_t cpu_seconds, unsigned files,
                                       msh_error *why);

/* Die with `parent` (the pid that must still be the parent), and be closed to ptrace. */
MSH_MUST_CHECK msh_err msh_lock_tie(pid_t parent, msh_error *why);

/* Lock the calling process for good: no-new-privs, Landlock where the kernel has it, seccomp.
 * *level: MSH_LOCK_* bits reached. Errors: MSH_E_SANDBOX when seccomp does not hold. */
MSH_MUST_CHECK msh_err msh_lock_enter(const msh_lock *l, unsigned *level, msh_error *why);

/* For the main function of a helper program, once its libraries are initialised and before
 * it starts threads: ties it to its parent, then no-new-privs, Landlock that lets `n` paths be read
 * (those that do not exist are passed over), and the seccomp list of helpers. Its rlimits were set
 * by who started it. *level as above. */
MSH_MUST_CHECK msh_err msh_lock_helper(const char *const *read_only, size_t n, unsigned *level,
                                       msh_error *why);

/* "seccomp+landlock", "seccomp", "none". */
const char *msh_lock_level_name(unsigned level);

#endif
