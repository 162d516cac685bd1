/* Windows metafiles built from bytes: strings piece by piece, charsets, bitmaps, EMF+ comments,
 * outlines; every byte of both kinds turned. */
#include "check.h"

#include "extract_dump.h"

static dump d;
static msh_buf f;

static bool has(const char *what)
{
    bool found = dump_has(&d, what);
    if (!found)
        printf("missing: %s\n%.*s\n", what, (int)d.log.len, (const char *)d.log.data);
    return found;
}

static void read_built(const char *name)
{
    dump_begin(&d);
    CHECK_INT(dump_run(&d, msh_buf_view(&f), name), MSH_OK);
}

static void done(void)
{
    dump_end(&d);
    msh_buf_dispose(&f);
}

/* --- EMF --- */

static void emf_record(uint32_t type, const msh_buf *body)
{
    msh_buf_put_u32(&f, type);
    msh_buf_put_u32(&f, (uint32_t)(8 + (body->len + 3) / 4 * 4));
    msh_buf_put_view(&f, msh_buf_view(body));
    while (f.len % 4)
        msh_buf_put_byte(&f, 0);
}

static void emf_begin(void)
{
    msh_buf head;
    msh_buf_init(&f, 1 << 20);
    msh_buf_init(&head, 4096);
    for (int i = 0; i < 8; i++)
        msh_buf_put_u32(&head, 0);
    msh_buf_put_str(&head, " EMF");
    for (int i = 0; i < 16; i++)
        msh_buf_put_u32(&head, 0);
    emf_record(1, &head);
    msh_buf_dispose(&head);
}

static void emf_end(void)
{
    msh_buf none;
    msh_buf_init(&none, 64);
    for (int i = 0; i < 3; i++)
        msh_buf_put_u32(&none, 0);
    emf_record(14, &none);
    msh_buf_dispose(&none);
}

/* A string of UTF-16 at (x, y), each character 10 wide. */
static void emf_text(uint32_t x, uint32_t y, const char *utf16, uint32_t n, uint32_t options)
{
    msh_buf r;
    msh_buf_init(&r, 4096);
    for (int i = 0; i < 7; i++)
        msh_buf_put_u32(&r, 0);
    msh_buf_put_u32(&r, x);
    msh_buf_put_u32(&r, y);
    msh_buf_put_u32(&r, n);
    msh_buf_put_u32(&r, 76);
    msh_buf_put_u32(&r, options);
    for (int i = 0; i < 4; i++)
        msh_buf_put_u32(&r, 0);
    msh_buf_put_u32(&r, 76 + 2 * (n + n % 2));
    msh_buf_put(&r, utf16, n * 2);
    if (n % 2)
        msh_buf_put_u16(&r, 0);
    for (uint32_t i = 0; i < n; i++)
        msh_buf_put_u32(&r, 10);
    emf_record(84, &r);
    msh_buf_dispose(&r);
}

static void strings_of_emf(void)
{
    emf_begin();
    emf_text(0, 50, "\x3a\x67", 1, 0);
    emf_text(10, 50, "\xc6\x5b", 1, 0); /* goes on */
    emf_text(200, 50, "a\0", 1, 0);     /* another cell */
    emf_text(0, 90, "b\0c\0", 2, 0);
    emf_end();
    read_built("a.emf");
    CHECK(has("body|a.emf||机密\ta\nbc\n"));
    CHECK_INT(d.outcomes, 0);
    CHECK_VIEW(d.x.format, MSH_VIEW("emf"));
    done();
}

static void glyph_numbers_are_said(void)
{
    emf_begin();
    emf_text(0, 50, "\x11\x01", 1, 0x10);
    emf_end();
    read_built("a.emf");
    CHECK(has("!image.needs-ocr|a.emf"));
    done();
}

static void outlines_are_said(void)
{
    static uint8_t points[3000];
    msh_buf r;
    emf_begin();
    msh_buf_init(&r, 4096);
    msh_buf_put(&r, points, sizeof points);
    emf_record(8, &r);
    msh_buf_dispose(&r);
    emf_end();
    read_built("a.emf");
    CHECK(has("!image.needs-ocr|a.emf"));
    done();
}

static void put_dib(msh_buf *out)
{
    static const uint32_t header[10] = {40, 16, 16, 1 | 24 << 16, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 10; i++)
        msh_buf_put_u32(out, header[i]);
    for (int i = 0; i < 16 * 16 * 3; i++)
        msh_buf_put_byte(out, 200);
}

