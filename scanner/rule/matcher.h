/* matcher.h: the working memory of one matcher, shared by match.c (views of a text), see.c (one
 * view: literals and kinds) and settle.c (context, and what becomes of a candidate). */
#ifndef MSH_RULE_MATCHER_H
#define MSH_RULE_MATCHER_H

#include "rule/joined.h"
#include "rule/place.h"
#include "rule/rules.h"
#include "rule/tally.h"
#include "rule/written.h"
#include "text/escapes.h"
#include "text/fold.h"

/* The MSH_TEXT_* bits of extract/extract.h that matter here. */
enum { MSH_MATCH_MORE = 1, MSH_MATCH_CONTINUED = 2, MSH_MATCH_OVERLAP = 4096 };

/* Two windows share about MSH_MATCH_OVERLAP bytes. A hit in the first half of them is the first
 * window's, one in the second half the next one's, so that each is judged with at least
 * MSH_MATCH_COMPANY bytes to either side (near, except). Kinds with memory count what they see in
 * order and keep all. */
enum { MSH_MATCH_COMPANY = 2048, MSH_MATCH_SLACK = 64 };
/* In bytes of the text: hits that end before it were seen before. */
static inline uint64_t msh_match_seen(const msh_match_text *t, bool in_order)
{
    if (!(t->flags & MSH_MATCH_CONTINUED))
        return 0;
    bool whole = t->overlap + MSH_MATCH_SLACK >= MSH_MATCH_OVERLAP;
    return in_order || !whole ? t->overlap : t->overlap - MSH_MATCH_COMPANY + 1;
}
/* Hits that end at it or later, and start at msh_match_late_start or later, are seen again. */
static inline uint64_t msh_match_late(const msh_match_text *t, bool in_order)
{
    if (!(t->flags & MSH_MATCH_MORE) || t->bytes.len <= MSH_MATCH_OVERLAP)
        return UINT64_MAX;
    return in_order ? t->bytes.len : t->bytes.len - MSH_MATCH_COMPANY + 1;
}
static inline uint64_t msh_match_late_start(const msh_match_text *t)
{
    return t->bytes.len > MSH_MATCH_OVERLAP ? t->bytes.len - MSH_MATCH_OVERLAP + MSH_MATCH_SLACK
                                            : 0;
}

/* A hit of a rule in a view. */
typedef struct msh_rule_hit {
    uint32_t subscriber, start, end;
} msh_rule_hit;

/* A view as it is being looked at. */
typedef struct msh_seen {
    msh_kind_text view;
    bool behind_head; /* begins behind the head zone */
    unsigned number;  /* which view of this text: candidates of different ones may be the same */
} msh_seen;

/* A candidate that waits until all views were seen. */
typedef struct msh_pending {
    uint32_t rule;
    unsigned view;
    size_t start, end; /* bytes in the match text */
    msh_tier tier;
    msh_view normal, excerpt;
    uint64_t count;
} msh_pending;

struct msh_matcher {
    const msh_rules *rules;
    msh_arena scratch; /* of one text */
    msh_folded folded, refolded;
    msh_joined joined;
    msh_written written;
    msh_unescaped unescaped;
    bool has_written;
    msh_map_point known; /* a place of the folded view whose source is known */
    size_t reach;
    uint64_t head_source;    /* where the head zone of the text ends in its bytes */
    size_t overlap_end;      /* of the folded view: hits that end before were the last window's */
    size_t late, late_start; /* hits that start and end from here on are the next window's */
    msh_literal_found *found;
    size_t cap_found;
    msh_rule_hit *hits; /* of one view, grouped by rule */
    size_t cap_hits;
    uint32_t *rule_hits; /* how many of each rule; all zero between calls */
    uint32_t *touched;   /* rules with any */
    size_t n_touched;
    msh_pending *pending;
    size_t n_pending, cap_pending;
    uint8_t *item_memory;
    msh_tally tally;
    msh_placer placer;
    struct msh_trace *trace; /* tells what is seen and judged (trace.h); NULL = nobody asks */
    const msh_rule *only;    /* look for this rule alone; NULL = all */
    bool regex_limit;        /* a regex reached its limit in this text */
    bool naming;             /* the text is a name in a place: nothing is kept of it but … */
    msh_tier named;          /* … the gravest that was found */
};

/* From a view's offset to the byte of the match text; cheapest when asked in ascending order. */
size_t msh_seen_source(msh_matcher *m, const msh_seen *s, size_t at);
size_t msh_seen_source_end(msh_matcher *m, const msh_seen *s, size_t end);
/* Make m->written for this text, once. */
MSH_MUST_CHECK msh_err msh_need_written(msh_matcher *m, const msh_match_text *t);
/* see.c: literals and kinds over one view. */
MSH_MUST_CHECK msh_err msh_see(msh_matcher *m, const msh_seen *s);
/* settle.c: judge a candidate of rule r and keep it. */
MSH_MUST_CHECK msh_err msh_consider(msh_matcher *m, const msh_seen *s, uint32_t rule,
                                    const msh_candidate *c);
/* A hit that is a finding by itself. */
MSH_MUST_CHECK msh_err msh_consider_hit(msh_matcher *m, const msh_seen *s, const msh_rule_hit *h);
/* placenames.c: names in the places of the tally are masked where a rule would hit them. */
MSH_MUST_CHECK msh_err msh_mask_names(msh_matcher *m);
/* After the last view: of candidates at the same place the best, into the tally. */
MSH_MUST_CHECK msh_err msh_settle(msh_matcher *m);

#endif
