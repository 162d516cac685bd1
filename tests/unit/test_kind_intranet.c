/* kind_intranet.c: addresses and paths that tell of the inside. */
#include "kind.h"

extern const msh_kind msh_kind_intranet;

static void test_all(void)
{
    static const char *const found[][2] = {
        {"附件 http://10.20.3.4/oa/file.doc\n", "http://10.20.3.4"},
        {"HTTPS://192.168.0.1:8443\n", "https://192.168.0.1"},
        {"rtsp://172.31.255.1\n", "rtsp://172.31.255.1"},
        {"见 \\\\fileserver\\公文\\2026\\a.doc\n", "\\\\fileserver\\公文\\"},
        {"C:\\Users\\wangming\\Desktop\\名单.xls\n", "c:\\users\\wangming\\"},
        {"file:///D:/网站/a.html\n", "file:///d:/"},
    };
    static const char *const left[] = {
        "http://10.20.3.4.5/\n", "http://10.20.3.400/\n", "http://172.32.0.1/\n",
        "http://192.169.0.1/\n", "http://10.gov.cn/\n",   "版本 10.20.3.4\n",
        "/\\\\d+\\\\w+\\\\s/\n", "a\\\\b\\\\c\n",         "C:\\Users\\Public\\\n",
        "c:\\users\\\n",         "://10.1.1.1\n",
    };
    kind_bench b;
    REQUIRE(bench_open(&b, &msh_kind_intranet, ""));
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        bench_text(&b, found[i][0]);
        CHECK_INT(b.n, 1);
        CHECK_STR(b.n ? b.found[0].text : "", found[i][1]);
    }
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        bench_text(&b, left[i]);
        if (b.n)
            printf("found: %s", left[i]);
        CHECK_INT(b.n, 0);
    }
    CHECK_TIER(&b, "内网\n", "none");
    bench_close(&b);
}

int main(void)
{
    RUN(test_all);
    return check_result();
}
