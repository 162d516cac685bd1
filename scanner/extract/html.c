/* html.c: a streaming tokenizer for HTML and generic XML (HTML Living Standard 13.2; XML 1.0).
 *
 * Never fails: what is no markup is text. No stack and no second look at a byte, but for what is
 * inside of attributes and comments, so that time and memory are linear in the input. Entities of a
 * DTD are expanded once, never inside one another: that would be an outcome, xml.entities. */
#include "extract/html.h"

#include "base/err.h"
#include "base/view.h"
#include "text/escapes.h"

enum {
    INNER_DEPTH = 4,  /* markup in attributes and comments inside one another */
    ENTITY_NAME = 40, /* longest name of an entity */
    ENTITIES = 64,    /* of a DTD that are known */
    ENTITY_VALUE = 4096
};

enum { BODY, HIDDEN, META, COMMENT, ATTR, SCRIPT, RUBY, FLOWS };

typedef struct entity {
    msh_view name, value;
} entity;

typedef struct parser {
    msh_extract *x;
    const msh_doc *doc;
    msh_view in;
    size_t at;
    uint64_t base; /* offset of in in the decoded text; inside attributes: all at one place */
    bool fixed;    /* inner markup: every offset is base */
    bool xml, again;
    const msh_map *up;
    msh_flow *flows;
    unsigned target; /* flow of text: BODY, COMMENT … */
    unsigned depth;
    msh_view hidden; /* name of the hidden element that is open */
    unsigned hidden_depth, pre, ruby_text, ruby;
    entity *entities;
    size_t n_entities;
    bool nested_entities;
    bool in_row;    /* a cell of this row has begun */
    size_t row_len; /* length of the flow when the row began */
    msh_err err;
} parser;

static uint64_t place_of(const parser *p, size_t at)
{
    return p->fixed ? p->base : p->base + at;
}

/* --- characters
 * ------------------------------------------------------------------------------------
 */

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
}

/* --- text
 * ------------------------------------------------------------------------------------------
 */

static msh_flow *text_flow(parser *p)
{
    if (p->target == BODY && p->hidden_depth)
        return &p->flows[HIDDEN];
    if (p->target == BODY && p->ruby_text)
        return &p->flows[RUBY];
    return &p->flows[p->target];
}

static bool is_plain(const uint8_t *s, const uint8_t *end)
{
    return !is_space(*s) || (*s == ' ' && s + 1 < end && !is_space(s[1]));
}

/* Text as a reader sees it: runs of blanks are one blank, none at the start of a line. */
static void put_flowing(parser *p, msh_flow *f, size_t from, size_t to)
{
    const uint8_t *data = p->in.data, *end = data + to;
    for (const uint8_t *s = data + from; s < end;) {
        const uint8_t *start = s;
        while (s < end && is_plain(s, end))
            s++;
        if (s > start)
            msh_flow_put(f, msh_view_of(start, (size_t)(s - start)),
                         place_of(p, (size_t)(start - data)));
        start = s;
        while (s < end && is_space(*s))
            s++;
        if (s > start && !msh_flow_at_start(f) && f->text.data[f->text.len - 1] != ' ')
            msh_flow_put(f, MSH_VIEW(" "), place_of(p, (size_t)(start - data)));
    }
}

static void put_plain(parser *p, msh_flow *f, size_t from, size_t to)
{
    if (to <= from)
        return;
    if (p->pre || f != text_flow(p))
        msh_flow_put(f, msh_view_cut(p->in, from, to - from), place_of(p, from));
    else
        put_flowing(p, f, from, to);
    if (p->ruby && f == &p->flows[BODY])
        msh_flow_put(&p->flows[RUBY], msh_view_cut(p->in, from, to - from), place_of(p, from));
}

static const entity *find_entity(const parser *p, msh_view name)
{
    for (size_t i = 0; i < p->n_entities; i++)
        if (msh_view_eq(p->entities[i].name, name))
            return &p->entities[i];
    return NULL;
}

/* The longest beginning of a name that is an entity written without its semicolon. */
static size_t bare_entity(msh_view name, uint32_t *cp)
{
    for (size_t n = name.len < 8 ? name.len : 8; n >= 2; n--)
        if ((*cp = msh_entity(msh_view_cut(name, 0, n))) != 0)
            return n;
    return 0;
}

