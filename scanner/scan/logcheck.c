/* logcheck.c: `mishen log` from the library's side: verify a log folder, show its records. */
#include <mishen/ledger.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "ledger/guard.h"
#include "ledger/proof.h"
#include "ledger/record.h"
#include "ledger/store.h"
#include "ledger/verify.h"
#include "scan/decided.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

msh_err msh_log_dir(const msh_options *options, const char *dir, char out[MSH_LOG_PATH],
                    msh_error *why)
{
    char state[MSH_STATE_PATH];
    if (dir) {
        int n = snprintf(out, MSH_LOG_PATH, "%s", dir);
        return n > 0 && n < MSH_LOG_PATH ? MSH_OK : msh_fail(why, MSH_E_USAGE, "log folder");
    }
    MSH_TRY(msh_state_path(options, state, why));
    return msh_store_path(state, "log", out, why);
}

static const struct {
    const char *name, *zh, *en;
} types[] = {
    {"log.open", "日志建立", "log opened"},
    {"log.recover", "中断后恢复", "recovered"},
    {"log.rotate", "换新分段", "new segment"},
    {"log.full", "磁盘曾满", "disk was full"},
    {"log.prune", "清理旧分段", "old segments pruned"},
    {"key.next", "启用下一把签名钥匙", "next key named"},
    {"key.begin", "新钥匙开始签名", "next key in use"},
    {"key.revoke", "钥匙作废", "key revoked"},
    {"key.guard", "指定日志钥匙的保管人", "guardians named"},
    {"key.recover", "保管人恢复了日志钥匙", "keys recovered by guardians"},
    {"state.backup", "备份", "backup made"},
    {"state.migrate", "迁往别的机器", "moved to another machine"},
    {"state.restore", "从别的机器迁来", "came from another machine"},
    {"anchor", "外部锚点", "anchor"},
    {"clock", "时钟被调回", "clock set back"},
    {"heartbeat", "心跳", "heartbeat"},
    {"manifest", "批准清单", "manifest"},
    {"publish", "发布", "published"},
    {"config", "检查配置", "configuration"},
    {"scan.begin", "检查开始", "scan begins"},
    {"scan.end", "检查结束", "scan ends"},
    {"item", "文件", "item"},
    {"finding", "命中", "finding"},
    {"decision", "审查决定", "decision"},
    {"figures", "填报的数字", "figures entered"},
    {"account", "账号变动", "account"},
    {"login", "登录", "login"},
    {"policy", "信任策略", "trust policy"},
    {"finding.assign", "命中交办", "finding assigned"},
    {"finding.note", "命中备注", "note on a finding"},
};

static const char *type_text(msh_view type, msh_lang lang)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (msh_view_eq_str(type, types[i].name))
            return lang == MSH_LANG_EN ? types[i].en : types[i].zh;
    return NULL;
}

static msh_err check_type(const char *type, msh_error *why)
{
    char all[480];
    size_t n = 0;
    if (type_text(msh_view_str(type), MSH_LANG_EN))
        return MSH_OK;
    for (size_t i = 0; i < sizeof types / sizeof types[0] && n < sizeof all; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, " %s", types[i].name);
    return msh_fail(why, MSH_E_OPTION, "--type:%s", all);
}

/* Only where the whole folder is absent: a log that lost a part is never "no log". */
static msh_err check_there(const char *path, msh_error *why)
{
    char name[MSH_FILE_SHOWN];
    if (access(path, F_OK) == 0 || errno != ENOENT)
        return MSH_OK;
    return msh_fail(why, MSH_E_NO_LOG, "%s", msh_file_shown(path, name));
}

/* Of the own log, whom the state folder trusts is the default. */
static void default_trust(const msh_options *options, msh_verify_options *how,
                          char paths[2][MSH_STATE_PATH + 20])
{
    static const char *const names[] = {"witnesses", "tsa-ca.pem"};
    char state[MSH_STATE_PATH];
    if (msh_state_path(options, state, NULL) != MSH_OK)
        return;
    for (size_t i = 0; i < 2; i++) {
        const char **to = i ? &how->tsa_ca : &how->witnesses;
        (void)snprintf(paths[i], MSH_STATE_PATH + 20, "%s/%s", state, names[i]);
        if (!*to && access(paths[i], R_OK) == 0)
            *to = paths[i];
    }
}

