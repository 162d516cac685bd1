/* Packs over texts: what is found, where, how often, how grave. */
#include "check.h"

#include "rule/matcher.h"

static const char head[] = "format: 1\npack: {id: t, version: \"1\"}\nrules:\n";

static msh_limits limits;

static msh_rules *load(const char *rules)
{
    char text[20000];
    msh_error why = {0};
    msh_rules *r = NULL;
    (void)snprintf(text, sizeof text, "%s%s", head, rules);
    msh_pack_source p = {.name = "t.yaml", .bytes = msh_view_str(text)};
    if (msh_rules_load(&p, 1, &limits, NULL, NULL, &r, &why) != MSH_OK)
        printf("load: %s\n", why.text);
    REQUIRE(r != NULL);
    return r;
}

/* One rule with these lines for find and what follows. */
static msh_rules *rule(const char *lines)
{
    char text[8000];
    (void)snprintf(
        text, sizeof text,
        "  - id: r\n    name: 名\n    category: 类\n    tier: 阻断\n    basis: 无\n    explain: "
        "无\n    advice: 无\n%s",
        lines);
    return load(text);
}

typedef struct seen {
    size_t n;
    msh_hit hits[64];
    uint64_t total;
} seen;

static msh_err keep(void *ctx, const msh_hit *h)
{
    seen *s = ctx;
    if (s->n < 64)
        s->hits[s->n++] = *h;
    return MSH_OK;
}

static msh_matcher *matcher;

/* Hits of the item; their views live until the next call. */
static seen item(const msh_rules *r, const msh_match_text *texts, size_t n)
{
    static const msh_rules *of;
    seen s = {0};
    if (!matcher || of != r) {
        msh_matcher_free(matcher);
        matcher = msh_matcher_new(r, &limits);
        of = r;
    }
    REQUIRE(matcher != NULL);
    msh_matcher_begin(matcher, MSH_VIEW("item"));
    for (size_t i = 0; i < n; i++)
        CHECK_INT(msh_matcher_text(matcher, &texts[i]), MSH_OK);
    CHECK_INT(msh_matcher_end(matcher, keep, &s, &s.total), MSH_OK);
    return s;
}

static msh_match_text body(const char *text)
{
    msh_match_text t = {.bytes = msh_view_str(text), .charset = MSH_CS_UTF8};
    t.place.vpath = MSH_VIEW("item");
    t.place.line = 1;
    return t;
}

static seen one(const msh_rules *r, const char *text)
{
    msh_match_text t = body(text);
    return item(r, &t, 1);
}

static void done(msh_rules *r)
{
    msh_matcher_free(matcher);
    matcher = NULL;
    msh_rules_free(r);
}

/* The place that is named first is that of the gravest occurrence, not of the first. */
static void the_gravest_place_comes_first(void)
{
    msh_rules *r = rule("    find: {kind: banner, any: [内部资料]}\n");
    msh_match_text t[3] = {body("本单位的内部资料由办公室保管，不外借。\n"), body("内部资料\n"),
                           body("内部资料要保管好，这是提醒。\n")};
    t[1].place.role = MSH_ROLE_HIDDEN;
    t[1].place.page = 7;
    seen s = item(r, t, 3);
    REQUIRE(s.n == 1);
    CHECK_INT(s.hits[0].count, 3);
    CHECK_INT(s.hits[0].place.role, MSH_ROLE_HIDDEN);
    CHECK_INT(s.hits[0].place.page, 7);
    REQUIRE(s.hits[0].n_more == 2);
    CHECK_INT(s.hits[0].more[0].role, MSH_ROLE_BODY);
    CHECK_INT(s.hits[0].more[0].column, 5);
    CHECK_INT(s.hits[0].more[1].column, 1);
    done(r);
}

static void words(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [内部资料, 内部, Secret, 密]}\n");
    seen s = one(r, "一\n这是内部资料，内部\n内部资料");
    CHECK_INT(s.n, 2);
    CHECK_INT(s.total, 2);
    CHECK_VIEW(s.hits[0].normal, MSH_VIEW("内部资料"));
    CHECK_VIEW(s.hits[0].excerpt, MSH_VIEW("内███"));
    CHECK_INT(s.hits[0].count, 2);
    CHECK_INT(s.hits[0].n_more, 1);
    CHECK_INT(s.hits[0].place.line, 2);
    CHECK_INT(s.hits[0].place.column, 3);
    CHECK_INT(s.hits[0].place.offset, 10);
    CHECK_INT(s.hits[0].length, 12);
    CHECK_INT(s.hits[0].more[0].line, 3);
    CHECK_INT(s.hits[0].more[0].column, 1);
    CHECK_VIEW(s.hits[1].normal, MSH_VIEW("内部"));
    CHECK_INT(one(r, "机要").n, 0);
    CHECK_INT(one(r, "TOP SECRET").n, 1);
    CHECK_INT(one(r, "ＳＥＣＲＥＴ").n, 1);
    CHECK_INT(one(r, "密").n, 1);
    done(r);
}

