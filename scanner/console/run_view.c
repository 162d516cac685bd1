/* run_view.c: a run as a clerk understands it, read from its report: what, where, why, what to do.
 *
 * A report is our own, but it is read as strictly as anything else. A page shows at most so many
 * findings that it stays within 60 KB. */
#include "console/run_read.h"

enum { SHOWN_ITEM = 20, SHOWN_ALL = 90, SHOWN_RULES = 24, SHOWN_PLACES = 3 };

typedef struct view {
    run_report report;
    size_t shown, n_rules;
    msh_view rules[SHOWN_RULES];
    bool secret;
} view;

/* --- words ------------------------------------------------------------------------------------ */

const msh_rule_set *console_rules(console_request *q)
{
    console *c = q->c;
    if (!q->in_office)
        return msh_service_rules(c->service);
    if (!c->office_rules && msh_rule_set_load(c->options, &c->office_rules, NULL) != MSH_OK) {
        msh_rule_set_free(c->office_rules);
        c->office_rules = NULL;
    }
    return c->office_rules;
}

static bool rule_named(console_request *q, msh_view id, msh_rule_view *out)
{
    const msh_rule_set *s = console_rules(q);
    for (size_t i = 0; s && i < msh_rule_set_count(s); i++) {
        msh_rule_set_get(s, i, out);
        if (msh_view_eq(out->id, id))
            return true;
    }
    return false;
}

static msh_view in_language(const console_request *q, msh_view zh, msh_view en)
{
    return q->lang == MSH_LANG_EN && en.len ? en : zh;
}

static void note_rule(view *v, const msh_json *finding)
{
    msh_view id = msh_json_text(msh_json_get(finding, "rule"));
    bool grave = msh_view_eq_str(msh_json_text(msh_json_get(finding, "tier")), "BLOCK");
    if (grave && msh_view_eq_str(msh_json_text(msh_json_get(finding, "category")), "国家秘密"))
        v->secret = true;
    for (size_t i = 0; i < v->n_rules; i++)
        if (msh_view_eq(v->rules[i], id))
            return;
    if (v->n_rules < SHOWN_RULES)
        v->rules[v->n_rules++] = id;
}

/* --- tables ----------------------------------------------------------------------------------- */

static void put_finding(console_request *q, const msh_json *f)
{
    msh_rule_view rule;
    msh_view id = msh_json_text(msh_json_get(f, "rule"));
    const msh_json *more = msh_json_get(f, "more");
    int64_t count = msh_json_int(msh_json_get(f, "count"), 1);
    int64_t shown = 1;
    html(q, "<tr>");
    html(q, "<td>");
    html_tier_named(q, msh_json_text(msh_json_get(f, "tier")));
    html(q, "</td>");
    html(q, "<td>");
    html_place(q, msh_json_get(f, "place"));
    for (const msh_json *p = more ? more->child : NULL; p && shown < SHOWN_PLACES; p = p->next) {
        html(q, "<br>");
        html_place(q, p);
        shown++;
    }
    if (count > shown) {
        html(q, "<br>");
        html_say(q, SAY_MORE_PLACES, (uint64_t)(count - shown), NULL);
    }
    html(q, "</td><td>");
    msh_view name = msh_json_text(msh_json_get(f, "name"));
    html_text(q, rule_named(q, id, &rule) ? in_language(q, rule.name, rule.name_en) : name);
    html(q, "</td><td class=\"excerpt\">");
    html_text(q, msh_json_text(msh_json_get(f, "excerpt")));
    html(q, "</td></tr>\n");
}

static void put_findings(console_request *q, view *v, const run_item *i)
{
    static const console_msg columns[] = {SAY_LEVEL, SAY_WHERE, SAY_WHAT, SAY_EXCERPT};
    size_t n = 0;
    if (!i->findings)
        return;
    msh_buf_printf(&q->page, "<table><caption>%s</caption>\n", say(q, SAY_WHAT_FOUND));
    html_heads(q, columns, 4);
    for (const run_line *l = i->findings; l; l = l->next) {
        note_rule(v, l->j);
        if (n < SHOWN_ITEM && v->shown < SHOWN_ALL) {
            put_finding(q, l->j);
            v->shown++;
            n++;
        }
    }
    uint64_t all = (uint64_t)msh_json_int(msh_json_get(i->j, "findings"), 0);
    if (all > n) {
        html(q, "<tr><td colspan=\"4\">");
        html_say(q, SAY_MORE, all - n, NULL);
        html(q, "</td></tr>\n");
    }
    html(q, "</tbody></table>\n");
}

