/* flow.c: gathering a text from pieces of a source. Long ones go on in windows with an overlap, so
 * that memory stays bounded and no hit is cut. */
#include "extract/flow.h"

#include "base/mem.h"
#include "base/view.h"

enum {
    FULL = MSH_TEXT_WINDOW - 65536, /* a window is handed on from here */
    FULL_POINTS = 1 << 17,
    PIECE = 32768 /* longer pieces are put in parts */
};

void msh_flow_init(msh_flow *f, msh_extract *x, const msh_place *place, msh_role role,
                   const char *name)
{
    *f = (msh_flow){.x = x, .place = *place};
    f->place.role = role;
    f->place.name = msh_view_str(name);
    f->place.line = 1;
    msh_buf_init(&f->text, 2 * MSH_TEXT_WINDOW);
}

void msh_flow_dispose(msh_flow *f)
{
    msh_buf_dispose(&f->text);
    msh_free(f->points);
    f->points = NULL;
    f->n_points = f->cap_points = 0;
}

static void hand_on(msh_flow *f, unsigned flags)
{
    if (f->err == MSH_OK)
        f->err = msh_buf_err(&f->text);
    if (f->err != MSH_OK || f->text.len == 0)
        return;
    msh_map map = {.up = f->up, .points = f->points, .n_points = f->n_points};
    msh_text t = {.bytes = msh_buf_view(&f->text), .charset = MSH_CS_UTF8, .place = f->place};
    t.flags = f->flags | flags | (f->continued ? MSH_TEXT_CONTINUED : 0u);
    t.overlap = f->overlap;
    t.map = &map;
    t.place.offset = msh_map_source(&map, 0);
    f->err = msh_emit_window(f->x, &t);
    f->continued = true;
}

/* Keep the end of the window as the beginning of the next. */
static void keep_overlap(msh_flow *f)
{
    size_t from = f->text.len > MSH_TEXT_OVERLAP ? f->text.len - MSH_TEXT_OVERLAP : 0;
    size_t p = f->n_points;
    from = msh_emit_boundary(MSH_CS_UTF8, msh_buf_view(&f->text), from);
    f->place.line += msh_emit_lines(MSH_CS_UTF8, msh_view_of(f->text.data, from));
    while (p > 0 && f->points[p - 1].out > from)
        p--;
    if (p > 0) {
        p--;
        f->points[p].in += from - f->points[p].out;
        f->points[p].out = from;
    }
    for (size_t i = p; i < f->n_points; i++)
        f->points[i - p] = (msh_map_point){f->points[i].out - from, f->points[i].in};
    f->n_points -= p;
    f->text.len -= from;
    memmove(f->text.data, f->text.data + from, f->text.len);
    f->overlap = (uint32_t)f->text.len;
}

static void add_point(msh_flow *f, uint64_t in)
{
    if (f->n_points == f->cap_points) {
        size_t cap = f->cap_points ? f->cap_points * 2 : 64;
        msh_map_point *grown = msh_realloc(f->points, cap * sizeof *grown);
        if (!grown) {
            f->err = MSH_E_MEMORY;
            return;
        }
        f->points = grown;
        f->cap_points = cap;
    }
    f->points[f->n_points++] = (msh_map_point){f->text.len, in};
}

/* Makes room and a point for a piece at `in`; false when the flow has failed. */
static bool prepare(msh_flow *f, uint64_t in)
{
    if (f->err == MSH_OK && (f->text.len >= FULL || f->n_points >= FULL_POINTS)) {
        hand_on(f, MSH_TEXT_MORE);
        if (f->err == MSH_OK)
            keep_overlap(f);
    }
    if (f->err == MSH_OK && (f->n_points == 0 || f->next_in != in))
        add_point(f, in);
    return f->err == MSH_OK;
}

static void put_part(msh_flow *f, msh_view piece, uint64_t in)
{
    if (!prepare(f, in))
        return;
    msh_buf_put_view(&f->text, piece);
    f->next_in = in + piece.len;
}

void msh_flow_put(msh_flow *f, msh_view piece, uint64_t in)
{
    for (size_t at = 0; at < piece.len; at += PIECE)
        put_part(f, msh_view_cut(piece, at, PIECE), in + at);
}

void msh_flow_put_cp(msh_flow *f, uint32_t cp, uint64_t in)
{
    if (!prepare(f, in))
        return;
    msh_buf_put_utf8(&f->text, cp);
    f->next_in = UINT64_MAX;
}

bool msh_flow_at_start(const msh_flow *f)
{
    if (f->text.len == 0)
        return true;
    uint8_t last = f->text.data[f->text.len - 1];
    return last == '\n' || last == '\t';
}

static void trim(msh_flow *f)
{
    while (f->text.len > f->overlap && f->text.data[f->text.len - 1] == ' ') {
        f->text.len--;
        f->next_in = UINT64_MAX;
    }
    while (f->n_points > 0 && f->points[f->n_points - 1].out > f->text.len)
        f->n_points--;
}

void msh_flow_end_line(msh_flow *f, uint64_t in)
{
    trim(f);
    if (!msh_flow_at_start(f))
        put_part(f, MSH_VIEW("\n"), in);
}

void msh_flow_end_row(msh_flow *f, uint64_t in)
{
    trim(f);
    if (f->text.len > 0 && f->text.data[f->text.len - 1] != '\n')
        put_part(f, MSH_VIEW("\n"), in);
}

void msh_flow_end_cell(msh_flow *f, uint64_t in)
{
    trim(f);
    if (f->text.len <= f->overlap)
        return;
    if (f->text.data[f->text.len - 1] == '\n')
        f->text.data[f->text.len - 1] = '\t';
    else
        put_part(f, MSH_VIEW("\t"), in);
}

msh_err msh_flow_end(msh_flow *f)
{
    if (f->err == MSH_OK)
        f->err = msh_buf_err(&f->text);
    if (f->text.len > f->overlap || f->continued)
        hand_on(f, 0);
    return f->err;
}
