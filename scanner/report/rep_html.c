/* rep_html.c: the report as one HTML page: what a clerk needs first (verdict, what to do), then
 * charts, then file by file. Opens without a network and without scripts, prints on A4.
 *
 * Items come before their sums, so pieces are kept by verdict, each with a ceiling; what goes over
 * it is counted and said. */
#include "report/html_css.h"
#include "report/html_items.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROWS_MOST = 200, ADVISED_ITEMS = 1000, PASSED_CEILING = 1 << 20, PART_CEILING = 64 << 20 };
/* Bytes of details by verdict: pass, review, not inspected, block. */
static const size_t details_most[4] = {2 << 20, 8 << 20, 8 << 20, 16 << 20};

typedef struct html_report {
    msh_gather gather;
    msh_buf head, rows[4], details[4], passed;
    uint64_t row_count[4], left_out, passed_left_out, advised;
    char id[32], started[28];
    msh_buf evidence;
} html_report;

/* --- begin
 * ---------------------------------------------------------------------------------------- */

static void put_evidence_begin(html_report *t, const msh_run_info *run, msh_lang lang)
{
    msh_buf *b = &t->evidence;
    char hex[65];
    static const msh_message heads[] = {MSG_H_PACK, MSG_H_VERSION, MSG_H_DIGEST};
    msh_buf_put_str(b, "<table><thead><tr>");
    for (size_t i = 0; i < 3; i++) {
        msh_buf_put_str(b, "<th scope=col>");
        msh_html_say(b, heads[i], lang);
    }
    msh_buf_put_str(b, "<tbody>\n");
    for (size_t i = 0; i < run->n_packs; i++) {
        msh_buf_put_str(b, "<tr><th scope=row>");
        msh_html_text(b, run->packs[i].id);
        msh_buf_put_str(b, "<td>");
        msh_html_text(b, run->packs[i].version);
        msh_hex(hex, msh_view_of(run->packs[i].sha256, 32));
        msh_buf_printf(b, "<td class=mono>%s\n", hex);
    }
    msh_buf_put_str(b, "</table>\n");
}

static void put_fact(msh_buf *b, msh_message label, msh_lang lang, msh_view value)
{
    msh_buf_put_str(b, "<li>");
    msh_html_say(b, label, lang);
    msh_buf_put_str(b, lang == MSH_LANG_EN ? ": " : "：");
    msh_html_text(b, value);
    msh_buf_put_byte(b, '\n');
}

static msh_err html_begin(msh_report_run *r, const msh_run_info *run)
{
    char when[MSH_SAY_TIME];
    html_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    for (size_t v = 0; v < 4; v++) {
        msh_buf_init(&t->rows[v], PART_CEILING);
        msh_buf_init(&t->details[v], PART_CEILING);
    }
    msh_buf_init(&t->head, 1 << 20);
    msh_buf_init(&t->evidence, 1 << 20);
    msh_buf_init(&t->passed, PASSED_CEILING + (4 << 20));
    MSH_TRY(msh_gather_init(&t->gather));
    (void)snprintf(t->id, sizeof t->id, "%s", run->run_id);
    (void)snprintf(t->started, sizeof t->started, "%s", run->started);
    msh_say_time(run->started, r->style.lang, when);
    msh_buf_put_str(&t->head, "<ul class=meta>\n");
    put_fact(&t->head, MSG_H_STARTED, r->style.lang, msh_view_str(when));
    put_fact(&t->head, MSG_H_RUN, r->style.lang, msh_view_str(run->run_id));
    put_fact(&t->head, MSG_H_PROGRAM, r->style.lang, msh_view_str(run->program));
    msh_buf_put_str(&t->head, "</ul>\n");
    put_evidence_begin(t, run, r->style.lang);
    msh_buf_put_str(&t->evidence, "<ul>\n");
    put_fact(&t->evidence, MSG_H_POLICY, r->style.lang, msh_view_str(run->policy));
    put_fact(&t->evidence, MSG_H_SANDBOX, r->style.lang,
             msh_view_str(run->sandbox ? run->lock_level : msh_say(MSG_H_NOT_USED, r->style.lang)));
    if (!run->sandbox) {
        msh_buf_put_str(&t->head, "<p><strong>");
        msh_html_say(&t->head, MSG_NO_SANDBOX, r->style.lang);
        msh_buf_put_str(&t->head, "</strong></p>\n");
    }
    return msh_buf_err(&t->head);
}

