/* rules_sign.c: signing rule packs, trusting keys, verifying. See rules_sign.h. */
#include "scan/rules_sign.h"

#include <mishen/rules.h>

#include "base/err.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/decision.h"
#include "scan/ruleset.h"
#include "scan/state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEYS_CEILING = 1 << 20, PATH_ROOM = MSH_STATE_PATH + 32 };

void msh_rules_note_text(msh_buf *out, msh_view id, msh_view version, const uint8_t sha256[32])
{
    char hex[65];
    msh_hex32(sha256, hex);
    msh_buf_put_str(out, "mishen-rule-pack/v1\nid ");
    msh_buf_put_view(out, id);
    msh_buf_put_str(out, "\nversion ");
    msh_buf_put_view(out, version);
    msh_buf_printf(out, "\nsha256 %s\n", hex);
}

/* --- keys in force --------------------------------------------------------------------------- */

static msh_err keys_path(const msh_options *o, char path[PATH_ROOM], msh_error *why)
{
    char state[MSH_STATE_PATH];
    MSH_TRY(msh_state_path(o, state, why));
    (void)snprintf(path, PATH_ROOM, "%s/rules.keys", state);
    return MSH_OK;
}

static msh_err read_keys(const msh_options *o, msh_buf *out, msh_error *why)
{
    char path[PATH_ROOM];
    MSH_TRY(keys_path(o, path, why));
    return access(path, F_OK) == 0 ? msh_file_read(path, out, why) : MSH_OK;
}

/* One of the keys, a line each, has signed the note. */
static bool is_signed(const msh_note *n, msh_view keys)
{
    for (size_t at = 0; at < keys.len;) {
        size_t end = msh_view_find(keys, MSH_VIEW("\n"), at);
        end = end == SIZE_MAX ? keys.len : end;
        msh_note_key k;
        if (msh_note_key_read(&k, msh_view_cut(keys, at, end - at)) == MSH_OK) {
            bool good = msh_note_verify(n, &k) == MSH_OK;
            msh_note_key_dispose(&k);
            if (good)
                return true;
        }
        at = end + 1;
    }
    return false;
}

static msh_err refuse(const msh_pack_file *p, const char *zh, const char *en, msh_error *why)
{
    size_t len = strlen(p->path);
    const char *name = len > 120 ? p->path + len - 120 : p->path;
    while (((unsigned char)*name & 0xc0) == 0x80)
        name++;
    return msh_fail(why, MSH_E_EVIDENCE, "%s: 错误：%s / error: %s", name, zh, en);
}

msh_err msh_rules_verify(const msh_options *o, const msh_pack_file *p, const msh_pack_info *info,
                         msh_error *why)
{
    uint8_t sha256[32];
    memcpy(sha256, info->sha256, sizeof sha256);
    if (p->signature.len == 0)
        return p->must_be_signed ? refuse(p, "没有签名（旁边应有同名的 .sig 文件）",
                                          "not signed (a file .sig belongs beside it)", why)
                                 : MSH_OK;
    msh_buf text, keys;
    msh_note n;
    msh_buf_init(&text, 4096);
    msh_buf_init(&keys, KEYS_CEILING);
    msh_rules_note_text(&text, info->id, info->version, sha256);
    msh_err err = read_keys(o, &keys, why);
    if (err == MSH_OK && (msh_note_read(msh_buf_view(&p->signature), &n) != MSH_OK ||
                          !msh_view_eq(n.text, msh_buf_view(&text))))
        err = refuse(p, "签名与规则包不符：规则包或词表在签名之后被改动过",
                     "the signature is of something else: pack or list were changed", why);
    else if (err == MSH_OK && !is_signed(&n, msh_buf_view(&keys)))
        err = refuse(p, "签名人不在信任名单里（用 mishen rules trust 登记其公钥）",
                     "signed by nobody trusted (mishen rules trust registers a key)", why);
    msh_buf_dispose(&text);
    msh_buf_dispose(&keys);
    return err;
}

/* --- signing --------------------------------------------------------------------------------- */

