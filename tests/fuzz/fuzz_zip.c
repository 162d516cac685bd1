/* fuzz_zip.c: any bytes as a zip by their name: directories, headers, what stands between. The call
 * never fails, nothing is passed over in silence, and the budget holds. */
#include "extract_dump.h"
#include "mutate_cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.zip", "a.docx", "a.xlsx", "a.odt", "a.ofd", "a.jar"};
    dump d;
    if (size == 0)
        return 0;
    dump_begin(&d);
    d.limits.decoded = 16 << 20;
    d.limits.member_size = 4 << 20;
    d.limits.members = 200;
    d.limits.depth = 6;
    d.limits.time_ms = 5000;
    msh_err err = dump_run(&d, msh_view_of(data, size), names[size % 6]);
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}

MUTATE_ANY
