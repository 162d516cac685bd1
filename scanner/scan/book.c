/* book.c: records to releases. Decisions first, since they name the item records they rest on; then
 * everything else. */
#define _GNU_SOURCE
#include "scan/book.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "ledger/record.h"
#include "ledger/register.h"
#include "scan/decided.h"
#include "scan/gate.h"
#include "scan/output.h"
#include "scan/state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    BOOK_CEILING = 1 << 30,
    RECORD_CEILING = 16 << 20,
    HOLIDAYS_MOST = 1 << 20,
    PAGE = 256 << 20
};

typedef struct collector {
    const msh_options *options;
    msh_book *b;
    msh_table *items;   /* number of an item record → msh_book_file */
    msh_table *configs; /* number of a config record → msh_view of its packs */
    const msh_approved *approved;
    msh_view *packs; /* of the latest configuration */
    char state[MSH_STATE_PATH];
    const char *year;
} collector;

/* --- decisions
 * -------------------------------------------------------------------------------------- */

static msh_view text(const msh_json *j, const char *key)
{
    return msh_json_text(msh_json_get(j, key));
}

static msh_err release_of(msh_book *b, msh_view id, msh_book_release **out)
{
    msh_book_release *r = msh_table_get(b->by_id, id);
    *out = r;
    if (r)
        return MSH_OK;
    r = msh_arena_calloc(&b->arena, 1, sizeof *r);
    if (!r)
        return MSH_E_MEMORY;
    r->id = id;
    if (b->last)
        b->last->next = r;
    else
        b->first = r;
    b->last = r;
    b->n_releases++;
    *out = r;
    return msh_table_put(b->by_id, id, r, NULL);
}

/* What was said when it was submitted, or approved in one step; later words outrank earlier ones.
 */
static void take_texts(msh_book_release *r, const msh_json *release)
{
    const struct {
        const char *key;
        msh_view *to;
    } rows[] = {{"title", &r->title},
                {"docno", &r->docno},
                {"category", &r->category},
                {"channel", &r->channel},
                {"unit", &r->unit},
                {"index", &r->index_no},
                {"topic", &r->topic},
                {"carrier", &r->carrier},
                {"formed", &r->formed},
                {"planned", &r->planned},
                {"disclosure", &r->disclosure},
                {"level", &r->level}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_view v = text(release, rows[i].key);
        if (v.len)
            *rows[i].to = v;
    }
}

static msh_err take_files(collector *c, msh_book_release *r, const msh_json *d)
{
    const msh_json *list = msh_json_get(msh_json_get(d, "release"), "files");
    const msh_json *scan = msh_json_get(d, "scans");
    size_t n = 0;
    for (const msh_json *f = list ? list->child : NULL; f; f = f->next)
        n++;
    if (n == 0)
        return MSH_OK;
    r->files = msh_arena_calloc(&c->b->arena, n, sizeof *r->files);
    if (!r->files)
        return MSH_E_MEMORY;
    r->n_files = 0;
    scan = scan ? scan->child : NULL;
    for (const msh_json *f = list->child; f; f = f->next) {
        msh_book_file *to = &r->files[r->n_files];
        to->path = text(f, "path");
        to->size = (uint64_t)msh_json_int(msh_json_get(f, "size"), 0);
        if (!msh_hex32_read(text(f, "sha256"), to->sha256) ||
            !msh_hex32_read(text(f, "sm3"), to->sm3))
            continue;
        r->n_files++;
        int64_t record = scan ? msh_json_int(msh_json_get(scan, "n"), -1) : -1;
        scan = scan ? scan->next : NULL;
        if (record < 0)
            continue;
        to->record = (uint64_t)record;
        MSH_TRY(msh_table_put(c->items, msh_view_of(&to->record, sizeof to->record), to, NULL));
    }
    return MSH_OK;
}

/* As the register judged it when it was read: a decision that may not be is in the log, and never
 * in a figure. */
static bool counted(const collector *c, msh_view id, uint64_t n)
{
    const msh_reg_release *r = msh_register_release(msh_approved_register(c->approved), id);
    const msh_reg_event *e = r ? r->first : NULL;
    while (e && e->n != n)
        e = e->next;
    return e && e->counts;
}

