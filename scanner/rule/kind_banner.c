/* kind_banner.c: words that bind when they stand by themselves: 内部资料 注意保存, (此件不公开),
 * TOP SECRET//….
 *
 * 工作秘密管理暂行办法; GB/T 9704-2012 7.3.8 (notes); domain.md section 4. Alone on a line or in a
 * cell, in a header, footer or property: the rule's tier. In running text: INFO, or nothing with
 * `prose: none`. Quoted or given as an example: INFO. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"

enum { QUOTE_REACH = 120, EXAMPLE_REACH = 36, LINE_MOST = 160 };

typedef struct banner_state {
    msh_view *words;
    size_t n_words;
    msh_view *beside; /* what may stand on the line beside them */
    size_t n_beside;
    msh_view *but; /* longer words that are something else: 内部资料性 */
    size_t n_but;
    bool brackets; /* only in brackets, as the notes below the date are */
    bool rest;     /* the line may go on behind it ("TOP SECRET//SI//NOFORN") */
    bool prose;    /* INFO in running text */
} banner_state;

typedef struct banner_spot {
    const banner_state *st;
    msh_view f;
    size_t start, end, line, line_end;
} banner_spot;

static bool is_ornament(uint32_t cp)
{
    static const uint32_t marks[] = {0xFF08, 0xFF09, 0x3010, 0x3011, 0x2605, 0x2606, 0x3000,
                                     0x25C6, 0x25CF, 0x203B, 0xFF01, 0x3002, 0xFF1B, 0xFF0C,
                                     0x3001, 0xB7,   0x3014, 0x3015, 0x2014, 0x25A0, 0x25B2};
    if (msh_chars_is_blank(cp) || (cp < 0x80 && cp > ' ' && !msh_chars_is_alnum(cp)))
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (cp == marks[i])
            return true;
    return false;
}

/* Behind a word that may stand here, `at` when there is none. Blanks may stand inside it. */
static size_t pass_word(msh_view f, size_t at, msh_view word)
{
    size_t i = at, len, w = 0, wlen;
    while (w < word.len) {
        uint32_t want = msh_chars_at(word, w, &wlen);
        if (msh_chars_is_blank(want)) {
            w += wlen;
            continue;
        }
        while (w > 0 && (msh_chars_is_blank(msh_chars_at(f, i, &len)) || f.data[i] == '\n'))
            i += len;
        if (msh_chars_at(f, i, &len) != want)
            return at;
        i += len;
        w += wlen;
    }
    return i;
}

static size_t pass_any(const banner_spot *s, size_t at)
{
    for (size_t i = 0; i < s->st->n_words; i++)
        if (pass_word(s->f, at, s->st->words[i]) > at)
            return pass_word(s->f, at, s->st->words[i]);
    for (size_t i = 0; i < s->st->n_beside; i++)
        if (pass_word(s->f, at, s->st->beside[i]) > at)
            return pass_word(s->f, at, s->st->beside[i]);
    return at;
}

/* The line, from a border of a cell to the next, holds nothing but such words and ornaments. */
static bool stands_alone(const banner_spot *s)
{
    size_t from = s->line, len;
    for (size_t i = s->start; i > s->line; i--)
        if (s->f.data[i - 1] == '\t' || s->f.data[i - 1] == '|') {
            from = i;
            break;
        }
    size_t to = s->line_end;
    if (to - from > LINE_MOST && !s->st->rest)
        return false;
    for (size_t at = from; at < to;) {
        if (at >= s->end && (s->f.data[at] == '\t' || s->f.data[at] == '|' || s->st->rest))
            return true;
        size_t next = pass_any(s, at);
        if (next == at && !is_ornament(msh_chars_at(s->f, at, &len)))
            return false;
        at = next > at ? next : at + len;
    }
    return true;
}

static bool after_bracket(const banner_spot *s)
{
    size_t from;
    size_t left = msh_chars_skip_blanks_back(s->f, s->start, s->line);
    uint32_t cp = msh_chars_before(s->f, left, &from);
    return left > s->line &&
           (cp == '(' || cp == '[' || cp == 0xFF08 || cp == 0x3010 || cp == 0x3014);
}

static bool is_quoted(const banner_spot *s)
{
    static const uint32_t open[] = {0x201C, 0x300C, 0x300A, 0x2018};
    static const uint32_t close[] = {0x201D, 0x300D, 0x300B, 0x2019};
    for (size_t k = 0; k < sizeof open / sizeof open[0]; k++) {
        size_t from;
        for (size_t at = s->start; at > s->line && s->start - at < QUOTE_REACH; at = from) {
            uint32_t cp = msh_chars_before(s->f, at, &from);
            if (cp == open[k])
                return true;
            if (cp == close[k])
                break;
        }
    }
    return false;
}

