/* withdraw.c: what was approved in a release is approved no more (audit-log.md section 6). */
#define _GNU_SOURCE
#include "scan/gate.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/logdir.h"
#include "scan/spot.h"

#include <inttypes.h>
#include <string.h>

enum { NOTE_MAX = 64 << 10, TEXT_MAX = 1 << 20 };

typedef struct withdrawal {
    const msh_options *options;
    const msh_withdraw_job *job;
    const msh_approved *approved;
    msh_decision_file files[MSH_DECISION_FILES];
    size_t n_files;
    bool too_many;
    msh_reviewer reviewer;
    char ts[MSH_UTC_SIZE];
    msh_buf note, body, text;
} withdrawal;

static const char *tr(const withdrawal *w, const char *zh, const char *en)
{
    return w->options->lang == MSH_LANG_EN ? en : zh;
}

static bool take_file(void *ctx, const msh_approved_file *f)
{
    withdrawal *w = ctx;
    if (w->n_files == MSH_DECISION_FILES) {
        w->too_many = true;
        return false;
    }
    msh_decision_file *d = &w->files[w->n_files++];
    *d = (msh_decision_file){.path = f->path, .size = f->size};
    memcpy(d->sha256, f->sha256, 32);
    memcpy(d->sm3, f->sm3, 32);
    return true;
}

static msh_err take_files(withdrawal *w, msh_error *why)
{
    msh_approved_each_of(w->approved, msh_view_str(w->job->release), take_file, w);
    if (w->n_files == 0)
        return msh_fail(why, MSH_E_GONE, "%s",
                        tr(w, "没有这个编号的已批准信息，或已经撤回",
                           "nothing is approved in such a release, or it is withdrawn already"));
    if (w->too_many)
        return msh_fail(why, MSH_E_REFUSED, "%s",
                        tr(w, "这个编号下的文件太多", "too many files in this release"));
    return MSH_OK;
}

static msh_err check_signer(const withdrawal *w, msh_error *why)
{
    for (size_t i = 0; i < w->n_files; i++)
        if (!msh_approved_may_sign(w->approved, &w->reviewer, w->files[i].path, w->ts))
            return msh_fail(why, MSH_E_REFUSED, "%s",
                            tr(w, "签名人的钥匙已作废，或信任策略不许",
                               "the signer's keys were revoked, or the trust policy says no"));
    return MSH_OK;
}

static msh_err write_note(withdrawal *w, const char *origin, msh_error *why)
{
    const msh_decision d = {.act = "withdraw",
                            .release = w->job->release,
                            .reviewer = w->job->by,
                            .reason = w->job->reason,
                            .log = origin,
                            .ts = w->ts,
                            .files = w->files,
                            .n_files = w->n_files};
    MSH_TRY(msh_decision_write(&w->note, &d, &w->reviewer, why));
    msh_buf_put_str(&w->body, "{\"note\":");
    msh_json_canonical_str(&w->body, msh_buf_view(&w->note));
    msh_buf_put_byte(&w->body, '}');
    return msh_buf_err(&w->body);
}

static void tell(withdrawal *w, uint64_t record)
{
    msh_buf_printf(&w->text, "%s  ", tr(w, "已撤回批准", "approval withdrawn"));
    msh_escape_terminal(&w->text, msh_view_str(w->job->release));
    msh_buf_put_byte(&w->text, '\n');
    for (size_t i = 0; i < w->n_files; i++) {
        msh_buf_put_str(&w->text, "  ");
        msh_escape_terminal(&w->text, w->files[i].path);
        msh_buf_put_byte(&w->text, '\n');
    }
    msh_buf_printf(&w->text, "%s %" PRIu64 "\n%s\n",
                   tr(w, "决定已签名入日志  记录号", "signed and logged  record"), record,
                   tr(w, "下一步：从网站撤下，再用 mishen reconcile 网站 核对",
                      "next: take it down from the site, then mishen reconcile SITE"));
}

static msh_err run(withdrawal *w, const char *state, const msh_log_verdict *log, msh_error *why)
{
    uint64_t record;
    msh_clock_format(msh_clock_utc_us(), w->ts);
    MSH_TRY(take_files(w, why));
    MSH_TRY(msh_reviewer_open(state, w->job->by, w->job->password, &w->reviewer, why));
    MSH_TRY(check_signer(w, why));
    MSH_TRY(write_note(w, log->origin, why));
    MSH_TRY(msh_log_put(w->options, "decision", msh_buf_view(&w->body), &record, why));
    tell(w, record);
    return msh_spot_print(&w->text, why);
}

static msh_err check_job(const msh_withdraw_job *job, msh_error *why)
{
    if (!job->by || !msh_reviewer_name_ok(job->by) || !job->release || !job->release[0] ||
        strlen(job->release) > 200)
        return msh_fail(why, MSH_E_USAGE,
                        "要有信息编号和 --by 批准人 / a release and --by NAME are needed");
    if (job->reason && (strlen(job->reason) > 1000 || !msh_view_is_utf8(msh_view_str(job->reason))))
        return msh_fail(why, MSH_E_USAGE,
                        "文字太长或不是 UTF-8 / a text that is too long or not UTF-8");
    return MSH_OK;
}

msh_err msh_withdraw(const msh_options *options, const msh_withdraw_job *job, int *exit_code,
                     msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_log_verdict log;
    msh_approved *approved = NULL;
    *exit_code = MSH_EXIT_USAGE;
    MSH_TRY(check_job(job, why));
    MSH_TRY(msh_state_path(options, state, why));
    withdrawal *w = msh_calloc(1, sizeof *w);
    if (!w)
        return msh_fail(why, MSH_E_MEMORY, "withdraw");
    w->options = options;
    w->job = job;
    msh_buf_init(&w->note, NOTE_MAX);
    msh_buf_init(&w->body, 2 * NOTE_MAX);
    msh_buf_init(&w->text, TEXT_MAX);
    msh_err err = msh_gate_load(options, state, &approved, &log, why);
    w->approved = approved;
    if (err == MSH_OK)
        err = run(w, state, &log, why);
    *exit_code = err == MSH_OK          ? MSH_EXIT_CLEAN
                 : err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS
                                        : msh_spot_exit(err);
    msh_approved_free(approved);
    msh_reviewer_dispose(&w->reviewer);
    msh_buf_dispose(&w->note);
    msh_buf_dispose(&w->body);
    msh_buf_dispose(&w->text);
    msh_free(w);
    return err;
}
