/* office.c: pages that read or write the register are made in processes of their own.
 *
 * Reading a release verifies the log, an approval scans its files again, a signature opens a key
 * with a password: none of that may hold up the others, and no process that has the log's keys may
 * fork. So one process is forked before anything is opened (the office); for each question it
 * forks a clerk, who gets the question in a memfd, files as descriptors, and writes the page back.
 *
 *   question: office_head, fields, text of the form, names of files, table of rules
 *   answer:   office_answer, page */
#define _GNU_SOURCE
#include "console/console.h"

#include <mishen/unstable/file.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CALLS = 24,
    WORK_S = 150,
    PAGE_MAX = 16 << 20,
    QUESTION_MAX = 4 << 20,
    DESCRIPTORS = MSH_SERVICE_FILES + 2,
    MAGIC = 0x6d736831
};

typedef struct office_head {
    uint32_t magic, route; /* route UINT32_MAX: how is the log? */
    msh_lang lang;
    msh_account account;
    console_log_state log;
    char path[400], from[64], query[400], nonce[33], state[3072];
    uint64_t n_fields, text, n_files, rules;
    console_upload upload;
} office_head;

typedef struct office_answer {
    uint32_t magic, status, retry_s;
    char type[64], location[200], disposition[800];
    console_log_state log;
    uint64_t submitted; /* a release was made of the upload */
    uint64_t page;
} office_answer;

typedef struct office_call {
    console_request *q; /* NULL: nobody waits any more, or how is the log? */
    bool used, is_check;
    int fd;
    msh_buf got;
    char nonce[33];
    uint64_t deadline_ns;
} office_call;

typedef struct office {
    int control;
    pid_t pid;
    office_call calls[CALLS];
    msh_buf rules; /* "id\tChinese\tEnglish\n" */
} office;

/* --- the clerk -------------------------------------------------------------------------------- */

static const char *page_type(const console_request *q)
{
    return q->type ? q->type : "text/plain; charset=utf-8";
}

static void answer_back(const console_request *q, int to)
{
    msh_view page = msh_buf_view(&q->page);
    office_answer a = {.magic = MAGIC,
                       .status = q->status,
                       .retry_s = q->retry_s,
                       .log = q->log,
                       .submitted = q->submitted,
                       .page = page.len};
    (void)snprintf(a.type, sizeof a.type, "%s", page_type(q));
    (void)snprintf(a.location, sizeof a.location, "%s", q->location);
    (void)snprintf(a.disposition, sizeof a.disposition, "%s", q->disposition);
    if (msh_buf_err(&q->page) == MSH_OK &&
        msh_file_write_all(to, msh_view_of(&a, sizeof a), NULL) == MSH_OK)
        (void)!msh_file_write_all(to, page, NULL);
}

/* How is the log? Everything of it is verified. */
void office_verify(console_request *q)
{
    msh_log_verdict v;
    msh_error why = {0};
    msh_err err = msh_log_check(q->c->options, NULL, NULL, &v, &why);
    q->log = (console_log_state){.known = err == MSH_OK, .exit_code = v.exit_code, .size = v.size};
    (void)snprintf(q->log.origin, sizeof q->log.origin, "%.200s", v.origin);
    (void)snprintf(q->log.what, sizeof q->log.what, "%.300s", v.what);
    msh_clock_format(msh_clock_utc_us(), q->log.at);
}

/* One piece of the question; false when there is less. */
static bool take(msh_view *in, void *to, size_t n)
{
    if (in->len < n)
        return false;
    if (n)
        memcpy(to, in->data, n);
    *in = msh_view_cut(*in, n, in->len);
    return true;
}

static bool read_form(console_request *q, const office_head *h, msh_view *in, const int *fds)
{
    console_form *f = &q->form;
    if (h->n_fields > FORM_FIELDS || h->n_files > MSH_SERVICE_FILES || h->text > in->len ||
        !take(in, f->fields, h->n_fields * sizeof f->fields[0]))
        return false;
    f->n_fields = h->n_fields;
    msh_buf_put_view(&f->text, msh_view_cut(*in, 0, h->text));
    *in = msh_view_cut(*in, h->text, in->len);
    f->files = msh_calloc(h->n_files + 1, sizeof *f->files);
    if (!f->files || !take(in, f->files, h->n_files * sizeof *f->files))
        return false;
    f->n_files = h->n_files;
    for (size_t i = 0; i < f->n_files; i++)
        f->files[i].fd = fds[i];
    return true;
}

