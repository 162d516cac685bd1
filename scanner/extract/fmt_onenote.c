/* fmt_onenote.c: OneNote sections as far as a simple reader reaches ([MS-ONESTORE] 2.3.1, 2.6.13).
 *
 * Texts and names are properties: a length in bytes, then UTF-16, wherever in the file; files put
 * in are FileDataStoreObjects. Both are found by their shape, of all revisions, so that what was
 * deleted and is still there is read too. Page structure is not read: the outcome says so. */
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/extract.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LEAST = 6,            /* bytes: two characters and an end, or three */
    MOST = 1 << 20,       /* of one property */
    FILE_HEAD = 36,       /* of a FileDataStoreObject */
    JOINED_MOST = 1 << 19 /* characters of one text that is handed on */
};

static const uint8_t section[16] = {0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D,
                                    0xAE, 0xB1, 0x53, 0x78, 0xD0, 0x29, 0x96, 0xD3};
static const uint8_t contents[16] = {0xA1, 0x2F, 0xFF, 0x43, 0xD9, 0xEF, 0x76, 0x4C,
                                     0x9E, 0xE2, 0x10, 0xEA, 0x57, 0x22, 0x76, 0x5F};
static const uint8_t stored[16] = {0xE7, 0x16, 0xE3, 0xBD, 0x65, 0x26, 0x11, 0x45,
                                   0xA4, 0xC4, 0x8D, 0x4D, 0x0B, 0x7A, 0x9E, 0xAC};

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, msh_view_of(section, sizeof section)) ||
                   msh_view_starts(doc->head, msh_view_of(contents, sizeof contents))
               ? 90
               : 0;
}

/* --- texts
 * --------------------------------------------------------------------------------------------- */

typedef struct reading {
    msh_extract *x;
    const msh_doc *doc;
    msh_view in;
    size_t until[2]; /* for each parity: characters were seen up to here */
    msh_buf joined;
} reading;

static bool is_written(uint32_t unit)
{
    return unit >= 0x20 ? unit < 0xFFFE && (unit < 0xE000 || unit >= 0xF900)
                        : unit == '\t' || unit == '\n' || unit == '\r' || unit == 0x0B;
}

static uint32_t unit_at(const reading *r, size_t at)
{
    return (uint32_t)r->in.data[at] | (uint32_t)r->in.data[at + 1] << 8;
}

/* [from, to) is text, with or without a NUL at its end. Each byte is looked at twice at most. */
static bool is_text(reading *r, size_t from, size_t to)
{
    size_t *until = &r->until[from % 2], at = *until > from ? *until : from;
    while (at < to && is_written(unit_at(r, at)))
        at += 2;
    *until = at > *until ? at : *until;
    return at >= to || (at + 2 == to && unit_at(r, at) == 0);
}

static msh_err hand_on(reading *r)
{
    msh_place place = r->doc->place;
    place.offset = MSH_NO_POSITION;
    MSH_TRY(msh_buf_err(&r->joined));
    if (r->joined.len == 0)
        return MSH_OK;
    MSH_TRY(msh_budget_decoded(&r->x->budget, r->joined.len));
    msh_err err = msh_emit(r->x, &place, msh_buf_view(&r->joined), 0);
    msh_buf_reset(&r->joined);
    return err;
}

static msh_err take(reading *r, size_t from, size_t to)
{
    size_t used;
    uint64_t bad = 0;
    msh_charset_decode(MSH_CS_UTF16LE, msh_view_cut(r->in, from, to - from), true, &r->joined,
                       &used, &bad);
    msh_buf_put_byte(&r->joined, '\n');
    return r->joined.len < JOINED_MOST ? MSH_OK : hand_on(r);
}

static msh_err read_texts(reading *r)
{
    for (size_t i = 0; i + 4 + LEAST <= r->in.len; i++) {
        uint32_t n = unit_at(r, i) | unit_at(r, i + 2) << 16;
        if (n < LEAST || n > MOST || n % 2 || n > r->in.len - i - 4 ||
            !is_text(r, i + 4, i + 4 + n))
            continue;
        MSH_TRY(take(r, i + 4, i + 4 + n));
        i += 3 + n;
    }
    return hand_on(r);
}

/* --- files that were put in
 * --------------------------------------------------------------------------------------------- */

static msh_err read_files(reading *r)
{
    msh_view head = msh_view_of(stored, sizeof stored);
    size_t at = 0;
    while ((at = msh_view_find(r->in, head, at)) != SIZE_MAX) {
        msh_cursor c = msh_cursor_of(msh_view_cut(r->in, at, FILE_HEAD));
        char name[40];
        msh_cursor_skip(&c, sizeof stored);
        uint64_t size = msh_cursor_u64le(&c);
        size_t left = r->in.len - at > FILE_HEAD ? r->in.len - at - FILE_HEAD : 0;
        (void)snprintf(name, sizeof name, "file@%zu", at);
        if (size > left)
            MSH_TRY(msh_report(r->x, &r->doc->place, MSH_REASON_FORMAT_TRUNCATED, size));
        size_t n = size > left ? left : (size_t)size;
        at += FILE_HEAD;
        if (n)
            MSH_TRY(
                msh_extract_child(r->x, r->doc, msh_view_str(name), msh_view_cut(r->in, at, n)));
        at += n;
    }
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    reading r = {.x = x, .doc = doc};
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &r.in));
    msh_buf_init(&r.joined, 8 * JOINED_MOST);
    msh_err err = read_texts(&r);
    msh_buf_dispose(&r.joined);
    MSH_TRY(err);
    return read_files(&r);
}

const msh_format msh_format_onenote = {
    .name = "onenote",
    .zh = "OneNote 笔记",
    .en = "OneNote section",
    .suffixes = "one onetoc2",
    .reads_zh = "文字、标题、作者、插入的文件，含旧版本；版面不读，并说明未全部检查",
    .reads_en = "text, titles, authors, files put in, older versions too; the layout is not read, "
                "and that is said",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_PARTIAL,
};
