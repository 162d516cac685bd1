/* fmt_odf.c: other OpenDocument packages: drawings, formulas, charts, databases (ODF 1.3 part 2).
 */
#include "extract/package.h"

MSH_PACKAGE_ROW(odf, MSH_ZIP_KIND_ODF, .zh = "其他 ODF 文档（绘图、公式、图表、数据库）",
                .en = "other OpenDocument files", .suffixes = "odg otg odf odc odb sxw sxc",
                .reads_zh = "全部 XML 部件的文字和属性",
                .reads_en = "text and attributes of all XML parts");
