/* regex_need.c: reads a PCRE2 pattern (pcre2pattern(3)) as far as needed; see regex_need.h.
 *
 * Each part of a pattern is summed up: the strings it is exactly one of, if they are few; how long
 * it is; the best literals and the best run inside it. What is not understood (backreferences,
 * recursion, verbs, conditions) makes the whole pattern need nothing. */
#include "rule/regex_need.h"

#include "base/view.h"
#include "rule/literal.h"
#include "rule/utf8.h"

#include <string.h>

enum { MAX_DEPTH = 40, NO_COST = 1 << 20, GOOD_COST = 92, SMALL_CLASS = 4, WIDE_CLASS = 70 };

typedef struct strings {
    size_t n;
    msh_need_text s[MSH_NEED_LITERALS];
} strings;

typedef struct run {
    size_t len, before;
    uint64_t bits[2];
} run;

typedef struct sum {
    bool exact; /* exactly one of `are` */
    strings are;
    size_t min, max; /* bytes */
    int cost;        /* of `need`; NO_COST = none */
    strings need;
    size_t before;
    bool pure; /* all characters are ASCII of `bits` */
    uint64_t bits[2];
    run best;
} sum;

typedef struct reader {
    msh_view p;
    size_t at;
    unsigned depth;
    bool lost;
    bool loose; /* see loose_start */
} reader;

