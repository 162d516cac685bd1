/* kind_mark.c: classification marks: 机密★10年 in all the ways it is written, and the field
 * 密级：机密.
 *
 * GB/T 9704-2012 7.2.2; domain.md section 4 (grammar and tiers). mark_parse.c says what stands at
 * an anchor; here it is judged by what stands around it: alone on its line or in its cell → the
 * rule's tier, in running text → REVIEW, quoted or given as an example → INFO, the bare word →
 * nothing. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/mark_parse.h"

enum {
    TAG_STAR = 1u << 16,
    EXAMPLE_REACH = 12, /* characters before a mark in which 例如 makes it an example */
    QUOTE_REACH = 180,  /* bytes */
    LABEL_GAP = 12,     /* bytes between 密级 and the level */
    LABEL_LEAD = 18,    /* bytes of 本文件 before 密级 */
    NORMAL_MOST = 256,
    TEXT_MARKUP = 4 /* MSH_TEXT_MARKUP of extract.h, a folder of the same floor */
};

typedef struct mark_state {
    msh_mark_grammar plain, loose;
    bool overlong; /* only terms longer than the law allows */
} mark_state;

/* A mark and what stands around it; offsets in the folded view. */
typedef struct spot {
    const msh_kind_text *t;
    const msh_mark_grammar *g;
    msh_mark m;        /* offsets in the view */
    msh_view f;        /* the folded view */
    size_t start, end; /* of the mark, with its label once one is found */
    size_t line, line_end;
    bool label, label_far; /* 密级 stands before it; something separates the two */
    bool left, right;      /* nothing else on that side */
} spot;

/* --- what stands around -------------------------------------------------------------------------
 */

static size_t to_folded(const msh_kind_text *t, size_t at)
{
    if (!t->to_folded)
        return at;
    uint64_t f = msh_map_step(t->to_folded, at);
    return f > t->folded->text.len ? t->folded->text.len : (size_t)f;
}

static void place(spot *s)
{
    s->f = s->t->folded->text;
    size_t last, len;
    (void)msh_chars_before(s->t->text, s->m.end, &last);
    s->start = to_folded(s->t, s->m.start);
    s->end = to_folded(s->t, last);
    (void)msh_chars_at(s->f, s->end, &len);
    s->end += len;
    size_t unused;
    msh_line_at(s->f, s->start, &s->line, &unused);
    msh_line_at(s->f, s->end, &unused, &s->line_end);
}

/* The characters of a label end at `at`, blanks between them; where they begin, SIZE_MAX if not. */
static size_t label_before(msh_view f, size_t at, size_t floor, const char *label)
{
    msh_view want = msh_view_str(label);
    while (want.len) {
        size_t s, from;
        uint32_t cp = msh_chars_before(want, want.len, &s);
        at = msh_chars_skip_blanks_back(f, at, floor);
        if (at <= floor || msh_chars_before(f, at, &from) != cp)
            return SIZE_MAX;
        at = from;
        want.len = s;
    }
    return at;
}

/* Before 密级为…, 密级确定为…: what the verb follows; `at` when there is none. */
static size_t verb_before(msh_view f, size_t at, size_t floor)
{
    static const char *const verbs[] = {"确定为", "定为", "为", "是"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        size_t before = label_before(f, at, floor, verbs[i]);
        if (before != SIZE_MAX)
            return before;
    }
    return at;
}

