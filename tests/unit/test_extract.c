/* extract: the way of an item, windows, charsets, sweep, loops, limits (extraction.md section 3).
 */
#include "check.h"
#include "extract_dump.h"

#include "base/mem.h"
#include "extract/inflate.h"

#include <zlib.h>

static void text_in_many_charsets(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
#define ROW(s) {s, sizeof(s) - 1}
        ROW("第一行\n机密★10年\n"),
        ROW("\xef\xbb\xbf机密★10年"),
        ROW("\xff\xfe\x3a\x67\xc6\x5b\x05\x26\x31\x00\x30\x00\x74\x5e"),
        ROW("\xfe\xff\x67\x3a\x5b\xc6\x26\x05\x00\x31\x00\x30\x5e\x74"),
        ROW("\xb5\xda\xd2\xbb\xd0\xd0\n\xbb\xfa\xc3\xdc\xa1\xef"
            "10\xc4\xea\n"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dump d;
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(rows[i].bytes, rows[i].len), "a.txt"), MSH_OK);
        CHECK(dump_has(&d, "机密★10年"));
        CHECK_INT(d.outcomes, 0);
        CHECK_VIEW(d.x.format, MSH_VIEW("text"));
        dump_end(&d);
    }
}

static void empty_and_unknown_say_so(void)
{
    dump d;
    uint8_t noise[512];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)((i * 167 + i * i * 13) ^ (i >> 1) ^ (i % 5 == 0 ? 0x80 : 3));
    dump_begin(&d);
    CHECK_INT(dump_run(&d, MSH_VIEW(""), "empty"), MSH_OK);
    CHECK(dump_has(&d, "!file.empty|empty"));
    dump_end(&d);
    dump_begin(&d);
    memcpy(noise + 100, "\0\0机密★10年\0", 18);
    CHECK_INT(dump_run(&d, msh_view_of(noise, sizeof noise), "x.bin"), MSH_OK);
    CHECK(dump_has(&d, "!format.unknown|x.bin"));
    CHECK(dump_has(&d, "机密★10年"));
    CHECK_VIEW(d.x.format, MSH_VIEW("?"));
    dump_end(&d);
    /* the end of an empty zip behind it does not make it one */
    memcpy(noise + sizeof noise - 22, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_view_of(noise, sizeof noise), "x.bin"), MSH_OK);
    CHECK(d.outcomes > 0);
    CHECK(dump_has(&d, "机密★10年"));
    dump_end(&d);
}

/* A line in GB18030 inside UTF-8, and one of UTF-8 inside GB18030. */
static void mixed_charsets_are_both_read(void)
{
    msh_buf b;
    dump d;
    msh_buf_init(&b, 1 << 20);
    for (int i = 0; i < 200; i++)
        msh_buf_put_str(&b, "这是一行普通的文字，用来说明编码。\n");
    size_t at = b.len;
    msh_buf_put_str(&b, "\xbb\xfa\xc3\xdc\xa1\xef"
                        "10\xc4\xea\n");
    for (int i = 0; i < 200; i++)
        msh_buf_put_str(&b, "这是一行普通的文字，用来说明编码。\n");
    dump_begin(&d);
    d.needle = MSH_VIEW("机密★");
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.txt"), MSH_OK);
    CHECK(dump_has(&d, "机密★10年"));
    CHECK_INT(d.needle_at, at);
    dump_end(&d);
    msh_buf_reset(&b);
    for (int i = 0; i < 200; i++)
        msh_buf_put_str(&b, "\xd5\xe2\xca\xc7\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\n");
    msh_buf_put_str(&b, "绝密★30年\n");
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "b.txt"), MSH_OK);
    CHECK(dump_has(&d, "绝密★30年"));
    dump_end(&d);
    msh_buf_dispose(&b);
}

typedef struct window_ctx {
    uint64_t seen; /* source bytes handed on, each once */
    unsigned found, more, last;
    uint64_t greatest;
    msh_charset cs;
} window_ctx;

static msh_err window_text(void *ctx, const msh_text *t)
{
    window_ctx *w = ctx;
    w->greatest = t->bytes.len > w->greatest ? t->bytes.len : w->greatest;
    w->seen += t->bytes.len - t->overlap;
    w->more += (t->flags & MSH_TEXT_MORE) != 0;
    w->last += (t->flags & MSH_TEXT_MORE) == 0;
    w->cs = t->charset;
    w->found += msh_view_find(t->bytes, MSH_VIEW("机密★10年"), 0) != SIZE_MAX;
    return MSH_OK;
}

