/* log_epoch.c: key epochs (audit-log.md section 5). The record key.next names the next key; the old
 * key signs a checkpoint of exactly that size and is destroyed; the next record is key.begin.
 *
 * Order: next key durable; key.next and its checkpoint durable; old public key kept for recovery;
 * old private key overwritten and replaced. Whatever is interrupted is finished by the next writer,
 * since LOG/state or the last record says that key.next was the last. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

msh_err msh_log_key_path(const msh_log *l, size_t p, const char *stem, const char *suffix,
                         char out[MSH_LOG_PATH], msh_error *why)
{
    char name[64];
    (void)snprintf(name, sizeof name, "keys/%s%s%s", stem, p ? ".sm3" : "", suffix);
    return msh_store_path(l->dir, name, out, why);
}

bool msh_log_epoch_due(const msh_log *l, size_t n)
{
    const msh_log_state *s = &l->state;
    uint64_t records = s->trees[0].size - s->epoch_first;
    int64_t age = msh_clock_utc_us() - s->epoch_us;
    return n > 0 && records > 1 &&
           (records + n > MSH_EPOCH_RECORDS || age < 0 ||
            age > (int64_t)MSH_EPOCH_SECONDS * 1000000);
}

static msh_err next_vkey(msh_log *l, size_t p, msh_buf *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_note_key k;
    msh_key *key;
    MSH_TRY(msh_log_key_path(l, p, "next", ".pem", path, why));
    MSH_TRY(msh_keyfile_load_or_make(path, msh_profile_at(p)->alg, &key, NULL, why));
    MSH_TRY(msh_note_key_init(&k, l->keys[p].name, key));
    msh_note_key_write(&k, out);
    msh_note_key_dispose(&k);
    return msh_buf_err(out);
}

static msh_err put_next(msh_log *l, msh_error *why)
{
    msh_buf body;
    msh_buf_init(&body, MSH_BODY_MAX);
    msh_err err = MSH_OK;
    for (size_t p = 0; p < MSH_PROFILES && err == MSH_OK; p++) {
        if (!msh_log_has(l, p))
            continue;
        msh_buf_printf(&body, "%c\"%s\":\"", body.len ? ',' : '{', msh_profile_at(p)->vkey);
        err = next_vkey(l, p, &body, why);
        msh_buf_put_byte(&body, '"');
    }
    msh_buf_put_byte(&body, '}');
    if (err == MSH_OK)
        err = msh_buf_err(&body);
    l->state.closed = true;
    if (err == MSH_OK)
        err = msh_log_put_one(l, "key.next", msh_buf_view(&body), why);
    msh_buf_dispose(&body);
    return err;
}

int msh_log_key_open(const char *path)
{
    return open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
}

void msh_log_key_overwrite(int fd)
{
    static const uint8_t zeros[512];
    struct stat st;
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0)
        for (off_t at = 0; at < st.st_size; at += (off_t)sizeof zeros)
            (void)!pwrite(fd, zeros, sizeof zeros, at);
    close(fd);
}

static msh_err replace_key(msh_log *l, size_t p, msh_error *why)
{
    char current[MSH_LOG_PATH], next[MSH_LOG_PATH], path[MSH_LOG_PATH];
    struct stat st;
    MSH_TRY(msh_log_key_path(l, p, "next", ".pem", next, why));
    if (lstat(next, &st) != 0)
        return MSH_OK; /* done before the interruption */
    MSH_TRY(msh_log_key_path(l, p, "log", ".pem", current, why));
    MSH_TRY(msh_log_key_path(l, p, "previous", ".pub.pem", path, why));
    MSH_TRY(msh_keyfile_write_public(path, l->keys[p].key, why));
    int old = msh_log_key_open(current);
    if (rename(next, current) != 0) {
        msh_err err = msh_fail_errno(why, msh_log_io_class(errno), "%s", current);
        if (old >= 0)
            close(old);
        return err;
    }
    msh_log_key_overwrite(old); /* it has no name any more */
    return MSH_OK;
}

static msh_err sign_end(msh_log *l, const msh_recovery *r, msh_error *why)
{
    bool any = false;
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_log_has(l, p) || !r || !r->unsigned_end[p])
            continue;
        MSH_TRY(msh_log_sign(l, p, &l->state.trees[p], why));
        any = true;
    }
    return any ? msh_log_sync_checkpoints(l, why) : MSH_OK;
}

msh_err msh_log_switch_key(msh_log *l, const msh_recovery *r, msh_error *why)
{
    char path[MSH_LOG_PATH];
    MSH_TRY(msh_log_load_keys(l, why)); /* another process may have got half way */
    MSH_TRY(sign_end(l, r, why));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(l, p))
            MSH_TRY(replace_key(l, p, why));
    MSH_TRY(msh_store_path(l->dir, "keys", path, why));
    MSH_TRY(msh_file_sync_dir(path, why));
    MSH_TRY(msh_log_load_keys(l, why));
    l->state.closed = false;
    l->state.begin_due = true;
    l->state.epoch_first = l->state.trees[0].size;
    l->state.epoch_us = msh_clock_utc_us();
    return msh_log_state_save(l, why);
}

msh_err msh_log_next_key(msh_log *l, msh_error *why)
{
    MSH_TRY(put_next(l, why));
    return msh_log_switch_key(l, NULL, why);
}

msh_err msh_log_previous_key(const msh_log *l, size_t p, msh_note_key *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_key *key;
    struct stat st;
    *out = (msh_note_key){0};
    MSH_TRY(msh_log_key_path(l, p, "previous", ".pub.pem", path, why));
    if (lstat(path, &st) != 0)
        return MSH_OK;
    MSH_TRY(msh_keyfile_load_public(path, msh_profile_at(p)->alg, &key, why));
    return msh_note_key_init(out, l->keys[p].name, key);
}
