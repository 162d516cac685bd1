/* ole_doc_lists.c: numbers in front of paragraphs, which are no text in the document: list
 * definitions (PlfLst), lists (PlfLfo), and styles that belong to one (STSH). [MS-DOC] 2.9.150,
 * 2.9.131, 2.9.271. */
#include "extract/ole_doc.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { LSTF = 28, LFO = 16, LABEL_MOST = 256, BASES = 12, PARAGRAPH_STYLE = 1, NO_STYLE = 0xfff };

/* --- levels --------------------------------------------------------------------------------------
 */

/* [MS-OSHARED] 2.2.1.3 MSONFC in the words of ST_NumberFormat. */
static msh_view format_of(uint8_t nfc)
{
    static const char *const names[] = {
        "decimal",
        "upperRoman",
        "lowerRoman",
        "upperLetter",
        "lowerLetter",
        "ordinal",
        [10] = "ideographDigital",
        [11] = "japaneseCounting",
        [14] = "decimalFullWidth",
        [18] = "decimalEnclosedCircle",
        [19] = "decimalFullWidth2",
        [22] = "decimalZero",
        [23] = "bullet",
        [26] = "decimalEnclosedFullstop",
        [27] = "decimalEnclosedParen",
        [28] = "decimalEnclosedCircleChinese",
        [29] = "ideographEnclosedCircle",
        [30] = "ideographTraditional",
        [31] = "ideographZodiac",
        [33] = "taiwaneseCounting",
        [34] = "ideographLegalTraditional",
        [35] = "taiwaneseCountingThousand",
        [36] = "taiwaneseDigital",
        [37] = "chineseCounting",
        [38] = "chineseLegalSimplified",
        [39] = "chineseCountingThousand",
    };
    if (nfc == 255)
        return MSH_VIEW("none");
    if (nfc < sizeof names / sizeof *names && names[nfc])
        return msh_view_str(names[nfc]);
    return MSH_VIEW("decimal");
}

/* One LVL; its text, where characters below 9 stand for the number of a level, in `text`. */
static bool read_level(msh_cursor *c, msh_numbering_level *l, msh_buf *text)
{
    l->start = msh_cursor_u32le(c);
    l->format = format_of(msh_cursor_u8(c));
    msh_cursor_skip(c, 19);
    size_t chpx = msh_cursor_u8(c), papx = msh_cursor_u8(c);
    msh_cursor_skip(c, 2 + chpx + papx);
    uint16_t n = msh_cursor_u16le(c);
    msh_cursor s = msh_cursor_of(msh_cursor_take(c, (size_t)n * 2));
    msh_buf_reset(text);
    for (unsigned i = 0; i < n && i < LABEL_MOST; i++) {
        uint16_t cp = msh_cursor_u16le(&s);
        if (cp < MSH_NUMBERING_LEVELS)
            msh_buf_printf(text, "%%%u", cp + 1u);
        else if (cp >= 0x20 && (cp < 0xd800 || cp > 0xf8ff))
            msh_buf_put_utf8(text, cp);
    }
    l->text = msh_buf_view(text);
    return msh_cursor_ok(c) && msh_buf_err(text) == MSH_OK;
}

/* --- definitions and lists -----------------------------------------------------------------------
 */

static msh_err read_definitions(msh_word *w, msh_buf *text)
{
    msh_view v = msh_word_pair(w, MSH_WORD_LISTS);
    msh_cursor heads = msh_cursor_of(v), levels = msh_cursor_of(msh_word_behind(w, MSH_WORD_LISTS));
    uint16_t n = msh_cursor_u16le(&heads);
    for (unsigned i = 0; i < n; i++) {
        msh_cursor head = msh_cursor_of(msh_cursor_take(&heads, LSTF));
        msh_view id = msh_cursor_take(&head, 4);
        msh_cursor_skip(&head, 22);
        unsigned count = msh_cursor_u8(&head) & 1 ? 1 : MSH_NUMBERING_LEVELS;
        if (!msh_cursor_ok(&head))
            break;
        for (unsigned k = 0; k < count; k++) {
            msh_numbering_level l = {.level = k};
            if (!read_level(&levels, &l, text))
                return MSH_OK;
            MSH_TRY(msh_numbering_kind(w->numbering, id, &l));
        }
    }
    return MSH_OK;
}

/* LFOLVL: a level that starts elsewhere, or is another one. */
static msh_err read_override(msh_word *w, msh_view list, msh_cursor *c, msh_buf *text)
{
    enum { STARTS = 16, WORDED = 32 };
    msh_numbering_level l = {.start = msh_cursor_u32le(c)};
    uint32_t flags = msh_cursor_u32le(c), start = l.start;
    l.level = flags & 15;
    if (flags & WORDED) {
        unsigned level = l.level;
        if (!read_level(c, &l, text))
            return MSH_OK;
        l.level = level;
        start = l.start;
    }
    l.start = start;
    return msh_cursor_ok(c) ? msh_numbering_override(w->numbering, list, &l, flags & STARTS)
                            : MSH_OK;
}

