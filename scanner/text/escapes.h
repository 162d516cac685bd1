/* escapes.h: text inside text: \uXXXX, %XX, =XX, &#NN; &name;, \NNN octal, base64 runs, hex runs,
 * UTF-7.
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

/* The second view of a text: all character escapes replaced (a percent run that is GBK is read as
 * GBK). *found: whether any was. */
MSH_MUST_CHECK msh_err msh_unescape(msh_unescaped *u, msh_view text, bool *found);

/* A name reference of HTML without & and ; ("amp", "#x673a", "#26426"): code point, or 0. */
uint32_t msh_entity(msh_view name);

/* Base64 and hex runs that decode to something text-like or to a known file head. The callback gets
 * the decoded bytes and where the run stands in `text`. Runs shorter than 8 characters are left
 * alone. *count is raised for each. The callback's error stops and is returned. */
MSH_MUST_CHECK msh_err msh_find_encoded(msh_view text, size_t ceiling,
                                        msh_err (*found)(void *ctx, msh_view decoded, uint64_t at),
                                        void *ctx);

#endif
