/* lanes.h: feeding messages of any length to a hash that runs several side by side: SHA-256 (FIPS
 * 180-4, 5.1.1) and SM3 (GB/T 32905-2016, 5.2) pad alike. Not for other folders.
 *
 * A lane whose message has ended takes the next one. */
#ifndef MSH_CRYPTO_LANES_H
#define MSH_CRYPTO_LANES_H

#include <mishen/types.h>

#include <string.h>

enum { MSH_LANE_BLOCK = 64 };

/* Where a lane stands in its message. */
typedef struct msh_lane {
    msh_view in;
    size_t at;            /* bytes taken as whole blocks */
    size_t index;         /* of the message */
    unsigned tail_blocks; /* 1 or 2 */
    unsigned tail_at;     /* blocks of the tail taken */
    bool busy;
    uint8_t tail[2 * MSH_LANE_BLOCK]; /* rest, padding and length */
} msh_lane;

static inline void msh_lane_begin(msh_lane *p, msh_view in, size_t index)
{
    size_t whole = in.len - in.len % MSH_LANE_BLOCK, rest = in.len - whole;
    p->in = in;
    p->at = 0;
    p->index = index;
    p->tail_at = 0;
    p->tail_blocks = rest < MSH_LANE_BLOCK - 8 ? 1 : 2;
    p->busy = true;
    memset(p->tail, 0, sizeof p->tail);
    if (rest)
        memcpy(p->tail, in.data + whole, rest);
    p->tail[rest] = 0x80;
    uint64_t bits = (uint64_t)in.len * 8;
    for (unsigned i = 0; i < 8; i++)
        p->tail[p->tail_blocks * MSH_LANE_BLOCK - 1 - i] = (uint8_t)(bits >> (8 * i));
}

static inline const uint8_t *msh_lane_block(msh_lane *p)
{
    if (!p->busy)
        return p->tail; /* of a message before: computed in vain */
    if (p->in.len - p->at >= MSH_LANE_BLOCK) {
        p->at += MSH_LANE_BLOCK;
        return p->in.data + p->at - MSH_LANE_BLOCK;
    }
    return p->tail + (size_t)MSH_LANE_BLOCK * p->tail_at++;
}

static inline bool msh_lane_done(const msh_lane *p)
{
    return p->busy && p->tail_at == p->tail_blocks;
}

#endif
