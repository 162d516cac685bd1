/* literal.c: the many-word engine. See literal.h for the idea.
 *
 * A "grams" table is a bitmap over hashes of anchors, and entries sorted by hash with an index over
 * the first bits of it. All of 20,000 words takes some hundred KiB, and text without hits touches
 * the bitmap only. */
#include "rule/literal.h"

#include "base/err.h"
#include "base/mem.h"
#include "rule/utf8.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint64_t print;  /* 8 bytes of the word around the anchor, fewer if it is shorter */
    uint32_t id;     /* of the word */
    uint16_t offset; /* of the anchor in the word */
    uint16_t len;    /* of the word */
    uint8_t back;    /* the print begins so many bytes before the anchor */
    uint8_t size;    /* of the print */
} entry;

typedef struct grams {
    uint64_t *bits;
    uint32_t *start; /* entries whose hash begins with b: start[b] … start[b + 1] */
    entry *entries;
    unsigned shift; /* 64 - log2 of the bits */
    unsigned down;  /* from a hash to its beginning */
    size_t n;       /* entries */
} grams;

enum { WIDE, SINGLE, ASCII, SHORT, TABLES };

struct msh_literals {
    grams tables[TABLES]; /* 6 bytes · one non-ASCII character · 3 ASCII bytes · first byte */
    uint8_t *words;
    uint32_t *at; /* of word id in words */
    size_t n, longest, burst, memory;
};

static const uint64_t keep[9] = {0,
                                 0xff,
                                 0xffff,
                                 0xffffff,
                                 0xffffffff,
                                 0xffffffffff,
                                 0xffffffffffff,
                                 0xffffffffffffff,
                                 0xffffffffffffffff};

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint64_t hash(uint64_t key, unsigned shift)
{
    return (key * 0x9e3779b97f4a7c15u) >> shift;
}

static inline bool may_be(const grams *g, uint64_t h)
{
    return g->bits[h >> 6] >> (h & 63) & 1;
}

/* --- build ----------------------------------------------------------------------------------- */

typedef struct anchor {
    uint64_t hash;
    entry e;
} anchor;

typedef struct builder {
    anchor *list[TABLES];
    size_t n[TABLES];
    unsigned shift[TABLES];
    uint16_t *load; /* how often each hash of WIDE occurs in the words, saturating */
} builder;

/* Up to 8 bytes of a word from `at`, zeros after its end. */
static uint64_t print_of(msh_view w, size_t at)
{
    uint8_t bytes[8] = {0};
    size_t n = w.len - at < 8 ? w.len - at : 8;
    memcpy(bytes, w.data + at, n);
    return load64(bytes);
}

static unsigned key_len(int table, const uint8_t *at)
{
    switch (table) {
    case WIDE:
        return 6;
    case SINGLE:
        return msh_utf8_len(*at);
    case ASCII:
        return 3;
    default:
        return 1;
    }
}

static void add(builder *b, int table, msh_view w, size_t at, uint32_t id)
{
    size_t tail = w.len - at, missing = tail < 8 ? 8 - tail : 0;
    entry e = {.id = id, .offset = (uint16_t)at, .len = (uint16_t)w.len};
    e.back = (uint8_t)(missing < at ? missing : at);
    e.print = print_of(w, at - e.back);
    e.size = (uint8_t)(tail + e.back < 8 ? tail + e.back : 8);
    uint64_t key = print_of(w, at) & keep[key_len(table, w.data + at)];
    b->list[table][b->n[table]++] = (anchor){hash(key, b->shift[table]), e};
}

/* A pair that many words hold is a word itself, and common in texts. */
static unsigned crowd(uint16_t load)
{
    unsigned bits = 0;
    while (load >> bits)
        bits++;
    return bits * 24;
}

static uint16_t *load_at(const builder *b, msh_view w, size_t at)
{
    return &b->load[hash(print_of(w, at) & keep[6], b->shift[WIDE])];
}

static void count_pairs(builder *b, msh_view w)
{
    for (size_t at = 0; at + 6 <= w.len; at += msh_utf8_len(w.data[at]))
        if ((w.data[at] & 0xf0) == 0xe0) {
            uint16_t *load = load_at(b, w, at);
            *load = (uint16_t)(*load + (*load < 0xffff));
        }
}

