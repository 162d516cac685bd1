/* publish.c: copies what is approved, and exactly that (audit-log.md section 7).
 *
 *   gate → every file hashed while it is copied into TO/.mishen-publish (0700) → all of them still
 *   approved → renamed into place, folder after folder synced → one publish record a file
 *
 * Until the last copy is judged nothing in TO changes. A run that is broken off leaves whole files
 * only; what it left in .mishen-publish the next run clears away. */
#define _GNU_SOURCE
#include "scan/gate.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/logdir.h"
#include "scan/spot.h"
#include "source/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGE ".mishen-publish"
enum { TEXT_MAX = 64 << 20, BODY_MAX = 32 << 10, ARENA_MAX = 1 << 30 };

typedef struct one_file {
    struct one_file *next;
    const char *rel;
    msh_view release;
    msh_spot_hash hash;
} one_file;

typedef struct publish {
    const msh_options *options;
    const msh_publish_job *job;
    bool ndjson;
    char from[PATH_MAX], to_path[PATH_MAX];
    int to, stage;
    bool ours; /* the stage is locked */
    msh_arena arena;
    one_file *first, **last;
    size_t n, done; /* copied; in place for good */
    msh_log *log;
    msh_buf text;
} publish;

static const char *tr(const publish *p, const char *zh, const char *en)
{
    return p->options->lang == MSH_LANG_EN ? en : zh;
}

/* For an error about the i-th file: names stay out of errors. */
static msh_err fail_file(const publish *p, size_t i, msh_err code, const char *zh, const char *en,
                         msh_error *why)
{
    return msh_fail(why, code, "%s%s%zu", tr(p, zh, en), tr(p, "，第几个文件：", ", file "), i + 1);
}

static msh_err write_class(void)
{
    return errno == ENOSPC || errno == EDQUOT ? MSH_E_FULL : MSH_E_IO;
}

/* --- where to --------------------------------------------------------------------------------- */

static bool is_within(const char *inner, const char *outer)
{
    size_t n = strcmp(outer, "/") == 0 ? 0 : strlen(outer);
    return strncmp(inner, outer, n) == 0 && (inner[n] == '/' || inner[n] == '\0');
}

