/* page_runs.c: saved runs for those who see all of them: the list, one of them, two compared, their
 * findings by rule, and what could not be inspected. Made in the office. */
#define _GNU_SOURCE
#include "console/run_read.h"

#include <mishen/unstable/file.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RUN_NAME = 40,
    RUNS_LISTED = 100,
    RUNS_READ = 60,
    RUN_MAX = 16 << 20,
    ROWS = 100,
    FACETS = 24,
    PATH_SIZE = 4096
};

/* --- files ------------------------------------------------------------------------------------ */

/* "20261124T200132Z-1a2b3c4d": nothing that could be a path. */
static bool is_run_id(const char *s)
{
    size_t n = strlen(s);
    return n > 16 && n < RUN_NAME && strspn(s, "0123456789TZabcdef-") == n;
}

static bool read_run(const console_request *q, const char *id, msh_buf *text, run_report *r)
{
    char path[PATH_SIZE];
    msh_buf_init(text, RUN_MAX);
    *r = (run_report){.n_items = 0};
    if (!is_run_id(id) ||
        snprintf(path, sizeof path, "%s/runs/%s.ndjson", q->state, id) >= (int)sizeof path)
        return false;
    return msh_file_read(path, text, NULL) == MSH_OK && run_read(r, msh_buf_view(text));
}

static void drop_run(msh_buf *text, run_report *r)
{
    run_dispose(r);
    msh_buf_dispose(text);
}

typedef struct run_names {
    char (*names)[RUN_NAME];
    size_t n, cap;
} run_names;

static int newest_first(const void *a, const void *b)
{
    return strcmp(b, a);
}

/* All saved runs, the newest first. */
static bool list_runs(const console_request *q, run_names *out)
{
    char path[PATH_SIZE];
    *out = (run_names){.n = 0};
    if (snprintf(path, sizeof path, "%s/runs", q->state) >= (int)sizeof path)
        return false;
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        if (n < 8 || n - 7 >= RUN_NAME || strcmp(e->d_name + n - 7, ".ndjson") != 0)
            continue;
        if (out->n == out->cap) {
            size_t cap = out->cap ? out->cap * 2 : 256;
            void *more = msh_realloc(out->names, cap * RUN_NAME);
            if (!more)
                break;
            out->names = more;
            out->cap = cap;
        }
        (void)snprintf(out->names[out->n++], RUN_NAME, "%.*s", (int)(n - 7), e->d_name);
    }
    if (d)
        (void)closedir(d);
    if (out->n)
        qsort(out->names, out->n, RUN_NAME, newest_first);
    return true;
}

/* Every item of the latest runs. */
static void each_item(const console_request *q,
                      void (*visit)(void *ctx, const char *run, const run_item *i), void *ctx)
{
    run_names all;
    (void)list_runs(q, &all);
    for (size_t k = 0; k < all.n && k < RUNS_READ; k++) {
        msh_buf text;
        run_report r;
        if (read_run(q, all.names[k], &text, &r))
            for (const run_item *i = r.items; i; i = i->next)
                visit(ctx, all.names[k], i);
        drop_run(&text, &r);
    }
    msh_free(all.names);
}

/* --- the list --------------------------------------------------------------------------------- */

static uint64_t verdicts_of(const run_report *r, msh_verdict v)
{
    const msh_json *all = msh_json_get(r->summary, "verdicts");
    return (uint64_t)msh_json_int(msh_json_get(all, msh_verdict_name(v)), 0);
}

static msh_verdict worst_of(const run_report *r)
{
    for (int v = MSH_VERDICT_BLOCK; v > MSH_VERDICT_PASS; v--)
        if (verdicts_of(r, (msh_verdict)v))
            return (msh_verdict)v;
    return MSH_VERDICT_PASS;
}

