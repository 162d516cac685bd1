/* rekey.c: `mishen keys guard|recover`: who may give the log other keys when its own are lost, and
 * that they do (ledger/guard.h). The signatures may come one after another, days apart: what was
 * signed so far waits in STATE/recover/. */
#define _GNU_SOURCE
#include <mishen/ledger.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/guard.h"
#include "ledger/log.h"
#include "ledger/reviewer.h"
#include "ledger/verify.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BODY_MAX = 60000, ARENA_MAX = 16 << 20 };

/* --- naming them ------------------------------------------------------------------------------ */

static msh_err put_person(const char *state, const char *name, msh_json_writer *w, msh_error *why)
{
    msh_reviewer r;
    msh_err err = msh_reviewer_public(state, name, 0, &r, why);
    if (err != MSH_OK)
        return msh_reviewer_unknown(state, name, err, why);
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "name", msh_view_str(name));
    msh_reviewer_put_vkeys(w, &r);
    msh_jw_close(w, '}');
    msh_reviewer_dispose(&r);
    return MSH_OK;
}

msh_err msh_keys_guard(const msh_options *options, const char *const *names, size_t n,
                       msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_buf body;
    msh_json_writer w;
    if (n < MSH_GUARD_NEED || n > MSH_GUARDS)
        return msh_fail(why, MSH_E_USAGE, "保管人要有 %d 到 %d 人 / so many people are needed",
                        MSH_GUARD_NEED, MSH_GUARDS);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                return msh_fail(why, MSH_E_USAGE, "同一个人写了两次 / a person twice: %s",
                                names[i]);
    MSH_TRY(msh_state_path(options, state, why));
    msh_buf_init(&body, BODY_MAX);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_kint(&w, "need", MSH_GUARD_NEED);
    msh_jw_key(&w, "people");
    msh_jw_open(&w, '[');
    msh_err err = MSH_OK;
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        err = put_person(state, names[i], &w, why);
    msh_jw_close(&w, ']');
    msh_jw_close(&w, '}');
    if (err == MSH_OK)
        err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put(options, "key.guard", msh_buf_view(&body), NULL, why);
    msh_buf_dispose(&body);
    return err;
}

/* --- recovering ------------------------------------------------------------------------------- */

typedef struct named_keys {
    uint64_t first;
    msh_note_key keys[MSH_PROFILES];
} named_keys;

typedef struct recovery {
    const msh_options *options;
    const msh_recover_job *job;
    char state[MSH_STATE_PATH], log[MSH_LOG_PATH];
    char folder[MSH_LOG_PATH], note_path[MSH_LOG_PATH], pem[MSH_PROFILES][MSH_LOG_PATH];
    msh_log_head head;
    msh_guard guard;
    named_keys named[2]; /* the two latest keys that the log names, the later one first */
    msh_arena arena;
    msh_buf note, text;
    msh_note_key fresh[MSH_PROFILES];
} recovery;

static void drop(named_keys *k)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        msh_note_key_dispose(&k->keys[p]);
    k->first = 0;
}

static msh_err take_named(recovery *r, uint64_t first, const msh_json *body)
{
    drop(&r->named[1]);
    r->named[1] = r->named[0];
    r->named[0] = (named_keys){.first = first};
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_view vkey = msh_json_text(msh_json_get(body, msh_profile_at(p)->vkey));
        if (vkey.len)
            MSH_TRY(msh_note_key_read(&r->named[0].keys[p], vkey));
    }
    return MSH_OK;
}

static msh_err on_record(void *ctx, const msh_record *record)
{
    recovery *r = ctx;
    const msh_view type = record->type;
    msh_json *j;
    const bool next = msh_view_eq_str(type, "key.next"), guard = msh_view_eq_str(type, "key.guard");
    if (!next && !guard && !msh_view_eq_str(type, "log.open") &&
        !msh_view_eq_str(type, "key.recover"))
        return MSH_OK;
    msh_arena_reset(&r->arena);
    MSH_TRY(msh_json_read(&r->arena, record->body, MSH_JSON_LOG, &j, NULL));
    if (!guard)
        return take_named(r, record->n + next, j);
    msh_guard_dispose(&r->guard);
    msh_err err = msh_guard_read(&r->guard, j);
    return err == MSH_E_EVIDENCE ? MSH_OK : err; /* the verifier says so */
}

static msh_err read_log(recovery *r, msh_error *why)
{
    msh_log_verdict v;
    MSH_TRY(msh_log_settle(r->log, &r->head, why));
    MSH_TRY(msh_verify_each(r->log, r->options->lang, on_record, r, &v, why));
    if (v.exit_code != MSH_VERIFY_ANCHORED && v.exit_code != MSH_VERIFY_UNANCHORED)
        return msh_fail(why, v.exit_code == MSH_VERIFY_LOST ? MSH_E_EVIDENCE_LOST : MSH_E_EVIDENCE,
                        "%s", v.what);
    if (r->guard.n == 0)
        return msh_fail(why, MSH_E_EVIDENCE,
                        "这份日志没有指定过保管人（mishen keys guard），不能恢复钥匙；请另建日志，"
                        "旧日志原样保存 / nobody was named who may do this: begin a new log, keep "
                        "this one as it is");
    return MSH_OK;
}

