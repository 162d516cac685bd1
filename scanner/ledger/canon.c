/* canon.c: one pass over canonical JSON (RFC 8785; integers only, in [0, 2^53)). Refuses white
 * space, escapes that are not the shortest, keys out of order or twice, U+0000, depth over 64. */
#include "ledger/canon.h"

#include "base/json.h"
#include "base/view.h"

enum { MAX_DEPTH = 64, KEY_MAX = 1024 };
#define BAD SIZE_MAX

static size_t value(msh_view v, size_t at, unsigned depth);

static bool is_at(msh_view v, size_t at, uint8_t c)
{
    return at < v.len && v.data[at] == c;
}

/* The escape whose backslash stands at `at`: the one form RFC 8785 writes. */
static size_t escape(msh_view v, size_t at)
{
    static const char shorts[] = "\"\\bfnrt";
    if (at + 1 >= v.len)
        return BAD;
    uint8_t c = v.data[at + 1];
    for (size_t i = 0; shorts[i]; i++)
        if (c == (uint8_t)shorts[i])
            return at + 2;
    if (c != 'u' || v.len - at < 6 || v.data[at + 2] != '0' || v.data[at + 3] != '0')
        return BAD;
    uint8_t high = v.data[at + 4], low = v.data[at + 5];
    bool digit = low >= '0' && low <= '9', letter = low >= 'a' && low <= 'f';
    if ((high != '0' && high != '1') || (!digit && !letter))
        return BAD;
    unsigned code = (unsigned)(high - '0') * 16 + (unsigned)(digit ? low - '0' : low - 'a' + 10);
    bool has_short = code == 8 || code == 9 || code == 10 || code == 12 || code == 13;
    return code == 0 || has_short ? BAD : at + 6;
}

static size_t string(msh_view v, size_t at)
{
    if (!is_at(v, at, '"'))
        return BAD;
    for (at++; at < v.len; at++) {
        uint8_t c = v.data[at];
        if (c == '"')
            return at + 1;
        if (c < 0x20)
            return BAD;
        if (c == '\\') {
            at = escape(v, at);
            if (at == BAD)
                return BAD;
            at--;
        }
    }
    return BAD;
}

static size_t number(msh_view v, size_t at)
{
    uint64_t n = 0;
    size_t from = at;
    for (; at < v.len && v.data[at] >= '0' && v.data[at] <= '9'; at++) {
        n = n * 10 + (uint64_t)(v.data[at] - '0');
        if (n >= 1ull << 53)
            return BAD;
    }
    bool leading_zero = at - from > 1 && v.data[from] == '0';
    return at == from || leading_zero ? BAD : at;
}

static size_t word(msh_view v, size_t at)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++) {
        msh_view w = msh_view_str(words[i]);
        if (msh_view_eq(msh_view_cut(v, at, w.len), w))
            return at + w.len;
    }
    return BAD;
}

/* A key as its characters; only escapes for controls, quote and backslash can stand in it. */
static bool plain_key(msh_view raw, uint8_t *room, msh_view *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    if (raw.len == 0 || !memchr(raw.data, '\\', raw.len)) {
        *out = raw;
        return true;
    }
    size_t n = 0;
    if (raw.len > KEY_MAX)
        return false;
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t c = raw.data[i];
        if (c == '\\' && raw.data[i + 1] == 'u') {
            uint8_t low = raw.data[i + 5];
            c = (uint8_t)((raw.data[i + 4] - '0') * 16 + (low <= '9' ? low - '0' : low - 'a' + 10));
            i += 5;
        } else if (c == '\\') {
            c = raw.data[++i];
            const char *p = strchr(from, c);
            c = p ? (uint8_t)to[p - from] : c;
        }
        room[n++] = c;
    }
    *out = msh_view_of(room, n);
    return true;
}

static bool key_follows(msh_view before, msh_view key)
{
    uint8_t rooms[2][KEY_MAX];
    msh_view a, b;
    return plain_key(before, rooms[0], &a) && plain_key(key, rooms[1], &b) &&
           msh_json_key_cmp(a, b) < 0;
}

/* One member; *key is its key as written, to compare with the one before. */
static size_t member(msh_view v, size_t at, unsigned depth, msh_view *key)
{
    size_t end = string(v, at);
    if (end == BAD || !is_at(v, end, ':'))
        return BAD;
    msh_view raw = msh_view_cut(v, at + 1, end - at - 2);
    if (key->data && !key_follows(*key, raw))
        return BAD;
    *key = raw;
    return value(v, end + 1, depth);
}

static size_t container(msh_view v, size_t at, unsigned depth)
{
    const bool object = v.data[at] == '{';
    const uint8_t close = object ? '}' : ']';
    msh_view key = {NULL, 0};
    if (depth == MAX_DEPTH)
        return BAD;
    at++;
    if (is_at(v, at, close))
        return at + 1;
    for (;;) {
        at = object ? member(v, at, depth + 1, &key) : value(v, at, depth + 1);
        if (at == BAD)
            return BAD;
        if (is_at(v, at, close))
            return at + 1;
        if (!is_at(v, at, ','))
            return BAD;
        at++;
    }
}

/* Recursion is bounded by MAX_DEPTH. */
static size_t value(msh_view v, size_t at, unsigned depth)
{
    if (at >= v.len)
        return BAD;
    uint8_t c = v.data[at];
    if (c == '{' || c == '[')
        return container(v, at, depth);
    if (c == '"')
        return string(v, at);
    return c >= '0' && c <= '9' ? number(v, at) : word(v, at);
}

size_t msh_canon_value(msh_view v, size_t at)
{
    return value(v, at, 0);
}

bool msh_canon_is(msh_view v)
{
    return msh_view_is_utf8(v) && value(v, 0, 0) == v.len;
}
