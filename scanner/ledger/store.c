/* store.c: reading the files of a log without trusting them. Lines are streamed, so that a log of
 * any size is read in constant memory. */
#define _GNU_SOURCE
#include "ledger/store.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_ROOM = 4096, ROOM = 1 << 20, SEGMENT_DIGITS = 20, CHECKPOINTS_MAX = 1 << 30 };

static const msh_profile profiles[MSH_PROFILES] = {
    {"", "checkpoints", "keys/log.pem", "log.pub.pem", "vkey", "tree", MSH_KEY_ED25519,
     MSH_DIGEST_SHA256},
    {"/sm3", "checkpoints.sm3", "keys/log.sm3.pem", "log.sm3.pub.pem", "vkey_sm3", "tree.sm3",
     MSH_KEY_SM2, MSH_DIGEST_SM3},
};

const msh_profile *msh_profile_at(size_t i)
{
    return &profiles[i < MSH_PROFILES ? i : 0];
}

static const char *const profile_names[] = {"", "intl", "gm", "both"};

unsigned msh_profile_mask(msh_view name)
{
    for (unsigned i = 1; i <= MSH_PROFILE_BOTH; i++)
        if (msh_view_eq_str(name, profile_names[i]))
            return i;
    return 0;
}

const char *msh_profile_name(unsigned mask)
{
    return profile_names[mask <= MSH_PROFILE_BOTH ? mask : 0];
}

msh_err msh_store_path(const char *dir, const char *name, char out[MSH_LOG_PATH], msh_error *why)
{
    int n = snprintf(out, MSH_LOG_PATH, "%s/%s", dir, name);
    return n > 0 && n < MSH_LOG_PATH ? MSH_OK
                                     : msh_fail(why, MSH_E_STATE, "log folder: name too long");
}

msh_err msh_store_origin(const char *dir, char out[MSH_LOG_ORIGIN + 1], msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf text;
    MSH_TRY(msh_store_path(dir, "origin", path, why));
    msh_buf_init(&text, MSH_LOG_ORIGIN + 1);
    msh_err err = msh_file_read(path, &text, why);
    msh_view v = msh_buf_view(&text);
    if (err == MSH_OK || err == MSH_E_LIMIT_BUFFER) {
        bool good = err == MSH_OK && v.len > 1 && v.data[v.len - 1] == '\n' &&
                    msh_note_name_ok(msh_view_cut(v, 0, v.len - 1));
        err = good ? MSH_OK : msh_fail(why, MSH_E_EVIDENCE, "%s: malformed", path);
    }
    if (err == MSH_OK) {
        memcpy(out, v.data, v.len - 1);
        out[v.len - 1] = '\0';
    }
    msh_buf_dispose(&text);
    return err;
}

int msh_store_share(const char *dir)
{
    char path[MSH_LOG_PATH];
    if (msh_store_path(dir, "lock", path, NULL) != MSH_OK)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    while (fd >= 0 && flock(fd, LOCK_SH) != 0 && errno == EINTR) {
    }
    return fd;
}

void msh_store_segment_name(uint64_t first, char out[40])
{
    (void)snprintf(out, 40, "seg/%020" PRIu64 ".ndjson", first);
}

static bool segment_first(const char *name, uint64_t *first)
{
    uint64_t n = 0;
    for (size_t i = 0; i < SEGMENT_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9' || n >= 1ull << 53)
            return false;
        n = n * 10 + (uint64_t)(name[i] - '0');
    }
    *first = n;
    return n < 1ull << 53 && strcmp(name + SEGMENT_DIGITS, ".ndjson") == 0;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static msh_err list_segments(msh_lines *l, DIR *dir, msh_error *why)
{
    size_t cap = 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        uint64_t first;
        if (e->d_name[0] == '.')
            continue;
        if (!segment_first(e->d_name, &first))
            return msh_fail(why, MSH_E_EVIDENCE, "seg/: a file that is no segment");
        if (l->n_segments == cap) {
            cap = cap ? cap * 2 : 16;
            uint64_t *more = msh_realloc(l->segments, cap * sizeof *more);
            if (!more)
                return msh_fail(why, MSH_E_MEMORY, "segments");
            l->segments = more;
        }
        l->segments[l->n_segments++] = first;
    }
    if (l->n_segments)
        qsort(l->segments, l->n_segments, sizeof *l->segments, by_number);
    return MSH_OK;
}

