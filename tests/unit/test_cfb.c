/* Compound files: sizes of sectors, both tables, damaged directories and chains, what is left over.
 */
#include "check.h"

#include "cfb_build.h"
#include "extract/cfb.h"

static msh_limits limits;
static msh_budget budget;
static msh_input in;

static msh_err open_view(msh_cfb *c, msh_view v)
{
    msh_limits_default(&limits);
    msh_budget_begin(&budget, &limits, v.len);
    msh_input_memory(&in, v);
    return msh_cfb_open(c, &budget, &in);
}

static void fill(uint8_t *to, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)((i * 2654435761u + seed) >> 11);
}

static bool holds(msh_cfb *c, int entry, msh_view want)
{
    msh_buf out;
    msh_buf_init(&out, (size_t)1 << 30);
    msh_err err = msh_cfb_read(c, entry, &out);
    bool same = err == MSH_OK && msh_view_eq(msh_buf_view(&out), want);
    msh_buf_dispose(&out);
    return same;
}

enum { BIG = 10000, SMALL = 200 };
static uint8_t big[BIG], small[SMALL];
static cfb_build b;

/* root: Big, ObjectPool(_1(small, big), Empty), 文字 */
static void build(unsigned shift)
{
    fill(big, BIG, 1);
    fill(small, SMALL, 2);
    cfb_begin(&b);
    b.shift = shift;
    cfb_stream(&b, 0, "Big", big, BIG);
    int pool = cfb_storage(&b, 0, "ObjectPool");
    int one = cfb_storage(&b, pool, "_1");
    cfb_stream(&b, one, "\003ObjInfo", small, SMALL);
    cfb_stream(&b, one, "CONTENTS", big, BIG);
    cfb_stream(&b, pool, "Empty", "", 0);
    cfb_stream(&b, 0, "文字", small, SMALL);
    memset(b.e[one].clsid, 7, 16);
    cfb_end(&b);
}

static void reads_what_was_built(void)
{
    for (unsigned shift = 9; shift <= 12; shift += 3) {
        msh_cfb c;
        build(shift);
        CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
        CHECK(!c.damaged && !c.cut);
        CHECK_VIEW(c.entries[0].name, MSH_VIEW("Root Entry"));
        CHECK(holds(&c, msh_cfb_find(&c, 0, "big"), msh_view_of(big, BIG)));
        CHECK(holds(&c, msh_cfb_find(&c, 0, "文字"), msh_view_of(small, SMALL)));
        int pool = msh_cfb_find(&c, 0, "OBJECTPOOL"), one = msh_cfb_find(&c, pool, "_1");
        CHECK(pool > 0 && one > 0);
        CHECK_INT(c.entries[one].kind, MSH_CFB_STORAGE);
        CHECK_INT(c.entries[one].parent, pool);
        CHECK_INT(c.entries[one].clsid[3], 7);
        CHECK_INT(msh_cfb_find_stream(&c, pool, "_1"), -1);
        CHECK(holds(&c, msh_cfb_find(&c, one, "\003ObjInfo"), msh_view_of(small, SMALL)));
        CHECK(holds(&c, msh_cfb_find(&c, one, "Contents"), msh_view_of(big, BIG)));
        CHECK(holds(&c, msh_cfb_find(&c, pool, "Empty"), MSH_VIEW("")));
        CHECK_INT(msh_cfb_find(&c, one, "Big"), -1);
        msh_cfb_used(&c, pool);
        CHECK(c.entries[msh_cfb_find(&c, one, "Contents")].used);
        CHECK(!c.entries[msh_cfb_find(&c, 0, "Big")].used);
        CHECK(budget.decoded >= 2 * BIG + 2 * SMALL);
        msh_cfb_close(&c);
        cfb_dispose(&b);
    }
}

/* 8 MiB: the list of table sectors goes on outside the header. */
static void long_lists_of_tables(void)
{
    size_t n = 8u << 20;
    uint8_t *data = msh_alloc(n);
    msh_cfb c;
    REQUIRE(data);
    fill(data, n, 3);
    cfb_begin(&b);
    cfb_stream(&b, 0, "Huge", data, n);
    cfb_end(&b);
    CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
    CHECK(!c.damaged);
    CHECK(holds(&c, 1, msh_view_of(data, n)));
    msh_cfb_close(&c);
    cfb_dispose(&b);
    msh_free(data);
}

static void a_chain_that_loops_gives_what_is_there(void)
{
    msh_cfb c;
    msh_buf out;
    build(9);
    cfb_put32(b.file.data + b.fat_at + 4 * 5, 2); /* sector 5 of Big goes back to 2 */
    CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
    CHECK(c.damaged);
    msh_buf_init(&out, (size_t)1 << 30);
    CHECK_INT(msh_cfb_read(&c, 1, &out), MSH_E_SHORT);
    CHECK(out.len >= 6 * 512 && out.len < BIG);
    CHECK(memcmp(out.data, big, 6 * 512) == 0);
    msh_buf_dispose(&out);
    msh_cfb_close(&c);
    cfb_dispose(&b);
}

static void a_cut_file_gives_what_is_there(void)
{
    msh_buf out;
    build(9);
    for (size_t len = 0; len < b.file.len; len += 37) {
        msh_cfb c;
        msh_err err = open_view(&c, msh_view_cut(msh_buf_view(&b.file), 0, len));
        CHECK(err == MSH_OK || len < b.file.len - 512);
        CHECK(err != MSH_OK || c.damaged || len + 512 > b.file.len);
        for (size_t i = 0; err == MSH_OK && i < c.n; i++) {
            msh_buf_init(&out, (size_t)1 << 30);
            (void)!msh_cfb_read(&c, (int)i, &out);
            msh_buf_dispose(&out);
        }
        msh_cfb_close(&c);
    }
    cfb_dispose(&b);
}

