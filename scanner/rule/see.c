/* see.c: one view of a text: the literals of all rules at once, then each kind with its own. */
#include "rule/matcher.h"
#include "rule/trace.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <stdlib.h>
#include <string.h>

typedef struct asked {
    msh_matcher *m;
    const msh_seen *s;
    uint32_t rule;
} asked;

static msh_err found(void *ctx, const msh_candidate *c)
{
    const asked *a = ctx;
    return msh_consider(a->m, a->s, a->rule, c);
}

/* Ask the kind of a rule. A regex past its limit is remembered, the other rules go on. */
static msh_err ask(msh_matcher *m, const msh_seen *s, uint32_t rule, const msh_literal_hit *hits,
                   size_t n)
{
    const msh_rule *r = &m->rules->rules[rule];
    if (r->where == MSH_WHERE_NAME && s->view.from->place.role != MSH_ROLE_NAME)
        return MSH_OK; /* nothing that it says could stand */
    asked a = {m, s, rule};
    msh_kind_out out = {&a, &m->scratch, found};
    msh_err err = r->kind->scan_item ? r->kind->scan_item(r->state, m->item_memory + r->item_offset,
                                                          &s->view, hits, n, &out)
                                     : r->kind->scan(r->state, &s->view, hits, n, &out);
    if (err != MSH_E_LIMIT_REGEX)
        return err;
    m->regex_limit = true;
    return MSH_OK;
}

/* --- hits ------------------------------------------------------------------------------------ */

static int by_start(const void *a, const void *b)
{
    const msh_rule_hit *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return x->subscriber < y->subscriber ? -1 : x->subscriber > y->subscriber;
}

/* The engine gives hits nearly in order: shift a little, and give up for qsort when it is a lot. */
static void sort_hits(msh_rule_hit *h, size_t n)
{
    size_t moves = 0;
    for (size_t i = 1; i < n && moves <= 8 * n; i++) {
        msh_rule_hit x = h[i];
        size_t j = i;
        for (; j > 0 && by_start(&h[j - 1], &x) > 0; j--, moves++)
            h[j] = h[j - 1];
        h[j] = x;
    }
    if (moves > 8 * n)
        qsort(h, n, sizeof *h, by_start);
}

/* A hit that the folded view has, too, says nothing new: in joined pieces those without a gap. */
static bool is_new(const msh_seen *s, const msh_rule_hit *h)
{
    if (s->view.view != MSH_VIEW_JOINED)
        return true;
    const msh_map *map = s->view.to_folded;
    return msh_map_step(map, h->end - 1) - msh_map_step(map, h->start) != h->end - 1 - h->start;
}

static msh_err hits_alone(msh_matcher *m, const msh_seen *s, const msh_rule_hit *h, size_t n)
{
    uint32_t reached = 0;
    for (size_t i = 0; i < n; i++) {
        /* Inside a longer one of the same rule. */
        if (h[i].end <= reached)
            continue;
        reached = h[i].end;
        if (is_new(s, &h[i]))
            MSH_TRY(msh_consider_hit(m, s, &h[i]));
    }
    return MSH_OK;
}

/* The written view of a rule, with the hits of the folded one. */
static msh_err ask_written(msh_matcher *m, const msh_seen *s, uint32_t rule, msh_literal_hit *hits,
                           size_t n)
{
    const msh_match_text *t = s->view.from;
    MSH_TRY(msh_need_written(m, t));
    for (size_t i = 0; i < n; i++) {
        hits[i].start = msh_written_of_source(&m->written, msh_seen_source(m, s, hits[i].start));
        hits[i].end = msh_written_of_source(&m->written, msh_seen_source(m, s, hits[i].end));
    }
    msh_seen w = *s;
    w.view.text = msh_buf_view(&m->written.text);
    w.view.view = MSH_VIEW_WRITTEN;
    w.view.folded = &w.view;
    w.view.to_folded = NULL;
    w.view.digits = NULL;
    w.view.to_source = &m->written.map;
    w.number = s->number + 2;
    return ask(m, &w, rule, hits, n);
}

/* What is found in a text of this role could stand where the rule wants it. */
static bool may_stand(const msh_rule *r, msh_role role)
{
    unsigned where = r->where & ~(unsigned)MSH_WHERE_LINE;
    return !where || where & MSH_WHERE_HEAD || (where & MSH_WHERE_NAME && role == MSH_ROLE_NAME) ||
           (where & MSH_WHERE_META && role == MSH_ROLE_META) ||
           (where & MSH_WHERE_EDGE && (role == MSH_ROLE_HEADER || role == MSH_ROLE_FOOTER));
}

/* A test asks one rule alone, or with those that it sums up; a scan those that are in force. */
static bool is_asked(const msh_matcher *m, const msh_seen *s, const msh_rule *r)
{
    if (m->only ? r != m->only && !m->only->kind->sums : r->idle)
        return false;
    return may_stand(r, s->view.from->place.role) || m->trace;
}

