/* file.c: reading, replacing and safely opening files. */
#define _GNU_SOURCE
#include "base/file.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { READ_STEP = 64 << 10 };

const char *msh_file_shown(const char *path, char out[MSH_FILE_SHOWN])
{
    msh_buf b;
    int sys = errno;
    msh_buf_init(&b, 4096);
    msh_escape_terminal(&b, msh_view_cut(msh_view_str(path), 0, 400));
    size_t n = b.len < MSH_FILE_SHOWN - 1 ? b.len : MSH_FILE_SHOWN - 1;
    if (n)
        memcpy(out, b.data, n);
    out[n] = '\0';
    msh_buf_dispose(&b);
    errno = sys;
    return out;
}

msh_err msh_file_named_failed(const char *path, msh_error *why)
{
    char name[MSH_FILE_SHOWN];
    return msh_fail_errno(why, MSH_E_NAMED, "%s", msh_file_shown(path, name));
}

static msh_err write_class(int sys)
{
    return sys == ENOSPC || sys == EDQUOT ? MSH_E_FULL : MSH_E_IO;
}

int64_t msh_file_pread(int fd, void *to, size_t n, uint64_t offset)
{
    size_t got = 0;
    while (got < n) {
        ssize_t r = pread(fd, (char *)to + got, n - got, (off_t)(offset + got));
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (int64_t)got;
}

/* At the ceiling one more byte decides: the end of the file, or too much. */
static msh_err read_all(int fd, msh_buf *out)
{
    uint8_t extra;
    for (;;) {
        size_t left = out->ceiling - out->len, want = left < READ_STEP ? left : READ_STEP;
        uint8_t *room = want ? msh_buf_room(out, want) : &extra;
        if (!room)
            return out->err;
        ssize_t r = read(fd, room, want ? want : 1);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return MSH_E_IO;
        if (r == 0)
            return MSH_OK;
        if (!want)
            return MSH_E_LIMIT_BUFFER;
        msh_buf_grew(out, (size_t)r);
    }
}

msh_err msh_file_read(const char *path, msh_buf *out, msh_error *why)
{
    char name[MSH_FILE_SHOWN];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", msh_file_shown(path, name));
    msh_err err = MSH_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        err = msh_fail(why, MSH_E_OPEN, "%s: not a regular file", msh_file_shown(path, name));
    } else {
        err = read_all(fd, out);
        if (err == MSH_E_IO)
            (void)msh_fail_errno(why, err, "%s", msh_file_shown(path, name));
        else if (err != MSH_OK)
            (void)msh_fail(why, err, "%s: larger than %zu bytes", msh_file_shown(path, name),
                           out->ceiling);
    }
    close(fd);
    return err;
}

/* Names the file behind fd, which its caller need not know any more. */
static msh_err write_failed(int fd, msh_error *why)
{
    char link[64], path[512], name[MSH_FILE_SHOWN];
    int sys = errno;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    errno = sys;
    return msh_fail_errno(why, write_class(sys), "%s",
                          n > 0 ? msh_file_shown(path, name) : "write");
}

msh_err msh_file_write_all(int fd, msh_view v, msh_error *why)
{
    size_t at = 0;
    while (at < v.len) {
        ssize_t r = write(fd, v.data + at, v.len - at);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return write_failed(fd, why);
        at += (size_t)r;
    }
    return MSH_OK;
}

msh_err msh_file_sync_dir(const char *path, msh_error *why)
{
    char name[MSH_FILE_SHOWN];
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", msh_file_shown(path, name));
    msh_err err = MSH_OK;
    if (fsync(fd) != 0)
        err = msh_fail_errno(why, write_class(errno), "fsync %s", msh_file_shown(path, name));
    close(fd);
    return err;
}

static void parent_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        (void)snprintf(out, size, ".");
    else if (slash == path)
        (void)snprintf(out, size, "/");
    else
        (void)snprintf(out, size, "%.*s", (int)(slash - path), path);
}

msh_err msh_file_replace(const char *path, msh_view v, msh_error *why)
{
    char name[MSH_FILE_SHOWN], temp[4096], folder[4096];
    int n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof temp)
        return msh_fail(why, MSH_E_OPEN, "%s: name too long", msh_file_shown(path, name));
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_OPEN, "%s",
                              msh_file_shown(temp, name));
    msh_err err = msh_file_write_all(fd, v, why);
    if (err == MSH_OK && fsync(fd) != 0)
        err = msh_fail_errno(why, write_class(errno), "fsync %s", msh_file_shown(temp, name));
    if (close(fd) != 0 && err == MSH_OK)
        err = msh_fail_errno(why, write_class(errno), "close %s", msh_file_shown(temp, name));
    if (err == MSH_OK && rename(temp, path) != 0)
        err = msh_fail_errno(why, write_class(errno), "rename %s", msh_file_shown(path, name));
    if (err != MSH_OK) {
        (void)unlink(temp);
        return err;
    }
    parent_of(path, folder, sizeof folder);
    return msh_file_sync_dir(folder, why);
}

msh_err msh_file_make_dirs(const char *path, msh_error *why)
{
    char part[4096], name[MSH_FILE_SHOWN];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part)
        return msh_fail(why, MSH_E_OPEN, "bad folder name");
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST && errno != EISDIR)
            return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_OPEN, "%s",
                                  msh_file_shown(part, name));
    }
    return MSH_OK;
}

/* For kernels before 5.6: walk by hand, refusing links and "..". */
static int open_by_steps(int dir, const char *name, int flags)
{
    char part[256];
    int at = dir;
    for (;;) {
        const char *slash = strchr(name, '/');
        size_t len = slash ? (size_t)(slash - name) : strlen(name);
        if (len >= sizeof part || (len == 2 && memcmp(name, "..", 2) == 0)) {
            errno = EXDEV;
            break;
        }
        memcpy(part, name, len);
        part[len] = '\0';
        int want = slash ? O_PATH | O_DIRECTORY : flags;
        int next = openat(at, len ? part : ".", want | O_NOFOLLOW | O_CLOEXEC);
        if (at != dir)
            close(at);
        if (!slash || next < 0)
            return next;
        at = next;
        name = slash + 1;
    }
    if (at != dir)
        close(at);
    return -1;
}

int msh_file_open_beneath(int dir, const char *name, int flags)
{
    flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    struct open_how how = {.flags = (uint64_t)(unsigned)flags,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, dir, name, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return open_by_steps(dir, name, flags);
    return (int)fd;
}
