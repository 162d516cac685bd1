/* log.c: the writer of the audit log (audit-log.md sections 2, 8): first use, groups, rotation, and
 * the one record that still fits on a full disk.
 *
 * Order of a commit: lines, fdatasync, signatures, checkpoints, fdatasync, state, acknowledge.
 * After an error nothing is tried again on the same descriptors. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/base64.h"
#include "crypto/keyfile.h"
#include "ledger/canon.h"
#include "ledger/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { GROUP_BYTES = 256 << 20, ENVELOPE = 120, RESERVE = 1 << 20, BODY_MAX = 64 << 10 };
static const uint64_t SEGMENT_BYTES = 256ull << 20;

/* --- first use -------------------------------------------------------------------------------- */

static msh_err read_boot_id(msh_log *l)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    int64_t n = fd >= 0 ? (int64_t)read(fd, l->boot, 36) : -1;
    if (fd >= 0)
        close(fd);
    if (n != 36)
        l->boot[0] = '\0'; /* no boot id: the state never counts */
    return MSH_OK;
}

/* flock and fdatasync mean little over a network. */
static msh_err refuse_network(const char *dir, msh_error *why)
{
    static const uint32_t magics[] = {0x6969 /* NFS */, 0xff534d42 /* CIFS */,
                                      0xfe534d42 /* SMB2 */};
    struct statfs fs;
    if (statfs(dir, &fs) != 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", dir);
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if ((uint32_t)fs.f_type == magics[i])
            return msh_fail(why, MSH_E_STATE,
                            "%s: 日志必须放在本机磁盘上 / a log must be on a local disk", dir);
    return MSH_OK;
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

static msh_err make_folders(const char *dir, msh_error *why)
{
    static const char *const parts[] = {"seg", "keys", "anchors", "quarantine"};
    char path[MSH_LOG_PATH];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        MSH_TRY(msh_store_path(dir, parts[i], path, why));
        MSH_TRY(msh_file_make_dirs(path, why));
    }
    return refuse_network(dir, why);
}

/* "local/<host name>", with what a note's name refuses taken out. */
static void default_origin(char out[MSH_LOG_ORIGIN + 1])
{
    char host[128] = "";
    (void)gethostname(host, sizeof host - 1);
    for (char *p = host; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '.' || *p == '-' || *p == '_';
        if (!plain)
            *p = '-';
    }
    (void)snprintf(out, MSH_LOG_ORIGIN + 1, "local/%s", host[0] ? host : "host");
}

static msh_err load_origin(msh_log *l, const char *wanted, msh_error *why)
{
    char path[MSH_LOG_PATH], line[MSH_LOG_ORIGIN + 2];
    struct stat st;
    MSH_TRY(msh_store_path(l->dir, "origin", path, why));
    if (lstat(path, &st) == 0) {
        MSH_TRY(msh_store_origin(l->dir, l->origin, why));
        if (wanted && strcmp(wanted, l->origin) != 0)
            return msh_fail(why, MSH_E_CONFIG, "日志的起源是 %s / the log has this origin",
                            l->origin);
        return MSH_OK;
    }
    if (wanted && (strlen(wanted) > MSH_LOG_ORIGIN || !msh_note_name_ok(msh_view_str(wanted))))
        return msh_fail(why, MSH_E_CONFIG, "not a name for a log (no blank, no '+')");
    if (wanted)
        (void)snprintf(l->origin, sizeof l->origin, "%s", wanted);
    else
        default_origin(l->origin);
    int n = snprintf(line, sizeof line, "%s\n", l->origin);
    return msh_file_replace(path, msh_view_of(line, (size_t)n), why);
}

/* A log that has lines keeps its keys: a new key beside old lines would make them worthless. */
static bool has_lines(const msh_log *l)
{
    char name[40], path[MSH_LOG_PATH];
    struct stat st;
    bool found = false;
    msh_store_segment_name(0, name);
    const char *const names[] = {name, "checkpoints", "checkpoints.sm3"};
    for (size_t i = 0; i < 3; i++)
        if (msh_store_path(l->dir, names[i], path, NULL) == MSH_OK && stat(path, &st) == 0 &&
            st.st_size > 0)
            found = true;
    return found;
}

static msh_err load_key(msh_log *l, size_t p, msh_error *why)
{
    char path[MSH_LOG_PATH], pub[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    const msh_profile *profile = msh_profile_at(p);
    msh_key *key = NULL;
    struct stat st;
    MSH_TRY(msh_store_path(l->dir, profile->private_key, path, why));
    MSH_TRY(msh_store_path(l->dir, profile->public_key, pub, why));
    if (lstat(path, &st) != 0 && has_lines(l))
        return msh_fail_errno(why, MSH_E_STATE, "%s", path);
    MSH_TRY(msh_keyfile_load_or_make(path, profile->alg, &key, NULL, why));
    msh_err err = MSH_OK;
    if (lstat(pub, &st) != 0)
        err = msh_keyfile_write_public(pub, key, why);
    if (err != MSH_OK) {
        msh_key_free(key);
        return err;
    }
    (void)snprintf(name, sizeof name, "%s%s", l->origin, profile->suffix);
    return msh_note_key_init(&l->keys[p], name, key);
}

/* Room to be given back when the disk is full. Where there is no room for it, a run would break off
 * in the middle: MSH_E_FULL before anything is scanned. Where it cannot be had for another reason
 * the log works without it. */
static msh_err make_reserve(const msh_log *l, msh_error *why)
{
    char path[MSH_LOG_PATH];
    if (msh_store_path(l->dir, "reserve", path, NULL) != MSH_OK)
        return MSH_OK;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == ENOSPC ? msh_fail_errno(why, MSH_E_FULL, "%s", path) : MSH_OK;
    int failed = posix_fallocate(fd, 0, RESERVE);
    close(fd);
    if (failed)
        (void)unlink(path);
    return failed == ENOSPC
               ? msh_fail(why, MSH_E_FULL, "%s：需要 %d KiB 空间 / needs that much room", path,
                          RESERVE >> 10)
               : MSH_OK;
}

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

/* --- a piece of a group ----------------------------------------------------------------------- */

static msh_view next_frame(msh_cursor *c)
{
    return msh_cursor_take(c, msh_cursor_u32le(c));
}

/* A segment is closed at 256 MiB or when a new month begins. */
static bool rotation_due(const msh_log *l, const char *ts)
{
    const msh_log_state *s = &l->state;
    return s->seg_bytes >= SEGMENT_BYTES ||
           (s->seg_bytes > 0 && s->month[0] && memcmp(s->month, ts, MSH_MONTH) != 0);
}

static msh_err rotate(msh_log *l, const char *ts, uint64_t *n, msh_error *why)
{
    char body[120], name[40], path[MSH_LOG_PATH];
    msh_store_segment_name(l->state.seg_first, name);
    (void)snprintf(body, sizeof body, "{\"closed\":\"%s\"}", name);
    if (fsync(l->seg_fd) != 0 || fchmod(l->seg_fd, 0440) != 0)
        return msh_fail_errno(why, msh_log_io_class(errno), "%s", name);
    l->state.seg_first = l->state.trees[0].size;
    l->state.seg_bytes = 0;
    MSH_TRY(msh_log_open_files(l, why));
    if (fsync(l->seg_fd) != 0)
        return msh_fail_errno(why, msh_log_io_class(errno), "segment");
    MSH_TRY(msh_store_path(l->dir, "seg", path, why));
    MSH_TRY(msh_file_sync_dir(path, why));
    msh_record_write(&l->out, "log.rotate", msh_view_str(body), (*n)++, ts);
    return MSH_OK;
}

/* Forms at most MSH_GROUP_MAX lines from the group into l->out. */
static msh_err form_lines(msh_log *l, msh_cursor *group, const char *ts, uint64_t *n,
                          msh_error *why)
{
    char type[MSH_RECORD_TYPE_MAX + 1];
    for (size_t i = 0; i + 1 < MSH_GROUP_MAX && msh_cursor_left(group) > 0; i++) {
        msh_view name = next_frame(group), body = next_frame(group);
        if (!msh_cursor_ok(group) || name.len > MSH_RECORD_TYPE_MAX)
            return msh_fail(why, MSH_E_MEMORY, "group");
        memcpy(type, name.data, name.len);
        type[name.len] = '\0';
        msh_record_write(&l->out, type, body, (*n)++, ts);
    }
    return msh_buf_err(&l->out);
}

static msh_err grow_trees(msh_log *l, msh_tree trees[MSH_PROFILES])
{
    msh_view v = msh_buf_view(&l->out);
    for (size_t from = 0; from < v.len;) {
        const uint8_t *lf = memchr(v.data + from, '\n', v.len - from);
        if (!lf)
            return MSH_E_MEMORY;
        msh_view line = msh_view_cut(v, from, (size_t)(lf - v.data) - from);
        for (size_t p = 0; p < MSH_PROFILES; p++)
            MSH_TRY(msh_tree_append(&trees[p], &l->hashers[p], line));
        from += line.len + 1;
    }
    return MSH_OK;
}

/* The latest checkpoint as a file of its own; a convenience, so it is not synced. */
static void publish_latest(const msh_log *l, msh_view note)
{
    char path[MSH_LOG_PATH], temp[MSH_LOG_PATH];
    if (msh_store_path(l->dir, "checkpoint", path, NULL) != MSH_OK ||
        msh_store_path(l->dir, "checkpoint.new", temp, NULL) != MSH_OK)
        return;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return;
    bool whole = write(fd, note.data, note.len) == (ssize_t)note.len;
    close(fd);
    if (!whole || rename(temp, path) != 0)
        (void)unlink(temp);
}

static msh_err sign_tree(msh_log *l, size_t p, const msh_tree *t, msh_error *why)
{
    uint8_t root[32];
    msh_buf text;
    msh_buf_init(&text, 4096);
    msh_buf_reset(&l->note);
    msh_err err = msh_tree_root(t, &l->hashers[p], root);
    if (err == MSH_OK) {
        msh_checkpoint_text(&text, l->keys[p].name, t->size, root);
        err = msh_buf_err(&text);
    }
    if (err == MSH_OK)
        err = msh_note_sign(&l->note, msh_buf_view(&text), &l->keys[p]);
    msh_buf_dispose(&text);
    if (err != MSH_OK)
        return msh_fail(why, err, "signing the checkpoint");
    if (p == 0)
        publish_latest(l, msh_buf_view(&l->note));
    msh_buf_put_byte(&l->note, '\n'); /* the separator, not part of the note */
    MSH_TRY(msh_buf_err(&l->note));
    MSH_TRY(msh_file_write_all(l->cp_fd[p], msh_buf_view(&l->note), why));
    l->state.cp_bytes[p] += l->note.len;
    return MSH_OK;
}

static msh_err sync_fd(int fd, const char *what, msh_error *why)
{
    if (fdatasync(fd) != 0)
        return msh_fail_errno(why, msh_log_io_class(errno), "fdatasync %s", what);
    return MSH_OK;
}

/* Steps of section 8 for one piece; on an error the files may be ahead of l->state. */
static msh_err write_piece(msh_log *l, msh_cursor *group, uint64_t *first, msh_error *why)
{
    const bool begins = group->at == 0; /* the records of a group have consecutive numbers */
    char ts[MSH_UTC_SIZE];
    msh_tree trees[MSH_PROFILES];
    uint64_t n = l->state.trees[0].size;
    msh_clock_format(msh_clock_utc_us(), ts);
    msh_buf_reset(&l->out);
    if (begins && rotation_due(l, ts))
        MSH_TRY(rotate(l, ts, &n, why));
    *first = n;
    MSH_TRY(form_lines(l, group, ts, &n, why));
    memcpy(trees, l->state.trees, sizeof trees);
    MSH_TRY(grow_trees(l, trees));
    MSH_TRY(msh_file_write_all(l->seg_fd, msh_buf_view(&l->out), why));
    MSH_TRY(sync_fd(l->seg_fd, "segment", why));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        MSH_TRY(sign_tree(l, p, &trees[p], why));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        MSH_TRY(sync_fd(l->cp_fd[p], msh_profile_at(p)->checkpoints, why));
    if (l->state.seg_bytes == 0)
        memcpy(l->state.month, ts, MSH_MONTH);
    l->state.seg_bytes += l->out.len;
    memcpy(l->state.trees, trees, sizeof trees);
    return msh_log_state_save(l, why);
}

static msh_err write_group(msh_log *l, uint64_t *first, msh_error *why)
{
    msh_cursor group = msh_cursor_of(msh_buf_view(&l->group));
    uint64_t at;
    bool begun = false;
    while (msh_cursor_left(&group) > 0) {
        MSH_TRY(write_piece(l, &group, &at, why));
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
    msh_buf_init(&l->group, BODY_MAX * 2);
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
    msh_buf_init(&body, BODY_MAX);
    msh_buf_put_str(&body, "{\"origin\":\"");
    msh_buf_put_str(&body, l->origin);
    msh_buf_put_str(&body, "\",\"profile\":\"both\",\"vkey\":\"");
    msh_note_key_write(&l->keys[0], &body);
    msh_buf_put_str(&body, "\",\"vkey_sm3\":\"");
    msh_note_key_write(&l->keys[1], &body);
    msh_buf_put_str(&body, "\"}");
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
        return MSH_OK;
    MSH_TRY(msh_log_recover(l, &r, why));
    if (l->state.trees[0].size == 0)
        return put_open(l, why);
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
    if (msh_log_recover(l, &r, NULL) == MSH_OK && l->state.trees[0].size > 0)
        if (put_recovery(l, &r, NULL) == MSH_OK)
            (void)!msh_log_put_one(l, "log.full", MSH_VIEW("{}"), NULL);
}

/* --- the interface ---------------------------------------------------------------------------- */

static msh_err open_locked(msh_log *l, const char *origin, msh_error *why)
{
    MSH_TRY(load_origin(l, origin, why));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        MSH_TRY(load_key(l, p, why));
        MSH_TRY(msh_hasher_init(&l->hashers[p], msh_profile_at(p)->digest));
    }
    MSH_TRY(make_reserve(l, why));
    return be_current(l, why);
}

static msh_err open_log(msh_log *l, const char *dir, const char *origin, msh_error *why)
{
    char path[MSH_LOG_PATH];
    (void)snprintf(l->dir, sizeof l->dir, "%s", dir);
    MSH_TRY(make_folders(dir, why));
    MSH_TRY(msh_store_path(dir, "lock", path, why));
    l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (l->lock_fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "%s", path);
    MSH_TRY(read_boot_id(l));
    MSH_TRY(lock(l, why));
    msh_err err = open_locked(l, origin, why);
    if (err == MSH_E_FULL)
        put_full(l);
    unlock(l);
    return err;
}

msh_err msh_log_open(const char *dir, const char *origin, msh_log **out, msh_error *why)
{
    *out = NULL;
    if (strlen(dir) >= MSH_LOG_PATH)
        return msh_fail(why, MSH_E_STATE, "log folder: name too long");
    msh_log *l = msh_calloc(1, sizeof *l);
    if (!l)
        return msh_fail(why, MSH_E_MEMORY, "log");
    l->lock_fd = l->seg_fd = l->cp_fd[0] = l->cp_fd[1] = -1;
    msh_buf_init(&l->group, GROUP_BYTES);
    msh_buf_init(&l->out, GROUP_BYTES + (GROUP_BYTES >> 1));
    msh_buf_init(&l->note, 8192);
    msh_err err = as_state(open_log(l, dir, origin, why), why);
    if (err != MSH_OK) {
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
    msh_buf_init(&b, 2 * BODY_MAX);
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
    msh_log_close_files(l);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_note_key_dispose(&l->keys[p]);
        msh_hasher_dispose(&l->hashers[p]);
    }
    msh_buf_dispose(&l->group);
    msh_buf_dispose(&l->out);
    msh_buf_dispose(&l->note);
    msh_free(l);
}
