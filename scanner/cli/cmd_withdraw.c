/* cmd_withdraw.c: mishen withdraw RELEASE --by NAME */
#include "cli/password.h"

int cli_cmd_withdraw(cli_args *a)
{
    msh_withdraw_job job = {.release = a->n_words ? a->words[0] : NULL,
                            .by = cli_option(a, "--by"),
                            .reason = cli_option(a, "--reason")};
    char password[CLI_PASSWORD_MAX];
    msh_error why = {0};
    if (a->n_words != 1 || a->has_rest || !job.by || !job.by[0])
        return cli_usage(a, "用法：mishen withdraw 信息编号 --by 批准人 [--reason 理由]",
                         "usage: mishen withdraw RELEASE --by NAME [--reason TEXT]");
    int code = cli_password(a, false, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_withdraw(&a->options, &job, &code, &why);
    cli_password_wipe(password);
    if (err != MSH_OK)
        (void)cli_failed(a, err, &why);
    return code;
}
