/* gate.c: may this folder be published? Every file is hashed here and compared with the decisions
 * of the verified log; what is not approved is scanned on the spot, so that the answer says why
 * not.
 *
 * Refuses links and special files, and says no whenever it does not know. */
#define _GNU_SOURCE
#include "scan/gate.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/reason.h"
#include "base/table.h"
#include "base/view.h"
#include "scan/open.h"
#include "scan/spot.h"
#include "source/source.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 256 << 20, ARENA_MAX = 1 << 30 };

/* GATE_ABSENT: approved, but not in the folder. Counted by both, told by reconcile alone. */
typedef enum gate_state {
    GATE_APPROVED,
    GATE_ADOPTED, /* stock, never called approved */
    GATE_DERIVED, /* a page that a CMS rewrites: scanned, not compared */
    GATE_CHANGED,
    GATE_UNKNOWN,
    GATE_WITHDRAWN,
    GATE_REFUSED,
    GATE_ABSENT,
    GATE_STATES
} gate_state;
static const char *const state_names[] = {"approved", "adopted",   "derived", "changed",
                                          "unknown",  "withdrawn", "refused", "absent"};

/* A file that is not approved as it stands. */
typedef struct gate_file {
    struct gate_file *next;
    char *path; /* as the source gave it */
    msh_view rel, release;
    gate_state state;
    msh_reason reason; /* for GATE_REFUSED */
    bool scanned;
    msh_verdict verdict;
    bool covered;
    uint64_t findings, waived;
} gate_file;

typedef struct gate {
    const msh_options *options;
    const msh_gate_job *job;
    msh_gate_use use;
    void *use_ctx;
    bool ndjson, reconcile; /* reconcile: compares both ways, scans nothing */
    msh_approved *approved;
    msh_arena arena;
    gate_file *first, **last;
    msh_table *by_path;
    msh_table *releases; /* of which something is here */
    uint64_t half;       /* files of these that are not */
    uint64_t counts[GATE_STATES];
    bool not_inspected;
    msh_buf text;
} gate;

static const char *tr(const gate *g, const char *zh, const char *en)
{
    return g->options->lang == MSH_LANG_EN ? en : zh;
}

static const char *state_text(const gate *g, gate_state s)
{
    static const char *const zh[] = {
        "已批准",     "存量",     "页面由系统改写，已检查", "批准后被改动", "未经批准",
        "批准已撤回", "不得发布", "批准了但不在此处"};
    static const char *const en[] = {"approved",
                                     "stock",
                                     "rewritten by a CMS, scanned",
                                     "changed after approval",
                                     "not approved",
                                     "withdrawn",
                                     "refused",
                                     "approved but not here"};
    return tr(g, zh[s], en[s]);
}

/* --- comparing -------------------------------------------------------------------------------- */

static msh_err add_file(gate *g, const msh_source_item *found, gate_state state, msh_reason reason,
                        msh_view release, msh_error *why)
{
    void *old;
    g->counts[state]++;
    if (state <= GATE_DERIVED)
        return MSH_OK;
    gate_file *f = msh_arena_calloc(&g->arena, 1, sizeof *f);
    if (!f)
        return msh_fail(why, MSH_E_MEMORY, "gate");
    f->path = msh_arena_string(&g->arena, found->path);
    f->rel = msh_arena_copy(&g->arena, found->rel);
    f->release = msh_arena_copy(&g->arena, release);
    f->state = state;
    f->reason = reason;
    if (!f->path || !f->rel.data || !f->release.data)
        return msh_fail(why, MSH_E_MEMORY, "gate");
    *g->last = f;
    g->last = &f->next;
    if (state == GATE_REFUSED) {
        g->not_inspected = true;
        return MSH_OK;
    }
    return msh_table_put(g->by_path, msh_view_str(f->path), f, &old);
}

/* A file whose turn comes when those read with it are hashed. */
typedef struct waiting {
    char *path, *rel; /* in the arena of the comparison */
    size_t rel_len;
    bool refused;
    msh_reason reason;
    size_t at; /* in the batch, when not refused */
} waiting;

