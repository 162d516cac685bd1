/* fmt_emf.c: enhanced metafiles ([MS-EMF], with [MS-EMFPLUS] records in comments): strings that are
 * drawn, bitmaps, metafiles and pictures inside. */
#include "extract/metafile.h"
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

enum {
    EMR_HEADER = 1,
    EMR_EOF = 14,
    EMR_COMMENT = 70,
    EMR_BITBLT = 76,
    EMR_STRETCHBLT = 77,
    EMR_MASKBLT = 78,
    EMR_PLGBLT = 79,
    EMR_SETDIBITS = 80,
    EMR_STRETCHDIBITS = 81,
    EMR_FONT = 82,
    EMR_TEXTOUTA = 83,
    EMR_TEXTOUTW = 84,
    EMR_POLYTEXTA = 96,
    EMR_POLYTEXTW = 97,
    EMR_SMALLTEXT = 108,
    EMR_ALPHABLEND = 114,
    EMR_TRANSPARENT = 116,
    ETO_GLYPHS = 0x10,
    ETO_NO_RECT = 0x100,
    ETO_SMALL = 0x200,
    STRING_MOST = 1 << 16
};

typedef struct emf {
    msh_metafile m;
    msh_charset narrow; /* of strings of one byte a character: of the last font */
    bool ended;
} emf;

static int probe(const msh_doc *doc)
{
    static const uint8_t first[4] = {EMR_HEADER};
    return msh_view_starts(doc->head, msh_view_of(first, 4)) &&
                   msh_view_starts(msh_view_cut(doc->head, 40, 4), MSH_VIEW(" EMF"))
               ? 90
               : 0;
}

static uint32_t u32_at(msh_view v, size_t at)
{
    msh_cursor c = msh_cursor_of(msh_view_cut(v, at, 4));
    return msh_cursor_u32le(&c);
}

/* --- strings -------------------------------------------------------------------------------------
 */

static void put_string(emf *e, msh_view bytes, bool wide, msh_metafile_string *s)
{
    msh_buf utf8;
    size_t used;
    uint64_t bad = 0;
    msh_buf_init(&utf8, bytes.len * 4 + 8);
    msh_charset_decode(wide ? MSH_CS_UTF16LE : e->narrow, bytes, true, &utf8, &used, &bad);
    s->utf8 = msh_buf_view(&utf8);
    while (s->utf8.len && s->utf8.data[s->utf8.len - 1] == 0)
        s->utf8.len--;
    msh_metafile_put(&e->m, s);
    msh_buf_dispose(&utf8);
}

/* EmrText at `at` of the record, whose offsets count from the record's start. [MS-EMF] 2.2.5 */
static void read_text(emf *e, msh_view r, size_t at, bool wide, uint64_t in)
{
    uint64_t n = u32_at(r, at + 8), from = u32_at(r, at + 12), dx = u32_at(r, at + 36);
    uint64_t len = wide ? n * 2 : n, width = 0;
    if (n == 0)
        return;
    if (u32_at(r, at + 16) & ETO_GLYPHS) {
        e->m.glyphs = true;
        return;
    }
    if (from >= r.len || len > r.len - from) {
        e->m.damaged = true;
        return;
    }
    msh_view v = msh_view_cut(r, (size_t)from, (size_t)len);
    if (dx && dx < r.len && n <= (r.len - dx) / 4)
        for (uint64_t i = 0; i < n && i < STRING_MOST; i++)
            width += u32_at(r, (size_t)(dx + 4 * i));
    msh_metafile_string s = {.in = in + from,
                             .px = (int32_t)u32_at(r, at),
                             .py = (int32_t)u32_at(r, at + 4),
                             .width = (int32_t)(uint32_t)width,
                             .gap = (int32_t)(uint32_t)(width / n)};
    s.follows = width == 0 || (s.px == 0 && s.py == 0);
    put_string(e, v, wide, &s);
}

static void read_small(emf *e, msh_view r, uint64_t in)
{
    uint64_t n = u32_at(r, 16);
    uint32_t options = u32_at(r, 20);
    bool wide = !(options & ETO_SMALL);
    size_t at = options & ETO_NO_RECT ? 36 : 52;
    uint64_t len = wide ? n * 2 : n;
    msh_metafile_string s = {.in = in + at,
                             .px = (int32_t)u32_at(r, 8),
                             .py = (int32_t)u32_at(r, 12),
                             .follows = u32_at(r, 8) == 0 && u32_at(r, 12) == 0};
    s.gap = INT32_MAX; /* how wide it was nobody says */
    if (options & ETO_GLYPHS)
        e->m.glyphs |= n > 0;
    else if (at < r.len && len <= r.len - at)
        put_string(e, msh_view_cut(r, at, (size_t)len), wide, &s);
    else
        e->m.damaged = true;
}

