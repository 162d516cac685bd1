/* log.c: the writer of the audit log from outside: groups, recovery, and the one record that still
 * fits on a full disk. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/canon.h"
#include "ledger/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { GROUP_BYTES = 256 << 20, ENVELOPE = 120 };

static msh_err lock(msh_log *l, msh_error *why)
{
    while (flock(l->lock_fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return msh_fail_errno(why, MSH_E_STATE, "lock");
    return MSH_OK;
}

static void unlock(msh_log *l)
{
    (void)flock(l->lock_fd, LOCK_UN);
}

static msh_err as_state(msh_err err, msh_error *why)
{
    bool own = err == MSH_OK || err == MSH_E_FULL || err == MSH_E_MEMORY || msh_err_class(err) == 6;
    if (own)
        return err;
    if (why)
        why->code = MSH_E_STATE;
    return MSH_E_STATE;
}

static msh_err write_group(msh_log *l, uint64_t *first, msh_error *why)
{
    msh_cursor group = msh_cursor_of(msh_buf_view(&l->group));
    uint64_t at;
    bool begun = false;
    while (msh_cursor_left(&group) > 0) {
        MSH_TRY(msh_log_write_piece(l, &group, &at, why));
        if (!begun)
            *first = at;
        begun = true;
    }
    msh_buf_reset(&l->group);
    l->pending = 0;
    return MSH_OK;
}

msh_err msh_log_put_one(msh_log *l, const char *type, msh_view body, msh_error *why)
{
    msh_buf kept = l->group;
    uint64_t first;
    size_t pending = l->pending;
    msh_buf_init(&l->group, MSH_BODY_MAX * 2);
    l->pending = 0;
    msh_err err = msh_log_add(l, type, body, why);
    if (err == MSH_OK)
        err = write_group(l, &first, why);
    msh_buf_dispose(&l->group);
    l->group = kept;
    l->pending = pending;
    return err;
}

/* --- recovery and first record ---------------------------------------------------------------- */

static msh_err put_recovery(msh_log *l, const msh_recovery *r, msh_error *why)
{
    char body[400], hex[65] = "";
    if (r->torn)
        msh_hex32(r->torn_sha256, hex);
    (void)snprintf(body, sizeof body,
                   "{\"adopted\":%" PRIu64 ",\"checkpoint_bytes_cut\":%" PRIu64
                   ",\"quarantine\":\"%s\",\"torn_bytes\":%" PRIu64 ",\"torn_sha256\":\"%s\"}",
                   r->adopted, r->cut_bytes, r->quarantine, r->torn, hex);
    return msh_log_put_one(l, "log.recover", msh_view_str(body), why);
}

static msh_err put_open(msh_log *l, msh_error *why)
{
    msh_buf body;
    msh_buf_init(&body, MSH_BODY_MAX);
    msh_buf_printf(&body, "{\"origin\":\"%s\",\"profile\":\"%s\"", l->origin,
                   msh_profile_name(l->profiles));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_log_has(l, p))
            continue;
        msh_buf_printf(&body, ",\"%s\":\"", msh_profile_at(p)->vkey);
        msh_note_key_write(&l->keys[p], &body);
        msh_buf_put_byte(&body, '"');
    }
    msh_buf_put_byte(&body, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put_one(l, "log.open", msh_buf_view(&body), why);
    msh_buf_dispose(&body);
    return err;
}

/* Under the lock: l->state is what the files say. */
static msh_err be_current(msh_log *l, msh_error *why)
{
    msh_recovery r;
    if (msh_log_state_current(l))
        return l->state.closed ? msh_log_switch_key(l, NULL, why) : MSH_OK;
    MSH_TRY(msh_log_recover(l, &r, why));
    if (l->state.trees[0].size == 0)
        return put_open(l, why);
    if (l->state.closed)
        MSH_TRY(msh_log_switch_key(l, &r, why));
    if (r.adopted || r.torn || r.cut_bytes)
        return put_recovery(l, &r, why);
    return msh_log_state_save(l, why);
}