static void put_outcome(console_request *q, const msh_json *o)
{
    char reason[64];
    msh_view name = msh_json_text(msh_json_get(o, "reason"));
    msh_view vpath = msh_json_text(msh_json_get(msh_json_get(o, "place"), "vpath"));
    size_t n = name.len < sizeof reason - 1 ? name.len : sizeof reason - 1;
    if (n)
        memcpy(reason, name.data, n);
    reason[n] = '\0';
    html(q, "<tr><td>");
    if (msh_view_find(vpath, MSH_VIEW("!"), 0) == SIZE_MAX &&
        !run_number(msh_json_get(o, "place"), "page"))
        html(q, say(q, SAY_WHOLE_FILE));
    else
        html_place(q, msh_json_get(o, "place"));
    html(q, "</td><td>");
    html_str(q, msh_reason_text(reason, q->lang));
    html(q, "</td><td>");
    html(q, say(q, run_advice(msh_json_text(msh_json_get(o, "outcome")))));
    html(q, "</td></tr>\n");
}

static void put_outcomes(console_request *q, view *v, const run_item *i)
{
    static const console_msg columns[] = {SAY_WHERE, SAY_WHY, SAY_DO};
    size_t n = 0, all = 0;
    for (const run_line *l = i->outcomes; l; l = l->next)
        all += !run_is_whole(msh_json_text(msh_json_get(l->j, "outcome")));
    if (!all)
        return;
    msh_buf_printf(&q->page, "<table><caption>%s</caption>\n", say(q, SAY_NOT_READ));
    html_heads(q, columns, 3);
    for (const run_line *l = i->outcomes; l; l = l->next) {
        if (run_is_whole(msh_json_text(msh_json_get(l->j, "outcome"))) || n >= SHOWN_ITEM ||
            v->shown >= SHOWN_ALL)
            continue;
        put_outcome(q, l->j);
        v->shown++;
        n++;
    }
    if (all > n) {
        html(q, "<tr><td colspan=\"3\">");
        html_say(q, SAY_MORE, all - n, NULL);
        html(q, "</td></tr>\n");
    }
    html(q, "</tbody></table>\n");
}

static bool flag(const msh_json *j, const char *key)
{
    const msh_json *v = msh_json_get(j, key);
    return v && v->type == MSH_JSON_TRUE;
}

static void put_item(console_request *q, view *v, const run_item *i)
{
    html(q, "<h2>");
    html_text(q, msh_json_text(msh_json_get(i->j, "path")));
    html(q, " ");
    html_verdict(q, run_verdict(i->j));
    html(q, "</h2>\n");
    put_findings(q, v, i);
    put_outcomes(q, v, i);
    if (flag(i->j, "optical"))
        html_para(q, NULL, SAY_OPTICAL);
    if (flag(i->j, "optical_page"))
        html_para(q, NULL, SAY_OPTICAL_PAGE);
}

/* Every file with its verdict and digest, the sheet that proves itself. */
static void put_files(console_request *q, const view *v)
{
    static const console_msg columns[] = {SAY_FILE, SAY_VERDICT, SAY_SIZE};
    html(q, "<table><caption>");
    html_say(q, SAY_FILES_N, v->report.n_items, NULL);
    html(q, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < 3; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, columns[i]));
    html(q, "<th scope=\"col\">SM3</th></tr></thead>\n<tbody>\n");
    for (const run_item *i = v->report.items; i; i = i->next) {
        html(q, "<tr><td>");
        html_text(q, msh_json_text(msh_json_get(i->j, "path")));
        html(q, "</td><td>");
        html_verdict(q, run_verdict(i->j));
        msh_buf_printf(&q->page, "</td><td class=\"number\">%lld</td><td class=\"digest\">",
                       (long long)msh_json_int(msh_json_get(i->j, "size"), 0));
        html_text(q, msh_json_text(msh_json_get(i->j, "sm3")));
        html(q, "</td></tr>\n");
    }
    html(q, "</tbody></table>\n");
}

static void put_rule(console_request *q, msh_view id)
{
    msh_rule_view r;
    if (!rule_named(q, id, &r))
        return;
    html(q, "<h3>");
    html_text(q, in_language(q, r.name, r.name_en));
    html(q, "</h3>\n<dl>");
    const struct {
        console_msg label;
        msh_view text;
    } rows[] = {{SAY_EXPLAIN, in_language(q, r.explain, r.explain_en)},
                {SAY_BASIS, r.basis},
                {SAY_ADVICE, in_language(q, r.advice, r.advice_en)}};
    for (size_t i = 0; i < 3; i++) {
        if (!rows[i].text.len)
            continue;
        msh_buf_printf(&q->page, "<dt>%s</dt><dd>", say(q, rows[i].label));
        html_text(q, rows[i].text);
        html(q, "</dd>\n");
    }
    html(q, "</dl>\n");
}

static void put_log(console_request *q, const msh_json *log)
{
    msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td class=\"digest\">",
                   say(q, SAY_LOG_AT));
    html_text(q, msh_json_text(msh_json_get(log, "origin")));
    html(q, " · ");
    html_say(q, SAY_LOG_WORDS, (uint64_t)msh_json_int(msh_json_get(log, "size"), 0), NULL);
    html(q, " ");
    html_text(q, msh_json_text(msh_json_get(log, "root")));
    html(q, "</td></tr>\n");
}

