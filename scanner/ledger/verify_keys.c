/* verify_keys.c: whose signature a checkpoint must bear (audit-log.md section 5): (a) the first key
 * is pinned, (b) the checkpoint of size s is signed by the epoch that holds record s-1, (c) every
 * closed epoch has a checkpoint of exactly its last size by its own key, (d) all signatures are
 * checked unless the caller asks for less. */
#define _GNU_SOURCE
#include "ledger/verify_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/view.h"
#include "crypto/keyfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char *tr(const msh_verifier *v, const char *zh, const char *en)
{
    return msh_verify_tr(v, zh, en);
}

static void key_name(const msh_verifier *v, size_t p, char out[272])
{
    (void)snprintf(out, 272, "%s%s", v->out->origin, msh_profile_at(p)->suffix);
}

static msh_err add_epoch(msh_verifier *v, uint64_t first, msh_epoch **out)
{
    if (v->n_epochs == v->cap_epochs) {
        size_t cap = v->cap_epochs ? v->cap_epochs * 2 : 16;
        msh_epoch *more = msh_realloc(v->epochs, cap * sizeof *more);
        if (!more)
            return msh_fail(v->why, MSH_E_MEMORY, "epochs");
        v->epochs = more;
        v->cap_epochs = cap;
    }
    *out = &v->epochs[v->n_epochs++];
    **out = (msh_epoch){.first = first};
    return MSH_OK;
}

static msh_err load_key(msh_verifier *v, size_t p, msh_note_key *out)
{
    char path[MSH_LOG_PATH], name[272];
    const msh_profile *profile = msh_profile_at(p);
    msh_key *key;
    msh_error inner = {0};
    const char *pinned = v->options ? v->options->pin[p] : NULL;
    key_name(v, p, name);
    MSH_TRY(msh_store_path(v->dir, profile->public_key, path, v->why));
    if (!pinned && access(path, F_OK) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_err err = msh_keyfile_load_public(pinned ? pinned : path, profile->alg, &key, &inner);
    if (err != MSH_OK)
        return msh_verify_unreadable(v, err, &inner);
    v->profiles |= 1u << p;
    v->out->pinned = v->out->pinned || pinned;
    return msh_note_key_init(out, name, key);
}

msh_err msh_verify_load_keys(msh_verifier *v)
{
    msh_epoch *e = NULL;
    MSH_TRY(add_epoch(v, 0, &e));
    for (size_t p = 0; p < MSH_PROFILES && !v->judged; p++)
        MSH_TRY(load_key(v, p, &e->keys[p]));
    if (v->judged || v->profiles)
        return MSH_OK;
    return msh_verify_judge(v, MSH_VERIFY_INVALID, 0, "%s: %s",
                            tr(v, "缺少公钥，无法核对签名", "the public key is missing"),
                            msh_profile_at(0)->public_key);
}

/* The first record names profile and keys: they must be those the signatures are checked with. */
static msh_err check_open(msh_verifier *v, const msh_json *body)
{
    msh_buf vkey;
    msh_buf_init(&vkey, 4096);
    bool same = msh_profile_mask(msh_json_text(msh_json_get(body, "profile"))) == v->profiles;
    for (size_t p = 0; p < MSH_PROFILES && same; p++) {
        if (!msh_verify_has(v, p))
            continue;
        msh_buf_reset(&vkey);
        msh_note_key_write(&v->epochs[0].keys[p], &vkey);
        same = msh_view_eq(msh_buf_view(&vkey),
                           msh_json_text(msh_json_get(body, msh_profile_at(p)->vkey)));
    }
    msh_buf_dispose(&vkey);
    if (same)
        return MSH_OK;
    return msh_verify_judge(
        v, MSH_VERIFY_INVALID, 0, "%s",
        tr(v, "公钥与第一条记录所载的不同", "the public keys are not those of the first record"));
}

static msh_err bad_record(msh_verifier *v, uint64_t n)
{
    return msh_verify_judge(v, MSH_VERIFY_INVALID, n, "%s %" PRIu64,
                            tr(v, "更换密钥的记录有误，序号", "a bad record on keys, number"), n);
}

/* The keys of record n sign records from `first` on. A key that was named but never signed gives
 * way to the one of a recovery. */
static msh_err take_keys(msh_verifier *v, uint64_t n, uint64_t first, const msh_json *body)
{
    msh_epoch *e = &v->epochs[v->n_epochs - 1];
    char name[272];
    if (v->n_epochs > 1 && e->first == first)
        for (size_t p = 0; p < MSH_PROFILES; p++)
            msh_note_key_dispose(&e->keys[p]);
    else
        MSH_TRY(add_epoch(v, first, &e));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        if (!msh_verify_has(v, p))
            continue;
        msh_view vkey = msh_json_text(msh_json_get(body, msh_profile_at(p)->vkey));
        key_name(v, p, name);
        msh_err err = msh_note_key_read(&e->keys[p], vkey);
        if (err == MSH_E_MEMORY || err == MSH_E_CRYPTO)
            return msh_fail(v->why, err, "a key");
        bool right = err == MSH_OK && !e->keys[p].witness && strcmp(e->keys[p].name, name) == 0 &&
                     msh_key_alg_of(e->keys[p].key) == msh_profile_at(p)->alg;
        if (!right)
            return bad_record(v, n);
    }
    return MSH_OK;
}

