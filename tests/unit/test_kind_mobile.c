/* kind_mobile.c: numbers in all groupings, lawful office contacts, lists of people. */
#include "kind.h"

extern const msh_kind msh_kind_mobile;
static kind_bench bench;

static void test_alone(void)
{
    static const char *const texts[] = {
        "通知\n13800138000\n请参加。\n",
        "１３８００１３８０００\n",
        "138 0013 8000\n",
        "138-0013-8000\n",
        "+86 13800138000\n",
        "+8613800138000\n",
        "008613800138000\n",
        "86-13800138000\n",
        "张三\t13800138000\n",
        "1,=\"13800138000\"\n",
        "1 3 8 0 0 1 3 8 0 0 0\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "REVIEW");
    bench_text(&bench, "+8613800138000\n");
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "13800138000");
    CHECK_STR(bench.found[0].excerpt, "138****8000");
}

static void test_info(void)
{
    CHECK_TIER(&bench, "联系人：李老师，联系电话：13800138000\n", "INFO");
    CHECK_TIER(&bench, "举报电话：13800138000\n", "INFO");
    CHECK_TIER(&bench, "咨询电话：\n13800138000\n", "INFO");
    CHECK_TIER(&bench, "姓名张三11010519491231002X电话13800138000\n", "INFO");
    CHECK_TIER(&bench, "请拨打13800138000报修。\n", "INFO");
}

static void test_none(void)
{
    static const char *const texts[] = {
        "14200138000\n",
        "12800138000\n",
        "138****8000\n",
        "0574-87181234\n",
        "a13800138000\n",
        "13800138000b\n",
        "0574-13800138000\n",
        "138001380001\n",
        "3.13800138000\n",
        "6222021234567890128\n",
        "手机号前三位叫网号，130至139、150至159有效。\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "none");
}

static void test_lists(void)
{
    CHECK_TIER(&bench,
               "张三 13800138001\n李四 13800138002\n王五 13800138003\n赵六 13800138004\n"
               "孙七 13800138005\n",
               "BLOCK");
    CHECK_TIER(&bench,
               "1\t张 三\t13800138001\n2\t李四\t13800138002\n3\t王五\t13800138003\n"
               "4\t赵六\t13800138004\n5\t孙七\t13800138005\n",
               "BLOCK");
    CHECK_TIER(&bench, "1\t张三\t13800138001\n2\t李四\t13800138002\n", "REVIEW");
    CHECK_TIER(&bench,
               "网格员联系方式\n村\t姓名\t手机\n上村\t张三\t13800138001\n下村\t李四\t13800138002\n"
               "东村\t王五\t13800138003\n西村\t赵六\t13800138004\n南村\t孙七\t13800138005\n",
               "INFO");
    /* a fourth contact is for people to look at */
    CHECK_TIER(&bench,
               "联系人13800138001\n联系人13800138002\n联系人13800138003\n联系人13800138004\n",
               "REVIEW");
    CHECK_TIER(&bench,
               "联系人13800138001\n联系人13800138002\n联系人13800138003\n联系人13800138003\n",
               "INFO");
}

/* Contacts in the source of a page are counted in the parsed text beside it. */
static void test_markup(void)
{
    bench.flags = 4;
    CHECK_TIER(&bench,
               "<p>联系人13800138001</p>\n<p>联系人13800138002</p>\n<p>联系人13800138003</p>\n"
               "<p>联系人13800138004</p>\n",
               "INFO");
    bench.flags = 0;
}

static bool finds(kind_bench *b, const char *text)
{
    bench_text(b, text);
    return b->n > 0;
}

static void test_chinese_numerals(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_mobile, "what=chinese"));
    CHECK(finds(&b, "电话一三八零零一三八零零零。\n"));
    CHECK_STR(b.found[0].normal, "13800138000");
    CHECK(finds(&b, "幺三九〇〇〇〇一二三四\n"));
    CHECK(!finds(&b, "一三八零零一三八零零\n"));
    CHECK(!finds(&b, "一三八零零一三八零零零零\n"));
    CHECK(!finds(&b, "二一三八零零一三八零零零\n"));
    CHECK(!finds(&b, "一二八零零一三八零零零\n"));
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_mobile, "what=roman"));
    bench_close(&b);
}

int main(void)
{
    REQUIRE(bench_open(&bench, &msh_kind_mobile, "rows=5"));
    RUN(test_alone);
    RUN(test_info);
    RUN(test_none);
    RUN(test_lists);
    RUN(test_chinese_numerals);
    RUN(test_markup);
    bench_close(&bench);
    CHECK(!bench_open(&bench, &msh_kind_mobile, "rows=1"));
    bench_close(&bench);
    return check_result();
}
