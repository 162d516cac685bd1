/* fmt_text.c: plain text of any size in any charset (extraction.md section 2, charset).
 *
 * Handed on undecoded in windows, once for each plausible reading. What the first reading cannot
 * decode is read again line by line in other charsets; NULs and UTF-16 are swept raw as well; runs
 * of base64 and hex that hold documents are read as such. Refuses what no charset explains. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/csvcells.h"
#include "text/escapes.h"

enum {
    REGION_GAP = 4096,       /* bad sequences nearer than this are read again together */
    REGION_LINE = 4096,      /* how far a region is extended to the ends of its lines */
    ENCODED_PART = 16 << 20, /* longer texts are searched for encoded runs in parts */
    LOOK_AHEAD = 8           /* bytes behind a window, to see where a character ends */
};

typedef struct reader {
    msh_extract *x;
    const msh_doc *doc;
    msh_charset cs;
    unsigned flags;
    bool main;    /* the first reading: it looks after what it cannot decode */
    bool certain; /* a BOM says so, or there is no other way to read it */
    msh_buf window;
    uint64_t offset;    /* of the window */
    uint32_t line;      /* of its first byte */
    uint32_t overlap;   /* bytes of it that were seen before */
    msh_csv_cursor csv; /* at the start of the window */
} reader;

/* --- what a charset cannot decode ----------------------------------------------------------------
 */

static size_t line_start(msh_view v, size_t at)
{
    for (size_t n = 0; at > 0 && n < REGION_LINE && v.data[at - 1] != '\n'; n++)
        at--;
    return at;
}

static size_t line_end(msh_view v, size_t at)
{
    for (size_t n = 0; at < v.len && n < REGION_LINE && v.data[at] != '\n'; n++)
        at++;
    return at;
}

static msh_place region_place(const reader *r, msh_view v, size_t from)
{
    msh_place place = r->doc->place;
    place.offset = r->offset + from;
    place.line = r->line + msh_emit_lines(r->cs, msh_view_cut(v, 0, from));
    return place;
}

/* Bytes that the first reading cannot decode: every other reading, and the raw sweep. */
static msh_err read_region(reader *r, msh_view v, size_t from, size_t to)
{
    msh_view part = msh_view_cut(v, from, to - from);
    msh_place place = region_place(r, v, from);
    msh_readings other = msh_charset_detect(msh_view_cut(part, 0, MSH_HEAD), part.len <= MSH_HEAD);
    if (other.n == 0)
        MSH_TRY(msh_report(r->x, &place, MSH_REASON_TEXT_UNDECODED, 0));
    else
        MSH_TRY(msh_emit_bytes(r->x, &place, part, MSH_CHARSET_COUNT, r->flags | MSH_TEXT_GUESS));
    return msh_sweep(r->x, &r->doc->place, part, place.offset);
}

static msh_err read_undecodable(reader *r, msh_view v)
{
    size_t from = 0, to = 0; /* the open region */
    bool open = false;
    for (size_t at = r->overlap < v.len ? r->overlap : 0; at < v.len;) {
        at += msh_charset_prefix(r->cs, msh_view_cut(v, at, v.len));
        if (open && (at >= v.len || at > to + REGION_GAP)) {
            MSH_TRY(read_region(r, v, from, to));
            open = false;
        }
        if (at >= v.len)
            break;
        size_t start = line_start(v, at);
        if (!open)
            from = start;
        to = line_end(v, at);
        open = true;
        at += msh_emit_unit(r->cs);
    }
    return open ? read_region(r, v, from, to) : MSH_OK;
}

/* Whether a line is well-formed UTF-8 with characters beyond ASCII. */
static bool is_utf8_line(msh_view line)
{
    bool high = false;
    for (size_t i = 0; i < line.len && !high; i++)
        high = line.data[i] >= 0x80;
    return high && msh_charset_prefix(MSH_CS_UTF8, line) == line.len;
}

static msh_err emit_part(reader *r, msh_view v, size_t from, size_t to, msh_charset cs)
{
    msh_text t = {.bytes = msh_view_cut(v, from, to - from), .charset = cs};
    t.flags = r->flags | MSH_TEXT_GUESS;
    t.place = region_place(r, v, from);
    return msh_emit_mapped(r->x, &t);
}

