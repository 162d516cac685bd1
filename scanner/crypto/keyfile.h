/* keyfile.h: keys and secrets in files: PKCS#8 PEM 0600, made at first use.
 *
 * Refuses a private file that is a link, is not ours, or can be read by others. */
#ifndef MSH_CRYPTO_KEYFILE_H
#define MSH_CRYPTO_KEYFILE_H

#include "crypto/sign.h"

/* Load a private key. MSH_E_OPEN when there is no such file, MSH_E_STATE for wrong permissions,
 * MSH_E_EVIDENCE when it holds no such key. */
MSH_MUST_CHECK msh_err msh_keyfile_load(const char *path, msh_key_alg alg, msh_key **out,
                                        msh_error *why);
/* Load it, or make it when there is none; *made (may be NULL) says which. Two processes that do
 * this at once get the same key. */
MSH_MUST_CHECK msh_err msh_keyfile_load_or_make(const char *path, msh_key_alg alg, msh_key **out,
                                                bool *made, msh_error *why);
/* Load a private key that may have a password (NULL = none given). MSH_E_NO_ACCESS when it needs
 * one that was not given or is wrong. */
MSH_MUST_CHECK msh_err msh_keyfile_load_protected(const char *path, msh_key_alg alg,
                                                  const char *password, msh_key **out,
                                                  msh_error *why);
/* Write a private key to a new file, 0600; password NULL = without. MSH_E_STATE when there is a
 * file already. */
MSH_MUST_CHECK msh_err msh_keyfile_write_private(const char *path, const msh_key *k,
                                                 const char *password, msh_error *why);
/* Load a public key (SubjectPublicKeyInfo). */
MSH_MUST_CHECK msh_err msh_keyfile_load_public(const char *path, msh_key_alg alg, msh_key **out,
                                               msh_error *why);
/* Write the public key beside, 0644. */
MSH_MUST_CHECK msh_err msh_keyfile_write_public(const char *path, const msh_key *k, msh_error *why);
/* A secret of 32 random bytes, as one line of hex in a file 0600, made at first use (token.key). */
MSH_MUST_CHECK msh_err msh_keyfile_secret(const char *path, uint8_t out[32], msh_error *why);

#endif
