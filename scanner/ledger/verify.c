/* verify.c: one pass over all lines, with both trees growing beside it; each checkpoint's root is
 * compared when the tree has its size, each signature is checked. The first bad place is named. */
#define _GNU_SOURCE
#include "ledger/verify.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/record.h"
#include "ledger/store.h"
#include "ledger/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct verifier {
    const char *dir;
    msh_lang lang;
    msh_log_verdict *out;
    msh_checkpoints cps[MSH_PROFILES];
    size_t next[MSH_PROFILES];
    msh_note_key keys[MSH_PROFILES];
    msh_tree trees[MSH_PROFILES];
    msh_hasher hashers[MSH_PROFILES];
    msh_lines lines;
    msh_buf latest; /* LOG/checkpoint */
    bool has_latest;
    char last_ts[MSH_RECORD_TS + 1];
    msh_verify_record record;
    void *ctx;
    bool judged; /* *out is final */
    msh_error *why;
} verifier;

/* The verdict, once: the first bad place counts. Always MSH_OK, so that it can end a function. */
static msh_err judge(verifier *v, int exit_code, uint64_t bad, const char *format, ...)
    MSH_PRINTF(4, 5);

static msh_err judge(verifier *v, int exit_code, uint64_t bad, const char *format, ...)
{
    va_list args;
    if (v->judged)
        return MSH_OK;
    v->judged = true;
    v->out->exit_code = exit_code;
    v->out->bad_size = bad;
    va_start(args, format);
    (void)vsnprintf(v->out->what, sizeof v->out->what, format, args);
    va_end(args);
    return MSH_OK;
}

static const char *tr(const verifier *v, const char *zh, const char *en)
{
    return v->lang == MSH_LANG_EN ? en : zh;
}

/* A file that could not be read: 2, or 1 when it is there but malformed. */
static msh_err unreadable(verifier *v, msh_err err, const msh_error *inner)
{
    if (err == MSH_E_MEMORY || err == MSH_E_CRYPTO)
        return msh_fail(v->why, err, "%s", inner->text);
    int code = err == MSH_E_EVIDENCE ? MSH_VERIFY_INVALID : MSH_VERIFY_UNREADABLE;
    return judge(v, code, UINT64_MAX, "%s: %s",
                 code == MSH_VERIFY_INVALID ? tr(v, "格式有误", "malformed")
                                            : tr(v, "读不了", "cannot be read"),
                 inner->text);
}

static msh_err load_key(verifier *v, size_t p)
{
    char path[MSH_LOG_PATH], name[272];
    const msh_profile *profile = msh_profile_at(p);
    msh_key *key;
    msh_error inner = {0};
    (void)snprintf(name, sizeof name, "%s%s", v->out->origin, profile->suffix);
    MSH_TRY(msh_store_path(v->dir, profile->public_key, path, v->why));
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return judge(v, MSH_VERIFY_INVALID, UINT64_MAX, "%s: %s",
                     tr(v, "缺少公钥，无法核对签名", "the public key is missing"),
                     profile->public_key);
    msh_err err = msh_keyfile_load_public(path, profile->alg, &key, &inner);
    if (err != MSH_OK)
        return unreadable(v, err, &inner);
    return msh_note_key_init(&v->keys[p], name, key);
}

static msh_err check_signatures(verifier *v, size_t p)
{
    const msh_profile *profile = msh_profile_at(p);
    msh_checkpoints *c = &v->cps[p];
    for (size_t i = 0; i < c->n; i++) {
        msh_err err = msh_checkpoints_verify(c, i, &v->keys[p]);
        if (err != MSH_OK && err != MSH_E_EVIDENCE)
            return msh_fail(v->why, err, "checking a signature");
        if (err != MSH_OK)
            return judge(v, MSH_VERIFY_INVALID, c->rows[i].size, "%s: %s %" PRIu64,
                         profile->checkpoints,
                         tr(v, "签名不符，检查点大小", "bad signature at size"), c->rows[i].size);
        v->out->checkpoints++;
    }
    if (c->torn)
        return judge(
            v, MSH_VERIFY_INVALID, msh_checkpoints_size(c), "%s: %s %" PRIu64, profile->checkpoints,
            tr(v, "格式有误，位置在大小之后", "malformed behind size"), msh_checkpoints_size(c));
    if (c->n == 0)
        return judge(v, MSH_VERIFY_INVALID, 0, "%s: %s", profile->checkpoints,
                     tr(v, "没有任何检查点", "there is no checkpoint"));
    return MSH_OK;
}

static msh_err load_checkpoints(verifier *v, size_t p)
{
    char path[MSH_LOG_PATH], origin[272];
    const msh_profile *profile = msh_profile_at(p);
    msh_error inner = {0};
    (void)snprintf(origin, sizeof origin, "%s%s", v->out->origin, profile->suffix);
    MSH_TRY(msh_store_path(v->dir, profile->checkpoints, path, v->why));
    msh_err err = msh_checkpoints_read(&v->cps[p], path, origin, &inner);
    return err == MSH_OK ? MSH_OK : unreadable(v, err, &inner);
}

