/* table.h: a keyed hash table from bytes to pointers. The key of the hash is random, so that input
 * cannot choose collisions (SipHash-1-3). Keys are copied; values are the caller's. */
#ifndef MSH_BASE_TABLE_H
#define MSH_BASE_TABLE_H

#include <mishen/error.h>

typedef struct msh_table msh_table;

/* NULL when memory is short. */
msh_table *msh_table_new(void);
/* Calls free_value for each value unless NULL. */
void msh_table_free(msh_table *t, void (*free_value)(void *));
/* Adds or replaces; *old gets the value replaced, or NULL. */
MSH_MUST_CHECK msh_err msh_table_put(msh_table *t, msh_view key, void *value, void **old);
void *msh_table_get(const msh_table *t, msh_view key);
size_t msh_table_count(const msh_table *t);
/* Visits in order of insertion; stops when visit returns false. */
void msh_table_each(const msh_table *t, bool (*visit)(void *ctx, msh_view key, void *value),
                    void *ctx);
/* Forget all entries; values are not freed. */
void msh_table_clear(msh_table *t);

#endif
