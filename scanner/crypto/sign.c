/* sign.c: keys and signatures over libcrypto: Ed25519, and SM2 with the ID that GB/T 35276 fixes.
 * Refuses keys of another kind than was asked for, and SM2 signatures that are not exact DER. */
#include "crypto/sign.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/door.h"
#include "crypto/external.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

static const char sm2_id[] = "1234567812345678";
enum { SM2_ID_LEN = 16 };

struct msh_key {
    EVP_PKEY *pkey;
    msh_key_alg alg;
    uint8_t pub[MSH_KEY_PUBLIC_MAX];
    size_t pub_len;
    char *signer; /* "exec:…": signs in place of a private key */
};

static const char *type_of(msh_key_alg alg)
{
    return alg == MSH_KEY_SM2 ? "SM2" : "ED25519";
}

static bool fill_public(msh_key *k)
{
    k->pub_len = sizeof k->pub;
    if (k->alg == MSH_KEY_ED25519)
        return EVP_PKEY_get_raw_public_key(k->pkey, k->pub, &k->pub_len) == 1 && k->pub_len == 32;
    return EVP_PKEY_get_octet_string_param(k->pkey, OSSL_PKEY_PARAM_PUB_KEY, k->pub, sizeof k->pub,
                                           &k->pub_len) == 1 &&
           k->pub_len == 65 && k->pub[0] == 4;
}

/* Takes over pkey, which may be NULL. An EC key over the SM2 curve that is not an SM2 key could
 * not sign with SM3: the kind is asserted. */
static msh_err adopt(msh_key_alg alg, EVP_PKEY *pkey, msh_err refused, msh_key **out)
{
    msh_key *k = NULL;
    msh_err err = pkey && EVP_PKEY_is_a(pkey, type_of(alg)) ? MSH_OK : refused;
    if (err == MSH_OK) {
        k = msh_calloc(1, sizeof *k);
        err = k ? MSH_OK : MSH_E_MEMORY;
    }
    if (err == MSH_OK) {
        k->pkey = pkey;
        k->alg = alg;
        err = fill_public(k) ? MSH_OK : refused;
    }
    ERR_clear_error();
    if (err != MSH_OK) {
        msh_free(k);
        EVP_PKEY_free(pkey);
        return err;
    }
    *out = k;
    return MSH_OK;
}

msh_err msh_key_generate(msh_key_alg alg, msh_key **out)
{
    *out = NULL;
    MSH_TRY(msh_door_open());
    return adopt(alg, EVP_PKEY_Q_keygen(NULL, NULL, type_of(alg)), MSH_E_CRYPTO, out);
}

static EVP_PKEY *sm2_public(msh_view raw)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    char group[] = "SM2";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                             (void *)(uintptr_t)raw.data, raw.len),
                           OSSL_PARAM_construct_end()};
    if (!c || EVP_PKEY_fromdata_init(c) != 1 ||
        EVP_PKEY_fromdata(c, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(c);
    return pkey;
}

msh_err msh_key_from_public(msh_key_alg alg, msh_view raw, msh_key **out)
{
    *out = NULL;
    MSH_TRY(msh_door_open());
    if (raw.len != (alg == MSH_KEY_SM2 ? 65u : 32u) || (alg == MSH_KEY_SM2 && raw.data[0] != 4))
        return MSH_E_EVIDENCE;
    EVP_PKEY *pkey = alg == MSH_KEY_SM2
                         ? sm2_public(raw)
                         : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw.data, raw.len);
    return adopt(alg, pkey, MSH_E_EVIDENCE, out);
}

/* A key with a password is refused: libcrypto must never ask at a terminal. */
static int no_password(char *buf, int size, int writing, void *ctx)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

msh_err msh_key_read_pem(msh_key_alg alg, msh_view pem, bool is_private, msh_key **out)
{
    *out = NULL;
    MSH_TRY(msh_door_open());
    if (pem.len == 0 || pem.len > 1 << 16)
        return MSH_E_EVIDENCE;
    BIO *in = BIO_new_mem_buf(pem.data, (int)pem.len);
    if (!in)
        return MSH_E_MEMORY;
    EVP_PKEY *pkey = is_private ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL)
                                : PEM_read_bio_PUBKEY(in, NULL, no_password, NULL);
    BIO_free(in);
    return adopt(alg, pkey, MSH_E_EVIDENCE, out);
}

typedef struct given_password {
    msh_view text;
    bool asked;
} given_password;

static int give_password(char *buf, int size, int writing, void *ctx)
{
    given_password *p = ctx;
    (void)writing;
    p->asked = true;
    if (p->text.len == 0 || p->text.len > (size_t)size)
        return -1;
    memcpy(buf, p->text.data, p->text.len);
    return (int)p->text.len;
}

msh_err msh_key_read_protected(msh_key_alg alg, msh_view pem, msh_view password, bool *is_protected,
                               msh_key **out)
{
    given_password p = {.text = password};
    *out = NULL;
    MSH_TRY(msh_door_open());
    if (pem.len == 0 || pem.len > 1 << 16)
        return MSH_E_EVIDENCE;
    BIO *in = BIO_new_mem_buf(pem.data, (int)pem.len);
    if (!in)
        return MSH_E_MEMORY;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, give_password, &p);
    BIO_free(in);
    *is_protected = p.asked;
    return adopt(alg, pkey, MSH_E_EVIDENCE, out);
}

