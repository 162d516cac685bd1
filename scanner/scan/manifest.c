/* manifest.c: the signed list of approved files (audit-log.md section 7).
 *
 * A list that says what the latest one says is not signed again: the note of the latest manifest
 * record is given once more, so that equal registers give equal bytes. */
#define _GNU_SOURCE
#include "scan/gate.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "scan/logdir.h"
#include "scan/output.h"
#include "scan/spot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { NOTE_MAX = MSH_NOTE_MANIFEST_MAX, BODY_MAX = 4096 };

typedef struct manifest {
    const msh_options *options;
    const msh_manifest_job *job;
    const char *state;
    msh_reviewer signer;
    const msh_approved_file **files; /* sorted by the bytes of their paths */
    size_t n_files, cap;
    bool no_memory;
    char ts[MSH_UTC_SIZE];
    uint64_t serial;
    char prev[65];            /* hash of the manifest before, or "-" */
    char same[65];            /* hash of what makes two manifests the same */
    msh_buf list, text, note; /* lines of the files; what is signed; with signatures */
} manifest;

static const char *tr(const manifest *m, const char *zh, const char *en)
{
    return m->options->lang == MSH_LANG_EN ? en : zh;
}

/* --- the list --------------------------------------------------------------------------------- */

static bool take_file(void *ctx, const msh_approved_file *f)
{
    manifest *m = ctx;
    if (f->adopted && !f->release.len) /* stock is never called approved */
        return true;
    if (m->n_files == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 256;
        const msh_approved_file **more = msh_calloc(cap, sizeof *more);
        if (!more) {
            m->no_memory = true;
            return false;
        }
        if (m->n_files)
            memcpy(more, m->files, m->n_files * sizeof *more);
        msh_free(m->files);
        m->files = more;
        m->cap = cap;
    }
    m->files[m->n_files++] = f;
    return true;
}

static int by_path(const void *a, const void *b)
{
    const msh_approved_file *const *x = a, *const *y = b;
    return msh_view_cmp((*x)->path, (*y)->path);
}

/* An id comes from a signed decision, whoever wrote it: here it must stay on its line. */
static void put_release(msh_buf *out, msh_view id)
{
    bool plain = id.len > 0 && id.len <= 200 && msh_view_is_utf8(id);
    for (size_t i = 0; i < id.len; i++)
        plain = plain && id.data[i] >= 0x20 && id.data[i] != 0x7f;
    msh_buf_put_str(out, "# release: ");
    if (plain)
        msh_buf_put_view(out, id);
    else
        msh_buf_put_byte(out, '-');
    msh_buf_put_byte(out, '\n');
}

static void put_hash(msh_buf *out, const char *name, msh_view path, const uint8_t hash[32])
{
    char hex[65];
    msh_hex32(hash, hex);
    msh_buf_printf(out, "%s (", name);
    msh_buf_put_view(out, path);
    msh_buf_printf(out, ") = %s\n", hex);
}

static msh_err take_files(manifest *m, const msh_approved *approved, msh_error *why)
{
    msh_approved_each(approved, m->job->folder != NULL, take_file, m);
    if (m->no_memory)
        return msh_fail(why, MSH_E_MEMORY, "manifest");
    if (m->n_files == 0)
        return msh_fail(why, MSH_E_GONE, "%s", tr(m, "还没有批准的文件", "no file is approved"));
    qsort(m->files, m->n_files, sizeof(const msh_approved_file *), by_path);
    return MSH_OK;
}

static msh_err make_list(manifest *m, const msh_approved *approved, msh_error *why)
{
    for (size_t i = 0; i < m->n_files; i++) {
        const msh_approved_file *f = m->files[i];
        if (!msh_approved_may_sign(approved, &m->signer, f->path, m->ts))
            return msh_fail(why, MSH_E_REFUSED, "%s %zu",
                            tr(m, "签名人的钥匙已作废，或信任策略不许其批准，清单中第几个文件：",
                               "the signer's keys were revoked, or the trust policy does not let "
                               "them approve file number"),
                            i + 1);
        msh_buf_printf(&m->list, "# size: %" PRIu64 "\n", f->size);
        put_release(&m->list, f->release);
        put_hash(&m->list, "SHA256", f->path, f->sha256);
        put_hash(&m->list, "SM3", f->path, f->sm3);
    }
    return msh_buf_err(&m->list);
}

/* The earliest end of an approval in the list; empty = none ends. */
static msh_view valid_until(const manifest *m)
{
    msh_view end = {NULL, 0};
    for (size_t i = 0; i < m->n_files; i++) {
        msh_view v = m->files[i]->not_after;
        if (v.len && (!end.len || msh_view_cmp(v, end) < 0))
            end = v;
    }
    return end;
}

