/* packtest.h: running single tests of rules, for msh_rules_test, mutate.c and check.c. */
#ifndef MSH_RULE_PACKTEST_H
#define MSH_RULE_PACKTEST_H

#include "rule/matcher.h"

typedef struct msh_packtest {
    const msh_rules *rules;
    msh_rules set; /* a copy whose rules may get the tier of a medium */
    msh_matcher *matcher;
} msh_packtest;

/* Errors: MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_packtest_open(msh_packtest *t, const msh_rules *r,
                                         const msh_limits *limits);
void msh_packtest_close(msh_packtest *t);
/* Test `number` of a rule, by that rule alone. *good: it came out as the pack says. */
MSH_MUST_CHECK msh_err msh_packtest_case(msh_packtest *t, uint32_t rule, size_t number,
                                         msh_rule_test *out, bool *good);

#endif
