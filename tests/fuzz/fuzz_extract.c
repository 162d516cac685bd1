/* fuzz_extract.c: any bytes through all formats. Besides crashes: the call never fails, what is
 * not empty is never passed over in silence, and the budget holds. */
#include <stdio.h>

#include "extract_dump.h"
#include "mutate_cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "a.html", "a.xml", "a.txt"};
    dump d;
    if (size == 0)
        return 0;
    dump_begin(&d);
    d.limits.decoded = 64 << 20;
    d.limits.members = 1000;
    d.limits.time_ms = 20000;
    msh_err err = dump_run(&d, msh_view_of(data, size), names[size % 4]);
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}

MUTATE_ANY