static msh_err window_outcome(void *ctx, msh_reason r, const msh_place *p, uint64_t n)
{
    (void)ctx, (void)r, (void)p, (void)n;
    return MSH_OK;
}

/* 5 MB without a line end: every byte once but the overlap, no character cut, hits at seams found.
 */
static void long_lines_come_in_windows(void)
{
    msh_limits limits;
    msh_arena arena;
    msh_buf b;
    msh_input in;
    window_ctx w = {0};
    msh_sink sink = {.ctx = &w, .text = window_text, .outcome = window_outcome};
    msh_limits_default(&limits);
    msh_arena_init(&arena, 0);
    msh_buf_init(&b, 16 << 20);
    for (int i = 0; b.len < 5000000; i++)
        msh_buf_put_str(&b, "一二三四五六七八九十");
    memcpy(b.data + MSH_TEXT_WINDOW / 30 * 30 - 15, "机密★10年ab", 16);
    memcpy(b.data + MSH_TEXT_WINDOW / 30 * 30 - 30, "一一一一一", 15);
    memcpy(b.data + MSH_TEXT_WINDOW / 30 * 30 + 1, "一一一", 9);
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input_memory(&in, msh_buf_view(&b));
    CHECK_INT(msh_extract_item(&x, &in, MSH_VIEW("a.txt")), MSH_OK);
    CHECK(w.found >= 1);
    CHECK(w.greatest <= MSH_TEXT_WINDOW);
    CHECK(w.more >= 4);
    CHECK(w.last >= 1);
    CHECK(w.seen >= b.len);
    msh_input_dispose(&in);
    msh_buf_dispose(&b);
    msh_arena_dispose(&arena);
}

static void characters_are_never_cut(void)
{
    msh_view utf8 = MSH_VIEW("机密机密"), gbk = MSH_VIEW("\xbb\xfa\xc3\xdc\xbb\xfa\xc3\xdc");
    msh_view pair = MSH_VIEW("\x3d\xd8\x00\xde\x3d\xd8\x00\xde");
    for (size_t at = 0; at <= 12; at++)
        CHECK_INT(msh_emit_boundary(MSH_CS_UTF8, utf8, at), at / 3 * 3);
    for (size_t at = 0; at <= 8; at++)
        CHECK_INT(msh_emit_boundary(MSH_CS_GB18030, gbk, at), at / 2 * 2);
    for (size_t at = 0; at < 8; at++)
        CHECK_INT(msh_emit_boundary(MSH_CS_UTF16LE, pair, at), at / 4 * 4);
    CHECK_INT(msh_emit_cut(MSH_CS_UTF8, MSH_VIEW("ab\ncdefgh"), 6), 3);
    CHECK_INT(msh_emit_cut(MSH_CS_UTF16LE, MSH_VIEW("a\0\n\0b\0c\0"), 6), 4);
    CHECK_INT(msh_emit_lines(MSH_CS_UTF16BE, MSH_VIEW("\0a\0\n\n\0\0\n")), 2);
    CHECK_INT(msh_emit_lines(MSH_CS_UTF8, MSH_VIEW("a\n\nb\n")), 3);
}

static void sweep_reads_all_encodings_and_places(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
#define ROW(s) {s, sizeof(s) - 1}
        ROW("\x01\x02机密★10年\x03\x04"),
        ROW("\x01\x02\xbb\xfa\xc3\xdc\xa1\xef"
            "10\xc4\xea\x03"),
        /* one high byte before: the pairs are misaligned */
        ROW("\x01\xb5\xbb\xfa\xc3\xdc\xc3\xdc\xbb\xfa\xc3\xdc\x01"),
        ROW("\x01\x02\x3a\x67\xc6\x5b\x05\x26\x31\x00\x30\x00\x74\x5e\x00\x00"),
        ROW("\x01\x3a\x67\xc6\x5b\x05\x26\x31\x00\x30\x00\x74\x5e\x00\x00"),
        ROW("\x01\x02\x67\x3a\x5b\xc6\x26\x05\x00\x31\x00\x30\x5e\x74\x00\x00"),
        ROW("\x01\x67\x3a\x5b\xc6\x26\x05\x00\x31\x00\x30\x5e\x74\x00\x00"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dump d;
        dump_begin(&d);
        msh_sink sink = dump_sink_rows;
        sink.ctx = &d;
        d.x = (msh_extract){.arena = &d.arena, .limits = &d.limits, .sink = &sink};
        d.needle = MSH_VIEW("机密");
        msh_budget_begin(&d.x.budget, &d.limits, 100);
        msh_place place = {.vpath = MSH_VIEW("x")};
        CHECK_INT(msh_sweep(&d.x, &place, msh_view_of(rows[i].bytes, rows[i].len), 1000), MSH_OK);
        CHECK(dump_has(&d, "raw|x||"));
        CHECK(dump_has(&d, "机密"));
        CHECK(d.needle_at >= 1001 && d.needle_at <= 1007);
        dump_end(&d);
    }
    CHECK(msh_sweep_is_common(0x5bc6));
    CHECK(!msh_sweep_is_common(0x9f98));
    CHECK(!msh_sweep_is_common(0x41));
}

