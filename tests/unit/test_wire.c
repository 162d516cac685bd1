/* test_wire.c: frames between worker and helper: both directions, and every malformed frame. */
#define _GNU_SOURCE
#include "check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/wire.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static msh_wire *open_wire(int fd)
{
    msh_wire *w = msh_alloc(sizeof *w);
    REQUIRE(w);
    msh_wire_open(w, fd);
    w->deadline_ns = msh_clock_ns() + 5000000000ull;
    return w;
}

static void pair(int fd[2])
{
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
}

/* A wire on which exactly these bytes arrive and then nothing more. */
static msh_wire *arriving(const void *bytes, size_t n)
{
    int fd[2];
    pair(fd);
    REQUIRE(send(fd[1], bytes, n, 0) == (ssize_t)n);
    close(fd[1]);
    return open_wire(fd[0]);
}

static void dispose(msh_wire *w)
{
    close(w->fd);
    msh_free(w);
}

static uint8_t *pattern(size_t n)
{
    uint8_t *p = msh_alloc(n ? n : 1);
    REQUIRE(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7 + i / 251);
    return p;
}

/* A child process is the helper: it takes the request and sends the document back as an item. */
static void echo(int fd, bool name)
{
    msh_wire *w = open_wire(fd);
    msh_wire_frame f;
    msh_wire_request r;
    msh_buf body;
    msh_buf_init(&body, 64u << 20);
    if (msh_wire_take(w, &f) != MSH_OK || f.kind != MSH_WIRE_REQUEST ||
        msh_wire_read_request(f.payload, &r) != MSH_OK ||
        msh_wire_take_data(w, r.size, &body) != MSH_OK)
        _exit(1);
    msh_wire_item item = {.what = MSH_WIRE_CHILD,
                          .role = MSH_ROLE_NAME,
                          .flags = r.flags,
                          .page = r.pages,
                          .size = body.len,
                          .name = name ? MSH_VIEW("附件.docx") : MSH_VIEW("")};
    msh_wire_outcome o = {MSH_REASON_PDF_CORRUPT, 3, 1ull << 40};
    msh_wire_stats s = {2, 87, 1ull << 33};
    if (msh_wire_send_item(w, &item, msh_buf_view(&body)) != MSH_OK ||
        msh_wire_send_outcome(w, &o) != MSH_OK || msh_wire_send_stats(w, &s) != MSH_OK ||
        msh_wire_send_done(w) != MSH_OK)
        _exit(2);
    _exit(0);
}

static void there_and_back(size_t size, bool name)
{
    int fd[2];
    pair(fd);
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        close(fd[0]);
        echo(fd[1], name);
    }
    close(fd[1]);
    msh_wire *w = open_wire(fd[0]);
    uint8_t *bytes = pattern(size);
    msh_wire_request r = {1, 9, 1000, size, 1 << 20, 1 << 30};
    CHECK_INT(msh_wire_send_request(w, &r, msh_view_of(bytes, size)), MSH_OK);
    msh_wire_frame f;
    msh_wire_item item;
    REQUIRE(msh_wire_take(w, &f) == MSH_OK && f.kind == MSH_WIRE_ITEM);
    CHECK_INT(msh_wire_read_item(f.payload, &item), MSH_OK);
    CHECK_INT(item.what, MSH_WIRE_CHILD);
    CHECK_INT(item.role, MSH_ROLE_NAME);
    CHECK_INT(item.flags, 1);
    CHECK_INT(item.page, 9);
    CHECK_INT(item.size, size);
    CHECK_VIEW(item.name, name ? MSH_VIEW("附件.docx") : MSH_VIEW(""));
    msh_buf body;
    msh_buf_init(&body, size);
    CHECK_INT(msh_wire_take_data(w, size, &body), MSH_OK);
    CHECK(msh_view_eq(msh_buf_view(&body), msh_view_of(bytes, size)));
    msh_wire_outcome o;
    REQUIRE(msh_wire_take(w, &f) == MSH_OK && f.kind == MSH_WIRE_OUTCOME);
    CHECK_INT(msh_wire_read_outcome(f.payload, &o), MSH_OK);
    CHECK(o.reason == MSH_REASON_PDF_CORRUPT && o.page == 3 && o.reached == 1ull << 40);
    msh_wire_stats s;
    REQUIRE(msh_wire_take(w, &f) == MSH_OK && f.kind == MSH_WIRE_STATS);
    CHECK_INT(msh_wire_read_stats(f.payload, &s), MSH_OK);
    CHECK(s.pages == 2 && s.confidence == 87 && s.chars == 1ull << 33);
    REQUIRE(msh_wire_take(w, &f) == MSH_OK && f.kind == MSH_WIRE_DONE);
    CHECK_INT(msh_wire_take(w, &f), MSH_E_CHILD);
    int status;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_INT(status, 0);
    msh_buf_dispose(&body);
    msh_free(bytes);
    dispose(w);
}

