/* page_file.c: a file of a release, for those who review it: as it was submitted, to be kept or
 * opened outside the browser, never shown by it. */
#define _GNU_SOURCE
#include "console/review_pages.h"

#include <mishen/unstable/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_SIZE = 64, PATH_SIZE = 4096, FILE_MAX = 15 << 20 };

typedef struct file_look {
    console_request *q;
    size_t wanted, at;
    bool found, own;
    char rel[1024];
    uint64_t size;
} file_look;

static bool on_release(void *ctx, const msh_release *r)
{
    file_look *l = ctx;
    l->own = msh_view_eq_str(r->submitted_by, l->q->account.name);
    return true;
}

static bool on_file(void *ctx, const msh_release_file *f)
{
    file_look *l = ctx;
    if (l->at++ == l->wanted && f->path.len < sizeof l->rel) {
        memcpy(l->rel, f->path.data, f->path.len);
        l->rel[f->path.len] = '\0';
        l->size = f->size;
        l->found = true;
    }
    return true;
}

/* "20261124T200132Z-1a2b3c4d~0" */
static bool split(const char *tail, char id[ID_SIZE], size_t *n)
{
    const char *mark = strrchr(tail, '~');
    size_t len = mark ? (size_t)(mark - tail) : 0;
    if (!len || len >= ID_SIZE || strspn(mark + 1, "0123456789") != strlen(mark + 1) ||
        strlen(mark + 1) > 3)
        return false;
    memcpy(id, tail, len);
    id[len] = '\0';
    *n = strtoul(mark + 1, NULL, 10);
    return strchr(id, '/') == NULL && id[0] != '.';
}

/* RFC 6266: the name in UTF-8, every byte but plain ones as %XX. */
static void put_name(console_request *q, const char *rel)
{
    const char *name = strrchr(rel, '/') ? strrchr(rel, '/') + 1 : rel;
    size_t n =
        (size_t)snprintf(q->disposition, sizeof q->disposition, "attachment; filename*=UTF-8\'\'");
    for (const char *c = name; *c && n + 4 < sizeof q->disposition; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || *c == '.' || *c == '-';
        if (plain)
            q->disposition[n++] = *c;
        else
            n += (size_t)snprintf(q->disposition + n, sizeof q->disposition - n, "%%%02X",
                                  (unsigned)(uint8_t)*c);
    }
}

static void give(console_request *q, const file_look *l, const char *id)
{
    char root[PATH_SIZE];
    struct stat st;
    (void)snprintf(root, sizeof root, "%s/inbox/%s", q->state, id);
    int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int fd = dir >= 0 ? msh_file_open_beneath(dir, l->rel, O_RDONLY) : -1;
    bool there =
        fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == l->size;
    if (!there) {
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_RELEASE_DO);
    } else if (l->size > FILE_MAX) {
        request_refuse(q, 413, SAY_E_FILE_LARGE, SAY_E_FILE_LARGE_DO);
    } else {
        msh_buf_reset(&q->page);
        uint8_t *room = msh_buf_room(&q->page, (size_t)l->size + 1);
        int64_t n = room ? msh_file_pread(fd, room, (size_t)l->size, 0) : -1;
        if (n > 0)
            msh_buf_grew(&q->page, (size_t)n);
        q->type = "application/octet-stream";
        put_name(q, l->rel);
    }
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
}

void page_file(console_request *q)
{
    char id[ID_SIZE];
    file_look l = {.q = q};
    msh_error why = {0};
    const msh_release_visitor visitor = {.ctx = &l, .release = on_release, .file = on_file};
    if (!split(q->tail, id, &l.wanted)) {
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_RELEASE_DO);
        return;
    }
    msh_err err = msh_review_read(q->c->options, id, &visitor, &why);
    if (err == MSH_OK && (!l.found || (q->account.role == MSH_ACCOUNT_CLERK && !l.own)))
        err = MSH_E_GONE;
    if (err != MSH_OK)
        review_failed(q, err, &why);
    else
        give(q, &l, id);
}
