/* Registers of digests: any bytes as a register, and a text matched with what loads. */
#include "rule/match.h"
#include "rule/pack.h"

#include "base/view.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pack[] = "format: 1\npack: {id: p, version: \"1\"}\nrules:\n  - {id: r, name: n, "
                           "category: c, tier: INFO, "
                           "basis: b, explain: e, advice: a, find: {kind: digest, file: a}}\n";

static msh_err read_register(void *ctx, const char *name, msh_view file, msh_buf *out,
                             msh_error *why)
{
    (void)name;
    (void)file;
    (void)why;
    msh_buf_put_view(out, *(const msh_view *)ctx);
    return msh_buf_err(out);
}

static msh_err ignore(void *ctx, const msh_hit *h)
{
    (void)ctx;
    (void)h;
    return MSH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[32] = "a key of a fuzz target, no other";
    msh_view all = {data, size};
    msh_limits limits;
    msh_error why = {0};
    msh_rules *r = NULL;
    msh_limits_default(&limits);
    msh_pack_source p = {.name = "p", .bytes = msh_view_str(pack), .register_key = key};
    if (msh_rules_load(&p, 1, &limits, read_register, &all, &r, &why) != MSH_OK)
        return 0;
    msh_matcher *m = msh_matcher_new(r, &limits);
    if (m) {
        uint64_t total;
        msh_match_text t = {.bytes = all, .charset = MSH_CS_UTF8};
        msh_matcher_begin(m, (msh_view){NULL, 0});
        (void)!msh_matcher_text(m, &t);
        (void)!msh_matcher_end(m, ignore, NULL, &total);
    }
    msh_matcher_free(m);
    msh_rules_free(r);
    return 0;
}
