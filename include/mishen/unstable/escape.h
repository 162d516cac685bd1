/* escape.h: one function for each sink that shows names or excerpts. Input is any bytes at all.
 *
 * All of them make C0, C1, DEL, bidi controls (U+202A–202E, U+2066–2069, U+200E, U+200F, U+061C),
 * line separators and bytes that are not UTF-8 visible; none can be left out by input. */
#ifndef MISHEN_UNSTABLE_ESCAPE_H
#define MISHEN_UNSTABLE_ESCAPE_H

#include <mishen/unstable/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* For a terminal and for plain text files: \n, \t, \xNN for bytes, \u{202e} for code points. */
void msh_escape_terminal(msh_buf *out, msh_view in);
/* The inside of a JSON string: always valid UTF-8; invalid bytes and NUL become U+FFFD, controls
 * \u00XX, bidi and line separators \u202e. */
void msh_escape_json(msh_buf *out, msh_view in);
/* Text and attribute values of HTML: & < > " ' and what msh_escape_terminal makes visible. */
void msh_escape_html(msh_buf *out, msh_view in);
/* A CSV field, quoted; a leading = + - @ tab CR or a full-width form of them gets a ' before it. */
void msh_escape_csv(msh_buf *out, msh_view in);

#ifdef __cplusplus
}
#endif
#endif
