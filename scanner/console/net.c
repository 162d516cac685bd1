/* net.c: see net.h. No names are looked up: addresses only. */
#define _GNU_SOURCE
#include "console/net.h"

#include <mishen/unstable/view.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128, PASSED_FD = 3 };

static msh_err failed(msh_error *why, msh_err code, const char *text, const char *address)
{
    if (why) {
        *why = (msh_error){.code = code, .sys_errno = errno, .offset = UINT64_MAX};
        (void)snprintf(why->text, sizeof why->text, "%s%.250s", text, address);
    }
    return code;
}

static msh_err listen_on(int fd, const struct sockaddr *a, socklen_t len, net_address *out,
                         msh_error *why)
{
    int one = 1;
    if (fd >= 0 && a->sa_family != AF_UNIX)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, a, len) != 0 || listen(fd, BACKLOG) != 0) {
        msh_err err = failed(why, MSH_E_NAMED, "", out->shown);
        if (fd >= 0)
            close(fd);
        return err;
    }
    out->fd = fd;
    return MSH_OK;
}

/* A socket that nobody listens to is left over from before; a file of any other kind stays. */
static bool remove_stale(const struct sockaddr_un *a)
{
    struct stat st;
    if (lstat(a->sun_path, &st) != 0)
        return errno == ENOENT;
    int fd = S_ISSOCK(st.st_mode) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    bool stale = fd >= 0 && connect(fd, (const struct sockaddr *)(const void *)a, sizeof *a) != 0 &&
                 errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    errno = EADDRINUSE;
    return stale && unlink(a->sun_path) == 0;
}

static msh_err listen_unix(const char *path, net_address *out, msh_error *why)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    out->is_unix = out->loopback = true;
    (void)snprintf(out->shown, sizeof out->shown, "unix:%.280s", path);
    if (strlen(path) >= sizeof a.sun_path)
        return failed(why, MSH_E_OPTION, "名称太长 / name too long: ", path);
    memcpy(a.sun_path, path, strlen(path) + 1);
    if (!remove_stale(&a))
        return failed(why, MSH_E_NAMED, "", out->shown);
    mode_t before = umask(0117);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    msh_err err = listen_on(fd, (struct sockaddr *)(void *)&a, sizeof a, out, why);
    (void)umask(before);
    return err;
}

static bool read_port(const char *text, uint16_t *out)
{
    char *end;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    *out = (uint16_t)v;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && v <= 65535;
}

static void note_port(net_address *out, const char *host)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    if (getsockname(out->fd, (struct sockaddr *)(void *)&a, &len) != 0)
        return;
    uint16_t port = a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&a)->sin6_port
                                            : ((struct sockaddr_in *)(void *)&a)->sin_port;
    (void)snprintf(out->port, sizeof out->port, "%u", ntohs(port));
    (void)snprintf(out->shown, sizeof out->shown, a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
                   host, out->port);
}

static msh_err listen_tcp(const char *text, bool beyond, net_address *out, msh_error *why)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    char host[64];
    const char *colon = strrchr(text, ':');
    uint16_t port;
    bool six = text[0] == '[' && colon && colon > text + 2 && colon[-1] == ']';
    size_t n = !colon ? sizeof host : six ? (size_t)(colon - text) - 2 : (size_t)(colon - text);
    if (n >= sizeof host || !read_port(colon + 1, &port))
        return failed(why, MSH_E_OPTION, "127.0.0.1:8733, [::1]:8733, unix:/path: ", text);
    memcpy(host, text + (six ? 1 : 0), n);
    host[n] = '\0';
    v4.sin_port = v6.sin6_port = htons(port);
    if (inet_pton(six ? AF_INET6 : AF_INET, host,
                  six ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) != 1)
        return failed(why, MSH_E_OPTION, "127.0.0.1:8733, [::1]:8733, unix:/path: ", text);
    out->loopback =
        six ? IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) : (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    if (!out->loopback && !beyond)
        return failed(why, MSH_E_OPTION,
                      "本机以外的地址要有证书（--tls-cert、--tls-key） / beyond this machine only "
                      "with TLS: ",
                      text);
    (void)snprintf(out->shown, sizeof out->shown, "%.200s", text);
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    msh_err err = six ? listen_on(fd, (struct sockaddr *)(void *)&v6, sizeof v6, out, why)
                      : listen_on(fd, (struct sockaddr *)(void *)&v4, sizeof v4, out, why);
    if (err == MSH_OK)
        note_port(out, host);
    return err;
}

msh_err net_listen(const char *text, bool beyond, net_address *out, msh_error *why)
{
    *out = (net_address){.fd = -1};
    if (strncmp(text, "unix:", 5) == 0)
        return listen_unix(text + 5, out, why);
    if (text[0] == '/')
        return listen_unix(text, out, why);
    return listen_tcp(text, beyond, out, why);
}

bool net_passed(net_address *out)
{
    const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    *out = (net_address){.fd = -1};
    if (!pid || !n || strtoul(n, NULL, 10) < 1 || strtol(pid, NULL, 10) != (long)getpid() ||
        getsockname(PASSED_FD, (struct sockaddr *)(void *)&a, &len) != 0)
        return false;
    (void)fcntl(PASSED_FD, F_SETFD, FD_CLOEXEC);
    (void)fcntl(PASSED_FD, F_SETFL, fcntl(PASSED_FD, F_GETFL) | O_NONBLOCK);
    out->fd = PASSED_FD;
    out->is_unix = a.ss_family == AF_UNIX;
    out->loopback = out->is_unix;
    if (!out->is_unix) {
        note_port(out, a.ss_family == AF_INET6 ? "::" : "0.0.0.0");
        if (a.ss_family == AF_INET6)
            out->loopback = IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)(void *)&a)->sin6_addr);
        else
            out->loopback =
                (ntohl(((struct sockaddr_in *)(void *)&a)->sin_addr.s_addr) >> 24) == 127;
    }
    if (out->is_unix)
        (void)snprintf(out->shown, sizeof out->shown, "systemd");
    return true;
}

void net_remove(const net_address *a)
{
    if (a->fd >= 0 && a->is_unix && strncmp(a->shown, "unix:", 5) == 0)
        (void)unlink(a->shown + 5);
}
