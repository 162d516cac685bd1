/* encoded_codes.h: characters as numbers; UTF-8 read as Latin-1. */
#ifndef MSH_TEXT_ENCODED_CODES_H
#define MSH_TEXT_ENCODED_CODES_H

#include "base/buf.h"

/* The first number in a call such as String.fromCharCode(…) at or after `from`; t.len when there is
 * none. */
size_t msh_encoded_call(msh_view t, size_t from);
/* The numbers that begin at `at`, as UTF-8; where they end, `at` when there are none. */
size_t msh_encoded_codes(msh_view t, size_t at, msh_buf *out);

/* Where the next run of such characters may begin, at or after `from`; t.len when there is none. */
size_t msh_encoded_mojibake_at(msh_view t, size_t from);
/* The run that begins at `at` as the bytes that it was; where it ends. */
size_t msh_encoded_mojibake(msh_view t, size_t at, msh_buf *out);

#endif
