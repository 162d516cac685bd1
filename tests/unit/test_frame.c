/* test_frame.c: frames come back as they were written, and nothing that is malformed is taken. */
#include "base/arena.h"
#include "check.h"
#include "worker/frame.h"

static const msh_view base = {(const uint8_t *)"a.zip", 5};
enum { RULES = 7 };

static msh_place full_place(void)
{
    return (msh_place){.vpath = MSH_VIEW("a.zip!b/c.docx!word/header1.xml"),
                       .name = MSH_VIEW("名"),
                       .sheet = MSH_VIEW("表1"),
                       .role = MSH_ROLE_HEADER,
                       .page = 3,
                       .cell_row = 17,
                       .cell_col = 2,
                       .line = 5,
                       .column = 6,
                       .offset = 1ull << 40};
}

static void check_place(const msh_place *got, const msh_place *want)
{
    CHECK_VIEW(got->vpath, want->vpath);
    CHECK_VIEW(got->name, want->name);
    CHECK_VIEW(got->sheet, want->sheet);
    CHECK_INT(got->role, want->role);
    CHECK_INT(got->page, want->page);
    CHECK_INT(got->cell_row, want->cell_row);
    CHECK_INT(got->cell_col, want->cell_col);
    CHECK_INT(got->line, want->line);
    CHECK_INT(got->column, want->column);
    CHECK(got->offset == want->offset);
}

static void test_packet_of_frames(void)
{
    msh_buf b;
    msh_frame f;
    bool end;
    msh_buf_init(&b, 1 << 20);
    size_t at = msh_frame_begin(&b, MSH_FRAME_HELLO, 0);
    msh_buf_put_byte(&b, 3);
    msh_frame_end(&b, at);
    at = msh_frame_begin(&b, MSH_FRAME_DONE, 77);
    msh_frame_end(&b, at);
    msh_cursor c = msh_cursor_of(msh_buf_view(&b));
    CHECK(msh_frame_next(&c, &f, &end) && !end && f.type == MSH_FRAME_HELLO && f.seq == 0);
    CHECK_INT(f.body.len, 1);
    CHECK(msh_frame_next(&c, &f, &end) && !end && f.type == MSH_FRAME_DONE && f.seq == 77);
    CHECK_INT(f.body.len, 0);
    CHECK(msh_frame_next(&c, &f, &end) && end);
    /* cut anywhere but between frames: malformed */
    for (size_t n = 1; n < b.len; n++) {
        c = msh_cursor_of(msh_view_of(b.data, n));
        bool ok = msh_frame_next(&c, &f, &end) && msh_frame_next(&c, &f, &end);
        CHECK(ok == (n == MSH_FRAME_HEAD + 1));
    }
    b.data[0] = 2;
    c = msh_cursor_of(msh_buf_view(&b));
    CHECK(!msh_frame_next(&c, &f, &end));
    msh_buf_dispose(&b);
}

