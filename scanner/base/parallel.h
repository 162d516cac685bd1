/* parallel.h: the same work on many pieces, by all processors at once. */
#ifndef MSH_BASE_PARALLEL_H
#define MSH_BASE_PARALLEL_H

#include <mishen/types.h>

/* Calls work(ctx, i) for 0 <= i < n, each once, in any order, from several threads of which the
 * caller's is one; returns when all are done. Where no thread can be had, the caller does it all.
 */
void msh_parallel(size_t n, void (*work)(void *ctx, size_t i), void *ctx);
/* How many threads there will be: processors online that this process may use, 1 to 64. */
unsigned msh_parallel_width(void);

#endif
