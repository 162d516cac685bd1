/* fmt_xps.c: XPS and OpenXPS documents (ECMA-388). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    xps, MSH_ZIP_KIND_XPS, .zh = "XPS 文档", .en = "XPS document", .suffixes = "xps oxps",
    .reads_zh = "每一页的文字（按文件顺序和阅读顺序）、超链接、属性",
    .reads_en = "text of every page in the order of the file and of reading, links, properties");
