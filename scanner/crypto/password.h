/* password.h: passwords and tokens as they are kept: scrypt (RFC 7914) for what people choose,
 * SHA-256 for tokens of 32 random bytes. The kept form names its parameters. */
#ifndef MSH_CRYPTO_PASSWORD_H
#define MSH_CRYPTO_PASSWORD_H

#include <mishen/error.h>

enum { MSH_PASSWORD_KEPT = 160, MSH_PASSWORD_TOKEN = 65 };

/* "scrypt$15$8$1$salt$key", in hex. */
MSH_MUST_CHECK msh_err msh_password_keep(msh_view password, char out[MSH_PASSWORD_KEPT]);
/* A new token, 64 hex digits, and its kept form "sha256$…". */
MSH_MUST_CHECK msh_err msh_password_token(char token[MSH_PASSWORD_TOKEN],
                                          char out[MSH_PASSWORD_KEPT]);
/* MSH_OK when it is the one that was kept; MSH_E_PASSWORD when it is not. Takes as long for either.
 * kept may be NULL: as if there were one, always MSH_E_PASSWORD. */
MSH_MUST_CHECK msh_err msh_password_check(msh_view given, const char *kept);

#endif
