/* Decisions: what is written is read again; what was changed, or signed by another key, is not. */
#define _GNU_SOURCE
#include "check.h"

#include "base/file.h"
#include "base/mem.h"
#include "ledger/decision.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char state[] = MSH_TEST_BINARY_DIR "/decision.XXXXXX";
static msh_key *log_keys[2];

static msh_err read_with(msh_view note, const msh_key *const keys[2], msh_decision_read_out *out,
                         msh_arena *a)
{
    void *old;
    msh_table *table = msh_table_new();
    REQUIRE(table);
    for (size_t i = 0; i < 2; i++)
        REQUIRE(msh_table_put(table, msh_key_public(keys[i]), table, &old) == MSH_OK);
    msh_err err = msh_decision_read(a, note, state, table, NULL, out, NULL);
    msh_table_free(table, NULL);
    return err;
}

static msh_err read_note(msh_view note, msh_decision_read_out *out, msh_arena *a)
{
    const msh_key *const keys[2] = {log_keys[0], log_keys[1]};
    return read_with(note, keys, out, a);
}

static msh_decision_file file_of(const char *path, msh_verdict v)
{
    msh_decision_file f = {.path = msh_view_str(path), .size = 12, .record = 3, .verdict = v};
    memset(f.sha256, 0xab, 32);
    memset(f.sm3, 0xcd, 32);
    return f;
}

static msh_err write_note(msh_buf *out, const msh_decision_file *files, size_t n,
                          const char *reason)
{
    msh_reviewer r;
    const msh_decision d = {.act = "approve",
                            .release = "R-1",
                            .reviewer = "张三",
                            .title = "通知 \"甲\"\n乙",
                            .docno = "X〔2026〕1号",
                            .reason = reason,
                            .policy = "00",
                            .log = "test/host",
                            .ts = "2026-11-22T09:49:58.896451Z",
                            .files = files,
                            .n_files = n};
    REQUIRE(msh_reviewer_open(state, "张三", NULL, &r, NULL) == MSH_OK);
    msh_buf_init(out, 64 << 10);
    msh_err err = msh_decision_write(out, &d, &r, NULL);
    msh_reviewer_dispose(&r);
    return err;
}

static void test_round_trip(void)
{
    const msh_decision_file files[] = {file_of("公告/a.txt", MSH_VERDICT_PASS),
                                       file_of("b.docx", MSH_VERDICT_REVIEW)};
    msh_decision_read_out out;
    msh_arena a;
    msh_buf note;
    msh_arena_init(&a, 1 << 20);
    REQUIRE(write_note(&note, files, 2, "已人工核对") == MSH_OK);
    REQUIRE(read_note(msh_buf_view(&note), &out, &a) == MSH_OK);
    CHECK_VIEW(out.release, MSH_VIEW("R-1"));
    CHECK_VIEW(out.reviewer, MSH_VIEW("张三"));
    CHECK_INT(out.n_files, 2);
    CHECK_VIEW(out.files[0].path, MSH_VIEW("公告/a.txt"));
    CHECK(memcmp(out.files[1].sm3, files[1].sm3, 32) == 0);
    CHECK_INT(out.files[1].size, 12);
    msh_buf_dispose(&note);
    msh_arena_dispose(&a);
}

