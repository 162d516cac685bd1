/* fuzz_xls.c: any bytes as the record stream of a workbook. Besides crashes: the call never fails,
 * and what is not empty is never passed over in silence. */
#include <stdio.h>

#include "extract/ole_xls.h"
#include "extract_dump.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dump d;
    bool encrypted;
    dump_begin(&d);
    d.limits.decoded = 64 << 20;
    d.limits.members = 1000;
    d.limits.time_ms = 20000;
    msh_sink sink = dump_sink_rows;
    sink.ctx = &d;
    d.x = (msh_extract){.arena = &d.arena, .limits = &d.limits, .sink = &sink};
    msh_budget_begin(&d.x.budget, &d.limits, size);
    msh_input in;
    msh_input_memory(&in, msh_view_of(data, size));
    msh_doc doc = {.in = &in, .place = {.vpath = MSH_VIEW("a.xls"), .role = MSH_ROLE_BODY}};
    msh_err err = msh_xls_read(&d.x, &doc, msh_view_of(data, size), &encrypted);
    if (err != MSH_OK && d.x.budget.failed == MSH_OK && err != MSH_E_MEMORY)
        __builtin_trap();
    msh_input_dispose(&in);
    dump_end(&d);
    return 0;
}

MUTATE_BY(mutate_biff, mend_biff);