/* A reference at `at` ("&"): puts its character, returns its length; 0 when it is none. */
static size_t put_reference(parser *p, msh_flow *f, size_t at, size_t to)
{
    size_t i = at + 1, start = i;
    bool numeric = i < to && p->in.data[i] == '#';
    i += numeric;
    while (i < to && i - start < ENTITY_NAME &&
           (is_digit(p->in.data[i]) || is_letter(p->in.data[i])))
        i++;
    msh_view name = msh_view_cut(p->in, start, i - start);
    bool closed = i < to && p->in.data[i] == ';';
    uint32_t cp = name.len ? msh_entity(name) : 0;
    const entity *own = cp == 0 && closed ? find_entity(p, name) : NULL;
    if (own) {
        msh_flow_put(f, own->value, place_of(p, at));
        f->next_in = UINT64_MAX;
        return i + 1 - at;
    }
    if (cp == 0 && !closed && !numeric) {
        size_t n = bare_entity(name, &cp);
        i = start + n;
    }
    if (cp == 0)
        return 0;
    if (p->ruby && f == &p->flows[BODY])
        msh_flow_put_cp(&p->flows[RUBY], cp, place_of(p, at));
    msh_flow_put_cp(f, cp, place_of(p, at));
    return i + closed - at;
}

/* Text between tags, with its references. */
static void put_text(parser *p, msh_flow *f, size_t from, size_t to)
{
    while (from < to) {
        const uint8_t *amp = memchr(p->in.data + from, '&', to - from);
        size_t at = amp ? (size_t)(amp - p->in.data) : to;
        put_plain(p, f, from, at);
        if (at == to)
            return;
        size_t n = put_reference(p, f, at, to);
        if (n == 0) {
            put_plain(p, f, at, at + 1);
            n = 1;
        }
        from = at + n;
    }
}

/* --- markup inside markup
 * ---------------------------------------------------------------------------
 */

static void parse(parser *p);

/* Markup in an attribute or a comment: the same flows, all at one place of the source. */
static void parse_inner(parser *p, msh_view text, unsigned target, uint64_t at)
{
    if (p->depth >= INNER_DEPTH || p->err != MSH_OK)
        return;
    parser q = {
        .x = p->x,
        .doc = p->doc,
        .in = text,
        .base = at,
    };
    q.fixed = true;
    q.xml = p->xml;
    q.again = p->again;
    q.up = p->up;
    q.flows = p->flows;
    q.target = target;
    q.depth = p->depth + 1;
    msh_flow_end_line(&p->flows[target], at);
    parse(&q);
    msh_flow_end_line(&p->flows[target], at);
    p->err = q.err;
}

static int hex_digit(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    uint8_t l = c | 32;
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

static void put_percent(msh_buf *out, msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        int a = -1, b = -1;
        if (v.data[i] == '%' && i + 2 < v.len) {
            a = hex_digit(v.data[i + 1]);
            b = hex_digit(v.data[i + 2]);
        }
        if (a >= 0 && b >= 0) {
            msh_buf_put_byte(out, (uint8_t)(a << 4 | b));
            i += 2;
        } else {
            msh_buf_put_byte(out, v.data[i]);
        }
    }
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (is_digit(c))
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* As browsers read it: blanks and wrong characters are skipped. */
static void put_base64(msh_buf *out, msh_view v)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < v.len; i++) {
        int d = base64_digit(v.data[i]);
        if (d < 0)
            continue;
        bits = bits << 6 | (uint32_t)d;
        if (++n % 4 != 1)
            msh_buf_put_byte(out, (uint8_t)(bits >> (6 - 2 * ((n + 3) % 4))));
    }
}

