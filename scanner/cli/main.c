/* main.c: the mishen program: parses the command line by the tables and calls a command. */
#define _GNU_SOURCE
#include "cli/cli.h"
#include "cli/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_WORDS = 65536 };

typedef struct command_row {
    const char *name;
    int (*run)(cli_args *a);
} command_row;

static const command_row commands[] = {
#define CLI_COMMAND(name, args, zh, en) {#name, cli_cmd_##name},
#include "cli/commands.def"
#undef CLI_COMMAND
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const command_row *find_command(const char *name)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static const cli_option_text *find_option(const char *command, const char *arg, size_t len)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        const cli_option_text *o = &cli_options[i];
        if (strlen(o->name) == len && memcmp(o->name, arg, len) == 0 &&
            (cli_option_is_of(o, NULL) || cli_option_is_of(o, command)))
            return o;
    }
    return NULL;
}

static bool refuse(const cli_args *a, const char *zh, const char *en, const char *arg, size_t len)
{
    cli_complain(a, zh, en);
    cli_print_escaped(stderr, arg, len);
    fputs(cli_tr(a, "\n用法见：mishen --help\n", "\nsee: mishen --help\n"), stderr);
    return false;
}

/* One option at argv[*i]; false after a complaint. Before the command (a->command is "") only those
 * that all commands share are known. */
static bool take_option(cli_args *a, int argc, char **argv, int *i)
{
    const char *arg = strcmp(argv[*i], "-h") == 0 ? "--help" : argv[*i];
    const char *equals = strchr(arg, '=');
    size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
    const cli_option_text *row = find_option(a->command, arg, len);
    if (!row)
        return refuse(a, "没有这个选项：", "no such option: ", arg, len);
    const char *value = "";
    if (row->argument[0] != '\0') {
        if (!equals && *i + 1 >= argc)
            return refuse(a, "这个选项需要一个值：", "this option needs a value: ", arg, len);
        value = equals ? equals + 1 : argv[++*i];
    } else if (equals) {
        return refuse(a, "这个选项不带值：", "this option takes no value: ", arg, len);
    }
    if (a->n_given == CLI_MAX_GIVEN)
        return refuse(a, "选项太多：", "too many options: ", arg, len);
    a->given[a->n_given++] = (cli_given){row->name, value, NULL};
    return true;
}

/* Options that stand before the command; *i is left at the command or at argc. */
static bool take_leading(cli_args *a, int argc, char **argv, int *i)
{
    a->command = "";
    for (*i = 1; *i < argc && argv[*i][0] == '-'; ++*i)
        if (!take_option(a, argc, argv, i))
            return false;
    return true;
}

static bool split_arguments(cli_args *a, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            a->rest = argv + i + 1;
            a->n_rest = argc - i - 1;
            a->has_rest = true;
            return true;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(a, argc, argv, &i))
                return false;
        } else {
            a->words[a->n_words++] = argv[i];
        }
    }
    return true;
}

/* --lang is looked at first, so that complaints about other options are in the right language. */
static bool find_language(cli_args *a, int argc, char **argv)
{
    const char *lang = getenv("MISHEN_LANG");
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            lang = argv[i + 1];
        else if (strncmp(argv[i], "--lang=", 7) == 0)
            lang = argv[i] + 7;
    }
    if (!lang || !lang[0] || strcmp(lang, "zh-CN") == 0 || strcmp(lang, "zh") == 0)
        return true;
    if (strcmp(lang, "en") != 0)
        return false;
    a->options.lang = MSH_LANG_EN;
    return true;
}

static bool parse_digests(const char *list, unsigned *out)
{
    if (strcmp(list, "sha256") == 0)
        *out = MSH_DIGEST_SHA256;
    else if (strcmp(list, "sm3") == 0)
        *out = MSH_DIGEST_SM3;
    else if (strcmp(list, "sha256,sm3") == 0 || strcmp(list, "sm3,sha256") == 0)
        *out = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    else
        return false;
    return true;
}

