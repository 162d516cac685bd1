/* register.c: the states of releases (domain.md section 3), applied record after record. Whether a
 * decision may be is judged in register_judge.c. */
#define _GNU_SOURCE
#include "ledger/register_inner.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEY_MAX = 160 };

/* --- tables ----------------------------------------------------------------------------------- */

static msh_view number_key(uint64_t n, char room[KEY_MAX])
{
    (void)snprintf(room, KEY_MAX, "%" PRIu64, n);
    return msh_view_str(room);
}

static msh_view bytes_key(uint64_t size, const uint8_t sha256[32], const uint8_t sm3[32],
                          char room[KEY_MAX])
{
    char hex[2][65];
    msh_hex32(sha256, hex[0]);
    msh_hex32(sm3, hex[1]);
    (void)snprintf(room, KEY_MAX, "%s %s %" PRIu64, hex[0], hex[1], size);
    return msh_view_str(room);
}

msh_err msh_register_new(msh_arena *arena, const char *state, const msh_trust *trust, msh_lang lang,
                         msh_register **out)
{
    msh_register *g = msh_arena_calloc(arena, 1, sizeof *g);
    *out = g;
    if (!g)
        return MSH_E_MEMORY;
    g->arena = arena;
    g->state = state;
    g->trust = trust;
    g->lang = lang;
    msh_arena_init(&g->scratch, 16 << 20);
    g->releases = msh_table_new();
    g->runs = msh_table_new();
    g->items = msh_table_new();
    g->of_run = msh_table_new();
    g->statements = msh_table_new();
    bool whole = g->releases && g->runs && g->items && g->of_run && g->statements;
    return whole ? MSH_OK : MSH_E_MEMORY;
}

void msh_register_free(msh_register *g)
{
    if (!g)
        return;
    msh_table *const tables[] = {g->releases, g->runs, g->items, g->of_run, g->statements};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (tables[i])
            msh_table_free(tables[i], NULL);
    msh_trust_free(g->recorded);
    msh_arena_dispose(&g->scratch);
}

/* --- records of scans ------------------------------------------------------------------------- */

static msh_err keep(msh_register *g, msh_view body, const msh_json **out)
{
    msh_json *j;
    msh_view copy = msh_arena_copy(g->arena, body);
    *out = NULL;
    if (!copy.data)
        return MSH_E_MEMORY;
    MSH_TRY(msh_json_read(g->arena, copy, MSH_JSON_LOG, &j, NULL));
    *out = j;
    return MSH_OK;
}

/* A run that was made for a decision says so in its scan.begin. */
static msh_err take_begin(msh_register *g, const msh_record *r)
{
    const msh_json *body;
    void *old;
    if (msh_view_find(r->body, MSH_VIEW("\"purpose\":"), 0) == SIZE_MAX)
        return MSH_OK;
    MSH_TRY(keep(g, r->body, &body));
    msh_view run = msh_json_text(msh_json_get(body, "run"));
    return msh_table_put(g->runs, run, (void *)(uintptr_t)body, &old);
}

/* The run that a record names, without reading all of it: most records are of no kept run. */
static bool is_kept(const msh_register *g, msh_view body)
{
    static const msh_view key = {(const uint8_t *)"\"run\":\"", 7};
    if (msh_table_count(g->runs) == 0)
        return false;
    size_t at = msh_view_find(body, key, 0);
    while (at != SIZE_MAX) {
        size_t from = at + key.len, to = msh_view_find(body, MSH_VIEW("\""), from);
        if (to != SIZE_MAX && msh_table_get(g->runs, msh_view_cut(body, from, to - from)))
            return true;
        at = msh_view_find(body, key, from);
    }
    return false;
}

static msh_view run_key(const msh_json *body, char room[KEY_MAX])
{
    msh_view run = msh_json_text(msh_json_get(body, "run"));
    (void)snprintf(room, KEY_MAX, "%.*s %" PRId64, (int)(run.len < 64 ? run.len : 64),
                   (const char *)run.data, msh_json_int(msh_json_get(body, "item"), -1));
    return msh_view_str(room);
}

static msh_err take_item(msh_register *g, const msh_record *r)
{
    char room[KEY_MAX];
    void *old;
    msh_reg_item *item = msh_arena_calloc(g->arena, 1, sizeof *item);
    if (!item)
        return MSH_E_MEMORY;
    item->n = r->n;
    MSH_TRY(keep(g, r->body, &item->body));
    MSH_TRY(msh_table_put(g->of_run, run_key(item->body, room), item, &old));
    return msh_table_put(g->items, number_key(r->n, room), item, &old);
}

