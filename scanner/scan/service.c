/* service.c: several runs at once over one room and one log (service.h).
 *
 * A job is a run of its own: scan.begin, its items, scan.end, a report. Files of all jobs go to the
 * room in one line, so results come back in that order; one commit serves all that is settled. */
#define _GNU_SOURCE
#include <mishen/service.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/open.h"
#include "scan/policy.h"
#include "scan/records.h"
#include "scan/verdict.h"
#include "scan/virus.h"

#include <mishen/version.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 1 << 20, REPORT_MAX = 64 << 20, TICK_MS = 100 };
static const uint64_t IDLE_NS = 60000000000; /* without records: the log's key is destroyed */

typedef struct service_file {
    msh_view name;
    int fd; /* -1: handed on */
    uint64_t size;
} service_file;

typedef struct service_job service_job;
struct service_job {
    service_job *next;
    uint64_t id;
    msh_run run; /* shares room, log, rules and key with the service */
    msh_arena arena;
    service_file *files;
    msh_entry **entries; /* settled, in order */
    msh_service_item *items;
    size_t n_files, n_given, n_settled;
    bool save, ended;
    void (*done)(void *ctx, const msh_service_result *result);
    void *ctx;
    uint64_t began_ns;
    char started[MSH_UTC_SIZE];
    msh_buf report;
};

/* What the room is reading: one file of a job. */
typedef struct flight {
    struct flight *next;
    msh_entry *entry;
    service_job *job;
} flight;

struct msh_service {
    msh_run base;
    service_job *jobs, **jobs_end;
    size_t n_jobs;
    flight *head, **tail;
    uint64_t next_id, next_tag;
    bool unfinished; /* records since the log's key was changed */
    bool dead;
    uint64_t last_ns; /* of the last commit */
};

/* --- opening ---------------------------------------------------------------------------------- */

msh_err msh_service_open(const msh_options *options, msh_service **out, msh_error *why)
{
    *out = NULL;
    msh_service *s = msh_calloc(1, sizeof *s);
    if (!s)
        return msh_fail(why, MSH_E_MEMORY, "service");
    s->jobs_end = &s->jobs;
    s->tail = &s->head;
    s->base.fail_on = MSH_TIER_REVIEW;
    msh_err err = msh_open_run(&s->base, options, why);
    if (err == MSH_OK)
        err = msh_records_config(&s->base, why);
    if (err != MSH_OK) {
        msh_service_close(s);
        return err;
    }
    s->unfinished = true;
    s->last_ns = msh_clock_ns();
    *out = s;
    return MSH_OK;
}

static void free_job(service_job *j)
{
    for (size_t i = 0; i < j->n_files; i++) {
        if (j->files && j->files[i].fd >= 0)
            close(j->files[i].fd);
        if (j->entries)
            msh_entry_free(j->entries[i]);
    }
    if (j->run.reports[0].form && j->run.reports[0].form->dispose)
        j->run.reports[0].form->dispose(&j->run.reports[0]);
    msh_people_dispose(&j->run.people);
    msh_buf_dispose(&j->report);
    msh_arena_dispose(&j->arena);
    msh_free(j);
}

void msh_service_close(msh_service *s)
{
    if (!s)
        return;
    while (s->head) {
        flight *f = s->head;
        s->head = f->next;
        msh_entry_free(f->entry);
        msh_free(f);
    }
    while (s->jobs) {
        service_job *j = s->jobs;
        s->jobs = j->next;
        free_job(j);
    }
    msh_close_run(&s->base);
    msh_free(s);
}

/* --- taking jobs ------------------------------------------------------------------------------ */

static msh_err write_report(void *ctx, msh_view bytes)
{
    msh_buf *b = ctx;
    msh_buf_put_view(b, bytes);
    return msh_buf_err(b);
}

static msh_err copy_files(service_job *j, const msh_service_job *job)
{
    j->files = msh_arena_calloc(&j->arena, job->n_files, sizeof *j->files);
    j->entries = msh_arena_calloc(&j->arena, job->n_files, sizeof(msh_entry *));
    j->items = msh_arena_calloc(&j->arena, job->n_files, sizeof *j->items);
    if (!j->files || !j->entries || !j->items)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < job->n_files; i++)
        j->files[i].fd = -1;
    j->n_files = job->n_files;
    for (size_t i = 0; i < job->n_files; i++) {
        service_file *f = &j->files[i];
        f->name = msh_arena_copy(&j->arena, job->files[i].name);
        f->size = job->files[i].size;
        f->fd = fcntl(job->files[i].fd, F_DUPFD_CLOEXEC, 3);
        if (!f->name.data || f->fd < 0)
            return MSH_E_MEMORY;
    }
    return MSH_OK;
}

