/* names.c: stable names and people's words for the enumerations of types.h, and for reasons. */
#include <mishen/finding.h>
#include <mishen/options.h>

#include "base/reason.h"

#include <string.h>

typedef struct name_row {
    const char *name, *zh, *en;
} name_row;

static const name_row verdicts[] = {
    [MSH_VERDICT_PASS] = {"PASS", "通过", "pass"},
    [MSH_VERDICT_REVIEW] = {"REVIEW", "复核", "review"},
    [MSH_VERDICT_NOT_INSPECTED] = {"NOT-INSPECTED", "未能检查", "not inspected"},
    [MSH_VERDICT_BLOCK] = {"BLOCK", "阻断", "block"},
};

static const name_row tiers[] = {
    [MSH_TIER_INFO] = {"INFO", "提示", "info"},
    [MSH_TIER_REVIEW] = {"REVIEW", "复核", "review"},
    [MSH_TIER_BLOCK] = {"BLOCK", "阻断", "block"},
};

static const name_row outcomes[] = {
#define X(id, name, zh, en) [MSH_OUTCOME_##id] = {name, zh, en},
    MSH_OUTCOMES(X)
#undef X
};

static const name_row roles[] = {
#define X(id, name, zh, en) [MSH_ROLE_##id] = {name, zh, en},
    MSH_ROLES(X)
#undef X
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *name_of(const name_row *rows, size_t n, unsigned i)
{
    return i < n && rows[i].name ? rows[i].name : "?";
}

static const char *text_of(const name_row *rows, size_t n, unsigned i, msh_lang lang)
{
    if (i >= n || !rows[i].name)
        return "?";
    return lang == MSH_LANG_EN ? rows[i].en : rows[i].zh;
}

#define NAMES(type, rows)                                                                          \
    const char *msh_##type##_name(msh_##type v)                                                    \
    {                                                                                              \
        return name_of(rows, COUNT(rows), (unsigned)v);                                            \
    }                                                                                              \
    const char *msh_##type##_text(msh_##type v, msh_lang lang)                                     \
    {                                                                                              \
        return text_of(rows, COUNT(rows), (unsigned)v, lang);                                      \
    }

NAMES(verdict, verdicts)
NAMES(tier, tiers)
NAMES(outcome, outcomes)
NAMES(role, roles)

bool msh_outcome_is_whole(msh_outcome o)
{
    return o == MSH_OUTCOME_SCANNED || o == MSH_OUTCOME_EMPTY || o == MSH_OUTCOME_LINK ||
           o == MSH_OUTCOME_OPAQUE;
}

static const struct reason_row {
    const char *name;
    msh_outcome outcome;
    const char *zh, *en;
} reasons[] = {
#define MSH_REASON(id, name, outcome, zh, en) {name, MSH_OUTCOME_##outcome, zh, en},
#include <mishen/reasons.def>
#undef MSH_REASON
};

const char *msh_reason_name(msh_reason r)
{
    return (unsigned)r < COUNT(reasons) ? reasons[r].name : "?";
}

msh_outcome msh_reason_outcome(msh_reason r)
{
    return (unsigned)r < COUNT(reasons) ? reasons[r].outcome : MSH_OUTCOME_UNREADABLE;
}

const char *msh_reason_text(const char *reason, msh_lang lang)
{
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (strcmp(reasons[i].name, reason) == 0)
            return lang == MSH_LANG_EN ? reasons[i].en : reasons[i].zh;
    return reason;
}

msh_reason msh_reason_of_error(msh_err e)
{
    switch (e) {
    case MSH_E_MEMORY:
    case MSH_E_LIMIT_MEMORY:
    case MSH_E_LIMIT_BUFFER:
        return MSH_REASON_LIMIT_MEMORY;
    case MSH_E_LIMIT_DECODED:
        return MSH_REASON_LIMIT_DECODED;
    case MSH_E_LIMIT_RATIO:
        return MSH_REASON_LIMIT_RATIO;
    case MSH_E_LIMIT_MEMBERS:
        return MSH_REASON_LIMIT_MEMBERS;
    case MSH_E_LIMIT_DEPTH:
        return MSH_REASON_LIMIT_DEPTH;
    case MSH_E_LIMIT_TIME:
        return MSH_REASON_LIMIT_TIME;
    case MSH_E_LIMIT_SIZE:
        return MSH_REASON_LIMIT_SIZE;
    case MSH_E_LIMIT_REGEX:
        return MSH_REASON_LIMIT_REGEX;
    case MSH_E_IO:
        return MSH_REASON_FILE_READ_ERROR;
    case MSH_E_NO_ACCESS:
        return MSH_REASON_FILE_NO_ACCESS;
    case MSH_E_GONE:
        return MSH_REASON_FILE_VANISHED;
    case MSH_E_ENCRYPTED:
        return MSH_REASON_FORMAT_ENCRYPTED;
    case MSH_E_SHORT:
        return MSH_REASON_FORMAT_TRUNCATED;
    case MSH_E_NO_LIBRARY:
        return MSH_REASON_FORMAT_NO_LIBRARY;
    case MSH_E_UNSUPPORTED:
        return MSH_REASON_FORMAT_UNSUPPORTED;
    default:
        return MSH_REASON_FORMAT_CORRUPT;
    }
}
