/* enosys.c: runs a program as on an old kernel: openat2, Landlock, clone3, close_range and more are
 * not there. enosys PROGRAM ARGUMENTS…
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char *const absent[] = {"openat2",
                                         "landlock_create_ruleset",
                                         "landlock_add_rule",
                                         "landlock_restrict_self",
                                         "clone3",
                                         "close_range",
                                         "faccessat2",
                                         "pidfd_open",
                                         "pidfd_send_signal"};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter || argc < 2)
        return 64;
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        int number = seccomp_syscall_resolve_name(absent[i]);
        if (number >= 0 && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0) != 0)
            return 70;
    }
    if (seccomp_load(filter) != 0) {
        perror("seccomp");
        return 70;
    }
    execv(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}
