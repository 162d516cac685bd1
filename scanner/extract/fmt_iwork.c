/* fmt_iwork.c: Pages, Numbers and Keynote documents: a zip whose members go to children; texts are
 * in .iwa archives (fmt_iwa.c), before 2013 in XML. */
#include "extract/zip.h"

static int probe(const msh_doc *doc)
{
    return msh_zip_sniff(doc, false) == MSH_ZIP_KIND_IWORK ? 85 : 0;
}

extern const msh_format msh_format_iwork;
const msh_format msh_format_iwork = {
    .name = "iwork",
    .zh = "iWork 文档（Pages、Numbers、Keynote）",
    .en = "iWork document (Pages, Numbers, Keynote)",
    .suffixes = "pages numbers key",
    .reads_zh = "正文、表格、备注、批注里的全部字符串；媒体另行检查；加密成员会报告",
    .reads_en = "all strings of body, tables, notes, comments; media by themselves; encrypted "
                "members are reported",
    .probe = probe,
    .extract = msh_zip_read_all,
    .flags = MSH_FORMAT_CONTAINER,
};
