/* ole_doc_text.c: characters of a Word document to texts ([MS-DOC] 2.4.1, 2.8.25 Plcfld).
 *
 * Body: what people see, and hidden text; deleted text is left out. Beside it: deletions (the words
 * alone, and their paragraph as it was), hidden text alone, codes of fields. Cells are parted by
 * tabs, rows by line ends. */
#include "extract/ole_doc.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/flow.h"

enum { FIELDS = 64, BATCH = 32, PARAGRAPH_MOST = 1 << 16 };

typedef struct walker {
    msh_word *w;
    const msh_word_piece *piece;
    msh_flow body, deleted, hidden, codes;
    /* fields around: bit 0 = the innermost; set while in its code */
    uint64_t in_code;
    unsigned depth;
    /* characters of the body not put yet */
    msh_buf batch;
    uint64_t batch_in;
    unsigned batched;
    uint32_t high;      /* first half of a surrogate pair */
    msh_buf original;   /* the paragraph with deletions, without insertions */
    uint64_t paragraph; /* where it begins */
    bool has_deleted, was_deleted, was_hidden, begins;
    uint32_t last; /* character before */
    /* formatting in force, and until where */
    uint8_t flags;
    uint16_t symbol;
    uint64_t until;
} walker;

/* --- putting -------------------------------------------------------------------------------------
 */

static void flush(walker *k)
{
    if (k->batch.len)
        msh_flow_put(&k->body, msh_buf_view(&k->batch), k->batch_in);
    msh_buf_reset(&k->batch);
    k->batched = 0;
}

static void put_body(walker *k, uint32_t cp, uint64_t fc)
{
    if (k->batched == 0)
        k->batch_in = fc;
    msh_buf_put_utf8(&k->batch, cp);
    if (++k->batched == BATCH)
        flush(k);
}

static void put(walker *k, uint32_t cp, uint64_t fc)
{
    bool deleted = k->flags & MSH_WORD_DELETED, hidden = k->flags & MSH_WORD_HIDDEN;
    if (k->in_code) {
        msh_flow_put_cp(&k->codes, cp, fc);
        return;
    }
    if (k->was_deleted && !deleted)
        msh_flow_end_line(&k->deleted, fc);
    if (k->was_hidden && !hidden)
        msh_flow_end_line(&k->hidden, fc);
    k->was_deleted = deleted;
    k->was_hidden = hidden;
    k->has_deleted |= deleted;
    if (!(k->flags & MSH_WORD_INSERTED) && k->original.len < PARAGRAPH_MOST)
        msh_buf_put_utf8(&k->original, cp);
    if (hidden)
        msh_flow_put_cp(&k->hidden, cp, fc);
    if (deleted)
        msh_flow_put_cp(&k->deleted, cp, fc);
    else
        put_body(k, cp, fc);
}

/* The paragraph as it was before words in it were deleted. */
static void end_original(walker *k, uint64_t fc)
{
    if (k->has_deleted) {
        msh_flow_end_line(&k->deleted, fc);
        msh_flow_put(&k->deleted, msh_buf_view(&k->original), k->paragraph);
        msh_flow_end_line(&k->deleted, fc);
    }
    msh_buf_reset(&k->original);
    k->has_deleted = false;
    k->begins = true;
}

/* A paragraph mark; a deleted one joins two paragraphs. */
static void end_line(walker *k, uint64_t fc)
{
    flush(k);
    if (k->in_code) {
        msh_flow_end_line(&k->codes, fc);
        return;
    }
    if (k->flags & MSH_WORD_DELETED) {
        msh_flow_end_line(&k->deleted, fc);
        k->has_deleted = true;
        return;
    }
    msh_flow_end_line(&k->body, fc);
    end_original(k, fc);
}

static void end_cell(walker *k, uint64_t fc)
{
    const msh_word_para *p = msh_word_para_at(k->w, (uint32_t)fc);
    bool row = p ? p->row_end : k->last == 7;
    flush(k);
    end_original(k, fc);
    if (row)
        msh_flow_end_row(&k->body, fc);
    else
        msh_flow_end_cell(&k->body, fc);
}

/* --- fields --------------------------------------------------------------------------------------
 */

static void begin_field(walker *k, uint64_t fc)
{
    flush(k);
    if (k->depth < FIELDS) {
        k->in_code = k->in_code << 1 | 1;
        k->depth++;
    }
    msh_flow_end_line(&k->codes, fc);
}

static void field_result(walker *k, uint64_t fc)
{
    msh_flow_end_line(&k->codes, fc);
    k->in_code &= ~(uint64_t)1;
}

static void end_field(walker *k, uint64_t fc)
{
    msh_flow_end_line(&k->codes, fc);
    if (k->depth) {
        k->in_code >>= 1;
        k->depth--;
    }
}

/* --- characters ----------------------------------------------------------------------------------
 */

