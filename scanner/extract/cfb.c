/* cfb.c: compound files: sectors, tables and streams ([MS-CFB] 2.1 to 2.6). */
#include "extract/cfb.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/cfb_inner.h"

enum { HEADER = 512, IN_HEADER = 109, LEAST_SHIFT = 7, MOST_SHIFT = 16, RUN_MOST = 1 << 20 };

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

bool msh_cfb_is(msh_view head)
{
    static const uint8_t signs[2][8] = {{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1},
                                        {0x0e, 0x11, 0xfc, 0x0d, 0xd0, 0xcf, 0x11, 0x0e}};
    return msh_view_starts(head, msh_view_of(signs[0], 8)) ||
           msh_view_starts(head, msh_view_of(signs[1], 8)); /* beta of OLE2 */
}

/* --- sectors ------------------------------------------------------------------------------------
 */

static uint64_t position(const msh_cfb *c, uint32_t sector)
{
    return ((uint64_t)sector + 1) << c->shift;
}

/* Takes a sector for its own; false when it lies outside or something else has it. */
static bool own(msh_cfb *c, uint32_t sector)
{
    if (sector >= c->sectors || c->owned[sector])
        return false;
    c->owned[sector] = 1;
    return true;
}

static msh_err add_slack(msh_cfb *c, uint64_t from, uint64_t to)
{
    if (to > c->in->size)
        to = c->in->size;
    if (from >= to)
        return MSH_OK;
    if (c->n_slack == c->cap_slack) {
        size_t cap = c->cap_slack ? c->cap_slack * 2 : 64, size;
        msh_cfb_range *grown = NULL;
        if (msh_mul_size(cap, sizeof *grown, &size))
            grown = msh_realloc(c->slack, size);
        if (!grown)
            return MSH_E_MEMORY;
        c->slack = grown;
        c->cap_slack = cap;
    }
    c->slack[c->n_slack++] = (msh_cfb_range){from, to};
    return MSH_OK;
}

/* One sector of a table into `to` (sector size / 4 numbers); what is not there reads as free. */
static msh_err read_table_sector(msh_cfb *c, uint32_t sector, uint32_t *to, uint32_t room)
{
    uint8_t bytes[1 << MOST_SHIFT];
    size_t got = 0;
    MSH_TRY(msh_input_read(c->in, position(c, sector), bytes, (size_t)1 << c->shift, &got));
    for (uint32_t i = 0; i < room && i < 1u << (c->shift - 2); i++)
        to[i] = (size_t)i * 4 + 4 <= got ? u32(bytes + (size_t)i * 4) : MSH_CFB_NONE;
    return MSH_OK;
}

/* --- the table of sectors ------------------------------------------------------------------------
 */

typedef struct fat_reader {
    msh_cfb *c;
    uint64_t at;   /* first number of the next table sector */
    uint32_t left; /* table sectors that the file can need, and some more */
} fat_reader;

/* The next sector of the table. Numbers past the file's end are room for hiding: swept. */
static msh_err fat_sector(fat_reader *r, uint32_t sector)
{
    msh_cfb *c = r->c;
    uint32_t per = 1u << (c->shift - 2);
    uint64_t at = r->at;
    r->at += per;
    if (sector == MSH_CFB_NONE)
        return MSH_OK;
    if (!own(c, sector)) {
        c->damaged |= at < c->sectors;
        return MSH_OK;
    }
    uint32_t room = at >= c->sectors                  ? 0
                    : c->sectors - (uint32_t)at < per ? c->sectors - (uint32_t)at
                                                      : per;
    if (room)
        MSH_TRY(read_table_sector(c, sector, c->fat + at, room));
    return add_slack(c, position(c, sector) + (uint64_t)room * 4,
                     position(c, sector) + ((uint64_t)1 << c->shift));
}

/* The list of table sectors: 109 in the header, the rest in sectors chained by their last number.
 */
