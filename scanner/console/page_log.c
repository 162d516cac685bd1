/* page_log.c: the signed log: what its verification says, and its records, the latest first. */
#include "console/console.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 100, LINE = 2000 };

/* The last records of one kind: a ring, since the log is read from its beginning. */
typedef struct log_page {
    console_request *q;
    char *lines; /* SHOWN of LINE bytes */
    uint64_t numbers[SHOWN];
    uint64_t n;
} log_page;

static const struct {
    const char *type;
    console_msg words;
} kinds[] = {{"", SAY_LOG_ALL},
             {"item", SAY_LOG_ITEMS},
             {"decision", SAY_LOG_DECISIONS},
             {"login", SAY_LOG_LOGINS},
             {"account", SAY_LOG_ACCOUNTS},
             {"publish", SAY_LOG_PUBLISHED},
             {"anchor", SAY_LOG_ANCHORS},
             {"log.recover", SAY_LOG_RECOVERIES}};

static msh_err on_record(void *ctx, uint64_t n, msh_view line)
{
    log_page *p = ctx;
    size_t at = (size_t)(p->n++ % SHOWN);
    p->numbers[at] = n;
    (void)msh_log_describe(line, p->q->lang, p->lines + at * LINE, LINE);
    return MSH_OK;
}

static void put_state(console_request *q)
{
    const console_log_state *l = &q->log;
    bool good =
        l->known && (l->exit_code == MSH_VERIFY_ANCHORED || l->exit_code == MSH_VERIFY_UNANCHORED);
    msh_buf_printf(&q->page, "<div class=\"verdict %s\"><p class=\"words\">%s ",
                   !l->known ? "unknown"
                   : good    ? "good"
                             : "bad",
                   !l->known ? "？"
                   : good    ? "✓"
                             : "✕");
    html_say(q,
             !l->known                             ? SAY_LOG_UNKNOWN
             : !good                               ? SAY_LOG_BAD
             : l->exit_code == MSH_VERIFY_ANCHORED ? SAY_LOG_GOOD
                                                   : SAY_LOG_UNANCHORED,
             l->size, NULL);
    html(q, "</p><p>");
    html_str(q, l->origin);
    if (l->what[0]) {
        html(q, " · ");
        html_str(q, l->what);
    }
    html(q, "</p>");
    if (l->exit_code == MSH_VERIFY_UNANCHORED)
        html_para(q, NULL, SAY_LOG_ANCHOR_DO);
    html_para(q, NULL, SAY_LOG_HOW);
    html(q, "</div>\n");
}

static void put_kinds(console_request *q, const char *type)
{
    html(q, "<ul class=\"pages screen\">");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        msh_buf_printf(&q->page, "<li><a href=\"/log%s%s\"%s>%s</a></li>",
                       kinds[i].type[0] ? "?type=" : "", kinds[i].type,
                       strcmp(type, kinds[i].type) == 0 ? " aria-current=\"true\"" : "",
                       say(q, kinds[i].words));
    html(q, "</ul>\n");
}

/* "17  2026-11-24 20:01:32Z  what": the parts between double blanks. */
static void put_line(console_request *q, const char *line)
{
    const char *ts = strstr(line, "  "), *rest = ts ? strstr(ts + 2, "  ") : NULL;
    html(q, "<tr><td class=\"number\">");
    html_text(q, msh_view_of(line, ts ? (size_t)(ts - line) : 0));
    html(q, "</td><td class=\"time\">");
    html_text(q, ts ? msh_view_of(ts + 2, rest ? (size_t)(rest - ts) - 2 : strlen(ts + 2))
                    : (msh_view){NULL, 0});
    html(q, "</td><td>");
    html_str(q, rest ? rest + 2 : line);
    html(q, "</td></tr>\n");
}

static void put_records(log_page *p)
{
    console_request *q = p->q;
    msh_buf_printf(&q->page,
                   "<table><caption>%s</caption><thead><tr><th scope=\"col\">%s</th><th "
                   "scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead><tbody>\n",
                   say(q, SAY_LOG_LATEST), say(q, SAY_NUMBER), say(q, SAY_TIME_UTC),
                   say(q, SAY_RECORD));
    uint64_t n = p->n < SHOWN ? p->n : SHOWN;
    for (uint64_t i = 0; i < n; i++)
        put_line(q, p->lines + (size_t)((p->n - 1 - i) % SHOWN) * LINE);
    html(q, "</tbody></table>\n");
}

static const char *known_type(const char *asked)
{
    for (size_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(asked, kinds[i].type) == 0)
            return kinds[i].type;
    return "";
}

void page_log(console_request *q)
{
    log_page p = {.q = q, .lines = msh_calloc(SHOWN, LINE)};
    char asked[40];
    msh_error why = {0};
    request_query(q, "type", asked, sizeof asked);
    const char *type = known_type(asked);
    office_verify(q);
    html_begin(q, NULL);
    put_state(q);
    put_kinds(q, type);
    msh_err err = !p.lines ? MSH_E_MEMORY
                           : msh_log_each(q->c->options, NULL, 0, UINT64_MAX, type[0] ? type : NULL,
                                          on_record, &p, &why);
    if (p.lines)
        put_records(&p);
    if (err != MSH_OK) {
        html(q, "<p role=\"alert\">✕ ");
        html_str(q, msh_err_text(err, q->lang));
        html(q, "</p>\n");
    }
    html_end(q);
    msh_free(p.lines);
}