static void take_event(msh_book_event *e, const msh_json *d, uint64_t n, msh_view ts)
{
    e->n = n;
    msh_book_day(ts, e->day);
    e->act = text(d, "act");
    e->by = text(d, "reviewer");
    e->role = text(d, "role");
    e->step = text(d, "step");
    e->opinion = text(d, "opinion");
    e->reason = text(d, "reason");
    e->code = text(d, "code");
    e->basis = text(d, "basis");
    e->third_party = text(d, "third_party");
    e->handling = text(d, "handling");
    e->authority = text(d, "authority");
    e->letter = text(d, "letter");
    e->reply = text(d, "reply");
    if (msh_view_eq_str(e->act, "record")) { /* what was decided on paper */
        msh_view day = text(d, "paper_date");
        e->act = text(d, "paper_act");
        e->by = text(d, "paper_by");
        if (day.len == 10)
            (void)snprintf(e->day, sizeof e->day, "%.10s", (const char *)day.data);
    }
}

static msh_err take_decision(collector *c, const msh_json *body, uint64_t n, msh_view ts)
{
    msh_view note;
    msh_book *b = c->b;
    const msh_json *d = msh_decided_read(&b->arena, body, &note);
    const msh_json *release = msh_json_get(d, "release");
    msh_view id = text(release, "id");
    msh_book_release *r;
    if (!id.len)
        return MSH_OK; /* a waiver, a statement: of no release */
    MSH_TRY(release_of(b, id, &r));
    msh_book_event *e = msh_arena_calloc(&b->arena, 1, sizeof *e);
    if (!e)
        return MSH_E_MEMORY;
    take_event(e, d, n, ts);
    e->counts = counted(c, id, n);
    bool is_told = e->counts || !r->last; /* what does not count changes nothing that is known */
    if (is_told)
        take_texts(r, release);
    if (r->last)
        r->last->next = e;
    else
        r->first = e;
    r->last = e;
    return !is_told || msh_view_eq_str(e->act, "withdraw") ? MSH_OK : take_files(c, r, d);
}

static msh_err on_decision(void *ctx, uint64_t n, msh_view line)
{
    collector *c = ctx;
    msh_record rec;
    msh_json *body;
    msh_view kept = msh_arena_copy(&c->b->arena, line);
    if (!kept.data)
        return MSH_E_MEMORY;
    MSH_TRY(msh_record_read(kept, &rec));
    MSH_TRY(msh_json_read(&c->b->arena, rec.body, MSH_JSON_LOG, &body, NULL));
    return take_decision(c, body, n, rec.ts);
}

/* --- everything else
 * --------------------------------------------------------------------------------- */

static void take_item(collector *c, const msh_json *body, uint64_t n)
{
    msh_book_file *f = msh_table_get(c->items, msh_view_of(&n, sizeof n));
    if (!f)
        return;
    f->known = true;
    for (int v = MSH_VERDICT_PASS; v <= MSH_VERDICT_BLOCK; v++)
        if (msh_view_eq_str(text(body, "verdict"), msh_verdict_name((msh_verdict)v)))
            f->verdict = msh_view_str(msh_verdict_name((msh_verdict)v));
    f->findings = (uint64_t)msh_json_int(msh_json_get(body, "findings"), 0);
    uint64_t config = (uint64_t)msh_json_int(msh_json_get(body, "config"), 0);
    const msh_view *packs = msh_table_get(c->configs, msh_view_of(&config, sizeof config));
    if (packs)
        f->rules = *packs;
}

/* The packs of a scan in one line; the same line as the scan before costs nothing. */
static msh_err take_config(collector *c, const msh_json *body, uint64_t n)
{
    msh_book *b = c->b;
    const msh_json *list = msh_json_get(body, "packs");
    msh_buf line;
    msh_buf_init(&line, 16 << 10);
    for (const msh_json *p = list ? list->child : NULL; p; p = p->next) {
        msh_buf_put_str(&line, line.len ? (c->options->lang == MSH_LANG_EN ? ", " : "、") : "");
        msh_buf_put_view(&line, text(p, "id"));
        msh_buf_put_byte(&line, ' ');
        msh_buf_put_view(&line, text(p, "version"));
    }
    if (!c->packs || !msh_view_eq(*c->packs, msh_buf_view(&line))) {
        c->packs = msh_arena_calloc(&b->arena, 1, sizeof *c->packs);
        if (c->packs)
            *c->packs = msh_arena_copy(&b->arena, msh_buf_view(&line));
    }
    msh_buf_dispose(&line);
    if (!c->packs || !c->packs->data)
        return MSH_E_MEMORY;
    return msh_table_put(c->configs, msh_view_of(&n, sizeof n), c->packs, NULL);
}

