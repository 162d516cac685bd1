/* mem.c: allocation with overflow checks, and failing on demand in test builds. */
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

#ifdef MSH_TEST_FAULTS
static unsigned long fail_at, made;

unsigned long msh_mem_fail_at(unsigned long n)
{
    unsigned long before = made;
    fail_at = n;
    made = 0;
    return before;
}

static bool must_fail(void)
{
    made++;
    return fail_at != 0 && made == fail_at;
}
#else
static bool must_fail(void)
{
    return false;
}
#endif

/* Like errno: of this thread, only ever counted up. */
static _Thread_local unsigned long refused;

unsigned long msh_mem_refused(void)
{
    return refused;
}

static void *counted(void *p)
{
    refused += p == NULL;
    return p;
}

void *msh_alloc(size_t size)
{
    bool can = !must_fail() && size <= PTRDIFF_MAX;
    return counted(can ? malloc(size ? size : 1) : NULL);
}

void *msh_calloc(size_t count, size_t size)
{
    size_t total;
    bool can = msh_mul_size(count, size, &total) && !must_fail() && total <= PTRDIFF_MAX;
    return counted(can ? calloc(1, total ? total : 1) : NULL);
}

void *msh_realloc(void *old, size_t size)
{
    bool can = !must_fail() && size <= PTRDIFF_MAX;
    return counted(can ? realloc(old, size ? size : 1) : NULL);
}

void msh_free(void *p)
{
    free(p);
}

bool msh_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

bool msh_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

void msh_wipe(void *p, size_t n)
{
    if (n == 0)
        return;
    memset(p, 0, n);
    __asm__ __volatile__("" : : "r"(p) : "memory");
}
