/* judge.c: see judge.h. */
#include "rule/judge.h"

#include "base/err.h"
#include "base/view.h"
#include "text/fold.h"

enum { COMPANY = 8192 }; /* bytes to either side: more than any distance of near and except */

static bool in_position(const msh_rule *r, const msh_kind_text *t, size_t start)
{
    unsigned where = r->where & ~(unsigned)MSH_WHERE_LINE;
    if (!where)
        return true;
    msh_role role = t->from->place.role;
    return (where & MSH_WHERE_HEAD && msh_in_head(t, start)) ||
           (where & MSH_WHERE_EDGE && (role == MSH_ROLE_HEADER || role == MSH_ROLE_FOOTER)) ||
           (where & MSH_WHERE_NAME && role == MSH_ROLE_NAME) ||
           (where & MSH_WHERE_META && role == MSH_ROLE_META);
}

/* The hit is part of one of the words. */
static bool is_within(msh_view text, size_t start, size_t end, const msh_word_list *words)
{
    for (size_t i = 0; i < words->n; i++) {
        size_t len = words->words[i].len;
        size_t from = start > len ? start - len : 0;
        size_t to = text.len - end > len ? end + len : text.len;
        msh_view part = msh_view_cut(text, from, to - from);
        for (size_t at = 0; (at = msh_view_find(part, words->words[i], at)) != SIZE_MAX; at++)
            if (from + at < end && from + at + len > start)
                return true;
    }
    return false;
}

/* Which part of `except` holds; MSH_JUDGED_STANDS: none. */
static msh_judgement excepted_by(const msh_rule *r, msh_view text, size_t start, size_t end)
{
    if (r->except_quoted && msh_is_quoted(text, start, end))
        return MSH_JUDGED_QUOTED;
    if (r->before.n && msh_has_before(text, start, r->before.words, r->before.n, r->except_within))
        return MSH_JUDGED_AFTER;
    /* After it only: the window before an empty text at `end` holds nothing. */
    msh_view rest = msh_view_cut(text, end, text.len);
    if (r->after.n && msh_has_near(rest, 0, 0, r->after.words, r->after.n, r->except_within))
        return MSH_JUDGED_BEFORE;
    return r->around.n && is_within(text, start, end, &r->around) ? MSH_JUDGED_WITHIN
                                                                  : MSH_JUDGED_STANDS;
}

static msh_judged by_company(const msh_rule *r, msh_view text, size_t start, size_t end,
                             msh_tier *tier)
{
    if (r->near.n && !msh_has_near(text, start, end, r->near.words, r->near.n, r->near_within))
        return (msh_judged){MSH_JUDGED_FAR, false};
    msh_judgement what = excepted_by(r, text, start, end);
    if (what == MSH_JUDGED_STANDS)
        return (msh_judged){what, true};
    if (r->except_tier && r->except_tier < *tier)
        *tier = r->except_tier;
    return (msh_judged){what, r->except_tier != 0};
}

static bool fold_part(msh_folded *f, msh_view part, msh_buf *out)
{
    if (msh_fold(f, part, MSH_CS_UTF8) != MSH_OK)
        return false;
    msh_buf_put_view(out, msh_buf_view(&f->text));
    return msh_buf_err(out) == MSH_OK;
}

/* The written view is not folded, words are: its surroundings are folded first. Where memory is
 * short it stands: better one too many. */
static msh_judged by_folded_company(const msh_rule *r, msh_view text, const msh_candidate *c,
                                    msh_tier *tier)
{
    msh_judged judged = {MSH_JUDGED_STANDS, true};
    size_t from = c->start > COMPANY ? c->start - COMPANY : 0, start;
    while (from < c->start && (text.data[from] & 0xc0) == 0x80)
        from++;
    msh_folded f;
    msh_buf all;
    msh_folded_init(&f, 1 << 20);
    msh_buf_init(&all, 1 << 20);
    bool good = fold_part(&f, msh_view_cut(text, from, c->start - from), &all);
    start = all.len;
    good = good && fold_part(&f, msh_view_cut(text, c->start, c->end - c->start), &all);
    size_t end = all.len;
    good = good && fold_part(&f, msh_view_cut(text, c->end, COMPANY), &all);
    if (good)
        judged = by_company(r, msh_buf_view(&all), start, end, tier);
    msh_folded_dispose(&f);
    msh_buf_dispose(&all);
    return judged;
}

msh_judged msh_judge(const msh_rule *r, const msh_kind_text *t, const msh_candidate *c,
                     msh_tier *tier)
{
    bool company = r->near.n || r->before.n || r->after.n || r->around.n;
    if (r->where & MSH_WHERE_LINE && !msh_is_alone(t->text, c->start, c->end))
        return (msh_judged){MSH_JUDGED_NOT_ALONE, false};
    if (!in_position(r, t, c->start))
        return (msh_judged){MSH_JUDGED_POSITION, false};
    if (c->no_context)
        return (msh_judged){MSH_JUDGED_STANDS, true};
    return company && t->view == MSH_VIEW_WRITTEN ? by_folded_company(r, t->text, c, tier)
                                                  : by_company(r, t->text, c->start, c->end, tier);
}
