/* test_room.c: one interface, two rooms, the same results; and files that break, hang, bomb and
 * lie. */
#define _GNU_SOURCE
#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "crypto/digest.h"
#include "rule/pack.h"
#include "worker/child.h"
#include "worker/frame.h"
#include "worker/room.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* These builds cannot live under seccomp. */
#if defined(MSH_SANITIZED) || defined(MSH_COVERED)
#define WITHOUT_LOCK 1
#endif

#define WORD "红松林计划"
#define WORD_GBK "\xba\xec\xcb\xc9\xc1\xd6\xbc\xc6\xbb\xae"

static msh_rules *rules;
static char marker[100];

static void load_rules(void)
{
    static const char pack[] =
        "format: 1\n"
        "pack: {id: t, version: \"1\", publisher: t, effective: 2026-01-01}\n"
        "rules:\n"
        "  - id: t.word\n"
        "    name: 词\n"
        "    category: 工作秘密\n"
        "    tier: 阻断\n"
        "    basis: 无\n"
        "    explain: 词\n"
        "    advice: 停\n"
        "    find: {kind: words, any: [" WORD "]}\n"
        "    tests:\n"
        "      - {text: \"" WORD "\", expect: 阻断}\n"
        "      - {text: \"无\", expect: none}\n";
    msh_pack_source source = {.name = "t.yaml", .bytes = MSH_VIEW(pack)};
    msh_limits limits;
    msh_error why = {.text = ""};
    msh_limits_default(&limits);
    msh_err err = msh_rules_load(&source, 1, &limits, NULL, NULL, &rules, &why);
    if (err != MSH_OK)
        printf("%s\n", why.text);
    REQUIRE(err == MSH_OK);
}

/* --- a room and what came out of it --------------------------------------------------------------
 */

typedef struct run {
    msh_room *room;
    msh_buf out;   /* one line for each event */
    uint64_t next; /* tag expected */
    unsigned done, with_digests;
    uint8_t sha256[32], sm3[32];
} run;

static msh_err on_text(void *ctx, uint64_t tag, const msh_place *place, msh_view utf8)
{
    run *r = ctx;
    msh_buf_printf(&r->out, "%u text %s %u ", (unsigned)tag, msh_role_name(place->role),
                   (unsigned)place->line);
    msh_buf_put_view(&r->out, place->vpath);
    msh_buf_printf(&r->out, " %u\n", (unsigned)utf8.len);
    CHECK(msh_view_is_utf8(utf8));
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, uint64_t tag, msh_reason reason, const msh_place *place,
                          uint64_t reached)
{
    run *r = ctx;
    (void)reached;
    msh_buf_printf(&r->out, "%u %s ", (unsigned)tag, msh_reason_name(reason));
    msh_buf_put_view(&r->out, place->vpath);
    msh_buf_put_str(&r->out, "\n");
    return MSH_OK;
}

static msh_err on_hit(void *ctx, uint64_t tag, const msh_hit *hit)
{
    run *r = ctx;
    msh_buf_printf(&r->out, "%u hit %u %s %s %u ", (unsigned)tag, hit->rule,
                   msh_tier_name(hit->tier), msh_role_name(hit->place.role), (unsigned)hit->count);
    msh_buf_put_view(&r->out, hit->place.vpath);
    msh_buf_printf(&r->out, " line %u offset %u more %u ", hit->place.line,
                   (unsigned)hit->place.offset, hit->n_more);
    msh_buf_put_view(&r->out, hit->excerpt);
    msh_buf_put_str(&r->out, "\n");
    return MSH_OK;
}

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    run *r = ctx;
    CHECK_INT(done->tag, r->next);
    r->next++;
    r->done++;
    r->with_digests += done->has_sha256 && done->has_sm3;
    memcpy(r->sha256, done->sha256, 32);
    memcpy(r->sm3, done->sm3, 32);
    msh_buf_printf(&r->out, "%u done %u ", (unsigned)done->tag, (unsigned)done->findings);
    msh_buf_put_view(&r->out, done->format);
    msh_buf_put_str(&r->out, "\n");
    return MSH_OK;
}

