/* fmt_ofd.c: OFD fixed-layout documents (GB/T 33190). */
#include "extract/package.h"

MSH_PACKAGE_ROW(
    ofd, MSH_ZIP_KIND_OFD, .zh = "OFD 版式文档", .en = "OFD document", .suffixes = "ofd",
    .reads_zh = "每一页和模板的文字（按文件顺序和阅读顺序）、注释、附件、自定义数据、旧版本、签名",
    .reads_en = "text of every page and template, in the order of the file and of reading, "
                "annotations, attachments, custom data, older versions, signatures");
