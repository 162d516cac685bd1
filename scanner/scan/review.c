/* review.c: handing a release in, and the decisions on it (audit-log.md section 6). What may be is
 * judged by ledger/register_judge.c; here files are read, hashed and scanned, and notes are put
 * together. */
#define _GNU_SOURCE
#include "scan/bundle.h"
#include "scan/notary.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/open.h"
#include "scan/view.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

typedef struct act {
    const msh_options *options;
    msh_bundle files;
    msh_notary notary;
    msh_run run;
    char id[64], policy[65], not_after[MSH_UTC_SIZE], sheet[65];
    msh_review_done *out;
} act;

static const char *tr(const act *a, const char *zh, const char *en)
{
    return a->options->lang == MSH_LANG_EN ? en : zh;
}

static msh_err act_new(const msh_options *options, msh_review_done *out, act **a, msh_error *why)
{
    *out = (msh_review_done){.state = MSH_RELEASE_STATE_COUNT};
    *a = msh_calloc(1, sizeof **a);
    if (!*a)
        return msh_fail(why, MSH_E_MEMORY, "review");
    (*a)->options = options;
    (*a)->out = out;
    return MSH_OK;
}

static void act_free(act *a)
{
    if (!a)
        return;
    msh_close_run(&a->run);
    msh_bundle_dispose(&a->files);
    if (a->notary.options)
        msh_notary_dispose(&a->notary);
    msh_free(a);
}

/* Every text of the job goes into the note; msh_decision and msh_review_texts have the same
 * members. */
static void put_texts(msh_decision *d, const msh_review_texts *t)
{
#define MSH_REVIEW_TEXT(where, member, key, zh, en) d->member = t->member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
}

/* --- scanning --------------------------------------------------------------------------------- */

static msh_err scan_files(act *a, const char *purpose, msh_error *why)
{
    MSH_TRY(msh_bundle_scan(&a->files, &a->run, a->options, purpose, why));
    memcpy(a->policy, a->run.policy, sizeof a->policy);
    if (!a->id[0])
        (void)snprintf(a->id, sizeof a->id, "%s", a->run.id);
    msh_close_run(&a->run); /* the decision is a commit of its own */
    return MSH_OK;
}

static void tell_files(act *a)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    msh_bundle_tell(&a->files, &b);
    size_t n = b.len < sizeof a->out->what - 1 ? b.len : sizeof a->out->what - 1;
    while (n > 0 && n < b.len && b.data[n - 1] != '\n')
        n--;
    if (n)
        memcpy(a->out->what, b.data, n);
    a->out->what[n] = '\0';
    msh_buf_dispose(&b);
}

static msh_verdict worst_of(const msh_bundle *b)
{
    msh_verdict worst = MSH_VERDICT_PASS;
    for (size_t i = 0; i < b->n; i++)
        if (b->decided[i].verdict > worst && !b->decided[i].covered)
            worst = b->decided[i].verdict;
    return worst;
}

/* What the release looks like now that the act is applied. */
static msh_err fill_done(act *a, uint64_t record, msh_error *why)
{
    msh_review_done *out = a->out;
    msh_release r;
    const msh_trust *t = msh_approved_trust(a->notary.approved);
    unsigned quorum = t ? msh_trust_quorum(t, "approve") : 1;
    const msh_reg_release *reg =
        msh_register_release(msh_approved_register(a->notary.approved), msh_view_str(a->id));
    if (!reg)
        return MSH_OK;
    MSH_TRY(msh_view_release(&a->notary, reg, &r, why));
    (void)snprintf(out->id, sizeof out->id, "%s", a->id);
    (void)snprintf(out->origin, sizeof out->origin, "%s", a->notary.log.origin);
    (void)snprintf(out->not_after, sizeof out->not_after, "%s", a->not_after);
    memcpy(out->due, r.due, sizeof out->due);
    out->record = record;
    out->state = r.state;
    out->worst = r.worst;
    out->open = r.open;
    bool last = reg->at + 1 == reg->n_path && reg->approvals > 0 && reg->approvals < quorum;
    out->more = last ? quorum - reg->approvals : 0;
    return MSH_OK;
}

/* --- submit ----------------------------------------------------------------------------------- */

static msh_err submit(act *a, const msh_submit_job *job, msh_error *why)
{
    uint64_t record;
    MSH_TRY(msh_bundle_open(&a->files, a->options->lang, job->root, job->files, job->n_files, why));
    if (job->id)
        (void)snprintf(a->id, sizeof a->id, "%s", job->id);
    MSH_TRY(scan_files(a, "submit", why));
    tell_files(a);
    for (size_t i = 0; i < a->files.n; i++)
        if (a->files.files[i].seen && !a->files.files[i].same)
            return msh_fail(why, MSH_E_REFUSED, "%s",
                            tr(a, "有文件在检查期间被改动，请重新报送",
                               "a file changed while it was scanned, submit it again"));
    MSH_TRY(msh_notary_open(&a->notary, a->options, &job->signer, why));
    const msh_reg_release *before =
        msh_register_release(msh_approved_register(a->notary.approved), msh_view_str(a->id));
    msh_decision d = {.act = "submit",
                      .release = a->id,
                      .policy = a->policy,
                      .files = a->files.decided,
                      .n_files = a->files.n,
                      .has_prev = before != NULL,
                      .prev = before ? before->last : 0};
    put_texts(&d, &job->texts);
    MSH_TRY(msh_notary_sign(&a->notary, &d, "submit", &record, why));
    return fill_done(a, record, why);
}

