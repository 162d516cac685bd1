/* copy.c: copies of state folders and logs: links and special files are not ours and are left. */
#define _GNU_SOURCE
#include "scan/copy.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "ledger/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 1 << 20, DEPTH = 16 };

static msh_err copy_bytes(int from, int to, const char *name, msh_error *why)
{
    msh_buf room;
    msh_buf_init(&room, STEP);
    uint8_t *p = msh_buf_room(&room, STEP);
    msh_err err = p ? MSH_OK : MSH_E_MEMORY;
    for (uint64_t at = 0; err == MSH_OK;) {
        int64_t n = msh_file_pread(from, p, STEP, at);
        if (n < 0)
            err = msh_fail_errno(why, MSH_E_IO, "%s", name);
        if (n <= 0)
            break;
        err = msh_file_write_all(to, msh_view_of(p, (size_t)n), why);
        at += (uint64_t)n;
    }
    if (err == MSH_OK && fsync(to) != 0)
        err = msh_fail_errno(why, MSH_E_IO, "%s", name);
    msh_buf_dispose(&room);
    return err;
}

msh_err msh_copy_file(const char *from, const char *to, const char *name, unsigned mode,
                      msh_error *why)
{
    char a[MSH_LOG_PATH], b[MSH_LOG_PATH];
    MSH_TRY(msh_store_path(from, name, a, why));
    MSH_TRY(msh_store_path(to, name, b, why));
    int in = open(a, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (in < 0)
        return errno == ENOENT ? MSH_OK : msh_fail_errno(why, MSH_E_OPEN, "%s", a);
    int out = open(b, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    msh_err err = out < 0 ? msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_OPEN, "%s", b)
                          : copy_bytes(in, out, b, why);
    close(in);
    if (out >= 0)
        close(out);
    return err;
}

static msh_err copy_folder(msh_copy_job *c, const char *rel, int depth, msh_error *why);

static msh_err copy_entry(msh_copy_job *c, const char *rel, int depth, msh_error *why)
{
    char path[MSH_LOG_PATH];
    struct stat st;
    if (c->leave && c->leave(c->ctx, rel))
        return MSH_OK;
    MSH_TRY(msh_store_path(c->from, rel, path, why));
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? MSH_OK : msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    if (S_ISDIR(st.st_mode))
        return copy_folder(c, rel, depth + 1, why);
    if (!S_ISREG(st.st_mode))
        return MSH_OK;
    c->files++;
    return msh_copy_file(c->from, c->to, rel, c->mode ? c->mode : st.st_mode & 0777, why);
}

static msh_err copy_folder(msh_copy_job *c, const char *rel, int depth, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_PATH];
    if (depth > DEPTH)
        return msh_fail(why, MSH_E_LIMIT_DEPTH, "%s", rel);
    MSH_TRY(msh_store_path(c->from, rel, path, why));
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? MSH_OK : msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    msh_err err = msh_store_path(c->to, rel, path, why);
    if (err == MSH_OK)
        err = msh_file_make_dirs(path, why);
    for (struct dirent *e = readdir(d); e && err == MSH_OK; e = readdir(d)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int n = snprintf(name, sizeof name, "%s%s%s", rel, rel[0] ? "/" : "", e->d_name);
        err = n > 0 && n < (int)sizeof name ? copy_entry(c, name, depth, why)
                                            : msh_fail(why, MSH_E_OPEN, "%s", path);
    }
    (void)closedir(d);
    if (err == MSH_OK)
        err = msh_store_path(c->to, rel, path, why);
    return err == MSH_OK ? msh_file_sync_dir(path, why) : err;
}

msh_err msh_copy_tree(msh_copy_job *job, msh_error *why)
{
    job->files = 0;
    return copy_folder(job, "", 0, why);
}
