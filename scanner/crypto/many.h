/* many.h: digests of many short messages in memory: the leaves and nodes of a Merkle tree.
 *
 * SM3 runs eight side by side, SHA-256 two with the processor's instructions, where it has them. */
#ifndef MSH_CRYPTO_MANY_H
#define MSH_CRYPTO_MANY_H

#include <mishen/options.h>

/* which: MSH_DIGEST_SHA256 or MSH_DIGEST_SM3. May be called by several threads at once.
 * Errors: MSH_E_CRYPTO, MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_digest_many(unsigned which, const msh_view *in, size_t n,
                                       uint8_t (*out)[32]);

#endif
