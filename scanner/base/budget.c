/* budget.c: counting what an item costs; and the limits' defaults and parsing. */
#include "base/budget.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHARGES_PER_CLOCK = 64 };
static const uint64_t RATIO_FREE = 64ull << 20;

typedef struct limit_row {
    const char *name;
    uint64_t dflt, greatest;
    size_t member;
    bool is_time;
} limit_row;

static const limit_row rows[] = {
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en)                                      \
    {name, dflt, greatest, offsetof(msh_limits, member), sizeof(unit) == 3 && (unit)[0] == 'm'},
#include <mishen/limits.def>
#undef MSH_LIMIT
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t *slot(msh_limits *limits, const limit_row *row)
{
    return (uint64_t *)(void *)((char *)limits + row->member);
}

void msh_limits_default(msh_limits *limits)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        *slot(limits, &rows[i]) = rows[i].dflt;
}

static bool parse_amount(const char *text, bool is_time, uint64_t *out)
{
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9')
        return false;
    unsigned long long v = strtoull(text, &end, 10);
    uint64_t unit = 1;
    if (is_time && strcmp(end, "s") == 0)
        unit = 1000;
    else if (strcmp(end, "k") == 0 || strcmp(end, "K") == 0)
        unit = 1ull << 10;
    else if (strcmp(end, "M") == 0)
        unit = 1ull << 20;
    else if (strcmp(end, "G") == 0)
        unit = 1ull << 30;
    else if (*end != '\0' && strcmp(end, "ms") != 0)
        return false;
    return errno == 0 && !__builtin_mul_overflow((uint64_t)v, unit, out);
}

msh_err msh_limits_set(msh_limits *limits, const char *name, const char *value, msh_error *why)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        uint64_t v;
        if (!parse_amount(value, rows[i].is_time, &v) || v > rows[i].greatest)
            return msh_fail(why, MSH_E_OPTION, "--limit %.40s: 0 … %" PRIu64, name,
                            rows[i].greatest);
        *slot(limits, &rows[i]) = v ? v : rows[i].dflt;
        return MSH_OK;
    }
    return msh_fail(why, MSH_E_OPTION, "--limit: no such limit (see mishen(1))");
}

void msh_budget_begin(msh_budget *b, const msh_limits *limits, uint64_t source_size)
{
    *b = (msh_budget){.limits = limits, .source = source_size};
    b->deadline_ns = msh_clock_ns() + limits->time_ms * 1000000ull;
}

static msh_err failing(msh_budget *b, msh_err e)
{
    if (b->failed == MSH_OK)
        b->failed = e;
    return e;
}

msh_err msh_budget_time(msh_budget *b)
{
    b->clock_skip = CHARGES_PER_CLOCK;
    if (b->deadline_ns && msh_clock_ns() > b->deadline_ns)
        return failing(b, MSH_E_LIMIT_TIME);
    return MSH_OK;
}

msh_err msh_budget_decoded(msh_budget *b, uint64_t n)
{
    if (b->failed != MSH_OK)
        return b->failed;
    if (n >
        b->limits->decoded - (b->decoded < b->limits->decoded ? b->decoded : b->limits->decoded))
        return failing(b, MSH_E_LIMIT_DECODED);
    b->decoded += n;
    if (b->decoded > RATIO_FREE) {
        uint64_t source = b->source ? b->source : 1;
        if (b->decoded / b->limits->ratio > source)
            return failing(b, MSH_E_LIMIT_RATIO);
    }
    if (b->clock_skip == 0)
        return msh_budget_time(b);
    b->clock_skip--;
    return MSH_OK;
}

msh_err msh_budget_member(msh_budget *b)
{
    if (b->failed != MSH_OK)
        return b->failed;
    if (b->members >= b->limits->members)
        return failing(b, MSH_E_LIMIT_MEMBERS);
    b->members++;
    return MSH_OK;
}

/* Depth alone does not spoil the rest of the item: siblings can still be read. */
msh_err msh_budget_enter(msh_budget *b)
{
    if (b->failed != MSH_OK)
        return b->failed;
    if (b->depth >= b->limits->depth)
        return MSH_E_LIMIT_DEPTH;
    b->depth++;
    return MSH_OK;
}

void msh_budget_leave(msh_budget *b)
{
    if (b->depth > 0)
        b->depth--;
}
