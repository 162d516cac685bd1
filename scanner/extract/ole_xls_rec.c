/* ole_xls_rec.c: records of a workbook stream, CONTINUE joined, and the strings in them. A string
 * may be split at a joint; its flags are said again there ([MS-XLS] 2.5.293). */
#include "extract/ole_xls.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum { HEADER = 4, CONTINUE = 0x003c, MAX_CUTS = 1 << 22 };

/* --- records
 * ---------------------------------------------------------------------------------------- */

static uint16_t u16_at(msh_view v, size_t at)
{
    return at + 2 <= v.len ? (uint16_t)(v.data[at] | v.data[at + 1] << 8) : 0;
}

/* Body of the record at `at`, clipped to the stream; moves on. */
static msh_view take_body(msh_xls_walk *w, bool *cut)
{
    size_t len = u16_at(w->in, w->at + 2), left = w->in.len - w->at - HEADER;
    *cut |= len > left;
    msh_view body = msh_view_cut(w->in, w->at + HEADER, len);
    w->at += HEADER + body.len;
    return body;
}

static bool more(const msh_xls_walk *w)
{
    return w->in.len - w->at >= HEADER;
}

static void add_cut(msh_xls_walk *w, size_t at)
{
    if (w->n_cuts == w->cap_cuts) {
        size_t cap = w->cap_cuts ? w->cap_cuts * 2 : 16;
        uint32_t *all = cap <= MAX_CUTS ? msh_realloc(w->cuts, cap * sizeof *all) : NULL;
        if (!all) {
            w->err = MSH_E_MEMORY;
            return;
        }
        w->cuts = all;
        w->cap_cuts = cap;
    }
    w->cuts[w->n_cuts++] = (uint32_t)at;
}

bool msh_xls_next(msh_xls_walk *w, msh_xls_rec *out)
{
    if (w->err != MSH_OK || !more(w))
        return false;
    *out = (msh_xls_rec){.type = u16_at(w->in, w->at), .at = w->at};
    out->body = take_body(w, &out->cut);
    if (!more(w) || u16_at(w->in, w->at) != CONTINUE)
        return true;
    w->n_cuts = 0;
    w->joined.ceiling = UINT32_MAX;
    msh_buf_reset(&w->joined);
    msh_buf_put_view(&w->joined, out->body);
    while (more(w) && u16_at(w->in, w->at) == CONTINUE && w->err == MSH_OK) {
        add_cut(w, w->joined.len);
        msh_buf_put_view(&w->joined, take_body(w, &out->cut));
        if (msh_buf_err(&w->joined) != MSH_OK)
            w->err = msh_buf_err(&w->joined);
    }
    out->body = msh_buf_view(&w->joined);
    out->cuts = w->cuts;
    out->n_cuts = w->n_cuts;
    return w->err == MSH_OK;
}

void msh_xls_walk_dispose(msh_xls_walk *w)
{
    msh_buf_dispose(&w->joined);
    msh_free(w->cuts);
    w->cuts = NULL;
}

/* --- bytes of a record
 * ------------------------------------------------------------------------------- */

msh_xls_in msh_xls_in_of(const msh_xls_rec *r)
{
    return (msh_xls_in){.r = r};
}

size_t msh_xls_left(const msh_xls_in *in)
{
    return in->failed ? 0 : in->r->body.len - in->at;
}

msh_view msh_xls_take(msh_xls_in *in, size_t n)
{
    if (n > msh_xls_left(in)) {
        in->failed = true;
        return (msh_view){0, 0};
    }
    msh_view v = msh_view_cut(in->r->body, in->at, n);
    in->at += n;
    while (in->cut < in->r->n_cuts && in->r->cuts[in->cut] < in->at)
        in->cut++;
    return v;
}

static uint64_t number(msh_xls_in *in, size_t n)
{
    msh_view v = msh_xls_take(in, n);
    uint64_t value = 0;
    for (size_t i = v.len; i-- > 0;)
        value = value << 8 | v.data[i];
    return value;
}

uint8_t msh_xls_u8(msh_xls_in *in)
{
    return (uint8_t)number(in, 1);
}

uint16_t msh_xls_u16(msh_xls_in *in)
{
    return (uint16_t)number(in, 2);
}

uint32_t msh_xls_u32(msh_xls_in *in)
{
    return (uint32_t)number(in, 4);
}

uint64_t msh_xls_u64(msh_xls_in *in)
{
    return number(in, 8);
}

/* --- strings
 * ----------------------------------------------------------------------------------------- */

static bool has_high(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80)
            return true;
    return false;
}

/* Strings that may be in another charset than they should be. */
static void keep_eight(msh_xls *w, msh_view bytes)
{
    if (!has_high(bytes))
        return;
    msh_buf_put_view(&w->eight, bytes);
    msh_buf_put_byte(&w->eight, '\n');
}

