/* anchors.c: `mishen log witness|anchor|timestamp|checkpoint` from the library's side. */
#define _GNU_SOURCE
#include <mishen/ledger.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/timestamp.h"
#include "ledger/anchor.h"
#include "ledger/guard.h"
#include "ledger/proof.h"
#include "ledger/verify.h"
#include "report/qr.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 64 << 10, ANCHOR_MAX = 1 << 16 };

static msh_err give(msh_text_out *out, const msh_buf *b, msh_error *why)
{
    MSH_TRY(msh_buf_err(b));
    if (b->len > out->cap)
        return msh_fail(why, MSH_E_LIMIT_BUFFER, "text");
    if (b->len)
        memcpy(out->data, b->data, b->len);
    out->len = b->len;
    return MSH_OK;
}

/* The last checkpoint of the first tree that the log has. */
static msh_err last_checkpoint(const char *dir, size_t *profile, char name[MSH_LOG_ORIGIN + 8],
                               msh_buf *note, msh_checkpoint *cp, msh_error *why)
{
    char origin[MSH_LOG_ORIGIN + 1], path[MSH_LOG_PATH];
    MSH_TRY(msh_store_origin(dir, origin, why));
    for (*profile = 0;; ++*profile) {
        const msh_profile *p = msh_profile_at(*profile);
        MSH_TRY(msh_store_path(dir, p->checkpoints, path, why));
        if (access(path, F_OK) == 0 || *profile + 1 == MSH_PROFILES) {
            (void)snprintf(name, MSH_LOG_ORIGIN + 8, "%s%s", origin, p->suffix);
            return msh_checkpoints_last(path, name, note, cp, why);
        }
    }
}

/* --- witness ---------------------------------------------------------------------------------- */

/* Looking, in a log that is verified while we look, for a recovery by its guardians that says that
 * what we saw last is lost. */
typedef struct lost_head {
    msh_checkpoint last;
    bool told;
} lost_head;

static msh_err on_record(void *ctx, const msh_record *r)
{
    lost_head *l = ctx;
    msh_arena a;
    msh_json *j;
    msh_note note;
    const msh_json *said = NULL;
    uint8_t root[32];
    size_t len;
    if (!msh_view_eq_str(r->type, "key.recover"))
        return MSH_OK;
    msh_arena_init(&a, 1 << 20);
    msh_err err = msh_json_read(&a, r->body, MSH_JSON_LOG, &j, NULL);
    if (err == MSH_OK)
        err = msh_guard_note(&a, msh_json_text(msh_json_get(j, "note")), &note, &said);
    const msh_json *seen = err == MSH_OK ? msh_json_get(said, "seen") : NULL;
    uint64_t size = (uint64_t)msh_json_int(msh_json_get(seen, "size"), 0);
    if (l->last.size > r->n && l->last.size < size)
        l->told = true;
    else if (l->last.size > r->n && l->last.size == size &&
             msh_base64_read(msh_json_text(msh_json_get(seen, "root")), root, 32, &len) == MSH_OK &&
             len == 32 && memcmp(root, l->last.root, 32) == 0)
        l->told = true;
    msh_arena_dispose(&a);
    return err == MSH_E_MEMORY ? err : MSH_OK;
}

static msh_err verify_whole(const msh_options *options, const char *dir, lost_head *lost,
                            msh_error *why)
{
    msh_log_verdict v;
    MSH_TRY(msh_verify_each(dir, options->lang, on_record, lost, &v, why));
    if (v.exit_code != MSH_VERIFY_UNANCHORED && v.exit_code != MSH_VERIFY_ANCHORED)
        return msh_fail(why, v.exit_code == MSH_VERIFY_LOST ? MSH_E_EVIDENCE_LOST : MSH_E_EVIDENCE,
                        "%s", v.what);
    return MSH_OK;
}

