/* test_xls.c: workbooks of BIFF2 … BIFF8, record by record. */
#include "cfb_build.h"
#include "check.h"
#include "crypto/cipher.h"
#include "extract_dump.h"
#include "xls_build.h"

static dump d;
static msh_buf b;

static void begin(void)
{
    msh_buf_init(&b, 1 << 24);
}

/* Memory that is short at any place is an outcome, never a text less. */
static void check_memory(void)
{
#ifdef MSH_TEST_FAULTS
    for (unsigned long k = 1, made = k; made >= k && k < 1000; k++) {
        dump_begin(&d);
        (void)msh_mem_fail_at(k);
        msh_err err = dump_run(&d, msh_buf_view(&b), "a.xls");
        made = msh_mem_fail_at(0);
        CHECK(made < k || err != MSH_OK || d.outcomes > 0 || msh_buf_err(&d.log) != MSH_OK);
        dump_end(&d);
    }
#endif
}

/* Reads the stream as a file of its own. */
static void run(const char *needle)
{
    REQUIRE(msh_buf_err(&b) == MSH_OK);
    check_memory();
    dump_begin(&d);
    d.needle = msh_view_str(needle);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.xls"), MSH_OK);
    dump_keep("book", "xls", msh_buf_view(&b));
}

static void end(void)
{
    dump_end(&d);
    msh_buf_dispose(&b);
}

static void check_cell(const char *sheet, uint32_t row, uint32_t col, msh_role role)
{
    CHECK_STR(d.needle_sheet, sheet);
    CHECK_INT(d.needle_row, row);
    CHECK_INT(d.needle_col, col);
    CHECK_INT(d.needle_role, role);
}

static void put_sst(msh_buf *out, const char *const *strings, uint32_t n)
{
    size_t r = rec_begin(out, 0x00fc);
    msh_buf_put_u32(out, n);
    msh_buf_put_u32(out, n);
    for (uint32_t i = 0; i < n; i++)
        put_string16(out, strings[i]);
    rec_end(out, r);
}

/* --- sheets -------------------------------------------------------------------------------------
 */

static void test_sheets(void)
{
    static const char *const strings[] = {"姓名", "机密文件", "谁也不用的串"};
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t one = rec_bound(&b, 0, "花名册"), two = rec_bound(&b, 2, "底稿");
    put_sst(&b, strings, 3);
    rec_eof(&b);
    bound_set(&b, one);
    rec_bof(&b, 0x0600, 0x0010);
    rec_shared(&b, 0, 0, 0);
    rec_label(&b, 0, 2, "李\n四");
    rec_eof(&b);
    bound_set(&b, two);
    rec_bof(&b, 0x0600, 0x0010);
    rec_shared(&b, 6, 1, 1);
    rec_eof(&b);
    run("机密文件");
    check_cell("底稿", 7, 2, MSH_ROLE_HIDDEN);
    CHECK(dump_has(&d, "body|a.xls||姓名\t\t李 四\n"));
    CHECK(dump_has(&d, "name|a.xls||花名册\n"));
    CHECK(dump_has(&d, "hidden|a.xls||谁也不用的串\n"));
    CHECK_INT(d.outcomes, 0);
    end();
}

/* What the list does not name is read as hidden; what it names and is nowhere is said. */
static void test_unlisted(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    rec_bound(&b, 0, "Sheet1");
    rec_eof(&b);
    rec_bof(&b, 0x0600, 0x0010);
    rec_label(&b, 0, 0, "无主的表");
    rec_eof(&b);
    run("无主的表");
    check_cell("", 1, 1, MSH_ROLE_HIDDEN);
    CHECK(dump_has(&d, "!format.corrupt|a.xls\n"));
    end();
}