static msh_err read_fat(msh_cfb *c, const uint8_t *header)
{
    fat_reader r = {.c = c};
    uint32_t per = 1u << (c->shift - 2);
    uint32_t *list = msh_arena_calloc(&c->arena, per, sizeof *list);
    uint32_t next = u32(header + 68);
    c->fat = msh_arena_calloc(&c->arena, (size_t)c->sectors + 1, sizeof *c->fat);
    if (!c->fat || !list)
        return MSH_E_MEMORY;
    memset(c->fat, 0xff, (size_t)c->sectors * sizeof *c->fat);
    for (int i = 0; i < IN_HEADER; i++)
        MSH_TRY(fat_sector(&r, u32(header + 76 + 4 * i)));
    while (next < MSH_CFB_SPECIAL && r.at < c->sectors) {
        if (!own(c, next)) {
            c->damaged = true;
            break;
        }
        MSH_TRY(read_table_sector(c, next, list, per));
        for (uint32_t i = 0; i + 1 < per; i++)
            MSH_TRY(fat_sector(&r, list[i]));
        next = list[per - 1];
        MSH_TRY(msh_budget_time(c->budget));
    }
    return MSH_OK;
}

/* --- chains --------------------------------------------------------------------------------------
 */

/* Owns a chain of at most `most` sectors; *n counts those that were its own, *last is the last one.
 * Every sector is owned once, so that all chains together cost no more than the file. */
static bool own_chain(msh_cfb *c, uint32_t start, uint64_t most, uint64_t *n, uint32_t *last)
{
    *n = 0;
    for (uint32_t s = start; s < MSH_CFB_SPECIAL && *n < most; s = c->fat[s]) {
        if (!own(c, s))
            return false;
        *last = s;
        (*n)++;
    }
    return true;
}

static bool own_mini_chain(msh_cfb *c, uint32_t start, uint64_t most, uint64_t *n, uint32_t *last)
{
    *n = 0;
    for (uint32_t s = start; s < MSH_CFB_SPECIAL && *n < most; s = c->mini_fat[s]) {
        if (s >= c->mini_sectors || c->mini_owned[s])
            return false;
        c->mini_owned[s] = 1;
        *last = s;
        (*n)++;
    }
    return true;
}

/* Where a sector of the mini stream stands in the file; UINT64_MAX outside. */
static uint64_t mini_position(const msh_cfb *c, uint32_t mini)
{
    uint64_t at = (uint64_t)mini << c->mini_shift;
    if (at >= c->mini_size || at >> c->shift >= c->mini_chained)
        return UINT64_MAX;
    return position(c, c->mini_chain[at >> c->shift]) + (at & (((uint64_t)1 << c->shift) - 1));
}

/* A chain as an array in the arena. */
static msh_err list_chain(msh_cfb *c, uint32_t start, uint32_t **out, uint32_t *n)
{
    uint64_t count = 0;
    uint32_t last = 0, i = 0;
    c->damaged |= !own_chain(c, start, c->sectors, &count, &last);
    *out = msh_arena_calloc(&c->arena, (size_t)count + 1, sizeof **out);
    if (!*out)
        return MSH_E_MEMORY;
    for (uint32_t s = start; i < count; s = c->fat[s])
        (*out)[i++] = s;
    *n = i;
    return MSH_OK;
}

static msh_err read_mini(msh_cfb *c, uint32_t mini_fat_start)
{
    uint32_t *list, n, per = 1u << (c->shift - 2);
    const msh_cfb_entry *root = &c->entries[0];
    MSH_TRY(list_chain(c, root->start, &c->mini_chain, &c->mini_chained));
    c->mini_size = (uint64_t)c->mini_chained << c->shift;
    c->damaged |= root->size > c->mini_size;
    MSH_TRY(list_chain(c, mini_fat_start, &list, &n));
    if ((uint64_t)n * per > UINT32_MAX)
        return MSH_E_CORRUPT;
    c->mini_sectors = n * per;
    c->mini_fat = msh_arena_calloc(&c->arena, (size_t)c->mini_sectors + 1, sizeof *c->mini_fat);
    c->mini_owned = msh_arena_calloc(&c->arena, (size_t)c->mini_sectors + 1, 1);
    if (!c->mini_fat || !c->mini_owned)
        return MSH_E_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        MSH_TRY(read_table_sector(c, list[i], c->mini_fat + (size_t)i * per, per));
    return MSH_OK;
}

static bool is_mini(const msh_cfb *c, const msh_cfb_entry *e)
{
    return e->size < c->cutoff;
}

