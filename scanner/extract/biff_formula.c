/* biff_formula.c: text in formulas: constants stand in the tokens ([MS-XLS] 2.5.198, [MS-XLSB]
 * 2.5.97) and may never be shown by a cell. Tokens are only walked, never evaluated. */
#include "base/cursor.h"
#include "base/view.h"
#include "extract/ole_xls.h"

enum { BIFF5, BIFF8, BIFF12, VERSIONS };
enum { PTG_STR = 0x17, PTG_EXTENDED = 0x18, PTG_ATTR = 0x19, PTG_ARRAY = 0x20, NONE = 255 };
enum { MAX_ARRAYS = 64 };

/* Bytes behind the token's own, by version; NONE: no such token. Classes of one token share a row.
 */
static const uint8_t sizes[][VERSIONS] = {
    [0x01] = {4, 4, 4},  [0x02] = {4, 4, 4},    [0x03] = {0, 0, 0},  [0x15] = {0, 0, 0},
    [0x16] = {0, 0, 0},  [0x1a] = {10, 10, 10}, [0x1b] = {4, 4, 4},  [0x1c] = {1, 1, 1},
    [0x1d] = {1, 1, 1},  [0x1e] = {2, 2, 2},    [0x1f] = {8, 8, 8},  [0x20] = {7, 7, 14},
    [0x21] = {2, 2, 2},  [0x22] = {3, 3, 3},    [0x23] = {14, 4, 4}, [0x24] = {3, 4, 6},
    [0x25] = {6, 8, 12}, [0x26] = {6, 6, 6},    [0x27] = {6, 6, 6},  [0x28] = {6, 6, 6},
    [0x29] = {2, 2, 2},  [0x2a] = {3, 4, 6},    [0x2b] = {6, 8, 12}, [0x2c] = {3, 4, 6},
    [0x2d] = {6, 8, 12}, [0x2e] = {2, 2, 2},    [0x2f] = {2, 2, 2},  [0x39] = {24, 6, 6},
    [0x3a] = {17, 6, 8}, [0x3b] = {20, 10, 14}, [0x3c] = {17, 6, 8}, [0x3d] = {20, 10, 14},
};

static unsigned size_of(uint8_t ptg, unsigned version)
{
    if (ptg >= 0x40)
        ptg = (uint8_t)((ptg & 0x1f) | 0x20);
    if (ptg >= 0x03 && ptg <= 0x14)
        return 0;
    if (ptg == 0 || ptg >= sizeof sizes / sizeof sizes[0])
        return NONE;
    if (ptg != 0x15 && ptg != 0x16 && sizes[ptg][version] == 0)
        return NONE;
    return sizes[ptg][version];
}

static void put_chars(msh_view v, msh_charset cs, msh_buf *out)
{
    size_t used, from = out->len;
    uint64_t bad = 0;
    if (v.len == 0)
        return;
    msh_charset_decode(cs, v, true, out, &used, &bad);
    for (size_t i = from; i < out->len; i++)
        if (out->data[i] == 0) /* parts of a list in a validation */
            out->data[i] = ' ';
    msh_buf_put_byte(out, ' ');
}

/* A string constant: a count of characters, flags in BIFF8. */
static void put_string(msh_cursor *c, unsigned version, size_t count, msh_charset cs, msh_buf *out)
{
    bool wide = version == BIFF12;
    if (version == BIFF8)
        wide = msh_cursor_u8(c) & 1;
    msh_view v = msh_cursor_take(c, wide ? count * 2 : count);
    put_chars(v, wide ? MSH_CS_UTF16LE : version == BIFF8 ? MSH_CS_LATIN1 : cs, out);
}

/* PtgExtended of BIFF8 (natural language references) and of BIFF12 (a table's columns). */
static void skip_extended(msh_cursor *c, unsigned version)
{
    uint8_t kind = msh_cursor_u8(c);
    msh_cursor_skip(c, version == BIFF12 && kind == 0x19 ? 12 : 4);
}

static void skip_attr(msh_cursor *c, unsigned version)
{
    uint8_t flags = msh_cursor_u8(c);
    size_t n = msh_cursor_u16le(c);
    if (flags & 4) /* choices */
        msh_cursor_skip(c, (n + 1) * 2);
    (void)version;
}

/* The values of array constants, in the order of their tokens (2.5.198.8 PtgExtraArray, SerAr). */
static void put_array(msh_cursor *c, unsigned version, msh_charset cs, msh_buf *out)
{
    uint64_t n;
    if (version == BIFF12) {
        uint64_t cols = msh_cursor_u32le(c);
        n = cols * msh_cursor_u32le(c);
    } else {
        uint64_t cols = msh_cursor_u8(c) + (version == BIFF8 ? 1u : 0u);
        uint64_t rows = msh_cursor_u16le(c) + (version == BIFF8 ? 1u : 0u);
        n = (cols ? cols : 256) * rows;
    }
    for (uint64_t i = 0; i < n && msh_cursor_left(c) > 0; i++) {
        uint8_t kind = msh_cursor_u8(c);
        if (version == BIFF12 ? kind == 1 : kind == 2)
            put_string(c, version, version == BIFF5 ? msh_cursor_u8(c) : msh_cursor_u16le(c), cs,
                       out);
        else if (version == BIFF12)
            msh_cursor_skip(c, kind == 0 ? 8 : kind == 2 ? 1 : 4);
        else
            msh_cursor_skip(c, 8);
    }
}

bool msh_biff_formula(unsigned biff, msh_view tokens, msh_view extra, msh_charset cs, msh_buf *out)
{
    unsigned version = biff == 12 ? BIFF12 : biff == 8 ? BIFF8 : BIFF5, arrays = 0;
    msh_cursor c = msh_cursor_of(tokens);
    if (cs == MSH_CHARSET_COUNT)
        cs = MSH_CS_CP1252;
    while (msh_cursor_left(&c) > 0) {
        uint8_t ptg = msh_cursor_u8(&c);
        unsigned n = size_of(ptg, version);
        if (ptg == PTG_STR)
            put_string(&c, version, version == BIFF12 ? msh_cursor_u16le(&c) : msh_cursor_u8(&c),
                       cs, out);
        else if (ptg == PTG_EXTENDED)
            skip_extended(&c, version);
        else if (ptg == PTG_ATTR)
            skip_attr(&c, version);
        else if (n == NONE)
            return false;
        else
            msh_cursor_skip(&c, n);
        arrays += ptg >= 0x20 && ((ptg & 0x1f) | 0x20) == PTG_ARRAY;
    }
    msh_cursor e = msh_cursor_of(extra);
    for (unsigned i = 0; i < arrays && i < MAX_ARRAYS; i++)
        put_array(&e, version, cs, out);
    return msh_cursor_ok(&c) && msh_cursor_ok(&e);
}
