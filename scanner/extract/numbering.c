/* numbering.c: list definitions, their counters, and numbers in the ways of several peoples.
 *
 * ECMA-376 part 1 §17.9 (numbering), §17.18.59 (number formats). Bullets have no label here: they
 * are no words. */
#include "extract/numbering.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/xmlpart.h"

#include <string.h>

enum { LEVELS = MSH_NUMBERING_LEVELS, DEFINITIONS_MAX = 20000, LABEL_MAX = 512, STYLES_DEEP = 32 };

typedef struct list_level {
    msh_view text;    /* "%1.%2" */
    msh_view format;  /* "decimal" */
    msh_view style;   /* of paragraphs that stand on this level */
    uint32_t start;   /* 0 when not said (§17.9.25) */
    uint32_t restart; /* restarts after this level (from 1) only; 0 = never */
    bool restarts;    /* restart was said */
    bool legal;       /* all numbers of the label are decimal */
} list_level;

/* w:abstractNum: what its lists share, also the counters. */
typedef struct list_kind {
    list_level levels[LEVELS];
    uint32_t count[LEVELS];
    bool begun[LEVELS];
    msh_view link; /* style whose list this stands for */
} list_kind;

/* w:num */
typedef struct list {
    msh_view kind; /* id of the w:abstractNum */
    uint32_t start[LEVELS];
    bool restarts[LEVELS];
    list_level own[LEVELS]; /* text empty: as the kind says */
} list;

typedef struct style {
    msh_view list, base;
    unsigned level; /* LEVELS = not said */
    bool hidden;
} style;

struct msh_numbering {
    msh_arena *arena;
    msh_table *kinds, *lists, *styles;
    size_t n;
    /* while a part is read */
    list_kind *kind;
    list *list;
    style *style;
    unsigned level;
    bool in_override;
};

msh_numbering *msh_numbering_new(msh_arena *arena)
{
    msh_numbering *n = msh_arena_calloc(arena, 1, sizeof *n);
    if (!n)
        return NULL;
    n->arena = arena;
    n->kinds = msh_table_new();
    n->lists = msh_table_new();
    n->styles = msh_table_new();
    if (n->kinds && n->lists && n->styles)
        return n;
    msh_numbering_free(n);
    return NULL;
}

void msh_numbering_free(msh_numbering *n)
{
    msh_table *const all[] = {n->kinds, n->lists, n->styles};
    for (size_t i = 0; i < 3; i++)
        if (all[i])
            msh_table_free(all[i], NULL);
}

/* --- reading -----------------------------------------------------------------------------------
 */

static uint32_t number(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len && i < 9 && v.data[i] >= '0' && v.data[i] <= '9'; i++)
        n = n * 10 + (v.data[i] - '0');
    return n;
}

static bool is_on(msh_view v)
{
    return !msh_view_eq_str(v, "0") && !msh_view_eq_str(v, "false") && !msh_view_eq_str(v, "off");
}

/* A new definition under its id; NULL without an error when there are too many or it is there. */
static msh_err define(msh_numbering *n, msh_table *in, msh_view id, size_t size, void **out)
{
    void *old;
    *out = NULL;
    if (n->n >= DEFINITIONS_MAX || msh_table_get(in, id))
        return MSH_OK;
    n->n++;
    *out = msh_arena_calloc(n->arena, 1, size);
    return *out ? msh_table_put(in, id, *out, &old) : MSH_E_MEMORY;
}

static list_level *current(msh_numbering *n)
{
    if (n->kind)
        return &n->kind->levels[n->level];
    return n->list && n->in_override ? &n->list->own[n->level] : NULL;
}

static msh_err begin_definition(msh_numbering *n, msh_view name, const msh_xml_attr *a, size_t k)
{
    void *made = NULL;
    if (msh_view_eq_str(name, "abstractNum")) {
        MSH_TRY(define(n, n->kinds, msh_xml_get(a, k, "abstractNumId"), sizeof *n->kind, &made));
        n->kind = made;
        n->list = NULL;
    } else if (msh_view_eq_str(name, "num")) {
        MSH_TRY(define(n, n->lists, msh_xml_get(a, k, "numId"), sizeof *n->list, &made));
        n->list = made;
        n->kind = NULL;
    } else if (msh_view_eq_str(name, "style")) {
        MSH_TRY(define(n, n->styles, msh_xml_get(a, k, "styleId"), sizeof *n->style, &made));
        n->style = made;
        if (made)
            n->style->level = LEVELS;
    }
    return MSH_OK;
}

