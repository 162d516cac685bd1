/* help_shell.c: completions for bash, zsh and fish, from the same tables as --help. */
#include "cli/help.h"
#include "cli/tables.h"

#include <string.h>

enum { WORDS = 512 };

/* --- bash: names of options, choices, verbs; file names are the shell's own --------------------
 */

static void bash_option_names(FILE *out, const char *command)
{
    for (size_t i = 0; i < cli_n_options; i++)
        if (cli_option_is_of(&cli_options[i], NULL) || cli_option_is_of(&cli_options[i], command))
            fprintf(out, "%s ", cli_options[i].name);
}

/* What follows an option: one arm of a case over "command option". */
static void bash_values(FILE *out, const cli_option_text *o)
{
    char words[WORDS];
    bool choices = cli_choices(o->argument, words, sizeof words);
    if (!o->argument[0])
        return;
    fputs("        ", out);
    if (cli_option_is_of(o, NULL)) {
        fprintf(out, "*' %s'", o->name);
    } else {
        const char *bar = "";
        for (const char *p = o->commands; *p; bar = "|") {
            size_t len = strcspn(p, " ");
            fprintf(out, "%s'%.*s %s'", bar, (int)len, p, o->name);
            p += len + (p[len] == ' ');
        }
    }
    if (choices)
        fprintf(out, ") COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n", words);
    else if (cli_names_file(o->argument))
        fprintf(out,
                ") compopt -o filenames; mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\") ;;\n",
                cli_names_file(o->argument));
    else
        fputs(") compopt +o default +o bashdefault ;;\n", out);
}

static void bash(FILE *out)
{
    char words[WORDS];
    fputs("# bash completion for mishen, made by: mishen help --completion bash\n_mishen() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' "
          "at=0 i\n"
          "    [ \"$cur\" = = ] && cur=''\n"
          "    [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    COMPREPLY=()\n    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n        ",
          out);
    for (size_t i = 0; i < cli_n_commands; i++)
        fprintf(out, "%s%s", i ? "|" : "", cli_commands[i].name);
    fputs(") command=${COMP_WORDS[i]}; at=$i; break ;;\n        esac\n    done\n"
          "    case \"$command $prev\" in\n",
          out);
    for (size_t i = 0; i < cli_n_options; i++)
        bash_values(out, &cli_options[i]);
    fputs("        *) case \"$command $cur\" in\n", out);
    for (size_t i = 0; i < cli_n_commands; i++) {
        fprintf(out, "            '%s '-*) COMPREPLY=($(compgen -W '", cli_commands[i].name);
        bash_option_names(out, cli_commands[i].name);
        fputs("' -- \"$cur\")) ;;\n", out);
    }
    fputs("            ' '-*) COMPREPLY=($(compgen -W '", out);
    bash_option_names(out, "");
    fputs("' -- \"$cur\")) ;;\n            ' '*) COMPREPLY=($(compgen -W '", out);
    for (size_t i = 0; i < cli_n_commands; i++)
        fprintf(out, "%s ", cli_commands[i].name);
    fputs("' -- \"$cur\")) ;;\n", out);
    for (size_t i = 0; i < cli_n_commands; i++)
        if (cli_verbs(cli_commands[i].args, words, sizeof words))
            fprintf(
                out,
                "            '%s '*) [ $((at + 1)) = \"$COMP_CWORD\" ] && COMPREPLY=($(compgen -W "
                "'%s' -- \"$cur\")) ;;\n",
                cli_commands[i].name, words);
    fputs("        esac ;;\n    esac\n}\ncomplete -o bashdefault -o default -F _mishen mishen\n",
          out);
}

/* --- zsh ----------------------------------------------------------------------------------------
 */

/* Inside single quotes; brackets and colons part the pieces of a specification. */
static void zsh_text(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'')
            fputs("'\\'", out);
        else if (strchr("[]:\\", *s))
            fputc('\\', out);
        fputc(*s, out);
    }
}

