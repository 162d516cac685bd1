/* relations.h: which part of a package refers to which (ECMA-376 part 2 §9.3).
 *
 * Only looked up to say where a text stands: a part is read whether something refers to it or not.
 */
#ifndef MSH_EXTRACT_RELATIONS_H
#define MSH_EXTRACT_RELATIONS_H

#include "base/table.h"
#include "extract/xmlpart.h"

typedef struct msh_relations {
    msh_arena *arena;
    msh_table *targets; /* source part, NUL, id → target part */
    msh_table *sources; /* target part → source part, of the first that names it */
    size_t n;
    msh_view from; /* the part whose relations are being read */
} msh_relations;

/* False when memory is short. Must be disposed. */
bool msh_relations_init(msh_relations *r, msh_arena *arena);
void msh_relations_dispose(msh_relations *r);
/* Whether a member is a part of relations: …/_rels/NAME.rels. */
bool msh_relations_is(msh_view member);
/* To be called before its XML is read with msh_relations_handler (context: r). */
MSH_MUST_CHECK msh_err msh_relations_begin(msh_relations *r, msh_view member);
extern const msh_xml_handler msh_relations_handler;
enum { MSH_PATH_MOST = 1024 };
/* A target as a member's name: relative to the folder of its source, "/" is the package. Gives its
 * length, 0 when it is too long. out: MSH_PATH_MOST bytes. */
size_t msh_relations_resolve(msh_view source, msh_view target, char *out);
/* The member that a part's relation leads to; empty when it is not known. */
msh_view msh_relations_target(const msh_relations *r, msh_view part, msh_view id);
/* The part that refers to this one; empty when none does. */
msh_view msh_relations_source(const msh_relations *r, msh_view part);

#endif
