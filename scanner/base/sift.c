/* sift.c: see sift.h. AVX2 looks both halves of thirty-two bytes up at once; elsewhere a byte at a
 * time, which tests compare with it. */
#include "base/sift.h"

#include <string.h>

static inline uint64_t is_in(const msh_sift_set *set, uint8_t c)
{
    return c < 0x80 ? set->low[c & 15] >> (c >> 4) & 1u : 0;
}

static uint64_t word_plain(const msh_sift_set *set, const uint8_t *p)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 64; i++)
        word |= is_in(set, p[i]) << i;
    return word;
}

static uint64_t high_plain(const uint8_t *p)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 64; i++)
        word |= (uint64_t)(p[i] >> 7) << i;
    return word;
}

#if defined(__x86_64__) && !defined(MSH_LANES_PLAIN)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static inline __m256i table_of(const msh_sift_set *set)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)set->low));
}

/* The shuffle gives 0 for bytes from 0x80 on; the bit of the upper half is there for those below.
 */
AVX2 static inline uint32_t half(__m256i table, __m256i v)
{
    const __m256i bits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0));
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    __m256i bit = _mm256_shuffle_epi8(bits, upper);
    __m256i in = _mm256_and_si256(_mm256_shuffle_epi8(table, v), bit);
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(in, _mm256_setzero_si256()));
}

AVX2 static void words_avx2(const msh_sift_set *set, const uint8_t *p, unsigned n, uint64_t *out)
{
    const __m256i table = table_of(set);
    for (unsigned i = 0; i < n; i++, p += 64)
        out[i] = half(table, load(p)) | (uint64_t)half(table, load(p + 32)) << 32;
}

AVX2 static void two_avx2(const msh_sift_set *a, const msh_sift_set *b, const uint8_t *p,
                          unsigned n, unsigned first, msh_sifted *out)
{
    const __m256i in_a = table_of(a), in_b = table_of(b);
    for (unsigned i = first; i < first + n; i++, p += 64) {
        __m256i v = load(p), w = load(p + 32);
        out->a[i] = half(in_a, v) | (uint64_t)half(in_a, w) << 32;
        out->b[i] = half(in_b, v) | (uint64_t)half(in_b, w) << 32;
        out->high[i] =
            (uint32_t)_mm256_movemask_epi8(v) | (uint64_t)(uint32_t)_mm256_movemask_epi8(w) << 32;
    }
}

static bool is_quick(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
static void words_avx2(const msh_sift_set *set, const uint8_t *p, unsigned n, uint64_t *out)
{
    (void)set, (void)p, (void)n, (void)out;
}

static void two_avx2(const msh_sift_set *a, const msh_sift_set *b, const uint8_t *p, unsigned n,
                     unsigned first, msh_sifted *out)
{
    (void)a, (void)b, (void)p, (void)n, (void)first, (void)out;
}

static bool is_quick(void)
{
    return false;
}
#endif

static void words(const msh_sift_set *set, const uint8_t *p, unsigned n, uint64_t *out)
{
    if (is_quick()) {
        words_avx2(set, p, n, out);
        return;
    }
    for (unsigned i = 0; i < n; i++, p += 64)
        out[i] = word_plain(set, p);
}

static void two(const msh_sift_set *a, const msh_sift_set *b, const uint8_t *p, unsigned n,
                unsigned first, msh_sifted *out)
{
    if (is_quick()) {
        two_avx2(a, b, p, n, first, out);
        return;
    }
    for (unsigned i = first; i < first + n; i++, p += 64) {
        out->a[i] = word_plain(a, p);
        out->b[i] = word_plain(b, p);
        out->high[i] = high_plain(p);
    }
}

/* The last bytes, with zeros behind them; and the bits of those zeros taken away again. */
static void copy_tail(uint8_t room[64], const uint8_t *p, size_t n)
{
    memset(room, 0, 64);
    memcpy(room, p, n);
}

unsigned msh_sift(const msh_sift_set *set, msh_view v, size_t at, uint64_t out[MSH_SIFT_WORDS])
{
    size_t n = v.len - at < MSH_SIFT_BYTES ? v.len - at : MSH_SIFT_BYTES, tail = n % 64;
    unsigned whole = (unsigned)(n / 64);
    uint8_t room[64];
    words(set, v.data + at, whole, out);
    if (tail == 0)
        return whole;
    copy_tail(room, v.data + at + n - tail, tail);
    words(set, room, 1, out + whole);
    out[whole] &= ~(uint64_t)0 >> (64 - tail);
    return whole + 1;
}

unsigned msh_sift_two(const msh_sift_set *a, const msh_sift_set *b, msh_view v, size_t at,
                      msh_sifted *out)
{
    size_t n = v.len - at < MSH_SIFT_BYTES ? v.len - at : MSH_SIFT_BYTES, tail = n % 64;
    unsigned whole = (unsigned)(n / 64);
    uint8_t room[64];
    two(a, b, v.data + at, whole, 0, out);
    if (tail == 0)
        return whole;
    copy_tail(room, v.data + at + n - tail, tail);
    two(a, b, room, 1, whole, out);
    out->a[whole] &= ~(uint64_t)0 >> (64 - tail);
    out->b[whole] &= ~(uint64_t)0 >> (64 - tail);
    return whole + 1;
}
