/* mem.h: the only door to the allocator. Sizes from input go through the checked sums below. */
#ifndef MISHEN_UNSTABLE_MEM_H
#define MISHEN_UNSTABLE_MEM_H

#include <mishen/types.h>

#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL on failure and for sizes past PTRDIFF_MAX; a size of 0 gives a unique pointer. */
void *msh_alloc(size_t size);
/* Zeroed; NULL also when count * size overflows. */
void *msh_calloc(size_t count, size_t size);
/* Keeps the old block on failure. */
void *msh_realloc(void *old, size_t size);
void msh_free(void *p);

/* How many of these calls failed in this thread so far. Whoever vouches that something was wholly
 * read compares before and after: a failure that was taken for "nothing there" is then no pass. */
unsigned long msh_mem_refused(void);

/* false on overflow, *out untouched then. */
bool msh_add_size(size_t a, size_t b, size_t *out);
bool msh_mul_size(size_t a, size_t b, size_t *out);

/* Overwrite before release; not optimised away. For keys and document text. */
void msh_wipe(void *p, size_t n);

#ifdef MSH_TEST_FAULTS
/* Tests: let the n-th allocation from now fail (0 = none). Returns how many were made since the
 * last call. Not thread-safe, not in release builds. */
unsigned long msh_mem_fail_at(unsigned long n);
#endif

#ifdef __cplusplus
}
#endif
#endif
