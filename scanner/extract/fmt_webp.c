/* fmt_webp.c: WebP pictures (WebP container specification): EXIF, XMP, what follows the end; pixels
 * go to OCR. Refuses chunks that lie about their length. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("RIFF")) &&
                   msh_view_starts(msh_view_cut(doc->head, 8, 4), MSH_VIEW("WEBP"))
               ? 90
               : 0;
}

static msh_err read_chunk(msh_extract *x, const msh_doc *doc, msh_view type, msh_view body,
                          uint64_t at)
{
    bool whole = true;
    if (msh_view_eq_str(type, "XMP "))
        return msh_extract_child(x, doc, MSH_VIEW("metadata.xmp"), body);
    if (!msh_view_eq_str(type, "EXIF"))
        return MSH_OK;
    size_t skip = msh_view_starts(body, MSH_VIEW("Exif\0\0")) ? 6 : 0;
    MSH_TRY(msh_picture_tags(x, doc, msh_view_cut(body, skip, body.len), at + skip, &whole));
    return whole ? MSH_OK : msh_report(x, &doc->place, MSH_REASON_IMAGE_CORRUPT, 0);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 4);
    size_t size = msh_cursor_u32le(&c);
    msh_cursor_skip(&c, 4);
    if (!msh_cursor_ok(&c) || size + 8 > all.len || size < 12)
        return MSH_E_SHORT;
    c.in.len = size + 8;
    while (msh_cursor_left(&c) >= 8) {
        msh_view type = msh_cursor_take(&c, 4);
        uint32_t len = msh_cursor_u32le(&c);
        uint64_t at = c.at;
        msh_view body = msh_cursor_take(&c, len);
        if (!msh_cursor_ok(&c))
            return MSH_E_CORRUPT;
        MSH_TRY(read_chunk(x, doc, type, body, at));
        if (len % 2 && msh_cursor_left(&c))
            msh_cursor_skip(&c, 1);
    }
    MSH_TRY(msh_picture_ocr(x, doc, all));
    return msh_extract_tail(x, doc, size + 8 + size % 2);
}

const msh_format msh_format_webp = {
    .name = "webp",
    .zh = "WebP 图片",
    .en = "WebP picture",
    .suffixes = "webp",
    .reads_zh = "EXIF、XMP、结尾之后的内容；图中文字由文字识别读取",
    .reads_en = "EXIF, XMP, what follows the end; text in the picture by OCR",
    .probe = probe,
    .extract = extract,
};
