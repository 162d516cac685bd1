/* bench_match.c: GB/s of folding, of the literal engine and of the whole matcher.
 *   bench_match PACK.yaml FILE… (UTF-8); best of five rounds, CPU time. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/view.h"
#include "rule/matcher.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static msh_err count(void *ctx, const msh_hit *h)
{
    *(size_t *)ctx += h->count;
    return MSH_OK;
}

static msh_buf *files;
static int n_files;
static size_t bytes;

static void report(const char *what, double best, size_t hits)
{
    printf("%-10s %6.3f GB/s  %zu\n", what, (double)bytes / best / 1e9, hits);
}

static void folding(msh_folded *folded)
{
    double best = 1e9;
    size_t out = 0;
    for (int round = 0; round < 5; round++) {
        double start = now();
        out = 0;
        for (int i = 0; i < n_files; i++) {
            if (msh_fold(&folded[0], msh_buf_view(&files[i]), MSH_CS_UTF8) != MSH_OK)
                exit(1);
            out += folded[0].text.len;
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    report("fold", best, out);
}

static void literals(const msh_rules *r, const msh_folded *folded)
{
    size_t cap = 65536 + msh_literals_burst(r->literals), hits = 0;
    msh_literal_found *found = malloc(cap * sizeof *found);
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        double start = now();
        hits = 0;
        for (int i = 0; i < n_files; i++)
            for (size_t at = 0; at < folded[i].text.len;)
                hits +=
                    msh_literals_scan(r->literals, msh_buf_view(&folded[i].text), &at, found, cap);
        double took = now() - start;
        best = took < best ? took : best;
    }
    report("literals", best, hits);
    printf("literals: %zu KiB\n", msh_literals_memory(r->literals) / 1024);
    free(found);
}

static void matching(const msh_rules *r, const msh_limits *limits)
{
    msh_matcher *m = msh_matcher_new(r, limits);
    double best = 1e9;
    size_t hits = 0;
    for (int round = 0; m && round < 5; round++) {
        double start = now();
        hits = 0;
        for (int i = 0; i < n_files; i++) {
            msh_match_text t = {.bytes = msh_buf_view(&files[i]), .charset = MSH_CS_UTF8};
            uint64_t total;
            msh_matcher_begin(m, MSH_VIEW("x"));
            if (msh_matcher_text(m, &t) != MSH_OK)
                puts("limit");
            if (msh_matcher_end(m, count, &hits, &total) != MSH_OK)
                exit(1);
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    report("matcher", best, hits);
    msh_matcher_free(m);
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
    double start = now();
    if (msh_rules_load(&source, 1, &limits, NULL, NULL, &r, &why) != MSH_OK) {
        puts(why.text);
        return 64;
    }
    printf("load: %.3f s\n", now() - start);
    n_files = argc - 2;
    files = calloc((size_t)n_files, sizeof *files);
    msh_folded *folded = calloc((size_t)n_files, sizeof *folded);
    for (int i = 0; i < n_files; i++) {
        msh_buf_init(&files[i], 64 << 20);
        msh_folded_init(&folded[i], 256 << 20);
        if (msh_file_read(argv[i + 2], &files[i], &why) != MSH_OK)
            return 1;
        bytes += files[i].len;
    }
    folding(folded);
    for (int i = 0; i < n_files; i++)
        if (msh_fold(&folded[i], msh_buf_view(&files[i]), MSH_CS_UTF8) != MSH_OK)
            return 1;
    literals(r, folded);
    matching(r, &limits);
    msh_rules_free(r);
    return 0;
}