/* --- items
 * ---------------------------------------------------------------------------------------- */

static void note_passed(html_report *t, const msh_item *item)
{
    msh_view path = item->path_masked ? item->path_shown : item->path;
    if (t->passed.len + path.len > PASSED_CEILING) {
        t->passed_left_out++;
        return;
    }
    msh_buf_put_str(&t->passed, "<li>");
    msh_html_text(&t->passed, path);
    msh_buf_put_byte(&t->passed, '\n');
}

static msh_err html_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                         size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    html_report *t = r->self;
    msh_verdict v = (unsigned)item->verdict < 4 ? item->verdict : MSH_VERDICT_NOT_INSPECTED;
    MSH_TRY(msh_gather_item(&t->gather, item, findings, n_findings, outcomes, n_outcomes));
    if (v == MSH_VERDICT_PASS)
        note_passed(t, item);
    if (v == MSH_VERDICT_PASS && n_findings == 0 && !item->optical)
        return msh_buf_err(&t->passed);
    const msh_html_item it = {.item = item,
                              .findings = findings,
                              .n_findings = n_findings,
                              .outcomes = outcomes,
                              .n_outcomes = n_outcomes,
                              .gather = &t->gather,
                              .lang = r->style.lang,
                              .advice = t->advised < ADVISED_ITEMS};
    if (t->row_count[v]++ < ROWS_MOST)
        msh_html_item_row(&t->rows[v], &it);
    if (t->details[v].len > details_most[v]) {
        t->left_out++;
        return MSH_OK;
    }
    t->advised++;
    return msh_html_item_put(&t->details[v], &it);
}

/* --- the page
 * --------------------------------------------------------------------------------------- */

static void h2(msh_buf *b, msh_message m, msh_lang lang)
{
    msh_buf_put_str(b, "<h2>");
    msh_html_say(b, m, lang);
    msh_buf_put_str(b, "</h2>\n");
}

static msh_verdict worst_of(const msh_run_summary *s)
{
    for (size_t i = 0; i < 3; i++)
        if (s->verdicts[msh_verdicts_by_gravity[i]])
            return msh_verdicts_by_gravity[i];
    return s->items == 0 || s->stopped ? MSH_VERDICT_NOT_INSPECTED : MSH_VERDICT_PASS;
}

static void put_sentence(msh_buf *b, msh_message m, msh_lang lang, uint64_t n)
{
    if (n)
        msh_html_say_n(b, m, lang, n, NULL);
}

static void put_verdict(msh_buf *b, const html_report *t, const msh_run_summary *s, msh_lang lang)
{
    bool said[MSG_COUNT];
    msh_buf_printf(b, "<section class=\"card verdict %c\" id=verdict>",
                   msh_html_class(worst_of(s)));
    h2(b, MSG_H_VERDICT, lang);
    msh_buf_put_str(b, "<p class=say>");
    if (s->stopped)
        msh_html_say(b, MSG_STOPPED, lang);
    if (s->items == 0)
        msh_html_say(b, MSG_V_NOTHING, lang);
    else if (worst_of(s) == MSH_VERDICT_PASS)
        msh_html_say(b, s->waived ? MSG_V_SETTLED : MSG_V_CLEAN, lang);
    put_sentence(b, MSG_V_BLOCK, lang, s->verdicts[MSH_VERDICT_BLOCK]);
    put_sentence(b, MSG_V_MISSING, lang, s->verdicts[MSH_VERDICT_NOT_INSPECTED] - s->covered);
    put_sentence(b, MSG_V_COVERED, lang, s->covered);
    put_sentence(b, MSG_V_WAIVED, lang, s->waived);
    put_sentence(b, MSG_V_REVIEW, lang, s->verdicts[MSH_VERDICT_REVIEW]);
    msh_buf_put_str(b, "</p>\n<h3>");
    msh_html_say(b, MSG_H_NEXT, lang);
    msh_buf_put_str(b, "</h3><ol>\n");
    msh_gather_next(&t->gather, s, said);
    for (size_t m = 0; m < MSG_COUNT; m++)
        if (said[m]) {
            msh_buf_put_str(b, "<li>");
            msh_html_say(b, (msh_message)m, lang);
            msh_buf_put_byte(b, '\n');
        }
    msh_buf_put_str(b, "</ol>\n");
    if (s->people_repeated) {
        char most[24];
        (void)snprintf(most, sizeof most, "%" PRIu64, s->people_most);
        msh_buf_put_str(b, "<p>");
        msh_html_say_n(b, MSG_PEOPLE, lang, s->people_repeated, most);
    }
    msh_buf_put_str(b, "</section>\n");
}