static void put_run_row(console_request *q, const char *id)
{
    msh_buf text;
    run_report r;
    bool good = read_run(q, id, &text, &r);
    msh_buf_printf(&q->page, "<tr><td><a href=\"/runs/%s\">%s</a></td><td class=\"time\">", id, id);
    if (good) {
        html_text(q, msh_view_cut(msh_json_text(msh_json_get(r.run, "started")), 0, 19));
        msh_buf_printf(&q->page, "</td><td class=\"number\">%lld</td><td>",
                       (long long)msh_json_int(msh_json_get(r.summary, "items"), 0));
        html_verdict(q, worst_of(&r));
    } else {
        msh_buf_printf(&q->page, "</td><td></td><td>%s", say(q, SAY_RUN_UNREADABLE));
    }
    html(q, "</td></tr>\n");
    drop_run(&text, &r);
}

static void put_choice(console_request *q, const char *name, console_msg label,
                       const run_names *all)
{
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s\">%s</label><select id=\"%s\" name=\"%s\">",
                   name, say(q, label), name, name);
    for (size_t i = 0; i < all->n && i < RUNS_LISTED; i++)
        msh_buf_printf(&q->page, "<option>%s</option>", all->names[i]);
    html(q, "</select></p>\n");
}

void page_runs(console_request *q)
{
    static const console_msg columns[] = {SAY_RUN, SAY_TIME_UTC, SAY_FILES_COUNT, SAY_VERDICT};
    run_names all;
    (void)list_runs(q, &all);
    html_begin(q, NULL);
    if (all.n > 1) {
        msh_buf_printf(&q->page,
                       "<form class=\"screen\" method=\"get\" action=\"/compare\"><fieldset>"
                       "<legend>%s</legend>\n",
                       say(q, SAY_COMPARE));
        put_choice(q, "a", SAY_EARLIER, &all);
        put_choice(q, "b", SAY_LATER, &all);
        msh_buf_printf(&q->page, "<p><button type=\"submit\">%s</button></p></fieldset></form>\n",
                       say(q, SAY_COMPARE));
    }
    html(q, "<table><caption>");
    html_say(q, SAY_RUNS_N, all.n, NULL);
    html(q, "</caption>");
    html_heads(q, columns, 4);
    for (size_t i = 0; i < all.n && i < RUNS_READ; i++)
        if (is_run_id(all.names[i]))
            put_run_row(q, all.names[i]);
    html(q, "</tbody></table>\n");
    html_end(q);
    msh_free(all.names);
}

void run_page_saved(console_request *q)
{
    msh_buf text;
    run_report r;
    bool good = read_run(q, q->tail, &text, &r);
    run_dispose(&r);
    if (!good || !run_view(q, msh_buf_view(&text), NULL))
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_NOT_FOUND_DO);
    msh_buf_dispose(&text);
}

/* --- two runs --------------------------------------------------------------------------------- */

static bool has_print(const run_report *r, msh_view fp)
{
    for (const run_item *i = r->items; i; i = i->next)
        for (const run_line *l = i->findings; l; l = l->next)
            if (msh_view_eq(msh_json_text(msh_json_get(l->j, "fp")), fp))
                return true;
    return false;
}

static void put_finding(console_request *q, const run_item *i, const msh_json *f)
{
    html(q, "<tr><td>");
    html_tier_named(q, msh_json_text(msh_json_get(f, "tier")));
    html(q, "</td><td>");
    html_text(q, msh_json_text(msh_json_get(i->j, "path")));
    html(q, "<br>");
    html_place(q, msh_json_get(f, "place"));
    html(q, "</td><td>");
    html_rule(q, msh_json_text(msh_json_get(f, "rule")));
    html(q, "</td><td class=\"excerpt\">");
    html_text(q, msh_json_text(msh_json_get(f, "excerpt")));
    html(q, "</td></tr>\n");
}

