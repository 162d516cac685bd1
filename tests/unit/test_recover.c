/* test_recover.c: recovery of a log whose last commit was cut, with every allocation, read, write
 * and sync failing once: nothing acknowledged is lost, and the next try succeeds. */
#define _GNU_SOURCE
#include "faults.h"
#include "logdir.h"

#include "base/mem.h"
#include "ledger/verify.h"

enum { FILES = 3, GROUPS = 3, MOST = 4000 };
static const char *const names[FILES] = {LOGDIR_SEGMENT, "checkpoints", "checkpoints.sm3"};
static msh_buf files[FILES];
static uint64_t acknowledged;

/* A log of a few commits, the last line and both last notes torn. */
static void make_torn_log(void)
{
    msh_log *l;
    logdir_fresh();
    REQUIRE(msh_log_open(logdir, "test/host", &l, NULL) == MSH_OK);
    for (int i = 0; i < GROUPS; i++)
        REQUIRE(logdir_commit(l, 3, NULL) == MSH_OK);
    acknowledged = msh_log_size(l);
    msh_log_close(l);
    logdir_append(names[0], "{\"n\":9999,\"torn");
    logdir_append(names[1], "test/host\n99");
    logdir_append(names[2], "test/host");
    for (int f = 0; f < FILES; f++)
        files[f] = logdir_read(names[f]);
}

static void put_back(void)
{
    for (int f = 0; f < FILES; f++)
        logdir_write(names[f], msh_buf_view(&files[f]));
    (void)unlink(logdir_file("state"));
    logdir_remove_tree(logdir_file("quarantine"));
}

/* After a try that failed: the log opens, holds all, goes on and verifies. */
static bool is_well(void)
{
    msh_log *l = NULL;
    msh_log_verdict v = {0};
    bool good = msh_log_open(logdir, NULL, &l, NULL) == MSH_OK && msh_log_size(l) >= acknowledged &&
                logdir_commit(l, 1, NULL) == MSH_OK;
    msh_log_close(l);
    return good && msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK &&
           v.exit_code == MSH_VERIFY_UNANCHORED;
}

static void closed(msh_log *l)
{
    if (l)
        msh_log_close(l);
}

#ifdef MSH_TEST_FAULTS
static void every_allocation_fails_once(void)
{
    unsigned failed = 0;
    for (unsigned long n = 1;; n++) {
        msh_log *l = NULL;
        msh_error why = {0};
        put_back();
        (void)msh_mem_fail_at(n);
        msh_err err = msh_log_open(logdir, NULL, &l, &why);
        unsigned long made = msh_mem_fail_at(0);
        closed(l);
        failed += err != MSH_OK;
        CHECK(is_well());
        if (made < n)
            break;
        REQUIRE(n < MOST);
    }
    CHECK(failed > 10);
}
#endif

static void every_call_fails_once(fault_kind kind, int least)
{
    int failed = 0;
    for (long n = 1;; n++) {
        msh_log *l = NULL;
        msh_error why = {0};
        put_back();
        fault_begin(kind, n);
        msh_err err = msh_log_open(logdir, NULL, &l, &why);
        long made = fault_end();
        closed(l);
        failed += err != MSH_OK;
        CHECK(err == MSH_OK || why.text[0]);
        CHECK(is_well());
        if (made < n)
            break;
        REQUIRE(n < MOST);
    }
    CHECK(failed >= least);
}

static void reads_fail(void)
{
    every_call_fails_once(FAULT_READ, 3);
}

static void files_end_early(void)
{
    every_call_fails_once(FAULT_CUT, 1);
}

static void syncs_fail(void)
{
    every_call_fails_once(FAULT_SYNC, 3);
}

static void writes_fail(void)
{
    every_call_fails_once(FAULT_WRITE, 2);
}

static void interrupted_and_short(void)
{
    for (int kind = FAULT_EINTR; kind <= FAULT_SHORT; kind++) {
        msh_log *l = NULL;
        put_back();
        fault_begin((fault_kind)kind, 1);
        msh_err err = msh_log_open(logdir, NULL, &l, NULL);
        (void)fault_end();
        CHECK_INT(err, MSH_OK);
        closed(l);
        CHECK(is_well());
    }
}

/* What is no crash is refused: nothing is cut that was not written by the last commit. */
static void refused(const char *name, const char *text, msh_err want)
{
    msh_log *l = NULL;
    msh_error why = {0};
    put_back();
    logdir_append(name, text);
    CHECK_INT(msh_log_open(logdir, NULL, &l, &why), want);
    CHECK(why.text[0] != 0);
    closed(l);
}

static void what_is_no_crash_is_refused(void)
{
    char much[2000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = 0;
    refused("checkpoints", much, MSH_E_EVIDENCE);
    /* records without any checkpoint */
    put_back();
    logdir_write("checkpoints", MSH_VIEW(""));
    logdir_write("checkpoints.sm3", MSH_VIEW(""));
    msh_log *l = NULL;
    CHECK_INT(msh_log_open(logdir, NULL, &l, NULL), MSH_E_EVIDENCE);
    closed(l);
    /* lines that were signed are gone */
    put_back();
    msh_view lines = msh_buf_view(&files[0]);
    logdir_write(names[0], msh_view_cut(lines, 0, msh_view_find(lines, MSH_VIEW("\n"), 0) + 1));
    CHECK_INT(msh_log_open(logdir, NULL, &l, NULL), MSH_E_EVIDENCE_LOST);
    closed(l);
    put_back();
    CHECK(is_well());
}

int main(void)
{
    logdir_in_memory = true;
    make_torn_log();
#ifdef MSH_TEST_FAULTS
    RUN(every_allocation_fails_once);
#endif
    RUN(reads_fail);
    RUN(files_end_early);
    RUN(syncs_fail);
    RUN(writes_fail);
    RUN(interrupted_and_short);
    RUN(what_is_no_crash_is_refused);
    for (int f = 0; f < FILES; f++)
        msh_buf_dispose(&files[f]);
    logdir_remove_tree(logdir);
    return check_result();
}