static void put_tiles(msh_buf *b, const msh_run_summary *s, msh_lang lang)
{
    char size[32];
    msh_say_size(s->bytes, size);
    msh_buf_put_str(b, "<dl class=tiles><div><dt>");
    msh_html_say(b, MSG_H_ITEMS, lang);
    msh_buf_printf(b, "</dt><dd>%" PRIu64 "<small>", s->items);
    msh_html_say_n(b, MSG_H_BYTES, lang, 0, size);
    msh_buf_put_str(b, "</small></dd></div>");
    for (size_t i = 0; i < 4; i++) {
        msh_verdict v = msh_verdicts_by_gravity[i];
        msh_buf_printf(b, "<div class=%c><dt>%s</dt><dd>%" PRIu64 "</dd></div>",
                       s->verdicts[v] ? msh_html_class(v) : 'z', msh_verdict_text(v, lang),
                       s->verdicts[v]);
    }
    msh_buf_put_str(b, "</dl>\n");
}

static void figure(msh_buf *b, msh_message title, msh_lang lang)
{
    msh_buf_put_str(b, "<figure class=card><figcaption>");
    msh_html_say(b, title, lang);
    msh_buf_put_str(b, "</figcaption>\n");
}

/* What the colours mean; classes in the order of words. */
static void put_key(msh_buf *b, const char *classes, const char *const *words, size_t n)
{
    msh_buf_put_str(b, "<ul class=key>");
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(b, "<li><i class=k%c></i>%s", classes[i], words[i]);
    msh_buf_put_str(b, "</ul>");
}

static void put_verdict_key(msh_buf *b, msh_lang lang)
{
    const char *words[3];
    for (size_t i = 0; i < 3; i++)
        words[i] = msh_verdict_text(msh_verdicts_by_gravity[i], lang);
    put_key(b, "bnr", words, 3);
}

static void chart_verdicts(msh_buf *b, const msh_run_summary *s, msh_lang lang)
{
    msh_chart_row rows[4] = {{{NULL, 0}, {0}}};
    for (size_t i = 0; i < 4; i++) {
        msh_verdict v = msh_verdicts_by_gravity[i];
        rows[i].label = msh_view_str(msh_verdict_text(v, lang));
        rows[i].n[i] = s->verdicts[v];
    }
    figure(b, MSG_H_BY_VERDICT, lang);
    msh_chart_bars(b, msh_say(MSG_H_BY_VERDICT, lang), rows, 4, "bnrp");
    msh_buf_put_str(b, "</figure>\n");
}

