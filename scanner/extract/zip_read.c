/* zip_read.c: the content of one member.
 *
 * APPNOTE §4.4.5 (methods), RFC 1951 by zlib. A deflate stream ends itself: sizes in the headers
 * only say how far to trust it. Refuses nothing silently: each fault is reported at the member and
 * what was decoded before it is kept. */
#include "extract/zip_inner.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/archive.h"

#include <string.h>
#include <zlib.h>

enum { METHOD_STORED = 0, METHOD_DEFLATE = 8, METHOD_AES = 99 };
enum { INPUT_PIECE = 64 << 10, OUTPUT_PIECE = 64 << 10, OUTPUT_LARGE = 1 << 20 };

/* How a decoder came to its end. */
typedef enum zip_ending {
    END_WHOLE,
    END_SHORT,   /* the input ended */
    END_BAD,     /* the data is not what the method wants */
    END_FULL,    /* the buffer's ceiling */
    END_UNKNOWN, /* no decoder for the method */
    END_LOCKED
} zip_ending;

typedef struct zip_decoding {
    msh_zip *z;
    const msh_zip_entry *e;
    msh_buf *out;
    uint64_t bound;    /* the input is read up to here */
    uint64_t consumed; /* first byte not used */
    zip_ending ending;
} zip_decoding;

/* Room that never asks past the ceiling, which would spoil the buffer. */
static size_t space(const msh_buf *out, size_t want)
{
    size_t left = out->ceiling > out->len ? out->ceiling - out->len : 0;
    return want < left ? want : left;
}

static msh_err decode_stored(zip_decoding *d)
{
    uint64_t at = d->e->data_at;
    d->ending = END_WHOLE;
    while (at < d->bound) {
        size_t want = d->bound - at > INPUT_PIECE ? INPUT_PIECE : (size_t)(d->bound - at);
        if ((want = space(d->out, want)) == 0) {
            d->ending = END_FULL;
            break;
        }
        msh_view v = msh_zip_peek(d->z, at, want);
        if (v.len == 0) {
            d->ending = END_SHORT;
            break;
        }
        msh_buf_put_view(d->out, v);
        MSH_TRY(msh_buf_err(d->out));
        at += v.len;
        MSH_TRY(msh_budget_decoded(&d->z->x->budget, v.len));
    }
    d->consumed = at;
    return MSH_OK;
}

static msh_err prepare_stream(msh_zip *z)
{
    z_stream *s = z->stream;
    if (s)
        return inflateReset(s) == Z_OK ? MSH_OK : MSH_E_MEMORY;
    s = msh_calloc(1, sizeof *s);
    if (!s)
        return MSH_E_MEMORY;
    if (inflateInit2(s, -MAX_WBITS) != Z_OK) {
        msh_free(s);
        return MSH_E_MEMORY;
    }
    z->stream = s;
    return MSH_OK;
}

/* One call of inflate. *more: go on. */
static msh_err inflate_once(zip_decoding *d, z_stream *s, bool *more)
{
    size_t room = space(d->out, d->out->len >= OUTPUT_LARGE ? OUTPUT_LARGE : OUTPUT_PIECE);
    *more = false;
    if (room == 0) {
        d->ending = END_FULL;
        return MSH_OK;
    }
    uint8_t *to = msh_buf_room(d->out, room);
    if (!to)
        return msh_buf_err(d->out);
    s->next_out = to;
    s->avail_out = (uInt)room;
    int rc = inflate(s, Z_NO_FLUSH);
    size_t made = room - s->avail_out;
    msh_buf_grew(d->out, made);
    MSH_TRY(msh_budget_decoded(&d->z->x->budget, made));
    if (rc == Z_MEM_ERROR)
        return MSH_E_MEMORY;
    d->ending = rc == Z_STREAM_END                ? END_WHOLE
                : rc == Z_OK || rc == Z_BUF_ERROR ? END_SHORT
                                                  : END_BAD;
    *more = rc == Z_OK;
    return MSH_OK;
}

/* The declared end is where input stops at first; a stream that has not ended there goes on to the
 * end of the file, because sizes lie more often than deflate does. */
