/* The parts of the console that need no socket: sessions and tokens, throttling, names of files,
 * passwords, the list of accounts and its interruption at every point. */
#define _GNU_SOURCE
#include "check.h"

#include "console/console.h"
#include "crypto/password.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char state[] = MSH_TEST_BINARY_DIR "/console.XXXXXX";
static msh_options options;

static void test_sessions(void)
{
    console_sessions s;
    const msh_account a = {.name = "张三", .role = MSH_ACCOUNT_CLERK};
    const uint64_t now = 100000 * CONSOLE_SECOND_NS;
    REQUIRE(sessions_init(&s));
    console_session *one = session_new(&s, &a, now);
    REQUIRE(one);
    char id[SESSION_ID], token[33];
    memcpy(id, one->id, sizeof id);
    CHECK_INT(strlen(id), 64);
    CHECK(session_find(&s, msh_view_str(id), now) == one);
    CHECK(!session_find(&s, msh_view_cut(msh_view_str(id), 0, 63), now));
    CHECK(!session_find(&s, MSH_VIEW(""), now));
    id[63] ^= 1;
    CHECK(!session_find(&s, msh_view_str(id), now));
    id[63] ^= 1;
    /* each token once, of this session only */
    (void)snprintf(token, sizeof token, "%s", session_token(one));
    console_session *two = session_new(&s, &a, now);
    CHECK(!session_use_token(two, msh_view_str(token)));
    CHECK(!session_use_token(one, MSH_VIEW("")));
    CHECK(session_use_token(one, msh_view_str(token)));
    CHECK(!session_use_token(one, msh_view_str(token)));
    /* idle, then too old, though used all the time */
    CHECK(session_find(&s, msh_view_str(id), now + 1790 * CONSOLE_SECOND_NS) == one);
    CHECK(!session_find(&s, msh_view_str(id), now + 4000 * CONSOLE_SECOND_NS));
    CHECK(!session_find(&s, msh_view_str(id), now)); /* it ended then */
    one = session_new(&s, &a, now);
    memcpy(id, one->id, sizeof id);
    bool alive = true;
    uint64_t t = 0;
    for (; alive && t < 20 * 3600; t += 1000)
        alive = session_find(&s, msh_view_str(id), now + t * CONSOLE_SECOND_NS) != NULL;
    CHECK(t > 9 * 3600 && t < 11 * 3600);
    sessions_dispose(&s);
}

/* Strangers who only look at the login page push nobody out who is logged in. */
static void test_flood(void)
{
    console_sessions s;
    const msh_account a = {.name = "张三", .role = MSH_ACCOUNT_CLERK};
    REQUIRE(sessions_init(&s));
    console_session *one = session_new(&s, &a, 1);
    char id[SESSION_ID];
    memcpy(id, one->id, sizeof id);
    for (uint64_t i = 0; i < 3 * SESSIONS; i++)
        CHECK(session_new(&s, NULL, 2 + i) != NULL);
    CHECK(session_find(&s, msh_view_str(id), 5000) != NULL);
    sessions_dispose(&s);
}

static void test_throttle(void)
{
    static console_throttle t;
    const uint64_t minute = 60 * CONSOLE_SECOND_NS;
    uint64_t now = minute;
    for (int i = 0; i < 5; i++)
        CHECK(throttle_count(&t, "x", MSH_VIEW("a"), 5, minute, now));
    CHECK(!throttle_count(&t, "x", MSH_VIEW("a"), 5, minute, now));
    CHECK(!throttle_allows(&t, "x", MSH_VIEW("a"), 5, minute, now));
    CHECK(throttle_count(&t, "x", MSH_VIEW("b"), 5, minute, now));
    CHECK(throttle_count(&t, "y", MSH_VIEW("a"), 5, minute, now));
    CHECK(throttle_allows(&t, "x", MSH_VIEW("a"), 5, minute, now + 2 * minute));
    throttle_forget(&t, "x", MSH_VIEW("a"));
    CHECK(throttle_count(&t, "x", MSH_VIEW("a"), 5, minute, now));
}

static void test_names(void)
{
    static const struct {
        const char *sent, *want;
    } rows[] = {{"通知.docx", "通知.docx"},
                {"C:\\x\\通知.docx", "通知.docx"},
                {"../../etc/passwd", "passwd"},
                {"..", "file"},
                {"", "file"},
                {"a\r\nb", "a__b"},
                {".hidden", "_hidden"},
                {"a\"b", "a_b"},
                {"  x  ", "__x"},
                {"x/", "file"}};
    char out[FORM_FILE_NAME + 1];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        form_clean_name(out, msh_view_str(rows[i].sent));
        CHECK_STR(out, rows[i].want);
    }
    static const struct {
        const char *typed, *want;
    } folders[] = {
        {"", ""}, {"/gk/tzgg/", "gk/tzgg"}, {"..\\../etc", "file/file/etc"}, {"a//b", "a/b"}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[300];
        CHECK(form_clean_folder(folder, sizeof folder, msh_view_str(folders[i].typed)));
        CHECK_STR(folder, folders[i].want);
    }
    char small[8];
    CHECK(!form_clean_folder(small, sizeof small, MSH_VIEW("abcd/efgh")));
    char lengthy[901];
    for (size_t i = 0; i < 300; i++)
        memcpy(lengthy + 3 * i, "长", 3);
    form_clean_name(out, msh_view_of(lengthy, 900));
    CHECK(strlen(out) <= FORM_FILE_NAME && msh_view_is_utf8(msh_view_str(out)));
}

