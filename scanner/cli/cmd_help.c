/* cmd_help.c: --help, from the tables; hands on to the manual page, the reference, completions. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/tables.h"

#include <string.h>

static size_t print_options(const cli_args *a, const char *command, FILE *out)
{
    size_t n = 0;
    for (size_t i = 0; i < cli_n_options; i++) {
        const cli_option_text *o = &cli_options[i];
        if (!cli_option_is_of(o, command))
            continue;
        fprintf(out, "  %s%s%s\n      %s\n", o->name, o->argument[0] ? " " : "", o->argument,
                cli_tr(a, o->zh, o->en));
        n++;
    }
    return n;
}

static void print_exits(const cli_args *a, FILE *out)
{
    fprintf(out, "\n%s\n", cli_tr(a, "退出码：", "Exit codes:"));
    for (size_t i = 0; i < cli_n_exits; i++)
        fprintf(out, "  %-9s %s\n", cli_exits[i].codes,
                cli_tr(a, cli_exits[i].zh, cli_exits[i].en));
}

static void print_commands(const cli_args *a, FILE *out)
{
    fprintf(out, "%s\n\n",
            cli_tr(a, "密审 mishen：发布前保密审查扫描程序",
                   "mishen (密审): a confidentiality audit scanner"));
    fprintf(
        out, "%s\n",
        cli_tr(a, "用法：mishen 命令 [选项] [参数]", "Use: mishen COMMAND [OPTIONS] [ARGUMENTS]"));
    fprintf(out, "\n%s\n", cli_tr(a, "命令：", "Commands:"));
    for (size_t i = 0; i < cli_n_commands; i++)
        fprintf(out, "  %s %s\n      %s\n", cli_commands[i].name, cli_commands[i].args,
                cli_tr(a, cli_commands[i].zh, cli_commands[i].en));
    fprintf(out, "\n%s\n",
            cli_tr(a, "先试试：mishen scan 文件夹。某个命令的选项：mishen 命令 --help",
                   "Try first: mishen scan FOLDER. Options of a command: mishen COMMAND --help"));
}

static void print_command(const cli_args *a, const char *command, FILE *out)
{
    for (size_t i = 0; i < cli_n_commands; i++)
        if (strcmp(cli_commands[i].name, command) == 0)
            fprintf(out, "%smishen %s %s\n  %s\n\n", cli_tr(a, "用法：", "Use: "), command,
                    cli_commands[i].args, cli_tr(a, cli_commands[i].zh, cli_commands[i].en));
    fprintf(out, "%s\n", cli_tr(a, "本命令的选项：", "Options of this command:"));
    if (print_options(a, command, out) == 0)
        fprintf(out, "  %s\n", cli_tr(a, "（没有）", "(none)"));
}

void cli_help(const cli_args *a, const char *command, FILE *out)
{
    if (command)
        print_command(a, command, out);
    else
        print_commands(a, out);
    fprintf(out, "\n%s\n", cli_tr(a, "所有命令共有的选项：", "Options of all commands:"));
    (void)print_options(a, NULL, out);
    print_exits(a, out);
}

/* mishen help config: each key on the screen. */
static void print_config(const cli_args *a, FILE *out)
{
    char head[CLI_CONFIG_HEAD];
    fprintf(out, "%s\n", cli_tr(a, "mishen.yaml 可以写的键：", "Keys of mishen.yaml:"));
    for (size_t i = 0; i < cli_n_config; i++) {
        const cli_config_text *k = &cli_config[i];
        cli_config_head(k, head);
        fprintf(out, "  %s: %s\n      %s", head, k->value, cli_tr(a, k->zh, k->en));
        if (k->dflt[0])
            fprintf(out, "%s%s%s", cli_tr(a, "（默认 ", " (default "), k->dflt,
                    cli_tr(a, "）", ")"));
        fputc('\n', out);
    }
    fprintf(out, "\n%s\n", cli_tr(a, "policy 下面的名称：", "Names under policy:"));
    for (size_t i = 0; i < cli_n_policies; i++)
        fprintf(out, "  %s: %s\n      %s\n", cli_policies[i].name, cli_policies[i].values,
                cli_tr(a, cli_policies[i].zh, cli_policies[i].en));
}

static bool is_command(const char *name)
{
    for (size_t i = 0; i < cli_n_commands; i++)
        if (strcmp(cli_commands[i].name, name) == 0)
            return true;
    return false;
}

int cli_cmd_help(cli_args *a)
{
    if (a->n_words && strcmp(a->words[0], "config") == 0) {
        print_config(a, stdout);
        return cli_flush(a) ? 0 : MSH_EXIT_STATE;
    }
    if (a->n_words && !is_command(a->words[0])) {
        cli_complain(a, "没有这个命令：", "no such command: ");
        cli_print_escaped(stderr, a->words[0], strlen(a->words[0]));
        fputs(cli_tr(a, "\n用法见：mishen --help\n", "\nsee: mishen --help\n"), stderr);
        return MSH_EXIT_USAGE;
    }
    const char *shell = cli_option(a, "--completion");
    if (shell && !cli_completion(a, shell, stdout))
        return cli_usage(a, "--completion 只能是 bash、zsh 或 fish",
                         "--completion is bash, zsh or fish");
    if (cli_flag(a, "--man"))
        cli_man(a, stdout);
    else if (cli_flag(a, "--reference"))
        cli_reference(a, stdout);
    else if (!shell)
        cli_help(a, a->n_words ? a->words[0] : NULL, stdout);
    return cli_flush(a) ? 0 : MSH_EXIT_STATE;
}
