/* base: arena, buf, cursor, table, budget, clock, escapes, views. */
#include "check.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/reason.h"
#include "base/table.h"
#include "base/self.h"

#include <mishen/finding.h>

static void arena_keeps_to_its_ceiling(void)
{
    msh_arena a;
    msh_arena_init(&a, 1000);
    CHECK(msh_arena_alloc(&a, 500) != NULL);
    CHECK(msh_arena_alloc(&a, 600) == NULL);
    msh_arena_reset(&a);
    CHECK(msh_arena_alloc(&a, 600) != NULL);
    CHECK(msh_arena_calloc(&a, SIZE_MAX / 2, 4) == NULL);
    msh_view v = msh_arena_copy(&a, MSH_VIEW("abc"));
    CHECK_STR((const char *)v.data, "abc");
    msh_arena_dispose(&a);
}

static void buf_fails_for_good_past_its_ceiling(void)
{
    msh_buf b;
    msh_buf_init(&b, 10);
    msh_buf_put_str(&b, "12345678");
    CHECK_INT(msh_buf_err(&b), MSH_OK);
    msh_buf_put_str(&b, "abc");
    CHECK_INT(msh_buf_err(&b), MSH_E_LIMIT_BUFFER);
    msh_buf_put_byte(&b, 'x');
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("12345678"));
    msh_buf_reset(&b);
    msh_buf_put_utf8(&b, 0x2605);
    msh_buf_put_utf8(&b, 0xd800);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("\xe2\x98\x85\xef\xbf\xbd"));
    msh_buf_dispose(&b);
    msh_buf_init(&b, 4096);
    msh_buf_printf(&b, "%0300d", 7);
    CHECK_INT(b.len, 300);
    msh_buf_dispose(&b);
}

static void cursor_is_sticky(void)
{
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    msh_cursor c = msh_cursor_of(msh_view_of(bytes, 5));
    CHECK_INT(msh_cursor_u16le(&c), 0x0201);
    CHECK_INT(msh_cursor_u32be(&c), 0);
    CHECK(!msh_cursor_ok(&c));
    CHECK_INT(msh_cursor_u8(&c), 0);
    CHECK_INT(msh_cursor_left(&c), 0);
}

static void table_holds_many(void)
{
    msh_table *t = msh_table_new();
    REQUIRE(t);
    static int values[5000];
    char key[32];
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(key, sizeof key, "key %d", i);
        CHECK_INT(msh_table_put(t, msh_view_str(key), &values[i], NULL), MSH_OK);
    }
    CHECK_INT(msh_table_count(t), 5000);
    CHECK(msh_table_get(t, MSH_VIEW("key 4321")) == &values[4321]);
    CHECK(msh_table_get(t, MSH_VIEW("key")) == NULL);
    void *old;
    CHECK_INT(msh_table_put(t, MSH_VIEW("key 1"), &values[0], &old), MSH_OK);
    CHECK(old == &values[1]);
    msh_table_free(t, NULL);
}

static void budget_names_its_limit(void)
{
    msh_limits limits;
    msh_budget b;
    msh_limits_default(&limits);
    limits.depth = 2;
    limits.members = 1;
    msh_budget_begin(&b, &limits, 1);
    CHECK_INT(msh_budget_enter(&b), MSH_OK);
    CHECK_INT(msh_budget_enter(&b), MSH_OK);
    CHECK_INT(msh_budget_enter(&b), MSH_E_LIMIT_DEPTH);
    CHECK_INT(msh_budget_member(&b), MSH_OK);
    CHECK_INT(msh_budget_member(&b), MSH_E_LIMIT_MEMBERS);
    CHECK_INT(msh_budget_decoded(&b, 1), MSH_E_LIMIT_MEMBERS);
    msh_budget_begin(&b, &limits, 1000);
    CHECK_INT(msh_budget_decoded(&b, 64 << 20), MSH_OK);
    CHECK_INT(msh_budget_decoded(&b, 2000000), MSH_E_LIMIT_RATIO);
    msh_budget_begin(&b, &limits, UINT64_MAX);
    CHECK_INT(msh_budget_decoded(&b, 5ull << 30), MSH_E_LIMIT_DECODED);
    limits.time_ms = 0;
    msh_budget_begin(&b, &limits, 1);
    CHECK_INT(msh_budget_time(&b), MSH_E_LIMIT_TIME);
}

