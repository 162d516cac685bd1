/* parallel.c: threads that take the next piece until there is none. They live only for one call, so
 * that no thread is there when processes are started. */
#define _GNU_SOURCE
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { WIDTH_MAX = 64 };

typedef struct job {
    atomic_size_t next;
    size_t n;
    void (*work)(void *ctx, size_t i);
    void *ctx;
} job;

unsigned msh_parallel_width(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > WIDTH_MAX ? WIDTH_MAX : (unsigned)n;
}

static void *run(void *arg)
{
    job *j = arg;
    for (size_t i = atomic_fetch_add(&j->next, 1); i < j->n; i = atomic_fetch_add(&j->next, 1))
        j->work(j->ctx, i);
    return NULL;
}

void msh_parallel(size_t n, void (*work)(void *ctx, size_t i), void *ctx)
{
    pthread_t threads[WIDTH_MAX];
    job j = {.n = n, .work = work, .ctx = ctx};
    size_t want = msh_parallel_width(), have = 0;
    if (want > n)
        want = n;
    while (have + 1 < want && pthread_create(&threads[have], NULL, run, &j) == 0)
        have++;
    (void)run(&j);
    while (have > 0)
        (void)pthread_join(threads[--have], NULL);
}
