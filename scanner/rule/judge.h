/* judge.h: whether what a kind found stands, by where it is and what is around it: `where`, `near`
 * and `except` of a rule. */
#ifndef MSH_RULE_JUDGE_H
#define MSH_RULE_JUDGE_H

#include "rule/rules.h"

typedef enum msh_judgement {
    MSH_JUDGED_STANDS,
    MSH_JUDGED_NOT_ALONE, /* where: line */
    MSH_JUDGED_POSITION,  /* where: another place */
    MSH_JUDGED_FAR,       /* near: none of the words */
    MSH_JUDGED_QUOTED,    /* except: quoted */
    MSH_JUDGED_AFTER,     /* except: a word of `before` stands before it */
    MSH_JUDGED_BEFORE,    /* except: a word of `after` stands after it */
    MSH_JUDGED_WITHIN     /* except: part of one of `words` */
} msh_judgement;

typedef struct msh_judged {
    msh_judgement what;
    bool stands; /* also when excepted, where the exception has a tier of its own */
} msh_judged;

/* *tier: what it would be, lowered to that of an exception. Offsets of c are in t->text. */
msh_judged msh_judge(const msh_rule *r, const msh_kind_text *t, const msh_candidate *c,
                     msh_tier *tier);

#endif
