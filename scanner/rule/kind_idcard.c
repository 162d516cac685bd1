/* kind_idcard.c: identity numbers (GB 11643): 18 and 15 digits, in Chinese numerals, damaged by a
 * spreadsheet, or masked too weakly. domain.md section 5.
 *
 * Checksum, date and province must all be right (a random number passes in 0.002 %); with a wrong
 * check digit the words 身份证 must stand near. One number is for people to look at; the third
 * distinct one of an item makes a list, which blocks. Masked values are no finding. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"
#include "rule/digits.h"

typedef enum id_what { ID_NUMBER, ID_CHINESE, ID_DAMAGED, ID_WEAK } id_what;

typedef struct id_state {
    id_what what;
    uint64_t list; /* distinct numbers that make a list */
} id_state;

typedef struct id_item {
    msh_distinct whole, old; /* 18 and 15 digits */
} id_item;

enum {
    CONTEXT_BEFORE = 120,
    CONTEXT_AFTER = 45,
    ID_LENGTH = 18,
    OLD_LENGTH = 15,
    CERTIFICATE = 20,
    WEAK_HIDDEN = 4
};

static const char *const id_words[] = {"身份证",   "公民身份", "身份号码", "证件号", "身份证明",
                                       "证件编号", "id card",  "idcard",   NULL};
static const char *const other_words[] = {"信用代码", "机构代码", "订单号",   "流水号",
                                          "合同编号", "项目编号", "采购编号", NULL};

static bool id_near(msh_view t, size_t start, size_t end, const char *const *words)
{
    size_t from = start > CONTEXT_BEFORE ? start - CONTEXT_BEFORE : 0;
    return msh_chars_any(t, from, start, words) ||
           msh_chars_any(t, end, end + CONTEXT_AFTER, words);
}

/* --- 18 and 15 digits ---------------------------------------------------------------------------
 */

/* The check character X as people write it, at `at`; its length, 0 when there is none. */
static size_t check_sign(msh_view t, size_t at)
{
    size_t len;
    uint32_t cp = msh_chars_at(t, at, &len);
    bool x = cp == 'x' || cp == 'X' || cp == 0xD7 || cp == 0x425 || cp == 0x445 || cp == 0x3A7 ||
             cp == 0x3C7 || cp == 0x2717 || cp == 0x2715 || cp == 0x2573;
    return x ? len : 0;
}

/* Ways in which the groups of one number are parted; anything else is several numbers. */
static bool is_grouping(msh_view text, const msh_digit_pick *p, size_t digits)
{
    static const char *const ways[] = {"684",   "6444",  "64224",  "3384", "334224",
                                       "33444", "44442", "444411", "6624", "666",
                                       "663",   "644",   "3363"};
    size_t lengths[ID_LENGTH];
    if (p->groups <= 3 || p->groups == digits)
        return true;
    size_t n = msh_digits_groups(text, p, lengths, ID_LENGTH);
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        const char *way = ways[w];
        size_t i = 0, sum = 0;
        while (i < n && way[i] && lengths[i] + sum <= ID_LENGTH) {
            size_t want = (size_t)(way[i] - '0');
            bool last = i + 1 == n; /* the X is no digit, and may be a group of its own */
            if (lengths[i] != want && !(last && digits == 17 && lengths[i] + 1 == want))
                break;
            sum += lengths[i++];
        }
        if (i == n && (way[i] == 0 || digits == 17))
            return true;
    }
    return false;
}

/* What a candidate has become. */
typedef struct id_hit {
    size_t start, end;
    msh_view digits; /* normalised */
    msh_tier tier;
    bool list;
} id_hit;

static msh_err id_report(const id_hit *h, const msh_kind_out *out)
{
    msh_view normal = msh_arena_copy(out->scratch, h->digits);
    msh_view excerpt = msh_mask(out->scratch, h->digits, 2, 3, "*");
    if (!normal.data || !excerpt.data)
        return MSH_E_MEMORY;
    msh_candidate c = {.start = h->start,
                       .end = h->end,
                       .normal = normal,
                       .excerpt = excerpt,
                       .tier = h->tier,
                       .raises = h->list};
    return out->found(out->ctx, &c);
}