/* Looks for 密级： before the mark, and takes it into the mark. */
static void find_label(spot *s)
{
    static const char *const labels[] = {"密级",     "秘密等级", "保密等级", "保密级别",
                                         "涉密等级", "涉密级别", "定密",     "密别"};
    size_t at = s->start, floor = s->line, from;
    bool far = false;
    while (at > floor && s->start - at < LABEL_GAP) {
        uint32_t cp = msh_chars_before(s->f, at, &from);
        bool border =
            cp == 0xFF08 || cp == ':' || cp == '\t' || cp == '|' || cp == '=' || cp == 0xFF1A;
        if (!border && !msh_chars_is_blank(cp) &&
            !(cp < 0x80 && cp && strchr("[]()\"'<>", (int)cp)) && cp != 0x3011 && cp != 0x3010 &&
            cp != 0x201D && cp != 0x201C)
            break;
        far = true;
        at = from;
    }
    size_t verb = verb_before(s->f, at, floor);
    far |= verb < at;
    at = verb;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        size_t begin = label_before(s->f, at, floor, labels[i]);
        if (begin == SIZE_MAX)
            continue;
        s->label = true;
        s->label_far = far;
        /* 本文件密级, 信息密级 */
        for (size_t lead = begin; lead > floor && begin - lead < LABEL_LEAD &&
                                  msh_chars_is_cjk(msh_chars_before(s->f, lead, &from));)
            if ((lead = from) == floor)
                begin = floor;
        s->start = begin;
        return;
    }
}

static bool is_bracket(uint32_t cp)
{
    return (cp < 0x80 && cp && strchr("[](){}<>", (int)cp)) || (cp >= 0x3008 && cp <= 0x3017) ||
           cp == 0xFF08 || cp == 0xFF09;
}

static bool all_digits(msh_view f, size_t from, size_t to)
{
    size_t n = 0;
    for (; from < to; from++, n++)
        if (f.data[from] < '0' || f.data[from] > '9')
            return false;
    return n >= 1 && n <= 7;
}

/* The line [start, end) is a copy number, with or without its label. */
static bool only_copy_number(const spot *s, size_t start, size_t end)
{
    size_t at = msh_chars_skip_blanks(s->f, start);
    if (msh_chars_has(s->f, at, MSH_VIEW("份号:")))
        at = msh_chars_skip_blanks(s->f, at + 7);
    return all_digits(s->f, at, msh_chars_skip_blanks_back(s->f, end, at));
}

/* Nothing before it on the line but blanks, brackets, a cell border, the copy number (份号). */
static bool free_left(const spot *s)
{
    size_t at = s->start, from;
    while (at > s->line && is_bracket(msh_chars_before(s->f, at, &from)))
        at = from;
    size_t blank = msh_chars_skip_blanks_back(s->f, at, s->line);
    if (blank == s->line || at - blank >= 2)
        return true;
    uint8_t c = s->f.data[blank - 1];
    if (c == '|' || (at > blank && s->f.data[at - 1] == '\t'))
        return true;
    size_t digits = s->line;
    if (msh_chars_has(s->f, s->line, MSH_VIEW("份号:")))
        digits += 7;
    return all_digits(s->f, msh_chars_skip_blanks(s->f, digits), blank);
}

static const char *const urgency[] = {"特急", "加急", "急件", "特提", "平急",
                                      "紧急", "明电", "密电", "等级", "份号"};

/* Behind one of these words, `at` when there is none. */
static size_t pass_urgency(msh_view f, size_t at)
{
    for (size_t i = 0; i < sizeof urgency / sizeof urgency[0]; i++)
        if (msh_chars_has(f, at, msh_view_str(urgency[i])))
            return at + strlen(urgency[i]);
    return at;
}

/* Nothing in [at, to) but blanks, brackets and what telegrams write beside the level. */
static bool only_urgency(const spot *s, size_t at, size_t to)
{
    size_t len;
    while (at < to) {
        size_t next = pass_urgency(s->f, at);
        uint32_t cp = msh_chars_at(s->f, at, &len);
        bool sign = msh_chars_is_blank(cp) || is_bracket(cp) || cp == ':' || cp == 0xB7;
        if (next == at && !sign)
            return false;
        at = next > at ? next : at + len;
    }
    return true;
}

/* Behind the mark: end of line, two blanks, a cell border, urgency, copy number. */
static bool free_right(const spot *s)
{
    size_t at = s->end, len;
    uint32_t cp;
    while (is_bracket(cp = msh_chars_at(s->f, at, &len)) || (at == s->end && cp == 0x7EA7))
        at += len;
    size_t next = msh_chars_skip_blanks(s->f, at);
    if (next >= s->line_end || next - at >= 2)
        return true;
    cp = msh_chars_at(s->f, next, &len);
    if (cp == '|' || (next > at && s->f.data[at] == '\t'))
        return true;
    if (pass_urgency(s->f, next) > next)
        return true;
    if (s->t->from->place.role == MSH_ROLE_NAME && cp == '.')
        return s->line_end - next <= 6;
    return all_digits(s->f, next, s->line_end);
}