static void test_outcome(void)
{
    msh_buf b;
    msh_arena a;
    msh_frame_outcome o;
    msh_place place = full_place(), item = {.vpath = base, .offset = MSH_NO_POSITION};
    msh_arena_init(&a, 0);
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_outcome(&b, base, MSH_REASON_ZIP_ENCRYPTED, &place, 99);
    CHECK(msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    CHECK_INT(o.reason, MSH_REASON_ZIP_ENCRYPTED);
    CHECK_INT(o.reached, 99);
    check_place(&o.place, &place);
    for (size_t n = 0; n < b.len; n++)
        CHECK(!msh_frame_get_outcome(msh_view_of(b.data, n), base, &a, &o));
    msh_buf_put_byte(&b, 0);
    CHECK(!msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    msh_buf_reset(&b);
    msh_frame_put_outcome(&b, base, MSH_REASON_FILE_EMPTY, &item, 0);
    CHECK(msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    check_place(&o.place, &item);
    msh_buf_reset(&b);
    msh_frame_put_outcome(&b, base, MSH_REASON_COUNT, &item, 0);
    CHECK(!msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    /* a place in another item is not sent, and not taken */
    msh_buf_reset(&b);
    place.vpath = MSH_VIEW("other!x");
    msh_frame_put_outcome(&b, base, MSH_REASON_FILE_EMPTY, &place, 0);
    CHECK(msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    CHECK_VIEW(o.place.vpath, base);
    msh_buf_reset(&b);
    place.vpath = MSH_VIEW("a.zipper");
    msh_frame_put_outcome(&b, base, MSH_REASON_FILE_EMPTY, &place, 0);
    CHECK(!msh_frame_get_outcome(msh_buf_view(&b), base, &a, &o));
    msh_arena_dispose(&a);
    msh_buf_dispose(&b);
}

static msh_hit some_hit(const msh_place *more, uint32_t n)
{
    return (msh_hit){.rule = RULES - 1,
                     .tier = MSH_TIER_BLOCK,
                     .normal = MSH_VIEW("机密★10年"),
                     .excerpt = MSH_VIEW("机密★██年"),
                     .place = full_place(),
                     .more = more,
                     .n_more = n,
                     .count = 12345678901ull,
                     .length = 15};
}

static bool hit_is_taken(const msh_hit *hit)
{
    msh_buf b;
    msh_arena a;
    msh_frame_hit h;
    msh_arena_init(&a, 0);
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_hit(&b, base, hit, false);
    bool ok = msh_frame_get_hit(msh_buf_view(&b), base, RULES, &a, &h);
    msh_arena_dispose(&a);
    msh_buf_dispose(&b);
    return ok;
}

static void test_hit(void)
{
    msh_buf b;
    msh_arena a;
    msh_frame_hit h;
    msh_place more[30];
    for (uint32_t i = 0; i < 30; i++) {
        more[i] = full_place();
        more[i].line = i;
        if (i % 3 == 0)
            more[i].vpath = MSH_VIEW("a.zip!other");
    }
    msh_hit hit = some_hit(more, 30);
    msh_arena_init(&a, 0);
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_hit(&b, base, &hit, true);
    CHECK(msh_frame_get_hit(msh_buf_view(&b), base, RULES, &a, &h));
    CHECK(h.early && h.hit.rule == RULES - 1 && h.hit.tier == MSH_TIER_BLOCK);
    CHECK(h.hit.count == hit.count && h.hit.length == 15);
    CHECK_VIEW(h.hit.normal, hit.normal);
    CHECK_VIEW(h.hit.excerpt, hit.excerpt);
    CHECK_INT(h.hit.n_more, MSH_FRAME_MORE);
    for (uint32_t i = 0; i < h.hit.n_more; i++)
        check_place(&h.hit.more[i], &more[i]);
    for (size_t n = 0; n < b.len; n++)
        CHECK(!msh_frame_get_hit(msh_view_of(b.data, n), base, RULES, &a, &h));
    msh_arena_dispose(&a);
    msh_buf_dispose(&b);
    hit.n_more = 0;
    CHECK(hit_is_taken(&hit));
    hit.rule = RULES;
    CHECK(!hit_is_taken(&hit));
    hit = some_hit(NULL, 0);
    hit.count = 0;
    CHECK(!hit_is_taken(&hit));
    hit = some_hit(NULL, 0);
    hit.tier = (msh_tier)0;
    CHECK(!hit_is_taken(&hit));
    hit.tier = (msh_tier)4;
    CHECK(!hit_is_taken(&hit));
    hit = some_hit(NULL, 0);
    hit.excerpt = MSH_VIEW("\xff");
    CHECK(!hit_is_taken(&hit));
    hit = some_hit(NULL, 0);
    hit.place.role = MSH_ROLE_COUNT;
    CHECK(!hit_is_taken(&hit));
}

/* Names of any length fit a packet: they are cut, and what arrives is well-formed. */
static void test_long_names(void)
{
    static uint8_t name[200000];
    msh_place more[20];
    memset(name, 'x', sizeof name);
    memcpy(name, "a.zip!", 6);
    msh_hit hit = some_hit(more, 20);
    hit.place.vpath = hit.place.name = hit.place.sheet = msh_view_of(name, sizeof name);
    for (int i = 0; i < 20; i++) {
        more[i] = hit.place;
        more[i].vpath.len -= (size_t)i;
    }
    static uint8_t excerpt[400];
    for (size_t i = 0; i < sizeof excerpt; i++)
        excerpt[i] = (uint8_t) "\xe5\xaf\x86"[i % 3];
    hit.excerpt = msh_view_of(excerpt, 399);
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_hit(&b, base, &hit, false);
    CHECK(b.len <= MSH_FRAME_PACKET - MSH_FRAME_HEAD);
    CHECK(hit_is_taken(&hit));
    msh_buf_dispose(&b);
}

static void test_text_and_done(void)
{
    msh_buf b;
    msh_arena a;
    msh_frame_text t;
    msh_place place = full_place();
    msh_arena_init(&a, 0);
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_text(&b, base, &place, true);
    msh_buf_put_str(&b, "正文");
    CHECK(msh_frame_get_text(msh_buf_view(&b), base, &a, &t) && t.more);
    CHECK_VIEW(t.bytes, MSH_VIEW("正文"));
    check_place(&t.place, &place);
    msh_buf_put_byte(&b, 0x80);
    CHECK(!msh_frame_get_text(msh_buf_view(&b), base, &a, &t));
    msh_buf_reset(&b);
    msh_child_done done = {.format = "docx",
                           .findings = 3,
                           .decoded = 1ull << 35,
                           .optical = true,
                           .optical_page = true};
    msh_child_done got;
    msh_frame_put_done(&b, &done);
    CHECK(msh_frame_get_done(msh_buf_view(&b), &got));
    CHECK_STR(got.format, "docx");
    CHECK(got.findings == 3 && got.decoded == done.decoded && got.optical && got.optical_page &&
          !got.trouble);
    for (size_t n = 0; n < b.len; n++)
        CHECK(!msh_frame_get_done(msh_view_of(b.data, n), &got));
    b.data[b.len - 1] = '\x1b';
    CHECK(!msh_frame_get_done(msh_buf_view(&b), &got));
    msh_arena_dispose(&a);
    msh_buf_dispose(&b);
}

static void test_job(void)
{
    msh_buf b;
    msh_frame_job got, job = {.has_fd = true,
                              .eager = true,
                              .time_ms = 9,
                              .size = 1ull << 50,
                              .path_len = 1,
                              .link_len = 2,
                              .xattrs_len = 3};
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_job(&b, &job);
    msh_cursor c = msh_cursor_of(msh_buf_view(&b));
    CHECK(msh_frame_get_job(&c, &got));
    CHECK(got.has_fd && got.eager && got.time_ms == 9 && got.size == job.size);
    CHECK(got.path_len == 1 && got.link_len == 2 && got.xattrs_len == 3);
    c = msh_cursor_of(msh_view_of(b.data, b.len - 1));
    CHECK(!msh_frame_get_job(&c, &got));
    msh_buf_dispose(&b);
}

/* Buffers that are full, empty bases, texts cut inside a character, enumerators one too far. */
static void test_edges(void)
{
    msh_buf small, b;
    msh_arena a;
    msh_frame f;
    bool end;
    msh_frame_outcome o;
    msh_frame_hit h;
    msh_child_done done;
    static uint8_t long_text[MSH_FRAME_EXCERPT + 8];
    msh_place place = full_place(), other = full_place();
    msh_arena_init(&a, 0);
    msh_buf_init(&small, 14);
    msh_buf_init(&b, 1 << 20);
    size_t at = msh_frame_begin(&small, MSH_FRAME_HIT, 1);
    msh_hit hit = some_hit(&place, 1);
    msh_frame_put_hit(&small, base, &hit, false);
    msh_frame_end(&small, at);
    CHECK(msh_buf_err(&small) != MSH_OK);
    msh_cursor cut = msh_cursor_of(MSH_VIEW("x"));
    (void)msh_cursor_take(&cut, 2);
    CHECK(!msh_frame_next(&cut, &f, &end) && !end);
    /* an item without a name: its members are "!name" */
    place.vpath = MSH_VIEW("!member");
    msh_frame_put_outcome(&b, (msh_view){NULL, 0}, MSH_REASON_FILE_EMPTY, &place, 0);
    CHECK(msh_frame_get_outcome(msh_buf_view(&b), (msh_view){NULL, 0}, &a, &o));
    CHECK_VIEW(o.place.vpath, place.vpath);
    /* places that differ in one thing only */
    for (int k = 0; k < 3; k++) {
        place = full_place();
        other = full_place();
        if (k == 0)
            other.vpath = MSH_VIEW("a.zip!other");
        else if (k == 1)
            other.name = MSH_VIEW("other");
        else
            other.sheet = MSH_VIEW("other");
        hit = some_hit(&other, 1);
        msh_buf_reset(&b);
        msh_frame_put_hit(&b, base, &hit, true);
        CHECK(msh_frame_get_hit(msh_buf_view(&b), base, RULES, &a, &h) && h.early);
        check_place(&h.hit.more[0], &other);
    }
    /* an excerpt of two-byte characters is cut between two of them, one of nothing else to none */
    for (size_t i = 0; i < sizeof long_text; i++)
        long_text[i] = i % 2 ? 0xa9 : 0xc3;
    hit = some_hit(NULL, 0);
    hit.excerpt = msh_view_of(long_text, sizeof long_text);
    msh_buf_reset(&b);
    msh_frame_put_hit(&b, base, &hit, false);
    CHECK(msh_frame_get_hit(msh_buf_view(&b), base, RULES, &a, &h));
    CHECK_INT(h.hit.excerpt.len % 2, 0);
    memset(long_text, 0x80, sizeof long_text);
    msh_buf_reset(&b);
    msh_frame_put_hit(&b, base, &hit, false);
    CHECK(msh_frame_get_hit(msh_buf_view(&b), base, RULES, &a, &h));
    CHECK_INT(h.hit.excerpt.len, 0);
    /* names of formats */
    static const char *const formats[] = {"", "zip", "two words", "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        msh_child_done d = {.findings = 1};
        (void)snprintf(d.format, sizeof d.format, "%s", formats[i]);
        msh_buf_reset(&b);
        msh_frame_put_done(&b, &d);
        CHECK(msh_frame_get_done(msh_buf_view(&b), &done) == (i < 2));
        b.data[0] = 8; /* a flag that does not exist */
        CHECK(!msh_frame_get_done(msh_buf_view(&b), &done));
    }
    msh_buf_reset(&b);
    msh_buf_put_byte(&b, 0);
    msh_buf_put_u64(&b, 1);
    msh_buf_put_u64(&b, 1);
    msh_buf_put_byte(&b, sizeof done.format);
    for (size_t i = 0; i < sizeof done.format; i++)
        msh_buf_put_byte(&b, 'a');
    CHECK(!msh_frame_get_done(msh_buf_view(&b), &done));
    msh_arena_dispose(&a);
    msh_buf_dispose(&small);
    msh_buf_dispose(&b);
}

int main(void)
{
    RUN(test_packet_of_frames);
    RUN(test_outcome);
    RUN(test_hit);
    RUN(test_long_names);
    RUN(test_text_and_done);
    RUN(test_job);
    RUN(test_edges);
    return check_result();
}
