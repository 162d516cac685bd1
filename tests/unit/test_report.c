/* Reports: places in words, width on a terminal, text and NDJSON of a small run. */
#include "check.h"

#include "report/place.h"
#include "report/report.h"

static void cells_have_letters(void)
{
    char out[20];
    msh_place_cell(7, 2, out);
    CHECK_STR(out, "B7");
    msh_place_cell(1, 27, out);
    CHECK_STR(out, "AA1");
    msh_place_cell(1048576, 16384, out);
    CHECK_STR(out, "XFD1048576");
    msh_place_cell(UINT32_MAX, UINT32_MAX, out);
    CHECK(strlen(out) < 20);
}

static void places_as_people_say_them(void)
{
    msh_buf b;
    msh_buf_init(&b, 4096);
    msh_place p = {.vpath = MSH_VIEW("附件.zip!名单.xlsx!xl/worksheets/sheet1.xml"),
                   .sheet = MSH_VIEW("发放名单"),
                   .cell_row = 7,
                   .cell_col = 2,
                   .line = 7};
    msh_place_words(&b, &p, MSH_LANG_ZH);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("名单.xlsx · 发放名单!B7"));
    msh_buf_reset(&b);
    p = (msh_place){
        .vpath = MSH_VIEW("a\\!b.txt"), .role = MSH_ROLE_HEADER, .page = 2, .line = 3, .column = 5};
    msh_place_words(&b, &p, MSH_LANG_ZH);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("页眉 · 第2页 · 第3行第5字"));
    msh_buf_reset(&b);
    p = (msh_place){.vpath = MSH_VIEW("a.txt")};
    msh_place_words(&b, &p, MSH_LANG_EN);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("body"));
    msh_buf_reset(&b);
    p = (msh_place){.vpath = MSH_VIEW("a.eml"), .role = MSH_ROLE_META, .name = MSH_VIEW("SUBJECT")};
    msh_place_words(&b, &p, MSH_LANG_ZH);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("文档属性 · 主题"));
    msh_buf_reset(&b);
    msh_place_words(&b, &p, MSH_LANG_EN);
    CHECK_VIEW(msh_buf_view(&b), MSH_VIEW("properties · SUBJECT"));
    msh_buf_dispose(&b);
}

/* A place inside a document, and what a reader calls it. */
static void parts_of_documents_in_words(void)
{
    static const struct {
        const char *vpath;
        msh_role role;
        uint32_t page;
        const char *zh, *en;
    } rows[] = {
        {"a.docx!word/document.xml", MSH_ROLE_BODY, 0, "正文", "body"},
        {"a.docx!word/document.xml", MSH_ROLE_DELETED, 0, "正文 · 已删除文字",
         "body · deleted text"},
        {"a.docx!word/header12.xml", MSH_ROLE_HEADER, 0, "页眉", "header"},
        {"a.docx!word/media/image3.png", MSH_ROLE_OCR, 0, "图片3 · 图像识别文字",
         "picture 3 · text read by OCR"},
        {"a.pptx!ppt/notesSlides/notesSlide4.xml", MSH_ROLE_COMMENT, 7, "备注 · 第7页",
         "notes · page 7"},
        {"a.pptx!ppt/slides/slide4.xml", MSH_ROLE_BODY, 7, "第7页", "page 7"},
        {"a.pptx!ppt/slides/slide4.xml", MSH_ROLE_COMMENT, 7, "批注 · 第7页", "comment · page 7"},
        {"a.xlsx!xl/worksheets/sheet2.xml", MSH_ROLE_BODY, 0, "第2张表", "sheet 2"},
        {"a.odt!meta.xml", MSH_ROLE_META, 0, "文档属性", "properties"},
        {"a.ofd!Doc_0/Pages/Page_3/Content.xml", MSH_ROLE_BODY, 4, "第4页", "page 4"},
        {"x.zip!a.zip!b.docx!word/footnotes.xml", MSH_ROLE_BODY, 0, "a.zip › b.docx · 脚注",
         "a.zip › b.docx · footnotes"},
        {"a.docx!word/document.xml", MSH_ROLE_NAME, 0, "word/document.xml · 名称",
         "word/document.xml · name"},
        {"x.zip!content.xml", MSH_ROLE_BODY, 0, "content.xml", "content.xml"},
        {"a.docx!word/unheard-of.xml", MSH_ROLE_BODY, 0, "word/unheard-of.xml",
         "word/unheard-of.xml"},
        {"a.docx!word/\x1b.xml", MSH_ROLE_BODY, 0, "word/\\x1b.xml", "word/\\x1b.xml"},
    };
    msh_buf b;
    msh_buf_init(&b, 4096);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const msh_place p = {
            .vpath = msh_view_str(rows[i].vpath), .role = rows[i].role, .page = rows[i].page};
        msh_buf_reset(&b);
        msh_place_words(&b, &p, MSH_LANG_ZH);
        CHECK_VIEW(msh_buf_view(&b), msh_view_str(rows[i].zh));
        msh_buf_reset(&b);
        msh_place_words(&b, &p, MSH_LANG_EN);
        CHECK_VIEW(msh_buf_view(&b), msh_view_str(rows[i].en));
    }
    msh_buf_dispose(&b);
}

