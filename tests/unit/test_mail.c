/* Mail: fields, encoded words, parameters, bodies, multiparts as they should not be, boxes. */
#include "check.h"

#include "extract/mime.h"
#include "extract_dump.h"

static bool run_has(const char *name, msh_view mail, const char *want, bool wanted)
{
    dump d;
    dump_begin(&d);
    CHECK_INT(dump_run(&d, mail, name), MSH_OK);
    bool found = dump_has(&d, want);
    if (found != wanted)
        printf("%s %s\n%.*s\n", wanted ? "missing" : "unwanted", want, (int)d.log.len,
               (const char *)d.log.data);
    dump_end(&d);
    return found;
}

#define READS(mail, want) CHECK(run_has("a.eml", msh_view_str(mail), want, true))
#define READS_NOT(mail, want) CHECK(!run_has("a.eml", msh_view_str(mail), want, false))

#define HEAD "From: a@b\r\nTo: c@d\r\n"

static void fields_are_unfolded_and_named(void)
{
    READS(HEAD "Subject: one\r\n two\r\n\tthree\r\n\r\nx", "meta|a.eml|Subject|one two\tthree");
    READS(HEAD "X-Any : kept\r\n\r\nx", "meta|a.eml|X-Any|kept");
    READS(HEAD "no field\r\nSubject: after\r\n\r\nx", "meta|a.eml|Subject|after");
    READS("\xef\xbb\xbf\r\n\r\n" HEAD "Subject: s\r\n\r\nx", "meta|a.eml|Subject|s");
    READS("From: a\nTo: b\n\nbody", "body|a.eml!body.txt||body");
    READS(HEAD "no blank line", "body|a.eml!body.txt||no blank line");
}

static void words_are_decoded(void)
{
    READS(HEAD "Subject: =?utf-8?Q?=E6=9C=BA=E5=AF=86_x?=\r\n\r\nx", "Subject|机密 x\n");
    READS(HEAD "Subject: a =?gb2312?B?u/rD3A==?= b\r\n\r\nx", "Subject|a 机密 b\n");
    READS(HEAD "Subject: =?utf-8?B?5py65Q==?=\r\n =?UTF8?B?r4Y=?=\r\n\r\nx", "Subject|机密\n");
    READS(HEAD "Subject: =?utf-8?Q?=E6=9C=BA=E5?= =?utf-8?B?r4Y=?=\r\n\r\nx", "Subject|机密\n");
    /* a base64 group cut in two */
    READS(HEAD "Subject: =?utf-8?B?5py65?= =?utf-8?B?a+G?=\r\n\r\nx", "Subject|机密\n");
    READS(HEAD "Subject: =?utf-8*zh?B?5py65a+G?=\r\n\r\nx", "Subject|机密\n");
    READS(HEAD "Subject: =?utf-8?B?5py65a+G\r\n\r\nx", "Subject|机密");
    READS(HEAD "From: \"=?gbk?Q?=BB=FA=C3=DC?=\" <x@y>\r\n\r\nx", "From|\"机密\" <x@y>");
    READS(HEAD "Subject: =?gbk?B?u/o=?= x =?gbk?B?w9w=?=\r\n\r\nx", "Subject|机 x 密");
    READS(HEAD "Subject: \xbb\xfa\xc3\xdc\xa1\xef\x31\x30\xc4\xea\r\n\r\nx", "Subject|机密★10年");
    /* the declared charset is wrong, or nobody knows it */
    READS(HEAD "Subject: =?us-ascii?B?u/rD3KHvMTDE6g==?=\r\n\r\nx", "Subject|机密★10年");
    READS(HEAD "Subject: =?x-none?B?u/rD3KHvMTDE6g==?=\r\n\r\nx", "Subject|机密★10年");
    READS(HEAD "Subject: =?hz-gb-2312?Q?~{;zC\\~}?=\r\n\r\nx", "Subject|机密");
}