/* The first record names the keys: they must be those the signatures are checked with. */
static msh_err check_open(verifier *v, const msh_record *r)
{
    msh_arena a;
    msh_json *j;
    msh_buf vkey;
    if (!msh_view_eq_str(r->type, "log.open"))
        return judge(v, MSH_VERIFY_INVALID, 0, "%s",
                     tr(v, "第一条记录不是 log.open", "the first record is not log.open"));
    msh_arena_init(&a, 1 << 20);
    msh_buf_init(&vkey, 4096);
    msh_err err = msh_json_read(&a, r->body, MSH_JSON_LOG, &j, v->why);
    bool same = err == MSH_OK;
    for (size_t p = 0; p < MSH_PROFILES && same; p++) {
        msh_buf_reset(&vkey);
        msh_note_key_write(&v->keys[p], &vkey);
        same = msh_view_eq(msh_buf_view(&vkey),
                           msh_json_text(msh_json_get(j, msh_profile_at(p)->vkey)));
    }
    msh_buf_dispose(&vkey);
    msh_arena_dispose(&a);
    if (err == MSH_E_MEMORY || same)
        return err == MSH_E_MEMORY ? err : MSH_OK;
    return judge(
        v, MSH_VERIFY_INVALID, 0, "%s",
        tr(v, "公钥与第一条记录所载的不同", "the public keys are not those of the first record"));
}

static msh_err check_roots(verifier *v, size_t p)
{
    msh_checkpoints *c = &v->cps[p];
    uint8_t root[32];
    if (v->next[p] == c->n || c->rows[v->next[p]].size != v->trees[p].size)
        return MSH_OK;
    MSH_TRY(msh_tree_root(&v->trees[p], &v->hashers[p], root));
    for (; v->next[p] < c->n && c->rows[v->next[p]].size == v->trees[p].size; v->next[p]++) {
        const msh_checkpoint *row = &c->rows[v->next[p]];
        if (memcmp(root, row->root, sizeof root) != 0)
            return judge(v, MSH_VERIFY_INVALID, row->size, "%s: %s %" PRIu64,
                         msh_profile_at(p)->checkpoints,
                         tr(v, "记录被改动、删除、插入或换位，首个不符的检查点大小",
                            "a record was changed, deleted, inserted or moved; first bad size"),
                         row->size);
        v->out->signed_size = row->size;
    }
    return MSH_OK;
}

static msh_err check_line(verifier *v, uint64_t n, msh_view line)
{
    msh_record r;
    if (msh_record_read(line, &r) != MSH_OK || r.n != n)
        return judge(
            v, MSH_VERIFY_INVALID, n, "%s %" PRIu64,
            tr(v, "记录不合规范或序号不符，序号", "a record is not canonical or misnumbered:"), n);
    if (n == 0)
        MSH_TRY(check_open(v, &r));
    if (memcmp(r.ts.data, v->last_ts, MSH_RECORD_TS) < 0)
        v->out->clock_back++;
    memcpy(v->last_ts, r.ts.data, MSH_RECORD_TS);
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++) {
        MSH_TRY(msh_tree_append(&v->trees[p], &v->hashers[p], line));
        MSH_TRY(check_roots(v, p));
    }
    if (v->record && !v->judged)
        MSH_TRY(v->record(v->ctx, n, r.type, r.body));
    return MSH_OK;
}

static msh_err check_lines(verifier *v, msh_lines_status *status)
{
    msh_error inner = {0};
    while (!v->judged) {
        msh_view line;
        msh_err err = msh_lines_next(&v->lines, status, &line, &inner);
        if (err != MSH_OK)
            return unreadable(v, err, &inner);
        if (*status != MSH_LINES_LINE)
            return MSH_OK;
        MSH_TRY(check_line(v, v->lines.n - 1, line));
    }
    return MSH_OK;
}

/* What the lines and the checkpoints say together, after all lines were read. */
static msh_err check_end(verifier *v, msh_lines_status status)
{
    uint64_t have = v->trees[0].size, most = 0, least = UINT64_MAX;
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        uint64_t size = msh_checkpoints_size(&v->cps[p]);
        most = size > most ? size : most;
        least = size < least ? size : least;
    }
    if (most > have)
        return judge(v, MSH_VERIFY_LOST, have, "%s: %s %" PRIu64 ", %s %" PRIu64,
                     tr(v, "数据丢失", "data is lost"), tr(v, "签名所述记录数", "records signed"),
                     most, tr(v, "现有", "records there"), have);
    if (status == MSH_LINES_GAP)
        return judge(v, MSH_VERIFY_INVALID, have, "%s %" PRIu64,
                     tr(v, "分段文件不连续，应从此序号开始", "the next segment should begin at"),
                     have);
    if (status == MSH_LINES_TORN || least < have)
        return judge(v, MSH_VERIFY_INVALID, least, "%s %" PRIu64 " %s",
                     tr(v, "有效的只有前", "valid are only the first"), least,
                     tr(v, "条；其后的内容没有签名（可能是断电留下的，下一次写入时会处理并记录）",
                        "records; what follows is not signed (perhaps left by a power loss: the "
                        "next run deals with it and records it)"));
    return MSH_OK;
}

