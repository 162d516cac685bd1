/* fuzz_xlsb.c: any bytes as a binary part of a workbook; the first byte says which. Besides
 * crashes: the call never fails but by its budget. */
#include <stdio.h>

#include "extract/xlsb.h"
#include "extract_dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"xl/workbook.bin", "xl/sharedStrings.bin", "xl/styles.bin",
                                        "xl/worksheets/sheet1.bin", "xl/comments1.bin"};
    dump d;
    msh_relations relations;
    msh_workbook w;
    if (size == 0)
        return 0;
    dump_begin(&d);
    d.limits.decoded = 64 << 20;
    d.limits.time_ms = 20000;
    msh_sink sink = dump_sink_rows;
    sink.ctx = &d;
    d.x = (msh_extract){.arena = &d.arena, .limits = &d.limits, .sink = &sink};
    msh_budget_begin(&d.x.budget, &d.limits, size);
    if (!msh_relations_init(&relations, &d.arena) || !msh_workbook_init(&w, &d.x, &relations))
        __builtin_trap();
    msh_view part = msh_view_of(data + 1, size - 1), name = msh_view_str(names[data[0] % 5]);
    msh_input in;
    msh_input_memory(&in, part);
    msh_doc doc = {.in = &in, .place = {.vpath = MSH_VIEW("a.xlsb"), .role = MSH_ROLE_BODY}};
    msh_err err = MSH_OK;
    if (msh_xlsb_is(name, part))
        err = msh_xlsb_read(&w, &doc, &doc.place, name, part);
    if (err != MSH_OK && d.x.budget.failed == MSH_OK && err != MSH_E_MEMORY &&
        err != MSH_E_LIMIT_BUFFER)
        __builtin_trap();
    msh_workbook_dispose(&w);
    msh_relations_dispose(&relations);
    msh_input_dispose(&in);
    dump_end(&d);
    return 0;
}
