/* cmd_report.c: mishen report FORM [RUN…]; summary, annual, form from the log; enter */
#include "cli/password.h"

#include <inttypes.h>
#include <string.h>

typedef struct sheet_text {
    const char *name, *zh, *en;
} sheet_text;

/* What is made of the log rather than of a run. */
static const sheet_text sheets[] = {
    {"form", "登记表：给出 --release、--month 或 --year 时按日志填写，否则按检查结果",
     "the review form: of the log with --release, --month or --year, else of a run"},
    {"summary", "月度汇总表（--month），没有发布也要报",
     "monthly summary (--month), also of nothing"},
    {"annual", "政府信息公开年度数字（--year）", "figures of the year (--year)"},
    {"enter", "填报日志无从得知的年度数字：名称=整数 --year --by",
     "enter figures that no log knows: NAME=NUMBER --year --by"},
};

static int tell_forms(const cli_args *a)
{
    const char *name, *text;
    for (size_t i = 0; msh_report_get(i, a->options.lang, &name, &text); i++)
        if (strcmp(name, "form") != 0)
            fprintf(stderr, "  %-8s %s\n", name, text);
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++)
        fprintf(stderr, "  %-8s %s\n", sheets[i].name, cli_tr(a, sheets[i].zh, sheets[i].en));
    return MSH_EXIT_USAGE;
}

static int no_form(const cli_args *a, const char *given)
{
    if (given) {
        cli_complain(a, "没有这种报告：", "no such report: ");
        cli_print_escaped(stderr, given, strlen(given));
        fputc('\n', stderr);
    } else {
        cli_complain(a, "要哪种报告？用法：mishen report 形式 [检查结果…]\n",
                     "which report? usage: mishen report FORM [RUN…]\n");
    }
    return tell_forms(a);
}

static bool is_form(const char *word)
{
    const char *name, *text;
    for (size_t i = 0; msh_report_get(i, MSH_LANG_ZH, &name, &text); i++)
        if (strcmp(name, word) == 0)
            return true;
    return false;
}

/* The form is the first word, or --format; the other words are runs. */
static int of_run(const cli_args *a, const char *form)
{
    static const char *const last[] = {"last"};
    msh_error why = {0};
    int from = cli_option(a, "--format") ? 0 : 1;
    bool named = a->n_words > from;
    const msh_report_job job = {.form = form,
                                .runs = named ? (const char *const *)a->words + from : last,
                                .n_runs = named ? (size_t)(a->n_words - from) : 1,
                                .output = cli_option(a, "--output"),
                                .color = a->color,
                                .width = a->width};
    msh_err err = msh_report_saved(&a->options, &job, &why);
    return err == MSH_OK ? MSH_EXIT_CLEAN : cli_failed(a, err, &why);
}

static int of_log(const cli_args *a)
{
    const char *month = cli_option(a, "--month"), *year = cli_option(a, "--year");
    bool annual = strcmp(a->words[0], "annual") == 0, summary = strcmp(a->words[0], "summary") == 0;
    msh_error why = {0};
    const msh_sheet_job job = {.sheet = a->words[0],
                               .release = cli_option(a, "--release"),
                               .period = month ? month : year,
                               .holidays = cli_option(a, "--holidays"),
                               .output = cli_option(a, "--output")};
    if (a->n_words > 1 || (month && year) || (annual && (month || job.release)) ||
        (summary && (year || job.release)))
        return cli_usage(a,
                         "用法：mishen report form --release 编号（或 --month、--year），summary "
                         "--month 2026-11，annual --year 2026",
                         "usage: mishen report form --release ID (or --month, --year), summary "
                         "--month 2026-11, annual --year 2026");
    msh_err err = msh_report_sheet(&a->options, &job, &why);
    return err == MSH_OK ? MSH_EXIT_CLEAN : cli_failed(a, err, &why);
}

static int enter(const cli_args *a)
{
    msh_figures_job job = {.year = cli_option(a, "--year"),
                           .by = cli_option(a, "--by"),
                           .pairs = (const char *const *)a->words + 1,
                           .n_pairs = (size_t)a->n_words - 1};
    char password[CLI_PASSWORD_MAX];
    msh_error why = {0};
    uint64_t record = 0;
    if (!job.year || !job.by || !job.by[0] || job.n_pairs == 0) {
        const char *name, *text;
        int code = cli_usage(a, "用法：mishen report enter 名称=整数… --year 2026 --by 填报人",
                             "usage: mishen report enter NAME=NUMBER… --year 2026 --by NAME");
        for (size_t i = 0; msh_figure_get(i, a->options.lang, &name, &text); i++)
            fprintf(stderr, "  %-24s %s\n", name, text);
        return code;
    }
    int code = cli_password(a, false, password, &job.password);
    if (code)
        return code;
    msh_err err = msh_report_enter(&a->options, &job, &record, &why);
    cli_password_wipe(password);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    printf("%s %" PRIu64 "\n", cli_tr(a, "已签名入日志  记录号", "signed and logged  record"),
           record);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_report(cli_args *a)
{
    const char *format = cli_option(a, "--format");
    const char *what = format ? format : a->n_words ? a->words[0] : NULL;
    bool of_period = cli_option(a, "--release") || cli_option(a, "--month") ||
                     cli_option(a, "--year") || cli_option(a, "--holidays");
    if (a->has_rest || !what)
        return no_form(a, NULL);
    if (!format && strcmp(what, "enter") == 0)
        return enter(a);
    if (!format && (strcmp(what, "summary") == 0 || strcmp(what, "annual") == 0 ||
                    (strcmp(what, "form") == 0 && of_period)))
        return of_log(a);
    if (!is_form(what))
        return no_form(a, what);
    if (of_period)
        return cli_usage(a, "--release、--month、--year、--holidays 用于 form、summary、annual",
                         "--release, --month, --year and --holidays are for form, summary, annual");
    return of_run(a, what);
}
