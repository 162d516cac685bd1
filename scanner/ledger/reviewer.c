/* reviewer.c: keys of people. */
#define _GNU_SOURCE
#include "ledger/reviewer.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/path.h"
#include "ledger/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suffixes[MSH_REVIEWER_KEYS] = {"", ".sm3"};
enum { GENERATIONS = 1000, SIGNER_MAX = 4000 };

bool msh_reviewer_name_ok(const char *name)
{
    size_t n = strlen(name);
    return n <= MSH_REVIEWER_NAME && name[0] != '.' && !strchr(name, '/') &&
           msh_note_name_ok(msh_view_str(name)) && msh_path_is_plain(msh_view_str(name));
}

static msh_err file_of(const char *state, const char *name, const char *suffix,
                       char out[MSH_LOG_PATH], msh_error *why)
{
    if (!msh_reviewer_name_ok(name))
        return msh_fail(why, MSH_E_USAGE, "批准人姓名不能含空格、+、/ / not a name for a reviewer");
    int n = snprintf(out, MSH_LOG_PATH, "%s/reviewers/%s%s", state, name, suffix);
    return n > 0 && n < MSH_LOG_PATH ? MSH_OK : msh_fail(why, MSH_E_STATE, "name too long");
}

static msh_err private_path(const char *state, const char *name, size_t i, char out[MSH_LOG_PATH],
                            msh_error *why)
{
    char suffix[32];
    (void)snprintf(suffix, sizeof suffix, "%s.pem", suffixes[i]);
    return file_of(state, name, suffix, out, why);
}

static msh_err public_path(const char *state, const char *name, unsigned generation, size_t i,
                           char out[MSH_LOG_PATH], msh_error *why)
{
    char suffix[48];
    if (generation)
        (void)snprintf(suffix, sizeof suffix, ".%u%s.pub.pem", generation, suffixes[i]);
    else
        (void)snprintf(suffix, sizeof suffix, "%s.pub.pem", suffixes[i]);
    return file_of(state, name, suffix, out, why);
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static msh_err make_folder(const char *state, msh_error *why)
{
    char folder[MSH_LOG_PATH];
    MSH_TRY(msh_store_path(state, "reviewers", folder, why));
    return msh_file_make_dirs(folder, why);
}

/* The line of NAME.signer; empty when there is none. */
static msh_err read_signer(const char *state, const char *name, char out[SIGNER_MAX],
                           msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf b;
    out[0] = '\0';
    MSH_TRY(file_of(state, name, ".signer", path, why));
    if (!exists(path))
        return MSH_OK;
    msh_buf_init(&b, SIGNER_MAX - 1);
    msh_err err = msh_file_read(path, &b, why);
    if (err == MSH_OK && b.len > 1) {
        memcpy(out, b.data, b.len);
        out[b.len - (b.data[b.len - 1] == '\n')] = '\0';
    }
    msh_buf_dispose(&b);
    return err;
}

static msh_err load_public(const char *path, size_t i, const char *name, msh_note_key *out,
                           msh_error *why)
{
    msh_key *key;
    MSH_TRY(msh_keyfile_load_public(path, msh_profile_at(i)->alg, &key, why));
    return msh_note_key_init(out, name, key);
}

static msh_err open_key(const char *state, const char *name, const char *password, size_t i,
                        msh_note_key *out, msh_error *why)
{
    char path[MSH_LOG_PATH], pub[MSH_LOG_PATH];
    msh_key *key;
    MSH_TRY(private_path(state, name, i, path, why));
    MSH_TRY(public_path(state, name, 0, i, pub, why));
    if (!exists(path) && exists(pub))
        return msh_fail(why, MSH_E_NOBODY, "%s: 私钥不在本机 / the private key is not here", path);
    msh_err err =
        exists(path) ? msh_keyfile_load_protected(path, msh_profile_at(i)->alg, password, &key, why)
                     : msh_keyfile_load_or_make(path, msh_profile_at(i)->alg, &key, NULL, why);
    if (err == MSH_E_NO_ACCESS) {
        err = MSH_E_PASSWORD;
        if (why)
            why->code = err;
    }
    MSH_TRY(err);
    if (!exists(pub))
        err = msh_keyfile_write_public(pub, key, why);
    if (err != MSH_OK) {
        msh_key_free(key);
        return err;
    }
    return msh_note_key_init(out, name, key);
}

static msh_err open_outside(const char *state, const char *name, const char *signer,
                            msh_reviewer *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        MSH_TRY(public_path(state, name, 0, i, path, why));
        MSH_TRY(load_public(path, i, name, &out->keys[i], why));
        msh_err err = msh_key_set_signer(out->keys[i].key, signer);
        if (err != MSH_OK)
            return msh_fail(why, err, "exec:/路径/程序 参数… / an absolute path");
    }
    return MSH_OK;
}

