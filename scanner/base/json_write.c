/* json_write.c: JSON out: RFC 8785 canonical form for the audit log, and a writer that puts the
 * commas for reports. There are no floats: a number that is no integer of at most 53 bits makes the
 * buffer fail. */
#include "base/json.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>

int msh_json_key_cmp(msh_view a, msh_view b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;
    while (i < n && a.data[i] == b.data[i])
        i++;
    if (i == n)
        return a.len < b.len ? -1 : a.len > b.len;
    uint8_t x = a.data[i], y = b.data[i];
    /* U+10000 and up are surrogates in UTF-16 and stand before U+E000–FFFF (lead bytes EE, EF). */
    bool x_pair = x >= 0xf0, y_pair = y >= 0xf0;
    if (x_pair != y_pair && (x >= 0xee && y >= 0xee))
        return x_pair ? -1 : 1;
    return x < y ? -1 : 1;
}

void msh_json_canonical_str(msh_buf *out, msh_view v)
{
    static const char shorts[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    size_t from = 0;
    msh_buf_put_byte(out, '"');
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        msh_buf_put(out, v.data + from, i - from);
        from = i + 1;
        msh_buf_put_byte(out, '\\');
        if (c >= 0x20)
            msh_buf_put_byte(out, c);
        else if (shorts[c])
            msh_buf_put_byte(out, (uint8_t)shorts[c]);
        else
            msh_buf_printf(out, "u%04x", c);
    }
    msh_buf_put(out, v.data + from, v.len - from);
    msh_buf_put_byte(out, '"');
}

static int by_key(const void *a, const void *b)
{
    const msh_json *const *x = a, *const *y = b;
    return msh_json_key_cmp((*x)->key, (*y)->key);
}

static void put_member(msh_buf *out, const msh_json *m)
{
    msh_json_canonical_str(out, m->key);
    msh_buf_put_byte(out, ':');
    msh_json_canonical(out, m);
}

/* Members that are in order already, the common case when a log is verified, need no sorting. */
static bool in_order(const msh_json *first)
{
    for (const msh_json *m = first; m && m->next; m = m->next)
        if (msh_json_key_cmp(m->key, m->next->key) > 0)
            return false;
    return true;
}

static void put_object(msh_buf *out, const msh_json *j)
{
    size_t n = 0;
    msh_buf_put_byte(out, '{');
    if (in_order(j->child)) {
        for (const msh_json *m = j->child; m; m = m->next) {
            if (m != j->child)
                msh_buf_put_byte(out, ',');
            put_member(out, m);
        }
        msh_buf_put_byte(out, '}');
        return;
    }
    for (const msh_json *m = j->child; m; m = m->next)
        n++;
    size_t total;
    const msh_json **rows = msh_mul_size(n, sizeof *rows, &total) ? msh_alloc(total) : NULL;
    if (!rows) {
        out->err = MSH_E_MEMORY;
        return;
    }
    size_t i = 0;
    for (const msh_json *m = j->child; m; m = m->next)
        rows[i++] = m;
    qsort(rows, n, sizeof *rows, by_key);
    for (i = 0; i < n; i++) {
        if (i)
            msh_buf_put_byte(out, ',');
        put_member(out, rows[i]);
    }
    msh_free(rows);
    msh_buf_put_byte(out, '}');
}

static void put_array(msh_buf *out, const msh_json *j)
{
    msh_buf_put_byte(out, '[');
    for (const msh_json *e = j->child; e; e = e->next) {
        if (e != j->child)
            msh_buf_put_byte(out, ',');
        msh_json_canonical(out, e);
    }
    msh_buf_put_byte(out, ']');
}

static void put_number(msh_buf *out, const msh_json *j)
{
    const int64_t most = (int64_t)1 << 53;
    if (j->is_int && j->integer < most && j->integer > -most)
        msh_buf_printf(out, "%" PRId64, j->integer);
    else if (out->err == MSH_OK)
        out->err = MSH_E_UNSUPPORTED;
}

void msh_json_canonical(msh_buf *out, const msh_json *j)
{
    switch (j->type) {
    case MSH_JSON_NULL:
        msh_buf_put_str(out, "null");
        break;
    case MSH_JSON_FALSE:
        msh_buf_put_str(out, "false");
        break;
    case MSH_JSON_TRUE:
        msh_buf_put_str(out, "true");
        break;
    case MSH_JSON_NUMBER:
        put_number(out, j);
        break;
    case MSH_JSON_STRING:
        msh_json_canonical_str(out, j->text);
        break;
    case MSH_JSON_ARRAY:
        put_array(out, j);
        break;
    case MSH_JSON_OBJECT:
        put_object(out, j);
        break;
    }
}

void msh_jw_begin(msh_json_writer *w, msh_buf *out)
{
    *w = (msh_json_writer){.out = out};
}

static void before_value(msh_json_writer *w)
{
    if (w->need_comma)
        msh_buf_put_byte(w->out, ',');
    w->need_comma = true;
}

void msh_jw_open(msh_json_writer *w, char bracket)
{
    before_value(w);
    msh_buf_put_byte(w->out, (uint8_t)bracket);
    w->need_comma = false;
}

void msh_jw_close(msh_json_writer *w, char bracket)
{
    msh_buf_put_byte(w->out, (uint8_t)bracket);
    w->need_comma = true;
}

void msh_jw_key(msh_json_writer *w, const char *key)
{
    msh_jw_str(w, msh_view_str(key));
    msh_buf_put_byte(w->out, ':');
    w->need_comma = false;
}

void msh_jw_str(msh_json_writer *w, msh_view v)
{
    before_value(w);
    msh_buf_put_byte(w->out, '"');
    msh_escape_json(w->out, v);
    msh_buf_put_byte(w->out, '"');
}

void msh_jw_text(msh_json_writer *w, msh_view v)
{
    before_value(w);
    msh_buf_put_byte(w->out, '"');
    for (size_t at = 0; at < v.len;) {
        const uint8_t *nul = memchr(v.data + at, 0, v.len - at);
        size_t end = nul ? (size_t)(nul - v.data) : v.len;
        msh_escape_json(w->out, msh_view_cut(v, at, end - at));
        if (nul)
            msh_buf_put_str(w->out, "\\u0000");
        at = nul ? end + 1 : end;
    }
    msh_buf_put_byte(w->out, '"');
}

void msh_jw_int(msh_json_writer *w, int64_t v)
{
    before_value(w);
    msh_buf_printf(w->out, "%" PRId64, v);
}

void msh_jw_uint(msh_json_writer *w, uint64_t v)
{
    before_value(w);
    msh_buf_printf(w->out, "%" PRIu64, v);
}

void msh_jw_bool(msh_json_writer *w, bool v)
{
    before_value(w);
    msh_buf_put_str(w->out, v ? "true" : "false");
}

void msh_jw_null(msh_json_writer *w)
{
    before_value(w);
    msh_buf_put_str(w->out, "null");
}

void msh_jw_kstr(msh_json_writer *w, const char *key, msh_view v)
{
    msh_jw_key(w, key);
    msh_jw_str(w, v);
}

void msh_jw_kint(msh_json_writer *w, const char *key, int64_t v)
{
    msh_jw_key(w, key);
    msh_jw_int(w, v);
}

void msh_jw_kuint(msh_json_writer *w, const char *key, uint64_t v)
{
    msh_jw_key(w, key);
    msh_jw_uint(w, v);
}

void msh_jw_kbool(msh_json_writer *w, const char *key, bool v)
{
    msh_jw_key(w, key);
    msh_jw_bool(w, v);
}