static void names_of_attachments(void)
{
#define ATTACHED(params) HEAD "Content-Disposition: attachment; " params "\r\n\r\ntext"
    READS(ATTACHED("filename=a.doc"), "name|a.eml!a.doc||a.doc");
    READS(ATTACHED("filename=\"a b;c.doc\""), "name|a.eml!a b;c.doc||a b;c.doc");
    READS(ATTACHED("filename=\"=?gbk?B?u/rD3A==?=.doc\""), "||机密.doc");
    READS(ATTACHED("filename=\"\xbb\xfa\xc3\xdc.doc\""), "||机密.doc");
    READS(ATTACHED("filename*=utf-8'zh'%E6%9C%BA%E5%AF%86.doc"), "||机密.doc");
    READS(ATTACHED("filename*1*=%AF%86.doc;\r\n filename*0*=utf-8''%E6%9C%BA%E5"), "||机密.doc");
    READS(ATTACHED("filename*0=\"ab\"; filename*1=\"cd.doc\""), "||abcd.doc");
    READS(ATTACHED("filename*0*=gb2312''%BB%FA; filename*1*=%C3%DC"), "||机密\n");
    READS(ATTACHED("filename*0*=x-none''%BB%FA; filename*1*=%C3%DC.doc"), "||机密.doc");
    /* two names: both are seen */
    READS(ATTACHED("filename=plain.doc; filename*=utf-8''%E6%9C%BA"), "name|a.eml||机");
    READS(ATTACHED("filename=a.doc\r\nContent-Disposition: x; filename*0*=gbk''%BB%FA; "
                   "filename*1*=%C3%DC"),
          "name|a.eml||机密");
    READS(HEAD "Content-Type: text/plain; name=\"n.txt\"\r\n\r\nx", "name|a.eml!n.txt||n.txt");
    READS(ATTACHED("filename=\"never closed; size=3"), "||never closed\n");
}

static void bodies_are_decoded(void)
{
#define CODED(type, coding, body)                                                                  \
    HEAD "Content-Type: " type "\r\nContent-Transfer-Encoding: " coding "\r\n\r\n" body
    READS(CODED("text/plain; charset=gb2312", "base64", "u/rD3A=="), "body.txt||机密\n");
    READS(CODED("text/plain; charset=us-ascii", "base64", "u/rD3KHvMTDE6g=="), "机密★10年");
    READS(CODED("text/plain; charset=utf-8", "Quoted-Printable", "=E6=9C=\r\n=BA x=3D"), "机 x=");
    READS(CODED("text/plain", "quoted-printable", "a=ZZb="), "body.txt||a=ZZb\n");
    READS(CODED("text/html", "8bit", "<i>\xe6\x9c\xba</i>\xe5\xaf\x86"), "body.html||机密");
    READS(CODED("text/plain", "x-uuencode", "begin 644 f\r\n%:&5L;&\\`\r\n`\r\nend\r\n"), "hello");
    /* base64 that goes on behind padding, and text of another program behind it */
    READS(CODED("text/plain", "base64", "YWI=YWJj"), "body.txt||ababc");
    READS(CODED("text/plain", "base64", "aGVsbG8gd29ybGQ=\r\n-- \r\nlist footer, plain\r\n"),
          "body.txt||hello world\n");
    READS_NOT(CODED("text/plain", "base64", "aGVsbG8gd29ybGQ=\r\n-- \r\nlist footer, plain\r\n"),
              "!mail.damaged");
    READS(CODED("text/plain", "base64", "aGVsbG8gd29*ybGQhaGVsbG8gd29ybGQh"), "hello world!hello");
    READS(CODED("text/plain", "base64", "aGVsbG8gd29*ybGQhaGVsbG8gd29ybGQh"),
          "!mail.damaged|a.eml!body.txt");
    READS(CODED("text/plain", "base64", "aGVsbG8gd29ybGQhY"), "!mail.damaged");
    READS(CODED("text/plain", "base64", "aG Vs bG 8g d2 9y bG Qh IQ =="), "hello world!!");
    READS(CODED("text/plain", "x-base64 (sic)", "aGVsbG8gd29ybGQh"), "body.txt||hello world!");
    READS_NOT(CODED("text/plain", "base64", "aGVsbG8gd29ybGQh\r\n_______\r\n"), "!mail.damaged");
    READS_NOT(HEAD "\r\n\r\n \r\n", "!");
    READS(CODED("text/plain", "base64", "not base64 at all: plain words"), "body.txt||not base64");
    READS(CODED("text/plain; format=flowed; delsp=yes", "8bit", "ab \r\ncd\r\n> q \r\n> r\r\n"),
          "body.txt||abcd\n> qr\n");
    READS(CODED("text/plain; format=flowed", "8bit", "ab \r\ncd\r\n-- \r\nx\r\n"),
          "body.txt||ab cd\n-- \nx");
    /* two encodings are named: both are tried */
    READS(HEAD "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"
               "aGVsbG8gd29ybGQh",
          "body.txt||hello world!");
}

