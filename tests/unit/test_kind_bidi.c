/* kind_bidi.c: letters under a right-to-left override, through the matcher that makes the view. */
#include "base/mem.h"
#include "check.h"

#include "rule/matcher.h"

static const char pack[] =
    "format: 1\npack: {id: t, version: \"1\"}\nrules:\n  - id: r\n    name: 名\n    category: 类\n"
    "    tier: 复核\n    basis: 无\n    explain: 无\n    advice: 无\n    find: {kind: bidi}\n";

static msh_rules *rules;
static msh_limits limits;

typedef struct seen {
    size_t n;
    uint64_t offset;
    uint32_t length;
} seen;

static msh_err keep(void *ctx, const msh_hit *h)
{
    seen *s = ctx;
    s->n++;
    s->offset = h->place.offset;
    s->length = h->length;
    return MSH_OK;
}

static seen look(msh_view bytes, msh_charset cs)
{
    seen s = {0};
    uint64_t total;
    msh_matcher *m = msh_matcher_new(rules, &limits);
    REQUIRE(m != NULL);
    msh_match_text t = {.bytes = bytes, .charset = cs};
    msh_matcher_begin(m, MSH_VIEW("x"));
    CHECK_INT(msh_matcher_text(m, &t), MSH_OK);
    CHECK_INT(msh_matcher_end(m, keep, &s, &total), MSH_OK);
    msh_matcher_free(m);
    return s;
}

#define RLO "\xE2\x80\xAE"
#define PDF "\xE2\x80\xAC"

static void found_where_it_stands(void)
{
    seen s = look(MSH_VIEW("第一行\n甲乙" RLO "年01★密机" PDF "丙丁\n末行"), MSH_CS_UTF8);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.offset, 19);
    CHECK_INT(s.length, 14);
    s = look(MSH_VIEW(RLO "到行末为止没有结束\n下一行"), MSH_CS_UTF8);
    CHECK_INT(s.n, 1);
    CHECK_INT(s.offset, 3);
    CHECK_INT(s.length, 27);
}

static void other_charsets(void)
{
    static const uint8_t wide[] = {0x2E, 0x20, 0x74, 0x5E, 0x31, 0,    0x30, 0,
                                   0x05, 0x26, 0xC6, 0x5B, 0x3A, 0x67, 0,    0};
    CHECK_INT(look(msh_view_of(wide, 14), MSH_CS_UTF16LE).n, 1);
}

static void left_alone(void)
{
    CHECK_INT(look(MSH_VIEW("甲" RLO "!?" PDF "后面是正常的文字"), MSH_CS_UTF8).n, 0);
    CHECK_INT(look(MSH_VIEW("没有控制符的一行文字12345"), MSH_CS_UTF8).n, 0);
    CHECK_INT(look(MSH_VIEW("\xE2\x80\x8F希伯来文标记后的文字"), MSH_CS_UTF8).n, 0);
    CHECK_INT(look(MSH_VIEW(RLO), MSH_CS_UTF8).n, 0);
}

/* A megabyte of overrides stays linear. */
static void hostile(void)
{
    enum { SIZE = 1 << 20 };
    char *text = msh_alloc(SIZE);
    static const char *const pieces[] = {RLO, RLO "一二三四", RLO "一二三四\n", "一" RLO "二" PDF};
    REQUIRE(text != NULL);
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        size_t n = 0, len = strlen(pieces[p]);
        for (; n + len <= SIZE; n += len)
            memcpy(text + n, pieces[p], len);
        CHECK(look(msh_view_of((const uint8_t *)text, n), MSH_CS_UTF8).n <= 100);
    }
    msh_free(text);
}

int main(void)
{
    msh_error why = {0};
    msh_limits_default(&limits);
    msh_pack_source p = {.name = "t.yaml", .bytes = msh_view_str(pack)};
    REQUIRE(msh_rules_load(&p, 1, &limits, NULL, NULL, &rules, &why) == MSH_OK);
    RUN(found_where_it_stands);
    RUN(other_charsets);
    RUN(left_alone);
    RUN(hostile);
    msh_rules_free(rules);
    return check_result();
}
