/* run_view.c: a run as a clerk understands it, read from its report: what, where, why, what to do.
 *
 * A report is our own, but it is read as strictly as anything else. A page shows at most so many
 * findings that it stays within 60 KB. */
#include "console/console.h"

#include <stdio.h>

enum {
    LINES_ARENA = 256 << 20,
    SHOWN_ITEM = 20,
    SHOWN_ALL = 90,
    SHOWN_RULES = 24,
    SHOWN_PLACES = 3
};

typedef struct view_line {
    struct view_line *next;
    const msh_json *j;
} view_line;

typedef struct view_item {
    struct view_item *next;
    const msh_json *j;
    view_line *findings, **findings_end, *outcomes, **outcomes_end;
    size_t n_findings, n_outcomes;
} view_item;

typedef struct view {
    msh_arena arena;
    const msh_json *run, *summary;
    view_item *items, **items_end;
    size_t n_items, shown, n_rules;
    msh_view rules[SHOWN_RULES];
    bool secret;
} view;

/* --- reading ---------------------------------------------------------------------------------- */

static bool add_line(view *v, view_line ***end, const msh_json *j)
{
    view_line *l = msh_arena_calloc(&v->arena, 1, sizeof *l);
    if (!l)
        return false;
    l->j = j;
    **end = l;
    *end = &l->next;
    return true;
}

static bool add_item(view *v, const msh_json *j)
{
    view_item *i = msh_arena_calloc(&v->arena, 1, sizeof *i);
    if (!i)
        return false;
    i->j = j;
    i->findings_end = &i->findings;
    i->outcomes_end = &i->outcomes;
    *v->items_end = i;
    v->items_end = &i->next;
    v->n_items++;
    return true;
}

static view_item *last_item(view *v, const msh_json *j)
{
    int64_t n = msh_json_int(msh_json_get(j, "item"), -1);
    for (view_item *i = v->items; i; i = i->next)
        if (msh_json_int(msh_json_get(i->j, "n"), -2) == n)
            return i;
    return NULL;
}

static bool take_line(view *v, const msh_json *j)
{
    msh_view type = msh_json_text(msh_json_get(j, "type"));
    view_item *i;
    if (msh_view_eq_str(type, "run"))
        v->run = j;
    else if (msh_view_eq_str(type, "summary"))
        v->summary = j;
    else if (msh_view_eq_str(type, "item"))
        return add_item(v, j);
    else if (msh_view_eq_str(type, "finding") && (i = last_item(v, j)) != NULL)
        return i->n_findings++, add_line(v, &i->findings_end, j);
    else if (msh_view_eq_str(type, "outcome") && (i = last_item(v, j)) != NULL)
        return i->n_outcomes++, add_line(v, &i->outcomes_end, j);
    return true;
}

static bool read_report(view *v, msh_view report)
{
    msh_arena_init(&v->arena, LINES_ARENA);
    v->items_end = &v->items;
    for (size_t at = 0; at < report.len;) {
        size_t end = msh_view_find(report, MSH_VIEW("\n"), at);
        msh_json *j;
        if (end == SIZE_MAX)
            end = report.len;
        if (msh_json_read(&v->arena, msh_view_cut(report, at, end - at), 0, &j, NULL) != MSH_OK ||
            !take_line(v, j))
            return false;
        at = end + 1;
    }
    return v->run && v->summary && v->items;
}

/* --- words ------------------------------------------------------------------------------------ */

static msh_verdict verdict_of(const msh_json *item)
{
    msh_view name = msh_json_text(msh_json_get(item, "verdict"));
    for (int i = MSH_VERDICT_PASS; i <= MSH_VERDICT_BLOCK; i++)
        if (msh_view_eq_str(name, msh_verdict_name((msh_verdict)i)))
            return (msh_verdict)i;
    return MSH_VERDICT_NOT_INSPECTED;
}

