/* trust.c: reading, checking and signing the trust policy. */
#define _GNU_SOURCE
#include "ledger/trust.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/workdays.h"
#include "ledger/canon.h"
#include "ledger/path.h"
#include "ledger/store.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { POLICY_MAX = 1 << 20, PINS = 16, PEOPLE_QUORUM = 8 };
static const char head[] = "mishen-trust-policy/v1\n";
static const char *const vkey_names[MSH_REVIEWER_KEYS] = {"vkey", "vkey_sm3"};

static const struct {
    const char *name, *role;
} steps[] = {
#define MSH_STEP(id, name, role, days, refuse, zh, en, step_zh, step_en) {name, role},
#include <mishen/reviewsteps.def>
#undef MSH_STEP
};
enum { STEPS = sizeof steps / sizeof steps[0] };

static const struct {
    const char *name, *role;
} acts[] = {
#define MSH_ACT(id, name, role, zh, en) {name, role},
#include <mishen/reviewacts.def>
#undef MSH_ACT
};

static const struct {
    const char *name, *zh, *en, *steps;
} categories[] = {
#define MSH_CATEGORY(name, zh, en, steps) {name, zh, en, steps},
#include <mishen/categories.def>
#undef MSH_CATEGORY
};

struct msh_trust {
    msh_arena arena;
    const msh_json *body;
};

static msh_err wrong(msh_error *why, const char *what, msh_view name)
{
    return msh_fail(why, MSH_E_CONFIG, "trust.policy: %s %.*s", what,
                    (int)(name.len < 100 ? name.len : 100), (const char *)name.data);
}

static bool is_paper(const msh_json *p)
{
    const msh_json *j = msh_json_get(p, "paper");
    return j && j->type == MSH_JSON_TRUE;
}

/* --- what it says ----------------------------------------------------------------------------- */

static msh_err check_keys(const msh_json *p, msh_view name, msh_error *why)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_note_key k;
        msh_err err = msh_note_key_read(&k, msh_json_text(msh_json_get(p, vkey_names[i])));
        bool right = err == MSH_OK && msh_view_eq_str(name, k.name) && !k.witness &&
                     msh_key_alg_of(k.key) == msh_profile_at(i)->alg;
        if (err == MSH_OK)
            msh_note_key_dispose(&k);
        if (!right)
            return wrong(why, vkey_names[i], name);
    }
    return MSH_OK;
}

static bool is_list(const msh_json *j)
{
    return !j || j->type == MSH_JSON_ARRAY;
}

/* Dates compare as text, so they must have their form. */
static bool dates_ok(const msh_json *j)
{
    static const char *const keys[] = {"from", "to"};
    for (size_t i = 0; i < 2; i++) {
        msh_view v = msh_json_text(msh_json_get(j, keys[i]));
        int32_t day;
        if (v.len && !msh_date_read(v, &day))
            return false;
    }
    return true;
}

static msh_err check_deputies(const msh_json *p, msh_view name, msh_error *why)
{
    const msh_json *list = msh_json_get(p, "deputies"), *earlier = msh_json_get(p, "earlier");
    if (!is_list(list) || !is_list(earlier))
        return wrong(why, "deputies, earlier of", name);
    for (const msh_json *d = list ? list->child : NULL; d; d = d->next)
        if (!msh_json_text(msh_json_get(d, "for")).len || !dates_ok(d))
            return wrong(why, "deputies of", name);
    for (const msh_json *e = earlier ? earlier->child : NULL; e; e = e->next)
        MSH_TRY(check_keys(e, name, why));
    return MSH_OK;
}

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
    if (!is_list(scopes))
        return wrong(why, "scopes of", v);
    if (!dates_ok(p))
        return wrong(why, "from, to of", v);
    MSH_TRY(check_deputies(p, v, why));
    return is_paper(p) ? MSH_OK : check_keys(p, v, why);
}

static msh_err check_quorum(const msh_json *q, msh_error *why)
{
    for (const msh_json *m = q ? q->child : NULL; m; m = m->next)
        if (m->type != MSH_JSON_NUMBER || m->integer < 1 || m->integer > PEOPLE_QUORUM)
            return wrong(why, "quorum", m->key);
    return MSH_OK;
}

static unsigned step_named(msh_view name)
{
    for (unsigned i = 0; i < STEPS; i++)
        if (msh_view_eq_str(name, steps[i].name))
            return i;
    return STEPS;
}

static bool is_known(msh_view what)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (msh_view_eq_str(what, acts[i].name))
            return true;
    return step_named(what) < STEPS || msh_view_eq_str(what, "publish") ||
           msh_view_eq_str(what, "escalated");
}

