/* kind_table.c and table_rows.c: what a list shows, and lists that may be published. */
#include "kind.h"
#include "rule/table_rows.h"

extern const msh_kind msh_kind_table;
static kind_bench bench;

static void test_heads(void)
{
    CHECK_INT(msh_rows_column(msh_view_str("姓 名")), MSH_COLUMN_NAME);
    CHECK_INT(msh_rows_column(msh_view_str("身份证号码")), MSH_COLUMN_ID);
    CHECK_INT(msh_rows_column(msh_view_str("残疾证号")), MSH_COLUMN_HEALTH);
    CHECK_INT(msh_rows_column(msh_view_str("办公电话")), MSH_COLUMN_OFFICE);
    CHECK_INT(msh_rows_column(msh_view_str("出生年月")), MSH_COLUMN_OTHER);
    CHECK_INT(msh_rows_column(msh_view_str("家庭住址")), MSH_COLUMN_ADDRESS);
    CHECK_INT(msh_rows_column(msh_view_str("凡需要查询本人身份证号登记情况的请到窗口")),
              MSH_COLUMN_OTHER);
}

#define IDS(s)                                                                                     \
    "甲某" s "110105194912310021\n乙某" s "11010119900307741X\n丙某" s "510104198807142518\n"

static void test_block(void)
{
    static const char *const texts[] = {
        "姓名\t身份证号\n" IDS("\t"),
        "姓名,证件号码\n" IDS(","),
        "姓名|身份证号码\n" IDS("|"),
        "姓  名  身份证号\n" IDS("  "),
        "姓 名\t公民身份号码\n" IDS("\t"),
        "姓名,身份证号\n甲某,=\"110105194912310021\"\n乙某,\"11010119900307741X\"\n"
        "丙某,'510104198807142518\n",
        "姓名\t手机\n甲某\t13800138001\n乙某\t13800138002\n丙某\t13800138003\n丁某\t13800138004\n"
        "戊某\t13800138005\n",
        "低保对象名单\n姓名\t联系电话\n甲某\t13800138001\n乙某\t13800138002\n丙某\t13800138003\n",
        "姓名\t护照号码\n甲某\tE12345678\n乙某\tEA1234567\n丙某\tG12345678\n",
        "幼儿园新生名单\n幼儿姓名\t家长电话\n甲某\t13800138001\n乙某\t13800138002\n丙某\t1380013800"
        "3\n",
        /* as a page gives it: heads broken, numbers of rows by themselves */
        "残疾人补贴发放名单\n序号 姓名\n\n残疾类别 家庭住址\n\n联系电话\n\n1\n\n甲某 肢体 上坞村 1 "
        "组 3 号 13800138001\n\n"
        "2\n\n乙某 视力 上坞村 2 组 3 号 13800138002\n\n3\n\n丙某 精神 上坞村 3 组 3 号 "
        "13800138003\n",
        "姓名\t一卡通账号\n甲某\t6228480402564890018\n乙某\t6228480402637874213\n"
        "丙某\t6228480402564892345\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "BLOCK");
    bench_text(&bench, texts[0]);
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "姓名、身份证号");
    CHECK_STR(bench.found[0].excerpt, "3行 身份证号3");
}

static void test_review(void)
{
    CHECK_TIER(&bench,
               "姓名\t家庭住址\n甲某\t三合村东路12号\n乙某\t三合村东路14号\n丙某\t三合村东路16号\n",
               "REVIEW");
    CHECK_TIER(&bench, "姓名\t宗教信仰\n甲某\t佛教\n乙某\t道教\n丙某\t佛教\n", "REVIEW");
    CHECK_TIER(&bench, "姓名\t车牌号\n甲某\t浙A12345\n乙某\t浙AD12345\n丙某\t京B1234学\n",
               "REVIEW");
    CHECK_TIER(&bench, "姓名\t病种\n甲某\t尿毒症\n乙某\t尿毒症\n丙某\t白血病\n", "REVIEW");
    CHECK_TIER(&bench, "姓名\t身份证号\t金额\n甲某\t110105194912310021\t9\n乙某\t\t9\n丙某\t\t9\n",
               "REVIEW");
}

