/* cmd_reconcile.c: mishen reconcile SITE */
#include "cli/cli.h"

int cli_cmd_reconcile(cli_args *a)
{
    msh_gate_job job = {.format = cli_option_or(a, "--format", "text")};
    msh_error why = {0};
    int code = 0;
    if (a->n_words != 1 || a->has_rest)
        return cli_usage(a, "用法：mishen reconcile 网站文件夹", "usage: mishen reconcile SITE");
    job.folder = a->words[0];
    msh_err err = msh_reconcile(&a->options, &job, &code, &why);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
