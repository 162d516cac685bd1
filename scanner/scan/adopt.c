/* adopt.c: the stock of a site is taken over (存量): scanned, listed, signed as it stands. It is
 * never called approved; it only lets the gate be switched on on the first day.
 *
 * Refuses what is blocked, what has no hashes (links, special files) and names that cannot stand in
 * a record: these stay unknown to the gate until somebody has seen to them. */
#define _GNU_SOURCE
#include "ledger/adopted.h"
#include "scan/notary.h"
#include "scan/open.h"
#include "scan/spot.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/path.h"

#include <mishen/review.h>

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { TEXT_MAX = 64 << 20, TOLD = 200 };

typedef struct adoption {
    const msh_options *options;
    const msh_adopt_job *job;
    msh_run run;
    msh_notary notary;
    msh_buf list, text;
    uint64_t taken, review, not_inspected, left;
    msh_decision_list hashes;
} adoption;

static const char *tr(const adoption *a, const char *zh, const char *en)
{
    return a->options->lang == MSH_LANG_EN ? en : zh;
}

static void tell_left(adoption *a, const msh_entry *e)
{
    if (a->left++ >= TOLD)
        return;
    msh_buf_printf(&a->text, "  %s  %s  ", tr(a, "不接管", "not taken over"),
                   msh_verdict_text(e->item.verdict, a->options->lang));
    msh_escape_terminal(&a->text, e->item.path_masked ? e->item.path_shown : e->rel);
    msh_buf_put_byte(&a->text, '\n');
}

static void observe(void *ctx, const msh_entry *e)
{
    adoption *a = ctx;
    msh_decision_file f = {.path = e->rel, .size = e->item.size};
    if (e->item.outcome == MSH_OUTCOME_LINK)
        return; /* its target is an item of its own */
    if (e->item.verdict == MSH_VERDICT_BLOCK || !e->item.has_sha256 || !e->item.has_sm3 ||
        e->item.path_masked || !msh_path_is_plain(e->rel)) {
        tell_left(a, e);
        return;
    }
    memcpy(f.sha256, e->item.sha256, 32);
    memcpy(f.sm3, e->item.sm3, 32);
    msh_adopted_put(&a->list, &f);
    a->taken++;
    a->review += e->item.verdict == MSH_VERDICT_REVIEW;
    a->not_inspected += e->item.verdict == MSH_VERDICT_NOT_INSPECTED && !e->item.covered;
}

static msh_err scan(adoption *a, msh_error *why)
{
    msh_options both = *a->options;
    both.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    const msh_spot_job job = {&both, &a->job->site, 1, observe, a, NULL, NULL};
    msh_err err = msh_spot_scan(&a->run, &job, why);
    a->run.options = a->options;
    bool stopped = a->run.stop;
    msh_close_run(&a->run);
    MSH_TRY(err);
    MSH_TRY(msh_buf_err(&a->list));
    if (stopped)
        return msh_fail(why, MSH_E_STOPPED, "adopt");
    if (a->taken == 0)
        return msh_fail(why, MSH_E_GONE, "%s",
                        tr(a, "没有可以接管的文件", "there is nothing that can be taken over"));
    return MSH_OK;
}

/* The list is in place before the decision that names it. */
static msh_err keep_list(adoption *a, msh_error *why)
{
    char path[MSH_ADOPTED_PATH], folder[MSH_STATE_PATH + 20];
    msh_view list = msh_buf_view(&a->list);
    a->hashes.files = a->taken;
    a->hashes.size = list.len;
    MSH_TRY(msh_sha256(list, a->hashes.sha256));
    MSH_TRY(msh_sm3(list, a->hashes.sm3));
    (void)snprintf(folder, sizeof folder, "%s/adopted", a->notary.state);
    MSH_TRY(msh_file_make_dirs(folder, why));
    MSH_TRY(msh_adopted_path(a->notary.state, a->hashes.sha256, path, why));
    return msh_file_replace(path, list, why);
}

static void tell(adoption *a, uint64_t record)
{
    msh_buf_printf(&a->text, "%s %" PRIu64 "（%s %" PRIu64 "，%s %" PRIu64 "）  %s %" PRIu64 "\n",
                   tr(a, "存量接管", "taken over"), a->taken, tr(a, "其中需复核", "for review"),
                   a->review, tr(a, "未能检查", "not inspected"), a->not_inspected,
                   tr(a, "不接管", "not taken over"), a->left);
    msh_buf_printf(
        &a->text, "%s  %s  %s %" PRIu64 "\n%s\n", tr(a, "决定已签名入日志", "signed and logged"),
        a->notary.log.origin, tr(a, "记录号", "record"), record,
        tr(a,
           "存量不是批准。下一步：处理不接管的文件，逐步审查需复核和未能检查的；mishen "
           "gate 网站 现在可以开",
           "stock is not approved. next: see to what was not taken over, review the rest "
           "in time; the gate can be switched on now"));
}

static msh_err run(adoption *a, msh_error *why)
{
    uint64_t record;
    struct stat st;
    if (!a->job->site || stat(a->job->site, &st) != 0 || !S_ISDIR(st.st_mode))
        return msh_fail(why, MSH_E_NAMED, "%s", a->job->site ? a->job->site : "");
    MSH_TRY(scan(a, why));
    MSH_TRY(msh_notary_open(&a->notary, a->options, &a->job->signer, why));
    MSH_TRY(keep_list(a, why));
    const msh_decision d = {.act = "adopt", .reason = a->job->reason, .list = &a->hashes};
    MSH_TRY(msh_notary_sign(&a->notary, &d, "adopt", &record, why));
    tell(a, record);
    return msh_spot_print(&a->text, why);
}

msh_err msh_adopt(const msh_options *options, const msh_adopt_job *job, int *exit_code,
                  msh_error *why)
{
    const msh_review_texts texts = {.reason = job->reason};
    *exit_code = MSH_EXIT_USAGE;
    MSH_TRY(msh_notary_check_texts(&texts, why));
    adoption *a = msh_calloc(1, sizeof *a);
    if (!a)
        return msh_fail(why, MSH_E_MEMORY, "adopt");
    a->options = options;
    a->job = job;
    msh_buf_init(&a->list, MSH_ADOPTED_MAX);
    msh_buf_init(&a->text, TEXT_MAX);
    msh_err err = run(a, why);
    *exit_code = err == MSH_OK          ? (a->left ? MSH_EXIT_FINDINGS : MSH_EXIT_CLEAN)
                 : err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS
                                        : msh_spot_exit(err);
    msh_close_run(&a->run);
    if (a->notary.options)
        msh_notary_dispose(&a->notary);
    msh_buf_dispose(&a->list);
    msh_buf_dispose(&a->text);
    msh_free(a);
    return err;
}
