/* Word documents built from bytes: pieces, parts, fields, tables, hidden and deleted text, lists,
 * remains, the forms of Word 6 and 95, encryption, pictures; then every byte of one turned. */
#include "check.h"

#include "cfb_build.h"
#include "extract_dump.h"

static cfb_build b;
static dump d;

/* A document: its text lies at TEXT of the main stream in pieces, formatting pages at CHPX, PAPX.
 */
enum { TEXT = 1024, PAGES = 4096, MAIN = 6144 };
typedef struct doc {
    uint8_t main[MAIN];
    size_t end;        /* of the text */
    uint32_t cp;       /* characters so far */
    msh_buf cps, pcds; /* PlcPcd */
    msh_buf table;
    unsigned runs, paras;
} doc;

static void put16(uint8_t *to, uint32_t v)
{
    to[0] = (uint8_t)v;
    to[1] = (uint8_t)(v >> 8);
}

static void begin(doc *w, bool old)
{
    memset(w, 0, sizeof *w);
    put16(w->main, old ? 0xa5dc : 0xa5ec);
    put16(w->main + 2, old ? 0x65 : 0xc1);
    put16(w->main + 10, old ? 0 : 1 << 9);
    put16(w->main + 32, 14);
    put16(w->main + 62, 22);
    put16(w->main + 152, 93);
    w->end = TEXT;
    msh_buf_init(&w->cps, 1 << 20);
    msh_buf_init(&w->pcds, 1 << 20);
    msh_buf_init(&w->table, 1 << 20);
    msh_buf_put_u32(&w->table, 0); /* nothing stands at 0 */
}

static void pair(doc *w, unsigned i, const void *data, size_t len)
{
    cfb_put32(w->main + 154 + 8 * i, (uint32_t)w->table.len);
    cfb_put32(w->main + 158 + 8 * i, (uint32_t)len);
    msh_buf_put(&w->table, data, len);
}

/* A piece in UTF-16, or one byte a character; gives its file position. */
static uint32_t piece(doc *w, const char *utf8, bool wide)
{
    size_t at = w->end, n = strlen(utf8), chars = 0;
    for (size_t i = 0; i < n;) {
        msh_char c = {(uint8_t)utf8[i], 1, false};
        if (wide)
            c = msh_charset_next(MSH_CS_UTF8, msh_view_of(utf8 + i, n - i));
        w->main[w->end++] = (uint8_t)c.cp;
        if (wide)
            w->main[w->end++] = (uint8_t)(c.cp >> 8);
        i += c.len;
        chars++;
    }
    msh_buf_put_u32(&w->cps, w->cp);
    msh_buf_put_u16(&w->pcds, 0);
    msh_buf_put_u32(&w->pcds, wide ? (uint32_t)at : (uint32_t)at * 2 | 1u << 30);
    msh_buf_put_u16(&w->pcds, 0);
    w->cp += (uint32_t)chars;
    w->end += 16; /* pieces need not touch */
    return (uint32_t)at;
}

/* Formatting of [from, to); `sprms` for characters, with istd for paragraphs. Runs must be given in
 * order; gaps between them are runs without properties. */
static void format(doc *w, unsigned page, uint32_t from, uint32_t to, const void *sprms, size_t len)
{
    unsigned *n = page ? &w->paras : &w->runs, bx = page ? 13 : 1;
    uint8_t *p = w->main + PAGES + 512 * page;
    unsigned old = *n;
    uint8_t offsets[512];
    memcpy(offsets, p + 4 * (old + 1), old * bx);
    bool gap = old && cfb_build_u32(p + 4 * old) != from;
    *n += gap ? 2 : 1;
    memmove(p + 4 * (*n + 1), offsets, old * bx);
    if (gap)
        memset(p + 4 * (*n + 1) + old * bx, 0, bx);
    uint8_t *data = p + 510 - 32 * *n;
    memset(p + 4 * (*n + 1) + (*n - 1) * bx, 0, bx);
    p[4 * (*n + 1) + (*n - 1) * bx] = (uint8_t)((data - p) / 2);
    if (page)
        data[0] = (uint8_t)(len / 2 + 1);
    else
        data[0] = (uint8_t)len;
    memcpy(data + 1, sprms, len);
    cfb_put32(p + 4 * (*n - 1), from);
    cfb_put32(p + 4 * *n, to);
    p[511] = (uint8_t)*n;
}