static msh_err decode_deflate(zip_decoding *d)
{
    MSH_TRY(prepare_stream(d->z));
    z_stream *s = d->z->stream;
    uint64_t at = d->e->data_at;
    bool more = true;
    d->ending = END_SHORT;
    s->avail_in = 0;
    while (more) {
        if (at >= d->bound)
            d->bound = d->z->doc->in->size;
        size_t want =
            d->bound > at ? (size_t)(d->bound - at < INPUT_PIECE ? d->bound - at : INPUT_PIECE) : 0;
        msh_view v = msh_zip_peek(d->z, at, want);
        if (v.len == 0)
            break;
        s->next_in = (Bytef *)(uintptr_t)v.data;
        s->avail_in = (uInt)v.len;
        do {
            MSH_TRY(inflate_once(d, s, &more));
        } while (more && (s->avail_in || s->avail_out == 0));
        at += v.len - s->avail_in;
        if (d->ending == END_SHORT)
            more = s->avail_in == 0;
    }
    d->consumed = at;
    return MSH_OK;
}

/* Other methods: handed to libarchive as a zip of one member. */
static msh_err decode_foreign(zip_decoding *d, uint16_t method)
{
    uint64_t n = d->bound - d->e->data_at;
    d->ending = END_UNKNOWN;
    d->consumed = d->bound;
    if (n > d->z->x->limits->member_size)
        return MSH_OK;
    msh_buf packed;
    msh_buf_init(&packed, (size_t)n + 1);
    msh_err err = MSH_OK;
    for (uint64_t at = d->e->data_at; at < d->bound;) {
        size_t want = d->bound - at > INPUT_PIECE ? INPUT_PIECE : (size_t)(d->bound - at);
        msh_view v = msh_zip_peek(d->z, at, want);
        if (v.len == 0)
            break;
        msh_buf_put_view(&packed, v);
        MSH_GUARD(msh_buf_err(&packed));
        at += v.len;
    }
    msh_archive_member m = {method, d->e->flags, d->e->crc, d->e->size, msh_buf_view(&packed)};
    bool known, whole;
    MSH_GUARD(msh_archive_unzip(d->z->x, &m, d->out, &known, &whole));
    d->ending = !known ? END_UNKNOWN : whole ? END_WHOLE : END_BAD;
    if (known && !whole && d->out->len >= d->out->ceiling)
        d->ending = END_FULL;
out:
    msh_buf_dispose(&packed);
    return err;
}

static msh_err decode_as(zip_decoding *d, uint16_t method)
{
    msh_buf_reset(d->out);
    if (method == METHOD_STORED)
        return decode_stored(d);
    if (method == METHOD_DEFLATE)
        return decode_deflate(d);
    return decode_foreign(d, method);
}

static bool crc_fits(const msh_zip_entry *e, const msh_buf *out)
{
    if (e->crc == 0 && (!(e->state & MSH_ZIP_LISTED) && e->flags & ZIP_FLAG_DESCRIPTOR))
        return true;
    uLong crc = crc32_z(0, out->data, out->len);
    return crc == e->crc;
}

static bool is_good(const zip_decoding *d)
{
    return d->ending == END_WHOLE && crc_fits(d->e, d->out);
}

/* A stored member of unknown length ends before the next signature. */
static uint64_t stored_end(msh_zip *z, const msh_zip_entry *e)
{
    static const uint8_t sig[2] = {'P', 'K'};
    for (uint64_t at = e->data_at; at < z->doc->in->size;) {
        msh_view v = msh_zip_peek(z, at, INPUT_PIECE);
        size_t i = msh_view_find(v, msh_view_of(sig, 2), 0);
        while (i != SIZE_MAX && i + 4 <= v.len) {
            uint8_t a = v.data[i + 2], b = v.data[i + 3];
            if (b == a + 1 && (a == 1 || a == 3 || a == 5 || a == 7))
                return at + i;
            i = msh_view_find(v, msh_view_of(sig, 2), i + 1);
        }
        if (v.len <= 3)
            break;
        at += v.len - 3;
    }
    return z->doc->in->size;
}