typedef struct comparison {
    msh_spot_batch batch;
    waiting files[MSH_SPOT_BATCH];
    size_t n;
    msh_arena arena;
} comparison;

static msh_err judge(gate *g, const comparison *c, const waiting *w, msh_error *why)
{
    static const gate_state states[] = {GATE_APPROVED, GATE_CHANGED, GATE_UNKNOWN, GATE_ADOPTED,
                                        GATE_WITHDRAWN};
    const msh_source_item found = {.path = msh_view_str(w->path),
                                   .rel = msh_view_of(w->rel, w->rel_len)};
    const msh_spot_hash *hash = &c->batch.files[w->at].hash;
    const unsigned which = c->batch.which;
    msh_view release = {NULL, 0};
    if (w->refused)
        return add_file(g, &found, GATE_REFUSED, w->reason, release, why);
    if (c->batch.files[w->at].err != MSH_OK)
        return add_file(g, &found, GATE_REFUSED,
                        c->batch.files[w->at].err == MSH_E_CORRUPT ? MSH_REASON_FILE_CHANGED
                                                                   : MSH_REASON_FILE_READ_ERROR,
                        release, why);
    msh_approved_state s = msh_approved_find(g->approved, found.rel, hash->size,
                                             which & MSH_DIGEST_SHA256 ? hash->sha256 : NULL,
                                             which & MSH_DIGEST_SM3 ? hash->sm3 : NULL, &release);
    bool derived = (s == MSH_APPROVED_CHANGED || s == MSH_APPROVED_UNKNOWN) &&
                   msh_trust_is_derived(msh_approved_trust(g->approved), found.rel);
    if (derived && g->reconcile) /* which scans nothing */
        return add_file(g, &found, GATE_DERIVED, MSH_REASON_FILE_CHANGED, release, why);
    return add_file(g, &found, states[s], MSH_REASON_FILE_CHANGED, release, why);
}

static msh_err judge_waiting(gate *g, comparison *c, msh_error *why)
{
    MSH_TRY(msh_spot_batch_finish(&c->batch, why));
    for (size_t i = 0; i < c->n; i++)
        MSH_TRY(judge(g, c, &c->files[i], why));
    c->n = c->batch.n = 0;
    msh_arena_reset(&c->arena);
    return MSH_OK;
}

static msh_err compare(gate *g, comparison *c, const msh_source_item *found, msh_error *why)
{
    waiting *w = &c->files[c->n];
    *w = (waiting){.path = msh_arena_string(&c->arena, found->path),
                   .rel = msh_arena_string(&c->arena, found->rel),
                   .rel_len = found->rel.len,
                   .refused = found->fd < 0 || found->link.len,
                   .reason = found->has_reason ? found->reason : MSH_REASON_FILE_LINK,
                   .at = c->batch.n};
    if (!w->path || !w->rel)
        return msh_fail(why, MSH_E_MEMORY, "gate");
    c->n++;
    if (!w->refused)
        MSH_TRY(msh_spot_batch_add(&c->batch, found->fd, why));
    return c->n == MSH_SPOT_BATCH ? judge_waiting(g, c, why) : MSH_OK;
}

static msh_err compare_each(gate *g, comparison *c, msh_source *s, msh_error *why)
{
    bool more = true;
    msh_err err = MSH_OK;
    while (err == MSH_OK) {
        msh_source_item found = {.fd = -1};
        err = msh_source_next(s, &found, &more, why);
        if (err != MSH_OK || !more)
            break;
        err = compare(g, c, &found, why);
        if (found.fd >= 0)
            close(found.fd);
    }
    return err == MSH_OK ? judge_waiting(g, c, why) : err;
}