static const char *scope_of(const manifest *m)
{
    return m->job->scope ? m->job->scope : "*";
}

/* --- one after another ------------------------------------------------------------------------ */

/* What makes two manifests the same: scope, validity, the signer's keys, and the list. */
static msh_err hash_same(manifest *m)
{
    uint8_t hash[32];
    msh_buf b;
    msh_buf_init(&b, NOTE_MAX);
    msh_buf_printf(&b, "%s\n", scope_of(m));
    msh_buf_put_view(&b, valid_until(m));
    msh_buf_put_byte(&b, '\n');
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key_write(&m->signer.keys[i], &b);
        msh_buf_put_byte(&b, '\n');
    }
    msh_buf_put_view(&b, msh_buf_view(&m->list));
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_sha256(msh_buf_view(&b), hash);
    if (err == MSH_OK)
        msh_hex32(hash, m->same);
    msh_buf_dispose(&b);
    return err;
}

static void note_path(const manifest *m, uint64_t serial, char out[MSH_LOG_PATH])
{
    (void)snprintf(out, MSH_LOG_PATH, "%s/manifest/%08" PRIu64 ".note", m->state, serial);
}

/* The note of the latest record, when it says the same and its bytes are those of the record. */
static bool give_again(manifest *m, const msh_json *latest)
{
    char path[MSH_LOG_PATH], hex[65];
    uint8_t hash[32];
    if (!msh_view_eq_str(msh_json_text(msh_json_get(latest, "same")), m->same))
        return false;
    note_path(m, m->serial - 1, path);
    if (msh_file_read(path, &m->note, NULL) == MSH_OK &&
        msh_sha256(msh_buf_view(&m->note), hash) == MSH_OK) {
        msh_hex32(hash, hex);
        if (msh_view_eq_str(msh_json_text(msh_json_get(latest, "sha256")), hex))
            return true;
    }
    msh_buf_reset(&m->note);
    return false;
}

static void follow(manifest *m, const msh_json *latest)
{
    msh_view hash = msh_json_text(msh_json_get(latest, "sha256"));
    m->serial = latest ? (uint64_t)msh_json_int(msh_json_get(latest, "serial"), 0) + 1 : 1;
    if (latest && hash.len == 64)
        memcpy(m->prev, hash.data, 64);
    else
        m->prev[0] = '-';
}

/* --- signing ---------------------------------------------------------------------------------- */

static msh_err make_text(manifest *m, const msh_approved *approved, const msh_log_verdict *log)
{
    msh_view end = valid_until(m);
    msh_buf *t = &m->text;
    msh_buf_printf(
        t, "# audit-manifest: v1\n# scope: %s\n# created: %s\n# valid-until: ", scope_of(m), m->ts);
    msh_buf_put_view(t, end.len ? end : MSH_VIEW("-"));
    msh_buf_printf(t, "\n# approver: %s\n# log: %s %" PRIu64 " %" PRIu64 "\n", m->job->by,
                   log->origin, log->size, msh_approved_last_decision(approved));
    msh_buf_printf(t, "# prev: %s\n# serial: %" PRIu64 "\n# files: %zu\n", m->prev, m->serial,
                   m->n_files);
    msh_buf_put_view(t, msh_buf_view(&m->list));
    return msh_buf_err(t);
}

/* Read back as others will: a list that they refuse must not be handed out. */
static msh_err check_note(const manifest *m)
{
    msh_note note;
    MSH_TRY(msh_note_read_most(msh_buf_view(&m->note), NOTE_MAX, &note));
    if (!msh_view_eq(note.text, msh_buf_view(&m->text)))
        return MSH_E_EVIDENCE;
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        MSH_TRY(msh_note_verify(&note, &m->signer.keys[i]));
    return MSH_OK;
}

static msh_err sign(manifest *m, msh_error *why)
{
    msh_err err = msh_note_sign(&m->note, msh_buf_view(&m->text), &m->signer.keys[0]);
    if (err == MSH_OK)
        err = msh_note_sign_more(&m->note, msh_buf_view(&m->text), &m->signer.keys[1]);
    if (err == MSH_OK)
        err = check_note(m);
    return err == MSH_OK ? MSH_OK : msh_fail(why, err, "the manifest cannot be signed");
}

static msh_err keep_note(const manifest *m, msh_error *why)
{
    char path[MSH_LOG_PATH];
    note_path(m, m->serial, path);
    return msh_file_replace(path, msh_buf_view(&m->note), why);
}