/* --- what is signed --------------------------------------------------------------------------- */

static msh_err put_seen(recovery *r, msh_json_writer *w, msh_error *why)
{
    char *end = NULL;
    uint8_t root[32];
    size_t n;
    if (!r->job->seen)
        return MSH_OK;
    uint64_t size = strtoull(r->job->seen, &end, 10);
    if (*end != ':' || r->job->seen[0] < '0' || r->job->seen[0] > '9' || size >= 1ull << 53 ||
        msh_base64_read(msh_view_str(end + 1), root, sizeof root, &n) != MSH_OK || n != 32)
        return msh_fail(why, MSH_E_USAGE, "--paper 记录数:根 / SIZE:ROOT");
    if (size <= r->head.size)
        return msh_fail(why, MSH_E_USAGE,
                        "--paper：现有 %" PRIu64 " 条，这个检查点没有丢失 / is not lost",
                        r->head.size);
    msh_jw_key(w, "seen");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "root", msh_view_str(end + 1));
    msh_jw_kuint(w, "size", size);
    msh_jw_close(w, '}');
    return MSH_OK;
}

static void put_root(const recovery *r, msh_json_writer *w, const char *key, size_t p)
{
    msh_buf b;
    if (!(r->head.profiles >> p & 1))
        return;
    msh_buf_init(&b, 64);
    msh_base64_encode(&b, msh_view_of(r->head.roots[p], 32));
    msh_jw_kstr(w, key, msh_buf_view(&b));
    msh_buf_dispose(&b);
}

static void put_fresh(const recovery *r, msh_json_writer *w)
{
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_buf b;
        if (!r->fresh[p].key)
            continue;
        msh_buf_init(&b, 4096);
        msh_note_key_write(&r->fresh[p], &b);
        msh_jw_kstr(w, msh_profile_at(p)->vkey, msh_buf_view(&b));
        msh_buf_dispose(&b);
    }
}

static msh_err make_text(recovery *r, msh_error *why)
{
    char now[MSH_UTC_SIZE];
    msh_buf json;
    msh_json_writer w;
    msh_clock_format(msh_clock_utc_us(), now);
    msh_buf_init(&json, BODY_MAX);
    msh_jw_begin(&w, &json);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "log", msh_view_str(r->head.origin));
    msh_jw_kstr(&w, "reason", msh_view_cut(msh_view_str(r->job->reason), 0, 1000));
    put_root(r, &w, "root", 0);
    put_root(r, &w, "root_sm3", 1);
    msh_err err = put_seen(r, &w, why);
    msh_jw_kuint(&w, "size", r->head.size);
    msh_jw_kstr(&w, "ts", msh_view_str(now));
    msh_jw_kint(&w, "v", 1);
    put_fresh(r, &w);
    msh_jw_close(&w, '}');
    if (err == MSH_OK)
        err = msh_guard_text(&r->arena, msh_buf_view(&json), &r->text, why);
    msh_buf_dispose(&json);
    return err;
}

/* The new keys, made at the first signature. */
static msh_err load_fresh(recovery *r, msh_error *why)
{
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        char name[MSH_LOG_ORIGIN + 8];
        msh_key *key;
        if (!(r->head.profiles >> p & 1))
            continue;
        (void)snprintf(name, sizeof name, "%s%s", r->head.origin, msh_profile_at(p)->suffix);
        MSH_TRY(msh_keyfile_load_or_make(r->pem[p], msh_profile_at(p)->alg, &key, NULL, why));
        MSH_TRY(msh_note_key_init(&r->fresh[p], name, key));
    }
    return MSH_OK;
}

/* What others signed already; one that is about another state of the log is begun anew. */
static msh_err load_note(recovery *r, msh_note *note, bool *there, msh_error *why)
{
    const msh_json *said;
    struct stat st;
    *there = false;
    if (lstat(r->note_path, &st) != 0)
        return MSH_OK;
    MSH_TRY(msh_file_read(r->note_path, &r->note, why));
    *there = msh_guard_note(&r->arena, msh_buf_view(&r->note), note, &said) == MSH_OK &&
             (uint64_t)msh_json_int(msh_json_get(said, "size"), 0) == r->head.size;
    if (*there)
        msh_buf_put_view(&r->text, note->text);
    else
        msh_buf_reset(&r->note);
    return MSH_OK;
}

static msh_err check_guard(const recovery *r, const msh_reviewer *by, msh_error *why)
{
    for (size_t i = 0; i < r->guard.n; i++)
        if (strcmp(r->guard.keys[i][0].name, by->keys[0].name) == 0 &&
            memcmp(r->guard.keys[i][0].id, by->keys[0].id, 4) == 0 &&
            memcmp(r->guard.keys[i][1].id, by->keys[1].id, 4) == 0)
            return MSH_OK;
    return msh_fail(why, MSH_E_NOBODY, "%s：不是这份日志指定的保管人 / is no guardian of this log",
                    by->keys[0].name);
}

