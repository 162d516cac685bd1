/* ole_xls.c: the walk over a workbook's records, and its place in a compound file (see ole_xls.h).
 */
#include "extract/ole_xls.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/ole.h"
#include "extract/ole_art.h"

enum { BOF_2 = 0x0009, BOF_3 = 0x0209, BOF_4 = 0x0409, BOF = 0x0809, END = 0x000a };
enum { FILEPASS = 0x002f, MAX_NESTED = 64 };

/* --- records that hold numbers only
 * --------------------------------------------------------------------- */

/* Not swept: their bytes would look like text by chance. Charts' records (10xx) likewise. */
static const uint16_t dull[] = {
    0x000c, 0x000d, 0x000e, 0x000f, 0x0010, 0x0011, 0x0012, 0x0013, 0x0019, 0x001a, 0x001b, 0x001d,
    0x0024, 0x0025, 0x0026, 0x0027, 0x0028, 0x0029, 0x002a, 0x002b, 0x0031, 0x0032, 0x0033, 0x003d,
    0x0040, 0x0041, 0x0043, 0x0045, 0x0055, 0x0056, 0x005e, 0x005f, 0x0060, 0x0063, 0x0080, 0x0081,
    0x0082, 0x0083, 0x0084, 0x0089, 0x008c, 0x008d, 0x0090, 0x0092, 0x0099, 0x009c, 0x009d, 0x00a0,
    0x00a1, 0x00ab, 0x00be, 0x00c1, 0x00d3, 0x00d7, 0x00da, 0x00dd, 0x00e1, 0x00e2, 0x00e5, 0x00ed,
    0x00ef, 0x00ff, 0x0125, 0x013d, 0x0160, 0x0161, 0x01af, 0x01b0, 0x01b2, 0x01b7, 0x01bc, 0x01c0,
    0x01c1, 0x0001, 0x0200, 0x0201, 0x020b, 0x0225, 0x0231, 0x023e, 0x0243, 0x0443, 0x0862, 0x0863,
    0x0867, 0x0868, 0x087b, 0x087c, 0x087d, 0x088b, 0x088c, 0x088d, 0x088e, 0x089a, 0x089b, 0x08a3,
};

static bool is_dull(uint16_t type)
{
    if (type >= 0x1000 && type < 0x1100)
        return true;
    for (size_t i = 0; i < sizeof dull / sizeof dull[0]; i++)
        if (dull[i] == type)
            return true;
    return false;
}

/* --- substreams
 * -------------------------------------------------------------------------------------- */

static unsigned version_of(const msh_xls_rec *r, uint16_t version)
{
    switch (r->type) {
    case BOF_2:
        return 2;
    case BOF_3:
        return 3;
    case BOF_4:
        return 4;
    default:
        return version == 0x0500 ? 5 : 8;
    }
}

/* A chart inside a sheet is part of it; a substream that the list names is a sheet whatever is
 * still open. */
static msh_err begin(msh_xls *w, msh_xls_in *in)
{
    uint16_t version = msh_xls_u16(in), kind = msh_xls_u16(in);
    w->biff = version_of(in->r, version);
    if (w->depth == 0 || w->depth >= MAX_NESTED || msh_xls_bound_at(w, in->r->at)) {
        w->depth = 1;
        return msh_xls_sheet_begin(w, in->r->at, kind);
    }
    w->depth++;
    w->in_chart = kind == 0x0020;
    return MSH_OK;
}

static msh_err end(msh_xls *w)
{
    if (w->depth > 1) {
        w->depth--;
        w->in_chart = w->kind == 0x0020;
        return MSH_OK;
    }
    w->depth = 0;
    return msh_xls_sheet_end(w);
}

/* --- records
 * ----------------------------------------------------------------------------------------- */

static const msh_xls_row *row_of(uint16_t type)
{
    const msh_xls_row *const tables[] = {msh_xls_cell_rows, msh_xls_text_rows, msh_xls_book_rows};
    for (unsigned t = 0; t < 3; t++)
        for (const msh_xls_row *row = tables[t]; row->read; row++)
            if (row->type == type)
                return row;
    return NULL;
}

static msh_err read_record(msh_xls *w, const msh_xls_rec *r)
{
    msh_xls_in in = msh_xls_in_of(r);
    const msh_xls_row *row = row_of(r->type);
    if (r->type == BOF || r->type == BOF_4 || r->type == BOF_3 || r->type == BOF_2)
        return begin(w, &in);
    if (r->type == END)
        return end(w);
    if (!row) {
        if (!is_dull(r->type))
            msh_xls_unread(w, r->body);
        return MSH_OK;
    }
    MSH_TRY(row->read(w, &in));
    if (in.failed)
        msh_xls_unread(w, r->body);
    return MSH_OK;
}

