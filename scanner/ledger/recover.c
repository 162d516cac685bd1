/* recover.c: what a writer does after a crash or a power loss (audit-log.md section 8).
 *
 * The lines and the signed checkpoints are the truth. A torn tail goes to quarantine; lines behind
 * the last good checkpoint are adopted when they are canonical and in order. Refuses to write when
 * lines are missing or are not those that were signed. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/base64.h"
#include "ledger/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* What may be cut from a file of checkpoints: the one note of a last commit, all else was synced. A
 * note is twice its name and at most this much besides. More than that is no crash. */
enum { NOTE_BESIDES = 200, TORN_MAX = 256 << 20 };

typedef struct job {
    msh_log *log;
    msh_recovery *out;
    msh_checkpoints cps[MSH_PROFILES];
    size_t next[MSH_PROFILES]; /* checkpoint whose root is checked next */
    uint64_t keep[MSH_PROFILES];
    uint64_t signed_size;
    bool torn, closed; /* closed: the last line is key.next, nothing may follow it unsigned */
    msh_batch *batch;
    msh_error *why;
} job;

static bool good_signature(const job *j, const msh_checkpoints *c, size_t p, size_t i,
                           const msh_note_key *before)
{
    return msh_checkpoints_verify(c, i, &j->log->keys[p]) == MSH_OK ||
           (before->key && msh_checkpoints_verify(c, i, before) == MSH_OK);
}

/* The last checkpoint is by the key in use, or, when it closed an epoch, by the one before. */
static msh_err cut_unsigned(job *j, size_t p, const char *path)
{
    msh_checkpoints *c = &j->cps[p];
    msh_note_key before;
    MSH_TRY(msh_log_previous_key(j->log, p, &before, j->why));
    bool good = c->n == 0 || good_signature(j, c, p, c->n - 1, &before);
    if (!good) {
        c->n--;
        good = c->n == 0 || good_signature(j, c, p, c->n - 1, &before);
    }
    msh_note_key_dispose(&before);
    return good
               ? MSH_OK
               : msh_fail(j->why, MSH_E_EVIDENCE,
                          "%s: 最后的签名不符，不再写入 / the last signatures do not verify", path);
}

/* Rule 2: the last checkpoint's signature must verify, else it is cut. */
static msh_err read_checkpoints(job *j, size_t p)
{
    char path[MSH_LOG_PATH], origin[MSH_LOG_ORIGIN + 8];
    const msh_profile *profile = msh_profile_at(p);
    msh_checkpoints *c = &j->cps[p];
    (void)snprintf(origin, sizeof origin, "%s%s", j->log->origin, profile->suffix);
    MSH_TRY(msh_store_path(j->log->dir, profile->checkpoints, path, j->why));
    MSH_TRY(msh_checkpoints_read(c, path, origin, j->why));
    MSH_TRY(cut_unsigned(j, p, path));
    j->keep[p] = c->n ? c->ends[c->n - 1] : 0;
    uint64_t cut = c->file.len - j->keep[p];
    if (cut > 2 * strlen(origin) + NOTE_BESIDES)
        return msh_fail(j->why, MSH_E_EVIDENCE,
                        "%s: 大小 %" PRIu64 " 之后格式有误，不再写入 / malformed behind that size",
                        path, msh_checkpoints_size(c));
    j->out->cut_bytes += cut;
    if (msh_checkpoints_size(c) > j->signed_size)
        j->signed_size = msh_checkpoints_size(c);
    return MSH_OK;
}

/* The lines that were collected join the trees. */
static msh_err take_batch(job *j)
{
    msh_log_state *s = &j->log->state;
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        uint64_t bad = 0;
        const uint8_t(*leaves)[MSH_HASH] = (const uint8_t(*)[MSH_HASH])j->batch->leaves[p];
        MSH_TRY(msh_batch_hash(j->batch, p));
        if (msh_log_has(j->log, p)) /* a cache */
            (void)!msh_tiles_append(&j->log->tiles[p], s->trees[p].size, leaves, j->batch->n);
        msh_err err = msh_batch_grow(&s->trees[p], &j->log->hashers[p], leaves, j->batch->n,
                                     &j->cps[p], &j->next[p], &bad);
        if (err == MSH_E_EVIDENCE)
            return msh_fail(j->why, err,
                            "前 %" PRIu64 " 条与签名不符，不再写入；请复制整个日志文件夹并报告 "
                            "/ not the lines that were signed",
                            bad);
        MSH_TRY(err);
    }
    msh_batch_reset(j->batch, s->trees[0].size);
    return MSH_OK;
}

/* Rule 3. Nothing follows a key.next but what its successor signed. */
static bool may_adopt(const job *j, msh_view line, uint64_t n)
{
    msh_record r;
    return !j->closed && j->out->adopted < MSH_GROUP_MAX && msh_record_read(line, &r) == MSH_OK &&
           r.n == n;
}

