/* picture.c: texts in pictures beside their pixels: TIFF 6.0 tags, EXIF 2.32, IPTC-IIM 4.2,
 * Photoshop resources; and the one way to OCR. Directories that loop or lie are reported by the
 * caller as image.corrupt. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/helper.h"

enum {
    DIRECTORIES = 64, /* of one picture */
    TAGS = 8192,      /* of one picture */
    PENDING = 32,     /* directories known but not yet read */
    MOST_PIXELS = 1 << 29
};

msh_err msh_picture_whole(msh_extract *x, const msh_doc *doc, msh_view *out)
{
    return msh_input_whole(doc->in, (size_t)x->limits->member_size, out);
}

msh_err msh_picture_size(msh_extract *x, const msh_doc *doc, uint64_t width, uint64_t height,
                         bool *sane)
{
    *sane = width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS / width;
    return *sane ? MSH_OK : msh_report(x, &doc->place, MSH_REASON_IMAGE_CORRUPT, 0);
}

msh_err msh_picture_ocr(msh_extract *x, const msh_doc *doc, msh_view bytes)
{
    msh_ocr_question q = {
        .place = &doc->place, .bytes = bytes, .absent = MSH_REASON_IMAGE_NEEDS_OCR};
    return msh_ocr_later(x, &q);
}

msh_err msh_picture_text(msh_extract *x, const msh_doc *doc, msh_role role, msh_view name,
                         msh_view bytes, uint64_t offset)
{
    msh_place place = doc->place;
    while (bytes.len > 0 && bytes.data[bytes.len - 1] == 0)
        bytes.len--;
    place.role = role;
    place.name = name;
    place.offset = offset;
    return msh_emit_bytes(x, &place, bytes, MSH_CHARSET_COUNT, 0);
}

/* --- IPTC
 * ----------------------------------------------------------------------------------------- */

msh_err msh_picture_iptc(msh_extract *x, const msh_doc *doc, msh_view bytes, uint64_t base)
{
    msh_cursor c = msh_cursor_of(bytes);
    while (msh_cursor_left(&c) >= 5) {
        if (msh_cursor_u8(&c) != 0x1c)
            continue;
        (void)msh_cursor_u16be(&c);
        size_t len = msh_cursor_u16be(&c);
        if (len > msh_cursor_left(&c))
            len = msh_cursor_left(&c);
        uint64_t at = base + c.at;
        msh_view v = msh_cursor_take(&c, len);
        if (v.len >= 2)
            MSH_TRY(msh_picture_text(x, doc, MSH_ROLE_META, MSH_VIEW("IPTC"), v, at));
    }
    return MSH_OK;
}

msh_err msh_picture_resources(msh_extract *x, const msh_doc *doc, msh_view bytes, uint64_t base)
{
    msh_cursor c = msh_cursor_of(bytes);
    while (msh_cursor_left(&c) >= 12) {
        if (!msh_view_eq(msh_cursor_take(&c, 4), MSH_VIEW("8BIM")))
            return MSH_OK;
        uint16_t id = msh_cursor_u16be(&c);
        uint8_t name = msh_cursor_u8(&c);
        msh_cursor_skip(&c, name + (name % 2 == 0));
        uint32_t len = msh_cursor_u32be(&c);
        uint64_t at = base + c.at;
        msh_view v = msh_cursor_take(&c, len);
        if (len % 2)
            msh_cursor_skip(&c, 1);
        if (id == 0x0404)
            MSH_TRY(msh_picture_iptc(x, doc, v, at));
    }
    return MSH_OK;
}

/* --- TIFF tags
 * -------------------------------------------------------------------------------------- */

typedef struct tiff {
    msh_extract *x;
    const msh_doc *doc;
    msh_view in;
    uint64_t base;
    bool big; /* byte order */
    bool whole;
    uint32_t pending[PENDING], n_pending;
    uint32_t seen[DIRECTORIES], n_seen;
    uint32_t tags;
    uint32_t thumb_at, thumb_len;
} tiff;

static uint16_t u16(const tiff *t, msh_cursor *c)
{
    return t->big ? msh_cursor_u16be(c) : msh_cursor_u16le(c);
}

static uint32_t u32(const tiff *t, msh_cursor *c)
{
    return t->big ? msh_cursor_u32be(c) : msh_cursor_u32le(c);
}

static void later(tiff *t, uint32_t at)
{
    if (at == 0)
        return;
    if (t->n_pending == PENDING)
        t->whole = false;
    else
        t->pending[t->n_pending++] = at;
}

