/* match.c: the way of a text from bytes to findings (matching.md section 1).
 *
 *   fold → literals → kinds → context → tally
 *   and the same for the joined view, the written one, and the text behind escapes, each only where
 *   there is something for it: text without hits costs folding and one search of literals.
 *
 * Findings of kinds are kept until the whole text was seen in all views, because the same place may
 * be seen better in a later one. */
#include "rule/matcher.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/digits.h"

#include <string.h>

enum { TEXT_CEILING = 1 << 30, SCRATCH_CEILING = 256 << 20, FOUND_AT_ONCE = 1 << 16, REACH = 256 };
enum { REGION_REACH = 4096, REGION_LINE = 4096 }; /* around an escape */

msh_matcher *msh_matcher_new(const msh_rules *rules, const msh_limits *limits)
{
    msh_matcher *m = msh_calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->rules = rules;
    m->cap_found = FOUND_AT_ONCE + msh_literals_burst(rules->literals);
    m->found = msh_calloc(m->cap_found, sizeof *m->found);
    m->rule_hits = msh_calloc(rules->n_rules, sizeof *m->rule_hits);
    m->touched = msh_calloc(rules->n_rules, sizeof *m->touched);
    m->item_memory = msh_calloc(rules->item_bytes + 1, 1);
    bool tally = msh_tally_init(&m->tally, rules, (size_t)limits->findings);
    msh_arena_init(&m->scratch, SCRATCH_CEILING);
    msh_folded_init(&m->folded, TEXT_CEILING);
    msh_folded_init(&m->refolded, TEXT_CEILING);
    msh_joined_init(&m->joined, TEXT_CEILING);
    msh_written_init(&m->written, TEXT_CEILING);
    msh_unescaped_init(&m->unescaped, TEXT_CEILING);
    if (!m->found || !m->rule_hits || !m->touched || !m->item_memory || !tally) {
        msh_matcher_free(m);
        return NULL;
    }
    m->reach = msh_literals_longest(rules->literals);
    m->reach = m->reach < REACH ? REACH : m->reach;
    return m;
}

void msh_matcher_free(msh_matcher *m)
{
    if (!m)
        return;
    msh_free(m->found);
    msh_free(m->rule_hits);
    msh_free(m->touched);
    msh_free(m->item_memory);
    msh_free(m->hits);
    msh_free(m->pending);
    msh_tally_dispose(&m->tally);
    msh_arena_dispose(&m->scratch);
    msh_folded_dispose(&m->folded);
    msh_folded_dispose(&m->refolded);
    msh_joined_dispose(&m->joined);
    msh_written_dispose(&m->written);
    msh_unescaped_dispose(&m->unescaped);
    msh_free(m);
}

void msh_matcher_begin(msh_matcher *m, msh_view path)
{
    (void)path;
    msh_tally_begin(&m->tally);
    memset(m->item_memory, 0, m->rules->item_bytes);
}

msh_err msh_matcher_end(msh_matcher *m, msh_err (*hit)(void *ctx, const msh_hit *h), void *ctx,
                        uint64_t *total)
{
    MSH_TRY(msh_mask_names(m));
    return msh_tally_end(&m->tally, hit, ctx, total);
}

/* --- views ----------------------------------------------------------------------------------- */

/* First page only: the head zone ends where another page begins. */
static void limit_head(msh_kind_text *v)
{
    const msh_match_text *t = v->from;
    bool other = t->place.page > 1 || (t->flags & MSH_MATCH_CONTINUED);
    v->head_end = other ? 0 : msh_head_zone(v->text);
    for (size_t i = 0; i < t->n_anchors; i++) {
        if (t->anchors[i].page <= 1)
            continue;
        size_t low = 0, high = v->head_end;
        while (low < high) {
            size_t mid = low + (high - low) / 2;
            if (msh_map_source(v->to_source, mid) < t->anchors[i].at)
                low = mid + 1;
            else
                high = mid;
        }
        v->head_end = low;
        return;
    }
}

