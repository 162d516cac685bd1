/* json.c: a strict JSON reader (RFC 8259, stricter where the audit log wants it).
 *
 * Refuses: bytes that are not UTF-8, duplicate keys, U+0000, lone surrogates, raw controls in
 * strings, more than 64 levels, anything before or after the one value. */
#include "base/json.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum { MAX_DEPTH = 64, FEW_KEYS = 8 };

typedef struct reader {
    msh_arena *arena;
    msh_view in;
    size_t at;
    unsigned flags;
    unsigned depth;
    msh_error *why;
} reader;

static msh_err bad(reader *r, const char *what)
{
    return msh_fail_at(r->why, MSH_E_SYNTAX, r->at, "JSON: %s (byte %zu)", what, r->at);
}

static msh_err no_memory(reader *r)
{
    return msh_fail(r->why, MSH_E_MEMORY, "JSON: out of memory");
}

static int peek(const reader *r)
{
    return r->at < r->in.len ? r->in.data[r->at] : -1;
}

static void skip_space(reader *r)
{
    for (int c = peek(r); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(r))
        r->at++;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Four hex digits at `at`; -1 when they are not. */
static int32_t hex4(const reader *r, size_t at)
{
    uint32_t v = 0;
    if (at > r->in.len || r->in.len - at < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = r->in.data[at + i];
        uint32_t d = is_digit(c)            ? c - 48u
                     : c >= 'a' && c <= 'f' ? c - 87u
                     : c >= 'A' && c <= 'F' ? c - 55u
                                            : 16u;
        if (d > 15)
            return -1;
        v = v << 4 | d;
    }
    return (int32_t)v;
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* \uXXXX, and the second half of a pair; r->at stands on the 'u'. */
static msh_err read_u(reader *r, uint8_t *out, size_t *n)
{
    int32_t c = hex4(r, r->at + 1);
    if (c < 0)
        return bad(r, "bad \\u escape");
    if (c == 0)
        return bad(r, "U+0000 in a string");
    r->at += 5;
    if (c >= 0xdc00 && c <= 0xdfff)
        return bad(r, "lone surrogate");
    if (c >= 0xd800 && c <= 0xdbff) {
        int32_t low = -1;
        if (r->in.len - r->at >= 6 && r->in.data[r->at] == '\\' && r->in.data[r->at + 1] == 'u')
            low = hex4(r, r->at + 2);
        if (low < 0xdc00 || low > 0xdfff)
            return bad(r, "lone surrogate");
        r->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *n += put_utf8(out + *n, (uint32_t)c);
    return MSH_OK;
}

/* What follows a backslash; r->at stands on it. An escape never decodes to more bytes than it has.
 */
static msh_err read_escape(reader *r, uint8_t *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    if (c == 'u')
        return read_u(r, out, n);
    for (size_t i = 0; from[i]; i++) {
        if (c != from[i])
            continue;
        out[(*n)++] = (uint8_t)to[i];
        r->at++;
        return MSH_OK;
    }
    return bad(r, "bad escape");
}

/* Length of the string's source up to its closing quote; SIZE_MAX when it has none. */
static size_t string_source(const reader *r)
{
    size_t i = r->at;
    while (i < r->in.len && r->in.data[i] != '"')
        i += r->in.data[i] == '\\' ? 2 : 1;
    return i < r->in.len ? i - r->at : SIZE_MAX;
}

static msh_err read_string(reader *r, msh_view *text)
{
    if (peek(r) != '"')
        return bad(r, "a string is expected");
    r->at++;
    size_t source = string_source(r);
    if (source == SIZE_MAX)
        return bad(r, "a string without end");
    uint8_t *out = msh_arena_alloc(r->arena, source + 1);
    if (!out)
        return no_memory(r);
    size_t n = 0;
    for (int c = peek(r); c != '"'; c = peek(r)) {
        if (c < 0x20)
            return bad(r, "a control character in a string");
        r->at++;
        if (c == '\\')
            MSH_TRY(read_escape(r, out, &n));
        else
            out[n++] = (uint8_t)c;
    }
    r->at++;
    out[n] = 0;
    *text = msh_view_of(out, n);
    return MSH_OK;
}

/* The exact value of an integer literal, when int64_t holds it. */
static bool int_value(msh_view t, int64_t *out)
{
    bool minus = t.data[0] == '-';
    int64_t v = 0;
    for (size_t i = minus; i < t.len; i++) {
        if (!is_digit(t.data[i]) || __builtin_mul_overflow(v, (int64_t)10, &v) ||
            __builtin_sub_overflow(v, (int64_t)(t.data[i] - '0'), &v))
            return false;
    }
    if (!minus && v == INT64_MIN)
        return false;
    *out = minus ? v : -v;
    return true;
}

static msh_err digits(reader *r)
{
    if (!is_digit(peek(r)))
        return bad(r, "a digit is expected");
    while (is_digit(peek(r)))
        r->at++;
    return MSH_OK;
}

static msh_err read_number(reader *r, msh_json *j)
{
    size_t from = r->at;
    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else
        MSH_TRY(digits(r));
    if (peek(r) == '.') {
        r->at++;
        MSH_TRY(digits(r));
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        MSH_TRY(digits(r));
    }
    msh_view t = msh_view_cut(r->in, from, r->at - from);
    j->type = MSH_JSON_NUMBER;
    j->is_int = int_value(t, &j->integer);
    if ((r->flags & MSH_JSON_LOG) &&
        (!j->is_int || t.data[0] == '-' || j->integer >= (int64_t)1 << 53)) {
        r->at = from;
        return bad(r, "only integers from 0 to 2^53-1 are allowed");
    }
    j->text = msh_arena_copy(r->arena, t);
    return j->text.data ? MSH_OK : no_memory(r);
}

static msh_err read_word(reader *r, msh_json *j)
{
    static const struct {
        const char *word;
        msh_json_type type;
    } words[] = {{"true", MSH_JSON_TRUE}, {"false", MSH_JSON_FALSE}, {"null", MSH_JSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        msh_view w = msh_view_str(words[i].word);
        if (!msh_view_eq(msh_view_cut(r->in, r->at, w.len), w))
            continue;
        r->at += w.len;
        j->type = words[i].type;
        return MSH_OK;
    }
    return bad(r, "a value is expected");
}

static int by_key(const void *a, const void *b)
{
    const msh_json *const *x = a, *const *y = b;
    return msh_view_cmp((*x)->key, (*y)->key);
}

/* Few keys are compared pair by pair, many are sorted: never quadratic. */
static msh_err check_keys(reader *r, msh_json *object, size_t n)
{
    if (n <= FEW_KEYS) {
        for (msh_json *a = object->child; a; a = a->next)
            for (msh_json *b = a->next; b; b = b->next)
                if (msh_view_eq(a->key, b->key))
                    return bad(r, "a key stands twice in an object");
        return MSH_OK;
    }
    size_t total, i = 0;
    msh_json **rows = msh_mul_size(n, sizeof *rows, &total) ? msh_alloc(total) : NULL;
    if (!rows)
        return no_memory(r);
    for (msh_json *m = object->child; m; m = m->next)
        rows[i++] = m;
    qsort(rows, n, sizeof *rows, by_key);
    msh_err err = MSH_OK;
    for (i = 1; i < n && err == MSH_OK; i++)
        if (msh_view_eq(rows[i - 1]->key, rows[i]->key))
            err = bad(r, "a key stands twice in an object");
    msh_free(rows);
    return err;
}

static msh_err read_value(reader *r, msh_json *j);

static msh_err read_member(reader *r, msh_json_type type, msh_json **out)
{
    msh_json *m = msh_arena_calloc(r->arena, 1, sizeof *m);
    if (!m)
        return no_memory(r);
    skip_space(r);
    if (type == MSH_JSON_OBJECT) {
        MSH_TRY(read_string(r, &m->key));
        skip_space(r);
        if (peek(r) != ':')
            return bad(r, "':' is expected");
        r->at++;
    }
    MSH_TRY(read_value(r, m));
    skip_space(r);
    *out = m;
    return MSH_OK;
}

static msh_err read_container(reader *r, msh_json *j, msh_json_type type)
{
    const int close = type == MSH_JSON_OBJECT ? '}' : ']';
    size_t n = 0;
    j->type = type;
    if (r->depth >= MAX_DEPTH)
        return bad(r, "nested too deep");
    r->at++;
    r->depth++;
    skip_space(r);
    msh_json **link = &j->child;
    bool more = peek(r) != close;
    while (more) {
        MSH_TRY(read_member(r, type, link));
        link = &(*link)->next;
        n++;
        more = peek(r) == ',';
        if (more)
            r->at++;
    }
    if (peek(r) != close)
        return bad(r, "',' or a closing bracket is expected");
    r->at++;
    r->depth--;
    return type == MSH_JSON_OBJECT ? check_keys(r, j, n) : MSH_OK;
}

/* Recursion is bounded by MAX_DEPTH. */
static msh_err read_value(reader *r, msh_json *j)
{
    skip_space(r);
    int c = peek(r);
    if (c == '{')
        return read_container(r, j, MSH_JSON_OBJECT);
    if (c == '[')
        return read_container(r, j, MSH_JSON_ARRAY);
    if (c == '"') {
        j->type = MSH_JSON_STRING;
        return read_string(r, &j->text);
    }
    if (c == '-' || is_digit(c))
        return read_number(r, j);
    return read_word(r, j);
}

msh_err msh_json_read(msh_arena *a, msh_view in, unsigned flags, msh_json **out, msh_error *why)
{
    reader r = {.arena = a, .in = in, .flags = flags, .why = why};
    *out = NULL;
    if (!msh_view_is_utf8(in))
        return msh_fail(why, MSH_E_SYNTAX, "JSON: not UTF-8");
    msh_json *j = msh_arena_calloc(a, 1, sizeof *j);
    if (!j)
        return no_memory(&r);
    MSH_TRY(read_value(&r, j));
    skip_space(&r);
    if (r.at != in.len)
        return bad(&r, "something follows the value");
    *out = j;
    return MSH_OK;
}

const msh_json *msh_json_get(const msh_json *j, const char *key)
{
    if (!j || j->type != MSH_JSON_OBJECT)
        return NULL;
    for (const msh_json *m = j->child; m; m = m->next)
        if (msh_view_eq_str(m->key, key))
            return m;
    return NULL;
}

msh_view msh_json_text(const msh_json *j)
{
    return j && j->type == MSH_JSON_STRING ? j->text : (msh_view){NULL, 0};
}

int64_t msh_json_int(const msh_json *j, int64_t dflt)
{
    return j && j->type == MSH_JSON_NUMBER && j->is_int ? j->integer : dflt;
}