static msh_room_options plain_options(void)
{
    msh_room_options o = {.rules = rules, .jobs = 2, .sandbox = true};
    msh_limits_default(&o.limits);
    return o;
}

static void open_run(run *r, const msh_room_options *o)
{
    msh_error why = {.text = ""};
    *r = (run){.next = 0};
    msh_buf_init(&r->out, 64 << 20);
    fflush(stdout);
    msh_err err = msh_room_open(o, &r->room, &why);
    if (err != MSH_OK)
        printf("%s %s\n", msh_err_name(err), why.text);
    REQUIRE(err == MSH_OK);
}

static void take(run *r, int timeout, size_t *left)
{
    const msh_room_events events = {r, on_text, on_outcome, on_hit, on_done};
    msh_error why = {.text = ""};
    msh_err err = msh_room_take(r->room, &events, timeout, left, &why);
    if (err != MSH_OK)
        printf("%s %s\n", msh_err_name(err), why.text);
    REQUIRE(err == MSH_OK);
}

static int file_of(msh_view bytes)
{
    int fd = memfd_create("t", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len);
    return fd;
}

static void give(run *r, uint64_t tag, const char *path, msh_view bytes)
{
    size_t left;
    msh_error why;
    while (msh_room_free_slots(r->room) == 0)
        take(r, -1, &left);
    msh_job job = {.tag = tag, .fd = file_of(bytes), .size = bytes.len};
    job.path = msh_view_str(path);
    REQUIRE(msh_room_give(r->room, &job, &why) == MSH_OK);
}

