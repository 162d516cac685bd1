/* flow.h: a text gathered from pieces of a source, with a map back to it; handed on in windows. */
#ifndef MSH_EXTRACT_FLOW_H
#define MSH_EXTRACT_FLOW_H

#include "extract/extract.h"

typedef struct msh_flow {
    msh_extract *x;
    msh_place place;
    unsigned flags;
    const msh_map *up; /* from the source's offsets on; NULL = they are the item's */
    msh_buf text;
    msh_map_point *points;
    size_t n_points, cap_points;
    uint64_t next_in; /* source offset that continues the last piece */
    uint32_t overlap; /* bytes at the start that were handed on before */
    bool continued;   /* a window was handed on */
    msh_err err;      /* sticky; memory, or what a callback returned */
} msh_flow;

/* name: a literal, may be NULL. */
void msh_flow_init(msh_flow *f, msh_extract *x, const msh_place *place, msh_role role,
                   const char *name);
void msh_flow_dispose(msh_flow *f);
/* Bytes of UTF-8 that stand at `in` of the source. */
void msh_flow_put(msh_flow *f, msh_view piece, uint64_t in);
void msh_flow_put_cp(msh_flow *f, uint32_t cp, uint64_t in);
/* Ends a line: nothing when it, or a cell, has not begun; blanks at its end are taken away. */
void msh_flow_end_line(msh_flow *f, uint64_t in);
/* Ends a line of cells, also after an empty one. */
void msh_flow_end_row(msh_flow *f, uint64_t in);
/* Ends a cell, whose last paragraph may have ended its line already. */
void msh_flow_end_cell(msh_flow *f, uint64_t in);
/* Whether nothing but blanks was put since the last line or cell end. */
bool msh_flow_at_start(const msh_flow *f);
/* Hands on what is left. Gives f->err. */
MSH_MUST_CHECK msh_err msh_flow_end(msh_flow *f);

#endif
