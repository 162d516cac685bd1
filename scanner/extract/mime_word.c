/* mime_word.c: encoded words (RFC 2047, RFC 2231 section 5) and raw bytes in header fields.
 *
 * Words of one charset that follow one another are one run of bytes: some programs cut in the
 * middle of a character, and of a base64 group. */
#include "extract/mime.h"

#include "base/err.h"
#include "base/view.h"
#include "text/escapes.h"

enum { LABEL_MOST = 64 };

typedef struct word {
    msh_charset cs; /* MSH_CHARSET_COUNT: unknown */
    bool base64;
    msh_view data;
    size_t end; /* behind it */
} word;

typedef struct decoder {
    msh_buf *out;
    msh_buf bytes; /* of the open run */
    msh_charset cs;
    bool open;
    uint32_t bits, n_bits; /* of an unfinished base64 group */
    msh_mime_odd odd;
    void *ctx;
} decoder;

/* --- one word ------------------------------------------------------------------------------------
 */

static msh_charset charset_of(msh_view label)
{
    msh_charset cs;
    const uint8_t *star = label.len ? memchr(label.data, '*', label.len) : NULL;
    if (star)
        label.len = (size_t)(star - label.data);
    return msh_charset_from_label(label, &cs) ? cs : MSH_CHARSET_COUNT;
}

/* The end of a word's data: "?=", or where another word begins, or the end of the value. */
static size_t data_end(msh_view v, size_t at)
{
    size_t end = msh_view_find(v, MSH_VIEW("?="), at);
    size_t next = msh_view_find(v, MSH_VIEW("=?"), at);
    if (end == SIZE_MAX)
        return next == SIZE_MAX ? v.len : next;
    return end;
}

/* The word that begins with "=?" at `at`. */
static bool word_at(msh_view v, size_t at, word *w)
{
    size_t p = at + 2, label = p;
    if (!msh_view_starts(msh_view_cut(v, at, v.len), MSH_VIEW("=?")))
        return false;
    while (p < v.len && p - label < LABEL_MOST && v.data[p] > 32 && v.data[p] < 127 &&
           v.data[p] != '?')
        p++;
    if (p == label || p + 2 >= v.len || v.data[p] != '?' || v.data[p + 2] != '?')
        return false;
    uint8_t kind = v.data[p + 1] | 0x20;
    if (kind != 'b' && kind != 'q')
        return false;
    size_t end = data_end(v, p + 3);
    w->cs = charset_of(msh_view_cut(v, label, p - label));
    w->base64 = kind == 'b';
    w->data = msh_view_cut(v, p + 3, end - p - 3);
    bool closed = msh_view_starts(msh_view_cut(v, end, v.len), MSH_VIEW("?="));
    w->end = closed ? end + 2 : end;
    return true;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static void put_base64(decoder *d, msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        int value = base64_value(v.data[i]);
        if (v.data[i] == '=')
            d->n_bits = 0;
        if (value < 0)
            continue;
        d->bits = d->bits << 6 | (uint32_t)value;
        d->n_bits += 6;
        if (d->n_bits >= 8) {
            d->n_bits -= 8;
            msh_buf_put_byte(&d->bytes, (uint8_t)(d->bits >> d->n_bits));
        }
    }
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_q(decoder *d, msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        bool escape =
            v.data[i] == '=' && i + 2 < v.len && hex(v.data[i + 1]) >= 0 && hex(v.data[i + 2]) >= 0;
        /* the last three bytes */
        if (escape) {
            msh_buf_put_byte(&d->bytes, (uint8_t)(hex(v.data[i + 1]) << 4 | hex(v.data[i + 2])));
            i += 2;
        } else {
            msh_buf_put_byte(&d->bytes, v.data[i] == '_' ? ' ' : v.data[i]);
        }
    }
}

/* --- runs of bytes
 * -------------------------------------------------------------------------------------------- */

static bool has_high(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80)
            return true;
    return false;
}

/* A charset in which any bytes decode to something. */
static bool takes_anything(msh_charset cs)
{
    return cs == MSH_CS_LATIN1 || cs == MSH_CS_CP1252 || cs == MSH_CS_CP1251 || cs >= MSH_CS_CP1250;
}