/* The first publication counts. */
static msh_err take_publish(collector *c, const msh_json *body, uint64_t n, msh_view ts)
{
    msh_book_release *r = msh_table_get(c->b->by_id, text(body, "release"));
    if (!r || r->published[0])
        return MSH_OK;
    msh_book_day(ts, r->published);
    r->publish_record = n;
    r->published_to = msh_arena_copy(&c->b->arena, text(body, "to"));
    return r->published_to.data ? MSH_OK : MSH_E_MEMORY;
}

static msh_err take_scan(collector *c, const msh_json *body, msh_view ts)
{
    static const char *const keys[4] = {
        [MSH_VERDICT_PASS] = "pass",
        [MSH_VERDICT_REVIEW] = "review",
        [MSH_VERDICT_NOT_INSPECTED] = "not_inspected",
        [MSH_VERDICT_BLOCK] = "block",
    };
    msh_book *b = c->b;
    char day[11];
    msh_book_day(ts, day);
    msh_book_scans *s = b->n_scans ? &b->scans[b->n_scans - 1] : NULL;
    if (!s || strncmp(s->month, day, 7) != 0) {
        if (b->n_scans == MSH_BOOK_MONTHS)
            return MSH_E_LIMIT_BUFFER;
        s = &b->scans[b->n_scans++];
        (void)snprintf(s->month, sizeof s->month, "%.7s", day);
    }
    s->runs++;
    s->items += (uint64_t)msh_json_int(msh_json_get(body, "items"), 0);
    for (size_t v = 0; v < 4; v++)
        s->verdicts[v] += (uint64_t)msh_json_int(msh_json_get(body, keys[v]), 0);
    return MSH_OK;
}

static msh_err on_record(void *ctx, uint64_t n, msh_view line)
{
    static const char *const wanted[] = {"item", "publish", "scan.end", "config", "figures"};
    enum { ITEM, PUBLISH, END, CONFIG, FIGURES, OTHER };
    collector *c = ctx;
    msh_record rec;
    msh_json *body;
    size_t type = 0;
    MSH_TRY(msh_record_read(line, &rec));
    while (type < OTHER && !msh_view_eq_str(rec.type, wanted[type]))
        type++;
    if (type == OTHER || (type == ITEM && !msh_table_get(c->items, msh_view_of(&n, sizeof n))))
        return MSH_OK;
    if (type == FIGURES)
        return c->year ? msh_figures_take(c->b, c->state, c->approved, c->year, n, rec.body)
                       : MSH_OK;
    msh_arena a;
    msh_arena_init(&a, RECORD_CEILING);
    msh_err err = msh_json_read(&a, rec.body, MSH_JSON_LOG, &body, NULL);
    if (err == MSH_OK && type == ITEM)
        take_item(c, body, n);
    else if (err == MSH_OK)
        err = type == PUBLISH  ? take_publish(c, body, n, rec.ts)
              : type == CONFIG ? take_config(c, body, n)
                               : take_scan(c, body, rec.ts);
    msh_arena_dispose(&a);
    return err;
}

/* --- loading
 * ------------------------------------------------------------------------------------------- */

static msh_err load_holidays(msh_book *b, const char *state, const char *file, msh_error *why)
{
    char path[MSH_STATE_PATH + 16];
    msh_buf text;
    (void)snprintf(path, sizeof path, "%s/holidays", state);
    if (!file && access(path, R_OK) != 0)
        return MSH_OK;
    msh_buf_init(&text, HOLIDAYS_MOST);
    msh_err err = msh_file_read(file ? file : path, &text, why);
    if (err == MSH_E_OPEN && file)
        err = msh_file_named_failed(file, why);
    if (err == MSH_OK)
        err = msh_workdays_read(&b->workdays, msh_buf_view(&text), why);
    b->has_holidays = err == MSH_OK;
    msh_buf_dispose(&text);
    return err;
}

static msh_err load(collector *c, const char *holidays, msh_error *why)
{
    msh_log_verdict log;
    msh_approved *approved = NULL;
    msh_book *b = c->b;
    msh_err err = MSH_OK;
    MSH_GUARD(msh_gate_load(c->options, c->state, &approved, &log, why));
    c->approved = approved;
    (void)snprintf(b->origin, sizeof b->origin, "%s", log.origin);
    (void)snprintf(b->root_sha256, sizeof b->root_sha256, "%s", log.root_sha256);
    (void)snprintf(b->root_sm3, sizeof b->root_sm3, "%s", log.root_sm3);
    b->size = log.size;
    msh_clock_format(msh_clock_utc_us(), b->printed);
    MSH_GUARD(load_holidays(b, c->state, holidays, why));
    MSH_GUARD(msh_log_each(c->options, NULL, 0, log.size, "decision", on_decision, c, why));
    MSH_GUARD(msh_log_each(c->options, NULL, 0, log.size, NULL, on_record, c, why));
out:
    msh_approved_free(approved);
    return err;
}

