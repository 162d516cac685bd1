/* statekeep.c: `mishen state backup|restore|migrate`: the state folder on another medium, from it,
 * and on another machine.
 *
 * A backup has no key of the log: two copies that both go on would be two logs of one name. A log
 * that comes from a backup goes on with keys that guardians give it (keys recover). A move takes
 * the keys along and destroys them here. */
#define _GNU_SOURCE
#include <mishen/ledger.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "ledger/store.h"
#include "ledger/verify.h"
#include "scan/copy.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BODY_MAX = 2048 };

static const char *const private_keys[] = {"keys/log.pem", "keys/log.sm3.pem", "keys/next.pem",
                                           "keys/next.sm3.pem"};

/* Caches, locks, and what is half done; with ctx also the private keys of the log. */
static bool leave(void *ctx, const char *rel)
{
    static const char *const names[] = {"log/tree",           "log/tree.sm3", "log/state",
                                        "log/lock",           "log/reserve",  "log/checkpoint",
                                        "log/checkpoint.new", "recover"};
    size_t n = strlen(rel);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(rel, names[i]) == 0)
            return true;
    for (size_t i = 0; ctx && i < sizeof private_keys / sizeof private_keys[0]; i++)
        if (strncmp(rel, "log/", 4) == 0 && strcmp(rel + 4, private_keys[i]) == 0)
            return true;
    return n > 4 && strcmp(rel + n - 4, ".tmp") == 0;
}

static msh_err put_host(const msh_options *options, const char *type, const char *what,
                        msh_error *why)
{
    char host[128] = "";
    msh_buf body;
    msh_json_writer w;
    (void)gethostname(host, sizeof host - 1);
    msh_buf_init(&body, BODY_MAX);
    msh_jw_begin(&w, &body);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "host", msh_view_str(host));
    if (what)
        msh_jw_kstr(&w, "kind", msh_view_str(what));
    msh_jw_close(&w, '}');
    msh_err err = msh_buf_err(&body);
    if (err == MSH_OK)
        err = msh_log_put(options, type, msh_buf_view(&body), NULL, why);
    msh_buf_dispose(&body);
    return err;
}

static bool is_empty(const char *path)
{
    DIR *d = opendir(path);
    bool empty = true;
    if (!d)
        return errno == ENOENT;
    for (struct dirent *e = readdir(d); e && empty; e = readdir(d))
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    (void)closedir(d);
    return empty;
}

static msh_err check_target(const char *to, msh_error *why)
{
    char shown[MSH_FILE_SHOWN];
    return is_empty(to)
               ? MSH_OK
               : msh_fail(why, MSH_E_EXISTS,
                          "%s：请给一个新的或空的文件夹 / give a folder that is new or empty",
                          msh_file_shown(to, shown));
}

static msh_err destroy_keys(const char *log, msh_error *why)
{
    static const uint8_t zeros[512];
    char path[MSH_LOG_PATH];
    for (size_t i = 0; i < sizeof private_keys / sizeof private_keys[0]; i++) {
        MSH_TRY(msh_store_path(log, private_keys[i], path, why));
        int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
            continue;
        (void)!pwrite(fd, zeros, sizeof zeros, 0);
        (void)!fsync(fd);
        close(fd);
        if (unlink(path) != 0)
            return msh_fail_errno(why, MSH_E_STATE, "%s", path);
    }
    MSH_TRY(msh_store_path(log, "keys", path, why));
    return msh_file_sync_dir(path, why);
}

static msh_err verify_copy(const msh_options *options, const char *folder, msh_log_verdict *out,
                           msh_error *why)
{
    char log[MSH_LOG_PATH];
    MSH_TRY(msh_store_path(folder, "log", log, why));
    MSH_TRY(msh_verify_log(log, options->lang, out, why));
    if (out->exit_code != MSH_VERIFY_ANCHORED && out->exit_code != MSH_VERIFY_UNANCHORED)
        return msh_fail(why,
                        out->exit_code == MSH_VERIFY_LOST ? MSH_E_EVIDENCE_LOST : MSH_E_EVIDENCE,
                        "%s", out->what);
    return MSH_OK;
}

/* Writers wait until the copy is made (and, for a move, the keys are gone). */
static msh_err copy_locked(const msh_options *options, const char *to, bool move,
                           msh_log_verdict *out, msh_error *why)
{
    char state[MSH_STATE_PATH], log[MSH_LOG_PATH];
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_log_dir(options, NULL, log, why));
    int fd = msh_store_share(log);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s/lock", log);
    msh_copy_job job = {.from = state, .to = to, .leave = leave, .ctx = move ? NULL : state};
    msh_err err = msh_copy_tree(&job, why);
    if (err == MSH_OK)
        err = verify_copy(options, to, out, why);
    if (err == MSH_OK && move)
        err = destroy_keys(log, why);
    close(fd);
    return err;
}

static msh_err check_log(const msh_options *options, msh_error *why)
{
    char log[MSH_LOG_PATH], origin[MSH_LOG_ORIGIN + 1], shown[MSH_FILE_SHOWN];
    MSH_TRY(msh_log_dir(options, NULL, log, why));
    msh_err err = msh_store_origin(log, origin, why);
    return err == MSH_E_OPEN ? msh_fail(why, MSH_E_NO_LOG, "%s", msh_file_shown(log, shown)) : err;
}

msh_err msh_state_backup(const msh_options *options, const char *to, bool move,
                         msh_log_verdict *out, msh_error *why)
{
    *out = (msh_log_verdict){.exit_code = MSH_VERIFY_UNREADABLE};
    MSH_TRY(check_target(to, why));
    MSH_TRY(check_log(options, why));
    MSH_TRY(put_host(options, move ? "state.migrate" : "state.backup", NULL, why));
    return copy_locked(options, to, move, out, why);
}

msh_err msh_state_restore(const msh_options *options, const char *from, msh_log_verdict *out,
                          bool *has_keys, msh_error *why)
{
    char state[MSH_STATE_PATH], path[MSH_LOG_PATH], origin[MSH_LOG_ORIGIN + 1];
    struct stat st;
    *out = (msh_log_verdict){.exit_code = MSH_VERIFY_UNREADABLE};
    MSH_TRY(msh_store_path(from, "log", path, why));
    if (msh_store_origin(path, origin, NULL) != MSH_OK)
        return msh_file_named_failed(from, why);
    MSH_TRY(verify_copy(options, from, out, why));
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(check_target(state, why));
    msh_copy_job job = {.from = from, .to = state, .leave = leave};
    MSH_TRY(msh_copy_tree(&job, why));
    MSH_TRY(verify_copy(options, state, out, why));
    *has_keys = false;
    for (size_t i = 0; i < 2; i++) {
        MSH_TRY(msh_store_path(state, "log", path, why));
        size_t n = strlen(path);
        (void)snprintf(path + n, sizeof path - n, "/%s", private_keys[i]);
        *has_keys = *has_keys || stat(path, &st) == 0;
    }
    return *has_keys ? put_host(options, "state.restore", "migrate", why) : MSH_OK;
}