msh_err msh_review_submit(const msh_options *options, const msh_submit_job *job,
                          msh_review_done *out, msh_error *why)
{
    act *a;
    MSH_TRY(act_new(options, out, &a, why));
    msh_err err = msh_notary_check_texts(&job->texts, why);
    if (err == MSH_OK && (!job->texts.title || !job->texts.title[0]))
        err =
            msh_fail(why, MSH_E_USAGE, "%s", tr(a, "要有信息名称（--title）", "--title is needed"));
    if (err == MSH_OK && job->id && !msh_bundle_id_ok(job->id))
        err = msh_fail(why, MSH_E_USAGE,
                       "信息编号只能用字母、数字和 - _ . / an id has letters, digits, - _ . only");
    if (err == MSH_OK)
        err = submit(a, job, why);
    act_free(a);
    return err;
}

/* --- decide ----------------------------------------------------------------------------------- */

/* Where the files were submitted from: the root of that scan. */
static msh_view root_of(const act *a, const msh_reg_release *r)
{
    const msh_reg_item *item =
        msh_register_item(msh_approved_register(a->notary.approved), r->submit->files[0].record);
    const msh_json *begin =
        item ? msh_register_run(msh_approved_register(a->notary.approved), item->body) : NULL;
    const msh_json *roots = msh_json_get(begin, "roots");
    return msh_json_text(roots ? roots->child : NULL);
}

/* The very files of the release, in their order, beneath a root. */
static msh_err open_files(act *a, const msh_reg_release *r, const char *given, msh_error *why)
{
    const msh_decision_read_out *s = r->submit;
    const char *paths[MSH_DECISION_FILES];
    msh_arena *arena = &a->notary.arena;
    msh_view where = root_of(a, r);
    const char *root = given ? given : where.len ? msh_arena_string(arena, where) : NULL;
    if (!root)
        return msh_fail(why, MSH_E_USAGE, "%s",
                        tr(a, "不知道文件在哪里：用 --root 指明", "where are the files? --root"));
    for (size_t i = 0; i < s->n_files; i++) {
        size_t n = strlen(root) + s->files[i].path.len + 2;
        char *p = msh_arena_alloc(arena, n);
        if (!p)
            return msh_fail(why, MSH_E_MEMORY, "review");
        (void)snprintf(p, n, "%s/%.*s", root, (int)s->files[i].path.len,
                       (const char *)s->files[i].path.data);
        paths[i] = p;
    }
    MSH_TRY(msh_bundle_open(&a->files, a->options->lang, root, paths, s->n_files, why));
    for (size_t i = 0; i < s->n_files; i++)
        if (memcmp(a->files.decided[i].sha256, s->files[i].sha256, 32) != 0 ||
            memcmp(a->files.decided[i].sm3, s->files[i].sm3, 32) != 0)
            return msh_fail(why, MSH_E_REFUSED, "%s %zu",
                            tr(a, "文件在报送后被改动，要重新报送；第几个文件：",
                               "changed since it was submitted, submit it again; file number"),
                            i + 1);
    return MSH_OK;
}

/* Reads, hashes and scans by today's rules; then the log is read again, with that scan in it. */
static msh_err take_evidence(act *a, const msh_decide_job *job, msh_view id,
                             const msh_reg_release **r, msh_error *why)
{
    MSH_TRY(open_files(a, *r, job->root, why));
    MSH_TRY(scan_files(a, "approve", why));
    msh_notary_dispose(&a->notary);
    MSH_TRY(msh_notary_open(&a->notary, a->options, &job->signer, why));
    *r = msh_register_release(msh_approved_register(a->notary.approved), id);
    if (!*r || !(*r)->submit)
        return msh_fail(why, MSH_E_GONE, "%s", a->id);
    msh_notary_bound(&a->notary, a->files.decided, a->files.n, (*r)->submit->reviewer,
                     a->not_after);
    tell_files(a);
    return MSH_OK;
}

static bool rests_on_scan(const msh_decide_job *job)
{
    return job->act == MSH_ACT_APPROVE || (job->act == MSH_ACT_RECORD && job->texts.paper_act &&
                                           strcmp(job->texts.paper_act, "approve") == 0);
}

