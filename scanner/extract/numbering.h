/* numbering.h: the numbers in front of paragraphs of a WordprocessingML document.
 *
 * ECMA-376 part 1 §17.9. A label is no text in the document: "机密★%1年" and a start of 10 are. */
#ifndef MSH_EXTRACT_NUMBERING_H
#define MSH_EXTRACT_NUMBERING_H

#include "base/table.h"
#include "extract/extract.h"

enum { MSH_NUMBERING_LEVELS = 9 };
typedef struct msh_numbering msh_numbering;

/* NULL when memory is short. Lives in the arena but for its tables. */
msh_numbering *msh_numbering_new(msh_arena *arena);
void msh_numbering_free(msh_numbering *n);
/* word/numbering.xml and word/styles.xml, in any order. Faults are reported when the parts are read
 * as texts, so none is here. */
MSH_MUST_CHECK msh_err msh_numbering_read(msh_numbering *n, msh_extract *x, msh_view part);
/* Counts one paragraph and appends its label and a blank. id: w:numId as written; empty: what the
 * style says. level: MSH_NUMBERING_LEVELS when the paragraph does not say. */
void msh_numbering_label(msh_numbering *n, msh_view id, unsigned level, msh_view style,
                         msh_buf *out);

#endif