/* Lines of UTF-8 inside a text of another charset, which decodes them to nonsense. */
static msh_err read_utf8_lines(reader *r, msh_view v)
{
    size_t from = 0, to = 0; /* lines to hand on; none while to == from */
    for (size_t at = r->overlap < v.len ? r->overlap : 0; at < v.len;) {
        const uint8_t *nl = memchr(v.data + at, '\n', v.len - at);
        size_t end = nl ? (size_t)(nl - v.data) + 1 : v.len;
        if (is_utf8_line(msh_view_cut(v, at, end - at))) {
            from = to > from ? from : at;
            to = end;
        } else if (to > from) {
            MSH_TRY(emit_part(r, v, from, to, MSH_CS_UTF8));
            from = to = 0;
        }
        at = end;
    }
    return to > from ? emit_part(r, v, from, to, MSH_CS_UTF8) : MSH_OK;
}

/* --- windows
 * --------------------------------------------------------------------------------------
 */

static bool holds_nul(msh_view v)
{
    return v.len > 0 && memchr(v.data, 0, v.len) != NULL;
}

/* What the first reading does beside handing the window on. */
static msh_err look_after(reader *r, msh_view v)
{
    if (r->cs == MSH_CS_HZ || r->cs == MSH_CS_UTF7)
        return MSH_OK;
    bool wide = msh_emit_unit(r->cs) > 1;
    bool fits = msh_charset_prefix(r->cs, v) == v.len;
    if ((wide && !(fits && r->certain)) || (!wide && holds_nul(v)))
        MSH_TRY(msh_sweep(r->x, &r->doc->place, v, r->offset));
    if (!fits)
        MSH_TRY(read_undecodable(r, v));
    if (r->cs != MSH_CS_UTF8 && !wide)
        MSH_TRY(read_utf8_lines(r, v));
    return MSH_OK;
}

static msh_err window_at(reader *r, msh_view *out)
{
    msh_input *in = r->doc->in;
    size_t want = MSH_TEXT_WINDOW + LOOK_AHEAD, got = 0;
    if (in->is_whole) {
        *out = msh_view_cut(in->memory, (size_t)r->offset, want);
        return MSH_OK;
    }
    msh_buf_reset(&r->window);
    uint8_t *room = msh_buf_room(&r->window, want);
    if (!room)
        return MSH_E_MEMORY;
    MSH_TRY(msh_input_read(in, r->offset, room, want, &got));
    msh_buf_grew(&r->window, got);
    *out = msh_buf_view(&r->window);
    return MSH_OK;
}

/* The cells of a window of CSV; none when memory is short or the charset is not of bytes. */
static msh_anchor *find_cells(const reader *r, msh_view v, size_t *n)
{
    msh_csv_cursor c = r->csv;
    *n = 0;
    if (!c.separator || msh_emit_unit(r->cs) != 1 || r->cs == MSH_CS_HZ || r->cs == MSH_CS_UTF7)
        return NULL;
    size_t room = msh_csv_cells(&c, v, NULL, 0);
    msh_anchor *all = msh_calloc(room, sizeof *all);
    c = r->csv;
    if (all)
        *n = msh_csv_cells(&c, v, all, room);
    return all;
}

static msh_err emit_window(reader *r, msh_view v, bool last)
{
    msh_text t = {.bytes = v, .charset = r->cs, .flags = r->flags, .overlap = r->overlap};
    msh_anchor *cells = find_cells(r, v, &t.n_anchors);
    t.anchors = cells;
    t.place = r->doc->place;
    t.place.offset = r->offset;
    t.place.line = r->line;
    t.flags |= (last ? 0u : MSH_TEXT_MORE) | (r->overlap ? MSH_TEXT_CONTINUED : 0u) |
               (cells ? MSH_TEXT_TABLE : 0u);
    msh_err err = msh_emit_reading(r->x, &t);
    msh_free(cells);
    return err;
}

