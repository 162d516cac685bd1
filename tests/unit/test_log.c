/* The writer of the log: first use, groups, several writers, recovery, and what it refuses. */
#define _GNU_SOURCE
#include "logdir.h"

#include "base/base64.h"
#include "ledger/log_inner.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static msh_log *open_log(void)
{
    msh_log *l;
    msh_error why = {0};
    msh_err err = msh_log_open(logdir, "test/host", &l, &why);
    if (err != MSH_OK)
        printf("open: %s %s\n", msh_err_name(err), why.text);
    REQUIRE(err == MSH_OK);
    return l;
}

static msh_err try_open(void)
{
    msh_log *l = NULL;
    msh_err err = msh_log_open(logdir, NULL, &l, NULL);
    msh_log_close(l);
    return err;
}

/* Number of lines; each must be a record with its index. */
static uint64_t count_lines(void)
{
    msh_lines l;
    msh_lines_status status;
    msh_view line;
    REQUIRE(msh_lines_open(&l, logdir, NULL) == MSH_OK);
    for (;;) {
        REQUIRE(msh_lines_next(&l, &status, &line, NULL) == MSH_OK);
        if (status != MSH_LINES_LINE)
            break;
        msh_record r;
        CHECK_INT(msh_record_read(line, &r), MSH_OK);
        CHECK_INT(r.n, l.n - 1);
    }
    CHECK_INT(status, MSH_LINES_END);
    uint64_t n = l.n;
    msh_lines_close(&l);
    return n;
}

static void test_first_use(void)
{
    uint64_t first;
    logdir_fresh();
    msh_log *l = open_log();
    CHECK_STR(msh_log_origin(l), "test/host");
    CHECK_INT(msh_log_size(l), 1);
    REQUIRE(logdir_commit(l, 3, &first) == MSH_OK);
    CHECK_INT(first, 1);
    CHECK_INT(msh_log_size(l), 4);
    CHECK_INT(msh_log_pending(l), 0);
    char root[48];
    msh_log_root(l, root);
    msh_log_close(l);
    msh_buf latest = logdir_read("checkpoint");
    CHECK(msh_view_find(msh_buf_view(&latest), msh_view_str(root), 0) != SIZE_MAX);
    msh_buf_dispose(&latest);
    CHECK_INT(count_lines(), 4);
    static const char *const private_files[] = {"keys/log.pem", "keys/log.sm3.pem"};
    for (size_t i = 0; i < 2; i++) {
        struct stat st;
        REQUIRE(stat(logdir_file(private_files[i]), &st) == 0);
        CHECK_INT(st.st_mode & 0777, 0600);
    }
    struct stat st;
    REQUIRE(stat(logdir_file("keys"), &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0700);
    CHECK_INT(access(logdir_file("log.pub.pem"), R_OK), 0);
}

static void test_refused_bodies(void)
{
    static const char *const bad[] = {
        "",   "[]", "{", "{\"a\":1,\"a\":2}", "{\"a\":1.0}", "{\"a\":-1}", "{\"a\":\"\\u0000\"}",
        "{}x"};
    logdir_fresh();
    msh_log *l = open_log();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(msh_log_add(l, "item", msh_view_str(bad[i]), NULL), MSH_E_USAGE);
    CHECK_INT(msh_log_add(l, "It em", MSH_VIEW("{}"), NULL), MSH_E_USAGE);
    static char big[70000];
    memset(big, 'a', sizeof big);
    memcpy(big, "{\"a\":\"", 6);
    memcpy(big + 65530 - 2, "\"}", 3);
    CHECK_INT(msh_log_add(l, "item", msh_view_str(big), NULL), MSH_E_USAGE);
    CHECK_INT(msh_log_pending(l), 0);
    /* another order of keys, blanks and escapes are brought into form */
    CHECK_INT(msh_log_add(l, "item", MSH_VIEW("{ \"b\":\"\\u4e2d\", \"a\":2}"), NULL), MSH_OK);
    REQUIRE(msh_log_commit(l, NULL, NULL) == MSH_OK);
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    CHECK(msh_view_find(msh_buf_view(&b), MSH_VIEW("{\"b\":{\"a\":2,\"b\":\"中\"},\"n\":1"), 0) !=
          SIZE_MAX);
    msh_buf_dispose(&b);
    msh_log_close(l);
}

static void test_reopen(void)
{
    uint64_t first;
    logdir_fresh();
    msh_log *l = open_log();
    REQUIRE(logdir_commit(l, 5, &first) == MSH_OK);
    msh_log_close(l);
    msh_log *other = NULL;
    CHECK_INT(msh_log_open(logdir, "other/name", &other, NULL), MSH_E_STATE);
    CHECK(other == NULL);
    for (int i = 0; i < 2; i++) { /* with the cache, and without */
        l = open_log();
        CHECK_INT(msh_log_size(l), 6 + (uint64_t)i);
        REQUIRE(logdir_commit(l, 1, &first) == MSH_OK);
        CHECK_INT(first, 6 + (uint64_t)i);
        msh_log_close(l);
        REQUIRE(unlink(logdir_file("state")) == 0);
    }
    CHECK_INT(count_lines(), 8);
}

/* Two handles that take turns see each other's records. */
static void test_two_writers(void)
{
    uint64_t first;
    logdir_fresh();
    msh_log *a = open_log(), *b = open_log();
    for (uint64_t i = 0; i < 10; i++) {
        REQUIRE(logdir_commit(a, 2, &first) == MSH_OK);
        CHECK_INT(first, 1 + i * 5);
        REQUIRE(logdir_commit(b, 3, &first) == MSH_OK);
        CHECK_INT(first, 3 + i * 5);
    }
    msh_log_close(a);
    msh_log_close(b);
    CHECK_INT(count_lines(), 51);
}

static void test_processes(void)
{
    enum { PROCESSES = 4, GROUPS = 10 };
    logdir_fresh();
    for (int p = 0; p < PROCESSES; p++) {
        pid_t pid = fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            uint64_t first;
            msh_log *l;
            int bad = msh_log_open(logdir, NULL, &l, NULL) != MSH_OK;
            for (int i = 0; !bad && i < GROUPS; i++)
                bad = logdir_commit(l, 7, &first) != MSH_OK;
            _exit(bad);
        }
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status;
        REQUIRE(wait(&status) > 0);
        CHECK_INT(status, 0);
    }
    CHECK_INT(count_lines(), 1 + PROCESSES * GROUPS * 7);
}

