/* Rule packs: what loads, and that every fault is refused at its line. */
#include "check.h"

#include "base/buf.h"
#include "base/mem.h"
#include "rule/pack.h"

static msh_limits limits;
static msh_error why;

#define HEAD "format: 1\npack: {id: p, version: \"1\"}\nrules:\n"
#define RULE(id)                                                                                   \
    "  - id: " id "\n    name: n\n    category: c\n    tier: 提示\n    basis: b\n"               \
    "    explain: e\n    advice: a\n"
#define WORDS "    find: {kind: words, any: [机密]}\n"

static msh_err list(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *w)
{
    (void)pack;
    (void)w;
    CHECK_VIEW(file, MSH_VIEW("words.csv"));
    msh_buf_put_str(out, ctx);
    return MSH_OK;
}

static msh_err load(msh_view bytes, const char *csv, msh_rules **r)
{
    msh_pack_source p = {.name = "rules/t.yaml", .bytes = bytes};
    why = (msh_error){0};
    return msh_rules_load(&p, 1, &limits, csv ? list : NULL, (void *)csv, r, &why);
}

static void good(const char *text)
{
    msh_rules *r = NULL;
    CHECK_INT(load(msh_view_str(text), NULL, &r), MSH_OK);
    if (!r)
        printf("%s\n", why.text);
    msh_rules_free(r);
}

/* where: "line:column", part of the message */
static void bad_bytes(msh_view bytes, const char *where, const char *part)
{
    msh_rules *r = NULL;
    CHECK_INT(load(bytes, NULL, &r), MSH_E_RULES);
    CHECK(r == NULL);
    char want[100];
    (void)snprintf(want, sizeof want, "rules/t.yaml:%s: 错误：", where);
    if (!strstr(why.text, want) || !strstr(why.text, part) || !strstr(why.text, " / error: ")) {
        printf("message: %s, want %s … %s\n", why.text, want, part);
        CHECK(!"the message names place and fault");
    }
    CHECK(msh_view_is_utf8(msh_view_str(why.text)));
}

static void bad(const char *text, const char *where, const char *part)
{
    bad_bytes(msh_view_str(text), where, part);
}

static void info(void)
{
    msh_rules *r;
    REQUIRE(
        load(MSH_VIEW("format: 1\n"
                      "pack: {id: gov, version: \"2.1\", publisher: 某局, effective: 2026-11-01}\n"
                      "rules:\n"
                      "  - id: a.b\n    name: 名\n    name_en: name\n    category: 个人信息\n"
                      "    tier: BLOCK\n    basis: 法\n    explain: 说明\n    explain_en: why\n"
                      "    advice: 办法\n    advice_en: do\n"
                      "    find: {kind: words, any: [机密]}\n"
                      "    where: {position: head}\n"
                      "    tests:\n      - {text: 机密, expect: 阻断, at: 机密}\n" RULE("c") WORDS),
             NULL, &r) == MSH_OK);
    CHECK_INT(msh_rules_count(r), 2);
    CHECK_INT(msh_rules_packs(r), 1);
    msh_rule_info i;
    msh_rules_info(r, 0, &i);
    CHECK_VIEW(i.id, MSH_VIEW("a.b"));
    CHECK_VIEW(i.name, MSH_VIEW("名"));
    CHECK_VIEW(i.name_en, MSH_VIEW("name"));
    CHECK_VIEW(i.advice_en, MSH_VIEW("do"));
    CHECK_VIEW(i.explain_en, MSH_VIEW("why"));
    CHECK_VIEW(i.pack, MSH_VIEW("gov"));
    CHECK_VIEW(i.pack_version, MSH_VIEW("2.1"));
    CHECK_VIEW(i.kind, MSH_VIEW("words"));
    CHECK_INT(i.tier, MSH_TIER_BLOCK);
    CHECK_INT(i.n_tests, 1);
    msh_pack_info p;
    msh_rules_pack_info(r, 0, &p);
    CHECK_VIEW(p.publisher, MSH_VIEW("某局"));
    CHECK_VIEW(p.effective, MSH_VIEW("2026-11-01"));
    CHECK_INT(p.n_rules, 2);
    msh_rules_free(r);
}

