/* cli.h: what commands share: parsed arguments, messages, exit codes. Includes only include/. */
#ifndef MSH_CLI_H
#define MSH_CLI_H

#include <mishen/mishen.h>

#include <stdio.h>

enum { CLI_MAX_REPEAT = 64, CLI_MAX_GIVEN = 1200 };

typedef struct cli_given {
    const char *name;  /* "--title" */
    const char *value; /* "" for a flag */
    const char *from;  /* "mishen.yaml:12" when it stands there; NULL = on the command line */
} cli_given;

/* A parsed command line. Options common to all commands are in `options` already. */
typedef struct cli_args {
    const char *command;
    msh_options options;
    char **words; /* arguments that are no options */
    int n_words;
    char **rest; /* what follows "--" */
    int n_rest;
    bool has_rest;
    cli_given given[CLI_MAX_GIVEN];
    size_t n_given;
    const char *rules[CLI_MAX_REPEAT], *add_rules[CLI_MAX_REPEAT];
    const char *raise[CLI_MAX_REPEAT], *exclude[CLI_MAX_REPEAT];
    msh_config *config; /* NULL where the command needs none */
    const char *config_file;
    bool color; /* for standard output */
    unsigned width;
} cli_args;

/* The last value of an option, NULL when it was not given ("" for a flag). */
const char *cli_option(const cli_args *a, const char *name);
/* The value, or a default. */
const char *cli_option_or(const cli_args *a, const char *name, const char *dflt);
bool cli_flag(const cli_args *a, const char *name);
/* Values of a key of mishen.yaml that no option stands for ("paths"), at most `most`; their number.
 */
size_t cli_settings(const cli_args *a, const char *key, const char **out, size_t most);
/* The last of them, or a default. */
const char *cli_setting_or(const cli_args *a, const char *key, const char *dflt);
/* Reads mishen.yaml into a->given, before what was given on the command line. False after a
 * complaint. */
bool cli_read_config(cli_args *a, bool (*is_option)(const char *command, const char *name));
/* mishen doctor: each key, the value in force, and where it came from. */
void cli_tell_config(const cli_args *a);
/* Chinese or English, by --lang. */
const char *cli_tr(const cli_args *a, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));

/* Print "mishen: …" to standard error; the caller adds what follows and the line end. */
void cli_complain(const cli_args *a, const char *zh, const char *en);
/* The same for a failed call: its text, and what the class means. Returns the exit code that fits:
 * 64 caller, 70 sandbox, 74 state and log, 3 evidence, 2 the rest. */
int cli_failed(const cli_args *a, msh_err err, const msh_error *why);
/* Complain about wrong use and point at help; returns 64. */
int cli_usage(const cli_args *a, const char *zh, const char *en);
/* Print any bytes so that a terminal is safe. */
void cli_print_escaped(FILE *out, const char *s, size_t n);
/* Flush standard output; false (and a complaint) when it could not be written. */
bool cli_flush(const cli_args *a);

/* Help for one command, NULL = all. */
void cli_help(const cli_args *a, const char *command, FILE *out);

#define CLI_COMMAND(name, args, zh, en) int cli_cmd_##name(cli_args *a);
#include "cli/commands.def"
#undef CLI_COMMAND

#endif
