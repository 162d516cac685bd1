/* bench_text.c: speed of decoding, folding, joining, escapes and detection on text it makes itself.
 *
 * Prints MB of source a second, best of a few rounds, on one core: cmake --build build/release
 * --target bench_text && build/release/bench_text */
#include "base/clock.h"
#include "base/view.h"
#include "text/charset.h"
#include "text/escapes.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

enum { SIZE = 16 << 20, ROUNDS = 5 };

static msh_buf utf8, gb, trad, ascii, html, wide, big5;

/* Running text: a word of two characters out of common ones, a comma or full stop now and then, a
 * number, a line end each hundred characters. */
static void make_chinese(msh_buf *b, const uint32_t *chars, unsigned n)
{
    uint32_t x = 1;
    for (unsigned i = 0; b->len < SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        msh_buf_put_utf8(b, chars[(x >> 16) % n]);
        if (i % 9 == 8)
            msh_buf_put_utf8(b, x & 0x10000 ? 0xff0c : 0x3002);
        if (i % 60 == 59)
            msh_buf_printf(b, "%u", x >> 20);
        if (i % 100 == 99)
            msh_buf_put_byte(b, '\n');
    }
}

static const char *const words[] = {"The ",   "committee ", "shall ",  "Review ",       "every ",
                                    "item, ", "2024 ",      "before ", "publication.\n"};

static void make_all(void)
{
    uint32_t common[2000], old[2000];
    unsigned n = 0, m = 0;
    for (uint32_t cp = 0x4e00; cp < 0x9fa5 && n < 2000; cp += 7)
        if (msh_fold_cp(cp) == cp)
            common[n++] = cp;
    for (uint32_t cp = 0x4e00; cp < 0x9fa5 && m < 2000; cp += 5)
        old[m++] = cp;
    make_chinese(&utf8, common, n);
    make_chinese(&trad, old, m);
    for (size_t at = 0; at < utf8.len;) {
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_of(utf8.data + at, utf8.len - at));
        msh_buf_put_u16(&wide, (uint16_t)c.cp);
        at += c.len;
    }
    for (uint32_t x = 1; big5.len < SIZE; x++) {
        x = x * 1664525u + 1013904223u;
        uint8_t pair[2] = {(uint8_t)(0xa4 + (x >> 16) % 0x20), (uint8_t)(0x40 + (x >> 24) % 63)};
        msh_buf_put(&big5, pair, 2);
    }
    for (unsigned i = 0; ascii.len < SIZE; i++)
        msh_buf_put_str(&ascii, words[i % 9]);
    for (unsigned i = 0; html.len < SIZE; i++) {
        msh_buf_put_str(&html, "<p class=\"indent\">");
        for (unsigned j = 0; j < 40; j++)
            msh_buf_put_utf8(&html, common[(i * 31 + j * 7) % n]);
        msh_buf_put_str(&html, "</p>\n");
    }
    /* GB2312 level 1 */
    for (uint32_t x = 1; gb.len < SIZE; x++) {
        x = x * 1664525u + 1013904223u;
        uint8_t pair[2] = {(uint8_t)(0xb0 + (x >> 16) % 0x28), (uint8_t)(0xa1 + (x >> 24) % 94)};
        msh_buf_put(&gb, pair, 2);
        if ((x >> 8) % 9 == 8)
            msh_buf_put_str(&gb, "\xa3\xac");
        if ((x >> 8) % 100 == 99)
            msh_buf_put_str(&gb, "2024\n");
    }
}

static void report(const char *what, size_t bytes, uint64_t best)
{
    printf("%-34s %7.0f MB/s\n", what, (double)bytes * 1e3 / (double)best);
}

