/* xmltext.c: paragraphs, cells and notes out of the elements of one part.
 *
 * ECMA-376 part 1 §17 and §21.1, ODF 1.3 part 3 §5–§6. Runs of a paragraph are joined; a paragraph
 * that stands inside another (text box, note, ruby, fallback) is kept apart from it. Deleted text
 * is left out of the body and given twice: alone, and in the paragraph as it was. */
#include "extract/xmltext.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/numfmt.h"

#include <string.h>

enum { LEVELS_MAX = 64, CEILING_FACTOR = 4 };

/* What an element means. */
enum {
    IS_PARA = 1,      /* a paragraph: ends in '\n' */
    IS_NEST = 2,      /* paragraphs of its own inside a paragraph */
    IS_TEXT = 4,      /* its characters are text (where others' are not) */
    IS_SIDE = 8,      /* its characters go beside the text */
    IS_DELETED = 16,  /* what is inside was deleted */
    IS_INSERTED = 32, /* what is inside was inserted */
    IS_CELL = 64,
    IS_ROW = 128,
    IS_RUN = 256,
    IS_BINARY = 512, /* base64 */
    IS_COMMENT = 1024,
    IS_HEADER = 2048,
    IS_FOOTER = 4096,
    IS_OPEN = 8192,   /* set on the stack: opened a level */
    IS_BLOCK = 16384, /* not known, outside paragraphs: text of its own */
    IS_HIDDEN = 32768 /* what is inside is not shown */
};

/* What an element puts in. */
enum {
    PUTS_NOTHING,
    PUTS_TAB,
    PUTS_BREAK,
    PUTS_SHY,
    PUTS_HYPHEN,
    PUTS_SYMBOL,
    PUTS_SPACES,
    PUTS_HIDE,
    PUTS_COLOR,
    PUTS_LIST,
    PUTS_NUMBER,
    PUTS_RUN_STYLE,
    PUTS_FIELD_END, /* of a field, or of its code */
    PUTS_STYLE,     /* a style of ODF is defined */
    PUTS_STYLE_TEXT /* what it does to text */
};

typedef struct word {
    const char *name;
    uint16_t is;
    uint8_t puts;
} word;

/* Each sorted by bytes of the name. */
static const word words_generic[] = {
    {"Fallback", IS_NEST, 0},
    {"base64Binary", IS_BINARY, 0},
    {"binData", IS_BINARY, 0},
    {"binary", IS_BINARY, 0},
    {"binaryData", IS_BINARY, 0},
    {"br", 0, PUTS_BREAK},
    {"p", IS_PARA, 0},
    {"rPh", IS_NEST, 0},
    {"si", IS_PARA, 0},
    {"tc", IS_CELL, 0},
    {"tr", IS_ROW, 0},
    {"txBody", IS_NEST, 0},
};

static const word words_word[] = {
    {"Fallback", IS_NEST, 0},
    {"abstractNum", 0, PUTS_LIST},
    {"binData", IS_BINARY, 0},
    {"binaryData", IS_BINARY, 0},
    {"br", 0, PUTS_BREAK},
    {"color", 0, PUTS_COLOR},
    {"cr", 0, PUTS_BREAK},
    {"del", IS_DELETED, 0},
    {"delInstrText", IS_SIDE, 0},
    {"delText", IS_TEXT | IS_DELETED, 0},
    {"fldChar", 0, PUTS_FIELD_END},
    {"ilvl", 0, PUTS_NUMBER},
    {"ins", IS_INSERTED, 0},
    {"instrText", IS_SIDE, 0},
    {"lvl", 0, PUTS_LIST},
    {"lvlText", 0, PUTS_LIST},
    {"moveFrom", IS_DELETED, 0},
    {"moveTo", IS_INSERTED, 0},
    {"noBreakHyphen", 0, PUTS_HYPHEN},
    {"numId", 0, PUTS_NUMBER},
    {"p", IS_PARA, 0},
    {"pPr", 0, PUTS_NUMBER},
    {"pStyle", 0, PUTS_NUMBER},
    {"ptab", 0, PUTS_TAB},
    {"r", IS_RUN, 0},
    {"rStyle", 0, PUTS_RUN_STYLE},
    {"rt", IS_NEST, 0},
    {"softHyphen", 0, PUTS_SHY},
    {"start", 0, PUTS_LIST},
    {"sym", 0, PUTS_SYMBOL},
    {"t", IS_TEXT, 0},
    {"tab", 0, PUTS_TAB},
    {"tc", IS_CELL, 0},
    {"tr", IS_ROW, 0},
    {"txbxContent", IS_NEST, 0},
    {"vanish", 0, PUTS_HIDE},
    {"webHidden", 0, PUTS_HIDE},
};

