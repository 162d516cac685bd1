/* decision.c: writing and reading decisions. Reading refuses whatever this version does not know:
 * an act it cannot apply must not be passed over in silence. */
#define _GNU_SOURCE
#include "ledger/decision.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/view.h"
#include "ledger/canon.h"
#include "ledger/path.h"

#include <stddef.h>
#include <stdio.h>

static const char head[] = "audit-decision/v1\n";
enum { TEXT_MAX = 128 << 10, ALWAYS = 4 };

/* --- writing ---------------------------------------------------------------------------------- */

static void put_optional(msh_json_writer *w, const char *key, const char *text)
{
    msh_jw_key(w, key);
    if (text)
        msh_jw_str(w, msh_view_str(text));
    else
        msh_jw_null(w);
}

static void put_hash(msh_json_writer *w, const char *key, const uint8_t hash[32])
{
    char hex[65];
    msh_hex32(hash, hex);
    msh_jw_kstr(w, key, msh_view_str(hex));
}

static void put_files(msh_json_writer *w, const msh_decision *d)
{
    msh_jw_key(w, "files");
    msh_jw_open(w, '[');
    for (size_t i = 0; i < d->n_files; i++) {
        msh_jw_open(w, '{');
        msh_jw_kstr(w, "path", d->files[i].path);
        put_hash(w, "sha256", d->files[i].sha256);
        msh_jw_kuint(w, "size", d->files[i].size);
        put_hash(w, "sm3", d->files[i].sm3);
        msh_jw_close(w, '}');
    }
    msh_jw_close(w, ']');
}

/* Whether an act rests on what a scan said of each file. */
static bool rests_on_scans(const msh_decision *d)
{
    return strcmp(d->act, "submit") == 0 || strcmp(d->act, "approve") == 0 ||
           (d->paper_act && strcmp(d->paper_act, "approve") == 0);
}

static void put_scans(msh_json_writer *w, const msh_decision *d)
{
    msh_jw_key(w, "scans");
    msh_jw_open(w, '[');
    for (size_t i = 0; i < d->n_files && rests_on_scans(d); i++) {
        msh_jw_open(w, '{');
        msh_jw_kstr(w, "log", msh_view_str(d->log));
        msh_jw_kuint(w, "n", d->files[i].record);
        msh_jw_close(w, '}');
    }
    msh_jw_close(w, ']');
}

static void put_list(msh_json_writer *w, const msh_decision_list *l)
{
    msh_jw_key(w, "list");
    msh_jw_open(w, '{');
    msh_jw_kuint(w, "files", l->files);
    put_hash(w, "sha256", l->sha256);
    msh_jw_kuint(w, "size", l->size);
    put_hash(w, "sm3", l->sm3);
    msh_jw_close(w, '}');
}

/* The texts that one place holds; the four that every release names are there even when empty. */
static void put_texts(msh_json_writer *w, const msh_decision *d, int where)
{
    enum { RELEASE, ACT };
    static const struct {
        int where;
        const char *key;
        size_t at;
    } rows[] = {
#define MSH_REVIEW_TEXT(where, member, key, zh, en) {where, key, offsetof(msh_decision, member)},
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = *(const char *const *)((const char *)d + rows[i].at);
        if (rows[i].where == where && (text || (where == RELEASE && i < ALWAYS)))
            put_optional(w, rows[i].key, text);
    }
}

static void put_release(msh_json_writer *w, const msh_decision *d)
{
    msh_jw_key(w, "release");
    msh_jw_open(w, '{');
    put_texts(w, d, 0);
    put_files(w, d);
    if (d->list)
        put_list(w, d->list);
    msh_jw_kstr(w, "id", msh_view_str(d->release ? d->release : "-"));
    msh_jw_close(w, '}');
}