/* What a level says of itself. */
static void note_level(msh_numbering *n, list_level *l, msh_view name, msh_view val)
{
    if (msh_view_eq_str(name, "start")) {
        l->start = number(val);
    } else if (msh_view_eq_str(name, "numFmt")) {
        l->format = msh_arena_copy(n->arena, val);
    } else if (msh_view_eq_str(name, "lvlText")) {
        l->text = msh_arena_copy(n->arena, val);
    } else if (msh_view_eq_str(name, "pStyle")) {
        l->style = msh_arena_copy(n->arena, val);
    } else if (msh_view_eq_str(name, "isLgl")) {
        l->legal = is_on(val);
    } else if (msh_view_eq_str(name, "lvlRestart")) {
        l->restarts = true;
        l->restart = number(val);
    }
}

static void note_style(msh_numbering *n, style *s, msh_view name, msh_view val)
{
    if (msh_view_eq_str(name, "numId"))
        s->list = msh_arena_copy(n->arena, val);
    else if (msh_view_eq_str(name, "ilvl"))
        s->level = number(val) % LEVELS;
    else if (msh_view_eq_str(name, "basedOn"))
        s->base = msh_arena_copy(n->arena, val);
    else if (msh_view_eq_str(name, "vanish") || msh_view_eq_str(name, "webHidden"))
        s->hidden = is_on(val);
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t k)
{
    msh_numbering *n = ctx;
    msh_view val = msh_xml_get(a, k, "val");
    list_level *l = current(n);
    if (msh_view_eq_str(name, "lvl") || msh_view_eq_str(name, "lvlOverride")) {
        n->level = number(msh_xml_get(a, k, "ilvl")) % LEVELS;
        n->in_override = n->list != NULL;
    } else if (msh_view_eq_str(name, "startOverride") && n->list) {
        n->list->start[n->level] = number(val);
        n->list->restarts[n->level] = true;
    } else if (msh_view_eq_str(name, "abstractNumId") && n->list) {
        n->list->kind = msh_arena_copy(n->arena, val);
    } else if (msh_view_eq_str(name, "numStyleLink") && n->kind) {
        n->kind->link = msh_arena_copy(n->arena, val);
    } else if (n->style) {
        note_style(n, n->style, name, val);
    } else if (l) {
        note_level(n, l, name, val);
    }
    return begin_definition(n, name, a, k);
}

static msh_err on_end(void *ctx, msh_view name)
{
    msh_numbering *n = ctx;
    if (msh_view_eq_str(name, "style"))
        n->style = NULL;
    else if (msh_view_eq_str(name, "lvlOverride"))
        n->in_override = false;
    else if (msh_view_eq_str(name, "num"))
        n->list = NULL;
    else if (msh_view_eq_str(name, "abstractNum"))
        n->kind = NULL;
    return MSH_OK;
}

const msh_xml_handler msh_numbering_handler = {on_start, on_end, NULL, NULL};

/* --- from a binary document --------------------------------------------------------------------
 */

static list_level copy_of(const msh_numbering *n, const msh_numbering_level *l)
{
    return (list_level){.text = msh_arena_copy(n->arena, l->text),
                        .format = msh_arena_copy(n->arena, l->format),
                        .start = l->start};
}

msh_err msh_numbering_kind(msh_numbering *n, msh_view id, const msh_numbering_level *l)
{
    list_kind *kind = msh_table_get(n->kinds, id);
    void *made = NULL;
    if (!kind) {
        MSH_TRY(define(n, n->kinds, id, sizeof *kind, &made));
        kind = made;
    }
    if (kind && l->level < LEVELS)
        kind->levels[l->level] = copy_of(n, l);
    return MSH_OK;
}

