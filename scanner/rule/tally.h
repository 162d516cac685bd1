/* tally.h: what was found in one item: one entry for each (rule, normalised match), with the first
 * place of the gravest tier, up to 20 more, and a count. Bounded: past `cap` entries new ones are
 * only counted, but for the first of a graver tier than any kept, so that the verdict never depends
 * on the cap. */
#ifndef MSH_RULE_TALLY_H
#define MSH_RULE_TALLY_H

#include "base/table.h"
#include "rule/rules.h"

enum { MSH_MORE_PLACES = 20 };

typedef struct msh_entry {
    uint32_t rule;
    msh_tier tier;
    msh_view normal, excerpt;
    msh_place place;
    msh_place *more;
    uint32_t n_more, cap_more;
    uint64_t count;
    uint64_t last_offset; /* of the last occurrence counted, to see it once in two windows */
    uint32_t length;
    bool placed;
    bool graver; /* the occurrence just noted is graver than those before */
} msh_entry;

typedef struct msh_tally {
    const msh_rules *rules;
    msh_arena arena; /* of the item */
    msh_table *known;
    msh_entry **entries;
    size_t n, cap, limit;
    uint32_t *slots;      /* of subscribers: entry + 1, for kinds whose hits are findings */
    uint32_t *used_slots; /* to be cleared */
    size_t n_used_slots;
    uint64_t *totals;    /* occurrences of each rule */
    uint64_t *different; /* entries of each rule, kept or not */
    uint64_t dropped;    /* entries not kept */
    msh_tier gravest;
} msh_tally;

/* false when memory is short. */
bool msh_tally_init(msh_tally *t, const msh_rules *rules, size_t limit);
void msh_tally_dispose(msh_tally *t);
void msh_tally_begin(msh_tally *t);

typedef struct msh_occurrence {
    uint32_t rule;
    msh_tier tier;
    msh_view normal; /* at most 512 bytes are kept as they are */
    uint64_t count;
    uint32_t subscriber; /* or UINT32_MAX */
} msh_occurrence;

/* *entry: to be given a place by the caller (msh_tally_place) when *wants_place; NULL when the
 * entry is not kept. *fresh: it is new, an excerpt is wanted. Errors: MSH_E_MEMORY. */
typedef struct msh_noted {
    msh_entry *entry;
    bool fresh, wants_place;
} msh_noted;
MSH_MUST_CHECK msh_err msh_tally_note(msh_tally *t, const msh_occurrence *o, msh_noted *out);
MSH_MUST_CHECK msh_err msh_tally_place(msh_tally *t, msh_entry *e, const msh_place *p);
/* The gravest first, then in order of finding; at most limit; rules under their count left out. */
MSH_MUST_CHECK msh_err msh_tally_end(msh_tally *t, msh_err (*hit)(void *ctx, const msh_hit *h),
                                     void *ctx, uint64_t *total);

#endif
