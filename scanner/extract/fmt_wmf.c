/* fmt_wmf.c: Windows metafiles ([MS-WMF]): strings that are drawn, in the charset of the font that
 * is chosen, and bitmaps. */
#include "extract/metafile.h"
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum {
    PLACEABLE = 22,
    HEADER = 18,
    META_EOF = 0,
    META_TEXTOUT = 0x0521,
    META_EXTTEXTOUT = 0x0a32,
    META_DIBBITBLT = 0x0940,
    META_DIBSTRETCHBLT = 0x0b41,
    META_STRETCHDIB = 0x0f43,
    META_SETDIBTODEV = 0x0d33,
    META_FONT = 0x02fb,
    META_SELECT = 0x012d,
    META_DELETE = 0x01f0,
    OBJECTS = 1024,
    NO_FONT = 255
};

typedef struct wmf {
    msh_metafile m;
    msh_buf bytes;            /* strings, a line each, for readings of all at once */
    uint8_t objects[OBJECTS]; /* charset number of fonts, +1; 0 = free, NO_FONT = another thing */
    uint8_t charset;
    bool ended;
} wmf;

static const uint8_t placeable[4] = {0xd7, 0xcd, 0xc6, 0x9a};

static bool is_header(msh_view v)
{
    static const uint8_t words[2] = {9, 0};
    return v.len >= HEADER && (v.data[0] == 1 || v.data[0] == 2) && v.data[1] == 0 &&
           msh_view_starts(msh_view_cut(v, 2, 2), msh_view_of(words, 2)) && v.data[4] == 0 &&
           (v.data[5] == 1 || v.data[5] == 3);
}

static int probe(const msh_doc *doc)
{
    if (msh_view_starts(doc->head, msh_view_of(placeable, 4)))
        return 90;
    return is_header(doc->head) ? 80 : 0;
}

/* --- objects: only fonts matter, but all count --------------------------------------------------
 */

static void add_object(wmf *w, uint8_t what)
{
    for (size_t i = 0; i < OBJECTS; i++)
        if (w->objects[i] == 0) {
            w->objects[i] = what;
            return;
        }
}

static bool makes_object(uint16_t function)
{
    return function == 0x00f7 || function == 0x02fa || function == 0x02fc || function == 0x06ff ||
           function == 0x01f9 || function == 0x0142 || function == 0x0148;
}

static void select_object(wmf *w, uint16_t i)
{
    if (i < OBJECTS && w->objects[i] && w->objects[i] != NO_FONT)
        w->charset = (uint8_t)(w->objects[i] - 1);
}

/* --- strings -------------------------------------------------------------------------------------
 */

static msh_charset charset_of(const wmf *w)
{
    switch (w->charset) {
    case 128:
        return MSH_CS_SHIFT_JIS;
    case 129:
        return MSH_CS_EUC_KR;
    case 134:
        return MSH_CS_GB18030;
    case 136:
        return MSH_CS_BIG5;
    case 204:
        return MSH_CS_CP1251;
    case 238:
        return MSH_CS_CP1250;
    default:
        return MSH_CS_CP1252;
    }
}

static void put_string(wmf *w, msh_view v, msh_metafile_string *s)
{
    msh_buf utf8;
    size_t used;
    uint64_t bad = 0;
    msh_buf_init(&utf8, v.len * 4 + 8);
    msh_charset_decode(charset_of(w), v, true, &utf8, &used, &bad);
    if (w->m.began && !s->follows && s->py != w->m.y)
        msh_buf_put_byte(&w->bytes, '\n');
    msh_buf_put_view(&w->bytes, v);
    s->utf8 = msh_buf_view(&utf8);
    msh_metafile_put(&w->m, s);
    msh_buf_dispose(&utf8);
}

static int16_t i16(msh_cursor *c)
{
    return (int16_t)msh_cursor_u16le(c);
}

static void read_textout(wmf *w, msh_view r, uint64_t in)
{
    msh_cursor c = msh_cursor_of(r);
    size_t n = msh_cursor_u16le(&c);
    msh_view v = msh_cursor_take(&c, n);
    if (n % 2)
        msh_cursor_skip(&c, 1);
    msh_metafile_string s = {.in = in + 2, .gap = INT32_MAX};
    s.py = i16(&c);
    s.px = i16(&c);
    w->m.damaged |= !msh_cursor_ok(&c);
    put_string(w, v, &s);
}

