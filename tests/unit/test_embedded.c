/* test_embedded.c: what documents embed besides XML: archives of iWork, fonts, seals, printer
 * settings; and cells of CSV. */
#include "check.h"

#include "extract/csvcells.h"
#include "extract/odttf.h"
#include "extract/snappy.h"
#include "extract_dump.h"

static dump d;

static void run(msh_view bytes, const char *name)
{
    dump_begin(&d);
    CHECK_INT(dump_run(&d, bytes, name), MSH_OK);
}

/* --- Snappy and iWork --------------------------------------------------------------------------
 */

static void unsnap(const char *bytes, size_t n, const char *want, bool good)
{
    msh_buf out;
    msh_buf_init(&out, 100);
    CHECK_INT(msh_snappy_block(msh_view_of(bytes, n), &out), good);
    if (want)
        CHECK_VIEW(msh_buf_view(&out), msh_view_str(want));
    msh_buf_dispose(&out);
}

static void test_snappy(void)
{
    unsnap("\x08\x04"
           "ab"
           "\x09\x02",
           6, "abababab", true);
    unsnap("\x08\x04"
           "ab\x0a\x02\0",
           7, NULL, false);
    unsnap("\x05\x10hello", 7, "hello", true);
    unsnap("\x06\x04"
           "ab"
           "\x01\x02",
           6, "ababab", true);
    unsnap("\x06\x04"
           "ab"
           "\x0e\x02\0",
           7, "ababab", true);
    unsnap("\x06\x04"
           "ab"
           "\x01\x03",
           6, NULL, false);                  /* before the start */
    unsnap("\x09\x10hello", 7, NULL, false); /* less than declared */
    unsnap("\x05\xf4hello", 7, NULL, false); /* a literal past the end */
    unsnap("\xff\xff\xff\xff\xff", 5, NULL, false);
    unsnap("", 0, NULL, false);
    unsnap("\x7f\x00x\xfe\x01\x00\xfe\x01\x00", 9, NULL, false); /* shorter than 127 */
}

