/* list.c: see list.h. */
#include "scan/list.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "text/charset.h"

msh_err msh_list_refuse(const char *file, size_t line, const char *zh, const char *en,
                        msh_error *why)
{
    return msh_fail(why, MSH_E_RULES, "%.120s:%zu:1: 错误：%s / error: %s", file, line, zh, en);
}

/* The line of the first byte that does not decode. */
static size_t bad_line(msh_charset cs, msh_view in)
{
    size_t good = msh_charset_prefix(cs, in), line = 1;
    for (size_t i = 0; i < good && i < in.len; i++)
        line += in.data[i] == '\n';
    return line;
}

static msh_err to_utf8(const char *file, msh_view in, msh_buf *out, msh_error *why)
{
    size_t used;
    uint64_t bad = 0;
    msh_charset cs = MSH_CS_GB18030;
    if (msh_view_starts(in, MSH_VIEW("\xff\xfe")))
        cs = MSH_CS_UTF16LE;
    else if (msh_view_starts(in, MSH_VIEW("\xfe\xff")))
        cs = MSH_CS_UTF16BE;
    else if (msh_view_is_utf8(in))
        cs = MSH_CS_UTF8;
    if (cs == MSH_CS_UTF16LE || cs == MSH_CS_UTF16BE)
        in = msh_view_cut(in, 2, in.len);
    msh_charset_decode(cs, in, true, out, &used, &bad);
    if (bad)
        return msh_list_refuse(file, bad_line(cs, in),
                               "编码既不是 UTF-8 也不是 GBK，请另存为“CSV UTF-8（逗号分隔）”",
                               "neither UTF-8 nor GBK, save it as CSV UTF-8", why);
    if (out->len && msh_view_find(msh_buf_view(out), msh_view_of("", 1), 0) != SIZE_MAX)
        return msh_list_refuse(file, 1,
                               "这不是文本文件；如果是 xlsx，请另存为“CSV UTF-8（逗号分隔）”",
                               "no text file; save a workbook as CSV UTF-8", why);
    return msh_buf_err(out);
}

msh_err msh_list_read(const char *file, msh_buf *out, msh_error *why)
{
    msh_buf raw;
    msh_buf_init(&raw, MSH_LIST_MOST);
    msh_err err = msh_file_read(file, &raw, why);
    if (err == MSH_OK)
        err = to_utf8(file, msh_buf_view(&raw), out, why);
    msh_buf_dispose(&raw);
    return err;
}
