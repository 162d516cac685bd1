/* ole_doc.c: Word 6 to 2003, and WPS Writer, which writes the same ([MS-DOC]; the form of Word 6
 * and 95 has the same order of tables at another place, and one byte a character).
 *
 * The table of pieces says where the characters of all texts stand: body, footnotes, headers,
 * macros, comments, endnotes, text boxes, one after the other. What no piece refers to any more,
 * the remains of fast saving, is swept. */
#include "extract/ole_doc.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum {
    FIB_OLD = 0x58, /* pairs of Word 6 and 95 */
    FIB_NEW = 154,  /* and of Word 97 on */
    OLD_PAIRS = 38,
    OLD_COUNTS = 52, /* ccpText */
    NEW_COUNTS = 76,
    FIRST_OLD = 0x60, /* nFib */
    FIRST_NEW = 0xb0,
    FLAG_COMPLEX = 1 << 2,
    FLAG_ENCRYPTED = 1 << 8,
    FLAG_TABLE1 = 1 << 9,
    FLAG_EXTCHAR = 1 << 12,
    PARTS = 8,
    PCD = 8,
    COMPRESSED = 1 << 30
};

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, "WordDocument") >= 0 ? 80 : 0;
}

static uint16_t u16_at(msh_view v, size_t at)
{
    msh_cursor c = msh_cursor_of(msh_view_cut(v, at, 2));
    return msh_cursor_u16le(&c);
}

static uint32_t u32_at(msh_view v, size_t at)
{
    msh_cursor c = msh_cursor_of(msh_view_cut(v, at, 4));
    return msh_cursor_u32le(&c);
}

msh_view msh_word_pair(const msh_word *w, unsigned i)
{
    msh_view fib = msh_buf_view(&w->main);
    size_t at = w->pairs_at + (size_t)i * 8;
    if (i >= w->n_pairs)
        return (msh_view){0, 0};
    uint32_t from = u32_at(fib, at), len = u32_at(fib, at + 4);
    if (len > w->tables.len || from > w->tables.len - len)
        return (msh_view){0, 0};
    return msh_view_cut(w->tables, from, len);
}

msh_view msh_word_behind(const msh_word *w, unsigned i)
{
    msh_view v = msh_word_pair(w, i);
    if (v.len == 0)
        return v;
    return msh_view_cut(w->tables, (size_t)(v.data - w->tables.data) + v.len, w->tables.len);
}

/* --- the table of pieces -------------------------------------------------------------------------
 */

/* Prm: what was done to a piece as a whole since: one short property, or one of the list. */
static uint8_t flags_of_piece(uint16_t prm, msh_view prcs)
{
    enum { DELETED = 0x41, INSERTED = 0x42, VANISH = 0x5c };
    uint16_t symbol;
    if (prm & 1) {
        msh_cursor c = msh_cursor_of(prcs);
        for (unsigned i = 0; msh_cursor_u8(&c) == 1 && msh_cursor_ok(&c); i++) {
            msh_view grpprl = msh_cursor_take(&c, msh_cursor_u16le(&c));
            if (i == prm >> 1)
                return msh_word_flags_of(grpprl, &symbol) & (uint8_t)~MSH_WORD_SYMBOL;
        }
        return 0;
    }
    bool on = prm >> 8 & 1;
    switch (prm >> 1 & 0x7f) {
    case DELETED:
        return on ? MSH_WORD_DELETED : 0;
    case INSERTED:
        return on ? MSH_WORD_INSERTED : 0;
    case VANISH:
        return on ? MSH_WORD_HIDDEN : MSH_WORD_SHOWN;
    default:
        return 0;
    }
}

static msh_err add_pieces(msh_word *w, msh_view plc, msh_view prcs)
{
    size_t n = plc.len < 4 ? 0 : (plc.len - 4) / (4 + PCD);
    for (size_t i = 0; i < n; i++) {
        msh_word_piece p = {.cp = u32_at(plc, 4 * i), .end = u32_at(plc, 4 * i + 4)};
        size_t at = 4 * (n + 1) + PCD * i;
        uint32_t fc = u32_at(plc, at + 2);
        p.wide = w->old ? w->old_wide : !(fc & COMPRESSED);
        p.fc = w->old || p.wide ? fc : (fc & (COMPRESSED - 1)) / 2;
        p.flags = w->old ? 0 : flags_of_piece(u16_at(plc, at + 6), prcs);
        if (p.end < p.cp)
            return MSH_E_CORRUPT;
        if (p.end > p.cp)
            msh_buf_put(&w->piece_room, &p, sizeof p);
    }
    return msh_buf_err(&w->piece_room);
}

