/* sm3_many.c: SM3 (GB/T 32905-2016 clause 5) over vectors of eight words, one word a message.
 *
 * A lane whose message has ended takes the next one, so that lengths may differ. Plain C with the
 * compiler's vectors: AVX2 where the processor has it, whatever there is elsewhere. */
#include "crypto/sm3_many.h"

#include "crypto/lanes.h"

enum { LANES = MSH_SM3_LANES, WORDS = 68, ROUNDS = 64 };

typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));

static const uint32_t initial[8] = {0x7380166fu, 0x4914b2b9u, 0x172442d7u, 0xda8a0600u,
                                    0xa96f30bcu, 0x163138aau, 0xe38dee4du, 0xb0fb0e4eu};

#define ROTL(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define ROTL_WORD(x, n) ((n) == 0 ? (x) : (uint32_t)((x) << ((n)&31) | (x) >> ((32 - (n)) & 31)))

/* One block of each lane. Inlined into a caller that is compiled for the processor at hand. */
static inline __attribute__((always_inline)) void compress(lanes v[8],
                                                           const uint8_t *const block[LANES])
{
    lanes w[WORDS];
    for (unsigned i = 0; i < 16; i++)
        for (unsigned k = 0; k < LANES; k++) {
            uint32_t word;
            memcpy(&word, block[k] + (size_t)4 * i, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            word = __builtin_bswap32(word);
#endif
            w[i][k] = word;
        }
#pragma GCC unroll 13
    for (unsigned i = 16; i < WORDS; i++) {
        lanes x = w[i - 16] ^ w[i - 9] ^ ROTL(w[i - 3], 15);
        w[i] = x ^ ROTL(x, 15) ^ ROTL(x, 23) ^ ROTL(w[i - 13], 7) ^ w[i - 6];
    }
    lanes a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
#pragma GCC unroll 64
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t t = i < 16 ? 0x79cc4519u : 0x7a879d8au;
        lanes a12 = ROTL(a, 12), sum = a12 + e + ROTL_WORD(t, i % 32);
        lanes ss1 = ROTL(sum, 7), ss2 = ss1 ^ a12;
        lanes ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
        lanes gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        lanes tt1 = ff + d + ss2 + (w[i] ^ w[i + 4]), tt2 = gg + h + ss1 + w[i];
        d = c;
        c = ROTL(b, 9);
        b = a;
        a = tt1;
        h = g;
        g = ROTL(f, 19);
        f = e;
        e = tt2 ^ ROTL(tt2, 9) ^ ROTL(tt2, 17);
    }
    v[0] ^= a;
    v[1] ^= b;
    v[2] ^= c;
    v[3] ^= d;
    v[4] ^= e;
    v[5] ^= f;
    v[6] ^= g;
    v[7] ^= h;
}

static inline __attribute__((always_inline)) void run_lanes(const msh_view *in, size_t n,
                                                            uint8_t (*out)[32])
{
    msh_lane at[LANES];
    lanes v[8];
    size_t next = 0, left = n;
    memset(at, 0, sizeof at);
    memset(v, 0, sizeof v);
    while (left > 0) {
        const uint8_t *block[LANES];
        for (unsigned k = 0; k < LANES; k++) {
            if (!at[k].busy && next < n) {
                msh_lane_begin(&at[k], in[next], next);
                next++;
                for (unsigned i = 0; i < 8; i++)
                    v[i][k] = initial[i];
            }
            block[k] = msh_lane_block(&at[k]);
        }
        compress(v, block);
        for (unsigned k = 0; k < LANES; k++) {
            if (!msh_lane_done(&at[k]))
                continue;
            for (unsigned i = 0; i < 32; i++)
                out[at[k].index][i] = (uint8_t)(v[i / 4][k] >> (24 - 8 * (i % 4)));
            at[k].busy = false;
            left--;
        }
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void run_avx2(const msh_view *in, size_t n,
                                                     uint8_t (*out)[32])
{
    run_lanes(in, n, out);
}
#endif

static void run_plain(const msh_view *in, size_t n, uint8_t (*out)[32])
{
    run_lanes(in, n, out);
}

void msh_sm3_many(const msh_view *in, size_t n, uint8_t (*out)[32])
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        run_avx2(in, n, out);
        return;
    }
#endif
    run_plain(in, n, out);
}
