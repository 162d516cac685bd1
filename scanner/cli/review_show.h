/* review_show.h: releases as the terminal and programs see them. */
#ifndef MSH_CLI_REVIEW_SHOW_H
#define MSH_CLI_REVIEW_SHOW_H

#include "cli/cli.h"

/* What an act did, and what comes next. */
void cli_review_done(const cli_args *a, const msh_review_done *done);
int cli_review_list(cli_args *a);
int cli_review_show(cli_args *a, const char *id);

#endif
