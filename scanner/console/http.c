/* http.c: the one door to libmicrohttpd, which parses requests. Everything is done in one thread:
 * a connection whose files are being examined is suspended until there is a verdict.
 *
 * Slow clients: a head, a body by its length, the reading of an answer have deadlines of their own,
 * whatever trickles meanwhile. */
#define _GNU_SOURCE
#include "console/console.h"

#ifdef MSH_HAVE_MICROHTTPD

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 256,
    CONNECTION_MEMORY = 64 << 10,
    IDLE_S = 30,
    HEAD_S = 10,
    BODY_S = 10,
    ANSWER_S = 120,
    LEAST_RATE = 16 << 10, /* bytes a second of a body */
    LONGEST_BODY_S = 3600,
    PARTS = 64 << 10,
    PEM_MAX = 256 << 10,
    PAGE_MAX = 64 << 20
};

typedef struct http_connection {
    struct http_connection *next, **at;
    struct MHD_Connection *mhd;
    uint64_t deadline_ns; /* 0: none, its files are being examined */
} http_connection;

typedef struct http {
    struct MHD_Daemon *daemon;
    http_connection *connections;
    msh_buf cert, key;
    int descriptor;
} http;

typedef struct http_request {
    console_request q;
    struct MHD_PostProcessor *post;
    bool refused; /* the answer is there, what still comes is dropped */
    bool raw;
    char name[FORM_FILE_NAME + 1];
} http_request;

/* --- connections ------------------------------------------------------------------------------ */

static http_connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_deadline(struct MHD_Connection *mhd, uint64_t seconds)
{
    http_connection *n = connection_of(mhd);
    if (n)
        n->deadline_ns = seconds ? msh_clock_ns() + seconds * CONSOLE_SECOND_NS : 0;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    http *h = cls;
    http_connection *n = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = n = msh_calloc(1, sizeof *n);
        if (!n)
            return;
        n->mhd = mhd;
        n->next = h->connections;
        n->at = &h->connections;
        if (n->next)
            n->next->at = &n->next;
        h->connections = n;
        n->deadline_ns = msh_clock_ns() + HEAD_S * CONSOLE_SECOND_NS;
    } else if (n) {
        *n->at = n->next;
        if (n->next)
            n->next->at = n->at;
        msh_free(n);
        *context = NULL;
    }
}

static void end_slow(http *h, uint64_t now_ns)
{
    for (http_connection *n = h->connections; n; n = n->next) {
        if (!n->deadline_ns || now_ns < n->deadline_ns)
            continue;
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(n->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info)
            (void)shutdown(info->connect_fd, SHUT_RDWR);
        n->deadline_ns = now_ns + HEAD_S * CONSOLE_SECOND_NS;
    }
}

