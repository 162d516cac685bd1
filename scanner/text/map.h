/* map.h: from an offset in a text back to the offset in its source.
 *
 * A text goes through layers (decode, cut out of markup, fold); each layer has a map to the one
 * before. Maps are resolved for hits only, so building them must be nearly free:
 *   shift   out + base
 *   pieces  sorted (out, in) pairs, identity between them: markup taken away, entities
 *   replay  a checkpoint each KiB, then decoding again from there: charset and folding */
#ifndef MSH_TEXT_MAP_H
#define MSH_TEXT_MAP_H

#include "base/buf.h"

typedef struct msh_map_point {
    uint64_t out, in;
} msh_map_point;

typedef struct msh_map msh_map;
struct msh_map {
    const msh_map *up; /* the layer before; NULL = in is an offset in the source */
    const msh_map_point *points;
    size_t n_points;
    uint64_t base; /* shift, applied when there are no points */
    /* replay: given the checkpoint before `out`, return the exact offset; NULL = identity */
    uint64_t (*replay)(const msh_map *m, msh_map_point from, uint64_t out);
    const void *replay_ctx;
};

/* Offset in the source for an offset in the text, through all layers; never fails: past the end it
 * gives the end. */
uint64_t msh_map_source(const msh_map *m, uint64_t out);
/* The same for one layer. */
uint64_t msh_map_step(const msh_map *m, uint64_t out);

#endif
