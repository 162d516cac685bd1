/* logkeep.c: `mishen log init|heartbeat|export` from the library's side. */
#define _GNU_SOURCE
#include <mishen/ledger.h>

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "ledger/log.h"
#include "ledger/verify.h"
#include "scan/copy.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <mishen/version.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static msh_err open_and_end(const char *dir, const char *origin, const char *type, msh_view body,
                            msh_error *why)
{
    msh_log *l;
    MSH_TRY(msh_log_open(dir, origin, &l, why));
    msh_err err = type ? msh_log_add(l, type, body, why) : MSH_OK;
    if (err == MSH_OK)
        err = msh_log_commit(l, NULL, why);
    if (err == MSH_OK && type)
        err = msh_log_end(l, why);
    msh_log_close(l);
    return err;
}

msh_err msh_log_init(const msh_options *options, const char *profile, const char *origin,
                     msh_error *why)
{
    char dir[MSH_LOG_PATH], path[MSH_LOG_PATH], line[16], state[MSH_STATE_PATH];
    struct stat st;
    if (msh_profile_mask(msh_view_str(profile)) == 0)
        return msh_fail(why, MSH_E_USAGE, "--profile intl, gm, both");
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_state_prepare(state, why));
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    MSH_TRY(msh_store_path(dir, "origin", path, why));
    if (lstat(path, &st) == 0)
        return msh_fail(why, MSH_E_USAGE, "日志已经建立 / there is a log already");
    MSH_TRY(msh_file_make_dirs(dir, why));
    MSH_TRY(msh_store_path(dir, "profile", path, why));
    int n = snprintf(line, sizeof line, "%s\n", profile);
    MSH_TRY(msh_file_replace(path, msh_view_of(line, (size_t)n), why));
    return open_and_end(dir, origin, NULL, (msh_view){NULL, 0}, why);
}

msh_err msh_log_heartbeat(const msh_options *options, msh_error *why)
{
    char dir[MSH_LOG_PATH];
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    return open_and_end(dir, NULL, "heartbeat", MSH_VIEW("{\"version\":\"" MISHEN_VERSION "\"}"),
                        why);
}

/* --- export ----------------------------------------------------------------------------------- */

/* What another needs to verify: no keys, no caches. */
static msh_err copy_log(const char *from, const char *to, msh_error *why)
{
    static const char *const files[] = {"origin",          "profile",     "checkpoints",
                                        "checkpoints.sm3", "log.pub.pem", "log.sm3.pub.pem"};
    static const char *const folders[] = {"seg", "anchors"};
    char paths[2][MSH_LOG_PATH];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        MSH_TRY(msh_copy_file(from, to, files[i], 0644, why));
    for (size_t i = 0; i < 2; i++) {
        MSH_TRY(msh_store_path(from, folders[i], paths[0], why));
        MSH_TRY(msh_store_path(to, folders[i], paths[1], why));
        msh_copy_job job = {.from = paths[0], .to = paths[1], .mode = 0644};
        MSH_TRY(msh_copy_tree(&job, why));
    }
    return MSH_OK;
}

msh_err msh_log_export(const msh_options *options, const char *to, msh_log_verdict *out,
                       msh_error *why)
{
    char dir[MSH_LOG_PATH];
    struct stat st;
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    if (lstat(to, &st) == 0)
        return msh_fail(why, MSH_E_USAGE, "目标已存在，请给一个新文件夹 / give a new folder");
    int fd = msh_store_share(dir);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s/lock", dir);
    msh_err err = msh_file_make_dirs(to, why);
    if (err == MSH_OK)
        err = copy_log(dir, to, why);
    close(fd);
    return err == MSH_OK ? msh_verify_log(to, options->lang, out, why) : err;
}