static msh_err cosign_file(msh_witness *w, msh_view file, msh_buf *out, msh_error *why)
{
    char name[MSH_LOG_ORIGIN + 8];
    msh_proof proof = {.n = 0};
    msh_checkpoint last;
    msh_view note = file;
    if (msh_proof_read(file, &proof) == MSH_OK && proof.consistency)
        note = proof.checkpoint;
    size_t lf = msh_view_find(note, MSH_VIEW("\n"), 0);
    if (lf == SIZE_MAX || lf == 0 || lf >= sizeof name)
        return msh_fail(why, MSH_E_EVIDENCE, "不是检查点 / not a checkpoint");
    memcpy(name, note.data, lf);
    name[lf] = '\0';
    MSH_TRY(msh_witness_last(w, name, &last, why));
    if (last.size && note.data != file.data && proof.n != last.size)
        return msh_fail(why, MSH_E_EVIDENCE,
                        "需要从 %" PRIu64 " 起的证明：mishen log prove --from %" PRIu64
                        " / a proof from that size is needed",
                        last.size, last.size);
    return msh_witness_cosign(w, name, note, msh_view_of(proof.hashes, proof.n_hashes * MSH_HASH),
                              out, why);
}

static msh_err prove_growth(const char *dir, size_t profile, uint64_t from, msh_buf *out,
                            msh_error *why)
{
    msh_err err = msh_proof_consistency(dir, profile, from, out, why);
    if (err != MSH_E_SHORT)
        return err;
    msh_buf_reset(out);
    MSH_TRY(msh_proof_rebuild(dir, profile, why));
    return msh_proof_consistency(dir, profile, from, out, why);
}

static msh_err put_anchor(const char *dir, uint64_t size, const char *suffix, msh_view v,
                          msh_error *why)
{
    char path[MSH_LOG_PATH], name[64];
    struct stat st;
    for (int i = 1; i < 100; i++) { /* several witnesses may see the same size */
        if (i == 1)
            (void)snprintf(name, sizeof name, "anchors/%" PRIu64 "%s", size, suffix);
        else
            (void)snprintf(name, sizeof name, "anchors/%" PRIu64 "-%d%s", size, i, suffix);
        MSH_TRY(msh_store_path(dir, name, path, why));
        if (lstat(path, &st) != 0)
            return msh_file_replace(path, v, why);
    }
    return msh_fail(why, MSH_E_STATE, "%s", path);
}

static msh_err cosign_folder(const msh_options *options, msh_witness *w, const char *dir,
                             msh_buf *out, msh_error *why)
{
    char name[MSH_LOG_ORIGIN + 8];
    size_t profile;
    msh_checkpoint cp;
    msh_buf file;
    lost_head lost = {.told = false};
    msh_buf_init(&file, TEXT_MAX);
    msh_err err = last_checkpoint(dir, &profile, name, &file, &cp, why);
    if (err == MSH_OK)
        err = msh_witness_last(w, name, &lost.last, why);
    if (err == MSH_OK)
        err = verify_whole(options, dir, &lost, why);
    if (err == MSH_OK && lost.told)
        err = msh_witness_forget(w, name, &lost.last, why);
    const msh_checkpoint last = lost.last;
    if (err == MSH_OK && last.size > 0 && last.size <= cp.size) {
        msh_buf_reset(&file);
        err = prove_growth(dir, profile, last.size, &file, why);
    }
    if (err == MSH_OK)
        err = cosign_file(w, msh_buf_view(&file), out, why);
    if (err == MSH_OK && put_anchor(dir, cp.size, ".cosig", msh_buf_view(out), NULL) != MSH_OK) {
        /* somebody else's folder: the note is printed */
    }
    msh_buf_dispose(&file);
    return err;
}

msh_err msh_log_witness(const msh_options *options, const char *what, const char *name,
                        msh_text_out *out, msh_error *why)
{
    char state[MSH_STATE_PATH], host[128] = "", own[160];
    struct stat st;
    msh_witness w;
    msh_buf b, file;
    if (stat(what, &st) != 0)
        return msh_file_named_failed(what, why);
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(own, sizeof own, "witness/%s", host[0] ? host : "host");
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_state_prepare(state, why));
    msh_buf_init(&b, TEXT_MAX);
    msh_buf_init(&file, TEXT_MAX);
    msh_err err = msh_witness_open(&w, state, name ? name : own, why);
    if (err == MSH_OK && S_ISDIR(st.st_mode)) {
        err = cosign_folder(options, &w, what, &b, why);
    } else if (err == MSH_OK) {
        err = msh_file_read(what, &file, why);
        if (err == MSH_OK)
            err = cosign_file(&w, msh_buf_view(&file), &b, why);
    }
    if (err == MSH_OK)
        err = give(out, &b, why);
    msh_witness_close(&w);
    msh_buf_dispose(&b);
    msh_buf_dispose(&file);
    return err;
}

