/* kind_mobile.c: mobile numbers: 1[3-9] and nine digits, also parted 3-4-4, with +86, full-width.
 * domain.md section 5.
 *
 * Contact numbers of an office are lawful to publish: near 联系人, 举报 and the like up to three of
 * an item are INFO. A number by itself on a line or in a cell is REVIEW, in running text INFO. Five
 * rows that name a person each make a list, which blocks. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"
#include "rule/digits.h"

enum {
    MOBILE = 11,
    CONTEXT_BEFORE = 90,
    LINE_BEFORE = 60,
    OFFICE_MOST = 3,
    NAME_BEFORE = 60,
    TABLE_BEFORE = 3000,
    TABLE_STEP = 1024,
    TEXT_MARKUP = 4, /* MSH_TEXT_MARKUP of extract.h, a folder of the same floor */
    LABEL_MOST = 6   /* letters of a label or a name */
};

typedef struct mobile_state {
    uint64_t rows; /* that make a list */
    bool chinese;  /* what: chinese */
} mobile_state;

typedef struct mobile_item {
    msh_distinct office, rows;
    size_t known_from, known_to; /* lines for which office_table is known */
    bool office_table;
    bool markup; /* the text is source as written, beside a parsed one that counts contacts */
} mobile_item;

/* --- the number ---------------------------------------------------------------------------------
 */

/* 86 before the number, as a group of its own or glued to it; the pick begins at the number then.
 */
static bool strip_country(msh_view t, const msh_digit_pick *p, size_t *start)
{
    size_t from = p->start;
    uint32_t cp = msh_chars_before(t, from, &from);
    size_t zero = p->digits[0] == '0' ? 2 : 0; /* 0086 */
    if (strncmp(p->digits + zero, "86", 2) != 0 || (zero == 0 && cp != '+' && cp != 0xFF0B))
        return false;
    size_t left = p->groups > 1 ? 0 : zero + 2;
    *start = p->start + left;
    return left > 0;
}

/* Where a number with its +86 begins. */
static size_t with_country(msh_view t, size_t start)
{
    size_t at = start;
    if (at > 0 && (t.data[at - 1] == '-' || t.data[at - 1] == ' '))
        at--;
    if (!msh_chars_ends(t, at, MSH_VIEW("86")))
        return start;
    at -= 2;
    if (msh_chars_ends(t, at, MSH_VIEW("00")))
        at -= 2;
    return msh_chars_ends(t, at, MSH_VIEW("+")) ? at - 1 : at;
}

static bool is_grouping(msh_view text, const msh_digit_pick *p)
{
    static const char *const ways[] = {"344", "443",  "335", "3233", "3332",
                                       "38",  "3224", "74",  "47"};
    size_t lengths[MOBILE + 1];
    if (p->groups == 1)
        return true;
    if (!msh_digits_parted_by(text, p, " ") && !msh_digits_parted_by(text, p, "-") &&
        !msh_digits_parted_by(text, p, "."))
        return false;
    if (p->groups == MOBILE)
        return true;
    size_t n = msh_digits_groups(text, p, lengths, MOBILE);
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        size_t i = 0;
        while (i < n && ways[w][i] && lengths[i] == (size_t)(ways[w][i] - '0'))
            i++;
        if (i == n && ways[w][i] == 0)
            return true;
    }
    return false;
}

/* The group before the pick belongs to it: 0574-13800138000 is no mobile number, 86-138… is one. */
static bool foreign_before(msh_view t, const msh_digit_run *run, const msh_digit_pick *p)
{
    if (p->at_left)
        return run->glued_left;
    size_t at = p->start - 1, n = 0;
    bool hyphen = t.data[at] == '-';
    while (at > run->start && msh_chars_is_digit(t.data[at - 1]))
        at--, n++;
    bool country = n >= 2 && t.data[at + n - 1] == '6' && t.data[at + n - 2] == '8';
    return hyphen && !country;
}

/* --- what stands around -------------------------------------------------------------------------
 */

static const char *const office[] = {
    "联系人", "联系电话", "联系方式", "举报",   "咨询", "热线",   "监督",   "服务", "客服",
    "传真",   "办公",     "值班",     "经办人", "负责", "受理",   "报名",   "投诉", "查询",
    "维修",   "抢修",     "救援",     "招标",   "代理", "采购人", "网格员", "河长", NULL};

static bool near_office(msh_view t, const msh_digit_spot *s, size_t start)
{
    size_t from = start - s->line_start > CONTEXT_BEFORE ? start - CONTEXT_BEFORE : s->line_start;
    if (msh_chars_any(t, from, start, office))
        return true;
    if (s->line_start == 0) /* the line before ends with 联系电话： */
        return false;
    size_t before = s->line_start > LINE_BEFORE ? s->line_start - LINE_BEFORE : 0;
    size_t last = msh_chars_skip_blanks_back(t, s->line_start - 1, before), c;
    uint32_t cp = msh_chars_before(t, last, &c);
    return (cp == ':' || cp == 0xFF1A) && msh_chars_any(t, before, last, office);
}

