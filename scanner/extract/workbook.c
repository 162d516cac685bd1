/* workbook.c: names of sheets, shared strings and number formats (see workbook.h). */
#include "extract/workbook.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/numfmt.h"

#include <stdio.h>

enum { SHEETS_MOST = 20000, XFS_MOST = 100000, FORMATS_MOST = 20000, HOPS = 4 };

bool msh_workbook_init(msh_workbook *w, msh_extract *x, const msh_relations *relations)
{
    size_t ceiling = (size_t)x->limits->member_size;
    *w = (msh_workbook){.x = x, .relations = relations};
    msh_buf_init(&w->strings, ceiling < UINT32_MAX ? ceiling : UINT32_MAX);
    msh_buf_init(&w->phonetic, ceiling);
    msh_buf_init(&w->used, ceiling);
    w->formats = msh_table_new();
    w->parts = msh_table_new();
    return w->formats && w->parts;
}

void msh_workbook_dispose(msh_workbook *w)
{
    msh_buf_dispose(&w->strings);
    msh_buf_dispose(&w->phonetic);
    msh_buf_dispose(&w->used);
    msh_free(w->sheets);
    msh_free(w->at);
    msh_free(w->xfs);
    if (w->formats)
        msh_table_free(w->formats, NULL);
    if (w->parts)
        msh_table_free(w->parts, NULL);
    *w = (msh_workbook){0};
}

static void *grown(void *old, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 64, bytes;
    if (n < *cap)
        return old;
    void *now = msh_mul_size(more, size, &bytes) ? msh_realloc(old, bytes) : NULL;
    if (now)
        *cap = more;
    return now;
}

static bool is_on(msh_view v)
{
    return msh_view_eq_str(v, "1") || msh_view_eq_str(v, "true") || msh_view_eq_str(v, "on");
}

static size_t number(msh_view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.len && v.data[i] >= '0' && v.data[i] <= '9' && n < 1u << 28; i++)
        n = n * 10 + (v.data[i] - '0');
    return n;
}

/* --- workbook.xml ------------------------------------------------------------------------------
 */

msh_err msh_workbook_add_sheet(msh_workbook *w, msh_view name, msh_view id, bool hidden)
{
    if (w->n_sheets >= SHEETS_MOST)
        return MSH_OK;
    msh_sheet_info *all = grown(w->sheets, w->n_sheets, &w->cap_sheets, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    w->sheets = all;
    all[w->n_sheets++] = (msh_sheet_info){.name = msh_arena_copy(w->x->arena, name),
                                          .id = msh_arena_copy(w->x->arena, id),
                                          .hidden = hidden};
    return MSH_OK;
}

static msh_err workbook_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t k)
{
    msh_workbook *w = ctx;
    if (msh_view_eq_str(name, "workbookPr"))
        w->date1904 = is_on(msh_xml_get(a, k, "date1904"));
    if (!msh_view_eq_str(name, "sheet"))
        return MSH_OK;
    msh_view state = msh_xml_get(a, k, "state");
    return msh_workbook_add_sheet(w, msh_xml_get(a, k, "name"), msh_xml_get(a, k, "id"),
                                  state.len > 0 && !msh_view_eq_str(state, "visible"));
}

const msh_xml_handler msh_workbook_handler = {workbook_start, NULL, NULL, NULL};

/* Which part each sheet is, by the relation that leads to it. */
static msh_err find_parts(msh_workbook *w)
{
    void *old;
    w->parts_known = true;
    for (size_t i = 0; i < w->n_sheets; i++) {
        msh_view part = msh_relations_target(w->relations, w->part, w->sheets[i].id);
        if (part.len)
            MSH_TRY(msh_table_put(w->parts, part, &w->sheets[i], &old));
    }
    return MSH_OK;
}

/* What belongs to a sheet is found by what refers to it. */
msh_err msh_workbook_sheet(msh_workbook *w, msh_view part, const msh_sheet_info **out)
{
    *out = NULL;
    if (!w->parts_known)
        MSH_TRY(find_parts(w));
    for (unsigned hop = 0; hop < HOPS && part.len && !*out; hop++) {
        *out = msh_table_get(w->parts, part);
        part = msh_relations_source(w->relations, part);
    }
    return MSH_OK;
}

/* --- styles.xml --------------------------------------------------------------------------------
 */

msh_err msh_workbook_add_style(msh_workbook *w, size_t id)
{
    char key[24];
    if (w->n_xfs >= XFS_MOST)
        return MSH_OK;
    msh_view *all = grown(w->xfs, w->n_xfs, &w->cap_xfs, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    w->xfs = all;
    int n = snprintf(key, sizeof key, "%zu", id);
    const msh_view *own = msh_table_get(w->formats, msh_view_of(key, (size_t)n));
    all[w->n_xfs++] = own ? *own : msh_view_str(msh_numfmt_builtin((uint32_t)id));
    return MSH_OK;
}

msh_err msh_workbook_add_format(msh_workbook *w, msh_view id, msh_view code)
{
    void *old;
    if (msh_table_count(w->formats) >= FORMATS_MOST)
        return MSH_OK;
    msh_view *kept = msh_arena_alloc(w->x->arena, sizeof *kept);
    if (!kept)
        return MSH_E_MEMORY;
    *kept = msh_arena_copy(w->x->arena, code);
    return msh_table_put(w->formats, id, kept, &old);
}

static msh_err styles_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t k)
{
    msh_workbook *w = ctx;
    if (msh_view_eq_str(name, "cellXfs"))
        w->in_xfs = true;
    if (msh_view_eq_str(name, "xf") && w->in_xfs)
        return msh_workbook_add_style(w, number(msh_xml_get(a, k, "numFmtId")));
    if (!msh_view_eq_str(name, "numFmt"))
        return MSH_OK;
    return msh_workbook_add_format(w, msh_xml_get(a, k, "numFmtId"),
                                   msh_xml_get(a, k, "formatCode"));
}