static msh_err take_finding(msh_register *g, const msh_record *r)
{
    char room[KEY_MAX];
    msh_reg_finding *f = msh_arena_calloc(g->arena, 1, sizeof *f);
    if (!f)
        return MSH_E_MEMORY;
    MSH_TRY(keep(g, r->body, &f->body));
    msh_reg_item *item = msh_table_get(g->of_run, run_key(f->body, room));
    if (!item)
        return MSH_OK;
    if (item->end)
        item->end->next = f;
    else
        item->first = f;
    item->end = f;
    return MSH_OK;
}

static msh_err take_publish(msh_register *g, const msh_record *r)
{
    msh_json *j;
    msh_arena_reset(&g->scratch);
    MSH_TRY(msh_json_read(&g->scratch, r->body, MSH_JSON_LOG, &j, NULL));
    msh_reg_release *rel = msh_table_get(g->releases, msh_json_text(msh_json_get(j, "release")));
    if (!rel || rel->published.len)
        return MSH_OK;
    rel->published = msh_arena_copy(g->arena, r->ts);
    return rel->published.data ? MSH_OK : MSH_E_MEMORY;
}

/* The policies that were put in force, one after another: the way of a release is that of the day
 * on which it was submitted. */
static msh_err take_policy(msh_register *g, const msh_record *r)
{
    msh_json *j;
    msh_trust *t;
    msh_arena_reset(&g->scratch);
    MSH_TRY(msh_json_read(&g->scratch, r->body, MSH_JSON_LOG, &j, NULL));
    g->any_policy = true;
    g->policy_serial = (uint64_t)msh_json_int(msh_json_get(j, "serial"), 0);
    msh_view hash = msh_json_text(msh_json_get(j, "sha256"));
    (void)snprintf(g->policy_sha256, sizeof g->policy_sha256, "%.*s",
                   (int)(hash.len < 64 ? hash.len : 64), (const char *)hash.data);
    msh_view note = msh_json_text(msh_json_get(j, "note"));
    msh_err err = note.len ? msh_trust_read(g->state, note, &t, NULL) : MSH_E_EVIDENCE;
    if (err == MSH_E_MEMORY)
        return err;
    msh_trust_free(g->recorded);
    g->recorded = err == MSH_OK ? t : NULL;
    return MSH_OK;
}

msh_err msh_register_record(msh_register *g, const msh_record *r)
{
    static const struct {
        const char *type;
        bool of_run;
        msh_err (*take)(msh_register *g, const msh_record *r);
    } rows[] = {{"item", true, take_item},
                {"finding", true, take_finding},
                {"scan.begin", false, take_begin},
                {"publish", false, take_publish},
                {"policy", false, take_policy}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(r->type, rows[i].type))
            return !rows[i].of_run || is_kept(g, r->body) ? rows[i].take(g, r) : MSH_OK;
    return MSH_OK;
}

msh_err msh_register_check_policy(const msh_register *g, msh_error *why)
{
    if (!g->any_policy || (g->trust && msh_trust_serial(g->trust) >= g->policy_serial))
        return MSH_OK;
    return msh_fail(why, MSH_E_EVIDENCE, "trust.policy: %s",
                    g->trust ? say(g, "比日志里记下的旧", "older than the one that the log records")
                             : say(g, "日志里记有策略，文件却不在了",
                                   "the log records a policy, but the file is gone"));
}

const char *msh_register_policy(const msh_register *g)
{
    return g->policy_sha256;
}

/* --- looking up ------------------------------------------------------------------------------- */

const msh_reg_release *msh_register_first(const msh_register *g)
{
    return g->first;
}

const msh_reg_release *msh_register_release(const msh_register *g, msh_view id)
{
    return msh_table_get(g->releases, id);
}

const msh_reg_item *msh_register_item(const msh_register *g, uint64_t n)
{
    char room[KEY_MAX];
    return msh_table_get(g->items, number_key(n, room));
}

const msh_json *msh_register_run(const msh_register *g, const msh_json *item)
{
    return msh_table_get(g->runs, msh_json_text(msh_json_get(item, "run")));
}

static bool same_leave(const msh_decision_read_out *a, const msh_decision_read_out *b)
{
    return msh_view_eq(a->waive_fp, b->waive_fp) && msh_view_eq(a->waive_rule, b->waive_rule) &&
           msh_view_eq(a->waive_path, b->waive_path);
}

static bool waives(const msh_decision_read_out *d, msh_view fp, msh_view rule, msh_view path)
{
    if (d->waive_fp.len)
        return fp.len && msh_view_eq(d->waive_fp, fp);
    return msh_view_eq(d->waive_rule, rule) &&
           (!d->waive_path.len || msh_path_fits(path, d->waive_path));
}