/* Whether NULs alone follow: the stream is longer than its records. */
static bool is_padding(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i])
            return false;
    return true;
}

/* Encrypted: read on in the clear, or say so; then the records that follow say nothing. */
static msh_err open_or_seal(msh_xls *w, const msh_xls_rec *r, msh_xls_walk *records, msh_buf *clear)
{
    bool opened = false;
    if (clear->len == 0)
        MSH_TRY(msh_xls_unlock(w->biff, r->body, records->in, records->at, clear, &opened));
    if (opened) {
        records->in = msh_buf_view(clear);
        return msh_budget_decoded(&w->x->budget, clear->len);
    }
    w->encrypted = true;
    return msh_report(w->x, &w->doc->place, MSH_REASON_OFFICE_ENCRYPTED, 0);
}

static msh_err walk(msh_xls *w, msh_view stream)
{
    msh_xls_walk records = {.in = stream};
    msh_xls_rec r;
    msh_buf clear;
    msh_err err = MSH_OK;
    msh_buf_init(&clear, stream.len);
    w->stream = stream;
    while (err == MSH_OK && !w->encrypted && msh_xls_next(&records, &r)) {
        if (r.type == 0 && r.body.len == 0) {
            if (is_padding(msh_view_cut(records.in, (size_t)r.at, SIZE_MAX)))
                break;
            records.at = (size_t)r.at + 1; /* go on where a record may begin */
            w->damaged = true;
            continue;
        }
        w->damaged |= r.cut;
        if (r.type == FILEPASS)
            err = open_or_seal(w, &r, &records, &clear);
        else
            err = read_record(w, &r);
        if (err == MSH_OK)
            err = msh_budget_decoded(&w->x->budget, 0);
    }
    if (err == MSH_OK)
        err = records.err;
    msh_xls_walk_dispose(&records);
    msh_buf_dispose(&clear);
    return err;
}

/* --- a workbook
 * -------------------------------------------------------------------------------------- */

/* Sheets that the list names and that are nowhere. */
static void check_sheets(msh_xls *w)
{
    for (size_t i = 0; i < w->n_bounds; i++)
        w->damaged |= !w->bounds[i].seen && w->bounds[i].kind <= 2;
}

static msh_err emit_eight(msh_xls *w)
{
    msh_place place = w->doc->place;
    place.offset = MSH_NO_POSITION;
    MSH_TRY(msh_buf_err(&w->eight));
    if (w->eight.len == 0)
        return MSH_OK;
    return msh_emit_bytes(w->x, &place, msh_buf_view(&w->eight), MSH_CHARSET_COUNT, MSH_TEXT_GUESS);
}

/* What belongs to the whole book. */
static msh_err finish(msh_xls *w)
{
    msh_place place = w->doc->place;
    bool damaged = false;
    place.offset = MSH_NO_POSITION;
    MSH_TRY(msh_xls_sheet_end(w));
    MSH_TRY(msh_biff_strings_unused(&w->strings, w->x, &place));
    MSH_TRY(msh_biff_emit(w->x, &place, MSH_ROLE_BODY, NULL, &w->pivot));
    MSH_TRY(msh_biff_emit(w->x, &place, MSH_ROLE_META, NULL, &w->meta));
    MSH_TRY(msh_biff_emit(w->x, &place, MSH_ROLE_ATTR, NULL, &w->attrs));
    MSH_TRY(msh_biff_emit(w->x, &place, MSH_ROLE_ATTR, NULL, &w->phonetic));
    MSH_TRY(msh_biff_emit(w->x, &place, MSH_ROLE_ATTR, NULL, &w->format_codes));
    MSH_TRY(emit_eight(w));
    MSH_TRY(msh_art_pictures(w->x, w->doc, msh_buf_view(&w->art_group), "Pictures/", &w->pictures,
                             &damaged));
    if (msh_buf_err(&w->unread) != MSH_OK)
        return msh_buf_err(&w->unread);
    return msh_sweep(w->x, &place, msh_buf_view(&w->unread), 0);
}