/* --- what came back --------------------------------------------------------------------------- */

/* The size that a time stamp's answer is for: that of the text whose hash stands in it. */
static msh_err stamped_size(const char *dir, msh_view answer, uint64_t *size, msh_error *why)
{
    char path[MSH_LOG_PATH], name[300];
    MSH_TRY(msh_store_path(dir, "anchors", path, why));
    DIR *d = opendir(path);
    bool found = false;
    for (struct dirent *e = d ? readdir(d) : NULL; e && !found; e = readdir(d)) {
        uint8_t hash[32];
        msh_buf text;
        size_t n = strlen(e->d_name);
        if (n < 5 || strcmp(e->d_name + n - 4, ".txt") != 0)
            continue;
        (void)snprintf(name, sizeof name, "anchors/%s", e->d_name);
        msh_buf_init(&text, ANCHOR_MAX);
        if (msh_store_path(dir, name, path, NULL) == MSH_OK &&
            msh_file_read(path, &text, NULL) == MSH_OK &&
            msh_sha256(msh_buf_view(&text), hash) == MSH_OK &&
            msh_view_find(answer, msh_view_of(hash, 32), 0) != SIZE_MAX) {
            found = true;
            *size = strtoull(e->d_name, NULL, 10);
        }
        msh_buf_dispose(&text);
    }
    if (d)
        (void)closedir(d);
    return found ? MSH_OK
                 : msh_fail(why, MSH_E_EVIDENCE,
                            "不是对本日志请求的答复 / not the answer to a request of this log");
}

static msh_err put_record(const msh_options *options, const char *kind, uint64_t size,
                          msh_view file, msh_error *why)
{
    char body[200], hex[65];
    uint8_t hash[32];
    MSH_TRY(msh_sha256(file, hash));
    msh_hex32(hash, hex);
    (void)snprintf(body, sizeof body, "{\"kind\":\"%s\",\"sha256\":\"%s\",\"size\":%" PRIu64 "}",
                   kind, hex, size);
    return msh_log_put(options, "anchor", msh_view_str(body), NULL, why);
}

static msh_err add_anchor(const msh_options *options, const char *dir, msh_view file,
                          msh_text_out *out, msh_error *why)
{
    char origin[MSH_LOG_ORIGIN + 1];
    msh_note note;
    msh_checkpoint cp = {0};
    size_t p;
    MSH_TRY(msh_store_origin(dir, origin, why));
    bool is_note = msh_note_read(file, &note) == MSH_OK;
    if (is_note && (msh_anchor_checkpoint(note.text, origin, &p, &cp) != MSH_OK || note.n_sigs < 2))
        return msh_fail(why, MSH_E_EVIDENCE,
                        "不是见证人对本日志的签名 / not a witness's note on this log");
    if (!is_note)
        MSH_TRY(stamped_size(dir, file, &cp.size, why));
    MSH_TRY(put_anchor(dir, cp.size, is_note ? ".cosig" : ".tsr", file, why));
    MSH_TRY(put_record(options, is_note ? "cosig" : "tsr", cp.size, file, why));
    int n = snprintf(out->data, out->cap, "%" PRIu64 "\n", cp.size);
    out->len = n > 0 && (size_t)n < out->cap ? (size_t)n : 0;
    return MSH_OK;
}

msh_err msh_log_anchor(const msh_options *options, const char *file, msh_text_out *out,
                       msh_error *why)
{
    char dir[MSH_LOG_PATH];
    msh_buf b;
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    msh_buf_init(&b, ANCHOR_MAX);
    msh_err err = msh_file_read(file, &b, why);
    if (err == MSH_E_OPEN)
        err = msh_file_named_failed(file, why);
    if (err == MSH_OK)
        err = add_anchor(options, dir, msh_buf_view(&b), out, why);
    msh_buf_dispose(&b);
    return err;
}

/* --- asking ----------------------------------------------------------------------------------- */

