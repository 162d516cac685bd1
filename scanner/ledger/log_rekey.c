/* log_rekey.c: a log whose keys are lost goes on with others (audit-log.md, keys recover). What the
 * guardians signed decides whether that counts; here it is only written, in an order in which a
 * break leaves either the old state or the new one. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_MAX = 256 << 20 };

/* --- setting it to its signed size ------------------------------------------------------------ */

typedef struct settling {
    msh_log *log;
    msh_checkpoints cps[MSH_PROFILES];
    size_t row[MSH_PROFILES];
    msh_log_head *head;
    msh_error *why;
} settling;

static msh_err read_checkpoints(settling *s, size_t p)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    const msh_profile *profile = msh_profile_at(p);
    (void)snprintf(name, sizeof name, "%s%s", s->log->origin, profile->suffix);
    MSH_TRY(msh_store_path(s->log->dir, profile->checkpoints, path, s->why));
    MSH_TRY(msh_checkpoints_read(&s->cps[p], path, name, s->why));
    s->row[p] = s->cps[p].n;
    return s->cps[p].n ? MSH_OK : msh_fail(s->why, MSH_E_EVIDENCE, "%s: no checkpoint", path);
}

/* The greatest size that stands in all of them. */
static msh_err agree(settling *s)
{
    for (uint64_t size = UINT64_MAX;;) {
        bool same = true;
        uint64_t least = size;
        for (size_t p = 0; p < MSH_PROFILES; p++) {
            if (!msh_log_has(s->log, p))
                continue;
            while (s->row[p] > 0 && s->cps[p].rows[s->row[p] - 1].size > size)
                s->row[p]--;
            if (s->row[p] == 0)
                return msh_fail(s->why, MSH_E_EVIDENCE, "no size that all checkpoints have");
            uint64_t here = s->cps[p].rows[s->row[p] - 1].size;
            least = here < least ? here : least;
            same = same && here == size;
        }
        if (same) {
            s->head->size = size;
            return MSH_OK;
        }
        size = least;
    }
}

static msh_err put_aside(const settling *s, const char *name, msh_view bytes)
{
    char path[MSH_LOG_PATH], file[100];
    (void)snprintf(file, sizeof file, "quarantine/%020" PRIu64 "-%s", s->head->size, name);
    MSH_TRY(msh_store_path(s->log->dir, file, path, s->why));
    return msh_file_replace(path, bytes, s->why);
}

/* The bytes behind `keep` go to quarantine/, then the file is cut. */
static msh_err cut_file(const settling *s, const char *file, const char *name, uint64_t keep)
{
    char path[MSH_LOG_PATH];
    msh_buf whole;
    struct stat st;
    MSH_TRY(msh_store_path(s->log->dir, file, path, s->why));
    if (stat(path, &st) != 0)
        return msh_fail_errno(s->why, MSH_E_OPEN, "%s", path);
    if ((uint64_t)st.st_size == keep)
        return MSH_OK;
    if ((uint64_t)st.st_size < keep || (uint64_t)st.st_size - keep > TAIL_MAX)
        return msh_fail(s->why, MSH_E_EVIDENCE, "%s", path);
    msh_buf_init(&whole, TAIL_MAX);
    size_t n = (size_t)((uint64_t)st.st_size - keep);
    uint8_t *room = msh_buf_room(&whole, n);
    (void)chmod(path, 0600); /* a sealed segment, when its successor has no signed line */
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    msh_err err = room && fd >= 0 && msh_file_pread(fd, room, n, keep) == (int64_t)n
                      ? put_aside(s, name, msh_view_of(room, n))
                      : msh_fail_errno(s->why, MSH_E_IO, "%s", path);
    if (err == MSH_OK && (ftruncate(fd, (off_t)keep) != 0 || fsync(fd) != 0))
        err = msh_fail_errno(s->why, MSH_E_IO, "%s", path);
    if (fd >= 0)
        close(fd);
    msh_buf_dispose(&whole);
    return err;
}

/* Segments that begin at or behind the signed size hold nothing that is signed. */
static msh_err drop_segments(const settling *s, const msh_lines *l, size_t from)
{
    for (size_t i = from; i < l->n_segments; i++) {
        char name[40], path[MSH_LOG_PATH], to[MSH_LOG_PATH], file[100];
        msh_store_segment_name(l->segments[i], name);
        (void)snprintf(file, sizeof file, "quarantine/%s", name + 4);
        MSH_TRY(msh_store_path(s->log->dir, name, path, s->why));
        MSH_TRY(msh_store_path(s->log->dir, file, to, s->why));
        if (rename(path, to) != 0)
            return msh_fail_errno(s->why, MSH_E_STATE, "%s", path);
    }
    return MSH_OK;
}

static msh_err cut_lines(const settling *s)
{
    msh_lines l;
    msh_lines_status status = MSH_LINES_LINE;
    msh_view line;
    char name[40];
    MSH_TRY(msh_lines_open(&l, s->log->dir, s->why));
    msh_err err = MSH_OK;
    while (err == MSH_OK && l.n < s->head->size && status == MSH_LINES_LINE)
        err = msh_lines_next(&l, &status, &line, s->why);
    if (err == MSH_OK && l.n < s->head->size)
        err = msh_fail(s->why, MSH_E_EVIDENCE_LOST, "%" PRIu64 " / %" PRIu64, l.n, s->head->size);
    if (err == MSH_OK)
        err = drop_segments(s, &l, l.next);
    msh_store_segment_name(l.seg_first, name);
    if (err == MSH_OK)
        err = cut_file(s, name, "lines.bin", l.offset);
    msh_lines_close(&l);
    return err;
}

