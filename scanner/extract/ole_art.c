/* ole_art.c: the record tree of OfficeArt and PowerPoint, shapes' texts, pictures (see ole_art.h).
 */
#include "extract/ole_art.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/inflate.h"

#include <stdio.h>

enum { HEADER = 8, MAX_LEVELS = 32, UID = 16, METAFILE_HEADER = 34, CONTAINER = 15 };

enum {
    ART_BSE = 0xf007,
    ART_FOPT = 0xf00b,
    ART_EMF = 0xf01a,
    ART_WMF = 0xf01b,
    ART_PICT = 0xf01c,
    ART_JPEG = 0xf01d,
    ART_PNG = 0xf01e,
    ART_DIB = 0xf01f,
    ART_TIFF = 0xf029,
    ART_JPEG_CMYK = 0xf02a,
    ART_FOPT_2 = 0xf121,
    ART_FOPT_3 = 0xf122
};

/* --- the tree
 * ---------------------------------------------------------------------------------------- */

bool msh_art_next(msh_cursor *c, msh_art_rec *out)
{
    if (msh_cursor_left(c) < HEADER)
        return false;
    *out = (msh_art_rec){.at = c->at};
    uint16_t ver = msh_cursor_u16le(c);
    out->version = ver & 15;
    out->instance = ver >> 4;
    out->type = msh_cursor_u16le(c);
    size_t len = msh_cursor_u32le(c), left = msh_cursor_left(c);
    out->cut = len > left;
    out->body = msh_cursor_take(c, out->cut ? left : len);
    return true;
}

typedef struct level {
    msh_cursor c;
    uint64_t base;
    msh_art_rec of; /* the container */
} level;

msh_err msh_art_walk(msh_view bytes, uint64_t base, const msh_art_visitor *v, bool *damaged)
{
    level stack[MAX_LEVELS];
    unsigned depth = 0;
    msh_art_rec r;
    stack[0] = (level){.c = msh_cursor_of(bytes), .base = base};
    for (;;) {
        level *l = &stack[depth];
        if (!msh_art_next(&l->c, &r)) {
            if (depth == 0)
                return MSH_OK;
            if (v->leave)
                MSH_TRY(v->leave(v->ctx, &l->of));
            depth--;
            continue;
        }
        r.at += l->base;
        *damaged |= r.cut;
        bool descend = r.version == CONTAINER;
        MSH_TRY(v->enter(v->ctx, &r, &descend));
        if (!descend)
            continue;
        if (depth + 1 == MAX_LEVELS) {
            *damaged = true;
            continue;
        }
        stack[++depth] = (level){.c = msh_cursor_of(r.body), .base = r.at + HEADER, .of = r};
    }
}

/* --- texts
 * ------------------------------------------------------------------------------------------- */

void msh_art_put_utf16(msh_view v, msh_buf *out)
{
    for (size_t at = 0; at + 1 < v.len;) {
        msh_char c = msh_charset_next(MSH_CS_UTF16LE, msh_view_cut(v, at, 4));
        at += c.len;
        if (c.cp == 0)
            return;
        msh_buf_put_utf8(out, c.cp == '\r' || c.cp == 0x0b ? '\n' : c.cp);
    }
}

bool msh_art_is_properties(uint16_t type)
{
    return type == ART_FOPT || type == ART_FOPT_2 || type == ART_FOPT_3;
}

static void put_property(uint16_t id, msh_view data, msh_buf *text, msh_buf *attrs)
{
    msh_buf *out = NULL;
    switch (id & 0x3fff) {
    case 0x00c0: /* gtextUNICODE: text art, watermarks */
        out = text;
        break;
    case 0x0105: /* pibName */
    case 0x0380: /* wzName */
    case 0x0381: /* wzDescription */
    case 0x038d: /* wzTooltip */
    case 0x038e: /* wzScript */
    case 0x038f: /* metroBlob siblings: names of sources */
    case 0x0390:
        out = attrs;
        break;
    case 0x0382: /* pihlShape: a hyperlink object, its strings stand in it as UTF-16 */
        for (size_t at = 0; at + 8 <= data.len; at += 2) {
            static const char *const begins[] = {"h\0t\0t\0p\0", "f\0i\0l\0e\0", "m\0a\0i\0l\0",
                                                 "f\0t\0p\0:\0"};
            for (size_t i = 0; i < 4; i++)
                if (memcmp(data.data + at, begins[i], 8) == 0) {
                    msh_art_put_utf16(msh_view_cut(data, at, data.len), attrs);
                    msh_buf_put_byte(attrs, '\n');
                    return;
                }
        }
        return;
    default:
        return;
    }
    msh_art_put_utf16(data, out);
    msh_buf_put_byte(out, '\n');
}

