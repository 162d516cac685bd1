/* rules_tools.c: what people do with rule packs besides scanning: test, mutate, check, explain. */
#include <mishen/rules.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/rules_files.h"
#include "scan/ruleset.h"

typedef struct failures {
    void (*failed)(void *ctx, const msh_rule_failure *f);
    void *ctx;
} failures;

static void report_failure(void *ctx, const msh_rule_test *t)
{
    const failures *f = ctx;
    msh_rule_failure out = {t->rule, t->text, t->expected, t->got, t->line};
    f->failed(f->ctx, &out);
}

msh_err msh_rule_set_test(const msh_rule_set *s, size_t *n_run, size_t *n_failed,
                          void (*failed)(void *ctx, const msh_rule_failure *f), void *ctx,
                          msh_error *why)
{
    failures f = {failed, ctx};
    return msh_rules_test(msh_rule_set_compiled(s), msh_rule_set_limits(s), n_run, n_failed,
                          report_failure, &f, why);
}

typedef struct timings {
    void (*timed)(void *ctx, msh_view rule, uint64_t us, bool limit);
    void *ctx;
} timings;

static void report_time(void *ctx, msh_view rule, uint64_t ns, bool limit)
{
    const timings *t = ctx;
    t->timed(t->ctx, rule, ns / 1000, limit);
}

msh_err msh_rule_set_time(const msh_rule_set *s,
                          void (*timed)(void *ctx, msh_view rule, uint64_t us, bool limit),
                          void *ctx, msh_error *why)
{
    timings t = {timed, ctx};
    return msh_rules_time(msh_rule_set_compiled(s), msh_rule_set_limits(s), report_time, &t, why);
}

msh_err msh_rule_set_check(const msh_rule_set *s, void (*found)(void *ctx, const msh_rule_issue *i),
                           void *ctx, msh_error *why)
{
    const msh_check_to to = {msh_today(), found, ctx};
    return msh_rules_check(msh_rule_set_compiled(s), msh_rule_set_limits(s), &to, why);
}

msh_err msh_rule_set_mutate(const msh_options *options, const char *only,
                            void (*tried)(void *ctx, const msh_mutant *m), void *ctx,
                            msh_error *why)
{
    msh_pack_files f = {.keep_lists = false};
    msh_err err = msh_pack_files_read(&f, options, why);
    msh_pack_source *sources = err == MSH_OK ? msh_pack_files_sources(&f) : NULL;
    const msh_mutate_to to = {tried, ctx, only ? msh_view_str(only) : (msh_view){NULL, 0},
                              msh_pack_files_list, &f};
    if (err == MSH_OK)
        err = sources ? msh_rules_mutate(sources, f.n, &options->limits, &to, why)
                      : msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_free(sources);
    msh_pack_files_dispose(&f);
    return err;
}

msh_err msh_rule_set_describe(const msh_rule_set *s, size_t i, msh_lang lang,
                              void (*write)(void *ctx, msh_view part), void *ctx)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    msh_rules_describe(msh_rule_set_compiled(s), i, lang, &b);
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        write(ctx, msh_buf_view(&b));
    msh_buf_dispose(&b);
    return err;
}

void msh_rule_set_test_get(const msh_rule_set *s, size_t i, size_t k, msh_rule_example *out)
{
    msh_rules_case(msh_rule_set_compiled(s), i, k, out);
}
