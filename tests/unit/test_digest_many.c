/* Many messages at once give what one at a time gives, whatever the processor. */
#include "check.h"
#include "crypto/digest.h"
#include "crypto/many.h"
#include "crypto/sha256_many.h"

enum { MOST = 40, LONGEST = 700 };

static uint8_t bytes[MOST][LONGEST];
static msh_view in[MOST];
static uint8_t got[MOST][32];

/* FIPS 180-4: "abc", and two blocks. */
static void test_standard(void)
{
    static const uint8_t abc[4] = {0xba, 0x78, 0x16, 0xbf}, two[4] = {0x24, 0x8d, 0x6a, 0x61};
    in[0] = MSH_VIEW("abc");
    in[1] = MSH_VIEW("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    REQUIRE(msh_digest_many(MSH_DIGEST_SHA256, in, 2, got) == MSH_OK);
    CHECK(memcmp(got[0], abc, 4) == 0);
    CHECK(memcmp(got[1], two, 4) == 0);
    printf("two lanes of SHA-256: %s\n", msh_sha256_many_there() ? "yes" : "no");
}

static void check_all(unsigned which, size_t n)
{
    uint8_t want[32];
    memset(got, 0, sizeof got);
    REQUIRE(msh_digest_many(which, in, n, got) == MSH_OK);
    for (size_t i = 0; i < n; i++) {
        REQUIRE((which == MSH_DIGEST_SM3 ? msh_sm3(in[i], want) : msh_sha256(in[i], want)) ==
                MSH_OK);
        CHECK(memcmp(got[i], want, 32) == 0);
    }
}

static void test_lengths(void)
{
    static const unsigned digests[] = {MSH_DIGEST_SHA256, MSH_DIGEST_SM3};
    uint32_t seed = 1;
    for (size_t i = 0; i < MOST; i++)
        for (size_t k = 0; k < LONGEST; k++)
            bytes[i][k] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
    for (size_t d = 0; d < 2; d++) {
        for (size_t i = 0; i < MOST; i++)
            in[i] = msh_view_of(bytes[i], i < 10 ? 50 + i * 2 : (i * 37) % LONGEST);
        for (size_t n = 0; n <= MOST; n++)
            check_all(digests[d], n);
        for (size_t len = 0; len < 200; len++) {
            for (size_t i = 0; i < 5; i++)
                in[i] = msh_view_of(bytes[i], i % 3 ? len : 64);
            check_all(digests[d], 5);
        }
    }
}

int main(void)
{
    RUN(test_standard);
    RUN(test_lengths);
    return check_result();
}
