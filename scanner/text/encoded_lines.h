/* encoded_lines.h: bytes written down line by line: hex dumps and uuencode. */
#ifndef MSH_TEXT_ENCODED_LINES_H
#define MSH_TEXT_ENCODED_LINES_H

#include "base/buf.h"

/* Both: a run of lines that begins at `at`, which is the start of a line. Appends its bytes and
 * returns where it ends; `at` when there is none. */

/* Lines of hexdump -C, xxd, od -x1: an offset, groups of hex digits, perhaps a column of text. */
size_t msh_encoded_dump(msh_view t, size_t at, msh_buf *out);
/* uuencode (POSIX) and xxencode: "begin 644 name", lines with their length first, "end". */
size_t msh_encoded_uu(msh_view t, size_t at, msh_buf *out);

#endif