static msh_err compare_all(gate *g, msh_error *why)
{
    msh_source *s;
    msh_err err = msh_source_dir(g->job->folder, &s, why);
    if (err == MSH_E_OPEN)
        return msh_file_named_failed(g->job->folder, why);
    MSH_TRY(err);
    comparison *c = msh_calloc(1, sizeof *c);
    err = c ? msh_spot_batch_init(&c->batch, g->options->digests, why)
            : msh_fail(why, MSH_E_MEMORY, "gate");
    if (err == MSH_OK) {
        msh_arena_init(&c->arena, ARENA_MAX);
        err = compare_each(g, c, s, why);
        msh_arena_dispose(&c->arena);
    }
    if (c)
        msh_spot_batch_dispose(&c->batch);
    msh_free(c);
    msh_source_free(s);
    return err;
}

/* --- scanning what is not approved ------------------------------------------------------------ */

static void observe(void *ctx, const msh_entry *e)
{
    gate *g = ctx;
    gate_file *f = msh_table_get(g->by_path, e->item.path);
    if (!f)
        return;
    f->scanned = true;
    f->verdict = e->item.verdict;
    f->findings = e->item.findings;
    f->waived = e->item.waived;
    f->covered = e->item.covered;
    bool derived = (f->state == GATE_CHANGED || f->state == GATE_UNKNOWN) &&
                   msh_trust_is_derived(msh_approved_trust(g->approved), f->rel);
    if (!derived || f->verdict != MSH_VERDICT_PASS || !e->item.has_sha256 || !e->item.has_sm3)
        return;
    msh_err err =
        msh_approved_admit(g->approved, f->rel, e->item.size, e->item.sha256, e->item.sm3);
    if (err != MSH_OK) { /* it stays what it was: no */
        g->not_inspected = true;
        return;
    }
    g->counts[f->state]--;
    g->counts[GATE_DERIVED]++;
    f->state = GATE_DERIVED;
}

/* As the source writes the folder in paths: without '/' at its end. */
static const char *folder_root(const gate *g, char room[PATH_MAX])
{
    int n = snprintf(room, PATH_MAX, "%s", g->job->folder);
    while (n > 1 && n < PATH_MAX && room[n - 1] == '/')
        room[--n] = '\0';
    return n < PATH_MAX ? room : NULL;
}

static msh_err scan_rest(gate *g, msh_error *why)
{
    size_t n = msh_table_count(g->by_path), i = 0;
    if (n == 0 || g->reconcile)
        return MSH_OK;
    char room[PATH_MAX];
    const char *root = folder_root(g, room);
    const char **paths = msh_calloc(n, sizeof *paths);
    msh_run *r = msh_calloc(1, sizeof *r);
    msh_err err = paths && r ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "gate");
    if (err == MSH_OK) {
        for (gate_file *f = g->first; f && i < n; f = f->next)
            if (f->state != GATE_REFUSED)
                paths[i++] = f->path;
        msh_options both = *g->options;
        both.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
        const msh_spot_job job = {&both, paths, i, observe, g, root, NULL};
        err = msh_spot_scan(r, &job, why);
    }
    if (r)
        msh_close_run(r);
    msh_free(r);
    msh_free(paths);
    for (gate_file *f = g->first; f; f = f->next)
        if (f->state != GATE_REFUSED &&
            (!f->scanned || (f->verdict == MSH_VERDICT_NOT_INSPECTED && !f->covered)))
            g->not_inspected = true;
    return err;
}

/* --- words ------------------------------------------------------------------------------------ */

static void tell_release(gate *g, const gate_file *f)
{
    if (!f->release.len)
        return;
    msh_buf_printf(&g->text, "  %s", tr(g, "信息编号 ", "release "));
    msh_escape_terminal(&g->text, f->release);
}

