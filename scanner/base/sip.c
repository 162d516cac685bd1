/* sip.c: SipHash-1-3 (Aumasson, Bernstein 2012). */
#include "base/sip.h"

#include <string.h>

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = ROTL(v[1], 13) ^ v[0];
    v[0] = ROTL(v[0], 32);
    v[2] += v[3];
    v[3] = ROTL(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = ROTL(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = ROTL(v[1], 17) ^ v[2];
    v[2] = ROTL(v[2], 32);
}

uint64_t msh_sip(msh_sip_key k, msh_view key)
{
    uint64_t v[4] = {0x736f6d6570736575ull ^ k.k0, 0x646f72616e646f6dull ^ k.k1,
                     0x6c7967656e657261ull ^ k.k0, 0x7465646279746573ull ^ k.k1};
    size_t i = 0;
    uint64_t m;
    for (; i + 8 <= key.len; i += 8) {
        memcpy(&m, key.data + i, 8);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    m = (uint64_t)key.len << 56;
    for (size_t n = 0; i + n < key.len; n++)
        m |= (uint64_t)key.data[i + n] << (8 * n);
    v[3] ^= m;
    sip_round(v);
    v[0] ^= m;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
