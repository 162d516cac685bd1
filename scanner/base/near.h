/* near.h: which known word a mistyped one was meant to be. */
#ifndef MSH_BASE_NEAR_H
#define MSH_BASE_NEAR_H

#include <mishen/types.h>

enum { MSH_NEAR_LONGEST = 24 };

/* The first of n words with the fewest letters to add, drop, change or swap (at most two); NULL
 * when none is that near or the word is longer than MSH_NEAR_LONGEST. get: the i-th of them. */
const char *msh_near_word(msh_view word, const char *(*get)(const void *ctx, size_t i),
                          const void *ctx, size_t n);

#endif
