/* xps.c: glyph runs of fixed pages (see xps.h). A run has its text in UnicodeString, where it
 * stands in OriginX and OriginY, under the matrices of the canvases around it. */
#include "extract/xps.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/glyphs.h"
#include "extract/xmltext.h"

enum { CANVASES_MOST = 64 };

typedef struct matrix {
    double m[6];
} matrix;

typedef struct page {
    msh_glyphs glyphs;
    msh_xt rest;
    matrix stack[CANVASES_MOST];
    size_t depth, n; /* depth: of open canvases, n: of matrices kept */
    bool in_transform;
} page;

static const matrix unit = {{1, 0, 0, 1, 0, 0}};

static matrix top(const page *p)
{
    return p->n ? p->stack[p->n - 1] : unit;
}

/* What a.m does after b.m. */
static matrix after(const double *b, const matrix *a)
{
    const double *m = a->m;
    return (matrix){{b[0] * m[0] + b[1] * m[2], b[0] * m[1] + b[1] * m[3],
                     b[2] * m[0] + b[3] * m[2], b[2] * m[1] + b[3] * m[3],
                     b[4] * m[0] + b[5] * m[2] + m[4], b[4] * m[1] + b[5] * m[3] + m[5]}};
}

static matrix transformed(const page *p, const msh_xml_attr *a, size_t n)
{
    double own[6];
    matrix outer = top(p);
    if (msh_glyphs_numbers(msh_xml_get(a, n, "RenderTransform"), own, 6) != 6)
        return outer;
    return after(own, &outer);
}

static msh_err put_glyphs(page *p, const msh_xml_attr *a, size_t n)
{
    double x[1] = {0}, y[1] = {0}, size[1] = {0};
    msh_view text = msh_xml_get(a, n, "UnicodeString");
    matrix t = transformed(p, a, n);
    (void)msh_glyphs_numbers(msh_xml_get(a, n, "OriginX"), x, 1);
    (void)msh_glyphs_numbers(msh_xml_get(a, n, "OriginY"), y, 1);
    (void)msh_glyphs_numbers(msh_xml_get(a, n, "FontRenderingEmSize"), size, 1);
    if (msh_view_starts(text, MSH_VIEW("{}")))
        text = msh_view_cut(text, 2, text.len);
    double scale = t.m[3] < 0 ? -t.m[3] : t.m[3];
    msh_view level = msh_xml_get(a, n, "BidiLevel");
    if (level.len && level.data[level.len - 1] & 1) /* right to left: begins at its right end */
        x[0] -= msh_glyphs_width(text, size[0]);
    return msh_glyphs_put(&p->glyphs, x[0] * t.m[0] + y[0] * t.m[2] + t.m[4],
                          x[0] * t.m[1] + y[0] * t.m[3] + t.m[5], size[0] * (scale > 0 ? scale : 1),
                          text);
}

/* Geometry is no text. */
static bool is_geometry(msh_view name)
{
    static const char *const names[] = {"Clip",         "Data",   "Figures",         "Indices",
                                        "Points",       "Matrix", "RenderTransform", "FontUri",
                                        "UnicodeString"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (msh_view_eq_str(name, names[i]))
            return true;
    return false;
}

static void begin_canvas(page *p, const msh_xml_attr *a, size_t n)
{
    matrix t = transformed(p, a, n);
    if (p->depth++ < CANVASES_MOST)
        p->stack[p->n++] = t;
}

/* The matrix of a canvas as an element of its own. */
static void set_matrix(page *p, const msh_xml_attr *a, size_t n)
{
    double own[6];
    if (p->n && p->depth == p->n && msh_glyphs_numbers(msh_xml_get(a, n, "Matrix"), own, 6) == 6)
        p->stack[p->n - 1] = after(own, &p->stack[p->n - 1]);
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    page *p = ctx;
    if (msh_view_eq_str(name, "Canvas"))
        begin_canvas(p, a, n);
    else if (msh_view_eq_str(name, "Canvas.RenderTransform"))
        p->in_transform = true;
    else if (p->in_transform && msh_view_eq_str(name, "MatrixTransform"))
        set_matrix(p, a, n);
    else if (msh_view_eq_str(name, "Glyphs"))
        MSH_TRY(put_glyphs(p, a, n));
    for (size_t i = 0; i < n; i++)
        if (!is_geometry(a[i].name))
            MSH_TRY(msh_xt_attrs(&p->rest, name, &a[i], 1));
    return msh_xt_handler.start(&p->rest, name, NULL, 0);
}

static msh_err on_end(void *ctx, msh_view name)
{
    page *p = ctx;
    if (msh_view_eq_str(name, "Canvas.RenderTransform"))
        p->in_transform = false;
    if (msh_view_eq_str(name, "Canvas") && p->depth > 0 && --p->depth < p->n)
        p->n = p->depth;
    return msh_xt_handler.end(&p->rest, name);
}

static msh_err on_text(void *ctx, msh_view text)
{
    page *p = ctx;
    return msh_xt_handler.text(&p->rest, text);
}

static msh_err on_aside(void *ctx, msh_view text)
{
    page *p = ctx;
    return msh_xt_handler.aside(&p->rest, text);
}

msh_err msh_xps_read(msh_extract *x, const msh_doc *doc, const msh_place *place, msh_view bytes)
{
    static const msh_xml_handler handler = {on_start, on_end, on_text, on_aside};
    page *p = msh_calloc(1, sizeof *p);
    if (!p)
        return MSH_E_MEMORY;
    msh_glyphs_init(&p->glyphs, (size_t)x->limits->member_size);
    msh_err err = msh_xt_init(&p->rest, x, doc, place, MSH_XT_GENERIC);
    p->rest.loose = true;
    if (err == MSH_OK)
        err = msh_xml_read(x, place, bytes, &handler, p);
    msh_err said = msh_glyphs_emit(&p->glyphs, x, place);
    if (said == MSH_OK)
        said = msh_xt_emit(&p->rest);
    msh_xt_dispose(&p->rest);
    msh_glyphs_dispose(&p->glyphs);
    msh_free(p);
    return err == MSH_OK ? said : err;
}
