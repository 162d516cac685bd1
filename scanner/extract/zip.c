/* zip.c: the directory of a zip, its local headers, and what stands between them.
 *
 * PKWARE APPNOTE 6.3.10 §4.3 (records), §4.5.3 (zip64), §4.6.9 (Unicode path). Counts and sizes in
 * the end record are claims to be checked, never loop bounds: records are read as long as their
 * signature is there. */
#define _GNU_SOURCE
#include "extract/zip_inner.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <string.h>
#include <sys/stat.h>

enum {
    WINDOW = 256 << 10,
    WHOLE_BELOW = 64 << 20, /* files up to here are read into memory */
    TAIL = 128 << 10,
    ENDS_TRIED = 64,
    MISMATCHES_SAID = 50,
    EXTRA_ZIP64 = 1,
    EXTRA_UNICODE_COMMENT = 0x6375,
    EXTRA_UNICODE_PATH = 0x7075
};

/* --- bytes ------------------------------------------------------------------------------------ */

msh_view msh_zip_peek(msh_zip *z, uint64_t at, size_t n)
{
    msh_input *in = z->doc->in;
    msh_view none = {NULL, 0};
    if (at >= in->size)
        return none;
    if (in->fd < 0 || in->is_whole) {
        msh_view all = in->fd < 0 ? in->memory : msh_buf_view(&in->whole);
        return msh_view_cut(all, (size_t)at, n);
    }
    if (n > in->size - at)
        n = (size_t)(in->size - at);
    if (at < z->window_at || at + n > z->window_at + z->window.len) {
        msh_buf_reset(&z->window);
        size_t got = 0, size = n > 4096 ? WINDOW : 4096;
        uint8_t *to = msh_buf_room(&z->window, size);
        if (!to || msh_input_read(in, at, to, size, &got) != MSH_OK)
            return none;
        msh_buf_grew(&z->window, got);
        z->window_at = at;
    }
    return msh_view_cut(msh_buf_view(&z->window), (size_t)(at - z->window_at), n);
}

uint32_t msh_zip_signature(msh_zip *z, uint64_t at)
{
    msh_cursor c = msh_cursor_of(msh_zip_peek(z, at, 4));
    return msh_cursor_u32le(&c);
}

/* --- the end record --------------------------------------------------------------------------- */

/* zip64: the locator stands right before the end record and names the place of the zip64 record,
 * counted from the start of the zip; what was put before the zip is not in it. */
static uint64_t find_end64(msh_zip *z, uint64_t end_at)
{
    if (end_at < 20 || msh_zip_signature(z, end_at - 20) != ZIP_SIG_LOCATOR64)
        return 0;
    msh_cursor c = msh_cursor_of(msh_zip_peek(z, end_at - 20, 20));
    msh_cursor_skip(&c, 8);
    uint64_t at = msh_cursor_u64le(&c);
    if (msh_zip_signature(z, at) == ZIP_SIG_END64)
        return at;
    return end_at >= 76 && msh_zip_signature(z, end_at - 76) == ZIP_SIG_END64 ? end_at - 76 : 0;
}

static bool locate_directory(msh_zip *z, zip_end *e, uint64_t size, uint64_t offset)
{
    uint64_t until = e->zip64_at ? e->zip64_at : e->at;
    uint64_t by_size = size <= until ? until - size : until;
    e->delta = 0;
    if (size && msh_zip_signature(z, by_size) == ZIP_SIG_CENTRAL) {
        e->from = by_size;
        e->delta = by_size - offset;
        return true;
    }
    e->from = offset;
    if (msh_zip_signature(z, offset) == ZIP_SIG_CENTRAL)
        return true;
    e->from = e->at;
    return e->count == 0 && size == 0;
}

static bool read_end(msh_zip *z, uint64_t at, zip_end *e)
{
    msh_view v = msh_zip_peek(z, at, ZIP_END_SIZE + 65535);
    msh_cursor c = msh_cursor_of(v);
    *e = (zip_end){.at = at};
    if (msh_cursor_u32le(&c) != ZIP_SIG_END)
        return false;
    e->disk = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 4);
    e->count = msh_cursor_u16le(&c);
    uint64_t size = msh_cursor_u32le(&c), offset = msh_cursor_u32le(&c);
    size_t n = msh_cursor_u16le(&c);
    if (!msh_cursor_ok(&c))
        return false;
    e->exact = n == v.len - c.at && at + v.len == z->doc->in->size;
    e->comment = msh_view_cut(v, c.at, n);
    e->zip64_at = find_end64(z, at);
    if (e->zip64_at) {
        c = msh_cursor_of(msh_zip_peek(z, e->zip64_at, 56));
        msh_cursor_skip(&c, 32);
        uint64_t count64 = msh_cursor_u64le(&c);
        uint64_t size64 = msh_cursor_u64le(&c), offset64 = msh_cursor_u64le(&c);
        if (msh_cursor_ok(&c)) {
            e->count = e->count == 0xffff ? count64 : e->count;
            size = size == 0xffffffff ? size64 : size;
            offset = offset == 0xffffffff ? offset64 : offset;
        }
    }
    return locate_directory(z, e, size, offset);
}

