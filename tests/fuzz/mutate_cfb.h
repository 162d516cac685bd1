/* mutate_cfb.h: a compound file one of whose streams is changed, built anew with the reader of the
 * project and the builder of its tests (only in the fuzz preset); and the choice between all
 * mutators by what an input begins with. */
#ifndef MSH_TEST_MUTATE_CFB_H
#define MSH_TEST_MUTATE_CFB_H
#ifdef MSH_FUZZING

#include "cfb_build.h"
#include "extract/cfb.h"
#include "mutate_zip.h"

/* A workbook and a presentation are made of records. */
static inline size_t mutate_stream(const char *name, uint8_t *data, size_t size, size_t most,
                                   unsigned seed)
{
    if (strcmp(name, "Workbook") == 0 || strcmp(name, "Book") == 0)
        return mutate_pieces(data, size, most, seed, mutate_biff, mend_biff);
    if (strcmp(name, "PowerPoint Document") == 0)
        return mutate_pieces(data, size, most, seed, mutate_ppt, mend_ppt);
    return LLVMFuzzerMutate(data, size, most);
}

static inline void mutate_node(cfb_build *b, msh_cfb *c, size_t i, const int *node_of)
{
    const msh_cfb_entry *e = &c->entries[i];
    char name[96];
    size_t len = e->name.len < sizeof name ? e->name.len : sizeof name - 1;
    memcpy(name, e->name.data, len);
    name[len] = 0;
    int parent = e->parent >= 0 && (size_t)e->parent < i ? node_of[e->parent] : 0;
    int made = cfb_node_add(b, parent, name, e->kind == MSH_CFB_STREAM ? 2 : 1);
    memcpy(b->e[made].clsid, e->clsid, sizeof e->clsid);
    if (e->kind == MSH_CFB_STREAM)
        (void)!msh_cfb_read(c, (int)i, &b->e[made].data);
}

static inline void mutate_one_stream(cfb_build *b, unsigned seed)
{
    int streams[CFB_MOST], n = 0;
    for (int i = 1; i < b->n; i++)
        if (b->e[i].kind == 2)
            streams[n++] = i;
    if (n == 0)
        return;
    cfb_node *e = &b->e[streams[mutate_next(&seed) % (unsigned)n]];
    size_t room = e->data.len + 256;
    uint8_t *copy = malloc(room);
    if (!copy)
        return;
    if (e->data.len)
        memcpy(copy, e->data.data, e->data.len);
    size_t len = mutate_stream(e->name, copy, e->data.len, room, seed);
    msh_buf_reset(&e->data);
    msh_buf_put(&e->data, copy, len);
    free(copy);
}

/* 0: no compound file that could be read. */
static inline size_t mutate_cfb(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static int node_of[CFB_MOST];
    static cfb_build b;
    msh_limits limits;
    msh_budget budget;
    msh_input in;
    msh_cfb c;
    size_t out = 0;
    msh_limits_default(&limits);
    limits.decoded = 16 << 20;
    msh_budget_begin(&budget, &limits, size);
    msh_input_memory(&in, msh_view_of(data, size));
    if (msh_cfb_open(&c, &budget, &in) == MSH_OK && c.n > 1 && c.n < CFB_MOST) {
        cfb_begin(&b);
        memcpy(b.e[0].clsid, c.entries[0].clsid, 16);
        for (size_t i = 1; i < c.n; i++) {
            node_of[i] = b.n;
            if (c.entries[i].kind == MSH_CFB_STREAM || c.entries[i].kind == MSH_CFB_STORAGE)
                mutate_node(&b, &c, i, node_of);
        }
        mutate_one_stream(&b, seed);
        cfb_end(&b);
        if (b.file.len <= most) {
            memcpy(data, b.file.data, b.file.len);
            out = b.file.len;
        }
        cfb_dispose(&b);
    }
    msh_cfb_close(&c);
    msh_input_dispose(&in);
    return out;
}

/* By what the input begins with; one in four as libFuzzer would. */
static inline size_t mutate_any(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size_t made = 0;
    if (mutate_next(&seed) % 4 == 0 || size < 8)
        return LLVMFuzzerMutate(data, size, most);
    if (memcmp(data, "PK\003\004", 4) == 0)
        made = mutate_zip(data, size, most, seed);
    else if (memcmp(data, "\xd0\xcf\x11\xe0", 4) == 0)
        made = mutate_cfb(data, size, most, seed);
    else if (data[0] == '<' || data[0] == '{')
        made = mutate_pieces(data, size, most, seed, mutate_tag, NULL);
    else if (memchr(data, '\n', size < 256 ? size : 256))
        made = mutate_pieces(data, size, most, seed, mutate_line, NULL);
    return made ? made : LLVMFuzzerMutate(data, size, most);
}

#define MUTATE_ANY                                                                                 \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)         \
    {                                                                                              \
        return mutate_any(data, size, most, seed);                                                 \
    }

#else
#define MUTATE_ANY
#endif
#endif
