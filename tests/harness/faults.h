/* faults.h: system calls that fail when a test says so. The functions below take the place of the C
 * library's in a test program: fault_begin(kind, n) lets the n-th call from now fail, or all calls
 * come back short; fault_end() says how many there were.
 *
 * A function that is named here must not be called by the harness between begin and end. */
#ifndef MSH_TEST_FAULTS_H
#define MSH_TEST_FAULTS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum fault_kind {
    FAULT_NONE,
    FAULT_READ,  /* the n-th read fails: EIO */
    FAULT_EINTR, /* every second call of any kind is interrupted, once */
    FAULT_SHORT, /* reads give at most n bytes, writes take as many */
    FAULT_CUT,   /* from the n-th read on, the file ends there */
    FAULT_SYNC,  /* the n-th fsync, fdatasync or ftruncate fails: EIO */
    FAULT_WRITE  /* the n-th write fails: ENOSPC */
} fault_kind;

static fault_kind fault_is;
static long fault_nth, fault_made;
static bool fault_again;

static inline void fault_begin(fault_kind kind, long n)
{
    fault_is = kind;
    fault_nth = n;
    fault_made = 0;
    fault_again = false;
}

static inline long fault_end(void)
{
    fault_is = FAULT_NONE;
    return fault_made;
}

/* Whether this call of `kind` is one that fails; counts it. */
static inline bool fault_hits(fault_kind kind, int error)
{
    if (fault_is == FAULT_EINTR) {
        fault_again = !fault_again;
        errno = EINTR;
        return fault_again;
    }
    if (fault_is != kind)
        return false;
    errno = error;
    return ++fault_made == fault_nth;
}

static inline size_t fault_length(size_t n)
{
    return fault_is == FAULT_SHORT && n > (size_t)fault_nth ? (size_t)fault_nth : n;
}

static inline bool fault_cuts(void)
{
    return fault_is == FAULT_CUT && ++fault_made >= fault_nth;
}

ssize_t read(int fd, void *to, size_t n)
{
    if (fault_hits(FAULT_READ, EIO))
        return -1;
    return fault_cuts() ? 0 : syscall(SYS_read, fd, to, fault_length(n));
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    if (fault_hits(FAULT_READ, EIO))
        return -1;
    return fault_cuts() ? 0 : syscall(SYS_pread64, fd, to, fault_length(n), at);
}

ssize_t write(int fd, const void *from, size_t n)
{
    if (fault_hits(FAULT_WRITE, ENOSPC))
        return -1;
    return syscall(SYS_write, fd, from, fault_length(n));
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
    if (fault_hits(FAULT_WRITE, ENOSPC))
        return -1;
    return syscall(SYS_pwrite64, fd, from, fault_length(n), at);
}

int fsync(int fd)
{
    return fault_is == FAULT_SYNC && fault_hits(FAULT_SYNC, EIO) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fault_is == FAULT_SYNC && fault_hits(FAULT_SYNC, EIO) ? -1
                                                                 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
    return fault_is == FAULT_SYNC && fault_hits(FAULT_SYNC, EIO)
               ? -1
               : (int)syscall(SYS_ftruncate, fd, size);
}

#endif
