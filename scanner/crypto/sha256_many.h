/* sha256_many.h: SHA-256 (FIPS 180-4) of many messages at once, two side by side on processors with
 * SHA instructions: one alone leaves half of their time unused. */
#ifndef MSH_CRYPTO_SHA256_MANY_H
#define MSH_CRYPTO_SHA256_MANY_H

#include <mishen/types.h>

/* Whether this processor has the instructions; else the caller goes to libcrypto. */
bool msh_sha256_many_there(void);
/* Digests of n messages that lie in memory, of any length. Allocates nothing. */
void msh_sha256_many(const msh_view *in, size_t n, uint8_t (*out)[32]);

#endif