static const word words_odf[] = {
    {"annotation", IS_NEST | IS_COMMENT, 0},
    {"binary-data", IS_BINARY, 0},
    {"covered-table-cell", IS_CELL, 0},
    {"deletion", IS_NEST | IS_DELETED, 0},
    {"desc", IS_NEST, 0},
    {"footer", IS_NEST | IS_FOOTER, 0},
    {"footer-first", IS_NEST | IS_FOOTER, 0},
    {"footer-left", IS_NEST | IS_FOOTER, 0},
    {"frame", IS_NEST, 0},
    {"h", IS_PARA, 0},
    {"header", IS_NEST | IS_HEADER, 0},
    {"header-first", IS_NEST | IS_HEADER, 0},
    {"header-left", IS_NEST | IS_HEADER, 0},
    {"hidden-paragraph", IS_HIDDEN, 0},
    {"hidden-text", IS_HIDDEN, 0},
    {"line-break", 0, PUTS_BREAK},
    {"note", IS_NEST, 0},
    {"notes", IS_NEST | IS_COMMENT, 0},
    {"p", IS_PARA, 0},
    {"ruby-text", IS_NEST, 0},
    {"s", 0, PUTS_SPACES},
    {"section-properties", 0, PUTS_STYLE_TEXT},
    {"style", 0, PUTS_STYLE},
    {"tab", 0, PUTS_TAB},
    {"table-cell", IS_CELL, 0},
    {"table-row", IS_ROW, 0},
    {"text-box", IS_NEST, 0},
    {"text-properties", 0, PUTS_STYLE_TEXT},
    {"title", IS_NEST, 0},
};

static const struct vocabulary {
    const word *words;
    size_t n;
} vocabularies[] = {
    [MSH_XT_GENERIC] = {words_generic, sizeof words_generic / sizeof words_generic[0]},
    [MSH_XT_WORD] = {words_word, sizeof words_word / sizeof words_word[0]},
    [MSH_XT_ODF] = {words_odf, sizeof words_odf / sizeof words_odf[0]},
};