static bool last_type_is(const char *type)
{
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    char want[64];
    (void)snprintf(want, sizeof want, "\"ty\":\"%s\",\"v\":1}\n", type);
    bool is = msh_view_ends(msh_buf_view(&b), msh_view_str(want));
    msh_buf_dispose(&b);
    return is;
}

static void make(int groups)
{
    uint64_t first;
    logdir_fresh();
    msh_log *l = open_log();
    for (int i = 0; i < groups; i++)
        REQUIRE(logdir_commit(l, 4, &first) == MSH_OK);
    msh_log_close(l);
}

static void test_torn_tail(void)
{
    make(2);
    logdir_append(LOGDIR_SEGMENT, "{\"b\":{},\"n\":9,\"ts\":\"2026");
    CHECK_INT(try_open(), MSH_OK);
    CHECK_INT(count_lines(), 10);
    CHECK(last_type_is("log.recover"));
    DIR *d = opendir(logdir_file("quarantine"));
    REQUIRE(d);
    int files = 0;
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        files += e->d_name[0] != '.';
    closedir(d);
    CHECK_INT(files, 1);
}

static void test_adopted(void)
{
    make(1);
    logdir_append(LOGDIR_SEGMENT, "{\"b\":{\"a\":1},\"n\":5,\"ts\":\"2026-11-22T09:49:58.896451Z\","
                                  "\"ty\":\"item\",\"v\":1}\n");
    logdir_append(LOGDIR_SEGMENT, "{\"b\":{\"a\":1},\"n\":5,\"ts\":\"2026-11-22T09:49:58.896451Z\","
                                  "\"ty\":\"item\",\"v\":1}\n");
    CHECK_INT(try_open(), MSH_OK);
    CHECK_INT(count_lines(), 7); /* one adopted, one not, log.recover */
    CHECK(last_type_is("log.recover"));
}

static void test_torn_checkpoint(void)
{
    make(2);
    logdir_append("checkpoints", "test/host\n12\nAAAA");
    CHECK_INT(try_open(), MSH_OK);
    CHECK(last_type_is("log.recover"));
    make(2);
    msh_buf cp = logdir_read("checkpoints.sm3");
    cp.data[cp.len - 6] ^= 1; /* the last signature */
    logdir_write("checkpoints.sm3", msh_buf_view(&cp));
    REQUIRE(unlink(logdir_file("state")) == 0);
    CHECK_INT(try_open(), MSH_OK);
    CHECK(last_type_is("log.recover"));
    msh_buf_dispose(&cp);
}

static void test_lost(void)
{
    make(2);
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    size_t at = b.len - 1;
    while (b.data[at - 1] != '\n')
        at--;
    logdir_write(LOGDIR_SEGMENT, msh_view_of(b.data, at));
    CHECK_INT(try_open(), MSH_E_EVIDENCE_LOST);
    CHECK_INT(try_open(), MSH_E_EVIDENCE_LOST); /* and it stays so */
    REQUIRE(unlink(logdir_file(LOGDIR_SEGMENT)) == 0);
    CHECK_INT(try_open(), MSH_E_EVIDENCE_LOST);
    msh_buf_dispose(&b);
}

