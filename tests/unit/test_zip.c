/* test_zip.c: zips that lie, and office packages inside them, built in memory. */
#include "check.h"

#include "base/mem.h"
#include "extract/extract.h"
#include "zip_build.h"

typedef struct heard {
    msh_buf text; /* "role:text\n" */
    msh_buf reasons;
} heard;

static msh_err on_text(void *ctx, const msh_text *t)
{
    heard *h = ctx;
    msh_buf_put_str(&h->text, msh_role_name(t->place.role));
    msh_buf_put_byte(&h->text, ':');
    msh_buf_put_view(&h->text, t->bytes);
    msh_buf_put_byte(&h->text, '\n');
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    heard *h = ctx;
    (void)place;
    (void)reached;
    msh_buf_put_str(&h->reasons, msh_reason_name(reason));
    msh_buf_put_byte(&h->reasons, '\n');
    return MSH_OK;
}

static heard h;

static void scan(msh_view bytes, const char *path)
{
    msh_limits limits;
    msh_arena arena;
    msh_limits_default(&limits);
    msh_arena_init(&arena, 0);
    msh_buf_reset(&h.text);
    msh_buf_reset(&h.reasons);
    msh_sink sink = {.ctx = &h, .text = on_text, .outcome = on_outcome};
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input in;
    msh_input_memory(&in, bytes);
    CHECK_INT(msh_extract_item(&x, &in, msh_view_str(path)), MSH_OK);
    msh_input_dispose(&in);
    msh_arena_dispose(&arena);
}

static bool has(const msh_buf *b, const char *what)
{
    return msh_view_find(msh_buf_view(b), msh_view_str(what), 0) != SIZE_MAX;
}

static void scan_zip(const char *prefix, const member *members, size_t n, const char *path)
{
    msh_buf z;
    msh_buf_init(&z, 1 << 20);
    msh_buf_put_str(&z, prefix);
    build(&z, members, n);
    REQUIRE(msh_buf_err(&z) == MSH_OK);
    scan(msh_buf_view(&z), path);
    msh_buf_dispose(&z);
}

/* --- zip ----------------------------------------------------------------------------------------
 */

static void test_honest(void)
{
    const member m[] = {{"a.txt", "机密★10年 one", NULL, 0, false},
                        {"b.txt", "second text", NULL, 0, false}};
    scan_zip("", m, 2, "t.zip");
    CHECK(has(&h.text, "机密★10年 one") && has(&h.text, "second text"));
    CHECK_INT(h.reasons.len, 0);
    scan_zip("bytes before the archive", m, 2, "t.bin");
    CHECK(has(&h.text, "机密★10年 one"));
}

static void test_hidden_member(void)
{
    const member m[] = {{"a.txt", "plain words", NULL, 0, false},
                        {"b.txt", "机密★10年 hidden", NULL, 0, true},
                        {"c.txt", "more words", NULL, 0, false}};
    scan_zip("", m, 3, "t.zip");
    CHECK(has(&h.text, "机密★10年 hidden"));
    CHECK(has(&h.reasons, "zip.mismatch"));
}

static void test_two_names(void)
{
    const member m[] = {{"a.txt", "plain words", "机密★10年.txt", 0, false}};
    scan_zip("", m, 1, "t.zip");
    CHECK(has(&h.text, "机密★10年.txt"));
    CHECK(has(&h.reasons, "zip.mismatch"));
}

static void test_encrypted(void)
{
    const member m[] = {{"名单.txt", "\x01\x02\x03 cipher", NULL, 1, false},
                        {"b.txt", "second text", NULL, 0, false}};
    scan_zip("", m, 2, "t.zip");
    CHECK(has(&h.reasons, "zip.encrypted"));
    CHECK(has(&h.text, "second text"));
}

static void test_cut_and_flipped(void)
{
    const member m[] = {{"a.txt", "机密★10年 one", NULL, 0, false},
                        {"b.txt", "second text", NULL, 0, false}};
    msh_buf z;
    msh_buf_init(&z, 1 << 20);
    build(&z, m, 2);
    size_t first_end = 30 + strlen(m[0].name) + strlen(m[0].data);
    for (size_t n = 4; n < z.len; n++) {
        scan(msh_view_of(z.data, n), "t.zip");
        CHECK(h.reasons.len > 0);
        if (n >= first_end)
            CHECK(has(&h.text, "机密★10年 one"));
    }
    for (size_t i = 0; i < z.len; i++) {
        z.data[i] ^= 0x55;
        scan(msh_buf_view(&z), "t.zip");
        CHECK(h.text.len > 0);
        z.data[i] ^= 0x55;
    }
    msh_buf_dispose(&z);
}