static const word *find_word(const msh_xt *t, msh_view name)
{
    const struct vocabulary *v = &vocabularies[t->vocabulary];
    size_t low = 0, high = v->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = msh_view_cmp(name, msh_view_str(v->words[mid].name));
        if (order == 0)
            return &v->words[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/* --- levels of paragraphs ----------------------------------------------------------------------
 */

typedef struct level {
    size_t para, original, deleted, hidden; /* where this level's text begins */
    msh_xt_stream stream;
    uint32_t paras; /* open paragraph elements */
    bool has_deleted;
} level;

static level *top(msh_xt *t)
{
    return (level *)(void *)(t->levels.data + t->levels.len - sizeof(level));
}

static msh_err push_level(msh_xt *t, msh_xt_stream stream)
{
    level l = {.para = t->para.len,
               .original = t->original.len,
               .deleted = t->deleted.len,
               .hidden = t->hidden.len,
               .stream = stream};
    msh_buf_put(&t->levels, &l, sizeof l);
    return msh_buf_err(&t->levels);
}

static void move_rest(msh_buf *from, size_t at, msh_buf *to)
{
    if (from->len <= at)
        return;
    msh_buf_put(to, from->data + at, from->len - at);
    msh_buf_put_byte(to, '\n');
    from->len = at;
}

/* Ends the paragraph of the innermost level. */
static void flush(msh_xt *t)
{
    level *l = top(t);
    bool kept = t->para.len > l->para;
    move_rest(&t->para, l->para, &t->streams[l->stream]);
    move_rest(&t->hidden, l->hidden, &t->streams[MSH_XT_HIDDEN]);
    if (l->has_deleted) {
        move_rest(&t->deleted, l->deleted, &t->streams[MSH_XT_DELETED]);
        if (kept)
            move_rest(&t->original, l->original, &t->streams[MSH_XT_DELETED]);
    }
    t->original.len = l->original;
    l->has_deleted = false;
}

/* --- attributes --------------------------------------------------------------------------------
 */

msh_err msh_xt_value(msh_xt *t, msh_view value)
{
    void *old;
    if (value.len == 0)
        return MSH_OK;
    if (!t->seen && !(t->seen = msh_table_new()))
        return MSH_E_MEMORY;
    if (msh_table_get(t->seen, value))
        return MSH_OK;
    MSH_TRY(msh_table_put(t->seen, value, t, &old));
    msh_buf *to = &t->streams[MSH_XT_ATTR];
    msh_buf_put_view(to, value);
    msh_buf_put_byte(to, '\n');
    return msh_buf_err(to);
}

/* A number format as it shows a number: 机密"★"0"年" becomes 机密★1年. */
static msh_err put_format(msh_xt *t, msh_view code)
{
    msh_buf shown;
    msh_buf_init(&shown, code.len + 64);
    bool words = msh_numfmt_number(&shown, code, MSH_VIEW("1"), false);
    msh_err err = msh_buf_err(&shown);
    if (err == MSH_OK && words)
        err = msh_xt_value(t, msh_buf_view(&shown));
    msh_buf_dispose(&shown);
    return err;
}

msh_err msh_xt_attrs(msh_xt *t, msh_view element, const msh_xml_attr *attrs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!msh_xml_attr_says(element, &attrs[i], t->loose))
            continue;
        if (msh_view_eq_str(attrs[i].name, "formatCode"))
            MSH_TRY(put_format(t, attrs[i].value));
        MSH_TRY(msh_xt_value(t, attrs[i].value));
    }
    return MSH_OK;
}

/* --- text --------------------------------------------------------------------------------------
 */

static void put(msh_xt *t, msh_view v, bool deleted)
{
    if (deleted) {
        msh_buf_put_view(&t->deleted, v);
        msh_buf_put_view(&t->original, v);
        top(t)->has_deleted = true;
        return;
    }
    msh_buf_put_view(&t->para, v);
    if (t->vocabulary == MSH_XT_WORD && !t->in_inserted)
        msh_buf_put_view(&t->original, v);
    if ((t->in_run && t->run_hidden) || t->in_hidden)
        msh_buf_put_view(&t->hidden, v);
}

static uint16_t element_top(const msh_xt *t)
{
    uint16_t is = 0;
    if (t->elements.len >= sizeof is)
        memcpy(&is, t->elements.data + t->elements.len - sizeof is, sizeof is);
    return is;
}

static bool is_all_blank(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] != ' ' && v.data[i] != '\n' && v.data[i] != '\t' && v.data[i] != '\r')
            return false;
    return true;
}

static msh_err on_text(void *ctx, msh_view text)
{
    msh_xt *t = ctx;
    uint16_t is = element_top(t);
    if (is & IS_BINARY) {
        msh_buf_put_view(&t->binary, text);
        return msh_buf_err(&t->binary);
    }
    bool beside = is & IS_SIDE || (t->vocabulary == MSH_XT_WORD && !(is & IS_TEXT));
    if (beside || (top(t)->paras == 0 && !(is & (IS_TEXT | IS_PARA)))) {
        if (!is_all_blank(text) && beside)
            msh_buf_put_view(is & IS_SIDE ? &t->side : &t->streams[MSH_XT_ATTR], text);
        if (beside || is_all_blank(text))
            return msh_buf_err(&t->side);
    }
    if (top(t)->paras == 0 && t->para.len == top(t)->para && is_all_blank(text))
        return MSH_OK; /* between elements: how the file is laid out */
    put(t, text, t->in_deleted > 0);
    return msh_buf_err(&t->para);
}

static msh_err on_aside(void *ctx, msh_view text)
{
    msh_xt *t = ctx;
    return is_all_blank(text) ? MSH_OK : msh_xt_value(t, text);
}

/* --- elements that put something in -------------------------------------------------------------
 */

static uint32_t number(msh_view v, unsigned radix)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len && i < 8; i++) {
        uint8_t c = v.data[i];
        unsigned d = c >= '0' && c <= '9'                     ? c - '0'
                     : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                              : 99;
        if (d >= radix)
            break;
        n = n * radix + d;
    }
    return n;
}

