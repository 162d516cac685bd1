/* What rules say besides what they find: time, medium, law, tests by the dozen; and the tools:
 * mutants, check, description. */
#include "check.h"

#include "base/buf.h"
#include "rule/matcher.h"
#include "rule/pack.h"
#include "rule/regex_parts.h"

#define HEAD "format: 1\npack: {id: p, version: \"1\"}\nrules:\n"
#define RULE(id)                                                                                   \
    "  - id: " id "\n    name: 名\n    category: 类\n    tier: 复核\n    basis: 据\n"         \
    "    explain: 说\n    advice: 办\n"

static msh_limits limits;
static msh_error why;

static msh_rules *try_load(const char *text)
{
    msh_rules *r = NULL;
    msh_pack_source p = {.name = "t.yaml", .bytes = msh_view_str(text)};
    why = (msh_error){0};
    msh_err err = msh_rules_load(&p, 1, &limits, NULL, NULL, &r, &why);
    CHECK((err == MSH_OK) == (r != NULL));
    return r;
}

static msh_rules *load(const char *text)
{
    msh_rules *r = try_load(text);
    if (!r)
        printf("%s\n", why.text);
    REQUIRE(r != NULL);
    return r;
}

static void refused(const char *text, const char *place, const char *zh)
{
    msh_rules *r = try_load(text);
    CHECK(r == NULL);
    char want[80];
    (void)snprintf(want, sizeof want, "t.yaml:%s: 错误：", place);
    if (!strstr(why.text, want) || !strstr(why.text, zh)) {
        printf("got %s, want %s…%s\n", why.text, want, zh);
        CHECK(!"the message names place and fault");
    }
    msh_rules_free(r);
}

static msh_err gravest(void *ctx, const msh_hit *h)
{
    msh_tier *t = ctx;
    if (h->tier > *t)
        *t = h->tier;
    return MSH_OK;
}

static msh_tier tier_of(const msh_rules *r, const char *text)
{
    msh_tier t = 0;
    uint64_t total;
    msh_matcher *m = msh_matcher_new(r, &limits);
    REQUIRE(m != NULL);
    msh_match_text x = {.bytes = msh_view_str(text), .charset = MSH_CS_UTF8};
    msh_matcher_begin(m, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(m, &x), MSH_OK);
    CHECK_INT(msh_matcher_end(m, gravest, &t, &total), MSH_OK);
    msh_matcher_free(m);
    return t;
}

static void dates(void)
{
    msh_rules *r = load(HEAD RULE("a") "    find: {kind: words, any: [机密]}\n"
                                       "    valid: {from: 2026-03-01, to: 2026-12-31}\n" RULE(
                                           "b") "    find: {kind: regex, pattern: '绝.{1,3}密'}\n"
                                                "    valid: {to: 2024-02-29}\n");
    msh_rule_info i;
    msh_rules_info(r, 0, &i);
    CHECK_INT(i.valid_from, 20260301);
    CHECK_INT(i.valid_to, 20261231);
    static const struct {
        uint32_t today;
        msh_tier word, expression;
    } days[] = {{0, MSH_TIER_REVIEW, MSH_TIER_REVIEW},
                {20240229, 0, MSH_TIER_REVIEW},
                {20240301, 0, 0},
                {20260228, 0, 0},
                {20260301, MSH_TIER_REVIEW, 0},
                {20261231, MSH_TIER_REVIEW, 0},
                {20270101, 0, 0}};
    for (size_t k = 0; k < sizeof days / sizeof days[0]; k++) {
        msh_rules_use(r, days[k].today, MSH_MEDIUM_ANY);
        CHECK_INT(tier_of(r, "机密"), days[k].word);
        CHECK_INT(tier_of(r, "绝对密"), days[k].expression);
    }
    msh_rules_free(r);
    refused(HEAD RULE("a") "    valid: {from: 2026-13-01}\n", "11:19", "日期");
    refused(HEAD RULE("a") "    valid: {to: 2025-02-29}\n", "11:17", "日期");
    refused(HEAD RULE("a") "    valid: {to: 20260101}\n", "11:17", "日期");
    refused(HEAD RULE("a") "    valid: {from: 2026-01-02, to: 2026-01-01}\n", "11:12", "早于");
    refused(HEAD RULE("a") "    valid: {until: 2026-01-02}\n    find: {kind: words, any: [甲]}\n",
            "11:13", "不认识的键 until");
}

