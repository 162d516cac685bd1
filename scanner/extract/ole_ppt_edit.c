/* ole_ppt_edit.c: which parts of a presentation are current: user edits from the newest to the
 * first, their persist directories, the lists of slides ([MS-PPT] 2.1.2, 2.3.2 … 2.3.6). */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/ole_ppt.h"

enum {
    MAX_PERSIST = 1 << 20, /* numbers have 20 bits */
    MAX_EDITS = 100000,
    MAX_REFS = 100000,
    MASTERS = 1,
    NOTES = 2
};
enum { TOKEN_ENCRYPTED = 0xf3d1c4df };

/* The record at an offset, false when it is not of this type. */
static bool record_at(msh_view stream, uint64_t at, uint16_t type, msh_art_rec *out)
{
    if (at >= stream.len)
        return false;
    msh_cursor c = msh_cursor_of(msh_view_cut(stream, (size_t)at, SIZE_MAX));
    if (!msh_art_next(&c, out) || out->type != type)
        return false;
    out->at = at;
    return true;
}

/* --- user edits
 * -------------------------------------------------------------------------------------- */

/* Where the newest edit stands: as the other stream says, else the last one in this stream. */
static uint64_t newest_edit(msh_ppt_edits *e, msh_view stream, msh_view current)
{
    msh_art_rec r, edit;
    uint64_t last = UINT64_MAX;
    if (record_at(current, 0, PPT_CURRENT_USER, &r)) {
        msh_cursor c = msh_cursor_of(r.body);
        (void)msh_cursor_u32le(&c);
        e->encrypted |= msh_cursor_u32le(&c) == TOKEN_ENCRYPTED;
        uint32_t at = msh_cursor_u32le(&c);
        if (msh_cursor_ok(&c) && record_at(stream, at, PPT_USER_EDIT, &edit))
            return at;
    }
    msh_cursor c = msh_cursor_of(stream);
    while (msh_art_next(&c, &r))
        if (r.type == PPT_USER_EDIT)
            last = r.at;
    return last;
}

static msh_err set_offset(msh_ppt_edits *e, uint32_t id, uint32_t offset)
{
    if (id >= e->n_offsets) {
        uint32_t n = id + 1024 < 2 * e->n_offsets ? 2 * e->n_offsets : id + 1024;
        uint32_t *all = msh_realloc(e->offset_of, n * sizeof *all);
        if (!all)
            return MSH_E_MEMORY;
        memset(all + e->n_offsets, 0, (n - e->n_offsets) * sizeof *all);
        e->offset_of = all;
        e->n_offsets = n;
    }
    if (e->offset_of[id] == 0) /* a newer edit has said it already */
        e->offset_of[id] = offset;
    return MSH_OK;
}

static msh_err read_directory(msh_ppt_edits *e, msh_view directory)
{
    msh_cursor c = msh_cursor_of(directory);
    while (msh_cursor_left(&c) >= 8) {
        uint32_t head = msh_cursor_u32le(&c), id = head & (MAX_PERSIST - 1), n = head >> 20;
        for (uint32_t i = 0; i < n && msh_cursor_left(&c) >= 4 && id + i < MAX_PERSIST; i++)
            MSH_TRY(set_offset(e, id + i, msh_cursor_u32le(&c)));
    }
    return MSH_OK;
}

/* Older edits stand before newer ones: an offset that does not fall ends the chain. */
static msh_err read_chain(msh_ppt_edits *e, msh_view stream, uint64_t at, uint32_t *document)
{
    msh_art_rec r, directory;
    *document = 0;
    for (unsigned i = 0; i < MAX_EDITS && record_at(stream, at, PPT_USER_EDIT, &r); i++) {
        msh_cursor c = msh_cursor_of(r.body);
        msh_cursor_skip(&c, 8);
        uint64_t older = msh_cursor_u32le(&c), persist = msh_cursor_u32le(&c);
        uint32_t id = msh_cursor_u32le(&c);
        e->encrypted |= r.body.len >= 32; /* it names a session of encryption */
        if (!msh_cursor_ok(&c))
            return MSH_OK;
        if (*document == 0)
            *document = id;
        if (record_at(stream, persist, PPT_PERSIST_DIRECTORY, &directory))
            MSH_TRY(read_directory(e, directory.body));
        if (older == 0 || older >= at)
            return MSH_OK;
        at = older;
    }
    return MSH_OK;
}

/* --- lists of slides
 * --------------------------------------------------------------------------------- */

static msh_err add_ref(msh_ppt_edits *e, const msh_art_rec *atom, uint16_t list)
{
    msh_cursor c = msh_cursor_of(atom->body);
    msh_ppt_ref ref = {.persist = msh_cursor_u32le(&c)};
    msh_cursor_skip(&c, 8);
    ref.slide_id = msh_cursor_u32le(&c);
    if (e->n_refs == MAX_REFS)
        return MSH_OK;
    if (e->n_refs == e->cap_refs) {
        uint32_t cap = e->cap_refs ? e->cap_refs * 2 : 64;
        msh_ppt_ref *all = msh_realloc(e->refs, cap * sizeof *all);
        if (!all)
            return MSH_E_MEMORY;
        e->refs = all;
        e->cap_refs = cap;
    }
    if (list != MASTERS && list != NOTES)
        ref.page = ++e->pages;
    e->refs[e->n_refs++] = ref;
    return MSH_OK;
}

