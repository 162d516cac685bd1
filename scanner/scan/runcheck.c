/* runcheck.c: both sides are told item by item in the same order, so that two digests are enough,
 * whatever the size of the run. */
#include "scan/runcheck.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/record.h"

#include <mishen/ledger.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct side {
    msh_digest *digest;
    uint64_t items;
    uint64_t sums[5]; /* items, then by verdict */
} side;

typedef struct checker {
    side saved, log;
    char run[80]; /* "run":"ID" */
    bool found;
} checker;

/* One item in one line, alike on both sides. */
static msh_err tell(side *s, uint64_t n, uint64_t findings, uint64_t size, msh_view verdict,
                    msh_view outcome, msh_view sha256, msh_view sm3)
{
    msh_buf b;
    msh_buf_init(&b, 1024);
    msh_buf_printf(&b, "%" PRIu64 " %" PRIu64 " %" PRIu64, n, findings, size);
    const msh_view parts[] = {verdict, outcome, sha256, sm3};
    for (size_t i = 0; i < 4; i++) {
        msh_buf_put_byte(&b, ' ');
        msh_buf_put_view(&b, parts[i]);
    }
    msh_buf_put_byte(&b, '\n');
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_digest_update(s->digest, msh_buf_view(&b));
    s->items++;
    msh_buf_dispose(&b);
    return err;
}

/* --- the saved run
 * ------------------------------------------------------------------------------------ */

static msh_err on_begin(void *ctx, const msh_run_info *run)
{
    checker *c = ctx;
    (void)snprintf(c->run, sizeof c->run, "\"run\":\"%s\"", run->run_id);
    return MSH_OK;
}

static msh_err on_item(void *ctx, const msh_item *item, const msh_finding *f, size_t n_f,
                       const msh_outcome_note *o, size_t n_o)
{
    checker *c = ctx;
    char sha256[65] = "", sm3[65] = "";
    (void)f;
    (void)n_f;
    (void)o;
    (void)n_o;
    if (item->has_sha256)
        msh_hex(sha256, msh_view_of(item->sha256, 32));
    if (item->has_sm3)
        msh_hex(sm3, msh_view_of(item->sm3, 32));
    return tell(&c->saved, item->n, item->findings, item->size,
                msh_view_str(msh_verdict_name(item->verdict)),
                msh_view_str(msh_outcome_name(item->outcome)), msh_view_str(sha256),
                msh_view_str(sm3));
}

static msh_err on_end(void *ctx, const msh_run_summary *s)
{
    checker *c = ctx;
    c->saved.sums[0] = s->items;
    for (size_t v = 0; v < 4; v++)
        c->saved.sums[v + 1] = s->verdicts[v];
    return MSH_OK;
}

/* --- the log
 * -------------------------------------------------------------------------------------------- */

static uint64_t number(const msh_json *body, const char *key)
{
    return (uint64_t)msh_json_int(msh_json_get(body, key), -1);
}

static msh_err take_item(checker *c, const msh_json *body)
{
    return tell(
        &c->log, number(body, "item"), number(body, "findings"), number(body, "size"),
        msh_json_text(msh_json_get(body, "verdict")), msh_json_text(msh_json_get(body, "outcome")),
        msh_json_text(msh_json_get(body, "sha256")), msh_json_text(msh_json_get(body, "sm3")));
}

static void take_end(checker *c, const msh_json *body)
{
    static const char *const keys[5] = {
        [0] = "items",
        [1 + MSH_VERDICT_PASS] = "pass",
        [1 + MSH_VERDICT_REVIEW] = "review",
        [1 + MSH_VERDICT_NOT_INSPECTED] = "not_inspected",
        [1 + MSH_VERDICT_BLOCK] = "block",
    };
    for (size_t i = 0; i < 5; i++)
        c->log.sums[i] = number(body, keys[i]);
    c->found = true;
}

static msh_err on_record(void *ctx, uint64_t n, msh_view line)
{
    checker *c = ctx;
    msh_record r;
    msh_json *body;
    (void)n;
    if (msh_view_find(line, msh_view_str(c->run), 0) == SIZE_MAX)
        return MSH_OK;
    MSH_TRY(msh_record_read(line, &r));
    bool is_item = msh_view_eq_str(r.type, "item");
    if (!is_item && !msh_view_eq_str(r.type, "scan.end"))
        return MSH_OK;
    msh_arena a;
    msh_arena_init(&a, 16 << 20);
    msh_err err = msh_json_read(&a, r.body, MSH_JSON_LOG, &body, NULL);
    if (err == MSH_OK && is_item)
        err = take_item(c, body);
    else if (err == MSH_OK)
        take_end(c, body);
    msh_arena_dispose(&a);
    return err;
}

static msh_err compare(checker *c, msh_error *why)
{
    uint8_t a[32], b[32];
    MSH_TRY(msh_digest_final(c->saved.digest, a, NULL));
    MSH_TRY(msh_digest_final(c->log.digest, b, NULL));
    bool same = c->saved.items == c->log.items && memcmp(a, b, sizeof a) == 0;
    for (size_t i = 0; i < 5; i++)
        same &= c->saved.sums[i] == c->log.sums[i];
    return same
               ? MSH_OK
               : msh_fail(why, MSH_E_EVIDENCE,
                          "保存的结果与签名日志里的不同 / the saved run is not what the signed log "
                          "has of it");
}

msh_err msh_run_check(const msh_options *options, const msh_saved_from *from, bool *found,
                      msh_error *why)
{
    checker c = {.found = false};
    const msh_saved_to to = {&c, on_begin, on_item, on_end};
    msh_err err = msh_digest_new(MSH_DIGEST_SHA256, &c.saved.digest);
    if (err == MSH_OK)
        err = msh_digest_new(MSH_DIGEST_SHA256, &c.log.digest);
    if (err == MSH_OK)
        err = msh_saved_read(from, &to, why);
    if (err == MSH_OK)
        err = msh_log_each(options, NULL, 0, UINT64_MAX, NULL, on_record, &c, why);
    *found = c.found;
    if (err == MSH_OK && c.found)
        err = compare(&c, why);
    msh_digest_free(c.saved.digest);
    msh_digest_free(c.log.digest);
    return err == MSH_OK ? err : msh_fail_kept(why, err, "report");
}
