/* xmlpart.c: libxml2's SAX2 push parser behind msh_xml_handler.
 *
 * The charset is decoded here and libxml2 is fed UTF-8 without the declaration: its own decoders go
 * to iconv, which a locked process cannot load. XML_PARSE_HUGE is never set: it switches off the
 * guard against expanding entities. */
#include "extract/xmlpart.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "text/escapes.h"

#include <string.h>

msh_view msh_xml_get(const msh_xml_attr *attrs, size_t n, const char *name)
{
    msh_view want = msh_view_str(name);
    for (size_t i = 0; i < n; i++)
        if (msh_view_eq(attrs[i].name, want))
            return attrs[i].value;
    return (msh_view){NULL, 0};
}

/* --- charset ---------------------------------------------------------------------------------- */

typedef struct decoded {
    msh_view text; /* UTF-8 after BOM and declaration */
    msh_buf own;   /* holds it when it had to be decoded */
} decoded;

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_blanks(msh_view v, size_t at)
{
    while (at < v.len && is_blank(v.data[at]))
        at++;
    return at;
}

/* BOM, or the shape of "<" in 16 bits. *skip: bytes of the BOM. */
static msh_charset charset_by_head(msh_view v, size_t *skip)
{
    const uint8_t *p = v.data;
    *skip = 0;
    if (v.len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        *skip = 3;
        return MSH_CS_UTF8;
    }
    if (v.len >= 4 && memcmp(p, "\xff\xfe\0\0", 4) == 0) {
        *skip = 4;
        return MSH_CS_UTF32LE;
    }
    if (v.len >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
        *skip = 2;
        return p[0] == 0xff ? MSH_CS_UTF16LE : MSH_CS_UTF16BE;
    }
    if (v.len >= 4 && p[0] == 0 && p[1] != 0 && p[2] == 0)
        return MSH_CS_UTF16BE;
    if (v.len >= 4 && p[0] != 0 && p[1] == 0 && p[3] == 0)
        return p[2] ? MSH_CS_UTF16LE : MSH_CS_UTF32LE;
    if (v.len >= 4 && p[0] == 0 && p[1] == 0 && p[2] == 0)
        return MSH_CS_UTF32BE;
    return MSH_CHARSET_COUNT;
}

/* The declaration, 0 long when there is none; *label is its encoding. */
static size_t declaration(msh_view v, size_t at, msh_view *label)
{
    msh_view d = msh_view_cut(v, at, 512);
    *label = (msh_view){NULL, 0};
    if (!msh_view_starts(d, MSH_VIEW("<?xml")) || d.len < 6 || !is_blank(d.data[5]))
        return 0;
    size_t end = msh_view_find(d, MSH_VIEW("?>"), 0);
    if (end == SIZE_MAX)
        return 0;
    d.len = end;
    size_t i = msh_view_find(d, MSH_VIEW("encoding"), 0);
    if (i != SIZE_MAX) {
        i = skip_blanks(d, i + 8);
        if (i < d.len && d.data[i] == '=')
            i = skip_blanks(d, i + 1);
        uint8_t quote = i < d.len ? d.data[i] : 0;
        size_t k = i + 1;
        while (k < d.len && d.data[k] != quote)
            k++;
        if (k < d.len && (quote == '"' || quote == '\''))
            *label = msh_view_cut(d, i + 1, k - i - 1);
    }
    return end + 2;
}

/* What an 8-bit document is in: UTF-8 when it is that, else as declared, else what fits best. */
static msh_charset charset_by_label(msh_view v, msh_view label)
{
    msh_charset cs;
    bool utf8 = msh_view_is_utf8(v);
    bool known = msh_charset_from_label(label, &cs);
    if (utf8 && (!known || (cs != MSH_CS_HZ && cs != MSH_CS_UTF7)))
        return MSH_CS_UTF8;
    if (known && cs != MSH_CS_UTF8 && cs != MSH_CS_UTF16LE && cs != MSH_CS_UTF16BE &&
        cs != MSH_CS_UTF32LE && cs != MSH_CS_UTF32BE)
        return cs;
    msh_readings r = msh_charset_detect(msh_view_cut(v, 0, MSH_HEAD), v.len <= MSH_HEAD);
    return r.n && r.cs[0] < MSH_CHARSET_COUNT ? r.cs[0] : MSH_CS_UTF8;
}

