/* check.c: what is wrong with rules that load: too few tests, out of date, words that can never be
 * found, words and rules that others find anyway. For `mishen rules check`. */
#include "rule/packtest.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/chars.h"

#include <string.h>

enum { ENOUGH = 3, SPANS = 256 };

typedef struct checker {
    const msh_rules *r;
    const msh_check_to *to;
} checker;

static void tell(const checker *c, msh_rule_problem what, size_t rule, size_t other, msh_view word)
{
    const msh_rule_issue i = {
        what, c->r->rules[rule].info.id,
        other < c->r->n_rules ? c->r->rules[other].info.id : (msh_view){NULL, 0}, word};
    c->to->found(c->to->ctx, &i);
}

static void check_tests(const checker *c, size_t rule)
{
    const msh_rule *r = &c->r->rules[rule];
    size_t none = 0;
    /* What a register holds must not stand in a pack. */
    if (msh_view_eq_str(msh_view_str(r->kind->name), "digest"))
        return;
    for (size_t k = 0; k < r->info.n_tests; k++)
        none += !r->cases[k].expect;
    if (none < ENOUGH || r->info.n_tests - none < ENOUGH)
        tell(c, MSH_RULE_FEW_TESTS, rule, SIZE_MAX, (msh_view){NULL, 0});
}

static void check_dates(const checker *c, size_t rule)
{
    const msh_rule_info *i = &c->r->rules[rule].info;
    if (i->valid_to && i->valid_to < c->to->today)
        tell(c, MSH_RULE_EXPIRED, rule, SIZE_MAX, (msh_view){NULL, 0});
    else if (i->valid_from > c->to->today)
        tell(c, MSH_RULE_NOT_YET, rule, SIZE_MAX, (msh_view){NULL, 0});
}

/* --- words ----------------------------------------------------------------------------------- */

/* Part of every hit of the word is one of the words of `except`. */
static bool is_always_excepted(const msh_rule *r, msh_view word)
{
    for (size_t i = 0; i < r->around.n; i++)
        if (msh_view_find(word, r->around.words[i], 0) != SIZE_MAX)
            return !r->except_tier;
    return false;
}

/* A finding of `by` stands wherever one of `r` would, and is no less grave. */
static bool outdoes(const msh_rule *by, const msh_rule *r)
{
    return by->plain && by->count <= 1 && by->info.tier >= r->info.tier && by->views == r->views &&
           !by->info.valid_from && !by->info.valid_to;
}

static void check_word(const checker *c, uint32_t literal)
{
    const msh_rules *r = c->r;
    msh_view word = r->literal_text[literal];
    for (uint32_t i = r->subscriber_at[literal]; i < r->subscriber_at[literal + 1]; i++) {
        uint32_t rule = r->subscribers[i].rule;
        const msh_rule *one = &r->rules[rule];
        if (!one->kind->hits_only)
            continue;
        if (one->plain && one->count <= 1 && msh_chars_count(word) < 2)
            tell(c, MSH_RULE_WORD_SHORT, rule, SIZE_MAX, word);
        if (is_always_excepted(one, word))
            tell(c, MSH_RULE_WORD_EXCEPTED, rule, SIZE_MAX, word);
        for (uint32_t k = r->subscriber_at[literal]; k < r->subscriber_at[literal + 1]; k++) {
            uint32_t other = r->subscribers[k].rule;
            bool same = other == rule && k < i;
            bool both = other != rule && r->rules[other].kind->hits_only &&
                        outdoes(&r->rules[other], one) &&
                        (other < rule || !outdoes(one, &r->rules[other]));
            if (same || both)
                tell(c, MSH_RULE_WORD_TWICE, rule, other, word);
        }
    }
}

static void check_count(const checker *c, size_t rule)
{
    const msh_rule *r = &c->r->rules[rule];
    size_t words = 0;
    for (size_t i = 0; i < c->r->n_subscribers; i++)
        words += c->r->subscribers[i].rule == rule;
    if (r->kind->hits_only && r->distinct && r->count > words)
        tell(c, MSH_RULE_NEVER_ENOUGH, rule, SIZE_MAX, (msh_view){NULL, 0});
}

/* --- rules that others make needless --------------------------------------------------------- */

typedef struct span {
    uint32_t rule;
    msh_tier tier;
    uint64_t start, end;
} span;

typedef struct spans {
    size_t n;
    span list[SPANS];
} spans;

static void keep_span(spans *s, const msh_hit *h, uint64_t offset)
{
    if (s->n < SPANS)
        s->list[s->n++] = (span){h->rule, h->tier, offset, offset + h->length};
}

static msh_err take_hit(void *ctx, const msh_hit *h)
{
    keep_span(ctx, h, h->place.offset);
    for (uint32_t i = 0; i < h->n_more; i++)
        keep_span(ctx, h, h->more[i].offset);
    return MSH_OK;
}

/* covers[k] stays true for rules that find what this test of `rule` is about. */
static void narrow(const spans *s, uint32_t rule, size_t n_rules, bool *covers)
{
    for (size_t other = 0; other < n_rules; other++) {
        bool beside = false;
        for (size_t i = 0; covers[other] && i < s->n; i++)
            for (size_t k = 0; s->list[i].rule == rule && k < s->n; k++)
                beside = beside ||
                         (s->list[k].rule == other && other != rule &&
                          s->list[k].tier >= s->list[i].tier &&
                          s->list[k].start <= s->list[i].start && s->list[k].end >= s->list[i].end);
        covers[other] = covers[other] && beside;
    }
}

static msh_err check_covered(const checker *c, msh_matcher *m, uint32_t rule, bool *covers)
{
    const msh_rule *r = &c->r->rules[rule];
    size_t found = 0;
    memset(covers, true, c->r->n_rules);
    for (size_t k = 0; k < r->info.n_tests; k++) {
        spans s = {.n = 0};
        msh_match_text t = {.bytes = r->cases[k].text, .charset = MSH_CS_UTF8};
        uint64_t total;
        if (!r->cases[k].expect)
            continue;
        t.place.role = r->cases[k].role;
        t.place.line = 1;
        msh_matcher_begin(m, (msh_view){NULL, 0});
        msh_err err = msh_matcher_text(m, &t);
        if (err != MSH_OK && err != MSH_E_LIMIT_REGEX)
            return err;
        MSH_TRY(msh_matcher_end(m, take_hit, &s, &total));
        narrow(&s, rule, c->r->n_rules, covers);
        found++;
    }
    for (size_t i = 0; found >= ENOUGH && i < c->r->n_rules; i++)
        if (covers[i])
            tell(c, MSH_RULE_COVERED, rule, i, (msh_view){NULL, 0});
    return MSH_OK;
}

msh_err msh_rules_check(const msh_rules *r, const msh_limits *limits, const msh_check_to *to,
                        msh_error *why)
{
    const checker c = {r, to};
    for (size_t i = 0; i < r->n_rules; i++) {
        check_tests(&c, i);
        check_dates(&c, i);
        check_count(&c, i);
    }
    for (uint32_t i = 0; i < r->n_literals; i++)
        check_word(&c, i);
    msh_matcher *m = msh_matcher_new(r, limits);
    bool *covers = msh_calloc(r->n_rules, sizeof *covers);
    msh_err err = m && covers ? MSH_OK : MSH_E_MEMORY;
    for (uint32_t i = 0; i < r->n_rules && err == MSH_OK; i++)
        err = check_covered(&c, m, i, covers);
    msh_matcher_free(m);
    msh_free(covers);
    return err == MSH_OK ? err : msh_fail(why, err, "规则检查中断 / the check of rules broke off");
}
