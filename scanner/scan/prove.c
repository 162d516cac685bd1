/* prove.c: `mishen prove`: gathers what one file's approval rests on and puts it into one archive
 * that needs nothing else (audit-log.md section 15).
 *
 * The log is verified wholly before; a file that is not approved as it stands gets no proof. */
#define _GNU_SOURCE
#include "scan/prove.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/tar.h"
#include "base/view.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/record.h"
#include "ledger/reviewer.h"
#include "scan/decided.h"
#include "scan/gate.h"
#include "scan/logdir.h"
#include "scan/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_MAX = 256 << 20, TAR_MAX = 64 << 20, NOTE_MAX = 4096, SMALL_MAX = 1 << 20 };
#define FOLDER "mishen-proof/"

typedef struct numbers {
    uint64_t at[MSH_PROVED_MAX];
    size_t n;
} numbers;

static const char *tr(const msh_prover *p, const char *zh, const char *en)
{
    return p->options->lang == MSH_LANG_EN ? en : zh;
}

/* --- the file --------------------------------------------------------------------------------- */

static msh_err take_file(msh_prover *p, msh_error *why)
{
    char root[MSH_SPOT_PATH], full[MSH_SPOT_PATH], shown[MSH_FILE_SHOWN];
    const char *rel, *name = msh_file_shown(p->job->file, shown);
    if (!realpath(p->job->root ? p->job->root : ".", root))
        return msh_fail_errno(why, MSH_E_USAGE, "--root");
    msh_err err = msh_spot_locate(root, p->job->file, full, &rel);
    if (err != MSH_OK)
        return msh_fail(
            why, err == MSH_E_USAGE ? err : MSH_E_NAMED, "%s%s", name,
            err == MSH_E_USAGE ? tr(p, "（不在 --root 文件夹之内）", " (not under --root)") : "");
    p->rel = msh_arena_string(&p->arena, msh_view_str(rel));
    if (!p->rel)
        return msh_fail(why, MSH_E_MEMORY, "prove");
    int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = dir < 0 ? -1 : msh_file_open_beneath(dir, p->rel, O_RDONLY);
    err = fd < 0 ? msh_file_named_failed(p->job->file, why) : msh_spot_read(fd, &p->hash, why);
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    msh_hex32(p->hash.sha256, p->sha256);
    msh_hex32(p->hash.sm3, p->sm3);
    return err;
}

/* --- the records ------------------------------------------------------------------------------ */

const msh_json *msh_prover_entry(const msh_prover *p, const msh_json *decision)
{
    const msh_json *files = msh_json_get(msh_json_get(decision, "release"), "files");
    for (const msh_json *f = files ? files->child : NULL; f; f = f->next)
        if (msh_view_eq_str(msh_json_text(msh_json_get(f, "path")), p->rel) &&
            msh_view_eq_str(msh_json_text(msh_json_get(f, "sha256")), p->sha256) &&
            msh_view_eq_str(msh_json_text(msh_json_get(f, "sm3")), p->sm3))
            return f;
    return NULL;
}

static msh_err want(numbers *w, uint64_t n, msh_error *why)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->at[i] == n)
            return MSH_OK;
    if (w->n == MSH_PROVED_MAX)
        return msh_fail(why, MSH_E_LIMIT_MEMBERS, "%d records", (int)MSH_PROVED_MAX);
    w->at[w->n++] = n;
    return MSH_OK;
}

static msh_err read_body(msh_arena *a, msh_view line, msh_record *r, const msh_json **body,
                         msh_error *why)
{
    msh_json *j;
    if (msh_record_read(line, r) != MSH_OK)
        return msh_fail(why, MSH_E_EVIDENCE, "record");
    MSH_TRY(msh_json_read(a, r->body, MSH_JSON_LOG, &j, why));
    *body = j;
    return MSH_OK;
}

/* A decision on the release, and the items it rests on. */
static msh_err look_decision(msh_prover *p, const msh_json *body, uint64_t n, numbers *w,
                             numbers *items, msh_arena *scratch, msh_error *why)
{
    msh_view note;
    const msh_json *d = msh_decided_read(scratch, body, &note);
    const msh_json *scans = msh_json_get(d, "scans");
    if (!msh_view_eq(msh_json_text(msh_json_get(msh_json_get(d, "release"), "id")), p->release))
        return MSH_OK;
    MSH_TRY(want(w, n, why));
    for (const msh_json *s = scans ? scans->child : NULL; s; s = s->next)
        if (msh_view_eq_str(msh_json_text(msh_json_get(s, "log")), p->origin))
            MSH_TRY(want(items, (uint64_t)msh_json_int(msh_json_get(s, "n"), 0), why));
    return MSH_OK;
}

