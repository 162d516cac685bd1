/* approve.c: a release is approved in one step (audit-log.md section 6): hash, scan, judge, sign,
 * log.
 *
 * Refuses files that are blocked or could not be inspected, that need review (unless a reason is
 * given), that changed meanwhile, or whose name cannot stand in a record. */
#define _GNU_SOURCE
#include "scan/bundle.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/notary.h"
#include "scan/open.h"

#include <inttypes.h>
#include <stdio.h>

enum { TEXT_MAX = 1 << 20 };

typedef struct approval {
    const msh_approve_job *job;
    msh_lang lang;
    msh_bundle files;
    char release[64], not_after[MSH_UTC_SIZE];
    msh_buf text;
} approval;

static const char *tr(const approval *a, const char *zh, const char *en)
{
    return a->lang == MSH_LANG_EN ? en : zh;
}

/* --- words ------------------------------------------------------------------------------------ */

static void put_name(approval *a, const char *name)
{
    msh_escape_terminal(&a->text, msh_view_str(name));
}

static void tell_refused(approval *a, int exit_code)
{
    msh_buf_printf(&a->text, "%s\n", tr(a, "不予批准：", "not approved:"));
    msh_bundle_tell(&a->files, &a->text);
    msh_buf_printf(
        &a->text, "%s\n",
        exit_code == MSH_EXIT_NOT_INSPECTED
            ? tr(a, "下一步：未能检查的文件先另存为可读的格式、解除加密或拆开，再重新批准",
                 "next: save what could not be inspected in a readable form, then approve again")
            : tr(a,
                 "下一步：用 mishen scan 查看命中之处；阻断的不得公开，需复核的由人核对后加 "
                 "--reason 理由 再批准",
                 "next: see the findings with mishen scan; what is blocked must not be published, "
                 "what needs review is approved with --reason after a person has looked"));
}

/* How many different people the policy wants. */
static unsigned quorum(const msh_notary *k)
{
    const msh_trust *t = msh_approved_trust(k->approved);
    return t ? msh_trust_quorum(t, "approve") : 1;
}

static void tell_approved(approval *a, const msh_notary *k, uint64_t record)
{
    msh_buf_printf(&a->text, "%s  ", tr(a, "已批准", "approved"));
    put_name(a, a->job->title);
    msh_buf_printf(&a->text, "  (%s)\n", a->release);
    msh_bundle_tell(&a->files, &a->text);
    msh_buf_printf(&a->text, "%s  %s  %s %" PRIu64 "\n",
                   tr(a, "决定已签名入日志", "signed and logged"), k->log.origin,
                   tr(a, "记录号", "record"), record);
    if (a->not_after[0])
        msh_buf_printf(&a->text, "%s %.10s\n",
                       tr(a, "批准依据豁免或人工查看，有效至",
                          "it rests on a waiver or a statement, valid until"),
                       a->not_after);
    if (quorum(k) > 1)
        msh_buf_printf(&a->text, "%s %u\n",
                       tr(a, "按信任策略，同样的文件要几个人都批准才能发布：",
                          "by the trust policy so many people must approve these very files:"),
                       quorum(k));
    msh_buf_printf(&a->text, "%s  mishen gate ",
                   tr(a, "下一步：发布前核对", "next, before publishing:"));
    put_name(a, a->files.root);
    msh_buf_put_byte(&a->text, '\n');
}

/* --- the decision ----------------------------------------------------------------------------- */

static msh_err sign(approval *a, msh_notary *k, const char *policy, msh_error *why)
{
    const msh_approve_job *job = a->job;
    uint64_t record;
    msh_notary_bound(k, a->files.decided, job->n_files, (msh_view){NULL, 0}, a->not_after);
    const msh_decision d = {.act = "approve",
                            .release = a->release,
                            .title = job->title,
                            .docno = job->docno,
                            .category = job->category,
                            .channel = job->channel,
                            .reason = job->reason,
                            .policy = policy,
                            .not_after = a->not_after[0] ? a->not_after : NULL,
                            .files = a->files.decided,
                            .n_files = job->n_files};
    MSH_TRY(msh_notary_sign(k, &d, "approve", &record, why));
    tell_approved(a, k, record);
    return MSH_OK;
}

