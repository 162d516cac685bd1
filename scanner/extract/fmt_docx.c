/* fmt_docx.c: WordprocessingML documents (ECMA-376 part 1 §11, §17), transitional and strict. */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    docx, MSH_ZIP_KIND_DOCX, .zh = "Word 文档（OOXML）", .en = "Word document (OOXML)",
    .suffixes = "docx docm dotx dotm",
    .reads_zh = "正文、页眉页脚、批注、脚注尾注、修订、隐藏文字、文本框、水印、自动编号"
                "、域代码、文档变量、属性、自定义数据；嵌入文件另行检查",
    .reads_en =
        "body, headers, comments, notes, tracked changes, hidden text, text boxes, watermarks, "
        "numbering, field codes, variables, properties, custom data; embedded files by themselves");
