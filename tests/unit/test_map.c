/* text/map: shift, pieces and layers. */
#include "check.h"

#include "text/map.h"

static uint64_t doubled(const msh_map *m, msh_map_point from, uint64_t out)
{
    (void)m;
    return from.in + (out - from.out) * 2;
}

static void shift_adds_its_base(void)
{
    msh_map m = {.base = 100};
    CHECK_INT(msh_map_step(&m, 5), 105);
    CHECK_INT(msh_map_source(&m, 0), 100);
    CHECK_INT(msh_map_source(NULL, 7), 7);
}

static void pieces_are_identity_between_points(void)
{
    const msh_map_point points[] = {{0, 10}, {4, 20}, {9, 40}};
    msh_map m = {.points = points, .n_points = 3};
    const struct {
        uint64_t out, in;
    } rows[] = {{0, 10}, {3, 13}, {4, 20}, {8, 24}, {9, 40}, {100, 131}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(msh_map_step(&m, rows[i].out), rows[i].in);
}

static void the_last_of_equal_points_holds(void)
{
    const msh_map_point points[] = {{0, 0}, {5, 10}, {5, 30}, {5, 50}};
    msh_map m = {.points = points, .n_points = 4};
    CHECK_INT(msh_map_step(&m, 5), 50);
    CHECK_INT(msh_map_step(&m, 4), 4);
}

static void layers_follow_one_another(void)
{
    const msh_map_point points[] = {{0, 1000}};
    msh_map bottom = {.base = 7};
    msh_map middle = {.up = &bottom, .points = points, .n_points = 1, .replay = doubled};
    msh_map top = {.up = &middle, .base = 3};
    CHECK_INT(msh_map_source(&top, 2), 7 + 1000 + 10);
}

int main(void)
{
    RUN(shift_adds_its_base);
    RUN(pieces_are_identity_between_points);
    RUN(the_last_of_equal_points_holds);
    RUN(layers_follow_one_another);
    return check_result();
}
