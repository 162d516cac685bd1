/* cmd_approve.c: mishen approve FILE… --title … --by … */
#include "cli/password.h"

int cli_cmd_approve(cli_args *a)
{
    msh_approve_job job = {.files = (const char *const *)(a->has_rest ? a->rest : a->words),
                           .n_files = (size_t)(a->has_rest ? a->n_rest : a->n_words),
                           .root = cli_option(a, "--root"),
                           .title = cli_option(a, "--title"),
                           .by = cli_option(a, "--by"),
                           .docno = cli_option(a, "--docno"),
                           .category = cli_option(a, "--category"),
                           .channel = cli_option(a, "--channel"),
                           .release = cli_option(a, "--release"),
                           .reason = cli_option(a, "--reason")};
    msh_error why = {0};
    int code = 0;
    if (a->has_rest && a->n_words)
        return cli_usage(a, "文件名要么全部写在 -- 之前，要么全部写在之后",
                         "names stand all before -- or all after it");
    if (job.n_files == 0)
        return cli_usage(a, "要批准哪些文件？", "approve which files?");
    if (!job.title || !job.title[0] || !job.by || !job.by[0])
        return cli_usage(a, "要有 --title 信息名称 和 --by 批准人",
                         "--title and --by (who approves) are needed");
    char password[CLI_PASSWORD_MAX];
    code = cli_password(a, false, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_approve(&a->options, &job, &code, &why);
    cli_password_wipe(password);
    if (err == MSH_OK)
        return code;
    (void)cli_failed(a, err, &why);
    return code;
}
