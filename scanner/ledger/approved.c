/* approved.c: the index of approved files, made anew from the verified log each time: no register
 * file is trusted. */
#define _GNU_SOURCE
#include "ledger/adopted.h"
#include "ledger/approved.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"
#include "ledger/store.h"
#include "ledger/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PEOPLE = 8, ARENA_MAX = 1 << 30 };

typedef struct approval {
    msh_view person, release;
} approval;

/* A file's bytes at a path: who approved them, in which release. */
typedef struct file_row {
    struct file_row *next;  /* all, in the order in which they came */
    struct file_row *other; /* other bytes of the path */
    msh_approved_file file;
    approval by[PEOPLE];
    unsigned n_by;
    bool withdrawn; /* an approval was, and none has come since */
} file_row;

/* An approved path: the latest release that names it, and whether it was seen. */
typedef struct path_row {
    msh_view release;
    bool seen, withdrawn;
    file_row *files;         /* all bytes that were ever approved at it */
    const file_row *latest;  /* of the bytes that enough people approved */
    const file_row *at_hand; /* of the bytes that were asked for last with YES */
} path_row;

struct msh_approved {
    msh_trust *trust; /* NULL = everybody with keys may approve, alone */
    msh_register *releases;
    unsigned quorum;
    const char *state, *now;
    msh_arena arena;
    file_row *first, **last;
    msh_table *paths;    /* path → path_row */
    msh_table *log_keys; /* public keys that ever signed the log: they sign no decision */
    msh_table *revoked;  /* public keys that were revoked by a record before */
    msh_error bad;       /* of the first decision that is not valid */
    uint64_t bad_at;
    unsigned lists_lost;
    uint64_t last_decision;   /* number of its record */
    const msh_json *manifest; /* body of the latest manifest record */
};

/* A hash that was not taken is NULL. */
static bool same_hash(const uint8_t ours[32], const uint8_t *theirs)
{
    return !theirs || memcmp(ours, theirs, 32) == 0;
}

static file_row *row_of(const path_row *path, uint64_t size, const uint8_t *sha256,
                        const uint8_t *sm3)
{
    file_row *f = path->files;
    while (f && !(f->file.size == size && same_hash(f->file.sha256, sha256) &&
                  same_hash(f->file.sm3, sm3)))
        f = f->other;
    return f;
}

static msh_err get_path(msh_approved *a, msh_view path, path_row **out)
{
    void *old;
    *out = msh_table_get(a->paths, path);
    if (*out)
        return MSH_OK;
    *out = msh_arena_calloc(&a->arena, 1, sizeof **out);
    return *out ? msh_table_put(a->paths, path, *out, &old) : MSH_E_MEMORY;
}

static msh_err get_row(msh_approved *a, path_row *path, const msh_decision_file *f, file_row **out)
{
    *out = row_of(path, f->size, f->sha256, f->sm3);
    if (*out)
        return MSH_OK;
    file_row *row = msh_arena_calloc(&a->arena, 1, sizeof *row);
    if (!row)
        return MSH_E_MEMORY;
    row->file.path = f->path;
    row->file.size = f->size;
    memcpy(row->file.sha256, f->sha256, 32);
    memcpy(row->file.sm3, f->sm3, 32);
    row->other = path->files;
    path->files = row;
    *a->last = row;
    a->last = &row->next;
    *out = row;
    return MSH_OK;
}

/* Different people. */
static unsigned people(const file_row *f)
{
    unsigned n = 0;
    for (unsigned i = 0; i < f->n_by; i++) {
        bool known = false;
        for (unsigned k = 0; k < i; k++)
            known = known || msh_view_eq(f->by[k].person, f->by[i].person);
        n += !known;
    }
    return n;
}

static void drop_approval(file_row *f, unsigned i)
{
    f->n_by--;
    memmove(&f->by[i], &f->by[i + 1], (f->n_by - i) * sizeof f->by[0]);
}

