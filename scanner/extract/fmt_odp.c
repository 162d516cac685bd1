/* fmt_odp.c: OpenDocument presentations (ISO/IEC 26300, ODF 1.3). */
#include "extract/package.h"

MSH_PACKAGE_ROW(odp, MSH_ZIP_KIND_ODP, .zh = "ODF 演示文稿", .en = "OpenDocument presentation",
                .suffixes = "odp otp", .reads_zh = "每页、备注、母版、批注、属性",
                .reads_en = "every slide, notes, masters, comments, properties");