static void test_lawful(void)
{
    static const char *const texts[] = {
        "姓名\t身份证号\n甲某\t11*************021\n乙某\t33*************416\n丙某\t51*************"
        "518\n",
        "姓名\t身份证号\t手机\n\t\t\n\t\t\n\t\t\n",
        "科室\t联系人\t联系电话\n综合科\t王明\t0574-87180001\n法规科\t李芳\t0574-87180002\n"
        "人事科\t赵强\t0574-87180003\n",
        "姓名\t性别\t出生年月\t拟任职务\n王明\t男\t1980.01\t副局长\n李芳\t女\t1981.02\t科长\n"
        "赵强\t男\t1982.03\t科长\n",
        "单位\t车牌号\n甲公司\t浙A12345\n乙公司\t浙AD1234\n丙公司\t浙B12345\n",
        "姓名\t护照号码\n甲某\tE12***678\n乙某\tE12***679\n丙某\tG12***671\n",
        "姓名\t邮箱\n甲某\ta@b.cn\n乙某\tb@b.cn\n丙某\tc@b.cn\n",
        "姓名\t低保金额\n甲某\t880\n乙某\t880\n丙某\t880\n",
        "户主\t家庭住址\n甲某\t三合镇\n乙某\t东湖街道\n丙某\t三合镇\n",
        "中标单位\t联系人\t联系电话\n甲公司\t王明\t13800138001\n乙公司\t李芳\t13800138002\n"
        "丙公司\t赵强\t13800138003\n",
        "　　监护人应当如实告知特异体质、特定疾病等情况。\n　　幼儿园不得歧视。\n　　普惠性幼儿园不"
        "得拒绝。\n　　幼儿园应当配备师资。\n",
        "申请人\n手机\n\n登记表填写说明\n一 请用黑色笔\n二 字迹清楚\n三 不得涂改\n",
        "登记时请填写姓名、身份证号和手机号。\n一、携带原件。\n二、现场核对。\n三、当场发证。\n",
        "姓名\t身份证号\n甲某\t110105194912310021\n",
    };
    for (size_t i = 0; i + 1 < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "none");
    CHECK_TIER(&bench, texts[sizeof texts / sizeof texts[0] - 1], "none"); /* one row is no list */
}

static void test_coordinates(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_table, "what=coordinates"));
    bench_text(&b,
               "采用CGCS2000坐标系。\nJ1 3301234.567 512345.678\nJ2 3301235.567 512346.678\n"
               "J3 3301236.567 512347.678\nJ4 3301237.567 512348.678\nJ5 3301238.567 512349.678\n");
    CHECK_INT(b.n, 1);
    bench_text(&b, "采用CGCS2000坐标系。\nJ1 3301234.5 512345.6\nJ2 12.567 13.678\n");
    CHECK_INT(b.n, 0);
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_table, "what=animals"));
    bench_close(&b);
}

/* Every line names heads: read once each. */
static void test_hostile(void)
{
    enum { SIZE = 1 << 20 };
    char *text = msh_alloc(SIZE + 1);
    static const char line[] = "姓名\t身份证号\t手机\n";
    for (size_t i = 0; i < SIZE; i++)
        text[i] = line[i % (sizeof line - 1)];
    text[SIZE] = 0;
    CHECK_TIER(&bench, text, "none");
    msh_free(text);
}

int main(void)
{
    REQUIRE(bench_open(&bench, &msh_kind_table, ""));
    RUN(test_heads);
    RUN(test_block);
    RUN(test_review);
    RUN(test_lawful);
    RUN(test_coordinates);
    RUN(test_hostile);
    bench_close(&bench);
    return check_result();
}
