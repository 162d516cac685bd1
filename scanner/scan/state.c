/* state.c: finding and making the state folder. Nothing needs to be configured before a first scan.
 */
#define _GNU_SOURCE
#include "scan/state.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/random.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

msh_err msh_state_path(const msh_options *options, char out[MSH_STATE_PATH], msh_error *why)
{
    const char *home = getenv("HOME"), *xdg = getenv("XDG_STATE_HOME");
    int n;
    if (options->state && options->state[0])
        n = snprintf(out, MSH_STATE_PATH, "%s", options->state);
    else if (geteuid() == 0)
        n = snprintf(out, MSH_STATE_PATH, "/var/lib/mishen");
    else if (xdg && xdg[0] == '/')
        n = snprintf(out, MSH_STATE_PATH, "%s/mishen", xdg);
    else if (home && home[0] == '/')
        n = snprintf(out, MSH_STATE_PATH, "%s/.local/state/mishen", home);
    else
        return msh_fail(why, MSH_E_STATE, "no state folder: give --state DIR");
    if (n < 0 || n >= MSH_STATE_PATH)
        return msh_fail(why, MSH_E_OPTION, "--state: name too long");
    return MSH_OK;
}

/* Whatever the reason, a state folder that cannot be written means: no log, no verdict. */
static msh_err as_state(msh_err err, msh_error *why)
{
    if (err == MSH_OK || err == MSH_E_FULL || err == MSH_E_MEMORY)
        return err;
    if (why)
        why->code = MSH_E_STATE;
    return MSH_E_STATE;
}

msh_err msh_state_prepare(const char *state, msh_error *why)
{
    static const char *const parts[] = {"", "/runs", "/register"};
    char path[MSH_STATE_PATH + 32];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", state, parts[i]);
        msh_err err = msh_file_make_dirs(path, why);
        if (err != MSH_OK)
            return as_state(err, why);
    }
    if (access(state, W_OK | X_OK) != 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", state);
    return MSH_OK;
}

msh_err msh_state_token_key(const char *state, uint8_t key[MSH_TOKEN_KEY], msh_error *why)
{
    char path[MSH_STATE_PATH + 32];
    struct stat st;
    msh_buf b;
    (void)snprintf(path, sizeof path, "%s/token.key", state);
    msh_buf_init(&b, MSH_TOKEN_KEY);
    msh_err err = MSH_OK;
    if (stat(path, &st) != 0 && errno == ENOENT) {
        MSH_GUARD(msh_random_fill(key, MSH_TOKEN_KEY));
        MSH_GUARD(as_state(msh_file_replace(path, msh_view_of(key, MSH_TOKEN_KEY), why), why));
    } else {
        MSH_GUARD(as_state(msh_file_read(path, &b, why), why));
        if (b.len != MSH_TOKEN_KEY) {
            err = msh_fail(why, MSH_E_STATE, "%s: not %d bytes long", path, (int)MSH_TOKEN_KEY);
            goto out;
        }
        memcpy(key, b.data, MSH_TOKEN_KEY);
    }
out:
    if (b.data)
        msh_wipe(b.data, b.len);
    msh_buf_dispose(&b);
    return err;
}

/* Whether a folder holds a file whose name ends so. */
static bool holds_any(const char *state, const char *part, const char *suffix)
{
    char path[MSH_STATE_PATH + 16];
    bool any = false;
    (void)snprintf(path, sizeof path, "%s/%s", state, part);
    DIR *d = opendir(path);
    for (const struct dirent *e; d && !any && (e = readdir(d));)
        any = msh_view_ends_nocase(msh_view_str(e->d_name), msh_view_str(suffix));
    if (d)
        closedir(d);
    return any;
}

msh_err msh_state_check_log(const char *state, msh_lang lang, msh_error *why)
{
    if (!holds_any(state, "runs", ".ndjson") || holds_any(state, "log/seg", ".ndjson"))
        return MSH_OK;
    return msh_fail(why, MSH_E_EVIDENCE, "%s",
                    lang == MSH_LANG_EN
                        ? "there are saved runs, but the log is gone: restore it (mishen state "
                          "restore), or begin a new one knowingly (mishen log init)"
                        : "有保存的检查结果，日志却不见了：从备份恢复（mishen state restore），"
                          "确认找不回时再用 mishen log init 另建新日志");
}
