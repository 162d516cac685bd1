/* rep_sarif.c: SARIF 2.1.0 (OASIS standard, 27 March 2020). BLOCK is error, REVIEW warning, INFO
 * note; what was not inspected is a notification of the invocation, which then was not successful
 * (section 3.20). Results are written as they come, rules and notifications at the end: the order
 * of properties is free. */
#include "report/gather.h"
#include "report/place.h"
#include "report/report.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <mishen/version.h>

#include <stdio.h>

enum { CEILING = 256 << 20, FLUSH_AT = 64 << 10 };

typedef struct sarif_report {
    msh_gather gather;
    msh_buf lines, notes, words;
    msh_json_writer w, notes_w;
    char id[32], started[28];
} sarif_report;

static msh_err flush(msh_report_run *r, size_t at_least)
{
    sarif_report *t = r->self;
    MSH_TRY(msh_buf_err(&t->lines));
    if (t->lines.len < at_least)
        return MSH_OK;
    msh_err err = r->out.write(r->out.ctx, msh_buf_view(&t->lines));
    msh_buf_reset(&t->lines);
    return err;
}

static msh_err sarif_begin(msh_report_run *r, const msh_run_info *run)
{
    sarif_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    MSH_TRY(msh_gather_init(&t->gather));
    msh_buf_init(&t->lines, CEILING);
    msh_buf_init(&t->notes, CEILING);
    msh_buf_init(&t->words, 8 << 20);
    msh_jw_begin(&t->w, &t->lines);
    msh_jw_begin(&t->notes_w, &t->notes);
    (void)snprintf(t->id, sizeof t->id, "%s", run->run_id);
    (void)snprintf(t->started, sizeof t->started, "%s", run->started);
    msh_jw_open(&t->w, '{');
    msh_jw_kstr(&t->w, "$schema",
                MSH_VIEW("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                         "sarif-schema-2.1.0.json"));
    msh_jw_kstr(&t->w, "version", MSH_VIEW("2.1.0"));
    msh_jw_key(&t->w, "runs");
    msh_jw_open(&t->w, '[');
    msh_jw_open(&t->w, '{');
    msh_jw_kstr(&t->w, "columnKind", MSH_VIEW("unicodeCodePoints"));
    msh_jw_kstr(&t->w, "language",
                r->style.lang == MSH_LANG_EN ? MSH_VIEW("en") : MSH_VIEW("zh-CN"));
    msh_jw_key(&t->w, "results");
    msh_jw_open(&t->w, '[');
    return flush(r, 0);
}

/* A path as a relative or file URI reference (RFC 3986): what is not unreserved is percent-encoded.
 */
static void put_uri(sarif_report *t, msh_json_writer *w, msh_view path)
{
    msh_buf *b = &t->words;
    msh_buf_reset(b);
    if (path.len && path.data[0] == '/')
        msh_buf_put_str(b, "file://");
    for (size_t i = 0; i < path.len; i++) {
        uint8_t c = path.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '/' || c == '.' || c == '-' || c == '_' || c == '~';
        if (plain)
            msh_buf_put_byte(b, c);
        else
            msh_buf_printf(b, "%%%02X", c);
    }
    msh_jw_kstr(w, "uri", msh_buf_view(b));
    msh_say_carry(w->out, b);
}

static msh_view shown_path(const msh_item *item)
{
    return item->path_masked ? item->path_shown : item->path;
}

/* Lines and columns are those of the file only where the text is the file itself. */
static bool has_region(const msh_item *item, const msh_place *p)
{
    return p->line && !p->page && !p->cell_row && p->role == MSH_ROLE_BODY && !p->name.len &&
           msh_view_eq_str(item->format, "text") &&
           msh_view_find(p->vpath, MSH_VIEW("!"), 0) == SIZE_MAX;
}

static void put_location(sarif_report *t, msh_json_writer *w, const msh_item *item,
                         const msh_place *p, msh_lang lang)
{
    msh_jw_key(w, "locations");
    msh_jw_open(w, '[');
    msh_jw_open(w, '{');
    msh_jw_key(w, "physicalLocation");
    msh_jw_open(w, '{');
    msh_jw_key(w, "artifactLocation");
    msh_jw_open(w, '{');
    put_uri(t, w, shown_path(item));
    msh_jw_close(w, '}');
    if (has_region(item, p)) {
        msh_jw_key(w, "region");
        msh_jw_open(w, '{');
        msh_jw_kuint(w, "startLine", p->line);
        if (p->column)
            msh_jw_kuint(w, "startColumn", p->column);
        msh_jw_close(w, '}');
    }
    msh_jw_close(w, '}');
    msh_buf_reset(&t->words);
    msh_place_words(&t->words, p, lang);
    msh_jw_key(w, "logicalLocations");
    msh_jw_open(w, '[');
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "name", msh_buf_view(&t->words));
    msh_say_carry(w->out, &t->words);
    msh_jw_kstr(w, "fullyQualifiedName", p->vpath);
    msh_jw_close(w, '}');
    msh_jw_close(w, ']');
    msh_jw_close(w, '}');
    msh_jw_close(w, ']');
}

static const char *level_of(msh_tier tier)
{
    return tier == MSH_TIER_BLOCK ? "error" : tier == MSH_TIER_REVIEW ? "warning" : "note";
}

static void put_message(msh_json_writer *w, const char *key, msh_view text)
{
    msh_jw_key(w, key);
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "text", text);
    msh_jw_close(w, '}');
}

