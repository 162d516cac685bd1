/* trace.c: see trace.h. Events are gathered while the matcher sees a text, then told line by line
 * of the folded view; what another view saw stands at the line that it came from. Bounded: EVENTS a
 * text, SHOWN characters a line. */
#include "rule/trace.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/chars.h"

#include <stdlib.h>
#include <string.h>

enum { EVENTS = 4000, SHOWN = 120, MATCHED = 40, FEW_LINES = 60, OUT_CEILING = 6 << 20 };

typedef struct event {
    uint32_t rule;
    bool candidate; /* else only a word of the rule stands here */
    size_t at;      /* byte of the text as it came */
    unsigned view;  /* number of the view */
    msh_judgement judged;
    bool stands;
    msh_tier tier;
    msh_view words; /* what was matched, in `arena` */
} event;

struct msh_trace {
    const msh_rules *rules;
    msh_matcher *matcher;
    msh_lang lang;
    msh_arena arena;
    msh_buf out;
    event *events;
    size_t n;
    bool more;
};

msh_trace *msh_trace_new(const msh_rules *rules, const msh_limits *limits, msh_lang lang)
{
    msh_trace *t = msh_calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (msh_trace){.rules = rules, .lang = lang};
    msh_arena_init(&t->arena, 64 << 20);
    msh_buf_init(&t->out, OUT_CEILING);
    t->events = msh_calloc(EVENTS, sizeof *t->events);
    t->matcher = msh_matcher_new(rules, limits);
    if (t->events && t->matcher) {
        t->matcher->trace = t;
        return t;
    }
    msh_trace_free(t);
    return NULL;
}

void msh_trace_free(msh_trace *t)
{
    if (!t)
        return;
    msh_matcher_free(t->matcher);
    msh_free(t->events);
    msh_arena_dispose(&t->arena);
    msh_buf_dispose(&t->out);
    msh_free(t);
}

/* --- gathering ------------------------------------------------------------------------------- */

static void add(msh_trace *t, const msh_seen *s, event e, size_t start, size_t end)
{
    if (t->n == EVENTS) {
        t->more = true;
        return;
    }
    e.at = msh_seen_source(t->matcher, s, start);
    e.view = s->number;
    e.words = msh_arena_copy(&t->arena, msh_view_cut(s->view.text, start, end - start));
    t->events[t->n++] = e;
}

void msh_trace_hits(msh_trace *t, const msh_seen *s, uint32_t rule, const msh_rule_hit *h, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(t, s, (event){.rule = rule}, h[i].start, h[i].end);
}

void msh_trace_candidate(msh_trace *t, const msh_seen *s, uint32_t rule, const msh_candidate *c,
                         msh_judged judged, msh_tier tier)
{
    event e = {.rule = rule,
               .candidate = true,
               .judged = judged.what,
               .stands = judged.stands,
               .tier = tier};
    add(t, s, e, c->start, c->end);
}

/* --- telling --------------------------------------------------------------------------------- */

static const char *say(const msh_trace *t, const char *zh, const char *en)
{
    return t->lang == MSH_LANG_EN ? en : zh;
}

static void put_cut(msh_trace *t, msh_view v, size_t most)
{
    size_t at = 0, len;
    for (size_t n = 0; at < v.len && n < most; n++, at += len) {
        uint32_t cp = msh_chars_at(v, at, &len);
        msh_buf_put_view(&t->out, cp == '\n'      ? MSH_VIEW("⏎")
                                  : cp == MSH_CUT ? MSH_VIEW("…")
                                                  : msh_view_cut(v, at, len));
    }
    if (at < v.len)
        msh_buf_put_str(&t->out, "…");
}

static void put_verdict(msh_trace *t, const event *e)
{
    static const struct {
        const char *zh, *en;
    } reasons[] = {
        [MSH_JUDGED_NOT_ALONE] = {"没有单独成行", "it is not alone on its line"},
        [MSH_JUDGED_POSITION] = {"不在规则要求的位置", "it is not in the place wanted"},
        [MSH_JUDGED_FAR] = {"附近没有规则要求的词", "none of the words of near is near"},
        [MSH_JUDGED_QUOTED] = {"写在引号里", "it is quoted"},
        [MSH_JUDGED_AFTER] = {"前面有例外词", "a word of the exception stands before it"},
        [MSH_JUDGED_BEFORE] = {"后面有例外词", "a word of the exception stands after it"},
        [MSH_JUDGED_WITHIN] = {"它是例外词的一部分", "it is part of a word of the exception"}};
    const msh_rule *r = &t->rules->rules[e->rule];
    if (e->stands) {
        msh_buf_printf(&t->out, " → %s", msh_tier_text(e->tier, t->lang));
        if (e->judged != MSH_JUDGED_STANDS)
            msh_buf_printf(&t->out, say(t, "（例外：%s）", " (exception: %s)"),
                           say(t, reasons[e->judged].zh, reasons[e->judged].en));
        if (r->count > 1)
            msh_buf_printf(&t->out,
                           say(t, "（同一文件里至少要有 %llu 处才算）",
                               " (only when one file has at least %llu)"),
                           (unsigned long long)r->count);
    } else {
        msh_buf_printf(&t->out, say(t, " → 不算：%s", " → no finding: %s"),
                       say(t, reasons[e->judged].zh, reasons[e->judged].en));
    }
}

