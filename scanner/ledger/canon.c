/* canon.c: one pass over canonical JSON (RFC 8785; integers only, in [0, 2^53)). Refuses white
 * space, escapes that are not the shortest, keys out of order or twice, U+0000, depth over 64. */
#include "ledger/canon.h"

#include "base/view.h"

enum { MAX_DEPTH = 64 };
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

/* Whether eight bytes hold neither quote nor backslash nor control: most of a string does not. */
static bool is_plain(const uint8_t *p)
{
    const uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
    uint64_t x;
    memcpy(&x, p, 8);
    uint64_t quote = x ^ (ones * '"'), slash = x ^ (ones * '\\');
    uint64_t found =
        ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((x - ones * 0x20) & ~x);
    return (found & tops) == 0;
}

static size_t string(msh_view v, size_t at)
{
    if (!is_at(v, at, '"'))
        return BAD;
    for (at++; at < v.len; at++) {
        while (v.len - at >= 8 && is_plain(v.data + at))
            at += 8;
        if (at == v.len)
            return BAD;
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

/* The next byte of a key as it reads without escapes, -1 at its end. Only controls, quote and
 * backslash can be escaped, so an escape is one byte. */
static int key_byte(msh_view raw, size_t *at)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    if (*at == raw.len)
        return -1;
    uint8_t c = raw.data[(*at)++];
    if (c != '\\')
        return c;
    c = raw.data[(*at)++];
    if (c == 'u') {
        uint8_t high = raw.data[*at + 2], low = raw.data[*at + 3];
        *at += 4;
        return (high - '0') * 16 + (low <= '9' ? low - '0' : low - 'a' + 10);
    }
    const char *p = memchr(from, c, sizeof from - 1);
    return p ? to[p - from] : c;
}

/* Order of UTF-16 code units, see msh_json_key_cmp. */
static bool key_follows(msh_view before, msh_view key)
{
    size_t i = 0, k = 0, least = before.len < key.len ? before.len : key.len;
    int x, y;
    while (i < least && before.data[i] == key.data[i] && key.data[i] != '\\')
        i++;
    k = i; /* the same so far, without escapes */
    do {
        x = key_byte(before, &i);
        y = key_byte(key, &k);
    } while (x == y && x >= 0);
    if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
        return x >= 0xf0;
    return x < y;
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
