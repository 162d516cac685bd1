/* Key epochs: the next key is named, the old one closes its epoch and is gone; whatever is
 * interrupted is finished; a log whose closing checkpoint is missing is refused (rule (c)). */
#define _GNU_SOURCE
#include "logdir.h"

#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/log_inner.h"
#include "ledger/verify.h"

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

static msh_log_verdict verify(void)
{
    msh_log_verdict v;
    REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
    return v;
}

static void check_valid(uint64_t size, uint64_t epochs)
{
    msh_log_verdict v = verify();
    CHECK_STR(v.what, "");
    CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
    CHECK_INT(v.size, size);
    CHECK_INT(v.epochs, epochs);
}

/* Two runs: log.open 3 items key.next | key.begin 3 items key.next | */
static void make_two(void)
{
    logdir_fresh();
    for (int i = 0; i < 2; i++) {
        msh_log *l = open_log();
        REQUIRE(logdir_commit(l, 3, NULL) == MSH_OK);
        REQUIRE(msh_log_end(l, NULL) == MSH_OK);
        REQUIRE(msh_log_end(l, NULL) == MSH_OK); /* nothing was signed since: no new key */
        msh_log_close(l);
    }
}

static void test_runs(void)
{
    make_two();
    check_valid(10, 3);
    msh_log *l = open_log(), *other = open_log();
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    REQUIRE(msh_log_end(l, NULL) == MSH_OK);
    REQUIRE(logdir_commit(other, 1, NULL) == MSH_OK); /* takes the new key up */
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    msh_log_close(l);
    msh_log_close(other);
    check_valid(16, 4);
    REQUIRE(unlink(logdir_file("state")) == 0);
    l = open_log();
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    msh_log_close(l);
    check_valid(17, 4);
    CHECK(access(logdir_file("keys/next.pem"), F_OK) != 0);
}

/* The state of the old days is gone at the end of an epoch, too. */
static void test_recovery_at_end(void)
{
    make_two();
    REQUIRE(unlink(logdir_file("state")) == 0);
    msh_log *l = open_log();
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    msh_log_close(l);
    check_valid(12, 3);
}

static void test_many_records(void)
{
    logdir_fresh();
    msh_log *l = open_log();
    for (int i = 0; i < 25; i++)
        REQUIRE(logdir_commit(l, 1000, NULL) == MSH_OK);
    msh_log_close(l);
    CHECK(verify().epochs == 3);
}

/* Copies of all files that matter at one moment. */
static const char *const kept_names[] = {LOGDIR_SEGMENT,          "checkpoints",
                                         "checkpoints.sm3",       "keys/log.pem",
                                         "keys/next.pem",         "keys/log.sm3.pem",
                                         "keys/next.sm3.pem",     "state",
                                         "keys/previous.pub.pem", "keys/previous.sm3.pub.pem"};
enum { KEPT = sizeof kept_names / sizeof kept_names[0] };

static void keep(msh_buf kept[KEPT])
{
    for (size_t i = 0; i < KEPT; i++) {
        msh_buf_init(&kept[i], 1 << 20);
        if (access(logdir_file(kept_names[i]), F_OK) == 0)
            REQUIRE(msh_file_read(logdir_file(kept_names[i]), &kept[i], NULL) == MSH_OK);
    }
}

static void put(size_t i, const msh_buf *b)
{
    (void)unlink(logdir_file(kept_names[i]));
    if (b->len)
        logdir_write(kept_names[i], msh_buf_view(b));
}

/* Every mixture of the files before and after a change of keys that a crash can leave, in the order
 * in which they are made durable. */
static void test_interrupted(void)
{
    msh_buf before[KEPT], after[KEPT];
    logdir_fresh();
    msh_log *l = open_log();
    REQUIRE(logdir_commit(l, 3, NULL) == MSH_OK);
    keep(before);
    REQUIRE(msh_log_end(l, NULL) == MSH_OK);
    msh_log_close(l);
    keep(after);
    /* how far it came: next keys, line, note, note, SHA-256 key, SM2 key */
    for (int stage = 0; stage <= 6; stage++)
        for (int with_state = 0; with_state < 2; with_state++) {
            const msh_buf *now[KEPT];
            for (size_t i = 0; i < KEPT; i++)
                now[i] = &before[i];
            now[4] = stage >= 1 && stage < 5 ? &after[3] : &before[4];
            now[6] = stage >= 1 && stage < 6 ? &after[5] : &before[6];
            now[0] = stage >= 2 ? &after[0] : &before[0];
            now[1] = stage >= 3 ? &after[1] : &before[1];
            now[2] = stage >= 4 ? &after[2] : &before[2];
            now[3] = stage >= 5 ? &after[3] : &before[3];
            now[5] = stage >= 6 ? &after[5] : &before[5];
            now[8] = stage >= 5 ? &after[8] : &before[8];
            now[9] = stage >= 6 ? &after[9] : &before[9];
            for (size_t i = 0; i < KEPT; i++)
                put(i, now[i]);
            if (!with_state)
                (void)unlink(logdir_file("state"));
            l = open_log();
            CHECK_INT(logdir_commit(l, 2, NULL), MSH_OK);
            CHECK_INT(msh_log_end(l, NULL), MSH_OK);
            msh_log_close(l);
            msh_log_verdict v = verify();
            if (v.exit_code != MSH_VERIFY_UNANCHORED)
                printf("stage %d, state %d: %s\n", stage, with_state, v.what);
            CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
            CHECK(v.size >= 7);
        }
    for (size_t i = 0; i < KEPT; i++) {
        msh_buf_dispose(&before[i]);
        msh_buf_dispose(&after[i]);
    }
}