/* Tries what the headers say, in the order in which they are to be believed. */
static msh_err decode(zip_decoding *d)
{
    const msh_zip_entry *e = d->e;
    uint64_t size = d->z->doc->in->size;
    bool open_end = e->flags & ZIP_FLAG_DESCRIPTOR && e->packed == 0 &&
                    !(e->state & MSH_ZIP_LISTED) && e->method == METHOD_STORED;
    d->bound = open_end ? stored_end(d->z, e) : e->end;
    MSH_TRY(decode_as(d, e->method));
    if (is_good(d) || !(e->state & MSH_ZIP_MISMATCH) || !(e->state & MSH_ZIP_LISTED))
        return MSH_OK;
    zip_ending first = d->ending;
    uint64_t local = e->local_packed ? e->local_packed : e->packed;
    d->bound = local > size - e->data_at ? size : e->data_at + local;
    MSH_TRY(decode_as(d, e->local_method));
    if (is_good(d) || d->out->len > 0 || first != END_WHOLE)
        return MSH_OK;
    d->bound = e->end;
    return decode_as(d, e->method);
}

static msh_err say_ending(zip_decoding *d)
{
    static const msh_reason reasons[] = {
        [END_SHORT] = MSH_REASON_FORMAT_TRUNCATED, [END_BAD] = MSH_REASON_ARCHIVE_CORRUPT,
        [END_FULL] = MSH_REASON_LIMIT_MEMBER_SIZE, [END_UNKNOWN] = MSH_REASON_ZIP_METHOD,
        [END_LOCKED] = MSH_REASON_ZIP_ENCRYPTED,
    };
    if (d->ending != END_WHOLE)
        return msh_zip_say(d->z, d->e, reasons[d->ending], d->ending == END_FULL ? d->out->len : 0);
    if (!crc_fits(d->e, d->out))
        return msh_zip_say(d->z, d->e, MSH_REASON_ARCHIVE_CORRUPT, 0);
    return MSH_OK;
}

/* Marked as encrypted: but a mark is only a bit, and readers that ignore it open such members. */
static msh_err read_locked(zip_decoding *d)
{
    uint16_t method = d->e->method;
    if (method == METHOD_STORED || method == METHOD_DEFLATE)
        MSH_TRY(decode(d));
    if (!is_good(d) || d->out->len == 0 || d->e->crc == 0 || method == METHOD_AES)
        msh_buf_reset(d->out);
    d->ending = END_LOCKED;
    return say_ending(d);
}

msh_err msh_zip_read(msh_zip *z, size_t i, msh_buf *out, bool *whole)
{
    msh_zip_entry *e = &z->entries[i];
    zip_decoding d = {.z = z, .e = e, .out = out, .ending = END_LOCKED, .consumed = e->end};
    *whole = false;
    msh_buf_reset(out);
    e->state |= MSH_ZIP_READ;
    if (!(e->state & MSH_ZIP_LOCAL))
        return msh_zip_say(z, e, MSH_REASON_ARCHIVE_CORRUPT, 0);
    if (e->state & MSH_ZIP_MISMATCH)
        MSH_TRY(msh_zip_say(z, e, MSH_REASON_ZIP_MISMATCH, 0));
    if (e->state & (MSH_ZIP_SAME_DATA | MSH_ZIP_DEVICE)) {
        *whole = true;
        return MSH_OK;
    }
    if (e->flags & ZIP_FLAG_ENCRYPTED || e->method == METHOD_AES)
        return read_locked(&d);
    msh_err err = decode(&d);
    if (err != MSH_OK) {
        msh_place place = msh_child_place(z->x, z->doc, e->name);
        return msh_extract_spent(z->x, &place, err);
    }
    e->end = d.consumed;
    *whole = is_good(&d);
    if (*whole && !(e->state & MSH_ZIP_MISMATCH) && out->len != e->size &&
        (e->state & MSH_ZIP_LISTED))
        MSH_TRY(msh_zip_say(z, e, MSH_REASON_ZIP_MISMATCH, 0));
    if (d.ending == END_BAD && !(e->state & MSH_ZIP_LISTED))
        e->end = e->data_at;
    return say_ending(&d);
}

void msh_zip_close(msh_zip *z)
{
    if (z->stream) {
        (void)inflateEnd(z->stream);
        msh_free(z->stream);
    }
    msh_buf_dispose(&z->window);
    msh_free(z->entries);
    msh_free(z->spans);
    *z = (msh_zip){0};
}