/* Offsets that lead nowhere: the order of the list counts. */
static void test_wrong_offsets(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    rec_bound(&b, 0, "甲表");
    rec_bound(&b, 1, "乙表");
    rec_eof(&b);
    for (unsigned i = 0; i < 2; i++) {
        rec_bof(&b, 0x0600, 0x0010);
        rec_label(&b, 0, 0, i ? "乙表的字" : "甲表的字");
        rec_eof(&b);
    }
    b.data[24] = b.data[25] = b.data[40] = b.data[41] = 0xff;
    run("乙表的字");
    check_cell("乙表", 1, 1, MSH_ROLE_HIDDEN);
    CHECK(dump_has(&d, "body|a.xls||甲表的字\n"));
    CHECK_INT(d.outcomes, 0);
    end();
}

/* A picture of BIFF5 is one: without OCR it was not read. */
static void test_picture(void)
{
    begin();
    rec_bof(&b, 0x0500, 0x0010);
    size_t r = rec_begin(&b, 0x007f);
    msh_buf_put(&b, "\x09\0\1\0\x18\0\0\0", 8);
    msh_buf_put(&b, "\x0c\0\0\0\2\0\2\0\1\0\x18\0", 12);
    msh_buf_put(&b, "\0\0\0\xff\xff\xff\0\0\xff\xff\xff\0\0\0\0\0", 16);
    rec_end(&b, r);
    rec_eof(&b);
    run("x");
    CHECK(dump_has(&d, "!image.needs-ocr|a.xls!Pictures/image@"));
    end();
}

static void test_hidden_row_and_column(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    size_t r = rec_begin(&b, 0x007d);
    msh_buf_put(&b, "\2\0\2\0\0\0\0\0\1\0\0\0", 12);
    rec_end(&b, r);
    r = rec_begin(&b, 0x0208);
    msh_buf_put(&b, "\1\0\0\0\5\0\0\0\0\0\0\0\x20\0\0\0", 16);
    rec_end(&b, r);
    rec_label(&b, 0, 0, "看得见");
    rec_label(&b, 0, 2, "藏在列里");
    rec_label(&b, 1, 0, "藏在行里");
    run("藏在行里");
    check_cell("", 2, 1, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "hidden|a.xls||\t\t藏在列里\n藏在行里\n"));
    CHECK(dump_has(&d, "body|a.xls||看得见\t\t藏在列里\n藏在行里\n"));
    end();
}

/* --- strings ------------------------------------------------------------------------------------
 */

/* A string of the shared table over a CONTINUE: its flags are said again, and may differ. */
static void test_continue(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t r = rec_begin(&b, 0x00fc);
    msh_buf_put_u32(&b, 2);
    msh_buf_put_u32(&b, 2);
    msh_buf_put_u16(&b, 7);
    msh_buf_put_byte(&b, 0);
    msh_buf_put_str(&b, "No.");
    rec_end(&b, r);
    r = rec_begin(&b, 0x003c);
    msh_buf_put_byte(&b, 1);
    put_utf16(&b, "机密文");
    rec_end(&b, r);
    r = rec_begin(&b, 0x003c);
    msh_buf_put_byte(&b, 1);
    put_utf16(&b, "件");
    /* runs of fonts and a reading, split without flags */
    msh_buf_put_u16(&b, 2);
    msh_buf_put_byte(&b, 1 | 4 | 8);
    msh_buf_put_u16(&b, 1);
    msh_buf_put_u32(&b, 14 + 4);
    put_utf16(&b, "重庆");
    msh_buf_put_u16(&b, 0);
    rec_end(&b, r);
    r = rec_begin(&b, 0x003c);
    msh_buf_put_u16(&b, 5);
    msh_buf_put_u16(&b, 1);
    msh_buf_put_u16(&b, 14);
    msh_buf_put_u32(&b, 0);
    msh_buf_put_u16(&b, 0);
    msh_buf_put_u16(&b, 2);
    msh_buf_put_u16(&b, 2);
    put_utf16(&b, "拼音");
    rec_end(&b, r);
    rec_eof(&b);
    rec_bof(&b, 0x0600, 0x0010);
    rec_shared(&b, 0, 0, 0);
    rec_shared(&b, 0, 1, 1);
    run("No.机密文件");
    check_cell("", 1, 1, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "No.机密文件\t重庆\n"));
    CHECK(dump_has(&d, "attr|a.xls||拼音\n"));
    end();
}