static msh_err account(msh_cfb *c, const msh_cfb_entry *e)
{
    bool mini = is_mini(c, e);
    unsigned shift = mini ? c->mini_shift : c->shift;
    uint64_t unit = (uint64_t)1 << shift, most = (e->size + unit - 1) >> shift, n = 0;
    uint32_t last = 0;
    bool sound = mini ? own_mini_chain(c, e->start, most, &n, &last)
                      : own_chain(c, e->start, most, &n, &last);
    c->damaged |= !sound || n < most;
    if (n == 0 || n < most || (e->size & (unit - 1)) == 0)
        return MSH_OK;
    uint64_t at = mini ? mini_position(c, last) : position(c, last);
    if (at == UINT64_MAX)
        return MSH_OK;
    return add_slack(c, at + (e->size & (unit - 1)), at + unit);
}

/* --- open ----------------------------------------------------------------------------------------
 */

static void read_shifts(msh_cfb *c, const uint8_t *h)
{
    c->shift = h[30] | (unsigned)h[31] << 8;
    c->mini_shift = h[32] | (unsigned)h[33] << 8;
    c->cutoff = u32(h + 56);
    if (c->shift < LEAST_SHIFT || c->shift > MOST_SHIFT) {
        c->damaged = true;
        c->shift = (h[26] | h[27] << 8) == 4 ? 12 : 9;
    }
    if (c->mini_shift < 2 || c->mini_shift > c->shift) {
        c->damaged = true;
        c->mini_shift = 6;
    }
    if (c->cutoff != 4096) {
        c->damaged = true;
        c->cutoff = 4096;
    }
}

msh_err msh_cfb_open(msh_cfb *c, msh_budget *budget, msh_input *in)
{
    uint8_t h[HEADER] = {0};
    size_t got = 0;
    *c = (msh_cfb){.in = in, .budget = budget};
    msh_arena_init(&c->arena, 0);
    MSH_TRY(msh_input_read(in, 0, h, sizeof h, &got));
    if (!msh_cfb_is(msh_view_of(h, got)))
        return MSH_E_SYNTAX;
    if (got < sizeof h)
        return MSH_E_SHORT;
    read_shifts(c, h);
    uint64_t sector = (uint64_t)1 << c->shift;
    uint64_t n = in->size <= sector ? 0 : (in->size - sector + sector - 1) >> c->shift;
    if (n >= MSH_CFB_SPECIAL)
        return MSH_E_LIMIT_SIZE;
    c->sectors = (uint32_t)n;
    c->owned = msh_arena_calloc(&c->arena, (size_t)n + 1, 1);
    if (!c->owned)
        return MSH_E_MEMORY;
    MSH_TRY(add_slack(c, HEADER, sector));
    MSH_TRY(read_fat(c, h));
    uint32_t *list = NULL, count = 0;
    MSH_TRY(list_chain(c, u32(h + 48), &list, &count));
    MSH_TRY(msh_cfb_read_directory(c, list, count));
    MSH_TRY(read_mini(c, u32(h + 60)));
    for (size_t i = 1; i < c->n; i++)
        if (c->entries[i].kind == MSH_CFB_STREAM)
            MSH_TRY(account(c, &c->entries[i]));
    return msh_budget_time(budget);
}

void msh_cfb_close(msh_cfb *c)
{
    msh_arena_dispose(&c->arena);
    msh_free(c->slack);
    *c = (msh_cfb){0};
}

/* --- reading streams -----------------------------------------------------------------------------
 */

/* A walk along a chain that sees when it runs in a circle (Brent). */
typedef struct walk {
    uint32_t at, mark;
    uint64_t steps, power;
} walk;

static bool step(walk *w, uint32_t next)
{
    w->at = next;
    if (next == w->mark)
        return false;
    if (++w->steps == w->power) {
        w->mark = next;
        w->power *= 2;
        w->steps = 0;
    }
    return true;
}

/* File position of the walk's sector; UINT64_MAX at the end of the chain or outside. */
static uint64_t walk_position(const msh_cfb *c, const walk *w, bool mini)
{
    if (mini)
        return w->at < c->mini_sectors ? mini_position(c, w->at) : UINT64_MAX;
    return w->at < c->sectors ? position(c, w->at) : UINT64_MAX;
}

