/* Counting for charts: departments by folder, the rest in one row, nothing lost; what to do next.
 */
#include "check.h"

#include "report/gather.h"

#include <stdio.h>

static void item(msh_gather *g, const char *path, msh_verdict v)
{
    const msh_item it = {
        .path = msh_view_str(path), .path_shown = msh_view_str(path), .verdict = v};
    CHECK_INT(msh_gather_item(g, &it, NULL, 0, NULL, 0), MSH_OK);
}

static uint64_t all_of(const msh_counted *rows, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < 4; v++)
            sum += rows[i].n[v];
    return sum;
}

static void departments_are_the_first_folders_that_part(void)
{
    msh_gather g;
    msh_counted *rows;
    size_t n;
    CHECK_INT(msh_gather_init(&g), MSH_OK);
    item(&g, "www/site/办公室/a/1.txt", MSH_VERDICT_BLOCK);
    item(&g, "www/site/办公室/2.txt", MSH_VERDICT_PASS);
    item(&g, "www/site/信息中心/3.txt", MSH_VERDICT_REVIEW);
    item(&g, "www/site/4.txt", MSH_VERDICT_PASS);
    CHECK_INT(msh_gather_departments(&g, 12, &rows, &n), MSH_OK);
    CHECK_INT(n, 3);
    CHECK_VIEW(rows[0].label, MSH_VIEW("办公室"));
    CHECK_INT(rows[0].n[MSH_VERDICT_BLOCK], 1);
    CHECK_INT(rows[0].n[MSH_VERDICT_PASS], 1);
    CHECK_VIEW(rows[1].label, MSH_VIEW("信息中心"));
    CHECK_VIEW(rows[2].label, MSH_VIEW("."));
    CHECK_INT(all_of(rows, n), 4);
    CHECK_INT(msh_gather_departments(&g, 2, &rows, &n), MSH_OK);
    CHECK_INT(n, 2);
    CHECK_INT(rows[1].label.len, 0);
    CHECK_INT(all_of(rows, n), 4);
    msh_gather_dispose(&g);
}

static void one_folder_has_no_departments(void)
{
    msh_gather g;
    msh_counted *rows;
    size_t n;
    CHECK_INT(msh_gather_init(&g), MSH_OK);
    item(&g, "a/1.txt", MSH_VERDICT_BLOCK);
    item(&g, "a/2.txt", MSH_VERDICT_PASS);
    CHECK_INT(msh_gather_departments(&g, 12, &rows, &n), MSH_OK);
    CHECK_INT(n, 0);
    msh_gather_dispose(&g);
}

static void more_folders_than_fit_are_still_counted(void)
{
    msh_gather g;
    msh_counted *rows;
    size_t n;
    char path[64];
    CHECK_INT(msh_gather_init(&g), MSH_OK);
    for (int i = 0; i < MSH_GATHER_FOLDERS + 100; i++) {
        (void)snprintf(path, sizeof path, "d%d/e%d/x", i % 3, i);
        item(&g, path, MSH_VERDICT_REVIEW);
    }
    CHECK_INT(msh_gather_departments(&g, 12, &rows, &n), MSH_OK);
    CHECK_INT(n, 4);
    CHECK_INT(rows[3].label.len, 0);
    CHECK_INT(all_of(rows, n), MSH_GATHER_FOLDERS + 100);
    CHECK_INT(msh_gather_departments(&g, 3, &rows, &n), MSH_OK);
    CHECK_INT(n, 3);
    CHECK_INT(all_of(rows, n), MSH_GATHER_FOLDERS + 100);
    msh_gather_dispose(&g);
}

static void what_to_do_next(void)
{
    msh_gather g;
    bool said[MSG_COUNT];
    msh_run_summary s = {.items = 1};
    CHECK_INT(msh_gather_init(&g), MSH_OK);
    msh_gather_next(&g, &s, said);
    CHECK(said[MSG_NEXT_CLEAN] && !said[MSG_NEXT_BLOCK]);
    s.stopped = true;
    msh_gather_next(&g, &s, said);
    CHECK(!said[MSG_NEXT_CLEAN] && said[MSG_NEXT_STOPPED]);
    s = (msh_run_summary){.items = 2, .verdicts = {[MSH_VERDICT_BLOCK] = 2}};
    const msh_finding secret = {
        .rule = MSH_VIEW("a"), .category = MSH_VIEW("国家秘密"), .tier = MSH_TIER_BLOCK};
    const msh_finding person = {
        .rule = MSH_VIEW("b"), .category = MSH_VIEW("个人信息"), .tier = MSH_TIER_BLOCK};
    const msh_item it = {.path = MSH_VIEW("x"), .verdict = MSH_VERDICT_BLOCK};
    CHECK_INT(msh_gather_item(&g, &it, &secret, 1, NULL, 0), MSH_OK);
    msh_gather_next(&g, &s, said);
    CHECK(said[MSG_NEXT_SECRET] && !said[MSG_NEXT_BLOCK]);
    CHECK_INT(msh_gather_item(&g, &it, &person, 1, NULL, 0), MSH_OK);
    msh_gather_next(&g, &s, said);
    CHECK(said[MSG_NEXT_SECRET] && said[MSG_NEXT_BLOCK] && !said[MSG_NEXT_CLEAN]);
    msh_gather_dispose(&g);
}

int main(void)
{
    RUN(departments_are_the_first_folders_that_part);
    RUN(one_folder_has_no_departments);
    RUN(more_folders_than_fit_are_still_counted);
    RUN(what_to_do_next);
    return check_result();
}
