/* door.h: what every file of crypto/ does before it calls libcrypto. Not for other folders.
 *
 * No configuration file is read: nobody swaps the algorithms by OPENSSL_CONF, and a locked process
 * opens no file. */
#ifndef MSH_CRYPTO_DOOR_H
#define MSH_CRYPTO_DOOR_H

#include <mishen/error.h>

#include <openssl/crypto.h>

static inline msh_err msh_door_open(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 ? MSH_OK : MSH_E_CRYPTO;
}

#endif
