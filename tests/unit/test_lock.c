/* test_lock.c: the lock of workers and helpers: each forbidden thing kills, each allowed one works.
 */
#define _GNU_SOURCE
#include "check.h"
#include "worker/lock_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALLOWED = 7, SETUP_FAILED = 99 };

/* Lock a child of a kind and run `act` in it; its wait status. */
static int locked(msh_lock_kind kind, int (*act)(void))
{
    fflush(stdout);
    pid_t parent = getpid();
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        msh_error why;
        msh_lock *l;
        unsigned level = 0;
        const char *const paths[] = {"/usr/share", "/nowhere/at/all"};
        msh_lock_warm();
        if (msh_lock_limits(1u << 30, 30, 64, &why) != MSH_OK)
            _exit(SETUP_FAILED);
        if (kind == MSH_LOCK_HELPER) {
            if (msh_lock_helper(paths, 2, &level, &why) != MSH_OK)
                _exit(SETUP_FAILED);
        } else if (msh_lock_new(kind, &l, &why) != MSH_OK || msh_lock_tie(parent, &why) != MSH_OK ||
                   msh_lock_enter(l, &level, &why) != MSH_OK) {
            _exit(SETUP_FAILED);
        }
        _exit((level & MSH_LOCK_SECCOMP) ? act() : SETUP_FAILED);
    }
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    return status;
}

static int do_open(void)
{
    return open("/etc/hostname", O_RDONLY) < 0 ? 1 : ALLOWED;
}
static int do_open_write(void)
{
    return open("/dev/null", O_WRONLY) < 0 ? 1 : ALLOWED;
}
static int do_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : ALLOWED;
}
static int do_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? 1 : ALLOWED;
}
static int do_exec(void)
{
    char *argv[] = {(char *)(uintptr_t) "true", NULL};
    execv("/bin/true", argv);
    return 1;
}
static int do_map_exec(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? 1 : ALLOWED;
}
static int do_protect_exec(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC) != 0 ? 1 : ALLOWED;
}
static int do_kill(void)
{
    return kill(getppid(), 0) != 0 ? 1 : ALLOWED;
}
static int do_ptrace(void)
{
    return syscall(SYS_ptrace, 0, 0, 0, 0) != 0 ? 1 : ALLOWED;
}
static int do_write_out(void)
{
    return write(1, "", 0) != 0 ? 1 : ALLOWED;
}
/* Warnings of libraries: told that standard error is closed, not killed. */
static int do_write_err(void)
{
    return write(2, "x", 1) == -1 && errno == EBADF ? ALLOWED : 1;
}
static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}
static int do_work(void)
{
    int sorted[1000];
    void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || munmap(p, 1 << 20) != 0)
        return 1;
    char *big = malloc(8 << 20);
    if (!big)
        return 2;
    memset(big, 1, 8 << 20);
    free(big);
    for (int i = 0; i < 1000; i++)
        sorted[i] = i * 7919 % 1000;
    qsort(sorted, 1000, sizeof sorted[0], ascending);
    return sorted[1] == 1 ? ALLOWED : 3;
}
static int do_read_shared(void)
{
    int fd = open("/usr/share", O_RDONLY | O_DIRECTORY);
    return fd >= 0 ? ALLOWED : 1;
}
static int do_read_elsewhere(void)
{
    int fd = open("/etc/passwd", O_RDONLY);
    return fd < 0 ? ALLOWED : 1;
}

static void test_worker_forbids(void)
{
    static int (*const acts[])(void) = {do_open,      do_open_write,  do_socket, do_fork,
                                        do_exec,      do_map_exec,    do_kill,   do_ptrace,
                                        do_write_out, do_protect_exec};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        int status = locked(MSH_LOCK_WORKER, acts[i]);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    }
}

static void test_worker_allows(void)
{
    static int (*const acts[])(void) = {do_work, do_write_err};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        int status = locked(MSH_LOCK_WORKER, acts[i]);
        CHECK(WIFEXITED(status));
        CHECK_INT(WEXITSTATUS(status), ALLOWED);
    }
}

static void test_helper(void)
{
    static int (*const kills[])(void) = {do_open_write, do_socket,       do_fork,  do_exec,
                                         do_map_exec,   do_protect_exec, do_ptrace};
    for (size_t i = 0; i < sizeof kills / sizeof kills[0]; i++) {
        int status = locked(MSH_LOCK_HELPER, kills[i]);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    }
    int status = locked(MSH_LOCK_HELPER, do_read_shared);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == ALLOWED);
    /* only Landlock knows paths */
    unsigned level = 0;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 1) {
        status = locked(MSH_LOCK_HELPER, do_read_elsewhere);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == ALLOWED);
        level = MSH_LOCK_LANDLOCK;
    }
    CHECK_STR(msh_lock_level_name(level | MSH_LOCK_SECCOMP),
              level ? "seccomp+landlock" : "seccomp");
    CHECK_STR(msh_lock_level_name(0), "none");
}

int main(void)
{
#ifdef MSH_SANITIZED
    SKIP("sanitizers cannot live under seccomp");
#endif
    RUN(test_worker_forbids);
    RUN(test_worker_allows);
    RUN(test_helper);
    return check_result();
}