/* The best place for two characters, SIZE_MAX when the word has none. */
static size_t wide_anchor(builder *b, msh_view w)
{
    size_t best = SIZE_MAX;
    unsigned least = ~0u;
    for (size_t at = 0; at + 6 <= w.len; at += msh_utf8_len(w.data[at])) {
        if ((w.data[at] & 0xf0) != 0xe0)
            continue;
        unsigned next = msh_utf8_len(w.data[at + 3]);
        unsigned weight = msh_char_weight(msh_utf8_char(w.data + at, 3));
        if (at + 3 + next <= w.len)
            weight += msh_char_weight(msh_utf8_char(w.data + at + 3, next));
        weight += crowd(*load_at(b, w, at));
        if (weight < least) {
            least = weight;
            best = at;
        }
    }
    return best;
}

/* The best place for four ASCII bytes: two grams one byte apart, one of which is sampled. */
static size_t ascii_anchor(msh_view w)
{
    size_t best = SIZE_MAX;
    unsigned least = ~0u;
    for (size_t at = 0; at + 4 <= w.len; at++) {
        unsigned weight = 0;
        bool ascii = true;
        for (size_t i = at; i < at + 4; i++) {
            ascii = ascii && w.data[i] < 0x80;
            weight += ascii ? msh_char_weight(w.data[i]) : 0;
        }
        if (ascii && weight < least) {
            least = weight;
            best = at;
        }
    }
    return best;
}

static void place_word(builder *b, msh_view w, uint32_t id)
{
    size_t at = wide_anchor(b, w);
    if (at != SIZE_MAX) {
        add(b, WIDE, w, at, id);
        return;
    }
    at = ascii_anchor(w);
    if (at != SIZE_MAX) {
        add(b, ASCII, w, at, id);
        add(b, ASCII, w, at + 1, id);
        return;
    }
    for (at = 0; at < w.len && w.data[at] < 0x80; at++)
        continue;
    if (at < w.len)
        add(b, SINGLE, w, at, id);
    else
        add(b, SHORT, w, 0, id);
}

static int by_hash(const void *a, const void *b)
{
    const anchor *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->e.id < y->e.id ? -1 : x->e.id > y->e.id;
}

static msh_err fill(msh_literals *l, grams *g, anchor *list, size_t n, unsigned shift)
{
    unsigned bits = 64 - shift, index = 4;
    size_t words = ((size_t)1 << bits) / 64;
    g->shift = shift;
    g->n = n;
    if (n == 0)
        return MSH_OK;
    while (index < bits && (size_t)1 << index < n)
        index++;
    g->down = bits - index;
    qsort(list, n, sizeof *list, by_hash);
    g->bits = msh_calloc(words, sizeof *g->bits);
    g->start = msh_calloc(((size_t)1 << index) + 1, sizeof *g->start);
    g->entries = msh_calloc(n, sizeof *g->entries);
    if (!g->bits || !g->start || !g->entries)
        return MSH_E_MEMORY;
    l->memory += words * 8 + ((size_t)4 << index) + n * sizeof *g->entries;
    for (size_t i = 0; i < n; i++) {
        g->entries[i] = list[i].e;
        g->bits[list[i].hash >> 6] |= (uint64_t)1 << (list[i].hash & 63);
        g->start[(list[i].hash >> g->down) + 1]++;
    }
    for (size_t b = 0; b < (size_t)1 << index; b++) {
        l->burst = g->start[b + 1] > l->burst ? g->start[b + 1] : l->burst;
        g->start[b + 1] += g->start[b];
    }
    return MSH_OK;
}

/* Bits for n keys: about 64 a key, between 2^10 and 2^20, so that one lookup in 64 at most is in
 * vain where the cache allows it. */
static unsigned shift_for(size_t n)
{
    unsigned bits = 10;
    while (bits < 20 && ((size_t)1 << bits) < n * 64)
        bits++;
    return 64 - bits;
}

static msh_err copy_words(msh_literals *l, const msh_view *words)
{
    size_t total = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!msh_add_size(total, words[i].len, &total))
            return MSH_E_MEMORY;
    l->words = msh_alloc(total);
    l->at = msh_calloc(l->n + 1, sizeof *l->at);
    if (!l->words || !l->at || total > UINT32_MAX)
        return MSH_E_MEMORY;
    total = 0;
    for (size_t i = 0; i < l->n; i++) {
        l->at[i] = (uint32_t)total;
        memcpy(l->words + total, words[i].data, words[i].len);
        total += words[i].len;
        l->longest = words[i].len > l->longest ? words[i].len : l->longest;
    }
    l->memory = sizeof *l + total + l->n * sizeof *l->at;
    return MSH_OK;
}

