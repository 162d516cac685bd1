/* cmd_findings.c: mishen findings list, assign FP --to NAME, note FP --note TEXT. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

typedef struct lister {
    const cli_args *a;
    bool all;
    uint64_t counts[4];
} lister;

static void put(msh_view v, const char *before)
{
    if (!v.len)
        return;
    printf("  %s", before);
    cli_print_escaped(stdout, (const char *)v.data, v.len);
}

static const char *state_text(const cli_args *a, msh_finding_state s)
{
    static const char *const zh[] = {"未处理", "已交办", "已改正", "已豁免"};
    static const char *const en[] = {"open", "assigned", "corrected", "waived"};
    return a->options.lang == MSH_LANG_EN ? en[s] : zh[s];
}

static bool show(void *ctx, const msh_finding_life *f)
{
    lister *l = ctx;
    l->counts[f->state]++;
    if (!l->all && f->state != MSH_FINDING_OPEN && f->state != MSH_FINDING_ASSIGNED)
        return true;
    printf("%s  %s  %s", state_text(l->a, f->state), msh_tier_text(f->tier, l->a->options.lang),
           f->fp);
    put(f->path, "");
    put(f->rule, "");
    printf("  %s %.10s", cli_tr(l->a, "首次", "first"), (const char *)f->first_seen.data);
    put(f->assigned_to, cli_tr(l->a, "交办 ", "to "));
    put(f->due, cli_tr(l->a, "限 ", "due "));
    put(f->note, "");
    printf("\n");
    return true;
}

static int list(cli_args *a)
{
    lister l = {.a = a, .all = cli_flag(a, "--all")};
    msh_error why = {0};
    msh_err err = msh_findings_each(&a->options, show, &l, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    for (int s = 0; s < 4; s++)
        printf("%s %" PRIu64 "%s", state_text(a, (msh_finding_state)s), l.counts[s],
               s < 3 ? "  " : "\n");
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_findings(cli_args *a)
{
    const char *verb = a->n_words ? a->words[0] : "";
    bool assign = strcmp(verb, "assign") == 0, note = strcmp(verb, "note") == 0;
    msh_finding_step s = {.fp = a->n_words > 1 ? a->words[1] : NULL,
                          .by = cli_option(a, "--by"),
                          .to = assign ? cli_option(a, "--to") : NULL,
                          .due = assign ? cli_option(a, "--due") : NULL,
                          .note = cli_option(a, "--note")};
    uint64_t record;
    msh_error why = {0};
    if (strcmp(verb, "list") == 0 && a->n_words == 1)
        return list(a);
    if (a->n_words != 2 || !s.by || (!assign && !note) || (assign && !s.to) || (note && !s.note))
        return cli_usage(a,
                         "用法：mishen findings list [--all] | assign 指纹 --to 姓名 --by 姓名 "
                         "[--due 日期] | note 指纹 --note 文字 --by 姓名",
                         "usage: mishen findings list [--all] | assign FP --to NAME --by NAME "
                         "[--due DATE] | note FP --note TEXT --by NAME");
    msh_err err = msh_findings_step(&a->options, &s, &record, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    printf("%s %" PRIu64 "\n", cli_tr(a, "已入日志，记录号", "logged, record"), record);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}
