/* fmt_epub.c: EPUB books (EPUB 3.3 §4, OCF): each member goes to a child, pages to the reader of
 * HTML. */
#include "extract/zip.h"

static int probe(const msh_doc *doc)
{
    return msh_zip_sniff(doc, false) == MSH_ZIP_KIND_EPUB ? 85 : 0;
}

extern const msh_format msh_format_epub;
const msh_format msh_format_epub = {
    .name = "epub",
    .zh = "EPUB 电子书",
    .en = "EPUB book",
    .suffixes = "epub",
    .reads_zh = "每一页、目录、书目信息、样式、图片；加密成员会报告",
    .reads_en = "every page, contents, metadata, styles, pictures; encrypted members are reported",
    .probe = probe,
    .extract = msh_zip_read_all,
    .flags = MSH_FORMAT_CONTAINER,
};