/* The kind of quotation mark, from 1; *opens says which of the pair. */
static unsigned quote(uint32_t cp, bool *opens)
{
    static const uint32_t open[] = {0x201C, 0x2018, 0x300C, 0x300E, 0x300A};
    static const uint32_t close[] = {0x201D, 0x2019, 0x300D, 0x300F, 0x300B};
    for (unsigned k = 0; cp >= 0x2018 && k < sizeof open / sizeof open[0]; k++)
        if (cp == open[k] || cp == close[k]) {
            *opens = cp == open[k];
            return k + 1;
        }
    return 0;
}

/* Between quotation marks for people; not the "…" of source code. */
static bool is_quoted(const spot *s)
{
    bool inside[6] = {false}, seen[6] = {false}, opens = false, any = false;
    for (size_t at = s->start, from; at > s->line && s->start - at < QUOTE_REACH; at = from) {
        unsigned k = quote(msh_chars_before(s->f, at, &from), &opens);
        if (k && !seen[k]) {
            seen[k] = true;
            inside[k] = opens;
            any |= opens;
        }
    }
    size_t len;
    for (size_t at = s->end; any && at < s->line_end && at - s->end < QUOTE_REACH; at += len) {
        unsigned k = quote(msh_chars_at(s->f, at, &len), &opens);
        if (k && inside[k] && !opens)
            return true;
        if (k && opens)
            inside[k] = false;
    }
    return false;
}

static const char *const examples[] = {
    "例如",   "比如",   "譬如",   "诸如",   "如:",    "例:",    "形式为", "标注为", "应标注",
    "表示",   "格式",   "写作",   "写成",   "写为",   "字样",   "印成",   "印有",   "标为",
    "标有",   "样式",   "示例",   "答案",   "样例",   "举例",   "即为",   "模板",   "应当标",
    "标志是", "标识为", "标注是", "写法是", "标志为", "标识是", "标成",   NULL};

/* A. …, B、…: the letter of an answer to choose, 0 when the line begins otherwise. */
static uint32_t option_letter(msh_view f, size_t line, size_t end)
{
    size_t len, at = msh_chars_skip_blanks(f, line);
    if (msh_chars_at(f, at, &len) == '(')
        at += len;
    uint32_t letter = msh_chars_at(f, at, &len);
    if (at + len >= end || letter < 'a' || letter > 'g')
        return 0;
    uint32_t sign = msh_chars_at(f, at + len, &len);
    return sign == '.' || sign == 0x3001 || sign == ')' || sign == ':' ? letter : 0;
}

/* One of the answers of a question: the line before or behind is another. */
static bool is_option(const spot *s)
{
    uint32_t letter = option_letter(s->f, s->line, s->line_end);
    size_t start, end;
    if (letter == 0)
        return false;
    if (s->line > 0) {
        msh_line_at(s->f, s->line - 1, &start, &end);
        if (option_letter(s->f, start, end) == letter - 1)
            return true;
    }
    if (s->line_end >= s->f.len)
        return false;
    msh_line_at(s->f, s->line_end + 1, &start, &end);
    return option_letter(s->f, start, end) == letter + 1;
}