static void accepted(void)
{
    good(HEAD RULE("r") WORDS);
    good("\xef\xbb\xbf" HEAD RULE("r") WORDS);
    good("format: 1\r\npack: {id: p, version: '1'}\r\nrules:\r\n  - {id: r, name: n, category: c, "
         "tier: INFO, basis: b, explain: e, advice: a, find: {kind: words, any: [x]}}\r\n");
    good(HEAD RULE("r") "    find:\n      kind: words\n      any:\n        - '机密：'\n");
    good(HEAD RULE("r") WORDS "    near: {any: [文件], within: 3}\n    except: {before: [例如], "
                              "quoted: true}\n    count: 3\n    distinct: true\n");
    good(HEAD RULE("r") "    find: {kind: regex, pattern: '机\\s*密'}\n");
    good("# 注释：说明\n" HEAD RULE("r") WORDS);
}

static void encodings(void)
{
    bad_bytes(MSH_VIEW("\xff\xfe"
                       "f\0o\0"),
              "1:1", "UTF-16");
    bad_bytes(MSH_VIEW("\xbb\xfa\xc3\xdc\xff\xfe"), "1:1", "GBK");
    bad_bytes(MSH_VIEW("format: 1\n机\xbb\xfa\n"), "2:2", "GBK");
    bad_bytes(MSH_VIEW("format: 1\nx\0y\n"), "2:2", "空字节");
    bad("", "1:1", "空");
    bad("# 只有注释\n", "1:1", "空");
    bad("机密\n绝密\n", "1:1", "format: 1");
    bad("(a+)+$\n(a|aa)+$\n(.*a){25}\n([机密\\s]*)*★\n", "1:1", "format: 1");
    bad("format: 1\x01\n", "1:10", "YAML");
}

static void yaml(void)
{
    bad("format: 1\npack: &a {id: p}\n", "2:7", "锚点");
    bad("format: !!int 1\n", "1:9", "标签");
    bad("format: 1\npack: *a\n", "2:7", "别名");
    bad("format: 1\nformat: 1\n", "2:1", "重复");
    bad("%YAML 1.1\n---\nformat: 1\n", "1:1", "指令");
    bad(HEAD RULE("r") WORDS "---\nformat: 1\n", "12:1", "一个文档");
    bad("format: 1\npack: [[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]\n", "2:22", "嵌套");
    bad("? [a]\n: b\n", "1:3", "键必须");
    bad("format: 1\n  pack: x\n", "2:7", "YAML");
    bad("format：1\npack: x\n", "1:7", "全角冒号");
    bad(HEAD "  - id：r\n", "4:7", "全角冒号");
    bad(HEAD "  - {id: r, name：x}\n", "4:17", "全角冒号");
}

static void packs(void)
{
    bad("format: 2\npack: {id: p, version: '1'}\nrules: []\n", "1:1", "format: 1");
    bad("pack: {id: p, version: '1'}\n", "1:1", "format: 1");
    bad("format: 1\nrules: []\n", "1:1", "pack");
    bad("format: 1\npack: {id: p}\nrules: []\n", "2:7", "version");
    bad("format: 1\npack: {id: P 1, version: '1'}\nrules: []\n", "2:12", "id");
    bad("format: 1\npack: {id: p, version: '1'}\n", "1:1", "没有规则");
    bad("format: 1\npack: {id: p, version: '1'}\nrules: []\n", "3:8", "没有规则");
    bad("format: 1\npack: {id: p, version: '1', x: y}\nrules:\n" RULE("r") WORDS, "2:29",
        "不认识的键 x");
    bad(HEAD RULE("r") WORDS RULE("r") WORDS, "12:9", "在 rules/t.yaml:4 用过");
    msh_pack_source twice[2] = {{.name = "a", .bytes = MSH_VIEW(HEAD RULE("r") WORDS)},
                                {.name = "b", .bytes = MSH_VIEW(HEAD RULE("s") WORDS)}};
    msh_rules *r;
    CHECK_INT(msh_rules_load(twice, 2, &limits, NULL, NULL, &r, &why), MSH_E_RULES);
    CHECK_INT(msh_rules_load(twice, 0, &limits, NULL, NULL, &r, &why), MSH_E_RULES);
}

