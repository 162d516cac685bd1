/* cmd_help.c: --help and the manual page, from commands.def, options.def and limits.def. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

typedef struct command_text {
    const char *name, *args, *zh, *en;
} command_text;

static const command_text commands[] = {
#define CLI_COMMAND(name, args, zh, en) {#name, args, zh, en},
#include "cli/commands.def"
#undef CLI_COMMAND
};

typedef struct option_text {
    const char *commands, *name, *argument, *zh, *en;
} option_text;

static const option_text options[] = {
#define CLI_OPTION(commands, name, argument, zh, en) {commands, name, argument, zh, en},
#include "cli/options.def"
#undef CLI_OPTION
};

typedef struct limit_text {
    const char *name, *unit, *zh, *en;
    uint64_t dflt;
} limit_text;

static const limit_text limits[] = {
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en) {name, unit, zh, en, dflt},
#include <mishen/limits.def>
#undef MSH_LIMIT
};

typedef struct exit_text {
    const char *codes, *zh, *en;
} exit_text;

static const exit_text exits[] = {
    {"0", "每个文件都已查完并通过", "every item was wholly inspected and passed"},
    {"1", "有命中；全部查完", "findings; everything was inspected"},
    {"2", "有内容未能检查（优先于 1），或根本没有文件",
     "something was not inspected (outranks 1), or no item at all"},
    {"3", "证据校验不通过（日志、签名）", "evidence does not verify (log, signatures)"},
    {"64", "用法、配置或规则有误", "wrong use, configuration or rules"},
    {"70", "沙箱不可用", "sandbox unavailable"},
    {"74", "日志或状态目录写不进去（没有日志就没有结论）",
     "log or state not writable (no log, no verdict)"},
    {"75", "同一定时任务正在运行", "the same profile is already being run from cron"},
    {"126 / 127", "gate：可以发布，但后面的命令不能运行 / 没有这个命令；其余按该命令自己的退出码",
     "gate: may be published, but CMD cannot be run / is not there; else the code of CMD itself"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool names_word(const char *names, const char *name)
{
    const char *p = strstr(names, name);
    size_t len = strlen(name);
    for (; p; p = strstr(p + len, name))
        if ((p == names || p[-1] == ' ') && (p[len] == '\0' || p[len] == ' '))
            return true;
    return false;
}

static size_t print_options(const cli_args *a, const char *command, FILE *out)
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(options); i++) {
        const option_text *o = &options[i];
        bool is_common = strcmp(o->commands, "*") == 0;
        if (is_common != (command == NULL) || (command && !names_word(o->commands, command)))
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
    for (size_t i = 0; i < COUNT(exits); i++)
        fprintf(out, "  %-9s %s\n", exits[i].codes, cli_tr(a, exits[i].zh, exits[i].en));
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
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].args,
                cli_tr(a, commands[i].zh, commands[i].en));
    fprintf(out, "\n%s\n",
            cli_tr(a, "先试试：mishen scan 文件夹。某个命令的选项：mishen 命令 --help",
                   "Try first: mishen scan FOLDER. Options of a command: mishen COMMAND --help"));
}

static void print_command(const cli_args *a, const char *command, FILE *out)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, command) == 0)
            fprintf(out, "%smishen %s %s\n  %s\n\n", cli_tr(a, "用法：", "Use: "), command,
                    commands[i].args, cli_tr(a, commands[i].zh, commands[i].en));
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

/* --- the manual page -------------------------------------------------------------------------- */

/* roff: a leading dot or quote and every backslash and hyphen need care. */
static void roff(FILE *out, const char *s)
{
    if (*s == '.' || *s == '\'')
        fputs("\\&", out);
    for (; *s; s++) {
        if (*s == '\\')
            fputs("\\e", out);
        else if (*s == '-')
            fputs("\\-", out);
        else
            fputc(*s, out);
    }
}

static void man_entry(FILE *out, const char *head, const char *argument, const char *text)
{
    fputs(".TP\n.B ", out);
    roff(out, head);
    if (argument[0]) {
        fputs(" \\fI", out);
        roff(out, argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    roff(out, text);
    fputc('\n', out);
}

static void man_limits(const cli_args *a, FILE *out)
{
    char head[96];
    fprintf(out, ".SH %s\n", cli_tr(a, "限额", "LIMITS"));
    for (size_t i = 0; i < COUNT(limits); i++) {
        (void)snprintf(head, sizeof head, "%s=%" PRIu64, limits[i].name, limits[i].dflt);
        man_entry(out, head, limits[i].unit, cli_tr(a, limits[i].zh, limits[i].en));
    }
}

static void man_formats(const cli_args *a, FILE *out)
{
    fprintf(out, ".SH %s\n", cli_tr(a, "格式", "FORMATS"));
    for (size_t i = 0; i < msh_format_count(); i++) {
        msh_format_info f;
        msh_format_get(i, a->options.lang, &f);
        man_entry(out, f.name, f.suffixes ? f.suffixes : "",
                  f.reads && f.reads[0] ? f.reads : f.text);
    }
}

void cli_man(const cli_args *a, FILE *out)
{
    fprintf(out, ".TH MISHEN 1 \"\" \"mishen %s\"\n.SH %s\nmishen \\- %s\n", MISHEN_VERSION,
            cli_tr(a, "名称", "NAME"),
            cli_tr(a, "发布前保密审查扫描程序", "confidentiality audit scanner"));
    fprintf(out, ".SH %s\n.B mishen\n%s\n", cli_tr(a, "用法", "SYNOPSIS"),
            cli_tr(a, "命令 [选项] [参数]", "COMMAND [OPTIONS] [ARGUMENTS]"));
    fprintf(out, ".SH %s\n", cli_tr(a, "命令", "COMMANDS"));
    for (size_t i = 0; i < COUNT(commands); i++)
        man_entry(out, commands[i].name, commands[i].args,
                  cli_tr(a, commands[i].zh, commands[i].en));
    fprintf(out, ".SH %s\n", cli_tr(a, "选项", "OPTIONS"));
    for (size_t i = 0; i < COUNT(options); i++)
        man_entry(out, options[i].name, options[i].argument,
                  cli_tr(a, options[i].zh, options[i].en));
    man_limits(a, out);
    man_formats(a, out);
    fprintf(out, ".SH %s\n", cli_tr(a, "退出码", "EXIT STATUS"));
    for (size_t i = 0; i < COUNT(exits); i++)
        man_entry(out, exits[i].codes, "", cli_tr(a, exits[i].zh, exits[i].en));
}

static bool is_command(const char *name)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return true;
    return false;
}

int cli_cmd_help(cli_args *a)
{
    if (a->n_words && !is_command(a->words[0])) {
        cli_complain(a, "没有这个命令：", "no such command: ");
        cli_print_escaped(stderr, a->words[0], strlen(a->words[0]));
        fputs(cli_tr(a, "\n用法见：mishen --help\n", "\nsee: mishen --help\n"), stderr);
        return MSH_EXIT_USAGE;
    }
    if (cli_flag(a, "--man"))
        cli_man(a, stdout);
    else
        cli_help(a, a->n_words ? a->words[0] : NULL, stdout);
    return cli_flush(a) ? 0 : MSH_EXIT_STATE;
}
