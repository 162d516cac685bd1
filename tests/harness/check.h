/* check.h: the whole test harness. A test program lists its cases in main with RUN and ends with
 * check_result(). A failed CHECK names file, line and values, and goes on. */
#ifndef MSH_TEST_CHECK_H
#define MSH_TEST_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/view.h"

static int check_failed, check_made;

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        check_made++;                                                                              \
        if (!(cond)) {                                                                             \
            check_failed++;                                                                        \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #cond);                              \
        }                                                                                          \
    } while (0)

#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        long long got_ = (long long)(got), want_ = (long long)(want);                              \
        check_made++;                                                                              \
        if (got_ != want_) {                                                                       \
            check_failed++;                                                                        \
            printf("%s:%d: %s: got %lld, want %lld\n", __FILE__, __LINE__, #got, got_, want_);     \
        }                                                                                          \
    } while (0)

#define CHECK_VIEW(got, want)                                                                      \
    do {                                                                                           \
        msh_view got_ = (got), want_ = (want);                                                     \
        check_made++;                                                                              \
        if (!msh_view_eq(got_, want_)) {                                                           \
            check_failed++;                                                                        \
            printf("%s:%d: %s: got \"%.*s\", want \"%.*s\"\n", __FILE__, __LINE__, #got,           \
                   (int)got_.len, (const char *)got_.data, (int)want_.len,                         \
                   (const char *)want_.data);                                                      \
        }                                                                                          \
    } while (0)

#define CHECK_STR(got, want) CHECK_VIEW(msh_view_str(got), msh_view_str(want))

/* Stop the program where going on makes no sense. */
#define REQUIRE(cond)                                                                              \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            printf("%s:%d: required: %s\n", __FILE__, __LINE__, #cond);                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define RUN(test)                                                                                  \
    do {                                                                                           \
        int before_ = check_failed;                                                                \
        test();                                                                                    \
        printf("%s %s\n", check_failed == before_ ? "ok  " : "FAIL", #test);                       \
    } while (0)

/* A test that cannot run here: says why, and ctest shows it as skipped. */
#define SKIP(why)                                                                                  \
    do {                                                                                           \
        printf("SKIPPED: %s\n", why);                                                              \
        exit(77);                                                                                  \
    } while (0)

static inline int check_result(void)
{
    printf("%d checks, %d failed\n", check_made, check_failed);
    return check_failed || check_made == 0;
}

#endif
