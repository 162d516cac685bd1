/* kind.h: one kind of rule run on one text, without a matcher: literals are searched plainly, views
 * are made as the matcher makes them, candidates are collected, gravest per place first. */
#ifndef MSH_TEST_KIND_H
#define MSH_TEST_KIND_H

#include "base/err.h"
#include "base/mem.h"
#include "check.h"
#include "rule/joined.h"
#include "rule/kind.h"
#include "text/fold.h"

enum { KIND_FOUND = 64, KIND_WORDS = 512 };

typedef struct kind_found {
    msh_tier tier;
    char normal[128], excerpt[96], text[128];
    uint64_t count;
} kind_found;

typedef struct kind_bench {
    const msh_kind *kind;
    void *state;
    void *item;
    msh_arena arena, scratch;
    struct {
        msh_view word;
        uint32_t tag;
    } words[KIND_WORDS];
    size_t n_words;
    msh_view view;
    kind_found found[KIND_FOUND];
    size_t n;
    bool refused;
    /* of the text */
    msh_role role;
    unsigned flags;
} kind_bench;

static msh_err bench_literal(void *ctx, msh_view word, uint32_t tag)
{
    kind_bench *b = ctx;
    REQUIRE(b->n_words < KIND_WORDS);
    b->words[b->n_words].word = word;
    b->words[b->n_words++].tag = tag;
    return MSH_OK;
}

static msh_err bench_refuse(void *ctx, const msh_node *at, const char *zh, const char *en,
                            msh_error *why)
{
    (void)at;
    (void)zh;
    ((kind_bench *)ctx)->refused = true;
    return msh_fail(why, MSH_E_RULES, "%s", en);
}

/* A find: map from "key=value" and "key=a,b,c" (a list when there is a comma at the end or more).
 */
static msh_node *bench_find(kind_bench *b, const char *spec)
{
    msh_node *map = msh_arena_calloc(&b->arena, 1, sizeof *map);
    map->type = MSH_NODE_MAP;
    msh_node **tail = &map->child;
    char *copy = msh_arena_string(&b->arena, msh_view_str(spec));
    for (char *part = copy, *next; part && *part; part = next) {
        next = strchr(part, ';');
        if (next)
            *next++ = 0;
        char *value = strchr(part, '=');
        REQUIRE(value);
        *value++ = 0;
        msh_node *n = msh_arena_calloc(&b->arena, 1, sizeof *n);
        n->key = msh_view_str(part);
        *tail = n;
        tail = &n->next;
        if (!strchr(value, ',')) {
            n->type = MSH_NODE_SCALAR;
            n->value = msh_view_str(value);
            continue;
        }
        n->type = MSH_NODE_LIST;
        msh_node **member = &n->child;
        for (char *w = value, *comma; w && *w; w = comma) {
            comma = strchr(w, ',');
            if (comma)
                *comma++ = 0;
            *member = msh_arena_calloc(&b->arena, 1, sizeof **member);
            (*member)->type = MSH_NODE_SCALAR;
            (*member)->value = msh_view_str(w);
            member = &(*member)->next;
        }
    }
    return map;
}

/* false when the kind refused the map. */
static bool bench_open(kind_bench *b, const msh_kind *kind, const char *find)
{
    memset(b, 0, sizeof *b);
    b->kind = kind;
    msh_arena_init(&b->arena, 0);
    msh_arena_init(&b->scratch, 0);
    msh_limits limits;
    memset(&limits, 0, sizeof limits);
    msh_kind_compile c = {.ctx = b,
                          .arena = &b->arena,
                          .limits = &limits,
                          .want_literal = bench_literal,
                          .refuse = bench_refuse};
    msh_error why;
    msh_err err = kind->compile(&c, bench_find(b, find), &b->state, &why);
    REQUIRE(err == MSH_OK || b->refused);
    if (kind->item_size)
        b->item = msh_arena_calloc(&b->arena, 1, kind->item_size);
    return err == MSH_OK;
}

static void bench_close(kind_bench *b)
{
    if (b->kind->dispose)
        b->kind->dispose(b->state);
    msh_arena_dispose(&b->arena);
    msh_arena_dispose(&b->scratch);
}