static void rules(void)
{
    bad(HEAD "  - x\n", "4:5", "键");
    bad(HEAD "  - {id: r}\n", "4:5", "name");
    bad(HEAD "  - {id: r, name: n, category: c, basis: b, explain: e, advice: a}\n", "4:5", "tier");
    bad(HEAD "  - {id: r, name: n, category: c, basis: b, explain: e, advice: a, tier: 高}\n",
        "4:74", "阻断");
    bad(HEAD RULE("r"), "4:5", "find");
    bad(HEAD RULE("r") "    find: {any: [x]}\n", "11:11", "kind");
    bad(HEAD RULE("r") "    find: {kind: nothing}\n", "11:18", "没有这种");
    bad(HEAD RULE("r") "    find: {kind: words}\n", "11:11", "any");
    bad(HEAD RULE("r") "    find: {kind: words, any: []}\n", "11:30", "any");
    bad(HEAD RULE("r") "    find: {kind: words, any: [x, '']}\n", "11:34", "词为空");
    bad(HEAD RULE("r") "    find: {kind: words, any: [x], more: 1}\n", "11:35", "不认识的键 more");
    bad(HEAD RULE("r") "    find: {kind: words, any: [[x]]}\n", "11:31", "词为空");
    bad(HEAD RULE("r") WORDS "    where: {position: top}\n", "12:23", "position");
    bad(HEAD RULE("r") WORDS "    where: {place: head}\n", "12:13", "不认识的键 place");
    bad(HEAD RULE("r") WORDS "    near: {within: 3}\n", "12:11", "any");
    bad(HEAD RULE("r") WORDS "    near: {any: [x], within: x}\n", "12:30", "整数");
    bad(HEAD RULE("r") WORDS "    near: {any: [x], within: 0}\n", "12:30", "范围");
    bad(HEAD RULE("r") WORDS "    except: {quoted: maybe}\n", "12:22", "true");
    bad(HEAD RULE("r") WORDS "    view: upside-down\n", "12:11", "view");
    bad(HEAD RULE("r") WORDS "    count: 0\n", "12:12", "范围");
    bad(HEAD RULE("r") WORDS "    tests:\n      - {text: x}\n", "13:9", "expect");
    bad(HEAD RULE("r") WORDS "    tests:\n      - {text: x, expect: 提示, role: nose}\n", "13:37",
        "role");
    bad(HEAD RULE("r") WORDS "    tests:\n      - x\n", "13:9", "测试");
}

static void pattern(const char *p, const char *part)
{
    char text[2000];
    (void)snprintf(text, sizeof text, HEAD RULE("r") "    find: {kind: regex, pattern: '%s'}\n", p);
    bad(text, "11:34", part);
}

static void expressions(void)
{
    pattern("(", "有误");
    pattern("[z-a]", "有误");
    pattern(".*", "空文字");
    pattern("x*", "空文字");
    pattern("(?=a)", "空文字");
    pattern("a|", "空文字");
    pattern("(机密){65535}", "重复次数");
    pattern("((a{1001}))", "重复次数");
    pattern("((a{1000}){1000}){1000}", "有误");
    pattern("((ab|cd){500}){100}", "有误");
    pattern("(a+)+$", "极慢");
    pattern("(a|aa)+$", "极慢");
    pattern("(.*a){25}", "极慢");
    pattern("([机密\\s]*)*★", "极慢");
    pattern("(密|密密)+级", "极慢");
    bad(HEAD RULE("r") "    find: {kind: regex}\n", "11:11", "pattern");
    bad(HEAD RULE("r") "    find: {kind: regex, pattern: x, group: 1}\n", "11:34", "group");
}