static void read_exttextout(wmf *w, msh_view r, uint64_t in)
{
    enum { CLIPPED_OR_OPAQUE = 6, GLYPHS = 0x10 };
    msh_cursor c = msh_cursor_of(r);
    msh_metafile_string s = {.in = in};
    s.py = i16(&c);
    s.px = i16(&c);
    size_t n = msh_cursor_u16le(&c);
    uint16_t options = msh_cursor_u16le(&c);
    if (options & CLIPPED_OR_OPAQUE)
        msh_cursor_skip(&c, 8);
    msh_view v = msh_cursor_take(&c, n);
    w->m.damaged |= !msh_cursor_ok(&c);
    if (n % 2)
        msh_cursor_skip(&c, 1);
    for (size_t i = 0; i < n && msh_cursor_left(&c) >= 2; i++)
        s.width += i16(&c);
    s.gap = s.width && n ? s.width / (int32_t)n : INT32_MAX;
    s.follows = s.px == 0 && s.py == 0;
    if (options & GLYPHS)
        w->m.glyphs |= n > 0;
    else
        put_string(w, v, &s);
}

/* --- records -------------------------------------------------------------------------------------
 */

/* A bitmap at the end of the record, behind `at` bytes of parameters; without one the record is
 * shorter. */
static msh_err read_bitmap(wmf *w, msh_view r, size_t at, uint64_t in)
{
    msh_view v = msh_view_cut(r, at, r.len);
    return v.len <= 40 ? MSH_OK : msh_metafile_bitmap(&w->m, v, (msh_view){0, 0}, in);
}

static msh_err read_record(wmf *w, uint16_t function, msh_view r, uint64_t in)
{
    msh_cursor c = msh_cursor_of(r);
    switch (function) {
    case META_TEXTOUT:
        read_textout(w, r, in);
        return MSH_OK;
    case META_EXTTEXTOUT:
        read_exttextout(w, r, in);
        return MSH_OK;
    case META_FONT:
        add_object(w, r.len > 13 && r.data[13] < NO_FONT - 1 ? (uint8_t)(r.data[13] + 1) : 1);
        return MSH_OK;
    case META_SELECT:
        select_object(w, msh_cursor_u16le(&c));
        return MSH_OK;
    case META_DELETE: {
        uint16_t i = msh_cursor_u16le(&c);
        if (i < OBJECTS)
            w->objects[i] = 0;
        return MSH_OK;
    }
    case META_DIBBITBLT:
        return read_bitmap(w, r, 16, in);
    case META_DIBSTRETCHBLT:
        return read_bitmap(w, r, 20, in);
    case META_STRETCHDIB:
        return read_bitmap(w, r, 22, in);
    case META_SETDIBTODEV:
        return read_bitmap(w, r, 18, in);
    default:
        if (makes_object(function))
            add_object(w, NO_FONT);
        if (function == 0x0324 || function == 0x0325 || function == 0x0538) /* polygons */
            w->m.outlines += r.len;
        return MSH_OK;
    }
}

static msh_err read_records(wmf *w, msh_view all, size_t *end)
{
    size_t at = msh_view_starts(all, msh_view_of(placeable, 4)) ? PLACEABLE : 0;
    if (!is_header(msh_view_cut(all, at, all.len)))
        return MSH_E_CORRUPT;
    at += HEADER;
    while (!w->ended && at + 6 <= all.len) {
        msh_cursor c = msh_cursor_of(msh_view_cut(all, at, 6));
        uint64_t size = (uint64_t)msh_cursor_u32le(&c) * 2;
        uint16_t function = msh_cursor_u16le(&c);
        if (size < 6 || size > all.len - at)
            break;
        MSH_TRY(msh_budget_time(&w->m.x->budget));
        MSH_TRY(read_record(w, function, msh_view_cut(all, at + 6, (size_t)size - 6), at + 6));
        MSH_TRY(w->m.text.err);
        w->ended = function == META_EOF;
        at += (size_t)size;
    }
    *end = at;
    return MSH_OK;
}

/* Where fonts name no charset the bytes may be in any. */
static msh_err emit_readings(wmf *w, const msh_doc *doc)
{
    msh_view v = msh_buf_view(&w->bytes);
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80)
            return msh_emit_bytes(w->m.x, &doc->place, v, MSH_CHARSET_COUNT, MSH_TEXT_GUESS);
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    wmf w = {.charset = 0};
    msh_view all;
    size_t end = 0;
    MSH_TRY(msh_picture_whole(x, doc, &all));
    msh_buf_init(&w.bytes, all.len * 2 + 64);
    msh_metafile_begin(&w.m, x, doc);
    msh_err err = read_records(&w, all, &end), last = msh_metafile_end(&w.m);
    if (err == MSH_OK && last == MSH_OK)
        err = emit_readings(&w, doc);
    msh_buf_dispose(&w.bytes);
    MSH_TRY(err);
    MSH_TRY(last);
    return w.ended ? msh_extract_tail(x, doc, end) : MSH_E_SHORT;
}

extern const msh_format msh_format_wmf;
const msh_format msh_format_wmf = {
    .name = "wmf",
    .zh = "图元文件",
    .en = "Windows metafile",
    .suffixes = "wmf",
    .reads_zh = "图中绘出的文字和位图；以字形或轮廓绘出的文字会报告",
    .reads_en = "text that is drawn, bitmaps; text drawn as glyphs or outlines is reported",
    .probe = probe,
    .extract = extract,
};