static void both_ways(void)
{
    there_and_back(0, false);
    there_and_back(1, true);
    there_and_back(MSH_WIRE_PAYLOAD - 1, true);
    there_and_back(MSH_WIRE_PAYLOAD, false);
    there_and_back(MSH_WIRE_PAYLOAD + 1, true);
    there_and_back(9u << 20, true);
}

static msh_err take_one(const void *bytes, size_t n)
{
    msh_wire *w = arriving(bytes, n);
    msh_wire_frame f;
    msh_err err = msh_wire_take(w, &f);
    if (err != MSH_OK)
        CHECK_INT(msh_wire_take(w, &f), err); /* failures stick */
    dispose(w);
    return err;
}

static void malformed_frames(void)
{
    CHECK_INT(take_one("\0\0\0\0\6\0\0\0", 8), MSH_OK);
    CHECK_INT(take_one("\0\0\0\0\0\0\0\0", 8), MSH_E_SYNTAX);         /* kind 0 */
    CHECK_INT(take_one("\0\0\0\0\7\0\0\0", 8), MSH_E_SYNTAX);         /* kind past the last */
    CHECK_INT(take_one("\0\0\0\0\6\1\0\0", 8), MSH_E_SYNTAX);         /* reserved byte */
    CHECK_INT(take_one("\1\0\1\0\2\0\0\0", 8), MSH_E_SYNTAX);         /* 65,537 bytes */
    CHECK_INT(take_one("\377\377\377\377\2\0\0\0", 8), MSH_E_SYNTAX); /* 4 GiB */
    CHECK_INT(take_one("", 0), MSH_E_CHILD);
    CHECK_INT(take_one("\0\0\0", 3), MSH_E_CHILD);
    CHECK_INT(take_one("\5\0\0\0\2\0\0\0abc", 11), MSH_E_CHILD);
}

static msh_err take_data(const void *bytes, size_t n, uint64_t size, size_t ceiling)
{
    msh_wire *w = arriving(bytes, n);
    msh_buf out;
    msh_buf_init(&out, ceiling);
    msh_err err = msh_wire_take_data(w, size, &out);
    msh_buf_dispose(&out);
    dispose(w);
    return err;
}

static void malformed_data(void)
{
    static const char abc[] = "\3\0\0\0\2\0\0\0abc";
    CHECK_INT(take_data(abc, 11, 3, 10), MSH_OK);
    CHECK_INT(take_data(abc, 11, 2, 10), MSH_E_SYNTAX);      /* more than announced */
    CHECK_INT(take_data(abc, 11, 4, 10), MSH_E_CHILD);       /* less */
    CHECK_INT(take_data(abc, 11, 3, 2), MSH_E_LIMIT_BUFFER); /* past our ceiling */
    CHECK_INT(take_data(abc, 11, UINT64_MAX, 2), MSH_E_LIMIT_BUFFER);
    CHECK_INT(take_data("\0\0\0\0\2\0\0\0", 8, 3, 10), MSH_E_SYNTAX); /* an empty one, for ever */
    CHECK_INT(take_data("\0\0\0\0\6\0\0\0", 8, 3, 10), MSH_E_SYNTAX); /* another kind between */
}

