/* kind_mask.c: masks that hide too little: a mobile number with one or two hidden digits, and a
 * person whose number is masked in two ways, so that both places together show all of it.
 *
 * domain.md section 5, "Weak masking"; identity numbers of one place are kind_idcard's (what:
 * weak). Who a masked number belongs to is told by the name in its row, or by 姓名：… before it.
 * What is remembered of an item is a hash of the name and the masked number, until the item ends.
 */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"
#include "rule/digits.h"

#include <string.h>

enum {
    MOBILE = 11,
    IDENTITY = 18,
    WEAK_HIDDEN = 2,   /* digits of a mobile number */
    TOGETHER_LEFT = 1, /* digits that two places may leave hidden and still give all away */
    SLOTS = 256,
    TRIES = 8,
    NAME_BEFORE = 240, /* bytes before a number in which 姓名 may stand */
    NAME_LEAST = 2,
    NAME_MOST = 4
};

typedef struct mask_state {
    bool pair; /* what: pair; else mobile */
} mask_state;

typedef struct mask_slot {
    uint32_t name; /* hash, 0 = free */
    uint8_t len;
    bool told;
    char value[IDENTITY]; /* digits, X, or '*' where hidden in every place so far */
} mask_slot;

typedef struct mask_item {
    mask_slot slots[SLOTS];
} mask_item;

/* A masked number in the text. */
typedef struct masked {
    size_t start, end, len, hidden;
    char value[IDENTITY];
} masked;

/* --- reading ------------------------------------------------------------------------------------
 */

static bool is_part(uint32_t cp)
{
    return msh_chars_is_digit(cp) || msh_chars_is_star(cp);
}

/* The number around a hit of "**"; false when it is no masked mobile or identity number. */
static bool read_masked(msh_view t, size_t at, masked *m)
{
    size_t from, len;
    memset(m, 0, sizeof *m);
    m->start = at;
    for (unsigned n = 0; n < IDENTITY && is_part(msh_chars_before(t, m->start, &from)); n++)
        m->start = from;
    m->end = m->start;
    for (uint32_t cp; m->len < IDENTITY; m->end += len, m->len++) {
        cp = msh_chars_at(t, m->end, &len);
        bool star = msh_chars_is_star(cp), x = m->len == IDENTITY - 1 && (cp == 'x' || cp == 0xD7);
        if (!star && !x && !msh_chars_is_digit(cp))
            break;
        m->hidden += star;
        m->value[m->len] = star ? '*' : x ? 'X' : (char)cp;
    }
    if (msh_chars_is_alnum(msh_chars_before(t, m->start, &from)) ||
        msh_chars_is_alnum(msh_chars_at(t, m->end, &len)) || is_part(msh_chars_at(t, m->end, &len)))
        return false;
    if (m->hidden == 0 || m->hidden == m->len)
        return false;
    if (m->len == MOBILE)
        return m->value[0] == '1' && (m->value[1] == '*' || m->value[1] >= '3');
    return m->len == IDENTITY && m->value[0] >= '1' && m->value[0] <= '8';
}

/* --- whose it is --------------------------------------------------------------------------------
 */

static uint32_t hash_of(msh_view name)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ name.data[i]) * 16777619u;
    return h ? h : 1;
}

/* Two to four Han letters and nothing else between from and to. */
static bool is_name(msh_view t, size_t from, size_t to)
{
    size_t n = 0, len;
    for (size_t at = from; at < to; at += len) {
        uint32_t cp = msh_chars_at(t, at, &len);
        if (msh_chars_is_blank(cp))
            continue;
        if (!msh_chars_is_cjk(cp) || ++n > NAME_MOST)
            return false;
    }
    return n >= NAME_LEAST;
}

static bool is_border(msh_view t, size_t at)
{
    uint8_t c = t.data[at];
    bool two = c == ' ' && at + 1 < t.len && t.data[at + 1] == ' ';
    return two || c == '\t' || c == '|' || c == ',' || c == ';';
}

/* The first cell of a row that looks like a name. */
static uint32_t name_of_row(msh_view t, size_t line, size_t start)
{
    for (size_t from = line, at = line; at < start; at++) {
        if (!is_border(t, at))
            continue;
        if (is_name(t, from, at))
            return hash_of(msh_view_cut(t, from, at - from));
        from = at + 1;
    }
    return 0;
}

