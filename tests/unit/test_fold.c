/* text/fold: what folds to what, maps back to the source, the joined and the reversed view. */
#include "check.h"

#include "base/mem.h"
#include "text/fold.h"

static void folds(const char *from, const char *to)
{
    msh_folded f;
    msh_folded_init(&f, 1 << 20);
    CHECK_INT(msh_fold(&f, msh_view_str(from), MSH_CS_UTF8), MSH_OK);
    CHECK_VIEW(msh_buf_view(&f.text), msh_view_str(to));
    static const uint8_t zero[16];
    CHECK(memcmp(f.text.data + f.text.len, zero, 16) == 0);
    msh_folded_dispose(&f);
}

static void characters(void)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"机密★10年", "机密★10年"},
        {"TOP Secret", "top secret"},
        {"ＴＯＰ　ｓｅｃ", "top sec"},
        {"機密 絕密 祕密 長期 啟封前", "机密 绝密 秘密 长期 启封前"},
        {"內部資料", "内部资料"},
        {"☆✩✪✫✬✭✮✯✰⋆⭐★🌟", "★★★★★★★★★★★★★"},
        {"＊∗*", "***"},
        {"·•・‧", "····"},
        {"１２３ 𝟏𝟎 ٣ ①⑤", "123 10 3 15"},
        {"⑩ ⒈ ⑴ ㈠ ㊀", "10 1. (1) 一 一"},
        {"①13800138000", "1 13800138000"},
        {"13800138000²", "13800138000 2"},
        {"机\u200c密\u200b★\u2060\ufeff", "机密★"},
        {"机\u034f密\u180e★\ufe0f", "机密★"},
        {"机̶密̶ 机⃝密⃝", "机密 机密"},
        {"机\u00ad密\u200e\u202a", "机密"},
        {"机\U000e0041密\U000e0100", "机密"},
        {"机\u00a0密\u3000★\u2003", "机 密 ★ "},
        {"10\uf995 10\uf98e ⽊ ⼤ ⻓", "10年 10年 木 大 长"},
        {"㊙ 宻", "秘 密"},
        {"11010519491231002Х 11010519491231002×", "11010519491231002x 11010519491231002x"},
        {"ТОР SЕСRЕТ", "top secret"},
        {"Café e\u0301 Ångström ﬁ Ⅳ", "cafe e angstrom fi iv"},
        {"𝐓𝐎𝐏 Ⓣⓞⓟ", "top top"},
        {"〔2024〕10号", "〔2024〕10号"},
        {"（机密）【】：，。", "(机密)【】:,。"},
        {"a\tb\r\nc\rd\ve\u2028f", "a\tb\nc\nd\ne\nf"},
        {"“引”‘用’—", "“引”‘用’—"},
        {"机\x01密\x7f★", "机 密 ★"},
        {"机x\b密y\b★10年", "机密★10年"},
        {"密\b密_\b机 机\b\b机 密\b_", "密机 机 密"},
        {"\b\ba\nb\b\b\bc", "a\nc"},
        {"\x1b[31m机\x1b[0;1m密\x1b[", "机密["},
        {"机\xff密\xe6\x9c", "机密"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        folds(rows[i].from, rows[i].to);
    msh_folded f;
    msh_folded_init(&f, 1 << 20);
    CHECK_INT(msh_fold(&f, MSH_VIEW("a\0b"), MSH_CS_UTF8), MSH_OK);
    CHECK_VIEW(msh_buf_view(&f.text), MSH_VIEW("ab"));
    CHECK_INT(msh_fold(&f, MSH_VIEW("~{;z~}"), MSH_CS_HZ), MSH_E_USAGE);
    msh_folded_dispose(&f);
}

