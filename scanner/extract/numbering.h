/* numbering.h: the numbers in front of paragraphs of a WordprocessingML document.
 *
 * ECMA-376 part 1 §17.9. A label is no text in the document: "机密★%1年" and a start of 10 are. */
#ifndef MSH_EXTRACT_NUMBERING_H
#define MSH_EXTRACT_NUMBERING_H

#include "base/table.h"
#include "extract/xmlpart.h"

enum { MSH_NUMBERING_LEVELS = 9 };
typedef struct msh_numbering msh_numbering;

/* NULL when memory is short. Lives in the arena but for its tables. */
msh_numbering *msh_numbering_new(msh_arena *arena);
void msh_numbering_free(msh_numbering *n);
/* Listener while word/numbering.xml and word/styles.xml are read, in any order; context: n. */
extern const msh_xml_handler msh_numbering_handler;
/* The same from a binary document, part by part; ids are any bytes. A level of a kind of lists; a
 * list of that kind; a level that a list starts elsewhere or words anew (text empty: as its kind
 * says); the list of a style. */
typedef struct msh_numbering_level {
    unsigned level;  /* below MSH_NUMBERING_LEVELS */
    msh_view text;   /* "%1.%2" */
    msh_view format; /* ST_NumberFormat: "decimal" */
    uint32_t start;
} msh_numbering_level;
MSH_MUST_CHECK msh_err msh_numbering_kind(msh_numbering *n, msh_view kind,
                                          const msh_numbering_level *l);
MSH_MUST_CHECK msh_err msh_numbering_list(msh_numbering *n, msh_view list, msh_view kind);
MSH_MUST_CHECK msh_err msh_numbering_override(msh_numbering *n, msh_view list,
                                              const msh_numbering_level *l, bool restarts);
MSH_MUST_CHECK msh_err msh_numbering_style(msh_numbering *n, msh_view style, msh_view list,
                                           unsigned level);
/* Counts one paragraph and appends its label and a blank. id: w:numId as written; empty: what the
 * style says. level: MSH_NUMBERING_LEVELS when the paragraph does not say. */
void msh_numbering_label(msh_numbering *n, msh_view id, unsigned level, msh_view style,
                         msh_buf *out);

/* Whether text in a style (of paragraphs or characters) is hidden. */
bool msh_numbering_hidden(const msh_numbering *n, msh_view style);

#endif
