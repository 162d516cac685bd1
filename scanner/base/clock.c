/* clock.c: monotonic, processor and UTC time; own civil-date arithmetic, so that no time zone file
 * is read. */
#define _GNU_SOURCE
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

uint64_t msh_clock_ns(void)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

uint64_t msh_clock_cpu_ns(void)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

int64_t msh_clock_utc_us(void)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Days since 1970-01-01 to year, month, day (proleptic Gregorian calendar). */
static void civil(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = days / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

void msh_clock_format(int64_t utc_us, char out[MSH_UTC_SIZE])
{
    const int64_t last = 253402300799999999; /* 9999-12-31T23:59:59.999999Z */
    int year, month, day;
    utc_us = utc_us < 0 ? 0 : utc_us > last ? last : utc_us;
    int64_t seconds = utc_us / 1000000;
    unsigned rest = (unsigned)(seconds % 86400);
    civil(seconds / 86400, &year, &month, &day);
    (void)snprintf(out, MSH_UTC_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
                   (unsigned)year % 10000u, (unsigned)month % 100u, (unsigned)day % 100u,
                   rest / 3600 % 24, rest / 60 % 60, rest % 60, (unsigned)(utc_us % 1000000));
}
