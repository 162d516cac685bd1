/* timestamp.c: RFC 3161 over libcrypto's TS functions; what `openssl ts -verify` does. */
#include "crypto/timestamp.h"

#include "base/err.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/door.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

msh_err msh_timestamp_request(msh_view data, msh_buf *out)
{
    static const uint8_t before[] = {
        0x30, 0x39, 0x02, 0x01, 0x01,             /* TimeStampReq, version 1 */
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, /* MessageImprint, SHA-256 */
        0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    static const uint8_t after[] = {0x01, 0x01, 0xff}; /* certReq TRUE */
    uint8_t digest[32];
    MSH_TRY(msh_sha256(data, digest));
    msh_buf_put(out, before, sizeof before);
    msh_buf_put(out, digest, sizeof digest);
    msh_buf_put(out, after, sizeof after);
    return msh_buf_err(out);
}

/* Takes data and store over, whatever comes. */
static bool verify(TS_RESP *r, BIO *data, X509_STORE *store)
{
    TS_VERIFY_CTX *c = TS_VERIFY_CTX_new();
    if (!c) {
        BIO_free_all(data);
        X509_STORE_free(store);
        return false;
    }
    (void)TS_VERIFY_CTX_set_flags(c,
                                  TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNER | TS_VFY_SIGNATURE);
    (void)TS_VERIFY_CTX_set_data(c, data);
    (void)TS_VERIFY_CTX_set_store(c, store);
    bool good = TS_RESP_verify_response(c, r) == 1;
    TS_VERIFY_CTX_free(c); /* with data and store */
    return good;
}

static bool read_time(TS_RESP *r, int64_t *out)
{
    int days, seconds;
    TS_TST_INFO *info = TS_RESP_get_tst_info(r);
    ASN1_TIME *zero = ASN1_TIME_set(NULL, 0);
    bool good =
        info && zero && ASN1_TIME_diff(&days, &seconds, zero, TS_TST_INFO_get_time(info)) == 1;
    ASN1_TIME_free(zero);
    if (good)
        *out = (int64_t)days * 86400 + seconds;
    return good && *out > 0;
}

msh_err msh_timestamp_check(msh_view response, msh_view data, const char *ca, int64_t *time)
{
    const unsigned char *p = response.data;
    MSH_TRY(msh_door_open());
    if (response.len == 0 || response.len > 1 << 20 || data.len > 1 << 20)
        return MSH_E_EVIDENCE;
    X509_STORE *store = X509_STORE_new();
    if (!store || X509_STORE_load_file(store, ca) != 1) {
        X509_STORE_free(store);
        ERR_clear_error();
        return store ? MSH_E_OPEN : MSH_E_MEMORY;
    }
    TS_RESP *r = d2i_TS_RESP(NULL, &p, (long)response.len);
    BIO *in = BIO_new_mem_buf(data.data, (int)data.len);
    bool whole = r && in && p == response.data + response.len && read_time(r, time);
    bool good = false;
    if (whole)
        good = verify(r, in, store);
    else {
        BIO_free_all(in);
        X509_STORE_free(store);
    }
    TS_RESP_free(r);
    ERR_clear_error();
    return good ? MSH_OK : MSH_E_EVIDENCE;
}
