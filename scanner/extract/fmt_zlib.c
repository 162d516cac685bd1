/* fmt_zlib.c: a bare zlib stream (RFC 1950), as in the object store of git. */
#include "extract/inflate.h"

#include "base/err.h"
#include "base/view.h"

static int probe(const msh_doc *doc)
{
    if (doc->head.len < 8)
        return 0;
    unsigned first = doc->head.data[0], second = doc->head.data[1];
    bool level = second == 0x01 || second == 0x5e || second == 0x9c || second == 0xda;
    return first == 0x78 && level ? 60 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_buf out;
    size_t used = 0;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    msh_buf_init(&out, (size_t)x->limits->member_size);
    msh_err err = msh_inflate(x, all, &out, &used), sent = MSH_OK;
    if (err == MSH_E_CORRUPT && out.len == 0)
        err = MSH_E_SYNTAX;
    if (out.len > 0)
        sent = msh_extract_child(x, doc, MSH_VIEW("zlib"), msh_buf_view(&out));
    msh_buf_dispose(&out);
    MSH_TRY(sent);
    MSH_TRY(err);
    return msh_extract_tail(x, doc, used);
}

const msh_format msh_format_zlib = {
    .name = "zlib",
    .zh = "zlib 压缩流",
    .en = "zlib stream",
    .suffixes = "zlib zz",
    .library = "zlib",
    .reads_zh = "解压后的内容，结尾之后的内容",
    .reads_en = "what it unpacks to, and what follows the end",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_CONTAINER,
};
