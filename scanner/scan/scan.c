/* scan.c: the front door of a scan: opens everything in the order that keeps secrets apart (rules,
 * then workers, then keys and log), runs, and says how it ended. */
#define _GNU_SOURCE
#include "scan/run.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/random.h"
#include "scan/open.h"
#include "scan/output.h"
#include "scan/records.h"
#include "scan/ruleset.h"
#include "scan/verdict.h"

#include <mishen/version.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct scan_outputs {
    msh_output saved; /* runs/<id>.ndjson in the state folder */
    msh_output asked; /* what the user asked for */
} scan_outputs;

msh_err msh_run_make_id(char out[32], char started[MSH_UTC_SIZE])
{
    uint8_t random[4];
    char utc[MSH_UTC_SIZE], hex[9];
    MSH_TRY(msh_random_fill(random, sizeof random));
    msh_clock_format(msh_clock_utc_us(), started);
    memcpy(utc, started, sizeof utc);
    msh_hex(hex, msh_view_of(random, sizeof random));
    (void)snprintf(out, 32, "%.4s%.2s%.2sT%.2s%.2s%.2sZ-%s", utc, utc + 5, utc + 8, utc + 11,
                   utc + 14, utc + 17, hex);
    return MSH_OK;
}

static msh_err open_reports(msh_run *r, scan_outputs *o, const msh_scan_job *job, msh_error *why)
{
    char path[MSH_STATE_PATH + 64];
    const msh_report_form *asked = msh_report_form_named(job->format);
    (void)snprintf(path, sizeof path, "%s/runs/%s.ndjson", r->state, r->id);
    msh_err err = msh_output_open(&o->saved, path, why);
    if (err == MSH_E_NAMED) { /* nobody named this one: it is the state folder */
        err = MSH_E_STATE;
        if (why)
            why->code = err;
    }
    MSH_TRY(err);
    MSH_TRY(msh_output_open(&o->asked, job->output, why));
    r->reports[0].form = msh_report_form_named("ndjson");
    r->reports[0].out = msh_output_sink(&o->saved);
    r->reports[1].form = asked;
    r->reports[1].out = msh_output_sink(&o->asked);
    r->reports[1].style.lang = r->options->lang;
    r->reports[1].style.color = job->color && !job->output;
    r->reports[1].style.width = job->width;
    r->reports[1].style.quiet = job->quiet;
    r->n_reports = 2;
    return MSH_OK;
}

msh_err msh_run_begin_reports(msh_run *r, const char *started, msh_error *why)
{
    msh_pack_ref packs[64];
    char program[64];
    size_t n = msh_rule_set_packs(r->rules);
    if (n > sizeof packs / sizeof packs[0])
        n = sizeof packs / sizeof packs[0];
    for (size_t i = 0; i < n; i++)
        msh_rule_set_pack(r->rules, i, &packs[i]);
    (void)snprintf(program, sizeof program, "mishen %s", MISHEN_VERSION);
    const msh_run_info info = {.program = program,
                               .run_id = r->id,
                               .started = started,
                               .policy = r->policy,
                               .packs = packs,
                               .n_packs = n,
                               .sandbox = !r->options->no_sandbox && !r->options->inproc,
                               .lock_level = msh_room_lock_level(r->room)};
    for (size_t i = 0; i < r->n_reports; i++) {
        msh_err err = r->reports[i].form->begin(&r->reports[i], &info);
        if (err != MSH_OK)
            return msh_fail_kept(why, err, "report");
    }
    return MSH_OK;
}

msh_err msh_run_path(msh_run *r, const char *path, msh_error *why)
{
    msh_source *s = NULL;
    msh_error lost = {0};
    if (strcmp(path, "-") == 0) {
        MSH_TRY(msh_source_stdin(r->options->limits.size, &s, why));
    } else if (msh_source_dir(path, &s, &lost) != MSH_OK) {
        if (lost.code == MSH_E_MEMORY)
            return msh_fail(why, MSH_E_MEMORY, "source");
        return msh_run_missing(r, path, why);
    }
    r->named = path;
    msh_err err = msh_run_source(r, s, why);
    r->named = NULL;
    msh_source_free(s);
    return err;
}

static msh_err scan_all(msh_run *r, const msh_scan_job *job, msh_error *why)
{
    for (size_t i = 0; i < job->n_paths && !r->stop; i++)
        MSH_TRY(msh_run_path(r, job->paths[i], why));
    if (job->files_from) {
        msh_source *s;
        MSH_TRY(msh_source_list(job->files_from, &s, why));
        msh_err err = msh_run_source(r, s, why);
        msh_source_free(s);
        MSH_TRY(err);
    }
    return msh_run_drain(r, why);
}

