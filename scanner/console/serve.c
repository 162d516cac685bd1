/* serve.c: the loop of `mishen serve`: one thread that waits for browsers, programs and workers.
 *
 * Order: the service first (workers start before any key is in memory), then sockets. When the log
 * cannot be written the service is gone, and so is the server: no log, no verdict. */
#define _GNU_SOURCE
#include "console/console.h"

#include "console/net.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#ifdef MSH_HAVE_MICROHTTPD

enum { POLLED = 400, FAREWELL_S = 5 };
/* The log is verified anew: when it grew after half a minute, else after five. */
static const uint64_t LOG_FRESH_NS = 30 * CONSOLE_SECOND_NS, LOG_CHECK_NS = 300 * CONSOLE_SECOND_NS;
static const uint64_t UPLOAD_MAX = 200 << 20, MEMORY_MAX = 512 << 20;

static msh_err failed(msh_error *why, msh_err code, const char *text)
{
    if (why) {
        *why = (msh_error){.code = code, .sys_errno = errno, .offset = UINT64_MAX};
        (void)snprintf(why->text, sizeof why->text, "%s", text);
    }
    return code;
}

/* --- records ---------------------------------------------------------------------------------- */

static void put_record(console *c, const char *type, const msh_buf *body)
{
    if (c->failed != MSH_OK)
        return;
    msh_err err = msh_buf_err(body);
    if (err == MSH_OK)
        err = msh_service_record(c->service, type, msh_buf_view(body), &c->why);
    c->failed = err;
}

static void record_login(console *c, const char *from, msh_view name, bool known,
                         const char *result, unsigned times)
{
    msh_buf b;
    msh_json_writer w;
    char token[33] = "";
    msh_buf_init(&b, 8192);
    msh_jw_begin(&w, &b);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "from", msh_view_str(from));
    if (known)
        msh_jw_kstr(&w, "name", name);
    else if (name.len && msh_service_token(c->service, name, token) == MSH_OK)
        msh_jw_kstr(&w, "name_tok", msh_view_str(token));
    msh_jw_kstr(&w, "result", msh_view_str(result));
    msh_jw_kuint(&w, "times", times);
    msh_jw_close(&w, '}');
    put_record(c, "login", &b);
    msh_buf_dispose(&b);
}

/* What is refused unseen is counted and recorded at most every ten seconds, so that nobody fills
 * the log by knocking. */
static void record_refusals(console *c, uint64_t now_ns)
{
    bool due = now_ns == UINT64_MAX || now_ns - c->refusals_since_ns >= 10 * CONSOLE_SECOND_NS;
    if (!c->refusals || !due)
        return;
    record_login(c, "*", (msh_view){NULL, 0}, false, "throttled", c->refusals);
    c->refusals = 0;
}

void serve_record_login(console *c, const char *from, msh_view name, bool known, const char *result,
                        unsigned times)
{
    if (strcmp(result, "throttled") != 0) {
        record_login(c, from, name, known, result, times);
        return;
    }
    if (!c->refusals)
        c->refusals_since_ns = msh_clock_ns();
    c->refusals += times;
}

/* --- the loop --------------------------------------------------------------------------------- */

static msh_err load_accounts(console *c, msh_error *why)
{
    msh_accounts *fresh;
    msh_err err = msh_accounts_load(c->options, &fresh, why);
    if (err != MSH_OK)
        return err;
    msh_accounts_free(c->accounts);
    c->accounts = fresh;
    sessions_review(&c->sessions, fresh);
    return MSH_OK;
}

/* Once a second. A list of accounts that is not what the log says ends the server. */
static void tick(console *c, uint64_t now_ns)
{
    uint64_t size;
    (void)msh_service_log(c->service, &size);
    bool old = now_ns - c->log_checked_ns > LOG_CHECK_NS;
    if (old || (size != c->log_seen && now_ns - c->log_checked_ns > LOG_FRESH_NS)) {
        c->log_checked_ns = now_ns;
        c->log_seen = size;
        office_check_log(c);
    }
    results_tidy(c, now_ns);
    record_refusals(c, now_ns);
    if (c->failed == MSH_OK && msh_accounts_changed(c->accounts))
        c->failed = load_accounts(c, &c->why);
}

