/* ole_vba.c: the source of macros ([MS-OVBA] 2.3.4.2 dir stream, 2.4.1 compression). A module is
 * found by the offset that the dir stream names; where that lies, by its first words. */
#include "extract/ole.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { CHUNK = 4096, MOST_MODULES = 4096, BITS_LEAST = 4 };

/* --- decompression -------------------------------------------------------------------------------
 */

/* How many bits of a copy token are its offset, by how much of the chunk is there. */
static unsigned offset_bits(size_t there)
{
    unsigned bits = BITS_LEAST;
    while (there > (size_t)1 << bits && bits < 12)
        bits++;
    return bits;
}

/* One copy token: bytes from before, maybe of itself. */
static bool copy(msh_buf *out, size_t chunk, uint16_t token)
{
    unsigned bits = offset_bits(out->len - chunk);
    size_t back = (size_t)(token >> (16 - bits)) + 1, n = (token & (0xffffu >> bits)) + 3u;
    if (back > out->len - chunk || n > chunk + CHUNK - out->len)
        return false;
    for (; n > 0; n--)
        msh_buf_put_byte(out, out->data[out->len - back]);
    return msh_buf_err(out) == MSH_OK;
}

/* The tokens of one chunk; false when they lie. */
static bool read_chunk(msh_buf *out, msh_view in)
{
    msh_cursor c = msh_cursor_of(in);
    size_t chunk = out->len;
    while (msh_cursor_left(&c)) {
        uint8_t flags = msh_cursor_u8(&c);
        for (int i = 0; i < 8 && msh_cursor_left(&c); i++) {
            if (out->len - chunk >= CHUNK)
                return true;
            if (!(flags >> i & 1))
                msh_buf_put_byte(out, msh_cursor_u8(&c));
            else if (!copy(out, chunk, msh_cursor_u16le(&c)) || !msh_cursor_ok(&c))
                return false;
        }
    }
    return true;
}

/* A compressed container; what is sound before a fault stays in out. */
static bool decompress(msh_view in, msh_buf *out)
{
    msh_cursor c = msh_cursor_of(in);
    msh_buf_reset(out);
    if (msh_cursor_u8(&c) != 1)
        return false;
    while (msh_cursor_left(&c) >= 2) {
        uint16_t head = msh_cursor_u16le(&c);
        size_t size = (head & 0xfffu) + 1;
        if (head == 0 && out->len) /* room that was left */
            break;
        if ((head & 0x7000) != 0x3000)
            return false;
        if (size > msh_cursor_left(&c))
            size = msh_cursor_left(&c);
        msh_view v = msh_cursor_take(&c, size);
        if (!(head & 0x8000))
            msh_buf_put_view(out, v);
        else if (!read_chunk(out, v))
            return false;
    }
    return out->len > 0;
}

/* --- modules -------------------------------------------------------------------------------------
 */

typedef struct project {
    msh_ole *o;
    int storage;
    uint32_t codepage;
    msh_buf stream, text;
    msh_buf offsets; /* of source in the streams: pairs of u32, entry and offset */
} project;

/* Modules begin with "Attribute VB_Name": packed, a flag byte and the first eight letters. */
static size_t find_source(msh_view v)
{
    static const uint8_t words[] = "\0Attribut";
    for (size_t at = 0; (at = msh_view_find(v, msh_view_of(words, 9), at)) != SIZE_MAX; at++)
        if (at >= 3 && v.data[at - 3] == 1 && (v.data[at - 1] & 0x70) == 0x30)
            return at - 3;
    return SIZE_MAX;
}

static uint32_t offset_of(const project *p, int entry)
{
    msh_cursor c = msh_cursor_of(msh_buf_view(&p->offsets));
    while (msh_cursor_left(&c)) {
        uint32_t module = msh_cursor_u32le(&c), at = msh_cursor_u32le(&c);
        if (module == (uint32_t)entry)
            return at;
    }
    return 0;
}