static void joined(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [内部资料, 机密]}\n");
    seen s = one(r, "甲内 部\n资　料乙机密");
    CHECK_INT(s.n, 2);
    CHECK_INT(s.total, 2);
    const msh_hit *h = &s.hits[msh_view_eq_str(s.hits[0].normal, "机密")];
    CHECK_VIEW(h->normal, MSH_VIEW("内部资料"));
    CHECK_INT(h->place.line, 1);
    CHECK_INT(h->place.column, 2);
    CHECK_INT(h->place.offset, 3);
    CHECK_INT(h->length, 17);
    CHECK_INT(h->count, 1);
    CHECK_INT(one(r, "机密 机密").hits[0].count, 2);
    CHECK_INT(one(r, "机 abc 密").n, 0);
    CHECK_INT(one(r, "机。 密").n, 0);
    done(r);
    r = rule("    find: {kind: words, any: [机密]}\n    view: folded\n");
    CHECK_INT(one(r, "机 密").n, 0);
    done(r);
}

static void written(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [AbCd]}\n    view: written\n");
    CHECK_INT(one(r, "密abcd").n, 0);
    seen s = one(r, "abcd密ＡAbCd");
    CHECK_INT(s.n, 1);
    CHECK_INT(s.hits[0].place.offset, 10);
    CHECK_VIEW(s.hits[0].normal, MSH_VIEW("AbCd"));
    msh_match_text t = {.bytes = MSH_VIEW("\xbb\xfa\xc3\xdc"
                                          "AbCd"),
                        .charset = MSH_CS_GB18030};
    s = item(r, &t, 1);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.hits[0].place.offset, 4);
    done(r);
    r = rule("    find: {kind: regex, pattern: 'AKIA[0-9A-Z]{16}'}\n    view: written\n");
    CHECK_INT(one(r, "x AKIAABCDEFGHIJKLMNOP y").n, 1);
    CHECK_INT(one(r, "x akiaabcdefghijklmnop y").n, 0);
    done(r);
}

static void charsets(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [机密]}\n");
    msh_match_text t = {.bytes = MSH_VIEW("a\n\xbb\xfa\xc3\xdc"), .charset = MSH_CS_GB18030};
    seen s = item(r, &t, 1);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.hits[0].place.offset, 2);
    CHECK_INT(s.hits[0].length, 4);
    t = (msh_match_text){.bytes = msh_view_of("\n\0:g\xc6[", 6), .charset = MSH_CS_UTF16LE};
    s = item(r, &t, 1);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.hits[0].place.offset, 2);
    CHECK_INT(s.hits[0].place.line, 2);
    CHECK_INT(s.hits[0].place.column, 1);
    done(r);
}

static void context(void)
{
    msh_rules *r =
        rule("    find: {kind: words, any: [机密]}\n"
             "    near: {any: [文件], within: 4}\n"
             "    except: {before: [例如], after: [工业], words: [机密性], quoted: true}\n");
    CHECK_INT(one(r, "机密文件").n, 1);
    CHECK_INT(one(r, "机密一二三文件").n, 0);
    CHECK_INT(one(r, "例如机密文件").n, 0);
    CHECK_INT(one(r, "机密工业文件").n, 0);
    CHECK_INT(one(r, "机密性文件").n, 0);
    CHECK_INT(one(r, "“机密文件”").n, 0);
    done(r);
    r = rule("    find: {kind: words, any: [机密]}\n    except: {quoted: true, tier: 提示}\n");
    CHECK_INT(one(r, "“机密”").hits[0].tier, MSH_TIER_INFO);
    CHECK_INT(one(r, "机密").hits[0].tier, MSH_TIER_BLOCK);
    CHECK_INT(one(r, "“机密”机密").hits[0].tier, MSH_TIER_BLOCK);
    done(r);
}

