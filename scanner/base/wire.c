/* wire.c: frames between a worker and a helper program (see wire.h).
 *
 * Refuses: lengths past MSH_WIRE_PAYLOAD, unknown kinds, numbers out of range, names past
 * MSH_WIRE_NAME, more data than was announced. */
#define _GNU_SOURCE
#include "base/wire.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { MS_NS = 1000000, ITEM_HEAD = 24, LONGEST_WAIT_MS = 60000 };

void msh_wire_open(msh_wire *w, int fd)
{
    w->fd = fd;
    w->deadline_ns = 0;
    w->waited_ns = 0;
    w->err = MSH_OK;
    w->have = w->at = 0;
}

/* --- waiting ------------------------------------------------------------------------------------
 */

static msh_err broke(msh_wire *w, msh_err err)
{
    if (w->err == MSH_OK)
        w->err = err;
    return w->err;
}

static msh_err wait_for(msh_wire *w, short events)
{
    for (;;) {
        int ms = -1;
        if (w->deadline_ns) {
            uint64_t now = msh_clock_ns();
            if (now >= w->deadline_ns)
                return broke(w, MSH_E_LIMIT_TIME);
            uint64_t left = (w->deadline_ns - now) / MS_NS + 1;
            ms = left > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : (int)left;
        }
        struct pollfd p = {.fd = w->fd, .events = events};
        int n = poll(&p, 1, ms);
        if (n > 0)
            return MSH_OK;
        if (n < 0 && errno != EINTR)
            return broke(w, MSH_E_IO);
    }
}

/* --- sending ------------------------------------------------------------------------------------
 */

static msh_err send_all(msh_wire *w, struct iovec *parts, size_t n)
{
    while (n) {
        struct msghdr m = {.msg_iov = parts, .msg_iovlen = n};
        ssize_t sent = sendmsg(w->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            uint64_t from = msh_clock_ns();
            MSH_TRY(wait_for(w, POLLOUT));
            w->waited_ns += msh_clock_ns() - from;
            continue;
        }
        if (sent < 0)
            return broke(w, errno == EPIPE || errno == ECONNRESET ? MSH_E_CHILD : MSH_E_IO);
        size_t left = (size_t)sent;
        while (n && left >= parts->iov_len) {
            left -= parts->iov_len;
            parts++;
            n--;
        }
        if (n) {
            parts->iov_base = (uint8_t *)parts->iov_base + left;
            parts->iov_len -= left;
        }
    }
    return MSH_OK;
}

static msh_err send_frame(msh_wire *w, msh_wire_kind kind, msh_view a, msh_view b)
{
    if (w->err != MSH_OK)
        return w->err;
    if (a.len > MSH_WIRE_PAYLOAD || b.len > MSH_WIRE_PAYLOAD - a.len)
        return broke(w, MSH_E_LIMIT_BUFFER);
    uint32_t len = (uint32_t)(a.len + b.len);
    uint8_t head[MSH_WIRE_HEAD] = {(uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16),
                                   (uint8_t)(len >> 24), (uint8_t)kind};
    struct iovec parts[3] = {{.iov_base = head, .iov_len = sizeof head}};
    size_t n = 1;
    if (a.len)
        parts[n++] = (struct iovec){.iov_base = (void *)(uintptr_t)a.data, .iov_len = a.len};
    if (b.len)
        parts[n++] = (struct iovec){.iov_base = (void *)(uintptr_t)b.data, .iov_len = b.len};
    return send_all(w, parts, n);
}

static msh_err send_data(msh_wire *w, msh_view bytes)
{
    for (size_t at = 0; at < bytes.len; at += MSH_WIRE_PAYLOAD) {
        msh_view part = msh_view_cut(bytes, at, MSH_WIRE_PAYLOAD);
        MSH_TRY(send_frame(w, MSH_WIRE_DATA, part, (msh_view){0}));
    }
    return MSH_OK;
}

static void put32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

