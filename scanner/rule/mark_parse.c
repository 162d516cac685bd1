/* mark_parse.c: see mark_parse.h. All distances are counted in items (a character, or a tag
 * "<…>"), so that an anchor costs the same whatever stands around it. */
#include "rule/mark_parse.h"

enum {
    GAP_ITEMS = 40,     /* blanks, punctuation and tags between the parts of a mark */
    GAP_LETTERS = 2,    /* letters among them */
    GAP_TAG = 64,       /* bytes of a tag */
    EVENT_MOST = 16,    /* characters of a condition */
    STAR_FIRST_GAP = 3, /* items between ★ and what it marks */
    LOOSE_STAR = 2      /* characters that OCR may give for ★ */
};

bool msh_mark_level_set(msh_mark_level *level, msh_view word)
{
    level->word = word;
    level->n = 0;
    size_t at = 0, len;
    while (at < word.len && level->n < MSH_MARK_LEVEL_MOST) {
        level->cp[level->n++] = msh_chars_at(word, at, &len);
        at += len;
    }
    return at == word.len && level->n >= 2;
}

/* --- gaps ---------------------------------------------------------------------------------------
 */

static bool is_black_star(uint32_t cp)
{
    return cp == 0x2605;
}

/* Other signs that stand for the star when a term follows. */
static bool is_weak_star(uint32_t cp)
{
    return cp == '*' || cp == 0x25CF || cp == 0x2606 || cp == 0x25B2 || cp == 0x25B3 ||
           cp == 0x203B || cp == 0x25C6 || cp == 0x25C7 || cp == 0x25CE;
}

static bool is_dot(uint32_t cp)
{
    return cp == 0xB7 || cp == 0x2022 || cp == 0x2027 || cp == 0x30FB || cp == 0x2219 ||
           cp == 0x22C5 || cp == '.' || cp == '-' || cp == '_' || cp == '/' || cp == '|' ||
           cp == 0x2014 || cp == 0x2013 || cp == '~';
}

/* Blanks, brackets, quotes, dashes, control characters: what may stand inside a mark. Not the
 * punctuation of sentences, not stars. */
static bool is_soft(uint32_t cp)
{
    if (cp < 0x80)
        return !msh_chars_is_alnum(cp) && cp != '*' && cp != 0;
    if (msh_chars_is_blank(cp) || is_dot(cp))
        return true;
    return (cp >= 0x3008 && cp <= 0x301B) || (cp >= 0x2018 && cp <= 0x201F) ||
           (cp >= 0xFE30 && cp <= 0xFE44) || cp == 0xFF08 || cp == 0xFF09 || cp == 0xFFFD ||
           cp == 0x2190 || cp == 0x2192;
}

/* How much more may be passed. */
typedef struct gap {
    unsigned items, letters;
    bool had_letters;
    bool inner; /* inside a level: punctuation of sentences, too */
} gap;

static bool may_pass(uint32_t cp, const gap *g)
{
    if (is_soft(cp) || (g->letters && msh_chars_is_alnum(cp)))
        return true;
    return g->inner && (cp == 0x3001 || cp == 0x3002 || cp == 0x2026 || cp == 0xFF0C ||
                        cp == 0xFF1B || cp == 0xFF1A || (cp >= 0x2500 && cp <= 0x257F));
}

/* Behind the tag that begins at `at`, or `at`. */
static size_t pass_tag(msh_view t, size_t at)
{
    for (size_t i = at + 1; i < t.len && i - at < GAP_TAG && t.data[i] != '<'; i++)
        if (t.data[i] == '>')
            return i + 1;
    return at;
}

static size_t pass_tag_back(msh_view t, size_t at)
{
    for (size_t i = at - 1; i-- > 0 && at - i < GAP_TAG && t.data[i] != '>';)
        if (t.data[i] == '<')
            return i;
    return at;
}

