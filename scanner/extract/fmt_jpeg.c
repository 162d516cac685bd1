/* fmt_jpeg.c: JPEG pictures (ITU-T T.81, JFIF, EXIF 2.32): comments, EXIF with its thumbnail, XMP,
 * IPTC, what follows the end; pixels go to OCR. Refuses what ends before its end marker. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

typedef struct jpeg {
    msh_extract *x;
    const msh_doc *doc;
    bool sane, bad;
} jpeg;

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("\xff\xd8\xff")) ? 90 : 0;
}

static bool take_prefix(msh_view *v, msh_view prefix)
{
    if (!msh_view_starts(*v, prefix))
        return false;
    *v = msh_view_cut(*v, prefix.len, v->len);
    return true;
}

static msh_err read_app(jpeg *j, msh_view body, uint64_t at)
{
    msh_view v = body;
    if (take_prefix(&v, MSH_VIEW("Exif\0\0"))) {
        bool whole;
        MSH_TRY(msh_picture_tags(j->x, j->doc, v, at + 6, &whole));
        j->bad |= !whole;
        return MSH_OK;
    }
    if (take_prefix(&v, MSH_VIEW("http://ns.adobe.com/xap/1.0/\0")))
        return msh_extract_child(j->x, j->doc, MSH_VIEW("metadata.xmp"), v);
    if (take_prefix(&v, MSH_VIEW("Photoshop 3.0\0")))
        return msh_picture_resources(j->x, j->doc, v, at + 14);
    return MSH_OK;
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static msh_err read_segment(jpeg *j, uint8_t marker, msh_view body, uint64_t at)
{
    if (marker >= 0xe0 && marker <= 0xef)
        return read_app(j, body, at);
    if (marker == 0xfe)
        return msh_picture_text(j->x, j->doc, MSH_ROLE_COMMENT, MSH_VIEW("COM"), body, at);
    if (is_frame(marker)) {
        msh_cursor c = msh_cursor_of(body);
        msh_cursor_skip(&c, 1);
        uint64_t height = msh_cursor_u16be(&c), width = msh_cursor_u16be(&c);
        /* the height may come later, in a DNL segment */
        return msh_picture_size(j->x, j->doc, width, height ? height : 1, &j->sane);
    }
    return MSH_OK;
}

/* Past coded data: to the next marker that is no restart and no stuffed byte. */
static size_t after_scan(msh_view all, size_t at)
{
    while (at + 1 < all.len) {
        const uint8_t *ff = memchr(all.data + at, 0xff, all.len - at - 1);
        if (!ff)
            return all.len;
        at = (size_t)(ff - all.data);
        uint8_t next = all.data[at + 1];
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7))
            return at;
        at += next == 0xff ? 1 : 2;
    }
    return all.len;
}

static msh_err read_segments(jpeg *j, msh_view all, size_t *end)
{
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 2);
    while (msh_cursor_ok(&c)) {
        if (msh_cursor_u8(&c) != 0xff)
            return msh_cursor_ok(&c) ? MSH_E_CORRUPT : MSH_E_SHORT;
        uint8_t marker = msh_cursor_u8(&c);
        while (marker == 0xff)
            marker = msh_cursor_u8(&c);
        if (marker == 0xd9) {
            *end = c.at;
            return MSH_OK;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7))
            continue;
        size_t len = msh_cursor_u16be(&c);
        if (!msh_cursor_ok(&c) || len < 2)
            break;
        uint64_t at = c.at;
        msh_view body = msh_cursor_take(&c, len - 2);
        if (!msh_cursor_ok(&c))
            break;
        MSH_TRY(read_segment(j, marker, body, at));
        if (marker == 0xda)
            msh_cursor_seek(&c, after_scan(all, c.at));
    }
    return MSH_E_SHORT;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    jpeg j = {.x = x, .doc = doc};
    msh_view all;
    size_t end = 0;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_err err = read_segments(&j, all, &end);
    if (x->stopped != MSH_OK)
        return err;
    if (j.bad)
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_IMAGE_CORRUPT, 0));
    if (j.sane)
        MSH_TRY(msh_picture_ocr(x, doc, all));
    MSH_TRY(err);
    if (!j.sane)
        return MSH_E_CORRUPT;
    return msh_extract_tail(x, doc, end);
}

const msh_format msh_format_jpeg = {
    .name = "jpeg",
    .zh = "JPEG 图片",
    .en = "JPEG picture",
    .suffixes = "jpg jpeg jpe jfif",
    .reads_zh = "注释、EXIF 及缩略图、XMP、IPTC、结尾之后的内容；图中文字由文字识别读取",
    .reads_en = "comments, EXIF and its thumbnail, XMP, IPTC, what follows the end; text in the "
                "picture by OCR",
    .probe = probe,
    .extract = extract,
};
