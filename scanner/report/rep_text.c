/* rep_text.c: the report people read at a terminal: by file, worst first, each rule explained once.
 *
 * Items that pass are only counted. Lines are kept by verdict until the end, up to a ceiling; past
 * it they are written as they come, so that a run of any size needs bounded memory. */
#include "report/gather.h"
#include "report/place.h"
#include "report/report.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEEP = 8 << 20, SHOWN_FINDINGS = 20, SHOWN_OUTCOMES = 20, QUIET_LINES = 40 };

typedef struct text_report {
    msh_gather gather;
    msh_buf kept[4]; /* by verdict */
    msh_buf line;    /* the item being written */
    bool streaming;  /* the ceiling was reached */
    msh_buf head;
    msh_buf packs; /* the line that names them, for the end */
} text_report;

static const char *say(const msh_report_run *r, msh_message m)
{
    return msh_say(m, r->style.lang);
}

static void put_message(const msh_report_run *r, msh_buf *out, msh_message m, uint64_t n)
{
    msh_say_put(out, m, r->style.lang, n, NULL, NULL);
}

/* --- colours ---------------------------------------------------------------------------------- */

static const char *color_of(msh_verdict v)
{
    switch (v) {
    case MSH_VERDICT_BLOCK:
        return "\033[1;31m";
    case MSH_VERDICT_NOT_INSPECTED:
        return "\033[1;35m";
    case MSH_VERDICT_REVIEW:
        return "\033[1;33m";
    default:
        return "\033[1;32m";
    }
}

static void put_colored(const msh_report_run *r, msh_buf *out, msh_verdict v, const char *text)
{
    if (r->style.color)
        msh_buf_put_str(out, color_of(v));
    msh_buf_put_str(out, text);
    if (r->style.color)
        msh_buf_put_str(out, "\033[0m");
}

/* What programs need more than people do. */
static void put_dim(const msh_report_run *r, msh_buf *out, msh_view text)
{
    if (r->style.color)
        msh_buf_put_str(out, "\033[2m");
    msh_escape_terminal(out, text);
    if (r->style.color)
        msh_buf_put_str(out, "\033[0m");
}

/* --- items ------------------------------------------------------------------------------------ */

static void put_finding(const msh_report_run *r, msh_buf *b, const msh_finding *f)
{
    char buf[MSH_SAY_EXCERPT];
    msh_buf_put_str(b, "  ");
    put_colored(r, b, msh_say_verdict_of(f->tier), msh_tier_text(f->tier, r->style.lang));
    msh_buf_put_str(b, " · ");
    msh_place_words(b, &f->place, r->style.lang);
    msh_buf_put_str(b, " · ");
    msh_view name =
        r->style.lang == MSH_LANG_EN && f->rule_name_en.len ? f->rule_name_en : f->rule_name;
    msh_escape_terminal(b, name);
    msh_buf_put_byte(b, ' ');
    put_dim(r, b, f->rule);
    if (f->excerpt.len) {
        msh_buf_put_str(b, " · ");
        msh_escape_terminal(b, msh_say_excerpt(f->excerpt, r->style.lang, buf));
    }
    if (f->count > 1) {
        msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? " (" : "（");
        put_message(r, b, MSG_TIMES, f->count);
        msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? ")" : "）");
    }
    if (f->waived)
        msh_buf_printf(b, " · %s %s", say(r, MSG_WAIVED), f->waived_till);
    msh_buf_put_byte(b, '\n');
}

static void put_outcome(const msh_report_run *r, msh_buf *b, const msh_outcome_note *o)
{
    msh_buf_put_str(b, "  ");
    msh_buf_put_str(b, msh_outcome_text(o->outcome, r->style.lang));
    msh_buf_put_str(b, " · ");
    if (msh_view_find(o->place.vpath, MSH_VIEW("!"), 0) == SIZE_MAX && !o->place.page)
        msh_buf_put_str(b, say(r, MSG_WHOLE_FILE));
    else
        msh_place_words(b, &o->place, r->style.lang);
    msh_buf_put_str(b, " · ");
    msh_buf_put_str(b, msh_say_reason(o->reason, r->style.lang));
    if (o->reached)
        msh_buf_printf(b, " (%" PRIu64 ")", o->reached);
    msh_buf_put_byte(b, '\n');
}

