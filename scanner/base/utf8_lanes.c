/* utf8_lanes.c: thirty-two bytes of UTF-8 (RFC 3629) checked at once, where the processor has AVX2.
 *
 * What is wrong with UTF-8 shows in two bytes that stand side by side: three look-ups of half bytes
 * say which faults the first half of the first, the second half of it and the first half of the
 * second allow; a fault is one that all three allow. Only that the third and the fourth byte
 * continue is seen by looking two and three bytes back. (Keiser, Lemire: Validating UTF-8 In Less
 * Than One Instruction Per Byte, 2021.) */
#include "base/utf8_lanes.h"

#if defined(__x86_64__) && !defined(MSH_LANES_PLAIN)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum fault {
    SHORT = 1 << 0,     /* a lead where bytes should go on */
    LONG = 1 << 1,      /* one that goes on after ASCII */
    OVER3 = 1 << 2,     /* E0 80…9F */
    LARGE = 1 << 3,     /* F4 90 and above */
    SURROGATE = 1 << 4, /* ED A0 and above */
    OVER2 = 1 << 5,     /* C0, C1 */
    LARGE2 = 1 << 6,    /* F5 and above with 80…8F; F0 80…8F */
    GOES_ON = 1 << 7,   /* two that go on: right behind a lead of three or four */
    ALWAYS = SHORT | LONG | GOES_ON
};

/* Each for the sixteen values of a half byte. */
static const uint8_t first_high[16] = {LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       LONG,
                                       GOES_ON,
                                       GOES_ON,
                                       GOES_ON,
                                       GOES_ON,
                                       SHORT | OVER2,
                                       SHORT,
                                       SHORT | OVER3 | SURROGATE,
                                       SHORT | LARGE | LARGE2};
static const uint8_t first_low[16] = {ALWAYS | OVER3 | OVER2 | LARGE2,
                                      ALWAYS | OVER2,
                                      ALWAYS,
                                      ALWAYS,
                                      ALWAYS | LARGE,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2 | SURROGATE,
                                      ALWAYS | LARGE | LARGE2,
                                      ALWAYS | LARGE | LARGE2};
static const uint8_t second_high[16] = {SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        LONG | OVER2 | GOES_ON | OVER3 | LARGE2,
                                        LONG | OVER2 | GOES_ON | OVER3 | LARGE,
                                        LONG | OVER2 | GOES_ON | SURROGATE | LARGE,
                                        LONG | OVER2 | GOES_ON | SURROGATE | LARGE,
                                        SHORT,
                                        SHORT,
                                        SHORT,
                                        SHORT};

AVX2 static inline __m256i twice(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

AVX2 static inline __m256i high_half(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
}

/* What is wrong in v, which stands behind `before`. */
AVX2 static inline __m256i faults(__m256i v, __m256i before)
{
    __m256i across = _mm256_permute2x128_si256(before, v, 0x21);
    __m256i one = _mm256_alignr_epi8(v, across, 15);
    __m256i two = _mm256_alignr_epi8(v, across, 14);
    __m256i three = _mm256_alignr_epi8(v, across, 13);
    __m256i pair = _mm256_shuffle_epi8(twice(first_high), high_half(one));
    __m256i low = _mm256_and_si256(one, _mm256_set1_epi8(15));
    pair = _mm256_and_si256(pair, _mm256_shuffle_epi8(twice(first_low), low));
    pair = _mm256_and_si256(pair, _mm256_shuffle_epi8(twice(second_high), high_half(v)));
    /* bit 7 where a lead of three or four stands two or three bytes before */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(must, pair);
}

AVX2 static size_t checked(const uint8_t *p, size_t n)
{
    __m256i before = _mm256_setzero_si256();
    size_t at = 0;
    for (; n - at >= 64; at += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(p + at));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + at + 32));
        __m256i wrong = _mm256_or_si256(faults(a, before), faults(b, a));
        if (!_mm256_testz_si256(wrong, wrong))
            break;
        before = b;
    }
    return at;
}

size_t msh_utf8_lanes(msh_view v)
{
    if (v.len < 64 || !__builtin_cpu_supports("avx2"))
        return 0;
    size_t at = checked(v.data, v.len);
    /* Back to where the last character begins: it may be cut off here. */
    for (unsigned i = 0; i < 3 && at > 0 && (v.data[at - 1] & 0xc0) == 0x80; i++)
        at--;
    return at > 0 && v.data[at - 1] >= 0xc0 ? at - 1 : at;
}

#else

size_t msh_utf8_lanes(msh_view v)
{
    (void)v;
    return 0;
}

#endif
