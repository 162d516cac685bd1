/* book_annual.c: the figures of a year (政府信息公开条例 第五十条): counted row by row, totals are
 * sums of the rows that stand there. */
#include "report/book.h"
#include "report/form.h"
#include "report/html.h"

#include "base/err.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CATEGORIES = 200, REPLY_DAYS = 20 };

typedef struct count_row {
    msh_view label;
    uint64_t n;
} count_row;

static void section(msh_buf *out, msh_message m, msh_lang lang)
{
    msh_buf_put_str(out, "<h2>");
    msh_html_say(out, m, lang);
    msh_buf_put_str(out, "</h2>\n");
}

static void paragraph(msh_buf *out, msh_message m, msh_lang lang, uint64_t n, const char *a)
{
    msh_buf_put_str(out, "<p>");
    msh_html_say_n(out, m, lang, n, a);
    msh_buf_put_str(out, "</p>\n");
}

static void tenth(msh_buf *out, unsigned tenths)
{
    msh_buf_printf(out, "<td class=c>%u.%u%%", tenths / 10, tenths % 10);
}

/* Rows with their share and a total that is the sum of the rows. */
static void put_table(msh_buf *out, const count_row *rows, size_t n, msh_message label,
                      msh_lang lang)
{
    uint64_t counts[MOST_CATEGORIES] = {0}, sum = 0;
    unsigned tenths[MOST_CATEGORIES] = {0}, all = 0;
    for (size_t i = 0; i < n; i++)
        counts[i] = rows[i].n;
    msh_book_shares(counts, n, tenths);
    msh_buf_put_str(out, "<table><thead><tr><th scope=col>");
    msh_html_say(out, label, lang);
    msh_buf_put_str(out, "<th scope=col class=c>");
    msh_html_say(out, MSG_B_ITEMS, lang);
    msh_buf_put_str(out, "<th scope=col class=c>");
    msh_html_say(out, MSG_B_SHARE, lang);
    msh_buf_put_str(out, "<tbody>\n");
    for (size_t i = 0; i < n; i++) {
        msh_buf_put_str(out, "<tr><td>");
        msh_html_text(out, rows[i].label);
        msh_buf_printf(out, "<td class=c>%" PRIu64, rows[i].n);
        tenth(out, tenths[i]);
        sum += rows[i].n;
        all += tenths[i];
    }
    msh_buf_put_str(out, "<tfoot><tr><th scope=row>");
    msh_html_say(out, MSG_B_TOTAL, lang);
    msh_buf_printf(out, "<td class=c>%" PRIu64, sum);
    tenth(out, all);
    msh_buf_put_str(out, "</table>\n");
}

/* --- 1: by category
 * ------------------------------------------------------------------------------- */

static bool made_public(const msh_book_release *r, const char *year)
{
    return !msh_book_on_request(r) && msh_book_in(msh_book_public_day(r), year);
}

static size_t add_row(count_row *rows, size_t *n, msh_view label)
{
    for (size_t i = 0; i < *n; i++)
        if (msh_view_eq(rows[i].label, label))
            return i;
    if (*n == MOST_CATEGORIES)
        return MOST_CATEGORIES - 1;
    rows[*n] = (count_row){label, 0};
    return (*n)++;
}

static void by_category(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    count_row rows[MOST_CATEGORIES];
    size_t n = 0;
    uint64_t approved_only = 0;
#define MSH_CATEGORY(name, zh, en, steps)                                                          \
    (void)add_row(rows, &n, msh_book_category(msh_view_str(name), lang));
#include <mishen/categories.def>
#undef MSH_CATEGORY
    for (const msh_book_release *r = b->first; r; r = r->next) {
        if (!made_public(r, year))
            continue;
        msh_view label = r->category.len ? msh_book_category(r->category, lang)
                                         : msh_view_str(msh_say(MSG_B_NO_CATEGORY, lang));
        rows[add_row(rows, &n, label)].n++;
        approved_only += r->published[0] == '\0';
    }
    section(out, MSG_B_BY_CATEGORY, lang);
    put_table(out, rows, n, MSG_B_CATEGORY, lang);
    if (approved_only)
        paragraph(out, MSG_B_AS_APPROVED, lang, approved_only, NULL);
}