static void put_item_head(const msh_report_run *r, msh_buf *b, const msh_item *item)
{
    put_colored(r, b, item->verdict, msh_verdict_text(item->verdict, r->style.lang));
    msh_buf_put_str(b, "  ");
    msh_escape_terminal(b, item->path_masked ? item->path_shown : item->path);
    if (item->covered)
        msh_buf_printf(b, "  %s %s", say(r, MSG_COVERED), item->covered_till);
    msh_buf_put_byte(b, '\n');
}

static msh_err keep_item(msh_report_run *r, text_report *t, msh_verdict v)
{
    MSH_TRY(msh_buf_err(&t->line));
    size_t total = t->kept[0].len + t->kept[1].len + t->kept[2].len + t->kept[3].len;
    if (!t->streaming && total + t->line.len > KEEP)
        t->streaming = true;
    if (t->streaming && !r->style.quiet)
        return r->out.write(r->out.ctx, msh_buf_view(&t->line));
    if (!t->streaming)
        msh_buf_put_view(&t->kept[v], msh_buf_view(&t->line));
    return msh_buf_err(&t->kept[v]);
}

static msh_err text_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                         size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    text_report *t = r->self;
    msh_buf_reset(&t->line);
    MSH_TRY(msh_gather_item(&t->gather, item, findings, n_findings, outcomes, n_outcomes));
    if (item->verdict == MSH_VERDICT_PASS && n_findings == 0 && !item->optical)
        return MSH_OK;
    put_item_head(r, &t->line, item);
    size_t shown = 0;
    for (int tier = MSH_TIER_BLOCK; tier >= MSH_TIER_INFO; tier--)
        for (size_t i = 0; i < n_findings && shown < SHOWN_FINDINGS; i++)
            if (findings[i].tier == (msh_tier)tier) {
                put_finding(r, &t->line, &findings[i]);
                shown++;
            }
    if (item->findings > SHOWN_FINDINGS) {
        msh_buf_put_str(&t->line, "  ");
        put_message(r, &t->line, MSG_MORE_FINDINGS, item->findings - SHOWN_FINDINGS);
        msh_buf_put_byte(&t->line, '\n');
    }
    shown = 0;
    for (size_t i = 0; i < n_outcomes && shown < SHOWN_OUTCOMES; i++)
        if (!msh_outcome_is_whole(outcomes[i].outcome)) {
            put_outcome(r, &t->line, &outcomes[i]);
            shown++;
        }
    if (item->optical)
        msh_buf_printf(&t->line, "  %s\n", say(r, MSG_OPTICAL));
    else if (item->optical_page)
        msh_buf_printf(&t->line, "  %s\n", say(r, MSG_OPTICAL_PAGE));
    return keep_item(r, t, item->verdict);
}

/* --- begin and end ------------------------------------------------------------------------------
 */

static void put_packs(const msh_report_run *r, msh_buf *b, const msh_run_info *run)
{
    bool en = r->style.lang == MSH_LANG_EN;
    msh_buf_printf(b, "%s%s", say(r, MSG_PACKS), en ? ": " : "：");
    for (size_t i = 0; i < run->n_packs; i++) {
        if (i)
            msh_buf_put_str(b, en ? ", " : "、");
        msh_escape_terminal(b, run->packs[i].id);
        msh_buf_put_byte(b, ' ');
        msh_escape_terminal(b, run->packs[i].version);
    }
    msh_buf_put_byte(b, '\n');
}

static msh_err text_begin(msh_report_run *r, const msh_run_info *run)
{
    text_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    for (size_t i = 0; i < 4; i++)
        msh_buf_init(&t->kept[i], KEEP + (4 << 20));
    msh_buf_init(&t->line, 4 << 20);
    msh_buf_init(&t->head, 1 << 20);
    MSH_TRY(msh_gather_init(&t->gather));
    msh_buf_init(&t->packs, 1 << 20);
    msh_buf *b = &t->head;
    msh_buf_printf(b, "%s · %s %s\n", run->program, say(r, MSG_LOCK), run->lock_level);
    if (!run->sandbox)
        msh_buf_printf(b, "%s\n", say(r, MSG_NO_SANDBOX));
    msh_buf_put_byte(b, '\n');
    put_packs(r, &t->packs, run);
    MSH_TRY(msh_buf_err(&t->packs));
    return msh_buf_err(b);
}

static void put_labelled(const msh_report_run *r, msh_buf *b, msh_message label, msh_view text)
{
    if (!text.len)
        return;
    msh_buf_put_str(b, "    ");
    msh_buf_put_str(b, say(r, label));
    msh_escape_terminal(b, text);
    msh_buf_put_byte(b, '\n');
}

