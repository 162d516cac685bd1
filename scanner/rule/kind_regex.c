/* kind_regex.c: {kind: regex, pattern: '…', group: 1}: PCRE2, compiled by JIT when the pack is
 * loaded (matching.md section 2). The only door to PCRE2.
 *
 * A pattern for the folded or joined view is written for folded text: it is matched without case,
 * and its own characters are folded. Matching starts only where the text holds what every match
 * must hold (regex_need.h). Refused: patterns that match nothing, repeats over the limit, patterns
 * that take too long on hostile text. A pattern past its limits later is MSH_E_LIMIT_REGEX.
 *
 * A match is first followed a little way only; one that is still going on there (PCRE2 says so: a
 * partial match) is followed to the end of the text. One that goes on past the end of a window and
 * began before the part that the next window shows again is MSH_E_LIMIT_REGEX, never a miss.
 *
 * The match data in the state is working memory: one thread at a time. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rule/kind.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/chars.h"
#include "rule/regex_need.h"
#include "rule/utf8.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

enum {
    REACH_BACK = 2048,   /* how much of an open repeat at the start of a pattern is shown */
    REACH_AHEAD = 16384, /* how far a match is followed at first */
    STEP = 4096,         /* starts tried between two looks at the clock */
    OVERLAP = 4096,      /* of windows: MSH_TEXT_OVERLAP of extract/ */
    MATCH_LIMIT = 500000,
    DEPTH_LIMIT = 20000,
    HEAP_LIMIT_KIB = 16384,
    MAX_PATTERN = 4000
};
enum { GOES_ON = 1 };       /* MSH_MATCH_MORE of matcher.h */
#define VIEW_NS 2000000000u /* time for one pattern in one view */
#define TRIAL_NS 150000000u /* time for one pattern in one trial */

typedef struct regex {
    pcre2_general_context *memory;
    pcre2_match_context *limits;
    pcre2_code *code;
    pcre2_match_data *data;
    msh_regex_need need;
    uint32_t group;
} regex;

static void *take(PCRE2_SIZE size, void *ctx)
{
    (void)ctx;
    return msh_alloc(size);
}

static void give(void *p, void *ctx)
{
    (void)ctx;
    msh_free(p);
}

static void dispose(void *state)
{
    regex *x = state;
    pcre2_match_data_free(x->data);
    pcre2_code_free(x->code);
    pcre2_match_context_free(x->limits);
    pcre2_general_context_free(x->memory);
}

/* --- one match ------------------------------------------------------------------------------- */

typedef struct attempt {
    msh_view text;
    size_t from, last_start; /* where a match may start */
    size_t end;              /* of what is looked at */
    bool open;               /* more follows: a match that reaches the end is cut */
} attempt;

typedef struct match_span {
    size_t start, end; /* start SIZE_MAX: no match */
    bool cut;          /* it goes on behind the end; only start is known */
} match_span;

static msh_err match(const regex *x, const attempt *a, match_span *out)
{
    uint32_t options = PCRE2_NO_UTF_CHECK | (a->open ? PCRE2_PARTIAL_HARD : 0);
    pcre2_set_offset_limit(x->limits, a->last_start);
    *out = (match_span){.start = SIZE_MAX};
    int rc = pcre2_match(x->code, a->text.data, a->end, a->from, options, x->data, x->limits);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(x->code, a->text.data, a->end, a->from, options | PCRE2_NO_JIT, x->data,
                         x->limits);
    if (rc == PCRE2_ERROR_NOMATCH)
        return MSH_OK;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(x->data);
    if (rc == PCRE2_ERROR_PARTIAL) {
        /* What a look-behind saw may be counted in. */
        size_t start = at[0] < a->from ? a->from : at[0];
        *out = (match_span){start, a->end, true};
        return MSH_OK;
    }
    if (rc < 0)
        return rc == PCRE2_ERROR_NOMEMORY ? MSH_E_MEMORY : MSH_E_LIMIT_REGEX;
    bool set = (int)x->group < rc && at[2 * x->group] != PCRE2_UNSET;
    uint32_t group = set ? x->group : 0;
    out->start = at[2 * group];
    out->end = at[2 * group + 1];
    /* \K in a look-ahead can put the start after the end. */
    if (out->end < out->start)
        out->end = out->start;
    return MSH_OK;
}

