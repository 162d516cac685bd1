/* clock.h: the clocks. */
#ifndef MISHEN_UNSTABLE_CLOCK_H
#define MISHEN_UNSTABLE_CLOCK_H

#include <mishen/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nanoseconds of CLOCK_MONOTONIC, for deadlines. */
uint64_t msh_clock_ns(void);
/* Nanoseconds of processor time of this thread: how long something takes on a busy machine, too. */
uint64_t msh_clock_cpu_ns(void);
/* Microseconds since 1970 of CLOCK_REALTIME, for records. */
int64_t msh_clock_utc_us(void);
/* "2026-11-22T09:49:58.896451Z" and a NUL: 28 bytes. Years 1970 to 9999, clamped. */
enum { MSH_UTC_SIZE = 28 };
void msh_clock_format(int64_t utc_us, char out[MSH_UTC_SIZE]);

#ifdef __cplusplus
}
#endif
#endif