static msh_err sign_text(msh_view text, const msh_reviewer *r, msh_buf *note, msh_buf *keys)
{
    MSH_TRY(msh_note_sign(note, text, &r->keys[0]));
    for (size_t i = 1; i < MSH_REVIEWER_KEYS; i++)
        MSH_TRY(msh_note_sign_more(note, text, &r->keys[i]));
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key_write(&r->keys[i], keys);
        msh_buf_put_byte(keys, '\n');
    }
    MSH_TRY(msh_buf_err(keys));
    return msh_buf_err(note);
}

/* The one pack in `file`, loaded without regard to a signature that it may have. */
static msh_err load_one(const msh_options *o, const char *file, msh_rule_set **out, msh_error *why)
{
    msh_options alone = *o;
    alone.rules = &file;
    alone.n_rules = 1;
    alone.n_add_rules = 0;
    MSH_TRY(msh_rule_set_load_unsigned(&alone, out, why));
    if (msh_rule_set_packs(*out) == 1)
        return MSH_OK;
    msh_rule_set_free(*out);
    *out = NULL;
    return msh_fail(why, MSH_E_USAGE, "一次只能处理一个规则包文件 / one pack file at a time");
}

msh_err msh_rules_sign(const msh_options *o, const char *file, const char *by,
                       void (*write)(void *ctx, msh_view note, msh_view keys), void *ctx,
                       msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_rule_set *s = NULL;
    msh_reviewer r = {0};
    msh_buf text, note, keys;
    msh_pack_ref p;
    msh_err err = MSH_OK;
    msh_buf_init(&text, 4096);
    msh_buf_init(&note, 16384);
    msh_buf_init(&keys, 16384);
    MSH_GUARD(load_one(o, file, &s, why));
    msh_rule_set_pack(s, 0, &p);
    msh_rules_note_text(&text, p.id, p.version, p.sha256);
    MSH_GUARD(msh_state_path(o, state, why));
    MSH_GUARD(msh_state_prepare(state, why));
    MSH_GUARD(msh_reviewer_open(state, by, NULL, &r, why));
    err = sign_text(msh_buf_view(&text), &r, &note, &keys);
    if (err == MSH_OK)
        write(ctx, msh_buf_view(&note), msh_buf_view(&keys));
    else
        (void)msh_fail(why, err, "签名失败 / signing failed");
out:
    msh_reviewer_dispose(&r);
    msh_rule_set_free(s);
    msh_buf_dispose(&text);
    msh_buf_dispose(&note);
    msh_buf_dispose(&keys);
    return err;
}

/* --- trusting -------------------------------------------------------------------------------- */

msh_err msh_rules_trust(const msh_options *o, const char *key, msh_error *why)
{
    char path[PATH_ROOM], state[MSH_STATE_PATH];
    msh_note_key k;
    if (msh_note_key_read(&k, msh_view_str(key)) != MSH_OK)
        return msh_fail(
            why, MSH_E_USAGE,
            "这不是公钥（应为 mishen rules sign 显示的一整行）/ no key (a whole line as "
            "mishen rules sign prints it)");
    msh_note_key_dispose(&k);
    msh_buf keys;
    msh_err err = MSH_OK;
    msh_buf_init(&keys, KEYS_CEILING);
    MSH_GUARD(msh_state_path(o, state, why));
    MSH_GUARD(msh_state_prepare(state, why));
    MSH_GUARD(keys_path(o, path, why));
    MSH_GUARD(read_keys(o, &keys, why));
    if (msh_view_find(msh_buf_view(&keys), msh_view_str(key), 0) == SIZE_MAX) {
        if (keys.len && keys.data[keys.len - 1] != '\n')
            msh_buf_put_byte(&keys, '\n');
        msh_buf_put_str(&keys, key);
        msh_buf_put_byte(&keys, '\n');
        MSH_GUARD(msh_buf_err(&keys));
        MSH_GUARD(msh_file_replace(path, msh_buf_view(&keys), why));
    }
out:
    msh_buf_dispose(&keys);
    return err;
}