static msh_err to_utf8(msh_extract *x, msh_view v, msh_charset cs, decoded *d)
{
    size_t ceiling, used;
    uint64_t bad = 0;
    if (!msh_mul_size(v.len, 4, &ceiling) || !msh_add_size(ceiling, 64, &ceiling))
        return MSH_E_MEMORY;
    msh_buf_init(&d->own, ceiling);
    msh_charset_decode(cs, v, true, &d->own, &used, &bad);
    MSH_TRY(msh_buf_err(&d->own));
    MSH_TRY(msh_budget_decoded(&x->budget, d->own.len));
    d->text = msh_buf_view(&d->own);
    return MSH_OK;
}

static msh_err decode(msh_extract *x, msh_view bytes, decoded *d)
{
    size_t skip;
    msh_view label;
    msh_charset cs = charset_by_head(bytes, &skip);
    *d = (decoded){.text = msh_view_cut(bytes, skip, bytes.len)};
    msh_buf_init(&d->own, 0);
    if (cs != MSH_CHARSET_COUNT && cs != MSH_CS_UTF8)
        MSH_TRY(to_utf8(x, d->text, cs, d));
    size_t at = skip_blanks(d->text, 0);
    size_t n = declaration(d->text, at, &label);
    d->text = msh_view_cut(d->text, at + n, d->text.len);
    if (d->own.len)
        return MSH_OK;
    cs = charset_by_label(d->text, label);
    if (cs == MSH_CS_UTF8 && msh_view_is_utf8(d->text))
        return MSH_OK;
    return to_utf8(x, d->text, cs, d);
}

bool msh_xml_probe(msh_view bytes)
{
    size_t skip;
    msh_charset cs = charset_by_head(bytes, &skip);
    msh_view v = msh_view_cut(bytes, skip, 1024);
    if (cs == MSH_CS_UTF16BE || cs == MSH_CS_UTF16LE)
        return v.len >= 2 && v.data[cs == MSH_CS_UTF16BE] == '<' &&
               v.data[cs == MSH_CS_UTF16LE] == 0;
    size_t at = skip_blanks(v, 0);
    return at + 1 < v.len && v.data[at] == '<' && v.data[at + 1] != 0;
}

msh_view msh_xml_root(msh_arena *arena, msh_view bytes)
{
    size_t skip;
    msh_charset cs = charset_by_head(bytes, &skip);
    msh_view v = msh_view_cut(bytes, skip, 8192);
    if (cs == MSH_CS_UTF16BE || cs == MSH_CS_UTF16LE) {
        uint8_t *narrow = arena ? msh_arena_alloc(arena, v.len / 2 + 1) : NULL;
        if (!narrow)
            return (msh_view){NULL, 0};
        for (size_t i = 0; i + 1 < v.len; i += 2)
            narrow[i / 2] = v.data[i + (cs == MSH_CS_UTF16BE)];
        v = msh_view_of(narrow, v.len / 2);
    }
    for (size_t i = 0; i + 1 < v.len; i++) {
        uint8_t c = v.data[i + 1];
        if (v.data[i] != '<' || c == '?' || c == '!' || c == '/')
            continue;
        size_t from = i + 1, end = from;
        while (end < v.len && !is_blank(v.data[end]) && v.data[end] != '>' && v.data[end] != '/') {
            if (v.data[end] == ':')
                from = end + 1;
            end++;
        }
        return msh_view_cut(v, from, end - from);
    }
    return (msh_view){NULL, 0};
}

/* --- loose text ------------------------------------------------------------------------------- */

/* &name; at `at`; returns where to go on. */
static size_t put_entity(msh_buf *out, msh_view v, size_t at)
{
    size_t end = at + 1;
    while (end < v.len && end - at < 12 && v.data[end] != ';' && v.data[end] != '<')
        end++;
    uint32_t cp =
        end < v.len && v.data[end] == ';' ? msh_entity(msh_view_cut(v, at + 1, end - at - 1)) : 0;
    if (cp == 0) {
        msh_buf_put_byte(out, '&');
        return at + 1;
    }
    msh_buf_put_utf8(out, cp);
    return end + 1;
}