/* Drains, closes, and leaves r->out. */
static void close_run(run *r)
{
    size_t left = 1;
    while (left)
        take(r, -1, &left);
    msh_room_close(r->room);
    CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* Byte for byte; else where they part. */
static void check_same(const run *a, const run *b)
{
    size_t at = 0;
    while (at < a->out.len && at < b->out.len && a->out.data[at] == b->out.data[at])
        at++;
    CHECK(at == a->out.len && at == b->out.len);
    if (at == a->out.len && at == b->out.len)
        return;
    size_t from = at > 100 ? at - 100 : 0;
    printf("  one: %.*s\n  two: %.*s\n", (int)msh_view_cut(msh_buf_view(&a->out), from, 300).len,
           (const char *)a->out.data + from,
           (int)msh_view_cut(msh_buf_view(&b->out), from, 300).len,
           (const char *)b->out.data + from);
}

static bool says(const run *r, const char *line)
{
    return msh_view_find(msh_buf_view(&r->out), msh_view_str(line), 0) != SIZE_MAX;
}

static void show(const run *r)
{
    printf("%.*s", (int)r->out.len, (const char *)r->out.data);
}

#define SAYS(r, line)                                                                              \
    do {                                                                                           \
        bool says_ = says(r, line);                                                                \
        CHECK(says_);                                                                              \
        if (!says_) {                                                                              \
            printf("  wanted: %s\n", line);                                                        \
            show(r);                                                                               \
        }                                                                                          \
    } while (0)

/* --- the same in every room ----------------------------------------------------------------------
 */

static void feed_all_kinds(run *r)
{
    msh_buf big;
    msh_error why;
    give(r, 0, "a.txt", MSH_VIEW("前言\n" WORD "\n" WORD "\n"));
    give(r, 1, "gbk.txt", MSH_VIEW("\xc7\xb0\xd1\xd4\xc7\xb0\xd1\xd4\n" WORD_GBK "\n"));
    give(r, 2, WORD "/b!.txt", MSH_VIEW("nothing here\n"));
    give(r, 3, WORD_GBK "\xb5\xc4\xb7\xbd\xb0\xb8.txt", MSH_VIEW("nothing here\n"));
    give(r, 4, "empty.txt", MSH_VIEW(""));
    msh_job link = {.tag = 5, .fd = -1, .path = MSH_VIEW("l"), .link = MSH_VIEW("x/" WORD)};
    REQUIRE(msh_room_give(r->room, &link, &why) == MSH_OK);
    msh_job attr = {.tag = 6, .fd = -1, .path = MSH_VIEW("m")};
    attr.xattrs = MSH_VIEW("user.n\0" WORD "\0\0");
    REQUIRE(msh_room_give(r->room, &attr, &why) == MSH_OK);
    msh_buf_init(&big, 8 << 20);
    while (big.len < 3 << 20)
        msh_buf_put_str(&big, "这一行没有什么内容，只是很长很长很长。\n");
    msh_buf_put_str(&big, WORD "\n");
    give(r, 7, "big.txt", msh_buf_view(&big));
    msh_buf_reset(&big);
    for (int i = 0; i < 4000; i++)
        msh_buf_put_str(&big, "深层目录/");
    msh_buf_put_str(&big, WORD "-deep.txt");
    msh_buf_put_byte(&big, 0);
    give(r, 8, (const char *)big.data, MSH_VIEW("x\n"));
    msh_buf_dispose(&big);
    for (unsigned i = 9; i < 200; i++) {
        char name[40], text[200];
        (void)snprintf(name, sizeof name, "n%03u.txt", i);
        (void)snprintf(text, sizeof text, "第%u件\n%s\n", i, i % 7 ? "无" : WORD);
        give(r, i, name, msh_view_str(text));
    }
}

static void test_same_everywhere(void)
{
    run in, one, many, texts_in, texts_many;
    msh_room_options o = plain_options();
    o.inproc = true;
    open_run(&in, &o);
    feed_all_kinds(&in);
    close_run(&in);
    CHECK_INT(in.done, 200);
    SAYS(&in, "0 hit 0 BLOCK body 2 a.txt line 2");
    SAYS(&in, "1 hit 0 BLOCK body 1 gbk.txt line 2");
    SAYS(&in, "2 hit 0 BLOCK name 1 " WORD "/b\\!.txt");
    SAYS(&in, "3 hit 0 BLOCK name 1 ");
    SAYS(&in, "4 file.empty empty.txt");
    SAYS(&in, "5 hit 0 BLOCK name 1 l ");
    SAYS(&in, "6 hit 0 BLOCK meta 1 m ");
    SAYS(&in, "6 file.attributes m\n");
    SAYS(&in, "7 hit 0 BLOCK body 1 big.txt");
    SAYS(&in, "8 hit 0 BLOCK name 1 ");
    SAYS(&in, "14 hit 0 BLOCK body 1 n014.txt line 2");
    o.inproc = false;
    o.jobs = 1;
    open_run(&one, &o);
    feed_all_kinds(&one);
    close_run(&one);
    check_same(&one, &in);
    o.jobs = 5;
    open_run(&many, &o);
    feed_all_kinds(&many);
    close_run(&many);
    check_same(&many, &in);
    o.texts = o.inproc = true;
    open_run(&texts_in, &o);
    feed_all_kinds(&texts_in);
    close_run(&texts_in);
    SAYS(&texts_in, "1 text body 1 gbk.txt 29\n");
    o.inproc = false;
    open_run(&texts_many, &o);
    feed_all_kinds(&texts_many);
    close_run(&texts_many);
    check_same(&texts_many, &texts_in);
    msh_buf_dispose(&in.out);
    msh_buf_dispose(&one.out);
    msh_buf_dispose(&many.out);
    msh_buf_dispose(&texts_in.out);
    msh_buf_dispose(&texts_many.out);
}

static void check_digests(bool inproc)
{
    static const uint8_t sha256[4] = {0xba, 0x78, 0x16, 0xbf}, sm3[4] = {0x66, 0xc7, 0xf0, 0xf4};
    run r;
    msh_room_options o = plain_options();
    o.inproc = inproc;
    o.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    o.limits.size = 1000000;
    open_run(&r, &o);
    for (unsigned i = 0; i < 100; i++)
        give(&r, i, "abc", MSH_VIEW("abc"));
    size_t left = 1;
    while (left)
        take(&r, -1, &left);
    CHECK_INT(r.with_digests, 100);
    CHECK(memcmp(r.sha256, sha256, 4) == 0 && memcmp(r.sm3, sm3, 4) == 0);
    /* past the size that is hashed side by side, among small ones */
    static uint8_t many[700000];
    uint8_t want[32];
    memset(many, 'm', sizeof many);
    give(&r, 100, "abc", MSH_VIEW("abc"));
    give(&r, 101, "many", msh_view_of(many, sizeof many));
    left = 1;
    while (left)
        take(&r, -1, &left);
    CHECK_INT(r.with_digests, 102);
    REQUIRE(msh_sm3(msh_view_of(many, sizeof many), want) == MSH_OK);
    CHECK(memcmp(r.sm3, want, 32) == 0);
    REQUIRE(msh_sha256(msh_view_of(many, sizeof many), want) == MSH_OK);
    CHECK(memcmp(r.sha256, want, 32) == 0);
    static const uint8_t large[1000001] = {'a'};
    give(&r, 102, "large", msh_view_of(large, sizeof large));
    close_run(&r);
    CHECK_INT(r.with_digests, 102);
    SAYS(&r, "102 limit.size large\n");
    msh_buf_dispose(&r.out);
}

static void test_digests(void)
{
    check_digests(true);
    check_digests(false);
}

static void test_lock_level(void)
{
    run r;
    msh_room_options o = plain_options();
    open_run(&r, &o);
#if defined(MSH_SANITIZED)
    CHECK_STR(msh_room_lock_level(r.room), "none (sanitizer build)");
#elif defined(MSH_COVERED)
    CHECK_STR(msh_room_lock_level(r.room), "none (coverage build)");
#else
    CHECK(strncmp(msh_room_lock_level(r.room), "seccomp", 7) == 0);
#endif
    close_run(&r);
    o.sandbox = false;
    open_run(&r, &o);
#ifndef WITHOUT_LOCK
    CHECK_STR(msh_room_lock_level(r.room), "none");
#endif
    give(&r, 0, "a", MSH_VIEW(WORD "\n"));
    close_run(&r);
    SAYS(&r, "0 hit 0 BLOCK body 1 a");
    msh_buf_dispose(&r.out);
}

static void test_as_nobody(void)
{
    fflush(stdout);
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        int failed = check_failed;
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        test_lock_level();
        fflush(stdout);
        _exit(check_failed != failed);
    }
    int status;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_INT(status, 0);
}

