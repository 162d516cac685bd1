/* Sixty-four bytes at once say what one byte after the other says; quick walks over text stop where
 * slow ones do. */
#include "base/lanes.h"
#include "base/sift.h"
#include "base/view.h"
#include "text/charset.h"
#include "text/escapes.h"

#include "check.h"

#include <string.h>

static uint32_t state = 12345;

static uint32_t chance(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

static uint64_t within(const uint8_t *p, unsigned least, unsigned most)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++)
        mask |= (uint64_t)(p[i] >= least && p[i] <= most) << i;
    return mask;
}

static void test_classes(void)
{
    uint8_t p[64];
    for (unsigned round = 0; round < 2000; round++) {
        for (unsigned i = 0; i < 64; i++)
            p[i] = (uint8_t)chance(256);
        uint8_t least = (uint8_t)chance(256), most = (uint8_t)(least + chance(256u - least));
        CHECK(msh_lanes_high(p) == within(p, 0x80, 0xff));
        CHECK(msh_lanes_equal(p, least) == within(p, least, least));
        CHECK(msh_lanes_within(p, least, most) == within(p, least, most));
    }
}

static void test_behind_the_end(void)
{
    uint8_t p[70], room[64];
    memset(p, ' ', sizeof p);
    const msh_view v = msh_view_of(p, sizeof p);
    CHECK(msh_lanes_at(v, 6, room) == p + 6);
    CHECK(msh_lanes_equal(msh_lanes_at(v, 7, room), ' ') == ~(uint64_t)0 >> 1);
    CHECK(msh_lanes_equal(msh_lanes_at(v, 69, room), ' ') == 1);
    CHECK(msh_lanes_equal(msh_lanes_at(v, 70, room), ' ') == 0);
}

/* Sets of any characters, at any length, from any place on: what one byte after the other says. */
static void test_sift(void)
{
    uint8_t text[MSH_SIFT_BYTES + 200];
    for (unsigned round = 0; round < 300; round++) {
        msh_sift_set set[2];
        size_t n = chance(sizeof text), at = chance((uint32_t)n + 1);
        for (unsigned i = 0; i < 16; i++) {
            set[0].low[i] = (uint8_t)chance(256);
            set[1].low[i] = (uint8_t)(chance(256) & chance(256));
        }
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)chance(256);
        const msh_view v = msh_view_of(text, n);
        uint64_t one[MSH_SIFT_WORDS];
        msh_sifted two;
        unsigned words = msh_sift(&set[0], v, at, one);
        size_t most = n - at < MSH_SIFT_BYTES ? n - at : MSH_SIFT_BYTES;
        CHECK_INT(words, (most + 63) / 64);
        CHECK_INT(msh_sift_two(&set[0], &set[1], v, at, &two), words);
        for (size_t i = 0; i < (size_t)words * 64; i++) {
            uint8_t c = i < most ? text[at + i] : 0;
            for (unsigned k = 0; k < 2; k++) {
                bool in = i < most && c < 128 && set[k].low[c % 16] >> c / 16 & 1;
                CHECK(((k ? two.b : two.a)[i / 64] >> i % 64 & 1) == in);
                CHECK(k || (one[i / 64] >> i % 64 & 1) == in);
            }
            CHECK((two.high[i / 64] >> i % 64 & 1) == (c >= 128));
        }
    }
}

/* Every pair of bytes, and every wrong third and fourth, across the borders of what is looked at
 * together. */
