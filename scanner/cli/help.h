/* help.h: what the tables of the command line become, besides --help. */
#ifndef MSH_CLI_HELP_H
#define MSH_CLI_HELP_H

#include "cli/cli.h"

/* The manual page, as roff. */
void cli_man(const cli_args *a, FILE *out);
/* The reference, as Markdown: commands, options, limits, formats, reasons, exit codes. */
void cli_reference(const cli_args *a, FILE *out);
/* Completions; false for a shell that is not known. */
bool cli_completion(const cli_args *a, const char *shell, FILE *out);

#endif