#define MULTI(params) HEAD "Content-Type: multipart/mixed" params "\r\n\r\n"

static void multiparts(void)
{
    READS(MULTI("; boundary=b") "before\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter",
          "preamble.txt||before\n");
    READS(MULTI("; boundary=b") "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter",
          "body.txt||one\n");
    READS(MULTI("; boundary=b") "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter",
          "body-2.txt||two\n");
    READS(MULTI("; boundary=b") "--b\r\n\r\none\r\n--b--\r\nafter", "epilogue.txt||after");
    READS(MULTI("; boundary=b") "--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\nlate", "body-2.txt||late");
    READS(MULTI("; boundary=\"b c\"") "--b c  \r\n\r\none\r\n--b c--", "body.txt||one\n");
    READS(MULTI("") "--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x--", "body.txt||one\n");
    READS(MULTI("; boundary=wrong") "--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x--",
          "body.txt||one\n");
    READS(HEAD "Content-Type: multipart/mixed; boundary=a\r\nContent-Type: multipart/mixed; "
               "boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--",
          "body.txt||one\n");
    READS(MULTI("; boundary=a; boundary=b") "--b\r\n\r\none\r\n--b--", "body.txt||one\n");
    READS(MULTI("; boundary=b") "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
                                "--c\r\n\r\ninner\r\n--c--\r\n--b\r\n\r\nouter\r\n--b--",
          "body-2.txt||outer\n");
    READS(MULTI("; boundary=b") "--b\r\nX-Secret: =?utf-8?B?5py65a+G?=\r\n\r\nx\r\n--b--",
          "meta|a.eml|X-Secret|机密");
    READS(HEAD "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n"
               "\r\nLS1iDQoNCm9uZQ0KLS1iLS0NCg==",
          "body.txt||one\n");
    /* a reader shows two text parts as one */
    READS(MULTI("; boundary=b") "--b\r\n\r\n\xe6\x9c\xba\r\n--b\r\n\r\n\xe5\xaf\x86\r\n--b--",
          "body|a.eml||机密");
    READS(HEAD "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nFrom: x\r\nSubject: in"
               "\r\n\r\ny\r\n--b--",
          "meta|a.eml!message.eml|Subject|in");
    READS(HEAD "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext",
          "meta|a.eml!message.eml|Subject|inner");
    READS(HEAD "Content-Type: message/partial; id=x; number=1\r\n\r\ntext", "!mail.partial");
    READS(HEAD "Content-Type: message/external-body; access-type=ftp\r\n\r\n", "!mail.external");
    READS(MULTI("; boundary=b") "--b\r\nContent-Type: image/png\r\nContent-Location: "
                                "http://x/pic/a.png?y\r\n\r\nz\r\n--b--",
          "!a.png|");
}

/* A part as it is, without an encoding: the mail is no text any more, but it is wholly read. */
static void binary_parts(void)
{
    static const char png[] =
        MULTI("; boundary=b") "--b\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                              "\x89PNG\r\n\x1a\n\0\0\0\xd\xff\xfe\xc0\xc1\xf5\xff\0\1"
                              "\2\3\4\5\6\7\x8\xe\xf\x10\r\n--b\r\n\r\nafter it\r\n--b--";
    CHECK(run_has("a.eml", msh_view_of(png, sizeof png - 1), "body|a.eml!body-2.txt||after it",
                  true));
    CHECK(!run_has("a.eml", msh_view_of(png, sizeof png - 1), "!format.unknown|a.eml\n", false));
}

static void depth_is_bounded(void)
{
    dump d;
    msh_buf b;
    dump_begin(&d);
    msh_buf_init(&b, 1 << 20);
    msh_buf_put_str(&b, HEAD "Content-Type: multipart/mixed; boundary=b0\n\n");
    for (unsigned i = 0; i < 200; i++)
        msh_buf_printf(&b, "--b%u\nContent-Type: multipart/mixed; boundary=b%u\n\n", i, i + 1);
    msh_buf_put_str(&b, "--b200\n\ndeep");
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.eml"), MSH_OK);
    CHECK(dump_has(&d, "!limit.depth"));
    msh_buf_dispose(&b);
    dump_end(&d);
}

