/* fmt_iwa.c: archives of iWork documents (.iwa inside .pages, .numbers, .key).
 *
 * Chunks of Snappy, in them messages of Protocol Buffers of unpublished kinds, each led by an
 * ArchiveInfo that says how long they are. What is a string in them is text; which field it is does
 * not matter. Where the structure ends the rest is swept. */
#include "extract/snappy.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/extract.h"

enum { CHUNK_HEAD = 4, MESSAGES_DEEP = 24, FIELD_INFO = 2, FIELD_LENGTH = 3 };

static uint64_t chunk_length(msh_view head)
{
    return head.data[1] | (uint64_t)head.data[2] << 8 | (uint64_t)head.data[3] << 16;
}

static int probe(const msh_doc *doc)
{
    if (!msh_view_ends_nocase(doc->name, MSH_VIEW(".iwa")) || doc->head.len <= CHUNK_HEAD ||
        doc->head.data[0] != 0)
        return 0;
    return chunk_length(doc->head) <= doc->in->size - CHUNK_HEAD ? 90 : 0;
}

static msh_err unpack(msh_extract *x, const msh_doc *doc, msh_view all, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(all);
    while (msh_cursor_left(&c) >= CHUNK_HEAD) {
        msh_view head = msh_cursor_take(&c, CHUNK_HEAD);
        msh_view block = msh_cursor_take(&c, chunk_length(head));
        size_t before = out->len;
        bool whole = head.data[0] == 0 && msh_cursor_ok(&c) && msh_snappy_block(block, out);
        MSH_TRY(msh_budget_decoded(&x->budget, out->len - before));
        if (msh_buf_err(out) != MSH_OK)
            return msh_buf_err(out);
        if (whole)
            continue;
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_FORMAT_CORRUPT, 0));
        return msh_sweep(x, &doc->place,
                         msh_view_cut(all, (size_t)(head.data - all.data), SIZE_MAX),
                         (uint64_t)(head.data - all.data));
    }
    return MSH_OK;
}

/* --- messages ----------------------------------------------------------------------------------
 */

static uint64_t varint(msh_cursor *c)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t b = msh_cursor_u8(c);
        n |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return n;
    }
    c->failed = true;
    return 0;
}

/* One field; *bytes are those of a field with a length. False at the end or at what is none. */
static bool next_field(msh_cursor *c, uint64_t *number, uint64_t *value, msh_view *bytes)
{
    if (msh_cursor_left(c) == 0)
        return false;
    uint64_t tag = varint(c);
    *number = tag >> 3;
    *bytes = (msh_view){NULL, 0};
    *value = 0;
    switch (tag & 7) {
    case 0:
        *value = varint(c);
        break;
    case 1:
        msh_cursor_skip(c, 8);
        break;
    case 2:
        *bytes = msh_cursor_take(c, varint(c));
        break;
    case 5:
        msh_cursor_skip(c, 4);
        break;
    default:
        c->failed = true;
    }
    return msh_cursor_ok(c) && *number > 0;
}

static bool is_text(msh_view v)
{
    if (v.len == 0 || !msh_view_is_utf8(v))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] < 0x20 && v.data[i] != '\n' && v.data[i] != '\t' && v.data[i] != '\r')
            return false;
    return true;
}

/* Strings of a message, each a line. What is no string is a message, or bytes that say nothing. */
static void put_strings(msh_view message, msh_buf *out, unsigned depth)
{
    msh_cursor c = msh_cursor_of(message);
    uint64_t number, value;
    msh_view bytes;
    while (next_field(&c, &number, &value, &bytes)) {
        if (is_text(bytes)) {
            msh_buf_put_view(out, bytes);
            msh_buf_put_byte(out, '\n');
        } else if (bytes.len > 1 && depth < MESSAGES_DEEP) {
            put_strings(bytes, out, depth + 1);
        }
    }
}

/* How long the messages behind an ArchiveInfo are in all. */
static uint64_t payload_length(msh_view info)
{
    msh_cursor c = msh_cursor_of(info);
    uint64_t number, value, sum = 0;
    msh_view bytes;
    while (next_field(&c, &number, &value, &bytes)) {
        msh_cursor m = msh_cursor_of(bytes);
        uint64_t inner;
        msh_view unused;
        while (number == FIELD_INFO && next_field(&m, &inner, &value, &unused))
            if (inner == FIELD_LENGTH && value < UINT32_MAX)
                sum += value;
    }
    return sum;
}

static msh_err read_archives(msh_extract *x, const msh_doc *doc, msh_view v, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(v);
    size_t good = 0;
    while (msh_cursor_left(&c) > 0) {
        msh_view info = msh_cursor_take(&c, varint(&c));
        msh_view payload = msh_cursor_take(&c, payload_length(info));
        if (!msh_cursor_ok(&c))
            break;
        put_strings(payload, out, 0);
        MSH_TRY(msh_budget_time(&x->budget));
        good = c.at;
    }
    if (good == v.len)
        return MSH_OK;
    MSH_TRY(msh_report(x, &doc->place, MSH_REASON_FORMAT_CORRUPT, 0));
    return msh_sweep(x, &doc->place, msh_view_cut(v, good, v.len), MSH_NO_POSITION);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_buf plain, text;
    msh_place place = doc->place;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    msh_buf_init(&plain, (size_t)x->limits->member_size);
    msh_buf_init(&text, (size_t)x->limits->member_size * 2);
    place.offset = MSH_NO_POSITION;
    msh_err err = unpack(x, doc, all, &plain);
    if (err == MSH_OK)
        err = read_archives(x, doc, msh_buf_view(&plain), &text);
    if (err == MSH_OK)
        err = msh_buf_err(&text);
    if (err == MSH_OK)
        err = msh_emit(x, &place, msh_buf_view(&text), 0);
    msh_buf_dispose(&plain);
    msh_buf_dispose(&text);
    return err;
}

extern const msh_format msh_format_iwa;
const msh_format msh_format_iwa = {
    .name = "iwa",
    .zh = "iWork 文档的内部归档",
    .en = "archives inside iWork documents",
    .suffixes = "iwa",
    .reads_zh = "解压后全部消息里的字符串",
    .reads_en = "strings in all unpacked messages",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_CONTAINER,
};