void msh_art_properties(const msh_art_rec *fopt, msh_buf *text, msh_buf *attrs)
{
    msh_cursor c = msh_cursor_of(fopt->body);
    size_t n = fopt->instance, data = n * 6;
    for (size_t i = 0; i < n; i++) {
        uint16_t id = msh_cursor_u16le(&c);
        uint32_t op = msh_cursor_u32le(&c);
        if (!msh_cursor_ok(&c))
            return;
        if (!(id & 0x8000))
            continue;
        put_property(id, msh_view_cut(fopt->body, data, op), text, attrs);
        if (op > fopt->body.len)
            return;
        data += op;
    }
}

/* --- pictures
 * ---------------------------------------------------------------------------------------- */

bool msh_art_is_picture(uint16_t type)
{
    return (type >= ART_EMF && type <= ART_DIB) || type == ART_TIFF || type == ART_JPEG_CMYK;
}

static const char *suffix_of(uint16_t type)
{
    switch (type) {
    case ART_EMF:
        return "emf";
    case ART_WMF:
        return "wmf";
    case ART_PICT:
        return "pict";
    case ART_PNG:
        return "png";
    case ART_DIB:
        return "bmp";
    case ART_TIFF:
        return "tif";
    default:
        return "jpg";
    }
}

/* A second checksum stands before the picture when the instance is odd by one from its base. */
static size_t uids_of(const msh_art_rec *r)
{
    switch (r->instance) {
    case 0x3d5: /* EMF */
    case 0x217: /* WMF */
    case 0x543: /* PICT */
    case 0x46b: /* JPEG */
    case 0x6e3:
    case 0x6e1: /* PNG */
    case 0x7a9: /* DIB */
    case 0x6e5: /* TIFF */
        return 2 * (size_t)UID;
    default:
        return UID;
    }
}

/* A DIB as the file it would be: its header says where the pixels begin. */
void msh_art_put_bmp(msh_buf *out, msh_view dib)
{
    msh_cursor c = msh_cursor_of(dib);
    uint32_t size = msh_cursor_u32le(&c), colours = 0;
    if (size >= 40 && dib.len >= 40) {
        msh_cursor_seek(&c, 14);
        uint32_t bits = msh_cursor_u16le(&c);
        msh_cursor_seek(&c, 32);
        colours = msh_cursor_u32le(&c);
        if (colours == 0 && bits <= 8)
            colours = 1u << bits;
    }
    if (colours > 256)
        colours = 0;
    msh_buf_put_str(out, "BM");
    msh_buf_put_u32(out, (uint32_t)(14 + dib.len));
    msh_buf_put_u32(out, 0);
    msh_buf_put_u32(out, 14 + (size < 1024 ? size : 40) + colours * 4);
    msh_buf_put_view(out, dib);
}

/* A metafile's bytes, inflated when they are packed; WMF get the header that makes them known. */
static msh_err put_metafile(msh_extract *x, const msh_art_rec *r, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(r->body);
    msh_cursor_skip(&c, uids_of(r) + METAFILE_HEADER - 2);
    uint8_t packing = msh_cursor_u8(&c);
    msh_cursor_skip(&c, 1);
    msh_view data = msh_cursor_take(&c, msh_cursor_left(&c));
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    bool placeable = packing != 0 && data.len && data.data[0] == 0xd7;
    if (r->type == ART_WMF && !placeable) { /* key, handle, box, units per inch, checksum */
        static const uint8_t head[22] = {0xd7, 0xcd, 0xc6, 0x9a, 0, 0, 0, 0, 0, 0,    0xe8,
                                         0x03, 0xe8, 0x03, 0x60, 0, 0, 0, 0, 0, 0x51, 0x5c};
        msh_buf_put(out, head, sizeof head);
    }
    if (packing == 0)
        return msh_inflate(x, data, out, NULL);
    msh_buf_put_view(out, data);
    return msh_buf_err(out);
}