static void put_result(msh_report_run *r, const msh_item *item, const msh_finding *f)
{
    sarif_report *t = r->self;
    msh_json_writer *w = &t->w;
    msh_lang lang = r->style.lang;
    char buf[MSH_SAY_EXCERPT];
    const msh_rule_note *note = msh_gather_rule(&t->gather, f->rule);
    msh_buf_put_byte(&t->lines, '\n');
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "ruleId", f->rule);
    if (note)
        msh_jw_kuint(w, "ruleIndex", note->index);
    msh_jw_kstr(w, "level", msh_view_str(level_of(f->tier)));
    msh_buf_reset(&t->words);
    msh_buf_put_view(&t->words, note ? msh_note_name(note, lang) : f->rule_name);
    msh_buf_put_str(&t->words, lang == MSH_LANG_EN ? ": " : "：");
    msh_buf_put_view(&t->words, msh_say_excerpt(f->excerpt, lang, buf));
    put_message(w, "message", msh_buf_view(&t->words));
    msh_say_carry(w->out, &t->words);
    put_location(t, w, item, &f->place, lang);
    msh_jw_kuint(w, "occurrenceCount", f->count);
    msh_jw_key(w, "partialFingerprints");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "mishen/v1", msh_view_str(f->fp));
    msh_jw_close(w, '}');
    msh_jw_key(w, "properties");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "tier", msh_view_str(msh_tier_name(f->tier)));
    msh_jw_kstr(w, "category", f->category);
    msh_jw_key(w, "place");
    msh_place_json(w, &f->place);
    msh_jw_close(w, '}');
    msh_jw_close(w, '}');
}

static void put_note(msh_report_run *r, const msh_item *item, const msh_outcome_note *o)
{
    sarif_report *t = r->self;
    msh_json_writer *w = &t->notes_w;
    msh_buf_put_byte(&t->notes, '\n');
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "level", MSH_VIEW("error"));
    put_message(w, "message", msh_view_str(msh_say_reason(o->reason, r->style.lang)));
    msh_jw_key(w, "descriptor");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "id", o->reason);
    msh_jw_close(w, '}');
    put_location(t, w, item, &o->place, r->style.lang);
    msh_jw_close(w, '}');
}

static msh_err sarif_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                          size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    sarif_report *t = r->self;
    MSH_TRY(msh_gather_item(&t->gather, item, findings, n_findings, outcomes, n_outcomes));
    for (size_t i = 0; i < n_findings; i++) {
        put_result(r, item, &findings[i]);
        MSH_TRY(flush(r, FLUSH_AT));
    }
    for (size_t i = 0; i < n_outcomes; i++)
        if (!msh_outcome_is_whole(outcomes[i].outcome))
            put_note(r, item, &outcomes[i]);
    return msh_buf_err(&t->notes);
}

/* --- the end
 * -------------------------------------------------------------------------------------- */

