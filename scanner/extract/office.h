/* office.h: one XML part of a package as texts, shared by the office formats.
 *
 * ECMA-376 (WordprocessingML, SpreadsheetML, PresentationML, DrawingML, VML), OASIS ODF 1.3, GB/T
 * 33190 (OFD). Local names only: vocabularies overlap little, and producers disagree about
 * namespaces. */
#ifndef MSH_EXTRACT_OFFICE_H
#define MSH_EXTRACT_OFFICE_H

#include "extract/extract.h"

/* Shared strings of a workbook: views into one buffer. */
typedef struct msh_office_strings {
    msh_buf text;
    uint32_t *at; /* n + 1 offsets */
    size_t n, cap;
} msh_office_strings;

void msh_office_strings_init(msh_office_strings *s, size_t ceiling);
void msh_office_strings_dispose(msh_office_strings *s);
/* From xl/sharedStrings.xml. */
MSH_MUST_CHECK msh_err msh_office_strings_read(msh_extract *x, const msh_place *place,
                                               msh_view bytes, msh_office_strings *out);

/* Reads a part and emits: its running text (rows, cells with anchors), deleted text, asides
 * (phonetic guides, formulas, field codes), comments, attribute values. strings may be NULL.
 * *encrypted is set when the part says that others are encrypted (ODF manifest). */
MSH_MUST_CHECK msh_err msh_office_part(msh_extract *x, const msh_place *place, msh_view bytes,
                                       const msh_office_strings *strings, bool *encrypted);

#endif