static msh_err build(msh_literals *l, builder *b, const msh_view *words)
{
    for (int t = 0; t < TABLES; t++) {
        b->shift[t] = t == SHORT ? 64 - 10 : shift_for(l->n);
        b->list[t] = msh_calloc(l->n * (t == ASCII ? 2 : 1), sizeof *b->list[t]);
        if (!b->list[t])
            return MSH_E_MEMORY;
    }
    b->load = msh_calloc((size_t)1 << (64 - b->shift[WIDE]), sizeof *b->load);
    if (!b->load)
        return MSH_E_MEMORY;
    MSH_TRY(copy_words(l, words));
    for (size_t i = 0; i < l->n; i++)
        count_pairs(b, words[i]);
    for (size_t i = 0; i < l->n; i++)
        place_word(b, words[i], (uint32_t)i);
    for (int t = 0; t < TABLES; t++)
        MSH_TRY(fill(l, &l->tables[t], b->list[t], b->n[t], b->shift[t]));
    return MSH_OK;
}

msh_err msh_literals_build(const msh_view *words, size_t n, msh_literals **out)
{
    *out = NULL;
    msh_literals *l = msh_calloc(1, sizeof *l);
    if (!l || n > UINT32_MAX / 4) {
        msh_free(l);
        return MSH_E_MEMORY;
    }
    l->n = n;
    l->burst = 1;
    builder b = {0};
    msh_err err = build(l, &b, words);
    for (int t = 0; t < TABLES; t++)
        msh_free(b.list[t]);
    msh_free(b.load);
    if (err != MSH_OK) {
        msh_literals_free(l);
        return err;
    }
    /* A character may be asked of three tables before room is looked at again. */
    l->burst *= 3 * 4;
    *out = l;
    return MSH_OK;
}

void msh_literals_free(msh_literals *l)
{
    if (!l)
        return;
    for (int t = 0; t < TABLES; t++) {
        msh_free(l->tables[t].bits);
        msh_free(l->tables[t].start);
        msh_free(l->tables[t].entries);
    }
    msh_free(l->words);
    msh_free(l->at);
    msh_free(l);
}

size_t msh_literals_memory(const msh_literals *l)
{
    return l->memory;
}

size_t msh_literals_longest(const msh_literals *l)
{
    return l->longest;
}

size_t msh_literals_burst(const msh_literals *l)
{
    return l->burst;
}

/* --- scan ------------------------------------------------------------------------------------ */

typedef struct scanner {
    const msh_literals *l;
    const uint8_t *begin, *end;
    msh_literal_found *out;
} scanner;

/* The bitmap said yes at p: compare the entries of the bucket. */
static __attribute__((noinline)) void confirm(scanner *s, const grams *g, const uint8_t *p,
                                              uint64_t h)
{
    const uint32_t *range = g->start + (h >> g->down);
    size_t before = (size_t)(p - s->begin), after = (size_t)(s->end - p);
    for (size_t i = range[0]; i < range[1]; i++) {
        const entry *e = &g->entries[i];
        if (before < e->offset || (load64(p - e->back) ^ e->print) & keep[e->size])
            continue;
        if (after < (size_t)e->len - e->offset)
            continue;
        const uint8_t *start = p - e->offset;
        if (e->len > e->size && memcmp(start, s->l->words + s->l->at[e->id], e->len) != 0)
            continue;
        uint32_t at = (uint32_t)(start - s->begin);
        *s->out++ = (msh_literal_found){e->id, at, at + e->len};
    }
}

static inline void ask(scanner *s, const grams *g, const uint8_t *p, uint64_t key)
{
    uint64_t h = hash(key, g->shift);
    if (__builtin_expect(may_be(g, h), 0))
        confirm(s, g, p, h);
}

/* Four characters of three bytes at once; returns whether any bit was set. */
static inline void wide_four(scanner *s, const grams *g, const uint8_t *p)
{
    unsigned shift = g->shift;
    uint64_t a = hash(load64(p) & keep[6], shift), b = hash(load64(p + 3) & keep[6], shift);
    uint64_t c = hash(load64(p + 6) & keep[6], shift), d = hash(load64(p + 9) & keep[6], shift);
    bool in_a = may_be(g, a), in_b = may_be(g, b), in_c = may_be(g, c), in_d = may_be(g, d);
    if (__builtin_expect(in_a | in_b | in_c | in_d, 0)) {
        if (in_a)
            confirm(s, g, p, a);
        if (in_b)
            confirm(s, g, p + 3, b);
        if (in_c)
            confirm(s, g, p + 6, c);
        if (in_d)
            confirm(s, g, p + 9, d);
    }
}

