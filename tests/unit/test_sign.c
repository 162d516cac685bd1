/* Ed25519 and SM2 signatures: round trips, published vectors, and keys in files. */
#define _GNU_SOURCE
#include "vectors.h"

#include "base/mem.h"
#include "crypto/keyfile.h"

#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = MSH_TEST_BINARY_DIR "/sign.XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void round_trip(msh_key_alg alg)
{
    msh_key *k, *pub;
    uint8_t sig[MSH_SIGNATURE_MAX], bad[MSH_SIGNATURE_MAX + 1];
    size_t n;
    REQUIRE(msh_key_generate(alg, &k) == MSH_OK);
    REQUIRE(msh_key_from_public(alg, msh_key_public(k), &pub) == MSH_OK);
    REQUIRE(msh_key_sign(k, MSH_VIEW("text\n"), sig, &n) == MSH_OK);
    CHECK_INT(msh_key_verify(pub, MSH_VIEW("text\n"), msh_view_of(sig, n)), MSH_OK);
    CHECK_INT(msh_key_verify(pub, MSH_VIEW("texs\n"), msh_view_of(sig, n)), MSH_E_EVIDENCE);
    for (size_t i = 0; i < n; i++) {
        memcpy(bad, sig, n);
        bad[i] ^= 1;
        CHECK_INT(msh_key_verify(pub, MSH_VIEW("text\n"), msh_view_of(bad, n)), MSH_E_EVIDENCE);
        CHECK_INT(msh_key_verify(pub, MSH_VIEW("text\n"), msh_view_of(sig, i)), MSH_E_EVIDENCE);
    }
    memcpy(bad, sig, n);
    bad[n] = 0;
    CHECK_INT(msh_key_verify(pub, MSH_VIEW("text\n"), msh_view_of(bad, n + 1)), MSH_E_EVIDENCE);
    CHECK(msh_key_sign(pub, MSH_VIEW("x"), sig, &n) != MSH_OK);
    msh_key_free(pub);
    msh_key_free(k);
}

static void test_round_trip(void)
{
    round_trip(MSH_KEY_ED25519);
    round_trip(MSH_KEY_SM2);
}

static void test_bad_keys(void)
{
    uint8_t zero[65] = {4};
    msh_key *k = NULL;
    CHECK_INT(msh_key_from_public(MSH_KEY_SM2, msh_view_of(zero, 65), &k), MSH_E_EVIDENCE);
    CHECK_INT(msh_key_from_public(MSH_KEY_SM2, msh_view_of(zero, 64), &k), MSH_E_EVIDENCE);
    CHECK_INT(msh_key_from_public(MSH_KEY_ED25519, msh_view_of(zero, 31), &k), MSH_E_EVIDENCE);
    CHECK_INT(msh_key_read_pem(MSH_KEY_SM2, MSH_VIEW("nothing"), false, &k), MSH_E_EVIDENCE);
    CHECK(k == NULL);
}

static void test_files(void)
{
    for (int alg = MSH_KEY_ED25519; alg <= MSH_KEY_SM2; alg++) {
        msh_key *k, *again, *pub;
        bool made;
        const int other = alg == MSH_KEY_SM2 ? MSH_KEY_ED25519 : MSH_KEY_SM2;
        (void)unlink(in_folder("k.pem"));
        REQUIRE(msh_keyfile_load_or_make(in_folder("k.pem"), alg, &k, &made, NULL) == MSH_OK);
        CHECK(made);
        REQUIRE(msh_keyfile_load_or_make(in_folder("k.pem"), alg, &again, &made, NULL) == MSH_OK);
        CHECK(!made);
        CHECK_VIEW(msh_key_public(k), msh_key_public(again));
        REQUIRE(msh_keyfile_write_public(in_folder("k.pub.pem"), k, NULL) == MSH_OK);
        REQUIRE(msh_keyfile_load_public(in_folder("k.pub.pem"), alg, &pub, NULL) == MSH_OK);
        CHECK_VIEW(msh_key_public(k), msh_key_public(pub));
        msh_key_free(pub);
        CHECK_INT(msh_keyfile_load(in_folder("k.pem"), other, &pub, NULL), MSH_E_EVIDENCE);
        CHECK(chmod(in_folder("k.pem"), 0640) == 0);
        CHECK_INT(msh_keyfile_load(in_folder("k.pem"), alg, &pub, NULL), MSH_E_STATE);
        msh_key_free(again);
        msh_key_free(k);
    }
    msh_key *none;
    CHECK_INT(msh_keyfile_load(in_folder("absent"), MSH_KEY_SM2, &none, NULL), MSH_E_OPEN);
}

