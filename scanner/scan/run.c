/* run.c: the way of an item through the program, in one readable function after another. */
#define _GNU_SOURCE
#include "scan/run.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/view.h"
#include "scan/policy.h"
#include "scan/records.h"
#include "scan/virus.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A commit costs two syncs and two signatures. Waiting up to a quarter of a second instead of the
 * 50 ms of the first design halves the CPU of small scans and loses nothing: what is not committed
 * is not reported either. */
enum { COMMIT_RECORDS = 1000, COMMIT_BYTES = 8 << 20 };
static const uint64_t COMMIT_NS = 250000000;

/* --- committing and reporting
 * ---------------------------------------------------------------------- */

void msh_run_count(msh_run *r, const msh_entry *e)
{
    msh_run_summary *s = &r->summary;
    s->items++;
    s->bytes += e->item.size;
    s->findings += e->item.findings;
    s->verdicts[e->item.verdict]++;
    s->outcomes[e->item.outcome]++;
    if (e->worst >= r->fail_on || (e->item.optical_page && r->fail_on <= MSH_TIER_REVIEW))
        r->found = true;
    s->waived += e->item.waived;
    if (e->item.verdict == MSH_VERDICT_NOT_INSPECTED && e->item.covered)
        s->covered++;
    if (!e->whole && !e->item.covered)
        s->complete = false;
}

static msh_err report_entry(msh_run *r, const msh_entry *e)
{
    msh_run_count(r, e);
    for (size_t i = 0; i < r->n_reports; i++) {
        msh_report_run *rep = &r->reports[i];
        MSH_TRY(
            rep->form->item(rep, &e->item, e->findings, e->n_findings, e->outcomes, e->n_outcomes));
    }
    if (r->observe)
        r->observe(r->observe_ctx, e);
    return MSH_OK;
}

static msh_err commit(msh_run *r, msh_error *why)
{
    uint64_t first = 0;
    if (msh_log_pending(r->log) > 0)
        MSH_TRY(msh_log_commit(r->log, &first, why));
    msh_err err = MSH_OK;
    while (r->ready_head) {
        msh_entry *e = r->ready_head;
        r->ready_head = e->next;
        e->record += first;
        if (err == MSH_OK)
            err = report_entry(r, e);
        msh_entry_free(e);
    }
    r->ready_tail = NULL;
    r->n_ready = 0;
    if (err != MSH_OK)
        return msh_fail_kept(why, err, "report");
    return MSH_OK;
}

static size_t ready_bytes(const msh_run *r)
{
    size_t total = 0;
    for (const msh_entry *e = r->ready_head; e; e = e->next)
        total += e->arena.used;
    return total;
}

static msh_err commit_if_due(msh_run *r, msh_error *why)
{
    if (!r->ready_head)
        return MSH_OK;
    bool due = msh_log_pending(r->log) >= COMMIT_RECORDS || r->n_ready >= COMMIT_RECORDS ||
               msh_clock_ns() - r->ready_since_ns > COMMIT_NS ||
               (r->n_ready % 16 == 0 && ready_bytes(r) > COMMIT_BYTES);
    return due ? commit(r, why) : MSH_OK;
}

/* --- events of the room
 * ------------------------------------------------------------------------------ */

static msh_entry *entry_of(msh_run *r, uint64_t tag)
{
    for (msh_entry *e = r->flight_head; e; e = e->next)
        if (e->tag == tag)
            return e;
    return NULL;
}

static msh_err on_outcome(void *ctx, uint64_t tag, msh_reason reason, const msh_place *place,
                          uint64_t reached)
{
    msh_entry *e = entry_of(ctx, tag);
    if (e)
        msh_entry_outcome(e, reason, place, reached);
    return MSH_OK;
}

static msh_err on_hit(void *ctx, uint64_t tag, const msh_hit *hit)
{
    msh_run *r = ctx;
    msh_entry *e = entry_of(r, tag);
    if (e)
        msh_policy_hit(r->options, e, msh_rule_set_compiled(r->rules), r->key, hit);
    return MSH_OK;
}

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    msh_entry *e = entry_of(ctx, done->tag);
    if (e)
        msh_entry_done(e, done);
    return MSH_OK;
}

static msh_err give(msh_run *r, msh_entry *e, int fd, msh_error *why)
{
    msh_job job = {.tag = e->tag,
                   .fd = fd,
                   .size = e->size,
                   .path = e->item.path,
                   .link = e->link,
                   .xattrs = e->xattrs};
    return msh_room_give(r->room, &job, why);
}

/* A file that changed under our eyes is read once more; if it changes again, that is its outcome.
 */
static msh_err read_again(msh_run *r, msh_entry *e, msh_error *why)
{
    int fd = fcntl(e->fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0 || !msh_entry_reopen(e)) {
        if (fd >= 0)
            close(fd);
        return MSH_OK;
    }
    msh_entry_restart(e);
    e->retried = true;
    return give(r, e, fd, why);
}