/* Takes the checkpoint of `size` out of a file. */
static void drop_note(const char *file, uint64_t size)
{
    msh_buf b = logdir_read(file), out;
    char want[64];
    msh_view v = msh_buf_view(&b);
    (void)snprintf(want, sizeof want, "\n%" PRIu64 "\n", size);
    msh_buf_init(&out, 1 << 20);
    size_t found = 0;
    for (size_t at = 0, end; at < v.len; at = end) {
        end = at;
        for (int i = 0; i < 6; i++)
            end = msh_view_find(v, MSH_VIEW("\n"), end) + 1;
        msh_view note = msh_view_cut(v, at, end - at);
        if (msh_view_find(note, msh_view_str(want), 0) == SIZE_MAX)
            msh_buf_put_view(&out, note);
        else
            found++;
    }
    CHECK_INT(found, 1);
    logdir_write(file, msh_buf_view(&out));
    msh_buf_dispose(&out);
    msh_buf_dispose(&b);
}

static void test_rule_c(void)
{
    static const char *const files[] = {"checkpoints", "checkpoints.sm3"};
    for (size_t i = 0; i < 2; i++) {
        make_two();
        drop_note(files[i], 4); /* one within an epoch is not missed */
        check_valid(10, 3);
        drop_note(files[i], 5); /* the one that closed the first epoch is */
        msh_log_verdict v = verify();
        CHECK_INT(v.exit_code, MSH_VERIFY_INVALID);
        CHECK_INT(v.bad_size, 5);
    }
}

/* A thief of the second key cannot sign in the first one's time. */
static void test_forged_past(void)
{
    make_two();
    msh_log *l = open_log(); /* its key is the third */
    msh_checkpoints c;
    msh_buf note, text, out, old = logdir_read("checkpoints");
    REQUIRE(msh_checkpoints_read(&c, logdir_file("checkpoints"), "test/host", NULL) == MSH_OK);
    msh_buf_init(&note, 4096);
    msh_buf_init(&text, 4096);
    msh_buf_init(&out, 1 << 20);
    msh_checkpoint_text(&text, "test/host", c.rows[1].size, c.rows[1].root);
    REQUIRE(msh_note_sign(&note, msh_buf_view(&text), &l->keys[0]) == MSH_OK);
    msh_buf_put(&out, old.data, (size_t)c.ends[0]);
    msh_buf_put_view(&out, msh_buf_view(&note));
    msh_buf_put_byte(&out, '\n');
    msh_buf_put(&out, old.data + c.ends[1], old.len - (size_t)c.ends[1]);
    logdir_write("checkpoints", msh_buf_view(&out));
    msh_log_verdict v = verify();
    CHECK_INT(v.exit_code, MSH_VERIFY_INVALID);
    CHECK_INT(v.bad_size, 4);
    msh_log_close(l);
    msh_checkpoints_dispose(&c);
    msh_buf_dispose(&note);
    msh_buf_dispose(&text);
    msh_buf_dispose(&out);
    msh_buf_dispose(&old);
}

/* After a reboot only the last segment is read; where its roots disagree, everything is. */
static void test_short_recovery(void)
{
    msh_recovery r;
    logdir_fresh();
    msh_log *l = open_log();
    for (int i = 0; i < 3; i++) {
        REQUIRE(logdir_commit(l, 300, NULL) == MSH_OK);
        memcpy(l->state.month, "2001-01", 7); /* as if the segment were of another month */
        REQUIRE(msh_log_state_save(l, NULL) == MSH_OK);
    }
    REQUIRE(logdir_commit(l, 5, NULL) == MSH_OK);
    REQUIRE(msh_log_recover(l, &r, NULL) == MSH_OK);
    CHECK_INT(r.from, 903);
    CHECK_INT(l->state.trees[0].size, 909);
    msh_buf tile = logdir_read("tree.sm3/0.bin");
    for (size_t i = 0; i < 32; i++)
        tile.data[900 * 32 + i] ^= 0x55;
    logdir_write("tree.sm3/0.bin", msh_buf_view(&tile));
    REQUIRE(msh_log_recover(l, &r, NULL) == MSH_OK);
    CHECK_INT(r.from, 0);
    REQUIRE(msh_log_recover(l, &r, NULL) == MSH_OK); /* the tiles were mended */
    CHECK_INT(r.from, 903);
    msh_log_close(l);
    REQUIRE(unlink(logdir_file("state")) == 0);
    l = open_log();
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    msh_log_close(l);
    check_valid(910, 1);
    msh_buf_dispose(&tile);
}

/* The clock is set back: the record says so, the order is the number. */
static void test_clock(void)
{
    logdir_fresh();
    msh_log *l = open_log();
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    memcpy(l->state.last_ts, "2999-01-01", 10);
    REQUIRE(logdir_commit(l, 1, NULL) == MSH_OK);
    msh_log_close(l);
    msh_buf b = logdir_read(LOGDIR_SEGMENT);
    CHECK(msh_view_find(msh_buf_view(&b), MSH_VIEW("{\"b\":{\"before\":\"2999-01-01"), 0) !=
          SIZE_MAX);
    msh_buf_dispose(&b);
    check_valid(4, 1);
}

int main(void)
{
    logdir_in_memory = true;
    RUN(test_runs);
    RUN(test_recovery_at_end);
    RUN(test_many_records);
    RUN(test_interrupted);
    RUN(test_rule_c);
    RUN(test_forged_past);
    RUN(test_short_recovery);
    RUN(test_clock);
    logdir_remove_tree(logdir);
    return check_result();
}