static msh_err open_target(publish *p, msh_error *why)
{
    struct stat st;
    if (!realpath(p->job->folder, p->from) || stat(p->from, &st) != 0 || !S_ISDIR(st.st_mode) ||
        !realpath(p->job->to, p->to_path))
        return msh_fail(why, MSH_E_USAGE, "%s",
                        tr(p, "要发布的和目标都须是已有的文件夹",
                           "what is published and where to: folders that are there"));
    if (is_within(p->from, p->to_path) || is_within(p->to_path, p->from))
        return msh_fail(why, MSH_E_USAGE, "%s",
                        tr(p, "两个文件夹不能互相包含", "neither folder may lie in the other"));
    if (!msh_view_is_utf8(msh_view_str(p->to_path)))
        return msh_fail(why, MSH_E_USAGE, "%s",
                        tr(p, "目标文件夹的名称不是 UTF-8", "the target's name is not UTF-8"));
    p->to = open(p->to_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return p->to >= 0 ? MSH_OK
                      : msh_fail_errno(why, MSH_E_USAGE, "%s",
                                       tr(p, "目标不是文件夹", "the target is no folder"));
}

/* Removes what is in the stage; only files were ever put there. */
static void clear_stage(publish *p)
{
    int fd = openat(p->stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)unlinkat(p->stage, e->d_name, 0);
    if (d)
        (void)closedir(d);
    else if (fd >= 0)
        close(fd);
}

static msh_err open_stage(publish *p, msh_error *why)
{
    struct stat st;
    if (mkdirat(p->to, STAGE, 0700) != 0 && errno != EEXIST)
        return msh_fail_errno(why, write_class(), "%s",
                              tr(p, "目标文件夹写不进去", "the target cannot be written"));
    p->stage = msh_file_open_beneath(p->to, STAGE, O_RDONLY | O_DIRECTORY);
    if (p->stage < 0 || fstat(p->stage, &st) != 0)
        return msh_fail_errno(why, MSH_E_IO, STAGE);
    if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return msh_fail(why, MSH_E_IO, STAGE ": %s",
                        tr(p, "不是本程序建立的", "not made by this program"));
    if (flock(p->stage, LOCK_EX | LOCK_NB) != 0)
        return msh_fail(why, MSH_E_STATE_BUSY, "%s",
                        tr(p, "另一次发布正在进行", "another publish is under way"));
    p->ours = true;
    clear_stage(p);
    return MSH_OK;
}

static void close_stage(publish *p)
{
    if (p->ours) {
        clear_stage(p);
        (void)unlinkat(p->to, STAGE, AT_REMOVEDIR);
    }
    if (p->stage >= 0)
        close(p->stage);
}

/* The folder of a path beneath the target, no link followed; made when `make`. -1 with errno. */
static int open_folder(int to, const char *rel, bool make)
{
    char part[NAME_MAX + 1];
    int at = msh_file_open_beneath(to, ".", O_RDONLY | O_DIRECTORY);
    for (const char *slash; at >= 0 && (slash = strchr(rel, '/')); rel = slash + 1) {
        int n = snprintf(part, sizeof part, "%.*s", (int)(slash - rel), rel);
        int next = -1;
        if (n < 0 || n >= (int)sizeof part) {
            errno = ENAMETOOLONG;
        } else {
            next = msh_file_open_beneath(at, part, O_RDONLY | O_DIRECTORY);
            if (next < 0 && errno == ENOENT && make && mkdirat(at, part, 0755) == 0 &&
                fsync(at) == 0)
                next = msh_file_open_beneath(at, part, O_RDONLY | O_DIRECTORY);
        }
        int kept = errno;
        close(at);
        errno = kept;
        at = next;
    }
    return at;
}

static const char *name_of(const char *rel)
{
    const char *slash = strrchr(rel, '/');
    return slash ? slash + 1 : rel;
}

/* Nothing, or a regular file, stands where this one shall stand. */
static msh_err check_place(const publish *p, const char *rel, msh_error *why)
{
    struct stat st;
    int folder = open_folder(p->to, rel, false);
    if (folder < 0)
        return errno == ENOENT
                   ? MSH_OK
                   : fail_file(p, p->n, MSH_E_REFUSED, "目标的所在文件夹是链接、文件或不可读",
                               "its folder in the target is a link, a file or unreadable", why);
    bool fine = fstatat(folder, name_of(rel), &st, AT_SYMLINK_NOFOLLOW) == 0 ? S_ISREG(st.st_mode)
                                                                             : errno == ENOENT;
    close(folder);
    return fine ? MSH_OK
                : fail_file(p, p->n, MSH_E_REFUSED, "目标处有同名的链接、文件夹或特殊文件",
                            "a link, folder or special file of that name is in the target", why);
}

/* --- copying ---------------------------------------------------------------------------------- */

static void stage_name(size_t i, char out[32])
{
    (void)snprintf(out, 32, "%zu", i);
}

static msh_err copy_bytes(publish *p, const msh_source_item *found, msh_spot_hash *hash,
                          msh_error *why)
{
    char name[32];
    const struct timespec when = {.tv_sec = (time_t)(found->mtime_ns / 1000000000),
                                  .tv_nsec = (long)(found->mtime_ns % 1000000000)};
    const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, when};
    stage_name(p->n, name);
    int fd = openat(p->stage, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return msh_fail_errno(why, write_class(), STAGE);
    msh_err err = msh_spot_copy(found->fd, fd, hash, why);
    if (err == MSH_E_CORRUPT || err == MSH_E_UNSUPPORTED)
        err = fail_file(p, p->n, MSH_E_REFUSED, "复制时被改动", "changed while it was copied", why);
    if (err == MSH_OK && when.tv_sec > 0)
        (void)!futimens(fd, times); /* a courtesy to those who ask if-modified-since */
    if (err == MSH_OK && (fchmod(fd, 0644) != 0 || fsync(fd) != 0))
        err = msh_fail_errno(why, write_class(), STAGE);
    if (close(fd) != 0 && err == MSH_OK)
        err = msh_fail_errno(why, write_class(), STAGE);
    return err;
}

static msh_err copy_one(publish *p, const msh_approved *approved, const msh_source_item *found,
                        msh_error *why)
{
    msh_view release;
    one_file *f = msh_arena_calloc(&p->arena, 1, sizeof *f);
    if (found->fd < 0 || found->link.len)
        return fail_file(p, p->n, MSH_E_REFUSED, "核对之后出现的链接或特殊文件",
                         "a link or special file that came after the check", why);
    if (f)
        f->rel = msh_arena_string(&p->arena, found->rel);
    if (!f || !f->rel)
        return msh_fail(why, MSH_E_MEMORY, "publish");
    MSH_TRY(copy_bytes(p, found, &f->hash, why));
    msh_approved_state s = msh_approved_find(approved, found->rel, f->hash.size, f->hash.sha256,
                                             f->hash.sm3, &release);
    if (s != MSH_APPROVED_YES && s != MSH_APPROVED_ADOPTED)
        return fail_file(p, p->n, MSH_E_REFUSED, "核对之后被改动或新增",
                         "changed or added after the check", why);
    MSH_TRY(check_place(p, f->rel, why)); /* approved: its path is plain */
    f->release = release;
    *p->last = f;
    p->last = &f->next;
    p->n++;
    return MSH_OK;
}

static bool count_file(void *ctx, const msh_approved_file *f)
{
    size_t *n = ctx;
    (void)f;
    (*n)++;
    return true;
}

static msh_err copy_all(publish *p, const msh_approved *approved, msh_error *why)
{
    msh_source *s;
    bool more = true;
    size_t seen = 0;
    msh_approved_each(approved, true, count_file, &seen);
    MSH_TRY(msh_source_dir(p->from, &s, why));
    msh_err err = MSH_OK;
    while (err == MSH_OK) {
        msh_source_item found = {.fd = -1};
        err = msh_source_next(s, &found, &more, why);
        if (err != MSH_OK || !more)
            break;
        err = copy_one(p, approved, &found, why);
        if (found.fd >= 0)
            close(found.fd);
    }
    msh_source_free(s);
    if (err == MSH_OK && p->n != seen)
        err = msh_fail(why, MSH_E_REFUSED, "%s",
                       tr(p, "核对之后有文件被移走", "a file was taken away after the check"));
    return err;
}

/* --- putting in place ------------------------------------------------------------------------- */

static bool same_folder(const char *a, const char *b)
{
    size_t n = (size_t)(name_of(a) - a);
    return n == (size_t)(name_of(b) - b) && memcmp(a, b, n) == 0;
}

/* Sync and close; what was renamed there before is in place for good. */
static msh_err end_folder(publish *p, int *folder, size_t renamed, msh_error *why)
{
    msh_err err = MSH_OK;
    if (*folder < 0)
        return MSH_OK;
    if (fsync(*folder) != 0)
        err = msh_fail_errno(why, write_class(), "fsync");
    else
        p->done = renamed;
    close(*folder);
    *folder = -1;
    return err;
}

static msh_err place_all(publish *p, msh_error *why)
{
    int folder = -1;
    size_t i = 0;
    const char *before = NULL;
    char name[32];
    msh_err err = MSH_OK;
    for (const one_file *f = p->first; f && err == MSH_OK; f = f->next) {
        if (!before || !same_folder(before, f->rel)) {
            err = end_folder(p, &folder, i, why);
            if (err == MSH_OK && (folder = open_folder(p->to, f->rel, true)) < 0)
                err = msh_fail_errno(why, write_class(), "%s",
                                     tr(p, "目标中的文件夹", "a folder in the target"));
        }
        before = f->rel;
        stage_name(i, name);
        if (err == MSH_OK && renameat(p->stage, name, folder, name_of(f->rel)) != 0)
            err = msh_fail_errno(why, write_class(), "rename");
        i += err == MSH_OK;
    }
    msh_err last = end_folder(p, &folder, i, err == MSH_OK ? why : NULL);
    return err == MSH_OK ? last : err;
}

/* --- the record ------------------------------------------------------------------------------- */

static void put_hash(msh_json_writer *w, const char *key, const uint8_t hash[32])
{
    char hex[65];
    msh_hex32(hash, hex);
    msh_jw_kstr(w, key, msh_view_str(hex));
}

static msh_err add_record(const publish *p, const one_file *f, msh_error *why)
{
    msh_json_writer w;
    msh_buf body;
    msh_buf_init(&body, BODY_MAX);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "path", msh_view_str(f->rel));
    msh_jw_kstr(&w, "release", f->release);
    put_hash(&w, "sha256", f->hash.sha256);
    msh_jw_kuint(&w, "size", f->hash.size);
    put_hash(&w, "sm3", f->hash.sm3);
    msh_jw_kstr(&w, "to", msh_view_str(p->to_path));
    msh_jw_close(&w, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_add(p->log, "publish", msh_buf_view(&body), why);
    msh_buf_dispose(&body);
    return err;
}

static msh_err log_all(publish *p, uint64_t *record, msh_error *why)
{
    size_t i = 0;
    if (p->done == 0)
        return MSH_OK;
    for (const one_file *f = p->first; f && i < p->done; f = f->next, i++)
        MSH_TRY(add_record(p, f, why));
    MSH_TRY(msh_log_commit(p->log, record, why));
    return msh_log_end(p->log, why);
}

/* --- words ------------------------------------------------------------------------------------ */

static void tell_json(publish *p, uint64_t record, int exit_code)
{
    msh_json_writer w;
    size_t i = 0;
    for (const one_file *f = p->first; f && i < p->done; f = f->next, i++) {
        msh_jw_begin(&w, &p->text);
        msh_jw_open(&w, '{');
        msh_jw_kstr(&w, "type", MSH_VIEW("publish-item"));
        msh_jw_kstr(&w, "path", msh_view_str(f->rel));
        msh_jw_kstr(&w, "release", f->release);
        msh_jw_kuint(&w, "record", record + i);
        msh_jw_close(&w, '}');
        msh_buf_put_byte(&p->text, '\n');
    }
    msh_jw_begin(&w, &p->text);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "type", MSH_VIEW("publish"));
    msh_jw_kint(&w, "v", 1);
    msh_jw_kstr(&w, "folder", msh_view_str(p->from));
    msh_jw_kstr(&w, "to", msh_view_str(p->to_path));
    msh_jw_kuint(&w, "files", p->n);
    msh_jw_kuint(&w, "published", p->done);
    msh_jw_kint(&w, "exit", exit_code);
    msh_jw_close(&w, '}');
    msh_buf_put_byte(&p->text, '\n');
}