static void positions(void)
{
    msh_rules *r =
        rule("    find: {kind: words, any: [机密]}\n    where: {position: [head, line]}\n");
    CHECK_INT(one(r, "\n 机密 \n甲").n, 1);
    CHECK_INT(one(r, "是机密").n, 0);
    CHECK_INT(one(r, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n机密").n, 0);
    msh_match_text t = body("机密");
    t.place.page = 2;
    CHECK_INT(item(r, &t, 1).n, 0);
    t.place.role = MSH_ROLE_HEADER;
    CHECK_INT(item(r, &t, 1).n, 1);
    t = body("一\n机密\n");
    msh_match_anchor pages[] = {{0, 1, 0, 0}, {4, 2, 0, 0}};
    t.anchors = pages;
    t.n_anchors = 2;
    CHECK_INT(item(r, &t, 1).n, 0);
    pages[1].at = 10;
    CHECK_INT(item(r, &t, 1).n, 1);
    done(r);
    r = rule(
        "    find: {kind: words, any: [机密]}\n    where: {position: [header-footer, name]}\n");
    t = body("机密");
    CHECK_INT(item(r, &t, 1).n, 0);
    t.place.role = MSH_ROLE_FOOTER;
    CHECK_INT(item(r, &t, 1).n, 1);
    t.place.role = MSH_ROLE_NAME;
    CHECK_INT(item(r, &t, 1).n, 1);
    t.place.role = MSH_ROLE_META;
    CHECK_INT(item(r, &t, 1).n, 0);
    done(r);
}

static void counts(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [甲, 乙]}\n    count: 3\n");
    CHECK_INT(one(r, "甲乙").n, 0);
    CHECK_INT(one(r, "甲乙甲").n, 2);
    done(r);
    r = rule("    find: {kind: words, any: [甲, 乙]}\n    count: 2\n    distinct: true\n");
    CHECK_INT(one(r, "甲甲甲").n, 0);
    CHECK_INT(one(r, "甲乙").n, 2);
    done(r);
}

static void windows(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [机密, 密级]}\n");
    msh_match_text t[2] = {body("甲机密乙"), body("机密乙密级")};
    t[0].flags = MSH_MATCH_MORE;
    t[1].flags = MSH_MATCH_CONTINUED;
    t[1].overlap = 9;
    t[1].place.offset = 3;
    seen s = item(r, t, 2);
    CHECK_INT(s.n, 2);
    CHECK_INT(s.hits[0].count, 1);
    CHECK_INT(s.hits[0].place.offset, 3);
    CHECK_INT(s.hits[1].count, 1);
    CHECK_INT(s.hits[1].place.offset, 12);
    done(r);
}

/* In windows as they are cut: each hit is counted once, and judged with what stands around it,
 * wherever the cut is. */
static void company_over_windows(void)
{
    enum { OVERLAP = MSH_MATCH_OVERLAP, WINDOW = 10000, LEN = 30000 };
    static const char *const finds[] = {
        "    find: {kind: words, any: [secret]}\n",
        "    find: {kind: regex, pattern: 'secre[t]'}\n",
        "    find: {kind: words, any: [secret]}\n    view: written\n",
    };
    static uint8_t text[LEN];
    for (size_t f = 0; f < sizeof finds / sizeof finds[0]; f++) {
        char lines[400];
        (void)snprintf(lines, sizeof lines, "%s    near: {any: [keyword], within: 600}\n",
                       finds[f]);
        msh_rules *r = rule(lines);
        for (size_t at = WINDOW - OVERLAP - 700; at < WINDOW + 700; at += 13)
            for (int after = 0; after < 2; after++) {
                memset(text, '.', LEN);
                for (size_t i = 79; i < LEN; i += 80)
                    text[i] = '\n';
                memcpy(text + at, "secret", 6);
                memcpy(after ? text + at + 500 : text + at - 500, "keyword", 7);
                msh_match_text t[3];
                for (size_t i = 0; i < 3; i++) {
                    size_t from = i * (WINDOW - OVERLAP), to = i == 2 ? LEN : from + WINDOW;
                    t[i] = body("");
                    t[i].bytes = msh_view_of(text + from, to - from);
                    t[i].flags = (i ? MSH_MATCH_CONTINUED : 0) | (i < 2 ? MSH_MATCH_MORE : 0);
                    t[i].overlap = i ? OVERLAP : 0;
                    t[i].place.offset = from;
                }
                seen s = item(r, t, 3);
                if (s.n != 1 || s.hits[0].count != 1 || s.hits[0].place.offset != at)
                    printf("find %zu at %zu after %d\n", f, at, after);
                CHECK(s.n == 1 && s.hits[0].count == 1 && s.hits[0].place.offset == at);
            }
        done(r);
    }
}

