/* csv.c: see csv.h. */
#include "rule/csv.h"

#include "base/view.h"

enum { LONGEST_ROW = 65536 };

/* "sep=;" in the first line: which separator is meant. */
static void read_separator(msh_csv *c)
{
    if (!msh_view_starts(c->in, MSH_VIEW("sep=")) || c->in.len < 6)
        return;
    size_t end = msh_view_find(c->in, MSH_VIEW("\n"), 0);
    if (end == SIZE_MAX || end > 6 || c->in.data[4] < ' ')
        return;
    c->separator = c->in.data[4];
    c->at = end + 1;
    c->next_line = 2;
}

void msh_csv_begin(msh_csv *c, msh_view in)
{
    if (msh_view_starts(in, MSH_VIEW("\xef\xbb\xbf")))
        in = msh_view_cut(in, 3, in.len);
    *c = (msh_csv){.in = in, .next_line = 1, .separator = ','};
    read_separator(c);
    c->first_line = c->next_line;
    msh_buf_init(&c->text, LONGEST_ROW);
}

void msh_csv_dispose(msh_csv *c)
{
    msh_buf_dispose(&c->text);
}

/* Bytes of a blank at the beginning or end: blank, CR, no-break and ideographic blank. */
static size_t blank_at(msh_view v, bool end)
{
    static const char *const blanks[] = {" ", "\r", "\xc2\xa0", "\xe3\x80\x80", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        msh_view b = msh_view_str(blanks[i]);
        if (end ? msh_view_ends(v, b) : msh_view_starts(v, b))
            return b.len;
    }
    return 0;
}

static msh_view trimmed(msh_view v)
{
    for (size_t n; v.len && (n = blank_at(v, false));)
        v = msh_view_cut(v, n, v.len);
    for (size_t n; v.len && (n = blank_at(v, true));)
        v.len -= n;
    return v;
}

/* ="0012" and '0012 say that the cell is text. */
static msh_view plain(msh_view v)
{
    v = trimmed(v);
    if (v.len > 3 && msh_view_starts(v, MSH_VIEW("=\"")) && v.data[v.len - 1] == '"')
        return trimmed(msh_view_cut(v, 2, v.len - 3));
    if (v.len > 1 && v.data[0] == '\'' && !msh_view_ends(v, MSH_VIEW("'")))
        return trimmed(msh_view_cut(v, 1, v.len));
    return v;
}

bool msh_csv_is_damaged(msh_view v)
{
    static const char *const faults[] = {"#REF!",   "#N/A",   "#NAME?", "#VALUE!",
                                         "#DIV/0!", "#NULL!", "#NUM!",  "####"};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (msh_view_starts(v, msh_view_str(faults[i])))
            return true;
    size_t e = msh_view_find(v, MSH_VIEW("E+"), 0);
    if (e == SIZE_MAX || e == 0 || v.len - e < 3 || v.len - e > 5)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (i != e && i != e + 1 && v.data[i] != '.' && (v.data[i] < '0' || v.data[i] > '9'))
            return false;
    return true;
}

/* One field into c->text; returns what ended it: a delimiter, '\n', or -1 at the end. */
static int read_field(msh_csv *c, bool *quoted)
{
    bool inside = false;
    size_t begin = c->at;
    while (c->at < c->in.len) {
        uint8_t b = c->in.data[c->at++];
        c->next_line += b == '\n';
        if (inside) {
            bool twice = b == '"' && c->at < c->in.len && c->in.data[c->at] == '"';
            if (b == '"' && !twice) {
                inside = false;
                continue;
            }
            c->at += twice;
        } else if (b == c->separator || b == '\t' || b == '\n') {
            return b;
        } else if (b == '"' && c->at == begin + 1) {
            inside = *quoted = true;
            continue;
        }
        msh_buf_put_byte(&c->text, b);
    }
    return -1;
}

bool msh_csv_next(msh_csv *c)
{
    size_t start[MSH_CSV_FIELDS + 1] = {0}, n = 0;
    if (c->at >= c->in.len)
        return false;
    msh_buf_reset(&c->text);
    c->line = c->next_line;
    for (int end = 0; end != '\n' && end != -1;) {
        size_t before = c->text.len;
        bool quoted = false;
        end = read_field(c, &quoted);
        if (n < MSH_CSV_FIELDS)
            c->quoted[n] = quoted;
        if (n < MSH_CSV_FIELDS)
            start[++n] = c->text.len;
        else
            c->text.len = before;
    }
    for (size_t i = 0; i < MSH_CSV_FIELDS; i++) {
        size_t len = i < n ? start[i + 1] - start[i] : 0;
        c->fields[i] = plain(msh_view_cut(msh_buf_view(&c->text), start[i], len));
    }
    return msh_buf_err(&c->text) == MSH_OK;
}

bool msh_csv_is_idle(const msh_csv *c)
{
    static const char *const headings[] = {"词",   "词语", "关键词", "敏感词", "标题",
                                           "名称", "文号", "word",   "title"};
    msh_view v = c->fields[0];
    if (v.len == 0 || (v.data[0] == '#' && !msh_csv_is_damaged(v)))
        return true;
    for (size_t i = 0; c->line == c->first_line && i < sizeof headings / sizeof headings[0]; i++)
        if (msh_view_eq_str(v, headings[i]))
            return true;
    return false;
}