static const struct {
    const char *css, *icon;
    console_msg words, next;
} verdicts[] = {
    [MSH_VERDICT_PASS] = {"good", "✓", SAY_V_PASS, SAY_N_PASS},
    [MSH_VERDICT_REVIEW] = {"look", "！", SAY_V_REVIEW, SAY_N_REVIEW},
    [MSH_VERDICT_NOT_INSPECTED] = {"unknown", "？", SAY_V_NOT_INSPECTED, SAY_N_NOT_INSPECTED},
    [MSH_VERDICT_BLOCK] = {"bad", "✕", SAY_V_BLOCK, SAY_N_BLOCK},
};

static void put_verdict(console_request *q, msh_verdict v)
{
    msh_buf_printf(&q->page, "<span class=\"tag %s\">%s&nbsp;%s</span>", verdicts[v].css,
                   verdicts[v].icon, say(q, verdicts[v].words));
}

static uint32_t number(const msh_json *j, const char *key)
{
    int64_t n = msh_json_int(msh_json_get(j, key), 0);
    return n > 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

/* "B7" as row and column. */
static void read_cell(msh_view cell, msh_place *p)
{
    size_t i = 0;
    uint32_t row = 0, column = 0;
    for (; i < cell.len && i < 6 && cell.data[i] >= 'A' && cell.data[i] <= 'Z'; i++)
        column = column * 26 + (cell.data[i] - 'A' + 1u);
    for (; i < cell.len && i < 16 && cell.data[i] >= '0' && cell.data[i] <= '9'; i++)
        row = row * 10 + (cell.data[i] - '0');
    if (i == cell.len && row && column) {
        p->cell_row = row;
        p->cell_col = column;
    }
}

static msh_role role_of(msh_view name)
{
    for (int r = 0; r < MSH_ROLE_COUNT; r++)
        if (msh_view_eq_str(name, msh_role_name((msh_role)r)))
            return (msh_role)r;
    return MSH_ROLE_BODY;
}

/* Names of the parts inside an office document say nothing to a clerk: 页眉 does. */
static msh_view without_part(msh_view vpath)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < vpath.len; i++) {
        if (vpath.data[i] == '\\')
            i++;
        else if (vpath.data[i] == '!')
            last = i;
    }
    bool part = msh_view_ends_nocase(vpath, MSH_VIEW(".xml")) ||
                msh_view_ends_nocase(vpath, MSH_VIEW(".rels"));
    return last != SIZE_MAX && part ? msh_view_cut(vpath, 0, last) : vpath;
}

static void put_place(console_request *q, const msh_json *j)
{
    msh_buf words;
    msh_place p = {.vpath = without_part(msh_json_text(msh_json_get(j, "vpath"))),
                   .name = msh_json_text(msh_json_get(j, "name")),
                   .sheet = msh_json_text(msh_json_get(j, "sheet")),
                   .role = role_of(msh_json_text(msh_json_get(j, "role"))),
                   .page = number(j, "page"),
                   .line = number(j, "line"),
                   .column = number(j, "column"),
                   .offset = MSH_NO_POSITION};
    read_cell(msh_json_text(msh_json_get(j, "cell")), &p);
    msh_buf_init(&words, 64 << 10);
    msh_place_words(&words, &p, q->lang);
    html_text(q, msh_view_cut(msh_buf_view(&words), 0, 600));
    msh_buf_dispose(&words);
}

static bool rule_named(const console_request *q, msh_view id, msh_rule_view *out)
{
    const msh_rule_set *s = msh_service_rules(q->c->service);
    for (size_t i = 0; i < msh_rule_set_count(s); i++) {
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

static void heads(console_request *q, const console_msg *all, size_t n)
{
    html(q, "<thead><tr>");
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, all[i]));
    html(q, "</tr></thead>\n<tbody>\n");
}

static const char *tier_css(msh_view tier)
{
    return msh_view_eq_str(tier, "BLOCK")    ? "bad"
           : msh_view_eq_str(tier, "REVIEW") ? "look"
                                             : "info";
}

static void put_tier(console_request *q, msh_view name)
{
    for (int t = MSH_TIER_INFO; t <= MSH_TIER_BLOCK; t++)
        if (msh_view_eq_str(name, msh_tier_name((msh_tier)t)))
            msh_buf_printf(&q->page, "<td><span class=\"tag %s\">%s</span></td>", tier_css(name),
                           msh_tier_text((msh_tier)t, q->lang));
}

