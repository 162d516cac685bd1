/* The strict JSON reader and the canonical writer, against tables and the vectors of RFC 8785. */
#include "check.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <unistd.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

/* Reads and writes canonically; the error of whichever failed. */
static msh_err canon(const char *in, size_t len, unsigned flags, msh_buf *out, uint64_t *offset)
{
    msh_arena a;
    msh_json *j;
    msh_error why = {.offset = UINT64_MAX};
    msh_arena_init(&a, 64 << 20);
    msh_err err = msh_json_read(&a, msh_view_of(in, len), flags, &j, &why);
    if (err == MSH_OK) {
        msh_json_canonical(out, j);
        err = msh_buf_err(out);
    }
    if (offset)
        *offset = why.offset;
    msh_arena_dispose(&a);
    return err;
}

static void test_good(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"null", "null"},
        {" [ ] ", "[]"},
        {"{}", "{}"},
        {"{\"b\":1,\"a\":[true,false,null]}", "{\"a\":[true,false,null],\"b\":1}"},
        {"\"\\u4e2d\\u6587\\ud83d\\ude00\\/\"", "\"中文😀/\""},
        {"\"\\u0001\\u001f\\u007f\\b\\f\\n\\r\\t\\\\\\\"\"",
         "\"\\u0001\\u001f\x7f\\b\\f\\n\\r\\t\\\\\\\"\""},
        {"-0", "0"},
        {"-12", "-12"},
        {"9007199254740991", "9007199254740991"},
        {"{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\":4}",
         "{\"\":4,\"€\":3,\"😀\":2,\"\xef\xac\xb3\":1}"},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"i\":8,\"h\":9}",
         "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":9,\"i\":8}"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        msh_buf out;
        msh_buf_init(&out, 1 << 20);
        CHECK_INT(canon(rows[i].in, strlen(rows[i].in), 0, &out, NULL), MSH_OK);
        CHECK_VIEW(msh_buf_view(&out), msh_view_str(rows[i].out));
        msh_buf_dispose(&out);
    }
}

static void test_bad(void)
{
    static const struct {
        const char *in;
        unsigned flags;
        int at; /* -1: any */
    } rows[] = {
        {"", 0, 0},
        {" ", 0, 1},
        {"nul", 0, 0},
        {"1 2", 0, 2},
        {"01", 0, 1},
        {"-", 0, 1},
        {"1.", 0, 2},
        {"1e", 0, 2},
        {".5", 0, 0},
        {"+1", 0, 0},
        {"\"", 0, 1},
        {"\"\\", 0, 1},
        {"\"\\\"", 0, 1},
        {"\"\\x\"", 0, 2},
        {"\"\\u12\"", 0, 2},
        {"\"\\u0000\"", 0, 2},
        {"\"\\ud800\"", 0, -1},
        {"\"\\ud800\\u0041\"", 0, -1},
        {"\"\\udc00\"", 0, -1},
        {"\"a\nb\"", 0, 2},
        {"\"\xc0\xaf\"", 0, -1},
        {"\"\xed\xa0\x80\"", 0, -1},
        {"\xef\xbb\xbf{}", 0, 0},
        {"[1,]", 0, 3},
        {"[1 2]", 0, 3},
        {"[1", 0, 2},
        {"{\"a\"}", 0, 4},
        {"{\"a\":1,}", 0, 7},
        {"{a:1}", 0, 1},
        {"{\"a\":1,\"a\":2}", 0, -1},
        {"{\"a\":1,\"\\u0061\":2}", 0, -1},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"a\":9}", 0, -1},
        {"-1", MSH_JSON_LOG, 0},
        {"-0", MSH_JSON_LOG, 0},
        {"1.0", MSH_JSON_LOG, 0},
        {"1e1", MSH_JSON_LOG, 0},
        {"9007199254740992", MSH_JSON_LOG, 0},
        {"99999999999999999999", MSH_JSON_LOG, 0},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        msh_buf out;
        uint64_t at;
        msh_buf_init(&out, 1 << 20);
        msh_err err = canon(rows[i].in, strlen(rows[i].in), rows[i].flags, &out, &at);
        if (err != MSH_E_SYNTAX || (rows[i].at >= 0 && at != (uint64_t)rows[i].at))
            printf("row %zu <%s>: offset %" PRIu64 "\n", i, rows[i].in, at);
        CHECK_INT(err, MSH_E_SYNTAX);
        CHECK(rows[i].at < 0 || at == (uint64_t)rows[i].at);
        msh_buf_dispose(&out);
    }
}

