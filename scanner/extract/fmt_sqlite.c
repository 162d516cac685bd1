/* fmt_sqlite.c: SQLite databases (file format of sqlite.org, version 3): the rows of every table
 * page in the order of pages, so that lost and unlinked pages are read too; long rows over their
 * overflow pages; the raw sweep sees what was deleted. Encrypted ones are no SQLite to us. */
#include "extract/extract.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum {
    FILE_HEADER = 100,
    LEAF_TABLE = 13,
    ROW_MOST = 16 << 20, /* bytes of one row */
    FLUSH = 1 << 19,     /* text handed on at once */
    COLUMNS = 4096
};

typedef struct database {
    msh_extract *x;
    const msh_doc *doc;
    msh_view in;
    size_t page, usable;
    msh_charset cs;
    msh_buf row, text;
    bool bad;
} database;

static int probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("SQLite format 3\0")) ? 90 : 0;
}

static uint64_t varint(msh_cursor *c)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 9; i++) {
        uint8_t b = msh_cursor_u8(c);
        if (i == 8)
            return v << 8 | b;
        v = v << 7 | (b & 0x7f);
        if (!(b & 0x80))
            break;
    }
    return v;
}

/* The payload of a cell: what lies on the page, then the chain of overflow pages. */
static bool gather(database *d, msh_cursor *c, uint64_t size)
{
    size_t most = d->usable - 35, least = (d->usable - 12) * 32 / 255 - 23, local = (size_t)size;
    if (size > most) {
        local = least + (size_t)((size - least) % (d->usable - 4));
        local = local > most ? least : local;
    }
    msh_buf_reset(&d->row);
    msh_buf_put_view(&d->row, msh_cursor_take(c, local));
    if (size == local || !msh_cursor_ok(c))
        return msh_cursor_ok(c) && msh_buf_err(&d->row) == MSH_OK;
    uint32_t next = msh_cursor_u32be(c);
    size_t pages = d->in.len / d->page;
    for (size_t i = 0; next && d->row.len < size && i <= pages; i++) {
        msh_cursor o = msh_cursor_of(d->in);
        msh_cursor_seek(&o, (size_t)(next - 1) * d->page);
        next = msh_cursor_u32be(&o);
        size_t n = (size_t)(size - d->row.len);
        msh_buf_put_view(&d->row, msh_cursor_take(&o, n < d->usable - 4 ? n : d->usable - 4));
        if (!msh_cursor_ok(&o))
            return false;
    }
    return msh_buf_err(&d->row) == MSH_OK && d->row.len == size;
}

static msh_err flush(database *d)
{
    MSH_TRY(msh_buf_err(&d->text));
    msh_err err = msh_emit(d->x, &d->doc->place, msh_buf_view(&d->text), MSH_TEXT_TABLE);
    msh_buf_reset(&d->text);
    return err;
}

static size_t serial_size(uint64_t type)
{
    static const uint8_t sizes[12] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < 12 ? sizes[type] : (size_t)((type - 12) / 2);
}

static void put_number(database *d, uint64_t type, msh_view v)
{
    int64_t n = v.len && v.data[0] & 0x80 ? -1 : 0;
    for (size_t i = 0; i < v.len; i++)
        n = (int64_t)((uint64_t)n << 8 | v.data[i]);
    if (type == 8 || type == 9)
        n = (int64_t)type - 8;
    if (type != 0 && type != 7)
        msh_buf_printf(&d->text, "%lld", (long long)n);
}

static msh_err put_blob(database *d, msh_view v)
{
    return v.len ? msh_extract_child(d->x, d->doc, MSH_VIEW("blob"), v) : MSH_OK;
}

