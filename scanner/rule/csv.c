/* csv.c: see csv.h. */
#include "rule/csv.h"

#include "base/view.h"

enum { LONGEST_ROW = 65536 };

void msh_csv_begin(msh_csv *c, msh_view in)
{
    if (msh_view_starts(in, MSH_VIEW("\xef\xbb\xbf")))
        in = msh_view_cut(in, 3, in.len);
    *c = (msh_csv){.in = in, .next_line = 1};
    msh_buf_init(&c->text, LONGEST_ROW);
}

void msh_csv_dispose(msh_csv *c)
{
    msh_buf_dispose(&c->text);
}

static msh_view trimmed(msh_view v)
{
    while (v.len && (v.data[0] == ' ' || v.data[0] == '\r'))
        v = msh_view_cut(v, 1, v.len);
    while (v.len && (v.data[v.len - 1] == ' ' || v.data[v.len - 1] == '\r'))
        v.len--;
    return v;
}

/* One field into c->text; returns what ended it: a delimiter, '\n', or -1 at the end. */
static int read_field(msh_csv *c)
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
        } else if (b == ',' || b == '\t' || b == '\n') {
            return b;
        } else if (b == '"' && c->at == begin + 1) {
            inside = true;
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
        end = read_field(c);
        if (n < MSH_CSV_FIELDS)
            start[++n] = c->text.len;
        else
            c->text.len = before;
    }
    for (size_t i = 0; i < MSH_CSV_FIELDS; i++) {
        size_t len = i < n ? start[i + 1] - start[i] : 0;
        c->fields[i] = trimmed(msh_view_cut(msh_buf_view(&c->text), start[i], len));
    }
    return msh_buf_err(&c->text) == MSH_OK;
}

bool msh_csv_is_idle(const msh_csv *c)
{
    static const char *const headings[] = {"词", "词语", "关键词", "word"};
    msh_view v = c->fields[0];
    if (v.len == 0 || v.data[0] == '#')
        return true;
    for (size_t i = 0; c->line == 1 && i < sizeof headings / sizeof headings[0]; i++)
        if (msh_view_eq_str(v, headings[i]))
            return true;
    return false;
}
