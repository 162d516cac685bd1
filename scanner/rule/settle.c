/* settle.c: what becomes of a candidate: seen before, in the right place, in the right company; and
 * of several at one place the gravest, then the longest. */
#include "rule/judge.h"
#include "rule/matcher.h"
#include "rule/trace.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <stdlib.h>
#include <string.h>

/* --- context --------------------------------------------------------------------------------- */

/* Whether position, near and except let it stand; *tier may become that of the exception. */
static bool in_context(msh_matcher *m, const msh_seen *s, uint32_t rule, const msh_candidate *c,
                       msh_tier *tier)
{
    const msh_rule *r = &m->rules->rules[rule];
    msh_judged judged = {MSH_JUDGED_STANDS, true};
    if (!r->plain)
        judged = msh_judge(r, &s->view, c, tier);
    if (m->trace)
        msh_trace_candidate(m->trace, s, rule, c, judged, *tier);
    return judged.stands;
}

/* In two windows: counted in one of them (matcher.h). */
static bool is_elsewhere(const msh_rule *r, const msh_match_text *t, size_t start, size_t end)
{
    bool in_order = r->kind->scan_item != NULL;
    return end < msh_match_seen(t, in_order) ||
           (end >= msh_match_late(t, in_order) && start >= msh_match_late_start(t));
}

/* Behind escapes only what an escape was part of is new: it is shorter there than as written. */
static bool is_unescaped_news(const msh_matcher *m, const msh_seen *s, size_t start, size_t end)
{
    if (!s->view.unescaped)
        return true;
    const msh_map *joined = s->view.to_folded;
    uint64_t from = joined ? msh_map_step(joined, start) : start;
    uint64_t to = joined ? msh_map_step(joined, end - 1) + 1 : end;
    from = msh_map_step(&m->refolded.map, from);
    to = msh_map_step(&m->refolded.map, to);
    return msh_map_step(&m->unescaped.map, to) - msh_map_step(&m->unescaped.map, from) != to - from;
}

/* --- into the tally --------------------------------------------------------------------------- */

/* Names of a place outlive the text. */
static bool keep_names(msh_matcher *m, msh_place *p)
{
    msh_placer *k = &m->placer;
    if (!k->vpath.data) {
        k->vpath = msh_arena_copy(&m->tally.arena, p->vpath);
        k->name = msh_arena_copy(&m->tally.arena, p->name);
        k->sheet = msh_arena_copy(&m->tally.arena, p->sheet);
    }
    p->vpath = k->vpath;
    p->name = k->name;
    p->sheet = k->sheet;
    return k->vpath.data && k->name.data && k->sheet.data;
}

typedef struct span {
    size_t start, end;
} span;

/* In a reversed view the first character is the last of the source. */
static span reversed_span(msh_matcher *m, const msh_seen *s, size_t start, size_t end)
{
    const msh_match_text *t = s->view.from;
    msh_view text = s->view.text;
    size_t last = end - 1;
    while (last > start && (text.data[last] & 0xc0) == 0x80)
        last--;
    span at = {msh_seen_source(m, s, last), msh_seen_source(m, s, start)};
    bool stateful = t->charset == MSH_CS_HZ || t->charset == MSH_CS_UTF7;
    if (at.start > at.end)
        at = (span){at.end, at.start};
    if (!stateful && at.end < t->bytes.len)
        at.end += msh_charset_next(t->charset, msh_view_cut(t->bytes, at.end, 16)).len;
    return at;
}

static span span_of(msh_matcher *m, const msh_seen *s, size_t start, size_t end)
{
    if (s->view.reversed)
        return reversed_span(m, s, start, end);
    span at = {msh_seen_source(m, s, start), msh_seen_source_end(m, s, end)};
    return at.start <= at.end ? at : (span){at.end, at.start};
}

static msh_err put_place(msh_matcher *m, const msh_noted *noted, span at, msh_view normal,
                         msh_view excerpt)
{
    msh_place place = msh_place_at(&m->placer, at.start);
    if (!keep_names(m, &place))
        return MSH_E_MEMORY;
    if (noted->fresh) {
        uint64_t from = place.offset, to = msh_place_offset(m->placer.text, at.end);
        size_t len = from == MSH_NO_POSITION || to < from ? at.end - at.start : (size_t)(to - from);
        noted->entry->length = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
        noted->entry->excerpt = excerpt.len ? msh_arena_copy(&m->tally.arena, excerpt)
                                            : msh_mask(&m->tally.arena, normal, 1, 0, "█");
        if (!noted->entry->excerpt.data)
            return MSH_E_MEMORY;
    }
    return msh_tally_place(&m->tally, noted->entry, &place);
}

/* What is_elsewhere says, for the first folded view, without asking for the source. */
static bool is_folded_elsewhere(const msh_matcher *m, const msh_rule_hit *h)
{
    return h->end < m->overlap_end || (h->end >= m->late && h->start >= m->late_start);
}