static void tell(publish *p, uint64_t record)
{
    msh_buf_printf(&p->text, "%s %zu / %zu  →  ", tr(p, "已发布", "published"), p->done, p->n);
    msh_escape_terminal(&p->text, msh_view_str(p->to_path));
    msh_buf_put_byte(&p->text, '\n');
    if (p->done)
        msh_buf_printf(&p->text, "%s  %s  %s %" PRIu64 "\n", tr(p, "已入日志", "logged"),
                       msh_log_origin(p->log), tr(p, "首条记录号", "first record"), record);
}

/* --- the way through -------------------------------------------------------------------------- */

/* What was put in place is logged also when the rest could not be. */
static msh_err place_and_log(publish *p, msh_error *why)
{
    uint64_t record = 0;
    msh_err err = place_all(p, why);
    msh_err logged = log_all(p, &record, err == MSH_OK ? why : NULL);
    if (err == MSH_OK)
        err = logged;
    if (logged != MSH_OK)
        return err; /* no log, no word of success */
    if (p->ndjson)
        tell_json(p, record, err == MSH_OK ? MSH_EXIT_CLEAN : msh_spot_exit(err));
    else
        tell(p, record);
    msh_err told = msh_spot_print(&p->text, err == MSH_OK ? why : NULL);
    return err == MSH_OK ? told : err;
}

