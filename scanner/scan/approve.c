/* approve.c: a release is approved in one step (audit-log.md section 6): hash, scan, judge, sign,
 * log.
 *
 * Refuses files that are blocked or could not be inspected, that need review (unless a reason is
 * given), that changed meanwhile, or whose name cannot stand in a record. */
#define _GNU_SOURCE
#include "scan/spot.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/approved.h"
#include "ledger/decision.h"
#include "ledger/path.h"
#include "scan/open.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_MAX = 64 << 10, TEXT_MAX = 1 << 20 };

typedef struct one_file {
    char full[PATH_MAX]; /* real path of its folder + name */
    const char *rel;     /* in full, behind the root */
    msh_spot_hash hash;
    bool seen, same;
} one_file;

typedef struct approval {
    const msh_approve_job *job;
    msh_lang lang;
    char root[PATH_MAX];
    one_file *files;
    msh_decision_file *decided;
    const char **paths;
    size_t n_seen;
    char release[64], ts[MSH_UTC_SIZE];
    msh_buf text;
} approval;

static const char *tr(const approval *a, const char *zh, const char *en)
{
    return a->lang == MSH_LANG_EN ? en : zh;
}

/* --- files ------------------------------------------------------------------------------------ */

static msh_err locate(approval *a, size_t i, msh_error *why)
{
    one_file *f = &a->files[i];
    const char *given = a->job->files[i];
    char shown[MSH_FILE_SHOWN];
    msh_err err = msh_spot_locate(a->root, given, f->full, &f->rel);
    if (err != MSH_OK)
        return msh_fail(
            why, err, "%s%s", msh_file_shown(given, shown),
            err == MSH_E_GONE ? tr(a, "（所在文件夹不存在）", " (its folder is not there)")
            : err == MSH_E_OPEN ? tr(a, "（名称太长）", " (name too long)")
                                : tr(a, "（不在 --root 文件夹之内）", " (not under --root)"));
    if (!msh_path_is_plain(msh_view_str(f->rel)))
        return msh_fail(why, MSH_E_REFUSED, "%s%s", msh_file_shown(given, shown),
                        tr(a, "（名称含有不可见或易混淆的字符，先改名）",
                           " (invisible or ambiguous characters, rename it first)"));
    return MSH_OK;
}

/* Opened once, beneath the root, without following any link. */
static msh_err hash_file(approval *a, int root, size_t i, msh_error *why)
{
    one_file *f = &a->files[i];
    char shown[MSH_FILE_SHOWN];
    struct stat st;
    int fd = msh_file_open_beneath(root, f->rel, O_RDONLY);
    if (fd < 0)
        return msh_fail_errno(
            why,
            errno == EACCES   ? MSH_E_NO_ACCESS
            : errno == ENOENT ? MSH_E_GONE
                              : MSH_E_UNSUPPORTED,
            "%s%s", msh_file_shown(f->rel, shown),
            tr(a, "（打不开；链接不予批准）", " (cannot be opened; links are refused)"));
    msh_error inner = {0};
    bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    msh_err err = is_folder ? MSH_E_USAGE : msh_spot_read(fd, &f->hash, &inner);
    close(fd);
    if (is_folder)
        return msh_fail(why, err, "%s%s", msh_file_shown(f->rel, shown),
                        tr(a, "（是文件夹：请列出其中的文件）", " (a folder: name its files)"));
    if (err != MSH_OK)
        return msh_fail(why, err, "%s: %.150s", msh_file_shown(f->rel, shown), inner.text);
    a->paths[i] = f->full;
    a->decided[i] = (msh_decision_file){
        .path = msh_view_str(f->rel), .size = f->hash.size, .verdict = MSH_VERDICT_NOT_INSPECTED};
    memcpy(a->decided[i].sha256, f->hash.sha256, 32);
    memcpy(a->decided[i].sm3, f->hash.sm3, 32);
    return MSH_OK;
}

static msh_err take_files(approval *a, msh_error *why)
{
    const char *root = a->job->root ? a->job->root : ".";
    if (!realpath(root, a->root))
        return msh_fail_errno(why, MSH_E_USAGE, "--root");
    int fd = open(a->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "--root");
    msh_err err = MSH_OK;
    for (size_t i = 0; i < a->job->n_files && err == MSH_OK; i++) {
        err = locate(a, i, why);
        if (err == MSH_OK)
            err = hash_file(a, fd, i, why);
    }
    close(fd);
    return err;
}

