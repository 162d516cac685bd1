/* Rich text: code pages, Unicode, destinations, objects; every truncation and byte flips. */
#include "check.h"

#include "extract_dump.h"

static bool reads(const char *rtf, const char *want)
{
    dump d;
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_view_str(rtf), "a.rtf"), MSH_OK);
    bool found = msh_view_find(msh_buf_view(&d.log), msh_view_str(want), 0) != SIZE_MAX;
    if (!found)
        printf("%.*s\n", (int)d.log.len, (const char *)d.log.data);
    dump_end(&d);
    return found;
}

static void code_pages_and_unicode(void)
{
    CHECK(reads("{\\rtf1\\ansi\\ansicpg936 \\'bb\\'fa\\'c3\\'dc}", "body|a.rtf||机密"));
    CHECK(reads("{\\rtf1\\ansicpg936 \\'bb\\b\\'fa{\\i\\'c3\\'dc}}", "密"));
    CHECK(reads("{\\rtf1\\uc1\\u26426?\\u23494?\\u9733*10\\u24180?}", "机密★10年"));
    CHECK(reads("{\\rtf1\\uc2\\u26426\\'bb\\'fa\\u23494\\'c3\\'dc}", "机密"));
    CHECK(reads("{\\rtf1\\u-10179?\\u-8704?}", "\xf0\x9f\x98\x80"));
    CHECK(reads(
        "{\\rtf1{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset134 SimSun;}}\\f1\\'bb\\'fa\\f0 x}",
        "机x"));
}

static void every_destination_is_read(void)
{
    CHECK(reads("{\\rtf1{\\header top}body}", "header|a.rtf||top"));
    CHECK(reads("{\\rtf1{\\footer low}body}", "footer|a.rtf||low"));
    CHECK(reads("{\\rtf1{\\*\\annotation said}body}", "comment|a.rtf||said"));
    CHECK(reads("{\\rtf1{\\info{\\title name}}body}", "meta|a.rtf||name"));
    CHECK(reads("{\\rtf1{\\*\\unknownword kept}body}", "kept"));
    CHECK(reads("{\\rtf1 a{\\v hidden}b}", "ahiddenb"));
    CHECK(reads("{\\rtf1 a\\par b\\cell c}", "a\nb\tc"));
}

static void what_is_open_at_the_end_is_said(void)
{
    CHECK(reads("{\\rtf1 text", "text"));
    CHECK(reads("{\\rtf1 text", "!format.truncated|a.rtf"));
}

static void objects_are_children(void)
{
    /* OLE 1.0: version, format, class "x", two empty names, size, data "hello object" */
    CHECK(reads("{\\rtf1{\\object{\\*\\objdata 0105000002000000020000007800"
                "00000000000000000c00000068656c6c6f206f626a656374}}}",
                "hello object"));
}

static void nothing_breaks_it(void)
{
    static const char good[] =
        "{\\rtf1\\ansicpg936{\\fonttbl{\\f1\\fcharset134 S;}}{\\header \\'bb\\'fa}"
        "\\uc2\\u26426\\'bb\\'fa{\\*\\objdata 0105}\\bin3 abc{\\pict\\pngblip 89504e47}}";
    char copy[sizeof good];
    dump d;
    for (size_t n = 5; n < sizeof good; n++) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(good, n), "a.rtf"), MSH_OK);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
    }
    for (size_t i = 5; i < sizeof good - 1; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, good, sizeof good);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            dump_begin(&d);
            CHECK_INT(dump_run(&d, msh_view_of(copy, sizeof good - 1), "a.rtf"), MSH_OK);
            CHECK(d.texts + d.outcomes > 0);
            dump_end(&d);
        }
}

int main(void)
{
    RUN(code_pages_and_unicode);
    RUN(every_destination_is_read);
    RUN(what_is_open_at_the_end_is_said);
    RUN(objects_are_children);
    RUN(nothing_breaks_it);
    return check_result();
}
