/* output.c: reports to standard output or, atomically, to a file. */
#define _GNU_SOURCE
#include "scan/output.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A report of ours, or nothing at all: what may be replaced. */
static bool is_report(const char *path)
{
    static const char *const heads[][2] = {
        {"mishen ", ""},
        {"{\"type\":\"run\"", ""},
        {"# audit-mani", ""},
        {"mishen-proof/", ""},
        {"<!doctype html>", "<meta name=\"generator\" content=\"mishen\">"},
        {"{\"$schema\":\"https://docs.oasis-open.org/sarif/", "\"columnKind\""},
        {"\xEF\xBB\xBF\"序号\",\"文件\",\"结论\"", ""},
        {"\xEF\xBB\xBF\"No.\",\"File\",\"Verdict\"", ""},
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mishen\"", ""}};
    char head[1024] = {0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof head - 1);
    if (fd >= 0)
        close(fd);
    for (size_t i = 0; got > 0 && i < sizeof heads / sizeof heads[0]; i++)
        if (strncmp(head, heads[i][0], strlen(heads[i][0])) == 0 && strstr(head, heads[i][1]))
            return true;
    return got == 0;
}

/* Nothing that stands at the path is lost: --output t.docx t.docx must not eat the document. */
static msh_err look_before(msh_output *o, const char *path, msh_error *why)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return MSH_OK;
    if (S_ISLNK(st.st_mode) && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        st.st_mode = S_IFLNK; /* a link is not replaced by a file */
    if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        o->is_open = o->fd >= 0;
        char name[MSH_FILE_SHOWN];
        return o->is_open ? MSH_OK
                          : msh_fail_errno(why, MSH_E_NAMED, "%s", msh_file_shown(path, name));
    }
    if (S_ISREG(st.st_mode) && is_report(path))
        return MSH_OK;
    return msh_fail(why, MSH_E_OPTION,
                    "--output %s：那里已有别的文件，不覆盖 / is no report, left alone", path);
}

/* With the name of the report, and why; errno is that of the call that failed. */
static msh_err failed(const msh_output *o, msh_err code, msh_error *why)
{
    char name[MSH_FILE_SHOWN];
    return msh_fail_errno(why, errno == ENOSPC || errno == EDQUOT ? MSH_E_FULL : code, "%s",
                          o->path[0] ? msh_file_shown(o->path, name)
                                     : "标准输出 / standard output");
}

msh_err msh_output_open(msh_output *o, const char *path, msh_error *why)
{
    *o = (msh_output){.fd = STDOUT_FILENO, .why = why};
    if (!path)
        return MSH_OK;
    if (!path[0])
        return msh_fail(why, MSH_E_OPTION, "--output");
    int n = snprintf(o->path, sizeof o->path, "%s", path);
    MSH_TRY(look_before(o, path, why));
    if (o->is_open)
        return MSH_OK;
    int m = snprintf(o->temp, sizeof o->temp, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || m < 0 || (size_t)m >= sizeof o->temp)
        return msh_fail(why, MSH_E_OPTION, "--output: name too long");
    o->fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (o->fd < 0)
        return failed(o, MSH_E_NAMED, why);
    o->is_file = true;
    return MSH_OK;
}

static msh_err write_out(void *ctx, msh_view bytes)
{
    msh_output *o = ctx;
    msh_err err = msh_file_write_all(o->fd, bytes, NULL);
    return err == MSH_OK ? MSH_OK : failed(o, err, o->why);
}

msh_report_out msh_output_sink(msh_output *o)
{
    return (msh_report_out){o, write_out};
}

msh_err msh_output_finish(msh_output *o, msh_error *why)
{
    if (!o->is_file)
        return MSH_OK;
    if (fsync(o->fd) != 0 || rename(o->temp, o->path) != 0)
        return failed(o, MSH_E_IO, why);
    o->temp[0] = '\0';
    return MSH_OK;
}

void msh_output_dispose(msh_output *o)
{
    if (!o->is_file && !o->is_open)
        return;
    if (o->fd >= 0)
        close(o->fd);
    if (o->temp[0])
        (void)unlink(o->temp);
    o->fd = -1;
}

msh_err msh_output_put(const char *path, msh_view v, msh_error *why)
{
    msh_output out;
    MSH_TRY(msh_output_open(&out, path, why));
    msh_err err = msh_file_write_all(out.fd, v, why);
    if (err == MSH_OK)
        err = msh_output_finish(&out, why);
    msh_output_dispose(&out);
    return err;
}
