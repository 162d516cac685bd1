/* resay.c: a saved run once more, in another form. Nothing is scanned, nothing logged; what is
 * shown is what the run said then. */
#define _GNU_SOURCE
#include "scan/output.h"
#include "scan/runcheck.h"
#include "scan/state.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "report/saved.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_RUNS = 400 };

typedef struct opened_run {
    int fd;
    bool ours; /* of the state folder, whose log has it, too */
    char name[MSH_FILE_SHOWN];
    msh_report_past past; /* what the first reading said */
} opened_run;

static msh_err read_fd(void *ctx, uint8_t *to, size_t cap, size_t *got)
{
    const int *fd = ctx;
    ssize_t n;
    do
        n = read(*fd, to, cap);
    while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    return n < 0 ? MSH_E_IO : MSH_OK;
}

/* --- which file a word names
 * ---------------------------------------------------------------------- */

enum { RUN_NAME = 32 };

static bool is_run_name(const char *name)
{
    size_t n = strlen(name);
    return n == RUN_NAME && name[8] == 'T' && strcmp(name + n - 7, ".ndjson") == 0;
}

/* The latest run of the state folder: names begin with the second, within it the file's time
 * decides. */
static msh_err last_run(const char *state, char *path, size_t cap, msh_error *why)
{
    enum { SECOND = 16 };
    char best[RUN_NAME + 1] = "";
    struct stat st, best_st = {0};
    (void)snprintf(path, cap, "%s/runs", state);
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        if (!is_run_name(e->d_name) || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        int order = strncmp(e->d_name, best, SECOND);
        if (order == 0)
            order = st.st_mtim.tv_sec != best_st.st_mtim.tv_sec
                        ? (st.st_mtim.tv_sec > best_st.st_mtim.tv_sec ? 1 : -1)
                        : (st.st_mtim.tv_nsec > best_st.st_mtim.tv_nsec ? 1 : -1);
        if (order < 0)
            continue;
        (void)snprintf(best, sizeof best, "%.*s", RUN_NAME, e->d_name);
        best_st = st;
    }
    if (d)
        closedir(d);
    if (!best[0])
        return msh_fail(why, MSH_E_NAMED,
                        "还没有保存的检查结果，先运行 mishen scan / no saved run yet: mishen scan");
    (void)snprintf(path, cap, "%s/runs/%s", state, best);
    return MSH_OK;
}

static msh_err path_of(const msh_options *options, const char *word, char *path, size_t cap,
                       bool *ours, msh_error *why)
{
    char state[MSH_STATE_PATH];
    struct stat st;
    bool is_last = strcmp(word, "last") == 0;
    (void)snprintf(path, cap, "%s", word);
    if (!is_last && (strchr(word, '/') || stat(word, &st) == 0))
        return MSH_OK;
    MSH_TRY(msh_state_path(options, state, why));
    *ours = true;
    if (is_last)
        return last_run(state, path, cap, why);
    (void)snprintf(path, cap, "%s/runs/%s.ndjson", state, word);
    if (stat(path, &st) != 0)
        (void)snprintf(path, cap, "%s", word); /* the complaint names what was typed */
    return MSH_OK;
}

