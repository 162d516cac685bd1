/* escapes.h: text inside text: \uXXXX \u{…} \xNN \NNN \'hh %XX %uXXXX =XX &#NN; &name; _xHHHH_
 * U+HHHH, strings put together with +, UTF-7 runs; base64 runs and hex runs.
 *
 * Each decoder looks for runs of its escape in a UTF-8 text and gives the text with the runs
 * replaced, with a pieces map to the text it came from. Nothing is decoded that is not there: found
 * = false when there was no run worth a second view. */
#ifndef MSH_TEXT_ESCAPES_H
#define MSH_TEXT_ESCAPES_H

#include "text/charset.h"
#include "text/map.h"

typedef struct msh_unescaped {
    msh_buf text;
    msh_map_point *points;
    size_t n_points, cap_points;
    msh_map map; /* map.up is the caller's to set */
} msh_unescaped;

void msh_unescaped_init(msh_unescaped *u, size_t ceiling);
void msh_unescaped_dispose(msh_unescaped *u);

/* The second view of a text: all character escapes replaced, nested ones up to three deep (a run of
 * bytes that is no UTF-8 is read as GBK). *found: whether there was one worth the view: escapes of
 * line ends, quotes, and the like alone are not. The view is at most an eighth longer than the
 * text. Errors: MSH_E_MEMORY, MSH_E_LIMIT_BUFFER. */
MSH_MUST_CHECK msh_err msh_unescape(msh_unescaped *u, msh_view text, bool *found);
/* Whether a text, as written or folded, may hold an escape worth a second view. Costs next to
 * nothing where no character stands that begins one. */
bool msh_unescape_may(msh_view text);
/* The end of the first escape worth a second view from `from` on, SIZE_MAX when there is none. */
size_t msh_unescape_find(msh_view text, size_t from);

/* A name reference of HTML without & and ; ("amp", "#x673a", "#26426"): code point, or 0. */
uint32_t msh_entity(msh_view name);

/* Base64 (also URL-safe), base32, hex and data: runs, over line breaks too, dumps, characters as
 * numbers in calls, UTF-8 read as Latin-1: what decodes to something text-like or to a known file
 * head. The callback gets the decoded bytes and where the run stands
 * in `text`. Runs shorter than 8 characters are left alone. The callback's error stops and is
 * returned; MSH_E_LIMIT_BUFFER when a run decodes to more than the ceiling. */
MSH_MUST_CHECK msh_err msh_find_encoded(msh_view text, size_t ceiling,
                                        msh_err (*found)(void *ctx, msh_view decoded, uint64_t at),
                                        void *ctx);

#endif
