/* place.c: see place.h. Lines are counted in the bytes as they came (LF, CR LF or CR), so that the
 * number is the one an editor shows, whatever view a hit was seen in. */
#include "rule/place.h"

#include "base/view.h"

#include <string.h>

enum { COLUMN_REACH = 16384 };

static unsigned unit_of(msh_charset cs)
{
    switch (cs) {
    case MSH_CS_UTF16LE:
    case MSH_CS_UTF16BE:
        return 2;
    case MSH_CS_UTF32LE:
    case MSH_CS_UTF32BE:
        return 4;
    default:
        return 1;
    }
}

static uint32_t unit_at(const msh_match_text *t, size_t at, unsigned unit)
{
    uint32_t v = 0;
    bool little = t->charset == MSH_CS_UTF16LE || t->charset == MSH_CS_UTF32LE;
    for (unsigned i = 0; i < unit; i++) {
        uint8_t byte = at + i < t->bytes.len ? t->bytes.data[at + i] : 0;
        v = little ? v | (uint32_t)byte << (8 * i) : v << 8 | byte;
    }
    return v;
}

/* Line ends of UTF-16 before `at`, from p->line_at on. Most units are looked at by one byte. */
static void find_line_wide(msh_placer *p, size_t at)
{
    const msh_match_text *t = p->text;
    const uint8_t *d = t->bytes.data;
    size_t high = t->charset == MSH_CS_UTF16LE, len = t->bytes.len, i = p->line_at;
    for (; i + 2 <= at; i += 2) {
        uint8_t c = d[i + !high];
        if ((c != '\n' && c != '\r') || d[i + high] != 0)
            continue;
        bool lf_follows = i + 4 <= len && d[i + 2 + high] == 0 && d[i + 2 + !high] == '\n';
        if (c == '\r' && lf_follows)
            continue;
        p->line_number++;
        p->line_start = i + 2;
    }
    p->line_at = i;
}

static bool ends_line(const msh_match_text *t, size_t at, unsigned unit)
{
    uint32_t c = unit_at(t, at, unit);
    return c == '\n' || (c == '\r' && unit_at(t, at + unit, unit) != '\n');
}

void msh_placer_begin(msh_placer *p, const msh_match_text *t)
{
    *p = (msh_placer){.text = t, .line_number = t->place.line ? t->place.line : 1};
    p->any_cr = t->bytes.len && memchr(t->bytes.data, '\r', t->bytes.len);
    for (size_t i = 0; i < t->n_anchors && !p->any_page; i++)
        p->any_page = t->anchors[i].page != 0;
}

/* Bring the line up to the one that holds `at`. */
static void find_line(msh_placer *p, size_t at)
{
    const msh_match_text *t = p->text;
    unsigned unit = unit_of(t->charset);
    if (at < p->line_at) {
        p->line_at = p->line_start = 0;
        p->line_number = t->place.line ? t->place.line : 1;
    }
    size_t i = p->line_at;
    if (unit == 2) {
        find_line_wide(p, at);
        return;
    }
    if (unit == 1 && !p->any_cr) {
        const uint8_t *d = t->bytes.data, *end;
        for (; i < at && (end = memchr(d + i, '\n', at - i)); i = p->line_start) {
            p->line_number++;
            p->line_start = (size_t)(end - d) + 1;
        }
        i = at;
    } else {
        for (; i + unit <= at; i += unit)
            if (ends_line(t, i, unit)) {
                p->line_number++;
                p->line_start = i + unit;
            }
    }
    p->line_at = i;
}

/* Counted on from the last place asked for when that is in the same line. */
static uint32_t column_of(msh_placer *p, size_t at)
{
    const msh_match_text *t = p->text;
    if (at - p->line_start > COLUMN_REACH)
        return 0;
    if (p->column_at < p->line_start || p->column_at > at || p->column == 0) {
        p->column_at = p->line_start;
        p->column = 1;
    }
    size_t i = p->column_at;
    if (t->charset == MSH_CS_UTF8) {
        for (; i < at; i++)
            p->column += (t->bytes.data[i] & 0xc0) != 0x80;
        p->column_at = at;
        return p->column;
    }
    while (i < at) {
        if (t->bytes.data[i] < 0x80 && t->charset == MSH_CS_GB18030)
            i++;
        else
            i += msh_charset_next(t->charset, msh_view_cut(t->bytes, i, 16)).len;
        p->column++;
    }
    p->column_at = i;
    return p->column;
}

uint64_t msh_place_offset(const msh_match_text *t, size_t at)
{
    if (t->map)
        return msh_map_source(t->map, at);
    return t->place.offset == MSH_NO_POSITION ? MSH_NO_POSITION : t->place.offset + at;
}

/* The last anchor at or before `at`. */
static size_t anchor_before(const msh_match_text *t, size_t at)
{
    size_t low = 0, high = t->n_anchors;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (t->anchors[mid].at <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low; /* anchors[low - 1], if any */
}

static void anchored(const msh_placer *p, size_t at, msh_place *out)
{
    const msh_match_text *t = p->text;
    size_t n = anchor_before(t, at);
    bool page = !p->any_page, row = false, col = false;
    for (size_t i = n; i-- > 0 && !(page && row && col);) {
        const msh_match_anchor *a = &t->anchors[i];
        if (!page && a->page) {
            out->page = a->page;
            page = true;
        }
        /* Cells are looked for in the nearest anchors only: each names row and column. */
        if (!row && a->cell_row) {
            out->cell_row = a->cell_row;
            row = true;
        }
        if (!col && a->cell_col) {
            out->cell_col = a->cell_col;
            col = true;
        }
        if (n - i > 64)
            row = col = true;
    }
}

msh_place msh_place_at(msh_placer *p, size_t at)
{
    const msh_match_text *t = p->text;
    msh_place out = t->place;
    if (at > t->bytes.len)
        at = t->bytes.len;
    find_line(p, at);
    out.line = p->line_number;
    out.column = column_of(p, at);
    out.offset = msh_place_offset(t, at);
    if (t->n_anchors)
        anchored(p, at, &out);
    return out;
}