/* What was said later of the same finding or of the same rule and path takes the place of what was
 * said before: so a waiver is ended early. */
bool msh_register_is_in_force(const msh_register *g, const msh_reg_leave *w, msh_view ts)
{
    for (const msh_reg_leave *newer = g->waivers; newer != w; newer = newer->next)
        if (same_leave(newer->d, w->d) && msh_view_cmp(newer->ts, ts) <= 0)
            return false;
    return msh_view_cmp(w->ts, ts) <= 0 && msh_view_cmp(ts, w->d->not_after) <= 0;
}

const msh_reg_leave *msh_register_waiver(const msh_register *g, msh_view fp, msh_view rule,
                                         msh_view path, msh_view ts)
{
    for (const msh_reg_leave *w = g->waivers; w; w = w->next)
        if (waives(w->d, fp, rule, path) && msh_register_is_in_force(g, w, ts))
            return w;
    return NULL;
}

const msh_reg_leave *msh_register_statement(const msh_register *g, uint64_t size,
                                            const uint8_t sha256[32], const uint8_t sm3[32],
                                            msh_view ts, msh_view besides)
{
    char room[KEY_MAX];
    const msh_reg_leave *l = msh_table_get(g->statements, bytes_key(size, sha256, sm3, room));
    for (; l; l = l->next)
        if (msh_view_cmp(l->ts, ts) <= 0 && msh_view_cmp(ts, l->d->not_after) <= 0 &&
            !(besides.len && msh_view_eq(l->d->reviewer, besides)))
            return l;
    return NULL;
}

const msh_reg_leave *msh_register_waivers(const msh_register *g)
{
    return g->waivers;
}

msh_view msh_register_decider(const msh_decision_read_out *d)
{
    return d->kind == MSH_ACT_RECORD ? d->paper_by : d->reviewer;
}

msh_act msh_register_act(const msh_decision_read_out *d)
{
    static const msh_act on_paper[] = {MSH_ACT_PASS, MSH_ACT_RETURN, MSH_ACT_REFUSE,
                                       MSH_ACT_APPROVE};
    if (d->kind != MSH_ACT_RECORD)
        return d->kind;
    for (size_t i = 0; i < sizeof on_paper / sizeof on_paper[0]; i++)
        if (msh_view_eq_str(d->paper_act, msh_act_name(on_paper[i])))
            return on_paper[i];
    return MSH_ACT_COUNT;
}

const char *msh_register_step_name(unsigned step)
{
    static const char *const names[] = {
#define MSH_STEP(id, name, role, days, refuse, zh, en, step_zh, step_en) name,
#include <mishen/reviewsteps.def>
#undef MSH_STEP
    };
    return step < sizeof names / sizeof names[0] ? names[step] : "";
}

/* --- applying --------------------------------------------------------------------------------- */

static msh_reg_release *get_release(msh_register *g, msh_view id, msh_view ts)
{
    void *old;
    msh_reg_release *r = msh_table_get(g->releases, id);
    if (r)
        return r;
    r = msh_arena_calloc(g->arena, 1, sizeof *r);
    if (!r || msh_table_put(g->releases, id, r, &old) != MSH_OK)
        return NULL;
    r->id = id;
    r->first_ts = ts;
    r->last = MSH_NO_RECORD;
    if (g->last)
        g->last->next = r;
    else
        g->first = r;
    g->last = r;
    return r;
}

static msh_err add_event(msh_register *g, msh_reg_release *r, const msh_reg_event *what)
{
    msh_reg_event *e = msh_arena_alloc(g->arena, sizeof *e);
    if (!e)
        return MSH_E_MEMORY;
    *e = *what;
    e->next = NULL;
    if (r->end)
        r->end->next = e;
    else
        r->first = e;
    r->end = e;
    return MSH_OK;
}

static void add_person(msh_reg_release *r, msh_view name, unsigned step)
{
    for (size_t i = 0; i < r->n_people; i++)
        if (msh_view_eq(r->people[i].name, name) && r->people[i].step == step)
            return;
    if (r->n_people < MSH_REGISTER_PEOPLE) { /* judged before: there is room */
        r->people[r->n_people].name = name;
        r->people[r->n_people++].step = step;
    }
}

/* The state that waits for a step. */
static msh_release_state waits_for(unsigned step)
{
    return (msh_release_state)(MSH_RELEASE_FIRST + step);
}

static void submit(msh_register *g, msh_reg_release *r, const msh_decision_read_out *d)
{
    r->submit = d;
    r->round++;
    r->at = 0;
    r->approvals = 0;
    r->escalated = false;
    r->n_path = msh_trust_path(policy_of_day(g), d->category, r->path);
    r->state = waits_for(r->path[0]);
    add_person(r, d->reviewer, MSH_TRUST_STEPS);
}