static void put_address(struct MHD_Connection *mhd, char out[64])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    (void)snprintf(out, 64, "unix");
    if (a && a->sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, out, 64);
    else if (a && a->sa_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out,
                        64);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void put_safety(struct MHD_Response *r, const console *c)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src "
         "'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-store"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"}};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        (void)MHD_add_response_header(r, headers[i][0], headers[i][1]);
    if (c->tls)
        (void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

static void put_cookie(struct MHD_Response *r, const console_request *q)
{
    char line[200];
    if (!q->cookie[0] && !q->clear_cookie)
        return;
    (void)snprintf(line, sizeof line, "mishen=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                   q->clear_cookie ? "" : q->cookie, q->c->tls ? "; Secure" : "",
                   q->clear_cookie ? "; Max-Age=0" : "");
    (void)MHD_add_response_header(r, "Set-Cookie", line);
}

static enum MHD_Result answer(struct MHD_Connection *mhd, console_request *q)
{
    char seconds[16];
    msh_view page = msh_buf_view(&q->page);
    if (msh_buf_err(&q->page) != MSH_OK) {
        page = MSH_VIEW("busy\n");
        q->status = 503;
        q->type = "text/plain";
    }
    struct MHD_Response *r = MHD_create_response_from_buffer(page.len, (void *)(uintptr_t)page.data,
                                                             MHD_RESPMEM_MUST_COPY);
    if (!r)
        return MHD_NO;
    put_safety(r, q->c);
    put_cookie(r, q);
    (void)MHD_add_response_header(r, "Content-Type", q->type ? q->type : "text/plain");
    (void)MHD_add_response_header(r, "Vary", "Accept-Language, Cookie");
    if (q->disposition[0])
        (void)MHD_add_response_header(r, "Content-Disposition", q->disposition);
    if (q->location[0])
        (void)MHD_add_response_header(r, "Location", q->location);
    if (q->retry_s) {
        (void)snprintf(seconds, sizeof seconds, "%u", q->retry_s);
        (void)MHD_add_response_header(r, "Retry-After", seconds);
    }
    set_deadline(mhd, ANSWER_S);
    enum MHD_Result result = MHD_queue_response(mhd, q->status, r);
    MHD_destroy_response(r);
    return result;
}

/* --- requests --------------------------------------------------------------------------------- */

static enum MHD_Result on_part(void *cls, enum MHD_ValueKind kind, const char *key,
                               const char *file, const char *type, const char *encoding,
                               const char *data, uint64_t off, size_t size)
{
    http_request *r = cls;
    (void)kind;
    (void)type;
    (void)encoding;
    form_take(&r->q.form, key, file, msh_view_of(data, size), off);
    return MHD_YES;
}

/* "name=value\n", decoded; values that could be taken for two are left out. */
static enum MHD_Result on_query(void *cls, enum MHD_ValueKind kind, const char *key,
                                const char *value)
{
    msh_buf *b = cls;
    (void)kind;
    if (!value || strpbrk(key, "\n=") || strchr(value, '\n'))
        return MHD_YES;
    msh_buf_put_str(b, key);
    msh_buf_put_byte(b, '=');
    msh_buf_put_str(b, value);
    msh_buf_put_byte(b, '\n');
    return MHD_YES;
}

static void read_query(struct MHD_Connection *mhd, console_request *q)
{
    msh_buf b;
    msh_buf_init(&b, sizeof q->query - 1);
    (void)MHD_get_connection_values(mhd, MHD_GET_ARGUMENT_KIND, on_query, &b);
    if (msh_buf_err(&b) == MSH_OK && b.len)
        memcpy(q->query, b.data, b.len);
    msh_buf_dispose(&b);
}

static void read_head(struct MHD_Connection *mhd, request_head *h)
{
    const struct {
        const char *name, **to;
    } headers[] = {{"Host", &h->host},
                   {"Origin", &h->origin},
                   {"Sec-Fetch-Site", &h->fetch_site},
                   {"Accept-Language", &h->language},
                   {"Authorization", &h->authorization},
                   {"Content-Type", &h->type}};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        *headers[i].to = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, headers[i].name);
    h->cookie = MHD_lookup_connection_value(mhd, MHD_COOKIE_KIND, "mishen");
    h->query_name = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "name");
    const char *length = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
    if (length) {
        h->has_length = true;
        errno = 0;
        h->length = strtoull(length, NULL, 10);
        if (errno)
            h->length = UINT64_MAX;
    }
}

/* Reads forms by the library's parser, other bodies as they are. */
static void begin_body(http_request *r, struct MHD_Connection *mhd, const request_head *h)
{
    bool multipart = h->type && strncmp(h->type, "multipart/form-data", 19) == 0;
    if (!(r->q.route->flags & (ROUTE_FORM | ROUTE_RAW)))
        return;
    if (r->q.route->flags & ROUTE_RAW && !multipart) {
        r->raw = true;
        (void)snprintf(r->name, sizeof r->name, "%s", h->query_name ? h->query_name : "file");
        return;
    }
    r->post = MHD_create_post_processor(mhd, PARTS, on_part, r);
    if (!r->post) {
        request_refuse(&r->q, 400, SAY_E_FORM, SAY_E_FORM_DO);
        r->refused = true;
    }
}

static enum MHD_Result begin(console *c, struct MHD_Connection *mhd, const char *url,
                             const char *method, void **context)
{
    request_head h = {.method = method, .path = url};
    http_request *r = msh_calloc(1, sizeof *r);
    if (!r)
        return MHD_NO;
    *context = r;
    r->q.c = c;
    r->q.connection = mhd;
    form_init(&r->q.form);
    msh_buf_init(&r->q.page, PAGE_MAX);
    put_address(mhd, r->q.from);
    read_head(mhd, &h);
    read_query(mhd, &r->q);
    uint64_t seconds = h.has_length ? BODY_S + h.length / LEAST_RATE : BODY_S;
    set_deadline(mhd, seconds < LONGEST_BODY_S ? seconds : LONGEST_BODY_S);
    r->refused = !request_begin(&r->q, &h);
    if (!r->refused)
        begin_body(r, mhd, &h);
    return MHD_YES;
}

