/* rep_ndjson.c: one JSON object a line, product.md section 4: stable, versioned, in the source's
 * order. */
#include "report/place.h"
#include "report/report.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"

enum { LINE_CEILING = 64 << 20, FLUSH_AT = 64 << 10 };

typedef struct ndjson_report {
    msh_buf lines;    /* not yet handed on */
    msh_table *rules; /* those that were told */
} ndjson_report;

static msh_buf *lines(msh_report_run *r)
{
    return &((ndjson_report *)r->self)->lines;
}

static msh_err flush(msh_report_run *r, size_t at_least)
{
    msh_buf *b = lines(r);
    MSH_TRY(msh_buf_err(b));
    if (b->len < at_least)
        return MSH_OK;
    msh_err err = r->out.write(r->out.ctx, msh_buf_view(b));
    msh_buf_reset(b);
    return err;
}

static void begin_line(msh_report_run *r, msh_json_writer *w, const char *type)
{
    msh_jw_begin(w, lines(r));
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "type", msh_view_str(type));
}

static void end_line(msh_report_run *r, msh_json_writer *w)
{
    msh_jw_close(w, '}');
    msh_buf_put_byte(lines(r), '\n');
}

static void put_hex(msh_json_writer *w, const char *key, const uint8_t digest[32], bool has)
{
    char hex[65];
    msh_jw_key(w, key);
    if (!has) {
        msh_jw_null(w);
        return;
    }
    msh_hex(hex, msh_view_of(digest, 32));
    msh_jw_str(w, msh_view_str(hex));
}

static msh_err ndjson_begin(msh_report_run *r, const msh_run_info *run)
{
    msh_json_writer w;
    ndjson_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    msh_buf_init(&t->lines, LINE_CEILING);
    t->rules = msh_table_new();
    if (!t->rules)
        return MSH_E_MEMORY;
    begin_line(r, &w, "run");
    msh_jw_kint(&w, "v", 1);
    msh_jw_kstr(&w, "program", msh_view_str(run->program));
    msh_jw_kstr(&w, "id", msh_view_str(run->run_id));
    msh_jw_key(&w, "packs");
    msh_jw_open(&w, '[');
    for (size_t i = 0; i < run->n_packs; i++) {
        msh_jw_open(&w, '{');
        msh_jw_kstr(&w, "id", run->packs[i].id);
        msh_jw_kstr(&w, "version", run->packs[i].version);
        put_hex(&w, "sha256", run->packs[i].sha256, true);
        msh_jw_close(&w, '}');
    }
    msh_jw_close(&w, ']');
    msh_jw_kstr(&w, "policy", msh_view_str(run->policy));
    msh_jw_kbool(&w, "sandbox", run->sandbox);
    msh_jw_kstr(&w, "lock", msh_view_str(run->lock_level));
    msh_jw_kstr(&w, "started", msh_view_str(run->started));
    end_line(r, &w);
    return flush(r, 0);
}

static void put_item(msh_report_run *r, const msh_item *item)
{
    msh_json_writer w;
    begin_line(r, &w, "item");
    msh_jw_kuint(&w, "n", item->n);
    msh_jw_kstr(&w, "path", item->path_masked ? item->path_shown : item->path);
    if (item->path_masked) {
        msh_jw_kbool(&w, "path_masked", true);
    } else if (!msh_view_is_utf8(item->path)) {
        msh_buf raw;
        msh_buf_init(&raw, 1 << 20);
        msh_base64_encode(&raw, item->path);
        msh_jw_kstr(&w, "path_b64", msh_buf_view(&raw));
        msh_buf_dispose(&raw);
    }
    msh_jw_kuint(&w, "size", item->size);
    put_hex(&w, "sha256", item->sha256, item->has_sha256);
    put_hex(&w, "sm3", item->sm3, item->has_sm3);
    msh_jw_kstr(&w, "format", item->format);
    msh_jw_kstr(&w, "verdict", msh_view_str(msh_verdict_name(item->verdict)));
    msh_jw_kstr(&w, "outcome", msh_view_str(msh_outcome_name(item->outcome)));
    msh_jw_key(&w, "reason");
    if (item->reason.len)
        msh_jw_str(&w, item->reason);
    else
        msh_jw_null(&w);
    msh_jw_kuint(&w, "findings", item->findings);
    if (item->waived)
        msh_jw_kuint(&w, "waived", item->waived);
    if (item->covered) {
        msh_jw_kuint(&w, "statement", item->statement);
        msh_jw_kstr(&w, "covered_till", msh_view_str(item->covered_till));
    }
    if (item->optical)
        msh_jw_kbool(&w, "optical", true);
    if (item->optical_page)
        msh_jw_kbool(&w, "optical_page", true);
    msh_jw_kuint(&w, "ms", item->ms);
    end_line(r, &w);
}

/* What is said of a rule, once, before its first finding: a saved run explains itself. */
static msh_err put_rule(msh_report_run *r, const msh_finding *f)
{
    static char told;
    ndjson_report *t = r->self;
    msh_json_writer w;
    if (msh_table_get(t->rules, f->rule))
        return MSH_OK;
    begin_line(r, &w, "rule");
    msh_jw_kstr(&w, "id", f->rule);
    msh_jw_kstr(&w, "name", f->rule_name);
    msh_jw_kstr(&w, "name_en", f->rule_name_en);
    msh_jw_kstr(&w, "category", f->category);
    msh_jw_kstr(&w, "explain", f->explain);
    msh_jw_kstr(&w, "explain_en", f->explain_en);
    msh_jw_kstr(&w, "advice", f->advice);
    msh_jw_kstr(&w, "advice_en", f->advice_en);
    msh_jw_kstr(&w, "basis", f->basis);
    msh_jw_kstr(&w, "basis_en", f->basis_en);
    msh_jw_kstr(&w, "pack", f->pack);
    msh_jw_kstr(&w, "pack_version", f->pack_version);
    end_line(r, &w);
    return msh_table_put(t->rules, f->rule, &told, NULL);
}