/* Clx: properties (Prc), then the pieces. */
static msh_err read_clx(msh_word *w)
{
    msh_view clx = msh_word_pair(w, MSH_WORD_CLX);
    msh_cursor c = msh_cursor_of(clx);
    size_t at = 0;
    while (msh_cursor_left(&c) && c.in.data[c.at] == 1) {
        msh_cursor_skip(&c, 1);
        msh_cursor_skip(&c, msh_cursor_u16le(&c));
        at = c.at;
    }
    if (msh_cursor_u8(&c) != 2)
        return MSH_E_CORRUPT;
    msh_view plc = msh_cursor_take(&c, msh_cursor_u32le(&c));
    if (!msh_cursor_ok(&c) || plc.len < 4)
        return MSH_E_CORRUPT;
    return add_pieces(w, plc, msh_view_cut(clx, 0, at));
}

/* Old documents that were never saved fast: all in one. */
static msh_err one_piece(msh_word *w)
{
    msh_view fib = msh_buf_view(&w->main);
    msh_word_piece p = {.fc = u32_at(fib, 24)};
    uint32_t end = u32_at(fib, 28);
    if (end <= p.fc || p.fc >= fib.len)
        return MSH_E_CORRUPT;
    p.wide = w->old_wide;
    p.end = p.wide ? (end - p.fc) / 2 : end - p.fc;
    msh_buf_put(&w->piece_room, &p, sizeof p);
    return msh_buf_err(&w->piece_room);
}

/* --- the FIB -------------------------------------------------------------------------------------
 */

/* Code page of the language a document was installed in ([MS-LCID]). */
static msh_charset charset_of(uint16_t lid)
{
    static const struct {
        uint8_t language, sub; /* sub 0: any */
        uint8_t cs;
    } rows[] = {
        {0x04, 1, MSH_CS_BIG5},    {0x04, 3, MSH_CS_BIG5},      {0x04, 5, MSH_CS_BIG5},
        {0x04, 0, MSH_CS_GB18030}, {0x11, 0, MSH_CS_SHIFT_JIS}, {0x12, 0, MSH_CS_EUC_KR},
        {0x05, 0, MSH_CS_CP1250},  {0x0e, 0, MSH_CS_CP1250},    {0x15, 0, MSH_CS_CP1250},
        {0x18, 0, MSH_CS_CP1250},  {0x1a, 3, MSH_CS_CP1251},    {0x1a, 0, MSH_CS_CP1250},
        {0x1b, 0, MSH_CS_CP1250},  {0x1c, 0, MSH_CS_CP1250},    {0x24, 0, MSH_CS_CP1250},
        {0x02, 0, MSH_CS_CP1251},  {0x19, 0, MSH_CS_CP1251},    {0x22, 0, MSH_CS_CP1251},
        {0x23, 0, MSH_CS_CP1251},  {0x2f, 0, MSH_CS_CP1251},    {0x08, 0, MSH_CS_CP1253},
        {0x1f, 0, MSH_CS_CP1254},  {0x0d, 0, MSH_CS_CP1255},    {0x01, 0, MSH_CS_CP1256},
        {0x20, 0, MSH_CS_CP1256},  {0x29, 0, MSH_CS_CP1256},    {0x25, 0, MSH_CS_CP1257},
        {0x26, 0, MSH_CS_CP1257},  {0x27, 0, MSH_CS_CP1257},    {0x1e, 0, MSH_CS_CP874},
        {0x2a, 0, MSH_CS_CP1258},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].language == (lid & 0x3ff) && (rows[i].sub == 0 || rows[i].sub == lid >> 10))
            return (msh_charset)rows[i].cs;
    return MSH_CS_CP1252;
}