/* What the state remembers of the lines: month of a segment, time and type of the last. */
static void note_line(job *j, msh_view line)
{
    msh_log_state *s = &j->log->state;
    msh_record r;
    if (msh_record_read(line, &r) != MSH_OK)
        return;
    if (!s->month[0])
        memcpy(s->month, r.ts.data, MSH_MONTH);
    memcpy(s->last_ts, r.ts.data, MSH_RECORD_TS);
    s->last_ts[MSH_RECORD_TS] = '\0';
    j->closed = msh_view_eq_str(r.type, "key.next");
}

static void note_segment(job *j, const msh_lines *lines)
{
    msh_log_state *s = &j->log->state;
    if (lines->fd < 0 || (lines->seg_first == s->seg_first && s->seg_bytes))
        return;
    s->seg_first = lines->seg_first;
    s->seg_bytes = 0;
    s->month[0] = '\0';
}

static msh_err replay(job *j, msh_lines *lines)
{
    msh_log_state *s = &j->log->state;
    msh_lines_status status;
    msh_view line;
    for (;;) {
        MSH_TRY(msh_lines_next(lines, &status, &line, j->why));
        if (status != MSH_LINES_LINE)
            break;
        uint64_t n = lines->n - 1;
        note_segment(j, lines);
        if (n >= j->signed_size && !may_adopt(j, line, n)) {
            j->torn = true;
            return take_batch(j); /* seg_bytes is where this line begins */
        }
        j->out->adopted += n >= j->signed_size;
        if (!msh_batch_add(j->batch, line)) {
            MSH_TRY(take_batch(j));
            if (!msh_batch_add(j->batch, line))
                return msh_fail(j->why, MSH_E_MEMORY, "recovery");
        }
        s->seg_bytes = lines->offset;
        note_line(j, line);
    }
    MSH_TRY(take_batch(j));
    if (lines->fd >= 0 && lines->seg_first != s->seg_first)
        note_segment(j, lines); /* an empty segment, just begun */
    j->torn = status == MSH_LINES_TORN;
    if (status == MSH_LINES_GAP && s->trees[0].size >= j->signed_size)
        return msh_fail(j->why, MSH_E_EVIDENCE,
                        "分段文件应从 %" PRIu64 " 开始，不再写入 / a segment does not begin there",
                        s->trees[0].size);
    return MSH_OK;
}

/* Rule 4, and what must not be adopted. */
static msh_err judge(const job *j, const msh_lines *lines)
{
    uint64_t have = j->log->state.trees[0].size;
    if (have < j->signed_size)
        return msh_fail(j->why, MSH_E_EVIDENCE_LOST,
                        "签过名的有 %" PRIu64 " 条，现有 %" PRIu64
                        " 条，不再写入；请从备份恢复并报告 / signed records are missing",
                        j->signed_size, have);
    if (j->signed_size == 0 && have > 1)
        return msh_fail(j->why, MSH_E_EVIDENCE,
                        "有 %" PRIu64 " 条记录却没有检查点，不再写入 / records, but no checkpoint",
                        have);
    if (j->torn && !msh_lines_last(lines))
        return msh_fail(j->why, MSH_E_EVIDENCE,
                        "已封存的分段不完整，不再写入 / a closed segment is torn");
    if (j->out->adopted >= MSH_GROUP_MAX && j->torn)
        return msh_fail(
            j->why, MSH_E_EVIDENCE,
            "没有签名的记录过多，不再写入 / too many records behind the last checkpoint");
    return MSH_OK;
}

/* The torn bytes to quarantine/, synced before anything is cut. */
static msh_err quarantine(job *j, msh_view torn)
{
    char hex[65], path[MSH_LOG_PATH];
    MSH_TRY(msh_sha256(torn, j->out->torn_sha256));
    msh_hex32(j->out->torn_sha256, hex);
    (void)snprintf(j->out->quarantine, sizeof j->out->quarantine, "%020" PRIu64 "-%.16s.bin",
                   j->log->state.trees[0].size, hex);
    MSH_TRY(msh_store_path(j->log->dir, "quarantine", path, j->why));
    MSH_TRY(msh_file_make_dirs(path, j->why));
    size_t n = strlen(path);
    if (n + 1 + strlen(j->out->quarantine) >= sizeof path)
        return msh_fail(j->why, MSH_E_STATE, "log folder: name too long");
    path[n] = '/';
    memcpy(path + n + 1, j->out->quarantine, strlen(j->out->quarantine) + 1);
    return msh_file_replace(path, torn, j->why);
}

