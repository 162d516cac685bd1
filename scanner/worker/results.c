/* results.c: what workers say about a slot: checked when it comes, kept as frames, delivered in
 * order.
 *
 * A second try of a file that broke a worker hands on hits early; when it breaks again, what both
 * tries found is joined. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "worker/parent.h"

#include <unistd.h>

enum { NS_MS = 1000000, KEY_RULE = 4 };

/* --- checking ----------------------------------------------------------------------------------
 */

static bool keep(msh_parent *r, msh_slot *s, msh_view whole)
{
    s->seen_bytes += whole.len;
    msh_buf_put_view(&s->events, whole);
    r->buffered += whole.len;
    return msh_buf_err(&s->events) == MSH_OK;
}

static bool check_outcome(msh_parent *r, msh_slot *s, const msh_frame *f)
{
    msh_frame_outcome o;
    return ++s->outcomes <= MSH_SERVE_OUTCOMES + MSH_REASON_COUNT &&
           msh_frame_get_outcome(f->body, msh_buf_view(&s->vpath), &r->scratch, &o);
}

static bool check_hit(msh_parent *r, msh_slot *s, const msh_frame *f)
{
    msh_frame_hit h;
    /* early hits come once for each text, and are bounded by their bytes */
    if (!msh_frame_get_hit(f->body, msh_buf_view(&s->vpath), r->n_rules, &r->scratch, &h))
        return false;
    if (h.early)
        return s->alone;
    return ++s->hits <= r->limits.findings;
}

static bool check_text(msh_parent *r, msh_slot *s, const msh_frame *f)
{
    msh_frame_text t;
    if (!r->options.texts || !msh_frame_get_text(f->body, msh_buf_view(&s->vpath), &r->scratch, &t))
        return false;
    s->text_open = t.more;
    return true;
}

bool msh_results_frame(msh_parent *r, msh_proc *p, msh_slot *s, const msh_frame *f, msh_view whole)
{
    bool ok = false;
    msh_arena_reset(&r->scratch);
    if (s->text_open && f->type != MSH_FRAME_TEXT)
        return false;
    switch (f->type) {
    case MSH_FRAME_OUTCOME:
        ok = check_outcome(r, s, f);
        break;
    case MSH_FRAME_HIT:
        ok = check_hit(r, s, f);
        break;
    case MSH_FRAME_TEXT:
        return check_text(r, s, f) && keep(r, s, whole);
    case MSH_FRAME_DONE:
        s->finished = msh_frame_get_done(f->body, &s->done);
        p->troubled = s->done.trouble;
        return s->finished;
    default:
        return false;
    }
    return ok && s->seen_bytes <= MSH_SERVE_MOST && keep(r, s, whole);
}

bool msh_results_complete(const msh_parent *r, const msh_slot *s)
{
    (void)r;
    return s->state == MSH_SLOT_READ && s->hash_ready;
}

/* --- delivering --------------------------------------------------------------------------------
 */

typedef struct joined_hit {
    msh_hit *hit;
} joined_hit;

typedef struct delivery {
    msh_parent *r;
    msh_slot *s;
    const msh_room_events *e;
    msh_view base;
    uint64_t tag;
    msh_buf text;      /* a text in pieces */
    msh_table *said;   /* outcomes of the first try, by their frame */
    msh_table *by_hit; /* joined hits, by rule and match */
    msh_arena arena;   /* of joined hits */
    joined_hit *joined;
    size_t n_joined, cap_joined;
} delivery;

static msh_err give_text(delivery *d, const msh_frame_text *t)
{
    msh_view bytes = t->bytes;
    if (d->text.len || t->more) {
        msh_buf_put_view(&d->text, bytes);
        MSH_TRY(msh_buf_err(&d->text));
        bytes = msh_buf_view(&d->text);
    }
    if (t->more)
        return MSH_OK;
    msh_err err = d->e->text ? d->e->text(d->e->ctx, d->tag, &t->place, bytes) : MSH_OK;
    msh_buf_reset(&d->text);
    return err;
}

static msh_err give_outcome(delivery *d, const msh_frame *f, const msh_frame_outcome *o)
{
    void *old = NULL;
    if (d->said) {
        if (msh_table_get(d->said, f->body))
            return MSH_OK;
        MSH_TRY(msh_table_put(d->said, f->body, d, &old));
    }
    if (!d->e->outcome)
        return MSH_OK;
    return d->e->outcome(d->e->ctx, d->tag, o->reason, &o->place, o->reached);
}