/* Each way rises and ends with the approval. */
static msh_err check_paths(const msh_json *paths, msh_error *why)
{
    for (const msh_json *p = paths ? paths->child : NULL; p; p = p->next) {
        unsigned last = 0;
        bool good = p->type == MSH_JSON_ARRAY && p->child != NULL;
        for (const msh_json *s = good ? p->child : NULL; s; s = s->next) {
            unsigned step = step_named(msh_json_text(s));
            good = good && step < STEPS && (s == p->child || step > last);
            last = step;
        }
        if (!good || last != STEPS - 1)
            return wrong(why, "paths (first, second, secrecy, approve):", p->key);
    }
    return MSH_OK;
}

/* Words and lists of words by a name that is known. */
static msh_err check_named(const msh_json *j, const char *what, msh_json_type type, msh_error *why)
{
    for (const msh_json *m = j ? j->child : NULL; m; m = m->next)
        if (!is_known(m->key) || m->type != type)
            return wrong(why, what, m->key);
    return MSH_OK;
}

static msh_err check_rest(const msh_json *j, msh_error *why)
{
    const msh_json *half = msh_json_get(msh_json_get(j, "gate"), "half");
    const msh_json *derived = msh_json_get(j, "derived");
    MSH_TRY(check_paths(msh_json_get(j, "paths"), why));
    MSH_TRY(check_named(msh_json_get(j, "roles"), "roles", MSH_JSON_ARRAY, why));
    MSH_TRY(check_named(msh_json_get(j, "days"), "days", MSH_JSON_NUMBER, why));
    if (half && !msh_view_eq_str(msh_json_text(half), "tell") &&
        !msh_view_eq_str(msh_json_text(half), "refuse"))
        return wrong(why, "gate.half (tell, refuse)", msh_json_text(half));
    if (!is_list(derived))
        return wrong(why, "derived", MSH_VIEW(""));
    for (const msh_json *d = derived ? derived->child : NULL; d; d = d->next)
        if (!msh_json_text(d).len)
            return wrong(why, "derived", MSH_VIEW(""));
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
    MSH_TRY(check_rest(j, why));
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

static bool same_pair(const msh_json *p, const msh_view keys[MSH_REVIEWER_KEYS])
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

/* Of today, or of earlier days. */
static bool same_keys(const msh_json *p, const msh_view keys[MSH_REVIEWER_KEYS])
{
    const msh_json *earlier = msh_json_get(p, "earlier");
    if (same_pair(p, keys))
        return true;
    for (const msh_json *e = earlier ? earlier->child : NULL; e; e = e->next)
        if (same_pair(e, keys))
            return true;
    return false;
}

static const msh_json *person_named(const msh_trust *t, msh_view name)
{
    for (const msh_json *p = msh_json_get(t->body, "people")->child; p; p = p->next)
        if (msh_view_eq(msh_json_text(msh_json_get(p, "name")), name))
            return p;
    return NULL;
}

static bool has_role(const msh_json *p, msh_view role, msh_view path)
{
    const msh_json *scopes = msh_json_get(p, "scopes");
    return has_word(msh_json_get(p, "roles"), role, false) &&
           (!scopes || has_word(scopes, path, true));
}

/* By their own role, or as somebody's deputy for the time. */
static bool grant(const msh_trust *t, const msh_json *p, msh_view role, msh_view path, msh_view ts,
                  msh_trust_grant *out)
{
    const msh_json *list = msh_json_get(p, "deputies");
    *out = (msh_trust_grant){role, {NULL, 0}};
    if (has_role(p, role, path))
        return true;
    for (const msh_json *d = list ? list->child : NULL; d; d = d->next) {
        out->deputy_for = msh_json_text(msh_json_get(d, "for"));
        const msh_json *whom = in_time(d, ts) ? person_named(t, out->deputy_for) : NULL;
        if (whom && in_time(whom, ts) && has_role(whom, role, path))
            return true;
    }
    return false;
}

bool msh_trust_allows(const msh_trust *t, msh_view name, const char *role, msh_view path,
                      msh_view ts, const msh_view keys[MSH_REVIEWER_KEYS])
{
    msh_trust_grant g;
    const msh_json *p = person_named(t, name);
    return p && !is_paper(p) && in_time(p, ts) && same_keys(p, keys) &&
           grant(t, p, msh_view_str(role), path, ts, &g);
}

static const char *default_role(const char *what)
{
    for (size_t i = 0; i < STEPS; i++)
        if (strcmp(what, steps[i].name) == 0)
            return steps[i].role;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(what, acts[i].name) == 0)
            return acts[i].role;
    return "";
}

bool msh_trust_may(const msh_trust *t, msh_view name, const char *what, msh_view path, msh_view ts,
                   const msh_view *keys, msh_trust_grant *out)
{
    *out = (msh_trust_grant){msh_view_str(default_role(what)), {NULL, 0}};
    if (!t)
        return true;
    const msh_json *p = person_named(t, name);
    if (!p || !in_time(p, ts) || (keys && (is_paper(p) || !same_keys(p, keys))))
        return false;
    const msh_json *roles = msh_json_get(msh_json_get(t->body, "roles"), what);
    if (!roles)
        return grant(t, p, msh_view_str(default_role(what)), path, ts, out);
    for (const msh_json *r = roles->child; r; r = r->next)
        if (grant(t, p, msh_json_text(r), path, ts, out))
            return true;
    return false;
}