/* A list over three windows: heads at the end of the first, each row counted once. */
static void lists_over_windows(void)
{
    enum { OVERLAP = 40, WINDOW = 150 };
    msh_rules *r = rule("    find: {kind: table}\n");
    char text[4096] = "关于名单的说明\n这一行没有别的内容。\n姓名,残疾类别\n";
    for (int i = 0; i < 17; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "王某某,肢体%d级\n", i % 4);
    size_t len = strlen(text);
    for (size_t first = 60; first < 200; first++) {
        msh_match_text t[16];
        size_t n = 0, at = 0, end = first, before = 0;
        for (; n < 16; n++) {
            end = end < len ? end : len;
            while (((uint8_t)text[end] & 0xC0) == 0x80)
                end++; /* as windows are cut: between characters */
            while (((uint8_t)text[at] & 0xC0) == 0x80)
                at--;
            t[n] = body(text);
            t[n].bytes = msh_view_of((const uint8_t *)text + at, end - at);
            t[n].place.offset = at;
            t[n].flags = (at ? MSH_MATCH_CONTINUED : 0) | (end < len ? MSH_MATCH_MORE : 0);
            t[n].overlap = (uint32_t)(n ? before - at : 0);
            if (end == len)
                break;
            before = end;
            at = end - OVERLAP;
            end += WINDOW;
        }
        seen s = item(r, t, n + 1);
        CHECK_INT(s.n, 1);
        if (s.n == 1 && s.hits[0].count != 17)
            printf("first window of %zu bytes\n", first);
        CHECK_INT(s.n ? s.hits[0].count : 0, 17);
    }
    done(r);
}

/* A sheet whose name is a secret is told by its place without the name; nothing is found twice. */
static void names_of_places(void)
{
    msh_rules *r = rule("    find: {kind: mark}\n");
    msh_match_text t[3] = {body("秘密★5年\n"), body("绝密★长期\n"), body("机密★3年\n")};
    t[0].place.sheet = MSH_VIEW("机密★10年");
    t[1].place.sheet = MSH_VIEW("名单");
    t[1].place.name = MSH_VIEW("秘密★1年");
    t[2].place.sheet = MSH_VIEW("计算机密码");
    seen s = item(r, t, 3);
    CHECK_INT(s.n, 3);
    CHECK_VIEW(s.hits[0].place.sheet, MSH_VIEW("██████"));
    CHECK_VIEW(s.hits[1].place.sheet, MSH_VIEW("名单"));
    CHECK_VIEW(s.hits[1].place.name, MSH_VIEW("█████"));
    CHECK_VIEW(s.hits[2].place.sheet, MSH_VIEW("计算机密码"));
    CHECK_INT(s.hits[0].count, 1);
    done(r);
}

static void sums(void)
{
    msh_rules *r = rule("    find: {kind: bulk, of: [idcard, mobile], least: 3}\n"
                        "  - id: m\n    name: 名\n    category: 类\n    tier: 复核\n    basis: 无\n"
                        "    explain: 无\n    advice: 无\n    find: {kind: mobile}\n");
    CHECK_INT(one(r, "13900000001\n13900000002\n13900000002\n").n, 2);
    seen s = one(r, "13900000001\n13900000002\n13900000003\n");
    REQUIRE(s.n == 4);
    CHECK_INT(s.hits[0].tier, MSH_TIER_BLOCK);
    CHECK_INT(s.hits[0].count, 3);
    CHECK_VIEW(s.hits[0].excerpt, MSH_VIEW("3"));
    CHECK_INT(s.hits[0].place.line, 1);
    /* what is only told as INFO does not count */
    CHECK_INT(one(r, "热线13900000001\n热线13900000002\n热线13900000003\n").n, 3);
    done(r);
}

