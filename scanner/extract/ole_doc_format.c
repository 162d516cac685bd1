/* ole_doc_format.c: which characters are hidden, deleted or symbols, and what paragraphs are:
 * formatted disk pages of 512 bytes in the main stream ([MS-DOC] 2.9.33 ChpxFkp, 2.9.184 PapxFkp).
 */
#include "extract/ole_doc.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

#include <stdlib.h>

enum {
    PAGE = 512,
    BX = 13, /* of a PapxFkp: an offset and a height */
    SPRM_RMARK_DEL = 0x0800,
    SPRM_RMARK = 0x0801,
    SPRM_VANISH = 0x083c,
    SPRM_SYMBOL = 0x6a09,
    SPRM_ICO = 0x2a42,
    SPRM_CV = 0x6870,
    SPRM_SPEC_VANISH = 0x0818,
    SPRM_IN_TABLE = 0x2416,
    SPRM_ROW_END = 0x2417,
    SPRM_INNER_CELL = 0x244b,
    SPRM_INNER_ROW = 0x244c,
    SPRM_LEVEL = 0x260a,
    SPRM_LIST = 0x460b,
    SPRM_DEF_TABLE = 0xd608,
    SPRM_CHANGE_TABS = 0xc615
};

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)u16(p) | (uint32_t)u16(p + 2) << 16;
}

/* --- property modifications ----------------------------------------------------------------------
 */

bool msh_word_next_sprm(msh_view *grpprl, msh_word_sprm *out)
{
    static const uint8_t sizes[8] = {1, 1, 2, 4, 2, 2, 0, 3};
    msh_cursor c = msh_cursor_of(*grpprl);
    out->code = msh_cursor_u16le(&c);
    size_t n = sizes[out->code >> 13];
    if (out->code == SPRM_DEF_TABLE) {
        n = msh_cursor_u16le(&c);
        n = n ? n - 1 : 0;
    } else if (n == 0) {
        n = msh_cursor_u8(&c);
        if (out->code == SPRM_CHANGE_TABS && n == 255)
            n = SIZE_MAX; /* of a length of its own: what follows is lost */
    }
    out->operand = msh_cursor_take(&c, n);
    *grpprl = msh_view_cut(*grpprl, c.at, grpprl->len);
    return msh_cursor_ok(&c);
}

/* Toggles: 1 and 129 (not as the style) switch on. */
static void set(uint8_t *flags, uint8_t flag, msh_view operand)
{
    if (operand.len && operand.data[0] & 1)
        *flags |= flag;
    else
        *flags &= (uint8_t)~flag;
}

/* White, or so near to it that nobody sees it. */
static bool is_white(const msh_word_sprm *s)
{
    enum { WHITE = 8, NEAR = 0xf5 };
    const uint8_t *p = s->operand.data;
    if (s->code == SPRM_ICO)
        return s->operand.len && p[0] == WHITE;
    return s->operand.len == 4 && p[0] >= NEAR && p[1] >= NEAR && p[2] >= NEAR && p[3] == 0;
}

uint8_t msh_word_flags_of(msh_view grpprl, uint16_t *symbol)
{
    uint8_t flags = 0;
    bool white = false;
    msh_word_sprm s;
    while (msh_word_next_sprm(&grpprl, &s)) {
        if (s.code == SPRM_RMARK_DEL)
            set(&flags, MSH_WORD_DELETED, s.operand);
        else if (s.code == SPRM_RMARK)
            set(&flags, MSH_WORD_INSERTED, s.operand);
        else if (s.code == SPRM_VANISH || s.code == SPRM_SPEC_VANISH)
            set(&flags, MSH_WORD_HIDDEN, s.operand);
        else if (s.code == SPRM_SYMBOL && s.operand.len == 4) {
            flags |= MSH_WORD_SYMBOL;
            *symbol = u16(s.operand.data + 2);
        } else if (s.code == SPRM_ICO || s.code == SPRM_CV) {
            white = is_white(&s);
        }
    }
    return white ? flags | MSH_WORD_HIDDEN : flags;
}

void msh_word_para_of(msh_view grpprl, msh_word_para *p)
{
    msh_word_sprm s;
    while (msh_word_next_sprm(&grpprl, &s)) {
        bool on = s.operand.len && s.operand.data[0];
        if (s.code == SPRM_ROW_END || s.code == SPRM_INNER_ROW)
            p->row_end |= on;
        else if (s.code == SPRM_IN_TABLE || s.code == SPRM_INNER_CELL)
            p->in_table |= on;
        else if (s.code == SPRM_LEVEL && s.operand.len)
            p->level = s.operand.data[0];
        else if (s.code == SPRM_LIST && s.operand.len == 2)
            p->list = u16(s.operand.data) ? u16(s.operand.data) : MSH_WORD_NO_LIST;
    }
}

/* --- pages ---------------------------------------------------------------------------------------
 */

