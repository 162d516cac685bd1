/* clamd.c: a socket that speaks as clamd does, so that a program that already asks clamd needs no
 * code to ask mishen. Whatever is not a pass is FOUND: such programs know only two answers.
 *
 *   stream: OK                                       stream: Mishen.BLOCK.mark.state-secret FOUND
 *   stream: Mishen.NOT-INSPECTED.zip.encrypted FOUND */
#define _GNU_SOURCE
#include "console/console.h"

#include "console/clamd_parse.h"

#include <mishen/unstable/file.h>
#include <mishen/version.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIENTS = 64, STEP = 64 << 10, ANSWER_MAX = 16 << 10, IDLE_S = 30 };

typedef struct clamd_client {
    struct clamd *d;
    int fd; /* -1: free */
    clamd_parser parser;
    msh_buf answer;
    size_t answered;
    int file; /* memfd of the stream, -1 = none */
    uint64_t size, job;
    bool ending, over; /* close once the answer is out; the stream is too large */
    char name[300];
    uint64_t deadline_ns;
} clamd_client;

typedef struct clamd {
    console *c;
    int listener;
    clamd_client clients[CLIENTS];
} clamd;

static void drop_file(clamd_client *k)
{
    if (k->file >= 0)
        close(k->file);
    k->file = -1;
    k->d->c->in_memory -= k->size;
    k->size = 0;
}

static void drop(clamd_client *k)
{
    if (k->job)
        msh_service_forget(k->d->c->service, k->job);
    drop_file(k);
    close(k->fd);
    msh_buf_dispose(&k->answer);
    *k = (clamd_client){.d = k->d, .fd = -1, .file = -1};
}

/* One answer in the client's form. */
static void say_to(clamd_client *k, const char *name, const char *text)
{
    msh_buf_put_str(&k->answer, name);
    msh_buf_put_str(&k->answer, text);
    msh_buf_put_byte(&k->answer, (uint8_t)k->parser.end);
}

static void give_up(clamd_client *k, const char *text)
{
    say_to(k, "", text);
    k->ending = true;
    drop_file(k);
}

/* --- verdicts --------------------------------------------------------------------------------- */

/* The first finding of the gravest tier, or the reason why something was not read. */
static void put_reason(clamd_client *k, const msh_service_result *r)
{
    const char *tier = r->verdict == MSH_VERDICT_BLOCK ? "BLOCK" : "REVIEW";
    bool missing = r->verdict == MSH_VERDICT_NOT_INSPECTED;
    msh_arena a;
    msh_arena_init(&a, 64 << 20);
    for (size_t at = 0; at < r->report.len;) {
        size_t end = msh_view_find(r->report, MSH_VIEW("\n"), at);
        msh_json *j;
        if (end == SIZE_MAX ||
            msh_json_read(&a, msh_view_cut(r->report, at, end - at), 0, &j, NULL) != MSH_OK)
            break;
        at = end + 1;
        msh_view type = msh_json_text(msh_json_get(j, "type")), word = {NULL, 0};
        if (missing && msh_view_eq_str(type, "item"))
            word = msh_json_text(msh_json_get(j, "reason"));
        else if (!missing && msh_view_eq_str(type, "finding") &&
                 msh_view_eq_str(msh_json_text(msh_json_get(j, "tier")), tier))
            word = msh_json_text(msh_json_get(j, "rule"));
        if (!word.len)
            continue;
        msh_buf_put_byte(&k->answer, '.');
        msh_buf_put_view(&k->answer, word);
        break;
    }
    msh_arena_dispose(&a);
}

static void on_done(void *ctx, const msh_service_result *r)
{
    clamd_client *k = ctx;
    k->job = 0;
    drop_file(k);
    msh_buf_put_str(&k->answer, k->name);
    if (r->verdict == MSH_VERDICT_PASS && r->summary->complete) {
        msh_buf_put_str(&k->answer, ": OK");
    } else {
        msh_buf_put_str(&k->answer, ": Mishen.");
        msh_buf_put_str(&k->answer, msh_verdict_name(r->verdict));
        put_reason(k, r);
        msh_buf_put_str(&k->answer, " FOUND");
    }
    msh_buf_put_byte(&k->answer, (uint8_t)k->parser.end);
}

static void examine(clamd_client *k, int fd, uint64_t size, const char *name)
{
    const msh_service_file file = {.name = msh_view_str(name), .fd = fd, .size = size};
    const msh_service_job job = {
        .files = &file, .n_files = 1, .root = "clamd", .done = on_done, .ctx = k};
    if (msh_service_give(k->d->c->service, &job, &k->job, NULL) != MSH_OK)
        give_up(k, "INTERNAL ERROR. ERROR");
}

/* A path is only looked at beneath the folder that was given for it, without following links. */
static void examine_path(clamd_client *k)
{
    const char *root = k->d->c->job->clamd_root, *path = k->parser.line;
    size_t n = root ? strlen(root) : 0;
    char shown[300];
    struct stat st;
    int fd = -1;
    while (n > 1 && root[n - 1] == '/')
        n--;
    if (root && strncmp(path, root, n) == 0 && path[n] == '/') {
        int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *rest = path + n + strspn(path + n, "/");
        fd = dir < 0 ? -1 : msh_file_open_beneath(dir, rest, O_RDONLY);
        if (dir >= 0)
            close(dir);
    }
    (void)snprintf(shown, sizeof shown, "%.280s", path);
    for (char *p = shown; *p; p++)
        if ((uint8_t)*p < 0x20 || *p == 0x7f)
            *p = '_';
    (void)snprintf(k->name, sizeof k->name, "%s", shown);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        say_to(k, k->name, ": File path check failure. ERROR");
    else
        examine(k, fd, (uint64_t)st.st_size, k->name);
    if (fd >= 0)
        close(fd);
}

