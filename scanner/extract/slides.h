/* slides.h: the order and state of the slides of a presentation (ECMA-376 part 1 §19.2.1.34,
 * §19.3.1.38). */
#ifndef MSH_EXTRACT_SLIDES_H
#define MSH_EXTRACT_SLIDES_H

#include "extract/relations.h"
#include "extract/xmltext.h"

typedef struct msh_slides {
    msh_arena *arena;
    const msh_relations *relations;
    msh_table *pages; /* member → uint32_t in the arena */
    msh_view from;    /* the part being read */
    msh_xt *text;
    uint32_t n;
} msh_slides;

bool msh_slides_init(msh_slides *s, msh_arena *arena, const msh_relations *relations);
void msh_slides_dispose(msh_slides *s);
/* Before a presentation or a slide is read with the listener below; a hidden slide gets the role
 * hidden. */
MSH_MUST_CHECK msh_err msh_slides_begin(msh_slides *s, msh_view part, msh_xt *text);
extern const msh_xml_handler msh_slides_handler;
/* The number of the slide that a part is or belongs to (notes, comments, charts); by the
 * presentation, else by its name; 0 when it belongs to none. */
uint32_t msh_slides_page(const msh_slides *s, msh_view part);

#endif
