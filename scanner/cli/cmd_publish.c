/* cmd_publish.c: mishen publish DIR TO */
#include "cli/cli.h"

int cli_cmd_publish(cli_args *a)
{
    msh_publish_job job = {.format = cli_option_or(a, "--format", "text")};
    msh_error why = {0};
    int code = 0;
    if (a->n_words != 2 || a->has_rest)
        return cli_usage(a, "用法：mishen publish 文件夹 目标文件夹",
                         "usage: mishen publish DIR TO");
    job.folder = a->words[0];
    job.to = a->words[1];
    msh_err err = msh_publish(&a->options, &job, &code, &why);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
