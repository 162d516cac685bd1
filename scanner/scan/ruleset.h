/* ruleset.h: what other parts of scan/ need of a loaded rule set (rules.c). */
#ifndef MSH_SCAN_RULESET_H
#define MSH_SCAN_RULESET_H

#include <mishen/rules.h>

#include "rule/pack.h"

/* The compiled rules; live as long as the set. */
const msh_rules *msh_rule_set_compiled(const msh_rule_set *s);

#endif