static msh_err read_lists(msh_word *w, msh_buf *text)
{
    msh_cursor heads = msh_cursor_of(msh_word_pair(w, MSH_WORD_OVERRIDES));
    uint32_t n = msh_cursor_u32le(&heads);
    if (n > msh_cursor_left(&heads) / LFO || n >= MSH_WORD_NO_LIST)
        return MSH_OK;
    msh_cursor data = heads;
    msh_cursor_skip(&data, (size_t)n * LFO);
    for (uint32_t i = 1; i <= n; i++) {
        uint16_t number = (uint16_t)i;
        msh_view id = msh_view_of(&number, sizeof number), kind = msh_cursor_take(&heads, 4);
        msh_cursor_skip(&heads, 8);
        unsigned levels = msh_cursor_u8(&heads);
        msh_cursor_skip(&heads, 3);
        MSH_TRY(msh_numbering_list(w->numbering, id, kind));
        msh_cursor_skip(&data, 4);
        for (unsigned k = 0; k < levels && k < 16 && msh_cursor_ok(&data); k++)
            MSH_TRY(read_override(w, id, &data, text));
    }
    return MSH_OK;
}

/* --- styles --------------------------------------------------------------------------------------
 */

typedef struct style {
    uint16_t base, list;
    uint8_t level;
} style;

/* One STD: its name, and for paragraphs what its properties say of lists. */
static void read_style(msh_view std, size_t head, style *s, msh_buf *names)
{
    msh_cursor c = msh_cursor_of(std);
    msh_word_para p = {.level = MSH_NUMBERING_LEVELS};
    msh_cursor_skip(&c, 2);
    uint16_t kind = msh_cursor_u16le(&c);
    msh_cursor_seek(&c, head);
    msh_view name = msh_cursor_take(&c, (size_t)msh_cursor_u16le(&c) * 2);
    size_t used;
    uint64_t bad = 0;
    msh_charset_decode(MSH_CS_UTF16LE, name, true, names, &used, &bad);
    msh_buf_put_byte(names, '\n');
    msh_cursor_skip(&c, 2);
    if (c.at % 2)
        msh_cursor_skip(&c, 1);
    s->base = kind >> 4;
    if ((kind & 15) == PARAGRAPH_STYLE) {
        msh_view upx = msh_cursor_take(&c, msh_cursor_u16le(&c));
        msh_word_para_of(msh_view_cut(upx, 2, upx.len), &p);
    }
    s->list = p.list;
    s->level = p.level;
}

/* What a style does not say, the one that it is based on does. */
static msh_err define_styles(msh_word *w, const style *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t list = 0, id = (uint16_t)i;
        uint8_t level = MSH_NUMBERING_LEVELS;
        size_t at = i;
        for (int k = 0; k < BASES && at < n; k++) {
            list = list ? list : all[at].list;
            level = level < MSH_NUMBERING_LEVELS ? level : all[at].level;
            at = all[at].base;
        }
        if (list && list != MSH_WORD_NO_LIST)
            MSH_TRY(msh_numbering_style(w->numbering, msh_view_of(&id, 2), msh_view_of(&list, 2),
                                        level < MSH_NUMBERING_LEVELS ? level : 0));
    }
    return MSH_OK;
}

static msh_err read_styles(msh_word *w)
{
    msh_cursor c = msh_cursor_of(msh_word_pair(w, MSH_WORD_STYLES));
    msh_cursor info = msh_cursor_of(msh_cursor_take(&c, msh_cursor_u16le(&c)));
    size_t n = msh_cursor_u16le(&info), head = msh_cursor_u16le(&info), got = 0;
    style all[NO_STYLE];
    msh_buf names;
    memset(all, 0, sizeof all);
    msh_buf_init(&names, (size_t)NO_STYLE * 1024);
    for (; got < n && got < NO_STYLE; got++) {
        msh_view std = msh_cursor_take(&c, msh_cursor_u16le(&c));
        if (!msh_cursor_ok(&c))
            break;
        all[got].base = NO_STYLE;
        if (std.len)
            read_style(std, head, &all[got], &names);
    }
    msh_place place = w->place;
    place.role = MSH_ROLE_META;
    place.name = MSH_VIEW("style");
    place.offset = MSH_NO_POSITION;
    msh_err err = msh_emit(w->o->x, &place, msh_buf_view(&names), 0);
    msh_buf_dispose(&names);
    return err == MSH_OK && w->numbering ? define_styles(w, all, got) : err;
}

/* --- labels --------------------------------------------------------------------------------------
 */

msh_err msh_word_lists(msh_word *w)
{
    msh_buf text;
    if (w->old)
        return MSH_OK;
    if (msh_word_pair(w, MSH_WORD_LISTS).len > 2) {
        w->numbering = msh_numbering_new(w->o->x->arena);
        if (!w->numbering)
            return MSH_E_MEMORY;
    }
    msh_buf_init(&text, LABEL_MOST * 4);
    msh_err err = w->numbering ? read_definitions(w, &text) : MSH_OK;
    if (err == MSH_OK && w->numbering)
        err = read_lists(w, &text);
    msh_buf_dispose(&text);
    return err == MSH_OK ? read_styles(w) : err;
}

void msh_word_label(const msh_word *w, const msh_word_para *p, msh_buf *out)
{
    msh_view list = p->list ? msh_view_of(&p->list, 2) : (msh_view){0, 0};
    if (p->list != MSH_WORD_NO_LIST && !p->row_end)
        msh_numbering_label(w->numbering, list, p->level, msh_view_of(&p->style, 2), out);
}
