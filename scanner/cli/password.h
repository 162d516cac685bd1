/* password.h: --password-file: a file whose first line is the password, or - to be asked for it. */
#ifndef MSH_CLI_PASSWORD_H
#define MSH_CLI_PASSWORD_H

#include "cli/cli.h"

enum { CLI_PASSWORD_MAX = 512 };

/* *out: the password in room, or NULL when the option was not given. twice: ask again when asking.
 * Returns 0, or an exit code after a complaint. */
int cli_password(const cli_args *a, bool twice, char room[CLI_PASSWORD_MAX], const char **out);
void cli_password_wipe(char room[CLI_PASSWORD_MAX]);

#endif
