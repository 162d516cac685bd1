/* The many-word engine against a plain search, on every kind of word and place. */
#include "check.h"

#include "base/mem.h"
#include "rule/literal.h"

enum { CAP = 4096 };

static uint32_t seed = 12345;

static uint32_t next(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static int order(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(msh_literal_found));
}

static size_t plain(const msh_view *words, size_t n, msh_view text, msh_literal_found *out)
{
    size_t found = 0;
    for (uint32_t i = 0; i < n; i++)
        for (size_t at = 0; (at = msh_view_find(text, words[i], at)) != SIZE_MAX; at++)
            out[found++] = (msh_literal_found){i, (uint32_t)at, (uint32_t)(at + words[i].len)};
    return found;
}

static void compare(const msh_view *words, size_t n, const char *text)
{
    static msh_literal_found want[1 << 18], got[1 << 18];
    static uint8_t bytes[1 << 17];
    size_t len = strlen(text);
    REQUIRE(len + 16 < sizeof bytes);
    memset(bytes, 0, len + 16);
    memcpy(bytes, text, len);
    msh_literals *l;
    REQUIRE(msh_literals_build(words, n, &l) == MSH_OK);
    size_t n_want = plain(words, n, msh_view_of(bytes, len), want), n_got = 0;
    size_t cap = CAP + msh_literals_burst(l);
    for (size_t at = 0; at < len;) {
        REQUIRE(n_got + cap <= sizeof got / sizeof got[0]);
        n_got += msh_literals_scan(l, msh_view_of(bytes, len), &at, got + n_got, cap);
    }
    qsort(want, n_want, sizeof *want, order);
    qsort(got, n_got, sizeof *got, order);
    CHECK_INT(n_got, n_want);
    CHECK(n_got == n_want && memcmp(got, want, n_got * sizeof *got) == 0);
    msh_literals_free(l);
}

static void kinds_of_words(void)
{
    static const msh_view words[] = {MSH_VIEW("机密"),
                                     MSH_VIEW("密"),
                                     MSH_VIEW("内部资料"),
                                     MSH_VIEW("内部"),
                                     MSH_VIEW("a"),
                                     MSH_VIEW("ab"),
                                     MSH_VIEW("abc"),
                                     MSH_VIEW("abcd"),
                                     MSH_VIEW("secret"),
                                     MSH_VIEW("top secret"),
                                     MSH_VIEW("vpn密码"),
                                     MSH_VIEW("密a"),
                                     MSH_VIEW("é"),
                                     MSH_VIEW("αβ"),
                                     MSH_VIEW("😀"),
                                     MSH_VIEW("密😀"),
                                     MSH_VIEW("10年"),
                                     MSH_VIEW("a密"),
                                     MSH_VIEW("资料abcdefghijk")};
    static const char *const texts[] = {
        "",
        "密",
        "机密",
        "内部资料内部资料abcdefghijk",
        "top secret, secret.vpn密码 a密ab密a abcd abcabcd xabcdx",
        "é αβ 😀密😀 10年 a",
        "机机密密密机密机密内内部内部资资料",
        "aaaaaabababcabcdabcde",
        "1234机密5678",
        "x机密",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        compare(words, sizeof words / sizeof words[0], texts[i]);
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
            compare(&words[k], 1, texts[i]);
    }
}

static void none(void)
{
    compare(NULL, 0, "机密");
}

/* Random words over a small alphabet, in random text over the same. */
static void at_random(void)
{
    static const char *const letters[] = {"机", "密", "内", "部", "a", "b", "c", " ", "é", "😀"};
    static char pool[400][64], text[6001];
    for (int round = 0; round < 200; round++) {
        msh_view words[60];
        size_t n = 0;
        for (size_t i = 0; i < 60; i++) {
            pool[i][0] = 0;
            for (uint32_t k = 0, len = 1 + next(7); k < len; k++)
                strncat(pool[i], letters[next(round % 2 ? 10 : 4)], 8);
            words[n] = msh_view_str(pool[i]);
            bool known = false;
            for (size_t k = 0; k < n; k++)
                known = known || msh_view_eq(words[k], words[n]);
            n += !known;
        }
        text[0] = 0;
        size_t len = 0;
        for (uint32_t k = 0, count = next(700); k < count; k++) {
            const char *c = letters[next(round % 3 ? 10 : 4)];
            memcpy(text + len, c, strlen(c) + 1);
            len += strlen(c);
        }
        compare(words, n, text);
    }
}

static void many_like_words(void)
{
    /* All begin alike: anchors must spread, and all must still be found. */
    enum { N = 3000 };
    static char pool[N][40], text[N * 34 / 10 + 100];
    static msh_view words[N];
    text[0] = 0;
    size_t len = 0;
    for (int i = 0; i < N; i++) {
        (void)snprintf(pool[i], sizeof pool[i], "机密文件%08d", i * 7919);
        words[i] = msh_view_str(pool[i]);
        if (i % 30 == 0) {
            memcpy(text + len, pool[i], words[i].len + 1);
            len += words[i].len;
        }
    }
    compare(words, N, text);
}

static void faults(void)
{
#ifdef MSH_TEST_FAULTS
    msh_view words[] = {MSH_VIEW("机密"), MSH_VIEW("secret"), MSH_VIEW("密")};
    for (unsigned long n = 1; n < 40; n++) {
        msh_literals *l;
        (void)msh_mem_fail_at(n);
        msh_err err = msh_literals_build(words, 3, &l);
        (void)msh_mem_fail_at(0);
        CHECK(err == MSH_OK || err == MSH_E_MEMORY);
        CHECK((err == MSH_OK) == (l != NULL));
        msh_literals_free(l);
    }
#endif
}

int main(void)
{
    RUN(kinds_of_words);
    RUN(none);
    RUN(at_random);
    RUN(many_like_words);
    RUN(faults);
    return check_result();
}
