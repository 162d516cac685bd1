/* cmd_serve.c: mishen serve, and the accounts of its pages. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include "cli/password.h"

#include <mishen/account.h>
#include <mishen/unstable/console.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_HOSTS = 32 };

static void on_ready(void *ctx, const char *address)
{
    const cli_args *a = ctx;
    printf("%s %s\n", cli_tr(a, "正在提供服务：", "serving at"), address);
    (void)cli_flush(a);
}

/* A size such as 200M; false when it is none. */
static bool take_size(const cli_args *a, const char *option, uint64_t *out)
{
    const char *text = cli_option(a, option);
    char *end;
    if (!text)
        return true;
    unsigned long long v = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    if (v == 0 || v > 1 << 20)
        return false;
    *out = (uint64_t)v << (strcmp(end, "M") == 0 ? 20 : strcmp(end, "G") == 0 ? 30 : 0);
    return strcmp(end, "M") == 0 || strcmp(end, "G") == 0;
}

static int serve(cli_args *a)
{
    const char *hosts[MOST_HOSTS];
    msh_error why = {0};
    int code = MSH_EXIT_STATE;
    msh_serve_job job = {.listen = cli_option(a, "--listen"),
                         .hosts = hosts,
                         .tls_cert = cli_option(a, "--tls-cert"),
                         .tls_key = cli_option(a, "--tls-key"),
                         .clamd = cli_option(a, "--clamd"),
                         .clamd_root = cli_option(a, "--clamd-root"),
                         .ready = on_ready,
                         .ctx = a};
    for (size_t i = 0; i < a->n_given && job.n_hosts < MOST_HOSTS; i++)
        if (strcmp(a->given[i].name, "--host") == 0)
            hosts[job.n_hosts++] = a->given[i].value;
    if (!take_size(a, "--upload-max", &job.upload_max) ||
        !take_size(a, "--memory-max", &job.memory_max))
        return cli_usage(a, "大小写成 200M 或 2G", "sizes are written 200M or 2G");
    msh_err err = msh_console_serve(&a->options, &job, &code, &why);
    if (err == MSH_OK)
        return code;
    int usual = cli_failed(a, err, &why);
    return code ? code : usual;
}

/* --- accounts --------------------------------------------------------------------------------- */

static int list(cli_args *a)
{
    msh_accounts *accounts;
    msh_error why = {0};
    msh_err err = msh_accounts_load(&a->options, &accounts, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    for (size_t i = 0; i < msh_accounts_count(accounts); i++) {
        const msh_account *one = msh_accounts_get(accounts, i);
        cli_print_escaped(stdout, one->name, strlen(one->name));
        printf("  %s  ", msh_account_role_text(one->role, a->options.lang));
        cli_print_escaped(stdout, one->office, strlen(one->office));
        printf("\n");
    }
    msh_accounts_free(accounts);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static bool take_account(const cli_args *a, const char *name, msh_account *out)
{
    const char *office = cli_option_or(a, "--office", "");
    if (strlen(name) > MSH_ACCOUNT_NAME || strlen(office) > MSH_ACCOUNT_OFFICE)
        return false;
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    (void)snprintf(out->office, sizeof out->office, "%s", office);
    return msh_account_role_named(cli_option_or(a, "--role", ""), &out->role);
}

static int add(cli_args *a, const char *name)
{
    char password[CLI_PASSWORD_MAX], token[65] = "";
    const char *given;
    msh_account account = {.role = MSH_ACCOUNT_CLERK};
    msh_error why = {0};
    if (!take_account(a, name, &account))
        return cli_usage(
            a,
            "要有 --role，可以是 "
            "clerk（经办人）、office-head（处室负责人）、reviewer（保密审查员）、"
            "leader（分管领导）、auditor（审计员）、machine（程序）；名称不能太长",
            "--role is clerk, office-head, reviewer, leader, auditor or machine; names must not be "
            "too long");
    int code = cli_password(a, true, password, &given);
    if (code)
        return code;
    msh_err err = msh_accounts_put(&a->options, &account, given, token, &why);
    cli_password_wipe(password);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    if (token[0])
        printf("%s\n%s\n",
               cli_tr(a, "令牌只显示这一次，请交给调用的程序（Authorization: Bearer …）：",
                      "the token is shown this once, for the calling program (Authorization: "
                      "Bearer …):"),
               token);
    else
        printf("%s\n", cli_tr(a, "账号已登记，记入签名日志", "account kept, recorded in the log"));
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static int remove_account(cli_args *a, const char *name)
{
    msh_error why = {0};
    msh_err err = msh_accounts_remove(&a->options, name, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    printf("%s\n", cli_tr(a, "账号已删除，记入签名日志", "account removed, recorded in the log"));
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_serve(cli_args *a)
{
    if (a->n_words == 0)
        return serve(a);
    const char *verb = a->n_words > 1 ? a->words[1] : "";
    if (strcmp(a->words[0], "account") == 0) {
        if (a->n_words == 2 && strcmp(verb, "list") == 0)
            return list(a);
        if (a->n_words == 3 && strcmp(verb, "add") == 0)
            return add(a, a->words[2]);
        if (a->n_words == 3 && strcmp(verb, "remove") == 0)
            return remove_account(a, a->words[2]);
    }
    return cli_usage(a, "用法：mishen serve [account list | add 姓名 --role 角色 | remove 姓名]",
                     "usage: mishen serve [account list | add NAME --role ROLE | remove NAME]");
}
