/* password.c: see password.h. The cost (32 MiB, about a tenth of a second) is what one guess costs
 * whoever stole the file. */
#include "crypto/password.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/door.h"
#include "crypto/random.h"

#include <openssl/evp.h>

#include <stdio.h>

enum { LOG_N = 15, BLOCK = 8, PARALLEL = 1, SALT = 16, KEY = 32 };
static const uint64_t MEMORY = 64 << 20;

static msh_err derive(msh_view password, const uint8_t salt[SALT], uint8_t key[KEY])
{
    MSH_TRY(msh_door_open());
    return EVP_PBE_scrypt((const char *)password.data, password.len, salt, SALT,
                          (uint64_t)1 << LOG_N, BLOCK, PARALLEL, MEMORY, key, KEY) == 1
               ? MSH_OK
               : MSH_E_CRYPTO;
}

static void write_kept(char out[MSH_PASSWORD_KEPT], const uint8_t salt[SALT],
                       const uint8_t key[KEY])
{
    char salt_hex[2 * SALT + 1], key_hex[2 * KEY + 1];
    msh_hex(salt_hex, msh_view_of(salt, SALT));
    msh_hex(key_hex, msh_view_of(key, KEY));
    (void)snprintf(out, MSH_PASSWORD_KEPT, "scrypt$%d$%d$%d$%s$%s", LOG_N, BLOCK, PARALLEL,
                   salt_hex, key_hex);
}

msh_err msh_password_keep(msh_view password, char out[MSH_PASSWORD_KEPT])
{
    uint8_t salt[SALT], key[KEY];
    MSH_TRY(msh_random_fill(salt, sizeof salt));
    MSH_TRY(derive(password, salt, key));
    write_kept(out, salt, key);
    return MSH_OK;
}

static msh_err keep_token(msh_view token, char out[MSH_PASSWORD_KEPT])
{
    uint8_t digest[32];
    char hex[65];
    MSH_TRY(msh_sha256(token, digest));
    msh_hex(hex, msh_view_of(digest, sizeof digest));
    (void)snprintf(out, MSH_PASSWORD_KEPT, "sha256$%s", hex);
    return MSH_OK;
}

msh_err msh_password_token(char token[MSH_PASSWORD_TOKEN], char out[MSH_PASSWORD_KEPT])
{
    uint8_t random[32];
    MSH_TRY(msh_random_fill(random, sizeof random));
    msh_hex(token, msh_view_of(random, sizeof random));
    return keep_token(msh_view_str(token), out);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The salt of a kept password; false when it is not of our form. */
static bool read_salt(const char *kept, uint8_t salt[SALT])
{
    char head[32];
    int n = snprintf(head, sizeof head, "scrypt$%d$%d$%d$", LOG_N, BLOCK, PARALLEL);
    if (strncmp(kept, head, (size_t)n) != 0)
        return false;
    for (size_t i = 0; i < SALT; i++) {
        int high = digit(kept[n + (int)(2 * i)]);
        int low = high < 0 ? -1 : digit(kept[n + (int)(2 * i) + 1]);
        if (low < 0)
            return false;
        salt[i] = (uint8_t)(high << 4 | low);
    }
    return kept[n + 2 * SALT] == '$';
}

msh_err msh_password_check(msh_view given, const char *kept)
{
    uint8_t salt[SALT] = {0}, key[KEY];
    char made[MSH_PASSWORD_KEPT];
    if (kept && strncmp(kept, "sha256$", 7) == 0) {
        MSH_TRY(keep_token(given, made));
    } else {
        if (kept && !read_salt(kept, salt))
            return MSH_E_PASSWORD;
        MSH_TRY(derive(given, salt, key));
        write_kept(made, salt, key);
        msh_wipe(key, sizeof key);
    }
    size_t len = strlen(made);
    return kept && strlen(kept) == len && CRYPTO_memcmp(kept, made, len) == 0 ? MSH_OK
                                                                              : MSH_E_PASSWORD;
}
