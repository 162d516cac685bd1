/* test_xlsb.c: workbooks in binary records (BIFF12) inside a package. */
#include "check.h"
#include "extract_dump.h"
#include "xls_build.h"
#include "zip_build.h"

static dump d;

typedef struct bin_part {
    const char *name;
    msh_buf data;
} bin_part;

enum { PARTS = 7 };
static bin_part parts[PARTS];
static unsigned n_parts;

static msh_buf *part(const char *name)
{
    bin_part *p = &parts[n_parts++];
    p->name = name;
    msh_buf_init(&p->data, 1 << 20);
    return &p->data;
}

/* --- records of BIFF12 --------------------------------------------------------------------------
 */

static void put_number(msh_buf *b, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        msh_buf_put_byte(b, (uint8_t)(v | 0x80));
    msh_buf_put_byte(b, (uint8_t)v);
}

static void put_record(msh_buf *b, uint32_t type, const msh_buf *body)
{
    put_number(b, type);
    put_number(b, body ? (uint32_t)body->len : 0);
    if (body)
        msh_buf_put_view(b, msh_buf_view(body));
}

static void put_wide(msh_buf *b, const char *s)
{
    msh_buf_put_u32(b, (uint32_t)utf16_len(s));
    (void)put_utf16(b, s);
}

static msh_buf body;

static msh_buf *fresh(void)
{
    msh_buf_reset(&body);
    return &body;
}

static void put_row(msh_buf *b, uint32_t row, bool hidden)
{
    msh_buf_put_u32(fresh(), row);
    msh_buf_put(&body, "\0\0\0\0\0\0\0", 7);
    msh_buf_put_byte(&body, hidden ? 0x10 : 0);
    msh_buf_put(&body, "\0\0\0\0\0", 5);
    put_record(b, 0, &body);
}

static void begin_cell(uint32_t col, uint32_t style)
{
    msh_buf_put_u32(fresh(), col);
    msh_buf_put_u32(&body, style);
}

static void put_sheet_entry(msh_buf *b, uint32_t state, const char *id, const char *name)
{
    msh_buf_put_u32(fresh(), state);
    msh_buf_put_u32(&body, 1);
    put_wide(&body, id);
    put_wide(&body, name);
    put_record(b, 156, &body);
}

/* --- the package --------------------------------------------------------------------------------
 */

static void zip_head(msh_buf *z, const bin_part *p)
{
    uint32_t n = (uint32_t)p->data.len;
    msh_buf_put_u32(z, 0); /* flags, method: stored */
    msh_buf_put_u32(z, 0);
    msh_buf_put_u32(z, crc_of((const char *)p->data.data, n));
    msh_buf_put_u32(z, n);
    msh_buf_put_u32(z, n);
    msh_buf_put_u16(z, (uint16_t)strlen(p->name));
    msh_buf_put_u16(z, 0);
}

static void put_zip(msh_buf *z)
{
    uint32_t at[PARTS];
    for (unsigned i = 0; i < n_parts; i++) {
        at[i] = (uint32_t)z->len;
        msh_buf_put_u32(z, 0x04034b50);
        msh_buf_put_u16(z, 20);
        zip_head(z, &parts[i]);
        msh_buf_put_str(z, parts[i].name);
        msh_buf_put_view(z, msh_buf_view(&parts[i].data));
    }
    uint32_t from = (uint32_t)z->len;
    for (unsigned i = 0; i < n_parts; i++) {
        msh_buf_put_u32(z, 0x02014b50);
        msh_buf_put_u32(z, 20 | 20 << 16);
        zip_head(z, &parts[i]);
        msh_buf_put(z, "\0\0\0\0\0\0\0\0\0\0", 10);
        msh_buf_put_u32(z, at[i]);
        msh_buf_put_str(z, parts[i].name);
    }
    uint32_t size = (uint32_t)z->len - from;
    msh_buf_put_u32(z, 0x06054b50);
    msh_buf_put_u32(z, 0);
    msh_buf_put_u32(z, n_parts | n_parts << 16);
    msh_buf_put_u32(z, size);
    msh_buf_put_u32(z, from);
    msh_buf_put_u16(z, 0);
}

static void run(const char *needle)
{
    msh_buf z;
    msh_buf_init(&z, 1 << 20);
    put_zip(&z);
    dump_begin(&d);
    d.needle = msh_view_str(needle);
    CHECK_INT(dump_run(&d, msh_buf_view(&z), "a.xlsb"), MSH_OK);
    dump_keep("binary", "xlsb", msh_buf_view(&z));
    msh_buf_dispose(&z);
}

static void end(void)
{
    dump_end(&d);
    while (n_parts > 0)
        msh_buf_dispose(&parts[--n_parts].data);
}