/* --- what the client says --------------------------------------------------------------------- */

static void take_data(clamd_client *k, msh_view data)
{
    console *c = k->d->c;
    if (k->over)
        return;
    k->over = data.len > c->upload_max - k->size || data.len > c->memory_max - c->in_memory;
    while (data.len && !k->over) {
        ssize_t n = write(k->file, data.data, data.len);
        if (n < 0 && errno == EINTR)
            continue;
        k->over = n <= 0;
        if (k->over)
            break;
        k->size += (uint64_t)n;
        c->in_memory += (uint64_t)n;
        data = msh_view_cut(data, (size_t)n, data.len);
    }
    if (k->over)
        give_up(k, "INSTREAM size limit exceeded. ERROR");
}

static void on_event(clamd_client *k, clamd_event event, msh_view data)
{
    switch (event) {
    case CLAMD_PING:
        say_to(k, "", "PONG");
        break;
    case CLAMD_VERSION:
        say_to(k, "", "ClamAV-compatible mishen " MISHEN_VERSION);
        break;
    case CLAMD_COMMANDS:
        say_to(k, "",
               "ClamAV-compatible mishen " MISHEN_VERSION
               "| COMMANDS: SCAN PING VERSION VERSIONCOMMANDS INSTREAM");
        break;
    case CLAMD_STREAM:
        k->file = memfd_create("mishen-clamd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (k->file < 0)
            give_up(k, "INTERNAL ERROR. ERROR");
        break;
    case CLAMD_DATA:
        take_data(k, data);
        break;
    case CLAMD_STREAM_END:
        (void)snprintf(k->name, sizeof k->name, "stream");
        examine(k, k->file, k->size, "stream");
        break;
    case CLAMD_SCAN:
        examine_path(k);
        break;
    default:
        give_up(k, "UNKNOWN COMMAND");
    }
}

/* false: the client is gone. While its file is being examined nothing more is read. */
static bool hear(clamd_client *k, uint64_t now_ns)
{
    uint8_t step[STEP];
    if (k->job || k->ending)
        return true;
    ssize_t n = recv(k->fd, step, sizeof step, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return k->answer.len > k->answered;
    k->deadline_ns = now_ns + IDLE_S * CONSOLE_SECOND_NS;
    msh_view in = {step, (size_t)n}, data = {NULL, 0};
    while (in.len && !k->ending && !k->job) {
        clamd_event event = clamd_next(&k->parser, &in, &data);
        if (event != CLAMD_MORE)
            on_event(k, event, data);
    }
    return true;
}

/* false: done with, or gone. clamd closes after one command, and so do we. */
static bool answer(clamd_client *k)
{
    msh_view left = msh_view_cut(msh_buf_view(&k->answer), k->answered, k->answer.len);
    if (!left.len)
        return !k->ending || k->job;
    ssize_t n = send(k->fd, left.data, left.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    k->answered += (size_t)n;
    return k->answered < k->answer.len;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void welcome(clamd *d, uint64_t now_ns)
{
    for (;;) {
        int fd = accept4(d->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        size_t i = 0;
        if (fd < 0)
            return;
        while (i < CLIENTS && d->clients[i].fd >= 0)
            i++;
        if (i == CLIENTS) {
            close(fd);
            continue;
        }
        clamd_client *k = &d->clients[i];
        *k = (clamd_client){.d = d, .fd = fd, .file = -1, .parser = {.end = '\n'}};
        k->deadline_ns = now_ns + IDLE_S * CONSOLE_SECOND_NS;
        msh_buf_init(&k->answer, ANSWER_MAX);
    }
}

void clamd_step(console *c, uint64_t now_ns)
{
    clamd *d = c->clamd;
    if (!d)
        return;
    welcome(d, now_ns);
    for (size_t i = 0; i < CLIENTS; i++) {
        clamd_client *k = &d->clients[i];
        if (k->fd < 0)
            continue;
        bool late = !k->job && now_ns > k->deadline_ns;
        if (late || !hear(k, now_ns) || !answer(k))
            drop(k);
    }
}

size_t clamd_descriptors(const console *c, struct pollfd *out, size_t cap)
{
    const clamd *d = c->clamd;
    size_t n = 0;
    if (!d || cap == 0)
        return 0;
    out[n++] = (struct pollfd){d->listener, POLLIN, 0};
    for (size_t i = 0; i < CLIENTS && n < cap; i++) {
        const clamd_client *k = &d->clients[i];
        if (k->fd >= 0 && !k->job)
            out[n++] = (struct pollfd){
                k->fd, (short)(k->answer.len > k->answered ? POLLIN | POLLOUT : POLLIN), 0};
    }
    return n;
}

bool clamd_open(console *c, int listener)
{
    clamd *d = msh_calloc(1, sizeof *d);
    if (!d)
        return false;
    d->c = c;
    d->listener = listener;
    for (size_t i = 0; i < CLIENTS; i++)
        d->clients[i] = (clamd_client){.d = d, .fd = -1, .file = -1};
    c->clamd = d;
    return true;
}

void clamd_close(console *c)
{
    clamd *d = c->clamd;
    if (!d)
        return;
    for (size_t i = 0; i < CLIENTS; i++)
        if (d->clients[i].fd >= 0)
            drop(&d->clients[i]);
    close(d->listener);
    msh_free(d);
    c->clamd = NULL;
}
