/* sha256_many.c: FIPS 180-4 section 6.2 with the SHA extensions of x86, two messages interleaved.
 */
#include "crypto/sha256_many.h"

#include "crypto/lanes.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

enum { LANES = 2, GROUPS = 16, CPUID_SHA = 1 << 29 };

/* 4.2.2 */
static const uint32_t constants[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u,
    0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu,
    0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu,
    0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u,
    0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu,
    0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
    0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u,
    0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u,
    0xc67178f2u};
/* 5.3.3, in the order that the instructions want: ABEF and CDGH. */
static const uint32_t initial[2][4] = {{0x9b05688cu, 0x510e527fu, 0xbb67ae85u, 0x6a09e667u},
                                       {0x5be0cd19u, 0x1f83d9abu, 0xa54ff53au, 0x3c6ef372u}};

typedef struct state {
    __m128i abef, cdgh;
} state;

#define SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

/* Asked once: in a virtual machine the question costs more than a thousand digests. */
bool msh_sha256_many_there(void)
{
    enum { UNKNOWN, NO, YES };
    static atomic_int known = UNKNOWN;
    unsigned a, b, c, d;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer == UNKNOWN) {
        bool there = __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
                     (b & CPUID_SHA);
        answer = there ? YES : NO;
        atomic_store_explicit(&known, answer, memory_order_relaxed);
    }
    return answer == YES;
}

/* One block of each lane: four rounds of one, four of the other. */
SHA_TARGET static void compress(state s[LANES], const uint8_t *const block[LANES])
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
    __m128i w[LANES][4];
    const state before[LANES] = {s[0], s[1]};
#pragma GCC unroll 16
    for (unsigned g = 0; g < GROUPS; g++) {
        const __m128i k = _mm_loadu_si128((const __m128i *)(constants + 4 * (size_t)g));
#pragma GCC unroll 2
        for (unsigned l = 0; l < LANES; l++) {
            __m128i *now = &w[l][g % 4];
            if (g < 4) {
                *now = _mm_shuffle_epi8(
                    _mm_loadu_si128((const __m128i *)(block[l] + 16 * (size_t)g)), swap);
            } else {
                __m128i last = w[l][(g + 3) % 4];
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[l][(g + 1) % 4]),
                                            _mm_alignr_epi8(last, w[l][(g + 2) % 4], 4));
                *now = _mm_sha256msg2_epu32(sum, last);
            }
            __m128i wk = _mm_add_epi32(*now, k);
            s[l].cdgh = _mm_sha256rnds2_epu32(s[l].cdgh, s[l].abef, wk);
            s[l].abef = _mm_sha256rnds2_epu32(s[l].abef, s[l].cdgh, _mm_shuffle_epi32(wk, 0x0e));
        }
    }
    for (unsigned l = 0; l < LANES; l++) {
        s[l].abef = _mm_add_epi32(s[l].abef, before[l].abef);
        s[l].cdgh = _mm_add_epi32(s[l].cdgh, before[l].cdgh);
    }
}

/* The words stand as F E B A and H G D C, lowest first. */
SHA_TARGET static void put_digest(const state *s, uint8_t out[32])
{
    static const uint8_t from[8] = {3, 2, 7, 6, 1, 0, 5, 4};
    uint32_t words[8];
    _mm_storeu_si128((__m128i *)words, s->abef);
    _mm_storeu_si128((__m128i *)(words + 4), s->cdgh);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(words[from[i]]);
        memcpy(out + (size_t)4 * i, &word, 4);
    }
}

SHA_TARGET void msh_sha256_many(const msh_view *in, size_t n, uint8_t (*out)[32])
{
    msh_lane at[LANES];
    state s[LANES];
    size_t next = 0, left = n;
    memset(at, 0, sizeof at);
    memset(s, 0, sizeof s);
    while (left > 0) {
        const uint8_t *block[LANES];
        for (unsigned l = 0; l < LANES; l++) {
            if (!at[l].busy && next < n) {
                msh_lane_begin(&at[l], in[next], next);
                next++;
                s[l].abef = _mm_loadu_si128((const __m128i *)initial[0]);
                s[l].cdgh = _mm_loadu_si128((const __m128i *)initial[1]);
            }
            block[l] = msh_lane_block(&at[l]);
        }
        compress(s, block);
        for (unsigned l = 0; l < LANES; l++) {
            if (!msh_lane_done(&at[l]))
                continue;
            put_digest(&s[l], out[at[l].index]);
            at[l].busy = false;
            left--;
        }
    }
}
#else
bool msh_sha256_many_there(void)
{
    return false;
}

void msh_sha256_many(const msh_view *in, size_t n, uint8_t (*out)[32])
{
    (void)in;
    (void)n;
    (void)out;
}
#endif
