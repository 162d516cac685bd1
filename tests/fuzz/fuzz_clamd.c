/* fuzz_clamd.c: any bytes as what a client of clamd says. Oracles: the same events in whatever
 * pieces the bytes come; a call always reads something or ends. */
#include "console/clamd_parse.h"

#include <mishen/unstable/view.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Digest of the events: commands, and bytes of data whatever their pieces. */
static uint64_t play(msh_view all, size_t step)
{
    clamd_parser p = {.end = '\n'};
    uint64_t h = 7;
    for (size_t at = 0; at < all.len; at += step) {
        msh_view in = msh_view_cut(all, at, step), data = {NULL, 0};
        while (in.len) {
            size_t before = in.len;
            clamd_event e = clamd_next(&p, &in, &data);
            if (e == CLAMD_BAD)
                return h * 31 + 99;
            if (in.len == before)
                __builtin_trap();
            if (e == CLAMD_DATA)
                for (size_t i = 0; i < data.len; i++)
                    h = h * 31 + data.data[i];
            else if (e != CLAMD_MORE)
                h = h * 31 + (unsigned)e + 1000;
            if (e == CLAMD_SCAN && strlen(p.line) + 1 > CLAMD_LINE)
                __builtin_trap();
        }
    }
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_view all = {data, size};
    uint64_t whole = play(all, size ? size : 1);
    if (play(all, 1) != whole || play(all, 7) != whole)
        __builtin_trap();
    return 0;
}
