/* fmt_tiff.c: TIFF pictures (TIFF 6.0): the texts of all directories; pixels go to OCR. Directories
 * that loop or point outside are image.corrupt; BigTIFF is unsupported. */
#include "extract/picture.h"

#include "base/err.h"
#include "base/view.h"

static int probe(const msh_doc *doc)
{
    static const char *const heads[] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};
    for (size_t i = 0; i < 4; i++)
        if (msh_view_starts(doc->head, msh_view_of(heads[i], 4)))
            return 90;
    return 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    bool whole = false;
    if (doc->head.data[2] == '+' || doc->head.data[3] == '+')
        return MSH_E_UNSUPPORTED;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    if (all.len < 8)
        return MSH_E_SHORT;
    MSH_TRY(msh_picture_tags(x, doc, all, 0, &whole));
    if (!whole)
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_IMAGE_CORRUPT, 0));
    return msh_picture_ocr(x, doc, all);
}

const msh_format msh_format_tiff = {
    .name = "tiff",
    .zh = "TIFF 图片",
    .en = "TIFF picture",
    .suffixes = "tif tiff",
    .reads_zh = "各目录中的文字标记、XMP、IPTC、缩略图；图中文字由文字识别读取",
    .reads_en = "text tags of all directories, XMP, IPTC, thumbnails; text in the picture by OCR",
    .probe = probe,
    .extract = extract,
};
