/* view.c: what stands where: verdicts as of today, deadlines in working days of the unit. */
#define _GNU_SOURCE
#include "scan/view.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "base/workdays.h"
#include "scan/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { HOLIDAYS_MAX = 1 << 20, PUBLISH_DAYS = 20, ESCALATED_DAYS = 10 };

/* --- days ------------------------------------------------------------------------------------- */

/* A record's time is UTC; working days are those of Beijing, eight hours ahead. */
static bool day_of(msh_view ts, int32_t *out)
{
    if (!msh_date_read(ts, out))
        return false;
    if (ts.len > 13)
        *out += (ts.data[11] - '0') * 10 + (ts.data[12] - '0') >= 16;
    return true;
}

static msh_err load_days(const msh_notary *k, msh_workdays *w, msh_error *why)
{
    char path[MSH_STATE_PATH + 20];
    struct stat st;
    msh_buf b;
    *w = (msh_workdays){NULL, 0, 0};
    (void)snprintf(path, sizeof path, "%s/holidays", k->state);
    if (lstat(path, &st) != 0 && errno == ENOENT)
        return MSH_OK;
    msh_buf_init(&b, HOLIDAYS_MAX);
    msh_err err = msh_file_read(path, &b, why);
    if (err == MSH_OK)
        err = msh_workdays_read(w, msh_buf_view(&b), why);
    msh_buf_dispose(&b);
    return err;
}

static int32_t today(void)
{
    char now[MSH_UTC_SIZE];
    int32_t day = 0;
    msh_clock_format(msh_clock_utc_us(), now);
    (void)day_of(msh_view_str(now), &day);
    return day;
}

static unsigned step_days(const msh_notary *k, const msh_reg_release *r)
{
    static const unsigned days[] = {
#define MSH_STEP(id, name, role, days, refuse, zh, en, step_zh, step_en) days,
#include <mishen/reviewsteps.def>
#undef MSH_STEP
    };
    const msh_trust *t = msh_approved_trust(k->approved);
    if (r->escalated)
        return msh_trust_days(t, "escalated", ESCALATED_DAYS);
    unsigned step = r->path[r->at];
    return msh_trust_days(t, msh_register_step_name(step), days[step]);
}

static void fill_days(const msh_notary *k, const msh_reg_release *r, const msh_workdays *w,
                      msh_release *out)
{
    int32_t since, formed, now = today();
    if (out->pending && day_of(r->since, &since)) {
        int32_t due = msh_workdays_after(w, since, step_days(k, r));
        msh_date_write(due, out->due);
        out->days_left = msh_workdays_between(w, now, due);
        out->late = now > due;
    }
    bool open = out->pending || (r->state == MSH_RELEASE_APPROVED && !r->published.len) ||
                r->state == MSH_RELEASE_RETURNED;
    if (open && msh_date_read(out->texts.formed, &formed)) {
        unsigned days = msh_trust_days(msh_approved_trust(k->approved), "publish", PUBLISH_DAYS);
        int32_t due = msh_workdays_after(w, formed, days);
        msh_date_write(due, out->publish_due);
        out->publish_late = now > due;
    }
}

/* --- files ------------------------------------------------------------------------------------ */

static msh_view text_of(const msh_json *j, const char *key)
{
    return msh_json_text(msh_json_get(j, key));
}

static const msh_reg_leave *waiver_of(const msh_notary *k, const msh_reg_finding *f, msh_view path,
                                      msh_view now)
{
    return msh_register_waiver(msh_approved_register(k->approved), text_of(f->body, "fp"),
                               text_of(f->body, "rule"), path, now);
}

static msh_tier tier_of(const msh_json *body)
{
    return msh_view_eq_str(text_of(body, "tier"), "BLOCK") ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
}

static msh_verdict verdict_named(msh_view name)
{
    for (int v = MSH_VERDICT_PASS; v <= MSH_VERDICT_BLOCK; v++)
        if (msh_view_eq_str(name, msh_verdict_name((msh_verdict)v)))
            return (msh_verdict)v;
    return MSH_VERDICT_NOT_INSPECTED;
}

static bool whole(msh_view outcome)
{
    for (int o = 0; o < MSH_OUTCOME_COUNT; o++)
        if (msh_view_eq_str(outcome, msh_outcome_name((msh_outcome)o)))
            return msh_outcome_is_whole((msh_outcome)o);
    return false;
}