msh_err msh_log_check(const msh_options *options, const char *dir, const msh_verify_options *how,
                      msh_log_verdict *out, msh_error *why)
{
    char path[MSH_LOG_PATH], trusted[2][MSH_STATE_PATH + 20];
    msh_verify_options with = how ? *how : (msh_verify_options){.fast = false};
    *out = (msh_log_verdict){.exit_code = MSH_VERIFY_UNREADABLE, .bad_size = UINT64_MAX};
    MSH_TRY(msh_log_dir(options, dir, path, why));
    MSH_TRY(check_there(path, why));
    if (!dir)
        default_trust(options, &with, trusted);
    return msh_verify_with(path, options->lang, &with, NULL, NULL, out, why);
}

static msh_err prove(const char *path, const msh_prove_job *job, msh_buf *out, msh_error *why)
{
    return job->consistency ? msh_proof_consistency(path, job->profile, job->n, out, why)
                            : msh_proof_inclusion(path, job->profile, job->n, out, why);
}

msh_err msh_log_prove(const msh_options *options, const char *dir, const msh_prove_job *job,
                      char *out, size_t cap, size_t *len, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf b;
    *len = 0;
    MSH_TRY(msh_log_dir(options, dir, path, why));
    MSH_TRY(check_there(path, why));
    msh_buf_init(&b, cap);
    msh_err err = prove(path, job, &b, why);
    if (err == MSH_E_SHORT) {
        msh_buf_reset(&b);
        err = msh_proof_rebuild(path, job->profile, why);
        if (err == MSH_OK)
            err = prove(path, job, &b, why);
        if (err == MSH_E_SHORT)
            err =
                msh_fail(why, MSH_E_EVIDENCE,
                         "日志与检查点不符，请运行 mishen log verify / the log is not that of its "
                         "checkpoint: run mishen log verify");
    }
    if (err == MSH_OK) {
        memcpy(out, b.data, b.len);
        *len = b.len;
    }
    msh_buf_dispose(&b);
    return err;
}

static msh_err torn(const msh_lines *l, msh_error *why)
{
    return msh_fail(why, MSH_E_EVIDENCE, "record %" PRIu64 " is torn or not canonical", l->n);
}

msh_err msh_log_each(const msh_options *options, const char *dir, uint64_t from, uint64_t to,
                     const char *type, msh_err (*record)(void *ctx, uint64_t n, msh_view line),
                     void *ctx, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_lines l;
    if (type)
        MSH_TRY(check_type(type, why));
    MSH_TRY(msh_log_dir(options, dir, path, why));
    MSH_TRY(check_there(path, why));
    MSH_TRY(msh_lines_open(&l, path, why));
    msh_err err = MSH_OK;
    while (err == MSH_OK && l.n < to) {
        msh_lines_status status;
        msh_view line;
        msh_record r;
        err = msh_lines_next(&l, &status, &line, why);
        if (err != MSH_OK || status == MSH_LINES_END)
            break;
        if (status != MSH_LINES_LINE || msh_record_read(line, &r) != MSH_OK)
            err = torn(&l, why);
        else if (l.n > from && (!type || msh_view_eq_str(r.type, type)))
            err = record(ctx, r.n, line);
    }
    msh_lines_close(&l);
    return err;
}

static void put_text(msh_buf *out, const msh_json *body, const char *key)
{
    msh_view v = msh_json_text(msh_json_get(body, key));
    if (v.len) {
        msh_buf_put_byte(out, ' ');
        msh_escape_terminal(out, msh_view_cut(v, 0, 300));
    }
}

static void put_count(msh_buf *out, const msh_json *body, const char *key, const char *zh,
                      const char *en, msh_lang lang)
{
    const msh_json *v = msh_json_get(body, key);
    if (v && v->type == MSH_JSON_NUMBER)
        msh_buf_printf(out, " %s %" PRId64, lang == MSH_LANG_EN ? en : zh, v->integer);
}

static const char *verdict_text(msh_view name, msh_lang lang)
{
    for (int v = MSH_VERDICT_PASS; v <= MSH_VERDICT_BLOCK; v++)
        if (msh_view_eq_str(name, msh_verdict_name((msh_verdict)v)))
            return msh_verdict_text((msh_verdict)v, lang);
    return "";
}