/* The end of the whole match: where the next may start. */
static size_t whole_end(const regex *x)
{
    return pcre2_get_ovector_pointer(x->data)[1];
}

static size_t char_start(msh_view t, size_t at)
{
    while (at > 0 && at < t.len && (t.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* --- scanning -------------------------------------------------------------------------------- */

typedef struct sweep {
    const regex *x;
    const msh_kind_text *t;
    const msh_kind_out *out;
    size_t done; /* starts before this were tried */
    uint64_t deadline;
    unsigned skip;
    bool cut; /* a match went on past the window and cannot be seen whole in the next */
} sweep;

static msh_err in_time(sweep *w)
{
    if (w->skip++ % 64 != 0)
        return MSH_OK;
    uint64_t now = msh_clock_cpu_ns();
    if (!w->deadline)
        w->deadline = now + VIEW_NS;
    return now > w->deadline ? MSH_E_LIMIT_REGEX : MSH_OK;
}

/* The view ends where a window does, and the text goes on. */
static bool goes_on(const msh_kind_text *t)
{
    return t->from->flags & GOES_ON && t->view != MSH_VIEW_JOINED && !t->unescaped;
}

/* A match that is cut at a->end: the same start again, with as much text as there is. */
static msh_err follow(sweep *w, attempt *a, match_span *m)
{
    msh_view text = a->text;
    while (m->cut) {
        MSH_TRY(in_time(w));
        a->from = a->last_start = m->start;
        if (a->end < text.len) {
            size_t more = 3 * (a->end - m->start);
            more = more < REACH_AHEAD ? REACH_AHEAD : more;
            a->end = text.len - a->end > more ? char_start(text, a->end + more) : text.len;
        } else {
            /* What begins in the overlap is seen whole in the next window. */
            w->cut = w->cut || text.len - m->start > OVERLAP;
            a->open = false;
        }
        a->open = a->open && (a->end < text.len || goes_on(w->t));
        MSH_TRY(match(w->x, a, m));
    }
    return MSH_OK;
}

static size_t next_char(msh_view text, size_t at)
{
    do
        at++;
    while (at < text.len && (text.data[at] & 0xc0) == 0x80);
    return at;
}

/* The first match that starts in [from, last]; *next: where the one after it may start. */
static msh_err first_match(sweep *w, size_t from, size_t last, match_span *m, size_t *next)
{
    msh_view text = w->t->text;
    size_t end = text.len - last > REACH_AHEAD ? char_start(text, last + REACH_AHEAD) : text.len;
    attempt a = {text, from, last, end, end < text.len || goes_on(w->t)};
    MSH_TRY(in_time(w));
    MSH_TRY(match(w->x, &a, m));
    bool followed = m->cut;
    size_t start = m->start;
    MSH_TRY(follow(w, &a, m));
    if (m->start != SIZE_MAX) {
        *next = whole_end(w->x) > from ? whole_end(w->x) : from + 1;
        while (*next < text.len && (text.data[*next] & 0xc0) == 0x80)
            ++*next;
    } else {
        *next = followed ? next_char(text, start) : SIZE_MAX;
    }
    return MSH_OK;
}

/* All matches that start in [from, last]. */
static msh_err try_starts(sweep *w, size_t from, size_t last)
{
    msh_view text = w->t->text;
    from = from > w->done ? from : w->done;
    last = last < text.len ? last : text.len;
    while (from <= last && from < text.len) {
        size_t stop = last - from > STEP ? char_start(text, from + STEP) : last, next;
        match_span m;
        MSH_TRY(first_match(w, from, stop, &m, &next));
        msh_candidate c = {.start = m.start, .end = m.end};
        if (m.start != SIZE_MAX && m.end > m.start)
            MSH_TRY(w->out->found(w->out->ctx, &c));
        from = next == SIZE_MAX ? next_char(text, stop) : next;
    }
    w->done = from > last ? from : last + 1;
    while (w->done < text.len && (text.data[w->done] & 0xc0) == 0x80)
        w->done++;
    return MSH_OK;
}

/* The first place where a match may start that holds what stands at `at`, `most` bytes in. */
static size_t before(const sweep *w, size_t at, size_t most)
{
    if (w->x->need.loose_start)
        most = most > SIZE_MAX - REACH_BACK ? SIZE_MAX : most + REACH_BACK;
    return char_start(w->t->text, at > most ? at - most : 0);
}

static bool in_class(const msh_regex_need *n, uint8_t c)
{
    return c < 128 && (n->class_bits[c >> 6] >> (c & 63) & 1);
}

/* Runs of the class: only every run-th byte is looked at until one is in it. */
static msh_err sweep_runs(sweep *w)
{
    const msh_regex_need *n = &w->x->need;
    msh_view t = w->t->text;
    for (size_t at = n->run - 1; at < t.len; at += n->run) {
        if (!in_class(n, t.data[at]))
            continue;
        size_t from = at, to = at + 1;
        while (from > 0 && in_class(n, t.data[from - 1]))
            from--;
        while (to < t.len && in_class(n, t.data[to]))
            to++;
        if (to - from >= n->run)
            MSH_TRY(try_starts(w, before(w, from, n->run_before), to - n->run));
        at = to;
    }
    return MSH_OK;
}

static msh_err sweep_all(sweep *w, const msh_literal_hit *hits, size_t n_hits)
{
    const msh_regex_need *need = &w->x->need;
    for (size_t i = 0; i < n_hits; i++)
        MSH_TRY(try_starts(w, before(w, hits[i].start, need->literal_before), hits[i].start));
    if (n_hits || need->n_literals)
        return MSH_OK;
    return need->run ? sweep_runs(w) : try_starts(w, 0, w->t->text.len);
}

static msh_err scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                    size_t n_hits, const msh_kind_out *out)
{
    sweep w = {.x = state, .t = t, .out = out};
    MSH_TRY(sweep_all(&w, hits, n_hits));
    return w.cut ? MSH_E_LIMIT_REGEX : MSH_OK;
}

/* --- compiling ------------------------------------------------------------------------------- */

/* Characters past ASCII as they look in folded text; ends of ranges in classes stay. */
static void fold_pattern(msh_buf *out, msh_view p)
{
    for (size_t i = 0; i < p.len;) {
        unsigned n = msh_utf8_len(p.data[i]);
        bool range = (i > 0 && p.data[i - 1] == '-') || (i + n < p.len && p.data[i + n] == '-');
        uint32_t cp = msh_utf8_char(p.data + i, n);
        uint32_t folded = n == 1 || range ? cp : msh_fold_cp(cp);
        /* "[:：]" must not become the name of a class. */
        bool class_name = n == 1 && cp == ':' && i > 0 && p.data[i - 1] == '[' && i + 1 < p.len &&
                          p.data[i + 1] >= 0x80;
        if (class_name)
            msh_buf_put_byte(out, '\\');
        if (n > 1 && folded > ' ' && folded < 0x7f && !msh_chars_is_alnum(folded))
            msh_buf_put_byte(out, '\\');
        if (folded || n == 1)
            msh_buf_put_utf8(out, folded);
        i += n;
    }
}

static msh_err check_repeats(const msh_kind_compile *c, const msh_node *at, msh_view p,
                             msh_error *why)
{
    for (size_t i = 0; i < p.len; i++) {
        if (p.data[i] == '\\') {
            i++;
            continue;
        }
        if (p.data[i] != '{')
            continue;
        for (size_t k = i + 1, n = 0; k < p.len && p.data[k] != '}'; k++) {
            bool digit = p.data[k] >= '0' && p.data[k] <= '9';
            n = digit && n < 1000000 ? n * 10 + (size_t)(p.data[k] - '0') : 0;
            if (!digit && p.data[k] != ',')
                break;
            if (n > c->limits->regex_repeat)
                return c->refuse(c->ctx, at, "重复次数超限（见 --limit regex-repeat）",
                                 "a repeat count over the limit (see --limit regex-repeat)", why);
        }
    }
    return MSH_OK;
}

static msh_err compile_code(const msh_kind_compile *c, const msh_node *at, regex *x, msh_view p,
                            msh_error *why)
{
    uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C |
                       PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_UCP;
    if (!(c->views & 1u << MSH_VIEW_WRITTEN))
        options |= PCRE2_CASELESS;
    x->memory = pcre2_general_context_create(take, give, NULL);
    x->limits = x->memory ? pcre2_match_context_create(x->memory) : NULL;
    pcre2_compile_context *how = x->memory ? pcre2_compile_context_create(x->memory) : NULL;
    if (!x->limits || !how) {
        pcre2_compile_context_free(how);
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    }
    pcre2_set_parens_nest_limit(how, 60);
    pcre2_set_match_limit(x->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(x->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(x->limits, HEAP_LIMIT_KIB);
    int code = 0;
    PCRE2_SIZE offset = 0;
    x->code = pcre2_compile(p.data, p.len, options, &code, &offset, how);
    pcre2_compile_context_free(how);
    if (!x->code) {
        PCRE2_UCHAR text[120] = "";
        char zh[300];
        (void)pcre2_get_error_message(code, text, sizeof text);
        (void)snprintf(zh, sizeof zh, "表达式有误（第 %zu 字节处）", (size_t)offset);
        return c->refuse(c->ctx, at, zh, (const char *)text, why);
    }
    /* Without JIT (no executable memory, other machines) the interpreter does the same. */
    (void)pcre2_jit_compile(x->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);
    x->data = pcre2_match_data_create_from_pattern(x->code, x->memory);
    return x->data ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
}

static bool trial(const regex *x, msh_view text)
{
    uint64_t start_ns = msh_clock_cpu_ns();
    match_span m;
    for (size_t from = 0; from < text.len;) {
        attempt a = {text, from, text.len, text.len, false};
        if (match(x, &a, &m) != MSH_OK)
            return false;
        if (m.start == SIZE_MAX)
            break;
        size_t next = whole_end(x);
        from = next > from ? next : from + 1;
        while (from < text.len && (text.data[from] & 0xc0) == 0x80)
            from++;
        if (msh_clock_cpu_ns() - start_ns > TRIAL_NS)
            return false;
    }
    return msh_clock_cpu_ns() - start_ns <= TRIAL_NS;
}

/* Texts made of the pattern's own characters, repeated, with an end that spoils the match. */
static bool is_quick(const regex *x, msh_view pattern, msh_buf *text)
{
    static const char *const others[] = {"a", "0", " ", "aa0 "};
    static const size_t lengths[] = {24, 600, 8000};
    uint8_t all[160];
    size_t n = 0;
    for (size_t i = 0, k = 0; i < pattern.len && n < 140; i += k) {
        uint8_t lead = pattern.data[i];
        k = msh_utf8_len(lead);
        bool word = lead >= 0x80 || (lead >= '0' && lead <= '9') || (lead >= 'a' && lead <= 'z');
        if (word && i + k <= pattern.len) {
            memcpy(all + n, pattern.data + i, k);
            n += k;
        }
    }
    size_t units = sizeof others / sizeof others[0];
    for (size_t u = 0, at = 0; u <= units || at < n; u++) {
        msh_view unit = u < units ? msh_view_str(others[u]) : msh_view_of(all, n);
        if (u > units) {
            size_t k = msh_utf8_len(all[at]);
            unit = msh_view_of(all + at, k);
            at += k;
        }
        for (size_t l = 0; unit.len && l < sizeof lengths / sizeof lengths[0]; l++) {
            msh_buf_reset(text);
            while (text->len < lengths[l] && msh_buf_err(text) == MSH_OK)
                msh_buf_put_view(text, unit);
            msh_buf_put_byte(text, 2);
            if (msh_buf_err(text) != MSH_OK || !trial(x, msh_buf_view(text)))
                return false;
        }
    }
    return true;
}

static bool matches_nothing(const regex *x)
{
    match_span m;
    attempt a = {MSH_VIEW(""), 0, 0, 0, false};
    return match(x, &a, &m) == MSH_OK && m.start != SIZE_MAX;
}

static msh_err check_code(const msh_kind_compile *c, const msh_node *at, regex *x, msh_view p,
                          msh_error *why)
{
    uint32_t groups = 0;
    (void)pcre2_pattern_info(x->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (x->group > groups)
        return c->refuse(c->ctx, at, "表达式没有这个 group", "the expression has no such group",
                         why);
    if (x->need.matches_empty || matches_nothing(x))
        return c->refuse(c->ctx, at, "表达式可以匹配空文字，会到处命中",
                         "the expression matches empty text, so everything", why);
    msh_buf text;
    msh_buf_init(&text, 16384);
    bool quick = is_quick(x, p, &text);
    msh_buf_dispose(&text);
    return quick ? MSH_OK
                 : c->refuse(c->ctx, at, "表达式遇到特殊文字会极慢（嵌套的重复），请改写",
                             "the expression is far too slow on some texts (nested repeats)", why);
}

static msh_err compile_pattern(const msh_kind_compile *c, const msh_node *at, regex *x, msh_view p,
                               msh_error *why)
{
    MSH_TRY(check_repeats(c, at, p, why));
    MSH_TRY(compile_code(c, at, x, p, why));
    msh_regex_need_of(p, &x->need);
    MSH_TRY(check_code(c, at, x, p, why));
    for (size_t i = 0; i < x->need.n_literals; i++) {
        const msh_need_text *t = &x->need.literals[i];
        msh_buf folded;
        msh_buf_init(&folded, 1024);
        /* A literal that folds away cannot be searched: then nothing is. */
        bool good = msh_fold_word(&folded, msh_view_of(t->bytes, t->len));
        msh_err err = good ? c->want_literal(c->ctx, msh_buf_view(&folded), 0) : MSH_E_RULES;
        msh_buf_dispose(&folded);
        if (err == MSH_E_RULES)
            return c->refuse(c->ctx, at, "表达式中的文字只含会被忽略的字符",
                             "the expression needs text that is ignored", why);
        if (err != MSH_OK)
            return msh_fail(why, err, "内存不足 / out of memory");
    }
    return MSH_OK;
}

static msh_err compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    msh_view pattern = {NULL, 0};
    uint64_t group = 0;
    MSH_TRY(msh_node_text(c, find, "pattern", &pattern, why));
    if (pattern.len == 0)
        return c->refuse(c->ctx, find, "regex 需要 pattern", "regex needs a pattern", why);
    const msh_node *at = msh_node_get(find, "pattern");
    if (pattern.len > MAX_PATTERN)
        return c->refuse(c->ctx, at, "表达式过长", "the expression is too long", why);
    MSH_TRY(msh_node_uint(c, find, "group", (msh_node_range){0, 99}, &group, why));
    regex *x = msh_arena_calloc(c->arena, 1, sizeof *x);
    if (!x)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    *state = x; /* disposed with the rule set, also after an error */
    x->group = (uint32_t)group;
    if (c->views & 1u << MSH_VIEW_WRITTEN)
        return compile_pattern(c, at, x, pattern, why);
    msh_buf folded;
    msh_buf_init(&folded, 5 * MAX_PATTERN);
    fold_pattern(&folded, pattern);
    msh_err err = msh_buf_err(&folded) == MSH_OK
                      ? compile_pattern(c, at, x, msh_buf_view(&folded), why)
                      : msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_buf_dispose(&folded);
    return err;
}

extern const msh_kind msh_kind_regex;
const msh_kind msh_kind_regex = {.name = "regex",
                                 .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
                                 .compile = compile,
                                 .dispose = dispose,
                                 .scan = scan};
