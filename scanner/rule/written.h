/* written.h: a text decoded to UTF-8 but not folded, and the way between its offsets and those of
 * the bytes it came from. */
#ifndef MSH_RULE_WRITTEN_H
#define MSH_RULE_WRITTEN_H

#include "base/buf.h"
#include "text/charset.h"
#include "text/map.h"

typedef struct msh_written {
    msh_buf text;          /* well-formed UTF-8, 16 readable zero bytes after .len */
    msh_map map;           /* written → source */
    msh_map_point *points; /* a checkpoint every few KiB, ascending in both */
    size_t n_points, cap_points;
    msh_view source;
    msh_charset cs;
} msh_written;

void msh_written_init(msh_written *w, size_t ceiling);
void msh_written_dispose(msh_written *w);
/* The map points into w and source: both must stay. Errors: MSH_E_MEMORY, MSH_E_LIMIT_BUFFER. */
MSH_MUST_CHECK msh_err msh_written_make(msh_written *w, msh_view source, msh_charset cs);
/* Offset in w->text of the character at or around `at` in source. */
size_t msh_written_of_source(const msh_written *w, uint64_t at);

#endif
