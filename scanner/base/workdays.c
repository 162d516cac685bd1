/* workdays.c: counting days. Refuses lines that it does not understand: a holiday that is left out
 * in silence would make a deadline wrong. */
#include "base/workdays.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <stdio.h>

enum { MOST_ROWS = 10000, FAR = 40000, SPAN = 4000 };

/* Days from civil date, proleptic Gregorian: months counted from March, so that the leap day is
 * last. */
static int32_t days_of(int32_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int32_t era = y / 400, of_era = y - era * 400;
    int32_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_of(int32_t day, int32_t *y, int32_t *m, int32_t *d)
{
    int32_t z = day + 719468, era = z / 146097, of_era = z - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100),
            month = (5 * of_year + 2) / 153;
    *d = of_year - (153 * month + 2) / 5 + 1;
    *m = month + (month < 10 ? 3 : -9);
    *y = year + era * 400 + (*m <= 2);
}

static bool digits(msh_view v, size_t at, size_t n, int32_t *out)
{
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (v.data[i] < '0' || v.data[i] > '9')
            return false;
        *out = *out * 10 + (v.data[i] - '0');
    }
    return true;
}

bool msh_date_read(msh_view v, int32_t *out)
{
    int32_t y, m, d, y2, m2, d2;
    if (v.len < 10 || v.data[4] != '-' || v.data[7] != '-' || !digits(v, 0, 4, &y) ||
        !digits(v, 5, 2, &m) || !digits(v, 8, 2, &d) || y < 1970 || m < 1 || m > 12 || d < 1)
        return false;
    *out = days_of(y, m, d);
    civil_of(*out, &y2, &m2, &d2);
    return y == y2 && m == m2 && d == d2; /* no 31st of April */
}

void msh_date_write(int32_t day, char out[11])
{
    int32_t y, m, d;
    civil_of(day, &y, &m, &d);
    unsigned year = y < 1970 ? 1970 : y > 9999 ? 9999 : (unsigned)y;
    (void)snprintf(out, 11, "%04u-%02u-%02u", year % 10000, (unsigned)m % 100, (unsigned)d % 100);
}

static msh_err add_row(msh_workdays *w, struct msh_workdays_row row, msh_error *why)
{
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 32;
        struct msh_workdays_row *rows = cap <= MOST_ROWS ? msh_calloc(cap, sizeof *rows) : NULL;
        if (!rows)
            return msh_fail(why, MSH_E_MEMORY, "holidays");
        if (w->n)
            memcpy(rows, w->rows, w->n * sizeof *rows);
        msh_free(w->rows);
        w->rows = rows;
        w->cap = cap;
    }
    w->rows[w->n++] = row;
    return MSH_OK;
}

/* Cuts the next word off the front of a line. */
static msh_view word(msh_view *line)
{
    size_t from = 0, to;
    while (from < line->len && (line->data[from] == ' ' || line->data[from] == '\t'))
        from++;
    for (to = from; to < line->len && line->data[to] != ' ' && line->data[to] != '\t';)
        to++;
    msh_view v = msh_view_cut(*line, from, to - from);
    *line = msh_view_cut(*line, to, line->len);
    return v;
}

static bool read_row(msh_view line, struct msh_workdays_row *row)
{
    msh_view from = word(&line), to = word(&line), how = word(&line);
    if (from.len != 10 || !msh_date_read(from, &row->from))
        return false;
    row->to = row->from;
    if (!how.len)
        how = to;
    else if (to.len != 10 || !msh_date_read(to, &row->to))
        return false;
    row->worked = msh_view_eq_str(how, "班") || msh_view_eq_str(how, "work");
    bool off = msh_view_eq_str(how, "休") || msh_view_eq_str(how, "off");
    return (row->worked || off) && row->from <= row->to && !word(&line).len;
}

msh_err msh_workdays_read(msh_workdays *w, msh_view text, msh_error *why)
{
    unsigned n = 0;
    for (size_t at = 0; at < text.len;) {
        size_t lf = msh_view_find(text, MSH_VIEW("\n"), at), end = lf == SIZE_MAX ? text.len : lf;
        msh_view line = msh_view_cut(text, at, end - at);
        struct msh_workdays_row row;
        at = end + 1;
        n++;
        size_t hash = msh_view_find(line, MSH_VIEW("#"), 0);
        if (hash != SIZE_MAX)
            line = msh_view_cut(line, 0, hash);
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
        msh_view rest = line;
        if (!word(&rest).len)
            continue;
        if (!read_row(line, &row))
            return msh_fail(why, MSH_E_CONFIG,
                            "第 %u 行：应为“2026-10-01 2026-10-07 休”或“2026-10-10 班” / line %u: "
                            "a date or two, then 休 (off) or 班 (work)",
                            n, n);
        MSH_TRY(add_row(w, row, why));
    }
    return MSH_OK;
}

void msh_workdays_dispose(msh_workdays *w)
{
    msh_free(w->rows);
    *w = (msh_workdays){NULL, 0, 0};
}

bool msh_workdays_is(const msh_workdays *w, int32_t day)
{
    for (size_t i = w->n; i-- > 0;)
        if (day >= w->rows[i].from && day <= w->rows[i].to)
            return w->rows[i].worked;
    return (day + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
}

int32_t msh_workdays_after(const msh_workdays *w, int32_t day, unsigned n)
{
    for (int32_t last = day + FAR; n > 0 && day < last;)
        n -= msh_workdays_is(w, ++day);
    return day;
}

int msh_workdays_between(const msh_workdays *w, int32_t from, int32_t to)
{
    int n = 0, sign = to < from ? -1 : 1;
    int32_t a = sign < 0 ? to : from, b = sign < 0 ? from : to;
    if (b - a > SPAN) /* years late: no need to count each day */
        return sign * (b - a) / 7 * 5;
    while (a < b)
        n += msh_workdays_is(w, ++a);
    return sign * n;
}