/* An end record whose comment reaches the end of the file is preferred; a comment can hold a false
 * one, but then what the false one leaves out is found between the spans. */
bool msh_zip_find_end(msh_zip *z, size_t reach, zip_end *out)
{
    uint64_t size = z->doc->in->size;
    uint64_t low = size > reach ? size - reach : 0;
    msh_view tail = msh_zip_peek(z, low, reach);
    bool found = false;
    unsigned tried = 0;
    uint8_t sig[4] = {'P', 'K', 5, 6};
    for (size_t i = tail.len; tried < ENDS_TRIED;) {
        const uint8_t *p = i ? memrchr(tail.data, sig[0], i) : NULL;
        if (!p)
            break;
        i = (size_t)(p - tail.data);
        if (tail.len - i < ZIP_END_SIZE || memcmp(p, sig, 4) != 0)
            continue;
        zip_end e;
        tried++;
        bool ok = read_end(z, low + i, &e);
        tail = msh_zip_peek(z, low, reach);
        if (i >= tail.len)
            break;
        if (!ok || (found && !e.exact))
            continue;
        *out = e;
        found = true;
        if (e.exact)
            break;
    }
    return found;
}

/* --- records ---------------------------------------------------------------------------------- */

bool msh_zip_extra(msh_cursor *c, uint16_t *id, msh_view *data)
{
    if (msh_cursor_left(c) < 4)
        return false;
    *id = msh_cursor_u16le(c);
    *data = msh_cursor_take(c, msh_cursor_u16le(c));
    return msh_cursor_ok(c);
}

/* Sizes of 0xffffffff stand in the zip64 field, in this order, only those that are needed. */
static void apply_zip64(msh_view extra, uint64_t *size, uint64_t *packed, uint64_t *at)
{
    msh_cursor c = msh_cursor_of(extra);
    uint16_t id;
    msh_view data;
    while (msh_zip_extra(&c, &id, &data)) {
        if (id != EXTRA_ZIP64)
            continue;
        msh_cursor f = msh_cursor_of(data);
        if (*size == 0xffffffff && msh_cursor_left(&f) >= 8)
            *size = msh_cursor_u64le(&f);
        if (*packed == 0xffffffff && msh_cursor_left(&f) >= 8)
            *packed = msh_cursor_u64le(&f);
        if (at && *at == 0xffffffff && msh_cursor_left(&f) >= 8)
            *at = msh_cursor_u64le(&f);
        return;
    }
}

/* Version made by 3 = Unix: the upper half of the attributes is st_mode. */
static uint16_t kind_of(uint16_t made_by, uint32_t attributes, msh_view name)
{
    unsigned mode = attributes >> 16;
    if (made_by >> 8 == 3 && S_ISLNK(mode))
        return MSH_ZIP_LINK;
    if (made_by >> 8 == 3 && (S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode) || S_ISSOCK(mode)))
        return MSH_ZIP_DEVICE;
    return name.len && name.data[name.len - 1] == '/' ? MSH_ZIP_FOLDER : 0;
}

/* A record with its variable fields, whose n lengths stand at `lengths_at` in the fixed part. */
static msh_view peek_record(msh_zip *z, uint64_t at, size_t fixed, size_t lengths_at, unsigned n)
{
    msh_cursor c = msh_cursor_of(msh_zip_peek(z, at, fixed));
    msh_cursor_seek(&c, lengths_at);
    size_t total = fixed;
    for (unsigned i = 0; i < n; i++)
        total += msh_cursor_u16le(&c);
    return msh_zip_peek(z, at, total);
}

