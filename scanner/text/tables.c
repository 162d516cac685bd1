/* tables.c: the generated tables, included once, and their look-ups. */
#include "text/tables.h"

#include <string.h>

#include "text/tables_big5.h"
#include "text/tables_common.h"
#include "text/tables_entity.h"
#include "text/tables_fold.h"
#include "text/tables_gbk.h"
#include "text/tables_gbk_folded.h"
#include "text/tables_korean.h"
#include "text/tables_single.h"
#include "text/tables_sjis.h"

/* Index of the last element that is not above x; the first is never above it. */
static size_t last_not_above(const uint16_t *table, size_t n, uint32_t x)
{
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (table[mid] <= x)
            low = mid;
        else
            high = mid;
    }
    return low;
}

uint32_t msh_tables_gb_four(uint32_t linear)
{
    if (linear >= 189000 && linear - 189000 < 0x100000)
        return linear - 189000 + 0x10000;
    if (linear >= 39420)
        return MSH_HOLE;
    size_t at = last_not_above(msh_table_gb_linear, MSH_GB_RANGES, linear);
    if (msh_table_gb_first[at] == MSH_HOLE)
        return MSH_HOLE;
    return msh_table_gb_first[at] + (linear - msh_table_gb_linear[at]);
}

uint32_t msh_tables_big5(unsigned lead, unsigned trail)
{
    bool low = trail >= 0x40 && trail <= 0x7e;
    if (lead < 0x87 || lead > 0xfe || !(low || (trail >= 0xa1 && trail <= 0xfe)))
        return MSH_HOLE;
    unsigned at = (lead - 0x87) * 157 + (low ? trail - 0x40 : trail - 0xa1 + 63);
    uint32_t cp = msh_table_big5[at];
    if (cp != MSH_HOLE)
        return cp;
    size_t n = last_not_above(msh_table_big5_at, MSH_BIG5_PLANE2, at);
    return msh_table_big5_at[n] == at ? 0x20000u + msh_table_big5_plane2[n] : MSH_HOLE;
}

uint32_t msh_tables_sjis(unsigned lead, unsigned trail)
{
    if (trail < 0x40 || trail == 0x7f || trail > 0xfc)
        return MSH_HOLE;
    unsigned row;
    if (lead >= 0x81 && lead <= 0x9f)
        row = lead - 0x81;
    else if (lead >= 0xe0 && lead <= 0xfc)
        row = lead - 0xe0 + 31;
    else
        return MSH_HOLE;
    return msh_table_sjis[row * 188 + trail - 0x40 - (trail > 0x7f)];
}

uint32_t msh_tables_korean(unsigned lead, unsigned trail)
{
    if (lead < 0x81 || lead > 0xfe || trail < 0x41 || trail > 0xfe)
        return MSH_HOLE;
    return msh_table_korean[(lead - 0x81) * 190 + trail - 0x41];
}

uint32_t msh_tables_single(unsigned table, unsigned b)
{
    if (b < 0x80 || b > 0xff || table >= sizeof msh_table_single / sizeof *msh_table_single)
        return b;
    return msh_table_single[table][b - 0x80];
}

static uint32_t fold_high(uint32_t cp)
{
    if ((cp >= 0xe0000 && cp < 0xe0200) || cp > 0x10ffff)
        return 0; /* tags and variation selectors */
    size_t low = 0, high = MSH_FOLD_HIGH;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (msh_table_fold_high_from[mid] < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return low < MSH_FOLD_HIGH && msh_table_fold_high_from[low] == cp ? msh_table_fold_high_to[low]
                                                                      : cp;
}

uint32_t msh_tables_fold(uint32_t cp)
{
    if (cp < 0x800)
        return msh_table_fold_low[cp];
    if (cp > 0xffff)
        return fold_high(cp);
    if (cp - 0xd800 < 0x800)
        return 0;
    return msh_table_fold_touched[cp >> 6] >> (cp & 63) & 1 ? msh_tables_fold_touched(cp) : cp;
}

const uint8_t *msh_tables_fold_string(uint32_t n)
{
    return msh_table_fold_multi[n < MSH_FOLD_MULTI ? n : 0];
}

uint32_t msh_tables_entity(msh_view name)
{
    size_t low = 0, high = MSH_ENTITIES;
    if (name.len == 4 && memcmp(name.data, "nbsp", 4) == 0) /* of web pages the most by far */
        return 0xa0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        size_t at = msh_table_entity_at[mid], len = msh_table_entity_at[mid + 1] - at;
        const char *have = (const char *)msh_table_entity_names + at;
        /* most of the time the first letter decides */
        int order = name.len ? (uint8_t)have[0] - name.data[0] : 0;
        if (order == 0)
            order = memcmp(have, name.data, len < name.len ? len : name.len);
        if (order == 0 && len == name.len)
            return msh_table_entity_cp[mid];
        if (order < 0 || (order == 0 && len < name.len))
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}

unsigned msh_tables_common(uint32_t cp)
{
    if (cp > 0xffff)
        return 0;
    uint32_t word = msh_table_common[msh_table_common_page[cp >> 7] * 8 + (cp >> 4 & 7)];
    return word >> (cp & 15) * 2 & 3;
}
