/* The manifest as our own note code reads it: both signatures hold, no changed byte does; an id
 * that would break out of its line is not carried. */
#define _GNU_SOURCE
#include "check.h"

#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "ledger/decision.h"
#include "ledger/log.h"

#include <mishen/scan.h>

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

static char state[] = MSH_TEST_BINARY_DIR "/manifest.XXXXXX";

static void add_decision(msh_log *l, const msh_reviewer *r, const char *release,
                         const msh_decision_file *files, size_t n)
{
    msh_buf note, body;
    const msh_decision d = {.act = "approve",
                            .release = release,
                            .reviewer = "张三",
                            .title = "甲",
                            .log = "test/host",
                            .ts = "2026-11-22T09:49:58.896451Z",
                            .files = files,
                            .n_files = n};
    msh_buf_init(&note, 64 << 10);
    msh_buf_init(&body, 64 << 10);
    REQUIRE(msh_decision_write(&note, &d, r, NULL) == MSH_OK);
    msh_buf_put_str(&body, "{\"note\":");
    msh_json_canonical_str(&body, msh_buf_view(&note));
    msh_buf_put_byte(&body, '}');
    REQUIRE(msh_log_add(l, "decision", msh_buf_view(&body), NULL) == MSH_OK);
    msh_buf_dispose(&note);
    msh_buf_dispose(&body);
}

static msh_log *begin(msh_reviewer *r)
{
    char log[300];
    msh_log *l = NULL;
    (void)snprintf(log, sizeof log, "%s/log", state);
    REQUIRE(msh_reviewer_open(state, "张三", NULL, r, NULL) == MSH_OK);
    REQUIRE(msh_log_open(log, "test/host", &l, NULL) == MSH_OK);
    return l;
}

static void end(msh_log *l, msh_reviewer *r)
{
    REQUIRE(msh_log_commit(l, NULL, NULL) == MSH_OK);
    REQUIRE(msh_log_end(l, NULL) == MSH_OK);
    msh_log_close(l);
    msh_reviewer_dispose(r);
}

static void put_decision(const char *release, const char *path)
{
    msh_reviewer r;
    msh_decision_file f = {.path = msh_view_str(path), .size = 12, .verdict = MSH_VERDICT_PASS};
    memset(f.sha256, 0xab, 32);
    memset(f.sm3, 0xcd, 32);
    msh_log *l = begin(&r);
    add_decision(l, &r, release, &f, 1);
    end(l, &r);
}

static void read_manifest(msh_buf *out)
{
    char file[300];
    int code = -1;
    (void)snprintf(file, sizeof file, "%s/out.note", state);
    const msh_options options = {.state = state};
    const msh_manifest_job job = {.by = "张三", .output = file};
    msh_buf_init(out, 64 << 20);
    REQUIRE(msh_manifest(&options, &job, &code, NULL) == MSH_OK);
    CHECK_INT(code, MSH_EXIT_CLEAN);
    REQUIRE(msh_file_read(file, out, NULL) == MSH_OK);
}

static bool holds(msh_view v, const msh_reviewer *r)
{
    msh_note note;
    return msh_note_read(v, &note) == MSH_OK && note.n_sigs == 2 &&
           msh_note_verify(&note, &r->keys[0]) == MSH_OK &&
           msh_note_verify(&note, &r->keys[1]) == MSH_OK;
}

static void test_signatures(void)
{
    msh_reviewer r;
    msh_buf b;
    put_decision("R-1", "公告/a.txt");
    read_manifest(&b);
    REQUIRE(msh_reviewer_public(state, "张三", 0, &r, NULL) == MSH_OK);
    CHECK(holds(msh_buf_view(&b), &r));
    for (size_t i = 0; i < b.len; i++) {
        b.data[i] ^= 1;
        CHECK(!holds(msh_buf_view(&b), &r));
        b.data[i] ^= 1;
    }
    CHECK(msh_view_find(msh_buf_view(&b), MSH_VIEW("# release: R-1\nSHA256 (公告/a.txt) = abab"),
                        0) != SIZE_MAX);
    msh_reviewer_dispose(&r);
    msh_buf_dispose(&b);
}

static void test_hostile_release(void)
{
    msh_reviewer r;
    msh_buf b;
    put_decision("R\nSM3 (x) = 00", "b.txt");
    read_manifest(&b);
    REQUIRE(msh_reviewer_public(state, "张三", 0, &r, NULL) == MSH_OK);
    CHECK(holds(msh_buf_view(&b), &r));
    CHECK(msh_view_find(msh_buf_view(&b), MSH_VIEW("SM3 (x)"), 0) == SIZE_MAX);
    CHECK(msh_view_find(msh_buf_view(&b), MSH_VIEW("# release: -\nSHA256 (b.txt)"), 0) != SIZE_MAX);
    msh_reviewer_dispose(&r);
    msh_buf_dispose(&b);
}

/* A hundred thousand files: more than a note may have otherwise. */
static void test_many(void)
{
    enum { RELEASES = 1000, EACH = MSH_DECISION_FILES };
    static char names[EACH][64];
    static msh_decision_file files[EACH];
    msh_reviewer r;
    msh_note note;
    msh_buf b;
    msh_log *l = begin(&r);
    for (unsigned i = 0; i < RELEASES; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "M-%u", i);
        for (unsigned k = 0; k < EACH; k++) {
            (void)snprintf(names[k], sizeof names[k], "栏目/%06u.html", i * EACH + k);
            files[k] = (msh_decision_file){.path = msh_view_str(names[k]), .size = i + k};
            files[k].sha256[0] = (uint8_t)i;
        }
        add_decision(l, &r, id, files, EACH);
    }
    end(l, &r);
    read_manifest(&b);
    REQUIRE(msh_reviewer_public(state, "张三", 0, &r, NULL) == MSH_OK);
    CHECK(b.len > 10 * MSH_NOTE_MAX);
    CHECK_INT(msh_note_read(msh_buf_view(&b), &note), MSH_E_EVIDENCE);
    REQUIRE(msh_note_read_most(msh_buf_view(&b), MSH_NOTE_MANIFEST_MAX, &note) == MSH_OK);
    for (size_t i = 0; i < 2; i++)
        CHECK_INT(msh_note_verify(&note, &r.keys[i]), MSH_OK);
    CHECK(msh_view_find(note.text, MSH_VIEW("# files: 100002\n"), 0) != SIZE_MAX);
    CHECK(msh_view_find(note.text, MSH_VIEW("SM3 (栏目/099999.html) = "), 0) != SIZE_MAX);
    b.data[b.len / 2] ^= 1;
    CHECK(msh_note_read_most(msh_buf_view(&b), MSH_NOTE_MANIFEST_MAX, &note) != MSH_OK ||
          msh_note_verify(&note, &r.keys[0]) != MSH_OK);
    msh_reviewer_dispose(&r);
    msh_buf_dispose(&b);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    REQUIRE(mkdtemp(state));
    RUN(test_signatures);
    RUN(test_hostile_release);
    RUN(test_many);
    CHECK(nftw(state, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
    return check_result();
}
