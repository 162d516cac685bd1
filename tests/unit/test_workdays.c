/* Dates and working days, with holidays and Saturdays that are worked. */
#include "check.h"

#include "base/view.h"
#include "base/workdays.h"

static int32_t day(const char *text)
{
    int32_t d = -1;
    REQUIRE(msh_date_read(msh_view_str(text), &d));
    return d;
}

static void test_dates(void)
{
    static const char *const bad[] = {"",           "2026-13-01", "2026-02-29", "2026-00-10",
                                      "1969-12-31", "2026-04-31", "2026/01/01", "2026-1-1"};
    int32_t d;
    char text[11];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!msh_date_read(msh_view_str(bad[i]), &d));
    CHECK_INT(day("1970-01-01"), 0);
    CHECK_INT(day("2000-03-01"), 11017);
    CHECK_INT(day("2026-11-25T10:00:00Z"), 20782);
    for (d = 0; d < 60000; d += 7) {
        msh_date_write(d, text);
        CHECK_INT(day(text), d);
    }
}

static void test_working_days(void)
{
    static const char file[] = "# 2026\r\n2026-10-01 2026-10-07 休\n2026-10-10 班 # Saturday\n\n"
                               "2026-09-25 off\n";
    msh_workdays w = {NULL, 0, 0};
    CHECK(!msh_workdays_is(&w, day("2026-10-10")));
    CHECK(msh_workdays_is(&w, day("2026-10-01")));
    REQUIRE(msh_workdays_read(&w, msh_view_str(file), NULL) == MSH_OK);
    CHECK(msh_workdays_is(&w, day("2026-10-10")));
    CHECK(!msh_workdays_is(&w, day("2026-10-07")));
    CHECK(!msh_workdays_is(&w, day("2026-09-25")));
    CHECK_INT(msh_workdays_after(&w, day("2026-09-30"), 3), day("2026-10-10"));
    CHECK_INT(msh_workdays_after(&w, day("2026-11-20"), 1), day("2026-11-23"));
    CHECK_INT(msh_workdays_after(&w, day("2026-11-20"), 0), day("2026-11-20"));
    CHECK_INT(msh_workdays_between(&w, day("2026-09-30"), day("2026-10-10")), 3);
    CHECK_INT(msh_workdays_between(&w, day("2026-10-10"), day("2026-09-30")), -3);
    CHECK_INT(msh_workdays_between(&w, day("2026-11-25"), day("2026-11-25")), 0);
    msh_workdays_dispose(&w);
}

static void test_wrong_lines(void)
{
    static const char *const bad[] = {"2026-10-01\n",
                                      "2026-10-01 x\n",
                                      "2026-10-07 2026-10-01 休\n",
                                      "2026-10-01 2026-10-07 休 z\n",
                                      "holiday\n",
                                      "2026-10-011 休\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        msh_workdays w = {NULL, 0, 0};
        CHECK_INT(msh_workdays_read(&w, msh_view_str(bad[i]), NULL), MSH_E_CONFIG);
        msh_workdays_dispose(&w);
    }
}

int main(void)
{
    test_dates();
    test_working_days();
    test_wrong_lines();
    return check_result();
}
