/* path.c: a strict grammar of paths. Refused is everything that two readers could take for two
 * names. */
#include "ledger/path.h"

#include "base/view.h"

/* Characters that are invisible, turn the writing direction, or may change under NFC (a table of
 * ranges that holds more than NFC_Quick_Check=No|Maybe, never less). */
static bool refused_in_path(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x0, 0x1f},        {0x5c, 0x5c},       {0x7f, 0x9f},       {0xad, 0xad},
        {0x300, 0x374},     {0x37e, 0x37e},     {0x387, 0x387},     {0x483, 0x489},
        {0x591, 0x5c7},     {0x600, 0x605},     {0x610, 0x61c},     {0x64b, 0x65f},
        {0x670, 0x670},     {0x6d6, 0x6ed},     {0x70f, 0x74a},     {0x7eb, 0x7f3},
        {0x816, 0x82d},     {0x8d3, 0x8ff},     {0x93c, 0x93c},     {0x94d, 0x954},
        {0x958, 0x95f},     {0x9bc, 0x9df},     {0xa33, 0xa3c},     {0xa59, 0xa5e},
        {0xb3c, 0xb5d},     {0xbbe, 0xbd7},     {0xcbc, 0xcd6},     {0xd3e, 0xd57},
        {0xdca, 0xddf},     {0xe38, 0xe3a},     {0xe48, 0xe4b},     {0xeb8, 0xecb},
        {0xf18, 0xfc6},     {0x102e, 0x103a},   {0x1100, 0x11ff},   {0x135d, 0x135f},
        {0x1714, 0x1734},   {0x17b4, 0x17d2},   {0x180b, 0x180e},   {0x18a9, 0x18a9},
        {0x1ab0, 0x1aff},   {0x1b34, 0x1b44},   {0x1dc0, 0x1dff},   {0x1f71, 0x1fff},
        {0x2000, 0x2001},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
        {0x20d0, 0x20ff},   {0x2126, 0x212b},   {0x2329, 0x232a},   {0x2adc, 0x2adc},
        {0x2de0, 0x2dff},   {0x302a, 0x302f},   {0x3099, 0x309a},   {0xa66f, 0xa69f},
        {0xa6f0, 0xa6f1},   {0xa806, 0xa82c},   {0xa8c4, 0xa8f1},   {0xa92b, 0xa953},
        {0xa9b3, 0xa9c0},   {0xaab0, 0xaaf6},   {0xabed, 0xabed},   {0xd800, 0xdfff},
        {0xf900, 0xfaff},   {0xfb1d, 0xfb4f},   {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},
        {0xfeff, 0xfeff},   {0xfff0, 0xffff},   {0x101fd, 0x101fd}, {0x102e0, 0x102e0},
        {0x10376, 0x1037a}, {0x10a01, 0x10a3f}, {0x10ae5, 0x10ae6}, {0x11000, 0x11fff},
        {0x13430, 0x1343f}, {0x16af0, 0x16af4}, {0x16b30, 0x16b36}, {0x1bc9e, 0x1bca3},
        {0x1d15e, 0x1d1c0}, {0x1e000, 0x1e94a}, {0x2f800, 0x2fa1f}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

static uint32_t next_char(msh_view v, size_t *at)
{
    const uint8_t *p = v.data + *at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 63u);
    *at += n;
    return c;
}

static bool part_ok(msh_view part)
{
    return part.len > 0 && !msh_view_eq_str(part, ".") && !msh_view_eq_str(part, "..");
}

bool msh_path_is_plain(msh_view path)
{
    if (!msh_view_is_utf8(path))
        return false;
    for (size_t at = 0; at < path.len;)
        if (refused_in_path(next_char(path, &at)))
            return false;
    size_t from = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.data[i] != '/')
            continue;
        if (!part_ok(msh_view_cut(path, from, i - from)))
            return false;
        from = i + 1;
    }
    return true;
}

/* Recursion is as deep as there are stars, of which more than eight fit nothing. */
static bool fits(msh_view path, msh_view pattern, unsigned stars)
{
    while (pattern.len && pattern.data[0] != '*') {
        if (!path.len || path.data[0] != pattern.data[0])
            return false;
        path = msh_view_cut(path, 1, path.len);
        pattern = msh_view_cut(pattern, 1, pattern.len);
    }
    if (!pattern.len || stars == 0)
        return !pattern.len && !path.len;
    pattern = msh_view_cut(pattern, 1, pattern.len);
    for (;; path = msh_view_cut(path, 1, path.len)) {
        if (fits(path, pattern, stars - 1))
            return true;
        if (!path.len || path.data[0] == '/')
            return false;
    }
}

bool msh_path_fits(msh_view path, msh_view pattern)
{
    return msh_view_ends(pattern, MSH_VIEW("/")) ? msh_view_starts(path, pattern)
                                                 : fits(path, pattern, 8);
}
