/* request.c: what every request must pass before its page is asked: the host it names, its route,
 * where it comes from, who sends it, how large it is, and the token of its form. */
#include "console/console.h"

#include <stdio.h>

enum { RATE_MOST = 240, RATE_FORM_MOST = 120 };
static const uint64_t RATE_NS = 60 * CONSOLE_SECOND_NS;

#define ANYONE ROUTE_ANYONE
#define PEOPLE ROUTE_PEOPLE
#define READERS ROUTE_READERS
#define SEES_RELEASES ROUTE_SEES_RELEASES
#define PREPARERS ROUTE_PREPARERS
#define REVIEWERS ROUTE_REVIEWERS
#define SEES_ALL ROUTE_SEES_ALL
#define MACHINES ROUTE_MACHINES
#define FORM ROUTE_FORM
#define FILES ROUTE_FILES
#define RAW ROUTE_RAW
#define NAV ROUTE_NAV
#define MADE ROUTE_OFFICE_MADE
#define UPLOAD ROUTE_UPLOAD
static const console_route routes[] = {
#define CONSOLE_ROUTE(method, path, handler, who, flags, zh, en)                                   \
    {#method, path, page_##handler, who, flags, zh, en},
#include "console/routes.def"
#undef CONSOLE_ROUTE
};

const console_route *route_at(size_t i)
{
    return i < sizeof routes / sizeof routes[0] ? &routes[i] : NULL;
}

/* --- answers ---------------------------------------------------------------------------------- */

void request_refuse(console_request *q, unsigned status, console_msg what, console_msg todo)
{
    q->status = status;
    if (q->route && q->route->flags & ROUTE_RAW) { /* a program asks */
        msh_json_writer w;
        msh_buf_reset(&q->page);
        q->type = "application/json; charset=utf-8";
        msh_jw_begin(&w, &q->page);
        msh_jw_open(&w, '{');
        msh_jw_kuint(&w, "v", 1);
        msh_jw_kstr(&w, "error", msh_view_str(say(q, what)));
        msh_jw_kstr(&w, "do", msh_view_str(say(q, todo)));
        msh_jw_close(&w, '}');
        html(q, "\n");
        return;
    }
    html_begin(q, say(q, SAY_E_TITLE));
    msh_buf_printf(&q->page, "<div class=\"verdict bad\" role=\"alert\"><p class=\"words\">");
    html(q, say(q, what));
    html(q, "</p>\n<p>");
    html_say(q, todo, what == SAY_E_LARGE ? q->c->upload_max >> 20 : (uint64_t)MSH_SERVICE_FILES,
             NULL);
    html(q, "</p></div>\n<p><a href=\"/\">");
    html(q, say(q, SAY_E_BACK));
    html(q, "</a></p>\n");
    html_end(q);
}

void request_see(console_request *q, const char *path)
{
    q->status = 303;
    (void)snprintf(q->location, sizeof q->location, "%s", path);
    msh_buf_reset(&q->page);
    q->type = "text/plain; charset=utf-8";
    html(q, path); /* some browsers want a body */
    html(q, "\n");
}

/* --- looking at the head ---------------------------------------------------------------------- */

/* "name" or "name:port" with our port, without case. */
static bool host_is(const console *c, msh_view host, const char *name)
{
    msh_view want = msh_view_str(name);
    if (!msh_view_eq_nocase(msh_view_cut(host, 0, want.len), want))
        return false;
    msh_view rest = msh_view_cut(host, want.len, host.len);
    if (rest.len == 0)
        return true;
    return rest.data[0] == ':' &&
           (c->is_unix || msh_view_eq_str(msh_view_cut(rest, 1, rest.len), c->port));
}

static bool host_known(const console *c, const char *host)
{
    static const char *const own[] = {"127.0.0.1", "localhost", "[::1]"};
    msh_view h = msh_view_str(host);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (host_is(c, h, own[i]))
            return true;
    for (size_t i = 0; i < c->job->n_hosts; i++)
        if (host_is(c, h, c->job->hosts[i]))
            return true;
    return false;
}

/* Whether a route's path is this one; *tail: what stands for its "*". */
static bool path_fits(const char *pattern, const char *path, const char **tail)
{
    size_t n = strlen(pattern);
    *tail = "";
    if (n == 0 || pattern[n - 1] != '*')
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, n - 1) != 0 || !path[n - 1] || strchr(path + n - 1, '/'))
        return false;
    *tail = path + n - 1;
    return true;
}