static void read_poly(emf *e, msh_view r, bool wide, uint64_t in)
{
    enum { TEXTS = 40, EMRTEXT = 40 };
    uint32_t n = u32_at(r, 36);
    for (uint32_t i = 0; i < n && (uint64_t)TEXTS + (uint64_t)EMRTEXT * (i + 1) <= r.len; i++)
        read_text(e, r, TEXTS + (size_t)EMRTEXT * i, wide, in);
    e->m.damaged |= (uint64_t)TEXTS + (uint64_t)EMRTEXT * n > r.len;
}

static void read_font(emf *e, msh_view r)
{
    static const struct {
        uint8_t number, cs;
    } rows[] = {
        {128, MSH_CS_SHIFT_JIS}, {129, MSH_CS_EUC_KR}, {134, MSH_CS_GB18030}, {136, MSH_CS_BIG5},
        {161, MSH_CS_CP1253},    {162, MSH_CS_CP1254}, {163, MSH_CS_CP1258},  {177, MSH_CS_CP1255},
        {178, MSH_CS_CP1256},    {186, MSH_CS_CP1257}, {204, MSH_CS_CP1251},  {222, MSH_CS_CP874},
        {238, MSH_CS_CP1250},
    };
    uint8_t number = r.len > 35 ? r.data[35] : 0; /* lfCharSet of the LOGFONT at 12 */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            e->narrow = (msh_charset)rows[i].cs;
}

/* --- bitmaps -------------------------------------------------------------------------------------
 */

/* Offsets and lengths of header and pixels stand at `at`. */
static msh_err read_bitmap(emf *e, msh_view r, size_t at, uint64_t in)
{
    uint64_t header = u32_at(r, at), header_len = u32_at(r, at + 4);
    uint64_t bits = u32_at(r, at + 8), bits_len = u32_at(r, at + 12);
    if (header_len == 0 || bits_len == 0)
        return MSH_OK; /* a colour is filled in */
    if (header > r.len || header_len > r.len - header || bits > r.len || bits_len > r.len - bits) {
        e->m.damaged = true;
        return MSH_OK;
    }
    return msh_metafile_bitmap(&e->m, msh_view_cut(r, (size_t)header, (size_t)header_len),
                               msh_view_cut(r, (size_t)bits, (size_t)bits_len), in);
}

/* --- EMF+ ----------------------------------------------------------------------------------------
 */

static msh_err plus_object(emf *e, uint16_t flags, msh_view data, uint64_t in)
{
    enum { IMAGE = 5, BITMAP = 1, BITMAP_HEAD = 28, METAFILE_HEAD = 16 };
    char name[40];
    if ((flags >> 8 & 0x7f) != IMAGE)
        return MSH_OK;
    bool bitmap = u32_at(data, 4) == BITMAP;
    msh_view v = msh_view_cut(data, bitmap ? BITMAP_HEAD : METAFILE_HEAD, data.len);
    if (!msh_extract_knows(v))
        return MSH_OK; /* bare pixels, drawn by records beside, too */
    (void)snprintf(name, sizeof name, "image@%llu", (unsigned long long)in);
    e->m.bitmaps++;
    return msh_extract_child(e->m.x, e->m.doc, msh_view_str(name), v);
}

static void plus_string(emf *e, msh_view data, uint64_t in)
{
    uint64_t n = u32_at(data, 8);
    msh_metafile_string s = {.in = in + 28,
                             .px = (int32_t)u32_at(data, 12),
                             .py = (int32_t)u32_at(data, 16),
                             .gap = INT32_MAX};
    if (data.len >= 28 && n <= (data.len - 28) / 2)
        put_string(e, msh_view_cut(data, 28, (size_t)n * 2), true, &s);
    else
        e->m.damaged = true;
}

static void plus_driver_string(emf *e, msh_view data, uint64_t in)
{
    enum { CMAP_LOOKUP = 1 };
    uint64_t n = u32_at(data, 12);
    msh_metafile_string s = {.in = in + 16, .follows = true};
    if (!(u32_at(data, 4) & CMAP_LOOKUP))
        e->m.glyphs |= n > 0;
    else if (data.len >= 16 && n <= (data.len - 16) / 2)
        put_string(e, msh_view_cut(data, 16, (size_t)n * 2), true, &s);
    else
        e->m.damaged = true;
}

