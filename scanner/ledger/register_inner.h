/* register_inner.h: what register.c and register_judge.c share. */
#ifndef MSH_LEDGER_REGISTER_INNER_H
#define MSH_LEDGER_REGISTER_INNER_H

#include "ledger/path.h"
#include "ledger/register.h"

struct msh_register {
    msh_arena *arena;
    msh_arena scratch;
    const char *state;
    const msh_trust *trust; /* in force today: people, roles, quorum */
    msh_trust *recorded;    /* that of the latest policy record: ways of releases */
    bool any_policy;
    uint64_t policy_serial;
    char policy_sha256[65];
    msh_lang lang;
    msh_reg_release *first, *last;
    msh_table *releases;   /* id → release */
    msh_table *runs;       /* run made for a decision → body of its scan.begin */
    msh_table *items;      /* record number → item */
    msh_table *of_run;     /* run and item → item */
    msh_table *statements; /* hashes and size → newest statement */
    msh_reg_leave *waivers;
};

static inline const char *say(const msh_register *g, const char *zh, const char *en)
{
    return g->lang == MSH_LANG_EN ? en : zh;
}

/* The policy whose ways count for what is submitted now: the latest that was recorded; before the
 * first one there were no ways but those of categories.def. One too long for its record has only
 * its file. */
static inline const msh_trust *policy_of_day(const msh_register *g)
{
    return g->any_policy && !g->recorded ? g->trust : g->recorded;
}

#endif
