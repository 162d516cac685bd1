/* kind_weblink.c: hidden links, foreign scripts, forms in the clear; hosts that are known pass. */
#include "kind.h"

extern const msh_kind msh_kind_weblink;

static size_t count(kind_bench *b, const char *text)
{
    bench_text(b, text);
    return b->n;
}

static void test_hidden(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_weblink, "what=hidden;known=partner.example,"));
    CHECK_INT(count(&b, "<div style='display:none'><a href='http://a.bad.net/'>x</a><a "
                        "href=//b.bad.net>y</a></div>"),
              2);
    CHECK_STR(b.found[0].normal, "a.bad.net");
    CHECK_STR(b.found[0].excerpt, "a.b**.net");
    CHECK_INT(count(&b, "<a href='http://a.bad.net/' style='position:absolute;top:-2000px'>x</a>"),
              1);
    CHECK_INT(count(&b, "<font style='font-size:0'><a href='http://a.bad.net/'>x</a></font>"), 1);
    CHECK_INT(
        count(&b, "<div style='display:none'><a href='http://www.partner.example/'>x</a></div>"),
        0);
    CHECK_INT(count(&b, "<div style='display:none'><a href='http://x.gov.cn/'>x</a></div>"), 0);
    CHECK_INT(count(&b, "<div style='display:none'><a href='http://xgov.cn/'>x</a></div>"), 1);
    CHECK_INT(count(&b, "<div style='display:none'><a href='/a'>x</a></div>"), 0);
    CHECK_INT(count(&b, "<div style='display:none'></div><a href='http://a.bad.net/'>x</a>"), 0);
    CHECK_INT(count(&b, "<div style='height:10px'><a href='http://a.bad.net/'>x</a></div>"), 0);
    CHECK_INT(count(&b, "display:none <a href='http://a.bad.net/'>x</a>"), 0);
    CHECK_INT(count(&b, "<div style='display:none"), 0);
    bench_close(&b);
}

static void test_scripts_and_forms(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_weblink, "what=script"));
    CHECK_INT(count(&b, "<script src='http://j.bad.net/a.js'></script>"), 1);
    CHECK_INT(count(&b, "<script data-src='http://j.bad.net/a.js'></script>"), 0);
    CHECK_INT(count(&b, "<script src='https://cdn.jsdelivr.net/a.js'></script>"), 0);
    CHECK_INT(count(&b, "<script src=a.js></script><script src="), 0);
    bench_close(&b);
    REQUIRE(bench_open(&b, &msh_kind_weblink, "what=form"));
    CHECK_TIER(&b, "<form action='http://a.cn/'><input name=q></form>", "INFO");
    CHECK_INT(count(&b, "<form action='http://a.cn/'><input type=password></form>"), 1);
    CHECK_INT(b.found[0].tier, 0); /* the rule's */
    CHECK_INT(count(&b, "<form action='https://a.cn/'><input type=password></form>"), 0);
    bench_close(&b);
    CHECK(!bench_open(&b, &msh_kind_weblink, "what=other"));
    bench_close(&b);
}

/* Many tags that are never closed stay linear. */
static void test_hostile(void)
{
    enum { SIZE = 1 << 18 };
    char *text = msh_alloc(SIZE + 16);
    static const char *const pieces[] = {"<div style='display:none'>", "display:none", "<a ", "<",
                                         "left:-9999<"};
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_weblink, "what=hidden"));
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        size_t n = 0, len = strlen(pieces[p]);
        while (n + len < SIZE) {
            memcpy(text + n, pieces[p], len);
            n += len;
        }
        text[n] = 0;
        CHECK_INT(count(&b, text), 0);
    }
    bench_close(&b);
    msh_free(text);
}

int main(void)
{
    RUN(test_hidden);
    RUN(test_scripts_and_forms);
    RUN(test_hostile);
    return check_result();
}