/* Whether a tag ends a paragraph: </…p>, </…tr>, </…row>, </…si>, </…h>. */
static bool ends_block(msh_view tag)
{
    static const char *const blocks[] = {"p", "tr", "row", "si", "h", "c", "TextObject"};
    if (tag.len < 2 || tag.data[0] != '/')
        return false;
    size_t from = 1;
    for (size_t i = 1; i < tag.len; i++)
        if (tag.data[i] == ':')
            from = i + 1;
    msh_view name = msh_view_cut(tag, from, tag.len);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (msh_view_eq_str(name, blocks[i]))
            return true;
    return false;
}

/* The text between tags, joined but for ends of paragraphs; and all bytes swept, for what stands in
 * attributes and broken tags. */
static msh_err emit_loose(msh_extract *x, const msh_place *at_place, msh_view v)
{
    msh_place place = *at_place;
    msh_buf out;
    place.role = MSH_ROLE_RAW;
    place.offset = MSH_NO_POSITION;
    msh_buf_init(&out, v.len + 16);
    for (size_t at = 0; at < v.len;) {
        if (v.data[at] == '&') {
            at = put_entity(&out, v, at);
            continue;
        }
        const uint8_t *gt = v.data[at] == '<' ? memchr(v.data + at, '>', v.len - at) : NULL;
        if (!gt) {
            msh_buf_put_byte(&out, v.data[at++]);
            continue;
        }
        size_t end = (size_t)(gt - v.data);
        if (ends_block(msh_view_cut(v, at + 1, end - at - 1)))
            msh_buf_put_byte(&out, '\n');
        at = end + 1;
    }
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK)
        err = msh_emit(x, &place, msh_buf_view(&out), MSH_TEXT_MARKUP);
    if (err == MSH_OK)
        err = msh_sweep(x, &place, v, MSH_NO_POSITION);
    msh_buf_dispose(&out);
    return err;
}

/* --- libxml2 ---------------------------------------------------------------------------------- */

#ifndef MSH_HAVE_LIBXML2

void msh_xml_prepare(void)
{
}

msh_err msh_xml_read(msh_extract *x, const msh_place *place, msh_view bytes,
                     const msh_xml_handler *handler, void *ctx)
{
    decoded d;
    (void)handler;
    (void)ctx;
    msh_err err = decode(x, bytes, &d);
    if (err == MSH_OK)
        err = msh_report(x, place, MSH_REASON_FORMAT_NO_LIBRARY, 0);
    if (err == MSH_OK)
        err = emit_loose(x, place, d.text);
    msh_buf_dispose(&d.own);
    return err;
}

#else

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

enum { FEED = 1 << 20, ATTRS_FIRST = 32, EVENTS_PER_CLOCK = 4096 };

typedef struct reader {
    msh_extract *x;
    const msh_xml_handler *handler;
    void *ctx;
    xmlParserCtxtPtr main;
    msh_err err;          /* of a handler; ends reading */
    msh_reason reason;    /* why reading stopped, MSH_REASON_COUNT = it did not */
    uint64_t depth, made; /* made: bytes handed on */
    uint64_t most;        /* that may be made */
    uint64_t fault_at;    /* first fault; UINT64_MAX = none */
    uint32_t clock;
    msh_xml_attr *attrs;
    size_t attrs_room;
} reader;

static reader *reader_of(void *ctx)
{
    return ((xmlParserCtxtPtr)ctx)->_private;
}

static uint64_t position(const reader *r)
{
    long at = xmlByteConsumed(r->main);
    return at < 0 ? 0 : (uint64_t)at;
}

static bool is_stopped(const reader *r)
{
    return r->err != MSH_OK || r->reason != MSH_REASON_COUNT;
}

/* A handler that went well (MSH_OK, no reason) stops nothing. */
static void stop(reader *r, msh_err err, msh_reason reason)
{
    if (is_stopped(r) || (err == MSH_OK && reason == MSH_REASON_COUNT))
        return;
    r->err = err;
    r->reason = reason;
    if (r->fault_at == UINT64_MAX)
        r->fault_at = position(r);
    xmlStopParser(r->main);
}

