/* figures.c: figures of the annual report that no log can know, entered and signed by a person:
 *
 *   record {"note":…} of type figures; the note:
 *   audit-figures/v1 LF {"by":…,"figures":{NAME:N,…},"ts":…,"v":1,"year":"2026"} LF LF
 *   — reviewer … (Ed25519) LF — reviewer … (SM2) LF
 *
 * Of a figure entered twice the later record counts. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/approved.h"
#include "scan/book.h"
#include "scan/gate.h"
#include "scan/logdir.h"
#include "scan/state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char head[] = "audit-figures/v1\n";
static const char scope[] = "figures"; /* as a path in a trust policy */
enum { NOTE_MAX = 16 << 10 };

static const struct {
    const char *name, *text[2];
} figures[] = {
#define MSH_FIGURE(name, zh, en, unit_zh, unit_en) {name, {zh "（" unit_zh "）", en ", " unit_en}},
#include <mishen/figures.def>
#undef MSH_FIGURE
};

bool msh_figure_get(size_t i, msh_lang lang, const char **name, const char **text)
{
    if (i >= MSH_FIGURES)
        return false;
    *name = figures[i].name;
    *text = figures[i].text[lang == MSH_LANG_EN];
    return true;
}

/* --- entering
 * ------------------------------------------------------------------------------------------ */

typedef struct entry {
    bool given[MSH_FIGURES];
    uint64_t value[MSH_FIGURES];
} entry;

static msh_err read_pair(const char *pair, entry *e, msh_error *why)
{
    const char *equals = strchr(pair, '=');
    char *end = NULL;
    for (size_t i = 0; equals && i < MSH_FIGURES; i++) {
        if (strlen(figures[i].name) != (size_t)(equals - pair) ||
            strncmp(figures[i].name, pair, (size_t)(equals - pair)) != 0)
            continue;
        errno = 0;
        unsigned long long v = strtoull(equals + 1, &end, 10);
        if (equals[1] < '0' || equals[1] > '9' || *end || errno || v > (1ULL << 53) - 1)
            break;
        e->given[i] = true;
        e->value[i] = v;
        return MSH_OK;
    }
    return msh_fail(
        why, MSH_E_OPTION,
        "写成 名称=整数，名称见 mishen report enter / NAME=NUMBER, names: mishen report "
        "enter");
}

static void put_note_text(msh_buf *out, const entry *e, const msh_figures_job *job, const char *ts)
{
    msh_arena a;
    msh_json *j;
    msh_buf raw;
    msh_json_writer w;
    msh_arena_init(&a, 1 << 20);
    msh_buf_init(&raw, NOTE_MAX);
    msh_jw_begin(&w, &raw);
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "by", msh_view_str(job->by));
    msh_jw_key(&w, "figures");
    msh_jw_open(&w, '{');
    for (size_t i = 0; i < MSH_FIGURES; i++)
        if (e->given[i])
            msh_jw_kuint(&w, figures[i].name, e->value[i]);
    msh_jw_close(&w, '}');
    msh_jw_kstr(&w, "ts", msh_view_str(ts));
    msh_jw_kuint(&w, "v", 1);
    msh_jw_kstr(&w, "year", msh_view_str(job->year));
    msh_jw_close(&w, '}');
    msh_buf_put_str(out, head);
    if (msh_buf_err(&raw) == MSH_OK &&
        msh_json_read(&a, msh_buf_view(&raw), MSH_JSON_LOG, &j, NULL) == MSH_OK)
        msh_json_canonical(out, j);
    else
        out->err = MSH_E_MEMORY;
    msh_buf_put_byte(out, '\n');
    msh_buf_dispose(&raw);
    msh_arena_dispose(&a);
}

static msh_err sign(const entry *e, const msh_figures_job *job, const char *ts,
                    const msh_reviewer *r, msh_buf *body)
{
    msh_buf text, note;
    msh_buf_init(&text, NOTE_MAX);
    msh_buf_init(&note, NOTE_MAX);
    put_note_text(&text, e, job, ts);
    msh_err err = msh_buf_err(&text);
    if (err == MSH_OK)
        err = msh_note_sign(&note, msh_buf_view(&text), &r->keys[0]);
    if (err == MSH_OK)
        err = msh_note_sign_more(&note, msh_buf_view(&text), &r->keys[1]);
    if (err == MSH_OK) {
        msh_buf_put_str(body, "{\"note\":");
        msh_json_canonical_str(body, msh_buf_view(&note));
        msh_buf_put_byte(body, '}');
        err = msh_buf_err(body);
    }
    msh_buf_dispose(&text);
    msh_buf_dispose(&note);
    return err;
}

static bool is_year(const char *s)
{
    char day[11];
    int32_t d;
    if (!s || strlen(s) != 4)
        return false;
    (void)snprintf(day, sizeof day, "%s-01-01", s);
    return msh_date_read(msh_view_str(day), &d);
}