static void bitmaps_are_members(void)
{
    msh_buf r;
    msh_buf_init(&r, 4096);
    emf_begin();
    for (int i = 0; i < 10; i++)
        msh_buf_put_u32(&r, 0);
    msh_buf_put_u32(&r, 80);
    msh_buf_put_u32(&r, 40);
    msh_buf_put_u32(&r, 120);
    msh_buf_put_u32(&r, 768);
    for (int i = 0; i < 4; i++)
        msh_buf_put_u32(&r, 0);
    put_dib(&r);
    emf_record(81, &r);
    msh_buf_dispose(&r);
    emf_end();
    read_built("a.emf");
    CHECK(has("!image.needs-ocr|a.emf!image@"));
    CHECK_INT(d.outcomes, 1);
    done();
}

static void strings_of_emf_plus(void)
{
    msh_buf r;
    msh_buf_init(&r, 4096);
    emf_begin();
    msh_buf_put_u32(&r, 4 + 12 + 28 + 4);
    msh_buf_put_str(&r, "EMF+");
    msh_buf_put_u32(&r, 0x401c);
    msh_buf_put_u32(&r, 12 + 28 + 4);
    msh_buf_put_u32(&r, 28 + 4);
    msh_buf_put_u32(&r, 0);
    msh_buf_put_u32(&r, 0);
    msh_buf_put_u32(&r, 2);
    for (int i = 0; i < 4; i++)
        msh_buf_put_u32(&r, 0);
    msh_buf_put(&r, "\x3a\x67\xc6\x5b", 4);
    emf_record(70, &r);
    msh_buf_dispose(&r);
    emf_end();
    read_built("a.emf");
    CHECK(has("body|a.emf||机密"));
    done();
}

static void cut_files_are_said(void)
{
    emf_begin();
    emf_text(0, 50, "\x3a\x67\xc6\x5b", 2, 0);
    read_built("a.emf");
    CHECK(has("机密"));
    CHECK(has("!format.truncated|a.emf"));
    done();
}

/* --- WMF --- */

static void wmf_record(uint16_t function, const void *data, size_t len)
{
    msh_buf_put_u32(&f, (uint32_t)(3 + (len + 1) / 2));
    msh_buf_put_u16(&f, function);
    msh_buf_put(&f, data, len);
    if (len % 2)
        msh_buf_put_byte(&f, 0);
}

static void wmf_build(uint8_t charset)
{
    uint8_t font[18] = {0}, zero[2] = {0};
    font[13] = charset;
    msh_buf_init(&f, 1 << 20);
    msh_buf_put(&f, "\1\0\x09\0\0\3\0\0\0\0\2\0\0\0\0\0\0\0", 18);
    wmf_record(0x02fb, font, sizeof font);
    wmf_record(0x012d, zero, 2);
    /* 机密 at (5, 9), then a string below it */
    wmf_record(0x0521, "\4\0\xbb\xfa\xc3\xdc\x09\0\5\0", 10);
    wmf_record(0x0a32, "\x20\0\5\0\3\0\0\0abc\0\x0a\0\x0a\0\x0a\0", 18);
}

static void strings_of_wmf(void)
{
    msh_buf dib;
    wmf_build(134);
    msh_buf_init(&dib, 4096);
    for (int i = 0; i < 11; i++)
        msh_buf_put_u16(&dib, 0);
    put_dib(&dib);
    wmf_record(0x0f43, dib.data, dib.len);
    msh_buf_dispose(&dib);
    wmf_record(0, "", 0);
    read_built("a.wmf");
    CHECK(has("body|a.wmf||机密\nabc"));
    CHECK(has("!image.needs-ocr|a.wmf!image@"));
    CHECK_INT(d.outcomes, 1);
    done();
    wmf_build(0);
    wmf_record(0, "", 0);
    read_built("a.wmf");
    CHECK(has("机密"));
    CHECK_INT(d.outcomes, 0);
    done();
}

static void turn_bits(const char *name)
{
    for (size_t i = 0; i < f.len * 8; i++) {
        f.data[i / 8] ^= (uint8_t)(1 << i % 8);
        read_built(name);
        CHECK(d.texts + d.outcomes > 0);
        dump_end(&d);
        f.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    msh_buf_dispose(&f);
}

static void nothing_breaks_them(void)
{
    emf_begin();
    emf_text(0, 50, "w\0o\0r\0d\0s\0", 5, 0);
    emf_end();
    turn_bits("a.emf");
    wmf_build(134);
    wmf_record(0, "", 0);
    turn_bits("a.wmf");
}

int main(void)
{
    RUN(strings_of_emf);
    RUN(glyph_numbers_are_said);
    RUN(outlines_are_said);
    RUN(bitmaps_are_members);
    RUN(strings_of_emf_plus);
    RUN(cut_files_are_said);
    RUN(strings_of_wmf);
    RUN(nothing_breaks_them);
    return check_result();
}