/* BIFF5 with its code page; without one, all plausible readings. */
static void put_biff5(bool declared)
{
    rec_bof(&b, 0x0500, 0x0010);
    size_t r = rec_begin(&b, 0x0042);
    msh_buf_put_u16(&b, declared ? 936 : 1252);
    rec_end(&b, r);
    r = rec_begin(&b, 0x0204);
    put_cell(&b, 1, 1, 0);
    msh_buf_put_u16(&b, 10);
    msh_buf_put_str(&b, "\xbb\xfa\xc3\xdc\xa1\xef\x31\x30\xc4\xea"); /* 机密★10年 */
    rec_end(&b, r);
}

static void test_code_page(void)
{
    begin();
    put_biff5(true);
    run("机密★10年");
    check_cell("", 2, 2, MSH_ROLE_BODY);
    CHECK_INT(d.outcomes, 0);
    end();
    begin();
    put_biff5(false);
    run("x");
    CHECK(dump_has(&d, "机密★10年"));
    end();
}

/* --- numbers ------------------------------------------------------------------------------------
 */

static void test_numbers(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    rec_format(&b, 0, "General");
    rec_format(&b, 164, "\"机密★\"0\"年\"");
    rec_format(&b, 165, "yyyy-mm-dd");
    rec_eof(&b);
    rec_bof(&b, 0x0600, 0x0010);
    rec_number(&b, 0, 0, 0, 622202123456789.0);
    rec_number(&b, 1, 0, 0, 13800138000.0);
    rec_number(&b, 2, 0, 1, 10);
    rec_number(&b, 3, 0, 2, 43363);
    rec_number(&b, 4, 0, 0, 10.52);
    rec_number(&b, 5, 0, 0, 110101199003071000.0);
    size_t r = rec_begin(&b, 0x00bd); /* two RK */
    msh_buf_put(&b, "\6\0\0\0", 4);
    msh_buf_put(&b, "\0\0\x07\0\0\0", 6); /* 1 in hundredths: .01 */
    msh_buf_put(&b, "\0\0\xaa\0\0\0", 6); /* 42 */
    msh_buf_put(&b, "\1\0", 2);
    rec_end(&b, r);
    run("机密★10年");
    check_cell("", 3, 1, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "622202123456789\n13800138000\n机密★10年\n2018-09-20\n10.52\n"
                       "110101199003071000\n0.01\t42\n"));
    end();
}

static void test_formula(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    size_t r = rec_begin(&b, 0x0006);
    put_cell(&b, 0, 3, 0);
    msh_buf_put(&b, "\0\0\0\0\0\0\xff\xff", 8); /* a string follows */
    msh_buf_put(&b, "\0\0\0\0\0\0", 6);
    size_t tokens = b.len;
    msh_buf_put_u16(&b, 0);
    msh_buf_put(&b, "\x44\1\0\1\0\x17", 6); /* a reference, a constant */
    put_string8(&b, "绝密常量");
    msh_buf_put(&b, "\x08\x19\x10\0\0", 5); /* joined; a sum's mark */
    b.data[tokens] = (uint8_t)(b.len - tokens - 2);
    rec_end(&b, r);
    r = rec_begin(&b, 0x0207);
    put_string16(&b, "算出来的");
    rec_end(&b, r);
    run("绝密常量");
    CHECK_INT(d.needle_col, 4);
    CHECK(dump_has(&d, "body|a.xls||\t\t\t算出来的\n"));
    end();
}

/* --- beside the cells ---------------------------------------------------------------------------
 */

static void put_object(uint16_t id, const char *text)
{
    size_t r = rec_begin(&b, 0x005d);
    msh_buf_put(&b, "\x15\0\x12\0\x19\0", 6);
    msh_buf_put_u16(&b, id);
    msh_buf_put(&b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18);
    rec_end(&b, r);
    r = rec_begin(&b, 0x01b6);
    msh_buf_put(&b, "\0\0\0\0\0\0\0\0\0\0", 10);
    msh_buf_put_u16(&b, (uint16_t)utf16_len(text));
    msh_buf_put(&b, "\0\0\0\0\0\0", 6);
    rec_end(&b, r);
    r = rec_begin(&b, 0x003c);
    msh_buf_put_byte(&b, 1);
    put_utf16(&b, text);
    rec_end(&b, r);
}