static void test_numbers(void)
{
    msh_arena a;
    msh_json *j;
    msh_arena_init(&a, 1 << 20);
    const char *text = "[9223372036854775807,-9223372036854775808,9223372036854775808,1.5,0]";
    REQUIRE(msh_json_read(&a, msh_view_str(text), 0, &j, NULL) == MSH_OK);
    const msh_json *e = j->child;
    CHECK(e->is_int && e->integer == INT64_MAX);
    e = e->next;
    CHECK(e->is_int && e->integer == INT64_MIN);
    e = e->next;
    CHECK(!e->is_int);
    CHECK_STR((const char *)e->text.data, "9223372036854775808");
    e = e->next;
    CHECK(!e->is_int);
    CHECK_INT(msh_json_int(e, 7), 7);
    CHECK_INT(msh_json_int(e->next, 7), 0);
    msh_buf out;
    msh_buf_init(&out, 1 << 10);
    msh_json_canonical(&out, j);
    CHECK_INT(msh_buf_err(&out), MSH_E_UNSUPPORTED);
    msh_buf_dispose(&out);
    msh_arena_dispose(&a);
}

static void test_get(void)
{
    msh_arena a;
    msh_json *j;
    msh_arena_init(&a, 1 << 20);
    REQUIRE(msh_json_read(&a, MSH_VIEW("{\"a\":\"x\",\"b\":{\"c\":3}}"), 0, &j, NULL) == MSH_OK);
    CHECK_VIEW(msh_json_text(msh_json_get(j, "a")), MSH_VIEW("x"));
    CHECK_INT(msh_json_int(msh_json_get(msh_json_get(j, "b"), "c"), -1), 3);
    CHECK(msh_json_get(j, "z") == NULL);
    CHECK(msh_json_get(msh_json_get(j, "a"), "a") == NULL);
    CHECK(msh_json_get(NULL, "a") == NULL);
    CHECK_INT(msh_json_text(NULL).len, 0);
    msh_arena_dispose(&a);
}

static void test_depth(void)
{
    char text[200];
    for (int depth = 64; depth <= 65; depth++) {
        msh_buf out;
        msh_buf_init(&out, 1 << 10);
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        msh_err err = canon(text, (size_t)depth * 2, 0, &out, NULL);
        CHECK_INT(err, depth == 64 ? MSH_OK : MSH_E_SYNTAX);
        msh_buf_dispose(&out);
    }
}

/* Every truncation of a value is refused, and none is read past its end. */
static void test_truncated(void)
{
    const char *text =
        "{\"k\":[\"\\u4e2d\\ud83d\\ude00\",{\"x\":12.5e+3,\"y\":true}],\"z\":\"\\n\"}";
    for (size_t n = 0; n < strlen(text); n++) {
        msh_buf out;
        char *copy = msh_alloc(n);
        REQUIRE(copy);
        memcpy(copy, text, n);
        msh_buf_init(&out, 1 << 10);
        CHECK_INT(canon(copy, n, 0, &out, NULL), MSH_E_SYNTAX);
        msh_buf_dispose(&out);
        msh_free(copy);
    }
}

static void test_no_memory(void)
{
#ifdef MSH_TEST_FAULTS
    const char *text = "{\"b\":[1,2,{\"c\":\"x\"}],\"a\":{\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,"
                       "\"6\":6,\"7\":7,\"8\":8,\"9\":9}}";
    for (unsigned long i = 1; i < 12; i++) {
        msh_buf out;
        msh_buf_init(&out, 1 << 10);
        (void)msh_mem_fail_at(i);
        msh_err err = canon(text, strlen(text), 0, &out, NULL);
        (void)msh_mem_fail_at(0);
        CHECK(err == MSH_OK || err == MSH_E_MEMORY);
        CHECK(i > 1 || err == MSH_E_MEMORY);
        msh_buf_dispose(&out);
    }
#endif
}