static void put_body(msh_buf *out, const msh_decision *d)
{
    msh_json_writer w;
    msh_jw_begin(&w, out);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "act", msh_view_str(d->act));
    put_optional(&w, "not_after", d->not_after);
    put_optional(&w, "policy", d->policy);
    if (d->has_prev)
        msh_jw_kuint(&w, "prev", d->prev);
    put_texts(&w, d, 1);
    put_release(&w, d);
    msh_jw_kstr(&w, "reviewer", msh_view_str(d->reviewer));
    msh_jw_kstr(&w, "role", msh_view_str(d->role ? d->role : "approver"));
    put_scans(&w, d);
    put_optional(&w, "scope", NULL);
    msh_jw_kstr(&w, "ts", msh_view_str(d->ts));
    msh_jw_kuint(&w, "v", 1);
    msh_jw_close(&w, '}');
}

static bool needs_files(const char *act)
{
    return strcmp(act, "waive") != 0 && strcmp(act, "adopt") != 0;
}

/* What nobody may sign, whoever they are. */
static msh_err refuse(const msh_decision *d, msh_error *why)
{
    if ((d->n_files == 0 && needs_files(d->act)) || d->n_files > MSH_DECISION_FILES)
        return msh_fail(why, MSH_E_USAGE, "a release has 1 to %d files", MSH_DECISION_FILES);
    const bool approve = strcmp(d->act, "approve") == 0;
    for (size_t i = 0; i < d->n_files; i++) {
        msh_verdict v = d->files[i].verdict;
        bool blocked = v == MSH_VERDICT_BLOCK ||
                       (v == MSH_VERDICT_NOT_INSPECTED && !d->files[i].covered) ||
                       (v == MSH_VERDICT_REVIEW && !d->reason);
        if (approve && blocked)
            return msh_fail(why, MSH_E_REFUSED, "file %zu is %s", i + 1, msh_verdict_name(v));
        if (strcmp(d->act, "withdraw") != 0 && !msh_path_is_plain(d->files[i].path))
            return msh_fail(why, MSH_E_REFUSED, "file %zu must be renamed first", i + 1);
    }
    return MSH_OK;
}

msh_err msh_decision_write(msh_buf *out, const msh_decision *d, const msh_reviewer *reviewer,
                           msh_error *why)
{
    msh_arena a;
    msh_json *j;
    msh_buf body, text;
    MSH_TRY(refuse(d, why));
    msh_arena_init(&a, 16 << 20);
    msh_buf_init(&body, TEXT_MAX);
    msh_buf_init(&text, TEXT_MAX);
    put_body(&body, d);
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_json_read(&a, msh_buf_view(&body), MSH_JSON_LOG, &j, why);
    if (err == MSH_OK) {
        msh_buf_put_str(&text, head);
        msh_json_canonical(&text, j);
        msh_buf_put_byte(&text, '\n');
        err = msh_buf_err(&text);
    }
    if (err == MSH_OK)
        err = msh_note_sign(out, msh_buf_view(&text), &reviewer->keys[0]);
    if (err == MSH_OK)
        err = msh_note_sign_more(out, msh_buf_view(&text), &reviewer->keys[1]);
    if (err != MSH_OK)
        (void)msh_fail(why, err, "the decision cannot be written");
    msh_buf_dispose(&body);
    msh_buf_dispose(&text);
    msh_arena_dispose(&a);
    return err;
}

/* --- reading ---------------------------------------------------------------------------------- */

static msh_err not_valid(msh_error *why, const char *what)
{
    return msh_fail(why, MSH_E_EVIDENCE, "decision: %s", what);
}

/* MSH_E_EVIDENCE: not signed with these keys. MSH_E_REFUSED: signed, but they may not. */
static msh_err check_keys(const msh_note *note, const msh_reviewer *r, const msh_table *log_keys,
                          const msh_table *revoked, msh_error *why)
{
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
        if (msh_note_verify(note, &r->keys[i]) != MSH_OK)
            return not_valid(why, "a signature of its reviewer does not verify");
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        msh_view pub = msh_key_public(r->keys[i].key);
        if (msh_table_get(log_keys, pub))
            return msh_fail(why, MSH_E_REFUSED, "decision: signed with the scanner's own key");
        if (revoked && msh_table_get(revoked, pub))
            return msh_fail(why, MSH_E_REFUSED, "decision: signed with a key that was revoked");
    }
    return MSH_OK;
}

