/* verify_lines.c: all lines, once: batches are read in order, checked and hashed by all processors,
 * and taken into the trees in order; a checkpoint's root is compared when its tree has its size. */
#define _GNU_SOURCE
#include "ledger/verify_inner.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/view.h"
#include "ledger/batch.h"

#include <inttypes.h>

enum { BATCHES_EACH = 4, BATCHES_MAX = 4 * 64 };

typedef struct stage {
    msh_verifier *v;
    msh_batch *batches[BATCHES_MAX];
    size_t n, filled;
    msh_view kept; /* a line that found no room in the last batch */
    msh_lines_status status;
} stage;

static void work_on(void *ctx, size_t i)
{
    stage *s = ctx;
    msh_batch *b = s->batches[i];
    msh_batch_read(b);
    for (size_t p = 0; p < MSH_PROFILES && b->err == MSH_OK; p++)
        if (msh_verify_has(s->v, p))
            b->err = msh_batch_hash(b, p);
}

/* One batch from the lines. */
static msh_err fill_one(stage *s, msh_batch *b, msh_error *inner)
{
    msh_batch_reset(b, s->v->lines.n - (s->kept.data ? 1 : 0));
    if (s->kept.data && !msh_batch_add(b, s->kept))
        return msh_fail(inner, MSH_E_MEMORY, "batch");
    s->kept.data = NULL;
    for (;;) {
        msh_view line;
        MSH_TRY(msh_lines_next(&s->v->lines, &s->status, &line, inner));
        if (s->status != MSH_LINES_LINE)
            return MSH_OK;
        if (!msh_batch_add(b, line)) {
            s->kept = line; /* alive until the next call of msh_lines_next */
            return MSH_OK;
        }
    }
}

static msh_err fill_all(stage *s, msh_error *inner)
{
    for (s->filled = 0; s->filled < s->n && s->status == MSH_LINES_LINE; s->filled++)
        MSH_TRY(fill_one(s, s->batches[s->filled], inner));
    return MSH_OK;
}

static msh_err take_tree(msh_verifier *v, const msh_batch *b, size_t p)
{
    uint64_t bad = 0;
    msh_err err =
        msh_batch_grow(&v->trees[p], &v->hashers[p], (const uint8_t(*)[MSH_HASH])b->leaves[p],
                       b->good, &v->cps[p], &v->next[p], &bad);
    if (err != MSH_E_EVIDENCE)
        return err;
    return msh_verify_judge(v, MSH_VERIFY_INVALID, bad, "%s: %s %" PRIu64,
                            msh_profile_at(p)->checkpoints,
                            msh_verify_tr(v, "记录被改动、删除、插入或换位，首个不符的检查点大小",
                                          "a record was changed, deleted, inserted or moved; first "
                                          "bad size"),
                            bad);
}

static msh_err take_records(msh_verifier *v, const msh_batch *b)
{
    for (size_t i = 0; i < b->good; i++) {
        const msh_record *r = &b->records[i];
        if (memcmp(r->ts.data, v->last_ts, MSH_RECORD_TS) < 0)
            v->out->clock_back++;
        memcpy(v->last_ts, r->ts.data, MSH_RECORD_TS);
        MSH_TRY(msh_verify_key_record(v, r));
        if (v->record && !v->judged)
            MSH_TRY(v->record(v->ctx, r));
    }
    return MSH_OK;
}

static msh_err take_batch(msh_verifier *v, const msh_batch *b)
{
    MSH_TRY(b->err);
    MSH_TRY(take_records(v, b));
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_verify_has(v, p))
            MSH_TRY(take_tree(v, b, p));
    v->n += b->good;
    if (b->good == b->n)
        return MSH_OK;
    uint64_t n = b->first + b->good;
    return msh_verify_judge(v, MSH_VERIFY_INVALID, n, "%s %" PRIu64,
                            msh_verify_tr(v, "记录不合规范或序号不符，序号",
                                          "a record is not canonical or misnumbered:"),
                            n);
}

static msh_err run(stage *s)
{
    msh_verifier *v = s->v;
    msh_error inner = {0};
    while (s->status == MSH_LINES_LINE && !v->judged) {
        msh_err err = fill_all(s, &inner);
        if (err != MSH_OK)
            return msh_verify_unreadable(v, err, &inner);
        msh_parallel(s->filled, work_on, s);
        for (size_t i = 0; i < s->filled && !v->judged; i++)
            MSH_TRY(take_batch(v, s->batches[i]));
    }
    return MSH_OK;
}

msh_err msh_verify_lines(msh_verifier *v, msh_lines_status *status)
{
    stage s = {.v = v, .n = (size_t)BATCHES_EACH * msh_parallel_width()};
    msh_err err = MSH_OK;
    for (size_t i = 0; i < s.n && err == MSH_OK; i++) {
        s.batches[i] = msh_batch_new();
        err = s.batches[i] ? MSH_OK : msh_fail(v->why, MSH_E_MEMORY, "verifying");
    }
    if (err == MSH_OK)
        err = run(&s);
    for (size_t i = 0; i < s.n; i++)
        msh_batch_free(s.batches[i]);
    *status = s.status;
    return err;
}
