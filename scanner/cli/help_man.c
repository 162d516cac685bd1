/* help_man.c: the manual page, mishen(1), as roff (man(7)). */
#include "cli/help.h"
#include "cli/tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct man_row {
    const char *head, *zh, *en;
} man_row;

static const man_row files[] = {
    {"/var/lib/mishen, ~/.local/state/mishen",
     "状态目录：密钥、日志、登记、历次检查（root 为前者；另见 --state 和 XDG_STATE_HOME）",
     "state folder: keys, log, register, saved runs (the former for root; see also --state and "
     "XDG_STATE_HOME)"},
    {"./mishen.yaml, /etc/mishen/mishen.yaml", "配置文件（不是必需的）",
     "configuration (none is needed)"},
    {"/usr/share/mishen/rules", "随程序提供的规则包", "shipped rule packs"},
    {"/usr/share/doc/mishen", "手册", "manuals"},
};

static const man_row environment[] = {
    {"MISHEN_CONFIG", "配置文件，同 --config", "configuration, as --config"},
    {"MISHEN_LANG", "语言，同 --lang；默认 zh-CN", "language, as --lang; default zh-CN"},
    {"NO_COLOR", "设了就不用颜色", "when set, no colours"},
    {"XDG_STATE_HOME", "状态目录的上级（非 root）", "folder of the state folder (not for root)"},
};

