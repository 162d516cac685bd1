/* keys.c: `mishen keys` from the library's side. */
#define _GNU_SOURCE
#include <mishen/ledger.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/keyfile.h"
#include "ledger/trust.h"
#include "scan/notary.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { TEXT_MAX = 64 << 10, POLICY_MAX = 1 << 20, NOTE_MAX = 48 << 10 };

static msh_err open_state(const msh_options *options, char state[MSH_STATE_PATH], msh_error *why)
{
    MSH_TRY(msh_state_path(options, state, why));
    return msh_state_prepare(state, why);
}

msh_err msh_keys_new(const msh_options *options, const msh_keys_job *job, bool rotate,
                     msh_error *why)
{
    char state[MSH_STATE_PATH];
    const msh_reviewer_new made = {.name = job->name,
                                   .password = job->password,
                                   .signer = job->signer,
                                   .pub = {job->pub[0], job->pub[1]}};
    MSH_TRY(open_state(options, state, why));
    return rotate ? msh_reviewer_rotate(state, &made, why) : msh_reviewer_make(state, &made, why);
}

msh_err msh_keys_rotate_log(const msh_options *options, msh_error *why)
{
    char state[MSH_STATE_PATH];
    MSH_TRY(open_state(options, state, why));
    return msh_log_put(options, NULL, (msh_view){NULL, 0}, NULL, why);
}

msh_err msh_keys_revoke(const msh_options *options, const char *name, const char *reason,
                        msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_reviewer r;
    msh_buf body;
    msh_json_writer w;
    MSH_TRY(open_state(options, state, why));
    msh_err err = msh_reviewer_public(state, name, 0, &r, why);
    if (err != MSH_OK)
        return msh_reviewer_unknown(state, name, err, why);
    msh_buf_init(&body, TEXT_MAX);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "name", msh_view_str(name));
    msh_jw_kstr(&w, "reason", msh_view_cut(msh_view_str(reason), 0, 1000));
    msh_reviewer_put_vkeys(&w, &r);
    msh_jw_close(&w, '}');
    err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put(options, "key.revoke", msh_buf_view(&body), NULL, why);
    msh_buf_dispose(&body);
    msh_reviewer_dispose(&r);
    return err;
}

msh_err msh_keys_list(const msh_options *options, msh_keys_visit visit, void *ctx, msh_error *why)
{
    char state[MSH_STATE_PATH];
    MSH_TRY(msh_state_path(options, state, why));
    return msh_reviewer_each(state, visit, ctx, why);
}

static msh_err load_log_keys(const char *dir, msh_reviewer *out, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8], origin[MSH_LOG_ORIGIN + 1];
    struct stat st;
    *out = (msh_reviewer){0};
    MSH_TRY(msh_store_origin(dir, origin, why));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_key *key;
        MSH_TRY(msh_store_path(dir, msh_profile_at(p)->public_key, path, why));
        if (stat(path, &st) != 0)
            continue; /* a log of one profile */
        (void)snprintf(name, sizeof name, "%s%s", origin, msh_profile_at(p)->suffix);
        MSH_TRY(msh_keyfile_load_public(path, msh_profile_at(p)->alg, &key, why));
        MSH_TRY(msh_note_key_init(&out->keys[p], name, key));
    }
    return MSH_OK;
}

static msh_err write_public(const msh_reviewer *r, msh_buf *b)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        if (!r->keys[i].key)
            continue;
        msh_note_key_write(&r->keys[i], b);
        msh_buf_put_byte(b, '\n');
    }
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        if (r->keys[i].key)
            MSH_TRY(msh_key_write_pem(r->keys[i].key, false, b));
    return msh_buf_err(b);
}

msh_err msh_keys_export(const msh_options *options, const char *name, msh_text_out *out,
                        msh_error *why)
{
    char state[MSH_STATE_PATH], dir[MSH_LOG_PATH];
    msh_reviewer r;
    msh_buf b;
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    msh_err err = name ? msh_reviewer_public(state, name, 0, &r, why) : load_log_keys(dir, &r, why);
    if (err != MSH_OK && name)
        return msh_reviewer_unknown(state, name, err, why);
    msh_buf_init(&b, out->cap);
    if (err == MSH_OK)
        err = write_public(&r, &b);
    if (err == MSH_OK && b.len) {
        memcpy(out->data, b.data, b.len);
        out->len = b.len;
    }
    msh_buf_dispose(&b);
    msh_reviewer_dispose(&r);
    return err;
}

/* A record of the policy: the way of a release is that of its day, and an older policy cannot take
 * the place of a newer one. One that is too long for a record is recorded by its hash alone. */
static msh_err policy_body(const msh_trust *t, msh_view note, msh_buf *body)
{
    uint8_t hash[32];
    char hex[65];
    MSH_TRY(msh_sha256(note, hash));
    msh_hex32(hash, hex);
    msh_buf_put_str(body, "{");
    if (note.len < NOTE_MAX) {
        msh_buf_put_str(body, "\"note\":");
        msh_json_canonical_str(body, note);
        msh_buf_put_byte(body, ',');
    }
    msh_buf_printf(body, "\"serial\":%" PRIu64 ",\"sha256\":\"%s\"}", msh_trust_serial(t), hex);
    return msh_buf_err(body);
}

msh_err msh_keys_record_policy(const msh_options *options, const char *state, msh_error *why)
{
    msh_trust *t = NULL;
    msh_buf note, body;
    msh_buf_init(&note, POLICY_MAX);
    msh_buf_init(&body, 2 * NOTE_MAX);
    msh_err err = msh_trust_note(state, &note, why);
    if (err == MSH_OK)
        err = msh_trust_read(state, msh_buf_view(&note), &t, why);
    if (err == MSH_OK)
        err = policy_body(t, msh_buf_view(&note), &body);
    if (err == MSH_OK)
        err = msh_log_put(options, "policy", msh_buf_view(&body), NULL, why);
    msh_trust_free(t);
    msh_buf_dispose(&note);
    msh_buf_dispose(&body);
    return err;
}

msh_err msh_keys_policy(const msh_options *options, const char *file, const char *by,
                        const char *password, msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_reviewer admin;
    msh_buf json;
    MSH_TRY(open_state(options, state, why));
    MSH_TRY(msh_reviewer_open(state, by, password, &admin, why));
    msh_buf_init(&json, POLICY_MAX);
    msh_err err = msh_file_read(file, &json, why);
    if (err == MSH_E_OPEN)
        err = msh_file_named_failed(file, why);
    if (err == MSH_OK)
        err = msh_trust_write(state, msh_buf_view(&json), &admin, why);
    if (err == MSH_OK)
        err = msh_keys_record_policy(options, state, why);
    msh_buf_dispose(&json);
    msh_reviewer_dispose(&admin);
    return err;
}