typedef struct first_look {
    numbers wanted, items;
    struct {
        uint64_t record, first; /* names keys that sign from `first` on */
    } keys[2];                  /* the two latest, the later one first; 0 = log.open */
    uint64_t published;         /* the latest publish record of these bytes, 0 = none */
} first_look;

/* How the line of a record of this type ends. */
#define TAIL(type) MSH_VIEW("\"ty\":\"" type "\",\"v\":1}")

static msh_err look(msh_prover *p, uint64_t n, msh_view line, first_look *f, msh_arena *scratch,
                    msh_error *why)
{
    const bool publish = msh_view_ends(line, TAIL("publish"));
    const msh_json *body = NULL;
    msh_record r;
    const bool next = msh_view_ends(line, TAIL("key.next"));
    if (next || msh_view_ends(line, TAIL("key.recover"))) {
        f->keys[1] = f->keys[0];
        f->keys[0].record = n;
        f->keys[0].first = n + next;
        return MSH_OK;
    }
    if (!(publish && msh_view_find(line, msh_view_str(p->sha256), 0) != SIZE_MAX) &&
        !msh_view_ends(line, TAIL("decision")))
        return MSH_OK;
    msh_arena_reset(scratch);
    MSH_TRY(read_body(scratch, line, &r, &body, why));
    if (!publish)
        return look_decision(p, body, n, &f->wanted, &f->items, scratch, why);
    if (msh_view_eq_str(msh_json_text(msh_json_get(body, "path")), p->rel) &&
        msh_view_eq_str(msh_json_text(msh_json_get(body, "sm3")), p->sm3))
        f->published = n;
    return MSH_OK;
}

typedef msh_err (*on_line)(msh_prover *p, uint64_t n, msh_view line, void *ctx, msh_error *why);

/* Lines from..., until the signed size. */
static msh_err each_line(msh_prover *p, uint64_t from, uint64_t to, on_line each, void *ctx,
                         msh_error *why)
{
    msh_lines l;
    msh_lines_status status = MSH_LINES_LINE;
    msh_view line;
    MSH_TRY(msh_lines_open(&l, p->log, why));
    msh_lines_seek(&l, from);
    msh_err err = MSH_OK;
    while (err == MSH_OK && l.n < to) {
        err = msh_lines_next(&l, &status, &line, why);
        if (err != MSH_OK || status != MSH_LINES_LINE)
            break;
        if (l.n > from)
            err = each(p, l.n - 1, line, ctx, why);
    }
    msh_lines_close(&l);
    if (err == MSH_OK && status != MSH_LINES_LINE)
        err = msh_fail(why, MSH_E_EVIDENCE, "record %" PRIu64, l.n);
    return err;
}

typedef struct looker {
    first_look *found;
    msh_arena scratch;
} looker;

static msh_err look_line(msh_prover *p, uint64_t n, msh_view line, void *ctx, msh_error *why)
{
    looker *l = ctx;
    return look(p, n, line, l->found, &l->scratch, why);
}

static msh_err add_record(msh_prover *p, uint64_t n, msh_view line, msh_error *why)
{
    msh_record r;
    if (p->n_records == MSH_PROVED_MAX)
        return msh_fail(why, MSH_E_LIMIT_MEMBERS, "%d records", (int)MSH_PROVED_MAX);
    msh_proved *t = &p->records[p->n_records];
    *t = (msh_proved){.n = n, .line = msh_arena_copy(&p->arena, line)};
    if (!t->line.data)
        return msh_fail(why, MSH_E_MEMORY, "prove");
    MSH_TRY(read_body(&p->arena, t->line, &r, &t->body, why));
    t->type = r.type;
    t->ts = r.ts;
    if (msh_view_eq_str(r.type, "decision"))
        t->decision = msh_decided_read(&p->arena, t->body, &t->note);
    p->n_records++;
    return MSH_OK;
}

/* The records wanted, in the order of their numbers; of items only those of this file. */
static msh_err fetch_line(msh_prover *p, uint64_t n, msh_view line, void *ctx, msh_error *why)
{
    const numbers *w = ctx;
    bool wanted = false;
    for (size_t i = 0; i < w->n && !wanted; i++)
        wanted = w->at[i] == n;
    if (!wanted || (msh_view_ends(line, TAIL("item")) &&
                    msh_view_find(line, msh_view_str(p->sha256), 0) == SIZE_MAX))
        return MSH_OK;
    return add_record(p, n, line, why);
}

