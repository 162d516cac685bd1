/* trust.c: reading, checking and signing the trust policy. */
#define _GNU_SOURCE
#include "ledger/trust.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/canon.h"
#include "ledger/store.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { POLICY_MAX = 1 << 20, PINS = 16, PEOPLE_QUORUM = 8 };
static const char head[] = "mishen-trust-policy/v1\n";
static const char *const vkey_names[MSH_REVIEWER_KEYS] = {"vkey", "vkey_sm3"};

struct msh_trust {
    msh_arena arena;
    const msh_json *body;
};

static msh_err wrong(msh_error *why, const char *what, msh_view name)
{
    return msh_fail(why, MSH_E_CONFIG, "trust.policy: %s %.*s", what,
                    (int)(name.len < 100 ? name.len : 100), (const char *)name.data);
}

/* --- what it says ----------------------------------------------------------------------------- */

static msh_err check_person(const msh_json *p, msh_error *why)
{
    char name[MSH_REVIEWER_NAME + 1];
    msh_view v = msh_json_text(msh_json_get(p, "name"));
    const msh_json *roles = msh_json_get(p, "roles"), *scopes = msh_json_get(p, "scopes");
    if (v.len == 0 || v.len > MSH_REVIEWER_NAME)
        return wrong(why, "name", v);
    memcpy(name, v.data, v.len);
    name[v.len] = '\0';
    if (!msh_reviewer_name_ok(name))
        return wrong(why, "name", v);
    if (!roles || roles->type != MSH_JSON_ARRAY || !roles->child)
        return wrong(why, "roles of", v);
    if (scopes && scopes->type != MSH_JSON_ARRAY)
        return wrong(why, "scopes of", v);
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key k;
        msh_err err = msh_note_key_read(&k, msh_json_text(msh_json_get(p, vkey_names[i])));
        bool right = err == MSH_OK && msh_view_eq_str(v, k.name) && !k.witness &&
                     msh_key_alg_of(k.key) == msh_profile_at(i)->alg;
        if (err == MSH_OK)
            msh_note_key_dispose(&k);
        if (!right)
            return wrong(why, vkey_names[i], v);
    }
    return MSH_OK;
}

static msh_err check_quorum(const msh_json *q, msh_error *why)
{
    for (const msh_json *m = q ? q->child : NULL; m; m = m->next)
        if (m->type != MSH_JSON_NUMBER || m->integer < 1 || m->integer > PEOPLE_QUORUM)
            return wrong(why, "quorum", m->key);
    return MSH_OK;
}

static msh_err check_body(const msh_json *j, msh_error *why)
{
    const msh_json *people = msh_json_get(j, "people");
    if (msh_json_int(msh_json_get(j, "v"), 0) != 1 ||
        msh_json_int(msh_json_get(j, "serial"), -1) < 0)
        return wrong(why, "v, serial", MSH_VIEW(""));
    if (!people || people->type != MSH_JSON_ARRAY || !people->child)
        return wrong(why, "people", MSH_VIEW(""));
    for (const msh_json *p = people->child; p; p = p->next) {
        MSH_TRY(check_person(p, why));
        for (const msh_json *q = people->child; q != p; q = q->next)
            if (msh_view_eq(msh_json_text(msh_json_get(p, "name")),
                            msh_json_text(msh_json_get(q, "name"))))
                return wrong(why, "twice:", msh_json_text(msh_json_get(p, "name")));
    }
    return check_quorum(msh_json_get(j, "quorum"), why);
}

static bool has_word(const msh_json *list, msh_view word, bool prefix)
{
    for (const msh_json *w = list ? list->child : NULL; w; w = w->next) {
        msh_view v = msh_json_text(w);
        if (prefix ? msh_view_starts(word, v) : msh_view_eq(word, v))
            return true;
    }
    return false;
}