static void entries_outside_the_tree_are_found(void)
{
    msh_cfb c;
    build(9);
    cfb_put32(b.file.data + b.dir_at + 76, 0xffffffffu); /* the root has no child */
    CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
    CHECK(c.damaged);
    int i = msh_cfb_find(&c, 0, "Big");
    CHECK(i > 0 && c.entries[i].orphan);
    CHECK(holds(&c, i, msh_view_of(big, BIG)));
    int pool = msh_cfb_find(&c, 0, "ObjectPool"), one = msh_cfb_find(&c, pool, "_1");
    CHECK(one > 0 && !c.entries[one].orphan);
    msh_cfb_close(&c);
    cfb_dispose(&b);
}

static void a_tree_that_loops_ends(void)
{
    msh_cfb c;
    build(9);
    uint8_t *dir = b.file.data + b.dir_at;
    cfb_put32(dir + 128 * 3 + 76, 2); /* _1 holds ObjectPool, which holds _1 */
    cfb_put32(dir + 128 * 1 + 72, 0xffffffffu);
    CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
    CHECK(c.damaged);
    for (size_t i = 1; i < c.n; i++) {
        int up = (int)i, steps = 0;
        while (up > 0 && steps++ < 100)
            up = c.entries[up].parent;
        CHECK(up == 0 || c.entries[i].kind == MSH_CFB_FREE);
    }
    msh_cfb_used(&c, 0);
    msh_cfb_close(&c);
    cfb_dispose(&b);
}

typedef struct seen {
    msh_view file, want;
    bool found;
    uint64_t bytes;
} seen;

static msh_err look(void *ctx, msh_cfb_range r)
{
    seen *s = ctx;
    CHECK(r.from < r.to && r.to <= s->file.len);
    s->bytes += r.to - r.from;
    s->found |= msh_view_find(msh_view_cut(s->file, r.from, r.to - r.from), s->want, 0) != SIZE_MAX;
    return MSH_OK;
}

static bool left_over_at(uint64_t at)
{
    msh_cfb c;
    build(9);
    if (at == UINT64_MAX)
        msh_buf_put_str(&b.file, "hidden");
    else
        memcpy(b.file.data + at, "hidden", 6);
    seen s = {.file = msh_buf_view(&b.file), .want = MSH_VIEW("hidden")};
    CHECK_INT(open_view(&c, s.file), MSH_OK);
    CHECK_INT(msh_cfb_gaps(&c, look, &s), MSH_OK);
    CHECK(s.bytes < 3000);
    msh_cfb_close(&c);
    cfb_dispose(&b);
    return s.found;
}

static void what_nothing_accounts_for(void)
{
    CHECK(left_over_at(UINT64_MAX)); /* behind all */
    CHECK(left_over_at(512 + BIG));  /* end of the last sector of Big */
    build(9);
    uint64_t mini = b.mini_at, fat = b.fat_at;
    cfb_dispose(&b);
    CHECK(left_over_at(mini + SMALL));  /* end of a small sector */
    CHECK(left_over_at(fat + 512 - 6)); /* numbers of sectors that do not exist */
    CHECK(!left_over_at(512 + 100));    /* inside Big */
    CHECK(!left_over_at(mini + 10));
}

static void buffers_have_their_ceiling(void)
{
    msh_cfb c;
    msh_buf out;
    build(9);
    CHECK_INT(open_view(&c, msh_buf_view(&b.file)), MSH_OK);
    msh_buf_init(&out, 5000);
    CHECK_INT(msh_cfb_read(&c, 1, &out), MSH_E_LIMIT_BUFFER);
    CHECK_INT(out.len, 5000);
    msh_buf_dispose(&out);
    msh_buf_init(&out, 5000);
    CHECK_INT(msh_cfb_peek(&c, 1, 16, &out), MSH_OK);
    CHECK_VIEW(msh_buf_view(&out), msh_view_of(big, 16));
    msh_buf_dispose(&out);
    msh_cfb_close(&c);
    cfb_dispose(&b);
}

static void turned_bits_break_nothing(void)
{
    msh_buf out;
    build(9);
    size_t tables = (size_t)b.mini_fat_at, len = b.file.len;
    for (size_t i = 0; i < len * 8; i++) {
        if (i == 512 * 8)
            i = tables * 8; /* the streams themselves are just bytes */
        msh_cfb c;
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
        msh_err err = open_view(&c, msh_buf_view(&b.file));
        for (size_t k = 0; err == MSH_OK && k < c.n; k++) {
            msh_buf_init(&out, (size_t)1 << 20);
            (void)!msh_cfb_read(&c, (int)k, &out);
            msh_buf_dispose(&out);
        }
        seen s = {.file = msh_buf_view(&b.file), .want = MSH_VIEW("hidden")};
        if (err == MSH_OK)
            CHECK_INT(msh_cfb_gaps(&c, look, &s), MSH_OK);
        msh_cfb_close(&c);
        b.file.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    cfb_dispose(&b);
}

int main(void)
{
    RUN(reads_what_was_built);
    RUN(long_lists_of_tables);
    RUN(a_chain_that_loops_gives_what_is_there);
    RUN(a_cut_file_gives_what_is_there);
    RUN(entries_outside_the_tree_are_found);
    RUN(a_tree_that_loops_ends);
    RUN(what_nothing_accounts_for);
    RUN(buffers_have_their_ceiling);
    RUN(turned_bits_break_nothing);
    return check_result();
}
