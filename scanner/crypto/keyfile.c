/* keyfile.c: key files made at first use. A new file appears whole or not at all: it is written
 * under another name, synced, and linked to its own (link(2) refuses to replace). */
#define _GNU_SOURCE
#include "crypto/keyfile.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/base64.h"
#include "crypto/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 10, PATH_SIZE = 4096 };

static bool absent(const char *path)
{
    struct stat st;
    return lstat(path, &st) != 0 && errno == ENOENT;
}

static msh_err read_private(const char *path, msh_buf *out, msh_error *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "%s", path);
    msh_err err = MSH_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        err = msh_fail(why, MSH_E_STATE, "%s: not a regular file", path);
    else if ((st.st_mode & 077) != 0 || (st.st_uid != geteuid() && geteuid() != 0))
        err = msh_fail(why, MSH_E_STATE, "%s: must be ours alone (chmod 600)", path);
    else {
        uint8_t *room = msh_buf_room(out, FILE_MAX);
        int64_t n = room ? msh_file_pread(fd, room, FILE_MAX, 0) : -1;
        if (n < 0)
            err = room ? msh_fail_errno(why, MSH_E_IO, "%s", path) : MSH_E_MEMORY;
        else
            msh_buf_grew(out, (size_t)n);
    }
    close(fd);
    return err;
}

static void wipe_buf(msh_buf *b)
{
    if (b->data)
        msh_wipe(b->data, b->cap);
    msh_buf_dispose(b);
}

static msh_err write_temp(int fd, msh_view v, msh_error *why)
{
    msh_err err = msh_file_write_all(fd, v, why);
    if (err == MSH_OK && fsync(fd) != 0)
        err = msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_IO, "fsync");
    return err;
}

/* MSH_OK also when another process was first: the caller then reads what that one wrote. */
static msh_err create(const char *path, msh_view v, msh_error *why)
{
    char temp[PATH_SIZE], folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    if (snprintf(temp, sizeof temp, "%s.%ld.new", path, (long)getpid()) >= (int)sizeof temp)
        return msh_fail(why, MSH_E_STATE, "name too long");
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST && unlink(temp) == 0)
        fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "%s", temp);
    msh_err err = write_temp(fd, v, why);
    close(fd);
    if (err == MSH_OK && link(temp, path) != 0 && errno != EEXIST)
        err = msh_fail_errno(why, MSH_E_STATE, "%s", path);
    (void)unlink(temp);
    if (err != MSH_OK)
        return err;
    (void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
                   slash ? path : ".");
    return msh_file_sync_dir(folder[0] ? folder : "/", why);
}

msh_err msh_keyfile_load(const char *path, msh_key_alg alg, msh_key **out, msh_error *why)
{
    msh_buf pem;
    *out = NULL;
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = read_private(path, &pem, why);
    if (err == MSH_OK) {
        err = msh_key_read_pem(alg, msh_buf_view(&pem), true, out);
        if (err != MSH_OK)
            (void)msh_fail(why, err, "%s: holds no key of the kind that is needed", path);
    }
    wipe_buf(&pem);
    return err;
}

msh_err msh_keyfile_load_protected(const char *path, msh_key_alg alg, const char *password,
                                   msh_key **out, msh_error *why)
{
    msh_buf pem;
    bool is_protected = false;
    *out = NULL;
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = read_private(path, &pem, why);
    if (err == MSH_OK) {
        err = msh_key_read_protected(alg, msh_buf_view(&pem), msh_view_str(password), &is_protected,
                                     out);
        if (err == MSH_E_EVIDENCE && is_protected)
            err = msh_fail(why, MSH_E_NO_ACCESS, "%s: %s", path,
                           password ? "口令不对 / wrong password"
                                    : "需要口令（--password-file） / needs a password");
        else if (err != MSH_OK)
            (void)msh_fail(why, err, "%s: holds no key of the kind that is needed", path);
    }
    wipe_buf(&pem);
    return err;
}

msh_err msh_keyfile_write_private(const char *path, const msh_key *k, const char *password,
                                  msh_error *why)
{
    msh_buf pem;
    if (!absent(path))
        return msh_fail(why, MSH_E_STATE, "%s: 已经存在 / exists already", path);
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = password ? msh_key_write_protected(k, msh_view_str(password), &pem)
                           : msh_key_write_pem(k, true, &pem);
    err = err == MSH_OK ? create(path, msh_buf_view(&pem), why)
                        : msh_fail(why, err, "%s: cannot write the key", path);
    wipe_buf(&pem);
    return err;
}

static msh_err make(const char *path, msh_key_alg alg, msh_error *why)
{
    msh_buf pem;
    msh_key *k = NULL;
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = msh_key_generate(alg, &k);
    if (err == MSH_OK)
        err = msh_key_write_pem(k, true, &pem);
    if (err != MSH_OK)
        (void)msh_fail(why, err, "%s: cannot make a key", path);
    else
        err = create(path, msh_buf_view(&pem), why);
    msh_key_free(k);
    wipe_buf(&pem);
    return err;
}

msh_err msh_keyfile_load_or_make(const char *path, msh_key_alg alg, msh_key **out, bool *made,
                                 msh_error *why)
{
    bool fresh = absent(path);
    *out = NULL;
    if (made)
        *made = fresh;
    if (fresh)
        MSH_TRY(make(path, alg, why));
    return msh_keyfile_load(path, alg, out, why);
}

msh_err msh_keyfile_load_public(const char *path, msh_key_alg alg, msh_key **out, msh_error *why)
{
    msh_buf pem;
    *out = NULL;
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = msh_file_read(path, &pem, why);
    if (err == MSH_OK) {
        err = msh_key_read_pem(alg, msh_buf_view(&pem), false, out);
        if (err != MSH_OK)
            (void)msh_fail(why, err, "%s: holds no public key of the kind that is needed", path);
    }
    msh_buf_dispose(&pem);
    return err;
}

msh_err msh_keyfile_write_public(const char *path, const msh_key *k, msh_error *why)
{
    msh_buf pem;
    msh_buf_init(&pem, FILE_MAX);
    msh_err err = msh_key_write_pem(k, false, &pem);
    if (err == MSH_OK)
        err = msh_file_replace(path, msh_buf_view(&pem), why);
    if (err == MSH_OK && chmod(path, 0644) != 0)
        err = msh_fail_errno(why, MSH_E_STATE, "%s", path);
    msh_buf_dispose(&pem);
    return err;
}

msh_err msh_keyfile_secret(const char *path, uint8_t out[32], msh_error *why)
{
    char line[66];
    msh_buf text;
    if (absent(path)) {
        MSH_TRY(msh_random_fill(out, 32));
        msh_hex32(out, line);
        line[64] = '\n';
        msh_err err = create(path, msh_view_of(line, 65), why);
        msh_wipe(line, sizeof line);
        MSH_TRY(err);
    }
    msh_buf_init(&text, FILE_MAX);
    msh_err err = read_private(path, &text, why);
    msh_view v = msh_buf_view(&text);
    if (err == MSH_OK && (v.len != 65 || !msh_hex32_read(msh_view_cut(v, 0, 64), out)))
        err = msh_fail(why, MSH_E_STATE, "%s: holds no secret (64 hex digits)", path);
    wipe_buf(&text);
    return err;
}
