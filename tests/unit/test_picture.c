/* pictures, sound, databases: the texts beside the pixels; cut or flipped anywhere they say so. */
#include "check.h"
#include "extract_dump.h"

#include <zlib.h>

static void put_u32be(msh_buf *b, uint32_t v)
{
    for (int i = 24; i >= 0; i -= 8)
        msh_buf_put_byte(b, (uint8_t)(v >> i));
}

static void put_u16be(msh_buf *b, unsigned v)
{
    msh_buf_put_byte(b, (uint8_t)(v >> 8));
    msh_buf_put_byte(b, (uint8_t)v);
}

static void put_zlib(msh_buf *b, msh_view v)
{
    uint8_t packed[4096];
    uLongf n = sizeof packed;
    REQUIRE(compress(packed, &n, v.data, (uLong)v.len) == Z_OK);
    msh_buf_put(b, packed, n);
}

static void put_chunk(msh_buf *b, const char *type, msh_view body)
{
    put_u32be(b, (uint32_t)body.len);
    size_t from = b->len;
    msh_buf_put_str(b, type);
    msh_buf_put_view(b, body);
    put_u32be(b, (uint32_t)crc32(0, b->data + from, (uInt)(b->len - from)));
}

/* One directory: a description, a wide title, and a comment. */
static void put_tiff(msh_buf *b)
{
    static const char text[] = "\xbb\xfa\xc3\xdc\xa1\xef"
                               "10\xc4\xea\0";
    static const char wide[] = "\x3a\x67\xc6\x5b\x05\x26\x2a\x67";
    size_t base = b->len;
    msh_buf_put(b, "II*\0", 4);
    msh_buf_put_u32(b, 8);
    msh_buf_put_u16(b, 2);
    msh_buf_put_u16(b, 0x010e);
    msh_buf_put_u16(b, 2);
    msh_buf_put_u32(b, sizeof text - 1);
    msh_buf_put_u32(b, 38);
    msh_buf_put_u16(b, 0x9c9b);
    msh_buf_put_u16(b, 1);
    msh_buf_put_u32(b, sizeof wide - 1);
    msh_buf_put_u32(b, 38 + sizeof text - 1);
    msh_buf_put_u32(b, 0);
    REQUIRE(b->len - base == 38);
    msh_buf_put(b, text, sizeof text - 1);
    msh_buf_put(b, wide, sizeof wide - 1);
}

static void put_wide(msh_buf *b, const char *ascii, size_t zeros)
{
    msh_buf_put_u32(b, (uint32_t)(2 * (strlen(ascii) + zeros)));
    for (; *ascii; ascii++)
        msh_buf_put_u16(b, (uint16_t)*ascii);
    for (; zeros; zeros--)
        msh_buf_put_u16(b, 0);
}

