/* list.h: lists that people make with spreadsheets: words to import, titles for a register. */
#ifndef MSH_SCAN_LIST_H
#define MSH_SCAN_LIST_H

#include "base/buf.h"

enum { MSH_LIST_MOST = 16 << 20 };

/* The file as UTF-8, whatever the spreadsheet saved: UTF-8 with or without a BOM, UTF-16 ("Unicode
 * text"), GBK. Errors: MSH_E_RULES with the line, those of msh_file_read. */
MSH_MUST_CHECK msh_err msh_list_read(const char *file, msh_buf *out, msh_error *why);
/* "file:line:1: 错误：… / error: …" */
msh_err msh_list_refuse(const char *file, size_t line, const char *zh, const char *en,
                        msh_error *why);

#endif
