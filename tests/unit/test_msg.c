/* Outlook: message files, winmail.dat, compressed RTF; code pages, named properties, attachments,
 * messages inside messages; every truncation, flipped bits. */
#include "check.h"

#include "cfb_build.h"
#include "extract/lzfu.h"
#include "extract_dump.h"

static cfb_build b;
static dump d;

static void put_hex(msh_buf *out, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2) {
        const char two[3] = {hex[0], hex[1], 0};
        msh_buf_put_byte(out, (uint8_t)strtoul(two, NULL, 16));
    }
}

static bool has(const char *what)
{
    bool found = dump_has(&d, what);
    if (!found)
        printf("missing %s\n%.*s\n", what, (int)d.log.len, (const char *)d.log.data);
    return found;
}

/* --- compressed RTF ([MS-OXRTFCP] section 4) --- */

static const char simple[] = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542"
                             "320af32068656c090020627705b06c647d0a800fa0";
static const char crossing[] = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0";

static void rtf_is_expanded(void)
{
    msh_buf in, out;
    msh_budget budget;
    msh_limits limits;
    msh_buf_init(&in, 4096);
    msh_buf_init(&out, 4096);
    msh_limits_default(&limits);
    msh_budget_begin(&budget, &limits, 100);
    put_hex(&in, simple);
    CHECK_INT(msh_lzfu_decode(msh_buf_view(&in), &budget, &out), MSH_OK);
    CHECK_STR((msh_buf_put_byte(&out, 0), (const char *)out.data),
              "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    msh_buf_reset(&in);
    msh_buf_reset(&out);
    put_hex(&in, crossing);
    CHECK_INT(msh_lzfu_decode(msh_buf_view(&in), &budget, &out), MSH_OK);
    CHECK_STR((msh_buf_put_byte(&out, 0), (const char *)out.data), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    for (size_t n = 0; n < in.len; n++) {
        msh_buf_reset(&out);
        msh_err err = msh_lzfu_decode(msh_view_of(in.data, n), &budget, &out);
        CHECK(err == MSH_E_SHORT || err == MSH_E_SYNTAX);
    }
    msh_buf_reset(&out);
    CHECK_INT(msh_lzfu_decode(MSH_VIEW("\x09\0\0\0\3\0\0\0MELA\0\0\0\0{x}"), &budget, &out),
              MSH_OK);
    CHECK_STR((msh_buf_put_byte(&out, 0), (const char *)out.data), "{x}");
    msh_buf_dispose(&in);
    msh_buf_dispose(&out);
}

/* --- message files --- */

static void put_numbers(int storage, size_t header, const uint32_t (*rows)[2], size_t n)
{
    msh_buf p;
    msh_buf_init(&p, 65536);
    for (size_t i = 0; i < header; i++)
        msh_buf_put_byte(&p, 0);
    for (size_t i = 0; i < n; i++) {
        msh_buf_put_u32(&p, rows[i][0]);
        msh_buf_put_u32(&p, 6);
        msh_buf_put_u32(&p, rows[i][1]);
        msh_buf_put_u32(&p, 0);
    }
    cfb_stream(&b, storage, "__properties_version1.0", p.data, p.len);
    msh_buf_dispose(&p);
}

static void put_text(int storage, const char *name, const char *text)
{
    cfb_stream(&b, storage, name, text, strlen(text));
}

static void build_message(void)
{
    static const uint32_t top[][2] = {{0x3ffd0003, 936}, {0x3fde0003, 65001}};
    static const uint32_t reference[][2] = {{0x37050003, 2}};
    msh_buf rtf;
    msh_buf_init(&rtf, 4096);
    put_hex(&rtf, simple);
    cfb_begin(&b);
    put_numbers(0, 32, top, 2);
    put_text(0, "__substg1.0_0037001E", "\xbb\xfa\xc3\xdc\xa1\xef\x31\x30\xc4\xea");
    cfb_stream(&b, 0, "__substg1.0_1000001F", "\x3a\x67\xc6\x5b\0\0", 6);
    put_text(0, "__substg1.0_10130102", "<p>\xe9\xa1\xb5<b>\xe9\x9d\xa2</b></p>");
    cfb_stream(&b, 0, "__substg1.0_10090102", rtf.data, rtf.len);
    put_text(0, "__substg1.0_007D001E", "Subject: =?gbk?B?u/rD3A==?=\r\nX-Any: field\r\n");
    cfb_stream(&b, 0, "__substg1.0_8000001F", "\x3a\x67\0\0", 4);
    put_text(0, "__substg1.0_8001001E", "second");
    put_text(0, "__substg1.0_5A01101E", "\7\0\0\0");
    put_text(0, "__substg1.0_5A01101E-00000000", "manyone");
    put_text(0, "__substg1.0_0FFF0102", "binary tail text");
    put_text(0, "stray", "a stream that nobody names");
    int names = cfb_storage(&b, 0, "__nameid_version1.0");
    cfb_stream(&b, names, "__substg1.0_00030102", "\0\0\0\0\1\0\0\0\x34\x12\0\0\0\0\1\0", 16);
    cfb_stream(&b, names, "__substg1.0_00040102", "\4\0\0\0\xc6\x5b\xa7\x7e", 8);
    put_text(names, "__substg1.0_10130102", "bucket, no page");
    int to = cfb_storage(&b, 0, "__recip_version1.0_#00000000");
    put_text(to, "__substg1.0_3001001E", "\xd5\xc5\xc8\xfd");
    int file = cfb_storage(&b, 0, "__attach_version1.0_#00000000");
    cfb_stream(&b, file, "__substg1.0_3707001F", "\x3a\x67\x2e\0t\0x\0t\0", 10);
    put_text(file, "__substg1.0_37010102", "attached text");
    int far = cfb_storage(&b, 0, "__attach_version1.0_#00000001");
    put_numbers(far, 8, reference, 1);
    put_text(far, "__substg1.0_3001001E", "elsewhere.doc");
    int holder = cfb_storage(&b, 0, "__attach_version1.0_#00000002");
    put_text(holder, "__substg1.0_3001001E", "inner");
    int inner = cfb_storage(&b, holder, "__substg1.0_3701000D");
    put_numbers(inner, 24, NULL, 0);
    put_text(inner, "__substg1.0_0037001E", "\xc4\xda\xb2\xbf");
    put_text(inner, "__substg1.0_8000001E", "named inside");
    put_text(inner, "stray2", "a stream inside that nobody names");
    cfb_end(&b);
    msh_buf_dispose(&rtf);
}

static void message_files(void)
{
    build_message();
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.msg"), MSH_OK);
    CHECK(has("meta|a.msg|Subject|机密★10年\n"));
    CHECK(has("body|a.msg||机密\n"));
    CHECK(has("body|a.msg!body.html||页面\n"));
    CHECK(has("body|a.msg!body.rtf||hello world"));
    CHECK(has("meta|a.msg!headers.eml|Subject|机密\n"));
    CHECK(has("meta|a.msg|密级|机\n"));
    CHECK(has("name|a.msg||密级\n"));
    CHECK(has("meta|a.msg|0x1234|second\n"));
    CHECK(has("meta|a.msg|0x5A01|manyone\n"));
    CHECK(has("raw|a.msg!__substg1.0_0FFF0102||binary tail text"));
    CHECK(has("a stream that nobody names"));
    CHECK(has("bucket, no page"));
    CHECK(!dump_has(&d, "a.msg!body.html||bucket"));
    CHECK(has("meta|a.msg|Name|张三\n"));
    CHECK(has("name|a.msg!机.txt||机.txt\n"));
    CHECK(has("body|a.msg!机.txt||attached text\n"));
    CHECK(has("!mail.external|a.msg!elsewhere.doc"));
    CHECK(has("meta|a.msg!inner.msg|Subject|内部\n"));
    CHECK(has("meta|a.msg!inner.msg|密级|named inside\n"));
    CHECK(has("a stream inside that nobody names"));
    CHECK_INT(d.outcomes, 1);
    dump_end(&d);
    cfb_dispose(&b);
}

static void damaged_messages(void)
{
    build_message();
    for (size_t n = 512; n < b.file.len; n += 97) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(b.file.data, n), "a.msg"), MSH_OK);
        CHECK(d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 0; i < b.file.len; i += 41) {
        b.file.data[i] ^= 0x5a;
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b.file), "a.msg"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
        b.file.data[i] ^= 0x5a;
    }
    cfb_dispose(&b);
}

