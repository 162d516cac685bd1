/* cmd_rules.c: mishen rules list | explain ID | check | test | import-csv FILE. */
#include "cli/cli.h"

#include <string.h>

enum { SLOW_US = 500000 }; /* for a megabyte */

static bool is(msh_view v, const char *s)
{
    return v.len == strlen(s) && memcmp(v.data, s, v.len) == 0;
}

static void put(msh_view v)
{
    cli_print_escaped(stdout, (const char *)v.data, v.len);
}

/* The English text where it is asked for and there is one. */
static msh_view in_lang(const cli_args *a, msh_view zh, msh_view en)
{
    return a->options.lang == MSH_LANG_EN && en.len ? en : zh;
}

static int ended(const cli_args *a, int code)
{
    return cli_flush(a) ? code : MSH_EXIT_STATE;
}

/* --- list ------------------------------------------------------------------------------------ */

static void print_pack(const cli_args *a, const msh_rule_set *s, size_t i)
{
    msh_pack_ref p;
    msh_rule_set_pack(s, i, &p);
    put(p.id);
    printf(" ");
    put(p.version);
    printf("  sha256:");
    for (int k = 0; k < 32; k++)
        printf("%02x", p.sha256[k]);
    putchar('\n');
    for (size_t k = 0; k < msh_rule_set_count(s); k++) {
        msh_rule_view r;
        msh_rule_set_get(s, k, &r);
        if (r.pack.len != p.id.len || memcmp(r.pack.data, p.id.data, p.id.len) != 0)
            continue;
        printf("  [%s] ", msh_tier_text(r.tier, a->options.lang));
        put(r.id);
        printf("  ");
        put(in_lang(a, r.name, r.name_en));
        printf("  (");
        put(r.kind);
        printf(cli_tr(a, "，测试 %zu 条)\n", ", %zu tests)\n"), r.n_tests);
    }
}

static int list(const cli_args *a, const msh_rule_set *s)
{
    for (size_t i = 0; i < msh_rule_set_packs(s); i++)
        print_pack(a, s, i);
    printf(cli_tr(a, "共 %zu 个规则包，%zu 条规则\n", "%zu packs, %zu rules\n"),
           msh_rule_set_packs(s), msh_rule_set_count(s));
    return ended(a, 0);
}

/* --- explain --------------------------------------------------------------------------------- */

static void field(const char *name, msh_view zh, msh_view en)
{
    if (zh.len + en.len == 0)
        return;
    printf("%s", name);
    put(zh);
    putchar('\n');
    if (en.len) {
        printf("        ");
        put(en);
        putchar('\n');
    }
}

static int explain(const cli_args *a, const msh_rule_set *s)
{
    const msh_view none = {NULL, 0};
    for (size_t i = 0; a->n_words > 1 && i < msh_rule_set_count(s); i++) {
        msh_rule_view r;
        msh_rule_set_get(s, i, &r);
        if (!is(r.id, a->words[1]))
            continue;
        put(r.id);
        printf("  [%s / %s]\n", msh_tier_text(r.tier, MSH_LANG_ZH), msh_tier_name(r.tier));
        field(cli_tr(a, "名称：  ", "name:   "), r.name, r.name_en);
        field(cli_tr(a, "类别：  ", "about:  "), r.category, none);
        field(cli_tr(a, "依据：  ", "basis:  "), r.basis, none);
        field(cli_tr(a, "说明：  ", "why:    "), r.explain, r.explain_en);
        field(cli_tr(a, "办法：  ", "do:     "), r.advice, r.advice_en);
        field(cli_tr(a, "方法：  ", "kind:   "), r.kind, none);
        field(cli_tr(a, "规则包：", "pack:   "), r.pack, none);
        field(cli_tr(a, "版本：  ", "version:"), r.pack_version, none);
        return ended(a, 0);
    }
    return cli_usage(a, "没有这条规则；用 mishen rules list 查看全部规则",
                     "there is no such rule; mishen rules list shows all");
}

/* --- test and check -------------------------------------------------------------------------- */

