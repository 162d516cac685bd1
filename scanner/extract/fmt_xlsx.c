/* fmt_xlsx.c: SpreadsheetML workbooks (ECMA-376 part 1 §12, §18). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    xlsx, MSH_ZIP_KIND_XLSX, .zh = "Excel 工作簿（OOXML，含二进制）",
    .en = "Excel workbook (OOXML, also binary)", .suffixes = "xlsx xlsm xltx xltm xlam xlsb",
    .reads_zh = "全部工作表（含隐藏）的单元格及其位置、批注、页眉页脚、工作表名、定义的"
                "名称、数据验证提示、透视缓存、外部链接、未用的字符串",
    .reads_en = "cells of all sheets, hidden ones too, with their places, comments, headers, names "
                "of sheets, defined names, prompts, pivot caches, external links, unused strings");
