/* virus.c: see virus.h. The bytes go over a unix socket to a program of this machine, from the
 * process that opened them; workers have no sockets. A clamd that is not there, that is given more
 * than it takes, or that takes longer than a minute has said nothing. */
#define _GNU_SOURCE
#include "scan/virus.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEP = 64 << 10, ANSWER = 512, WAIT_S = 60 };
static const char head[] = "clamd:";

static const char *path_of(const char *text)
{
    return strncmp(text, head, sizeof head - 1) == 0 ? text + sizeof head - 1 : NULL;
}

msh_err msh_virus_check_option(const char *text, msh_error *why)
{
    const struct sockaddr_un a = {.sun_family = AF_UNIX};
    const char *path = path_of(text);
    if (path && path[0] == '/' && strlen(path) < sizeof a.sun_path)
        return MSH_OK;
    return msh_fail(why, MSH_E_OPTION, "--virus clamd:/run/clamav/clamd.ctl");
}

static int connect_to(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const struct timeval wait = {WAIT_S, 0};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(a.sun_path, path, strlen(path) + 1);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
                    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
                    connect(fd, (const struct sockaddr *)(const void *)&a, sizeof a) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, msh_view v)
{
    while (v.len) {
        ssize_t n = send(fd, v.data, v.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        v = msh_view_cut(v, (size_t)n, v.len);
    }
    return true;
}

static bool send_piece(int fd, const uint8_t *data, size_t n)
{
    const uint8_t length[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                               (uint8_t)n};
    return send_all(fd, msh_view_of(length, 4)) && send_all(fd, msh_view_of(data, n));
}

/* The whole file, then the end. It may answer earlier (too large): that is looked at all the same.
 */
static bool send_file(int fd, const msh_entry *e)
{
    static const char command[] = "zINSTREAM";
    uint8_t *room = msh_alloc(STEP);
    bool good = room && send_all(fd, msh_view_of(command, sizeof command));
    for (uint64_t at = 0; good && at < e->size;) {
        int64_t n = msh_file_pread(e->fd, room, STEP, at);
        good = n > 0 && send_piece(fd, room, (size_t)n);
        at += n > 0 ? (uint64_t)n : 0;
    }
    good = good && send_piece(fd, room, 0);
    msh_free(room);
    return good;
}

/* "stream: NAME FOUND" or "stream: OK", up to the NUL; false when nothing whole came. */
static bool receive(int fd, char answer[ANSWER])
{
    size_t n = 0;
    while (n + 1 < ANSWER) {
        ssize_t got = recv(fd, answer + n, ANSWER - 1 - n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(answer, '\0', n))
            return true;
    }
    return false;
}

/* The name between "stream: " and " FOUND"; empty when it is none. */
static msh_view found_name(const char *answer)
{
    msh_view v = msh_view_str(answer);
    if (!msh_view_starts(v, MSH_VIEW("stream: ")) || !msh_view_ends(v, MSH_VIEW(" FOUND")) ||
        v.len < 15)
        return (msh_view){NULL, 0};
    return msh_view_cut(v, 8, v.len - 14);
}

void msh_virus_ask(const msh_run *r, msh_entry *e)
{
    const msh_place place = {.vpath = e->vpath, .offset = MSH_NO_POSITION};
    char answer[ANSWER] = "";
    if (!r->options->virus || e->fd < 0)
        return;
    int fd = connect_to(path_of(r->options->virus));
    /* an answer may have come before everything was sent; without the whole file it is no pass */
    bool whole = fd >= 0 && send_file(fd, e);
    bool said = fd >= 0 && receive(fd, answer);
    if (fd >= 0)
        close(fd);
    msh_view name = said ? found_name(answer) : (msh_view){NULL, 0};
    if (name.len)
        msh_entry_virus(e, r->key, name);
    else if (!whole || !said || strcmp(answer, "stream: OK") != 0)
        msh_entry_outcome(e, MSH_REASON_VIRUS_UNKNOWN, &place, 0);
}
