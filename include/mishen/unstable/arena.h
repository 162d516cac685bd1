/* arena.h: memory that is freed all at once; one per item, one per rule set.
 *
 * An arena has a ceiling: past it every allocation gives NULL, as when memory is short. */
#ifndef MISHEN_UNSTABLE_ARENA_H
#define MISHEN_UNSTABLE_ARENA_H

#include <mishen/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct msh_arena_block msh_arena_block;

typedef struct msh_arena {
    msh_arena_block *head;
    size_t used;    /* bytes handed out, with padding */
    size_t ceiling; /* 0 = none */
} msh_arena;

/* Allocates nothing yet. */
void msh_arena_init(msh_arena *a, size_t ceiling);
/* Aligned for any type, not zeroed; NULL on failure. */
void *msh_arena_alloc(msh_arena *a, size_t size);
/* Zeroed, with overflow check of count * size. */
void *msh_arena_calloc(msh_arena *a, size_t count, size_t size);
/* A copy with a NUL after it; .data is NULL on failure. */
msh_view msh_arena_copy(msh_arena *a, msh_view v);
/* A copy as a C string; NULL on failure. The view must hold no NUL for this to be of use. */
char *msh_arena_string(msh_arena *a, msh_view v);
/* Forget everything; keeps one block for reuse. */
void msh_arena_reset(msh_arena *a);
/* Give everything back. */
void msh_arena_dispose(msh_arena *a);

#ifdef __cplusplus
}
#endif
#endif
