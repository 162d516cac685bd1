/* cmd_prove.c: mishen prove FILE --output TAR */
#include "cli/cli.h"

int cli_cmd_prove(cli_args *a)
{
    msh_prove_file_job job = {.root = cli_option(a, "--root"), .output = cli_option(a, "--output")};
    msh_error why = {0};
    int code = 0;
    if (a->n_words != 1 || a->has_rest || !job.output)
        return cli_usage(a, "用法：mishen prove 文件 [--root 发布的根文件夹] --output 证明.tar",
                         "usage: mishen prove FILE [--root DIR] --output PROOF.tar");
    job.file = a->words[0];
    msh_err err = msh_prove_file(&a->options, &job, &code, &why);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
