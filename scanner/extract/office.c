/* office.c: XML parts of office documents to texts (see office.h). */
#include "extract/office.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/xmlpart.h"

#include <stdlib.h>

enum { PADDED_TABS = 64, MAX_ANCHORS = 1 << 20, MAX_GLYPHS = 1 << 18 };

/* A piece of text with a position on the page (OFD, GB/T 33190 11.2). */
typedef struct glyph {
    double x, y;
    uint32_t at, len;
} glyph;

typedef struct part {
    msh_extract *x;
    const msh_place *place;
    const msh_office_strings *strings;
    msh_buf flow, deleted, asides, attrs, comments, cell, placed;
    msh_anchor *anchors;
    size_t n_anchors, cap_anchors;
    glyph *glyphs;
    size_t n_glyphs, cap_glyphs;
    double box_x, box_y, code_x, code_y;
    unsigned in_deleted, in_aside, in_cell, in_code;
    uint32_t row, col, last_col;
    bool shared, table, encrypted;
    msh_err err;
} part;

/* --- names that matter
 * ----------------------------------------------------------------------------- */

static bool one_of(msh_view name, const char *list)
{
    for (const char *p = list; *p;) {
        const char *end = strchr(p, ' ');
        size_t len = end ? (size_t)(end - p) : strlen(p);
        if (name.len == len && memcmp(name.data, p, len) == 0)
            return true;
        p += len + (end != NULL);
    }
    return false;
}

/* Elements after which a line ends; cells are parted by tabs. */
static const char blocks[] =
    "p h tr row si sp br cr comment text TextObject sdt note footnote endnote line item "
    "title creator subject keywords description category lastModifiedBy manager company "
    "lpwstr bstr table-row list-item annotation definedName sheet oddHeader oddFooter "
    "evenHeader evenFooter firstHeader firstFooter author threadedComment CustomData Title "
    "Author Subject Abstract Keyword Creator DocUsage stuff initial-creator user-defined "
    "li div td th h1 h2 h3 h4 h5 h6 dt dd section binding keyword";
static const char cells[] = "tc table-cell covered-table-cell";
static const char aside_names[] = "rt instrText f rPh delInstrText";
static const char deleted_names[] = "del delText moveFrom deletion";
/* Attributes that hold numbers and references only. */
static const char dull[] =
    "rsidR rsidRPr rsidRDefault rsidP rsidTr rsidSect paraId textId id Id type Type uid "
    "space x y cx cy w h spans s r style-name ContentType Extension PartName val0 rsid "
    "ID BaseLoc ResourceID Font Size Boundary DeltaX X Y CTM parent-style-name";

/* --- collecting
 * ------------------------------------------------------------------------------------- */

static msh_buf *target(part *p)
{
    if (p->in_deleted)
        return &p->deleted;
    if (p->in_aside)
        return &p->asides;
    return p->in_cell ? &p->cell : &p->flow;
}

static void end_line(msh_buf *b)
{
    if (b->len && b->data[b->len - 1] != '\n')
        msh_buf_put_byte(b, '\n');
}

static void *grow(part *p, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return old;
    size_t more = *cap ? *cap * 2 : 64, bytes;
    void *now = msh_mul_size(more, size, &bytes) ? msh_realloc(old, bytes) : NULL;
    if (!now) {
        p->err = MSH_E_MEMORY;
        return NULL;
    }
    *cap = more;
    return now;
}

static void put_anchor(part *p)
{
    if (p->n_anchors >= MAX_ANCHORS)
        return;
    msh_anchor *all = grow(p, p->anchors, p->n_anchors, &p->cap_anchors, sizeof *all);
    if (!all)
        return;
    p->anchors = all;
    all[p->n_anchors++] = (msh_anchor){.at = p->flow.len, .cell_row = p->row, .cell_col = p->col};
}

/* "BC17" to row and column; what is no reference leaves the counters going on by one. */
static void read_reference(part *p, msh_view ref)
{
    uint32_t col = 0, row = 0;
    size_t i = 0;
    for (; i < ref.len && ref.data[i] >= 'A' && ref.data[i] <= 'Z' && col < 1u << 20; i++)
        col = col * 26 + (ref.data[i] - 'A' + 1u);
    for (; i < ref.len && ref.data[i] >= '0' && ref.data[i] <= '9' && row < 1u << 26; i++)
        row = row * 10 + (ref.data[i] - '0');
    p->col = col ? col : p->last_col + 1;
    if (row)
        p->row = row;
}

