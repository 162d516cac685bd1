/* helper.c: the worker's side of a helper program (see helper.h).
 *
 * Refuses: items that are larger than a member may be, texts that are not UTF-8, frames out of
 * step. Then the helper is not used again, and the document counts as not inspected. */
#include "extract/helper.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <string.h>

enum {
    MS_NS = 1000000,
    NO_DEADLINE_MS = 60000,
    HELPER_SHARE = 4 /* a quarter of the time left is kept for the raw sweep */
};

typedef struct asking {
    msh_extract *x;
    const msh_helper_question *q;
    const msh_helper_answers *answers;
    msh_wire *wire;
    msh_buf body;
    msh_err callback;     /* error of a callback: ours, not the helper's */
    uint64_t deadline_ns; /* the item's, as it was last seen */
} asking;

static msh_err report(asking *a, msh_reason reason, uint32_t page, uint64_t reached)
{
    msh_place place = *a->q->place;
    if (page)
        place.page = page;
    return msh_report(a->x, &place, reason, reached);
}

static msh_err take_item(asking *a, msh_view payload)
{
    uint8_t name[MSH_WIRE_NAME];
    msh_wire_item item;
    MSH_TRY(msh_wire_read_item(payload, &item));
    if (item.name.len)
        memcpy(name, item.name.data, item.name.len);
    item.name.data = name;
    a->callback = msh_budget_decoded(&a->x->budget, item.size);
    MSH_TRY(a->callback);
    msh_buf_reset(&a->body);
    MSH_TRY(msh_wire_take_data(a->wire, item.size, &a->body));
    msh_view bytes = msh_buf_view(&a->body);
    if (item.what == MSH_WIRE_TEXT && !msh_view_is_utf8(bytes))
        return MSH_E_SYNTAX;
    a->callback = a->answers->item(a->answers->ctx, &item, bytes);
    return a->callback;
}

static msh_err take_stats(asking *a, msh_view payload)
{
    msh_wire_stats stats;
    MSH_TRY(msh_wire_read_stats(payload, &stats));
    if (!a->answers->stats)
        return MSH_E_SYNTAX;
    a->callback = a->answers->stats(a->answers->ctx, &stats);
    return a->callback;
}

static msh_err take_outcome(asking *a, msh_view payload)
{
    msh_wire_outcome o;
    MSH_TRY(msh_wire_read_outcome(payload, &o));
    a->callback = report(a, o.reason, o.page, o.reached);
    return a->callback;
}

/* OCR in between may have let the item go on for longer: this conversation too. */
static void follow_deadline(asking *a)
{
    uint64_t now = a->x->budget.deadline_ns;
    if (now > a->deadline_ns)
        a->wire->deadline_ns += now - a->deadline_ns;
    a->deadline_ns = now;
}

static msh_err take_answers(asking *a)
{
    for (;;) {
        msh_wire_frame f;
        MSH_TRY(msh_wire_take(a->wire, &f));
        if (f.kind == MSH_WIRE_DONE)
            return f.payload.len || a->wire->at != a->wire->have ? MSH_E_SYNTAX : MSH_OK;
        msh_err err = MSH_E_SYNTAX;
        if (f.kind == MSH_WIRE_ITEM)
            err = take_item(a, f.payload);
        else if (f.kind == MSH_WIRE_OUTCOME)
            err = take_outcome(a, f.payload);
        else if (f.kind == MSH_WIRE_STATS)
            err = take_stats(a, f.payload);
        MSH_TRY(err);
        follow_deadline(a);
    }
}

static void set_times(const msh_extract *x, msh_wire *w, msh_wire_request *r)
{
    uint64_t now = msh_clock_ns(), deadline = x->budget.deadline_ns;
    if (!deadline)
        deadline = now + (uint64_t)NO_DEADLINE_MS * MS_NS;
    uint64_t left_ms = deadline > now ? (deadline - now) / MS_NS : 0;
    left_ms -= left_ms / HELPER_SHARE;
    w->deadline_ns = now + (left_ms + left_ms / HELPER_SHARE / 2) * MS_NS;
    r->time_ms = left_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)left_ms;
}

static msh_err ask(asking *a, int fd)
{
    const msh_limits *limits = a->x->limits;
    msh_wire_request r = {.flags = a->q->flags,
                          .pages = a->q->pages,
                          .size = a->q->bytes.len,
                          .decoded = limits->decoded,
                          .item_bytes = limits->member_size};
    msh_wire_open(a->wire, fd);
    a->deadline_ns = a->x->budget.deadline_ns;
    set_times(a->x, a->wire, &r);
    MSH_TRY(msh_wire_send_request(a->wire, &r, a->q->bytes));
    return take_answers(a);
}

/* The helper cannot be used again. What that means for the document. */
static msh_err broken(asking *a, msh_err err)
{
    const msh_sink *sink = a->x->sink;
    if (sink->helper_failed)
        sink->helper_failed(sink->ctx, a->q->name);
    if (a->callback != MSH_OK && msh_err_class(a->callback) != 4)
        return a->callback;
    if (a->callback != MSH_OK)
        return report(a, msh_reason_of_error(a->callback), 0, a->x->budget.decoded);
    if (err == MSH_E_LIMIT_TIME)
        return report(a, MSH_REASON_LIMIT_TIME, 0, 0);
    if (err == MSH_E_LIMIT_BUFFER)
        return report(a, MSH_REASON_LIMIT_MEMBER_SIZE, 0, 0);
    return report(a, MSH_REASON_HELPER_CRASHED, 0, 0);
}

msh_err msh_helper_ask(msh_extract *x, const msh_helper_question *question,
                       const msh_helper_answers *answers, bool *answered)
{
    const msh_sink *sink = x->sink;
    asking a = {.x = x, .q = question, .answers = answers};
    if (answered)
        *answered = false;
    int fd = sink->helper ? sink->helper(sink->ctx, question->name) : -1;
    if (fd < 0)
        return report(&a, MSH_REASON_HELPER_ABSENT, 0, 0);
    a.wire = msh_alloc(sizeof *a.wire);
    if (!a.wire)
        return MSH_E_MEMORY;
    msh_buf_init(&a.body, x->limits->member_size);
    msh_err err = ask(&a, fd);
    if (err == MSH_OK && answered)
        *answered = true;
    if (err != MSH_OK)
        err = broken(&a, err);
    if (a.body.len)
        msh_wipe(a.body.data, a.body.len);
    msh_buf_dispose(&a.body);
    msh_wipe(a.wire->in, sizeof a.wire->in);
    msh_free(a.wire);
    return err;
}
