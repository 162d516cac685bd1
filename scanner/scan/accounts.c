/* accounts.c: the list of accounts, a file whose digest stands in the signed log.
 *
 * A change: the new list beside the old one, durable; the record with its digest; then the rename.
 * Whatever is interrupted, the next reader finishes what the log says. */
#define _GNU_SOURCE
#include <mishen/account.h>
#include <mishen/ledger.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "ledger/record.h"
#include "ledger/reviewer.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20, ACCOUNTS_MAX = 5000, PATH_SIZE = MSH_STATE_PATH + 32 };

typedef struct one_account {
    msh_account account;
    char kept[MSH_PASSWORD_KEPT];
} one_account;

struct msh_accounts {
    one_account *list;
    size_t n;
    char path[PATH_SIZE];
    struct stat seen; /* of the file */
    bool there;
};

/* --- words ------------------------------------------------------------------------------------ */

static const struct {
    const char *name, *zh, *en;
} roles[MSH_ACCOUNT_ROLE_COUNT] = {
#define X(id, name, zh, en) {name, zh, en},
    MSH_ACCOUNT_ROLES(X)
#undef X
};

const char *msh_account_role_name(msh_account_role r)
{
    return (unsigned)r < MSH_ACCOUNT_ROLE_COUNT ? roles[r].name : "?";
}

const char *msh_account_role_text(msh_account_role r, msh_lang lang)
{
    if ((unsigned)r >= MSH_ACCOUNT_ROLE_COUNT)
        return "?";
    return lang == MSH_LANG_EN ? roles[r].en : roles[r].zh;
}

static bool role_of(msh_view name, msh_account_role *out)
{
    for (int r = 0; r < MSH_ACCOUNT_ROLE_COUNT; r++)
        if (msh_view_eq_str(name, roles[r].name)) {
            *out = (msh_account_role)r;
            return true;
        }
    return false;
}

