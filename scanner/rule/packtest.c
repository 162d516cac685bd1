/* packtest.c: the tests inside packs, and the time that a rule takes on a hostile megabyte. */
#include "rule/packtest.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <string.h>

typedef struct verdict {
    const msh_rule_case *test;
    uint32_t rule;
    msh_tier tier; /* the gravest of the rule */
    bool at_found;
} verdict;

/* The text of the first or a further place is what the test names. */
static bool stands_at(const msh_rule_case *t, const msh_place *p, uint32_t length)
{
    return p->offset <= t->text.len &&
           msh_view_eq(msh_view_cut(t->text, (size_t)p->offset, length), t->at);
}

static msh_err see_hit(void *ctx, const msh_hit *h)
{
    verdict *v = ctx;
    if (h->rule != v->rule)
        return MSH_OK;
    if (h->tier > v->tier)
        v->tier = h->tier;
    v->at_found = v->at_found || v->test->at.len == 0 || stands_at(v->test, &h->place, h->length);
    for (uint32_t i = 0; i < h->n_more && !v->at_found; i++)
        v->at_found = stands_at(v->test, &h->more[i], h->length);
    return MSH_OK;
}

static msh_err look_at(msh_matcher *m, const msh_rule_case *c, verdict *v)
{
    msh_match_text t = {.bytes = c->text, .charset = MSH_CS_UTF8};
    t.place.role = c->role;
    t.place.name = c->name;
    t.place.line = 1;
    uint64_t total;
    msh_matcher_begin(m, (msh_view){NULL, 0});
    MSH_TRY(msh_matcher_text(m, &t));
    return msh_matcher_end(m, see_hit, v, &total);
}

static const char *tier_word(msh_tier t)
{
    return t ? msh_tier_name(t) : "none";
}

static msh_err run_case(msh_matcher *m, uint32_t rule, const msh_rule_case *t, msh_rule_test *out,
                        bool *good)
{
    verdict v = {.test = t, .rule = rule};
    MSH_TRY(look_at(m, t, &v));
    out->text = t->text;
    out->line = t->line;
    out->expected = tier_word(t->expect);
    out->got = tier_word(v.tier);
    *good = v.tier == t->expect;
    if (*good && v.tier && !v.at_found) {
        out->got = "elsewhere";
        *good = false;
    }
    return MSH_OK;
}

msh_err msh_packtest_open(msh_packtest *t, const msh_rules *r, const msh_limits *limits)
{
    t->set = *r;
    t->rules = r;
    t->matcher = NULL;
    t->set.rules = msh_calloc(r->n_rules, sizeof *r->rules);
    if (!t->set.rules)
        return MSH_E_MEMORY;
    memcpy(t->set.rules, r->rules, r->n_rules * sizeof *r->rules);
    t->matcher = msh_matcher_new(&t->set, limits);
    if (t->matcher)
        return MSH_OK;
    msh_packtest_close(t);
    return MSH_E_MEMORY;
}

void msh_packtest_close(msh_packtest *t)
{
    msh_matcher_free(t->matcher);
    msh_free(t->set.rules);
    *t = (msh_packtest){.matcher = NULL};
}

msh_err msh_packtest_case(msh_packtest *t, uint32_t rule, size_t number, msh_rule_test *out,
                          bool *good)
{
    msh_rule *r = &t->set.rules[rule];
    const msh_rule_case *c = &r->cases[number];
    msh_tier usual = t->rules->rules[rule].info.tier;
    t->matcher->only = r;
    *out = (msh_rule_test){.rule = r->info.id};
    r->info.tier = c->medium && r->info.tiers[c->medium] ? r->info.tiers[c->medium] : usual;
    msh_err err = run_case(t->matcher, rule, c, out, good);
    r->info.tier = usual;
    return err;
}

msh_err msh_rules_test(const msh_rules *r, const msh_limits *limits, size_t *n_run,
                       size_t *n_failed, void (*report)(void *ctx, const msh_rule_test *t),
                       void *ctx, msh_error *why)
{
    msh_packtest tests;
    *n_run = *n_failed = 0;
    msh_err err = msh_packtest_open(&tests, r, limits);
    if (err != MSH_OK)
        return msh_fail(why, err, "内存不足 / out of memory");
    for (uint32_t i = 0; i < r->n_rules && err == MSH_OK; i++)
        for (size_t k = 0; k < r->rules[i].info.n_tests && err == MSH_OK; k++) {
            msh_rule_test t;
            bool good = false;
            err = msh_packtest_case(&tests, i, k, &t, &good);
            ++*n_run;
            if (err == MSH_OK && !good) {
                ++*n_failed;
                report(ctx, &t);
            }
        }
    msh_packtest_close(&tests);
    return err == MSH_OK ? err : msh_fail(why, err, "规则测试中断 / the tests of rules broke off");
}

/* A megabyte of what the rule looks for and of what makes patterns slow. */
static void hostile(msh_buf *b, const msh_rule *rule)
{
    static const char *const runs[] = {"a", "0", " ", "密", "1 ", "a@", "：", "\n"};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        for (size_t end = b->len + 60000; b->len < end && msh_buf_err(b) == MSH_OK;)
            msh_buf_put_str(b, runs[i]);
    size_t k = 0;
    while (b->len < 1 << 20 && msh_buf_err(b) == MSH_OK) {
        if (rule->info.n_tests == 0)
            msh_buf_put_str(b, "秘密资料 11010519491231 13800138000 ");
        else
            msh_buf_put_view(b, rule->cases[k++ % rule->info.n_tests].text);
    }
}

msh_err msh_rules_time(const msh_rules *r, const msh_limits *limits,
                       void (*timed)(void *ctx, msh_view rule, uint64_t ns, bool limit), void *ctx,
                       msh_error *why)
{
    msh_matcher *m = msh_matcher_new(r, limits);
    msh_buf b;
    msh_buf_init(&b, 2 << 20);
    msh_err err = m ? MSH_OK : MSH_E_MEMORY;
    for (size_t i = 0; i < r->n_rules && err == MSH_OK; i++) {
        msh_buf_reset(&b);
        hostile(&b, &r->rules[i]);
        verdict v = {.test = NULL, .rule = UINT32_MAX};
        m->only = &r->rules[i];
        uint64_t start = msh_clock_cpu_ns();
        err = msh_buf_err(&b);
        msh_rule_case c = {.text = msh_buf_view(&b), .role = MSH_ROLE_BODY};
        if (err == MSH_OK)
            err = look_at(m, &c, &v);
        bool limit = err == MSH_E_LIMIT_REGEX;
        if (limit)
            err = MSH_OK;
        if (err == MSH_OK)
            timed(ctx, r->rules[i].info.id, msh_clock_cpu_ns() - start, limit);
    }
    msh_buf_dispose(&b);
    msh_matcher_free(m);
    return err == MSH_OK ? err : msh_fail(why, err, "规则计时中断 / timing of rules broke off");
}
