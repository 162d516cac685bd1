/* fmt_mail.c: mails, news, web archives (RFC 5322, 2045–2049, 2557): own reader.
 *
 * The text extractor hands on the source as written; this adds every field decoded, and every part
 * as a member: multiparts at any depth the budget allows, with boundaries that are missing, doubled
 * or never closed; preamble, epilogue and what stands behind the end are read as well. Parts may be
 * binary: then the source as a whole is swept raw. */
#include "extract/mime_part.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/html.h"

enum { BOUNDARY_MOST = 1024, SEAM_ROOM = 16 * MSH_MIME_SEAM };

static msh_err read_entity(msh_mail *m, msh_view part, bool top, bool digest);

/* --- fields
 * --------------------------------------------------------------------------------------------- */

static uint32_t line_of(msh_mail *m, size_t at)
{
    while (m->lined < at) {
        size_t end = msh_mime_line_end(m->all, m->lined);
        if (end > at)
            break;
        m->line++;
        m->lined = end;
    }
    return m->line;
}

/* Fields of a part that say how to read it, not what it is. */
static bool is_dull(msh_view name, msh_view value)
{
    static const char *const names[] = {"content-type", "content-transfer-encoding",
                                        "content-disposition", "mime-version", "content-length"};
    bool dull = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        dull |= msh_view_eq_nocase(name, msh_view_str(names[i]));
    return dull && msh_view_is_utf8(value) && msh_view_find(value, MSH_VIEW("=?"), 0) == SIZE_MAX;
}

static msh_err emit_field(msh_mail *m, const msh_mime_field *f, msh_view part)
{
    msh_place place = m->doc->place;
    size_t at = (size_t)(part.data - m->all.data) + f->at;
    place.role = MSH_ROLE_META;
    place.name = f->name;
    place.offset = at;
    place.line = line_of(m, at);
    return msh_mime_emit(m->x, m->doc, &place, f->value);
}

static void add_coding(msh_mime_entity *e, msh_view value)
{
    msh_mime_coding c = msh_mime_coding_of(value);
    for (size_t i = 0; i < e->n_codings; i++)
        if (e->codings[i] == c)
            return;
    if (e->n_codings < MSH_MIME_CODINGS)
        e->codings[e->n_codings++] = c;
}

/* Several fields of one type: all boundaries count, the first one names the type. */
static void add_type(msh_mime_entity *e, msh_view value)
{
    msh_buf flat, *into = e->type.len ? &flat : &e->type;
    msh_mime_params more, *p = e->type.len ? &more : &e->params;
    msh_charset cs;
    msh_buf_init(&flat, value.len + 1);
    msh_mime_unfold(value, into);
    msh_mime_parse_params(msh_buf_view(into), p);
    for (size_t n = 0; e->n_boundaries < MSH_MIME_BOUNDARIES; n++) {
        size_t from = e->boundaries.len;
        if (!msh_mime_param_value(p, "boundary", n, &e->boundaries, &cs))
            break;
        if (e->boundaries.len > from && msh_buf_err(&e->boundaries) == MSH_OK)
            e->boundary[e->n_boundaries++] = (msh_view){NULL, e->boundaries.len - from};
    }
    msh_buf_dispose(&flat);
}

/* Text that is no part: around the parts, or between fields. */
static msh_err read_around(msh_mail *m, msh_view text, const char *name)
{
    msh_part part = {.name = msh_view_str(name), .unnamed = true};
    if (msh_mime_is_empty(text))
        return MSH_OK;
    return msh_extract_part(m->x, m->doc, &part, text);
}

/* A second Content-Type or Content-Disposition: some readers take its name. */
static msh_err more_names(msh_mail *m, msh_view value)
{
    msh_buf flat, taken;
    msh_mime_params p;
    msh_buf_init(&flat, value.len + 1);
    msh_buf_init(&taken, 1);
    msh_buf_put_byte(&taken, 0);
    msh_mime_unfold(value, &flat);
    msh_mime_parse_params(msh_buf_view(&flat), &p);
    msh_err err = msh_mime_add_names(m, &p, "filename", &taken);
    if (err == MSH_OK)
        err = msh_mime_add_names(m, &p, "name", &taken);
    msh_buf_dispose(&taken);
    msh_buf_dispose(&flat);
    return err;
}

