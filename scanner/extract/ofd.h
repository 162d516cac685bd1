/* ofd.h: parts of OFD documents (GB/T 33190). */
#ifndef MSH_EXTRACT_OFD_H
#define MSH_EXTRACT_OFD_H

#include "base/table.h"
#include "extract/xmlpart.h"

/* The order of pages, from Document.xml. */
typedef struct msh_ofd_pages {
    msh_arena *arena;
    msh_table *numbers; /* member → its number + 1 as a pointer to uint32_t */
    msh_view from;      /* the member being read */
    uint32_t n;
} msh_ofd_pages;

/* Listener while Document.xml is read; context msh_ofd_pages. */
extern const msh_xml_handler msh_ofd_document_handler;
/* The page that a member is, from 1; 0 when it is none. */
uint32_t msh_ofd_page(const msh_ofd_pages *p, msh_view member);
/* Whether a root element holds text objects. */
bool msh_ofd_is_page(msh_view root);
/* Reads a page, a template or annotations: text by its place, all else by the general reader. */
MSH_MUST_CHECK msh_err msh_ofd_read(msh_extract *x, const msh_doc *doc, const msh_place *place,
                                    msh_view bytes);

#endif