/* Counts what entities can multiply: text, and each element as some bytes. */
static bool count(reader *r, uint64_t n)
{
    if (is_stopped(r))
        return false;
    r->made += n;
    if (r->made > r->most)
        stop(r, MSH_OK, MSH_REASON_XML_ENTITIES);
    else if (r->clock++ % EVENTS_PER_CLOCK == 0) {
        msh_err err = msh_budget_time(&r->x->budget);
        if (err != MSH_OK)
            stop(r, err, MSH_REASON_COUNT);
    }
    return !is_stopped(r);
}

static bool room_for_attrs(reader *r, size_t n)
{
    size_t bytes;
    if (n <= r->attrs_room)
        return true;
    msh_xml_attr *more =
        msh_mul_size(n, 2 * sizeof *more, &bytes) ? msh_realloc(r->attrs, bytes) : NULL;
    if (!more)
        return false;
    r->attrs = more;
    r->attrs_room = n * 2;
    return true;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_ns, const xmlChar **ns, int n_attrs, int n_defaulted,
                     const xmlChar **attrs)
{
    reader *r = reader_of(ctx);
    (void)prefix;
    (void)uri;
    (void)n_ns;
    (void)ns;
    (void)n_defaulted;
    if (!count(r, 4))
        return;
    if (++r->depth > r->x->limits->xml_depth) {
        stop(r, MSH_OK, MSH_REASON_LIMIT_XML_DEPTH);
        return;
    }
    size_t n = n_attrs > 0 ? (size_t)n_attrs : 0;
    if (!room_for_attrs(r, n)) {
        stop(r, MSH_E_MEMORY, MSH_REASON_COUNT);
        return;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const xmlChar *const *a = attrs + i * 5;
        r->attrs[i].name = msh_view_str((const char *)a[0]);
        r->attrs[i].value = msh_view_of(a[3], (size_t)(a[4] - a[3]));
        sum += r->attrs[i].value.len;
    }
    if (count(r, sum) && r->handler->start)
        stop(r, r->handler->start(r->ctx, msh_view_str((const char *)name), r->attrs, n),
             MSH_REASON_COUNT);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    reader *r = reader_of(ctx);
    (void)prefix;
    (void)uri;
    if (is_stopped(r))
        return;
    r->depth -= r->depth > 0;
    if (r->handler->end)
        stop(r, r->handler->end(r->ctx, msh_view_str((const char *)name)), MSH_REASON_COUNT);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    reader *r = reader_of(ctx);
    if (n <= 0 || !count(r, (uint64_t)n) || !r->handler->text)
        return;
    stop(r, r->handler->text(r->ctx, msh_view_of(text, (size_t)n)), MSH_REASON_COUNT);
}

static void aside(reader *r, const xmlChar *text)
{
    msh_view v = msh_view_str((const char *)text);
    if (v.len && count(r, v.len) && r->handler->aside)
        stop(r, r->handler->aside(r->ctx, v), MSH_REASON_COUNT);
}

static void on_comment(void *ctx, const xmlChar *text)
{
    aside(reader_of(ctx), text);
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *data)
{
    aside(reader_of(ctx), target);
    aside(reader_of(ctx), data);
}

/* Entities with a system identifier are never known, so nothing can ask for their file. */
static void on_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id,
                      const xmlChar *system_id, xmlChar *content)
{
    if (content)
        aside(reader_of(ctx), content);
    if (system_id)
        aside(reader_of(ctx), system_id);
    if (type == XML_INTERNAL_GENERAL_ENTITY || type == XML_INTERNAL_PARAMETER_ENTITY)
        xmlSAX2EntityDecl(ctx, name, type, public_id, NULL, content);
}

