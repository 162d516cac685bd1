/* rep_text.c: the report people read at a terminal: by file, worst first, each rule explained once.
 *
 * Items that pass are only counted. Lines are kept by verdict until the end, up to a ceiling; past
 * it they are written as they come, so that a run of any size needs bounded memory. */
#include "report/place.h"
#include "report/report.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEEP = 8 << 20, SHOWN_FINDINGS = 20, SHOWN_OUTCOMES = 20, QUIET_LINES = 40, N_REASONS = 64 };

typedef enum message {
#define MSG(id, zh, en) MSG_##id,
#include "report/messages.def"
#undef MSG
    MSG_COUNT
} message;

static const char *const messages[MSG_COUNT][2] = {
#define MSG(id, zh, en) {zh, en},
#include "report/messages.def"
#undef MSG
};

/* What is said of a rule, once. */
typedef struct rule_note {
    msh_view id, name, explain, basis, advice;
} rule_note;

typedef struct reason_count {
    char reason[48];
    msh_outcome outcome;
    uint64_t n;
} reason_count;

typedef struct text_report {
    msh_arena arena;
    msh_buf kept[4]; /* by verdict */
    msh_buf line;    /* the item being written */
    msh_table *rules;
    reason_count reasons[N_REASONS];
    size_t n_reasons;
    bool secret;    /* a state-secret mark was found */
    bool streaming; /* the ceiling was reached */
    msh_buf head;
} text_report;

static const char *say(const msh_report_run *r, message m)
{
    return messages[m][r->style.lang == MSH_LANG_EN];
}

/* Puts a sentence with its {n}, {a}, {b}. */
static void put_message(const msh_report_run *r, msh_buf *out, message m, uint64_t n,
                        const char *const words[2])
{
    for (const char *p = say(r, m); *p; p++) {
        if (p[0] != '{' || p[1] == '\0' || p[2] != '}') {
            msh_buf_put_byte(out, (uint8_t)*p);
            continue;
        }
        if (p[1] == 'n')
            msh_buf_printf(out, "%" PRIu64, n);
        else if (words)
            msh_buf_put_str(out, words[p[1] == 'b']);
        p += 2;
    }
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

static msh_verdict verdict_of_tier(msh_tier t)
{
    return t == MSH_TIER_BLOCK    ? MSH_VERDICT_BLOCK
           : t == MSH_TIER_REVIEW ? MSH_VERDICT_REVIEW
                                  : MSH_VERDICT_PASS;
}

/* --- items ------------------------------------------------------------------------------------ */

static void put_finding(const msh_report_run *r, msh_buf *b, const msh_finding *f)
{
    msh_buf_put_str(b, "  ");
    put_colored(r, b, verdict_of_tier(f->tier), msh_tier_text(f->tier, r->style.lang));
    msh_buf_put_str(b, " · ");
    msh_place_words(b, &f->place, r->style.lang);
    msh_buf_put_str(b, " · ");
    msh_escape_terminal(b, f->rule);
    msh_buf_put_byte(b, ' ');
    msh_view name =
        r->style.lang == MSH_LANG_EN && f->rule_name_en.len ? f->rule_name_en : f->rule_name;
    msh_escape_terminal(b, name);
    if (f->excerpt.len) {
        msh_buf_put_str(b, " · ");
        msh_escape_terminal(b, f->excerpt);
    }
    if (f->count > 1) {
        msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? " (" : "（");
        put_message(r, b, MSG_TIMES, f->count, NULL);
        msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? ")" : "）");
    }
    msh_buf_put_byte(b, '\n');
}

