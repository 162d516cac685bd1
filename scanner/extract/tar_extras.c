/* tar_extras.c: what a tar says beside its members (POSIX.1-2001 pax, section "pax Header Block").
 *
 * libarchive keeps of the extended headers what a file system can use; comments and private keys
 * are texts all the same. Read of uncompressed archives only. */
#include "extract/tar_extras.h"

#include "base/err.h"
#include "base/view.h"

enum { BLOCK = 512, SIZE_AT = 124, SIZE_LEN = 12, TYPE_AT = 156, HEADER_MOST = 1 << 20 };

/* Octal digits, or base 256 with the highest bit set; UINT64_MAX when it is neither. */
static uint64_t member_size(const uint8_t *block)
{
    const uint8_t *p = block + SIZE_AT;
    uint64_t v = 0;
    if (p[0] & 0x80) {
        for (int i = SIZE_LEN - 8; i < SIZE_LEN; i++)
            v = v << 8 | p[i];
        return v;
    }
    int i = 0;
    while (i < SIZE_LEN && p[i] == ' ')
        i++;
    for (; i < SIZE_LEN && p[i] >= '0' && p[i] <= '7'; i++)
        v = v << 3 | (uint64_t)(p[i] - '0');
    return i == SIZE_LEN || p[i] == ' ' || p[i] == 0 ? v : UINT64_MAX;
}

static msh_err sweep_header(msh_extract *x, const msh_doc *doc, uint64_t at, uint64_t size)
{
    uint64_t most = size > HEADER_MOST ? HEADER_MOST : size, end = at + most;
    if (size > most)
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_LIMIT_MEMBER_SIZE, most));
    return msh_sweep_input(x, doc, at, end < doc->in->size ? end : doc->in->size);
}

msh_err msh_tar_extras(msh_extract *x, const msh_doc *doc)
{
    uint8_t block[BLOCK];
    for (uint64_t at = 0; at < doc->in->size;) {
        size_t got = 0;
        MSH_TRY(msh_input_read(doc->in, at, block, BLOCK, &got));
        MSH_TRY(msh_budget_time(&x->budget));
        if (got < BLOCK || !msh_view_starts(msh_view_of(block + 257, 5), MSH_VIEW("ustar")))
            return MSH_OK;
        uint64_t size = member_size(block);
        if (size > doc->in->size - at)
            return MSH_OK;
        if (block[TYPE_AT] == 'x' || block[TYPE_AT] == 'g')
            MSH_TRY(sweep_header(x, doc, at + BLOCK, size));
        at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return MSH_OK;
}
