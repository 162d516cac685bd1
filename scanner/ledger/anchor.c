/* anchor.c: witnesses: whom a verifier trusts, and being one. */
#define _GNU_SOURCE
#include "ledger/anchor.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 16, SEEN_MAX = 1024 };

/* --- whom to trust ---------------------------------------------------------------------------- */

static msh_err add_witness(msh_witnesses *w, msh_view line)
{
    msh_note_key *k = &w->keys[w->n];
    if (line.len == 0 || line.data[0] == '#')
        return MSH_OK;
    if (w->n == MSH_WITNESSES)
        return MSH_E_EVIDENCE;
    MSH_TRY(msh_note_key_read(k, line));
    w->n++;
    return k->witness ? MSH_OK : MSH_E_EVIDENCE;
}

msh_err msh_witnesses_read(msh_witnesses *w, const char *path, msh_error *why)
{
    msh_buf b;
    *w = (msh_witnesses){0};
    msh_buf_init(&b, FILE_MAX);
    msh_err err = msh_file_read(path, &b, why);
    msh_view v = msh_buf_view(&b);
    for (size_t at = 0; at < v.len && err == MSH_OK;) {
        size_t lf = msh_view_find(v, MSH_VIEW("\n"), at);
        size_t end = lf == SIZE_MAX ? v.len : lf;
        err = add_witness(w, msh_view_cut(v, at, end - at));
        if (err != MSH_OK)
            (void)msh_fail(why, err, "%s: 不是见证人的公钥 / not a key of a witness", path);
        at = end + 1;
    }
    msh_buf_dispose(&b);
    if (err != MSH_OK)
        msh_witnesses_dispose(w);
    return err;
}

void msh_witnesses_dispose(msh_witnesses *w)
{
    for (size_t i = 0; i < w->n; i++)
        msh_note_key_dispose(&w->keys[i]);
    w->n = 0;
}

msh_err msh_anchor_checkpoint(msh_view text, const char *origin, size_t *profile,
                              msh_checkpoint *out)
{
    char name[MSH_LOG_ORIGIN + 8];
    for (*profile = 0; *profile < MSH_PROFILES; ++*profile) {
        (void)snprintf(name, sizeof name, "%s%s", origin, msh_profile_at(*profile)->suffix);
        if (msh_checkpoint_read(text, name, out) == MSH_OK)
            return MSH_OK;
    }
    return MSH_E_EVIDENCE;
}

/* --- being one -------------------------------------------------------------------------------- */

static msh_err load_key(msh_witness *w, const char *name, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_key *key;
    msh_buf vkey;
    MSH_TRY(msh_store_path(w->folder, "witness.pem", path, why));
    MSH_TRY(msh_keyfile_load_or_make(path, MSH_KEY_ED25519, &key, NULL, why));
    msh_err err = msh_note_key_init_witness(&w->key, name, key);
    if (err != MSH_OK)
        return msh_fail(why, MSH_E_USAGE, "not a name for a witness");
    MSH_TRY(msh_store_path(w->folder, "witness.vkey", path, why));
    msh_buf_init(&vkey, 4096);
    msh_note_key_write(&w->key, &vkey);
    msh_buf_put_byte(&vkey, '\n');
    err = msh_buf_err(&vkey);
    if (err == MSH_OK)
        err = msh_file_replace(path, msh_buf_view(&vkey), why);
    msh_buf_dispose(&vkey);
    return err;
}

msh_err msh_witness_open(msh_witness *w, const char *state, const char *name, msh_error *why)
{
    char path[MSH_LOG_PATH];
    *w = (msh_witness){.lock = -1};
    MSH_TRY(msh_store_path(state, "witness", w->folder, why));
    MSH_TRY(msh_file_make_dirs(w->folder, why));
    MSH_TRY(msh_store_path(w->folder, "lock", path, why));
    w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->lock < 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", path);
    while (flock(w->lock, LOCK_EX) != 0 && errno == EINTR) {
    }
    return load_key(w, name, why);
}