static void begin_cell(part *p, const msh_xml_attr *attrs, size_t n)
{
    read_reference(p, msh_xml_get(attrs, n, "r"));
    p->shared = msh_view_eq_str(msh_xml_get(attrs, n, "t"), "s");
    p->in_cell = 1;
    p->table = true;
    msh_buf_reset(&p->cell);
}

/* Text of a cell on one line: a tab or line end inside would shift the columns. */
static void put_flat(msh_buf *out, msh_view text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        msh_buf_put_byte(out, c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

static msh_view shared_string(const part *p)
{
    uint64_t index = 0;
    msh_view v = msh_buf_view(&p->cell);
    if (v.len == 0 || !p->strings)
        return v;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < '0' || v.data[i] > '9' || index > UINT32_MAX)
            return v;
        index = index * 10 + (v.data[i] - '0');
    }
    if (index >= p->strings->n)
        return v;
    uint32_t from = p->strings->at[index], to = p->strings->at[index + 1];
    return msh_view_cut(msh_buf_view(&p->strings->text), from, to - from);
}

static void end_cell(part *p)
{
    uint32_t tabs = p->col > p->last_col && p->last_col ? p->col - p->last_col
                    : p->last_col                       ? 1
                                                        : 0;
    if (tabs > PADDED_TABS)
        tabs = PADDED_TABS;
    for (uint32_t i = 0; i < tabs; i++)
        msh_buf_put_byte(&p->flow, '\t');
    p->last_col = p->col;
    put_anchor(p);
    put_flat(&p->flow, p->shared ? shared_string(p) : msh_buf_view(&p->cell));
    p->in_cell = 0;
}

/* --- attributes
 * -------------------------------------------------------------------------------------- */

static bool worth_reading(msh_view name, msh_view value)
{
    size_t letters = 0;
    if (one_of(name, dull))
        return false;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (c >= 0x80)
            return true;
        letters += (c | 32) >= 'a' && (c | 32) <= 'z';
    }
    return value.len >= 4 && letters > 0;
}

/* A list label "第%1条" is shown with a number: it is read with one. */
static void put_label(part *p, msh_view value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] != '%')
            msh_buf_put_byte(&p->attrs, value.data[i]);
    msh_buf_put_byte(&p->attrs, '\n');
}

/* A number format holds literal parts in quotes or behind backslashes: 机密"★"0"年". */
static void put_format(part *p, msh_view value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (c == '#' || c == '0')
            msh_buf_put_byte(&p->attrs, '1');
        else if (c != '"' && c != '\\')
            msh_buf_put_byte(&p->attrs, c);
    }
    msh_buf_put_byte(&p->attrs, '\n');
}

static void put_attributes(part *p, msh_view name, const msh_xml_attr *attrs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        msh_view value = attrs[i].value;
        if (!worth_reading(attrs[i].name, value))
            continue;
        if (msh_view_eq_str(name, "lvlText"))
            put_label(p, value);
        else if (msh_view_eq_str(attrs[i].name, "formatCode"))
            put_format(p, value);
        msh_buf_put_view(&p->attrs, value);
        msh_buf_put_byte(&p->attrs, '\n');
    }
}

/* --- positions (OFD)
 * ----------------------------------------------------------------------------------- */

/* Plain decimal numbers; anything else ends the list. */
static size_t read_numbers(msh_view v, double *out, size_t max)
{
    size_t n = 0, i = 0;
    while (n < max) {
        double value = 0, scale = 0;
        bool minus = false, any = false;
        while (i < v.len && v.data[i] == ' ')
            i++;
        if (i < v.len && v.data[i] == '-') {
            minus = true;
            i++;
        }
        for (; i < v.len && (v.data[i] == '.' || (v.data[i] >= '0' && v.data[i] <= '9')); i++) {
            if (v.data[i] == '.') {
                scale = 1;
                continue;
            }
            any = true;
            value = value * 10 + (v.data[i] - '0');
            scale *= 10;
        }
        if (!any)
            break;
        out[n++] = (minus ? -value : value) / (scale >= 1 ? scale : 1);
    }
    return n;
}

static void begin_text_code(part *p, const msh_xml_attr *attrs, size_t n)
{
    double v[1];
    p->code_x = p->box_x + (read_numbers(msh_xml_get(attrs, n, "X"), v, 1) ? v[0] : 0);
    p->code_y = p->box_y + (read_numbers(msh_xml_get(attrs, n, "Y"), v, 1) ? v[0] : 0);
    p->in_code = 1;
}