/* RFC 2397: data:[type][;base64],content */
static void read_data_uri(parser *p, msh_view uri, uint64_t at)
{
    const uint8_t *comma = memchr(uri.data, ',', uri.len);
    if (!comma || p->again || p->err != MSH_OK)
        return;
    size_t n = (size_t)(comma - uri.data);
    msh_view head = msh_view_cut(uri, 0, n), content = msh_view_cut(uri, n + 1, uri.len);
    msh_buf percent, bytes, name;
    msh_buf_init(&percent, content.len + 1);
    msh_buf_init(&bytes, content.len + 1);
    msh_buf_init(&name, 256);
    put_percent(&percent, content);
    bool base64 = msh_view_ends_nocase(head, MSH_VIEW("base64"));
    if (base64)
        put_base64(&bytes, msh_buf_view(&percent));
    msh_buf_put_view(&name, msh_view_cut(head, 0, 100));
    msh_buf_printf(&name, "@%llu", (unsigned long long)at);
    msh_buf *b = base64 ? &bytes : &percent;
    p->err = msh_budget_decoded(&p->x->budget, b->len);
    if (p->err == MSH_OK && b->len > 0)
        p->err = msh_extract_child(p->x, p->doc, msh_buf_view(&name), msh_buf_view(b));
    msh_buf_dispose(&name);
    msh_buf_dispose(&bytes);
    msh_buf_dispose(&percent);
}

/* --- attributes
 * ---------------------------------------------------------------------------------------
 */

static bool is_ascii(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80 || v.data[i] == '&' || v.data[i] == '\\')
            return false;
    return true;
}

/* Whether a style or attribute takes an element out of sight. */
static bool hides(msh_view name, msh_view value)
{
    static const char *const ways[] = {"display:none", "visibility:hidden", "font-size:0",
                                       "opacity:0"};
    char squeezed[256];
    size_t n = 0;
    if (msh_view_eq_nocase(name, MSH_VIEW("hidden")))
        return true;
    if (!msh_view_eq_nocase(name, MSH_VIEW("style")))
        return false;
    for (size_t i = 0; i < value.len && n < sizeof squeezed; i++)
        if (!is_space(value.data[i]))
            squeezed[n++] = (char)(value.data[i] | (is_letter(value.data[i]) ? 32 : 0));
    msh_view v = msh_view_of(squeezed, n);
    bool may = false; /* most styles have no value that begins like one of these */
    for (size_t i = 1; i < n && !may; i++)
        may = squeezed[i - 1] == ':' && strchr("nh0", squeezed[i]) && squeezed[i];
    for (size_t i = 0; may && i < sizeof ways / sizeof ways[0]; i++) {
        size_t at = msh_view_find(v, msh_view_str(ways[i]), 0);
        size_t end = at == SIZE_MAX ? 0 : at + strlen(ways[i]);
        if (end && (end >= n || squeezed[end] == ';' || squeezed[end] == '!' || i == 2))
            return end >= n || squeezed[end] != '.';
    }
    return false;
}

typedef struct tag {
    msh_view name;
    unsigned flags;
    bool hidden, closed;
} tag;

static void read_value(parser *p, tag *t, msh_view name, size_t from, size_t to)
{
    msh_view value = msh_view_cut(p->in, from, to - from);
    bool meta = (t->flags & MSH_TAG_META) && msh_view_eq_nocase(name, MSH_VIEW("content"));
    msh_flow *f = &p->flows[meta ? META : ATTR];
    t->hidden |= hides(name, value);
    if (value.len == 0 || (!p->xml && msh_attr_is_dull(name) && is_ascii(value)))
        return;
    if (value.len > 5 && msh_view_eq_nocase(msh_view_cut(value, 0, 5), MSH_VIEW("data:"))) {
        read_data_uri(p, msh_view_cut(value, 5, value.len), place_of(p, from));
        return;
    }
    size_t mark = f->text.len;
    put_text(p, f, from, to);
    if (!p->xml && msh_view_eq_nocase(name, MSH_VIEW("srcdoc")) && f->text.len > mark) {
        msh_buf inner;
        msh_buf_init(&inner, value.len * 4 + 16);
        msh_buf_put(&inner, f->text.data + mark, f->text.len - mark);
        if (msh_buf_err(&inner) == MSH_OK)
            parse_inner(p, msh_buf_view(&inner), BODY, place_of(p, from));
        msh_buf_dispose(&inner);
    }
    msh_flow_end_line(f, place_of(p, to));
}