/* 0, or the status that says why not: 404, 405. */
static unsigned find_route(console_request *q, const char *method)
{
    unsigned status = 404;
    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const char *tail;
        if (!path_fits(routes[i].path, q->path, &tail))
            continue;
        status = 405;
        if (strcmp(routes[i].method, method) != 0)
            continue;
        q->route = &routes[i];
        q->tail = tail;
        return 0;
    }
    return status;
}

/* Chinese unless English is asked for with more weight (RFC 9110 section 12.5.4, weights in
 * tenths). */
static msh_lang language(const char *list)
{
    int best = 0;
    msh_lang lang = MSH_LANG_ZH;
    for (const char *p = list ? list : ""; *p;) {
        size_t n = strcspn(p, ",");
        const char *q = memchr(p, ';', n);
        int weight = 10;
        if (q && (size_t)(q - p) + 4 < n && strncmp(q, ";q=0.", 5) == 0)
            weight = q[5] >= '0' && q[5] <= '9' ? q[5] - '0' : 0;
        bool en = strncmp(p, "en", 2) == 0, zh = strncmp(p, "zh", 2) == 0;
        if ((en || zh) && weight > best) {
            best = weight;
            lang = en ? MSH_LANG_EN : MSH_LANG_ZH;
        }
        p += n;
        while (*p == ',' || *p == ' ')
            p++;
    }
    return lang;
}

/* Browsers say where a form comes from; "null" is what our own pages send, which tell no referrer.
 * What other sites send is refused even before the token is looked at. */
static bool same_origin(const console_request *q, const request_head *h)
{
    if (h->fetch_site && strcmp(h->fetch_site, "same-origin") != 0 &&
        strcmp(h->fetch_site, "none") != 0)
        return false;
    if (!h->origin || strcmp(h->origin, "null") == 0)
        return true;
    char own[320];
    (void)snprintf(own, sizeof own, "http%s://%.300s", q->c->tls ? "s" : "", h->host);
    return strcmp(h->origin, own) == 0;
}

static void find_session(console_request *q, const request_head *h)
{
    q->session =
        h->cookie ? session_find(&q->c->sessions, msh_view_str(h->cookie), msh_clock_ns()) : NULL;
    if (q->session)
        (void)snprintf(q->session_id, sizeof q->session_id, "%s", q->session->id);
    if (q->session && !q->session->anonymous)
        q->account = q->session->account;
}

/* Programs show a token with each request. */
static bool find_program(console_request *q, const request_head *h)
{
    static const char bearer[] = "Bearer ";
    const msh_account *a = NULL;
    if (h->authorization && strncmp(h->authorization, bearer, sizeof bearer - 1) == 0)
        a = msh_accounts_token(q->c->accounts, msh_view_str(h->authorization + sizeof bearer - 1));
    if (a)
        q->account = *a;
    return a != NULL;
}

static bool allowed(console_request *q, const request_head *h)
{
    if (q->route->who & ROUTE_ANYONE)
        return true;
    if (q->route->who & ROUTE_MACHINES) {
        if (find_program(q, h))
            return true;
        if (!throttle_count(&q->c->throttle, "token", msh_view_str(q->from), 20, 15 * RATE_NS,
                            msh_clock_ns()))
            request_refuse(q, 429, SAY_E_THROTTLED, SAY_E_THROTTLED_DO);
        else
            request_refuse(q, 401, SAY_E_ROLE, SAY_E_ROLE_DO);
        return false;
    }
    if (!q->session || q->session->anonymous) {
        request_see(q, "/login");
        return false;
    }
    if (q->route->who & (1u << q->account.role))
        return true;
    request_refuse(q, 403, SAY_E_ROLE, SAY_E_ROLE_DO);
    return false;
}