static void put64(uint8_t *to, uint64_t v)
{
    put32(to, (uint32_t)v);
    put32(to + 4, (uint32_t)(v >> 32));
}

msh_err msh_wire_send_request(msh_wire *w, const msh_wire_request *r, msh_view bytes)
{
    uint8_t p[40];
    if (r->size != bytes.len)
        return broke(w, MSH_E_LIMIT_BUFFER);
    put32(p, MSH_WIRE_VERSION);
    put32(p + 4, r->flags);
    put32(p + 8, r->pages);
    put32(p + 12, r->time_ms);
    put64(p + 16, r->size);
    put64(p + 24, r->decoded);
    put64(p + 32, r->item_bytes);
    MSH_TRY(send_frame(w, MSH_WIRE_REQUEST, msh_view_of(p, sizeof p), (msh_view){0}));
    return send_data(w, bytes);
}

msh_err msh_wire_send_item(msh_wire *w, const msh_wire_item *item, msh_view bytes)
{
    uint8_t p[ITEM_HEAD];
    if (item->size != bytes.len || item->name.len > MSH_WIRE_NAME)
        return broke(w, MSH_E_LIMIT_BUFFER);
    put32(p, (uint32_t)item->what);
    put32(p + 4, (uint32_t)item->role);
    put32(p + 8, item->flags);
    put32(p + 12, item->page);
    put64(p + 16, item->size);
    MSH_TRY(send_frame(w, MSH_WIRE_ITEM, msh_view_of(p, sizeof p), item->name));
    return send_data(w, bytes);
}

msh_err msh_wire_send_outcome(msh_wire *w, const msh_wire_outcome *o)
{
    uint8_t p[12];
    put32(p, o->page);
    put64(p + 4, o->reached);
    return send_frame(w, MSH_WIRE_OUTCOME, msh_view_of(p, sizeof p),
                      msh_view_str(msh_reason_name(o->reason)));
}

msh_err msh_wire_send_stats(msh_wire *w, const msh_wire_stats *s)
{
    uint8_t p[16];
    put32(p, s->pages);
    put32(p + 4, s->confidence);
    put64(p + 8, s->chars);
    return send_frame(w, MSH_WIRE_STATS, msh_view_of(p, sizeof p), (msh_view){0});
}

msh_err msh_wire_send_done(msh_wire *w)
{
    return send_frame(w, MSH_WIRE_DONE, (msh_view){0}, (msh_view){0});
}

/* --- receiving ----------------------------------------------------------------------------------
 */

/* At least `need` bytes from w->at on. */
static msh_err fill(msh_wire *w, size_t need)
{
    if (w->at && w->have - w->at < need) {
        memmove(w->in, w->in + w->at, w->have - w->at);
        w->have -= w->at;
        w->at = 0;
    }
    while (w->have - w->at < need) {
        struct iovec part = {.iov_base = w->in + w->have, .iov_len = sizeof w->in - w->have};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
        ssize_t got = recvmsg(w->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got > 0) {
            w->have += (size_t)got;
            continue;
        }
        if (got == 0)
            return broke(w, MSH_E_CHILD);
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            MSH_TRY(wait_for(w, POLLIN));
            continue;
        }
        if (errno != EINTR)
            return broke(w, errno == ECONNRESET ? MSH_E_CHILD : MSH_E_IO);
    }
    return MSH_OK;
}

msh_err msh_wire_take(msh_wire *w, msh_wire_frame *out)
{
    if (w->err != MSH_OK)
        return w->err;
    MSH_TRY(fill(w, MSH_WIRE_HEAD));
    msh_cursor c = msh_cursor_of(msh_view_of(w->in + w->at, MSH_WIRE_HEAD));
    uint32_t len = msh_cursor_u32le(&c);
    uint32_t kind = msh_cursor_u32le(&c); /* the three bytes after the kind must be zero */
    if (len > MSH_WIRE_PAYLOAD || kind < MSH_WIRE_REQUEST || kind > MSH_WIRE_DONE)
        return broke(w, MSH_E_SYNTAX);
    MSH_TRY(fill(w, MSH_WIRE_HEAD + len));
    out->kind = (msh_wire_kind)kind;
    out->payload = msh_view_of(w->in + w->at + MSH_WIRE_HEAD, len);
    w->at += MSH_WIRE_HEAD + len;
    return MSH_OK;
}

