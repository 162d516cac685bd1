/* map.c: resolving offsets through layers. Binary search for the checkpoint, then the layer's own
 * replay, or identity. */
#include "text/map.h"

/* Index of the last point with .out ≤ out, SIZE_MAX when there is none. */
static size_t point_before(const msh_map *m, uint64_t out)
{
    size_t low = 0, high = m->n_points;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (m->points[mid].out <= out)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? low - 1 : SIZE_MAX;
}

uint64_t msh_map_step(const msh_map *m, uint64_t out)
{
    if (m->n_points == 0)
        return out + m->base;
    size_t at = point_before(m, out);
    msh_map_point from = at == SIZE_MAX ? (msh_map_point){0, 0} : m->points[at];
    return m->replay ? m->replay(m, from, out) : from.in + (out - from.out);
}

uint64_t msh_map_source(const msh_map *m, uint64_t out)
{
    for (; m; m = m->up)
        out = msh_map_step(m, out);
    return out;
}