/* 姓名：张三 before it, on the line or the lines before. */
static uint32_t name_said(msh_view t, size_t start)
{
    msh_view label = MSH_VIEW("姓名");
    size_t floor = start > NAME_BEFORE ? start - NAME_BEFORE : 0, len;
    for (size_t at = start; at-- > floor;) {
        if (!msh_chars_has(t, at, label))
            continue;
        size_t from = msh_chars_skip_blanks(t, at + label.len);
        uint32_t cp = msh_chars_at(t, from, &len);
        if (cp != ':' && cp != 0xFF1A)
            return 0;
        from = msh_chars_skip_blanks(t, from + len);
        size_t to = from;
        while (msh_chars_is_cjk(msh_chars_at(t, to, &len)))
            to += len;
        return is_name(t, from, to) ? hash_of(msh_view_cut(t, from, to - from)) : 0;
    }
    return 0;
}

static uint32_t owner(msh_view t, size_t start)
{
    size_t line, end;
    msh_line_at(t, start, &line, &end);
    uint32_t name = name_of_row(t, line, start);
    return name ? name : name_said(t, start);
}

/* --- two places ---------------------------------------------------------------------------------
 */

/* What both show goes into the slot; false when they are of two people. */
static bool join(mask_slot *s, const masked *m)
{
    size_t same = 0;
    for (size_t i = 0; i < m->len; i++) {
        bool both = s->value[i] != '*' && m->value[i] != '*';
        if (both && s->value[i] != m->value[i])
            return false;
        same += both;
    }
    for (size_t i = 0; i < m->len; i++)
        if (s->value[i] == '*')
            s->value[i] = m->value[i];
    return same > 0;
}

static size_t hidden_in(const mask_slot *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->len; i++)
        n += s->value[i] == '*';
    return n;
}

/* The slot of a name, else a free one, else one whose person is forgotten. */
static mask_slot *slot_of(mask_item *item, uint32_t name, size_t len)
{
    mask_slot *s = NULL;
    for (size_t i = 0; i < TRIES; i++) {
        s = &item->slots[(name + len * 97u + i) % SLOTS];
        if (s->name == 0 || (s->name == name && s->len == len))
            break;
    }
    return s;
}

/* Whether this place and an earlier one of the same person together show the number. */
static bool completes(mask_item *item, msh_view t, const masked *m)
{
    uint32_t name = owner(t, m->start);
    if (name == 0)
        return false;
    mask_slot *s = slot_of(item, name, m->len);
    if (s->name != name || s->len != m->len) {
        *s = (mask_slot){.name = name, .len = (uint8_t)m->len};
        memcpy(s->value, m->value, m->len);
        return false;
    }
    if (s->told || !join(s, m) || hidden_in(s) > TOGETHER_LEFT || m->hidden <= TOGETHER_LEFT)
        return false;
    s->told = true;
    return true;
}

/* --- the kind -----------------------------------------------------------------------------------
 */

static msh_err report(msh_view t, const masked *m, const msh_kind_out *out)
{
    msh_view text = msh_view_cut(t, m->start, m->end - m->start);
    bool mobile = m->len == MOBILE;
    msh_candidate c = {.start = m->start,
                       .end = m->end,
                       .normal = msh_arena_copy(out->scratch, text),
                       .excerpt = msh_mask(out->scratch, text, mobile ? 3 : 2, mobile ? 4 : 3, "*"),
                       .no_context = true};
    return c.normal.data && c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

static msh_err mask_scan(const void *state, void *item, const msh_kind_text *t,
                         const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    const mask_state *st = state;
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        masked m;
        if (hits[i].start < done || !read_masked(t->text, hits[i].start, &m))
            continue;
        done = m.end;
        bool found =
            st->pair ? completes(item, t->text, &m) : m.len == MOBILE && m.hidden <= WEAK_HIDDEN;
        if (found)
            MSH_TRY(report(t->text, &m, out));
    }
    return MSH_OK;
}

/* find: {kind: mask, what: mobile|pair} */
static msh_err mask_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    static const char *const stars[] = {"*", "★", "●"};
    msh_view what = {NULL, 0};
    mask_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    st->pair = msh_view_eq_str(what, "pair");
    if (!st->pair && !msh_view_eq_str(what, "mobile"))
        return c->refuse(c->ctx, find, "what 应为 mobile 或 pair", "what: mobile or pair", why);
    for (size_t i = 0; i < sizeof stars / sizeof stars[0]; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char word[5];
            size_t n = strlen(stars[i]);
            word[0] = digit;
            memcpy(word + 1, stars[i], n);
            msh_view kept = msh_arena_copy(c->arena, (msh_view){(const uint8_t *)word, n + 1});
            if (!kept.data)
                return msh_fail(why, MSH_E_MEMORY, "out of memory");
            MSH_TRY(c->want_literal(c->ctx, kept, 0));
        }
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_mask = {
    .name = "mask",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = mask_compile,
    .item_size = sizeof(mask_item),
    .scan_item = mask_scan,
};