static void charsets_fold_alike(void)
{
    static const struct {
        msh_charset cs;
        msh_view bytes;
    } rows[] = {
        {MSH_CS_GB18030, MSH_VIEW("\x99\x43\xc3\xdc\xa1\xef\xa3\xb1\xa3\xb0\xc4\xea Ab")},
        {MSH_CS_BIG5, MSH_VIEW("\xbe\xf7\xb1K\xa1\xb9\xa2\xb0\xa2\xaf\xa6~ Ab")},
        {MSH_CS_UTF16LE, MSH_VIEW("_j\xc6[\x05&1\0"
                                  "0\0t^ \0A\0b\0")},
        {MSH_CS_UTF16BE, MSH_VIEW("j_[\xc6&\x05\0"
                                  "1\0"
                                  "0^t\0 \0A\0b")},
        {MSH_CS_SHIFT_JIS, MSH_VIEW("\x8b@\x96\xa7\x81\x9a\x82P\x82O\x94N Ab")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msh_folded f;
        msh_folded_init(&f, 1 << 20);
        CHECK_INT(msh_fold(&f, rows[i].bytes, rows[i].cs), MSH_OK);
        CHECK_VIEW(msh_buf_view(&f.text), MSH_VIEW("机密★10年 ab"));
        CHECK_INT(f.bad, 0);
        msh_folded_dispose(&f);
    }
}

static void folding_is_stable(void)
{
    for (uint32_t cp = 1; cp < 0x30000; cp++) {
        uint32_t to = msh_fold_cp(cp);
        if (to != 0 && msh_fold_cp(to) != to)
            printf("U+%04X -> U+%04X -> U+%04X\n", cp, to, msh_fold_cp(to));
        CHECK(to == 0 || msh_fold_cp(to) == to);
        CHECK(to <= 0x10ffff && (to < 0xd800 || to > 0xdfff));
    }
    CHECK_INT(msh_fold_cp('A'), 'a');
    CHECK_INT(msh_fold_cp(0x200b), 0);
    CHECK_INT(msh_fold_cp(0xd800), 0);
}

static void words(void)
{
    msh_buf b;
    msh_buf_init(&b, 100);
    CHECK(msh_fold_word(&b, MSH_VIEW("機密ＡB")));
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("机密ab"));
    CHECK(!msh_fold_word(&b, MSH_VIEW("")));
    CHECK(!msh_fold_word(&b, MSH_VIEW("\u200b")));
    CHECK(!msh_fold_word(&b, MSH_VIEW("a\xff")));
    msh_buf_dispose(&b);
}

/* --- maps
 * ----------------------------------------------------------------------------------------- */

/* Text of every kind, long enough for many checkpoints. */
static void fill(msh_buf *b, msh_charset cs, unsigned seed)
{
    static const uint32_t some[] = {0x673a, 0x5bc6, 0x2605, 'A',    'b',    '1',  ' ',    '\n',
                                    0x6a5f, 0x3000, 0xff11, 0x7684, 0x4e00, '\r', 0xff0c, 0x2460};
    static const uint32_t more[] = {0x200b, 0x1d7cf, 0xf98e, '\b', 0x5e74, 0x301, 0xe9, 0x24e1};
    for (unsigned i = 0; i < 6000; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t r = seed >> 16;
        uint32_t cp = some[r & 15];
        if (cs != MSH_CS_GB18030 && (r & 0x70) == 0)
            cp = more[r >> 8 & 7];
        if (cs == MSH_CS_UTF16LE && cp < 0x10000) {
            msh_buf_put_u16(b, (uint16_t)cp);
        } else if (cs == MSH_CS_GB18030) {
            static const char *const gb[] = {
                "\xbb\xfa", "\xc3\xdc",        "\xa1\xef", "A",        "b",        "1",        " ",
                "\n",       "\x99\x43",        "\xa1\xa1", "\xa3\xb1", "\xb5\xc4", "\xd2\xbb", "\r",
                "\xa3\xac", "\x81\x36\xa4\x37"};
            msh_buf_put_str(b, gb[r & 15]);
        } else if (cs == MSH_CS_UTF8) {
            msh_buf_put_utf8(b, cp);
        }
    }
}

/* Folding what an offset leads to gives what stands at the offset: offsets rise, each begins a
 * character of the source, and the character's folding is there. */
static void check_map(msh_charset cs)
{
    msh_buf source;
    msh_buf_init(&source, 1 << 20);
    fill(&source, cs, 7);
    msh_folded f;
    msh_folded_init(&f, 1 << 20);
    REQUIRE(msh_fold(&f, msh_buf_view(&source), cs) == MSH_OK);
    CHECK(f.n_points > 5);
    uint64_t before = 0;
    unsigned wrong = 0, seen = 0;
    for (size_t at = 0; at < f.text.len; at++) {
        uint64_t in = msh_map_source(&f.map, at);
        wrong += in < before || in >= source.len;
        before = in;
        uint8_t c = f.text.data[at];
        if ((c & 0xc0) == 0x80 || c < 0x80)
            continue;
        seen++;
        msh_char from =
            msh_charset_next(cs, msh_view_of(source.data + in, source.len - (size_t)in));
        msh_char to = msh_charset_next(MSH_CS_UTF8, msh_view_of(f.text.data + at, f.text.len - at));
        wrong += msh_fold_cp(from.cp) != to.cp;
    }
    CHECK_INT(wrong, 0);
    CHECK(seen > 1000);
    CHECK_INT(msh_map_source(&f.map, f.text.len), source.len);
    CHECK_INT(msh_map_source(&f.map, f.text.len + 99), source.len);
    msh_folded_dispose(&f);
    msh_buf_dispose(&source);
}

static void maps_lead_to_the_source(void)
{
    check_map(MSH_CS_UTF8);
    check_map(MSH_CS_GB18030);
    check_map(MSH_CS_UTF16LE);
}

