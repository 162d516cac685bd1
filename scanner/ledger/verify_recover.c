/* verify_recover.c: a log that goes on with keys that its last key did not name (audit-log.md, keys
 * recover): only when enough of the people that the log named before say so, citing its head. */
#define _GNU_SOURCE
#include "ledger/verify_inner.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/view.h"
#include "ledger/guard.h"

#include <inttypes.h>

static msh_err bad(msh_verifier *v, uint64_t n, const char *zh, const char *en)
{
    return msh_verify_judge(v, MSH_VERIFY_INVALID, n, "%s %" PRIu64, msh_verify_tr(v, zh, en), n);
}

msh_err msh_verify_guard(msh_verifier *v, uint64_t n, const msh_json *body)
{
    msh_guard_dispose(&v->guard);
    msh_err err = msh_guard_read(&v->guard, body);
    if (err == MSH_E_EVIDENCE)
        return bad(v, n, "保管人的记录有误，序号", "a bad record of guardians, number");
    return err == MSH_OK ? MSH_OK : msh_fail(v->why, err, "guardians");
}

/* The checkpoint of exactly this size, whose root and signature are checked elsewhere. */
static const msh_checkpoint *row_of(const msh_checkpoints *c, uint64_t size)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->rows[middle].size < size)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && c->rows[low].size == size ? &c->rows[low] : NULL;
}

static bool same_root(const msh_verifier *v, size_t p, uint64_t size, msh_view text)
{
    uint8_t root[32];
    size_t n;
    const msh_checkpoint *row = row_of(&v->cps[p], size);
    return row && msh_base64_read(text, root, sizeof root, &n) == MSH_OK && n == 32 &&
           memcmp(row->root, root, 32) == 0;
}

/* What the note cites is this log at this size, and the keys are those of the record. */
static bool cites(const msh_verifier *v, uint64_t n, const msh_json *body, const msh_json *said)
{
    static const char *const roots[MSH_PROFILES] = {"root", "root_sm3"};
    bool right = msh_json_int(msh_json_get(said, "v"), 0) == 1 &&
                 msh_view_eq_str(msh_json_text(msh_json_get(said, "log")), v->out->origin) &&
                 (uint64_t)msh_json_int(msh_json_get(said, "size"), 0) == n;
    for (size_t p = 0; p < MSH_PROFILES && right; p++) {
        const char *vkey = msh_profile_at(p)->vkey;
        right = !msh_verify_has(v, p) ||
                (same_root(v, p, n, msh_json_text(msh_json_get(said, roots[p]))) &&
                 msh_view_eq(msh_json_text(msh_json_get(said, vkey)),
                             msh_json_text(msh_json_get(body, vkey))));
    }
    return right;
}

static msh_err keep(msh_verifier *v, uint64_t n, const msh_json *said)
{
    const msh_json *seen = msh_json_get(said, "seen");
    size_t len;
    if (v->n_recoveries == MSH_RECOVERIES)
        return bad(v, n, "恢复过于频繁，序号", "recovered too often, number");
    msh_recovered *r = &v->recoveries[v->n_recoveries];
    *r = (msh_recovered){.at = n};
    if (seen &&
        msh_base64_read(msh_json_text(msh_json_get(seen, "root")), r->seen.root, 32, &len) ==
            MSH_OK &&
        len == 32)
        r->seen.size = (uint64_t)msh_json_int(msh_json_get(seen, "size"), 0);
    v->out->recovered = ++v->n_recoveries;
    return MSH_OK;
}

msh_err msh_verify_recover(msh_verifier *v, uint64_t n, const msh_json *body, msh_arena *a)
{
    msh_note note;
    const msh_json *said = NULL;
    if (v->guard.n == 0)
        return bad(v, n, "恢复钥匙之前没有指定过保管人，序号",
                   "keys were recovered, but nobody was named for it before, number");
    if (msh_guard_note(a, msh_json_text(msh_json_get(body, "note")), &note, &said) != MSH_OK ||
        !cites(v, n, body, said))
        return bad(v, n, "恢复钥匙的记录与日志不符，序号",
                   "a recovery that does not cite this log, number");
    if (msh_guard_signed(&v->guard, &note) < v->guard.need)
        return bad(v, n, "恢复钥匙的记录没有足够的保管人签名，序号",
                   "a recovery not signed by enough of the guardians, number");
    return keep(v, n, said);
}

bool msh_verify_explained(const msh_verifier *v, const msh_checkpoint *cp)
{
    for (size_t i = 0; i < v->n_recoveries; i++) {
        const msh_recovered *r = &v->recoveries[i];
        bool head = cp->size == r->seen.size;
        if (cp->size > r->at && cp->size <= r->seen.size &&
            (!head || memcmp(cp->root, r->seen.root, 32) == 0))
            return true;
    }
    return false;
}