static bool copy_place(msh_arena *a, msh_place *p)
{
    p->vpath = msh_arena_copy(a, p->vpath);
    p->name = msh_arena_copy(a, p->name);
    p->sheet = msh_arena_copy(a, p->sheet);
    return p->vpath.data && p->name.data && p->sheet.data;
}

static msh_hit *copy_hit(delivery *d, const msh_hit *from)
{
    msh_arena *a = &d->arena;
    msh_hit *h = msh_arena_alloc(a, sizeof *h);
    msh_place *more = msh_arena_calloc(a, MSH_FRAME_MORE, sizeof *more);
    if (!h || !more)
        return NULL;
    *h = *from;
    h->normal = msh_arena_copy(a, from->normal);
    h->excerpt = msh_arena_copy(a, from->excerpt);
    h->more = more;
    if (!h->normal.data || !h->excerpt.data || !copy_place(a, &h->place))
        return NULL;
    for (uint32_t i = 0; i < from->n_more; i++) {
        more[i] = from->more[i];
        if (!copy_place(a, &more[i]))
            return NULL;
    }
    return h;
}

/* One finding for each rule and match over all texts and both tries. */
static msh_err join_hit(delivery *d, const msh_hit *h, bool counts)
{
    void *old = NULL;
    size_t len = h->normal.len + KEY_RULE;
    uint8_t *key = msh_arena_alloc(&d->arena, len);
    if (!key)
        return MSH_E_MEMORY;
    memcpy(key, &h->rule, KEY_RULE);
    if (h->normal.len)
        memcpy(key + KEY_RULE, h->normal.data, h->normal.len);
    msh_hit *have = msh_table_get(d->by_hit, msh_view_of(key, len));
    if (have) {
        have->count += counts ? h->count : 0;
        return MSH_OK;
    }
    if (d->n_joined == d->cap_joined) {
        size_t cap = d->cap_joined ? d->cap_joined * 2 : 64;
        joined_hit *joined = msh_realloc(d->joined, cap * sizeof *joined);
        if (!joined)
            return MSH_E_MEMORY;
        d->joined = joined;
        d->cap_joined = cap;
    }
    msh_hit *copy = copy_hit(d, h);
    if (!copy)
        return MSH_E_MEMORY;
    d->joined[d->n_joined++].hit = copy;
    return msh_table_put(d->by_hit, msh_view_of(key, len), copy, &old);
}

static msh_err give_hit(delivery *d, const msh_frame_hit *h)
{
    if (d->by_hit)
        return join_hit(d, &h->hit, h->early);
    if (h->early || !d->e->hit)
        return MSH_OK;
    return d->e->hit(d->e->ctx, d->tag, &h->hit);
}

static msh_err give_frame(delivery *d, const msh_frame *f)
{
    msh_arena *scratch = &d->r->scratch;
    msh_frame_outcome o;
    msh_frame_hit h;
    msh_frame_text t;
    msh_arena_reset(scratch);
    if (f->type == MSH_FRAME_OUTCOME && msh_frame_get_outcome(f->body, d->base, scratch, &o))
        return give_outcome(d, f, &o);
    if (f->type == MSH_FRAME_HIT && msh_frame_get_hit(f->body, d->base, d->r->n_rules, scratch, &h))
        return give_hit(d, &h);
    if (f->type == MSH_FRAME_TEXT && msh_frame_get_text(f->body, d->base, scratch, &t))
        return give_text(d, &t);
    return MSH_E_MEMORY; /* it was well-formed when it came */
}

static msh_err give_frames(delivery *d, const msh_buf *events)
{
    msh_cursor c = msh_cursor_of(msh_buf_view(events));
    for (;;) {
        msh_frame f;
        bool end;
        if (!msh_frame_next(&c, &f, &end))
            return MSH_E_MEMORY;
        if (end)
            return MSH_OK;
        MSH_TRY(give_frame(d, &f));
    }
}

static void forget(msh_parent *r, msh_buf *events)
{
    r->buffered -= events->len;
    msh_buf_dispose(events);
    events->err = MSH_OK;
}

static delivery begin_delivery(msh_parent *r, msh_slot *s, const msh_room_events *e)
{
    delivery d = {.r = r, .s = s, .e = e, .base = msh_buf_view(&s->vpath)};
    d.tag = s->copy->job.tag;
    msh_buf_init(&d.text, (size_t)64 << 20);
    return d;
}

