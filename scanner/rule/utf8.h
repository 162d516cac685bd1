/* utf8.h: single characters of text that is known to be well-formed UTF-8. */
#ifndef MSH_RULE_UTF8_H
#define MSH_RULE_UTF8_H

#include <mishen/types.h>

/* Bytes of the character that begins with this one. */
static inline unsigned msh_utf8_len(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* The character of n bytes at p. */
static inline uint32_t msh_utf8_char(const uint8_t *p, unsigned n)
{
    uint32_t cp = n == 1 ? p[0] : n == 2 ? p[0] & 31u : n == 3 ? p[0] & 15u : p[0] & 7u;
    for (unsigned i = 1; i < n; i++)
        cp = cp << 6 | (p[i] & 63u);
    return cp;
}

/* Returns how many bytes were written. */
static inline unsigned msh_utf8_put(uint8_t out[4], uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    unsigned n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (unsigned i = n - 1; i > 0; i--, cp >>= 6)
        out[i] = (uint8_t)(0x80 | (cp & 63));
    out[0] = (uint8_t)((0xf00u >> n & 0xff) | cp);
    return n;
}

#endif