/* What one field says of how to read the entity. */
static msh_err note_field(msh_mail *m, const msh_mime_field *f, msh_mime_entity *e)
{
    bool type = msh_view_eq_nocase(f->name, MSH_VIEW("content-type"));
    bool place = msh_view_eq_nocase(f->name, MSH_VIEW("content-disposition"));
    if ((type && e->type.len) || (place && e->disposition.len))
        MSH_TRY(more_names(m, f->value));
    if (type) {
        add_type(e, f->value);
    } else if (place && e->disposition.len == 0) {
        msh_mime_unfold(f->value, &e->disposition);
        msh_mime_parse_params(msh_buf_view(&e->disposition), &e->place);
    } else if (msh_view_eq_nocase(f->name, MSH_VIEW("content-transfer-encoding"))) {
        add_coding(e, f->value);
    } else if (msh_view_eq_nocase(f->name, MSH_VIEW("content-location"))) {
        e->location = f->value;
    }
    return MSH_OK;
}

static msh_err read_fields(msh_mail *m, msh_view part, msh_mime_entity *e, size_t *body)
{
    msh_mime_field f;
    size_t at = 0, before = 0;
    for (; msh_mime_next_field(part, &at, &f); before = at) {
        MSH_TRY(read_around(m, msh_view_cut(part, before, f.at - before), "header.txt"));
        if (e->top || !is_dull(f.name, f.value))
            MSH_TRY(emit_field(m, &f, part));
        MSH_TRY(note_field(m, &f, e));
    }
    *body = at;
    size_t from = 0;
    for (size_t i = 0; i < e->n_boundaries; i++) {
        e->boundary[i].data = e->boundaries.data + from;
        from += e->boundary[i].len;
    }
    return msh_buf_err(&e->type) != MSH_OK ? msh_buf_err(&e->type) : msh_buf_err(&e->disposition);
}

/* --- multiparts
 * --------------------------------------------------------------------------------- */

typedef struct delimiter {
    size_t from, end; /* of its line */
    bool closing;
} delimiter;

static bool is_delimiter(msh_view v, size_t at, size_t end, msh_view boundary, bool *closing)
{
    msh_view rest = msh_view_cut(v, at + 2, end - at - 2);
    if (!msh_view_starts(rest, boundary))
        return false;
    rest = msh_view_cut(rest, boundary.len, rest.len);
    *closing = msh_view_starts(rest, MSH_VIEW("--"));
    return msh_mime_is_empty(*closing ? msh_view_cut(rest, 2, rest.len) : rest);
}

static bool next_delimiter(msh_view v, size_t at, const msh_mime_entity *e, delimiter *d)
{
    while (at < v.len) {
        size_t end = msh_mime_line_end(v, at);
        bool dashes = end - at > 2 && v.data[at] == '-' && v.data[at + 1] == '-';
        for (size_t i = 0; dashes && i < e->n_boundaries; i++)
            if (is_delimiter(v, at, end, e->boundary[i], &d->closing)) {
                d->from = at;
                d->end = end;
                return true;
            }
        at = end;
    }
    return false;
}

/* No boundary is named, or it is nowhere: a line of dashes with a field or nothing behind it. */
static bool guess_boundary(msh_view v, msh_mime_entity *e)
{
    for (size_t at = 0; at < v.len;) {
        size_t end = msh_mime_line_end(v, at), next = end;
        msh_view line = msh_view_cut(v, at, end - at);
        msh_mime_field f;
        at = end;
        while (line.len && line.data[line.len - 1] <= ' ')
            line.len--;
        if (line.len < 3 || !msh_view_starts(line, MSH_VIEW("--")))
            continue;
        if (!msh_mime_next_field(v, &next, &f) || f.at != end ||
            !msh_view_eq_nocase(msh_view_cut(f.name, 0, 8), MSH_VIEW("content-")))
            continue;
        e->boundary[0] = msh_view_cut(line, 2, line.len);
        e->n_boundaries = 1;
        return true;
    }
    return false;
}