/* A record: its columns as one line of cells; blobs are members. */
static msh_err read_record(database *d)
{
    msh_cursor head = msh_cursor_of(msh_buf_view(&d->row)), body = head;
    uint64_t size = varint(&head);
    if (size > head.in.len || size < head.at) {
        d->bad = true;
        return MSH_OK;
    }
    head.in.len = (size_t)size;
    msh_cursor_seek(&body, (size_t)size);
    for (unsigned i = 0; i < COLUMNS && head.at < head.in.len && msh_cursor_ok(&head); i++) {
        uint64_t type = varint(&head);
        msh_view v = msh_cursor_take(&body, serial_size(type));
        size_t used;
        uint64_t bad = 0;
        if (i > 0)
            msh_buf_put_byte(&d->text, '\t');
        if (type < 12)
            put_number(d, type, v);
        else if (type % 2 && v.len > 0)
            msh_charset_decode(d->cs, v, true, &d->text, &used, &bad);
        else if (type % 2 == 0)
            MSH_TRY(put_blob(d, v));
    }
    d->bad |= !msh_cursor_ok(&head) || !msh_cursor_ok(&body);
    msh_buf_put_byte(&d->text, '\n');
    return d->text.len >= FLUSH ? flush(d) : MSH_OK;
}

static msh_err read_page(database *d, size_t number)
{
    size_t base = number * d->page;
    msh_view page = msh_view_cut(d->in, base, d->page);
    msh_cursor c = msh_cursor_of(page);
    msh_cursor_skip(&c, number == 0 ? FILE_HEADER : 0);
    uint8_t kind = msh_cursor_u8(&c);
    if (kind != LEAF_TABLE)
        return MSH_OK;
    msh_cursor_skip(&c, 2);
    uint16_t cells = msh_cursor_u16be(&c);
    msh_cursor_skip(&c, 3);
    for (uint16_t i = 0; i < cells && msh_cursor_ok(&c); i++) {
        msh_cursor cell = msh_cursor_of(page);
        msh_cursor_seek(&cell, msh_cursor_u16be(&c));
        uint64_t size = varint(&cell);
        (void)varint(&cell);
        if (size > ROW_MOST || !gather(d, &cell, size)) {
            d->bad = true;
            continue;
        }
        MSH_TRY(msh_budget_decoded(&d->x->budget, d->row.len));
        MSH_TRY(read_record(d));
    }
    d->bad |= !msh_cursor_ok(&c);
    return MSH_OK;
}

static msh_err read_header(database *d)
{
    static const msh_charset charsets[4] = {MSH_CS_UTF8, MSH_CS_UTF8, MSH_CS_UTF16LE,
                                            MSH_CS_UTF16BE};
    msh_cursor c = msh_cursor_of(d->in);
    msh_cursor_skip(&c, 16);
    size_t page = msh_cursor_u16be(&c);
    msh_cursor_skip(&c, 2);
    uint8_t reserved = msh_cursor_u8(&c);
    msh_cursor_seek(&c, 56);
    uint32_t encoding = msh_cursor_u32be(&c);
    d->page = page == 1 ? 65536 : page;
    if (!msh_cursor_ok(&c) || d->page < 512 || d->page & (d->page - 1) || encoding > 3)
        return MSH_E_CORRUPT;
    d->usable = d->page - reserved;
    if (d->usable < 480)
        return MSH_E_CORRUPT;
    d->cs = charsets[encoding];
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    database d = {.x = x, .doc = doc};
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &d.in));
    MSH_TRY(read_header(&d));
    msh_buf_init(&d.row, ROW_MOST + 65536);
    msh_buf_init(&d.text, 8 * (size_t)ROW_MOST);
    msh_err err = MSH_OK;
    for (size_t i = 0; i < d.in.len / d.page && err == MSH_OK; i++)
        err = read_page(&d, i);
    if (err == MSH_OK)
        err = flush(&d);
    msh_buf_dispose(&d.row);
    msh_buf_dispose(&d.text);
    if (err == MSH_OK && d.in.len % d.page)
        return MSH_E_SHORT;
    return err == MSH_OK && d.bad ? MSH_E_CORRUPT : err;
}

const msh_format msh_format_sqlite = {
    .name = "sqlite",
    .zh = "SQLite 数据库",
    .en = "SQLite database",
    .suffixes = "db sqlite sqlite3 db3",
    .reads_zh = "全部表的各行、二进制字段；已删除的内容由原始扫描读取",
    .reads_en = "rows of all tables, binary fields; what was deleted by the raw sweep",
    .probe = probe,
    .extract = extract,
};