static void what_is_a_mail(void)
{
    static const char *const mails[] = {"Received: by x\nDate: y\n",
                                        "MIME-Version: 1.0\nContent-Type: text/plain\n",
                                        "From: a\nTo: b\nSubject: c\n",
                                        "Return-Path: <a>\nX-Thing: b\nFrom: c\n",
                                        "\r\n\r\nX-A: b\r\nFrom: a\r\nMessage-ID: <c>\r\n",
                                        "Path: x!y\nNewsgroups: a.b\n"};
    static const char *const others[] = {"Subject to change: the plan\n",
                                         "From: here\n\ntext",
                                         "Note: a\nTo do: b\nDate: c\n",
                                         "To: all\nthe rest\nFrom: me\n",
                                         "#include <x>\nint a;\n",
                                         "{\"From\": 1, \"To\": 2}",
                                         "name: value\nother: value\ndate: 1\n"};
    for (size_t i = 0; i < sizeof mails / sizeof mails[0]; i++)
        CHECK(msh_mime_looks_like_mail(msh_view_str(mails[i]), false) >= 50);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CHECK_INT(msh_mime_looks_like_mail(msh_view_str(others[i]), false), 0);
    CHECK(run_has("a",
                  msh_view_of("\xff\xfe"
                              "F\0r\0o\0m\0:\0a\0\n\0T\0o\0:\0b\0\n\0"
                              "S\0u\0b\0j\0e\0c\0t\0:\0\x3a\x67\n\0\n\0x\0",
                              50),
                  "meta|a|Subject|\xe6\x9c\xba", true));
}

static void runs_are_read_once_but_read(void)
{
    /* "hello base64 world, in a field" */
    READS("X-Data: aGVsbG8gYmFzZTY0IHdvcmxkLCBpbiBhIGZpZWxk\n" HEAD "\nx", "hello base64 world");
    READS(HEAD "X-Data: aGVsbG8gYmFzZTY0\r\n IHdvcmxkLCBpbiBhIGZpZWxk\r\n\r\nx",
          "hello base64 world");
    READS(HEAD "aGVsbG8gYmFzZTY0IHdvcmxkLCBpbiBhIGZpZWxk\r\nSubject: x\r\n\r\nx",
          "hello base64 world");
    READS(HEAD "\naGVsbG8gYmFzZTY0IHdvcmxkLCBpbiBhIGZpZWxk\n", "hello base64 world");
}

/* "hello world, hello world" as uuencode, xxencode and yEnc in plain text. */
static void files_written_in_text(void)
{
    CHECK(run_has("a.txt", MSH_VIEW("x\nbegin 644 f\n8:&5L;&\\@=V]R;&0L(&AE;&QO('=O<FQD\n`\nend\n"),
                  "hello world, hello world", true));
    CHECK(run_has("a.txt", MSH_VIEW("x\nbegin 644 f\nMO4JgP4wURqxmP4Eg64VZP4lj65RjQalY\n+\nend\n"),
                  "hello world, hello world", true));
    CHECK(run_has("a.txt",
                  MSH_VIEW("x\n=ybegin line=128 size=13 name=a b.txt\n\x92\x8f\x96\x96\x99\x4a\xa1"
                           "\x99\x9c\x96\x8e\x4a=n\n=yend size=13\nafter\n"),
                  "body|a.txt!a b.txt||hello world \x04", true));
    CHECK(run_has("a.txt", MSH_VIEW("=ybegin part=1 line=128 size=13 name=a\n=ypart begin=1\nX\n"),
                  "!mail.partial|a.txt!a", true));
    CHECK(run_has("a.txt", MSH_VIEW("=ybegin line=128 size=13 name=a\nX\n"),
                  "!mail.damaged|a.txt!a", true));
    CHECK(!run_has("a.txt", MSH_VIEW("about =ybegin line=1 size=1 name=x\n"), "a.txt!", false));
}

#define FROM_LINE "From a@b Thu Nov 24 23:05:55 2026\n"

