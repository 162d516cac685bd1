/* mime_part.c: a part of a mail: its names, its encoding, what it is, how it goes on. */
#include "extract/mime_part.h"

#include "base/err.h"
#include "base/view.h"

enum { NAME_MOST = 16384 };

bool msh_mime_type_is(const msh_mime_entity *e, const char *type)
{
    return msh_view_eq_nocase(e->params.value, msh_view_str(type));
}

bool msh_mime_type_starts(const msh_mime_entity *e, const char *head)
{
    msh_view h = msh_view_str(head);
    return msh_view_eq_nocase(msh_view_cut(e->params.value, 0, h.len), h);
}

/* --- names
 * ---------------------------------------------------------------------------------------------- */

/* A name as its mail means it: encoded words, a charset of RFC 2231, or bytes as they stand. */
static msh_err plain_name(msh_view raw, msh_charset cs, msh_buf *out)
{
    size_t used;
    uint64_t bad = 0;
    if (msh_view_find(raw, MSH_VIEW("=?"), 0) != SIZE_MAX)
        return msh_mime_decode_words(raw, out, NULL, NULL);
    if (cs != MSH_CHARSET_COUNT)
        msh_charset_decode(cs, raw, true, out, &used, &bad);
    else
        msh_buf_put_view(out, raw);
    return msh_buf_err(out);
}

msh_err msh_mime_add_names(msh_mail *m, const msh_mime_params *p, const char *key, msh_buf *name)
{
    msh_buf raw, one;
    msh_charset cs;
    msh_err err = MSH_OK;
    msh_buf_init(&raw, NAME_MOST);
    msh_buf_init(&one, 4 * NAME_MOST);
    for (size_t n = 0; err == MSH_OK && msh_mime_param_value(p, key, n, &raw, &cs); n++) {
        err = plain_name(msh_buf_view(&raw), cs, &one);
        if (err == MSH_OK && name->len == 0) {
            msh_buf_put_view(name, msh_buf_view(&one));
        } else if (err == MSH_OK && !msh_view_eq(msh_buf_view(name), msh_buf_view(&one))) {
            msh_place place = m->doc->place;
            place.role = MSH_ROLE_NAME;
            place.offset = MSH_NO_POSITION;
            err = msh_emit_bytes(m->x, &place, msh_buf_view(&one), MSH_CHARSET_COUNT, 0);
        }
        msh_buf_reset(&raw);
        msh_buf_reset(&one);
    }
    msh_buf_dispose(&raw);
    msh_buf_dispose(&one);
    return err;
}

/* What stands behind the last '/' of a Content-Location, without a query. */
static msh_view location_name(msh_view v)
{
    size_t from = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] == '?' || v.data[i] == '#')
            v.len = i;
        else if (v.data[i] == '/' || v.data[i] == '\\' || v.data[i] <= ' ')
            from = i + 1;
    }
    return msh_view_cut(v, from, v.len);
}

typedef enum body_kind { TEXT, PAGE, MESSAGE, OTHER } body_kind;

static body_kind kind_of(const msh_mime_entity *e, bool digest)
{
    if (e->params.value.len == 0)
        return digest ? MESSAGE : TEXT;
    if (msh_mime_type_is(e, "text/html") || msh_mime_type_is(e, "application/xhtml+xml"))
        return PAGE;
    if (msh_mime_type_starts(e, "message/") || msh_mime_type_is(e, "text/rfc822-headers") ||
        msh_mime_type_is(e, "text/rfc822"))
        return MESSAGE;
    return msh_mime_type_starts(e, "text") ? TEXT : OTHER;
}

/* A name for a part that has none: body.txt, body-2.txt, message.eml, part-3. */
static void make_name(msh_mail *m, body_kind kind, msh_buf *name)
{
    static const char *const stems[] = {"body", "body", "message", "part"};
    static const char *const ends[] = {".txt", ".html", ".eml", ""};
    unsigned n = ++m->bodies[kind];
    msh_buf_reset(name);
    if (n == 1)
        msh_buf_printf(name, "%s%s", stems[kind], ends[kind]);
    else
        msh_buf_printf(name, "%s-%u%s", stems[kind], n, ends[kind]);
}