/* A section with an author, a text at an odd offset, and a file that was put in. */
static void put_onenote(msh_buf *b)
{
    msh_buf_put(b, "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", 16);
    put_wide(b, "Li Lei", 1);
    msh_buf_put(b, "\1\0\0", 3);
    msh_buf_put_u32(b, 14);
    msh_buf_put(b, "\x3a\x67\xc6\x5b\x05\x26\x31\0\x30\0\x74\x5e\0\0", 14);
    msh_buf_put(b, "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC", 16);
    msh_buf_put_u32(b, 12);
    msh_buf_put(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    msh_buf_put_str(b, "file put in\n");
}

static void put_png(msh_buf *b)
{
    msh_buf part;
    msh_buf_init(&part, 1 << 16);
    msh_buf_put(b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(b, "IHDR", MSH_VIEW("\0\0\0\1\0\0\0\1\10\0\0\0\0"));
    put_chunk(b, "tEXt", MSH_VIEW("Comment\0一号机密★"));
    msh_buf_put(&part, "Title\0\0", 7);
    put_zlib(&part, MSH_VIEW("二号机密★"));
    put_chunk(b, "zTXt", msh_buf_view(&part));
    put_chunk(b, "iTXt", MSH_VIEW("Author\0\0\0zh\0作者\0三号机密★"));
    msh_buf_reset(&part);
    msh_buf_put(&part, "Note\0\1\0zh\0\0", 11);
    put_zlib(&part, MSH_VIEW("四号机密★"));
    put_chunk(b, "iTXt", msh_buf_view(&part));
    put_chunk(
        b, "iTXt",
        MSH_VIEW("XML:com.adobe.xmp\0\0\0\0\0<?xpacket?><x:xmpmeta><a>五号机密★</a></x:xmpmeta>"));
    msh_buf_reset(&part);
    put_tiff(&part);
    put_chunk(b, "eXIf", msh_buf_view(&part));
    msh_buf_reset(&part);
    put_zlib(&part, MSH_VIEW("\0\0"));
    put_chunk(b, "IDAT", msh_buf_view(&part));
    put_chunk(b, "IEND", MSH_VIEW(""));
    msh_buf_dispose(&part);
}

static void put_segment(msh_buf *b, uint8_t marker, msh_view body)
{
    msh_buf_put_byte(b, 0xff);
    msh_buf_put_byte(b, marker);
    put_u16be(b, (unsigned)body.len + 2);
    msh_buf_put_view(b, body);
}

static void put_jpeg(msh_buf *b)
{
    msh_buf part;
    msh_buf_init(&part, 1 << 16);
    msh_buf_put(b, "\xff\xd8", 2);
    msh_buf_put(&part, "Exif\0\0", 6);
    put_tiff(&part);
    put_segment(b, 0xe1, msh_buf_view(&part));
    put_segment(b, 0xe1,
                MSH_VIEW("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><a>二号机密★</a></x:xmpmeta>"));
    put_segment(b, 0xed,
                MSH_VIEW("Photoshop 3.0\0"
                         "8BIM\4\4\0\0\0\0\0\24\x1c\2\x78\0\17三号机密★"));
    put_segment(b, 0xfe, MSH_VIEW("一号机密★"));
    put_segment(b, 0xc0, MSH_VIEW("\10\0\20\0\20\1\1\x11\0"));
    put_segment(b, 0xda, MSH_VIEW("\1\1\0\0\x3f\0"));
    msh_buf_put(b, "\x12\x34\xff\0\x56\xff\xd0\x78\xff\xd9", 10);
    msh_buf_dispose(&part);
}

static void put_gif(msh_buf *b)
{
    msh_buf_put(b, "GIF89a\1\0\1\0\0\0\0", 13);
    msh_buf_put_str(b, "\x21\xfe\x0f一号机密★");
    msh_buf_put(b, "\0", 1);
    msh_buf_put(b, "\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b", 16);
}

static void put_webp(msh_buf *b)
{
    static const char xmp[] = "<x:xmpmeta><a>一号机密★</a></x:xmpmeta>";
    size_t n = sizeof xmp - 1;
    msh_buf_put_str(b, "RIFF");
    msh_buf_put_u32(b, (uint32_t)(4 + 8 + n + n % 2));
    msh_buf_put_str(b, "WEBPXMP ");
    msh_buf_put_u32(b, (uint32_t)n);
    msh_buf_put(b, xmp, n);
    if (n % 2)
        msh_buf_put_byte(b, 0);
}

static void put_bmp(msh_buf *b)
{
    msh_buf_put_str(b, "BM");
    msh_buf_put_u32(b, 58);
    msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, 54);
    msh_buf_put_u32(b, 40);
    msh_buf_put_u32(b, 1);
    msh_buf_put_u32(b, 1);
    msh_buf_put_u16(b, 1);
    msh_buf_put_u16(b, 24);
    for (int i = 0; i < 6; i++)
        msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, 0x00ffffff);
}

static void put_mp3(msh_buf *b)
{
    msh_buf_put(b, "ID3\3\0\0\0\0\0\x2c", 10);
    msh_buf_put(b, "TIT2\0\0\0\x0b\0\0\1\xff\xfe\x3a\x67\xc6\x5b\x05\x26\x2a\x67", 21);
    msh_buf_put(b, "COMM\0\0\0\x0d\0\0\3chi\0\xe4\xb8\x80\xe5\x8f\xb7!!", 23);
}

static const struct {
    const char *name;
    void (*put)(msh_buf *b);
    const char *want[6];
} pictures[] = {
    {"png",
     put_png,
     {"一号机密★", "二号机密★", "三号机密★", "四号机密★", "五号机密★", "XP|机密★未"}},
    {"jpeg", put_jpeg, {"一号机密★", "二号机密★", "三号机密★", "机密★10年", "XP|机密★未", NULL}},
    {"gif", put_gif, {"一号机密★", NULL}},
    {"tiff", put_tiff, {"EXIF|机密★10年", "XP|机密★未", NULL}},
    {"webp", put_webp, {"一号机密★", NULL}},
    {"bmp", put_bmp, {"!image.needs-ocr", NULL}},
    {"onenote",
     put_onenote,
     {"Li Lei", "机密★10年", "body|a!file@", "file put in", "!format.unsupported", NULL}},
    {"mp3", put_mp3, {"TIT2|机密★未", "COMM|", "!format.unsupported", NULL}},
};
#define PICTURES (sizeof pictures / sizeof pictures[0])

static void texts_beside_pixels(void)
{
    for (size_t i = 0; i < PICTURES; i++) {
        msh_buf b;
        dump d;
        msh_buf_init(&b, 1 << 20);
        pictures[i].put(&b);
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b), "a"), MSH_OK);
        for (size_t k = 0; k < 6 && pictures[i].want[k]; k++) {
            CHECK(dump_has(&d, pictures[i].want[k]));
            if (!dump_has(&d, pictures[i].want[k]))
                printf("  %s: %s\n%.*s\n", pictures[i].name, pictures[i].want[k], (int)d.log.len,
                       (const char *)d.log.data);
        }
        CHECK(dump_has(&d, "!image.needs-ocr|a\n") || dump_has(&d, "!format.unsupported|a\n"));
        CHECK_INT(d.outcomes, 1);
        dump_end(&d);
        msh_buf_dispose(&b);
    }
}