static void put_packs(console_request *q, const msh_json *packs)
{
    msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td>", say(q, SAY_PACKS));
    for (const msh_json *p = packs ? packs->child : NULL; p; p = p->next) {
        html_text(q, msh_json_text(msh_json_get(p, "id")));
        html(q, "&nbsp;");
        html_text(q, msh_json_text(msh_json_get(p, "version")));
        html(q, p->next ? ", " : "");
    }
    html(q, "</td></tr>\n");
}

static void put_form(console_request *q, const view *v, const console_result *r)
{
    msh_buf_printf(&q->page, "<table class=\"form\"><caption>%s</caption><tbody>\n",
                   say(q, SAY_FORM));
    if (r) {
        html_fact(q, SAY_TITLE, msh_view_str(r->title));
        if (r->docno[0])
            html_fact(q, SAY_DOCNO, msh_view_str(r->docno));
        html_fact(q, SAY_CATEGORY, msh_view_str(words_of_category(q, r->category)));
        html_fact(q, SAY_CHANNEL, msh_view_str(r->channel));
        if (r->folder[0])
            html_fact(q, SAY_FOLDER, msh_view_str(r->folder));
        html_fact(q, SAY_PREPARED_BY, msh_view_str(r->owner));
        if (r->office[0])
            html_fact(q, SAY_OFFICE, msh_view_str(r->office));
    }
    html_fact(q, SAY_RUN, msh_json_text(msh_json_get(v->report.run, "id")));
    html_fact(q, SAY_TIME,
              msh_view_cut(msh_json_text(msh_json_get(v->report.run, "started")), 0, 19));
    put_packs(q, msh_json_get(v->report.run, "packs"));
    put_log(q, msh_json_get(v->report.summary, "log"));
    msh_buf_printf(&q->page,
                   "<tr class=\"paper\"><th scope=\"row\">%s</th><td>&nbsp;</td></tr>\n"
                   "<tr class=\"paper\"><th scope=\"row\">%s</th><td>&nbsp;</td></tr>\n"
                   "</tbody></table>\n",
                   say(q, SAY_SIGN), say(q, SAY_DATE));
}

/* --- the page --------------------------------------------------------------------------------- */

static void put_head(console_request *q, const view *v, msh_verdict worst)
{
    const msh_json *people = msh_json_get(v->report.summary, "people");
    msh_buf_printf(
        &q->page,
        "<div class=\"verdict %s\"><p class=\"words\"><span aria-hidden=\"true\">%s</span>"
        " %s</p>\n<p>%s</p>",
        html_verdicts[worst].css, html_verdicts[worst].icon, say(q, html_verdicts[worst].words),
        say(q, v->secret ? SAY_N_SECRET : html_verdicts[worst].next));
    if (people) {
        html(q, "<p>");
        html_say(q, SAY_PEOPLE, (uint64_t)msh_json_int(msh_json_get(people, "repeated"), 0), NULL);
        html(q, "</p>");
    }
    html(q, "</div>\n");
}

/* One click: the files are in memory still. */
static void put_submit(console_request *q, const console_result *r)
{
    html(q, "<div class=\"screen\">");
    html_form(q, "/submit", false);
    msh_buf_printf(&q->page,
                   "<input type=\"hidden\" name=\"run\" value=\"%s\"><p><button type=\"submit\" "
                   "class=\"main\">%s</button> <span class=\"help\">%s</span></p></form></div>\n",
                   r->run, say(q, SAY_SUBMIT), say(q, SAY_SUBMIT_HELP));
}

static void put_page(console_request *q, view *v, const console_result *r)
{
    msh_verdict worst = MSH_VERDICT_PASS;
    for (const run_item *i = v->report.items; i; i = i->next) {
        if (run_verdict(i->j) > worst)
            worst = run_verdict(i->j);
        for (const run_line *l = i->findings; l; l = l->next)
            note_rule(v, l->j);
    }
    html_begin(q, r && r->title[0] ? r->title : NULL);
    put_head(q, v, worst);
    msh_buf_printf(&q->page, "<p class=\"screen\"><a href=\"/upload\">%s</a></p>\n",
                   say(q, SAY_AGAIN));
    put_files(q, v);
    for (int verdict = MSH_VERDICT_BLOCK; verdict >= MSH_VERDICT_PASS; verdict--)
        for (const run_item *i = v->report.items; i; i = i->next)
            if ((int)run_verdict(i->j) == verdict && (i->findings || verdict > MSH_VERDICT_PASS))
                put_item(q, v, i);
    if (v->n_rules)
        msh_buf_printf(&q->page, "<h2>%s</h2>\n", say(q, SAY_RULES));
    for (size_t i = 0; i < v->n_rules; i++)
        put_rule(q, v->rules[i]);
    put_form(q, v, r);
    if (r && r->files && strcmp(r->owner, q->account.name) == 0)
        put_submit(q, r);
    html_para(q, "help screen", SAY_PRINT);
    html_end(q);
}

bool run_view(console_request *q, msh_view report, const console_result *r)
{
    view v = {.n_rules = 0};
    bool good = run_read(&v.report, report);
    if (good)
        put_page(q, &v, r);
    run_dispose(&v.report);
    return good;
}