static void finish(doc *w, const char *text_after_tables)
{
    static uint8_t clx[4096];
    msh_buf_put_u32(&w->cps, w->cp);
    size_t n = w->cps.len + w->pcds.len;
    clx[0] = 2;
    cfb_put32(clx + 1, (uint32_t)n);
    memcpy(clx + 5, w->cps.data, w->cps.len);
    if (w->pcds.len)
        memcpy(clx + 5 + w->cps.len, w->pcds.data, w->pcds.len);
    pair(w, 33, clx, n + 5);
    for (unsigned page = 0; page < 2; page++) {
        uint8_t bte[12] = {0};
        cfb_put32(bte + 4, 0xffff);
        cfb_put32(bte + 8, PAGES / 512 + page);
        if (w->main[PAGES + 512 * page + 511])
            pair(w, 12 + page, bte, sizeof bte);
    }
    if (text_after_tables)
        msh_buf_put_str(&w->table, text_after_tables);
    cfb_begin(&b);
    cfb_stream(&b, 0, "WordDocument", w->main, MAIN);
    cfb_stream(&b, 0, "1Table", w->table.data, w->table.len);
    msh_buf_dispose(&w->cps);
    msh_buf_dispose(&w->pcds);
    msh_buf_dispose(&w->table);
}

static void count(doc *w, unsigned part, uint32_t chars)
{
    cfb_put32(w->main + 76 + 4 * part, chars);
}

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
        printf("missing: %s\n%.*s\n", what, (int)d.log.len, (const char *)d.log.data);
    return found;
}

/* --- texts --------------------------------------------------------------------------------------
 */

static void pieces_are_joined(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "绝", true);
    piece(&w, "密★30年\r", true);
    piece(&w, "narrow \x93quoted\x94\r", false);
    count(&w, 0, w.cp);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("body|a.doc!WordDocument||绝密★30年\nnarrow “quoted”\n"));
    CHECK_INT(d.outcomes, 0);
    CHECK_VIEW(d.x.format, MSH_VIEW("doc"));
    dump_end(&d);
}

static void every_part_has_its_role(void)
{
    static doc w;
    static uint8_t hdd[4 * 14];
    begin(&w, false);
    piece(&w, "body\r", true);
    piece(&w, "note\r", true);
    piece(&w, "head\rfoot\r", true);
    piece(&w, "said\r", true);
    piece(&w, "last\r", true);
    piece(&w, "boxed\r", true);
    piece(&w, "hbox\r", true);
    piece(&w, "\rnobody counts this\r", true);
    count(&w, 0, 5);
    count(&w, 1, 5);
    count(&w, 2, 10);
    count(&w, 4, 5);
    count(&w, 5, 5);
    count(&w, 6, 6);
    count(&w, 7, 5);
    for (unsigned i = 8; i < 14; i++) /* story 7 is a header, 8 a footer */
        cfb_put32(hdd + 4 * i, i == 8 ? 5 : 10);
    pair(&w, 11, hdd, sizeof hdd);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("body|a.doc!WordDocument||body\n"));
    CHECK(has("body|a.doc!WordDocument|footnote|note\n"));
    CHECK(has("header|a.doc!WordDocument||head\n"));
    CHECK(has("footer|a.doc!WordDocument||foot\n"));
    CHECK(has("comment|a.doc!WordDocument||said\n"));
    CHECK(has("body|a.doc!WordDocument|endnote|last\n"));
    CHECK(has("body|a.doc!WordDocument|textbox|boxed\n"));
    CHECK(has("header|a.doc!WordDocument|textbox|hbox\n"));
    CHECK(has("hidden|a.doc!WordDocument||nobody counts this\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

static void fields_tables_signs(void)
{
    static doc w;
    static const uint8_t row_end[] = {0, 0, 0x17, 0x24, 1}, cell[] = {0, 0, 0x16, 0x24, 1};
    begin(&w, false);
    piece(&w, "see \x13 HYPERLINK \"http://x\" \x14机\x13 PAGE \x14\x15密\x15 now\r", true);
    uint32_t at = piece(&w, "name\tx\x07number\x07\x07", true);
    format(&w, 1, at, at + 2 * 14, cell, sizeof cell);
    format(&w, 1, at + 2 * 14, at + 2 * 15, row_end, sizeof row_end);
    piece(&w,
          "non\x1e"
          "breaking op\x1ftional\r",
          true);
    count(&w, 0, w.cp);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("||see 机密 now\nname x\tnumber\t\nnon-breaking optional\n"));
    CHECK(has("attr|a.doc!WordDocument|field| HYPERLINK \"http://x\""));
    dump_end(&d);
}

static void hidden_deleted_symbols(void)
{
    static doc w;
    static const uint8_t vanish[] = {0x3c, 0x08, 1}, deleted[] = {0, 0x08, 1},
                         star[] = {0x09, 0x6a, 4, 0, 0xab, 0xf0},
                         white[] = {0x70, 0x68, 255, 255, 255, 0};
    begin(&w, false);
    uint32_t at = piece(&w, "甲乙丙丁(戊\r", true);
    format(&w, 0, at + 2, at + 4, vanish, sizeof vanish);
    format(&w, 0, at + 4, at + 6, deleted, sizeof deleted);
    format(&w, 0, at + 8, at + 10, star, sizeof star);
    format(&w, 0, at + 10, at + 12, white, sizeof white);
    count(&w, 0, w.cp);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("body|a.doc!WordDocument||甲乙丁★戊\n"));
    CHECK(has("hidden|a.doc!WordDocument||乙\n戊\n"));
    CHECK(has("deleted|a.doc!WordDocument||丙\n甲乙丙丁★戊\n"));
    dump_end(&d);
}