/* Where there is no room a person's oldest approval gives way to their new one: at worst a
 * withdrawal takes more away than it had to. */
static void add_approval(file_row *f, msh_view person, msh_view release)
{
    bool known = false;
    for (unsigned i = 0; i < f->n_by && !known; i++)
        known = msh_view_eq(f->by[i].person, person) && msh_view_eq(f->by[i].release, release);
    for (unsigned i = 0; i < f->n_by && !known && f->n_by == PEOPLE; i++)
        if (msh_view_eq(f->by[i].person, person))
            drop_approval(f, i);
    if (!known && f->n_by < PEOPLE)
        f->by[f->n_by++] = (approval){person, release};
    f->withdrawn = false;
}

static msh_err add_file(msh_approved *a, const msh_decision_file *f, const msh_decision_read_out *d)
{
    file_row *file;
    path_row *row;
    MSH_TRY(get_path(a, f->path, &row));
    MSH_TRY(get_row(a, row, f, &file));
    add_approval(file, msh_register_decider(d), d->release);
    file->file.release = row->release = d->release;
    row->withdrawn = false;
    /* The earliest end of those who approved: a list must not outlive any of them. */
    msh_view *end = &file->file.not_after;
    if (d->not_after.len && (!end->len || msh_view_cmp(d->not_after, *end) < 0))
        *end = d->not_after;
    if (people(file) >= a->quorum)
        row->latest = file;
    return MSH_OK;
}

static msh_err add_adopted(msh_approved *a, const msh_decision_file *f)
{
    file_row *file;
    path_row *row;
    MSH_TRY(get_path(a, f->path, &row));
    MSH_TRY(get_row(a, row, f, &file));
    file->file.adopted = true;
    file->withdrawn = false;
    return MSH_OK;
}

static msh_err on_adopted(void *ctx, const msh_decision_file *f)
{
    return add_adopted(ctx, f);
}

/* A list that is gone or changed adopts nothing, and breaks nothing else. */
static msh_err adopt(msh_approved *a, const msh_decision_read_out *d)
{
    msh_err err = MSH_OK;
    for (size_t i = 0; i < d->n_files && err == MSH_OK; i++)
        err = add_adopted(a, &d->files[i]);
    if (err == MSH_OK && d->has_list)
        err = msh_adopted_read(a->state, &d->list, &a->arena, on_adopted, a);
    if (err == MSH_E_EVIDENCE) {
        a->lists_lost++;
        return MSH_OK;
    }
    return err;
}

/* The approvals of this release count no more; the same bytes may stand in another one. */
static void withdraw_file(msh_approved *a, const msh_decision_file *f, msh_view release)
{
    path_row *row = msh_table_get(a->paths, f->path);
    file_row *file = row ? row_of(row, f->size, f->sha256, f->sm3) : NULL;
    if (!file)
        return;
    for (unsigned i = file->n_by; i-- > 0;)
        if (msh_view_eq(file->by[i].release, release))
            drop_approval(file, i);
    if (people(file) >= a->quorum) {
        file->file.release = file->by[file->n_by - 1].release;
        return;
    }
    file->withdrawn = true;
    if (row->latest == file)
        row->latest = NULL;
    row->withdrawn = row->latest == NULL;
}

/* In one step, by the trust policy: this person, in this role, for this path, at that time. For a
 * release that was submitted the register has judged the whole of it. */
static bool may_approve(const msh_approved *a, const msh_decision_file *f,
                        const msh_decision_read_out *d)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_trust_grant g;
    msh_decision_keys(d, keys);
    return d->has_prev || msh_trust_may(a->trust, d->reviewer, "approve", f->path, d->ts, keys, &g);
}

