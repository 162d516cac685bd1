/* cmd_adopt.c: mishen adopt SITE --by NAME */
#include "cli/password.h"

int cli_cmd_adopt(cli_args *a)
{
    char password[CLI_PASSWORD_MAX];
    msh_adopt_job job = {
        .site = a->n_words ? a->words[0] : NULL,
        .reason = cli_option(a, "--reason"),
        .signer = {.name = cli_option(a, "--by"), .keys = cli_option(a, "--keys")}};
    msh_error why = {0};
    if (a->n_words != 1 || a->has_rest || !job.signer.name)
        return cli_usage(a, "用法：mishen adopt 网站文件夹 --by 签名人 [--reason 说明]",
                         "usage: mishen adopt SITE --by NAME [--reason TEXT]");
    int code = cli_password(a, false, password, &job.signer.password);
    if (code)
        return code;
    msh_err err = msh_adopt(&a->options, &job, &code, &why);
    cli_password_wipe(password);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
