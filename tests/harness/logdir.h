/* logdir.h: a log folder for tests, and damage to its files. */
#ifndef MSH_TEST_LOGDIR_H
#define MSH_TEST_LOGDIR_H

#include "check.h"

#include "base/file.h"
#include "ledger/log.h"
#include "ledger/record.h"
#include "ledger/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char logdir[4096];
static bool logdir_in_memory; /* for tests that model the disk: no real syncs */

static inline void logdir_remove_tree(const char *path)
{
    DIR *d = opendir(path);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        char inner[8192];
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >= (int)sizeof inner)
            continue;
        if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode))
            logdir_remove_tree(inner);
        else
            (void)unlink(inner);
    }
    if (d)
        (void)closedir(d);
    (void)rmdir(path);
}

/* A fresh, absent folder's name in `logdir`. */
static inline void logdir_fresh(void)
{
    if (logdir[0])
        logdir_remove_tree(logdir);
    const char *base = MSH_TEST_BINARY_DIR;
    if (logdir_in_memory && access("/dev/shm", W_OK) == 0)
        base = "/dev/shm";
    (void)snprintf(logdir, sizeof logdir, "%s/mishen-log.%ld", base, (long)getpid());
    logdir_remove_tree(logdir);
}

static inline const char *logdir_file(const char *name)
{
    static char paths[2][5000]; /* two may be in use at once */
    static int turn;
    char *path = paths[turn ^= 1];
    (void)snprintf(path, sizeof paths[0], "%s/%s", logdir, name);
    return path;
}

#define LOGDIR_SEGMENT "seg/00000000000000000000.ndjson"

static inline msh_buf logdir_read(const char *name)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 30);
    REQUIRE(msh_file_read(logdir_file(name), &b, NULL) == MSH_OK);
    return b;
}

static inline void logdir_write(const char *name, msh_view v)
{
    int fd = open(logdir_file(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(fd >= 0 && msh_file_write_all(fd, v, NULL) == MSH_OK);
    close(fd);
}

static inline void logdir_append(const char *name, const char *text)
{
    int fd = open(logdir_file(name), O_WRONLY | O_APPEND | O_CREAT, 0600);
    REQUIRE(fd >= 0 && msh_file_write_all(fd, msh_view_str(text), NULL) == MSH_OK);
    close(fd);
}

/* Commits `n` records in one group; the index of the first. */
static inline msh_err logdir_commit(msh_log *l, int n, uint64_t *first)
{
    for (int i = 0; i < n; i++) {
        char body[100];
        (void)snprintf(body, sizeof body, "{\"i\":%d,\"path\":\"公告/%d.txt\"}", i, i);
        msh_err err = msh_log_add(l, "item", msh_view_str(body), NULL);
        if (err != MSH_OK)
            return err;
    }
    return msh_log_commit(l, first, NULL);
}

#endif
