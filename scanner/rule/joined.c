/* joined.c: see joined.h. "机 密\n★ 10 年" is "机密★10年".
 *
 * Blanks and line ends are dropped between CJK ideographs, stars, brackets, digits and single
 * letters, as msh_fold_joined does; between two digits only a few blanks and no tabs: cells of a
 * table of numbers are not one number. Between two ideographs also the markup of plain texts goes:
 * **机**__密__ (Markdown, wikis), {机}\textbf{密} (TeX), [b]机[/b][i]密[/i] (BBCode). */
#define _GNU_SOURCE /* memrchr */
#include "rule/joined.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/sift.h"
#include "base/view.h"
#include "rule/kind.h"

#include <string.h>

enum { LONGEST_GAP = 256, LONGEST_MARKUP = 64 };

void msh_joined_init(msh_joined *j, size_t ceiling)
{
    *j = (msh_joined){.n_points = 0};
    msh_buf_init(&j->text, ceiling);
}

void msh_joined_dispose(msh_joined *j)
{
    msh_buf_dispose(&j->text);
    msh_free(j->points);
    msh_free(j->gaps);
    *j = (msh_joined){.n_points = 0};
}

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool joins_ascii(uint8_t c)
{
    return is_digit(c) || c == '*' || c == '(' || c == ')' || c == ':' || c == '[' || c == ']';
}

