/* texts.c: `mishen extract`: what a scan sees, text by text; `mishen scan --explain`: what the
 * rules make of it. Both touch no state and no log. */
#define _GNU_SOURCE
#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/view.h"
#include "report/place.h"
#include "scan/open.h"
#include "scan/ruleset.h"
#include "scan/verdict.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct texts_run {
    msh_room *room;
    msh_lang lang;
    bool ndjson, whole;
    uint64_t items;
    msh_buf out;
    msh_view path;
    msh_error *why;
} texts_run;

enum { OUT_CEILING = 64 << 20 };

static msh_err flush(texts_run *t)
{
    msh_err err = msh_buf_err(&t->out);
    if (err == MSH_OK)
        err = msh_file_write_all(STDOUT_FILENO, msh_buf_view(&t->out), t->why);
    msh_buf_reset(&t->out);
    return err;
}

static void begin_object(texts_run *t, msh_json_writer *w, const char *type, const msh_place *place)
{
    msh_jw_begin(w, &t->out);
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "type", msh_view_str(type));
    msh_jw_kstr(w, "path", t->path);
    msh_jw_key(w, "place");
    msh_place_json(w, place);
}

/* A text for people: its place on a line of its own, then the text with line ends kept. */
static void put_readable(texts_run *t, msh_view utf8)
{
    for (size_t at = 0; at < utf8.len;) {
        size_t end = msh_view_find(utf8, MSH_VIEW("\n"), at);
        size_t stop = end == SIZE_MAX ? utf8.len : end;
        msh_buf_put_str(&t->out, "    ");
        for (size_t from = at; from <= stop;) { /* tabs part cells and are kept */
            size_t tab = msh_view_find(msh_view_cut(utf8, 0, stop), MSH_VIEW("\t"), from);
            size_t to = tab == SIZE_MAX ? stop : tab;
            msh_escape_terminal(&t->out, msh_view_cut(utf8, from, to - from));
            if (tab == SIZE_MAX)
                break;
            msh_buf_put_byte(&t->out, '\t');
            from = tab + 1;
        }
        msh_buf_put_byte(&t->out, '\n');
        at = stop + 1;
    }
}

static msh_err on_text(void *ctx, uint64_t tag, const msh_place *place, msh_view utf8)
{
    texts_run *t = ctx;
    msh_json_writer w;
    (void)tag;
    if (t->ndjson) {
        begin_object(t, &w, "text", place);
        msh_jw_key(&w, "text");
        msh_jw_text(&w, utf8);
        msh_jw_close(&w, '}');
        msh_buf_put_byte(&t->out, '\n');
    } else {
        msh_buf_put_str(&t->out, "── ");
        msh_place_words(&t->out, place, t->lang);
        msh_buf_put_byte(&t->out, '\n');
        put_readable(t, utf8);
    }
    return flush(t);
}

static msh_err on_outcome(void *ctx, uint64_t tag, msh_reason reason, const msh_place *place,
                          uint64_t reached)
{
    texts_run *t = ctx;
    msh_json_writer w;
    msh_outcome outcome = msh_reason_outcome(reason);
    (void)tag;
    if (!msh_outcome_is_whole(outcome))
        t->whole = false;
    if (t->ndjson) {
        begin_object(t, &w, "outcome", place);
        msh_jw_kstr(&w, "outcome", msh_view_str(msh_outcome_name(outcome)));
        msh_jw_kstr(&w, "reason", msh_view_str(msh_reason_name(reason)));
        if (reached)
            msh_jw_kuint(&w, "reached", reached);
        msh_jw_close(&w, '}');
        msh_buf_put_byte(&t->out, '\n');
    } else {
        msh_buf_put_str(&t->out, "!! ");
        msh_place_words(&t->out, place, t->lang);
        msh_buf_printf(&t->out, " · %s\n", msh_reason_text(msh_reason_name(reason), t->lang));
    }
    return flush(t);
}

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    texts_run *t = ctx;
    (void)done;
    t->items++;
    return MSH_OK;
}