/* w:sym: fonts of pictures keep their characters at U+F000; what matters of Wingdings are stars. */
static void put_symbol(msh_xt *t, const msh_xml_attr *attrs, size_t n)
{
    uint32_t cp = number(msh_xml_get(attrs, n, "char"), 16);
    msh_view font = msh_xml_get(attrs, n, "font");
    if (cp >= 0xf000 && cp <= 0xf0ff)
        cp -= 0xf000;
    if (msh_view_starts(font, MSH_VIEW("Wingdings"))) {
        if (cp == 0xab || cp == 0xaa || cp == 0xac || cp == 0xb6)
            cp = 0x2605;
        else if (cp == 0xb5)
            cp = 0x2606;
    }
    msh_buf b;
    msh_buf_init(&b, 8);
    if (cp >= 0x20)
        msh_buf_put_utf8(&b, cp);
    put(t, msh_buf_view(&b), t->in_deleted > 0);
    msh_buf_dispose(&b);
}

static bool is_off(msh_view v)
{
    return msh_view_eq_str(v, "0") || msh_view_eq_str(v, "false") || msh_view_eq_str(v, "off");
}

/* White, or so near to it that nobody sees it. */
static bool is_white(msh_view v)
{
    if (v.len != 6)
        return false;
    for (size_t i = 0; i < 6; i += 2)
        if (number(msh_view_cut(v, i, 2), 16) < 0xf5)
            return false;
    return true;
}

/* Templates of list numbers (机密★%1年): each %N becomes the first number of its level. */
static msh_err put_list(msh_xt *t, msh_view name, const msh_xml_attr *attrs, size_t n)
{
    msh_view val = msh_xml_get(attrs, n, "val");
    if (msh_view_eq_str(name, "abstractNum")) {
        for (size_t i = 0; i < 9; i++)
            t->starts[i] = 1;
        return MSH_OK;
    }
    if (msh_view_eq_str(name, "lvl"))
        t->list_level = number(msh_xml_get(attrs, n, "ilvl"), 10) % 9;
    else if (msh_view_eq_str(name, "start"))
        t->starts[t->list_level] = number(val, 10);
    if (!msh_view_eq_str(name, "lvlText") || val.len < 3)
        return MSH_OK;
    msh_buf b;
    msh_buf_init(&b, val.len * 12 + 16);
    for (size_t i = 0; i < val.len; i++) {
        uint8_t next = i + 1 < val.len ? val.data[i + 1] : 0;
        if (val.data[i] == '%' && next >= '1' && next <= '9') {
            msh_buf_printf(&b, "%u", (unsigned)t->starts[next - '1']);
            i++;
        } else {
            msh_buf_put_byte(&b, val.data[i]);
        }
    }
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_xt_value(t, msh_buf_view(&b));
    msh_buf_dispose(&b);
    return err;
}

static void remember(char *to, size_t room, msh_view v)
{
    size_t n = v.len < room - 1 ? v.len : room - 1;
    if (n)
        memcpy(to, v.data, n);
    to[n] = 0;
}

/* Properties of a paragraph: which list it stands in. */
static void note_list(msh_xt *t, const char *name, msh_view val)
{
    if (strcmp(name, "pPr") == 0) {
        t->list_id[0] = t->style_id[0] = 0;
        t->para_hidden = false;
        t->paragraph_level = MSH_NUMBERING_LEVELS;
    } else if (strcmp(name, "numId") == 0) {
        remember(t->list_id, sizeof t->list_id, val);
    } else if (strcmp(name, "pStyle") == 0) {
        remember(t->style_id, sizeof t->style_id, val);
    } else {
        t->paragraph_level = number(val, 10);
    }
}

/* At the end of a paragraph's properties its label is put before its text. */
static msh_err put_label(msh_xt *t)
{
    if (t->numbering)
        t->para_hidden = msh_numbering_hidden(t->numbering, msh_view_str(t->style_id));
    if (t->numbering && top(t)->paras > 0)
        msh_numbering_label(t->numbering, msh_view_str(t->list_id), t->paragraph_level,
                            msh_view_str(t->style_id), &t->para);
    return msh_buf_err(&t->para);
}