static void chinese_is_two_columns_wide(void)
{
    CHECK_INT(msh_text_width(MSH_VIEW("abc")), 3);
    CHECK_INT(msh_text_width(MSH_VIEW("机密a")), 5);
    CHECK_INT(msh_text_width(MSH_VIEW("，（")), 4);
    CHECK_INT(msh_text_width(MSH_VIEW("e\xcc\x81")), 1);
}

static msh_err collect(void *ctx, msh_view bytes)
{
    msh_buf_put_view(ctx, bytes);
    return MSH_OK;
}

/* A run with one blocked item (a hostile name) and one that passes, in a form. */
static void small_run(const char *form, bool quiet, bool clean, msh_buf *out)
{
    msh_report_run r = {.form = msh_report_form_named(form), .out = {out, collect}};
    r.style.quiet = quiet;
    const msh_run_info run = {.program = "mishen 0",
                              .run_id = "id",
                              .started = "t",
                              .policy = "p",
                              .sandbox = true,
                              .lock_level = "seccomp+landlock"};
    const msh_item blocked = {.path = MSH_VIEW("a\x1b[31m\xff.txt"),
                              .path_shown = MSH_VIEW("a\x1b[31m\xff.txt"),
                              .size = 2048,
                              .format = MSH_VIEW("text"),
                              .verdict = MSH_VERDICT_BLOCK,
                              .findings = 1};
    const msh_item passed = {.n = 1,
                             .path = MSH_VIEW("b.txt"),
                             .path_shown = MSH_VIEW("b.txt"),
                             .format = MSH_VIEW("text")};
    const msh_finding f = {
        .rule = MSH_VIEW("mark.x"),
        .rule_name = MSH_VIEW("标志"),
        .category = MSH_VIEW("国家秘密"),
        .explain = MSH_VIEW("说明文字"),
        .tier = MSH_TIER_BLOCK,
        .place = {.vpath = MSH_VIEW("a\x1b[31m\xff.txt"), .line = 1, .offset = 0},
        .count = 3,
        .excerpt = MSH_VIEW("机密★██"),
        .fp = "00"};
    msh_run_summary s = {.items = 2,
                         .bytes = 2048,
                         .complete = true,
                         .exit = clean ? 0 : 1,
                         .finished = "t",
                         .log_origin = "local/x",
                         .log_root = "r"};
    s.verdicts[MSH_VERDICT_PASS] = clean ? 2 : 1;
    s.verdicts[MSH_VERDICT_BLOCK] = !clean;
    REQUIRE(r.form);
    CHECK_INT(r.form->begin(&r, &run), MSH_OK);
    if (!clean)
        CHECK_INT(r.form->item(&r, &blocked, &f, 1, NULL, 0), MSH_OK);
    CHECK_INT(r.form->item(&r, &passed, NULL, 0, NULL, 0), MSH_OK);
    CHECK_INT(r.form->end(&r, &s), MSH_OK);
    r.form->dispose(&r);
}

static bool has(const msh_buf *b, msh_view what)
{
    return msh_view_find(msh_buf_view(b), what, 0) != SIZE_MAX;
}

static void text_says_what_to_do(void)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    small_run("text", false, false, &b);
    CHECK(has(&b, MSH_VIEW("阻断  a\\x1b[31m\\xff.txt\n")));
    CHECK(has(&b, MSH_VIEW("机密★██（共 3 处）")));
    CHECK(has(&b, MSH_VIEW("说明：说明文字")));
    CHECK(has(&b, MSH_VIEW("立即停止发布")));
    CHECK(!has(&b, MSH_VIEW("\x1b")));
    msh_buf_dispose(&b);
}

static void quiet_is_quiet_only_when_clean(void)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    small_run("text", true, true, &b);
    CHECK_INT(b.len, 0);
    small_run("text", true, false, &b);
    size_t lines = 0;
    for (size_t i = 0; i < b.len; i++)
        lines += b.data[i] == '\n';
    CHECK(lines > 0 && lines <= 40);
    msh_buf_dispose(&b);
}

static void ndjson_is_one_valid_object_a_line(void)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    small_run("ndjson", false, false, &b);
    msh_view all = msh_buf_view(&b);
    size_t lines = 0;
    for (size_t at = 0; at < all.len; lines++) {
        msh_arena a;
        msh_json *j = NULL;
        size_t end = msh_view_find(all, MSH_VIEW("\n"), at);
        REQUIRE(end != SIZE_MAX);
        msh_arena_init(&a, 1 << 20);
        CHECK_INT(msh_json_read(&a, msh_view_cut(all, at, end - at), 0, &j, NULL), MSH_OK);
        CHECK(msh_json_text(msh_json_get(j, "type")).len > 0);
        msh_arena_dispose(&a);
        at = end + 1;
    }
    CHECK_INT(lines, 6);
    CHECK(has(&b, MSH_VIEW("\"path_b64\":\"YRtbMzFt/y50eHQ=\"")));
    CHECK(!has(&b, MSH_VIEW("\x1b")));
    msh_buf_dispose(&b);
}

int main(void)
{
    RUN(cells_have_letters);
    RUN(places_as_people_say_them);
    RUN(parts_of_documents_in_words);
    RUN(chinese_is_two_columns_wide);
    RUN(text_says_what_to_do);
    RUN(quiet_is_quiet_only_when_clean);
    RUN(ndjson_is_one_valid_object_a_line);
    return check_result();
}