static msh_err cut_lines(job *j)
{
    msh_log_state *s = &j->log->state;
    off_t size = lseek(j->log->seg_fd, 0, SEEK_END);
    if (size < 0)
        return msh_fail_errno(j->why, MSH_E_IO, "segment");
    if ((uint64_t)size == s->seg_bytes)
        return MSH_OK;
    j->out->torn = (uint64_t)size - s->seg_bytes;
    if (j->out->torn > TORN_MAX)
        return msh_fail(j->why, MSH_E_EVIDENCE,
                        "残尾过长，不像断电所致，不再写入 / the torn tail is too long for a crash");
    uint8_t *torn = msh_alloc((size_t)j->out->torn);
    if (!torn)
        return msh_fail(j->why, MSH_E_MEMORY, "torn tail");
    int64_t n = msh_file_pread(j->log->seg_fd, torn, (size_t)j->out->torn, s->seg_bytes);
    msh_err err = n == (int64_t)j->out->torn ? quarantine(j, msh_view_of(torn, (size_t)n))
                                             : msh_fail(j->why, MSH_E_IO, "segment");
    msh_free(torn);
    MSH_TRY(err);
    if (ftruncate(j->log->seg_fd, (off_t)s->seg_bytes) != 0 || fsync(j->log->seg_fd) != 0)
        return msh_fail_errno(j->why, MSH_E_IO, "segment");
    return MSH_OK;
}

static msh_err cut_checkpoints(job *j, size_t p)
{
    j->log->state.cp_bytes[p] = j->keep[p];
    if (j->cps[p].file.len == j->keep[p])
        return MSH_OK;
    if (ftruncate(j->log->cp_fd[p], (off_t)j->keep[p]) != 0 || fsync(j->log->cp_fd[p]) != 0)
        return msh_fail_errno(j->why, MSH_E_IO, "%s", msh_profile_at(p)->checkpoints);
    return MSH_OK;
}

/* New names (a first segment, the checkpoint files) must outlive a power loss too. */
static msh_err sync_names(const job *j)
{
    char path[MSH_LOG_PATH];
    MSH_TRY(msh_store_path(j->log->dir, "seg", path, j->why));
    MSH_TRY(msh_file_sync_dir(path, j->why));
    return msh_file_sync_dir(j->log->dir, j->why);
}

/* Where the tiles vouch for all segments but the last, only that one is read: the roots of the
 * checkpoints in it prove that the tiles told the truth. */
static bool skip(job *j, msh_lines *lines)
{
    msh_log_state *s = &j->log->state;
    uint64_t start;
    if (msh_lines_skip(lines, &start) != MSH_OK || start == 0 || start >= j->signed_size)
        return false;
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        s->trees[p].size = start;
        if (!msh_log_has(j->log, p))
            continue;
        if (msh_checkpoints_size(&j->cps[p]) <= start ||
            msh_tiles_tree(&j->log->tiles[p], start, &s->trees[p]) != MSH_OK)
            return false;
        while (j->cps[p].rows[j->next[p]].size <= start)
            j->next[p]++;
    }
    return true;
}

static msh_err run(job *j, msh_lines *lines, bool whole)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(j->log, p))
            MSH_TRY(read_checkpoints(j, p));
    MSH_TRY(msh_lines_open(lines, j->log->dir, j->why));
    if (!whole && !skip(j, lines))
        return MSH_E_SHORT;
    j->out->from = lines->n;
    msh_batch_reset(j->batch, lines->n);
    MSH_TRY(replay(j, lines));
    MSH_TRY(judge(j, lines));
    MSH_TRY(msh_log_open_files(j->log, j->why));
    MSH_TRY(cut_lines(j));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(j->log, p))
            MSH_TRY(cut_checkpoints(j, p));
    return sync_names(j);
}

static void finish(job *j)
{
    msh_log_state *s = &j->log->state;
    s->closed = j->closed;
    s->epoch_first = s->trees[0].size;
    s->epoch_us = msh_clock_utc_us();
    for (size_t p = 0; p < MSH_PROFILES; p++)
        j->out->unsigned_end[p] = msh_checkpoints_size(&j->cps[p]) < s->trees[p].size;
}

static msh_err attempt(msh_log *l, msh_recovery *out, bool whole, msh_error *why)
{
    msh_lines lines = {.fd = -1};
    job j = {.log = l, .out = out, .why = why, .batch = msh_batch_new()};
    *out = (msh_recovery){0};
    l->state = (msh_log_state){0};
    msh_err err = j.batch ? run(&j, &lines, whole) : msh_fail(why, MSH_E_MEMORY, "recovery");
    if (err == MSH_OK)
        finish(&j);
    msh_lines_close(&lines);
    msh_batch_free(j.batch);
    for (size_t p = 0; p < MSH_PROFILES; p++)
        msh_checkpoints_dispose(&j.cps[p]);
    return err;
}

/* A cut or a quarantine is only made after all checks of an attempt passed, so the second one finds
 * what the first one found. */
msh_err msh_log_recover(msh_log *l, msh_recovery *out, msh_error *why)
{
    msh_err err = attempt(l, out, false, why);
    bool again = err == MSH_E_SHORT || err == MSH_E_EVIDENCE || err == MSH_E_EVIDENCE_LOST;
    return again ? attempt(l, out, true, why) : err;
}