/* By the reviewer's keys of today or of earlier days. */
static msh_err check_signatures(const msh_note *note, const char *state, const msh_table *log_keys,
                                const msh_table *revoked, msh_decision_read_out *out,
                                msh_error *why)
{
    const msh_view reviewer = out->reviewer;
    char name[MSH_REVIEWER_NAME + 1];
    msh_err err = MSH_E_EVIDENCE;
    if (reviewer.len == 0 || reviewer.len > MSH_REVIEWER_NAME || note->n_sigs != MSH_REVIEWER_KEYS)
        return not_valid(why, "not signed by its reviewer");
    memcpy(name, reviewer.data, reviewer.len);
    name[reviewer.len] = '\0';
    if (!msh_reviewer_name_ok(name))
        return not_valid(why, "not a name for a reviewer");
    for (unsigned generation = 0; err == MSH_E_EVIDENCE; generation++) {
        msh_reviewer r;
        msh_err there = msh_reviewer_public(state, name, generation, &r, generation ? NULL : why);
        if (there != MSH_OK)
            return there == MSH_E_MEMORY ? there : MSH_E_EVIDENCE;
        err = check_keys(note, &r, log_keys, revoked, why);
        for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++)
            memcpy(out->pub[i], msh_key_public(r.keys[i].key).data,
                   msh_key_public(r.keys[i].key).len);
        msh_reviewer_dispose(&r);
    }
    return err == MSH_E_REFUSED ? MSH_E_EVIDENCE : err;
}

static bool read_file(const msh_json *j, msh_decision_file *out)
{
    const msh_json *size = msh_json_get(j, "size");
    out->path = msh_json_text(msh_json_get(j, "path"));
    out->size = (uint64_t)msh_json_int(size, 0);
    return size && size->type == MSH_JSON_NUMBER && msh_path_is_plain(out->path) &&
           msh_hex32_read(msh_json_text(msh_json_get(j, "sha256")), out->sha256) &&
           msh_hex32_read(msh_json_text(msh_json_get(j, "sm3")), out->sm3);
}

/* Each file's item record, where the act rests on scans of this very log. */
static void read_scans(const msh_json *list, msh_decision_read_out *out)
{
    size_t i = 0;
    for (const msh_json *s = list ? list->child : NULL; s && i < out->n_files; s = s->next) {
        int64_t n = msh_json_int(msh_json_get(s, "n"), -1);
        out->files[i++].record = n < 0 ? MSH_NO_RECORD : (uint64_t)n;
    }
}

static msh_err read_files(msh_arena *a, const msh_json *list, msh_decision_read_out *out,
                          msh_error *why)
{
    size_t n = 0;
    for (const msh_json *f = list ? list->child : NULL; f; f = f->next)
        n++;
    bool may_be_none = out->kind == MSH_ACT_WAIVE || out->has_list;
    if (!list || list->type != MSH_JSON_ARRAY || (n == 0 && !may_be_none) || n > MSH_DECISION_FILES)
        return not_valid(why, "its list of files");
    out->files = msh_arena_calloc(a, n ? n : 1, sizeof *out->files);
    if (!out->files)
        return msh_fail(why, MSH_E_MEMORY, "decision");
    for (const msh_json *f = list->child; f; f = f->next) {
        out->files[out->n_files].record = MSH_NO_RECORD;
        if (!read_file(f, &out->files[out->n_files++]))
            return not_valid(why, "an entry of its files");
    }
    return MSH_OK;
}