static msh_err settle(settling *s)
{
    MSH_TRY(msh_log_lock(s->log, s->why));
    MSH_TRY(msh_log_load(s->log, NULL, false, s->why));
    s->head->profiles = s->log->profiles;
    (void)snprintf(s->head->origin, sizeof s->head->origin, "%s", s->log->origin);
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(s->log, p))
            MSH_TRY(read_checkpoints(s, p));
    MSH_TRY(agree(s));
    MSH_TRY(cut_lines(s));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_log_has(s->log, p))
            continue;
        memcpy(s->head->roots[p], s->cps[p].rows[s->row[p] - 1].root, 32);
        MSH_TRY(cut_file(s, msh_profile_at(p)->checkpoints, p ? "checkpoints.sm3" : "checkpoints",
                         s->cps[p].ends[s->row[p] - 1]));
    }
    return MSH_OK;
}

msh_err msh_log_settle(const char *dir, msh_log_head *out, msh_error *why)
{
    settling s = {.log = msh_log_new(dir), .head = out, .why = why};
    char path[MSH_LOG_PATH];
    *out = (msh_log_head){.size = 0};
    if (!s.log)
        return msh_fail(why, MSH_E_MEMORY, "log");
    s.log->dead = true;
    msh_err err = settle(&s);
    /* The convenient copy of the last checkpoint may be of one that was cut. */
    if (err == MSH_OK && msh_store_path(dir, "checkpoint", path, NULL) == MSH_OK)
        (void)unlink(path);
    for (size_t p = 0; p < MSH_PROFILES; p++)
        msh_checkpoints_dispose(&s.cps[p]);
    msh_log_close(s.log);
    return err;
}

/* --- the record, and the keys in their place -------------------------------------------------- */

static msh_err copy_public(const msh_note_key *k, msh_note_key *out)
{
    msh_key *key;
    MSH_TRY(msh_key_from_public(msh_key_alg_of(k->key), msh_key_public(k->key), &key));
    return msh_note_key_init(out, k->name, key);
}

static msh_err take_new_keys(msh_log *l, const msh_log_rekey_job *job, msh_error *why)
{
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        char name[MSH_NOTE_NAME + 1];
        msh_key *key;
        if (!msh_log_has(l, p))
            continue;
        MSH_TRY(msh_keyfile_load(job->pem[p], msh_profile_at(p)->alg, &key, why));
        (void)snprintf(name, sizeof name, "%s", l->keys[p].name);
        msh_note_key_dispose(&l->keys[p]);
        MSH_TRY(msh_note_key_init(&l->keys[p], name, key));
    }
    return MSH_OK;
}

/* Last of all: whatever breaks off before leaves a log without keys, for which this is done again.
 */
static msh_err place_keys(msh_log *l, const msh_log_rekey_job *job, msh_error *why)
{
    char path[MSH_LOG_PATH];
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_log_has(l, p))
            continue;
        MSH_TRY(msh_log_key_path(l, p, "previous", ".pub.pem", path, why));
        MSH_TRY(msh_keyfile_write_public(path, job->before[p]->key, why));
        MSH_TRY(msh_log_key_path(l, p, "next", ".pem", path, why));
        (void)unlink(path);
        MSH_TRY(msh_log_key_path(l, p, "log", ".pem", path, why));
        int old = msh_log_key_open(path);
        msh_err err = rename(job->pem[p], path) == 0
                          ? MSH_OK
                          : msh_fail_errno(why, msh_log_io_class(errno), "%s", path);
        msh_log_key_overwrite(err == MSH_OK ? old : -1);
        MSH_TRY(err);
    }
    MSH_TRY(msh_store_path(l->dir, "keys", path, why));
    return msh_file_sync_dir(path, why);
}

static msh_err rekey(msh_log *l, const msh_log_rekey_job *job, msh_error *why)
{
    msh_recovery r;
    MSH_TRY(msh_log_lock(l, why));
    MSH_TRY(msh_log_load(l, job->head->origin, false, why));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(l, p))
            MSH_TRY(copy_public(job->before[p], &l->keys[p]));
    MSH_TRY(msh_log_recover(l, &r, why));
    if (l->state.trees[0].size != job->head->size || r.adopted || r.torn || r.cut_bytes)
        return msh_fail(why, MSH_E_EVIDENCE,
                        "日志在此期间有变化，请重新开始 / the log is not as it was: begin again");
    MSH_TRY(take_new_keys(l, job, why));
    l->state.closed = l->state.begin_due = false;
    l->alone = true;
    MSH_TRY(msh_log_put_one(l, "key.recover", job->body, why));
    l->alone = false;
    return place_keys(l, job, why);
}

msh_err msh_log_rekey(const char *dir, const msh_log_rekey_job *job, msh_error *why)
{
    msh_log *l = msh_log_new(dir);
    if (!l)
        return msh_fail(why, MSH_E_MEMORY, "log");
    msh_err err = rekey(l, job, why);
    l->dead = err != MSH_OK;
    msh_log_close(l);
    return err;
}