static void media(void)
{
    msh_rules *r = load(HEAD RULE("a") "    find: {kind: words, any: [机密]}\n"
                                       "    tiers: {site: 阻断, outbox: INFO}\n"
                                       "    tests:\n"
                                       "      - {text: 机密, expect: 复核}\n"
                                       "      - {text: 机密, medium: site, expect: 阻断}\n"
                                       "      - {text: 机密, medium: outbox, expect: 提示}\n"
                                       "      - {text: 机要, medium: outbox, expect: none}\n");
    size_t run, failed;
    CHECK_INT(msh_rules_test(r, &limits, &run, &failed, NULL, NULL, NULL), MSH_OK);
    CHECK_INT(run, 4);
    CHECK_INT(failed, 0);
    CHECK_INT(tier_of(r, "机密"), MSH_TIER_REVIEW);
    msh_rules_use(r, 0, MSH_MEDIUM_SITE);
    CHECK_INT(tier_of(r, "机密"), MSH_TIER_BLOCK);
    msh_rules_free(r);
    CHECK_INT(msh_medium_named(MSH_VIEW("site")), MSH_MEDIUM_SITE);
    CHECK_INT(msh_medium_named(MSH_VIEW("sites")), MSH_MEDIUM_ANY);
    refused(HEAD RULE("a") "    find: {kind: words, any: [机密]}\n    tiers: {website: 阻断}\n",
            "12:13", "不认识的键 website");
    refused(HEAD RULE("a") "    tiers: {site: 高}\n", "11:19", "阻断、复核 或 提示");
    refused(HEAD RULE("a") "    tests:\n      - {text: x, medium: web, expect: none}\n", "12:27",
            "site 或 outbox");
}

static void laws(void)
{
    msh_rules *r = load(HEAD RULE("a") "    find: {kind: words, any: [机密]}\n"
                                       "    laws:\n"
                                       "      - {title: 保密法, article: 第二十二条}\n"
                                       "      - {title: 条例, url: 'https://example.cn/'}\n");
    msh_rule_info i;
    msh_rules_info(r, 0, &i);
    CHECK_VIEW(i.laws, MSH_VIEW("《保密法》第二十二条\n《条例》  https://example.cn/"));
    CHECK_VIEW(i.find, MSH_VIEW("{kind: words, any: [机密]}"));
    msh_rules_free(r);
    refused(HEAD RULE("a") "    laws: 保密法\n", "11:11", "列表");
    refused(HEAD RULE("a") "    laws: [保密法]\n", "11:12", "title");
    refused(HEAD RULE("a") "    laws: [{article: 第二条}]\n", "11:12", "缺少 title");
}

static void hints(void)
{
    refused(HEAD RULE("a") "    naer: {any: [甲]}\n    find: {kind: words, any: [乙]}\n", "11:5",
            "是不是 near");
    refused(HEAD RULE("a") "    find: {kind: words, any: [乙]}\n    exept: {quoted: true}\n",
            "12:5", "是不是 except");
    refused(HEAD RULE("a") "    find: {kind: words, any: [乙]}\n    quoted: true\n", "12:5",
            "缩进");
    refused(HEAD RULE("a") "    find: {kind: words, any: [乙]}\n    关键词: 甲\n", "12:5",
            "请删去或改正");
    refused(HEAD "  - id: a\n", "4:5", "缺少 name，请写一行 name: 规则的名称");
    refused(HEAD RULE("a"), "4:5", "请写 find:");
}

static void each(void)
{
    msh_rules *r = load(HEAD RULE("a") "    find: {kind: words, any: [甲一, 甲二, 甲三]}\n"
                                       "    tests:\n"
                                       "      - {each: [甲一, 甲二, 甲三], text: \"见{}。\", "
                                       "expect: 复核, at: \"{}\"}\n"
                                       "      - {text: 甲四, expect: none}\n");
    size_t run, failed;
    msh_rule_example e;
    CHECK_INT(msh_rules_test(r, &limits, &run, &failed, NULL, NULL, NULL), MSH_OK);
    CHECK_INT(run, 4);
    CHECK_INT(failed, 0);
    msh_rules_case(r, 0, 1, &e);
    CHECK_VIEW(e.text, MSH_VIEW("见甲二。"));
    CHECK_INT(e.expect, MSH_TIER_REVIEW);
    msh_rules_free(r);
    refused(HEAD RULE("a") "    tests:\n      - {each: [甲], text: 乙, expect: none}\n", "12:16",
            "{}");
    refused(HEAD RULE("a") "    tests:\n      - {each: 甲, text: \"{}\", expect: none}\n", "12:16",
            "列表");
}

