/* html: what a reader of a page sees, and what he does not (domain.md section 6). */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "extract_dump.h"

#include "extract/html.h"

#include <time.h>

typedef struct row {
    const char *page, *want;
} row;

static void run_rows(const row *rows, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        dump d;
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_str(rows[i].page), name), MSH_OK);
        CHECK(dump_has(&d, rows[i].want));
        if (!dump_has(&d, rows[i].want))
            printf("  %s\n  → %s\n  got %.*s\n", rows[i].page, rows[i].want, (int)d.log.len,
                   (const char *)d.log.data);
        dump_end(&d);
    }
}

#define RUN_ROWS(rows, name) run_rows(rows, sizeof rows / sizeof rows[0], name)

static void flow_of_text(void)
{
    static const row rows[] = {
        {"<p>绝<b>密</b>★<i>10</i>年</p>", "body|a.html||绝密★10年\n"},
        {"<p>机<!-- x -->密★</p>", "body|a.html||机密★\n"},
        {"<p>\n  机密★10年\n  </p><p>第二段</p>", "body|a.html||机密★10年\n第二段\n"},
        {"<p>a  \n b<br>c</p>", "body|a.html||a b\nc\n"},
        {"<pre>a\n  b</pre>", "body|a.html||a\n  b\n"},
        {"<table><tr><td><p>姓名</p></td><td>证件</td></tr><tr><td></td><td>李</td></tr></table>",
         "body|a.html||姓名\t证件\n\t李\n"},
        {"<p>1<x-y>2</x-y>3", "body|a.html||123"},
        {"a < b & c <3 &unknown; &", "body|a.html||a < b & c <3 &unknown; &"},
        {"<ruby>绝<rt>jue</rt>密<rt>mi</rt></ruby>", "body|a.html||绝密\n"},
        {"<ruby>绝<rt>jue</rt>密<rt>mi</rt></ruby>", "body|a.html|ruby|绝jue密mi\n"},
        {"<textarea>机密<b>★</textarea>x", "body|a.html||机密<b>★\nx"},
        {"<noscript><p>机密★</p></noscript>", "body|a.html||机密★\n"},
        {"<template><p>机密★</p></template>", "body|a.html||机密★\n"},
        {"<P CLASS=x>机密</P>★", "body|a.html||机密\n★"},
        {"<p>机密<![CDATA[★10年]]>", "★10年"},
    };
    RUN_ROWS(rows, "a.html");
}

static void references(void)
{
    static const row rows[] = {
        {"<p>&#26426;&#x5BC6;&starf;", "body|a.html||机密★"},
        {"<p>&#26426&#23494 x", "body|a.html||机密 x"},
        {"<p>a&amp;b&lt;c&gt;d&quot;", "body|a.html||a&b<c>d\""},
        {"<p>a&ampb", "body|a.html||a&b"},
    };
    RUN_ROWS(rows, "a.html");
}