static size_t skip_space(const parser *p, size_t i)
{
    while (i < p->in.len && (is_space(p->in.data[i]) || p->in.data[i] == '/'))
        i++;
    return i;
}

/* The value that begins at i: [*from, *to), what follows it is returned; SIZE_MAX when the text
 * ends inside quotes. */
static size_t find_value(const parser *p, size_t i, size_t *from, size_t *to)
{
    while (i < p->in.len && is_space(p->in.data[i]))
        i++;
    if (i < p->in.len && (p->in.data[i] == '"' || p->in.data[i] == '\'')) {
        const uint8_t *end = memchr(p->in.data + i + 1, p->in.data[i], p->in.len - i - 1);
        if (!end)
            return SIZE_MAX;
        *from = i + 1;
        *to = (size_t)(end - p->in.data);
        return *to + 1;
    }
    *from = i;
    while (i < p->in.len && !is_space(p->in.data[i]) && p->in.data[i] != '>')
        i++;
    *to = i;
    return i;
}

/* Attributes up to '>'. False when the text ends before. */
static bool read_attributes(parser *p, tag *t)
{
    size_t i = p->at;
    while (p->err == MSH_OK) {
        i = skip_space(p, i);
        if (i >= p->in.len)
            return false;
        if (p->in.data[i] == '>') {
            t->closed = i > 0 && p->in.data[i - 1] == '/';
            p->at = i + 1;
            return true;
        }
        size_t from = i, value = 0, end = 0;
        do {
            i++;
        } while (i < p->in.len && !is_space(p->in.data[i]) && p->in.data[i] != '>' &&
                 p->in.data[i] != '=' && p->in.data[i] != '/');
        msh_view name = msh_view_cut(p->in, from, i - from);
        size_t next = i;
        while (next < p->in.len && is_space(p->in.data[next]))
            next++;
        if (next < p->in.len && p->in.data[next] == '=') {
            i = find_value(p, next + 1, &value, &end);
            if (i == SIZE_MAX)
                return false;
        }
        if (!is_ascii(name)) {
            put_text(p, &p->flows[ATTR], from, from + name.len);
            msh_flow_end_line(&p->flows[ATTR], place_of(p, from));
        }
        read_value(p, t, name, value, end);
    }
    return true;
}

/* --- tags
 * -----------------------------------------------------------------------------------------------
 */

static unsigned flags_of(const parser *p, msh_view name)
{
    unsigned flags = msh_tag_flags(name);
    if (!p->xml)
        return flags;
    return flags == MSH_TAG_KNOWN || (flags & MSH_TAG_SCRIPT) ? flags & ~(unsigned)MSH_TAG_RAW
                                                              : (unsigned)MSH_TAG_BLOCK;
}

static void break_flow(parser *p, const tag *t, bool begins, size_t at)
{
    msh_flow *f = text_flow(p);
    if (t->flags & MSH_TAG_BLOCK)
        msh_flow_end_line(f, place_of(p, at));
    if (t->flags & MSH_TAG_ROW) {
        msh_flow_end_row(f, place_of(p, at));
        p->in_row = false;
    }
    if (!(t->flags & MSH_TAG_CELL) || !begins)
        return;
    if (!p->in_row) {
        msh_flow_end_row(f, place_of(p, at));
        p->row_len = f->text.len;
    } else if (f->text.len == p->row_len) {
        msh_flow_put(f, MSH_VIEW("\t"), place_of(p, at));
    } else {
        msh_flow_end_cell(f, place_of(p, at));
    }
    p->in_row = true;
}

/* A list of numbers from `at` on, up to ')': characters of their own. Gives its end. */
static size_t put_codes(parser *p, msh_flow *f, size_t at, size_t end)
{
    while (at < end && p->in.data[at] != ')') {
        uint32_t base = 10, cp = 0;
        size_t from = at;
        if (p->in.data[at] == '0' && at + 1 < end && (p->in.data[at + 1] | 32) == 'x') {
            base = 16;
            at += 2;
        }
        while (at < end && cp < 0x110000 && hex_digit(p->in.data[at]) >= 0 &&
               (uint32_t)hex_digit(p->in.data[at]) < base)
            cp = cp * base + (uint32_t)hex_digit(p->in.data[at++]);
        if (cp)
            msh_flow_put_cp(f, cp, place_of(p, from));
        else if (at < end && at == from && !is_space(p->in.data[at]) && p->in.data[at] != ',')
            break;
        at += at == from || cp >= 0x110000;
    }
    return at;
}