msh_err msh_run_end_reports(msh_run *r, uint64_t began_ns, msh_error *why)
{
    msh_run_summary *s = &r->summary;
    char finished[MSH_UTC_SIZE], root[48];
    msh_clock_format(msh_clock_utc_us(), finished);
    msh_log_root(r->log, root);
    s->finished = finished;
    s->ms = (msh_clock_ns() - began_ns) / 1000000;
    s->log_origin = msh_log_origin(r->log);
    s->log_size = msh_log_size(r->log);
    s->log_root = root;
    msh_err err = MSH_OK;
    for (size_t i = 0; i < r->n_reports && err == MSH_OK; i++)
        err = r->reports[i].form->end(&r->reports[i], s);
    s->finished = s->log_root = NULL;
    return err == MSH_OK ? MSH_OK : msh_fail_kept(why, err, "report");
}

static msh_err end_run(msh_run *r, scan_outputs *o, uint64_t began_ns, msh_error *why)
{
    msh_run_summary *s = &r->summary;
    s->stopped = r->stop;
    if (r->stop)
        s->complete = false;
    s->people_repeated = r->people.repeated;
    s->people_most = r->people.most;
    s->people_least = r->people.full;
    s->exit = msh_verdict_exit(s->items, s->complete, r->found);
    MSH_TRY(msh_records_end(r, why));
    msh_progress_clear(r->progress);
    MSH_TRY(msh_run_end_reports(r, began_ns, why));
    MSH_TRY(msh_output_finish(&o->saved, why));
    return msh_output_finish(&o->asked, why);
}

static void close_reports(msh_run *r, scan_outputs *o)
{
    for (size_t i = 0; i < r->n_reports; i++)
        if (r->reports[i].form->dispose)
            r->reports[i].form->dispose(&r->reports[i]);
    msh_output_dispose(&o->saved);
    msh_output_dispose(&o->asked);
}

/* Every failure of log, state or output means that there is no verdict: 74. */
static int exit_of_failure(msh_err err)
{
    switch (err) {
    case MSH_E_SANDBOX:
        return MSH_EXIT_SANDBOX;
    case MSH_E_EVIDENCE_LOST:
    case MSH_E_EVIDENCE:
        return MSH_EXIT_EVIDENCE;
    default:
        return msh_err_class(err) == 1 ? MSH_EXIT_USAGE : MSH_EXIT_STATE;
    }
}

/* Who reads that nothing was found must know what was not looked for. */
static void tell_idle(const msh_rule_set *rules, msh_lang lang)
{
    size_t n = msh_rule_set_idle(rules);
    if (n)
        fprintf(stderr,
                lang == MSH_LANG_EN ? "mishen: %zu rules are out of force and find nothing (mishen "
                                      "rules check)\n"
                                    : "mishen: 有 %zu 条规则不在有效期内，没有使用（详见 mishen "
                                      "rules check）\n",
                n);
}

msh_err msh_scan(const msh_options *options, const msh_scan_job *job, int *exit_code,
                 msh_error *why)
{
    msh_run *r = msh_calloc(1, sizeof *r);
    scan_outputs *o = msh_calloc(1, sizeof *o);
    uint64_t began_ns = msh_clock_ns();
    char started[MSH_UTC_SIZE] = "";
    msh_err err = MSH_OK;
    if (!r || !o) {
        err = msh_fail(why, MSH_E_MEMORY, "scan");
        goto out;
    }
    o->saved.fd = o->asked.fd = -1;
    r->fail_on = job->fail_on ? job->fail_on : MSH_TIER_REVIEW;
    if (!msh_report_form_named(job->format)) {
        char names[200];
        err = msh_fail(why, MSH_E_OPTION, "--format: %s", msh_report_form_names(names));
        goto out;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    MSH_GUARD(msh_open_run(r, options, why));
    tell_idle(r->rules, options->lang);
    MSH_GUARD(msh_run_make_id(r->id, started));
    MSH_GUARD(open_reports(r, o, job, why));
    MSH_GUARD(msh_progress_new(job->progress, options->lang, &r->progress));
    MSH_GUARD(msh_records_begin(r, job->paths, job->n_paths, why));
    MSH_GUARD(msh_run_begin_reports(r, started, why));
    MSH_GUARD(scan_all(r, job, why));
    MSH_GUARD(end_run(r, o, began_ns, why));
    *exit_code = r->summary.exit;
out:
    if (err != MSH_OK) {
        *exit_code = exit_of_failure(err);
        if (why && why->code != err)
            why->code = err;
    }
    if (r && o)
        close_reports(r, o);
    if (r)
        msh_close_run(r);
    msh_free(r);
    msh_free(o);
    return err;
}
