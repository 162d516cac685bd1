/* text/escapes: the second view of a text, references, base64 and hex runs. */
#include "check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "text/escapes.h"

static void becomes(msh_view from, const char *to)
{
    msh_unescaped u;
    bool found = false;
    msh_unescaped_init(&u, 1 << 20);
    CHECK_INT(msh_unescape(&u, from, &found), MSH_OK);
    CHECK_INT(found, to != NULL);
    CHECK_INT(msh_unescape_may(from), to != NULL);
    if (to)
        CHECK_VIEW(msh_buf_view(&u.text), msh_view_str(to));
    msh_unescaped_dispose(&u);
}

static void escapes(void)
{
    static const struct {
        const char *from, *to; /* to: NULL = nothing worth a view */
    } rows[] = {
        {"{\"t\":\"\\u673a\\u5bc6\\u2605\\u0031\\u0030\\u5e74\"}", "{\"t\":\"机密★10年\"}"},
        {"\\u{673a}\\U00005bc6\\uuu2605 \\ud83d\\ude00 \\ud83d", "机密★ 😀 \\ud83d"},
        {"\\xe6\\x9c\\xba\\xE5\\xAF\\x86 \\x31 \\x{5bc6}", "机密 1 密"},
        {"\\xbb\\xfa\\xc3\\xdc", "机密"},
        {"\\346\\234\\272\\345\\257\\206\\342\\230\\205\\061\\060\\345\\271\\264", "机密★10年"},
        {"?q=%E6%9C%BA%E5%AF%86%E2%98%8510%E5%B9%B4", "?q=机密★10年"},
        {"?q=%BB%FA%C3%DC%A1%EF10%C4%EA", "?q=机密★10年"},
        {"%99C%C3%DC", "機密"},
        {"%u673a%u5bc6", "机密"},
        {"=E6=9C=BA=E5=AF=\n=86=E2=98=\r\n=8510=E5=B9=B4", "机密★10年"},
        {"=BB=FA=C3=DC =99C", "机密 機"},
        {"\xe6\x9c\xba=\n\xe5\xaf\x86 =E5=AF=86", "机密 密"},
        {"&#x673a;&#23494;&#x00002605;&#0000049;&#x30;&#24180;", "机密★10年"},
        {"&#26426&#x5bc6 x", "机密 x"},
        {"机&nbsp;密&zwnj;&star;&starf;", "机\u00a0密\u200c☆★"},
        {"&amp;#x673a;&amp;amp;", "机&"},
        {"&#150;", "–"},
        {"%25E6%259C%25BA", "机"},
        {"%2525E6%25259C%2525BA", "机"},
        {"\\\\u673a", "\\机"},
        {"var a=\"机\"+\"密\" + '★10年';", "var a=\"机密★10年';"},
        {"'机' +\n  '密'", "'机密'"},
        {"a = \"机\" & \"密\"", "a = \"机密\""},
        {"机_x5bc6__x2605_", "机密★"},
        {"U+673A U+5bc6", "机 密"},
        {"x +ZzpbxiYF-10+XnQ", "x 机密★10年"},
        {"\\'bb\\'fa\\'c3\\'dc", "机密"},
        {"\\u26426?\\u23494?\\u9733?\\u49?\\u-30000?", "机密★1諐"},
        {"\\u673a?\\u2605?", "机?★?"},
        {"content:\"\\673a\\5bc6\\2605 10\"", "content:\"机密★10\""},
        {".SH 机\\&密", ".SH 机密"},
        {"\\N{CJK UNIFIED IDEOGRAPH-673A}\\N{U+5bc6}\\N{BLACK STAR}\\N{EM DASH}",
         "机密★\\N{EM DASH}"},
        {".SH \\[u673A]\\[u5BC6] \\[bu]", ".SH 机密 \\[bu]"},
        {"\\char\"673A\\char\"5BC6 \\char`a", "机密 \\char`a"},
        {"^^^^673a^^^^5bc6 ^^M", "机密 ^^M"},
        {"\\u673a\\n\\t\\\"", "机\n\t\""},
        {"a\\nb", NULL},
        {"plain", NULL},
        {"机密★10年，普通文字。", NULL},
        {"a = b + c; x_1 &lt; y && 100% %d", NULL},
        {"a=ab&c=12 \\d+ %2F%20", NULL},
        {"\\u67 \\u{} %zz &#; &#x; &nosuch; _x12_ \\8", NULL},
        {"&#x110000; &#xd800;", NULL},
        {"base+64+with/plus+signs+in+it+AbCdEfGh", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int before = check_failed;
        becomes(msh_view_str(rows[i].from), rows[i].to);
        if (check_failed != before)
            printf("row %zu\n", i);
    }
}

/* A character that was not escaped maps to itself, an escaped one to where its escape begins. */
static void places(void)
{
    static const char text[] = "甲&amp;#x673a;乙%25E5%25AF%2586丙'x'+'y'丁";
    msh_unescaped u;
    bool found = false;
    msh_unescaped_init(&u, 1 << 20);
    CHECK_INT(msh_unescape(&u, msh_view_str(text), &found), MSH_OK);
    CHECK_STR((const char *)(msh_buf_put_byte(&u.text, 0), u.text.data), "甲机乙密丙'xy'丁");
    static const char *const kept[] = {"甲", "乙", "丙", "丁"};
    for (size_t i = 0; i < 4; i++) {
        size_t out = (size_t)(strstr((const char *)u.text.data, kept[i]) - (char *)u.text.data);
        CHECK_INT(msh_map_source(&u.map, out), strstr(text, kept[i]) - text);
    }
    size_t ji = (size_t)(strstr((const char *)u.text.data, "机") - (char *)u.text.data);
    CHECK_INT(msh_map_source(&u.map, ji), strstr(text, "&amp") - text);
    size_t mi = (size_t)(strstr((const char *)u.text.data, "密") - (char *)u.text.data);
    CHECK_INT(msh_map_source(&u.map, mi), strstr(text, "%25E5") - text);
    msh_unescaped_dispose(&u);
}

/* Runs longer than the room for one, and every prefix of hard input. */
static void long_and_cut(void)
{
    msh_buf in, want;
    msh_buf_init(&in, 1 << 20);
    msh_buf_init(&want, 1 << 20);
    for (int i = 0; i < 2000; i++) {
        msh_buf_put_str(&in, "%E6%9C%BA");
        msh_buf_put_str(&want, "机");
    }
    msh_unescaped u;
    bool found;
    msh_unescaped_init(&u, 1 << 20);
    CHECK_INT(msh_unescape(&u, msh_buf_view(&in), &found), MSH_OK);
    CHECK_VIEW(msh_buf_view(&u.text), msh_buf_view(&want));
    CHECK_INT(msh_map_source(&u.map, 3 * 1500), 9 * 1500);
    static const char hard[] =
        "\\u{673a}\\ud83d\\ude00%E6%9C%BA&#x5bc6;=E6=\n=9C=BA+ZzpbxiYF-_x5bc6_'a'+'b'";
    for (size_t n = 0; n <= strlen(hard); n++) {
        uint8_t *copy = msh_alloc(n + 1); /* exact bounds for the sanitizers */
        REQUIRE(copy != NULL);
        memcpy(copy, hard, n);
        CHECK_INT(msh_unescape(&u, msh_view_of(copy, n), &found), MSH_OK);
        CHECK(!found || u.text.len <= n);
        msh_free(copy);
    }
    msh_unescaped_dispose(&u);
    msh_unescaped_init(&u, 100);
    CHECK_INT(msh_unescape(&u, msh_buf_view(&in), &found), MSH_E_LIMIT_BUFFER);
    msh_unescaped_dispose(&u);
    msh_buf_dispose(&in);
    msh_buf_dispose(&want);
}

static void references(void)
{
    CHECK_INT(msh_entity(MSH_VIEW("amp")), '&');
    CHECK_INT(msh_entity(MSH_VIEW("#x673a")), 0x673a);
    CHECK_INT(msh_entity(MSH_VIEW("#26426")), 26426);
    CHECK_INT(msh_entity(MSH_VIEW("zwnj")), 0x200c);
    CHECK_INT(msh_entity(MSH_VIEW("CounterClockwiseContourIntegral")), 0x2233);
    CHECK_INT(msh_entity(MSH_VIEW("")), 0);
    CHECK_INT(msh_entity(MSH_VIEW("#")), 0);
    CHECK_INT(msh_entity(MSH_VIEW("#x")), 0);
    CHECK_INT(msh_entity(MSH_VIEW("ampx")), 0);
    CHECK_INT(msh_entity(MSH_VIEW("#99999999999999999999")), 0);
}

/* --- encoded runs
 * ----------------------------------------------------------------------------------- */

typedef struct catch
{
    msh_buf all;
    uint64_t at;
    unsigned n;
}
catch;

static msh_err keep(void *ctx, msh_view decoded, uint64_t at)
{
    catch *c = ctx;
    c->at = at;
    c->n++;
    msh_buf_put_view(&c->all, decoded);
    return MSH_OK;
}

static msh_err stop(void *ctx, msh_view decoded, uint64_t at)
{
    (void)ctx, (void)decoded, (void)at;
    return MSH_E_STOPPED;
}

static void encoded_runs(void)
{
    static const struct {
        msh_view text;
        const char *decoded; /* how it begins; NULL = nothing */
        uint64_t at;
    } rows[] = {
        {MSH_VIEW("x: 5py65a+G4piFMTDlubQ="), "机密★10年", 3},
        {MSH_VIEW("5py65a-G4piFMTDlubQ"), "机密★10年", 0},
        {MSH_VIEW("data:text/plain;base64,5py65a+G"), "机密", 23},
        {MSH_VIEW("5YWz5LqO5Y+s5byA5Lya6K6u55qE6YCa55+lCuac\r\nuuWvhuKYhTEw5bm0Cg==\r\n"),
         "关于召开会议的通知\n机密★10年\n", 0},
        {MSH_VIEW("http://host/path/5py65a+G4piFMTDlubQ="), "机密★10年", 17},
        {MSH_VIEW("e69cbae5af86e298853130e5b9b4"), "机密★10年", 0},
        {MSH_VIEW("<673A5BC62605003100305E74>"), "g:[", 1},
        {MSH_VIEW("E6 9C BA E5 AF 86"), "机密", 0},
        {MSH_VIEW("{0xE6, 0x9C, 0xBA, 0xE5, 0xAF, 0x86}"), "机密", 1},
        {MSH_VIEW("u/rD3KHvMTDE6g=="), "\xbb\xfa\xc3\xdc\xa1\xef", 0},
        {MSH_VIEW("00000000  e5 85 b3 e4 ba 8e e5 8f  ac e5 bc 80 e4 bc 9a e8  "
                  "|................|\n00000010  ae ae e7 9a 84 e9 80 9a  e7 9f a5 0a e6 9c ba e5  "
                  "|................|\n00000020  af 86 e2 98 85 31 30 e5  b9 b4 0a                 "
                  "|.....10....|\n0000002b\n"),
         "关于召开会议的通知\n机密★10年\n", 0},
        {MSH_VIEW("00000000: e585 b3e4 ba8e e58f ace5 bc80 e4bc 9ae8  ................\n00000010: "
                  "aeae e79a 84e9 809a e79f a50a e69c bae5  ................\n00000020: af86 e298 "
                  "8531 30e5 b9b4 0a              .....10....\n"),
         "关于召开会议的通知\n机密★10年\n", 0},
        {MSH_VIEW("text\nbegin 644 a.txt\nKY86SY+J.Y8^LY;R "
                  "Y+R:Z*ZNYYJ$Z8\":YY^E\"N:<NN6OAN*8A3$PY;FT\"@  \n`\nend\n"),
         "关于召开会议的通知\n机密★10年\n", 5},
        {MSH_VIEW("42OLVZNPQ3RJRBJRGDS3TNA="), "机密★10年", 0},
        {MSH_VIEW("VALUES (0xE69CBAE5AF86)"), "机密", 10},
        {MSH_VIEW("s=String.fromCharCode(26426,23494,9733,49,48,24180);"), "机密★10年", 22},
        {MSH_VIEW("String.fromCodePoint(0x673a, 0x5bc6)"), "机密", 21},
        {MSH_VIEW("s = ChrW(26426) & ChrW(&H5BC6)"), "机密", 9},
        {MSH_VIEW("chr(26426).chr(23494)"), "机密", 4},
        {MSH_VIEW("SELECT NCHAR(26426)+NCHAR(23494)"), "机密", 13},
        {MSH_VIEW("x \xc3\xa6\xc5\x93\xc2\xba\xc3\xa5\xc2\xaf\xe2\x80\xa0"), "机密", 2},
        {MSH_VIEW("rgb(26426, 23494) chr(x) chr(99999999)"), NULL, 0},
        {MSH_VIEW("d\xc3\xa9j\xc3\xa0 vu, \xc3\xa9t\xc3\xa9"), NULL, 0},
        {MSH_VIEW("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 README CHANGELOG2"), NULL, 0},
        {MSH_VIEW("1000 2000 3000\n1001 2001 3001\nbegin 999 x\nbegin 644 x\nend\n"), NULL, 0},
        {MSH_VIEW("international getElementById some-long-file_name usr/lib/x86"), NULL, 0},
        {MSH_VIEW("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"), NULL, 0},
        {MSH_VIEW("13800138000 110105194912310020 6222021234567890128"), NULL, 0},
        {MSH_VIEW("10:20:30:40 1,2,3,4,5,6 2024-01-01"), NULL, 0},
        {MSH_VIEW("机密★10年"), NULL, 0},
        {MSH_VIEW(""), NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        catch c = {.n = 0};
        msh_buf_init(&c.all, 1000);
        CHECK_INT(msh_find_encoded(rows[i].text, 1 << 20, keep, &c), MSH_OK);
        CHECK_INT(c.n, rows[i].decoded != NULL);
        if (rows[i].decoded && c.n) {
            CHECK_INT(c.at, rows[i].at);
            CHECK(msh_view_starts(msh_buf_view(&c.all), msh_view_str(rows[i].decoded)));
        }
        if (check_failed)
            printf("row %zu: %u\n", i, c.n);
        msh_buf_dispose(&c.all);
    }
    CHECK_INT(msh_find_encoded(MSH_VIEW("5py65a+G"), 100, stop, NULL), MSH_E_STOPPED);
    catch c = {.n = 0};
    CHECK_INT(msh_find_encoded(MSH_VIEW("5py65a+G4piFMTDlubQ="), 4, keep, &c), MSH_E_LIMIT_BUFFER);
}

/* Text made to be looked at again and again: 1 MiB of each takes milliseconds; a search that starts
 * over at each mark takes a quarter of a minute. */
static void hostile_text_takes_linear_time(void)
{
    static const char *const patterns[] = {
        "+",   "'+",          "U+",    "+AAA",    "%FF",           "=\n",
        "\\u", "\\377",       "&#1",   "_x0041_", "AAAAAAAA",      "a/",
        "00 ", "1000 2000\n", "0x00,", "%2525",   "begin 644 a\n", "AAAAAAAAAAAAAAAAAAAA\n"};
    enum { SIZE = 1 << 20 };
    uint8_t *text = msh_alloc(SIZE);
    REQUIRE(text != NULL);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t len = strlen(patterns[i]);
        for (size_t at = 0; at < SIZE; at++)
            text[at] = (uint8_t)patterns[i][at % len];
        msh_unescaped u;
        catch c = {.n = 0};
        bool found;
        msh_unescaped_init(&u, SIZE * 2);
        msh_buf_init(&c.all, SIZE * 4);
        uint64_t began = msh_clock_ns();
        CHECK_INT(msh_unescape(&u, msh_view_of(text, SIZE), &found), MSH_OK);
        CHECK_INT(msh_find_encoded(msh_view_of(text, SIZE), SIZE, keep, &c), MSH_OK);
        uint64_t ms = (msh_clock_ns() - began) / 1000000;
        if (ms > 8000)
            printf("pattern %zu: %" PRIu64 " ms\n", i, ms);
        CHECK(ms <= 8000);
        msh_unescaped_dispose(&u);
        msh_buf_dispose(&c.all);
    }
    msh_free(text);
}

int main(void)
{
    RUN(escapes);
    RUN(places);
    RUN(long_and_cut);
    RUN(references);
    RUN(encoded_runs);
    RUN(hostile_text_takes_linear_time);
    return check_result();
}