static msh_err read_module(project *p, int entry)
{
    msh_view v = msh_buf_view(&p->stream);
    size_t at = offset_of(p, entry);
    msh_place place = msh_ole_place(p->o, entry);
    bool sound = at > 0 && at < v.len && decompress(msh_view_cut(v, at, v.len), &p->text);
    if (!sound && (at = find_source(v)) != SIZE_MAX)
        sound = decompress(msh_view_cut(v, at, v.len), &p->text);
    if (at == SIZE_MAX) /* p-code, or no module at all */
        return msh_sweep(p->o->x, &place, v, 0);
    MSH_TRY(msh_budget_decoded(&p->o->x->budget, p->text.len));
    place.offset = at;
    MSH_TRY(msh_ole_emit(p->o, &place, msh_buf_view(&p->text), p->codepage));
    if (!sound)
        MSH_TRY(msh_report(p->o->x, &place, MSH_REASON_FORMAT_CORRUPT, 0));
    return msh_sweep(p->o->x, &place, msh_view_cut(v, 0, at), 0);
}

static int find_module(const project *p, msh_view name, uint32_t codepage)
{
    char utf8[256];
    msh_charset cs = MSH_CS_CP1252;
    msh_buf out;
    size_t used;
    uint64_t bad = 0;
    (void)!msh_charset_from_codepage(codepage, &cs);
    msh_buf_init(&out, sizeof utf8 - 1);
    msh_charset_decode(cs, name, true, &out, &used, &bad);
    memcpy(utf8, out.len ? out.data : (const uint8_t *)"", out.len);
    utf8[out.len] = '\0';
    msh_buf_dispose(&out);
    return msh_cfb_find_stream(p->o->cfb, p->storage, utf8);
}

/* Records of the dir stream: id, size, data. What is wanted is the code page, names and offsets of
 * modules; texts (description, help file) are emitted by the sweep of the whole. */
static void read_dir(project *p, msh_view dir)
{
    enum { PROJECT_CODEPAGE = 3, VERSION = 9, STREAM_NAME = 0x1a, OFFSET = 0x31 };
    msh_cursor c = msh_cursor_of(dir);
    int module = -1;
    while (msh_cursor_left(&c) >= 6) {
        uint16_t id = msh_cursor_u16le(&c);
        uint32_t size = msh_cursor_u32le(&c);
        if (id == VERSION)
            size = 6; /* 2.3.4.2.1.11: the size says 4 */
        msh_view v = msh_cursor_take(&c, size);
        if (!msh_cursor_ok(&c))
            return;
        msh_cursor n = msh_cursor_of(v);
        if (id == PROJECT_CODEPAGE)
            p->codepage = msh_cursor_u16le(&n);
        else if (id == STREAM_NAME)
            module = find_module(p, v, p->codepage);
        else if (id == OFFSET && module >= 0) {
            msh_buf_put_u32(&p->offsets, (uint32_t)module);
            msh_buf_put_u32(&p->offsets, msh_cursor_u32le(&n));
        }
    }
}

static msh_err read_project(project *p)
{
    msh_cfb *c = p->o->cfb;
    int dir = msh_cfb_find_stream(c, p->storage, "dir"), modules = 0;
    MSH_TRY(msh_ole_load(p->o, dir, &p->stream));
    if (dir >= 0) {
        bool sound = decompress(msh_buf_view(&p->stream), &p->text);
        msh_place place = msh_ole_place(p->o, dir);
        MSH_TRY(msh_budget_decoded(&p->o->x->budget, p->text.len));
        read_dir(p, msh_buf_view(&p->text));
        MSH_TRY(msh_sweep(p->o->x, &place, msh_buf_view(&p->text), 0));
        if (!sound)
            MSH_TRY(msh_report(p->o->x, &place, MSH_REASON_FORMAT_CORRUPT, 0));
    }
    for (int i = c->entries[p->storage].child; i >= 0; i = c->entries[i].next) {
        const msh_cfb_entry *e = &c->entries[i];
        if (e->kind != MSH_CFB_STREAM || e->used)
            continue;
        if (++modules > MOST_MODULES)
            return MSH_E_LIMIT_MEMBERS;
        MSH_TRY(msh_ole_load(p->o, i, &p->stream));
        MSH_TRY(read_module(p, i));
    }
    return MSH_OK;
}

msh_err msh_ole_vba(msh_ole *o, int storage)
{
    project p = {.o = o, .storage = storage};
    msh_buf_init(&p.stream, (size_t)o->x->limits->member_size);
    msh_buf_init(&p.text, (size_t)o->x->limits->member_size);
    msh_buf_init(&p.offsets, (size_t)MOST_MODULES * 8);
    msh_err err = read_project(&p);
    msh_buf_dispose(&p.stream);
    msh_buf_dispose(&p.text);
    msh_buf_dispose(&p.offsets);
    return err;
}