/* n bytes at `at` of the file onto out. */
static msh_err append(msh_cfb *c, uint64_t at, uint64_t n, msh_buf *out)
{
    size_t got = 0, room = out->ceiling - out->len;
    bool over = n > room;
    size_t want = over ? room : (size_t)n;
    MSH_TRY(msh_budget_decoded(c->budget, want));
    uint8_t *to = want ? msh_buf_room(out, want) : NULL;
    if (want && !to)
        return MSH_E_MEMORY;
    if (want)
        MSH_TRY(msh_input_read(c->in, at, to, want, &got));
    msh_buf_grew(out, got);
    if (over)
        return MSH_E_LIMIT_BUFFER;
    return got < want ? MSH_E_SHORT : MSH_OK;
}

/* Sectors that follow one another in the file are read at once. */
static msh_err read_chain(msh_cfb *c, const msh_cfb_entry *e, uint64_t size, msh_buf *out)
{
    bool mini = is_mini(c, e), sound = true;
    uint64_t unit = (uint64_t)1 << (mini ? c->mini_shift : c->shift);
    walk w = {.at = e->start, .mark = MSH_CFB_NONE, .power = 1};
    while (size > 0 && sound) {
        uint64_t from = walk_position(c, &w, mini), n = 0, next = from;
        if (from == UINT64_MAX)
            return MSH_E_SHORT;
        do {
            n += unit;
            sound = step(&w, mini ? c->mini_fat[w.at] : c->fat[w.at]);
            next = walk_position(c, &w, mini);
        } while (sound && next == from + n && n < size && n < RUN_MOST);
        if (n > size)
            n = size;
        MSH_TRY(append(c, from, n, out));
        size -= n;
    }
    return size ? MSH_E_SHORT : MSH_OK;
}

msh_err msh_cfb_read(msh_cfb *c, int entry, msh_buf *out)
{
    if (entry < 0 || (size_t)entry >= c->n || c->entries[entry].kind != MSH_CFB_STREAM)
        return MSH_E_SHORT;
    return read_chain(c, &c->entries[entry], c->entries[entry].size, out);
}

msh_err msh_cfb_peek(msh_cfb *c, int entry, size_t most, msh_buf *out)
{
    if (entry < 0 || (size_t)entry >= c->n || c->entries[entry].kind != MSH_CFB_STREAM)
        return MSH_OK;
    const msh_cfb_entry *e = &c->entries[entry];
    msh_err err = read_chain(c, e, e->size < most ? e->size : most, out);
    return err == MSH_E_SHORT ? MSH_OK : err;
}

/* --- what nothing accounts for -------------------------------------------------------------------
 */

typedef struct gap_run {
    msh_err (*each)(void *ctx, msh_cfb_range r);
    void *ctx;
    msh_cfb_range r; /* not yet handed on */
} gap_run;

/* Neighbours are joined. */
static msh_err gap(gap_run *g, uint64_t from, uint64_t to)
{
    if (g->r.to == from && g->r.to > g->r.from) {
        g->r.to = to;
        return MSH_OK;
    }
    msh_cfb_range last = g->r;
    g->r = (msh_cfb_range){from, to};
    return last.to > last.from ? g->each(g->ctx, last) : MSH_OK;
}

msh_err msh_cfb_gaps(msh_cfb *c, msh_err (*each)(void *ctx, msh_cfb_range r), void *ctx)
{
    gap_run g = {.each = each, .ctx = ctx};
    for (uint32_t s = 0; s < c->sectors; s++) {
        uint64_t at = position(c, s), end = position(c, s + 1);
        if (!c->owned[s])
            MSH_TRY(gap(&g, at, end < c->in->size ? end : c->in->size));
    }
    uint64_t unit = (uint64_t)1 << c->mini_shift, minis = c->mini_size >> c->mini_shift;
    for (uint32_t s = 0; s < minis; s++) {
        uint64_t at = mini_position(c, s);
        if (at < c->in->size && !(s < c->mini_sectors && c->mini_owned[s]))
            MSH_TRY(gap(&g, at, at + unit < c->in->size ? at + unit : c->in->size));
    }
    for (size_t i = 0; i < c->n_slack; i++)
        MSH_TRY(gap(&g, c->slack[i].from, c->slack[i].to));
    return gap(&g, 0, 0);
}
