/* page_login.c: logging in and out, and the first page. Each login, and each refusal, is a record
 * of the signed log; a name that no account has is recorded by its token alone, since people type
 * passwords into the wrong field. */
#include "console/console.h"

static const uint64_t WINDOW_NS = 15 * 60 * CONSOLE_SECOND_NS;
enum { PAIR_MOST = 5, NAME_MOST = 50, FROM_MOST = 30, ALL_MOST = 20 };

void page_home(console_request *q)
{
    const console_route *r;
    if (q->account.role == MSH_ACCOUNT_CLERK) { /* what they come for */
        request_see(q, "/upload");
        return;
    }
    for (size_t i = 0; (r = route_at(i)) != NULL; i++)
        if (r->flags & ROUTE_NAV && r->who & (1u << q->account.role)) {
            request_see(q, r->path);
            return;
        }
    html_begin(q, NULL);
    html_end(q);
}

static void put_login(console_request *q, bool failed)
{
    if (!q->session || !q->session->anonymous) {
        q->session = session_new(&q->c->sessions, NULL, msh_clock_ns());
        if (q->session)
            (void)memcpy(q->cookie, q->session->id, sizeof q->cookie);
    }
    html_begin(q, NULL);
    if (failed) {
        html(q, "<div class=\"verdict bad\" role=\"alert\">");
        html_para(q, "words", SAY_LOGIN_BAD);
        html_para(q, NULL, SAY_LOGIN_BAD_DO);
        html(q, "</div>\n");
    }
    html_form(q, "/login", false);
    html_field(q, "name", SAY_NAME,
               "type=\"text\" required autofocus autocomplete=\"username\" maxlength=\"64\"");
    html_field(q, "password", SAY_PASSWORD,
               "type=\"password\" required autocomplete=\"current-password\" maxlength=\"500\"");
    msh_buf_printf(&q->page, "<p><button type=\"submit\" class=\"main\">%s</button></p></form>\n",
                   say(q, SAY_LOGIN));
    html_para(q, "help", SAY_LOGIN_HELP);
    html_end(q);
}

void page_login(console_request *q)
{
    if (q->session && !q->session->anonymous) {
        request_see(q, "/");
        return;
    }
    put_login(q, false);
}

/* Name and address together, so that a stranger elsewhere cannot keep a person out; each alone as
 * well, so that neither many names nor many addresses help. */
static bool may_try(console_request *q, msh_view name, msh_buf *pair)
{
    uint64_t now = msh_clock_ns();
    console_throttle *t = &q->c->throttle;
    msh_buf_put_view(pair, name);
    msh_buf_put_byte(pair, '\n');
    msh_buf_put_str(pair, q->from);
    /* one guess takes a tenth of a second of the only thread there is */
    return throttle_allows(t, "pair", msh_buf_view(pair), PAIR_MOST, WINDOW_NS, now) &&
           throttle_allows(t, "name", name, NAME_MOST, WINDOW_NS, now) &&
           throttle_allows(t, "from", msh_view_str(q->from), FROM_MOST, WINDOW_NS, now) &&
           throttle_count(t, "all", MSH_VIEW(""), ALL_MOST, 10 * CONSOLE_SECOND_NS, now);
}

static void count_failure(console_request *q, msh_view name, const msh_buf *pair)
{
    uint64_t now = msh_clock_ns();
    console_throttle *t = &q->c->throttle;
    (void)throttle_count(t, "pair", msh_buf_view(pair), PAIR_MOST, WINDOW_NS, now);
    (void)throttle_count(t, "name", name, NAME_MOST, WINDOW_NS, now);
    (void)throttle_count(t, "from", msh_view_str(q->from), FROM_MOST, WINDOW_NS, now);
}

static bool name_known(const console_request *q, msh_view name)
{
    for (size_t i = 0; i < msh_accounts_count(q->c->accounts); i++)
        if (msh_view_eq_str(name, msh_accounts_get(q->c->accounts, i)->name))
            return true;
    return false;
}

static void logged_in(console_request *q, const msh_account *account)
{
    if (q->session)
        session_end(q->session);
    q->account = *account;
    q->session = session_new(&q->c->sessions, account, msh_clock_ns());
    if (!q->session) {
        request_refuse(q, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
        return;
    }
    memcpy(q->cookie, q->session->id, sizeof q->cookie);
    request_see(q, "/");
}

void page_login_post(console_request *q)
{
    msh_view name = form_get(&q->form, "name");
    msh_buf pair;
    msh_buf_init(&pair, FORM_TEXT + 256);
    if (!may_try(q, name, &pair)) {
        q->retry_s = 900;
        serve_record_login(q->c, q->from, name, name_known(q, name), "throttled", 1);
        request_refuse(q, 429, SAY_E_THROTTLED, SAY_E_THROTTLED_DO);
    } else {
        const msh_account *a =
            msh_accounts_login(q->c->accounts, name, form_get(&q->form, "password"));
        serve_record_login(q->c, q->from, name, name_known(q, name), a ? "ok" : "password", 1);
        if (q->c->failed != MSH_OK) {
            request_refuse(q, 503, SAY_E_STATE, SAY_E_STATE_DO);
        } else if (a) {
            throttle_forget(&q->c->throttle, "pair", msh_buf_view(&pair));
            logged_in(q, a);
        } else {
            count_failure(q, name, &pair);
            q->status = 403;
            put_login(q, true);
        }
    }
    msh_buf_dispose(&pair);
}

void page_logout_post(console_request *q)
{
    session_end(q->session);
    q->session = NULL;
    q->clear_cookie = true;
    request_see(q, "/login");
}