/* The run's bytes into out; what is not certain goes to odd as well. */
static msh_err put_run(decoder *d, msh_view bytes, msh_charset declared)
{
    msh_charset cs = declared;
    size_t used;
    uint64_t bad = 0;
    bool sure = declared != MSH_CHARSET_COUNT && !takes_anything(declared);
    if (takes_anything(cs) && has_high(bytes)) {
        msh_readings r = msh_charset_detect(bytes, true);
        if (cs == MSH_CHARSET_COUNT || (r.n && r.certain))
            cs = r.n ? r.cs[0] : MSH_CS_GB18030;
    } else if (cs == MSH_CHARSET_COUNT) {
        cs = MSH_CS_UTF8; /* plain ASCII, perhaps with shifts: odd looks at it */
    }
    msh_charset_decode(cs, bytes, true, d->out, &used, &bad);
    MSH_TRY(msh_buf_err(d->out));
    if (d->odd && ((sure && bad) || (!sure && (has_high(bytes) || declared == MSH_CHARSET_COUNT))))
        return d->odd(d->ctx, bytes, declared);
    return MSH_OK;
}

static msh_err end_run(decoder *d)
{
    if (!d->open)
        return MSH_OK;
    d->open = false;
    d->n_bits = 0;
    MSH_TRY(msh_buf_err(&d->bytes));
    msh_err err = put_run(d, msh_buf_view(&d->bytes), d->cs);
    msh_buf_reset(&d->bytes);
    return err;
}

static msh_err put_word(decoder *d, const word *w)
{
    if (d->open && d->cs != w->cs)
        MSH_TRY(end_run(d));
    d->open = true;
    d->cs = w->cs;
    if (!w->base64)
        d->n_bits = 0;
    if (w->base64)
        put_base64(d, w->data);
    else
        put_q(d, w->data);
    return MSH_OK;
}

/* What stands between words, or without any. */
static msh_err put_raw(decoder *d, msh_view raw)
{
    if (msh_view_is_utf8(raw)) {
        msh_buf_put_view(d->out, raw);
        return msh_buf_err(d->out);
    }
    return put_run(d, raw, MSH_CHARSET_COUNT);
}

static bool is_blank(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] != ' ' && v.data[i] != '\t')
            return false;
    return true;
}

static msh_err decode_all(decoder *d, msh_view value)
{
    size_t from = 0; /* of the raw run */
    bool after_word = false;
    for (size_t at = msh_view_find(value, MSH_VIEW("=?"), 0); at != SIZE_MAX;) {
        word w;
        if (!word_at(value, at, &w)) {
            at = msh_view_find(value, MSH_VIEW("=?"), at + 1);
            continue;
        }
        msh_view raw = msh_view_cut(value, from, at - from);
        if (!after_word || !is_blank(raw)) {
            MSH_TRY(end_run(d));
            MSH_TRY(put_raw(d, raw));
        }
        MSH_TRY(put_word(d, &w));
        after_word = true;
        from = w.end;
        at = msh_view_find(value, MSH_VIEW("=?"), from);
    }
    MSH_TRY(end_run(d));
    return put_raw(d, msh_view_cut(value, from, value.len));
}

msh_err msh_mime_decode_words(msh_view value, msh_buf *out, msh_mime_odd odd, void *ctx)
{
    decoder d = {.out = out, .odd = odd, .ctx = ctx};
    msh_buf_init(&d.bytes, value.len + 16);
    msh_err err = decode_all(&d, value);
    msh_buf_dispose(&d.bytes);
    return err;
}

/* --- handing on
 * -------------------------------------------------------------------------------------- */

typedef struct emitter {
    msh_extract *x;
    const msh_doc *doc;
    const msh_place *place;
} emitter;

static msh_err emit_odd(void *ctx, msh_view bytes, msh_charset declared)
{
    emitter *e = ctx;
    return msh_emit_bytes(e->x, e->place, bytes, declared, MSH_TEXT_GUESS);
}

static msh_err found_run(void *ctx, msh_view decoded, uint64_t at)
{
    emitter *e = ctx;
    (void)at;
    return msh_extract_guess(e->x, e->doc, "base64", e->place, decoded);
}

msh_err msh_mime_emit(msh_extract *x, const msh_doc *doc, const msh_place *place, msh_view value)
{
    msh_buf text, flat;
    emitter e = {x, doc, place};
    msh_buf_init(&flat, value.len + 1);
    msh_buf_init(&text, value.len * 4 + 64);
    msh_mime_unfold(value, &flat);
    msh_err err = msh_buf_err(&flat);
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, flat.len);
    if (err == MSH_OK)
        err = msh_mime_decode_words(msh_buf_view(&flat), &text, emit_odd, &e);
    if (err == MSH_OK)
        err = msh_emit(x, place, msh_buf_view(&text), 0);
    /* runs go on over folds; words are no runs any more once they are decoded */
    bool words = msh_view_find(value, MSH_VIEW("=?"), 0) != SIZE_MAX;
    if (err == MSH_OK)
        err = msh_find_encoded(words ? msh_buf_view(&text) : value, (size_t)x->limits->member_size,
                               found_run, &e);
    msh_buf_dispose(&text);
    msh_buf_dispose(&flat);
    return err;
}
