/* console.h: what the parts of the server share. Includes only include/.
 *
 *   serve.c    the loop: what is waited for, in which order things open and close
 *   http.c     the one door to libmicrohttpd: connections, headers, answers
 *   request.c  what every request must pass before its page is asked: host, route, session, form
 *   form.c     fields and files of a form, files in memory only
 *   session.c  who is logged in, tokens of forms; throttle.c: how often something may be tried
 *   html.c     building pages; page_NAME.c: the pages; run_view.c: a run read from its report
 *   results.c  what was uploaded and waits to be looked at or submitted
 *   clamd.c    the socket that speaks like clamd */
#ifndef MSH_CONSOLE_H
#define MSH_CONSOLE_H

#include <mishen/account.h>
#include <mishen/ledger.h>
#include <mishen/unstable/console.h>
#include <mishen/service.h>
#include <mishen/unstable/arena.h>
#include <mishen/unstable/buf.h>
#include <mishen/unstable/clock.h>
#include <mishen/unstable/escape.h>
#include <mishen/unstable/json.h>
#include <mishen/unstable/mem.h>
#include <mishen/unstable/place.h>
#include <mishen/unstable/view.h>

#include <poll.h>

typedef enum console_msg {
#define CONSOLE_MSG(id, zh, en) SAY_##id,
#include "console/messages.def"
#undef CONSOLE_MSG
    SAY_COUNT
} console_msg;

typedef struct console console;
typedef struct console_request console_request;
typedef struct console_session console_session;

#define CONSOLE_SECOND_NS 1000000000ull

/* --- form.c ----------------------------------------------------------------------------------- */

enum { FORM_FIELDS = 48, FORM_TEXT = 16 << 10, FORM_NAME = 40, FORM_FILE_NAME = 255 };

typedef struct form_field {
    char name[FORM_NAME];
    size_t at, len; /* in text */
} form_field;

typedef struct form_file {
    char name[FORM_FILE_NAME + 1]; /* a plain file name */
    int fd;                        /* memfd; sealed when the form is complete */
    uint64_t size;
} form_file;

typedef struct console_form {
    form_field fields[FORM_FIELDS];
    size_t n_fields;
    msh_buf text;
    form_file *files;
    size_t n_files, cap_files;
    bool files_allowed;
    uint64_t bytes, bytes_max;          /* of all files */
    uint64_t *in_memory, in_memory_max; /* of all requests */
    char open[FORM_FILE_NAME + 1];      /* key and name of the part that is being read */
    unsigned refused;                   /* HTTP status, 0 = fine */
    console_msg refused_msg, refused_do;
} console_form;

void form_init(console_form *f);
void form_dispose(console_form *f);
/* A piece of a part: off 0 begins it. file: its file name as sent, NULL for a field. */
void form_take(console_form *f, const char *key, const char *file, msh_view data, uint64_t off);
/* All of a body as one file. */
void form_take_raw(console_form *f, const char *name, msh_view data);
/* No more comes: files are sealed. */
void form_end(console_form *f);
/* Empty when there is no such field. */
msh_view form_get(const console_form *f, const char *name);
/* The last component of a name as sent by a browser, controls and separators made harmless; never
 * empty, at most FORM_FILE_NAME bytes. */
void form_clean_name(char out[FORM_FILE_NAME + 1], msh_view sent);
/* A folder on the site as typed ("/gk/tzgg/"), each part made harmless: "gk/tzgg"; may be empty.
 * false when it is too long or not UTF-8. */
bool form_clean_folder(char *out, size_t cap, msh_view typed);

/* --- session.c, throttle.c -------------------------------------------------------------------- */

enum { SESSION_ID = 65, SESSION_TOKENS = 64, SESSIONS = 1024 };

struct console_session {
    char id[SESSION_ID]; /* empty: free */
    bool anonymous;      /* before the login: only carries tokens of its form */
    msh_account account;
    char tokens[SESSION_TOKENS][33];
    unsigned next_token;
    uint64_t began_ns, seen_ns;
};

typedef struct console_sessions {
    console_session *list;
    size_t n;
} console_sessions;

MSH_MUST_CHECK bool sessions_init(console_sessions *s);
void sessions_dispose(console_sessions *s);
/* A new one with an id of its own; account NULL: anonymous. NULL when there is no randomness. */
console_session *session_new(console_sessions *s, const msh_account *account, uint64_t now_ns);
/* The one with this id, unless it is too old; found without telling how much of it was right. */
console_session *session_find(console_sessions *s, msh_view id, uint64_t now_ns);
void session_end(console_session *s);
/* Accounts that are gone or have another role are logged out. */
void sessions_review(console_sessions *s, const msh_accounts *accounts);
/* A token for one form; the same session takes each once. */
const char *session_token(console_session *s);
bool session_use_token(console_session *s, msh_view token);

enum { THROTTLE_SLOTS = 2048 };
typedef struct throttle_slot {
    uint64_t key, since_ns;
    unsigned count;
} throttle_slot;
typedef struct console_throttle {
    throttle_slot slots[THROTTLE_SLOTS];
    uint64_t seed;
} console_throttle;
/* Counts one more of (what, key) within a window; false when there were `most` already. */
bool throttle_count(console_throttle *t, const char *what, msh_view key, unsigned most,
                    uint64_t window_ns, uint64_t now_ns);
