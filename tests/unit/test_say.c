/* Every message in both languages, and no Chinese in the English one. */
#include "check.h"

#include "base/escape.h"
#include "report/say.h"

#include <mishen/scan.h>

/* A Chinese character or full-width sign: U+2E80 and above. */
static bool has_chinese(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 0xe3 || ((unsigned char)*s == 0xe2 && (unsigned char)s[1] >= 0xba))
            return true;
    return false;
}

static void pair(const char *what, const char *zh, const char *en)
{
    bool fine = zh && en && zh[0] && en[0] && !has_chinese(en);
    /* a name such as SHA-256 is the same in both */
    fine = fine && (has_chinese(zh) || strcmp(zh, en) == 0);
    if (!fine)
        printf("  %s: %s | %s\n", what, zh ? zh : "(none)", en ? en : "(none)");
    CHECK(fine);
}

static void messages_are_in_both(void)
{
    for (int m = 0; m < MSG_COUNT; m++)
        pair("messages.def", msh_say((msh_message)m, MSH_LANG_ZH),
             msh_say((msh_message)m, MSH_LANG_EN));
}

/* {n}, {a}, {b} stand in both languages or in none. */
static void messages_take_the_same_words(void)
{
    static const char *const marks[] = {"{n}", "{a}", "{b}"};
    for (int m = 0; m < MSG_COUNT; m++)
        for (size_t i = 0; i < 3; i++) {
            bool zh = strstr(msh_say((msh_message)m, MSH_LANG_ZH), marks[i]) != NULL;
            bool en = strstr(msh_say((msh_message)m, MSH_LANG_EN), marks[i]) != NULL;
            if (zh != en)
                printf("  %s: %s\n", marks[i], msh_say((msh_message)m, MSH_LANG_EN));
            CHECK(zh == en);
        }
}

static void words_of_the_library_are_in_both(void)
{
    for (int i = 0; i < MSH_OUTCOME_COUNT; i++)
        pair("outcome", msh_outcome_text((msh_outcome)i, MSH_LANG_ZH),
             msh_outcome_text((msh_outcome)i, MSH_LANG_EN));
    for (int i = 0; i < MSH_ROLE_COUNT; i++)
        pair("role", msh_role_text((msh_role)i, MSH_LANG_ZH),
             msh_role_text((msh_role)i, MSH_LANG_EN));
    for (int i = MSH_VERDICT_PASS; i <= MSH_VERDICT_BLOCK; i++)
        pair("verdict", msh_verdict_text((msh_verdict)i, MSH_LANG_ZH),
             msh_verdict_text((msh_verdict)i, MSH_LANG_EN));
    for (int i = MSH_TIER_INFO; i <= MSH_TIER_BLOCK; i++)
        pair("tier", msh_tier_text((msh_tier)i, MSH_LANG_ZH),
             msh_tier_text((msh_tier)i, MSH_LANG_EN));
#define MSH_REASON(id, name, outcome, zh, en) pair(name, zh, en);
#include <mishen/reasons.def>
#undef MSH_REASON
#define MSH_ERROR(id, number, name, zh, en) pair(name, zh, en);
#include <mishen/errors.def>
#undef MSH_ERROR
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en) pair(name, zh, en);
#include <mishen/limits.def>
#undef MSH_LIMIT
#define X(id, error, zh, en) pair(#id, zh, en);
    MSH_RULE_PROBLEMS(X)
#undef X
    const char *name, *zh, *en;
    for (size_t i = 0; msh_report_get(i, MSH_LANG_ZH, &name, &zh); i++) {
        CHECK(msh_report_get(i, MSH_LANG_EN, &name, &en));
        pair(name, zh, en);
    }
}

static void words_of_the_command_line_are_in_both(void)
{
#define CLI_COMMAND(name, args, zh, en) pair(#name, zh, en);
#include "cli/commands.def"
#undef CLI_COMMAND
#define CLI_OPTION(commands, name, argument, zh, en) pair(name, zh, en);
#include "cli/options.def"
#undef CLI_OPTION
}

static void parts_and_categories_are_in_both(void)
{
#define MSH_PART(pattern, when, zh, en) pair(pattern, zh, en);
#include "report/parts.def"
#undef MSH_PART
#define MSH_CATEGORY(zh, en) pair("category", zh, en);
#include "report/categories.def"
#undef MSH_CATEGORY
#define MSH_COLUMN_WORD(zh, en) pair("column", zh, en);
#include "report/columns.def"
#undef MSH_COLUMN_WORD
}

static void excerpts_of_lists_in_english(void)
{
    static const struct {
        const char *zh, *en;
    } rows[] = {{"8行 身份证号8 手机8", "8 rows, ID numbers 8, mobile numbers 8"},
                {"500行以上", "500 rows or more"},
                {"机密★██", "机密★██"},
                {"8行 某某8", "8行 某某8"},
                {"8行 ", "8行 "},
                {"", ""},
                {"8行 身份证号", "8行 身份证号"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buf[MSH_SAY_EXCERPT];
        CHECK_VIEW(msh_say_excerpt(msh_view_str(rows[i].zh), MSH_LANG_EN, buf),
                   msh_view_str(rows[i].en));
        CHECK_VIEW(msh_say_excerpt(msh_view_str(rows[i].zh), MSH_LANG_ZH, buf),
                   msh_view_str(rows[i].zh));
    }
}

static void advice_goes_by_the_reason(void)
{
    CHECK_INT(msh_say_advice(MSH_VIEW("limit.depth")), MSG_NEXT_LIMIT);
    CHECK_INT(msh_say_advice(MSH_VIEW("file.missing")), MSG_NEXT_PATH);
    CHECK_INT(msh_say_advice(MSH_VIEW("file.missing2")), MSG_NEXT_MISSING);
    CHECK_INT(msh_say_advice(MSH_VIEW("")), MSG_NEXT_MISSING);
}

static void sizes_and_times(void)
{
    char out[MSH_SAY_TIME];
    msh_say_size(0, out);
    CHECK_STR(out, "0 B");
    msh_say_size(43520, out);
    CHECK_STR(out, "42.5 KiB");
    msh_say_size(UINT64_MAX, out);
    CHECK(strlen(out) < 32);
    msh_say_time("2026-11-25T02:05:56.423422Z", MSH_LANG_EN, out);
    CHECK_STR(out, "2026-11-25 02:05 UTC");
    msh_say_time("2026-11-25T02:05:56.423422Z", MSH_LANG_ZH, out);
    CHECK_STR(out, "2026-11-25 10:05（北京时间）");
    msh_say_time("2026-12-31T16:00:00.000000Z", MSH_LANG_ZH, out);
    CHECK_STR(out, "2027-01-01 00:00（北京时间）");
    msh_say_time("2028-02-28T23:59:00.000000Z", MSH_LANG_ZH, out);
    CHECK_STR(out, "2028-02-29 07:59（北京时间）");
    msh_say_time("2100-02-28T23:59:00.000000Z", MSH_LANG_ZH, out);
    CHECK_STR(out, "2100-03-01 07:59（北京时间）");
    msh_say_time("t", MSH_LANG_ZH, out);
    CHECK_STR(out, "t");
}

int main(void)
{
    RUN(messages_are_in_both);
    RUN(messages_take_the_same_words);
    RUN(words_of_the_library_are_in_both);
    RUN(words_of_the_command_line_are_in_both);
    RUN(parts_and_categories_are_in_both);
    RUN(excerpts_of_lists_in_english);
    RUN(advice_goes_by_the_reason);
    RUN(sizes_and_times);
    return check_result();
}
