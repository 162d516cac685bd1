/* src_dir.c: a folder and all beneath it, or one file (safety.md section 4).
 *
 * Every name is opened beneath the folder that holds it and never through a link. A folder is read
 * at once and sorted by bytes. There is no limit on depth or length of paths: the folders on the
 * way are held as descriptors, the deepest ones only, and found again from the root when needed,
 * refusing one that is not the same any more. Nothing that is no regular file is opened for
 * reading. */
#define _GNU_SOURCE
#include "source/source_impl.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    KEPT = 64,       /* descriptors of the deepest folders */
    REOPENED = 32,   /* of these found again at once */
    PIECE = 4000,    /* of a path in one call */
    ENTRIES = 65536, /* bytes of folder entries in one call */
    PATH_MOST = 64 << 20,
    CLOSED = -1,
    LOST = -2 /* not the folder it was */
};

/* The kernel's record of getdents64. */
typedef struct dirent64_record {
    uint64_t ino;
    int64_t off;
    uint16_t reclen;
    uint8_t type;
    char name[];
} dirent64_record;

/* A folder being walked. An entry in `names` is a byte of type (DT_*), the name, a NUL. */
typedef struct level {
    msh_buf names;
    uint32_t *order; /* offsets in names, sorted */
    size_t n, cap, next;
    int fd;
    dev_t dev;
    ino_t ino;
    size_t path_len;
} level;

typedef struct dir_source {
    msh_source base;
    level *levels;
    size_t depth, cap;
    msh_buf path, xattrs, link;
    size_t rel_at; /* where rel begins in path */
    uint8_t *entries;
    char real_root[PATH_MAX]; /* empty when /proc does not tell */
    bool is_file, given;      /* the root is one file; it was handed out */
    bool has_reason;
    msh_reason reason; /* of a root that cannot be read */
} dir_source;

/* --- reading a folder --------------------------------------------------------------------------
 */

static int compare_names(const void *a, const void *b, void *names)
{
    const char *base = (const char *)names + 1;
    return strcmp(base + *(const uint32_t *)a, base + *(const uint32_t *)b);
}

static msh_err add_entry(level *l, const dirent64_record *e)
{
    if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
        return MSH_OK;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        uint32_t *order = msh_realloc(l->order, cap * sizeof *order);
        if (!order)
            return MSH_E_MEMORY;
        l->order = order;
        l->cap = cap;
    }
    l->order[l->n] = (uint32_t)l->names.len;
    msh_buf_put_byte(&l->names, e->type);
    msh_buf_put(&l->names, e->name, strlen(e->name) + 1);
    MSH_TRY(msh_buf_err(&l->names));
    l->n++;
    return MSH_OK;
}

/* *whole: false when the folder could not be read to its end. */
static msh_err read_entries(dir_source *d, level *l, bool *whole)
{
    *whole = true;
    for (;;) {
        long got = syscall(SYS_getdents64, l->fd, d->entries, (size_t)ENTRIES);
        if (got < 0)
            *whole = false;
        if (got <= 0)
            break;
        for (long at = 0; at < got;) {
            const dirent64_record *e = (const void *)(d->entries + at);
            MSH_TRY(add_entry(l, e));
            at += e->reclen;
        }
    }
    if (l->n > 1)
        qsort_r(l->order, l->n, sizeof l->order[0], compare_names, l->names.data);
    return MSH_OK;
}

static void drop_level(level *l)
{
    msh_buf_dispose(&l->names);
    msh_free(l->order);
    if (l->fd >= 0)
        close(l->fd);
}

/* Takes fd. */
static msh_err push_level(dir_source *d, int fd, const struct stat *st, bool *whole, msh_error *why)
{
    if (d->depth == d->cap) {
        size_t cap = d->cap ? d->cap * 2 : 32;
        level *levels = msh_realloc(d->levels, cap * sizeof *levels);
        if (!levels) {
            close(fd);
            return msh_fail(why, MSH_E_MEMORY, "folder");
        }
        d->levels = levels;
        d->cap = cap;
    }
    level *l = &d->levels[d->depth++];
    *l = (level){.fd = fd, .dev = st->st_dev, .ino = st->st_ino, .path_len = d->path.len};
    msh_buf_init(&l->names, UINT32_MAX - ENTRIES);
    if (d->depth > KEPT + 1) {
        level *old = &d->levels[d->depth - 1 - KEPT];
        if (old->fd >= 0)
            close(old->fd);
        old->fd = old->fd == LOST ? LOST : CLOSED;
    }
    msh_err err = read_entries(d, l, whole);
    return err == MSH_OK ? MSH_OK : msh_fail(why, err, "folder with too many entries");
}