bool msh_account_role_named(const char *name, msh_account_role *out)
{
    return role_of(msh_view_str(name), out);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool take_text(const msh_json *j, const char *key, char *out, size_t cap)
{
    msh_view v = msh_json_text(msh_json_get(j, key));
    if (v.len >= cap)
        return false;
    if (v.len)
        memcpy(out, v.data, v.len);
    out[v.len] = '\0';
    return true;
}

static bool read_one(const msh_json *j, one_account *out)
{
    *out = (one_account){.account.role = MSH_ACCOUNT_CLERK};
    return take_text(j, "name", out->account.name, sizeof out->account.name) &&
           take_text(j, "office", out->account.office, sizeof out->account.office) &&
           take_text(j, "kept", out->kept, sizeof out->kept) &&
           msh_reviewer_name_ok(out->account.name) &&
           role_of(msh_json_text(msh_json_get(j, "role")), &out->account.role);
}

static msh_err parse(msh_accounts *a, msh_view text, msh_error *why)
{
    msh_arena arena;
    msh_json *j = NULL;
    msh_arena_init(&arena, 64 << 20);
    msh_err err = msh_json_read(&arena, text, 0, &j, why);
    const msh_json *first = err == MSH_OK ? msh_json_get(j, "accounts") : NULL;
    for (const msh_json *i = first ? first->child : NULL; i && err == MSH_OK; i = i->next) {
        if (a->n >= ACCOUNTS_MAX || !read_one(i, &a->list[a->n]))
            err = msh_fail(why, MSH_E_CONFIG, "accounts.json");
        else
            a->n++;
    }
    msh_arena_dispose(&arena);
    return err;
}

/* Digest of the list that the log names last; empty when it names none. */
static msh_err note_record(void *ctx, uint64_t n, msh_view line)
{
    char *last = ctx;
    msh_record r;
    msh_arena a;
    msh_json *j;
    (void)n;
    msh_arena_init(&a, 1 << 20);
    msh_err err = msh_record_read(line, &r);
    if (err == MSH_OK)
        err = msh_json_read(&a, r.body, MSH_JSON_LOG, &j, NULL);
    if (err == MSH_OK && !take_text(j, "list", last, 65))
        err = MSH_E_EVIDENCE;
    msh_arena_dispose(&a);
    return err;
}

static msh_err logged_digest(const msh_options *options, char out[65], msh_error *why)
{
    out[0] = '\0';
    msh_err err = msh_log_each(options, NULL, 0, UINT64_MAX, "account", note_record, out, why);
    return err == MSH_E_NO_LOG ? MSH_OK : err;
}

static msh_err digest_of(msh_view text, char out[65])
{
    uint8_t digest[32];
    MSH_TRY(msh_sha256(text, digest));
    msh_hex(out, msh_view_of(digest, sizeof digest));
    return MSH_OK;
}

/* A file into b; one that is absent is empty. */
static msh_err read_file(const char *path, msh_buf *b, bool *there, msh_error *why)
{
    struct stat st;
    msh_buf_reset(b);
    *there = lstat(path, &st) == 0;
    if (!*there && errno == ENOENT)
        return MSH_OK;
    return msh_file_read(path, b, why);
}

/* The list that the log names: as it stands, or the one whose rename was interrupted. */
static msh_err read_list(msh_accounts *a, const char *logged, msh_buf *b, msh_error *why)
{
    char found[65], beside[PATH_SIZE + 8];
    MSH_TRY(read_file(a->path, b, &a->there, why));
    MSH_TRY(digest_of(msh_buf_view(b), found));
    if ((!a->there && !logged[0]) || strcmp(found, logged) == 0)
        return MSH_OK;
    (void)snprintf(beside, sizeof beside, "%s.new", a->path);
    MSH_TRY(read_file(beside, b, &a->there, why));
    MSH_TRY(digest_of(msh_buf_view(b), found));
    if (a->there && strcmp(found, logged) == 0 && rename(beside, a->path) == 0)
        return MSH_OK;
    return msh_fail(
        why, MSH_E_EVIDENCE,
        "accounts.json：账号名单与日志记载的不符，可能被人改动；请从备份恢复，或删除后用 "
        "mishen serve account add 重建 / is not the list that the log names");
}

/* A list that was deleted on purpose starts anew: the record of the next change says so. */
static msh_err load(msh_accounts *a, const msh_options *options, bool rebuild, msh_error *why)
{
    char state[MSH_STATE_PATH], logged[65];
    msh_buf b;
    MSH_TRY(msh_state_path(options, state, why));
    (void)snprintf(a->path, sizeof a->path, "%s/accounts.json", state);
    MSH_TRY(logged_digest(options, logged, why));
    if (rebuild && access(a->path, F_OK) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_buf_init(&b, FILE_MAX);
    msh_err err = read_list(a, logged, &b, why);
    if (err == MSH_OK && a->there)
        err = parse(a, msh_buf_view(&b), why);
    if (err == MSH_OK && a->there && stat(a->path, &a->seen) != 0)
        a->there = false;
    if (b.data)
        msh_wipe(b.data, b.cap);
    msh_buf_dispose(&b);
    return err;
}

static msh_err open_list(const msh_options *options, bool rebuild, msh_accounts **out,
                         msh_error *why)
{
    msh_accounts *a = msh_calloc(1, sizeof *a);
    *out = NULL;
    if (a)
        a->list = msh_calloc(ACCOUNTS_MAX + 1, sizeof *a->list);
    msh_err err =
        a && a->list ? load(a, options, rebuild, why) : msh_fail(why, MSH_E_MEMORY, "accounts");
    if (err == MSH_OK)
        *out = a;
    else
        msh_accounts_free(a);
    return err;
}

msh_err msh_accounts_load(const msh_options *options, msh_accounts **out, msh_error *why)
{
    return open_list(options, false, out, why);
}

void msh_accounts_free(msh_accounts *a)
{
    if (!a)
        return;
    msh_free(a->list);
    msh_free(a);
}

size_t msh_accounts_count(const msh_accounts *a)
{
    return a->n;
}

const msh_account *msh_accounts_get(const msh_accounts *a, size_t i)
{
    return &a->list[i].account;
}

bool msh_accounts_changed(const msh_accounts *a)
{
    struct stat st;
    if (stat(a->path, &st) != 0)
        return a->there;
    return !a->there || st.st_ino != a->seen.st_ino || st.st_size != a->seen.st_size ||
           st.st_mtim.tv_sec != a->seen.st_mtim.tv_sec ||
           st.st_mtim.tv_nsec != a->seen.st_mtim.tv_nsec;
}

/* --- asking ----------------------------------------------------------------------------------- */

const msh_account *msh_accounts_login(const msh_accounts *a, msh_view name, msh_view password)
{
    const one_account *found = NULL;
    for (size_t i = 0; i < a->n; i++)
        if (msh_view_eq_str(name, a->list[i].account.name) &&
            a->list[i].account.role != MSH_ACCOUNT_MACHINE)
            found = &a->list[i];
    bool good = msh_password_check(password, found ? found->kept : NULL) == MSH_OK;
    return good ? &found->account : NULL;
}

const msh_account *msh_accounts_token(const msh_accounts *a, msh_view token)
{
    const msh_account *found = NULL;
    for (size_t i = 0; i < a->n; i++)
        if (a->list[i].account.role == MSH_ACCOUNT_MACHINE &&
            msh_password_check(token, a->list[i].kept) == MSH_OK)
            found = &a->list[i].account;
    return found;
}

/* --- changing --------------------------------------------------------------------------------- */

static msh_err write_list(const msh_accounts *a, msh_buf *out)
{
    msh_json_writer w;
    msh_jw_begin(&w, out);
    msh_jw_open(&w, '{');
    msh_jw_key(&w, "accounts");
    msh_jw_open(&w, '[');
    for (size_t i = 0; i < a->n; i++) {
        const one_account *o = &a->list[i];
        msh_jw_open(&w, '{');
        msh_jw_kstr(&w, "kept", msh_view_str(o->kept));
        msh_jw_kstr(&w, "name", msh_view_str(o->account.name));
        msh_jw_kstr(&w, "office", msh_view_str(o->account.office));
        msh_jw_kstr(&w, "role", msh_view_str(msh_account_role_name(o->account.role)));
        msh_jw_close(&w, '}');
    }
    msh_jw_close(&w, ']');
    msh_jw_kint(&w, "v", 1);
    msh_jw_close(&w, '}');
    msh_buf_put_byte(out, '\n');
    return msh_buf_err(out);
}

static msh_err put_record(const msh_options *options, const char *act, const msh_account *account,
                          const char *digest, msh_error *why)
{
    msh_buf body;
    msh_json_writer w;
    msh_buf_init(&body, 4096);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "act", msh_view_str(act));
    msh_jw_kstr(&w, "list", msh_view_str(digest));
    msh_jw_kstr(&w, "name", msh_view_str(account->name));
    msh_jw_kstr(&w, "role", msh_view_str(msh_account_role_name(account->role)));
    msh_jw_close(&w, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put(options, "account", msh_buf_view(&body), NULL, why);
    msh_buf_dispose(&body);
    return err;
}

static msh_err save(const msh_accounts *a, const msh_options *options, const char *act,
                    const msh_account *account, msh_error *why)
{
    char beside[PATH_SIZE + 8], digest[65];
    msh_buf b;
    msh_buf_init(&b, FILE_MAX);
    (void)snprintf(beside, sizeof beside, "%s.new", a->path);
    msh_err err = write_list(a, &b);
    if (err == MSH_OK)
        err = digest_of(msh_buf_view(&b), digest);
    if (err == MSH_OK)
        err = msh_file_replace(beside, msh_buf_view(&b), why);
    if (err == MSH_OK)
        err = put_record(options, act, account, digest, why);
    if (err == MSH_OK && rename(beside, a->path) != 0)
        err = msh_fail_errno(why, MSH_E_STATE, "accounts.json");
    if (b.data)
        msh_wipe(b.data, b.cap);
    msh_buf_dispose(&b);
    return err;
}

static one_account *find(msh_accounts *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->list[i].account.name, name) == 0)
            return &a->list[i];
    return NULL;
}

