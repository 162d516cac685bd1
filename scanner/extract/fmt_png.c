/* fmt_png.c: PNG pictures (W3C PNG 3rd edition): text chunks, EXIF, XMP, colour profile, what
 * follows the end; pixels go to OCR. Refuses chunks that lie about their length or checksum. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/inflate.h"

#include <zlib.h>

enum { TEXT_MOST = 16 << 20, LONGEST_CRC = 1 << 30 };

static const char signature[] = "\x89PNG\r\n\x1a\n";

typedef struct png {
    msh_extract *x;
    const msh_doc *doc;
    bool sane, bad;
} png;

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, msh_view_of(signature, 4)) ? 90 : 0;
}

/* The bytes up to the next NUL, which is skipped. */
static msh_view take_string(msh_cursor *c)
{
    msh_view rest = msh_view_cut(c->in, c->at, c->in.len);
    const uint8_t *end = rest.len ? memchr(rest.data, 0, rest.len) : NULL;
    msh_view v = msh_cursor_take(c, end ? (size_t)(end - rest.data) : rest.len);
    if (end)
        msh_cursor_skip(c, 1);
    return v;
}

static msh_err hand_on(png *p, msh_view key, msh_view text, uint64_t at)
{
    if (msh_view_eq_str(key, "XML:com.adobe.xmp"))
        return msh_extract_child(p->x, p->doc, MSH_VIEW("metadata.xmp"), text);
    MSH_TRY(msh_picture_text(p->x, p->doc, MSH_ROLE_META, MSH_VIEW("keyword"), key, at));
    return msh_picture_text(p->x, p->doc, MSH_ROLE_META, key, text, at + key.len + 1);
}

static msh_err hand_on_packed(png *p, msh_view key, msh_view packed, uint64_t at, bool profile)
{
    msh_buf text;
    msh_buf_init(&text, TEXT_MOST);
    msh_err err = msh_inflate(p->x, packed, &text, NULL), sent;
    if (profile)
        sent = msh_sweep(p->x, &p->doc->place, msh_buf_view(&text), at);
    else
        sent = hand_on(p, key, msh_buf_view(&text), at);
    msh_buf_dispose(&text);
    MSH_TRY(sent);
    p->bad |= err == MSH_E_CORRUPT || err == MSH_E_SHORT;
    return err == MSH_E_CORRUPT || err == MSH_E_SHORT ? MSH_OK : err;
}

static msh_err international(png *p, msh_view body, uint64_t at)
{
    msh_cursor c = msh_cursor_of(body);
    msh_view key = take_string(&c);
    uint8_t packed = msh_cursor_u8(&c);
    (void)msh_cursor_u8(&c);
    (void)take_string(&c);
    msh_view translated = take_string(&c);
    msh_view text = msh_view_cut(body, c.at, body.len);
    MSH_TRY(msh_picture_text(p->x, p->doc, MSH_ROLE_META, key, translated, at));
    return packed ? hand_on_packed(p, key, text, at, false) : hand_on(p, key, text, at);
}

static msh_err read_chunk(png *p, msh_view type, msh_view body, uint64_t at)
{
    msh_cursor c = msh_cursor_of(body);
    if (msh_view_eq_str(type, "IHDR")) {
        uint64_t width = msh_cursor_u32be(&c), height = msh_cursor_u32be(&c);
        return msh_picture_size(p->x, p->doc, width, height, &p->sane);
    }
    if (msh_view_eq_str(type, "tEXt")) {
        msh_view key = take_string(&c);
        return hand_on(p, key, msh_view_cut(body, c.at, body.len), at);
    }
    if (msh_view_eq_str(type, "zTXt") || msh_view_eq_str(type, "iCCP")) {
        msh_view key = take_string(&c);
        msh_cursor_skip(&c, 1);
        return hand_on_packed(p, key, msh_view_cut(body, c.at, body.len), at, type.data[0] == 'i');
    }
    if (msh_view_eq_str(type, "iTXt"))
        return international(p, body, at);
    if (msh_view_eq_str(type, "eXIf")) {
        bool whole;
        MSH_TRY(msh_picture_tags(p->x, p->doc, body, at, &whole));
        p->bad |= !whole;
    }
    return MSH_OK;
}

static bool crc_holds(msh_view type_and_body, uint32_t crc)
{
    return type_and_body.len > LONGEST_CRC ||
           crc32(0, type_and_body.data, (uInt)type_and_body.len) == crc;
}

static msh_err read_chunks(png *p, msh_view all, size_t *end)
{
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 8);
    for (bool last = false; !last;) {
        uint32_t len = msh_cursor_u32be(&c);
        size_t from = c.at;
        msh_view type = msh_cursor_take(&c, 4), body = msh_cursor_take(&c, len);
        uint32_t crc = msh_cursor_u32be(&c);
        if (!msh_cursor_ok(&c))
            return MSH_E_SHORT;
        p->bad |= !crc_holds(msh_view_cut(all, from, (size_t)len + 4), crc);
        MSH_TRY(read_chunk(p, type, body, from + 4));
        last = msh_view_eq_str(type, "IEND");
    }
    *end = c.at;
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    png p = {.x = x, .doc = doc};
    msh_view all;
    size_t end = 0;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    if (!msh_view_starts(all, msh_view_of(signature, 8)))
        return MSH_E_CORRUPT;
    msh_err err = read_chunks(&p, all, &end);
    if (p.bad && err == MSH_OK)
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_IMAGE_CORRUPT, 0));
    if (p.sane)
        MSH_TRY(msh_picture_ocr(x, doc, all));
    MSH_TRY(err);
    return msh_extract_tail(x, doc, end);
}

const msh_format msh_format_png = {
    .name = "png",
    .zh = "PNG 图片",
    .en = "PNG picture",
    .suffixes = "png apng",
    .reads_zh = "文字块、EXIF、XMP、结尾之后的内容；图中文字由文字识别读取",
    .reads_en = "text blocks, EXIF, XMP, what follows the end; text in the picture by OCR",
    .probe = probe,
    .extract = extract,
};