/* "2026-01-01" and the time of a record compare as text. */
static bool in_time(const msh_json *p, msh_view ts)
{
    msh_view from = msh_json_text(msh_json_get(p, "from")),
             to = msh_json_text(msh_json_get(p, "to"));
    return (from.len == 0 || msh_view_cmp(from, ts) <= 0) &&
           (to.len == 0 || msh_view_cmp(ts, to) < 0);
}

static bool same_keys(const msh_json *p, const msh_view keys[MSH_REVIEWER_KEYS])
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key k;
        if (msh_note_key_read(&k, msh_json_text(msh_json_get(p, vkey_names[i]))) != MSH_OK)
            return false;
        bool same = msh_view_eq(msh_key_public(k.key), keys[i]);
        msh_note_key_dispose(&k);
        if (!same)
            return false;
    }
    return true;
}

bool msh_trust_allows(const msh_trust *t, msh_view name, const char *role, msh_view path,
                      msh_view ts, const msh_view keys[MSH_REVIEWER_KEYS])
{
    for (const msh_json *p = msh_json_get(t->body, "people")->child; p; p = p->next) {
        const msh_json *scopes = msh_json_get(p, "scopes");
        if (!msh_view_eq(msh_json_text(msh_json_get(p, "name")), name))
            continue;
        return has_word(msh_json_get(p, "roles"), msh_view_str(role), false) &&
               (!scopes || has_word(scopes, path, true)) && in_time(p, ts) && same_keys(p, keys);
    }
    return false;
}

unsigned msh_trust_quorum(const msh_trust *t, const char *act)
{
    return (unsigned)msh_json_int(msh_json_get(msh_json_get(t->body, "quorum"), act), 1);
}

uint64_t msh_trust_serial(const msh_trust *t)
{
    return (uint64_t)msh_json_int(msh_json_get(t->body, "serial"), 0);
}

/* --- whose signatures count ------------------------------------------------------------------- */

static msh_err check_pin(const msh_note *note, msh_view line, msh_error *why)
{
    msh_note_key k;
    msh_err err = msh_note_key_read(&k, line);
    if (err == MSH_OK) {
        err = msh_note_verify(note, &k);
        msh_note_key_dispose(&k);
    }
    return err == MSH_OK
               ? MSH_OK
               : msh_fail(why, MSH_E_EVIDENCE,
                          "trust.policy: 缺少 trust.vkey 中某把钥匙的签名 / not signed by "
                          "a key of trust.vkey");
}

static msh_err check_pins(const char *state, const msh_note *note, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf b;
    size_t n = 0;
    MSH_TRY(msh_store_path(state, "trust.vkey", path, why));
    msh_buf_init(&b, POLICY_MAX);
    msh_err err = msh_file_read(path, &b, why);
    msh_view v = msh_buf_view(&b);
    for (size_t at = 0; at < v.len && err == MSH_OK;) {
        size_t lf = msh_view_find(v, MSH_VIEW("\n"), at), end = lf == SIZE_MAX ? v.len : lf;
        msh_view line = msh_view_cut(v, at, end - at);
        if (line.len) {
            err = check_pin(note, line, why);
            n++;
        }
        at = end + 1;
    }
    msh_buf_dispose(&b);
    if (err == MSH_OK && (n == 0 || n > PINS))
        err = msh_fail(why, MSH_E_EVIDENCE, "%s: no keys", path);
    return err == MSH_E_OPEN ? MSH_E_EVIDENCE : err;
}