/* Items come in the order of the files, one each. */
static void observe(void *ctx, const msh_entry *e)
{
    approval *a = ctx;
    if (a->n_seen >= a->job->n_files)
        return;
    size_t i = a->n_seen++;
    one_file *f = &a->files[i];
    f->seen = msh_view_eq_str(e->item.path, f->full);
    f->same = f->seen && e->item.has_sha256 && e->item.has_sm3 && e->item.size == f->hash.size &&
              memcmp(e->item.sha256, f->hash.sha256, 32) == 0 &&
              memcmp(e->item.sm3, f->hash.sm3, 32) == 0;
    a->decided[i].record = e->record;
    a->decided[i].verdict = !f->same              ? MSH_VERDICT_NOT_INSPECTED
                            : e->item.path_masked ? MSH_VERDICT_BLOCK
                                                  : e->item.verdict;
}

/* --- words ------------------------------------------------------------------------------------ */

static void put_name(approval *a, const char *name)
{
    msh_escape_terminal(&a->text, msh_view_str(name));
}

static void tell_files(approval *a)
{
    for (size_t i = 0; i < a->job->n_files; i++) {
        msh_buf_printf(&a->text, "  %s  ", msh_verdict_text(a->decided[i].verdict, a->lang));
        put_name(a, a->files[i].rel);
        if (a->files[i].seen && !a->files[i].same)
            msh_buf_put_str(&a->text, tr(a, "  （检查期间被改动）", "  (changed meanwhile)"));
        msh_buf_put_byte(&a->text, '\n');
    }
}