/* A room that is closed with work in it leaves nothing behind. */
static void test_close_early(void)
{
    run r;
    msh_room_options o = plain_options();
    open_run(&r, &o);
    for (unsigned i = 0; i < 20; i++)
        give(&r, i, "a", MSH_VIEW(WORD "\n"));
    msh_room_close(r.room);
    CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    msh_buf_dispose(&r.out);
}

/* --- files that do harm --------------------------------------------------------------------------
 */

#ifdef MSH_TEST_FAULTS
static bool has(msh_view path, const char *word)
{
    return msh_view_find(path, msh_view_str(word), 0) != SIZE_MAX;
}

static void send_all(msh_buf *b)
{
    struct iovec part = {b->data, b->len};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    (void)!sendmsg(3, &m, MSG_NOSIGNAL);
    msh_buf_reset(b);
}

/* Well-formed frames that a worker may not send; the number of the job ends its path. */
static void lie(msh_view path)
{
    static const msh_frame_type types[] = {MSH_FRAME_HELLO, MSH_FRAME_TEXT, MSH_FRAME_DIGEST,
                                           MSH_FRAME_HELPER_WANTED, MSH_FRAME_JOB};
    uint32_t seq = path.data[path.len - 1] - (uint32_t)'0';
    msh_place place = {.vpath = path};
    msh_hit hit = {.rule = 0, .tier = MSH_TIER_INFO, .count = 1, .place = place};
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    bool flood = has(path, "flood");
    for (unsigned i = 0; i < (flood ? 1u << 20 : 1); i++) {
        size_t at = msh_frame_begin(&b, MSH_FRAME_OUTCOME, has(path, "other") ? seq + 1 : seq);
        if (has(path, "early"))
            b.data[at + 1] = MSH_FRAME_HIT;
        if (has(path, "type"))
            b.data[at + 1] = (uint8_t)types[seq % 5];
        if (has(path, "early"))
            msh_frame_put_hit(&b, path, &hit, true);
        else if (!has(path, "type"))
            msh_frame_put_outcome(&b, path, MSH_REASON_FORMAT_UNKNOWN, &place, 0);
        else
            msh_buf_put_byte(&b, 200);
        msh_frame_end(&b, at);
        send_all(&b);
    }
}