static void put_placed(part *p, msh_view text)
{
    if (p->n_glyphs >= MAX_GLYPHS)
        return;
    glyph *all = grow(p, p->glyphs, p->n_glyphs, &p->cap_glyphs, sizeof *all);
    if (!all)
        return;
    p->glyphs = all;
    all[p->n_glyphs++] = (glyph){p->code_x, p->code_y, (uint32_t)p->placed.len, (uint32_t)text.len};
    msh_buf_put_view(&p->placed, text);
}

static int by_line(const void *a, const void *b)
{
    const glyph *g = a, *h = b;
    return g->y < h->y ? -1 : g->y > h->y ? 1 : g->x < h->x ? -1 : g->x > h->x;
}

static int by_column(const void *a, const void *b)
{
    const glyph *g = a, *h = b;
    return g->x < h->x ? -1 : g->x > h->x ? 1 : g->y < h->y ? -1 : g->y > h->y;
}

/* Text in order of position: lines from above, in each from the left; what is less than 2 mm apart
 * stands on one line. */
static msh_err emit_placed(part *p)
{
    msh_buf out;
    if (p->n_glyphs < 2)
        return MSH_OK;
    qsort(p->glyphs, p->n_glyphs, sizeof *p->glyphs, by_line);
    for (size_t from = 0, to; from < p->n_glyphs; from = to) {
        for (to = from + 1; to < p->n_glyphs && p->glyphs[to].y - p->glyphs[from].y < 2; to++) {
        }
        for (size_t i = from; i < to; i++)
            p->glyphs[i].y = p->glyphs[from].y;
        qsort(p->glyphs + from, to - from, sizeof *p->glyphs, by_column);
    }
    msh_buf_init(&out, (size_t)p->x->limits->member_size);
    for (size_t i = 0; i < p->n_glyphs; i++) {
        if (i && p->glyphs[i].y > p->glyphs[i - 1].y)
            msh_buf_put_byte(&out, '\n');
        msh_buf_put_view(&out,
                         msh_view_cut(msh_buf_view(&p->placed), p->glyphs[i].at, p->glyphs[i].len));
    }
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK && !msh_view_eq(msh_buf_view(&out), msh_buf_view(&p->flow)))
        err = msh_emit(p->x, p->place, msh_buf_view(&out), 0);
    msh_buf_dispose(&out);
    return err;
}

/* --- events
 * --------------------------------------------------------------------------------------------- */

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *attrs, size_t n)
{
    part *p = ctx;
    double box[4];
    if (one_of(name, deleted_names))
        p->in_deleted++;
    else if (one_of(name, aside_names))
        p->in_aside++;
    if (msh_view_eq_str(name, "c") && !p->in_cell)
        begin_cell(p, attrs, n);
    else if (msh_view_eq_str(name, "row"))
        p->last_col = 0;
    else if (one_of(name, "tab s"))
        msh_buf_put_byte(target(p), name.len == 1 ? ' ' : '\t');
    else if (msh_view_eq_str(name, "TextObject") &&
             read_numbers(msh_xml_get(attrs, n, "Boundary"), box, 4) >= 2) {
        p->box_x = box[0];
        p->box_y = box[1];
    } else if (msh_view_eq_str(name, "TextCode"))
        begin_text_code(p, attrs, n);
    else if (msh_view_eq_str(name, "encryption-data"))
        p->encrypted = true;
    put_attributes(p, name, attrs, n);
    return p->err;
}

static msh_err on_end(void *ctx, msh_view name)
{
    part *p = ctx;
    if (msh_view_eq_str(name, "c") && p->in_cell)
        end_cell(p);
    else if (one_of(name, cells)) {
        while (p->flow.len && p->flow.data[p->flow.len - 1] == '\n')
            p->flow.len--; /* the last paragraph of a cell does not end its row */
        msh_buf_put_byte(&p->flow, '\t');
        p->table = true;
    } else if (one_of(name, blocks))
        end_line(target(p));
    if (msh_view_eq_str(name, "p") && p->deleted.len)
        end_line(&p->deleted);
    if (msh_view_eq_str(name, "TextCode"))
        p->in_code = 0;
    if (one_of(name, deleted_names)) {
        p->in_deleted -= p->in_deleted > 0;
    } else if (one_of(name, aside_names)) {
        end_line(&p->asides);
        p->in_aside -= p->in_aside > 0;
    }
    return p->err;
}

static msh_err on_text(void *ctx, msh_view text)
{
    part *p = ctx;
    msh_buf_put_view(target(p), text);
    if (p->in_code)
        put_placed(p, text);
    return p->err;
}

