/* Registers of digests: titles are found however they are written, wrong keys are refused, work is
 * bounded. */
#include "check.h"

#include "base/buf.h"
#include "crypto/digest.h"
#include "rule/matcher.h"
#include "rule/pack.h"
#include "rule/register.h"

static msh_limits limits;
static msh_error why;
static msh_buf book;
static const uint8_t key[32] = "01234567890123456789012345678901", other[32] = "x";
static const uint8_t salt[16] = "saltsaltsaltsal";

static const char pack[] =
    "format: 1\npack: {id: p, version: \"1\"}\nrules:\n  - id: r\n    name: 名\n    category: 类\n"
    "    tier: 阻断\n    basis: 据\n    explain: 说\n    advice: 办\n"
    "    find: {kind: digest, file: a.register}\n";

static void write_book(const char *const *titles, size_t n, const char *until)
{
    msh_register_keys k;
    msh_register_derive(key, msh_view_of(salt, 16), &k);
    msh_buf_reset(&book);
    msh_register_put_head(&book, &k, msh_view_of(salt, 16));
    for (size_t i = 0; i < n; i++)
        CHECK(msh_register_put(&book, &k, msh_view_str(titles[i]), msh_view_str(until)));
}

static msh_err list(void *ctx, const char *name, msh_view file, msh_buf *out, msh_error *w)
{
    (void)ctx;
    (void)name;
    (void)w;
    CHECK_VIEW(file, MSH_VIEW("a.register"));
    msh_buf_put_view(out, msh_buf_view(&book));
    return MSH_OK;
}

static msh_rules *load(const uint8_t *k)
{
    msh_rules *r = NULL;
    msh_pack_source p = {.name = "t.yaml", .bytes = msh_view_str(pack), .register_key = k};
    why = (msh_error){0};
    msh_err err = msh_rules_load(&p, 1, &limits, list, NULL, &r, &why);
    CHECK(err == MSH_OK || err == MSH_E_RULES);
    return r;
}

typedef struct found {
    size_t n;
    uint64_t offset;
    uint32_t length;
    char excerpt[100];
} found;

static msh_err keep(void *ctx, const msh_hit *h)
{
    found *f = ctx;
    f->n += h->count;
    f->offset = h->place.offset;
    f->length = h->length;
    (void)snprintf(f->excerpt, sizeof f->excerpt, "%.*s", (int)h->excerpt.len,
                   (const char *)h->excerpt.data);
    return MSH_OK;
}

static found look(const msh_rules *r, msh_view text, msh_err want)
{
    found f = {0};
    uint64_t total;
    msh_matcher *m = msh_matcher_new(r, &limits);
    REQUIRE(m != NULL);
    msh_match_text t = {.bytes = text, .charset = MSH_CS_UTF8};
    msh_matcher_begin(m, MSH_VIEW("i"));
    CHECK_INT(msh_matcher_text(m, &t), want);
    CHECK_INT(msh_matcher_end(m, keep, &f, &total), MSH_OK);
    msh_matcher_free(m);
    return f;
}

static size_t times(const msh_rules *r, const char *text)
{
    return look(r, msh_view_str(text), MSH_OK).n;
}

static const char *const titles[] = {"关于调整沿海观测站布局的通知", "海保发〔2026〕17号",
                                     "Project Blue-Heron 2026"};

static void finding(void)
{
    write_book(titles, 3, "");
    CHECK(msh_view_find(msh_buf_view(&book), MSH_VIEW("沿海"), 0) == SIZE_MAX);
    CHECK(msh_view_find(msh_buf_view(&book), MSH_VIEW("2026"), 0) == SIZE_MAX);
    msh_rules *r = load(key);
    if (!r)
        printf("%s\n", why.text);
    REQUIRE(r != NULL);
    CHECK_INT(times(r, "关于调整沿海观测站布局的通知"), 1);
    CHECK_INT(times(r, "根据《关于调整沿海观测站布局的通知》（海保发[2026]17号）要求"), 2);
    CHECK_INT(times(r, "關於調整沿海觀測站佈局的通知"), 1);
    CHECK_INT(times(r, "关于调整\n  沿海观测站　布局\n的 通 知\n"), 1);
    CHECK_INT(times(r, "海保发〔２０２６〕１７号"), 1);
    CHECK_INT(times(r, "PROJECT BLUE HERON (2026)"), 1);
    CHECK_INT(times(r, "甲乙关于调整沿海观测站布局的通知丙丁"), 1);
    CHECK_INT(times(r, "关于调整沿海观测站布局的通告"), 0);
    CHECK_INT(times(r, "关于沿海观测站布局的通知"), 0);
    CHECK_INT(times(r, "海保发〔2026〕18号"), 0);
    CHECK_INT(times(r, "沿海观测站布局的通知"), 0);
    CHECK_INT(times(r, "关于调整沿海观测站布局的"), 0);
    found f = look(r, MSH_VIEW("见《关于调整沿海\n观测站布局的通知》。"), MSH_OK);
    CHECK_INT(f.offset, 6);
    CHECK_INT(f.length, 14 * 3 + 1);
    CHECK_STR(f.excerpt, "██████████████");
    msh_rules_free(r);
}