/* What hostile bytes might make of a parser; runs inside the worker. */
static void fault(msh_view path)
{
    static char *volatile sink;
    if (has(path, "crash"))
        raise(SIGSEGV), __builtin_trap();
    if (has(path, "once") && access(marker, F_OK) != 0) {
        close(open(marker, O_WRONLY | O_CREAT, 0600));
        __builtin_trap();
    }
    if (has(path, "hang"))
        for (;;)
            sink = NULL;
    if (has(path, "bomb"))
        for (;;) {
            sink = malloc(1 << 20);
            if (!sink)
                __builtin_trap();
            memset(sink, 1, 1 << 20);
        }
    if (has(path, "open"))
        (void)!open("/etc/passwd", O_RDONLY);
    if (has(path, "lie")) {
        struct iovec part = {(void *)(uintptr_t) "\1\22\0\0....\377\377\0\0", 12};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
        (void)!sendmsg(3, &m, 0);
    }
    if (has(path, "quit"))
        _exit(0);
    if (has(path, "frame"))
        lie(path);
}

static void test_faults(void)
{
    run r;
    msh_room_options o = plain_options();
    o.limits.time_ms = 400;
    msh_child_fault(fault);
    open_run(&r, &o);
    give(&r, 0, "good0", MSH_VIEW(WORD "\n"));
    give(&r, 1, "crash-" WORD, MSH_VIEW("x\n"));
    give(&r, 2, "good2", MSH_VIEW(WORD "\n"));
    give(&r, 3, "hang-" WORD, MSH_VIEW("x\n"));
    give(&r, 4, "lie", MSH_VIEW("x\n"));
    give(&r, 5, "quit", MSH_VIEW("x\n"));
    for (unsigned i = 6; i < 40; i++)
        give(&r, i, i % 5 ? "good" : "crash", MSH_VIEW(WORD "\n"));
#ifndef WITHOUT_LOCK
    give(&r, 40, "open", MSH_VIEW("x\n"));
#endif
    close_run(&r);
    msh_child_fault(NULL);
    SAYS(&r, "0 hit 0 BLOCK body 1 good0");
    SAYS(&r, "1 hit 0 BLOCK name 1 crash-");
    SAYS(&r, "1 parser.crashed crash-" WORD "\n1 done 1 ?\n");
    SAYS(&r, "2 hit 0 BLOCK body 1 good2");
    SAYS(&r, "3 hit 0 BLOCK name 1 hang-");
    SAYS(&r, "3 limit.time hang-" WORD "\n3 done 1 ?\n");
    SAYS(&r, "4 parser.fault lie\n4 done 0 ?\n");
    SAYS(&r, "5 parser.crashed quit\n");
    SAYS(&r, "10 parser.crashed crash\n");
    SAYS(&r, "39 hit 0 BLOCK body 1 good");
#ifndef WITHOUT_LOCK
    SAYS(&r, "40 parser.crashed open\n");
    CHECK_INT(r.done, 41);
#endif
    msh_buf_dispose(&r.out);
}

static void test_lies(void)
{
    static const char *const paths[] = {"frame-type-0",  "frame-type-1", "frame-type-2",
                                        "frame-type-3",  "frame-type-4", "frame-other-5",
                                        "frame-early-6", "frame-flood-7"};
    run r;
    msh_room_options o = plain_options();
    msh_child_fault(fault);
    open_run(&r, &o);
    for (unsigned i = 0; i < 8; i++)
        give(&r, i, paths[i], MSH_VIEW("x\n"));
    give(&r, 8, "good", MSH_VIEW(WORD "\n"));
    close_run(&r);
    msh_child_fault(NULL);
    for (unsigned i = 0; i < 8; i++) {
        char line[80];
        (void)snprintf(line, sizeof line, "%u parser.fault %s\n", i, paths[i]);
        bool told = says(&r, line);
        CHECK(told);
        if (!told)
            printf("  wanted: %s", line);
    }
    SAYS(&r, "8 hit 0 BLOCK body 1 good");
    msh_buf_dispose(&r.out);
}