static void test_writer(void)
{
    msh_buf out;
    msh_json_writer w;
    msh_buf_init(&out, 1 << 10);
    msh_jw_begin(&w, &out);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "a", MSH_VIEW("x\"\xff\xe2\x80\xae"));
    msh_jw_key(&w, "b");
    msh_jw_open(&w, '[');
    msh_jw_int(&w, -1);
    msh_jw_uint(&w, UINT64_MAX);
    msh_jw_open(&w, '{');
    msh_jw_close(&w, '}');
    msh_jw_null(&w);
    msh_jw_close(&w, ']');
    msh_jw_kbool(&w, "c", true);
    msh_jw_kint(&w, "d", 5);
    msh_jw_kuint(&w, "e", 6);
    msh_jw_close(&w, '}');
    CHECK_VIEW(
        msh_buf_view(&out),
        MSH_VIEW("{\"a\":\"x\\\"\xef\xbf\xbd\\u202e\",\"b\":[-1,18446744073709551615,{},null],"
                 "\"c\":true,\"d\":5,\"e\":6}"));
    msh_buf_dispose(&out);
}

static int check_vector(const msh_json *v)
{
    msh_buf out;
    msh_view in = msh_json_text(msh_json_get(v, "input"));
    msh_buf_init(&out, 1 << 20);
    msh_err err = canon((const char *)in.data, in.len, 0, &out, NULL);
    int applied = err != MSH_E_UNSUPPORTED;
    if (applied) {
        CHECK_INT(err, MSH_OK);
        CHECK_VIEW(msh_buf_view(&out), msh_json_text(msh_json_get(v, "output")));
    }
    msh_buf_dispose(&out);
    return applied;
}

static void test_vectors(void)
{
    const char *path = MSH_TEST_SOURCE_DIR "/../shared/cases/log_vectors/jcs_rfc8785.json";
    msh_buf file;
    msh_arena a;
    msh_json *j;
    int applied = 0, all = 0;
    if (access(path, R_OK) != 0) {
        printf("SKIPPED: no ../shared/cases/log_vectors\n");
        return;
    }
    msh_buf_init(&file, 8 << 20);
    msh_arena_init(&a, 64 << 20);
    REQUIRE(msh_file_read(path, &file, NULL) == MSH_OK);
    REQUIRE(msh_json_read(&a, msh_buf_view(&file), 0, &j, NULL) == MSH_OK);
    for (const msh_json *v = msh_json_get(j, "vectors")->child; v; v = v->next, all++)
        applied += check_vector(v);
    printf("RFC 8785: %d of %d vectors apply (the others hold floats)\n", applied, all);
    CHECK(applied >= 3);
    msh_arena_dispose(&a);
    msh_buf_dispose(&file);
}

/* Shown text keeps its U+0000; what is read again by us has none. */
static void test_nul_in_text(void)
{
    msh_buf out;
    msh_json_writer w;
    msh_buf_init(&out, 1000);
    msh_jw_begin(&w, &out);
    msh_jw_open(&w, '[');
    msh_jw_text(&w, MSH_VIEW("\0机\0\0\"x\0"));
    msh_jw_str(&w, MSH_VIEW("\0x"));
    msh_jw_close(&w, ']');
    CHECK_VIEW(msh_buf_view(&out),
               MSH_VIEW("[\"\\u0000机\\u0000\\u0000\\\"x\\u0000\",\"\xef\xbf\xbdx\"]"));
    msh_buf_dispose(&out);
}

int main(void)
{
    RUN(test_good);
    RUN(test_bad);
    RUN(test_numbers);
    RUN(test_get);
    RUN(test_depth);
    RUN(test_truncated);
    RUN(test_no_memory);
    RUN(test_writer);
    RUN(test_vectors);
    RUN(test_nul_in_text);
    return check_result();
}