/* --- mutants --------------------------------------------------------------------------------- */

typedef struct mutants {
    size_t all, killed;
    char survivors[2000];
} mutants;

static void note(void *ctx, const msh_mutant *m)
{
    mutants *s = ctx;
    char one[200];
    s->all++;
    s->killed += m->killed;
    if (m->killed)
        return;
    (void)snprintf(one, sizeof one, "%s=%.*s;", m->part, (int)m->what.len,
                   m->what.len ? (const char *)m->what.data : "");
    strncat(s->survivors, one, sizeof s->survivors - strlen(s->survivors) - 1);
}

static mutants mutate(const char *text, const char *only)
{
    mutants s = {0};
    msh_pack_source p = {.name = "t.yaml", .bytes = msh_view_str(text)};
    const msh_mutate_to to = {.tried = note, .ctx = &s, .only = msh_view_str(only)};
    why = (msh_error){0};
    CHECK_INT(msh_rules_mutate(&p, 1, &limits, &to, &why), MSH_OK);
    return s;
}

static void mutating(void)
{
#define FULL                                                                                       \
    RULE("a")                                                                                      \
    "    find: {kind: words, any: [甲一, 甲二]}\n"                                             \
    "    near: {any: [附近, 旁边], within: 5}\n"                                               \
    "    except: {before: [例如, 比如], quoted: true}\n"
#define TESTS                                                                                      \
    "    tests:\n"                                                                                 \
    "      - {text: 附近甲一, expect: 复核}\n"                                               \
    "      - {text: 旁边甲二, expect: 复核}\n"                                               \
    "      - {text: 甲二, expect: none}\n"                                                       \
    "      - {text: 附近还有很远很远很远的甲二, expect: none}\n"                      \
    "      - {text: 附近例如甲二, expect: none}\n"
    mutants s = mutate(HEAD FULL TESTS, "");
    CHECK_INT(s.all, 11);
    CHECK_STR(s.survivors, "except.before=比如;except.quoted=true;");
    s = mutate(HEAD FULL TESTS "      - {text: 附近比如甲二, expect: none}\n"
                               "      - {text: 附近“甲二”, expect: none}\n",
               "");
    CHECK_INT(s.killed, s.all);
    CHECK_INT(mutate(HEAD FULL TESTS, "b").all, 0);
    CHECK_INT(mutate(HEAD FULL TESTS, "a").all, 11);
    /* Alternatives, options and look-arounds of an expression; a distance as it is anyway. */
    s = mutate(
        HEAD RULE("a") "    find: {kind: regex, pattern: '(?<!不)(?:公开|披露)(?:了)?秘密'}\n"
                       "    near: {any: [局], within: 40}\n"
                       "    tests:\n"
                       "      - {text: 局公开秘密, expect: 复核}\n"
                       "      - {text: 公开秘密, expect: none}\n",
        "");
    CHECK_STR(s.survivors, "find.pattern=(?<!不);find.pattern=|披露;find.pattern=(?:了)?;");
    CHECK_INT(s.all, 5);
}

static void parts_are(const char *pattern, const char *want)
{
    msh_regex_parts p;
    char got[400] = "";
    msh_regex_parts_of(msh_view_str(pattern), &p);
    for (size_t i = 0; i < p.n; i++) {
        strncat(got, pattern + p.part[i].start, p.part[i].end - p.part[i].start);
        strcat(got, " ");
    }
    CHECK_STR(got, want);
}

static void parts(void)
{
    parts_are("abc", "");
    parts_are("a|b|c", "a| |b |c ");
    parts_are("x(?:a|(b|c))y", "b| |c a| |(b|c) ");
    parts_are("[(|)]\\|\\((?i)a(?!b)", "(?i) (?!b) ");
    parts_are("(a)?b", "(a)? ");
    parts_are("[]a|]b", "");
    parts_are("((((", "");
    parts_are("a)|b", "a)| |b ");
    parts_are("\\", "");
    parts_are("[", "");
    parts_are("(?", "");
}