static void places(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [机密]}\n");
    msh_match_text t = body("甲\t机密\r\n乙\t机密\r丙机密");
    msh_match_anchor cells[] = {{0, 0, 5, 1}, {4, 0, 5, 2}, {12, 3, 6, 1}, {16, 0, 6, 2}};
    t.anchors = cells;
    t.n_anchors = 4;
    t.place.offset = 100;
    t.place.name = MSH_VIEW("n");
    seen s = item(r, &t, 1);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.hits[0].place.cell_row, 5);
    CHECK_INT(s.hits[0].place.cell_col, 2);
    CHECK_INT(s.hits[0].place.page, 0);
    CHECK_INT(s.hits[0].place.offset, 104);
    CHECK_VIEW(s.hits[0].place.name, MSH_VIEW("n"));
    REQUIRE(s.hits[0].n_more == 2);
    CHECK_INT(s.hits[0].more[0].cell_row, 6);
    CHECK_INT(s.hits[0].more[0].page, 3);
    CHECK_INT(s.hits[0].more[0].line, 2);
    CHECK_INT(s.hits[0].more[1].line, 3);
    CHECK_INT(s.hits[0].more[1].column, 2);
    done(r);
}

static void many(void)
{
    static char text[40000];
    msh_limits few = limits;
    msh_rules *r = rule("    find: {kind: regex, pattern: '\\d{4}号'}\n");
    size_t len = 0;
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%04d号 ", i % 50);
    few.findings = 10;
    msh_matcher_free(matcher);
    matcher = msh_matcher_new(r, &few);
    msh_match_text t = body(text);
    seen s = {0};
    msh_matcher_begin(matcher, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(matcher, &t), MSH_OK);
    CHECK_INT(msh_matcher_end(matcher, keep, &s, &s.total), MSH_OK);
    CHECK_INT(s.n, 10);
    CHECK(s.total >= 50);
    CHECK_INT(s.hits[0].count, 2);
    done(r);
}