static msh_err take_record(msh_verifier *v, const msh_record *r, const msh_json *body, msh_arena *a)
{
    if (msh_view_eq_str(r->type, "log.open"))
        return check_open(v, body);
    if (msh_view_eq_str(r->type, "key.guard"))
        return msh_verify_guard(v, r->n, body);
    if (msh_view_eq_str(r->type, "key.next")) {
        v->begin_due = true;
        return take_keys(v, r->n, r->n + 1, body);
    }
    MSH_TRY(msh_verify_recover(v, r->n, body, a));
    return v->judged ? MSH_OK : take_keys(v, r->n, r->n, body);
}

msh_err msh_verify_key_record(msh_verifier *v, const msh_record *r)
{
    msh_arena a;
    msh_json *body;
    const bool open = msh_view_eq_str(r->type, "log.open"),
               recover = msh_view_eq_str(r->type, "key.recover"),
               begin = msh_view_eq_str(r->type, "key.begin");
    if (begin != v->begin_due && !(recover && v->begin_due))
        return bad_record(v, r->n);
    v->begin_due = false;
    if ((r->n == 0) != open)
        return msh_verify_judge(v, MSH_VERIFY_INVALID, r->n, "%s",
                                tr(v, "log.open 应当是且只是第一条记录",
                                   "log.open must be the first record and no other"));
    if (!open && !recover && !msh_view_eq_str(r->type, "key.next") &&
        !msh_view_eq_str(r->type, "key.guard"))
        return MSH_OK;
    msh_arena_init(&a, 1 << 20);
    msh_err err = msh_json_read(&a, r->body, MSH_JSON_LOG, &body, v->why);
    if (err == MSH_OK)
        err = take_record(v, r, body, &a);
    msh_arena_dispose(&a);
    return err == MSH_E_SYNTAX ? bad_record(v, r->n) : err;
}

/* --- signatures ------------------------------------------------------------------------------- */

