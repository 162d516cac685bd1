/* xmlpart.h: one XML document in memory as a stream of elements, attributes and text.
 *
 * XML 1.0 5th ed. The one door to libxml2. Local names only. No DTD or external entity is ever
 * loaded; internal entities are expanded as long as they do not outgrow the document. What is not
 * well-formed is read as far as it goes, and from the fault on as loose text. */
#ifndef MSH_EXTRACT_XMLPART_H
#define MSH_EXTRACT_XMLPART_H

#include "extract/extract.h"

typedef struct msh_xml_attr {
    msh_view name; /* local */
    msh_view value;
} msh_xml_attr;

/* Any member may be NULL. Views live as long as the call. Every start has its end, but for the
 * elements open where reading broke off. Text comes in pieces. */
typedef struct msh_xml_handler {
    msh_err (*start)(void *ctx, msh_view name, const msh_xml_attr *attrs, size_t n);
    msh_err (*end)(void *ctx, msh_view name);
    msh_err (*text)(void *ctx, msh_view text);
    /* comments, processing instructions, values of entities */
    msh_err (*aside)(void *ctx, msh_view text);
} msh_xml_handler;

/* To be called once before the process is locked. */
void msh_xml_prepare(void);
/* Reads bytes in any charset. Reports xml.malformed, xml.entities, limit.xml-depth at `place` and
 * emits the loose text of the rest; returns MSH_OK then. Errors: those of the handlers, of the
 * machine and the budget. */
MSH_MUST_CHECK msh_err msh_xml_read(msh_extract *x, const msh_place *place, msh_view bytes,
                                    const msh_xml_handler *handler, void *ctx);
/* Whether bytes look like XML or other markup: '<' after BOM and blanks, in 8 or 16 bits. */
bool msh_xml_probe(msh_view bytes);
/* The local name of the first element, empty when there is none in the first bytes. Only for
 * charsets that agree with ASCII, or UTF-16 (a copy in the arena then; empty without one). */
msh_view msh_xml_root(msh_arena *arena, msh_view bytes);
/* The value of an attribute; an empty view when it is absent. */
msh_view msh_xml_get(const msh_xml_attr *attrs, size_t n, const char *name);

#endif