static size_t plus(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t times(size_t a, size_t b)
{
    return a && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

/* --- sums ------------------------------------------------------------------------------------ */

static void make_empty(sum *s)
{
    *s = (sum){.exact = true, .pure = true, .cost = NO_COST};
    s->are.n = 1;
}

static void set_bit(uint64_t bits[2], uint32_t c)
{
    bits[c >> 6] |= (uint64_t)1 << (c & 63);
    /* Both cases: the view may be a folded one. */
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        bits[(c ^ 32) >> 6] |= (uint64_t)1 << ((c ^ 32) & 63);
}

static void make_char(sum *s, uint32_t cp)
{
    make_empty(s);
    if (cp >= 'A' && cp <= 'Z')
        cp += 32;
    msh_need_text *t = &s->are.s[0];
    t->len = (uint8_t)msh_utf8_put(t->bytes, cp);
    s->min = s->max = t->len;
    s->pure = cp < 0x80;
    if (s->pure)
        set_bit(s->bits, cp);
}

/* One character that may be many things. */
static void make_any(sum *s)
{
    *s = (sum){.min = 1, .max = 4, .cost = NO_COST};
}

/* --- how good a literal is ------------------------------------------------------------------- */

static int cost_of_text(const msh_need_text *t)
{
    int least = NO_COST, before = -1, single = 0;
    bool ascii = true;
    for (size_t i = 0; i < t->len;) {
        unsigned n = msh_utf8_len(t->bytes[i]);
        uint32_t cp = msh_utf8_char(t->bytes + i, n);
        int weight = (int)msh_char_weight(cp);
        ascii = ascii && n == 1;
        if (before >= 0 && before + weight - 160 < least)
            least = before + weight - 160;
        before = weight;
        single = weight;
        i += n;
    }
    if (least == NO_COST)
        least = single;
    /* Fewer than four ASCII bytes have no quick anchor. */
    return ascii && t->len < 4 ? least + 60 : least;
}

static int cost_of(const strings *s)
{
    int worst = s->n ? -NO_COST : NO_COST;
    for (size_t i = 0; i < s->n; i++) {
        int cost = s->s[i].len ? cost_of_text(&s->s[i]) : NO_COST;
        worst = cost > worst ? cost : worst;
    }
    for (size_t n = s->n; n > 1 && worst < NO_COST; n /= 2)
        worst += 8;
    return worst;
}

static void offer_literals(sum *s, const strings *are, size_t before)
{
    int cost = cost_of(are);
    /* One that may stand anywhere is worth less than one near the start. */
    if (before == SIZE_MAX)
        cost += 8;
    if (cost < s->cost) {
        s->cost = cost;
        s->need = *are;
        s->before = before;
    }
}

static void offer_run(sum *s, run r)
{
    unsigned width =
        (unsigned)__builtin_popcountll(r.bits[0]) + (unsigned)__builtin_popcountll(r.bits[1]);
    if (width <= WIDE_CLASS && r.len > s->best.len)
        s->best = r;
}

/* --- putting sums together ------------------------------------------------------------------- */

/* a := a followed by b; false when there are too many strings or they are too long. */
static bool multiply(strings *a, const strings *b)
{
    strings out = {0};
    if (a->n * b->n > MSH_NEED_LITERALS)
        return false;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            msh_need_text *t = &out.s[out.n++];
            if (a->s[i].len + b->s[k].len > MSH_NEED_BYTES)
                return false;
            *t = a->s[i];
            memcpy(t->bytes + t->len, b->s[k].bytes, b->s[k].len);
            t->len = (uint8_t)(t->len + b->s[k].len);
        }
    *a = out;
    return true;
}

static bool unite(strings *a, const strings *b)
{
    if (a->n + b->n > MSH_NEED_LITERALS)
        return false;
    memcpy(a->s + a->n, b->s, b->n * sizeof *b->s);
    a->n += b->n;
    return true;
}

/* A sequence as it grows. */
typedef struct chain {
    sum s;
    strings now;       /* the exact end of what was read */
    size_t now_before; /* bytes before it, at most */
    bool all_exact;
    run run;
} chain;

static void chain_begin(chain *c)
{
    make_empty(&c->s);
    c->now = c->s.are;
    c->now_before = 0;
    c->all_exact = true;
    c->run = (run){0};
}

static void chain_run(chain *c, const sum *e)
{
    if (e->pure) {
        c->run.len = plus(c->run.len, e->min);
        c->run.bits[0] |= e->bits[0];
        c->run.bits[1] |= e->bits[1];
        return;
    }
    offer_run(&c->s, c->run);
    run inner = e->best;
    inner.before = plus(inner.before, c->s.max);
    offer_run(&c->s, inner);
    c->run = (run){.before = plus(c->s.max, e->max)};
}

static void chain_add(chain *c, const sum *e)
{
    chain_run(c, e);
    if (!(e->exact && multiply(&c->now, &e->are))) {
        offer_literals(&c->s, &c->now, c->now_before);
        if (e->cost < c->s.cost) {
            c->s.cost = e->cost;
            c->s.need = e->need;
            c->s.before = plus(c->s.max, e->before);
        }
        c->all_exact = false;
        c->now = (strings){.n = 1};
        c->now_before = plus(c->s.max, e->max);
        if (e->exact) {
            c->now = e->are;
            c->now_before = c->s.max;
        }
    }
    c->s.pure = c->s.pure && e->pure;
    c->s.bits[0] |= e->bits[0];
    c->s.bits[1] |= e->bits[1];
    c->s.min = plus(c->s.min, e->min);
    c->s.max = plus(c->s.max, e->max);
}

static void chain_end(chain *c, sum *out)
{
    offer_literals(&c->s, &c->now, c->now_before);
    offer_run(&c->s, c->run);
    c->s.exact = c->all_exact;
    c->s.are = c->now;
    *out = c->s;
}

/* a := a or b. */
static void either(sum *a, const sum *b)
{
    bool exact = a->exact && b->exact && unite(&a->are, &b->are);
    a->exact = exact;
    if (a->cost >= NO_COST || b->cost >= NO_COST || !unite(&a->need, &b->need)) {
        a->cost = NO_COST;
    } else {
        a->before = a->before > b->before ? a->before : b->before;
        a->cost = cost_of(&a->need);
    }
    if (b->best.len < a->best.len)
        a->best.len = b->best.len;
    a->best.before = a->best.before > b->best.before ? a->best.before : b->best.before;
    for (int i = 0; i < 2; i++) {
        a->best.bits[i] |= b->best.bits[i];
        a->bits[i] |= b->bits[i];
    }
    a->min = a->min < b->min ? a->min : b->min;
    a->max = a->max > b->max ? a->max : b->max;
    a->pure = a->pure && b->pure;
}

static void repeat(sum *s, size_t least, size_t most)
{
    strings empty = {.n = 1};
    bool exact = s->exact;
    if (least == 1 && most == 1)
        return;
    if (exact && least == 0 && most == 1) {
        s->exact = unite(&s->are, &empty);
    } else if (exact && least == most && least <= 12) {
        strings all = empty;
        for (size_t i = 0; i < least && s->exact; i++)
            s->exact = multiply(&all, &s->are);
        if (s->exact)
            s->are = all;
    } else {
        s->exact = false;
    }
    if (exact && !s->exact)
        offer_literals(s, &s->are, 0);
    if (least == 0) {
        s->cost = NO_COST;
        s->best.len = 0;
    }
    if (s->pure && least > 0)
        offer_run(s, (run){times(s->min, least), 0, {s->bits[0], s->bits[1]}});
    s->min = times(s->min, least);
    s->max = times(s->max, most);
}

/* --- reading --------------------------------------------------------------------------------- */

static int peek(const reader *r)
{
    return r->at < r->p.len ? r->p.data[r->at] : -1;
}

static bool eat(reader *r, const char *text)
{
    msh_view t = msh_view_str(text);
    if (!msh_view_starts(msh_view_cut(r->p, r->at, t.len), t))
        return false;
    r->at += t.len;
    return true;
}

static uint32_t next_char(reader *r)
{
    unsigned n = msh_utf8_len(r->p.data[r->at]);
    uint32_t cp = msh_utf8_char(r->p.data + r->at, n);
    r->at += n;
    return cp;
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* After \x: two digits or {…}. */
static uint32_t hex_escape(reader *r)
{
    uint32_t cp = 0;
    bool braces = eat(r, "{");
    for (int n = 0; n < (braces ? 6 : 2) && hex_value(peek(r)) >= 0; n++)
        cp = cp << 4 | (uint32_t)hex_value(r->p.data[r->at++]);
    if (braces && !eat(r, "}"))
        r->lost = true;
    return cp;
}

static void add_range(uint64_t bits[2], uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to && c < 128; c++)
        set_bit(bits, c);
}

/* \d \w \s and the like into a class; false when it is none of them. */
static bool class_escape(int c, uint64_t bits[2])
{
    if (c == 'd') {
        add_range(bits, '0', '9');
    } else if (c == 'w') {
        add_range(bits, '0', '9');
        add_range(bits, 'a', 'z');
        set_bit(bits, '_');
    } else if (c == 's' || c == 'h' || c == 'v') {
        add_range(bits, '\t', '\r');
        set_bit(bits, ' ');
    } else {
        return false;
    }
    return true;
}

/* A character written as an escape that stands for itself or a control; UINT32_MAX otherwise. */
static uint32_t char_escape(reader *r, int c)
{
    switch (c) {
    case 'x':
        return hex_escape(r);
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'f':
        return '\f';
    case 'a':
        return 7;
    case 'e':
        return 27;
    default:
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                   ? UINT32_MAX
                   : (uint32_t)c;
    }
}

static void read_escape(reader *r, sum *s)
{
    if (peek(r) < 0) {
        r->lost = true;
        return;
    }
    if (peek(r) >= 0x80) {
        make_char(s, next_char(r));
        return;
    }
    int c = r->p.data[r->at++];
    uint64_t bits[2] = {0};
    uint32_t cp;
    if (strchr("bBAzZG", c)) {
        make_empty(s);
    } else if (class_escape(c, bits)) {
        /* \h and \v hold characters past ASCII; so may \w and \d by options of the pattern. */
        *s = (sum){.min = 1,
                   .max = c == 'd' || c == 'w' || c == 's' ? 1 : 4,
                   .cost = NO_COST,
                   .pure = c == 'd' || c == 'w' || c == 's',
                   .bits = {bits[0], bits[1]}};
    } else if (strchr("DWSHVNR", c)) {
        make_any(s);
    } else if (c == 'p' || c == 'P') {
        make_any(s);
        if (eat(r, "{")) {
            while (peek(r) >= 0 && peek(r) != '}')
                r->at++;
            r->at++;
        } else {
            r->at++;
        }
    } else if ((cp = char_escape(r, c)) != UINT32_MAX) {
        make_char(s, cp);
    } else {
        r->lost = true;
    }
}

typedef struct class_sum {
    uint64_t bits[2];
    uint32_t members[SMALL_CLASS];
    size_t n;   /* SMALL_CLASS + 1: too many to name */
    bool other; /* more than ASCII, not named */
} class_sum;

static void class_member(class_sum *k, uint32_t from, uint32_t to)
{
    if (from < 128)
        add_range(k->bits, from, to);
    if (to >= 128)
        k->other = true;
    for (uint32_t c = from; c <= to && k->n <= SMALL_CLASS; c++, k->n++)
        if (k->n < SMALL_CLASS)
            k->members[k->n] = c;
}

/* One member of a class, a character or an escape; true when it may begin a range. */
static bool class_item(reader *r, class_sum *k, uint32_t *cp)
{
    if (!eat(r, "\\")) {
        *cp = next_char(r);
        return true;
    }
    if (peek(r) < 0 || peek(r) >= 0x80) {
        r->lost = true;
        return false;
    }
    int c = r->p.data[r->at++];
    if (class_escape(c, k->bits)) {
        k->n = SMALL_CLASS + 1;
        k->other = k->other || c == 'h' || c == 'v';
        return false;
    }
    if (c == 'p' || c == 'P' || strchr("DWSHVN", c)) {
        k->n = SMALL_CLASS + 1;
        k->other = true;
        if (c == 'p' || c == 'P') {
            while (peek(r) >= 0 && peek(r) != '}' && peek(r) != ']')
                r->at++;
            (void)eat(r, "}");
        }
        return false;
    }
    *cp = c == 'b' ? 8 : char_escape(r, c);
    r->lost = r->lost || *cp == UINT32_MAX;
    return !r->lost;
}

static void class_result(const class_sum *k, bool negated, sum *s)
{
    if (negated) {
        make_any(s);
        return;
    }
    if (k->n >= 1 && k->n <= SMALL_CLASS) {
        make_char(s, k->members[0]);
        for (size_t i = 1; i < k->n; i++) {
            sum one;
            make_char(&one, k->members[i]);
            either(s, &one);
        }
        return;
    }
    *s = (sum){.min = 1,
               .max = k->other ? 4 : 1,
               .cost = NO_COST,
               .pure = !k->other,
               .bits = {k->bits[0], k->bits[1]}};
}

/* After [. */
static void read_class(reader *r, sum *s)
{
    class_sum k = {.n = 0};
    bool negated = eat(r, "^"), first = true;
    for (; !r->lost && (first || peek(r) != ']'); first = false) {
        uint32_t from = 0, to;
        if (peek(r) < 0 || eat(r, "[:")) {
            r->lost = true;
            return;
        }
        if (!class_item(r, &k, &from))
            continue;
        to = from;
        if (peek(r) == '-' && r->at + 1 < r->p.len && r->p.data[r->at + 1] != ']') {
            r->at++;
            if (!class_item(r, &k, &to) || to < from) {
                r->lost = true;
                return;
            }
        }
        class_member(&k, from, to);
    }
    r->at++;
    class_result(&k, negated, s);
}

static void read_alternatives(reader *r, sum *s);

/* After (. */
static void read_group(reader *r, sum *s)
{
    bool look = false;
    if (peek(r) == '*' || ++r->depth > MAX_DEPTH) {
        r->lost = true;
        return;
    }
    if (eat(r, "?")) {
        look = eat(r, "=") || eat(r, "!") || eat(r, "<=") || eat(r, "<!");
        if (!look && !eat(r, ">") && !eat(r, "|")) {
            bool named = eat(r, "P<") || eat(r, "<");
            int stop = named ? '>' : ':';
            while (peek(r) >= 0 && peek(r) != stop && peek(r) != ')' && peek(r) != '(')
                if (!named && !strchr("ims-", r->p.data[r->at++])) {
                    r->lost = true;
                    return;
                } else if (named) {
                    r->at++;
                }
            if (!named && eat(r, ")")) {
                make_empty(s);
                r->depth--;
                return;
            }
            if (peek(r) != stop) {
                r->lost = true;
                return;
            }
            r->at++;
        }
    }
    read_alternatives(r, s);
    r->depth--;
    if (!eat(r, ")"))
        r->lost = true;
    if (look)
        make_empty(s);
}

static bool read_number(reader *r, size_t *out)
{
    size_t n = 0, at = r->at;
    while (peek(r) >= '0' && peek(r) <= '9' && n < 100000)
        n = n * 10 + (size_t)(r->p.data[r->at++] - '0');
    *out = n;
    return r->at > at;
}

/* {n}, {n,}, {n,m}; false and nothing read when the brace is a literal one. */
static bool read_braces(reader *r, size_t *least, size_t *most)
{
    size_t at = r->at;
    if (eat(r, "{") && read_number(r, least)) {
        *most = *least;
        if (eat(r, ",") && !read_number(r, most))
            *most = SIZE_MAX;
        if (eat(r, "}"))
            return true;
    }
    r->at = at;
    return false;
}

static void read_quantifier(reader *r, sum *s)
{
    size_t least = 1, most = 1;
    if (eat(r, "*")) {
        least = 0;
        most = SIZE_MAX;
    } else if (eat(r, "+")) {
        most = SIZE_MAX;
    } else if (eat(r, "?")) {
        least = 0;
    } else if (!read_braces(r, &least, &most)) {
        return;
    }
    if (!eat(r, "?"))
        (void)eat(r, "+");
    repeat(s, least, most);
}

/* \w+ at the very beginning: a match without the first of them is one, too. */
static void loosen(reader *r, sum *s, const sum *once)
{
    if (s->max != SIZE_MAX || once->max == SIZE_MAX || once->min == 0)
        return;
    s->max = times(once->max, s->min / once->min);
    r->loose = true;
}

static void read_sequence(reader *r, sum *out)
{
    chain c;
    size_t begin = r->at;
    chain_begin(&c);
    while (!r->lost && peek(r) >= 0 && peek(r) != '|' && peek(r) != ')') {
        sum s;
        size_t at = r->at;
        make_empty(&s);
        if (eat(r, "("))
            read_group(r, &s);
        else if (eat(r, "["))
            read_class(r, &s);
        else if (eat(r, "\\"))
            read_escape(r, &s);
        else if (eat(r, "."))
            make_any(&s);
        else if (!eat(r, "^") && !eat(r, "$"))
            make_char(&s, next_char(r));
        sum once = s;
        bool first = r->depth == 0 && at == begin;
        if (!r->lost)
            read_quantifier(r, &s);
        if (first && !r->lost)
            loosen(r, &s, &once);
        chain_add(&c, &s);
    }
    chain_end(&c, out);
}

static void read_alternatives(reader *r, sum *s)
{
    read_sequence(r, s);
    while (!r->lost && eat(r, "|")) {
        sum other;
        read_sequence(r, &other);
        either(s, &other);
    }
}

void msh_regex_need_of(msh_view pattern, msh_regex_need *out)
{
    reader r = {.p = pattern};
    sum s;
    *out = (msh_regex_need){0};
    read_alternatives(&r, &s);
    if (r.lost || r.at < pattern.len)
        return;
    out->loose_start = r.loose;
    out->matches_empty = s.min == 0;
    if (s.cost <= GOOD_COST) {
        out->n_literals = s.need.n;
        memcpy(out->literals, s.need.s, sizeof out->literals);
        out->literal_before = s.before;
    } else if (s.best.len >= 4) {
        out->run = s.best.len;
        out->run_before = s.best.before;
        memcpy(out->class_bits, s.best.bits, sizeof out->class_bits);
    }
}
