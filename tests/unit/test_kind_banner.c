/* kind_banner.c: words by themselves, in running text, in quotation marks, in longer words. */
#include "kind.h"

extern const msh_kind msh_kind_banner;

static void test_alone(void)
{
    kind_bench b;
    REQUIRE(
        bench_open(&b, &msh_kind_banner, "any=内部资料,注意保存,;beside=编号,;but=内部资料性,"));
    /* 0 stands for the rule's own tier, so that these look at the number of candidates */
    static const char *const alone[] = {
        "内部资料 注意保存\n正文\n",
        "内 部 资 料  注 意 保 存\n",
        "【内部资料】\n",
        "★ 内部资料 ★\n",
        "编号：12\t内部资料\t\n",
        "內部資料\n",
        "——内部资料，注意保存！\n",
        "|内部资料|\n",
    };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        bench_text(&b, alone[i]);
        CHECK(b.n >= 1 && b.found[0].tier == 0);
    }
    static const char *const prose[] = {
        "各单位要管好内部资料，防止泄露。\n",
        "写着“内部资料”的不要带走。\n",
        "“内部资料”\n",
        "材料上标注内部资料\n",
        "内部资料\n\n内部资料是指不对外发行的资料。\n",
    };
    for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++)
        CHECK_TIER(&b, prose[i], "INFO");
    bench_text(&b, "内部资料性出版物\n公司内部装修\n");
    CHECK_INT(b.n, 0);
    b.role = MSH_ROLE_FOOTER;
    bench_text(&b, "某局内部资料第3页");
    CHECK(b.n == 1 && b.found[0].tier == 0);
    bench_close(&b);
}

static void test_options(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_banner, "any=此件不公开,;brackets=true;prose=false"));
    bench_text(&b, "2026年1月1日\n（此件不公开）\n");
    CHECK_INT(b.n, 1);
    CHECK_STR(b.found[0].excerpt, "此████");
    bench_text(&b, "拟稿人注明此件不公开。\n应写“此件不公开”。\n");
    CHECK_INT(b.n, 0);
    bench_close(&b);
    REQUIRE(bench_open(&b, &msh_kind_banner, "any=top secret//,;rest=true;prose=false"));
    bench_text(&b, "TOP SECRET//SI//NOFORN\ntext\n");
    CHECK_INT(b.n, 1);
    bench_text(&b, "He wrote top secret// on it\n");
    CHECK_INT(b.n, 0);
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_banner, ""));
    bench_close(&b);
}

int main(void)
{
    RUN(test_alone);
    RUN(test_options);
    return check_result();
}
