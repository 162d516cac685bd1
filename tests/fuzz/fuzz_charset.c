/* fuzz_charset: detection and decoding of any bytes in every charset; the first byte chooses where
 * the input is cut in two, for decoding in windows. */
#include "base/view.h"
#include "text/charset.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void decode_both_ways(msh_charset cs, msh_view in, size_t cut)
{
    msh_buf whole, parts;
    size_t used, used2;
    uint64_t bad = 0, bad2 = 0;
    msh_buf_init(&whole, 1 << 24);
    msh_buf_init(&parts, 1 << 24);
    msh_charset_decode(cs, in, true, &whole, &used, &bad);
    must(used == in.len && msh_view_is_utf8(msh_buf_view(&whole)));
    msh_charset_decode(cs, msh_view_cut(in, 0, cut), false, &parts, &used, &bad2);
    must(used <= cut);
    msh_charset_decode(cs, msh_view_cut(in, used, in.len), true, &parts, &used2, &bad2);
    must(used + used2 == in.len);
    if (cs != MSH_CS_HZ && cs != MSH_CS_UTF7)
        must(bad == bad2 && msh_view_eq(msh_buf_view(&whole), msh_buf_view(&parts)));
    msh_buf_dispose(&whole);
    msh_buf_dispose(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_charset cs;
    if (size < 1)
        return 0;
    msh_view in = msh_view_of(data + 1, size - 1);
    for (int i = 0; i < MSH_CHARSET_COUNT; i++)
        decode_both_ways((msh_charset)i, in, in.len * data[0] / 256);
    for (int whole = 0; whole < 2; whole++) {
        msh_readings r = msh_charset_detect(in, whole);
        must(r.n <= MSH_READINGS && r.bom <= 4);
        must(!r.certain || r.n == 1);
    }
    (void)msh_charset_from_label(in, &cs);
    return 0;
}