static msh_err begin_job(msh_service *s, service_job *j, const msh_service_job *job, msh_error *why)
{
    const char *roots[1] = {job->root};
    MSH_TRY(copy_files(j, job));
    j->run = s->base;
    j->run.people = (msh_people){0};
    j->run.reports[0] = (msh_report_run){.form = msh_report_form_named("ndjson"),
                                         .out = {&j->report, write_report},
                                         .style = {.lang = s->base.options->lang}};
    j->run.n_reports = 1;
    MSH_TRY(msh_run_make_id(j->run.id, j->started));
    return msh_records_first(&j->run, roots, 1, why);
}

msh_err msh_service_give(msh_service *s, const msh_service_job *job, uint64_t *id, msh_error *why)
{
    if (s->dead)
        return msh_fail(why, MSH_E_STATE, "service");
    if (job->n_files == 0 || job->n_files > MSH_SERVICE_FILES)
        return msh_fail(why, MSH_E_USAGE, "files");
    service_job *j = msh_calloc(1, sizeof *j);
    if (!j)
        return msh_fail(why, MSH_E_MEMORY, "job");
    msh_arena_init(&j->arena, NAMES_MAX);
    msh_buf_init(&j->report, REPORT_MAX);
    j->save = job->save;
    j->done = job->done;
    j->ctx = job->ctx;
    j->began_ns = msh_clock_ns();
    msh_err err = begin_job(s, j, job, why);
    if (err != MSH_OK) {
        free_job(j);
        return msh_fail_kept(why, err, "job");
    }
    *id = j->id = ++s->next_id;
    *s->jobs_end = j;
    s->jobs_end = &j->next;
    s->n_jobs++;
    return MSH_OK;
}

void msh_service_forget(msh_service *s, uint64_t id)
{
    for (service_job *j = s->jobs; j; j = j->next)
        if (j->id == id)
            j->done = NULL;
}

size_t msh_service_open_jobs(const msh_service *s)
{
    return s->n_jobs;
}

/* --- the room --------------------------------------------------------------------------------- */

static msh_err give_file(msh_service *s, service_job *j, service_file *file, msh_error *why)
{
    struct stat st;
    msh_source_item found = {.path = file->name, .rel = file->name, .fd = file->fd};
    if (fstat(file->fd, &st) != 0)
        return msh_fail_errno(why, MSH_E_IO, "file");
    found.size = (uint64_t)st.st_size;
    found.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    found.ctime_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
    flight *f = msh_calloc(1, sizeof *f);
    msh_entry *e = f ? msh_entry_new(++s->next_tag, &found) : NULL;
    if (!e) {
        msh_free(f);
        return msh_fail(why, MSH_E_MEMORY, "item");
    }
    f->entry = e;
    f->job = j;
    *s->tail = f;
    s->tail = &f->next;
    j->n_given++;
    file->fd = -1; /* the room's from here on */
    const msh_job job = {.tag = e->tag, .fd = found.fd, .size = e->size, .path = e->item.path};
    return msh_room_give(s->base.room, &job, why);
}

static msh_err feed(msh_service *s, msh_error *why)
{
    for (service_job *j = s->jobs; j; j = j->next)
        while (j->n_given < j->n_files && msh_room_free_slots(s->base.room) > 0)
            MSH_TRY(give_file(s, j, &j->files[j->n_given], why));
    return MSH_OK;
}

static msh_entry *entry_of(msh_service *s, uint64_t tag)
{
    for (flight *f = s->head; f; f = f->next)
        if (f->entry->tag == tag)
            return f->entry;
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
    msh_service *s = ctx;
    msh_entry *e = entry_of(s, tag);
    if (e)
        msh_policy_hit(s->base.options, e, msh_rule_set_compiled(s->base.rules), s->base.key, hit);
    return MSH_OK;
}

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    msh_entry *e = entry_of(ctx, done->tag);
    if (e)
        msh_entry_done(e, done);
    return MSH_OK;
}

