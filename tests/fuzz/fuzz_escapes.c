/* fuzz_escapes: the second view hardly grows, its map rises and stays inside; encoded runs decode
 * within bounds; references give code points. */
#include "base/view.h"
#include "text/escapes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static msh_err keep(void *ctx, msh_view decoded, uint64_t at)
{
    const msh_view *in = ctx;
    must(at < in->len && decoded.len <= in->len);
    return MSH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_view in = msh_view_of(data, size);
    msh_unescaped u;
    bool found = false;
    msh_unescaped_init(&u, 1 << 24);
    must(msh_unescape(&u, in, &found) == MSH_OK);
    must(found == msh_unescape_may(in));
    if (found) {
        must(u.text.len <= in.len + in.len / 8);
        if (msh_view_is_utf8(in))
            must(msh_view_is_utf8(msh_buf_view(&u.text)));
        uint64_t before = 0;
        for (size_t at = 0; at < u.text.len; at += 1 + u.text.len / 512) {
            uint64_t from = msh_map_source(&u.map, at);
            must(from >= before && from < in.len);
            before = from;
        }
    }
    msh_unescaped_dispose(&u);
    must(msh_find_encoded(in, 1 << 24, keep, &in) == MSH_OK);
    must(msh_entity(in) <= 0x10ffff);
    return 0;
}