static bool within_rate(console_request *q)
{
    bool known = q->session && !q->session->anonymous;
    bool form = q->route->flags & ROUTE_FORM;
    if (q->route->flags & ROUTE_RAW)
        return true; /* bounded by the number of connections and by memory */
    return throttle_count(&q->c->throttle, form ? "form" : "page",
                          msh_view_str(known ? q->account.name : q->from),
                          form ? RATE_FORM_MOST : RATE_MOST, RATE_NS, msh_clock_ns());
}

/* The body a route takes. */
static bool body_fits(console_request *q, const request_head *h)
{
    bool files = q->route->flags & (ROUTE_FILES | ROUTE_RAW);
    q->form.files_allowed = files;
    q->form.bytes_max = q->c->upload_max;
    q->form.in_memory = &q->c->in_memory;
    q->form.in_memory_max = q->c->memory_max;
    if (!(q->route->flags & (ROUTE_FORM | ROUTE_RAW)))
        return true;
    if (h->has_length && h->length > (files ? q->c->upload_max + (1 << 20) : FORM_TEXT)) {
        request_refuse(q, 413, SAY_E_LARGE, SAY_E_LARGE_DO);
        return false;
    }
    if (!(q->route->flags & ROUTE_FORM))
        return true;
    if (!h->type || (strncmp(h->type, "multipart/form-data", 19) != 0 &&
                     strncmp(h->type, "application/x-www-form-urlencoded", 33) != 0)) {
        request_refuse(q, 415, SAY_E_TYPE, SAY_E_TYPE_DO);
        return false;
    }
    return true;
}

static bool refused(console_request *q, unsigned status, console_msg what, console_msg todo)
{
    request_refuse(q, status, what, todo);
    return false;
}

bool request_begin(console_request *q, const request_head *h)
{
    q->lang = language(h->language);
    q->status = 200;
    if (!h->host)
        return refused(q, 400, SAY_E_HOST, SAY_E_HOST_DO);
    if (!host_known(q->c, h->host))
        return refused(q, 421, SAY_E_HOST, SAY_E_HOST_DO);
    int n = snprintf(q->path, sizeof q->path, "%s", h->path);
    unsigned status = n < 0 || (size_t)n >= sizeof q->path ? 404 : find_route(q, h->method);
    if (status)
        return refused(q, status, status == 404 ? SAY_E_NOT_FOUND : SAY_E_METHOD,
                       status == 404 ? SAY_E_NOT_FOUND_DO : SAY_E_METHOD_DO);
    find_session(q, h);
    if (q->route->flags & ROUTE_FORM && !same_origin(q, h))
        return refused(q, 403, SAY_E_ORIGIN, SAY_E_ORIGIN_DO);
    if (!within_rate(q))
        return refused(q, 429, SAY_E_RATE, SAY_E_RATE_DO);
    return allowed(q, h) && body_fits(q, h);
}

void request_end(console_request *q)
{
    form_end(&q->form);
    if (q->form.refused) {
        request_refuse(q, q->form.refused, q->form.refused_msg, q->form.refused_do);
        return;
    }
    /* the session may have ended while the body came, and its place may be another's */
    if (q->session)
        q->session = session_find(&q->c->sessions, msh_view_str(q->session_id), msh_clock_ns());
    if (q->route->flags & ROUTE_FORM &&
        (!q->session || !session_use_token(q->session, form_get(&q->form, "token")))) {
        request_refuse(q, 403, SAY_E_TOKEN, SAY_E_TOKEN_DO);
        return;
    }
    if (q->route->flags & ROUTE_UPLOAD && !result_attach(q->c, form_get(&q->form, "run"), q))
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_NOT_FOUND_DO);
    else if (q->route->flags & ROUTE_OFFICE_MADE)
        office_ask(q);
    else
        q->route->page(q);
}

void request_query(const console_request *q, const char *name, char *out, size_t cap)
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *p = q->query; *p;) {
        size_t len = strcspn(p, "\n");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=' && len - n - 1 < cap) {
            memcpy(out, p + n + 1, len - n - 1);
            out[len - n - 1] = '\0';
            return;
        }
        p += len + (p[len] == '\n');
    }
}

void request_answered(console_request *q)
{
    q->waiting = false;
    q->answered = true;
    http_resume(q);
}
