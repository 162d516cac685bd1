/* ruleset.h: what other parts of scan/ need of a loaded rule set (rules.c). */
#ifndef MSH_SCAN_RULESET_H
#define MSH_SCAN_RULESET_H

#include <mishen/rules.h>

#include "rule/pack.h"
#include "scan/rules_files.h"

/* The compiled rules; live as long as the set. */
/* With the files it came from, which the caller disposes of in any case. */
MSH_MUST_CHECK msh_err msh_rule_set_load_files(const msh_options *o, msh_pack_files *f,
                                               msh_rule_set **out, msh_error *why);
/* Without looking at signatures: for who makes one. */
MSH_MUST_CHECK msh_err msh_rule_set_load_unsigned(const msh_options *options, msh_rule_set **out,
                                                  msh_error *why);
/* How many rules are out of force; after msh_rule_set_use. */
size_t msh_rule_set_idle(const msh_rule_set *s);
const msh_limits *msh_rule_set_limits(const msh_rule_set *s);
/* Before the rules are used in a scan: rules out of force today are put aside, tiers become those
 * of the medium. */
void msh_rule_set_use(msh_rule_set *s, msh_medium medium);
/* 20261101, by the local clock. */
uint32_t msh_today(void);
const msh_rules *msh_rule_set_compiled(const msh_rule_set *s);

#endif