/* Fonts for pictures keep their characters at U+F000; what matters of Wingdings are stars. */
static uint32_t of_symbol(uint16_t symbol)
{
    uint32_t cp = symbol >= 0xf000 && symbol <= 0xf0ff ? symbol - 0xf000u : symbol;
    if (symbol >= 0xf000 && (cp == 0xab || cp == 0xaa || cp == 0xac || cp == 0xb6))
        return 0x2605;
    return symbol >= 0xf000 && cp == 0xb5 ? 0x2606 : cp;
}

static void control(walker *k, uint32_t c, uint64_t fc)
{
    switch (c) {
    case 7:
        end_cell(k, fc);
        break;
    case 9: {
        const msh_word_para *p = msh_word_para_at(k->w, (uint32_t)fc);
        put(k, p && p->in_table ? ' ' : '\t', fc);
        break;
    }
    case 0x0b:
    case 0x0c:
    case 0x0d:
    case 0x0e:
        end_line(k, fc);
        break;
    case 0x13:
        begin_field(k, fc);
        break;
    case 0x14:
        field_result(k, fc);
        break;
    case 0x15:
        end_field(k, fc);
        break;
    case 0x1e: /* a hyphen that does not break */
        put(k, '-', fc);
        break;
    default: /* places of pictures, notes and comments, optional hyphens */
        break;
    }
}

static void put_label(walker *k, uint64_t fc)
{
    const msh_word_para *p = msh_word_para_at(k->w, (uint32_t)fc);
    k->begins = false;
    k->paragraph = fc;
    if (k->w->numbering && p && !k->in_code) {
        flush(k);
        k->batch_in = fc;
        msh_word_label(k->w, p, &k->batch);
        flush(k);
    }
}

static void put_char(walker *k, uint32_t c, uint64_t fc)
{
    if (k->begins && c != 0x0c)
        put_label(k, fc);
    if (k->flags & MSH_WORD_SYMBOL && (c == 0x28 || c >= 0xf000))
        c = of_symbol(k->symbol);
    if (c >= 0xd800 && c < 0xdc00) {
        k->high = c;
        return;
    }
    if (c >= 0xdc00 && c < 0xe000) {
        c = k->high ? 0x10000 + ((k->high - 0xd800) << 10) + (c - 0xdc00) : 0xfffd;
    }
    k->high = 0;
    if (c < 0x20)
        control(k, c, fc);
    else
        put(k, c, fc);
    k->last = c;
}

/* --- pieces --------------------------------------------------------------------------------------
 */

/* Formatting from fc on. */
static void format_at(walker *k, uint64_t fc)
{
    uint32_t until;
    const msh_word_run *r = msh_word_run_at(k->w, (uint32_t)fc, &until);
    uint8_t of_piece = k->piece->flags;
    k->flags = (uint8_t)((r ? r->flags : 0) | of_piece);
    if (of_piece & MSH_WORD_SHOWN)
        k->flags &= (uint8_t)~MSH_WORD_HIDDEN;
    k->symbol = r ? r->symbol : 0;
    k->until = until;
}

static void put_wide(walker *k, msh_view v, uint64_t fc)
{
    k->until = 0;
    for (size_t i = 0; i + 2 <= v.len; i += 2) {
        if (fc + i >= k->until)
            format_at(k, fc + i);
        put_char(k, v.data[i] | (uint32_t)v.data[i + 1] << 8, fc + i);
    }
}

static void put_narrow(walker *k, msh_view v, uint64_t fc)
{
    k->until = 0;
    for (size_t i = 0; i < v.len;) {
        msh_char c = msh_charset_next(k->w->narrow, msh_view_cut(v, i, 8));
        if (fc + i >= k->until)
            format_at(k, fc + i);
        put_char(k, c.cp, fc + i);
        i += c.len ? c.len : 1;
    }
}

/* The bytes of a piece's characters [from, to). */
static msh_view piece_bytes(const msh_word *w, const msh_word_piece *p, uint32_t from, uint32_t to,
                            uint64_t *fc)
{
    unsigned unit = p->wide ? 2 : 1;
    if (from < p->cp)
        from = p->cp;
    if (to > p->end)
        to = p->end;
    if (from >= to)
        return (msh_view){0, 0};
    *fc = p->fc + (uint64_t)(from - p->cp) * unit;
    if (*fc >= w->main.len)
        return (msh_view){0, 0};
    return msh_view_cut(msh_buf_view(&w->main), (size_t)*fc, (size_t)(to - from) * unit);
}