/* After the scan: its records are among those that the decision is judged by. */
static msh_err decide(approval *a, const msh_options *options, const char *policy, msh_error *why)
{
    const msh_signer signer = {.name = a->job->by, .password = a->job->password};
    msh_notary *k = msh_calloc(1, sizeof *k);
    if (!k)
        return msh_fail(why, MSH_E_MEMORY, "approve");
    msh_err err = msh_notary_open(k, options, &signer, why);
    if (err == MSH_OK)
        err = sign(a, k, policy, why);
    msh_notary_dispose(k);
    msh_free(k);
    return err;
}

/* 0 when every file may be approved, else the exit code. */
static int judge(const approval *a)
{
    int code = MSH_EXIT_CLEAN;
    for (size_t i = 0; i < a->job->n_files; i++) {
        msh_verdict v = a->files.decided[i].verdict;
        if (v == MSH_VERDICT_NOT_INSPECTED && !a->files.decided[i].covered)
            return MSH_EXIT_NOT_INSPECTED;
        if (v == MSH_VERDICT_BLOCK || (v == MSH_VERDICT_REVIEW && !a->job->reason))
            code = MSH_EXIT_FINDINGS;
    }
    return code;
}

static msh_err check_job(const msh_approve_job *job, msh_error *why)
{
    if (!job->title || !job->title[0] || !job->by || !msh_reviewer_name_ok(job->by))
        return msh_fail(why, MSH_E_USAGE,
                        "要有 --title 和 --by；姓名不能含空格、+、/ / --title and --by are needed, "
                        "a name without blanks");
    const char *const texts[] = {job->title, job->docno, job->category, job->channel, job->reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i] && (strlen(texts[i]) > 1000 || !msh_view_is_utf8(msh_view_str(texts[i]))))
            return msh_fail(why, MSH_E_USAGE,
                            "文字太长或不是 UTF-8 / a text that is too long or not UTF-8");
    if (job->reason && !job->reason[0])
        return msh_fail(why, MSH_E_USAGE,
                        "--reason 要写明理由 / --reason needs a text: why it may be published");
    if (job->release && !msh_bundle_id_ok(job->release))
        return msh_fail(why, MSH_E_USAGE,
                        "--release 只能用字母、数字和 - _ . / letters, digits, - _ . only");
    return MSH_OK;
}

static msh_err run(approval *a, msh_run *r, const msh_options *options, int *exit_code,
                   msh_error *why)
{
    MSH_TRY(msh_bundle_open(&a->files, a->lang, a->job->root, a->job->files, a->job->n_files, why));
    MSH_TRY(msh_bundle_scan(&a->files, r, options, "approve", why));
    char policy[65];
    memcpy(policy, r->policy, sizeof policy);
    msh_close_run(r); /* the decision is a commit of its own */
    (void)snprintf(a->release, sizeof a->release, "%s", a->job->release ? a->job->release : r->id);
    *exit_code = judge(a);
    if (*exit_code == MSH_EXIT_CLEAN)
        MSH_TRY(decide(a, options, policy, why));
    else
        tell_refused(a, *exit_code);
    return msh_spot_print(&a->text, why);
}

msh_err msh_approve(const msh_options *options, const msh_approve_job *job, int *exit_code,
                    msh_error *why)
{
    *exit_code = MSH_EXIT_USAGE;
    MSH_TRY(check_job(job, why));
    approval *a = msh_calloc(1, sizeof *a);
    msh_run *r = msh_calloc(1, sizeof *r);
    msh_err err = a && r ? MSH_OK : MSH_E_MEMORY;
    if (err == MSH_OK) {
        a->job = job;
        a->lang = options->lang;
        msh_buf_init(&a->text, TEXT_MAX);
        err = run(a, r, options, exit_code, why);
    }
    if (err != MSH_OK)
        *exit_code = err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS : msh_spot_exit(err);
    if (r)
        msh_close_run(r);
    if (a) {
        msh_bundle_dispose(&a->files);
        msh_buf_dispose(&a->text);
    }
    msh_free(a);
    msh_free(r);
    return err;
}
