/* fuzz_frame.c: what a worker that has gone over to the enemy may send: every byte of a packet.
 * Oracles: what is taken keeps the promises of frame.h; written again and read again it is taken.
 */
#include "base/arena.h"
#include "base/view.h"
#include "worker/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const msh_view base = {(const uint8_t *)"a.zip", 5};
enum { RULES = 9 };

static void must(bool promise)
{
    if (!promise)
        abort();
}

static void check_place(const msh_place *p)
{
    must(p->role < MSH_ROLE_COUNT && msh_view_starts(p->vpath, base));
    must(p->vpath.len == base.len || p->vpath.data[base.len] == '!');
    must(p->name.len <= MSH_FRAME_NAME && p->sheet.len <= MSH_FRAME_NAME);
}

static void check_hit(msh_view body, msh_arena *a)
{
    msh_frame_hit h, again;
    msh_buf b;
    if (!msh_frame_get_hit(body, base, RULES, a, &h))
        return;
    must(h.hit.rule < RULES && h.hit.n_more <= MSH_FRAME_MORE && h.hit.count > 0);
    must(h.hit.tier >= MSH_TIER_INFO && h.hit.tier <= MSH_TIER_BLOCK);
    must(h.hit.excerpt.len <= MSH_FRAME_EXCERPT && msh_view_is_utf8(h.hit.excerpt));
    check_place(&h.hit.place);
    for (uint32_t i = 0; i < h.hit.n_more; i++)
        check_place(&h.hit.more[i]);
    msh_buf_init(&b, 1 << 20);
    msh_frame_put_hit(&b, base, &h.hit, h.early);
    must(b.len <= MSH_FRAME_PACKET - MSH_FRAME_HEAD);
    must(msh_frame_get_hit(msh_buf_view(&b), base, RULES, a, &again));
    must(msh_view_eq(again.hit.normal, h.hit.normal) && again.hit.count == h.hit.count);
    msh_buf_dispose(&b);
}

static void check_frame(const msh_frame *f, msh_arena *a)
{
    msh_frame_outcome o;
    msh_frame_text t;
    msh_child_done d;
    msh_frame_job j;
    msh_cursor c = msh_cursor_of(f->body);
    msh_arena_reset(a);
    if (msh_frame_get_outcome(f->body, base, a, &o)) {
        must((unsigned)o.reason < MSH_REASON_COUNT);
        check_place(&o.place);
    }
    check_hit(f->body, a);
    if (msh_frame_get_text(f->body, base, a, &t)) {
        must(msh_view_is_utf8(t.bytes));
        check_place(&t.place);
    }
    if (msh_frame_get_done(f->body, &d))
        must(strlen(d.format) < sizeof d.format);
    (void)msh_frame_get_job(&c, &j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_arena a;
    msh_frame f;
    bool end = false;
    msh_arena_init(&a, 16 << 20);
    msh_cursor c = msh_cursor_of(msh_view_of(data, size));
    while (msh_frame_next(&c, &f, &end) && !end)
        check_frame(&f, &a);
    /* bodies without a head, so that the fuzzer need not find lengths first */
    f.body = msh_view_of(data, size);
    check_frame(&f, &a);
    msh_arena_dispose(&a);
    return 0;
}