static bool is_east_asian(msh_charset cs)
{
    return cs == MSH_CS_GB18030 || cs == MSH_CS_BIG5 || cs == MSH_CS_SHIFT_JIS ||
           cs == MSH_CS_EUC_KR || cs == MSH_CS_UTF8;
}

void msh_xls_bytes(msh_xls *w, msh_view bytes, msh_buf *out)
{
    size_t used;
    uint64_t bad = 0;
    msh_charset cs = w->charset == MSH_CHARSET_COUNT ? MSH_CS_CP1252 : w->charset;
    if (bytes.len == 0)
        return;
    msh_charset_decode(cs, bytes, true, out, &used, &bad);
    if (!is_east_asian(cs) || bad)
        keep_eight(w, bytes);
}

typedef struct decoder {
    msh_buf *out;
    uint32_t high; /* half of a pair that waits for the other */
} decoder;

static void put_unit(decoder *d, uint32_t unit)
{
    if (d->high) {
        uint32_t high = d->high;
        d->high = 0;
        if (unit >= 0xdc00 && unit < 0xe000) {
            msh_buf_put_utf8(d->out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
            return;
        }
        msh_buf_put_utf8(d->out, 0xfffd);
    }
    if (unit >= 0xd800 && unit < 0xdc00)
        d->high = unit;
    else
        msh_buf_put_utf8(d->out, unit == '\r' ? '\n' : unit);
}

/* Bytes until the next joint. */
static size_t until_joint(const msh_xls_in *in)
{
    size_t left = msh_xls_left(in);
    if (in->cut < in->r->n_cuts && in->r->cuts[in->cut] - in->at < left)
        return in->r->cuts[in->cut] - in->at;
    return left;
}

/* `count` characters; at a joint the flags are said again. */
static void put_chars(msh_xls *w, msh_xls_in *in, size_t count, bool wide, msh_buf *out)
{
    decoder d = {out, 0};
    while (count > 0 && !in->failed) {
        size_t unit = wide ? 2 : 1, n = until_joint(in) / unit;
        if (n == 0) {
            if (in->cut >= in->r->n_cuts) {
                in->failed = true;
                break;
            }
            (void)msh_xls_take(in, in->r->cuts[in->cut] - in->at); /* half a character */
            in->cut++;
            wide = msh_xls_u8(in) & 1;
            continue;
        }
        if (n > count)
            n = count;
        msh_view v = msh_xls_take(in, n * unit);
        for (size_t i = 0; i < v.len; i += unit)
            put_unit(&d, wide ? (uint32_t)(v.data[i] | v.data[i + 1] << 8) : v.data[i]);
        if (!wide)
            keep_eight(w, v);
        count -= n;
    }
    if (d.high)
        msh_buf_put_utf8(out, 0xfffd);
}

/* The reading of a string (2.5.86 ExtRst): id, size, three numbers, the phonetic string. */
static void put_phonetic(msh_view ext, msh_buf *phonetic)
{
    msh_view chars = msh_view_cut(ext, 14, 2 * (size_t)u16_at(ext, 10));
    size_t used;
    uint64_t bad = 0;
    if (u16_at(ext, 0) != 1 || chars.len == 0)
        return;
    msh_charset_decode(MSH_CS_UTF16LE, chars, true, phonetic, &used, &bad);
    msh_buf_put_byte(phonetic, '\n');
}

void msh_xls_string(msh_xls *w, msh_xls_in *in, size_t count, msh_buf *out, msh_buf *phonetic)
{
    if (w->biff < 8) {
        msh_xls_bytes(w, msh_xls_take(in, count), out);
        return;
    }
    /* a string that begins at a joint: its flags are its own, not said again */
    while (in->cut < in->r->n_cuts && in->r->cuts[in->cut] <= in->at)
        in->cut++;
    uint8_t flags = msh_xls_u8(in);
    size_t runs = flags & 8 ? msh_xls_u16(in) : 0, ext = flags & 4 ? msh_xls_u32(in) : 0;
    put_chars(w, in, count, flags & 1, out);
    (void)msh_xls_take(in, runs * 4);
    msh_view v = msh_xls_take(in, ext);
    if (phonetic)
        put_phonetic(v, phonetic);
}

void msh_xls_string8(msh_xls *w, msh_xls_in *in, msh_buf *out)
{
    size_t n = msh_xls_u8(in);
    msh_xls_string(w, in, n, out, NULL);
}

void msh_xls_string16(msh_xls *w, msh_xls_in *in, msh_buf *out)
{
    size_t n = msh_xls_u16(in);
    msh_xls_string(w, in, n, out, NULL);
}

void msh_xls_unread(msh_xls *w, msh_view body)
{
    if (body.len < 4)
        return;
    msh_buf_put_view(&w->unread, body);
    msh_buf_put(&w->unread, "\0\0\0\0", 4);
}
