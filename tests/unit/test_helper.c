/* test_helper.c: a worker asks a helper program that answers, lies, breaks off, or never comes. */
#define _GNU_SOURCE
#include "check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "extract/helper.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 16, MS_NS = 1000000 };

/* --- a sink that remembers
 * ------------------------------------------------------------------------ */

typedef struct seen {
    int fd, failed;
    unsigned n_reasons, n_texts;
    msh_reason reasons[MOST];
    uint32_t pages[MOST];
    char texts[MOST][64];
    msh_role roles[MOST];
} seen;

static msh_err on_text(void *ctx, const msh_text *t)
{
    seen *s = ctx;
    if (s->n_texts < MOST) {
        (void)snprintf(s->texts[s->n_texts], 64, "%.*s", (int)t->bytes.len,
                       (const char *)t->bytes.data);
        s->pages[s->n_texts] = t->place.page;
        s->roles[s->n_texts++] = t->place.role;
    }
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    seen *s = ctx;
    (void)place;
    (void)reached;
    if (s->n_reasons < MOST)
        s->reasons[s->n_reasons++] = reason;
    return MSH_OK;
}

static int on_helper(void *ctx, const char *name)
{
    (void)name;
    return ((seen *)ctx)->fd;
}

static void on_failed(void *ctx, const char *name)
{
    (void)name;
    ((seen *)ctx)->failed++;
}

/* --- helpers
 * -------------------------------------------------------------------------------------- */

typedef void (*behaviour)(msh_wire *w, const msh_wire_request *r);

static pid_t start(behaviour act, int *fd)
{
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        close(pair[0]);
        msh_wire *w = msh_alloc(sizeof *w);
        msh_wire_frame f;
        msh_wire_request r;
        msh_buf body;
        msh_buf_init(&body, 1 << 20);
        msh_wire_open(w, pair[1]);
        if (!w || msh_wire_take(w, &f) != MSH_OK ||
            msh_wire_read_request(f.payload, &r) != MSH_OK ||
            msh_wire_take_data(w, r.size, &body) != MSH_OK)
            _exit(1);
        act(w, &r);
        _exit(0);
    }
    close(pair[1]);
    *fd = pair[0];
    return pid;
}

static void send_text(msh_wire *w, uint32_t page, msh_view text)
{
    msh_wire_item item = {
        .what = MSH_WIRE_TEXT, .role = MSH_ROLE_COMMENT, .page = page, .size = text.len};
    if (msh_wire_send_item(w, &item, text) != MSH_OK)
        _exit(1);
}

static void done(msh_wire *w)
{
    if (msh_wire_send_done(w) != MSH_OK)
        _exit(1);
}

static void honest(msh_wire *w, const msh_wire_request *r)
{
    msh_wire_outcome o = {MSH_REASON_PDF_GLYPHS, 7, 0};
    msh_wire_stats s = {1, 90, 25};
    send_text(w, 3, r->flags == 5 && r->pages == 6 ? MSH_VIEW("机密") : MSH_VIEW("flags?"));
    if (msh_wire_send_outcome(w, &o) != MSH_OK || msh_wire_send_stats(w, &s) != MSH_OK)
        _exit(1);
    done(w);
}

static void dies(msh_wire *w, const msh_wire_request *r)
{
    (void)r;
    send_text(w, 1, MSH_VIEW("before"));
    (void)raise(SIGKILL);
}

static void not_utf8(msh_wire *w, const msh_wire_request *r)
{
    (void)r;
    send_text(w, 1, MSH_VIEW("\xC3("));
    done(w);
}

static void too_large(msh_wire *w, const msh_wire_request *r)
{
    uint8_t p[24] = {MSH_WIRE_TEXT};
    (void)r;
    p[21] = 1; /* 2^40 bytes */
    if (send(w->fd, "\30\0\0\0\3\0\0\0", 8, 0) != 8 || send(w->fd, p, sizeof p, 0) != sizeof p)
        _exit(1);
    pause();
}

static void after_done(msh_wire *w, const msh_wire_request *r)
{
    (void)r;
    if (send(w->fd, "\0\0\0\0\6\0\0\0\0\0\0\0\6\0\0\0", 16, 0) != 16)
        _exit(1);
    pause();
}

static void asks_back(msh_wire *w, const msh_wire_request *r)
{
    msh_wire_request q = *r;
    q.size = 0;
    if (msh_wire_send_request(w, &q, (msh_view){0}) != MSH_OK)
        _exit(1);
    pause();
}

static void sleeps(msh_wire *w, const msh_wire_request *r)
{
    (void)w;
    (void)r;
    pause();
}

/* --- questions
 * ------------------------------------------------------------------------------------ */

typedef struct world {
    seen s;
    msh_sink sink;
    msh_limits limits;
    msh_arena arena;
    msh_extract x;
    msh_place place;
    bool answered;
    uint64_t stats_chars;
    msh_err callback; /* what the callback is to return */
} world;

