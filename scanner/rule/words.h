/* words.h: what kind_words.c and kind_list.c share: a set of words, each of which is a finding. */
#ifndef MSH_RULE_WORDS_H
#define MSH_RULE_WORDS_H

#include "rule/kind.h"

typedef struct msh_words {
    msh_view *as_written; /* only for the written view: the word with the number of the tag */
    size_t n, cap;
    bool written;
} msh_words;

/* NULL when memory is short. */
msh_words *msh_words_new(const msh_kind_compile *c);
/* One more word, not folded yet. *usable: false when it folds to nothing or is too long. Errors:
 * MSH_E_MEMORY, MSH_E_RULES (too many words). */
MSH_MUST_CHECK msh_err msh_words_add(const msh_kind_compile *c, msh_words *w, msh_view word,
                                     bool *usable);
/* scan of both kinds on the written view: a hit counts when it is the word, case and all. */
msh_err msh_words_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                       size_t n_hits, const msh_kind_out *out);

#endif