static msh_err chart_categories(msh_buf *b, html_report *t, msh_lang lang)
{
    enum { MOST = 12 };
    msh_counted *all;
    msh_chart_row rows[MOST] = {{{NULL, 0}, {0}}};
    size_t n;
    MSH_TRY(msh_gather_categories(&t->gather, &all, &n));
    if (n == 0)
        return MSH_OK;
    n = n > MOST ? MOST : n;
    for (size_t i = 0; i < n; i++) {
        rows[i].label = msh_say_category(all[i].label, lang);
        rows[i].n[0] = all[i].n[MSH_TIER_BLOCK];
        rows[i].n[1] = all[i].n[MSH_TIER_REVIEW];
        rows[i].n[2] = all[i].n[MSH_TIER_INFO];
    }
    figure(b, MSG_H_BY_CATEGORY, lang);
    msh_chart_bars(b, msh_say(MSG_H_BY_CATEGORY, lang), rows, n, "brii");
    const char *words[3] = {msh_tier_text(MSH_TIER_BLOCK, lang),
                            msh_tier_text(MSH_TIER_REVIEW, lang),
                            msh_tier_text(MSH_TIER_INFO, lang)};
    put_key(b, "bri", words, 3);
    msh_buf_put_str(b, "</figure>\n");
    return MSH_OK;
}

static msh_err chart_departments(msh_buf *b, html_report *t, msh_lang lang)
{
    enum { MOST = 12 };
    msh_counted *all;
    msh_chart_row rows[MOST] = {{{NULL, 0}, {0}}};
    size_t n;
    MSH_TRY(msh_gather_departments(&t->gather, MOST, &all, &n));
    if (n == 0)
        return MSH_OK;
    for (size_t i = 0; i < n; i++) {
        rows[i].label = !all[i].label.len ? msh_view_str(msh_say(MSG_H_REST, lang))
                        : msh_view_eq_str(all[i].label, ".")
                            ? msh_view_str(msh_say(MSG_H_TOP_FOLDER, lang))
                            : all[i].label;
        for (size_t k = 0; k < 3; k++)
            rows[i].n[k] = all[i].n[msh_verdicts_by_gravity[k]];
    }
    figure(b, MSG_H_BY_FOLDER, lang);
    msh_chart_bars(b, msh_say(MSG_H_BY_FOLDER, lang), rows, n, "bnrp");
    put_verdict_key(b, lang);
    msh_buf_put_str(b, "</figure>\n");
    return MSH_OK;
}

/* --- the trend
 * -------------------------------------------------------------------------------------- */

static void trend_table(msh_buf *b, const msh_report_past *runs, size_t n, msh_lang lang)
{
    h2(b, MSG_H_TREND_TABLE, lang);
    char when[MSH_SAY_TIME];
    msh_buf_put_str(b, "<div class=card><table><thead><tr><th scope=col>");
    msh_html_say(b, MSG_H_STARTED, lang);
    msh_buf_put_str(b, "<th scope=col class=c>");
    msh_html_say(b, MSG_H_ITEMS, lang);
    for (size_t k = 0; k < 4; k++)
        msh_buf_printf(b, "<th scope=col class=c>%s",
                       msh_verdict_text(msh_verdicts_by_gravity[k], lang));
    msh_buf_put_str(b, "<tbody>\n");
    for (size_t i = n; i-- > 0;) {
        msh_say_time(runs[i].started, lang, when);
        msh_buf_printf(b, "<tr><th scope=row>%s<td class=c>%" PRIu64, when, runs[i].items);
        for (size_t k = 0; k < 4; k++)
            msh_buf_printf(b, "<td class=c>%" PRIu64, runs[i].verdicts[msh_verdicts_by_gravity[k]]);
        msh_buf_put_byte(b, '\n');
    }
    msh_buf_put_str(b, "</table></div>\n");
}

static msh_err all_runs(const msh_report_run *r, const html_report *t, const msh_run_summary *s,
                        msh_report_past **out)
{
    msh_report_past *runs = msh_calloc(r->n_past + 1, sizeof *runs);
    if (!runs)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < r->n_past; i++)
        runs[i] = r->past[i];
    msh_report_past *now = &runs[r->n_past];
    (void)snprintf(now->id, sizeof now->id, "%s", t->id);
    (void)snprintf(now->started, sizeof now->started, "%s", t->started);
    now->items = s->items;
    now->complete = s->complete;
    for (size_t v = 0; v < 4; v++)
        now->verdicts[v] = s->verdicts[v];
    *out = runs;
    return MSH_OK;
}

