/* notary.c: see notary.h. */
#define _GNU_SOURCE
#include "scan/notary.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/workdays.h"
#include "crypto/digest.h"
#include "scan/gate.h"
#include "scan/logdir.h"

#include <stddef.h>
#include <stdio.h>

enum { NOTE_MAX = 64 << 10, ARENA_MAX = 16 << 20, PASSWORD_MAX = 1024, POLICY_MAX = 1 << 20 };

static const char *tr(const msh_notary *k, const char *zh, const char *en)
{
    return k->options->lang == MSH_LANG_EN ? en : zh;
}

/* --- keys ------------------------------------------------------------------------------------- */

static msh_err open_with(msh_notary *k, const msh_signer *s, const char *password, msh_error *why)
{
    return s->keys
               ? msh_reviewer_open_brought(k->state, s->keys, s->name, password, &k->reviewer, why)
               : msh_reviewer_open(k->state, s->name, password, &k->reviewer, why);
}

static msh_err open_keys(msh_notary *k, const msh_signer *s, msh_error *why)
{
    char room[PASSWORD_MAX];
    if (!s->name || !msh_reviewer_name_ok(s->name))
        return msh_fail(
            why, MSH_E_USAGE, "%s",
            tr(k, "要有签名人；姓名不能含空格、+、/", "who signs? a name without blanks"));
    k->name = s->name;
    msh_err err = open_with(k, s, s->password, why);
    if (err != MSH_E_PASSWORD || s->password || !s->ask)
        return err;
    memset(room, 0, sizeof room);
    if (s->ask(s->ctx, s->name, room, sizeof room) && !room[sizeof room - 1])
        err = open_with(k, s, room, why);
    msh_wipe(room, sizeof room);
    return err;
}

/* A policy that was put in place by hand is recorded by who signs next. */
static msh_err record_policy(msh_notary *k, msh_error *why)
{
    uint8_t hash[32];
    char hex[65] = "";
    msh_buf note;
    if (!msh_approved_trust(k->approved))
        return MSH_OK;
    msh_buf_init(&note, POLICY_MAX);
    msh_err err = msh_trust_note(k->state, &note, why);
    if (err == MSH_OK)
        err = msh_sha256(msh_buf_view(&note), hash);
    msh_buf_dispose(&note);
    MSH_TRY(err);
    msh_hex32(hash, hex);
    if (strcmp(hex, msh_register_policy(msh_approved_register(k->approved))) == 0)
        return MSH_OK;
    MSH_TRY(msh_keys_record_policy(k->options, k->state, why));
    msh_approved_free(k->approved);
    k->approved = NULL;
    return msh_gate_load(k->options, k->state, &k->approved, &k->log, why);
}

msh_err msh_notary_open(msh_notary *k, const msh_options *options, const msh_signer *signer,
                        msh_error *why)
{
    *k = (msh_notary){.options = options};
    msh_arena_init(&k->arena, ARENA_MAX);
    MSH_TRY(msh_state_path(options, k->state, why));
    MSH_TRY(msh_gate_load(options, k->state, &k->approved, &k->log, why));
    if (!signer)
        return MSH_OK;
    MSH_TRY(msh_state_prepare(k->state, why));
    MSH_TRY(record_policy(k, why));
    return open_keys(k, signer, why);
}

void msh_notary_dispose(msh_notary *k)
{
    msh_approved_free(k->approved);
    msh_reviewer_dispose(&k->reviewer);
    msh_arena_dispose(&k->arena);
    *k = (msh_notary){.options = NULL};
}

/* --- signing ---------------------------------------------------------------------------------- */

/* In which role, or in whose place; for a person who may not, the role that is asked for. */
static void find_role(msh_notary *k, msh_decision *d, const char *what)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_trust_grant g;
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        keys[i] = msh_key_public(k->reviewer.keys[i].key);
    msh_view path = d->n_files ? d->files[0].path : msh_view_str(d->waive_path);
    (void)msh_trust_may(msh_approved_trust(k->approved), msh_view_str(k->name), what, path,
                        msh_view_str(k->ts), keys, &g);
    d->role = msh_arena_string(&k->arena, g.role);
    d->deputy_for = g.deputy_for.len ? msh_arena_string(&k->arena, g.deputy_for) : NULL;
}

/* An approval in one step is counted file by file, so one that the policy would not count is told
 * here. */
static bool may_each(const msh_notary *k, const msh_decision_read_out *d)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_trust_grant g;
    msh_decision_keys(d, keys);
    for (size_t i = 0; i < d->n_files && d->kind == MSH_ACT_APPROVE; i++)
        if (!msh_trust_may(msh_approved_trust(k->approved), d->reviewer, "approve",
                           d->files[i].path, d->ts, keys, &g))
            return false;
    return true;
}

static msh_err judge(msh_notary *k, msh_view note, msh_decision_read_out **out, msh_error *why)
{
    const char *sentence = NULL;
    msh_decision_read_out *d = msh_arena_calloc(&k->arena, 1, sizeof *d);
    if (!d)
        return msh_fail(why, MSH_E_MEMORY, "decision");
    *out = d;
    if (msh_approved_is_revoked(k->approved, &k->reviewer))
        return msh_fail(why, MSH_E_REFUSED, "%s: %s", k->name,
                        tr(k, "这个人的钥匙已经作废，换新钥匙（keys rotate）再批准",
                           "the key was revoked; rotate it first"));
    MSH_TRY(msh_approved_read(k->approved, &k->arena, note, d, why));
    msh_err err =
        msh_register_judge(msh_approved_register(k->approved), d, msh_view_str(k->ts), &sentence);
    if (err == MSH_OK && !may_each(k, d)) {
        err = MSH_E_REFUSED;
        sentence =
            tr(k, "信任策略不许这个人批准（角色、范围、期限或钥匙不符）",
               "the trust policy does not let this person approve (role, scope, term, keys)");
    }
    return err == MSH_E_REFUSED ? msh_fail(why, err, "%s", sentence ? sentence : "") : err;
}

