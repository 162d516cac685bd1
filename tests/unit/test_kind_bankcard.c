/* kind_bankcard.c: card numbers, and numbers that only pass the check digit. */
#include "kind.h"

extern const msh_kind msh_kind_bankcard;
static kind_bench bench;

static void test_found(void)
{
    static const char *const texts[] = {
        "6222600260001072444\n",
        "6222 6002 6000 1072 444\n",
        "6222-6002-6000-1072-444\n",
        "622260 0260001072444\n",
        "６２２２６００２６０００１０７２４４４\n",
        "领款人李某，农行6222600260001072444，请核对。\n",
        "社保卡银行账号 4111111111111111\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "REVIEW");
    bench_text(&bench, "6222 6002 6000 1072 444\n");
    REQUIRE(bench.n == 1);
    CHECK_STR(bench.found[0].normal, "6222600260001072444");
    CHECK_STR(bench.found[0].excerpt, "6222***********2444");
}

static void test_not_found(void)
{
    static const char *const texts[] = {
        "6228481732419262\n", /* wrong check digit */
        "4111111111111111\n", /* no context */
        "a6222600260001072444\n",    "6222600260001072444b\n",      "6222***********2444\n",
        "62226002600010724441234\n", "0000000000000000 卡号\n",     "11010519491231002X\n",
        "62 2260 0260001 072444\n",  "M6222.6002.6000.1072.444z\n", "6222/6002/6000/1072/444\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_TIER(&bench, texts[i], "none");
    CHECK_TIER(&bench, "开户名称：某某公司 账号：6222600260001072444\n", "INFO");
    CHECK_TIER(&bench, "开户行：工商银行 账号：4111111111111111\n", "INFO");
}

static void test_list(void)
{
    CHECK_TIER(&bench, "6222600260001072444\n6222021234567890128\n6222600260001072444\n", "REVIEW");
    CHECK_TIER(&bench, "6222600260001072444\n6222021234567890128\n6228480402564890018\n", "BLOCK");
}

int main(void)
{
    REQUIRE(bench_open(&bench, &msh_kind_bankcard, ""));
    RUN(test_found);
    RUN(test_not_found);
    RUN(test_list);
    bench_close(&bench);
    CHECK(!bench_open(&bench, &msh_kind_bankcard, "list=99"));
    bench_close(&bench);
    return check_result();
}