/* The disk is full: the reserve is released for one record that says so. Whether or not it can be
 * written, the caller gets MSH_E_FULL. */
static void put_full(msh_log *l)
{
    char path[MSH_LOG_PATH];
    msh_recovery r;
    msh_log_close_files(l);
    if (msh_store_path(l->dir, "reserve", path, NULL) != MSH_OK || unlink(path) != 0)
        return;
    msh_err err = msh_log_recover(l, &r, NULL);
    if (err == MSH_OK && l->state.closed)
        err = msh_log_switch_key(l, &r, NULL);
    if (err == MSH_OK && l->state.trees[0].size > 0)
        err = put_recovery(l, &r, NULL);
    if (err == MSH_OK && l->state.trees[0].size > 0)
        (void)!msh_log_put_one(l, "log.full", MSH_VIEW("{}"), NULL);
}

/* --- the interface ---------------------------------------------------------------------------- */

static msh_err open_lock_file(msh_log *l, msh_error *why)
{
    char path[MSH_LOG_PATH];
    MSH_TRY(msh_log_prepare(l, why));
    MSH_TRY(msh_store_path(l->dir, "lock", path, why));
    l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (l->lock_fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "%s", path);
    return MSH_OK;
}

msh_err msh_log_lock(msh_log *l, msh_error *why)
{
    MSH_TRY(open_lock_file(l, why));
    return lock(l, why);
}

static msh_err open_log(msh_log *l, const char *origin, msh_error *why)
{
    MSH_TRY(msh_log_lock(l, why));
    msh_err err = msh_log_load(l, origin, true, why);
    if (err == MSH_OK)
        err = be_current(l, why);
    if (err == MSH_E_FULL)
        put_full(l);
    unlock(l);
    return err;
}

msh_log *msh_log_new(const char *dir)
{
    msh_log *l = strlen(dir) < MSH_LOG_PATH ? msh_calloc(1, sizeof *l) : NULL;
    if (!l)
        return NULL;
    (void)snprintf(l->dir, sizeof l->dir, "%s", dir);
    l->lock_fd = l->seg_fd = l->cp_fd[0] = l->cp_fd[1] = -1;
    for (size_t p = 0; p < MSH_PROFILES; p++)
        for (size_t i = 0; i < MSH_TILE_LEVELS; i++)
            l->tiles[p].fd[i] = -1;
    msh_buf_init(&l->group, GROUP_BYTES);
    msh_buf_init(&l->out, GROUP_BYTES + (GROUP_BYTES >> 1));
    msh_buf_init(&l->note, 8192);
    msh_buf_init(&l->latest, 8192);
    return l;
}

msh_err msh_log_open(const char *dir, const char *origin, msh_log **out, msh_error *why)
{
    *out = NULL;
    if (strlen(dir) >= MSH_LOG_PATH)
        return msh_fail(why, MSH_E_STATE, "log folder: name too long");
    msh_log *l = msh_log_new(dir);
    if (!l)
        return msh_fail(why, MSH_E_MEMORY, "log");
    msh_err err = as_state(open_log(l, origin, why), why);
    if (err != MSH_OK) {
        l->dead = true;
        msh_log_close(l);
        return err;
    }
    *out = l;
    return MSH_OK;
}

/* Canonical form of a body that a caller wrote in another one. */
static msh_err canonical_body(msh_view body, msh_buf *out, msh_error *why)
{
    msh_arena a;
    msh_json *j;
    msh_arena_init(&a, 8 << 20);
    msh_err err = msh_json_read(&a, body, MSH_JSON_LOG, &j, why);
    if (err == MSH_OK) {
        msh_json_canonical(out, j);
        err = msh_buf_err(out);
    }
    msh_arena_dispose(&a);
    return err == MSH_E_MEMORY ? err : err == MSH_OK ? MSH_OK : MSH_E_USAGE;
}

