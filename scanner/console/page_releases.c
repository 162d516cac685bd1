/* page_releases.c: what waits for whom, all releases, their figures. Made in the office: everything
 * is read anew from the verified log. */
#include "console/review_pages.h"

#include <stdio.h>
#include <stdlib.h>

/* --- shared ----------------------------------------------------------------------------------- */

/* What a person of this role has to do, as states: bits. */
unsigned review_states_of(msh_account_role role)
{
    static const unsigned by_role[MSH_ACCOUNT_ROLE_COUNT] = {
        [MSH_ACCOUNT_CLERK] = STATE_BIT(RETURNED),
        [MSH_ACCOUNT_HEAD] = STATE_BIT(FIRST),
        [MSH_ACCOUNT_REVIEWER] = STATE_BIT(SECOND) | STATE_BIT(SECRECY) | STATE_BIT(ESCALATED),
        [MSH_ACCOUNT_LEADER] = STATE_BIT(APPROVE),
        [MSH_ACCOUNT_AUDITOR] = STATE_BIT(FIRST) | STATE_BIT(SECOND) | STATE_BIT(SECRECY) |
                                STATE_BIT(APPROVE) | STATE_BIT(ESCALATED)};
    return (unsigned)role < MSH_ACCOUNT_ROLE_COUNT ? by_role[role] : 0;
}

void review_failed(console_request *q, msh_err err, const msh_error *why)
{
    bool evidence = msh_err_class(err) == 6 && err != MSH_E_REFUSED;
    if (err == MSH_E_GONE) {
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_RELEASE_DO);
        return;
    }
    if (evidence)
        office_verify(q);
    q->status = err == MSH_E_REFUSED || msh_err_class(err) == 1 ? 409 : 500;
    html_begin(q, say(q, SAY_E_TITLE));
    html(q, "<div class=\"verdict bad\" role=\"alert\"><p class=\"words\">✕ ");
    html(q, msh_err_text(err, q->lang));
    html(q, "</p><p>");
    html_str(q, why->text);
    html(q, "</p></div>\n<p><a href=\"/\">");
    html(q, say(q, SAY_E_BACK));
    html(q, "</a></p>\n");
    html_end(q);
}

void review_due(console_request *q, const msh_release *r)
{
    if (!r->due[0]) {
        html(q, "—");
        return;
    }
    if (r->late)
        html(q, "<span class=\"tag bad\">✕ ");
    html_str(q, r->due);
    html(q, " ");
    html_say(q,
             r->days_left < 0    ? SAY_DAYS_LATE
             : r->days_left == 0 ? SAY_DAY_TODAY
                                 : SAY_DAYS_LEFT,
             (uint64_t)llabs((long long)r->days_left), NULL);
    if (r->late)
        html(q, "</span>");
}

static void link_to(console_request *q, const msh_release *r)
{
    html(q, "<a href=\"/releases/");
    html_text(q, r->id);
    html(q, "\">");
    html_text(q, r->texts.title.len ? r->texts.title : r->id);
    html(q, "</a>");
    if (r->texts.docno.len) {
        html(q, "<br>");
        html_text(q, r->texts.docno);
    }
}

/* --- tables of releases ----------------------------------------------------------------------- */

typedef struct list_page {
    console_request *q;
    unsigned states;    /* shown; bits */
    bool own;           /* only what this person submitted */
    msh_buf late, rest; /* rows */
    size_t n_late, n_rest;
} list_page;

enum { ROWS = 200, ROWS_MAX = 8 << 20 };

static void put_row(console_request *q, const msh_release *r)
{
    html(q, "<tr><td>");
    link_to(q, r);
    html(q, "</td><td>");
    html(q, msh_release_state_text(r->state, q->lang));
    html(q, "</td><td>");
    html_text(q, r->submitted_by);
    msh_buf_printf(&q->page, "<br><span class=\"help\">%.10s</span></td><td>",
                   r->submitted.len >= 10 ? (const char *)r->submitted.data : "          ");
    review_due(q, r);
    html(q, "</td><td>");
    html_verdict(q, r->worst);
    html(q, "</td></tr>\n");
}

static bool on_release(void *ctx, const msh_release *r)
{
    list_page *p = ctx;
    console_request *q = p->q;
    if (!(p->states & (1u << r->state)) ||
        (p->own && !msh_view_eq_str(r->submitted_by, q->account.name)))
        return true;
    msh_buf *to = r->late ? &p->late : &p->rest;
    size_t *n = r->late ? &p->n_late : &p->n_rest;
    if (++*n <= ROWS) {
        html_swap(q, to);
        put_row(q, r);
        html_swap(q, to);
    }
    return true;
}

