/* run_read.c: see run_read.h. */
#include "console/run_read.h"

enum { LINES_ARENA = 256 << 20 };

static bool add_line(run_report *v, run_line ***end, const msh_json *j)
{
    run_line *l = msh_arena_calloc(&v->arena, 1, sizeof *l);
    if (!l)
        return false;
    l->j = j;
    **end = l;
    *end = &l->next;
    return true;
}

static bool add_item(run_report *v, const msh_json *j)
{
    run_item *i = msh_arena_calloc(&v->arena, 1, sizeof *i);
    if (!i)
        return false;
    i->j = j;
    i->findings_end = &i->findings;
    i->outcomes_end = &i->outcomes;
    *v->items_end = i;
    v->items_end = &i->next;
    v->n_items++;
    return true;
}

static run_item *last_item(run_report *v, const msh_json *j)
{
    int64_t n = msh_json_int(msh_json_get(j, "item"), -1);
    for (run_item *i = v->items; i; i = i->next)
        if (msh_json_int(msh_json_get(i->j, "n"), -2) == n)
            return i;
    return NULL;
}

static bool take_line(run_report *v, const msh_json *j)
{
    msh_view type = msh_json_text(msh_json_get(j, "type"));
    run_item *i;
    if (msh_view_eq_str(type, "run"))
        v->run = j;
    else if (msh_view_eq_str(type, "summary"))
        v->summary = j;
    else if (msh_view_eq_str(type, "item"))
        return add_item(v, j);
    else if (msh_view_eq_str(type, "finding") && (i = last_item(v, j)) != NULL)
        return i->n_findings++, add_line(v, &i->findings_end, j);
    else if (msh_view_eq_str(type, "outcome") && (i = last_item(v, j)) != NULL)
        return i->n_outcomes++, add_line(v, &i->outcomes_end, j);
    return true;
}

bool run_read(run_report *v, msh_view report)
{
    *v = (run_report){.n_items = 0};
    msh_arena_init(&v->arena, LINES_ARENA);
    v->items_end = &v->items;
    for (size_t at = 0; at < report.len;) {
        size_t end = msh_view_find(report, MSH_VIEW("\n"), at);
        msh_json *j;
        if (end == SIZE_MAX)
            end = report.len;
        if (msh_json_read(&v->arena, msh_view_cut(report, at, end - at), 0, &j, NULL) != MSH_OK ||
            !take_line(v, j))
            return false;
        at = end + 1;
    }
    return v->run && v->summary && v->items;
}

void run_dispose(run_report *r)
{
    msh_arena_dispose(&r->arena);
}

/* --- words ------------------------------------------------------------------------------------ */

msh_verdict run_verdict(const msh_json *item)
{
    msh_view name = msh_json_text(msh_json_get(item, "verdict"));
    for (int i = MSH_VERDICT_PASS; i <= MSH_VERDICT_BLOCK; i++)
        if (msh_view_eq_str(name, msh_verdict_name((msh_verdict)i)))
            return (msh_verdict)i;
    return MSH_VERDICT_NOT_INSPECTED;
}

uint32_t run_number(const msh_json *j, const char *key)
{
    int64_t n = msh_json_int(msh_json_get(j, key), 0);
    return n > 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

console_msg run_advice(msh_view outcome)
{
    static const struct {
        msh_outcome outcome;
        console_msg todo;
    } rows[] = {{MSH_OUTCOME_ENCRYPTED, SAY_D_ENCRYPTED},     {MSH_OUTCOME_LIMIT, SAY_D_LIMIT},
                {MSH_OUTCOME_UNREADABLE, SAY_D_UNREADABLE},   {MSH_OUTCOME_NEEDS_OCR, SAY_D_OCR},
                {MSH_OUTCOME_UNSUPPORTED, SAY_D_UNSUPPORTED}, {MSH_OUTCOME_PARTIAL, SAY_D_PARTIAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(outcome, msh_outcome_name(rows[i].outcome)))
            return rows[i].todo;
    return SAY_D_OTHER;
}

bool run_is_whole(msh_view outcome)
{
    for (int o = 0; o < MSH_OUTCOME_COUNT; o++)
        if (msh_view_eq_str(outcome, msh_outcome_name((msh_outcome)o)))
            return msh_outcome_is_whole((msh_outcome)o);
    return false;
}