/* Spoken of: 机密★10年表示…, …的含义是. */
static bool is_explained(const spot *s)
{
    static const char *const words[] = {"表示",   "是指", "的意思", "的含义", "意思是", "这样的",
                                        "的字样", "字样", "的写法", "的标注", "意味着", "的标志"};
    size_t at = msh_chars_skip_blanks(s->f, s->end), len;
    for (unsigned n = 0; n < 2; n++) {
        uint32_t cp = msh_chars_at(s->f, at, &len);
        if (cp == 0x201D || cp == 0x300D || cp == ',' || cp == ')')
            at += len;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (msh_chars_has(s->f, at, msh_view_str(words[i])))
            return true;
    return false;
}

static bool is_example(const spot *s)
{
    if (is_option(s) || is_explained(s))
        return true;
    size_t from = s->start;
    for (unsigned n = 0; n < EXAMPLE_REACH && from > s->line; n++)
        (void)msh_chars_before(s->f, from, &from);
    return msh_chars_any(s->f, from, s->start, examples);
}

/* The line before announces an example: "标注格式如下：". */
static bool after_announcement(const spot *s)
{
    static const char *const words[] = {"例如", "如下", "样式", "写法", "格式", "示例", "形式",
                                        "标注", "举例", "印成", "写成", "比如", NULL};
    size_t at = s->line, start, end, from;
    for (unsigned n = 0; n < 3 && at > 0; n++, at = start) {
        msh_line_at(s->f, at - 1, &start, &end);
        size_t last = msh_chars_skip_blanks_back(s->f, end, start);
        if (last == start || msh_chars_has(s->f, start, MSH_VIEW("```")))
            continue;
        uint32_t cp = msh_chars_before(s->f, last, &from);
        size_t reach = last - start > 90 ? last - 90 : start;
        return (cp == ':' || cp == 0xFF1A) && msh_chars_any(s->f, reach, last, words);
    }
    return false;
}

/* 解密 beside a mark, but not 解密时间, 解密条件. */
static bool is_declassified(const spot *s)
{
    size_t from = s->start - s->line > 12 ? s->start - 12 : s->line;
    size_t to = s->line_end - s->end > 24 ? s->end + 24 : s->line_end;
    msh_view word = MSH_VIEW("解密");
    if (msh_chars_any(s->f, from, s->start, (const char *const[]){"解密", NULL}))
        return true;
    size_t at = msh_view_find(msh_view_cut(s->f, 0, to), word, s->end);
    if (at == SIZE_MAX)
        return false;
    at += word.len;
    return !msh_chars_any(s->f, at, at + 6,
                          (const char *const[]){"时间", "条件", "日期", "期限", NULL});
}

/* --- judgement ----------------------------------------------------------------------------------
 */

/* A letter that makes one word with the level: 保守秘密, 商业机密, 计算机密. */
static bool glued_left(const spot *s)
{
    size_t from;
    uint32_t cp = msh_chars_before(s->f, s->start, &from);
    return s->start > s->line && (msh_chars_is_cjk(cp) || msh_chars_is_alnum(cp));
}

static bool goes_on(const spot *s)
{
    size_t len;
    uint32_t cp = msh_chars_at(s->f, s->end, &len);
    bool suffix = cp == 0x7EA7 && s->m.form == MSH_MARK_LEVEL; /* 机密级 */
    return s->end < s->line_end && msh_chars_is_cjk(cp) && !suffix;
}

/* "密级：绝密□机密□", "密级：机密、秘密": a form or prose, not a field that is filled in. */
static bool is_choice(const spot *s)
{
    size_t len, at = msh_chars_skip_blanks(s->f, s->end);
    uint32_t cp = msh_chars_at(s->f, at, &len);
    size_t from, back = msh_chars_skip_blanks_back(s->f, s->start, s->line);
    uint32_t before = msh_chars_before(s->f, back, &from);
    static const uint32_t signs[] = {0x3001, '/', 0x25A1, 0x2610, 0x25CB, 0x6216, 0x548C, 0x201D};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if ((at < s->line_end && cp == signs[i]) || (back > s->line && before == signs[i]))
            return true;
    return false;
}

/* 【机密】关于…的通知: the level in brackets of its own at the beginning of a line of the head. */
static bool before_title(const spot *s)
{
    size_t from, len;
    uint32_t open = msh_chars_before(s->f, s->start, &from);
    uint32_t close = msh_chars_at(s->f, s->end, &len);
    bool pair = (open == '[' && close == ']') || (open == 0x3010 && close == 0x3011) ||
                (open == 0x3014 && close == 0x3015) || (open == '(' && close == ')') ||
                (open == 0xFF08 && close == 0xFF09);
    return pair && s->start > s->line && msh_in_head(s->t, s->m.start) &&
           msh_chars_skip_blanks(s->f, s->line) >= from;
}

/* Only urgency and a level, as on the line of a mark. */
static bool is_level_line(const spot *s, size_t start, size_t end)
{
    size_t at = msh_chars_skip_blanks(s->f, start);
    for (size_t i = 0; i < s->g->n_levels; i++)
        if (msh_chars_has(s->f, at, s->g->levels[i].word))
            return only_urgency(s, at + s->g->levels[i].word.len, end);
    return false;
}

/* Where the next line with something on it begins its text. */
static size_t next_text(msh_view f, size_t at)
{
    while (at < f.len && (f.data[at] == '\n' || msh_chars_is_blank(f.data[at])))
        at++;
    return at;
}

/* Nothing in [at, to) but blanks and brackets. */
static bool only_brackets(msh_view f, size_t at, size_t to)
{
    for (size_t len; at < to; at += len) {
        uint32_t cp = msh_chars_at(f, at, &len);
        if (!msh_chars_is_blank(cp) && !is_bracket(cp))
            return false;
    }
    return true;
}

/* The first line of a paper, or the second below its copy number, and more lines below it that are
 * not the other levels of a list: where GB/T 9704-2012 7.2.2 puts the mark. 秘密 is a word of every
 * day, too, the name of films and songs: it wants the copy number above it, or 级 behind it. */
static bool opens_paper(const spot *s, size_t mark_end)
{
    size_t start, end;
    if (s->t->from->place.role != MSH_ROLE_BODY || !msh_in_head(s->t, s->m.start) ||
        !only_brackets(s->f, s->line, s->start) || !only_brackets(s->f, mark_end, s->line_end))
        return false;
    msh_line_at(s->f, next_text(s->f, 0), &start, &end);
    bool copy = start < s->line && only_copy_number(s, start, end);
    if (copy)
        msh_line_at(s->f, next_text(s->f, end), &start, &end);
    size_t below = next_text(s->f, s->line_end);
    bool plain = msh_view_eq_str(s->g->levels[s->m.level].word, "秘密") && mark_end == s->end;
    if (start != s->line || below >= s->f.len || (plain && !copy))
        return false;
    msh_line_at(s->f, below, &start, &end);
    return !is_level_line(s, start, end);
}

static msh_tier judge_level(const spot *s)
{
    msh_role role = s->t->from->place.role;
    bool alone = s->left && s->right;
    if (role == MSH_ROLE_RAW || role == MSH_ROLE_ATTR || s->t->from->flags & TEXT_MARKUP)
        return 0;
    if (s->label && s->label_far && !is_choice(s) && !goes_on(s)) {
        if (alone)
            return msh_in_head(s->t, s->m.start) ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
        return glued_left(s) ? MSH_TIER_INFO : MSH_TIER_REVIEW;
    }
    if (s->label)
        return 0;
    /* the whole line, not a cell: lists of levels stand in cells */
    size_t len, to = s->end;
    if (msh_chars_at(s->f, to, &len) == 0x7EA7) /* 级 */
        to += len;
    if (!only_urgency(s, s->line, s->start) || !only_urgency(s, to, s->line_end))
        return before_title(s) ? MSH_TIER_REVIEW : 0;
    return opens_paper(s, to) ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
}

static msh_tier judge_full(const spot *s)
{
    bool alone = s->left && s->right;
    bool strong = s->m.form == MSH_MARK_STAR && !s->m.disguised;
    if (!strong && !s->label && s->m.form != MSH_MARK_STAR && glued_left(s))
        return 0;
    if (s->m.form != MSH_MARK_STAR && s->t->from->place.role == MSH_ROLE_RAW)
        return 0;
    if (s->m.form != MSH_MARK_STAR && s->m.term == MSH_TERM_EVENT && !alone)
        return 0;
    if (s->m.term == MSH_TERM_NONE) {
        if (s->t->from->place.role == MSH_ROLE_RAW && !alone)
            return 0;
        if (!alone && goes_on(s) && s->start > s->line)
            return MSH_TIER_INFO;
    }
    if (!strong || !alone)
        return MSH_TIER_REVIEW;
    if (s->m.term == MSH_TERM_EVENT || is_declassified(s) || after_announcement(s))
        return MSH_TIER_REVIEW;
    return s->t->from->place.role == MSH_ROLE_OCR ? MSH_TIER_REVIEW : MSH_TIER_BLOCK;
}

static bool has_line_end(const spot *s)
{
    msh_view v = msh_view_cut(s->f, s->start, s->end - s->start);
    return msh_view_find(v, MSH_VIEW("\n"), 0) != SIZE_MAX;
}

static bool whole_lines(const spot *s)
{
    return msh_chars_skip_blanks(s->f, s->line) >= s->start &&
           msh_chars_skip_blanks(s->f, s->end) >= s->line_end;
}

/* What the view joined is parted again where a line end shows that it is not one mark. */
static bool mend(spot *s)
{
    place(s);
    msh_mark *m = &s->m;
    if (m->term == MSH_TERM_EVENT && has_line_end(s)) { /* …前 on a later line */
        m->term = MSH_TERM_NONE;
        m->end = m->term_start;
        place(s);
    }
    bool bare = m->form == MSH_MARK_DOT || m->form == MSH_MARK_BARE || m->loose;
    if (m->form == MSH_MARK_FIRST)
        return !goes_on(s);
    if (bare && (goes_on(s) || (has_line_end(s) && !whole_lines(s)))) {
        *m = (msh_mark){.start = m->start, .end = m->level_end, .level = m->level};
        m->form = MSH_MARK_LEVEL;
        place(s);
    }
    return true;
}

static msh_tier judge(spot *s)
{
    if (!mend(s))
        return 0;
    find_label(s);
    s->left = free_left(s);
    s->right = free_right(s);
    msh_tier tier = s->m.form == MSH_MARK_LEVEL ? judge_level(s) : judge_full(s);
    if (tier > MSH_TIER_INFO && (is_quoted(s) || is_example(s)))
        return s->m.form == MSH_MARK_LEVEL && !s->label ? 0 : MSH_TIER_INFO;
    return tier;
}

/* --- reporting ----------------------------------------------------------------------------------
 */

static msh_err report(const spot *s, msh_tier tier, const msh_kind_out *out)
{
    const char *star = s->m.form == MSH_MARK_DOT ? "·" : s->m.form == MSH_MARK_BARE ? "" : "★";
    bool level = s->m.form == MSH_MARK_LEVEL;
    msh_buf b;
    msh_buf_init(&b, NORMAL_MOST);
    msh_buf_put_view(&b, s->g->levels[s->m.level].word);
    if (!level) {
        msh_buf_put_str(&b, "★");
        msh_mark_put_term(&s->m, s->t->text, &b);
    }
    msh_view normal = msh_arena_copy(out->scratch, msh_buf_view(&b));
    msh_buf_reset(&b);
    msh_buf_put_str(&b, level && s->label ? "密级:" : "");
    msh_buf_put_view(&b, s->g->levels[s->m.level].word);
    if (!level)
        msh_buf_printf(&b, "%s%s", star, s->m.term == MSH_TERM_NONE ? "" : "██");
    msh_view excerpt = msh_arena_copy(out->scratch, msh_buf_view(&b));
    msh_err err = msh_buf_err(&b);
    msh_buf_dispose(&b);
    if (err != MSH_OK || !normal.data || !excerpt.data)
        return err != MSH_OK ? err : MSH_E_MEMORY;
    msh_candidate c = {.start = s->m.start,
                       .end = s->m.end,
                       .normal = normal,
                       .excerpt = excerpt,
                       .tier = tier,
                       .no_context = true};
    return out->found(out->ctx, &c);
}

/* 保守国家秘密法第二十条: 绝密 at most 30 years, 机密 20, 秘密 10. */
static bool is_overlong(const spot *s)
{
    static const struct {
        const char *level;
        uint32_t years;
    } most[] = {{"绝密", 30}, {"机密", 20}, {"秘密", 10}};
    const msh_mark *m = &s->m;
    if (m->term != MSH_TERM_NUMBER)
        return false;
    bool years = m->unit == 0x5E74, days = m->unit == 0x65E5 || m->unit == 0x5929;
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++)
        if (msh_view_eq_str(s->g->levels[m->level].word, most[i].level))
            return m->number > most[i].years * (years ? 1 : days ? 366 : 12);
    return false;
}