static void lists_have_labels(void)
{
    static doc w;
    /* one simple list: "机密★%1年", decimal, from 10; one override of it; the paragraph: ilfo 1 */
    static const uint8_t lst[2 + 28] = {1, 0, 7, 7, 7, 7, [2 + 26] = 1};
    static const uint8_t lvl[] = {10, 0, 0,    0,    0,    0,    4, 0,    0, 0, 0,    0,   0, 0,
                                  0,  0, 0,    0,    0,    0,    0, 0,    0, 0, 0,    0,   0, 0,
                                  5,  0, 0x3a, 0x67, 0xc6, 0x5b, 5, 0x26, 0, 0, 0x74, 0x5e};
    static const uint8_t lfo[4 + 16 + 4] = {1, 0, 0, 0, 7, 7, 7, 7};
    static const uint8_t item[] = {0, 0, 0x0a, 0x26, 0, 0x0b, 0x46, 1, 0};
    begin(&w, false);
    uint32_t at = piece(&w, "first\rsecond\r", true);
    format(&w, 1, at, at + 12, item, sizeof item);
    format(&w, 1, at + 12, at + 26, item, sizeof item);
    count(&w, 0, w.cp);
    pair(&w, 73, lst, sizeof lst);
    msh_buf_put(&w.table, lvl, sizeof lvl);
    pair(&w, 74, lfo, sizeof lfo);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("||机密★10年 first\n机密★11年 second\n"));
    dump_end(&d);
}

static void what_no_piece_refers_to(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "kept\r", true);
    count(&w, 0, w.cp);
    memcpy(w.main + w.end, "removed words", 13);
    finish(&w, "words in the table stream");
    read_built("a.doc");
    CHECK(has("body|a.doc!WordDocument||kept\n"));
    CHECK(has("raw|a.doc!WordDocument||"));
    CHECK(has("removed words"));
    CHECK(has("raw|a.doc!1Table||words in the table stream"));
    dump_end(&d);
}

static void other_bytes_in_narrow_pieces(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "\xb1\xbe\xce\xc4\xbc\xfe\xca\xc7\xbb\xfa\xc3\xdc\r", false); /* 本文件是机密, GBK */
    count(&w, 0, w.cp);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("本文件是机密"));
    dump_end(&d);
}

static void strings_of_tables(void)
{
    static doc w;
    static const uint8_t names[] = {0xff, 0xff, 2,    0,    0, 0, 2,   0,
                                    0x3a, 0x67, 0xc6, 0x5b, 1, 0, 'x', 0};
    begin(&w, false);
    piece(&w, "text\r", true);
    count(&w, 0, w.cp);
    pair(&w, 21, names, sizeof names);
    pair(&w, 51, names, sizeof names);
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("meta|a.doc!WordDocument|bookmark|机密\nx\n"));
    CHECK(has("meta|a.doc!WordDocument|reviser|机密\nx\n"));
    dump_end(&d);
}

/* --- other forms -------------------------------------------------------------------------------
 */