static void bytes_behind_the_end(void)
{
    for (size_t i = 0; i < PICTURES - 2; i++) {
        msh_buf b;
        dump d;
        if (strcmp(pictures[i].name, "tiff") == 0)
            continue;
        msh_buf_init(&b, 1 << 20);
        pictures[i].put(&b);
        msh_buf_put_str(&b, "\n后面的文字 机密★10年\n");
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_buf_view(&b), "a"), MSH_OK);
        CHECK(dump_has(&d, "body|a!+tail@"));
        CHECK(dump_has(&d, "后面的文字 机密★10年"));
        dump_end(&d);
        msh_buf_dispose(&b);
    }
}

static void cut_or_flipped_anywhere(void)
{
    for (size_t i = 0; i < PICTURES; i++) {
        msh_buf b;
        dump d;
        msh_buf_init(&b, 1 << 20);
        pictures[i].put(&b);
        for (size_t n = 1; n < b.len; n++) {
            dump_begin(&d);
            CHECK_INT(dump_run(&d, msh_view_cut(msh_buf_view(&b), 0, n), "a"), MSH_OK);
            CHECK(d.outcomes > 0 || n < 16);
            dump_end(&d);
        }
        for (size_t at = 0; at < b.len; at++)
            for (unsigned bit = 0; bit < 8; bit += 3) {
                b.data[at] ^= (uint8_t)(1u << bit);
                dump_begin(&d);
                CHECK_INT(dump_run(&d, msh_buf_view(&b), "a"), MSH_OK);
                CHECK(d.outcomes > 0);
                dump_end(&d);
                b.data[at] ^= (uint8_t)(1u << bit);
            }
        msh_buf_dispose(&b);
    }
}

static void directories_that_loop(void)
{
    dump d;
    dump_begin(&d);
    CHECK_INT(dump_run(&d, MSH_VIEW("II*\0\10\0\0\0\0\0\10\0\0\0"), "a.tif"), MSH_OK);
    CHECK(dump_has(&d, "!image.corrupt|a.tif"));
    dump_end(&d);
}

static void sizes_that_lie(void)
{
    msh_buf b;
    dump d;
    msh_buf_init(&b, 1 << 20);
    msh_buf_put(&b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&b, "IHDR", MSH_VIEW("\0\0\xff\xff\0\0\xff\xff\10\0\0\0\0"));
    put_chunk(&b, "IEND", MSH_VIEW(""));
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&b), "a.png"), MSH_OK);
    CHECK(dump_has(&d, "!image.corrupt|a.png"));
    CHECK(!dump_has(&d, "needs-ocr"));
    dump_end(&d);
    msh_buf_dispose(&b);
}

/* A database of one table page, made by hand: one row of a number, a text, a blob. */
static void rows_of_a_database(void)
{
    static const char cell[] = "\x15\1\5\0\1\x23\x14\7机密★10\1\2\3\4";
    uint8_t file[1024] = {0};
    dump d;
    size_t n = sizeof cell - 1;
    memcpy(file, "SQLite format 3\0\2\0\1\1\0\x40\x20\x20", 24);
    file[59] = 1;
    file[100] = 13;
    file[512] = 13;
    file[516] = 1;
    file[520] = (uint8_t)((512 - n) >> 8);
    file[521] = (uint8_t)(512 - n);
    memcpy(file + 1024 - n, cell, n);
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_view_of(file, sizeof file), "a.db"), MSH_OK);
    CHECK(dump_has(&d, "body|a.db||\t7\t机密★10"));
    CHECK_VIEW(d.x.format, MSH_VIEW("sqlite"));
    dump_end(&d);
    for (size_t cut = 16; cut < sizeof file; cut += 7) {
        dump_begin(&d);
        CHECK_INT(dump_run(&d, msh_view_of(file, cut), "a.db"), MSH_OK);
        CHECK(d.outcomes > 0 || cut == 512);
        dump_end(&d);
    }
}

static void what_is_not_read_says_so(void)
{
    static const msh_view heads[] = {
        {(const uint8_t *)"wOFF\0\1\0\0", 8},
        {(const uint8_t *)"\0\0\0\x18"
                          "ftypmp42",
         12},
        {(const uint8_t *)"\x7f"
                          "ELF\2\1\1\0",
         8},
        {(const uint8_t *)"OggS\0\2\0\0", 8},
    };
    for (size_t i = 0; i < 4; i++) {
        dump d;
        dump_begin(&d);
        CHECK_INT(dump_run(&d, heads[i], "a"), MSH_OK);
        CHECK(dump_has(&d, "!format.unsupported|a"));
        dump_end(&d);
    }
}

int main(void)
{
    RUN(texts_beside_pixels);
    RUN(bytes_behind_the_end);
    RUN(cut_or_flipped_anywhere);
    RUN(directories_that_loop);
    RUN(sizes_that_lie);
    RUN(rows_of_a_database);
    RUN(what_is_not_read_says_so);
    return check_result();
}