/* Charsets of the fonts of an old document: FFN, with its length less one, and at 4 the charset. */
static uint64_t charsets_of_fonts(const msh_word *w)
{
    enum { FONTS = 15 };
    static const struct {
        uint8_t number, cs;
    } rows[] = {
        {77, MSH_CS_MACINTOSH}, {128, MSH_CS_SHIFT_JIS}, {129, MSH_CS_EUC_KR},
        {134, MSH_CS_GB18030},  {136, MSH_CS_BIG5},      {161, MSH_CS_CP1253},
        {162, MSH_CS_CP1254},   {163, MSH_CS_CP1258},    {177, MSH_CS_CP1255},
        {178, MSH_CS_CP1256},   {186, MSH_CS_CP1257},    {204, MSH_CS_CP1251},
        {222, MSH_CS_CP874},    {238, MSH_CS_CP1250},
    };
    msh_cursor c = msh_cursor_of(msh_word_pair(w, FONTS));
    uint64_t set = 0;
    msh_cursor_skip(&c, 2);
    while (msh_cursor_left(&c)) {
        msh_view font = msh_cursor_take(&c, msh_cursor_u8(&c));
        for (size_t i = 0; font.len > 3 && i < sizeof rows / sizeof *rows; i++)
            if (rows[i].number == font.data[3])
                set |= (uint64_t)1 << rows[i].cs;
    }
    return set;
}

/* The table stream that the FIB names; the other one is a remain. */
static msh_err read_tables(msh_word *w, uint16_t flags)
{
    const char *first = flags & FLAG_TABLE1 ? "1Table" : "0Table";
    int entry = msh_ole_find(w->o, first);
    if (w->old) {
        w->tables = msh_buf_view(&w->main);
        return MSH_OK;
    }
    if (entry < 0)
        return MSH_E_CORRUPT;
    MSH_TRY(msh_ole_load(w->o, entry, &w->table));
    w->tables = msh_buf_view(&w->table);
    return MSH_OK;
}

static msh_err read_fib(msh_word *w, uint32_t *counts)
{
    msh_view fib = msh_buf_view(&w->main);
    uint16_t version = u16_at(fib, 2), flags = u16_at(fib, 10);
    w->old = version < FIRST_NEW;
    w->old_wide = w->old && (flags & FLAG_EXTCHAR);
    w->narrow = w->old ? charset_of(u16_at(fib, 6)) : MSH_CS_CP1252;
    w->pairs_at = w->old ? FIB_OLD : FIB_NEW;
    w->n_pairs = w->old ? OLD_PAIRS : u16_at(fib, FIB_NEW - 2);
    if (fib.len < FIB_NEW || version < FIRST_OLD)
        return MSH_E_CORRUPT;
    if (flags & FLAG_ENCRYPTED)
        return MSH_E_ENCRYPTED;
    for (size_t i = 0; i < PARTS; i++)
        counts[i] = u32_at(fib, (w->old ? OLD_COUNTS : NEW_COUNTS) + 4 * i);
    MSH_TRY(read_tables(w, flags));
    w->fonts = w->old ? charsets_of_fonts(w) : 0;
    if (w->old && !(flags & FLAG_COMPLEX))
        return one_piece(w);
    return read_clx(w);
}

/* --- the texts -----------------------------------------------------------------------------------
 */

static msh_err emit_part(msh_word *w, const msh_word_part *part)
{
    MSH_TRY(msh_word_text(w, part));
    return msh_word_readings(w, part);
}

/* Headers and footers one by one: six separators of notes, then six for each section. */
static msh_err emit_headers(msh_word *w, const msh_word_part *all)
{
    static const msh_role roles[6] = {MSH_ROLE_HEADER, MSH_ROLE_HEADER, MSH_ROLE_FOOTER,
                                      MSH_ROLE_FOOTER, MSH_ROLE_HEADER, MSH_ROLE_FOOTER};
    msh_view plc = w->old ? (msh_view){0, 0} : msh_word_pair(w, MSH_WORD_HEADERS);
    msh_word_part part = *all;
    size_t n = plc.len / 4;
    for (size_t i = 0; i < n && part.from < all->to; i++) {
        uint64_t end = (uint64_t)all->from + (i + 1 < n ? u32_at(plc, 4 * (i + 1)) : UINT32_MAX);
        part.to = end < all->to ? (uint32_t)end : all->to;
        if (part.to < part.from)
            continue;
        part.role = roles[i % 6];
        part.name = i < 6 ? "separator" : NULL;
        MSH_TRY(emit_part(w, &part));
        part.from = part.to;
    }
    part.to = all->to; /* all of it when there is no list */
    part.role = MSH_ROLE_HEADER;
    part.name = NULL;
    return part.from < part.to ? emit_part(w, &part) : MSH_OK;
}