static msh_err take18(const id_state *st, id_item *item, msh_view t, const msh_digit_pick *p,
                      const msh_kind_out *out)
{
    unsigned good = msh_digits_id18(p->digits);
    if ((good & (MSH_ID_PROVINCE | MSH_ID_DATE)) != (MSH_ID_PROVINCE | MSH_ID_DATE))
        return MSH_OK;
    if (!(good & MSH_ID_CHECK) && !id_near(t, p->start, p->end, id_words))
        return MSH_OK;
    if (id_near(t, p->start, p->start, other_words) && !id_near(t, p->start, p->end, id_words))
        return MSH_OK;
    id_hit h = {.start = p->start, .end = p->end, .digits = {(const uint8_t *)p->digits, 18}};
    h.list = msh_distinct_add(&item->whole, h.digits) >= st->list;
    h.tier = h.list ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
    return id_report(&h, out);
}

static msh_err take15(const id_state *st, id_item *item, msh_view t, const msh_digit_pick *p,
                      const msh_kind_out *out)
{
    if (!msh_digits_id15(p->digits))
        return MSH_OK;
    bool context = id_near(t, p->start, p->end, id_words);
    if (!context && id_near(t, p->start, p->start, other_words))
        return MSH_OK;
    bool alone = msh_digits_spot(t, p->start, p->end).alone;
    id_hit h = {.start = p->start, .end = p->end, .digits = {(const uint8_t *)p->digits, 15}};
    if (context || alone)
        h.list = msh_distinct_add(&item->old, h.digits) >= st->list && context;
    h.tier = h.list ? MSH_TIER_BLOCK : context || alone ? MSH_TIER_REVIEW : MSH_TIER_INFO;
    return id_report(&h, out);
}

/* The number of a disability certificate: an identity number, kind and degree, perhaps B1 …. */
static msh_err scan_certificate(const id_state *st, id_item *item, msh_view t,
                                const msh_digit_run *run, const msh_kind_out *out)
{
    if (run->digits != CERTIFICATE || run->glued_left || run->end - run->start != CERTIFICATE)
        return MSH_OK;
    const uint8_t *d = t.data + run->start;
    size_t b = run->glued_right && t.data[run->end] == 'b' ? 2 : 0, len;
    if (d[18] < '1' || d[18] > '7' || d[19] < '1' || d[19] > '4' ||
        msh_chars_is_alnum(msh_chars_at(t, run->end + b, &len)))
        return MSH_OK;
    msh_digit_pick p = {.start = run->start, .end = run->start + ID_LENGTH, .groups = 1};
    memcpy(p.digits, d, ID_LENGTH);
    return msh_digits_id18(p.digits) == MSH_ID_ALL ? take18(st, item, t, &p, out) : MSH_OK;
}

/* …and with the check character X the run is 17 digits, X, two digits. */
static bool goes_on_as_certificate(msh_view t, size_t at)
{
    size_t len;
    return at + 1 < t.len && t.data[at] >= '1' && t.data[at] <= '7' && t.data[at + 1] >= '1' &&
           t.data[at + 1] <= '4' && !msh_chars_is_digit(msh_chars_at(t, at + 2, &len));
}

/* Picks of one run. `done`: a place is told once. */
static msh_err scan_run(const id_state *st, id_item *item, msh_view t, const msh_digit_run *run,
                        const msh_kind_out *out)
{
    static const size_t wants[] = {ID_LENGTH, ID_LENGTH - 1, OLD_LENGTH};
    for (size_t w = 0; w < sizeof wants / sizeof wants[0]; w++) {
        msh_digit_pick p;
        for (size_t at = run->start; msh_digits_pick(t, run, wants[w], &at, &p);) {
            if ((p.at_left && run->glued_left) || !is_grouping(t, &p, wants[w]))
                continue;
            if (wants[w] == OLD_LENGTH && p.groups > 1)
                continue;
            if (p.groups == ID_LENGTH - 1 && p.at_right && p.end < t.len && t.data[p.end] == ' ')
                p.end++; /* every character by itself */
            size_t x = wants[w] == ID_LENGTH - 1 && p.at_right ? check_sign(t, p.end) : 0, len;
            if (wants[w] == ID_LENGTH - 1) {
                if (x == 0 || (msh_chars_is_alnum(msh_chars_at(t, p.end + x, &len)) &&
                               !goes_on_as_certificate(t, p.end + x)))
                    continue;
                p.digits[ID_LENGTH - 1] = 'X';
                if (msh_chars_is_alnum(msh_chars_at(t, p.end + x, &len)) &&
                    msh_digits_id18(p.digits) != MSH_ID_ALL)
                    continue;
                p.end += x;
            } else if (p.at_right && run->glued_right) {
                continue;
            }
            MSH_TRY(wants[w] == OLD_LENGTH ? take15(st, item, t, &p, out)
                                           : take18(st, item, t, &p, out));
            at = p.end > at ? p.end : at;
        }
    }
    return MSH_OK;
}

