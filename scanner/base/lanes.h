/* lanes.h: sixty-four bytes at once, one bit a byte, the first byte in the lowest bit.
 *
 * SSE2, which every x86-64 has; plain C elsewhere, which tests compare with it (MSH_LANES_PLAIN).
 */
#ifndef MSH_BASE_LANES_H
#define MSH_BASE_LANES_H

#include <mishen/types.h>

#include <string.h>

#if defined(__SSE2__) && !defined(MSH_LANES_PLAIN)
#include <emmintrin.h>

#define MSH_LANES_16(p, expression)                                                                \
    __extension__({                                                                                \
        uint64_t mask_ = 0;                                                                        \
        for (unsigned i_ = 0; i_ < 4; i_++) {                                                      \
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)((p) + 16 * i_));           \
            mask_ |= (uint64_t)(uint16_t)_mm_movemask_epi8(expression) << (16 * i_);               \
        }                                                                                          \
        mask_;                                                                                     \
    })
#define MSH_LANES_MOST(v, most) _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8((char)(most))), v)

/* Bytes from 0x80 on. */
static inline uint64_t msh_lanes_high(const uint8_t *p)
{
    return MSH_LANES_16(p, v);
}

static inline uint64_t msh_lanes_equal(const uint8_t *p, uint8_t c)
{
    return MSH_LANES_16(p, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)c)));
}

/* Bytes from `least` to `most`. */
static inline uint64_t msh_lanes_within(const uint8_t *p, uint8_t least, uint8_t most)
{
    return MSH_LANES_16(p,
                        MSH_LANES_MOST(_mm_sub_epi8(v, _mm_set1_epi8((char)least)), most - least));
}

#else

#define MSH_LANES_EACH(p, test)                                                                    \
    __extension__({                                                                                \
        uint64_t mask_ = 0;                                                                        \
        for (unsigned i_ = 0; i_ < 64; i_++) {                                                     \
            uint8_t v = (p)[i_];                                                                   \
            mask_ |= (uint64_t)(test) << i_;                                                       \
        }                                                                                          \
        mask_;                                                                                     \
    })

static inline uint64_t msh_lanes_high(const uint8_t *p)
{
    return MSH_LANES_EACH(p, v >= 0x80);
}

static inline uint64_t msh_lanes_equal(const uint8_t *p, uint8_t c)
{
    return MSH_LANES_EACH(p, v == c);
}

static inline uint64_t msh_lanes_within(const uint8_t *p, uint8_t least, uint8_t most)
{
    return MSH_LANES_EACH(p, v >= least && v <= most);
}

#endif

/* Whether twenty-four bytes have the form of eight characters of three bytes in UTF-8. */
static inline bool msh_lanes_three(const uint8_t *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t a, b, c;
    memcpy(&a, p, 8);
    memcpy(&b, p + 8, 8);
    memcpy(&c, p + 16, 8);
    return (((a ^ 0x80e08080e08080e0u) & 0xc0f0c0c0f0c0c0f0u) |
            ((b ^ 0xe08080e08080e080u) & 0xf0c0c0f0c0c0f0c0u) |
            ((c ^ 0x8080e08080e08080u) & 0xc0c0f0c0c0f0c0c0u)) == 0;
#else
    (void)p;
    return false;
#endif
}

/* Sixty-four bytes from `at` on, those behind the end as 0: p itself, or a copy in room. */
static inline const uint8_t *msh_lanes_at(msh_view v, size_t at, uint8_t room[64])
{
    if (v.len - at >= 64)
        return v.data + at;
    memset(room, 0, 64);
    if (v.len > at)
        memcpy(room, v.data + at, v.len - at);
    return room;
}

#endif