static void malformed_payloads(void)
{
    uint8_t p[64] = {0};
    msh_wire_item item;
    msh_wire_request r;
    msh_wire_outcome o;
    msh_wire_stats s;
    CHECK_INT(msh_wire_read_item(msh_view_of(p, 24), &item), MSH_E_SYNTAX); /* what 0 */
    p[0] = 1;
    CHECK_INT(msh_wire_read_item(msh_view_of(p, 24), &item), MSH_OK);
    CHECK_INT(msh_wire_read_item(msh_view_of(p, 23), &item), MSH_E_SYNTAX);
    p[4] = MSH_ROLE_COUNT;
    CHECK_INT(msh_wire_read_item(msh_view_of(p, 24), &item), MSH_E_SYNTAX);
    uint8_t *big = pattern(24 + MSH_WIRE_NAME + 1);
    memset(big, 0, 24);
    big[0] = 2;
    CHECK_INT(msh_wire_read_item(msh_view_of(big, 24 + MSH_WIRE_NAME), &item), MSH_OK);
    CHECK_INT(msh_wire_read_item(msh_view_of(big, 25 + MSH_WIRE_NAME), &item), MSH_E_SYNTAX);
    msh_free(big);
    memset(p, 0, sizeof p);
    CHECK_INT(msh_wire_read_request(msh_view_of(p, 40), &r), MSH_E_SYNTAX); /* version 0 */
    p[0] = MSH_WIRE_VERSION;
    CHECK_INT(msh_wire_read_request(msh_view_of(p, 40), &r), MSH_OK);
    CHECK_INT(msh_wire_read_request(msh_view_of(p, 41), &r), MSH_E_SYNTAX);
    CHECK_INT(msh_wire_read_outcome(msh_view_of("\0\0\0\0\0\0\0\0\0\0\0\0no.such", 19), &o),
              MSH_E_SYNTAX);
    CHECK_INT(msh_wire_read_outcome(msh_view_of("\0\0\0\0\0\0\0\0\0\0\0\0limit.time", 22), &o),
              MSH_OK);
    CHECK_INT(o.reason, MSH_REASON_LIMIT_TIME);
    p[4] = 101; /* confidence */
    CHECK_INT(msh_wire_read_stats(msh_view_of(p, 16), &s), MSH_E_SYNTAX);
    p[4] = 100;
    CHECK_INT(msh_wire_read_stats(msh_view_of(p, 16), &s), MSH_OK);
}

static void deadlines_hold(void)
{
    int fd[2];
    pair(fd);
    msh_wire *w = open_wire(fd[0]);
    msh_wire_frame f;
    uint64_t from = msh_clock_ns();
    w->deadline_ns = from + 50000000;
    CHECK_INT(msh_wire_take(w, &f), MSH_E_LIMIT_TIME);
    uint64_t took = msh_clock_ns() - from;
    CHECK(took >= 50000000 && took < 3000000000ull);
    msh_wire_open(w, fd[0]); /* nobody takes what is sent */
    w->deadline_ns = msh_clock_ns() + 50000000;
    uint8_t *bytes = pattern(16u << 20);
    msh_wire_request r = {.size = 16u << 20};
    CHECK_INT(msh_wire_send_request(w, &r, msh_view_of(bytes, 16u << 20)), MSH_E_LIMIT_TIME);
    msh_wire_open(w, fd[0]);
    close(fd[1]);
    CHECK_INT(msh_wire_send_request(w, &r, msh_view_of(bytes, 16u << 20)), MSH_E_CHILD);
    msh_free(bytes);
    dispose(w);
}

static void caps_when_sending(void)
{
    int fd[2];
    pair(fd);
    msh_wire *w = open_wire(fd[0]);
    uint8_t *name = pattern(MSH_WIRE_NAME + 1);
    msh_wire_item item = {.what = MSH_WIRE_TEXT, .name = {name, MSH_WIRE_NAME + 1}};
    CHECK_INT(msh_wire_send_item(w, &item, (msh_view){0}), MSH_E_LIMIT_BUFFER);
    msh_wire_open(w, fd[0]);
    item.name.len = 0;
    item.size = 5; /* a lie about the size */
    CHECK_INT(msh_wire_send_item(w, &item, MSH_VIEW("abc")), MSH_E_LIMIT_BUFFER);
    msh_free(name);
    close(fd[1]);
    dispose(w);
}

int main(void)
{
    RUN(both_ways);
    RUN(malformed_frames);
    RUN(malformed_data);
    RUN(malformed_payloads);
    RUN(deadlines_hold);
    RUN(caps_when_sending);
    return check_result();
}