#ifndef MSH_SANITIZED
/* Memory ends at the limit, and only for the one who wants it all. */
static void test_memory_bomb(void)
{
    run r;
    msh_room_options o = plain_options();
    o.limits.memory = 96 << 20;
    msh_child_fault(fault);
    open_run(&r, &o);
    give(&r, 0, "bomb", MSH_VIEW("x\n"));
    give(&r, 1, "next", MSH_VIEW(WORD "\n"));
    close_run(&r);
    msh_child_fault(NULL);
    SAYS(&r, "0 parser.crashed bomb\n");
    SAYS(&r, "1 hit 0 BLOCK body 1 next");
    msh_buf_dispose(&r.out);
}
#endif

/* Broken off once, and fine when tried again: nothing is reported. */
static void test_second_try(void)
{
    run r;
    msh_room_options o = plain_options();
    o.sandbox = false; /* the fault leaves a mark in a file */
    (void)snprintf(marker, sizeof marker, "/tmp/mishen-test-room-%ld", (long)getpid());
    (void)unlink(marker);
    msh_child_fault(fault);
    open_run(&r, &o);
    give(&r, 0, "once", MSH_VIEW(WORD "\n"));
    give(&r, 1, "next", MSH_VIEW(WORD "\n"));
    close_run(&r);
    msh_child_fault(NULL);
    (void)unlink(marker);
    SAYS(&r, "0 hit 0 BLOCK body 1 once");
    SAYS(&r, "1 hit 0 BLOCK body 1 next");
    CHECK(!says(&r, "parser"));
    msh_buf_dispose(&r.out);
}
#endif

#ifdef MSH_TEST_FAULTS
/* Every allocation fails in turn: the hit is there, or an outcome says why not, or the call fails.
 * Never silence. */
static void test_short_memory(void)
{
    const msh_room_options options = {.rules = rules,
                                      .inproc = true,
                                      .texts = true,
                                      .digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3};
    msh_room_options o = options;
    unsigned silent = 0, failed = 0, said = 0, fine = 0;
    msh_limits_default(&o.limits);
    for (unsigned long n = 1; n < 5000; n++) {
        run r = {.next = 0};
        const msh_room_events events = {&r, NULL, on_outcome, on_hit, on_done};
        msh_error why = {.text = ""};
        size_t left = 0;
        msh_job job = {.tag = 0, .fd = file_of(MSH_VIEW(WORD "\n")), .size = sizeof WORD};
        job.path = MSH_VIEW("a.txt");
        msh_buf_init(&r.out, 1 << 20);
        (void)msh_buf_room(&r.out, 4096);
        (void)msh_mem_fail_at(n);
        msh_err err = msh_room_open(&o, &r.room, &why);
        if (err == MSH_OK) {
            err = msh_room_give(r.room, &job, &why);
            if (err == MSH_OK)
                err = msh_room_take(r.room, &events, -1, &left, &why);
        } else {
            close(job.fd);
        }
        unsigned long made = msh_mem_fail_at(0);
        bool hit = says(&r, " hit "), outcome = says(&r, "0 limit.memory");
        failed += err != MSH_OK;
        said += err == MSH_OK && outcome;
        fine += err == MSH_OK && hit && !outcome;
        silent += err == MSH_OK && !hit && !outcome;
        if (err == MSH_OK && !hit && !outcome)
            show(&r);
        msh_room_close(r.room);
        msh_buf_dispose(&r.out);
        if (made < n)
            break;
    }
    CHECK_INT(silent, 0);
    CHECK(failed > 0 && said > 0 && fine > 0);
}
#endif

int main(void)
{
    load_rules();
    RUN(test_same_everywhere);
    RUN(test_digests);
    RUN(test_lock_level);
    RUN(test_as_nobody);
    RUN(test_close_early);
#ifdef MSH_TEST_FAULTS
    RUN(test_faults);
    RUN(test_lies);
#ifndef MSH_SANITIZED
    RUN(test_memory_bomb);
#endif
    RUN(test_second_try);
    RUN(test_short_memory);
#endif
    msh_rules_free(rules);
    return check_result();
}
