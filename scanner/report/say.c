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

static size_t digits_at(msh_view v, size_t at)
{
    size_t n = 0;
    while (at + n < v.len && v.data[at + n] >= '0' && v.data[at + n] <= '9')
        n++;
    return n;
}

/* "身份证号8" at `at`: its English goes to b; where it ends, 0 when it is something else. */
static size_t put_column(msh_buf *b, msh_view v, size_t at)
{
    static const struct {
        const char *zh, *en;
    } words[] = {
#define MSH_COLUMN_WORD(zh, en) {zh, en},
#include "report/columns.def"
#undef MSH_COLUMN_WORD
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        msh_view word = msh_view_str(words[i].zh);
        size_t n = digits_at(v, at + word.len);
        if (!n || !msh_view_starts(msh_view_cut(v, at, v.len), word))
            continue;
        msh_buf_printf(b, ", %s ", words[i].en);
        msh_buf_put_view(b, msh_view_cut(v, at + word.len, n));
        return at + word.len + n;
    }
    return 0;
}

/* "8行以上 身份证号8 手机8" as "8 rows or more, ID numbers 8, …"; false for anything else. */
static bool put_list(msh_buf *b, msh_view v)
{
    static const msh_view rows = {(const uint8_t *)"行", 3}, more = {(const uint8_t *)"以上", 6};
    size_t at = digits_at(v, 0);
    if (!at || !msh_view_starts(msh_view_cut(v, at, v.len), rows))
        return false;
    msh_buf_put_view(b, msh_view_cut(v, 0, at));
    msh_buf_put_str(b, " rows");
    at += rows.len;
    if (msh_view_starts(msh_view_cut(v, at, v.len), more)) {
        msh_buf_put_str(b, " or more");
        at += more.len;
    }
    while (at < v.len) {
        size_t next = v.data[at] == ' ' ? put_column(b, v, at + 1) : 0;
        if (!next)
            return false;
        at = next;
    }
    return true;
}

msh_view msh_say_excerpt(msh_view excerpt, msh_lang lang, char buf[MSH_SAY_EXCERPT])
{
    msh_buf b;
    msh_view said = excerpt;
    if (lang != MSH_LANG_EN)
        return excerpt;
    msh_buf_init(&b, MSH_SAY_EXCERPT);
    if (put_list(&b, excerpt) && msh_buf_err(&b) == MSH_OK) {
        memcpy(buf, b.data, b.len);
        said = msh_view_of(buf, b.len);
    }
    msh_buf_dispose(&b);
    return said;
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

/* "2026-11-25T02:05…" eight hours later, as "2026-11-25 10:05". False when it is no time. */
static bool beijing(const char *utc, char out[20])
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const unsigned char at[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15};
    unsigned d[12];
    if (strlen(utc) < 16 || utc[10] != 'T')
        return false;
    for (size_t i = 0; i < 12; i++) {
        if (utc[at[i]] < '0' || utc[at[i]] > '9')
            return false;
        d[i] = (unsigned)(utc[at[i]] - '0');
    }
    unsigned year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], month = d[4] * 10 + d[5];
    unsigned day = d[6] * 10 + d[7], hour = d[8] * 10 + d[9] + 8;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12)
        return false;
    if (hour >= 24) {
        hour -= 24;
        day++;
    }
    if (day > days[month - 1] + (month == 2 && leap ? 1u : 0u)) {
        day = 1;
        month++;
    }
    if (month > 12) {
        month = 1;
        year++;
    }
    (void)snprintf(out, 20, "%04u-%02u-%02u %02u:%.2s", year % 10000, month % 100, day % 100,
                   hour % 100, utc + 14);
    return true;
}

void msh_say_time(const char *utc, msh_lang lang, char out[MSH_SAY_TIME])
{
    char local[20];
    if (lang == MSH_LANG_ZH && beijing(utc, local))
        (void)snprintf(out, MSH_SAY_TIME, "%s%s", local, msh_say(MSG_ZONE, lang));
    else if (strlen(utc) >= 16 && utc[10] == 'T')
        (void)snprintf(out, MSH_SAY_TIME, "%.10s %.5s%s", utc, utc + 11,
                       msh_say(MSG_ZONE, MSH_LANG_EN));
    else
        (void)snprintf(out, MSH_SAY_TIME, "%.47s", utc);
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
