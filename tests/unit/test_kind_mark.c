/* kind_mark.c and mark_parse.c: every way of writing a mark, every tier, and what is no mark. */
#include "kind.h"

extern const msh_kind msh_kind_mark;
static kind_bench bench;

#define HEAD "关于召开座谈会的通知\n"
#define TAIL "\n请各科室按时到会。\n"
#define ON_LINE(mark) HEAD mark TAIL

static void test_alone_on_a_line(void)
{
    static const char *const texts[] = {
        ON_LINE("机密★10年"),
        ON_LINE("绝密★长期"),
        ON_LINE("秘密★5年"),
        ON_LINE("绝 密 ★ 30 年"),
        ON_LINE("绝　密★３０年"),
        ON_LINE("機密★十年"),
        ON_LINE("秘密★六个月"),
        ON_LINE("机密★"),
        ON_LINE("机密☆20年"),
        ON_LINE("机密⭐20年"),
        ON_LINE("机密＊20年"),
        ON_LINE("绝密★(30年)"),
        ON_LINE("【绝密】★三十年"),
        ON_LINE("[机][密]★10年"),
        ON_LINE("机-密★10年"),
        ON_LINE("机|密★10年"),
        ON_LINE("机\n密\n★\n1\n0\n年"),
        ON_LINE("机密\n★10年"),
        ON_LINE("绝密★2031年6月30日"),
        ON_LINE("机密级★10年"),
        ON_LINE("000012  机密★10年"),
        ON_LINE("机密★10年 特急"),
        ON_LINE("机密★10年    000012"),
        ON_LINE("密级：机密★3年"),
        "通知\n\t秘密★3年\t\n",
        ON_LINE("机\xE2\x80\x8B密\xE2\x80\x8D★10年"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "BLOCK");
}

static void test_review(void)
{
    static const char *const texts[] = {
        "现将机密★10年文件一份送上。\n",
        ON_LINE("机密·10年"),
        ON_LINE("机密 10年"),
        ON_LINE("秘密10年"),
        ON_LINE("★机密"),
        ON_LINE("★机密 10年"),
        ON_LINE("★10年 机密"),
        ON_LINE("机密"),
        ON_LINE("（绝密）"),
        ON_LINE("年01★密机"),
        ON_LINE("机蜜★10年"),
        ON_LINE("木几密★10年"),
        ON_LINE("机x密y★10年"),
        ON_LINE("机密★5年 解密"),
        ON_LINE("绝密★启用前"),
        ON_LINE("绝密·启用前"),
        ON_LINE("绝密启用前"),
        "转来机密文件★10年的复印件。\n",
        ON_LINE("机密资料★长期"),
        ON_LINE("特急 机密"),
        ON_LINE("等级：特急·绝密"),
        "var a=\"机\"+\"密\"+\"★10年\";\n",
        "{\"title\": \"机密★10年\"}\n",
        "/* 机密★10年 */ int main(void);\n",
        "00:00:01 <i>机</i><b>密</b>★10年\n",
        "标注样式如下：\n机密★10年\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "REVIEW");
}

/* The bare level: on the first line of a paper, before a title, elsewhere. */
static void test_bare(void)
{
    CHECK_TIER(&bench, "\n  机 密\n关于印发方案的通知\n", "BLOCK");
    CHECK_TIER(&bench, "000036\n【绝密】\n关于印发方案的通知\n", "BLOCK");
    CHECK_TIER(&bench, "份号：000036\n\n秘密级\n通知\n", "BLOCK");
    CHECK_TIER(&bench, "秘密\n", "REVIEW");
    CHECK_TIER(&bench, "秘密\n导演：张三 主演：李四\n", "REVIEW");
    CHECK_TIER(&bench, "000012\n秘密\n市局文件\n", "BLOCK");
    CHECK_TIER(&bench, "秘密\n机密\n绝密\n", "REVIEW");
    CHECK_TIER(&bench, "市水利局\n秘密\n通知\n", "REVIEW");
    CHECK_TIER(&bench, "特急·机密\n通知\n", "REVIEW");
    CHECK_TIER(&bench, "【机密】关于印发方案的通知\n", "REVIEW");
    CHECK_TIER(&bench, "标题\n[秘密] 关于印发方案的通知\n", "REVIEW");
    CHECK_TIER(&bench, "【机密关于印发方案的通知\n", "none");
    CHECK_TIER(&bench, "秘密花园\n通知\n", "none");
}

static void test_field(void)
{
    CHECK_TIER(&bench, "密级：机密\n通知\n", "BLOCK");
    CHECK_TIER(&bench, "密 级: 绝密\n通知\n", "BLOCK");
    CHECK_TIER(&bench, "编号\t12\t密级\t绝密\n", "BLOCK");
    CHECK_TIER(&bench, "本文件密级：秘密\n", "BLOCK");
    CHECK_TIER(&bench, "文件\n本文件密级为秘密。\n", "REVIEW");
    CHECK_TIER(&bench, "密级确定为机密\n通知\n", "BLOCK");
    CHECK_TIER(&bench, "密级为机密的文件由专人送达。\n", "none");
    CHECK_TIER(&bench, "密级为绝密、机密、秘密三种。\n", "none");
    CHECK_TIER(&bench, "密级：绝密□ 机密□ 秘密□\n", "none");
    CHECK_TIER(&bench, "填写密级：绝密、机密、秘密三种。\n", "none");
    CHECK_TIER(&bench, "密级：\n保密期限：\n", "none");
    CHECK_STR((bench_tier(&bench, "密级：机密\n"), bench.found[0].excerpt), "密级:机密");
}

static void test_info(void)
{
    CHECK_TIER(&bench, "看到“绝密★长期”，就是没有到期日。\n", "INFO");
    CHECK_TIER(&bench, "《机密★10年》这样写不对。\n", "INFO");
    CHECK_TIER(&bench, "怎样标？例如：机密★5年，表示五年。\n", "INFO");
    CHECK_TIER(&bench, "国家秘密标志的形式为秘密★1年\n", "INFO");
    CHECK_TIER(&bench, "应当写成“机密·10年”吗？\n", "INFO");
    CHECK_TIER(&bench, "下列哪项正确？\nA. 机密★10年\nB. 机密(10年)\nC. ★机密10年\n", "INFO");
    CHECK_TIER(&bench, "A. 机密★10年\n", "REVIEW"); /* no other answer beside it */
    CHECK_TIER(&bench, "文件右上角的秘密★3年表示保密三年。\n", "INFO");
}

static void test_none(void)
{
    static const char *const texts[] = {
        "计算机密码学基础\n",
        "该数控机密封性能良好\n",
        "机关密切联系群众十周年\n",
        "秘密战争\n",
        "涉及国家秘密、工作秘密的，不得公开。\n",
        "应当保守秘密10年以上。\n",
        "分为绝密、机密、秘密三级。\n",
        "绝密级至多三十年，机密级至多二十年。\n",
        "绝密1937\n",
        "★★★★秘密花园餐厅\n",
        "评分：★★★★★\n推荐理由：机关食堂\n",
        "秘密3年级\n",
        "绝密\t机密\t秘密\n30年\t20年\t10年\n",
        "139★★★★5678\n",
        "机密、特急\n",
        "试卷在绝密启用前不得拆开。\n",
        "机密文件★★★★★\n",
        "机密文件★启用前\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "none");
}

static void test_what_is_shown(void)
{
    bench_text(&bench, ON_LINE("机 密 ★ 十 年"));
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "机密★10年");
    CHECK_STR(bench.found[0].excerpt, "机密★██");
    bench_text(&bench, ON_LINE("绝密★2031年6月30日前"));
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "绝密★2031年6月30日前");
}

/* OCR gives nothing, a blank, or one or two other characters for the star. */
static void test_what_ocr_reads(void)
{
    static const char *const texts[] = {ON_LINE("机密10年"),   ON_LINE("机密 10年"),
                                        ON_LINE("机密大10年"), ON_LINE("秘密*大5年"),
                                        ON_LINE("绝密+长期"),  ON_LINE("机密★10年")};
    bench.role = MSH_ROLE_OCR;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "REVIEW");
    CHECK_TIER(&bench, ON_LINE("机密文件共10年"), "none");
    bench.role = MSH_ROLE_BODY;
    CHECK_TIER(&bench, ON_LINE("机密大10年"), "none");
}