static msh_view without_last_line_end(msh_view v)
{
    if (v.len && v.data[v.len - 1] == '\n')
        v.len--;
    if (v.len && v.data[v.len - 1] == '\r')
        v.len--;
    return v;
}

static msh_err read_parts(msh_mail *m, const msh_mime_entity *e, msh_view body)
{
    bool digest = msh_mime_type_is(e, "multipart/digest"),
         alternative = msh_mime_type_is(e, "multipart/alternative");
    size_t at = 0;
    delimiter d = {0};
    bool found = next_delimiter(body, 0, e, &d), around = true;
    const char *around_name = "preamble.txt";
    msh_err err = MSH_OK;
    for (;;) {
        size_t stop = found ? d.from : body.len;
        msh_view part = without_last_line_end(msh_view_cut(body, at, stop - at));
        if (around)
            err = read_around(m, part, around_name);
        else
            err = read_entity(m, part, false, digest);
        if (alternative)
            msh_buf_reset(&m->seam);
        if (err != MSH_OK || !found)
            return err;
        around = d.closing;
        around_name = "epilogue.txt";
        at = d.end;
        found = next_delimiter(body, at, e, &d);
    }
}

/* Reads a multipart; *is says whether there was a boundary. */
static msh_err read_multipart(msh_mail *m, msh_mime_entity *e, msh_view body, bool *is)
{
    delimiter d;
    msh_buf out;
    msh_err err = MSH_OK;
    *is = next_delimiter(body, 0, e, &d) || guess_boundary(body, e);
    if (*is)
        return read_parts(m, e, body);
    msh_buf_init(&out, body.len + 16);
    for (size_t i = 0; err == MSH_OK && !*is && i < e->n_codings; i++) {
        if (e->codings[i] == MSH_MIME_PLAIN)
            continue;
        msh_buf_reset(&out);
        (void)msh_mime_decode(e->codings[i], body, &out);
        err = msh_buf_err(&out);
        if (err == MSH_OK)
            err = msh_budget_decoded(&m->x->budget, out.len);
        *is = err == MSH_OK && next_delimiter(msh_buf_view(&out), 0, e, &d);
    }
    if (*is) { /* an encoded multipart: by itself, as offsets in it are not the mail's */
        msh_mail inner = {.x = m->x, .doc = m->doc, .all = msh_buf_view(&out), .line = 1};
        msh_buf_init(&inner.seam, SEAM_ROOM);
        memcpy(inner.bodies, m->bodies, sizeof inner.bodies);
        err = read_parts(&inner, e, inner.all);
        memcpy(m->bodies, inner.bodies, sizeof inner.bodies);
        msh_buf_dispose(&inner.seam);
    }
    msh_buf_dispose(&out);
    return err;
}

static msh_err read_below(msh_mail *m, msh_mime_entity *e, msh_view body, bool digest)
{
    bool is = false;
    if (e->n_boundaries || msh_mime_type_starts(e, "multipart/")) {
        msh_err err = msh_budget_enter(&m->x->budget);
        if (err == MSH_E_LIMIT_DEPTH) {
            MSH_TRY(msh_report(m->x, &m->doc->place, MSH_REASON_LIMIT_DEPTH, m->x->budget.depth));
            return MSH_OK;
        }
        MSH_TRY(err);
        err = read_multipart(m, e, body, &is);
        msh_budget_leave(&m->x->budget);
        MSH_TRY(err);
    }
    return is ? MSH_OK : msh_mime_read_leaf(m, e, body, digest);
}

