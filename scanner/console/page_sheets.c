/* page_sheets.c: registration forms, the monthly summary and the figures of a year, from the
 * verified log. They are whole documents with a style of their own, which no page of ours may hold:
 * they are downloaded, opened and printed. */
#define _GNU_SOURCE
#include "console/console.h"

#include <mishen/unstable/file.h>

#include <stdio.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, SHEET_MAX = 15 << 20, PERIOD = 16, RELEASE = 64 };

static const struct {
    const char *sheet;
    console_msg words, help;
    bool yearly;
} sheets[] = {{"form", SAY_SHEET_FORM, SAY_SHEET_FORM_HELP, false},
              {"summary", SAY_SHEET_SUMMARY, SAY_SHEET_SUMMARY_HELP, false},
              {"annual", SAY_SHEET_ANNUAL, SAY_SHEET_ANNUAL_HELP, true}};

/* This month, or this year, by UTC. */
static void now(bool yearly, char out[PERIOD])
{
    char utc[MSH_UTC_SIZE];
    msh_clock_format(msh_clock_utc_us(), utc);
    (void)snprintf(out, PERIOD, "%.*s", yearly ? 4 : 7, utc);
}

void page_sheets(console_request *q)
{
    char period[PERIOD];
    html_begin(q, NULL);
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
        now(sheets[i].yearly, period);
        msh_buf_printf(&q->page,
                       "<form method=\"get\" action=\"/sheet\"><fieldset><legend>%s</legend>"
                       "<p class=\"help\">%s</p><p class=\"field\"><label for=\"%s\">%s</label>"
                       "<input type=\"hidden\" name=\"sheet\" value=\"%s\"><input id=\"%s\" "
                       "name=\"period\" type=\"text\" maxlength=\"7\" value=\"%s\" required></p>"
                       "<p><button type=\"submit\">%s</button></p></fieldset></form>\n",
                       say(q, sheets[i].words), say(q, sheets[i].help), sheets[i].sheet,
                       say(q, sheets[i].yearly ? SAY_YEAR : SAY_MONTH), sheets[i].sheet,
                       sheets[i].sheet, period, say(q, SAY_DOWNLOAD));
    }
    html_end(q);
}

/* "2026" or "2026-11", "20261124T200132Z-1a2b3c4d": nothing else stands in a name or a path. */
static bool is_plain(const char *s)
{
    return strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") ==
               strlen(s) &&
           s[0] != '.';
}

static const char *sheet_named(const char *name)
{
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++)
        if (strcmp(sheets[i].sheet, name) == 0)
            return sheets[i].sheet;
    return NULL;
}

static void give(console_request *q, const char *path, const char *sheet, const char *what)
{
    msh_buf b;
    msh_buf_init(&b, SHEET_MAX);
    if (msh_file_read(path, &b, NULL) == MSH_OK) {
        msh_buf_reset(&q->page);
        msh_buf_put_view(&q->page, msh_buf_view(&b));
        q->type = "text/html; charset=utf-8";
        (void)snprintf(q->disposition, sizeof q->disposition,
                       "attachment; filename=\"%s-%.64s.html\"", sheet, what);
    } else {
        request_refuse(q, 500, SAY_E_OFFICE, SAY_E_OFFICE_DO);
    }
    msh_buf_dispose(&b);
}

void page_sheet(console_request *q)
{
    char name[16], period[PERIOD], release[RELEASE], path[PATH_SIZE];
    msh_error why = {0};
    request_query(q, "sheet", name, sizeof name);
    request_query(q, "period", period, sizeof period);
    request_query(q, "release", release, sizeof release);
    const char *sheet = sheet_named(name);
    int n = snprintf(path, sizeof path, "%s/sheet-%ld.html", q->state, (long)getpid());
    if (!sheet || !is_plain(period) || !is_plain(release) || n < 0 || n >= (int)sizeof path) {
        request_refuse(q, 400, SAY_E_PERIOD, SAY_E_PERIOD_DO);
        return;
    }
    const msh_sheet_job job = {.sheet = sheet,
                               .release = release[0] ? release : NULL,
                               .period = period[0] ? period : NULL,
                               .output = path};
    msh_err err = msh_report_sheet(q->c->options, &job, &why);
    if (err == MSH_OK)
        give(q, path, sheet, release[0] ? release : period);
    else if (msh_err_class(err) == 6)
        request_refuse(q, 500, SAY_LOG_BROKEN, SAY_LOG_BROKEN_DO);
    else
        request_refuse(q, 400, SAY_E_PERIOD, SAY_E_PERIOD_DO);
    (void)unlink(path);
}
