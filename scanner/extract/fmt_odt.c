/* fmt_odt.c: OpenDocument text (ISO/IEC 26300, ODF 1.3). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    odt, MSH_ZIP_KIND_ODT, .zh = "ODF 文本文档", .en = "OpenDocument text",
    .suffixes = "odt ott odm",
    .reads_zh =
        "正文、页眉页脚、批注、修订、隐藏段落、表格、属性；嵌入对象另行检查；加密部件会报告",
    .reads_en = "body, headers, comments, tracked changes, hidden paragraphs, tables, properties; "
                "embedded objects by themselves; encrypted parts are reported");
