/* log_first.c: what a log needs before its first record (audit-log.md sections 2, 8): folders,
 * origin, profile, keys, and the reserve for a full disk. */
#define _GNU_SOURCE
#include "ledger/log_inner.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { RESERVE = 1 << 20 };

static void read_boot_id(msh_log *l)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    int64_t n = fd >= 0 ? (int64_t)read(fd, l->boot, 36) : -1;
    if (fd >= 0)
        close(fd);
    if (n != 36)
        l->boot[0] = '\0'; /* no boot id: the state never counts */
}

/* flock and fdatasync mean little over a network. */
static msh_err refuse_network(const char *dir, msh_error *why)
{
    static const uint32_t magics[] = {0x6969 /* NFS */, 0xff534d42 /* CIFS */,
                                      0xfe534d42 /* SMB2 */};
    struct statfs fs;
    if (statfs(dir, &fs) != 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", dir);
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if ((uint32_t)fs.f_type == magics[i])
            return msh_fail(why, MSH_E_STATE,
                            "%s: 日志必须放在本机磁盘上 / a log must be on a local disk", dir);
    return MSH_OK;
}

msh_err msh_log_prepare(msh_log *l, msh_error *why)
{
    static const char *const parts[] = {"seg", "keys", "anchors", "quarantine"};
    char path[MSH_LOG_PATH];
    read_boot_id(l);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        MSH_TRY(msh_store_path(l->dir, parts[i], path, why));
        MSH_TRY(msh_file_make_dirs(path, why));
    }
    return refuse_network(l->dir, why);
}

/* "local/<host name>", with what a note's name refuses taken out. */
static void default_origin(char out[MSH_LOG_ORIGIN + 1])
{
    char host[128] = "";
    (void)gethostname(host, sizeof host - 1);
    for (char *p = host; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '.' || *p == '-' || *p == '_';
        if (!plain)
            *p = '-';
    }
    (void)snprintf(out, MSH_LOG_ORIGIN + 1, "local/%s", host[0] ? host : "host");
}

static msh_err load_origin(msh_log *l, const char *wanted, msh_error *why)
{
    char path[MSH_LOG_PATH], line[MSH_LOG_ORIGIN + 2];
    struct stat st;
    MSH_TRY(msh_store_path(l->dir, "origin", path, why));
    if (lstat(path, &st) == 0) {
        MSH_TRY(msh_store_origin(l->dir, l->origin, why));
        if (wanted && strcmp(wanted, l->origin) != 0)
            return msh_fail(why, MSH_E_CONFIG, "日志的起源是 %s / the log has this origin",
                            l->origin);
        return MSH_OK;
    }
    if (wanted && (strlen(wanted) > MSH_LOG_ORIGIN || !msh_note_name_ok(msh_view_str(wanted))))
        return msh_fail(why, MSH_E_CONFIG, "not a name for a log (no blank, no '+')");
    if (wanted)
        (void)snprintf(l->origin, sizeof l->origin, "%s", wanted);
    else
        default_origin(l->origin);
    int n = snprintf(line, sizeof line, "%s\n", l->origin);
    return msh_file_replace(path, msh_view_of(line, (size_t)n), why);
}

/* A log that has lines keeps its keys: a new key beside old lines would make them worthless. */
static bool has_lines(const msh_log *l)
{
    char name[40], path[MSH_LOG_PATH];
    struct stat st;
    bool found = false;
    msh_store_segment_name(0, name);
    const char *const names[] = {name, "checkpoints", "checkpoints.sm3"};
    for (size_t i = 0; i < 3; i++)
        if (msh_store_path(l->dir, names[i], path, NULL) == MSH_OK && stat(path, &st) == 0 &&
            st.st_size > 0)
            found = true;
    return found;
}

