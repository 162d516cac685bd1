/* Power loss, modelled (audit-log.md section 8): what was synced is there, of the last writes any
 * part is, and what was never written back is zeros; LOG/state may be older or newer than the data.
 * After every such state the log opens, holds what was acknowledged, and verifies. */
#define _GNU_SOURCE
#include "logdir.h"

#include "crypto/digest.h"
#include "ledger/verify.h"

enum { COMMITS = 4, FILES = 3 };
static const char *const names[FILES] = {LOGDIR_SEGMENT, "checkpoints", "checkpoints.sm3"};

/* Files as they were after each commit. */
static msh_buf files[COMMITS][FILES], states[COMMITS];
static uint64_t acknowledged[COMMITS];

static void record_history(void)
{
    msh_log *l;
    logdir_fresh();
    REQUIRE(msh_log_open(logdir, "test/host", &l, NULL) == MSH_OK);
    for (int i = 0; i < COMMITS; i++) {
        if (i > 0)
            REQUIRE(logdir_commit(l, i, NULL) == MSH_OK);
        for (int f = 0; f < FILES; f++)
            files[i][f] = logdir_read(names[f]);
        states[i] = logdir_read("state");
        acknowledged[i] = msh_log_size(l);
    }
    msh_log_close(l);
}

/* The first `keep` bytes of what a file would have become; what follows up to `len` is zeros. */
static void put_cut(int f, int commit, size_t len, size_t keep)
{
    const msh_buf *b = &files[commit][f];
    msh_buf out;
    msh_buf_init(&out, 1 << 20);
    msh_buf_put(&out, b->data, keep);
    for (size_t i = keep; i < len; i++)
        msh_buf_put_byte(&out, 0);
    REQUIRE(msh_buf_err(&out) == MSH_OK);
    logdir_write(names[f], msh_buf_view(&out));
    msh_buf_dispose(&out);
}

/* The machine was started again: a state with the boot id of before. */
static void put_state(int commit)
{
    msh_buf *b = &states[commit];
    uint8_t *copy = b->data;
    copy[4] ^= 1;
    REQUIRE(msh_sha256(msh_view_of(copy, b->len - 32), copy + b->len - 32) == MSH_OK);
    logdir_write("state", msh_buf_view(b));
    copy[4] ^= 1;
    REQUIRE(msh_sha256(msh_view_of(copy, b->len - 32), copy + b->len - 32) == MSH_OK);
}

static int tried, bad;

static void check(int before, const char *what)
{
    msh_log *l = NULL;
    msh_error why = {0};
    msh_log_verdict v;
    tried++;
    msh_err err = msh_log_open(logdir, NULL, &l, &why);
    uint64_t size = l ? msh_log_size(l) : 0;
    bool good =
        err == MSH_OK && size >= acknowledged[before] && logdir_commit(l, 1, NULL) == MSH_OK;
    msh_log_close(l);
    REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
    if (good && v.exit_code == MSH_VERIFY_UNANCHORED)
        return;
    bad++;
    printf("after commit %d, %s: open %s %s, %" PRIu64 " records, verify %d %s\n", before, what,
           msh_err_name(err), why.text, size, v.exit_code, v.what);
}

static size_t length(int commit, int f)
{
    return files[commit][f].len;
}

/* The lines of the next commit came through in part; nothing was signed. */
static void cut_lines(int k, size_t step)
{
    for (size_t len = length(k, 0); len <= length(k + 1, 0); len += step)
        for (int zeros = 0; zeros < 2; zeros++)
            for (int state = k; state <= k + 1; state++) {
                put_cut(0, k + 1, zeros ? length(k + 1, 0) : len, len);
                put_cut(1, k, length(k, 1), length(k, 1));
                put_cut(2, k, length(k, 2), length(k, 2));
                put_state(state);
                check(k, "lines cut");
            }
}

/* The lines are synced; the notes came through in part, each for itself. */
static void cut_notes(int k, size_t step)
{
    for (int f = 1; f < FILES; f++)
        for (size_t len = length(k, f); len <= length(k + 1, f); len += step)
            for (int other = k; other <= k + 1; other++)
                for (int zeros = 0; zeros < 2; zeros++) {
                    put_cut(0, k + 1, length(k + 1, 0), length(k + 1, 0));
                    put_cut(f, k + 1, zeros ? length(k + 1, f) : len, len);
                    put_cut(3 - f, other, length(other, 3 - f), length(other, 3 - f));
                    put_state(k + 1);
                    check(k, "notes cut");
                }
}

static void test_power_loss(void)
{
    const size_t step = getenv("MSH_TEST_ALL_CUTS") ? 1 : 3;
    record_history();
    for (int k = 0; k + 1 < COMMITS; k++) {
        cut_lines(k, step);
        cut_notes(k, step);
    }
    printf("%d states, %d bad\n", tried, bad);
    CHECK(tried >= 2000);
    CHECK_INT(bad, 0);
}

/* Before anything was acknowledged: the very first commit, cut anywhere. */
static void test_first_commit(void)
{
    for (size_t len = 0; len <= length(0, 0); len += 13)
        for (int notes = 0; notes < 2; notes++) {
            put_cut(0, 0, len, len);
            bool whole = notes && len == length(0, 0);
            put_cut(1, 0, whole ? length(0, 1) / 2 : 0, whole ? length(0, 1) / 2 : 0);
            put_cut(2, 0, 0, 0);
            (void)unlink(logdir_file("state"));
            msh_log *l = NULL;
            CHECK_INT(msh_log_open(logdir, NULL, &l, NULL), MSH_OK);
            msh_log_close(l);
            msh_log_verdict v;
            REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
            CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
        }
}

int main(void)
{
    logdir_in_memory = true;
    RUN(test_power_loss);
    RUN(test_first_commit);
    for (int i = 0; i < COMMITS; i++) {
        for (int f = 0; f < FILES; f++)
            msh_buf_dispose(&files[i][f]);
        msh_buf_dispose(&states[i]);
    }
    logdir_remove_tree(logdir);
    return check_result();
}
