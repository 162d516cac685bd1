/* path.c: a strict grammar of paths. Refused is everything that two readers could take for two
 * names. */
#include "ledger/path.h"

#include "base/view.h"

static bool is_bad_char(uint32_t c)
{
    return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0xad || c == '\\' ||
           (c >= 0x300 && c <= 0x36f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           (c >= 0x3099 && c <= 0x309a) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xffff) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static bool part_is_plain(msh_view part)
{
    if (part.len == 0 || msh_view_eq_str(part, ".") || msh_view_eq_str(part, ".."))
        return false;
    for (size_t i = 0; i < part.len;) {
        uint8_t c = part.data[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        uint32_t cp = n == 1 ? c : c & (0xffu >> (n + 1));
        for (size_t k = 1; k < n; k++)
            cp = cp << 6 | (part.data[i + k] & 63u);
        if (is_bad_char(cp))
            return false;
        i += n;
    }
    return true;
}

bool msh_path_is_plain(msh_view path)
{
    if (path.len == 0 || !msh_view_is_utf8(path))
        return false;
    size_t at = path.data[0] == '/' ? 1 : 0;
    while (at <= path.len) {
        size_t end = msh_view_find(path, MSH_VIEW("/"), at);
        if (end == SIZE_MAX)
            end = path.len;
        if (!part_is_plain(msh_view_cut(path, at, end - at)))
            return false;
        at = end + 1;
    }
    return true;
}
