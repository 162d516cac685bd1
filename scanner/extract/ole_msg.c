/* ole_msg.c: Outlook messages ([MS-OXMSG]): properties, recipients, attachments, messages inside,
 * names of named properties. Every value is a stream "__substg1.0_" with its tag in hex. */
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/mapi.h"
#include "extract/ole.h"

#include <stdio.h>

enum {
    TOP_HEADER = 32,   /* of the property stream of a message file */
    INNER_HEADER = 24, /* of a message inside */
    PLAIN_HEADER = 8,  /* of recipients and attachments */
    ROW = 16,
    NAMED = 0x8000,
    NAME_MOST = 4096,
    BY_REFERENCE = 2, /* attachment methods: the file is somewhere else */
    BY_REFERENCE_LAST = 4,
    BY_WEB = 7
};

static const char stream_head[] = "__substg1.0_";
static const char properties[] = "__properties_version1.0";

typedef struct names {
    msh_buf entries, strings;
} names;

typedef struct reader {
    msh_ole *o;
    msh_mapi mapi;
    const names *named;
    bool numbers; /* the table of names: its tags are numbers of buckets, not of properties */
} reader;

/* --- tags
 * --------------------------------------------------------------------------------------------- */

static bool read_hex(msh_view v, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 8; i++) {
        uint8_t c = i < v.len ? v.data[i] : 0;
        uint8_t low = c | 0x20;
        if (c >= '0' && c <= '9')
            *out = *out << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            *out = *out << 4 | (uint32_t)(low - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* The tag in the name of a value; false for other names. */
static bool tag_of(const msh_cfb_entry *e, uint16_t *id, uint16_t *type)
{
    msh_view head = MSH_VIEW(stream_head);
    uint32_t tag;
    if (!msh_view_eq_nocase(msh_view_cut(e->name, 0, head.len), head) ||
        !read_hex(msh_view_cut(e->name, head.len, 8), &tag))
        return false;
    *id = (uint16_t)(tag >> 16);
    *type = (uint16_t)tag;
    return true;
}

static bool is_array(const msh_cfb_entry *e, uint16_t type)
{
    return type & MSH_MAPI_MANY && e->name.len == sizeof stream_head - 1 + 8;
}

/* --- numbers
 * ------------------------------------------------------------------------------------------ */

/* Numbers of the property stream: code pages, and the one that is asked for. */
static msh_err read_numbers(msh_ole *o, size_t header, msh_mapi *m, uint16_t wanted, uint32_t *got)
{
    msh_buf bytes;
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    msh_err err = msh_ole_load(o, msh_ole_find(o, properties), &bytes);
    msh_cursor c = msh_cursor_of(msh_buf_view(&bytes));
    msh_cursor_skip(&c, header);
    while (msh_cursor_left(&c) >= ROW) {
        uint32_t tag = msh_cursor_u32le(&c);
        msh_cursor_skip(&c, 4);
        uint32_t value = msh_cursor_u32le(&c);
        msh_cursor_skip(&c, 4);
        if ((tag & 0xffff) != MSH_MAPI_INT32)
            continue;
        msh_mapi_number(m, (uint16_t)(tag >> 16), value);
        if (tag >> 16 == wanted)
            *got = value;
    }
    msh_buf_dispose(&bytes);
    return err;
}

/* --- named properties
 * ------------------------------------------------------------------------------- */

/* Section 2.2.3: rows of (offset or number, kind, index); strings with their lengths. */
static msh_err load_names(msh_ole *o, names *n)
{
    msh_ole inner = *o;
    inner.storage = msh_cfb_find(o->cfb, o->storage, "__nameid_version1.0");
    if (inner.storage < 0 || o->cfb->entries[inner.storage].kind != MSH_CFB_STORAGE)
        return MSH_OK;
    MSH_TRY(msh_ole_load(o, msh_ole_find(&inner, "__substg1.0_00030102"), &n->entries));
    MSH_TRY(msh_ole_load(o, msh_ole_find(&inner, "__substg1.0_00040102"), &n->strings));
    msh_place place = o->doc.place;
    msh_cursor c = msh_cursor_of(msh_buf_view(&n->strings));
    place.role = MSH_ROLE_NAME;
    place.offset = MSH_NO_POSITION;
    while (msh_cursor_left(&c) > 4) {
        uint32_t len = msh_cursor_u32le(&c);
        msh_view name = msh_cursor_take(&c, len);
        msh_cursor_skip(&c, len % 4 && msh_cursor_left(&c) >= 4 - len % 4 ? 4 - len % 4 : 0);
        MSH_TRY(msh_ole_emit(o, &place, name, 1200));
    }
    return MSH_OK;
}

/* The name of a property above 0x8000 into out; empty when it has none. */
static void find_name(const names *n, uint16_t id, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(msh_buf_view(&n->entries));
    msh_cursor s = msh_cursor_of(msh_buf_view(&n->strings));
    size_t used;
    uint64_t bad = 0;
    if (id < NAMED)
        return;
    msh_cursor_skip(&c, (size_t)(id - NAMED) * 8);
    uint32_t value = msh_cursor_u32le(&c);
    uint16_t kind = msh_cursor_u16le(&c);
    if (!msh_cursor_ok(&c))
        return;
    if (!(kind & 1)) {
        msh_buf_printf(out, "0x%04X", value);
        return;
    }
    msh_cursor_seek(&s, value);
    msh_view name = msh_cursor_take(&s, msh_cursor_u32le(&s));
    msh_charset_decode(MSH_CS_UTF16LE, msh_view_cut(name, 0, NAME_MOST), true, out, &used, &bad);
}

/* --- values
 * ------------------------------------------------------------------------------------------- */

static msh_err read_bytes(reader *r, int entry, uint16_t id, uint16_t type, msh_view v)
{
    msh_buf name;
    bool taken = false;
    msh_err err = MSH_OK;
    msh_place place = msh_ole_place(r->o, entry);
    msh_buf_init(&name, 4 * NAME_MOST);
    find_name(r->named, id, &name);
    if (!r->numbers)
        err = msh_mapi_value(&r->mapi, id, type, msh_buf_view(&name), v, MSH_NO_POSITION, &taken);
    if (err == MSH_OK && !taken && msh_extract_knows(v))
        err = msh_extract_child(r->o->x, &r->o->doc, msh_ole_path(r->o, entry), v);
    else if (err == MSH_OK && !taken)
        err = msh_sweep(r->o->x, &place, v, 0);
    msh_buf_dispose(&name);
    return msh_ole_settle(r->o, &place, err);
}

/* Every value directly below the storage; what begins with `but` is left to the caller. */
static msh_err read_values(reader *r, uint16_t but)
{
    msh_ole *o = r->o;
    msh_buf bytes;
    msh_err err = MSH_OK;
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    for (int i = o->cfb->entries[o->storage].child; i >= 0 && err == MSH_OK;
         i = o->cfb->entries[i].next) {
        const msh_cfb_entry *e = &o->cfb->entries[i];
        uint16_t id, type;
        if (e->kind != MSH_CFB_STREAM || e->used || !tag_of(e, &id, &type) || id == but)
            continue;
        err = msh_budget_time(&o->x->budget);
        if (err == MSH_OK)
            err = msh_ole_load(o, i, &bytes);
        if (err == MSH_OK && !is_array(e, type))
            err = read_bytes(r, i, id, type, msh_buf_view(&bytes));
    }
    msh_buf_dispose(&bytes);
    return err;
}

/* A string value of the storage: Unicode, else 8-bit. */
static msh_err load_string(reader *r, uint16_t id, msh_buf *out)
{
    static const uint16_t types[] = {MSH_MAPI_STRING, MSH_MAPI_STRING8};
    char name[32];
    msh_buf bytes;
    msh_err err = MSH_OK;
    msh_buf_init(&bytes, (size_t)r->o->x->limits->member_size);
    for (size_t i = 0; i < 2 && err == MSH_OK && out->len == 0; i++) {
        (void)snprintf(name, sizeof name, "%s%04X%04X", stream_head, id, types[i]);
        err = msh_ole_load(r->o, msh_ole_find(r->o, name), &bytes);
        if (err == MSH_OK)
            msh_mapi_string(&r->mapi, types[i], msh_buf_view(&bytes), out);
    }
    msh_buf_dispose(&bytes);
    return err;
}

/* --- attachments
 * -------------------------------------------------------------------------------------- */

static msh_err read_message(msh_ole *o, const reader *outer);

/* A message inside, or an object of another application. */
static msh_err read_inside(reader *r, int storage, msh_view name)
{
    msh_extract *x = r->o->x;
    const msh_ole *o = r->o;
    msh_ole inner = {.x = x, .cfb = o->cfb, .storage = storage};
    inner.doc = (msh_doc){.in = o->doc.in, .place = msh_child_place(x, &o->doc, name)};
    if (msh_ole_find(&inner, properties) < 0)
        return msh_ole_document(r->o, storage);
    msh_err err = msh_budget_enter(&x->budget);
    if (err != MSH_OK)
        return msh_report(x, &inner.doc.place, MSH_REASON_LIMIT_DEPTH, x->budget.depth);
    err = msh_ole_settle(&inner, &inner.doc.place, read_message(&inner, r));
    if (err == MSH_OK)
        err = msh_ole_rest(&inner);
    msh_cfb_used(o->cfb, storage);
    msh_budget_leave(&x->budget);
    return err;
}

static msh_err read_data(reader *r, const msh_doc *message, uint32_t method)
{
    static const uint16_t names_of[] = {MSH_MAPI_ATTACH_LONG_FILE, MSH_MAPI_ATTACH_FILE,
                                        MSH_MAPI_DISPLAY_NAME};
    msh_ole *o = r->o;
    msh_buf name, data;
    msh_err err = MSH_OK;
    msh_part part = {0};
    int stream = msh_ole_find(o, "__substg1.0_37010102");
    int storage = msh_cfb_find(o->cfb, o->storage, "__substg1.0_3701000D");
    msh_buf_init(&name, 4 * NAME_MOST);
    msh_buf_init(&data, (size_t)o->x->limits->member_size);
    for (size_t i = 0; i < 3 && err == MSH_OK && name.len == 0; i++)
        err = load_string(r, names_of[i], &name);
    if (name.len == 0) {
        part.unnamed = true;
        msh_buf_put_str(&name, storage >= 0 ? "message" : "attachment");
    }
    if (storage >= 0)
        msh_buf_put_str(&name, ".msg");
    part.name = msh_buf_view(&name);
    msh_place place = msh_child_place(o->x, message, part.name);
    if (err == MSH_OK &&
        ((method >= BY_REFERENCE && method <= BY_REFERENCE_LAST) || method == BY_WEB))
        err = msh_report(o->x, &place, MSH_REASON_MAIL_EXTERNAL, 0);
    if (err == MSH_OK && stream >= 0)
        err = msh_ole_load(o, stream, &data);
    if (err == MSH_OK && stream >= 0)
        err = msh_extract_part(o->x, message, &part, msh_buf_view(&data));
    if (err == MSH_OK && storage >= 0)
        err = read_inside(r, storage, part.name);
    msh_buf_dispose(&data);
    msh_buf_dispose(&name);
    return err;
}

/* --- storages
 * ----------------------------------------------------------------------------------------- */

static bool begins(const msh_cfb_entry *e, const char *head)
{
    msh_view h = msh_view_str(head);
    return msh_view_eq_nocase(msh_view_cut(e->name, 0, h.len), h);
}

/* Recipients and attachments: their values are properties of the message. */
static msh_err read_sub(reader *r, int storage, bool attachment)
{
    uint32_t method = 0;
    msh_ole inner = *r->o;
    reader sub = *r;
    inner.storage = storage;
    sub.o = &inner;
    MSH_TRY(read_numbers(&inner, PLAIN_HEADER, &sub.mapi, MSH_MAPI_ATTACH_METHOD, &method));
    if (attachment)
        MSH_TRY(read_data(&sub, &r->o->doc, method));
    return read_values(&sub, attachment ? MSH_MAPI_ATTACH_DATA : 0);
}

static msh_err read_subs(reader *r)
{
    msh_cfb *cfb = r->o->cfb;
    for (int i = cfb->entries[r->o->storage].child; i >= 0; i = cfb->entries[i].next) {
        const msh_cfb_entry *e = &cfb->entries[i];
        bool attachment = begins(e, "__attach_version1.0");
        if (e->kind != MSH_CFB_STORAGE || (!attachment && !begins(e, "__recip_version1.0")))
            continue;
        msh_place place = msh_ole_place(r->o, i);
        MSH_TRY(msh_ole_settle(r->o, &place, read_sub(r, i, attachment)));
    }
    return MSH_OK;
}

/* What stands in the table of names besides names. */
static msh_err read_name_table(reader *r)
{
    msh_ole inner = *r->o;
    reader sub = *r;
    inner.storage = msh_cfb_find(inner.cfb, inner.storage, "__nameid_version1.0");
    sub.o = &inner;
    sub.numbers = true;
    if (inner.storage < 0 || inner.cfb->entries[inner.storage].kind != MSH_CFB_STORAGE)
        return MSH_OK;
    return read_values(&sub, 0);
}

/* outer: the message that it is attached to, whose names and code pages hold for it, too. */
static msh_err read_message(msh_ole *o, const reader *outer)
{
    uint32_t none = 0;
    names own;
    reader r = {.o = o, .mapi = {.x = o->x, .doc = &o->doc}, .named = outer ? outer->named : &own};
    if (outer) {
        r.mapi.codepage = outer->mapi.codepage;
        r.mapi.internet = outer->mapi.internet;
    }
    msh_buf_init(&own.entries, (size_t)o->x->limits->member_size);
    msh_buf_init(&own.strings, (size_t)o->x->limits->member_size);
    msh_err err = read_numbers(o, outer ? INNER_HEADER : TOP_HEADER, &r.mapi, 0, &none);
    if (err == MSH_OK)
        err = load_names(o, &own);
    if (err == MSH_OK)
        err = read_values(&r, 0);
    if (err == MSH_OK)
        err = read_subs(&r);
    if (err == MSH_OK)
        err = read_name_table(&r);
    msh_buf_dispose(&own.entries);
    msh_buf_dispose(&own.strings);
    return err;
}

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, properties) >= 0 ? 80 : 0;
}

static msh_err read(msh_ole *o)
{
    return read_message(o, NULL);
}

const msh_ole_app msh_ole_msg = {.name = "msg", .probe = probe, .read = read};
