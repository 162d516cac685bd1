/* say.c: sentences and small words of reports. */
#include "report/say.h"

#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const messages[MSG_COUNT][2] = {
#define MSG(id, zh, en) {zh, en},
#include "report/messages.def"
#undef MSG
};

const msh_verdict msh_verdicts_by_gravity[4] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED,
                                                MSH_VERDICT_REVIEW, MSH_VERDICT_PASS};

const char *msh_say(msh_message m, msh_lang lang)
{
    return (unsigned)m < MSG_COUNT ? messages[m][lang == MSH_LANG_EN] : "?";
}

void msh_say_put(msh_buf *out, msh_message m, msh_lang lang, uint64_t n, const char *a,
                 const char *b)
{
    for (const char *p = msh_say(m, lang); *p; p++) {
        if (p[0] != '{' || p[1] == '\0' || p[2] != '}') {
            msh_buf_put_byte(out, (uint8_t)*p);
            continue;
        }
        if (p[1] == 'n')
            msh_buf_printf(out, "%" PRIu64, n);
        else if (p[1] == 'a' && a)
            msh_buf_put_str(out, a);
        else if (p[1] == 'b' && b)
            msh_buf_put_str(out, b);
        p += 2;
    }
}

typedef struct advice_row {
    const char *reason;
    msh_message text;
} advice_row;

static const advice_row advices[] = {
#define ADVICE(reason, id) {reason, MSG_##id},
#include "report/advices.def"
#undef ADVICE
};

msh_message msh_say_advice(msh_view reason)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        msh_view row = msh_view_str(advices[i].reason);
        bool begins = row.data[row.len - 1] == '.';
        if (begins ? msh_view_starts(reason, row) : msh_view_eq(reason, row))
            return advices[i].text;
    }
    return MSG_NEXT_MISSING;
}

msh_view msh_say_category(msh_view category, msh_lang lang)
{
    static const struct {
        const char *zh, *en;
    } rows[] = {
#define MSH_CATEGORY(zh, en) {zh, en},
#include "report/categories.def"
#undef MSH_CATEGORY
    };
    for (size_t i = 0; lang == MSH_LANG_EN && i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(category, rows[i].zh))
            return msh_view_str(rows[i].en);
    return category;
}

void msh_say_size(uint64_t bytes, char out[32])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t u = 0;
    uint64_t tenths = bytes > UINT64_MAX / 10 ? UINT64_MAX : bytes * 10;
    while (tenths >= 10240 && u < 4) {
        tenths /= 1024;
        u++;
    }
    if (u == 0)
        (void)snprintf(out, 32, "%" PRIu64 " B", bytes);
    else
        (void)snprintf(out, 32, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[u]);
}

void msh_say_time(const char *utc, char out[32])
{
    if (strlen(utc) >= 16 && utc[10] == 'T')
        (void)snprintf(out, 32, "%.10s %.5s UTC", utc, utc + 11);
    else
        (void)snprintf(out, 32, "%.31s", utc);
}

const char *msh_say_reason(msh_view reason, msh_lang lang)
{
    static const char *const names[] = {
#define MSH_REASON(id, name, outcome, zh, en) name,
#include <mishen/reasons.def>
#undef MSH_REASON
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (msh_view_eq_str(reason, names[i]))
            return msh_reason_text(names[i], lang);
    return msh_say(MSG_REASON_UNKNOWN, lang);
}

msh_verdict msh_say_verdict_of(msh_tier t)
{
    return t == MSH_TIER_BLOCK    ? MSH_VERDICT_BLOCK
           : t == MSH_TIER_REVIEW ? MSH_VERDICT_REVIEW
                                  : MSH_VERDICT_PASS;
}
