/* cli.h: what commands share: parsed arguments, messages, exit codes. Includes only include/. */
#ifndef MSH_CLI_H
#define MSH_CLI_H

#include <mishen/mishen.h>

#include <stdio.h>

enum { CLI_MAX_REPEAT = 64, CLI_MAX_GIVEN = 128 };

typedef struct cli_given {
    const char *name;  /* "--title" */
    const char *value; /* "" for a flag */
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
    bool color; /* for standard output */
    unsigned width;
} cli_args;

/* The last value of an option, NULL when it was not given ("" for a flag). */
const char *cli_option(const cli_args *a, const char *name);
/* The value, or a default. */
const char *cli_option_or(const cli_args *a, const char *name, const char *dflt);
bool cli_flag(const cli_args *a, const char *name);
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
