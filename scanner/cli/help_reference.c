/* help_reference.c: the reference as Markdown, from the same tables as --help. */
#include "cli/help.h"
#include "cli/tables.h"

#include <inttypes.h>
#include <string.h>

/* A cell of a table: a bar would end it, "<" would begin a tag. */
static void cell(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '|' || *s == '<')
            fputc('\\', out);
        fputc(*s, out);
    }
}

static void row(FILE *out, const char *code, const char *argument, const char *text)
{
    fputs("| `", out);
    cell(out, code);
    if (argument[0]) {
        fputc(' ', out);
        cell(out, argument);
    }
    fputs("` | ", out);
    cell(out, text);
    fputs(" |\n", out);
}

static void table(const cli_args *a, FILE *out, const char *zh, const char *en)
{
    fprintf(out, "\n| %s | %s |\n| --- | --- |\n", cli_tr(a, zh, en),
            cli_tr(a, "意思", "what it does"));
}

static void options(const cli_args *a, FILE *out, const char *command)
{
    bool any = false;
    for (size_t i = 0; i < cli_n_options; i++) {
        const cli_option_text *o = &cli_options[i];
        if (!cli_option_is_of(o, command))
            continue;
        if (!any)
            table(a, out, "选项", "option");
        any = true;
        row(out, o->name, o->argument, cli_tr(a, o->zh, o->en));
    }
}

static void commands(const cli_args *a, FILE *out)
{
    fprintf(out, "\n## %s\n", cli_tr(a, "命令", "Commands"));
    for (size_t i = 0; i < cli_n_commands; i++) {
        const cli_command_text *c = &cli_commands[i];
        fprintf(out, "\n### mishen %s\n\n`mishen %s%s%s`\n\n%s\n", c->name, c->name,
                c->args[0] ? " " : "", c->args, cli_tr(a, c->zh, c->en));
        options(a, out, c->name);
    }
    fprintf(out, "\n## %s\n", cli_tr(a, "所有命令共有的选项", "Options of all commands"));
    options(a, out, NULL);
}

static void exits(const cli_args *a, FILE *out)
{
    fprintf(out, "\n## %s\n", cli_tr(a, "退出码", "Exit codes"));
    table(a, out, "退出码", "code");
    for (size_t i = 0; i < cli_n_exits; i++)
        row(out, cli_exits[i].codes, "", cli_tr(a, cli_exits[i].zh, cli_exits[i].en));
    fprintf(out, "\n`mishen log verify`%s\n",
            cli_tr(a, "：0 有效且有锚点，1 无效，2 读不出，3 记录丢失，4 有效但没有外部锚点。",
                   ": 0 valid and anchored, 1 invalid, 2 unreadable, 3 records lost, 4 valid, not "
                   "anchored."));
}

static void limits(const cli_args *a, FILE *out)
{
    fprintf(out, "\n## %s\n\n| `--limit` | %s | %s | %s |\n| --- | --- | --- | --- |\n",
            cli_tr(a, "限额", "Limits"), cli_tr(a, "默认", "default"),
            cli_tr(a, "最大", "greatest"), cli_tr(a, "意思", "what it bounds"));
    for (size_t i = 0; i < cli_n_limits; i++) {
        const cli_limit_text *l = &cli_limits[i];
        fprintf(out, "| `%s` | %" PRIu64 " | %" PRIu64 " | %s (%s) |\n", l->name, l->dflt,
                l->greatest, cli_tr(a, l->zh, l->en), l->unit);
    }
}

static void policies(const cli_args *a, FILE *out)
{
    char head[96];
    fprintf(out, "\n## %s\n", cli_tr(a, "策略", "Policies"));
    table(a, out, "`--policy`", "`--policy`");
    for (size_t i = 0; i < cli_n_policies; i++) {
        (void)snprintf(head, sizeof head, "%s=%s", cli_policies[i].name, cli_policies[i].values);
        row(out, head, "", cli_tr(a, cli_policies[i].zh, cli_policies[i].en));
    }
}

static void config(const cli_args *a, FILE *out)
{
    char head[CLI_CONFIG_HEAD];
    fprintf(out, "\n## %s\n", cli_tr(a, "配置文件 mishen.yaml", "Configuration: mishen.yaml"));
    table(a, out, "键", "key");
    for (size_t i = 0; i < cli_n_config; i++) {
        cli_config_head(&cli_config[i], head);
        row(out, head, cli_config[i].value, cli_tr(a, cli_config[i].zh, cli_config[i].en));
    }
}

static void formats(const cli_args *a, FILE *out)
{
    fprintf(out, "\n## %s\n\n| %s | %s | %s |\n| --- | --- | --- |\n",
            cli_tr(a, "能读的格式", "Formats"), cli_tr(a, "格式", "format"),
            cli_tr(a, "扩展名", "suffixes"), cli_tr(a, "读什么", "what is read"));
    for (size_t i = 0; i < msh_format_count(); i++) {
        msh_format_info f;
        msh_format_get(i, a->options.lang, &f);
        fprintf(out, "| `%s` | %s | ", f.name, f.suffixes ? f.suffixes : "");
        cell(out, f.reads && f.reads[0] ? f.reads : f.text);
        fputs(" |\n", out);
    }
}

static void reasons(const cli_args *a, FILE *out)
{
    fprintf(out, "\n## %s\n\n| %s | %s | %s |\n| --- | --- | --- |\n",
            cli_tr(a, "为什么没有（全部）读到", "Why something was not (wholly) read"),
            cli_tr(a, "原因", "reason"), cli_tr(a, "归为", "outcome"),
            cli_tr(a, "意思", "meaning"));
    for (size_t i = 0; i < cli_n_reasons; i++) {
        const cli_reason_text *r = &cli_reasons[i];
        fprintf(out, "| `%s` | %s | ", r->name, msh_outcome_name(r->outcome));
        cell(out, cli_tr(a, r->zh, r->en));
        fputs(" |\n", out);
    }
}

void cli_reference(const cli_args *a, FILE *out)
{
    fprintf(
        out, "# %s\n\n%s\n", cli_tr(a, "密审参考", "mishen: reference"),
        cli_tr(
            a,
            "由程序自己的表生成：`mishen help --reference`。与 `mishen --help` 和手册页同出一源。",
            "Made from the program's own tables by `mishen --lang en help --reference`, as "
            "are `--help` and the manual page."));
    commands(a, out);
    exits(a, out);
    limits(a, out);
    policies(a, out);
    config(a, out);
    formats(a, out);
    reasons(a, out);
}
