/* kind_mask.c: masks that hide too little, alone or together with another. */
#include "kind.h"

extern const msh_kind msh_kind_mask;

static size_t count(kind_bench *b, const char *text)
{
    bench_text(b, text);
    return b->n;
}

static void test_mobile(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_mask, "what=mobile"));
    CHECK_INT(count(&b, "139000012*4 及 139★★000012\n"), 2);
    CHECK_STR(b.found[0].excerpt, "139****12*4");
    CHECK_INT(count(&b, "139****0012 1390****012 139***00012\n"), 0);
    CHECK_INT(count(&b, "12345678*90 5*3900001234 3.1400000*12\n"), 0);
    CHECK_INT(count(&b, "a139000012*4 139000012*45 139000012*4b\n"), 0);
    CHECK_TIER(&b, "手机号要遮盖中间四位\n", "none");
    bench_close(&b);
}

static void test_pair(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_mask, "what=pair"));
    CHECK_INT(count(&b, "王某某\t139****5678\n王某某\t1391234****\n"), 1);
    CHECK_INT(
        count(&b, "1|王某某|男|139****5678\n附\n2|王某某|1391234****\n3|王某某|13912345***\n"), 1);
    CHECK_INT(count(&b, "姓名：王某某\n电话：139****5678\n姓名：王某某 电话：1391234****\n"), 1);
    /* three places that show it only together */
    CHECK_INT(count(&b, "王某某,139****5678\n王某某,13912******\n王某某,139**34****\n"), 1);
    CHECK_INT(count(&b, "王某某,1101**********002X\n王某某,11010519491231****\n"), 1);
    CHECK_INT(count(&b, "王某某\t139****5678\n李某某\t1391234****\n"), 0);
    CHECK_INT(count(&b, "王某某\t139****5678\n王某某\t139****5678\n"), 0);
    CHECK_INT(count(&b, "王某某\t139****5678\n王某某\t1371234****\n"), 0);
    CHECK_INT(count(&b, "139****5678\n1391234****\n"), 0);
    /* the texts of one item together */
    bench_text(&b, "王某某\t139****5678\n");
    bench_more(&b, "王某某\t1391234****\n");
    CHECK_INT(b.n, 1);
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_mask, "what=none"));
    bench_close(&b);
}

int main(void)
{
    RUN(test_mobile);
    RUN(test_pair);
    return check_result();
}
