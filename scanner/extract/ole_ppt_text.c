/* ole_ppt_text.c: texts of one record tree of a presentation: a slide, a master, notes, the
 * document itself ([MS-PPT] 2.4, 2.5, 2.9). */
#include "base/err.h"
#include "base/view.h"
#include "extract/inflate.h"
#include "extract/ole_ppt.h"

#include <stdio.h>

enum {
    UNREAD_LEAST = 16, /* shorter atoms hold numbers only */
    OUTLINE_MOST = 64,
    SOUND_DATA = 0x07e7,
    RTF_DATE = 0x1015,
    TIME_VARIANT = 0xf142
};

/* --- texts
 * ------------------------------------------------------------------------------------------- */

static void end_line(msh_buf *out)
{
    if (out->len && out->data[out->len - 1] != '\n')
        msh_buf_put_byte(out, '\n');
}

/* Characters of one byte are the first 256 of Unicode. */
static void put_bytes(msh_view v, msh_buf *out)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        msh_buf_put_utf8(out, c == '\r' || c == 0x0b ? '\n' : c);
    }
}

static void put_atom(const msh_art_rec *r, msh_buf *out)
{
    if (r->type == PPT_TEXT_BYTES)
        put_bytes(r->body, out);
    else
        msh_art_put_utf16(r->body, out);
    end_line(out);
}

/* Text number `wanted` of a slide's outline; SIZE_MAX: all that are not in `used`. */
static void put_outline(msh_ppt_reader *p, size_t wanted)
{
    msh_art_rec r;
    size_t n = 0;
    if (!p->ref || p->ref->outline.len == 0)
        return;
    if (wanted != SIZE_MAX && (wanted >= OUTLINE_MOST || p->used >> wanted & 1))
        return; /* comes with the rest, or was put */
    msh_cursor c = msh_cursor_of(p->ref->outline);
    while (msh_art_next(&c, &r)) {
        n += r.type == PPT_TEXT_HEADER;
        if (r.type != PPT_TEXT_CHARS && r.type != PPT_TEXT_BYTES)
            continue;
        size_t i = n ? n - 1 : 0;
        bool used = i < OUTLINE_MOST && p->used >> i & 1;
        if (wanted == SIZE_MAX ? !used : i == wanted)
            put_atom(&r, &p->body);
    }
    if (wanted < OUTLINE_MOST)
        p->used |= 1ull << wanted;
}

/* A string's meaning is its instance and where it stands. */
static void put_string(msh_ppt_reader *p, const msh_art_rec *r)
{
    msh_buf *out = &p->attrs;
    if (p->in_comment)
        out = r->instance == 2 ? NULL : &p->comments; /* 2: initials */
    else if (p->in_headers)
        out = r->instance == 1 ? &p->header : &p->footer;
    if (!out)
        return;
    msh_art_put_utf16(r->body, out);
    end_line(out);
}

/* --- documents inside
 * --------------------------------------------------------------------------------- */

static msh_err put_child(msh_ppt_reader *p, const msh_art_rec *r, const char *kind, msh_view bytes)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s@%llu", kind, (unsigned long long)r->at);
    return msh_extract_child(p->x, p->doc, msh_view_str(name), bytes);
}

/* An object or macros, packed when the instance says so (2.10.34 ExOleObjStg). */
static msh_err read_object(msh_ppt_reader *p, const msh_art_rec *r)
{
    msh_buf room;
    if (r->instance != 1)
        return put_child(p, r, "object", r->body);
    msh_buf_init(&room, (size_t)p->x->limits->member_size);
    msh_cursor c = msh_cursor_of(r->body);
    uint32_t size = msh_cursor_u32le(&c);
    msh_err err = msh_inflate(p->x, msh_view_cut(r->body, 4, SIZE_MAX), &room, NULL);
    if (err == MSH_E_SHORT && room.len >= size) /* some leave out the checksum */
        err = MSH_OK;
    bool broken = err == MSH_E_CORRUPT || err == MSH_E_SHORT || err == MSH_E_LIMIT_BUFFER;
    if (broken) {
        msh_place place = p->place;
        place.offset = MSH_NO_POSITION;
        err = msh_report(p->x, &place, msh_reason_of_error(err), 0);
    }
    if (err == MSH_OK && room.len)
        err = put_child(p, r, "object", msh_buf_view(&room));
    else if (err == MSH_OK)
        msh_buf_put_view(&p->unread, r->body);
    msh_buf_dispose(&room);
    return err;
}