static msh_err fetch(msh_prover *p, numbers *w, msh_error *why)
{
    uint64_t from = UINT64_MAX, to = 0;
    for (size_t i = 0; i < w->n; i++) {
        from = w->at[i] < from ? w->at[i] : from;
        to = w->at[i] + 1 > to ? w->at[i] + 1 : to;
    }
    return w->n ? each_line(p, from, to, fetch_line, w, why) : MSH_OK;
}

static int by_number(const void *a, const void *b)
{
    const msh_proved *x = a, *y = b;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* Every item says which config it was judged by. */
static msh_err fetch_configs(msh_prover *p, msh_error *why)
{
    numbers w = {.n = 0};
    for (size_t i = 0; i < p->n_records; i++)
        if (msh_view_eq_str(p->records[i].type, "item"))
            MSH_TRY(want(&w, (uint64_t)msh_json_int(msh_json_get(p->records[i].body, "config"), 0),
                         why));
    return fetch(p, &w, why);
}

static msh_err gather(msh_prover *p, uint64_t size, msh_error *why)
{
    first_look found = {.published = 0};
    looker l = {.found = &found};
    msh_arena_init(&l.scratch, SMALL_MAX);
    msh_err err = each_line(p, 0, size, look_line, &l, why);
    msh_arena_dispose(&l.scratch);
    MSH_TRY(err);
    /* The checkpoint of this size is signed by the key that record size - 1 was written under. */
    p->signer = found.keys[found.keys[0].first < size ? 0 : 1].record;
    MSH_TRY(want(&found.wanted, 0, why));
    MSH_TRY(want(&found.wanted, p->signer, why));
    if (found.published)
        MSH_TRY(want(&found.wanted, found.published, why));
    for (size_t i = 0; i < found.items.n; i++)
        MSH_TRY(want(&found.wanted, found.items.at[i], why));
    MSH_TRY(fetch(p, &found.wanted, why));
    MSH_TRY(fetch_configs(p, why));
    qsort(p->records, p->n_records, sizeof p->records[0], by_number);
    return MSH_OK;
}

/* --- the bundle ------------------------------------------------------------------------------- */

static const char *const profile_words[MSH_PROFILES] = {"intl", "gm"};

static void put(msh_prover *p, msh_view content, const char *format, ...) MSH_PRINTF(3, 4);
static void put(msh_prover *p, msh_view content, const char *format, ...)
{
    char name[MSH_TAR_NAME + 1] = FOLDER;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(name + sizeof FOLDER - 1, sizeof name - sizeof FOLDER + 1, format, args);
    va_end(args);
    msh_tar_put(&p->tar, name, p->seconds, content);
}

static msh_err put_proofs(msh_prover *p, const msh_proved *t, msh_error *why)
{
    msh_buf proof;
    msh_err err = MSH_OK;
    msh_buf_init(&proof, SMALL_MAX);
    put(p, t->line, "record-%" PRIu64 ".json", t->n);
    for (size_t i = 0; i < MSH_PROFILES && err == MSH_OK; i++) {
        msh_buf_reset(&proof);
        if (p->notes[i].len == 0)
            continue;
        err = msh_proof_inclusion(p->log, i, t->n, &proof, why);
        if (err == MSH_E_SHORT)
            err = msh_fail(why, MSH_E_EVIDENCE, "%s", p->log);
        put(p, msh_buf_view(&proof), "record-%" PRIu64 ".%s.proof", t->n, profile_words[i]);
    }
    msh_buf_dispose(&proof);
    return err;
}

static msh_err put_key(msh_prover *p, const msh_note_key *k, const char *name, uint64_t n,
                       size_t profile)
{
    msh_buf pem;
    msh_buf_init(&pem, NOTE_MAX);
    msh_err err = msh_key_write_pem(k->key, false, &pem);
    if (n)
        put(p, msh_buf_view(&pem), "%s-%" PRIu64 ".%s.pub.pem", name, n, profile_words[profile]);
    else
        put(p, msh_buf_view(&pem), "%s.%s.pub.pem", name, profile_words[profile]);
    msh_buf_dispose(&pem);
    return err;
}

/* The keys that log.open or key.next names. */
static msh_err put_log_keys(msh_prover *p, uint64_t n, const char *name, msh_error *why)
{
    for (size_t t = 0; t < p->n_records; t++)
        for (size_t i = 0; i < MSH_PROFILES && p->records[t].n == n; i++) {
            msh_note_key k;
            if (p->notes[i].len == 0)
                continue;
            msh_err err = msh_note_key_read(
                &k, msh_json_text(msh_json_get(p->records[t].body, msh_profile_at(i)->vkey)));
            if (err != MSH_OK)
                return msh_fail(why, err, "record %" PRIu64, n);
            err = put_key(p, &k, name, 0, i);
            msh_note_key_dispose(&k);
            MSH_TRY(err);
        }
    return MSH_OK;
}

/* The keys of today or of earlier days that signed this note. */
static msh_err put_decision(msh_prover *p, const msh_proved *t, msh_error *why)
{
    char name[MSH_REVIEWER_NAME + 1];
    msh_note note;
    msh_view who = msh_json_text(msh_json_get(t->decision, "reviewer"));
    msh_err err = msh_note_read(t->note, &note);
    if (err != MSH_OK || who.len > MSH_REVIEWER_NAME)
        return msh_fail(why, MSH_E_EVIDENCE, "decision %" PRIu64, t->n);
    memcpy(name, who.data, who.len);
    name[who.len] = '\0';
    put(p, t->note, "decision-%" PRIu64 ".note", t->n);
    for (unsigned generation = 0;; generation++) {
        msh_reviewer r;
        MSH_TRY(msh_reviewer_public(p->state, name, generation, &r, why));
        bool theirs = msh_note_verify(&note, &r.keys[0]) == MSH_OK &&
                      msh_note_verify(&note, &r.keys[1]) == MSH_OK;
        for (size_t i = 0; i < MSH_REVIEWER_KEYS && theirs && err == MSH_OK; i++)
            err = put_key(p, &r.keys[i], "decision", t->n, i);
        msh_reviewer_dispose(&r);
        if (theirs)
            return err;
    }
}

static msh_err put_state_file(msh_prover *p, const char *name, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf b;
    MSH_TRY(msh_store_path(p->state, name, path, why));
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_buf_init(&b, SMALL_MAX);
    msh_err err = msh_file_read(path, &b, why);
    put(p, msh_buf_view(&b), "%s", name);
    msh_buf_dispose(&b);
    return err;
}

static msh_err make_bundle(msh_prover *p, msh_error *why)
{
    msh_buf sheet;
    msh_buf_init(&sheet, SMALL_MAX);
    msh_prover_sheet(p, &sheet);
    put(p, msh_view_str(msh_prover_readme), "README.txt");
    put(p, msh_buf_view(&sheet), "sheet.txt");
    msh_buf_put_view(&p->text, msh_buf_view(&sheet));
    msh_buf_dispose(&sheet);
    for (size_t i = 0; i < MSH_PROFILES; i++)
        if (p->notes[i].len)
            put(p, msh_buf_view(&p->notes[i]), "checkpoint.%s", profile_words[i]);
    MSH_TRY(put_log_keys(p, 0, "first", why));
    MSH_TRY(put_log_keys(p, p->signer, "checkpoint", why));
    for (size_t i = 0; i < p->n_records; i++) {
        MSH_TRY(put_proofs(p, &p->records[i], why));
        if (p->records[i].decision)
            MSH_TRY(put_decision(p, &p->records[i], why));
    }
    MSH_TRY(put_state_file(p, "trust.policy", why));
    MSH_TRY(put_state_file(p, "trust.vkey", why));
    msh_tar_end(&p->tar);
    return msh_buf_err(&p->tar) == MSH_OK ? msh_buf_err(&p->text)
                                          : msh_fail(why, msh_buf_err(&p->tar), "prove");
}

/* --- the way through -------------------------------------------------------------------------- */

static msh_err read_checkpoints(msh_prover *p, uint64_t *size, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        const msh_profile *profile = msh_profile_at(i);
        (void)snprintf(name, sizeof name, "%s%s", p->origin, profile->suffix);
        MSH_TRY(msh_store_path(p->log, profile->checkpoints, path, why));
        if (access(path, F_OK) != 0)
            continue;
        MSH_TRY(msh_checkpoints_last(path, name, &p->notes[i], &p->cps[i], why));
        *size = p->cps[i].size;
    }
    return MSH_OK;
}

