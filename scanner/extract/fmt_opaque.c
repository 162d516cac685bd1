/* fmt_opaque.c: types that are known by their first bytes and not read: fonts, sound, moving
 * pictures, programs, drawings, stores of mail programs. Swept raw (which sees titles and tags),
 * and said to be unsupported: only a policy may let such a type pass. */
#include "extract/extract.h"

#include "base/view.h"

typedef struct opaque_row {
    const char *name;
    uint8_t at, len;
    const char *bytes;
} opaque_row;

static const opaque_row rows[] = {
    {"ttf", 0, 5, "\0\1\0\0\0"},
    {"otf", 0, 4, "OTTO"},
    {"ttc", 0, 4, "ttcf"},
    {"woff", 0, 4, "wOFF"},
    {"woff2", 0, 4, "wOF2"},
    {"heic", 4, 8, "ftypheic"},
    {"avif", 4, 8, "ftypavif"},
    {"mp4", 4, 4, "ftyp"},
    {"mkv", 0, 4, "\x1a\x45\xdf\xa3"},
    {"avi", 8, 4, "AVI "},
    {"wav", 8, 4, "WAVE"},
    {"ogg", 0, 4, "OggS"},
    {"flac", 0, 4, "fLaC"},
    {"flv", 0, 4, "FLV\1"},
    {"asf", 0, 8, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"},
    {"amr", 0, 5, "#!AMR"},
    {"midi", 0, 8, "MThd\0\0\0\6"},
    {"elf", 0, 4,
     "\x7f"
     "ELF"},
    {"class", 0, 4, "\xca\xfe\xba\xbe"},
    {"wasm", 0, 4, "\0asm"},
    {"dex", 0, 4, "dex\n"},
    {"macho", 0, 4, "\xcf\xfa\xed\xfe"},
    {"psd", 0, 4, "8BPS"},
    {"jp2", 4, 8, "jP  \r\n\x87\n"},
    {"jxl", 4, 8, "JXL \r\n\x87\n"},
    {"ico", 0, 4, "\0\0\1\0"},
    {"dwg", 0, 4, "AC10"},
    {"swf", 0, 3, "CWS"},
    {"swf", 0, 3, "FWS"},
    {"djvu", 0, 8, "AT&TFORM"},
    {"pst", 0, 4, "!BDN"},
    {"dbx", 0, 4, "\xcf\xad\x12\xfe"},
    {"wab", 0, 8, "\x9c\xcb\xcb\x8d\x13\x75\xd2\x11"},
    {"rpmsg", 0, 8, "\x76\xe8\x04\x60\xc4\x11\xe3\x86"},
};

static const opaque_row *find(const msh_doc *doc)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_starts(msh_view_cut(doc->head, rows[i].at, doc->head.len),
                            msh_view_of(rows[i].bytes, rows[i].len)))
            return &rows[i];
    /* a DOS header that points at a PE header */
    if (msh_view_starts(doc->head, MSH_VIEW("MZ")) && doc->head.len >= 64) {
        size_t at = (size_t)doc->head.data[60] | (size_t)doc->head.data[61] << 8;
        static const opaque_row exe = {"exe", 0, 2, "MZ"};
        if (msh_view_starts(msh_view_cut(doc->head, at, 4), MSH_VIEW("PE\0\0")))
            return &exe;
    }
    return NULL;
}

static int probe(const msh_doc *doc)
{
    return find(doc) ? 55 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    const opaque_row *row = find(doc);
    if (row && x->format.len <= 1)
        x->format = msh_view_str(row->name);
    return MSH_E_UNSUPPORTED;
}

const msh_format msh_format_opaque = {
    .name = "opaque",
    .zh = "字体、音频、视频、程序、邮箱数据库",
    .en = "fonts, sound, video, programs, mail stores",
    .suffixes =
        "ttf otf woff woff2 mp3 wav ogg flac mp4 mkv avi flv exe dll psd heic ico pst ost dbx",
    .reads_zh = "只做原始字节扫描，并说明未检查；可由策略放行",
    .reads_en = "the raw sweep only, and that is said; a policy may let it pass",
    .probe = probe,
    .extract = extract,
    .family = "opaque",
};
