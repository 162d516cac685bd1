/* workdays.h: dates and working days: Monday to Friday, but for what a file of the unit says
 * (国务院办公厅关于部分节假日安排的通知, published each year).
 *
 *   # a comment
 *   2026-10-01 2026-10-07 休      holidays, from and to; the second date may be left out
 *   2026-10-10 班                 a Saturday that is worked
 *
 * A date is its days since 1970-01-01. */
#ifndef MSH_BASE_WORKDAYS_H
#define MSH_BASE_WORKDAYS_H

#include "base/buf.h"

typedef struct msh_workdays {
    struct msh_workdays_row {
        int32_t from, to;
        bool worked;
    } * rows; /* later ones outrank earlier ones */
    size_t n, cap;
} msh_workdays;

/* "2026-10-01…" as days; false when it does not begin with a date that exists. */
bool msh_date_read(msh_view v, int32_t *out);
void msh_date_write(int32_t day, char out[11]);
/* text: all of such a file. MSH_E_CONFIG names the line. */
MSH_MUST_CHECK msh_err msh_workdays_read(msh_workdays *w, msh_view text, msh_error *why);
void msh_workdays_dispose(msh_workdays *w);
bool msh_workdays_is(const msh_workdays *w, int32_t day);
/* The n-th working day after `day`; n ≤ 10,000. */
int32_t msh_workdays_after(const msh_workdays *w, int32_t day, unsigned n);
/* Working days from the day after `from` to `to` inclusive; negative when `to` lies before. */
int msh_workdays_between(const msh_workdays *w, int32_t from, int32_t to);

#endif