static void put_rule(msh_json_writer *w, const msh_rule_note *n, msh_lang lang)
{
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "id", n->id);
    put_message(w, "shortDescription", msh_note_name(n, lang));
    put_message(w, "fullDescription",
                n->explain.len ? msh_note_explain(n, lang) : msh_note_name(n, lang));
    put_message(w, "help", n->advice.len ? msh_note_advice(n, lang) : msh_note_name(n, lang));
    msh_jw_key(w, "properties");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "category", n->category);
    msh_jw_kstr(w, "basis", msh_note_basis(n, lang));
    msh_jw_kstr(w, "pack", n->pack);
    msh_jw_kstr(w, "packVersion", n->pack_version);
    msh_jw_close(w, '}');
    msh_jw_close(w, '}');
}

static int by_index(const void *a, const void *b)
{
    const msh_rule_note *const *x = a, *const *y = b;
    return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

static msh_err put_tool(sarif_report *t, msh_lang lang)
{
    msh_json_writer *w = &t->w;
    const msh_rule_note **rules;
    size_t n;
    MSH_TRY(msh_gather_rules(&t->gather, &rules, &n));
    qsort(rules, n, sizeof *rules, by_index);
    msh_jw_key(w, "tool");
    msh_jw_open(w, '{');
    msh_jw_key(w, "driver");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "name", MSH_VIEW("mishen"));
    msh_jw_kstr(w, "version", MSH_VIEW(MISHEN_VERSION));
    msh_jw_key(w, "rules");
    msh_jw_open(w, '[');
    for (size_t i = 0; i < n; i++)
        put_rule(w, rules[i], lang);
    msh_jw_close(w, ']');
    msh_jw_close(w, '}');
    msh_jw_close(w, '}');
    return MSH_OK;
}

static void put_invocation(sarif_report *t, const msh_run_summary *s)
{
    msh_json_writer *w = &t->w;
    msh_jw_key(w, "invocations");
    msh_jw_open(w, '[');
    msh_jw_open(w, '{');
    msh_jw_kbool(w, "executionSuccessful", s->complete && !s->stopped && s->items > 0);
    msh_jw_kint(w, "exitCode", s->exit);
    msh_jw_kstr(w, "startTimeUtc", msh_view_str(t->started));
    msh_jw_kstr(w, "endTimeUtc", msh_view_str(s->finished));
    msh_jw_key(w, "toolExecutionNotifications");
    msh_jw_open(w, '[');
    msh_buf_put_view(&t->lines, msh_buf_view(&t->notes));
    w->need_comma = true;
    msh_jw_close(w, ']');
    msh_jw_close(w, '}');
    msh_jw_close(w, ']');
}

static void put_properties(sarif_report *t, const msh_run_summary *s)
{
    msh_json_writer *w = &t->w;
    msh_jw_key(w, "automationDetails");
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "id", msh_view_str(t->id));
    msh_jw_close(w, '}');
    msh_jw_key(w, "properties");
    msh_jw_open(w, '{');
    msh_jw_kuint(w, "items", s->items);
    for (size_t i = 0; i < 4; i++)
        msh_jw_kuint(w, msh_verdict_name(msh_verdicts_by_gravity[i]),
                     s->verdicts[msh_verdicts_by_gravity[i]]);
    msh_jw_kbool(w, "complete", s->complete);
    msh_jw_kstr(w, "logOrigin", msh_view_str(s->log_origin));
    msh_jw_kuint(w, "logSize", s->log_size);
    msh_jw_kstr(w, "logRoot", msh_view_str(s->log_root));
    msh_jw_close(w, '}');
}

static msh_err sarif_end(msh_report_run *r, const msh_run_summary *s)
{
    sarif_report *t = r->self;
    msh_jw_close(&t->w, ']');
    MSH_TRY(put_tool(t, r->style.lang));
    put_invocation(t, s);
    put_properties(t, s);
    msh_jw_close(&t->w, '}');
    msh_jw_close(&t->w, ']');
    msh_jw_close(&t->w, '}');
    msh_buf_put_byte(&t->lines, '\n');
    return flush(r, 0);
}

static void sarif_dispose(msh_report_run *r)
{
    sarif_report *t = r->self;
    if (!t)
        return;
    msh_gather_dispose(&t->gather);
    msh_buf_dispose(&t->lines);
    msh_buf_dispose(&t->notes);
    msh_buf_dispose(&t->words);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_sarif = {
    .name = "sarif",
    .zh = "SARIF 2.1.0，供代码平台读取",
    .en = "SARIF 2.1.0 for code platforms",
    .begin = sarif_begin,
    .item = sarif_item,
    .end = sarif_end,
    .dispose = sarif_dispose,
};