/* --- finding folders again ---------------------------------------------------------------------
 */

/* Where the name of a folder within level i begins in the path. */
static size_t child_at(const dir_source *d, size_t i)
{
    size_t len = d->levels[i].path_len;
    return len + (d->path.data[len - 1] != '/');
}

/* From the root down to level `to` by pieces of its path; -1 when it is not to be found. */
static int walk_to(dir_source *d, size_t to)
{
    char piece[PIECE + NAME_MAX + 2];
    int at = d->levels[0].fd;
    size_t from = child_at(d, 0);
    const size_t end = d->levels[to].path_len;
    while (from < end) {
        size_t len = end - from;
        if (len > PIECE) {
            len = PIECE;
            while (len > 0 && d->path.data[from + len] != '/')
                len--;
        }
        memcpy(piece, d->path.data + from, len);
        piece[len] = '\0';
        int next = msh_file_open_beneath(at, piece, O_RDONLY | O_DIRECTORY);
        if (at != d->levels[0].fd)
            close(at);
        if (next < 0)
            return -1;
        at = next;
        from += len + 1;
    }
    return at;
}

static bool is_same_folder(const level *l, int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino;
}

/* Open the levels down to `last` again where they are closed. The names on the way lie in d->path,
 * which still holds the path of a deeper level. */
static void reopen(dir_source *d, size_t last)
{
    size_t first = last > REOPENED ? last - REOPENED : 1;
    char name[NAME_MAX + 1];
    int at = -1;
    for (size_t i = first; i <= last; i++) {
        level *l = &d->levels[i];
        int fd = l->fd;
        if (fd == CLOSED && i == first) {
            fd = walk_to(d, i);
        } else if (fd == CLOSED && at >= 0) {
            size_t start = child_at(d, i - 1), len = l->path_len - start;
            memcpy(name, d->path.data + start, len);
            name[len] = '\0';
            fd = msh_file_open_beneath(at, name, O_RDONLY | O_DIRECTORY);
        }
        if (l->fd == CLOSED && fd >= 0 && !is_same_folder(l, fd)) {
            close(fd);
            fd = -1;
        }
        l->fd = fd >= 0 ? fd : LOST;
        at = l->fd;
    }
}

static int level_fd(dir_source *d, level *l)
{
    if (l->fd == CLOSED)
        reopen(d, (size_t)(l - d->levels));
    return l->fd;
}

/* --- entries -----------------------------------------------------------------------------------
 */

static const char *name_of(const level *l)
{
    return (const char *)l->names.data + l->order[l->next - 1] + 1;
}

static void set_paths(dir_source *d, msh_source_item *item)
{
    item->path = msh_buf_view(&d->path);
    item->rel = msh_view_cut(item->path, d->rel_at, SIZE_MAX);
}