msh_err msh_consider_hit(msh_matcher *m, const msh_seen *s, const msh_rule_hit *h)
{
    uint32_t rule = m->rules->subscribers[h->subscriber].rule;
    const msh_rule *r = &m->rules->rules[rule];
    bool first = s->number == 0;
    if (first && is_folded_elsewhere(m, h))
        return MSH_OK;
    msh_candidate c = {.start = h->start, .end = h->end};
    msh_tier tier = r->info.tier;
    if (!in_context(m, s, rule, &c, &tier) || !is_unescaped_news(m, s, h->start, h->end))
        return MSH_OK;
    span at = {0, 0};
    if (!first) {
        at = span_of(m, s, h->start, h->end);
        if (is_elsewhere(r, s->view.from, at.start, at.end))
            return MSH_OK;
    }
    msh_view normal = msh_view_cut(s->view.text, h->start, h->end - h->start);
    if (m->naming) {
        m->named = tier > m->named ? tier : m->named;
        return MSH_OK;
    }
    msh_occurrence o = {rule, tier, normal, 1, h->subscriber};
    msh_noted noted;
    MSH_TRY(msh_tally_note(&m->tally, &o, &noted));
    if (!noted.wants_place)
        return MSH_OK;
    if (first)
        at.start = msh_seen_source(m, s, h->start);
    if (first && noted.fresh)
        at.end = msh_seen_source(m, s, h->end);
    return put_place(m, &noted, at, normal, (msh_view){NULL, 0});
}

static msh_err hold(msh_matcher *m, const msh_pending *p)
{
    if (m->n_pending == m->cap_pending) {
        size_t cap = m->cap_pending ? m->cap_pending * 2 : 64;
        msh_pending *list = msh_realloc(m->pending, cap * sizeof *list);
        if (!list)
            return MSH_E_MEMORY;
        m->pending = list;
        m->cap_pending = cap;
    }
    m->pending[m->n_pending++] = *p;
    return MSH_OK;
}

msh_err msh_consider(msh_matcher *m, const msh_seen *s, uint32_t rule, const msh_candidate *c)
{
    const msh_rule *r = &m->rules->rules[rule];
    if (c->end > s->view.text.len || c->start >= c->end)
        return MSH_OK;
    msh_tier tier = c->tier ? c->tier : r->info.tier;
    if (tier > r->info.tier && !c->raises)
        tier = r->info.tier;
    if (!in_context(m, s, rule, c, &tier) || !is_unescaped_news(m, s, c->start, c->end))
        return MSH_OK;
    msh_pending p = {.rule = rule, .view = s->number, .tier = tier, .count = c->count};
    span at = span_of(m, s, c->start, c->end);
    p.start = at.start;
    p.end = at.end;
    if (is_elsewhere(r, s->view.from, p.start, p.end))
        return MSH_OK;
    p.normal = c->normal.len ? c->normal : msh_view_cut(s->view.text, c->start, c->end - c->start);
    p.excerpt = c->excerpt;
    /* The joined view and the one behind escapes are made anew before all is settled. */
    p.normal = msh_arena_copy(&m->scratch, p.normal);
    if (p.excerpt.len)
        p.excerpt = msh_arena_copy(&m->scratch, p.excerpt);
    if (!p.normal.data || (p.excerpt.len && !p.excerpt.data))
        return MSH_E_MEMORY;
    return hold(m, &p);
}

static int by_place(const void *a, const void *b)
{
    const msh_pending *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->view != y->view)
        return x->view < y->view ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static bool is_better(const msh_pending *x, const msh_pending *than)
{
    if (x->tier != than->tier)
        return x->tier > than->tier;
    return x->end - x->start > than->end - than->start;
}

/* Two views of one place: the better stays. Two of one view are two. */
static bool merge(msh_pending *kept, const msh_pending *p)
{
    if (kept->rule != p->rule || kept->view == p->view || p->start >= kept->end)
        return false;
    if (is_better(p, kept))
        *kept = *p;
    return true;
}

msh_err msh_settle(msh_matcher *m)
{
    if (m->n_pending == 0)
        return MSH_OK;
    qsort(m->pending, m->n_pending, sizeof *m->pending, by_place);
    size_t n = 0;
    for (size_t i = 0; i < m->n_pending; i++)
        if (n == 0 || !merge(&m->pending[n - 1], &m->pending[i]))
            m->pending[n++] = m->pending[i];
    m->n_pending = 0;
    for (size_t i = 0; i < n; i++) {
        const msh_pending *p = &m->pending[i];
        if (m->naming) {
            m->named = p->tier > m->named ? p->tier : m->named;
            continue;
        }
        msh_occurrence o = {p->rule, p->tier, p->normal, p->count, UINT32_MAX};
        msh_noted noted;
        MSH_TRY(msh_tally_note(&m->tally, &o, &noted));
        if (noted.wants_place)
            MSH_TRY(put_place(m, &noted, (span){p->start, p->end}, p->normal, p->excerpt));
    }
    return MSH_OK;
}