static msh_err add_canonical(msh_log *l, const char *type, msh_view body, msh_error *why)
{
    if (!msh_record_type_ok(type) || body.len + ENVELOPE > MSH_RECORD_MAX || body.len == 0 ||
        body.data[0] != '{')
        return msh_fail(why, MSH_E_USAGE, "a record that is too long, or no object");
    size_t type_len = strlen(type);
    msh_buf_put_u32(&l->group, (uint32_t)type_len);
    msh_buf_put(&l->group, type, type_len);
    msh_buf_put_u32(&l->group, (uint32_t)body.len);
    msh_buf_put_view(&l->group, body);
    if (msh_buf_err(&l->group) != MSH_OK) {
        l->dead = true;
        return msh_fail(why, msh_buf_err(&l->group), "records of a group");
    }
    l->pending++;
    return MSH_OK;
}

msh_err msh_log_add(msh_log *l, const char *type, msh_view body, msh_error *why)
{
    msh_buf b;
    if (l->dead)
        return msh_fail(why, MSH_E_STATE, "the log was given up after an error");
    if (msh_canon_is(body))
        return add_canonical(l, type, body, why);
    msh_buf_init(&b, 2 * MSH_BODY_MAX);
    msh_err err = canonical_body(body, &b, why);
    if (err == MSH_OK)
        err = add_canonical(l, type, msh_buf_view(&b), why);
    msh_buf_dispose(&b);
    return err;
}

size_t msh_log_pending(const msh_log *l)
{
    return l->pending;
}

msh_err msh_log_commit(msh_log *l, uint64_t *first_index, msh_error *why)
{
    uint64_t first;
    if (l->dead)
        return msh_fail(why, MSH_E_STATE, "the log was given up after an error");
    MSH_TRY(lock(l, why));
    msh_err err = be_current(l, why);
    if (err == MSH_OK && msh_log_epoch_due(l, l->pending))
        err = msh_log_next_key(l, why);
    first = l->state.trees[0].size;
    if (err == MSH_OK && l->pending)
        err = write_group(l, &first, why);
    if (first_index)
        *first_index = first;
    if (err == MSH_E_FULL)
        put_full(l);
    l->dead = err != MSH_OK;
    unlock(l);
    return err;
}

msh_err msh_log_end(msh_log *l, msh_error *why)
{
    if (l->dead)
        return msh_fail(why, MSH_E_STATE, "the log was given up after an error");
    MSH_TRY(lock(l, why));
    msh_err err = be_current(l, why);
    if (err == MSH_OK && !l->state.begin_due)
        err = msh_log_next_key(l, why);
    if (err == MSH_E_FULL)
        put_full(l);
    l->dead = err != MSH_OK;
    unlock(l);
    return err;
}

const char *msh_log_origin(const msh_log *l)
{
    return l->origin;
}

uint64_t msh_log_size(const msh_log *l)
{
    return l->state.trees[0].size;
}

void msh_log_root(const msh_log *l, char out[48])
{
    uint8_t root[32];
    msh_hasher h;
    msh_buf text;
    out[0] = '\0';
    msh_buf_init(&text, 64);
    if (msh_hasher_init(&h, MSH_DIGEST_SHA256) != MSH_OK)
        return;
    if (msh_tree_root(&l->state.trees[0], &h, root) == MSH_OK) {
        msh_base64_encode(&text, msh_view_of(root, sizeof root));
        if (text.len == 44) {
            memcpy(out, text.data, 44);
            out[44] = '\0';
        }
    }
    msh_buf_dispose(&text);
    msh_hasher_dispose(&h);
}

void msh_log_close(msh_log *l)
{
    if (!l)
        return;
    if (!l->dead)
        msh_log_show_latest(l);
    msh_log_close_files(l);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_note_key_dispose(&l->keys[p]);
        msh_hasher_dispose(&l->hashers[p]);
        msh_tiles_close(&l->tiles[p]);
    }
    msh_buf_dispose(&l->group);
    msh_buf_dispose(&l->out);
    msh_buf_dispose(&l->note);
    msh_buf_dispose(&l->latest);
    msh_free(l);
}