static msh_err enter(const msh_options *options, const msh_figures_job *job, const entry *e,
                     const msh_approved *approved, const char *state, uint64_t *record,
                     msh_error *why)
{
    char ts[MSH_UTC_SIZE];
    msh_reviewer r;
    msh_buf body;
    msh_clock_format(msh_clock_utc_us(), ts);
    MSH_TRY(msh_reviewer_open(state, job->by, job->password, &r, why));
    msh_buf_init(&body, 2 * NOTE_MAX);
    msh_err err = MSH_OK;
    if (!msh_approved_may_sign(approved, &r, msh_view_str(scope), ts))
        err =
            msh_fail(why, MSH_E_REFUSED,
                     "签名人的钥匙已作废，或信任策略不许（路径 figures） / the signer's keys were "
                     "revoked, or the trust policy says no (path figures)");
    if (err == MSH_OK)
        err = sign(e, job, ts, &r, &body);
    if (err == MSH_OK)
        err = msh_log_put(options, "figures", msh_buf_view(&body), record, why);
    msh_reviewer_dispose(&r);
    msh_buf_dispose(&body);
    return err;
}

msh_err msh_report_enter(const msh_options *options, const msh_figures_job *job, uint64_t *record,
                         msh_error *why)
{
    char state[MSH_STATE_PATH];
    msh_log_verdict log;
    msh_approved *approved = NULL;
    entry e = {{false}, {0}};
    if (!is_year(job->year))
        return msh_fail(why, MSH_E_OPTION, "--year 2026");
    if (!job->by || !msh_reviewer_name_ok(job->by) || job->n_pairs == 0)
        return msh_fail(why, MSH_E_USAGE,
                        "要有 --by 填报人和 名称=整数 / --by NAME and NAME=NUMBER are needed");
    for (size_t i = 0; i < job->n_pairs; i++)
        MSH_TRY(read_pair(job->pairs[i], &e, why));
    MSH_TRY(msh_state_path(options, state, why));
    msh_err err = msh_gate_load(options, state, &approved, &log, why);
    if (err == MSH_OK)
        err = enter(options, job, &e, approved, state, record, why);
    msh_approved_free(approved);
    return err == MSH_OK ? err : msh_fail_kept(why, err, "figures");
}

/* --- reading
 * --------------------------------------------------------------------------------------------- */

/* Signed with both keys, of today or earlier, of the person it names, who may. */
static bool is_signed(const msh_note *note, msh_view by, msh_view ts, const char *state,
                      const msh_approved *a)
{
    char name[MSH_REVIEWER_NAME + 1], time[MSH_UTC_SIZE];
    if (by.len == 0 || by.len > MSH_REVIEWER_NAME || ts.len >= sizeof time ||
        note->n_sigs != MSH_REVIEWER_KEYS)
        return false;
    (void)snprintf(name, sizeof name, "%.*s", (int)by.len, (const char *)by.data);
    (void)snprintf(time, sizeof time, "%.*s", (int)ts.len, (const char *)ts.data);
    if (!msh_reviewer_name_ok(name))
        return false;
    for (unsigned generation = 0;; generation++) {
        msh_reviewer r;
        if (msh_reviewer_public(state, name, generation, &r, NULL) != MSH_OK)
            return false;
        bool good = msh_note_verify(note, &r.keys[0]) == MSH_OK &&
                    msh_note_verify(note, &r.keys[1]) == MSH_OK &&
                    msh_approved_may_sign(a, &r, msh_view_str(scope), time);
        msh_reviewer_dispose(&r);
        if (good)
            return true;
    }
}

static msh_err take(msh_book *b, const msh_json *j, uint64_t n)
{
    const msh_json *values = msh_json_get(j, "figures");
    msh_view by = msh_arena_copy(&b->arena, msh_json_text(msh_json_get(j, "by")));
    if (!by.data)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < MSH_FIGURES; i++) {
        const msh_json *v = msh_json_get(values, figures[i].name);
        if (!v || v->type != MSH_JSON_NUMBER)
            continue;
        b->figures[i] =
            (msh_book_figure){.known = true, .value = (uint64_t)v->integer, .n = n, .by = by};
        msh_book_day(msh_json_text(msh_json_get(j, "ts")), b->figures[i].day);
    }
    return MSH_OK;
}

msh_err msh_figures_take(msh_book *b, const char *state, const msh_approved *a, const char *year,
                         uint64_t n, msh_view body)
{
    msh_arena arena;
    msh_json *record, *j = NULL;
    msh_note note;
    msh_arena_init(&arena, 4 << 20);
    msh_err err = msh_json_read(&arena, body, MSH_JSON_LOG, &record, NULL);
    if (err == MSH_OK &&
        msh_note_read(msh_json_text(msh_json_get(record, "note")), &note) == MSH_OK &&
        msh_view_starts(note.text, msh_view_str(head))) {
        size_t from = sizeof head - 1;
        msh_view text = msh_view_cut(note.text, from, note.text.len - from - 1);
        err = msh_json_read(&arena, text, MSH_JSON_LOG, &j, NULL);
        if (err == MSH_OK && msh_view_eq_str(msh_json_text(msh_json_get(j, "year")), year) &&
            msh_json_int(msh_json_get(j, "v"), 0) == 1 &&
            is_signed(&note, msh_json_text(msh_json_get(j, "by")),
                      msh_json_text(msh_json_get(j, "ts")), state, a))
            err = take(b, j, n);
    }
    msh_arena_dispose(&arena);
    return err == MSH_E_MEMORY ? err : MSH_OK;
}