msh_err msh_book_load(const msh_options *options, const char *year, const char *holidays,
                      msh_book *b, msh_error *why)
{
    collector c = {.options = options, .b = b, .year = year};
    *b = (msh_book){.first = NULL};
    msh_arena_init(&b->arena, BOOK_CEILING);
    b->by_id = msh_table_new();
    c.items = msh_table_new();
    c.configs = msh_table_new();
    b->scans = msh_arena_calloc(&b->arena, MSH_BOOK_MONTHS, sizeof *b->scans);
    msh_err err = b->by_id && c.items && c.configs && b->scans ? MSH_OK : MSH_E_MEMORY;
    if (err == MSH_OK)
        err = msh_state_path(options, c.state, why);
    if (err == MSH_OK)
        err = load(&c, holidays, why);
    msh_table_free(c.items, NULL);
    msh_table_free(c.configs, NULL);
    return err == MSH_OK ? err : msh_fail_kept(why, err, "log");
}

void msh_book_dispose(msh_book *b)
{
    msh_workdays_dispose(&b->workdays);
    msh_table_free(b->by_id, NULL);
    msh_arena_dispose(&b->arena);
    *b = (msh_book){.first = NULL};
}

/* --- the sheets
 * ------------------------------------------------------------------------------------------ */

/* "2026" or "2026-11". */
static bool is_period(const char *s, bool month)
{
    int32_t day;
    char first[11];
    size_t n = strlen(s);
    if (n != (month ? 7u : 4u))
        return false;
    (void)snprintf(first, sizeof first, "%s%s", s, month ? "-01" : "-01-01");
    return msh_date_read(msh_view_str(first), &day);
}

static msh_err check(const msh_sheet_job *job, char period[11], msh_error *why)
{
    char now[MSH_UTC_SIZE], today[11];
    bool annual = strcmp(job->sheet, "annual") == 0, form = strcmp(job->sheet, "form") == 0;
    msh_clock_format(msh_clock_utc_us(), now);
    msh_book_day(msh_view_str(now), today);
    (void)snprintf(period, 11, "%.*s", annual ? 4 : 7, today);
    if (form && !job->period)
        period[0] = '\0';
    if (!job->period)
        return MSH_OK;
    if (!(annual ? is_period(job->period, false)
                 : is_period(job->period, true) || (form && is_period(job->period, false))))
        return msh_fail(why, MSH_E_OPTION,
                        "月份写成 2026-11，年度写成 2026 / a month is 2026-11, a year 2026");
    (void)snprintf(period, 11, "%s", job->period);
    return MSH_OK;
}

static msh_err render(const msh_options *options, const msh_sheet_job *job, const msh_book *b,
                      const char *period, msh_buf *page, msh_error *why)
{
    if (strcmp(job->sheet, "annual") == 0) {
        MSH_TRY(msh_book_annual(page, b, options->lang, period));
    } else if (strcmp(job->sheet, "summary") == 0) {
        msh_book_summary(page, b, options->lang, period);
    } else {
        if (job->release && !msh_table_get(b->by_id, msh_view_str(job->release)))
            return msh_fail(why, MSH_E_GONE, "没有这个编号的信息 / there is no release of this id");
        msh_book_form(page, b, options->lang, period, job->release);
    }
    return msh_buf_err(page);
}

msh_err msh_report_sheet(const msh_options *options, const msh_sheet_job *job, msh_error *why)
{
    char period[11];
    msh_book b;
    msh_buf page;
    msh_output o = {.fd = -1};
    MSH_TRY(check(job, period, why));
    msh_buf_init(&page, PAGE);
    msh_err err = msh_book_load(options, strcmp(job->sheet, "annual") == 0 ? period : NULL,
                                job->holidays, &b, why);
    if (err == MSH_OK)
        err = render(options, job, &b, period, &page, why);
    if (err == MSH_OK)
        err = msh_output_open(&o, job->output, why);
    if (err == MSH_OK) {
        msh_report_out out = msh_output_sink(&o);
        err = out.write(out.ctx, msh_buf_view(&page));
        if (err == MSH_OK)
            err = msh_output_finish(&o, why);
        msh_output_dispose(&o);
    }
    msh_book_dispose(&b);
    msh_buf_dispose(&page);
    return err == MSH_OK ? err : msh_fail_kept(why, err, "report");
}
