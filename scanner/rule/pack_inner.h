/* pack_inner.h: what pack.c (packs and rules), pack_parts.c (parts of a rule) and mutate.c share.
 */
#ifndef MSH_RULE_PACK_INNER_H
#define MSH_RULE_PACK_INNER_H

#include "base/table.h"
#include "rule/rules.h"

typedef struct msh_loader {
    msh_rules *r;
    msh_compiler *compiler;
    msh_table *ids; /* of rules and "pack:" + id of packs → "file:line" where it was claimed */
    msh_arena tree; /* nodes of one pack */
    const msh_kind_compile *c;
    msh_compile_pack pack;
    msh_error *why;
} msh_loader;

msh_err msh_loader_refuse(msh_loader *l, const msh_node *at, const char *zh, const char *en);
msh_err msh_loader_no_memory(msh_loader *l);
/* A scalar that lives as long as the rule set; "" when it is absent and not required. */
MSH_MUST_CHECK msh_err msh_loader_text(msh_loader *l, msh_node *map, const char *key, bool required,
                                       msh_view *out);
/* 阻断 / BLOCK … ; an absent one leaves *out alone. */
MSH_MUST_CHECK msh_err msh_loader_tier(msh_loader *l, msh_node *map, const char *key,
                                       msh_tier *out);
/* A map that may be absent. */
MSH_MUST_CHECK msh_err msh_loader_submap(msh_loader *l, msh_node *rule, const char *key,
                                         msh_node **out);
/* where, near, except, count, valid, tiers, laws, tests of a rule. */
MSH_MUST_CHECK msh_err msh_loader_parts(msh_loader *l, msh_node *rule, msh_rule *r);
/* "2026-11-01" → 20261101; 0 when it is no date. */
uint32_t msh_date_of(msh_view v);

/* A rule set begun and ended by hand: mutate.c compiles one rule at a time from a tree. */
MSH_MUST_CHECK msh_err msh_loader_begin(msh_loader *l, const msh_limits *limits, size_t n_packs);
/* One pack from its tree; only: the one rule to take, NULL = all. */
MSH_MUST_CHECK msh_err msh_loader_pack(msh_loader *l, msh_node *root, msh_node *only);
/* *out: the set, or NULL after an error. Ends the loader in any case. */
MSH_MUST_CHECK msh_err msh_loader_end(msh_loader *l, msh_err err, msh_rules **out);

#endif