/* String.fromCharCode(26426, 0x5bc6) in a script. */
static void put_char_codes(parser *p, msh_flow *f, size_t from, size_t to)
{
    static const char *const calls[] = {"fromCharCode(", "fromCodePoint("};
    msh_view v = msh_view_cut(p->in, 0, to);
    for (size_t i = 0; i < 2; i++)
        for (size_t at = from; (at = msh_view_find(v, msh_view_str(calls[i]), at)) != SIZE_MAX;) {
            at = put_codes(p, f, at + strlen(calls[i]), to);
            msh_flow_end_line(f, place_of(p, at));
        }
}

/* The content of an element without tags: up to "</name". */
static void read_raw(parser *p, const tag *t)
{
    size_t end = p->at;
    for (;;) {
        const uint8_t *lt = end < p->in.len ? memchr(p->in.data + end, '<', p->in.len - end) : NULL;
        if (!lt) {
            end = p->in.len;
            break;
        }
        end = (size_t)(lt - p->in.data);
        if (end + 1 < p->in.len && p->in.data[end + 1] == '/' &&
            msh_view_eq_nocase(msh_view_cut(p->in, end + 2, t->name.len), t->name))
            break;
        end++;
    }
    if (t->flags & MSH_TAG_SCRIPT) {
        msh_flow *f = &p->flows[SCRIPT];
        msh_flow_put(f, msh_view_cut(p->in, p->at, end - p->at), place_of(p, p->at));
        msh_flow_end_line(f, place_of(p, end));
        put_char_codes(p, f, p->at, end);
    } else if (t->flags & MSH_TAG_TITLE) {
        put_text(p, &p->flows[META], p->at, end);
        msh_flow_end_line(&p->flows[META], place_of(p, end));
    } else {
        p->pre++;
        put_text(p, text_flow(p), p->at, end);
        p->pre--;
    }
    p->at = end;
}

static void count_hidden(parser *p, const tag *t)
{
    if (p->hidden_depth && msh_view_eq_nocase(t->name, p->hidden))
        p->hidden_depth++;
    else if (!p->hidden_depth && t->hidden) {
        p->hidden = t->name;
        p->hidden_depth = 1;
    }
}

static void open_tag(parser *p, const tag *t, size_t at)
{
    break_flow(p, t, true, at);
    if ((t->flags & MSH_TAG_VOID) || (p->xml && t->closed))
        return;
    count_hidden(p, t);
    if (t->flags & MSH_TAG_PRE)
        p->pre += p->pre < 1000;
    if (t->flags & MSH_TAG_RUBY)
        p->ruby = 1;
    if (p->ruby)
        p->ruby_text = (t->flags & MSH_TAG_RUBY_TEXT) != 0;
    if (t->flags & MSH_TAG_RAW)
        read_raw(p, t);
}

static void close_tag(parser *p, const tag *t, size_t at)
{
    if (p->hidden_depth && msh_view_eq_nocase(t->name, p->hidden)) {
        msh_flow_end_line(&p->flows[HIDDEN], place_of(p, at));
        p->hidden_depth--;
    }
    if ((t->flags & MSH_TAG_PRE) && p->pre)
        p->pre--;
    if (t->flags & MSH_TAG_RUBY_TEXT)
        p->ruby_text = 0;
    if (t->flags & MSH_TAG_RUBY) {
        p->ruby = p->ruby_text = 0;
        msh_flow_end_line(&p->flows[RUBY], place_of(p, at));
    }
    break_flow(p, t, false, at);
}