static void put_rule(const msh_report_run *r, msh_buf *b, const msh_rule_note *n)
{
    msh_lang lang = r->style.lang;
    msh_buf_put_str(b, "  ");
    put_colored(r, b, msh_say_verdict_of(n->worst), msh_tier_text(n->worst, lang));
    msh_buf_put_str(b, " · ");
    msh_escape_terminal(b, msh_note_name(n, lang));
    msh_buf_put_str(b, " (");
    msh_escape_terminal(b, n->id);
    msh_buf_put_str(b, ")\n");
    put_labelled(r, b, MSG_ADVICE, msh_note_advice(n, lang));
    put_labelled(r, b, MSG_EXPLAIN, msh_note_explain(n, lang));
    put_labelled(r, b, MSG_BASIS, msh_note_basis(n, lang));
}

static msh_err put_rules(const msh_report_run *r, text_report *t, msh_buf *b)
{
    const msh_rule_note **rules;
    size_t n;
    MSH_TRY(msh_gather_rules(&t->gather, &rules, &n));
    if (n == 0)
        return MSH_OK;
    msh_buf_printf(b, "%s\n", say(r, MSG_RULES));
    for (size_t i = 0; i < n; i++)
        put_rule(r, b, rules[i]);
    msh_buf_put_byte(b, '\n');
    return msh_buf_err(b);
}

static void put_counts(const msh_report_run *r, const text_report *t, msh_buf *b,
                       const msh_run_summary *s)
{
    const msh_verdict *order = msh_verdicts_by_gravity;
    char size[32];
    msh_say_size(s->bytes, size);
    msh_say_put(b, MSG_TOTAL, r->style.lang, s->items, size, NULL);
    for (size_t i = 0; i < 4; i++) {
        if (i)
            msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? ", " : "，");
        msh_buf_printf(b, "%s %" PRIu64, msh_verdict_text(order[i], r->style.lang),
                       s->verdicts[order[i]]);
    }
    msh_buf_put_byte(b, '\n');
    if (s->people_repeated) {
        char most[24];
        (void)snprintf(most, sizeof most, "%" PRIu64, s->people_most);
        msh_say_put(b, MSG_PEOPLE, r->style.lang, s->people_repeated, most, NULL);
        msh_buf_put_byte(b, '\n');
    }
    if (s->excluded) {
        msh_say_put(b, MSG_EXCLUDED, r->style.lang, s->excluded, NULL, NULL);
        msh_buf_put_byte(b, '\n');
    }
    if (t->gather.n_reasons)
        msh_buf_printf(b, "%s\n", say(r, MSG_NOT_READ));
    const char *form =
        r->style.lang == MSH_LANG_EN ? "  %s × %" PRIu64 " (%s)\n" : "  %s × %" PRIu64 "（%s）\n";
    for (size_t i = 0; i < t->gather.n_reasons; i++)
        msh_buf_printf(b, form, msh_reason_text(t->gather.reasons[i].reason, r->style.lang),
                       t->gather.reasons[i].n,
                       msh_outcome_text(t->gather.reasons[i].outcome, r->style.lang));
}

static void put_sentence(const msh_report_run *r, msh_buf *b, msh_message m, uint64_t n)
{
    if (n)
        put_message(r, b, m, n);
}

/* Every kind of file that did not pass gets its line, the worst first; each sentence once. */
static void put_next(const msh_report_run *r, const text_report *t, msh_buf *b,
                     const msh_run_summary *s)
{
    bool said[MSG_COUNT], any = false;
    msh_gather_next(&t->gather, s, said);
    for (size_t m = 0; m < MSG_COUNT; m++) {
        if (!said[m])
            continue;
        msh_buf_printf(b, "%s%s\n", any ? "        " : say(r, MSG_NEXT), say(r, (msh_message)m));
        any = true;
    }
}

