/* match.h: rules to findings. A rule set is compiled once and is immutable; a matcher is one
 * worker's working memory.
 *
 *   msh_rules_load → msh_rules (shared, copy on write over fork)
 *   msh_matcher_new(rules)
 *     msh_matcher_begin(item) · msh_matcher_text(…) for each text · msh_matcher_end(item) →
 * findings
 *
 * This floor does not know extract/: worker/child.c fills msh_match_text from what extract hands
 * on. */
#ifndef MSH_RULE_MATCH_H
#define MSH_RULE_MATCH_H

#include <mishen/finding.h>
#include <mishen/options.h>

#include "base/buf.h"
#include "text/charset.h"
#include "text/map.h"

typedef struct msh_rules msh_rules;
typedef struct msh_matcher msh_matcher;

typedef struct msh_match_anchor {
    uint64_t at;
    uint32_t page, cell_row, cell_col;
} msh_match_anchor;

/* See msh_text of extract/extract.h: the same members, the same meaning. */
typedef struct msh_match_text {
    msh_view bytes;
    msh_charset charset;
    unsigned flags; /* the MSH_TEXT_* bits */
    uint32_t overlap;
    msh_place place;
    const msh_match_anchor *anchors;
    size_t n_anchors;
    const msh_map *map;
} msh_match_text;

/* A hit as the matcher reports it at the end of an item: one for each (rule, normalised match). */
typedef struct msh_hit {
    uint32_t rule; /* index in the rule set */
    msh_tier tier;
    msh_view normal;  /* normalised match: secret, never logged; for fp and tok */
    msh_view excerpt; /* masked */
    msh_place place;  /* the first; vpath etc. live until the next item */
    const msh_place *more;
    uint32_t n_more;
    uint64_t count;
    uint32_t length; /* bytes as written */
} msh_hit;

/* NULL when memory is short. */
msh_matcher *msh_matcher_new(const msh_rules *rules, const msh_limits *limits);
void msh_matcher_free(msh_matcher *m);

/* path: of the item; its name is matched, too (role name), by the caller as a text. */
void msh_matcher_begin(msh_matcher *m, msh_view path);
/* Errors: MSH_E_MEMORY, MSH_E_LIMIT_REGEX (the caller reports an outcome and goes on). */
MSH_MUST_CHECK msh_err msh_matcher_text(msh_matcher *m, const msh_match_text *t);
/* Reports hits, gravest first, at most limits->findings; *total says how many there were. */
MSH_MUST_CHECK msh_err msh_matcher_end(msh_matcher *m, msh_err (*hit)(void *ctx, const msh_hit *h),
                                       void *ctx, uint64_t *total);

#endif