/* One item on, or the same place when there is none to pass. */
static size_t pass(msh_view t, size_t at, gap *g)
{
    size_t len;
    uint32_t cp = msh_chars_at(t, at, &len);
    if (len == 0 || g->items == 0)
        return at;
    bool letter = msh_chars_is_alnum(cp);
    if (!may_pass(cp, g))
        return at;
    g->items--;
    if (letter) {
        g->letters--;
        g->had_letters = true;
    }
    size_t tag = cp == '<' ? pass_tag(t, at) : at;
    return tag > at ? tag : at + len;
}

static size_t pass_back(msh_view t, size_t at, gap *g)
{
    size_t start;
    uint32_t cp = msh_chars_before(t, at, &start);
    if (start == at || g->items == 0)
        return at;
    bool letter = msh_chars_is_alnum(cp);
    if (!may_pass(cp, g))
        return at;
    g->items--;
    if (letter) {
        g->letters--;
        g->had_letters = true;
    }
    return cp == '>' ? pass_tag_back(t, at) < at ? pass_tag_back(t, at) : start : start;
}

static size_t skip_soft(msh_view t, size_t at, unsigned items)
{
    gap g = {.items = items};
    for (size_t next; (next = pass(t, at, &g)) != at;)
        at = next;
    return at;
}

/* --- terms --------------------------------------------------------------------------------------
 */

enum { CP_YEAR = 0x5E74, CP_MONTH = 0x6708, CP_DAY = 0x65E5 };

/* Arabic or Chinese number at *at: "10", "三十", "十五", "二十"; 0 when there is none. */
static uint32_t take_number(msh_view t, size_t *at)
{
    size_t len, i = *at;
    uint32_t value = 0, cp;
    unsigned n = 0;
    while (n < 5 && msh_chars_is_digit(cp = msh_chars_at(t, i, &len))) {
        value = value * 10 + (cp - '0');
        i += len, n++;
    }
    if (n > 0) {
        *at = i;
        return n < 5 ? value : 0;
    }
    uint32_t ones = 0;
    for (; n < 5; n++, i += len) {
        cp = msh_chars_at(t, i, &len);
        int v = msh_chars_numeral(cp);
        if (cp == 0x5341 || cp == 0x62FE) { /* 十 */
            value += (ones ? ones : 1) * 10;
            ones = 0;
        } else if (v >= 0) {
            ones = ones * 10 + (uint32_t)v;
        } else if (cp == 0x534A && n == 0) { /* 半年 */
            ones = 1;
        } else {
            break;
        }
    }
    if (n == 0 || n == 5)
        return 0;
    *at = i;
    return value + ones;
}

/* 年 and its older forms. */
static bool is_year(uint32_t cp)
{
    return cp == CP_YEAR || cp == 0x79CA || cp == 0xF995;
}

/* Number and unit. */
static bool take_duration(msh_view t, size_t at, msh_mark *m)
{
    size_t i = at, len;
    uint32_t n = take_number(t, &i);
    if (n == 0 || n > 999)
        return false;
    i = skip_soft(t, i, 2);
    uint32_t unit = msh_chars_at(t, i, &len);
    if (unit == 0x4E2A && msh_chars_at(t, i + len, &len) == CP_MONTH) /* 个月 */
        i += 3;
    else if (unit == 0x5468 && is_year(msh_chars_at(t, i + len, &len))) /* 周年 */
        i += 3, unit = CP_YEAR;
    else if (!is_year(unit) && unit != CP_MONTH && unit != CP_DAY && unit != 0x5929)
        return false;
    (void)msh_chars_at(t, i, &len);
    m->term = MSH_TERM_NUMBER;
    m->number = n;
    m->unit = is_year(unit) ? CP_YEAR : unit;
    m->term_start = at;
    m->term_end = i + len;
    return true;
}