/* The oldest entries that are done: check for changes, form the verdict, add the records. */
static msh_err settle(msh_run *r, msh_error *why)
{
    while (r->flight_head && r->flight_head->done) {
        msh_entry *e = r->flight_head;
        msh_place place = {.vpath = e->item.path, .offset = MSH_NO_POSITION};
        if (!msh_entry_unchanged(e)) {
            if (!e->retried) {
                MSH_TRY(read_again(r, e, why));
                if (!e->done)
                    return MSH_OK; /* its turn comes again; order is kept */
            }
            msh_entry_outcome(e, MSH_REASON_FILE_CHANGED, &place, 0);
        }
        r->flight_head = e->next;
        if (!r->flight_head)
            r->flight_tail = NULL;
        e->next = NULL;
        msh_virus_ask(r, e);
        msh_policy_apply(&r->options->policy, e);
        msh_leaves_apply(r->leaves, e);
        msh_entry_finish(e, r->summary.items + r->n_ready);
        msh_people_note(&r->people, e);
        if (!r->ready_head)
            r->ready_since_ns = msh_clock_ns();
        if (r->ready_tail)
            r->ready_tail->next = e;
        else
            r->ready_head = e;
        r->ready_tail = e;
        r->n_ready++;
        e->record = msh_log_pending(r->log);
        MSH_TRY(msh_records_item(r, e, why));
        MSH_TRY(commit_if_due(r, why));
    }
    return MSH_OK;
}

static msh_err take(msh_run *r, int timeout_ms, size_t *left, msh_error *why)
{
    const msh_room_events events = {
        .ctx = r, .outcome = on_outcome, .hit = on_hit, .done = on_done};
    MSH_TRY(msh_room_take(r->room, &events, timeout_ms, left, why));
    MSH_TRY(settle(r, why));
    if (r->progress)
        msh_progress_tick(r->progress, &r->summary, &r->stop);
    return commit_if_due(r, why);
}

/* --- feeding
 * ------------------------------------------------------------------------------------------- */

/* Files that are named one by one are recorded as those of the folder they are published from: so
 * their fingerprints are those of a scan of that folder. */
static msh_view rel_of(const msh_run *r, const msh_source_item *found)
{
    msh_view root = msh_view_str(r->root);
    if (root.len == 1)
        root.len = 0;
    bool within = r->root && msh_view_starts(found->path, root) && found->path.len > root.len + 1 &&
                  found->path.data[root.len] == '/';
    return within ? msh_view_cut(found->path, root.len + 1, SIZE_MAX) : found->rel;
}

static msh_err give_entry(msh_run *r, msh_source_item *found, msh_error *why)
{
    msh_place place = {.vpath = found->path, .offset = MSH_NO_POSITION};
    size_t left;
    while (msh_room_free_slots(r->room) == 0 && !r->stop) {
        msh_err err = take(r, 100, &left, why);
        if (err != MSH_OK) {
            if (found->fd >= 0)
                close(found->fd);
            return err;
        }
    }
    if (msh_room_free_slots(r->room) == 0) { /* stopped: this one was not begun */
        if (found->fd >= 0)
            close(found->fd);
        return MSH_OK;
    }
    found->rel = rel_of(r, found);
    msh_entry *e = msh_entry_new(r->next_tag++, found);
    if (!e) {
        if (found->fd >= 0)
            close(found->fd);
        return msh_fail(why, MSH_E_MEMORY, "item");
    }
    if (found->has_reason)
        msh_entry_outcome(e, found->reason, &place, 0);
    if (r->flight_tail)
        r->flight_tail->next = e;
    else
        r->flight_head = e;
    r->flight_tail = e;
    return give(r, e, found->fd, why);
}

/* --exclude; what the user named by itself is never left out. */
static bool leave_out(msh_run *r, msh_source_item *found)
{
    if (r->options->n_exclude == 0 || msh_view_eq_str(found->path, r->named) ||
        !msh_policy_excludes(r->options, found->rel))
        return false;
    if (found->fd >= 0)
        close(found->fd);
    r->summary.excluded++;
    return true;
}

msh_err msh_run_source(msh_run *r, msh_source *s, msh_error *why)
{
    bool more = true;
    size_t left;
    while (!r->stop) {
        msh_source_item found = {.fd = -1};
        MSH_TRY(msh_source_next(s, &found, &more, why));
        if (!more)
            return MSH_OK;
        if (leave_out(r, &found))
            continue;
        MSH_TRY(give_entry(r, &found, why));
        MSH_TRY(take(r, 0, &left, why));
    }
    return MSH_OK;
}

msh_err msh_run_missing(msh_run *r, const char *path, msh_error *why)
{
    msh_source_item found = {.path = msh_view_str(path),
                             .rel = msh_view_str(path),
                             .fd = -1,
                             .has_reason = true,
                             .reason = MSH_REASON_FILE_MISSING};
    return give_entry(r, &found, why);
}

msh_err msh_run_drain(msh_run *r, msh_error *why)
{
    size_t left = 1;
    do {
        MSH_TRY(take(r, 100, &left, why));
    } while (left > 0 || r->flight_head);
    return commit(r, why);
}

static void free_list(msh_entry *e)
{
    while (e) {
        msh_entry *next = e->next;
        msh_entry_free(e);
        e = next;
    }
}

void msh_run_dispose(msh_run *r)
{
    free_list(r->flight_head);
    free_list(r->ready_head);
    msh_people_dispose(&r->people);
    r->flight_head = r->flight_tail = r->ready_head = r->ready_tail = NULL;
}
