/* bench_item.c: MB/s of a worker's work alone: from descriptor to findings, in this process.
 *   bench_item PACK.yaml ROUNDS < LIST-OF-FILES; best round, CPU time.
 *
 * What the pool, the hasher, the log and the report cost comes on top (tests/bench/run). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/view.h"
#include "rule/rules.h"
#include "worker/child.h"

enum { PATHS = 1 << 18, LINE = 4096 };

static char *paths[PATHS];
static size_t n_paths;
static uint64_t bytes, hits, outcomes;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static msh_err on_hit(void *ctx, const msh_hit *h, bool early)
{
    (void)ctx;
    (void)early;
    hits += h->count;
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    (void)ctx;
    (void)reason;
    (void)place;
    (void)reached;
    outcomes++;
    return MSH_OK;
}

static void one_file(msh_child *c, const char *path)
{
    const msh_child_out out = {.hit = on_hit, .outcome = on_outcome};
    msh_child_done done;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        exit(1);
    msh_child_job job = {.fd = fd, .size = (uint64_t)st.st_size, .path = msh_view_str(path)};
    if (msh_child_run(c, &job, &out, &done) != MSH_OK)
        puts("failed");
    bytes += (uint64_t)st.st_size;
    close(fd);
}

static void read_list(void)
{
    char line[LINE];
    while (n_paths < PATHS && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        paths[n_paths++] = strdup(line);
    }
}

int main(int argc, char **argv)
{
    msh_limits limits;
    msh_error why = {0};
    msh_buf pack;
    msh_rules *r;
    if (argc < 3)
        return 64;
    msh_limits_default(&limits);
    msh_buf_init(&pack, 16 << 20);
    if (msh_file_read(argv[1], &pack, &why) != MSH_OK)
        return 1;
    msh_pack_source source = {.name = argv[1], .bytes = msh_buf_view(&pack)};
    if (msh_rules_load(&source, 1, &limits, NULL, NULL, &r, &why) != MSH_OK) {
        puts(why.text);
        return 64;
    }
    read_list();
    msh_child_prepare();
    msh_child_options options = {.rules = r, .limits = &limits};
    msh_child *c = msh_child_new(&options);
    double best = 1e9;
    for (int round = 0; c && round < atoi(argv[2]); round++) {
        double start = now();
        bytes = hits = outcomes = 0;
        for (size_t i = 0; i < n_paths; i++)
            one_file(c, paths[i]);
        double took = now() - start;
        best = took < best ? took : best;
    }
    printf("%7.1f MB  %7.3f s  %7.1f MB/s  %zu hits  %zu outcomes\n", (double)bytes / 1e6, best,
           (double)bytes / 1e6 / best, (size_t)hits, (size_t)outcomes);
    msh_child_free(c);
    msh_rules_free(r);
    return 0;
}