static bool is_example(const banner_spot *s)
{
    static const char *const words[] = {"例如", "比如", "字样", "标注", "写有", "印有",
                                        "标有", "格式", "如:",  "例:",  NULL};
    size_t from = s->start - s->line > EXAMPLE_REACH ? s->start - EXAMPLE_REACH : s->line;
    return msh_chars_any(s->f, from, s->start, words);
}

/* A heading that the next lines explain: they begin with the same word. */
static bool is_heading(const banner_spot *s)
{
    msh_view word = msh_view_cut(s->f, s->start, s->end - s->start);
    size_t at = s->line_end;
    while (at < s->f.len && (s->f.data[at] == '\n' || msh_chars_is_blank(s->f.data[at])))
        at++;
    if (!msh_chars_has(s->f, at, word))
        return false;
    size_t len;
    uint32_t next = msh_chars_at(s->f, at + word.len, &len);
    return msh_chars_is_cjk(next) || next == 0xFF0C || next == ',';
}

static msh_tier judge(const banner_spot *s, msh_role role)
{
    if (s->st->brackets && !after_bracket(s) && !(stands_alone(s) && s->start == s->line))
        return 0;
    bool quoted = is_quoted(s) || is_example(s) || is_heading(s);
    bool apart = role == MSH_ROLE_HEADER || role == MSH_ROLE_FOOTER;
    if (!quoted && (stands_alone(s) || (apart && !s->st->rest)))
        return MSH_TIER_BLOCK; /* cut down to the rule's */
    return s->st->prose ? MSH_TIER_INFO : 0;
}

/* The hit is a part of a longer word of `but`. */
static bool is_other_word(const banner_state *st, msh_view t, const msh_literal_hit *hit)
{
    msh_view word = msh_view_cut(t, hit->start, hit->end - hit->start);
    for (size_t i = 0; i < st->n_but; i++) {
        size_t in = msh_view_find(st->but[i], word, 0);
        if (in != SIZE_MAX && in <= hit->start && msh_chars_has(t, hit->start - in, st->but[i]))
            return true;
    }
    return false;
}

static msh_err banner_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                           size_t n_hits, const msh_kind_out *out)
{
    const banner_state *st = state;
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        if (hits[i].end <= done || is_other_word(st, t->text, &hits[i]))
            continue;
        banner_spot s = {.st = st, .f = t->folded->text};
        size_t last, len, unused;
        (void)msh_chars_before(t->text, hits[i].end, &last);
        s.start = t->to_folded ? (size_t)msh_map_step(t->to_folded, hits[i].start) : hits[i].start;
        s.end = t->to_folded ? (size_t)msh_map_step(t->to_folded, last) : last;
        (void)msh_chars_at(s.f, s.end, &len);
        s.end += len;
        msh_line_at(s.f, s.start, &s.line, &unused);
        msh_line_at(s.f, s.end, &unused, &s.line_end);
        msh_tier tier = judge(&s, t->from->place.role);
        if (tier == 0)
            continue;
        done = hits[i].end;
        msh_view text = msh_view_cut(t->text, hits[i].start, hits[i].end - hits[i].start);
        msh_candidate c = {.start = hits[i].start,
                           .end = hits[i].end,
                           .normal = st->words[hits[i].tag],
                           .excerpt = msh_mask(out->scratch, text, 1, 0, "█"),
                           .tier = tier,
                           .no_context = tier != MSH_TIER_BLOCK};
        if (!c.excerpt.data)
            return MSH_E_MEMORY;
        /* The matcher takes BLOCK as "the rule's own tier". */
        c.tier = tier == MSH_TIER_BLOCK ? 0 : tier;
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

/* find: {kind: banner, any: […], beside: […], but: […], brackets: false, rest: false, prose: true}
 */
static msh_err banner_compile(const msh_kind_compile *c, msh_node *find, void **state,
                              msh_error *why)
{
    banner_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    st->prose = true;
    MSH_TRY(msh_node_words(c, find, "any", &st->words, &st->n_words, why));
    MSH_TRY(msh_node_words(c, find, "beside", &st->beside, &st->n_beside, why));
    MSH_TRY(msh_node_words(c, find, "but", &st->but, &st->n_but, why));
    MSH_TRY(msh_node_bool(c, find, "brackets", &st->brackets, why));
    MSH_TRY(msh_node_bool(c, find, "rest", &st->rest, why));
    MSH_TRY(msh_node_bool(c, find, "prose", &st->prose, why));
    if (st->n_words == 0)
        return c->refuse(c->ctx, find, "缺少 any：要找的词", "any, the words to find, is missing",
                         why);
    for (size_t i = 0; i < st->n_words; i++)
        MSH_TRY(c->want_literal(c->ctx, st->words[i], (uint32_t)i));
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_banner = {
    .name = "banner",
    .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
    .compile = banner_compile,
    .scan = banner_scan,
};
