/* fuzz_archive.c: any bytes as an archive that libarchive reads (tar, cpio, 7z, ar, cab, gz …),
 * also behind each other. The call never fails and nothing is passed over in silence. */
#include "extract_dump.h"
#include "mutate_cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.tar", "a.7z",  "a.cpio", "a.tar.gz",
                                        "a.rar", "a.cab", "a.iso",  "a.lzh"};
    dump d;
    if (size == 0)
        return 0;
    dump_begin(&d);
    d.limits.decoded = 16 << 20;
    d.limits.member_size = 4 << 20;
    d.limits.members = 200;
    d.limits.depth = 6;
    d.limits.time_ms = 5000;
    msh_err err = dump_run(&d, msh_view_of(data, size), names[size % 8]);
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}

MUTATE_ANY
