/* verify_anchor.c: only an anchor shows that a whole log was put back to an older state, or that
 * two people were shown different ones. An anchor counts when its signer is trusted by the caller;
 * what it confirms must be a checkpoint of this log. */
#define _GNU_SOURCE
#include "ledger/verify_inner.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/timestamp.h"
#include "ledger/anchor.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ANCHOR_MAX = 1 << 16, ANCHOR_DAYS = 31 };

static const char *tr(const msh_verifier *v, const char *zh, const char *en)
{
    return msh_verify_tr(v, zh, en);
}

/* The last record is much younger than the anchor. */
static bool is_stale(const msh_verifier *v, int64_t seconds)
{
    char limit[MSH_UTC_SIZE];
    unsigned days = v->options && v->options->anchor_days ? v->options->anchor_days : ANCHOR_DAYS;
    msh_clock_format((seconds + (int64_t)days * 86400) * 1000000, limit);
    return memcmp(v->last_ts, limit, MSH_RECORD_TS) > 0;
}

/* A trusted other saw this tree; seconds 0 = no time is known. */
static msh_err confirm(msh_verifier *v, size_t p, const msh_checkpoint *cp, const char *who,
                       int64_t seconds)
{
    const msh_checkpoints *c = &v->cps[p];
    char when[MSH_UTC_SIZE] = "";
    if (seconds)
        msh_clock_format(seconds * 1000000, when);
    if (cp->size > v->n && !msh_verify_explained(v, cp))
        return msh_verify_judge(
            v, MSH_VERIFY_LOST, v->n, "%s %" PRIu64 " %s, %s %" PRIu64 " (%s %s)",
            tr(v, "日志被退回旧状态：外部锚点见过", "the log was put back: an anchor saw"),
            cp->size, tr(v, "条", "records"), tr(v, "现有", "there are"), v->n, who, when);
    for (size_t i = 0; i < c->n; i++) {
        if (c->rows[i].size != cp->size || memcmp(c->rows[i].root, cp->root, 32) != 0)
            continue;
        if (cp->size >= v->out->anchored) {
            v->out->anchored = cp->size;
            v->out->stale = seconds && is_stale(v, seconds);
            (void)snprintf(v->out->anchor, sizeof v->out->anchor, "%.200s %s", who, when);
        }
        return MSH_OK;
    }
    if (msh_verify_explained(v, cp)) {
        v->out->anchors_lost++;
        return MSH_OK;
    }
    return msh_verify_judge(
        v, MSH_VERIFY_INVALID, cp->size, "%s %" PRIu64 " (%s %s)",
        tr(v, "与外部锚点见过的不是同一份日志，大小", "not the log that an anchor saw at size"),
        cp->size, who, when);
}

static msh_err take_cosignature(msh_verifier *v, const msh_witnesses *w, msh_view bytes)
{
    msh_note note;
    msh_checkpoint cp;
    size_t p;
    uint64_t time;
    bool known = false;
    if (msh_note_read(bytes, &note) != MSH_OK ||
        msh_anchor_checkpoint(note.text, v->out->origin, &p, &cp) != MSH_OK) {
        v->out->anchors_unknown++;
        return MSH_OK;
    }
    for (size_t i = 0; i < w->n; i++) {
        msh_err err = msh_note_cosigned(&note, &w->keys[i], &time);
        if (err == MSH_E_EVIDENCE)
            continue;
        MSH_TRY(err);
        known = true;
        MSH_TRY(confirm(v, p, &cp, w->keys[i].name, (int64_t)time));
    }
    v->out->anchors_unknown += !known;
    return MSH_OK;
}