static void put_outcome(const msh_report_run *r, msh_buf *b, const msh_outcome_note *o)
{
    char reason[64];
    size_t n = o->reason.len < sizeof reason - 1 ? o->reason.len : sizeof reason - 1;
    memcpy(reason, o->reason.data, n);
    reason[n] = '\0';
    msh_buf_put_str(b, "  ");
    msh_buf_put_str(b, msh_outcome_text(o->outcome, r->style.lang));
    msh_buf_put_str(b, " · ");
    if (msh_view_find(o->place.vpath, MSH_VIEW("!"), 0) == SIZE_MAX && !o->place.page)
        msh_buf_put_str(b, say(r, MSG_WHOLE_FILE));
    else
        msh_place_words(b, &o->place, r->style.lang);
    msh_buf_put_str(b, " · ");
    msh_buf_put_str(b, msh_reason_text(reason, r->style.lang));
    if (o->reached)
        msh_buf_printf(b, " (%" PRIu64 ")", o->reached);
    msh_buf_put_byte(b, '\n');
}

static void count_reason(text_report *t, const msh_outcome_note *o)
{
    for (size_t i = 0; i < t->n_reasons; i++)
        if (msh_view_eq_str(o->reason, t->reasons[i].reason)) {
            t->reasons[i].n++;
            return;
        }
    if (t->n_reasons == N_REASONS || o->reason.len >= sizeof t->reasons[0].reason)
        return;
    reason_count *row = &t->reasons[t->n_reasons++];
    memcpy(row->reason, o->reason.data, o->reason.len);
    row->reason[o->reason.len] = '\0';
    row->outcome = o->outcome;
    row->n = 1;
}

static msh_err note_rule(const msh_report_run *r, text_report *t, const msh_finding *f)
{
    static const msh_view secret = {(const uint8_t *)"国家秘密", sizeof "国家秘密" - 1};
    if (f->tier >= MSH_TIER_REVIEW && msh_view_eq(f->category, secret))
        t->secret = true;
    if (msh_table_get(t->rules, f->rule))
        return MSH_OK;
    rule_note *note = msh_arena_calloc(&t->arena, 1, sizeof *note);
    if (!note)
        return MSH_E_MEMORY;
    bool en = r->style.lang == MSH_LANG_EN;
    note->id = msh_arena_copy(&t->arena, f->rule);
    note->name =
        msh_arena_copy(&t->arena, en && f->rule_name_en.len ? f->rule_name_en : f->rule_name);
    note->explain = msh_arena_copy(&t->arena, f->explain);
    note->basis = msh_arena_copy(&t->arena, f->basis);
    note->advice = msh_arena_copy(&t->arena, f->advice);
    return msh_table_put(t->rules, f->rule, note, NULL);
}

