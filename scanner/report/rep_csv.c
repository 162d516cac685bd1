/* rep_csv.c: a table for Excel, WPS and LibreOffice: UTF-8 with byte order mark, CR LF, every field
 * quoted (RFC 4180); what a spreadsheet would take for a formula gets a ' before it. A row for each
 * finding, for each thing that was not inspected, and for each item without either. */
#include "report/place.h"
#include "report/report.h"
#include "report/say.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { CEILING = 16 << 20, FLUSH_AT = 64 << 10 };

typedef struct csv_report {
    msh_buf lines, field;
} csv_report;

typedef struct csv_row {
    const msh_item *item;
    const char *tier;
    const msh_place *place; /* NULL = none */
    msh_view rule, name, category, excerpt, advice, fp;
    uint64_t count;
} csv_row;

static void field(csv_report *t, msh_view v)
{
    if (t->lines.len && t->lines.data[t->lines.len - 1] != '\n')
        msh_buf_put_byte(&t->lines, ',');
    msh_escape_csv(&t->lines, v);
}

static void end_row(csv_report *t)
{
    msh_buf_put_str(&t->lines, "\r\n");
}

static void number(csv_report *t, uint64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    field(t, msh_view_str(text));
}

static void digest(csv_report *t, bool has, const uint8_t bytes[32])
{
    char hex[65] = "";
    if (has)
        msh_hex(hex, msh_view_of(bytes, 32));
    field(t, msh_view_str(hex));
}

static msh_err flush(msh_report_run *r, csv_report *t, size_t at_least)
{
    MSH_TRY(msh_buf_err(&t->lines));
    if (t->lines.len < at_least)
        return MSH_OK;
    msh_err err = r->out.write(r->out.ctx, msh_buf_view(&t->lines));
    msh_buf_reset(&t->lines);
    return err;
}

static msh_err put_row(msh_report_run *r, const csv_row *row)
{
    csv_report *t = r->self;
    const msh_item *item = row->item;
    msh_lang lang = r->style.lang;
    number(t, item->n + 1);
    field(t, item->path_masked ? item->path_shown : item->path);
    field(t, msh_view_str(msh_verdict_text(item->verdict, lang)));
    field(t, msh_view_str(row->tier));
    msh_buf_reset(&t->field);
    if (row->place)
        msh_place_words(&t->field, row->place, lang);
    field(t, msh_buf_view(&t->field));
    msh_say_carry(&t->lines, &t->field);
    field(t, row->name);
    field(t, row->excerpt);
    if (row->count)
        number(t, row->count);
    else
        field(t, MSH_VIEW(""));
    field(t, msh_say_category(row->category, lang));
    field(t, row->advice);
    field(t, row->rule);
    field(t, item->format);
    number(t, item->size);
    digest(t, item->has_sha256, item->sha256);
    digest(t, item->has_sm3, item->sm3);
    field(t, row->fp);
    end_row(t);
    return flush(r, t, FLUSH_AT);
}

static msh_err csv_begin(msh_report_run *r, const msh_run_info *run)
{
    static const msh_message heads[] = {MSG_C_NUMBER,   MSG_H_FILE,   MSG_H_VERDICT, MSG_H_TIER,
                                        MSG_C_PLACE,    MSG_H_WHAT,   MSG_C_EXCERPT, MSG_H_COUNT,
                                        MSG_H_CATEGORY, MSG_H_DO,     MSG_H_RULE_ID, MSG_C_FORMAT,
                                        MSG_C_SIZE,     MSG_C_SHA256, MSG_C_SM3,     MSG_C_FP};
    csv_report *t = msh_calloc(1, sizeof *t);
    (void)run;
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    msh_buf_init(&t->lines, CEILING);
    msh_buf_init(&t->field, CEILING);
    msh_buf_put_str(&t->lines, "\xEF\xBB\xBF");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (i)
            msh_buf_put_byte(&t->lines, ',');
        msh_escape_csv(&t->lines, msh_view_str(msh_say(heads[i], r->style.lang)));
    }
    end_row(t);
    return flush(r, t, 0);
}

static msh_view choose(msh_view zh, msh_view en, msh_lang lang)
{
    return lang == MSH_LANG_EN && en.len ? en : zh;
}

static msh_err csv_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                        size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    msh_lang lang = r->style.lang;
    size_t rows = 0;
    for (size_t i = 0; i < n_findings; i++, rows++) {
        char buf[MSH_SAY_EXCERPT];
        const msh_finding *f = &findings[i];
        const csv_row row = {.item = item,
                             .tier = msh_tier_text(f->tier, lang),
                             .place = &f->place,
                             .rule = f->rule,
                             .name = choose(f->rule_name, f->rule_name_en, lang),
                             .category = f->category,
                             .excerpt = msh_say_excerpt(f->excerpt, lang, buf),
                             .advice = choose(f->advice, f->advice_en, lang),
                             .fp = msh_view_str(f->fp),
                             .count = f->count};
        MSH_TRY(put_row(r, &row));
    }
    for (size_t i = 0; i < n_outcomes; i++) {
        const msh_outcome_note *o = &outcomes[i];
        if (msh_outcome_is_whole(o->outcome))
            continue;
        const csv_row row = {.item = item,
                             .tier = msh_verdict_text(MSH_VERDICT_NOT_INSPECTED, lang),
                             .place = &o->place,
                             .rule = o->reason,
                             .name = msh_view_str(msh_say_reason(o->reason, lang)),
                             .advice = msh_view_str(msh_say(msh_say_advice(o->reason), lang))};
        MSH_TRY(put_row(r, &row));
        rows++;
    }
    if (rows)
        return MSH_OK;
    const csv_row row = {
        .item = item,
        .tier = "",
        .name = !item->optical_page && !item->optical
                    ? MSH_VIEW("")
                    : msh_view_str(msh_say(item->optical ? MSG_OPTICAL : MSG_OPTICAL_PAGE, lang))};
    return put_row(r, &row);
}

/* A run that did not come to its end, or found nothing to inspect, is no clean table. */
static msh_err csv_end(msh_report_run *r, const msh_run_summary *s)
{
    csv_report *t = r->self;
    if (s->stopped || s->items == 0) {
        field(t, MSH_VIEW(""));
        field(t, msh_view_str(msh_say(s->stopped ? MSG_STOPPED : MSG_V_NOTHING, r->style.lang)));
        field(t, msh_view_str(msh_verdict_text(MSH_VERDICT_NOT_INSPECTED, r->style.lang)));
        for (size_t i = 3; i < 16; i++)
            field(t, MSH_VIEW(""));
        end_row(t);
    }
    return flush(r, t, 0);
}

static void csv_dispose(msh_report_run *r)
{
    csv_report *t = r->self;
    if (!t)
        return;
    msh_buf_dispose(&t->lines);
    msh_buf_dispose(&t->field);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_csv = {
    .name = "csv",
    .zh = "表格，Excel、WPS、LibreOffice 可直接打开",
    .en = "a table for Excel, WPS and LibreOffice",
    .begin = csv_begin,
    .item = csv_item,
    .end = csv_end,
    .dispose = csv_dispose,
};