/* {pattern, text, hits} */
static void expressions(void)
{
    static const struct {
        const char *pattern, *text;
        size_t n;
    } cases[] = {
        {"绝\\s*密", "绝 \n 密", 1},
        {"(?:密级|等级)[:\\x{ff1a}\\s]{0,4}(?:绝密|机密)", "密级：机密", 1},
        {"\\d{6,}", "12345 123456", 1},
        {"(?:^|\\D)1[3-9]\\d{9}(?:$|\\D)", "13800138000", 1},
        /* no literal, and the end of a short text counts */
        {"(?:(?:^|[/\\n])(?:\\.git[/\\n]config|cvs)|(?:^|[/\\n])(?:\\.env|id_rsa)$)", ".env", 1},
        {"(?:^|\\D)1[3-9]\\d{9}(?:$|\\D)", "138001380001", 0},
        {"[a-z0-9._-]+@[a-z.]+\\.gov\\.cn", "x someone@a.gov.cn y", 1},
        {"机密$", "机密\n甲", 1},
        {"^机密", "甲\n机密", 1},
        {"機密", "机密", 1},
        {"密+", "密密密", 1},
        {"(?:甲|乙)?机密", "乙机密", 1},
        {"(?<!非)机密", "非机密", 0},
        {"机(?=密)", "机密", 1},
        {"(机|绝)密\\1", "机密机", 1},
        {"(?i)SECRET", "a Secret b", 1},
        {"北纬\\s*\\d{1,2}[°度]", "北纬 30度", 1},
        {"第(?<n>[0-9]{2})期", "第12期", 1},
        {"[^甲]{2}密", "乙丙密", 1},
        {"x{3}y", "axxxy", 1},
        {"\\p{Han}{2}号", "文件号", 1},
        {"编号[:：]甲", "编号：甲", 1},
        {"编号[：＝．]甲", "编号=甲", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char lines[400];
        (void)snprintf(lines, sizeof lines, "    find:\n      kind: regex\n      pattern: '%s'\n",
                       cases[i].pattern);
        msh_rules *r = rule(lines);
        size_t n = one(r, cases[i].text).n;
        if (n != cases[i].n)
            printf("pattern %s\n", cases[i].pattern);
        CHECK_INT(n, cases[i].n);
        done(r);
    }
}

/* Words of near and except are folded, the written view is not. */
static void written_company(void)
{
    msh_rules *r =
        rule("    find: {kind: regex, pattern: 'AK[0-9]{4}'}\n    view: written\n"
             "    near: {any: [密钥, Key]}\n    except: {words: [AK0000], before: [例]}\n");
    CHECK_INT(one(r, "密鑰 AK1234").n, 1);
    CHECK_INT(one(r, "ＫＥＹ AK1234").n, 1);
    CHECK_INT(one(r, "无 AK1234").n, 0);
    CHECK_INT(one(r, "key AK0000").n, 0);
    CHECK_INT(one(r, "key 例 AK1234").n, 0);
    CHECK_INT(one(r, "key ak1234").n, 0);
    done(r);
}

static void groups(void)
{
    msh_rules *r = rule("    find: {kind: regex, pattern: '(?:^|\\D)(\\d{4})号', group: 1}\n");
    seen s = one(r, "第1234号");
    CHECK_INT(s.n, 1);
    CHECK_VIEW(s.hits[0].normal, MSH_VIEW("1234"));
    CHECK_INT(s.hits[0].place.offset, 3);
    done(r);
}

static void far_apart(void)
{
    /* Every literal in a long text is tried, and the time stays linear. */
    static char text[600001];
    msh_rules *r = rule("    find: {kind: regex, pattern: '密[^。]*级'}\n");
    for (size_t i = 0; i < 600000; i += 3)
        memcpy(text + i, "密", 3);
    msh_match_text t = body(text);
    msh_matcher_free(matcher);
    matcher = msh_matcher_new(r, &limits);
    msh_matcher_begin(matcher, MSH_VIEW("i"));
    msh_err err = msh_matcher_text(matcher, &t);
    CHECK(err == MSH_OK || err == MSH_E_LIMIT_REGEX);
    done(r);
}

/* `lead`, then n times "x ", then `tail`. */
static msh_match_text padded(const char *lead, size_t n, const char *tail)
{
    static char text[900000];
    size_t len = strlen(lead);
    memcpy(text, lead, len);
    for (size_t i = 0; i < n; i++, len += 2)
        memcpy(text + len, "x ", 2);
    memcpy(text + len, tail, strlen(tail));
    len += strlen(tail);
    msh_match_text t = body("");
    t.bytes = msh_view_of(text, len);
    return t;
}

static void followed(void)
{
    static const char *const patterns[] = {
        "甲方[^。]*乙方",   "(?<=是)甲方[^。]*乙方", "(?:是|为)甲方[^。]*乙方(?!案)",
        "甲方[^。]*?乙方$", "[是为]甲方.*乙方",      "甲方(?=[^。]*乙方)",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        char lines[400];
        (void)snprintf(lines, sizeof lines, "    find: {kind: regex, pattern: '%s'}\n",
                       patterns[i]);
        msh_rules *r = rule(lines);
        static const size_t lengths[] = {10, 8100, 8190, 20000, 200000};
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
            msh_match_text t = padded("这是甲方", lengths[k], "乙方");
            size_t n = item(r, &t, 1).n;
            if (n != 1)
                printf("pattern %s, %zu\n", patterns[i], lengths[k]);
            CHECK_INT(n, 1);
            t = padded("这是甲方", lengths[k], "。乙方");
            CHECK_INT(item(r, &t, 1).n, strstr(patterns[i], ".*") ? 1 : 0);
        }
        done(r);
    }
    /* What stands far before the literal. */
    msh_rules *r = rule("    find: {kind: regex, pattern: '始(?:x x ){0,900}国家秘密事项清单'}\n");
    msh_match_text t = padded("始", 1400, "国家秘密事项清单");
    CHECK_INT(item(r, &t, 1).n, 1);
    done(r);
    r = rule("    find: {kind: regex, pattern: '始[^。]*国家秘密事项清单'}\n");
    t = padded("始", 200000, "国家秘密事项清单");
    CHECK_INT(item(r, &t, 1).n, 1);
    done(r);
    r = rule("    find: {kind: regex, pattern: '[x ]+国家秘密事项清单'}\n");
    t = padded("始", 200000, "国家秘密事项清单");
    CHECK_INT(item(r, &t, 1).n, 1);
    done(r);
}

