/* error.h: what a failed call says. Two things are never mixed: a call failed (msh_err here), and
 * an item was not wholly read (an outcome, types.h). See docs/architecture.md, "Errors". */
#ifndef MISHEN_ERROR_H
#define MISHEN_ERROR_H

#include <mishen/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum msh_err {
    MSH_OK = 0,
#define MSH_ERROR(id, number, name, zh, en) MSH_E_##id = -(number),
#include <mishen/errors.def>
#undef MSH_ERROR
    MSH_E_LAST_ = -9999
} msh_err;

/* Filled by the call that failed; the last parameter of calls that can fail, may be NULL. `text` is
 * one printable line of UTF-8 without any document content. */
typedef struct msh_error {
    msh_err code;
    int sys_errno;   /* 0 when the system was not to blame */
    uint64_t offset; /* byte in the input, UINT64_MAX when there is none */
    char text[400];
} msh_error;

#if defined(__GNUC__)
#define MSH_MUST_CHECK __attribute__((warn_unused_result))
#define MSH_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MSH_MUST_CHECK
#define MSH_PRINTF(f, a)
#endif

/* Stable dotted name ("limit.depth"), "ok" for MSH_OK. */
const char *msh_err_name(msh_err e);
/* A sentence for people. */
const char *msh_err_text(msh_err e, msh_lang lang);
/* 0 ok, 1 caller, 2 machine, 3 input, 4 limit, 5 unsupported, 6 evidence, 7 stopped. */
int msh_err_class(msh_err e);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
