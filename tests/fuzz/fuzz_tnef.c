/* fuzz_tnef.c: any bytes as winmail.dat, as an Outlook message and as compressed RTF. Besides
 * crashes: the call never fails, nothing is passed over in silence, LZFu grows as it may. */
#include <stdio.h>

#include "extract/lzfu.h"
#include "extract_dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expand(msh_view v)
{
    msh_buf out;
    msh_budget budget;
    msh_limits limits;
    msh_limits_default(&limits);
    msh_budget_begin(&budget, &limits, v.len);
    msh_buf_init(&out, 64 << 20);
    msh_err err = msh_lzfu_decode(v, &budget, &out);
    if (err != MSH_OK && err != MSH_E_SYNTAX && err != MSH_E_SHORT)
        __builtin_trap();
    if (out.len > v.len * 17)
        __builtin_trap();
    msh_buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dump d;
    if (size == 0)
        return 0;
    expand(msh_view_of(data, size));
    dump_begin(&d);
    d.limits.decoded = 64 << 20;
    d.limits.members = 1000;
    d.limits.time_ms = 20000;
    msh_err err = dump_run(&d, msh_view_of(data, size), "winmail.dat");
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}