static void approve(const msh_register *g, msh_reg_release *r, const msh_decision_read_out *d)
{
    unsigned quorum = g->trust ? msh_trust_quorum(g->trust, "approve") : 1;
    if (!d->has_prev) { /* in one step */
        r->submit = d;
        r->n_path = r->at = 0;
        r->approve = d;
        r->state = MSH_RELEASE_APPROVED;
        return;
    }
    r->approvals++;
    if (r->approvals < quorum)
        return;
    r->at = r->n_path;
    r->approve = d;
    r->state = MSH_RELEASE_APPROVED;
}

static void apply(msh_register *g, msh_reg_release *r, const msh_decision_read_out *d)
{
    unsigned step = r->at < r->n_path ? r->path[r->at] : MSH_TRUST_STEPS;
    msh_act act = msh_register_act(d);
    if (act != MSH_ACT_SUBMIT && act != MSH_ACT_WITHDRAW && d->has_prev)
        add_person(r, msh_register_decider(d), step);
    if (act != MSH_ACT_ESCALATE)
        r->escalated = false;
    switch (act) {
    case MSH_ACT_SUBMIT:
        submit(g, r, d);
        break;
    case MSH_ACT_PASS:
        r->at++;
        r->state = waits_for(r->path[r->at]);
        break;
    case MSH_ACT_RETURN:
        r->state = MSH_RELEASE_RETURNED;
        break;
    case MSH_ACT_REFUSE:
        r->state = msh_view_eq_str(d->reason_code, "on-request") ? MSH_RELEASE_ON_REQUEST
                                                                 : MSH_RELEASE_REFUSED;
        break;
    case MSH_ACT_ESCALATE:
        r->escalated = true;
        r->state = MSH_RELEASE_ESCALATED;
        break;
    case MSH_ACT_APPROVE:
        r->state = step < MSH_TRUST_STEPS ? waits_for(step) : r->state;
        approve(g, r, d);
        break;
    case MSH_ACT_WITHDRAW:
        r->state = MSH_RELEASE_WITHDRAWN;
        break;
    default:
        break;
    }
}

static msh_err add_leave(msh_register *g, const msh_reg_event *e)
{
    msh_reg_leave row = {.n = e->n, .ts = e->ts, .d = e->d};
    if (e->d->kind == MSH_ACT_WAIVE) {
        msh_reg_leave *w = msh_arena_alloc(g->arena, sizeof *w);
        if (!w)
            return MSH_E_MEMORY;
        *w = row;
        w->next = g->waivers;
        g->waivers = w;
        return MSH_OK;
    }
    for (size_t i = 0; i < e->d->n_files; i++) {
        char room[KEY_MAX];
        const msh_decision_file *f = &e->d->files[i];
        void *old;
        msh_reg_leave *s = msh_arena_alloc(g->arena, sizeof *s);
        if (!s)
            return MSH_E_MEMORY;
        msh_view key = bytes_key(f->size, f->sha256, f->sm3, room);
        *s = row;
        s->next = msh_table_get(g->statements, key);
        MSH_TRY(msh_table_put(g->statements, key, s, &old));
    }
    return MSH_OK;
}

static bool of_release(msh_act kind)
{
    return kind != MSH_ACT_WAIVE && kind != MSH_ACT_STATE && kind != MSH_ACT_ADOPT;
}

msh_err msh_register_take(msh_register *g, uint64_t n, msh_view ts, const msh_decision_read_out *d,
                          bool *counts)
{
    msh_reg_event e = {.n = n, .ts = msh_arena_copy(g->arena, ts), .d = d};
    if (!e.ts.data)
        return MSH_E_MEMORY;
    msh_err err = msh_register_judge(g, d, e.ts, &e.why);
    *counts = e.counts = err == MSH_OK;
    if (err != MSH_OK && err != MSH_E_REFUSED)
        return err;
    if (!of_release(d->kind))
        return e.counts && d->kind != MSH_ACT_ADOPT ? add_leave(g, &e) : MSH_OK;
    msh_reg_release *r =
        e.counts ? get_release(g, d->release, e.ts) : msh_table_get(g->releases, d->release);
    if (!r)
        return e.counts ? MSH_E_MEMORY : MSH_OK;
    if (e.counts) {
        apply(g, r, d);
        r->last = n;
        r->since = e.ts;
        if (d->kind == MSH_ACT_SUBMIT)
            r->submit_n = n;
    }
    return add_event(g, r, &e);
}
