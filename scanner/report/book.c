/* book.c: counting in the register of a period. */
#include "report/book.h"

#include "base/err.h"
#include "base/view.h"
#include "report/say.h"

#include <stdio.h>
#include <string.h>

void msh_book_day(msh_view utc, char out[11])
{
    char text[32] = "", time[MSH_SAY_TIME];
    out[0] = '\0';
    if (utc.len < 16 || utc.len >= sizeof text)
        return;
    memcpy(text, utc.data, utc.len);
    msh_say_time(text, MSH_LANG_ZH, time);
    int32_t day;
    if (msh_date_read(msh_view_str(time), &day))
        (void)snprintf(out, 11, "%.10s", time);
}

msh_book_state msh_book_state_of(const msh_book_release *r)
{
    static const struct {
        const char *act;
        msh_book_state state;
    } acts[] = {{"submit", MSH_BOOK_PENDING},    {"pass", MSH_BOOK_PENDING},
                {"return", MSH_BOOK_RETURNED},   {"escalate", MSH_BOOK_ESCALATED},
                {"approve", MSH_BOOK_APPROVED},  {"refuse", MSH_BOOK_REFUSED},
                {"withdraw", MSH_BOOK_WITHDRAWN}};
    msh_book_state s = MSH_BOOK_PENDING;
    for (const msh_book_event *e = r->first; e; e = e->next)
        for (size_t i = 0; e->counts && i < sizeof acts / sizeof acts[0]; i++)
            if (msh_view_eq_str(e->act, acts[i].act))
                s = acts[i].state;
    return s;
}

const msh_book_event *msh_book_last(const msh_book_release *r, const char *act)
{
    const msh_book_event *found = NULL;
    for (const msh_book_event *e = r->first; e; e = e->next)
        if (e->counts && msh_view_eq_str(e->act, act))
            found = e;
    return found;
}

const msh_book_event *msh_book_first(const msh_book_release *r, const char *act)
{
    for (const msh_book_event *e = r->first; e; e = e->next)
        if (e->counts && msh_view_eq_str(e->act, act))
            return e;
    return NULL;
}

const char *msh_book_public_day(const msh_book_release *r)
{
    const msh_book_event *e = msh_book_first(r, "approve");
    return r->published[0] ? r->published : e ? e->day : "";
}

bool msh_book_on_request(const msh_book_release *r)
{
    static const char *const words[] = {"依申请", "on-request"};
    return msh_view_find(r->disclosure, msh_view_str(words[0]), 0) != SIZE_MAX ||
           msh_view_eq_str(r->disclosure, words[1]);
}

msh_view msh_book_category(msh_view code, msh_lang lang)
{
    static const struct {
        const char *name, *zh, *en;
    } rows[] = {
#define MSH_CATEGORY(name, zh, en, steps) {name, zh, en},
#include <mishen/categories.def>
#undef MSH_CATEGORY
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(code, rows[i].name) || msh_view_eq_str(code, rows[i].zh))
            return msh_view_str(lang == MSH_LANG_EN ? rows[i].en : rows[i].zh);
    return code;
}

msh_view msh_book_refusal(msh_view code, msh_lang lang)
{
    static const struct {
        const char *name, *zh, *en;
    } rows[] = {
#define MSH_REFUSAL(name, zh, en, basis) {name, zh, en},
#include <mishen/refusals.def>
#undef MSH_REFUSAL
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_eq_str(code, rows[i].name) || msh_view_eq_str(code, rows[i].zh))
            return msh_view_str(lang == MSH_LANG_EN ? rows[i].en : rows[i].zh);
    return code;
}

const char *msh_book_state_text(msh_book_state s, msh_lang lang)
{
    static const msh_message texts[] = {MSG_B_PENDING,  MSG_B_RETURNED, MSG_B_ESCALATED,
                                        MSG_B_APPROVED, MSG_B_REFUSED,  MSG_B_WITHDRAWN};
    return (unsigned)s < sizeof texts / sizeof texts[0] ? msh_say(texts[s], lang) : "?";
}

void msh_book_shares(const uint64_t *n, size_t count, unsigned *tenths)
{
    uint64_t sum = 0, given = 0;
    for (size_t i = 0; i < count; i++) {
        sum += n[i];
        tenths[i] = 0;
    }
    if (sum == 0 || sum > UINT64_MAX / 1000)
        return;
    for (size_t i = 0; i < count; i++) {
        tenths[i] = (unsigned)(n[i] * 1000 / sum);
        given += tenths[i];
    }
    while (given < 1000) { /* the one that lost most, the first of equals */
        size_t best = 0;
        uint64_t lost = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t exact = n[i] * 1000, had = tenths[i] * sum;
            if (exact > had && exact - had > lost) {
                lost = exact - had;
                best = i;
            }
        }
        if (lost == 0)
            return;
        tenths[best]++;
        given++;
    }
}