/* Random bytes give next to nothing that reads like text. */
static void sweep_is_quiet_on_noise(void)
{
    uint8_t noise[65536];
    uint64_t s = 88172645463325252ull;
    for (size_t i = 0; i < sizeof noise; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        noise[i] = (uint8_t)(s >> 32);
    }
    dump d;
    dump_begin(&d);
    msh_sink sink = dump_sink_rows;
    sink.ctx = &d;
    d.x = (msh_extract){.arena = &d.arena, .limits = &d.limits, .sink = &sink};
    msh_budget_begin(&d.x.budget, &d.limits, sizeof noise);
    msh_place place = {.vpath = MSH_VIEW("x")};
    CHECK_INT(msh_sweep(&d.x, &place, msh_view_of(noise, sizeof noise), 0), MSH_OK);
    CHECK(d.bytes < sizeof noise / 2);
    dump_end(&d);
}

static void deflate_into(msh_buf *out, msh_view in)
{
    uLongf n = compressBound((uLong)in.len);
    uint8_t *room = msh_buf_room(out, n);
    REQUIRE(room != NULL);
    REQUIRE(compress(room, &n, in.data, (uLong)in.len) == Z_OK);
    msh_buf_grew(out, n);
}

static void members_are_read_to_their_depth(void)
{
    msh_buf a, b;
    dump d;
    msh_buf_init(&a, 1 << 20);
    msh_buf_init(&b, 1 << 20);
    msh_buf_put_str(&a, "blob 12\n机密★10年 这是一个对象的内容");
    for (int level = 0; level < 3; level++) {
        msh_buf_reset(&b);
        deflate_into(&b, msh_buf_view(&a));
        msh_buf_reset(&a);
        msh_buf_put_view(&a, msh_buf_view(&b));
    }
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&a), "objects/a!b"), MSH_OK);
    CHECK(dump_has(&d, "body|objects/a!b!zlib!zlib!zlib||blob 12"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    dump_begin(&d);
    d.limits.depth = 2;
    CHECK_INT(dump_run(&d, msh_buf_view(&a), "a"), MSH_OK);
    CHECK(dump_has(&d, "!limit.depth|a!zlib!zlib!zlib"));
    dump_end(&d);
    dump_begin(&d);
    d.limits.members = 1;
    CHECK_INT(dump_run(&d, msh_buf_view(&a), "a"), MSH_OK);
    CHECK(dump_has(&d, "!limit.members|"));
    CHECK_INT(d.outcomes, 1);
    dump_end(&d);
    /* cut anywhere: never silent, never an error of the call */
    for (size_t n = 1; n < a.len; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_cut(msh_buf_view(&a), 0, n), "a"), MSH_OK);
        CHECK(d.outcomes > 0 || n < 8);
        dump_end(&d);
    }
    msh_buf_dispose(&a);
    msh_buf_dispose(&b);
}