static void lists(void)
{
    msh_rules *r = NULL;
    msh_view pack = MSH_VIEW(HEAD RULE("r") "    find: {kind: list, file: words.csv}\n");
    CHECK_INT(load(pack, "词,级别\n\"内部,资料\",提示\n# 注\n\n机密\r\n", &r), MSH_OK);
    msh_rules_free(r);
    CHECK_INT(load(pack, "词\n# 无\n", &r), MSH_E_RULES);
    CHECK(strstr(why.text, "没有词") != NULL);
    CHECK_INT(load(pack, "\xbb\xfa\n", &r), MSH_E_RULES);
    CHECK(strstr(why.text, "UTF-8") != NULL);
    CHECK_INT(load(pack, "机密\n\xe2\x80\x8b\n", &r), MSH_E_RULES);
    CHECK(strstr(why.text, "第 2 行") != NULL);
    CHECK_INT(load(pack, NULL, &r), MSH_E_RULES);
}

static void many_words(void)
{
    msh_buf b;
    msh_rules *r = NULL;
    msh_buf_init(&b, 64 << 20);
    msh_buf_put_str(&b, HEAD RULE("r") "    find:\n      kind: words\n      any:\n");
    for (int i = 0; i < 20000; i++)
        msh_buf_printf(&b, "        - '内部%05d号'\n", i);
    CHECK_INT(load(msh_buf_view(&b), NULL, &r), MSH_OK);
    msh_rules_free(r);
    limits.rule_file = 1000;
    CHECK_INT(load(msh_buf_view(&b), NULL, &r), MSH_E_RULES);
    CHECK(strstr(why.text, "rule-file") != NULL);
    msh_limits_default(&limits);
    /* As many entries as fit into a file of the greatest size: refused, not swallowed. */
    while (b.len < 16000000)
        msh_buf_put_str(&b, "        - a\n");
    CHECK_INT(load(msh_buf_view(&b), NULL, &r), MSH_E_RULES);
    CHECK(strstr(why.text, "过多") != NULL);
    msh_buf_dispose(&b);
}

static void cut_off(void)
{
    /* Every beginning of a pack is refused or loads, and nothing is lost. */
    static const char text[] = HEAD RULE("r") "    find: {kind: regex, pattern: '机\\s*密'}\n"
                                              "    tests:\n      - {text: 机 密, expect: 提示}\n";
    for (size_t n = 0; n < sizeof text; n++) {
        msh_rules *r = NULL;
        msh_err err = load(msh_view_of(text, n), NULL, &r);
        CHECK(err == MSH_OK || err == MSH_E_RULES);
        CHECK((err == MSH_OK) == (r != NULL));
        msh_rules_free(r);
    }
}

static void faults(void)
{
#ifdef MSH_TEST_FAULTS
    msh_view text =
        MSH_VIEW(HEAD RULE("r") "    find: {kind: regex, pattern: '机密号'}\n" RULE("s") WORDS);
    for (unsigned long n = 1; n < 200; n++) {
        msh_rules *r = NULL;
        (void)msh_mem_fail_at(n);
        msh_err err = load(text, NULL, &r);
        (void)msh_mem_fail_at(0);
        CHECK((err == MSH_OK) == (r != NULL));
        msh_rules_free(r);
    }
#endif
}

int main(void)
{
    msh_limits_default(&limits);
    RUN(info);
    RUN(accepted);
    RUN(encodings);
    RUN(yaml);
    RUN(packs);
    RUN(rules);
    RUN(expressions);
    RUN(lists);
    RUN(many_words);
    RUN(cut_off);
    RUN(faults);
    return check_result();
}
