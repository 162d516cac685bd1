/* src_list.c: items named in a list, one a line, or parted by NUL when the list holds any.
 *
 * A name may be a file or a folder; a folder is walked. It is the user who names them: a link in
 * the list is followed. A name that leads to nothing is an item with a reason, never passed over.
 */
#define _GNU_SOURCE
#include "source/source_impl.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LIST_MOST = 1 << 28, STEP = 65536 };

typedef struct list_source {
    msh_source base;
    msh_buf list;
    size_t at;
    uint8_t parted; /* '\n' or 0 */
    msh_buf name;   /* of the entry being read, with a NUL */
    msh_source *inner;
} list_source;

static msh_err read_list(int fd, msh_buf *list, msh_error *why)
{
    for (;;) {
        uint8_t *room = msh_buf_room(list, STEP);
        if (!room)
            return msh_fail(why, msh_buf_err(list), "list of files too long");
        ssize_t n = read(fd, room, STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return msh_fail_errno(why, MSH_E_IO, "list of files");
        if (n == 0)
            return MSH_OK;
        msh_buf_grew(list, (size_t)n);
    }
}

/* The next name that is not empty. */
static bool next_name(list_source *l, msh_view *out)
{
    while (l->at < l->list.len) {
        const uint8_t *from = l->list.data + l->at;
        const uint8_t *end = memchr(from, l->parted, l->list.len - l->at);
        size_t len = end ? (size_t)(end - from) : l->list.len - l->at;
        l->at += len + 1;
        *out = msh_view_of(from, len);
        if (len > 0)
            return true;
    }
    return false;
}

/* As written; and without a CR, for lists that were made on Windows. */
static msh_err open_name(list_source *l, msh_view name, msh_error *why)
{
    for (;;) {
        msh_buf_reset(&l->name);
        msh_buf_put_view(&l->name, name);
        msh_buf_put_byte(&l->name, 0);
        if (msh_buf_err(&l->name) != MSH_OK)
            return msh_fail(why, MSH_E_MEMORY, "list of files");
        msh_err err = msh_source_dir((const char *)l->name.data, &l->inner, why);
        if (err != MSH_E_OPEN || name.data[name.len - 1] != '\r' || name.len == 1)
            return err;
        name.len--;
    }
}

static msh_err list_next(msh_source *s, msh_source_item *item, bool *more, msh_error *why)
{
    list_source *l = (list_source *)(void *)s;
    msh_view name;
    for (;;) {
        if (l->inner) {
            MSH_TRY(msh_source_next(l->inner, item, more, why));
            if (*more)
                return MSH_OK;
            msh_source_free(l->inner);
            l->inner = NULL;
        }
        if (!next_name(l, &name))
            return MSH_OK;
        msh_err err = open_name(l, name, why);
        if (err == MSH_E_OPEN) {
            item->path = item->rel = name;
            msh_source_refuse(item, MSH_REASON_FILE_MISSING);
            *more = true;
            return MSH_OK;
        }
        MSH_TRY(err);
    }
}

static void list_free(msh_source *s)
{
    list_source *l = (list_source *)(void *)s;
    msh_source_free(l->inner);
    msh_buf_dispose(&l->list);
    msh_buf_dispose(&l->name);
    msh_free(l);
}

msh_err msh_source_list(const char *file, msh_source **out, msh_error *why)
{
    static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
    *out = NULL;
    bool is_stdin = strcmp(file, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return msh_file_named_failed(file, why);
    list_source *l = msh_calloc(1, sizeof *l);
    msh_err err = l ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "list of files");
    if (l) {
        l->base = (msh_source){list_next, list_free};
        msh_buf_init(&l->list, LIST_MOST);
        msh_buf_init(&l->name, LIST_MOST);
        err = read_list(fd, &l->list, why);
    }
    if (!is_stdin)
        close(fd);
    if (err != MSH_OK) {
        if (l)
            list_free(&l->base);
        return err;
    }
    l->parted = l->list.len && memchr(l->list.data, 0, l->list.len) ? 0 : '\n';
    if (msh_view_starts(msh_buf_view(&l->list), msh_view_of(bom, sizeof bom)))
        l->at = sizeof bom;
    *out = &l->base;
    return MSH_OK;
}