static msh_err sign(recovery *r, const msh_reviewer *by, msh_error *why)
{
    msh_note note;
    bool there;
    MSH_TRY(load_note(r, &note, &there, why));
    if (!there && (!r->job->reason || !r->job->reason[0]))
        return msh_fail(why, MSH_E_USAGE, "要有 --reason 理由 / --reason is needed");
    if (!there)
        MSH_TRY(make_text(r, why));
    if (there && msh_note_verify(&note, &by->keys[0]) == MSH_OK)
        return MSH_OK; /* signed before */
    msh_view text = msh_buf_view(&r->text);
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_err err = there || i ? msh_note_sign_more(&r->note, text, &by->keys[i])
                                 : msh_note_sign(&r->note, text, &by->keys[i]);
        if (err != MSH_OK)
            return msh_fail(why, err, "signing");
    }
    return msh_file_replace(r->note_path, msh_buf_view(&r->note), why);
}

/* --- doing it --------------------------------------------------------------------------------- */

static msh_err go_on(recovery *r, msh_error *why)
{
    const named_keys *before = &r->named[r->named[0].first < r->head.size ? 0 : 1];
    msh_log_rekey_job job = {.head = &r->head};
    msh_buf body;
    msh_json_writer w;
    msh_buf_init(&body, BODY_MAX);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_key(&w, "note");
    msh_json_canonical_str(&body, msh_buf_view(&r->note));
    w.need_comma = true;
    put_fresh(r, &w);
    msh_jw_close(&w, '}');
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        job.before[p] = &before->keys[p];
        job.pem[p] = r->pem[p];
    }
    job.body = msh_buf_view(&body);
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_rekey(r->log, &job, why);
    msh_buf_dispose(&body);
    if (err == MSH_OK) {
        (void)unlink(r->note_path);
        (void)rmdir(r->folder);
    }
    return err;
}

static msh_err name_files(recovery *r, msh_error *why)
{
    static const char *const names[] = {"recover", "recover/note", "recover/log.pem",
                                        "recover/log.sm3.pem"};
    char *const paths[] = {r->folder, r->note_path, r->pem[0], r->pem[1]};
    MSH_TRY(msh_state_path(r->options, r->state, why));
    MSH_TRY(msh_log_dir(r->options, NULL, r->log, why));
    for (size_t i = 0; i < 4; i++)
        MSH_TRY(msh_store_path(r->state, names[i], paths[i], why));
    return MSH_OK;
}

static msh_err run(recovery *r, unsigned *missing, msh_error *why)
{
    char origin[MSH_LOG_ORIGIN + 1];
    msh_reviewer by;
    msh_note note;
    MSH_TRY(name_files(r, why));
    MSH_TRY(msh_store_origin(r->log, origin, why));
    MSH_TRY(read_log(r, why));
    MSH_TRY(msh_file_make_dirs(r->folder, why));
    msh_err err = msh_reviewer_public(r->state, r->job->by, 0, &by, why);
    if (err != MSH_OK)
        return msh_reviewer_unknown(r->state, r->job->by, err, why);
    err = check_guard(r, &by, why);
    msh_reviewer_dispose(&by);
    MSH_TRY(err);
    MSH_TRY(load_fresh(r, why));
    MSH_TRY(msh_reviewer_open(r->state, r->job->by, r->job->password, &by, why));
    err = sign(r, &by, why);
    msh_reviewer_dispose(&by);
    MSH_TRY(err);
    MSH_TRY(msh_note_read(msh_buf_view(&r->note), &note));
    unsigned have = msh_guard_signed(&r->guard, &note);
    *missing = have < r->guard.need ? r->guard.need - have : 0;
    return *missing ? MSH_OK : go_on(r, why);
}

msh_err msh_keys_recover(const msh_options *options, const msh_recover_job *job, unsigned *missing,
                         msh_error *why)
{
    recovery *r = msh_calloc(1, sizeof *r);
    if (!r)
        return msh_fail(why, MSH_E_MEMORY, "recover");
    r->options = options;
    r->job = job;
    msh_arena_init(&r->arena, ARENA_MAX);
    msh_buf_init(&r->note, BODY_MAX);
    msh_buf_init(&r->text, BODY_MAX);
    msh_err err = run(r, missing, why);
    for (size_t i = 0; i < 2; i++)
        drop(&r->named[i]);
    for (size_t p = 0; p < MSH_PROFILES; p++)
        msh_note_key_dispose(&r->fresh[p]);
    msh_guard_dispose(&r->guard);
    msh_buf_dispose(&r->note);
    msh_buf_dispose(&r->text);
    msh_arena_dispose(&r->arena);
    msh_free(r);
    return err;
}
