/* source.c: what all sources share: dispatch, numbers and attributes of an item, reasons. */
#define _GNU_SOURCE
#include "source/source_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <errno.h>
#include <sys/xattr.h>

enum { LIST_ON_STACK = 4096, LIST_MOST = 1 << 20, VALUE_MOST = 65536 };

msh_err msh_source_next(msh_source *s, msh_source_item *item, bool *more, msh_error *why)
{
    *item = (msh_source_item){.fd = -1};
    *more = false;
    return s->next(s, item, more, why);
}

void msh_source_free(msh_source *s)
{
    if (s)
        s->free(s);
}

void msh_source_stat(msh_source_item *item, const struct stat *st)
{
    item->size = st->st_size > 0 ? (uint64_t)st->st_size : 0;
    item->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    item->ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
    item->dev = (uint64_t)st->st_dev;
    item->ino = (uint64_t)st->st_ino;
}

void msh_source_refuse(msh_source_item *item, msh_reason reason)
{
    item->fd = -1;
    item->has_reason = true;
    item->reason = reason;
}

msh_reason msh_source_special(mode_t mode)
{
    if (S_ISFIFO(mode))
        return MSH_REASON_FILE_FIFO;
    return S_ISSOCK(mode) ? MSH_REASON_FILE_SOCKET : MSH_REASON_FILE_DEVICE;
}

msh_reason msh_source_open_reason(int sys, bool *machine)
{
    *machine = sys == EMFILE || sys == ENFILE || sys == ENOMEM;
    switch (sys) {
    case EACCES:
    case EPERM:
        return MSH_REASON_FILE_NO_ACCESS;
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
        return MSH_REASON_FILE_VANISHED;
    case ENXIO:
        return MSH_REASON_FILE_SOCKET;
    case ENODEV:
        return MSH_REASON_FILE_DEVICE;
    default:
        return MSH_REASON_FILE_READ_ERROR;
    }
}

/* A NUL inside a value would end it early: it becomes a line end. */
static void end_lines(msh_buf *out, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (out->data[i] == 0)
            out->data[i] = '\n';
}

/* One attribute; false when it is there but could not be read. */
static bool put_attribute(int fd, const char *name, size_t len, msh_buf *out)
{
    static const char mine[] = "user.";
    if (len < sizeof mine - 1 || memcmp(name, mine, sizeof mine - 1) != 0)
        return true;
    size_t before = out->len;
    msh_buf_put(out, name, len + 1);
    uint8_t *room = msh_buf_room(out, VALUE_MOST + 1);
    ssize_t n = room ? fgetxattr(fd, name, room, VALUE_MOST) : -1;
    if (n < 0) {
        bool gone = room && errno == ENODATA;
        out->len = before;
        return gone;
    }
    size_t from = out->len;
    msh_buf_grew(out, (size_t)n);
    end_lines(out, from, out->len);
    msh_buf_put_byte(out, 0);
    return true;
}

static bool put_attributes(int fd, const char *list, size_t n, msh_buf *out)
{
    bool all = true;
    for (size_t at = 0; at < n;) {
        size_t len = strnlen(list + at, n - at);
        if (len == n - at)
            return false;
        all = put_attribute(fd, list + at, len, out) && all;
        at += len + 1;
    }
    return all;
}

msh_err msh_source_xattrs(int fd, msh_buf *out)
{
    char small[LIST_ON_STACK];
    msh_buf_reset(out);
    ssize_t n = flistxattr(fd, small, sizeof small);
    if (n == 0 || (n < 0 && errno == ENOTSUP))
        return MSH_OK;
    bool all = n > 0;
    if (n > 0) {
        all = put_attributes(fd, small, (size_t)n, out);
    } else if (errno == ERANGE) {
        char *list = msh_alloc(LIST_MOST);
        if (!list)
            return MSH_E_MEMORY;
        n = flistxattr(fd, list, LIST_MOST);
        all = n >= 0 && put_attributes(fd, list, (size_t)n, out);
        msh_free(list);
    }
    if (msh_buf_err(out) == MSH_E_MEMORY)
        return MSH_E_MEMORY;
    out->err = MSH_OK;
    if (!all)
        msh_buf_put(out, "\0", 2);
    return msh_buf_err(out);
}