/* Each entry is followed by the texts of its slide (2.4.14.3 SlideListWithTextContainer). */
static msh_err read_list(msh_ppt_edits *e, const msh_art_rec *list)
{
    msh_cursor c = msh_cursor_of(list->body);
    msh_art_rec r;
    msh_ppt_ref *open = NULL;
    while (msh_art_next(&c, &r)) {
        if (r.type == PPT_SLIDE_PERSIST) {
            uint32_t before = e->n_refs;
            MSH_TRY(add_ref(e, &r, list->instance));
            open = e->n_refs > before ? &e->refs[before] : NULL;
            if (open)
                open->outline = msh_view_cut(list->body, c.at, 0);
        } else if (open) {
            open->outline.len = (size_t)(list->body.data + c.at - open->outline.data);
        }
    }
    return MSH_OK;
}

static msh_err read_lists(msh_ppt_edits *e, const msh_art_rec *document)
{
    msh_cursor c = msh_cursor_of(document->body);
    msh_art_rec r;
    while (msh_art_next(&c, &r))
        if (r.type == PPT_SLIDE_LIST)
            MSH_TRY(read_list(e, &r));
    return MSH_OK;
}

/* --- the whole
 * --------------------------------------------------------------------------------------- */

/* An order by offsets, so that a record finds its number. Shell sort: no context for qsort. */
static void sort_offsets(msh_ppt_edits *e)
{
    for (uint32_t gap = e->n_sorted / 2; gap > 0; gap /= 2)
        for (uint32_t i = gap; i < e->n_sorted; i++) {
            uint32_t id = e->sorted[i], k = i;
            for (; k >= gap && e->offset_of[e->sorted[k - gap]] > e->offset_of[id]; k -= gap)
                e->sorted[k] = e->sorted[k - gap];
            e->sorted[k] = id;
        }
}

static int by_slide_id(const void *a, const void *b)
{
    const msh_ppt_page *p = a, *q = b;
    return p->slide_id < q->slide_id ? -1 : p->slide_id > q->slide_id;
}

/* Ways from a persist number, and from a slide's identifier, to the entry in the lists. */
static msh_err index_refs(msh_ppt_edits *e)
{
    e->ref_of = msh_calloc(e->n_offsets + 1, sizeof *e->ref_of);
    e->by_slide = msh_calloc(e->n_refs + 1, sizeof *e->by_slide);
    if (!e->ref_of || !e->by_slide)
        return MSH_E_MEMORY;
    for (uint32_t i = 0; i < e->n_refs; i++) {
        const msh_ppt_ref *r = &e->refs[i];
        if (r->page) /* notes and masters have identifiers of their own */
            e->by_slide[e->n_by_slide++] = (msh_ppt_page){r->slide_id, r->page};
        if (r->persist < e->n_offsets && e->ref_of[r->persist] == 0)
            e->ref_of[r->persist] = i + 1;
    }
    qsort(e->by_slide, e->n_by_slide, sizeof *e->by_slide, by_slide_id);
    return MSH_OK;
}

static msh_err order(msh_ppt_edits *e)
{
    e->sorted = msh_alloc((e->n_offsets + 1) * sizeof *e->sorted);
    if (!e->sorted)
        return MSH_E_MEMORY;
    for (uint32_t i = 0; i < e->n_offsets; i++)
        if (e->offset_of[i])
            e->sorted[e->n_sorted++] = i;
    sort_offsets(e);
    return index_refs(e);
}

msh_err msh_ppt_edits_read(msh_ppt_edits *e, msh_view stream, msh_view current)
{
    msh_art_rec document;
    uint32_t id;
    *e = (msh_ppt_edits){.document_at = UINT64_MAX};
    uint64_t at = newest_edit(e, stream, current);
    MSH_TRY(read_chain(e, stream, at, &id));
    uint32_t offset = id < e->n_offsets ? e->offset_of[id] : 0;
    /* the document may stand at the very beginning */
    if (e->encrypted || id == 0 || !record_at(stream, offset, PPT_DOCUMENT, &document))
        return MSH_OK;
    e->known = true;
    e->document_at = offset;
    MSH_TRY(read_lists(e, &document));
    return order(e);
}

void msh_ppt_edits_dispose(msh_ppt_edits *e)
{
    msh_free(e->offset_of);
    msh_free(e->sorted);
    msh_free(e->refs);
    msh_free(e->ref_of);
    msh_free(e->by_slide);
    *e = (msh_ppt_edits){0};
}

bool msh_ppt_is_current(const msh_ppt_edits *e, uint64_t at, msh_ppt_ref **ref)
{
    uint32_t low = 0, high = e->n_sorted;
    *ref = NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (e->offset_of[e->sorted[middle]] < at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == e->n_sorted || e->offset_of[e->sorted[low]] != at)
        return at == e->document_at;
    uint32_t i = e->ref_of[e->sorted[low]];
    if (i)
        *ref = &e->refs[i - 1];
    return true;
}

uint32_t msh_ppt_page_of(const msh_ppt_edits *e, uint32_t slide_id)
{
    msh_ppt_page key = {.slide_id = slide_id}, *found = NULL;
    if (e->n_by_slide)
        found = bsearch(&key, e->by_slide, e->n_by_slide, sizeof key, by_slide_id);
    return found ? found->page : 0;
}