void msh_witness_close(msh_witness *w)
{
    if (w->lock >= 0)
        close(w->lock);
    w->lock = -1;
    msh_note_key_dispose(&w->key);
}

/* A file for each tree, by the hash of its name: names may hold '/'. */
static msh_err seen_path(const msh_witness *w, const char *name, char out[MSH_LOG_PATH],
                         msh_error *why)
{
    uint8_t hash[32];
    char hex[65], file[80];
    MSH_TRY(msh_sha256(msh_view_str(name), hash));
    msh_hex32(hash, hex);
    (void)snprintf(file, sizeof file, "%.32s.seen", hex);
    return msh_store_path(w->folder, file, out, why);
}

msh_err msh_witness_last(const msh_witness *w, const char *name, msh_checkpoint *out,
                         msh_error *why)
{
    char path[MSH_LOG_PATH];
    struct stat st;
    msh_buf b;
    *out = (msh_checkpoint){0};
    MSH_TRY(seen_path(w, name, path, why));
    if (lstat(path, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_buf_init(&b, SEEN_MAX);
    msh_err err = msh_file_read(path, &b, why);
    if (err == MSH_OK && msh_checkpoint_read(msh_buf_view(&b), name, out) != MSH_OK)
        err = msh_fail(why, MSH_E_STATE, "%s: malformed", path);
    msh_buf_dispose(&b);
    return err;
}

msh_err msh_witness_forget(const msh_witness *w, const char *name, msh_checkpoint *last,
                           msh_error *why)
{
    char path[MSH_LOG_PATH], kept[MSH_LOG_PATH];
    MSH_TRY(seen_path(w, name, path, why));
    int n = snprintf(kept, sizeof kept, "%s.lost-%" PRIu64, path, last->size);
    if (n < 0 || n >= (int)sizeof kept || rename(path, kept) != 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", path);
    *last = (msh_checkpoint){0};
    return MSH_OK;
}

static msh_err check_growth(const msh_checkpoint *last, const msh_checkpoint *now, size_t profile,
                            msh_view proof, msh_error *why)
{
    msh_hasher h;
    if (now->size < last->size)
        return msh_fail(why, MSH_E_EVIDENCE_LOST,
                        "回退：上次见到 %" PRIu64 " 条，现在只有 %" PRIu64
                        " 条，不予签名 / a rollback, not cosigned",
                        last->size, now->size);
    if (last->size == 0)
        return MSH_OK;
    MSH_TRY(msh_hasher_init(&h, msh_profile_at(profile)->digest));
    msh_err err =
        msh_tree_check_consistency(&h, last->size, now->size, last->root, now->root, proof);
    msh_hasher_dispose(&h);
    if (err == MSH_E_EVIDENCE)
        return msh_fail(why, err,
                        "分叉：与上次见到的前 %" PRIu64
                        " 条不一致，不予签名 / a fork, or no proof from that size: not cosigned",
                        last->size);
    return err;
}

msh_err msh_witness_cosign(msh_witness *w, const char *name, msh_view bytes, msh_view proof,
                           msh_buf *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_note note;
    msh_checkpoint last, now;
    if (msh_note_read(bytes, &note) != MSH_OK ||
        msh_checkpoint_read(note.text, name, &now) != MSH_OK)
        return msh_fail(why, MSH_E_EVIDENCE, "不是检查点 / not a checkpoint");
    size_t n = strlen(name);
    size_t profile = n > 4 && strcmp(name + n - 4, "/sm3") == 0;
    MSH_TRY(msh_witness_last(w, name, &last, why));
    MSH_TRY(check_growth(&last, &now, profile, proof, why));
    MSH_TRY(seen_path(w, name, path, why));
    MSH_TRY(msh_file_replace(path, note.text, why)); /* remembered before it is said */
    msh_buf_put_view(out, bytes);
    msh_err err = msh_note_cosign(out, note.text, &w->key, (uint64_t)msh_clock_utc_us() / 1000000);
    return err == MSH_OK ? MSH_OK : msh_fail(why, err, "cosigning");
}