/* Makes tree files that are absent or wrong, before the lock is held. */
static msh_err warm_up(msh_prover *p, msh_error *why)
{
    char out[8192];
    for (unsigned i = 0; i < MSH_PROFILES; i++) {
        const msh_prove_job job = {.n = 0, .profile = i};
        size_t len;
        if (p->notes[i].len)
            MSH_TRY(msh_log_prove(p->options, NULL, &job, out, sizeof out, &len, why));
    }
    return MSH_OK;
}

static msh_err gather_locked(msh_prover *p, msh_error *why)
{
    uint64_t size = 0;
    MSH_TRY(read_checkpoints(p, &size, why));
    MSH_TRY(warm_up(p, why));
    for (size_t i = 0; i < MSH_PROFILES; i++)
        msh_buf_reset(&p->notes[i]);
    int fd = msh_store_share(p->log);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", p->log);
    msh_err err = read_checkpoints(p, &size, why);
    if (err == MSH_OK)
        err = gather(p, size, why);
    if (err == MSH_OK)
        err = make_bundle(p, why);
    close(fd);
    return err;
}

static msh_err tell_no(msh_prover *p, msh_approved_state s, msh_error *why)
{
    msh_escape_terminal(&p->text, msh_view_str(p->rel));
    msh_buf_printf(&p->text, "  %s\n",
                   s == MSH_APPROVED_CHANGED ? tr(p, "与批准的不一致：批准后被改动。没有证明",
                                                  "is not what was approved: changed. no proof")
                   : s == MSH_APPROVED_WITHDRAWN
                       ? tr(p, "批准已撤回。没有证明", "its approval was withdrawn. no proof")
                       : tr(p, "未经批准（核对路径和 --root）。没有证明",
                            "is not approved (check the path and --root). no proof"));
    if (p->release.len) {
        msh_buf_put_str(&p->text, tr(p, "信息编号  ", "release  "));
        msh_escape_terminal(&p->text, p->release);
        msh_buf_put_byte(&p->text, '\n');
    }
    return msh_spot_print(&p->text, why);
}

