/* ole_ppt.c: a presentation's stream, and its place in a compound file (see ole_ppt.h). */
#include "extract/ole_ppt.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/ole.h"

static msh_err seal(msh_extract *x, const msh_doc *doc, bool *encrypted)
{
    *encrypted = true;
    return msh_report(x, &doc->place, MSH_REASON_OFFICE_ENCRYPTED, 0);
}

/* Whether NULs alone follow: the stream is longer than its records. */
static bool is_padding(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i])
            return false;
    return true;
}

static msh_err read_records(msh_ppt_reader *p, msh_view stream, bool *encrypted)
{
    msh_cursor c = msh_cursor_of(stream);
    msh_art_rec r;
    while (msh_art_next(&c, &r)) {
        if (r.type == 0 && is_padding(msh_view_cut(stream, (size_t)r.at, SIZE_MAX)))
            break;
        p->damaged |= r.cut || r.type < 0x03e8;
        if (r.type == PPT_CRYPT_SESSION)
            return seal(p->x, p->doc, encrypted);
        MSH_TRY(msh_budget_decoded(&p->x->budget, 0));
        MSH_TRY(msh_ppt_reader_read(p, &r));
    }
    return msh_ppt_reader_rest(p);
}

/* What is not read by its meaning is looked at as bytes. */
static msh_err sweep(msh_ppt_reader *p, msh_view stream)
{
    msh_place place = p->doc->place;
    if (p->damaged) {
        MSH_TRY(msh_report(p->x, &place, MSH_REASON_FORMAT_CORRUPT, 0));
        return msh_sweep(p->x, &place, stream, 0);
    }
    MSH_TRY(msh_buf_err(&p->unread));
    place.offset = MSH_NO_POSITION;
    return msh_sweep(p->x, &place, msh_buf_view(&p->unread), 0);
}

static bool is_local(msh_err e)
{
    return e == MSH_E_LIMIT_BUFFER || e == MSH_E_CORRUPT || e == MSH_E_SHORT;
}

msh_err msh_ppt_read(msh_extract *x, const msh_doc *doc, msh_view stream, msh_view current,
                     bool *encrypted)
{
    msh_ppt_edits edits;
    msh_ppt_reader p;
    *encrypted = false;
    msh_err err = msh_ppt_edits_read(&edits, stream, current);
    msh_ppt_reader_init(&p, x, doc, &edits);
    if (err == MSH_OK && edits.encrypted)
        err = seal(x, doc, encrypted);
    else if (err == MSH_OK)
        err = read_records(&p, stream, encrypted);
    if (is_local(err)) {
        p.damaged = true;
        err = MSH_OK;
    }
    if (err == MSH_OK && !*encrypted)
        err = sweep(&p, stream);
    msh_ppt_reader_dispose(&p);
    msh_ppt_edits_dispose(&edits);
    return err;
}

/* --- in a compound file
 * -------------------------------------------------------------------------------- */

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, "PowerPoint Document") >= 0 ? 90 : 0;
}

static msh_err read_pictures(msh_ole *o)
{
    msh_buf bytes;
    bool damaged = false;
    unsigned n = 0;
    int entry = msh_ole_find(o, "Pictures");
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    msh_err err = msh_ole_load(o, entry, &bytes);
    if (err == MSH_OK)
        err = msh_art_pictures(o->x, &o->doc, msh_buf_view(&bytes), "Pictures/", &n, &damaged);
    if (err == MSH_OK && damaged) {
        msh_place place = msh_ole_place(o, entry);
        err = msh_report(o->x, &place, MSH_REASON_FORMAT_CORRUPT, 0);
    }
    msh_buf_dispose(&bytes);
    return err;
}

static msh_err read_app(msh_ole *o)
{
    msh_buf stream, current;
    bool encrypted = false;
    msh_buf_init(&stream, (size_t)o->x->limits->member_size);
    msh_buf_init(&current, 65536);
    msh_err err = msh_cfb_peek(o->cfb, msh_ole_find(o, "Current User"), 4096, &current);
    if (err == MSH_E_SHORT || err == MSH_E_LIMIT_BUFFER)
        err = MSH_OK;
    if (err == MSH_OK)
        err = msh_ole_load(o, msh_ole_find(o, "PowerPoint Document"), &stream);
    if (err == MSH_OK)
        err =
            msh_ppt_read(o->x, &o->doc, msh_buf_view(&stream), msh_buf_view(&current), &encrypted);
    o->sealed |= encrypted;
    msh_buf_dispose(&stream);
    msh_buf_dispose(&current);
    if (err != MSH_OK || encrypted)
        return err;
    return read_pictures(o);
}

extern const msh_ole_app msh_ole_ppt;
const msh_ole_app msh_ole_ppt = {.name = "ppt", .probe = probe, .read = read_app};