static void boxes(void)
{
    static const char two[] = FROM_LINE "Subject: one\n\ntext\nFrom here at 10:30 on\n\n" FROM_LINE
                                        "Subject: two\n\nmore\n";
    static const char counted[] =
        FROM_LINE "Subject: one\nContent-Length: 58\n\n" FROM_LINE
                  "Subject: not a mail\n\nx\n\n" FROM_LINE "Subject: two\n\nmore\n";
    static const char fox[] =
        "\x10\x10\x10\x10\x10\x10\x10\x11\x11\x11\x11\x11\x11S\r\nSubject: one\r\n"
        "\r\ntext\r\n\x10\x10\x10\x10\x10\x10\x10\x11\x11\x11\x11\x11\x11S\r\n"
        "Subject: two\r\n\r\nmore";
    CHECK(run_has("a", msh_view_str(two), "meta|a!1.eml|Subject|one", true));
    CHECK(run_has("a", msh_view_str(two), "meta|a!2.eml|Subject|two", true));
    CHECK(!run_has("a", msh_view_str(two), "a!3.eml", false));
    CHECK(run_has("a", msh_view_str(counted), "meta|a!2.eml|Subject|two", true));
    CHECK(!run_has("a", msh_view_str(counted), "a!3.eml", false));
    CHECK(run_has("a", msh_view_str(fox), "meta|a!2.eml|Subject|two", true));
    /* what follows the mark on its own line is read, too */
    CHECK(run_has(
        "a", MSH_VIEW("\x10\x10\x10\x10\x10\x10\x10\x11\x11\x11\x11\x11\x11S{\\rtf1 rich text}"),
        "body|a!1.eml||rich text", true));
}

/* A box larger than its window: every mail is read, what is longer than a window is said. */
static void large_boxes(void)
{
    dump d;
    msh_buf b;
    dump_begin(&d);
    msh_buf_init(&b, 32 << 20);
    for (unsigned i = 0; i < 3000; i++) {
        msh_buf_printf(&b, FROM_LINE "Subject: mail %u.\n\n", i);
        for (unsigned k = 0; k < 30; k++)
            msh_buf_printf(&b, "line %u of a mail that is of no great length %u\n", k, i);
        msh_buf_put_str(&b, "\n");
    }
    d.limits.member_size = 2 << 20;
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.mbox"), MSH_OK);
    CHECK(dump_has(&d, "|a.mbox!1.eml|Subject|mail 0."));
    CHECK(dump_has(&d, "|a.mbox!1501.eml|Subject|mail 1500."));
    CHECK(dump_has(&d, "|a.mbox!3000.eml|Subject|mail 2999."));
    CHECK_INT(d.outcomes, 0);
    dump_end(&d);
    dump_begin(&d);
    d.limits.member_size = 2 << 20;
    msh_buf_reset(&b);
    msh_buf_put_str(&b, FROM_LINE "Subject: long\n\n");
    while (b.len < 5 << 20)
        msh_buf_put_str(&b, "a line of a mail that does not end\n");
    msh_buf_put_str(&b, "\n" FROM_LINE "Subject: last\n\nx\n");
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.mbox"), MSH_OK);
    CHECK(dump_has(&d, "|Subject|last"));
    CHECK(dump_has(&d, "!limit.member-size|a.mbox"));
    dump_end(&d);
    msh_buf_dispose(&b);
}

static void nothing_breaks_it(void)
{
    static const char good[] =
        FROM_LINE "From: =?gbk?B?u/o=?= =?gbk?Q?=C3=DC?=\nContent-Type: multipart/mixed;\n"
                  " boundary=\"b\"\n\npre\n--b\nContent-Disposition: x; filename*0*=utf-8''%E6;\n"
                  " filename*1=x\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b\n"
                  "Content-Type: text/plain; format=flowed\n"
                  "Content-Transfer-Encoding: quoted-printable\n\n=E6 \n=\n--b--\npost\n";
    char copy[sizeof good];
    dump d;
    for (size_t n = 1; n < sizeof good; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(good, n), "a.eml"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 0; i < sizeof good - 1; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, good, sizeof good);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            dump_begin(&d);
            CHECK_INT(dump_run(&d, msh_view_of(copy, sizeof good - 1), "a.eml"), MSH_OK);
            CHECK(d.texts + d.outcomes > 0);
            dump_end(&d);
        }
}

int main(void)
{
    RUN(fields_are_unfolded_and_named);
    RUN(words_are_decoded);
    RUN(names_of_attachments);
    RUN(bodies_are_decoded);
    RUN(multiparts);
    RUN(binary_parts);
    RUN(depth_is_bounded);
    RUN(what_is_a_mail);
    RUN(runs_are_read_once_but_read);
    RUN(files_written_in_text);
    RUN(boxes);
    RUN(large_boxes);
    RUN(nothing_breaks_it);
    return check_result();
}