static msh_err read_list(const msh_json *j, msh_decision_read_out *out, msh_error *why)
{
    if (!j)
        return MSH_OK;
    out->has_list = true;
    out->list.files = (uint64_t)msh_json_int(msh_json_get(j, "files"), 0);
    out->list.size = (uint64_t)msh_json_int(msh_json_get(j, "size"), 0);
    bool good = out->kind == MSH_ACT_ADOPT && out->list.files > 0 &&
                msh_hex32_read(msh_json_text(msh_json_get(j, "sha256")), out->list.sha256) &&
                msh_hex32_read(msh_json_text(msh_json_get(j, "sm3")), out->list.sm3);
    return good ? MSH_OK : not_valid(why, "its list");
}

/* An act that this version cannot apply must not be passed over in silence. */
static msh_err read_body(const msh_json *j, msh_decision_read_out *out, msh_error *why)
{
    enum { RELEASE, ACT };
    const msh_json *release = msh_json_get(j, "release"), *prev = msh_json_get(j, "prev");
    char act[32];
    out->act = msh_json_text(msh_json_get(j, "act"));
    out->reviewer = msh_json_text(msh_json_get(j, "reviewer"));
    out->role = msh_json_text(msh_json_get(j, "role"));
    out->not_after = msh_json_text(msh_json_get(j, "not_after"));
    out->ts = msh_json_text(msh_json_get(j, "ts"));
    out->release = msh_json_text(msh_json_get(release, "id"));
    out->has_prev = prev && prev->type == MSH_JSON_NUMBER;
    out->prev = out->has_prev ? (uint64_t)prev->integer : MSH_NO_RECORD;
#define MSH_REVIEW_TEXT(where, member, key, zh, en)                                                \
    out->member = msh_json_text(msh_json_get((where) == RELEASE ? release : j, key));
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
    (void)snprintf(act, sizeof act, "%.*s", (int)(out->act.len < 31 ? out->act.len : 31),
                   (const char *)out->act.data);
    out->kind = msh_act_named(act);
    if (msh_json_int(msh_json_get(j, "v"), 0) != 1 || out->kind == MSH_ACT_COUNT)
        return not_valid(why, "an act that this version does not know");
    return read_list(msh_json_get(release, "list"), out, why);
}

msh_err msh_decision_read(msh_arena *a, msh_view text, const char *state, const msh_table *log_keys,
                          const msh_table *revoked, msh_decision_read_out *out, msh_error *why)
{
    msh_note note;
    msh_json *j;
    *out = (msh_decision_read_out){.kind = MSH_ACT_COUNT};
    msh_view copy = msh_arena_copy(a, text);
    if (!copy.data)
        return msh_fail(why, MSH_E_MEMORY, "decision");
    if (msh_note_read(copy, &note) != MSH_OK || !msh_view_starts(note.text, msh_view_str(head)))
        return not_valid(why, "not a note of this form");
    size_t from = sizeof head - 1;
    msh_view body = msh_view_cut(note.text, from, note.text.len - from - 1);
    if (!msh_canon_is(body))
        return not_valid(why, "not canonical");
    msh_err err = msh_json_read(a, body, MSH_JSON_LOG, &j, why);
    if (err != MSH_OK)
        return err == MSH_E_MEMORY ? err : MSH_E_EVIDENCE;
    MSH_TRY(read_body(j, out, why));
    MSH_TRY(check_signatures(&note, state, log_keys, revoked, out, why));
    MSH_TRY(read_files(a, msh_json_get(msh_json_get(j, "release"), "files"), out, why));
    read_scans(msh_json_get(j, "scans"), out);
    return MSH_OK;
}

void msh_decision_keys(const msh_decision_read_out *d, msh_view out[MSH_REVIEWER_KEYS])
{
    out[0] = msh_view_of(d->pub[0], 32);
    out[1] = msh_view_of(d->pub[1], MSH_KEY_PUBLIC_MAX);
}
