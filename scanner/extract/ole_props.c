/* ole_props.c: property sets ([MS-OLEPS]): title, author, company, comments, and what users define
 * themselves, each in the code page of its set. */
#include "extract/ole.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

enum {
    MOST_SETS = 16,
    MOST_PROPERTIES = 4096,
    MOST_ITEMS = 65536, /* of all vectors of a set */
    WIDE = 1200,
    DICTIONARY = 0,
    CODEPAGE = 1
};
enum {
    VT_I2 = 2,
    VT_I4 = 3,
    VT_R8 = 5,
    VT_BSTR = 8,
    VT_VARIANT = 12,
    VT_UI4 = 19,
    VT_I8 = 20,
    VT_UI8 = 21,
    VT_LPSTR = 30,
    VT_LPWSTR = 31,
    VT_FILETIME = 64,
    VT_BLOB = 65,
    VT_CF = 71,
    VT_VECTOR = 0x1000,
    VT_ARRAY = 0x2000
};

typedef struct name {
    uint32_t id;
    msh_view text; /* in the item's arena */
} name;

typedef struct set {
    msh_ole *o;
    msh_place place;
    msh_view bytes; /* of this set */
    uint64_t at;    /* of bytes in the stream */
    uint32_t codepage;
    uint8_t fmtid0; /* tells the well-known sets apart */
    name *names;
    uint32_t n_names, items;
} set;

/* --- names ---------------------------------------------------------------------------------------
 */

/* [MS-OSHARED] 2.3.3.2: the first byte of the set's FMTID, the property, its name. */
static const struct known {
    uint8_t fmtid0, id;
    const char *name;
} known[] = {
    {0xe0, 2, "title"},        {0xe0, 3, "subject"},  {0xe0, 4, "author"},
    {0xe0, 5, "keywords"},     {0xe0, 6, "comments"}, {0xe0, 7, "template"},
    {0xe0, 8, "lastAuthor"},   {0xe0, 9, "revision"}, {0xe0, 18, "application"},
    {0x02, 2, "category"},     {0x02, 3, "format"},   {0x02, 12, "headings"},
    {0x02, 13, "parts"},       {0x02, 14, "manager"}, {0x02, 15, "company"},
    {0x02, 26, "contentType"}, {0x02, 27, "status"},  {0x02, 28, "language"},
};

static msh_view name_of(const set *s, uint32_t id)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].fmtid0 == s->fmtid0 && known[i].id == id)
            return msh_view_str(known[i].name);
    for (uint32_t i = 0; i < s->n_names; i++)
        if (s->names[i].id == id)
            return s->names[i].text;
    return MSH_VIEW("");
}

static msh_err emit(set *s, uint32_t id, msh_view v, uint32_t codepage)
{
    msh_place place = s->place;
    place.role = MSH_ROLE_META;
    place.name = name_of(s, id);
    place.offset = s->at + (uint64_t)(v.data - s->bytes.data);
    return msh_ole_emit(s->o, &place, v, codepage);
}

/* --- values --------------------------------------------------------------------------------------
 */

static msh_err read_number(set *s, uint32_t id, msh_cursor *c, uint32_t type)
{
    char text[64];
    uint64_t v = type == VT_I2                     ? msh_cursor_u16le(c)
                 : type == VT_I4 || type == VT_UI4 ? msh_cursor_u32le(c)
                                                   : msh_cursor_u64le(c);
    double d;
    memcpy(&d, &v, sizeof d);
    if (type == VT_R8 && d > -1e18 && d < 1e18)
        (void)snprintf(text, sizeof text, "%.15g", d);
    else
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    msh_place place = s->place;
    place.role = MSH_ROLE_META;
    place.name = name_of(s, id);
    place.offset = s->at + c->at;
    /* only what a user defined: the numbers of known properties count pages and words */
    if (s->n_names == 0 || !msh_cursor_ok(c))
        return MSH_OK;
    return msh_emit(s->o->x, &place, msh_view_str(text), 0);
}

static msh_err read_string(set *s, uint32_t id, msh_cursor *c, uint32_t type)
{
    uint64_t n = msh_cursor_u32le(c);
    if (type == VT_LPWSTR)
        n *= 2;
    msh_view v = msh_cursor_take(c, n > SIZE_MAX ? SIZE_MAX : (size_t)n);
    while (c->at % 4 && msh_cursor_left(c) && c->in.data[c->at] == 0) /* in vectors not all pad */
        msh_cursor_skip(c, 1);
    return emit(s, id, v, type == VT_LPWSTR ? WIDE : s->codepage);
}

/* One value; a vector's are read one by one. Types that hold no text are left to the sweep. */
static msh_err read_scalar(set *s, uint32_t id, msh_cursor *c, uint32_t type)
{
    if (type == VT_VARIANT)
        type = msh_cursor_u32le(c) & 0xffff;
    switch (type) {
    case VT_LPSTR:
    case VT_BSTR:
    case VT_LPWSTR:
        return read_string(s, id, c, type);
    case VT_I4:
    case VT_UI4:
    case VT_R8:
    case VT_I8:
    case VT_UI8:
        return read_number(s, id, c, type);
    case VT_I2:
        MSH_TRY(read_number(s, id, c, type));
        msh_cursor_skip(c, 2);
        return MSH_OK;
    default:
        c->failed = true; /* how long it is is not known: nothing after it can be read */
        return MSH_OK;
    }
}

