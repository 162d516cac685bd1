/* digest.h: SHA-256 (FIPS 180-4), SM3 (GB/T 32905) and HMAC-SM3, over libcrypto. */
#ifndef MSH_CRYPTO_DIGEST_H
#define MSH_CRYPTO_DIGEST_H

#include <mishen/options.h>

typedef struct msh_digest msh_digest;

/* which: MSH_DIGEST_SHA256 | MSH_DIGEST_SM3. Errors: MSH_E_MEMORY, MSH_E_CRYPTO. */
MSH_MUST_CHECK msh_err msh_digest_new(unsigned which, msh_digest **out);
/* Begin anew, keeping what was allocated. */
MSH_MUST_CHECK msh_err msh_digest_reset(msh_digest *d);
MSH_MUST_CHECK msh_err msh_digest_update(msh_digest *d, msh_view bytes);
/* Fills those asked for; the others are left alone (may be NULL). */
MSH_MUST_CHECK msh_err msh_digest_final(msh_digest *d, uint8_t sha256[32], uint8_t sm3[32]);
void msh_digest_free(msh_digest *d);

/* In one call. */
MSH_MUST_CHECK msh_err msh_sha256(msh_view bytes, uint8_t out[32]);
MSH_MUST_CHECK msh_err msh_sm3(msh_view bytes, uint8_t out[32]);
/* HMAC-SM3 (RFC 2104) of many texts with one key, which is taken in once. */
typedef struct msh_hmac msh_hmac;
MSH_MUST_CHECK msh_err msh_hmac_new(msh_view key, msh_hmac **out);
MSH_MUST_CHECK msh_err msh_hmac_of(msh_hmac *h, msh_view bytes, uint8_t out[32]);
void msh_hmac_free(msh_hmac *h);
MSH_MUST_CHECK msh_err msh_hmac_sm3(msh_view key, msh_view bytes, uint8_t out[32]);

#endif
