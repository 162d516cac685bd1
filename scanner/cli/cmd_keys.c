/* cmd_keys.c: mishen keys new|list|rotate|revoke|export|policy|guard|recover. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include "cli/password.h"

#include <string.h>

enum { TEXT_MAX = 64 << 10 };

static int done(cli_args *a, msh_err err, const msh_error *why, const char *zh, const char *en)
{
    if (err != MSH_OK)
        return cli_failed(a, err, why);
    printf("%s\n", cli_tr(a, zh, en));
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static int make(cli_args *a, const char *name, bool rotate)
{
    char password[CLI_PASSWORD_MAX];
    msh_error why = {0};
    msh_keys_job job = {.name = name,
                        .signer = cli_option(a, "--signer"),
                        .pub = {cli_option(a, "--pub"), cli_option(a, "--pub-sm2")}};
    int code = cli_password(a, true, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_keys_new(&a->options, &job, rotate, &why);
    cli_password_wipe(password);
    if (rotate)
        return done(a, err, &why, "已换钥匙；旧公钥留着，以前签的仍然有效",
                    "new keys; the old public ones stay, what they signed remains valid");
    return done(a, err, &why, "已生成 Ed25519 和 SM2 钥匙；公钥用 mishen keys export 取出",
                "keys made (Ed25519 and SM2); mishen keys export shows the public ones");
}

static int rotate_log(cli_args *a)
{
    msh_error why = {0};
    msh_err err = msh_keys_rotate_log(&a->options, &why);
    return done(a, err, &why, "日志已换用下一把钥匙", "the log's next keys are in use");
}

static void show_person(void *ctx, const char *name, const char *how)
{
    const cli_args *a = ctx;
    static const struct {
        const char *how, *zh, *en;
    } rows[] = {
        {"file", "私钥在文件中，没有口令", "private key in a file, without a password"},
        {"password", "私钥在文件中，有口令", "private key in a file, with a password"},
        {"exec", "由外部程序签名（UKEY、加密机）", "signed by a program outside (UKEY, HSM)"},
        {"public", "本机只有公钥", "only the public key is here"}};
    cli_print_escaped(stdout, name, strlen(name));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(how, rows[i].how) == 0)
            printf("  %s", cli_tr(a, rows[i].zh, rows[i].en));
    printf("\n");
}

static int list(cli_args *a)
{
    msh_error why = {0};
    msh_err err = msh_keys_list(&a->options, show_person, a, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static int revoke(cli_args *a, const char *name)
{
    msh_error why = {0};
    const char *reason = cli_option(a, "--reason");
    if (!reason || !reason[0])
        return cli_usage(a, "要有 --reason 理由", "--reason is needed");
    msh_err err = msh_keys_revoke(&a->options, name, reason, &why);
    return done(a, err, &why, "已记入日志：此后这把钥匙签的决定不再有效",
                "recorded: what this key signs from here on does not count");
}

static int export(cli_args *a, const char *name)
{
    static char text[TEXT_MAX];
    msh_text_out out = {.data = text, .cap = sizeof text};
    msh_error why = {0};
    msh_err err = msh_keys_export(&a->options, name, &out, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    (void)fwrite(out.data, 1, out.len, stdout);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static int policy(cli_args *a, const char *file)
{
    char password[CLI_PASSWORD_MAX];
    const char *given, *by = cli_option(a, "--by");
    msh_error why = {0};
    if (!by || !by[0])
        return cli_usage(a, "要有 --by 签署人", "--by (who signs) is needed");
    int code = cli_password(a, false, password, &given);
    if (code)
        return code;
    msh_err err = msh_keys_policy(&a->options, file, by, given, &why);
    cli_password_wipe(password);
    return done(a, err, &why, "信任策略已签署生效", "the trust policy is signed and in force");
}

static int guard(cli_args *a)
{
    msh_error why = {0};
    msh_err err = msh_keys_guard(&a->options, (const char *const *)a->words + 1,
                                 (size_t)a->n_words - 1, &why);
    return done(a, err, &why,
                "已记入日志：这些人是日志钥匙的保管人，钥匙丢失时其中两人可以恢复（keys recover）",
                "recorded: two of these people may give the log other keys when its own are lost");
}

static int recover(cli_args *a)
{
    char password[CLI_PASSWORD_MAX];
    msh_error why = {0};
    unsigned missing = 0;
    msh_recover_job job = {.by = cli_option(a, "--by"),
                           .reason = cli_option(a, "--reason"),
                           .seen = cli_option(a, "--paper")};
    if (!job.by || !job.by[0])
        return cli_usage(a, "要有 --by 保管人", "--by (a guardian) is needed");
    int code = cli_password(a, false, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_keys_recover(&a->options, &job, &missing, &why);
    cli_password_wipe(password);
    if (err == MSH_OK && missing) {
        printf("%s %u\n",
               cli_tr(a, "已签名。还要其他保管人签名（同一条命令，--by 其姓名），人数",
                      "signed. other guardians must sign, too (the same command, --by NAME):"),
               missing);
        return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
    }
    return done(a, err, &why,
                "日志钥匙已恢复，理由和保管人已记入日志。下一步：mishen log verify；打印新的检查点",
                "the log has keys again; who and why is recorded. next: mishen log verify, print "
                "a new checkpoint");
}

int cli_cmd_keys(cli_args *a)
{
    const char *what = a->n_words > 0 ? a->words[0] : "";
    const char *arg = a->n_words > 1 ? a->words[1] : NULL;
    if (a->n_words >= 3 && strcmp(what, "guard") == 0)
        return guard(a);
    if (a->n_words <= 2) {
        if (!arg && strcmp(what, "recover") == 0)
            return recover(a);
        if (arg && strcmp(what, "new") == 0)
            return make(a, arg, false);
        if (!arg && strcmp(what, "list") == 0)
            return list(a);
        if (strcmp(what, "rotate") == 0)
            return arg ? make(a, arg, true) : rotate_log(a);
        if (arg && strcmp(what, "revoke") == 0)
            return revoke(a, arg);
        if (strcmp(what, "export") == 0)
            return export(a, arg);
        if (arg && strcmp(what, "policy") == 0)
            return policy(a, arg);
    }
    return cli_usage(
        a,
        "用法：mishen keys new 姓名 | list | rotate [姓名] | revoke 姓名 | export [姓名] | "
        "policy 文件 | guard 姓名 姓名… | recover",
        "usage: mishen keys new NAME | list | rotate [NAME] | revoke NAME | export "
        "[NAME] | policy FILE | guard NAME NAME… | recover");
}
