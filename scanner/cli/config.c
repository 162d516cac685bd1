/* config.c: mishen.yaml as if it had been given on the command line before everything else, so that
 * flags go before it; and what of it is in force. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct key_row {
    const char *key, *value, *option, *dflt, *zh, *en;
} key_row;

static const key_row rows[] = {
#define MSH_CONFIG(key, value, option, dflt, zh, en) {key, value, option, dflt, zh, en},
#include <mishen/config.def>
#undef MSH_CONFIG
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- reading ---------------------------------------------------------------------------------- */

static bool given_by_hand(const cli_args *a, size_t from, const char *name)
{
    for (size_t i = from; i < a->n_given; i++)
        if (strcmp(a->given[i].name, name) == 0)
            return true;
    return false;
}

/* A list on the command line replaces the one of the file; limits and policies are set one by one.
 */
static bool is_whole(const char *name)
{
    return strcmp(name, "--limit") != 0 && strcmp(name, "--policy") != 0;
}

/* One setting as an option before the n_hand ones of the command line. */
static bool insert(cli_args *a, size_t n_hand, const msh_setting *s)
{
    const char *name = s->option[0] == '!' ? s->option + 1 : s->option;
    bool flag = strcmp(s->value, "yes") == 0 || strcmp(s->value, "no") == 0;
    size_t at = a->n_given - n_hand;
    if (is_whole(name) && given_by_hand(a, at, name))
        return true;
    if (flag && (strcmp(s->value, "yes") == 0) == (s->option[0] == '!'))
        return true; /* not given, then */
    if (a->n_given == CLI_MAX_GIVEN)
        return false;
    memmove(&a->given[at + 1], &a->given[at], n_hand * sizeof a->given[0]);
    a->given[at] = (cli_given){name, flag ? "" : s->value, s->from};
    a->n_given++;
    return true;
}

bool cli_read_config(cli_args *a, bool (*is_option)(const char *command, const char *name))
{
    msh_error why = {0};
    bool profiled = strcmp(a->command, "log") != 0; /* its --profile is another one */
    size_t n_hand = a->n_given;
    a->config_file = msh_config_file(cli_option(a, "--config"));
    msh_err err = msh_config_load(a->config_file, profiled ? cli_option(a, "--profile") : NULL,
                                  &a->config, &why);
    if (err != MSH_OK) {
        (void)cli_failed(a, err, &why);
        return false;
    }
    for (size_t i = 0; i < msh_config_count(a->config); i++) {
        const msh_setting *s = msh_config_get(a->config, i);
        const char *name = s->option[0] == '!' ? s->option + 1 : s->option;
        if (strcmp(s->key, "profile") == 0 || name[0] == '\0' || !is_option(a->command, name))
            continue;
        if (!insert(a, n_hand, s)) {
            cli_complain(a, "配置文件里的条目太多\n", "too many entries in the configuration\n");
            return false;
        }
    }
    const char *lang = cli_option(a, "--lang");
    if (lang && !given_by_hand(a, a->n_given - n_hand, "--lang") && !getenv("MISHEN_LANG"))
        a->options.lang = strcmp(lang, "en") == 0 ? MSH_LANG_EN : MSH_LANG_ZH;
    return true;
}

size_t cli_settings(const cli_args *a, const char *key, const char **out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; a->config && i < msh_config_count(a->config); i++) {
        const msh_setting *s = msh_config_get(a->config, i);
        if (strcmp(s->key, key) == 0 && n < most)
            out[n++] = s->value;
    }
    return n;
}

const char *cli_setting_or(const cli_args *a, const char *key, const char *dflt)
{
    const char *value = dflt;
    for (size_t i = 0; a->config && i < msh_config_count(a->config); i++)
        if (strcmp(msh_config_get(a->config, i)->key, key) == 0)
            value = msh_config_get(a->config, i)->value;
    return value;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void tell_line(const cli_args *a, const char *key, const char *value, const char *from)
{
    printf("  %s: ", key);
    cli_print_escaped(stdout, value, strlen(value));
    fputs(cli_tr(a, "（", " ("), stdout);
    cli_print_escaped(stdout, from, strlen(from));
    fputs(cli_tr(a, "）\n", ")\n"), stdout);
}

/* The command line's own values of an option; true when there are any. */
static bool tell_by_hand(const cli_args *a, const key_row *row)
{
    const char *name = row->option[0] == '!' ? row->option + 1 : row->option;
    bool any = false;
    for (size_t i = 0; name[0] && i < a->n_given; i++) {
        const cli_given *g = &a->given[i];
        if (g->from || strcmp(g->name, name) != 0)
            continue;
        const char *value = g->value[0] ? g->value : row->option[0] == '!' ? "no" : "yes";
        tell_line(a, row->key, value, cli_tr(a, "命令行", "command line"));
        any = true;
    }
    return any;
}

/* Values of the file for a row; a row of names ("limits.") has several keys. */
static bool tell_settings(const cli_args *a, const key_row *row)
{
    size_t len = strlen(row->key);
    bool names = row->key[len - 1] == '.', any = false;
    for (size_t i = 0; i < msh_config_count(a->config); i++) {
        const msh_setting *s = msh_config_get(a->config, i);
        if (names ? strncmp(s->key, row->key, len) != 0 : strcmp(s->key, row->key) != 0)
            continue;
        tell_line(a, s->key, names ? strchr(s->value, '=') + 1 : s->value, s->from);
        any = true;
    }
    return any;
}

void cli_tell_config(const cli_args *a)
{
    const char *added = msh_config_added(a->config);
    printf("\n%s", cli_tr(a, "配置文件：", "configuration: "));
    if (a->config_file)
        cli_print_escaped(stdout, a->config_file, strlen(a->config_file));
    else
        fputs(cli_tr(a, "没有（不需要）", "none (none is needed)"), stdout);
    putchar('\n');
    if (added[0])
        printf("%s%s\n",
               cli_tr(a, "今天另外加上的方案：", "added today because of the day: profile "),
               added);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const key_row *row = &rows[i];
        size_t len = strlen(row->key);
        bool names = row->key[len - 1] == '.';
        bool hand = tell_by_hand(a, row);
        if ((hand && !names) || tell_settings(a, row) || names)
            continue;
        tell_line(a, row->key, row->dflt[0] ? row->dflt : cli_tr(a, "未设", "not set"),
                  cli_tr(a, "默认", "default"));
    }
}