static void put_item_head(const msh_report_run *r, msh_buf *b, const msh_item *item)
{
    put_colored(r, b, item->verdict, msh_verdict_text(item->verdict, r->style.lang));
    msh_buf_put_str(b, "  ");
    msh_escape_terminal(b, item->path_masked ? item->path_shown : item->path);
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
    for (size_t i = 0; i < n_outcomes; i++)
        if (!msh_outcome_is_whole(outcomes[i].outcome))
            count_reason(t, &outcomes[i]);
    if (item->verdict == MSH_VERDICT_PASS && n_findings == 0 && !item->optical)
        return MSH_OK;
    put_item_head(r, &t->line, item);
    for (size_t i = 0; i < n_findings; i++) {
        MSH_TRY(note_rule(r, t, &findings[i]));
        if (i < SHOWN_FINDINGS)
            put_finding(r, &t->line, &findings[i]);
    }
    if (item->findings > SHOWN_FINDINGS) {
        msh_buf_put_str(&t->line, "  ");
        put_message(r, &t->line, MSG_MORE_FINDINGS, item->findings - SHOWN_FINDINGS, NULL);
        msh_buf_put_byte(&t->line, '\n');
    }
    size_t shown = 0;
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

static msh_err text_begin(msh_report_run *r, const msh_run_info *run)
{
    text_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    msh_arena_init(&t->arena, KEEP);
    for (size_t i = 0; i < 4; i++)
        msh_buf_init(&t->kept[i], KEEP + (4 << 20));
    msh_buf_init(&t->line, 4 << 20);
    msh_buf_init(&t->head, 1 << 20);
    t->rules = msh_table_new();
    if (!t->rules)
        return MSH_E_MEMORY;
    msh_buf *b = &t->head;
    msh_buf_printf(b, "%s · %s", run->program, say(r, MSG_PACKS));
    for (size_t i = 0; i < run->n_packs; i++) {
        if (i == 0 || r->style.lang == MSH_LANG_EN)
            msh_buf_put_byte(b, ' ');
        msh_escape_terminal(b, run->packs[i].id);
        msh_buf_put_byte(b, ' ');
        msh_escape_terminal(b, run->packs[i].version);
        if (i + 1 < run->n_packs)
            msh_buf_put_str(b, r->style.lang == MSH_LANG_EN ? "," : "、");
    }
    msh_buf_printf(b, " · %s %s\n", say(r, MSG_LOCK), run->lock_level);
    if (!run->sandbox)
        msh_buf_printf(b, "%s\n", say(r, MSG_NO_SANDBOX));
    msh_buf_put_byte(b, '\n');
    return msh_buf_err(b);
}

static void put_labelled(const msh_report_run *r, msh_buf *b, message label, msh_view text)
{
    if (!text.len)
        return;
    msh_buf_put_str(b, "    ");
    msh_buf_put_str(b, say(r, label));
    msh_escape_terminal(b, text);
    msh_buf_put_byte(b, '\n');
}

typedef struct rule_printer {
    const msh_report_run *r;
    msh_buf *b;
} rule_printer;

static bool put_rule(void *ctx, msh_view key, void *value)
{
    rule_printer *p = ctx;
    const rule_note *n = value;
    (void)key;
    msh_buf_put_str(p->b, "  ");
    msh_escape_terminal(p->b, n->id);
    msh_buf_put_byte(p->b, ' ');
    msh_escape_terminal(p->b, n->name);
    msh_buf_put_byte(p->b, '\n');
    put_labelled(p->r, p->b, MSG_EXPLAIN, n->explain);
    put_labelled(p->r, p->b, MSG_BASIS, n->basis);
    put_labelled(p->r, p->b, MSG_ADVICE, n->advice);
    return true;
}

static void size_words(uint64_t bytes, char out[32])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t u = 0;
    uint64_t tenths = bytes * 10;
    while (tenths >= 10240 && u < 4) {
        tenths /= 1024;
        u++;
    }
    if (u == 0)
        (void)snprintf(out, 32, "%" PRIu64 " B", bytes);
    else
        (void)snprintf(out, 32, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[u]);
}

static void put_counts(const msh_report_run *r, text_report *t, msh_buf *b,
                       const msh_run_summary *s)
{
    static const msh_verdict order[] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED,
                                        MSH_VERDICT_REVIEW, MSH_VERDICT_PASS};
    char size[32];
    size_words(s->bytes, size);
    put_message(r, b, MSG_TOTAL, s->items, (const char *const[]){size, size});
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
        put_message(r, b, MSG_PEOPLE, s->people_repeated, (const char *const[]){most, most});
        msh_buf_put_byte(b, '\n');
    }
    if (t->n_reasons)
        msh_buf_printf(b, "%s\n", say(r, MSG_NOT_READ));
    const char *form =
        r->style.lang == MSH_LANG_EN ? "  %s × %" PRIu64 " (%s)\n" : "  %s × %" PRIu64 "（%s）\n";
    for (size_t i = 0; i < t->n_reasons; i++)
        msh_buf_printf(b, form, msh_reason_text(t->reasons[i].reason, r->style.lang),
                       t->reasons[i].n, msh_outcome_text(t->reasons[i].outcome, r->style.lang));
}

static void put_sentence(const msh_report_run *r, msh_buf *b, message m, uint64_t n)
{
    if (n)
        put_message(r, b, m, n, NULL);
}