/* display="none" in the properties of a style hides what has it. */
static msh_err note_style(msh_xt *t, const word *w, const msh_xml_attr *attrs, size_t n)
{
    void *old;
    if (w->puts == PUTS_STYLE) {
        remember(t->style_id, sizeof t->style_id, msh_xml_get(attrs, n, "name"));
        return MSH_OK;
    }
    if (!t->style_id[0] || !msh_view_eq_str(msh_xml_get(attrs, n, "display"), "none"))
        return MSH_OK;
    if (!t->hidden_styles && !(t->hidden_styles = msh_table_new()))
        return MSH_E_MEMORY;
    return msh_table_put(t->hidden_styles, msh_view_str(t->style_id), t, &old);
}

static msh_err put_in(msh_xt *t, const word *w, const msh_xml_attr *attrs, size_t n)
{
    msh_view val = msh_xml_get(attrs, n, "val");
    bool deleted = t->in_deleted > 0;
    switch (w->puts) {
    case PUTS_TAB: /* in w:tabs it is a setting, with values */
        if (!val.data || t->vocabulary != MSH_XT_WORD)
            put(t, MSH_VIEW("\t"), deleted);
        break;
    case PUTS_BREAK:
        put(t, MSH_VIEW("\n"), deleted);
        break;
    case PUTS_SHY:
        put(t, MSH_VIEW("\xc2\xad"), deleted);
        break;
    case PUTS_HYPHEN:
        put(t, MSH_VIEW("-"), deleted);
        break;
    case PUTS_SYMBOL:
        put_symbol(t, attrs, n);
        break;
    case PUTS_SPACES:
        put(t, MSH_VIEW(" "), deleted);
        break;
    case PUTS_HIDE:
        t->run_hidden |= !is_off(val);
        break;
    case PUTS_COLOR:
        t->run_hidden |= is_white(val);
        break;
    case PUTS_FIELD_END:
        move_rest(&t->side, 0, &t->streams[MSH_XT_ATTR]);
        break;
    case PUTS_RUN_STYLE:
        t->run_hidden |= t->numbering && msh_numbering_hidden(t->numbering, val);
        break;
    case PUTS_NUMBER:
        note_list(t, w->name, val);
        break;
    case PUTS_STYLE:
    case PUTS_STYLE_TEXT:
        return note_style(t, w, attrs, n);
    case PUTS_LIST:
        return put_list(t, w->name ? msh_view_str(w->name) : val, attrs, n);
    default:
        break;
    }
    return MSH_OK;
}

/* --- elements ----------------------------------------------------------------------------------
 */

static msh_xt_stream stream_of(msh_xt *t, uint16_t is)
{
    if (is & IS_COMMENT)
        return MSH_XT_COMMENT;
    if (is & IS_HEADER)
        return MSH_XT_HEADER;
    if (is & IS_FOOTER)
        return MSH_XT_FOOTER;
    return top(t)->stream;
}

/* Sections and runs that are not shown, by themselves or by their style. */
static bool is_hidden_here(const msh_xt *t, const msh_xml_attr *attrs, size_t n)
{
    msh_view style = msh_xml_get(attrs, n, "style-name");
    return (t->hidden_styles && style.len && msh_table_get(t->hidden_styles, style)) ||
           msh_view_eq_str(msh_xml_get(attrs, n, "display"), "none");
}