static msh_err take_item(void *ctx, const msh_wire_item *item, msh_view bytes)
{
    world *w = ctx;
    msh_place place = w->place;
    place.role = item->role;
    place.page = item->page;
    if (w->callback != MSH_OK)
        return w->callback;
    return msh_emit(&w->x, &place, bytes, 0);
}

static msh_err take_stats(void *ctx, const msh_wire_stats *s)
{
    ((world *)ctx)->stats_chars = s->chars;
    return MSH_OK;
}

static void begin(world *w, uint64_t time_ms)
{
    *w = (world){.s = {.fd = -1}};
    w->sink = (msh_sink){&w->s, on_text, on_outcome, on_helper, on_failed};
    msh_limits_default(&w->limits);
    w->limits.time_ms = time_ms;
    msh_arena_init(&w->arena, 0);
    w->place.vpath = MSH_VIEW("a.pdf");
    w->x = (msh_extract){.arena = &w->arena, .limits = &w->limits, .sink = &w->sink, .ocr = true};
    msh_budget_begin(&w->x.budget, &w->limits, 4);
    w->x.budget.deadline_ns = msh_clock_ns() + time_ms * MS_NS;
}

static msh_err ask(world *w, behaviour act)
{
    pid_t pid = act ? start(act, &w->s.fd) : -1;
    msh_helper_question q = {"pdf", &w->place, MSH_VIEW("%PDF"), 5, 6};
    msh_helper_answers a = {w, take_item, take_stats};
    msh_err err = msh_helper_ask(&w->x, &q, &a, &w->answered);
    if (act) {
        close(w->s.fd);
        kill(pid, SIGKILL);
        REQUIRE(waitpid(pid, NULL, 0) == pid);
    }
    msh_arena_dispose(&w->arena);
    return err;
}

static void answers_come_through(void)
{
    world w;
    begin(&w, 5000);
    CHECK_INT(ask(&w, honest), MSH_OK);
    CHECK(w.answered);
    CHECK_INT(w.s.failed, 0);
    CHECK_INT(w.s.n_texts, 1);
    CHECK_STR(w.s.texts[0], "机密");
    CHECK_INT(w.s.pages[0], 3);
    CHECK_INT(w.s.roles[0], MSH_ROLE_COMMENT);
    CHECK_INT(w.s.n_reasons, 1);
    CHECK_INT(w.s.reasons[0], MSH_REASON_PDF_GLYPHS);
    CHECK_INT(w.stats_chars, 25);
    CHECK(w.x.budget.decoded >= 6);
}

static void absent_is_an_outcome(void)
{
    world w;
    begin(&w, 5000);
    CHECK_INT(ask(&w, NULL), MSH_OK);
    CHECK(!w.answered);
    CHECK_INT(w.s.n_reasons, 1);
    CHECK_INT(w.s.reasons[0], MSH_REASON_HELPER_ABSENT);
}

static void broken_once(behaviour act, msh_reason reason, unsigned texts)
{
    world w;
    begin(&w, 5000);
    CHECK_INT(ask(&w, act), MSH_OK);
    CHECK(!w.answered);
    CHECK_INT(w.s.failed, 1);
    CHECK_INT(w.s.n_reasons, 1);
    CHECK_INT(w.s.reasons[0], reason);
    CHECK_INT(w.s.n_texts, texts);
}

static void broken_helpers_are_outcomes(void)
{
    broken_once(dies, MSH_REASON_HELPER_CRASHED, 1);
    broken_once(not_utf8, MSH_REASON_HELPER_CRASHED, 0);
    broken_once(after_done, MSH_REASON_HELPER_CRASHED, 0);
    broken_once(asks_back, MSH_REASON_HELPER_CRASHED, 0);
    broken_once(too_large, MSH_REASON_LIMIT_DECODED, 0);
}

static void silence_ends(void)
{
    world w;
    begin(&w, 2000);
    uint64_t from = msh_clock_ns();
    CHECK_INT(ask(&w, sleeps), MSH_OK);
    uint64_t took_ms = (msh_clock_ns() - from) / MS_NS;
    CHECK(took_ms >= 1400 && took_ms < 2000); /* some time is left for the raw sweep */
    CHECK_INT(w.s.failed, 1);
    CHECK_INT(w.s.n_reasons, 1);
    CHECK_INT(w.s.reasons[0], MSH_REASON_LIMIT_TIME);
}

static void a_stop_is_passed_on(void)
{
    world w;
    begin(&w, 5000);
    w.callback = MSH_E_STOPPED;
    CHECK_INT(ask(&w, honest), MSH_E_STOPPED);
    CHECK_INT(w.s.failed, 1); /* it is in the middle of an answer */
}

