/* html.c: building pages: the same head and foot for all, every text through one escape. */
#include "console/console.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const messages[SAY_COUNT][2] = {
#define CONSOLE_MSG(id, zh, en) {zh, en},
#include "console/messages.def"
#undef CONSOLE_MSG
};

const char *say(const console_request *q, console_msg m)
{
    return messages[m][q->lang == MSH_LANG_EN];
}

void html(console_request *q, const char *markup)
{
    msh_buf_put_str(&q->page, markup);
}

void html_text(console_request *q, msh_view text)
{
    msh_escape_html(&q->page, text);
}

void html_str(console_request *q, const char *text)
{
    msh_escape_html(&q->page, msh_view_str(text));
}

void html_say(console_request *q, console_msg m, uint64_t n, const char *a)
{
    for (const char *p = say(q, m); *p; p++) {
        if (p[0] != '{' || p[1] == '\0' || p[2] != '}') {
            msh_buf_put_byte(&q->page, (uint8_t)*p);
            continue;
        }
        if (p[1] == 'n')
            msh_buf_printf(&q->page, "%" PRIu64, n);
        else if (a)
            html_str(q, a);
        p += 2;
    }
}

void html_para(console_request *q, const char *css, console_msg m)
{
    msh_buf_printf(&q->page, css ? "<p class=\"%s\">" : "<p>", css);
    html(q, say(q, m));
    html(q, "</p>\n");
}

static const char *title_of(const console_request *q)
{
    if (!q->route)
        return say(q, SAY_E_TITLE);
    return q->lang == MSH_LANG_EN ? q->route->en : q->route->zh;
}

/* The pages that this person may see. */
static void put_pages(console_request *q)
{
    const console_route *r;
    msh_buf_printf(&q->page, "<div role=\"navigation\" aria-label=\"%s\"><ul class=\"pages\">",
                   say(q, SAY_PAGES));
    for (size_t i = 0; (r = route_at(i)) != NULL; i++) {
        if (!(r->flags & ROUTE_NAV) || !(r->who & (1u << q->account.role)))
            continue;
        bool here = q->route == r;
        msh_buf_printf(&q->page, "<li><a href=\"%s\"%s>%s</a></li>", r->path,
                       here ? " aria-current=\"page\"" : "",
                       q->lang == MSH_LANG_EN ? r->en : r->zh);
    }
    html(q, "</ul></div>\n");
}

static void put_person(console_request *q)
{
    html_form(q, "/logout", false);
    html(q, "<p class=\"who\">");
    html_str(q, q->account.name);
    html(q, " · ");
    html(q, msh_account_role_text(q->account.role, q->lang));
    msh_buf_printf(&q->page, " <button type=\"submit\">%s</button></p></form>\n",
                   say(q, SAY_LOGOUT));
}

static const console_log_state *log_of(const console_request *q)
{
    return q->in_office ? &q->log : &q->c->log;
}

static bool is_broken(const console_log_state *l)
{
    return l->known && l->exit_code != MSH_VERIFY_ANCHORED && l->exit_code != MSH_VERIFY_UNANCHORED;
}

static void put_log_broken(console_request *q)
{
    if (!is_broken(log_of(q)))
        return;
    html(q, "<div class=\"verdict bad\" role=\"alert\">");
    html_para(q, "words", SAY_LOG_BROKEN);
    html_para(q, NULL, SAY_LOG_BROKEN_DO);
    html(q, "</div>\n");
}

/* Text and sign, not colour alone. */
static void put_log_state(console_request *q)
{
    const console_log_state *l = log_of(q);
    html(q, "<p>");
    if (!l->known) {
        html(q, say(q, SAY_LOG_UNKNOWN));
    } else {
        html(q, is_broken(l) ? "✕ " : "✓ ");
        html_say(q,
                 is_broken(l)                            ? SAY_LOG_BAD
                 : l->exit_code == MSH_VERIFY_UNANCHORED ? SAY_LOG_UNANCHORED
                                                         : SAY_LOG_GOOD,
                 l->size, NULL);
        msh_buf_printf(&q->page, " · %.10s %.8s UTC", l->at, l->at + 11);
    }
    html(q, "</p>");
}

void html_begin(console_request *q, const char *title)
{
    bool known = q->in_office || (q->session && !q->session->anonymous);
    const char *own = title ? title : title_of(q);
    msh_buf_reset(&q->page);
    q->type = "text/html; charset=utf-8";
    msh_buf_printf(&q->page,
                   "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<title>",
                   q->lang == MSH_LANG_EN ? "en" : "zh-CN");
    html_str(q, own);
    msh_buf_printf(&q->page,
                   " - %s</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n"
                   "<a class=\"skip\" href=\"#main\">%s</a>\n<div id=\"head\" role=\"banner\">\n"
                   "<p class=\"brand\"><a href=\"/\"><b>%s</b> %s</a></p>\n",
                   say(q, SAY_BRAND), say(q, SAY_SKIP), say(q, SAY_BRAND), say(q, SAY_BRAND_LONG));
    if (known) {
        put_person(q);
        put_pages(q);
    }
    html(q, "</div>\n<div id=\"main\" role=\"main\">\n");
    if (known)
        put_log_broken(q);
    html(q, "<h1>");
    html_str(q, own);
    html(q, "</h1>\n");
}

void html_end(console_request *q)
{
    html(q, "</div>\n<div id=\"foot\" role=\"contentinfo\">");
    if (q->in_office || (q->session && !q->session->anonymous))
        put_log_state(q);
    msh_buf_printf(&q->page, "<p>%s</p></div>\n</body>\n</html>\n", say(q, SAY_FOOT));
}

void html_form(console_request *q, const char *action, bool files)
{
    msh_buf_printf(&q->page, "<form method=\"post\" action=\"%s\"%s>", action,
                   files ? " enctype=\"multipart/form-data\"" : "");
    if (q->session || q->in_office)
        msh_buf_printf(&q->page, "<input type=\"hidden\" name=\"token\" value=\"%s\">",
                       q->in_office ? q->nonce : session_token(q->session));
}

void html_field(console_request *q, const char *name, console_msg label, const char *attributes)
{
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s\">%s</label>"
                   "<input id=\"%s\" name=\"%s\" %s></p>\n",
                   name, say(q, label), name, name, attributes);
}
