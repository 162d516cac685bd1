/* frame.c: writing and checking frames (frame.h). Refuses: another version, unknown enumerators,
 * lengths that do not add up, excerpts, texts and names of formats that are not what they must be.
 */
#include "worker/frame.h"

#include "base/view.h"

#include <string.h>

enum { SAME_VPATH = 1, SAME_NAME = 2, SAME_SHEET = 4, FLAGS_PLACE = 7, TIERS = 3 };

/* --- frames ------------------------------------------------------------------------------------
 */

size_t msh_frame_begin(msh_buf *out, msh_frame_type type, uint32_t seq)
{
    size_t begin = out->len;
    msh_buf_put_byte(out, MSH_FRAME_VERSION);
    msh_buf_put_byte(out, (uint8_t)type);
    msh_buf_put_u16(out, 0);
    msh_buf_put_u32(out, seq);
    msh_buf_put_u32(out, 0);
    return begin;
}

void msh_frame_end(msh_buf *out, size_t begin)
{
    if (msh_buf_err(out) != MSH_OK)
        return;
    size_t len = out->len - begin - MSH_FRAME_HEAD;
    for (int i = 0; i < 4; i++)
        out->data[begin + 8 + (size_t)i] = (uint8_t)(len >> (8 * i));
}

bool msh_frame_next(msh_cursor *c, msh_frame *out, bool *end)
{
    *end = msh_cursor_ok(c) && msh_cursor_left(c) == 0;
    if (*end)
        return true;
    uint8_t version = msh_cursor_u8(c);
    out->type = msh_cursor_u8(c);
    uint16_t zero = msh_cursor_u16le(c);
    out->seq = msh_cursor_u32le(c);
    uint32_t len = msh_cursor_u32le(c);
    out->body = msh_cursor_take(c, len);
    return msh_cursor_ok(c) && version == MSH_FRAME_VERSION && zero == 0;
}

static void put_short(msh_buf *out, msh_view v, size_t most)
{
    if (v.len > most)
        v.len = most;
    msh_buf_put_u16(out, (uint16_t)v.len);
    msh_buf_put_view(out, v);
}

static msh_view get_short(msh_cursor *c, size_t most)
{
    size_t len = msh_cursor_u16le(c);
    if (len > most)
        c->failed = true;
    return msh_cursor_take(c, len);
}

static bool at_end(const msh_cursor *c)
{
    return msh_cursor_ok(c) && msh_cursor_left(c) == 0;
}

/* --- places ------------------------------------------------------------------------------------
 */

/* What follows base: nothing, or '!' and so on. A vpath that does not begin with base is none of
 * ours, and is sent as the item itself. */
static msh_view rest_of(msh_view base, msh_view vpath)
{
    if (!msh_view_starts(vpath, base))
        return (msh_view){NULL, 0};
    return msh_view_cut(vpath, base.len, SIZE_MAX);
}

/* first: a place sent just before, NULL when there is none. */
static void put_place(msh_buf *out, msh_view base, const msh_place *p, const msh_place *first)
{
    unsigned flags = 0;
    if (first && msh_view_eq(first->vpath, p->vpath))
        flags |= SAME_VPATH;
    if (first && msh_view_eq(first->name, p->name))
        flags |= SAME_NAME;
    if (first && msh_view_eq(first->sheet, p->sheet))
        flags |= SAME_SHEET;
    msh_buf_put_byte(out, (uint8_t)flags);
    msh_buf_put_byte(out, (uint8_t)p->role);
    msh_buf_put_u32(out, p->page);
    msh_buf_put_u32(out, p->cell_row);
    msh_buf_put_u32(out, p->cell_col);
    msh_buf_put_u32(out, p->line);
    msh_buf_put_u32(out, p->column);
    msh_buf_put_u64(out, p->offset);
    if (!(flags & SAME_VPATH))
        put_short(out, rest_of(base, p->vpath), MSH_FRAME_VPATH);
    if (!(flags & SAME_NAME))
        put_short(out, p->name, MSH_FRAME_NAME);
    if (!(flags & SAME_SHEET))
        put_short(out, p->sheet, MSH_FRAME_NAME);
}