static msh_err on_aside(void *ctx, msh_view text)
{
    part *p = ctx;
    msh_buf_put_view(&p->comments, text);
    end_line(&p->comments);
    return p->err;
}

static msh_err emit_as(part *p, msh_role role, const msh_buf *b)
{
    msh_place place = *p->place;
    MSH_TRY(msh_buf_err(b));
    if (b->len == 0)
        return MSH_OK;
    place.role = role;
    place.offset = MSH_NO_POSITION;
    return msh_emit(p->x, &place, msh_buf_view(b), 0);
}

static msh_err emit_all(part *p)
{
    msh_text t = {.bytes = msh_buf_view(&p->flow),
                  .charset = MSH_CS_UTF8,
                  .flags = p->table ? MSH_TEXT_TABLE : 0u,
                  .place = *p->place,
                  .anchors = p->anchors,
                  .n_anchors = p->n_anchors};
    MSH_TRY(msh_buf_err(&p->flow));
    t.place.line = 1;
    t.place.offset = MSH_NO_POSITION;
    if (t.bytes.len)
        MSH_TRY(msh_emit_mapped(p->x, &t));
    MSH_TRY(emit_placed(p));
    MSH_TRY(emit_as(p, MSH_ROLE_DELETED, &p->deleted));
    MSH_TRY(emit_as(p, MSH_ROLE_ATTR, &p->attrs));
    MSH_TRY(emit_as(p, MSH_ROLE_ATTR, &p->asides));
    return emit_as(p, MSH_ROLE_COMMENT, &p->comments);
}

msh_err msh_office_part(msh_extract *x, const msh_place *place, msh_view bytes,
                        const msh_office_strings *strings, bool *encrypted)
{
    static const msh_xml_handler handler = {on_start, on_end, on_text, on_aside};
    part p = {.x = x, .place = place, .strings = strings};
    msh_buf *all[] = {&p.flow, &p.deleted, &p.asides, &p.attrs, &p.comments, &p.cell, &p.placed};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_init(all[i], (size_t)x->limits->member_size);
    msh_err err = msh_xml_read(x, place, bytes, &handler, &p);
    msh_err said = emit_all(&p); /* also what was read before a fault */
    if (err == MSH_OK)
        err = said;
    *encrypted |= p.encrypted;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_dispose(all[i]);
    msh_free(p.anchors);
    msh_free(p.glyphs);
    return err;
}

/* --- shared strings
 * ---------------------------------------------------------------------------------------- */

void msh_office_strings_init(msh_office_strings *s, size_t ceiling)
{
    *s = (msh_office_strings){0};
    msh_buf_init(&s->text, ceiling);
}

void msh_office_strings_dispose(msh_office_strings *s)
{
    msh_buf_dispose(&s->text);
    msh_free(s->at);
    s->at = NULL;
    s->n = s->cap = 0;
}

typedef struct strings_reader {
    msh_office_strings *out;
    unsigned in_phonetic;
} strings_reader;

static msh_err strings_start(void *ctx, msh_view name, const msh_xml_attr *attrs, size_t n)
{
    strings_reader *r = ctx;
    (void)attrs;
    (void)n;
    r->in_phonetic += msh_view_eq_str(name, "rPh");
    return MSH_OK;
}

static msh_err strings_end(void *ctx, msh_view name)
{
    strings_reader *r = ctx;
    msh_office_strings *s = r->out;
    if (msh_view_eq_str(name, "rPh"))
        r->in_phonetic -= r->in_phonetic > 0;
    if (!msh_view_eq_str(name, "si"))
        return MSH_OK;
    if (s->n + 2 > s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256, bytes;
        uint32_t *at = msh_mul_size(cap, sizeof *at, &bytes) ? msh_realloc(s->at, bytes) : NULL;
        if (!at)
            return MSH_E_MEMORY;
        if (!s->at)
            at[0] = 0;
        s->at = at;
        s->cap = cap;
    }
    s->at[++s->n] = (uint32_t)s->text.len;
    return msh_buf_err(&s->text);
}

static msh_err strings_text(void *ctx, msh_view text)
{
    strings_reader *r = ctx;
    if (!r->in_phonetic)
        msh_buf_put_view(&r->out->text, text);
    return MSH_OK;
}

msh_err msh_office_strings_read(msh_extract *x, const msh_place *place, msh_view bytes,
                                msh_office_strings *out)
{
    static const msh_xml_handler handler = {strings_start, strings_end, strings_text, NULL};
    strings_reader r = {out, 0};
    return msh_xml_read(x, place, bytes, &handler, &r);
}
