/* regex_need.h: what a text must hold before it can match a pattern: one of some literals, or a run
 * of ASCII characters of one class. Found by reading the pattern; when in doubt, nothing. */
#ifndef MSH_RULE_REGEX_NEED_H
#define MSH_RULE_REGEX_NEED_H

#include <mishen/types.h>

enum { MSH_NEED_LITERALS = 64, MSH_NEED_BYTES = 48 };
#define MSH_UNBOUNDED SIZE_MAX

typedef struct msh_need_text {
    uint8_t len;
    uint8_t bytes[MSH_NEED_BYTES];
} msh_need_text;

typedef struct msh_regex_need {
    /* Every match holds one of these (lower-case), at most literal_before bytes after its start. */
    size_t n_literals;
    msh_need_text literals[MSH_NEED_LITERALS];
    size_t literal_before;
    /* Used when there are no literals: every match holds `run` characters in a row of the class,
     * beginning at most run_before bytes after its start. */
    size_t run;
    uint64_t class_bits[2]; /* of ASCII */
    size_t run_before;
    /* The pattern begins with an open repeat (\w+…), of which the least is counted above: inside
     * every match stands one that begins near enough. */
    bool loose_start;
    bool matches_empty; /* some match may be empty, as far as can be read */
} msh_regex_need;

/* pattern: UTF-8. Never fails: a pattern that is not understood needs nothing. */
void msh_regex_need_of(msh_view pattern, msh_regex_need *out);

#endif