/* A list of contacts that an office publishes: its heads or title say so, and nothing says that the
 * people in it are the ones cared for. */
static bool in_office_table(msh_view t, size_t line)
{
    static const char *const contacts[] = {"网格员",   "网格长",   "河长",     "联络员", "值班",
                                           "窗口",     "办公电话", "联系人",   "职务",   "公开联系",
                                           "对外公布", "服务电话", "公开电话", NULL};
    static const char *const people[] = {"低保",   "补贴", "补助", "救助", "学生", "困难",
                                         "身份证", "名册", "报名", "患者", "残疾", "资助",
                                         "参会",   "参训", "慰问", "银行", NULL};
    size_t from = line > TABLE_BEFORE ? line - TABLE_BEFORE : 0;
    return msh_chars_any(t, from, line, contacts) && !msh_chars_any(t, from, line, people);
}

/* The same, looked up once for the lines of a KiB: long lists stay linear. */
static bool knows_office_table(mobile_item *item, msh_view t, size_t line)
{
    if (line < item->known_from || line >= item->known_to) {
        item->office_table = in_office_table(t, line);
        item->known_from = line;
        item->known_to = line + TABLE_STEP;
    }
    return item->office_table;
}

/* A word of two to four Han letters that stands by itself before the number on its line: a name. */
static bool has_name(msh_view t, const msh_digit_spot *s, size_t start)
{
    size_t floor = start - s->line_start > NAME_BEFORE ? start - NAME_BEFORE : s->line_start;
    size_t at = start, from, n = 0;
    while (at > floor) {
        uint32_t cp = msh_chars_before(t, at, &from);
        if (msh_chars_is_cjk(cp)) {
            n++;
        } else {
            bool blank_inside = n == 1 && cp == ' '; /* 张 三 */
            if (n >= 2 && n <= 4)
                return true;
            if (!blank_inside)
                n = 0;
        }
        at = from;
    }
    return floor == s->line_start && n >= 2 && n <= 4;
}

/* Nothing on the line but a label or a name, and the number: 手机：138…, 张三138…, 138…(手机). */
static bool is_labelled(msh_view t, const msh_digit_spot *s, size_t start, size_t end)
{
    size_t letters = 0, len;
    for (size_t at = s->line_start; at < s->line_end; at += len) {
        if (at == start)
            at = end;
        uint32_t cp = msh_chars_at(t, at, &len);
        if (at >= s->line_end)
            break;
        if (msh_chars_is_cjk(cp) || msh_chars_is_alnum(cp))
            letters++;
        else if (cp == 0x3002 || cp == 0xFF0C || cp == ',' || cp == 0x3001)
            return false;
    }
    return letters <= LABEL_MOST;
}

/* The line before belongs to the same contact: 联系人：张三. */
static bool follows_contact(msh_view t, const msh_digit_spot *s)
{
    size_t before = s->line_start > LINE_BEFORE ? s->line_start - LINE_BEFORE : 0;
    return msh_chars_any(t, before, s->line_start, office);
}

static msh_tier judge(const mobile_state *st, mobile_item *item, msh_view t, size_t start,
                      size_t end, msh_view digits, bool *list)
{
    start = with_country(t, start);
    msh_digit_spot s = msh_digits_spot(t, start, end);
    if (s.alone && has_name(t, &s, start) && knows_office_table(item, t, s.line_start))
        return MSH_TIER_INFO;
    if (near_office(t, &s, start) && item->markup)
        return MSH_TIER_INFO;
    if (near_office(t, &s, start))
        return msh_distinct_add(&item->office, digits) <= OFFICE_MOST ? MSH_TIER_INFO
                                                                      : MSH_TIER_REVIEW;
    if (!s.alone) {
        size_t blank = msh_chars_skip_blanks_back(t, start, s.line_start);
        size_t right = msh_chars_skip_blanks(t, end);
        bool row = start > blank && blank > s.line_start && right >= s.line_end;
        bool label = is_labelled(t, &s, start, end);
        if (label && !row)
            return follows_contact(t, &s) ? MSH_TIER_INFO : MSH_TIER_REVIEW;
        if (!row) /* running text, unless "张三 138…" fills the line */
            return MSH_TIER_INFO;
    }
    if (has_name(t, &s, start) && msh_distinct_add(&item->rows, digits) >= st->rows) {
        *list = true;
        return MSH_TIER_BLOCK;
    }
    return s.alone ? MSH_TIER_REVIEW : MSH_TIER_INFO;
}

static msh_err report(const mobile_state *st, mobile_item *item, msh_view t,
                      const msh_digit_pick *p, const msh_kind_out *out)
{
    msh_view digits = {(const uint8_t *)p->digits, MOBILE};
    msh_candidate c = {.start = p->start,
                       .end = p->end,
                       .normal = msh_arena_copy(out->scratch, digits),
                       .excerpt = msh_mask(out->scratch, digits, 3, 4, "*")};
    if (!c.normal.data || !c.excerpt.data)
        return MSH_E_MEMORY;
    c.tier = judge(st, item, t, p->start, p->end, digits, &c.raises);
    return out->found(out->ctx, &c);
}

