/* A saved run that is read is written in every form without harm; written as NDJSON and read again
 * it stays the same, byte for byte. */
#include "report/saved.h"

#include "base/view.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct memory {
    msh_view left;
} memory;

static msh_err take(void *ctx, uint8_t *to, size_t cap, size_t *got)
{
    memory *m = ctx;
    *got = m->left.len < cap ? m->left.len : cap;
    if (*got)
        memcpy(to, m->left.data, *got);
    m->left = msh_view_cut(m->left, *got, m->left.len);
    return MSH_OK;
}

static msh_err keep(void *ctx, msh_view bytes)
{
    msh_buf_put_view(ctx, bytes);
    return MSH_OK;
}

/* Whether it was read; what the form made of it is in out. */
static bool in_form(const msh_report_form *form, msh_lang lang, msh_view in, msh_buf *out)
{
    memory m = {in};
    msh_report_run r = {.form = form, .out = {out, keep}};
    r.style.lang = lang;
    const msh_saved_from from = {&m, take};
    const msh_saved_to to = msh_saved_to_form(&r);
    msh_buf_reset(out);
    bool ok = msh_saved_read(&from, &to, NULL) == MSH_OK && msh_buf_err(out) == MSH_OK;
    if (r.self)
        form->dispose(&r);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_view in = {data, size};
    msh_buf one, two;
    msh_buf_init(&one, 256 << 20);
    msh_buf_init(&two, 256 << 20);
    const msh_report_form *ndjson = msh_report_form_named("ndjson");
    if (in_form(ndjson, MSH_LANG_ZH, in, &one)) {
        if (!in_form(ndjson, MSH_LANG_ZH, msh_buf_view(&one), &two))
            __builtin_trap();
        if (!msh_view_eq(msh_buf_view(&one), msh_buf_view(&two)))
            __builtin_trap();
        for (size_t i = 0; msh_report_form_at(i); i++)
            if (!in_form(msh_report_form_at(i), i % 2 ? MSH_LANG_EN : MSH_LANG_ZH, in, &two))
                __builtin_trap();
    }
    msh_buf_dispose(&one);
    msh_buf_dispose(&two);
    return 0;
}
