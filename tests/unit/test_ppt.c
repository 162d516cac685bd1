/* test_ppt.c: presentations, record by record: order of slides, older versions, what is hidden. */
#include "cfb_build.h"
#include "check.h"
#include "extract_dump.h"
#include "ppt_build.h"

static dump d;
static msh_buf b, user;
static const uint32_t plain = 0xe391c05f, sealed = 0xf3d1c4df;

static void begin(void)
{
    msh_buf_init(&b, 1 << 24);
    msh_buf_init(&user, 1 << 16);
    /* nothing stands at offset 0 but a tag: numbers of parts are never 0 */
    tree_text(&b, 0, 0x0fba, "");
}

/* Reads b and user as the streams of a compound file. */
static void run(const char *needle)
{
    cfb_build c;
    REQUIRE(msh_buf_err(&b) == MSH_OK);
    cfb_begin(&c);
    cfb_stream(&c, 0, "PowerPoint Document", b.data, b.len);
    if (user.len)
        cfb_stream(&c, 0, "Current User", user.data, user.len);
    cfb_end(&c);
    dump_begin(&d);
    d.needle = msh_view_str(needle);
    CHECK_INT(dump_run(&d, msh_buf_view(&c.file), "a.dps"), MSH_OK);
    dump_keep("slides", "ppt", msh_buf_view(&c.file));
    cfb_dispose(&c);
}

static void end(void)
{
    dump_end(&d);
    msh_buf_dispose(&b);
    msh_buf_dispose(&user);
}

static uint32_t put_slide(const char *text, bool hidden)
{
    uint32_t at = (uint32_t)b.len;
    size_t slide = tree_begin(&b, 15, 0, 0x03ee), r;
    r = tree_begin(&b, 0, 0, 0x03f9);
    msh_buf_put(&b, "\0\0\0\0\0\0\0\0\0\0", 10);
    msh_buf_put_u16(&b, hidden ? 4 : 0);
    msh_buf_put_u32(&b, 0);
    tree_end(&b, r);
    size_t box = tree_begin(&b, 15, 0, 0xf00d);
    tree_u32(&b, 0x0f9e, 0); /* the first text of its outline */
    tree_text(&b, 0, 0x0fa0, text);
    tree_end(&b, box);
    tree_end(&b, slide);
    return at;
}

/* A document that lists slides 3 and 2 in this order, with a title each. */
static uint32_t put_document(bool second)
{
    uint32_t at = (uint32_t)b.len;
    size_t document = tree_begin(&b, 15, 1, 0x03e8), list = tree_begin(&b, 15, 0, 0x0ff0);
    tree_persist(&b, 3, 257);
    tree_u32(&b, 0x0f9f, 0);
    tree_text(&b, 0, 0x0fa0, "第一张的标题");
    if (second) {
        tree_persist(&b, 2, 256);
        tree_u32(&b, 0x0f9f, 0);
        tree_text(&b, 0, 0x0fa0, "第二张的标题");
        tree_u32(&b, 0x0f9f, 1);
        tree_text(&b, 0, 0x0fa0, "没有框的正文");
    }
    tree_end(&b, list);
    tree_end(&b, document);
    return at;
}

static void test_order(void)
{
    uint32_t at[4];
    begin();
    at[1] = put_slide("后面的机密文件", true);
    at[2] = put_slide("前面的", false);
    at[0] = put_document(true);
    at[3] = (uint32_t)b.len;
    size_t notes = tree_begin(&b, 15, 0, 0x03f0), r = tree_begin(&b, 1, 0, 0x03f1);
    msh_buf_put_u32(&b, 256);
    msh_buf_put_u32(&b, 0);
    tree_end(&b, r);
    tree_text(&b, 0, 0x0fa0, "备注里的话");
    tree_end(&b, notes);
    tree_current(&user, plain, tree_edit(&b, at, 4, 0));
    run("机密文件");
    CHECK_INT(d.needle_page, 2);
    CHECK_INT(d.needle_role, MSH_ROLE_HIDDEN);
    CHECK(dump_has(&d, "hidden|a.dps||第二张的标题\n后面的机密文件\n没有框的正文\n"));
    CHECK(dump_has(&d, "body|a.dps||第一张的标题\n前面的\n"));
    CHECK_INT(d.outcomes, 0);
    CHECK_VIEW(d.x.format, MSH_VIEW("ppt"));
    end();
    /* the notes are those of the second slide */
    begin();
    at[1] = put_slide("后", false);
    at[2] = put_slide("前", false);
    at[0] = put_document(true);
    at[3] = (uint32_t)b.len;
    notes = tree_begin(&b, 15, 0, 0x03f0);
    tree_u32(&b, 0x03f1, 256);
    tree_text(&b, 0, 0x0fa0, "备注里的话");
    tree_end(&b, notes);
    (void)tree_edit(&b, at, 4, 0); /* no other stream: the last edit counts */
    run("备注里的话");
    CHECK_INT(d.needle_page, 2);
    CHECK_INT(d.needle_role, MSH_ROLE_COMMENT);
    end();
}

/* Saved twice: the first version of a slide, a slide removed, the first document stay behind. */
static void test_older(void)
{
    uint32_t at[3], next[3];
    begin();
    at[1] = put_slide("删去的绝密页", false);
    at[2] = put_slide("旧稿里的秘密", false);
    at[0] = put_document(true);
    uint32_t first = tree_edit(&b, at, 3, 0);
    next[1] = UINT32_MAX;
    next[2] = put_slide("定稿", false);
    next[0] = put_document(false);
    tree_current(&user, plain, tree_edit(&b, next, 3, first));
    run("旧稿里的秘密");
    CHECK_INT(d.needle_role, MSH_ROLE_DELETED);
    CHECK(dump_has(&d, "deleted|a.dps||删去的绝密页\n"));
    CHECK(dump_has(&d, "body|a.dps||第一张的标题\n定稿\n"));
    CHECK(!dump_has(&d, "body|a.dps||第一张的标题\n第二张"));
    CHECK(dump_has(&d, "第二张的标题\n"));
    end();
}

