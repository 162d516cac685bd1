/* fuzz_ole.c: whole documents in compound files: doc, xls, ppt, msg, hwp and what else is known by
 * its streams. A stream is changed and the file built anew, so that what is tested are the readers
 * behind the shell. The call never fails, nothing is passed over in silence, the budget holds. */
#include "extract_dump.h"
#include "mutate_cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dump d;
    if (size == 0)
        return 0;
    dump_begin(&d);
    d.limits.decoded = 32 << 20;
    d.limits.member_size = 8 << 20;
    d.limits.members = 500;
    d.limits.depth = 6;
    d.limits.time_ms = 5000;
    msh_err err = dump_run(&d, msh_view_of(data, size), "a");
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}

MUTATE_ANY