/* p: the three bytes of a character of three bytes. Ideographs, 〇 ★ ● — 〔〕【】. */
static bool is_joining_three(const uint8_t *p)
{
    unsigned cp = (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
    return (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) || cp == 0x2605 ||
           cp == 0x3007 || cp == 0x25cf || cp == 0x2014 || cp == 0x3014 || cp == 0x3015 ||
           cp == 0x3010 || cp == 0x3011;
}

static bool is_middle_dot(const uint8_t *p)
{
    return p[0] == 0xc2 && p[1] == 0xb7;
}

/* The character that ends before `at` joins. */
static bool joins_before(msh_view t, size_t at)
{
    uint8_t c = t.data[at - 1];
    if (c < 0x80)
        return joins_ascii(c) || (is_letter(c) && (at < 2 || !is_letter(t.data[at - 2])));
    if (at >= 3 && (t.data[at - 3] & 0xf0) == 0xe0)
        return is_joining_three(t.data + at - 3);
    if (at >= 2 && is_middle_dot(t.data + at - 2))
        return true;
    return at >= 4 && (t.data[at - 4] & 0xf8) == 0xf0 && (t.data[at - 3] & 0x30) == 0x20;
}

static bool joins_after(msh_view t, size_t at)
{
    uint8_t c = t.data[at];
    if (c < 0x80) {
        uint8_t next = t.data[at + 1];
        return joins_ascii(c) ||
               (is_letter(c) && !is_letter(next) && !is_digit(next) && next < 0x80);
    }
    if ((c & 0xf0) == 0xe0)
        return is_joining_three(t.data + at);
    if (is_middle_dot(t.data + at))
        return true;
    return c == 0xf0 && (t.data[at + 1] & 0x30) == 0x20;
}

static msh_err add_gap(msh_joined *j, size_t start, size_t end)
{
    if (j->n_gaps == j->cap_gaps) {
        size_t cap = j->cap_gaps ? j->cap_gaps * 2 : 64;
        msh_gap *gaps = msh_realloc(j->gaps, cap * sizeof *gaps);
        if (!gaps)
            return MSH_E_MEMORY;
        j->gaps = gaps;
        j->cap_gaps = cap;
    }
    j->gaps[j->n_gaps++] = (msh_gap){(uint32_t)start, (uint32_t)end};
    return MSH_OK;
}

static bool is_gap(msh_view t, size_t start, size_t end)
{
    if (end >= t.len || end - start > LONGEST_GAP || !joins_before(t, start) ||
        !joins_after(t, end))
        return false;
    if (is_digit(t.data[start - 1]) && is_digit(t.data[end]))
        return end - start <= 3 && !memchr(t.data + start, '\t', end - start);
    return true;
}

/* A blank at `at`: the gap that it begins, if any. Returns where to go on. */
static msh_err blank_at(msh_joined *j, msh_view t, size_t at, size_t *next)
{
    size_t end = at;
    while (end < t.len && is_blank(t.data[end]))
        end++;
    *next = end;
    return at > 0 && is_gap(t, at, end) ? add_gap(j, at, end) : MSH_OK;
}

/* Whether no run of blanks behind this byte is a gap. Letters need a look at what is before them.
 */
static inline bool never_joins(uint8_t c)
{
    return c < 0x80 && !joins_ascii(c) && !is_letter(c);
}

/* Behind "[/color]", "[b]", "[url=…]" at `at`; `at` when it is none. */
static size_t pass_tag(msh_view t, size_t at, size_t most)
{
    size_t end = at + 1 + (t.data[at + 1] == '/');
    if (!is_letter(t.data[end]))
        return at;
    while (end < most && t.data[end] != ']' && t.data[end] < 0x80)
        end++;
    return end < most && t.data[end] == ']' ? end + 1 : at;
}

static size_t pass_command(msh_view t, size_t at, size_t most)
{
    size_t end = at + 1;
    while (end < most && is_letter(t.data[end]))
        end++;
    return end > at + 1 ? end : at;
}

/* Markup between two ideographs; where it ends, `at` when it is something else. */
static size_t pass_markup(msh_view t, size_t at)
{
    size_t most = t.len - at > LONGEST_MARKUP ? at + LONGEST_MARKUP : t.len, end = at;
    for (size_t next = end; end < most; end = next) {
        uint8_t c = t.data[end];
        if (c == '[')
            next = pass_tag(t, end, most);
        else if (c == '\\')
            next = pass_command(t, end, most);
        else if (c && strchr("*_`~{} \n", c))
            next = end + 1;
        if (next == end)
            break;
    }
    bool between = end < t.len && t.data[end] >= 0xe2 && t.data[end] < 0xf0 &&
                   is_joining_three(t.data + end) && is_joining_three(t.data + at - 3);
    return between ? end : at;
}

static msh_err markup_at(msh_joined *j, msh_view t, size_t at, size_t *done)
{
    size_t end = at >= 3 && (t.data[at - 3] & 0xf0) == 0xe0 ? pass_markup(t, at) : at;
    if (end == at)
        return MSH_OK;
    *done = end;
    return add_gap(j, at, end);
}

/* ' ' \t \n \v \f \r */
static const msh_sift_set blanks = {
    .low = {[0] = 4, [9] = 1, [0xa] = 1, [0xb] = 1, [0xc] = 1, [0xd] = 1}};
/* What pass_markup passes: * [ \ ] ^ _ ` { | } ~ */
static const msh_sift_set markup = {
    .low = {[0] = 64, [0xa] = 4, [0xb] = 160, [0xc] = 160, [0xd] = 160, [0xe] = 160, [0xf] = 32}};

/* What may begin a gap in sixty-four bytes from `block` on. */
static msh_err find_in_block(msh_joined *j, msh_view t, size_t block, uint64_t starts,
                             uint64_t marks, size_t *done)
{
    for (starts |= marks; starts; starts &= starts - 1) {
        size_t at = block + (size_t)__builtin_ctzll(starts);
        if (at < *done)
            continue;
        if (marks >> (at - block) & 1)
            MSH_TRY(markup_at(j, t, at, done));
        else if (!never_joins(t.data[at - 1]))
            MSH_TRY(blank_at(j, t, at, done));
    }
    return MSH_OK;
}

/* Runs of blanks begin where a blank follows something else; markup where it follows something past
 * ASCII. */
static msh_err find_gaps(msh_joined *j, msh_view t)
{
    j->n_gaps = 0;
    size_t done = 0;
    bool before = true, high_before = false; /* of the byte before the block */
    for (size_t part = 0; part < t.len; part += MSH_SIFT_BYTES) {
        msh_sifted s;
        unsigned n = msh_sift_two(&blanks, &markup, t, part, &s);
        for (unsigned i = 0; i < n; i++) {
            uint64_t starts = s.a[i] & ~(s.a[i] << 1 | before);
            uint64_t marks = s.b[i] & (s.high[i] << 1 | high_before);
            before = s.a[i] >> 63;
            high_before = s.high[i] >> 63;
            if (starts | marks)
                MSH_TRY(find_in_block(j, t, part + (size_t)i * 64, starts, marks, &done));
        }
    }
    return MSH_OK;
}

static msh_err add_point(msh_joined *j, size_t in)
{
    if (j->n_points == j->cap_points) {
        size_t cap = j->cap_points ? j->cap_points * 2 : 64;
        msh_map_point *points = msh_realloc(j->points, cap * sizeof *points);
        if (!points)
            return MSH_E_MEMORY;
        j->points = points;
        j->cap_points = cap;
    }
    j->points[j->n_points++] = (msh_map_point){j->text.len, in};
    return MSH_OK;
}

/* Where the piece around a gap begins: its line, or `reach` bytes before with *cut. */
static size_t piece_start(msh_view t, size_t gap, size_t reach, bool *cut)
{
    size_t low = gap > reach ? gap - reach : 0;
    const uint8_t *end = memrchr(t.data + low, '\n', gap - low);
    size_t at = end ? (size_t)(end - t.data) + 1 : low;
    *cut = at > 0 && t.data[at - 1] != '\n';
    while (*cut && at < gap && (t.data[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static size_t piece_end(msh_view t, size_t gap_end, size_t reach, bool *cut)
{
    size_t high = t.len - gap_end > reach ? gap_end + reach : t.len;
    const uint8_t *end = memchr(t.data + gap_end, '\n', high - gap_end);
    size_t at = end ? (size_t)(end - t.data) : high;
    *cut = at < t.len && t.data[at] != '\n';
    while (*cut && at > gap_end && (t.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static msh_err copy(msh_joined *j, msh_view t, size_t from, size_t to)
{
    MSH_TRY(add_point(j, from));
    msh_buf_put_view(&j->text, msh_view_cut(t, from, to - from));
    return MSH_OK;
}

/* One piece holds all gaps whose surroundings touch. */
static msh_err put_piece(msh_joined *j, msh_view t, size_t reach, size_t *gap)
{
    bool cut;
    size_t from = piece_start(t, j->gaps[*gap].start, reach, &cut);
    if (j->text.len)
        msh_buf_put_byte(&j->text, '\n');
    if (cut)
        msh_buf_put_byte(&j->text, MSH_CUT);
    for (size_t end = 0;; from = j->gaps[(*gap)++].end) {
        if (*gap < j->n_gaps && (end == 0 || j->gaps[*gap].start <= end + reach)) {
            MSH_TRY(copy(j, t, from, j->gaps[*gap].start));
            end = piece_end(t, j->gaps[*gap].end, reach, &cut);
            continue;
        }
        MSH_TRY(copy(j, t, from, end));
        if (cut)
            msh_buf_put_byte(&j->text, MSH_CUT);
        return msh_buf_err(&j->text);
    }
}

msh_err msh_joined_make(msh_joined *j, msh_view folded, size_t reach)
{
    static const uint8_t zeros[16];
    msh_buf_reset(&j->text);
    j->n_points = 0;
    MSH_TRY(find_gaps(j, folded));
    for (size_t gap = 0; gap < j->n_gaps;)
        MSH_TRY(put_piece(j, folded, reach, &gap));
    size_t len = j->text.len;
    msh_buf_put(&j->text, zeros, sizeof zeros);
    MSH_TRY(msh_buf_err(&j->text));
    j->text.len = len;
    j->map = (msh_map){.points = j->points, .n_points = j->n_points};
    return MSH_OK;
}
