/* sift.h: which of many bytes belong to a set of ASCII characters, one bit a byte.
 *
 * For looking through a text for a handful of characters, most of it in vain. */
#ifndef MSH_BASE_SIFT_H
#define MSH_BASE_SIFT_H

#include <mishen/types.h>

/* Bit h of low[l] says that the character h * 16 + l belongs to it; bytes from 0x80 on never do. */
typedef struct msh_sift_set {
    uint8_t low[16];
} msh_sift_set;

/* A piece of text is looked at in one go. */
enum { MSH_SIFT_BYTES = 2048, MSH_SIFT_WORDS = MSH_SIFT_BYTES / 64 };

/* The bits of up to MSH_SIFT_BYTES bytes of v from `at` on, the first byte in the lowest bit of
 * out[0]; bits behind the end of v are 0 up to the end of the last word. Returns how many words
 * were written. */
unsigned msh_sift(const msh_sift_set *set, msh_view v, size_t at, uint64_t out[MSH_SIFT_WORDS]);
/* The same for two sets and for bytes from 0x80 on. */
typedef struct msh_sifted {
    uint64_t a[MSH_SIFT_WORDS], b[MSH_SIFT_WORDS], high[MSH_SIFT_WORDS];
} msh_sifted;
unsigned msh_sift_two(const msh_sift_set *a, const msh_sift_set *b, msh_view v, size_t at,
                      msh_sifted *out);

#endif
