/* cmd_review.c: mishen review VERB …: what clerks and reviewers do with a release. */
#include "cli/password.h"
#include "cli/review_show.h"

#include <string.h>

typedef struct text_row {
    const char *option;
    size_t at;
} text_row;

#define ROW(option, member)                                                                        \
    {                                                                                              \
        option, offsetof(msh_review_texts, member)                                                 \
    }
static const text_row rows[] = {ROW("--title", title),
                                ROW("--docno", docno),
                                ROW("--category", category),
                                ROW("--channel", channel),
                                ROW("--unit", unit),
                                ROW("--index", index_no),
                                ROW("--topic", topic),
                                ROW("--carrier", carrier),
                                ROW("--formed", formed),
                                ROW("--planned", planned),
                                ROW("--disclosure", disclosure),
                                ROW("--level", level),
                                ROW("--opinion", opinion),
                                ROW("--reason", reason),
                                ROW("--code", reason_code),
                                ROW("--basis", basis),
                                ROW("--third-party", third_party),
                                ROW("--handling", handling),
                                ROW("--authority", authority),
                                ROW("--letter", letter),
                                ROW("--reply", reply),
                                ROW("--paper-act", paper_act),
                                ROW("--paper-by", paper_by),
                                ROW("--paper-date", paper_date)};

static void take_texts(const cli_args *a, msh_review_texts *t)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value = cli_option(a, rows[i].option);
        if (value && value[0])
            *(const char **)((char *)t + rows[i].at) = value;
    }
}

static int finish(const cli_args *a, msh_err err, const msh_review_done *done, const msh_error *why)
{
    if (err == MSH_OK) {
        cli_review_done(a, done);
        return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
    }
    int code = cli_failed(a, err, why);
    fputs(done->what, stderr); /* escaped by who wrote it */
    return err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS : code;
}

static int submit(cli_args *a, msh_signer signer)
{
    msh_submit_job job = {.files = (const char *const *)(a->has_rest ? a->rest : a->words + 1),
                          .n_files = (size_t)(a->has_rest ? a->n_rest : a->n_words - 1),
                          .root = cli_option(a, "--root"),
                          .id = cli_option(a, "--release"),
                          .signer = signer};
    msh_review_done done;
    msh_error why = {0};
    take_texts(a, &job.texts);
    msh_err err = msh_review_submit(&a->options, &job, &done, &why);
    return finish(a, err, &done, &why);
}

static int decide(cli_args *a, msh_act act, msh_signer signer)
{
    msh_decide_job job = {.act = act,
                          .id = a->words[1],
                          .root = cli_option(a, "--root"),
                          .not_after = cli_option(a, "--until"),
                          .sheet = cli_option(a, "--sheet"),
                          .signer = signer};
    msh_review_done done;
    msh_error why = {0};
    take_texts(a, &job.texts);
    msh_err err = msh_review_decide(&a->options, &job, &done, &why);
    return finish(a, err, &done, &why);
}

static int act(cli_args *a, const char *verb)
{
    char password[CLI_PASSWORD_MAX];
    msh_signer signer = {.name = cli_option(a, "--by"), .keys = cli_option(a, "--keys")};
    msh_act kind = msh_act_named(verb);
    if (!signer.name || !signer.name[0])
        return cli_usage(a, "要有 --by 签名人", "--by (who signs) is needed");
    if (kind == MSH_ACT_SUBMIT && a->n_words < 2 && !a->n_rest)
        return cli_usage(a, "要报送哪些文件？", "submit which files?");
    if (kind != MSH_ACT_SUBMIT && (a->n_words != 2 || a->has_rest))
        return cli_usage(a, "用法：mishen review 动作 信息编号 --by 签名人",
                         "usage: mishen review VERB RELEASE --by NAME");
    int code = cli_password(a, false, password, &signer.password);
    if (code)
        return code;
    code = kind == MSH_ACT_SUBMIT ? submit(a, signer) : decide(a, kind, signer);
    cli_password_wipe(password);
    return code;
}

static int state(cli_args *a)
{
    char password[CLI_PASSWORD_MAX];
    msh_state_job job = {
        .files = (const char *const *)(a->has_rest ? a->rest : a->words + 1),
        .n_files = (size_t)(a->has_rest ? a->n_rest : a->n_words - 1),
        .root = cli_option(a, "--root"),
        .reason = cli_option(a, "--reason"),
        .until = cli_option(a, "--until"),
        .signer = {.name = cli_option(a, "--by"), .keys = cli_option(a, "--keys")}};
    msh_review_done done;
    msh_error why = {0};
    if (!job.n_files || !job.signer.name)
        return cli_usage(a,
                         "用法：mishen review state 文件… --by 签名人 --until 日期 --reason 说明",
                         "usage: mishen review state FILE… --by NAME --until DATE --reason TEXT");
    int code = cli_password(a, false, password, &job.signer.password);
    if (code)
        return code;
    msh_err err = msh_review_state(&a->options, &job, &done, &why);
    cli_password_wipe(password);
    return finish(a, err, &done, &why);
}

int cli_cmd_review(cli_args *a)
{
    static const char *const acts[] = {"submit",   "pass",    "return",   "refuse",
                                       "escalate", "approve", "withdraw", "record"};
    const char *verb = a->n_words ? a->words[0] : "";
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(verb, acts[i]) == 0)
            return act(a, verb);
    if (strcmp(verb, "state") == 0)
        return state(a);
    if (strcmp(verb, "list") == 0 && a->n_words == 1)
        return cli_review_list(a);
    if (strcmp(verb, "show") == 0 && a->n_words == 2)
        return cli_review_show(a, a->words[1]);
    return cli_usage(a,
                     "用法：mishen review submit 文件… | pass|return|refuse|escalate|approve|"
                     "withdraw|record 信息编号 | state 文件… | list | show 信息编号",
                     "usage: mishen review submit FILE… | pass|return|refuse|escalate|approve|"
                     "withdraw|record RELEASE | state FILE… | list | show RELEASE");
}