static void tell_refused(approval *a, int exit_code)
{
    msh_buf_printf(&a->text, "%s\n", tr(a, "不予批准：", "not approved:"));
    tell_files(a);
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

static void tell_approved(approval *a, uint64_t record, const char *origin)
{
    msh_buf_printf(&a->text, "%s  ", tr(a, "已批准", "approved"));
    put_name(a, a->job->title);
    msh_buf_printf(&a->text, "  (%s)\n", a->release);
    tell_files(a);
    msh_buf_printf(&a->text, "%s  %s  %s %" PRIu64 "\n",
                   tr(a, "决定已签名入日志", "signed and logged"), origin,
                   tr(a, "记录号", "record"), record);
    msh_buf_printf(&a->text, "%s  mishen gate ",
                   tr(a, "下一步：发布前核对", "next, before publishing:"));
    put_name(a, a->root);
    msh_buf_put_byte(&a->text, '\n');
}

/* --- the decision ----------------------------------------------------------------------------- */

/* STATE/register/<release>.note: a copy to look at; the log is the truth. */
static msh_err put_register(const approval *a, const msh_run *r, msh_view note, msh_error *why)
{
    char path[MSH_STATE_PATH + 100];
    (void)snprintf(path, sizeof path, "%s/register/%s.note", r->state, a->release);
    return msh_file_replace(path, note, why);
}

static msh_err log_note(msh_run *r, msh_view note, uint64_t *record, msh_error *why)
{
    msh_buf body;
    msh_buf_init(&body, 2 * NOTE_MAX);
    msh_buf_put_str(&body, "{\"note\":");
    msh_json_canonical_str(&body, note);
    msh_buf_put_byte(&body, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_add(r->log, "decision", msh_buf_view(&body), why);
    if (err == MSH_OK)
        err = msh_log_commit(r->log, record, why);
    msh_buf_dispose(&body);
    return err;
}

/* A key that was revoked signs nothing more; the gate would not count it. */
static msh_err refuse_revoked(const approval *a, const msh_run *r, const msh_reviewer *reviewer,
                              msh_error *why)
{
    msh_approved *approved = NULL;
    msh_log_verdict verdict;
    MSH_TRY(msh_approved_load(r->state, a->lang, a->ts, &approved, &verdict, why));
    bool revoked = msh_approved_is_revoked(approved, reviewer);
    msh_approved_free(approved);
    return !revoked ? MSH_OK
                    : msh_fail(why, MSH_E_REFUSED, "%s: %s", a->job->by,
                               tr(a, "这个人的钥匙已经作废，换新钥匙（keys rotate）再批准",
                                  "the key was revoked; rotate it first"));
}

static msh_err decide(approval *a, msh_run *r, msh_error *why)
{
    const msh_approve_job *job = a->job;
    msh_reviewer reviewer;
    msh_buf note;
    uint64_t record;
    msh_clock_format(msh_clock_utc_us(), a->ts);
    const msh_decision d = {.act = "approve",
                            .release = a->release,
                            .reviewer = job->by,
                            .title = job->title,
                            .docno = job->docno,
                            .category = job->category,
                            .channel = job->channel,
                            .reason = job->reason,
                            .policy = r->policy,
                            .log = msh_log_origin(r->log),
                            .ts = a->ts,
                            .files = a->decided,
                            .n_files = job->n_files};
    MSH_TRY(msh_reviewer_open(r->state, job->by, job->password, &reviewer, why));
    msh_buf_init(&note, NOTE_MAX);
    msh_err err = refuse_revoked(a, r, &reviewer, why);
    if (err == MSH_OK)
        err = msh_decision_write(&note, &d, &reviewer, why);
    if (err == MSH_OK)
        err = log_note(r, msh_buf_view(&note), &record, why);
    if (err == MSH_OK)
        err = put_register(a, r, msh_buf_view(&note), why);
    if (err == MSH_OK)
        tell_approved(a, record, msh_log_origin(r->log));
    msh_buf_dispose(&note);
    msh_reviewer_dispose(&reviewer);
    return err;
}

/* 0 when every file may be approved, else the exit code. */
static int judge(const approval *a)
{
    int code = MSH_EXIT_CLEAN;
    for (size_t i = 0; i < a->job->n_files; i++) {
        msh_verdict v = a->decided[i].verdict;
        if (v == MSH_VERDICT_NOT_INSPECTED)
            return MSH_EXIT_NOT_INSPECTED;
        if (v == MSH_VERDICT_BLOCK || (v == MSH_VERDICT_REVIEW && !a->job->reason))
            code = MSH_EXIT_FINDINGS;
    }
    return code;
}

static bool id_ok(const char *id)
{
    size_t n = strlen(id);
    for (size_t i = 0; i < n; i++) {
        char c = id[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     ((c == '-' || c == '_' || c == '.') && i > 0);
        if (!plain)
            return false;
    }
    return n > 0 && n < 60;
}

static msh_err check_job(const msh_approve_job *job, msh_error *why)
{
    if (job->n_files == 0 || job->n_files > MSH_DECISION_FILES)
        return msh_fail(why, MSH_E_USAGE,
                        "一条信息有 1 到 %d 个文件 / a release has that many files",
                        MSH_DECISION_FILES);
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
    if (job->release && !id_ok(job->release))
        return msh_fail(why, MSH_E_USAGE,
                        "--release 只能用字母、数字和 - _ . / letters, digits, - _ . only");
    return MSH_OK;
}

static msh_err run(approval *a, msh_run *r, const msh_options *options, int *exit_code,
                   msh_error *why)
{
    msh_options both = *options;
    both.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    const msh_spot_job spot = {&both, a->paths, a->job->n_files, observe, a};
    MSH_TRY(take_files(a, why));
    msh_err err = msh_spot_scan(r, &spot, why);
    r->options = options;
    MSH_TRY(err);
    (void)snprintf(a->release, sizeof a->release, "%s", a->job->release ? a->job->release : r->id);
    *exit_code = judge(a);
    if (*exit_code == MSH_EXIT_CLEAN)
        MSH_TRY(decide(a, r, why));
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
        a->files = msh_calloc(job->n_files, sizeof *a->files);
        a->decided = msh_calloc(job->n_files, sizeof *a->decided);
        a->paths = msh_calloc(job->n_files, sizeof *a->paths);
        err =
            a->files && a->decided && a->paths ? run(a, r, options, exit_code, why) : MSH_E_MEMORY;
    }
    if (err != MSH_OK)
        *exit_code = err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS : msh_spot_exit(err);
    if (r)
        msh_close_run(r);
    if (a) {
        msh_free(a->files);
        msh_free(a->decided);
        msh_free(a->paths);
        msh_buf_dispose(&a->text);
    }
    msh_free(a);
    msh_free(r);
    return err;
}