static void work(console *c, msh_view question, const int *fds, int to)
{
    console_request *q = msh_calloc(1, sizeof *q);
    office_head h;
    msh_view in = question;
    if (!q || !take(&in, &h, sizeof h) || h.magic != MAGIC)
        return;
    q->c = c;
    q->in_office = true;
    q->status = 200;
    q->lang = h.lang;
    q->account = h.account;
    q->log = h.log;
    q->upload = h.upload;
    memcpy(q->nonce, h.nonce, sizeof q->nonce);
    (void)snprintf(q->state, sizeof q->state, "%s", h.state);
    (void)snprintf(q->path, sizeof q->path, "%s", h.path);
    (void)snprintf(q->from, sizeof q->from, "%s", h.from);
    (void)snprintf(q->query, sizeof q->query, "%s", h.query);
    form_init(&q->form);
    msh_buf_init(&q->page, PAGE_MAX);
    if (h.route == UINT32_MAX) {
        office_verify(q);
    } else {
        q->route = route_at(h.route);
        size_t n = q->route ? strlen(q->route->path) : 0;
        q->tail = n && q->route->path[n - 1] == '*' ? q->path + n - 1 : "";
        if (!q->route || !read_form(q, &h, &in, fds))
            return;
        q->rules = msh_view_cut(in, 0, h.rules);
        q->route->page(q);
    }
    answer_back(q, to);
}

/* The question into memory, and gone from the memfd: a password may be in it. */
static void begin_work(console *c, int question, const int *fds, int to)
{
    msh_buf b;
    msh_buf_init(&b, QUESTION_MAX);
    uint8_t *room = msh_buf_room(&b, QUESTION_MAX - 1);
    ssize_t n = room ? pread(question, room, QUESTION_MAX - 1, 0) : -1;
    (void)!ftruncate(question, 0);
    (void)alarm(WORK_S);
    if (n > 0) {
        msh_buf_grew(&b, (size_t)n);
        work(c, msh_buf_view(&b), fds, to);
    }
    if (b.data)
        msh_wipe(b.data, b.cap);
}

/* fds: question, answer, files; -1 behind the last. Returns how many, 0 at the end. */
static int receive(int control, int fds[DESCRIPTORS])
{
    char byte, room[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
    struct iovec io = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    ssize_t got = recvmsg(control, &m, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR)
        return -1;
    if (got <= 0)
        return 0;
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    if (!h || h->cmsg_type != SCM_RIGHTS)
        return -1;
    int n = (int)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(h), (size_t)n * sizeof(int));
    return n;
}