/* Zeros look like the end of a tar: what comes behind them is read all the same. */
static void test_gzip_of_zeros(void)
{
    enum { ZEROS = 1024 };
    static const char words[] = "机密★10年 behind zeros";
    char data[ZEROS + sizeof words - 1] = {0};
    uint16_t n = sizeof data;
    memcpy(data + ZEROS, words, sizeof words - 1);
    msh_buf z;
    msh_buf_init(&z, 1 << 16);
    msh_buf_put(&z, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    msh_buf_put_byte(&z, 1); /* RFC 1951 §3.2.4: the last block, stored */
    msh_buf_put_u16(&z, n);
    msh_buf_put_u16(&z, (uint16_t)~n);
    msh_buf_put(&z, data, n);
    msh_buf_put_u32(&z, crc_of(data, n));
    msh_buf_put_u32(&z, n);
    scan(msh_buf_view(&z), "zeros.gz");
    CHECK(has(&h.text, words));
    CHECK(!has(&h.reasons, "archive.corrupt"));
    msh_buf_dispose(&z);
}

/* --- office documents
 * ----------------------------------------------------------------------------- */

#define W_HEAD "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>"
#define W_TAIL "</w:body></w:document>"

static void scan_word(const char *document, const char *numbering)
{
    const member m[] = {{"[Content_Types].xml", "<Types/>", NULL, 0, false},
                        {"word/document.xml", document, NULL, 0, false},
                        {"word/numbering.xml", numbering, NULL, 0, false}};
    scan_zip("", m, numbering ? 3 : 2, "t.docx");
}

static void test_runs(void)
{
    scan_word(W_HEAD "<w:p><w:r><w:t>机</w:t></w:r><w:r><w:tab/><w:t>密</w:t></w:r></w:p>"
                     "<w:p><w:r><w:t>next</w:t></w:r></w:p>" W_TAIL,
              NULL);
    CHECK(has(&h.text, "body:机\t密\nnext\n"));
    CHECK_INT(h.reasons.len, 0);
}

static void test_deleted_and_hidden(void)
{
    scan_word(W_HEAD "<w:p><w:r><w:t>keep</w:t></w:r><w:del><w:r><w:delText>gone</w:delText>"
                     "</w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
                     "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r></w:p>" W_TAIL,
              NULL);
    CHECK(has(&h.text, "body:keepnew\nunseen\n"));
    CHECK(has(&h.text, "deleted:gone\nkeepgone\n"));
    CHECK(has(&h.text, "hidden:unseen\n"));
}

static void test_text_box_inside_paragraph(void)
{
    scan_word(W_HEAD "<w:p><w:r><w:t>机密</w:t></w:r><w:r><w:posOffset>12345</w:posOffset>"
                     "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:r>"
                     "<w:r><w:t>★10年</w:t></w:r></w:p>" W_TAIL,
              NULL);
    CHECK(has(&h.text, "box\n机密★10年\n"));
}

static void test_table(void)
{
    scan_word(W_HEAD "<w:tbl><w:tr><w:tc><w:tcPr/><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
                     "<w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
                     "<w:p><w:r><w:t>c</w:t></w:r></w:p>" W_TAIL,
              NULL);
    CHECK(has(&h.text, "body:a\tb\nc\n"));
}

static void test_list_numbers(void)
{
    scan_word(W_HEAD "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"7\"/></w:numPr>"
                     "</w:pPr><w:r><w:t>x</w:t></w:r></w:p>"
                     "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"7\"/></w:numPr>"
                     "</w:pPr><w:r><w:t>y</w:t></w:r></w:p>" W_TAIL,
              "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"3\"><w:lvl w:ilvl=\"0\">"
              "<w:start w:val=\"10\"/><w:numFmt w:val=\"decimal\"/>"
              "<w:lvlText w:val=\"机密★%1年\"/></w:lvl></w:abstractNum>"
              "<w:num w:numId=\"7\"><w:abstractNumId w:val=\"3\"/></w:num></w:numbering>");
    CHECK(has(&h.text, "body:机密★10年 x\n机密★11年 y\n"));
    CHECK(has(&h.text, "机密★%1年\n机密★10年\n"));
}

static void test_malformed_goes_on(void)
{
    scan_word(W_HEAD "<w:p><w:r><w:t>before</w:t></w:r></w:p><bad <<>"
                     "<w:p><w:r><w:t>机密</w:t></w:r><w:r><w:t>★10年</w:t></w:r></w:p>" W_TAIL,
              NULL);
    CHECK(has(&h.reasons, "xml.malformed"));
    CHECK(has(&h.text, "before") && has(&h.text, "机密★10年"));
}

static void test_entities(void)
{
    scan_word("<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">"
              "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
              "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
              "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
              "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">]>"
              "<w:document xmlns:w=\"w\"><w:p><w:t>&e;</w:t></w:p></w:document>",
              NULL);
    CHECK(has(&h.reasons, "xml."));
    CHECK(h.text.len < 4 << 20);
}

int main(void)
{
    msh_buf_init(&h.text, 64 << 20);
    msh_buf_init(&h.reasons, 1 << 20);
    RUN(test_honest);
    RUN(test_hidden_member);
    RUN(test_two_names);
    RUN(test_encrypted);
    RUN(test_cut_and_flipped);
    RUN(test_gzip_of_zeros);
    RUN(test_runs);
    RUN(test_deleted_and_hidden);
    RUN(test_text_box_inside_paragraph);
    RUN(test_table);
    RUN(test_list_numbers);
    RUN(test_malformed_goes_on);
    RUN(test_entities);
    msh_buf_dispose(&h.text);
    msh_buf_dispose(&h.reasons);
    return check_result();
}
