/* test_faults.c: every kind of document, read while memory, the file or the disk fails.
 *
 * Documents are the seeds of the fuzz targets (each format has one) and the samples. Whatever
 * fails, the call ends, and what was not read is said: the texts are those of a run without faults,
 * or an outcome that does not pass was reported, or the call itself failed. */
#define _GNU_SOURCE
#include "check.h"
#include "faults.h"

#include "base/mem.h"
#include "worker/child.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { TRIES = 40 };

/* What came out: a number for all texts in order, and how many outcomes do not pass. */
typedef struct heard {
    uint64_t texts;
    unsigned bad;
    msh_err err;
} heard;

static void mix(uint64_t *h, const void *data, size_t n)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < n; i++)
        *h = (*h ^ p[i]) * 0x100000001b3ull;
}

static msh_err on_text(void *ctx, const msh_place *place, msh_view utf8)
{
    heard *h = ctx;
    mix(&h->texts, place->vpath.data, place->vpath.len);
    mix(&h->texts, &place->role, sizeof place->role);
    mix(&h->texts, utf8.data, utf8.len);
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    heard *h = ctx;
    (void)place;
    (void)reached;
    h->bad += !msh_outcome_is_whole(msh_reason_outcome(reason));
    return MSH_OK;
}

static msh_child *child;
static msh_limits limits;

static heard hear(int fd, uint64_t size, const char *name)
{
    heard h = {.texts = 0xcbf29ce484222325ull};
    msh_child_job job = {.fd = fd, .size = size, .path = msh_view_str(name)};
    msh_child_out out = {.ctx = &h, .text = on_text, .outcome = on_outcome};
    msh_child_done done;
    h.err = msh_child_run(child, &job, &out, &done);
    return h;
}

static bool said(const heard *now, const heard *whole)
{
    return now->err != MSH_OK || now->bad > 0 || now->texts == whole->texts;
}

static unsigned documents, silent;

static void check_said(const char *name, const char *what, long n, const heard *now,
                       const heard *whole)
{
    bool ok = said(now, whole);
    CHECK(ok);
    if (ok)
        return;
    silent++;
    printf("  %s, %s %ld: text is missing, and nothing was said\n", name, what, n);
}

#ifdef MSH_TEST_FAULTS
static void short_of_memory(int fd, uint64_t size, const char *name, const heard *whole)
{
    (void)msh_mem_fail_at(0);
    (void)hear(fd, size, name);
    unsigned long all = msh_mem_fail_at(0), step = all / TRIES + 1;
    for (unsigned long n = 1; n <= all; n += step) {
        (void)msh_mem_fail_at(n);
        heard now = hear(fd, size, name);
        (void)msh_mem_fail_at(0);
        check_said(name, "allocation", (long)n, &now, whole);
    }
}
#endif

static void failing_reads(int fd, uint64_t size, const char *name, const heard *whole)
{
    static const struct {
        fault_kind kind;
        long n;
    } harmless[] = {{FAULT_EINTR, 0}, {FAULT_SHORT, 1}, {FAULT_SHORT, 7}, {FAULT_SHORT, 4096}};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        fault_begin(harmless[i].kind, harmless[i].n);
        heard now = hear(fd, size, name);
        (void)fault_end();
        CHECK(now.texts == whole->texts && now.bad == whole->bad);
    }
    fault_begin(FAULT_READ, 0);
    (void)hear(fd, size, name);
    long all = fault_end(), step = all / TRIES + 1;
    for (long n = 1; n <= all; n += step) {
        fault_begin(FAULT_READ, n);
        heard now = hear(fd, size, name);
        (void)fault_end();
        check_said(name, "read", n, &now, whole);
        CHECK(now.bad > 0 || now.err != MSH_OK);
    }
}

static void document(const char *folder, const char *name)
{
    char path[5000];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        heard whole = hear(fd, (uint64_t)st.st_size, name);
        documents++;
        CHECK_INT(whole.err, MSH_OK);
#ifdef MSH_TEST_FAULTS
        short_of_memory(fd, (uint64_t)st.st_size, name, &whole);
#endif
        failing_reads(fd, (uint64_t)st.st_size, name, &whole);
        heard again = hear(fd, (uint64_t)st.st_size, name);
        CHECK(again.texts == whole.texts && again.bad == whole.bad);
    }
    if (fd >= 0)
        close(fd);
}

static void every_document(void)
{
    static const char *const folders[] = {"tests/fuzz/corpus/extract",  "tests/fuzz/corpus/mail",
                                          "tests/fuzz/corpus/archive",  "tests/fuzz/corpus/zip",
                                          "tests/fuzz/corpus/ole",      "tests/fuzz/corpus/tnef",
                                          "tests/fuzz/corpus/embedded", "samples/outbox"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[4096];
        struct dirent **names;
        (void)snprintf(folder, sizeof folder, MSH_TEST_SOURCE_DIR "/%s", folders[i]);
        int n = scandir(folder, &names, NULL, alphasort);
        REQUIRE(n > 0);
        for (int k = 0; k < n; k++) {
            if (names[k]->d_name[0] != '.')
                document(folder, names[k]->d_name);
            free(names[k]);
        }
        free(names);
    }
    printf("%u documents, %u silent losses\n", documents, silent);
    CHECK(documents > 100);
}

int main(void)
{
    msh_limits_default(&limits);
    limits.decoded = 64 << 20;
    msh_child_options options = {.limits = &limits, .texts = true};
    msh_child_prepare();
    child = msh_child_new(&options);
    REQUIRE(child);
    RUN(every_document);
    msh_child_free(child);
    return check_result();
}
