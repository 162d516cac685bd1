/* review_pages.h: what the pages of the review share. They run in the office only. */
#ifndef MSH_CONSOLE_REVIEW_PAGES_H
#define MSH_CONSOLE_REVIEW_PAGES_H

#include "console/console.h"

#include <mishen/review.h>

#define STATE_BIT(id) (1u << MSH_RELEASE_##id)

unsigned review_states_of(msh_account_role role);
/* The answer to a call that failed. */
void review_failed(console_request *q, msh_err err, const msh_error *why);
/* Until when, and how many working days are left. */
void review_due(console_request *q, const msh_release *r);

#endif