static void test_notes(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    size_t r = rec_begin(&b, 0x0014);
    put_string16(&b, "&L&\"宋体,加粗\"&14内部资料&R&P");
    rec_end(&b, r);
    rec_label(&b, 0, 0, "x1");
    put_object(7, "批注里的话");
    put_object(9, "文本框里的话");
    r = rec_begin(&b, 0x001c);
    put_cell(&b, 2, 3, 0);
    msh_buf_put_u16(&b, 7);
    put_string16(&b, "张三");
    rec_end(&b, r);
    run("批注里的话");
    check_cell("", 3, 4, MSH_ROLE_COMMENT);
    CHECK(dump_has(&d, "comment|a.xls||张三\n批注里的话\n"));
    CHECK(dump_has(&d, "body|a.xls||文本框里的话\n"));
    CHECK(dump_has(&d, "header|a.xls||内部资料\n"));
    end();
}

static void test_names_and_links(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t r = rec_begin(&b, 0x0018);
    msh_buf_put(&b, "\1\0\0\4\0\0\0\0\0\0\0\0\0\0", 14);
    msh_buf_put_byte(&b, 1);
    put_utf16(&b, "秘密名称");
    rec_end(&b, r);
    r = rec_begin(&b, 0x01ae);
    msh_buf_put_u16(&b, 1);
    put_string16(&b, "\1\1D预算\3底.xls");
    put_string16(&b, "外部表");
    rec_end(&b, r);
    r = rec_begin(&b, 0x005c);
    put_string16(&b, "王五    ");
    rec_end(&b, r);
    r = rec_begin(&b, 0x4242); /* of no known kind: swept */
    put_utf16(&b, "没人认识的记录里有绝密文件");
    rec_end(&b, r);
    rec_eof(&b);
    run("x");
    CHECK(dump_has(&d, "秘密名称\n"));
    CHECK(dump_has(&d, "D:\\预算\\底.xls\n外部表\n"));
    CHECK(dump_has(&d, "meta|a.xls||王五\n"));
    CHECK(dump_has(&d, "没人认识的记录里有绝密文件"));
    end();
}

/* Cells inside a chart are its own copy, not cells of the sheet around it. */
static void test_chart(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    rec_label(&b, 4, 4, "甲");
    rec_bof(&b, 0x0600, 0x0020);
    size_t r = rec_begin(&b, 0x100d);
    msh_buf_put_u16(&b, 0);
    put_string8(&b, "图表标题");
    rec_end(&b, r);
    rec_label(&b, 0, 0, "系列");
    rec_eof(&b);
    rec_label(&b, 4, 5, "乙");
    rec_eof(&b);
    run("乙");
    check_cell("", 5, 6, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "body|a.xls||图表标题\n系列\n"));
    end();
}

/* --- damage, encryption -------------------------------------------------------------------------
 */

static void test_damage(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    rec_label(&b, 0, 0, "前面的");
    size_t r = rec_begin(&b, 0x0204);
    put_cell(&b, 1, 0, 0);
    msh_buf_put_u16(&b, 5000);
    msh_buf_put_byte(&b, 1);
    put_utf16(&b, "断掉的机密文件");
    rec_end(&b, r);
    b.data[r - 1] = 0x70; /* longer than the stream */
    run("x");
    CHECK(dump_has(&d, "前面的"));
    CHECK(dump_has(&d, "断掉的机密文件"));
    CHECK(dump_has(&d, "!format.corrupt|a.xls\n"));
    end();
}

static void test_encrypted(void)
{
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t r = rec_begin(&b, 0x002f);
    msh_buf_put(&b, "\1\0\1\0\1\0", 6);
    rec_end(&b, r);
    rec_label(&b, 0, 0, "xxxxxxx");
    run("x");
    CHECK(dump_has(&d, "!office.encrypted|a.xls\n"));
    CHECK(!dump_has(&d, "xxxxxxx"));
    end();
}

