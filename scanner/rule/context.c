/* context.c: what stands around a hit: its line, quotation marks, words nearby; and how a hit is
 * shown.
 *
 * Every search is bounded by characters or by the line, and lines are looked at in at most
 * LINE_REACH bytes to either side, so that a line of a megabyte with many hits stays linear. */
#define _GNU_SOURCE
#include "rule/kind.h"

#include "base/view.h"

#include <string.h>

enum { LINE_REACH = 2048, EXCERPT_CHARS = 20 };

/* The part of the line around [start, end) that is near enough to be looked at. */
static void near_line(msh_view text, size_t start, size_t end, size_t *from, size_t *to)
{
    size_t low = start > LINE_REACH ? start - LINE_REACH : 0;
    size_t high = text.len - end > LINE_REACH ? end + LINE_REACH : text.len;
    const uint8_t *before = start > low ? memrchr(text.data + low, '\n', start - low) : NULL;
    *from = before ? (size_t)(before - text.data) + 1 : low;
    const uint8_t *after = end < high ? memchr(text.data + end, '\n', high - end) : NULL;
    *to = after ? (size_t)(after - text.data) : high;
    while (*from < start && (text.data[*from] & 0xc0) == 0x80)
        (*from)++;
    while (*to > end && *to < text.len && (text.data[*to] & 0xc0) == 0x80)
        (*to)--;
}

void msh_line_at(msh_view text, size_t at, size_t *start, size_t *end)
{
    if (at > text.len)
        at = text.len;
    near_line(text, at, at, start, end);
}

size_t msh_line_number(msh_view text, size_t at)
{
    size_t lines = 0;
    if (at > text.len)
        at = text.len;
    for (size_t i = 0; i < at; i++)
        lines += text.data[i] == '\n';
    return lines;
}

static bool clip(msh_view text, size_t *start, size_t *end)
{
    if (*end > text.len)
        *end = text.len;
    if (*start > *end)
        *start = *end;
    return text.len > 0;
}

static size_t count_of(msh_view text, const char *mark)
{
    msh_view m = msh_view_str(mark);
    size_t n = 0;
    for (size_t at = 0; (at = msh_view_find(text, m, at)) != SIZE_MAX; at += m.len)
        n++;
    return n;
}

/* Last place of `mark` in text, SIZE_MAX when there is none. */
static size_t last_of(msh_view text, const char *mark)
{
    msh_view m = msh_view_str(mark);
    for (size_t at = text.len; at-- > 0;)
        if (text.data[at] == m.data[0] && msh_view_starts(msh_view_cut(text, at, m.len), m))
            return at;
    return SIZE_MAX;
}

bool msh_is_quoted(msh_view text, size_t start, size_t end)
{
    static const struct {
        const char *open, *close;
    } pairs[] = {{"“", "”"}, {"‘", "’"}, {"「", "」"}, {"『", "』"}, {"《", "》"}, {"〈", "〉"}};
    if (!clip(text, &start, &end))
        return false;
    size_t from, to;
    near_line(text, start, end, &from, &to);
    msh_view left = msh_view_cut(text, from, start - from);
    msh_view right = msh_view_cut(text, end, to - end);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t open = last_of(left, pairs[i].open);
        if (open == SIZE_MAX)
            continue;
        size_t shut = last_of(left, pairs[i].close);
        size_t close = msh_view_find(right, msh_view_str(pairs[i].close), 0);
        size_t again = msh_view_find(right, msh_view_str(pairs[i].open), 0);
        if ((shut == SIZE_MAX || shut < open) && close != SIZE_MAX && close <= again)
            return true;
    }
    return count_of(left, "\"") % 2 == 1 && msh_view_find(right, MSH_VIEW("\""), 0) != SIZE_MAX;
}

/* `n` characters back from at, forward from at. */
static size_t back(msh_view text, size_t at, size_t n)
{
    while (n > 0 && at > 0) {
        at--;
        if ((text.data[at] & 0xc0) != 0x80)
            n--;
    }
    return at;
}

static size_t forth(msh_view text, size_t at, size_t n)
{
    while (at < text.len) {
        if ((text.data[at] & 0xc0) != 0x80 && n-- == 0)
            break;
        at++;
    }
    return at;
}

static bool has_any(msh_view part, const msh_view *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (words[i].len && msh_view_find(part, words[i], 0) != SIZE_MAX)
            return true;
    return false;
}

bool msh_has_before(msh_view text, size_t start, const msh_view *words, size_t n, size_t within)
{
    size_t end = start;
    if (!clip(text, &start, &end))
        return false;
    size_t from = back(text, start, within);
    return has_any(msh_view_cut(text, from, start - from), words, n);
}

bool msh_has_near(msh_view text, size_t start, size_t end, const msh_view *words, size_t n,
                  size_t within)
{
    if (!clip(text, &start, &end))
        return false;
    size_t to = forth(text, end, within);
    return msh_has_before(text, start, words, n, within) ||
           has_any(msh_view_cut(text, end, to - end), words, n);
}

bool msh_is_alone(msh_view text, size_t start, size_t end)
{
    if (!clip(text, &start, &end))
        return false;
    while (start > 0 && text.data[start - 1] == ' ')
        start--;
    while (end < text.len && text.data[end] == ' ')
        end++;
    return (start == 0 || text.data[start - 1] == '\n' || text.data[start - 1] == '\t') &&
           (end == text.len || text.data[end] == '\n' || text.data[end] == '\t');
}

msh_view msh_mask(msh_arena *a, msh_view text, size_t head, size_t tail, const char *fill)
{
    size_t chars = 0, fill_len = strlen(fill);
    for (size_t i = 0; i < text.len; i++)
        chars += (text.data[i] & 0xc0) != 0x80;
    /* What is kept is never the whole: at least one character is hidden. */
    if (head >= chars)
        head = chars > 1 ? 1 : 0;
    if (tail + head >= chars)
        tail = 0;
    size_t shown = chars < EXCERPT_CHARS ? chars : EXCERPT_CHARS;
    if (head >= shown)
        head = shown > 1 ? 1 : 0;
    if (tail + head >= shown)
        tail = 0;
    size_t head_end = forth(text, 0, head), tail_at = back(text, text.len, tail);
    size_t hidden = shown - head - tail;
    uint8_t *out = msh_arena_alloc(a, head_end + (text.len - tail_at) + hidden * fill_len);
    if (!out)
        return (msh_view){NULL, 0};
    memcpy(out, text.data, head_end);
    size_t len = head_end;
    for (size_t i = 0; i < hidden; i++, len += fill_len)
        memcpy(out + len, fill, fill_len);
    memcpy(out + len, text.data + tail_at, text.len - tail_at);
    return (msh_view){out, len + (text.len - tail_at)};
}