static msh_err read_policy(msh_trust *t, const char *state, msh_view text, msh_error *why)
{
    msh_note note;
    msh_json *j;
    msh_view copy = msh_arena_copy(&t->arena, text);
    if (!copy.data)
        return msh_fail(why, MSH_E_MEMORY, "trust.policy");
    if (msh_note_read(copy, &note) != MSH_OK || !msh_view_starts(note.text, msh_view_str(head)))
        return msh_fail(why, MSH_E_EVIDENCE, "trust.policy: not a note of this form");
    MSH_TRY(check_pins(state, &note, why));
    size_t from = sizeof head - 1;
    msh_view body = msh_view_cut(note.text, from, note.text.len - from - 1);
    if (!msh_canon_is(body))
        return msh_fail(why, MSH_E_EVIDENCE, "trust.policy: not canonical");
    msh_err err = msh_json_read(&t->arena, body, MSH_JSON_LOG, &j, why);
    if (err == MSH_OK)
        err = check_body(j, why);
    t->body = j;
    return err == MSH_OK || err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
}

msh_err msh_trust_load(const char *state, msh_trust **out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    struct stat st;
    msh_buf b;
    *out = NULL;
    MSH_TRY(msh_store_path(state, "trust.policy", path, why));
    if (lstat(path, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_trust *t = msh_calloc(1, sizeof *t);
    if (!t)
        return msh_fail(why, MSH_E_MEMORY, "trust.policy");
    msh_arena_init(&t->arena, 64 << 20);
    msh_buf_init(&b, POLICY_MAX);
    msh_err err = msh_file_read(path, &b, why);
    if (err == MSH_OK)
        err = read_policy(t, state, msh_buf_view(&b), why);
    msh_buf_dispose(&b);
    if (err != MSH_OK) {
        msh_trust_free(t);
        return err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
    }
    *out = t;
    return MSH_OK;
}

void msh_trust_free(msh_trust *t)
{
    if (!t)
        return;
    msh_arena_dispose(&t->arena);
    msh_free(t);
}

/* --- writing ---------------------------------------------------------------------------------- */

static msh_err pin(const char *state, const msh_reviewer *admin, msh_error *why)
{
    char path[MSH_LOG_PATH];
    struct stat st;
    msh_buf b;
    MSH_TRY(msh_store_path(state, "trust.vkey", path, why));
    if (lstat(path, &st) == 0)
        return MSH_OK;
    msh_buf_init(&b, 8192);
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key_write(&admin->keys[i], &b);
        msh_buf_put_byte(&b, '\n');
    }
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_file_replace(path, msh_buf_view(&b), why);
    msh_buf_dispose(&b);
    return err;
}

static msh_err sign_policy(msh_arena *a, msh_view json, const msh_reviewer *admin, msh_buf *text,
                           msh_buf *note, msh_error *why)
{
    msh_json *j;
    MSH_TRY(msh_json_read(a, json, MSH_JSON_LOG, &j, why));
    MSH_TRY(check_body(j, why));
    msh_buf_put_str(text, head);
    msh_json_canonical(text, j);
    msh_buf_put_byte(text, '\n');
    MSH_TRY(msh_buf_err(text));
    MSH_TRY(msh_note_sign(note, msh_buf_view(text), &admin->keys[0]));
    return msh_note_sign_more(note, msh_buf_view(text), &admin->keys[1]);
}

msh_err msh_trust_write(const char *state, msh_view json, const msh_reviewer *admin, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_arena a;
    msh_buf text, note;
    msh_arena_init(&a, 64 << 20);
    msh_buf_init(&text, POLICY_MAX);
    msh_buf_init(&note, POLICY_MAX);
    msh_err err = sign_policy(&a, json, admin, &text, &note, why);
    msh_note signed_note;
    if (err == MSH_OK)
        err = pin(state, admin, why);
    if (err == MSH_OK)
        err = msh_note_read(msh_buf_view(&note), &signed_note);
    if (err == MSH_OK) /* one that does not count must not replace one that does */
        err = check_pins(state, &signed_note, why);
    if (err == MSH_OK)
        err = msh_store_path(state, "trust.policy", path, why);
    if (err == MSH_OK)
        err = msh_file_replace(path, msh_buf_view(&note), why);
    msh_buf_dispose(&text);
    msh_buf_dispose(&note);
    msh_arena_dispose(&a);
    return err;
}
