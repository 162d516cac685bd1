/* fmt_mp3.c: titles, comments and lyrics in sound files: ID3v2 (2.2 to 2.4, id3.org) at the start,
 * ID3v1 at the end. The sound itself is not read, and said to be unsupported. */
#include "extract/picture.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { V1_SIZE = 128, FRAMES = 4096 };

static int probe(const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    if (msh_view_starts(doc->head, MSH_VIEW("ID3")))
        return 85;
    uint16_t sync = msh_cursor_u16be(&c);
    bool frame = (sync & 0xffe6) == 0xffe2 && msh_view_ends_nocase(doc->name, MSH_VIEW(".mp3"));
    return frame ? 60 : 0;
}

static uint32_t synchsafe(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len; i++)
        n = n << 7 | (v.data[i] & 0x7f);
    return n;
}

static uint32_t plain(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len; i++)
        n = n << 8 | v.data[i];
    return n;
}

/* A frame of text: its first byte names the charset. */
static msh_err read_text(msh_extract *x, const msh_doc *doc, msh_view id, msh_view body,
                         uint64_t at)
{
    static const msh_charset charsets[4] = {MSH_CS_LATIN1, MSH_CS_UTF16LE, MSH_CS_UTF16BE,
                                            MSH_CS_UTF8};
    msh_place place = doc->place;
    if (body.len < 2 || body.data[0] > 3)
        return MSH_OK;
    msh_charset cs = charsets[body.data[0]];
    msh_view text = msh_view_cut(body, 1, body.len);
    /* comments and lyrics have a language before their text */
    if (id.data[0] != 'T' && text.len > 3)
        text = msh_view_cut(text, 3, text.len);
    if (cs == MSH_CS_UTF16LE && msh_view_starts(text, MSH_VIEW("\xfe\xff")))
        cs = MSH_CS_UTF16BE;
    place.role = MSH_ROLE_META;
    place.name = id;
    place.offset = at;
    return msh_emit_bytes(x, &place, text, cs, 0);
}

static bool is_text(msh_view id)
{
    return id.data[0] == 'T' || msh_view_eq_str(id, "COMM") || msh_view_eq_str(id, "USLT") ||
           msh_view_eq_str(id, "COM") || msh_view_eq_str(id, "ULT");
}

static msh_err read_frames(msh_extract *x, const msh_doc *doc, msh_view tag, uint8_t version)
{
    msh_cursor c = msh_cursor_of(tag);
    size_t width = version == 2 ? 3 : 4;
    msh_cursor_skip(&c, 10);
    for (unsigned i = 0; i < FRAMES && msh_cursor_left(&c) > 2 * width; i++) {
        msh_view id = msh_cursor_take(&c, width), size = msh_cursor_take(&c, width);
        if (version > 2)
            msh_cursor_skip(&c, 2);
        size_t n = version == 4 ? synchsafe(size) : plain(size);
        if (id.data[0] == 0)
            break;
        if (n > msh_cursor_left(&c))
            return MSH_E_CORRUPT;
        uint64_t at = c.at;
        msh_view body = msh_cursor_take(&c, n);
        if (is_text(id))
            MSH_TRY(read_text(x, doc, id, body, at));
    }
    return MSH_OK;
}

static msh_err read_v1(msh_extract *x, const msh_doc *doc)
{
    static const uint8_t widths[4] = {30, 30, 30, 4};
    uint8_t tag[V1_SIZE];
    size_t got = 0;
    if (doc->in->size < V1_SIZE)
        return MSH_OK;
    uint64_t from = doc->in->size - V1_SIZE;
    MSH_TRY(msh_input_read(doc->in, from, tag, sizeof tag, &got));
    msh_cursor c = msh_cursor_of(msh_view_of(tag, got));
    if (!msh_view_eq_str(msh_cursor_take(&c, 3), "TAG"))
        return MSH_OK;
    for (size_t i = 0; i < 5; i++) {
        uint64_t at = from + c.at;
        msh_view v = msh_cursor_take(&c, i < 4 ? widths[i] : 30);
        MSH_TRY(msh_picture_text(x, doc, MSH_ROLE_META, MSH_VIEW("ID3v1"), v, at));
    }
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    if (msh_view_starts(all, MSH_VIEW("ID3")) && all.len >= 10) {
        size_t size = synchsafe(msh_view_cut(all, 6, 4)) + 10;
        MSH_TRY(read_frames(x, doc, msh_view_cut(all, 0, size), all.data[3]));
    }
    MSH_TRY(read_v1(x, doc));
    return MSH_E_UNSUPPORTED;
}

const msh_format msh_format_mp3 = {
    .name = "mp3",
    .zh = "MP3 音频",
    .en = "MP3 sound",
    .suffixes = "mp3",
    .reads_zh = "标题、作者、备注、歌词；声音不读，并说明未检查",
    .reads_en = "title, author, notes, lyrics; sound is not read, and that is said",
    .probe = probe,
    .extract = extract,
};
