/* ole_native.c: files packed into documents: \1Ole10Native ([MS-OLEDS] 2.3.6) with the layout of
 * the Object Packager: label, file name, way to a temporary copy, the bytes, the names in UTF-16.
 */
#include "extract/ole.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { NAME_MOST = 4096 };

static msh_view take_string(msh_cursor *c)
{
    msh_view rest = msh_view_cut(c->in, c->at, NAME_MOST);
    const uint8_t *end = rest.len ? memchr(rest.data, 0, rest.len) : NULL;
    if (!end) {
        c->failed = true;
        return (msh_view){0, 0};
    }
    msh_view v = msh_cursor_take(c, (size_t)(end - rest.data));
    msh_cursor_skip(c, 1);
    return v;
}

static msh_err emit_name(msh_ole *o, int entry, msh_view v, uint32_t codepage)
{
    msh_place place = msh_ole_place(o, entry);
    place.role = MSH_ROLE_NAME;
    place.offset = MSH_NO_POSITION;
    return v.len ? msh_ole_emit(o, &place, v, codepage) : MSH_OK;
}

/* Temporary way, label and file name once more, in UTF-16 with lengths. */
static msh_err wide_names(msh_ole *o, int entry, msh_cursor *c)
{
    for (int i = 0; i < 3; i++) {
        uint32_t n = msh_cursor_u32le(c);
        msh_view v = n > NAME_MOST ? (msh_view){0, 0} : msh_cursor_take(c, (size_t)n * 2);
        if (!msh_cursor_ok(c) || n > NAME_MOST)
            break;
        MSH_TRY(emit_name(o, entry, v, 1200));
    }
    return MSH_OK;
}

msh_err msh_ole_native(msh_ole *o, int entry, msh_view native)
{
    msh_cursor c = msh_cursor_of(native);
    uint32_t size = msh_cursor_u32le(&c);
    msh_view raw = msh_view_cut(native, 4, size);
    msh_cursor_skip(&c, 2);
    msh_view label = take_string(&c), file = take_string(&c);
    msh_cursor_skip(&c, 4);
    uint32_t n = msh_cursor_u32le(&c);
    msh_view way = n <= NAME_MOST ? msh_cursor_take(&c, n) : (msh_view){0, 0};
    uint32_t len = msh_cursor_u32le(&c);
    msh_view data = msh_cursor_take(&c, len);
    if (!msh_cursor_ok(&c) || n > NAME_MOST) {
        /* no packager: what an application keeps here itself, an equation for one */
        if (msh_extract_knows(raw))
            return msh_extract_child(o->x, &o->doc, msh_ole_path(o, entry), raw);
        msh_place place = msh_ole_place(o, entry);
        return msh_sweep(o->x, &place, native, 0);
    }
    MSH_TRY(emit_name(o, entry, label, 0));
    MSH_TRY(emit_name(o, entry, way, 0));
    MSH_TRY(wide_names(o, entry, &c));
    msh_view name = file.len ? file : label.len ? label : msh_ole_path(o, entry);
    return data.len ? msh_extract_child(o->x, &o->doc, name, data) : MSH_OK;
}
