/* fuzz_html.c: any bytes as a page and as XML: the tokenizer reads all, in order, and ends. */
#include <stdio.h>

#include "extract/html.h"
#include "extract_dump.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned flags = 0; flags <= MSH_HTML_XML; flags++) {
        dump d;
        msh_input in;
        msh_sink sink = dump_sink_rows;
        dump_begin(&d);
        sink.ctx = &d;
        d.x = (msh_extract){.arena = &d.arena, .limits = &d.limits, .sink = &sink};
        d.limits.members = 1000;
        msh_budget_begin(&d.x.budget, &d.limits, size);
        msh_input_memory(&in, msh_view_of(data, size));
        msh_doc doc = {.in = &in, .place = {.vpath = MSH_VIEW("a")}};
        msh_err err = msh_html_read(&d.x, &doc, msh_view_of(data, size), NULL, flags);
        if (err != MSH_OK && d.x.budget.failed == MSH_OK)
            __builtin_trap();
        msh_input_dispose(&in);
        dump_end(&d);
    }
    return 0;
}

MUTATE_BY(mutate_tag, NULL);