static msh_err open_run(const msh_options *options, const char *word, opened_run *r, msh_error *why)
{
    char path[MSH_STATE_PATH + 128];
    struct stat st;
    if (strcmp(word, "-") == 0) {
        r->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        (void)snprintf(r->name, sizeof r->name, "-");
        return r->fd >= 0 ? MSH_OK : msh_fail_errno(why, MSH_E_NAMED, "-");
    }
    MSH_TRY(path_of(options, word, path, sizeof path, &r->ours, why));
    (void)msh_file_shown(path, r->name);
    r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (r->fd < 0)
        return msh_file_named_failed(path, why);
    if (fstat(r->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return msh_file_named_failed(path, why);
    }
    return MSH_OK;
}

/* --- several runs: the latest is the report, the others its history
 * -------------------------------- */

static msh_err past_begin(void *ctx, const msh_run_info *run)
{
    msh_report_past *p = ctx;
    (void)snprintf(p->id, sizeof p->id, "%s", run->run_id);
    (void)snprintf(p->started, sizeof p->started, "%s", run->started);
    return MSH_OK;
}

static msh_err past_end(void *ctx, const msh_run_summary *s)
{
    msh_report_past *p = ctx;
    p->items = s->items;
    p->complete = s->complete;
    for (size_t v = 0; v < 4; v++)
        p->verdicts[v] = s->verdicts[v];
    return MSH_OK;
}

static msh_err read_run(opened_run *r, const msh_saved_to *to, msh_error *why)
{
    const msh_saved_from from = {&r->fd, read_fd};
    msh_error said = {0};
    msh_err err = msh_saved_read(&from, to, &said);
    if (err == MSH_OK)
        return err;
    if (msh_err_class(err) == 3 || err == MSH_E_UNSUPPORTED || err == MSH_E_LIMIT_BUFFER)
        return msh_fail(why, err, "%s：%s", r->name, said.text);
    if (why)
        *why = said;
    return msh_fail_kept(why, err, "report");
}

static msh_err read_past(opened_run *r, msh_error *why)
{
    const msh_saved_to to = {&r->past, past_begin, NULL, past_end};
    MSH_TRY(read_run(r, &to, why));
    if (lseek(r->fd, 0, SEEK_SET) != 0)
        return msh_fail(
            why, MSH_E_OPTION,
            "%s：几份结果一起看时，每份都要是文件 / must be a file when several are given",
            r->name);
    return MSH_OK;
}

/* What stands in the state folder must be what was logged. */
static msh_err check_ours(const msh_options *options, opened_run *r, msh_error *why)
{
    const msh_saved_from from = {&r->fd, read_fd};
    msh_error said = {0};
    bool found = false;
    if (!r->ours)
        return MSH_OK;
    msh_err err = msh_run_check(options, &from, &found, &said);
    if (err == MSH_OK && !found)
        fprintf(stderr, "mishen: %s\n",
                options->lang == MSH_LANG_EN
                    ? "note: the signed log has no such run; the report was not checked against it"
                    : "注意：签名日志里没有这次检查，报告未与日志核对");
    if (err != MSH_OK)
        return msh_fail(why, err, "%s：%s", r->name, said.text);
    return lseek(r->fd, 0, SEEK_SET) == 0 ? MSH_OK : msh_fail_errno(why, MSH_E_IO, "%s", r->name);
}

static int by_time(const void *a, const void *b)
{
    const opened_run *x = a, *y = b;
    return strcmp(x->past.started, y->past.started);
}

static msh_err put_report(const msh_options *options, const msh_report_job *job,
                          const msh_report_form *form, opened_run *runs, msh_error *why)
{
    msh_report_past past[MAX_RUNS];
    msh_output *o = msh_calloc(1, sizeof *o);
    if (!o)
        return msh_fail(why, MSH_E_MEMORY, "report");
    for (size_t i = 0; i + 1 < job->n_runs; i++)
        past[i] = runs[i].past;
    msh_report_run r = {.form = form, .past = past, .n_past = job->n_runs - 1};
    r.style = (msh_report_style){
        .lang = options->lang, .color = job->color && !job->output, .width = job->width};
    const msh_saved_to to = msh_saved_to_form(&r);
    msh_err err = msh_output_open(o, job->output, why);
    if (err == MSH_OK) {
        r.out = msh_output_sink(o);
        err = read_run(&runs[job->n_runs - 1], &to, why);
    }
    if (err == MSH_OK)
        err = msh_output_finish(o, why);
    if (r.self)
        form->dispose(&r);
    msh_output_dispose(o);
    msh_free(o);
    return err;
}

msh_err msh_report_saved(const msh_options *options, const msh_report_job *job, msh_error *why)
{
    const msh_report_form *form = msh_report_form_named(job->form);
    char names[200];
    if (!form)
        return msh_fail(why, MSH_E_OPTION, "%s", msh_report_form_names(names));
    if (job->n_runs == 0 || job->n_runs > MAX_RUNS || (job->n_runs > 1 && !form->trend))
        return msh_fail(
            why, MSH_E_OPTION,
            "%s 只用一份检查结果（html 可以用多份，最多 %d） / takes one run (html up to "
            "%d)",
            form->name, MAX_RUNS, MAX_RUNS);
    opened_run *runs = msh_calloc(job->n_runs, sizeof *runs);
    if (!runs)
        return msh_fail(why, MSH_E_MEMORY, "report");
    msh_err err = MSH_OK;
    size_t n = 0;
    for (; n < job->n_runs && err == MSH_OK; n++) {
        runs[n].fd = -1;
        err = open_run(options, job->runs[n], &runs[n], why);
        if (err == MSH_OK)
            err = check_ours(options, &runs[n], why);
        if (err == MSH_OK && job->n_runs > 1)
            err = read_past(&runs[n], why);
    }
    if (err == MSH_OK) {
        qsort(runs, job->n_runs, sizeof *runs, by_time);
        err = put_report(options, job, form, runs, why);
    }
    for (size_t i = 0; i < n; i++)
        if (runs[i].fd >= 0)
            close(runs[i].fd);
    msh_free(runs);
    return err;
}

bool msh_report_get(size_t i, msh_lang lang, const char **name, const char **text)
{
    const msh_report_form *form = msh_report_form_at(i);
    if (!form)
        return false;
    *name = form->name;
    *text = lang == MSH_LANG_EN ? form->en : form->zh;
    return true;
}
