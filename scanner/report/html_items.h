/* html_items.h: an item in the HTML report: its row in the table, its findings by rule. */
#ifndef MSH_REPORT_HTML_ITEMS_H
#define MSH_REPORT_HTML_ITEMS_H

#include "report/html.h"

typedef struct msh_html_item {
    const msh_item *item;
    const msh_finding *findings;
    size_t n_findings;
    const msh_outcome_note *outcomes;
    size_t n_outcomes;
    const msh_gather *gather; /* knows the rules of the findings */
    msh_lang lang;
    bool advice; /* say what to do at each rule; else its name only leads there */
} msh_html_item;

/* One row of the table of what did not pass. */
void msh_html_item_row(msh_buf *out, const msh_html_item *it);
/* All of an item. MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_html_item_put(msh_buf *out, const msh_html_item *it);

#endif
