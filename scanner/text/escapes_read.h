/* escapes_read.h: recognising one escape. */
#ifndef MSH_TEXT_ESCAPES_READ_H
#define MSH_TEXT_ESCAPES_READ_H

#include "base/sift.h"
#include "text/charset.h"

/* What stands at a mark: from `from` (which may lie before the mark), `len` bytes long; one code
 * point, or nothing where `drop`. len = 0: no escape. */
typedef struct msh_escape {
    size_t from, len;
    uint32_t cp;
    bool drop;
} msh_escape;

/* Walks over the bytes of a text that may begin an escape: \\ % & = + ^ _ . Begin with {.in = …}.
 */
typedef struct msh_escape_marks {
    msh_view in;
    size_t from, to; /* the part whose bits are known */
    uint64_t bits[MSH_SIFT_WORDS];
} msh_escape_marks;
/* The next one at or after `at`; in.len when none. */
size_t msh_escape_mark(msh_escape_marks *m, size_t at);

/* Bytes written as escapes, one after another: at most `room` of them into bytes, their offsets
 * into at[]; at[n] is where the run ended. */
typedef struct msh_escape_bytes {
    uint8_t bytes[512];
    size_t at[513];
    size_t n;
} msh_escape_bytes;
void msh_escape_read_bytes(msh_view in, size_t at, msh_escape_bytes *run);

/* Anything but a run of bytes. `kept`: escapes may not reach back before it. */
msh_escape msh_escape_read(msh_view in, size_t at, size_t kept);

#endif