static void days(void)
{
    write_book(titles, 3, "2026-12-31");
    msh_rules *r = load(key);
    REQUIRE(r != NULL);
    CHECK_INT(times(r, titles[0]), 1);
    msh_rules_use(r, 20261231, MSH_MEDIUM_ANY);
    CHECK_INT(times(r, titles[0]), 1);
    msh_rules_use(r, 20270101, MSH_MEDIUM_ANY);
    CHECK_INT(times(r, titles[0]), 0);
    msh_rules_free(r);
}

static void refused(const uint8_t *k, const char *part)
{
    msh_rules *r = load(k);
    CHECK(r == NULL);
    if (!strstr(why.text, part) || !strstr(why.text, "t.yaml:11:"))
        printf("%s\n", why.text);
    CHECK(strstr(why.text, part) && strstr(why.text, "t.yaml:11:"));
    msh_rules_free(r);
}

static void faults(void)
{
    write_book(titles, 3, "");
    refused(other, "钥匙");
    refused(NULL, "没有登记簿的钥匙");
    static const char *const lines[] = {"12 00000000 00\n",
                                        "5 00000000 00000000000000000000000000000000\n",
                                        "201 00000000 00000000000000000000000000000000\n",
                                        "1x 00000000 00000000000000000000000000000000\n",
                                        "12 00000000 00000000000000000000000000000000 2026-02-30\n",
                                        "12 0000000g 00000000000000000000000000000000\n",
                                        "标题\n",
                                        "salt 00000000000000000000000000000000\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        write_book(titles, 1, "");
        msh_buf_put_str(&book, lines[i]);
        refused(key, "第 5 行");
    }
    msh_buf_reset(&book);
    refused(key, "第 0 行");
    msh_buf_put_str(&book, "mishen-register 2\n");
    refused(key, "第 1 行");
    write_book(titles, 0, "");
    refused(key, "第 3 行");
    msh_register_keys k;
    msh_register_derive(key, msh_view_of(salt, 16), &k);
    CHECK(!msh_register_put(&book, &k, MSH_VIEW("五个字的题"), MSH_VIEW("")));
    CHECK(!msh_register_put(&book, &k, MSH_VIEW("，，，，，，，，"), MSH_VIEW("")));
    static char longest[700];
    for (size_t i = 0; i < 201; i++)
        memcpy(longest + 3 * i, "字", 3);
    CHECK(!msh_register_put(&book, &k, msh_view_of(longest, 603), MSH_VIEW("")));
    CHECK(msh_register_put(&book, &k, msh_view_of(longest, 600), MSH_VIEW("")));
}

/* A text of nothing but the middle of a title is not wholly read, and says so. */
static void hostile(void)
{
    static char text[900001];
    write_book((const char *const[]){"一一一一一一一一一二", "一一一一一一一一三"}, 2, "");
    msh_rules *r = load(key);
    REQUIRE(r != NULL);
    for (size_t i = 0; i < 900000; i += 3)
        memcpy(text + i, "一", 3);
    (void)look(r, msh_view_of(text, 900000), MSH_E_LIMIT_REGEX);
    CHECK_INT(look(r, msh_view_of(text, 90000), MSH_OK).n, 0);
    /* Punctuation without end inside a title is none. */
    memset(text, '.', 9000);
    memcpy(text, "一一一一一一一", 21);
    memcpy(text + 8000, "一一二", 9);
    CHECK_INT(look(r, msh_view_of(text, 9000), MSH_OK).n, 0);
    msh_rules_free(r);
}

/* The digests are what register.h says, by libcrypto. */
static void peers(void)
{
    msh_register_keys k;
    uint8_t own[32], mac_key[32], mac[32], got[16];
    char text[34] = "mishen-register 1 ";
    memcpy(text + 18, salt, 16);
    REQUIRE(msh_hmac_sm3(msh_view_of(key, 32), msh_view_of(text, 34), own) == MSH_OK);
    REQUIRE(msh_hmac_sm3(msh_view_of(own, 32), MSH_VIEW("mac"), mac_key) == MSH_OK);
    REQUIRE(msh_hmac_sm3(msh_view_of(mac_key, 32), MSH_VIEW("海保发202617号"), mac) == MSH_OK);
    msh_register_derive(key, msh_view_of(salt, 16), &k);
    msh_register_mac(&k, MSH_VIEW("海保发202617号"), got);
    CHECK(memcmp(got, mac, 16) == 0);
}

int main(void)
{
    msh_limits_default(&limits);
    msh_buf_init(&book, 1 << 20);
    RUN(finding);
    RUN(days);
    RUN(faults);
    RUN(hostile);
    RUN(peers);
    msh_buf_dispose(&book);
    return check_result();
}