/* EXIF UserComment and the like: eight bytes name the charset. */
static msh_err user_comment(tiff *t, msh_view v, uint64_t at)
{
    msh_place place = t->doc->place;
    place.role = MSH_ROLE_COMMENT;
    place.name = MSH_VIEW("UserComment");
    place.offset = at + 8;
    msh_view text = msh_view_cut(v, 8, v.len);
    if (!msh_view_starts(v, MSH_VIEW("UNICODE\0")))
        return msh_picture_text(t->x, t->doc, MSH_ROLE_COMMENT, MSH_VIEW("UserComment"),
                                v.len > 8 ? text : v, at);
    MSH_TRY(msh_emit_bytes(t->x, &place, text, t->big ? MSH_CS_UTF16BE : MSH_CS_UTF16LE, 0));
    return msh_emit_bytes(t->x, &place, text, t->big ? MSH_CS_UTF16LE : MSH_CS_UTF16BE, 0);
}

static msh_err wide_text(tiff *t, msh_view v, uint64_t at)
{
    msh_place place = t->doc->place;
    place.role = MSH_ROLE_META;
    place.name = MSH_VIEW("XP");
    place.offset = at;
    return msh_emit_bytes(t->x, &place, v, MSH_CS_UTF16LE, 0);
}

static msh_err read_value(tiff *t, uint16_t tag, uint16_t type, msh_view v)
{
    uint64_t at = t->base + (uint64_t)(v.data - t->in.data);
    switch (tag) {
    case 0x02bc:
        return msh_extract_child(t->x, t->doc, MSH_VIEW("metadata.xmp"), v);
    case 0x83bb:
        return msh_picture_iptc(t->x, t->doc, v, at);
    case 0x8649:
        return msh_picture_resources(t->x, t->doc, v, at);
    case 0x9286:
        return user_comment(t, v, at);
    case 0x9c9b:
    case 0x9c9c:
    case 0x9c9d:
    case 0x9c9e:
    case 0x9c9f:
        return wide_text(t, v, at);
    default:
        if (type == 2)
            return msh_picture_text(t->x, t->doc, MSH_ROLE_META, MSH_VIEW("EXIF"), v, at);
        return MSH_OK;
    }
}

static bool is_directory(uint16_t tag)
{
    return tag == 0x8769 || tag == 0x8825 || tag == 0xa005 || tag == 0x014a;
}

static msh_err read_tag(tiff *t, msh_cursor *c)
{
    static const uint8_t sizes[14] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    uint16_t tag = u16(t, c), type = u16(t, c);
    uint32_t n = u32(t, c);
    msh_view inside = msh_cursor_take(c, 4);
    msh_cursor v = msh_cursor_of(inside);
    uint32_t at = u32(t, &v);
    if (is_directory(tag) && n == 1) {
        later(t, at);
        return MSH_OK;
    }
    if (tag == 0x0201)
        t->thumb_at = at;
    if (tag == 0x0202)
        t->thumb_len = at;
    uint64_t len = (uint64_t)n * (type < 14 ? sizes[type] : 0);
    if (len == 0)
        return MSH_OK;
    if (len <= 4)
        return read_value(t, tag, type, msh_view_cut(inside, 0, (size_t)len));
    if (at > t->in.len || len > t->in.len - at) {
        t->whole = false;
        return MSH_OK;
    }
    return read_value(t, tag, type, msh_view_cut(t->in, at, (size_t)len));
}

static bool seen_before(tiff *t, uint32_t at)
{
    for (uint32_t i = 0; i < t->n_seen; i++)
        if (t->seen[i] == at)
            return true;
    if (t->n_seen == DIRECTORIES)
        return true;
    t->seen[t->n_seen++] = at;
    return false;
}

static msh_err read_directory(tiff *t, uint32_t at)
{
    msh_cursor c = msh_cursor_of(t->in);
    if (seen_before(t, at)) {
        t->whole = false;
        return MSH_OK;
    }
    msh_cursor_seek(&c, at);
    uint16_t n = u16(t, &c);
    for (uint16_t i = 0; i < n && msh_cursor_left(&c) >= 12 && t->tags < TAGS; i++, t->tags++)
        MSH_TRY(read_tag(t, &c));
    if (t->tags >= TAGS)
        t->whole = false;
    later(t, u32(t, &c));
    t->whole &= msh_cursor_ok(&c);
    return MSH_OK;
}

static msh_err read_thumbnail(tiff *t)
{
    if (t->thumb_len == 0 || t->thumb_at > t->in.len || t->thumb_len > t->in.len - t->thumb_at)
        return MSH_OK;
    return msh_extract_child(t->x, t->doc, MSH_VIEW("thumbnail.jpg"),
                             msh_view_cut(t->in, t->thumb_at, t->thumb_len));
}

msh_err msh_picture_tags(msh_extract *x, const msh_doc *doc, msh_view in, uint64_t base,
                         bool *whole)
{
    tiff t = {.x = x, .doc = doc, .in = in, .base = base, .whole = true};
    msh_cursor c = msh_cursor_of(in);
    t.big = msh_view_starts(in, MSH_VIEW("MM"));
    msh_cursor_skip(&c, 4);
    later(&t, u32(&t, &c));
    t.whole = msh_cursor_ok(&c);
    while (t.n_pending > 0)
        MSH_TRY(read_directory(&t, t.pending[--t.n_pending]));
    *whole = t.whole;
    return read_thumbnail(&t);
}
