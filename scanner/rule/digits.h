/* digits.h: numbers in a folded text, found once for all kinds that read digits.
 *
 * A run is a longest sequence of ASCII digits in which groups may be parted by one blank, hyphen,
 * dot, low line or slash ("6222 0212 3456 7890 128"), with at least MSH_DIGITS_LEAST digits.
 * Whether a number of the right length lies in it, and how it is grouped, is for the kind to say.
 */
#ifndef MSH_RULE_DIGITS_H
#define MSH_RULE_DIGITS_H

#include "rule/kind.h"

enum { MSH_DIGITS_LEAST = 11 };

typedef struct msh_digit_run {
    size_t start, end; /* bytes in the view */
    size_t digits;     /* without what parts them */
    bool glued_left;   /* a letter, or a decimal point after a digit, stands right before */
    bool glued_right;  /* a letter stands right after */
} msh_digit_run;

typedef struct msh_digits {
    bool filled;
    const msh_digit_run *runs;
    size_t n;
} msh_digits;

/* All runs of the view, ascending, in scratch; kept in t->digits where the matcher offers it.
 * Errors: MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_digits_of(const msh_kind_text *t, msh_arena *scratch, msh_digits *out);

/* One way of taking whole groups of a run. */
typedef struct msh_digit_pick {
    size_t start, end; /* bytes in the view */
    size_t groups;
    bool at_left, at_right; /* it begins / ends where the run does */
    char digits[24];        /* NUL at the end */
} msh_digit_pick;

/* The next pick of exactly `want` (≤ 22) digits made of whole groups, beginning at or after *at (in
 * the view, inside the run); moves *at behind the group it began with. false when there is none. */
bool msh_digits_pick(msh_view text, const msh_digit_run *run, size_t want, size_t *at,
                     msh_digit_pick *out);
/* Its groups are parted by nothing but these signs; '-' stands for all hyphens. */
bool msh_digits_parted_by(msh_view text, const msh_digit_pick *pick, const char *signs);
/* Lengths of the groups of a pick, at most `cap`; returns their number. */
size_t msh_digits_groups(msh_view text, const msh_digit_pick *pick, size_t *lengths, size_t cap);

/* --- what several kinds ask ---------------------------------------------------------------------
 */

/* What stands around a number on its line. */
typedef struct msh_digit_spot {
    size_t line_start, line_end;
    bool alone;  /* nothing else on the line, or in its cell (tab, |, comma, two blanks) */
    bool in_row; /* on a line of several cells */
} msh_digit_spot;
msh_digit_spot msh_digits_spot(msh_view text, size_t start, size_t end);

/* Distinct values of an item, by a 64-bit hash; remembers up to MSH_SEEN_MOST. */
enum { MSH_SEEN_MOST = 32 };
typedef struct msh_distinct {
    uint64_t hash[MSH_SEEN_MOST];
    uint32_t n;
} msh_distinct;
/* How many distinct values there are with this one (it counts once). */
uint32_t msh_distinct_add(msh_distinct *s, msh_view value);

/* A date of the Gregorian calendar between 1900 and 2035. */
bool msh_digits_is_date(unsigned year, unsigned month, unsigned day);

/* What is right about 18 characters 0–9 (the last also 'X') taken as an identity number: GB 11643,
 * ISO 7064 MOD 11-2. */
enum { MSH_ID_PROVINCE = 1, MSH_ID_DATE = 2, MSH_ID_CHECK = 4, MSH_ID_ALL = 7 };
unsigned msh_digits_id18(const char *digits);
/* 15 digits of the first generation: province and date, in 19yy. */
bool msh_digits_id15(const char *digits);
/* Luhn (ISO/IEC 7812-1) over n digits. */
bool msh_digits_luhn(const char *digits, size_t n);
/* An assigned mobile number: 11 digits. */
bool msh_digits_mobile(const char *digits);

#endif
