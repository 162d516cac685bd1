/* What documents in compound files have in common: property sets, packages, macros, documents
 * inside documents, strange streams, what was left behind. */
#include "check.h"

#include "cfb_build.h"
#include "extract_dump.h"

static cfb_build b;
static dump d;

/* Builds, reads, throws the file away; the log stays in d until `done`. */
static void read_built(const char *name)
{
    cfb_end(&b);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b.file), name), MSH_OK);
    cfb_dispose(&b);
}

static bool has(const char *what)
{
    bool found = dump_has(&d, what);
    if (!found)
        printf("%.*s\n", (int)d.log.len, (const char *)d.log.data);
    return found;
}

/* --- property sets --- */

typedef struct property {
    uint32_t id, type;
    const char *bytes;
    size_t len;
} property;

/* One set; values are given as they stand behind their type. */
static void put_set(msh_buf *out, uint8_t fmtid0, const property *p, uint32_t n)
{
    msh_buf values;
    msh_buf_init(&values, 1 << 20);
    msh_buf_put_u16(out, 0xfffe);
    for (int i = 0; i < 22; i++)
        msh_buf_put_byte(out, 0);
    msh_buf_put_u32(out, 1);
    msh_buf_put_byte(out, fmtid0);
    for (int i = 0; i < 15; i++)
        msh_buf_put_byte(out, 9);
    msh_buf_put_u32(out, 48);
    msh_buf_put_u32(out, 0);
    msh_buf_put_u32(out, n);
    for (uint32_t i = 0; i < n; i++) {
        msh_buf_put_u32(out, p[i].id);
        msh_buf_put_u32(out, 8 + 8 * n + (uint32_t)values.len);
        if (p[i].id)
            msh_buf_put_u32(&values, p[i].type);
        msh_buf_put(&values, p[i].bytes, p[i].len);
        while (values.len % 4)
            msh_buf_put_byte(&values, 0);
    }
    msh_buf_put_view(out, msh_buf_view(&values));
    msh_buf_dispose(&values);
}

