/* lock_linux.c: rlimits, Landlock and seccomp of a locked process (safety.md section 3).
 *
 * libseccomp passes over calls that an architecture lacks and still reports success. So the program
 * it made is exported, run here over every call number, and loaded only when it answers each as the
 * list says; what is loaded is what was checked. */
#define _GNU_SOURCE
#include "worker/lock_linux.h"

#include "base/err.h"
#include "base/mem.h"
#include "worker/lock_list.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <locale.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CODE = 4096, CALLS_CHECKED = 1024 };

struct msh_lock {
    unsigned short n;
    struct sock_filter code[];
};

/* --- making the program ------------------------------------------------------------------------
 */

static int add_row(scmp_filter_ctx ctx, const msh_lock_row *r)
{
    struct scmp_arg_cmp bits = {r->argument, SCMP_CMP_MASKED_EQ, r->mask, r->value};
    switch (r->test) {
    case MSH_LOCK_ALWAYS:
        return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, r->nr, 0);
    case MSH_LOCK_BITS_ARE:
        return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, r->nr, 1, &bits);
    case MSH_LOCK_REFUSE:
        return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(r->value), r->nr, 0);
    case MSH_LOCK_REFUSE_BITS:
        return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EBADF), r->nr, 1, &bits);
    }
    return -EINVAL;
}

/* Export through a pipe, which holds it all: libseccomp writes to descriptors only, and a file
 * would be refused to a process that is already limited to writing none. */
static msh_err export_code(scmp_filter_ctx ctx, msh_lock **out, msh_error *why)
{
    int ends[2];
    const size_t most = MOST_CODE * sizeof(struct sock_filter);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "pipe");
    int r = seccomp_export_bpf(ctx, ends[1]);
    close(ends[1]);
    msh_lock *l = r == 0 ? msh_alloc(sizeof *l + most) : NULL;
    ssize_t size = l ? read(ends[0], l->code, most) : -1;
    close(ends[0]);
    if (size <= 0 || (size_t)size == most || (size_t)size % sizeof(struct sock_filter) != 0) {
        msh_free(l);
        return msh_fail(why, MSH_E_SANDBOX, "libseccomp: no program");
    }
    l->n = (unsigned short)((size_t)size / sizeof(struct sock_filter));
    *out = l;
    return MSH_OK;
}

/* --- checking it -------------------------------------------------------------------------------
 */

/* Run the classic BPF that libseccomp writes; what it never writes counts as a kill that was not
 * asked for, and so as a failed check. */
static uint32_t run_code(const msh_lock *l, const struct seccomp_data *data)
{
    uint32_t a = 0, word;
    for (size_t pc = 0; pc < l->n; pc++) {
        const struct sock_filter *f = &l->code[pc];
        switch (f->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (f->k > sizeof *data - sizeof word)
                return UINT32_MAX;
            memcpy(&word, (const char *)data + f->k, sizeof word);
            a = word;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= f->k;
            break;
        case BPF_JMP | BPF_JA:
            pc += f->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            pc += a == f->k ? f->jt : f->jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            pc += a >= f->k ? f->jt : f->jf;
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            pc += a > f->k ? f->jt : f->jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            pc += (a & f->k) ? f->jt : f->jf;
            break;
        case BPF_RET | BPF_K:
            return f->k;
        default:
            return UINT32_MAX;
        }
    }
    return UINT32_MAX;
}