/* --- leaves
 * --------------------------------------------------------------------------------------------- */

/* The end of one text part and the beginning of the next: most readers show them as one text. */
static msh_err emit_seam(msh_mail *m, msh_view text, msh_charset cs)
{
    msh_buf head;
    size_t used;
    uint64_t bad = 0;
    msh_err err = MSH_OK;
    msh_buf_init(&head, 4 * MSH_MIME_SEAM);
    if (cs == MSH_CHARSET_COUNT) {
        msh_readings r = msh_charset_detect(msh_view_cut(text, 0, MSH_HEAD), text.len <= MSH_HEAD);
        cs = r.n ? r.cs[0] : MSH_CS_UTF8;
    }
    if (m->seam.len) {
        msh_charset_decode(cs, msh_view_cut(text, 0, MSH_MIME_SEAM), false, &head, &used, &bad);
        while (m->seam.len && m->seam.data[m->seam.len - 1] <= ' ')
            m->seam.len--;
        msh_buf_put_view(&m->seam, msh_buf_view(&head));
        msh_place place = m->doc->place;
        place.offset = MSH_NO_POSITION;
        err = msh_emit(m->x, &place, msh_buf_view(&m->seam), MSH_TEXT_GUESS);
    }
    msh_buf_reset(&m->seam);
    msh_buf_reset(&head);
    size_t from =
        text.len > MSH_MIME_SEAM ? msh_emit_boundary(cs, text, text.len - MSH_MIME_SEAM) : 0;
    msh_charset_decode(cs, msh_view_cut(text, from, text.len), true, &m->seam, &used, &bad);
    msh_buf_dispose(&head);
    return err;
}

static msh_charset declared_charset(const msh_mime_entity *e)
{
    msh_buf label;
    msh_charset cs, none;
    msh_buf_init(&label, 256);
    if (!msh_mime_param_value(&e->params, "charset", 0, &label, &none) ||
        !msh_charset_from_label(msh_buf_view(&label), &cs))
        cs = MSH_CHARSET_COUNT;
    msh_buf_dispose(&label);
    return cs;
}

static bool param_is(const msh_mime_entity *e, const char *name, const char *value)
{
    msh_buf v;
    msh_charset cs;
    msh_buf_init(&v, 256);
    bool is = msh_mime_param_value(&e->params, name, 0, &v, &cs) &&
              msh_view_eq_nocase(msh_buf_view(&v), msh_view_str(value));
    msh_buf_dispose(&v);
    return is;
}

static msh_err hand_on(msh_mail *m, const msh_mime_entity *e, body_kind kind, msh_part *part,
                       msh_view bytes)
{
    msh_buf flat;
    msh_err err = MSH_OK;
    msh_charset cs = declared_charset(e);
    part->declares = cs != MSH_CHARSET_COUNT;
    part->charset = cs;
    if (kind != TEXT)
        return msh_extract_part(m->x, m->doc, part, bytes);
    msh_buf_init(&flat, bytes.len + 1);
    if (param_is(e, "format", "flowed")) {
        msh_mime_unflow(bytes, param_is(e, "delsp", "yes"), &flat);
        err = msh_buf_err(&flat);
        bytes = msh_buf_view(&flat);
    }
    if (err == MSH_OK && part->unnamed)
        err = emit_seam(m, bytes, cs);
    if (err == MSH_OK)
        err = msh_extract_part(m->x, m->doc, part, bytes);
    msh_buf_dispose(&flat);
    return err;
}

bool msh_mime_is_empty(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!memchr(" \t\r\n", v.data[i], 4))
            return false;
    return true;
}

/* Lines that look like other text may be base64 with blanks in it: decoded with them, and read if
 * it gives something. */
