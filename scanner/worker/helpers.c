/* helpers.c: starting helper programs: own executables, so that their libraries and licences stay
 * out of the core. Refuses every name that is not in its table. */
#define _GNU_SOURCE
#include "worker/helpers.h"

#include "base/self.h"
#include "worker/lock_linux.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HELPER_FILES = 64, EXEC_FAILED = 127 };

static const char *const names[MSH_HELPER_KINDS] = {"pdf", "ocr"};

int msh_helper_number(const char *name)
{
    for (int i = 0; i < MSH_HELPER_KINDS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *msh_helper_name(unsigned number)
{
    return number < MSH_HELPER_KINDS ? names[number] : NULL;
}

static bool program_path(const char *libexec, unsigned number, char out[PATH_MAX])
{
    if (!libexec || number >= MSH_HELPER_KINDS)
        return false;
    int n = snprintf(out, PATH_MAX, "%s/mishen-%s", libexec, names[number]);
    return n > 0 && n < PATH_MAX;
}

bool msh_helper_exists(const char *libexec, unsigned number)
{
    char path[PATH_MAX];
    return program_path(libexec, number, path) && access(path, X_OK) == 0;
}

static bool arrange_descriptors(int socket)
{
    int null = msh_self_nowhere();
    if (null < 0)
        return false;
    /* above what is about to be overwritten */
    int keep = fcntl(socket, F_DUPFD_CLOEXEC, 16);
    int quiet = fcntl(null, F_DUPFD_CLOEXEC, 16);
    if (keep < 0 || quiet < 0)
        return false;
    for (int fd = 0; fd < 3; fd++)
        if (dup2(quiet, fd) < 0)
            return false;
    if (dup2(keep, MSH_HELPER_FD) < 0)
        return false;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, MSH_HELPER_FD + 1, ~0u, 0) == 0)
        return true;
#endif
    for (int fd = MSH_HELPER_FD + 1; fd < 65536; fd++)
        (void)close(fd);
    return true;
}

static void run_helper(const char *path, int socket, uint64_t memory, bool lock, pid_t parent)
{
    static const char *const clean[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                        "OMP_THREAD_LIMIT=1", NULL};
    const char *argv[] = {path, lock ? NULL : "--no-lock", NULL};
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
#ifdef MSH_SANITIZED
    memory = 0;
#endif
    if (!arrange_descriptors(socket))
        return;
    if (msh_lock_limits(memory, 0, HELPER_FILES, NULL) != MSH_OK ||
        msh_lock_tie(parent, NULL) != MSH_OK)
        return;
    (void)execve(path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)clean);
}

pid_t msh_helper_spawn(const char *libexec, unsigned number, int socket, uint64_t memory, bool lock)
{
    char path[PATH_MAX];
    if (!program_path(libexec, number, path) || access(path, X_OK) != 0)
        return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        run_helper(path, socket, memory, lock, parent);
        _exit(EXEC_FAILED);
    }
    return pid;
}