static void ocr_needs_policy_and_pages(void)
{
    world w;
    begin(&w, 5000);
    msh_ocr_question q = {&w.place, MSH_VIEW("x"), MSH_REASON_PDF_NO_TEXT, true};
    w.s.fd = 1000; /* must not be used */
    w.x.ocr = false;
    CHECK_INT(msh_ocr_read(&w.x, &q), MSH_OK);
    w.x.ocr = true;
    w.x.ocr_pages = (uint32_t)w.limits.ocr_pages;
    CHECK_INT(msh_ocr_read(&w.x, &q), MSH_OK);
    CHECK_INT(w.s.n_reasons, 2);
    CHECK(w.s.reasons[0] == MSH_REASON_PDF_NO_TEXT && w.s.reasons[1] == MSH_REASON_LIMIT_OCR_PAGES);
    w.x.ocr_pages = 0;
    pid_t pid = start(honest, &w.s.fd);
    CHECK_INT(msh_ocr_read(&w.x, &q), MSH_OK);
    CHECK_INT(w.x.ocr_pages, 1);
    CHECK_INT(w.x.ocr_scans, 1);
    CHECK_INT(w.x.ocr_chars, 25);
    CHECK_INT(w.s.roles[0], MSH_ROLE_OCR);
    close(w.s.fd);
    REQUIRE(waitpid(pid, NULL, 0) == pid);
    msh_arena_dispose(&w.arena);
}

/* Pictures wait for the texts; equal ones are read once and said at each place. */
static void pictures_wait(void)
{
    world w;
    begin(&w, 5000);
    pid_t pid = start(honest, &w.s.fd);
    msh_place second = w.place;
    second.page = 9;
    msh_ocr_question logo = {&w.place, MSH_VIEW("logo"), MSH_REASON_IMAGE_NEEDS_OCR, false};
    msh_ocr_question other = {&w.place, MSH_VIEW("other"), MSH_REASON_PDF_NO_TEXT, true};
    msh_ocr_question again = {&second, MSH_VIEW("logo"), MSH_REASON_IMAGE_NEEDS_OCR, false};
    w.limits.ocr_pages = 5;
    CHECK_INT(msh_ocr_left(&w.x), 5);
    CHECK_INT(msh_ocr_later(&w.x, &logo), MSH_OK);
    CHECK_INT(msh_ocr_later(&w.x, &other), MSH_OK);
    CHECK_INT(msh_ocr_later(&w.x, &again), MSH_OK);
    CHECK_INT(msh_ocr_left(&w.x), 2);
    CHECK_INT(w.s.n_texts, 0);
    CHECK_INT(msh_emit(&w.x, &w.place, MSH_VIEW("body"), 0), MSH_OK);
    w.limits.ocr_pages = 1; /* the other one is too much */
    CHECK_INT(msh_ocr_rest(&w.x), MSH_OK);
    REQUIRE(w.s.n_texts == 3);
    CHECK_STR(w.s.texts[0], "body");
    CHECK_STR(w.s.texts[2], w.s.texts[1]);
    CHECK_INT(w.s.roles[2], MSH_ROLE_OCR);
    CHECK_INT(w.s.pages[1], 3);
    CHECK_INT(w.s.pages[2], 3); /* a page of the picture itself says more */
    CHECK_INT(w.x.ocr_pages, 1);
    REQUIRE(w.s.n_reasons == 2);
    CHECK_INT(w.s.reasons[0], MSH_REASON_PDF_GLYPHS);
    CHECK_INT(w.s.reasons[1], MSH_REASON_LIMIT_OCR_PAGES);
    CHECK_INT(msh_ocr_rest(&w.x), MSH_OK); /* nothing is left */
    close(w.s.fd);
    REQUIRE(waitpid(pid, NULL, 0) == pid);
    msh_arena_dispose(&w.arena);
}

/* After a stop what waits is dropped, after a limit it is said to be unread. */
static void waiting_pictures_end(void)
{
    world w;
    begin(&w, 5000);
    msh_ocr_question q = {&w.place, MSH_VIEW("x"), MSH_REASON_IMAGE_NEEDS_OCR, false};
    CHECK_INT(msh_ocr_later(&w.x, &q), MSH_OK);
    w.x.budget.failed = MSH_E_LIMIT_TIME;
    CHECK_INT(msh_ocr_rest(&w.x), MSH_OK);
    CHECK_INT(w.s.n_reasons, 1);
    CHECK_INT(w.s.reasons[0], MSH_REASON_IMAGE_NEEDS_OCR);
    CHECK_INT(msh_ocr_later(&w.x, &q), MSH_OK);
    w.x.stopped = MSH_E_STOPPED;
    CHECK_INT(msh_ocr_rest(&w.x), MSH_E_STOPPED);
    CHECK_INT(w.s.n_reasons, 1);
    msh_arena_dispose(&w.arena);
}

int main(void)
{
    RUN(answers_come_through);
    RUN(absent_is_an_outcome);
    RUN(broken_helpers_are_outcomes);
    RUN(silence_ends);
    RUN(a_stop_is_passed_on);
    RUN(ocr_needs_policy_and_pages);
    RUN(pictures_wait);
    RUN(waiting_pictures_end);
    return check_result();
}
