/* inflate.c: zlib streams inside pictures, databases and object stores (RFC 1950), and what is left
 * of a damaged gzip file (RFC 1952). */
#include "extract/inflate.h"

#include "base/err.h"
#include "base/view.h"

#include <limits.h>
#include <zlib.h>

enum { STEP = 65536, EITHER = 15 + 32 /* zlib.h: the head says which */ };

static msh_err one_step(msh_extract *x, z_stream *z, msh_buf *out, bool *end)
{
    uint8_t *room = msh_buf_room(out, STEP);
    if (!room)
        return msh_buf_err(out);
    z->next_out = room;
    z->avail_out = STEP;
    int r = inflate(z, Z_NO_FLUSH);
    size_t made = STEP - z->avail_out;
    msh_buf_grew(out, made);
    MSH_TRY(msh_budget_decoded(&x->budget, made));
    *end = r == Z_STREAM_END;
    if (r == Z_MEM_ERROR)
        return MSH_E_MEMORY;
    if (r == Z_BUF_ERROR || (r == Z_OK && made == 0 && z->avail_in == 0))
        return MSH_E_SHORT;
    return r == Z_OK || r == Z_STREAM_END ? MSH_OK : MSH_E_CORRUPT;
}

msh_err msh_inflate(msh_extract *x, msh_view in, msh_buf *out, size_t *used)
{
    z_stream z = {0};
    bool end = false;
    msh_err err = MSH_OK;
    if (in.len > UINT_MAX)
        return MSH_E_LIMIT_SIZE;
    if (inflateInit2(&z, EITHER) != Z_OK)
        return MSH_E_MEMORY;
    z.next_in = (Bytef *)(uintptr_t)in.data;
    z.avail_in = (uInt)in.len;
    while (!end)
        MSH_GUARD(one_step(x, &z, out, &end));
out:
    if (used)
        *used = in.len - z.avail_in;
    (void)inflateEnd(&z);
    return err;
}