static void test_refused(void)
{
    static const struct {
        const char *path, *reason;
        msh_verdict v;
        msh_err want;
    } rows[] = {
        {"a", NULL, MSH_VERDICT_PASS, MSH_OK},
        {"a", NULL, MSH_VERDICT_REVIEW, MSH_E_REFUSED},
        {"a", "x", MSH_VERDICT_REVIEW, MSH_OK},
        {"a", "x", MSH_VERDICT_BLOCK, MSH_E_REFUSED},
        {"a", "x", MSH_VERDICT_NOT_INSPECTED, MSH_E_REFUSED},
        {"../a", NULL, MSH_VERDICT_PASS, MSH_E_REFUSED},
        {"a\x1b", NULL, MSH_VERDICT_PASS, MSH_E_REFUSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_decision_file f = file_of(rows[i].path, rows[i].v);
        msh_buf note;
        CHECK_INT(write_note(&note, &f, 1, rows[i].reason), rows[i].want);
        msh_buf_dispose(&note);
    }
    msh_buf none;
    CHECK_INT(write_note(&none, NULL, 0, NULL), MSH_E_USAGE);
    msh_buf_dispose(&none);
}

static void test_damaged(void)
{
    const msh_decision_file f = file_of("a.txt", MSH_VERDICT_PASS);
    msh_buf note;
    REQUIRE(write_note(&note, &f, 1, NULL) == MSH_OK);
    for (size_t i = 0; i < note.len; i++) {
        msh_decision_read_out out;
        msh_arena a;
        msh_arena_init(&a, 1 << 20);
        note.data[i] ^= 1;
        CHECK(read_note(msh_buf_view(&note), &out, &a) != MSH_OK);
        note.data[i] ^= 1;
        CHECK(read_note(msh_view_of(note.data, i), &out, &a) != MSH_OK);
        msh_arena_dispose(&a);
    }
    msh_buf_dispose(&note);
}

/* The scanner's own keys in a reviewer's place. */
static void test_scanner_signs(void)
{
    const msh_decision_file f = file_of("a.txt", MSH_VERDICT_PASS);
    msh_decision_read_out out;
    msh_arena a;
    msh_buf note;
    msh_reviewer r;
    msh_arena_init(&a, 1 << 20);
    REQUIRE(write_note(&note, &f, 1, NULL) == MSH_OK);
    REQUIRE(msh_reviewer_open(state, "张三", NULL, &r, NULL) == MSH_OK);
    const msh_key *const same[2] = {log_keys[0], r.keys[1].key};
    CHECK_INT(read_with(msh_buf_view(&note), same, &out, &a), MSH_E_EVIDENCE);
    msh_reviewer_dispose(&r);
    msh_buf_dispose(&note);
    msh_arena_dispose(&a);
}

/* Another reviewer's name, or a reviewer whose keys are not there. */
static void test_other_reviewer(void)
{
    char path[4096];
    const msh_decision_file f = file_of("a.txt", MSH_VERDICT_PASS);
    msh_decision_read_out out;
    msh_arena a;
    msh_buf note;
    msh_arena_init(&a, 1 << 20);
    REQUIRE(write_note(&note, &f, 1, NULL) == MSH_OK);
    (void)snprintf(path, sizeof path, "%s/reviewers/张三.pub.pem", state);
    REQUIRE(unlink(path) == 0);
    CHECK_INT(read_note(msh_buf_view(&note), &out, &a), MSH_E_EVIDENCE);
    msh_buf_dispose(&note);
    msh_arena_dispose(&a);
}

static void test_names(void)
{
    static const char *const bad[] = {"", ".x", "a/b", "a b", "a+b", "a\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!msh_reviewer_name_ok(bad[i]));
    CHECK(msh_reviewer_name_ok("李四"));
}

static void clean(void)
{
    char folder[4096], path[4400];
    (void)snprintf(folder, sizeof folder, "%s/reviewers", state);
    DIR *d = opendir(folder);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        (void)snprintf(path, sizeof path, "%.4000s/%.255s", folder, e->d_name);
        (void)unlink(path);
    }
    if (d)
        (void)closedir(d);
    (void)rmdir(folder);
    CHECK(rmdir(state) == 0);
}

int main(void)
{
    REQUIRE(mkdtemp(state));
    REQUIRE(msh_key_generate(MSH_KEY_ED25519, &log_keys[0]) == MSH_OK);
    REQUIRE(msh_key_generate(MSH_KEY_SM2, &log_keys[1]) == MSH_OK);
    RUN(test_round_trip);
    RUN(test_refused);
    RUN(test_damaged);
    RUN(test_scanner_signs);
    RUN(test_other_reviewer);
    RUN(test_names);
    clean();
    msh_key_free(log_keys[0]);
    msh_key_free(log_keys[1]);
    return check_result();
}