static msh_err joined_view(msh_matcher *m, const msh_seen *folded)
{
    MSH_TRY(msh_joined_make(&m->joined, folded->view.text, m->reach));
    if (m->joined.text.len == 0)
        return MSH_OK;
    msh_seen s = *folded;
    s.view.text = msh_buf_view(&m->joined.text);
    s.view.view = MSH_VIEW_JOINED;
    s.view.folded = &folded->view;
    s.view.to_folded = &m->joined.map;
    s.view.digits = NULL;
    s.number = folded->number + 1;
    return msh_see(m, &s);
}

/* The folded view of a text, and the joined one where there is any. */
static msh_err both_views(msh_matcher *m, msh_seen *s, const msh_folded *f)
{
    s->view.text = msh_buf_view(&f->text);
    s->view.view = MSH_VIEW_FOLDED;
    s->view.folded = &s->view;
    s->view.to_source = &f->map;
    if (!s->behind_head)
        limit_head(&s->view);
    msh_digits digits = {.n = 0};
    s->view.digits = &digits;
    MSH_TRY(msh_see(m, s));
    s->view.digits = NULL;
    return m->rules->views & 1u << MSH_VIEW_JOINED ? joined_view(m, s) : MSH_OK;
}

/* An escape may stand in the text as it is; case matters to some (UTF-7), so the folded view serves
 * only where bytes are not ASCII's. */
static bool may_hold_escape(const msh_matcher *m, const msh_match_text *t)
{
    bool wide = t->charset >= MSH_CS_UTF16LE && t->charset <= MSH_CS_UTF32BE;
    return msh_unescape_may(wide ? msh_buf_view(&m->folded.text) : t->bytes) ||
           (!wide && m->folded.text.len != t->bytes.len &&
            msh_unescape_may(msh_buf_view(&m->folded.text)));
}

/* Text inside right-to-left overrides, as a reader sees it. */
static msh_err reversed_view(msh_matcher *m, const msh_match_text *t)
{
    if (!m->folded.bidi)
        return MSH_OK;
    MSH_TRY(msh_fold_reversed(&m->refolded, &m->folded));
    msh_seen s = {.number = 8};
    s.view = (msh_kind_text){
        .from = t, .reversed = true, .first_window = !(t->flags & MSH_MATCH_CONTINUED)};
    return both_views(m, &s, &m->refolded);
}

/* --- behind escapes
 * -----------------------------------------------------------------------------
 */

/* A part of the written text around escapes; most of a page has none that matter. */
typedef struct region {
    size_t from, to;
    size_t next; /* end of the first escape behind it, SIZE_MAX when there is none */
} region;

/* The beginning of the line around `at`, or a character some way before. */
static size_t region_start(msh_view t, size_t at)
{
    if (at <= REGION_REACH)
        return 0;
    size_t from = at - REGION_REACH, least = from > REGION_LINE ? from - REGION_LINE : 0;
    for (size_t i = from; i > least; i--)
        if (t.data[i - 1] == '\n')
            return i;
    while (from > 0 && (t.data[from] & 0xc0) == 0x80)
        from--;
    return from;
}

static size_t region_end(msh_view t, size_t at)
{
    if (t.len - at <= REGION_REACH + REGION_LINE)
        return t.len;
    size_t to = at + REGION_REACH;
    const uint8_t *end = memchr(t.data + to, '\n', REGION_LINE);
    if (end)
        return (size_t)(end - t.data) + 1;
    while (to < t.len && (t.data[to] & 0xc0) == 0x80)
        to++;
    return to;
}

/* Around the escape that ends at r->next, with all whose surroundings touch. */
static void find_region(msh_view t, region *r)
{
    r->from = region_start(t, r->next);
    do {
        r->to = region_end(t, r->next);
        r->next = msh_unescape_find(t, r->next);
    } while (r->next != SIZE_MAX && region_start(t, r->next) < r->to);
}

