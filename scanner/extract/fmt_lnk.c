/* fmt_lnk.c: shortcuts of Windows ([MS-SHLLINK]): target, arguments, folders, description. Names in
 * item lists and extra blocks are found by the raw sweep. */
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/extract.h"

enum {
    HAS_LIST = 1,
    HAS_INFO = 2,
    FIRST_STRING = 4,
    UNICODE = 128,
    HEADER = 0x4c,
    WITH_WIDE = 0x24
};

static const msh_view magic = {(const uint8_t *)"\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
                               20};

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, magic) ? 90 : 0;
}

static msh_err emit(msh_extract *x, const msh_doc *doc, const char *name, msh_view v, bool wide,
                    uint64_t at)
{
    msh_place place = doc->place;
    place.role = MSH_ROLE_META;
    place.name = msh_view_str(name);
    place.offset = at;
    if (!wide)
        return msh_emit_bytes(x, &place, v, MSH_CHARSET_COUNT, 0);
    msh_text t = {.bytes = v, .charset = MSH_CS_UTF16LE, .place = place};
    t.place.line = 1;
    return msh_emit_mapped(x, &t);
}

/* A string of LinkInfo that ends with a NUL; offset 0: there is none. */
static msh_err emit_path(msh_extract *x, const msh_doc *doc, msh_view info, uint32_t from,
                         bool wide, uint64_t at)
{
    msh_view v = msh_view_cut(info, from, info.len);
    size_t unit = wide ? 2 : 1, n = 0;
    while (n + unit <= v.len && (v.data[n] || (wide && v.data[n + 1])))
        n += unit;
    return from ? emit(x, doc, "Path", msh_view_cut(v, 0, n), wide, at + from) : MSH_OK;
}

/* Section 2.3. */
static msh_err read_info(msh_extract *x, const msh_doc *doc, msh_view info, uint64_t at)
{
    msh_cursor c = msh_cursor_of(info);
    msh_cursor_skip(&c, 4);
    uint32_t header = msh_cursor_u32le(&c);
    msh_cursor_skip(&c, 8);
    uint32_t local = msh_cursor_u32le(&c), net = msh_cursor_u32le(&c),
             suffix = msh_cursor_u32le(&c);
    uint32_t local_wide = 0, suffix_wide = 0;
    if (!msh_cursor_ok(&c))
        return MSH_E_SHORT;
    if (header >= WITH_WIDE) {
        local_wide = msh_cursor_u32le(&c);
        suffix_wide = msh_cursor_u32le(&c);
    }
    MSH_TRY(emit_path(x, doc, info, local, false, at));
    MSH_TRY(emit_path(x, doc, info, suffix, false, at));
    MSH_TRY(emit_path(x, doc, info, local_wide, true, at));
    MSH_TRY(emit_path(x, doc, info, suffix_wide, true, at));
    msh_cursor n = msh_cursor_of(info);
    msh_cursor_seek(&n, net);
    msh_cursor_skip(&n, 8);
    uint32_t share = msh_cursor_u32le(&n);
    if (net == 0 || !msh_cursor_ok(&n) || share > info.len - net)
        return MSH_OK;
    return emit_path(x, doc, info, net + share, false, at);
}

static msh_err read_strings(msh_extract *x, const msh_doc *doc, msh_cursor *c, uint32_t flags)
{
    static const char *const names[] = {"Description", "RelativePath", "WorkingDir", "Arguments",
                                        "IconLocation"};
    bool wide = flags & UNICODE;
    for (size_t i = 0; i < 5; i++) {
        if (!(flags & (uint32_t)FIRST_STRING << i))
            continue;
        size_t n = (size_t)msh_cursor_u16le(c) * (wide ? 2 : 1);
        uint64_t at = c->at;
        msh_view v = msh_cursor_take(c, n);
        MSH_TRY(emit(x, doc, names[i], v, wide, at));
    }
    return msh_cursor_ok(c) ? MSH_OK : MSH_E_SHORT;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    uint64_t before = x->handed;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    msh_cursor c = msh_cursor_of(all);
    msh_cursor_skip(&c, 20);
    uint32_t flags = msh_cursor_u32le(&c);
    msh_cursor_seek(&c, HEADER);
    if (flags & HAS_LIST)
        msh_cursor_skip(&c, msh_cursor_u16le(&c));
    if (flags & HAS_INFO) {
        uint64_t at = c.at;
        msh_cursor size = c;
        uint32_t n = msh_cursor_u32le(&size);
        msh_view info = msh_cursor_take(&c, n);
        if (!msh_cursor_ok(&c))
            return MSH_E_SHORT;
        MSH_TRY(read_info(x, doc, info, at));
    }
    MSH_TRY(read_strings(x, doc, &c, flags));
    /* one of numbers only, such as a folder of the system */
    return x->handed > before
               ? MSH_OK
               : emit(x, doc, "Content-Type", MSH_VIEW("application/x-ms-shortcut"), false, 0);
}

const msh_format msh_format_lnk = {
    .name = "lnk",
    .zh = "Windows 快捷方式",
    .en = "Windows shortcut",
    .suffixes = "lnk",
    .reads_zh = "目标路径、参数、工作目录、说明；其余由原始扫描读取",
    .reads_en = "target, arguments, working folder, description; the rest by the raw sweep",
    .probe = probe,
    .extract = extract,
};