/* Findings of one run that the other lacks; returns how many it has. */
static size_t put_only(console_request *q, console_msg caption, const run_report *in,
                       const run_report *not_in)
{
    static const console_msg columns[] = {SAY_LEVEL, SAY_WHERE, SAY_WHAT, SAY_EXCERPT};
    msh_buf rows;
    size_t n = 0, same = 0;
    msh_buf_init(&rows, RUN_MAX);
    html_swap(q, &rows);
    for (const run_item *i = in->items; i; i = i->next)
        for (const run_line *l = i->findings; l; l = l->next) {
            if (has_print(not_in, msh_json_text(msh_json_get(l->j, "fp"))))
                same++;
            else if (++n <= ROWS)
                put_finding(q, i, l->j);
        }
    html_swap(q, &rows);
    html(q, "<table><caption>");
    html_say(q, caption, n, NULL);
    html(q, "</caption>");
    html_heads(q, columns, 4);
    msh_buf_put_view(&q->page, msh_buf_view(&rows));
    html(q, "</tbody></table>\n");
    msh_buf_dispose(&rows);
    return same;
}

static void put_verdicts(console_request *q, const run_report *a, const run_report *b)
{
    static const console_msg columns[] = {SAY_VERDICT, SAY_EARLIER, SAY_LATER};
    html(q, "<table>");
    html_heads(q, columns, 3);
    for (int v = MSH_VERDICT_BLOCK; v >= MSH_VERDICT_PASS; v--) {
        html(q, "<tr><td>");
        html_verdict(q, (msh_verdict)v);
        msh_buf_printf(&q->page,
                       "</td><td class=\"number\">%llu</td><td class=\"number\">%llu</td></tr>\n",
                       (unsigned long long)verdicts_of(a, (msh_verdict)v),
                       (unsigned long long)verdicts_of(b, (msh_verdict)v));
    }
    html(q, "</tbody></table>\n");
}

void page_compare(console_request *q)
{
    char a_id[RUN_NAME], b_id[RUN_NAME];
    msh_buf a_text, b_text;
    run_report a, b;
    request_query(q, "a", a_id, sizeof a_id);
    request_query(q, "b", b_id, sizeof b_id);
    bool good = read_run(q, a_id, &a_text, &a);
    good = read_run(q, b_id, &b_text, &b) && good;
    if (!good) {
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_RUN_DO);
    } else {
        html_begin(q, NULL);
        msh_buf_printf(&q->page,
                       "<p>%s <a href=\"/runs/%s\">%s</a> · %s <a href=\"/runs/%s\">%s</a></p>\n",
                       say(q, SAY_EARLIER), a_id, a_id, say(q, SAY_LATER), b_id, b_id);
        put_verdicts(q, &a, &b);
        (void)put_only(q, SAY_NEW_N, &b, &a);
        size_t same = put_only(q, SAY_GONE_N, &a, &b);
        html(q, "<p>");
        html_say(q, SAY_SAME_N, same, NULL);
        html(q, "</p>\n");
        html_end(q);
    }
    drop_run(&a_text, &a);
    drop_run(&b_text, &b);
}

/* --- findings by rule, tier, category --------------------------------------------------------- */

typedef struct facet {
    char key[100];
    uint64_t n;
} facet;

typedef struct findings_page {
    console_request *q;
    char rule[100], tier[12], category[60], fp[40];
    facet rules[FACETS], categories[FACETS], tiers[4];
    size_t n_rules, n_categories, n_tiers, shown;
    uint64_t n;
    msh_buf rows;
} findings_page;

static void count(facet *all, size_t *n, size_t most, msh_view key)
{
    for (size_t i = 0; i < *n; i++)
        if (msh_view_eq_str(key, all[i].key)) {
            all[i].n++;
            return;
        }
    if (*n == most || key.len >= sizeof all[0].key)
        return;
    facet *f = &all[(*n)++];
    *f = (facet){.n = 1};
    if (key.len)
        memcpy(f->key, key.data, key.len);
}

static bool wanted(const char *asked, msh_view have)
{
    return !asked[0] || msh_view_eq_str(have, asked);
}