static int shorter(int a, int b)
{
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Waits; true when a signal asks to end. */
static bool wait_for_work(console *c, int signals)
{
    struct pollfd p[POLLED];
    int fds[POLLED], timeout = 1000;
    size_t n = 0;
    p[n++] = (struct pollfd){signals, POLLIN, 0};
    p[n++] = (struct pollfd){http_descriptor(c), POLLIN, 0};
    size_t more = msh_service_descriptors(c->service, fds, POLLED - n, &timeout);
    for (size_t i = 0; i < more; i++)
        p[n++] = (struct pollfd){fds[i], POLLIN, 0};
    n += clamd_descriptors(c, p + n, POLLED - n);
    n += office_descriptors(c, p + n, POLLED - n);
    timeout = shorter(timeout, http_timeout(c));
    (void)poll(p, (nfds_t)n, timeout);
    struct signalfd_siginfo taken;
    return p[0].revents && read(signals, &taken, sizeof taken) == (ssize_t)sizeof taken;
}

static void work(console *c)
{
    if (c->failed == MSH_OK)
        c->failed = msh_service_step(c->service, &c->why);
    office_step(c, msh_clock_ns());
    http_step(c, msh_clock_ns());
    clamd_step(c, msh_clock_ns());
}

static void loop(console *c, int signals)
{
    uint64_t ticked = 0;
    bool end = false;
    while (!end && c->failed == MSH_OK) {
        uint64_t now = msh_clock_ns();
        if (now - ticked > CONSOLE_SECOND_NS) {
            tick(c, now);
            ticked = now;
        }
        end = wait_for_work(c, signals);
        work(c);
    }
    /* what is being examined is still told */
    uint64_t until = msh_clock_ns() + FAREWELL_S * CONSOLE_SECOND_NS;
    while (c->failed == MSH_OK && msh_service_open_jobs(c->service) && msh_clock_ns() < until) {
        (void)wait_for_work(c, -1);
        work(c);
    }
    http_step(c, msh_clock_ns());
    record_refusals(c, UINT64_MAX);
}

/* --- opening and closing ---------------------------------------------------------------------- */

static msh_err check_job(const msh_serve_job *job, msh_error *why)
{
    if (!job->tls_cert != !job->tls_key)
        return failed(why, MSH_E_OPTION, "--tls-cert 和 --tls-key 要同时给出 / go together");
    return MSH_OK;
}

static msh_err listen_at(console *c, net_address *at, msh_error *why)
{
    if (!c->job->listen && net_passed(at)) {
        if (!at->loopback && !c->tls)
            return failed(why, MSH_E_OPTION,
                          "systemd 给的地址不限于本机，要有证书 / the passed socket needs TLS");
        return MSH_OK;
    }
    return net_listen(c->job->listen ? c->job->listen : "127.0.0.1:8733", c->tls, at, why);
}

static msh_err open_clamd(console *c, net_address *at, msh_error *why)
{
    if (!c->job->clamd)
        return MSH_OK;
    msh_err err = net_listen(c->job->clamd, false, at, why);
    if (err == MSH_OK && !clamd_open(c, at->fd))
        err = failed(why, MSH_E_MEMORY, "clamd");
    return err;
}

static msh_err open_console(console *c, net_address *at, net_address *clamd_at, msh_error *why)
{
    c->results = msh_calloc(RESULTS, sizeof *c->results);
    if (!c->results || !sessions_init(&c->sessions))
        return failed(why, MSH_E_MEMORY, "console");
    c->throttle.seed = msh_clock_ns();
    if (!office_open(c))
        return failed(why, MSH_E_MEMORY, "office");
    msh_err err = msh_service_open(c->options, &c->service, why);
    if (err == MSH_OK)
        err = load_accounts(c, why);
    if (err == MSH_OK)
        err = listen_at(c, at, why);
    if (err == MSH_OK)
        err = open_clamd(c, clamd_at, why);
    if (err != MSH_OK)
        return err;
    office_begin(c);
    c->is_unix = at->is_unix;
    (void)snprintf(c->port, sizeof c->port, "%s", at->port);
    return http_open(c, at->fd, why);
}

static void close_console(console *c)
{
    http_close(c);
    clamd_close(c);
    for (size_t i = 0; c->results && i < RESULTS; i++)
        result_drop(c, &c->results[i]);
    msh_free(c->results);
    sessions_dispose(&c->sessions);
    msh_accounts_free(c->accounts);
    msh_service_close(c->service);
    office_close(c);
    msh_free(c);
}

static int exit_of(msh_err err)
{
    return err == MSH_OK             ? MSH_EXIT_CLEAN
           : err == MSH_E_SANDBOX    ? MSH_EXIT_SANDBOX
           : msh_err_class(err) == 6 ? MSH_EXIT_EVIDENCE
           : msh_err_class(err) == 1 ? MSH_EXIT_USAGE
                                     : MSH_EXIT_STATE;
}

/* Signals are blocked only now: the workers are there already and have their own. */
static msh_err run(console *c, const char *address, msh_error *why)
{
    sigset_t set, before;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, &before);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        return failed(why, MSH_E_IO, "signalfd");
    if (c->job->ready)
        c->job->ready(c->job->ctx, address);
    loop(c, signals);
    close(signals);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (c->failed != MSH_OK && why)
        *why = c->why;
    return c->failed;
}

msh_err msh_console_serve(const msh_options *options, const msh_serve_job *job, int *exit_code,
                          msh_error *why)
{
    net_address at = {.fd = -1}, clamd_at = {.fd = -1};
    console *c = msh_calloc(1, sizeof *c);
    msh_err err = c ? check_job(job, why) : failed(why, MSH_E_MEMORY, "console");
    if (err == MSH_OK) {
        c->options = options;
        c->job = job;
        c->tls = job->tls_cert != NULL;
        c->upload_max = job->upload_max ? job->upload_max : UPLOAD_MAX;
        c->memory_max = job->memory_max ? job->memory_max : MEMORY_MAX;
        if (c->memory_max < c->upload_max)
            c->memory_max = c->upload_max;
        err = open_console(c, &at, &clamd_at, why);
    }
    if (err == MSH_OK)
        err = run(c, at.shown, why);
    *exit_code = exit_of(err);
    if (c)
        close_console(c);
    net_remove(&at);
    net_remove(&clamd_at);
    return err;
}

#else

void serve_record_login(console *c, const char *from, msh_view name, bool known, const char *result,
                        unsigned times)
{
    (void)from; /* nobody logs in where nothing is served */
    (void)name;
    (void)known;
    (void)result;
    c->refusals += times;
}

msh_err msh_console_serve(const msh_options *options, const msh_serve_job *job, int *exit_code,
                          msh_error *why)
{
    (void)options;
    (void)job;
    *exit_code = MSH_EXIT_USAGE;
    if (why) {
        *why = (msh_error){.code = MSH_E_NO_LIBRARY, .offset = UINT64_MAX};
        (void)snprintf(why->text, sizeof why->text,
                       "libmicrohttpd：apt-get install libmicrohttpd-dev，然后重新编译 / and build "
                       "again");
    }
    return MSH_E_NO_LIBRARY;
}

#endif