/* Steps from words parted by blanks. */
static size_t path_of_words(const char *words, unsigned out[MSH_TRUST_STEPS])
{
    size_t n = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        const char *at = strstr(words, steps[i].name);
        if (at && n < MSH_TRUST_STEPS)
            out[n++] = i;
    }
    return n;
}

static size_t default_path(msh_view category, unsigned out[MSH_TRUST_STEPS])
{
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++)
        if (msh_view_eq_str(category, categories[i].name) ||
            msh_view_eq_str(category, categories[i].zh) ||
            msh_view_eq_str(category, categories[i].en))
            return path_of_words(categories[i].steps, out);
    return path_of_words("first second secrecy approve", out);
}

/* A category may be named as the policy has it, or as categories.def has it in either language. */
static const msh_json *path_in_policy(const msh_trust *t, msh_view category)
{
    const msh_json *all = t ? msh_json_get(t->body, "paths") : NULL, *rest = NULL;
    for (const msh_json *p = all ? all->child : NULL; p; p = p->next) {
        if (msh_view_eq(p->key, category))
            return p;
        if (msh_view_eq_str(p->key, "*"))
            rest = p;
        for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
            bool row = msh_view_eq_str(p->key, categories[i].name) ||
                       msh_view_eq_str(p->key, categories[i].zh);
            if (row && (msh_view_eq_str(category, categories[i].name) ||
                        msh_view_eq_str(category, categories[i].zh) ||
                        msh_view_eq_str(category, categories[i].en)))
                return p;
        }
    }
    return rest;
}

size_t msh_trust_path(const msh_trust *t, msh_view category, unsigned out[MSH_TRUST_STEPS])
{
    const msh_json *p = path_in_policy(t, category);
    size_t n = 0;
    if (!p)
        return default_path(category, out);
    for (const msh_json *s = p->child; s && n < MSH_TRUST_STEPS; s = s->next)
        out[n++] = step_named(msh_json_text(s));
    return n;
}

bool msh_trust_one_step(const msh_trust *t, msh_view category)
{
    unsigned path[MSH_TRUST_STEPS];
    if (!t || !msh_json_get(t->body, "paths"))
        return true;
    return msh_trust_path(t, category, path) == 1;
}

unsigned msh_trust_days(const msh_trust *t, const char *what, unsigned dflt)
{
    const msh_json *days = t ? msh_json_get(t->body, "days") : NULL;
    int64_t n = msh_json_int(msh_json_get(days, what), dflt);
    return n < 0 || n > 1000 ? 1000 : (unsigned)n;
}

bool msh_trust_half_is_told(const msh_trust *t)
{
    return t && msh_view_eq_str(msh_json_text(msh_json_get(msh_json_get(t->body, "gate"), "half")),
                                "tell");
}

bool msh_trust_is_derived(const msh_trust *t, msh_view path)
{
    const msh_json *list = t ? msh_json_get(t->body, "derived") : NULL;
    for (const msh_json *d = list ? list->child : NULL; d; d = d->next)
        if (msh_path_fits(path, msh_json_text(d)))
            return true;
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

msh_err msh_trust_read(const char *state, msh_view note, msh_trust **out, msh_error *why)
{
    *out = NULL;
    msh_trust *t = msh_calloc(1, sizeof *t);
    if (!t)
        return msh_fail(why, MSH_E_MEMORY, "trust.policy");
    msh_arena_init(&t->arena, 64 << 20);
    msh_err err = read_policy(t, state, note, why);
    if (err != MSH_OK) {
        msh_trust_free(t);
        return err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
    }
    *out = t;
    return MSH_OK;
}

msh_err msh_trust_note(const char *state, msh_buf *out, msh_error *why)
{
    char path[MSH_LOG_PATH];
    struct stat st;
    MSH_TRY(msh_store_path(state, "trust.policy", path, why));
    if (lstat(path, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_err err = msh_file_read(path, out, why);
    if (err == MSH_OK && out->len == 0) /* none and an empty one are not the same */
        return msh_fail(why, MSH_E_EVIDENCE, "trust.policy: empty");
    return err == MSH_OK || err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
}

msh_err msh_trust_load(const char *state, msh_trust **out, msh_error *why)
{
    msh_buf b;
    *out = NULL;
    msh_buf_init(&b, POLICY_MAX);
    msh_err err = msh_trust_note(state, &b, why);
    if (err == MSH_OK && b.len)
        err = msh_trust_read(state, msh_buf_view(&b), out, why);
    msh_buf_dispose(&b);
    return err;
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
