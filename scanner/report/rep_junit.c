/* rep_junit.c: JUnit XML for build servers: one case an item; BLOCK and REVIEW are failures, what
 * was not inspected is an error. The counts stand in front, so cases are kept until the end. */
#include "report/place.h"
#include "report/report.h"
#include "report/say.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { CEILING = 512 << 20, SHOWN = 100 };

typedef struct junit_report {
    msh_buf cases, words;
    char id[32], started[28];
    uint64_t failures, errors, extra;
} junit_report;

static msh_err junit_begin(msh_report_run *r, const msh_run_info *run)
{
    junit_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    msh_buf_init(&t->cases, CEILING);
    msh_buf_init(&t->words, 8 << 20);
    (void)snprintf(t->id, sizeof t->id, "%s", run->run_id);
    (void)snprintf(t->started, sizeof t->started, "%s", run->started);
    return MSH_OK;
}

/* Folder and name of a path, as classname and name. */
static void put_names(msh_buf *b, msh_view path)
{
    size_t cut = path.len;
    while (cut > 0 && path.data[cut - 1] != '/')
        cut--;
    msh_buf_put_str(b, "classname=\"");
    msh_escape_html(b, cut ? msh_view_cut(path, 0, cut - 1) : MSH_VIEW("."));
    msh_buf_put_str(b, "\" name=\"");
    msh_escape_html(b, msh_view_cut(path, cut, path.len));
    msh_buf_put_byte(b, '"');
}

static void put_place(junit_report *t, const msh_place *p, msh_lang lang)
{
    msh_buf_reset(&t->words);
    msh_place_words(&t->words, p, lang);
    msh_escape_html(&t->cases, msh_buf_view(&t->words));
    msh_say_carry(&t->cases, &t->words);
}

static void put_findings(junit_report *t, const msh_finding *findings, size_t n, msh_lang lang)
{
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        const msh_finding *f = &findings[i];
        char buf[MSH_SAY_EXCERPT];
        msh_buf_printf(&t->cases, "%s · ", msh_tier_text(f->tier, lang));
        put_place(t, &f->place, lang);
        msh_buf_put_str(&t->cases, " · ");
        msh_escape_html(&t->cases, f->rule);
        msh_buf_put_byte(&t->cases, ' ');
        msh_escape_html(&t->cases, lang == MSH_LANG_EN && f->rule_name_en.len ? f->rule_name_en
                                                                              : f->rule_name);
        msh_buf_put_str(&t->cases, " · ");
        msh_escape_html(&t->cases, msh_say_excerpt(f->excerpt, lang, buf));
        msh_buf_put_byte(&t->cases, '\n');
    }
}

static void put_outcomes(junit_report *t, const msh_outcome_note *outcomes, size_t n, msh_lang lang)
{
    for (size_t i = 0, shown = 0; i < n && shown < SHOWN; i++) {
        if (msh_outcome_is_whole(outcomes[i].outcome))
            continue;
        put_place(t, &outcomes[i].place, lang);
        msh_buf_put_str(&t->cases, " · ");
        msh_escape_html(&t->cases, msh_view_str(msh_say_reason(outcomes[i].reason, lang)));
        msh_buf_put_byte(&t->cases, '\n');
        shown++;
    }
}

static msh_err junit_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                          size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    junit_report *t = r->self;
    msh_lang lang = r->style.lang;
    bool is_error = item->verdict == MSH_VERDICT_NOT_INSPECTED;
    msh_buf_put_str(&t->cases, "  <testcase ");
    put_names(&t->cases, item->path_masked ? item->path_shown : item->path);
    msh_buf_printf(&t->cases, " time=\"%u.%03u\"", item->ms / 1000, item->ms % 1000);
    if (item->verdict == MSH_VERDICT_PASS) {
        msh_buf_put_str(&t->cases, "/>\n");
        return msh_buf_err(&t->cases);
    }
    t->errors += is_error;
    t->failures += !is_error;
    const char *tag = is_error ? "error" : "failure";
    msh_buf_printf(&t->cases, ">\n    <%s type=\"%s\" message=\"%s", tag,
                   msh_verdict_name(item->verdict), msh_verdict_text(item->verdict, lang));
    if (item->reason.len) {
        msh_buf_put_str(&t->cases, lang == MSH_LANG_EN ? ": " : "：");
        msh_escape_html(&t->cases, msh_view_str(msh_say_reason(item->reason, lang)));
    }
    msh_buf_put_str(&t->cases, "\">");
    put_findings(t, findings, n_findings, lang);
    put_outcomes(t, outcomes, n_outcomes, lang);
    if (item->optical_page)
        msh_buf_printf(&t->cases, "%s\n", msh_say(MSG_OPTICAL_PAGE, lang));
    msh_buf_printf(&t->cases, "</%s>\n  </testcase>\n", tag);
    return msh_buf_err(&t->cases);
}

static void put_head(const junit_report *t, msh_buf *b, const msh_run_summary *s)
{
    msh_buf counts;
    msh_buf_init(&counts, 1024);
    msh_buf_printf(&counts,
                   "tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
                   "\" time=\"%" PRIu64 ".%03u\"",
                   s->items + t->extra, t->failures, t->errors, s->ms / 1000,
                   (unsigned)(s->ms % 1000));
    msh_buf_put_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mishen\" ");
    msh_buf_put_view(b, msh_buf_view(&counts));
    msh_buf_put_str(b, ">\n <testsuite name=\"");
    msh_escape_html(b, msh_view_str(t->id));
    msh_buf_put_str(b, "\" skipped=\"0\" timestamp=\"");
    msh_escape_html(b, msh_view_cut(msh_view_str(t->started), 0, 19));
    msh_buf_put_str(b, "\" ");
    msh_buf_put_view(b, msh_buf_view(&counts));
    msh_buf_put_str(b, ">\n");
    msh_say_carry(b, &counts);
    msh_buf_dispose(&counts);
}

static msh_err junit_end(msh_report_run *r, const msh_run_summary *s)
{
    junit_report *t = r->self;
    msh_buf b;
    if (s->stopped || s->items == 0) { /* no build turns green by that */
        msh_message m = s->stopped ? MSG_STOPPED : MSG_V_NOTHING;
        t->errors++;
        t->extra++;
        msh_buf_put_str(&t->cases, "  <testcase classname=\"mishen\" name=\"run\" time=\"0\">"
                                   "<error type=\"NOT-INSPECTED\" message=\"");
        msh_escape_html(&t->cases, msh_view_str(msh_say(m, r->style.lang)));
        msh_buf_put_str(&t->cases, "\"/></testcase>\n");
    }
    msh_buf_put_str(&t->cases, " </testsuite>\n</testsuites>\n");
    msh_buf_init(&b, 1 << 16);
    put_head(t, &b, s);
    msh_err err = msh_buf_err(&b) != MSH_OK ? msh_buf_err(&b) : msh_buf_err(&t->cases);
    if (err == MSH_OK)
        err = r->out.write(r->out.ctx, msh_buf_view(&b));
    if (err == MSH_OK)
        err = r->out.write(r->out.ctx, msh_buf_view(&t->cases));
    msh_buf_dispose(&b);
    return err;
}

static void junit_dispose(msh_report_run *r)
{
    junit_report *t = r->self;
    if (!t)
        return;
    msh_buf_dispose(&t->cases);
    msh_buf_dispose(&t->words);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_junit = {
    .name = "junit",
    .zh = "JUnit XML，供持续集成使用",
    .en = "JUnit XML for build servers",
    .begin = junit_begin,
    .item = junit_item,
    .end = junit_end,
    .dispose = junit_dispose,
};
