/* fold_parts.h: what folding and the views made from a folded text share. */
#ifndef MSH_TEXT_FOLD_PARTS_H
#define MSH_TEXT_FOLD_PARTS_H

#include "text/fold.h"

/* Forget an earlier text, keep the memory. */
void msh_fold_begin(msh_folded *f, msh_view source, msh_charset cs);
MSH_MUST_CHECK msh_err msh_fold_point(msh_folded *f, uint64_t out, uint64_t in);
/* Zero bytes after the text, and the map. */
MSH_MUST_CHECK msh_err msh_fold_finish(msh_folded *f, uint64_t (*replay)(const msh_map *,
                                                                         msh_map_point, uint64_t));

#endif
