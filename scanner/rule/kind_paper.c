/* kind_paper.c: the shape of an official paper (GB/T 9704-2012 7.2, 7.3; domain.md section 4): a
 * copy number at its head, and a number of issue (发文字号) whose paper says nowhere that it may be
 * published.
 *
 * The copy number is required of classified papers only; on a paper with the note (此件公开发布) it
 * is a habit, on others somebody has to look for the mark that stood beside it. Reads the head zone
 * of a text and, only where a paper begins there, looks for the notes in the rest. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"

#include <string.h>

typedef struct paper_state {
    bool note; /* what: no-note; else copy-number */
} paper_state;

enum { TEXT_MORE = 1, TEXT_CONTINUED = 2, TEXT_MARKUP = 4, COPY_DIGITS = 6, ISSUER_MOST = 60 };

typedef struct span {
    size_t start, end;
} span;

static bool one_of(uint32_t cp, const uint32_t *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (set[i] == cp)
            return true;
    return false;
}

/* The next line with something on it, without the blanks around; false at the end. */
static bool next_line(msh_view t, size_t limit, size_t *at, span *line)
{
    while (*at < limit) {
        const uint8_t *p = memchr(t.data + *at, '\n', t.len - *at);
        size_t end = p ? (size_t)(p - t.data) : t.len;
        line->start = msh_chars_skip_blanks(t, *at);
        line->end = msh_chars_skip_blanks_back(t, end, *at);
        *at = end + 1;
        if (line->start < line->end)
            return true;
    }
    return false;
}

/* 000012, 份号：000012; *number is where the digits stand. */
static bool is_copy_number(msh_view t, span line, span *number)
{
    size_t at = line.start, n = 0, len;
    if (msh_chars_has(t, at, MSH_VIEW("份号"))) {
        at = msh_chars_skip_blanks(t, at + strlen("份号"));
        if (msh_chars_at(t, at, &len) == ':')
            at = msh_chars_skip_blanks(t, at + len);
    }
    number->start = at;
    while (at < line.end && n <= COPY_DIGITS && msh_chars_is_digit(t.data[at]))
        at++, n++;
    number->end = at;
    return n == COPY_DIGITS && at == line.end;
}

/* 某政发〔2026〕12号 by itself on the line, also with 签发人 behind it. */
static bool is_issue_number(msh_view t, span line, span *number)
{
    static const uint32_t open[] = {0x3014, '[', 0xFF3B, 0x3010, '(', 0xFF08, '{'};
    static const uint32_t close[] = {0x3015, ']', 0xFF3D, 0x3011, ')', 0xFF09, '}'};
    size_t at = line.start, len, digits = 0;
    uint32_t cp = msh_chars_at(t, at, &len);
    while (at < line.end && msh_chars_is_cjk(cp) && at - line.start < ISSUER_MOST) {
        at += len;
        cp = msh_chars_at(t, at, &len);
    }
    if (at == line.start || !one_of(cp, open, sizeof open / sizeof open[0]))
        return false;
    at += len;
    if (!msh_chars_has(t, at, MSH_VIEW("20")) && !msh_chars_has(t, at, MSH_VIEW("19")))
        return false;
    at += 4;
    if (at >= line.end || !one_of(msh_chars_at(t, at, &len), close, sizeof close / sizeof close[0]))
        return false;
    at = msh_chars_skip_blanks(t, at + len);
    if (msh_chars_has(t, at, MSH_VIEW("第")))
        at = msh_chars_skip_blanks(t, at + strlen("第"));
    for (; at < line.end && msh_chars_is_digit(t.data[at]); at++)
        digits++;
    at = msh_chars_skip_blanks(t, at);
    if (digits == 0 || digits > 5 || !msh_chars_has(t, at, MSH_VIEW("号")))
        return false;
    *number = (span){line.start, at + strlen("号")};
    at = msh_chars_skip_blanks(t, number->end);
    return at >= line.end || msh_chars_has(t, at, MSH_VIEW("签发"));
}

/* What the head of a text shows. */
typedef struct paper {
    span copy, issue; /* start == end: not there */
    bool labelled;    /* 份号： */
    bool title;       /* a line that ends with 文件, as the red head does */
    bool later;       /* not on the first two lines: needs the number of issue */
} paper;

static paper read_head(msh_view t, size_t head_end)
{
    paper p = {.title = false};
    span line, number;
    size_t at = 0;
    for (unsigned n = 0; next_line(t, head_end, &at, &line); n++) {
        bool early = n < 2 || (p.issue.end == 0 && p.copy.end == 0); /* behind a page's menu */
        if (early && p.copy.end == 0 && is_copy_number(t, line, &number)) {
            p.later = n >= 2;
            p.copy = number;
            p.labelled = number.start > line.start;
        }
        if (p.issue.end == 0 && is_issue_number(t, line, &number))
            p.issue = number;
        p.title |= msh_chars_ends(t, line.end, MSH_VIEW("文件"));
    }
    return p;
}

static bool may_publish(msh_view t)
{
    static const char *const notes[] = {"公开发布", "主动公开",     "公开属性", "公开方式",
                                        "此件公开", "信息公开选项", NULL};
    return msh_chars_any(t, 0, t.len, notes);
}

static msh_err report(span at, msh_view text, msh_tier tier, const msh_kind_out *out)
{
    msh_view hit = msh_view_cut(text, at.start, at.end - at.start);
    msh_candidate c = {.start = at.start,
                       .end = at.end,
                       .excerpt = msh_mask(out->scratch, hit, 1, 0, "█"),
                       .tier = tier,
                       .no_context = true};
    return c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

static msh_err paper_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                          size_t n_hits, const msh_kind_out *out)
{
    const paper_state *st = state;
    (void)hits;
    (void)n_hits;
    unsigned flags = t->from->flags;
    if (t->head_end == 0 || t->unescaped || !t->first_window ||
        t->from->place.role != MSH_ROLE_BODY || flags & (TEXT_CONTINUED | TEXT_MARKUP))
        return MSH_OK;
    paper p = read_head(t->text, t->head_end);
    if (st->note) {
        if (p.issue.end == 0 || flags & TEXT_MORE || may_publish(t->text))
            return MSH_OK;
        return report(p.issue, t->text, MSH_TIER_INFO, out);
    }
    if (p.copy.end == 0 || !(p.issue.end || (!p.later && (p.labelled || p.title))))
        return MSH_OK;
    return report(p.copy, t->text, may_publish(t->text) ? MSH_TIER_INFO : 0, out);
}

/* find: {kind: paper, what: copy-number|no-note} */
static msh_err paper_compile(const msh_kind_compile *c, msh_node *find, void **state,
                             msh_error *why)
{
    msh_view what = {NULL, 0};
    paper_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    st->note = msh_view_eq_str(what, "no-note");
    if (!st->note && !msh_view_eq_str(what, "copy-number"))
        return c->refuse(c->ctx, find, "what 应为 copy-number 或 no-note",
                         "what: copy-number or no-note is expected", why);
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_paper = {
    .name = "paper",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = paper_compile,
    .scan = paper_scan,
};
