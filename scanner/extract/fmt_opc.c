/* fmt_opc.c: Open Packaging documents of other kinds (ECMA-376 part 2), Visio among them. */
#include "extract/package.h"

MSH_PACKAGE_ROW(opc, MSH_ZIP_KIND_OPC, .zh = "其他 OPC 文档（Visio 等）",
                .en = "other packages (Visio …)", .suffixes = "vsdx vsdm vssx vstx",
                .reads_zh = "全部 XML 部件的文字和属性；其他部件另行检查",
                .reads_en = "text and attributes of all XML parts; other parts by themselves");
