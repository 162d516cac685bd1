/* log_state.c: LOG/state, a cache that counts only with the same boot id and the same sizes
 * (audit-log.md section 8, recovery rule 1): after a power loss it may be newer than the data. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATE_MAX = 16 << 10, MAGIC = 0x32485a4d };

msh_err msh_log_io_class(int sys)
{
    return sys == ENOSPC || sys == EDQUOT ? MSH_E_FULL : MSH_E_IO;
}

static void put_tree(msh_buf *out, const msh_tree *t)
{
    msh_buf_put_u64(out, t->size);
    for (unsigned i = 0; i < MSH_TREE_LEVELS; i++)
        if (t->size >> i & 1)
            msh_buf_put(out, t->frontier[i], MSH_HASH);
}

static void encode(msh_buf *out, const msh_log *l)
{
    const msh_log_state *s = &l->state;
    msh_buf_put_u32(out, MAGIC);
    msh_buf_put(out, l->boot, sizeof l->boot);
    msh_buf_put_u64(out, s->seg_first);
    msh_buf_put_u64(out, s->seg_bytes);
    msh_buf_put_u64(out, s->epoch_first);
    msh_buf_put_u64(out, (uint64_t)s->epoch_us);
    msh_buf_put_byte(out, s->closed);
    msh_buf_put_byte(out, s->begin_due);
    msh_buf_put(out, s->month, sizeof s->month);
    msh_buf_put(out, s->last_ts, sizeof s->last_ts);
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        msh_buf_put(out, l->keys[i].id, 4);
        msh_buf_put_u64(out, s->cp_bytes[i]);
        put_tree(out, &s->trees[i]);
    }
}

msh_err msh_log_state_save(msh_log *l, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf b;
    MSH_TRY(msh_store_path(l->dir, "state", path, why));
    msh_buf_init(&b, STATE_MAX);
    encode(&b, l);
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_sha256(msh_buf_view(&b), l->state_digest);
    msh_buf_put(&b, l->state_digest, 32);
    int fd = err == MSH_OK ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    /* A state that is not written whole does not fit its digest: it is only slower next time. */
    if (fd >= 0) {
        ssize_t n = pwrite(fd, b.data, b.len, 0);
        if (n == (ssize_t)b.len)
            (void)!ftruncate(fd, n);
        close(fd);
    }
    msh_buf_dispose(&b);
    return err;
}

static void get_tree(msh_cursor *c, msh_tree *t)
{
    t->size = msh_cursor_u64le(c);
    for (unsigned i = 0; i < MSH_TREE_LEVELS; i++) {
        msh_view v = t->size >> i & 1 ? msh_cursor_take(c, MSH_HASH) : (msh_view){0};
        if (v.len)
            memcpy(t->frontier[i], v.data, MSH_HASH);
    }
}

static void get_bytes(msh_cursor *c, void *to, size_t n)
{
    msh_view v = msh_cursor_take(c, n);
    if (v.len == n)
        memcpy(to, v.data, n);
}

static bool decode(msh_view v, const msh_log *l, msh_log_state *s)
{
    msh_cursor c = msh_cursor_of(v);
    bool same = msh_cursor_u32le(&c) == MAGIC;
    msh_view boot = msh_cursor_take(&c, sizeof l->boot);
    same = same && boot.len && memcmp(boot.data, l->boot, sizeof l->boot) == 0 && l->boot[0];
    *s = (msh_log_state){0};
    s->seg_first = msh_cursor_u64le(&c);
    s->seg_bytes = msh_cursor_u64le(&c);
    s->epoch_first = msh_cursor_u64le(&c);
    s->epoch_us = (int64_t)msh_cursor_u64le(&c);
    s->closed = msh_cursor_u8(&c);
    s->begin_due = msh_cursor_u8(&c);
    get_bytes(&c, s->month, sizeof s->month);
    get_bytes(&c, s->last_ts, sizeof s->last_ts);
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        get_bytes(&c, s->key_ids[i], 4);
        s->cp_bytes[i] = msh_cursor_u64le(&c);
        get_tree(&c, &s->trees[i]);
    }
    return same && msh_cursor_ok(&c) && msh_cursor_left(&c) == 0 && s->month[MSH_MONTH] == '\0' &&
           s->last_ts[MSH_UTC_SIZE - 1] == '\0' && s->trees[0].size == s->trees[1].size;
}

static bool sizes_agree(const msh_log *l, const msh_log_state *s)
{
    struct stat st;
    if (l->seg_fd < 0 || fstat(l->seg_fd, &st) != 0 || (uint64_t)st.st_size != s->seg_bytes)
        return false;
    for (size_t i = 0; i < MSH_PROFILES; i++)
        if (msh_log_has(l, i) && (l->cp_fd[i] < 0 || fstat(l->cp_fd[i], &st) != 0 ||
                                  (uint64_t)st.st_size != s->cp_bytes[i]))
            return false;
    return true;
}

static bool keys_agree(const msh_log *l)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(l, p) && memcmp(l->keys[p].id, l->state.key_ids[p], 4) != 0)
            return false;
    return true;
}

/* The state of another process: its files may be other ones (a new segment), and its keys. */
static bool take_over(msh_log *l, const msh_log_state *s, const uint8_t digest[32])
{
    bool other_segment = l->seg_fd < 0 || s->seg_first != l->state.seg_first;
    l->state = *s;
    memcpy(l->state_digest, digest, 32);
    if (other_segment && msh_log_open_files(l, NULL) != MSH_OK)
        return false;
    if (!keys_agree(l) && !s->closed && (msh_log_load_keys(l, NULL) != MSH_OK || !keys_agree(l)))
        return false;
    return sizes_agree(l, s);
}

bool msh_log_state_current(msh_log *l)
{
    char path[MSH_LOG_PATH];
    uint8_t digest[32];
    msh_log_state s;
    msh_buf b;
    if (msh_store_path(l->dir, "state", path, NULL) != MSH_OK)
        return false;
    msh_buf_init(&b, STATE_MAX);
    bool good = msh_file_read(path, &b, NULL) == MSH_OK && b.len > 32;
    if (good) {
        msh_view body = msh_view_of(b.data, b.len - 32);
        good = msh_sha256(body, digest) == MSH_OK && memcmp(digest, b.data + body.len, 32) == 0 &&
               decode(body, l, &s);
    }
    msh_buf_dispose(&b);
    if (!good)
        return false;
    if (memcmp(digest, l->state_digest, 32) == 0 && sizes_agree(l, &s))
        return true;
    return take_over(l, &s, digest);
}

static int open_append(const char *path)
{
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
}

msh_err msh_log_open_files(msh_log *l, msh_error *why)
{
    char name[40], path[MSH_LOG_PATH];
    msh_log_close_files(l);
    msh_store_segment_name(l->state.seg_first, name);
    MSH_TRY(msh_store_path(l->dir, name, path, why));
    l->seg_fd = open_append(path);
    if (l->seg_fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "%s", path);
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        if (!msh_log_has(l, i))
            continue;
        MSH_TRY(msh_store_path(l->dir, msh_profile_at(i)->checkpoints, path, why));
        l->cp_fd[i] = open_append(path);
        if (l->cp_fd[i] < 0)
            return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "%s", path);
    }
    return MSH_OK;
}

void msh_log_close_files(msh_log *l)
{
    if (l->seg_fd >= 0)
        close(l->seg_fd);
    l->seg_fd = -1;
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        if (l->cp_fd[i] >= 0)
            close(l->cp_fd[i]);
        l->cp_fd[i] = -1;
    }
}
