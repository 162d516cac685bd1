/* fmt_yenc.c: files written as yEnc (yenc.org, draft 1.3) in a text: each one is a member with its
 * name; the text around them as well. One of several pieces is said to be that. */
#include "base/err.h"
#include "base/view.h"
#include "extract/mime.h"

enum { SHIFT = 42, SHIFT_ESCAPED = 64 };

static const char begin[] = "=ybegin ", part_line[] = "=ypart ", end_line[] = "=yend";

static msh_view seen(const msh_doc *doc)
{
    return doc->in->is_whole ? doc->in->memory : doc->head;
}

static msh_view line_at(msh_view v, size_t at)
{
    msh_view line = msh_view_cut(v, at, msh_mime_line_end(v, at) - at);
    while (line.len && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
        line.len--;
    return line;
}

/* "=ybegin part=1 line=128 size=99 name=a b.txt": the name is the rest of the line. */
static bool is_begin(msh_view line, msh_view *name, bool *piece)
{
    size_t at = msh_view_find(line, MSH_VIEW(" name="), 0);
    if (!msh_view_starts(line, MSH_VIEW(begin)) || at == SIZE_MAX ||
        msh_view_find(line, MSH_VIEW(" size="), 0) == SIZE_MAX)
        return false;
    *name = msh_view_cut(line, at + 6, line.len);
    *piece = msh_view_find(line, MSH_VIEW(" part="), 0) != SIZE_MAX;
    return true;
}

/* The next line that begins a file, from the line at `at` on; SIZE_MAX when there is none. */
static size_t find_begin(msh_view v, size_t at, msh_view *name, bool *piece)
{
    for (;; at++) {
        at = msh_view_find(v, MSH_VIEW(begin), at);
        if (at == SIZE_MAX)
            return at;
        if ((at == 0 || v.data[at - 1] == '\n') && is_begin(line_at(v, at), name, piece))
            return at;
    }
}

/* Decodes from the line at `at` up to its end; false when that is missing. */
static bool decode(msh_view v, size_t *at, msh_buf *out)
{
    while (*at < v.len) {
        msh_view line = line_at(v, *at);
        *at = msh_mime_line_end(v, *at);
        if (msh_view_starts(line, MSH_VIEW(end_line)))
            return true;
        if (msh_view_starts(line, MSH_VIEW(part_line)))
            continue;
        size_t i = msh_view_starts(line, MSH_VIEW("..")) ? 1 : 0; /* dots doubled by news */
        for (; i < line.len; i++) {
            bool escaped = line.data[i] == '=' && i + 1 < line.len;
            i += escaped;
            msh_buf_put_byte(out, (uint8_t)(line.data[i] - SHIFT - (escaped ? SHIFT_ESCAPED : 0)));
        }
    }
    return false;
}

static msh_err read_around(msh_extract *x, const msh_doc *doc, msh_view text)
{
    msh_part part = {.name = MSH_VIEW("text.txt"), .unnamed = true};
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] > ' ')
            return msh_extract_part(x, doc, &part, text);
    return MSH_OK;
}

static msh_err read_file(msh_extract *x, const msh_doc *doc, msh_view v, size_t *at, msh_view name,
                         bool piece)
{
    msh_buf out;
    msh_part part = {.name = name, .unnamed = name.len == 0};
    if (part.unnamed)
        part.name = MSH_VIEW("file");
    msh_place place = msh_child_place(x, doc, part.name);
    msh_buf_init(&out, v.len);
    *at = msh_mime_line_end(v, *at);
    bool whole = decode(v, at, &out);
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, out.len);
    if (err == MSH_OK)
        err = msh_extract_part(x, doc, &part, msh_buf_view(&out));
    if (err == MSH_OK && (piece || !whole))
        err = msh_report(x, &place, piece ? MSH_REASON_MAIL_PARTIAL : MSH_REASON_MAIL_DAMAGED, 0);
    msh_buf_dispose(&out);
    return err;
}

static int probe(const msh_doc *doc)
{
    msh_view name;
    bool piece;
    return find_begin(seen(doc), 0, &name, &piece) != SIZE_MAX ? 60 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all, name;
    bool piece;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    for (size_t from = 0;;) {
        size_t at = find_begin(all, from, &name, &piece);
        MSH_TRY(
            read_around(x, doc, msh_view_cut(all, from, at == SIZE_MAX ? SIZE_MAX : at - from)));
        if (at == SIZE_MAX)
            return MSH_OK;
        MSH_TRY(read_file(x, doc, all, &at, name, piece));
        from = at;
    }
}

const msh_format msh_format_yenc = {
    .name = "yenc",
    .zh = "yEnc 编码的文件",
    .en = "files written as yEnc",
    .suffixes = "yenc ync",
    .reads_zh = "编码的文件及其名称、前后的文字",
    .reads_en = "the encoded file and its name, text around it",
    .probe = probe,
    .extract = extract,
};