static msh_err apply(msh_approved *a, const msh_decision_read_out *d)
{
    msh_act act = msh_register_act(d);
    bool over = d->not_after.len && msh_view_cmp(d->not_after, msh_view_str(a->now)) < 0;
    for (size_t i = 0; i < d->n_files; i++) {
        if (act == MSH_ACT_WITHDRAW)
            withdraw_file(a, &d->files[i], d->release);
        else if (act == MSH_ACT_APPROVE && !over && may_approve(a, &d->files[i], d))
            MSH_TRY(add_file(a, &d->files[i], d));
    }
    return MSH_OK;
}

/* What a new round of a release no longer holds is no longer approved in it. */
static void drop_files(msh_approved *a, const msh_decision_read_out *last,
                       const msh_decision_read_out *now)
{
    for (size_t i = 0; i < last->n_files; i++) {
        bool kept = false;
        for (size_t k = 0; k < now->n_files && !kept; k++)
            kept = msh_view_eq(last->files[i].path, now->files[k].path);
        if (!kept)
            withdraw_file(a, &last->files[i], last->release);
    }
}

static msh_err take_decision(msh_approved *a, const msh_record *r)
{
    msh_json *j;
    bool counts;
    msh_decision_read_out *d = msh_arena_calloc(&a->arena, 1, sizeof *d);
    if (!d)
        return MSH_E_MEMORY;
    msh_err err = msh_json_read(&a->arena, r->body, MSH_JSON_LOG, &j, &a->bad);
    if (err == MSH_OK)
        err = msh_decision_read(&a->arena, msh_json_text(msh_json_get(j, "note")), a->state,
                                a->log_keys, a->revoked, d, &a->bad);
    if (err == MSH_E_MEMORY)
        return err;
    if (err == MSH_E_REFUSED) /* signed by who may not: approves nothing, and breaks nothing */
        return MSH_OK;
    if (err != MSH_OK) {
        a->bad_at = r->n;
        return MSH_OK;
    }
    const msh_reg_release *before = msh_register_release(a->releases, d->release);
    const msh_decision_read_out *last = before ? before->approve : NULL;
    MSH_TRY(msh_register_take(a->releases, r->n, r->ts, d, &counts));
    if (!counts)
        return MSH_OK;
    if (d->kind == MSH_ACT_ADOPT)
        return adopt(a, d);
    if (last && d->has_prev && before->approve == d)
        drop_files(a, last, d);
    return apply(a, d);
}

/* log.open and key.next name the log's keys, key.revoke those that sign nothing more. */
static msh_err take_keys(msh_approved *a, msh_table *to, msh_view body)
{
    msh_json *j;
    msh_note_key k;
    void *old;
    MSH_TRY(msh_json_read(&a->arena, body, MSH_JSON_LOG, &j, &a->bad));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_view vkey = msh_json_text(msh_json_get(j, msh_profile_at(p)->vkey));
        if (vkey.len == 0 || msh_note_key_read(&k, vkey) != MSH_OK)
            continue; /* the verifier says so */
        msh_err err = msh_table_put(to, msh_key_public(k.key), a, &old);
        msh_note_key_dispose(&k);
        MSH_TRY(err);
    }
    return MSH_OK;
}

static msh_err take_manifest(msh_approved *a, msh_view body)
{
    msh_json *j;
    msh_view copy = msh_arena_copy(&a->arena, body);
    if (!copy.data)
        return MSH_E_MEMORY;
    MSH_TRY(msh_json_read(&a->arena, copy, MSH_JSON_LOG, &j, &a->bad));
    a->manifest = j;
    return MSH_OK;
}

static msh_err on_record(void *ctx, const msh_record *r)
{
    msh_approved *a = ctx;
    if (a->bad_at != UINT64_MAX)
        return MSH_OK;
    if (msh_view_eq_str(r->type, "log.open") || msh_view_eq_str(r->type, "key.next") ||
        msh_view_eq_str(r->type, "key.recover"))
        return take_keys(a, a->log_keys, r->body);
    if (msh_view_eq_str(r->type, "key.revoke"))
        return take_keys(a, a->revoked, r->body);
    if (msh_view_eq_str(r->type, "manifest"))
        return take_manifest(a, r->body);
    if (!msh_view_eq_str(r->type, "decision"))
        return msh_register_record(a->releases, r);
    a->last_decision = r->n;
    return take_decision(a, r);
}