static void old_documents(void)
{
    static doc w;
    static const char text[] = "\xbb\xfa\xc3\xdc\xa1\xef 1\x07"
                               "2\x07\x07"
                               "end\r";
    for (int lid = 0; lid < 2; lid++) {
        begin(&w, true);
        put16(w.main + 6, lid ? 0x409 : 0x804);
        memcpy(w.main + TEXT, text, sizeof text - 1);
        cfb_put32(w.main + 24, TEXT);
        cfb_put32(w.main + 28, TEXT + sizeof text - 1);
        cfb_put32(w.main + 52, sizeof text - 1);
        memset(w.main + 0x58, 0, 8 * 38);
        /* fonts: one for GB 2312 */
        memcpy(w.main + 3000, "\x0e\0\x0b\0\0\0\x86\0SimSun", 14);
        cfb_put32(w.main + 0x58 + 8 * 15, 3000);
        cfb_put32(w.main + 0x5c + 8 * 15, 14);
        finish(&w, NULL);
        read_built("a.doc");
        CHECK(has(lid ? "机密★ 1" : "body|a.doc!WordDocument||机密★ 1\t2\t\nend\n"));
        CHECK(!dump_has(&d, "!format.corrupt"));
        dump_end(&d);
    }
}

static void encrypted_ones_are_said(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "noise\r", true);
    count(&w, 0, w.cp);
    w.main[11] |= 1;
    finish(&w, NULL);
    read_built("a.doc");
    CHECK(has("!office.encrypted|a.doc\n"));
    CHECK(!dump_has(&d, "noise"));
    CHECK_INT(d.outcomes, 1);
    dump_end(&d);
}

static void broken_tables_are_said(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "still here", true);
    finish(&w, NULL);
    cfb_put32(b.e[1].data.data + 154 + 8 * 33, 0x7fffffff);
    read_built("a.doc");
    CHECK(has("!format.corrupt|a.doc!WordDocument"));
    CHECK(has("still here"));
    dump_end(&d);
}

static void pictures_are_members(void)
{
    static doc w;
    static uint8_t data[300] = {0x44, 0, 0, 0, 'p', 'a', 't', 'h', ' ', 'h', 'e', 'r', 'e'};
    static const uint8_t head[] = {0x00, 0x6e, 0x1e, 0xf0, 80, 0, 0, 0};
    begin(&w, false);
    piece(&w, "\1\r", true);
    count(&w, 0, w.cp);
    finish(&w, NULL);
    memcpy(data + 100, head, sizeof head);
    memcpy(data + 100 + 8 + 17, "\x89PNG\r\n\x1a\n", 8);
    /* text art: one property with 6 bytes behind */
    memcpy(data + 220, "\x13\0\x0b\xf0\x0c\0\0\0\xc0\x80\x06\0\0\0\x3a\x67\xc6\x5b\0\0", 20);
    cfb_stream(&b, 0, "Data", data, sizeof data);
    read_built("a.doc");
    CHECK(has("a.doc!Data@100.png"));
    CHECK(has("path here"));
    CHECK(has("body|a.doc!Data|shape|机密\n"));
    dump_end(&d);
}

static void documents_inside(void)
{
    static doc w;
    begin(&w, false);
    piece(&w, "inner text\r", true);
    count(&w, 0, w.cp);
    finish(&w, NULL);
    int pool = cfb_storage(&b, 0, "ObjectPool"), one = cfb_storage(&b, pool, "_1");
    b.e[1].parent = b.e[2].parent = one;
    read_built("a.doc");
    CHECK(has("body|a.doc!ObjectPool/_1!WordDocument||inner text\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

static void nothing_breaks_it(void)
{
    static doc w;
    static const uint8_t deleted[] = {0, 0x08, 1}, cell[] = {0, 0, 0x16, 0x24, 1};
    begin(&w, false);
    uint32_t at = piece(&w, "see \x13 X \x14机\x15 a\x07\x07\r", true);
    format(&w, 0, at + 2, at + 6, deleted, sizeof deleted);
    format(&w, 1, at, at + 12, cell, sizeof cell);
    piece(&w, "narrow\r", false);
    count(&w, 0, 9);
    count(&w, 2, 4);
    finish(&w, NULL);
    cfb_end(&b);
    for (size_t i = 512 * 8; i < b.file.len * 8; i += i < (512 + 600) * 8 ? 1 : 5) {
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
    RUN(pieces_are_joined);
    RUN(every_part_has_its_role);
    RUN(fields_tables_signs);
    RUN(hidden_deleted_symbols);
    RUN(lists_have_labels);
    RUN(what_no_piece_refers_to);
    RUN(other_bytes_in_narrow_pieces);
    RUN(strings_of_tables);
    RUN(old_documents);
    RUN(encrypted_ones_are_said);
    RUN(broken_tables_are_said);
    RUN(pictures_are_members);
    RUN(documents_inside);
    RUN(nothing_breaks_it);
    return check_result();
}