/* One of 年月日 or - . / between the numbers of a date. */
static bool take_date_sign(msh_view t, size_t *at, uint32_t sign)
{
    size_t len;
    uint32_t cp = msh_chars_at(t, *at, &len);
    if (cp != sign && !(sign == CP_YEAR && is_year(cp)) &&
        !(sign != CP_DAY && (cp == '-' || cp == '.' || cp == '/')))
        return false;
    *at += len;
    return true;
}

static bool take_date(msh_view t, size_t at, msh_mark *m)
{
    size_t i = at, len;
    uint32_t year = take_number(t, &i);
    if (year < 1949 || year > 2200 || !take_date_sign(t, &i, CP_YEAR))
        return false;
    size_t end = i;
    uint32_t month = take_number(t, &i);
    if (month >= 1 && month <= 12) {
        end = i;
        if (take_date_sign(t, &i, CP_MONTH)) {
            end = i;
            uint32_t day = take_number(t, &i);
            if (day >= 1 && day <= 31)
                end = i;
        }
        size_t sign = end;
        if (take_date_sign(t, &sign, CP_DAY))
            end = sign;
    }
    uint32_t cp = msh_chars_at(t, end, &len);
    if (cp == 0x524D || cp == 0x6B62 || cp == 0x540E) /* 前 止 后 */
        end += len;
    m->term = MSH_TERM_DATE;
    m->term_start = at;
    m->term_end = end;
    return true;
}