static void hidden_places(void)
{
    static const row rows[] = {
        {"<title>机密&#9733;</title>", "meta|a.html||机密★\n"},
        {"<meta name=k content='机密★'>", "meta|a.html||机密★\n"},
        {"<!-- 机<b>密</b>★ -->", "comment|a.html|| 机密★"},
        {"<!--[if IE]><p>机密★</p><![endif]-->", "机密★\n"},
        {"<!-- 没有结束 机密★", "comment|a.html|| 没有结束 机密★"},
        {"<img alt='机&#23494;★'>", "attr|a.html||机密★\n"},
        {"<p data-x=机密★>", "attr|a.html||机密★\n"},
        {"<p title=\"机密★\"x>", "attr|a.html||机密★\n"},
        {"<input value=机密★ disabled>", "attr|a.html||机密★\n"},
        {"<p id=机密★>", "attr|a.html||机密★\n"},
        {"<p 机密★>", "attr|a.html||机密★\n"},
        {"<iframe srcdoc='&lt;p&gt;机&lt;b&gt;密&lt;/b&gt;★'></iframe>", "body|a.html||机密★\n"},
        {"<p>绝<span style='display : NONE'>某</span>密★", "body|a.html||绝密★"},
        {"<p>绝<span style='display : NONE'>某</span>密★", "hidden|a.html||某\n"},
        {"<div hidden><div>机密</div>★</div>外", "hidden|a.html||机密\n★\n"},
        {"<div hidden><div>机密</div>★</div>外", "body|a.html||外"},
        {"<script>var a = '<p>机密★'; </script>", "hidden|a.html|script|var a = '<p>机密★';\n"},
        {"<script>a(String.fromCharCode(26426, 0x5bc6,9733))</script>", "机密★\n"},
        {"<script>var a = '机密★'", "hidden|a.html|script|var a = '机密★'"},
        {"<style>p:after{content:'机密★'}</style>",
         "hidden|a.html|script|p:after{content:'机密★'}"},
        {"<img src='data:text/plain;base64,5py65a+G4piFMTDlubQ='>", "||机密★10年"},
        {"<a href='data:,%E6%9C%BA%E5%AF%86%E2%98%85'>", "||机密★"},
        {"<p>x<a href=\"没有结束 机密★", "机密★"},
    };
    RUN_ROWS(rows, "a.html");
}

static void xml_and_svg(void)
{
    static const row rows[] = {
        {"<?xml version='1.0'?><a><b>机密</b><c>★10年</c></a>", "body|a.xml||机密\n★10年\n"},
        {"<?xml version='1.0'?><svg:svg><text><tspan>机</tspan><tspan>密★</tspan></text></svg:svg>",
         "body|a.xml||机密★\n"},
        {"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"密>★\">]><a>机&x;</a>", "机密>★"},
        {"<?xml version='1.0'?><a 级别='机密★'/>", "机密★\n"},
        {"<?xml version='1.0'?><a><![CDATA[机密★]]></a>", "body|a.xml||机密★\n"},
        {"<?xml version='1.0'?><a><b>机密★</a> 没有合拢", "机密★"},
        {"<?xml version='1.0'?><?机密★?><a/>", "机密★"},
        {"<?xml version='1.0'?><文号>机密★</文号>", "机密★"},
    };
    RUN_ROWS(rows, "a.xml");
}

static void laughs_are_not_expanded(void)
{
    dump d;
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    msh_buf_put_str(&b, "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 12; i++) {
        msh_buf_printf(&b, "<!ENTITY l%d \"", i);
        for (int k = 0; k < 10; k++)
            msh_buf_printf(&b, "&l%d;", i - 1);
        msh_buf_put_str(&b, "\">");
    }
    msh_buf_put_str(&b, "]><a>&l11;</a>");
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.xml"), MSH_OK);
    CHECK(dump_has(&d, "!xml.entities|a.xml"));
    CHECK(d.bytes < 8 * b.len);
    dump_end(&d);
    msh_buf_dispose(&b);
}

/* Declared and true charset: both are read when they differ. */
static void charsets_that_lie(void)
{
    static const row rows[] = {
        {"<meta "
         "charset=utf-8><p>\xd5\xe2\xca\xc7\xd2\xbb\xb8\xf6\xcd\xa8\xd6\xaa\xbb\xfa<b>\xc3\xdc</"
         "b>\xa1\xef",
         "机密★"},
        {"<meta charset=gb2312><p>这是一个通知机<b>密</b>★", "机密★"},
        {"<p>\xd5\xe2\xca\xc7\xd2\xbb\xb8\xf6\xcd\xa8\xd6\xaa\xbb\xfa<b>\xc3\xdc</b>\xa1\xef",
         "机密★"},
    };
    RUN_ROWS(rows, "a.html");
    static const char wide[] = "\xff\xfe<\0p\0>\0\x3a\x67<\0b\0>\0\xc6\x5b<\0/\0b\0>\0\x05\x26";
    dump d;
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_view_of(wide, sizeof wide - 1), "a.htm"), MSH_OK);
    CHECK(dump_has(&d, "body|a.htm||机密★"));
    dump_end(&d);
}