/* Where a link leads: through /proc, which needs no walk and opens nothing for reading. */
static bool leads_inside(const dir_source *d, int dir, const char *name)
{
    char where[32], real[PATH_MAX];
    size_t len = strlen(d->real_root);
    int fd = openat(dir, name, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return false;
    (void)snprintf(where, sizeof where, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(where, real, sizeof real);
    close(fd);
    if (len == 0 || n <= 0 || (size_t)n >= sizeof real || (size_t)n < len)
        return false;
    if (memcmp(real, d->real_root, len) != 0)
        return false;
    return len == 1 || (size_t)n == len || real[len] == '/';
}

static msh_err link_item(dir_source *d, int dir, const char *name, msh_source_item *item,
                         msh_error *why)
{
    msh_buf_reset(&d->link);
    uint8_t *room = msh_buf_room(&d->link, PATH_MAX);
    if (!room)
        return msh_fail(why, MSH_E_MEMORY, "link");
    ssize_t n = readlinkat(dir, name, (char *)room, PATH_MAX);
    if (n < 0) {
        bool machine;
        msh_source_refuse(item, msh_source_open_reason(errno, &machine));
        return MSH_OK;
    }
    msh_buf_grew(&d->link, (size_t)n);
    item->link = msh_buf_view(&d->link);
    msh_source_refuse(item, leads_inside(d, dir, name) ? MSH_REASON_FILE_LINK
                                                       : MSH_REASON_FILE_LINK_OUTSIDE);
    return MSH_OK;
}

static msh_err refuse_errno(msh_source_item *item, int sys, bool folder, msh_error *why)
{
    bool machine;
    msh_reason reason = msh_source_open_reason(sys, &machine);
    errno = sys;
    if (machine)
        return msh_fail_errno(why, sys == ENOMEM ? MSH_E_MEMORY : MSH_E_OPEN, "open");
    if (folder && reason != MSH_REASON_FILE_VANISHED)
        reason = MSH_REASON_DIR_UNREADABLE;
    msh_source_refuse(item, reason);
    return MSH_OK;
}

static msh_err enter_folder(dir_source *d, int fd, msh_source_item *item, bool *made,
                            msh_error *why)
{
    struct stat st;
    bool whole = true;
    if (fstat(fd, &st) != 0) {
        int sys = errno;
        close(fd);
        *made = true;
        return refuse_errno(item, sys, true, why);
    }
    MSH_TRY(push_level(d, fd, &st, &whole, why));
    if (!whole) {
        msh_source_refuse(item, MSH_REASON_DIR_UNREADABLE);
        *made = true;
    }
    return MSH_OK;
}

/* fd is a regular file: an item. */
static msh_err file_item(dir_source *d, int fd, const struct stat *st, msh_source_item *item,
                         msh_error *why)
{
    msh_source_stat(item, st);
    msh_err err = msh_source_xattrs(fd, &d->xattrs);
    if (err != MSH_OK) {
        close(fd);
        return msh_fail(why, err, "extended attributes");
    }
    item->xattrs = msh_buf_view(&d->xattrs);
    item->fd = fd;
    return MSH_OK;
}

/* By what fstatat says; `tries` ends the race with someone who swaps folder and file. */
static msh_err visit(dir_source *d, int dir, const char *name, unsigned type, msh_source_item *item,
                     bool *made, msh_error *why)
{
    struct stat st;
    for (int tries = 0; tries < 3; tries++) {
        if (tries > 0 || (type != DT_REG && type != DT_DIR)) {
            if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                break;
            type = IFTODT(st.st_mode);
            msh_source_stat(item, &st);
        }
        *made = type != DT_DIR;
        if (type == DT_LNK)
            return link_item(d, dir, name, item, why);
        if (type != DT_REG && type != DT_DIR) {
            msh_source_refuse(item, msh_source_special(st.st_mode));
            return MSH_OK;
        }
        int fd =
            msh_file_open_beneath(dir, name, type == DT_DIR ? O_RDONLY | O_DIRECTORY : O_RDONLY);
        if (fd >= 0 && type == DT_DIR)
            return enter_folder(d, fd, item, made, why);
        if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
            return file_item(d, fd, &st, item, why);
        int sys = errno;
        if (fd >= 0)
            close(fd);
        else if (sys != ELOOP && sys != ENOTDIR && sys != EXDEV) {
            *made = true;
            return refuse_errno(item, sys, type == DT_DIR, why);
        }
    }
    *made = true;
    msh_source_refuse(item, MSH_REASON_FILE_VANISHED);
    return MSH_OK;
}

static msh_err next_entry(dir_source *d, msh_source_item *item, bool *made, msh_error *why)
{
    level *l = &d->levels[d->depth - 1];
    if (l->next == l->n) {
        drop_level(l);
        d->depth--;
        return MSH_OK;
    }
    int dir = level_fd(d, l);
    l->next++;
    const char *name = name_of(l);
    d->path.len = l->path_len;
    if (d->path.len == 0 || d->path.data[d->path.len - 1] != '/')
        msh_buf_put_byte(&d->path, '/');
    msh_buf_put_str(&d->path, name);
    if (msh_buf_err(&d->path) != MSH_OK)
        return msh_fail(why, MSH_E_MEMORY, "path");
    msh_err err = MSH_OK;
    if (dir < 0) {
        msh_source_refuse(item, MSH_REASON_FILE_VANISHED);
        *made = true;
    } else {
        err = visit(d, dir, name, (uint8_t)name[-1], item, made, why);
    }
    if (err == MSH_OK && *made)
        set_paths(d, item);
    return err;
}

/* The one file that is the root. It was named by the user: a link is followed here. */
static msh_err root_item(dir_source *d, msh_source_item *item, msh_error *why)
{
    struct stat st;
    const char *path = (const char *)d->path.data;
    set_paths(d, item);
    if (d->has_reason) {
        msh_source_refuse(item, d->reason);
        return MSH_OK;
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return refuse_errno(item, errno, false, why);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        msh_source_refuse(item, MSH_REASON_FILE_VANISHED);
        return MSH_OK;
    }
    return file_item(d, fd, &st, item, why);
}

static msh_err dir_next(msh_source *s, msh_source_item *item, bool *more, msh_error *why)
{
    dir_source *d = (dir_source *)(void *)s;
    if (d->is_file) {
        *more = !d->given;
        d->given = true;
        return *more ? root_item(d, item, why) : MSH_OK;
    }
    if (d->has_reason) {
        d->has_reason = false;
        *more = true;
        set_paths(d, item);
        msh_source_refuse(item, d->reason);
        return MSH_OK;
    }
    while (d->depth > 0 && !*more)
        MSH_TRY(next_entry(d, item, more, why));
    return MSH_OK;
}

static void dir_free(msh_source *s)
{
    dir_source *d = (dir_source *)(void *)s;
    while (d->depth > 0)
        drop_level(&d->levels[--d->depth]);
    msh_free(d->levels);
    msh_free(d->entries);
    msh_buf_dispose(&d->path);
    msh_buf_dispose(&d->xattrs);
    msh_buf_dispose(&d->link);
    msh_free(d);
}

/* --- the root ----------------------------------------------------------------------------------
 */

static void file_root(dir_source *d, const struct stat *st)
{
    d->is_file = true;
    const uint8_t *slash = memrchr(d->path.data, '/', d->path.len);
    d->rel_at = slash ? (size_t)(slash - d->path.data) + 1 : 0;
    msh_buf_put_byte(&d->path, 0);
    d->path.len--;
    if (!S_ISREG(st->st_mode)) {
        d->has_reason = true;
        d->reason = msh_source_special(st->st_mode);
    }
}

static msh_err folder_root(dir_source *d, const char *path, msh_error *why)
{
    struct stat st;
    char where[32];
    bool whole = true;
    while (d->path.len > 1 && d->path.data[d->path.len - 1] == '/')
        d->path.len--;
    d->rel_at = d->path.len + (d->path.data[d->path.len - 1] != '/');
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && (errno == EACCES || errno == EPERM)) {
        d->has_reason = true;
        d->reason = MSH_REASON_DIR_UNREADABLE;
        return MSH_OK;
    }
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "open");
    (void)snprintf(where, sizeof where, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(where, d->real_root, sizeof d->real_root - 1);
    d->real_root[n > 0 ? n : 0] = '\0';
    if (fstat(fd, &st) != 0) {
        close(fd);
        return msh_fail_errno(why, MSH_E_OPEN, "fstat");
    }
    MSH_TRY(push_level(d, fd, &st, &whole, why));
    if (!whole) {
        d->has_reason = true;
        d->reason = MSH_REASON_DIR_UNREADABLE;
    }
    return MSH_OK;
}

msh_err msh_source_dir(const char *path, msh_source **out, msh_error *why)
{
    struct stat st;
    *out = NULL;
    if (path[0] == '\0' || stat(path, &st) != 0) {
        errno = path[0] ? errno : ENOENT;
        char name[MSH_FILE_SHOWN];
        return msh_fail_errno(why, MSH_E_OPEN, "%s", msh_file_shown(path, name));
    }
    dir_source *d = msh_calloc(1, sizeof *d);
    if (!d)
        return msh_fail(why, MSH_E_MEMORY, "source");
    d->base = (msh_source){dir_next, dir_free};
    msh_buf_init(&d->path, PATH_MOST);
    msh_buf_init(&d->xattrs, MSH_SOURCE_XATTRS_MOST);
    msh_buf_init(&d->link, PATH_MAX + 1);
    msh_buf_put_str(&d->path, path);
    d->entries = msh_alloc(ENTRIES);
    msh_err err = MSH_OK;
    if (!d->entries || msh_buf_err(&d->path) != MSH_OK)
        err = msh_fail(why, MSH_E_MEMORY, "source");
    else if (S_ISDIR(st.st_mode))
        err = folder_root(d, path, why);
    else
        file_root(d, &st);
    if (err != MSH_OK) {
        dir_free(&d->base);
        return err;
    }
    *out = &d->base;
    return MSH_OK;
}