static void print_failure(void *ctx, const msh_rule_failure *f)
{
    const cli_args *a = ctx;
    printf("%s", cli_tr(a, "未通过 ", "failed "));
    put(f->rule);
    printf(cli_tr(a, "（第 %zu 行）：应为 %s，实为 %s：", " (line %zu): wanted %s, got %s: "),
           f->line, f->expected, f->got);
    put(f->text);
    putchar('\n');
}

static int test(const cli_args *a, const msh_rule_set *s)
{
    msh_error why = {0};
    size_t run = 0, failed = 0;
    msh_err err = msh_rule_set_test(s, &run, &failed, print_failure, (void *)a, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    printf(cli_tr(a, "规则测试 %zu 条，未通过 %zu 条\n", "%zu tests of rules, %zu failed\n"), run,
           failed);
    return ended(a, failed ? 1 : 0);
}

typedef struct check_state {
    const cli_args *args;
    size_t problems;
} check_state;

static void print_time(void *ctx, msh_view rule, uint64_t us, bool limit)
{
    check_state *c = ctx;
    bool slow = limit || us > SLOW_US;
    c->problems += slow;
    printf("%8.1f ms  ", (double)us / 1000);
    put(rule);
    if (limit)
        printf("%s", cli_tr(c->args, "  超出匹配限额", "  reached its match limit"));
    else if (slow)
        printf("%s", cli_tr(c->args, "  过慢，请改写", "  too slow, rewrite it"));
    putchar('\n');
}

static int check(const cli_args *a, const msh_rule_set *s)
{
    msh_error why = {0};
    check_state c = {a, 0};
    printf("%s\n", cli_tr(a, "每条规则检查 1 MB 恶意文字所用的时间：",
                          "time of each rule for a megabyte of hostile text:"));
    msh_err err = msh_rule_set_time(s, print_time, &c, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    for (size_t i = 0; i < msh_rule_set_count(s); i++) {
        msh_rule_view r;
        msh_rule_set_get(s, i, &r);
        if (r.n_tests > 0)
            continue;
        c.problems++;
        put(r.id);
        printf("%s\n", cli_tr(a, "：没有测试，请写出应命中和不应命中的例子",
                              ": no tests, add texts it must find and texts it must leave alone"));
    }
    int code = test(a, s);
    if (code > 1)
        return code;
    printf(cli_tr(a, "问题 %zu 个\n", "%zu problems\n"), c.problems);
    return ended(a, c.problems || code ? 1 : 0);
}

/* --- import-csv ------------------------------------------------------------------------------ */

static void write_part(void *ctx, msh_view part)
{
    (void)fwrite(part.data, 1, part.len, ctx);
}

static int import_csv(const cli_args *a)
{
    msh_error why = {0};
    if (a->n_words != 2)
        return cli_usage(a, "用法：mishen rules import-csv 词表.csv > 规则包.yaml",
                         "usage: mishen rules import-csv WORDS.csv > PACK.yaml");
    msh_err err = msh_rules_import_csv(a->words[1], write_part, stdout, &why);
    return err == MSH_OK ? ended(a, 0) : cli_failed(a, err, &why);
}

int cli_cmd_rules(cli_args *a)
{
    static const struct {
        const char *name;
        int (*run)(const cli_args *a, const msh_rule_set *s);
    } verbs[] = {{"list", list}, {"explain", explain}, {"check", check}, {"test", test}};
    const char *verb = a->n_words ? a->words[0] : "list";
    if (strcmp(verb, "import-csv") == 0)
        return import_csv(a);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verb, verbs[i].name) != 0)
            continue;
        msh_rule_set *s = NULL;
        msh_error why = {0};
        msh_err err = msh_rule_set_load(&a->options, &s, &why);
        int code = err == MSH_OK ? verbs[i].run(a, s) : cli_failed(a, err, &why);
        msh_rule_set_free(s);
        return code;
    }
    return cli_usage(a, "rules 之后应为 list、explain、check、test 或 import-csv",
                     "after rules: list, explain, check, test or import-csv");
}
