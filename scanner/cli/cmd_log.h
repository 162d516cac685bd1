/* cmd_log.h: the parts of `mishen log`. */
#ifndef MSH_CLI_CMD_LOG_H
#define MSH_CLI_CMD_LOG_H

#include "cli/cli.h"

/* What a verification found, for people. fast: --fast was given. */
void cli_log_verdict(const cli_args *a, const msh_log_verdict *v, bool fast);
/* checkpoint, witness, timestamp, anchor, export, heartbeat, init: false when `what` is none of
 * them; arg is the word behind it or NULL. */
bool cli_log_other(cli_args *a, const char *what, const char *arg, int *code);

#endif