static void put_verdict(const msh_report_run *r, const text_report *t, msh_buf *b,
                        const msh_run_summary *s)
{
    uint64_t block = s->verdicts[MSH_VERDICT_BLOCK], review = s->verdicts[MSH_VERDICT_REVIEW];
    uint64_t missing = s->verdicts[MSH_VERDICT_NOT_INSPECTED];
    if (s->stopped)
        msh_buf_printf(b, "%s\n", say(r, MSG_STOPPED));
    msh_buf_put_str(b, say(r, MSG_VERDICT));
    if (s->items == 0)
        msh_buf_put_str(b, say(r, MSG_V_NOTHING));
    else if (block + missing + review == 0)
        msh_buf_put_str(b, say(r, s->waived ? MSG_V_SETTLED : MSG_V_CLEAN));
    put_sentence(r, b, MSG_V_BLOCK, block);
    put_sentence(r, b, MSG_V_MISSING, missing - s->covered);
    put_sentence(r, b, MSG_V_COVERED, s->covered);
    put_sentence(r, b, MSG_V_REVIEW, review);
    put_sentence(r, b, MSG_V_WAIVED, s->waived);
    msh_buf_put_byte(b, '\n');
    put_next(r, t, b, s);
}

/* Quiet: at most QUIET_LINES lines, the head and the tail of the report being worth most. */
static msh_err write_quiet(msh_report_run *r, const text_report *t, const msh_buf *tail)
{
    msh_buf b;
    size_t lines = 0, tail_lines = 0;
    bool cut = false;
    for (size_t i = 0; i < tail->len; i++)
        tail_lines += tail->data[i] == '\n';
    msh_buf_init(&b, KEEP);
    const msh_verdict *order = msh_verdicts_by_gravity;
    for (size_t v = 0; v < 3; v++) {
        msh_view all = msh_buf_view(&t->kept[order[v]]);
        for (size_t at = 0; at < all.len;) {
            size_t end = msh_view_find(all, MSH_VIEW("\n"), at);
            end = end == SIZE_MAX ? all.len : end + 1;
            if (lines + tail_lines + 1 >= QUIET_LINES) {
                cut = true;
                break;
            }
            msh_buf_put(&b, all.data + at, end - at);
            lines++;
            at = end;
        }
    }
    if (cut || t->streaming)
        msh_buf_printf(&b, "%s\n", say(r, MSG_QUIET_CUT));
    msh_buf_put_view(&b, msh_buf_view(tail));
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = r->out.write(r->out.ctx, msh_buf_view(&b));
    msh_buf_dispose(&b);
    return err;
}

static msh_err write_full(msh_report_run *r, text_report *t, const msh_buf *tail)
{
    const msh_verdict *order = msh_verdicts_by_gravity;
    MSH_TRY(r->out.write(r->out.ctx, msh_buf_view(&t->head)));
    bool any = false;
    for (size_t v = 0; v < 4; v++)
        if (t->kept[order[v]].len) {
            any = true;
            MSH_TRY(r->out.write(r->out.ctx, msh_buf_view(&t->kept[order[v]])));
        }
    if (any)
        MSH_TRY(r->out.write(r->out.ctx, MSH_VIEW("\n")));
    msh_buf b;
    msh_buf_init(&b, KEEP);
    msh_err err = put_rules(r, t, &b);
    if (err == MSH_OK)
        err = r->out.write(r->out.ctx, msh_buf_view(&b));
    msh_buf_dispose(&b);
    MSH_TRY(err);
    return r->out.write(r->out.ctx, msh_buf_view(tail));
}

static msh_err text_end(msh_report_run *r, const msh_run_summary *s)
{
    text_report *t = r->self;
    if (r->style.quiet && s->exit == 0)
        return MSH_OK;
    msh_buf tail;
    msh_buf_init(&tail, 1 << 20);
    put_counts(r, t, &tail, s);
    put_verdict(r, t, &tail, s);
    msh_buf_put_view(&tail, msh_buf_view(&t->packs));
    msh_say_put(&tail, MSG_LOG, r->style.lang, s->log_size, s->log_origin, s->log_root);
    msh_buf_put_byte(&tail, '\n');
    msh_err err = msh_buf_err(&tail);
    if (err == MSH_OK)
        err = r->style.quiet ? write_quiet(r, t, &tail) : write_full(r, t, &tail);
    msh_buf_dispose(&tail);
    return err;
}

static void text_dispose(msh_report_run *r)
{
    text_report *t = r->self;
    if (!t)
        return;
    msh_gather_dispose(&t->gather);
    for (size_t i = 0; i < 4; i++)
        msh_buf_dispose(&t->kept[i]);
    msh_buf_dispose(&t->line);
    msh_buf_dispose(&t->head);
    msh_buf_dispose(&t->packs);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_text = {
    .name = "text",
    .zh = "给人看的报告",
    .en = "for people",
    .begin = text_begin,
    .item = text_item,
    .end = text_end,
    .dispose = text_dispose,
};