static void tell_file(gate *g, const gate_file *f)
{
    if (f->state == GATE_DERIVED)
        return;
    msh_buf_printf(&g->text, "%s  ", state_text(g, f->state));
    msh_escape_terminal(&g->text, f->rel);
    if (f->state == GATE_REFUSED)
        msh_buf_printf(&g->text, "  %s",
                       msh_reason_text(msh_reason_name(f->reason), g->options->lang));
    else if (g->reconcile || f->state == GATE_ABSENT)
        tell_release(g, f);
    else if (f->scanned)
        msh_buf_printf(&g->text, "  %s%s  %s%" PRIu64, tr(g, "机检：", "scan: "),
                       msh_verdict_text(f->verdict, g->options->lang), tr(g, "命中 ", "findings "),
                       f->findings);
    else
        msh_buf_printf(&g->text, "  %s", tr(g, "未能检查", "not inspected"));
    if (f->waived)
        msh_buf_printf(&g->text, "  %s%" PRIu64, tr(g, "已豁免 ", "waived "), f->waived);
    if (f->covered)
        msh_buf_printf(&g->text, "  %s", tr(g, "已人工查看", "read by a person"));
    msh_buf_put_byte(&g->text, '\n');
}

static void tell_file_json(gate *g, const gate_file *f)
{
    msh_json_writer w;
    msh_jw_begin(&w, &g->text);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "type", g->reconcile ? MSH_VIEW("reconcile-item") : MSH_VIEW("gate-item"));
    msh_jw_kstr(&w, "path", f->rel);
    msh_jw_kstr(&w, "state", msh_view_str(state_names[f->state]));
    if (f->release.len)
        msh_jw_kstr(&w, "release", f->release);
    if (f->state == GATE_REFUSED)
        msh_jw_kstr(&w, "reason", msh_view_str(msh_reason_name(f->reason)));
    if (f->scanned) {
        msh_jw_kstr(&w, "verdict", msh_view_str(msh_verdict_name(f->verdict)));
        msh_jw_kuint(&w, "findings", f->findings);
        msh_jw_kuint(&w, "waived", f->waived);
        msh_jw_kbool(&w, "covered", f->covered);
    }
    msh_jw_close(&w, '}');
    msh_buf_put_byte(&g->text, '\n');
}

static const char *next_words(const gate *g, int exit_code)
{
    switch (exit_code) {
    case MSH_EXIT_CLEAN:
        return tr(g, "可以发布：每个文件都与批准的一致",
                  "may be published: every file is as approved");
    case MSH_EXIT_FINDINGS:
        if (g->half && !g->counts[GATE_CHANGED] && !g->counts[GATE_UNKNOWN] &&
            !g->counts[GATE_WITHDRAWN])
            return tr(g,
                      "不得发布：有的信息只有一部分文件在此。下一步：补齐，或撤回后重新审查（策略 "
                      "gate.half 可以改为只提示）",
                      "may not be published: only a part of a release is here. next: add the rest, "
                      "or withdraw it (the policy's gate.half may make this a hint)");
        return tr(g,
                  "不得发布。下一步：恢复被改动的文件，或对新内容重新审查并批准（mishen approve "
                  "--root 该文件夹 文件… --title 信息名称 --by 批准人）",
                  "may not be published. next: restore what was changed, or have it reviewed and "
                  "approved (mishen approve --root FOLDER FILE… --title … --by …)");
    default:
        break;
    }
    if (g->counts[GATE_REFUSED])
        return tr(g,
                  "不得发布：有不该在此的文件（链接、特殊文件）或读不出的文件。下一步：移走或替换后"
                  "再核对",
                  "may not be published: something does not belong here (links, special files) or "
                  "cannot be read. next: take it away or replace it, then ask again");
    if (g->counts[GATE_CHANGED])
        return tr(
            g,
            "不得发布：有文件在批准后被改动，而且改动后的内容未能检查。下一步：恢复为批准时的"
            "文件；确需改动的，换成能读的格式，重新检查并批准",
            "may not be published: a file was changed after approval, and what it is now could "
            "not be inspected. next: restore the approved file, or have a readable one "
            "scanned and approved");
    if (g->counts[GATE_UNKNOWN])
        return tr(
            g,
            "不得发布：有文件未经批准，而且未能检查。下一步：移走，或换成能读的格式，检查并批准"
            "后再核对",
            "may not be published: a file is not approved and could not be inspected. next: "
            "take it away, or have a readable one scanned and approved");
    return tr(g, "不得发布：文件夹是空的，没有可以核对的文件。下一步：核对给出的路径",
              "may not be published: the folder is empty, there is nothing to compare. next: check "
              "the path");
}