bool msh_zip_central(msh_zip *z, uint64_t at, msh_zip_entry *e, uint64_t *next)
{
    msh_cursor c = msh_cursor_of(peek_record(z, at, ZIP_CENTRAL_SIZE, 28, 3));
    *e = (msh_zip_entry){.state = MSH_ZIP_LISTED};
    if (msh_cursor_u32le(&c) != ZIP_SIG_CENTRAL)
        return false;
    uint16_t made_by = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 2);
    e->flags = msh_cursor_u16le(&c);
    e->method = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 4);
    e->crc = msh_cursor_u32le(&c);
    e->packed = msh_cursor_u32le(&c);
    e->size = msh_cursor_u32le(&c);
    size_t name = msh_cursor_u16le(&c), extra = msh_cursor_u16le(&c);
    size_t comment = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 4);
    uint32_t attributes = msh_cursor_u32le(&c);
    e->header_at = msh_cursor_u32le(&c);
    e->name = msh_cursor_take(&c, name);
    e->extra = msh_cursor_take(&c, extra);
    e->comment = msh_cursor_take(&c, comment);
    if (!msh_cursor_ok(&c))
        return false;
    apply_zip64(e->extra, &e->size, &e->packed, &e->header_at);
    e->state |= kind_of(made_by, attributes, e->name);
    *next = at + c.at;
    return true;
}

bool msh_zip_local(msh_zip *z, msh_zip_entry *e)
{
    msh_cursor c = msh_cursor_of(peek_record(z, e->header_at, ZIP_LOCAL_SIZE, 26, 2));
    if (msh_cursor_u32le(&c) != ZIP_SIG_LOCAL)
        return false;
    msh_cursor_skip(&c, 2);
    uint16_t flags = msh_cursor_u16le(&c);
    e->local_method = msh_cursor_u16le(&c);
    msh_cursor_skip(&c, 4);
    uint32_t crc = msh_cursor_u32le(&c);
    e->local_packed = msh_cursor_u32le(&c);
    e->local_size = msh_cursor_u32le(&c);
    size_t name = msh_cursor_u16le(&c), extra = msh_cursor_u16le(&c);
    e->local_name = msh_cursor_take(&c, name);
    e->local_extra = msh_cursor_take(&c, extra);
    if (!msh_cursor_ok(&c))
        return false;
    apply_zip64(e->local_extra, &e->local_size, &e->local_packed, NULL);
    e->flags |= flags;
    if (!(e->state & MSH_ZIP_LISTED))
        e->crc = crc;
    e->state |= MSH_ZIP_LOCAL;
    e->data_at = e->header_at + c.at;
    return true;
}

/* --- the list --------------------------------------------------------------------------------- */

static msh_err keep(msh_zip *z, msh_view *v)
{
    if (v->len == 0 || z->doc->in->fd < 0 || z->doc->in->is_whole)
        return MSH_OK;
    *v = msh_arena_copy(z->x->arena, *v);
    return v->data ? MSH_OK : MSH_E_MEMORY;
}

msh_err msh_zip_append(msh_zip *z, const msh_zip_entry *e)
{
    if (z->n == z->room) {
        size_t room = z->room ? z->room * 2 : 32, bytes;
        if (!msh_mul_size(room, sizeof *e, &bytes))
            return MSH_E_MEMORY;
        msh_zip_entry *more = msh_realloc(z->entries, bytes);
        if (!more)
            return MSH_E_MEMORY;
        z->entries = more;
        z->room = room;
    }
    msh_zip_entry *to = &z->entries[z->n];
    *to = *e;
    MSH_TRY(keep(z, &to->name));
    MSH_TRY(keep(z, &to->extra));
    MSH_TRY(keep(z, &to->comment));
    MSH_TRY(keep(z, &to->local_name));
    MSH_TRY(keep(z, &to->local_extra));
    z->n++;
    return MSH_OK;
}

static msh_err add_span(msh_zip *z, uint64_t from, uint64_t to)
{
    if (to <= from)
        return MSH_OK;
    if ((z->n_spans & (z->n_spans - 1)) == 0) {
        size_t room = z->n_spans ? z->n_spans * 2 : 1, bytes;
        if (!msh_mul_size(room, sizeof *z->spans, &bytes))
            return MSH_E_MEMORY;
        msh_zip_span *more = msh_realloc(z->spans, bytes);
        if (!more)
            return MSH_E_MEMORY;
        z->spans = more;
    }
    z->spans[z->n_spans++] = (msh_zip_span){from, to};
    return MSH_OK;
}

/* A size in a local header that a data descriptor follows is 0, or right, or all ones. */
static bool sizes_agree(const msh_zip_entry *e, uint64_t listed, uint64_t local)
{
    if (listed == local)
        return true;
    return e->flags & ZIP_FLAG_DESCRIPTOR && (local == 0 || local == 0xffffffff);
}