static msh_err put_trend_table(msh_buf *b, const msh_report_run *r, const html_report *t,
                               const msh_run_summary *s)
{
    msh_report_past *runs;
    if (!r->n_past)
        return MSH_OK;
    MSH_TRY(all_runs(r, t, s, &runs));
    trend_table(b, runs, r->n_past + 1, r->style.lang);
    msh_free(runs);
    return MSH_OK;
}

static msh_err put_charts(msh_buf *b, const msh_report_run *r, html_report *t,
                          const msh_run_summary *s)
{
    msh_lang lang = r->style.lang;
    msh_report_past *runs = NULL;
    h2(b, MSG_H_CHARTS, lang);
    msh_buf_put_str(b, "<div class=charts>\n");
    chart_verdicts(b, s, lang);
    MSH_TRY(chart_categories(b, t, lang));
    MSH_TRY(chart_departments(b, t, lang));
    if (r->n_past) {
        MSH_TRY(all_runs(r, t, s, &runs));
        figure(b, MSG_H_TREND, lang);
        msh_chart_trend(b, msh_say(MSG_H_TREND, lang), runs, r->n_past + 1, lang);
        put_verdict_key(b, lang);
        msh_buf_put_str(b, "</figure>\n");
    }
    msh_buf_put_str(b, "</div>\n");
    msh_free(runs);
    return MSH_OK;
}

/* --- lists
 * ------------------------------------------------------------------------------------------ */

static void put_rows(msh_buf *b, const html_report *t, msh_lang lang)
{
    static const msh_message heads[] = {MSG_H_VERDICT, MSG_H_FILE, MSG_H_WHAT, MSG_H_COUNT};
    uint64_t more = 0, n = t->row_count[1] + t->row_count[2] + t->row_count[3];
    if (n < 2)
        return;
    h2(b, MSG_H_LIST, lang);
    msh_buf_put_str(b, "<div class=card><table><thead><tr>");
    for (size_t i = 0; i < 4; i++) {
        msh_buf_printf(b, "<th scope=col%s>", i == 3 ? " class=c" : "");
        msh_html_say(b, heads[i], lang);
    }
    msh_buf_put_str(b, "<tbody>\n");
    for (size_t i = 0; i < 3; i++) {
        msh_verdict v = msh_verdicts_by_gravity[i];
        msh_buf_put_view(b, msh_buf_view(&t->rows[v]));
        msh_say_carry(b, &t->rows[v]);
        more += t->row_count[v] > ROWS_MOST ? t->row_count[v] - ROWS_MOST : 0;
    }
    msh_buf_put_str(b, "</table>\n");
    if (more) {
        msh_buf_put_str(b, "<p class=note>");
        msh_html_say_n(b, MSG_H_MORE_ROWS, lang, more, NULL);
    }
    msh_buf_put_str(b, "</div>\n");
}

static msh_err write_part(msh_report_run *r, msh_buf *b)
{
    MSH_TRY(msh_buf_err(b));
    msh_err err = r->out.write(r->out.ctx, msh_buf_view(b));
    msh_buf_reset(b);
    return err;
}

static msh_err write_details(msh_report_run *r, const html_report *t, msh_buf *b)
{
    bool any = false;
    for (size_t i = 0; i < 4; i++) {
        const msh_buf *part = &t->details[msh_verdicts_by_gravity[i]];
        MSH_TRY(msh_buf_err(part));
        if (!part->len)
            continue;
        if (!any)
            h2(b, MSG_H_DETAILS, r->style.lang);
        any = true;
        MSH_TRY(write_part(r, b));
        MSH_TRY(r->out.write(r->out.ctx, msh_buf_view(part)));
    }
    if (t->left_out) {
        msh_buf_put_str(b, "<p class=note>");
        msh_html_say_n(b, MSG_H_MORE_ITEMS, r->style.lang, t->left_out, NULL);
    }
    return MSH_OK;
}