static msh_err write_request(const char *dir, uint64_t size, msh_view text, msh_text_out *out,
                             msh_error *why)
{
    char name[64], paths[2][MSH_LOG_PATH];
    msh_buf request;
    msh_buf_init(&request, 4096);
    (void)snprintf(name, sizeof name, "anchors/%" PRIu64 ".txt", size);
    msh_err err = msh_store_path(dir, name, paths[1], why);
    (void)snprintf(name, sizeof name, "anchors/%" PRIu64 ".tsq", size);
    if (err == MSH_OK)
        err = msh_store_path(dir, name, paths[0], why);
    if (err == MSH_OK)
        err = msh_timestamp_request(text, &request);
    if (err == MSH_OK)
        err = msh_file_replace(paths[1], text, why);
    if (err == MSH_OK)
        err = msh_file_replace(paths[0], msh_buf_view(&request), why);
    if (err == MSH_OK) {
        int n = snprintf(out->data, out->cap, "%s\n%s\n", paths[0], paths[1]);
        out->len = n > 0 && (size_t)n < out->cap ? (size_t)n : 0;
    }
    msh_buf_dispose(&request);
    return err;
}

msh_err msh_log_timestamp(const msh_options *options, msh_text_out *out, msh_error *why)
{
    char dir[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    size_t profile;
    msh_buf b;
    msh_note note;
    msh_checkpoint cp;
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    msh_buf_init(&b, ANCHOR_MAX);
    msh_err err = last_checkpoint(dir, &profile, name, &b, &cp, why);
    if (err == MSH_OK)
        err = msh_note_read(msh_buf_view(&b), &note);
    if (err == MSH_OK)
        err = write_request(dir, cp.size, note.text, out, why);
    msh_buf_dispose(&b);
    return err;
}

/* --- paper ------------------------------------------------------------------------------------ */

static void put_grouped(msh_buf *out, const uint8_t root[32])
{
    msh_buf text;
    msh_buf_init(&text, 64);
    msh_base64_encode(&text, msh_view_of(root, 32));
    for (size_t i = 0; i < text.len; i += 11) {
        msh_buf_put_view(out, msh_view_cut(msh_buf_view(&text), i, 11));
        msh_buf_put_str(out, i + 11 < text.len ? "  " : "\n");
    }
    msh_buf_dispose(&text);
}

static msh_err print_paper(const msh_options *options, const char *dir, msh_buf *out,
                           msh_error *why)
{
    const bool en = options->lang == MSH_LANG_EN;
    char origin[MSH_LOG_ORIGIN + 1], name[MSH_LOG_ORIGIN + 8], path[MSH_LOG_PATH],
        now[MSH_UTC_SIZE];
    msh_buf note, code;
    msh_err err = msh_store_origin(dir, origin, why);
    msh_buf_init(&note, TEXT_MAX);
    msh_buf_init(&code, TEXT_MAX);
    msh_clock_format(msh_clock_utc_us(), now);
    msh_buf_printf(out, "%s  %s\n%s  %.19sZ\n", en ? "origin" : "起源", origin,
                   en ? "printed" : "打印时间", now);
    for (size_t p = 0; p < MSH_PROFILES && err == MSH_OK; p++) {
        msh_checkpoint cp;
        const msh_profile *profile = msh_profile_at(p);
        (void)snprintf(name, sizeof name, "%s%s", origin, profile->suffix);
        err = msh_store_path(dir, profile->checkpoints, path, why);
        if (err != MSH_OK || access(path, F_OK) != 0)
            continue;
        err = msh_checkpoints_last(path, name, &note, &cp, why);
        msh_buf_printf(out, "%s %" PRIu64 "\n%s  ", en ? "records " : "记录数 ", cp.size,
                       p ? "SM3    " : "SHA-256");
        put_grouped(out, cp.root);
        msh_checkpoint_text(&code, name, cp.size, cp.root);
    }
    if (err == MSH_OK && msh_qr_put(out, msh_buf_view(&code)) == MSH_E_NO_LIBRARY)
        msh_buf_printf(out, "%s\n",
                       en ? "(no QR code: built without libqrencode)"
                          : "（编译时没有 libqrencode，不印二维码）");
    msh_buf_dispose(&note);
    msh_buf_dispose(&code);
    return err;
}

msh_err msh_log_checkpoint(const msh_options *options, const char *dir, bool for_paper,
                           msh_text_out *out, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    size_t profile;
    msh_checkpoint cp;
    msh_buf b;
    MSH_TRY(msh_log_dir(options, dir, path, why));
    msh_buf_init(&b, TEXT_MAX);
    msh_err err = for_paper ? print_paper(options, path, &b, why)
                            : last_checkpoint(path, &profile, name, &b, &cp, why);
    if (err == MSH_OK)
        err = give(out, &b, why);
    msh_buf_dispose(&b);
    return err;
}