/* HTML's names in documents whose DTD is not loaded. */
static void on_reference(void *ctx, const xmlChar *name)
{
    reader *r = reader_of(ctx);
    uint32_t cp = msh_entity(msh_view_str((const char *)name));
    msh_buf b;
    msh_buf_init(&b, 8);
    if (cp)
        msh_buf_put_utf8(&b, cp);
    if (cp && msh_buf_err(&b) == MSH_OK)
        on_text(ctx, b.data, (int)b.len);
    else if (!cp)
        aside(r, name);
    msh_buf_dispose(&b);
}

/* Nothing is printed; the place of the first fault is kept. */
static void on_fault(void *ctx, xmlErrorPtr error)
{
    reader *r = ctx ? reader_of(ctx) : NULL;
    if (!r || !error || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE)
        return;
    if (error->code == XML_ERR_ENTITY_LOOP && !is_stopped(r))
        stop(r, MSH_OK, MSH_REASON_XML_ENTITIES);
    if (r->fault_at == UINT64_MAX && r->main)
        r->fault_at = position(r);
}

static xmlParserInputPtr on_resolve(void *ctx, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)ctx;
    (void)public_id;
    (void)system_id;
    return NULL;
}

static void fill_handler(xmlSAXHandler *s)
{
    memset(s, 0, sizeof *s);
    s->initialized = XML_SAX2_MAGIC;
    s->startDocument = xmlSAX2StartDocument;
    s->internalSubset = xmlSAX2InternalSubset;
    s->getEntity = xmlSAX2GetEntity;
    s->getParameterEntity = xmlSAX2GetParameterEntity;
    s->entityDecl = on_entity;
    s->resolveEntity = on_resolve;
    s->startElementNs = on_start;
    s->endElementNs = on_end;
    s->characters = on_text;
    s->ignorableWhitespace = on_text;
    s->cdataBlock = on_text;
    s->comment = on_comment;
    s->processingInstruction = on_instruction;
    s->reference = on_reference;
    s->serror = on_fault;
}

static void feed(reader *r, msh_view v)
{
    for (size_t at = 0; at < v.len && !is_stopped(r) && !r->main->disableSAX;) {
        msh_view piece = msh_view_cut(v, at, FEED);
        (void)xmlParseChunk(r->main, (const char *)piece.data, (int)piece.len, 0);
        at += piece.len;
    }
    if (!is_stopped(r))
        (void)xmlParseChunk(r->main, NULL, 0, 1);
}

static msh_err parse(reader *r, msh_view v, const msh_place *place)
{
    xmlSAXHandler sax;
    fill_handler(&sax);
    r->main = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    if (!r->main)
        return MSH_E_MEMORY;
    r->main->_private = r;
    (void)xmlCtxtUseOptions(r->main, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_RECOVER |
                                         XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
    feed(r, v);
    bool faulty = r->fault_at != UINT64_MAX || !r->main->wellFormed;
    if (r->fault_at == UINT64_MAX)
        r->fault_at = position(r);
    if (r->main->myDoc)
        xmlFreeDoc(r->main->myDoc);
    xmlFreeParserCtxt(r->main);
    if (r->err != MSH_OK)
        return r->err;
    if (!faulty)
        return MSH_OK;
    MSH_TRY(msh_report(r->x, place,
                       r->reason == MSH_REASON_COUNT ? MSH_REASON_XML_MALFORMED : r->reason,
                       r->reason == MSH_REASON_LIMIT_XML_DEPTH ? r->depth : 0));
    if (r->fault_at >= v.len)
        return MSH_OK;
    return emit_loose(r->x, place, msh_view_cut(v, (size_t)r->fault_at, v.len));
}

void msh_xml_prepare(void)
{
    xmlInitParser();
}

msh_err msh_xml_read(msh_extract *x, const msh_place *place, msh_view bytes,
                     const msh_xml_handler *handler, void *ctx)
{
    decoded d;
    reader r = {.x = x, .handler = handler, .ctx = ctx, .reason = MSH_REASON_COUNT};
    r.fault_at = UINT64_MAX;
    msh_err err = decode(x, bytes, &d);
    if (err == MSH_OK && skip_blanks(d.text, 0) < d.text.len) {
        r.most = d.text.len * 8 + (64 << 10);
        err = parse(&r, d.text, place);
    }
    msh_free(r.attrs);
    msh_buf_dispose(&d.own);
    return err;
}

#endif