static msh_err picture_bytes(msh_extract *x, const msh_art_rec *r, msh_buf *room, msh_view *out)
{
    if (r->type == ART_EMF || r->type == ART_WMF || r->type == ART_PICT) {
        msh_err err = put_metafile(x, r, room);
        *out = msh_buf_view(room);
        return err;
    }
    *out = msh_view_cut(r->body, uids_of(r) + 1, r->body.len);
    if (r->type == ART_DIB && !msh_view_starts(*out, MSH_VIEW("BM"))) {
        msh_art_put_bmp(room, *out);
        *out = msh_buf_view(room);
    }
    return msh_buf_err(room);
}

msh_err msh_art_picture(msh_extract *x, const msh_doc *doc, const msh_art_rec *blip,
                        const char *name, unsigned n)
{
    char label[64];
    msh_view bytes;
    msh_buf room;
    msh_buf_init(&room, (size_t)x->limits->member_size);
    (void)snprintf(label, sizeof label, "%.32s%u.%s", name, n, suffix_of(blip->type));
    msh_err err = picture_bytes(x, blip, &room, &bytes);
    if (err == MSH_E_CORRUPT || err == MSH_E_SHORT || err == MSH_E_LIMIT_BUFFER) {
        msh_place place = msh_child_place(x, doc, msh_view_str(label));
        err = msh_report(x, &place, msh_reason_of_error(err), 0);
        if (err == MSH_OK)
            err = msh_sweep(x, &place, bytes.len ? bytes : blip->body, MSH_NO_POSITION);
    } else if (err == MSH_OK && bytes.len) {
        err = msh_extract_child(x, doc, msh_view_str(label), bytes);
    }
    msh_buf_dispose(&room);
    return err;
}

typedef struct pictures {
    msh_extract *x;
    const msh_doc *doc;
    const char *name;
    unsigned *n;
    uint64_t end; /* behind the last record that is one of a drawing */
} pictures;

/* A file entry holds its picture behind 36 bytes and its name (2.2.32 OfficeArtFBSE). */
static msh_err entry_picture(pictures *p, const msh_art_rec *r)
{
    size_t name = r->body.len > 33 ? r->body.data[33] : 0;
    msh_cursor c = msh_cursor_of(msh_view_cut(r->body, 36 + name, r->body.len));
    msh_art_rec blip;
    if (!msh_art_next(&c, &blip) || !msh_art_is_picture(blip.type))
        return MSH_OK;
    return msh_art_picture(p->x, p->doc, &blip, p->name, ++*p->n);
}

static msh_err on_picture(void *ctx, const msh_art_rec *r, bool *descend)
{
    pictures *p = ctx;
    if (r->type < 0xf000)
        return MSH_OK;
    p->end = r->at + HEADER + (*descend ? 0 : r->body.len);
    if (r->type == ART_BSE)
        return entry_picture(p, r);
    if (msh_art_is_picture(r->type))
        return msh_art_picture(p->x, p->doc, r, p->name, ++*p->n);
    return MSH_OK;
}

msh_err msh_art_pictures(msh_extract *x, const msh_doc *doc, msh_view bytes, const char *name,
                         unsigned *n, bool *damaged)
{
    pictures p = {x, doc, name, n, 0};
    msh_art_visitor v = {&p, on_picture, NULL};
    MSH_TRY(msh_art_walk(bytes, 0, &v, damaged));
    if (p.end >= bytes.len)
        return MSH_OK;
    msh_place place = msh_child_place(x, doc, msh_view_str(name));
    return msh_sweep(x, &place, msh_view_cut(bytes, (size_t)p.end, bytes.len), MSH_NO_POSITION);
}
