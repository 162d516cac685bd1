/* fuzz_cfb.c: any bytes as a compound file: the lists of entries end, no stream gives more than
 * the file allows, gaps lie inside the file. */
#include "base/view.h"
#include "extract/cfb.h"
#include "mutate_cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static msh_err gap(void *ctx, msh_cfb_range r)
{
    if (r.from >= r.to || r.to > *(const size_t *)ctx)
        __builtin_trap();
    return MSH_OK;
}

static void read_all(msh_cfb *c)
{
    size_t seen = 0;
    for (size_t i = 0; i < c->n; i++) {
        msh_buf out;
        msh_buf_init(&out, 1 << 22);
        msh_err err = msh_cfb_read(c, (int)i, &out);
        if (err == MSH_OK && out.len != c->entries[i].size)
            __builtin_trap();
        msh_buf_dispose(&out);
        for (int k = c->entries[i].child; k >= 0; k = c->entries[k].next)
            if (c->entries[k].parent != (int)i || ++seen > c->n)
                __builtin_trap();
    }
    msh_cfb_used(c, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_limits limits;
    msh_budget budget;
    msh_input in;
    msh_cfb c;
    msh_limits_default(&limits);
    limits.decoded = 16 << 20;
    msh_budget_begin(&budget, &limits, size);
    msh_input_memory(&in, msh_view_of(data, size));
    if (msh_cfb_open(&c, &budget, &in) == MSH_OK) {
        read_all(&c);
        if (msh_cfb_gaps(&c, gap, &size) != MSH_OK)
            __builtin_trap();
    }
    msh_cfb_close(&c);
    return 0;
}

MUTATE_ANY
