/* leaves.c: see leaves.h. */
#define _GNU_SOURCE
#include "scan/leaves.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/approved.h"
#include "ledger/store.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct msh_leaves {
    msh_approved *approved;
    char now[MSH_UTC_SIZE];
};

static bool is_leave(msh_view line)
{
    return msh_view_find(line, MSH_VIEW("\\\"act\\\":\\\"waive\\\""), 0) != SIZE_MAX ||
           msh_view_find(line, MSH_VIEW("\\\"act\\\":\\\"state\\\""), 0) != SIZE_MAX;
}

/* Looks whether there is anything to verify the log for: most logs hold neither, and a scan need
 * not pay for them. That the lines are right is only known afterwards. */
static msh_err any_leave(const char *log, bool *any, msh_error *why)
{
    msh_lines l;
    *any = false;
    MSH_TRY(msh_lines_open(&l, log, why));
    msh_err err = MSH_OK;
    while (err == MSH_OK && !*any) {
        msh_lines_status status;
        msh_view line;
        err = msh_lines_next(&l, &status, &line, why);
        if (err != MSH_OK || status != MSH_LINES_LINE)
            break;
        *any = is_leave(line);
    }
    msh_lines_close(&l);
    return err;
}

static bool holds(const msh_log_verdict *v)
{
    return v->exit_code == MSH_VERIFY_ANCHORED || v->exit_code == MSH_VERIFY_UNANCHORED;
}

static msh_err load(msh_leaves *l, const char *state, msh_lang lang, msh_error *why)
{
    msh_log_verdict verdict;
    msh_error inner = {0};
    msh_clock_format(msh_clock_utc_us(), l->now);
    msh_err err = msh_approved_load(state, lang, l->now, &l->approved, &verdict, &inner);
    if (err == MSH_E_MEMORY || err == MSH_E_CRYPTO)
        return msh_fail(why, err, "%s", inner.text);
    if (err == MSH_OK && holds(&verdict))
        return MSH_OK;
    fprintf(stderr, "%s\n",
            lang == MSH_LANG_EN ? "mishen: the log or the trust policy does not verify: no waiver "
                                  "and no statement counts (mishen log verify)"
                                : "mishen: 日志或信任策略校验不通过，豁免和“已人工查看”都不计入（"
                                  "mishen log verify）");
    msh_approved_free(l->approved);
    l->approved = NULL;
    return MSH_OK;
}

msh_err msh_leaves_load(const char *state, msh_lang lang, msh_leaves **out, msh_error *why)
{
    char log[MSH_LOG_PATH];
    struct stat st;
    bool any;
    *out = NULL;
    MSH_TRY(msh_store_path(state, "log/seg", log, why));
    if (lstat(log, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    MSH_TRY(msh_store_path(state, "log", log, why));
    msh_err err = any_leave(log, &any, NULL);
    if (err == MSH_E_MEMORY)
        return msh_fail(why, err, "waivers");
    if (err != MSH_OK || !any) /* who opens the log for writing says what is wrong with it */
        return MSH_OK;
    msh_leaves *l = msh_calloc(1, sizeof *l);
    if (!l)
        return msh_fail(why, MSH_E_MEMORY, "waivers");
    err = load(l, state, lang, why);
    if (err != MSH_OK || !l->approved) {
        msh_leaves_free(l);
        return err;
    }
    *out = l;
    return MSH_OK;
}

void msh_leaves_free(msh_leaves *l)
{
    if (!l)
        return;
    msh_approved_free(l->approved);
    msh_free(l);
}

static void put_day(char out[11], msh_view till)
{
    (void)snprintf(out, 11, "%.*s", (int)(till.len < 10 ? till.len : 10), (const char *)till.data);
}

static void waive(const msh_leaves *l, msh_entry *e)
{
    const msh_register *g = msh_approved_register(l->approved);
    msh_tier worst = (msh_tier)0;
    for (size_t i = 0; i < e->n_findings; i++) {
        msh_finding *f = &e->findings[i];
        const msh_reg_leave *w =
            msh_register_waiver(g, msh_view_str(f->fp), f->rule, e->rel, msh_view_str(l->now));
        f->waived = w != NULL;
        if (w) {
            f->waiver = w->n;
            put_day(f->waived_till, w->d->not_after);
            e->item.waived++;
        } else if (f->tier > worst) {
            worst = f->tier;
        }
    }
    /* past the listed ones nobody knows what they are: they count */
    if (e->item.findings <= e->n_findings && !e->memory_short)
        e->worst = worst;
}

/* Somebody who read a document has not looked for viruses in it, and a file that changed meanwhile
 * is not the one they read. */
static bool may_be_covered(const msh_entry *e)
{
    for (size_t i = 0; i < e->n_outcomes; i++) {
        msh_outcome o = e->outcomes[i].outcome;
        if (o == MSH_OUTCOME_CHANGED || o == MSH_OUTCOME_VANISHED || o == MSH_OUTCOME_SPECIAL ||
            msh_view_starts(e->outcomes[i].reason, MSH_VIEW("virus.")))
            return false;
    }
    return e->more_outcomes == 0;
}

static void cover(const msh_leaves *l, msh_entry *e)
{
    const msh_reg_leave *s = NULL;
    if (may_be_covered(e) && e->item.has_sha256 && e->item.has_sm3)
        s = msh_register_statement(msh_approved_register(l->approved), e->item.size, e->item.sha256,
                                   e->item.sm3, msh_view_str(l->now), (msh_view){NULL, 0});
    if (!s)
        return;
    e->item.covered = true;
    e->item.statement = s->n;
    put_day(e->item.covered_till, s->d->not_after);
}

void msh_leaves_apply(const msh_leaves *l, msh_entry *e)
{
    e->item.waived = 0;
    e->item.covered = false;
    if (!l)
        return;
    waive(l, e);
    if (!e->whole && !e->memory_short)
        cover(l, e);
}
