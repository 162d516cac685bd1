/* kind_uscc.c: GB 32100, with the two numbers of domain.md section 5. */
#include "kind.h"

extern const msh_kind msh_kind_uscc;

int main(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_uscc, ""));
    CHECK_TIER(&b, "统一社会信用代码：91350100M000100Y43\n", "INFO");
    CHECK_STR(b.found[0].excerpt, "91350100******0y43");
    CHECK_TIER(&b, "统一社会信用代码（税号） 91440101MA5CJQ4N59。\n", "INFO");
    CHECK_TIER(&b, "纳税人识别号：91440101MA5CJQ4N59\n", "INFO");
    CHECK_TIER(&b, "统一社会信用代码：91350100M000100Y42\n", "none");
    CHECK_TIER(&b, "统一社会信用代码：91350100M000100Y43A\n", "none");
    CHECK_TIER(&b, "统一社会信用代码：91350100M000100Y\n", "none");
    CHECK_TIER(&b, "统一社会信用代码：I1350100M000100Y43\n", "none");
    CHECK_TIER(&b, "统一社会信用代码：\n91350100M000100Y43\n", "none");
    CHECK_TIER(&b, "91350100M000100Y43\n", "none");
    bench_close(&b);
    return check_result();
}
