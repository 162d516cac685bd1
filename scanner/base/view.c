/* view.c: comparison, search and UTF-8 check of borrowed bytes. */
#define _GNU_SOURCE
#include "base/view.h"

#include "base/lanes.h"
#include "base/utf8_lanes.h"

#include <string.h>

enum { LONGEST_BY_ENDS = 32 }; /* longer ones could be made to cost their length each */

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

/* Sixty-four places at a time: those where the first and the last byte stand. Where it stops, the
 * rest is for memmem. A hit ends it at once. */
static size_t find_by_ends(msh_view v, msh_view needle, size_t at, bool *found)
{
    size_t last = needle.len - 1;
    for (; v.len - at >= 64 + last; at += 64) {
        uint64_t m = msh_lanes_equal(v.data + at, needle.data[0]);
        if (m)
            m &= msh_lanes_equal(v.data + at + last, needle.data[last]);
        for (; m; m &= m - 1) {
            size_t place = at + (size_t)__builtin_ctzll(m);
            if (memcmp(v.data + place, needle.data, needle.len) == 0) {
                *found = true;
                return place;
            }
        }
    }
    return at;
}

size_t msh_view_find(msh_view v, msh_view needle, size_t from)
{
    if (from > v.len || needle.len > v.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    if (needle.len <= LONGEST_BY_ENDS && v.len - from >= 64 + needle.len) {
        bool found = false;
        from = find_by_ends(v, needle, from, &found);
        if (found)
            return from;
    }
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

/* Eight sequences of three bytes, none of which begins with E0 or ED. */
static inline bool eight_of_three(const uint8_t *p)
{
    /* 15 added to the low half of a lead carries from 1 on; the same once 13 has become 0 */
    static const uint64_t half[3] = {0x000f00000f00000fu, 0x0f00000f00000f00u, 0x00000f00000f0000u};
    static const uint64_t e_d[3] = {0x000d00000d00000du, 0x0d00000d00000d00u, 0x00000d00000d0000u};
    uint64_t wrong = 0;
    if (!msh_lanes_three(p))
        return false;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t lead, carry = half[i] + (half[i] & ~(half[i] << 1)); /* bit 4 of each */
        memcpy(&lead, p + 8 * i, 8);
        lead &= half[i];
        wrong |= carry & ~((lead + half[i]) & ((lead ^ e_d[i]) + half[i]));
    }
    return wrong == 0;
}

/* Where ASCII ends. */
static size_t ascii_end(msh_view v, size_t i)
{
    while (v.len - i >= 64) {
        uint64_t high = msh_lanes_high(v.data + i);
        if (high)
            return i + (size_t)__builtin_ctzll(high);
        i += 64;
    }
    while (i < v.len && v.data[i] < 0x80)
        i++;
    return i;
}

size_t msh_view_utf8_prefix(msh_view v)
{
    size_t i = msh_utf8_lanes(v);
    while (i < v.len) {
        if (v.data[i] < 0x80)
            i = ascii_end(v, i);
        while (v.len - i >= 24 && eight_of_three(v.data + i))
            i += 24;
        for (unsigned k = 0; k < 8 && i < v.len && v.data[i] >= 0x80; k++) {
            size_t n = sequence(v.data + i, v.len - i);
            if (n == 0)
                return i;
            i += n;
        }
    }
    return i;
}

bool msh_view_is_utf8(msh_view v)
{
    return msh_view_utf8_prefix(v) == v.len;
}
