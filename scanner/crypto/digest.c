/* digest.c: SHA-256 (FIPS 180-4), SM3 (GB/T 32905) and HMAC-SM3 (RFC 2104) over libcrypto. */
#include "crypto/digest.h"

#include "base/err.h"
#include "base/mem.h"
#include "crypto/door.h"

#include <openssl/evp.h>
#include <string.h>

enum { DIGESTS = 2, HMAC_BLOCK = 64 };

struct msh_digest {
    EVP_MD_CTX *contexts[DIGESTS]; /* SHA-256, SM3; NULL where not asked for */
};

static msh_err begin(EVP_MD_CTX **c, const char *name)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    *c = md ? EVP_MD_CTX_new() : NULL;
    bool ok = *c && EVP_DigestInit_ex2(*c, md, NULL) == 1;
    EVP_MD_free(md); /* the context holds its own reference */
    return ok ? MSH_OK : MSH_E_CRYPTO;
}

msh_err msh_digest_new(unsigned which, msh_digest **out)
{
    *out = NULL;
    MSH_TRY(msh_door_open());
    msh_digest *d = msh_calloc(1, sizeof *d);
    if (!d)
        return MSH_E_MEMORY;
    msh_err err = MSH_OK;
    if (which & MSH_DIGEST_SHA256)
        MSH_GUARD(begin(&d->contexts[0], "SHA256"));
    if (which & MSH_DIGEST_SM3)
        MSH_GUARD(begin(&d->contexts[1], "SM3"));
    *out = d;
    return MSH_OK;
out:
    msh_digest_free(d);
    return err;
}

msh_err msh_digest_reset(msh_digest *d)
{
    for (int i = 0; i < DIGESTS; i++)
        if (d->contexts[i] && EVP_DigestInit_ex2(d->contexts[i], NULL, NULL) != 1)
            return MSH_E_CRYPTO;
    return MSH_OK;
}

msh_err msh_digest_update(msh_digest *d, msh_view bytes)
{
    for (int i = 0; i < DIGESTS; i++)
        if (d->contexts[i] && EVP_DigestUpdate(d->contexts[i], bytes.data, bytes.len) != 1)
            return MSH_E_CRYPTO;
    return MSH_OK;
}

msh_err msh_digest_final(msh_digest *d, uint8_t sha256[32], uint8_t sm3[32])
{
    uint8_t *to[DIGESTS] = {sha256, sm3}, unused[32];
    for (int i = 0; i < DIGESTS; i++) {
        uint8_t *out = to[i] ? to[i] : unused;
        if (d->contexts[i] && EVP_DigestFinal_ex(d->contexts[i], out, NULL) != 1)
            return MSH_E_CRYPTO;
    }
    return MSH_OK;
}

void msh_digest_free(msh_digest *d)
{
    if (!d)
        return;
    for (int i = 0; i < DIGESTS; i++)
        EVP_MD_CTX_free(d->contexts[i]);
    msh_free(d);
}

static msh_err once(const EVP_MD *md, msh_view bytes, uint8_t out[32])
{
    return EVP_Digest(bytes.data, bytes.len, out, NULL, md, NULL) == 1 ? MSH_OK : MSH_E_CRYPTO;
}

msh_err msh_sha256(msh_view bytes, uint8_t out[32])
{
    MSH_TRY(msh_door_open());
    return once(EVP_sha256(), bytes, out);
}

msh_err msh_sm3(msh_view bytes, uint8_t out[32])
{
    MSH_TRY(msh_door_open());
    return once(EVP_sm3(), bytes, out);
}

struct msh_hmac {
    EVP_MD_CTX *begun[2]; /* after key ^ ipad, key ^ opad: copied for each text */
    EVP_MD_CTX *work;
};

static msh_err hmac_begin(EVP_MD_CTX **c, const uint8_t key[HMAC_BLOCK], uint8_t pad)
{
    uint8_t block[HMAC_BLOCK];
    for (int i = 0; i < HMAC_BLOCK; i++)
        block[i] = key[i] ^ pad;
    msh_err err = begin(c, "SM3");
    if (err == MSH_OK && EVP_DigestUpdate(*c, block, sizeof block) != 1)
        err = MSH_E_CRYPTO;
    msh_wipe(block, sizeof block);
    return err;
}

static msh_err hmac_pass(msh_hmac *h, int which, msh_view text, uint8_t out[32])
{
    bool ok = EVP_MD_CTX_copy_ex(h->work, h->begun[which]) == 1 &&
              EVP_DigestUpdate(h->work, text.data, text.len) == 1 &&
              EVP_DigestFinal_ex(h->work, out, NULL) == 1;
    return ok ? MSH_OK : MSH_E_CRYPTO;
}

msh_err msh_hmac_new(msh_view key, msh_hmac **out)
{
    uint8_t block[HMAC_BLOCK] = {0};
    *out = NULL;
    MSH_TRY(msh_door_open());
    if (key.len > sizeof block)
        MSH_TRY(once(EVP_sm3(), key, block));
    else if (key.len)
        memcpy(block, key.data, key.len);
    msh_hmac *h = msh_calloc(1, sizeof *h);
    msh_err err = h ? MSH_OK : MSH_E_MEMORY;
    if (err == MSH_OK)
        err = hmac_begin(&h->begun[0], block, 0x36);
    if (err == MSH_OK)
        err = hmac_begin(&h->begun[1], block, 0x5c);
    if (err == MSH_OK && !(h->work = EVP_MD_CTX_new()))
        err = MSH_E_MEMORY;
    msh_wipe(block, sizeof block);
    if (err == MSH_OK)
        *out = h;
    else
        msh_hmac_free(h);
    return err;
}

msh_err msh_hmac_of(msh_hmac *h, msh_view bytes, uint8_t out[32])
{
    uint8_t inner[32];
    msh_err err = hmac_pass(h, 0, bytes, inner);
    if (err == MSH_OK)
        err = hmac_pass(h, 1, (msh_view){inner, sizeof inner}, out);
    msh_wipe(inner, sizeof inner);
    return err;
}

void msh_hmac_free(msh_hmac *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->begun[0]);
    EVP_MD_CTX_free(h->begun[1]);
    EVP_MD_CTX_free(h->work);
    msh_free(h);
}

msh_err msh_hmac_sm3(msh_view key, msh_view bytes, uint8_t out[32])
{
    msh_hmac *h = NULL;
    MSH_TRY(msh_hmac_new(key, &h));
    msh_err err = msh_hmac_of(h, bytes, out);
    msh_hmac_free(h);
    return err;
}
