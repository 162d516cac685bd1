/* package.h: documents that are a zip of XML parts, behind the rows of docx, xlsx, odt, ofd … */
#ifndef MSH_EXTRACT_PACKAGE_H
#define MSH_EXTRACT_PACKAGE_H

#include "extract/zip.h"

/* What a row's probe says of a document: 90 when it is of this kind. */
int msh_package_probe(const msh_doc *doc, msh_zip_kind kind);
/* Reads every part, also one that nothing refers to; what is no XML goes to a child (pictures,
 * embedded documents, macros). Nothing is followed: relationships are texts. */
MSH_MUST_CHECK msh_err msh_package_read(msh_extract *x, const msh_doc *doc);

/* What all these rows have in common; the rest are members of msh_format. */
#define MSH_PACKAGE_ROW(id, kind, ...)                                                             \
    static int probe(const msh_doc *doc)                                                           \
    {                                                                                              \
        return msh_package_probe(doc, kind);                                                       \
    }                                                                                              \
    extern const msh_format msh_format_##id;                                                       \
    const msh_format msh_format_##id = {.name = #id,                                               \
                                        .library = "libxml2",                                      \
                                        .probe = probe,                                            \
                                        .extract = msh_package_read,                               \
                                        .flags = MSH_FORMAT_CONTAINER,                             \
                                        __VA_ARGS__}

#endif
