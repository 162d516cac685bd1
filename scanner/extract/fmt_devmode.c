/* fmt_devmode.c: printer settings, as workbooks keep them ([MS-RPRN] 2.2.2.1, DEVMODEW).
 *
 * Names of printer and paper are texts. What a driver adds is of no published kind: it is swept,
 * and said to be without readable text. */
#include "extract/extract.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum {
    NAME_BYTES = 64,
    VERSION_AT = 64,
    SIZE_AT = 68,
    PAPER_AT = 102,
    LEAST = 166,
    OWN_MOST = 220
};

static int probe(const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    msh_cursor_seek(&c, VERSION_AT);
    uint16_t version = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 2);
    uint16_t own = msh_cursor_u16le(&c), driver = msh_cursor_u16le(&c);
    bool good = msh_cursor_ok(&c) && version >= 0x0400 && version <= 0x0402 && own >= LEAST &&
                own <= OWN_MOST && (uint64_t)own + driver <= doc->in->size;
    return good ? 60 : 0;
}

/* UTF-16 up to its zero. */
static msh_err emit_name(msh_extract *x, const msh_doc *doc, size_t at)
{
    msh_text t = {.charset = MSH_CS_UTF16LE, .place = doc->place};
    msh_view field = msh_view_cut(doc->head, at, NAME_BYTES);
    size_t n = 0;
    while (n + 1 < field.len && (field.data[n] || field.data[n + 1]))
        n += 2;
    t.bytes = msh_view_cut(field, 0, n);
    t.place.role = MSH_ROLE_META;
    t.place.offset = at;
    t.place.line = 1;
    return msh_emit_mapped(x, &t);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    msh_cursor_seek(&c, SIZE_AT);
    uint64_t end = msh_cursor_u16le(&c);
    end += msh_cursor_u16le(&c);
    MSH_TRY(emit_name(x, doc, 0));
    MSH_TRY(emit_name(x, doc, PAPER_AT));
    MSH_TRY(msh_extract_tail(x, doc, end));
    return msh_report(x, &doc->place, MSH_REASON_FORMAT_OPAQUE, 0);
}

extern const msh_format msh_format_devmode;
const msh_format msh_format_devmode = {
    .name = "devmode",
    .zh = "打印机设置",
    .en = "printer settings",
    .suffixes = "bin",
    .reads_zh = "打印机名称、纸张名称；驱动程序的私有数据只做原始字节扫描",
    .reads_en = "names of printer and paper; private data of the driver by the raw sweep only",
    .probe = probe,
    .extract = extract,
};
