/* The service: several releases at once, each a run of its own; verdicts in the order of the files;
 * records that verify; a job that nobody waits for any more; every allocation failing once. */
#define _GNU_SOURCE
#include "check.h"

#include "base/file.h"
#include "base/mem.h"

#include <mishen/ledger.h>
#include <mishen/service.h>

#include <ftw.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

static char state[] = MSH_TEST_BINARY_DIR "/service.XXXXXX";
static msh_options options;

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static msh_service_file file_of(const char *name, const char *text)
{
    msh_service_file f = {.name = msh_view_str(name), .fd = memfd_create("test", MFD_CLOEXEC)};
    REQUIRE(f.fd >= 0);
    REQUIRE(msh_file_write_all(f.fd, msh_view_str(text), NULL) == MSH_OK);
    f.size = strlen(text);
    return f;
}

typedef struct told {
    int times;
    size_t n_items;
    msh_verdict worst, first, last;
    uint64_t record;
    bool complete, has_summary, leaks;
} told;

static void on_done(void *ctx, const msh_service_result *r)
{
    told *t = ctx;
    t->times++;
    t->n_items = r->n_items;
    t->worst = r->verdict;
    t->first = r->items[0].verdict;
    t->last = r->items[r->n_items - 1].verdict;
    t->record = r->items[0].record;
    t->complete = r->summary->complete;
    t->has_summary = msh_view_find(r->report, MSH_VIEW("\"type\":\"summary\""), 0) != SIZE_MAX;
    t->leaks = msh_view_find(r->report, MSH_VIEW("11010519491231002X"), 0) != SIZE_MAX;
}

static void wait_all(msh_service *s)
{
    for (int i = 0; i < 2000 && msh_service_open_jobs(s); i++) {
        struct pollfd p[64];
        int fds[64], timeout = -1;
        size_t n = msh_service_descriptors(s, fds, 64, &timeout);
        for (size_t k = 0; k < n; k++)
            p[k] = (struct pollfd){fds[k], POLLIN, 0};
        (void)poll(p, (nfds_t)n, timeout);
        REQUIRE(msh_service_step(s, NULL) == MSH_OK);
    }
    CHECK_INT(msh_service_open_jobs(s), 0);
}

static uint64_t give(msh_service *s, msh_service_file *files, size_t n, told *t)
{
    uint64_t id = 0;
    const msh_service_job job = {
        .files = files, .n_files = n, .root = "upload", .done = on_done, .ctx = t};
    CHECK(msh_service_give(s, &job, &id, NULL) == MSH_OK);
    for (size_t i = 0; i < n; i++)
        close(files[i].fd);
    return id;
}

static void run_jobs(bool inproc)
{
    msh_service *s;
    msh_error why = {0};
    told clean = {0}, marked = {0}, mixed = {0}, gone = {0};
    options.inproc = inproc;
    msh_err err = msh_service_open(&options, &s, &why);
    if (err == MSH_E_SANDBOX)
        SKIP("no sandbox here");
    REQUIRE(err == MSH_OK);
    msh_service_file a[] = {file_of("通知.txt", "关于召开会议的通知\n")};
    msh_service_file b[] = {file_of("标志.txt", "机密★10年\n")};
    msh_service_file c[] = {file_of("正文.txt", "普通\n"),
                            file_of("附件.txt", "身份证号 11010519491231002X\n")};
    msh_service_file d[] = {file_of("无人.txt", "机密★10年\n")};
    give(s, a, 1, &clean);
    give(s, b, 1, &marked);
    give(s, c, 2, &mixed);
    msh_service_forget(s, give(s, d, 1, &gone));
    wait_all(s);
    CHECK_INT(clean.times, 1);
    CHECK_INT(clean.worst, MSH_VERDICT_PASS);
    CHECK(clean.complete && clean.has_summary);
    CHECK_INT(marked.worst, MSH_VERDICT_BLOCK);
    CHECK_INT(mixed.n_items, 2);
    CHECK_INT(mixed.first, MSH_VERDICT_PASS);
    CHECK(mixed.last == MSH_VERDICT_REVIEW || mixed.last == MSH_VERDICT_BLOCK);
    CHECK(!mixed.leaks);
    CHECK(mixed.record > marked.record && marked.record > clean.record);
    CHECK_INT(gone.times, 0);
    CHECK(msh_service_record(s, "heartbeat", MSH_VIEW("{}"), NULL) == MSH_OK);
    CHECK(msh_service_record(s, "Not a type", MSH_VIEW("{}"), NULL) == MSH_E_USAGE);
    msh_service_close(s);
    msh_log_verdict v;
    CHECK(msh_log_check(&options, NULL, NULL, &v, NULL) == MSH_OK);
    CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
}

static void test_inproc(void)
{
    run_jobs(true);
}

static void test_processes(void)
{
    run_jobs(false);
}

#ifdef MSH_TEST_FAULTS
/* Short memory at any point: an error or a verdict, never a pass for what is marked. */
static void test_memory(void)
{
    msh_service *s;
    options.inproc = true;
    for (unsigned long n = 1; n < 400; n += 37) {
        told t = {0};
        uint64_t id;
        REQUIRE(msh_service_open(&options, &s, NULL) == MSH_OK);
        msh_service_file f[] = {file_of("标志.txt", "机密★10年\n")};
        const msh_service_job job = {
            .files = f, .n_files = 1, .root = "upload", .done = on_done, .ctx = &t};
        (void)msh_mem_fail_at(n);
        msh_err err = msh_service_give(s, &job, &id, NULL);
        for (int i = 0; err == MSH_OK && msh_service_open_jobs(s) && i < 10; i++)
            err = msh_service_step(s, NULL);
        (void)msh_mem_fail_at(0);
        CHECK(!t.times || t.worst == MSH_VERDICT_BLOCK || t.worst == MSH_VERDICT_NOT_INSPECTED);
        close(f[0].fd);
        msh_service_close(s);
    }
}
#endif

int main(void)
{
    msh_options_default(&options);
    REQUIRE(mkdtemp(state));
    options.state = state;
    RUN(test_inproc);
    RUN(test_processes);
#ifdef MSH_TEST_FAULTS
    RUN(test_memory);
#endif
    (void)nftw(state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return check_result();
}