static msh_err unescaped_region(msh_matcher *m, const msh_match_text *t, const region *r)
{
    msh_view written = msh_buf_view(&m->written.text);
    bool found = false;
    MSH_TRY(msh_unescape(&m->unescaped, msh_view_cut(written, r->from, r->to - r->from), &found));
    if (!found)
        return MSH_OK;
    MSH_TRY(msh_fold(&m->refolded, msh_buf_view(&m->unescaped.text), MSH_CS_UTF8));
    const msh_map shift = {.base = r->from, .up = &m->written.map};
    m->unescaped.map.up = &shift;
    m->refolded.map.up = &m->unescaped.map;
    msh_seen s = {.number = 4};
    s.view = (msh_kind_text){
        .from = t, .unescaped = true, .first_window = !(t->flags & MSH_MATCH_CONTINUED)};
    s.behind_head = r->from > 0 && msh_map_source(&shift, 0) >= m->head_source;
    msh_err err = both_views(m, &s, &m->refolded);
    m->unescaped.map.up = NULL;
    return err;
}

static msh_err unescaped_views(msh_matcher *m, const msh_match_text *t)
{
    if (!may_hold_escape(m, t))
        return MSH_OK;
    MSH_TRY(msh_need_written(m, t));
    msh_view written = msh_buf_view(&m->written.text);
    region r = {.next = msh_unescape_find(written, 0)};
    while (r.next != SIZE_MAX) {
        find_region(written, &r);
        MSH_TRY(unescaped_region(m, t, &r));
    }
    return MSH_OK;
}

msh_err msh_need_written(msh_matcher *m, const msh_match_text *t)
{
    if (m->has_written)
        return MSH_OK;
    m->has_written = true;
    return msh_written_make(&m->written, t->bytes, t->charset);
}

/* The first offset of the folded view that came from `source` or later. */
static size_t folded_of(const msh_matcher *m, uint64_t source)
{
    size_t low = 0, high = m->folded.text.len;
    if (source == 0 || source == UINT64_MAX)
        return source ? SIZE_MAX : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (msh_map_source(&m->folded.map, mid) < source)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* What of the folded view is the last window's, and what the next one's. */
static void find_borders(msh_matcher *m, const msh_match_text *t)
{
    m->overlap_end = folded_of(m, msh_match_seen(t, false));
    m->late = folded_of(m, msh_match_late(t, false));
    m->late_start = m->late == SIZE_MAX ? 0 : folded_of(m, msh_match_late_start(t));
}

/* Charsets with states are decoded first. */
static msh_err fold_text(msh_matcher *m, const msh_match_text *t)
{
    if (t->charset != MSH_CS_HZ && t->charset != MSH_CS_UTF7) {
        MSH_TRY(msh_fold(&m->folded, t->bytes, t->charset));
        m->folded.map.up = NULL;
        return MSH_OK;
    }
    MSH_TRY(msh_need_written(m, t));
    MSH_TRY(msh_fold(&m->folded, msh_buf_view(&m->written.text), MSH_CS_UTF8));
    m->folded.map.up = &m->written.map;
    return MSH_OK;
}

msh_err msh_matcher_text(msh_matcher *m, const msh_match_text *t)
{
    if (t->bytes.len == 0)
        return MSH_OK;
    if (t->bytes.len > TEXT_CEILING / 4)
        return MSH_E_LIMIT_BUFFER;
    msh_arena_reset(&m->scratch);
    m->n_pending = 0;
    m->has_written = false;
    m->regex_limit = false;
    msh_placer_begin(&m->placer, t);
    MSH_TRY(fold_text(m, t));
    m->known = (msh_map_point){0, 0};
    find_borders(m, t);
    msh_seen s = {.number = 0};
    s.view = (msh_kind_text){.from = t, .first_window = !(t->flags & MSH_MATCH_CONTINUED)};
    MSH_TRY(both_views(m, &s, &m->folded));
    m->head_source = msh_map_source(&m->folded.map, s.view.head_end);
    MSH_TRY(reversed_view(m, t));
    MSH_TRY(unescaped_views(m, t));
    MSH_TRY(msh_settle(m));
    return m->regex_limit ? MSH_E_LIMIT_REGEX : MSH_OK;
}