static void zsh_options(const cli_args *a, FILE *out, const char *command)
{
    char words[WORDS];
    for (size_t i = 0; i < cli_n_options; i++) {
        const cli_option_text *o = &cli_options[i];
        if (!cli_option_is_of(o, command))
            continue;
        fprintf(out, "        '*%s%s[", o->name, o->argument[0] ? "=" : "");
        zsh_text(out, cli_tr(a, o->zh, o->en));
        fputc(']', out);
        if (o->argument[0]) {
            fputc(':', out);
            zsh_text(out, o->argument);
            fputc(':', out);
        }
        if (cli_choices(o->argument, words, sizeof words))
            fprintf(out, "(%s)", words);
        else if (cli_names_file(o->argument))
            fputs(cli_names_file(o->argument) == 'd' ? "_files -/" : "_files", out);
        fputs("'\n", out);
    }
}

static void zsh(const cli_args *a, FILE *out)
{
    char words[WORDS];
    fputs("#compdef mishen\n# made by: mishen help --completion zsh\n_mishen() {\n"
          "    local curcontext=$curcontext state line\n    local -a commands common own\n"
          "    typeset -A opt_args\n    commands=(\n",
          out);
    for (size_t i = 0; i < cli_n_commands; i++) {
        fprintf(out, "        '%s:", cli_commands[i].name);
        zsh_text(out, cli_tr(a, cli_commands[i].zh, cli_commands[i].en));
        fputs("'\n", out);
    }
    fputs("    )\n    common=(\n", out);
    zsh_options(a, out, NULL);
    fputs("    )\n    _arguments -C $common '1:command:->command' '*::argument:->rest'\n"
          "    case $state in\n    command) _describe command commands ;;\n    rest)\n"
          "        case $words[1] in\n",
          out);
    for (size_t i = 0; i < cli_n_commands; i++) {
        fprintf(out, "        %s) own=(\n", cli_commands[i].name);
        zsh_options(a, out, cli_commands[i].name);
        if (cli_verbs(cli_commands[i].args, words, sizeof words))
            fprintf(out, "        '1:verb:(%s)'\n", words);
        fputs("        ) ;;\n", out);
    }
    fputs("        esac\n        _arguments $common $own '*:file:_files' ;;\n    esac\n}\n"
          "_mishen \"$@\"\n",
          out);
}

/* --- fish ---------------------------------------------------------------------------------------
 */

static void fish_text(FILE *out, const char *s)
{
    fputs(" -d '", out);
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            fputc('\\', out);
        fputc(*s, out);
    }
    fputs("'\n", out);
}

static void fish_option(const cli_args *a, FILE *out, const cli_option_text *o)
{
    char words[WORDS];
    fputs("complete -c mishen", out);
    if (!cli_option_is_of(o, NULL))
        fprintf(out, " -n '__fish_seen_subcommand_from %s'", o->commands);
    fprintf(out, " -l %s", o->name + 2);
    if (cli_choices(o->argument, words, sizeof words))
        fprintf(out, " -xa '%s'", words);
    else if (cli_names_file(o->argument))
        fputs(cli_names_file(o->argument) == 'd' ? " -xa '(__fish_complete_directories)'" : " -rF",
              out);
    else if (o->argument[0])
        fputs(" -x", out);
    fish_text(out, cli_tr(a, o->zh, o->en));
}

static void fish(const cli_args *a, FILE *out)
{
    char words[WORDS];
    fputs("# fish completion for mishen, made by: mishen help --completion fish\n", out);
    for (size_t i = 0; i < cli_n_commands; i++) {
        const cli_command_text *c = &cli_commands[i];
        fprintf(out, "complete -c mishen -n __fish_use_subcommand -fa %s", c->name);
        fish_text(out, cli_tr(a, c->zh, c->en));
        if (cli_verbs(c->args, words, sizeof words))
            fprintf(out,
                    "complete -c mishen -n '__fish_seen_subcommand_from %s; and not "
                    "__fish_seen_subcommand_from %s' -fa '%s'\n",
                    c->name, words, words);
    }
    for (size_t i = 0; i < cli_n_options; i++)
        fish_option(a, out, &cli_options[i]);
}

bool cli_completion(const cli_args *a, const char *shell, FILE *out)
{
    if (strcmp(shell, "bash") == 0)
        bash(out);
    else if (strcmp(shell, "zsh") == 0)
        zsh(a, out);
    else if (strcmp(shell, "fish") == 0)
        fish(a, out);
    else
        return false;
    return true;
}
