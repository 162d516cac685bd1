/* cmd_watch.c: mishen watch DIR. */
#include "cli/cli.h"

#include <mishen/unstable/console.h>

#include <stdlib.h>
#include <string.h>

static void on_told(void *ctx, const char *name, const char *what)
{
    const cli_args *a = ctx;
    fputs(name ? "" : cli_tr(a, "正在看守：", "watching: "), stdout);
    if (name) {
        cli_print_escaped(stdout, name, strlen(name));
        fputs("  ", stdout);
    }
    cli_print_escaped(stdout, what, strlen(what));
    fputc('\n', stdout);
    (void)cli_flush(a);
}

int cli_cmd_watch(cli_args *a)
{
    const char *settle = cli_option_or(a, "--settle", "3");
    char *end;
    unsigned long seconds = strtoul(settle, &end, 10);
    msh_error why = {0};
    int code = MSH_EXIT_STATE;
    if (a->n_words != 1 || a->has_rest)
        return cli_usage(a, "用法：mishen watch 文件夹", "usage: mishen watch DIR");
    if (settle[0] < '0' || settle[0] > '9' || *end || seconds > 3600)
        return cli_usage(a, "--settle 是秒数，0 到 3600",
                         "--settle is a number of seconds, 0 to 3600");
    const msh_watch_job job = {.folder = a->words[0],
                               .settle_s = (unsigned)seconds,
                               .once = cli_flag(a, "--once"),
                               .told = on_told,
                               .ctx = a};
    msh_err err = msh_console_watch(&a->options, &job, &code, &why);
    if (err == MSH_OK)
        return code;
    int usual = cli_failed(a, err, &why);
    return code ? code : usual;
}
