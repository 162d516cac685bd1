/* verify.c: what the files, the lines and the signatures of a log say together. The first bad place
 * is named. */
#define _GNU_SOURCE
#include "ledger/verify_inner.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

typedef msh_verifier verifier;

msh_err msh_verify_judge(msh_verifier *v, int exit_code, uint64_t bad, const char *format, ...)
{
    va_list args;
    if (v->judged && bad >= v->out->bad_size)
        return MSH_OK;
    v->judged = true;
    v->out->exit_code = exit_code;
    v->out->bad_size = bad;
    va_start(args, format);
    (void)vsnprintf(v->out->what, sizeof v->out->what, format, args);
    va_end(args);
    return MSH_OK;
}

#define judge msh_verify_judge
#define unreadable msh_verify_unreadable
#define tr msh_verify_tr

const char *msh_verify_tr(const msh_verifier *v, const char *zh, const char *en)
{
    return v->lang == MSH_LANG_EN ? en : zh;
}

msh_err msh_verify_unreadable(msh_verifier *v, msh_err err, const msh_error *inner)
{
    if (err == MSH_E_MEMORY || err == MSH_E_CRYPTO)
        return msh_fail(v->why, err, "%s", inner->text);
    int code = err == MSH_E_EVIDENCE ? MSH_VERIFY_INVALID : MSH_VERIFY_UNREADABLE;
    return judge(v, code, UINT64_MAX, "%s: %s",
                 code == MSH_VERIFY_INVALID ? tr(v, "格式有误", "malformed")
                                            : tr(v, "读不了", "cannot be read"),
                 inner->text);
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

/* What the lines and the checkpoints say together, after all lines were read. */
static msh_err check_end(verifier *v, msh_lines_status status)
{
    uint64_t have = v->n, most = 0, least = UINT64_MAX;
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_verify_has(v, p))
            continue;
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
    const msh_checkpoints *c = &v->cps[msh_verify_has(v, 0) ? 0 : 1];
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

/* Everything small is read, and the lines are measured, under the lock; a writer waits only for
 * that. */
static msh_err take_snapshot(verifier *v)
{
    msh_error inner = {0};
    msh_err err = msh_store_origin(v->dir, v->out->origin, &inner);
    if (err != MSH_OK)
        return unreadable(v, err, &inner);
    MSH_TRY(msh_verify_load_keys(v));
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++)
        if (msh_verify_has(v, p))
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
    int fd = msh_store_share(v->dir);
    msh_err err = take_snapshot(v);
    if (fd >= 0)
        close(fd);
    if (err != MSH_OK || v->judged)
        return err;
    for (size_t p = 0; p < MSH_PROFILES; p++)
        MSH_TRY(msh_hasher_init(&v->hashers[p], msh_profile_at(p)->digest));
    MSH_TRY(msh_verify_lines(v, &status));
    MSH_TRY(msh_verify_signatures(v));
    v->out->size = v->n;
    if (!v->judged)
        MSH_TRY(check_end(v, status));
    if (!v->judged)
        MSH_TRY(check_latest(v));
    if (!v->judged)
        MSH_TRY(msh_verify_anchors(v));
    if (v->judged)
        return MSH_OK;
    v->out->signed_size = v->n;
    if (msh_verify_has(v, 0))
        MSH_TRY(put_root(v, 0, v->out->root_sha256));
    return msh_verify_has(v, 1) ? put_root(v, 1, v->out->root_sm3) : MSH_OK;
}

static void dispose(verifier *v)
{
    msh_lines_close(&v->lines);
    msh_buf_dispose(&v->latest);
    for (size_t i = 0; i < v->n_epochs; i++)
        for (size_t p = 0; p < MSH_PROFILES; p++)
            msh_note_key_dispose(&v->epochs[i].keys[p]);
    msh_free(v->epochs);
    msh_guard_dispose(&v->guard);
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_checkpoints_dispose(&v->cps[p]);
        msh_hasher_dispose(&v->hashers[p]);
    }
}

msh_err msh_verify_with(const char *dir, msh_lang lang, const msh_verify_options *options,
                        msh_verify_record record, void *ctx, msh_log_verdict *out, msh_error *why)
{
    verifier v = {.dir = dir,
                  .options = options,
                  .lang = lang,
                  .out = out,
                  .record = record,
                  .ctx = ctx,
                  .why = why};
    *out = (msh_log_verdict){.exit_code = MSH_VERIFY_INVALID, .bad_size = UINT64_MAX};
    v.lines.fd = -1;
    msh_buf_init(&v.latest, 1 << 16);
    msh_err err = run(&v);
    dispose(&v);
    if (err == MSH_OK && !v.judged)
        out->exit_code = out->anchored && !out->stale ? MSH_VERIFY_ANCHORED : MSH_VERIFY_UNANCHORED;
    return err;
}

msh_err msh_verify_each(const char *dir, msh_lang lang, msh_verify_record record, void *ctx,
                        msh_log_verdict *out, msh_error *why)
{
    return msh_verify_with(dir, lang, NULL, record, ctx, out, why);
}

msh_err msh_verify_log(const char *dir, msh_lang lang, msh_log_verdict *out, msh_error *why)
{
    return msh_verify_with(dir, lang, NULL, NULL, NULL, out, why);
}
