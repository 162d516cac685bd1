/* SHA-256, SM3, HMAC-SM3, base64 and hex against published values. */
#include "vectors.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static void test_known(void)
{
    static const struct {
        const char *text, *sha256, *sm3;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
         "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint8_t h[32];
        char hex[65];
        REQUIRE(msh_sha256(msh_view_str(rows[i].text), h) == MSH_OK);
        msh_hex32(h, hex);
        CHECK_STR(hex, rows[i].sha256);
        REQUIRE(msh_sm3(msh_view_str(rows[i].text), h) == MSH_OK);
        msh_hex32(h, hex);
        CHECK_STR(hex, rows[i].sm3);
    }
}

/* In pieces, after a reset, and one algorithm alone. */
static void test_stream(void)
{
    uint8_t a[32], b[32], want_a[32], want_b[32];
    msh_digest *d;
    REQUIRE(msh_sha256(MSH_VIEW("hello world"), want_a) == MSH_OK);
    REQUIRE(msh_sm3(MSH_VIEW("hello world"), want_b) == MSH_OK);
    REQUIRE(msh_digest_new(MSH_DIGEST_SHA256 | MSH_DIGEST_SM3, &d) == MSH_OK);
    for (int round = 0; round < 3; round++) {
        memset(a, 0, sizeof a);
        memset(b, 0, sizeof b);
        REQUIRE(msh_digest_update(d, MSH_VIEW("hello ")) == MSH_OK);
        REQUIRE(msh_digest_update(d, (msh_view){NULL, 0}) == MSH_OK);
        REQUIRE(msh_digest_update(d, MSH_VIEW("world")) == MSH_OK);
        REQUIRE(msh_digest_final(d, a, round == 1 ? NULL : b) == MSH_OK);
        CHECK(memcmp(a, want_a, 32) == 0);
        CHECK(round == 1 || memcmp(b, want_b, 32) == 0);
        REQUIRE(msh_digest_reset(d) == MSH_OK);
    }
    msh_digest_free(d);
    REQUIRE(msh_digest_new(MSH_DIGEST_SM3, &d) == MSH_OK);
    memset(a, 7, sizeof a);
    REQUIRE(msh_digest_update(d, MSH_VIEW("hello world")) == MSH_OK);
    REQUIRE(msh_digest_final(d, a, b) == MSH_OK);
    CHECK(a[0] == 7 && a[31] == 7);
    CHECK(memcmp(b, want_b, 32) == 0);
    msh_digest_free(d);
}

static void test_base64(void)
{
    static const struct {
        const char *plain, *coded;
    } good[] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    static const char *const bad[] = {"Z",        "Zg",     "Zg=",  "Zh==", "Zm9=", "Z===", "====",
                                      "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_", "=Zg=", "Zg=v"};
    uint8_t out[16];
    size_t n;
    for (size_t i = 0; i < ROWS(good); i++) {
        msh_buf b;
        msh_buf_init(&b, 100);
        msh_base64_encode(&b, msh_view_str(good[i].plain));
        CHECK_VIEW(msh_buf_view(&b), msh_view_str(good[i].coded));
        CHECK_INT(msh_base64_read(msh_view_str(good[i].coded), out, sizeof out, &n), MSH_OK);
        CHECK_VIEW(msh_view_of(out, n), msh_view_str(good[i].plain));
        msh_buf_dispose(&b);
    }
    for (size_t i = 0; i < ROWS(bad); i++)
        CHECK_INT(msh_base64_read(msh_view_str(bad[i]), out, sizeof out, &n), MSH_E_SYNTAX);
    CHECK_INT(msh_base64_read(MSH_VIEW("Zm9v"), out, 2, &n), MSH_E_LIMIT_BUFFER);
}

static void test_hex(void)
{
    uint8_t in[32], out[32];
    char hex[65];
    REQUIRE(msh_random_fill(in, sizeof in) == MSH_OK);
    msh_hex32(in, hex);
    CHECK(msh_hex32_read(msh_view_str(hex), out) && memcmp(in, out, 32) == 0);
    CHECK(!msh_hex32_read(msh_view_of(hex, 63), out));
    hex[5] = 'A';
    CHECK(!msh_hex32_read(msh_view_str(hex), out));
    hex[5] = 'g';
    CHECK(!msh_hex32_read(msh_view_str(hex), out));
}

static void test_hmac_vectors(void)
{
    msh_arena a;
    int n = 0;
    const msh_json *j = vectors_open(&a, "wycheproof_hmac_sm3.json");
    const msh_json *group = j ? msh_json_get(j, "groups")->child : NULL;
    for (; group; group = group->next) {
        size_t tag_bytes = (size_t)msh_json_int(msh_json_get(group, "tagSize"), 0) / 8;
        for (const msh_json *t = msh_json_get(group, "tests")->child; t; t = t->next, n++) {
            uint8_t key[512], text[1024], tag[64], got[32];
            size_t key_len = vectors_hex(vectors_text(t, "key"), key, sizeof key);
            size_t len = vectors_hex(vectors_text(t, "msg"), text, sizeof text);
            size_t tag_len = vectors_hex(vectors_text(t, "tag"), tag, sizeof tag);
            REQUIRE(msh_hmac_sm3(msh_view_of(key, key_len), msh_view_of(text, len), got) == MSH_OK);
            msh_hmac *h = NULL; /* with the key taken in once */
            uint8_t again[32];
            REQUIRE(msh_hmac_new(msh_view_of(key, key_len), &h) == MSH_OK);
            REQUIRE(msh_hmac_of(h, MSH_VIEW("another text"), again) == MSH_OK);
            REQUIRE(msh_hmac_of(h, msh_view_of(text, len), again) == MSH_OK);
            CHECK(memcmp(got, again, 32) == 0);
            msh_hmac_free(h);
            bool same = tag_len == tag_bytes && tag_len <= 32 && memcmp(got, tag, tag_len) == 0;
            CHECK(same == msh_view_eq_str(vectors_text(t, "result"), "valid"));
        }
    }
    printf("HMAC-SM3: %d vectors\n", n);
    msh_arena_dispose(&a);
}

int main(void)
{
    RUN(test_known);
    RUN(test_stream);
    RUN(test_base64);
    RUN(test_hex);
    RUN(test_hmac_vectors);
    return check_result();
}