static size_t epoch_of(const msh_verifier *v, uint64_t size)
{
    size_t low = 0, high = v->n_epochs;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (v->epochs[middle].first < size)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const msh_note_key *msh_verify_key_at(const msh_verifier *v, size_t p, uint64_t size)
{
    return &v->epochs[epoch_of(v, size)].keys[p];
}

typedef struct signature_job {
    const msh_verifier *v;
    size_t p;
    uint8_t *results; /* msh_err != MSH_OK → 1 evidence, 2 another error */
} signature_job;

/* With --fast only the last signature of each epoch is checked. */
static bool wanted(const msh_verifier *v, size_t p, size_t i)
{
    const msh_checkpoints *c = &v->cps[p];
    if (!v->options || !v->options->fast || i + 1 == c->n)
        return true;
    return epoch_of(v, c->rows[i].size) != epoch_of(v, c->rows[i + 1].size);
}

static void check_one(void *ctx, size_t i)
{
    signature_job *j = ctx;
    const msh_checkpoints *c = &j->v->cps[j->p];
    if (c->rows[i].size > j->v->n || !wanted(j->v, j->p, i))
        return; /* records are lost, perhaps with the key: the verdict says so */
    msh_err err = msh_checkpoints_verify(c, i, msh_verify_key_at(j->v, j->p, c->rows[i].size));
    j->results[i] = err == MSH_OK ? 0 : err == MSH_E_EVIDENCE ? 1 : 2;
}

static msh_err judge_signatures(msh_verifier *v, size_t p, const uint8_t *results)
{
    const msh_checkpoints *c = &v->cps[p];
    for (size_t i = 0; i < c->n; i++) {
        if (results[i] == 2)
            return msh_fail(v->why, MSH_E_CRYPTO, "checking a signature");
        if (results[i] == 1)
            return msh_verify_judge(v, MSH_VERIFY_INVALID, c->rows[i].size, "%s: %s %" PRIu64,
                                    msh_profile_at(p)->checkpoints,
                                    tr(v, "签名不符，检查点大小", "bad signature at size"),
                                    c->rows[i].size);
        v->out->checkpoints += wanted(v, p, i);
    }
    return MSH_OK;
}

/* Rule (c): without it a thief of today's key could rewrite the time before. */
static msh_err check_closing(msh_verifier *v, size_t p)
{
    const msh_checkpoints *c = &v->cps[p];
    size_t i = 0;
    for (size_t e = 1; e < v->n_epochs; e++) {
        uint64_t size = v->epochs[e].first;
        while (i < c->n && c->rows[i].size < size)
            i++;
        bool there = i < c->n && c->rows[i].size == size;
        if (!there && size <= msh_checkpoints_size(c))
            return msh_verify_judge(v, MSH_VERIFY_INVALID, size, "%s: %s %" PRIu64,
                                    msh_profile_at(p)->checkpoints,
                                    tr(v, "更换密钥处缺少旧密钥的检查点，大小",
                                       "no checkpoint by the old key where it was replaced, size"),
                                    size);
    }
    return MSH_OK;
}

static msh_err check_profile(msh_verifier *v, size_t p)
{
    msh_checkpoints *c = &v->cps[p];
    const char *file = msh_profile_at(p)->checkpoints;
    signature_job j = {.v = v, .p = p, .results = msh_calloc(c->n + 1, 1)};
    if (!j.results)
        return msh_fail(v->why, MSH_E_MEMORY, "signatures");
    msh_parallel(c->n, check_one, &j);
    msh_err err = judge_signatures(v, p, j.results);
    msh_free(j.results);
    MSH_TRY(err);
    MSH_TRY(check_closing(v, p));
    if (c->torn)
        return msh_verify_judge(v, MSH_VERIFY_INVALID, msh_checkpoints_size(c), "%s: %s %" PRIu64,
                                file, tr(v, "格式有误，位置在大小之后", "malformed behind size"),
                                msh_checkpoints_size(c));
    if (c->n == 0)
        return msh_verify_judge(v, MSH_VERIFY_INVALID, 0, "%s: %s", file,
                                tr(v, "没有任何检查点", "there is no checkpoint"));
    return MSH_OK;
}

msh_err msh_verify_signatures(msh_verifier *v)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_verify_has(v, p))
            MSH_TRY(check_profile(v, p));
    v->out->epochs = v->n_epochs;
    return MSH_OK;
}