/* A tag at "<" or "</". False when the text ends inside it. */
static bool read_tag(parser *p, bool closing)
{
    size_t start = p->at, from = p->at + 1 + closing, i = from;
    while (i < p->in.len && !is_space(p->in.data[i]) && p->in.data[i] != '>' &&
           p->in.data[i] != '/' && p->in.data[i] != '<')
        i++;
    tag t = {.name = msh_view_cut(p->in, from, i - from)};
    msh_view local = t.name;
    const uint8_t *colon = p->xml && local.len ? memchr(local.data, ':', local.len) : NULL;
    if (colon)
        local = msh_view_cut(local, (size_t)(colon - local.data) + 1, local.len);
    t.flags = flags_of(p, local);
    p->at = i;
    if (!read_attributes(p, &t)) {
        p->at = start;
        return false;
    }
    if (closing)
        close_tag(p, &t, start);
    else
        open_tag(p, &t, start);
    return true;
}

/* --- comments, declarations
 * --------------------------------------------------------------------------
 */

static void put_comment(parser *p, size_t from, size_t to)
{
    msh_flow *f = &p->flows[COMMENT];
    msh_view v = msh_view_cut(p->in, from, to - from);
    if (v.len == 0)
        return;
    if (p->depth < INNER_DEPTH && memchr(v.data, '<', v.len))
        parse_inner(p, v, COMMENT, place_of(p, from));
    else
        put_text(p, f, from, to);
    msh_flow_end_line(f, place_of(p, to));
}

static size_t find_or_end(const parser *p, msh_view what, size_t from)
{
    size_t at = msh_view_find(p->in, what, from);
    return at == SIZE_MAX ? p->in.len : at;
}

/* Names references in the value of an entity: expanding it would need more than one step. */
static bool refers(msh_view value)
{
    for (size_t i = 0; i + 1 < value.len; i++)
        if (value.data[i] == '&' && value.data[i + 1] != '#' &&
            msh_entity(msh_view_cut(value, i + 1, 3)) == 0 &&
            msh_entity(msh_view_cut(value, i + 1, 2)) == 0 &&
            msh_entity(msh_view_cut(value, i + 1, 4)) == 0)
            return true;
    return false;
}

/* <!ENTITY name "value">: shown as a text, and remembered for its references. Gives where its '>'
 * is, as a value may hold others. */
static size_t read_entity(parser *p, size_t at, size_t end)
{
    size_t i = at, from, to;
    while (i < end && is_space(p->in.data[i]))
        i++;
    size_t name = i;
    while (i < end && !is_space(p->in.data[i]))
        i++;
    msh_view n = msh_view_cut(p->in, name, i - name);
    while (i < end && p->in.data[i] != '"' && p->in.data[i] != '\'')
        i++;
    if (i >= end || find_value(p, i, &from, &to) == SIZE_MAX)
        return end;
    msh_view value = msh_view_cut(p->in, from, to - from);
    p->nested_entities |= refers(value);
    put_text(p, &p->flows[META], from, to);
    msh_flow_end_line(&p->flows[META], place_of(p, to));
    if (!p->entities && p->n_entities == 0)
        p->entities = msh_arena_calloc(p->x->arena, ENTITIES, sizeof *p->entities);
    if (p->entities && p->n_entities < ENTITIES && value.len <= ENTITY_VALUE && !refers(value))
        p->entities[p->n_entities++] = (entity){n, value};
    return find_or_end(p, MSH_VIEW(">"), to);
}

/* <!DOCTYPE … [ … ]>: its inner declarations are met one by one by the main loop. */
static void read_declaration(parser *p)
{
    size_t from = p->at + 2, end = find_or_end(p, MSH_VIEW(">"), from);
    msh_view v = msh_view_cut(p->in, from, end - from);
    const uint8_t *subset = v.len ? memchr(v.data, '[', v.len) : NULL;
    if (msh_view_eq_nocase(msh_view_cut(v, 0, 6), MSH_VIEW("ENTITY"))) {
        end = read_entity(p, from + 6, end);
    } else if (subset && msh_view_eq_nocase(msh_view_cut(v, 0, 7), MSH_VIEW("DOCTYPE"))) {
        p->at = (size_t)(subset - p->in.data) + 1;
        return;
    } else {
        put_comment(p, from, end);
    }
    p->at = end < p->in.len ? end + 1 : end;
}

