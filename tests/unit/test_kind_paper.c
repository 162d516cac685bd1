/* kind_paper.c: copy numbers at the head of a paper, papers without a note. */
#include "kind.h"

extern const msh_kind msh_kind_paper;

#define HEAD "某某市人民政府文件\n某政发〔2026〕12号\n关于做好防汛工作的通知\n"
#define NOTE "（此件公开发布）\n"

static bool finds(kind_bench *b, const char *text)
{
    bench_text(b, text);
    return b->n > 0;
}

static void test_copy_number(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_paper, "what=copy-number"));
    CHECK(finds(&b, "000012\n" HEAD));
    CHECK_STR(b.found[0].text, "000012");
    CHECK(finds(&b, "份号：000012\n通知\n"));
    CHECK_TIER(&b, "000012\n" HEAD NOTE, "INFO");
    CHECK(!finds(&b, "000012\n姓名\n"));
    CHECK(!finds(&b, "0000123\n" HEAD));
    CHECK(!finds(&b, HEAD "000012\n"));
    CHECK(finds(&b, "首页\n政务公开\n通知\n000012\n" HEAD));
    CHECK(!finds(&b, "首页\n政务公开\n331000\n某某市民政局文件\n"));
    b.role = MSH_ROLE_HEADER;
    CHECK(!finds(&b, "000012\n" HEAD));
    b.role = MSH_ROLE_BODY;
    b.flags = 2; /* not the beginning of the text */
    CHECK(!finds(&b, "000012\n" HEAD));
    bench_close(&b);
}

static void test_no_note(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_paper, "what=no-note"));
    CHECK_TIER(&b, HEAD, "INFO");
    CHECK_STR(b.found[0].text, "某政发〔2026〕12号");
    CHECK(!finds(&b, HEAD NOTE));
    CHECK_TIER(&b, "某政发(2026)第 3 号   签发人：王明\n", "INFO");
    CHECK(!finds(&b, "按照某政发〔2026〕12号的要求\n"));
    CHECK(!finds(&b, "〔2026〕12号\n"));
    CHECK(!finds(&b, "某政发〔2026〕号\n"));
    b.flags = 1; /* the note may stand in the next window */
    CHECK(!finds(&b, HEAD));
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_paper, "what=other"));
    bench_close(&b);
}

int main(void)
{
    RUN(test_copy_number);
    RUN(test_no_note);
    return check_result();
}