/* --- winmail.dat --- */

static void attribute(msh_buf *t, uint8_t level, uint32_t id, msh_view v)
{
    msh_buf_put_byte(t, level);
    msh_buf_put_u32(t, id);
    msh_buf_put_u32(t, (uint32_t)v.len);
    msh_buf_put_view(t, v);
    msh_buf_put_u16(t, 0);
}

static void property(msh_buf *p, uint16_t type, uint16_t id, msh_view v)
{
    msh_buf_put_u16(p, type);
    msh_buf_put_u16(p, id);
    if (id >= 0x8000) {
        for (int i = 0; i < 16; i++)
            msh_buf_put_byte(p, 7);
        msh_buf_put_u32(p, 1);
        msh_buf_put_u32(p, 6);
        msh_buf_put(p, "\xc6\x5b\xa7\x7e\0\0\0\0", 8);
    }
    if (type != 3) {
        msh_buf_put_u32(p, 1);
        msh_buf_put_u32(p, (uint32_t)v.len);
    }
    msh_buf_put_view(p, v);
    while (p->len % 4)
        msh_buf_put_byte(p, 0);
}

static void build_tnef(msh_buf *t)
{
    msh_buf p;
    msh_buf_init(&p, 65536);
    msh_buf_put_u32(t, 0x223e9f78);
    msh_buf_put_u16(t, 1);
    attribute(t, 1, 0x00018004, MSH_VIEW("\xbb\xfa\xc3\xdc\0"));
    attribute(t, 1, 0x0002800c, MSH_VIEW("\xd5\xfd\xce\xc4\0"));
    attribute(t, 1, 0x00069007, MSH_VIEW("\xa8\3\0\0\0\0\0\0")); /* 936, behind what needs it */
    attribute(t, 1, 0x00008000, MSH_VIEW("\4\0\x12\0\3\0\4\0li\0a@b\0"));
    msh_buf_put_u32(&p, 3);
    property(&p, 3, 0x3fde, MSH_VIEW("\xe9\xfd\0\0"));
    property(&p, 0x1f, 0x8000, MSH_VIEW("\x3a\x67\0\0"));
    property(&p, 0x102, 0x1013, MSH_VIEW("<i>\xe9\xa1\xb5</i>"));
    attribute(t, 1, 0x00069003, msh_buf_view(&p));
    msh_buf_reset(&p);
    msh_buf_put_u32(&p, 1);
    msh_buf_put_u32(&p, 1);
    property(&p, 0x1e, 0x3001, MSH_VIEW("\xd5\xc5\xc8\xfd\0"));
    attribute(t, 1, 0x00069004, msh_buf_view(&p));
    attribute(t, 2, 0x00069002, MSH_VIEW("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    attribute(t, 2, 0x00018010, MSH_VIEW("SHORT~1.TXT\0"));
    attribute(t, 2, 0x0006800f, MSH_VIEW("attached text"));
    msh_buf_reset(&p);
    msh_buf_put_u32(&p, 1);
    property(&p, 0x1f, 0x3707, MSH_VIEW("\x3a\x67.\0t\0x\0t\0\0\0"));
    attribute(t, 2, 0x00069005, msh_buf_view(&p));
    attribute(t, 2, 0x00069002, MSH_VIEW("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    msh_buf_reset(&p);
    msh_buf_put_u32(&p, 2);
    property(&p, 0x1e, 0x3001, MSH_VIEW("inner"));
    property(&p, 0x0d, 0x3701,
             MSH_VIEW("0123456789abcdef\x78\x9f\x3e\x22\1\0\1\4\x80\1\0\4\0\0\0sub\0\0\0"));
    attribute(t, 2, 0x00069005, msh_buf_view(&p));
    msh_buf_dispose(&p);
}

static void winmail(void)
{
    msh_buf t;
    msh_buf_init(&t, 65536);
    build_tnef(&t);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&t), "winmail.dat"), MSH_OK);
    CHECK(has("meta|winmail.dat|Subject|机密\n"));
    CHECK(has("body|winmail.dat||正文\n"));
    CHECK(has("meta|winmail.dat|From|li\n"));
    CHECK(has("meta|winmail.dat|From|a@b\n"));
    CHECK(has("meta|winmail.dat|密级|机\n"));
    CHECK(has("body|winmail.dat!body.html||页\n"));
    CHECK(has("meta|winmail.dat|Name|张三\n"));
    CHECK(has("body|winmail.dat!机.txt||attached text\n"));
    CHECK(has("meta|winmail.dat!inner|Subject|sub\n"));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    for (size_t n = 7; n < t.len; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(t.data, n), "winmail.dat"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 4; i < t.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            t.data[i] ^= (uint8_t)(1 << bit);
            dump_begin(&d);
            CHECK_INT(dump_run(&d, msh_buf_view(&t), "winmail.dat"), MSH_OK);
            CHECK(d.texts + d.outcomes > 0);
            dump_end(&d);
            t.data[i] ^= (uint8_t)(1 << bit);
        }
    msh_buf_dispose(&t);
}

int main(void)
{
    RUN(rtf_is_expanded);
    RUN(message_files);
    RUN(damaged_messages);
    RUN(winmail);
    return check_result();
}
