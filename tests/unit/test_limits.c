/* test_limits.c: the budget of an item, limits as they are written, and what an error or a reason
 * leads to: nothing that was not wholly read may pass. */
#include "check.h"

#include "base/budget.h"
#include "base/reason.h"

#include <mishen/finding.h>

#include <string.h>

static void amounts_as_people_write_them(void)
{
    static const struct {
        const char *name, *value;
        uint64_t want; /* 0 = refused */
    } rows[] = {
        {"decoded", "4096", 4096},
        {"decoded", "4k", 4096},
        {"decoded", "4K", 4096},
        {"decoded", "3M", 3 << 20},
        {"decoded", "2G", 2ull << 30},
        {"decoded", "0", 4ull << 30},
        {"time", "2s", 2000},
        {"time", "250ms", 250},
        {"time", "7", 7},
        {"members", "2s", 0},
        {"decoded", "x", 0},
        {"decoded", "", 0},
        {"decoded", "-1", 0},
        {"decoded", "12q", 0},
        {"decoded", "99999999999999999999999", 0},
        {"decoded", "18446744073709551615G", 0},
        {"depth", "129", 0},
        {"nothing", "1", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_limits l;
        msh_error why = {0};
        msh_limits_default(&l);
        msh_err err = msh_limits_set(&l, rows[i].name, rows[i].value, &why);
        CHECK_INT(err, rows[i].want ? MSH_OK : MSH_E_OPTION);
        CHECK((why.text[0] == 0) == (err == MSH_OK));
        uint64_t got = strcmp(rows[i].name, "time") == 0 ? l.time_ms : l.decoded;
        if (rows[i].want)
            CHECK(got == rows[i].want);
    }
}

static msh_budget begin(msh_limits *l, uint64_t source)
{
    msh_budget b;
    msh_limits_default(l);
    msh_budget_begin(&b, l, source);
    return b;
}

/* The first failure stays, whatever is asked for afterwards. */
static void a_spent_budget_stays_spent(void)
{
    msh_limits l;
    msh_budget b = begin(&l, 1000);
    l.decoded = 100;
    CHECK_INT(msh_budget_decoded(&b, 100), MSH_OK);
    CHECK_INT(msh_budget_decoded(&b, 1), MSH_E_LIMIT_DECODED);
    CHECK_INT(msh_budget_decoded(&b, 0), MSH_E_LIMIT_DECODED);
    CHECK_INT(msh_budget_member(&b), MSH_E_LIMIT_DECODED);
    CHECK_INT(msh_budget_enter(&b), MSH_E_LIMIT_DECODED);
    b.deadline_ns = 1;
    CHECK_INT(msh_budget_time(&b), MSH_E_LIMIT_TIME);
    CHECK_INT(b.failed, MSH_E_LIMIT_DECODED);
    CHECK_INT(b.decoded, 100);
    l.decoded = 10; /* lowered below what was used: nothing wraps around */
    b.failed = MSH_OK;
    CHECK_INT(msh_budget_decoded(&b, 1), MSH_E_LIMIT_DECODED);
}

static void members_and_levels(void)
{
    msh_limits l;
    msh_budget b = begin(&l, 1000);
    l.members = 2;
    l.depth = 2;
    msh_budget_leave(&b);
    CHECK_INT(b.depth, 0);
    CHECK_INT(msh_budget_enter(&b), MSH_OK);
    CHECK_INT(msh_budget_enter(&b), MSH_OK);
    CHECK_INT(msh_budget_enter(&b), MSH_E_LIMIT_DEPTH);
    CHECK_INT(b.failed, MSH_OK); /* siblings go on */
    msh_budget_leave(&b);
    CHECK_INT(msh_budget_enter(&b), MSH_OK);
    CHECK_INT(msh_budget_member(&b), MSH_OK);
    CHECK_INT(msh_budget_member(&b), MSH_OK);
    CHECK_INT(msh_budget_member(&b), MSH_E_LIMIT_MEMBERS);
}

static void the_ratio_counts_after_64_mib(void)
{
    msh_limits l;
    msh_budget b = begin(&l, 0); /* an empty source counts as one byte */
    CHECK_INT(msh_budget_decoded(&b, 64ull << 20), MSH_OK);
    CHECK_INT(msh_budget_decoded(&b, 1), MSH_E_LIMIT_RATIO);
    b = begin(&l, 1 << 20);
    CHECK_INT(msh_budget_decoded(&b, 65ull << 20), MSH_OK);
    CHECK_INT(msh_budget_decoded(&b, 900ull << 20), MSH_OK);
    CHECK_INT(msh_budget_decoded(&b, 900ull << 20), MSH_E_LIMIT_RATIO);
}

static void time_is_looked_at_now_and_then(void)
{
    msh_limits l;
    msh_budget b = begin(&l, 1 << 20);
    b.deadline_ns = 0; /* none */
    for (int i = 0; i < 200; i++)
        CHECK_INT(msh_budget_decoded(&b, 1), MSH_OK);
    b.deadline_ns = 1;
    unsigned n = 0;
    while (msh_budget_decoded(&b, 1) == MSH_OK && n < 1000)
        n++;
    CHECK(n <= 64);
    CHECK_INT(b.failed, MSH_E_LIMIT_TIME);
}

/* Only three reasons pass: an empty file, a link whose target is scanned, a type without text. */
static void hardly_a_reason_passes(void)
{
    unsigned passing = 0;
    for (int r = 0; r < MSH_REASON_COUNT; r++) {
        if (!msh_outcome_is_whole(msh_reason_outcome((msh_reason)r)))
            continue;
        passing++;
        CHECK(r == MSH_REASON_FILE_EMPTY || r == MSH_REASON_FILE_LINK ||
              r == MSH_REASON_FORMAT_OPAQUE);
    }
    CHECK_INT(passing, 3);
    CHECK_INT(msh_reason_outcome(MSH_REASON_COUNT), MSH_OUTCOME_UNREADABLE);
    CHECK_INT(msh_reason_outcome((msh_reason)-1), MSH_OUTCOME_UNREADABLE);
    CHECK_STR(msh_reason_name(MSH_REASON_COUNT), "?");
}

/* What an error of any kind becomes while a document is read. */
static void no_error_passes(void)
{
    static const struct {
        msh_err err;
        msh_reason want;
    } rows[] = {
        {MSH_E_MEMORY, MSH_REASON_LIMIT_MEMORY},
        {MSH_E_LIMIT_MEMORY, MSH_REASON_LIMIT_MEMORY},
        {MSH_E_LIMIT_BUFFER, MSH_REASON_LIMIT_MEMORY},
        {MSH_E_LIMIT_DECODED, MSH_REASON_LIMIT_DECODED},
        {MSH_E_LIMIT_RATIO, MSH_REASON_LIMIT_RATIO},
        {MSH_E_LIMIT_MEMBERS, MSH_REASON_LIMIT_MEMBERS},
        {MSH_E_LIMIT_DEPTH, MSH_REASON_LIMIT_DEPTH},
        {MSH_E_LIMIT_TIME, MSH_REASON_LIMIT_TIME},
        {MSH_E_LIMIT_SIZE, MSH_REASON_LIMIT_SIZE},
        {MSH_E_LIMIT_REGEX, MSH_REASON_LIMIT_REGEX},
        {MSH_E_IO, MSH_REASON_FILE_READ_ERROR},
        {MSH_E_NO_ACCESS, MSH_REASON_FILE_NO_ACCESS},
        {MSH_E_GONE, MSH_REASON_FILE_VANISHED},
        {MSH_E_ENCRYPTED, MSH_REASON_FORMAT_ENCRYPTED},
        {MSH_E_SHORT, MSH_REASON_FORMAT_TRUNCATED},
        {MSH_E_NO_LIBRARY, MSH_REASON_FORMAT_NO_LIBRARY},
        {MSH_E_UNSUPPORTED, MSH_REASON_FORMAT_UNSUPPORTED},
        {MSH_E_CORRUPT, MSH_REASON_FORMAT_CORRUPT},
        {MSH_E_SYNTAX, MSH_REASON_FORMAT_CORRUPT},
        {MSH_E_CHILD, MSH_REASON_FORMAT_CORRUPT},
    };
    static const msh_err all[] = {
#define MSH_ERROR(id, number, name, zh, en) MSH_E_##id,
#include <mishen/errors.def>
#undef MSH_ERROR
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_INT(msh_reason_of_error(rows[i].err), rows[i].want);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        CHECK(!msh_outcome_is_whole(msh_reason_outcome(msh_reason_of_error(all[i]))));
}

/* Every name has words in both languages; numbers out of range are "?", never another's name. */
static void names_in_two_languages(void)
{
    for (int lang = MSH_LANG_ZH; lang <= MSH_LANG_EN; lang++) {
        for (int v = 0; v <= MSH_VERDICT_BLOCK; v++)
            CHECK(strcmp(msh_verdict_text((msh_verdict)v, (msh_lang)lang), "?") != 0);
        for (int r = 0; r < MSH_REASON_COUNT; r++)
            CHECK(strcmp(msh_reason_text(msh_reason_name((msh_reason)r), (msh_lang)lang), "?") !=
                  0);
        CHECK_STR(msh_verdict_text((msh_verdict)99, (msh_lang)lang), "?");
        CHECK_STR(msh_tier_text((msh_tier)0, (msh_lang)lang), "?");
        CHECK_STR(msh_reason_text("no.such-reason", (msh_lang)lang), "no.such-reason");
    }
    CHECK_STR(msh_verdict_name((msh_verdict)99), "?");
    CHECK_STR(msh_tier_name((msh_tier)0), "?");
    CHECK_STR(msh_outcome_name((msh_outcome)99), "?");
    CHECK_STR(msh_role_name((msh_role)999), "?");
    CHECK(!msh_outcome_is_whole((msh_outcome)99));
}

int main(void)
{
    RUN(amounts_as_people_write_them);
    RUN(a_spent_budget_stays_spent);
    RUN(members_and_levels);
    RUN(the_ratio_counts_after_64_mib);
    RUN(time_is_looked_at_now_and_then);
    RUN(hardly_a_reason_passes);
    RUN(no_error_passes);
    RUN(names_in_two_languages);
    return check_result();
}