static void take_finding(findings_page *p, const char *run, const run_item *i, const msh_json *f)
{
    msh_view rule = msh_json_text(msh_json_get(f, "rule"));
    msh_view tier = msh_json_text(msh_json_get(f, "tier"));
    msh_view category = msh_json_text(msh_json_get(f, "category"));
    bool r = wanted(p->rule, rule), t = wanted(p->tier, tier), c = wanted(p->category, category);
    console_request *q = p->q;
    if (!wanted(p->fp, msh_json_text(msh_json_get(f, "fp"))))
        return;
    if (t && c) /* a facet counts what the others leave */
        count(p->rules, &p->n_rules, FACETS, rule);
    if (r && c)
        count(p->tiers, &p->n_tiers, 4, tier);
    if (r && t)
        count(p->categories, &p->n_categories, FACETS, category);
    if (!r || !t || !c)
        return;
    p->n++;
    if (p->shown >= ROWS)
        return;
    p->shown++;
    html_swap(q, &p->rows);
    html(q, "<tr><td>");
    html_tier_named(q, tier);
    msh_buf_printf(&q->page, "</td><td><a href=\"/runs/%s\">", run);
    html_text(q, msh_json_text(msh_json_get(i->j, "path")));
    html(q, "</a><br>");
    html_place(q, msh_json_get(f, "place"));
    html(q, "</td><td>");
    html_rule(q, rule);
    html(q, "</td><td class=\"excerpt\">");
    html_text(q, msh_json_text(msh_json_get(f, "excerpt")));
    html(q, "</td></tr>\n");
    html_swap(q, &p->rows);
}

static void find_in_item(void *ctx, const char *run, const run_item *i)
{
    for (const run_line *l = i->findings; l; l = l->next)
        take_finding(ctx, run, i, l->j);
}

/* A value of a query; only our own names come here, but whatever it is, it stays one value. */
static void put_query(console_request *q, const char *name, const char *value)
{
    msh_buf_printf(&q->page, "%s=", name);
    for (const char *c = value; *c; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
            *c == '.' || *c == '-')
            msh_buf_put_byte(&q->page, (uint8_t)*c);
        else
            msh_buf_printf(&q->page, "%%%02X", (unsigned)(uint8_t)*c);
}

static void put_link(findings_page *p, const char *name, const char *value)
{
    const struct {
        const char *name, *value;
    } all[] = {{"rule", p->rule}, {"tier", p->tier}, {"category", p->category}};
    console_request *q = p->q;
    html(q, "<a href=\"/findings?");
    for (size_t i = 0; i < 3; i++) {
        bool this_one = strcmp(all[i].name, name) == 0;
        const char *v = this_one ? value : all[i].value;
        if (!v[0])
            continue;
        put_query(q, all[i].name, v);
        html(q, "&amp;");
    }
    html(q, "\">");
}

static void put_facets(findings_page *p, const char *name, console_msg label, const facet *all,
                       size_t n, const char *asked)
{
    console_request *q = p->q;
    msh_buf_printf(&q->page, "<p class=\"facets screen\"><b>%s</b> ", say(q, label));
    put_link(p, name, "");
    msh_buf_printf(&q->page, "%s</a> ", say(q, SAY_LOG_ALL));
    for (size_t i = 0; i < n; i++) {
        bool on = strcmp(asked, all[i].key) == 0;
        html(q, on ? "<b>" : "");
        put_link(p, name, all[i].key);
        if (strcmp(name, "rule") == 0)
            html_rule(q, msh_view_str(all[i].key));
        else if (strcmp(name, "tier") == 0)
            html_tier_named(q, msh_view_str(all[i].key));
        else
            html_str(q, all[i].key);
        msh_buf_printf(&q->page, "&nbsp;%llu</a>%s ", (unsigned long long)all[i].n,
                       on ? "</b>" : "");
    }
    html(q, "</p>\n");
}

static void put_findings(findings_page *p)
{
    static const console_msg columns[] = {SAY_LEVEL, SAY_WHERE, SAY_WHAT, SAY_EXCERPT};
    console_request *q = p->q;
    html_begin(q, NULL);
    html_para(q, "help", SAY_FROM_RUNS);
    put_facets(p, "tier", SAY_LEVEL, p->tiers, p->n_tiers, p->tier);
    put_facets(p, "category", SAY_CATEGORY, p->categories, p->n_categories, p->category);
    put_facets(p, "rule", SAY_WHAT, p->rules, p->n_rules, p->rule);
    html(q, "<table><caption>");
    html_say(q, SAY_FINDINGS_N, p->n, NULL);
    html(q, "</caption>");
    html_heads(q, columns, 4);
    msh_buf_put_view(&q->page, msh_buf_view(&p->rows));
    html(q, "</tbody></table>\n");
    html_end(q);
}

