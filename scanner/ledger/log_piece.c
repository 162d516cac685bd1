/* log_piece.c: one piece of a group: lines, fdatasync, signatures, checkpoints, fdatasync, state
 * (audit-log.md section 8). After an error nothing is tried again on the same descriptors. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/view.h"
#include "ledger/batch.h"
#include "ledger/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t SEGMENT_BYTES = 256ull << 20;

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

static msh_err rotate_segment(msh_log *l, const char *ts, uint64_t *n, msh_error *why)
{
    char body[120], name[40], path[MSH_LOG_PATH];
    msh_store_segment_name(l->state.seg_first, name);
    (void)snprintf(body, sizeof body, "{\"closed\":\"%s\"}", name);
    if (fsync(l->seg_fd) != 0 || fchmod(l->seg_fd, 0440) != 0)
        return msh_fail_errno(why, msh_log_io_class(errno), "%s", name);
    for (size_t p = 0; p < MSH_PROFILES; p++) /* a closed segment need not be read again */
        if (msh_log_has(l, p))
            (void)!msh_tiles_sync(&l->tiles[p]);
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
    for (size_t i = 0; i + 3 < MSH_GROUP_MAX && msh_cursor_left(group) > 0; i++) {
        msh_view name = next_frame(group), body = next_frame(group);
        if (!msh_cursor_ok(group) || name.len > MSH_RECORD_TYPE_MAX)
            return msh_fail(why, MSH_E_MEMORY, "group");
        memcpy(type, name.data, name.len);
        type[name.len] = '\0';
        msh_record_write(&l->out, type, body, (*n)++, ts);
    }
    return msh_buf_err(&l->out);
}

/* The next lines of l->out, as many as a batch takes. */
static msh_err take_lines(msh_view v, size_t *from, msh_batch *b)
{
    while (*from < v.len) {
        const uint8_t *lf = memchr(v.data + *from, '\n', v.len - *from);
        if (!lf)
            return MSH_E_MEMORY;
        msh_view line = msh_view_cut(v, *from, (size_t)(lf - v.data) - *from);
        if (!msh_batch_add(b, line))
            return b->n ? MSH_OK : MSH_E_MEMORY;
        *from += line.len + 1;
    }
    return MSH_OK;
}

static msh_err grow_tree(msh_log *l, size_t p, msh_batch *b, msh_tree *t)
{
    const uint8_t(*leaves)[MSH_HASH] = (const uint8_t(*)[MSH_HASH])b->leaves[p];
    MSH_TRY(msh_batch_hash(b, p));
    if (msh_log_has(l, p)) /* tiles that cannot be written are only missing later */
        (void)!msh_tiles_append(&l->tiles[p], t->size, leaves, b->n);
    return msh_tree_append_many(t, &l->hashers[p], leaves, b->n);
}

static msh_err grow_trees(msh_log *l, msh_tree trees[MSH_PROFILES])
{
    msh_batch *b = msh_batch_new();
    msh_err err = b ? MSH_OK : MSH_E_MEMORY;
    for (size_t from = 0; err == MSH_OK && from < l->out.len;) {
        msh_batch_reset(b, trees[0].size);
        err = take_lines(msh_buf_view(&l->out), &from, b);
        for (size_t p = 0; p < MSH_PROFILES && err == MSH_OK; p++)
            err = grow_tree(l, p, b, &trees[p]);
    }
    msh_batch_free(b);
    return err;
}

/* The latest checkpoint as a file of its own: a convenience, so it is not synced, and written once
 * a second at most, since replacing a file makes the next sync slower. */
void msh_log_show_latest(msh_log *l)
{
    char path[MSH_LOG_PATH], temp[MSH_LOG_PATH];
    if (l->latest.len == 0 || msh_store_path(l->dir, "checkpoint", path, NULL) != MSH_OK ||
        msh_store_path(l->dir, "checkpoint.new", temp, NULL) != MSH_OK)
        return;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return;
    bool whole = write(fd, l->latest.data, l->latest.len) == (ssize_t)l->latest.len;
    close(fd);
    if (!whole || rename(temp, path) != 0)
        (void)unlink(temp);
    msh_buf_reset(&l->latest);
    l->shown_ns = msh_clock_ns();
}