static const char *reconcile_words(const gate *g, int exit_code)
{
    switch (exit_code) {
    case MSH_EXIT_CLEAN:
        return tr(g, "一致：在此处的都已批准，已批准的都在此处",
                  "they agree: all that is here is approved, all that is approved is here");
    case MSH_EXIT_FINDINGS:
        return tr(
            g,
            "不一致。下一步：撤下未经批准、被改动和批准已撤回的（或补办审查），补发缺少的（mishen "
            "publish）",
            "they do not agree. next: take down what is not approved, was changed or withdrawn "
            "(or have it reviewed), publish what is absent (mishen publish)");
    default:
        return tr(
            g, "未能全部核对：有链接、特殊文件、读不出的文件，或没有文件。下一步：查明后再核对",
            "not all could be compared: links, special or unreadable files, or no file at all. "
            "next: find out why, then ask again");
    }
}

/* Releases of which a file is in the folder; and the files of these that are not. */
static bool note_release(void *ctx, const msh_approved_file *f)
{
    gate *g = ctx;
    void *old;
    if (f->release.len && msh_table_put(g->releases, f->release, g, &old) != MSH_OK)
        g->not_inspected = true;
    return true;
}

static bool is_half(const gate *g, msh_view release)
{
    return !g->reconcile && msh_table_get(g->releases, release);
}

static void count_half(void *ctx, msh_view path, msh_view release)
{
    gate *g = ctx;
    (void)path;
    g->half += is_half(g, release);
}

static void find_half(gate *g)
{
    if (g->reconcile)
        return;
    msh_approved_each(g->approved, true, note_release, g);
    msh_approved_each_missing(g->approved, count_half, g);
}

static void take_missing(void *ctx, msh_view path, msh_view release)
{
    gate *g = ctx;
    const gate_file f = {.rel = path, .release = release, .state = GATE_ABSENT};
    g->counts[GATE_ABSENT]++;
    if (g->reconcile || is_half(g, release))
        (g->ndjson ? tell_file_json : tell_file)(g, &f);
}

static void tell_summary(gate *g, const msh_log_verdict *log, int exit_code)
{
    if (g->ndjson) {
        msh_json_writer w;
        msh_jw_begin(&w, &g->text);
        msh_jw_open(&w, '{');
        msh_jw_kstr(&w, "type", g->reconcile ? MSH_VIEW("reconcile") : MSH_VIEW("gate"));
        msh_jw_kint(&w, "v", 1);
        msh_jw_kstr(&w, "folder", msh_view_str(g->job->folder));
        for (size_t i = 0; i < GATE_STATES; i++)
            msh_jw_kuint(&w, state_names[i], g->counts[i]);
        msh_jw_kuint(&w, "log_size", log->size);
        msh_jw_kint(&w, "exit", exit_code);
        msh_jw_close(&w, '}');
        msh_buf_put_byte(&g->text, '\n');
        return;
    }
    for (size_t i = 0; i < GATE_STATES; i++) {
        bool seldom = i == GATE_ADOPTED || i == GATE_DERIVED;
        if (!seldom || g->counts[i])
            msh_buf_printf(&g->text, "%s %" PRIu64 "%s", state_text(g, (gate_state)i), g->counts[i],
                           i + 1 < GATE_STATES ? "  " : "\n");
    }
    msh_buf_printf(&g->text, "%s\n",
                   g->reconcile ? reconcile_words(g, exit_code) : next_words(g, exit_code));
}

static int exit_of(const gate *g)
{
    uint64_t all = 0;
    for (size_t i = 0; i < GATE_ABSENT; i++)
        all += g->counts[i];
    if (g->not_inspected || all == 0)
        return MSH_EXIT_NOT_INSPECTED;
    bool half = g->half && !msh_trust_half_is_told(msh_approved_trust(g->approved));
    bool other = half || g->counts[GATE_CHANGED] || g->counts[GATE_UNKNOWN] ||
                 g->counts[GATE_WITHDRAWN] || (g->reconcile && g->counts[GATE_ABSENT]);
    return other ? MSH_EXIT_FINDINGS : MSH_EXIT_CLEAN;
}

