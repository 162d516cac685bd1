/* rules_check.c: mishen rules check | test [--mutate]. */
#include "cli/rules_verbs.h"

#include <string.h>

enum { SLOW_US = 500000 }; /* for a megabyte */

/* --- test ------------------------------------------------------------------------------------ */

/* What a test wants or got, as the report says it. */
static const char *tier_of(const cli_args *a, const char *name)
{
    for (msh_tier t = MSH_TIER_INFO; t <= MSH_TIER_BLOCK; t++)
        if (strcmp(name, msh_tier_name(t)) == 0)
            return msh_tier_text(t, a->options.lang);
    if (strcmp(name, "elsewhere") == 0)
        return cli_tr(a, "在别处命中（不是 at 所写的文字）", "found, but not where `at` says");
    return cli_tr(a, "不命中", "none");
}

static void print_failure(void *ctx, const msh_rule_failure *f)
{
    const cli_args *a = ctx;
    printf("%s", cli_tr(a, "未通过 ", "failed "));
    cli_rules_put(f->rule);
    printf(cli_tr(a, "（第 %zu 行）：应为 %s，实为 %s：", " (line %zu): wanted %s, got %s: "),
           f->line, tier_of(a, f->expected), tier_of(a, f->got));
    cli_rules_put(f->text);
    putchar('\n');
}

/* 0 all passed, 1 some failed, more: broken off. */
static int run_tests(const cli_args *a, const msh_rule_set *s)
{
    msh_error why = {0};
    size_t run = 0, failed = 0;
    msh_err err = msh_rule_set_test(s, &run, &failed, print_failure, (void *)a, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    printf(cli_tr(a, "规则测试 %zu 条，未通过 %zu 条\n", "%zu tests of rules, %zu failed\n"), run,
           failed);
    return failed ? 1 : 0;
}

typedef struct score {
    const cli_args *args;
    size_t killed, all;
} score;

static void print_survivor(void *ctx, const msh_mutant *m)
{
    score *s = ctx;
    s->all++;
    s->killed += m->killed;
    if (m->killed)
        return;
    printf("%s", cli_tr(s->args, "无测试把守 ", "not held by a test: "));
    cli_rules_put(m->rule);
    printf(cli_tr(s->args, "（第 %zu 行）%s", " (line %zu) %s"), m->line, m->part);
    if (m->what.len) {
        printf("%s", cli_tr(s->args, "：", ": "));
        cli_rules_put(m->what);
    }
    putchar('\n');
}

static int mutate(const cli_args *a)
{
    msh_error why = {0};
    score s = {.args = a};
    const char *only = a->n_words > 1 ? a->words[1] : NULL;
    msh_err err = msh_rule_set_mutate(&a->options, only, print_survivor, &s, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    if (only && s.all == 0)
        return cli_usage(a, "没有这条规则，或它没有可以去掉的部分",
                         "there is no such rule, or no part of it can be dropped");
    double percent = s.all ? 100.0 * (double)s.killed / (double)s.all : 100;
    printf(cli_tr(a, "逐一去掉 %zu 个部分，测试发现 %zu 个（%.1f%%）\n",
                  "%zu parts dropped in turn, the tests noticed %zu (%.1f%%)\n"),
           s.all, s.killed, percent);
    return s.killed == s.all ? 0 : 1;
}

int cli_rules_test(const cli_args *a, const msh_rule_set *s)
{
    int code = run_tests(a, s);
    if (code == 0 && cli_flag(a, "--mutate"))
        code = mutate(a);
    return cli_rules_ended(a, code);
}

/* --- check ----------------------------------------------------------------------------------- */

typedef struct check_state {
    const cli_args *args;
    size_t problems, remarks;
} check_state;

static void print_time(void *ctx, msh_view rule, uint64_t us, bool limit)
{
    check_state *c = ctx;
    bool slow = limit || us > SLOW_US;
    c->problems += slow;
    printf("%8.1f ms  ", (double)us / 1000);
    cli_rules_put(rule);
    if (limit)
        printf("%s", cli_tr(c->args, "  超出匹配限额", "  reached its match limit"));
    else if (slow)
        printf("%s", cli_tr(c->args, "  过慢，请改写", "  too slow, rewrite it"));
    putchar('\n');
}

static void print_issue(void *ctx, const msh_rule_issue *i)
{
    static const struct {
        bool error;
        const char *zh, *en;
    } texts[] = {
#define X(id, error, zh, en) {error, zh, en},
        MSH_RULE_PROBLEMS(X)
#undef X
    };
    check_state *c = ctx;
    const cli_args *a = c->args;
    bool error = texts[i->what].error;
    c->problems += error;
    c->remarks += !error;
    printf("%s", error ? cli_tr(a, "问题 ", "problem ") : cli_tr(a, "提醒 ", "remark "));
    cli_rules_put(i->rule);
    printf("%s%s", cli_tr(a, "：", ": "), cli_tr(a, texts[i->what].zh, texts[i->what].en));
    if (i->word.len) {
        printf("%s", cli_tr(a, "：", ": "));
        cli_rules_put(i->word);
    }
    if (i->other.len) {
        printf("%s", cli_tr(a, "（", " ("));
        cli_rules_put(i->other);
        printf("%s", cli_tr(a, "）", ")"));
    }
    putchar('\n');
}

int cli_rules_check(const cli_args *a, const msh_rule_set *s)
{
    msh_error why = {0};
    check_state c = {.args = a};
    printf("%s\n", cli_tr(a, "每条规则检查 1 MB 恶意文字所用的时间：",
                          "time of each rule for a megabyte of hostile text:"));
    msh_err err = msh_rule_set_time(s, print_time, &c, &why);
    if (err == MSH_OK)
        err = msh_rule_set_check(s, print_issue, &c, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    int code = run_tests(a, s);
    if (code > 1)
        return code;
    printf(cli_tr(a, "问题 %zu 个，提醒 %zu 个\n", "%zu problems, %zu remarks\n"), c.problems,
           c.remarks);
    return cli_rules_ended(a, c.problems || code ? 1 : 0);
}