static void keep_latest(msh_log *l)
{
    msh_buf_reset(&l->latest);
    msh_buf_put_view(&l->latest, msh_buf_view(&l->note));
}

msh_err msh_log_sign(msh_log *l, size_t p, const msh_tree *t, msh_error *why)
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
    if (p == 0 || !msh_log_has(l, 0))
        keep_latest(l);
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

typedef struct sync_job {
    const msh_log *l;
    int failed[MSH_PROFILES]; /* errno */
} sync_job;

static void sync_one(void *ctx, size_t p)
{
    sync_job *j = ctx;
    if (msh_log_has(j->l, p) && fdatasync(j->l->cp_fd[p]) != 0)
        j->failed[p] = errno;
}

/* Both files at once: a disk needs one turn for two syncs that wait together. */
msh_err msh_log_sync_checkpoints(msh_log *l, msh_error *why)
{
    sync_job j = {.l = l};
    if (l->profiles == MSH_PROFILE_BOTH)
        msh_parallel(MSH_PROFILES, sync_one, &j);
    else
        for (size_t p = 0; p < MSH_PROFILES; p++)
            sync_one(&j, p);
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (j.failed[p]) {
            errno = j.failed[p];
            return msh_fail_errno(why, msh_log_io_class(errno), "fdatasync %s",
                                  msh_profile_at(p)->checkpoints);
        }
    return MSH_OK;
}

/* What stands before the caller's records: the first record of a key, of a segment, and that the
 * clock was set back. */
static msh_err form_before(msh_log *l, const char *ts, uint64_t *n, msh_error *why)
{
    char body[120];
    if (l->state.begin_due)
        msh_record_write(&l->out, "key.begin", MSH_VIEW("{}"), (*n)++, ts);
    if (rotation_due(l, ts))
        MSH_TRY(rotate_segment(l, ts, n, why));
    if (l->state.last_ts[0] && strcmp(ts, l->state.last_ts) < 0) {
        (void)snprintf(body, sizeof body, "{\"before\":\"%s\"}", l->state.last_ts);
        msh_record_write(&l->out, "clock", msh_view_str(body), (*n)++, ts);
    }
    return MSH_OK;
}

msh_err msh_log_write_piece(msh_log *l, msh_cursor *group, uint64_t *first, msh_error *why)
{
    const bool begins = group->at == 0; /* the records of a group have consecutive numbers */
    char ts[MSH_UTC_SIZE];
    msh_tree trees[MSH_PROFILES];
    uint64_t n = l->state.trees[0].size;
    msh_clock_format(msh_clock_utc_us(), ts);
    msh_buf_reset(&l->out);
    if (begins && !l->alone)
        MSH_TRY(form_before(l, ts, &n, why));
    *first = n;
    MSH_TRY(form_lines(l, group, ts, &n, why));
    memcpy(trees, l->state.trees, sizeof trees);
    MSH_TRY(msh_file_write_all(l->seg_fd, msh_buf_view(&l->out), why));
    MSH_TRY(grow_trees(l, trees));
    MSH_TRY(sync_fd(l->seg_fd, "segment", why));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(l, p))
            MSH_TRY(msh_log_sign(l, p, &trees[p], why));
    MSH_TRY(msh_log_sync_checkpoints(l, why));
    if (l->state.seg_bytes == 0)
        memcpy(l->state.month, ts, MSH_MONTH);
    l->state.seg_bytes += l->out.len;
    l->state.begin_due = false;
    memcpy(l->state.last_ts, ts, sizeof l->state.last_ts);
    memcpy(l->state.trees, trees, sizeof trees);
    if (msh_clock_ns() - l->shown_ns > 1000000000u)
        msh_log_show_latest(l);
    return msh_log_state_save(l, why);
}
