/* kind_bulk.c: {kind: bulk, of: [idcard, mobile], least: 20}: how much there is in one item. One
 * number may be a slip, five hundred are a leak (保守国家秘密法实施条例第四十三条, leaks by
 * aggregation; domain.md section 2).
 *
 * It looks at no text: at the end of an item tally.c counts the different findings of rules of
 * these kinds that are for people to look at, and tells them as one. */
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"

enum { LEAST_DEFAULT = 20, LEAST_MOST = 9000 };

typedef struct bulk_state {
    msh_view *kinds;
    size_t n;
    uint64_t least;
} bulk_state;

static uint64_t bulk_sums(const void *state, const msh_kind *of)
{
    const bulk_state *st = state;
    if (!of)
        return st->least;
    for (size_t i = 0; i < st->n; i++)
        if (msh_view_eq_str(st->kinds[i], of->name))
            return 1;
    return 0;
}

static msh_err bulk_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                         size_t n_hits, const msh_kind_out *out)
{
    (void)state;
    (void)t;
    (void)hits;
    (void)n_hits;
    (void)out;
    return MSH_OK;
}

static msh_err bulk_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    bulk_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    st->least = LEAST_DEFAULT;
    MSH_TRY(msh_node_words(c, find, "of", &st->kinds, &st->n, why));
    MSH_TRY(msh_node_uint(c, find, "least", (msh_node_range){2, LEAST_MOST}, &st->least, why));
    for (size_t i = 0; i < st->n; i++)
        if (!msh_kind_named(st->kinds[i]))
            return c->refuse(c->ctx, msh_node_get(find, "of"), "没有这种 kind",
                             "there is no such kind", why);
    if (st->n == 0)
        return c->refuse(c->ctx, find, "缺少 of：要数的 kind", "of, the kinds to count, is missing",
                         why);
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_bulk = {
    .name = "bulk",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = bulk_compile,
    .scan = bulk_scan,
    .sums = bulk_sums,
};