/* The answer that is known everywhere. */
static void test_rc4(void)
{
    static const uint8_t want[] = {0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3};
    msh_rc4 r;
    msh_rc4_begin(&r, MSH_VIEW("Key"));
    for (unsigned i = 0; i < sizeof want; i++)
        CHECK_INT("Plaintext"[i] ^ msh_rc4_byte(&r), want[i]);
}

/* The stream of test_locked, its bodies from `from` on encrypted by the key of each block of 1,024
 * bytes: keyed by a hash of the password ([MS-OFFCRYPTO] 2.3.5.2). */
static void lock_rc4(size_t from, msh_view secret, size_t clear)
{
    for (size_t at = from; at < b.len;) {
        size_t body = at + 4, end = body + (size_t)(b.data[at + 2] | b.data[at + 3] << 8);
        bool plain = b.data[at] == 9 && b.data[at + 1] == 8;
        for (size_t i = plain ? end : body + (b.data[at] == 0x85 ? clear : 0); i < end; i++) {
            msh_hash h = {.name = "SHA1"};
            msh_rc4 r;
            uint8_t block[4] = {(uint8_t)(i / 1024), 0, 0, 0};
            msh_view parts[] = {secret, msh_view_of(block, 4)};
            REQUIRE(msh_hash_of(&h, parts, 2) == MSH_OK);
            msh_rc4_begin(&r, msh_view_of(h.value, 16));
            for (size_t k = 0; k < i % 1024; k++)
                (void)msh_rc4_byte(&r);
            b.data[i] ^= msh_rc4_byte(&r);
        }
        at = end;
    }
}

/* Excel's own password opens; the salt is all zeros, keys have 128 bits. */
static void test_locked(void)
{
    static const char letters[] = "VelvetSweatshop";
    uint8_t wide[30] = {0}, zeros[16] = {0};
    msh_hash secret = {.name = "SHA1"}, first = {.name = "SHA1"}, check = {.name = "SHA1"};
    msh_rc4 r;
    for (unsigned i = 0; i < 15; i++)
        wide[2 * i] = (uint8_t)letters[i];
    msh_view parts[] = {msh_view_of(zeros, 16), msh_view_of(wide, 30)};
    REQUIRE(msh_hash_of(&secret, parts, 2) == MSH_OK);
    msh_view keyed[] = {msh_view_of(secret.value, 20), msh_view_of(zeros, 4)};
    REQUIRE(msh_hash_of(&first, keyed, 2) == MSH_OK);
    REQUIRE(msh_hash_of(&check, parts, 1) == MSH_OK); /* the verifier is zeros, too */
    msh_rc4_begin(&r, msh_view_of(first.value, 16));
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t f = rec_begin(&b, 0x002f);
    msh_buf_put(&b, "\1\0\2\0\2\0", 6);
    msh_buf_put_u32(&b, 4);
    msh_buf_put_u32(&b, 32);
    for (unsigned i = 0; i < 8; i++)
        msh_buf_put_u32(&b, i == 4 ? 128 : 0);
    msh_buf_put_u32(&b, 16);
    msh_buf_put(&b, zeros, 16);
    for (unsigned i = 0; i < 16; i++)
        msh_buf_put_byte(&b, msh_rc4_byte(&r));
    msh_buf_put_u32(&b, 20);
    for (unsigned i = 0; i < 20; i++)
        msh_buf_put_byte(&b, check.value[i] ^ msh_rc4_byte(&r));
    rec_end(&b, f);
    size_t from = b.len, bound = rec_bound(&b, 0, "表一");
    rec_eof(&b);
    bound_set(&b, bound);
    rec_bof(&b, 0x0600, 0x0010);
    for (uint16_t i = 0; i < 100; i++)
        rec_label(&b, i, 0, i == 99 ? "锁着的机密文件" : "占地方的字");
    rec_eof(&b);
    lock_rc4(from, msh_view_of(secret.value, 20), 4);
    run("锁着的机密文件");
    check_cell("表一", 100, 1, MSH_ROLE_BODY);
    CHECK_INT(d.outcomes, 0);
    end();
}