static msh_err read_entity(msh_mail *m, msh_view part, bool top, bool digest)
{
    size_t body = 0;
    msh_mime_entity *e = msh_calloc(1, sizeof *e);
    if (!e)
        return MSH_E_MEMORY;
    e->top = top;
    msh_buf_init(&e->type, part.len + 1);
    msh_buf_init(&e->disposition, part.len + 1);
    msh_buf_init(&e->boundaries, BOUNDARY_MOST);
    msh_err err = read_fields(m, part, e, &body);
    if (err == MSH_OK && top)
        msh_extract_runs_read(m->x, 0);
    if (err == MSH_OK)
        err = read_below(m, e, msh_view_cut(part, body, part.len), digest);
    msh_buf_dispose(&e->type);
    msh_buf_dispose(&e->disposition);
    msh_buf_dispose(&e->boundaries);
    msh_free(e);
    return err;
}

/* --- the format
 * ----------------------------------------------------------------------------------------- */

static bool has_suffix(const msh_doc *doc)
{
    static const char *const suffixes[] = {".eml",  ".emlx", ".mht",  ".mhtml", ".nws",
                                           ".news", ".mim",  ".mime", ".elm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (msh_view_ends_nocase(doc->name, msh_view_str(suffixes[i])))
            return true;
    return false;
}

static msh_charset wide(msh_view head)
{
    if (msh_view_starts(head, MSH_VIEW("\xff\xfe")))
        return MSH_CS_UTF16LE;
    return msh_view_starts(head, MSH_VIEW("\xfe\xff")) ? MSH_CS_UTF16BE : MSH_CHARSET_COUNT;
}

static int probe(const msh_doc *doc)
{
    char narrow[4096];
    if (wide(doc->head) == MSH_CHARSET_COUNT)
        return msh_mime_looks_like_mail(doc->head, has_suffix(doc));
    size_t n = msh_decode_sniff(doc, narrow, sizeof narrow);
    size_t bom = n > 2 ? 2 : n;
    return msh_mime_looks_like_mail(msh_view_of(narrow + bom, n - bom), has_suffix(doc));
}

/* Where the first field may stand: behind a BOM, empty lines, a line of an mbox. */
static size_t first_field(msh_view v)
{
    size_t at = msh_view_starts(v, MSH_VIEW("\xef\xbb\xbf")) ? 3 : 0;
    for (;;) {
        size_t end = msh_mime_line_end(v, at);
        if (end == at || !msh_mime_is_empty(msh_view_cut(v, at, end - at)))
            break;
        at = end;
    }
    return at;
}

static msh_err read_mail(msh_extract *x, const msh_doc *doc, msh_view all)
{
    msh_mail m = {.x = x, .doc = doc, .all = all, .line = 1};
    size_t from = first_field(all);
    msh_buf_init(&m.seam, SEAM_ROOM);
    msh_err err = read_entity(&m, msh_view_cut(all, from, all.len), true, false);
    msh_buf_dispose(&m.seam);
    return err;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_charset cs = wide(doc->head);
    if (doc->in->size > x->limits->member_size)
        return msh_report(x, &doc->place, MSH_REASON_LIMIT_MEMBER_SIZE, doc->in->size);
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    if (cs == MSH_CHARSET_COUNT)
        return read_mail(x, doc, all);
    msh_decoded d;
    msh_err err = msh_decode_all(&d, all, cs, 2);
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, d.text.len);
    if (err == MSH_OK)
        err = read_mail(x, doc, d.text);
    msh_extract_runs_read(x, UINT64_MAX);
    msh_decode_dispose(&d);
    return err;
}

const msh_format msh_format_mail = {
    .name = "mail",
    .zh = "电子邮件、网页归档",
    .en = "mail, news, web archive",
    .suffixes = "eml emlx mht mhtml nws",
    .reads_zh = "邮件头各字段、正文、附件及其名称、转发的邮件、各部分前后的文字；另按原文再查一遍",
    .reads_en = "header fields, body, attachments and their names, forwarded mails, text around "
                "the parts; the source once more",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_WHOLE,
    .family = "markup",
};