static msh_err scan_numbers(const id_state *st, id_item *item, const msh_kind_text *t,
                            const msh_kind_out *out)
{
    msh_digits all;
    MSH_TRY(msh_digits_of(t, out->scratch, &all));
    for (size_t i = 0; i < all.n; i++)
        if (all.runs[i].digits >= OLD_LENGTH) {
            MSH_TRY(scan_run(st, item, t->text, &all.runs[i], out));
            MSH_TRY(scan_certificate(st, item, t->text, &all.runs[i], out));
        }
    return MSH_OK;
}

/* Parted by a line end (a wrapped line, a narrow column): only what is right in every way, and only
 * where nothing but this number was joined. */
static msh_err scan_joined(const id_state *st, id_item *item, const msh_kind_text *t,
                           const msh_kind_out *out)
{
    msh_digits all;
    MSH_TRY(msh_digits_of(t, out->scratch, &all));
    for (size_t i = 0; i < all.n; i++) {
        const msh_digit_run *run = &all.runs[i];
        msh_digit_pick p;
        size_t at = run->start, from, to;
        size_t x = run->digits == ID_LENGTH - 1 ? check_sign(t->text, run->end) : 0;
        if (run->glued_left || (run->digits != ID_LENGTH && x == 0) ||
            (x == 0 && run->glued_right) || !msh_digits_pick(t->text, run, run->digits, &at, &p))
            continue;
        from = (size_t)msh_map_step(t->to_folded, p.start);
        to = (size_t)msh_map_step(t->to_folded, p.end - 1);
        if (to <= from || !memchr(t->folded->text.data + from, '\n', to - from))
            continue;
        if (x) {
            p.digits[ID_LENGTH - 1] = 'X';
            p.end += x;
        }
        if (msh_digits_id18(p.digits) == MSH_ID_ALL)
            MSH_TRY(take18(st, item, t->text, &p, out));
    }
    return MSH_OK;
}

/* --- the other forms ----------------------------------------------------------------------------
 */

/* 一一〇一〇五一九四九…: the whole run of numerals around a hit. */
static msh_err take_chinese(const id_state *st, id_item *item, msh_view t, msh_literal_hit hit,
                            size_t *done, const msh_kind_out *out)
{
    msh_digit_pick p = {.start = hit.start};
    size_t from, len, n = 0;
    for (unsigned k = 0; k < 20; k++) {
        if (msh_chars_numeral(msh_chars_before(t, p.start, &from)) < 0)
            break;
        p.start = from;
    }
    if (p.start < *done)
        return MSH_OK;
    for (p.end = p.start; n < ID_LENGTH + 2; p.end += len) {
        int v = msh_chars_numeral(msh_chars_at(t, p.end, &len));
        if (v < 0)
            break;
        p.digits[n++] = (char)('0' + v);
    }
    *done = p.end;
    if (n == ID_LENGTH - 1 && check_sign(t, p.end)) {
        p.digits[n++] = 'X';
        p.end += check_sign(t, p.end);
    }
    return n == ID_LENGTH ? take18(st, item, t, &p, out) : MSH_OK;
}