/* XOR obfuscation: bytes are turned left by five after the key is added. */
static void test_obscured(void)
{
    static const char letters[] = "VelvetSweatshop";
    uint8_t key[16];
    begin();
    rec_bof(&b, 0x0600, 0x0005);
    size_t f = rec_begin(&b, 0x002f);
    msh_buf_put_u16(&b, 0);
    msh_buf_put_u16(&b, 0x59b3);
    msh_buf_put_u16(&b, 0x9a0a);
    rec_end(&b, f);
    rec_eof(&b);
    rec_bof(&b, 0x0600, 0x0010);
    size_t from = b.len;
    rec_label(&b, 0, 0, "锁着的机密文件");
    for (unsigned i = 0; i < 16; i++) {
        uint8_t v = (uint8_t)((i < 15 ? (uint8_t)letters[i] : 0xbb) ^ (i % 2 ? 0x59 : 0xb3));
        key[i] = (uint8_t)(v << 2 | v >> 6);
    }
    size_t n = b.len - from - 4;
    for (size_t i = 0; i < n; i++) {
        uint8_t v = b.data[from + 4 + i] ^ key[(from + 4 + n + i) % 16];
        b.data[from + 4 + i] = (uint8_t)(v << 5 | v >> 3);
    }
    run("锁着的机密文件");
    CHECK(d.needle_found);
    CHECK_INT(d.outcomes, 0);
    end();
}

static void test_old(void)
{
    begin();
    msh_buf_put(&b, "\x09\0\4\0\2\0\x10\0", 8); /* BIFF2 */
    msh_buf_put(&b, "\4\0\x0c\0\1\0\2\0\0\0\0\4text", 16);
    msh_buf_put(&b, "\2\0\x09\0\1\0\3\0\0\0\0\x2a\0", 13);
    msh_buf_put(&b, "\x0a\0\0\0", 4);
    run("text");
    check_cell("", 2, 3, MSH_ROLE_BODY);
    CHECK(dump_has(&d, "text\t42\n"));
    CHECK_INT(d.outcomes, 0);
    end();
}

/* --- in a compound file: the book, its pivot caches ---------------------------------------------
 */

static void test_compound(void)
{
    cfb_build c;
    begin();
    rec_bof(&b, 0x0600, 0x0010);
    rec_label(&b, 0, 0, "表里的字");
    rec_eof(&b);
    cfb_begin(&c);
    cfb_stream(&c, 0, "Workbook", b.data, b.len);
    int cache = cfb_storage(&c, 0, "_SX_DB_CUR");
    msh_buf_reset(&b);
    size_t r = rec_begin(&b, 0x00cd);
    put_string16(&b, "透视缓存里的字");
    rec_end(&b, r);
    cfb_stream(&c, cache, "0001", b.data, b.len);
    cfb_end(&c);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&c.file), "a.et"), MSH_OK);
    CHECK(dump_has(&d, "body|a.et||表里的字\n"));
    CHECK(dump_has(&d, "body|a.et!_SX_DB_CUR/0001||透视缓存里的字\n"));
    CHECK_INT(d.outcomes, 0);
    CHECK_VIEW(d.x.format, MSH_VIEW("xls"));
    cfb_dispose(&c);
    end();
}

int main(int argc, char **argv)
{
    dump_folder = argc > 1 ? argv[1] : NULL;
    RUN(test_sheets);
    RUN(test_unlisted);
    RUN(test_wrong_offsets);
    RUN(test_picture);
    RUN(test_hidden_row_and_column);
    RUN(test_continue);
    RUN(test_code_page);
    RUN(test_numbers);
    RUN(test_formula);
    RUN(test_notes);
    RUN(test_names_and_links);
    RUN(test_chart);
    RUN(test_damage);
    RUN(test_encrypted);
    RUN(test_rc4);
    RUN(test_locked);
    RUN(test_obscured);
    RUN(test_old);
    RUN(test_compound);
    return check_result();
}
