/* external.h: a signature by a program outside: a driver for a UKEY, a card or an HSM.
 *
 * The program is run without a shell, with the kind of key ("ED25519" or "SM2") as its last
 * argument; it reads the text from standard input and writes the signature to standard output: 64
 * bytes, or DER SEQUENCE{r,s} for SM2 with SM3 and the ID 1234567812345678. Exit code 0. */
#ifndef MSH_CRYPTO_EXTERNAL_H
#define MSH_CRYPTO_EXTERNAL_H

#include <mishen/error.h>
#include <mishen/types.h>

/* signer: "exec:/path/program arguments". *len: room, then the length. MSH_E_CHILD when the program
 * cannot be run, fails, or takes longer than two minutes. */
MSH_MUST_CHECK msh_err msh_external_sign(const char *signer, const char *kind, msh_view text,
                                         uint8_t *signature, size_t *len);

#endif