/* The oldest files that are done: verdict, records. */
static msh_err settle(msh_service *s, msh_error *why)
{
    while (s->head && s->head->entry->done) {
        flight *f = s->head;
        service_job *j = f->job;
        msh_entry *e = f->entry;
        msh_place place = {.vpath = e->item.path, .offset = MSH_NO_POSITION};
        s->head = f->next;
        if (!s->head)
            s->tail = &s->head;
        msh_free(f);
        if (!msh_entry_unchanged(e))
            msh_entry_outcome(e, MSH_REASON_FILE_CHANGED, &place, 0);
        msh_virus_ask(&j->run, e);
        msh_policy_apply(&s->base.options->policy, e);
        msh_leaves_apply(s->base.leaves, e);
        msh_entry_finish(e, j->n_settled);
        msh_people_note(&j->run.people, e);
        e->record = msh_log_pending(s->base.log);
        j->entries[j->n_settled++] = e;
        MSH_TRY(msh_records_item(&j->run, e, why));
        msh_run_count(&j->run, e);
    }
    return MSH_OK;
}

/* --- telling ---------------------------------------------------------------------------------- */

static msh_err end_records(msh_service *s, bool *any, msh_error *why)
{
    for (service_job *j = s->jobs; j; j = j->next) {
        msh_run_summary *sum = &j->run.summary;
        if (j->ended || j->n_settled < j->n_files)
            continue;
        sum->people_repeated = j->run.people.repeated;
        sum->people_most = j->run.people.most;
        sum->people_least = j->run.people.full;
        sum->exit = msh_verdict_exit(sum->items, sum->complete, j->run.found);
        MSH_TRY(msh_records_last(&j->run, why));
        j->ended = *any = true;
    }
    return MSH_OK;
}

static void note_item(service_job *j, size_t i, uint64_t first)
{
    const msh_entry *e = j->entries[i];
    msh_service_item *out = &j->items[i];
    *out = (msh_service_item){.verdict = e->item.verdict,
                              .record = e->record + first,
                              .size = e->item.size,
                              .name_masked = e->item.path_masked};
    memcpy(out->sha256, e->item.sha256, 32);
    memcpy(out->sm3, e->item.sm3, 32);
}

/* After a commit that began at record `first`: what is settled is durable, and goes to the report.
 */
static msh_err report_settled(service_job *j, uint64_t first, msh_error *why)
{
    msh_report_run *rep = &j->run.reports[0];
    if (!rep->self)
        MSH_TRY(msh_run_begin_reports(&j->run, j->started, why));
    for (size_t i = 0; i < j->n_settled; i++) {
        msh_entry *e = j->entries[i];
        if (!e)
            continue;
        note_item(j, i, first);
        msh_err err =
            rep->form->item(rep, &e->item, e->findings, e->n_findings, e->outcomes, e->n_outcomes);
        if (err != MSH_OK)
            return msh_fail_kept(why, err, "report");
        msh_entry_free(e);
        j->entries[i] = NULL;
    }
    return MSH_OK;
}

static msh_verdict worst(const service_job *j)
{
    msh_verdict v = MSH_VERDICT_PASS;
    for (size_t i = 0; i < j->n_files; i++)
        if (j->items[i].verdict > v)
            v = j->items[i].verdict;
    return v;
}

/* Whole or not at all, but not synced: the records are durable already, and with fifty uploads at
 * once two syncs for each report would be most of the time that people wait. */
