/* cmd_gate.c: mishen gate DIR [-- CMD…]: runs CMD only on yes, and exits as CMD does. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* As shells say it, so that a command that failed is not taken for a folder that was refused. */
enum { NOT_RUN = 126, NOT_THERE = 127 };

static int run_command(cli_args *a)
{
    if (!cli_flush(a))
        return MSH_EXIT_STATE;
    (void)execvp(a->rest[0], a->rest);
    int sys = errno;
    fprintf(stderr, "mishen: %s: ", cli_tr(a, "命令无法运行", "the command cannot be run"));
    cli_print_escaped(stderr, a->rest[0], strlen(a->rest[0]));
    fprintf(stderr, ": %s\n", strerror(sys));
    return sys == ENOENT ? NOT_THERE : NOT_RUN;
}

int cli_cmd_gate(cli_args *a)
{
    msh_gate_job job = {.format = cli_option_or(a, "--format", "text")};
    msh_error why = {0};
    int code = 0;
    if (a->n_words != 1 || (a->has_rest && a->n_rest == 0))
        return cli_usage(a, "用法：mishen gate 文件夹 [-- 命令…]",
                         "usage: mishen gate DIR [-- CMD…]");
    job.folder = a->words[0];
    msh_err err = msh_gate(&a->options, &job, &code, &why);
    if (err != MSH_OK) {
        (void)cli_failed(a, err, &why);
        return code;
    }
    return code == MSH_EXIT_CLEAN && a->has_rest ? run_command(a) : code;
}
