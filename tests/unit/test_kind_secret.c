/* kind_secret.c: what is assigned to a name, and looks as if it were secret. */
#include "kind.h"

extern const msh_kind msh_kind_secret;

/* The harness has no written view: the kind is run on the folded one of texts in small letters. */
static msh_kind as_folded;

static void test_passwords(void)
{
    static const char *const found[] = {
        "password=lc2026water\n",      "db.password : k9!wq2xz\n",      "密码：shuili8899。\n",
        "\"pwd\":\"q7wm2pxz\"\n",      "<pwd>sh@ili2026</pwd>\n",       "password => 'a1b2c3d4'\n",
        "password_2='x9y8z7w6';\n",    "账号：admin，密码 abc@12345\n", "登录密码为abc@12345\n",
        "密码统一设为“lc2026water”\n", "密码: “shuili8899”\n",
    };
    static const char *const left[] = {
        "password=${db_password}\n",
        "password == other1234\n",
        "password: ********\n",
        "nopassword=lc2026water\n",
        "passwords=lc2026water\n",
        "password=\n",
        "password=abc1\n",
        "password=aaaaaaaaaa\n",
        "password=user-login-form\n",
        "密码：请向管理员索取\n",
        "密码为身份证号后六位\n",
        "密码 sm4-cbc2\n", /* an algorithm: only a blank before it */
        "用户密码 sha256 加密存储\n",
        "密码技术gm2026abc\n",
        "密码abc@12345\n",
        "password=changeme2026\n",
        "password(lc2026water)\n",
        "pwd=%s1234567\n",
        "password=document.form1.value\n",
    };
    kind_bench b;
    REQUIRE(bench_open(&b, &as_folded, "keys=password,pwd,密码,"));
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        bench_text(&b, found[i]);
        if (b.n != 1)
            printf("not found: %s", found[i]);
        CHECK_INT(b.n, 1);
    }
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        bench_text(&b, left[i]);
        if (b.n)
            printf("found: %s", left[i]);
        CHECK_INT(b.n, 0);
    }
    bench_text(&b, found[0]);
    REQUIRE(b.n == 1);
    CHECK_STR(b.found[0].text, "lc2026water");
    CHECK_STR(b.found[0].excerpt, "l██████████");
    CHECK_TIER(&b, "password\n", "none");
    bench_close(&b);
}

static void test_tokens(void)
{
    kind_bench b;
    REQUIRE(bench_open(&b, &as_folded, "value=token;keys=secret,token,"));
    bench_text(&b, "secret=9f8kq2lmx7pvzr4twcn1\n");
    CHECK_INT(b.n, 1);
    bench_text(&b, "secret=ab1ab1ab1ab1ab1ab1ab1\n"); /* not random */
    CHECK_INT(b.n, 0);
    bench_text(&b, "secret=9f8kq2lmx7\n"); /* short */
    CHECK_INT(b.n, 0);
    bench_text(&b, "token: please-fill-in-the-value\n");
    CHECK_INT(b.n, 0);
    bench_text(&b, "secretary=9f8kq2lmx7pvzr4twcn1\n");
    CHECK_INT(b.n, 0);
    bench_close(&b);
    CHECK(!bench_open(&b, &as_folded, "value=word;keys=secret,"));
    bench_close(&b);
    CHECK(!bench_open(&b, &as_folded, "value=token"));
    bench_close(&b);
}

int main(void)
{
    as_folded = msh_kind_secret;
    as_folded.views = 1u << MSH_VIEW_FOLDED;
    RUN(test_passwords);
    RUN(test_tokens);
    return check_result();
}