static void init(msh_xls *w, msh_extract *x, const msh_doc *doc)
{
    size_t ceiling = (size_t)x->limits->member_size;
    *w = (msh_xls){.x = x, .doc = doc, .biff = 8, .charset = MSH_CHARSET_COUNT};
    msh_buf *all[] = {&w->phonetic, &w->eight,     &w->unread,       &w->meta,   &w->attrs,
                      &w->art,      &w->art_group, &w->format_codes, &w->header, &w->footer,
                      &w->charts,   &w->pivot,     &w->sheet_attrs,  &w->words};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_init(all[i], ceiling);
    msh_biff_strings_init(&w->strings, ceiling);
}

static void dispose(msh_xls *w)
{
    msh_buf *all[] = {&w->phonetic, &w->eight,     &w->unread,       &w->meta,   &w->attrs,
                      &w->art,      &w->art_group, &w->format_codes, &w->header, &w->footer,
                      &w->charts,   &w->pivot,     &w->sheet_attrs,  &w->words};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_dispose(all[i]);
    msh_biff_strings_dispose(&w->strings);
    msh_biff_formats_dispose(&w->formats);
    if (w->in_sheet)
        msh_biff_sheet_dispose(&w->sheet);
    msh_free(w->bounds);
    msh_free(w->notes);
    msh_free(w->boxes);
}

/* A part that grew past its ceiling is not the end: the rest is handed on, the stream swept. */
static bool is_local(msh_err e)
{
    return e == MSH_E_LIMIT_BUFFER || e == MSH_E_CORRUPT || e == MSH_E_SHORT;
}

msh_err msh_xls_read(msh_extract *x, const msh_doc *doc, msh_view stream, bool *encrypted)
{
    msh_xls w;
    init(&w, x, doc);
    msh_err err = walk(&w, stream);
    *encrypted = w.encrypted;
    if (err == MSH_OK && !w.encrypted)
        check_sheets(&w);
    if (err == MSH_OK)
        err = finish(&w);
    if (is_local(err)) {
        err = msh_report(x, &doc->place, msh_reason_of_error(err), 0);
        w.damaged = true;
    } else if (err == MSH_OK && w.damaged && !w.encrypted) {
        err = msh_report(x, &doc->place, MSH_REASON_FORMAT_CORRUPT, 0);
    }
    if (err == MSH_OK && w.damaged && !w.encrypted)
        err = msh_sweep(x, &doc->place, stream, 0);
    dispose(&w);
    return err;
}

/* --- in a compound file
 * -------------------------------------------------------------------------------- */

/* A book of both versions has both streams; WPS and others write the same names. */
static const char *const books[] = {"Workbook", "Book"};
/* Records too: shared workbooks keep who changed what. */
static const char *const logs[] = {"Revision Log", "User Names"};
static const char *const caches[] = {"_SX_DB_CUR", "_SX_DB"};

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, books[0]) >= 0 || msh_ole_find(o, books[1]) >= 0 ? 90 : 0;
}

/* A stream of records, with the document's own place when it is the book. */
static msh_err read_stream(msh_ole *o, int entry, bool is_book)
{
    msh_buf bytes;
    msh_doc doc = o->doc;
    bool encrypted = false;
    if (entry < 0 || o->cfb->entries[entry].kind != MSH_CFB_STREAM)
        return MSH_OK;
    if (!is_book)
        doc.place = msh_ole_place(o, entry);
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    msh_err err = msh_ole_load(o, entry, &bytes);
    if (err == MSH_OK)
        err = msh_xls_read(o->x, &doc, msh_buf_view(&bytes), &encrypted);
    o->sealed |= is_book && encrypted;
    msh_buf_dispose(&bytes);
    return err;
}

static msh_err read_caches(msh_ole *o, const char *name)
{
    int storage = msh_cfb_find(o->cfb, o->storage, name);
    if (storage < 0 || o->cfb->entries[storage].kind != MSH_CFB_STORAGE)
        return MSH_OK;
    for (int i = o->cfb->entries[storage].child; i >= 0; i = o->cfb->entries[i].next)
        MSH_TRY(read_stream(o, i, false));
    return MSH_OK;
}

static msh_err read_app(msh_ole *o)
{
    for (unsigned i = 0; i < 2; i++)
        MSH_TRY(read_stream(o, msh_ole_find(o, books[i]), true));
    if (o->sealed)
        return MSH_OK;
    for (unsigned i = 0; i < 2; i++) {
        MSH_TRY(read_stream(o, msh_ole_find(o, logs[i]), false));
        MSH_TRY(read_caches(o, caches[i]));
    }
    return MSH_OK;
}

extern const msh_ole_app msh_ole_xls;
const msh_ole_app msh_ole_xls = {.name = "xls", .probe = probe, .read = read_app};