msh_err msh_numbering_list(msh_numbering *n, msh_view id, msh_view kind)
{
    void *made = NULL;
    MSH_TRY(define(n, n->lists, id, sizeof(list), &made));
    if (made)
        ((list *)made)->kind = msh_arena_copy(n->arena, kind);
    return MSH_OK;
}

msh_err msh_numbering_override(msh_numbering *n, msh_view id, const msh_numbering_level *l,
                               bool restarts)
{
    list *of = msh_table_get(n->lists, id);
    if (!of || l->level >= LEVELS)
        return MSH_OK;
    if (l->text.len)
        of->own[l->level] = copy_of(n, l);
    of->start[l->level] = l->start;
    of->restarts[l->level] = restarts;
    return MSH_OK;
}

msh_err msh_numbering_style(msh_numbering *n, msh_view id, msh_view of, unsigned level)
{
    void *made = NULL;
    MSH_TRY(define(n, n->styles, id, sizeof(style), &made));
    if (made)
        *(style *)made = (style){.list = msh_arena_copy(n->arena, of), .level = level % LEVELS};
    return MSH_OK;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static void put_letters(msh_buf *out, uint32_t n, char first)
{
    for (uint32_t i = 0; n && i < (n - 1) / 26 + 1 && i < 16; i++)
        msh_buf_put_byte(out, (uint8_t)(first + (char)((n - 1) % 26)));
}

static void put_roman(msh_buf *out, uint32_t n, bool upper)
{
    static const struct {
        uint32_t value;
        const char *lower, *upper;
    } rows[] = {{1000, "m", "M"}, {900, "cm", "CM"}, {500, "d", "D"}, {400, "cd", "CD"},
                {100, "c", "C"},  {90, "xc", "XC"},  {50, "l", "L"},  {40, "xl", "XL"},
                {10, "x", "X"},   {9, "ix", "IX"},   {5, "v", "V"},   {4, "iv", "IV"},
                {1, "i", "I"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && n < 5000; i++)
        for (; n >= rows[i].value; n -= rows[i].value)
            msh_buf_put_str(out, upper ? rows[i].upper : rows[i].lower);
}

static const char *const han[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* 一, 十, 十五, 二十, 一百零五: below a thousand, as lists have it. */
static void put_chinese(msh_buf *out, uint32_t n)
{
    if (n == 0 || n > 999) {
        msh_buf_printf(out, "%u", (unsigned)n);
        return;
    }
    if (n >= 100) {
        msh_buf_put_str(out, han[n / 100]);
        msh_buf_put_str(out, n % 100 && n % 100 < 10 ? "百零" : "百");
    }
    uint32_t rest = n % 100;
    if (rest >= 20 || (rest >= 10 && n >= 100))
        msh_buf_put_str(out, han[rest / 10]);
    if (rest >= 10)
        msh_buf_put_str(out, "十");
    if (rest % 10)
        msh_buf_put_str(out, han[rest % 10]);
}

static const char *ordinal(uint32_t n)
{
    if (n % 100 >= 11 && n % 100 <= 13)
        return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void put_number(msh_buf *out, uint32_t n, msh_view format)
{
    if (msh_view_eq_str(format, "lowerLetter") || msh_view_eq_str(format, "upperLetter"))
        put_letters(out, n, format.data[0] == 'l' ? 'a' : 'A');
    else if (msh_view_eq_str(format, "lowerRoman") || msh_view_eq_str(format, "upperRoman"))
        put_roman(out, n, format.data[0] == 'u');
    else if (msh_view_starts(format, MSH_VIEW("chineseCounting")) ||
             msh_view_starts(format, MSH_VIEW("japaneseCounting")) ||
             msh_view_starts(format, MSH_VIEW("taiwaneseCounting")))
        put_chinese(out, n);
    else if (msh_view_eq_str(format, "ordinal"))
        msh_buf_printf(out, "%u%s", (unsigned)n, ordinal(n));
    else if (msh_view_eq_str(format, "decimalZero"))
        msh_buf_printf(out, "%02u", (unsigned)n);
    else if (msh_view_eq_str(format, "decimalEnclosedCircle") && n >= 1 && n <= 20)
        msh_buf_put_utf8(out, 0x2460 + n - 1);
    else if (!msh_view_eq_str(format, "none") && !msh_view_eq_str(format, "bullet"))
        msh_buf_printf(out, "%u", (unsigned)n);
}

/* --- labels ------------------------------------------------------------------------------------
 */

static const list_level *level_of(const list_kind *kind, const list *l, unsigned i)
{
    return l->own[i].text.len ? &l->own[i] : &kind->levels[i];
}

static void count_paragraph(list_kind *kind, list *l, unsigned level)
{
    if (l->restarts[level]) {
        kind->count[level] = l->start[level];
        l->restarts[level] = false;
    } else if (!kind->begun[level]) {
        kind->count[level] = level_of(kind, l, level)->start;
    } else {
        kind->count[level]++;
    }
    kind->begun[level] = true;
    for (unsigned i = level + 1; i < LEVELS; i++) {
        const list_level *below = level_of(kind, l, i);
        if (!below->restarts || (below->restart > 0 && level < below->restart))
            kind->begun[i] = false;
    }
    for (unsigned i = 0; i < level; i++)
        if (!kind->begun[i]) {
            kind->count[i] = level_of(kind, l, i)->start;
            kind->begun[i] = true;
        }
}

static void put_label(const list_kind *kind, const list *l, unsigned level, msh_buf *out)
{
    const list_level *own = level_of(kind, l, level);
    msh_view text = msh_view_cut(own->text, 0, LABEL_MAX);
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = i + 1 < text.len ? text.data[i + 1] - '0' : 0;
        if (text.data[i] != '%' || digit < 1 || digit > LEVELS) {
            msh_buf_put_byte(out, text.data[i]);
            continue;
        }
        const list_level *part = level_of(kind, l, digit - 1);
        bool bullet = msh_view_eq_str(part->format, "bullet");
        put_number(out, kind->count[digit - 1],
                   own->legal && !bullet ? MSH_VIEW("decimal") : part->format);
        i++;
    }
    if (text.len)
        msh_buf_put_byte(out, ' ');
}

/* What a style says, or the nearest of those that it is based on. */
static const style *style_with(const msh_numbering *n, msh_view id, bool with_list)
{
    const style *s = id.len ? msh_table_get(n->styles, id) : NULL;
    for (unsigned i = 0; s && i < STYLES_DEEP; i++) {
        if (with_list ? s->list.len > 0 : s->hidden)
            return s;
        s = s->base.len ? msh_table_get(n->styles, s->base) : NULL;
    }
    return NULL;
}

bool msh_numbering_hidden(const msh_numbering *n, msh_view style_id)
{
    return style_with(n, style_id, false) != NULL;
}

/* A kind may stand for the list of a style. */
static list_kind *kind_of(const msh_numbering *n, list **l)
{
    for (unsigned i = 0; *l && i < STYLES_DEEP; i++) {
        list_kind *kind = (*l)->kind.len ? msh_table_get(n->kinds, (*l)->kind) : NULL;
        if (!kind || kind->link.len == 0)
            return kind;
        const style *s = style_with(n, kind->link, true);
        *l = s ? msh_table_get(n->lists, s->list) : NULL;
    }
    return NULL;
}

/* The level of a paragraph that does not say: as its style, or the one that names its style. */
static unsigned level_for(const list_kind *kind, const list *l, const style *s, msh_view style_id)
{
    if (s && s->level < LEVELS)
        return s->level;
    for (unsigned i = 0; i < LEVELS && style_id.len; i++)
        if (msh_view_eq(level_of(kind, l, i)->style, style_id))
            return i;
    return 0;
}

void msh_numbering_label(msh_numbering *n, msh_view id, unsigned level, msh_view style_id,
                         msh_buf *out)
{
    const style *s = style_with(n, style_id, true);
    if (id.len == 0 && s)
        id = s->list;
    list *l = id.len ? msh_table_get(n->lists, id) : NULL;
    list_kind *kind = kind_of(n, &l);
    if (!kind)
        return;
    if (level >= LEVELS)
        level = level_for(kind, l, s, style_id);
    count_paragraph(kind, l, level);
    if (!msh_view_eq_str(level_of(kind, l, level)->format, "bullet"))
        put_label(kind, l, level, out);
}