static msh_err emit_parts(msh_word *w, const uint32_t *counts)
{
    static const msh_word_part kinds[PARTS] = {
        {0, 0, MSH_ROLE_BODY, NULL},      {0, 0, MSH_ROLE_BODY, "footnote"},
        {0, 0, MSH_ROLE_HEADER, NULL},    {0, 0, MSH_ROLE_BODY, "macro"},
        {0, 0, MSH_ROLE_COMMENT, NULL},   {0, 0, MSH_ROLE_BODY, "endnote"},
        {0, 0, MSH_ROLE_BODY, "textbox"}, {0, 0, MSH_ROLE_HEADER, "textbox"},
    };
    size_t n;
    const msh_word_piece *pieces = msh_word_pieces(w, &n);
    uint32_t all = n ? pieces[n - 1].end : 0, at = 0;
    for (size_t i = 0; i < PARTS; i++) {
        msh_word_part part = kinds[i];
        part.from = at;
        part.to = counts[i] < all - at ? at + counts[i] : all;
        at = part.to;
        if (part.from == part.to)
            continue;
        MSH_TRY(i == 2 ? emit_headers(w, &part) : emit_part(w, &part));
    }
    /* a last paragraph mark belongs to none; more than that is text nobody counts */
    msh_word_part rest = {at, all, MSH_ROLE_HIDDEN, NULL};
    return all - at > 1 ? emit_part(w, &rest) : MSH_OK;
}

/* --- what else holds words -----------------------------------------------------------------------
 */

/* STTB: names of bookmarks, people, files ([MS-DOC] 2.2.4); lists of names without a head. */
static const struct sttb {
    uint8_t pair;
    const char *name;
} sttbs[] = {
    {9, "glossary"}, {21, "bookmark"}, {26, "macro"},    {32, "associated"}, {36, "author"},
    {51, "reviser"}, {60, "variable"}, {71, "saved-by"}, {72, "file"},       {35, "source"},
    {52, "caption"}, {37, "bookmark"}, {45, "form"},     {61, "textbox"},
};

/* Strings of an STTB, a line each. */
static void put_strings(msh_view v, msh_charset narrow, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(v);
    size_t used;
    uint64_t bad = 0;
    bool wide = u16_at(v, 0) == 0xffff;
    if (wide)
        msh_cursor_skip(&c, 2);
    uint32_t n = msh_cursor_u16le(&c), extra = msh_cursor_u16le(&c);
    for (uint32_t i = 0; i < n && msh_cursor_left(&c); i++) {
        size_t len = wide ? (size_t)msh_cursor_u16le(&c) * 2 : msh_cursor_u8(&c);
        msh_view s = msh_cursor_take(&c, len);
        msh_charset_decode(wide ? MSH_CS_UTF16LE : narrow, s, true, out, &used, &bad);
        if (s.len)
            msh_buf_put_byte(out, '\n');
        msh_cursor_skip(&c, extra);
    }
}

static msh_err emit_strings(msh_word *w)
{
    msh_buf text;
    msh_err err = MSH_OK;
    msh_buf_init(&text, w->tables.len * 4 + 64);
    for (size_t i = 0; i < sizeof sttbs / sizeof *sttbs && err == MSH_OK; i++) {
        msh_place place = w->place;
        place.role = MSH_ROLE_META;
        place.name = msh_view_str(sttbs[i].name);
        place.offset = MSH_NO_POSITION;
        msh_buf_reset(&text);
        put_strings(msh_word_pair(w, sttbs[i].pair), w->narrow, &text);
        err = msh_buf_err(&text);
        if (err == MSH_OK)
            err = msh_emit(w->o->x, &place, msh_buf_view(&text), 0);
    }
    msh_buf_dispose(&text);
    return err;
}