static void test_secret(void)
{
    uint8_t a[32], b[32];
    REQUIRE(msh_keyfile_secret(in_folder("token.key"), a, NULL) == MSH_OK);
    REQUIRE(msh_keyfile_secret(in_folder("token.key"), b, NULL) == MSH_OK);
    CHECK(memcmp(a, b, 32) == 0);
    int fd = open(in_folder("short.key"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(fd >= 0 && write(fd, "abc\n", 4) == 4);
    close(fd);
    CHECK_INT(msh_keyfile_secret(in_folder("short.key"), a, NULL), MSH_E_STATE);
}

static void test_ed25519_vectors(void)
{
    msh_arena a;
    int n = 0;
    const msh_json *j = vectors_open(&a, "wycheproof_ed25519.json");
    const msh_json *group = j ? msh_json_get(j, "groups")->child : NULL;
    for (; group; group = group->next) {
        uint8_t pk[64];
        msh_key *k;
        size_t len = vectors_hex(vectors_text(group, "pk"), pk, sizeof pk);
        REQUIRE(msh_key_from_public(MSH_KEY_ED25519, msh_view_of(pk, len), &k) == MSH_OK);
        for (const msh_json *t = msh_json_get(group, "tests")->child; t; t = t->next, n++) {
            uint8_t text[4096], sig[256];
            size_t m = vectors_hex(vectors_text(t, "msg"), text, sizeof text);
            size_t s = vectors_hex(vectors_text(t, "sig"), sig, sizeof sig);
            bool good = msh_key_verify(k, msh_view_of(text, m), msh_view_of(sig, s)) == MSH_OK;
            CHECK(good == msh_view_eq_str(vectors_text(t, "result"), "valid"));
        }
        msh_key_free(k);
    }
    printf("Ed25519: %d vectors\n", n);
    msh_arena_dispose(&a);
}

/* DER SEQUENCE { r, s } from two numbers of 32 bytes. */
static size_t der(const uint8_t r[32], const uint8_t s[32], uint8_t *out)
{
    size_t n = 2;
    const uint8_t *parts[2] = {r, s};
    for (int i = 0; i < 2; i++) {
        bool high = parts[i][0] & 0x80;
        out[n++] = 2;
        out[n++] = (uint8_t)(32 + high);
        if (high)
            out[n++] = 0;
        memcpy(out + n, parts[i], 32);
        n += 32;
    }
    out[0] = 0x30;
    out[1] = (uint8_t)(n - 2);
    return n;
}

static void test_sm2_vector(void)
{
    msh_arena a;
    const msh_json *j = vectors_open(&a, "sm2_sm3.json");
    if (j) {
        const msh_json *t = msh_json_get(j, "sm2_sign")->child;
        uint8_t pub[65] = {4}, r[32], s[32], sig[80];
        msh_key *k;
        CHECK_INT(vectors_hex(vectors_text(t, "x"), pub + 1, 32), 32);
        CHECK_INT(vectors_hex(vectors_text(t, "y"), pub + 33, 32), 32);
        CHECK_INT(vectors_hex(vectors_text(t, "r"), r, 32), 32);
        CHECK_INT(vectors_hex(vectors_text(t, "s"), s, 32), 32);
        size_t n = der(r, s, sig);
        REQUIRE(msh_key_from_public(MSH_KEY_SM2, msh_view_of(pub, 65), &k) == MSH_OK);
        CHECK_INT(msh_key_verify(k, vectors_text(t, "message"), msh_view_of(sig, n)), MSH_OK);
        sig[n - 1] ^= 1;
        CHECK_INT(msh_key_verify(k, vectors_text(t, "message"), msh_view_of(sig, n)),
                  MSH_E_EVIDENCE);
        msh_key_free(k);
    }
    msh_arena_dispose(&a);
}

int main(void)
{
    REQUIRE(mkdtemp(folder));
    RUN(test_round_trip);
    RUN(test_bad_keys);
    RUN(test_files);
    RUN(test_secret);
    RUN(test_ed25519_vectors);
    RUN(test_sm2_vector);
    static const char *const names[] = {"k.pem", "k.pub.pem", "token.key", "short.key"};
    for (size_t i = 0; i < 4; i++)
        (void)unlink(in_folder(names[i]));
    CHECK(rmdir(folder) == 0);
    return check_result();
}
