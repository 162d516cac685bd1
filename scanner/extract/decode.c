/* decode.c: all of a text document in UTF-8, with a map back to its bytes; and in which charsets to
 * read it: the detected ones, and the declared one when that says something else. */
#include "extract/html.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum {
    BLOCK = 1024,       /* source bytes between two points of the map */
    DECLARED_IN = 4096, /* a declaration stands in the first bytes */
    LABEL = 40
};

/* --- decoding
 * ---------------------------------------------------------------------------------------
 */

/* Over ASCII and double bytes of GBK, the most of them, quickly; to `out` at the latest. */
static void skip_plain(const msh_decoded *d, uint64_t out, uint64_t *at, uint64_t *made)
{
    const uint8_t *p = d->source.data + *at, *end = d->source.data + d->source.len;
    uint64_t n = *made;
    bool multibyte = d->cs == MSH_CS_GB18030;
    while (p < end && n < out) {
        uint32_t len = *p < 0x80 ? 1 : 2;
        uint32_t cp = *p;
        if (len == 2) {
            cp = multibyte && end - p >= 2 ? msh_charset_gbk(p) : 0xfffd;
            if (cp == 0xfffd)
                break;
        }
        uint32_t more = cp < 0x80 ? 1 : cp < 0x800 ? 2 : 3;
        if (n + more > out)
            break;
        n += more;
        p += len;
    }
    *at = (uint64_t)(p - d->source.data);
    *made = n;
}

static uint64_t replay(const msh_map *m, msh_map_point from, uint64_t out)
{
    const msh_decoded *d = m->replay_ctx;
    uint64_t at = from.in, made = from.out;
    bool ascii = msh_emit_unit(d->cs) == 1;
    while (made < out && at < d->source.len) {
        if (ascii)
            skip_plain(d, out, &at, &made);
        if (made >= out || at >= d->source.len)
            break;
        msh_char c = msh_charset_next(d->cs, msh_view_cut(d->source, (size_t)at, 8));
        made += c.cp < 0x80 ? 1 : c.cp < 0x800 ? 2 : c.cp < 0x10000 ? 3 : 4;
        if (made > out)
            break;
        at += c.len ? c.len : 1;
    }
    return at;
}

static msh_err add_point(msh_decoded *d, uint64_t in)
{
    if (d->n_points == d->cap_points) {
        size_t cap = d->cap_points ? d->cap_points * 2 : 64;
        msh_map_point *grown = msh_realloc(d->points, cap * sizeof *grown);
        if (!grown)
            return MSH_E_MEMORY;
        d->points = grown;
        d->cap_points = cap;
    }
    d->points[d->n_points++] = (msh_map_point){d->buf.len, in};
    return MSH_OK;
}

msh_err msh_decode_all(msh_decoded *d, msh_view source, msh_charset cs, size_t skip)
{
    *d = (msh_decoded){.source = source, .cs = cs};
    if (cs == MSH_CS_UTF8) {
        d->text = msh_view_cut(source, skip, source.len);
        d->map = (msh_map){.base = skip};
        d->up = skip ? &d->map : NULL;
        return MSH_OK;
    }
    bool stateful = cs == MSH_CS_HZ || cs == MSH_CS_UTF7;
    size_t ceiling;
    if (!msh_mul_size(source.len, 4, &ceiling))
        return MSH_E_LIMIT_BUFFER;
    msh_buf_init(&d->buf, ceiling + 64);
    for (size_t at = skip; at < source.len;) {
        size_t want = stateful ? source.len - at : BLOCK, used = 0;
        uint64_t bad = 0;
        msh_view part = msh_view_cut(source, at, want);
        MSH_TRY(add_point(d, at));
        msh_charset_decode(cs, part, at + part.len >= source.len, &d->buf, &used, &bad);
        MSH_TRY(msh_buf_err(&d->buf));
        at += used ? used : part.len;
    }
    d->text = msh_buf_view(&d->buf);
    d->map = (msh_map){.points = d->points, .n_points = d->n_points};
    d->map.replay = stateful ? NULL : replay;
    d->map.replay_ctx = d;
    d->up = &d->map;
    return MSH_OK;
}

void msh_decode_dispose(msh_decoded *d)
{
    msh_buf_dispose(&d->buf);
    msh_free(d->points);
    d->points = NULL;
}

/* --- which charsets
 * -----------------------------------------------------------------------------------
 */