static msh_err measure_last(msh_lines *l, msh_error *why)
{
    char name[40], path[MSH_LOG_PATH];
    struct stat st;
    if (l->n_segments == 0)
        return MSH_OK;
    msh_store_segment_name(l->segments[l->n_segments - 1], name);
    MSH_TRY(msh_store_path(l->dir, name, path, why));
    if (stat(path, &st) != 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    l->last_bytes = (uint64_t)st.st_size;
    return MSH_OK;
}

msh_err msh_lines_open(msh_lines *l, const char *dir, msh_error *why)
{
    char path[MSH_LOG_PATH];
    *l = (msh_lines){.fd = -1};
    (void)snprintf(l->dir, sizeof l->dir, "%s", dir);
    MSH_TRY(msh_store_path(dir, "seg", path, why));
    DIR *d = opendir(path);
    if (!d)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    msh_err err = list_segments(l, d, why);
    (void)closedir(d);
    if (err == MSH_OK)
        err = measure_last(l, why);
    if (err == MSH_OK) {
        l->room = msh_alloc(ROOM);
        if (!l->room)
            err = msh_fail(why, MSH_E_MEMORY, "lines");
    }
    if (err != MSH_OK)
        msh_lines_close(l);
    return err;
}

static msh_err open_segment(msh_lines *l, msh_error *why)
{
    char name[40], path[MSH_LOG_PATH];
    struct stat st;
    msh_store_segment_name(l->segments[l->next], name);
    MSH_TRY(msh_store_path(l->dir, name, path, why));
    if (l->fd >= 0)
        close(l->fd);
    l->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (l->fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    if (fstat(l->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return msh_fail(why, MSH_E_EVIDENCE, "%s: not a regular file", path);
    l->seg_first = l->segments[l->next++];
    l->from = l->to = 0;
    l->offset = 0;
    l->at_end = false;
    return MSH_OK;
}

static msh_err fill(msh_lines *l, msh_error *why)
{
    memmove(l->room, l->room + l->from, l->to - l->from);
    l->to -= l->from;
    l->from = 0;
    uint64_t at = l->offset + l->to;
    size_t want = ROOM - l->to;
    if (msh_lines_last(l) && (at >= l->last_bytes || want > l->last_bytes - at))
        want = at < l->last_bytes ? (size_t)(l->last_bytes - at) : 0;
    int64_t n = msh_file_pread(l->fd, l->room + l->to, want, at);
    if (n < 0)
        return msh_fail_errno(why, MSH_E_IO, "seg/%020" PRIu64 ".ndjson", l->seg_first);
    l->at_end = (size_t)n < ROOM - l->to;
    l->to += (size_t)n;
    return MSH_OK;
}

static bool take_line(msh_lines *l, msh_view *line)
{
    const uint8_t *p = l->room + l->from;
    const uint8_t *lf = l->to > l->from ? memchr(p, '\n', l->to - l->from) : NULL;
    if (!lf || (size_t)(lf - p) > MSH_RECORD_MAX)
        return false;
    *line = msh_view_of(p, (size_t)(lf - p));
    l->from += line->len + 1;
    l->offset += line->len + 1;
    l->n++;
    return true;
}

msh_err msh_lines_next(msh_lines *l, msh_lines_status *status, msh_view *line, msh_error *why)
{
    for (;;) {
        *status = MSH_LINES_LINE;
        if (l->fd >= 0 && take_line(l, line))
            return MSH_OK;
        if (l->fd >= 0 && !l->at_end && l->to - l->from <= MSH_RECORD_MAX) {
            MSH_TRY(fill(l, why));
            continue;
        }
        if (l->fd >= 0 && l->to > l->from) {
            *status = MSH_LINES_TORN;
            return MSH_OK;
        }
        if (l->next == l->n_segments || l->segments[l->next] != l->n) {
            *status = l->next == l->n_segments ? MSH_LINES_END : MSH_LINES_GAP;
            return MSH_OK;
        }
        MSH_TRY(open_segment(l, why));
    }
}

/* The number of the last line of a segment; false when that line is not whole. */
static bool last_number(const msh_lines *l, uint64_t first, bool *empty, uint64_t *n)
{
    char name[40], path[MSH_LOG_PATH];
    struct stat st;
    msh_record r;
    msh_store_segment_name(first, name);
    if (msh_store_path(l->dir, name, path, NULL) != MSH_OK)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    *empty = good && st.st_size == 0;
    uint64_t size = good ? (uint64_t)st.st_size : 0, want = MSH_RECORD_MAX + 2;
    want = want < size ? want : size;
    good = good && want > 1 &&
           msh_file_pread(fd, l->room, (size_t)want, size - want) == (int64_t)want &&
           l->room[want - 1] == '\n';
    if (fd >= 0)
        close(fd);
    if (!good)
        return false;
    size_t at = (size_t)want - 1;
    while (at > 0 && l->room[at - 1] != '\n')
        at--;
    good = msh_record_read(msh_view_of(l->room + at, (size_t)want - 1 - at), &r) == MSH_OK;
    *n = r.n;
    return good;
}

msh_err msh_lines_skip(msh_lines *l, uint64_t *start)
{
    bool empty = false;
    uint64_t n = 0;
    size_t last = l->n_segments;
    if (last == 0 || l->segments[0] != l->n)
        return MSH_E_SHORT;
    last--;
    (void)last_number(l, l->segments[last], &empty, &n);
    if (empty && last > 0)
        last--;
    for (size_t i = 0; i < last; i++)
        if (!last_number(l, l->segments[i], &empty, &n) || n + 1 != l->segments[i + 1])
            return MSH_E_SHORT;
    *start = l->n = l->segments[last];
    l->next = last;
    return MSH_OK;
}

void msh_lines_seek(msh_lines *l, uint64_t n)
{
    size_t at = 0;
    while (at + 1 < l->n_segments && l->segments[at + 1] <= n)
        at++;
    if (l->n_segments)
        l->n = l->segments[at];
    l->next = at;
}

bool msh_lines_last(const msh_lines *l)
{
    return l->next == l->n_segments;
}

void msh_lines_close(msh_lines *l)
{
    if (l->fd >= 0)
        close(l->fd);
    msh_free(l->segments);
    msh_free(l->room);
    *l = (msh_lines){.fd = -1};
}

static msh_err add_row(msh_checkpoints *c, const msh_checkpoint *cp, uint64_t end)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 64;
        msh_checkpoint *rows = msh_realloc(c->rows, cap * sizeof *rows);
        if (rows)
            c->rows = rows;
        uint64_t *ends = msh_realloc(c->ends, cap * sizeof *ends);
        if (ends)
            c->ends = ends;
        if (!rows || !ends)
            return MSH_E_MEMORY;
        c->cap = cap;
    }
    c->rows[c->n] = *cp;
    c->ends[c->n++] = end;
    return MSH_OK;
}

static bool follows(const msh_checkpoints *c, const msh_checkpoint *cp)
{
    if (c->n == 0)
        return cp->size > 0;
    const msh_checkpoint *last = &c->rows[c->n - 1];
    return cp->size > last->size ||
           (cp->size == last->size && memcmp(cp->root, last->root, sizeof cp->root) == 0);
}

msh_err msh_checkpoints_read(msh_checkpoints *c, const char *path, const char *origin,
                             msh_error *why)
{
    *c = (msh_checkpoints){0};
    msh_buf_init(&c->file, CHECKPOINTS_MAX);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return MSH_OK;
    MSH_TRY(msh_file_read(path, &c->file, why));
    msh_view v = msh_buf_view(&c->file);
    for (size_t at = 0; at < v.len;) {
        msh_note note;
        msh_checkpoint cp;
        if (msh_checkpoint_next(v, &at, &note) != MSH_OK ||
            msh_checkpoint_read(note.text, origin, &cp) != MSH_OK || !follows(c, &cp)) {
            c->torn = true;
            break;
        }
        if (add_row(c, &cp, at) != MSH_OK)
            return msh_fail(why, MSH_E_MEMORY, "checkpoints");
    }
    return MSH_OK;
}

msh_err msh_checkpoints_verify(const msh_checkpoints *c, size_t i, const msh_note_key *key)
{
    msh_note note;
    size_t at = i ? (size_t)c->ends[i - 1] : 0;
    MSH_TRY(msh_checkpoint_next(msh_buf_view(&c->file), &at, &note));
    return msh_note_verify(&note, key);
}

/* Where the last note begins: six line feeds from the end. */
static size_t last_note(msh_view v)
{
    size_t at = v.len;
    for (int lines = 0; at > 0; at--)
        if (v.data[at - 1] == '\n' && ++lines == 7)
            break;
    return at;
}

msh_err msh_checkpoints_last(const char *path, const char *origin, msh_buf *note,
                             msh_checkpoint *out, msh_error *why)
{
    uint8_t room[NOTE_ROOM];
    struct stat st;
    msh_note parsed;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    uint64_t size = good ? (uint64_t)st.st_size : 0, n = size < sizeof room ? size : sizeof room;
    good = good && msh_file_pread(fd, room, (size_t)n, size - n) == (int64_t)n;
    close(fd);
    if (!good)
        return msh_fail(why, MSH_E_IO, "%s", path);
    size_t from = last_note(msh_view_of(room, (size_t)n)), at = from;
    if (msh_checkpoint_next(msh_view_of(room, (size_t)n), &at, &parsed) != MSH_OK || at != n ||
        msh_checkpoint_read(parsed.text, origin, out) != MSH_OK)
        return msh_fail(why, MSH_E_EVIDENCE, "%s: no whole checkpoint at the end", path);
    msh_buf_put(note, room + from, (size_t)n - from - 1);
    return msh_buf_err(note);
}

uint64_t msh_checkpoints_size(const msh_checkpoints *c)
{
    return c->n ? c->rows[c->n - 1].size : 0;
}

void msh_checkpoints_dispose(msh_checkpoints *c)
{
    msh_buf_dispose(&c->file);
    msh_free(c->rows);
    msh_free(c->ends);
    *c = (msh_checkpoints){0};
}