static void describe_decision(msh_buf *out, msh_arena *a, const msh_json *body, msh_lang lang)
{
    msh_view note;
    const msh_json *d = msh_decided_read(a, body, &note);
    if (!d)
        return;
    const msh_json *release = msh_json_get(d, "release");
    msh_buf_put_byte(out, ' ');
    msh_escape_terminal(
        out, msh_decided_act(msh_json_text(msh_json_get(d, "act")), lang == MSH_LANG_EN));
    put_text(out, d, "step");
    put_text(out, release, "title");
    put_text(out, release, "docno");
    put_text(out, release, "id");
    put_text(out, d, "waive_fp");
    put_text(out, d, "waive_rule");
    put_text(out, d, "waive_path");
    msh_buf_put_str(out, lang == MSH_LANG_EN ? " by" : " 签名人");
    put_text(out, d, "reviewer");
}

/* Who recovered the keys, why, and what is lost. */
static void describe_recovery(msh_buf *out, msh_arena *a, const msh_json *body, msh_lang lang)
{
    msh_note note;
    const msh_json *said;
    if (msh_guard_note(a, msh_json_text(msh_json_get(body, "note")), &note, &said) != MSH_OK)
        return;
    for (size_t i = 0; i < note.n_sigs; i++)
        if (i == 0 || !msh_view_eq(note.sigs[i].name, note.sigs[i - 1].name)) {
            msh_buf_put_byte(out, ' ');
            msh_escape_terminal(out, note.sigs[i].name);
        }
    put_text(out, said, "reason");
    put_count(out, msh_json_get(said, "seen"), "size", "已丢失的记录到", "lost up to", lang);
}

static void describe_people(msh_buf *out, const msh_json *body)
{
    const msh_json *people = msh_json_get(body, "people");
    for (const msh_json *p = people ? people->child : NULL; p; p = p->next)
        put_text(out, p, "name");
}

static void describe_body(msh_buf *out, msh_arena *a, const msh_record *r, msh_lang lang)
{
    msh_json *body;
    if (msh_json_read(a, r->body, MSH_JSON_LOG, &body, NULL) != MSH_OK)
        return;
    if (msh_view_eq_str(r->type, "decision"))
        describe_decision(out, a, body, lang);
    else if (msh_view_eq_str(r->type, "key.recover"))
        describe_recovery(out, a, body, lang);
    else if (msh_view_eq_str(r->type, "key.guard"))
        describe_people(out, body);
    msh_view verdict = msh_json_text(msh_json_get(body, "verdict"));
    if (verdict.len)
        msh_buf_printf(out, " [%s]", verdict_text(verdict, lang));
    static const char *const texts[] = {"path",  "path_shown", "reason", "tier",    "rule",
                                        "class", "origin",     "closed", "version", "run",
                                        "act",   "name",       "role",   "result",  "from"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_text(out, body, texts[i]);
    put_count(out, body, "items", "文件数", "items", lang);
    put_count(out, body, "findings", "命中数", "findings", lang);
    put_count(out, body, "adopted", "补签记录", "adopted", lang);
    put_count(out, body, "torn_bytes", "隔离字节", "bytes quarantined", lang);
}

size_t msh_log_describe(msh_view line, msh_lang lang, char *out, size_t cap)
{
    msh_record r;
    msh_arena a;
    msh_buf b;
    if (cap == 0)
        return 0;
    msh_arena_init(&a, 1 << 20);
    msh_buf_init(&b, 64 << 10);
    if (msh_record_read(line, &r) == MSH_OK) {
        const char *text = type_text(r.type, lang);
        msh_buf_printf(&b, "%" PRIu64 "  %.10s %.8sZ  ", r.n, (const char *)r.ts.data,
                       (const char *)r.ts.data + 11);
        msh_buf_put_view(&b, text ? msh_view_str(text) : r.type);
        describe_body(&b, &a, &r, lang);
    } else {
        msh_buf_put_str(&b, lang == MSH_LANG_EN ? "not a record" : "不是记录");
    }
    size_t n = b.len < cap - 1 ? b.len : cap - 1;
    while (n > 0 && n < b.len && (b.data[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(out, b.data, n);
    out[n] = '\0';
    msh_buf_dispose(&b);
    msh_arena_dispose(&a);
    return n;
}