static bool take_forever(msh_view t, size_t at, msh_mark *m)
{
    static const char *const words[] = {"长期", "永久", "无限期"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (msh_chars_has(t, at, msh_view_str(words[i]))) {
            m->term = MSH_TERM_FOREVER;
            m->term_start = at;
            m->term_end = at + strlen(words[i]);
            return true;
        }
    return false;
}

/* 启用前, 正式公布后: letters and digits up to the first 前 or 后. */
static bool take_event(msh_view t, size_t at, msh_mark *m)
{
    size_t i = at, len;
    for (unsigned n = 0; n < EVENT_MOST; n++, i += len) {
        uint32_t cp = msh_chars_at(t, i, &len);
        if (n >= 2 && (cp == 0x524D || cp == 0x540E)) {
            m->term = MSH_TERM_EVENT;
            m->term_start = at;
            m->term_end = i + len;
            return true;
        }
        if (!msh_chars_is_cjk(cp) && !msh_chars_is_digit(cp) && !msh_chars_is_blank(cp))
            return false;
    }
    return false;
}

/* Papers of examinations also write it without a star: 绝密·启用前. */
static bool take_opening(msh_view t, size_t at, msh_mark *m)
{
    static const char *const words[] = {"启用前", "启封前", "开考前", "开启前", "拆封前"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (msh_chars_has(t, at, msh_view_str(words[i]))) {
            m->term = MSH_TERM_EVENT;
            m->term_start = at;
            m->term_end = at + strlen(words[i]);
            return true;
        }
    return false;
}

/* ”三个字后面: prose behind a quoted mark. */
static bool ends_quote(msh_view t, size_t at)
{
    size_t from;
    uint32_t cp = msh_chars_before(t, at, &from);
    return cp == 0x201D || cp == 0x2019 || cp == 0x300D || cp == 0x300F || cp == 0x300B;
}

/* A term at `at`; events only behind a star, where they cannot be prose. */
static bool take_term(msh_view t, size_t at, bool event, msh_mark *m)
{
    size_t i = at;
    static const char *const lead[] = {"至", "到", "保密期限"};
    for (size_t k = 0; k < sizeof lead / sizeof lead[0]; k++)
        if (msh_chars_has(t, i, msh_view_str(lead[k])))
            i = skip_soft(t, i + strlen(lead[k]), 2);
    return take_date(t, i, m) || take_duration(t, i, m) || take_forever(t, i, m) ||
           (event && !ends_quote(t, at) && take_event(t, at, m));
}

void msh_mark_put_term(const msh_mark *m, msh_view text, msh_buf *out)
{
    if (m->term == MSH_TERM_NUMBER) {
        msh_buf_printf(out, "%u", m->number);
        if (m->unit == 0x4E2A || m->unit == CP_MONTH)
            msh_buf_put_str(out, "个月");
        else
            msh_buf_put_utf8(out, m->unit == 0x5929 ? CP_DAY : m->unit);
        return;
    }
    for (size_t i = m->term_start, len; m->term != MSH_TERM_NONE && i < m->term_end; i += len) {
        uint32_t cp = msh_chars_at(text, i, &len);
        if (len == 0)
            break;
        if (!msh_chars_is_blank(cp) && cp != '\n')
            msh_buf_put_utf8(out, cp);
    }
}

/* --- levels -------------------------------------------------------------------------------------
 */

/* Characters that are taken for those of a level when a star and a term follow. */
static bool looks_like(uint32_t have, uint32_t want)
{
    static const uint16_t same[][6] = {
        {0x5BC6, 0x5B93, 0x871C, 0x5BBB, 0x8C27, 0x5627}, /* 密: 宓蜜宻谧嘧 */
        {0x673A, 0x674C, 0x808C, 0x67B3, 0x77F6, 0x53FD}, /* 机: 杌肌枳矶叽 */
        {0x79D8, 0x6CCC, 0x5FC5, 0x79E0, 0x7955, 0},      /* 秘: 泌必秠祕 */
        {0x7EDD, 0x7D55, 0x7D76, 0x8272, 0, 0},           /* 绝: 絕絶色 */
    };
    if (have == want)
        return true;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        for (size_t k = 1; same[i][0] == want && k < 6; k++)
            if (same[i][k] && same[i][k] == have)
                return true;
    return false;
}

/* A character written as its two halves, ending at *at. */
static bool halves_before(msh_view t, size_t *at, uint32_t want)
{
    static const struct {
        uint16_t whole;
        const char *halves;
    } split[] = {{0x673A, "木几"}, {0x79D8, "禾必"}, {0x7EDD, "纟色"},
                 {0x7EDD, "糸色"}, {0x5BC6, "宓山"}, {0x5BC6, "宀必山"}};
    for (size_t i = 0; i < sizeof split / sizeof split[0]; i++)
        if (split[i].whole == want && msh_chars_ends(t, *at, msh_view_str(split[i].halves))) {
            *at -= strlen(split[i].halves);
            return true;
        }
    return false;
}

/* What a mark may be put on, between level and star: 机密文件★10年. Longer words first. */
static bool noun_before(msh_view t, size_t *at)
{
    static const char *const nouns[] = {"级文件", "级资料", "级材料", "级电报", "文件", "资料",
                                        "材料",   "公文",   "电报",   "档案",   "图纸", "载体",
                                        "信息",   "内容",   "事项",   "件"};
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (msh_chars_ends(t, *at, msh_view_str(nouns[i]))) {
            *at -= strlen(nouns[i]);
            return true;
        }
    return false;
}

/* Reading back from a star. */
typedef struct back {
    msh_view text;
    size_t at;
    bool alike; /* look-alike characters are allowed */
    bool disguised;
} back;

/* The level's characters, last first, ending at b->at, gaps between them. */
static bool level_before(const msh_mark_level *level, back *b)
{
    for (unsigned i = level->n; i-- > 0;) {
        gap g = {.items = GAP_ITEMS, .letters = GAP_LETTERS, .inner = i + 1 < level->n};
        for (size_t next; (next = pass_back(b->text, b->at, &g)) != b->at;)
            b->at = next;
        b->disguised |= g.had_letters;
        size_t start;
        uint32_t cp = msh_chars_before(b->text, b->at, &start);
        if (i + 1 == level->n && cp == 0x7EA7 && level->n == 2) { /* 级 between level and star */
            b->at = start;
            cp = msh_chars_before(b->text, b->at, &start);
        }
        if (cp != level->cp[i]) {
            if (!b->alike)
                return false;
            b->disguised = true;
            if (halves_before(b->text, &b->at, level->cp[i]))
                continue;
            if (!looks_like(cp, level->cp[i]))
                return false;
        }
        b->at = start;
    }
    return true;
}

/* The level's characters in reading order at `at`. */
static size_t level_after(const msh_mark_level *level, msh_view t, size_t at)
{
    for (unsigned i = 0; i < level->n; i++) {
        at = i ? skip_soft(t, at, 2) : at;
        size_t len;
        if (msh_chars_at(t, at, &len) != level->cp[i])
            return 0;
        at += len;
    }
    return at;
}

/* The level before a star, where `from` is; a term behind it allows look-alikes and a noun. */
static bool level_of_star(const msh_mark_grammar *g, msh_view t, size_t from, msh_mark *m)
{
    bool term = m->term != MSH_TERM_NONE;
    for (int alike = 0; alike <= term; alike++)
        for (size_t i = 0; i < g->n_levels; i++) {
            back b = {.text = t, .at = from, .alike = alike};
            if (!level_before(&g->levels[i], &b) || (b.disguised && !term))
                continue;
            m->start = b.at;
            m->level = i;
            m->disguised = b.disguised;
            return true;
        }
    return false;
}

static bool before_star(const msh_mark_grammar *g, msh_view t, size_t star, size_t star_end,
                        msh_mark *out)
{
    size_t len, end = star_end;
    uint32_t next = msh_chars_at(t, end, &len);
    if (is_black_star(next) || next == 0x25B2) /* 核心商密★▲ */
        end += len;
    msh_mark m = {.form = MSH_MARK_STAR, .end = end};
    (void)take_term(t, skip_soft(t, end, GAP_ITEMS), true, &m);
    if (m.term != MSH_TERM_NONE)
        m.end = m.term_end;
    else if (end > star_end && next != 0x25B2) /* ★★★: a rating */
        return false;
    bool found = level_of_star(g, t, star, &m);
    if (!found && m.term != MSH_TERM_NONE && m.term != MSH_TERM_EVENT) {
        size_t noun = star;
        found = noun_before(t, &noun) && level_of_star(g, t, noun, &m);
        m.disguised = true;
    }
    if (found)
        *out = m;
    return found;
}

/* Where "10年" begins that ends at `at`; `at` itself when there is none. */
static size_t term_before(msh_view t, size_t at)
{
    size_t from, digits;
    uint32_t cp = msh_chars_before(t, at, &from);
    if (!is_year(cp) && cp != CP_MONTH)
        return at;
    for (digits = from;; from = digits) {
        cp = msh_chars_before(t, from, &digits);
        if (!msh_chars_is_digit(cp) && msh_chars_numeral(cp) < 0 && cp != 0x5341)
            return from;
    }
}

/* ★机密, ★机密10年, ★10年机密, 10年★机密. */
static bool after_star(const msh_mark_grammar *g, msh_view t, size_t star, size_t star_end,
                       msh_mark *out)
{
    size_t before;
    if (is_black_star(msh_chars_before(t, star, &before)))
        return false;
    size_t at = skip_soft(t, star_end, STAR_FIRST_GAP);
    msh_mark m = {.form = MSH_MARK_FIRST, .start = term_before(t, star)};
    bool lead = take_term(t, at, false, &m);
    if (lead)
        at = skip_soft(t, m.term_end, GAP_ITEMS);
    for (size_t i = 0; i < g->n_levels; i++) {
        size_t end = level_after(&g->levels[i], t, at);
        if (!end)
            continue;
        m.level = i;
        m.end = end;
        if (!lead && take_term(t, skip_soft(t, end, STAR_FIRST_GAP), false, &m))
            m.end = m.term_end;
        *out = m;
        return true;
    }
    return false;
}

/* 年01★密机: the mark backwards. */
static bool backwards(const msh_mark_grammar *g, msh_view t, size_t star, size_t star_end,
                      msh_mark *out)
{
    size_t s, len;
    uint32_t cp = msh_chars_before(t, skip_soft(t, star, 0), &s);
    bool number = msh_chars_is_digit(cp), forever = cp == 0x957F; /* 期长 */
    if (!number && !forever && msh_chars_numeral(cp) < 0 && cp != 0x5341)
        return false;
    for (unsigned n = 0; n < 4 && cp != CP_YEAR && cp != 0x671F; n++)
        cp = msh_chars_before(t, s, &s);
    if (cp != CP_YEAR && cp != 0x671F && cp != CP_MONTH)
        return false;
    for (size_t i = 0; i < g->n_levels; i++) {
        const msh_mark_level *l = &g->levels[i];
        size_t at = skip_soft(t, star_end, 2);
        unsigned k = l->n;
        while (k > 0 && msh_chars_at(t, at, &len) == l->cp[k - 1])
            at = skip_soft(t, at + len, k > 1 ? 2 : 0), k--;
        if (k == 0) {
            *out = (msh_mark){.form = MSH_MARK_STAR, .start = s, .end = at, .level = i};
            out->disguised = true;
            return true;
        }
    }
    return false;
}

bool msh_mark_at_star(const msh_mark_grammar *g, msh_view text, size_t at, msh_mark *out)
{
    size_t len;
    if (!is_black_star(msh_chars_at(text, at, &len)))
        return false;
    return before_star(g, text, at, at + len, out) || after_star(g, text, at, at + len, out) ||
           backwards(g, text, at, at + len, out);
}

/* --- without a star -----------------------------------------------------------------------------
 */

/* What stands between level and term in place of the star; where the term may begin, 0 = no. */
static size_t weak_star(msh_view t, size_t at, msh_mark *m)
{
    size_t len, i = at;
    for (unsigned n = 0; n < GAP_ITEMS; n++, i += len) {
        uint32_t cp = msh_chars_at(t, i, &len);
        if (is_weak_star(cp) && m->form != MSH_MARK_STAR)
            m->form = MSH_MARK_STAR;
        else if (is_dot(cp) && m->form == MSH_MARK_BARE)
            m->form = MSH_MARK_DOT;
        else if (!is_soft(cp) && !(cp == 0xFF1A || cp == 0xFF0C))
            break;
    }
    return i;
}

bool msh_mark_at_level(const msh_mark_grammar *g, msh_view text, size_t start, size_t end,
                       size_t level, msh_mark *out)
{
    size_t len, at = end;
    if (msh_chars_at(text, at, &len) == 0x7EA7) /* 级 */
        at += len;
    msh_mark m = {.form = MSH_MARK_BARE, .start = start, .end = end, .level = level};
    size_t term = weak_star(text, at, &m);
    if (is_black_star(msh_chars_at(text, term, &len)))
        return false;
    bool found = take_term(text, term, m.form == MSH_MARK_STAR, &m) ||
                 (m.form != MSH_MARK_STAR && take_opening(text, term, &m));
    for (unsigned n = 0; !found && g->loose_star && n < LOOSE_STAR; n++) {
        (void)msh_chars_at(text, term, &len);
        if (len == 0 || text.data[term] == '\n')
            break;
        term += len;
        found = take_term(text, skip_soft(text, term, 2), false, &m);
        m.form = found ? MSH_MARK_STAR : m.form;
        m.disguised = m.loose = found;
    }
    bool months = m.term == MSH_TERM_NUMBER && (m.unit == CP_MONTH || m.unit == CP_DAY);
    if (found && m.form != MSH_MARK_STAR && (months || m.term == MSH_TERM_DATE))
        found = false; /* a date in prose beside the word */
    if (found)
        m.end = m.term_end;
    else
        m = (msh_mark){.form = MSH_MARK_LEVEL, .start = start, .end = end, .level = level};
    m.level_end = end;
    *out = m;
    return true;
}
