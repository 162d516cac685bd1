/* The register of a period: days, states, shares, and figures whose totals are those of their rows.
 */
#include "check.h"

#include "base/mem.h"
#include "report/book.h"
#include "report/form.h"

static void days_are_those_of_beijing(void)
{
    static const struct {
        const char *utc, *day;
    } rows[] = {{"2026-11-25T02:05:56.423422Z", "2026-11-25"},
                {"2026-11-30T16:00:00.000000Z", "2026-12-01"},
                {"2026-12-31T15:59:59.999999Z", "2026-12-31"},
                {"2026-12-31T16:00:00.000000Z", "2027-01-01"},
                {"nonsense-and-more-of-it", ""},
                {"", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char day[11];
        msh_book_day(msh_view_str(rows[i].utc), day);
        CHECK_STR(day, rows[i].day);
    }
    CHECK(msh_book_in("2026-11-25", "2026-11"));
    CHECK(msh_book_in("2026-11-25", "2026"));
    CHECK(!msh_book_in("2026-12-25", "2026-11"));
    CHECK(!msh_book_in("", "2026"));
    CHECK(!msh_book_in("", ""));
}

static void shares_add_up(void)
{
    static const uint64_t sets[][5] = {{1, 1, 1, 0, 0},    {0, 0, 0, 0, 0}, {1, 2, 3, 4, 5},
                                       {1450, 5, 3, 0, 0}, {7, 0, 0, 0, 0}, {1, 999999, 1, 1, 1}};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        unsigned tenths[5], sum = 0;
        uint64_t all = 0;
        msh_book_shares(sets[i], 5, tenths);
        for (size_t k = 0; k < 5; k++) {
            sum += tenths[k];
            all += sets[i][k];
            CHECK(sets[i][k] != 0 || tenths[k] == 0);
        }
        CHECK_INT(sum, all ? 1000 : 0);
    }
    unsigned tenths[5];
    msh_book_shares(sets[3], 5, tenths);
    CHECK_INT(tenths[0], 995);
    CHECK_INT(tenths[1], 3);
}

static msh_book_event event(const char *act, const char *day, bool counts)
{
    msh_book_event e = {.act = msh_view_str(act), .by = MSH_VIEW("张三"), .counts = counts};
    (void)snprintf(e.day, sizeof e.day, "%s", day);
    return e;
}

static void the_last_decision_that_counts_makes_the_state(void)
{
    msh_book_event e[4] = {event("submit", "2026-01-04", true), event("pass", "2026-01-05", true),
                           event("approve", "2026-01-06", false),
                           event("return", "2026-01-07", true)};
    msh_book_release r = {.first = &e[0]};
    CHECK_INT(msh_book_state_of(&r), MSH_BOOK_PENDING);
    e[0].next = &e[1];
    e[1].next = &e[2];
    CHECK_INT(msh_book_state_of(&r), MSH_BOOK_PENDING);
    CHECK(msh_book_public_day(&r)[0] == '\0');
    e[2].counts = true;
    CHECK_INT(msh_book_state_of(&r), MSH_BOOK_APPROVED);
    CHECK_STR(msh_book_public_day(&r), "2026-01-06");
    (void)snprintf(r.published, sizeof r.published, "2026-01-09");
    CHECK_STR(msh_book_public_day(&r), "2026-01-09");
    e[2].next = &e[3];
    CHECK_INT(msh_book_state_of(&r), MSH_BOOK_RETURNED);
    CHECK(msh_book_last(&r, "pass") == &e[1] && !msh_book_last(&r, "refuse"));
}

static size_t count(const msh_buf *b, const char *what)
{
    size_t n = 0;
    for (size_t at = 0; (at = msh_view_find(msh_buf_view(b), msh_view_str(what), at)) != SIZE_MAX;
         at++)
        n++;
    return n;
}