static void put_table(console_request *q, console_msg caption, const msh_buf *rows, size_t n)
{
    static const console_msg heads[] = {SAY_TITLE, SAY_STATE, SAY_PREPARED_BY, SAY_DUE,
                                        SAY_VERDICT};
    if (!n)
        return;
    html(q, "<table><caption>");
    html_say(q, caption, n, NULL);
    html(q, "</caption><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, heads[i]));
    html(q, "</tr></thead><tbody>\n");
    msh_buf_put_view(&q->page, msh_buf_view(rows));
    html(q, "</tbody></table>\n");
}

static msh_err gather(list_page *p, const msh_release_filter *filter, msh_error *why)
{
    const msh_release_visitor visitor = {.ctx = p, .release = on_release};
    msh_buf_init(&p->late, ROWS_MAX);
    msh_buf_init(&p->rest, ROWS_MAX);
    return msh_review_list(p->q->c->options, filter, &visitor, why);
}

static void drop(list_page *p)
{
    msh_buf_dispose(&p->late);
    msh_buf_dispose(&p->rest);
}

void page_today(console_request *q)
{
    msh_error why = {0};
    bool clerk = q->account.role == MSH_ACCOUNT_CLERK;
    list_page p = {.q = q, .states = review_states_of(q->account.role), .own = clerk};
    const msh_release_filter filter = {.pending = !clerk};
    msh_err err = gather(&p, &filter, &why);
    if (err != MSH_OK && err != MSH_E_NO_LOG) {
        review_failed(q, err, &why);
    } else {
        html_begin(q, NULL);
        if (!p.n_late && !p.n_rest)
            html_para(q, "help", SAY_NOTHING_WAITS);
        put_table(q, SAY_LATE_N, &p.late, p.n_late);
        put_table(q, clerk ? SAY_RETURNED_N : SAY_WAITING_N, &p.rest, p.n_rest);
        html_end(q);
    }
    drop(&p);
}

static void put_states(console_request *q, const char *asked)
{
    msh_buf_printf(&q->page, "<ul class=\"pages screen\"><li><a href=\"/releases\"%s>%s</a></li>",
                   asked[0] ? "" : " aria-current=\"true\"", say(q, SAY_LOG_ALL));
    for (int s = 0; s < MSH_RELEASE_STATE_COUNT; s++)
        msh_buf_printf(&q->page, "<li><a href=\"/releases?state=%s\"%s>%s</a></li>",
                       msh_release_state_name((msh_release_state)s),
                       strcmp(asked, msh_release_state_name((msh_release_state)s)) == 0
                           ? " aria-current=\"true\""
                           : "",
                       msh_release_state_text((msh_release_state)s, q->lang));
    html(q, "</ul>\n");
}

static unsigned state_asked(const char *asked)
{
    for (int s = 0; s < MSH_RELEASE_STATE_COUNT; s++)
        if (strcmp(asked, msh_release_state_name((msh_release_state)s)) == 0)
            return 1u << s;
    return ~0u;
}

void page_releases(console_request *q)
{
    char asked[32];
    msh_error why = {0};
    request_query(q, "state", asked, sizeof asked);
    list_page p = {
        .q = q, .states = state_asked(asked), .own = q->account.role == MSH_ACCOUNT_CLERK};
    msh_err err = gather(&p, NULL, &why);
    if (err != MSH_OK && err != MSH_E_NO_LOG) {
        review_failed(q, err, &why);
    } else {
        html_begin(q, NULL);
        put_states(q, asked);
        if (!p.n_late && !p.n_rest)
            html_para(q, "help", SAY_NO_RELEASES);
        put_table(q, SAY_LATE_N, &p.late, p.n_late);
        put_table(q, SAY_RELEASES_N, &p.rest, p.n_rest);
        html_end(q);
    }
    drop(&p);
}

/* --- figures ---------------------------------------------------------------------------------- */

enum { MONTHS = 12, CATEGORIES = 12 };
typedef struct figure {
    char name[100];
    uint64_t n;
} figure;
typedef struct stats_page {
    figure months[MONTHS], categories[CATEGORIES];
    size_t n_months, n_categories;
    uint64_t states[MSH_RELEASE_STATE_COUNT], all, late, publish_late;
} stats_page;

static void count(figure *all, size_t *n, size_t most, msh_view name)
{
    for (size_t i = 0; i < *n; i++)
        if (msh_view_eq_str(name, all[i].name)) {
            all[i].n++;
            return;
        }
    if (*n == most) { /* the oldest month goes; categories past the table are the last */
        if (most != MONTHS) {
            all[most - 1].n++;
            return;
        }
        memmove(all, all + 1, (most - 1) * sizeof *all);
        --*n;
    }
    figure *f = &all[(*n)++];
    size_t len = msh_view_utf8_prefix(msh_view_cut(name, 0, sizeof f->name - 1));
    *f = (figure){.n = 1};
    if (len)
        memcpy(f->name, name.data, len);
}

static bool on_figure(void *ctx, const msh_release *r)
{
    stats_page *p = ctx;
    p->all++;
    p->late += r->late;
    p->publish_late += r->publish_late;
    if ((unsigned)r->state < MSH_RELEASE_STATE_COUNT)
        p->states[r->state]++;
    count(p->months, &p->n_months, MONTHS, msh_view_cut(r->submitted, 0, 7));
    count(p->categories, &p->n_categories, CATEGORIES,
          r->texts.category.len ? r->texts.category : msh_view_of("—", sizeof "—" - 1));
    return true;
}

/* Bars as a picture, the same figures as a table for who cannot see it. */
static void put_bars(console_request *q, console_msg caption, const figure *all, size_t n)
{
    uint64_t most = 1;
    for (size_t i = 0; i < n; i++)
        most = all[i].n > most ? all[i].n : most;
    msh_buf_printf(&q->page,
                   "<h2>%s</h2>\n<svg role=\"img\" aria-label=\"%s\" width=\"640\" height=\"%zu\" "
                   "viewBox=\"0 0 640 %zu\">",
                   say(q, caption), say(q, caption), n * 30 + 4, n * 30 + 4);
    for (size_t i = 0; i < n; i++) {
        unsigned width = (unsigned)(all[i].n * 380 / most);
        msh_buf_printf(&q->page, "<text x=\"150\" y=\"%zu\" text-anchor=\"end\" font-size=\"15\">",
                       i * 30 + 22);
        html_str(q, all[i].name);
        msh_buf_printf(&q->page,
                       "</text><rect x=\"160\" y=\"%zu\" width=\"%u\" height=\"20\" "
                       "fill=\"#1f4e79\"/><text x=\"%u\" y=\"%zu\" font-size=\"15\">%llu</text>",
                       i * 30 + 7, width, 168 + width, i * 30 + 22, (unsigned long long)all[i].n);
    }
    html(q, "</svg>\n");
}

static void put_stats(console_request *q, stats_page *p)
{
    figure states[MSH_RELEASE_STATE_COUNT];
    size_t n = 0;
    for (int s = 0; s < MSH_RELEASE_STATE_COUNT; s++) {
        if (!p->states[s])
            continue;
        (void)snprintf(states[n].name, sizeof states[n].name, "%s",
                       msh_release_state_text((msh_release_state)s, q->lang));
        states[n++].n = p->states[s];
    }
    html(q, "<p>");
    html_say(q, SAY_RELEASES_N, p->all, NULL);
    html(q, " · ");
    html_say(q, SAY_LATE_N, p->late, NULL);
    html(q, " · ");
    html_say(q, SAY_PUBLISH_LATE_N, p->publish_late, NULL);
    html(q, "</p>\n");
    for (size_t i = 0; i < p->n_categories; i++)
        (void)snprintf(p->categories[i].name, sizeof p->categories[i].name, "%s",
                       words_of_category(q, p->categories[i].name));
    put_bars(q, SAY_BY_MONTH, p->months, p->n_months);
    put_bars(q, SAY_BY_CATEGORY, p->categories, p->n_categories);
    put_bars(q, SAY_BY_STATE, states, n);
}

void page_stats(console_request *q)
{
    msh_error why = {0};
    stats_page p = {.all = 0};
    const msh_release_visitor visitor = {.ctx = &p, .release = on_figure};
    msh_err err = msh_review_list(q->c->options, NULL, &visitor, &why);
    if (err != MSH_OK && err != MSH_E_NO_LOG) {
        review_failed(q, err, &why);
        return;
    }
    html_begin(q, NULL);
    if (p.all)
        put_stats(q, &p);
    else
        html_para(q, "help", SAY_NO_RELEASES);
    html_end(q);
}
