/* text/charset: every charset against known bytes, and finding out which one bytes are in. */
#include "check.h"

#include "text/charset.h"

static void decodes(msh_charset cs, msh_view bytes, const char *want, uint64_t want_bad)
{
    msh_buf out;
    size_t used;
    uint64_t bad = 0;
    msh_buf_init(&out, 1 << 20);
    msh_charset_decode(cs, bytes, true, &out, &used, &bad);
    CHECK_VIEW(msh_buf_view(&out), msh_view_str(want));
    CHECK_INT(used, bytes.len);
    CHECK_INT(bad, want_bad);
    msh_buf_dispose(&out);
}

static void known_bytes(void)
{
    decodes(MSH_CS_GB18030,
            MSH_VIEW("\xbb\xfa\xc3\xdc\xa1\xef"
                     "10\xc4\xea"),
            "机密★10年", 0);
    decodes(MSH_CS_GB18030, MSH_VIEW("\x81\x36\xa4\x37\x90\x30\x81\x30\xe3\x32\x9a\x35"),
            "\xe2\x80\x8b\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0);
    decodes(MSH_CS_GB18030,
            MSH_VIEW("\xa6\xd9\x84\x31\x82\x36\xfe\x59\xa8\xbc\x81\x35\xf4\x37\x80"),
            "\ufe10\ufe10\u9fb4\u1e3f\u1e3f\u20ac", 0);
    decodes(MSH_CS_BIG5, MSH_VIEW("\xbe\xf7\xb1K\xa1\xb9\xa6~"), "機密★年", 0);
    decodes(MSH_CS_BIG5, MSH_VIEW("\xf9\xd6\x87\x40\xc6\xe7"), "碁䏰ぁ", 0);
    decodes(MSH_CS_SHIFT_JIS, MSH_VIEW("\x8b@\x96\xa7\xb1\x82\xcc"), "機密ｱの", 0);
    decodes(MSH_CS_EUC_KR, MSH_VIEW("\xb1\xe2\xb9\xd0\x81\x41"), "기밀갂", 0);
    decodes(MSH_CS_UTF16LE, MSH_VIEW(":g\xc6[\x05&\x3d\xd8\x00\xde"), "机密★😀", 0);
    decodes(MSH_CS_UTF16BE, MSH_VIEW("g:[\xc6\xd8\x3d\xde\x00"), "机密😀", 0);
    decodes(MSH_CS_UTF32LE, MSH_VIEW(":g\0\0\0\xf6\x01\0"), "机😀", 0);
    decodes(MSH_CS_UTF32BE, MSH_VIEW("\0\0g:"), "机", 0);
    decodes(MSH_CS_HZ, MSH_VIEW("a~~~{;zC\\~}b\n~{!o\nc"), "a~机密b\n★\nc", 0);
    decodes(MSH_CS_UTF7, MSH_VIEW("+ZzpbxiYF-10+XnQ\na+-b"), "机密★10年\na+b", 0);
    decodes(MSH_CS_CP1252, MSH_VIEW("\x80\xe9"), "€é", 0);
    decodes(MSH_CS_CP1251, MSH_VIEW("\xcf\xf0"), "Пр", 0);
    decodes(MSH_CS_LATIN1, MSH_VIEW("\xe9"), "é", 0);
    decodes(MSH_CS_CP1250, MSH_VIEW("za\xbf\xf3\xb3\xe6"), "zażółć", 0);
    decodes(MSH_CS_KOI8_R, MSH_VIEW("\xf0\xd2"), "Пр", 0);
    decodes(MSH_CS_MACINTOSH, MSH_VIEW("\x8e\xd5"), "é’", 0);
    decodes(MSH_CS_CP437, MSH_VIEW("\x82\xb0"), "é░", 0);
}

static void bad_bytes_are_replaced_one_by_one(void)
{
    decodes(MSH_CS_UTF8, MSH_VIEW("a\xff\xe6\x9c\xba\xe6\x9c"), "a\ufffd机\ufffd\ufffd", 3);
    decodes(MSH_CS_UTF8, MSH_VIEW("\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80"),
            "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd", 9);
    decodes(MSH_CS_GB18030, MSH_VIEW("\xbb\xfa\xff\xc3\xdc\xbb"), "机\ufffd密\ufffd", 2);
    decodes(MSH_CS_UTF16LE, MSH_VIEW("\x00\xd8:gx"), "\ufffd机\ufffd", 2);
}

static void what_is_cut_off_is_left_alone(void)
{
    const struct {
        msh_charset cs;
        msh_view bytes;
        size_t used;
    } rows[] = {
        {MSH_CS_UTF8, MSH_VIEW("ab\xe6\x9c"), 2},
        {MSH_CS_GB18030, MSH_VIEW("ab\xbb"), 2},
        {MSH_CS_GB18030, MSH_VIEW("\x81\x36\xa4"), 0},
        {MSH_CS_UTF16LE, MSH_VIEW("a\0\x3d\xd8\0"), 2},
        {MSH_CS_UTF32BE, MSH_VIEW("\0\0\0a\0\0g"), 4},
        {MSH_CS_HZ, MSH_VIEW("ab~{;z"), 2},
        {MSH_CS_UTF7, MSH_VIEW("ab+Zzp"), 2},
        {MSH_CS_UTF8, MSH_VIEW("ab\xff"), 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msh_buf out;
        size_t used = 99;
        uint64_t bad = 0;
        msh_buf_init(&out, 1000);
        msh_charset_decode(rows[i].cs, rows[i].bytes, false, &out, &used, &bad);
        CHECK_INT(used, rows[i].used);
        msh_buf_dispose(&out);
    }
}

/* Sums over whole tables, as Python's codecs give them. */
static void whole_tables(void)
{
    const struct {
        msh_charset cs;
        unsigned lead, assigned;
        uint64_t sum;
    } rows[] = {
        {MSH_CS_GB18030, 0x81, 23940, 39070524965481},
        {MSH_CS_BIG5, 0x87, 18405, 35937917853417},
        {MSH_CS_SHIFT_JIS, 0x81, 9604, 17351835716073},
        {MSH_CS_EUC_KR, 0x81, 17048, 32940889497293},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned assigned = 0;
        uint64_t sum = 0;
        for (unsigned a = rows[i].lead; a < 0xff; a++) {
            for (unsigned b = 0x40; b < 0xff; b++) {
                const uint8_t pair[2] = {(uint8_t)a, (uint8_t)b};
                msh_char c = msh_charset_next(rows[i].cs, msh_view_of(pair, 2));
                if (c.bad || c.len != 2)
                    continue;
                assigned++;
                sum += (uint64_t)c.cp * (a * 256 + b);
            }
        }
        CHECK_INT(assigned, rows[i].assigned);
        CHECK_INT(sum, rows[i].sum);
    }
}

/* A lone surrogate anywhere in a long text of UTF-16 ends what is good of it. */
static void good_prefixes_of_units(void)
{
    uint8_t text[400];
    for (size_t bad = 0; bad <= 200; bad++)
        for (unsigned big = 0; big < 2; big++) {
            for (size_t i = 0; i < 200; i++) {
                uint16_t unit = i == bad ? 0xdc12 : i % 3 ? 0x4ed8 : 0xd7;
                text[2 * i + !big] = (uint8_t)(unit >> 8);
                text[2 * i + big] = (uint8_t)unit;
            }
            CHECK_INT(msh_charset_prefix(big ? MSH_CS_UTF16BE : MSH_CS_UTF16LE,
                                         msh_view_of(text, sizeof text)),
                      2 * bad);
        }
}

static void good_prefixes(void)
{
    const struct {
        msh_charset cs;
        msh_view bytes;
        size_t good;
    } rows[] = {
        {MSH_CS_UTF8, MSH_VIEW("plain ascii 机密 abc\xff"), 22},
        {MSH_CS_UTF8, MSH_VIEW("机\xe5\xaf"), 3},
        {MSH_CS_UTF8, MSH_VIEW("é😀\xed\xa0\x80"), 6},
        {MSH_CS_GB18030, MSH_VIEW("plain ascii \xbb\xfa\x81\x36\xa4\x37 a\xff"), 20},
        {MSH_CS_GB18030, MSH_VIEW("\xbb\xfa\xc3\xdc\xbb"), 4},
        {MSH_CS_BIG5, MSH_VIEW("a\xbe\xf7\xff"), 3},
        {MSH_CS_UTF16LE, MSH_VIEW(":g\xc6[\0\xdc"), 4},
        {MSH_CS_LATIN1, MSH_VIEW("\xff\x80"), 2},
        {MSH_CS_UTF8, MSH_VIEW(""), 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(msh_charset_prefix(rows[i].cs, rows[i].bytes), rows[i].good);
}

static void labels_and_code_pages(void)
{
    const struct {
        const char *label;
        msh_charset cs;
    } rows[] = {{"gb2312", MSH_CS_GB18030},  {"GB_2312-80", MSH_CS_GB18030},
                {"UTF-8", MSH_CS_UTF8},      {" utf8 ", MSH_CS_UTF8},
                {"cp936", MSH_CS_GB18030},   {"936", MSH_CS_GB18030},
                {"Big5-HKSCS", MSH_CS_BIG5}, {"Shift_JIS", MSH_CS_SHIFT_JIS},
                {"EUC-KR", MSH_CS_EUC_KR},   {"hz-gb-2312", MSH_CS_HZ}};
    msh_charset cs;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cs = MSH_CHARSET_COUNT;
        CHECK(msh_charset_from_label(msh_view_str(rows[i].label), &cs));
        CHECK_INT(cs, rows[i].cs);
    }
    CHECK(!msh_charset_from_label(MSH_VIEW("klingon"), &cs));
    CHECK(!msh_charset_from_label(MSH_VIEW("a-very-long-label-that-is-none-of-ours"), &cs));
    CHECK(!msh_charset_from_label(MSH_VIEW(""), &cs));
    CHECK(msh_charset_from_codepage(950, &cs) && cs == MSH_CS_BIG5);
    CHECK(!msh_charset_from_codepage(1, &cs));
    CHECK_STR(msh_charset_name(MSH_CS_HZ), "HZ-GB-2312");
    for (int i = 0; i < MSH_CHARSET_COUNT; i++) {
        CHECK(msh_charset_from_label(msh_view_str(msh_charset_name((msh_charset)i)), &cs));
        CHECK_INT(cs, i);
    }
}

/* --- detection
 * ------------------------------------------------------------------------------------ */

static bool among(const msh_readings *r, msh_charset cs)
{
    for (unsigned i = 0; i < r->n; i++) {
        if (r->cs[i] == cs)
            return true;
    }
    return false;
}

#define NOTICE_GB                                                                                  \
    "\xb9\xd8\xd3\xda\xd5\xd9\xbf\xaa\xbb\xe1\xd2\xe9\xb5\xc4\xcd\xa8\xd6\xaa\n"                   \
    "\xc7\xeb\xb8\xf7\xb5\xa5\xce\xbb\xb0\xb4\xca\xb1\xb2\xce\xbc\xd3\xa1\xa3\n"
#define NOTICE_BIG5                                                                                \
    "\xc3\xf6\xa9\xf3\xa5l\xb6}\xb7|\xc4\xb3\xaa\xba\xb3q\xaa\xbe\n"                               \
    "\xbd\xd0\xa6U\xb3\xe6\xa6\xec\xab\xf6\xae\xc9\xb0\xd1\xa5[\xa1\x43\n"

static void first_readings(void)
{
    const struct {
        msh_view bytes;
        msh_charset cs;
        bool certain;
    } rows[] = {
        {MSH_VIEW("\xef\xbb\xbfx"), MSH_CS_UTF8, true},
        {MSH_VIEW("\xff\xfe:g"), MSH_CS_UTF16LE, true},
        {MSH_VIEW("\xfe\xffg:"), MSH_CS_UTF16BE, true},
        {MSH_VIEW("\xff\xfe\0\0:g\0\0"), MSH_CS_UTF32LE, true},
        {MSH_VIEW("plain words\n"), MSH_CS_UTF8, true},
        {MSH_VIEW("关于会议的通知"), MSH_CS_UTF8, true},
        {MSH_VIEW("关于会议的通知机\xff密★10年请各单位参加"), MSH_CS_UTF8, false},
        {MSH_VIEW(NOTICE_GB), MSH_CS_GB18030, false},
        {MSH_VIEW(NOTICE_GB "\x81\x36\xa4\x37"), MSH_CS_GB18030, false},
        {MSH_VIEW(NOTICE_GB NOTICE_GB NOTICE_GB NOTICE_GB), MSH_CS_GB18030, false},
        {MSH_VIEW(NOTICE_GB "\xff" NOTICE_GB), MSH_CS_GB18030, false},
        {MSH_VIEW(NOTICE_BIG5), MSH_CS_BIG5, false},
        {MSH_VIEW("+UXNOjlPsXwBPGouudoSQGnfl\n+ZzpbxiYF-10+XnQ\n"), MSH_CS_UTF7, false},
        {MSH_VIEW("~{9XSZUY?*;aRi5DM(V*~}\n"), MSH_CS_HZ, false},
        {MSH_VIEW("sQ\x8eN\xecS\x00_\x1aO\xae\x8b\x84v\x1a\x90\xe5w\n\0"), MSH_CS_UTF16LE, false},
        {MSH_VIEW("QsN\x8eS\xec_\x00O\x1a\x8b\xaev\x84\x90\x1aw\xe5\0\n"), MSH_CS_UTF16BE, false},
        {MSH_VIEW("1\0"
                  "3\0"
                  "8\0"
                  "0\0"
                  "0\0"
                  "1\0"
                  "3\0"
                  "8\0\n\0"),
         MSH_CS_UTF16LE, false},
        {MSH_VIEW("sQ\0\0\x8eN\0\0\xecS\0\0\0_\0\0\x1aO\0\0\xae\x8b\0\0\n\0\0\0"), MSH_CS_UTF32LE,
         false},
        {MSH_VIEW("caf\xe9 au lait, d\xe9j\xe0 vu, \xe9t\xe9"), MSH_CS_CP1252, false},
        {MSH_VIEW("\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0, \xea\xe0\xea \xe4\xe5\xeb\xe0 "
                  "\xf3 \xe2\xe0\xf1 \xf1\xe5\xe3\xee\xe4\xed\xff"),
         MSH_CS_CP1251, false},
        {MSH_VIEW("\x82\xb1\x82\xea\x82\xcd\x93\xfa\x96{\x8c\xea\x82\xcc\x95\xb6\x8f\xcd\x82\xc5"
                  "\x82\xb7\x81\x42"),
         MSH_CS_SHIFT_JIS, false},
        {MSH_VIEW("\xc0\xcc\xb0\xcd\xc0\xba \xc7\xd1\xb1\xb9\xbe\xee \xb9\xae\xc0\xe5\xc0\xd4"
                  "\xb4\xcf\xb4\xd9."),
         MSH_CS_EUC_KR, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msh_readings r = msh_charset_detect(rows[i].bytes, true);
        if (r.n == 0 || r.cs[0] != rows[i].cs)
            printf("row %zu: n %u\n", i, r.n);
        CHECK(r.n > 0);
        CHECK_STR(msh_charset_name(r.cs[0]), msh_charset_name(rows[i].cs));
        CHECK_INT(r.certain, rows[i].certain);
    }
}

/* Names and stamps: a few characters; the right reading is always among those given. */
static void short_texts_get_every_plausible_reading(void)
{
    static const char *const words[] = {"机密", "绝密★长期", "秘密",     "内部资料",       "张三",
                                        "联通", "附件",      "名单.xls", "2024年度考核表", "各"};
    static const msh_charset in[] = {MSH_CS_GB18030, MSH_CS_UTF16LE, MSH_CS_UTF16BE};
    static const msh_view gb[] = {MSH_VIEW("\xbb\xfa\xc3\xdc"),
                                  MSH_VIEW("\xbe\xf8\xc3\xdc\xa1\xef\xb3\xa4\xc6\xda"),
                                  MSH_VIEW("\xc3\xd8\xc3\xdc"),
                                  MSH_VIEW("\xc4\xda\xb2\xbf\xd7\xca\xc1\xcf"),
                                  MSH_VIEW("\xd5\xc5\xc8\xfd"),
                                  MSH_VIEW("\xc1\xaa\xcd\xa8"),
                                  MSH_VIEW("\xb8\xbd\xbc\xfe"),
                                  MSH_VIEW("\xc3\xfb\xb5\xa5.xls"),
                                  MSH_VIEW("2024\xc4\xea\xb6\xc8\xbf\xbc\xba\xcb\xb1\xed"),
                                  MSH_VIEW("\xb8\xf7")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        msh_readings r = msh_charset_detect(gb[i], true);
        CHECK(among(&r, in[0]));
        for (size_t j = 1; j < 3; j++) {
            uint8_t wide[64];
            size_t n = 0;
            msh_view w = msh_view_str(words[i]);
            for (size_t at = 0; at < w.len;) {
                msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(w, at, 4));
                at += c.len;
                wide[n + (j == 1)] = (uint8_t)(c.cp >> 8);
                wide[n + (j == 2)] = (uint8_t)c.cp;
                n += 2;
            }
            r = msh_charset_detect(msh_view_of(wide, n), true);
            if (!among(&r, in[j]))
                printf("word %zu as %s\n", i, msh_charset_name(in[j]));
            CHECK(among(&r, in[j]));
        }
    }
    msh_readings r = msh_charset_detect(MSH_VIEW("\xbe\xf7\xb1K"), true);
    CHECK(among(&r, MSH_CS_BIG5));
}

static void binary_is_no_text(void)
{
    static uint8_t noise[20000];
    uint32_t x = 12345;
    for (size_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525u + 1013904223u;
        noise[i] = (uint8_t)(x >> 24);
    }
    CHECK_INT(msh_charset_detect(msh_view_of(noise, sizeof noise), true).n, 0);
    CHECK_INT(msh_charset_detect(msh_view_of(noise, 300), true).n, 0);
    memset(noise, 0, 4096);
    CHECK_INT(msh_charset_detect(msh_view_of(noise, 4096), true).n, 0);
}

static void the_head_may_end_inside_a_character(void)
{
    msh_view text = MSH_VIEW("关于会议的通知");
    for (size_t n = 4; n < text.len; n++) {
        msh_readings r = msh_charset_detect(msh_view_cut(text, 0, n), false);
        CHECK_INT(r.cs[0], MSH_CS_UTF8);
        CHECK(r.certain);
    }
}

int main(void)
{
    RUN(known_bytes);
    RUN(bad_bytes_are_replaced_one_by_one);
    RUN(what_is_cut_off_is_left_alone);
    RUN(whole_tables);
    RUN(good_prefixes);
    RUN(good_prefixes_of_units);
    RUN(labels_and_code_pages);
    RUN(first_readings);
    RUN(short_texts_get_every_plausible_reading);
    RUN(binary_is_no_text);
    RUN(the_head_may_end_inside_a_character);
    return check_result();
}