static void places_lead_back(void)
{
    static const char gbk[] =
        "<p>\xd5\xe2\xca\xc7 \xcd\xa8\xd6\xaa</p>\n<p><b>\xbb\xfa</b>\xc3\xdc\xa1\xef</p>";
    dump d;
    dump_begin(&d);
    d.needle = MSH_VIEW("机密★");
    CHECK_INT(dump_run(&d, msh_view_of(gbk, sizeof gbk - 1), "a.html"), MSH_OK);
    CHECK_INT(d.needle_at, 23);
    dump_end(&d);
    dump_begin(&d);
    d.needle = MSH_VIEW("机密★");
    CHECK_INT(dump_run(&d, MSH_VIEW("<p>这是</p>\n<p>x<b>机</b>密★"), "a.html"), MSH_OK);
    CHECK_INT(d.needle_at, 21);
    dump_end(&d);
}

/* Long pages come in windows, and hits at their seams are whole in one of them. */
static void long_pages(void)
{
    msh_buf b;
    dump d;
    msh_buf_init(&b, 64 << 20);
    for (int i = 0; b.len < (6 << 20); i++)
        msh_buf_printf(&b, "<p>第<b>%d</b>段机<i>密</i>★</p>\n", i);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.html"), MSH_OK);
    for (int i = 0; i < 100000; i += 997) {
        char want[64];
        (void)snprintf(want, sizeof want, "\n第%d段机密★\n", i);
        CHECK(i == 0 || dump_has(&d, want));
    }
    dump_end(&d);
    msh_buf_dispose(&b);
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void repeated(const char *piece, size_t total, const char *end)
{
    msh_buf b;
    dump d;
    msh_buf_init(&b, total + 4096);
    msh_buf_put_str(&b, "<html>");
    while (b.len < total)
        msh_buf_put_str(&b, piece);
    msh_buf_put_str(&b, end);
    double start = seconds();
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.html"), MSH_OK);
    CHECK(dump_has(&d, "机密★"));
    double took = seconds() - start;
    CHECK(took < 10);
    if (took >= 10)
        printf("  %s: %.1f s\n", piece, took);
    dump_end(&d);
    msh_buf_dispose(&b);
}

static void nothing_is_quadratic(void)
{
    static const char *const pieces[] = {
        "<",         "<a ",  "<a b=\"",       "<!--",    "<!-- <!-- ", "&",
        "&a",        "<b>",  "<div hidden>",  "<script", "<td>",       "</p>",
        "<![CDATA[", "<?x ", "<!ENTITY a \"", "aaaa",    "='",         "<title>",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        repeated(pieces[i], 2 << 20, "机密★");
}

static void cut_or_flipped_anywhere(void)
{
    static const char page[] =
        "<!DOCTYPE html><html><meta charset=utf-8><title>a&amp;b</title><!-- c --><p "
        "style=\"display:none\">机"
        "<b>密</b><script>x</script><img src='data:;base64,QUJD'><![CDATA[x]]>&#26426;</p></html>";
    size_t n = sizeof page - 1;
    for (size_t cut = 1; cut <= n; cut++) {
        dump d;
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(page, cut), "a.html"), MSH_OK);
        CHECK(d.texts > 0);
        dump_end(&d);
    }
    for (size_t at = 0; at < n; at++) {
        char copy[sizeof page];
        dump d;
        memcpy(copy, page, sizeof page);
        copy[at] = (char)(copy[at] ^ 0x15);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(copy, n), "a.html"), MSH_OK);
        CHECK(d.texts > 0);
        dump_end(&d);
    }
}

int main(void)
{
    RUN(flow_of_text);
    RUN(references);
    RUN(hidden_places);
    RUN(xml_and_svg);
    RUN(laughs_are_not_expanded);
    RUN(charsets_that_lie);
    RUN(places_lead_back);
    RUN(long_pages);
    RUN(nothing_is_quadratic);
    RUN(cut_or_flipped_anywhere);
    return check_result();
}