static msh_err run(msh_prover *p, int *exit_code, msh_error *why)
{
    msh_approved *approved;
    msh_log_verdict log;
    int64_t us = msh_clock_utc_us();
    p->seconds = us / 1000000;
    msh_clock_format(us, p->now);
    MSH_TRY(take_file(p, why));
    MSH_TRY(msh_state_path(p->options, p->state, why));
    MSH_TRY(msh_log_dir(p->options, NULL, p->log, why));
    msh_err err = msh_gate_load(p->options, p->state, &approved, &log, why);
    msh_approved_state s = MSH_APPROVED_UNKNOWN;
    if (err == MSH_OK) {
        s = msh_approved_find(approved, msh_view_str(p->rel), p->hash.size, p->hash.sha256,
                              p->hash.sm3, &p->release);
        p->release = msh_arena_copy(&p->arena, p->release);
    }
    msh_approved_free(approved);
    MSH_TRY(err);
    if (log.size)
        MSH_TRY(msh_store_origin(p->log, p->origin, why));
    *exit_code = s == MSH_APPROVED_YES ? MSH_EXIT_CLEAN : MSH_EXIT_FINDINGS;
    if (s != MSH_APPROVED_YES)
        return tell_no(p, s, why);
    MSH_TRY(gather_locked(p, why));
    MSH_TRY(msh_output_put(p->job->output, msh_buf_view(&p->tar), why));
    return msh_spot_print(&p->text, why);
}

msh_err msh_prove_file(const msh_options *options, const msh_prove_file_job *job, int *exit_code,
                       msh_error *why)
{
    *exit_code = MSH_EXIT_USAGE;
    if (!job->file || !job->output)
        return msh_fail(why, MSH_E_USAGE, "--output");
    msh_prover *p = msh_calloc(1, sizeof *p);
    if (!p)
        return msh_fail(why, MSH_E_MEMORY, "prove");
    p->options = options;
    p->job = job;
    msh_arena_init(&p->arena, ARENA_MAX);
    msh_buf_init(&p->text, SMALL_MAX);
    msh_buf_init(&p->tar, TAR_MAX);
    for (size_t i = 0; i < MSH_PROFILES; i++)
        msh_buf_init(&p->notes[i], NOTE_MAX);
    msh_err err = run(p, exit_code, why);
    if (err != MSH_OK)
        *exit_code = msh_spot_exit(err);
    for (size_t i = 0; i < MSH_PROFILES; i++)
        msh_buf_dispose(&p->notes[i]);
    msh_buf_dispose(&p->text);
    msh_buf_dispose(&p->tar);
    msh_arena_dispose(&p->arena);
    msh_free(p);
    return err;
}
