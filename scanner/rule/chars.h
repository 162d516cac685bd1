/* chars.h: stepping through folded UTF-8, for kinds.
 *
 * The views of msh_kind_text are valid UTF-8; every function here is bounded by the view all the
 * same and takes a broken byte as one character U+FFFD. Offsets are bytes. */
#ifndef MSH_RULE_CHARS_H
#define MSH_RULE_CHARS_H

#include "base/view.h"

/* The character at `at` and its length in bytes; 0 and 0 at the end of the text. */
uint32_t msh_chars_at(msh_view t, size_t at, size_t *len);
/* The character that ends at `at`; *start is where it begins. 0 and `at` at the beginning. */
uint32_t msh_chars_before(msh_view t, size_t at, size_t *start);
/* Han, kana, Hangul, Bopomofo: letters that make a word with their neighbours. */
bool msh_chars_is_cjk(uint32_t cp);
/* ' ', tab, ideographic and no-break blanks; not '\n'. */
bool msh_chars_is_blank(uint32_t cp);
static inline bool msh_chars_is_digit(uint32_t cp)
{
    return cp - '0' < 10;
}
static inline bool msh_chars_is_alnum(uint32_t cp)
{
    return cp - '0' < 10 || (cp | 32) - 'a' < 26;
}
/* Stars, also those that stand for hidden digits: ★ * ● × x-like signs are not among them. */
bool msh_chars_is_star(uint32_t cp);
/* What stands for a hidden digit in a masked value: * ★ ● █ ■ □ ○ × x X ＃. */
bool msh_chars_is_mask(uint32_t cp);
/* Value of a Chinese numeral 〇零一…九 两 壹…玖; -1 for others. */
int msh_chars_numeral(uint32_t cp);
/* The text has `word` at `at`. */
static inline bool msh_chars_has(msh_view t, size_t at, msh_view word)
{
    return at <= t.len && msh_view_starts(msh_view_cut(t, at, word.len), word);
}
/* `word` ends at `at`. */
static inline bool msh_chars_ends(msh_view t, size_t at, msh_view word)
{
    return at >= word.len && at <= t.len && msh_chars_has(t, at - word.len, word);
}
/* Blanks (not line ends) skipped forward and back. */
size_t msh_chars_skip_blanks(msh_view t, size_t at);
size_t msh_chars_skip_blanks_back(msh_view t, size_t at, size_t floor);
/* Characters of a text. */
size_t msh_chars_count(msh_view t);
/* One of the words stands in t[from, to). */
bool msh_chars_any(msh_view t, size_t from, size_t to, const char *const *words);

#endif
