/* err.h: making and passing on errors inside the library.
 *
 * Exactly two control macros exist; both evaluate their call once.
 *   MSH_TRY(call)    return its error at once
 *   MSH_GUARD(call)  remember it in `err` and goto out */
#ifndef MSH_BASE_ERR_H
#define MSH_BASE_ERR_H

#include <mishen/error.h>

#define MSH_TRY(call)                                                                              \
    do {                                                                                           \
        msh_err try_ = (call);                                                                     \
        if (try_ != MSH_OK)                                                                        \
            return try_;                                                                           \
    } while (0)

#define MSH_GUARD(call)                                                                            \
    do {                                                                                           \
        err = (call);                                                                              \
        if (err != MSH_OK)                                                                         \
            goto out;                                                                              \
    } while (0)

/* Fill *why (may be NULL) and return code. The text must be free of document content. */
msh_err msh_fail(msh_error *why, msh_err code, const char *format, ...) MSH_PRINTF(3, 4);
/* The same with errno: appends its message. */
msh_err msh_fail_errno(msh_error *why, msh_err code, const char *format, ...) MSH_PRINTF(3, 4);
/* The same with a byte offset in the input. */
msh_err msh_fail_at(msh_error *why, msh_err code, uint64_t offset, const char *format, ...)
    MSH_PRINTF(4, 5);

/* Pass an error on: what a deeper call said of it is kept, `what` only stands in for silence. */
msh_err msh_fail_kept(msh_error *why, msh_err code, const char *what);

#endif