static msh_err check_account(const msh_account *account, const char *password, bool is_new,
                             msh_error *why)
{
    if (!msh_reviewer_name_ok(account->name))
        return msh_fail(why, MSH_E_USAGE,
                        "账号名不能含空格、+、/，不能以 . 开头 / a name without blanks, + and /");
    if (!msh_view_is_utf8(msh_view_str(account->office)))
        return msh_fail(why, MSH_E_USAGE, "--office: UTF-8");
    if (account->role == MSH_ACCOUNT_MACHINE)
        return MSH_OK;
    if (!password && is_new)
        return msh_fail(why, MSH_E_USAGE, "要有 --password-file / --password-file is needed");
    if (password && (strlen(password) < MSH_ACCOUNT_LEAST || strcmp(password, account->name) == 0))
        return msh_fail(why, MSH_E_USAGE, "口令至少 %d 个字符 / a password of %d characters",
                        MSH_ACCOUNT_LEAST, MSH_ACCOUNT_LEAST);
    return MSH_OK;
}

static msh_err put(msh_accounts *a, const msh_options *options, const msh_account *account,
                   const char *password, char *token, msh_error *why)
{
    one_account *o = find(a, account->name);
    bool is_new = !o;
    MSH_TRY(
        check_account(account, password, is_new || o->account.role == MSH_ACCOUNT_MACHINE, why));
    if (is_new && a->n == ACCOUNTS_MAX)
        return msh_fail(why, MSH_E_USAGE, "账号太多 / too many accounts");
    if (is_new)
        o = &a->list[a->n++];
    o->account = *account;
    if (account->role == MSH_ACCOUNT_MACHINE)
        MSH_TRY(msh_password_token(token, o->kept));
    else if (password)
        MSH_TRY(msh_password_keep(msh_view_str(password), o->kept));
    return save(a, options, is_new ? "add" : "change", account, why);
}

static msh_err prepare(const msh_options *options, msh_accounts **out, msh_error *why)
{
    char state[MSH_STATE_PATH];
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_state_prepare(state, why));
    return open_list(options, true, out, why);
}

msh_err msh_accounts_put(const msh_options *options, const msh_account *account,
                         const char *password, char *token, msh_error *why)
{
    msh_accounts *a;
    MSH_TRY(prepare(options, &a, why));
    msh_err err = put(a, options, account, password, token, why);
    msh_accounts_free(a);
    return err;
}

msh_err msh_accounts_remove(const msh_options *options, const char *name, msh_error *why)
{
    msh_accounts *a;
    MSH_TRY(prepare(options, &a, why));
    one_account *o = find(a, name);
    msh_err err = o ? MSH_OK : msh_fail(why, MSH_E_NOBODY, "账号 / account");
    if (o) {
        msh_account gone = o->account;
        memmove(o, o + 1, (size_t)(&a->list[a->n] - (o + 1)) * sizeof *o);
        a->n--;
        err = save(a, options, "remove", &gone, why);
    }
    msh_accounts_free(a);
    return err;
}
