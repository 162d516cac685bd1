/* fmt_gif.c: GIF pictures (GIF89a): comments, plain text and application blocks, what follows the
 * end; pixels go to OCR. Refuses what ends before its trailer. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { BLOCK_MOST = 16 << 20 };

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("GIF8")) ? 90 : 0;
}

/* Sub-blocks up to the empty one; joined into `to` unless NULL. */
static void take_blocks(msh_cursor *c, msh_buf *to)
{
    for (uint8_t n; (n = msh_cursor_u8(c)) != 0;) {
        msh_view v = msh_cursor_take(c, n);
        if (to)
            msh_buf_put_view(to, v);
    }
}

static void skip_colours(msh_cursor *c, uint8_t packed)
{
    if (packed & 0x80)
        msh_cursor_skip(c, (size_t)3 << ((packed & 7) + 1));
}

static msh_err read_extension(msh_extract *x, const msh_doc *doc, msh_cursor *c)
{
    uint8_t label = msh_cursor_u8(c);
    size_t at = c->at;
    msh_buf text;
    msh_buf_init(&text, BLOCK_MOST);
    msh_view first = msh_view_cut(c->in, at + 1, 11);
    take_blocks(c, &text);
    msh_err err = MSH_OK;
    if (label == 0xff && msh_view_eq_str(first, "XMP DataXMP"))
        err = msh_extract_child(x, doc, MSH_VIEW("metadata.xmp"),
                                msh_view_cut(c->in, at + 12, c->at - at - 12));
    else if (label == 0xfe || label == 0x01 || label == 0xff)
        err = msh_picture_text(x, doc, MSH_ROLE_COMMENT, MSH_VIEW("GIF"), msh_buf_view(&text), at);
    msh_buf_dispose(&text);
    return err;
}

static msh_err read_blocks(msh_extract *x, const msh_doc *doc, msh_cursor *c)
{
    while (msh_cursor_ok(c)) {
        uint8_t kind = msh_cursor_u8(c);
        if (!msh_cursor_ok(c))
            break;
        if (kind == 0x3b)
            return MSH_OK;
        if (kind == 0x21) {
            MSH_TRY(read_extension(x, doc, c));
        } else if (kind == 0x2c) {
            msh_cursor_skip(c, 8);
            skip_colours(c, msh_cursor_u8(c));
            msh_cursor_skip(c, 1);
            take_blocks(c, NULL);
        } else if (kind != 0) {
            return MSH_E_CORRUPT;
        }
    }
    return MSH_E_SHORT;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    bool sane = false;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 6);
    uint64_t width = msh_cursor_u16le(&c), height = msh_cursor_u16le(&c);
    uint8_t packed = msh_cursor_u8(&c);
    msh_cursor_skip(&c, 2);
    skip_colours(&c, packed);
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    MSH_TRY(msh_picture_size(x, doc, width, height, &sane));
    msh_err err = read_blocks(x, doc, &c);
    if (sane && x->stopped == MSH_OK)
        MSH_TRY(msh_picture_ocr(x, doc, all));
    MSH_TRY(err);
    return msh_extract_tail(x, doc, c.at);
}

const msh_format msh_format_gif = {
    .name = "gif",
    .zh = "GIF 图片",
    .en = "GIF picture",
    .suffixes = "gif",
    .reads_zh = "注释、文字块、XMP、结尾之后的内容；图中文字由文字识别读取",
    .reads_en = "comments, text blocks, XMP, what follows the end; text in the picture by OCR",
    .probe = probe,
    .extract = extract,
};