static void test_utf8_faults(void)
{
    static const uint8_t kinds[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                    0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
                                    0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    enum { N = sizeof kinds };
    uint8_t text[160];
    for (unsigned code = 0; code < N * N * N * N; code++) {
        memset(text, 'a', sizeof text);
        size_t from = 26 + code % 70;
        text[from] = kinds[code % N];
        text[from + 1] = kinds[code / N % N];
        text[from + 2] = kinds[code / N / N % N];
        text[from + 3] = kinds[code / N / N / N];
        size_t at = 0;
        while (at < sizeof text) {
            msh_char c = msh_charset_next(MSH_CS_UTF8, (msh_view){text + at, sizeof text - at});
            if (c.bad)
                break;
            at += c.len;
        }
        if (msh_view_utf8_prefix(msh_view_of(text, sizeof text)) != at)
            CHECK_INT(code, -1);
    }
}

/* Text in Chinese and ASCII, with a wrong byte somewhere or none. */
static size_t make_text(uint8_t *to, size_t most)
{
    size_t n = 0;
    while (n + 100 < most) {
        unsigned run = 1 + chance(30);
        bool ascii = chance(3) == 0;
        for (unsigned i = 0; i < run; i++) {
            if (ascii) {
                to[n++] = (uint8_t)(32 + chance(90));
                continue;
            }
            uint32_t cp = chance(50) ? 0x4e00 + chance(0x5000) : 0x800 + chance(0xd000);
            to[n++] = (uint8_t)(0xe0 | cp >> 12);
            to[n++] = (uint8_t)(0x80 | (cp >> 6 & 63));
            to[n++] = (uint8_t)(0x80 | (cp & 63));
        }
    }
    if (chance(4))
        to[chance((uint32_t)n)] = (uint8_t)chance(256);
    return n;
}

static void test_utf8_prefix(void)
{
    uint8_t text[700];
    for (unsigned round = 0; round < 3000; round++) {
        const msh_view v = msh_view_of(text, make_text(text, sizeof text));
        size_t at = 0;
        while (at < v.len) {
            msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(v, at, v.len));
            if (c.bad)
                break;
            at += c.len;
        }
        CHECK_INT(msh_view_utf8_prefix(v), at);
        CHECK(msh_view_is_utf8(v) == (at == v.len));
    }
}

/* The first place, whatever the length and wherever it stands; few letters, so that there are many
 * that nearly fit. */
static void test_find(void)
{
    uint8_t text[400], needle[40];
    for (unsigned round = 0; round < 20000; round++) {
        size_t n = chance(400), len = 1 + chance(round % 4 ? 5 : 39), want = SIZE_MAX;
        for (size_t i = 0; i < n; i++)
            text[i] = (uint8_t)('a' + chance(2) * chance(2));
        for (size_t i = 0; i < len; i++)
            needle[i] = (uint8_t)('a' + chance(2) * chance(2));
        size_t from = chance((uint32_t)n + 1);
        if (n > len && chance(2))
            memcpy(text + chance((uint32_t)(n - len)), needle, len);
        for (size_t i = from; i + len <= n && want == SIZE_MAX; i++)
            if (memcmp(text + i, needle, len) == 0)
                want = i;
        CHECK_INT(msh_view_find(msh_view_of(text, n), msh_view_of(needle, len), from), want);
    }
}

static msh_err count_found(void *ctx, msh_view decoded, uint64_t at)
{
    (void)decoded;
    *(uint64_t *)ctx = at;
    return MSH_OK;
}

/* A run is found wherever it begins, and whatever words stand before it. */
static void test_runs_anywhere(void)
{
    static const char *const runs[] = {"5py65a+G4piFMTDlubQ=", "e69cbae5af86e29885",
                                       "e6 9c ba e5 af 86 e2 98 85"};
    for (size_t r = 0; r < 3; r++) {
        for (size_t before = 0; before < 140; before++) {
            char text[300];
            uint64_t at = UINT64_MAX;
            for (size_t i = 0; i < before; i++)
                text[i] = i % 5 < 3 && i + 1 < before ? 'w' : ' ';
            memcpy(text + before, runs[r], strlen(runs[r]) + 1);
            CHECK(msh_find_encoded(msh_view_str(text), 1000, count_found, &at) == MSH_OK);
            CHECK_INT(at, before);
        }
    }
}

int main(void)
{
    RUN(test_classes);
    RUN(test_behind_the_end);
    RUN(test_sift);
    RUN(test_utf8_faults);
    RUN(test_utf8_prefix);
    RUN(test_find);
    RUN(test_runs_anywhere);
    return check_result();
}
