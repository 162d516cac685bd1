/* The verifier: a whole log, and every kind of damage to it. None is called valid. */
#define _GNU_SOURCE
#include "logdir.h"

#include "ledger/verify.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

static msh_log_verdict check(void)
{
    msh_log_verdict v;
    REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
    return v;
}

static void make(int groups)
{
    uint64_t first;
    msh_log *l;
    logdir_fresh();
    REQUIRE(msh_log_open(logdir, "test/host", &l, NULL) == MSH_OK);
    for (int i = 0; i < groups; i++)
        REQUIRE(logdir_commit(l, 3, &first) == MSH_OK);
    msh_log_close(l);
}

static void test_good(void)
{
    make(4);
    msh_log_verdict v = check();
    CHECK_STR(v.what, "");
    CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
    CHECK_INT(v.size, 13);
    CHECK_INT(v.signed_size, 13);
    CHECK_INT(v.checkpoints, 10);
    CHECK_STR(v.origin, "test/host");
    CHECK_INT(strlen(v.root_sha256), 44);
    CHECK_INT(strlen(v.root_sm3), 44);
    CHECK(v.bad_size == UINT64_MAX);
}

static void test_absent(void)
{
    logdir_fresh();
    CHECK_INT(check().exit_code, MSH_VERIFY_UNREADABLE);
    static const char *const files[] = {"log.pub.pem", "log.sm3.pub.pem", "checkpoints",
                                        "checkpoints.sm3"};
    for (size_t i = 0; i < 4; i++) {
        make(1);
        REQUIRE(unlink(logdir_file(files[i])) == 0);
        CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
    }
    make(1);
    REQUIRE(unlink(logdir_file(LOGDIR_SEGMENT)) == 0);
    CHECK_INT(check().exit_code, MSH_VERIFY_LOST);
    make(1);
    REQUIRE(unlink(logdir_file("origin")) == 0);
    CHECK_INT(check().exit_code, MSH_VERIFY_UNREADABLE);
    make(1);
    logdir_write("origin", MSH_VIEW("other/host\n"));
    CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
}

static size_t line_start(msh_view v, int n)
{
    size_t at = 0;
    for (int i = 0; i < n; i++)
        at = msh_view_find(v, MSH_VIEW("\n"), at) + 1;
    return at;
}

static void write_parts(const char *file, msh_view a, msh_view b, msh_view c)
{
    msh_buf out;
    msh_buf_init(&out, 1 << 20);
    msh_buf_put_view(&out, a);
    msh_buf_put_view(&out, b);
    msh_buf_put_view(&out, c);
    logdir_write(file, msh_buf_view(&out));
    msh_buf_dispose(&out);
}

/* Lines dropped, doubled, swapped. */
static void test_lines(void)
{
    make(3);
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    msh_view v = msh_buf_view(&b);
    for (int i = 0; i < 10; i++) {
        size_t from = line_start(v, i), to = line_start(v, i + 1);
        msh_view before = msh_view_cut(v, 0, from), line = msh_view_cut(v, from, to - from),
                 after = msh_view_cut(v, to, v.len);
        write_parts(LOGDIR_SEGMENT, before, after, MSH_VIEW(""));
        msh_log_verdict r = check();
        CHECK_INT(r.exit_code, i == 9 ? MSH_VERIFY_LOST : MSH_VERIFY_INVALID);
        CHECK(i == 9 || r.bad_size == (uint64_t)i);
        write_parts(LOGDIR_SEGMENT, msh_view_cut(v, 0, to), line, after);
        CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
        if (i < 9) {
            size_t end = line_start(v, i + 2);
            msh_buf swapped;
            msh_buf_init(&swapped, 1 << 20);
            msh_buf_put_view(&swapped, msh_view_cut(v, to, end - to));
            msh_buf_put_view(&swapped, line);
            write_parts(LOGDIR_SEGMENT, before, msh_buf_view(&swapped),
                        msh_view_cut(v, end, v.len));
            CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
            msh_buf_dispose(&swapped);
        }
    }
    logdir_write(LOGDIR_SEGMENT, v);
    CHECK_INT(check().exit_code, MSH_VERIFY_UNANCHORED);
    msh_buf_dispose(&b);
}

/* Any byte of any file of evidence: one bit flipped, the byte dropped, the byte doubled. */
static void damage_bytes(const char *file, size_t step)
{
    msh_buf b = logdir_read(file);
    msh_view v = msh_buf_view(&b);
    for (size_t i = 0; i < v.len; i += step) {
        uint8_t other = v.data[i] ^ (uint8_t)(1u << (i % 7));
        msh_view before = msh_view_cut(v, 0, i), after = msh_view_cut(v, i + 1, v.len);
        write_parts(file, before, msh_view_of(&other, 1), after);
        CHECK(check().exit_code != MSH_VERIFY_UNANCHORED);
        write_parts(file, before, MSH_VIEW(""), after);
        CHECK(check().exit_code != MSH_VERIFY_UNANCHORED);
        write_parts(file, msh_view_cut(v, 0, i + 1), msh_view_cut(v, i, 1), after);
        CHECK(check().exit_code != MSH_VERIFY_UNANCHORED);
    }
    logdir_write(file, v);
    CHECK_INT(check().exit_code, MSH_VERIFY_UNANCHORED);
    msh_buf_dispose(&b);
}

