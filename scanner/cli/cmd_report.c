/* cmd_report.c: mishen report FORM [RUN…] */
#include "cli/cli.h"

#include <string.h>

static int no_form(const cli_args *a, const char *given)
{
    const char *name, *text;
    if (given) {
        cli_complain(a, "没有这种报告：", "no such report: ");
        cli_print_escaped(stderr, given, strlen(given));
        fputc('\n', stderr);
    } else {
        cli_complain(a, "要哪种报告？用法：mishen report 形式 [检查结果…]\n",
                     "which report? usage: mishen report FORM [RUN…]\n");
    }
    for (size_t i = 0; msh_report_get(i, a->options.lang, &name, &text); i++)
        fprintf(stderr, "  %-8s %s\n", name, text);
    return MSH_EXIT_USAGE;
}

static bool is_form(const char *word)
{
    const char *name, *text;
    for (size_t i = 0; msh_report_get(i, MSH_LANG_ZH, &name, &text); i++)
        if (strcmp(name, word) == 0)
            return true;
    return false;
}

int cli_cmd_report(cli_args *a)
{
    static const char *const last[] = {"last"};
    msh_error why = {0};
    if (a->has_rest || a->n_words == 0 || !is_form(a->words[0]))
        return no_form(a, a->n_words ? a->words[0] : NULL);
    const msh_report_job job = {.form = a->words[0],
                                .runs = a->n_words > 1 ? (const char *const *)a->words + 1 : last,
                                .n_runs = a->n_words > 1 ? (size_t)a->n_words - 1 : 1,
                                .output = cli_option(a, "--output"),
                                .color = a->color,
                                .width = a->width};
    msh_err err = msh_report_saved(&a->options, &job, &why);
    return err == MSH_OK ? MSH_EXIT_CLEAN : cli_failed(a, err, &why);
}
