/* results.c: what was uploaded and waits to be looked at or submitted, in memory only, for an hour.
 * Of what is blocked or was not wholly inspected only the report is kept. */
#include "console/console.h"

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
