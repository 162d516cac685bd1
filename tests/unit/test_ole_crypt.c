/* Encrypted packages ([MS-OFFCRYPTO]), made here step by step as the specification has it: opened
 * with the passwords that are no secret, else said to be encrypted; rights; damaged descriptions.
 */
#include "check.h"

#include "cfb_build.h"
#include "base/base64.h"
#include "crypto/cipher.h"
#include "extract_dump.h"

#include <openssl/evp.h>

static cfb_build b;
static dump d;

static bool has(const char *what)
{
    bool found = dump_has(&d, what);
    if (!found)
        printf("missing: %s\n%.*s\n", what, (int)d.log.len, (const char *)d.log.data);
    return found;
}

static void read_built(void)
{
    cfb_end(&b);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.docx"), MSH_OK);
    cfb_dispose(&b);
}

static void hash(const char *name, const void *a, size_t na, const void *c, size_t nc, uint8_t *out)
{
    EVP_MD_CTX *x = EVP_MD_CTX_new();
    unsigned n;
    EVP_DigestInit(x, EVP_get_digestbyname(name));
    EVP_DigestUpdate(x, a, na);
    EVP_DigestUpdate(x, c, nc);
    EVP_DigestFinal(x, out, &n);
    EVP_MD_CTX_free(x);
}

static void encrypt(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv, uint8_t *data,
                    int len)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;
    EVP_EncryptInit(c, cipher, key, iv);
    EVP_CIPHER_CTX_set_padding(c, 0);
    EVP_EncryptUpdate(c, data, &n, data, len);
    CHECK_INT(n, len);
    EVP_CIPHER_CTX_free(c);
}

static size_t wide(const char *password, uint8_t *out)
{
    size_t n = strlen(password);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)password[i];
        out[2 * i + 1] = 0;
    }
    return 2 * n;
}

static void spin(const char *name, uint8_t *h, size_t len, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++) {
        uint8_t number[4], before[64];
        cfb_put32(number, i);
        memcpy(before, h, len);
        hash(name, number, 4, before, len, h);
    }
}

static const char words[] = "words inside of the package; they go on and on, 机密★10年, to the end";
enum { PACKAGE = 4096 + 32 };

/* The package: text that goes over a segment. */
static void package(uint8_t *out)
{
    memset(out, ' ', PACKAGE);
    memcpy(out, words, sizeof words - 1);
    memcpy(out + 4090, "over the edge", 13);
}

static void put64(msh_buf *out, const uint8_t *bytes, size_t n)
{
    msh_base64_encode(out, msh_view_of(bytes, n));
}

