/* lzfu.c: LZFu ([MS-OXRTFCP] section 2): a dictionary of 4,096 bytes that begins with the words of
 * every RTF; runs of eight tokens, literals or references of 2 to 17 bytes. */
#include "extract/lzfu.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { DICT = 4096, HEADER = 16, COMPRESSED = 0x75465a4c, PLAIN = 0x414c454d };

static const char first_words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

typedef struct lz {
    uint8_t dict[DICT];
    uint32_t at; /* where the next byte goes */
    msh_buf *out;
} lz;

static void put(lz *z, uint8_t c)
{
    msh_buf_put_byte(z->out, c);
    z->dict[z->at] = c;
    z->at = (z->at + 1) % DICT;
}

/* A reference; false for the one that points at itself: the end. */
static bool copy(lz *z, uint16_t token)
{
    uint32_t from = token >> 4, n = (token & 15u) + 2;
    if (from == z->at)
        return false;
    while (n-- > 0) {
        put(z, z->dict[from]);
        from = (from + 1) % DICT;
    }
    return true;
}

static msh_err expand(lz *z, msh_cursor *c, msh_budget *budget)
{
    while (msh_cursor_left(c) > 0) {
        uint8_t kinds = msh_cursor_u8(c);
        size_t before = z->out->len;
        for (unsigned i = 0; i < 8; i++) {
            bool reference = kinds >> i & 1;
            if (msh_cursor_left(c) < (reference ? 2u : 1u))
                return MSH_E_SHORT;
            if (!reference)
                put(z, msh_cursor_u8(c));
            else if (!copy(z, msh_cursor_u16be(c)))
                return msh_buf_err(z->out);
        }
        MSH_TRY(msh_buf_err(z->out));
        MSH_TRY(msh_budget_decoded(budget, z->out->len - before));
    }
    return MSH_E_SHORT;
}

msh_err msh_lzfu_decode(msh_view in, msh_budget *budget, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(in);
    msh_cursor_skip(&c, 4);
    uint32_t raw = msh_cursor_u32le(&c), kind = msh_cursor_u32le(&c);
    msh_cursor_skip(&c, 4);
    if (!msh_cursor_ok(&c) || (kind != COMPRESSED && kind != PLAIN))
        return MSH_E_SYNTAX;
    if (kind == PLAIN) {
        msh_view v = msh_view_cut(in, HEADER, raw);
        MSH_TRY(msh_budget_decoded(budget, v.len));
        msh_buf_put_view(out, v);
        return msh_buf_err(out) != MSH_OK ? msh_buf_err(out) : v.len < raw ? MSH_E_SHORT : MSH_OK;
    }
    lz z = {.out = out, .at = sizeof first_words - 1};
    memcpy(z.dict, first_words, sizeof first_words - 1);
    return expand(&z, &c, budget);
}