/* Elements without a word: text inside a paragraph, a paragraph of their own outside. */
static uint16_t meaning(msh_xt *t, const word *w)
{
    uint16_t is = w ? w->is : 0;
    if (t->vocabulary == MSH_XT_WORD)
        return is;
    if (!w && top(t)->paras == 0)
        is |= IS_TEXT | IS_BLOCK;
    return is;
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *attrs, size_t n)
{
    msh_xt *t = ctx;
    if (t->listener && t->listener->start)
        MSH_TRY(t->listener->start(t->listener_ctx, name, attrs, n));
    const word *w = find_word(t, name);
    uint16_t is = meaning(t, w);
    if (t->vocabulary == MSH_XT_ODF && n && is_hidden_here(t, attrs, n) &&
        !(w && w->puts == PUTS_STYLE_TEXT))
        is |= IS_HIDDEN;
    if (is & IS_BLOCK) /* what its parent said before it ends here */
        flush(t);
    if (n)
        MSH_TRY(msh_xt_attrs(t, name, attrs, n));
    if (is & IS_NEST && t->levels.len / sizeof(level) < LEVELS_MAX) {
        MSH_TRY(push_level(t, stream_of(t, is)));
        is |= IS_OPEN;
    }
    if (is & IS_PARA) {
        if (top(t)->paras++ == 0)
            flush(t);
        t->para_hidden = false;
    }
    t->in_deleted += (is & IS_DELETED) != 0;
    t->in_inserted += (is & IS_INSERTED) != 0;
    t->in_hidden += (is & IS_HIDDEN) != 0;
    if (is & IS_RUN) {
        t->in_run = true;
        t->run_hidden = t->para_hidden;
    }
    if (w && w->puts)
        MSH_TRY(put_in(t, w, attrs, n));
    msh_buf_put(&t->elements, &is, sizeof is);
    return msh_buf_err(&t->elements);
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static msh_err end_binary(msh_xt *t)
{
    msh_buf out;
    uint32_t bits = 0;
    unsigned n = 0;
    char name[32];
    msh_buf_init(&out, t->binary.len + 4);
    for (size_t i = 0; i < t->binary.len; i++) {
        int d = base64_digit(t->binary.data[i]);
        if (d < 0)
            continue;
        bits = bits << 6 | (uint32_t)d;
        n += 6;
        if (n >= 8) {
            n -= 8;
            msh_buf_put_byte(&out, (uint8_t)(bits >> n));
        }
    }
    t->binary.len = 0;
    msh_buf view = {0};
    msh_buf_init(&view, sizeof name);
    msh_buf_printf(&view, "+embedded%u", ++t->embedded);
    msh_err err = msh_buf_err(&out) != MSH_OK ? msh_buf_err(&out) : msh_buf_err(&view);
    if (err == MSH_OK && out.len)
        err = msh_budget_decoded(&t->x->budget, out.len);
    if (err == MSH_OK && out.len)
        err = msh_extract_child(t->x, t->doc, msh_buf_view(&view), msh_buf_view(&out));
    msh_buf_dispose(&view);
    msh_buf_dispose(&out);
    return err;
}

/* Cells of a row are parted by tabs: the line end of a cell's last paragraph becomes one. */
static void end_cell(msh_xt *t, bool row)
{
    flush(t);
    msh_buf *to = &t->streams[top(t)->stream];
    uint8_t last = to->len ? to->data[to->len - 1] : '\n';
    if (!row && to->len && last == '\n')
        to->data[to->len - 1] = '\t';
    else if (!row && to->len)
        msh_buf_put_byte(to, '\t');
    else if (row && last == '\t')
        to->data[to->len - 1] = '\n';
}

static msh_err emit_streams(msh_xt *t)
{
    static const msh_role roles[MSH_XT_STREAMS] = {
        [MSH_XT_DELETED] = MSH_ROLE_DELETED, [MSH_XT_HIDDEN] = MSH_ROLE_HIDDEN,
        [MSH_XT_ATTR] = MSH_ROLE_ATTR,       [MSH_XT_COMMENT] = MSH_ROLE_COMMENT,
        [MSH_XT_HEADER] = MSH_ROLE_HEADER,   [MSH_XT_FOOTER] = MSH_ROLE_FOOTER,
    };
    for (size_t i = 0; i < MSH_XT_STREAMS; i++) {
        msh_place place = t->place;
        if (i != MSH_XT_BODY)
            place.role = roles[i];
        MSH_TRY(msh_buf_err(&t->streams[i]));
        if (t->streams[i].len)
            MSH_TRY(msh_emit(t->x, &place, msh_buf_view(&t->streams[i]), 0));
        msh_buf_reset(&t->streams[i]);
    }
    return MSH_OK;
}

/* A page of a presentation or drawing is a text of its own (ODF 1.3 part 3 §10.2.4). */
static msh_err end_page(msh_xt *t)
{
    t->place.page = ++t->pages;
    flush(t);
    return emit_streams(t);
}

/* What stands beside the text ends with its element, codes of fields with their paragraph. */
static void end_aside(msh_xt *t, uint16_t is)
{
    msh_buf *to = &t->streams[MSH_XT_ATTR];
    if (t->vocabulary == MSH_XT_WORD && to->len && to->data[to->len - 1] != '\n')
        msh_buf_put_byte(to, '\n');
    if (is & IS_PARA)
        move_rest(&t->side, 0, to);
}

static msh_err on_end(void *ctx, msh_view name)
{
    msh_xt *t = ctx;
    if (t->listener && t->listener->end)
        MSH_TRY(t->listener->end(t->listener_ctx, name));
    uint16_t is = element_top(t);
    if (t->elements.len >= sizeof is)
        t->elements.len -= sizeof is;
    if (t->vocabulary == MSH_XT_WORD && msh_view_eq_str(name, "pPr"))
        MSH_TRY(put_label(t));
    t->in_deleted -= (is & IS_DELETED) && t->in_deleted;
    t->in_inserted -= (is & IS_INSERTED) && t->in_inserted;
    t->in_hidden -= (is & IS_HIDDEN) && t->in_hidden;
    if (is & IS_BINARY && t->binary.len)
        MSH_TRY(end_binary(t));
    if (is & IS_RUN)
        t->in_run = false;
    end_aside(t, is);
    if (is & IS_PARA) {
        level *l = top(t);
        l->paras -= l->paras > 0;
        if (l->paras == 0)
            flush(t);
    }
    if (is & IS_BLOCK)
        flush(t);
    if (is & IS_CELL)
        end_cell(t, false);
    if (is & IS_ROW)
        end_cell(t, true);
    if (is & IS_OPEN && t->levels.len > sizeof(level)) {
        flush(t);
        t->levels.len -= sizeof(level);
    }
    if (t->vocabulary == MSH_XT_ODF && msh_view_eq_str(name, "page"))
        return end_page(t);
    return MSH_OK;
}

const msh_xml_handler msh_xt_handler = {on_start, on_end, on_text, on_aside};

/* --- all of it ---------------------------------------------------------------------------------
 */

msh_err msh_xt_init(msh_xt *t, msh_extract *x, const msh_doc *doc, const msh_place *place,
                    msh_xt_vocabulary vocabulary)
{
    size_t ceiling = (size_t)x->limits->member_size * CEILING_FACTOR;
    *t = (msh_xt){.x = x, .doc = doc, .place = *place, .vocabulary = vocabulary};
    t->place.offset = MSH_NO_POSITION;
    for (size_t i = 0; i < MSH_XT_STREAMS; i++)
        msh_buf_init(&t->streams[i], ceiling);
    msh_buf *const rest[] = {&t->elements, &t->levels, &t->para,   &t->original,
                             &t->deleted,  &t->hidden, &t->binary, &t->side};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        msh_buf_init(rest[i], ceiling);
    for (size_t i = 0; i < 9; i++)
        t->starts[i] = 1;
    return push_level(t, MSH_XT_BODY);
}

void msh_xt_dispose(msh_xt *t)
{
    for (size_t i = 0; i < MSH_XT_STREAMS; i++)
        msh_buf_dispose(&t->streams[i]);
    msh_buf *const rest[] = {&t->elements, &t->levels, &t->para,   &t->original,
                             &t->deleted,  &t->hidden, &t->binary, &t->side};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        msh_buf_dispose(rest[i]);
    if (t->seen)
        msh_table_free(t->seen, NULL);
    if (t->hidden_styles)
        msh_table_free(t->hidden_styles, NULL);
    t->seen = t->hidden_styles = NULL;
}

msh_err msh_xt_emit(msh_xt *t)
{
    while (t->levels.len > sizeof(level)) {
        flush(t);
        t->levels.len -= sizeof(level);
    }
    if (t->levels.len)
        flush(t);
    move_rest(&t->side, 0, &t->streams[MSH_XT_ATTR]);
    t->place.page = t->pages ? 0 : t->place.page; /* what stands behind the last page */
    return emit_streams(t);
}

msh_err msh_xt_read(msh_xt *t, msh_view bytes)
{
    msh_err err = msh_xml_read(t->x, &t->place, bytes, &msh_xt_handler, t);
    msh_err said = msh_xt_emit(t);
    return err == MSH_OK ? said : err;
}