static bool finds(kind_bench *b, const char *text)
{
    bench_text(b, text);
    return b->n > 0;
}

static void test_terms_over_the_law(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_mark, "overlong=true"));
    CHECK(finds(&b, ON_LINE("绝密★31年")));
    CHECK(finds(&b, ON_LINE("秘密★十一年")));
    CHECK(finds(&b, ON_LINE("机密★241个月")));
    CHECK(!finds(&b, ON_LINE("绝密★30年")));
    CHECK(!finds(&b, ON_LINE("机密★20年")));
    CHECK(!finds(&b, ON_LINE("秘密★10年")));
    CHECK(!finds(&b, ON_LINE("秘密★3650日")));
    CHECK(!finds(&b, ON_LINE("绝密★长期")));
    CHECK(!finds(&b, "不得写成“秘密★20年”。\n"));
    bench_close(&b);
}

static void test_roles(void)
{
    bench.role = MSH_ROLE_OCR;
    CHECK_TIER(&bench, ON_LINE("机密太10年"), "REVIEW");
    CHECK_TIER(&bench, ON_LINE("绝密 女长期"), "REVIEW");
    CHECK_TIER(&bench, ON_LINE("机密工作长期抓"), "none");
    bench.role = MSH_ROLE_RAW;
    CHECK_TIER(&bench, "机密★10年\n", "BLOCK");
    CHECK_TIER(&bench, "机密10年\n", "none");
    CHECK_TIER(&bench, "机密\n", "none");
    bench.role = MSH_ROLE_META;
    CHECK_TIER(&bench, "机密", "REVIEW");
    CHECK_TIER(&bench, "密级:机密", "BLOCK");
    bench.role = MSH_ROLE_NAME;
    CHECK_TIER(&bench, "绝密★长期.docx", "BLOCK");
    CHECK_TIER(&bench, "计算机密码学★10年回顾.txt", "none");
    bench.role = MSH_ROLE_BODY;
}