/* Only whole texts: a piece whose end has not come waits for it. */
msh_err msh_results_stream(msh_parent *r, msh_slot *s, const msh_room_events *e)
{
    if (s->events.len == 0 || s->text_open || s->alone)
        return MSH_OK;
    delivery d = begin_delivery(r, s, e);
    msh_err err = give_frames(&d, &s->events);
    msh_buf_dispose(&d.text);
    r->buffered -= s->events.len;
    msh_buf_reset(&s->events);
    s->delivered = true;
    return err;
}

/* Gravest first, else as found. */
static msh_err give_joined(delivery *d)
{
    for (int tier = MSH_TIER_BLOCK; tier >= MSH_TIER_INFO; tier--)
        for (size_t i = 0; i < d->n_joined; i++)
            if ((int)d->joined[i].hit->tier == tier && d->e->hit)
                MSH_TRY(d->e->hit(d->e->ctx, d->tag, d->joined[i].hit));
    return MSH_OK;
}

static msh_err give_broken(delivery *d)
{
    msh_err err = MSH_OK;
    msh_arena_init(&d->arena, 0);
    d->said = msh_table_new();
    d->by_hit = msh_table_new();
    if (!d->said || !d->by_hit)
        err = MSH_E_MEMORY;
    if (err == MSH_OK)
        err = give_frames(d, &d->s->earlier);
    if (err == MSH_OK)
        err = give_frames(d, &d->s->events);
    if (err == MSH_OK)
        err = give_joined(d);
    d->s->done.findings = d->n_joined;
    msh_table_free(d->said, NULL);
    msh_table_free(d->by_hit, NULL);
    msh_free(d->joined);
    msh_arena_dispose(&d->arena);
    return err;
}

static msh_err give_reasons(delivery *d)
{
    const msh_slot *s = d->s;
    msh_place place = {.vpath = d->base, .offset = MSH_NO_POSITION};
    const uint64_t took_ms = (s->ended_ns - s->began_ns) / NS_MS;
    if (!d->e->outcome)
        return MSH_OK;
    if (s->has_reason)
        MSH_TRY(d->e->outcome(d->e->ctx, d->tag, s->reason, &place,
                              s->reason == MSH_REASON_LIMIT_TIME ? took_ms : 0));
    if (s->hash_sent && !s->hash_ok)
        MSH_TRY(d->e->outcome(d->e->ctx, d->tag, MSH_REASON_FILE_READ_ERROR, &place, 0));
    return MSH_OK;
}

static msh_err give_done(delivery *d)
{
    const msh_slot *s = d->s;
    uint64_t ms = s->ended_ns > s->began_ns ? (s->ended_ns - s->began_ns) / NS_MS : 0;
    msh_room_done done = {.tag = d->tag,
                          .format = msh_view_str(s->done.format[0] ? s->done.format : "?"),
                          .findings = s->done.findings,
                          .optical = s->finished && s->done.optical,
                          .optical_page = s->done.optical_page,
                          .ms = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms};
    if (s->hash_sent && s->hash_ok) {
        done.has_sha256 = d->r->options.digests & MSH_DIGEST_SHA256;
        done.has_sm3 = d->r->options.digests & MSH_DIGEST_SM3;
        memcpy(done.sha256, s->sha256, sizeof done.sha256);
        memcpy(done.sm3, s->sm3, sizeof done.sm3);
    }
    return d->e->done ? d->e->done(d->e->ctx, &done) : MSH_OK;
}

msh_err msh_results_deliver(msh_parent *r, msh_slot *s, const msh_room_events *e)
{
    delivery d = begin_delivery(r, s, e);
    msh_err err = s->finished ? give_frames(&d, &s->events) : give_broken(&d);
    if (err == MSH_OK)
        err = give_reasons(&d);
    if (err == MSH_OK)
        err = give_done(&d);
    msh_buf_dispose(&d.text);
    return err;
}

void msh_slot_drop(msh_parent *r, msh_slot *s)
{
    forget(r, &s->events);
    forget(r, &s->earlier);
    msh_buf_dispose(&s->vpath);
    if (s->copy && s->copy->job.fd >= 0)
        close(s->copy->job.fd);
    msh_free(s->copy);
    s->copy = NULL;
}