static msh_view join(msh_cursor *c, msh_view base, msh_view rest, msh_arena *scratch)
{
    if (rest.len == 0)
        return base;
    uint8_t *p = rest.data[0] == '!' ? msh_arena_alloc(scratch, base.len + rest.len) : NULL;
    if (!p) {
        c->failed = true;
        return base;
    }
    if (base.len)
        memcpy(p, base.data, base.len);
    memcpy(p + base.len, rest.data, rest.len);
    return msh_view_of(p, base.len + rest.len);
}

static void get_place(msh_cursor *c, msh_view base, const msh_place *first, msh_arena *scratch,
                      msh_place *p)
{
    unsigned flags = msh_cursor_u8(c), role = msh_cursor_u8(c);
    *p = (msh_place){.vpath = base};
    if (flags > FLAGS_PLACE || role >= MSH_ROLE_COUNT || (flags && !first)) {
        c->failed = true;
        return;
    }
    p->role = (msh_role)role;
    p->page = msh_cursor_u32le(c);
    p->cell_row = msh_cursor_u32le(c);
    p->cell_col = msh_cursor_u32le(c);
    p->line = msh_cursor_u32le(c);
    p->column = msh_cursor_u32le(c);
    p->offset = msh_cursor_u64le(c);
    p->vpath =
        flags & SAME_VPATH ? first->vpath : join(c, base, get_short(c, MSH_FRAME_VPATH), scratch);
    p->name = flags & SAME_NAME ? first->name : get_short(c, MSH_FRAME_NAME);
    p->sheet = flags & SAME_SHEET ? first->sheet : get_short(c, MSH_FRAME_NAME);
}

/* --- jobs --------------------------------------------------------------------------------------
 */

void msh_frame_put_job(msh_buf *out, const msh_frame_job *job)
{
    msh_buf_put_byte(out, (uint8_t)(job->has_fd | job->eager << 1));
    msh_buf_put_u32(out, job->time_ms);
    msh_buf_put_u64(out, job->size);
    msh_buf_put_u32(out, job->path_len);
    msh_buf_put_u32(out, job->link_len);
    msh_buf_put_u32(out, job->xattrs_len);
}

bool msh_frame_get_job(msh_cursor *c, msh_frame_job *out)
{
    uint8_t flags = msh_cursor_u8(c);
    out->has_fd = flags & 1;
    out->eager = flags >> 1 & 1;
    out->time_ms = msh_cursor_u32le(c);
    out->size = msh_cursor_u64le(c);
    out->path_len = msh_cursor_u32le(c);
    out->link_len = msh_cursor_u32le(c);
    out->xattrs_len = msh_cursor_u32le(c);
    return msh_cursor_ok(c) && flags < 4;
}

/* --- outcomes ----------------------------------------------------------------------------------
 */

void msh_frame_put_outcome(msh_buf *out, msh_view base, msh_reason reason, const msh_place *place,
                           uint64_t reached)
{
    msh_buf_put_u16(out, (uint16_t)reason);
    msh_buf_put_u64(out, reached);
    put_place(out, base, place, NULL);
}

bool msh_frame_get_outcome(msh_view body, msh_view base, msh_arena *scratch, msh_frame_outcome *out)
{
    msh_cursor c = msh_cursor_of(body);
    unsigned reason = msh_cursor_u16le(&c);
    out->reached = msh_cursor_u64le(&c);
    get_place(&c, base, NULL, scratch, &out->place);
    out->reason = (msh_reason)reason;
    return at_end(&c) && reason < MSH_REASON_COUNT;
}

/* --- hits --------------------------------------------------------------------------------------
 */

/* Cut at a character, so that what arrives is still UTF-8. */
static msh_view cut_utf8(msh_view v, size_t most)
{
    if (v.len <= most)
        return v;
    v.len = most;
    while (v.len > 0 && (v.data[v.len] & 0xc0) == 0x80)
        v.len--;
    return v;
}

/* Bytes that a place may take at most. */
enum { PLACE_MOST = 40 + MSH_FRAME_VPATH + 2 * MSH_FRAME_NAME };