static msh_err styles_end(void *ctx, msh_view name)
{
    msh_workbook *w = ctx;
    w->in_xfs = w->in_xfs && !msh_view_eq_str(name, "cellXfs");
    return MSH_OK;
}

const msh_xml_handler msh_styles_handler = {styles_start, styles_end, NULL, NULL};

msh_view msh_workbook_format(const msh_workbook *w, size_t i)
{
    return i < w->n_xfs ? w->xfs[i] : (msh_view){NULL, 0};
}

/* --- sharedStrings.xml -------------------------------------------------------------------------
 */

static msh_err strings_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t k)
{
    msh_workbook *w = ctx;
    (void)a;
    (void)k;
    w->in_phonetic += msh_view_eq_str(name, "rPh");
    w->in_text += msh_view_eq_str(name, "t");
    return MSH_OK;
}

msh_err msh_workbook_end_string(msh_workbook *w)
{
    if (w->n_strings + 2 > w->cap_strings) {
        size_t cap = w->cap_strings;
        uint32_t *at = grown(w->at, cap, &cap, sizeof *at);
        if (!at)
            return MSH_E_MEMORY;
        at[0] = 0;
        w->at = at;
        w->cap_strings = cap;
    }
    w->at[++w->n_strings] = (uint32_t)w->strings.len;
    msh_buf_put_byte(&w->used, 0);
    MSH_TRY(msh_buf_err(&w->used));
    return msh_buf_err(&w->strings);
}

static msh_err strings_end(void *ctx, msh_view name)
{
    msh_workbook *w = ctx;
    if (msh_view_eq_str(name, "rPh") && w->in_phonetic) {
        w->in_phonetic--;
        msh_buf_put_byte(&w->phonetic, '\n');
    }
    if (msh_view_eq_str(name, "t"))
        w->in_text -= w->in_text > 0;
    if (!msh_view_eq_str(name, "si"))
        return MSH_OK;
    return msh_workbook_end_string(w);
}

static msh_err strings_text(void *ctx, msh_view text)
{
    msh_workbook *w = ctx;
    msh_buf_put_view(w->in_phonetic || !w->in_text ? &w->phonetic : &w->strings, text);
    return MSH_OK;
}

static msh_err strings_aside(void *ctx, msh_view text)
{
    msh_workbook *w = ctx;
    msh_buf_put_view(&w->phonetic, text);
    msh_buf_put_byte(&w->phonetic, '\n');
    return MSH_OK;
}

msh_err msh_workbook_strings(msh_workbook *w, const msh_place *place, msh_view bytes)
{
    static const msh_xml_handler handler = {strings_start, strings_end, strings_text,
                                            strings_aside};
    msh_place beside = *place;
    w->strings_place = *place;
    MSH_TRY(msh_xml_read(w->x, place, bytes, &handler, w));
    beside.role = MSH_ROLE_ATTR;
    beside.offset = MSH_NO_POSITION;
    MSH_TRY(msh_buf_err(&w->phonetic));
    return msh_emit(w->x, &beside, msh_buf_view(&w->phonetic), 0);
}

bool msh_workbook_string(msh_workbook *w, size_t i, msh_view *out)
{
    if (i >= w->n_strings)
        return false;
    if (i < w->used.len)
        w->used.data[i] = 1;
    *out = msh_view_cut(msh_buf_view(&w->strings), w->at[i], w->at[i + 1] - w->at[i]);
    return true;
}

/* Also what stands behind the last string, when the part broke off in it. */
msh_err msh_workbook_unused(msh_workbook *w)
{
    msh_buf out;
    msh_place place = w->strings_place;
    size_t end = w->n_strings ? w->at[w->n_strings] : 0;
    msh_buf_init(&out, w->strings.len + w->n_strings + 1);
    for (size_t i = 0; i < w->n_strings && i < w->used.len; i++) {
        if (w->used.data[i] || w->at[i + 1] == w->at[i])
            continue;
        msh_buf_put(&out, w->strings.data + w->at[i], w->at[i + 1] - w->at[i]);
        msh_buf_put_byte(&out, '\n');
    }
    msh_buf_put_view(&out, msh_view_cut(msh_buf_view(&w->strings), end, SIZE_MAX));
    place.role = MSH_ROLE_HIDDEN;
    place.offset = MSH_NO_POSITION;
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK)
        err = msh_emit(w->x, &place, msh_buf_view(&out), 0);
    msh_buf_dispose(&out);
    return err;
}
