/* rules_verbs.h: what `mishen rules` can do; one function a verb, each returns the exit code. */
#ifndef MSH_CLI_RULES_VERBS_H
#define MSH_CLI_RULES_VERBS_H

#include "cli/cli.h"

int cli_rules_explain(const cli_args *a, const msh_rule_set *s);
int cli_rules_test(const cli_args *a, const msh_rule_set *s);
int cli_rules_check(const cli_args *a, const msh_rule_set *s);

int cli_rules_sign(const cli_args *a);
int cli_rules_trust(const cli_args *a);
int cli_rules_import(const cli_args *a);

/* Shared: a view printed safely; the English text where it is asked for and there is one; flush and
 * give the code. */
void cli_rules_put(msh_view v);
msh_view cli_rules_in_lang(const cli_args *a, msh_view zh, msh_view en);
int cli_rules_ended(const cli_args *a, int code);

#endif
