/* results.c: what was uploaded and waits to be looked at or submitted, in memory only, for an hour.
 * Of what is blocked or was not wholly inspected only the report is kept. */
#define _GNU_SOURCE
#include "console/console.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const uint64_t KEPT_NS = 3600 * CONSOLE_SECOND_NS;

void result_drop(console *c, console_result *r)
{
    for (size_t i = 0; r->files && i < r->n_files; i++)
        if (r->files[i].fd >= 0)
            close(r->files[i].fd);
    if (r->files) {
        c->in_memory -= r->bytes;
        c->held -= r->bytes;
    }
    msh_free(r->files);
    msh_free(r->items);
    msh_buf_dispose(&r->report);
    *r = (console_result){.n_files = 0};
}

console_result *result_new(console *c)
{
    console_result *oldest = &c->results[0];
    for (size_t i = 0; i < RESULTS; i++) {
        console_result *r = &c->results[i];
        if (!r->run[0])
            return r;
        if (r->made_ns < oldest->made_ns)
            oldest = r;
    }
    result_drop(c, oldest);
    return oldest;
}

console_result *result_find(console *c, msh_view run)
{
    for (size_t i = 0; i < RESULTS; i++)
        if (c->results[i].run[0] && msh_view_eq_str(run, c->results[i].run))
            return &c->results[i];
    return NULL;
}

bool result_attach(console *c, msh_view run, console_request *q)
{
    const console_result *r = result_find(c, run);
    if (!r || !r->files || strcmp(r->owner, q->account.name) != 0)
        return false;
    console_form *f = &q->form;
    f->files = msh_calloc(r->n_files, sizeof *f->files);
    for (size_t i = 0; f->files && i < r->n_files; i++) {
        f->files[i] = r->files[i];
        f->files[i].fd = fcntl(r->files[i].fd, F_DUPFD_CLOEXEC, 3);
        if (f->files[i].fd < 0)
            return false;
        f->n_files++;
    }
    console_upload *u = &q->upload;
    (void)snprintf(u->run, sizeof u->run, "%s", r->run);
    (void)snprintf(u->title, sizeof u->title, "%s", r->title);
    (void)snprintf(u->docno, sizeof u->docno, "%s", r->docno);
    (void)snprintf(u->category, sizeof u->category, "%s", r->category);
    (void)snprintf(u->channel, sizeof u->channel, "%s", r->channel);
    (void)snprintf(u->folder, sizeof u->folder, "%s", r->folder);
    return f->files != NULL;
}

static console_result *oldest_with_files(console *c)
{
    console_result *oldest = NULL;
    for (size_t i = 0; i < RESULTS; i++) {
        console_result *r = &c->results[i];
        if (r->run[0] && r->files && (!oldest || r->made_ns < oldest->made_ns))
            oldest = r;
    }
    return oldest;
}

void results_tidy(console *c, uint64_t now_ns)
{
    for (size_t i = 0; i < RESULTS; i++)
        if (c->results[i].run[0] && now_ns - c->results[i].made_ns > KEPT_NS)
            result_drop(c, &c->results[i]);
    while (c->held > c->memory_max / 2) { /* half is for those who are uploading now */
        console_result *r = oldest_with_files(c);
        if (!r)
            return;
        result_drop(c, r);
    }
}
