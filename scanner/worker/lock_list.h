/* lock_list.h: the seccomp allow-lists as data (lock_linux.c makes and checks programs from it). */
#ifndef MSH_WORKER_LOCK_LIST_H
#define MSH_WORKER_LOCK_LIST_H

#include "worker/lock_linux.h"

enum { MSH_LOCK_MOST_ROWS = 160 };

/* How a call of the list is let through. */
typedef enum msh_lock_test {
    MSH_LOCK_ALWAYS,
    MSH_LOCK_BITS_ARE,   /* allowed when (argument & mask) == value, killed otherwise */
    MSH_LOCK_REFUSE,     /* answered with the errno in value, whatever the arguments */
    MSH_LOCK_REFUSE_BITS /* answered with EBADF when (argument & mask) == value, else killed */
} msh_lock_test;

typedef struct msh_lock_row {
    int nr;
    msh_lock_test test;
    unsigned argument;
    uint32_t mask, value;
} msh_lock_row;

/* Rows of a kind; *n their number. */
const msh_lock_row *msh_lock_rows(msh_lock_kind kind, size_t *n);

#endif