static uint64_t end_of(const msh_zip *z, uint64_t data_at, uint64_t packed)
{
    uint64_t size = z->doc->in->size;
    if (data_at > size)
        return size;
    return packed > size - data_at ? size : data_at + packed;
}

/* Compare an entry of the directory with its local header. */
static void join_local(msh_zip *z, msh_zip_entry *e, uint64_t delta)
{
    uint64_t stated = e->header_at;
    e->header_at = stated + delta;
    if (!msh_zip_local(z, e)) {
        e->header_at = stated;
        if (!msh_zip_local(z, e))
            return;
    }
    e->end = end_of(z, e->data_at, e->packed);
    if (!msh_view_eq(e->name, e->local_name) || e->method != e->local_method ||
        !sizes_agree(e, e->packed, e->local_packed) || !sizes_agree(e, e->size, e->local_size))
        e->state |= MSH_ZIP_MISMATCH;
    if (msh_view_eq(e->name, e->local_name))
        e->local_name.len = 0;
}

/* In a pass of its own: going to and fro between directory and headers would read a large file
 * many times over. */
static msh_err join_all(msh_zip *z, uint64_t delta)
{
    for (size_t i = 0; i < z->n; i++) {
        join_local(z, &z->entries[i], delta);
        MSH_TRY(keep(z, &z->entries[i].local_name));
        MSH_TRY(keep(z, &z->entries[i].local_extra));
        MSH_TRY(msh_budget_time(&z->x->budget));
    }
    return MSH_OK;
}

static msh_err read_directory(msh_zip *z, const zip_end *end)
{
    uint64_t at = end->from, next;
    msh_zip_entry e;
    while (at < end->at && msh_zip_central(z, at, &e, &next)) {
        if (z->n >= z->x->limits->members) {
            z->cut = true;
            break;
        }
        MSH_TRY(msh_zip_append(z, &e));
        at = next;
    }
    MSH_TRY(join_all(z, end->delta));
    z->count_lies = !z->cut && (z->n & 0xffff) != (end->count & 0xffff);
    z->split = end->disk != 0 && end->disk != 0xffff;
    MSH_TRY(add_span(z, end->from, z->cut ? end->at : at));
    if (end->zip64_at)
        MSH_TRY(add_span(z, end->zip64_at, end->at));
    return add_span(z, end->at, end->at + ZIP_END_SIZE + end->comment.len);
}

typedef struct by_place {
    uint64_t at, end;
    size_t i;
} by_place;

static int order_by_place(const void *a, const void *b)
{
    const by_place *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

/* Members that share bytes: the very same data is decoded once, other overlaps are what flat bombs
 * are made of. */
static msh_err find_overlaps(msh_zip *z)
{
    size_t n = 0, bytes;
    if (z->n == 0)
        return MSH_OK;
    by_place *list = msh_mul_size(z->n, sizeof *list, &bytes) ? msh_alloc(bytes) : NULL;
    if (!list)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < z->n; i++)
        if (z->entries[i].state & MSH_ZIP_LOCAL)
            list[n++] = (by_place){z->entries[i].header_at, z->entries[i].end, i};
    qsort(list, n, sizeof *list, order_by_place);
    uint64_t reach = 0;
    for (size_t i = 0; i < n; i++) {
        msh_zip_entry *e = &z->entries[list[i].i];
        const msh_zip_entry *before = i ? &z->entries[list[i - 1].i] : NULL;
        if (list[i].at < reach)
            z->overlap = true;
        if (before && before->header_at == e->header_at && before->method == e->method &&
            before->packed == e->packed)
            e->state |= MSH_ZIP_SAME_DATA;
        reach = list[i].end > reach ? list[i].end : reach;
    }
    msh_free(list);
    return MSH_OK;
}

msh_err msh_zip_open(msh_zip *z, msh_extract *x, const msh_doc *doc)
{
    *z = (msh_zip){.x = x, .doc = doc};
    msh_buf_init(&z->window, WINDOW);
    if (doc->in->fd >= 0 && doc->in->size <= WHOLE_BELOW) {
        msh_view all;
        MSH_TRY(msh_input_whole(doc->in, WHOLE_BELOW, &all));
    }
    zip_end end;
    if (!msh_zip_find_end(z, TAIL, &end))
        return MSH_OK;
    z->has_directory = true;
    z->comment = end.comment;
    MSH_TRY(keep(z, &z->comment));
    MSH_TRY(read_directory(z, &end));
    return find_overlaps(z);
}

