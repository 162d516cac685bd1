/* ofd.c: pages of OFD (GB/T 33190 §7.6 document, §7.7 page, §11.3 text).
 *
 * A TextObject has a boundary and a matrix, its TextCodes an origin and the steps from character to
 * character. Each character is placed by itself where steps are given. */
#include "extract/ofd.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/glyphs.h"
#include "extract/relations.h"
#include "extract/xmltext.h"

enum { STEPS_MOST = 4096, PAGES_MOST = 100000 };

/* --- the order of pages ------------------------------------------------------------------------
 */

static msh_err document_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    msh_ofd_pages *p = ctx;
    char path[MSH_PATH_MOST];
    void *old;
    if (!msh_view_eq_str(name, "Page") || p->n >= PAGES_MOST)
        return MSH_OK;
    p->n++;
    size_t len = msh_relations_resolve(p->from, msh_xml_get(a, n, "BaseLoc"), path);
    uint32_t *number = msh_arena_alloc(p->arena, sizeof *number);
    if (!number)
        return MSH_E_MEMORY;
    *number = p->n;
    return len ? msh_table_put(p->numbers, msh_view_of(path, len), number, &old) : MSH_OK;
}

const msh_xml_handler msh_ofd_document_handler = {document_start, NULL, NULL, NULL};

uint32_t msh_ofd_page(const msh_ofd_pages *p, msh_view member)
{
    const uint32_t *n = p->numbers ? msh_table_get(p->numbers, member) : NULL;
    return n ? *n : 0;
}

bool msh_ofd_is_page(msh_view root)
{
    return msh_view_eq_str(root, "Page") || msh_view_eq_str(root, "PageAnnot") ||
           msh_view_eq_str(root, "Res");
}

/* --- text objects ------------------------------------------------------------------------------
 */

typedef struct page {
    msh_glyphs glyphs;
    msh_xt rest;
    double box[4], ctm[6], size;
    double x, y; /* of the TextCode */
    double dx[STEPS_MOST], dy[STEPS_MOST];
    size_t n_dx, n_dy;
    msh_buf code;
    bool in_code;
} page;

/* "3 3 g 5 2.5": plain steps, and g COUNT STEP for equal ones. */
static size_t read_steps(msh_view v, double *out)
{
    size_t n = 0, at = 0;
    while (at < v.len && n < STEPS_MOST) {
        size_t to = at;
        double value[2];
        while (to < v.len && v.data[to] != 'g')
            to++;
        n += msh_glyphs_numbers(msh_view_cut(v, at, to - at), out + n, STEPS_MOST - n);
        if (to >= v.len || msh_glyphs_numbers(msh_view_cut(v, to + 1, v.len), value, 2) < 2)
            break;
        for (double i = 0; i < value[0] && n < STEPS_MOST; i++)
            out[n++] = value[1];
        at = to + 1;
        for (unsigned k = 0; k < 2; k++) { /* past both numbers */
            while (at < v.len && v.data[at] == ' ')
                at++;
            while (at < v.len && v.data[at] != ' ' && v.data[at] != 'g')
                at++;
        }
    }
    return n;
}

static void begin_object(page *p, const msh_xml_attr *a, size_t n)
{
    static const double unit[6] = {1, 0, 0, 1, 0, 0};
    double size[1];
    memset(p->box, 0, sizeof p->box);
    (void)msh_glyphs_numbers(msh_xml_get(a, n, "Boundary"), p->box, 4);
    if (msh_glyphs_numbers(msh_xml_get(a, n, "CTM"), p->ctm, 6) != 6)
        memcpy(p->ctm, unit, sizeof unit);
    p->size = msh_glyphs_numbers(msh_xml_get(a, n, "Size"), size, 1) ? size[0] : 0;
    p->x = p->y = 0;
}

