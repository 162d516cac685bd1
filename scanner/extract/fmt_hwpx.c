/* fmt_hwpx.c: Hancom office documents as packages (KS X 6101, OWPML). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    hwpx, MSH_ZIP_KIND_HWPX, .zh = "HWPX 文档", .en = "HWPX document", .suffixes = "hwpx",
    .reads_zh = "全部 XML 部件的段落和属性；其他部件另行检查",
    .reads_en = "paragraphs and attributes of all XML parts; other parts by themselves");
