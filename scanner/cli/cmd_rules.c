/* cmd_rules.c: mishen rules list | explain ID | check | test | import-csv FILE |
 * digest FILE | sign | trust | import. */
#include "cli/rules_verbs.h"

#include <string.h>

void cli_rules_put(msh_view v)
{
    cli_print_escaped(stdout, (const char *)v.data, v.len);
}

msh_view cli_rules_in_lang(const cli_args *a, msh_view zh, msh_view en)
{
    return a->options.lang == MSH_LANG_EN && en.len ? en : zh;
}

int cli_rules_ended(const cli_args *a, int code)
{
    return cli_flush(a) ? code : MSH_EXIT_STATE;
}

/* --- list ------------------------------------------------------------------------------------ */

static void print_pack(const cli_args *a, const msh_rule_set *s, size_t i)
{
    msh_pack_ref p;
    msh_rule_set_pack(s, i, &p);
    cli_rules_put(p.id);
    printf(" ");
    cli_rules_put(p.version);
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
        cli_rules_put(r.id);
        printf("  ");
        cli_rules_put(cli_rules_in_lang(a, r.name, r.name_en));
        printf("  (");
        cli_rules_put(r.kind);
        if (r.valid_to)
            printf(cli_tr(a, "，有效至 %04u-%02u-%02u", ", valid to %04u-%02u-%02u"),
                   r.valid_to / 10000, r.valid_to / 100 % 100, r.valid_to % 100);
        printf(cli_tr(a, "，测试 %zu 条)\n", ", %zu tests)\n"), r.n_tests);
    }
}

static int list(const cli_args *a, const msh_rule_set *s)
{
    for (size_t i = 0; i < msh_rule_set_packs(s); i++)
        print_pack(a, s, i);
    printf(cli_tr(a, "共 %zu 个规则包，%zu 条规则\n", "%zu packs, %zu rules\n"),
           msh_rule_set_packs(s), msh_rule_set_count(s));
    return cli_rules_ended(a, 0);
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
    return err == MSH_OK ? cli_rules_ended(a, 0) : cli_failed(a, err, &why);
}

static int digest(const cli_args *a)
{
    msh_error why = {0};
    size_t n = 0;
    if (a->n_words != 2)
        return cli_usage(a, "用法：mishen rules digest 清单.csv > 规则目录/名称.register",
                         "usage: mishen rules digest TITLES.csv > FOLDER/NAME.register");
    msh_err err = msh_rules_digest(&a->options, a->words[1], write_part, stdout, &n, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    fprintf(stderr,
            cli_tr(a, "登记 %zu 条；原清单请按规定保管或销毁，钥匙在状态目录的 register.key\n",
                   "%zu entries; keep or destroy the list as your rules say, the key is "
                   "register.key in the state folder\n"),
            n);
    return cli_rules_ended(a, 0);
}

static int with_rules(const cli_args *a, int (*run)(const cli_args *a, const msh_rule_set *s))
{
    msh_rule_set *s = NULL;
    msh_error why = {0};
    msh_err err = msh_rule_set_load(&a->options, &s, &why);
    int code = err == MSH_OK ? run(a, s) : cli_failed(a, err, &why);
    msh_rule_set_free(s);
    return code;
}

int cli_cmd_rules(cli_args *a)
{
    static const struct {
        const char *name;
        int (*run)(const cli_args *a, const msh_rule_set *s);
        int (*alone)(const cli_args *a);
        int most; /* words; 0: the verb looks itself */
    } verbs[] = {{"list", list, NULL, 1},
                 {"explain", cli_rules_explain, NULL, 2},
                 {"check", cli_rules_check, NULL, 1},
                 {"test", cli_rules_test, NULL, 2},
                 {"import-csv", NULL, import_csv, 0},
                 {"digest", NULL, digest, 0},
                 {"sign", NULL, cli_rules_sign, 0},
                 {"trust", NULL, cli_rules_trust, 0},
                 {"import", NULL, cli_rules_import, 0}};
    const char *verb = a->n_words ? a->words[0] : "list";
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verb, verbs[i].name) != 0)
            continue;
        else if (verbs[i].most && a->n_words > verbs[i].most)
            return cli_usage(a, "多余的参数；要看自己的规则包，用 --rules 路径",
                             "too many words; for packs of your own: --rules PATH");
        else
            return verbs[i].alone ? verbs[i].alone(a) : with_rules(a, verbs[i].run);
    return cli_usage(
        a, "rules 之后应为 list、explain、check、test、import-csv、digest、sign、trust 或 import",
        "after rules: list, explain, check, test, import-csv, digest, sign, trust or import");
}