/* data: the text of the checkpoint that was stamped, kept beside the token. */
static msh_err take_token(msh_verifier *v, msh_view token, msh_view data)
{
    int64_t time;
    msh_checkpoint cp;
    size_t p;
    msh_err err = MSH_E_EVIDENCE;
    if (v->options && v->options->tsa_ca)
        err = msh_timestamp_check(token, data, v->options->tsa_ca, &time);
    if (err == MSH_E_OPEN || err == MSH_E_MEMORY)
        return msh_fail(v->why, err, "%s", v->options->tsa_ca);
    if (err != MSH_OK || msh_anchor_checkpoint(data, v->out->origin, &p, &cp) != MSH_OK) {
        v->out->anchors_unknown++;
        return MSH_OK;
    }
    return confirm(v, p, &cp, "RFC 3161", time);
}

static bool read_anchor(const msh_verifier *v, const char *name, msh_buf *out)
{
    char file[300], path[MSH_LOG_PATH];
    msh_buf_init(out, ANCHOR_MAX);
    (void)snprintf(file, sizeof file, "anchors/%s", name);
    return msh_store_path(v->dir, file, path, NULL) == MSH_OK &&
           msh_file_read(path, out, NULL) == MSH_OK;
}

static msh_err take_file(msh_verifier *v, const msh_witnesses *w, const char *name)
{
    char text[256];
    size_t n = strlen(name);
    msh_buf b, data;
    bool note = n > 6 && strcmp(name + n - 6, ".cosig") == 0;
    bool token = n > 4 && n < 250 && strcmp(name + n - 4, ".tsr") == 0;
    if (!note && !token)
        return MSH_OK;
    msh_err err = MSH_OK;
    msh_buf_init(&data, ANCHOR_MAX);
    if (!read_anchor(v, name, &b)) {
        v->out->anchors_unknown++;
    } else if (note) {
        err = take_cosignature(v, w, msh_buf_view(&b));
    } else {
        (void)snprintf(text, sizeof text, "%.*s.txt", (int)(n - 4), name);
        (void)!read_anchor(v, text, &data);
        err = take_token(v, msh_buf_view(&b), msh_buf_view(&data));
    }
    msh_buf_dispose(&b);
    msh_buf_dispose(&data);
    return err;
}

/* "SIZE:ROOT" that somebody typed from paper. */
static msh_err take_paper(msh_verifier *v, const char *paper)
{
    char *end;
    size_t n;
    msh_checkpoint cp;
    cp.size = strtoull(paper, &end, 10);
    if (*end != ':' || paper[0] < '0' || paper[0] > '9' ||
        msh_base64_read(msh_view_str(end + 1), cp.root, sizeof cp.root, &n) != MSH_OK || n != 32)
        return msh_fail(v->why, MSH_E_USAGE, "%s",
                        tr(v, "纸质检查点写作 记录数:根", "a printed checkpoint is SIZE:ROOT"));
    size_t p = 0; /* whichever tree has that root */
    for (size_t i = 0; i < v->cps[1].n; i++)
        if (v->cps[1].rows[i].size == cp.size && memcmp(v->cps[1].rows[i].root, cp.root, 32) == 0)
            p = 1;
    return confirm(v, p, &cp, tr(v, "纸质检查点", "printed checkpoint"), 0);
}

msh_err msh_verify_anchors(msh_verifier *v)
{
    char path[MSH_LOG_PATH];
    msh_witnesses w = {.n = 0};
    MSH_TRY(msh_store_path(v->dir, "anchors", path, v->why));
    if (v->options && v->options->witnesses)
        MSH_TRY(msh_witnesses_read(&w, v->options->witnesses, v->why));
    DIR *d = opendir(path); /* none there is none to compare with */
    msh_err err = MSH_OK;
    for (struct dirent *e = d ? readdir(d) : NULL; e && err == MSH_OK; e = readdir(d))
        err = take_file(v, &w, e->d_name);
    if (d)
        (void)closedir(d);
    if (err == MSH_OK && v->options && v->options->paper)
        err = take_paper(v, v->options->paper);
    msh_witnesses_dispose(&w);
    return err;
}
