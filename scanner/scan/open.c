/* open.c: opening a run. Workers are copies of this process, so they must exist before the token
 * key and the log's keys are read. */
#define _GNU_SOURCE
#include "scan/open.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/verify.h"
#include "scan/ruleset.h"
#include "scan/virus.h"
#include "scan/where.h"

#include <stdio.h>

msh_err msh_open_room(const msh_options *options, const msh_rules *rules, bool texts,
                      msh_room **out, msh_error *why)
{
    char libexec[MSH_WHERE_PATH];
    msh_where_libexec(options, libexec);
    const msh_room_options room = {.rules = rules,
                                   .limits = options->limits,
                                   .jobs = options->jobs,
                                   .digests = texts ? 0
                                              : options->digests
                                                  ? options->digests
                                                  : MSH_DIGEST_SHA256 | MSH_DIGEST_SM3,
                                   .sandbox = !options->no_sandbox,
                                   .inproc = options->inproc,
                                   .texts = texts,
                                   .explain = texts && rules,
                                   .lang = options->lang,
                                   .ocr = !options->no_ocr,
                                   .libexec = libexec};
    return msh_room_open(&room, out, why);
}

/* What of the options can change a verdict, as text: its digest stands in every run and every
 * config record. */
static msh_err digest_policy(msh_run *r)
{
    msh_buf b;
    uint8_t digest[32];
    msh_buf_init(&b, 64 << 10);
    msh_buf_printf(&b, "ocr=%d;sandbox=%d;inproc=%d;fail-on=%d;medium=%d;virus=%d",
                   !r->options->no_ocr, !r->options->no_sandbox, r->options->inproc,
                   (int)r->fail_on, (int)r->options->medium, r->options->virus != NULL);
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en)                                      \
    msh_buf_printf(&b, ";%s=%llu", name, (unsigned long long)r->options->limits.member);
#include <mishen/limits.def>
#undef MSH_LIMIT
    msh_buf_printf(&b, ";opaque=%u;optical=%d", r->options->policy.opaque,
                   r->options->policy.optical_not_inspected);
    for (size_t i = 0; i < r->options->n_raise; i++)
        msh_buf_printf(&b, ";raise=%s", r->options->raise[i]);
    for (size_t i = 0; i < r->options->n_exclude; i++)
        msh_buf_printf(&b, ";exclude=%s", r->options->exclude[i]);
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_sha256(msh_buf_view(&b), digest);
    msh_hex(r->policy, msh_view_of(digest, 32));
    msh_buf_dispose(&b);
    return err;
}

/* The bytes of the key stay no longer than it takes to take them in. */
static msh_err open_key(msh_run *r, msh_error *why)
{
    uint8_t key[MSH_TOKEN_KEY];
    MSH_TRY(msh_state_token_key(r->state, key, why));
    msh_err err = msh_hmac_new(msh_view_of(key, sizeof key), &r->key);
    msh_wipe(key, sizeof key);
    return err == MSH_OK ? MSH_OK : msh_fail(why, err, "token key");
}

/* A log that was tampered with is not written on: what would be added could vouch for it. After
 * opening, which mends what a crash has left. */
static msh_err check_log(const char *log, msh_lang lang, msh_error *why)
{
    const msh_verify_options last_only = {.fast = true};
    msh_log_verdict v;
    MSH_TRY(msh_verify_with(log, lang, &last_only, NULL, NULL, &v, why));
    if (v.exit_code == MSH_VERIFY_ANCHORED || v.exit_code == MSH_VERIFY_UNANCHORED)
        return MSH_OK;
    return msh_fail(
        why, MSH_E_EVIDENCE, "%s",
        lang == MSH_LANG_EN
            ? "the signed log does not verify, so nothing is written to it and nothing "
              "was scanned: mishen log verify says where; keep the folder as it is"
            : "签名日志校验不通过，不再写入，也没有检查：运行 mishen log verify 看在何处，"
              "并保持状态目录原样（日志指南）");
}

msh_err msh_open_run(msh_run *r, const msh_options *options, msh_error *why)
{
    char log[MSH_STATE_PATH + 8];
    r->options = options;
    r->summary.complete = true;
    if (options->virus)
        MSH_TRY(msh_virus_check_option(options->virus, why));
    MSH_TRY(digest_policy(r));
    MSH_TRY(msh_rule_set_load(options, &r->rules, why));
    msh_rule_set_use(r->rules, options->medium);
    MSH_TRY(msh_open_room(options, msh_rule_set_compiled(r->rules), false, &r->room, why));
    MSH_TRY(msh_state_path(options, r->state, why));
    MSH_TRY(msh_state_prepare(r->state, why));
    MSH_TRY(msh_leaves_load(r->state, options->lang, &r->leaves, why));
    MSH_TRY(open_key(r, why));
    (void)snprintf(log, sizeof log, "%s/log", r->state);
    MSH_TRY(msh_state_check_log(r->state, options->lang, why));
    MSH_TRY(msh_log_open(log, NULL, &r->log, why));
    return check_log(log, options->lang, why);
}

void msh_close_run(msh_run *r)
{
    msh_run_dispose(r);
    if (r->progress)
        msh_progress_free(r->progress);
    if (r->room)
        msh_room_close(r->room);
    if (r->log) {
        (void)!msh_log_end(r->log, NULL); /* what is not done here the next run does */
        msh_log_close(r->log);
    }
    msh_rule_set_free(r->rules);
    msh_hmac_free(r->key);
    msh_leaves_free(r->leaves);
    r->leaves = NULL;
    r->progress = NULL;
    r->room = NULL;
    r->log = NULL;
    r->rules = NULL;
    r->key = NULL;
}