static void joins(const char *from, const char *to)
{
    msh_folded f, j;
    msh_folded_init(&f, 1 << 20);
    msh_folded_init(&j, 1 << 20);
    CHECK_INT(msh_fold(&f, msh_view_str(from), MSH_CS_UTF8), MSH_OK);
    CHECK_INT(msh_fold_joined(&j, &f), MSH_OK);
    CHECK_VIEW(msh_buf_view(&j.text), msh_view_str(to));
    CHECK_INT(j.joined > 0, j.text.len != f.text.len);
    for (size_t at = 0; at < j.text.len; at++) {
        size_t in = (size_t)msh_map_step(&j.map, at);
        CHECK(in < f.text.len && f.text.data[in] == j.text.data[at]);
    }
    CHECK_INT(msh_map_step(&j.map, j.text.len), f.text.len);
    msh_folded_dispose(&f);
    msh_folded_dispose(&j);
}

static void joined_view(void)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"机 密\n★ 10 年", "机密★10年"},
        {"机\n密\n★\n1\n0\n年", "机密★10年"},
        {"机                密\t\t★10年\n请各", "机密★10年请各"},
        {"the quick brown fox", "the quick brown fox"},
        {"6222 0212 3456 7890 128", "6222021234567890128"},
        {"1 1 0 1 0 5 X", "110105x"},
        {"t o p s e c", "topsec"},
        {"中 文 and 英 文", "中文 and 英文"},
        {"", ""},
        {"   ", "   "},
        {" 机 ", " 机 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        joins(rows[i].from, rows[i].to);
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    for (int i = 0; i < 3000; i++)
        msh_buf_put_str(&b, i % 7 ? "机 密\n" : "abc def ");
    msh_buf_put_byte(&b, 0);
    msh_folded f, j;
    msh_folded_init(&f, 1 << 20);
    msh_folded_init(&j, 1 << 20);
    CHECK_INT(msh_fold(&f, msh_view_str((const char *)b.data), MSH_CS_UTF8), MSH_OK);
    CHECK_INT(msh_fold_joined(&j, &f), MSH_OK);
    unsigned wrong = 0;
    for (size_t at = 0; at < j.text.len; at++) {
        size_t in = (size_t)msh_map_source(&j.map, at);
        bool inside = (j.text.data[at] & 0xc0) == 0x80; /* leads to the start of its character */
        wrong += in >= b.len || (!inside && b.data[in] != j.text.data[at]);
    }
    CHECK_INT(wrong, 0);
    msh_folded_dispose(&f);
    msh_folded_dispose(&j);
    msh_buf_dispose(&b);
}

static void reversed_view(void)
{
    msh_folded f, r;
    msh_folded_init(&f, 1 << 20);
    msh_folded_init(&r, 1 << 20);
    CHECK_INT(msh_fold(&f, MSH_VIEW("通知\n\u202e年01★密机\u202c\nab"), MSH_CS_UTF8), MSH_OK);
    CHECK(f.bidi);
    CHECK_INT(msh_fold_reversed(&r, &f), MSH_OK);
    CHECK_VIEW(msh_buf_view(&r.text), MSH_VIEW("知通\n机密★10年\nba"));
    CHECK_INT(msh_map_step(&r.map, 7), 7 + 3 + 2 + 3 + 3);
    CHECK_INT(msh_map_source(&r.map, 7), 7 + 3 + 3 + 2 + 3 + 3);
    CHECK_INT(msh_map_step(&r.map, r.text.len), f.text.len);
    CHECK_INT(msh_fold(&f, MSH_VIEW("通知"), MSH_CS_UTF8), MSH_OK);
    CHECK(!f.bidi);
    msh_folded_dispose(&f);
    msh_folded_dispose(&r);
}

static void memory_and_ceilings(void)
{
    msh_folded f;
    msh_buf text;
    msh_buf_init(&text, 1 << 20);
    fill(&text, MSH_CS_UTF8, 3);
    msh_folded_init(&f, 2000);
    CHECK_INT(msh_fold(&f, msh_buf_view(&text), MSH_CS_UTF8), MSH_E_LIMIT_BUFFER);
    msh_folded_dispose(&f);
#ifdef MSH_TEST_FAULTS
    for (unsigned long n = 1; n < 4; n++) {
        msh_folded_init(&f, 1 << 20);
        (void)msh_mem_fail_at(n);
        msh_err err = msh_fold(&f, msh_buf_view(&text), MSH_CS_UTF8);
        (void)msh_mem_fail_at(0);
        CHECK(err == MSH_E_MEMORY || n == 3);
        msh_folded_dispose(&f);
    }
#endif
    msh_buf_dispose(&text);
}

int main(void)
{
    RUN(characters);
    RUN(charsets_fold_alike);
    RUN(folding_is_stable);
    RUN(words);
    RUN(maps_lead_to_the_source);
    RUN(joined_view);
    RUN(reversed_view);
    RUN(memory_and_ceilings);
    return check_result();
}