static void put_words(msh_buf *b, msh_message label, msh_view text, msh_lang lang)
{
    if (!text.len)
        return;
    msh_buf_put_str(b, "<dt>");
    msh_html_say(b, label, lang);
    msh_buf_put_str(b, "<dd>");
    msh_html_text(b, text);
    msh_buf_put_byte(b, '\n');
}

static msh_err put_rules(msh_buf *b, html_report *t, msh_lang lang)
{
    const msh_rule_note **rules;
    size_t n;
    MSH_TRY(msh_gather_rules(&t->gather, &rules, &n));
    if (n == 0)
        return MSH_OK;
    h2(b, MSG_H_RULES, lang);
    msh_buf_put_str(b, "<div class=card>\n");
    for (size_t i = 0; i < n; i++) {
        msh_buf_printf(b, "<section class=rule id=r%zu><h3>", rules[i]->index);
        msh_html_pill(b, msh_html_class_of_tier(rules[i]->worst),
                      msh_tier_text(rules[i]->worst, lang));
        msh_buf_put_byte(b, ' ');
        msh_html_text(b, msh_note_name(rules[i], lang));
        msh_buf_put_str(b, "</h3><dl>\n");
        put_words(b, MSG_H_DO, msh_note_advice(rules[i], lang), lang);
        put_words(b, MSG_H_EXPLAIN, msh_note_explain(rules[i], lang), lang);
        put_words(b, MSG_H_BASIS, msh_note_basis(rules[i], lang), lang);
        put_words(b, MSG_H_CATEGORY, msh_say_category(rules[i]->category, lang), lang);
        put_words(b, MSG_H_RULE_ID, rules[i]->id, lang);
        msh_buf_put_str(b, "</dl></section>\n");
    }
    msh_buf_put_str(b, "</div>\n");
    return MSH_OK;
}

static void put_reasons(msh_buf *b, const msh_gather *g, msh_lang lang)
{
    static const msh_message heads[] = {MSG_H_REASON, MSG_H_OUTCOME, MSG_H_DO, MSG_H_NUMBER};
    if (!g->n_reasons)
        return;
    h2(b, MSG_H_REASONS, lang);
    msh_buf_put_str(b, "<div class=card><table><thead><tr>");
    for (size_t i = 0; i < 4; i++) {
        msh_buf_printf(b, "<th scope=col%s>", i == 3 ? " class=c" : "");
        msh_html_say(b, heads[i], lang);
    }
    msh_buf_put_str(b, "<tbody>\n");
    for (size_t i = 0; i < g->n_reasons; i++) {
        msh_view reason = msh_view_str(g->reasons[i].reason);
        msh_buf_put_str(b, "<tr><th scope=row>");
        msh_html_text(b, msh_view_str(msh_say_reason(reason, lang)));
        msh_buf_printf(b, "<td>%s<td>", msh_outcome_text(g->reasons[i].outcome, lang));
        msh_html_say(b, msh_say_advice(reason), lang);
        msh_buf_printf(b, "<td class=c>%" PRIu64 "\n", g->reasons[i].n);
    }
    msh_buf_put_str(b, "</table></div>\n");
}

static void put_passed(msh_buf *b, const html_report *t, msh_lang lang)
{
    msh_say_carry(b, &t->passed);
    if (!t->passed.len)
        return;
    h2(b, MSG_H_PASSED, lang);
    msh_buf_put_str(b, "<div class=card><p class=note>");
    msh_html_say(b, MSG_H_PASSED_NOTE, lang);
    msh_buf_put_str(b, "</p><ul class=passed>\n");
    msh_buf_put_view(b, msh_buf_view(&t->passed));
    msh_say_carry(b, &t->passed);
    msh_buf_put_str(b, "</ul>\n");
    if (t->passed_left_out) {
        msh_buf_put_str(b, "<p class=note>");
        msh_html_say_n(b, MSG_H_PASSED_MORE, lang, t->passed_left_out, NULL);
    }
    msh_buf_put_str(b, "</div>\n");
}