/* An edited line, checkpoints taken away, keys taken away: never signed anew. */
static void test_tampered(void)
{
    make(2);
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    size_t at = msh_view_find(msh_buf_view(&b), MSH_VIEW("1.txt"), 0);
    REQUIRE(at != SIZE_MAX);
    b.data[at] = '7';
    logdir_write(LOGDIR_SEGMENT, msh_buf_view(&b));
    REQUIRE(unlink(logdir_file("state")) == 0);
    CHECK_INT(try_open(), MSH_E_EVIDENCE);
    msh_buf_dispose(&b);
    make(2);
    REQUIRE(unlink(logdir_file("checkpoints")) == 0 && unlink(logdir_file("checkpoints.sm3")) == 0);
    CHECK_INT(try_open(), MSH_E_EVIDENCE);
    make(2);
    REQUIRE(unlink(logdir_file("keys/log.pem")) == 0);
    CHECK_INT(try_open(), MSH_E_STATE);
}

/* A closed segment is followed by one that begins where it ends. */
static void test_rotation(void)
{
    uint64_t first;
    make(1);
    msh_log *l = open_log();
    memcpy(l->state.month, "2001-01", 7); /* as if the segment were of another month */
    REQUIRE(msh_log_state_save(l, NULL) == MSH_OK);
    REQUIRE(logdir_commit(l, 2, &first) == MSH_OK);
    CHECK_INT(first, 6);
    msh_log *other = open_log();
    REQUIRE(logdir_commit(other, 2, &first) == MSH_OK);
    CHECK_INT(first, 8);
    REQUIRE(logdir_commit(l, 1, &first) == MSH_OK);
    CHECK_INT(first, 10);
    msh_log_close(other);
    msh_log_close(l);
    CHECK_INT(access(logdir_file("seg/00000000000000000005.ndjson"), R_OK), 0);
    REQUIRE(unlink(logdir_file("state")) == 0);
    CHECK_INT(try_open(), MSH_OK);
    CHECK_INT(count_lines(), 11);
    REQUIRE(unlink(logdir_file("state")) == 0);
    REQUIRE(rename(logdir_file(LOGDIR_SEGMENT), logdir_file("kept")) == 0);
    CHECK_INT(try_open(), MSH_E_EVIDENCE_LOST);
}

/* A writer killed at any time: what it acknowledged is there, and the log goes on. */
static void test_killed(void)
{
    const char *text = getenv("MSH_TEST_KILLS");
    int rounds = text ? (int)strtol(text, NULL, 10) : 25;
    logdir_fresh();
    uint64_t acknowledged = 0;
    for (int i = 0; i < rounds; i++) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        pid_t pid = fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            msh_log *l;
            uint64_t first;
            if (msh_log_open(logdir, NULL, &l, NULL) != MSH_OK)
                _exit(1);
            while (logdir_commit(l, 50, &first) == MSH_OK) {
                uint64_t size = msh_log_size(l);
                if (write(ends[1], &size, sizeof size) != sizeof size)
                    _exit(1);
            }
            _exit(1);
        }
        struct timespec nap = {0, 1000000 + (long)(i * 7919 % 40) * 1000000};
        close(ends[1]);
        nanosleep(&nap, NULL);
        REQUIRE(kill(pid, SIGKILL) == 0);
        int status;
        REQUIRE(waitpid(pid, &status, 0) == pid);
        CHECK(WIFSIGNALED(status));
        for (uint64_t size; read(ends[0], &size, sizeof size) == sizeof size;)
            acknowledged = size;
        close(ends[0]);
        CHECK_INT(try_open(), MSH_OK);
        CHECK(count_lines() >= acknowledged);
    }
    printf("killed %d times, %" PRIu64 " records acknowledged\n", rounds, acknowledged);
}

static void test_speed(void)
{
    enum { GROUPS = 20 };
    struct timespec a, b;
    uint64_t first;
    logdir_fresh();
    msh_log *l = open_log();
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < GROUPS; i++)
        REQUIRE(logdir_commit(l, 1000, &first) == MSH_OK);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
    printf("append, groups of 1,000: %.0f records/s\n", GROUPS * 1000 / s);
    CHECK(s < 60);
    msh_log_close(l);
}

int main(void)
{
    RUN(test_first_use);
    RUN(test_refused_bodies);
    RUN(test_reopen);
    RUN(test_two_writers);
    RUN(test_processes);
    RUN(test_torn_tail);
    RUN(test_adopted);
    RUN(test_torn_checkpoint);
    RUN(test_lost);
    RUN(test_tampered);
    RUN(test_rotation);
    RUN(test_killed);
    RUN(test_speed);
    logdir_remove_tree(logdir);
    return check_result();
}
