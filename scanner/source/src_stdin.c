/* src_stdin.c: standard input as one item, held in memory (no temporary files, safety.md section
 * 6).
 *
 * What is longer than the ceiling is refused as a whole, with its reason. */
#define _GNU_SOURCE
#include "source/source_impl.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP = 65536 };

typedef struct stdin_source {
    msh_source base;
    int fd; /* -1: handed out, or too long */
    bool too_long, given;
} stdin_source;

static msh_err copy_in(stdin_source *s, uint64_t ceiling, msh_error *why)
{
    uint64_t total = 0;
    uint8_t *step = msh_alloc(STEP);
    msh_err err = step ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "standard input");
    while (err == MSH_OK) {
        ssize_t n = read(STDIN_FILENO, step, STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            err = msh_fail_errno(why, MSH_E_IO, "standard input");
        if (n <= 0)
            break;
        total += (uint64_t)n;
        s->too_long = total > ceiling;
        if (s->too_long)
            break;
        err = msh_file_write_all(s->fd, msh_view_of(step, (size_t)n), why);
    }
    if (step)
        msh_wipe(step, STEP);
    msh_free(step);
    return err;
}

static msh_err stdin_next(msh_source *base, msh_source_item *item, bool *more, msh_error *why)
{
    stdin_source *s = (stdin_source *)(void *)base;
    struct stat st;
    *more = !s->given;
    if (s->given)
        return MSH_OK;
    s->given = true;
    item->path = item->rel = MSH_VIEW("-");
    if (s->too_long) {
        msh_source_refuse(item, MSH_REASON_LIMIT_SIZE);
        return MSH_OK;
    }
    if (fstat(s->fd, &st) != 0)
        return msh_fail_errno(why, MSH_E_IO, "standard input");
    msh_source_stat(item, &st);
    item->fd = s->fd;
    s->fd = -1;
    return MSH_OK;
}

static void stdin_free(msh_source *base)
{
    stdin_source *s = (stdin_source *)(void *)base;
    if (s->fd >= 0)
        close(s->fd);
    msh_free(s);
}

msh_err msh_source_stdin(uint64_t ceiling, msh_source **out, msh_error *why)
{
    *out = NULL;
    stdin_source *s = msh_calloc(1, sizeof *s);
    if (!s)
        return msh_fail(why, MSH_E_MEMORY, "standard input");
    s->base = (msh_source){stdin_next, stdin_free};
    s->fd = memfd_create("mishen-stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    msh_err err =
        s->fd >= 0 ? copy_in(s, ceiling, why) : msh_fail_errno(why, MSH_E_IO, "standard input");
    if (err == MSH_OK && s->fd >= 0)
        (void)fcntl(s->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    if (err != MSH_OK) {
        stdin_free(&s->base);
        return err;
    }
    *out = &s->base;
    return MSH_OK;
}