static void test_passwords(void)
{
    char kept[MSH_PASSWORD_KEPT], token[MSH_PASSWORD_TOKEN];
    REQUIRE(msh_password_keep(MSH_VIEW("correct horse"), kept) == MSH_OK);
    CHECK(strstr(kept, "horse") == NULL);
    CHECK(msh_password_check(MSH_VIEW("correct horse"), kept) == MSH_OK);
    CHECK(msh_password_check(MSH_VIEW("correct horsf"), kept) == MSH_E_PASSWORD);
    CHECK(msh_password_check(MSH_VIEW(""), kept) == MSH_E_PASSWORD);
    CHECK(msh_password_check(MSH_VIEW("correct horse"), NULL) == MSH_E_PASSWORD);
    CHECK(msh_password_check(MSH_VIEW("x"), "scrypt$1$1$1$00$00") == MSH_E_PASSWORD);
    CHECK(msh_password_check(MSH_VIEW("x"), "") == MSH_E_PASSWORD);
    REQUIRE(msh_password_token(token, kept) == MSH_OK);
    CHECK(strstr(kept, token) == NULL);
    CHECK(msh_password_check(msh_view_str(token), kept) == MSH_OK);
    token[5] ^= 1;
    CHECK(msh_password_check(msh_view_str(token), kept) == MSH_E_PASSWORD);
}

static void rename_in_state(const char *from, const char *to)
{
    char a[500], b[500];
    (void)snprintf(a, sizeof a, "%s/%s", state, from);
    (void)snprintf(b, sizeof b, "%s/%s", state, to);
    REQUIRE(rename(a, b) == 0);
}

static void test_accounts(void)
{
    msh_accounts *a;
    msh_account one = {.name = "张三", .role = MSH_ACCOUNT_CLERK, .office = "办公室"};
    REQUIRE(msh_accounts_put(&options, &one, "a good password", NULL, NULL) == MSH_OK);
    REQUIRE(msh_accounts_load(&options, &a, NULL) == MSH_OK);
    CHECK_INT(msh_accounts_count(a), 1);
    CHECK(msh_accounts_login(a, MSH_VIEW("张三"), MSH_VIEW("a good password")) != NULL);
    CHECK(msh_accounts_login(a, MSH_VIEW("张三"), MSH_VIEW("another password")) == NULL);
    CHECK(msh_accounts_login(a, MSH_VIEW("李四"), MSH_VIEW("a good password")) == NULL);
    CHECK(!msh_accounts_changed(a));
    /* another role, the same password */
    one.role = MSH_ACCOUNT_REVIEWER;
    REQUIRE(msh_accounts_put(&options, &one, NULL, NULL, NULL) == MSH_OK);
    CHECK(msh_accounts_changed(a));
    msh_accounts_free(a);
    /* the rename was interrupted: the record stands, the old list, the new one beside it */
    rename_in_state("accounts.json", "accounts.json.new");
    REQUIRE(msh_accounts_load(&options, &a, NULL) == MSH_OK);
    const msh_account *found = msh_accounts_login(a, MSH_VIEW("张三"), MSH_VIEW("a good password"));
    CHECK(found && found->role == MSH_ACCOUNT_REVIEWER);
    msh_accounts_free(a);
    CHECK(msh_accounts_remove(&options, "李四", NULL) == MSH_E_NOBODY);
    /* the list is gone: refused, until it is made anew */
    rename_in_state("accounts.json", "elsewhere");
    CHECK(msh_accounts_load(&options, &a, NULL) == MSH_E_EVIDENCE);
    REQUIRE(msh_accounts_put(&options, &one, "a good password", NULL, NULL) == MSH_OK);
    rename_in_state("elsewhere", "accounts.json");
    CHECK(msh_accounts_load(&options, &a, NULL) == MSH_E_EVIDENCE);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    msh_options_default(&options);
    REQUIRE(mkdtemp(state));
    options.state = state;
    RUN(test_sessions);
    RUN(test_flood);
    RUN(test_throttle);
    RUN(test_names);
    RUN(test_passwords);
    RUN(test_accounts);
    (void)nftw(state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return check_result();
}
