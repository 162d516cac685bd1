/* trace.h: why the lines of a text are findings or are not, in words: `mishen scan --explain`.
 *
 * Made where matching happens, in the worker. The words hold the text: they go to the screen of who
 * asked, and nowhere else. */
#ifndef MSH_RULE_TRACE_H
#define MSH_RULE_TRACE_H

#include "rule/judge.h"
#include "rule/matcher.h"

typedef struct msh_trace msh_trace;

/* NULL when memory is short. The matcher is not used for anything else. */
msh_trace *msh_trace_new(const msh_rules *rules, const msh_limits *limits, msh_lang lang);
void msh_trace_free(msh_trace *t);
/* The account of one text, UTF-8, alive until the next call. Errors: those of msh_matcher_text but
 * MSH_E_LIMIT_REGEX, which is said in the account. */
MSH_MUST_CHECK msh_err msh_trace_text(msh_trace *t, const msh_match_text *text, msh_view *out);

/* Called by see.c and settle.c of a matcher that is traced: words of a rule that stand in a view;
 * a candidate of a rule and what became of it. */
void msh_trace_hits(msh_trace *t, const msh_seen *s, uint32_t rule, const msh_rule_hit *h,
                    size_t n);
void msh_trace_candidate(msh_trace *t, const msh_seen *s, uint32_t rule, const msh_candidate *c,
                         msh_judged judged, msh_tier tier);

#endif