/* Five releases: two published in time, one late, one refused, one answer to an application. */
static void figures_of_a_year(void)
{
    msh_book b = {.origin = "local/x", .root_sha256 = "r", .size = 9};
    msh_book_event e[6] = {
        event("approve", "2026-03-02", true), event("approve", "2026-03-02", true),
        event("approve", "2026-06-01", true), event("refuse", "2026-04-01", true),
        event("submit", "2026-05-06", true),  event("approve", "2026-05-08", true)};
    msh_book_release r[5] = {
        {.id = MSH_VIEW("1"), .category = MSH_VIEW("news"), .formed = MSH_VIEW("2026-02-27")},
        {.id = MSH_VIEW("2"), .category = MSH_VIEW("news"), .formed = MSH_VIEW("2026-02-16")},
        {.id = MSH_VIEW("3"), .category = MSH_VIEW("policy"), .formed = MSH_VIEW("2026-04-01")},
        {.id = MSH_VIEW("4")},
        {.id = MSH_VIEW("5"), .disclosure = MSH_VIEW("依申请公开")}};
    e[3].code = MSH_VIEW("privacy");
    e[4].next = &e[5];
    for (size_t i = 0; i < 5; i++) {
        r[i].first = &e[i];
        r[i].next = i < 4 ? &r[i + 1] : NULL;
    }
    b.first = &r[0];
    msh_buf out;
    msh_buf_init(&out, 1 << 20);
    CHECK_INT(msh_book_annual(&out, &b, MSH_LANG_EN, "2026"), MSH_OK);
    CHECK_INT(count(&out, "<td>news<td class=c>2<td class=c>66.7%"), 1);
    CHECK_INT(count(&out, "<td>policy<td class=c>1<td class=c>33.3%"), 1);
    CHECK_INT(count(&out, "<td>0–5 working days<td class=c>1<"), 1);
    CHECK_INT(count(&out, "<td>6–10 working days<td class=c>1<"), 1);
    CHECK_INT(count(&out, "<td>more than 20 working days<td class=c>1<"), 1);
    CHECK_INT(count(&out, "<td>privacy<td class=c>1<td class=c>100.0%"), 1);
    CHECK_INT(count(&out, "<td>granted<td class=c>1<"), 1);
    CHECK_INT(count(&out, "Replies took 2.0 working days"), 1);
    CHECK_INT(count(&out, "not entered"), MSH_FIGURES);
    CHECK_INT(count(&out, "<th scope=row>Total<td class=c>3<td class=c>100.0%"), 2);
    msh_buf_reset(&out);
    CHECK_INT(msh_book_annual(&out, &b, MSH_LANG_EN, "2025"), MSH_OK);
    CHECK_INT(count(&out, "<th scope=row>Total<td class=c>0<td class=c>0.0%"), 4);
    msh_buf_reset(&out);
    msh_book_summary(&out, &b, MSH_LANG_ZH, "2026-03");
    CHECK_INT(count(&out, "批准公开 2 条，不予公开 0 条"), 1);
    CHECK_INT(count(&out, "本月没有信息"), 0);
    msh_buf_reset(&out);
    msh_book_summary(&out, &b, MSH_LANG_ZH, "2026-12");
    CHECK_INT(count(&out, "本月没有信息"), 1);
    msh_buf_dispose(&out);
}

#ifdef MSH_TEST_FAULTS
static msh_err every_sheet(msh_buf *out)
{
    static msh_book_file file = {.path = MSH_VIEW("a.txt"),
                                 .known = true,
                                 .verdict = MSH_VIEW("PASS"),
                                 .rules = MSH_VIEW("p 1"),
                                 .findings = 2};
    msh_book b = {.origin = "local/x", .root_sha256 = "r", .size = 9};
    msh_book_event e[2] = {event("approve", "2026-03-02", true),
                           event("withdraw", "2026-03-03", true)};
    msh_book_release r = {.id = MSH_VIEW("1"),
                          .title = MSH_VIEW("t"),
                          .formed = MSH_VIEW("2026-02-27"),
                          .files = &file,
                          .n_files = 1,
                          .first = &e[0],
                          .last = &e[1]};
    e[0].next = &e[1];
    e[1].reason = MSH_VIEW("why");
    b.first = &r;
    msh_err err = msh_book_annual(out, &b, MSH_LANG_ZH, "2026");
    msh_book_summary(out, &b, MSH_LANG_ZH, "2026-03");
    msh_book_form(out, &b, MSH_LANG_ZH, "2026", NULL);
    return err != MSH_OK ? err : msh_buf_err(out);
}

static void short_memory_is_an_error(void)
{
    msh_buf whole, out;
    msh_buf_init(&whole, 1 << 20);
    msh_buf_init(&out, 1 << 20);
    CHECK_INT(every_sheet(&whole), MSH_OK);
    (void)msh_mem_fail_at(0);
    (void)every_sheet(&out);
    unsigned long made = msh_mem_fail_at(0);
    CHECK(made > 5);
    for (unsigned long n = 1; n <= made; n++) {
        msh_buf_reset(&out);
        (void)msh_mem_fail_at(n);
        msh_err err = every_sheet(&out);
        (void)msh_mem_fail_at(0);
        CHECK(err != MSH_OK || msh_view_eq(msh_buf_view(&out), msh_buf_view(&whole)));
    }
    msh_buf_dispose(&whole);
    msh_buf_dispose(&out);
}
#endif

static void a_form_escapes_and_codes(void)
{
    const msh_form_file file = {.path = MSH_VIEW("<b>.txt"),
                                .size = 5,
                                .has_sha256 = true,
                                .sha256 = {0xab},
                                .verdict = MSH_VIEW("PASS")};
    const msh_form_page page = {
        .release = MSH_VIEW("id"), .title = MSH_VIEW("<i>&"), .files = &file, .n_files = 1};
    msh_buf out;
    msh_buf_init(&out, 1 << 20);
    msh_form_put(&out, &page, MSH_LANG_ZH, true);
    CHECK_INT(count(&out, "<i>"), 0);
    CHECK_INT(count(&out, "<b>"), 0);
    CHECK_INT(count(&out, "&lt;i&gt;&amp;"), 1);
    msh_buf_reset(&out);
    msh_form_code(&out, &page, "o", 7, "root");
    CHECK_VIEW(
        msh_buf_view(&out),
        MSH_VIEW(
            "mishen-form/v1\nid\n5 ab0000000000000000000000000000000000000000000000000000000000"
            "0000 -\n\no\n7\nroot\n"));
    msh_buf_dispose(&out);
}

int main(void)
{
    RUN(days_are_those_of_beijing);
    RUN(shares_add_up);
    RUN(the_last_decision_that_counts_makes_the_state);
    RUN(figures_of_a_year);
#ifdef MSH_TEST_FAULTS
    RUN(short_memory_is_an_error);
#endif
    RUN(a_form_escapes_and_codes);
    return check_result();
}