/* One item after another: texts stream out as they come, so each must be done before the next. */
static msh_err one_item(texts_run *t, const msh_source_item *item, msh_error *why)
{
    const msh_room_events events = {
        .ctx = t, .text = on_text, .outcome = on_outcome, .done = on_done};
    msh_place place = {.vpath = item->path, .offset = MSH_NO_POSITION};
    size_t left = 1;
    t->path = item->path;
    if (!t->ndjson) {
        msh_buf_put_str(&t->out, "== ");
        msh_escape_terminal(&t->out, item->path);
        msh_buf_put_byte(&t->out, '\n');
    }
    if (item->has_reason)
        MSH_TRY(on_outcome(t, 0, item->reason, &place, 0));
    const msh_job job = {.tag = t->items,
                         .fd = item->fd,
                         .size = item->size,
                         .path = item->path,
                         .link = item->link,
                         .xattrs = item->xattrs};
    MSH_TRY(msh_room_give(t->room, &job, why));
    while (left > 0)
        MSH_TRY(msh_room_take(t->room, &events, -1, &left, why));
    return MSH_OK;
}

static msh_err one_path(texts_run *t, const char *path, uint64_t ceiling, msh_error *why)
{
    msh_source *s = NULL;
    bool more = true;
    if (strcmp(path, "-") == 0)
        MSH_TRY(msh_source_stdin(ceiling, &s, why));
    else
        MSH_TRY(msh_source_dir(path, &s, why));
    msh_err err = MSH_OK;
    while (err == MSH_OK) {
        msh_source_item item = {.fd = -1};
        err = msh_source_next(s, &item, &more, why);
        if (err != MSH_OK || !more)
            break;
        err = one_item(t, &item, why);
    }
    msh_source_free(s);
    return err;
}

/* rules: NULL = the texts themselves. */
static msh_err show_files(texts_run *t, const msh_options *options, const msh_rules *rules,
                          const char *const *files, size_t n, int *exit_code)
{
    msh_err err = MSH_OK;
    msh_buf_init(&t->out, OUT_CEILING);
    MSH_GUARD(msh_open_room(options, rules, true, &t->room, t->why));
    for (size_t i = 0; i < n; i++)
        MSH_GUARD(one_path(t, files[i], options->limits.size, t->why));
    *exit_code = msh_verdict_exit(t->items, t->whole, false);
    if (t->items == 0)
        fprintf(stderr, t->lang == MSH_LANG_EN ? "mishen: no file was found there\n"
                                               : "mishen: 没有找到任何文件（空文件夹？）\n");
out:
    if (t->room)
        msh_room_close(t->room);
    msh_buf_dispose(&t->out);
    if (err != MSH_OK) {
        *exit_code = err == MSH_E_SANDBOX ? MSH_EXIT_SANDBOX : 0;
        if (t->why)
            t->why->code = err;
    }
    return err;
}

msh_err msh_extract_files(const msh_options *options, const char *const *files, size_t n,
                          const char *format, int *exit_code, msh_error *why)
{
    texts_run t = {.lang = options->lang, .whole = true, .why = why};
    t.ndjson = strcmp(format, "ndjson") == 0;
    if (!t.ndjson && strcmp(format, "text") != 0) {
        *exit_code = MSH_EXIT_USAGE;
        return msh_fail(why, MSH_E_OPTION, "--format: text, ndjson");
    }
    return show_files(&t, options, NULL, files, n, exit_code);
}

msh_err msh_explain_files(const msh_options *options, const char *const *files, size_t n,
                          int *exit_code, msh_error *why)
{
    texts_run t = {.lang = options->lang, .whole = true, .why = why};
    msh_rule_set *rules = NULL;
    *exit_code = MSH_EXIT_USAGE;
    MSH_TRY(msh_rule_set_load(options, &rules, why));
    msh_rule_set_use(rules, options->medium);
    msh_err err = show_files(&t, options, msh_rule_set_compiled(rules), files, n, exit_code);
    msh_rule_set_free(rules);
    return err;
}