static void read_runs(msh_word *w, const uint8_t *page)
{
    unsigned n = page[PAGE - 1];
    if ((n + 1) * 4 + n >= PAGE)
        return;
    for (unsigned i = 0; i < n; i++) {
        msh_word_run r = {.from = u32(page + 4 * i), .to = u32(page + 4 * i + 4)};
        size_t at = (size_t)page[4 * (n + 1) + i] * 2;
        if (at == 0 || at >= PAGE - 1 || r.from >= r.to)
            continue;
        msh_view grpprl = msh_view_cut(msh_view_of(page, PAGE - 1), at + 1, page[at]);
        r.flags = msh_word_flags_of(grpprl, &r.symbol);
        if (r.flags)
            msh_buf_put(&w->run_room, &r, sizeof r);
    }
}

static void read_paras(msh_word *w, const uint8_t *page)
{
    unsigned n = page[PAGE - 1];
    if ((n + 1) * 4 + n * BX >= PAGE)
        return;
    for (unsigned i = 0; i < n; i++) {
        msh_word_para p = {
            .from = u32(page + 4 * i), .to = u32(page + 4 * i + 4), .level = MSH_NUMBERING_LEVELS};
        size_t at = (size_t)page[4 * (n + 1) + i * BX] * 2;
        if (p.from >= p.to)
            continue;
        if (at > 0 && at < PAGE - 2) {
            size_t len = page[at] ? (size_t)page[at] * 2 - 1 : (size_t)page[at + 1] * 2;
            msh_view v = msh_view_cut(msh_view_of(page, PAGE - 1), at + (page[at] ? 1 : 2), len);
            if (v.len >= 2) {
                p.style = u16(v.data);
                msh_word_para_of(msh_view_cut(v, 2, v.len), &p);
            }
        }
        msh_buf_put(&w->para_room, &p, sizeof p);
    }
}

/* All pages that a table of pages lists, as many as the stream can hold. */
static msh_err each_page(msh_word *w, unsigned pair, void (*read)(msh_word *w, const uint8_t *page))
{
    msh_view plc = msh_word_pair(w, pair);
    size_t n = plc.len < 4 ? 0 : (plc.len - 4) / 8, most = w->main.len / PAGE;
    for (size_t i = 0; i < n && i < most; i++) {
        size_t at = (size_t)(u32(plc.data + 4 * (n + 1) + 4 * i) & 0x3fffff) * PAGE;
        if (at + PAGE <= w->main.len)
            read(w, w->main.data + at);
    }
    return msh_budget_time(&w->o->x->budget);
}

/* --- sorted, and found ---------------------------------------------------------------------------
 */

/* Both kinds of entries begin with `from` and `to`. */
static uint32_t bound(const void *entry, size_t i)
{
    uint32_t v;
    memcpy(&v, (const uint8_t *)entry + i * sizeof v, sizeof v);
    return v;
}

static int by_from(const void *a, const void *b)
{
    uint32_t x = bound(a, 0), y = bound(b, 0);
    return x < y ? -1 : x > y;
}

static void sort(msh_buf *room, size_t size)
{
    bool sorted = true;
    for (size_t at = size; sorted && at + size <= room->len; at += size)
        sorted = by_from(room->data + at - size, room->data + at) <= 0;
    if (!sorted)
        qsort(room->data, room->len / size, size, by_from);
}

/* The last entry that begins at or before fc, if fc lies in it; *until: how far that holds. */
static const void *find(const msh_buf *room, size_t size, uint32_t fc, uint32_t *until)
{
    size_t low = 0, n = room->len / size, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bound(room->data + middle * size, 0) <= fc)
            low = middle + 1;
        else
            high = middle;
    }
    *until = low < n ? bound(room->data + low * size, 0) : UINT32_MAX;
    if (low == 0)
        return NULL;
    const uint8_t *e = room->data + (low - 1) * size;
    uint32_t end = bound(e, 1);
    if (end <= fc)
        return NULL;
    if (end < *until)
        *until = end;
    return e;
}

const msh_word_run *msh_word_run_at(const msh_word *w, uint32_t fc, uint32_t *until)
{
    return find(&w->run_room, sizeof(msh_word_run), fc, until);
}

const msh_word_para *msh_word_para_at(const msh_word *w, uint32_t fc)
{
    uint32_t until;
    return find(&w->para_room, sizeof(msh_word_para), fc, &until);
}

msh_err msh_word_formatting(msh_word *w)
{
    if (w->old) /* of another form, and only the looks of it */
        return MSH_OK;
    MSH_TRY(each_page(w, MSH_WORD_CHPX, read_runs));
    MSH_TRY(each_page(w, MSH_WORD_PAPX, read_paras));
    MSH_TRY(msh_buf_err(&w->run_room));
    MSH_TRY(msh_buf_err(&w->para_room));
    sort(&w->run_room, sizeof(msh_word_run));
    sort(&w->para_room, sizeof(msh_word_para));
    return MSH_OK;
}