static void begin_code(page *p, const msh_xml_attr *a, size_t n)
{
    double v[1];
    if (msh_glyphs_numbers(msh_xml_get(a, n, "X"), v, 1))
        p->x = v[0];
    if (msh_glyphs_numbers(msh_xml_get(a, n, "Y"), v, 1))
        p->y = v[0];
    p->n_dx = read_steps(msh_xml_get(a, n, "DeltaX"), p->dx);
    p->n_dy = read_steps(msh_xml_get(a, n, "DeltaY"), p->dy);
    p->in_code = true;
    msh_buf_reset(&p->code);
}

static msh_err put_at(page *p, double x, double y, msh_view text)
{
    const double *m = p->ctm;
    double scale = m[3] ? (m[3] < 0 ? -m[3] : m[3]) : (m[0] < 0 ? -m[0] : m[0]);
    return msh_glyphs_put(&p->glyphs, p->box[0] + m[0] * x + m[2] * y + m[4],
                          p->box[1] + m[1] * x + m[3] * y + m[5], p->size * scale, text);
}

static size_t char_length(msh_view v, size_t at)
{
    size_t n = 1;
    while (at + n < v.len && (v.data[at + n] & 0xc0) == 0x80)
        n++;
    return n;
}

static msh_err end_code(page *p)
{
    msh_view v = msh_buf_view(&p->code);
    double x = p->x, y = p->y;
    p->in_code = false;
    MSH_TRY(msh_buf_err(&p->code));
    if (p->n_dx == 0 && p->n_dy == 0)
        return put_at(p, x, y, v);
    for (size_t at = 0, i = 0; at < v.len; i++) {
        size_t n = char_length(v, at);
        MSH_TRY(put_at(p, x, y, msh_view_cut(v, at, n)));
        x += i < p->n_dx ? p->dx[i] : p->n_dx == 0 && p->n_dy == 0 ? p->size : 0;
        y += i < p->n_dy ? p->dy[i] : 0;
        at += n;
    }
    return MSH_OK;
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    page *p = ctx;
    if (msh_view_eq_str(name, "TextObject"))
        begin_object(p, a, n);
    else if (msh_view_eq_str(name, "TextCode"))
        begin_code(p, a, n);
    return msh_xt_handler.start(&p->rest, name, a, n);
}

static msh_err on_end(void *ctx, msh_view name)
{
    page *p = ctx;
    if (p->in_code && msh_view_eq_str(name, "TextCode"))
        MSH_TRY(end_code(p));
    return msh_xt_handler.end(&p->rest, name);
}

static msh_err on_text(void *ctx, msh_view text)
{
    page *p = ctx;
    if (!p->in_code)
        return msh_xt_handler.text(&p->rest, text);
    msh_buf_put_view(&p->code, text);
    return MSH_OK;
}

static msh_err on_aside(void *ctx, msh_view text)
{
    page *p = ctx;
    return msh_xt_handler.aside(&p->rest, text);
}

static msh_err read_page(page *p, msh_extract *x, const msh_place *place, msh_view bytes)
{
    static const msh_xml_handler handler = {on_start, on_end, on_text, on_aside};
    msh_err err = msh_xml_read(x, place, bytes, &handler, p);
    if (err == MSH_OK && p->in_code)
        err = end_code(p);
    msh_err said = msh_glyphs_emit(&p->glyphs, x, place);
    if (said == MSH_OK)
        said = msh_xt_emit(&p->rest);
    return err == MSH_OK ? said : err;
}

msh_err msh_ofd_read(msh_extract *x, const msh_doc *doc, const msh_place *place, msh_view bytes)
{
    page *p = msh_calloc(1, sizeof *p);
    if (!p)
        return MSH_E_MEMORY;
    begin_object(p, NULL, 0);
    msh_glyphs_init(&p->glyphs, (size_t)x->limits->member_size);
    msh_buf_init(&p->code, (size_t)x->limits->member_size);
    msh_err err = msh_xt_init(&p->rest, x, doc, place, MSH_XT_GENERIC);
    p->rest.loose = true;
    if (err == MSH_OK)
        err = read_page(p, x, place, bytes);
    msh_xt_dispose(&p->rest);
    msh_buf_dispose(&p->code);
    msh_glyphs_dispose(&p->glyphs);
    msh_free(p);
    return err;
}