static msh_err use(void *ctx, msh_approved *approved, const msh_log_verdict *log, msh_error *why)
{
    publish *p = ctx;
    char dir[MSH_LOG_PATH];
    (void)log;
    MSH_TRY(msh_log_dir(p->options, NULL, dir, why));
    MSH_TRY(msh_log_open(dir, NULL, &p->log, why));
    msh_err err = open_stage(p, why);
    if (err == MSH_OK)
        err = copy_all(p, approved, why);
    if (err == MSH_OK)
        err = place_and_log(p, why);
    close_stage(p);
    msh_log_close(p->log);
    return err;
}

msh_err msh_publish(const msh_options *options, const msh_publish_job *job, int *exit_code,
                    msh_error *why)
{
    const msh_gate_job gate = {.folder = job->folder, .format = job->format};
    *exit_code = MSH_EXIT_USAGE;
    publish *p = msh_calloc(1, sizeof *p);
    if (!p)
        return msh_fail(why, MSH_E_MEMORY, "publish");
    p->options = options;
    p->job = job;
    p->ndjson = job->format && strcmp(job->format, "ndjson") == 0;
    p->to = p->stage = -1;
    p->last = &p->first;
    msh_arena_init(&p->arena, ARENA_MAX);
    msh_buf_init(&p->text, TEXT_MAX);
    msh_err err = open_target(p, why);
    if (err == MSH_OK)
        err = msh_gate_then(options, &gate, use, p, exit_code, why);
    if (err == MSH_E_STATE_BUSY)
        *exit_code = MSH_EXIT_BUSY;
    if (p->to >= 0)
        close(p->to);
    msh_arena_dispose(&p->arena);
    msh_buf_dispose(&p->text);
    msh_free(p);
    return err;
}
