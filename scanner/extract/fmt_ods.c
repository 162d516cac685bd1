/* fmt_ods.c: OpenDocument spreadsheets (ISO/IEC 26300, ODF 1.3 part 3 §9). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    ods, MSH_ZIP_KIND_ODS, .zh = "ODF 电子表格", .en = "OpenDocument spreadsheet",
    .suffixes = "ods ots", .reads_zh = "全部工作表（含隐藏）的单元格及其位置、批注、页眉页脚、属性",
    .reads_en =
        "cells of all sheets, hidden ones too, with their places, comments, headers, properties");