/* One chunk, in it one literal: an ArchiveInfo { 2: { 3: length } } and a message { 1: text }. */
static void test_iwa(void)
{
    static const char text[] = "机密★10年 iwa";
    size_t n = strlen(text);
    msh_buf plain, file;
    msh_buf_init(&plain, 1000);
    msh_buf_init(&file, 1000);
    msh_buf_put(&plain, "\x04\x12\x02\x18", 4);
    msh_buf_put_byte(&plain, (uint8_t)(n + 4)); /* { 4: { 1: text } } */
    msh_buf_put_byte(&plain, 0x22);
    msh_buf_put_byte(&plain, (uint8_t)(n + 2));
    msh_buf_put_byte(&plain, 0x0a);
    msh_buf_put_byte(&plain, (uint8_t)n);
    msh_buf_put_str(&plain, text);
    msh_buf_put_byte(&file, 0);
    msh_buf_put_byte(&file, (uint8_t)(plain.len + 2));
    msh_buf_put(&file, "\0\0", 2);
    msh_buf_put_byte(&file, (uint8_t)plain.len);
    msh_buf_put_byte(&file, (uint8_t)((plain.len - 1) << 2));
    msh_buf_put_view(&file, msh_buf_view(&plain));
    run(msh_buf_view(&file), "Document.iwa");
    CHECK_VIEW(d.x.format, MSH_VIEW("iwa"));
    CHECK(dump_has(&d, "机密★10年 iwa\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    for (size_t cut = 5; cut < file.len; cut++) { /* never silent about what is missing */
        run(msh_view_of(file.data, cut), "Document.iwa");
        CHECK(d.outcomes > 0);
        dump_end(&d);
    }
    msh_buf_dispose(&plain);
    msh_buf_dispose(&file);
}

/* --- fonts -------------------------------------------------------------------------------------
 */

static const char font[] = "\0\1\0\0\0\1\0\0\0\0\0\0"
                           "name\0\0\0\0\0\0\0\x1c\0\0\0\x16" /* at 28, 22 bytes */
                           "\0\0\0\1\0\x12"
                           "\0\3\0\1\4\x09\0\1\0\4\0\0" /* Windows, 4 bytes at 0 of the strings */
                           "\x67\x3a\x5b\xc6";
enum { FONT = sizeof font - 1 };

static void test_font(void)
{
    run(msh_view_of(font, FONT), "a.ttf");
    CHECK_VIEW(d.x.format, MSH_VIEW("font"));
    CHECK(dump_has(&d, "|机密\n"));
    CHECK(dump_has(&d, "!format.opaque"));
    CHECK_INT(d.outcomes, 1);
    dump_end(&d);
    run(msh_view_of(font, FONT - 1), "a.ttf"); /* a table past the end: not whole */
    CHECK(dump_has(&d, "!format.unsupported"));
    dump_end(&d);
}

static void test_hidden_font(void)
{
    static const char guid[] = "00112233-4455-6677-8899-AABBCCDDEEFF";
    static const uint8_t key[16] = {0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88,
                                    0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0};
    uint8_t hidden[FONT];
    char name[80];
    msh_odttf keys = {.n = 0};
    for (size_t i = 0; i < FONT; i++)
        hidden[i] = (uint8_t)((uint8_t)font[i] ^ (i < 32 ? key[i % 16] : 0));
    (void)snprintf(name, sizeof name, "Resources/%s.odttf", guid);
    msh_odttf_open(&keys, MSH_VIEW("word/fonts/font1.odttf"), hidden, FONT);
    CHECK(memcmp(hidden, font, FONT) != 0);
    msh_odttf_open(&keys, msh_view_str(name), hidden, FONT);
    CHECK(memcmp(hidden, font, FONT) == 0);
    for (size_t i = 0; i < 32; i++)
        hidden[i] ^= key[i % 16];
    memcpy(keys.keys[0], key, sizeof key);
    keys.n = 1;
    msh_odttf_open(&keys, MSH_VIEW("word/fonts/font1.odttf"), hidden, FONT);
    CHECK(memcmp(hidden, font, FONT) == 0);
    msh_odttf_open(&keys, MSH_VIEW("x"), hidden, 3);
}

/* --- seals -------------------------------------------------------------------------------------
 */

static void test_der(void)
{
    static const char seal[] = "\x30\x26\x30\x0a\x16\x02"
                               "ES\x02\x01\x04\x16\x01X"
                               "\x04\x10\x30\x0e\x0c\x0c某市公章"
                               "\x1e\x02\x67\x3a\x17\x02"
                               "00";
    run(msh_view_of(seal, sizeof seal - 1), "Seal.esl");
    CHECK_VIEW(d.x.format, MSH_VIEW("der"));
    CHECK(dump_has(&d, "某市公章\n"));
    CHECK(dump_has(&d, "|机\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    run(msh_view_of(seal, sizeof seal - 2), "Seal.esl");
    CHECK(!msh_view_eq_str(d.x.format, "der"));
    dump_end(&d);
}

/* A picture in octets, and more than the head of the file. */
static void test_large_der(void)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    uint32_t n = 100000;
    msh_buf_put(&b, "\x30\x83", 2);
    for (int i = 16; i >= 0; i -= 8)
        msh_buf_put_byte(&b, (uint8_t)((n + 5 + 8) >> i));
    msh_buf_put(&b, "\x0c\x06印章", 8);
    msh_buf_put(&b, "\x04\x83", 2);
    for (int i = 16; i >= 0; i -= 8)
        msh_buf_put_byte(&b, (uint8_t)(n >> i));
    msh_buf_put_str(&b, "GIF89a");
    while (b.len < n + 18)
        msh_buf_put_byte(&b, 0);
    run(msh_buf_view(&b), "Seal.esl");
    CHECK_VIEW(d.x.format, MSH_VIEW("der"));
    CHECK(dump_has(&d, "印章\n"));
    CHECK(dump_has(&d, "!+picture") || dump_has(&d, "+picture|"));
    dump_end(&d);
    b.data[15] = 0xff; /* a length that does not fit */
    run(msh_buf_view(&b), "Seal.esl");
    CHECK(!msh_view_eq_str(d.x.format, "der"));
    dump_end(&d);
    msh_buf_dispose(&b);
}

/* --- metafiles of StarView ---------------------------------------------------------------------
 */

static void test_svm(void)
{
    static const char svm[] = "VCLMTF\1\0\2\0\0\0\0\0"
                              "\x96\0\1\0\2\0\0\0\x09\0"
                              "\x70\0\2\0\x14\0\0\0"
                              "\0\0\0\0\0\0\0\0\2\0??\0\0\2\0\2\0\x3a\x67";
    msh_buf b;
    msh_buf_init(&b, 1000);
    msh_buf_put(&b, svm, sizeof svm - 1);
    msh_buf_put(&b, "\xc6\x5b", 2);
    b.data[28] = 22; /* length of the text action */
    run(msh_buf_view(&b), "Object 1");
    CHECK_VIEW(d.x.format, MSH_VIEW("svm"));
    CHECK(dump_has(&d, "|机密\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    run(msh_view_of(b.data, b.len - 1), "Object 1");
    CHECK(dump_has(&d, "!format.truncated"));
    dump_end(&d);
    msh_buf_dispose(&b);
}

/* --- printer settings --------------------------------------------------------------------------
 */

static void test_devmode(void)
{
    uint8_t b[230] = {'P', 0, '1', 0};
    b[64] = 1;
    b[65] = 4;
    b[68] = 220;
    b[70] = 10;
    b[102] = 'A';
    b[104] = '4';
    run(msh_view_of(b, sizeof b), "printerSettings1.bin");
    CHECK_VIEW(d.x.format, MSH_VIEW("devmode"));
    CHECK(dump_has(&d, "|P1\n") && dump_has(&d, "|A4\n"));
    CHECK(dump_has(&d, "!format.opaque") && d.outcomes == 1);
    dump_end(&d);
    b[70] = 11; /* more than there is */
    run(msh_view_of(b, sizeof b), "printerSettings1.bin");
    CHECK(dump_has(&d, "!format.unknown"));
    dump_end(&d);
}

/* --- cells of CSV ------------------------------------------------------------------------------
 */

static void test_csv(void)
{
    static const char text[] = "a;\"b;\"\"\nc\";d\n;\"x";
    msh_doc doc = {.name = MSH_VIEW("t.csv"), .head = msh_view_str(text)};
    msh_csv_cursor c = msh_csv_cells_begin(&doc);
    msh_anchor all[8];
    CHECK_INT(c.separator, ';');
    CHECK_INT(msh_csv_cells(&c, msh_view_str(text), all, 8), 5);
    static const uint32_t want[][3] = {{0, 1, 1}, {2, 1, 2}, {11, 1, 3}, {13, 2, 1}, {14, 2, 2}};
    for (size_t i = 0; i < 5; i++) {
        CHECK_INT(all[i].at, want[i][0]);
        CHECK_INT(all[i].cell_row, want[i][1]);
        CHECK_INT(all[i].cell_col, want[i][2]);
    }
    CHECK(c.quoted);
    doc.name = MSH_VIEW("t.txt");
    CHECK_INT(msh_csv_cells_begin(&doc).separator, 0);
    doc.name = MSH_VIEW("T.TSV");
    CHECK_INT(msh_csv_cells_begin(&doc).separator, '\t');
}

/* In two parts as in one. */
static void test_csv_in_parts(void)
{
    static const char text[] = "a,\"b\nb\",c\nd,,e\n";
    msh_doc doc = {.name = MSH_VIEW("t.csv"), .head = msh_view_str(text)};
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        msh_csv_cursor c = msh_csv_cells_begin(&doc), whole = c;
        (void)msh_csv_cells(&whole, msh_view_str(text), NULL, 0);
        (void)msh_csv_cells(&c, msh_view_of(text, cut), NULL, 0);
        (void)msh_csv_cells(&c, msh_view_of(text + cut, strlen(text) - cut), NULL, 0);
        CHECK_INT(c.row, whole.row);
        CHECK_INT(c.col, whole.col);
    }
}

int main(void)
{
    RUN(test_snappy);
    RUN(test_iwa);
    RUN(test_font);
    RUN(test_hidden_font);
    RUN(test_der);
    RUN(test_large_der);
    RUN(test_svm);
    RUN(test_devmode);
    RUN(test_csv);
    RUN(test_csv_in_parts);
    return check_result();
}
