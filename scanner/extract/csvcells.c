/* csvcells.c: where cells begin in comma-separated text (see csvcells.h). */
#include "extract/csvcells.h"

#include "base/view.h"

enum {
    FIRST_LINE = 4096,
    QUOTED_LINES = 64 /* a quote that is not closed for so long does not open a cell */
};

/* What stands most often in the first line, outside quotes. */
static uint8_t guess_separator(msh_view head)
{
    static const uint8_t candidates[] = {',', ';', '\t', '|'};
    size_t count[sizeof candidates] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < head.len && i < FIRST_LINE && (quoted || head.data[i] != '\n'); i++) {
        quoted ^= head.data[i] == '"';
        for (size_t k = 0; k < sizeof candidates && !quoted; k++)
            count[k] += head.data[i] == candidates[k];
    }
    for (size_t k = 1; k < sizeof candidates; k++)
        if (count[k] > count[best])
            best = k;
    return count[best] ? candidates[best] : ',';
}

msh_csv_cursor msh_csv_cells_begin(const msh_doc *doc)
{
    msh_csv_cursor c = {.row = 1, .col = 1, .begins = true};
    if (msh_view_ends_nocase(doc->name, MSH_VIEW(".csv")))
        c.separator = guess_separator(doc->head);
    else if (msh_view_ends_nocase(doc->name, MSH_VIEW(".tsv")) ||
             msh_view_ends_nocase(doc->name, MSH_VIEW(".tab")))
        c.separator = '\t';
    return c;
}

static void put(const msh_csv_cursor *c, size_t at, msh_anchor *out, size_t room, size_t *n)
{
    if (out && *n < room)
        out[*n] = (msh_anchor){.at = at, .cell_row = c->row, .cell_col = c->col};
    (*n)++;
}

/* One byte inside quotes; false when it stands behind them. Two quotes are one. */
static bool step_quoted(msh_csv_cursor *c, uint8_t b)
{
    if (c->quote && b != '"') {
        c->quoted = false;
        return false;
    }
    c->quote = !c->quote && b == '"';
    c->lines += b == '\n';
    if (c->lines > QUOTED_LINES)
        c->quoted = false;
    return true;
}

size_t msh_csv_cells(msh_csv_cursor *c, msh_view v, msh_anchor *out, size_t room)
{
    size_t n = 0;
    if (v.len)
        put(c, 0, out, room, &n);
    for (size_t i = 0; i < v.len; i++) {
        uint8_t b = v.data[i];
        if (c->quoted && step_quoted(c, b))
            continue;
        if (c->begins && b == '"') {
            c->quoted = true;
            c->quote = false;
            c->lines = 0;
        }
        c->begins = b == c->separator || b == '\n';
        if (!c->begins)
            continue;
        c->col = b == '\n' ? 1 : c->col + 1;
        c->row += b == '\n';
        if (i + 1 < v.len)
            put(c, i + 1, out, room, &n);
    }
    return n;
}
