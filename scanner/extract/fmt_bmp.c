/* fmt_bmp.c: Windows bitmaps (BITMAPFILEHEADER with any info header): what follows the picture;
 * pixels go to OCR. Refuses headers that lie about sizes. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { SHORT_HEADER = 12, FILE_HEADER = 14 };

/* "BM" begins texts, too: the header must hold together. */
static int probe(const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    if (!msh_view_eq_str(msh_cursor_take(&c, 2), "BM"))
        return 0;
    msh_cursor_skip(&c, 4);
    uint32_t reserved = msh_cursor_u32le(&c), data = msh_cursor_u32le(&c);
    uint32_t header = msh_cursor_u32le(&c);
    bool known = header == SHORT_HEADER || (header >= 16 && header <= 124);
    return msh_cursor_ok(&c) && known && reserved == 0 && data >= FILE_HEADER + header ? 85 : 0;
}

static uint64_t magnitude(uint32_t v)
{
    return v & 0x80000000u ? (uint64_t)(0u - v) : v;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    bool sane = false;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 2);
    uint64_t size = msh_cursor_u32le(&c);
    msh_cursor_skip(&c, 4);
    uint64_t data = msh_cursor_u32le(&c);
    uint32_t header = msh_cursor_u32le(&c);
    uint64_t width, height;
    if (header == SHORT_HEADER) {
        width = msh_cursor_u16le(&c);
        height = msh_cursor_u16le(&c);
    } else {
        width = magnitude(msh_cursor_u32le(&c));
        height = magnitude(msh_cursor_u32le(&c));
    }
    if (!msh_cursor_ok(&c) || data > all.len)
        return MSH_E_SHORT;
    MSH_TRY(msh_picture_size(x, doc, width, height, &sane));
    if (sane)
        MSH_TRY(msh_picture_ocr(x, doc, all));
    if (size > all.len)
        return MSH_E_SHORT;
    return size >= data ? msh_extract_tail(x, doc, size) : MSH_OK;
}

const msh_format msh_format_bmp = {
    .name = "bmp",
    .zh = "BMP 图片",
    .en = "BMP picture",
    .suffixes = "bmp dib",
    .reads_zh = "图片之后的内容；图中文字由文字识别读取",
    .reads_en = "what follows the picture; text in the picture by OCR",
    .probe = probe,
    .extract = extract,
};
