/* tables.h: commands.def, options.def, limits.def and reasons.def as arrays, for help, manual page,
 * reference and completions. */
#ifndef MSH_CLI_TABLES_H
#define MSH_CLI_TABLES_H

#include <mishen/mishen.h>

typedef struct cli_command_text {
    const char *name, *args, *zh, *en;
} cli_command_text;

typedef struct cli_option_text {
    const char *commands; /* "*" or names parted by blanks */
    const char *name, *argument, *zh, *en;
} cli_option_text;

typedef struct cli_limit_text {
    const char *name, *unit, *zh, *en;
    uint64_t dflt, greatest;
} cli_limit_text;

typedef struct cli_exit_text {
    const char *codes, *zh, *en;
} cli_exit_text;

typedef struct cli_reason_text {
    const char *name;
    msh_outcome outcome;
    const char *zh, *en;
} cli_reason_text;

typedef struct cli_policy_text {
    const char *name, *values, *dflt, *zh, *en;
} cli_policy_text;

typedef struct cli_config_text {
    const char *key, *value, *option, *dflt, *zh, *en;
} cli_config_text;

extern const cli_policy_text cli_policies[];
extern const size_t cli_n_policies;
extern const cli_config_text cli_config[];
extern const size_t cli_n_config;
/* "limits." stands for a map of names: "limits.NAME". */
enum { CLI_CONFIG_HEAD = 96 };
void cli_config_head(const cli_config_text *k, char head[CLI_CONFIG_HEAD]);

extern const cli_command_text cli_commands[];
extern const size_t cli_n_commands;
extern const cli_option_text cli_options[];
extern const size_t cli_n_options;
extern const cli_limit_text cli_limits[];
extern const size_t cli_n_limits;
extern const cli_exit_text cli_exits[];
extern const size_t cli_n_exits;
extern const cli_reason_text cli_reasons[];
extern const size_t cli_n_reasons;

/* Whether an option is one of this command, those of all commands apart; NULL: one of all; "":
 * none. */
bool cli_option_is_of(const cli_option_text *o, const char *command);
/* The words that an argument may be ("auto|always|never"), parted by blanks, in out; false when it
 * is something to be filled in (FILE, N, TEXT …). */
bool cli_choices(const char *argument, char *out, size_t cap);
/* Verbs of a command ("verify|show|prove N" → "verify show prove"); false when it has none. */
bool cli_verbs(const char *args, char *out, size_t cap);
/* Whether an argument names a file ('f'), a folder ('d') or nothing of the kind (0). */
char cli_names_file(const char *argument);

#endif