static msh_err ask_with_hits(msh_matcher *m, const msh_seen *s, uint32_t rule,
                             const msh_rule_hit *h, size_t n)
{
    const msh_rule *r = &m->rules->rules[rule];
    if (!is_asked(m, s, r))
        return MSH_OK;
    if (m->trace)
        msh_trace_hits(m->trace, s, rule, h, n);
    bool written = r->views & 1u << MSH_VIEW_WRITTEN;
    bool here = r->views & 1u << s->view.view;
    if (r->kind->hits_only && here)
        return hits_alone(m, s, h, n);
    written = written && s->view.view == MSH_VIEW_FOLDED && !s->view.unescaped;
    if (!here && !written)
        return MSH_OK;
    msh_literal_hit *hits = msh_arena_alloc(&m->scratch, n * sizeof *hits);
    if (!hits)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < n; i++)
        hits[i] =
            (msh_literal_hit){m->rules->subscribers[h[i].subscriber].tag, h[i].start, h[i].end};
    if (here)
        MSH_TRY(ask(m, s, rule, hits, n));
    return written ? ask_written(m, s, rule, hits, n) : MSH_OK;
}

static msh_err room_for_hits(msh_matcher *m, size_t n)
{
    if (n <= m->cap_hits)
        return MSH_OK;
    msh_rule_hit *hits = msh_realloc(m->hits, n * sizeof *hits);
    if (!hits)
        return MSH_E_MEMORY;
    m->hits = hits;
    m->cap_hits = n;
    return MSH_OK;
}

/* Count the hits of each rule; rule_hits becomes where the rule's part of m->hits ends. */
static size_t count_hits(msh_matcher *m, size_t n)
{
    const msh_rules *r = m->rules;
    size_t total = 0;
    m->n_touched = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = m->found[i].id;
        for (uint32_t s = r->subscriber_at[id]; s < r->subscriber_at[id + 1]; s++) {
            uint32_t rule = r->subscribers[s].rule;
            if (m->rule_hits[rule]++ == 0)
                m->touched[m->n_touched++] = rule;
            total++;
        }
    }
    return total;
}

static void group_hits(msh_matcher *m, size_t n)
{
    const msh_rules *r = m->rules;
    uint32_t at = 0;
    for (size_t i = 0; i < m->n_touched; i++) {
        uint32_t size = m->rule_hits[m->touched[i]];
        m->rule_hits[m->touched[i]] = at;
        at += size;
    }
    for (size_t i = 0; i < n; i++) {
        const msh_literal_found *f = &m->found[i];
        for (uint32_t s = r->subscriber_at[f->id]; s < r->subscriber_at[f->id + 1]; s++)
            m->hits[m->rule_hits[r->subscribers[s].rule]++] = (msh_rule_hit){s, f->start, f->end};
    }
}

/* Hand n found literals to the rules that wanted them. */
static msh_err hand_out(msh_matcher *m, const msh_seen *s, size_t n)
{
    size_t total = count_hits(m, n);
    msh_err err = room_for_hits(m, total);
    if (err == MSH_OK)
        group_hits(m, n);
    size_t at = 0;
    for (size_t i = 0; i < m->n_touched; i++) {
        uint32_t rule = m->touched[i];
        size_t end = m->rule_hits[rule];
        m->rule_hits[rule] = 0;
        if (err == MSH_OK) {
            sort_hits(m->hits + at, end - at);
            err = ask_with_hits(m, s, rule, m->hits + at, end - at);
        }
        at = end;
    }
    return err;
}

static msh_err literals(msh_matcher *m, const msh_seen *s)
{
    for (size_t at = 0; at < s->view.text.len;) {
        size_t n = msh_literals_scan(m->rules->literals, s->view.text, &at, m->found, m->cap_found);
        if (n)
            MSH_TRY(hand_out(m, s, n));
    }
    return MSH_OK;
}

/* Rules without literals look at the whole view. */
static msh_err others(msh_matcher *m, const msh_seen *s)
{
    for (size_t i = 0; i < m->rules->n_rules; i++) {
        const msh_rule *r = &m->rules->rules[i];
        if (r->wants_literals || !is_asked(m, s, r))
            continue;
        if (r->views & 1u << s->view.view)
            MSH_TRY(ask(m, s, (uint32_t)i, NULL, 0));
        if (r->views & 1u << MSH_VIEW_WRITTEN && s->view.view == MSH_VIEW_FOLDED &&
            !s->view.unescaped)
            MSH_TRY(ask_written(m, s, (uint32_t)i, NULL, 0));
    }
    return MSH_OK;
}

static msh_err beginnings(msh_matcher *m, const msh_seen *s)
{
    for (size_t i = 0; i < m->rules->n_rules; i++) {
        const msh_rule *r = &m->rules->rules[i];
        bool goes_on = r->wants_literals && r->kind->begins && r->views & 1u << s->view.view;
        if (goes_on && is_asked(m, s, r))
            MSH_TRY(ask(m, s, (uint32_t)i, NULL, 0));
    }
    return MSH_OK;
}

msh_err msh_see(msh_matcher *m, const msh_seen *s)
{
    if (s->view.from->flags & MSH_MATCH_CONTINUED)
        MSH_TRY(beginnings(m, s));
    MSH_TRY(literals(m, s));
    return others(m, s);
}
