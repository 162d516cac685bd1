/* What stands around a hit: lines, quotes, words nearby, masks. */
#include "check.h"

#include "rule/kind.h"

static size_t at(msh_view text, const char *part)
{
    size_t found = msh_view_find(text, msh_view_str(part), 0);
    REQUIRE(found != SIZE_MAX);
    return found;
}

static bool quoted(const char *text, const char *part)
{
    msh_view t = msh_view_str(text);
    size_t start = at(t, part);
    return msh_is_quoted(t, start, start + strlen(part));
}

static void quotes(void)
{
    CHECK(quoted("标注“机密★10年”字样", "机密"));
    CHECK(quoted("见《机密文件管理》一书", "机密"));
    CHECK(quoted("写着\"机密\"二字", "机密"));
    CHECK(quoted("「绝密」", "绝密"));
    CHECK(!quoted("机密★10年", "机密"));
    CHECK(!quoted("“通知”机密“附件”", "机密"));
    CHECK(!quoted("“通知\n机密”", "机密"));
    CHECK(!quoted("“通知机密", "机密"));
}

static void lines(void)
{
    msh_view t = MSH_VIEW("一\n二三\n四");
    size_t s, e;
    msh_line_at(t, at(t, "三"), &s, &e);
    CHECK_VIEW(msh_view_cut(t, s, e - s), MSH_VIEW("二三"));
    msh_line_at(t, t.len, &s, &e);
    CHECK_VIEW(msh_view_cut(t, s, e - s), MSH_VIEW("四"));
    CHECK_INT(msh_line_number(t, at(t, "四")), 2);
    msh_line_at((msh_view){NULL, 0}, 5, &s, &e);
    CHECK_INT(s, 0);
    CHECK_INT(e, 0);
    CHECK(msh_is_alone(MSH_VIEW("甲\n 机密 \n乙"), 5, 11));
    CHECK(msh_is_alone(MSH_VIEW("密级\t机密\t乙"), 7, 13));
    CHECK(!msh_is_alone(MSH_VIEW("是机密"), 3, 9));
}

static void long_line(void)
{
    /* Not wholly looked at, and cut between characters. */
    enum { N = 30000 };
    static uint8_t bytes[N * 3];
    for (size_t i = 0; i < N; i++)
        memcpy(bytes + 3 * i, "密", 3);
    size_t s, e;
    msh_line_at(msh_view_of(bytes, sizeof bytes), 45000, &s, &e);
    CHECK(e - s < 5000);
    CHECK_INT(s % 3, 0);
    CHECK_INT(e % 3, 0);
}

static void nearby(void)
{
    msh_view t = MSH_VIEW("联系人张三，手机13800138000，谢谢");
    msh_view words[] = {MSH_VIEW("联系人")}, after[] = {MSH_VIEW("谢谢")};
    size_t s = at(t, "138"), e = s + 11;
    CHECK(msh_has_near(t, s, e, words, 1, 8));
    CHECK(!msh_has_near(t, s, e, words, 1, 7));
    CHECK(msh_has_near(t, s, e, after, 1, 3));
    CHECK(!msh_has_near(t, s, e, after, 1, 2));
    CHECK(!msh_has_before(t, s, after, 1, 99));
    CHECK(msh_has_before(t, s, words, 1, 99));
}

static void masks(void)
{
    msh_arena a;
    msh_arena_init(&a, 0);
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("13800138000"), 3, 4, "*"), MSH_VIEW("138****8000"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("内部资料"), 1, 0, "█"), MSH_VIEW("内███"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("密"), 1, 0, "█"), MSH_VIEW("█"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("ab"), 5, 5, "*"), MSH_VIEW("a*"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("abcdefghijklmnopqrstuvwxyz"), 2, 3, "*"),
               MSH_VIEW("ab***************xyz"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW("abcdefghijklmnopqrstuvwxyz"), 24, 0, "*"),
               MSH_VIEW("a*******************"));
    CHECK_VIEW(msh_mask(&a, MSH_VIEW(""), 2, 2, "*"), MSH_VIEW(""));
    msh_arena_dispose(&a);
}

int main(void)
{
    RUN(quotes);
    RUN(lines);
    RUN(long_line);
    RUN(nearby);
    RUN(masks);
    return check_result();
}
