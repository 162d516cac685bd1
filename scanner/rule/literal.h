/* literal.h: many words at once over folded UTF-8 (matching.md section 2).
 *
 * Each word is anchored at its rarest place: two neighbouring characters of three bytes (6 bytes),
 * else three ASCII bytes sampled at every second byte, else one character. The anchor's hash is
 * looked up in a bitmap; behind it stand entries with 64-bit fingerprints. */
#ifndef MSH_RULE_LITERAL_H
#define MSH_RULE_LITERAL_H

#include <mishen/error.h>

typedef struct msh_literals msh_literals;

/* Words are non-empty, at most MSH_LITERAL_MAX bytes, and different from one another; the id of a
 * word is its index. Their bytes are copied. Errors: MSH_E_MEMORY. No words make a set that finds
 * nothing. */
enum { MSH_LITERAL_MAX = 4000 };
MSH_MUST_CHECK msh_err msh_literals_build(const msh_view *words, size_t n, msh_literals **out);
void msh_literals_free(msh_literals *l);
/* Bytes of memory in use. */
size_t msh_literals_memory(const msh_literals *l);
/* Length of the longest word. */
size_t msh_literals_longest(const msh_literals *l);
/* Greatest number of hits that one step can give: `cap` below must be more. */
size_t msh_literals_burst(const msh_literals *l);

typedef struct msh_literal_found {
    uint32_t id, start, end;
} msh_literal_found;

/* All occurrences, also overlapping ones, roughly by place. Goes on from *at (0 at first) until the
 * text is done (*at = text.len) or fewer than msh_literals_burst places are left in `out`; returns
 * how many were found. 16 readable bytes follow text; text.len < 2^32 - 64. */
size_t msh_literals_scan(const msh_literals *l, msh_view text, size_t *at, msh_literal_found *out,
                         size_t cap);

/* How common a character is in running text, in eighths of a bit: the greater, the more common.
 * From general knowledge of Chinese and English, not from any corpus of ours. */
unsigned msh_char_weight(uint32_t cp);

#endif