/* Agile, AES-256 and SHA-512. */
static void build_agile(const char *password, uint32_t rounds)
{
    static const uint8_t purposes[3][8] = {{0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79},
                                           {0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e},
                                           {0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6}};
    uint8_t salt[16], secret[32], h[64], pw[64], fields[3][64], key[64], file[8 + PACKAGE];
    static const size_t lengths[3] = {16, 64, 32};
    memset(salt, 0x17, 16);
    memset(secret, 0x2a, 32);
    memset(fields, 0x55, sizeof fields);
    hash("SHA512", salt, 16, pw, wide(password, pw), h);
    spin("SHA512", h, 64, rounds);
    hash("SHA512", fields[0], 16, "", 0, fields[1]);
    memcpy(fields[2], secret, 32);
    msh_buf info;
    msh_buf_init(&info, 1 << 16);
    msh_buf_put_u32(&info, 4 | 4 << 16);
    msh_buf_put_u32(&info, 0x40);
    msh_buf_put_str(&info, "<?xml version=\"1.0\"?><encryption><keyData saltSize=\"16\" "
                           "blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" "
                           "cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" "
                           "hashAlgorithm=\"SHA512\" saltValue=\"");
    put64(&info, salt, 16);
    msh_buf_printf(&info,
                   "\"/><keyEncryptors><keyEncryptor><p:encryptedKey spinCount=\"%u\" "
                   "saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" "
                   "cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" "
                   "hashAlgorithm=\"SHA512\" saltValue=\"",
                   rounds);
    put64(&info, salt, 16);
    static const char *const names[] = {"encryptedVerifierHashInput", "encryptedVerifierHashValue",
                                        "encryptedKeyValue"};
    for (int i = 0; i < 3; i++) {
        hash("SHA512", h, 64, purposes[i], 8, key);
        encrypt(EVP_aes_256_cbc(), key, salt, fields[i], (int)lengths[i]);
        msh_buf_printf(&info, "\" %s=\"", names[i]);
        put64(&info, fields[i], lengths[i]);
    }
    msh_buf_put_str(&info, "\"/></keyEncryptor></keyEncryptors></encryption>");
    memset(file, 0, 8);
    cfb_put32(file, PACKAGE);
    package(file + 8);
    for (uint32_t i = 0; i * 4096 < PACKAGE; i++) {
        uint8_t number[4];
        cfb_put32(number, i);
        hash("SHA512", salt, 16, number, 4, key);
        encrypt(EVP_aes_256_cbc(), secret, key, file + 8 + i * 4096, i ? PACKAGE - 4096 : 4096);
    }
    cfb_begin(&b);
    cfb_stream(&b, 0, "EncryptionInfo", info.data, info.len);
    cfb_stream(&b, 0, "EncryptedPackage", file, sizeof file);
    msh_buf_dispose(&info);
}

/* Standard, AES-128 and SHA-1. */
static void build_standard(const char *password)
{
    uint8_t salt[16], pw[64], h[20], zero[4] = {0}, fill[64], both[40], verifier[16],
                                     of_verifier[32] = {0}, file[8 + PACKAGE];
    memset(salt, 0x31, 16);
    memset(verifier, 0x44, 16);
    hash("SHA1", salt, 16, pw, wide(password, pw), h);
    spin("SHA1", h, 20, 50000);
    uint8_t last[20];
    hash("SHA1", h, 20, zero, 4, last);
    for (int i = 0; i < 2; i++) {
        memset(fill, i ? 0x5c : 0x36, sizeof fill);
        for (int k = 0; k < 20; k++)
            fill[k] ^= last[k];
        hash("SHA1", fill, 64, "", 0, both + 20 * i);
    }
    hash("SHA1", verifier, 16, "", 0, of_verifier);
    encrypt(EVP_aes_128_ecb(), both, NULL, verifier, 16);
    encrypt(EVP_aes_128_ecb(), both, NULL, of_verifier, 32);
    msh_buf info;
    msh_buf_init(&info, 4096);
    msh_buf_put_u32(&info, 3 | 2 << 16);
    msh_buf_put_u32(&info, 0x24);
    msh_buf_put_u32(&info, 32);
    const uint32_t header[8] = {0x24, 0, 0x660e, 0x8004, 128, 24, 0, 0};
    for (int i = 0; i < 8; i++)
        msh_buf_put_u32(&info, header[i]);
    msh_buf_put_u32(&info, 16);
    msh_buf_put(&info, salt, 16);
    msh_buf_put(&info, verifier, 16);
    msh_buf_put_u32(&info, 20);
    msh_buf_put(&info, of_verifier, 32);
    memset(file, 0, 8);
    cfb_put32(file, PACKAGE);
    package(file + 8);
    encrypt(EVP_aes_128_ecb(), both, NULL, file + 8, PACKAGE);
    cfb_begin(&b);
    cfb_stream(&b, 0, "EncryptionInfo", info.data, info.len);
    cfb_stream(&b, 0, "EncryptedPackage", file, sizeof file);
    msh_buf_dispose(&info);
}