msh_err msh_reviewer_open(const char *state, const char *name, const char *password,
                          msh_reviewer *out, msh_error *why)
{
    char signer[SIGNER_MAX];
    *out = (msh_reviewer){0};
    MSH_TRY(make_folder(state, why));
    MSH_TRY(read_signer(state, name, signer, why));
    msh_err err = MSH_OK;
    if (signer[0])
        err = open_outside(state, name, signer, out, why);
    else
        for (size_t i = 0; i < MSH_REVIEWER_KEYS && err == MSH_OK; i++)
            err = open_key(state, name, password, i, &out->keys[i], why);
    if (err != MSH_OK)
        msh_reviewer_dispose(out);
    return err;
}

static msh_err open_brought(const char *state, const char *folder, const char *name,
                            const char *password, size_t i, msh_note_key *out, msh_error *why)
{
    char path[MSH_LOG_PATH], pub[MSH_LOG_PATH];
    msh_key *key, *known;
    int n = snprintf(path, sizeof path, "%s/%s%s.pem", folder, name, suffixes[i]);
    if (n < 0 || n >= (int)sizeof path)
        return msh_fail(why, MSH_E_USAGE, "name too long");
    MSH_TRY(public_path(state, name, 0, i, pub, why));
    if (!exists(pub))
        return msh_fail(why, MSH_E_NOBODY, "%s", name);
    msh_err err = msh_keyfile_load_protected(path, msh_profile_at(i)->alg, password, &key, why);
    if (err == MSH_E_NO_ACCESS) {
        err = MSH_E_PASSWORD;
        if (why)
            why->code = err;
    }
    MSH_TRY(err);
    err = msh_keyfile_load_public(pub, msh_profile_at(i)->alg, &known, why);
    if (err == MSH_OK) {
        if (!msh_view_eq(msh_key_public(key), msh_key_public(known)))
            err = msh_fail(why, MSH_E_NOBODY, "%s: 与本机登记的公钥不符 / not the key known here",
                           path);
        msh_key_free(known);
    }
    if (err != MSH_OK) {
        msh_key_free(key);
        return err;
    }
    return msh_note_key_init(out, name, key);
}

msh_err msh_reviewer_open_brought(const char *state, const char *folder, const char *name,
                                  const char *password, msh_reviewer *out, msh_error *why)
{
    msh_err err = MSH_OK;
    *out = (msh_reviewer){0};
    for (size_t i = 0; i < MSH_REVIEWER_KEYS && err == MSH_OK; i++)
        err = open_brought(state, folder, name, password, i, &out->keys[i], why);
    if (err != MSH_OK)
        msh_reviewer_dispose(out);
    return err;
}

msh_err msh_reviewer_public(const char *state, const char *name, unsigned generation,
                            msh_reviewer *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    *out = (msh_reviewer){0};
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_err err = public_path(state, name, generation, i, path, why);
        if (err == MSH_OK)
            err = load_public(path, i, name, &out->keys[i], why);
        if (err != MSH_OK) {
            msh_reviewer_dispose(out);
            return err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
        }
    }
    return MSH_OK;
}

msh_err msh_reviewer_unknown(const char *state, const char *name, msh_err err, msh_error *why)
{
    char path[MSH_LOG_PATH];
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        if (public_path(state, name, 0, i, path, NULL) != MSH_OK || exists(path))
            return err;
    return msh_fail(why, MSH_E_NOBODY, "%s", name);
}

void msh_reviewer_dispose(msh_reviewer *r)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        msh_note_key_dispose(&r->keys[i]);
}

void msh_reviewer_put_vkeys(msh_json_writer *w, const msh_reviewer *r)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_buf vkey;
        msh_buf_init(&vkey, 4096);
        msh_note_key_write(&r->keys[i], &vkey);
        msh_jw_kstr(w, msh_profile_at(i)->vkey, msh_buf_view(&vkey));
        msh_buf_dispose(&vkey);
    }
}

/* --- making ----------------------------------------------------------------------------------- */

static msh_err make_in_files(const char *state, const msh_reviewer_new *job, msh_error *why)
{
    char path[MSH_LOG_PATH];
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_key *key;
        MSH_TRY(msh_key_generate(msh_profile_at(i)->alg, &key));
        msh_err err = private_path(state, job->name, i, path, why);
        if (err == MSH_OK)
            err = msh_keyfile_write_private(path, key, job->password, why);
        if (err == MSH_OK)
            err = public_path(state, job->name, 0, i, path, why);
        if (err == MSH_OK)
            err = msh_keyfile_write_public(path, key, why);
        msh_key_free(key);
        MSH_TRY(err);
    }
    return MSH_OK;
}

/* A device whose signature does not fit the public key would only be found out at a decision. */
static msh_err try_signer(const msh_reviewer_new *job, msh_key *keys[MSH_REVIEWER_KEYS],
                          msh_error *why)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        uint8_t signature[MSH_SIGNATURE_MAX];
        size_t n;
        if (!job->pub[i])
            return msh_fail(why, MSH_E_USAGE, "要有两把公钥 / both public keys are needed");
        MSH_TRY(msh_keyfile_load_public(job->pub[i], msh_profile_at(i)->alg, &keys[i], why));
        msh_err err = msh_key_set_signer(keys[i], job->signer);
        if (err == MSH_OK)
            err = msh_key_sign(keys[i], MSH_VIEW("mishen: a trial\n"), signature, &n);
        if (err != MSH_OK)
            return msh_fail(why, err, "%s: 签名与公钥不符或程序出错 / no signature by that key",
                            job->signer);
    }
    return MSH_OK;
}