/* --- scanning -----------------------------------------------------------------------------------
 */

static msh_err scan_run(const mobile_state *st, mobile_item *item, msh_view t,
                        const msh_digit_run *run, const msh_kind_out *out)
{
    static const size_t wants[] = {MOBILE, MOBILE + 2, MOBILE + 4}; /* alone, 86, 0086 */
    for (size_t w = 0; w < sizeof wants / sizeof wants[0]; w++) {
        msh_digit_pick p;
        for (size_t at = run->start; msh_digits_pick(t, run, wants[w], &at, &p);) {
            if (p.at_right && run->glued_right)
                continue;
            if (wants[w] > MOBILE) {
                if (p.groups > 1 || (p.at_left && run->glued_left) ||
                    !strip_country(t, &p, &p.start))
                    continue;
                memmove(p.digits, p.digits + wants[w] - MOBILE, MOBILE + 1);
            } else if (foreign_before(t, run, &p) || !is_grouping(t, &p)) {
                continue;
            }
            if (!msh_digits_mobile(p.digits))
                continue;
            MSH_TRY(report(st, item, t, &p, out));
            at = p.end > at ? p.end : at;
        }
    }
    return MSH_OK;
}

/* 一三八〇〇一三八〇〇〇: who writes a number so does not want it to be found. */
static msh_err scan_chinese(msh_view t, const msh_literal_hit *hits, size_t n_hits,
                            const msh_kind_out *out)
{
    size_t done = 0, from, len;
    for (size_t i = 0; i < n_hits; i++) {
        size_t at = hits[i].start, n = 0;
        if (at < done || msh_chars_numeral(msh_chars_before(t, at, &from)) >= 0)
            continue;
        char digits[MOBILE + 1] = "";
        for (int v; n <= MOBILE && (v = msh_chars_numeral(msh_chars_at(t, at, &len))) >= 0;
             at += len, n++)
            if (n < MOBILE)
                digits[n] = (char)('0' + v);
        done = at;
        if (n != MOBILE || !msh_digits_mobile(digits))
            continue;
        msh_view number = {(const uint8_t *)digits, MOBILE};
        msh_candidate c = {.start = hits[i].start,
                           .end = at,
                           .normal = msh_arena_copy(out->scratch, number),
                           .excerpt = msh_mask(out->scratch, number, 3, 4, "*")};
        if (!c.normal.data || !c.excerpt.data)
            return MSH_E_MEMORY;
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

static msh_err mobile_scan(const void *state, void *item, const msh_kind_text *t,
                           const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    const mobile_state *st = state;
    if (st->chinese)
        return scan_chinese(t->text, hits, n_hits, out);
    msh_digits all;
    mobile_item *it = item;
    it->markup = t->from->flags & TEXT_MARKUP;
    it->known_from = it->known_to = 0;
    MSH_TRY(msh_digits_of(t, out->scratch, &all));
    for (size_t i = 0; i < all.n; i++)
        MSH_TRY(scan_run(state, item, t->text, &all.runs[i], out));
    return MSH_OK;
}

/* Any two numerals of the beginning: 一三 … 壹玖, 幺八. */
static msh_err want_chinese(const msh_kind_compile *c)
{
    static const char *const ones[] = {"一", "壹", "幺"};
    static const char *const seconds[] = {"三", "四", "五", "六", "七", "八", "九",
                                          "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
    for (size_t i = 0; i < sizeof ones / sizeof ones[0]; i++)
        for (size_t k = 0; k < sizeof seconds / sizeof seconds[0]; k++) {
            char word[8];
            size_t n = strlen(ones[i]);
            memcpy(word, ones[i], n);
            memcpy(word + n, seconds[k], 3);
            msh_view kept = msh_arena_copy(c->arena, (msh_view){(const uint8_t *)word, n + 3});
            if (!kept.data)
                return MSH_E_MEMORY;
            MSH_TRY(c->want_literal(c->ctx, kept, 0));
        }
    return MSH_OK;
}

/* find: {kind: mobile, what: number|chinese, rows: 5} */
static msh_err mobile_compile(const msh_kind_compile *c, msh_node *find, void **state,
                              msh_error *why)
{
    mobile_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    msh_view what = MSH_VIEW("number");
    st->rows = 5;
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    st->chinese = msh_view_eq_str(what, "chinese");
    if (!st->chinese && !msh_view_eq_str(what, "number"))
        return c->refuse(c->ctx, msh_node_get(find, "what"), "应为 number 或 chinese",
                         "number or chinese is expected", why);
    MSH_TRY(msh_node_uint(c, find, "rows", (msh_node_range){2, MSH_SEEN_MOST}, &st->rows, why));
    *state = st;
    return st->chinese ? want_chinese(c) : MSH_OK;
}

const msh_kind msh_kind_mobile = {
    .name = "mobile",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = mobile_compile,
    .item_size = sizeof(mobile_item),
    .scan_item = mobile_scan,
};
