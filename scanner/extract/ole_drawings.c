/* ole_drawings.c: OfficeArt records in streams that are no tree of them: Word puts pictures and
 * shapes between other structures. They are found by their headers wherever they stand
 * ([MS-ODRAW] 2.2.9, 2.2.23). */
#include "extract/ole.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/ole_art.h"

#include <stdio.h>

enum { HEAD = 8, LEAST = 48, PROPERTY = 6, PROPERTIES_MOST = 512 };

/* Instances of pictures with one identifier; with two it is the next number. */
static bool is_picture(const msh_art_rec *r)
{
    static const uint16_t pairs[][2] = {
        {0xf01a, 0x3d4}, {0xf01b, 0x216}, {0xf01c, 0x542}, {0xf01d, 0x46a}, {0xf01d, 0x6e2},
        {0xf02a, 0x46a}, {0xf02a, 0x6e2}, {0xf01e, 0x6e0}, {0xf01f, 0x7a8}, {0xf029, 0x6e4},
    };
    if (r->version || r->body.len <= LEAST)
        return false;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == r->type && pairs[i][1] == (r->instance & ~1))
            return true;
    return false;
}

static bool is_properties(const msh_art_rec *r)
{
    return msh_art_is_properties(r->type) && r->version == 3 && r->instance > 0 &&
           r->instance < PROPERTIES_MOST && r->body.len >= (size_t)r->instance * PROPERTY;
}

/* Words of shapes, with the place of the stream. */
typedef struct drawing {
    msh_buf text, attrs;
} drawing;

static msh_err emit(msh_ole *o, const msh_place *of, msh_role role, const msh_buf *b)
{
    msh_place place = *of;
    place.role = role;
    place.name = MSH_VIEW("shape");
    place.offset = MSH_NO_POSITION;
    MSH_TRY(msh_buf_err(b));
    return msh_emit(o->x, &place, msh_buf_view(b), 0);
}

/* The record at `at` if it is one of interest; *len what it takes, else 0. */
static msh_err read_record(msh_ole *o, const char *name, drawing *d, msh_view bytes, size_t at,
                           size_t *len)
{
    msh_cursor c = msh_cursor_of(msh_view_cut(bytes, at, bytes.len));
    msh_art_rec r;
    *len = 0;
    if (!msh_art_next(&c, &r) || r.cut)
        return MSH_OK;
    if (is_properties(&r)) {
        msh_art_properties(&r, &d->text, &d->attrs);
    } else if (is_picture(&r)) {
        MSH_TRY(msh_art_picture(o->x, &o->doc, &r, name, (unsigned)at));
    } else {
        return MSH_OK;
    }
    *len = HEAD + r.body.len;
    return MSH_OK;
}

static msh_err read_records(msh_ole *o, int entry, drawing *d, msh_buf *bytes)
{
    char name[64];
    msh_view path = msh_ole_path(o, entry);
    (void)snprintf(name, sizeof name, "%.*s@", path.len < 20 ? (int)path.len : 20,
                   (const char *)path.data);
    for (size_t at = 0; at + HEAD <= bytes->len; at++) {
        uint8_t *p = bytes->data + at;
        size_t len;
        if ((p[3] != 0xf0 && p[3] != 0xf1) || ((p[0] & 15) != 0 && (p[0] & 15) != 3))
            continue;
        MSH_TRY(read_record(o, name, d, msh_buf_view(bytes), at, &len));
        if (len == 0)
            continue;
        memset(p, 0, len);
        at += len - 1;
    }
    return MSH_OK;
}

msh_err msh_ole_drawings(msh_ole *o, int entry, msh_buf *bytes)
{
    drawing d;
    msh_place place = msh_ole_place(o, entry);
    msh_buf_init(&d.text, bytes->len * 2 + 64);
    msh_buf_init(&d.attrs, bytes->len * 2 + 64);
    msh_err err = read_records(o, entry, &d, bytes);
    if (err == MSH_OK)
        err = emit(o, &place, MSH_ROLE_BODY, &d.text);
    if (err == MSH_OK)
        err = emit(o, &place, MSH_ROLE_ATTR, &d.attrs);
    msh_buf_dispose(&d.text);
    msh_buf_dispose(&d.attrs);
    return err;
}
