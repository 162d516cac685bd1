/* Signed and encrypted messages: CMS in DER and BER, with SM2's names, as base64; OpenPGP. */
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

/* An element of DER around bytes. */
static msh_buf wrap(uint8_t tag, msh_view v)
{
    msh_buf out;
    msh_buf_init(&out, 1 << 20);
    msh_buf_put_byte(&out, tag);
    if (v.len < 128) {
        msh_buf_put_byte(&out, (uint8_t)v.len);
    } else {
        msh_buf_put_byte(&out, 0x82);
        msh_buf_put_byte(&out, (uint8_t)(v.len >> 8));
        msh_buf_put_byte(&out, (uint8_t)v.len);
    }
    msh_buf_put_view(&out, v);
    return out;
}

static void grow(msh_buf *b, uint8_t tag)
{
    msh_buf w = wrap(tag, msh_buf_view(b));
    msh_buf_dispose(b);
    *b = w;
}

static void before(msh_buf *b, msh_view head)
{
    msh_buf w;
    msh_buf_init(&w, 1 << 20);
    msh_buf_put_view(&w, head);
    msh_buf_put_view(&w, msh_buf_view(b));
    msh_buf_dispose(b);
    *b = w;
}

#define SIGNED MSH_VIEW("\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2")
#define SM2_SIGNED MSH_VIEW("\6\x0a\x2a\x81\x1c\xcf\x55\6\1\4\2\2")
#define DATA MSH_VIEW("\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1")

/* octets: an element that holds the content. */
static msh_buf message(msh_view type, msh_view octets)
{
    msh_buf b = wrap(0xa0, octets);
    before(&b, DATA);
    grow(&b, 0x30);
    before(&b, MSH_VIEW("\2\1\1\x31\x80\x30\0\0\0")); /* version, digests of no given length */
    grow(&b, 0x30);
    grow(&b, 0xa0);
    before(&b, type);
    grow(&b, 0x30);
    return b;
}

static void signed_content_is_a_member(void)
{
    static const char octets[] = "\x04\x17text of a signed letter";
    static const char pieces[] = "\x24\x80\x04\x05text \x24\x09\x04\x07in two \x04\x02pi\0\0";
    static const char mime[] = "\x04\x38"
                               "MIME-Version: 1.0\nSubject: =?gbk?B?u/rD3A==?=\n\nletter   ";
    msh_buf b = message(SIGNED, msh_view_of(octets, sizeof octets - 1));
    CHECK(run_has("a.txt.p7m", msh_buf_view(&b), "body|a.txt.p7m!a.txt||text of a signed letter"));
    CHECK(run_has("a.txt.p7m", msh_view_of(b.data, b.len - 4), "!format.truncated|a.txt.p7m"));
    for (size_t n = 16; n < b.len; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(b.data, n), "a.txt.p7m"), MSH_OK);
        CHECK(d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 0; i < b.len * 8; i++) {
        b.data[i / 8] ^= (uint8_t)(1 << i % 8);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.txt.p7m"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
        b.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    msh_buf_dispose(&b);
    b = message(SM2_SIGNED, msh_view_of(pieces, sizeof pieces - 1));
    CHECK(run_has("a.txt.p7m", msh_buf_view(&b), "!a.txt||text in two pi\n"));
    msh_buf_dispose(&b);
    b = message(SIGNED, msh_view_of(mime, sizeof mime - 1));
    CHECK(run_has("smime.p7m", msh_buf_view(&b), "meta|smime.p7m!content.eml|Subject|机密"));
    msh_buf_dispose(&b);
}

/* A signature of something else is read; what should hold octets and does not is damaged. */
static void signatures_without_content(void)
{
    /* compressedData: its algorithm is an object alone, too */
    CHECK(run_has(
        "a.p7m",
        MSH_VIEW(
            "\x30\x39\6\x0b\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x09\xa0\x2a\x30\x28\2\1\0\x30\x0d"
            "\6\x0b\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\3\x08\x30\x14\6\x09\x2a\x86\x48\x86"
            "\xf7\x0d\1\7\1\xa0\7\4\5hello"),
        "!content.eml||hello"));
    msh_buf b = message(SIGNED, MSH_VIEW(""));
    CHECK(run_has("a.p7s", msh_buf_view(&b), "!format.corrupt|a.p7s"));
    msh_buf_dispose(&b);
    CHECK(run_has(
        "a.p7s",
        MSH_VIEW("\x30\x1f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2\xa0\x12\x30\x10\2\1\1\x31\0\x30\x0b"
                 "\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"),
        "meta|a.p7s|Content-Type|application/pkcs7-signature"));
}

static void base64_of_a_message(void)
{
    /* signedData of "hello from pkcs seven" */
    static const char pem[] =
        "-----BEGIN PKCS7-----\nMDoGCSqGSIb3DQEHAqAtMCsCAQExADAkBgkqhkiG9w0BBwGgFwQ"
        "VaGVsbG8g\nZnJvbSBwa2NzIHNldmVu\n-----END PKCS7-----\n";
    CHECK(run_has("a", msh_view_str(pem), "||hello from pkcs seven"));
    CHECK(run_has("a.p7m",
                  MSH_VIEW("MDoGCSqGSIb3DQEHAqAtMCsCAQExADAkBgkqhkiG9w0BBwGgFwQVaGVsbG8g\n"
                           "ZnJvbSBwa2NzIHNldmVu\n"),
                  "||hello from pkcs seven"));
}

static void encrypted_ones_are_said(void)
{
    CHECK(run_has("smime.p7m",
                  MSH_VIEW("\x30\x11\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\3\xa0\4\x30\2\5\0"),
                  "!mail.encrypted|smime.p7m"));
    CHECK(run_has("a", MSH_VIEW("\x30\x12\6\x0a\x2a\x81\x1c\xcf\x55\6\1\4\2\3\xa0\4\x30\2\5\0"),
                  "!mail.encrypted|a"));
    CHECK(run_has("a",
                  MSH_VIEW("hello\n\n-----BEGIN PGP MESSAGE-----\nVersion: x\n\n"
                           "hQEMA0BmDTrHo0CJAQf+aaaaaaaaaaaaaaaaaaaa\n-----END PGP MESSAGE-----\n"),
                  "!mail.encrypted|a"));
    CHECK(run_has("a",
                  MSH_VIEW("-----BEGIN PGP MESSAGE-----\n\n"
                           "owGbwMvMwMVocaoyd8rUz9aMaw4nMcSa2HIEAA==\n-----END PGP MESSAGE-----\n"),
                  "!format.unsupported|a"));
    CHECK(run_has("a.txt.gpg", MSH_VIEW("\x84\x0d\x03\x01\x02\x03\x04\x05\x06\x07"),
                  "!mail.encrypted"));
    dump_begin(&d);
    CHECK_INT(
        dump_run(&d, MSH_VIEW("a page about -----BEGIN PGP MESSAGE----- and so on\n\nx\n"), "a"),
        MSH_OK);
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
}

int main(void)
{
    RUN(signed_content_is_a_member);
    RUN(signatures_without_content);
    RUN(base64_of_a_message);
    RUN(encrypted_ones_are_said);
    return check_result();
}