enum { SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 1 };

static X509_SIG *protect(const msh_key *k, msh_view password)
{
    const EVP_CIPHER *cipher = k->alg == MSH_KEY_SM2 ? EVP_sm4_cbc() : EVP_aes_256_cbc();
    X509_ALGOR *pbe = PKCS5_pbe2_set_scrypt(cipher, NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k->pkey);
    X509_SIG *sealed = NULL;
    if (pbe && plain)
        sealed = PKCS8_set0_pbe((const char *)password.data, (int)password.len, plain, pbe);
    if (!sealed)
        X509_ALGOR_free(pbe); /* else it belongs to sealed */
    PKCS8_PRIV_KEY_INFO_free(plain);
    return sealed;
}

msh_err msh_key_write_protected(const msh_key *k, msh_view password, msh_buf *out)
{
    char *data = NULL;
    if (password.len == 0 || password.len > 512)
        return MSH_E_USAGE;
    X509_SIG *sealed = protect(k, password);
    BIO *to = BIO_new(BIO_s_mem());
    bool ok = sealed && to && PEM_write_bio_PKCS8(to, sealed) == 1;
    long n = ok ? BIO_get_mem_data(to, &data) : 0;
    if (n > 0)
        msh_buf_put(out, data, (size_t)n);
    BIO_free(to);
    X509_SIG_free(sealed);
    ERR_clear_error();
    return n > 0 ? msh_buf_err(out) : MSH_E_CRYPTO;
}

msh_err msh_key_set_signer(msh_key *k, const char *signer)
{
    size_t n = strlen(signer) + 1;
    if (strncmp(signer, "exec:/", 6) != 0)
        return MSH_E_CONFIG;
    k->signer = msh_alloc(n);
    if (!k->signer)
        return MSH_E_MEMORY;
    memcpy(k->signer, signer, n);
    return MSH_OK;
}

msh_err msh_key_write_pem(const msh_key *k, bool is_private, msh_buf *out)
{
    char *data = NULL;
    BIO *to = BIO_new(BIO_s_secmem());
    if (!to)
        return MSH_E_MEMORY;
    int ok = is_private ? PEM_write_bio_PKCS8PrivateKey(to, k->pkey, NULL, NULL, 0, NULL, NULL)
                        : PEM_write_bio_PUBKEY(to, k->pkey);
    long n = ok == 1 ? BIO_get_mem_data(to, &data) : 0;
    if (n > 0)
        msh_buf_put(out, data, (size_t)n);
    BIO_free(to);
    ERR_clear_error();
    return n > 0 ? msh_buf_err(out) : MSH_E_CRYPTO;
}

void msh_key_free(msh_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey);
    msh_free(k->signer);
    msh_free(k);
}

msh_key_alg msh_key_alg_of(const msh_key *k)
{
    return k->alg;
}

msh_view msh_key_public(const msh_key *k)
{
    return (msh_view){k->pub, k->pub_len};
}

/* The ID must be set before the first update; there is no default one. */
static bool begin(EVP_MD_CTX *c, const msh_key *k, bool signing)
{
    EVP_PKEY_CTX *p = NULL;
    const EVP_MD *md = k->alg == MSH_KEY_SM2 ? EVP_sm3() : NULL;
    int ok = signing ? EVP_DigestSignInit(c, &p, md, NULL, k->pkey)
                     : EVP_DigestVerifyInit(c, &p, md, NULL, k->pkey);
    return ok == 1 && (k->alg != MSH_KEY_SM2 || EVP_PKEY_CTX_set1_id(p, sm2_id, SM2_ID_LEN) == 1);
}

msh_err msh_key_sign(const msh_key *k, msh_view text, uint8_t signature[MSH_SIGNATURE_MAX],
                     size_t *len)
{
    *len = MSH_SIGNATURE_MAX;
    if (k->signer) { /* a device may answer with anything: it is checked at once */
        MSH_TRY(msh_external_sign(k->signer, type_of(k->alg), text, signature, len));
        return msh_key_verify(k, text, msh_view_of(signature, *len)) == MSH_OK ? MSH_OK
                                                                               : MSH_E_CRYPTO;
    }
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c)
        return MSH_E_MEMORY;
    bool ok = begin(c, k, true) && EVP_DigestSign(c, signature, len, text.data, text.len) == 1;
    EVP_MD_CTX_free(c);
    ERR_clear_error();
    return ok ? MSH_OK : MSH_E_CRYPTO;
}

msh_err msh_key_verify(const msh_key *k, msh_view text, msh_view signature)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c)
        return MSH_E_MEMORY;
    bool ready = begin(c, k, false);
    bool good =
        ready && EVP_DigestVerify(c, signature.data, signature.len, text.data, text.len) == 1;
    EVP_MD_CTX_free(c);
    ERR_clear_error();
    return good ? MSH_OK : ready ? MSH_E_EVIDENCE : MSH_E_CRYPTO;
}