/* --- the gaps --------------------------------------------------------------------------------- */

static int order_spans(const void *a, const void *b)
{
    const msh_zip_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static msh_err begin_scan(msh_zip *z)
{
    for (size_t i = 0; i < z->n; i++)
        if (z->entries[i].state & MSH_ZIP_LOCAL)
            MSH_TRY(add_span(z, z->entries[i].header_at, z->entries[i].end));
    if (z->n_spans)
        qsort(z->spans, z->n_spans, sizeof *z->spans, order_spans);
    z->scanning = true;
    return MSH_OK;
}

/* Moves scan_at out of every span; returns where the next span begins. */
static uint64_t next_gap(msh_zip *z)
{
    while (z->span < z->n_spans && z->spans[z->span].from <= z->scan_at) {
        if (z->spans[z->span].to > z->scan_at)
            z->scan_at = z->spans[z->span].to;
        z->span++;
    }
    return z->span < z->n_spans ? z->spans[z->span].from : z->doc->in->size;
}

/* A data descriptor between two members says nothing. */
static size_t descriptor_size(msh_view v)
{
    msh_cursor c = msh_cursor_of(v);
    if (msh_cursor_u32le(&c) == ZIP_SIG_DESCRIPTOR)
        return v.len >= 24 ? 24 : v.len >= 16 ? 16 : 0;
    return v.len == 12 || v.len == 20 ? v.len : 0;
}

static msh_err sweep_gap(msh_zip *z, uint64_t from, uint64_t to)
{
    enum { PIECE = 128 << 10, OVERLAP = 256 };
    msh_place place = z->doc->place;
    place.role = MSH_ROLE_RAW;
    while (to > from && to - from >= 4) {
        size_t n = to - from > PIECE ? PIECE : (size_t)(to - from);
        msh_view v = msh_zip_peek(z, from, n);
        if (v.len == 0)
            break;
        size_t skip = to - from <= 24 ? descriptor_size(v) : 0;
        MSH_TRY(msh_sweep(z->x, &place, msh_view_cut(v, skip, v.len), from + skip));
        if (v.len == to - from)
            break;
        from += v.len > OVERLAP ? v.len - OVERLAP : v.len;
    }
    return MSH_OK;
}

/* Whether a local header that nothing points to is one: chance bytes seldom pass. */
static bool is_plausible(const msh_zip *z, const msh_zip_entry *e)
{
    if (e->local_name.len == 0 || e->local_method > 99 || e->data_at > z->doc->in->size)
        return false;
    return memchr(e->local_name.data, 0, e->local_name.len) == NULL;
}

static msh_err add_unlisted(msh_zip *z, msh_zip_entry *e)
{
    e->name = e->local_name;
    e->local_name.len = 0;
    e->method = e->local_method;
    e->packed = e->local_packed;
    e->size = e->local_size;
    e->end = end_of(z, e->data_at, e->packed);
    e->state |= kind_of(0, 0, e->name);
    if (z->has_directory)
        e->state |= MSH_ZIP_MISMATCH;
    return msh_zip_append(z, e);
}

/* Looks for a local header in [scan_at, to); what stands before it is swept. */
static msh_err search_gap(msh_zip *z, uint64_t to, bool *found)
{
    enum { PIECE = 64 << 10 };
    static const uint8_t sig[4] = {'P', 'K', 3, 4};
    uint64_t start = z->scan_at, at = start;
    while (at < to) {
        msh_view v = msh_zip_peek(z, at, to - at > PIECE ? PIECE : (size_t)(to - at));
        size_t i = msh_view_find(v, msh_view_of(sig, 4), 0);
        if (i == SIZE_MAX) {
            if (v.len <= 3 || v.len == to - at)
                break;
            at += v.len - 3;
            continue;
        }
        msh_zip_entry e = {.header_at = at + i};
        if (msh_zip_local(z, &e) && is_plausible(z, &e)) {
            MSH_TRY(add_unlisted(z, &e));
            MSH_TRY(sweep_gap(z, start, at + i));
            z->scan_at = z->entries[z->n - 1].data_at;
            *found = true;
            return MSH_OK;
        }
        at += i + 4;
        MSH_TRY(msh_budget_time(&z->x->budget));
    }
    MSH_TRY(sweep_gap(z, start, to));
    z->scan_at = to;
    return MSH_OK;
}

msh_err msh_zip_more(msh_zip *z, bool *found)
{
    *found = false;
    if (!z->scanning)
        MSH_TRY(begin_scan(z));
    else if (z->n && !(z->entries[z->n - 1].state & MSH_ZIP_LISTED) &&
             z->entries[z->n - 1].end > z->scan_at)
        z->scan_at = z->entries[z->n - 1].end;
    if (z->cut)
        return MSH_OK;
    while (!*found && z->scan_at < z->doc->in->size) {
        uint64_t to = next_gap(z);
        if (z->scan_at >= to)
            continue;
        if (z->n >= z->x->limits->members) {
            z->cut = true;
            return MSH_OK;
        }
        MSH_TRY(search_gap(z, to, found));
    }
    return MSH_OK;
}

/* --- what is said ------------------------------------------------------------------------------
 */

msh_err msh_zip_say(msh_zip *z, const msh_zip_entry *e, msh_reason reason, uint64_t reached)
{
    if (reason == MSH_REASON_ZIP_MISMATCH && z->said++ >= MISMATCHES_SAID)
        return MSH_OK;
    msh_place place = e ? msh_child_place(z->x, z->doc, e->name) : z->doc->place;
    return msh_report(z->x, &place, reason, reached);
}

msh_err msh_zip_emit_name(msh_zip *z, size_t i)
{
    msh_place place = msh_child_place(z->x, z->doc, z->entries[i].name);
    place.role = MSH_ROLE_NAME;
    return msh_emit_bytes(z->x, &place, z->entries[i].name, MSH_CHARSET_COUNT, 0);
}

static msh_err emit_extra(msh_zip *z, const msh_place *place, msh_view extra)
{
    msh_cursor c = msh_cursor_of(extra);
    uint16_t id;
    msh_view data;
    while (msh_zip_extra(&c, &id, &data)) {
        msh_place here = *place;
        here.role = id == EXTRA_UNICODE_COMMENT ? MSH_ROLE_COMMENT : MSH_ROLE_NAME;
        if (id == EXTRA_UNICODE_PATH || id == EXTRA_UNICODE_COMMENT) {
            MSH_TRY(msh_emit_bytes(z->x, &here, msh_view_cut(data, 5, data.len), MSH_CS_UTF8, 0));
            continue;
        }
        here.role = MSH_ROLE_RAW;
        if (data.len > 16)
            MSH_TRY(msh_sweep(z->x, &here, data, MSH_NO_POSITION));
    }
    return MSH_OK;
}

static msh_err finish_entry(msh_zip *z, const msh_zip_entry *e)
{
    if (e->comment.len == 0 && e->local_name.len == 0 && e->extra.len == 0 &&
        e->local_extra.len == 0)
        return MSH_OK;
    msh_place place = msh_child_place(z->x, z->doc, e->name);
    if (e->local_name.len) {
        place.role = MSH_ROLE_NAME;
        MSH_TRY(msh_emit_bytes(z->x, &place, e->local_name, MSH_CHARSET_COUNT, 0));
    }
    if (e->comment.len) {
        place.role = MSH_ROLE_COMMENT;
        MSH_TRY(msh_emit_bytes(z->x, &place, e->comment, MSH_CHARSET_COUNT, 0));
    }
    MSH_TRY(emit_extra(z, &place, e->extra));
    return msh_view_eq(e->extra, e->local_extra) ? MSH_OK : emit_extra(z, &place, e->local_extra);
}

msh_err msh_zip_finish(msh_zip *z)
{
    for (size_t i = 0; i < z->n; i++)
        MSH_TRY(finish_entry(z, &z->entries[i]));
    if (z->comment.len) {
        msh_place place = z->doc->place;
        place.role = MSH_ROLE_COMMENT;
        MSH_TRY(msh_emit_bytes(z->x, &place, z->comment, MSH_CHARSET_COUNT, 0));
    }
    if (!z->has_directory)
        MSH_TRY(msh_zip_say(z, NULL, MSH_REASON_ZIP_TRUNCATED, 0));
    if (z->count_lies)
        MSH_TRY(msh_zip_say(z, NULL, MSH_REASON_ZIP_MISMATCH, 0));
    if (z->overlap)
        MSH_TRY(msh_zip_say(z, NULL, MSH_REASON_ZIP_OVERLAP, 0));
    if (z->split)
        MSH_TRY(msh_zip_say(z, NULL, MSH_REASON_ARCHIVE_SPLIT, 0));
    if (z->cut)
        MSH_TRY(msh_zip_say(z, NULL, MSH_REASON_LIMIT_MEMBERS, z->n));
    return MSH_OK;
}