/* Whether one more would be allowed; counts nothing. */
bool throttle_allows(const console_throttle *t, const char *what, msh_view key, unsigned most,
                     uint64_t window_ns, uint64_t now_ns);
void throttle_forget(console_throttle *t, const char *what, msh_view key);

/* --- results.c -------------------------------------------------------------------------------- */

typedef struct console_result {
    char run[40]; /* id; empty: free */
    char owner[MSH_ACCOUNT_NAME + 1], office[MSH_ACCOUNT_OFFICE + 1];
    char title[400], docno[200], category[100], channel[100], folder[300];
    msh_verdict verdict;
    msh_buf report;
    form_file *files; /* NULL when nothing was kept */
    msh_service_item *items;
    size_t n_files;
    uint64_t bytes, made_ns;
} console_result;

enum { RESULTS = 256 };
console_result *result_new(console *c);
console_result *result_find(console *c, msh_view run);
void result_drop(console *c, console_result *r);
/* The files of an upload of this person, for a request that submits it; false when there are none.
 */
bool result_attach(console *c, msh_view run, console_request *q);
/* Old ones go; called every second. */
void results_tidy(console *c, uint64_t now_ns);

/* --- request.c -------------------------------------------------------------------------------- */

/* Who may: bits by msh_account_role. */
#define ROLE(id) (1u << MSH_ACCOUNT_##id)
enum {
    ROUTE_PREPARERS = ROLE(CLERK) | ROLE(HEAD) | ROLE(REVIEWER),
    ROUTE_REVIEWERS = ROLE(HEAD) | ROLE(REVIEWER) | ROLE(LEADER),
    ROUTE_SEES_ALL = ROLE(REVIEWER) | ROLE(AUDITOR),
    ROUTE_READERS = ROLE(CLERK) | ROLE(HEAD) | ROLE(REVIEWER) | ROLE(LEADER),
    ROUTE_SEES_RELEASES = ROLE(CLERK) | ROLE(HEAD) | ROLE(REVIEWER) | ROLE(AUDITOR),
    ROUTE_PEOPLE = ROLE(CLERK) | ROLE(HEAD) | ROLE(REVIEWER) | ROLE(LEADER) | ROLE(AUDITOR),
    ROUTE_MACHINES = ROLE(MACHINE),
    ROUTE_ANYONE = 1 << 30
};
/* OFFICE_MADE: the page is made in a process of its own (office.c). UPLOAD: takes along the files
 * of the upload that the field `run` names. */
enum {
    ROUTE_FORM = 1,
    ROUTE_FILES = 2,
    ROUTE_RAW = 4,
    ROUTE_NAV = 8,
    ROUTE_OFFICE_MADE = 16,
    ROUTE_UPLOAD = 32
};

typedef struct console_route {
    const char *method, *path;
    void (*page)(console_request *q);
    unsigned who, flags;
    const char *zh, *en;
} console_route;

const console_route *route_at(size_t i); /* NULL past the end */

/* What is known of the log; shown on every page. */
typedef struct console_log_state {
    bool known;
    int exit_code; /* of `log verify` */
    uint64_t size;
    char origin[256], what[400], at[28];
} console_log_state;

/* The upload that is submitted, for the office. */
typedef struct console_upload {
    char run[40], title[400], docno[200], category[100], channel[100], folder[300];
} console_upload;

struct console_request {
    console *c;
    void *connection;
    const console_route *route;
    char path[400];
    const char *tail; /* of path, behind the route's */
    char from[64];    /* address, "unix" */
    msh_lang lang;
    bool english_asked;
    console_session *session; /* NULL or anonymous: nobody */
    char session_id[SESSION_ID];
    msh_account account; /* copied when the request began */
    console_form form;
    uint64_t job;
    bool waiting, answered;
    unsigned status;
    const char *type; /* of the answer */
    char type_room[64], query[400];
    /* in the office */
    bool in_office, submitted;
    char nonce[33]; /* stands where tokens of forms will */
    console_log_state log;
    console_upload upload;
    char state[3072]; /* folder */
    msh_view rules;   /* "id\tChinese\tEnglish\n" */
    char location[200], cookie[SESSION_ID], disposition[800];
    bool clear_cookie;
    unsigned retry_s;
    msh_buf page;
};

/* Headers as http.c has them. */
typedef struct request_head {
    const char *method, *path, *host, *cookie, *origin, *fetch_site, *language, *authorization;
    const char *type, *query_name;
    bool has_length;
    uint64_t length;
} request_head;

/* Before any byte of the body: false when the answer is there already (q->page). */
bool request_begin(console_request *q, const request_head *h);
/* After the body. Sets q->waiting when the answer comes later, through request_answered. */
void request_end(console_request *q);
/* An answer that says what went wrong and what to do. */
void request_refuse(console_request *q, unsigned status, console_msg what, console_msg todo);
/* A value of the query (?name=value), empty when there is none. */
void request_query(const console_request *q, const char *name, char *out, size_t cap);
/* See another page. */
void request_see(console_request *q, const char *path);
/* The answer to a request that waited is complete (http.c). */
void request_answered(console_request *q);