/* A match that goes on past a window and cannot be seen whole in the next is said to be lost. */
static void cut_off(void)
{
    msh_rules *r = rule("    find: {kind: regex, pattern: '甲方[^。]*乙方'}\n");
    msh_matcher *m = msh_matcher_new(r, &limits);
    seen s = {0};
    msh_match_text t = padded("甲方", 20000, "");
    t.flags = MSH_MATCH_MORE;
    msh_matcher_begin(m, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(m, &t), MSH_E_LIMIT_REGEX);
    CHECK_INT(msh_matcher_end(m, keep, &s, &s.total), MSH_OK);
    t = padded("甲方", 1000, "");
    t.flags = MSH_MATCH_MORE;
    msh_matcher_begin(m, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(m, &t), MSH_OK);
    CHECK_INT(msh_matcher_end(m, keep, &s, &s.total), MSH_OK);
    t = padded("甲方", 20000, "。");
    t.flags = MSH_MATCH_MORE;
    msh_matcher_begin(m, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(m, &t), MSH_OK);
    CHECK_INT(msh_matcher_end(m, keep, &s, &s.total), MSH_OK);
    msh_matcher_free(m);
    done(r);
}

static void own_tests(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [机密]}\n    tests:\n"
                        "      - {text: 是机密, expect: 阻断, at: 机密}\n"
                        "      - {text: 是机要, expect: none}\n");
    size_t run, failed;
    CHECK_INT(msh_rules_test(r, &limits, &run, &failed, NULL, NULL, NULL), MSH_OK);
    CHECK_INT(run, 2);
    CHECK_INT(failed, 0);
    done(r);
}

static void count_failure(void *ctx, const msh_rule_test *t)
{
    size_t *n = ctx;
    *n += 1;
    CHECK(t->line > 0);
}

static void own_tests_fail(void)
{
    msh_rules *r = rule("    find: {kind: words, any: [机密]}\n    tests:\n"
                        "      - {text: 是机密, expect: 提示}\n"
                        "      - {text: 是机密, expect: none}\n"
                        "      - {text: 是机密, expect: 阻断, at: 是机}\n"
                        "      - {text: 是机要, expect: 阻断}\n");
    size_t run, failed, told = 0;
    CHECK_INT(msh_rules_test(r, &limits, &run, &failed, count_failure, &told, NULL), MSH_OK);
    CHECK_INT(run, 4);
    CHECK_INT(failed, 4);
    CHECK_INT(told, 4);
    done(r);
}

/* Escapes far apart in a long text, in short lines and in one line without an end: each is found at
 * its place, once; a blank that is written as an escape parts a word, one beside markup does not
 * matter. */
static void escapes_far_apart(void)
{
    static const char *const ways[] = {"\\u79d8\\u5bc6", "&#31192;&#23494;", "秘&nbsp;密",
                                       "%E7%A7%98%E5%AF%86"};
    enum { LENGTH = 60000 };
    msh_rules *r = rule("    find: {kind: words, any: [秘密]}\n    tests:\n"
                        "      - {text: 秘密, expect: 阻断}\n      - {text: 无, expect: none}\n");
    char *text = malloc(LENGTH + 100);
    REQUIRE(text != NULL);
    for (size_t w = 0; w < 4; w++)
        for (size_t line = 50; line <= LENGTH; line += LENGTH - 50)
            for (size_t at = 0; at < LENGTH; at += 7321) {
                for (size_t i = 0; i < LENGTH; i++)
                    text[i] = i % line == line - 1 ? '\n' : 'x';
                memcpy(text + 13 * 50, "<p>&emsp;&emsp;</p>", 19);
                memcpy(text + LENGTH - 100, "&copy;", 6);
                memcpy(text + at, ways[w], strlen(ways[w]));
                text[LENGTH] = 0;
                seen s = one(r, text);
                CHECK_INT(s.n, 1);
                CHECK_INT(s.n ? s.hits[0].count : 0, 1);
                CHECK_INT(s.n ? s.hits[0].place.offset : 0, at);
                CHECK_INT(s.n ? s.hits[0].place.line : 0, at / line + 1);
            }
    free(text);
    msh_matcher_free(matcher);
    matcher = NULL;
    msh_rules_free(r);
}

int main(void)
{
    msh_limits_default(&limits);
    RUN(words);
    RUN(the_gravest_place_comes_first);
    RUN(joined);
    RUN(written);
    RUN(charsets);
    RUN(context);
    RUN(positions);
    RUN(counts);
    RUN(windows);
    RUN(lists_over_windows);
    RUN(names_of_places);
    RUN(company_over_windows);
    RUN(sums);
    RUN(places);
    RUN(many);
    RUN(expressions);
    RUN(written_company);
    RUN(groups);
    RUN(far_apart);
    RUN(followed);
    RUN(cut_off);
    RUN(escapes_far_apart);
    RUN(own_tests);
    RUN(own_tests_fail);
    msh_matcher_free(matcher);
    return check_result();
}
