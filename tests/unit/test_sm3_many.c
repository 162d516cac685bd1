/* test_sm3_many.c: eight messages side by side give what one at a time gives. */
#include "check.h"
#include "crypto/digest.h"
#include "crypto/sm3_many.h"

enum { MOST = 60, LONGEST = 700 };

static uint8_t bytes[MOST][LONGEST];
static msh_view in[MOST];
static uint8_t got[MOST][32];

/* GB/T 32905-2016, annex A. */
static void test_standard(void)
{
    static const uint8_t abc[32] = {0x66, 0xc7, 0xf0, 0xf4, 0x62, 0xee, 0xed, 0xd9,
                                    0xd1, 0xf2, 0xd4, 0x6b, 0xdc, 0x10, 0xe4, 0xe2,
                                    0x41, 0x67, 0xc4, 0x87, 0x5c, 0xf2, 0xf7, 0xa2,
                                    0x29, 0x7d, 0xa0, 0x2b, 0x8f, 0x4b, 0xa8, 0xe0};
    in[0] = MSH_VIEW("abc");
    msh_sm3_many(in, 1, got);
    CHECK(memcmp(got[0], abc, 32) == 0);
}

static void check_all(size_t n)
{
    uint8_t want[32];
    memset(got, 0, sizeof got);
    msh_sm3_many(in, n, got);
    for (size_t i = 0; i < n; i++) {
        REQUIRE(msh_sm3(in[i], want) == MSH_OK);
        CHECK(memcmp(got[i], want, 32) == 0);
    }
}

static void test_lengths(void)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < MOST; i++)
        for (size_t k = 0; k < LONGEST; k++)
            bytes[i][k] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
    /* every length around the ends of blocks, in every number of messages */
    for (size_t i = 0; i < MOST; i++)
        in[i] = msh_view_of(bytes[i], i < 10 ? 50 + i * 2 : (i * 37) % LONGEST);
    for (size_t n = 0; n <= MOST; n++)
        check_all(n);
    for (size_t len = 0; len < 200; len++) {
        for (size_t i = 0; i < 9; i++)
            in[i] = msh_view_of(bytes[i], i % 3 ? len : 64);
        check_all(9);
    }
}

int main(void)
{
    RUN(test_standard);
    RUN(test_lengths);
    return check_result();
}
