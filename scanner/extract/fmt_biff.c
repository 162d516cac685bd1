/* fmt_biff.c: workbooks that are no compound files: Excel 2.0 … 4.0 wrote records only (BIFF2 …
 * BIFF4), and some programs do so with newer ones. Read as the stream of a newer file is. */
#include "extract/ole_xls.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

/* A BOF record ([MS-XLS] 2.4.21, and its older forms) with a kind of substream that exists. */
static int probe(const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    uint16_t type = msh_cursor_u16le(&c), len = msh_cursor_u16le(&c);
    (void)msh_cursor_u16le(&c);
    uint16_t kind = msh_cursor_u16le(&c);
    bool known = (type == 0x0009 && (len == 4 || len == 6)) ||
                 ((type == 0x0209 || type == 0x0409) && len >= 4 && len <= 8) ||
                 (type == 0x0809 && (len == 8 || len == 16));
    bool sane = kind == 0x0005 || kind == 0x0006 || kind == 0x0010 || kind == 0x0020 ||
                kind == 0x0040 || kind == 0x0100;
    return msh_cursor_ok(&c) && known && sane ? 80 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    bool encrypted;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    return msh_xls_read(x, doc, all, &encrypted);
}

extern const msh_format msh_format_biff;
const msh_format msh_format_biff = {
    .name = "biff",
    .zh = "Excel 2.0–4.0 工作表",
    .en = "Excel 2.0-4.0 worksheets",
    .suffixes = "xls xlt xlw",
    .reads_zh = "单元格、批注、页眉页脚；公式中的文字由原始扫描读取",
    .reads_en = "cells, comments, headers and footers; strings in formulas by the raw sweep",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_CONTAINER,
};
