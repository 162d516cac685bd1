/* rules_signed.c: mishen rules sign PACK --by NAME | trust KEY… | import PACK. */
#include "cli/rules_verbs.h"

static void write_note(void *ctx, msh_view note, msh_view keys)
{
    const cli_args *a = ctx;
    (void)fwrite(note.data, 1, note.len, stdout);
    fputs(cli_tr(a, "对方用下面任何一行登记公钥：mishen rules trust '…'\n",
                 "others register one of these keys: mishen rules trust '…'\n"),
          stderr);
    (void)fwrite(keys.data, 1, keys.len, stderr);
}

int cli_rules_sign(const cli_args *a)
{
    msh_error why = {0};
    const char *by = cli_option(a, "--by");
    if (a->n_words != 2 || !by)
        return cli_usage(a, "用法：mishen rules sign 规则包.yaml --by 姓名 > 规则包.yaml.sig",
                         "usage: mishen rules sign PACK.yaml --by NAME > PACK.yaml.sig");
    msh_err err = msh_rules_sign(&a->options, a->words[1], by, write_note, (void *)a, &why);
    return err == MSH_OK ? cli_rules_ended(a, 0) : cli_failed(a, err, &why);
}

int cli_rules_trust(const cli_args *a)
{
    msh_error why = {0};
    if (a->n_words < 2)
        return cli_usage(a, "用法：mishen rules trust '公钥'", "usage: mishen rules trust 'KEY'");
    for (int i = 1; i < a->n_words; i++) {
        msh_err err = msh_rules_trust(&a->options, a->words[i], &why);
        if (err != MSH_OK)
            return cli_failed(a, err, &why);
    }
    return 0;
}

static void print_imported(void *ctx, const msh_pack_ref *p)
{
    const cli_args *a = ctx;
    printf("%s", cli_tr(a, "已导入 ", "imported "));
    cli_rules_put(p->id);
    putchar(' ');
    cli_rules_put(p->version);
    putchar('\n');
}

int cli_rules_import(const cli_args *a)
{
    msh_error why = {0};
    if (a->n_words != 2)
        return cli_usage(a, "用法：mishen rules import 规则包.yaml（旁边有 规则包.yaml.sig）",
                         "usage: mishen rules import PACK.yaml (with PACK.yaml.sig beside it)");
    msh_err err = msh_rules_import(&a->options, a->words[1], print_imported, (void *)a, &why);
    return err == MSH_OK ? cli_rules_ended(a, 0) : cli_failed(a, err, &why);
}
