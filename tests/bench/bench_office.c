/* bench_office.c: CPU time of extraction for office files in one process, without matching.
 *
 * Prints the median and the slowest of each suffix, best of a few rounds a file:
 * cmake --build build/release --target bench_office && build/release/bench_office FOLDER
 * Goal: a median of at most 4 ms. */
#define _GNU_SOURCE
#include "base/view.h"
#include "extract/extract.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, FILES = 4096, NAME = 512 };

static const char *const suffixes[] = {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".ofd"};
enum { SUFFIXES = sizeof suffixes / sizeof suffixes[0] };

typedef struct timing {
    double ms;
    unsigned suffix;
    char name[NAME];
} timing;

static timing all[FILES];
static size_t n_all;

static msh_err no_text(void *ctx, const msh_text *t)
{
    *(uint64_t *)ctx += t->bytes.len;
    return MSH_OK;
}

static msh_err no_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    (void)ctx;
    (void)reason;
    (void)place;
    (void)reached;
    return MSH_OK;
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double measure(const char *path)
{
    double best = 1e9;
    msh_limits limits;
    msh_limits_default(&limits);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t bytes = 0;
        msh_arena arena;
        msh_sink sink = {.ctx = &bytes, .text = no_text, .outcome = no_outcome};
        msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
        msh_input in;
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) != 0)
            return -1;
        msh_arena_init(&arena, 0);
        msh_input_file(&in, fd, (uint64_t)st.st_size);
        double from = cpu_ms();
        (void)!msh_extract_item(&x, &in, msh_view_str(path));
        double took = cpu_ms() - from;
        best = took < best ? took : best;
        msh_input_dispose(&in);
        msh_arena_dispose(&arena);
        close(fd);
    }
    return best;
}

static void visit(const char *folder)
{
    char path[NAME];
    DIR *d = opendir(folder);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= (int)sizeof path ||
            lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            visit(path);
        for (unsigned i = 0; i < SUFFIXES && n_all < FILES; i++) {
            if (!S_ISREG(st.st_mode) ||
                !msh_view_ends_nocase(msh_view_str(path), msh_view_str(suffixes[i])))
                continue;
            all[n_all].suffix = i;
            all[n_all].ms = measure(path);
            memcpy(all[n_all++].name, path, sizeof path);
        }
    }
    if (d)
        closedir(d);
}

static int by_ms(const void *a, const void *b)
{
    const timing *x = a, *y = b;
    return x->ms < y->ms ? -1 : x->ms > y->ms;
}

int main(int argc, char **argv)
{
    visit(argc > 1 ? argv[1] : "../shared/cases/extract/files");
    if (n_all == 0) {
        printf("SKIPPED: no office files there\n");
        return 0;
    }
    qsort(all, n_all, sizeof *all, by_ms);
    for (unsigned s = 0; s < SUFFIXES; s++) {
        const timing *of[FILES];
        size_t n = 0;
        for (size_t i = 0; i < n_all; i++)
            if (all[i].suffix == s)
                of[n++] = &all[i];
        if (n)
            printf("%-6s %4zu files  median %7.2f ms  slowest %8.2f ms  %s\n", suffixes[s], n,
                   of[n / 2]->ms, of[n - 1]->ms, of[n - 1]->name);
    }
    printf("all    %4zu files  median %7.2f ms\n", n_all, all[n_all / 2].ms);
    return 0;
}
