/* fmt_pptx.c: PresentationML presentations (ECMA-376 part 1 §13, §19). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    pptx, MSH_ZIP_KIND_PPTX, .zh = "PowerPoint 演示文稿（OOXML）",
    .en = "PowerPoint presentation (OOXML)", .suffixes = "pptx pptm ppsx ppsm potx potm",
    .reads_zh =
        "每张幻灯片（含隐藏）、备注、母版、版式、批注、图表、智能图形、属性；嵌入文件另行检查",
    .reads_en = "every slide, hidden ones too, notes, masters, layouts, comments, charts, "
                "diagrams, properties; embedded files by themselves");