static msh_err mark_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                         size_t n_hits, const msh_kind_out *out)
{
    const mark_state *st = state;
    const msh_mark_grammar *g = t->from->place.role == MSH_ROLE_OCR ? &st->loose : &st->plain;
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        spot s = {.t = t, .g = g};
        bool found = hits[i].tag == TAG_STAR ? msh_mark_at_star(g, t->text, hits[i].start, &s.m)
                                             : msh_mark_at_level(g, t->text, hits[i].start,
                                                                 hits[i].end, hits[i].tag, &s.m);
        if (!found || s.m.end <= done)
            continue;
        msh_tier tier = judge(&s);
        if (tier == 0)
            continue;
        if (!st->overlong || (tier > MSH_TIER_INFO && is_overlong(&s)))
            MSH_TRY(report(&s, tier, out));
        done = s.m.end;
    }
    return MSH_OK;
}

/* --- compiling ----------------------------------------------------------------------------------
 */

/* The level as it is and with a sign between its two characters ("机·密"). */
static msh_err want_level(const msh_kind_compile *c, const msh_mark_level *level, uint32_t tag)
{
    static const char *const signs[] = {"·", "-", "/", "|", "_", ".", "][", ")(", "】【"};
    MSH_TRY(c->want_literal(c->ctx, level->word, tag));
    size_t first, unused = 0;
    (void)msh_chars_at(level->word, unused, &first);
    for (size_t i = 0; level->n == 2 && i < sizeof signs / sizeof signs[0]; i++) {
        msh_buf b;
        msh_buf_init(&b, 64);
        msh_buf_put_view(&b, msh_view_cut(level->word, 0, first));
        msh_buf_put_str(&b, signs[i]);
        msh_buf_put_view(&b, msh_view_cut(level->word, first, level->word.len));
        msh_view word = msh_arena_copy(c->arena, msh_buf_view(&b));
        msh_err err = msh_buf_err(&b) != MSH_OK || !word.data ? MSH_E_MEMORY : MSH_OK;
        msh_buf_dispose(&b);
        MSH_TRY(err);
        MSH_TRY(c->want_literal(c->ctx, word, tag));
    }
    return MSH_OK;
}

