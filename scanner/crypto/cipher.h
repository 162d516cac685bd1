/* cipher.h: what reading of protected documents needs, over libcrypto: hashes by name, many rounds
 * of one, AES of whole blocks, RC4. Nothing here protects anything of ours. */
#ifndef MSH_CRYPTO_CIPHER_H
#define MSH_CRYPTO_CIPHER_H

#include <mishen/error.h>

enum { MSH_HASH_MOST = 64 };
typedef struct msh_hash {
    const char *name; /* "SHA1", "SHA256", "SHA384", "SHA512", "MD5" */
    uint8_t value[MSH_HASH_MOST];
    size_t len;
} msh_hash;

/* h->value becomes the digest of the parts one after the other. MSH_E_UNSUPPORTED: no such hash. */
MSH_MUST_CHECK msh_err msh_hash_of(msh_hash *h, const msh_view *parts, size_t n);
/* rounds times: the digest of the round's number (32 bits, little-endian) and the one before. */
MSH_MUST_CHECK msh_err msh_hash_spin(msh_hash *h, uint32_t rounds);
/* AES-128, 192 or 256 by the length of the key, in place, without padding: CBC with an iv of 16
 * bytes, ECB without (NULL). len is a multiple of 16. */
MSH_MUST_CHECK msh_err msh_aes_decrypt(msh_view key, const uint8_t *iv, uint8_t *data, size_t len);

/* The stream of RC4; key: 1 … 256 bytes. Own code: libcrypto keeps it in a module apart. */
typedef struct msh_rc4 {
    uint8_t s[256], i, j;
} msh_rc4;
void msh_rc4_begin(msh_rc4 *r, msh_view key);
uint8_t msh_rc4_byte(msh_rc4 *r);

#endif