/* 3.30201980010112E+17 */
static msh_err take_damaged(msh_view t, msh_literal_hit hit, const msh_kind_out *out)
{
    size_t start = hit.start, digits = 0, len;
    while (start > 0 && digits < 20 && msh_chars_is_digit(t.data[start - 1]))
        start--, digits++;
    if (digits < 4 || start < 2 || t.data[start - 1] != '.' ||
        !msh_chars_is_digit(t.data[start - 2]))
        return MSH_OK;
    start -= 2;
    if ((start > 0 && (msh_chars_is_alnum(t.data[start - 1]) || t.data[start - 1] == '.')) ||
        msh_chars_is_alnum(msh_chars_at(t, hit.end, &len)) || t.data[start] < '1' ||
        t.data[start] > '8')
        return MSH_OK;
    msh_view text = msh_view_cut(t, start, hit.end - start);
    msh_candidate c = {.start = start,
                       .end = hit.end,
                       .normal = msh_arena_copy(out->scratch, text),
                       .excerpt = msh_mask(out->scratch, text, 1, 4, "*")};
    return c.normal.data && c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

/* 110105194912****2X: the birth date and more is legible, at most four digits are hidden. */
static msh_err take_weak(msh_view t, msh_literal_hit hit, size_t *done, const msh_kind_out *out)
{
    size_t start = hit.start, from, len, n = 0, hidden = 0;
    for (unsigned k = 0; k < 18; k++) {
        uint32_t cp = msh_chars_before(t, start, &from);
        if (!msh_chars_is_digit(cp) && !msh_chars_is_star(cp))
            break;
        start = from;
    }
    if (start < *done)
        return MSH_OK;
    size_t end = start;
    bool date = true;
    for (uint32_t cp; n < 19; n++, end += len) {
        cp = msh_chars_at(t, end, &len);
        bool star = msh_chars_is_star(cp);
        if (!star && !msh_chars_is_digit(cp) && !(n == 17 && check_sign(t, end)))
            break;
        hidden += star;
        date = date && !(star && n >= 6 && n < 14);
    }
    *done = end;
    if (n != 18 || hidden == 0 || hidden > WEAK_HIDDEN || !date ||
        msh_chars_is_alnum(msh_chars_before(t, start, &from)) ||
        msh_chars_is_alnum(msh_chars_at(t, end, &len)))
        return MSH_OK;
    char year[5] = {(char)t.data[start + 6], (char)t.data[start + 7], 0};
    if (strcmp(year, "19") != 0 && strcmp(year, "20") != 0)
        return MSH_OK;
    msh_view text = msh_view_cut(t, start, end - start);
    msh_candidate c = {.start = start,
                       .end = end,
                       .normal = msh_arena_copy(out->scratch, text),
                       .excerpt = msh_mask(out->scratch, text, 2, 3, "*")};
    return c.normal.data && c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

static msh_err id_scan(const void *state, void *item, const msh_kind_text *t,
                       const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    const id_state *st = state;
    size_t done = 0;
    if (t->view == MSH_VIEW_JOINED)
        return st->what == ID_NUMBER ? scan_joined(st, item, t, out) : MSH_OK;
    if (st->what == ID_NUMBER)
        return scan_numbers(st, item, t, out);
    for (size_t i = 0; i < n_hits; i++) {
        if (st->what == ID_CHINESE)
            MSH_TRY(take_chinese(st, item, t->text, hits[i], &done, out));
        else if (st->what == ID_DAMAGED)
            MSH_TRY(take_damaged(t->text, hits[i], out));
        else
            MSH_TRY(take_weak(t->text, hits[i], &done, out));
    }
    return MSH_OK;
}

/* find: {kind: idcard, what: number|chinese|damaged|weak, list: 3} */
static msh_err id_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    static const struct {
        const char *name;
        id_what what;
        const char *literals[8];
    } forms[] = {
        {"number", ID_NUMBER, {NULL}},
        {"chinese", ID_CHINESE, {"一九", "二〇", "二零", "二○", "壹玖", "贰零", "壹九", NULL}},
        {"damaged", ID_DAMAGED, {"e+17", NULL}},
        {"weak", ID_WEAK, {"**", "★★", NULL}}};
    msh_view what = MSH_VIEW("number");
    id_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    st->list = 3;
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    MSH_TRY(msh_node_uint(c, find, "list", (msh_node_range){2, MSH_SEEN_MOST}, &st->list, why));
    *state = st;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!msh_view_eq_str(what, forms[i].name))
            continue;
        st->what = forms[i].what;
        for (const char *const *w = forms[i].literals; *w; w++)
            MSH_TRY(c->want_literal(c->ctx, msh_view_str(*w), 0));
        return MSH_OK;
    }
    return c->refuse(c->ctx, msh_node_get(find, "what"), "应为 number、chinese、damaged 或 weak",
                     "number, chinese, damaged or weak is expected", why);
}

const msh_kind msh_kind_idcard = {
    .name = "idcard",
    .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
    .compile = id_compile,
    .item_size = sizeof(id_item),
    .scan_item = id_scan,
};