static void test_levels_of_a_rule(void)
{
    kind_bench other;
    REQUIRE(bench_open(&other, &msh_kind_mark, "levels=核心商密,普通商密"));
    CHECK_TIER(&other, ON_LINE("核心商密★长期"), "BLOCK");
    CHECK_TIER(&other, ON_LINE("普通商密▲5年"), "BLOCK");
    CHECK_TIER(&other, ON_LINE("机密★10年"), "none");
    bench_close(&other);
    CHECK(!bench_open(&other, &msh_kind_mark, "levels=密,机密"));
    bench_close(&other);
}

/* Anchors in a row cost the same whatever stands around them. */
static void test_hostile(void)
{
    enum { SIZE = 1 << 18 };
    char *text = msh_alloc(SIZE + 16);
    static const char *const pieces[] = {"机密★", "★", "密★密", "机密 <", "★机密\n", "密级机密"};
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        size_t n = 0, len = strlen(pieces[p]);
        while (n + len < SIZE) {
            memcpy(text + n, pieces[p], len);
            n += len;
        }
        text[n] = 0;
        (void)bench_tier(&bench, text);
    }
    msh_free(text);
    CHECK(true);
}

int main(void)
{
    REQUIRE(bench_open(&bench, &msh_kind_mark, ""));
    RUN(test_alone_on_a_line);
    RUN(test_review);
    RUN(test_bare);
    RUN(test_field);
    RUN(test_info);
    RUN(test_none);
    RUN(test_what_is_shown);
    RUN(test_what_ocr_reads);
    RUN(test_terms_over_the_law);
    RUN(test_roles);
    RUN(test_levels_of_a_rule);
    RUN(test_hostile);
    bench_close(&bench);
    return check_result();
}