static void test_bytes(void)
{
    make(2);
    damage_bytes(LOGDIR_SEGMENT, 7);
    damage_bytes("checkpoints", 5);
    damage_bytes("checkpoints.sm3", 5);
    damage_bytes("checkpoint", 3);
    damage_bytes("origin", 1);
}

/* Notes of the checkpoint files: dropped (only the last one is missed), doubled, swapped. */
static void test_notes(void)
{
    static const char *const files[] = {"checkpoints", "checkpoints.sm3"};
    make(3);
    for (size_t f = 0; f < 2; f++) {
        msh_buf b = logdir_read(files[f]);
        msh_view v = msh_buf_view(&b);
        for (int i = 0; i < 4; i++) {
            size_t from = line_start(v, 6 * i), to = line_start(v, 6 * i + 6);
            msh_view before = msh_view_cut(v, 0, from), note = msh_view_cut(v, from, to - from),
                     after = msh_view_cut(v, to, v.len);
            write_parts(files[f], before, after, MSH_VIEW(""));
            CHECK_INT(check().exit_code, i == 3 ? MSH_VERIFY_INVALID : MSH_VERIFY_UNANCHORED);
            write_parts(files[f], before, after, note);
            CHECK(i == 3 || check().exit_code == MSH_VERIFY_INVALID);
            write_parts(files[f], before, MSH_VIEW("\n"), msh_view_cut(v, from, v.len));
            CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
        }
        logdir_write(files[f], v);
        msh_buf_dispose(&b);
    }
    CHECK_INT(check().exit_code, MSH_VERIFY_UNANCHORED);
}

/* A log of another key in place of this one's files. */
static void test_other_key(void)
{
    make(2);
    msh_buf cp = logdir_read("checkpoints"), seg = logdir_read(LOGDIR_SEGMENT);
    make(2);
    logdir_write("checkpoints", msh_buf_view(&cp));
    CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
    make(2);
    logdir_write(LOGDIR_SEGMENT, msh_buf_view(&seg));
    CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
    msh_buf_dispose(&cp);
    msh_buf_dispose(&seg);
}

static void test_unsigned_tail(void)
{
    make(1);
    logdir_append(LOGDIR_SEGMENT, "{\"b\":{},\"n\":4,\"ts\":\"2026-11-22T09:49:58.896451Z\","
                                  "\"ty\":\"item\",\"v\":1}\n");
    msh_log_verdict v = check();
    CHECK_INT(v.exit_code, MSH_VERIFY_INVALID);
    CHECK_INT(v.bad_size, 4);
    make(1);
    logdir_append(LOGDIR_SEGMENT, "{\"b\"");
    CHECK_INT(check().exit_code, MSH_VERIFY_INVALID);
    msh_log *l;
    REQUIRE(msh_log_open(logdir, NULL, &l, NULL) == MSH_OK);
    msh_log_close(l);
    CHECK_INT(check().exit_code, MSH_VERIFY_UNANCHORED);
}

static msh_err count_record(void *ctx, const msh_record *r)
{
    uint64_t *seen = ctx;
    CHECK_INT(r->n, *seen);
    CHECK(r->body.len > 0 && r->body.data[0] == '{');
    CHECK(r->n > 0 || msh_view_eq_str(r->type, "log.open"));
    ++*seen;
    return MSH_OK;
}

static void test_each(void)
{
    uint64_t seen = 0;
    msh_log_verdict v;
    make(2);
    REQUIRE(msh_verify_each(logdir, MSH_LANG_ZH, count_record, &seen, &v, NULL) == MSH_OK);
    CHECK_INT(seen, 7);
}

/* While another process writes, the log is valid at any time. */
static void test_while_written(void)
{
    make(1);
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        msh_log *l;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || msh_log_open(logdir, NULL, &l, NULL) != MSH_OK)
            _exit(1);
        for (int i = 0; i < 100; i++) {
            struct timespec nap = {0, 2000000};
            if (logdir_commit(l, 20, NULL) != MSH_OK)
                _exit(1);
            nanosleep(&nap, NULL);
        }
        for (;;)
            pause();
    }
    uint64_t size = 0;
    for (int i = 0; i < 10; i++) {
        msh_log_verdict v = check();
        CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
        CHECK(v.size >= size);
        size = v.size;
    }
    int status;
    REQUIRE(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status));
}

int main(void)
{
    logdir_in_memory = true;
    RUN(test_good);
    RUN(test_absent);
    RUN(test_lines);
    RUN(test_bytes);
    RUN(test_notes);
    RUN(test_other_key);
    RUN(test_unsigned_tail);
    RUN(test_each);
    RUN(test_while_written);
    logdir_remove_tree(logdir);
    return check_result();
}