/* --- check ----------------------------------------------------------------------------------- */

static void note_issue(void *ctx, const msh_rule_issue *i)
{
    static const char *const names[] = {
#define X(id, error, zh, en) #id,
        MSH_RULE_PROBLEMS(X)
#undef X
    };
    char one[200];
    (void)snprintf(one, sizeof one, "%s %.*s %.*s %.*s;", names[i->what], (int)i->rule.len,
                   (const char *)i->rule.data, (int)i->other.len,
                   i->other.len ? (const char *)i->other.data : "", (int)i->word.len,
                   i->word.len ? (const char *)i->word.data : "");
    strncat(ctx, one, 1999 - strlen(ctx));
}

static void issues(const char *text, const char *want)
{
    char got[2000] = "";
    msh_rules *r = load(text);
    const msh_check_to to = {20261125, note_issue, got};
    CHECK_INT(msh_rules_check(r, &limits, &to, &why), MSH_OK);
    CHECK_STR(got, want);
    msh_rules_free(r);
}

#define SIX(yes)                                                                                   \
    "    tests:\n      - {each: [1, 2, 3], text: \"" yes "{}\", expect: 复核}\n"                 \
    "      - {each: [1, 2, 3], text: \"无{}\", expect: none}\n"

static void checking(void)
{
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n" SIX("甲一"), "");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n    tests:\n"
                          "      - {each: [1, 2, 3], text: \"甲一{}\", expect: 复核}\n",
           "FEW_TESTS a  ;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n    valid: {to: 2026-11-24}\n" SIX(
               "甲一"),
           "EXPIRED a  ;");
    issues(
        HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n    valid: {from: 2026-11-26}\n" SIX(
            "甲一"),
        "NOT_YET a  ;");
    issues(
        HEAD
            RULE("a") "    find: {kind: words, any: [甲乙, 丙一]}\n    except: {words: [乙]}\n" SIX(
                "丙一"),
        "WORD_EXCEPTED a  甲乙;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一, 乙一, 甲一]}\n" SIX("甲一"),
           "WORD_TWICE a a 甲一;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n    count: 2\n"
                          "    distinct: true\n" SIX("乙一"),
           "NEVER_ENOUGH a  ;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一]}\n" SIX("甲一")
               RULE("b") "    find: {kind: words, any: [甲一, 乙一]}\n" SIX("乙一"),
           "WORD_TWICE b a 甲一;COVERED a b ;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲乙]}\n" SIX("甲乙")
               RULE("b") "    find: {kind: regex, pattern: '甲.{0,2}'}\n" SIX("甲乙"),
           "COVERED a b ;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一, 乙]}\n" SIX("甲一"),
           "WORD_SHORT a  乙;");
    issues(HEAD RULE("a") "    find: {kind: words, any: [甲一, 乙]}\n    near: {any: [甲]}\n" SIX(
               "甲一"),
           "");
}

static void describing(void)
{
    msh_rules *r = load(HEAD RULE("a") "    find: {kind: words, any: [甲]}\n"
                                       "    where: {position: [head, line]}\n"
                                       "    near: {any: [乙, 丙]}\n"
                                       "    except: {after: [丁], words: [甲等], quoted: 是, tier: "
                                       "提示}\n    count: 3\n    distinct: true\n"
                                       "    valid: {from: 2026-01-01}\n    tiers: {site: 阻断}\n");
    msh_buf b;
    msh_buf_init(&b, 10000);
    msh_rules_describe(r, 0, MSH_LANG_ZH, &b);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("位置：只看首页开头，须单独成行\n"
                                          "附近：前后 40 字内须有其一：乙、丙\n"
                                          "例外：写在引号、书名号里的\n"
                                          "例外：后面 12 字内有：丁\n"
                                          "例外：它是这些词的一部分：甲等\n"
                                          "例外的处理：降为 提示\n"
                                          "数量：一个文件里至少 3 处（内容不同的）\n"
                                          "载体：网站 阻断\n"
                                          "有效期：2026-01-01 至 \n"));
    msh_buf_dispose(&b);
    msh_rules_free(r);
}

int main(void)
{
    msh_limits_default(&limits);
    RUN(dates);
    RUN(media);
    RUN(laws);
    RUN(hints);
    RUN(each);
    RUN(mutating);
    RUN(parts);
    RUN(checking);
    RUN(describing);
    return check_result();
}