/* The first piece that ends behind cp; pieces are in order. */
static size_t first_piece(const msh_word_piece *pieces, size_t n, uint32_t cp)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].end <= cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static msh_err walk(walker *k, const msh_word_part *part)
{
    size_t n;
    const msh_word_piece *pieces = msh_word_pieces(k->w, &n);
    for (size_t i = first_piece(pieces, n, part->from); i < n && pieces[i].cp < part->to; i++) {
        uint64_t fc = 0;
        msh_view v = piece_bytes(k->w, &pieces[i], part->from, part->to, &fc);
        if (v.len == 0)
            continue;
        k->piece = &pieces[i];
        MSH_TRY(msh_budget_decoded(&k->w->o->x->budget, v.len));
        if (pieces[i].wide)
            put_wide(k, v, fc);
        else
            put_narrow(k, v, fc);
        MSH_TRY(k->body.err);
    }
    flush(k);
    end_original(k, 0);
    return MSH_OK;
}

msh_err msh_word_text(msh_word *w, const msh_word_part *part)
{
    walker k = {.w = w, .begins = true};
    msh_flow *flows[] = {&k.body, &k.deleted, &k.hidden, &k.codes};
    const msh_role roles[] = {part->role, MSH_ROLE_DELETED, MSH_ROLE_HIDDEN, MSH_ROLE_ATTR};
    if (part->from >= part->to)
        return MSH_OK;
    for (size_t i = 0; i < 4; i++)
        msh_flow_init(flows[i], w->o->x, &w->place, roles[i], i == 3 ? "field" : part->name);
    msh_buf_init(&k.batch, 4096);
    msh_buf_init(&k.original, PARAGRAPH_MOST + 8);
    msh_err err = walk(&k, part);
    for (size_t i = 0; i < 4 && err == MSH_OK; i++)
        err = msh_flow_end(flows[i]);
    for (size_t i = 0; i < 4; i++)
        msh_flow_dispose(flows[i]);
    msh_buf_dispose(&k.batch);
    msh_buf_dispose(&k.original);
    return err;
}

/* --- other readings ------------------------------------------------------------------------------
 */

/* Bytes of one character each as text: controls end lines. */
static void put_plain(msh_buf *out, msh_view v)
{
    msh_buf_reset(out);
    msh_buf_put_view(out, v);
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] < 0x20 && out->data[i] != '\t')
            out->data[i] = out->data[i] == 7 ? '\t' : '\n';
}

/* Whether bytes beyond ASCII stand side by side, as those of hanzi do; else they are letters with
 * accents, and quotation marks. */
static bool is_dense(msh_view v)
{
    enum { RUN = 4 };
    unsigned run = 0;
    for (size_t i = 0; i < v.len && run < RUN; i++)
        run = v.data[i] >= 0x80 ? run + 1 : 0;
    return run >= RUN;
}

static bool has_high(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80)
            return true;
    return false;
}

/* What the fonts of an old document are made for; and what the bytes look like, as writers put into
 * characters of one byte what they like: GBK, UTF-8. */
static msh_err read_again(msh_word *w, const msh_word_part *part, msh_view v, uint64_t fc)
{
    msh_readings r = msh_charset_detect(msh_view_cut(v, 0, MSH_HEAD), v.len <= MSH_HEAD);
    msh_text t = {.bytes = v, .flags = MSH_TEXT_GUESS, .place = w->place};
    t.place.role = part->role;
    t.place.name = msh_view_str(part->name);
    t.place.offset = fc;
    t.place.line = 1;
    uint64_t seen = (uint64_t)1 << w->narrow;
    for (unsigned cs = 0; cs < MSH_CHARSET_COUNT; cs++) {
        t.charset = (msh_charset)cs;
        if (w->fonts & ~seen & (uint64_t)1 << cs)
            MSH_TRY(msh_emit_reading(w->o->x, &t));
    }
    seen |= w->fonts;
    for (unsigned i = 0; i < r.n && is_dense(v); i++) {
        t.charset = r.cs[i];
        if (!(seen & (uint64_t)1 << r.cs[i]) && msh_emit_unit(r.cs[i]) == 1)
            MSH_TRY(msh_emit_reading(w->o->x, &t));
        seen |= (uint64_t)1 << r.cs[i];
    }
    return MSH_OK;
}

msh_err msh_word_readings(msh_word *w, const msh_word_part *part)
{
    size_t n;
    msh_buf plain;
    msh_err err = MSH_OK;
    const msh_word_piece *pieces = msh_word_pieces(w, &n);
    msh_buf_init(&plain, w->main.len);
    for (size_t i = first_piece(pieces, n, part->from);
         i < n && pieces[i].cp < part->to && err == MSH_OK; i++) {
        uint64_t fc = 0;
        msh_view v = piece_bytes(w, &pieces[i], part->from, part->to, &fc);
        if (pieces[i].wide || !has_high(v) || (!w->fonts && !is_dense(v)))
            continue;
        err = msh_budget_decoded(&w->o->x->budget, v.len);
        put_plain(&plain, v);
        if (err == MSH_OK)
            err = msh_buf_err(&plain);
        if (err == MSH_OK)
            err = read_again(w, part, msh_buf_view(&plain), fc);
    }
    msh_buf_dispose(&plain);
    return err;
}