/* What the scan said, with what has been waived and stated since. */
static void view_file(const msh_notary *k, const msh_reg_release *r, const msh_decision_file *f,
                      msh_view now, msh_release_file *out)
{
    const msh_register *g = msh_approved_register(k->approved);
    const msh_reg_item *item = f->record == MSH_NO_RECORD ? NULL : msh_register_item(g, f->record);
    msh_tier worst = (msh_tier)0;
    *out = (msh_release_file){.path = f->path, .size = f->size, .record = f->record};
    memcpy(out->sha256, f->sha256, 32);
    memcpy(out->sm3, f->sm3, 32);
    out->verdict = MSH_VERDICT_NOT_INSPECTED;
    if (!item)
        return;
    out->known = true;
    out->outcome = text_of(item->body, "outcome");
    out->reason = text_of(item->body, "reason");
    for (const msh_reg_finding *n = item->first; n; n = n->next) {
        if (waiver_of(k, n, f->path, now)) {
            out->waived++;
            continue;
        }
        out->open++;
        if (tier_of(n->body) > worst)
            worst = tier_of(n->body);
    }
    msh_verdict said = verdict_named(text_of(item->body, "verdict"));
    /* without findings (a page of a picture, a name that was masked) the scan's word stands */
    out->verdict = item->first ? msh_verdict_of(worst, whole(out->outcome), false) : said;
    const msh_reg_leave *s =
        out->verdict == MSH_VERDICT_NOT_INSPECTED
            ? msh_register_statement(g, f->size, f->sha256, f->sm3, now, r->submit->reviewer)
            : NULL;
    if (s) {
        out->stated_till = s->d->not_after;
        out->stated_by = s->d->reviewer;
    }
}

static void now_of(char out[MSH_UTC_SIZE])
{
    msh_clock_format(msh_clock_utc_us(), out);
}

static void sum_files(const msh_notary *k, const msh_reg_release *r, msh_release *out)
{
    char now[MSH_UTC_SIZE];
    now_of(now);
    for (size_t i = 0; i < r->submit->n_files; i++) {
        msh_release_file f;
        view_file(k, r, &r->submit->files[i], msh_view_str(now), &f);
        out->open += f.open;
        out->waived += f.waived;
        if (!f.stated_till.len && f.verdict > out->worst && f.known)
            out->worst = f.verdict;
    }
}

/* --- releases --------------------------------------------------------------------------------- */

static void fill(const msh_notary *k, const msh_reg_release *r, const msh_workdays *w,
                 msh_release *out)
{
    const msh_decision_read_out *s = r->submit;
    char now[MSH_UTC_SIZE];
    now_of(now);
    *out = (msh_release){.id = r->id,
                         .state = r->state,
                         .submitted_by = s->reviewer,
                         .submitted = r->first_ts,
                         .record = r->last,
                         .round = r->round,
                         .step = (unsigned)r->at,
                         .n_steps = (unsigned)r->n_path,
                         .published = r->published,
                         .n_files = s->n_files};
    enum { RELEASE, ACT };
#define MSH_REVIEW_TEXT(where, member, key, zh, en)                                                \
    if ((where) == RELEASE)                                                                        \
        out->texts.member = s->member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
    out->pending = r->state <= MSH_RELEASE_ESCALATED && r->at < r->n_path;
    if (r->state == MSH_RELEASE_APPROVED && r->approve)
        out->not_after = r->approve->not_after;
    if (out->not_after.len && msh_view_cmp(out->not_after, msh_view_str(now)) < 0)
        out->state = MSH_RELEASE_EXPIRED;
    fill_days(k, r, w, out);
    sum_files(k, r, out);
}

msh_err msh_view_release(const msh_notary *k, const msh_reg_release *r, msh_release *out,
                         msh_error *why)
{
    msh_workdays w;
    msh_err err = load_days(k, &w, why);
    if (err == MSH_OK)
        fill(k, r, &w, out);
    msh_workdays_dispose(&w);
    return err;
}

static bool wanted(const msh_release_filter *f, const msh_release *r)
{
    if (!f)
        return true;
    return (!f->pending || r->pending) && (!f->late || r->late || r->publish_late) &&
           (!f->state || strcmp(f->state, msh_release_state_name(r->state)) == 0) &&
           (!f->category || msh_view_eq_str(r->texts.category, f->category)) &&
           (!f->since || msh_view_cmp(r->submitted, msh_view_str(f->since)) >= 0) &&
           (!f->before || msh_view_cmp(r->submitted, msh_view_str(f->before)) < 0);
}

static msh_err check_filter(const msh_release_filter *f, msh_error *why)
{
    if (!f || !f->state)
        return MSH_OK;
    for (int s = 0; s < MSH_RELEASE_STATE_COUNT; s++)
        if (strcmp(f->state, msh_release_state_name((msh_release_state)s)) == 0)
            return MSH_OK;
    return msh_fail(why, MSH_E_OPTION,
                    "first second secrecy approve escalated returned approved on-request refused "
                    "withdrawn expired");
}