void page_findings(console_request *q)
{
    findings_page p = {.q = q};
    request_query(q, "rule", p.rule, sizeof p.rule);
    request_query(q, "tier", p.tier, sizeof p.tier);
    request_query(q, "category", p.category, sizeof p.category);
    request_query(q, "fp", p.fp, sizeof p.fp);
    msh_buf_init(&p.rows, RUN_MAX);
    each_item(q, find_in_item, &p);
    put_findings(&p);
    msh_buf_dispose(&p.rows);
}

/* --- what could not be inspected -------------------------------------------------------------- */

typedef struct coverage_page {
    console_request *q;
    uint64_t items, whole;
    facet reasons[FACETS];
    size_t n_reasons, shown;
    msh_buf rows;
} coverage_page;

static void put_gap(coverage_page *p, const char *run, const run_item *i)
{
    console_request *q = p->q;
    char reason[64];
    msh_view name = msh_json_text(msh_json_get(i->j, "reason"));
    (void)snprintf(reason, sizeof reason, "%.*s", (int)(name.len < 60 ? name.len : 60),
                   name.len ? (const char *)name.data : "");
    html_swap(q, &p->rows);
    msh_buf_printf(&q->page, "<tr><td><a href=\"/runs/%s\">", run);
    html_text(q, msh_json_text(msh_json_get(i->j, "path")));
    html(q, "</a></td><td>");
    html_str(q, msh_reason_text(reason, q->lang));
    html(q, "</td><td>");
    html(q, say(q, run_advice(msh_json_text(msh_json_get(i->j, "outcome")))));
    html(q, "</td></tr>\n");
    html_swap(q, &p->rows);
}

static void take_item(void *ctx, const char *run, const run_item *i)
{
    coverage_page *p = ctx;
    p->items++;
    if (run_is_whole(msh_json_text(msh_json_get(i->j, "outcome")))) {
        p->whole++;
        return;
    }
    count(p->reasons, &p->n_reasons, FACETS, msh_json_text(msh_json_get(i->j, "reason")));
    if (p->shown++ < ROWS)
        put_gap(p, run, i);
}

static void put_coverage(coverage_page *p)
{
    static const console_msg reasons[] = {SAY_WHY, SAY_COUNTED};
    static const console_msg columns[] = {SAY_FILE, SAY_WHY, SAY_DO};
    console_request *q = p->q;
    html_begin(q, NULL);
    html_para(q, "help", SAY_FROM_RUNS);
    msh_buf_printf(&q->page, "<div class=\"verdict %s\"><p class=\"words\">%s ",
                   p->whole == p->items ? "good" : "unknown", p->whole == p->items ? "✓" : "？");
    html_say(q, SAY_COVERED_N, p->whole, NULL);
    html(q, " / ");
    html_say(q, SAY_FILES_N, p->items, NULL);
    html(q, "</p></div>\n<table>");
    html_heads(q, reasons, 2);
    for (size_t i = 0; i < p->n_reasons; i++) {
        html(q, "<tr><td>");
        html_str(q, msh_reason_text(p->reasons[i].key, q->lang));
        msh_buf_printf(&q->page, "</td><td class=\"number\">%llu</td></tr>\n",
                       (unsigned long long)p->reasons[i].n);
    }
    html(q, "</tbody></table>\n<table>");
    html_heads(q, columns, 3);
    msh_buf_put_view(&q->page, msh_buf_view(&p->rows));
    html(q, "</tbody></table>\n");
    html_end(q);
}

void page_coverage(console_request *q)
{
    coverage_page p = {.q = q};
    msh_buf_init(&p.rows, RUN_MAX);
    each_item(q, take_item, &p);
    put_coverage(&p);
    msh_buf_dispose(&p.rows);
}
