/* joined.h: the joined view (kind.h): where blanks stand between characters that belong together,
 * the text around them without those blanks. Text without such places costs one quick pass. */
#ifndef MSH_RULE_JOINED_H
#define MSH_RULE_JOINED_H

#include "base/buf.h"
#include "text/map.h"

typedef struct msh_gap {
    uint32_t start, end; /* blanks in the folded text */
} msh_gap;

typedef struct msh_joined {
    msh_buf text; /* 16 readable zero bytes after .len */
    msh_map map;  /* joined → folded: pieces */
    msh_map_point *points;
    size_t n_points, cap_points;
    msh_gap *gaps;
    size_t n_gaps, cap_gaps;
} msh_joined;

void msh_joined_init(msh_joined *j, size_t ceiling);
void msh_joined_dispose(msh_joined *j);
/* folded: 16 readable bytes after it, shorter than 4 GiB. reach: bytes to show to either side of a
 * gap at least, where lines are long. An empty j->text: nothing to join. Errors: MSH_E_MEMORY,
 * MSH_E_LIMIT_BUFFER. */
MSH_MUST_CHECK msh_err msh_joined_make(msh_joined *j, msh_view folded, size_t reach);

#endif