static inline void single_four(scanner *s, const grams *g, const uint8_t *p)
{
    unsigned shift = g->shift;
    uint64_t a = hash(load64(p) & keep[3], shift), b = hash(load64(p + 3) & keep[3], shift);
    uint64_t c = hash(load64(p + 6) & keep[3], shift), d = hash(load64(p + 9) & keep[3], shift);
    bool in_a = may_be(g, a), in_b = may_be(g, b), in_c = may_be(g, c), in_d = may_be(g, d);
    if (__builtin_expect(in_a | in_b | in_c | in_d, 0)) {
        if (in_a)
            confirm(s, g, p, a);
        if (in_b)
            confirm(s, g, p + 3, b);
        if (in_c)
            confirm(s, g, p + 6, c);
        if (in_d)
            confirm(s, g, p + 9, d);
    }
}

static inline bool four_wide(const uint8_t *p)
{
    return (p[0] & 0xf0) == 0xe0 && (p[3] & 0xf0) == 0xe0 && (p[6] & 0xf0) == 0xe0 &&
           (p[9] & 0xf0) == 0xe0;
}

/* A run of ASCII from p on, at most to `stop`: where it ends. Grams are sampled at every second
 * byte from the beginning of the run. */
static const uint8_t *ascii_run(scanner *s, const uint8_t *p, const uint8_t *stop)
{
    const grams *grams3 = &s->l->tables[ASCII], *first = &s->l->tables[SHORT];
    if (!grams3->n && !first->n) {
        while (stop - p >= 8 && !(load64(p) & 0x8080808080808080u))
            p += 8;
        while (p < stop && *p < 0x80)
            p++;
        return p;
    }
    for (; p < stop && *p < 0x80; p += 2) {
        if (grams3->n)
            ask(s, grams3, p, load64(p) & keep[3]);
        if (first->n)
            ask(s, first, p, *p);
        if (p + 1 >= stop || p[1] >= 0x80)
            return p + 1;
        if (first->n)
            ask(s, first, p + 1, p[1]);
    }
    return p;
}

/* One character that is not ASCII. */
static inline const uint8_t *one_char(scanner *s, const uint8_t *p)
{
    unsigned len = msh_utf8_len(*p);
    if (len == 3 && s->l->tables[WIDE].n)
        ask(s, &s->l->tables[WIDE], p, load64(p) & keep[6]);
    if (s->l->tables[SINGLE].n)
        ask(s, &s->l->tables[SINGLE], p, load64(p) & keep[len]);
    return p + len;
}

/* A run of characters of three bytes, or one other; stops when `room` may be used up. */
static inline const uint8_t *wide_run(scanner *s, const uint8_t *p, const uint8_t *stop,
                                      const msh_literal_found *full)
{
    const grams *wide = &s->l->tables[WIDE], *single = &s->l->tables[SINGLE];
    if (wide->n && single->n)
        for (; stop - p >= 12 && four_wide(p) && s->out < full; p += 12) {
            wide_four(s, wide, p);
            single_four(s, single, p);
        }
    else if (wide->n)
        for (; stop - p >= 12 && four_wide(p) && s->out < full; p += 12)
            wide_four(s, wide, p);
    else if (single->n)
        for (; stop - p >= 12 && four_wide(p) && s->out < full; p += 12)
            single_four(s, single, p);
    else
        for (; stop - p >= 12 && four_wide(p); p += 12)
            continue;
    if (p < stop && *p >= 0x80 && s->out < full)
        p = one_char(s, p);
    return p;
}

size_t msh_literals_scan(const msh_literals *l, msh_view text, size_t *at, msh_literal_found *out,
                         size_t cap)
{
    /* In pieces, so that an ASCII run cannot fill `out` before room is looked at. */
    enum { PIECE = 1024 };
    if (cap < l->burst + PIECE || l->n == 0 || text.len == 0) {
        *at = text.len;
        return 0;
    }
    scanner s = {l, text.data, text.data + text.len, out};
    const uint8_t *p = text.data + *at;
    const msh_literal_found *full = out + (cap - l->burst);
    while (p < s.end && s.out < full) {
        if (*p < 0x80) {
            size_t room = (size_t)(full - s.out) / l->burst + 2;
            size_t piece = (size_t)(s.end - p) < room ? (size_t)(s.end - p) : room & ~(size_t)1;
            p = ascii_run(&s, p, p + piece);
        } else {
            p = wide_run(&s, p, s.end, full);
        }
    }
    *at = (size_t)(p - text.data) < text.len ? (size_t)(p - text.data) : text.len;
    return (size_t)(s.out - out);
}