static bool is_document(msh_view v)
{
    return msh_view_starts(v, MSH_VIEW("PK\3\4")) ||
           msh_view_starts(v, MSH_VIEW("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* --- records
 * ----------------------------------------------------------------------------------------- */

/* Atoms that hold numbers, or names of fonts. Drawings (Fxxx) likewise, but for their texts. */
static bool is_dull(uint16_t type)
{
    return (type >= 0xf000 && type != TIME_VARIANT) || (type >= 0x03e9 && type <= 0x0407) ||
           type == 0x07f0 || (type >= 0x0fa1 && type <= 0x0fb9 && type != PPT_TEXT_BYTES) ||
           (type >= 0x0fc1 && type <= 0x0ff6) || type == PPT_PERSIST_DIRECTORY;
}

/* A tag's data is records when its first one fits. */
static bool looks_like_records(msh_view v)
{
    msh_cursor c = msh_cursor_of(v);
    msh_art_rec r;
    return msh_art_next(&c, &r) && !r.cut && r.type >= 0x03e8;
}

static void read_notes_atom(msh_ppt_reader *p, const msh_art_rec *r)
{
    msh_cursor c = msh_cursor_of(r->body);
    uint32_t page = msh_ppt_page_of(p->edits, msh_cursor_u32le(&c));
    if (page)
        p->place.page = page;
}

static msh_err read_atom(msh_ppt_reader *p, const msh_art_rec *r)
{
    msh_cursor c = msh_cursor_of(r->body);
    switch (r->type) {
    case PPT_TEXT_CHARS:
    case PPT_TEXT_BYTES:
        put_atom(r, &p->body);
        return msh_buf_err(&p->body);
    case PPT_OUTLINE_REF:
        put_outline(p, msh_cursor_u32le(&c));
        return msh_buf_err(&p->body);
    case PPT_CSTRING:
        put_string(p, r);
        return MSH_OK;
    case PPT_NOTES_ATOM:
        read_notes_atom(p, r);
        return MSH_OK;
    case PPT_SLIDE_INFO: /* 2.4.22.3: hidden when shown */
        msh_cursor_skip(&c, 10);
        p->hidden |= (msh_cursor_u16le(&c) & 4) != 0;
        return MSH_OK;
    case RTF_DATE:
        msh_art_put_utf16(msh_view_cut(r->body, 4, SIZE_MAX), &p->attrs);
        end_line(&p->attrs);
        return MSH_OK;
    case PPT_OLE_STORAGE:
        return read_object(p, r);
    case SOUND_DATA:
        return put_child(p, r, "sound", r->body);
    default:
        break;
    }
    if (msh_art_is_properties(r->type))
        msh_art_properties(r, &p->body, &p->attrs);
    else if (msh_art_is_picture(r->type))
        return msh_art_picture(p->x, p->doc, r, "picture", (unsigned)r->at);
    else if (is_document(r->body))
        return put_child(p, r, "part", r->body);
    else if (!is_dull(r->type) && r->body.len >= UNREAD_LEAST) {
        msh_buf_put_view(&p->unread, r->body);
        msh_buf_put(&p->unread, "\0\0\0\0", 4);
    }
    return MSH_OK;
}

static msh_err on_enter(void *ctx, const msh_art_rec *r, bool *descend)
{
    msh_ppt_reader *p = ctx;
    MSH_TRY(msh_budget_decoded(&p->x->budget, 0));
    if (r->type == PPT_BINARY_TAG)
        *descend = looks_like_records(r->body);
    /* the texts of listed slides are told with their slides */
    if (r->type == PPT_SLIDE_LIST && p->is_document)
        *descend = false;
    else if (!*descend)
        return read_atom(p, r);
    if (*descend) {
        p->in_headers += r->type == PPT_HEADERS;
        p->in_comment += r->type == PPT_COMMENT;
    }
    return MSH_OK;
}

static msh_err on_leave(void *ctx, const msh_art_rec *r)
{
    msh_ppt_reader *p = ctx;
    p->in_headers -= r->type == PPT_HEADERS;
    p->in_comment -= r->type == PPT_COMMENT;
    return MSH_OK;
}

/* --- a top-level record
 * ------------------------------------------------------------------------------ */

/* An old version is deleted, whatever it was; notes speak about their slide. */
static void set_role(msh_ppt_reader *p, const msh_art_rec *top)
{
    msh_ppt_ref *ref;
    bool current = msh_ppt_is_current(p->edits, top->at, &ref);
    bool page = top->type == PPT_SLIDE || top->type == PPT_NOTES || top->type == PPT_MASTER;
    p->role = top->type == PPT_NOTES ? MSH_ROLE_COMMENT : MSH_ROLE_BODY;
    p->ref = current ? ref : NULL;
    p->is_document = p->edits->known && top->at == p->edits->document_at;
    if (p->edits->known && (!current || (top->type == PPT_SLIDE && !ref)) &&
        (page || top->type == PPT_DOCUMENT))
        p->role = MSH_ROLE_DELETED;
    if (ref && current) {
        ref->seen = true;
        p->place.page = ref->page;
    }
}

static msh_err emit(msh_ppt_reader *p, msh_role role, msh_buf *text)
{
    msh_place place = p->place;
    MSH_TRY(msh_buf_err(text));
    if (p->role == MSH_ROLE_DELETED)
        role = MSH_ROLE_DELETED;
    else if (p->hidden && role == MSH_ROLE_BODY)
        role = MSH_ROLE_HIDDEN;
    place.role = role;
    place.offset = MSH_NO_POSITION;
    MSH_TRY(msh_budget_decoded(&p->x->budget, text->len));
    msh_err err = msh_emit(p->x, &place, msh_buf_view(text), 0);
    msh_buf_reset(text);
    return err;
}

static msh_err emit_all(msh_ppt_reader *p)
{
    MSH_TRY(emit(p, p->role, &p->body));
    MSH_TRY(emit(p, MSH_ROLE_HEADER, &p->header));
    MSH_TRY(emit(p, MSH_ROLE_FOOTER, &p->footer));
    MSH_TRY(emit(p, MSH_ROLE_COMMENT, &p->comments));
    return emit(p, MSH_ROLE_ATTR, &p->attrs);
}

static void begin(msh_ppt_reader *p)
{
    p->place = p->doc->place;
    p->hidden = p->is_document = false;
    p->used = 0;
    p->in_headers = p->in_comment = 0;
    p->ref = NULL;
    p->role = MSH_ROLE_BODY;
}

msh_err msh_ppt_reader_read(msh_ppt_reader *p, const msh_art_rec *top)
{
    msh_art_visitor v = {p, on_enter, on_leave};
    begin(p);
    set_role(p, top);
    if (top->version != 15)
        return read_atom(p, top);
    msh_err err = msh_art_walk(top->body, top->at + 8, &v, &p->damaged);
    put_outline(p, SIZE_MAX);
    return err != MSH_OK ? err : emit_all(p);
}

msh_err msh_ppt_reader_rest(msh_ppt_reader *p)
{
    for (uint32_t i = 0; i < p->edits->n_refs; i++) {
        if (p->edits->refs[i].seen || p->edits->refs[i].outline.len == 0)
            continue;
        begin(p);
        p->ref = &p->edits->refs[i];
        p->place.page = p->ref->page;
        put_outline(p, SIZE_MAX);
        MSH_TRY(emit_all(p));
    }
    begin(p);
    return emit_all(p);
}

void msh_ppt_reader_init(msh_ppt_reader *p, msh_extract *x, const msh_doc *doc,
                         const msh_ppt_edits *edits)
{
    *p = (msh_ppt_reader){.x = x, .doc = doc, .edits = edits};
    msh_buf *all[] = {&p->body, &p->header, &p->footer, &p->comments, &p->attrs, &p->unread};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_init(all[i], (size_t)x->limits->member_size);
}

void msh_ppt_reader_dispose(msh_ppt_reader *p)
{
    msh_buf *all[] = {&p->body, &p->header, &p->footer, &p->comments, &p->attrs, &p->unread};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_dispose(all[i]);
}