bool msh_approved_is_revoked(const msh_approved *a, const msh_reviewer *reviewer)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_table_get(a->revoked, msh_key_public(reviewer->keys[p].key)))
            return true;
    return false;
}

static msh_err load(msh_approved *a, msh_lang lang, msh_log_verdict *verdict, msh_error *why)
{
    char log[MSH_LOG_PATH];
    struct stat st;
    *verdict = (msh_log_verdict){.exit_code = MSH_VERIFY_UNANCHORED, .bad_size = UINT64_MAX};
    a->paths = msh_table_new();
    a->log_keys = msh_table_new();
    a->revoked = msh_table_new();
    if (!a->paths || !a->log_keys || !a->revoked)
        return msh_fail(why, MSH_E_MEMORY, "approved files");
    MSH_TRY(msh_trust_load(a->state, &a->trust, why));
    a->quorum = a->trust ? msh_trust_quorum(a->trust, "approve") : 1;
    if (msh_register_new(&a->arena, a->state, a->trust, lang, &a->releases) != MSH_OK)
        return msh_fail(why, MSH_E_MEMORY, "approved files");
    MSH_TRY(msh_store_path(a->state, "log", log, why));
    if (lstat(log, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    MSH_TRY(msh_verify_each(log, lang, on_record, a, verdict, why));
    if (verdict->exit_code != MSH_VERIFY_INVALID && a->bad_at != UINT64_MAX) {
        verdict->exit_code = MSH_VERIFY_INVALID;
        verdict->bad_size = a->bad_at;
        (void)snprintf(verdict->what, sizeof verdict->what, "%" PRIu64 ": %.300s", a->bad_at,
                       a->bad.text);
    }
    return msh_register_check_policy(a->releases, why);
}

msh_err msh_approved_load(const char *state, msh_lang lang, const char *now, msh_approved **out,
                          msh_log_verdict *verdict, msh_error *why)
{
    *out = NULL;
    msh_approved *a = msh_calloc(1, sizeof *a);
    if (!a)
        return msh_fail(why, MSH_E_MEMORY, "approved files");
    a->state = state;
    a->now = now;
    a->bad_at = UINT64_MAX;
    a->last = &a->first;
    msh_arena_init(&a->arena, ARENA_MAX);
    msh_err err = load(a, lang, verdict, why);
    if (err != MSH_OK) {
        msh_approved_free(a);
        return err;
    }
    *out = a;
    return MSH_OK;
}

void msh_approved_free(msh_approved *a)
{
    if (!a)
        return;
    if (a->paths)
        msh_table_free(a->paths, NULL);
    msh_register_free(a->releases);
    msh_trust_free(a->trust);
    if (a->log_keys)
        msh_table_free(a->log_keys, NULL);
    if (a->revoked)
        msh_table_free(a->revoked, NULL);
    msh_arena_dispose(&a->arena);
    msh_free(a);
}

msh_approved_state msh_approved_find(const msh_approved *a, msh_view path, uint64_t size,
                                     const uint8_t *sha256, const uint8_t *sm3, msh_view *release)
{
    *release = (msh_view){NULL, 0};
    path_row *row = msh_table_get(a->paths, path);
    if (!row)
        return MSH_APPROVED_UNKNOWN;
    row->seen = true;
    const file_row *found = sha256 || sm3 ? row_of(row, size, sha256, sm3) : NULL;
    if (found ? found->withdrawn : row->withdrawn) {
        *release = found ? found->file.release : row->release;
        return MSH_APPROVED_WITHDRAWN;
    }
    if (found && people(found) < a->quorum && !found->file.adopted)
        return MSH_APPROVED_UNKNOWN; /* not enough people yet */
    if (found)
        row->at_hand = found;
    if (found && people(found) < a->quorum)
        return MSH_APPROVED_ADOPTED;
    *release = found ? found->file.release : row->release;
    return found ? MSH_APPROVED_YES : MSH_APPROVED_CHANGED;
}

msh_err msh_approved_admit(msh_approved *a, msh_view path, uint64_t size, const uint8_t sha256[32],
                           const uint8_t sm3[32])
{
    msh_decision_file f = {.path = msh_arena_copy(&a->arena, path), .size = size};
    msh_view release;
    memcpy(f.sha256, sha256, 32);
    memcpy(f.sm3, sm3, 32);
    if (!f.path.data)
        return MSH_E_MEMORY;
    MSH_TRY(add_adopted(a, &f));
    (void)msh_approved_find(a, path, size, sha256, sm3, &release);
    return MSH_OK;
}

unsigned msh_approved_lists_lost(const msh_approved *a)
{
    return a->lists_lost;
}

typedef struct missing_ctx {
    msh_approved_missing missing;
    void *ctx;
} missing_ctx;

static bool visit(void *ctx, msh_view path, void *value)
{
    const missing_ctx *m = ctx;
    const path_row *row = value;
    if (!row->seen && row->latest)
        m->missing(m->ctx, path, row->release);
    return true;
}

void msh_approved_each_missing(const msh_approved *a, msh_approved_missing missing, void *ctx)
{
    missing_ctx m = {missing, ctx};
    msh_table_each(a->paths, visit, &m);
}

typedef struct each_ctx {
    bool at_hand;
    msh_approved_visit each;
    void *ctx;
} each_ctx;

static bool visit_file(void *ctx, msh_view path, void *value)
{
    const each_ctx *e = ctx;
    const path_row *row = value;
    const file_row *f = e->at_hand ? row->at_hand : row->latest;
    (void)path;
    return !f || e->each(e->ctx, &f->file);
}

void msh_approved_each(const msh_approved *a, bool at_hand, msh_approved_visit each, void *ctx)
{
    each_ctx e = {at_hand, each, ctx};
    msh_table_each(a->paths, visit_file, &e);
}

bool msh_approved_may_sign(const msh_approved *a, const msh_reviewer *r, msh_view path,
                           const char *ts)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    for (size_t i = 0; i < MSH_REVIEWER_KEYS; i++) {
        keys[i] = msh_key_public(r->keys[i].key);
        if (msh_table_get(a->log_keys, keys[i]) || msh_table_get(a->revoked, keys[i]))
            return false;
    }
    return !a->trust || msh_trust_allows(a->trust, msh_view_str(r->keys[0].name), "approver", path,
                                         msh_view_str(ts), keys);
}

msh_register *msh_approved_register(const msh_approved *a)
{
    return a->releases;
}

const msh_trust *msh_approved_trust(const msh_approved *a)
{
    return a->trust;
}

msh_err msh_approved_read(const msh_approved *a, msh_arena *arena, msh_view note,
                          msh_decision_read_out *out, msh_error *why)
{
    return msh_decision_read(arena, note, a->state, a->log_keys, a->revoked, out, why);
}

uint64_t msh_approved_last_decision(const msh_approved *a)
{
    return a->last_decision;
}

const msh_json *msh_approved_last_manifest(const msh_approved *a)
{
    return a->manifest;
}

void msh_approved_each_of(const msh_approved *a, msh_view release, msh_approved_visit each,
                          void *ctx)
{
    bool more = true;
    for (const file_row *f = a->first; f && more; f = f->next)
        for (unsigned i = 0; i < f->n_by; i++)
            if (msh_view_eq(f->by[i].release, release)) {
                more = each(ctx, &f->file);
                break;
            }
}
