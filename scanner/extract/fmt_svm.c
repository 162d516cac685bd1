/* fmt_svm.c: StarView metafiles: what OpenDocument files show in place of an embedded object
 * (ObjectReplacements/…; LibreOffice, vcl/source/gdi/mtfxmldump.cxx and metaact.cxx).
 *
 * A header and actions, each with its type, version and length. Texts are read, bitmaps are
 * members; lines and colours say nothing. All bytes are swept as well. */
#include "extract/extract.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { MAGIC = 6, COMPAT = 6, POINT = 8, RECTANGLE = 16 };
enum { TEXT = 112, TEXT_ARRAY = 113, STRETCHED = 114, TEXT_RECTANGLE = 115 };
enum { BITMAPS_FROM = 116, BITMAPS_TO = 124 };

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("VCLMTF")) ? 80 : 0;
}

/* In UTF-16, which is put last and as long as the one in bytes that comes first. */
static msh_view wide_text(msh_view body, size_t n)
{
    if (n == 0 || body.len < 2 * n + 2)
        return (msh_view){NULL, 0};
    msh_cursor c = msh_cursor_of(body);
    msh_cursor_seek(&c, body.len - 2 * n - 2);
    return msh_cursor_u16le(&c) == n ? msh_cursor_take(&c, 2 * n) : (msh_view){NULL, 0};
}

static msh_err read_text(msh_extract *x, const msh_place *place, msh_view body, size_t at)
{
    msh_cursor c = msh_cursor_of(body);
    msh_cursor_seek(&c, at);
    size_t n = msh_cursor_u16le(&c);
    msh_view bytes = msh_cursor_take(&c, n);
    msh_text t = {.bytes = wide_text(body, n), .charset = MSH_CS_UTF16LE, .place = *place};
    t.place.line = 1;
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    if (t.bytes.len)
        return msh_emit_mapped(x, &t);
    return msh_emit_bytes(x, place, bytes, MSH_CHARSET_COUNT, 0);
}

static msh_err read_action(msh_extract *x, const msh_doc *doc, uint16_t type, msh_view body)
{
    msh_place place = doc->place;
    place.offset = MSH_NO_POSITION;
    if (type >= BITMAPS_FROM && type <= BITMAPS_TO && msh_view_starts(body, MSH_VIEW("BM")))
        return msh_extract_child(x, doc, MSH_VIEW("+image"), body);
    if (type == TEXT || type == TEXT_ARRAY || type == STRETCHED)
        return read_text(x, &place, body, POINT);
    return type == TEXT_RECTANGLE ? read_text(x, &place, body, RECTANGLE) : MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, MAGIC + COMPAT - 4);
    msh_cursor_skip(&c, msh_cursor_u32le(&c));
    while (msh_cursor_left(&c) > 0) {
        uint16_t type = msh_cursor_u16le(&c);
        msh_cursor_skip(&c, 2);
        msh_view body = msh_cursor_take(&c, msh_cursor_u32le(&c));
        if (!msh_cursor_ok(&c))
            break;
        MSH_TRY(read_action(x, doc, type, body));
        MSH_TRY(msh_budget_time(&x->budget));
    }
    return msh_cursor_ok(&c) ? MSH_OK : MSH_E_SHORT;
}

extern const msh_format msh_format_svm;
const msh_format msh_format_svm = {
    .name = "svm",
    .zh = "StarView 图元文件",
    .en = "StarView metafiles",
    .suffixes = "svm",
    .reads_zh = "全部文字；其中的位图另行检查",
    .reads_en = "all text; bitmaps by themselves",
    .probe = probe,
    .extract = extract,
};