static void read_cdata(parser *p)
{
    size_t from = p->at + 9, end = find_or_end(p, MSH_VIEW("]]>"), from);
    put_plain(p, text_flow(p), from, end);
    if (!p->xml)
        put_comment(p, from, end);
    p->at = end < p->in.len ? end + 3 : end;
}

/* What begins with "<!" or "<?". */
static void read_special(parser *p)
{
    msh_view rest = msh_view_cut(p->in, p->at, p->in.len);
    if (msh_view_starts(rest, MSH_VIEW("<!--"))) {
        size_t end = find_or_end(p, MSH_VIEW("-->"), p->at + 4);
        put_comment(p, p->at + 4, end);
        p->at = end < p->in.len ? end + 3 : end;
    } else if (msh_view_starts(rest, MSH_VIEW("<![CDATA["))) {
        read_cdata(p);
    } else if (rest.data[1] == '?') {
        size_t end = find_or_end(p, MSH_VIEW(">"), p->at + 2);
        put_comment(p, p->at + 2, end);
        p->at = end < p->in.len ? end + 1 : end;
    } else {
        read_declaration(p);
    }
}

/* --- the main loop
 * ---------------------------------------------------------------------------------------
 */

static bool begins_name(const parser *p, uint8_t c)
{
    return is_letter(c) || (p->xml && (c == '_' || c >= 0x80));
}

static void parse(parser *p)
{
    while (p->at < p->in.len && p->err == MSH_OK) {
        const uint8_t *lt = memchr(p->in.data + p->at, '<', p->in.len - p->at);
        size_t at = lt ? (size_t)(lt - p->in.data) : p->in.len;
        put_text(p, text_flow(p), p->at, at);
        p->at = at;
        uint8_t c = at + 1 < p->in.len ? p->in.data[at + 1] : 0;
        uint8_t d = at + 2 < p->in.len ? p->in.data[at + 2] : 0;
        bool whole = true;
        if (at >= p->in.len)
            break;
        if (begins_name(p, c)) {
            whole = read_tag(p, false);
        } else if (c == '/' && begins_name(p, d)) {
            whole = read_tag(p, true);
        } else if (c == '!' || c == '?') {
            read_special(p);
        } else {
            put_plain(p, text_flow(p), at, at + 1);
            p->at = at + 1;
        }
        if (!whole) {
            put_text(p, text_flow(p), at, p->in.len);
            p->at = p->in.len;
        }
    }
}

msh_err msh_html_read(msh_extract *x, const msh_doc *doc, msh_view text, const msh_map *up,
                      unsigned flags)
{
    static const struct {
        msh_role role;
        const char *name;
    } rows[FLOWS] = {
        {MSH_ROLE_BODY, NULL},    {MSH_ROLE_HIDDEN, NULL}, {MSH_ROLE_META, NULL},
        {MSH_ROLE_COMMENT, NULL}, {MSH_ROLE_ATTR, NULL},   {MSH_ROLE_HIDDEN, "script"},
        {MSH_ROLE_BODY, "ruby"},
    };
    msh_flow flows[FLOWS];
    parser p = {
        .x = x,
        .doc = doc,
    };
    p.in = text;
    p.up = up;
    p.flows = flows;
    p.xml = (flags & MSH_HTML_XML) != 0;
    p.again = (flags & MSH_HTML_AGAIN) != 0;
    p.target = BODY;
    for (size_t i = 0; i < FLOWS; i++) {
        msh_flow_init(&flows[i], x, &doc->place, rows[i].role, rows[i].name);
        flows[i].up = up;
        flows[i].flags = (i == SCRIPT ? MSH_TEXT_MARKUP : 0u) | (p.again ? MSH_TEXT_GUESS : 0u);
    }
    parse(&p);
    for (size_t i = 0; i < FLOWS; i++) {
        msh_err e = msh_flow_end(&flows[i]);
        p.err = p.err == MSH_OK ? e : p.err;
        msh_flow_dispose(&flows[i]);
    }
    if (p.err == MSH_OK && p.nested_entities)
        p.err = msh_report(x, &doc->place, MSH_REASON_XML_ENTITIES, 0);
    return p.err;
}