static msh_err bench_found(void *ctx, const msh_candidate *c)
{
    kind_bench *b = ctx;
    REQUIRE(c->start < c->end && c->end <= b->view.len);
    kind_found f = {.tier = c->tier, .count = c->count};
    snprintf(f.normal, sizeof f.normal, "%.*s", (int)c->normal.len, (const char *)c->normal.data);
    snprintf(f.excerpt, sizeof f.excerpt, "%.*s", (int)c->excerpt.len,
             (const char *)c->excerpt.data);
    snprintf(f.text, sizeof f.text, "%.*s", (int)(c->end - c->start),
             (const char *)b->view.data + c->start);
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->found[i].normal, f.normal) == 0) { /* one for each normalised match */
            if (f.tier > b->found[i].tier)
                b->found[i] = f;
            return MSH_OK;
        }
    REQUIRE(b->n < KIND_FOUND);
    b->found[b->n++] = f;
    return MSH_OK;
}

static int bench_order(const void *a, const void *b)
{
    const msh_literal_hit *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

static void bench_view(kind_bench *b, const msh_kind_text *t)
{
    static msh_literal_hit hits[4096];
    size_t n = 0;
    if (!(b->kind->views & 1u << t->view))
        return;
    for (size_t w = 0; w < b->n_words; w++)
        for (size_t at = 0;
             (at = msh_view_find(t->text, b->words[w].word, at)) != SIZE_MAX && n < 4096; at++)
            hits[n++] = (msh_literal_hit){b->words[w].tag, at, at + b->words[w].word.len};
    if (b->n_words && n == 0)
        return;
    qsort(hits, n, sizeof *hits, bench_order);
    msh_kind_out out = {.ctx = b, .scratch = &b->scratch, .found = bench_found};
    b->view = t->text;
    msh_err err = b->kind->scan_item ? b->kind->scan_item(b->state, b->item, t, hits, n, &out)
                                     : b->kind->scan(b->state, t, hits, n, &out);
    REQUIRE(err == MSH_OK);
}

/* A text of the same item: found[] grows. */
static void bench_more(kind_bench *b, const char *text)
{
    msh_folded folded;
    msh_joined joined;
    msh_folded_init(&folded, 1 << 26);
    msh_joined_init(&joined, 1 << 26);
    REQUIRE(msh_fold(&folded, msh_view_str(text), MSH_CS_UTF8) == MSH_OK);
    REQUIRE(msh_joined_make(&joined, msh_buf_view(&folded.text), 256) == MSH_OK);
    msh_match_text from = {.bytes = msh_view_str(text), .flags = b->flags};
    from.place.role = b->role;
    msh_kind_text f = {.text = msh_buf_view(&folded.text),
                       .view = MSH_VIEW_FOLDED,
                       .from = &from,
                       .first_window = true};
    f.folded = &f;
    f.head_end = msh_head_zone(f.text);
    bench_view(b, &f);
    msh_kind_text j = f;
    j.text = msh_buf_view(&joined.text);
    j.view = MSH_VIEW_JOINED;
    j.to_folded = &joined.map;
    if (j.text.len)
        bench_view(b, &j);
    msh_joined_dispose(&joined);
    msh_folded_dispose(&folded);
}

/* A new item of one text. */
static void bench_text(kind_bench *b, const char *text)
{
    b->n = 0;
    msh_arena_reset(&b->scratch);
    if (b->item)
        memset(b->item, 0, b->kind->item_size);
    bench_more(b, text);
}

/* The gravest tier in a new item of one text; 0 for nothing. */
static msh_tier bench_tier(kind_bench *b, const char *text)
{
    bench_text(b, text);
    msh_tier worst = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->found[i].tier > worst)
            worst = b->found[i].tier;
    return worst;
}

static const char *bench_tier_text(msh_tier t)
{
    return t == MSH_TIER_BLOCK    ? "BLOCK"
           : t == MSH_TIER_REVIEW ? "REVIEW"
           : t == MSH_TIER_INFO   ? "INFO"
                                  : "none";
}

#define CHECK_TIER(bench, text, want)                                                              \
    do {                                                                                           \
        const char *text_ = (text);                                                                \
        const char *got_ = bench_tier_text(bench_tier((bench), text_));                            \
        check_made++;                                                                              \
        if (strcmp(got_, (want)) != 0) {                                                           \
            check_failed++;                                                                        \
            printf("%s:%d: got %s, want %s: %s\n", __FILE__, __LINE__, got_, (want), text_);       \
        }                                                                                          \
    } while (0)

#endif