/* --- the way through -------------------------------------------------------------------------- */

msh_err msh_gate_load(const msh_options *options, const char *state, msh_approved **out,
                      msh_log_verdict *log, msh_error *why)
{
    char now[MSH_UTC_SIZE];
    msh_clock_format(msh_clock_utc_us(), now);
    msh_err err = msh_approved_load(state, options->lang, now, out, log, why);
    if (err == MSH_OK && log->exit_code != MSH_VERIFY_UNANCHORED &&
        log->exit_code != MSH_VERIFY_ANCHORED)
        err = msh_fail(why, MSH_E_EVIDENCE, "%s", log->what);
    return err;
}

static msh_err run(gate *g, int *exit_code, msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_log_verdict log;
    MSH_TRY(msh_state_path(g->options, state, why));
    MSH_TRY(msh_gate_load(g->options, state, &g->approved, &log, why));
    MSH_TRY(compare_all(g, why));
    MSH_TRY(scan_rest(g, why));
    find_half(g);
    int code = exit_of(g);
    if (code == MSH_EXIT_CLEAN && g->use) {
        MSH_TRY(g->use(g->use_ctx, g->approved, &log, why));
        *exit_code = code;
        return MSH_OK;
    }
    for (const gate_file *f = g->first; f; f = f->next)
        (g->ndjson ? tell_file_json : tell_file)(g, f);
    if (msh_approved_lists_lost(g->approved))
        fprintf(
            stderr, "mishen: %s\n",
            tr(g, "存量清单（状态目录/adopted）不在了或被改动，其中的文件都不算数",
               "a list of stock (STATE/adopted) is gone or was changed: its files do not count"));
    msh_approved_each_missing(g->approved, take_missing, g);
    code = exit_of(g);
    tell_summary(g, &log, code);
    MSH_TRY(msh_spot_print(&g->text, why));
    *exit_code = code;
    return MSH_OK;
}

msh_err msh_gate(const msh_options *options, const msh_gate_job *job, int *exit_code,
                 msh_error *why)
{
    return msh_gate_then(options, job, NULL, NULL, exit_code, why);
}

static msh_err ask(gate *g, int *exit_code, msh_error *why)
{
    const char *format = g->job->format ? g->job->format : "text";
    *exit_code = MSH_EXIT_USAGE;
    g->ndjson = strcmp(format, "ndjson") == 0;
    if (!g->job->folder || (!g->ndjson && strcmp(format, "text") != 0))
        return msh_fail(why, MSH_E_OPTION, "--format: text, ndjson");
    g->last = &g->first;
    msh_arena_init(&g->arena, ARENA_MAX);
    msh_buf_init(&g->text, TEXT_MAX);
    g->by_path = msh_table_new();
    g->releases = msh_table_new();
    msh_err err =
        g->by_path && g->releases ? run(g, exit_code, why) : msh_fail(why, MSH_E_MEMORY, "gate");
    if (err != MSH_OK)
        *exit_code = err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS : msh_spot_exit(err);
    if (g->by_path)
        msh_table_free(g->by_path, NULL);
    if (g->releases)
        msh_table_free(g->releases, NULL);
    msh_approved_free(g->approved);
    msh_arena_dispose(&g->arena);
    msh_buf_dispose(&g->text);
    return err;
}

msh_err msh_reconcile(const msh_options *options, const msh_gate_job *job, int *exit_code,
                      msh_error *why)
{
    gate g = {.options = options, .job = job, .reconcile = true};
    return ask(&g, exit_code, why);
}

msh_err msh_gate_then(const msh_options *options, const msh_gate_job *job, msh_gate_use use,
                      void *ctx, int *exit_code, msh_error *why)
{
    gate g = {.options = options, .job = job, .use = use, .use_ctx = ctx};
    return ask(&g, exit_code, why);
}
