/* fold.h: text as matchers see it.
 *
 * Folding, a character at a time: A–Z to a–z, letters without their accents, Greek and Cyrillic
 * look-alikes to Latin, full-width to ASCII, traditional and variant to simplified characters
 * (variants.txt), compatibility and Kangxi forms, look-alike stars to ★, digits of every script
 * (full-width, enclosed, mathematical) to 0–9; ignorables dropped: zero-width characters, soft
 * hyphen, variation selectors, bidi marks and embeddings, BOM, combining marks, NUL, what could not
 * be decoded, terminal colour sequences, and characters struck over by a backspace. Blanks and
 * control characters of every kind become one ' ' each (never dropped here: the joined view drops
 * them), '\t' stays; line ends (CR LF, CR, LF, VT, FF, NEL, LS, PS) become '\n'. A digit in a
 * circle or in superscript beside a plain digit is parted from it by a blank: list and footnote
 * numbers must not grow into the number they stand at. The result is valid UTF-8. Every folded
 * character is at most as long in bytes as the one it came from decoded to UTF-8, or 4.
 *
 * The joined view (made by msh_fold_joined from a folded one) drops blanks, tabs and line ends
 * between CJK characters, stars, digits, single letters: "机 密\n★ 10 年" is "机密★10年". */
#ifndef MSH_TEXT_FOLD_H
#define MSH_TEXT_FOLD_H

#include "text/charset.h"
#include "text/map.h"

typedef struct msh_folded {
    msh_buf text;          /* folded UTF-8, 16 readable zero bytes after .len */
    msh_map_point *points; /* checkpoint each KiB of source */
    size_t n_points, cap_points;
    msh_charset cs;
    msh_view source; /* what was folded; must outlive the map */
    msh_map map;     /* map.up is the caller's to set */
    uint64_t bad;    /* sequences that could not be decoded (dropped) */
    uint64_t joined; /* joined view: runs of blanks dropped; 0 = the same text as before */
    bool bidi;       /* right-to-left overrides, embeddings or isolates occurred: see below */
} msh_folded;

/* The struct is used where it stands: map.replay_ctx points into it, so it must not be moved. The
 * ceiling should leave 4 KiB more than the longest text expected. */
void msh_folded_init(msh_folded *f, size_t ceiling);
void msh_folded_dispose(msh_folded *f);

/* Decode and fold in one pass; reuses memory of an earlier call. cs: any stateless charset.
 * Errors: MSH_E_USAGE for HZ and UTF-7 (decode first), MSH_E_MEMORY, MSH_E_LIMIT_BUFFER. */
MSH_MUST_CHECK msh_err msh_fold(msh_folded *f, msh_view source, msh_charset cs);
/* The joined view of a folded text; its map leads to `from`'s, which must outlive it. */
MSH_MUST_CHECK msh_err msh_fold_joined(msh_folded *f, const msh_folded *from);
/* The reversed view: every line of a folded text with its characters in reverse order, as a reader
 * sees text inside right-to-left overrides. Worth making where from->bidi. */
MSH_MUST_CHECK msh_err msh_fold_reversed(msh_folded *f, const msh_folded *from);
/* Folding of one code point: 0 = dropped. Of the few that become several characters the first. For
 * rule words and tests. */
uint32_t msh_fold_cp(uint32_t cp);
/* Fold a UTF-8 word of a rule; false when nothing is left or it is no UTF-8. */
MSH_MUST_CHECK bool msh_fold_word(msh_buf *out, msh_view word);

#endif