static uint32_t answer_wanted(const msh_lock_row *r, uint32_t argument)
{
    bool match = (argument & r->mask) == r->value;
    switch (r->test) {
    case MSH_LOCK_ALWAYS:
        return SECCOMP_RET_ALLOW;
    case MSH_LOCK_BITS_ARE:
        return match ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
    case MSH_LOCK_REFUSE:
        return SECCOMP_RET_ERRNO | r->value;
    case MSH_LOCK_REFUSE_BITS:
        return match ? SECCOMP_RET_ERRNO | EBADF : SECCOMP_RET_KILL_PROCESS;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

/* One call number: with every single bit of the argument that the row looks at, and with all. */
static bool answers_as_listed(const msh_lock *l, const msh_lock_row *r, struct seccomp_data data)
{
    if (!r)
        return run_code(l, &data) == SECCOMP_RET_KILL_PROCESS;
    for (unsigned bit = 0; bit < 34; bit++) {
        uint32_t argument = bit < 32 ? 1u << bit : bit == 32 ? 0 : UINT32_MAX;
        data.args[r->argument] = argument;
        if (run_code(l, &data) != answer_wanted(r, argument))
            return false;
        data.args[r->argument] = r->value | argument;
        if (run_code(l, &data) != answer_wanted(r, r->value | argument))
            return false;
    }
    return true;
}

static msh_err check_code(const msh_lock *l, msh_lock_kind kind, msh_error *why)
{
    size_t n;
    const msh_lock_row *rows = msh_lock_rows(kind, &n);
    const uint32_t arch = seccomp_arch_native();
    const uint32_t x32 = 0x40000000u;
    for (int nr = 0; nr < CALLS_CHECKED; nr++) {
        const msh_lock_row *row = NULL;
        for (size_t i = 0; i < n && !row; i++)
            row = rows[i].nr == nr ? &rows[i] : NULL;
        struct seccomp_data data = {.nr = nr, .arch = arch};
        if (!answers_as_listed(l, row, data))
            return msh_fail(why, MSH_E_SANDBOX, "seccomp: call %d is not treated as listed", nr);
        data.nr = (int)((uint32_t)nr | x32);
        if (arch == AUDIT_ARCH_X86_64 && !answers_as_listed(l, NULL, data))
            return msh_fail(why, MSH_E_SANDBOX, "seccomp: x32 call %d is let through", nr);
        data = (struct seccomp_data){.nr = nr, .arch = arch ^ 1u};
        if (!answers_as_listed(l, NULL, data))
            return msh_fail(why, MSH_E_SANDBOX, "seccomp: a foreign architecture is let through");
    }
    return MSH_OK;
}

msh_err msh_lock_new(msh_lock_kind kind, msh_lock **out, msh_error *why)
{
    size_t n;
    const msh_lock_row *rows = msh_lock_rows(kind, &n);
    msh_err err = MSH_OK;
    *out = NULL;
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!ctx)
        return msh_fail(why, MSH_E_SANDBOX, "libseccomp: seccomp_init");
    (void)seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; i < n; i++) {
        int r = add_row(ctx, &rows[i]);
        if (r != 0) {
            err = msh_fail(why, MSH_E_SANDBOX, "libseccomp: call %d: %s", rows[i].nr, strerror(-r));
            goto out;
        }
    }
    MSH_GUARD(export_code(ctx, out, why));
    MSH_GUARD(check_code(*out, kind, why));
out:
    seccomp_release(ctx);
    if (err != MSH_OK) {
        msh_lock_free(*out);
        *out = NULL;
    }
    return err;
}

void msh_lock_free(msh_lock *l)
{
    msh_free(l);
}

/* --- entering ----------------------------------------------------------------------------------
 */

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void msh_lock_warm(void)
{
    /* With TZ unset the C library looks at /etc/localtime again and again. */
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    /* Kept for good, never freed: a locale that nobody holds is unloaded, and opened again. */
    (void)newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    /* glibc's qsort asks once how much memory the machine has when it sorts more than 1 KiB. */
    int many[512];
    for (int i = 0; i < 512; i++)
        many[i] = 512 - i;
    qsort(many, 512, sizeof many[0], compare_ints);
    (void)sysconf(_SC_PAGESIZE);
    (void)sysconf(_SC_NPROCESSORS_ONLN);
}

