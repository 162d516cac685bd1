/* mime_params.c: parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1), with
 * continuations and charsets (RFC 2231). */
#include "extract/mime.h"

#include "base/view.h"

enum { PIECES_MOST = 10000 };

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static msh_view trim(msh_view v)
{
    while (v.len && is_space(v.data[0]))
        v = msh_view_cut(v, 1, v.len);
    while (v.len && is_space(v.data[v.len - 1]))
        v.len--;
    return v;
}

/* The end of a quoted string that begins after the quote at `at`; v.len when it is never closed. */
static size_t quote_end(msh_view v, size_t at)
{
    while (at < v.len && v.data[at] != '"')
        at += v.data[at] == '\\' && at + 1 < v.len ? 2 : 1;
    return at < v.len ? at : v.len;
}

/* The next ';' outside quotes. A quote that is never closed ends at the ';', too. */
static size_t next_semicolon(msh_view v, size_t at)
{
    while (at < v.len && v.data[at] != ';') {
        size_t end = v.data[at] == '"' ? quote_end(v, at + 1) : at;
        at = end < v.len ? end + 1 : at + 1;
    }
    return at < v.len ? at : v.len;
}

/* "filename*1*" to name, index, flags. */
static void split_name(msh_view name, msh_mime_param *p)
{
    if (name.len && name.data[name.len - 1] == '*') {
        p->extended = true;
        name.len--;
    }
    size_t digits = 0;
    uint32_t index = 0, place = 1;
    while (digits < name.len && digits < 5) {
        uint8_t c = name.data[name.len - 1 - digits];
        if (c < '0' || c > '9')
            break;
        index += (uint32_t)(c - '0') * place;
        place *= 10;
        digits++;
    }
    if (digits && digits < name.len && name.data[name.len - 1 - digits] == '*' &&
        index < PIECES_MOST) {
        p->pieces = true;
        p->index = (uint16_t)index;
        name.len -= digits + 1;
    }
    p->name = name;
}

static msh_view unquote(msh_view v)
{
    if (v.len == 0 || v.data[0] != '"')
        return v;
    return msh_view_cut(v, 1, quote_end(v, 1) - 1);
}

void msh_mime_parse_params(msh_view v, msh_mime_params *p)
{
    size_t at = next_semicolon(v, 0);
    p->n = 0;
    p->value = trim(msh_view_cut(v, 0, at));
    while (at < v.len && p->n < MSH_MIME_PARAMS) {
        size_t end = next_semicolon(v, at + 1);
        msh_view row = trim(msh_view_cut(v, at + 1, end - at - 1));
        const uint8_t *eq = row.len ? memchr(row.data, '=', row.len) : NULL;
        at = end;
        if (!eq)
            continue;
        size_t name = (size_t)(eq - row.data);
        msh_mime_param *q = &p->rows[p->n++];
        *q = (msh_mime_param){0};
        split_name(trim(msh_view_cut(row, 0, name)), q);
        q->value = unquote(trim(msh_view_cut(row, name + 1, row.len)));
    }
}

/* --- values
 * -------------------------------------------------------------------------------------------- */

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_plain(msh_view v, msh_buf *out)
{
    for (size_t i = 0; i < v.len; i++) {
        bool escape =
            v.data[i] == '\\' && i + 1 < v.len && (v.data[i + 1] == '"' || v.data[i + 1] == '\\');
        i += escape;
        msh_buf_put_byte(out, v.data[i]);
    }
}

static void put_percent(msh_view v, msh_buf *out)
{
    for (size_t i = 0; i < v.len; i++) {
        int high = v.data[i] == '%' && i + 2 < v.len ? hex(v.data[i + 1]) : -1;
        int low = high >= 0 ? hex(v.data[i + 2]) : -1;
        if (low >= 0)
            i += 2;
        msh_buf_put_byte(out, low >= 0 ? (uint8_t)(high << 4 | low) : v.data[i]);
    }
}

/* charset'language'rest */
static msh_view take_charset(msh_view v, msh_charset *cs)
{
    const uint8_t *first = v.len ? memchr(v.data, '\'', v.len) : NULL;
    size_t at = first ? (size_t)(first - v.data) : v.len;
    const uint8_t *second = first ? memchr(first + 1, '\'', v.len - at - 1) : NULL;
    if (!second)
        return v;
    if (!msh_charset_from_label(msh_view_cut(v, 0, at), cs))
        *cs = MSH_CHARSET_COUNT;
    return msh_view_cut(v, (size_t)(second - v.data) + 1, v.len);
}

static void put_piece(const msh_mime_param *q, bool first, msh_buf *out, msh_charset *cs)
{
    msh_view v = q->value;
    if (q->extended && first)
        v = take_charset(v, cs);
    if (q->extended)
        put_percent(v, out);
    else
        put_plain(v, out);
}

/* The continuation with the least index above `after`, -1 = none was taken yet. */
static const msh_mime_param *next_piece(const msh_mime_params *p, msh_view name, int after)
{
    const msh_mime_param *best = NULL;
    for (size_t i = 0; i < p->n; i++) {
        const msh_mime_param *q = &p->rows[i];
        if (q->pieces && q->index > after && msh_view_eq_nocase(q->name, name) &&
            (!best || q->index < best->index))
            best = q;
    }
    return best;
}

bool msh_mime_param_value(const msh_mime_params *p, const char *name, size_t n, msh_buf *out,
                          msh_charset *cs)
{
    msh_view key = msh_view_str(name);
    size_t seen = 0;
    *cs = MSH_CHARSET_COUNT;
    for (size_t i = 0; i < p->n; i++) {
        const msh_mime_param *q = &p->rows[i];
        if (q->pieces || !msh_view_eq_nocase(q->name, key))
            continue;
        if (seen++ == n) {
            put_piece(q, true, out, cs);
            return true;
        }
    }
    const msh_mime_param *q = next_piece(p, key, -1);
    if (seen != n || !q)
        return false;
    for (bool first = true; q; first = false) {
        put_piece(q, first, out, cs);
        q = next_piece(p, key, q->index);
    }
    return true;
}
