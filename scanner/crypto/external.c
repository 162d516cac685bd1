/* external.c: two pipes and a child that is waited for; never a shell. */
#define _GNU_SOURCE
#include "crypto/external.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 30, COMMAND_MAX = 4096, SECONDS = 120 };

extern char **environ;

typedef struct child {
    pid_t pid;
    int in, out; /* our ends: its input, its output */
} child;

static msh_err split(char command[COMMAND_MAX], const char *kind, char *words[WORDS + 2])
{
    size_t n = 0;
    for (char *p = command; *p;) {
        while (*p == ' ')
            *p++ = '\0';
        if (!*p)
            break;
        if (n == WORDS)
            return MSH_E_CONFIG;
        words[n++] = p;
        while (*p && *p != ' ')
            p++;
    }
    words[n++] = (char *)(uintptr_t)kind;
    words[n] = NULL;
    return n > 1 ? MSH_OK : MSH_E_CONFIG;
}

static msh_err start(child *c, char *const words[])
{
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    bool piped = pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0;
    bool ready = piped && posix_spawn_file_actions_init(&actions) == 0;
    bool good = ready && posix_spawn_file_actions_adddup2(&actions, to[0], 0) == 0 &&
                posix_spawn_file_actions_adddup2(&actions, from[1], 1) == 0 &&
                posix_spawn(&c->pid, words[0], &actions, NULL, words, environ) == 0;
    if (ready)
        (void)posix_spawn_file_actions_destroy(&actions);
    if (to[0] >= 0)
        close(to[0]);
    if (from[1] >= 0)
        close(from[1]);
    c->in = to[1];
    c->out = from[0];
    return good ? MSH_OK : MSH_E_CHILD;
}

/* Feeds and reads until the output ends, is too long, or time is up. */
static bool talk(child *c, msh_view text, uint8_t *signature, size_t cap, size_t *len)
{
    const uint64_t end = msh_clock_ns() + SECONDS * 1000000000ull;
    size_t sent = 0;
    uint8_t more;
    *len = 0;
    while (msh_clock_ns() < end) {
        struct pollfd p[2] = {{c->out, POLLIN, 0}, {c->in, POLLOUT, 0}};
        if (poll(p, c->in >= 0 ? 2 : 1, 1000) < 0 && errno != EINTR)
            return false;
        if (c->in >= 0 && p[1].revents) {
            ssize_t r = sent < text.len ? write(c->in, text.data + sent, text.len - sent) : 0;
            sent += r > 0 ? (size_t)r : 0;
            if (sent == text.len || r < 0) {
                close(c->in);
                c->in = -1;
            }
        }
        if (p[0].revents) {
            ssize_t r =
                *len < cap ? read(c->out, signature + *len, cap - *len) : read(c->out, &more, 1);
            if (r == 0)
                return true;
            if (r < 0 || *len == cap)
                return false;
            *len += (size_t)r;
        }
    }
    return false;
}

msh_err msh_external_sign(const char *signer, const char *kind, msh_view text, uint8_t *signature,
                          size_t *len)
{
    char command[COMMAND_MAX], *words[WORDS + 2];
    child c = {.pid = -1, .in = -1, .out = -1};
    size_t n = strlen(signer), cap = *len;
    int status = 1;
    if (n < 5 || n >= sizeof command)
        return MSH_E_CONFIG;
    memcpy(command, signer + 5, n - 4); /* behind "exec:" */
    MSH_TRY(split(command, kind, words));
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    msh_err err = start(&c, words);
    if (err == MSH_OK && !talk(&c, text, signature, cap, len))
        err = MSH_E_CHILD;
    if (c.in >= 0)
        close(c.in);
    if (c.out >= 0)
        close(c.out);
    if (c.pid > 0) {
        if (err != MSH_OK)
            (void)kill(c.pid, SIGKILL);
        while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
        }
        if (status != 0)
            err = MSH_E_CHILD;
    }
    (void)signal(SIGPIPE, old);
    return err;
}
