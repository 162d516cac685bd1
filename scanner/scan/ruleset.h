/* ruleset.h: what other parts of scan/ need of a loaded rule set (rules.c). */
#ifndef MSH_SCAN_RULESET_H
#define MSH_SCAN_RULESET_H

#include <mishen/rules.h>

#include "rule/pack.h"

/* The compiled rules; live as long as the set. */
const msh_limits *msh_rule_set_limits(const msh_rule_set *s);
/* Before the rules are used in a scan: rules out of force today are put aside, tiers become those
 * of the medium. */
void msh_rule_set_use(msh_rule_set *s, msh_medium medium);
/* 20261101, by the local clock. */
uint32_t msh_today(void);
const msh_rules *msh_rule_set_compiled(const msh_rule_set *s);

#endif
