/* kind_bankcard.c: bank card and account numbers: 13 to 19 digits, Luhn (ISO/IEC 7812-1), also
 * parted in fours. domain.md section 5.
 *
 * Luhn alone passes one number in ten, so that a card begins with 62 or stands near 卡号, 一卡通.
 * Accounts of offices and firms are published lawfully: near 开户名称, 公司 a number is INFO. The
 * third distinct card of an item makes a list, which blocks. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"
#include "rule/digits.h"

enum { CARD_LEAST = 13, CARD_MOST = 19, UNION_LEAST = 16, CONTEXT = 90 };

typedef struct card_state {
    uint64_t list;
} card_state;

static const char *const card_words[] = {"卡号",   "银行卡", "一卡通", "储蓄卡", "借记卡",
                                         "信用卡", "社保卡", "工资卡", "存折",   NULL};
static const char *const account_words[] = {"账号",   "帐号",     "账户", "帐户",
                                            "开户行", "开户银行", NULL};
static const char *const firm_words[] = {"开户名", "公司", "收款单位", "户名",   "财政", "中心",
                                         "保证金", "代码", "订单",     "流水号", NULL};

/* Fours with a rest, 6-13 and the like; not every number of a table beside the next. */
static bool is_grouping(msh_view text, const msh_digit_pick *p, size_t digits)
{
    size_t lengths[CARD_MOST + 1];
    if (p->groups == 1)
        return true;
    /* decimals, dates and versions are parted otherwise */
    if (!msh_digits_parted_by(text, p, " -"))
        return false;
    if (p->groups == digits)
        return true;
    size_t n = msh_digits_groups(text, p, lengths, CARD_MOST);
    if (n == 2)
        return lengths[0] == 6;
    for (size_t i = 0; i + 1 < n; i++)
        if (lengths[i] != 4)
            return n == 3 && digits == 15 && lengths[0] == 4 && lengths[1] == 6;
    return lengths[n - 1] <= 4;
}

static bool is_identity(const char *digits, size_t n)
{
    return n == 18 && msh_digits_id18(digits) == MSH_ID_ALL;
}

/* All the same digit, or a run of zeros: a placeholder. */
static bool is_filler(const char *digits, size_t n)
{
    size_t same = 1;
    for (size_t i = 1; i < n; i++)
        same += digits[i] == digits[0];
    return same == n;
}

static msh_tier judge(const card_state *st, msh_distinct *seen, msh_view t, const msh_digit_pick *p,
                      size_t n)
{
    msh_digit_spot s = msh_digits_spot(t, p->start, p->end);
    size_t from = p->start - s.line_start > CONTEXT ? p->start - CONTEXT : s.line_start;
    bool card = msh_chars_any(t, from, p->start, card_words);
    bool account = msh_chars_any(t, from, p->start, account_words);
    bool firm = msh_chars_any(t, from, p->start, firm_words);
    bool union_pay = n >= UNION_LEAST && p->digits[0] == '6' && p->digits[1] == '2';
    if (!card && !account && !union_pay)
        return 0;
    if (firm || (account && !card && !union_pay))
        return MSH_TIER_INFO;
    msh_view digits = {(const uint8_t *)p->digits, n};
    return msh_distinct_add(seen, digits) >= st->list ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
}

static msh_err scan_run(const card_state *st, msh_distinct *seen, msh_view t,
                        const msh_digit_run *run, const msh_kind_out *out)
{
    for (size_t n = CARD_MOST; n >= CARD_LEAST; n--) {
        msh_digit_pick p;
        for (size_t at = run->start; msh_digits_pick(t, run, n, &at, &p);) {
            if ((p.at_left && run->glued_left) || (p.at_right && run->glued_right) ||
                !is_grouping(t, &p, n) || !msh_digits_luhn(p.digits, n) ||
                is_identity(p.digits, n) || is_filler(p.digits, n))
                continue;
            msh_view digits = {(const uint8_t *)p.digits, n};
            msh_candidate c = {.start = p.start,
                               .end = p.end,
                               .normal = msh_arena_copy(out->scratch, digits),
                               .excerpt = msh_mask(out->scratch, digits, 4, 4, "*"),
                               .tier = judge(st, seen, t, &p, n)};
            if (!c.normal.data || !c.excerpt.data)
                return MSH_E_MEMORY;
            c.raises = c.tier == MSH_TIER_BLOCK;
            if (c.tier)
                MSH_TRY(out->found(out->ctx, &c));
            at = p.end > at ? p.end : at;
        }
    }
    return MSH_OK;
}

static msh_err card_scan(const void *state, void *item, const msh_kind_text *t,
                         const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    (void)hits;
    (void)n_hits;
    msh_digits all;
    MSH_TRY(msh_digits_of(t, out->scratch, &all));
    for (size_t i = 0; i < all.n; i++)
        if (all.runs[i].digits >= CARD_LEAST)
            MSH_TRY(scan_run(state, item, t->text, &all.runs[i], out));
    return MSH_OK;
}

/* find: {kind: bankcard, list: 3} */
static msh_err card_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    card_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    st->list = 3;
    MSH_TRY(msh_node_uint(c, find, "list", (msh_node_range){2, MSH_SEEN_MOST}, &st->list, why));
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_bankcard = {
    .name = "bankcard",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = card_compile,
    .item_size = sizeof(msh_distinct),
    .scan_item = card_scan,
};