static void a_bomb_ends_at_the_budget(void)
{
    msh_buf zeros, packed;
    dump d;
    msh_buf_init(&zeros, 8 << 20);
    msh_buf_init(&packed, 16 << 20);
    REQUIRE(msh_buf_room(&zeros, 8 << 20) != NULL);
    memset(zeros.data, 0, 8 << 20);
    msh_buf_grew(&zeros, 8 << 20);
    deflate_into(&packed, msh_buf_view(&zeros));
    dump_begin(&d);
    d.limits.decoded = 1 << 20;
    CHECK_INT(dump_run(&d, msh_buf_view(&packed), "bomb"), MSH_OK);
    CHECK(dump_has(&d, "!limit.decoded|bomb"));
    dump_end(&d);
    dump_begin(&d);
    d.limits.size = 100;
    CHECK_INT(dump_run(&d, msh_buf_view(&packed), "large"), MSH_OK);
    CHECK(dump_has(&d, "!limit.size|large"));
    CHECK_INT(d.texts, 0);
    dump_end(&d);
    msh_buf_dispose(&zeros);
    msh_buf_dispose(&packed);
}

static void encoded_runs_are_read(void)
{
    dump d;
    dump_begin(&d);
    CHECK_INT(
        dump_run(&d, MSH_VIEW("key = 5py65a+G4piFMTDlubTlhbPkuo7lt6XkvZznmoTpgJrnn6U=\n"), "a.ini"),
        MSH_OK);
    CHECK(dump_has(&d, "机密★10年关于工作的通知"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    /* twice encoded */
    dump_begin(&d);
    CHECK_INT(dump_run(&d,
                       MSH_VIEW("NXB5NjVhK0c0cGlGTVREbHViUWc1WVd6NUxxTzVMeWE2SzZ1NTVxRTZZQ2E1NSts"),
                       "a.txt"),
              MSH_OK);
    CHECK(dump_has(&d, "机密★10年 关于会议的通知"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

/* Which call of a callback stops the item. */
typedef struct stop_ctx {
    unsigned left;
} stop_ctx;

static msh_err stop_text(void *ctx, const msh_text *t)
{
    stop_ctx *s = ctx;
    (void)t;
    return s->left-- == 0 ? MSH_E_STOPPED : MSH_OK;
}

static msh_err stop_outcome(void *ctx, msh_reason r, const msh_place *p, uint64_t n)
{
    (void)r, (void)p, (void)n;
    return stop_text(ctx, NULL);
}

static void a_callback_stops_the_item(void)
{
    static const char page[] = "<html><title>t</title><p>机密<!-- c --><img alt=x src='data:,abc'>";
    for (unsigned n = 0; n < 5; n++) {
        msh_limits limits;
        msh_arena arena;
        msh_input in;
        stop_ctx s = {n};
        msh_sink sink = {.ctx = &s, .text = stop_text, .outcome = stop_outcome};
        msh_limits_default(&limits);
        msh_arena_init(&arena, 0);
        msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
        msh_input_memory(&in, msh_view_str(page));
        CHECK_INT(msh_extract_item(&x, &in, MSH_VIEW("a.html")), MSH_E_STOPPED);
        msh_input_dispose(&in);
        msh_arena_dispose(&arena);
    }
}

#ifdef MSH_TEST_FAULTS
/* Short memory anywhere: an outcome, or an error, but never a clean item. */
static void memory_may_end_anywhere(void)
{
    static const char page[] =
        "<html><title>t</title><p>机密&amp;★<!-- c --><img alt=x src='data:;base64,5py65a+G4piF'>";
    for (unsigned long n = 1; n < 60; n++) {
        dump d;
        dump_begin(&d);
        msh_buf_put_str(&d.log, "-");
        REQUIRE(msh_buf_room(&d.log, 1 << 20) != NULL);
        (void)msh_mem_fail_at(n);
        msh_err err = dump_run(&d, msh_view_str(page), "a.html");
        unsigned long made = msh_mem_fail_at(0);
        CHECK(err != MSH_OK || d.outcomes > 0 || made < n || dump_has(&d, "机密&★"));
        dump_end(&d);
    }
}
#endif

int main(void)
{
    RUN(text_in_many_charsets);
    RUN(empty_and_unknown_say_so);
    RUN(mixed_charsets_are_both_read);
    RUN(long_lines_come_in_windows);
    RUN(characters_are_never_cut);
    RUN(sweep_reads_all_encodings_and_places);
    RUN(sweep_is_quiet_on_noise);
    RUN(members_are_read_to_their_depth);
    RUN(a_bomb_ends_at_the_budget);
    RUN(encoded_runs_are_read);
    RUN(a_callback_stops_the_item);
#ifdef MSH_TEST_FAULTS
    RUN(memory_may_end_anywhere);
#endif
    return check_result();
}
