/* kind_idcard.c and digits.c: the numbers of domain.md section 5, their disguises and what only
 * looks like them. */
#include "kind.h"
#include "rule/digits.h"

extern const msh_kind msh_kind_idcard;
static kind_bench bench;

static void test_checks(void)
{
    CHECK_INT(msh_digits_id18("11010519491231002X"), MSH_ID_ALL);
    CHECK_INT(msh_digits_id18("440524188001010014"), MSH_ID_PROVINCE | MSH_ID_CHECK);
    CHECK_INT(msh_digits_id18("110105194912310020"), MSH_ID_PROVINCE | MSH_ID_DATE);
    CHECK_INT(msh_digits_id18("990105194912310024") & MSH_ID_PROVINCE, 0);
    CHECK(msh_digits_id15("110105491231002"));
    CHECK(!msh_digits_id15("110105491331002"));
    CHECK(msh_digits_luhn("6222600260001072444", 19));
    CHECK(!msh_digits_luhn("6228481732419262", 16));
    CHECK(msh_digits_mobile("13800138000"));
    CHECK(!msh_digits_mobile("14200138000"));
    CHECK(!msh_digits_mobile("12800138000"));
    CHECK(msh_digits_is_date(2000, 2, 29));
    CHECK(!msh_digits_is_date(1900, 2, 29));
    CHECK(!msh_digits_is_date(2023, 4, 31));
}

static void test_found(void)
{
    static const char *const texts[] = {
        "11010519491231002X\n",
        "11010519491231002x\n",
        "１１０１０５１９４９１２３１００２Ｘ\n",
        "11010519491231002×\n",
        "11010519491231002Х\n", /* Cyrillic */
        "110105 19491231 002X\n",
        "110105-19491231-002X\n",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X\n",
        "姓名张三11010519491231002X电话13800138000\n",
        "身份证号11010519491231002X，\n",
        "1,=\"11010519491231002X\"\n",
        "编号,姓名,证件\n1,张三,11010519491231002X\n",
        "身份证号110105194912310020，核对有误\n", /* wrong check digit */
        "110105491231002\n",
        "证件号码：110105491231002，\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "REVIEW");
    bench_text(&bench, "11010519491231002x\n");
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "11010519491231002X");
    CHECK_STR(bench.found[0].excerpt, "11*************02X");
}

static void test_not_found(void)
{
    static const char *const texts[] = {
        "110105194912310020\n",
        "3.14159265358979323846\n",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\n",
        "a11010519491231002X\n",
        "11010519491231002Xb\n",
        "911101051949123100\n",
        "11*************02X\n",
        "统一社会信用代码：110105194912310 止\n",
        "990105194912310024\n",
        "2024年11月24日 20:31 第 110105 号\n",
        "110 1051949 12310 02X\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "none");
    CHECK_TIER(&bench, "样品批号为110105491231002的那一批\n", "INFO");
}

static void test_list(void)
{
    CHECK_TIER(&bench, "11010519491231002X\n44052419900101001X\n110101199003070812\n", "REVIEW");
    CHECK_TIER(&bench, "甲\t11010519491231002X\n乙\t110101199003077416\n丙\t510104198807142518\n",
               "BLOCK");
    CHECK_TIER(&bench, "11010519491231002X\n11010519491231002X\n11010519491231002X\n", "REVIEW");
    /* one item of three texts */
    bench_text(&bench, "11010519491231002X");
    bench_more(&bench, "110101199003077416");
    bench_more(&bench, "510104198807142518");
    CHECK_INT(bench.n, 3);
    CHECK_INT(bench.found[2].tier, MSH_TIER_BLOCK);
}

/* A number parted by a line end, as a narrow column wraps it. */
static void test_line_end(void)
{
    CHECK_TIER(&bench, "号码 110105194912\n31002X\n", "REVIEW");
    CHECK_TIER(&bench, "110101199003\n077416 张三\n", "REVIEW");
    CHECK_STR(bench.found[0].normal, "110101199003077416");
    CHECK_TIER(&bench, "110101199003\n077417 张三\n", "none"); /* checksum */
    CHECK_TIER(&bench, "5110101199003\n077416\n", "none");
    CHECK_TIER(&bench, "110101199003\t077416\n", "none");
}

/* A disability certificate: the identity number, kind and degree. */
static void test_certificate(void)
{
    CHECK_TIER(&bench, "残疾证 11010119900307741644\n", "REVIEW");
    CHECK_STR(bench.found[0].normal, "110101199003077416");
    CHECK_TIER(&bench, "残疾证 11010519491231002X42\n", "REVIEW");
    CHECK_TIER(&bench, "残疾证 11010519491231002X42B1\n", "REVIEW");
    CHECK_TIER(&bench, "残疾证 11010119900307741644B1\n", "REVIEW");
    CHECK_TIER(&bench, "流水 11010119900307741684\n", "none");
    CHECK_TIER(&bench, "流水 11010119900307741745\n", "none");
}

static void test_chinese(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_idcard, "what=chinese"));
    CHECK_TIER(&b, "身份证号码为一一〇一〇五一九四九一二三一〇〇二X，\n", "REVIEW");
    CHECK_STR(b.found[0].normal, "11010519491231002X");
    CHECK_TIER(&b, "一九四九年十月一日\n", "none");
    CHECK_TIER(&b, "二〇二四年度一一〇一〇五项\n", "none");
    bench_close(&b);
}

static void test_damaged(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_idcard, "what=damaged"));
    bench_text(&b, "张三\t3.30201980010112E+17\n");
    CHECK_INT(b.n, 1);
    bench_text(&b, "能量为9.5E+17焦；x3.30201980010112E+17；3.302E+175");
    CHECK_INT(b.n, 0);
    bench_close(&b);
}

static void test_weak(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_idcard, "what=weak"));
    bench_text(&b, "张三 11010519491231**2X 及 330203199001012***\n");
    CHECK_INT(b.n, 2);
    bench_text(&b, "11*************02X 3302031990****1234 138****1234 ********\n");
    CHECK_INT(b.n, 0);
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_idcard, "what=other"));
    bench_close(&b);
}

/* Runs of a megabyte stay linear. */
static void test_hostile(void)
{
    enum { SIZE = 1 << 20 };
    char *text = msh_alloc(SIZE + 1);
    static const char *const pieces[] = {"1 ", "1", "110105 ", "110105194912310020 ", "12-"};
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        size_t len = strlen(pieces[p]);
        for (size_t i = 0; i < SIZE; i++)
            text[i] = pieces[p][i % len];
        text[SIZE] = 0;
        CHECK_TIER(&bench, text, "none");
    }
    msh_free(text);
}

int main(void)
{
    REQUIRE(bench_open(&bench, &msh_kind_idcard, ""));
    RUN(test_checks);
    RUN(test_found);
    RUN(test_not_found);
    RUN(test_list);
    RUN(test_line_end);
    RUN(test_certificate);
    RUN(test_chinese);
    RUN(test_damaged);
    RUN(test_weak);
    RUN(test_hostile);
    bench_close(&bench);
    return check_result();
}