/* --- 2: timeliness
 * ---------------------------------------------------------------------------------- */

/* Working days between two days; false when one is none. */
static bool days_between(const msh_book *b, msh_view from, const char *to, int *out)
{
    int32_t x, y;
    if (from.len != 10 || !msh_date_read(from, &x) || !msh_date_read(msh_view_str(to), &y))
        return false;
    *out = msh_workdays_between(&b->workdays, x, y);
    if (*out < 0)
        *out = 0; /* published before the date it bears */
    return true;
}

static void average(char out[32], uint64_t sum, uint64_t n)
{
    uint64_t tenths = n ? (sum * 10 + n / 2) / n : 0;
    (void)snprintf(out, 32, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static void timeliness(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    static const char *const spans[] = {"0–5", "6–10", "11–20"};
    count_row rows[5] = {{{NULL, 0}, 0}};
    char labels[3][64], mean[32];
    uint64_t sum = 0, known = 0;
    for (size_t i = 0; i < 3; i++) {
        msh_buf t;
        msh_buf_init(&t, 64);
        msh_say_put(&t, MSG_B_WITHIN, lang, 0, spans[i], NULL);
        (void)snprintf(labels[i], sizeof labels[i], "%.*s", (int)t.len, (const char *)t.data);
        msh_say_carry(out, &t);
        msh_buf_dispose(&t);
        rows[i].label = msh_view_str(labels[i]);
    }
    rows[3].label = msh_view_str(msh_say(MSG_B_LATE, lang));
    rows[4].label = msh_view_str(msh_say(MSG_B_NO_FORMED, lang));
    for (const msh_book_release *r = b->first; r; r = r->next) {
        int days;
        if (!made_public(r, year))
            continue;
        if (!days_between(b, r->formed, msh_book_public_day(r), &days)) {
            rows[4].n++;
            continue;
        }
        rows[days <= 5 ? 0 : days <= 10 ? 1 : days <= 20 ? 2 : 3].n++;
        sum += (uint64_t)days;
        known++;
    }
    section(out, MSG_B_TIMELY, lang);
    put_table(out, rows, 5, MSG_B_TIME, lang);
    average(mean, sum, known);
    if (known)
        paragraph(out, MSG_B_AVERAGE, lang, 0, mean);
    paragraph(out, b->has_holidays ? MSG_B_HOLIDAYS : MSG_B_NO_HOLIDAYS, lang, 0, NULL);
}

/* --- 3: refusals
 * ------------------------------------------------------------------------------------ */

static void refusals(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    count_row rows[MOST_CATEGORIES];
    size_t n = 0;
#define MSH_REFUSAL(code, zh, en, basis)                                                           \
    (void)add_row(rows, &n, msh_book_refusal(msh_view_str(code), lang));
#include <mishen/refusals.def>
#undef MSH_REFUSAL
    size_t other = add_row(rows, &n, msh_view_str(msh_say(MSG_B_OTHER_REASON, lang)));
    for (const msh_book_release *r = b->first; r; r = r->next) {
        const msh_book_event *e = msh_book_last(r, "refuse");
        if (msh_book_state_of(r) != MSH_BOOK_REFUSED || !e || !msh_book_in(e->day, year))
            continue;
        msh_view label = msh_book_refusal(e->code, lang);
        size_t at = other;
        for (size_t i = 0; i < n && e->code.len; i++)
            if (msh_view_eq(rows[i].label, label))
                at = i;
        rows[at].n++;
    }
    section(out, MSG_B_REFUSALS, lang);
    put_table(out, rows, n, MSG_B_REASON, lang);
}

/* --- 4: applications
 * ---------------------------------------------------------------------------------- */

static const char *reply_day(const msh_book_release *r)
{
    const char *day = "";
    for (const msh_book_event *e = r->first; e; e = e->next)
        if (e->counts && (msh_view_eq_str(e->act, "approve") || msh_view_eq_str(e->act, "refuse")))
            day = e->day;
    return day;
}

static void applications(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    static const msh_message names[] = {MSG_B_GRANTED, MSG_B_DENIED, MSG_B_SENT_BACK, MSG_B_OPEN,
                                        MSG_B_WAS_WITHDRAWN};
    count_row rows[5] = {{{NULL, 0}, 0}};
    uint64_t sum = 0, replied = 0, late = 0;
    char mean[32];
    for (size_t i = 0; i < 5; i++)
        rows[i].label = msh_view_str(msh_say(names[i], lang));
    for (const msh_book_release *r = b->first; r; r = r->next) {
        msh_book_state s = msh_book_state_of(r);
        int days;
        if (!msh_book_on_request(r) || !r->first || !msh_book_in(r->first->day, year))
            continue;
        rows[s == MSH_BOOK_APPROVED    ? 0
             : s == MSH_BOOK_REFUSED   ? 1
             : s == MSH_BOOK_RETURNED  ? 2
             : s == MSH_BOOK_WITHDRAWN ? 4
                                       : 3]
            .n++;
        if (days_between(b, msh_view_str(r->first->day), reply_day(r), &days)) {
            sum += (uint64_t)days;
            late += days > REPLY_DAYS;
            replied++;
        }
    }
    section(out, MSG_B_APPLICATIONS, lang);
    put_table(out, rows, 5, MSG_B_RECEIVED, lang);
    average(mean, sum, replied);
    if (replied)
        paragraph(out, MSG_B_REPLY_DAYS, lang, late, mean);
}

/* --- 5 to 7
 * --------------------------------------------------------------------------------------------- */

static void heads(msh_buf *out, const msh_message *names, size_t n, size_t numbers, msh_lang lang)
{
    msh_buf_put_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        msh_buf_printf(out, "<th scope=col%s>", i >= numbers ? " class=c" : "");
        msh_html_say(out, names[i], lang);
    }
    msh_buf_put_str(out, "<tbody>\n");
}

static void withdrawals(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    static const msh_message names[] = {MSG_B_TITLE, MSG_B_WITHDRAWN, MSG_B_REASON, MSG_B_RECORDS};
    uint64_t n = 0;
    section(out, MSG_B_WITHDRAWALS, lang);
    heads(out, names, 4, 3, lang);
    for (const msh_book_release *r = b->first; r; r = r->next)
        for (const msh_book_event *e = r->first; e; e = e->next) {
            if (!e->counts || !msh_view_eq_str(e->act, "withdraw") || !msh_book_in(e->day, year))
                continue;
            msh_buf_put_str(out, "<tr><td>");
            msh_html_text(out, r->title.len ? r->title : r->id);
            msh_buf_printf(out, "<td>%s<td>", e->day);
            msh_html_text(out, e->reason);
            msh_buf_printf(out, "<td class=c>%" PRIu64 "\n", e->n);
            n++;
        }
    msh_buf_put_str(out, "<tfoot><tr><th scope=row colspan=3>");
    msh_html_say(out, MSG_B_TOTAL, lang);
    msh_buf_printf(out, "<td class=c>%" PRIu64 "</table>\n", n);
}

static void scan_cells(msh_buf *out, const msh_book_scans *s)
{
    msh_buf_printf(out, "<td class=c>%" PRIu64 "<td class=c>%" PRIu64, s->runs, s->items);
    for (size_t k = 0; k < 4; k++)
        msh_buf_printf(out, "<td class=c>%" PRIu64, s->verdicts[msh_verdicts_by_gravity[k]]);
    msh_buf_put_byte(out, '\n');
}

static void scans(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    msh_book_scans sum = {.runs = 0};
    section(out, MSG_B_SCANS, lang);
    msh_buf_put_str(out, "<table><thead><tr><th scope=col>");
    msh_html_say(out, MSG_B_MONTH, lang);
    msh_buf_put_str(out, "<th scope=col class=c>");
    msh_html_say(out, MSG_B_RUNS, lang);
    msh_buf_put_str(out, "<th scope=col class=c>");
    msh_html_say(out, MSG_H_ITEMS, lang);
    for (size_t k = 0; k < 4; k++)
        msh_buf_printf(out, "<th scope=col class=c>%s",
                       msh_verdict_text(msh_verdicts_by_gravity[k], lang));
    msh_buf_put_str(out, "<tbody>\n");
    for (size_t i = 0; i < b->n_scans; i++) {
        const msh_book_scans *s = &b->scans[i];
        if (!msh_book_in(s->month, year))
            continue;
        msh_buf_printf(out, "<tr><td>%s", s->month);
        scan_cells(out, s);
        sum.runs += s->runs;
        sum.items += s->items;
        for (size_t v = 0; v < 4; v++)
            sum.verdicts[v] += s->verdicts[v];
    }
    msh_buf_put_str(out, "<tfoot><tr><th scope=row>");
    msh_html_say(out, MSG_B_TOTAL, lang);
    scan_cells(out, &sum);
    msh_buf_put_str(out, "</table>\n");
}

static void manual(msh_buf *out, const msh_book *b, msh_lang lang)
{
    static const struct {
        const char *text[2], *unit[2];
    } rows[] = {
#define MSH_FIGURE(name, zh, en, unit_zh, unit_en) {{zh, en}, {unit_zh, unit_en}},
#include <mishen/figures.def>
#undef MSH_FIGURE
    };
    static const msh_message names[] = {MSG_B_FIGURE, MSG_B_ENTERED_BY, MSG_B_DATE, MSG_B_RECORDS,
                                        MSG_B_VALUE};
    bool en = lang == MSH_LANG_EN;
    section(out, MSG_B_MANUAL, lang);
    heads(out, names, 5, 3, lang);
    for (size_t i = 0; i < MSH_FIGURES; i++) {
        const msh_book_figure *f = &b->figures[i];
        msh_buf_printf(out, "<tr><td>%s <em class=hand>", rows[i].text[en]);
        msh_html_say(out, MSG_B_HAND_MARK, lang);
        msh_buf_put_str(out, "</em><td>");
        if (!f->known) {
            msh_buf_put_str(out, "<td><td class=c><td class=c>");
            msh_html_say(out, MSG_B_NOT_ENTERED, lang);
            msh_buf_put_byte(out, '\n');
            continue;
        }
        msh_html_text(out, f->by);
        msh_buf_printf(out, "<td>%s<td class=c>%" PRIu64 "<td class=c>%" PRIu64 " %s\n", f->day,
                       f->n, f->value, rows[i].unit[en]);
    }
    msh_buf_put_str(out, "</table>\n");
}

msh_err msh_book_annual(msh_buf *out, const msh_book *b, msh_lang lang, const char *year)
{
    msh_buf code;
    msh_book_begin(out, lang, msh_view_str(msh_say(MSG_B_ANNUAL, lang)));
    msh_buf_put_str(out, "<section class=sheet><h1>");
    msh_html_say(out, MSG_B_ANNUAL, lang);
    msh_buf_printf(out, "</h1>\n<p class=sub>%s %s</p>\n", msh_say(MSG_B_YEAR, lang), year);
    by_category(out, b, lang, year);
    timeliness(out, b, lang, year);
    refusals(out, b, lang, year);
    applications(out, b, lang, year);
    withdrawals(out, b, lang, year);
    scans(out, b, lang, year);
    manual(out, b, lang);
    paragraph(out, MSG_B_SUM, lang, 0, NULL);
    msh_buf_init(&code, 2048);
    msh_buf_printf(&code, "mishen-annual/v1\n%s\n\n%s\n%" PRIu64 "\n%s\n", year, b->origin, b->size,
                   b->root_sha256);
    msh_book_evidence(out, b, lang, msh_buf_view(&code));
    msh_say_carry(out, &code);
    msh_buf_dispose(&code);
    msh_form_end(out);
    msh_book_end(out);
    return msh_buf_err(out);
}