static msh_err read_value(set *s, uint32_t id, size_t at)
{
    msh_cursor c = msh_cursor_of(s->bytes);
    msh_cursor_seek(&c, at);
    uint32_t type = msh_cursor_u32le(&c) & 0xffff;
    uint32_t n = 1;
    if (type & VT_ARRAY)
        return MSH_OK;
    if (type & VT_VECTOR)
        n = msh_cursor_u32le(&c);
    for (uint32_t i = 0; i < n && msh_cursor_ok(&c) && s->items < MOST_ITEMS; i++, s->items++)
        MSH_TRY(read_scalar(s, id, &c, type & 0xfff));
    return MSH_OK;
}

/* Names that users gave to properties; they are texts, too. */
static msh_err read_dictionary(set *s, size_t at)
{
    msh_cursor c = msh_cursor_of(s->bytes);
    msh_cursor_seek(&c, at);
    uint32_t n = msh_cursor_u32le(&c);
    if (n > MOST_PROPERTIES)
        n = MOST_PROPERTIES;
    s->names = msh_arena_calloc(s->o->x->arena, (size_t)n + 1, sizeof *s->names);
    if (!s->names)
        return MSH_E_MEMORY;
    for (uint32_t i = 0; i < n && msh_cursor_ok(&c); i++) {
        uint32_t id = msh_cursor_u32le(&c);
        uint64_t len = msh_cursor_u32le(&c);
        msh_view v = msh_cursor_take(&c, (size_t)(s->codepage == WIDE ? len * 2 : len));
        if (s->codepage == WIDE && c.at % 4)
            msh_cursor_skip(&c, 4 - c.at % 4);
        if (!msh_cursor_ok(&c))
            break;
        msh_charset cs = MSH_CS_UTF16LE;
        msh_buf utf8;
        size_t used;
        uint64_t bad = 0;
        if (s->codepage != WIDE && !msh_charset_from_codepage(s->codepage, &cs))
            cs = MSH_CS_UTF8;
        size_t unit = s->codepage == WIDE ? 2 : 1;
        if (v.len >= unit)
            v.len -= unit; /* NUL */
        msh_buf_init(&utf8, v.len * 4 + 8);
        msh_charset_decode(cs, v, true, &utf8, &used, &bad);
        s->names[s->n_names++] = (name){id, msh_arena_copy(s->o->x->arena, msh_buf_view(&utf8))};
        msh_buf_dispose(&utf8);
        MSH_TRY(emit(s, id, v, s->codepage));
    }
    return MSH_OK;
}

/* --- sets ----------------------------------------------------------------------------------------
 */

/* The places of properties: the code page and the names are wanted first. */
static msh_err read_set(set *s)
{
    msh_cursor c = msh_cursor_of(s->bytes);
    msh_cursor_skip(&c, 4);
    uint32_t n = msh_cursor_u32le(&c);
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    if (n > MOST_PROPERTIES || (size_t)n * 8 > msh_cursor_left(&c))
        return MSH_E_CORRUPT;
    for (int pass = 0; pass < 3; pass++) {
        msh_cursor_seek(&c, 8);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t id = msh_cursor_u32le(&c), at = msh_cursor_u32le(&c);
            msh_view v = msh_view_cut(s->bytes, at, 6);
            if (pass == 0 && id == CODEPAGE && v.len == 6)
                s->codepage = (uint32_t)v.data[4] | (uint32_t)v.data[5] << 8;
            if (pass == 1 && id == DICTIONARY)
                MSH_TRY(read_dictionary(s, at));
            if (pass == 2 && id != DICTIONARY && id != CODEPAGE)
                MSH_TRY(read_value(s, id, at));
        }
    }
    return MSH_OK;
}

msh_err msh_ole_props(msh_ole *o, const msh_place *place, msh_view stream)
{
    msh_cursor c = msh_cursor_of(stream);
    if (msh_cursor_u16le(&c) != 0xfffe)
        return MSH_E_CORRUPT;
    msh_cursor_skip(&c, 22);
    uint32_t n = msh_cursor_u32le(&c);
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    if (n > MOST_SETS)
        return MSH_E_CORRUPT;
    for (uint32_t i = 0; i < n; i++) {
        msh_view fmtid = msh_cursor_take(&c, 16);
        uint32_t at = msh_cursor_u32le(&c);
        if (!msh_cursor_ok(&c) || at >= stream.len)
            return MSH_E_SHORT;
        set s = {.o = o, .place = *place, .at = at, .codepage = 1252};
        s.bytes = msh_view_cut(stream, at, stream.len);
        s.fmtid0 = fmtid.data[0];
        MSH_TRY(read_set(&s));
    }
    return MSH_OK;
}
