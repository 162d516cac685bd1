/* chars.c: see chars.h. */
#include "rule/chars.h"

uint32_t msh_chars_at(msh_view t, size_t at, size_t *len)
{
    *len = 0;
    if (at >= t.len)
        return 0;
    const uint8_t *p = t.data + at;
    size_t left = t.len - at;
    *len = 1;
    if (p[0] < 0x80)
        return p[0];
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC0 ? 2 : 0;
    if (n == 0 || n > left)
        return 0xFFFD;
    uint32_t cp = p[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0xFFFD;
        cp = cp << 6 | (p[i] & 0x3Fu);
    }
    *len = n;
    return cp;
}

uint32_t msh_chars_before(msh_view t, size_t at, size_t *start)
{
    *start = at;
    if (at == 0 || at > t.len)
        return 0;
    size_t s = at - 1;
    while (s > 0 && at - s < 4 && (t.data[s] & 0xC0) == 0x80)
        s--;
    size_t len;
    uint32_t cp = msh_chars_at(t, s, &len);
    if (s + len != at) { /* a broken byte */
        *start = at - 1;
        return 0xFFFD;
    }
    *start = s;
    return cp;
}

bool msh_chars_is_cjk(uint32_t cp)
{
    return (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0x3040 && cp <= 0x312F) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x323AF) || cp == 0x3005 ||
           cp == 0x3007 || (cp >= 0xAC00 && cp <= 0xD7A3);
}

bool msh_chars_is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A);
}

bool msh_chars_is_star(uint32_t cp)
{
    return cp == 0x2605 || cp == '*' || cp == 0x2606 || cp == 0x25CF || cp == 0x2217 ||
           cp == 0xFF0A;
}

bool msh_chars_is_mask(uint32_t cp)
{
    return msh_chars_is_star(cp) || cp == 'x' || cp == 'X' || cp == 0xD7 || cp == 0x2588 ||
           cp == 0x25A0 || cp == 0x25A1 || cp == 0x25CB || cp == '#' || cp == 0x203B;
}

int msh_chars_numeral(uint32_t cp)
{
    static const struct {
        uint16_t cp;
        int8_t value;
    } numerals[] = {{0x3007, 0}, {0x96F6, 0}, {0x25CB, 0}, {0x4E00, 1}, {0x58F9, 1}, {0x5E7A, 1},
                    {0x4E8C, 2}, {0x8D30, 2}, {0x4E24, 2}, {0x4E09, 3}, {0x53C1, 3}, {0x56DB, 4},
                    {0x8086, 4}, {0x4E94, 5}, {0x4F0D, 5}, {0x516D, 6}, {0x9646, 6}, {0x4E03, 7},
                    {0x67D2, 7}, {0x516B, 8}, {0x634C, 8}, {0x4E5D, 9}, {0x7396, 9}};
    for (size_t i = 0; i < sizeof numerals / sizeof numerals[0]; i++)
        if (numerals[i].cp == cp)
            return numerals[i].value;
    return -1;
}

size_t msh_chars_skip_blanks(msh_view t, size_t at)
{
    size_t len;
    while (msh_chars_is_blank(msh_chars_at(t, at, &len)))
        at += len;
    return at;
}

size_t msh_chars_skip_blanks_back(msh_view t, size_t at, size_t floor)
{
    size_t start;
    while (at > floor && msh_chars_is_blank(msh_chars_before(t, at, &start)))
        at = start;
    return at;
}

size_t msh_chars_count(msh_view t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += (t.data[i] & 0xC0) != 0x80;
    return n;
}

bool msh_chars_any(msh_view t, size_t from, size_t to, const char *const *words)
{
    if (to > t.len)
        to = t.len;
    if (from >= to)
        return false;
    msh_view part = msh_view_cut(t, from, to - from);
    for (; *words; words++)
        if (msh_view_find(part, msh_view_str(*words), 0) != SIZE_MAX)
            return true;
    return false;
}