static msh_err make_outside(const char *state, const msh_reviewer_new *job, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf line;
    msh_key *keys[MSH_REVIEWER_KEYS] = {NULL, NULL};
    msh_buf_init(&line, SIGNER_MAX - 2);
    msh_buf_printf(&line, "%s\n", job->signer);
    msh_err err = msh_buf_err(&line);
    if (err == MSH_OK)
        err = try_signer(job, keys, why);
    for (size_t i = 0; i < MSH_REVIEWER_KEYS && err == MSH_OK; i++) {
        err = public_path(state, job->name, 0, i, path, why);
        if (err == MSH_OK)
            err = msh_keyfile_write_public(path, keys[i], why);
    }
    if (err == MSH_OK)
        err = file_of(state, job->name, ".signer", path, why);
    if (err == MSH_OK)
        err = msh_file_replace(path, msh_buf_view(&line), why);
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        msh_key_free(keys[i]);
    msh_buf_dispose(&line);
    return err;
}

msh_err msh_reviewer_make(const char *state, const msh_reviewer_new *job, msh_error *why)
{
    char path[MSH_LOG_PATH];
    MSH_TRY(make_folder(state, why));
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        MSH_TRY(public_path(state, job->name, 0, i, path, why));
        if (exists(path))
            return msh_fail(why, MSH_E_EXISTS,
                            "%s（换钥匙用 mishen keys rotate / for new keys: mishen keys rotate）",
                            job->name);
    }
    return job->signer ? make_outside(state, job, why) : make_in_files(state, job, why);
}

static msh_err retire(const char *state, const char *name, msh_error *why)
{
    char from[MSH_LOG_PATH], to[MSH_LOG_PATH];
    unsigned generation = 1;
    for (;; generation++) {
        MSH_TRY(public_path(state, name, generation, 0, to, why));
        if (!exists(to) || generation == GENERATIONS)
            break;
    }
    for (size_t i = MSH_REVIEWER_KEYS; i-- > 0;) { /* the one that is looked for comes last */
        MSH_TRY(public_path(state, name, 0, i, from, why));
        MSH_TRY(public_path(state, name, generation, i, to, why));
        if (rename(from, to) != 0)
            return msh_fail_errno(why, MSH_E_STATE, "%s", from);
        MSH_TRY(private_path(state, name, i, from, why));
        (void)unlink(from);
    }
    MSH_TRY(file_of(state, name, ".signer", from, why));
    (void)unlink(from);
    MSH_TRY(msh_store_path(state, "reviewers", from, why));
    return msh_file_sync_dir(from, why);
}

msh_err msh_reviewer_rotate(const char *state, const msh_reviewer_new *job, msh_error *why)
{
    msh_reviewer r;
    msh_err err = msh_reviewer_public(state, job->name, 0, &r, why);
    msh_reviewer_dispose(&r);
    if (err != MSH_OK)
        return msh_reviewer_unknown(state, job->name, err, why);
    MSH_TRY(retire(state, job->name, why));
    return msh_reviewer_make(state, job, why);
}

/* --- listing ---------------------------------------------------------------------------------- */

static const char *how_kept(const char *state, const char *name)
{
    char path[MSH_LOG_PATH];
    msh_key *key = NULL;
    if (file_of(state, name, ".signer", path, NULL) == MSH_OK && exists(path))
        return "exec";
    if (private_path(state, name, 0, path, NULL) != MSH_OK || !exists(path))
        return "public";
    msh_err err = msh_keyfile_load_protected(path, msh_profile_at(0)->alg, NULL, &key, NULL);
    msh_key_free(key);
    return err == MSH_E_NO_ACCESS ? "password" : "file";
}

/* NAME of "NAME.sm3.pub.pem": every reviewer has one; those of earlier days have a number before.
 */
static bool name_of(const char *file, char out[MSH_REVIEWER_NAME + 1])
{
    static const char tail[] = ".sm3.pub.pem";
    size_t n = strlen(file), t = sizeof tail - 1;
    if (n <= t || n - t > MSH_REVIEWER_NAME || strcmp(file + n - t, tail) != 0)
        return false;
    memcpy(out, file, n - t);
    out[n - t] = '\0';
    const char *dot = strrchr(out, '.');
    bool numbered = dot && dot[1] && dot[1 + strspn(dot + 1, "0123456789")] == '\0';
    return !numbered && msh_reviewer_name_ok(out);
}

msh_err msh_reviewer_each(const char *state, msh_reviewer_visit visit, void *ctx, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_REVIEWER_NAME + 1];
    MSH_TRY(msh_store_path(state, "reviewers", path, why));
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? MSH_OK : msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        if (name_of(e->d_name, name))
            visit(ctx, name, how_kept(state, name));
    (void)closedir(d);
    return MSH_OK;
}