static msh_err guess_all(msh_mail *m, const msh_part *part, msh_view body)
{
    msh_buf out;
    msh_place place = msh_child_place(m->x, m->doc, part->name);
    msh_buf_init(&out, body.len + 16);
    (void)msh_mime_decode(MSH_MIME_BASE64_ALL, body, &out);
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK && out.len)
        err = msh_extract_guess(m->x, m->doc, "base64", &place, msh_buf_view(&out));
    msh_buf_dispose(&out);
    return err;
}

/* The body in one of the encodings its fields name. */
static msh_err read_coding(msh_mail *m, const msh_mime_entity *e, body_kind kind, msh_part *part,
                           msh_view body, msh_mime_coding coding)
{
    msh_buf out;
    msh_view bytes = body;
    msh_err err = MSH_OK;
    unsigned flags = 0;
    msh_buf_init(&out, body.len + 16);
    if (coding != MSH_MIME_PLAIN) {
        flags = msh_mime_decode(coding, body, &out);
        err = msh_buf_err(&out);
        bytes = msh_buf_view(&out);
        if (bytes.len == 0 && !msh_mime_is_empty(body))
            flags |= MSH_MIME_OTHER;
    }
    if (msh_mime_is_empty(bytes))
        bytes.len = 0; /* only its name counts */
    if (err == MSH_OK)
        err = msh_budget_decoded(&m->x->budget, bytes.len);
    if (err == MSH_OK)
        err = hand_on(m, e, kind, part, bytes);
    if (err == MSH_OK && flags & MSH_MIME_DAMAGED) {
        msh_place place = msh_child_place(m->x, m->doc, part->name);
        err = msh_report(m->x, &place, MSH_REASON_MAIL_DAMAGED, 0);
    }
    if (err == MSH_OK && flags) {
        msh_part written = {.name = MSH_VIEW("body.txt"), .unnamed = true};
        err = msh_extract_part(m->x, m->doc, &written, body);
        if (err == MSH_OK && coding == MSH_MIME_BASE64 && flags & MSH_MIME_OTHER)
            err = guess_all(m, part, body);
    }
    msh_buf_dispose(&out);
    return err;
}

/* Parts whose content is not in this file. */
static msh_err report_absent(msh_mail *m, const msh_mime_entity *e, const msh_part *part)
{
    msh_place place = msh_child_place(m->x, m->doc, part->name);
    if (msh_mime_type_is(e, "message/partial"))
        return msh_report(m->x, &place, MSH_REASON_MAIL_PARTIAL, 0);
    if (msh_mime_type_is(e, "message/external-body"))
        return msh_report(m->x, &place, MSH_REASON_MAIL_EXTERNAL, 0);
    return MSH_OK;
}

msh_err msh_mime_read_leaf(msh_mail *m, const msh_mime_entity *e, msh_view body, bool digest)
{
    msh_buf name;
    body_kind kind = kind_of(e, digest);
    msh_part part = {0};
    msh_buf_init(&name, 4 * NAME_MOST);
    msh_err err = msh_mime_add_names(m, &e->place, "filename", &name);
    if (err == MSH_OK)
        err = msh_mime_add_names(m, &e->params, "name", &name);
    if (err == MSH_OK && name.len == 0) {
        part.unnamed = true;
        bool odd = kind == TEXT && e->params.value.len && !msh_mime_type_is(e, "text/plain");
        if (kind == OTHER || odd)
            msh_buf_put_view(&name, location_name(e->location));
        if (name.len == 0)
            make_name(m, kind, &name);
    }
    part.name = msh_buf_view(&name);
    if (err == MSH_OK)
        err = report_absent(m, e, &part);
    if (err == MSH_OK && e->n_codings == 0)
        err = read_coding(m, e, kind, &part, body, MSH_MIME_PLAIN);
    for (size_t i = 0; err == MSH_OK && i < e->n_codings; i++)
        err = read_coding(m, e, kind, &part, body, e->codings[i]);
    msh_buf_dispose(&name);
    return err;
}
