/* cmd_manifest.c: mishen manifest [DIR] --by NAME */
#include "cli/password.h"

int cli_cmd_manifest(cli_args *a)
{
    msh_manifest_job job = {.folder = a->n_words ? a->words[0] : NULL,
                            .scope = cli_option(a, "--scope"),
                            .by = cli_option(a, "--by"),
                            .output = cli_option(a, "--output")};
    char password[CLI_PASSWORD_MAX];
    msh_error why = {0};
    if (a->n_words > 1 || a->has_rest || !job.by || !job.by[0])
        return cli_usage(a, "用法：mishen manifest [文件夹] --by 签名人 [--output 文件]",
                         "usage: mishen manifest [DIR] --by NAME [--output FILE]");
    int code = cli_password(a, false, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_manifest(&a->options, &job, &code, &why);
    cli_password_wipe(password);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