void msh_frame_put_hit(msh_buf *out, msh_view base, const msh_hit *hit, bool early)
{
    size_t began = out->len;
    uint8_t n = 0;
    msh_buf_put_byte(out, early);
    msh_buf_put_u32(out, hit->rule);
    msh_buf_put_byte(out, (uint8_t)hit->tier);
    msh_buf_put_u64(out, hit->count);
    msh_buf_put_u32(out, hit->length);
    put_short(out, hit->normal, MSH_FRAME_NORMAL);
    put_short(out, cut_utf8(hit->excerpt, MSH_FRAME_EXCERPT), MSH_FRAME_EXCERPT);
    put_place(out, base, &hit->place, NULL);
    size_t n_at = out->len;
    msh_buf_put_byte(out, 0);
    for (uint32_t i = 0; i < hit->n_more && n < MSH_FRAME_MORE; i++, n++) {
        if (out->len - began + PLACE_MOST > MSH_FRAME_PACKET - MSH_FRAME_HEAD)
            break;
        put_place(out, base, &hit->more[i], &hit->place);
    }
    if (msh_buf_err(out) == MSH_OK)
        out->data[n_at] = n;
}

bool msh_frame_get_hit(msh_view body, msh_view base, size_t n_rules, msh_arena *scratch,
                       msh_frame_hit *out)
{
    msh_cursor c = msh_cursor_of(body);
    unsigned early = msh_cursor_u8(&c);
    msh_hit *h = &out->hit;
    *h = (msh_hit){.rule = msh_cursor_u32le(&c)};
    unsigned tier = msh_cursor_u8(&c);
    h->count = msh_cursor_u64le(&c);
    h->length = msh_cursor_u32le(&c);
    h->normal = get_short(&c, MSH_FRAME_NORMAL);
    h->excerpt = get_short(&c, MSH_FRAME_EXCERPT);
    get_place(&c, base, NULL, scratch, &h->place);
    unsigned n = msh_cursor_u8(&c);
    if (!msh_cursor_ok(&c) || early > 1 || n > MSH_FRAME_MORE || tier < 1 || tier > TIERS ||
        h->rule >= n_rules || h->count == 0 || !msh_view_is_utf8(h->excerpt))
        return false;
    for (unsigned i = 0; i < n; i++)
        get_place(&c, base, &h->place, scratch, &out->more[i]);
    h->tier = (msh_tier)tier;
    h->more = out->more;
    h->n_more = n;
    out->early = early;
    return at_end(&c);
}

/* --- texts and the end -------------------------------------------------------------------------
 */

void msh_frame_put_text(msh_buf *out, msh_view base, const msh_place *place, bool more)
{
    msh_buf_put_byte(out, more);
    put_place(out, base, place, NULL);
}

bool msh_frame_get_text(msh_view body, msh_view base, msh_arena *scratch, msh_frame_text *out)
{
    msh_cursor c = msh_cursor_of(body);
    unsigned more = msh_cursor_u8(&c);
    get_place(&c, base, NULL, scratch, &out->place);
    out->more = more;
    out->bytes = msh_cursor_take(&c, msh_cursor_left(&c));
    return msh_cursor_ok(&c) && more <= 1 && msh_view_is_utf8(out->bytes);
}

void msh_frame_put_done(msh_buf *out, const msh_child_done *done)
{
    msh_view format = msh_view_str(done->format);
    msh_buf_put_byte(out, (uint8_t)(done->optical | done->trouble << 1 | done->optical_page << 2));
    msh_buf_put_u64(out, done->findings);
    msh_buf_put_u64(out, done->decoded);
    msh_buf_put_byte(out, (uint8_t)format.len);
    msh_buf_put_view(out, format);
}

static bool is_format_name(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] <= ' ' || v.data[i] > '~')
            return false;
    return true;
}

bool msh_frame_get_done(msh_view body, msh_child_done *out)
{
    msh_cursor c = msh_cursor_of(body);
    unsigned flags = msh_cursor_u8(&c);
    *out = (msh_child_done){
        .optical = flags & 1, .trouble = flags >> 1 & 1, .optical_page = flags >> 2 & 1};
    out->findings = msh_cursor_u64le(&c);
    out->decoded = msh_cursor_u64le(&c);
    msh_view format = msh_cursor_take(&c, msh_cursor_u8(&c));
    if (!at_end(&c) || flags > 7 || format.len >= sizeof out->format || !is_format_name(format))
        return false;
    if (format.len)
        memcpy(out->format, format.data, format.len);
    return true;
}