/* The office: opens nothing, reads nothing, forks. */
static void run_office(console *c, int control)
{
    int fds[DESCRIPTORS], n;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    while ((n = receive(control, fds)) != 0) {
        pid_t pid = n >= 2 ? fork() : 1;
        if (pid == 0) {
            (void)signal(SIGCHLD, SIG_DFL);
            close(control);
            begin_work(c, fds[0], fds + 2, fds[1]);
            _exit(0);
        }
        for (int i = 0; i < n; i++)
            close(fds[i]);
    }
    _exit(0);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void put_rules(console *c, msh_buf *out)
{
    const msh_rule_set *s = msh_service_rules(c->service);
    for (size_t i = 0; i < msh_rule_set_count(s); i++) {
        msh_rule_view r;
        msh_rule_set_get(s, i, &r);
        msh_buf_put_view(out, r.id);
        msh_buf_put_byte(out, '\t');
        msh_buf_put_view(out, r.name);
        msh_buf_put_byte(out, '\t');
        msh_buf_put_view(out, r.name_en.len ? r.name_en : r.name);
        msh_buf_put_byte(out, '\n');
    }
}

static uint32_t route_number(const console_route *r)
{
    uint32_t i = 0;
    while (route_at(i) && route_at(i) != r)
        i++;
    return i;
}

static void put_question(msh_buf *b, const console *c, const console_request *q, office_call *call)
{
    static const char hex[] = "0123456789abcdef";
    const office *o = c->office;
    uint8_t random[16];
    office_head h = {.magic = MAGIC, .route = UINT32_MAX, .log = c->log};
    (void)!getrandom(random, sizeof random, 0);
    for (size_t i = 0; i < 32; i++)
        call->nonce[i] = hex[i % 2 ? random[i / 2] & 15 : random[i / 2] >> 4];
    memcpy(h.nonce, call->nonce, sizeof h.nonce);
    if (q) {
        h.route = route_number(q->route);
        h.lang = q->lang;
        h.account = q->account;
        h.upload = q->upload;
        (void)snprintf(h.state, sizeof h.state, "%s", msh_service_state(c->service));
        (void)snprintf(h.path, sizeof h.path, "%s", q->path);
        (void)snprintf(h.from, sizeof h.from, "%s", q->from);
        (void)snprintf(h.query, sizeof h.query, "%s", q->query);
        h.n_fields = q->form.n_fields;
        h.text = q->form.text.len;
        h.n_files = q->form.n_files;
        h.rules = o->rules.len;
    }
    msh_buf_put(b, &h, sizeof h);
    if (!q)
        return;
    msh_buf_put(b, q->form.fields, q->form.n_fields * sizeof q->form.fields[0]);
    msh_buf_put_view(b, msh_buf_view(&q->form.text));
    msh_buf_put(b, q->form.files, q->form.n_files * sizeof q->form.files[0]);
    msh_buf_put_view(b, msh_buf_view(&o->rules));
}

static bool send_question(const office *o, const int *fds, size_t n)
{
    char byte = 0, room[CMSG_SPACE(DESCRIPTORS * sizeof(int))] = {0};
    struct iovec io = {&byte, 1};
    struct msghdr m = {.msg_iov = &io,
                       .msg_iovlen = 1,
                       .msg_control = room,
                       .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(h), fds, n * sizeof(int));
    return sendmsg(o->control, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

static bool ask(console *c, console_request *q, office_call *call)
{
    int fds[DESCRIPTORS], pair[2];
    size_t n = 2;
    msh_buf b;
    msh_buf_init(&b, QUESTION_MAX - 1);
    put_question(&b, c, q, call);
    fds[0] = memfd_create("mishen-question", MFD_CLOEXEC);
    if (fds[0] < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        if (fds[0] >= 0)
            close(fds[0]);
        msh_buf_dispose(&b);
        return false;
    }
    fds[1] = pair[1];
    for (size_t i = 0; q && i < q->form.n_files; i++)
        fds[n++] = q->form.files[i].fd;
    bool sent = msh_buf_err(&b) == MSH_OK &&
                msh_file_write_all(fds[0], msh_buf_view(&b), NULL) == MSH_OK &&
                send_question(c->office, fds, n);
    if (b.data)
        msh_wipe(b.data, b.cap);
    msh_buf_dispose(&b);
    close(fds[0]);
    close(pair[1]);
    if (!sent) {
        close(pair[0]);
        return false;
    }
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
    call->fd = pair[0];
    call->q = q;
    call->is_check = !q;
    call->used = true;
    call->deadline_ns = msh_clock_ns() + (WORK_S + 5) * CONSOLE_SECOND_NS;
    msh_buf_init(&call->got, PAGE_MAX);
    return true;
}

static office_call *free_call(office *o)
{
    for (size_t i = 0; i < CALLS; i++)
        if (!o->calls[i].used)
            return &o->calls[i];
    return NULL;
}

void office_ask(console_request *q)
{
    office_call *call = free_call(q->c->office);
    if (!call || !ask(q->c, q, call))
        request_refuse(q, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
    else
        q->waiting = true;
}

void office_check_log(console *c)
{
    office *o = c->office;
    office_call *call;
    for (size_t i = 0; i < CALLS; i++)
        if (o->calls[i].used && o->calls[i].is_check)
            return;
    call = free_call(o);
    if (call)
        (void)ask(c, NULL, call);
}

void office_forget(console *c, const console_request *q)
{
    office *o = c->office;
    for (size_t i = 0; o && i < CALLS; i++)
        if (o->calls[i].q == q)
            o->calls[i].q = NULL;
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Every place of the nonce becomes a token of this session, as long as it. */
static void put_tokens(console_request *q, const char *nonce)
{
    msh_view mark = msh_view_str(nonce);
    for (size_t at = 0; q->session;) {
        at = msh_view_find(msh_buf_view(&q->page), mark, at);
        if (at == SIZE_MAX)
            return;
        memcpy(q->page.data + at, session_token(q->session), mark.len);
    }
}

static void take_answer(console *c, office_call *call)
{
    console_request *q = call->q;
    office_answer a;
    msh_view in = msh_buf_view(&call->got);
    bool good = msh_buf_err(&call->got) == MSH_OK && take(&in, &a, sizeof a) && a.magic == MAGIC &&
                a.page == in.len && a.status >= 200 && a.status < 600;
    if (good && strncmp(a.log.at, c->log.at, sizeof a.log.at) > 0)
        c->log = a.log;
    if (!q)
        return;
    q->session = session_find(&c->sessions, msh_view_str(q->session_id), msh_clock_ns());
    if (!good) {
        request_refuse(q, 500, SAY_E_OFFICE, SAY_E_OFFICE_DO);
        return;
    }
    a.type[sizeof a.type - 1] = a.location[sizeof a.location - 1] = '\0';
    a.disposition[sizeof a.disposition - 1] = '\0';
    q->status = a.status;
    q->retry_s = a.retry_s;
    (void)snprintf(q->type_room, sizeof q->type_room, "%s", a.type);
    q->type = q->type_room;
    (void)snprintf(q->location, sizeof q->location, "%s", a.location);
    (void)snprintf(q->disposition, sizeof q->disposition, "%s", a.disposition);
    msh_buf_reset(&q->page);
    msh_buf_put_view(&q->page, in);
    put_tokens(q, call->nonce);
    if (a.submitted && q->upload.run[0]) {
        console_result *r = result_find(c, msh_view_str(q->upload.run));
        if (r)
            result_drop(c, r);
    }
}

static void finish(console *c, office_call *call)
{
    take_answer(c, call);
    if (call->q)
        request_answered(call->q);
    close(call->fd);
    if (call->got.data)
        msh_wipe(call->got.data, call->got.cap);
    msh_buf_dispose(&call->got);
    *call = (office_call){.fd = -1};
}

/* false: nothing more comes. */
static bool hear(office_call *call)
{
    uint8_t room[32768];
    for (;;) {
        ssize_t n = read(call->fd, room, sizeof room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0)
            return false;
        msh_buf_put(&call->got, room, (size_t)n);
    }
}

void office_step(console *c, uint64_t now_ns)
{
    office *o = c->office;
    for (size_t i = 0; o && i < CALLS; i++) {
        office_call *call = &o->calls[i];
        if (call->used && (!hear(call) || now_ns > call->deadline_ns))
            finish(c, call);
    }
}

size_t office_descriptors(const console *c, struct pollfd *out, size_t cap)
{
    const office *o = c->office;
    size_t n = 0;
    for (size_t i = 0; o && i < CALLS && n < cap; i++)
        if (o->calls[i].used)
            out[n++] = (struct pollfd){o->calls[i].fd, POLLIN, 0};
    return n;
}

/* --- opening and closing ---------------------------------------------------------------------- */

bool office_open(console *c)
{
    int pair[2];
    office *o = msh_calloc(1, sizeof *o);
    if (!o || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        msh_free(o);
        return false;
    }
    o->pid = fork();
    if (o->pid == 0) {
        close(pair[0]);
        run_office(c, pair[1]);
    }
    close(pair[1]);
    o->control = pair[0];
    c->office = o;
    msh_buf_init(&o->rules, QUESTION_MAX / 2);
    return o->pid > 0;
}

void office_begin(console *c)
{
    office *o = c->office;
    put_rules(c, &o->rules);
    office_check_log(c);
}

void office_close(console *c)
{
    office *o = c->office;
    if (!o)
        return;
    for (size_t i = 0; i < CALLS; i++) {
        if (!o->calls[i].used)
            continue;
        close(o->calls[i].fd);
        msh_buf_dispose(&o->calls[i].got);
    }
    close(o->control); /* it ends */
    if (o->pid > 0)
        while (waitpid(o->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    msh_buf_dispose(&o->rules);
    msh_free(o);
    c->office = NULL;
}
