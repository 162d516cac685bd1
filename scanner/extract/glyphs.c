/* glyphs.c: pieces of text by their place on a page (see glyphs.h). */
#include "extract/glyphs.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <math.h>
#include <stdlib.h>

enum { GLYPHS_MOST = 1 << 20 };

void msh_glyphs_init(msh_glyphs *g, size_t ceiling)
{
    *g = (msh_glyphs){0};
    msh_buf_init(&g->text, ceiling < UINT32_MAX ? ceiling : UINT32_MAX);
}

void msh_glyphs_dispose(msh_glyphs *g)
{
    msh_buf_dispose(&g->text);
    msh_free(g->all);
    *g = (msh_glyphs){0};
}

double msh_glyphs_width(msh_view v, double size)
{
    double w = 0;
    for (size_t i = 0; i < v.len; i++)
        if ((v.data[i] & 0xc0) != 0x80)
            w += v.data[i] >= 0xe0 ? 1 : 0.5;
    return w * size;
}

msh_err msh_glyphs_put(msh_glyphs *g, double x, double y, double size, msh_view text)
{
    if (text.len == 0)
        return MSH_OK;
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 256, bytes;
        msh_glyph *more =
            msh_mul_size(cap, sizeof *more, &bytes) ? msh_realloc(g->all, bytes) : NULL;
        if (!more)
            return MSH_E_MEMORY;
        g->all = more;
        g->cap = cap;
    }
    msh_glyph *to = &g->all[g->n++];
    *to = (msh_glyph){.x = isfinite(x) ? x : 0, .y = isfinite(y) ? y : 0};
    to->size = isfinite(size) && size > 0 ? size : 4;
    to->width = msh_glyphs_width(text, to->size);
    to->at = (uint32_t)g->text.len;
    to->len = (uint32_t)text.len;
    msh_buf_put_view(&g->text, text);
    return msh_buf_err(&g->text);
}

/* --- orders ------------------------------------------------------------------------------------
 */

static int compare(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int by_y(const void *a, const void *b)
{
    const msh_glyph *g = a, *h = b;
    int order = compare(g->y, h->y);
    return order ? order : compare(g->x, h->x);
}

static int by_line(const void *a, const void *b)
{
    const msh_glyph *g = a, *h = b;
    if (g->line != h->line)
        return g->line < h->line ? -1 : 1;
    int order = compare(g->x, h->x);
    return order ? order : g->at < h->at ? -1 : g->at > h->at;
}

/* What is less than half a character apart stands on one line. */
static void sort_to_lines(msh_glyphs *g)
{
    qsort(g->all, g->n, sizeof *g->all, by_y);
    uint32_t line = 0;
    for (size_t i = 0, first = 0; i < g->n; i++) {
        if (g->all[i].y - g->all[first].y > g->all[first].size * 0.5) {
            line++;
            first = i;
        }
        g->all[i].line = line;
    }
    qsort(g->all, g->n, sizeof *g->all, by_line);
}

/* One character beyond ASCII, below another: a column. */
static bool goes_down(const msh_glyphs *g, const msh_glyph *a, const msh_glyph *b)
{
    return a->len <= 4 && b->len <= 4 && g->text.data[a->at] >= 0x80 &&
           g->text.data[b->at] >= 0x80 && fabs(a->x - b->x) < a->size * 0.3 && b->y > a->y &&
           b->y - a->y < a->size * 2;
}

static void put_between(const msh_glyphs *g, msh_buf *out, const msh_glyph *a, const msh_glyph *b)
{
    if (fabs(a->y - b->y) > a->size * 0.5) {
        if (!goes_down(g, a, b))
            msh_buf_put_byte(out, '\n');
        return;
    }
    double gap = b->x - (a->x + a->width);
    if (gap > a->size * 2)
        msh_buf_put_str(out, "  ");
}

static msh_err write_out(const msh_glyphs *g, msh_buf *out)
{
    for (size_t i = 0; i < g->n; i++) {
        if (i)
            put_between(g, out, &g->all[i - 1], &g->all[i]);
        msh_buf_put(out, g->text.data + g->all[i].at, g->all[i].len);
    }
    return msh_buf_err(out);
}

msh_err msh_glyphs_emit(msh_glyphs *g, msh_extract *x, const msh_place *place)
{
    msh_buf document, reading;
    msh_err err = MSH_OK;
    msh_place here = *place;
    here.offset = MSH_NO_POSITION;
    size_t ceiling = g->text.len + g->n * 2 + 16;
    msh_buf_init(&document, ceiling);
    msh_buf_init(&reading, ceiling);
    MSH_GUARD(msh_buf_err(&g->text));
    MSH_GUARD(write_out(g, &document));
    MSH_GUARD(msh_emit(x, &here, msh_buf_view(&document), 0));
    if (g->n > 1 && g->n <= GLYPHS_MOST) {
        sort_to_lines(g);
        MSH_GUARD(write_out(g, &reading));
        if (!msh_view_eq(msh_buf_view(&document), msh_buf_view(&reading)))
            MSH_GUARD(msh_emit(x, &here, msh_buf_view(&reading), 0));
    }
    msh_buf_reset(&g->text);
    g->n = 0;
out:
    msh_buf_dispose(&document);
    msh_buf_dispose(&reading);
    return err;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

/* One plain decimal number at *at; false when there is none. */
static bool read_number(msh_view v, size_t *at, double *out)
{
    double value = 0, scale = 1;
    bool minus = false, any = false, point = false;
    size_t i = *at;
    while (i < v.len && (v.data[i] == ' ' || v.data[i] == ',' || v.data[i] == '\t' ||
                         v.data[i] == '\n' || v.data[i] == '\r'))
        i++;
    if (i < v.len && (v.data[i] == '-' || v.data[i] == '+'))
        minus = v.data[i++] == '-';
    for (; i < v.len && ((v.data[i] == '.' && !point) || (v.data[i] >= '0' && v.data[i] <= '9'));
         i++) {
        if (v.data[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        if (point && scale < 1e12)
            value += (v.data[i] - '0') / (scale *= 10);
        else if (!point && value < 1e15)
            value = value * 10 + (v.data[i] - '0');
    }
    *at = i;
    *out = minus ? -value : value;
    return any;
}

size_t msh_glyphs_numbers(msh_view v, double *out, size_t max)
{
    size_t n = 0, at = 0;
    while (n < max && read_number(v, &at, &out[n]))
        n++;
    return n;
}