/* --- html.c ----------------------------------------------------------------------------------- */

const char *say(const console_request *q, console_msg m);
/* A sentence with {n} and {a}. */
void html_say(console_request *q, console_msg m, uint64_t n, const char *a);
void html(console_request *q, const char *markup);
void html_text(console_request *q, msh_view text);
void html_str(console_request *q, const char *text);
/* <p class=…>sentence</p> */
void html_para(console_request *q, const char *css, console_msg m);
/* Everything before and after the page's own part. title NULL: the route's. */
void html_begin(console_request *q, const char *title);
void html_end(console_request *q);
/* <form …> with its token; multipart for files. */
void html_form(console_request *q, const char *action, bool files);
/* A label with its text field. */
void html_field(console_request *q, const char *name, console_msg label, const char *attributes);

/* html_words.c */
typedef struct html_verdict_words {
    const char *css, *icon;
    console_msg words, next;
} html_verdict_words;
extern const html_verdict_words html_verdicts[]; /* by msh_verdict */
/* What follows goes to this buffer instead of the page, until the same call again. */
void html_swap(console_request *q, msh_buf *b);
void html_verdict(console_request *q, msh_verdict v);
void html_tier(console_request *q, msh_tier t);
void html_tier_named(console_request *q, msh_view name);
/* A place as reports have it, in words. */
void html_place(console_request *q, const msh_json *place);
/* "B7" into row and column. */
void html_cell(msh_view cell, msh_place *out);
void html_rule(console_request *q, msh_view id);
/* <thead> of these columns, and <tbody>. */
void html_heads(console_request *q, const console_msg *all, size_t n);
/* The name of a category for people; the name itself when it is in no table. */
const char *words_of_category(const console_request *q, const char *name);
/* A row: what, and its text. */
void html_fact(console_request *q, console_msg label, msh_view text);

#define CONSOLE_ROUTE(method, path, handler, who, flags, zh, en)                                   \
    void page_##handler(console_request *q);
#include "console/routes.def"
#undef CONSOLE_ROUTE

/* --- run_view.c ------------------------------------------------------------------------------- */

/* The pages of one run, from its report (NDJSON). false when it is no report. */
bool run_view(console_request *q, msh_view report, const console_result *r);
/* In the office: a run of the state folder (page_runs.c). */
void run_page_saved(console_request *q);
/* The rules in force; in the office they are loaded when they are first asked for, NULL when they
 * do not load. */
const msh_rule_set *console_rules(console_request *q);

/* --- serve.c ---------------------------------------------------------------------------------- */

struct console {
    const msh_options *options;
    const msh_serve_job *job;
    msh_service *service;
    msh_accounts *accounts;
    console_sessions sessions;
    console_throttle throttle;
    console_result *results;
    uint64_t upload_max, memory_max;
    uint64_t in_memory; /* bytes of uploads */
    uint64_t held;      /* of these, of results that wait to be submitted */
    unsigned refusals;  /* logins refused since the last record of them */
    uint64_t refusals_since_ns;
    bool tls, is_unix;
    char port[8];
    void *http;
    void *clamd;
    void *office;
    msh_rule_set *office_rules;
    console_log_state log;
    uint64_t log_checked_ns, log_seen; /* when it was asked for, and for how many records */
    msh_err failed;                    /* the service is gone: 74 */
    msh_error why;
};

/* A record of a login: result "ok", "password", "throttled". */
void serve_record_login(console *c, const char *from, msh_view name, bool known, const char *result,
                        unsigned times);

/* --- office.c --------------------------------------------------------------------------------- */

/* Before the service: nothing is open yet. */
MSH_MUST_CHECK bool office_open(console *c);
/* Once the service is there. */
void office_begin(console *c);
void office_close(console *c);
/* The page of this request; sets q->waiting, or the answer is there. */
void office_ask(console_request *q);
/* In the office: verifies all of the log, into q->log. */
void office_verify(console_request *q);
/* Has it verified, for what every page says of it. */
void office_check_log(console *c);
void office_forget(console *c, const console_request *q);
size_t office_descriptors(const console *c, struct pollfd *out, size_t cap);
void office_step(console *c, uint64_t now_ns);

/* --- clamd.c ---------------------------------------------------------------------------------- */

/* Takes the listening socket over. */
MSH_MUST_CHECK bool clamd_open(console *c, int listener);
void clamd_close(console *c);
size_t clamd_descriptors(const console *c, struct pollfd *out, size_t cap);
void clamd_step(console *c, uint64_t now_ns);

/* --- http.c ----------------------------------------------------------------------------------- */

MSH_MUST_CHECK msh_err http_open(console *c, int listener, msh_error *why);
void http_close(console *c);
int http_descriptor(const console *c);
/* Milliseconds until it wants to be run, -1 = not by itself. */
int http_timeout(const console *c);
void http_step(console *c, uint64_t now_ns);
void http_resume(console_request *q);

#endif