static void list(const msh_notary *k, const msh_workdays *w, const msh_release_filter *filter,
                 const msh_release_visitor *v)
{
    const msh_reg_release *r = msh_register_first(msh_approved_register(k->approved));
    bool more = v->release != NULL;
    for (; r && more; r = r->next) {
        msh_release row;
        if (!r->submit) /* only withdrawn, in a log of an earlier version */
            continue;
        fill(k, r, w, &row);
        if (wanted(filter, &row))
            more = v->release(v->ctx, &row);
    }
}

msh_err msh_review_list(const msh_options *options, const msh_release_filter *filter,
                        const msh_release_visitor *visitor, msh_error *why)
{
    msh_notary k;
    msh_workdays w = {NULL, 0, 0};
    MSH_TRY(check_filter(filter, why));
    msh_err err = msh_notary_open(&k, options, NULL, why);
    if (err == MSH_OK)
        err = load_days(&k, &w, why);
    if (err == MSH_OK)
        list(&k, &w, filter, visitor);
    msh_workdays_dispose(&w);
    msh_notary_dispose(&k);
    return err;
}

/* --- one release ------------------------------------------------------------------------------ */

static void fill_finding(const msh_reg_finding *n, msh_view path, msh_release_finding *out)
{
    const msh_json *b = n->body, *place = msh_json_get(b, "place");
    msh_view fp = text_of(b, "fp");
    *out = (msh_release_finding){.path = path,
                                 .rule = text_of(b, "rule"),
                                 .category = text_of(b, "class"),
                                 .role = text_of(place, "role"),
                                 .part = text_of(place, "part"),
                                 .sheet = text_of(place, "sheet"),
                                 .cell = text_of(place, "cell"),
                                 .tier = tier_of(b),
                                 .page = (uint32_t)msh_json_int(msh_json_get(place, "page"), 0),
                                 .line = (uint32_t)msh_json_int(msh_json_get(place, "line"), 0),
                                 .count = (uint64_t)msh_json_int(msh_json_get(b, "count"), 0)};
    if (fp.len == 32)
        memcpy(out->fp, fp.data, 32);
}

static bool show_findings(const msh_notary *k, const msh_decision_file *f, msh_view now,
                          const msh_release_visitor *v)
{
    const msh_reg_item *item =
        f->record == MSH_NO_RECORD
            ? NULL
            : msh_register_item(msh_approved_register(k->approved), f->record);
    for (const msh_reg_finding *n = item ? item->first : NULL; n; n = n->next) {
        msh_release_finding row;
        const msh_reg_leave *w = waiver_of(k, n, f->path, now);
        fill_finding(n, f->path, &row);
        row.waived = w != NULL;
        row.waived_till = w ? w->d->not_after : (msh_view){NULL, 0};
        if (!v->finding(v->ctx, &row))
            return false;
    }
    return true;
}

static bool show_files(const msh_notary *k, const msh_reg_release *r, const msh_release_visitor *v)
{
    char now[MSH_UTC_SIZE];
    now_of(now);
    for (size_t i = 0; i < r->submit->n_files; i++) {
        msh_release_file f;
        view_file(k, r, &r->submit->files[i], msh_view_str(now), &f);
        if (v->file && !v->file(v->ctx, &f))
            return false;
        if (v->finding && !show_findings(k, &r->submit->files[i], msh_view_str(now), v))
            return false;
    }
    return true;
}

static void show_events(const msh_reg_release *r, const msh_release_visitor *v)
{
    bool more = v->event != NULL;
    for (const msh_reg_event *e = r->first; e && more; e = e->next) {
        msh_release_event row = {.record = e->n,
                                 .ts = e->ts,
                                 .by = e->d->reviewer,
                                 .role = e->d->role,
                                 .act = e->d->kind,
                                 .counts = e->counts,
                                 .why = e->why};
#define MSH_REVIEW_TEXT(where, member, key, zh, en) row.texts.member = e->d->member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
        more = v->event(v->ctx, &row);
    }
}

static msh_err show(const msh_notary *k, const char *id, const msh_release_visitor *v,
                    msh_error *why)
{
    msh_release row;
    const msh_reg_release *r =
        msh_register_release(msh_approved_register(k->approved), msh_view_str(id));
    if (!r || !r->submit)
        return msh_fail(why, MSH_E_GONE, "%s: 没有这个编号的信息 / no release of this id", id);
    MSH_TRY(msh_view_release(k, r, &row, why));
    if (v->release && !v->release(v->ctx, &row))
        return MSH_OK;
    if (show_files(k, r, v))
        show_events(r, v);
    return MSH_OK;
}

msh_err msh_review_read(const msh_options *options, const char *id,
                        const msh_release_visitor *visitor, msh_error *why)
{
    msh_notary k;
    msh_err err = msh_notary_open(&k, options, NULL, why);
    if (err == MSH_OK)
        err = show(&k, id, visitor, why);
    msh_notary_dispose(&k);
    return err;
}
