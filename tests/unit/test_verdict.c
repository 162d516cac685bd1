/* The verdict, the exit code, an item's masks: what decides whether something may be published. */
#include "check.h"

#include "scan/item.h"
#include "scan/verdict.h"

static void verdicts_by_weight(void)
{
    static const struct {
        int tier;
        bool whole, page;
        msh_verdict want;
    } rows[] = {
        {0, true, false, MSH_VERDICT_PASS},
        {MSH_TIER_INFO, true, false, MSH_VERDICT_PASS},
        {MSH_TIER_REVIEW, true, false, MSH_VERDICT_REVIEW},
        {MSH_TIER_BLOCK, true, false, MSH_VERDICT_BLOCK},
        {0, false, false, MSH_VERDICT_NOT_INSPECTED},
        {MSH_TIER_INFO, false, false, MSH_VERDICT_NOT_INSPECTED},
        {MSH_TIER_REVIEW, false, false, MSH_VERDICT_NOT_INSPECTED},
        {MSH_TIER_BLOCK, false, false, MSH_VERDICT_BLOCK},
        {0, true, true, MSH_VERDICT_REVIEW},
        {0, false, true, MSH_VERDICT_NOT_INSPECTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_INT(msh_verdict_of((msh_tier)rows[i].tier, rows[i].whole, rows[i].page),
                  rows[i].want);
}

static void exits_by_weight(void)
{
    CHECK_INT(msh_verdict_exit(1, true, false), 0);
    CHECK_INT(msh_verdict_exit(1, true, true), 1);
    CHECK_INT(msh_verdict_exit(1, false, true), 2);
    CHECK_INT(msh_verdict_exit(1, false, false), 2);
    CHECK_INT(msh_verdict_exit(0, true, false), 2);
}

static msh_entry *entry(const char *path)
{
    msh_source_item found = {.path = msh_view_str(path), .rel = msh_view_str(path), .fd = -1};
    msh_entry *e = msh_entry_new(1, &found);
    REQUIRE(e);
    return e;
}

static void every_reason_decides_its_verdict(void)
{
    for (int r = 0; r < MSH_REASON_COUNT; r++) {
        msh_entry *e = entry("a.txt");
        msh_place place = {.vpath = MSH_VIEW("a.txt"), .offset = MSH_NO_POSITION};
        msh_entry_outcome(e, (msh_reason)r, &place, 0);
        msh_entry_finish(e, 0);
        bool whole = msh_outcome_is_whole(msh_reason_outcome((msh_reason)r));
        CHECK_INT(e->item.verdict, whole ? MSH_VERDICT_PASS : MSH_VERDICT_NOT_INSPECTED);
        CHECK_INT(e->item.outcome, msh_reason_outcome((msh_reason)r));
        CHECK_VIEW(e->item.reason, msh_view_str(msh_reason_name((msh_reason)r)));
        msh_entry_free(e);
    }
}

static void the_first_thing_unread_names_the_item(void)
{
    msh_entry *e = entry("a.zip");
    msh_place place = {.vpath = MSH_VIEW("a.zip!b"), .offset = MSH_NO_POSITION};
    msh_entry_outcome(e, MSH_REASON_FILE_EMPTY, &place, 0);
    msh_entry_outcome(e, MSH_REASON_ZIP_ENCRYPTED, &place, 0);
    msh_entry_outcome(e, MSH_REASON_FORMAT_UNKNOWN, &place, 0);
    msh_entry_finish(e, 0);
    CHECK_INT(e->item.outcome, MSH_OUTCOME_ENCRYPTED);
    CHECK_INT(e->item.verdict, MSH_VERDICT_NOT_INSPECTED);
    msh_entry_free(e);
}

static void outcomes_past_the_list_still_count(void)
{
    msh_entry *e = entry("a.zip");
    msh_place place = {.vpath = MSH_VIEW("a.zip!b"), .offset = MSH_NO_POSITION};
    for (int i = 0; i < 1500; i++)
        msh_entry_outcome(e, MSH_REASON_FILE_EMPTY, &place, 0);
    msh_entry_outcome(e, MSH_REASON_ZIP_ENCRYPTED, &place, 0);
    msh_entry_finish(e, 0);
    CHECK_INT(e->item.verdict, MSH_VERDICT_NOT_INSPECTED);
    CHECK(e->more_outcomes > 0);
    msh_entry_free(e);
}

static void short_memory_never_passes(void)
{
    msh_entry *e = entry("a.txt");
    e->memory_short = true;
    msh_entry_finish(e, 0);
    CHECK_INT(e->item.verdict, MSH_VERDICT_NOT_INSPECTED);
    msh_entry_free(e);
}

/* A name hit as msh_entry_hit keeps it. */
static void add_name_hit(msh_entry *e, msh_name_hit *n, const char *vpath, uint64_t offset,
                         uint32_t length)
{
    *n = (msh_name_hit){.vpath = msh_view_str(vpath), .offset = offset, .length = length};
    n->next = e->name_hits;
    e->name_hits = n;
}

static void names_with_a_hit_are_masked_everywhere(void)
{
    msh_entry *e = entry("x/secret one two.zip");
    msh_name_hit own[2], member;
    msh_place place = {.vpath = MSH_VIEW("x/secret one two.zip!hidden.txt!c"),
                       .offset = MSH_NO_POSITION};
    msh_entry_outcome(e, MSH_REASON_ZIP_ENCRYPTED, &place, 0);
    add_name_hit(e, &own[0], "x/secret one two.zip", 2, 6);
    add_name_hit(e, &own[1], "x/secret one two.zip", 13, 3);
    add_name_hit(e, &member, "x/secret one two.zip!hidden.txt", 0, 6);
    msh_entry_finish(e, 0);
    CHECK(e->item.path_masked);
    CHECK_VIEW(e->item.path_shown, MSH_VIEW("x/██████ one ███.zip"));
    CHECK_VIEW(e->outcomes[0].place.vpath, MSH_VIEW("x/██████ one ███.zip!██████████!c"));
    msh_entry_free(e);
}

/* A '!' in a path is escaped in vpaths; the mask has to be found all the same. */
static void names_with_a_mark_of_members_are_masked(void)
{
    msh_entry *e = entry("x/hot! secret.zip");
    msh_name_hit own;
    msh_place place = {.vpath = MSH_VIEW("x/hot\\! secret.zip!c"), .offset = MSH_NO_POSITION};
    msh_entry_outcome(e, MSH_REASON_ZIP_ENCRYPTED, &place, 0);
    add_name_hit(e, &own, "x/hot\\! secret.zip", 7, 6);
    msh_entry_finish(e, 0);
    CHECK_VIEW(e->item.path_shown, MSH_VIEW("x/hot! ██████.zip"));
    CHECK_VIEW(e->outcomes[0].place.vpath, MSH_VIEW("x/hot\\! ██████.zip!c"));
    msh_entry_free(e);
}

int main(void)
{
    RUN(names_with_a_mark_of_members_are_masked);
    RUN(verdicts_by_weight);
    RUN(exits_by_weight);
    RUN(every_reason_decides_its_verdict);
    RUN(the_first_thing_unread_names_the_item);
    RUN(outcomes_past_the_list_still_count);
    RUN(short_memory_never_passes);
    RUN(names_with_a_hit_are_masked_everywhere);
    return check_result();
}