static msh_err save_report(const service_job *j, msh_error *why)
{
    char path[MSH_STATE_PATH + 64], temp[MSH_STATE_PATH + 80];
    if (!j->save)
        return MSH_OK;
    (void)snprintf(path, sizeof path, "%s/runs/%s.ndjson", j->run.state, j->run.id);
    (void)snprintf(temp, sizeof temp, "%s.new", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return msh_fail_errno(why, errno == ENOSPC ? MSH_E_FULL : MSH_E_STATE, "runs");
    msh_err err = msh_file_write_all(fd, msh_buf_view(&j->report), why);
    close(fd);
    if (err == MSH_OK && rename(temp, path) != 0)
        err = msh_fail_errno(why, MSH_E_STATE, "runs");
    if (err != MSH_OK)
        (void)unlink(temp);
    return err;
}

static msh_err finish(service_job *j, msh_error *why)
{
    MSH_TRY(msh_run_end_reports(&j->run, j->began_ns, why));
    MSH_TRY(save_report(j, why));
    const msh_service_result result = {.run = j->run.id,
                                       .verdict = worst(j),
                                       .summary = &j->run.summary,
                                       .items = j->items,
                                       .n_items = j->n_files,
                                       .report = msh_buf_view(&j->report)};
    if (j->done)
        j->done(j->ctx, &result);
    return MSH_OK;
}

static msh_err tell(msh_service *s, uint64_t first, msh_error *why)
{
    service_job **at = &s->jobs;
    msh_err err = MSH_OK;
    while (*at && err == MSH_OK) {
        service_job *j = *at;
        err = report_settled(j, first, why);
        if (err == MSH_OK && j->ended)
            err = finish(j, why);
        if (err != MSH_OK || !j->ended) {
            at = &j->next;
            continue;
        }
        *at = j->next;
        s->n_jobs--;
        free_job(j);
    }
    for (s->jobs_end = &s->jobs; *s->jobs_end;)
        s->jobs_end = &(*s->jobs_end)->next;
    return err;
}

static msh_err commit(msh_service *s, msh_error *why)
{
    uint64_t first = 0;
    MSH_TRY(msh_log_commit(s->base.log, &first, why));
    s->unfinished = true;
    s->last_ns = msh_clock_ns();
    return tell(s, first, why);
}

static msh_err step(msh_service *s, msh_error *why)
{
    const msh_room_events events = {
        .ctx = s, .outcome = on_outcome, .hit = on_hit, .done = on_done};
    size_t left = 0, before;
    bool any = false;
    do { /* what the room says at once; it may look only every few times */
        before = msh_room_free_slots(s->base.room);
        MSH_TRY(feed(s, why));
        for (int i = 0; i < 4 && s->head; i++)
            MSH_TRY(msh_room_take(s->base.room, &events, 0, &left, why));
        MSH_TRY(settle(s, why));
    } while (msh_room_free_slots(s->base.room) > before && s->head);
    MSH_TRY(end_records(s, &any, why));
    if (any || msh_log_pending(s->base.log) > 1000)
        return commit(s, why);
    if (s->unfinished && !s->n_jobs && msh_clock_ns() - s->last_ns > IDLE_NS) {
        s->unfinished = false;
        return msh_log_end(s->base.log, why);
    }
    return MSH_OK;
}

msh_err msh_service_step(msh_service *s, msh_error *why)
{
    if (s->dead)
        return msh_fail(why, MSH_E_STATE, "service");
    msh_err err = step(s, why);
    s->dead = err != MSH_OK;
    return err;
}

/* Files that nobody has been given yet although there is room. */
static bool is_hungry(const msh_service *s)
{
    for (const service_job *j = s->jobs; j; j = j->next)
        if (j->n_given < j->n_files)
            return msh_room_free_slots(s->base.room) > 0;
    return false;
}

size_t msh_service_descriptors(const msh_service *s, int *out, size_t cap, int *timeout_ms)
{
    if (!s->n_jobs)
        return 0;
    if (*timeout_ms < 0 || *timeout_ms > TICK_MS)
        *timeout_ms = TICK_MS;
    size_t n = msh_room_descriptors(s->base.room, out, cap);
    if ((n == 0 && s->head) || is_hungry(s)) /* all in this process; just given */
        *timeout_ms = 0;
    return n;
}

/* --- the rest --------------------------------------------------------------------------------- */

msh_err msh_service_record(msh_service *s, const char *type, msh_view body, msh_error *why)
{
    if (s->dead)
        return msh_fail(why, MSH_E_STATE, "service");
    msh_err err = msh_log_add(s->base.log, type, body, why);
    if (err == MSH_OK)
        err = commit(s, why);
    s->dead = err != MSH_OK && err != MSH_E_USAGE;
    return err;
}

msh_err msh_service_token(msh_service *s, msh_view bytes, char out[33])
{
    uint8_t mac[32];
    MSH_TRY(msh_hmac_of(s->base.key, bytes, mac));
    msh_hex(out, msh_view_of(mac, 16));
    return MSH_OK;
}

const msh_rule_set *msh_service_rules(const msh_service *s)
{
    return s->base.rules;
}

const char *msh_service_state(const msh_service *s)
{
    return s->base.state;
}

const char *msh_service_lock(const msh_service *s)
{
    return msh_room_lock_level(s->base.room);
}

const char *msh_service_log(const msh_service *s, uint64_t *size)
{
    *size = msh_log_size(s->base.log);
    return msh_log_origin(s->base.log);
}