static void take_body(http_request *r, const char *data, size_t size)
{
    if (r->refused)
        return;
    if (r->raw)
        form_take_raw(&r->q.form, r->name, msh_view_of(data, size));
    else if (r->post && MHD_post_process(r->post, data, size) != MHD_YES) {
        request_refuse(&r->q, 400, SAY_E_FORM, SAY_E_FORM_DO);
        r->refused = true;
    }
}

static enum MHD_Result end(http_request *r, struct MHD_Connection *mhd)
{
    if (r->q.answered || r->refused)
        return answer(mhd, &r->q);
    bool whole = !r->post || MHD_destroy_post_processor(r->post) == MHD_YES;
    r->post = NULL;
    if (whole)
        request_end(&r->q);
    else
        request_refuse(&r->q, 400, SAY_E_FORM, SAY_E_FORM_DO);
    if (!r->q.waiting)
        return answer(mhd, &r->q);
    set_deadline(mhd, 0);
    MHD_suspend_connection(mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    http_request *r = *context;
    (void)version;
    if (!r)
        return begin(cls, mhd, url, method, context);
    if (*size) {
        take_body(r, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return end(r, mhd);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode code)
{
    http_request *r = *context;
    console *c = cls;
    (void)code;
    *context = NULL;
    set_deadline(mhd, IDLE_S);
    if (!r)
        return;
    if (r->q.job)
        msh_service_forget(c->service, r->q.job);
    office_forget(c, &r->q);
    if (r->post)
        (void)MHD_destroy_post_processor(r->post);
    form_dispose(&r->q.form);
    msh_buf_dispose(&r->q.page);
    msh_free(r);
}

void http_resume(console_request *q)
{
    set_deadline(q->connection, ANSWER_S);
    MHD_resume_connection(q->connection);
}

/* --- opening ---------------------------------------------------------------------------------- */

static msh_err failed(msh_error *why, msh_err code, const char *text)
{
    if (why) {
        *why = (msh_error){.code = code, .sys_errno = errno, .offset = UINT64_MAX};
        (void)snprintf(why->text, sizeof why->text, "%s", text);
    }
    return code;
}

/* A PEM file with a NUL behind it. */
static msh_err read_pem(const char *path, msh_buf *out, msh_error *why)
{
    msh_buf_init(out, PEM_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *room = fd >= 0 ? msh_buf_room(out, PEM_MAX - 1) : NULL;
    ssize_t n = room ? read(fd, room, PEM_MAX - 1) : -1;
    if (n > 0)
        msh_buf_grew(out, (size_t)n);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return failed(why, MSH_E_NAMED, path);
    msh_buf_put_byte(out, 0);
    return msh_buf_err(out);
}

static struct MHD_Daemon *start(console *c, http *h, int listener)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (c->tls ? MHD_USE_TLS : 0u);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, h->cert.data},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, h->key.data},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, c, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, c, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        h, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, c->tls ? tls : none, MHD_OPTION_END);
}

msh_err http_open(console *c, int listener, msh_error *why)
{
    http *h = msh_calloc(1, sizeof *h);
    if (!h)
        return failed(why, MSH_E_MEMORY, "http");
    c->http = h;
    if (c->tls) {
        msh_err err = read_pem(c->job->tls_cert, &h->cert, why);
        if (err == MSH_OK)
            err = read_pem(c->job->tls_key, &h->key, why);
        if (err != MSH_OK)
            return err;
    }
    h->daemon = start(c, h, listener);
    const union MHD_DaemonInfo *info =
        h->daemon ? MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info)
        return failed(why, c->tls ? MSH_E_OPTION : MSH_E_IO,
                      c->tls
                          ? "证书或私钥不能用（PEM 格式），或端口不能用 / bad certificate, key or "
                            "address"
                          : "端口不能用 / bad address");
    h->descriptor = info->epoll_fd;
    return MSH_OK;
}

void http_close(console *c)
{
    http *h = c->http;
    if (!h)
        return;
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    if (h->key.data)
        msh_wipe(h->key.data, h->key.cap);
    msh_buf_dispose(&h->key);
    msh_buf_dispose(&h->cert);
    msh_free(h);
    c->http = NULL;
}

int http_descriptor(const console *c)
{
    const http *h = c->http;
    return h->descriptor;
}

int http_timeout(const console *c)
{
    const http *h = c->http;
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(h->daemon, &ms) != MHD_YES)
        return -1;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

void http_step(console *c, uint64_t now_ns)
{
    http *h = c->http;
    end_slow(h, now_ns);
    (void)MHD_run(h->daemon);
}

#else /* nothing is served then; the other parts are linked by tests */

void http_resume(console_request *q)
{
    q->answered = true;
}

#endif