static msh_err put_body(const manifest *m, msh_buf *out)
{
    char hex[65];
    uint8_t hash[32];
    msh_json_writer w;
    MSH_TRY(msh_sha256(msh_buf_view(&m->note), hash));
    msh_hex32(hash, hex);
    msh_jw_begin(&w, out);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "approver", msh_view_str(m->job->by));
    msh_jw_kuint(&w, "files", m->n_files);
    msh_jw_kstr(&w, "prev", msh_view_str(m->prev));
    msh_jw_kstr(&w, "same", msh_view_str(m->same));
    msh_jw_kuint(&w, "serial", m->serial);
    msh_jw_kstr(&w, "sha256", msh_view_str(hex));
    msh_jw_close(&w, '}');
    return msh_buf_err(out);
}

static msh_err log_it(const manifest *m, msh_error *why)
{
    msh_buf body;
    msh_buf_init(&body, BODY_MAX);
    msh_err err = put_body(m, &body);
    if (err == MSH_OK)
        err = msh_log_put(m->options, "manifest", msh_buf_view(&body), NULL, why);
    msh_buf_dispose(&body);
    return err;
}

/* Kept before it is logged: a record whose note is nowhere would say too much. */
static msh_err make_note(manifest *m, const msh_approved *approved, const msh_log_verdict *log,
                         msh_error *why)
{
    msh_err err = make_text(m, approved, log);
    if (err != MSH_OK)
        return msh_fail(why, err, "manifest");
    MSH_TRY(sign(m, why));
    MSH_TRY(keep_note(m, why));
    return log_it(m, why);
}

/* --- the way through -------------------------------------------------------------------------- */

static msh_err use(void *ctx, msh_approved *approved, const msh_log_verdict *log, msh_error *why)
{
    manifest *m = ctx;
    const msh_json *latest = msh_approved_last_manifest(approved);
    msh_clock_format(msh_clock_utc_us(), m->ts);
    MSH_TRY(take_files(m, approved, why));
    MSH_TRY(msh_reviewer_open(m->state, m->job->by, m->job->password, &m->signer, why));
    MSH_TRY(make_list(m, approved, why));
    msh_err err = hash_same(m);
    if (err != MSH_OK)
        return msh_fail(why, err, "manifest");
    follow(m, latest);
    if (!latest || !give_again(m, latest))
        MSH_TRY(make_note(m, approved, log, why));
    return msh_output_put(m->job->output, msh_buf_view(&m->note), why);
}

/* Two at once would give two lists one serial. */
static msh_err lock(const manifest *m, int *fd, msh_error *why)
{
    char path[MSH_LOG_PATH];
    MSH_TRY(msh_state_prepare(m->state, why));
    int n = snprintf(path, sizeof path, "%s/manifest", m->state);
    if (n < 0 || n + 32 >= (int)sizeof path)
        return msh_fail(why, MSH_E_STATE, "--state: name too long");
    MSH_TRY(msh_file_make_dirs(path, why));
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return msh_fail_errno(why, MSH_E_STATE, "manifest");
    while (flock(*fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return msh_fail_errno(why, MSH_E_STATE, "manifest");
    return MSH_OK;
}

static msh_err run(manifest *m, int *exit_code, msh_error *why)
{
    if (m->job->folder) {
        const msh_gate_job gate = {.folder = m->job->folder};
        return msh_gate_then(m->options, &gate, use, m, exit_code, why);
    }
    msh_approved *approved;
    msh_log_verdict log;
    msh_err err = msh_gate_load(m->options, m->state, &approved, &log, why);
    if (err == MSH_OK)
        err = use(m, approved, &log, why);
    msh_approved_free(approved);
    *exit_code = err == MSH_OK          ? MSH_EXIT_CLEAN
                 : err == MSH_E_REFUSED ? MSH_EXIT_FINDINGS
                                        : msh_spot_exit(err);
    return err;
}

msh_err msh_manifest(const msh_options *options, const msh_manifest_job *job, int *exit_code,
                     msh_error *why)
{
    char state[MSH_STATE_PATH];
    int locked = -1;
    manifest m = {.options = options, .job = job, .state = state};
    *exit_code = MSH_EXIT_USAGE;
    if (!job->by || !msh_reviewer_name_ok(job->by) ||
        (job->scope && !msh_note_name_ok(msh_view_str(job->scope))))
        return msh_fail(why, MSH_E_USAGE,
                        "--by、--scope 不能含空格、+、/ / --by, --scope: names without blanks");
    MSH_TRY(msh_state_path(options, state, why));
    msh_buf_init(&m.list, NOTE_MAX);
    msh_buf_init(&m.text, NOTE_MAX);
    msh_buf_init(&m.note, NOTE_MAX);
    msh_err err = lock(&m, &locked, why);
    if (err == MSH_OK)
        err = run(&m, exit_code, why);
    else
        *exit_code = msh_spot_exit(err);
    if (locked >= 0)
        close(locked);
    msh_reviewer_dispose(&m.signer);
    msh_free(m.files);
    msh_buf_dispose(&m.list);
    msh_buf_dispose(&m.text);
    msh_buf_dispose(&m.note);
    return err;
}
