/* tables.c: the tables of the command line, once. */
#include "cli/tables.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const cli_command_text cli_commands[] = {
#define CLI_COMMAND(name, args, zh, en) {#name, args, zh, en},
#include "cli/commands.def"
#undef CLI_COMMAND
};
const size_t cli_n_commands = COUNT(cli_commands);

const cli_option_text cli_options[] = {
#define CLI_OPTION(commands, name, argument, zh, en) {commands, name, argument, zh, en},
#include "cli/options.def"
#undef CLI_OPTION
};
const size_t cli_n_options = COUNT(cli_options);

const cli_limit_text cli_limits[] = {
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en) {name, unit, zh, en, dflt, greatest},
#include <mishen/limits.def>
#undef MSH_LIMIT
};
const size_t cli_n_limits = COUNT(cli_limits);

const cli_policy_text cli_policies[] = {
#define MSH_POLICY(name, values, dflt, zh, en) {name, values, dflt, zh, en},
#include <mishen/policies.def>
#undef MSH_POLICY
};
const size_t cli_n_policies = COUNT(cli_policies);

const cli_config_text cli_config[] = {
#define MSH_CONFIG(key, value, option, dflt, zh, en) {key, value, option, dflt, zh, en},
#include <mishen/config.def>
#undef MSH_CONFIG
};
const size_t cli_n_config = COUNT(cli_config);

void cli_config_head(const cli_config_text *k, char head[CLI_CONFIG_HEAD])
{
    size_t n = strlen(k->key);
    (void)snprintf(head, CLI_CONFIG_HEAD, "%s%s", k->key, k->key[n - 1] == '.' ? "NAME" : "");
}

const cli_exit_text cli_exits[] = {
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
const size_t cli_n_exits = COUNT(cli_exits);

const cli_reason_text cli_reasons[] = {
#define MSH_REASON(id, name, outcome, zh, en) {name, MSH_OUTCOME_##outcome, zh, en},
#include <mishen/reasons.def>
#undef MSH_REASON
};
const size_t cli_n_reasons = COUNT(cli_reasons);

bool cli_option_is_of(const cli_option_text *o, const char *command)
{
    bool common = strcmp(o->commands, "*") == 0;
    if (!command || common)
        return !command && common;
    size_t len = strlen(command);
    if (len == 0)
        return false;
    for (const char *p = o->commands; (p = strstr(p, command)) != NULL; p += len)
        if ((p == o->commands || p[-1] == ' ') && (p[len] == '\0' || p[len] == ' '))
            return true;
    return false;
}

static bool put(char *out, size_t cap, const char *word, size_t len)
{
    size_t have = strlen(out);
    if (have + len + 2 > cap)
        return false;
    if (have)
        out[have++] = ' ';
    memcpy(out + have, word, len);
    out[have + len] = '\0';
    return true;
}

bool cli_choices(const char *argument, char *out, size_t cap)
{
    static const char *const blanks[] = {"FILE", "DIR", "PATH", "NAME", "TEXT", "N", "ID", "TIME"};
    out[0] = '\0';
    if (!strchr(argument, '|'))
        return false;
    for (const char *p = argument; *p;) {
        size_t len = strcspn(p, "|");
        for (size_t i = 0; i < COUNT(blanks); i++)
            if (strlen(blanks[i]) == len && memcmp(blanks[i], p, len) == 0)
                return false;
        if (!put(out, cap, p, len))
            return false;
        p += len + (p[len] == '|');
    }
    return true;
}

bool cli_verbs(const char *args, char *out, size_t cap)
{
    out[0] = '\0';
    if (!islower((unsigned char)args[0]) || !strchr(args, '|'))
        return false;
    for (const char *p = args; *p;) {
        size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz-");
        if (len && !put(out, cap, p, len))
            return false;
        p += strcspn(p, "|");
        p += *p == '|';
    }
    return out[0] != '\0';
}

char cli_names_file(const char *argument)
{
    if (strncmp(argument, "DIR", 3) == 0)
        return 'd';
    return strncmp(argument, "FILE", 4) == 0 || strncmp(argument, "PATH", 4) == 0 ? 'f' : 0;
}
