/* kind_uscc.c: unified social credit codes (GB 32100-2015): 18 characters of 0-9 A-H J-N P-R T U W
 * X Y, weights 3^i mod 31. Public data; found so that a reader sees what a long number is. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"

enum { CODE = 18 };

/* Value of a folded character, -1 for none. */
static int code_value(uint8_t c)
{
    static const char alphabet[] = "0123456789abcdefghjklmnpqrtuwxy";
    const char *p = c ? strchr(alphabet, c) : NULL;
    return p ? (int)(p - alphabet) : -1;
}

static bool is_alnum_at(msh_view t, size_t at)
{
    return at < t.len && msh_chars_is_alnum(t.data[at]);
}

/* Authority and kind of body (two characters), then six digits of GB/T 2260, then the check. */
static bool is_code(const uint8_t *p)
{
    static const uint8_t weights[] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                      29, 25, 13, 8,  24, 10, 30, 28};
    if (!strchr("159any", p[0]) || !strchr("123459", p[1]))
        return false;
    for (size_t i = 2; i < 8; i++)
        if (!msh_chars_is_digit(p[i]))
            return false;
    unsigned sum = 0;
    for (size_t i = 0; i < CODE - 1; i++) {
        int v = code_value(p[i]);
        if (v < 0)
            return false;
        sum += weights[i] * (unsigned)v;
    }
    return code_value(p[CODE - 1]) == (int)((31 - sum % 31) % 31);
}

static msh_err uscc_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                         size_t n_hits, const msh_kind_out *out)
{
    (void)state;
    for (size_t i = 0; i < n_hits; i++) {
        size_t at = hits[i].end, len, from;
        /* 统一社会信用代码（税号）：9133… */
        for (unsigned n = 0; n < 12 && at < t->text.len; n++, at += len) {
            uint32_t cp = msh_chars_at(t->text, at, &len);
            if (msh_chars_is_alnum(cp) || cp == '\n')
                break;
        }
        if (at + CODE > t->text.len || is_alnum_at(t->text, at + CODE) ||
            msh_chars_is_alnum(msh_chars_before(t->text, at, &from)) || !is_code(t->text.data + at))
            continue;
        msh_view code = msh_view_cut(t->text, at, CODE);
        msh_candidate c = {.start = at,
                           .end = at + CODE,
                           .normal = msh_arena_copy(out->scratch, code),
                           .excerpt = msh_mask(out->scratch, code, 8, 4, "*"),
                           .tier = MSH_TIER_INFO};
        if (!c.normal.data || !c.excerpt.data)
            return MSH_E_MEMORY;
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

/* find: {kind: uscc}: behind the words that name it. */
static msh_err uscc_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    static const char *const names[] = {"信用代码", "税号", "纳税人识别号", "信用代码证号"};
    (void)find;
    (void)why;
    *state = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        MSH_TRY(c->want_literal(c->ctx, msh_view_str(names[i]), 0));
    return MSH_OK;
}

const msh_kind msh_kind_uscc = {
    .name = "uscc",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = uscc_compile,
    .scan = uscc_scan,
};