size_t msh_decode_sniff(const msh_doc *doc, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < doc->head.len && n + 1 < room; i++) {
        msh_view rest = msh_view_cut(doc->head, i, room - 1 - n);
        const uint8_t *nul = memchr(rest.data, 0, rest.len);
        size_t len = nul ? (size_t)(nul - rest.data) : rest.len;
        memcpy(to + n, rest.data, len);
        n += len;
        i += len; /* and the NUL, or nothing more is wanted */
    }
    to[n] = '\0';
    return n;
}

static bool is_label(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_';
}

/* charset=… of HTML, encoding="…" of XML. */
static msh_charset declared_in(const msh_doc *doc)
{
    static const char *const keys[] = {"charset", "encoding"};
    char head[DECLARED_IN];
    msh_view v = msh_view_of(head, msh_decode_sniff(doc, head, sizeof head));
    for (size_t k = 0; k < 2; k++) {
        size_t at = 0;
        while ((at = msh_view_find(v, msh_view_str(keys[k]), at)) != SIZE_MAX) {
            at += strlen(keys[k]);
            size_t i = at;
            while (i < v.len && i < at + 8 && !is_label(head[i]))
                i++;
            size_t from = i;
            while (i < v.len && i - from < LABEL && is_label(head[i]))
                i++;
            msh_charset cs;
            bool assigned = from > at && memchr(head + at, '=', from - at) != NULL;
            if (assigned && msh_charset_from_label(msh_view_cut(v, from, i - from), &cs))
                return cs;
        }
    }
    return MSH_CHARSET_COUNT;
}

static size_t first_high(msh_view v)
{
    size_t i = 0;
    for (uint64_t word; v.len - i >= 8; i += 8) {
        memcpy(&word, v.data + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < v.len && v.data[i] < 0x80)
        i++;
    return i;
}

/* Readings from where the text leaves ASCII on: heads of pages are often all markup. */
static msh_readings detect(msh_extract *x, const msh_doc *doc, msh_view all)
{
    msh_readings r = msh_extract_readings(x, doc);
    size_t at = first_high(all);
    if (r.n == 0 || at < doc->head.len || at == all.len)
        return r;
    while (at > 0 && all.data[at - 1] >= 0x30)
        at--;
    msh_view rest = msh_view_cut(all, at, MSH_HEAD);
    msh_readings later = msh_charset_detect(rest, at + rest.len == all.len);
    return later.n ? later : r;
}

static bool is_wide(msh_charset cs)
{
    return msh_emit_unit(cs) > 1;
}

/* A declaration cannot be meant where a wide one is given to bytes that are not, and nothing
 * contradicts pure ASCII but the stateful ones. */
void msh_decode_add_declared(msh_readings *r, msh_charset declared, msh_view all)
{
    for (unsigned i = 0; i < r->n; i++)
        if (r->cs[i] == declared) {
            if (r->bom == 0) {
                r->cs[i] = r->cs[0];
                r->cs[0] = declared;
            }
            return;
        }
    if (declared == MSH_CHARSET_COUNT || is_wide(declared) || (r->n && is_wide(r->cs[0])))
        return;
    bool ascii = first_high(all) == all.len;
    if (ascii && declared != MSH_CS_HZ && declared != MSH_CS_UTF7)
        return;
    if (r->n == MSH_READINGS)
        r->n--;
    r->cs[r->n++] = declared;
}

msh_err msh_decode_each(msh_extract *x, const msh_doc *doc,
                        msh_err (*read)(msh_extract *x, const msh_doc *doc, const msh_decoded *d))
{
    msh_view all;
    size_t most = MSH_DECODE_MOST;
    if (x->limits->member_size < most)
        most = (size_t)x->limits->member_size;
    if (doc->in->size > most)
        return msh_report(x, &doc->place, MSH_REASON_LIMIT_MEMBER_SIZE, doc->in->size);
    MSH_TRY(msh_input_whole(doc->in, most, &all));
    msh_readings r = detect(x, doc, all);
    msh_decode_add_declared(&r, declared_in(doc), all);
    if (doc->declares)
        msh_decode_add_declared(&r, doc->declared, all);
    for (unsigned i = 0; i < r.n; i++) {
        msh_decoded d;
        msh_err err = msh_decode_all(&d, all, r.cs[i], i == 0 ? r.bom : 0);
        d.reading = i;
        if (err == MSH_OK)
            err = read(x, doc, &d);
        msh_decode_dispose(&d);
        MSH_TRY(err);
        MSH_TRY(msh_budget_time(&x->budget));
    }
    return MSH_OK;
}
