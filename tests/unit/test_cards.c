/* Cards, calendars, directories, shortcuts, stores of mail programs. */
#include "check.h"

#include "extract_dump.h"

static dump d;

static bool run_has(const char *name, msh_view v, const char *want)
{
    dump_begin(&d);
    CHECK_INT(dump_run(&d, v, name), MSH_OK);
    bool found = dump_has(&d, want);
    if (!found)
        printf("missing %s\n%.*s\n", want, (int)d.log.len, (const char *)d.log.data);
    dump_end(&d);
    return found;
}

#define READS(text, want) CHECK(run_has("a.vcf", MSH_VIEW(text), want))
#define CARD(lines) "BEGIN:VCARD\r\nVERSION:2.1\r\n" lines "END:VCARD\r\n"

static void cards(void)
{
    READS(CARD("N:\xe5\xbc\xa0;\xe4\xb8\x89;;;\r\n"), "\nN: 张 三");
    READS(CARD("NOTE:one\r\n  two\r\n\tthree\r\n"), "\nNOTE: one twothree\n");
    READS(CARD("NOTE:a\\, b\\nc\\;d\r\n"), "\nNOTE: a, b c;d\n");
    READS(CARD("FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5=\r\n=C8=FD\r\n"), "\nFN: 张三\n");
    READS(CARD("FN;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=E4=B8=89\r\n"), "\nFN: 张三\n");
    READS(CARD("FN;CHARSET=UTF-8;ENCODING=BASE64:5byg5LiJ\r\n"), "\nFN: 张三\n");
    READS(CARD("item1.TEL;TYPE=\"a:b\":138\r\n"), "\nitem1.TEL: 138\n");
    READS(CARD("PHOTO;ENCODING=BASE64;TYPE=PNG:\r\n iVBORw0KGgoAAAAN\r\n SUhEUgAAAAE=\r\n\r\n"),
          "a.vcf!photo");
    READS(CARD("FN:\xd5\xc5\xc8\xfd\r\nNOTE:\xb9\xa4\xd7\xf7\xc3\xd8\xc3\xdc\r\n"), "\nFN: 张三\n");
    READS(CARD("FN:first\r\n") CARD("FN:second\r\n"), "\nFN: second\n");
    READS("\xef\xbb\xbf" CARD("FN:x\r\n"), "\nFN: x\n");
    READS("BEGIN:VCALENDAR\nSUMMARY:\xe6\x9c\xba\n "
          "\xe5\xaf\x86\nATTACH;FILENAME=\"n.txt\";ENCODING=\n"
          " BASE64:AAECAwQFBgcICQ==\nEND:VCALENDAR\n",
          "\nSUMMARY: 机密\n");
    READS("BEGIN:VCALENDAR\nATTACH;FILENAME=\"n.bin\";ENCODING=BASE64:AAECAwQFBgcICQ==\n"
          "END:VCALENDAR\n",
          "name|a.vcf!n.bin||n.bin");
    READS("version: 1\n\ndn: cn=x\ncn:: 5byg\n 5LiJ\nmail: a@b\n\ndn: cn=y\n", "\ncn: 张三\n");
    /* never closed */
    READS("BEGIN:VCARD\nFN:open", "\nFN: open\n");
}

static void shortcuts(void)
{
    msh_buf b;
    msh_buf_init(&b, 4096);
    msh_buf_put(&b, "\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\xa7\0\0\0", 24);
    while (b.len < 0x4c)
        msh_buf_put_byte(&b, 0);
    msh_buf_put(&b, "\4\0abcd", 6);                                        /* item list */
    msh_buf_put(&b, "\x26\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\x1c\0\0\0", 20); /* LinkInfo */
    msh_buf_put(&b, "\0\0\0\0\x25\0\0\0\xbb\xfa\xc3\xdc.txt\0\0", 18);
    msh_buf_put(&b, "\2\0\x3a\x67\xc6\x5b", 6); /* description */
    msh_buf_put(&b, "\1\0x\0", 4);              /* arguments */
    CHECK(run_has("a.lnk", msh_buf_view(&b), "meta|a.lnk|Path|机密.txt\n"));
    CHECK(run_has("a.lnk", msh_buf_view(&b), "meta|a.lnk|Description|机密\n"));
    CHECK(run_has("a.lnk", msh_buf_view(&b), "meta|a.lnk|Arguments|x\n"));
    for (size_t n = 20; n < b.len; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(b.data, n), "a.lnk"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 160; i < b.len * 8; i++) {
        b.data[i / 8] ^= (uint8_t)(1 << i % 8);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.lnk"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
        b.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    b.len = 0x4c;
    b.data[20] = 0;
    CHECK(run_has("a.lnk", msh_buf_view(&b), "meta|a.lnk|Content-Type|"));
    msh_buf_dispose(&b);
}

static void stores_are_said(void)
{
    CHECK(
        run_has("a.pst", MSH_VIEW("!BDN\1\2\3\4SM\x17\0\x13\0\1\1"), "!format.unsupported|a.pst"));
    CHECK(run_has("a.dbx", MSH_VIEW("\xcf\xad\x12\xfe\xc5\xfd\x74\x6f"),
                  "!format.unsupported|a.dbx"));
}

int main(void)
{
    RUN(cards);
    RUN(shortcuts);
    RUN(stores_are_said);
    return check_result();
}