static void put_common_parts(void)
{
    msh_buf_put_str(part("xl/_rels/workbook.bin.rels"),
                    "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.bin\"/>"
                    "<Relationship Id=\"rId2\" Target=\"worksheets/sheet2.bin\"/></Relationships>");
    msh_buf *b = part("xl/workbook.bin");
    put_sheet_entry(b, 0, "rId1", "花名册");
    put_sheet_entry(b, 2, "rId2", "底稿");
    b = part("xl/styles.bin");
    put_record(b, 617, NULL);
    for (unsigned id = 0; id <= 164; id += 164) {
        msh_buf_put_u16(fresh(), 0);
        msh_buf_put_u16(&body, (uint16_t)id);
        if (id == 164) { /* its code comes first, as it should */
            msh_buf code;
            msh_buf_init(&code, 256);
            msh_buf_put_u16(&code, 164);
            put_wide(&code, "\"机密★\"0\"年\"");
            put_record(b, 44, &code);
            msh_buf_dispose(&code);
        }
        put_record(b, 47, &body);
    }
    put_record(b, 618, NULL);
    b = part("xl/sharedStrings.bin");
    static const char *const strings[] = {"姓名", "谁也不用的串"};
    for (unsigned i = 0; i < 2; i++) {
        msh_buf_put_byte(fresh(), 0);
        put_wide(&body, strings[i]);
        put_record(b, 19, &body);
    }
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void test_cells(void)
{
    put_common_parts();
    msh_buf *b = part("xl/worksheets/sheet1.bin");
    put_row(b, 4, false);
    begin_cell(0, 0);
    msh_buf_put_u32(&body, 0);
    put_record(b, 7, &body); /* shared */
    begin_cell(2, 1);
    msh_buf_put_u32(&body, 10 << 2 | 2);
    put_record(b, 2, &body); /* a whole number of 30 bits, with words */
    msh_buf_put(fresh(), "\0\0\0", 3);
    put_wide(&body, "紧挨着的");
    put_record(b, 17, &body); /* short: right of the last */
    put_row(b, 5, true);
    begin_cell(1, 0);
    put_wide(&body, "算出来的");
    msh_buf_put_u16(&body, 0);
    msh_buf_put_u32(&body, 11);
    msh_buf_put(&body, "\x17\4\0", 3);
    put_utf16(&body, "绝密常量");
    msh_buf_put_u32(&body, 0);
    put_record(b, 8, &body);
    msh_buf_put_u16(fresh(), 0);
    put_wide(&body, "&L&\"宋体\"页眉里的字");
    put_record(b, 479, &body);
    run("紧挨着的");
    CHECK_STR(d.needle_sheet, "花名册");
    CHECK_INT(d.needle_row, 5);
    CHECK_INT(d.needle_col, 4);
    CHECK(dump_has(&d, "姓名\t\t机密★10年\t紧挨着的\n\t算出来的\n"));
    CHECK(dump_has(&d, "hidden|a.xlsb!xl/worksheets/sheet1.bin||\t算出来的\n"));
    CHECK(dump_has(&d, "绝密常量"));
    CHECK(dump_has(&d, "header|a.xlsb!xl/worksheets/sheet1.bin||页眉里的字\n"));
    CHECK(dump_has(&d, "hidden|a.xlsb!xl/sharedStrings.bin||谁也不用的串\n"));
    CHECK_INT(d.outcomes, 0);
    end();
}

static void test_hidden_sheet(void)
{
    put_common_parts();
    msh_buf *b = part("xl/worksheets/sheet2.bin");
    put_row(b, 0, false);
    begin_cell(0, 0);
    put_wide(&body, "藏着的绝密文件");
    put_record(b, 6, &body);
    run("藏着的绝密文件");
    CHECK_STR(d.needle_sheet, "底稿");
    CHECK_INT(d.needle_role, MSH_ROLE_HIDDEN);
    end();
}

static void test_comment(void)
{
    put_common_parts();
    msh_buf *b = part("xl/comments1.bin");
    put_wide(fresh(), "张三");
    put_record(b, 632, &body);
    msh_buf_put_u32(fresh(), 0);
    msh_buf_put_u32(&body, 6);
    msh_buf_put_u32(&body, 6);
    msh_buf_put_u32(&body, 1);
    msh_buf_put_u32(&body, 1);
    msh_buf_put(&body, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put_record(b, 635, &body);
    msh_buf_put_byte(fresh(), 1);
    put_wide(&body, "批注里的话");
    msh_buf_put_u32(&body, 1);
    msh_buf_put_u32(&body, 0);
    put_record(b, 637, &body);
    run("批注里的话");
    CHECK_INT(d.needle_role, MSH_ROLE_COMMENT);
    CHECK_INT(d.needle_row, 7);
    CHECK_INT(d.needle_col, 2);
    end();
}

/* What is of no known kind is swept; a part that breaks off is said and swept. */
static void test_damage(void)
{
    put_common_parts();
    msh_buf *b = part("xl/worksheets/sheet1.bin");
    put_utf16(fresh(), "没人认识的记录里有绝密文件");
    put_record(b, 4000, &body);
    run("没人认识的记录里有绝密文件");
    CHECK_INT(d.needle_role, MSH_ROLE_RAW);
    CHECK_INT(d.outcomes, 0);
    end();
    put_common_parts();
    b = part("xl/worksheets/sheet1.bin");
    put_row(b, 0, false);
    begin_cell(0, 0);
    put_wide(&body, "断掉的机密文件还有后面");
    put_record(b, 6, &body);
    b->len -= 6;
    run("断掉的机密文件");
    CHECK(d.needle_found);
    CHECK(dump_has(&d, "!format.corrupt|a.xlsb!xl/worksheets/sheet1.bin\n"));
    end();
}

int main(int argc, char **argv)
{
    dump_folder = argc > 1 ? argv[1] : NULL;
    msh_buf_init(&body, 1 << 16);
    RUN(test_cells);
    RUN(test_hidden_sheet);
    RUN(test_comment);
    RUN(test_damage);
    msh_buf_dispose(&body);
    return check_result();
}