static void put_finding(console_request *q, const msh_json *f)
{
    msh_rule_view rule;
    msh_view id = msh_json_text(msh_json_get(f, "rule"));
    const msh_json *more = msh_json_get(f, "more");
    int64_t count = msh_json_int(msh_json_get(f, "count"), 1);
    int64_t shown = 1;
    html(q, "<tr>");
    put_tier(q, msh_json_text(msh_json_get(f, "tier")));
    html(q, "<td>");
    put_place(q, msh_json_get(f, "place"));
    for (const msh_json *p = more ? more->child : NULL; p && shown < SHOWN_PLACES; p = p->next) {
        html(q, "<br>");
        put_place(q, p);
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

static void put_findings(console_request *q, view *v, const view_item *i)
{
    static const console_msg columns[] = {SAY_LEVEL, SAY_WHERE, SAY_WHAT, SAY_EXCERPT};
    size_t n = 0;
    if (!i->findings)
        return;
    msh_buf_printf(&q->page, "<table><caption>%s</caption>\n", say(q, SAY_WHAT_FOUND));
    heads(q, columns, 4);
    for (const view_line *l = i->findings; l; l = l->next) {
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

static console_msg advice(msh_view outcome)
{
    static const struct {
        msh_outcome outcome;
        console_msg todo;
    } rows[] = {{MSH_OUTCOME_ENCRYPTED, SAY_D_ENCRYPTED},     {MSH_OUTCOME_LIMIT, SAY_D_LIMIT},
                {MSH_OUTCOME_UNREADABLE, SAY_D_UNREADABLE},   {MSH_OUTCOME_NEEDS_OCR, SAY_D_OCR},
                {MSH_OUTCOME_UNSUPPORTED, SAY_D_UNSUPPORTED}, {MSH_OUTCOME_PARTIAL, SAY_D_PARTIAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(outcome, msh_outcome_name(rows[i].outcome)))
            return rows[i].todo;
    return SAY_D_OTHER;
}

static bool is_whole(msh_view outcome)
{
    for (int o = 0; o < MSH_OUTCOME_COUNT; o++)
        if (msh_view_eq_str(outcome, msh_outcome_name((msh_outcome)o)))
            return msh_outcome_is_whole((msh_outcome)o);
    return false;
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
        !number(msh_json_get(o, "place"), "page"))
        html(q, say(q, SAY_WHOLE_FILE));
    else
        put_place(q, msh_json_get(o, "place"));
    html(q, "</td><td>");
    html_str(q, msh_reason_text(reason, q->lang));
    html(q, "</td><td>");
    html(q, say(q, advice(msh_json_text(msh_json_get(o, "outcome")))));
    html(q, "</td></tr>\n");
}

static void put_outcomes(console_request *q, view *v, const view_item *i)
{
    static const console_msg columns[] = {SAY_WHERE, SAY_WHY, SAY_DO};
    size_t n = 0, all = 0;
    for (const view_line *l = i->outcomes; l; l = l->next)
        all += !is_whole(msh_json_text(msh_json_get(l->j, "outcome")));
    if (!all)
        return;
    msh_buf_printf(&q->page, "<table><caption>%s</caption>\n", say(q, SAY_NOT_READ));
    heads(q, columns, 3);
    for (const view_line *l = i->outcomes; l; l = l->next) {
        if (is_whole(msh_json_text(msh_json_get(l->j, "outcome"))) || n >= SHOWN_ITEM ||
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

static void put_item(console_request *q, view *v, const view_item *i)
{
    html(q, "<h2>");
    html_text(q, msh_json_text(msh_json_get(i->j, "path")));
    html(q, " ");
    put_verdict(q, verdict_of(i->j));
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
    html_say(q, SAY_FILES_N, v->n_items, NULL);
    html(q, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < 3; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, columns[i]));
    html(q, "<th scope=\"col\">SM3</th></tr></thead>\n<tbody>\n");
    for (const view_item *i = v->items; i; i = i->next) {
        html(q, "<tr><td>");
        html_text(q, msh_json_text(msh_json_get(i->j, "path")));
        html(q, "</td><td>");
        put_verdict(q, verdict_of(i->j));
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

static void row(console_request *q, console_msg label, msh_view text)
{
    msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td>", say(q, label));
    html_text(q, text);
    html(q, "</td></tr>\n");
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
        row(q, SAY_TITLE, msh_view_str(r->title));
        if (r->docno[0])
            row(q, SAY_DOCNO, msh_view_str(r->docno));
        row(q, SAY_CATEGORY, msh_view_str(r->category));
        row(q, SAY_CHANNEL, msh_view_str(r->channel));
        row(q, SAY_PREPARED_BY, msh_view_str(r->owner));
        if (r->office[0])
            row(q, SAY_OFFICE, msh_view_str(r->office));
    }
    row(q, SAY_RUN, msh_json_text(msh_json_get(v->run, "id")));
    row(q, SAY_TIME, msh_view_cut(msh_json_text(msh_json_get(v->run, "started")), 0, 19));
    put_packs(q, msh_json_get(v->run, "packs"));
    put_log(q, msh_json_get(v->summary, "log"));
    msh_buf_printf(&q->page,
                   "<tr class=\"paper\"><th scope=\"row\">%s</th><td>&nbsp;</td></tr>\n"
                   "<tr class=\"paper\"><th scope=\"row\">%s</th><td>&nbsp;</td></tr>\n"
                   "</tbody></table>\n",
                   say(q, SAY_SIGN), say(q, SAY_DATE));
}

/* --- the page --------------------------------------------------------------------------------- */

static void put_head(console_request *q, const view *v, msh_verdict worst)
{
    const msh_json *people = msh_json_get(v->summary, "people");
    msh_buf_printf(
        &q->page,
        "<div class=\"verdict %s\"><p class=\"words\"><span aria-hidden=\"true\">%s</span>"
        " %s</p>\n<p>%s</p>",
        verdicts[worst].css, verdicts[worst].icon, say(q, verdicts[worst].words),
        say(q, v->secret ? SAY_N_SECRET : verdicts[worst].next));
    if (people) {
        html(q, "<p>");
        html_say(q, SAY_PEOPLE, (uint64_t)msh_json_int(msh_json_get(people, "repeated"), 0), NULL);
        html(q, "</p>");
    }
    html(q, "</div>\n");
}

static void put_page(console_request *q, view *v, const console_result *r)
{
    msh_verdict worst = MSH_VERDICT_PASS;
    for (const view_item *i = v->items; i; i = i->next) {
        if (verdict_of(i->j) > worst)
            worst = verdict_of(i->j);
        for (const view_line *l = i->findings; l; l = l->next)
            note_rule(v, l->j);
    }
    html_begin(q, r && r->title[0] ? r->title : NULL);
    put_head(q, v, worst);
    msh_buf_printf(&q->page, "<p class=\"screen\"><a href=\"/upload\">%s</a></p>\n",
                   say(q, SAY_AGAIN));
    put_files(q, v);
    for (int verdict = MSH_VERDICT_BLOCK; verdict >= MSH_VERDICT_PASS; verdict--)
        for (const view_item *i = v->items; i; i = i->next)
            if ((int)verdict_of(i->j) == verdict && (i->findings || verdict > MSH_VERDICT_PASS))
                put_item(q, v, i);
    if (v->n_rules)
        msh_buf_printf(&q->page, "<h2>%s</h2>\n", say(q, SAY_RULES));
    for (size_t i = 0; i < v->n_rules; i++)
        put_rule(q, v->rules[i]);
    put_form(q, v, r);
    html_para(q, "help screen", SAY_PRINT);
    html_end(q);
}

bool run_view(console_request *q, msh_view report, const console_result *r)
{
    view v = {.n_items = 0};
    bool good = read_report(&v, report);
    if (good)
        put_page(q, &v, r);
    msh_arena_dispose(&v.arena);
    return good;
}
