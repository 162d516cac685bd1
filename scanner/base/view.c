/* view.c: comparison, search and UTF-8 check of borrowed bytes. */
#define _GNU_SOURCE
#include "base/view.h"

#include <string.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool msh_view_eq_nocase(msh_view a, msh_view b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

bool msh_view_ends_nocase(msh_view v, msh_view tail)
{
    return v.len >= tail.len &&
           msh_view_eq_nocase(msh_view_cut(v, v.len - tail.len, tail.len), tail);
}

size_t msh_view_find(msh_view v, msh_view needle, size_t from)
{
    if (from > v.len || needle.len > v.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    const uint8_t *p = memmem(v.data + from, v.len - from, needle.data, needle.len);
    return p ? (size_t)(p - v.data) : SIZE_MAX;
}

int msh_view_cmp(msh_view a, msh_view b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

/* Length of the well-formed sequence at p (RFC 3629 section 4), 0 when there is none. */
static size_t sequence(const uint8_t *p, size_t left)
{
    uint8_t c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* Two well-formed sequences of three bytes, the usual thing in Chinese text; those that begin with
 * E0 or ED are looked at one by one. In the first six bytes of what was read at once. */
static bool is_pair_of_three(uint64_t eight)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    unsigned first = eight & 15, second = eight >> 24 & 15;
    return (eight & 0x0000c0c0f0c0c0f0ull) == 0x00008080e08080e0ull && first && second &&
           first != 13 && second != 13;
#else
    (void)eight;
    return false;
#endif
}

bool msh_view_is_utf8(msh_view v)
{
    for (size_t i = 0; i < v.len;) {
        uint64_t eight;
        if (v.len - i >= 8) {
            memcpy(&eight, v.data + i, 8);
            if (is_pair_of_three(eight)) {
                i += 6;
                continue;
            }
            if ((eight & 0x8080808080808080ull) == 0) {
                i += 8;
                continue;
            }
        }
        size_t n = sequence(v.data + i, v.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}