/* What would be refused by the judge all the same, said before a password is asked for, by file. */
static msh_err refuse_files(const act *a, const msh_decide_job *job, msh_error *why)
{
    switch (worst_of(&a->files)) {
    case MSH_VERDICT_BLOCK:
        return msh_fail(why, MSH_E_REFUSED, "%s",
                        tr(a, "有被阻断的文件，又没有豁免（mishen waive）",
                           "a file is blocked, and not waived (mishen waive)"));
    case MSH_VERDICT_NOT_INSPECTED:
        return msh_fail(
            why, MSH_E_REFUSED, "%s",
            tr(a, "有文件未能检查，又没有他人有效的“已人工查看”（mishen review state）",
               "a file was not inspected, and nobody else states that they read it (mishen review "
               "state)"));
    case MSH_VERDICT_REVIEW:
        return job->texts.reason ? MSH_OK
                                 : msh_fail(why, MSH_E_REFUSED, "%s",
                                            tr(a, "有需要复核的文件，要写明理由（--reason）",
                                               "a file needs review: --reason is needed"));
    default:
        return MSH_OK;
    }
}

static msh_err hash_sheet(act *a, const char *file, msh_error *why)
{
    msh_spot_hash hash;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_NAMED, "--sheet");
    msh_err err = msh_spot_read(fd, &hash, why);
    close(fd);
    msh_hex32(hash.sha256, a->sheet);
    return err;
}

/* The basis of a reason code, when none is given. */
static const char *basis_of(const char *code)
{
    msh_refusal row;
    for (size_t i = 0; code && msh_refusal_get(i, &row); i++)
        if (strcmp(code, row.code) == 0)
            return row.basis;
    return NULL;
}

static msh_err decide(act *a, const msh_decide_job *job, const msh_reg_release *r, msh_error *why)
{
    uint64_t record;
    bool pending = r->at < r->n_path;
    const char *step = pending ? msh_register_step_name(r->path[r->at]) : NULL;
    bool scanned = rests_on_scan(job) && a->files.n;
    msh_decision d = {.act = msh_act_name(job->act),
                      .release = a->id,
                      .policy = scanned ? a->policy : NULL,
                      .not_after = scanned && a->not_after[0] ? a->not_after : NULL,
                      .has_prev = true,
                      .prev = r->last,
                      .files = scanned ? a->files.decided : r->submit->files,
                      .n_files = r->submit->n_files};
    put_texts(&d, &job->texts);
    d.step = job->act == MSH_ACT_WITHDRAW ? NULL : step;
    if (job->act == MSH_ACT_RECORD && a->sheet[0])
        d.paper_sheet = a->sheet;
    if (!d.basis)
        d.basis = basis_of(d.reason_code);
    const char *what = job->act == MSH_ACT_RECORD     ? "record"
                       : job->act == MSH_ACT_WITHDRAW ? "withdraw"
                                                      : step;
    MSH_TRY(msh_notary_sign(&a->notary, &d, what ? what : "approve", &record, why));
    return fill_done(a, record, why);
}

static msh_err run(act *a, const msh_decide_job *job, msh_error *why)
{
    msh_view id = msh_view_str(a->id);
    if (job->not_after)
        MSH_TRY(msh_notary_end_of(job->not_after, a->not_after, why));
    if (job->sheet)
        MSH_TRY(hash_sheet(a, job->sheet, why));
    MSH_TRY(msh_notary_open(&a->notary, a->options, rests_on_scan(job) ? NULL : &job->signer, why));
    const msh_reg_release *r = msh_register_release(msh_approved_register(a->notary.approved), id);
    if (!r || !r->submit)
        return msh_fail(why, MSH_E_GONE, "%s: %s", a->id,
                        tr(a, "没有这个编号的信息", "no release of this id"));
    if (rests_on_scan(job)) {
        if (r->at >= r->n_path)
            return msh_fail(why, MSH_E_REFUSED, "%s",
                            tr(a, "这条信息不在审查中", "this release is not under review"));
        if (r->at + 1 < r->n_path)
            return msh_fail(why, MSH_E_REFUSED, "%s",
                            tr(a, "还没有到批准环节", "it has not reached the approval yet"));
        MSH_TRY(take_evidence(a, job, id, &r, why));
        MSH_TRY(refuse_files(a, job, why));
    }
    return decide(a, job, r, why);
}

msh_err msh_review_decide(const msh_options *options, const msh_decide_job *job,
                          msh_review_done *out, msh_error *why)
{
    act *a;
    MSH_TRY(act_new(options, out, &a, why));
    msh_err err = msh_notary_check_texts(&job->texts, why);
    bool known = job->act > MSH_ACT_SUBMIT && job->act <= MSH_ACT_RECORD;
    if (err == MSH_OK && (!known || !job->id || !job->id[0] || strlen(job->id) >= sizeof a->id))
        err = msh_fail(why, MSH_E_USAGE, "%s", tr(a, "要有信息编号", "which release?"));
    if (err == MSH_OK) {
        (void)snprintf(a->id, sizeof a->id, "%s", job->id);
        err = run(a, job, why);
    }
    act_free(a);
    return err;
}