/* What no piece refers to: tables, and text that was there before. */
static msh_err sweep_rest(msh_word *w)
{
    size_t n;
    const msh_word_piece *pieces = msh_word_pieces(w, &n);
    for (size_t i = 0; i < n; i++) {
        uint64_t len = (uint64_t)(pieces[i].end - pieces[i].cp) * (pieces[i].wide ? 2 : 1);
        MSH_TRY(msh_budget_time(&w->o->x->budget));
        if (pieces[i].fc >= w->main.len)
            continue;
        if (len > w->main.len - pieces[i].fc)
            len = w->main.len - pieces[i].fc;
        memset(w->main.data + pieces[i].fc, 0, (size_t)len);
    }
    return msh_sweep(w->o->x, &w->place, msh_buf_view(&w->main), 0);
}

/* The table stream: strings, and a theme, which is a zip. */
static msh_err sweep_tables(msh_word *w)
{
    const char *names[2] = {"0Table", "1Table"};
    for (size_t i = 0; i < 2; i++) {
        int entry = msh_ole_find(w->o, names[i]);
        if (entry < 0)
            continue;
        msh_place place = msh_ole_place(w->o, entry);
        MSH_TRY(msh_ole_load(w->o, entry, &w->table));
        MSH_TRY(msh_ole_drawings(w->o, entry, &w->table));
        msh_view v = msh_buf_view(&w->table);
        size_t zip = msh_view_find(v, MSH_VIEW("PK\3\4"), 0);
        if (zip != SIZE_MAX)
            MSH_TRY(msh_extract_child(w->o->x, &w->o->doc, MSH_VIEW("theme"),
                                      msh_view_cut(v, zip, v.len)));
        MSH_TRY(msh_sweep(w->o->x, &place, msh_view_cut(v, 0, zip), 0));
    }
    return MSH_OK;
}

static msh_err read_pictures(msh_word *w)
{
    int data = msh_ole_find(w->o, "Data"), main = msh_ole_find(w->o, "WordDocument");
    MSH_TRY(msh_ole_drawings(w->o, main, &w->main));
    if (data < 0)
        return MSH_OK;
    MSH_TRY(msh_ole_load(w->o, data, &w->table));
    MSH_TRY(msh_ole_drawings(w->o, data, &w->table));
    msh_place place = msh_ole_place(w->o, data);
    return msh_sweep(w->o->x, &place, msh_buf_view(&w->table), 0);
}

/* --- all of it -----------------------------------------------------------------------------------
 */

static msh_err read_texts(msh_word *w, const uint32_t *counts)
{
    MSH_TRY(msh_word_formatting(w));
    MSH_TRY(msh_word_lists(w));
    MSH_TRY(emit_parts(w, counts));
    return emit_strings(w);
}

static void seal(msh_word *w)
{
    static const char *const names[] = {"WordDocument", "0Table", "1Table", "Data"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        msh_cfb_used(w->o->cfb, msh_ole_find(w->o, names[i]));
}

static msh_err read_all(msh_word *w)
{
    uint32_t counts[PARTS] = {0};
    MSH_TRY(msh_ole_load(w->o, msh_ole_find(w->o, "WordDocument"), &w->main));
    msh_err err = read_fib(w, counts);
    if (err == MSH_E_ENCRYPTED) {
        seal(w);
        return msh_report(w->o->x, &w->o->doc.place, MSH_REASON_OFFICE_ENCRYPTED, 0);
    }
    if (err == MSH_OK)
        err = read_texts(w, counts);
    MSH_TRY(msh_ole_settle(w->o, &w->place, err));
    MSH_TRY(read_pictures(w));
    MSH_TRY(sweep_rest(w));
    return sweep_tables(w);
}

static msh_err read(msh_ole *o)
{
    msh_word w = {.o = o};
    size_t most = (size_t)o->x->limits->member_size;
    w.place = msh_ole_place(o, msh_ole_find(o, "WordDocument"));
    msh_buf_init(&w.main, most);
    msh_buf_init(&w.table, most);
    msh_buf_init(&w.piece_room, most);
    msh_buf_init(&w.run_room, most);
    msh_buf_init(&w.para_room, most);
    msh_err err = read_all(&w);
    if (w.numbering)
        msh_numbering_free(w.numbering);
    msh_buf *const rooms[] = {&w.main, &w.table, &w.piece_room, &w.run_room, &w.para_room};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        msh_buf_dispose(rooms[i]);
    return err;
}

const msh_ole_app msh_ole_doc = {.name = "doc", .probe = probe, .read = read};