/* LOG/checkpoint is a convenience, but what it says must be one of the notes. */
static msh_err check_latest(verifier *v)
{
    const msh_checkpoints *c = &v->cps[0];
    bool found = !v->has_latest;
    for (size_t i = c->n; i > 0 && !found; i--) {
        uint64_t from = i > 1 ? c->ends[i - 2] : 0;
        msh_view note =
            msh_view_cut(msh_buf_view(&c->file), (size_t)from, (size_t)(c->ends[i - 1] - 1 - from));
        found = msh_view_eq(note, msh_buf_view(&v->latest));
    }
    if (found)
        return MSH_OK;
    return judge(v, MSH_VERIFY_INVALID, UINT64_MAX, "%s",
                 tr(v, "checkpoint 文件不是 checkpoints 中的任何一个",
                    "the file checkpoint is none of those in checkpoints"));
}

static msh_err load_latest(verifier *v)
{
    char path[MSH_LOG_PATH];
    msh_error inner = {0};
    MSH_TRY(msh_store_path(v->dir, "checkpoint", path, v->why));
    if (access(path, F_OK) != 0)
        return MSH_OK;
    v->has_latest = true;
    msh_err err = msh_file_read(path, &v->latest, &inner);
    return err == MSH_OK || err == MSH_E_LIMIT_BUFFER ? MSH_OK : unreadable(v, err, &inner);
}

static msh_err put_root(verifier *v, size_t p, char out[48])
{
    uint8_t root[32];
    msh_buf text;
    MSH_TRY(msh_tree_root(&v->trees[p], &v->hashers[p], root));
    msh_buf_init(&text, 64);
    msh_base64_encode(&text, msh_view_of(root, sizeof root));
    msh_err err = msh_buf_err(&text);
    if (err == MSH_OK) {
        memcpy(out, text.data, text.len);
        out[text.len] = '\0';
    }
    msh_buf_dispose(&text);
    return err;
}

/* While a group is being written the files disagree: wait for its end. A copy has no lock. */
static int share_lock(const char *dir)
{
    char path[MSH_LOG_PATH];
    if (msh_store_path(dir, "lock", path, NULL) != MSH_OK)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    while (fd >= 0 && flock(fd, LOCK_SH) != 0 && errno == EINTR) {
    }
    return fd;
}

/* Everything small is read, and the lines are measured, under the lock; a writer waits only for
 * that. */
static msh_err take_snapshot(verifier *v)
{
    msh_error inner = {0};
    msh_err err = msh_store_origin(v->dir, v->out->origin, &inner);
    if (err != MSH_OK)
        return unreadable(v, err, &inner);
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++)
        MSH_TRY(load_key(v, p));
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++)
        MSH_TRY(load_checkpoints(v, p));
    if (!v->judged)
        MSH_TRY(load_latest(v));
    if (v->judged)
        return MSH_OK;
    err = msh_lines_open(&v->lines, v->dir, &inner);
    return err == MSH_OK ? MSH_OK : unreadable(v, err, &inner);
}

static msh_err run(verifier *v)
{
    msh_lines_status status = MSH_LINES_END;
    int fd = share_lock(v->dir);
    msh_err err = take_snapshot(v);
    if (fd >= 0)
        close(fd);
    MSH_TRY(err);
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++) {
        MSH_TRY(msh_hasher_init(&v->hashers[p], msh_profile_at(p)->digest));
        MSH_TRY(check_signatures(v, p));
    }
    if (!v->judged)
        MSH_TRY(check_lines(v, &status));
    v->out->size = v->trees[0].size;
    if (!v->judged)
        MSH_TRY(check_end(v, status));
    if (!v->judged)
        MSH_TRY(check_latest(v));
    if (v->judged)
        return MSH_OK;
    MSH_TRY(put_root(v, 0, v->out->root_sha256));
    return put_root(v, 1, v->out->root_sm3);
}

msh_err msh_verify_each(const char *dir, msh_lang lang, msh_verify_record record, void *ctx,
                        msh_log_verdict *out, msh_error *why)
{
    verifier v = {.dir = dir, .lang = lang, .out = out, .record = record, .ctx = ctx, .why = why};
    *out = (msh_log_verdict){.exit_code = MSH_VERIFY_INVALID, .bad_size = UINT64_MAX};
    msh_buf_init(&v.latest, 1 << 16);
    msh_err err = run(&v);
    msh_lines_close(&v.lines);
    msh_buf_dispose(&v.latest);
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_checkpoints_dispose(&v.cps[p]);
        msh_note_key_dispose(&v.keys[p]);
        msh_hasher_dispose(&v.hashers[p]);
    }
    if (err == MSH_OK && !v.judged)
        out->exit_code = MSH_VERIFY_UNANCHORED;
    return err;
}

msh_err msh_verify_log(const char *dir, msh_lang lang, msh_log_verdict *out, msh_error *why)
{
    return msh_verify_each(dir, lang, NULL, NULL, out, why);
}