/* The first key's public half stays as LOG/log.pub.pem: it is what people pin. */
static msh_err write_first_public(msh_log *l, size_t p, msh_error *why)
{
    char pub[MSH_LOG_PATH];
    struct stat st;
    MSH_TRY(msh_store_path(l->dir, msh_profile_at(p)->public_key, pub, why));
    if (lstat(pub, &st) == 0 && has_lines(l))
        return MSH_OK;
    return msh_keyfile_write_public(pub, l->keys[p].key, why);
}

static msh_err load_key(msh_log *l, size_t p, msh_error *why)
{
    char path[MSH_LOG_PATH], name[MSH_LOG_ORIGIN + 8];
    const msh_profile *profile = msh_profile_at(p);
    msh_key *key = NULL;
    struct stat st;
    MSH_TRY(msh_store_path(l->dir, profile->private_key, path, why));
    bool fresh = lstat(path, &st) != 0;
    if (fresh && has_lines(l))
        return msh_fail(why, MSH_E_STATE,
                        "%s：日志的签名钥匙不在这里（已迁走，或丢失：mishen keys recover）"
                        " / the log's key is not here (moved away, or lost: keys recover)",
                        path);
    MSH_TRY(msh_keyfile_load_or_make(path, profile->alg, &key, NULL, why));
    (void)snprintf(name, sizeof name, "%s%s", l->origin, profile->suffix);
    msh_note_key_dispose(&l->keys[p]);
    MSH_TRY(msh_note_key_init(&l->keys[p], name, key));
    return has_lines(l) ? MSH_OK : write_first_public(l, p, why);
}

msh_err msh_log_load_keys(msh_log *l, msh_error *why)
{
    for (size_t p = 0; p < MSH_PROFILES; p++)
        if (msh_log_has(l, p))
            MSH_TRY(load_key(l, p, why));
    return MSH_OK;
}

/* LOG/profile, written by `mishen log init` before the first record; absent = both. */
static msh_err load_profile(msh_log *l, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_buf text;
    struct stat st;
    l->profiles = MSH_PROFILE_BOTH;
    MSH_TRY(msh_store_path(l->dir, "profile", path, why));
    if (lstat(path, &st) != 0)
        return MSH_OK;
    msh_buf_init(&text, 64);
    msh_err err = msh_file_read(path, &text, why);
    if (err == MSH_OK && text.len)
        l->profiles = msh_profile_mask(msh_view_cut(msh_buf_view(&text), 0, text.len - 1));
    msh_buf_dispose(&text);
    if (err == MSH_OK && l->profiles == 0)
        err = msh_fail(why, MSH_E_STATE, "%s: intl, gm, both", path);
    return err;
}

/* Room to be given back when the disk is full. Where there is no room for it, a run would break off
 * in the middle: MSH_E_FULL before anything is scanned. Where it cannot be had for another reason
 * the log works without it. */
static msh_err make_reserve(const msh_log *l, msh_error *why)
{
    char path[MSH_LOG_PATH];
    if (msh_store_path(l->dir, "reserve", path, NULL) != MSH_OK)
        return MSH_OK;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == ENOSPC ? msh_fail_errno(why, MSH_E_FULL, "%s", path) : MSH_OK;
    int failed = posix_fallocate(fd, 0, RESERVE);
    close(fd);
    if (failed)
        (void)unlink(path);
    return failed == ENOSPC
               ? msh_fail(why, MSH_E_FULL, "%s：需要 %d KiB 空间 / needs that much room", path,
                          RESERVE >> 10)
               : MSH_OK;
}

msh_err msh_log_load(msh_log *l, const char *origin, bool keys, msh_error *why)
{
    MSH_TRY(load_origin(l, origin, why));
    MSH_TRY(load_profile(l, why));
    if (keys)
        MSH_TRY(msh_log_load_keys(l, why));
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        MSH_TRY(msh_hasher_init(&l->hashers[p], msh_profile_at(p)->digest));
        if (msh_log_has(l, p))
            MSH_TRY(msh_tiles_open(&l->tiles[p], l->dir, p, why));
    }
    return make_reserve(l, why);
}