static void hashes(void)
{
    msh_hash h = {.name = "SHA1"};
    msh_view parts[2] = {MSH_VIEW("a"), MSH_VIEW("bc")};
    CHECK_INT(msh_hash_of(&h, parts, 2), MSH_OK);
    CHECK_INT(h.len, 20);
    CHECK_INT(h.value[0], 0xa9); /* FIPS 180: a9993e36 … */
    CHECK_INT(h.value[19], 0x9d);
    h.name = "NOHASH";
    CHECK_INT(msh_hash_of(&h, parts, 2), MSH_E_UNSUPPORTED);
    uint8_t block[16] = {0};
    CHECK_INT(msh_aes_decrypt(MSH_VIEW("short"), NULL, block, 16), MSH_E_UNSUPPORTED);
}

static void agile(void)
{
    build_agile("VelvetSweatshop", 1000);
    read_built();
    CHECK(has("words inside of the package; they go on and on, 机密★10年, to the end"));
    CHECK(has("over the edge"));
    CHECK(!dump_has(&d, "!office"));
    dump_end(&d);
    build_agile("", 1);
    read_built();
    CHECK(has("words inside of the package"));
    dump_end(&d);
}

static void standard(void)
{
    build_standard("VelvetSweatshop");
    read_built();
    CHECK(has("words inside of the package; they go on and on, 机密★10年, to the end"));
    CHECK(has("over the edge"));
    CHECK(!dump_has(&d, "!office"));
    dump_end(&d);
}

static void other_passwords(void)
{
    build_agile("another", 10);
    read_built();
    CHECK(has("!office.encrypted|a.docx\n"));
    CHECK_INT(d.outcomes, 1);
    dump_end(&d);
    build_standard("another");
    read_built();
    CHECK(has("!office.encrypted|a.docx\n"));
    dump_end(&d);
    cfb_begin(&b);
    cfb_stream(&b, 0, "EncryptionInfo", "\4\0\4\0@\0\0\0<encryption>", 20);
    cfb_stream(&b, 0, "EncryptedPackage", "\1\0\0\0\0\0\0\0noise here", 18);
    read_built();
    CHECK(has("!office.encrypted|a.docx\n"));
    CHECK(!dump_has(&d, "noise here"));
    dump_end(&d);
}

static void rights(void)
{
    cfb_begin(&b);
    int spaces = cfb_storage(&b, 0, "\006DataSpaces"),
        infos = cfb_storage(&b, spaces, "TransformInfo");
    cfb_storage(&b, infos, "DRMEncryptedTransform");
    cfb_stream(&b, 0, "EncryptedPackage", "\1\0\0\0\0\0\0\0noise here", 18);
    read_built();
    CHECK(has("!office.rights|a.docx\n"));
    CHECK(!dump_has(&d, "noise here"));
    dump_end(&d);
    cfb_begin(&b);
    cfb_stream(&b, 0, "\011DRMContent", "noise", 5);
    read_built();
    CHECK(has("!office.rights|a.docx\n"));
    dump_end(&d);
}

static void damaged_packages_are_said(void)
{
    build_agile("VelvetSweatshop", 10);
    b.e[2].data.data[4] = 1; /* longer than it is */
    read_built();
    CHECK(has("!format.truncated|a.docx\n"));
    dump_end(&d);
}

static void nothing_breaks_it(void)
{
    build_agile("VelvetSweatshop", 1);
    cfb_end(&b);
    size_t from = (size_t)msh_view_find(msh_buf_view(&b.file), MSH_VIEW("<?xml"), 0) - 8;
    for (size_t i = from * 8; i < (from + 1200) * 8; i++) {
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.docx"), MSH_OK);
        CHECK(d.outcomes > 0 || dump_has(&d, "words inside"));
        dump_end(&d);
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    cfb_dispose(&b);
}

int main(void)
{
    RUN(hashes);
    RUN(agile);
    RUN(standard);
    RUN(other_passwords);
    RUN(rights);
    RUN(damaged_packages_are_said);
    RUN(nothing_breaks_it);
    return check_result();
}