typedef struct advice_row {
    const char *reason;
    message text;
} advice_row;

static const advice_row advices[] = {
#define ADVICE(reason, id) {reason, MSG_##id},
#include "report/advices.def"
#undef ADVICE
};

static message advice_for(const char *reason)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        size_t n = strlen(advices[i].reason);
        bool begins = advices[i].reason[n - 1] == '.';
        if (strncmp(advices[i].reason, reason, begins ? n : n + 1) == 0)
            return advices[i].text;
    }
    return MSG_NEXT_MISSING;
}

/* Every kind of file that did not pass gets its line, the worst first; each sentence once. */
static void put_next(const msh_report_run *r, const text_report *t, msh_buf *b,
                     const msh_run_summary *s)
{
    bool said[MSG_COUNT] = {false};
    uint64_t missing = s->verdicts[MSH_VERDICT_NOT_INSPECTED];
    said[MSG_NEXT_SECRET] = t->secret;
    said[MSG_NEXT_BLOCK] = !t->secret && s->verdicts[MSH_VERDICT_BLOCK];
    for (size_t i = 0; i < t->n_reasons; i++)
        said[advice_for(t->reasons[i].reason)] = true;
    if (missing && !t->n_reasons)
        said[MSG_NEXT_MISSING] = true;
    said[MSG_NEXT_REVIEW] = s->verdicts[MSH_VERDICT_REVIEW] != 0;
    said[MSG_NEXT_NOTHING] = s->items == 0;
    bool any = false;
    for (size_t m = 0; m < MSG_COUNT; m++) {
        if (!said[m])
            continue;
        msh_buf_printf(b, "%s%s\n", any ? "        " : say(r, MSG_NEXT), say(r, (message)m));
        any = true;
    }
    if (!any)
        msh_buf_printf(b, "%s%s\n", say(r, MSG_NEXT), say(r, MSG_NEXT_CLEAN));
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
        msh_buf_put_str(b, say(r, MSG_V_CLEAN));
    put_sentence(r, b, MSG_V_BLOCK, block);
    put_sentence(r, b, MSG_V_MISSING, missing);
    put_sentence(r, b, MSG_V_REVIEW, review);
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
    static const int order[] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED, MSH_VERDICT_REVIEW};
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

static msh_err write_full(msh_report_run *r, const text_report *t, const msh_buf *tail)
{
    static const int order[] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED, MSH_VERDICT_REVIEW,
                                MSH_VERDICT_PASS};
    MSH_TRY(r->out.write(r->out.ctx, msh_buf_view(&t->head)));
    bool any = false;
    for (size_t v = 0; v < 4; v++)
        if (t->kept[order[v]].len) {
            any = true;
            MSH_TRY(r->out.write(r->out.ctx, msh_buf_view(&t->kept[order[v]])));
        }
    if (any)
        MSH_TRY(r->out.write(r->out.ctx, MSH_VIEW("\n")));
    if (msh_table_count(t->rules)) {
        msh_buf b;
        msh_buf_init(&b, KEEP);
        msh_buf_printf(&b, "%s\n", say(r, MSG_RULES));
        rule_printer p = {r, &b};
        msh_table_each(t->rules, put_rule, &p);
        msh_buf_put_byte(&b, '\n');
        msh_err err = msh_buf_err(&b);
        if (err == MSH_OK)
            err = r->out.write(r->out.ctx, msh_buf_view(&b));
        msh_buf_dispose(&b);
        MSH_TRY(err);
    }
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
    put_message(r, &tail, MSG_LOG, s->log_size, (const char *const[]){s->log_origin, s->log_root});
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
    msh_arena_dispose(&t->arena);
    for (size_t i = 0; i < 4; i++)
        msh_buf_dispose(&t->kept[i]);
    msh_buf_dispose(&t->line);
    msh_buf_dispose(&t->head);
    msh_table_free(t->rules, NULL);
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
