/* html.h: small pieces of HTML, and charts as inline SVG. Whatever comes from documents, names or
 * packs goes through msh_escape_html. */
#ifndef MSH_REPORT_HTML_H
#define MSH_REPORT_HTML_H

#include <mishen/report.h>

#include "base/buf.h"
#include "report/gather.h"
#include "report/report.h"

/* Head of a page up to and with <body>; title is escaped. */
void msh_html_begin(msh_buf *out, msh_lang lang, const char *css, msh_view title);
void msh_html_text(msh_buf *out, msh_view text);
void msh_html_say(msh_buf *out, msh_message m, msh_lang lang);
void msh_html_say_n(msh_buf *out, msh_message m, msh_lang lang, uint64_t n, const char *a);
/* Class of a verdict: 'b', 'n', 'r', 'p'. */
char msh_html_class(msh_verdict v);
char msh_html_class_of_tier(msh_tier t);
void msh_html_pill(msh_buf *out, char class, const char *text);

/* A row of bars: segments n[i] in the colours classes[i]; `fine` rows have all of them 0. */
typedef struct msh_chart_row {
    msh_view label;
    uint64_t n[4];
} msh_chart_row;
/* Horizontal bars, a row each, with its total at the end. classes: four letters for n[0..3]. */
void msh_chart_bars(msh_buf *out, const char *title, const msh_chart_row *rows, size_t n,
                    const char classes[5]);
/* Columns of what did not pass, a run each, oldest first; at most the last 24. */
void msh_chart_trend(msh_buf *out, const char *title, const msh_report_past *runs, size_t n,
                     msh_lang lang);

#endif