msh_err msh_wire_take_data(msh_wire *w, uint64_t size, msh_buf *out)
{
    if (w->err != MSH_OK)
        return w->err;
    if (out->len > out->ceiling || size > out->ceiling - out->len)
        return broke(w, MSH_E_LIMIT_BUFFER);
    for (uint64_t left = size; left;) {
        msh_wire_frame f;
        MSH_TRY(msh_wire_take(w, &f));
        if (f.kind != MSH_WIRE_DATA || f.payload.len == 0 || f.payload.len > left)
            return broke(w, MSH_E_SYNTAX);
        msh_buf_put_view(out, f.payload);
        if (msh_buf_err(out) != MSH_OK)
            return broke(w, msh_buf_err(out));
        left -= f.payload.len;
    }
    return MSH_OK;
}

msh_err msh_wire_read_request(msh_view payload, msh_wire_request *out)
{
    msh_cursor c = msh_cursor_of(payload);
    uint32_t version = msh_cursor_u32le(&c);
    out->flags = msh_cursor_u32le(&c);
    out->pages = msh_cursor_u32le(&c);
    out->time_ms = msh_cursor_u32le(&c);
    out->size = msh_cursor_u64le(&c);
    out->decoded = msh_cursor_u64le(&c);
    out->item_bytes = msh_cursor_u64le(&c);
    bool whole = msh_cursor_ok(&c) && msh_cursor_left(&c) == 0;
    return whole && version == MSH_WIRE_VERSION ? MSH_OK : MSH_E_SYNTAX;
}

msh_err msh_wire_read_item(msh_view payload, msh_wire_item *out)
{
    msh_cursor c = msh_cursor_of(payload);
    uint32_t what = msh_cursor_u32le(&c), role = msh_cursor_u32le(&c);
    out->flags = msh_cursor_u32le(&c);
    out->page = msh_cursor_u32le(&c);
    out->size = msh_cursor_u64le(&c);
    if (!msh_cursor_ok(&c) || what < MSH_WIRE_TEXT || what > MSH_WIRE_IMAGE ||
        role >= MSH_ROLE_COUNT || msh_cursor_left(&c) > MSH_WIRE_NAME)
        return MSH_E_SYNTAX;
    out->what = (msh_wire_what)what;
    out->role = (msh_role)role;
    out->name = msh_cursor_take(&c, msh_cursor_left(&c));
    return MSH_OK;
}

msh_err msh_wire_read_outcome(msh_view payload, msh_wire_outcome *out)
{
    msh_cursor c = msh_cursor_of(payload);
    out->page = msh_cursor_u32le(&c);
    out->reached = msh_cursor_u64le(&c);
    msh_view name = msh_cursor_take(&c, msh_cursor_left(&c));
    if (!msh_cursor_ok(&c))
        return MSH_E_SYNTAX;
    for (unsigned i = 0; i < MSH_REASON_COUNT; i++) {
        if (msh_view_eq_str(name, msh_reason_name((msh_reason)i))) {
            out->reason = (msh_reason)i;
            return MSH_OK;
        }
    }
    return MSH_E_SYNTAX;
}

msh_err msh_wire_read_stats(msh_view payload, msh_wire_stats *out)
{
    msh_cursor c = msh_cursor_of(payload);
    out->pages = msh_cursor_u32le(&c);
    out->confidence = msh_cursor_u32le(&c);
    out->chars = msh_cursor_u64le(&c);
    bool whole = msh_cursor_ok(&c) && msh_cursor_left(&c) == 0;
    return whole && out->confidence <= 100 ? MSH_OK : MSH_E_SYNTAX;
}