static void property_sets(void)
{
    static const property summary[] = {
        {1, 2, "\xa8\x03\0\0", 4},                   /* 936 */
        {2, 30, "\5\0\0\0\xbb\xfa\xc3\xdc\0", 9},    /* 机密 */
        {4, 31, "\3\0\0\0\x20\x5f\x09\x4e\0\0", 10}, /* 张三 */
        {12, 64, "\1\2\3\4\5\6\7\x08", 8},
    };
    static const property custom[] = {
        {1, 2, "\xb0\x04\0\0", 4},                                  /* 1200 */
        {0, 0, "\1\0\0\0\2\0\0\0\3\0\0\0\xc6\x5b\xa7\x7e\0\0", 18}, /* 2 = 密级 */
        {2, 30, "\6\0\0\0\x3a\x67\xc6\x5b\0\0", 10},
        {3, 3, "\x39\x30\0\0", 4},
    };
    msh_buf set;
    msh_buf_init(&set, 1 << 20);
    cfb_begin(&b);
    put_set(&set, 0xe0, summary, 4);
    cfb_stream(&b, 0, "\005SummaryInformation", set.data, set.len);
    msh_buf_reset(&set);
    put_set(&set, 0x05, custom, 4);
    cfb_stream(&b, 0, "\005DocumentSummaryInformation", set.data, set.len);
    msh_buf_dispose(&set);
    read_built("a.doc");
    CHECK(has("meta|a.doc!SummaryInformation|title|机密"));
    CHECK(has("meta|a.doc!SummaryInformation|author|张三"));
    CHECK(has("meta|a.doc!DocumentSummaryInformation|密级|密级"));
    CHECK(has("meta|a.doc!DocumentSummaryInformation|密级|机密"));
    CHECK(has("meta|a.doc!DocumentSummaryInformation||12345"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

static void a_damaged_set_is_swept_and_said(void)
{
    cfb_begin(&b);
    cfb_stream(&b, 0, "\005SummaryInformation", "\1\2\0\0some words here", 19);
    read_built("a.doc");
    CHECK(has("some words here"));
    CHECK(has("!format.corrupt|a.doc!SummaryInformation"));
    dump_end(&d);
}

/* --- packages --- */

static void packages(void)
{
    static const char native[] = "\x5a\0\0\0\2\0label\0inside.txt\0\0\0\3\0\7\0\0\0C:\\way\0"
                                 "\x0c\0\0\0packed words"
                                 "\2\0\0\0\x3a\x67\xc6\x5b";
    cfb_begin(&b);
    int pool = cfb_storage(&b, 0, "ObjectPool");
    int one = cfb_storage(&b, pool, "_1");
    cfb_stream(&b, one, "\001Ole10Native", native, sizeof native - 1);
    cfb_stream(&b, one, "\001CompObj", "\1\0\xfe\xff", 4);
    read_built("a.doc");
    CHECK(has("body|a.doc!inside.txt||packed words"));
    CHECK(has("name|a.doc!ObjectPool/_1/Ole10Native||label"));
    CHECK(has("name|a.doc!ObjectPool/_1/Ole10Native||C:\\way"));
    CHECK(has("name|a.doc!ObjectPool/_1/Ole10Native||机密"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

/* --- macros --- */

static void macros(void)
{
    /* literal tokens, then a copy of 8 from 9 before: "ABCDEFGH.ABCDEFGH" */
    static const char module[] = "pcode\1\x0f\xb0\0ABCDEFGH\2.\x05\x80";
    msh_buf packed;
    msh_buf_init(&packed, 4096);
    static const uint8_t records[] = {3, 0,   2,   0,    0, 0, 0xa8, 3, 0x1a, 0, 2, 0, 0,
                                      0, 'M', '1', 0x31, 0, 4, 0,    0, 0,    5, 0, 0, 0};
    size_t groups = (sizeof records + 7) / 8;
    msh_buf_put_byte(&packed, 1);
    msh_buf_put_u16(&packed, (uint16_t)(0xb000 | (sizeof records + groups - 1)));
    for (size_t i = 0; i < sizeof records; i++) {
        if (i % 8 == 0)
            msh_buf_put_byte(&packed, 0);
        msh_buf_put_byte(&packed, records[i]);
    }
    cfb_begin(&b);
    int macros_at = cfb_storage(&b, 0, "Macros");
    int vba = cfb_storage(&b, macros_at, "VBA");
    cfb_stream(&b, vba, "dir", packed.data, packed.len);
    cfb_stream(&b, vba, "M1", module, sizeof module - 1);
    cfb_stream(&b, vba, "_VBA_PROJECT", "\xcc\x61", 2);
    cfb_stream(&b, macros_at, "PROJECT", "ID=\"{1}\"\r\nName=\"Proj\"", 22);
    msh_buf_dispose(&packed);
    read_built("vbaProject.bin");
    CHECK(has("body|vbaProject.bin!Macros/VBA/M1||ABCDEFGH.ABCDEFGH\n"));
    CHECK(has("Name=\"Proj\""));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

/* --- the rest --- */

static void kinds_without_a_reader_are_said(void)
{
    cfb_begin(&b);
    cfb_stream(&b, 0, "VisioDocument", "\1\2\3 words in a drawing \1", 24);
    read_built("a.vsd");
    CHECK(has("!cfb.unsupported|a.vsd"));
    CHECK(has("raw|a.vsd!VisioDocument||"));
    CHECK(has("words in a drawing"));
    CHECK_VIEW(d.x.format, MSH_VIEW("vsd"));
    dump_end(&d);
}

static void names_and_removed_streams(void)
{
    static uint8_t old[5000];
    memcpy(old + 3000, "left behind in a free sector", 28);
    cfb_begin(&b);
    cfb_stream(&b, 0, "机密名单", "text", 4);
    int removed = cfb_stream(&b, 0, "removed", old, sizeof old);
    cfb_end(&b);
    uint8_t *slot = b.file.data + b.dir_at + 128 * removed;
    memset(slot + 66, 0, 62); /* free, with its name */
    memset(b.file.data + b.dir_at + 128 + 72, 0xff, 4);
    memset(b.file.data + b.fat_at, 0xff, 10 * 4);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.bin"), MSH_OK);
    CHECK(has("name|a.bin||机密名单\nremoved\n"));
    CHECK(has("left behind in a free sector"));
    CHECK(!dump_has(&d, "!cfb.corrupt"));
    dump_end(&d);
    cfb_dispose(&b);
}

static void nothing_breaks_it(void)
{
    static const char native[] = "\x30\0\0\0\2\0label\0inside.txt\0\0\0\3\0\0\0\0\0\4\0\0\0pack";
    cfb_begin(&b);
    int vba = cfb_storage(&b, 0, "VBA");
    cfb_stream(&b, vba, "M1", "x\1\x0a\xb0\0Attribute\2.\x05\x80", 18);
    cfb_stream(&b, 0, "\001Ole10Native", native, sizeof native - 1);
    cfb_stream(&b, 0, "\005SummaryInformation", "\xfe\xff\0\0", 4);
    cfb_end(&b);
    for (size_t i = 512; i < b.file.len * 8; i++) {
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.doc"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    cfb_dispose(&b);
}

int main(void)
{
    RUN(property_sets);
    RUN(a_damaged_set_is_swept_and_said);
    RUN(packages);
    RUN(macros);
    RUN(kinds_without_a_reader_are_said);
    RUN(names_and_removed_streams);
    RUN(nothing_breaks_it);
    return check_result();
}