static const man_row examples[] = {
    {"mishen scan outbox/", "检查一个文件夹", "scan a folder"},
    {"mishen scan --quiet /var/www/html", "定时任务：没有问题时不输出",
     "from cron: silent when there is nothing"},
    {"mishen gate outbox/ -- rsync -a outbox/ web:/var/www/html/", "与批准时一致才发布",
     "publish only what is as approved"},
    {"mishen log verify", "校验日志", "verify the log"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes of a character of three that stands in a word of its own, as Chinese does; else 0. */
static size_t wide(const char *s)
{
    unsigned char c = (unsigned char)s[0];
    return c >= 0xE3 && c <= 0xEF && s[1] && s[2] ? 3 : 0;
}

static bool one_of(const char *s, const char *all)
{
    for (; *all; all += 3)
        if (memcmp(s, all, 3) == 0)
            return true;
    return false;
}

/* troff breaks lines at blanks only: "\:" lets it break between Chinese characters, but not before
 * a mark that closes nor behind one that opens. */
static bool breaks_behind(const char *s)
{
    const char *next = s + 3;
    if (!wide(next))
        return false;
    return !one_of(s, "（《【") && !one_of(next, "，。、；：？！）》】");
}

/* roff: a leading dot or quote and every backslash and hyphen need care. */
static void roff(FILE *out, const char *s)
{
    if (*s == '.' || *s == '\'')
        fputs("\\&", out);
    while (*s) {
        if (wide(s)) {
            fprintf(out, "%.3s%s", s, breaks_behind(s) ? "\\:" : "");
            s += 3;
            continue;
        }
        if (*s == '\\')
            fputs("\\e", out);
        else if (*s == '-')
            fputs("\\-", out);
        else
            fputc(*s, out);
        s++;
    }
}

static void entry(FILE *out, const char *head, const char *argument, const char *text)
{
    fputs(".TP\n\\fB", out);
    roff(out, head);
    fputs("\\fR", out);
    if (argument[0]) {
        fputs(" \\fI", out);
        roff(out, argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    roff(out, text);
    fputc('\n', out);
}

static void rows(const cli_args *a, FILE *out, const char *title, const man_row *all, size_t n)
{
    fprintf(out, ".SH %s\n", title);
    for (size_t i = 0; i < n; i++)
        entry(out, all[i].head, "", cli_tr(a, all[i].zh, all[i].en));
}

static void options(const cli_args *a, FILE *out, const char *command)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        const cli_option_text *o = &cli_options[i];
        if (cli_option_is_of(o, command))
            entry(out, o->name, o->argument, cli_tr(a, o->zh, o->en));
    }
}

static void commands(const cli_args *a, FILE *out)
{
    fprintf(out, ".SH %s\n", cli_tr(a, "命令", "COMMANDS"));
    for (size_t i = 0; i < cli_n_commands; i++) {
        const cli_command_text *c = &cli_commands[i];
        fputs(".SS \"mishen ", out);
        roff(out, c->name);
        fputc(' ', out);
        roff(out, c->args);
        fputs("\"\n", out);
        roff(out, cli_tr(a, c->zh, c->en));
        fputc('\n', out);
        options(a, out, c->name);
    }
    fprintf(out, ".SH %s\n", cli_tr(a, "所有命令共有的选项", "OPTIONS OF ALL COMMANDS"));
    options(a, out, NULL);
}

static void verdicts(const cli_args *a, FILE *out)
{
    static const msh_verdict order[] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED,
                                        MSH_VERDICT_REVIEW, MSH_VERDICT_PASS};
    static const char *const text[][2] = {
        {"有不得公开的内容：停止发布", "holds what must not be published: stop"},
        {"有内容没看到；没看到的绝不算通过", "something was not seen; what was not seen never "
                                             "passes"},
        {"有需要人判断的地方", "a person must judge"},
        {"全部看完，没有发现问题；机器检查不等于批准",
         "all was seen, nothing found; a scan is not an approval"},
    };
    fprintf(out, ".SH %s\n", cli_tr(a, "结论", "VERDICTS"));
    for (size_t i = 0; i < COUNT(order); i++)
        entry(out, msh_verdict_name(order[i]),
              a->options.lang == MSH_LANG_ZH ? msh_verdict_text(order[i], MSH_LANG_ZH) : "",
              cli_tr(a, text[i][0], text[i][1]));
}

static void limits(const cli_args *a, FILE *out)
{
    char head[96];
    fprintf(out, ".SH %s\n",
            cli_tr(a, "限额（--limit 名称=值，以下为默认值）",
                   "LIMITS (--limit NAME=VALUE; defaults)"));
    for (size_t i = 0; i < cli_n_limits; i++) {
        const cli_limit_text *l = &cli_limits[i];
        (void)snprintf(head, sizeof head, "%s=%" PRIu64, l->name, l->dflt);
        entry(out, head, l->unit, cli_tr(a, l->zh, l->en));
    }
}

static void policies(const cli_args *a, FILE *out)
{
    char head[96];
    fprintf(out, ".SH %s\n",
            cli_tr(a, "策略（--policy 名称=值，以下为默认值）",
                   "POLICIES (--policy NAME=VALUE; defaults)"));
    for (size_t i = 0; i < cli_n_policies; i++) {
        (void)snprintf(head, sizeof head, "%s=%s", cli_policies[i].name, cli_policies[i].dflt);
        entry(out, head, cli_policies[i].values, cli_tr(a, cli_policies[i].zh, cli_policies[i].en));
    }
}

static void config(const cli_args *a, FILE *out)
{
    char head[CLI_CONFIG_HEAD];
    fprintf(out, ".SH %s\n", cli_tr(a, "配置文件 mishen.yaml", "CONFIGURATION (mishen.yaml)"));
    roff(out, cli_tr(a,
                     "命令行优先于配置文件，配置文件优先于方案自带的设置。mishen doctor "
                     "逐项说明现行的值和出处。",
                     "The command line goes before the file, the file before what a profile sets "
                     "by itself. mishen doctor tells each value and where it comes from."));
    fputc('\n', out);
    for (size_t i = 0; i < cli_n_config; i++) {
        cli_config_head(&cli_config[i], head);
        entry(out, head, cli_config[i].value, cli_tr(a, cli_config[i].zh, cli_config[i].en));
    }
}

static void formats(const cli_args *a, FILE *out)
{
    fprintf(out, ".SH %s\n", cli_tr(a, "格式", "FORMATS"));
    for (size_t i = 0; i < msh_format_count(); i++) {
        msh_format_info f;
        msh_format_get(i, a->options.lang, &f);
        entry(out, f.name, f.suffixes ? f.suffixes : "", f.reads && f.reads[0] ? f.reads : f.text);
    }
}

void cli_man(const cli_args *a, FILE *out)
{
    fputs(".\\\" -*- coding: UTF-8 -*-\n", out);
    fprintf(out, ".TH MISHEN 1 \"\" \"mishen %s\"\n.ad l\n.nh\n.SH %s\nmishen \\- %s\n",
            MISHEN_VERSION, cli_tr(a, "名称", "NAME"),
            cli_tr(a, "发布前保密审查扫描程序", "confidentiality audit scanner"));
    fprintf(out, ".SH %s\n.B mishen\n\\fI%s\\fR\n", cli_tr(a, "用法", "SYNOPSIS"),
            cli_tr(a, "命令 [选项] [参数]", "COMMAND [OPTIONS] [ARGUMENTS]"));
    fprintf(out, ".SH %s\n", cli_tr(a, "说明", "DESCRIPTION"));
    roff(out, cli_tr(a,
                     "看清每一份对外文件里的全部文字，按规则找出密级标志、工作秘密、公民个人信息，"
                     "给每个文件一个结论，并留下签名的日志。",
                     "Sees every text in every outgoing document, finds classified marks, work "
                     "secrets and personal data by rules, gives each file one verdict, and keeps a "
                     "signed log."));
    fputc('\n', out);
    commands(a, out);
    verdicts(a, out);
    fprintf(out, ".SH %s\n", cli_tr(a, "退出码", "EXIT STATUS"));
    for (size_t i = 0; i < cli_n_exits; i++)
        entry(out, cli_exits[i].codes, "", cli_tr(a, cli_exits[i].zh, cli_exits[i].en));
    limits(a, out);
    policies(a, out);
    config(a, out);
    formats(a, out);
    rows(a, out, cli_tr(a, "文件", "FILES"), files, COUNT(files));
    rows(a, out, cli_tr(a, "环境变量", "ENVIRONMENT"), environment, COUNT(environment));
    rows(a, out, cli_tr(a, "例子", "EXAMPLES"), examples, COUNT(examples));
}