static void bench_fold(const char *what, const msh_buf *b, msh_charset cs)
{
    msh_folded f;
    msh_folded_init(&f, (size_t)SIZE * 4);
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t t = msh_clock_ns();
        if (msh_fold(&f, msh_buf_view(b), cs) != MSH_OK)
            printf("failed: ");
        t = msh_clock_ns() - t;
        best = t < best ? t : best;
    }
    report(what, b->len, best);
    msh_folded j;
    msh_folded_init(&j, (size_t)SIZE * 4);
    best = UINT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t t = msh_clock_ns();
        if (msh_fold_joined(&j, &f) != MSH_OK)
            printf("failed: ");
        t = msh_clock_ns() - t;
        best = t < best ? t : best;
    }
    report("  joined view of it", f.text.len, best);
    msh_folded_dispose(&j);
    msh_folded_dispose(&f);
}

static void bench_decode(const char *what, const msh_buf *b, msh_charset cs)
{
    msh_buf out;
    msh_buf_init(&out, (size_t)SIZE * 4);
    uint64_t best = UINT64_MAX, bad = 0;
    for (int i = 0; i < ROUNDS; i++) {
        size_t used;
        msh_buf_reset(&out);
        uint64_t t = msh_clock_ns();
        msh_charset_decode(cs, msh_buf_view(b), true, &out, &used, &bad);
        t = msh_clock_ns() - t;
        best = t < best ? t : best;
    }
    report(what, b->len, best);
    msh_buf_dispose(&out);
}

static msh_err ignore(void *ctx, msh_view decoded, uint64_t at)
{
    (void)decoded, (void)at;
    ++*(unsigned *)ctx;
    return MSH_OK;
}

static void bench_escapes(const char *what, const msh_buf *b)
{
    uint64_t may = UINT64_MAX, runs = UINT64_MAX;
    unsigned n = 0;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t t = msh_clock_ns();
        n += msh_unescape_may(msh_buf_view(b));
        t = msh_clock_ns() - t;
        may = t < may ? t : may;
        t = msh_clock_ns();
        if (msh_find_encoded(msh_buf_view(b), SIZE, ignore, &n) != MSH_OK)
            printf("failed: ");
        t = msh_clock_ns() - t;
        runs = t < runs ? t : runs;
    }
    printf("%s (%u found)\n", what, n);
    report("  looking for escapes", b->len, may);
    report("  looking for base64 and hex", b->len, runs);
}

static void bench_detect(const char *what, const msh_buf *b)
{
    uint64_t best = UINT64_MAX;
    unsigned n = 0;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t t = msh_clock_ns();
        n += msh_charset_detect(msh_view_of(b->data, 65536), false).n;
        t = msh_clock_ns() - t;
        best = t < best ? t : best;
    }
    printf("%-34s %7.1f us a file (%u)\n", what, (double)best / 1e3, n / ROUNDS);
}

int main(void)
{
    msh_buf *all[] = {&utf8, &gb, &trad, &ascii, &html, &wide, &big5};
    for (size_t i = 0; i < 7; i++)
        msh_buf_init(all[i], (size_t)SIZE * 2);
    make_all();
    bench_fold("fold UTF-8 simplified", &utf8, MSH_CS_UTF8);
    bench_fold("fold UTF-8 with traditional", &trad, MSH_CS_UTF8);
    bench_fold("fold ASCII", &ascii, MSH_CS_UTF8);
    bench_fold("fold HTML", &html, MSH_CS_UTF8);
    bench_fold("fold GB18030", &gb, MSH_CS_GB18030);
    bench_fold("fold UTF-16LE", &wide, MSH_CS_UTF16LE);
    bench_fold("fold Big5", &big5, MSH_CS_BIG5);
    bench_decode("decode UTF-16LE", &wide, MSH_CS_UTF16LE);
    bench_decode("decode UTF-8", &utf8, MSH_CS_UTF8);
    bench_decode("decode GB18030", &gb, MSH_CS_GB18030);
    bench_escapes("plain Chinese", &utf8);
    bench_escapes("plain ASCII", &ascii);
    bench_escapes("HTML", &html);
    bench_detect("detect UTF-8", &utf8);
    bench_detect("detect GB18030", &gb);
    for (size_t i = 0; i < 7; i++)
        msh_buf_dispose(all[i]);
    return 0;
}