/* All of the input in one charset. */
static msh_err read_as(reader *r, uint64_t skip)
{
    r->offset = skip;
    r->line = 1;
    r->overlap = 0;
    r->csv = msh_csv_cells_begin(r->doc);
    while (r->offset < r->doc->in->size) {
        msh_view v;
        MSH_TRY(window_at(r, &v));
        size_t cut = v.len ? msh_emit_cut(r->cs, v, MSH_TEXT_WINDOW) : 0;
        bool last = cut == v.len;
        msh_view part = msh_view_cut(v, 0, cut);
        if (cut == 0)
            break;
        MSH_TRY(emit_window(r, part, last));
        if (r->main)
            MSH_TRY(look_after(r, part));
        if (last)
            break;
        size_t back = cut > MSH_TEXT_OVERLAP ? cut - MSH_TEXT_OVERLAP : 0;
        size_t next = msh_emit_boundary(r->cs, v, back);
        if (next == 0)
            next = cut;
        r->line += msh_emit_lines(r->cs, msh_view_cut(v, 0, next));
        if (r->csv.separator)
            (void)msh_csv_cells(&r->csv, msh_view_cut(v, 0, next), NULL, 0);
        r->overlap = (uint32_t)(cut - next);
        r->offset += next;
    }
    return MSH_OK;
}

/* --- encoded runs
 * -----------------------------------------------------------------------------------
 */

typedef struct run_ctx {
    msh_extract *x;
    const msh_doc *doc;
    uint64_t offset;
} run_ctx;

static msh_err found_run(void *ctx, msh_view decoded, uint64_t at)
{
    run_ctx *r = ctx;
    msh_place place = r->doc->place;
    place.offset = r->offset + at;
    place.line = 0;
    return msh_extract_guess(r->x, r->doc, "base64", &place, decoded);
}

static msh_err find_runs(msh_extract *x, const msh_doc *doc)
{
    msh_input *in = doc->in;
    run_ctx ctx = {x, doc, 0};
    uint64_t until = msh_extract_runs_until(x);
    if (until > in->size)
        until = in->size;
    if (in->is_whole && until <= ENCODED_PART) {
        msh_view v = msh_view_cut(in->memory, 0, (size_t)until);
        return msh_find_encoded(v, (size_t)x->limits->member_size, found_run, &ctx);
    }
    msh_buf part;
    msh_buf_init(&part, ENCODED_PART);
    msh_err err = MSH_OK;
    uint8_t *room = msh_buf_room(&part, ENCODED_PART);
    if (!room)
        return MSH_E_MEMORY;
    while (ctx.offset < until) {
        size_t got = 0, want = ENCODED_PART;
        if (want > until - ctx.offset)
            want = (size_t)(until - ctx.offset);
        MSH_GUARD(msh_input_read(in, ctx.offset, room, want, &got));
        MSH_GUARD(msh_budget_time(&x->budget));
        MSH_GUARD(msh_find_encoded(msh_view_of(room, got), (size_t)x->limits->member_size,
                                   found_run, &ctx));
        if (got == 0)
            break;
        ctx.offset += got;
    }
out:
    msh_buf_dispose(&part);
    return err;
}

/* --- the format
 * -----------------------------------------------------------------------------------------
 */

static int probe(const msh_doc *doc)
{
    return doc->in->size > 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_readings found = msh_extract_readings(x, doc);
    reader r = {.x = x, .doc = doc};
    msh_err err = MSH_OK;
    if (found.n == 0)
        return MSH_E_SYNTAX;
    if (doc->declares)
        msh_decode_add_declared(&found, doc->declared, doc->head);
    msh_buf_init(&r.window, MSH_TEXT_WINDOW + LOOK_AHEAD);
    r.flags =
        (msh_extract_is_markup(x) ? MSH_TEXT_MARKUP : 0u) | (found.n > 1 ? MSH_TEXT_GUESS : 0u);
    for (unsigned i = 0; i < found.n && err == MSH_OK; i++) {
        r.cs = found.cs[i];
        r.main = i == 0;
        r.certain = found.certain;
        err = read_as(&r, i == 0 ? found.bom : 0);
    }
    msh_buf_dispose(&r.window);
    if (err == MSH_OK && msh_emit_unit(found.cs[0]) == 1)
        err = find_runs(x, doc);
    return err;
}

const msh_format msh_format_text = {
    .name = "text",
    .zh = "纯文本",
    .en = "plain text",
    .suffixes = "txt md log ini conf csv json source",
    .reads_zh = "全文；自动识别编码，编码不明的按多种读法检查；base64、十六进制段落解码后检查",
    .reads_en = "all of it; the charset is found out, an unclear one is read in several ways; "
                "base64 and hex are decoded",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_FALLBACK,
};