static void put_event(msh_trace *t, const event *e)
{
    const msh_rule *r = &t->rules->rules[e->rule];
    msh_buf_put_str(&t->out, "    ");
    msh_buf_put_view(&t->out, r->info.id);
    msh_buf_put_byte(&t->out, ' ');
    bool en = t->lang == MSH_LANG_EN && r->info.name_en.len;
    msh_buf_put_view(&t->out, en ? r->info.name_en : r->info.name);
    msh_buf_put_str(&t->out, say(t, "：“", ": “"));
    put_cut(t, e->words, MATCHED);
    msh_buf_put_str(&t->out, "”");
    if (e->view >= 8)
        msh_buf_put_str(&t->out, say(t, "（按从右到左还原）", " (right to left)"));
    else if (e->view >= 4)
        msh_buf_put_str(&t->out, say(t, "（转义还原后）", " (behind escapes)"));
    else if (e->view == 1)
        msh_buf_put_str(&t->out, say(t, "（去掉空白后）", " (without blanks)"));
    if (e->candidate)
        put_verdict(t, e);
    else
        msh_buf_printf(&t->out,
                       say(t, " → 不算：按 %.*s 的判断不是", " → no finding: none as %.*s judges"),
                       (int)r->info.kind.len, (const char *)r->info.kind.data);
    msh_buf_put_byte(&t->out, '\n');
}

static int by_place(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->candidate != y->candidate)
        return x->candidate ? -1 : 1;
    return x->view < y->view ? -1 : x->view > y->view;
}

/* Another event says more, or the same, about this rule on the line. */
static bool is_said(const event *list, size_t n, const event *e)
{
    for (const event *o = list; o < list + n; o++) {
        if (o->rule != e->rule || o == e)
            continue;
        bool same = o->candidate == e->candidate && o->stands == e->stands &&
                    o->judged == e->judged && o->tier == e->tier && msh_view_eq(o->words, e->words);
        if (!e->candidate && (o->candidate || o < e))
            return true;
        if ((same && o < e) || (o->stands && !e->stands && msh_view_eq(o->words, e->words)))
            return true;
    }
    return false;
}

/* The folded line that begins at `from` and ends before `to`, with what was seen in it. */
static void put_line(msh_trace *t, msh_view line, size_t number, const event *list, size_t n)
{
    msh_buf_printf(&t->out, say(t, "%zu 行：", "line %zu: "), number);
    put_cut(t, line, SHOWN);
    msh_buf_put_byte(&t->out, '\n');
    for (size_t i = 0; i < n; i++)
        if (!is_said(list, n, &list[i]))
            put_event(t, &list[i]);
    if (n == 0)
        msh_buf_put_str(&t->out,
                        say(t, "    没有任何规则的字样\n", "    no rule has words here\n"));
}

static void put_all(msh_trace *t, const msh_match_text *text)
{
    msh_view folded = msh_buf_view(&t->matcher->folded.text);
    const msh_map *map = &t->matcher->folded.map;
    size_t number = text->place.line ? text->place.line : 1, i = 0, lines = 0, quiet = 0;
    for (size_t at = 0; at < folded.len; at++)
        lines += folded.data[at] == '\n';
    for (size_t from = 0; from < folded.len; number++) {
        size_t end = msh_view_find(folded, MSH_VIEW("\n"), from), first = i;
        end = end == SIZE_MAX ? folded.len : end;
        uint64_t stop = end < folded.len ? msh_map_source(map, end + 1) : UINT64_MAX;
        while (i < t->n && t->events[i].at < stop)
            i++;
        msh_view line = msh_view_cut(folded, from, end - from);
        if (i > first || (lines < FEW_LINES && line.len))
            put_line(t, line, number, t->events + first, i - first);
        else
            quiet += line.len > 0;
        from = end + 1;
    }
    if (quiet)
        msh_buf_printf(
            &t->out,
            say(t, "其余 %zu 行没有任何规则的字样\n", "no rule has words in %zu more lines\n"),
            quiet);
    if (t->more)
        msh_buf_put_str(&t->out, say(t, "字样过多，只说明了开头的一部分\n",
                                     "too many; only the first ones were accounted for\n"));
}

static msh_err ignore(void *ctx, const msh_hit *h)
{
    (void)ctx;
    (void)h;
    return MSH_OK;
}

msh_err msh_trace_text(msh_trace *t, const msh_match_text *text, msh_view *out)
{
    uint64_t total;
    msh_buf_reset(&t->out);
    msh_arena_reset(&t->arena);
    t->n = 0;
    t->more = false;
    *out = (msh_view){NULL, 0};
    if (text->bytes.len == 0)
        return MSH_OK;
    msh_matcher_begin(t->matcher, (msh_view){NULL, 0});
    msh_err err = msh_matcher_text(t->matcher, text);
    if (err != MSH_OK && err != MSH_E_LIMIT_REGEX)
        return err;
    MSH_TRY(msh_matcher_end(t->matcher, ignore, NULL, &total));
    qsort(t->events, t->n, sizeof *t->events, by_place);
    put_all(t, text);
    if (err == MSH_E_LIMIT_REGEX)
        msh_buf_put_str(&t->out, say(t, "有一条表达式超出匹配限额，这段文字没有查完\n",
                                     "an expression reached its limit: not wholly read\n"));
    MSH_TRY(msh_buf_err(&t->out));
    *out = msh_buf_view(&t->out);
    return MSH_OK;
}