static void put_evidence(msh_buf *b, html_report *t, const msh_run_summary *s, msh_lang lang)
{
    char size[24];
    h2(b, MSG_H_EVIDENCE, lang);
    (void)snprintf(size, sizeof size, "%" PRIu64, s->log_size);
    put_fact(&t->evidence, MSG_H_LOG, lang, msh_view_str(s->log_origin));
    put_fact(&t->evidence, MSG_H_LOG_SIZE, lang, msh_view_str(size));
    put_fact(&t->evidence, MSG_H_LOG_ROOT, lang, msh_view_str(s->log_root));
    msh_buf_put_str(b, "<div class=card>\n");
    msh_buf_put_view(b, msh_buf_view(&t->evidence));
    msh_say_carry(b, &t->evidence);
    msh_buf_put_str(b, "</ul><p>");
    msh_html_say(b, MSG_H_CHECK_LOG, lang);
    msh_buf_put_str(b, "</div>\n");
}

static void put_title(msh_buf *b, const html_report *t, const msh_run_summary *s, msh_lang lang)
{
    msh_buf title;
    msh_buf_init(&title, 4096);
    msh_buf_printf(&title, "%s · %.10s · %s %" PRIu64, msh_say(MSG_H_TITLE, lang), t->started,
                   msh_verdict_text(MSH_VERDICT_BLOCK, lang), s->verdicts[MSH_VERDICT_BLOCK]);
    msh_html_begin(b, lang, html_css, msh_buf_view(&title));
    msh_say_carry(b, &title);
    msh_buf_dispose(&title);
    msh_buf_put_str(b, "<header><a class=skip href=\"#verdict\">");
    msh_html_say(b, MSG_H_SKIP, lang);
    msh_buf_put_str(b, "</a>\n<h1>");
    msh_html_say(b, MSG_H_TITLE, lang);
    msh_buf_put_str(b, "</h1>\n");
    msh_buf_put_view(b, msh_buf_view(&t->head));
    msh_say_carry(b, &t->head);
    msh_buf_put_str(b, "</header>\n<main>\n");
}

static msh_err write_page(msh_report_run *r, html_report *t, const msh_run_summary *s, msh_buf *b)
{
    msh_lang lang = r->style.lang;
    put_title(b, t, s, lang);
    put_verdict(b, t, s, lang);
    put_tiles(b, s, lang);
    MSH_TRY(put_charts(b, r, t, s));
    put_rows(b, t, lang);
    MSH_TRY(write_part(r, b));
    MSH_TRY(write_details(r, t, b));
    MSH_TRY(put_rules(b, t, lang));
    put_reasons(b, &t->gather, lang);
    MSH_TRY(put_trend_table(b, r, t, s));
    put_passed(b, t, lang);
    put_evidence(b, t, s, lang);
    msh_buf_put_str(b, "</main>\n<footer><p>");
    msh_html_say(b, MSG_H_MASKED, lang);
    msh_buf_put_str(b, "</footer>\n</body>\n</html>\n");
    return write_part(r, b);
}

static msh_err html_end(msh_report_run *r, const msh_run_summary *s)
{
    msh_buf b;
    msh_buf_init(&b, PART_CEILING);
    msh_err err = write_page(r, r->self, s, &b);
    msh_buf_dispose(&b);
    return err;
}

static void html_dispose(msh_report_run *r)
{
    html_report *t = r->self;
    if (!t)
        return;
    msh_gather_dispose(&t->gather);
    for (size_t v = 0; v < 4; v++) {
        msh_buf_dispose(&t->rows[v]);
        msh_buf_dispose(&t->details[v]);
    }
    msh_buf_dispose(&t->head);
    msh_buf_dispose(&t->evidence);
    msh_buf_dispose(&t->passed);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_html = {
    .name = "html",
    .zh = "一个网页文件：离线可看，可打印",
    .en = "one HTML page: offline, printable",
    .trend = true,
    .begin = html_begin,
    .item = html_item,
    .end = html_end,
    .dispose = html_dispose,
};