static msh_err log_note(const msh_notary *k, msh_view note, uint64_t *record, msh_error *why)
{
    msh_buf body;
    msh_buf_init(&body, 2 * NOTE_MAX);
    msh_buf_put_str(&body, "{\"note\":");
    msh_json_canonical_str(&body, note);
    msh_buf_put_byte(&body, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put(k->options, "decision", msh_buf_view(&body), record, why);
    msh_buf_dispose(&body);
    return err;
}

/* STATE/register/<release>.note: a copy to look at; the log is the truth. */
static msh_err put_copy(const msh_notary *k, const msh_decision *d, msh_view note, msh_error *why)
{
    char path[MSH_STATE_PATH + 100];
    if (!d->release || strcmp(d->act, "approve") != 0)
        return MSH_OK;
    (void)snprintf(path, sizeof path, "%s/register/%s.note", k->state, d->release);
    return msh_file_replace(path, note, why);
}

msh_err msh_notary_sign(msh_notary *k, const msh_decision *given, const char *what,
                        uint64_t *record, msh_error *why)
{
    msh_decision d = *given;
    msh_decision_read_out *read = NULL;
    msh_buf note;
    bool counts;
    msh_clock_format(msh_clock_utc_us(), k->ts);
    d.reviewer = k->name;
    d.ts = k->ts;
    d.log = k->log.origin;
    find_role(k, &d, what);
    msh_buf_init(&note, NOTE_MAX);
    msh_err err = msh_decision_write(&note, &d, &k->reviewer, why);
    if (err == MSH_OK)
        err = judge(k, msh_buf_view(&note), &read, why);
    if (err == MSH_OK)
        err = log_note(k, msh_buf_view(&note), record, why);
    if (err == MSH_OK)
        err = put_copy(k, &d, msh_buf_view(&note), why);
    if (err == MSH_OK)
        err = msh_register_take(msh_approved_register(k->approved), *record, msh_view_str(k->ts),
                                read, &counts);
    msh_buf_dispose(&note);
    return err;
}

/* --- what an approval rests on ---------------------------------------------------------------- */

static void bound(msh_view end, char not_after[MSH_UTC_SIZE])
{
    if (end.len == MSH_UTC_SIZE - 1 &&
        (!not_after[0] || msh_view_cmp(end, msh_view_str(not_after)) < 0)) {
        memcpy(not_after, end.data, end.len);
        not_after[end.len] = '\0';
    }
}

static void bound_file(const msh_register *g, msh_decision_file *f, msh_view besides, msh_view now,
                       char not_after[MSH_UTC_SIZE])
{
    const msh_reg_item *item = msh_register_item(g, f->record);
    const msh_reg_leave *s = msh_register_statement(g, f->size, f->sha256, f->sm3, now, besides);
    f->covered = f->verdict == MSH_VERDICT_NOT_INSPECTED && s && f->covered;
    if (f->covered)
        bound(s->d->not_after, not_after);
    for (const msh_reg_finding *n = item ? item->first : NULL; n; n = n->next) {
        if (!msh_json_get(n->body, "waived"))
            continue;
        const msh_reg_leave *w =
            msh_register_waiver(g, msh_json_text(msh_json_get(n->body, "fp")),
                                msh_json_text(msh_json_get(n->body, "rule")), f->path, now);
        if (w)
            bound(w->d->not_after, not_after);
    }
}

void msh_notary_bound(const msh_notary *k, msh_decision_file *files, size_t n, msh_view besides,
                      char not_after[MSH_UTC_SIZE])
{
    char now[MSH_UTC_SIZE];
    msh_clock_format(msh_clock_utc_us(), now);
    for (size_t i = 0; i < n; i++)
        bound_file(msh_approved_register(k->approved), &files[i], besides, msh_view_str(now),
                   not_after);
}

/* --- what people gave ------------------------------------------------------------------------- */

msh_err msh_notary_check_texts(const msh_review_texts *t, msh_error *why)
{
    static const struct {
        const char *key;
        size_t at;
    } rows[] = {
#define MSH_REVIEW_TEXT(where, member, key, zh, en) {key, offsetof(msh_review_texts, member)},
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = *(const char *const *)((const char *)t + rows[i].at);
        if (text && (strlen(text) > MSH_DECISION_TEXT || !msh_view_is_utf8(msh_view_str(text))))
            return msh_fail(why, MSH_E_USAGE,
                            "%s: 文字太长或不是 UTF-8 / a text that is too long or not UTF-8",
                            rows[i].key);
    }
    return MSH_OK;
}

msh_err msh_notary_end_of(const char *date, char out[MSH_UTC_SIZE], msh_error *why)
{
    int32_t day;
    if (strlen(date) != 10 || !msh_date_read(msh_view_str(date), &day))
        return msh_fail(why, MSH_E_USAGE,
                        "日期应写作 2027-06-30 / a date is written as in 2027-06-30");
    (void)snprintf(out, MSH_UTC_SIZE, "%.10sT23:59:59.999999Z", date);
    return MSH_OK;
}
