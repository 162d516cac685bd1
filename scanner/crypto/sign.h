/* sign.h: Ed25519 (RFC 8032) and SM2 with SM3 (GB/T 32918.2, ID 1234567812345678, DER signatures).
 *
 * A key is private (can sign) or public only. Nothing else signs or verifies in this program. */
#ifndef MSH_CRYPTO_SIGN_H
#define MSH_CRYPTO_SIGN_H

#include "base/buf.h"

typedef enum msh_key_alg { MSH_KEY_ED25519 = 1, MSH_KEY_SM2 = 2 } msh_key_alg;

enum { MSH_KEY_PUBLIC_MAX = 65, MSH_SIGNATURE_MAX = 80 };

typedef struct msh_key msh_key;

/* A new private key. */
MSH_MUST_CHECK msh_err msh_key_generate(msh_key_alg alg, msh_key **out);
/* A public key from 32 bytes (Ed25519) or 04||X||Y (SM2); MSH_E_EVIDENCE when it is none. */
MSH_MUST_CHECK msh_err msh_key_from_public(msh_key_alg alg, msh_view raw, msh_key **out);
/* From PEM: PKCS#8 without a password, or SubjectPublicKeyInfo. MSH_E_EVIDENCE for anything else.
 */
MSH_MUST_CHECK msh_err msh_key_read_pem(msh_key_alg alg, msh_view pem, bool is_private,
                                        msh_key **out);
/* The same with a password (PKCS#8, PBES2), which may be empty; MSH_E_EVIDENCE also for a wrong
 * one. *is_protected: whether the file has a password at all. */
MSH_MUST_CHECK msh_err msh_key_read_protected(msh_key_alg alg, msh_view pem, msh_view password,
                                              bool *is_protected, msh_key **out);
/* A private key in PKCS#8 with a password: scrypt, AES-256-CBC (Ed25519) or SM4-CBC (SM2). */
MSH_MUST_CHECK msh_err msh_key_write_protected(const msh_key *k, msh_view password, msh_buf *out);
/* Takes over a public key and makes it one that signs by a program outside (external.h): "exec:"
 * and a path with arguments, parted by blanks. */
MSH_MUST_CHECK msh_err msh_key_set_signer(msh_key *k, const char *signer);
/* PEM out; a private one into a buffer that the caller wipes. */
MSH_MUST_CHECK msh_err msh_key_write_pem(const msh_key *k, bool is_private, msh_buf *out);
void msh_key_free(msh_key *k);

msh_key_alg msh_key_alg_of(const msh_key *k);
/* 32 or 65 bytes, alive as long as the key. */
msh_view msh_key_public(const msh_key *k);

MSH_MUST_CHECK msh_err msh_key_sign(const msh_key *k, msh_view text,
                                    uint8_t signature[MSH_SIGNATURE_MAX], size_t *len);
/* MSH_OK only when the signature is good; MSH_E_EVIDENCE when it is not. */
MSH_MUST_CHECK msh_err msh_key_verify(const msh_key *k, msh_view text, msh_view signature);

#endif