static bool parse_jobs(const char *text, unsigned *out)
{
    char *end;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || v < 1 || v > 256)
        return false;
    *out = (unsigned)v;
    return true;
}

static bool set_limit(cli_args *a, const char *value)
{
    char name[64];
    const char *equals = strchr(value, '=');
    if (!equals || (size_t)(equals - value) >= sizeof name)
        return false;
    memcpy(name, value, (size_t)(equals - value));
    name[equals - value] = '\0';
    return msh_limits_set(&a->options.limits, name, equals + 1, NULL) == MSH_OK;
}

static bool set_color(cli_args *a, const char *value)
{
    const char *no_color = getenv("NO_COLOR");
    bool tty = isatty(STDOUT_FILENO) == 1;
    struct winsize size;
    a->width = 80;
    if (tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        a->width = size.ws_col;
    if (!value || strcmp(value, "auto") == 0)
        a->color = tty && (!no_color || no_color[0] == '\0');
    else if (strcmp(value, "always") == 0)
        a->color = true;
    else
        return strcmp(value, "never") == 0;
    return true;
}

/* NAME=VALUE of --policy. */
static bool set_policy(cli_args *a, const char *value)
{
    char name[64];
    const char *equals = strchr(value, '=');
    if (!equals || (size_t)(equals - value) >= sizeof name)
        return false;
    memcpy(name, value, (size_t)(equals - value));
    name[equals - value] = '\0';
    return msh_policy_set(&a->options.policy, name, equals + 1, NULL) == MSH_OK;
}

static bool add_to(const char **list, size_t *n, const char *value)
{
    if (*n == CLI_MAX_REPEAT)
        return false;
    list[(*n)++] = value;
    return true;
}

/* process.*=BLOCK */
static bool is_raise(const char *value)
{
    const char *equals = strchr(value, '=');
    return equals && equals > value &&
           (strcmp(equals, "=REVIEW") == 0 || strcmp(equals, "=BLOCK") == 0);
}

static bool apply_one(cli_args *a, const cli_given *g)
{
    msh_options *o = &a->options;
    if (strcmp(g->name, "--rules") == 0)
        return add_to(a->rules, &o->n_rules, g->value);
    if (strcmp(g->name, "--add-rules") == 0)
        return add_to(a->add_rules, &o->n_add_rules, g->value);
    if (strcmp(g->name, "--raise") == 0)
        return is_raise(g->value) && add_to(a->raise, &o->n_raise, g->value);
    if (strcmp(g->name, "--exclude") == 0)
        return g->value[0] && add_to(a->exclude, &o->n_exclude, g->value);
    if (strcmp(g->name, "--limit") == 0) {
        return set_limit(a, g->value);
    } else if (strcmp(g->name, "--policy") == 0) {
        return set_policy(a, g->value);
    } else if (strcmp(g->name, "--jobs") == 0) {
        return parse_jobs(g->value, &a->options.jobs);
    } else if (strcmp(g->name, "--digest") == 0) {
        return parse_digests(g->value, &a->options.digests);
    } else if (strcmp(g->name, "--medium") == 0) {
        a->options.medium = strcmp(g->value, "site") == 0     ? MSH_MEDIUM_SITE
                            : strcmp(g->value, "outbox") == 0 ? MSH_MEDIUM_OUTBOX
                                                              : MSH_MEDIUM_ANY;
        return a->options.medium != MSH_MEDIUM_ANY;
    } else if (strcmp(g->name, "--color") == 0) {
        return set_color(a, g->value);
    }
    return true;
}

/* What an option may be, as its row says it. */
static void tell_allowed(const cli_args *a, const char *name)
{
    for (size_t i = 0; i < cli_n_options; i++)
        if (strcmp(cli_options[i].name, name) == 0)
            fprintf(stderr, "\n%s%s %s  %s", cli_tr(a, "可用：", "allowed: "), name,
                    cli_options[i].argument, cli_tr(a, cli_options[i].zh, cli_options[i].en));
    if (strcmp(name, "--limit") == 0) {
        fputs("\n ", stderr);
        for (size_t i = 0; i < cli_n_limits; i++)
            fprintf(stderr, " %s", cli_limits[i].name);
    }
    fputs(cli_tr(a, "\n用法见：mishen --help，各项限额见手册页（mishen help --man | man -l -）\n",
                 "\nsee: mishen --help; limits are in the manual page (mishen help --man | man -l "
                 "-)\n"),
          stderr);
}

/* Options that all commands share, from what was given to a->options. */
static bool apply_common(cli_args *a)
{
    (void)set_color(a, NULL);
    a->options.state = cli_option(a, "--state");
    a->options.no_sandbox = cli_flag(a, "--no-sandbox");
    a->options.inproc = cli_flag(a, "--inproc");
    a->options.no_ocr = cli_flag(a, "--no-ocr");
    a->options.signed_rules = cli_flag(a, "--signed-rules");
    a->options.virus = cli_option(a, "--virus");
    for (size_t i = 0; i < a->n_given; i++) {
        const cli_given *g = &a->given[i];
        if (apply_one(a, g))
            continue;
        cli_complain(a, "选项的值不对：", "bad value: ");
        fprintf(stderr, "%s%s%s ", g->from ? g->from : "", g->from ? ": " : "", g->name);
        cli_print_escaped(stderr, g->value, strlen(g->value));
        tell_allowed(a, g->name);
        return false;
    }
    a->options.rules = a->rules;
    a->options.add_rules = a->add_rules;
    a->options.raise = a->raise;
    a->options.exclude = a->exclude;
    a->options.profile = a->config ? msh_config_profile(a->config) : NULL;
    return true;
}

static bool is_option(const char *command, const char *name)
{
    return find_option(command, name, strlen(name)) != NULL;
}

static int run_command(cli_args *a, const command_row *row)
{
    if (row && row->run != cli_cmd_help && !cli_read_config(a, is_option))
        return MSH_EXIT_USAGE;
    if (!apply_common(a))
        return MSH_EXIT_USAGE;
    if (row) {
        int code = row->run(a);
        msh_config_free(a->config);
        return code;
    }
    cli_help(a, NULL, stderr);
    return MSH_EXIT_USAGE;
}

static int run(cli_args *a, int argc, char **argv)
{
    if (!find_language(a, argc, argv))
        return cli_usage(a, "--lang 只能是 zh-CN 或 en", "--lang is zh-CN or en");
    int at;
    if (!take_leading(a, argc, argv, &at))
        return MSH_EXIT_USAGE;
    const command_row *row = at < argc ? find_command(argv[at]) : NULL;
    if (at < argc && !row) {
        (void)refuse(a, "没有这个命令：", "no such command: ", argv[at], strlen(argv[at]));
        return MSH_EXIT_USAGE;
    }
    if (row) {
        a->command = row->name;
        if (!split_arguments(a, argc - at - 1, argv + at + 1))
            return MSH_EXIT_USAGE;
    }
    if (cli_flag(a, "--version"))
        printf("mishen %s\n", MISHEN_VERSION);
    else if (cli_flag(a, "--help"))
        cli_help(a, row ? row->name : NULL, stdout);
    else
        return run_command(a, row);
    return cli_flush(a) ? 0 : MSH_EXIT_STATE;
}

int main(int argc, char **argv)
{
    static cli_args a;
    static char *words[MAX_WORDS];
    msh_options_default(&a.options);
    a.words = words;
    if (argc >= MAX_WORDS)
        return cli_usage(&a, "参数太多，请用 --files-from", "too many arguments, use --files-from");
    return run(&a, argc, argv);
}