/* Bytes mapped by this process; 0 when /proc does not tell. */
static uint64_t mapped_now(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool limit(int what, uint64_t soft, uint64_t hard)
{
    struct rlimit now, want = {soft, hard};
    if (getrlimit((__rlimit_resource_t)what, &now) != 0)
        return false;
    if (want.rlim_max > now.rlim_max)
        want.rlim_max = now.rlim_max;
    if (want.rlim_cur > want.rlim_max)
        want.rlim_cur = want.rlim_max;
    return setrlimit((__rlimit_resource_t)what, &want) == 0;
}

msh_err msh_lock_limits(uint64_t memory, uint64_t cpu_seconds, unsigned files, msh_error *why)
{
    uint64_t least = mapped_now() + memory / 2;
    uint64_t space = memory > least ? memory : least;
    if (memory && !limit(RLIMIT_AS, space, space))
        return msh_fail_errno(why, MSH_E_SANDBOX, "RLIMIT_AS");
    if (cpu_seconds && !limit(RLIMIT_CPU, cpu_seconds, RLIM_INFINITY))
        return msh_fail_errno(why, MSH_E_SANDBOX, "RLIMIT_CPU");
    if (!limit(RLIMIT_CORE, 0, 0) || !limit(RLIMIT_FSIZE, 0, 0) ||
        !limit(RLIMIT_NOFILE, files, files))
        return msh_fail_errno(why, MSH_E_SANDBOX, "setrlimit");
    return MSH_OK;
}

msh_err msh_lock_tie(pid_t parent, msh_error *why)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "PR_SET_PDEATHSIG");
    /* The parent may have died before the line above. */
    if (getppid() != parent)
        return msh_fail(why, MSH_E_CHILD, "the parent process is gone");
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "PR_SET_DUMPABLE");
    return MSH_OK;
}

/* Layout of struct landlock_ruleset_attr in all its versions; the header may be older than the
 * kernel. */
typedef struct ruleset {
    uint64_t fs, net, scoped;
} ruleset;

static const uint64_t fs_rights[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};

/* -1 when the kernel has no Landlock, or has it switched off. */
static int landlock_ruleset(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return -1;
    ruleset r = {fs_rights[abi < 5 ? abi : 5], abi >= 4 ? 3 : 0, abi >= 6 ? 3 : 0};
    size_t size = abi >= 6 ? sizeof r : abi >= 4 ? 16 : 8;
    return (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
}

static bool landlock_read_only(int ruleset_fd, const char *const *paths, size_t n)
{
    const uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    for (size_t i = 0; i < n; i++) {
        int fd = open(paths[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        uint64_t right = rights;
        if (fd < 0 && errno == ENOTDIR) {
            fd = open(paths[i], O_PATH | O_CLOEXEC);
            right = LANDLOCK_ACCESS_FS_READ_FILE;
        }
        if (fd < 0)
            continue;
        struct landlock_path_beneath_attr rule = {.allowed_access = right, .parent_fd = fd};
        long r = syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(fd);
        if (r != 0)
            return false;
    }
    return true;
}

/* Best effort by design: kernels before 5.13 have none, and seccomp alone holds there. */
static unsigned enter_landlock(const char *const *read_only, size_t n)
{
    unsigned level = 0;
    int fd = landlock_ruleset();
    if (fd < 0)
        return 0;
    if (landlock_read_only(fd, read_only, n) && syscall(SYS_landlock_restrict_self, fd, 0) == 0)
        level = MSH_LOCK_LANDLOCK;
    close(fd);
    return level;
}

static msh_err enter(const msh_lock *l, const char *const *read_only, size_t n, unsigned *level,
                     msh_error *why)
{
    struct sock_fprog program = {.len = l->n, .filter = (struct sock_filter *)(uintptr_t)l->code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "PR_SET_NO_NEW_PRIVS");
    *level = enter_landlock(read_only, n);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        return msh_fail_errno(why, MSH_E_SANDBOX, "seccomp");
    *level |= MSH_LOCK_SECCOMP;
    return MSH_OK;
}

msh_err msh_lock_enter(const msh_lock *l, unsigned *level, msh_error *why)
{
    *level = 0;
    /* After the last fork that is wanted, and before the filter forbids to ask. */
    if (!limit(RLIMIT_NPROC, 0, 0))
        return msh_fail_errno(why, MSH_E_SANDBOX, "RLIMIT_NPROC");
    return enter(l, NULL, 0, level, why);
}

msh_err msh_lock_helper(const char *const *read_only, size_t n, unsigned *level, msh_error *why)
{
    msh_lock *l = NULL;
    *level = 0;
    MSH_TRY(msh_lock_new(MSH_LOCK_HELPER, &l, why));
    msh_err err = msh_lock_tie(getppid(), why);
    if (err == MSH_OK)
        err = enter(l, read_only, n, level, why);
    msh_lock_free(l);
    return err;
}

const char *msh_lock_level_name(unsigned level)
{
    if ((level & MSH_LOCK_SECCOMP) == 0)
        return "none";
    return level & MSH_LOCK_LANDLOCK ? "seccomp+landlock" : "seccomp";
}
