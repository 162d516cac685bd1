/* random.h: bytes from the kernel's generator, for keys, tokens and run ids. */
#ifndef MSH_CRYPTO_RANDOM_H
#define MSH_CRYPTO_RANDOM_H

#include <mishen/error.h>

/* Fills all of `to`; MSH_E_CRYPTO when the system has no randomness. */
MSH_MUST_CHECK msh_err msh_random_fill(void *to, size_t n);

#endif