/* find: {kind: mark, levels: [绝密, 机密, 秘密], overlong: false}; these three when `levels` is
 * absent. */
static msh_err mark_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    static const char *const three[] = {"绝密", "机密", "秘密"};
    msh_view standard[3] = {msh_view_str(three[0]), msh_view_str(three[1]), msh_view_str(three[2])};
    msh_view *levels = standard;
    size_t n = 3;
    MSH_TRY(msh_node_words(c, find, "levels", &levels, &n, why));
    mark_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    MSH_TRY(msh_node_bool(c, find, "overlong", &st->overlong, why));
    if (n > MSH_MARK_LEVELS_MOST)
        return c->refuse(c->ctx, msh_node_get(find, "levels"), "密级最多 16 个",
                         "at most 16 levels", why);
    for (size_t i = 0; i < n; i++) {
        if (!msh_mark_level_set(&st->plain.levels[i], levels[i]))
            return c->refuse(c->ctx, msh_node_get(find, "levels"), "密级应为 2 至 8 个字",
                             "a level has 2 to 8 characters", why);
        MSH_TRY(want_level(c, &st->plain.levels[i], (uint32_t)i));
    }
    st->plain.n_levels = n;
    st->loose = st->plain;
    st->loose.loose_star = true;
    MSH_TRY(c->want_literal(c->ctx, MSH_VIEW("★"), TAG_STAR));
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_mark = {
    .name = "mark",
    .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
    .compile = mark_compile,
    .scan = mark_scan,
};
