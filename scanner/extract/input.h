/* input.h: bytes of an item or a member, by position.
 *
 * A file is read with pread (never mapped: SIGBUS). A member lies in memory. */
#ifndef MSH_EXTRACT_INPUT_H
#define MSH_EXTRACT_INPUT_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct msh_input {
    uint64_t size;
    int fd; /* -1 for memory */
    msh_view memory;
    msh_buf whole; /* a file read whole, once asked for */
    bool is_whole;
} msh_input;

void msh_input_memory(msh_input *in, msh_view bytes);
/* Borrows fd; size as fstat says. */
void msh_input_file(msh_input *in, int fd, uint64_t size);
void msh_input_dispose(msh_input *in);

/* Up to n bytes at `offset` into `to`; *got says how many (fewer only at the end). MSH_E_IO. */
MSH_MUST_CHECK msh_err msh_input_read(msh_input *in, uint64_t offset, void *to, size_t n,
                                      size_t *got);
/* All bytes in memory, at most `ceiling`; owned by the input. MSH_E_LIMIT_SIZE when there are more.
 */
MSH_MUST_CHECK msh_err msh_input_whole(msh_input *in, size_t ceiling, msh_view *out);

#endif
