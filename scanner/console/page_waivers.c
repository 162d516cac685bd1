/* page_waivers.c: exceptions: those in force and those that ended, and a form for a new one. What
 * is waived is still found and shown; the library judges who may waive. */
#include "console/review_pages.h"

#include <stdio.h>

enum { ROWS = 200, ROWS_MAX = 8 << 20 };

typedef struct waivers_page {
    console_request *q;
    msh_buf rows;
    size_t n, in_force;
} waivers_page;

static bool on_waiver(void *ctx, const msh_waiver *w)
{
    waivers_page *p = ctx;
    console_request *q = p->q;
    p->in_force += w->in_force;
    if (++p->n > ROWS)
        return false;
    html_swap(q, &p->rows);
    msh_buf_printf(&q->page, "<tr><td class=\"number\">%llu</td><td>",
                   (unsigned long long)w->record);
    if (w->fp.len) {
        html(q, "<a class=\"digest\" href=\"/findings?fp=");
        html_text(q, w->fp);
        html(q, "\">");
        html_text(q, w->fp);
        html(q, "</a>");
    } else {
        html_rule(q, w->rule);
        html(q, "<br>");
        html_text(q, w->path);
    }
    html(q, "</td><td>");
    html_text(q, w->reason);
    html(q, "<br>");
    html_text(q, w->basis);
    html(q, "</td><td>");
    html_text(q, w->by);
    html(q, "<br>");
    html_text(q, msh_view_cut(w->ts, 0, 10));
    html(q, "</td><td>");
    html(q, w->in_force ? "✓ " : "— ");
    html(q, say(q, w->in_force ? SAY_IN_FORCE : SAY_ENDED));
    html(q, " → ");
    html_text(q, w->until);
    html(q, "</td></tr>\n");
    html_swap(q, &p->rows);
    return true;
}

static void put_form(console_request *q)
{
    char fp[40], attributes[200];
    request_query(q, "fp", fp, sizeof fp);
    if (strspn(fp, "0123456789abcdef") != strlen(fp))
        fp[0] = '\0';
    html_form(q, "/waive", false);
    msh_buf_printf(&q->page,
                   "<fieldset class=\"screen\"><legend>%s</legend><p class=\"help\">%s</p>\n",
                   say(q, SAY_WAIVE_NEW), say(q, SAY_WAIVE_HELP));
    (void)snprintf(attributes, sizeof attributes,
                   "type=\"text\" maxlength=\"32\" class=\"wide\" value=\"%s\"", fp);
    html_field(q, "fp", SAY_FINGERPRINT, attributes);
    html_field(q, "rule", SAY_RULE_ID, "type=\"text\" maxlength=\"60\"");
    html_field(q, "path", SAY_WAIVE_PATH, "type=\"text\" maxlength=\"200\" class=\"wide\"");
    html_field(q, "reason", SAY_REASON, "type=\"text\" maxlength=\"300\" class=\"wide\" required");
    html_field(q, "basis", SAY_BASIS, "type=\"text\" maxlength=\"300\" class=\"wide\" required");
    html_field(q, "until", SAY_UNTIL,
               "type=\"text\" maxlength=\"10\" placeholder=\"2027-06-30\" required");
    html_field(q, "password", SAY_KEY_PASSWORD,
               "type=\"password\" maxlength=\"500\" autocomplete=\"off\" required");
    msh_buf_printf(
        &q->page, "<p><button type=\"submit\" class=\"danger\">%s</button></p></fieldset></form>\n",
        say(q, SAY_WAIVE_NEW));
}

void page_waivers(console_request *q)
{
    static const console_msg columns[] = {SAY_RECORD, SAY_WHAT, SAY_REASON, SAY_WHO, SAY_VALID};
    waivers_page p = {.q = q};
    msh_error why = {0};
    msh_buf_init(&p.rows, ROWS_MAX);
    msh_err err = msh_waivers(q->c->options, on_waiver, &p, &why);
    if (err != MSH_OK && err != MSH_E_NO_LOG) {
        review_failed(q, err, &why);
    } else {
        html_begin(q, NULL);
        html(q, "<table><caption>");
        html_say(q, SAY_WAIVERS_N, p.in_force, NULL);
        html(q, "</caption>");
        html_heads(q, columns, 5);
        msh_buf_put_view(&q->page, msh_buf_view(&p.rows));
        html(q, "</tbody></table>\n");
        if (q->account.role == MSH_ACCOUNT_REVIEWER)
            put_form(q);
        html_end(q);
    }
    msh_buf_dispose(&p.rows);
}

void page_waive_post(console_request *q)
{
    char fp[REVIEW_TEXT_SIZE], rule[REVIEW_TEXT_SIZE], path[REVIEW_TEXT_SIZE],
        reason[REVIEW_TEXT_SIZE], basis[REVIEW_TEXT_SIZE];
    char until[REVIEW_TEXT_SIZE], password[REVIEW_TEXT_SIZE];
    msh_review_done done = {.record = 0};
    msh_error why = {0};
    if (!review_may_sign(q))
        return;
    const msh_waive_job job = {
        .fp = review_text(q, "fp", fp),
        .rule = review_text(q, "rule", rule),
        .path = review_text(q, "path", path),
        .reason = review_text(q, "reason", reason),
        .basis = review_text(q, "basis", basis),
        .until = review_text(q, "until", until),
        .signer = {.name = q->account.name, .password = review_text(q, "password", password)}};
    msh_err err = msh_waive(q->c->options, &job, &done, &why);
    msh_wipe(password, sizeof password);
    if (err != MSH_OK)
        review_answer(q, err, &why, &done);
    else
        request_see(q, "/waivers");
}
