/* cipher.c: hashes and AES for reading protected documents (FIPS 180-4, FIPS 197). */
#include "crypto/cipher.h"

#include "base/err.h"
#include "crypto/door.h"

#include <limits.h>
#include <openssl/evp.h>

static msh_err finish(EVP_MD_CTX *c, msh_hash *h)
{
    unsigned len = 0;
    if (EVP_DigestFinal_ex(c, h->value, &len) != 1)
        return MSH_E_CRYPTO;
    h->len = len;
    return MSH_OK;
}

static msh_err begin(const char *name, EVP_MD_CTX **out)
{
    MSH_TRY(msh_door_open());
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    if (!md || EVP_MD_get_size(md) > MSH_HASH_MOST) {
        EVP_MD_free(md);
        return MSH_E_UNSUPPORTED;
    }
    *out = EVP_MD_CTX_new();
    bool ok = *out && EVP_DigestInit_ex2(*out, md, NULL) == 1;
    EVP_MD_free(md);
    return ok ? MSH_OK : MSH_E_CRYPTO;
}

msh_err msh_hash_of(msh_hash *h, const msh_view *parts, size_t n)
{
    EVP_MD_CTX *c = NULL;
    msh_err err = begin(h->name, &c);
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        if (EVP_DigestUpdate(c, parts[i].data, parts[i].len) != 1)
            err = MSH_E_CRYPTO;
    if (err == MSH_OK)
        err = finish(c, h);
    EVP_MD_CTX_free(c);
    return err;
}

msh_err msh_hash_spin(msh_hash *h, uint32_t rounds)
{
    EVP_MD_CTX *c = NULL;
    msh_err err = begin(h->name, &c);
    for (uint32_t i = 0; i < rounds && err == MSH_OK; i++) {
        const uint8_t number[4] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16),
                                   (uint8_t)(i >> 24)};
        bool ok = (i == 0 || EVP_DigestInit_ex2(c, NULL, NULL) == 1) &&
                  EVP_DigestUpdate(c, number, sizeof number) == 1 &&
                  EVP_DigestUpdate(c, h->value, h->len) == 1;
        err = ok ? finish(c, h) : MSH_E_CRYPTO;
    }
    EVP_MD_CTX_free(c);
    return err;
}

msh_err msh_aes_decrypt(msh_view key, const uint8_t *iv, uint8_t *data, size_t len)
{
    const char *name = key.len == 16   ? (iv ? "AES-128-CBC" : "AES-128-ECB")
                       : key.len == 24 ? (iv ? "AES-192-CBC" : "AES-192-ECB")
                       : key.len == 32 ? (iv ? "AES-256-CBC" : "AES-256-ECB")
                                       : NULL;
    if (!name || len % 16 || len > INT_MAX)
        return MSH_E_UNSUPPORTED;
    MSH_TRY(msh_door_open());
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int got = 0;
    bool ok = cipher && c && EVP_DecryptInit_ex2(c, cipher, key.data, iv, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
              EVP_DecryptUpdate(c, data, &got, data, (int)len) == 1 && (size_t)got == len;
    EVP_CIPHER_CTX_free(c);
    EVP_CIPHER_free(cipher);
    return ok ? MSH_OK : MSH_E_CRYPTO;
}

void msh_rc4_begin(msh_rc4 *r, msh_view key)
{
    uint8_t j = 0;
    *r = (msh_rc4){0};
    for (unsigned i = 0; i < 256; i++)
        r->s[i] = (uint8_t)i;
    for (unsigned i = 0; i < 256 && key.len > 0; i++) {
        uint8_t v = r->s[i];
        j = (uint8_t)(j + v + key.data[i % key.len]);
        r->s[i] = r->s[j];
        r->s[j] = v;
    }
}

uint8_t msh_rc4_byte(msh_rc4 *r)
{
    uint8_t v = r->s[++r->i];
    r->j = (uint8_t)(r->j + v);
    r->s[r->i] = r->s[r->j];
    r->s[r->j] = v;
    return r->s[(uint8_t)(r->s[r->i] + v)];
}