static void limits_are_parsed(void)
{
    msh_limits limits;
    msh_limits_default(&limits);
    CHECK_INT(msh_limits_set(&limits, "time", "5s", NULL), MSH_OK);
    CHECK_INT(limits.time_ms, 5000);
    CHECK_INT(msh_limits_set(&limits, "decoded", "2G", NULL), MSH_OK);
    CHECK_INT(limits.decoded, 2ll << 30);
    CHECK_INT(msh_limits_set(&limits, "depth", "0", NULL), MSH_OK);
    CHECK_INT(limits.depth, 32);
    CHECK_INT(msh_limits_set(&limits, "depth", "129", NULL), MSH_E_OPTION);
    CHECK_INT(msh_limits_set(&limits, "depth", "-1", NULL), MSH_E_OPTION);
    CHECK_INT(msh_limits_set(&limits, "depth", "3x", NULL), MSH_E_OPTION);
    CHECK_INT(msh_limits_set(&limits, "nothing", "3", NULL), MSH_E_OPTION);
}

static void clock_formats_utc(void)
{
    char out[MSH_UTC_SIZE];
    msh_clock_format(1795341598896451, out);
    CHECK_STR(out, "2026-11-22T09:59:58.896451Z");
    msh_clock_format(951782400000000, out);
    CHECK_STR(out, "2000-02-29T00:00:00.000000Z");
}

static void escapes_hide_nothing(void)
{
    msh_buf b;
    msh_buf_init(&b, 4096);
    msh_escape_terminal(&b, MSH_VIEW("a\x1b[2J\xe2\x80\xae\xff\n通"));
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("a\\x1b[2J\\u{202e}\\xff\\n通"));
    msh_buf_reset(&b);
    msh_escape_json(&b, MSH_VIEW("\"\\\x01\xc2\x85\xe2\x80\xae\xfe"));
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("\\\"\\\\\\u0001\\u0085\\u202e\xef\xbf\xbd"));
    msh_buf_reset(&b);
    msh_escape_html(&b, MSH_VIEW("<a href='x'>&"));
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("&lt;a href=&#39;x&#39;&gt;&amp;"));
    msh_buf_reset(&b);
    msh_escape_csv(&b, MSH_VIEW("=1+\"2\""));
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("\"'=1+\"\"2\"\"\""));
    msh_buf_dispose(&b);
}

static void views_know_utf8(void)
{
    CHECK(msh_view_is_utf8(MSH_VIEW("机密★10年 plain ascii text")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("\xc0\x80")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("\xed\xa0\x80")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("\xe6\x9c")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("\xf4\x90\x80\x80")));
    /* pairs of three bytes are looked at together: either may be the bad one */
    CHECK(msh_view_is_utf8(MSH_VIEW("机密机密")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("\xe0\x80\x80机机机")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("机\xe0\x9f\xbf机机")));
    CHECK(msh_view_is_utf8(MSH_VIEW("机\xe0\xa0\x80机机")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("机\xed\xa0\x80机机")));
    CHECK(msh_view_is_utf8(MSH_VIEW("\xed\x9f\xbf机机机")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("机\xe6\x9c\xc0机机")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("机\xe6\x1c\x80机机")));
    CHECK(!msh_view_is_utf8(MSH_VIEW("机机机机\xe6\x9c")));
    CHECK_INT(msh_view_find(MSH_VIEW("abcabc"), MSH_VIEW("ca"), 0), 2);
    CHECK(msh_view_find(MSH_VIEW("abc"), MSH_VIEW("x"), 0) == SIZE_MAX);
}

static void no_reason_passes_by_accident(void)
{
    CHECK(!msh_outcome_is_whole(msh_reason_outcome((msh_reason)9999)));
    CHECK(!msh_outcome_is_whole(msh_reason_outcome(msh_reason_of_error((msh_err)-12345))));
    CHECK_STR(msh_reason_name(MSH_REASON_ZIP_ENCRYPTED), "zip.encrypted");
    CHECK_STR(msh_err_name(MSH_E_LIMIT_DEPTH), "limit.depth");
    CHECK_INT(msh_err_class(MSH_E_LIMIT_DEPTH), 4);
}

static void own_place(void)
{
    char path[MSH_SELF_PATH];
    CHECK(msh_self_path(path));
    CHECK(path[0] == '/' && strstr(path, "test_base") != NULL);
    msh_self_share("no-such-folder", path);
    CHECK_STR(path, "/usr/share/no-such-folder");
    int fd = msh_self_nowhere();
    CHECK(fd >= 0);
    close(fd);
}

int main(void)
{
    RUN(arena_keeps_to_its_ceiling);
    RUN(buf_fails_for_good_past_its_ceiling);
    RUN(cursor_is_sticky);
    RUN(table_holds_many);
    RUN(budget_names_its_limit);
    RUN(limits_are_parsed);
    RUN(clock_formats_utc);
    RUN(escapes_hide_nothing);
    RUN(views_know_utf8);
    RUN(no_reason_passes_by_accident);
    RUN(own_place);
    return check_result();
}
