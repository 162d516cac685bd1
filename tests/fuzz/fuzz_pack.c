/* fuzz_pack.c: any bytes as a rule pack: it is refused with a message, or loads and can be matched
 * and tested. */
#include "base/view.h"
#include "rule/pack.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static msh_err read_list(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why)
{
    (void)ctx;
    (void)pack;
    (void)why;
    msh_buf_put_view(out, file);
    return MSH_OK;
}

static void failed(void *ctx, const msh_rule_test *t)
{
    *(size_t *)ctx += t->line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_limits limits;
    msh_error why = {0};
    msh_rules *r = NULL;
    msh_limits_default(&limits);
    msh_pack_source p = {.name = "fuzz.yaml", .bytes = msh_view_of(data, size)};
    msh_err err = msh_rules_load(&p, 1, &limits, read_list, NULL, &r, &why);
    if ((err == MSH_OK) != (r != NULL) || (err == MSH_E_RULES && why.text[0] == 0))
        __builtin_trap();
    if (!r)
        return 0;
    size_t run = 0, bad = 0, lines = 0;
    err = msh_rules_test(r, &limits, &run, &bad, failed, &lines, &why);
    if (err == MSH_OK && bad > run)
        __builtin_trap();
    msh_rules_free(r);
    return 0;
}

MUTATE_BY(mutate_line, NULL);