/* Without any edit nothing is known to be old. */
static void test_no_edits(void)
{
    begin();
    (void)put_slide("没有目录的机密文件", false);
    (void)put_document(true);
    run("没有目录的机密文件");
    CHECK_INT(d.needle_role, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "第二张的标题\n"));
    end();
}

static void test_strings(void)
{
    begin();
    size_t slide = tree_begin(&b, 15, 0, 0x03ee), r = tree_begin(&b, 15, 3, 0x0fd9);
    tree_text(&b, 1, 0x0fba, "页眉：内部");
    tree_text(&b, 2, 0x0fba, "页脚：内部");
    tree_end(&b, r);
    size_t tags = tree_begin(&b, 15, 0, 0x1388), tag = tree_begin(&b, 15, 0, 0x138a);
    tree_text(&b, 0, 0x0fba, "___PPT10");
    size_t blob = tree_begin(&b, 0, 0, 0x138b);
    r = tree_begin(&b, 15, 0, 0x2ee0);
    tree_text(&b, 0, 0x0fba, "张三");
    tree_text(&b, 1, 0x0fba, "批注：机密★10年");
    tree_text(&b, 2, 0x0fba, "ZS");
    tree_end(&b, r);
    tree_end(&b, blob);
    tree_end(&b, tag);
    tree_end(&b, tags);
    r = tree_begin(&b, 3, 1, 0xf00b); /* a shape with a description */
    msh_buf_put_u16(&b, 0x8000 | 0x0381);
    msh_buf_put_u32(&b, 10);
    put_utf16(&b, "图的说明");
    msh_buf_put_u16(&b, 0);
    tree_end(&b, r);
    r = tree_begin(&b, 0, 0, 0x0fa8);
    msh_buf_put_str(&b, "one byte each\rnext");
    tree_end(&b, r);
    r = tree_begin(&b, 0, 0, 0x2222); /* of no known kind */
    put_utf16(&b, "没人认识的记录里有绝密文件");
    tree_end(&b, r);
    tree_end(&b, slide);
    run("机密★10年");
    CHECK_INT(d.needle_role, MSH_ROLE_COMMENT);
    CHECK(dump_has(&d, "comment|a.dps||张三\n批注：机密★10年\n"));
    CHECK(dump_has(&d, "header|a.dps||页眉：内部\n"));
    CHECK(dump_has(&d, "footer|a.dps||页脚：内部\n"));
    CHECK(dump_has(&d, "图的说明\n"));
    CHECK(dump_has(&d, "one byte each\nnext\n"));
    CHECK(dump_has(&d, "没人认识的记录里有绝密文件"));
    end();
}

/* An object, packed: 78 01, one stored block. */
static void test_object(void)
{
    static const char text[] = "内嵌文件里的绝密★30年，这是一份文本";
    uint16_t n = sizeof text - 1;
    begin();
    size_t r = tree_begin(&b, 0, 1, 0x1011);
    msh_buf_put_u32(&b, n);
    msh_buf_put(&b, "\x78\1\1", 3);
    msh_buf_put_u16(&b, n);
    msh_buf_put_u16(&b, (uint16_t)~n);
    msh_buf_put(&b, text, n);
    tree_end(&b, r);
    run("内嵌文件里的绝密★30年");
    CHECK(dump_has(&d, "|a.dps!object@8|"));
    CHECK(d.needle_found);
    CHECK(!dump_has(&d, "!format.truncated"));
    end();
}

static void test_damage(void)
{
    begin();
    (void)put_slide("前面的", false);
    size_t r = tree_begin(&b, 15, 0, 0x03ee);
    size_t t = tree_begin(&b, 0, 0, 0x0fa0);
    put_utf16(&b, "断掉的机密文件");
    tree_end(&b, t);
    tree_end(&b, r);
    b.data[t - 2] = 1; /* the text is longer than all there is */
    run("断掉的机密文件");
    CHECK(d.needle_found);
    CHECK(dump_has(&d, "!format.corrupt|a.dps\n"));
    end();
}

static void test_encrypted(void)
{
    uint32_t at[3];
    begin();
    at[1] = put_slide("xxxx", false);
    at[2] = put_slide("yyyy", false);
    at[0] = put_document(true);
    tree_current(&user, sealed, tree_edit(&b, at, 3, 0));
    run("xxxx");
    CHECK(dump_has(&d, "!office.encrypted|a.dps\n"));
    CHECK(!d.needle_found);
    end();
}

/* Containers in containers, far deeper than any program writes. */
static void test_deep(void)
{
    begin();
    size_t at[400];
    for (unsigned i = 0; i < 400; i++)
        at[i] = tree_begin(&b, 15, 0, 0x03ee);
    tree_text(&b, 0, 0x0fa0, "最里面的绝密文件");
    for (unsigned i = 400; i-- > 0;)
        tree_end(&b, at[i]);
    run("最里面的绝密文件");
    CHECK(dump_has(&d, "最里面的绝密文件"));
    CHECK(dump_has(&d, "!format.corrupt|a.dps\n"));
    end();
}

int main(int argc, char **argv)
{
    dump_folder = argc > 1 ? argv[1] : NULL;
    RUN(test_order);
    RUN(test_older);
    RUN(test_no_edits);
    RUN(test_strings);
    RUN(test_object);
    RUN(test_damage);
    RUN(test_encrypted);
    RUN(test_deep);
    return check_result();
}
