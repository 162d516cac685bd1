/* cmd_formats.c: mishen formats and mishen doctor. */
#include "cli/cli.h"

#include <string.h>

int cli_cmd_formats(cli_args *a)
{
    for (size_t i = 0; i < msh_format_count(); i++) {
        msh_format_info f;
        msh_format_get(i, a->options.lang, &f);
        printf("%-10s %s%s%s\n", f.name, f.text, f.suffixes[0] ? "  ." : "", f.suffixes);
        if (f.reads && f.reads[0])
            printf("           %s%s\n", cli_tr(a, "读取：", "reads: "), f.reads);
        if (f.library)
            printf("           %s%s\n", cli_tr(a, "用库：", "library: "), f.library);
        if (f.absent)
            printf("           %s%s\n", cli_tr(a, "本程序未带此格式，缺：", "not built, missing: "),
                   f.absent);
    }
    printf("\n%s\n", cli_tr(a, "其余类型只做原始字节扫描，结论为“未能检查”。",
                            "Every other type is swept as raw bytes and becomes NOT-INSPECTED."));
    return cli_flush(a) ? 0 : MSH_EXIT_STATE;
}

typedef struct doctor_state {
    const cli_args *args;
    int worst;
} doctor_state;

static void print_fact(void *ctx, int level, const char *name, const char *text)
{
    static const char *const zh[] = {"正常", "注意", "有误"}, *const en[] = {"ok", "note", "bad"};
    doctor_state *s = ctx;
    if (level > s->worst)
        s->worst = level;
    printf("[%s] %s%s", cli_tr(s->args, zh[level], en[level]), name, cli_tr(s->args, "：", ": "));
    cli_print_escaped(stdout, text, strlen(text));
    putchar('\n');
}

int cli_cmd_doctor(cli_args *a)
{
    doctor_state s = {a, 0};
    msh_error why = {0};
    msh_err err = msh_doctor(&a->options, print_fact, &s, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    cli_tell_config(a);
    if (!cli_flush(a))
        return MSH_EXIT_STATE;
    return s.worst == 2 ? MSH_EXIT_NOT_INSPECTED : 0;
}
