/* gather.h: what a report must know of a whole run before its first line: rules that were hit,
 * categories, folders, reasons, and what to do next. Bounded, whatever the size of the run. */
#ifndef MSH_REPORT_GATHER_H
#define MSH_REPORT_GATHER_H

#include <mishen/report.h>

#include "base/arena.h"
#include "base/table.h"
#include "report/say.h"

enum { MSH_GATHER_REASONS = 64, MSH_GATHER_FOLDERS = 20000 };

/* What is said of a rule, once. Views live in the gather's arena. */
typedef struct msh_rule_note {
    msh_view id, name, name_en, category, explain, explain_en, advice, advice_en, basis, basis_en;
    msh_view pack, pack_version;
    size_t index;   /* order of appearance, from 0 */
    msh_tier worst; /* of its findings */
    uint64_t findings;
} msh_rule_note;

typedef struct msh_reason_count {
    char reason[48];
    msh_outcome outcome;
    uint64_t n;
} msh_reason_count;

/* A label with four numbers: by tier for categories, by verdict for folders. */
typedef struct msh_counted {
    msh_view label;
    uint64_t n[4];
} msh_counted;

typedef struct msh_gather {
    msh_arena arena;
    msh_table *rules, *categories, *folders;
    msh_reason_count reasons[MSH_GATHER_REASONS];
    size_t n_reasons;
    uint64_t tiers[4]; /* findings by tier */
    uint64_t lost[4];  /* by verdict: items of folders past the ceiling */
    bool secret;       /* a state-secret mark was found */
    bool block;        /* something else that blocks was found */
} msh_gather;

MSH_MUST_CHECK msh_err msh_gather_init(msh_gather *g);
void msh_gather_dispose(msh_gather *g);
MSH_MUST_CHECK msh_err msh_gather_item(msh_gather *g, const msh_item *item,
                                       const msh_finding *findings, size_t n_findings,
                                       const msh_outcome_note *outcomes, size_t n_outcomes);
/* The note of a rule, NULL when there is none. */
msh_rule_note *msh_gather_rule(const msh_gather *g, msh_view id);
/* Rules, the gravest first; *out lives in the arena. */
MSH_MUST_CHECK msh_err msh_gather_rules(msh_gather *g, const msh_rule_note ***out, size_t *n);
/* Categories by findings, the gravest first; INFO alone counts, too. */
MSH_MUST_CHECK msh_err msh_gather_categories(msh_gather *g, msh_counted **out, size_t *n);
/* Items by the first folder in which they part; none when all stand in one folder. The gravest
 * first, at most `most`, the last then standing for the rest (empty label). */
MSH_MUST_CHECK msh_err msh_gather_departments(msh_gather *g, size_t most, msh_counted **out,
                                              size_t *n);
/* Which of the sentences NEXT_… are to be said, in the order of the table. */
void msh_gather_next(const msh_gather *g, const msh_run_summary *s, bool said[MSG_COUNT]);

/* A rule's words in the reader's language; Chinese where there is no English. */
msh_view msh_note_name(const msh_rule_note *n, msh_lang lang);
msh_view msh_note_explain(const msh_rule_note *n, msh_lang lang);
msh_view msh_note_advice(const msh_rule_note *n, msh_lang lang);
msh_view msh_note_basis(const msh_rule_note *n, msh_lang lang);

#endif