static void put_finding(msh_report_run *r, uint64_t n, const msh_finding *f)
{
    msh_json_writer w;
    begin_line(r, &w, "finding");
    msh_jw_kuint(&w, "item", n);
    msh_jw_kstr(&w, "rule", f->rule);
    msh_jw_kstr(&w, "name", f->rule_name);
    msh_jw_kstr(&w, "category", f->category);
    msh_jw_kstr(&w, "tier", msh_view_str(msh_tier_name(f->tier)));
    msh_jw_key(&w, "place");
    msh_place_json(&w, &f->place);
    if (f->n_more) {
        msh_jw_key(&w, "more");
        msh_jw_open(&w, '[');
        for (uint32_t i = 0; i < f->n_more; i++)
            msh_place_json(&w, &f->more[i]);
        msh_jw_close(&w, ']');
    }
    msh_jw_kuint(&w, "count", f->count);
    msh_jw_kuint(&w, "length", f->length);
    msh_jw_kstr(&w, "excerpt", f->excerpt);
    msh_jw_kstr(&w, "fp", msh_view_str(f->fp));
    if (f->waived) {
        msh_jw_kuint(&w, "waiver", f->waiver);
        msh_jw_kstr(&w, "waived_till", msh_view_str(f->waived_till));
    }
    end_line(r, &w);
}

static void put_outcome(msh_report_run *r, uint64_t n, const msh_outcome_note *o)
{
    msh_json_writer w;
    begin_line(r, &w, "outcome");
    msh_jw_kuint(&w, "item", n);
    msh_jw_kstr(&w, "outcome", msh_view_str(msh_outcome_name(o->outcome)));
    msh_jw_kstr(&w, "reason", o->reason);
    if (o->reached)
        msh_jw_kuint(&w, "reached", o->reached);
    msh_jw_key(&w, "place");
    msh_place_json(&w, &o->place);
    end_line(r, &w);
}

static msh_err ndjson_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                           size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    put_item(r, item);
    for (size_t i = 0; i < n_findings; i++) {
        MSH_TRY(put_rule(r, &findings[i]));
        put_finding(r, item->n, &findings[i]);
        MSH_TRY(flush(r, FLUSH_AT));
    }
    for (size_t i = 0; i < n_outcomes; i++) {
        put_outcome(r, item->n, &outcomes[i]);
        MSH_TRY(flush(r, FLUSH_AT));
    }
    return flush(r, FLUSH_AT);
}

static msh_err ndjson_end(msh_report_run *r, const msh_run_summary *s)
{
    msh_json_writer w;
    begin_line(r, &w, "summary");
    msh_jw_kuint(&w, "items", s->items);
    msh_jw_kuint(&w, "bytes", s->bytes);
    msh_jw_kuint(&w, "findings", s->findings);
    msh_jw_key(&w, "verdicts");
    msh_jw_open(&w, '{');
    static const msh_verdict order[] = {MSH_VERDICT_PASS, MSH_VERDICT_REVIEW, MSH_VERDICT_BLOCK,
                                        MSH_VERDICT_NOT_INSPECTED};
    for (size_t i = 0; i < 4; i++)
        msh_jw_kuint(&w, msh_verdict_name(order[i]), s->verdicts[order[i]]);
    msh_jw_close(&w, '}');
    if (s->people_repeated) {
        msh_jw_key(&w, "people");
        msh_jw_open(&w, '{');
        msh_jw_kuint(&w, "repeated", s->people_repeated);
        msh_jw_kuint(&w, "most", s->people_most);
        msh_jw_kbool(&w, "at_least", s->people_least);
        msh_jw_close(&w, '}');
    }
    if (s->excluded)
        msh_jw_kuint(&w, "excluded", s->excluded);
    if (s->waived)
        msh_jw_kuint(&w, "waived", s->waived);
    if (s->covered)
        msh_jw_kuint(&w, "covered", s->covered);
    msh_jw_kbool(&w, "complete", s->complete);
    if (s->stopped)
        msh_jw_kbool(&w, "stopped", true);
    msh_jw_kint(&w, "exit", s->exit);
    msh_jw_kuint(&w, "ms", s->ms);
    msh_jw_kstr(&w, "finished", msh_view_str(s->finished));
    msh_jw_key(&w, "log");
    msh_jw_open(&w, '{');
    msh_jw_kstr(&w, "origin", msh_view_str(s->log_origin));
    msh_jw_kuint(&w, "size", s->log_size);
    msh_jw_kstr(&w, "root", msh_view_str(s->log_root));
    msh_jw_close(&w, '}');
    end_line(r, &w);
    return flush(r, 0);
}

static void ndjson_dispose(msh_report_run *r)
{
    if (!r->self)
        return;
    ndjson_report *t = r->self;
    msh_buf_dispose(&t->lines);
    msh_table_free(t->rules, NULL);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_ndjson = {
    .name = "ndjson",
    .zh = "每行一个 JSON 对象，供程序读取",
    .en = "one JSON object a line, for programs",
    .begin = ndjson_begin,
    .item = ndjson_item,
    .end = ndjson_end,
    .dispose = ndjson_dispose,
};
