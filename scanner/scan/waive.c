/* waive.c: waivers, and statements that a person read what could not be inspected (audit-log.md
 * section 6). */
#define _GNU_SOURCE
#include "scan/bundle.h"
#include "scan/notary.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <mishen/review.h>

#include <stdio.h>

static void fill(const msh_notary *k, uint64_t record, const char *until, msh_review_done *out)
{
    out->record = record;
    (void)snprintf(out->not_after, sizeof out->not_after, "%s", until);
    (void)snprintf(out->origin, sizeof out->origin, "%s", k->log.origin);
}

static msh_err sign(const msh_options *options, const msh_signer *signer, const msh_decision *d,
                    msh_review_done *out, msh_error *why)
{
    uint64_t record;
    msh_notary *k = msh_calloc(1, sizeof *k);
    if (!k)
        return msh_fail(why, MSH_E_MEMORY, "decision");
    msh_err err = msh_notary_open(k, options, signer, why);
    if (err == MSH_OK)
        err = msh_notary_sign(k, d, d->act, &record, why);
    if (err == MSH_OK)
        fill(k, record, d->not_after, out);
    msh_notary_dispose(k);
    msh_free(k);
    return err;
}

static msh_err end_of(const msh_options *options, const char *until, char out[MSH_UTC_SIZE],
                      msh_error *why)
{
    char now[MSH_UTC_SIZE];
    if (!until || !until[0])
        return msh_fail(why, MSH_E_USAGE, "%s",
                        options->lang == MSH_LANG_EN ? "--until: the last day is needed"
                                                     : "要有截止日期（--until）");
    MSH_TRY(msh_notary_end_of(until, out, why));
    msh_clock_format(msh_clock_utc_us(), now);
    return strcmp(out, now) > 0
               ? MSH_OK
               : msh_fail(why, MSH_E_USAGE, "%s",
                          options->lang == MSH_LANG_EN ? "--until: that day is over"
                                                       : "截止日期已经过去（--until）");
}

msh_err msh_waive(const msh_options *options, const msh_waive_job *job, msh_review_done *out,
                  msh_error *why)
{
    char end[MSH_UTC_SIZE];
    const msh_review_texts texts = {.waive_fp = job->fp,
                                    .waive_rule = job->rule,
                                    .waive_path = job->path,
                                    .reason = job->reason,
                                    .basis = job->basis};
    *out = (msh_review_done){.state = MSH_RELEASE_STATE_COUNT};
    MSH_TRY(msh_notary_check_texts(&texts, why));
    if (job->end)
        msh_clock_format(msh_clock_utc_us(), end);
    else
        MSH_TRY(end_of(options, job->until, end, why));
    const msh_decision d = {.act = "waive",
                            .not_after = end,
                            .waive_fp = job->fp,
                            .waive_rule = job->rule,
                            .waive_path = job->path,
                            .reason = job->reason,
                            .basis = job->basis};
    return sign(options, &job->signer, &d, out, why);
}

static void list(const msh_notary *k, bool (*each)(void *ctx, const msh_waiver *w), void *ctx)
{
    const msh_register *g = msh_approved_register(k->approved);
    char now[MSH_UTC_SIZE];
    bool more = true;
    msh_clock_format(msh_clock_utc_us(), now);
    for (const msh_reg_leave *w = msh_register_waivers(g); w && more; w = w->next) {
        const msh_decision_read_out *d = w->d;
        const msh_waiver row = {.record = w->n,
                                .by = d->reviewer,
                                .ts = w->ts,
                                .until = d->not_after,
                                .fp = d->waive_fp,
                                .rule = d->waive_rule,
                                .path = d->waive_path,
                                .reason = d->reason,
                                .basis = d->basis,
                                .in_force = msh_register_is_in_force(g, w, msh_view_str(now))};
        more = each(ctx, &row);
    }
}

msh_err msh_waivers(const msh_options *options, bool (*each)(void *ctx, const msh_waiver *w),
                    void *ctx, msh_error *why)
{
    msh_notary k;
    msh_err err = msh_notary_open(&k, options, NULL, why);
    if (err == MSH_OK)
        list(&k, each, ctx);
    msh_notary_dispose(&k);
    return err;
}

msh_err msh_review_state(const msh_options *options, const msh_state_job *job, msh_review_done *out,
                         msh_error *why)
{
    char end[MSH_UTC_SIZE];
    msh_bundle b;
    const msh_review_texts texts = {.reason = job->reason};
    *out = (msh_review_done){.state = MSH_RELEASE_STATE_COUNT};
    MSH_TRY(msh_notary_check_texts(&texts, why));
    MSH_TRY(end_of(options, job->until, end, why));
    msh_err err = msh_bundle_open(&b, options->lang, job->root, job->files, job->n_files, why);
    const msh_decision d = {.act = "state",
                            .not_after = end,
                            .reason = job->reason,
                            .files = b.decided,
                            .n_files = b.n};
    if (err == MSH_OK)
        err = sign(options, &job->signer, &d, out, why);
    msh_bundle_dispose(&b);
    return err;
}