static msh_err read_plus(emf *e, msh_view v, uint64_t in)
{
    enum { OBJECT = 0x4008, STRING = 0x401c, DRIVER_STRING = 0x4036 };
    for (size_t at = 0; at + 12 <= v.len;) {
        uint32_t head = u32_at(v, at), size = u32_at(v, at + 4), len = u32_at(v, at + 8);
        if (size < 12 || size > v.len - at) {
            e->m.damaged = true;
            break;
        }
        msh_view data = msh_view_cut(v, at + 12, len < size - 12 ? len : size - 12);
        uint64_t place = in + at + 12;
        if ((head & 0xffff) == OBJECT)
            MSH_TRY(plus_object(e, (uint16_t)(head >> 16), data, place));
        else if ((head & 0xffff) == STRING)
            plus_string(e, data, place);
        else if ((head & 0xffff) == DRIVER_STRING)
            plus_driver_string(e, data, place);
        at += size;
    }
    return MSH_OK;
}

/* --- records -------------------------------------------------------------------------------------
 */

/* Lines, curves and filled shapes: what letters are when they are drawn as outlines. */
static bool is_outline(uint32_t type)
{
    return (type >= 2 && type <= 8) || (type >= 54 && type <= 56) || (type >= 85 && type <= 92);
}

static msh_err read_record(emf *e, uint32_t type, msh_view r, uint64_t in)
{
    switch (type) {
    case EMR_TEXTOUTA:
    case EMR_TEXTOUTW:
        read_text(e, r, 36, type == EMR_TEXTOUTW, in);
        return MSH_OK;
    case EMR_POLYTEXTA:
    case EMR_POLYTEXTW:
        read_poly(e, r, type == EMR_POLYTEXTW, in);
        return MSH_OK;
    case EMR_SMALLTEXT:
        read_small(e, r, in);
        return MSH_OK;
    case EMR_FONT:
        read_font(e, r);
        return MSH_OK;
    case EMR_SETDIBITS:
    case EMR_STRETCHDIBITS:
        return read_bitmap(e, r, 48, in);
    case EMR_BITBLT:
    case EMR_STRETCHBLT:
    case EMR_MASKBLT:
    case EMR_ALPHABLEND:
    case EMR_TRANSPARENT:
        return read_bitmap(e, r, 84, in);
    case EMR_PLGBLT:
        return read_bitmap(e, r, 96, in);
    case EMR_COMMENT:
        if (msh_view_starts(msh_view_cut(r, 12, 4), MSH_VIEW("EMF+")))
            return read_plus(e, msh_view_cut(r, 16, r.len), in + 16);
        return MSH_OK;
    default:
        if (is_outline(type))
            e->m.outlines += r.len;
        return MSH_OK;
    }
}

static msh_err read_records(emf *e, msh_view all, size_t *end)
{
    size_t at = 0;
    while (!e->ended && at + 8 <= all.len) {
        uint32_t type = u32_at(all, at), size = u32_at(all, at + 4);
        if (size < 8 || size > all.len - at)
            break;
        MSH_TRY(msh_budget_time(&e->m.x->budget));
        MSH_TRY(read_record(e, type, msh_view_cut(all, at, size), at));
        MSH_TRY(e->m.text.err);
        e->ended = type == EMR_EOF;
        at += size;
    }
    *end = at;
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    emf e = {.narrow = MSH_CS_CP1252};
    msh_view all;
    size_t end = 0;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_metafile_begin(&e.m, x, doc);
    msh_err err = read_records(&e, all, &end), last = msh_metafile_end(&e.m);
    MSH_TRY(err);
    MSH_TRY(last);
    return e.ended ? msh_extract_tail(x, doc, end) : MSH_E_SHORT;
}

extern const msh_format msh_format_emf;
const msh_format msh_format_emf = {
    .name = "emf",
    .zh = "增强型图元文件",
    .en = "enhanced metafile",
    .suffixes = "emf",
    .reads_zh = "图中绘出的文字、位图和内嵌图片；以字形或轮廓绘出的文字会报告",
    .reads_en = "text that is drawn, bitmaps and pictures inside; text drawn as glyphs or outlines "
                "is reported",
    .probe = probe,
    .extract = extract,
};
