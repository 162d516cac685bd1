/* cmd_waive.c: mishen waive FP | --rule ID --path PATH, mishen waive list. */
#include "cli/password.h"
#include "cli/review_show.h"

#include <inttypes.h>
#include <string.h>

static void put(const char *label, msh_view v)
{
    if (!v.len)
        return;
    printf("  %s", label);
    cli_print_escaped(stdout, (const char *)v.data, v.len);
}

static bool show(void *ctx, const msh_waiver *w)
{
    const cli_args *a = ctx;
    printf("%s  %" PRIu64,
           w->in_force ? cli_tr(a, "有效", "in force") : cli_tr(a, "已失效", "ended"), w->record);
    put("", w->fp);
    put("", w->rule);
    put("", w->path);
    printf("  %s %.10s", cli_tr(a, "至", "until"), (const char *)w->until.data);
    put("", w->by);
    put("", w->reason);
    put("", w->basis);
    printf("\n");
    return true;
}

static int list(cli_args *a)
{
    msh_error why = {0};
    msh_err err = msh_waivers(&a->options, show, a, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_waive(cli_args *a)
{
    char password[CLI_PASSWORD_MAX];
    msh_waive_job job = {
        .fp = a->n_words ? a->words[0] : NULL,
        .rule = cli_option(a, "--rule"),
        .path = cli_option(a, "--path"),
        .reason = cli_option(a, "--reason"),
        .basis = cli_option(a, "--basis"),
        .until = cli_option(a, "--until"),
        .end = cli_flag(a, "--end"),
        .signer = {.name = cli_option(a, "--by"), .keys = cli_option(a, "--keys")}};
    msh_review_done done;
    msh_error why = {0};
    if (job.fp && strcmp(job.fp, "list") == 0 && a->n_words == 1)
        return list(a);
    if (a->n_words > 1 || a->has_rest || !job.signer.name || (!job.fp && !job.rule))
        return cli_usage(
            a,
            "用法：mishen waive 指纹（或 --rule 规则 --path 范围）--by 批准人 --reason "
            "理由 --basis 依据 --until 日期；mishen waive list",
            "usage: mishen waive FP (or --rule ID --path PATH) --by NAME --reason TEXT "
            "--basis TEXT --until DATE; mishen waive list");
    int code = cli_password(a, false, password, &job.signer.password);
    if (code)
        return code;
    msh_err err = msh_waive(&a->options, &job, &done, &why);
    cli_password_wipe(password);
    if (err == MSH_OK) {
        cli_review_done(a, &done);
        return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
    }
    code = cli_failed(a, err, &why);
    return err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS : code;
}
